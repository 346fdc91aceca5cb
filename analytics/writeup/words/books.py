"""Stock in the books in words: every section's title is its finding."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from analytics.naming.labels import COMPONENTS, money_text, number_text, percent_text
from analytics.valuation.attention import Watched
from analytics.valuation.balance import ClassTie
from analytics.valuation.bands import OVER_A_YEAR, older_than, share_of_stock
from analytics.valuation.books.standards import REVERSES, STANDARDS
from analytics.valuation.bridge import Bridge, drawn_steps
from analytics.valuation.carrying import CarryingOfPlan
from analytics.valuation.exposure import Exposure
from analytics.valuation.on_hand import StockFacts
from analytics.valuation.run_down import Way, less_once, pay_back_months
from analytics.valuation.valued import ValuedStock
from analytics.writeup.words.stock import NO_FAMILY, amount_text
from analytics.writeup.words.waits import shortened

__all__ = [
    "BUCKET_WORDS",
    "GAIN_GROUPS",
    "age_title",
    "bridge_bars",
    "bucket_words",
    "carrying_title",
    "cash_title",
    "class_words",
    "cover_title",
    "exposure_title",
    "file_margin",
    "pay_back_words",
    "reserve_origin",
    "short_title",
    "standard_title",
    "tie_title",
    "watch_title",
    "way_sentence",
]  # fmt: skip

#: Candidates for a difference to the ledger, in words.
BUCKET_WORDS = {
    "never_sold": "stock never sold, if it is not in the ledger",
    "unknown_sku": "stock of SKUs that no other file knows, if it is not in the ledger",
    "ended": "stock of ended products, if it is written off there",
    "below_zero": "stock booked below zero",
    "consignment": "stock on consignment, if it is in the ledger",
    "without_cost": "products without a cost",
    "unknown": "products without a stock record",
    "other_date": "stock of another day than the rest, if it is not in the ledger",
    "blocked": "blocked stock, if it is not in the ledger",
}


#: The groups of the bridge that make the gain.
GAIN_GROUPS = ("planning better", "changing strategy", "shared components")
#: What a step of the bridge is called besides the components.
_STEPS = {
    **{name: label.label for name, label in COMPONENTS.items()},
    "today": "Today's way",
    "the mix": "The mix",
}


def file_margin(margin: Mapping[str, Any]) -> float | None:
    """The gross margin of the file, of the control line of the money (`margin_document`): at the costs of its lines, else at those of the items; None where neither is known."""
    known = [margin.get(name) for name in ("at_lines", "at_items")]
    return next((float(one) for one in known if one is not None and math.isfinite(one)), None)


def bridge_bars(found: Bridge, gross_margin: float | None) -> list[dict[str, object]]:
    """The bars of the bridge with their names on the page; a step is named by its group where the two differ."""
    start = math.nan if gross_margin is None else gross_margin
    bars = []
    for k, one in enumerate(drawn_steps(found, start)):
        name = _STEPS.get(one.step, one.step[:1].upper() + one.step[1:])
        marked = f"{name}, {one.group}" if one.group in GAIN_GROUPS[:2] else name
        bars.append({**one._asdict(), "step": marked, "place": k})
    return bars


def bucket_words(name: str) -> str:
    """A bucket of age in words.

    >>> bucket_words("91_180"), bucket_words("over_365"), bucket_words("older_than_records")
    ('91 to 180 days', 'over 365 days', 'before the records')
    """
    if name == "older_than_records":
        return "before the records"
    return (
        f"over {name.removeprefix('over_')} days"
        if name.startswith("over_")
        else f"{name.replace('_', ' to ')} days"
    )


def class_words(one: ClassTie) -> str:
    """What is open of a class of the ledger, and the candidate that leaves least of it."""
    name = one.name or NO_FAMILY
    said = f"{name}: {amount_text(one.difference)} open"
    known = [candidate for candidate in one.candidates if math.isfinite(candidate.money)]
    if not known:
        return f"{said}; nothing in the file explains it."
    nearest = known[0]
    if abs(nearest.remains) < 0.005:
        return f"{said}; it is {BUCKET_WORDS[nearest.name]}."
    return f"{said}; nearest: {BUCKET_WORDS[nearest.name]} ({amount_text(nearest.money)}, leaves {amount_text(nearest.remains)})."


def tie_title(valued: ValuedStock) -> str:
    """What is on the books, and what is open to the ledger."""
    stock = valued.stock
    said = f"{money_text(stock.total, '', 4)} on the books, {money_text(stock.sold, '', 4)} of it on products that were sold"
    if valued.tie is None:
        return said
    if valued.tie.ties:
        return f"{said}; it ties to the ledger"
    return f"{said}; {amount_text(valued.tie.difference)} open to the ledger"


def age_title(valued: ValuedStock) -> str:
    """How much is older than a year."""
    old = older_than(valued, OVER_A_YEAR)
    if old < 0.5:
        return "Nothing is known to have come in over a year ago"
    share = percent_text(share_of_stock(valued, old))
    return f"{money_text(old, '', 3)} came in over a year ago: {share} of the stock"


def reserve_origin(valued: ValuedStock) -> str:
    """Where ages come from, counted."""
    counts = [int((valued.age.origin == k).sum()) for k in (1, 2, 3)]
    words = (
        "by receipts",
        "by sales, each taken as replaced on its day (no receipts are known)",
        "wholly before the records",
    )
    said = [f"{count:,} {what}" for count, what in zip(counts, words, strict=True) if count]
    return f"Products aged: {'; '.join(said)}. Value at average unit cost." if said else ""


def cover_title(valued: ValuedStock, currency: str) -> str:
    """What the rules ask for."""
    total = valued.reserve_total
    if total < 0.5:
        return "The rules ask for no reserve"
    share = percent_text(share_of_stock(valued, total))
    return f"The rules ask for a reserve of {money_text(total, currency, 3)}: {share} of the stock"


def standard_title(valued: ValuedStock) -> str:
    """What is booked under the standard."""
    name, roll = STANDARDS[valued.policy.standard].partition(" (")[0], valued.roll
    charged, back = float(np.sum(roll.charged)), float(np.sum(roll.reversed))
    said = f"Under {name} {number_text(charged)} is charged"
    if valued.policy.standard in REVERSES:
        return f"{said} and {number_text(back)} reversed"
    kept = valued.no_reversal
    return f"{said}; nothing is reversed" + (
        f", {number_text(kept)} stays written down" if kept >= 0.5 else ""
    )


def exposure_title(mix: Exposure, today: Exposure, currency: str) -> str:
    """What the mix may write off, expected and in a bad year, beside today."""
    return (
        f"The mix writes off {money_text(mix.expected, currency)} a year, 1 year in 20 more than {number_text(mix.p95, 2)}; "
        f"today's way {number_text(today.expected, 2)}, and {number_text(today.p95, 2)}"
    )


def short_title(mix: Exposure, today: Exposure) -> str:
    """How many units are not delivered."""
    return (
        f"The mix loses {number_text(mix.expected, 2)} units a year, 1 year in 20 more than {number_text(mix.p95, 2)}; "
        f"today's way {number_text(today.expected, 2)}, and {number_text(today.p95, 2)}"
    )


def carrying_title(today: CarryingOfPlan, mix: CarryingOfPlan, currency: str) -> str:
    """What holding stock costs."""
    return (
        f"Holding stock costs {money_text(today.economic, currency)} a year run as today, {number_text(mix.economic, 2)} under the mix;"
        f" {number_text(today.booked, 2)} and {number_text(mix.booked, 2)} of it are booked"
    )


def way_sentence(stock: StockFacts, currency: str) -> str:
    """From today's stock to what the plan holds, in one line; nothing where no stock is known."""
    way = stock.transition
    if not stock.known or stock.total <= 0.0:
        return ""
    steady = way.kept_by_plan + way.must_be_bought
    within = "1 month" if way.months == 1 else f"{way.months} months"
    left = float(way.not_cash.sum())
    said = (
        f"{money_text(stock.total, currency, 3)} in the file today → {number_text(steady)} in steady state:"
    )
    parts = [f"{number_text(way.cash_released)} within {within}"] if way.cash_released >= 0.5 else []
    parts += [f"{number_text(left)} will not sell"] if left >= 0.5 else []
    return f"{said} {', '.join(parts)}." if parts else f"{said} nothing is released."


