"""The gain and its parts, of one product and of the portfolio."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.strategy.compared.played_years import quantiles_of_years

__all__ = [
    "cost_of_limits", "cost_of_sales", "gain_by_planning", "gain_by_strategy",
    "gain_in_operating_profit", "gain_moved", "gain_of_portfolio", "gain_per_year",
    "lead_of_best", "lead_over_runner_up", "lost_high", "lost_low", "profit_high", "profit_low",
    "too_close_to_count",
]  # fmt: skip

Array = NDArray[np.float64]


def gain_per_year(profit: Any, profit_today: Any, as_today: Any = False) -> Any:
    """What a product earns more in the next twelve months than run as today; 0 where it stays as it is.

    gain_per_year = profit of what is recommended - profit_today. Money, expected; shapes (products,) or numbers.

    >>> gain_per_year(np.array([120.0, 95.0]), np.array([100.0, 100.0]), np.array([False, True])).tolist()
    [20.0, 0.0]
    """
    return np.where(as_today, 0.0, profit - profit_today)


def gain_by_planning(profit_planned: Any, profit_today: Any, as_today: Any = False) -> Any:
    """The part of the gain that today's own strategy would bring if it were planned anew, without any change of strategy.

    gain_by_planning = profit of today's strategy planned anew - profit_today. Money; 0 where the product stays as it is.
    """
    return np.where(as_today, 0.0, profit_planned - profit_today)


def gain_by_strategy(gain: Any, planning: Any) -> Any:
    """What the other strategy adds to planning today's anew.

    gain_by_strategy = gain_per_year - gain_by_planning. Money.
    """
    return gain - planning


def gain_moved(gain: float, *others: float) -> float:
    """How far the gain moves to the farthest of other values; 0 where none of them is known. Money a year.

    gain_moved = largest |other - gain|. Unknown values (NaN) are left out. Source: definition.

    >>> gain_moved(100.0, 90.0, 130.0), gain_moved(100.0, float("nan"))
    (30.0, 0.0)
    """
    return max((abs(other - gain) for other in others if np.isfinite(other)), default=0.0)


def cost_of_sales(units_sold: Array, unit_cost: Array) -> Array:
    """What the units cost that the recommendation is expected to sell in the next twelve months. Money, (products,), NaN without a cost.

    cost_of_sales = units_sold x unit cost.
    """
    return units_sold * unit_cost


def cost_of_limits(profit_free: float, profit: float) -> float:
    """What shared limits cost a product: what it would earn a year without them, less what it earns under them. Money.

    cost_of_limits = profit without limits - profit under them. Source: definition.

    >>> cost_of_limits(120.0, 95.0)
    25.0
    """
    return profit_free - profit


def lead_over_runner_up(profit: Any, second: Any) -> Any:
    """How much more the recommended strategy earns a year than the next best one; negative: it earns less, by too little for a change.

    lead_over_runner_up = profit of what is done - profit of the runner-up. Money.
    """
    return profit - second


def lead_of_best(profit: Array) -> float:
    """How much more the best strategy of a product earns a year than the next best. Money.

    lead_of_best = largest - second largest profit; NaN where fewer than two are known.
    `profit` (strategies,), NaN where one is not offered. Source: definition.

    >>> lead_of_best(np.array([10.0, np.nan, 7.0, 9.0]))
    1.0
    """
    known = np.sort(profit[np.isfinite(profit)])
    return float(lead_over_runner_up(known[-1], known[-2])) if len(known) > 1 else float("nan")


def too_close_to_count(profit: Array, most: Array) -> Array:
    """What limits bring for products whose choice is too close to call: in their own gains, and taken out again. Money, (products,).

    too_close_to_count = profit under the limits - the most that counts, at least 0.

    >>> too_close_to_count(np.array([120.0, 90.0]), np.array([100.0, 95.0])).tolist()
    [20.0, 0.0]
    """
    return np.maximum(profit - most, 0.0)


def gain_of_portfolio(gain: Array, shared: float) -> float:
    """The gain of all products together, to the cent the sum of their gains and of the line `shared`.

    gain_of_portfolio = sum of gain_per_year + shared. Money.

    >>> gain_of_portfolio(np.array([20.0, 0.0, -3.0]), -1.5)
    15.5
    """
    return float(np.sum(gain)) + shared


def gain_in_operating_profit(gain: float, mix: Mapping[str, float], today: Mapping[str, float]) -> float:
    """The part of the gain that shows in the accounts: cost of capital is charged, but not booked.

    gain_in_operating_profit = gain_of_portfolio + capital of the mix - capital of today's way. Money.
    """
    return gain + mix["capital"] - today["capital"]


def profit_low(years: Array) -> float:
    """What a plan earns less than in 1 of 20 years; the year of all products together, so ranges of products do not add up to it.

    profit_low = 5th percentile of the plan's profit over the simulated years (`quantiles_of_years`). `years` (years,) money; NaN without.
    """
    return _bounds(years)[0]


def profit_high(years: Array) -> float:
    """What a plan earns more than in 1 of 20 years; the year of all products together.

    profit_high = 95th percentile of the plan's profit over the simulated years (`quantiles_of_years`). `years` (years,) money; NaN without.
    """
    return _bounds(years)[1]


def lost_low(perfect: Array, years: Array) -> float:
    """What a plan loses less than in 1 of 20 years against that same year with nothing lost.

    lost_low = 5th percentile of perfect year - profit over the simulated years. Both (years,), money.
    """
    return _bounds(perfect - years)[0]


def lost_high(perfect: Array, years: Array) -> float:
    """What a plan loses more than in 1 of 20 years against that same year with nothing lost.

    lost_high = 95th percentile of perfect year - profit over the simulated years. Both (years,), money.
    """
    return _bounds(perfect - years)[1]


def _bounds(years: Array) -> tuple[float, float]:
    if not len(years):
        return float("nan"), float("nan")
    low, high = quantiles_of_years(years)
    return float(low), float(high)
