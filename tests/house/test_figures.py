"""Name on the screen = one function = its docstring: every label, column and key resolves to the public function of its name."""

from __future__ import annotations

import inspect
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.answers import study_figures
from analytics.naming.figures import FIGURES, Figure
from analytics.naming.figures_page import readme_with
from analytics.naming.labels import COMPONENTS, MEASURES, PLANS
from analytics.study_results import study_summary
from tests.strategy.small import small_study

ROOT = Path(__file__).resolve().parents[2]


@cache
def small_summary() -> dict[str, Any]:
    """The summary of the small study, made once."""
    return study_summary(small_study())


def unresolved(figure: Figure) -> list[str]:
    """What is wrong with a figure: no function of that name, none that is public, no formula."""
    try:
        function = figure.made_by()
    except (ImportError, AttributeError, ValueError) as error:
        return [f"{figure.name}: {error}"]
    found = []
    if figure.function.rpartition(".")[2] != figure.name or function.__name__ != figure.name:
        found.append(f"{figure.name} is made by {figure.function}")
    if function.__qualname__.split(".")[0] not in getattr(inspect.getmodule(function), "__all__", ()):
        found.append(f"{figure.function} is not public")
    if not figure.formula or not figure.meaning or not figure.label or not figure.unit:
        found.append(f"{figure.name} says no formula, meaning, label or unit")
    return found


def test_every_figure_is_made_by_the_public_function_of_its_name() -> None:
    assert set(MEASURES) | set(COMPONENTS) <= set(FIGURES)
    assert [wrong for figure in FIGURES.values() for wrong in unresolved(figure)] == []


def test_the_table_of_figures_says_what_the_summary_says() -> None:
    study = small_study()
    table, document = study_figures(study), small_summary()
    value = {(row.figure, row.plan): row.value for row in table.itertuples()}
    assert len(value) == len(table) > 200 and (table["formula"] != "").all()
    for key in ("totals", "service"):
        for plan, measures in document[key].items():
            for name, number_ in measures.items():
                figure = "shared_components" if name == "shared" else name
                assert value[figure, PLANS[plan]] == pytest.approx(number_, nan_ok=True), (plan, name)
    assert value["gain_of_portfolio", "The mix"] == document["gain_per_year"]
    mix, today = (document["totals"][plan] for plan in ("mix", "baseline"))
    assert value["written_off", "The mix"] == pytest.approx(
        mix["obsolescence"] + mix["run_off"] + mix["markdown"]
    )
    assert value["lost_against_perfect_year", "The mix"] == pytest.approx(mix["benchmark"] - mix["profit"])
    shown = document["gain_per_year"] + mix["capital"] - today["capital"]
    assert value["gain_in_operating_profit", "The mix"] == pytest.approx(shown)


def test_the_figures_of_products_add_up_to_those_of_the_portfolio() -> None:
    study = small_study()
    whole = study_figures(study).set_index(["figure", "plan"])["value"]
    every = [study_figures(study, sku).set_index(["figure", "plan"])["value"] for sku in study.items.skus]
    for name in ("capital", "obsolescence", "units_sold"):
        for plan in ("The mix", "Today's way", "Everything to order"):
            assert sum(np.nan_to_num(one[name, plan]) for one in every) == pytest.approx(whole[name, plan])
    with pytest.raises(ValueError, match="no product"):
        study_figures(study, "none such")


def test_the_table_of_the_page_is_current() -> None:
    text = (ROOT / "analytics" / "README.md").read_text(encoding="utf-8")
    assert readme_with(text) == text, "run: python -m analytics.naming.figures --write"


@pytest.mark.parametrize(
    "change",
    [
        {"function": "analytics.strategy.money.price.profit_money"},
        {"function": "analytics.strategy.money.formulas.capital"},
        {"name": "storage_cost"},
        {"label": ""},
    ],
)
def test_a_figure_without_its_function_is_found(change: dict[str, str]) -> None:
    assert unresolved(FIGURES["storage"]) == []
    assert unresolved(replace(FIGURES["storage"], **change))


def test_a_page_without_the_marks_is_not_written() -> None:
    with pytest.raises(ValueError, match="must hold the lines"):
        readme_with("no marks")
