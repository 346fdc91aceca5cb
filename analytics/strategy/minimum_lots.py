"""What a supplier's minimum means in words: how it is to order in batches, what customers do not fill, and what loses money whatever is done."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.items import ASSUMED, Items
from analytics.naming.labels import (
    Strategy,
    days_text,
    doing_text,
    money_text,
    number_text,
    total_text,
    units_text,
)
from analytics.policy.batches import LEAST_SHARE_FILLED
from analytics.strategy.compare import Comparison
from analytics.strategy.money.measures import counts_by_name, wait_days_mean
from analytics.strategy.plans.batches import START, WAIT, way_text
from analytics.strategy.plans.recipes import least_lot

__all__ = [
    "batch_text",
    "batches_recommended",
    "minimum_text",
    "not_worth_text",
    "order_size_text",
    "order_way",
]


def _amount(units: float) -> str:
    """A lot with all its digits, as it stands in the file."""
    return total_text(units)


def _at(said: str) -> str:
    return "in" if said.startswith("multiples") else "at"


def minimum_text(items: Items, product: int) -> str:
    """The least lot of a product as it is said: "this minimum of 300", or "multiples of 12" where these rule single orders out and no minimum does."""
    multiple, least = float(np.nan_to_num(items["order_multiple"][product])), float(least_lot(items)[product])
    return f"multiples of {_amount(multiple)}" if least <= multiple else f"this minimum of {_amount(least)}"


def order_size_text(items: Items, product: int) -> str:
    """What a customer orders at once beside the least lot, and how sure that is."""
    size = float(items["units_per_order"][product])
    low, high = (float(bound[product]) for bound in items.range("units_per_order"))
    text = f"a customer orders {number_text(size)} at once on average"
    if items.origin("units_per_order")[product] == ASSUMED:
        text += f", which is assumed (between {number_text(low)} and {number_text(high)})"
        text += (
            "; where customers order that much at once, each order could be made or bought by itself"
            if high >= float(least_lot(items)[product])
            else ""
        )
    return text


def order_way(comparison: Comparison, product: int) -> str:
    """How a product is to order where a minimum rules single orders out, in a few words: waits for a batch, or starts it; "" elsewhere."""
    chosen = comparison.chosen.get(Strategy.MTO)
    if chosen is None or not chosen.offered[product]:
        return ""
    return way_text(comparison.batches, product, int(chosen.setting[product]))


def batch_text(comparison: Comparison, items: Items, product: int) -> str:
    """How a product is to order in batches, what is left over of them, who waits how long, and the batch that customers do not fill.

    Two or three sentences; "" where single orders are possible.
    """
    plan, chosen = comparison.batches, comparison.chosen.get(Strategy.MTO)
    way = order_way(comparison, product)
    if plan is None or chosen is None or not way:
        return ""
    row = int(plan.of(np.array([product]))[1][0])
    n = counts_by_name(chosen.counts[product])
    k = comparison.strategies.index(Strategy.MTO)
    held, mean = float(n("on_hand")), float(wait_days_mean(n))
    longest = float(comparison.wait_days["wait_days_p90"][product, k])
    said = minimum_text(items, product)
    at_least = "" if said.startswith("multiples") and way.startswith("orders") else f" {_at(said)} {said}"
    text = f"To order{at_least} it {way}"
    if chosen.setting[product] == START:
        text += f": {units_text(held)} on hand on average"
    if mean > 0.0:
        text += f"; who waits does so for {days_text(mean)} on average"
        text += f", 1 in 10 longer than {days_text(longest)}" if np.isfinite(longest) else ""  # not yet found
    text += f"; {order_size_text(items, product)}."
    if plan.share[row] < LEAST_SHARE_FILLED:
        orders, most = int(plan.fill.orders[row]), int(plan.largest[row])
        filled = "" if most < 2 else f": customers fill one of {most:,} orders at most"
        text += f" Waiting for a batch of {orders:,} orders is not offered{filled or ', no batch fills'}."
    return text


def batches_recommended(comparison: Comparison, recommended: NDArray[np.bool_]) -> dict[str, int]:
    """Products whose minimum rules single orders out, and of those `recommended` (products,) to order, in how many which way: name -> products."""
    plan = comparison.batches
    index = np.zeros(0, np.intp) if plan is None else plan.index
    setting = comparison.chosen[Strategy.MTO].setting[index]
    here = recommended[index]
    return {
        "minimum_above_an_order": len(index),
        "wait_for_the_batch": int((here & (setting == WAIT)).sum()),
        "start_the_batch": int((here & (setting == START)).sum()),
    }


def not_worth_text(comparison: Comparison, items: Items, product: int, make: bool, currency: str) -> str:
    """What is said of a product that loses money at its least lot whatever is done."""
    best = float(np.nanmax(comparison.profit[product]))
    said = minimum_text(items, product)
    doing = "making" if make else "ordering"
    ways = " or ".join(
        doing_text(name, make)
        for k, name in enumerate(comparison.strategies)
        if np.isfinite(comparison.profit[product, k])
    )
    in_batches = batch_text(comparison, items, product)
    earns = f"loses {money_text(-best, currency)} a year" if best <= -0.5 else "earns nothing"
    return (
        f"Not worth {doing} {_at(said)} {said}: the best that is possible, {ways}, {earns}. "
        f"It stays as it is and is not counted; a smaller lot would have to be agreed."
        + (f" {in_batches}" if in_batches else "")
    )
