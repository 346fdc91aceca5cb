"""Fields of products derived from their sales: net price, order size, waits, present strategy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.demand.patience import mean_late_days, median_wait_days, weighted_grouped_median
from analytics.demand.returns import line_net_quantity
from analytics.items import ASSUMED, CONFIRMED, DERIVED, GIVEN, ITEM_FIELDS, UNKNOWN, Items
from analytics.labels import percent_text

__all__ = [
    "examples", "filled", "history_rows", "net_price", "units_per_order", "with_cost_from_margin", "with_make_and_mode", "with_orders_and_waits", "with_price",
    "with_scale_premium",
]

_PRICE_DAYS = 365
_PRICE_LINES = 3
_MODES = {
    "mts": "MTS", "make to stock": "MTS", "make-to-stock": "MTS", "stock": "MTS", "bts": "MTS", "buy to stock": "MTS",
    "ato": "ATO", "assemble to order": "ATO", "assemble-to-order": "ATO",
    "mto": "MTO", "make to order": "MTO", "make-to-order": "MTO", "order": "MTO", "bto": "MTO", "buy to order": "MTO",
}  # fmt: skip


def examples(skus: NDArray[Any], mask: NDArray[np.bool_]) -> str:
    """A count of products with up to three of their names, for a sentence.

    >>> import numpy as np
    >>> examples(np.array(["A", "B"], dtype=object), np.array([False, True]))
    '1 product (B)'
    """
    names = [str(s) for s in skus[mask][:3]]
    count = int(mask.sum())
    return f"{count:,} product{'s' if count != 1 else ''} ({', '.join(names)}{', ...' if count > len(names) else ''})"


def filled(items: Items, name: str, value: Any, origin: int) -> Items:
    """The items with a field filled where it was unknown and the value is known."""
    kind = ITEM_FIELDS[name].kind
    current = items[name]
    if kind == "text":
        offered = np.array(["" if v is None or v != v else str(v) for v in np.broadcast_to(np.asarray(value, object), current.shape)], dtype=object)
        take = (current == "") & (offered != "")
    elif kind == "date":
        offered = np.asarray(value, "datetime64[D]")
        take = np.isnat(current) & ~np.isnat(offered)
    else:
        offered = np.asarray(value, np.float64)
        take = np.isnan(current) & ~np.isnan(offered)
    origins = np.where(take, origin, items.origin(name))
    if kind in ("text", "date"):
        return items.with_field(name, np.where(take, offered, current), origins)
    low, high = items.range(name)
    return items.with_field(name, np.where(take, offered, current), origins, np.where(take, offered, low), np.where(take, offered, high))


def history_rows(items: Items, history: SalesHistory) -> NDArray[np.intp]:
    """Position of every product of the items in the vocabulary of a sales history (-1: not there)."""
    place = {str(s): i for i, s in enumerate(history.skus)}
    return np.array([place.get(str(s), -1) for s in items.skus], np.intp)


def net_price(history: SalesHistory, match: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Net price realised per unit: the median over the last 365 days of each product's sales, every unit counting once.

    Lines that were returned in full, free of charge or of unknown revenue do not count. The year ends with the product's own last sale.
    Returns: price (money/unit, NaN where unknown) and the number of lines behind it, shape (products,).
    """
    products = len(history.skus)
    net = line_net_quantity(history.quantity, match)
    usable = (net > 0.0) & np.isfinite(history.revenue) & (history.revenue > 0.0)
    if not usable.any():
        return np.full(products, np.nan), np.zeros(products, np.int64)
    day = history.date.astype("datetime64[D]").astype(np.int64)
    final = np.full(products, np.iinfo(np.int64).min)
    np.maximum.at(final, history.sku[usable], day[usable])
    usable &= day > final[history.sku] - _PRICE_DAYS
    sku = history.sku[usable].astype(np.int64)
    price = history.revenue[usable] / history.quantity[usable]
    return weighted_grouped_median(sku, price, net[usable], products), np.bincount(sku, minlength=products)


def units_per_order(history: SalesHistory, match: NDArray[np.int64]) -> NDArray[np.float64]:
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


