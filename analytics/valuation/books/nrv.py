"""Net realisable value, item by item: what stock can fetch, and what must be written down to it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Components",
    "FirmOrders",
    "component_write_down",
    "covered_by_orders",
    "net_realisable_value",
    "write_down_per_unit",
]

Array = NDArray[np.float64]


class FirmOrders(NamedTuple):
    """Firm orders of customers that stock on hand is held for: `units` of it, and the contract `price` of one, money (NaN: none); each (products,)."""

    units: Array
    price: Array


class Components(NamedTuple):
    """What components are measured by: `product` and `part` (links,) are positions of a product and of a component that goes into it.

    `replacement` (products,) is what a unit cost when it was last bought, money (NaN: not known, nothing is written down).
    """

    product: NDArray[np.intp]
    part: NDArray[np.intp]
    replacement: Array


def net_realisable_value(price: ArrayLike, completion: ArrayLike = 0.0, selling: ArrayLike = 0.0) -> Array:
    """What a unit fetches when it is sold, less what it still costs until then.

    net_realisable_value = price - cost to complete - cost to sell, at least 0. Money per unit, shape
    (items,); NaN where the price is unknown.
    Source: IAS 2.6 (case NRV-01).

    >>> net_realisable_value([562.0, 798.0], [180.0, 210.0]).tolist()
    [382.0, 588.0]
    """
    left = (
        np.asarray(price, np.float64) - np.asarray(completion, np.float64) - np.asarray(selling, np.float64)
    )
    return np.where(np.isnan(left), np.nan, np.maximum(left, 0.0))


def write_down_per_unit(unit_cost: ArrayLike, value: ArrayLike) -> Array:
    """What a unit is written down, item by item: gains of one never pay for losses of another.

    write_down_per_unit = unit cost - net_realisable_value, at least 0. Money per unit, shape (items,); NaN
    where either is unknown. Source: IAS 2.29.

    >>> write_down_per_unit([400.0, 572.0], [382.0, 588.0]).tolist()
    [18.0, 0.0]
    """
    return np.maximum(np.asarray(unit_cost, np.float64) - np.asarray(value, np.float64), 0.0)


def covered_by_orders(
    item: NDArray[np.intp], due: Array, units: Array, money: Array, on_hand: Array
) -> FirmOrders:
    """The units on hand that firm orders take, those due first, and what they bring: the contract price holds for them and for no unit more.

    `item` (lines,) is the position of each order's product in `on_hand` (products,) units, `due` (lines,) when it is due,
    in any unit that rises with time, `units` and `money` (lines,) what is ordered and what it brings. A line without money
    covers nothing: its price is not known. Formula: units taken of a line = min(orders until it, on hand) - min(orders
    before it, on hand); price = money of what is taken / its units. Source: IAS 2.31.

    >>> found = covered_by_orders(np.zeros(2, np.intp), np.array([5.0, 2.0]), np.array([4.0, 3.0]), np.array([36.0, 21.0]), np.array([5.0]))
    >>> found.units.tolist(), found.price.tolist()
    ([5.0], [7.8])
    """
    held = np.where(np.isfinite(on_hand) & (on_hand > 0.0), on_hand, 0.0)
    firm = (units > 0.0) & np.isfinite(money) & (held[item] > 0.0)
    order = np.flatnonzero(firm)[np.lexsort((due[firm], item[firm]))]
    item, units, money = item[order], units[order], money[order]
    until = np.cumsum(units)
    start = np.flatnonzero(np.r_[True, item[1:] != item[:-1]][: len(item)])
    until = until - np.repeat((until - units)[start], np.diff(np.r_[start, len(item)]))
    taken = np.minimum(until, held[item]) - np.minimum(until - units, held[item])
    covered: Array = np.bincount(item, taken, len(held)).astype(np.float64)
    brings = np.bincount(item, taken * money / np.where(units > 0.0, units, 1.0), len(held))
    return FirmOrders(
        covered, np.where(covered > 0.0, brings / np.where(covered > 0.0, covered, 1.0), np.nan)
    )


def component_write_down(unit_cost: ArrayLike, replacement: ArrayLike, finished_cost: ArrayLike, finished_value: ArrayLike) -> Array:  # fmt: skip
    """What a unit of a component is written down.

    Nothing while the finished product sells at or above cost, else down to what replacing it costs.

    component_write_down = unit cost - replacement, at least 0, where finished_value < finished_cost; else 0.
    Money per unit, shape (components,).
    Source: IAS 2.32 (case NRV-03).

    >>> component_write_down([30.0, 30.0], [24.0, 24.0], [90.0, 90.0], [95.0, 85.0]).tolist()
    [0.0, 6.0]
    """
    down = write_down_per_unit(unit_cost, replacement)
    return np.where(np.asarray(finished_value, np.float64) < np.asarray(finished_cost, np.float64), down, 0.0)
