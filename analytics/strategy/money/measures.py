"""Measures of a year: every figure of `strategies.csv` from counts and prices, one function each by name.

One concept: the list of measures. A figure is here once, from counts or from waits, with its formula, and the
mappings at the end of each part are that list; the records of waits exist only to feed it.

The formula in each docstring is the line that pages print; a test holds it against the function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.money.formulas import MONEY_FORMULAS, Counts, Money

__all__ = [
    "PHYSICAL_FORMULAS",
    "WAIT_FORMULAS",
    "WaitingUnits",
    "Waits",
    "counts_by_name",
    "fill_rate",
    "joined_waits",
    "orders",
    "physical_measures",
    "pooled_waits",
    "priced_measures",
    "service_curve",
    "share_lost",
    "share_quoted_a_wait",
    "share_shelf_empty",
    "share_waiting",
    "units_backordered",
    "units_cleared",
    "units_demanded",
    "units_in_process",
    "units_left",
    "units_lost",
    "units_on_hand",
    "units_quoted_a_wait",
    "units_scrapped",
    "units_sold",
    "wait_days_mean",
    "wait_days_median",
    "wait_days_p90",
    "wait_days_quantile",
    "waiting_units",
    "waits_of",
    "waits_of_all",
]

Array = NDArray[np.float64]


def _ratio(part: Array, whole: Array) -> Array:
    return np.where(whole > 1e-12, part / np.where(whole > 1e-12, whole, 1.0), np.nan)


def units_demanded(n: Counts) -> Array:
    """Units that customers wanted over the horizon.

    units_demanded = demanded. Source: definition.
    """
    return n("demanded")


def units_sold(n: Counts) -> Array:
    """Units delivered, at once or later.

    units_sold = demanded - lost. Source: definition.
    """
    return n("demanded") - n("lost")


def units_lost(n: Counts) -> Array:
    """Units not sold because buyers would not wait, or the product ended first.

    units_lost = lost. Source: definition.
    """
    return n("lost")


def units_scrapped(n: Counts) -> Array:
    """Units stranded when a product ends within the year.

    units_scrapped = scrapped. Source: definition.
    """
    return n("scrapped")


def units_left(n: Counts) -> Array:
    """Units left at the end of the year beyond what the plan would order again: each waits its turn.

    units_left = closing_excess. Source: definition.
    """
    return n("closing_excess")


def units_cleared(n: Counts) -> Array:
    """Units of excess stock cleared at a discount.

    units_cleared = cleared. Source: definition.
    """
    return n("cleared")


def units_on_hand(n: Counts) -> Array:
    """Average stock on hand over the horizon, between receipt and end of week.

    units_on_hand = on_hand. Source: definition.
    """
    return n("on_hand")


def units_in_process(n: Counts) -> Array:
    """Average units in own production and final assembly.

    units_in_process = in_process + in_assembly. Source: definition.
    """
    return n("in_process") + n("in_assembly")


def units_backordered(n: Counts) -> Array:
    """Average units that customers are waiting for.

    units_backordered = backordered. Source: definition.
    """
    return n("backordered")


def orders(n: Counts) -> Array:
    """Set-ups: lots started for stock and customer orders made one by one.

    orders = lots + customer_orders. Source: definition.
    """
    return n("lots") + n("customer_orders")


def fill_rate(n: Counts) -> Array:
    """Share of demand served at once; NaN without demand.

    fill_rate = min(max((demanded - lost - waited) / demanded, 0), 1). Source: definition.
    """
    return np.clip(_ratio(units_sold(n) - n("waited"), n("demanded")), 0.0, 1.0)


def share_waiting(n: Counts) -> Array:
    """Share of units sold that customers had to wait for; NaN if nothing is sold.

    share_waiting = min(max(waited / (demanded - lost), 0), 1). Source: definition.
    """
    return np.clip(_ratio(n("waited"), units_sold(n)), 0.0, 1.0)


#: A wait of less than 1 in so many years (15 minutes) is none that a customer is told.
_TOLD = 36500.0


def units_quoted_a_wait(n: Counts) -> Array:
    """Units sold whose buyers were told a wait and agreed to it: made or finished to order, where a wait is told at all.

    *Formula*: min(to_order, waited, 36500 x promised): nobody is told a wait whose wait is none. Source: definition.

    >>> units_quoted_a_wait({"to_order": np.array([30.0, 5.0]), "waited": np.array([34.0, 2.0]), "promised": np.array([2.0, 0.0])}.__getitem__)
    array([30.,  0.])
    """
    return np.minimum(np.minimum(n("to_order"), n("waited")), _TOLD * n("promised"))


def share_quoted_a_wait(n: Counts) -> Array:
    """Share of units sold whose buyers were quoted a wait and agreed to it; NaN if nothing is sold.

    share_quoted_a_wait = min(max(min(to_order, waited, 36500 x promised) / (demanded - lost), 0), 1). Source: definition.
    """
    return np.clip(_ratio(units_quoted_a_wait(n), units_sold(n)), 0.0, 1.0)


def share_shelf_empty(n: Counts) -> Array:
    """Share of units sold whose buyers found the shelf empty and waited all the same; with those quoted a wait, all who wait. NaN if nothing is sold.

    share_shelf_empty = min(max((waited - min(to_order, waited, 36500 x promised)) / (demanded - lost), 0), 1). Source: definition.
    """
    return np.clip(_ratio(n("waited") - units_quoted_a_wait(n), units_sold(n)), 0.0, 1.0)


def share_lost(n: Counts) -> Array:
    """Share of demand not sold; NaN without demand.

    share_lost = min(max(lost / demanded, 0), 1). Source: definition.
    """
    return np.clip(_ratio(n("lost"), n("demanded")), 0.0, 1.0)


def wait_days_mean(n: Counts) -> Array:
    """Mean wait in days of those who wait, by Little's law; 0 where nobody waits.

    wait_days_mean = 365 x backordered / waited. Source: Little (1961).
    """
    return np.where(n("waited") > 1e-9, 365.0 * _ratio(n("backordered"), n("waited")), 0.0)


#: Every physical measure by name.
PHYSICAL_FORMULAS: Mapping[str, Callable[[Counts], Array]] = {
    f.__name__: f
    for f in (
        units_demanded, units_sold, units_lost, units_scrapped, units_left, units_cleared, units_on_hand, units_in_process, units_backordered, orders, fill_rate,
        share_waiting, share_quoted_a_wait, share_shelf_empty, share_lost, wait_days_mean,
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


class Waits(NamedTuple):
    """Who waits, and how long: `units` a year that wait `days`, both of shape (groups, waits), days ascending along the last axis.

    A group is a product, or all products together (`pooled_waits`).
    """

    days: Array
    units: Array


def waits_of(sold: Array, steps_waited: Array, told_days: Array, step_days: Array) -> Waits:
    """The waits of products, one group each.

    `steps_waited` (products, steps + 1) are units by steps waited in a stockout, `step_days` (products,) the length of a step (7 or 1),
    `told_days` (products,) the wait every customer is told (0 from stock: who is served at once does not wait), `sold` the units sold.
    """
    as_told, extra = _wait_groups(sold, steps_waited, step_days)
    units = steps_waited.copy()
    units[:, 0] += np.where(told_days > 0.0, as_told, 0.0)
    return Waits(told_days[:, None] + extra, units)


class WaitingUnits(NamedTuple):
    """Who waits of many products, kept short: `units` a year of `product` (a position) that wait `days`, one entry each, all (entries,)."""

    product: NDArray[np.intp]
    days: Array
    units: Array

    def of(self, products: NDArray[np.bool_]) -> WaitingUnits:
        """The entries of the products marked (products,)."""
        here = products[self.product]
        return WaitingUnits(self.product[here], self.days[here], self.units[here])


def waiting_units(waits: Waits, index: NDArray[np.intp]) -> WaitingUnits:
    """The waits of the products at the positions `index` (products,), entries without units left out."""
    row, column = np.nonzero(waits.units > 0.0)
    return WaitingUnits(index[row], waits.days[row, column], waits.units[row, column])


def joined_waits(parts: Sequence[WaitingUnits]) -> WaitingUnits:
    """Several collections as one, by product."""
    product, days, units = (
        np.concatenate([np.zeros(0, kind), *(part[k] for part in parts)])
        for k, kind in enumerate((np.intp, np.float64, np.float64))
    )
    order = np.argsort(product, kind="stable")
    return WaitingUnits(product[order], days[order], units[order])


def waits_of_all(counts: Array) -> dict[str, float]:
    """Shares of all units sold, of many products together, whose buyers were quoted a wait or found the shelf empty: by name.

    Units of every product are added up, since who was quoted a wait is told product by product. `counts` is (products, counts).
    """
    n = counts_by_name(counts)
    sold = np.asarray(units_sold(n).sum())
    quoted = units_quoted_a_wait(n)
    parts = {"share_quoted_a_wait": quoted, "share_shelf_empty": n("waited") - quoted}
    return {name: float(np.clip(_ratio(units.sum(), sold), 0.0, 1.0)) for name, units in parts.items()}


def pooled_waits(waiting: WaitingUnits) -> Waits:
    """All units that wait as one group, whatever the product: shape (1, entries).

    A quantile of the portfolio is one of all its waiting units; a quantile of products' own quantiles is none of anybody's waits.

    >>> both = WaitingUnits(np.array([0, 0, 1]), np.array([3.0, 90.0, 5.0]), np.array([1.0, 1.0, 98.0]))
    >>> wait_days_p90(pooled_waits(both))
    array([5.])
    """
    order = np.argsort(waiting.days, kind="stable")
    return Waits(waiting.days[order][None, :], waiting.units[order][None, :])


def wait_days_quantile(waits: Waits, share: float) -> Array:
    """Wait in days that `share` of the units that wait do not exceed, per group; 0 where nobody waits. Raises nothing.

    wait_days_quantile = least wait w with units that wait at most w >= share x units that wait.
    Source: definition, the lower quantile of a discrete distribution.

    >>> wait_days_quantile(Waits(np.array([[3.5, 10.5]]), np.array([[4.0, 6.0]])), 0.5)
    array([10.5])
    """
    days, units = waits
    if not days.shape[1]:
        return np.zeros(len(days))
    total = units.sum(axis=1)
    position = (np.cumsum(units, axis=1) < (share * total - 1e-12)[:, None]).sum(axis=1)
    at = np.minimum(position, days.shape[1] - 1)
    return np.where(total > 1e-9, days[np.arange(len(days)), at], 0.0)


def wait_days_median(waits: Waits) -> Array:
    """The wait in days of the middle one of those who wait, of each product or of all together; 0 where nobody waits.

    wait_days_median = wait_days_quantile at 0.5.
    """
    return wait_days_quantile(waits, 0.5)


def wait_days_p90(waits: Waits) -> Array:
    """The wait in days that 1 in 10 of those who wait exceeds, of each product or of all together; 0 where nobody waits.

    wait_days_p90 = wait_days_quantile at 0.9.
    """
    return wait_days_quantile(waits, 0.9)


#: Every measure of waits by name.
WAIT_FORMULAS: Mapping[str, Callable[[Waits], Array]] = {
    f.__name__: f for f in (wait_days_median, wait_days_p90)
}


def service_curve(
    demanded: Array, sold: Array, steps_waited: Array, told_days: Array, days: Array, step_days: Array
) -> Array:
    """Units served within each of `days`: shape (products, days); lost demand is never served. Other arguments as in `waits_of`."""
    as_told, extra = _wait_groups(sold, steps_waited, step_days)
    out = np.zeros((len(sold), len(days)))
    for k, day in enumerate(days):
        late = (steps_waited * (told_days[:, None] + extra <= day)).sum(axis=1)
        out[:, k] = np.minimum(as_told * (told_days <= day) + late, demanded)
    return out
