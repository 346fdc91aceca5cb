"""Every formula on the screen is its function's: as text, filled in and computed, with no input at its neutral value."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analytics.items import Items
from analytics.naming.figures import FIGURES
from analytics.naming.formula_text import amount_text, filled, formulas_of, symbols_of, value_of
from analytics.naming.labels import COMPONENTS, MEASURES
from analytics.simulation.ledger import COUNT_INDEX, COUNTS
from analytics.strategy.explained import COUNTED, EXPLAINED, Explained, explained, symbols_of_products
from analytics.strategy.money.formulas import COMPONENT_FORMULAS, LATER_FORMULAS, MONEY_FORMULAS
from analytics.strategy.money.measures import PHYSICAL_FORMULAS, counts_by_name
from analytics.strategy.money.price import money_symbols, money_values
from analytics.strategy.money.rates import RATES, STRATEGY_SHARES, strategy_shares
from analytics.strategy.money.totals import TOTAL_FORMULAS
from tests.strategy.small import balanced_counts, priced_items

STRATEGIES = ("MTS", "ATO", "MTO", "HYBRID")


def away_items(products: int, rng: np.random.Generator) -> Items:
    """Items with no input at 0 or 1: gifts, premiums, discounts, markdown, erosion, fixed cost, insurance, deposits."""
    shares = (
        "unpaid_share", "fixed_cost_share", "component_share", "salvage_share", "clearing_share", "deposit_share", "sunk_share", "cancellation_share",
        "price_erosion_per_year", "capital_rate", "storage_rate", "insurance_rate", "cost_premium", "price_premium", "cancellable_share",
    )  # fmt: skip
    money = ("price", "unit_cost", "setup_cost", "order_setup_cost", "goodwill_per_unit")
    columns = {name: rng.uniform(0.03, 0.6, products) for name in shares}
    columns |= {name: rng.uniform(2.0, 900.0, products) for name in money}
    columns |= {
        "waiting_cost_per_unit_day": rng.uniform(0.1, 2.0, products),
        "price_elasticity": rng.uniform(0.5, 2.0, products),
        "units_per_order": rng.uniform(1.5, 5.0, products),
        "late_days": rng.uniform(1.0, 9.0, products),
    }
    columns["price_premium"][::2] *= -1.0
    return priced_items([f"P{i}" for i in range(products)], **columns)


def away_counts(strategy: str, products: int, rng: np.random.Generator) -> np.ndarray:
    """Counts of which none is zero; a third of what is sold comes from stock, part of what is lost was cancelled."""
    counts = balanced_counts(strategy, (products,), rng)
    for name, k in COUNT_INDEX.items():
        if not counts[:, k].all():
            counts[:, k] = rng.uniform(0.5, 60.0, products)
        if name == "to_order":
            counts[:, k] = 0.67 * (counts[:, COUNT_INDEX["demanded"]] - counts[:, COUNT_INDEX["lost"]])
    counts[:, COUNT_INDEX["cancelled"]] = 0.3 * counts[:, COUNT_INDEX["lost"]]
    assert counts.all()
    return counts


def explained_of(counts: np.ndarray, items: Items, strategy: str, name: str) -> Explained:
    """A figure of one product."""
    found = symbols_of_products(counts[None], items, strategy)
    return explained({symbol: float(column.item()) for symbol, column in found.items()}, name)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_formula_in_the_docstring_is_what_the_function_computes(strategy: str) -> None:
    rng = np.random.default_rng(len(strategy))
    items, counts = away_items(8, rng), away_counts(strategy, 8, rng)
    # units are conserved, or the two routes to profit are not the same money
    opening = COUNT_INDEX["opening"]
    counts[:, opening] = counts[
        :, [COUNT_INDEX[c] for c in ("demanded", "scrapped", "cleared", "closing", "closing_excess")]
    ].sum(axis=1)
    counts[:, opening] -= counts[:, COUNT_INDEX["lost"]] + counts[:, COUNT_INDEX["ordered"]]
    n, m, symbols = counts_by_name(counts), money_values(items, strategy), money_symbols(items, strategy)
    made = {name: formula(n, m) for name, formula in {**LATER_FORMULAS, **MONEY_FORMULAS}.items()}
    made |= {name: formula(made) for name, formula in TOTAL_FORMULAS.items()}
    made |= {name: formula(n) for name, formula in PHYSICAL_FORMULAS.items()}
    routes = 0
    for name, function in {**EXPLAINED, **RATES}.items():
        formulas = formulas_of(function)
        assert formulas, name
        for i in range(len(items)):
            values = {**{k: float(v[i]) for k, v in symbols.items()}, **{k: float(n(k)[i]) for k in COUNTS}}
            values |= {k: float(v[i]) for k, v in made.items()}
            for formula in formulas:
                scale = max(abs(values[s]) for s in symbols_of(formula)) if name == "profit" else 0.0
                assert value_of(formula, values) == pytest.approx(values[name], rel=1e-9, abs=1e-9 * scale), (
                    name,
                    formula,
                )
                routes += 1
    assert routes >= 8 * (len(EXPLAINED) + len(RATES) + 1)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_is_printed_comes_to_the_figure(strategy: str) -> None:
    """The printed arithmetic, read back and computed, gives each printed result; the last is the figure."""
    rng = np.random.default_rng(40 + len(strategy))
    items, counts = away_items(6, rng), away_counts(strategy, 6, rng)
    n, m = counts_by_name(counts), money_values(items, strategy)
    figures = {name: formula(n, m) for name, formula in MONEY_FORMULAS.items()}
    figures |= {name: formula(figures) for name, formula in TOTAL_FORMULAS.items()}
    figures |= {name: formula(n) for name, formula in PHYSICAL_FORMULAS.items()}
    for i in range(len(items)):
        one = items.take(np.array([i]))
        for name in EXPLAINED:
            if name == "profit":
                continue  # made-up counts conserve no units: see the samples
            found = explained_of(counts[i], one, strategy, name)
            figure = float(figures[name][i])
            assert found.value == figure
            assert found.lines[-1].name == name and found.lines[-1].result == amount_text(figure)
            for line in found.lines:
                last = 0.5 * 10.0 ** -len(line.result.partition(".")[2])
                assert abs(value_of(line.numbers) - value_of(line.result)) <= last * 1.0001, line


def test_every_measure_and_component_has_a_function_that_explains_it() -> None:
    simulated = {
        "wait_days_median",
        "wait_days_p90",
        "profit_against_best",
    }  # of distributions, not of counts
    of_counts = {"formulas", "measures", "totals"}
    assert {*COMPONENTS, *MEASURES} - simulated <= set(EXPLAINED)
    assert (
        set(EXPLAINED)
        == {
            name
            for name, figure in FIGURES.items()
            if figure.function.startswith("analytics.strategy.")
            and figure.function.split(".")[-2] in of_counts
        }
        - simulated
    )
    assert all(FIGURES[name].made_by() is function for name, function in EXPLAINED.items())
    assert list(COMPONENTS) == list(COMPONENT_FORMULAS)


def test_every_symbol_of_a_formula_is_a_parameter_a_count_or_a_figure() -> None:
    for name, function in RATES.items():
        assert set(symbols_of(formulas_of(function)[0])) == set(inspect.signature(function).parameters), name
    known = {
        *COUNTED,
        *RATES,
        *EXPLAINED,
        *money_symbols(away_items(1, np.random.default_rng(1)), "MTS"),
    }
    for name, function in EXPLAINED.items():
        for formula in formulas_of(function):
            assert set(symbols_of(formula)) <= known, name
    assert set(strategy_shares("ATO", np.array([0.5]))) == set(STRATEGY_SHARES)


def test_the_premium_by_hand() -> None:
    """100 of 150 units sold to order, 40 of them of batches, 0.4 of the cost worked on: 60 x 0.3 x 0.4 x 45 - 100 x (-0.05) x 80 x 0.9 = 684."""
    items = priced_items(
        ["A"], price=80.0, unpaid_share=0.1, unit_cost=50.0, fixed_cost_share=0.1, component_share=0.6,
        cost_premium=0.3, price_premium=-0.05,
    )  # fmt: skip
    counts = np.zeros(len(COUNTS))
    counts[COUNT_INDEX["demanded"]], counts[COUNT_INDEX["to_order"]] = 150.0, 100.0
    counts[COUNT_INDEX["in_batches"]] = 40.0
    found = explained_of(counts, items, "ATO", "premium")
    assert found.value == pytest.approx(684.0) and found.lines[-1].result == "684.00"
    assert found.lines[-1].numbers == "(100 - 40) x 0.12 x 45 - 100 x (-0.05) x 72"
    assert [line.name for line in found.lines] == [
        "premium_on_cost",
        "cost",
        "premium_on_price",
        "price_of_demand",
        "premium",
    ]
    assert set(found.fields) == {
        "cost_premium",
        "unit_cost",
        "fixed_cost_share",
        "price_premium",
        "price",
        "unpaid_share",
    }
    assert found.counts == ("to_order", "in_batches") and found.shares == ("worked_share", "premium_paid")


def test_where_nothing_is_divided_by_nothing_there_are_no_steps() -> None:
    found = explained_of(np.zeros(len(COUNTS)), priced_items(["A"]), "MTS", "wait_days_mean")
    assert found.value == 0.0 and found.lines == ()
    unknown = explained_of(np.ones(len(COUNTS)), priced_items(["A"], price=np.nan), "MTS", "lost_margin")
    assert math.isnan(unknown.value) and unknown.lines == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.5 x (2 - (-0.5)) / 4 - min(3, 7) + max(1, 2)", 1234.5 * 2.5 / 4 - 3 + 2),
        ("2 - 3 - 4", -5.0),
        ("12 / 2 / 3 x 5", 10.0),
        ("0.0005 x 1,000,000", 500.0),
    ],
)
def test_printed_arithmetic_is_read_as_written(text: str, value: float) -> None:
    assert value_of(text) == pytest.approx(value)


def test_only_arithmetic_is_computed() -> None:
    for text in ("__import__('os')", "a.b", "2 ** 3", "unknown"):
        with pytest.raises(ValueError, match="not arithmetic"):
            value_of(text)
    assert math.isnan(value_of("1 / 0"))


def test_a_planted_mistake_in_a_formula_is_caught() -> None:
    """Had the docstring of premium said units sold, as the page once did, the check above would fail."""
    items, counts = away_items(1, np.random.default_rng(3)), away_counts("ATO", 1, np.random.default_rng(4))
    found = explained_of(counts[0], items, "ATO", "premium")
    values = {k: float(v[0]) for k, v in money_symbols(items, "ATO").items()} | {
        k: float(counts[0, j]) for k, j in COUNT_INDEX.items()
    }
    wrong = found.lines[-1].formula.replace("to_order", "(demanded - lost)")
    assert value_of(filled(wrong, values, 8)) != pytest.approx(found.value, rel=0.05)


def _unused(function: Callable[..., Any]) -> None:
    """Nothing."""


def test_a_docstring_without_a_formula_has_none() -> None:
    assert formulas_of(_unused) == ()
