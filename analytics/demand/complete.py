"""Items completed: what the file does not give is derived from sales where that is sound, else assumed, and marked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS, Assumptions
from analytics.data.history import SalesHistory
from analytics.demand.life_cycle import ENDED, LifeCycle, aligned_items
from analytics.demand.panel import DemandPanel
from analytics.demand.patience import median_wait_days, weighted_grouped_median
from analytics.demand.quote import with_quote
from analytics.demand.returns import line_net_quantity, returned_lines
from analytics.items import ASSUMED, CONFIRMED, DERIVED, GIVEN, ITEM_FIELDS, ORIGINS, UNKNOWN, Items

__all__ = ["complete_items", "net_price", "units_per_order", "with_life", "with_salvage_from_sales"]

_PRICE_DAYS = 365
_PRICE_LINES = 3
_SALVAGE_DAYS = 90
_SALVAGE_PRODUCTS = 5
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
        pairs = np.unique(sku[known] * (int(history.order.max()) + 1) + history.order[sold][known])
        orders += np.bincount(pairs // (int(history.order.max()) + 1), minlength=products)
    orders += np.bincount(sku[~known], minlength=products)
    return np.where(orders > 0, units / np.maximum(orders, 1.0), np.nan)


def complete_items(items: Items | None, history: SalesHistory, panel: DemandPanel, assumptions: Assumptions) -> Items:
    """Everything needed of every product sold: given values first, then derived from sales, then assumed from the one table.

    Order of precedence: stated for this product by the user, given in the items file, derived from sales, stated for the family or
    in general, assumed. Products of the items file that were never sold are dropped with a note. Values that make no sense
    (negative, price zero, shares above one) count as unknown and are named in `notes`; nothing stops the other products.

    Returns: Items over `panel.skus`, with origin and range of every value.
    """
    own = aligned_items(items, panel.skus)
    notes: list[str] = list(own.notes)
    if items is not None and len(items):
        here = {str(s) for s in panel.skus}
        unsold = [str(s) for s in items.skus if str(s) not in here]
        if unsold:
            notes.append(f"{len(unsold):,} of {len(items):,} products in the items file were never sold in the sales file ({', '.join(unsold[:3])}{', ...' if len(unsold) > 3 else ''}): left out.")
        known = {str(s) for s in items.skus}
        without = np.array([str(s) not in known for s in panel.skus], np.bool_)
        if without.any():
            notes.append(f"{examples(panel.skus, without)} sold but not in the items file: what it would say is assumed.")
    own = _from_sales_file(own, history)
    own, bad = _plausible(own)
    notes += bad
    match = returned_lines(history)
    own, price_notes = _with_price(own, history, match)
    notes += price_notes
    own = _with_orders_and_waits(own, history, match, notes)
    own = _with_make_and_mode(own, notes)
    own = _with_assumptions(own, assumptions)
    own, quote_notes = with_quote(own)
    notes += quote_notes
    return Items(own.skus, own.values, own.origins, own.low, own.high, tuple(dict.fromkeys(notes)))


def _filled(items: Items, name: str, value: Any, origin: int) -> Items:
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


def _from_sales_file(items: Items, history: SalesHistory) -> Items:
    """Columns of the sales file that describe products (family, unit cost, name ...) where the items do not say."""
    place = {str(s): i for i, s in enumerate(history.skus)}
    index = np.array([place.get(str(s), -1) for s in items.skus], np.intp)
    for name, column in history.attributes.items():
        if name not in ITEM_FIELDS or name == "price":
            continue
        kind = ITEM_FIELDS[name].kind
        values = np.asarray(column)[np.maximum(index, 0)]
        try:
            if kind == "date":
                offered: Any = np.where(index >= 0, values.astype("datetime64[D]"), np.datetime64("NaT", "D"))
            elif kind == "text":
                offered = np.where(index >= 0, values.astype(object), "")
            else:
                offered = np.where(index >= 0, values.astype(np.float64), np.nan)
        except (TypeError, ValueError):
            continue
        items = _filled(items, name, offered, GIVEN)
    return items


def _plausible(items: Items) -> tuple[Items, list[str]]:
    """Impossible given numbers made unknown, each kind with a sentence."""
    notes: list[str] = []
    for name in list(items.values):
        row = ITEM_FIELDS[name]
        if row.kind not in ("number", "flag"):
            continue
        value = np.asarray(items[name], np.float64)
        lowest = row.minimum
        bad = np.isfinite(value) & ((value < lowest) | (value > row.maximum)) | np.isinf(value)
        zero = (value == 0.0) & np.isin(name, ("price", "unit_cost"))
        if row.kind == "flag":
            bad = np.isfinite(value) & ~np.isin(value, (0.0, 1.0))
        for mask, word in ((bad, "is outside its possible range"), (zero, "is zero")):
            if mask.any():
                notes.append(f"{row.label} {word} for {examples(items.skus, mask)}: read as unknown.")
        mask = bad | zero
        if mask.any():
            fixed, origin = np.where(mask, np.nan, value), np.where(mask, UNKNOWN, items.origin(name))
            low, high = items.range(name) if row.kind == "number" else (fixed, fixed)
            items = items.with_field(name, fixed, origin, np.where(mask, np.nan, low), np.where(mask, np.nan, high))
    return items, notes


def _with_price(items: Items, history: SalesHistory, match: NDArray[np.int64]) -> tuple[Items, list[str]]:
    """Net price realised where at least three lines show it, else the price given, else whatever lines there are."""
    notes: list[str] = []
    price, lines = net_price(history, match)
    place = {str(s): i for i, s in enumerate(history.skus)}
    index = np.array([place.get(str(s), -1) for s in items.skus], np.intp)
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
        notes.append(f"Net price realised is used instead of the list price for {examples(items.skus, lower)}; it is {ratio:.0%} of the list price at the median.")
    unknown = np.isnan(value)
    if unknown.all():
        notes.append("No price in the file: results are in units and days, without money.")
    elif unknown.any():
        notes.append(f"No price known for {examples(items.skus, unknown)}: no money there.")
    cost = np.asarray(items["unit_cost"], np.float64)
    missing = np.isnan(cost)
    if missing.all():
        notes.append("No unit cost in the file: results are in units and days, without money, until a gross margin is given.")
    elif missing.any():
        notes.append(f"No unit cost known for {examples(items.skus, missing)}: no money there.")
    below = np.isfinite(cost) & np.isfinite(value) & (value < cost)
    if below.any():
        notes.append(f"Unit cost is above the net price of {examples(items.skus, below)}: these sell below cost; fix the price first.")
    return items, notes


def _with_orders_and_waits(items: Items, history: SalesHistory, match: NDArray[np.int64], notes: list[str]) -> Items:
    """Order size, promised wait and the wait past customers accepted."""
    place = {str(s): i for i, s in enumerate(history.skus)}
    index = np.array([place.get(str(s), -1) for s in items.skus], np.intp)

    def here(column: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(index >= 0, column[np.maximum(index, 0)], np.nan)

    sizes = here(units_per_order(history, match))
    items = _filled(items, "units_per_order", sizes, DERIVED)
    if np.isnan(items["units_per_order"]).any():
        if not np.isfinite(sizes).any():
            notes.append("The file holds totals, not orders: one unit per order is assumed.")
        items = _filled(items, "units_per_order", np.ones(len(items)), ASSUMED)
    promised, shipped, overall = median_wait_days(history)
    items = _filled(items, "promised_wait_days", here(promised), DERIVED)
    items = _filled(items, "historical_wait_days", here(promised), DERIVED)
    items = _filled(items, "historical_wait_days", np.where(np.isnan(items["promised_wait_days"]), np.nan, items["promised_wait_days"]), DERIVED)
    items = _filled(items, "historical_wait_days", here(shipped), DERIVED)
    general = overall[0] if np.isfinite(overall[0]) else overall[1]
    if np.isfinite(general):
        items = _filled(items, "historical_wait_days", np.full(len(items), general), DERIVED)
    else:
        assumed = np.isnan(items["historical_wait_days"])
        items = _filled(items, "historical_wait_days", np.zeros(len(items)), ASSUMED)
        if assumed.any():
            notes.append("No promised or shipped dates: past customers are taken to have been served at once (wait 0, assumed).")
    return items


def _with_make_and_mode(items: Items, notes: list[str]) -> Items:
    """Make or buy, and today's strategy where the file shows it."""
    if np.isnan(items["make"]).all():
        notes.append("The file does not say what is made and what is bought in: all products are taken as made in house (assumed).")
    items = _filled(items, "make", np.ones(len(items)), ASSUMED)
    given = items["current_mode"]
    mode = np.array([_MODES.get(str(m).strip().lower(), "") for m in given], dtype=object)
    strange = (given != "") & (mode == "")
    if strange.any():
        notes.append(f"Present strategy not understood for {examples(items.skus, strange)} (expected MTS, ATO or MTO): read as unknown.")
    stocked = (mode == "") & ((np.nan_to_num(np.asarray(items["on_hand"], np.float64)) > 0.0) | (np.nan_to_num(np.asarray(items["reorder_point"], np.float64)) > 0.0))
    mode[stocked] = "MTS"
    origin = np.where(mode == "", UNKNOWN, np.where(stocked, DERIVED, items.origin("current_mode")))
    if stocked.any():
        notes.append(f"{examples(items.skus, stocked)} held in stock or with a reorder point: taken as made to stock today.")
    return items.with_field("current_mode", mode, origin)


