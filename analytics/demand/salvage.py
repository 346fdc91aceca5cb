"""What leftovers of ended products fetched, where units were sold after an end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.demand.from_sales.derived import examples, history_rows
from analytics.demand.from_sales.sold import counted_days, sold_in
from analytics.demand.life.life_cycle import LifeCycle
from analytics.demand.returns import returned_lines
from analytics.items import ASSUMED, DERIVED, Items
from analytics.naming.labels import percent_text

__all__ = ["with_salvage_from_sales"]

_SALVAGE_PRODUCTS = 5
_MARKED_DOWN = 0.9


def with_salvage_from_sales(
    items: Items,
    history: SalesHistory,
    life: LifeCycle,
    end_date: NDArray[np.datetime64] | None = None,
    prices: NDArray[np.float64] | None = None,
) -> Items:
    """What leftovers fetch, from what was sold after a product's end and cheaper than before; else it stays assumed.

    Formula: median over products of (revenue / units of the sales after the end) / unit cost, at most 1, where at least five products sold after their
    end at least 10 % cheaper than before it; quartiles are the range. A low price before the end is a price, not salvage; sales at the usual price after it say
    that the date is wrong. The end is that of the life cycle or the `end_date` of the items (products,). Only assumed values are replaced.
    `prices` (products,) says by what a what-if multiplies them (None: by nothing). Source: definition; the bounds are a rule of this program.
    """
    end = np.where(
        np.isnat(life.known_end), items["end_date"] if end_date is None else end_date, life.known_end
    )
    cost = np.asarray(items["unit_cost"], np.float64)
    known = ~np.isnat(end) & np.isfinite(cost)
    if not known.any() or not np.isfinite(history.revenue).any():
        return items
    index = history_rows(items, history)
    ends = np.full(len(history.skus), np.datetime64("NaT"), "datetime64[D]")
    ends[index[index >= 0]] = end[index >= 0]
    match = returned_lines(history)
    after = counted_days(history, match) > ends[history.sku]
    if not after.any():
        return items

    def price(rows: NDArray[np.bool_]) -> NDArray[np.float64]:
        found = sold_in(history, match, rows).price
        return np.where(index >= 0, found[np.maximum(index, 0)], np.nan)

    at_the_end = price(after)
    sold_off = known & (at_the_end < _MARKED_DOWN * price(~after))
    if sold_off.sum() < _SALVAGE_PRODUCTS:
        return items
    moved = at_the_end if prices is None else at_the_end * prices
    share = np.minimum(moved / cost, 1.0)
    low, value, high = (float(q) for q in np.quantile(share[sold_off], (0.25, 0.5, 0.75)))
    replace = items.origin("salvage_share") == ASSUMED
    old_low, old_high = items.range("salvage_share")
    items = items.with_field(
        "salvage_share",
        np.where(replace, value, items["salvage_share"]),
        np.where(replace, DERIVED, items.origin("salvage_share")),
        np.where(replace, low, old_low),
        np.where(replace, high, old_high),
    )
    note = f"Leftovers: {examples(items.skus, sold_off)} sold after their end, at {percent_text(value)} of cost at the median; used instead of the assumed share."
    return Items(items.skus, items.values, items.origins, items.low, items.high, (*items.notes, note))
