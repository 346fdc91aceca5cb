"""Recommendation: what to do per product, why, why not the others, how sure, against which baseline.

Verdicts: clear (best with probability 0.8, a small expected regret, and a lead over the second that exceeds both
simulation noise and 2 % of the margin of a perfect year: less is not worth a change), depends_on_<assumption> (the
best strategy changes within that assumption's range, and is today's or worth a change), too_close (stays as it is today and adds nothing), and
not_decidable (ended, sold below cost, money unknown, or a history of one period).

Where two strategies are too close, the question is asked of today: a strategy that is ahead of what is done today by the
same measures is clear, whichever of two it is, the best of those; failing that, today's own strategy, run well, where that is ahead of
today's settings. So a worse second never adds to the gain: a longer quote or a dearer order cannot raise it by making a choice clear.

Where another strategy is best of what was found, but today's own settings (a reorder point, a promised wait) earn as much, it stays as it is run
today: clear if that is ahead by the same measures, else too close.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.labels import doing_text
from analytics.strategy.compare import Comparison, probability_best
from analytics.strategy.decisive import decisive_assumption
from analytics.strategy.measures import priced_measures
from analytics.strategy.price import money_values
from analytics.strategy.reasons import reasons
from analytics.strategy.today import add_todays_notes, as_good_today, baseline_name, baseline_profit, stays_at, todays_strategies
from analytics.strategy.waves import waves

__all__ = ["CLEAR_LEAD_SHARE", "CLEAR_PROBABILITY", "CLEAR_REGRET_SHARE", "Recommendation", "recommend", "strategy_money"]

Array = NDArray[np.float64]

#: A verdict is clear if the best strategy is best with this probability over parameter draws ...
CLEAR_PROBABILITY = 0.8
#: ... and its expected regret is below this share of the year's frictionless margin.
CLEAR_REGRET_SHARE = 0.01
#: ... and its lead over the second strategy is at least this share of it: costs and demand are not known better.
CLEAR_LEAD_SHARE = 0.02


@dataclass(frozen=True, eq=False)
class Recommendation:
    """Per product: positions into `strategies` of the recommended strategy, the runner-up (-1: none) and the
    baseline; the verdict; money against the baseline; probabilities; words.

    `gain` is expected profit of the recommended strategy less the baseline's, 0 where nothing is decided; `planning` the part of it that the
    baseline's own strategy would bring if it were run well, without any change of strategy. `as_today` marks products that stay exactly as they are
    run today, with today's settings.
    `shared` is what the products' gains leave out: pooled components that fewer products join than assumed, less `uncounted`, what limits bring for
    products whose choice is too close to count.
    `ruled_out` (products, strategies) marks what a product's component family rules out (None: nothing, see `joining`), `held` the products whose two
    best strategies are too close to call and of which the recommended one is clearly ahead of today.
    `break_even` is the value of the decisive assumption at which the runner-up overtakes (NaN: none). `wave` says in
    which order to change products: 1 for those that bring most of the gain, 0 where nothing is gained.
    """

    skus: NDArray[Any]
    strategies: tuple[str, ...]
    recommended: NDArray[np.intp]
    runner_up: NDArray[np.intp]
    baseline: NDArray[np.intp]
    baseline_name: str
    verdict: NDArray[Any]
    gain: Array
    lead: Array
    probability_best: Array
    break_even: Array
    ended: NDArray[np.bool_]
    reason: NDArray[Any]
    why_not: NDArray[Any]
    notes: NDArray[Any]
    wave: NDArray[np.int64]
    planning: Array
    as_today: NDArray[np.bool_]
    shared: float = 0.0
    ruled_out: NDArray[np.bool_] | None = None
    held: NDArray[np.bool_] | None = None
    uncounted: float = 0.0


def strategy_money(comparison: Comparison, items: Items, strategy: str) -> dict[str, Array]:
    """Expected money measures of one strategy at its best setting: profit, benchmark, revenue, cash and components."""
    return priced_measures(comparison.chosen[strategy].counts, money_values(items, strategy))


def _beyond_noise(comparison: Comparison, best: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether the lead over the second strategy exceeds what the number of simulated years can tell apart.

    The lead is at least twice the standard error of the mean paired difference; true where there is no second.
    """
    rows = np.arange(len(best))
    lead = comparison.profit[rows, best] - comparison.profit[rows, np.maximum(second, 0)]
    draws = len(next(iter(comparison.uniforms.values())))
    years = comparison.by_path[rows, best] - comparison.by_path[rows, np.maximum(second, 0)]
    error = years.reshape(len(best), draws, -1).mean(axis=2, dtype=np.float64).std(axis=1, ddof=1) / np.sqrt(draws)
    return np.asarray((second < 0) | (lead >= 2.0 * error))


