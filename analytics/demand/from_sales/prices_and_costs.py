"""What a unit brings and costs: price realised, unit cost and premium, from the sales or from what was stated."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.demand.from_sales.below_cost import below_cost
from analytics.demand.from_sales.derived import examples, filled, history_rows
from analytics.demand.from_sales.sold import Window, net_price
from analytics.items import CONFIRMED, DERIVED, GIVEN, UNKNOWN, Items
from analytics.naming.labels import number_text, percent_text

__all__ = [
    "below_cost_note",
    "with_cost_from_lines",
    "with_cost_from_margin",
    "with_price",
    "with_price_from_value",
    "with_scale_premium",
]

#: the median is a check of revenue / units: further apart than this is said
_MEDIAN_APART = 0.05


def with_price(
    items: Items, history: SalesHistory, match: NDArray[np.int64], window: Window
) -> tuple[Items, list[str], NDArray[np.float64]]:
    """The items with the price realised: revenue / units of the window, where there is any; else the price given. What share of the units was given away stands beside it.

    Returns items, sentences, and the revenue of the window by product of the items (money, NaN where the file knows none).
    """
    notes: list[str] = []
    found = net_price(history, match, window)
    index = history_rows(items, history)

    def here(column: NDArray[Any], missing: Any) -> NDArray[Any]:
        return np.where(index >= 0, column[np.maximum(index, 0)], missing)

    derived, own_year, median = (
        here(found.price, np.nan),
        here(found.own_year, False),
        here(found.median, np.nan),
    )
    given = np.asarray(items["price"], np.float64)
    take = np.isfinite(derived) & (items.origin("price") != CONFIRMED)
    value = np.where(take, derived, given)
    origin = np.where(take, DERIVED, np.where(np.isnan(value), UNKNOWN, items.origin("price")))
    items = items.with_field("price", value, origin)
    unpaid = here(found.unpaid, 0.0)
    if unpaid.any():
        items = filled(items, "unpaid_share", np.where(unpaid > 0.0, unpaid, np.nan), DERIVED)
    lower = take & np.isfinite(given) & (np.abs(derived - given) > 0.005 * given)
    if lower.any():
        ratio = float(np.median(derived[lower] / given[lower]))
        notes.append(
            f"Net price realised is used instead of the list price for {examples(items.skus, lower)}; it is {percent_text(ratio)} of the list price at the median."
        )
    silent = take & own_year
    if silent.any():
        notes.append(
            f"{examples(items.skus, silent)} sold nothing from {window.first} to {window.last}: the price is that of the product's own last twelve months of sales."
        )
    apart = take & np.isfinite(median) & (np.abs(derived - median) > _MEDIAN_APART * derived)
    if apart.any():
        k = int(
            np.argmax(
                np.where(
                    apart,
                    np.abs(derived - median) / np.maximum(np.maximum(derived, median), np.finfo(float).tiny),
                    -1.0,
                )
            )
        )
        notes.append(
            f"The price is revenue / units. The median price differs from it by more than {percent_text(_MEDIAN_APART)} for {examples(items.skus, apart)}, "
            f"most for {items.skus[k]}: {number_text(float(derived[k]), 4)} against {number_text(float(median[k]), 4)}. Nothing is left out for that: check the lines."
        )
    revenue = (
        here(found.sold.revenue, 0.0) if np.isfinite(history.revenue).any() else np.full(len(items), np.nan)
    )
    return items, notes, revenue


def with_scale_premium(items: Items, monthly_units: NDArray[np.float64]) -> tuple[Items, list[str]]:
    """The items with the cost premium of single orders from a stated scale curve, where the premium itself is not stated.

    Formula: premium = (units per order / lot)^(-elasticity) - 1, at least 0; the unit cost is taken to hold for the lot: the minimum order quantity
    where given, else a month's units. Set-up is separate and not in it. Source: scale curve
    of constant elasticity (Moore, 1959, the six-tenths rule).
    """
    elasticity = np.asarray(items["scale_elasticity"], np.float64)
    take = (elasticity > 0.0) & ~np.isin(items.origin("cost_premium"), (GIVEN, CONFIRMED))
    if not take.any():
        return items, []
    moq, order = (
        np.asarray(items["moq"], np.float64),
        np.maximum(np.asarray(items["units_per_order"], np.float64), 1e-9),
    )
    lot = np.maximum(np.where(np.isfinite(moq), moq, monthly_units), order)

    def at(exponent: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.minimum((order / lot) ** -exponent - 1.0, 10.0)

    low, high = items.range("scale_elasticity")
    old_low, old_high = items.range("cost_premium")
    origin = np.where(take, DERIVED, items.origin("cost_premium"))
    premium = np.where(take, at(elasticity), items["cost_premium"])
    items = items.with_field(
        "cost_premium", premium, origin, np.where(take, at(low), old_low), np.where(take, at(high), old_high)
    )
    middle = float(np.median(premium[take]))
    return items, [
        f"Cost premium of single orders from the scale curve for {examples(items.skus, take)}: {percent_text(middle)} at the median."
    ]


def with_cost_from_lines(
    items: Items, history: SalesHistory, asked: bool, revenue: NDArray[np.float64]
) -> tuple[Items, list[str]]:
    """Unit cost from the sales lines (their latest) where the items file, although it was `asked` for one, has none or 0: derived, and said with the revenue at stake."""
    column = history.attributes.get("unit_cost")
    if column is None:
        return items, []
    index = history_rows(items, history)
    offered = np.where(index >= 0, np.asarray(column, np.float64)[np.maximum(index, 0)], np.nan)
    take = np.isnan(np.asarray(items["unit_cost"], np.float64)) & np.isfinite(offered)
    items = filled(items, "unit_cost", offered, DERIVED if asked else GIVEN)
    if not asked or not take.any():
        return items, []
    return items, [
        f"The items file has no unit cost, or 0, for {examples(items.skus, take)}{_at_stake(revenue, take)}: the latest cost of their sales lines is used."
    ]


def _at_stake(revenue: NDArray[np.float64], mask: NDArray[np.bool_]) -> str:
    """How much revenue of the window some products have, in brackets; empty where none is known."""
    money = float(np.nansum(revenue[mask]))
    return f" (revenue {number_text(money, 4)})" if np.isfinite(revenue[mask]).any() and money else ""


def with_price_from_value(items: Items) -> tuple[Items, list[str]]:
    """The price from the average value of a unit stated, in general or for a family, where no price is known; and what to say about missing prices.

    Formula: price = unit value. Nothing is invented: without a stated value the price stays unknown, and no known price is replaced.
    Source: definition.
    """
    price, value = np.asarray(items["price"], np.float64), np.asarray(items["unit_value"], np.float64)
    take = np.isnan(price) & (value > 0.0)
    notes: list[str] = []
    if take.any():
        low, high = items.range("price")
        value_low, value_high = items.range("unit_value")
        items = items.with_field("price", np.where(take, value, price), np.where(take, items.origin("unit_value"), items.origin("price")),
                                 np.where(take, value_low, low), np.where(take, value_high, high))  # fmt: skip
        notes.append(
            f"No price in the file for {examples(items.skus, take)}: the average value of a unit that was stated stands for it."
        )
    unknown = np.isnan(np.asarray(items["price"], np.float64))
    if unknown.all():
        notes.append(
            "No price in the file: results are in units and days, without money, until the average value of a unit is given."
        )
    elif unknown.any():
        notes.append(f"No price known for {examples(items.skus, unknown)}: no money there.")
    return items, notes


def with_cost_from_margin(
    items: Items, revenue: NDArray[np.float64] | None = None
) -> tuple[Items, list[str]]:
    """Unit cost from the stated gross margin where no cost is known, and what to say about missing costs (`revenue` (products,): what is at stake).

    Formula: unit cost = price (1 - gross margin). Nothing is invented: without a stated margin the cost stays unknown, and no known cost is replaced.
    Source: definition of the gross margin.
    """
    notes: list[str] = []
    at_stake = np.full(len(items), np.nan) if revenue is None else revenue
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
        others = (
            f"; the cost known of the other {int((~take).sum()):,} is not touched" if not take.all() else ""
        )
        notes.append(
            f"Unit cost of {examples(items.skus, take)}{_at_stake(at_stake, take)} follows from price and the gross margin stated{others}."
        )
    cost = np.asarray(items["unit_cost"], np.float64)
    missing = np.isnan(cost)
    if missing.all():
        notes.append(
            "No unit cost in the file: results are in units and days, without money, until a gross margin is given."
        )
    elif missing.any():
        notes.append(
            f"No unit cost known (blank or 0) for {examples(items.skus, missing)}{_at_stake(at_stake, missing)}: they are in no margin. What do they cost?"
        )
    return items, notes


#: a cost so many times the price is hardly one of a unit
_FAR_ABOVE = 10.0


def below_cost_note(items: Items, ended: NDArray[np.bool_]) -> list[str]:
    """Which living products sell below cost, and which ended ones did (`ended` (products,)), in a sentence; none where none do."""
    below = below_cost(items)
    living, gone = below & ~ended, below & ended
    said = []
    if living.any():
        cost, price = (np.asarray(items[name], np.float64) for name in ("unit_cost", "price"))
        far = living & (cost > _FAR_ABOVE * price)
        rest = living & ~far
        if far.any():
            said.append(
                f"Unit cost is more than ten times the net price of {examples(items.skus, far)}: is it the cost of 100 or 1,000 units, "
                "or in another currency? Correct it before anything else."
            )
        if rest.any():
            said.append(
                f"Unit cost is above the net price of {examples(items.skus, rest)}: these sell below cost; fix the price first."
            )
    if gone.any():
        said.append(
            f"Apart from these, {examples(items.skus, gone)} that ended sold below cost."
            if said
            else f"{examples(items.skus, gone)} that ended sold below cost."
        )
    return said
