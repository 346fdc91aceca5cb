"""Fields of products derived from their sales: order size, waits, present strategy; prices and costs stand beside."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.data.values.todays_words import mode_of
from analytics.demand.from_sales.patience import mean_late_days, median_wait_days
from analytics.demand.order_size_range import units_per_order
from analytics.items import ASSUMED, DERIVED, ITEM_FIELDS, UNKNOWN, Items
from analytics.naming.labels import Strategy

__all__ = ["examples", "filled", "history_rows", "with_make_and_mode", "with_orders_and_waits"]


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
        offered = np.array(
            [
                "" if v is None or v != v else str(v)
                for v in np.broadcast_to(np.asarray(value, object), current.shape)
            ],
            dtype=object,
        )
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
    return items.with_field(
        name,
        np.where(take, offered, current),
        origins,
        np.where(take, offered, low),
        np.where(take, offered, high),
    )


def history_rows(items: Items, history: SalesHistory) -> NDArray[np.intp]:
    """Position of every product of the items in the vocabulary of a sales history (-1: not there)."""
    place = {str(s): i for i, s in enumerate(history.skus)}
    return np.array([place.get(str(s), -1) for s in items.skus], np.intp)


def with_orders_and_waits(
    items: Items, history: SalesHistory, match: NDArray[np.int64], notes: list[str]
) -> Items:
    """Order size, promised wait and the wait past customers accepted."""
    index = history_rows(items, history)

    def here(column: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(index >= 0, column[np.maximum(index, 0)], np.nan)

    items = filled(items, "units_per_order", here(units_per_order(history, match)), DERIVED)
    promised, shipped, overall = median_wait_days(history)
    items = filled(items, "late_days", here(mean_late_days(history)), DERIVED)
    items = filled(items, "promised_wait_days", here(promised), DERIVED)
    items = filled(items, "historical_wait_days", here(promised), DERIVED)
    items = filled(
        items,
        "historical_wait_days",
        np.where(np.isnan(items["promised_wait_days"]), np.nan, items["promised_wait_days"]),
        DERIVED,
    )
    items = filled(items, "historical_wait_days", here(shipped), DERIVED)
    general = overall[0] if np.isfinite(overall[0]) else overall[1]
    if np.isfinite(general):
        items = filled(items, "historical_wait_days", np.full(len(items), general), DERIVED)
    else:
        assumed = np.isnan(items["historical_wait_days"])
        items = filled(items, "historical_wait_days", np.zeros(len(items)), ASSUMED)
        if assumed.any():
            notes.append(
                "No promised or shipped dates: past customers are taken to have been served at once (wait 0, assumed)."
            )
    return items


def with_make_and_mode(items: Items, notes: list[str]) -> Items:
    """Make or buy, and today's strategy where the file shows it."""
    if np.isnan(items["make"]).all():
        notes.append(
            "The file does not say what is made and what is bought in: all products are taken as made in house (assumed)."
        )
    items = filled(items, "make", np.ones(len(items)), ASSUMED)
    given = items["current_mode"]
    said = {text: mode_of(text) for text in {str(m) for m in given}}
    mode = np.array([Strategy(said[str(m)]) if said[str(m)] else "" for m in given], dtype=object)
    strange = (given != "") & (mode == "")
    if strange.any():
        notes.append(
            f"Present strategy not understood for {examples(items.skus, strange)} (expected MTS, ATO or MTO): read as unknown."
        )
    held = [
        np.nan_to_num(np.asarray(items[name], np.float64)) > 0.0
        for name in ("on_hand", "reorder_point", "order_up_to_level", "safety_stock")
    ]
    stocked = (mode == "") & np.any(held, axis=0)
    mode[stocked] = Strategy.MTS
    origin = np.where(mode == "", UNKNOWN, np.where(stocked, DERIVED, items.origin("current_mode")))
    if stocked.any():
        notes.append(
            f"{examples(items.skus, stocked)} held in stock or with a reorder point: taken as made to stock today."
        )
    known = mode != ""
    if known.any() and not known.all():
        notes.append(
            f"Today's strategy is known for {int(known.sum()):,} of {len(items):,} products; the others count as made to stock today."
        )
    point, level = (np.asarray(items[name], np.float64) for name in ("reorder_point", "order_up_to_level"))
    if (level < point).any():
        notes.append(
            f"Order-up-to level below the reorder point for {examples(items.skus, level < point)}: the level is left out; correct it."
        )
    return items.with_field("current_mode", mode, origin)
