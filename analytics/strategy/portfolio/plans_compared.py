"""One plan or scenario beside another: how much more it earns, writes off, lets wait, and what is read between known points."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analytics.strategy.money.totals import Amounts, written_off

__all__ = [
    "earned_a_year",
    "orders_waiting_over",
    "plan_difference",
    "profit_over",
    "served_within",
    "written_off_over",
]


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

    >>> written_off_over({"obsolescence": 30.0, "run_off": 0.0, "markdown": 4.5}, {"obsolescence": 40.0, "run_off": 0.0, "markdown": 0.0})
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

    served_within = units served within `days` / units demanded.
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