def _ahead_of_today(comparison: Comparison, baseline: NDArray[np.intp], asked: NDArray[np.bool_], score: Array, benchmark: Array) -> NDArray[np.intp]:
    """Of the products `asked` (products,), the best strategy that is clearly ahead of today's, else today's own where running it well is clearly ahead of
    today's settings (position; -1: neither, or not asked)."""
    index = np.flatnonzero(asked)
    draws = len(next(iter(comparison.uniforms.values())))
    base = baseline[index]

    def clearly(lead: Array, by_draw: Array, years: NDArray[np.float32]) -> NDArray[np.bool_]:
        noise = years.reshape(len(years), draws, -1).mean(axis=2, dtype=np.float64).std(axis=1, ddof=1) / np.sqrt(draws)
        likely = ((by_draw > 0.0) + 0.5 * (by_draw == 0.0)).mean(axis=1) >= CLEAR_PROBABILITY
        sure = np.maximum(-by_draw, 0.0).mean(axis=1) <= CLEAR_REGRET_SHARE * margin
        return np.asarray((lead >= CLEAR_LEAD_SHARE * margin) & (lead >= 2.0 * noise) & likely & sure)

    found = np.full(len(baseline), -1, np.intp)
    if not len(index):
        return found
    best, margin = np.full(len(index), -np.inf), benchmark[index]
    for k in range(len(comparison.strategies)):
        by_draw = comparison.by_draw[index, k] - comparison.by_draw[index, base]
        years = comparison.by_path[index, k] - comparison.by_path[index, base]
        lead = score[index, k] - np.where(np.isfinite(score[index, k]), score[index, base], 0.0)  # minus infinity: not offered, as today's own may be
        better = (base != k) & (score[index, k] > best) & clearly(lead, by_draw, years)
        found[index[better]] = k
        best = np.where(better, score[index, k], best)
    today = comparison.today
    if today is not None and np.isin(index, today.index).any():
        place = np.full(len(baseline), -1, np.intp)
        place[today.index] = np.arange(len(today.index))
        at = place[index]
        known = np.flatnonzero(at >= 0)
        margin, mine, own, at = benchmark[index[known]], index[known], base[known], at[known]
        ahead = clearly(score[mine, own] - today.profit[at], comparison.by_draw[mine, own] - today.by_draw[at], comparison.by_path[mine, own] - today.by_path[at])
        planned = mine[ahead & (found[mine] < 0)]
        found[planned] = baseline[planned]
    return found


