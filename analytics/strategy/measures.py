"""Measures of a year: every figure of `strategies.csv` from counts and prices, one function each by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.formulas import MONEY_FORMULAS, Counts, Money

__all__ = [
    "PHYSICAL_FORMULAS",
    "counts_by_name",
    "fill_rate",
    "orders",
    "physical_measures",
    "priced_measures",
    "service_curve",
    "share_lost",
    "share_waiting",
    "units_backordered",
    "units_cleared",
    "units_demanded",
    "units_in_process",
    "units_lost",
    "units_on_hand",
    "units_scrapped",
    "units_sold",
    "wait_days_mean",
    "wait_days_quantile",
]

Array = NDArray[np.float64]


def _ratio(part: Array, whole: Array) -> Array:
    return np.where(whole > 1e-12, part / np.where(whole > 1e-12, whole, 1.0), np.nan)


def units_demanded(n: Counts) -> Array:
    """Units that customers wanted over the horizon."""
    return n("demanded")


def units_sold(n: Counts) -> Array:
    """Units delivered, at once or later: demanded - lost."""
    return n("demanded") - n("lost")


def units_lost(n: Counts) -> Array:
    """Units not sold because buyers would not wait, or the product ended first."""
    return n("lost")


def units_scrapped(n: Counts) -> Array:
    """Units stranded when a product ends, or left beyond what can still be sold: scrapped + closing excess."""
    return n("scrapped") + n("closing_excess")


def units_cleared(n: Counts) -> Array:
    """Units of excess stock cleared at a discount."""
    return n("cleared")


def units_on_hand(n: Counts) -> Array:
    """Average stock on hand over the horizon, between receipt and end of week."""
    return n("on_hand")


def units_in_process(n: Counts) -> Array:
    """Average units in own production and final assembly."""
    return n("in_process") + n("in_assembly")


def units_backordered(n: Counts) -> Array:
    """Average units that customers are waiting for."""
    return n("backordered")


def orders(n: Counts) -> Array:
    """Set-ups: lots started for stock and customer orders made one by one."""
    return n("lots") + n("customer_orders")


def fill_rate(n: Counts) -> Array:
    """Share of demand served at once: (sold - waited) / demanded; NaN without demand."""
    return np.clip(_ratio(units_sold(n) - n("waited"), n("demanded")), 0.0, 1.0)


def share_waiting(n: Counts) -> Array:
    """Share of units sold that customers had to wait for: waited / sold; NaN if nothing is sold."""
    return np.clip(_ratio(n("waited"), units_sold(n)), 0.0, 1.0)


def share_lost(n: Counts) -> Array:
    """Share of demand not sold: lost / demanded; NaN without demand."""
    return np.clip(_ratio(n("lost"), n("demanded")), 0.0, 1.0)


def wait_days_mean(n: Counts) -> Array:
    """Mean wait in days of those who wait, by Little's law: 365 x waited unit-years / units that wait."""
    return np.where(n("waited") > 1e-9, 365.0 * _ratio(n("backordered"), n("waited")), 0.0)


#: Every physical measure by name.
PHYSICAL_FORMULAS: Mapping[str, Callable[[Counts], Array]] = {
    f.__name__: f
    for f in (
        units_demanded, units_sold, units_lost, units_scrapped, units_cleared, units_on_hand, units_in_process, units_backordered, orders, fill_rate,
        share_waiting, share_lost, wait_days_mean,
    )
}  # fmt: skip


def counts_by_name(counts: Array) -> Counts:
    """A function that gives a count by its name, from counts of shape (..., counts)."""
    return lambda name: counts[..., COUNT_INDEX[name]]


def physical_measures(counts: Array) -> dict[str, Array]:
    """Every physical and service measure from counts (..., counts)."""
    n = counts_by_name(counts)
    return {name: formula(n) for name, formula in PHYSICAL_FORMULAS.items()}


def priced_measures(counts: Array, money: Money) -> dict[str, Array]:
    """Profit, benchmark, revenue, cash and every component from counts (..., counts) and money columns (...)."""
    n = counts_by_name(counts)
    return {name: formula(n, money) for name, formula in MONEY_FORMULAS.items()}


def _wait_groups(sold: Array, steps_waited: Array, step_days: Array) -> tuple[Array, Array]:
    """Units served as told, and days beyond that for each step of waiting in a stockout.

    An order of step t served at the start of step t + k waited k steps less half a step on average.
    """
    extra = np.maximum(step_days[:, None] * (np.arange(steps_waited.shape[1]) - 0.5), 0.0)
    return np.maximum(sold - steps_waited.sum(axis=1), 0.0), extra


def wait_days_quantile(
    sold: Array, steps_waited: Array, told_days: Array, share: float, step_days: Array
) -> Array:
    """Wait in days that `share` of those who wait do not exceed; 0 where nobody waits.

    `steps_waited` (products, steps + 1) are units by steps waited in a stockout, `step_days` (products,) the length of a step (7 or 1),
    `told_days` (products,) the wait every customer is told (0 from stock), `sold` the units sold.
    """
    as_told, extra = _wait_groups(sold, steps_waited, step_days)
    weight = steps_waited.copy()
    weight[:, 0] += np.where(told_days > 0.0, as_told, 0.0)
    total = weight.sum(axis=1)
    position = (np.cumsum(weight, axis=1) < (share * total - 1e-12)[:, None]).sum(axis=1)
    return np.where(
        total > 1e-9, told_days + extra[np.arange(len(extra)), np.minimum(position, extra.shape[1] - 1)], 0.0
    )


def service_curve(
    demanded: Array, sold: Array, steps_waited: Array, told_days: Array, days: Array, step_days: Array
) -> Array:
    """Units served within each of `days`: shape (products, days); lost demand is never served. Other arguments as in `wait_days_quantile`."""
    as_told, extra = _wait_groups(sold, steps_waited, step_days)
    out = np.zeros((len(sold), len(days)))
    for k, day in enumerate(days):
        late = (steps_waited * (told_days[:, None] + extra <= day)).sum(axis=1)
        out[:, k] = np.minimum(as_told * (told_days <= day) + late, demanded)
    return out
