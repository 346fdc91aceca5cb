"""How old stock on hand is: layers of what came in last, put into buckets of age.

Issues come off the oldest layer (FIFO), so what is still there is what came in last: the newest receipts that
together make the balance. A list of stock may say itself when each lot came in. Where no receipts are known every sale is taken as replaced on its day, and that is
said. What is older than the records stands in a bucket of its own, and counts as old as the records reach
back, which it is at least.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["AGE_ORIGINS", "Ageing", "ageing", "bucket_names", "fifo_layers"]

Array = NDArray[np.float64]

#: Where the age of a product's stock comes from.
AGE_ORIGINS = ("no stock", "receipts", "imputed from sales", "older than the records", "lots of the stock")
NO_STOCK, RECEIPTS, IMPUTED, OLDER, LOTS = range(5)


def fifo_layers(
    item: NDArray[np.intp], age_days: Array, units: Array, balance: Array
) -> tuple[NDArray[np.intp], Array, Array, Array]:
    """What is left of every receipt when issues come off the oldest layer, and what of the balance is older than all of them.

    `item` (lines,) is the position of each receipt's product in `balance` (products,) units, `age_days`
    (lines,) how many days ago it came in, `units` (lines,) how many. What went back (units of 0 or less) and
    what comes later than the day of the balance (age below 0) is no layer. Returns item, age and units of the
    layers that are left, newest first within a product, and `older` (products,): balance - what is left of
    the receipts, never below 0. A balance that is unknown or not above 0 has no layers.
    Formula: left of a receipt = min(receipts since it began, balance) - min(receipts since it ended,
    balance). Source: first in, first out.

    >>> layer = fifo_layers(np.array([0, 0]), np.array([254.0, 29.0]), np.array([250.0, 120.0]), np.array([335.0]))
    >>> [part.tolist() for part in layer]
    [[0, 0], [29.0, 254.0], [120.0, 215.0], [0.0]]
    """
    held = np.where(np.isfinite(balance) & (balance > 0.0), balance, 0.0)
    came = (units > 0.0) & (age_days >= 0.0) & (held[item] > 0.0)
    item, age_days, units = item[came], age_days[came], units[came]
    order = np.lexsort((age_days, item))
    item, age_days, units = item[order], age_days[order], units[order]
    if not len(item):
        return item, age_days, units, held
    first = np.r_[True, item[1:] != item[:-1]]
    until = np.cumsum(units)
    start = np.flatnonzero(first)
    before = (until - units)[start]
    until = until - np.repeat(before, np.diff(np.r_[start, len(item)]))
    left = np.maximum(np.minimum(until, held[item]) - np.minimum(until - units, held[item]), 0.0)
    older: Array = held - np.bincount(item, left, len(held))
    older = np.where(older > 1e-9 * np.maximum(held, 1.0), older, 0.0).astype(np.float64)
    kept = left > 0.0
    return item[kept], age_days[kept], left[kept], older


def bucket_names(upper_days: tuple[float, ...]) -> tuple[str, ...]:
    """Names of the buckets of age that end at these days (each closed on the right), what is beyond them, and what is older than the records.

    >>> bucket_names((90, 365))
    ('0_90', '91_365', 'over_365', 'older_than_records')
    """
    lower = [0, *(round(day) + 1 for day in upper_days[:-1])]
    named = [f"{a}_{round(b)}" for a, b in zip(lower, upper_days, strict=True)]
    return (*named, f"over_{round(upper_days[-1])}", "older_than_records")


@dataclass(frozen=True, eq=False)
class Ageing:
    """Stock on hand by age. Arrays over products first.

    Money at the average unit cost of the balance (NaN: no cost is known).

    `quantity` (products, buckets) units: the last bucket is what is older than the records. `origin`
    (products,) holds positions in AGE_ORIGINS, `least_days` (products,) how old the last bucket is at least.
    `layer_item`, `layer_days` and `layer_units` (layers,) are the layers that are left, that bucket included
    at its least age. `later` is how many receipts are dated after the day of the balance, `short` for how
    many products receipts are below stock.
    """

    upper_days: tuple[float, ...]
    quantity: Array
    unit_cost: Array
    origin: NDArray[np.int8]
    least_days: Array
    layer_item: NDArray[np.intp]
    layer_days: Array
    layer_units: Array
    later: int
    short: int
    layer_older: NDArray[np.bool_]
    lots_later: float = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the buckets, youngest first."""
        return bucket_names(self.upper_days)

    def by(self, upper_days: tuple[float, ...]) -> Ageing:
        """The same stock in other buckets, which end at these days. Raises ValueError where they do not rise."""
        young = ~self.layer_older
        layers = (self.layer_item[young], self.layer_days[young], self.layer_units[young])
        older: Array = np.bincount(
            self.layer_item[~young], self.layer_units[~young], len(self.quantity)
        ).astype(float)
        return replace(self, upper_days=tuple(upper_days), quantity=_bucketed(layers, older, upper_days))

    @property
    def value(self) -> Array:
        """Money of every bucket: units at the average unit cost of the product. Shape (products, buckets)."""
        return self.quantity * self.unit_cost[:, None]

    @property
    def average_age_days(self) -> Array:
        """How many days ago a unit on hand came in, on average; NaN where nothing is held.

        What is older than the records counts as old as they reach back.

        average_age_days = sum of units x age / units. Days, shape (products,). Source: definition.
        """
        held = self.quantity.sum(axis=1)
        days = np.bincount(self.layer_item, self.layer_units * self.layer_days, len(held))
        return np.where(held > 0.0, days / np.where(held > 0.0, held, 1.0), np.nan)

    def share_at(self, rate_of_day: Array) -> Array:
        """A rate by age (layers,) weighed by units: share of each product's stock, shape (products,).

        0 where nothing is held.
        """
        held = self.quantity.sum(axis=1)
        part = np.bincount(self.layer_item, self.layer_units * rate_of_day, len(held))
        return np.asarray(part / np.where(held > 0.0, held, 1.0))


