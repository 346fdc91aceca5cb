"""What a reorder rule asks for today, net of what lies there, what is on its way and what customers wait for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["beyond_position", "inventory_position", "order_now", "short_for_orders"]

Array = NDArray[np.float64]


def inventory_position(free: Array, on_order: Array, overdue: Array) -> Array:
    """Stock that a reorder point is compared with. Units (products,), NaN where stock is not known.

    inventory_position = free stock + on order - overdue customer orders. `free` is on hand less blocked and promised; orders that are due later are in the
    expected demand that the reorder point covers, where they raise it and never lower it. Source: Silver, Pyke and Thomas (2017), 6.

    >>> inventory_position(np.array([10.0, np.nan]), np.array([25.0, 0.0]), np.array([4.0, 0.0])).tolist()
    [31.0, nan]
    """
    return np.asarray(free + on_order - overdue)


def order_now(position: Array, point: Array, lot: Array, level: Array) -> Array:
    """Units to order today: nothing above the reorder point, else the least lots that lift the position above it, or up to the level where one is set.

    order_now = lot x (whole lots in (point - position) + 1), or level - position. `lot` NaN with a `level`, `level` NaN with a lot; a lot of 0 orders nothing
    any more. Units (products,), NaN where the position is not known. Source: (R, s, nQ) and (R, s, S) in Silver, Pyke and Thomas (2017), 6.

    >>> nan = float("nan")
    >>> position, point = np.array([41.0, 40.0, 12.0, 12.0, 12.0]), np.full(5, 40.0)
    >>> order_now(position, point, np.array([25.0, 25.0, 25.0, 0.0, nan]), np.array([nan, nan, nan, nan, 90.0])).tolist()
    [0.0, 25.0, 50.0, 0.0, 78.0]
    """
    safe = np.where(lot > 0.0, lot, 1.0)
    lots = np.floor((point - position) / safe + 1e-9) + 1.0
    wanted = np.where(np.isfinite(level), level - position, np.where(lot > 0.0, lots * safe, 0.0))
    return np.where(np.isnan(position), np.nan, np.where(position <= point, np.maximum(wanted, 0.0), 0.0))


def short_for_orders(
    open_orders: Array, free: Array, on_order: Array, minimum: Array, multiple: Array
) -> Array:
    """Units to make or buy today of what is to order: what customers have ordered and neither stock nor open orders cover. Units (products,).

    short_for_orders = open orders - free stock - on order, where above 0 at least the `minimum` and in whole `multiple`s (NaN: none known). What is not known to lie
    there covers nothing. Source: definition.

    >>> nan = float("nan")
    >>> short_for_orders(np.array([9.0, 9.0, 9.0]), np.array([2.0, nan, 20.0]), np.zeros(3), np.array([10.0, nan, nan]), np.array([4.0, nan, nan])).tolist()
    [12.0, 9.0, 0.0]
    """
    short = np.maximum(open_orders - np.maximum(np.nan_to_num(free), 0.0) - on_order, 0.0)
    least = np.where(short > 0.0, np.maximum(short, np.nan_to_num(minimum)), 0.0)
    step = np.where(multiple > 0.0, multiple, 1.0)
    return np.where(multiple > 0.0, np.ceil(least / step - 1e-9) * step, least)


def beyond_position(position: Array, most: Array) -> Array:
    """Units above the highest position that the plan ever orders to: so long nothing is ordered. Units (products,).

    beyond_position = position - highest position, at least 0; NaN where the position is not known. Source: definition.

    >>> beyond_position(np.array([70.0, 40.0]), np.array([65.0, 65.0])).tolist()
    [5.0, 0.0]
    """
    return np.maximum(position - most, 0.0)
