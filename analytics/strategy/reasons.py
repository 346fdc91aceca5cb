"""Reasons in plain words with their money: why this strategy, and why not the others.

One concept: the sentences of one product. Reason, why not the others and notes are written in one pass over
the products from the same costs and the same gains, so that no two of them name different money.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.items import ASSUMED, Items
from analytics.naming.labels import Strategy, Verdict, doing_text, money_text, strategy_text, units_text
from analytics.policy.levels import holds_stock
from analytics.strategy.compare import Comparison
from analytics.strategy.compared.setting import grid_end_text
from analytics.strategy.decision_rule import Decided
from analytics.strategy.flips.flip_points import Flips
from analytics.strategy.flips.flip_text import flip_text
from analytics.strategy.minimum_lots import batch_text, not_worth_text
from analytics.strategy.money.measures import physical_measures, priced_measures
from analytics.strategy.money.price import money_values
from analytics.strategy.plans.recipes import minimum_binds
from analytics.strategy.present.counted_as import run_as_today, stays_at
from analytics.strategy.present.listing import (
    lost_on_shelf,
    not_worth_listing,
    quiet_text,
    stopping_saves,
    unsold_for_years,
)
from analytics.strategy.present.present_policy import todays_money

__all__ = ["NOT_SEARCHED_TEXT", "reasons", "turns_text"]

Array = NDArray[np.float64]

#: What is said of a product of which prices alone were tried, where none turns it.
NOT_SEARCHED_TEXT = (
    "No price turns it within its usual range; what must be simulated was not tried: "
    "of many products, those with most money are."
)
#: How each component reads when a strategy bears more of it than the other.
_WORDS = {
    "capital": "ties up money worth {}",
    "storage": "pays {} for storage and insurance",
    "setup": "pays {} for set-ups",
    "lost_margin": "loses {} of margin on orders it does not get",
    "goodwill": "loses {} of goodwill",
    "waiting": "pays {} for waiting",
    "obsolescence": "writes off {} of stranded stock",
    "perhaps_ended": "loses {} on stock for what may have ended already",
    "run_off": "expects to write off {} later of what is left",
    "markdown": "gives away {} in markdowns",
    "cancellation": "loses {} to cancellations",
    "premium": "pays {} for making single units",
}


def turns_text(
    flips: Flips,
    strategies: tuple[str, ...],
    baseline: NDArray[np.intp],
    items: Items,
    i: int,
    field: str = "",
) -> str:
    """Where an assumption (none named: the decisive one) turns product i, in one sentence; "" where it does not.

    `baseline` are positions into `strategies`, one per product.
    """
    field = field or str(flips.decisive[i])
    if not field:
        return ""
    k = flips.at(field)
    to = int(flips.to[k, i])
    make = bool(np.nan_to_num(items["make"][i], nan=1.0) > 0.0)
    return flip_text(
        field,
        float(items[field][i]),
        float(flips.holds[k, i]),
        float(flips.turns[k, i]),
        strategies[to] if to >= 0 else "",
        make,
        strategies[baseline[i]],
    )


def _extra_costs(
    more: Array, less: Array, names: list[str], currency: str, limit: float, total: float | None = None
) -> str:
    """The components that the first strategy bears above the second, largest first, as one phrase; `total` is what it shall add up to (None: nothing)."""
    difference = more - less
    order = [k for k in np.argsort(-difference)[:3] if difference[k] > limit]
    parts = [_WORDS[names[k]].format(money_text(float(difference[k]), currency)) for k in order]
    if not parts:
        return ""
    rest = 0.0 if total is None else total - float(difference[order].sum())
    phrase = ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1]
    if total is None or abs(rest) < 0.05 * abs(total):  # no more than rounding
        return phrase
    return phrase + (
        f"; {money_text(rest, currency)} more in smaller amounts"
        if rest > 0.0
        else f"; it saves {money_text(-rest, currency)} elsewhere"
    )


def _ended(silent_years: float) -> str:
    """What is said of a product that has ended, with its last sale where that is a year ago or more (NaN: never sold, or not known).

    >>> _ended(4.8), _ended(0.3)
    ('Ended: last sale 5 years ago; nothing to decide; what is left in stock is sunk.', 'Ended: nothing to decide; what is left in stock is sunk.')
    """
    years = round(silent_years) if silent_years >= 1.0 else 0
    ago = f"last sale {years} year{'s' if years > 1 else ''} ago; " if years else ""
    return f"Ended: {ago}nothing to decide; what is left in stock is sunk."


def _undecided(
    price: float, cost: float, money_known: bool, below_cost: bool, verdict: str, currency: str
) -> str:
    """Why there is nothing to decide for a product, '' where there is."""
    if not money_known:
        missing = (
            "price and unit cost"
            if not np.isfinite(price) and not np.isfinite(cost)
            else "price"
            if not np.isfinite(price)
            else "unit cost"
        )
        return (
            f"Not decidable in money: {missing} unknown. One gross-margin figure or an items file opens it."
        )
    if below_cost:
        loss = money_text(cost - price, currency)
        return f"Sells below cost: every unit loses {loss}, whatever the strategy. Fix the price first; until then it stays as it is and is not counted."
    if verdict == Verdict.NOT_DECIDABLE:
        return "Not decidable: one period of sales is no history. It stays as it is; bring at least some months, best two years or more."
    return ""


class _Pair(NamedTuple):
    """A strategy and the second of a product.

    strategy, second: their names; make: whether the product is made (else bought); verdict: how sure it is.
    stays: nothing changes, "run" by today's own settings ("bare": which hold nothing), "well" by settings that follow demand ("": it changes).
    earned: money a year of both. against: what speaks against the second, and price_paid for it (phrases, worded where they are said).
    """

    strategy: str
    second: str
    make: bool
    verdict: str
    stays: str
    earned: tuple[float, float]
    against: Callable[[], str]
    price_paid: Callable[[], str]


def _against_second(pair: _Pair, currency: str) -> str:
    """Why the strategy and not the second, in phrases."""
    strategy, second, make, verdict, stays, earned = pair[:6]
    words, other, doing = strategy_text(strategy, make), doing_text(second, make), doing_text(strategy, make)
    ahead = earned[0] - earned[1]
    distance = money_text(abs(ahead), currency)
    if stays in ("run", "bare"):
        mine, best = (money_text(value, currency, 3) for value in earned)
        how = f"{words}, as it is run today" if stays == "run" else "as it is run today, with nothing held"
        return f"Stays {how}: that earns {mine} a year. The best of the others, {other}, earns {best}."
    if verdict == Verdict.TOO_CLOSE:
        return f"Too close to call: stays {words}. The other choice, {other}, differs by {distance} a year."
    if stays and ahead < 0.0:
        return f"Stays {words}, as today: {other} would earn {distance} a year more, too little or too unsure to be worth a change."
    against, price_paid = pair.against(), pair.price_paid()
    if ahead < 0.0:
        text = f"{words.capitalize()}: clearly ahead of today. {other.capitalize()} would earn {distance} a year more, which the simulated years do not tell for sure."
        return (
            text
            + (f" It {against}." if against else "")
            + (f" {doing.capitalize()} {price_paid}." if price_paid else "")
        )
    text = (
        f"{words.capitalize()}: {other} {against}."
        if against
        else f"{words.capitalize()}: it costs a little less than {other} in every respect."
    )
    return text + (f" In return, {doing} {price_paid}." if price_paid else "")


def _keeping_text(comparison: Comparison, strategy: str, i: int, currency: str) -> str:
    """What the least that is worth keeping in stock would lose, "" where stock earns something or its level is not known."""
    chosen = comparison.chosen[strategy]
    if strategy != Strategy.MTS or chosen.level is None or not chosen.profit[i] < 0.0:
        return ""
    level = float(chosen.level[i])
    kept = "one" if level == 1.0 else units_text(level)
    return f" Keeping {kept}: {money_text(float(chosen.profit[i]), currency)} a year."


def reasons(
    comparison: Comparison,
    items: Items,
    decided: Decided,
    runner_up: NDArray[np.intp],
    verdict: NDArray[Any],
    flips: Flips | None,
    currency: str = "",
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """For every product: the reason, why not the others, and notes.

    For every product: the reason, why not each other strategy offered, and notes (sentences joined by spaces). What is said of a product that stays as
    it is run today is said of that, where it is known.
    """
    recommended, ruled_out, staying = decided.recommended, decided.ruled_out, decided.as_today
    ended, money_known, loses = ~decided.living, decided.money_known, decided.loses
    strategies = comparison.strategies
    n = len(items)
    names = list(_WORDS)
    parts = np.full((n, len(strategies), len(names)), np.nan)
    lost = np.full((n, len(strategies)), np.nan)
    for k, name in enumerate(strategies):
        money = priced_measures(comparison.chosen[name].counts, money_values(items, name))
        parts[:, k] = np.stack([money[c] for c in names], axis=1)
        lost[:, k] = physical_measures(comparison.chosen[name].counts)["share_lost"]
    rows = np.arange(n)
    earned, own = comparison.profit[rows, recommended], parts[rows, recommended]
    index, at = stays_at(comparison, staying)
    run, bare = staying & run_as_today(comparison, n), np.zeros(n, bool)
    if len(index) and comparison.today is not None:
        today = priced_measures(comparison.today.counts, todays_money(comparison.today, items))
        earned[index], own[index] = (
            comparison.today.profit[at],
            np.stack([today[c][at] for c in names], axis=1),
        )
        filled = physical_measures(comparison.today.counts)["fill_rate"][at]
        stocked = np.array(strategies, object)[recommended[index]] == Strategy.MTS
        bare[index] = stocked & ~holds_stock(np.ones(len(index)), filled)
    make = np.nan_to_num(items["make"], nan=1.0) > 0.0
    price, cost = (
        items["price"],
        np.asarray(items["unit_cost"], np.float64)
        * (1.0 - np.nan_to_num(np.asarray(items["fixed_cost_share"], np.float64))),
    )
    cost_assumed = items.origin("unit_cost") == ASSUMED
    unworthy, single = not_worth_listing(comparison, items), ~minimum_binds(items)
    quiet = unsold_for_years(comparison.perhaps_ended, np.asarray(items["years_unsold"], np.float64))
    saves = stopping_saves(decided.base, lost_on_shelf(comparison, items))
    reason, why_not, notes = (np.full(n, "", object) for _ in range(3))
    for i in range(n):
        note: list[str] = []
        rec = strategies[recommended[i]]
        if unworthy[i] and money_known[i] and not ended[i] and not loses[i]:
            reason[i] = (
                not_worth_text(comparison, items, i, bool(make[i]), currency)
                if not single[i] and not quiet[i]
                else quiet_text(comparison, i, bool(quiet[i]), float(saves[i]), bool(make[i]), currency)
            )
            continue
        if ended[i]:
            silent = comparison.perhaps_ended
            reason[i] = _ended(np.nan if silent is None else float(silent.silent_years[i]))
            continue
        reason[i] = _undecided(
            float(price[i]),
            float(cost[i]),
            bool(money_known[i]),
            bool(loses[i]),
            str(verdict[i]),
            currency,
        )
        if reason[i]:
            continue
        limit = (
            0.002
            * abs(float(price[i]))
            * max(float(comparison.chosen[Strategy.MTS].count("demanded")[i]), 1e-9)
        )
        r = runner_up[i]
        words = strategy_text(rec, bool(make[i])).capitalize()
        if r >= 0:
            against = partial(_extra_costs, parts[i, r], own[i], names, currency, limit)
            price_paid = partial(_extra_costs, own[i], parts[i, r], names, currency, limit)
            stays = ("bare" if bare[i] else "run") if run[i] else "well" if staying[i] else ""
            both = float(earned[i]), float(comparison.profit[i, r])
            pair = _Pair(rec, strategies[r], bool(make[i]), str(verdict[i]), stays, both, against, price_paid)
            reason[i] = _against_second(pair, currency)
        elif ruled_out is not None and ruled_out[i].any():
            reason[i] = (
                f"{words}: with its family, which shares the parts; leaving it to itself would cost the family more than it earns."
            )
        else:
            reason[i] = f"{words}: no other strategy is offered."
        in_batches = batch_text(comparison, items, i)
        if rec == Strategy.MTO and in_batches:
            reason[i] += f" {in_batches}"
        if Verdict.field(verdict[i]):
            assert flips is not None
            text = turns_text(flips, strategies, decided.baseline, items, i)
            reason[i] += f" {text[0].upper()}{text[1:]}; you have not confirmed this."
        elif flips is not None and not flips.searched[i] and decided.decidable[i]:
            reason[i] += f" {NOT_SEARCHED_TEXT}"
        sentences = []
        for k, name in enumerate(strategies):
            if k == recommended[i] or not np.isfinite(comparison.profit[i, k]):
                continue
            short = float(earned[i] - comparison.profit[i, k])
            extra = _extra_costs(parts[i, k], own[i], names, currency, limit, short) if short >= 0.0 else ""
            tail = (
                ", but not surely: the two are too close to tell apart"
                if short < 0
                else f": it {extra}"
                if extra
                else ""
            )
            verb = "earns" if short < 0 else "falls short by"
            amount = money_text(abs(short), currency)
            if ruled_out is not None and ruled_out[i, k]:
                alone = "the product alone; without it the rest of its family would pay more than that for the parts they share"
                tail = (
                    ", with the whole family; too few of it would join to share the parts"
                    if name == Strategy.ATO
                    else f", {alone}"
                    if short < 0
                    else tail
                )
            sentences.append(
                f"Not {strategy_text(name, bool(make[i]))}: {verb} {amount} a year{' more' if short < 0 else ''}{tail}."
                + _keeping_text(comparison, name, i, currency)
            )
        if rec != Strategy.MTO and in_batches:
            sentences.append(in_batches)
        if Strategy.ATO not in strategies or not comparison.chosen[Strategy.ATO].offered[i]:
            if make[i]:
                sentences.append("Assemble to order is not offered: no share of common components is known.")
            else:
                sentences.append("Bought in: there is nothing to assemble.")
        why_not[i] = " ".join(sentences)
        if (
            ruled_out is not None
            and rec == Strategy.ATO
            and any(
                ruled_out[i, k] and comparison.profit[i, k] <= comparison.profit[i, recommended[i]]
                for k in range(len(strategies))
            )
        ):
            note.append(
                "Alone it would gain too little to change; its family pays less for the parts they share when it joins."
            )
        ends = grid_end_text(comparison.chosen[rec], i)
        if ends and not run[i]:
            note.append(
                f"{ends[0].upper()}{ends[1:]}: beyond it nothing was tried, and more may be earned there."
            )
        if comparison.not_split is not None and comparison.not_split[i]:
            note.append(f"Not split by order size: {comparison.not_split[i]}.")
        if comparison.not_by_channel is not None and comparison.not_by_channel[i]:
            note.append(f"Not split by channel: {comparison.not_by_channel[i]}.")
        if cost_assumed[i]:
            note.append("Unit cost follows from the stated gross margin.")
        notes[i] = " ".join(note)
    return reason, why_not, notes