def pay_back_words(way: Way, valued: ValuedStock) -> str:
    """When the cost of switching is paid back, and what of it is not stated."""
    columns, policy = way.by_month(way.counted), valued.policy
    flow = columns["cash_released"] + columns["capital_saved"]
    year, once = float(flow[:12].sum()), policy.one_off_stated
    if math.isnan(once):
        return f"First year: {amount_text(year)} of cash and capital saved, before one-off costs: what switching costs is not stated."
    count = len(policy.one_off_of)
    of_products = f" ({'1 product' if count == 1 else f'{count:,} products'})" if count else ""
    lacks = valued.one_off_lacking
    lacking = f" Before one-off costs {lacks}, which are not stated." if lacks else ""
    months = pay_back_months(flow, once)
    when = "at once" if months <= 0.0 else f"within {months:.0f} months" if months > 1.0 else "within 1 month"
    paid = f"are not paid back within {len(flow)} months" if math.isinf(months) else f"are paid back {when}"
    net = amount_text(less_once(year, once))
    return f"One-off costs of {amount_text(once)}{of_products} {paid}; first year after them: {net} of cash and capital saved.{lacking}"


def cash_title(stock: StockFacts, currency: str) -> str:
    """What becomes cash."""
    way = stock.transition
    if way.cash_released < 0.5:
        return "Nothing of today's stock becomes cash"
    return f"Month by month {money_text(way.cash_released, currency, 3)} becomes cash, once and in no yearly gain"


def watch_title(watched: Watched, names: np.ndarray) -> str:
    """How many products to look at, and which first; `names` are those of the stock, (products,)."""
    if not len(watched.product):
        return "Nothing needs to be looked at first"
    count = len(set(watched.product.tolist()))
    whose = "1 product" if count == 1 else f"{count:,} products"
    return f"{whose} to look at, first {shortened(names[watched.product[0]], 34)}: {watched.reason[0]}"
