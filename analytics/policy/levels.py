"""What a planner sets for a product that is stocked, from what the simulation chose: reorder point, order-up-to level, lot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.naming.labels import units_text

__all__ = [
    "LEAST_FILL", "SLOW_ORDERS", "demand_over_interval", "empty_shelf_wait", "holds_stock", "nothing_more", "order_quantity",
    "order_up_to_level", "point_text", "reorder_point", "target_level", "whole_levels",
]  # fmt: skip

Array = NDArray[np.float64]

#: Below so many orders a year the levels that are tried are whole ones, one after the other.
SLOW_ORDERS = 6.0
#: What serves less than this share of demand at once is not kept in stock: it is made or bought to order.
LEAST_FILL = 0.05


def empty_shelf_wait(lead_weeks: Array, review_weeks: Array) -> Array:
    """The wait of a customer whose own order is the one that brings the goods: until the next review, then the lead time.

    empty_shelf_wait = 7 x (lead_weeks + review_weeks / 2). Days (products,): orders come evenly over a review period, so that the
    next review is half of it away on average. Never shorter than half of itself for anybody who finds nothing on order.
    Source: definition of periodic review; simulated in `simulation.stock`.

    >>> empty_shelf_wait(np.array([4.0, 4.0, 2.0]), np.array([1.0, 4.0, 1.0])).tolist()
    [31.5, 42.0, 17.5]
    """
    return 7.0 * (lead_weeks + 0.5 * review_weeks)


def demand_over_interval(expected: Array, weeks: Array) -> Array:
    """Expected demand over the protection interval, the time an order-up-to level must cover (lead time plus review period).

    demand_over_interval = sum of the expected demand of its whole weeks + the part of a week that is left x that week's demand.
    `expected` (products, weeks ahead) units a week, longer than any interval, `weeks` (products,) length of the interval. Units (products,).

    >>> demand_over_interval(np.array([[10.0, 20.0, 30.0, 40.0]]), np.array([2.5]))
    array([45.])
    """
    return np.array(
        [row[: int(w)].sum() + w % 1.0 * row[int(w)] for row, w in zip(expected, weeks, strict=True)]
    )


def target_level(
    demand: Array, relative_quantile: Array, share: Array, whole: NDArray[np.bool_], step: Array
) -> Array:
    """The inventory position below which the simulation orders: the level of its grid in units, in whole steps where they are counted so.

    target_level = demand over the protection interval x relative quantile x share, to the nearest step.
    `relative_quantile` is the level over that demand, `share` a product's part of a stock that several share (1: its own), `whole` says
    whether units are whole, `step` their smallest number. All (products,), units.

    >>> target_level(np.array([45.0]), np.array([1.3]), np.ones(1), np.array([True]), np.ones(1))  # 58.5
    array([58.])
    """
    level = demand * relative_quantile * share
    return np.where(whole, np.round(level / step) * step, level)


def reorder_point(target: Array, whole: NDArray[np.bool_], step: Array) -> Array:
    """Order when stock on hand and on order, less what customers wait for, is at this level or below.

    reorder_point = target_level - one step (none where units are not whole): minus one step where nothing is held, "order only when
    ordered". Units (products,). Source: (R, s, nQ) in Silver, Pyke and Thomas (2017), Inventory and Production Management, 6.

    >>> reorder_point(np.array([58.0, 0.0, 2.5]), np.array([True, True, False]), np.ones(3))
    array([57. , -1. ,  2.5])
    """
    return np.asarray(target - np.where(whole, step, 0.0))


def holds_stock(level: Array, fill: Array) -> NDArray[np.bool_]:
    """Whether a setting is to stock at all: its level holds something, and somebody finds it.

    holds_stock = level > 0 and fill >= LEAST_FILL. A level of 0 orders only when somebody has ordered: that is to order, in batches
    where the lot is above one. `level` in units, `fill` the share of demand served at once (NaN, no demand: nothing is held).

    >>> holds_stock(np.array([0.0, 2.0, 1.0]), np.array([0.4, 0.4, 0.01])).tolist()
    [False, True, False]
    """
    return np.asarray((level > 0.0) & (np.nan_to_num(fill) >= LEAST_FILL))


def whole_levels(quantiles: Array, order_size: float, slow: bool) -> Array:
    """The levels to try of a product counted in steps: (settings,), rising, all at least one step; as many as there are `quantiles`.

    `quantiles` (settings,), rising, are the levels that the service levels of the grid cover, in steps, of which several round to one
    number where little is sold. A `slow` product (below SLOW_ORDERS a year) is tried at 1, 2, 3 and 4 steps, at one to four orders of
    `order_size` steps, at quantiles above these and, where levels are left, at the next whole ones. A level of 0 is no stock and is
    not among them (`holds_stock`): it is what to order is.

    >>> whole_levels(np.array([0.0, 0.2, 0.4, 1.1, 2.2]), 1.0, True).tolist()
    [1.0, 2.0, 3.0, 4.0, 5.0]
    >>> whole_levels(np.array([0.0, 0.0, 2.0, 9.0, 11.0, 24.0, 31.0, 35.0, 52.0]), 10.0, True).tolist()
    [1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 30.0, 40.0, 52.0]
    >>> whole_levels(np.array([0.3, 17.4, 22.6]), 1.0, False).tolist()
    [1.0, 17.0, 23.0]
    """
    rounded = np.maximum(np.round(quantiles), 1.0)
    if not slow:
        return rounded
    size = max(float(np.round(order_size)), 1.0)
    singles, orders = [1.0, 2.0, 3.0, 4.0], [size, 2.0 * size, 3.0 * size, 4.0 * size]
    tried = list(dict.fromkeys([1.0, *orders, *(singles if size <= 4.0 else [])]))
    above = np.unique(rounded[rounded > max(orders[-1], 4.0)])
    left = min(len(above), len(quantiles) - len(tried))
    if left > 0:
        tried += above[np.round(np.linspace(0, len(above) - 1, left + 1)[1:]).astype(int)].tolist()
    following = [4.0 + k for k in range(1, len(quantiles) + 1)]
    return np.sort(np.array(list(dict.fromkeys([*tried, *singles, *following]))[: len(quantiles)]))


def point_text(point: float, lot: float = float("nan")) -> str:
    """A reorder point in words: below 0 nothing is held, and an order is placed only when a customer has ordered.

    A `lot` of 0 says that nothing is ordered any more (`nothing_more`).

    >>> point_text(3.0), point_text(-1.0), point_text(-1.0, 0.0)
    ('3', 'order only when ordered', 'order nothing more: it would come after the end')
    """
    if lot == 0.0:
        return "order nothing more: it would come after the end"
    return units_text(point) if point >= 0.0 else "order only when ordered"


def nothing_more(end_week: Array, lead_weeks: Array) -> NDArray[np.bool_]:
    """Products of which nothing is ordered any more: what is ordered now would arrive after a known end.

    nothing_more = end_week < lead_weeks. `end_week` (products,) is the last week in which a product sells, from now (0) on, 1e9
    where no end is known, `lead_weeks` (products,) the lead time. Shown as a lot of 0. The simulation orders by the same rule.
    Source: `simulation.stock_rules.last_order`, of the week 0.

    >>> nothing_more(np.array([25.0, 25.0, 1e9]), np.array([57.0, 25.0, 57.0])).tolist()
    [True, False, False]
    """
    return np.asarray(end_week < lead_weeks)


def order_quantity(lot: Array, minimum: Array, share: Array, whole: NDArray[np.bool_], step: Array) -> Array:
    """The lot: as many units as are ordered at once, or a multiple of it.

    order_quantity = larger of lot and minimum order quantity x share, of a shared stock to the nearest step and at least one.
    `lot` is whole already; a product's `share` of a common lot is not. All (products,), units.

    >>> order_quantity(np.array([40.0, 40.0]), np.array([0.0, 50.0]), np.array([1.0, 0.33]), np.ones(2, bool), np.ones(2))
    array([40., 16.])
    """
    least = np.maximum(lot, minimum)
    return np.where(
        whole & (share < 1.0), np.maximum(np.round(least * share / step), 1.0) * step, least * share
    )


def order_up_to_level(reorder_point: Array, order_quantity: Array) -> Array:
    """The highest position an order reaches from the reorder point: what a system with a minimum and a maximum calls the maximum.

    order_up_to_level = reorder_point + order_quantity. Units (products,).

    >>> order_up_to_level(np.array([57.0]), np.array([40.0]))
    array([97.])
    """
    return reorder_point + order_quantity