def recommend(
    comparison: Comparison, items: Items, ended: NDArray[np.bool_], currency: str = "", ruled_out: NDArray[np.bool_] | None = None, too_short: bool = False, worded: bool = True
) -> Recommendation:
    """The verdict, the money and the words for every product, decided among what its component family does not rule out: `ruled_out` (products, strategies).

    Where the history is `too_short` for any forecast, nothing is decided. What is only a step to another recommendation need not be `worded`.
    """
    n = len(items)
    rows = np.arange(n)
    strategies = comparison.strategies
    profit = comparison.profit
    money_known = np.isfinite(profit[:, strategies.index("MTS")])
    score = np.where(np.isfinite(profit), profit, -np.inf)
    chance, regrets = comparison.probability_best, comparison.regret
    if ruled_out is not None:
        score[ruled_out] = -np.inf
        some = ruled_out.any(axis=1)
        chance, regrets = chance.copy(), regrets.copy()
        chance[some], regrets[some] = probability_best(np.where(ruled_out[some][..., None], np.nan, comparison.by_draw[some]))
    order = np.argsort(-score, axis=1, kind="stable")
    best = order[:, 0]
    second = np.where(np.isfinite(score[rows, order[:, 1]]), order[:, 1], -1) if len(strategies) > 1 else np.full(n, -1)
    baseline, stated = todays_strategies(comparison, items)
    base = baseline_profit(comparison, baseline)
    probability = chance[rows, best]
    benchmark_signed = strategy_money(comparison, items, "MTS")["benchmark"]
    benchmark = np.abs(benchmark_signed)
    regret = np.nan_to_num(regrets[rows, best])
    decisive, break_even = decisive_assumption(comparison, items, best, second)
    verdict = np.full(n, "too_close", object)
    # what brings less than a change is worth is no change, whatever it depends on
    over_today = np.where(best == baseline, np.inf, np.nan_to_num(profit[rows, best] - profit[rows, baseline], nan=np.inf))
    has_decisive = (decisive != "") & (over_today >= CLEAR_LEAD_SHARE * benchmark)
    verdict[has_decisive] = np.array([f"depends_on_{field}" for field in decisive], object)[has_decisive]
    simulated = _beyond_noise(comparison, best, second)
    ahead = np.where(second >= 0, profit[rows, best] - profit[rows, np.maximum(second, 0)], np.inf)
    worth_it = np.nan_to_num(ahead, nan=0.0, posinf=np.inf) >= CLEAR_LEAD_SHARE * benchmark
    verdict[(probability >= CLEAR_PROBABILITY) & (regret <= CLEAR_REGRET_SHARE * benchmark) & simulated & worth_it] = "clear"
    below_cost = money_known & (benchmark_signed < 0.0)
    instead = _ahead_of_today(comparison, baseline, (verdict == "too_close") & money_known & ~ended & ~below_cost & np.isfinite(base), score, benchmark)
    held = (instead >= 0) & (not too_short)
    verdict[held] = "clear"
    verdict[~money_known | ended | below_cost | too_short] = "not_decidable"
    stays = (verdict == "too_close") | (verdict == "not_decidable")
    wanted = np.where(held, instead, best)
    kept = as_good_today(comparison, profit[rows, wanted]) & ~stays
    otherwise = kept & (wanted != baseline)  # another strategy is best at what was found for it, and today's own settings are as good
    verdict[otherwise], held = "too_close", held & ~otherwise
    depends = np.array([str(v).startswith("depends_on_") for v in verdict])
    recommended = np.where(stays | kept, baseline, wanted)
    as_today = stays | kept
    gain = np.where(as_today, 0.0, profit[rows, recommended] - base)
    planning = np.where(as_today, 0.0, profit[rows, baseline] - base)
    others = score.copy()
    if ruled_out is not None:  # what a member that stays for its family is ahead of all the same
        behind = ruled_out & (profit <= profit[rows, recommended][:, None]) & (np.array(strategies) != "ATO")
        others[behind] = profit[behind]
    others[rows, recommended] = -np.inf
    runner_up = np.where(np.isfinite(others.max(axis=1)), np.argmax(others, axis=1), -1)
    lead = np.where(runner_up >= 0, profit[rows, recommended] - profit[rows, np.maximum(runner_up, 0)], np.nan)
    lead[ended], runner_up[ended] = np.nan, -1
    for_its_family = np.zeros(n, bool) if ruled_out is None else ruled_out.any(axis=1) & (np.array(strategies)[recommended] == "ATO")
    best_of_all = np.where(for_its_family, comparison.probability_best[rows, recommended], chance[rows, recommended])
    index, at = stays_at(comparison, otherwise)
    if comparison.today is not None and len(index):  # as it is run today, against the best that was found
        lead[index] = comparison.today.profit[at] - profit[index, runner_up[index]]
        apart = comparison.today.by_draw[at] - np.where(np.isfinite(others[index])[:, :, None], comparison.by_draw[index], -np.inf).max(axis=1)
        best_of_all[index] = ((apart > 0.0) + 0.5 * (apart == 0.0)).mean(axis=1)
        verdict[index[(best_of_all[index] >= CLEAR_PROBABILITY) & (lead[index] >= CLEAR_LEAD_SHARE * benchmark[index])]] = "clear"
    reason, why_not, notes = (np.full(n, "", object) for _ in range(3))
    if worded:
        reason, why_not, notes = reasons(comparison, items, recommended, runner_up, baseline, verdict, break_even, ended, money_known, below_cost, currency, ruled_out, otherwise)
        add_todays_notes(notes, comparison, items, baseline, as_today, kept, verdict, currency)
        for i in np.flatnonzero(held & (lead >= 0.0)):  # where it is behind, the reason says so
            other = doing_text(strategies[int(best[i] if best[i] != recommended[i] else max(second[i], 0))], bool(np.nan_to_num(items["make"][i], nan=1.0) > 0.0))
            notes[i] = f"{notes[i]} As good as {other}: too close to tell the two apart, but clearly ahead of today.".strip()
    return Recommendation(
        items.skus, strategies, recommended, runner_up, baseline, baseline_name(comparison, baseline, stated, ended), verdict, gain, lead,
        np.where(money_known & ~ended & ~below_cost, best_of_all, np.nan), np.where(depends, break_even, np.nan),
        ended, reason, why_not, notes, waves(gain), planning, as_today, ruled_out=ruled_out, held=held,
    )  # fmt: skip


def decisive_field(verdict: str) -> str:
    """The assumption a verdict depends on, '' where none.

    >>> decisive_field("depends_on_patience_per_day"), decisive_field("clear")
    ('patience_per_day', '')
    """
    return verdict.removeprefix("depends_on_") if verdict.startswith("depends_on_") else ""
