"""The lead time a company can quote to order, reconciled with the waits it has promised."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.items import ASSUMED, DERIVED, GIVEN, UNKNOWN, Items
from analytics.naming.labels import Strategy

__all__ = ["with_quote"]


def with_quote(items: Items, lead: NDArray[np.float64] | None = None) -> tuple[Items, list[str]]:
    """The items with `quote_days`: given, else the wait promised until now, else components + production + queue.

    A promise longer than a day but shorter than components and production shows that components are in stock or come faster than
    assumed: an assumed component lead time is then cut so that the promise can be kept (derived, with a note); a given one is believed, and
    the longer quote stays. Bought-in products have no production and no shared components of their own.
    Where the user says that a product is made to stock, its promised wait is a delivery time from stock and proves nothing.
    `lead` (products,) says by what a what-if multiplies component lead times (None: by nothing): those given or stated are multiplied already, those
    assumed are here, once it is known what was promised. Returns: items and sentences for the screen. Durations in days.
    """
    notes: list[str] = []
    bought = items["make"] == 0.0
    fixed = np.isin(items.origin("production_days"), (GIVEN,)) & bought & (items["production_days"] > 0.0)
    if bought.any():
        low, high = items.range("production_days")
        items = items.with_field(
            "production_days",
            np.where(bought, 0.0, items["production_days"]),
            np.where(bought, DERIVED, items.origin("production_days")),
            np.where(bought, 0.0, low),
            np.where(bought, 0.0, high),
        )
        share = np.asarray(items["component_share"], np.float64)
        share_low, share_high = items.range("component_share")
        items = items.with_field(
            "component_share",
            np.where(bought, np.nan, share),
            np.where(bought, UNKNOWN, items.origin("component_share")),
            np.where(bought, np.nan, share_low),
            np.where(bought, np.nan, share_high),
        )
        if fixed.any():
            notes.append(
                f"{int(fixed.sum()):,} bought-in products have a production time in the items file: not used."
            )
    component, production, queue = (
        np.asarray(items[name], np.float64)
        for name in ("component_lead_days", "production_days", "queue_days")
    )
    promised = np.asarray(items["promised_wait_days"], np.float64)
    given = np.isfinite(np.asarray(items["quote_days"], np.float64))
    from_stock = (items["current_mode"] == Strategy.MTS) & (items.origin("current_mode") == GIVEN)
    evidence = np.isfinite(promised) & (promised > 1.0) & ~given & ~from_stock
    short = evidence & (promised < component + production)
    cut = short & (items.origin("component_lead_days") == ASSUMED)
    kept = short & ~cut
    if cut.any():
        faster_production = (
            cut & (items.origin("production_days") == ASSUMED) & (production + queue >= promised)
        )
        production = np.where(
            faster_production,
            np.maximum(promised / 2.0, np.minimum(production, promised - queue)),
            production,
        )
        production = np.where(faster_production, np.minimum(production, promised), production)
        low, high = items.range("production_days")
        items = items.with_field(
            "production_days",
            production,
            np.where(faster_production, DERIVED, items.origin("production_days")),
            np.where(faster_production, np.minimum(low, production), low),
            np.where(faster_production, production, high),
        )
        room = np.maximum(promised - production, 0.0)
        feasible = np.minimum(component, np.where(room > queue, room - queue, room))
        component = np.where(cut, feasible, component)
        low, high = items.range("component_lead_days")
        items = items.with_field(
            "component_lead_days",
            component,
            np.where(cut, DERIVED, items.origin("component_lead_days")),
            np.where(cut, component / 2.0, low),
            np.where(cut, component, high),
        )
        notes.append(
            f"Promised waits (median {np.median(promised[cut]):.0f} days) are shorter than the assumed lead times of {int(cut.sum()):,} products: "
            f"their components must be in stock or come faster; component lead time set to {np.median(component[cut]):.0f} days at the median (derived)."
        )
    if lead is not None and (lead != 1.0).any():
        factor = np.where(np.isin(items.origin("component_lead_days"), (ASSUMED, DERIVED)), lead, 1.0)
        low, high = items.range("component_lead_days")
        component = component * factor
        items = items.with_field(
            "component_lead_days",
            component,
            items.origin("component_lead_days"),
            low * factor,
            high * factor,
        )
    if kept.any():
        notes.append(
            f"Promised waits (median {np.median(promised[kept]):.0f} days) are shorter than the lead times given for {int(kept.sum()):,} products: "
            "the given lead times are believed, and the quote to order is longer than the wait promised until now."
        )
    built = component + production + queue
    # where production alone takes longer than promised, the longer time stays: nobody can quote less than he needs
    use_promise = evidence & ~kept & (promised >= component + production)
    quote = np.where(given, items["quote_days"], np.where(use_promise, promised, built))
    lows = [items.range(name)[0] for name in ("component_lead_days", "production_days", "queue_days")]
    highs = [items.range(name)[1] for name in ("component_lead_days", "production_days", "queue_days")]
    low = np.where(given, items.range("quote_days")[0], np.where(use_promise, promised, sum(lows)))
    high = np.where(given, items.range("quote_days")[1], np.where(use_promise, promised, sum(highs)))
    return items.with_field(
        "quote_days", quote, np.where(given, items.origin("quote_days"), DERIVED), low, high
    ), notes
