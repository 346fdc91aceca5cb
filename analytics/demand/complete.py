"""Items completed: what the file does not give is derived from sales where that is sound, else assumed, and marked.

One concept: the order in which unknown fields of products are filled: given, derived, stated, assumed, then
life cycle and parts. What a step may fill depends on all before it; the formulas stand elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS, Assumptions
from analytics.data.history import SalesHistory
from analytics.data.kept_apart import RECEIPT
from analytics.demand.bom import ProductParts, with_parts
from analytics.demand.from_sales.derived import (
    examples,
    filled,
    history_rows,
    with_make_and_mode,
    with_orders_and_waits,
)
from analytics.demand.from_sales.prices_and_costs import (
    below_cost_note,
    with_cost_from_lines,
    with_cost_from_margin,
    with_price,
    with_price_from_value,
    with_scale_premium,
)
from analytics.demand.from_sales.quote import with_quote
from analytics.demand.from_sales.receipts import median_receipts
from analytics.demand.from_sales.sold import fitted_window
from analytics.demand.from_sales.usual_ranges import with_usual_ranges
from analytics.demand.life.life_cycle import LifeCycle, aligned_items
from analytics.demand.order_size_range import with_order_size_range
from analytics.demand.panel import PERIOD_WEEKS, DemandPanel
from analytics.demand.returns import returned_lines
from analytics.demand.salvage import with_salvage_from_sales
from analytics.items import ASSUMED, CONFIRMED, DERIVED, GIVEN, ITEM_FIELDS, ORIGINS, UNKNOWN, Items
from analytics.naming.labels import number_text
from analytics.naming.what_ifs import GIVEN_FIELDS, WhatIf, factors

__all__ = ["complete_items", "confirmed_as_they_stand", "finished_items", "with_life"]


def complete_items(
    items: Items | None, history: SalesHistory, panel: DemandPanel, assumptions: Assumptions
) -> Items:
    """Everything needed of every product sold: given values first, then derived from sales, then assumed from the one table.

    Order of precedence: stated for this product by the user, given in the items file, confirmed for the family or in general, derived from sales,
    assumed: what is derived never keeps a person from stating another value. Products of the items file that were never sold are dropped with a note. Values that make no sense
    (negative, price zero, shares above one) count as unknown and are named in `notes`; nothing stops the other products.

    Returns: Items over `panel.skus`, with origin and range of every value.
    """
    assumptions = replace(
        assumptions, as_assumed=()
    )  # what is confirmed as it stands is first worked out like everything else
    own = aligned_items(items, panel.skus)
    notes: list[str] = list(own.notes)
    if items is not None and len(items):
        here = {str(s) for s in panel.skus}
        unsold = [str(s) for s in items.skus if str(s) not in here]
        if unsold:
            named = ", ".join(unsold[:3]) + (", ..." if len(unsold) > 3 else "")
            apart = (
                " of the decision, their stock is shown on its own"
                if np.isfinite(np.asarray(items["on_hand"], np.float64)).any()
                else ""
            )
            notes.append(
                f"{len(unsold):,} of {len(items):,} products in the items file were never sold in the sales file ({named}): left out{apart}."
            )
        known = {str(s) for s in items.skus}
        without = np.array([str(s) not in known for s in panel.skus], np.bool_)
        if without.any():
            notes.append(
                f"{examples(panel.skus, without)} sold but not in the items file: what it would say is assumed."
            )
    own = _from_sales_file(own, history)
    notes += _stated_for_nothing(own, assumptions)
    own, bad = _plausible(own)
    notes += bad
    for name in GIVEN_FIELDS:  # only what is given stands here so far
        own = _times(own, name, _factors(own, assumptions.what_if, name))
    match = returned_lines(history)
    own, price_notes, revenue = with_price(own, history, match, fitted_window(panel))
    notes += price_notes
    own, line_notes = with_cost_from_lines(
        own, history, items is not None and "unit_cost" in items.values, revenue
    )
    notes += line_notes
    lead = _factors(own, assumptions.what_if, "lead_time")
    own = _times(own, "component_lead_days", lead)
    own = with_orders_and_waits(own, history, match, notes)
    if len(history.apart):
        own = filled(
            own,
            "receipt_lot",
            median_receipts(history.apart[history.apart["kind"] == RECEIPT], own.skus),
            DERIVED,
        )
        from_receipts = np.isfinite(own["receipt_lot"]) & np.isnan(
            np.asarray(own["order_quantity"], np.float64)
        )
        if from_receipts.any():
            notes.append(
                f"No order quantity is given for {examples(own.skus, from_receipts)}: the lot in use today is the median of past receipts."
            )
    own = with_make_and_mode(own, notes)
    own = with_order_size_range(_with_assumptions(own, assumptions, lead), history, match, notes)
    own, reach_notes = _within_reach(own, panel)
    notes += reach_notes
    own = own.with_field("smallest_quantity", panel.steps, DERIVED)
    own, value_notes = with_price_from_value(own)
    own = _times(own, "price", _factors(own, assumptions.what_if, "price"))
    notes += value_notes
    own, cost_notes = with_cost_from_margin(own, revenue)
    own = _times(own, "unit_cost", _factors(own, assumptions.what_if, "unit_cost"))
    notes += cost_notes
    units = _monthly_units(panel) * _factors(own, assumptions.what_if, "demand")
    own, scale_notes = with_scale_premium(own, units)
    notes += scale_notes
    own, quote_notes = with_quote(with_usual_ranges(own), lead)
    notes += quote_notes
    return Items(own.skus, own.values, own.origins, own.low, own.high, tuple(dict.fromkeys(notes)))


def _factors(items: Items, what_if: Sequence[WhatIf], what: str) -> NDArray[np.float64]:
    """By what a what-if multiplies each product's value, (products,)."""
    return factors(what_if, what, items.skus, items["family"])


