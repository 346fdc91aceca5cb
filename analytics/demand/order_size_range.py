"""How much a customer orders at once: counted where the file shows orders, a range where it holds totals; and the smallest quantity sold."""

from __future__ import annotations

import itertools
from math import sqrt
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.data.history import SalesHistory
from analytics.demand.returns import line_net_quantity
from analytics.items import ASSUMED, Items
from analytics.naming.labels import number_text

__all__ = [
    "order_size_range",
    "smallest_steps",
    "steps_or_fraction",
    "units_per_order",
    "whole_steps",
    "with_order_size_range",
]

Array = NDArray[np.float64]

#: Of every history the ranges of its products' orders, found once: every statement completes the items anew.
_RANGES: WeakKeyDictionary[SalesHistory, tuple[NDArray[np.int64], Array]] = WeakKeyDictionary()
#: Decimals in which quantities are looked for a common measure; what has more is measured, not counted.
_DECIMALS = 6
#: A quantity is a whole number of steps where it is no farther from one than this.
_NEAR = 1e-6
#: Where nothing is counted: the step as a share of a usual quantity, too small to matter.
_MEASURED = 1e-4
#: Smallest order of goods that are measured, and of goods whose totals are all alike, as shares of a usual total.
_LEAST_MEASURED, _LEAST = 0.01, 0.1


def smallest_steps(quantities: ArrayLike, product: ArrayLike, products: int) -> Array:
    """The smallest quantity in which each product is sold: greatest common divisor of its quantities after scaling decimals, 0 where there is none.

    There is none of what is measured and not counted (a quantity has more than six decimals), and of products without quantities. `quantities`
    (lines,) of either sign, `product` (lines,) the position of each line's product. Shape (products,), in the unit of the quantities.

    >>> smallest_steps([20, 60, 1.5, 0.25, 1 / 3, 12], [0, 0, 1, 1, 2, 3], 5).tolist()
    [20.0, 0.25, 0.0, 12.0, 0.0]
    """
    size, of = np.abs(np.asarray(quantities, np.float64)), np.asarray(product, np.int64)
    used = np.isfinite(size) & (size > 0.0)
    size, of = size[used], of[used]
    order = np.argsort(of, kind="stable")
    size, of = size[order], of[order]
    step = np.zeros(products)
    if not len(size):
        return step
    first = np.flatnonzero(np.append(True, of[1:] != of[:-1]))
    left = np.ones(len(first), bool)
    for decimals in range(_DECIMALS + 1):
        scaled = size * 10.0**decimals
        whole = np.rint(scaled)
        exact = (
            (np.abs(scaled - whole) <= 1e-9 * np.maximum(scaled, 1.0)) & (whole >= 1.0) & (whole < 2.0**62)
        )
        fits = left & np.logical_and.reduceat(exact, first)
        if fits.any():
            common = np.gcd.reduceat(np.where(exact, whole, 1.0).astype(np.int64), first)
            step[of[first[fits]]] = common[fits] / 10.0**decimals
        left &= ~fits
        if not left.any():
            break
    return step


def steps_or_fraction(step: Array, usual: Array) -> Array:
    """Steps with, where nothing is counted, a fraction of a `usual` quantity (products,) too small to matter; 1 where nothing was sold. Shape (products,).

    >>> steps_or_fraction(np.array([20.0, 0.0, 0.0]), np.array([60.0, 5.0, 0.0])).tolist()
    [20.0, 0.0005, 1.0]
    """
    return np.where(step > 0.0, step, np.where(usual > 0.0, _MEASURED * usual, 1.0))


def whole_steps(units: Array, step: Array) -> NDArray[np.bool_]:
    """Whether every number of a product is a whole number of its steps: `units` (products, periods), `step` (products,). Shape (products,)."""
    counted = units / step[:, None]
    return np.asarray((np.abs(counted - np.rint(counted)) <= _NEAR).all(axis=1))


