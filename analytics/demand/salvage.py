"""What leftovers of ended products fetched, where the sales show it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.demand.derived import examples, history_rows
from analytics.demand.life_cycle import ENDED, LifeCycle
from analytics.demand.returns import line_net_quantity, returned_lines
from analytics.items import ASSUMED, DERIVED, Items
from analytics.labels import percent_text

__all__ = ["with_salvage_from_sales"]

_SALVAGE_DAYS = 90
_SALVAGE_PRODUCTS = 5
_MARKED_DOWN = 0.9


def with_salvage_from_sales(items: Items, history: SalesHistory, life: LifeCycle) -> Items:
    """What leftovers fetch, from the net prices of ended products in their last 90 days, where these sold below cost.

    Formula: median over ended products of (net price of the last 90 days / unit cost), only where at least five ended products sold below
    cost then and at least 10 % cheaper than before; quartiles are the range. It replaces assumed values, never given or confirmed ones.
    """
    known = (life.stage == ENDED) & np.isfinite(np.asarray(items["unit_cost"], np.float64))
    index = history_rows(items, history)
    net = line_net_quantity(history.quantity, returned_lines(history))
    usable = (net > 0.0) & np.isfinite(history.revenue) & (history.revenue > 0.0)
    if not known.any() or not usable.any():
        return items
    day = history.date.astype("datetime64[D]").astype(np.int64)
    final = np.full(len(history.skus), np.iinfo(np.int64).min)
    np.maximum.at(final, history.sku[usable], day[usable])
    late = usable & (day > final[history.sku] - _SALVAGE_DAYS)

    def mean_price(rows: NDArray[np.bool_]) -> NDArray[np.float64]:
        units = np.bincount(history.sku[rows], weights=history.quantity[rows], minlength=len(final))
        money = np.bincount(history.sku[rows], weights=history.revenue[rows], minlength=len(final))
        price = np.where(units > 0.0, money / np.maximum(units, 1e-300), np.nan)
        return np.where(index >= 0, price[np.maximum(index, 0)], np.nan)

    before, at_the_end = mean_price(usable & ~late), mean_price(late)
    share = at_the_end / np.asarray(items["unit_cost"], np.float64)
    sold_off = known & np.isfinite(share) & (share < 1.0) & (at_the_end < _MARKED_DOWN * before)
    if sold_off.sum() < _SALVAGE_PRODUCTS:
        return items
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
    which = examples(items.skus, sold_off)
    note = f"Leftovers: {which} ended and sold below cost in their last 90 days, at {percent_text(value)} of cost at the median; used instead of the assumed share."
    return Items(items.skus, items.values, items.origins, items.low, items.high, (*items.notes, note))