def _bucketed(
    layers: tuple[NDArray[np.intp], Array, Array], older: Array, upper_days: tuple[float, ...]
) -> Array:
    """Units by bucket, (products, buckets), of layers (item, days, units) and of what is older than the records (products,)."""
    if np.any(np.diff(upper_days) <= 0.0) or upper_days[0] < 0.0:
        raise ValueError(f"ageing: the ends of the buckets must rise, got {upper_days}")
    item, days, units = layers
    buckets = len(upper_days) + 2
    at = np.searchsorted(np.asarray(upper_days, np.float64), days, side="left")
    out: Array = (
        np.bincount(item * buckets + at, units, len(older) * buckets).reshape(-1, buckets).astype(np.float64)
    )
    out[:, -1] = older
    return out


def ageing(
    balance: Array,
    unit_cost: Array,
    receipts: tuple[NDArray[np.intp], Array, Array],
    sales: tuple[NDArray[np.intp], Array, Array],
    upper_days: tuple[float, ...] = (90.0, 180.0, 365.0),
    lots: tuple[NDArray[np.intp], Array, Array] | None = None,
) -> Ageing:
    """Stock on hand by age.

    `balance` (products,) units and `unit_cost` (products,) money, NaN where unknown.

    `receipts` and `sales` are position of the product, age in days and units of every line, arrays (lines,).
    A product of which `lots` say when what is on hand came in (same shape; None: of none) is aged by them alone, one
    with a receipt by its receipts, any other by its sales, each taken as replaced on its day. What of it no lot dates,
    or dates after the day of the balance, is older than the records. Buckets are closed on the right, never negative, and sum to the balance.
    Raises ValueError where they do not, and where `upper_days` do not rise.

    >>> none = (np.zeros(0, np.intp), np.zeros(0), np.zeros(0))
    >>> found = ageing(np.array([14.0]), np.array([91.6665]), (np.zeros(2, np.intp), np.array([55.0, 24.0]), np.array([10.0, 5.0])), none, (8.0, 38.0))
    >>> found.quantity.tolist(), found.value.round(2).tolist()
    ([[0.0, 5.0, 9.0, 0.0]], [[0.0, 458.33, 825.0, 0.0]])
    """
    n = len(balance)
    none = (np.zeros(0, np.intp), np.zeros(0), np.zeros(0))
    own = none if lots is None else lots
    with_lots = np.bincount(own[0][own[2] > 0.0], minlength=n) > 0
    with_receipts = ~with_lots & (np.bincount(receipts[0][receipts[2] > 0.0], minlength=n) > 0)
    takes = (with_lots, with_receipts, ~with_lots & ~with_receipts)
    lines = [
        np.concatenate([column[mask[source[0]]] for source, mask in zip((own, receipts, sales), takes, strict=True) for column in (source[k],)])
        for k in range(3)
    ]  # fmt: skip
    item, days, units, older = fifo_layers(lines[0].astype(np.intp), lines[1], lines[2], balance)
    reach = [float(one[1][one[1] >= 0.0].max(initial=0.0)) for one in (own, receipts, sales)]
    least = np.select(list(takes), reach) + 1.0
    quantity = _bucketed((item, days, units), older, upper_days)
    held = np.where(np.isfinite(balance) & (balance > 0.0), balance, 0.0)
    if not np.allclose(quantity.sum(axis=1), held, rtol=1e-9, atol=1e-9) or (quantity < 0.0).any():
        raise ValueError("ageing: the buckets do not sum to the balance")
    origin = np.where(held <= 0.0, NO_STOCK, np.select(list(takes), [LOTS, RECEIPTS, IMPUTED]))
    origin = np.where((held > 0.0) & (older >= held), OLDER, origin).astype(np.int8)
    rest = np.flatnonzero(older > 0.0)
    return Ageing(
        tuple(upper_days),
        quantity,
        np.asarray(unit_cost, np.float64),
        origin,
        least,
        np.concatenate([item, rest]),
        np.concatenate([days, least[rest]]),
        np.concatenate([units, older[rest]]),
        int((receipts[1] < 0.0).sum()),
        int((with_receipts & (older > 0.0)).sum()),
        np.r_[np.zeros(len(item), bool), np.ones(len(rest), bool)],
        float(own[2][(own[1] < 0.0) & (own[2] > 0.0)].sum()),
    )
