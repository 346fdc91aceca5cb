"""Recommendation: what to do per product, why, why not the others, how sure, against which baseline.

What is done follows from `decision_rule` alone. Verdicts say how far it holds: clear (within the usual range of every assumption),
depends_on_<assumption> (another way is right within that assumption's range), too_close (stays as it is today, and another way differs by less than a
change must bring), and not_decidable (ended, sold below cost, money unknown, or a history of one period).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand.below_cost import below_cost
from analytics.items import Items
from analytics.strategy.baseline import Baseline
from analytics.strategy.compare import Comparison
from analytics.strategy.decision_rule import Decision, decision, lead_noise
from analytics.strategy.decisive import decisive_assumption
from analytics.strategy.measures import priced_measures
from analytics.strategy.minimum_lots import not_worth_ordering
from analytics.strategy.price import money_values
from analytics.strategy.reasons import reasons
from analytics.strategy.today import add_todays_notes, baseline_of, baseline_profit, draws_of, todays_strategies
from analytics.strategy.waves import waves

__all__ = ["RECOMPUTING", "Recommendation", "decisive_field", "recommend", "strategy_money"]

Array = NDArray[np.float64]


#: The verdict of a product until the simulated years are priced again.
RECOMPUTING = "recomputing"


@dataclass(frozen=True, eq=False)
class Recommendation:
    """Per product: positions into `strategies` of the recommended strategy, the runner-up (-1: none) and the
    baseline; the verdict; money against the baseline; probabilities; words.

    `gain` is expected profit of the recommended strategy less the baseline's, 0 where nothing is decided; `planning` the part of it that the
    baseline's own strategy would bring if it were run well, without any change of strategy. `as_today` marks products that stay exactly as they are
    run today, with today's settings.
    `shared` is what the products' gains leave out: pooled components that fewer products join than assumed, less `uncounted`, what limits bring for
    products whose choice is too close to count.
    `ruled_out` (products, strategies) marks what a product's component family rules out (None: nothing, see `joining`), `noise` (products, strategies) is
    what a lead over today must exceed to be no chance of the simulated years (see `decision_rule.lead_noise`).
    `break_even` is the value of the decisive assumption at which the runner-up overtakes (NaN: none). `wave` says in
    which order to change products: 1 for those that bring most of the gain, 0 where nothing is gained.
    """

    skus: NDArray[Any]
    strategies: tuple[str, ...]
    recommended: NDArray[np.intp]
    runner_up: NDArray[np.intp]
    baseline: NDArray[np.intp]
    compared_with: Baseline
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
    noise: Array
    shared: float = 0.0
    ruled_out: NDArray[np.bool_] | None = None
    uncounted: float = 0.0

    @property
    def baseline_name(self) -> str:
        """What every gain is compared with, in words."""
        return self.compared_with.name


def strategy_money(comparison: Comparison, items: Items, strategy: str) -> dict[str, Array]:
    """Expected money measures of one strategy at its best setting: profit, benchmark, revenue, cash and components."""
    return priced_measures(comparison.chosen[strategy].counts, money_values(items, strategy))


def recommend(
    comparison: Comparison, items: Items, ended: NDArray[np.bool_], currency: str = "", ruled_out: NDArray[np.bool_] | None = None, too_short: bool = False, worded: bool = True,
    noise: Array | None = None,
) -> Recommendation:  # fmt: skip
    """The verdict, the money and the words for every product, decided among what its component family does not rule out: `ruled_out` (products, strategies).

    Where the history is `too_short` for any forecast, nothing is decided. What is only a step to another recommendation need not be `worded`. With the
    `noise` of simulated years known from before (see `Recommendation`), the comparison holds expected money alone, and how sure it is stays open: `recomputing`.
    """
    n = len(items)
    rows = np.arange(n)
    profit = comparison.profit
    money_known = np.isfinite(profit[:, comparison.strategies.index("MTS")])
    baseline, _ = todays_strategies(comparison, items)
    base = baseline_profit(comparison, baseline)
    margin = strategy_money(comparison, items, "MTS")["benchmark"]
    loses = money_known & below_cost(items)
    decidable = money_known & ~ended & ~loses & (not too_short) & ~not_worth_ordering(comparison, items)
    pending = noise is not None
    noise = lead_noise(comparison, baseline) if noise is None else noise
    decided = decision(profit, base, baseline, margin, noise, decidable, ruled_out)
    recommended, as_today = decided.recommended, decided.as_today
    runner_up, lead = _second_best(comparison, decided, base, ended, ruled_out)
    verdict = np.where(decided.near, "too_close", "clear").astype(object)
    break_even, depends, chance = np.full(n, np.nan), np.zeros(n, bool), np.full(n, np.nan)
    if pending:
        verdict[:] = RECOMPUTING
    else:
        decisive, break_even = decisive_assumption(comparison, items, recommended, runner_up)
        depends = (decisive != "") & decidable
        verdict[depends] = np.array([f"depends_on_{field}" for field in decisive], object)[depends]
        chance = np.where(money_known & ~ended & ~loses, _chance(comparison, decided), np.nan)
    verdict[~decidable] = "not_decidable"
    gain = np.where(as_today, 0.0, profit[rows, recommended] - base)
    planning = np.where(as_today, 0.0, profit[rows, baseline] - base)
    reason, why_not, notes = (np.full(n, "", object) for _ in range(3))
    if worded:
        reason, why_not, notes = reasons(comparison, items, recommended, runner_up, verdict, break_even, ended, money_known, loses, currency, ruled_out, as_today)
        add_todays_notes(notes, comparison, items, baseline, as_today, verdict, currency)
    return Recommendation(
        items.skus, comparison.strategies, recommended, runner_up, baseline, baseline_of(comparison, items, ended), verdict, gain, lead,
        chance, np.where(depends, break_even, np.nan), ended, reason, why_not, notes, waves(gain), planning, as_today, noise, ruled_out=ruled_out,
    )  # fmt: skip


def _second_best(
    comparison: Comparison, decided: Decision, base: Array, ended: NDArray[np.bool_], ruled_out: NDArray[np.bool_] | None
) -> tuple[NDArray[np.intp], Array]:
    """The best of the other strategies (position; -1: none) and how far what is done is ahead of it (negative: behind, but not worth a change)."""
    rows, profit, recommended = np.arange(len(base)), comparison.profit, decided.recommended
    others = np.where(np.isfinite(profit), profit, -np.inf)
    mine = np.where(decided.as_today, base, profit[rows, recommended])
    if ruled_out is not None:  # what a member that joins its family is ahead of all the same counts; nobody assembles alone
        others[ruled_out & ((profit > mine[:, None]) | (np.array(comparison.strategies) == "ATO"))] = -np.inf
    others[rows, recommended] = -np.inf
    runner_up = np.where(np.isfinite(others.max(axis=1)) & ~ended, np.argmax(others, axis=1), -1)
    return runner_up, np.where(runner_up >= 0, mine - profit[rows, np.maximum(runner_up, 0)], np.nan)


def _chance(comparison: Comparison, decided: Decision) -> Array:
    """Share of the parameter draws in which what is done earns most of all that is offered (ties shared): for the screen, not for the decision."""
    by_draw = np.where(np.isfinite(comparison.by_draw), comparison.by_draw, -np.inf)
    by_draw[np.arange(len(by_draw)), decided.recommended] = -np.inf
    own = draws_of(comparison, decided.recommended, decided.as_today)
    others = by_draw.max(axis=1)
    return np.asarray(((own > others) + 0.5 * (own == others)).mean(axis=1))


def decisive_field(verdict: str) -> str:
    """The assumption a verdict depends on, '' where none.

    >>> decisive_field("depends_on_patience_per_day"), decisive_field("clear")
    ('patience_per_day', '')
    """
    return verdict.removeprefix("depends_on_") if verdict.startswith("depends_on_") else ""
