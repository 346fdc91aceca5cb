"""How a figure of one product comes about: the formula of its own function, with the product's numbers in it.

Nothing is written down a second time: symbols, meaning and formula are read from the functions of `formulas`, `measures` and
`rates`, numbers from the counts and fields they are called with.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import ITEM_FIELDS, Items
from analytics.naming.formula_text import (
    amount_text,
    filled,
    formulas_of,
    path_of,
    plain_number,
    symbols_of,
    value_of,
)
from analytics.simulation.ledger import COUNTS, LATER
from analytics.strategy.money.formulas import COMPONENT_FORMULAS, LATER_FORMULAS, MONEY_FORMULAS
from analytics.strategy.money.measures import PHYSICAL_FORMULAS, counts_by_name
from analytics.strategy.money.price import money_symbols, money_values
from analytics.strategy.money.rates import RATES, STRATEGY_SHARES
from analytics.strategy.money.totals import TOTAL_FORMULAS

__all__ = ["COUNTED", "EXPLAINED", "Explained", "Line", "explained", "symbols_of_products"]

#: Every figure that can be explained, by name: the function that makes it.
EXPLAINED: Mapping[str, Callable[..., Any]] = {
    **MONEY_FORMULAS,
    **TOTAL_FORMULAS,
    **PHYSICAL_FORMULAS,
}
#: Every count that a formula names, in words: those of the simulated years, and those that prices choose among them.
COUNTED: Mapping[str, str] = {**COUNTS, **LATER}
_ALL: Mapping[str, Callable[..., Any]] = {**EXPLAINED, **RATES}
#: Figures that are shown as a step of others; components and the profit stand for themselves in a sum.
_WITHIN = set(MONEY_FORMULAS) - set(COMPONENT_FORMULAS) - {"profit"}
#: Significant digits tried until what is printed gives what is printed.
_DIGITS = range(6, 17)
#: Significant digits of what is made on the way to a figure.
_MADE = 6


@dataclass(frozen=True)
class Line:
    """One step: the symbol, its formula in symbols, with numbers, and what that gives."""

    name: str
    formula: str
    numbers: str
    result: str


@dataclass(frozen=True)
class Explained:
    """A figure: its value, what it means, its steps (the last one gives the figure), what they rest on, the function that makes it.

    `fields` are fields of the product, `counts` counts of the simulated years, `shares` what the strategy sets. No steps where
    nothing is divided by nothing: nobody waits, nothing is sold.
    """

    name: str
    value: float
    meaning: str
    lines: tuple[Line, ...]
    fields: tuple[str, ...]
    counts: tuple[str, ...]
    shares: tuple[str, ...]
    source: str


@cache
def _steps(name: str) -> tuple[tuple[str, str], ...]:
    """(symbol, formula) of what a figure is made of, each before it is needed."""
    done: dict[tuple[str, str], None] = {}
    for formula in formulas_of(_ALL[name]):
        for symbol in symbols_of(formula):
            if symbol in RATES or symbol in _WITHIN:
                done.update(dict.fromkeys(_steps(symbol)))
        done[(name, formula)] = None
    return tuple(done)


def _printed(steps: tuple[tuple[str, str], ...], values: Mapping[str, float]) -> tuple[Line, ...]:
    """The steps, each with the fewest digits of which the printed line gives its printed result; none where one does not."""
    figure = steps[-1][0]
    lines: list[Line] = []
    for name, formula in steps:
        if not math.isfinite(values[name] + value_of(formula, values)):
            return ()
        result = amount_text(values[name]) if name == figure else plain_number(values[name], _MADE, _MADE)
        each = (Line(name, formula, filled(formula, values, digits), result) for digits in _DIGITS)
        true = next((line for line in each if _agrees(line)), None)
        if (
            true is None
        ):  # as good as nobody waits: the measure says 0, its ratio is one of two numerical noises
            return ()
        lines.append(true)
    return tuple(lines)


def _agrees(line: Line) -> bool:
    decimals = len(line.result.partition(".")[2])
    return abs(value_of(line.numbers) - value_of(line.result)) <= 0.5 * 10.0**-decimals * 1.0001


def symbols_of_products(
    counts: NDArray[np.float64], items: Items, strategy: str
) -> dict[str, NDArray[np.float64]]:
    """Everything that a formula names, by name, of products under one strategy: fields, shares, rates, counts and figures (products,).

    `counts` (products, counts) as the measures have them, `items` of these products.
    """
    n, money = counts_by_name(counts), money_values(items, strategy)
    values = {**money_symbols(items, strategy), **{symbol: n(symbol) for symbol in COUNTS}}
    values |= {symbol: formula(n, money) for symbol, formula in {**LATER_FORMULAS, **MONEY_FORMULAS}.items()}
    values |= {symbol: formula(values) for symbol, formula in TOTAL_FORMULAS.items()}
    return values | {symbol: formula(n) for symbol, formula in PHYSICAL_FORMULAS.items()}


def explained(values: Mapping[str, float], name: str) -> Explained:
    """A figure of `EXPLAINED` of one product from its symbols (`symbols_of_products`). Raises KeyError for any other name."""
    steps = _steps(name)
    used = tuple(dict.fromkeys(s for _, formula in steps for s in symbols_of(formula)))
    return Explained(
        name,
        float(values[name]),
        " ".join((inspect.getdoc(EXPLAINED[name]) or "").partition("\n\n")[0].split()),
        _printed(steps, values),
        tuple(s for s in used if s in ITEM_FIELDS and s not in {*COUNTED, *EXPLAINED}),
        tuple(s for s in used if s in COUNTED),
        tuple(s for s in used if s in STRATEGY_SHARES),
        path_of(EXPLAINED[name]),
    )
