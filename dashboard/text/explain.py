"""How a figure comes about, as the pages show it: formula, numbers, inputs with their origin, and where it is in the code.

Formulas are read from the functions that make the figures (`analytics.strategy.explained`); none is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.items import ORIGINS
from analytics.naming.figures import FIGURES
from analytics.naming.formula_text import formulas_of, path_of
from analytics.naming.labels import COMPONENTS, Strategy, percent_text, value_text
from analytics.strategy.explained import COUNTED, EXPLAINED, Explained, explained, symbols_of_products
from analytics.strategy.money.rates import STRATEGY_SHARES
from dashboard.results.facts import Facts

__all__ = [
    "FIGURES_EXPLAINED",
    "Explanation",
    "explanation",
    "formula_lines",
    "sources_text",
    "symbols_of_product",
]

#: Names of the figures that can be explained, in the order of the pages: the contribution, its components, the rest.
FIGURES_EXPLAINED = tuple(dict.fromkeys(("profit", *COMPONENTS, *EXPLAINED)))


@dataclass(frozen=True)
class Explanation:
    """One figure: what it is, its formula with numbers and result, where the inputs come from, the functions that make it."""

    title: str
    meaning: str
    formula: str
    origins: str
    sources: tuple[Callable[..., Any], ...]


def sources_text(one: Explanation) -> str:
    """Where the figure is made, importable as written."""
    return "In the code: " + ", ".join(f"`{path_of(function)}`" for function in one.sources)


def formula_lines(function: Callable[..., Any]) -> str:
    """A function's name and the formula of its docstring, below each other."""
    return f"{function.__name__}\n  = {formulas_of(function)[0]}"


def _formula(found: Explained, unit: str) -> str:
    """A line for what is made on the way; the figure itself stands apart and ends the text, in its own lines."""
    lines = [
        f"\n{line.name}\n  = {line.formula}\n  = {line.numbers}\n  = {line.result} {unit}".rstrip() + "\n"
        if line.name == found.name
        else f"{line.name} = {line.formula} = {line.numbers} = {line.result}"
        for line in found.lines
    ]
    return "\n".join(lines).strip().replace("\n\n\n", "\n\n")


def _origins(facts: Facts, i: int, strategy: str, found: Explained) -> str:
    """Where every number of the formula comes from: the product's own fields, the strategy, the simulated years."""
    parts = []
    fields = found.fields + (("component_share",) if found.shares and strategy == Strategy.ATO else ())
    for name in fields:
        value = float(facts.items[name][i])
        word = ORIGINS[int(facts.items.origin(name)[i])]
        if np.isfinite(value):
            parts.append(f"{name} {value_text(value)}: {word}{' by you' if word == 'confirmed' else ''}")
        else:
            parts.append(f"{name}: unknown, counted as 0")
    parts += [f"{name}: {STRATEGY_SHARES[name]}" for name in found.shares]
    parts += [f"{name}: {COUNTED[name]}, average of the simulated years" for name in found.counts]
    return " · ".join(parts)


def symbols_of_product(facts: Facts, i: int, k: int) -> dict[str, float]:
    """What the formulas of product `i` name, under the strategy at position `k`."""
    found = symbols_of_products(facts.counts[[i], k], facts.items.take(np.array([i])), facts.strategies[k])
    return {name: float(column.item()) for name, column in found.items()}


def explanation(
    facts: Facts, i: int, k: int, name: str, symbols: Mapping[str, float] | None = None
) -> Explanation:
    """How a figure of `FIGURES_EXPLAINED` of product `i` comes about under the strategy at position `k`.

    `symbols` are those of `symbols_of_product` where they are at hand.
    """
    strategy, figure = facts.strategies[k], FIGURES[name]
    found = explained(symbols or symbols_of_product(facts, i, k), name)
    meaning = found.meaning
    if name == "profit" and facts.products.at[i, "as_today"] and k == facts.choice[i]:
        meaning += (
            " These are the figures at the settings found here; it stays as it is run today, and their "
            "difference is not counted."
        )
    if not found.lines:
        meaning += " Here there is nothing to compute it from."
    unit = (facts.currency or "money") if figure.unit.startswith("money") else figure.unit
    if figure.unit == "share" and found.lines:
        unit = f"({percent_text(found.value)})"
    return Explanation(
        figure.label,
        meaning,
        _formula(found, unit),
        _origins(facts, i, strategy, found),
        (EXPLAINED[name],),
    )