def units_per_order(history: SalesHistory, match: NDArray[np.int64]) -> Array:
    """Mean units of a product in one order, net of cancelled lines (units/order, NaN where the file holds totals only)."""
    products = len(history.skus)
    has_orders = bool((history.order >= 0).any())
    if history.frequency != "L" and not has_orders:
        return np.full(products, np.nan)
    net = line_net_quantity(history.quantity, match)
    sold = np.flatnonzero(net > 0.0)
    sku = history.sku[sold].astype(np.int64)
    units = np.bincount(sku, weights=net[sold], minlength=products)
    orders = np.zeros(products)
    known = history.order[sold] >= 0
    if known.any():
        width = int(history.order.max()) + 1
        pairs = np.sort(sku[known] * width + history.order[sold][known])
        different = np.append(True, pairs[1:] != pairs[:-1])
        orders += np.bincount(pairs[different] // width, minlength=products)
    orders += np.bincount(sku[~known], minlength=products)
    return np.where(orders > 0, units / np.maximum(orders, 1.0), np.nan)


def order_size_range(totals: ArrayLike) -> tuple[float, float, float]:
    """What one order may be where only period totals are known: lowest, usual, highest (units), NaN without a positive total.

    Formula: highest = median positive total; lowest = greatest common divisor of the totals where it is at most half of that or a single piece, else
    a tenth of it (totals that are all alike say nothing about an order), a hundredth of it where goods are measured and not counted; usual = their
    geometric mean. All three scale with the totals. Source: a total is a whole number of orders, so that an order lies between their common measure and a total.

    >>> order_size_range([4, 0, 6, 2, 0, 8, 5, 0, 3, 4])
    (1.0, 2.0, 4.0)
    >>> order_size_range([100, 120, 90, 110])[::2]
    (10.0, 105.0)
    """
    values = np.asarray(totals, np.float64)
    positive = values[np.isfinite(values) & (values > 0.0)]
    if not len(positive):
        return float("nan"), float("nan"), float("nan")
    high = float(np.median(positive))
    common = float(smallest_steps(positive, np.zeros(len(positive)), 1)[0])
    low = (
        _LEAST_MEASURED * high
        if common == 0.0
        else common
        if common <= 0.5 * high or common == 1.0
        else _LEAST * high
    )
    low = min(low, high)
    return low, sqrt(low * high), high


def _ranges(history: SalesHistory, match: NDArray[np.int64]) -> Array:
    """The order size range of every product of the history, (products, 3), see `order_size_range`; found once for the same `match` of returns."""
    known = _RANGES.get(history)
    if known is not None and np.array_equal(known[0], match):
        return known[1]
    net = line_net_quantity(history.quantity, match)
    keys, inverse = np.unique(
        np.stack(
            [history.sku.astype(np.int64), history.date.astype("datetime64[D]").astype(np.int64)], axis=1
        ),
        axis=0,
        return_inverse=True,
    )
    totals = np.bincount(inverse.ravel(), weights=net, minlength=len(keys))
    start = np.searchsorted(keys[:, 0], np.arange(len(history.skus) + 1))
    found = np.array([order_size_range(totals[a:b]) for a, b in itertools.pairwise(start)]).reshape(-1, 3)
    _RANGES[history] = match, found
    return found


def with_order_size_range(
    items: Items, history: SalesHistory, match: NDArray[np.int64], notes: list[str]
) -> Items:
    """Order size, where neither the file nor the user says it: assumed between what the period totals of the file allow, with that range."""
    unknown = np.isnan(np.asarray(items["units_per_order"], np.float64))
    if not unknown.any():
        return items
    place = {str(s): i for i, s in enumerate(history.skus)}
    index = np.array([place.get(str(s), -1) for s in items.skus], np.int64)
    ranges = _ranges(history, match)
    value = np.array(items["units_per_order"], np.float64)
    low, high = (np.array(bound, np.float64) for bound in items.range("units_per_order"))
    origin = np.array(items.origin("units_per_order"))
    for i in np.flatnonzero(unknown & (index >= 0)):
        found = ranges[index[i]]
        if np.isfinite(found[1]):
            low[i], value[i], high[i] = found
            origin[i] = ASSUMED
    seen = unknown & np.isfinite(value)
    rest = np.isnan(value)
    value[rest], low[rest], high[rest], origin[rest] = 1.0, 1.0, 1.0, ASSUMED
    if seen.any():
        k = int(np.argmax(seen))
        notes.append(
            f"The file holds totals, not orders: how much a customer orders at once is assumed for {int(seen.sum()):,} products, "
            f"for instance {number_text(value[k])} units of {items.skus[k]} (between {number_text(low[k])} and {number_text(high[k])}). State units per order where you know them."
        )
    return items.with_field("units_per_order", value, origin, low, high)
