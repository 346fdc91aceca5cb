"""Recommendation: what to do per product, why, why not the others, how sure, against which baseline.

What is done follows from `decision_rule` alone. Verdicts say how far it holds: clear (within the usual range of every assumption),
depends_on_<assumption> (another way is right within that assumption's range), too_close (stays as it is today, and another way differs by less than a
change must bring), and not_decidable (ended, sold below cost, money unknown, or a history of one period).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy, Verdict
from analytics.strategy.compare import AT_ONCE, Comparison, probability_best
from analytics.strategy.decision_rule import Decided
from analytics.strategy.doubt.gain_doubt import GainDoubt, doubt_of, in_order
from analytics.strategy.flips.flip_points import Flips
from analytics.strategy.gains import gain_by_planning, gain_per_year, lead_over_runner_up
from analytics.strategy.plans.ledgers import chunks_of
from analytics.strategy.present.baseline import Baseline
from analytics.strategy.present.counted_as import add_todays_notes, baseline_of, worlds_of
from analytics.strategy.present.listing import (
    lost_on_shelf,
    not_worth_listing,
    nothing_expected,
    stopping_saves,
    unsold_for_years,
)
from analytics.strategy.reasons import reasons

__all__ = [
    "Recommendation",
    "probability_best_of",
    "recommend",
    "verdict",
]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Recommendation:
    """What is recommended for every product, and what that brings.

    Per product: positions into `strategies` of the recommended strategy, the runner-up (-1: none) and the
    baseline; the verdict; money against the baseline; probabilities; words.

    `gain` is expected profit of the recommended strategy less the baseline's, 0 where nothing is decided; `planning` the part of it that the
    baseline's own strategy would bring if it were run well, without any change of strategy. `as_today` marks products that stay exactly as they are
    run today, with today's settings.
    `shared` is what the products' gains leave out: pooled components that fewer products join than assumed, less `uncounted`, what limits bring for
    products whose choice is too close to count.
    `listed` marks what is worth listing (None: all), `stopping` is what it saves to stop the rest, in no gain (None: nothing).
    `decided` is what the rule weighed, `flips` where another decision is right (None: not known yet); `break_even` is the value of the decisive
    assumption at which the decision turns (NaN: none). `wave` says in
    which order to change products: 1 for those that bring most of the gain, 0 where nothing is gained; `worth` is what the gain
    counts in that order, shrunk by how far it may be wrong (see `shrunk_gain`). `mine` is the strategy of every product by a person's own rule (None: there
    is none).
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
    decided: Decided
    flips: Flips | None = None
    shared: float = 0.0
    uncounted: float = 0.0
    worth: Array = field(default_factory=lambda: np.zeros(0))
    listed: NDArray[np.bool_] | None = None
    stopping: Array | None = None
    mine: NDArray[np.intp] | None = None

    @property
    def baseline_name(self) -> str:
        """What every gain is compared with, in words."""
        return self.compared_with.name

    @property
    def ruled_out(self) -> NDArray[np.bool_] | None:
        """What a product's component family rules out, (products, strategies); None: nothing (see `joining`)."""
        return self.decided.ruled_out


def verdict(decided: Decided, flips: Flips | None, losing: NDArray[np.bool_] | None = None) -> NDArray[Any]:
    """How sure the choice for every product is: what a page calls its confidence. A Verdict each, shape (products,).

    verdict = clear; depends_on_ the assumption within whose usual range another choice is right; too_close where two are as good; lost_in_replay
    where it would be clear, but a replay of the past lost money by changing products of its class of demand (`losing`).
    Before that: not_decidable without money, not_searched where not everything was tried, recomputing while `flips` is None.
    What a person or a limit chose is marked where it is chosen. Source: a rule of this program.
    """
    found = np.where(decided.decision.near, Verdict.TOO_CLOSE, Verdict.CLEAR).astype(object)
    if flips is None:
        found[:] = Verdict.RECOMPUTING
    else:
        found[~flips.searched & decided.decidable] = Verdict.NOT_SEARCHED
        depends = flips.decisive != ""
        found[depends] = np.array([Verdict.of_field(field) for field in flips.decisive[depends]], object)
        if losing is not None:
            found[(found == Verdict.CLEAR) & losing & ~decided.as_today] = Verdict.LOST_IN_REPLAY
    found[~decided.decidable] = Verdict.NOT_DECIDABLE
    return found


