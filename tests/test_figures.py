"""Name on the screen = one function = its docstring: every figure is made by the public function of its name."""

from __future__ import annotations

import inspect
from dataclasses import replace

import pytest

from analytics.figures import FIGURES, Figure
from analytics.labels import COMPONENTS, MEASURES


def unresolved(figure: Figure) -> list[str]:
    """What is wrong with a figure: no function of that name, none that is public, no formula."""
    try:
        function = figure.made_by()
    except (ImportError, AttributeError, ValueError) as error:
        return [f"{figure.name}: {error}"]
    found = []
    if figure.function.rpartition(".")[2] != figure.name or function.__name__ != figure.name:
        found.append(f"{figure.name} is made by {figure.function}")
    if figure.name not in getattr(inspect.getmodule(function), "__all__", ()):
        found.append(f"{figure.function} is not public")
    if not figure.formula or not figure.meaning or not figure.label or not figure.unit:
        found.append(f"{figure.name} says no formula, meaning, label or unit")
    return found


def test_every_figure_is_made_by_the_public_function_of_its_name() -> None:
    assert set(MEASURES) | set(COMPONENTS) <= set(FIGURES)
    assert [wrong for figure in FIGURES.values() for wrong in unresolved(figure)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"function": "analytics.strategy.price.profit_money"},
        {"function": "analytics.strategy.formulas.capital"},
        {"name": "storage_cost"},
        {"label": ""},
    ],
)
def test_the_rule_bites(change: dict[str, str]) -> None:
    assert unresolved(FIGURES["storage"]) == []
    assert unresolved(replace(FIGURES["storage"], **change))