def _with_assumptions(items: Items, assumptions: Assumptions) -> Items:
    """Every field of the one table, from the nearest statement; a given value wins over all but one stated for the product."""
    families = np.array([str(f) for f in items["family"]], dtype=object)
    names, code = np.unique(families.astype(str), return_inverse=True)
    stated = {str(sku): i for i, sku in enumerate(items.skus) if str(sku) in assumptions.product} if assumptions.product else {}
    for name in FIELDS:
        by_family = [assumptions.of(name, "", str(family)) for family in names]
        value, low, high = (np.array([getattr(a, key) for a in by_family])[code] for key in ("value", "low", "high"))
        origin = np.array([ORIGINS.index(a.origin) for a in by_family], np.uint8)[code]
        current = np.asarray(items[name], np.float64)
        known = np.isfinite(current)
        own_low, own_high = items.range(name)
        if name == "order_setup_cost" and np.isfinite(np.asarray(items["setup_cost"], np.float64)).any():
            # the cost of a set-up is what a single order costs to set up, unless the user says otherwise
            setup = np.asarray(items["setup_cost"], np.float64)
            take = ~known & np.isin(items.origin("setup_cost"), (GIVEN, CONFIRMED)) & (origin != CONFIRMED)
            current, known = np.where(take, setup, current), known | take
            own_low, own_high = np.where(take, items.range("setup_cost")[0], own_low), np.where(take, items.range("setup_cost")[1], own_high)
            origin_own = np.where(take, DERIVED, items.origin(name))
        else:
            origin_own = items.origin(name)
        value, low, high = np.where(known, current, value), np.where(known, own_low, low), np.where(known, own_high, high)
        origin = np.where(known, origin_own, origin).astype(np.uint8)
        for sku, i in stated.items():
            if name in assumptions.product[sku]:
                one = assumptions.product[sku][name]
                if one.origin == "confirmed" or not known[i]:
                    value[i], low[i], high[i], origin[i] = one.value, one.low, one.high, ORIGINS.index(one.origin)
        items = items.with_field(name, value, origin, low, high)
    return items


