"""What was known at a day: the sales history and the items as they could have been read then."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.history import LINE_COLUMNS, Promotions, SalesHistory
from analytics.items import UNKNOWN, Items

__all__ = ["history_of", "history_until", "items_until"]


def _lines(history: SalesHistory, rows: NDArray[np.bool_]) -> SalesHistory:
    """The history of these lines, and of the products that are in them."""
    codes = np.unique(history.sku[rows])
    place = np.full(len(history.skus), -1, np.int32)
    place[codes] = np.arange(len(codes), dtype=np.int32)
    return replace(
        history,
        skus=history.skus[codes],
        sku=place[history.sku[rows]],
        attributes={name: np.asarray(column)[codes] for name, column in history.attributes.items()},
        unit_cost=None if history.unit_cost is None else history.unit_cost[rows],
        **{name: getattr(history, name)[rows] for name in LINE_COLUMNS if name != "sku"},
    )


def history_of(history: SalesHistory, products: NDArray[np.bool_]) -> SalesHistory:
    """The history of some of its products, `products` (products,): their lines alone, as if the file held no others.

    The report on how the file was read stays that of the whole file.
    """
    part = _lines(history, products[history.sku])
    sold, plan = set(part.skus), history.promotions
    if plan is not None:
        kept = np.array([sku in sold for sku in plan.sku], np.bool_)
        plan = Promotions(plan.sku[kept], plan.first[kept], plan.last[kept])
    return replace(part, apart=history.apart[history.apart["sku"].isin(sold)], promotions=plan)


def history_until(history: SalesHistory, day: np.datetime64) -> SalesHistory:
    """The history as it stood at the start of a day: lines dated before it, products sold before it, shipments made before it.

    Columns that describe products (`attributes`) are those of the whole file: it holds no older state of them. The report
    on how the file was read stays that of the whole file, too. Promotions of a calendar stay in whole: they were planned ahead.
    """
    part = _lines(history, history.date < day)
    shipped = np.where(part.shipped < day, part.shipped, np.datetime64("NaT")).astype(part.shipped.dtype)
    return replace(part, shipped=shipped, apart=history.apart[history.apart["date"] < pd.Timestamp(day)])


def items_until(items: Items | None, day: np.datetime64) -> Items | None:
    """The items as they could have been given at the start of a day: no end that came later, and no stock of today.

    All else in an items file (cost, lead times, present strategy) is taken as known then: it holds no older state.
    """
    if items is None:
        return None
    if "end_date" in items.values:
        end = items["end_date"]
        later = end >= day
        items = items.with_field(
            "end_date",
            np.where(later, np.datetime64("NaT", "D"), end),
            np.where(later, UNKNOWN, items.origin("end_date")),
        )
    if "on_hand" in items.values:
        items = items.with_field("on_hand", np.nan, UNKNOWN)
    return items
