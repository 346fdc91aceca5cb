"""Usual ranges of costs that nobody stated, in the products' own money: what a set-up, an order or a day of waiting may cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.items import ASSUMED, DERIVED, GIVEN, Items

__all__ = ["ORDER_SHARE", "WAITING_SHARE", "with_usual_ranges"]

#: A set-up, or the handling of one order, costs up to this share of what the order is worth.
ORDER_SHARE = 0.05
#: A unit's day of waiting costs up to this share of its price.
WAITING_SHARE = 0.01


def with_usual_ranges(items: Items) -> Items:
    """The items with a range for costs that nobody stated.

    The items with a range for costs that are assumed to be nothing: set-up and order handling up to ORDER_SHARE of an order's value, where order size and
    price are known; a unit's day of waiting up to WAITING_SHARE of the price, where that is known. The value in force stays 0.

    Source: planning practice; the range only says within what the decision is tried.
    """
    price, size = np.asarray(items["price"], np.float64), np.asarray(items["units_per_order"], np.float64)
    seen = np.isin(items.origin("units_per_order"), (GIVEN, DERIVED)) & np.isfinite(size)
    order = np.where(seen, ORDER_SHARE * price * np.where(seen, size, 0.0), np.nan)
    for name, most in (
        ("setup_cost", order),
        ("order_setup_cost", order),
        ("waiting_cost_per_unit_day", WAITING_SHARE * price),
    ):
        items = _up_to(items, name, most)
    return items


def _up_to(items: Items, name: str, most: NDArray[np.float64]) -> Items:
    """The items with the field's range up to `most` (NaN: not known) where it is the untouched default of nothing."""
    low, high = items.range(name)
    value = np.asarray(items[name], np.float64)
    untouched = (
        (items.origin(name) == ASSUMED)
        & (value == 0.0)
        & (low == 0.0)
        & (high == 0.0)
        & (np.nan_to_num(most) > 0.0)
    )
    return items.with_field(name, value, items.origin(name), low, np.where(untouched, most, high))