def with_life(items: Items, life: LifeCycle) -> Items:
    """The items with rate of ending and end date as the life cycle found them (what the user confirmed or gave stays)."""
    keep = np.isin(items.origin("hazard_per_year"), (GIVEN, CONFIRMED))
    low, high = items.range("hazard_per_year")
    items = items.with_field(
        "hazard_per_year",
        np.where(keep, items["hazard_per_year"], life.hazard_per_year),
        np.where(keep, items.origin("hazard_per_year"), life.hazard_origin),
        np.where(keep, low, life.hazard_low),
        np.where(keep, high, life.hazard_high),
    )
    end = items["end_date"]
    same = (end == life.known_end) | (np.isnat(end) & np.isnat(life.known_end))
    origin = np.where(same, items.origin("end_date"), np.where(np.isnat(life.known_end), UNKNOWN, DERIVED))
    return items.with_field("end_date", life.known_end, origin)


def with_salvage_from_sales(items: Items, history: SalesHistory, life: LifeCycle) -> Items:
    """What leftovers fetch, from the net prices of ended products in their last 90 days, where these sold below cost.

    Formula: median over ended products of (net price of the last 90 days / unit cost), only where at least five ended products sold below
    cost then; quartiles are the range. It replaces assumed values, never given or confirmed ones.
    """
    known = (life.stage == ENDED) & np.isfinite(np.asarray(items["unit_cost"], np.float64))
    place = {str(s): i for i, s in enumerate(history.skus)}
    index = np.array([place.get(str(s), -1) for s in items.skus], np.intp)
    net = line_net_quantity(history.quantity, returned_lines(history))
    usable = (net > 0.0) & np.isfinite(history.revenue) & (history.revenue > 0.0)
    if not known.any() or not usable.any():
        return items
    day = history.date.astype("datetime64[D]").astype(np.int64)
    final = np.full(len(history.skus), np.iinfo(np.int64).min)
    np.maximum.at(final, history.sku[usable], day[usable])
    usable &= day > final[history.sku] - _SALVAGE_DAYS
    units = np.bincount(history.sku[usable], weights=history.quantity[usable], minlength=len(final))
    money = np.bincount(history.sku[usable], weights=history.revenue[usable], minlength=len(final))
    last_price = np.where(units > 0.0, money / np.maximum(units, 1e-300), np.nan)
    share = np.where(index >= 0, last_price[np.maximum(index, 0)], np.nan) / np.asarray(items["unit_cost"], np.float64)
    sold_off = known & np.isfinite(share) & (share < 1.0)
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
    note = f"Leftovers: {examples(items.skus, sold_off)} ended and sold below cost in their last 90 days, at {value:.0%} of cost at the median; used instead of the assumed share."
    return Items(items.skus, items.values, items.origins, items.low, items.high, (*items.notes, note))