def recommend(
    comparison: Comparison, items: Items, decided: Decided, flips: Flips | None = None, currency: str = ""
) -> Recommendation:
    """The verdict, the money and the words for what is decided.

    `flips` say within which assumption's range another decision is right (None: not known yet, and how
    sure it is stays open: `recomputing`).
    """
    n = len(items)
    rows = np.arange(n)
    profit, base, baseline, ended = comparison.profit, decided.base, decided.baseline, ~decided.living
    recommended, as_today = decided.recommended, decided.as_today
    runner_up, lead = _second_best(comparison, decided)
    sure = verdict(decided, flips, doubt_of(comparison).losing)
    chance = np.full(n, np.nan)
    if flips is not None:
        best = probability_best_of(comparison, recommended, as_today)
        chance = np.where(decided.money_known & ~ended & ~decided.loses, best, np.nan)
    gain = gain_per_year(profit[rows, recommended], base, as_today)
    planning = gain_by_planning(profit[rows, baseline], base, as_today)
    reason, why_not, notes = reasons(comparison, items, decided, runner_up, sure, flips, currency)
    _add_lost(notes, sure, doubt_of(comparison))
    add_todays_notes(notes, comparison, items, baseline, as_today, sure, currency)
    unworthy = not_worth_listing(comparison, items)
    unworthy &= unsold_for_years(
        comparison.perhaps_ended, np.asarray(items["years_unsold"], np.float64)
    ) | ~nothing_expected(comparison)
    listed = ended | decided.loses | ~decided.money_known | ~unworthy
    saves = np.where(listed, 0.0, stopping_saves(base, lost_on_shelf(comparison, items)))
    found = Recommendation(
        items.skus, comparison.strategies, recommended, runner_up, baseline, baseline_of(comparison, items, ended), sure, gain, lead,
        chance, np.full(n, np.nan) if flips is None else flips.value, ended, reason, why_not, notes, np.zeros(n, np.int64), planning, as_today, decided, flips,
        listed=listed, stopping=saves,
    )  # fmt: skip
    return in_order(found, comparison, items)


def _add_lost(notes: NDArray[Any], verdict: NDArray[Any], doubt: GainDoubt) -> None:
    """Say in the notes of products that lost in the replay which class of demand did, and when."""
    for i in np.flatnonzero(verdict == Verdict.LOST_IN_REPLAY):
        text = (
            f"Not clear: products of {doubt.classes[i]} demand, run as recommended, earned less than before "
            f"(gain {doubt.origin})."
        )
        notes[i] = f"{notes[i]} {text}".strip()


def _second_best(comparison: Comparison, decided: Decided) -> tuple[NDArray[np.intp], Array]:
    """The best of the other strategies (position; -1: none) and how far what is done is ahead of it (negative: behind, but not worth a change)."""
    rows, profit, recommended, ruled_out = (
        np.arange(len(decided.base)),
        comparison.profit,
        decided.recommended,
        decided.ruled_out,
    )
    others = np.where(np.isfinite(profit), profit, -np.inf)
    mine = np.where(decided.as_today, decided.base, profit[rows, recommended])
    if (
        ruled_out is not None
    ):  # what a member that joins its family is ahead of all the same counts; nobody assembles alone
        others[
            ruled_out & ((profit > mine[:, None]) | (np.array(comparison.strategies) == Strategy.ATO))
        ] = -np.inf
    others[rows, recommended] = -np.inf
    runner_up = np.where(np.isfinite(others.max(axis=1)) & decided.living, np.argmax(others, axis=1), -1)
    lead = lead_over_runner_up(mine, profit[rows, np.maximum(runner_up, 0)])
    return runner_up, np.where(runner_up >= 0, lead, np.nan)


def probability_best_of(
    comparison: Comparison, recommended: NDArray[np.intp], as_today: NDArray[np.bool_]
) -> Array:
    """How often what is done (the strategy at `recommended`, or today's way) earns most of all that is offered, ties shared.

    `probability_best` of it against the best of the others: a share of what is not known, for the screen, not for the decision.
    Shape (products,).
    """
    every, own = worlds_of(comparison, recommended, as_today)
    best = np.zeros(len(every))
    for rows in chunks_of(len(every), AT_ONCE):  # all at once would hold every world five times
        others = np.where(np.isfinite(every[rows]), every[rows], -np.inf)
        others[np.arange(len(rows)), recommended[rows]] = -np.inf
        best[rows] = probability_best(np.stack([own[rows], others.max(axis=1)], axis=1))[0][:, 0]
    return best