def _times(items: Items, name: str, factor: NDArray[np.float64]) -> Items:
    """The items with what is known of a number, and its range, times `factor` (products,); it keeps its origin."""
    if name not in items.values or (factor == 1.0).all():
        return items
    low, high = items.range(name)
    value = np.asarray(items[name], np.float64)
    most = ITEM_FIELDS[name].maximum
    value, low, high = (np.minimum(one * factor, most) for one in (value, low, high))
    return items.with_field(name, value, items.origin(name), low, high)


def _stated_for_nothing(items: Items, assumptions: Assumptions) -> list[str]:
    """Assumptions stated for a product or a family that is not there, each kind with a sentence."""
    there = (
        ("product", {str(s) for s in items.skus}, assumptions.product),
        ("family", {str(f) for f in items["family"]}, assumptions.family),
    )
    lost = {kind: [str(name) for name in stated if str(name) not in known] for kind, known, stated in there}
    shown = {
        kind: ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
        for kind, names in lost.items()
        if names
    }
    return [
        f"Assumptions are stated for the {kind} {names}, not in these files: left out."
        for kind, names in shown.items()
    ]


def _monthly_units(panel: DemandPanel) -> NDArray[np.float64]:
    """Units a month over the periods in which a product was sold, shape (products,)."""
    periods = np.maximum(panel.last - panel.first + 1, 1)
    return (
        np.maximum(panel.units.sum(axis=1), 0.0)
        / periods
        * (PERIOD_WEEKS["M"] / PERIOD_WEEKS[panel.frequency])
    )


def _from_sales_file(items: Items, history: SalesHistory) -> Items:
    """Columns of the sales file that describe products (family, name ...) where the items do not say; for costs see `with_cost_from_lines`."""
    index = history_rows(items, history)
    for name, column in history.attributes.items():
        if name not in ITEM_FIELDS or name in ("price", "unit_cost"):
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
        items = filled(items, name, offered, GIVEN)
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
            items = items.with_field(
                name, fixed, origin, np.where(mask, np.nan, low), np.where(mask, np.nan, high)
            )
    return items, notes


def _within_reach(items: Items, panel: DemandPanel) -> tuple[Items, list[str]]:
    """Supply that the sales on record cannot bear: a minimum order above a year of them and a lead time beyond the history are told."""
    notes: list[str] = []
    year = np.where(
        panel.units.sum(axis=1) > 0.0, np.minimum(12.0 * _monthly_units(panel), panel.units.sum(axis=1)), 0.0
    )
    moq, multiple = (np.asarray(items[name], np.float64) for name in ("moq", "order_multiple"))
    large = np.isfinite(moq) & (year > 0.0) & (moq > year)
    if large.any():
        k = int(np.argmax(np.where(large, moq / np.maximum(year, 1e-12), 0.0)))
        notes.append(
            f"Minimum order quantity is above a year of sales for {examples(items.skus, large)}: {moq[k]:,.10g} against {number_text(float(year[k]))} units of {items.skus[k]}. "
            "It is counted as it stands: no single order is bought or made below it, and stock at that minimum is priced. Correct it where it is a mistake."
        )
    above = np.isfinite(moq) & (multiple > moq)
    if above.any():
        k = int(np.argmax(above))
        notes.append(
            f"The order multiple is above the minimum for {examples(items.skus, above)}: the least lot is one multiple, {multiple[k]:,.10g} units of {items.skus[k]}."
        )
    lead = np.nan_to_num(items["component_lead_days"]) + np.where(
        items["make"] == 0.0, 0.0, np.nan_to_num(items["production_days"])
    )
    days = (
        7.0
        * PERIOD_WEEKS[panel.frequency]
        * np.where(panel.first >= 0, panel.units.shape[1] - panel.first, 0)
    )
    longer = (days > 0.0) & (lead > days)
    if longer.any():
        k = int(np.argmax(longer))
        notes.append(
            f"The lead time is longer than the sales history for {examples(items.skus, longer)}: {lead[k]:,.0f} days against {days[k]:,.0f} of {items.skus[k]}. "
            "How far demand strays over so long is carried over from shorter spans; check the lead time."
        )
    notes += _ends_sooner(items, panel, lead)
    return items, notes


