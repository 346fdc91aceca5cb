"""What a list of stock adds up to before anything is known of the products: units, and money at the costs that the lists say."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from analytics.data.items.joining import JOIN_OPTION
from analytics.errors import Problem
from analytics.items import GIVEN, UNKNOWN, Items
from analytics.naming.labels import total_text

__all__ = ["StockTotals", "stock_totals", "with_unknown"]

#: Units of a list of stock: on hand, below zero, and another's.
_LYING = ("on_hand", "stock_below_zero", "stock_consigned")


class StockTotals(NamedTuple):
    """The balance of a list of stock: every unit stands in one of `units` (of them `units_without_cost` have no cost), `units_below_zero` and `units_consigned`.

    Of `units`, `units_blocked` are blocked, `units_in_quality` in inspection and `units_reserved` promised;
    `units_on_order` are not there yet; `below_zero_at_cost` and `consigned_at_cost` are money of what is in no sum.

    `products` hold something, `blank` products are listed without a figure; `at_cost` is money of the units with a cost.
    """

    products: int
    units: float
    at_cost: float
    units_without_cost: float
    units_below_zero: float
    units_consigned: float
    blank: int
    units_blocked: float = 0.0
    units_in_quality: float = 0.0
    below_zero_at_cost: float = 0.0
    consigned_at_cost: float = 0.0
    units_reserved: float = 0.0
    units_on_order: float = 0.0


def stock_totals(items: Items) -> StockTotals:
    """What the stock of these items adds up to.

    at_cost = sum of on hand x unit cost, of products whose stock and cost are known. Source: definition.

    >>> from analytics.items import GIVEN, empty_items
    >>> items = empty_items(["A", "B", "C"]).with_field("on_hand", [2.0, 5.0, np.nan], GIVEN)
    >>> stock_totals(items.with_field("unit_cost", [10.0, np.nan, 3.0], GIVEN))[:4]
    (2, 7.0, 20.0, 5.0)
    """
    held, cost = np.asarray(items["on_hand"], np.float64), np.asarray(items["unit_cost"], np.float64)
    below, other = (
        np.nan_to_num(np.asarray(items[name], np.float64)) for name in ("stock_below_zero", "stock_consigned")
    )
    units = np.nan_to_num(held)
    return StockTotals(
        int((units > 0.0).sum()),
        float(units.sum()),
        float(np.nansum(held * cost)),
        float(units[np.isnan(cost)].sum()),
        float(below.sum()),
        float(other.sum()),
        int((np.isnan(held) & (below == 0.0) & (other == 0.0)).sum()),
        float(np.nansum(np.asarray(items["stock_blocked"], np.float64))),
        float(np.nansum(np.asarray(items["stock_in_quality"], np.float64))),
        float(np.nansum(below * cost)),
        float(np.nansum(other * cost)),
        float(np.nansum(np.asarray(items["stock_reserved"], np.float64))),
        float(np.nansum(np.asarray(items["on_order"], np.float64))),
    )


def with_unknown(items: Items, known: Collection[str]) -> tuple[Items, list[Problem]]:
    """The list with stock of codes marked that neither the sales nor the list of items know (`known` are theirs), in `stock_unlisted`, and what is said of it.

    Said are units, money at their cost, and some of the codes; nothing is changed or said where there are none.
    """
    units = sum(np.nan_to_num(np.asarray(items[name], np.float64)) for name in _LYING)
    here = np.array([str(sku) not in known for sku in items.skus], bool) & (np.asarray(units) != 0.0)
    if not here.any():
        return items, []
    codes = [str(sku) for sku in items.skus[here]]
    worth = np.asarray(items["unit_cost"], np.float64)[here] * np.asarray(units)[here]
    money = f", {float(np.nansum(worth)):,.2f} at cost" if np.isfinite(worth).any() else ""
    words = (
        f"stock of {len(codes):,} of {len(items):,} products is of none that is sold or listed as an item:"
        f" {total_text(float(np.asarray(units)[here].sum()))} units{money}; a part of its own in the balance"
    )
    remedy = f"write their codes as in the other files ({JOIN_OPTION}), or leave them"
    found = ", ".join(codes[:4]) + (", ..." if len(codes) > 4 else "")
    marked = items.with_field("stock_unlisted", np.where(here, units, np.nan), np.where(here, GIVEN, UNKNOWN))
    return marked, [Problem("stock_unknown", words, remedy, found=found, count=len(codes))]
