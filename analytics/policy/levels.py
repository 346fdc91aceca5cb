"""What a planner sets for a product that is stocked, from what the simulation chose: reorder point, order-up-to level, lot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["demand_over_interval", "order_quantity", "order_up_to_level", "reorder_point", "target_level"]

Array = NDArray[np.float64]


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

    reorder_point = target_level - one step (none where units are not whole), never below 0.
    Units (products,). Source: (R, s, nQ) in Silver, Pyke and Thomas (2017), Inventory and Production Management, 6.

    >>> reorder_point(np.array([58.0, 0.0, 2.5]), np.array([True, True, False]), np.ones(3))
    array([57. ,  0. ,  2.5])
    """
    return np.maximum(target - np.where(whole, step, 0.0), 0.0)


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
