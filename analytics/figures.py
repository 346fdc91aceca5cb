"""Every figure that a page, a file or a summary shows: its label, its unit, and the one function that makes it.

The name of a figure is the name of its function, and the formula of a figure is the sentence of the function's docstring that begins
with that name: "name = ...". Functions are named by their path and loaded when asked for, so that a table of labels loads no engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from inspect import getdoc
from typing import Any

from analytics.formula_text import formulas_of
from analytics.labels import COMPONENTS, MEASURES, Label

__all__ = ["FIGURES", "Figure"]


@dataclass(frozen=True)
class Figure:
    """One figure: its `name` in files, its `label` on the screen, its `unit`, and the dotted path of the `function` that makes it.

    >>> FIGURES["storage"].label, FIGURES["storage"].function
    ('Storage and insurance', 'analytics.strategy.formulas.storage')
    >>> FIGURES["storage"].formula
    'storage = storage_and_insurance x stock_value x on_hand'
    """

    name: str
    label: str
    unit: str
    function: str

    def made_by(self) -> Callable[..., Any]:
        """The function that makes the figure. Raises ImportError or AttributeError where there is none."""
        module, _, name = self.function.rpartition(".")
        found: Callable[..., Any] = getattr(import_module(module), name)
        return found

    @property
    def meaning(self) -> str:
        """What the figure is: the first paragraph of the function's docstring, in one line."""
        return " ".join((getdoc(self.made_by()) or "").split("\n\n")[0].split())

    @property
    def formula(self) -> str:
        """The sentence "name = ..." of the function's docstring, in one line without its full stop; "" where there is none."""
        found = formulas_of(self.made_by())
        return f"{self.name} = {found[0]}" if found else ""


def _of(module: str, labels: Mapping[str, Label]) -> dict[str, Figure]:
    return {
        name: Figure(name, label.label, label.unit, f"analytics.{module}.{name}")
        for name, label in labels.items()
    }


_MONEY = {name: MEASURES[name] for name in ("profit", "benchmark", "revenue", "cash_tied_up")}
_BESIDE = {"profit_against_best": MEASURES["profit_against_best"]}
_PHYSICAL = {name: label for name, label in MEASURES.items() if name not in {**_MONEY, **_BESIDE}}
_TOTALS = {
    "booked_cost": Label("Booked cost", "money/year", "money"),
    "margin_not_earned": Label("Margin not earned", "money/year", "money"),
    "written_off": Label("Expected write-off", "money/year", "money"),
    "lost_against_perfect_year": Label("Lost against a perfect year", "money/year", "money"),
}

#: Every figure by name.
FIGURES: Mapping[str, Figure] = {
    **_of("strategy.formulas", {**_MONEY, **COMPONENTS}),
    **_of("strategy.compare", _BESIDE),
    **_of("strategy.measures", _PHYSICAL),
    **_of("strategy.totals", _TOTALS),
}
