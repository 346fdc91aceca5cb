"""The answer in one line and how sure it is: what pages, report, summary.json and the command line say of the whole, decided in one place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.naming.labels import Strategy, money_text, number_text, percent_text, strategy_text
from analytics.strategy.money.thresholds import TRIVIAL_SHARE, worth_a_change
from analytics.strategy.portfolio.confidence import Confidence

__all__ = ["KEEP_TITLE", "Answer", "Found", "better_stocked", "joined", "products_text", "whole_answer"]

KEEP_TITLE = "Keep what you do; nothing here is worth a change"
_PERIOD = {"D": "day", "W": "week", "M": "month"}


@dataclass(frozen=True)
class Found:
    """What a study found of the whole: what the answer is made from.

    `gain`, `gain_low`, `gain_high` (money a year, NaN while it is recomputed) against `baseline`; `earned` is what the plan earns. `counts` are the living products by
    how their customers find them (of the strategies looked at), `unlisted` those among them that are not worth listing. `priced` of these `living` have price and cost,
    `below_cost` sell below cost; `price_known` where any price is known. `better_stocked` is what the best other way of every product would earn less than stock.
    `sold` where anything was, over `periods` of length `frequency`; `bought` where all is bought in; `own_choices` where a person chose for a product.
    """

    gain: float
    gain_low: float
    gain_high: float
    earned: float
    baseline: str
    counts: Mapping[str, int]
    priced: int
    below_cost: int
    price_known: bool
    better_stocked: float
    sold: bool
    periods: int
    frequency: str
    bought: bool
    own_choices: bool
    unlisted: int = 0

    @property
    def living(self) -> int:
        """Products that have not ended."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Answer:
    """The headline of a study, in its parts.

    The answer: `kind` (ended, no_sales, too_short, below_cost, no_money, keep, stock, change), whether it is to keep what is done, title, badge, and `why` (a
    sentence where nothing is to be changed or decided, else empty).
    """

    kind: str
    keep_what_you_do: bool
    title: str
    badge: str
    why: str = ""


def products_text(count: int) -> str:
    """So many products in words.

    >>> products_text(1), products_text(1200)
    ('1 product', '1,200 products')
    """
    return "1 product" if count == 1 else f"{count:,} products"


