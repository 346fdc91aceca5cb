"""What the panel "How is each figure computed?" prints is true: read back and computed, it comes to the figure on the page."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from analytics.assumptions_file import read_assumptions
from analytics.naming.figures import FIGURES
from analytics.naming.formula_text import path_of, value_of
from analytics.naming.labels import COMPONENTS
from analytics.strategy.explained import EXPLAINED
from dashboard.results.facts import Facts
from dashboard.text.explain import (
    FIGURES_EXPLAINED,
    Explanation,
    explanation,
    formula_lines,
    sources_text,
    symbols_of_product,
)

#: No general input at 0 or 1: discount, premium, markdown, insurance, fixed cost, deposits, cancellation, erosion, set-ups, goodwill.
AWAY = """
[general]
capital_rate = 0.13
storage_rate = 0.07
insurance_rate = 0.03
fixed_cost_share = 0.17
component_share = 0.55
salvage_share = 0.15
clearing_share = 0.6
setup_cost = 23.0
order_setup_cost = 3.5
cost_premium = 0.09
price_premium = -0.04
price_elasticity = 1.3
cancellation_share = 0.06
sunk_share = 0.4
late_days = 2.5
price_erosion_per_year = 0.08
cancellable_share = 0.3
deposit_share = 0.2
goodwill_per_unit = 1.7
waiting_cost_per_unit_day = 0.4
hazard_per_year = 0.3
patience_per_day = 0.01
excess_cover_weeks = 20.0
"""


def shown(facts: Facts, i: int, k: int) -> dict[str, float]:
    """The figures of a product as the pages hold them."""
    found = {name: float(facts.components[i, k, c]) for c, name in enumerate(COMPONENTS)}
    found |= {
        "profit": float(facts.profit[i, k]),
        "benchmark": float(facts.benchmark[i, k]),
        "cash_tied_up": float(facts.cash[i, k]),
    }
    return found | {name: float(table[i, k]) for name, table in facts.units.items()}


def wrong(one: Explanation, figure: float) -> list[str]:
    """Where what is printed is not so: a line whose numbers do not give its result, or a last line that is not the figure."""
    found, result = [], ""
    for block in re.split(r"\n+(?!  )", one.formula):
        _, _, numbers, result = [part.strip() for part in re.split(r"(?:^|\s)=\s", block)]
        result = result.split()[0]
        half = 0.5 * 10.0 ** -len(result.partition(".")[2]) * 1.0001
        if not abs(value_of(numbers) - value_of(result)) <= half:
            found.append(f"{numbers} is not {result}")
    half = 0.5 * 10.0 ** -len(result.partition(".")[2]) * 1.0001
    return found if abs(value_of(result) - figure) <= half else [*found, f"{result} is not {figure}"]


def checked(facts: Facts) -> int:
    """Every figure of every product under every strategy offered, held against what the pages show; how many."""
    count = 0
    for i in np.flatnonzero(~facts.products["ended"]):
        for k in range(len(facts.strategies)):
            figures, symbols = shown(facts, i, k), symbols_of_product(facts, i, k)
            for name in FIGURES_EXPLAINED if np.isfinite(figures["units_demanded"]) else ():
                one = explanation(facts, i, k, name, symbols)
                assert one.title == FIGURES[name].label and one.meaning
                if name in figures and np.isfinite(figures[name]):
                    assert one.formula, (name, i, k)
                if one.formula:
                    unit = one.formula.rsplit("= ", 1)[1].split()[0]
                    assert wrong(one, figures.get(name, value_of(unit))) == [], (name, i, k)
                    count += 1
    return count


@pytest.mark.parametrize("sample", ["servers", "bicycles", "household"])
def test_what_is_printed_comes_to_the_figure_shown(
    sample: str, facts_of_sample: Callable[[str], Facts]
) -> None:
    facts = facts_of_sample(sample)
    living = int((~facts.products["ended"]).sum())
    assert checked(facts) > 40 * living
    assert set(shown(facts, 0, 0)) <= set(FIGURES_EXPLAINED)


def test_it_holds_with_no_input_at_its_neutral_value() -> None:
    from analytics.data import read_items, read_sales
    from analytics.study import run_study
    from dashboard.results.facts import Known
    from dashboard.results.study_facts import facts_of
    from tests.strategy.small import csv_text, items_table, sales_table

    few = ["A1", "A2", "A4", "B2", "C2", "D1"]
    known, sold = items_table(), sales_table()
    known, sold = known[known["sku"].isin(few)], sold[sold["sku"].isin(few)]
    items, report = read_items(csv_text(known), name="items.csv")
    history = read_sales(csv_text(sold), name="sales.csv")
    study = run_study(history, items, read_assumptions(AWAY), items_report=report)
    facts = facts_of(study, Known.MONEY)
    assert checked(facts) > 40 * int((~facts.products["ended"]).sum())
    away = [
        name
        for name in COMPONENTS
        if np.nanmax(np.abs(facts.components[:, :, list(COMPONENTS).index(name)])) > 0.1  # figures have cents
    ]
    assert set(away) == set(COMPONENTS)  # none of the components is nothing everywhere
    ended = facts.products["ended"].to_numpy()
    offered = np.isfinite(facts.components[~ended][:, facts.strategies.index("MTO"), -1])
    assert (
        np.abs(facts.components[~ended][:, facts.strategies.index("MTO"), -1])[offered] > 0.01
    ).all()  # premium


def test_a_planted_mistake_is_found(facts_of_sample: Callable[[str], Facts]) -> None:
    facts = facts_of_sample("servers")
    i = int(np.flatnonzero(~facts.products["ended"])[0])
    one = explanation(facts, i, 0, "benchmark")
    figure = shown(facts, i, 0)["benchmark"]
    assert wrong(one, figure) == [] and wrong(one, figure * 1.01) != []
    lines = one.formula.splitlines()
    lines[-2] = "  = 1 x 2"
    assert wrong(replace(one, formula="\n".join(lines)), figure) == [f"1 x 2 is not {lines[-1].split()[1]}"]


def test_every_source_is_a_public_function_found_where_it_says() -> None:
    for name, function in EXPLAINED.items():
        module, _, last = path_of(function).rpartition(".")
        assert last == name and getattr(importlib.import_module(module), last) is function
        assert last in importlib.import_module(module).__all__
        assert path_of(function) == FIGURES[name].function
    one = Explanation("", "", "", "", (EXPLAINED["premium"],))
    assert sources_text(one) == "In the code: `analytics.strategy.money.formulas.premium`"


def test_the_forecast_page_prints_the_formulas_of_its_functions() -> None:
    from analytics.demand.life.alive import brier_score
    from analytics.forecast.judged.accuracy import randomised_coverage, wape
    from analytics.strategy.money.forecast_value import cost_of_not_knowing, planning_regret

    found = [
        formula_lines(f)
        for f in (brier_score, wape, randomised_coverage, cost_of_not_knowing, planning_regret)
    ]
    assert found[1] == "wape\n  = sum of |actual - forecast| / sum of actual"
    assert all(len(text.splitlines()) == 2 and "Source" not in text for text in found)
    text = found[3].rsplit("= ", 1)[1]  # by hand: the example of its docstring, 100 + 2 x (30 - 10)
    nothing = dict.fromkeys(
        ("goodwill", "waiting", "obsolescence", "run_off", "markdown", "cancellation"), 0.0
    )
    assert (
        value_of(
            text, {"lost_margin": 100.0, "unit_holding_cost": 2.0, "on_hand": 30.0, "lot": 20.0, **nothing}
        )
        == 140.0
    )
