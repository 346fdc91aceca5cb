"""Figures made of the amounts of a plan or of a product: the same sum whether amounts are totals or columns.

Each takes `amounts`, which gives money over the horizon of twelve months by the name of its measure (see `formulas`): numbers
for a plan, arrays (products,) or (products, strategies) for products. What is unknown (NaN) stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from analytics.naming.labels import COMPONENT_BLOCKS

__all__ = [
    "BLOCK_FORMULAS",
    "TOTAL_FORMULAS",
    "Amounts",
    "booked_cost",
    "cost_of_capital",
    "lost_against_perfect_year",
    "margin_not_earned",
    "written_off",
]

Amounts = Mapping[str, Any]


def written_off(amounts: Amounts) -> Any:
    """Stock expected to be written off: stranded when models end, now or later, and excess cleared below cost.

    written_off = obsolescence + run_off + markdown.

    >>> written_off({"obsolescence": 30.0, "run_off": 2.0, "markdown": 4.5})
    36.5
    """
    return amounts["obsolescence"] + amounts["run_off"] + amounts["markdown"]


def booked_cost(amounts: Amounts) -> Any:
    """The components that appear in the accounts.

    booked_cost = storage + setup + obsolescence + run_off + perhaps_ended + markdown + cancellation + premium. Money.
    """
    return _sum(amounts, "booked_cost")


def cost_of_capital(amounts: Amounts) -> Any:
    """What the money tied up costs; it is charged, but not booked.

    cost_of_capital = capital. Money.
    """
    return _sum(amounts, "cost_of_capital")


def margin_not_earned(amounts: Amounts) -> Any:
    """What customers who were not served, or late, take with them.

    margin_not_earned = lost_margin + goodwill + waiting. Money.
    """
    return _sum(amounts, "margin_not_earned")


def _sum(amounts: Amounts, block: str) -> Any:
    return sum(amounts[component] for component in COMPONENT_BLOCKS[block])


def lost_against_perfect_year(amounts: Amounts) -> Any:
    """What is lost against a year that knows all orders in advance.

    lost_against_perfect_year = benchmark - profit. Source: definition; it equals the sum of the components (less
    the shared components, in the totals of the mix).

    >>> lost_against_perfect_year({"benchmark": 100.0, "profit": 64.0})
    36.0
    """
    return amounts["benchmark"] - amounts["profit"]


#: The three blocks of what is lost, by name: together all components.
BLOCK_FORMULAS: Mapping[str, Callable[[Amounts], Any]] = {
    f.__name__: f for f in (booked_cost, cost_of_capital, margin_not_earned)
}
#: Every figure made of amounts by name.
TOTAL_FORMULAS: Mapping[str, Callable[[Amounts], Any]] = {
    **BLOCK_FORMULAS,
    **{f.__name__: f for f in (written_off, lost_against_perfect_year)},
}