def _ends_sooner(items: Items, panel: DemandPanel, lead: NDArray[np.float64]) -> list[str]:
    """What is said of products that end before what is ordered now comes in: at a date that is given, or on average at the rate given."""
    now, end = panel.next_start.astype("datetime64[D]"), items["end_date"].astype("datetime64[D]")
    dated = ~np.isnat(end) & (end > now)
    days = np.where(dated, (np.where(dated, end, now) - now).astype(np.int64), np.inf)
    hazard = np.nan_to_num(np.asarray(items["hazard_per_year"], np.float64))
    left = np.minimum(days, 365.0 / np.maximum(hazard, 1e-9))
    sooner = (lead > left) & (panel.first >= 0)
    if not sooner.any():
        return []
    k = int(np.argmax(np.where(sooner, lead - left, -np.inf)))
    dated_end = f"ends on {end[k]}, in {left[k]:,.0f} days"
    how = dated_end if days[k] <= left[k] else f"is expected to last {left[k]:,.0f} days more"
    return [
        f"The lead time is longer than the life that is left for {examples(items.skus, sooner)}: {items.skus[k]} {how}, "
        f"and what is ordered now takes {lead[k]:,.0f}. Order nothing more before that is checked: what is on hand and on order is what can be sold."
    ]


def _with_assumptions(items: Items, assumptions: Assumptions, lead: NDArray[np.float64]) -> Items:
    """Every field of the one table, from the nearest statement; a given value wins over all but one stated for the product.

    A lead time that is stated moves with its what-if, `lead` (products,); one that is assumed moves where the quote is found.
    """
    families = np.array([str(f) for f in items["family"]], dtype=object)
    names, code = np.unique(families.astype(str), return_inverse=True)
    stated = (
        {str(sku): i for i, sku in enumerate(items.skus) if str(sku) in assumptions.product}
        if assumptions.product
        else {}
    )
    for name in FIELDS:
        by_family = [assumptions.of(name, "", str(family)) for family in names]
        value, low, high = (
            np.array([getattr(a, key) for a in by_family])[code] for key in ("value", "low", "high")
        )
        origin = np.array([ORIGINS.index(a.origin) for a in by_family], np.uint8)[code]
        current = np.asarray(items[name], np.float64)
        known = np.isfinite(current) & ((items.origin(name) != DERIVED) | (origin != CONFIRMED))
        own_low, own_high = items.range(name)
        if name == "order_setup_cost" and np.isfinite(np.asarray(items["setup_cost"], np.float64)).any():
            # the cost of a set-up is what a single order costs to set up, unless the user says otherwise
            setup = np.asarray(items["setup_cost"], np.float64)
            take = ~known & np.isin(items.origin("setup_cost"), (GIVEN, CONFIRMED)) & (origin != CONFIRMED)
            current, known = np.where(take, setup, current), known | take
            own_low, own_high = (
                np.where(take, items.range("setup_cost")[0], own_low),
                np.where(take, items.range("setup_cost")[1], own_high),
            )
            origin_own = np.where(take, DERIVED, items.origin(name))
        else:
            origin_own = items.origin(name)
        value, low, high = (
            np.where(known, current, value),
            np.where(known, own_low, low),
            np.where(known, own_high, high),
        )
        origin = np.where(known, origin_own, np.where(np.isnan(value), UNKNOWN, origin)).astype(np.uint8)
        for sku, i in stated.items():
            if name in assumptions.product[sku]:
                one = assumptions.product[sku][name]
                if one.origin == "confirmed" or not known[i]:
                    value[i], low[i], high[i], origin[i] = (
                        one.value,
                        one.low,
                        one.high,
                        ORIGINS.index(one.origin),
                    )
        if name == "component_lead_days":
            said = np.where(origin == CONFIRMED, lead, 1.0)
            value, low, high = value * said, low * said, high * said
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


def confirmed_as_they_stand(items: Items, assumptions: Assumptions) -> Items:
    """The finished items with the fields that are confirmed just as they stand: assumed, derived and stated values stay, product by product, and lose their ranges."""
    for name in assumptions.as_assumed:
        value = np.asarray(items[name], np.float64)
        stands = np.isin(items.origin(name), (ASSUMED, DERIVED, CONFIRMED)) & np.isfinite(value)
        low, high = items.range(name)
        items = items.with_field(
            name,
            value,
            np.where(stands, CONFIRMED, items.origin(name)),
            np.where(stands, value, low),
            np.where(stands, value, high),
        )
    return items


def finished_items(
    items: Items,
    history: SalesHistory,
    life: LifeCycle,
    parts: ProductParts | None,
    what_if: Sequence[WhatIf] = (),
) -> Items:
    """Completed items with what life cycle, cleared stock and bill of materials say; `what_if` moves the prices of what was cleared too."""
    prices = _factors(items, what_if, "price")
    items = with_salvage_from_sales(with_life(items, life), history, life, items["end_date"], prices)
    items = replace(items, notes=(*items.notes, *below_cost_note(items, life.ended)))
    if parts is None:
        return items
    items, notes = with_parts(items, parts)
    return replace(items, notes=(*items.notes, *notes))