def with_price(items: Items, history: SalesHistory, match: NDArray[np.int64]) -> tuple[Items, list[str]]:
    """Net price realised where at least three lines show it, else the price given, else whatever lines there are."""
    notes: list[str] = []
    price, lines = net_price(history, match)
    index = history_rows(items, history)
    derived = np.where(index >= 0, price[np.maximum(index, 0)], np.nan)
    lines = np.where(index >= 0, lines[np.maximum(index, 0)], 0)
    given = np.asarray(items["price"], np.float64)
    confirmed = items.origin("price") == CONFIRMED
    take = np.isfinite(derived) & ~confirmed & ((lines >= _PRICE_LINES) | np.isnan(given))
    value = np.where(take, derived, given)
    origin = np.where(take, DERIVED, np.where(np.isnan(value), UNKNOWN, items.origin("price")))
    items = items.with_field("price", value, origin)
    lower = take & np.isfinite(given) & (np.abs(derived - given) > 0.005 * given)
    if lower.any():
        ratio = float(np.median(derived[lower] / given[lower]))
        notes.append(f"Net price realised is used instead of the list price for {examples(items.skus, lower)}; it is {percent_text(ratio)} of the list price at the median.")
    unknown = np.isnan(value)
    if unknown.all():
        notes.append("No price in the file: results are in units (one unit: one times its price) and days, without money.")
    elif unknown.any():
        notes.append(f"No price known for {examples(items.skus, unknown)}: no money there.")
    return items, notes


