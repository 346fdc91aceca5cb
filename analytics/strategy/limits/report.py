"""What the limits did, in rows and in words: what binds, what it costs, what one more of it is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.limits import Limits
from analytics.naming.labels import Strategy, Verdict, money_text, number_text, percent_text, strategy_text
from analytics.strategy.compare import Comparison
from analytics.strategy.doubt.gain_doubt import in_order
from analytics.strategy.gains import gain_by_planning, gain_per_year, lead_over_runner_up
from analytics.strategy.plans.ledgers import Setup
from analytics.strategy.present.counted_as import stays_at
from analytics.strategy.present.present_policy import profit_today
from analytics.strategy.recommend import Recommendation

__all__ = [
    "LIMIT_LABELS",
    "LimitRow",
    "Limited",
    "amount_text",
    "limit_text",
    "limited_summary",
    "limited_words",
    "worth_text",
]

Array = NDArray[np.float64]

#: What every limit is called on the screen.
LIMIT_LABELS: Mapping[str, str] = {
    "order_capacity_per_month": "Capacity for orders",
    "working_capital": "Working capital",
    "stocked_products": "Products in stock",
    "least_share_served": "Demand served",
    "least_share_at_once": "Demand served from stock at once",
}


@dataclass(frozen=True)
class LimitRow:
    """One limit, how far it is used, and what more of it would bring.

    One limit: `limit` as stated, `used` on average over the year, `bad_year` what 95 of 100 simulated years stay below (NaN: not of this kind), `worth` what
    one more `step` of it earns a year (0: it does not bind; approximate, from the relaxation), `needed` the nearest that can be met (NaN: it can).
    Shares served are lower bounds: they bind from below.
    """

    name: str
    limit: float
    used: float
    bad_year: float
    worth: float
    step: float
    binds: bool
    needed: float


@dataclass(frozen=True, eq=False)
class Limited:
    """What the limits did.

    `free_setup`, `free` and `free_recommendation` are set-up, comparison and answer without them;
    `changed` marks products that do something else, or the same in another way. `cost` is the counted
    money that the limits cost a year, `bound` the least they must cost, `gap` the share of the money that
    the choice may lie below the best. `uncounted` is in the shared line: money of choices too close to
    count.
    """

    limits: Limits
    rows: tuple[LimitRow, ...]
    changed: NDArray[np.bool_]
    moved: NDArray[np.bool_]
    cost: float
    gap: float
    utilisation: float
    stretch: Array
    pooling: float
    uncounted: float
    notes: tuple[str, ...]
    free_setup: Setup
    free: Comparison
    free_recommendation: Recommendation


def limited_words(
    recommendation: Recommendation,
    limited: Limited,
    comparison: Comparison,
    choice: NDArray[np.intp],
    items: Items,
    currency: str = "",
) -> Recommendation:
    """The recommendation with the choices that the limits force: strategy, money against the same baseline, words. `recommendation` is the one without limits."""
    n = len(items)
    rows = np.arange(n)
    strategies = comparison.strategies
    base = profit_today(limited.free, recommendation.baseline)
    # limits hold for what is planned: nothing stays with settings that nobody checked against them, and what that brings is not counted
    planned = stays_at(
        limited.free, recommendation.as_today & (recommendation.verdict != Verdict.NOT_DECIDABLE)
    )[0]
    as_today = recommendation.as_today & (recommendation.verdict == Verdict.NOT_DECIDABLE) & ~limited.moved
    recommendation = replace(
        recommendation,
        as_today=as_today,
        gain=recommendation.gain.copy(),
        planning=recommendation.planning.copy(),
    )
    anew = limited.free.profit[planned, recommendation.baseline[planned]]
    recommendation.planning[planned] = gain_by_planning(anew, base[planned])
    recommendation.gain[planned] = recommendation.planning[planned]
    if not limited.changed.any():
        return replace(
            recommendation, shared=limited.pooling - limited.uncounted, uncounted=limited.uncounted
        )
    here = np.flatnonzero(limited.changed)
    known = np.isfinite(comparison.profit[:, strategies.index(Strategy.MTS)]) & ~recommendation.ended
    gain, lead, verdict, runner_up = (
        recommendation.gain.copy(),
        recommendation.lead.copy(),
        recommendation.verdict.copy(),
        recommendation.runner_up.copy(),
    )
    probability, break_even = recommendation.probability_best.copy(), recommendation.break_even.copy()
    reason, why_not, notes = (
        a.copy() for a in (recommendation.reason, recommendation.why_not, recommendation.notes)
    )
    profit = comparison.profit[rows, choice]
    others = np.where(np.isfinite(comparison.profit), comparison.profit, -np.inf)
    others[rows, choice] = -np.inf
    make = np.nan_to_num(items["make"], nan=1.0) > 0.0
    marks = {
        **dict.fromkeys(limited.limits.must_stock, "marked to be stocked"),
        **dict.fromkeys(limited.limits.must_order, "marked to be made to order"),
    }
    for i in here:
        what = strategy_text(strategies[choice[i]], bool(make[i]))
        was = strategy_text(strategies[recommendation.recommended[i]], bool(make[i]))
        sku = str(items.skus[i])
        why = f"it is {marks[sku]}" if sku in marks else "of the shared limits"
        if (
            recommendation.verdict[i] == Verdict.NOT_DECIDABLE and not recommendation.ended[i]
        ):  # marked, and out of the headline all the same
            lead[i], runner_up[i], why_not[i] = np.nan, -1, ""
            told = (
                "has no money known"
                if not known[i]
                else "sells below cost: its gain is taken out again in the shared line"
            )
            gain[i] = gain_per_year(profit[i], base[i], not known[i])
            reason[i] = f"{what.capitalize()} because {why}; it {told}."
            continue
        if known[i]:
            gain[i] = gain_per_year(profit[i], base[i])
            less = float(limited.free.profit[i, recommendation.recommended[i]] - profit[i])
            runner_up[i] = int(np.argmax(others[i])) if np.isfinite(others[i].max()) else -1
            lead[i] = lead_over_runner_up(profit[i], others[i].max()) if runner_up[i] >= 0 else np.nan
            probability[i] = comparison.probability_best[i, choice[i]]
        else:
            less = 0.0
        costs = (
            f"It costs {money_text(less, currency)} a year against the free choice."
            if less >= 0.5
            else "It costs next to nothing against the free choice."
        )
        if limited.moved[i]:
            verdict[i], break_even[i] = Verdict.LIMITED, np.nan
            reason[i] = (
                f"{what.capitalize()} because {why}; without them: {was}. {costs}"
                if sku not in marks
                else f"{what.capitalize()} because {why}; unmarked: {was}. {costs}"
            )
            sentences = []
            for k, name in enumerate(strategies):
                if k != choice[i] and np.isfinite(comparison.profit[i, k]):
                    more = float(comparison.profit[i, k] - profit[i])
                    amount = money_text(abs(more), currency)
                    barred = "the mark rules it out" if sku in marks else "the limits leave no room"
                    told = (
                        f"earns {amount} more a year, but {barred}"
                        if more > 0
                        else f"falls short by {amount} a year"
                    )
                    sentences.append(f"Not {strategy_text(name, bool(make[i]))}: {told}.")
            why_not[i] = " ".join(sentences)
            note = f"Changed by {'a mark' if sku in marks else 'limits'}: the free choice is {was}."
        elif limited.stretch[i] > 0.0:
            note = f"Limits: the shop is crowded, the quote is {number_text(float(limited.stretch[i]), 2)} days longer. {costs}"
        else:
            note = f"Limits: kept at another stock level than the free choice. {costs}"
        notes[i] = f"{notes[i]} {note}".strip()
    found = replace(
        recommendation, recommended=choice, runner_up=runner_up, verdict=verdict, gain=gain, lead=lead, probability_best=probability, break_even=break_even,
        reason=reason, why_not=why_not, notes=notes, shared=limited.pooling - limited.uncounted,
        uncounted=limited.uncounted,
    )  # fmt: skip
    return in_order(found, comparison, items, verdict != Verdict.NOT_DECIDABLE)


def amount_text(name: str, value: float, currency: str, limits: Limits) -> str:
    """An amount of a limit in words.

    >>> [amount_text("least_share_served", share, "", Limits()) for share in (1.0, 0.99976, 0.9975, 0.9)]
    ['100 %', '99.976 %', '99.75 %', '90 %']
    """
    if name == "working_capital":
        return money_text(value, currency, 3)
    if name == "stocked_products":
        return f"{value:,.0f} products"
    if name.startswith("least_share"):
        missing = 1.0 - value  # as many digits as tell a hundred percent from nearly a hundred
        return (
            percent_text(value)
            if missing > 0.005
            else f"{100.0 * value:.{max(0, 1 - math.floor(math.log10(100.0 * missing)))}f} %"
            if missing > 1e-9
            else "100 %"
        )
    return f"{number_text(value)} {'hours' if limits.in_hours else 'units'} a month"


def limit_text(row: LimitRow, currency: str, limits: Limits) -> str:
    """A limit with its amount, as on the screen.

    >>> limit_text(LimitRow("stocked_products", 40.0, 38.0, float("nan"), 0.0, 1.0, False, float("nan")), "EUR", Limits())
    'Products in stock: 40 products'
    """
    return f"{LIMIT_LABELS[row.name]}: {amount_text(row.name, row.limit, currency, limits)}"


def worth_text(row: LimitRow, currency: str, limits: Limits) -> str:
    """What one more of a limit is worth, in words; approximate, from the relaxation.

    >>> worth_text(LimitRow("stocked_products", 40.0, 40.0, float("nan"), 810.0, 1.0, True, float("nan")), "EUR", Limits())
    'One more product in stock is worth about 810 EUR a year.'
    """
    if row.worth <= 0.0:
        return "More of it is worth nothing: it does not bind."
    what = {
        "order_capacity_per_month": f"One more {'hour' if limits.in_hours else 'unit'} of capacity a month",
        "working_capital": f"{number_text(row.step)} {currency} more of working capital".replace("  ", " "),
        "stocked_products": "One more product in stock",
        "least_share_served": "One percentage point less to be served",
        "least_share_at_once": "One percentage point less to be served at once",
    }[row.name]
    return f"{what} is worth about {money_text(row.worth, currency)} a year."


def limited_summary(limited: Limited, currency: str) -> dict[str, Any]:
    """What `summary.json` says of the limits."""
    return {
        "cost_per_year": limited.cost,
        "gap": limited.gap,
        "utilisation": limited.utilisation,
        "products_changed": int(limited.changed.sum()),
        "products_moved": int(limited.moved.sum()),
        "rows": [
            {
                **vars(row),
                "label": LIMIT_LABELS[row.name],
                "shadow_price": worth_text(row, currency, limited.limits),
            }
            for row in limited.rows
        ],
        "notes": list(limited.notes),
    }
