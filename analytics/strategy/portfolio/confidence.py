"""How sure the whole answer is: firm, or on what it depends, named by the money that turns with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Verdict, money_text, percent_text
from analytics.naming.scales import field_words
from analytics.strategy.flips.two_together import TwoTogether
from analytics.strategy.recommend import Recommendation

__all__ = [
    "FEW_MONTHS",
    "FIRM_SHARE",
    "LARGE_SHARE",
    "Confidence",
    "Turning",
    "confidence",
    "holds_words",
    "turned_by",
    "turned_share",
]

Array = NDArray[np.float64]

#: Firm, as long as no single assumption turns products with more than this share of the gain.
FIRM_SHARE = 0.1
#: A product with less history than this many months, or with more than this share of the gain, is said beside the answer.
FEW_MONTHS, LARGE_SHARE = 6.0, 1.0 / 3.0
#: Assumptions named in the badge.
_NAMED = 2
#: Verdicts of products that something else than the rule decided.
_NOT_DECIDED_HERE = (Verdict.CHOSEN_BY_YOU, Verdict.LIMITED)


@dataclass(frozen=True)
class Turning:
    """One assumption within whose usual range products turn: how many, and the money of their gains (without sign)."""

    field: str
    products: int
    money: float


@dataclass(frozen=True)
class Confidence:
    """How sure the answer of a whole study is.

    How sure the answer is: `kind` (firm, depends, too_close, not_searched, held, recomputing), the badge in words, the assumptions under which products turn,
    most money first, the gain of all products without sign, and sentences that say it.
    """

    kind: str
    badge: str
    turning: tuple[Turning, ...]
    at_stake: float
    sentences: tuple[str, ...]


def confidence(
    recommendation: Recommendation, bounds: tuple[float, float, float], months: Array, names: NDArray[Any], currency: str = "",
    together: TwoTogether | None = None,
) -> Confidence:  # fmt: skip
    """How sure the answer is. `bounds` are the gain and both ends of its range, `months` (products,) the history of each product, `names` how it is called.

    `together` is what pairs of assumptions turn (None: not tried; the badge of what holds says so).

    confidence = firm, or depends on the assumptions that turn products with more than FIRM_SHARE of the gain.

    *Firm* where the range of the gain is on one side of zero and no assumption, within its usual range, turns products that carry more than FIRM_SHARE of the
    gain; else it depends on those whose products carry most, named by size. What was not searched is not called firm: firm only where it holds though all of that should turn.
    """
    r = recommendation
    gain = np.abs(np.nan_to_num(r.gain))
    total = float(gain.sum())
    caveats = _caveats(r, gain, months, names)
    if (r.verdict == Verdict.RECOMPUTING).any():
        return Confidence(
            "recomputing", "Recomputing", (), total, ("How sure it is, and what would turn it, follows.",)
        )
    if (r.verdict == Verdict.HELD).any() or r.flips is None:
        words = "Service levels, lots, quotes and strategies are held as chosen before: nothing is decided anew at these prices."
        return Confidence("held", "Held as chosen before", (), total, (words,))
    flips = r.flips
    every = {name: turned_by(r, name) for name in flips.fields}
    found = [
        Turning(name, int(turns.sum()), float(gain[turns].sum()))
        for name, turns in every.items()
        if turns.any()
    ]
    turning = tuple(sorted(found, key=lambda one: (-one.money, -one.products, one.field)))
    unsearched = r.decided.decidable & ~flips.searched
    expected, low, high = bounds
    live = int(r.decided.living.sum())
    told = _told(turning, total, live, currency, int(unsearched.sum()), float(gain[unsearched].sum()))
    answer = ""
    if together is not None and together.fields and total > 0.0:
        answer, said = _pairs_told(r, together, gain)
        told = (*told, said)
    if expected != 0.0 and low <= 0.0 <= high:
        return Confidence(
            "too_close", "Too close", turning, total, ("The range of the gain holds zero.", *told, *caveats)
        )
    if turning and turning[0].money > FIRM_SHARE * total:
        main = [one for one in turning[:_NAMED] if one.money > FIRM_SHARE * total]
        return Confidence(
            "depends",
            f"Depends on {', '.join(field_words(one.field) for one in main)}",
            turning,
            total,
            (*told, *caveats),
        )
    largest = turning[0].money if turning else 0.0
    if unsearched.any() and (total <= 0.0 or largest + float(gain[unsearched].sum()) > FIRM_SHARE * total):
        return Confidence("not_searched", "Not searched to the end", turning, total, (*told, *caveats))
    return Confidence("firm", holds_words(answer), turning, total, (*told, *caveats))


def holds_words(together: str = "") -> str:
    """The badge of what no single assumption turns; `together` answers whether two do ("": not tried).

    >>> holds_words("no")
    'Holds: no single assumption turns it within its range; two together: no'
    """
    return (
        f"Holds: no single assumption turns it within its range; two together: {together or 'not tried yet'}"
    )


def _pairs_told(r: Recommendation, together: TwoTogether, gain: Array) -> tuple[str, str]:
    """Whether two assumptions together turn products with more than FIRM_SHARE of the gain ("yes" or "no"), and the sentence that says which, and what was tried.

    A pair turns what either of the two turns, and what is another decision where both are at an end of their ranges.
    """
    mine = ~np.isin(r.verdict.astype(str), _NOT_DECIDED_HERE)
    turned = np.array(
        [
            ((here & mine) | turned_by(r, one) | turned_by(r, other))
            for (one, other), here in zip(together.fields, together.turned, strict=True)
        ]
    )
    money = turned @ gain
    most = int(np.argmax(money))
    one, other = together.fields[most]
    which = f"{field_words(one)} with {field_words(other)} turns products with {percent_text(float(money[most] / gain.sum()))} of the gain"
    more = bool(money[most] > FIRM_SHARE * gain.sum())
    said = (
        which
        if more
        else f"no pair of {len(together.fields):,} turns products with more than a tenth of the gain"
        + (f"; most, {which}" if money[most] > 0.0 else "")
    )
    return (
        "yes" if more else "no",
        f"Two together, at the ends of their ranges: {said}. {together.tried_words}",
    )


def turned_by(r: Recommendation, field: str) -> NDArray[np.bool_]:
    """Products that an assumption turns within its usual range (products,); what a person or a limit chose is no choice that turns."""
    if r.flips is None or field not in r.flips.fields:
        return np.zeros(len(r.gain), bool)
    return np.isfinite(r.flips.turns[r.flips.at(field)]) & ~np.isin(r.verdict.astype(str), _NOT_DECIDED_HERE)


def turned_share(r: Recommendation, items: Items, field: str) -> float:
    """How far on the way to an end of its usual range an assumption has turned products with more than FIRM_SHARE of the gain.

    Negative: the way to the low end, from 0 (the value in force) to -1; positive: to the high end; NaN: nowhere in the
    range. Each product is taken at the same share of its own way. *Formula*: the least u at which the gain, without
    sign, of the products whose nearest turn lies on one side at u or before exceeds FIRM_SHARE of that of all.

    Source: a rule of this program, the one by which the whole is firm (`confidence`), followed along a range.
    """
    turned = turned_by(r, field)
    if r.flips is None or not turned.any():
        return float("nan")
    gain = np.abs(np.nan_to_num(r.gain))
    value, at = np.asarray(items[field], np.float64), r.flips.turns[r.flips.at(field)]
    found = float("nan")
    for sign, end in zip((-1.0, 1.0), items.range(field), strict=True):
        rows = np.flatnonzero(turned & (sign * (at - value) > 0.0))
        share = np.abs(at[rows] - value[rows]) / np.abs(end[rows] - value[rows])
        order = np.argsort(share, kind="stable")
        over = np.flatnonzero(np.cumsum(gain[rows[order]]) > FIRM_SHARE * gain.sum())
        if len(over) and not share[order[over[0]]] >= abs(found):
            found = sign * float(share[order[over[0]]])
    return found


def _told(
    turning: tuple[Turning, ...], total: float, live: int, currency: str, unsearched: int, left: float
) -> tuple[str, ...]:
    """What turns, largest first, and how much of the gain that is; before it what was not searched: so many products, with so much gain (`left`); `live` products are looked at."""
    first: tuple[str, ...] = ()
    if unsearched:
        share = percent_text(left / total) if total > 0.0 else "none"
        those = "1 product" if unsearched == 1 else f"{unsearched:,} products"
        was = "was" if unsearched == 1 else "were"
        first = (
            f"{those}, with {share} of the gain, {was} tried at other prices alone: "
            "of many products, those with most money are tried at all else, which must be simulated.",
        )
    of_those = " that was tried" if unsearched else ""
    if not turning:
        return (*first, f"No assumption turns the choice for any product{of_those} within its usual range.")

    def one(t: Turning) -> str:
        least = "at least " if unsearched else ""
        count = f"{least}{t.products:,} of {live:,} products {'turns' if t.products == 1 else 'turn'}"
        return f"{count} within the usual range of {field_words(t.field)}, {money_text(t.money, currency)} of {money_text(total, currency)} at stake"

    few = (
        " No single assumption turns products with more than a tenth of it."
        if turning[0].money + left <= FIRM_SHARE * total
        else ""
    )
    return (*first, "; ".join(one(t) for t in turning[:_NAMED]) + "." + few)


def _caveats(r: Recommendation, gain: Array, months: Array, names: NDArray[Any]) -> tuple[str, ...]:
    """Products that the answer rests on more than it should: with little history, or with much of the gain."""
    total = float(gain.sum())
    out = []
    young = np.flatnonzero(r.decided.living & r.decided.decidable & (months < FEW_MONTHS) & (gain > 0.0))
    if len(young):
        first = young[np.argmax(gain[young])]
        share = percent_text(float(gain[young].sum()) / max(total, 1e-9))
        several = len(young) > 1
        those = (
            f"{len(young):,} products with under six months of history bring"
            if several
            else f"{names[first]}, with under six months of history, brings"
        )
        out.append(f"{those} {share} of the gain" + (f", most of it {names[first]}." if several else "."))
    if total > 0.0 and gain.max() > LARGE_SHARE * total:
        i = int(np.argmax(gain))
        out.append(f"{names[i]} alone brings {percent_text(float(gain[i]) / total)} of the gain.")
    return tuple(out)