def with_orders_and_waits(items: Items, history: SalesHistory, match: NDArray[np.int64], notes: list[str]) -> Items:
    """Order size, promised wait and the wait past customers accepted."""
    index = history_rows(items, history)

    def here(column: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(index >= 0, column[np.maximum(index, 0)], np.nan)

    sizes = here(units_per_order(history, match))
    items = filled(items, "units_per_order", sizes, DERIVED)
    if np.isnan(items["units_per_order"]).any():
        if not np.isfinite(sizes).any():
            notes.append("The file holds totals, not orders: one unit per order is assumed.")
        items = filled(items, "units_per_order", np.ones(len(items)), ASSUMED)
    promised, shipped, overall = median_wait_days(history)
    items = filled(items, "late_days", here(mean_late_days(history)), DERIVED)
    items = filled(items, "promised_wait_days", here(promised), DERIVED)
    items = filled(items, "historical_wait_days", here(promised), DERIVED)
    items = filled(items, "historical_wait_days", np.where(np.isnan(items["promised_wait_days"]), np.nan, items["promised_wait_days"]), DERIVED)
    items = filled(items, "historical_wait_days", here(shipped), DERIVED)
    general = overall[0] if np.isfinite(overall[0]) else overall[1]
    if np.isfinite(general):
        items = filled(items, "historical_wait_days", np.full(len(items), general), DERIVED)
    else:
        assumed = np.isnan(items["historical_wait_days"])
        items = filled(items, "historical_wait_days", np.zeros(len(items)), ASSUMED)
        if assumed.any():
            notes.append("No promised or shipped dates: past customers are taken to have been served at once (wait 0, assumed).")
    return items


def with_make_and_mode(items: Items, notes: list[str]) -> Items:
    """Make or buy, and today's strategy where the file shows it."""
    if np.isnan(items["make"]).all():
        notes.append("The file does not say what is made and what is bought in: all products are taken as made in house (assumed).")
    items = filled(items, "make", np.ones(len(items)), ASSUMED)
    given = items["current_mode"]
    mode = np.array([_MODES.get(str(m).strip().lower(), "") for m in given], dtype=object)
    strange = (given != "") & (mode == "")
    if strange.any():
        notes.append(f"Present strategy not understood for {examples(items.skus, strange)} (expected MTS, ATO or MTO): read as unknown.")
    held = [np.nan_to_num(np.asarray(items[name], np.float64)) > 0.0 for name in ("on_hand", "reorder_point", "order_up_to_level", "safety_stock")]
    stocked = (mode == "") & np.any(held, axis=0)
    mode[stocked] = "MTS"
    origin = np.where(mode == "", UNKNOWN, np.where(stocked, DERIVED, items.origin("current_mode")))
    if stocked.any():
        notes.append(f"{examples(items.skus, stocked)} held in stock or with a reorder point: taken as made to stock today.")
    known = mode != ""
    if known.any() and not known.all():
        notes.append(f"Today's strategy is known for {int(known.sum()):,} of {len(items):,} products; the others count as made to stock today, run well.")
    point, level = (np.asarray(items[name], np.float64) for name in ("reorder_point", "order_up_to_level"))
    if (level < point).any():
        notes.append(f"Order-up-to level below the reorder point for {examples(items.skus, level < point)}: the level is left out; correct it.")
    return items.with_field("current_mode", mode, origin)


def with_scale_premium(items: Items, monthly_units: NDArray[np.float64]) -> tuple[Items, list[str]]:
    """The items with the cost premium of single orders from a stated scale curve, where the premium itself is not stated.

    Formula: premium = (units per order / lot)^(-elasticity) - 1, at least 0; the unit cost is taken to hold for the lot: the minimum order quantity
    where given, else a month's units. Set-up is separate and not in it. Source: scale curve (constant elasticity), `policy.economics.scaled_unit_cost`.
    """
    elasticity = np.asarray(items["scale_elasticity"], np.float64)
    take = (elasticity > 0.0) & ~np.isin(items.origin("cost_premium"), (GIVEN, CONFIRMED))
    if not take.any():
        return items, []
    moq, order = np.asarray(items["moq"], np.float64), np.maximum(np.asarray(items["units_per_order"], np.float64), 1e-9)
    lot = np.maximum(np.where(np.isfinite(moq), moq, monthly_units), order)

    def at(exponent: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.minimum((order / lot) ** -exponent - 1.0, 10.0)

    low, high = items.range("scale_elasticity")
    old_low, old_high = items.range("cost_premium")
    origin = np.where(take, DERIVED, items.origin("cost_premium"))
    premium = np.where(take, at(elasticity), items["cost_premium"])
    items = items.with_field("cost_premium", premium, origin, np.where(take, at(low), old_low), np.where(take, at(high), old_high))
    middle = float(np.median(premium[take]))
    return items, [f"Cost premium of single orders from the scale curve for {examples(items.skus, take)}: {percent_text(middle)} at the median."]


def with_cost_from_margin(items: Items) -> tuple[Items, list[str]]:
    """Unit cost from the stated gross margin where no cost is known, and what to say about missing or excessive costs.

    Formula: unit cost = price (1 - gross margin). Nothing is invented: without a stated margin the cost stays unknown.
    """
    notes: list[str] = []
    price, margin = np.asarray(items["price"], np.float64), np.asarray(items["gross_margin"], np.float64)
    low, high = items.range("gross_margin")
    cost = np.asarray(items["unit_cost"], np.float64)
    take = np.isnan(cost) & np.isfinite(price * margin)
    if take.any():
        cost_low, cost_high = items.range("unit_cost")
        items = items.with_field(
            "unit_cost",
            np.where(take, price * (1.0 - margin), cost),
            np.where(take, DERIVED, items.origin("unit_cost")),
            np.where(take, price * (1.0 - high), cost_low),
            np.where(take, price * (1.0 - low), cost_high),
        )
        notes.append(f"Unit cost of {examples(items.skus, take)} follows from price and the gross margin stated.")
    cost = np.asarray(items["unit_cost"], np.float64)
    missing = np.isnan(cost)
    if missing.all():
        notes.append("No unit cost in the file: results are in units (one unit: one times its price) and days, without money, until a gross margin is given.")
    elif missing.any():
        notes.append(f"No unit cost known for {examples(items.skus, missing)}: no money there.")
    below = np.isfinite(cost) & np.isfinite(price) & (price < cost)
    if below.any():
        notes.append(f"Unit cost is above the net price of {examples(items.skus, below)}: these sell below cost; fix the price first.")
    return items, notes
