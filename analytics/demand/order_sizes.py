"""Orders of a history: how many, how large, and how irregularly they come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.demand.returns import line_net_quantity, returned_lines

__all__ = ["OrderSizes", "arrival_variability", "order_sizes"]

_WEEKS = 52
_FEWEST_WEEKS = 26


@dataclass(frozen=True, eq=False)
class OrderSizes:
    """Sizes of all orders in a history, net of returns, by product in the order of `skus` and by rising size within each.

    `size` and `day` (orders,) belong to product i from `start[i]` to `start[i + 1]`; an order is all lines of a product under one
    order number, or one line where there is none. A file of totals (days, weeks, months) has no orders.
    `channel` (orders,) names by its position in `channels` where each was sold (-1: not known; None: the file knows no channels).
    """

    skus: NDArray[Any]
    start: NDArray[np.int64]
    size: NDArray[np.float64]
    day: NDArray[np.int64]
    channel: NDArray[np.int64] | None = None
    channels: tuple[str, ...] = ()

    def channel_of(self, product: int) -> NDArray[np.int64]:
        """The channels of one product's orders, in the order of `of` (-1: not known). Positions, shape (orders,)."""
        here = slice(self.start[product], self.start[product + 1])
        return np.full(int(self.count[product]), -1) if self.channel is None else self.channel[here]

    def of(self, product: int) -> NDArray[np.float64]:
        """Sizes of one product's orders, rising (units)."""
        return self.size[self.start[product] : self.start[product + 1]]

    def take(self, index: NDArray[np.intp]) -> OrderSizes:
        """The products at these positions, in this order (repeats allowed)."""
        at = (
            np.concatenate([np.arange(self.start[i], self.start[i + 1]) for i in index])
            if len(index)
            else np.zeros(0, np.int64)
        )
        start = np.concatenate([[0], np.cumsum(self.count[index])]).astype(np.int64)
        channel = None if self.channel is None else self.channel[at]
        return OrderSizes(self.skus[index], start, self.size[at], self.day[at], channel, self.channels)

    @property
    def count(self) -> NDArray[np.int64]:
        """Orders per product, shape (products,)."""
        return np.diff(self.start)

    @property
    def mean(self) -> NDArray[np.float64]:
        """Mean order of each product in units, shape (products,), NaN without orders."""
        return self._over(np.ones_like(self.size), self.size)

    @property
    def together(self) -> NDArray[np.float64]:
        """Units that come together, of each product: E[size^2] / E[size] of its orders, shape (products,), NaN without orders."""
        return self._over(self.size, self.size**2)

    def _over(self, below: NDArray[np.float64], above: NDArray[np.float64]) -> NDArray[np.float64]:
        product = np.repeat(np.arange(len(self.skus)), self.count)
        total, weight = (np.bincount(product, column, len(self.skus)) for column in (above, below))
        return np.where(weight > 0.0, total / np.where(weight > 0.0, weight, 1.0), np.nan)

    @property
    def variability(self) -> NDArray[np.float64]:
        """Squared coefficient of variation of each product's order size (share squared), NaN below two orders."""
        count, product = self.count, np.repeat(np.arange(len(self.skus)), self.count)
        total = np.bincount(product, weights=self.size, minlength=len(count))
        square = np.bincount(product, weights=self.size**2, minlength=len(count))
        safe = np.maximum(count, 1)
        mean = total / safe
        variance = np.maximum(square / safe - mean**2, 0.0) * safe / np.maximum(count - 1, 1)
        return np.where(count > 1, variance / np.where(mean > 0.0, mean, 1.0) ** 2, np.nan)


def order_sizes(history: SalesHistory, skus: NDArray[Any]) -> OrderSizes:
    """The orders of each product of `skus` in a history; none where the file holds totals only."""
    place = {str(s): i for i, s in enumerate(skus)}
    of = np.array([place.get(str(s), -1) for s in history.skus], np.int64)
    net = line_net_quantity(history.quantity, returned_lines(history))
    has_orders = bool((history.order >= 0).any())
    used = (
        np.flatnonzero((net > 0.0) & (of[history.sku] >= 0))
        if history.frequency == "L" or has_orders
        else np.empty(0, np.int64)
    )
    product, order = of[history.sku[used]], history.order[used].astype(np.int64)
    alone = order < 0
    order = np.where(alone, (order.max(initial=-1) + 1) + np.cumsum(alone), order)
    width = int(order.max(initial=0)) + 1
    keys, first, inverse = np.unique(product * width + order, return_index=True, return_inverse=True)
    size = np.bincount(inverse, weights=net[used], minlength=len(keys)).astype(np.float64)
    day = (
        history.date[used].astype("datetime64[D]").astype(np.int64)[first]
        if len(keys)
        else np.empty(0, np.int64)
    )
    owner = keys // width
    rank = np.lexsort((size, owner))
    start = np.searchsorted(owner[rank], np.arange(len(skus) + 1))
    names = tuple(str(name) for name in history.channels)
    channel = None
    if len(names) > 1:  # the channel of an order is that of its first line
        channel = history.channel[used].astype(np.int64)[first][rank] if len(keys) else np.empty(0, np.int64)
    return OrderSizes(np.asarray(skus, object), start.astype(np.int64), size[rank], day[rank], channel, names)


def arrival_variability(orders: OrderSizes, members: NDArray[np.intp]) -> float:
    """Squared coefficient of variation of the times between the orders of some products taken together.

    Formula: half the mean squared change of orders from week to week / mean orders a week, over the last 52 weeks (index of dispersion of
    counts, from differences so that trend and season do not count as irregularity). 1 for orders that come at random; also 1, the usual
    assumption, below 26 weeks. Share squared. Source: von Neumann 1941; Cox and Lewis 1966 (dispersion of counts).

    >>> orders = OrderSizes(np.array(["A"], object), np.array([0, 80]), np.ones(80), np.repeat(np.arange(40) * 7, 2))
    >>> arrival_variability(orders, np.array([0]))  # two orders every week
    0.0
    """
    day = (
        np.concatenate([orders.day[orders.start[i] : orders.start[i + 1]] for i in members])
        if len(members)
        else np.empty(0, np.int64)
    )
    if not len(orders.day) or not len(day):
        return 1.0
    week = (int(orders.day.max()) - day) // 7
    weeks = min(_WEEKS, int(week.max()) + 1)
    counts = np.bincount(week[week < weeks], minlength=weeks).astype(float)
    if weeks < _FEWEST_WEEKS or counts.mean() <= 0.0:
        return 1.0
    return float(0.5 * np.mean(np.diff(counts) ** 2) / counts.mean())
