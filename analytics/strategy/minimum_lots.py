"""What a supplier's minimum rules out, in words: to order where one order is less than the least lot, and everything where the least lot loses money."""

from __future__ import annotations

import numpy as np

from analytics.items import ASSUMED, Items
from analytics.naming.labels import money_text, number_text, total_text
from analytics.strategy.compare import Comparison
from analytics.strategy.plans.recipes import least_lot

__all__ = ["minimum_text", "not_offered_text", "not_worth_text"]


def _amount(units: float) -> str:
    """A lot with all its digits, as it stands in the file."""
    return total_text(units)


def minimum_text(items: Items, product: int) -> str:
    """The least lot of a product as it is said: "this minimum of 300", or "multiples of 12" where these rule single orders out and no minimum does."""
    multiple, least = float(np.nan_to_num(items["order_multiple"][product])), float(least_lot(items)[product])
    return f"multiples of {_amount(multiple)}" if least <= multiple else f"this minimum of {_amount(least)}"


def not_offered_text(items: Items, product: int) -> str:
    """Why single orders are not offered: the least lot, beside what a customer orders at once."""
    size = float(items["units_per_order"][product])
    low, high = (float(bound[product]) for bound in items.range("units_per_order"))
    said = minimum_text(items, product)
    text = f"not offered {'in' if said.startswith('multiples') else 'at'} {said}; a customer orders {number_text(size)} at once on average"
    if items.origin("units_per_order")[product] == ASSUMED:
        text += f", which is assumed (between {number_text(low)} and {number_text(high)})"
        text += (
            "; where customers order that much at once, it would be offered"
            if high >= float(least_lot(items)[product])
            else ""
        )
    return text


def not_worth_text(comparison: Comparison, items: Items, product: int, make: bool, currency: str) -> str:
    """What is said of a product that loses money at its least lot whatever is done."""
    best = float(np.nanmax(comparison.profit[product]))
    said = minimum_text(items, product)
    doing = "making" if make else "ordering"
    return (
        f"Not worth {doing} {'in' if said.startswith('multiples') else 'at'} {said}: the best that is possible loses {money_text(-best, currency)} a year, and to order is "
        f"{not_offered_text(items, product)}. It stays as it is and is not counted; a smaller lot would have to be agreed."
    )