def joined(parts: list[str]) -> str:
    """Words one after the other as a sentence lists them.

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def whole_answer(found: Found, confidence: Confidence, currency: str = "") -> Answer:
    """The answer of a study: nothing to decide, keep what you do, everything to stock, or what is to change and what that is worth.

    *Rule*: a gain below 0.1 % of what the plan earns, or with a range across zero, is no reason to change (`worth.worth_a_change`); what a person chose for a product
    is told as it is, a loss as a loss. The badge is that of `confidence`, except where there is nothing to be sure of.

    >>> sure = Confidence("firm", "Firm", (), 0.0, ())
    >>> small = Found(89.0, -240.0, 290.0, 1.2e6, "today", {"MTS": 996, "MTO": 1}, 997, 0, True, 0.0, True, 52, "W", False, False)
    >>> whole_answer(small, sure).title, whole_answer(small, sure).badge
    ('Keep what you do; nothing here is worth a change', 'Too close')
    >>> from dataclasses import replace
    >>> whole_answer(replace(small, gain=5e4, gain_low=2e4, gain_high=8e4), sure, "EUR").title
    'Make 1 product to order and stock 996: about 50 k EUR better over the next 12 months'
    >>> whole_answer(replace(small, gain=5e4, gain_low=2e4, gain_high=8e4, unlisted=30), sure, "EUR").title
    'Make 1 product to order and stock 996, 30 of all these not worth listing: about 50 k EUR better over the next 12 months'
    """
    if (nothing := _nothing_to_decide(found)) is not None:
        return nothing
    if not found.own_choices and not worth_a_change(
        found.gain, found.gain_low, found.gain_high, found.earned
    ):
        badge = "Too close" if found.gain_low <= 0.0 <= found.gain_high and found.gain else "Nothing to gain"
        return Answer("keep", True, KEEP_TITLE, badge, _looked_at(found, currency))
    if found.living == found.counts.get(Strategy.MTS, 0):
        less = found.better_stocked
        said = (
            f": the best other way for each product would earn {money_text(less, currency)} less"
            if less > 0
            else ""
        )
        return Answer(
            "stock", False, f"Everything to stock is best{_unlisted(found)}{said}", confidence.badge
        )
    direction = "better" if found.gain >= 0 else "worse"
    what = joined(_parts(found)) + _unlisted(found)
    return Answer(
        "change",
        False,
        f"{what[:1].upper()}{what[1:]}: about {money_text(abs(found.gain), currency)} {direction} over the next 12 months",
        confidence.badge,
    )


def better_stocked(profit: NDArray[np.float64], stock: int, living: NDArray[np.bool_]) -> float:
    """What every living product would earn less with the best of its other ways than to stock (position `stock`), together; products without money are in no sum.

    `profit` has the shape (products, strategies), NaN where a strategy is not offered.

    >>> better_stocked(np.array([[10.0, 7.0, np.nan], [5.0, 6.0, 2.0], [np.nan, np.nan, np.nan]]), 0, np.ones(3, bool))
    2.0
    """
    other = np.delete(profit, stock, axis=1)
    best = np.where(np.isfinite(other), other, -np.inf).max(axis=1, initial=-np.inf)
    rows = np.isfinite(best) & np.isfinite(profit[:, stock]) & living
    return float((profit[rows, stock] - best[rows]).sum())


def _nothing_to_decide(found: Found) -> Answer | None:
    """The answer where the files hold no decision; None where they do."""
    none = "Nothing to decide"
    if not found.living:
        return Answer(
            "ended",
            False,
            f"{none}: every product in this file has ended",
            none,
            "What is left in stock is sunk, whatever is chosen.",
        )
    if not found.sold:
        words = "Every quantity is zero or a return, or nothing was sold in a complete period. Check the column of quantities and its sign on the Data page."
        return Answer(
            "no_sales", False, "Nothing was sold in this file: there is nothing to decide", none, words
        )
    if found.periods < 2:
        unit = _PERIOD[found.frequency]
        words = f"The other pages repeat this {unit} over a year: that is arithmetic, not a forecast. Bring a longer history on the Data page, best two years or more."
        return Answer("too_short", False, f"One {unit} of sales is too little to decide", none, words)
    if found.priced and found.below_cost == found.priced:
        words = "The more is sold, the more is lost, to stock and to order alike. Check price and unit cost on the Data page."
        return Answer(
            "below_cost", False, "Every product sells below cost: fix the prices first", none, words
        )
    if not found.priced:
        unknown = "what they cost" if found.price_known else "what they sell for or cost"
        title = f"We know what {products_text(found.living)} sold, not {unknown}: units and days only, no money yet"
        return Answer("no_money", False, title, "No money yet")
    return None


def _parts(found: Found) -> list[str]:
    """What happens to how many products: the first part says "products", the others only count."""
    verb = "buy" if found.bought else "make"
    words = {
        Strategy.MTO: f"{verb} {{}} to order",
        Strategy.ATO: "assemble {}",
        Strategy.HYBRID: "split the orders of {}",
        Strategy.MTS: "stock {}",
    }
    used = [name for name in words if found.counts.get(name)]
    return [
        words[name].format(products_text(found.counts[name]) if k == 0 else f"{found.counts[name]:,}")
        for k, name in enumerate(used)
    ]


def _unlisted(found: Found) -> str:
    """How many of the products counted before are not worth listing, as an insertion; nothing where all are."""
    return f", {found.unlisted:,} of all these not worth listing" if found.unlisted else ""


def _looked_at(found: Found, currency: str) -> str:
    """What was looked at where nothing is worth a change: products, ways, and what the best found would bring."""
    ways = joined([strategy_text(name, not found.bought) for name in found.counts])
    said = (
        f"Looked at: {products_text(found.living)}, each {ways}, at many settings, against {found.baseline}."
    )
    if found.gain == 0.0:
        return f"{said} Nothing found earns more than a change must bring."
    best = f"The best found together brings {money_text(found.gain, currency)} a year"
    likely = (
        f", likely between {number_text(found.gain_low, 2)} and {money_text(found.gain_high, currency)}"
        if math.isfinite(found.gain_low)
        else ""
    )
    across = found.gain_low <= 0.0 <= found.gain_high
    why = (
        "its range holds zero"
        if across
        else f"that is below {percent_text(TRIVIAL_SHARE)} of the {money_text(found.earned, currency)} the plan earns"
    )
    return f"{said} {best}{likely}: {why}."
