"""Figures made of the amounts of a plan or of a product: the same sum whether amounts are totals or columns.

Each takes `amounts`, which gives money over the horizon of twelve months by the name of its measure (see `formulas`): numbers
for a plan, arrays (products,) or (products, strategies) for products. What is unknown (NaN) stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analytics.naming.labels import COMPONENT_BLOCKS

__all__ = [
    "BLOCK_FORMULAS", "TOTAL_FORMULAS", "booked_cost", "cost_of_capital", "earned_a_year",
    "lost_against_perfect_year", "margin_not_earned", "orders_waiting_over", "plan_difference",
    "profit_over", "served_within", "written_off", "written_off_over",
]  # fmt: skip

Amounts = Mapping[str, Any]


def written_off(amounts: Amounts) -> Any:
    """Stock expected to be written off: stranded when models end, and excess cleared below cost.

    written_off = obsolescence + markdown.

    >>> written_off({"obsolescence": 30.0, "markdown": 4.5})
    34.5
    """
    return amounts["obsolescence"] + amounts["markdown"]


def booked_cost(amounts: Amounts) -> Any:
    """The components that appear in the accounts.

    booked_cost = storage + setup + obsolescence + markdown + cancellation + premium. Money.
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

    lost_against_perfect_year = benchmark - profit. Source: definition; it equals the sum of the ten components (less
    the shared components, in the totals of the mix).

    >>> lost_against_perfect_year({"benchmark": 100.0, "profit": 64.0})
    36.0
    """
    return amounts["benchmark"] - amounts["profit"]


def profit_over(amounts: Amounts, other: Amounts) -> Any:
    """What one plan earns more than another; negative: less. Money over the horizon.

    profit_over = profit - profit of the other. Source: definition.

    >>> profit_over({"profit": 64.0}, {"profit": 60.5})
    3.5
    """
    return amounts["profit"] - other["profit"]


def written_off_over(amounts: Amounts, other: Amounts) -> Any:
    """What one plan is expected to write off more than another; negative: less. Money over the horizon.

    written_off_over = written_off - written_off of the other. Source: definition.

    >>> written_off_over({"obsolescence": 30.0, "markdown": 4.5}, {"obsolescence": 40.0, "markdown": 0.0})
    -5.5
    """
    return written_off(amounts) - written_off(other)


def orders_waiting_over(service: Amounts, other: Amounts) -> float:
    """How much larger the share of orders that wait is under one plan than under another; below 0: smaller.

    orders_waiting_over = share_waiting - share_waiting of the other. Source: definition.

    >>> orders_waiting_over({"share_waiting": 0.75}, {"share_waiting": 0.5})
    0.25
    """
    return float(service["share_waiting"] - other["share_waiting"])


def served_within(days: float, days_known: ArrayLike, shares: ArrayLike) -> float:
    """The share of demand served within so many days of ordering, straight between the days known.

    `days_known` (days,) rising, `shares` (days,) of demand at each of them. Source: linear interpolation.

    >>> served_within(14.0, [0.0, 7.0, 21.0], [0.5, 0.6, 0.8])
    0.7
    """
    return float(np.interp(days, np.asarray(days_known, np.float64), np.asarray(shares, np.float64)))


def plan_difference(figure: float, other: float) -> float:
    """How much larger a figure is in one scenario than in another, of the unrounded figures, in their unit.

    plan_difference = figure - figure of the other. Source: definition.

    >>> plan_difference(12.5, 10.0)
    2.5
    """
    return figure - other


def earned_a_year(money: float, weeks: float) -> float:
    """Money earned over so many weeks, as of a year of 52 of them.

    earned_a_year = money / (weeks / 52). Source: definition.

    >>> earned_a_year(300.0, 26.0)
    600.0
    """
    return money / (weeks / 52.0)


#: The three blocks of what is lost, by name: together the ten components.
BLOCK_FORMULAS: Mapping[str, Callable[[Amounts], Any]] = {
    f.__name__: f for f in (booked_cost, cost_of_capital, margin_not_earned)
}
#: Every figure made of amounts by name.
TOTAL_FORMULAS: Mapping[str, Callable[[Amounts], Any]] = {
    **BLOCK_FORMULAS,
    **{f.__name__: f for f in (written_off, lost_against_perfect_year)},
}
