"""Trials: one product each under one other value, decided by the one rule, its component family with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from analytics.naming.labels import Strategy
from analytics.simulation.ledger import Ledger
from analytics.strategy.decision_rule import Decided, decision, least_lead
from analytics.strategy.pool_membership import family_rules_out, who_joins
from analytics.strategy.standing import Standing

__all__ = [
    "FEW_YEARS", "OPEN", "SHARE_ANEW", "NoiseOf", "Pooled", "Trials", "concerned", "decide_trials", "lead_kept", "with_noise", "worth_playing",
]  # fmt: skip

Array = NDArray[np.float64]
Index = NDArray[np.intp]
#: What a first look leaves open: no position of a strategy, and not STAYS.
OPEN = -2
#: What choosing settings anew may bring, as a share of what a trial moves, and how far few simulated years may be off, as a share of the perfect year's margin.
SHARE_ANEW, FEW_YEARS = 1.0, 0.008
#: How many times the noise in force that of a trial may be, and how small a part of it, for a first look.
NOISE_APART = 1.5
#: The ledger, at the values of a trial, of a pool that only some members of a family join: (trial, members).
Pooled = Callable[[int, Index], Ledger]
#: What a lead must exceed in some of the trials, of the strategies wanted (positions, strategies), found by playing them year by year:
#: positions, wanted -> (positions, strategies).
NoiseOf = Callable[[Index, NDArray[np.bool_]], Array]
#: What a lead must exceed is played where anything up to so many times the noise in force, and down to as small a part of it (in proportion to the perfect
#: year, where that is larger or smaller), could decide otherwise.
_NOISE_REACH = 2.5


@dataclass(frozen=True, eq=False)
class Trials:
    """Money of each trial, and what the rule weighs in it.

    Money of each trial: of product `index` (trials,) every strategy's `profit` (trials, strategies), that of today's way (`base`) and of a perfect year
    (`margin`), what a lead must exceed (`noise`), and whether there is anything to decide.

    Of assembled products `assembled` (trials, members) is what each member of the family earns by it (NaN beyond the family), `todays` (trials, members) what
    those earn who assemble today from the same components (NaN: as in force), `rates` (trials, counts) the moved product's money per count, and `pooled` the
    ledgers of pools that only some join, `heard` (trials, strategies) to whose lead over today the field
    says anything, `anew` where these are played in other steps (days, weeks) than in force. `noise` is
    that in force; `noise_at` plays that of a trial (None: that of the values in force stands for it). A first look (`quick` (trials,)) plays no pool that the moved
    product would join with only some: where what the family rules out could decide, the decision is OPEN.
    """

    index: Index
    profit: Array
    base: Array
    margin: Array
    noise: Array
    decidable: NDArray[np.bool_]
    assembled: Array
    todays: Array
    rates: Array
    anew: NDArray[np.bool_]
    heard: NDArray[np.bool_]
    quick: NDArray[np.bool_]
    pooled: Pooled
    noise_at: NoiseOf | None = None

    #: The fields that are arrays over trials.
    COLUMNS: ClassVar[tuple[str, ...]] = (
        "index", "profit", "base", "margin", "noise", "decidable", "assembled", "todays", "rates", "anew", "heard", "quick",
    )  # fmt: skip

    def kept(self, standing: Standing, now: Index) -> Array:
        """By how much money the decisions `now` (trials,) hold: see `lead_kept`."""
        lead, baseline = self.profit - self.base[:, None], standing.decided.baseline[self.index]
        least = least_lead(lead, self.margin, self.noise, baseline)
        return lead_kept(self.profit, self.base, least, now)

    def take(self, at: Index) -> Trials:
        """The trials at these positions, without noise of their own."""
        columns = {name: getattr(self, name)[at] for name in self.COLUMNS}

        def pooled(trial: int, members: Index) -> Ledger:
            return self.pooled(int(at[trial]), members)

        return Trials(**columns, pooled=pooled)


def decide_trials(standing: Standing, trials: Trials) -> Index:
    """The decision shown of every trial: position of the strategy, STAYS where nothing changes; OPEN where a first look cannot tell."""
    trials = with_noise(standing, trials)
    baseline = standing.decided.baseline[trials.index]
    shown = decision(
        trials.profit, trials.base, baseline, trials.margin, trials.noise, trials.decidable
    ).shown
    family = np.where(concerned(standing, trials, shown), standing.family_of[trials.index], -1)
    for f in np.unique(family[family >= 0]):
        rows = np.flatnonzero(family == f)
        shown[rows] = _with_family(standing, int(f), trials, rows)
    return shown


def concerned(standing: Standing, trials: Trials, shown: Index) -> NDArray[np.bool_]:
    """Trials in which the family could rule something out for the product moved: see `pool_membership.who_joins`; (trials,)."""
    if Strategy.ATO not in standing.comparison.strategies:
        return np.zeros(len(shown), bool)
    ato, baseline = standing.comparison.strategies.index(Strategy.ATO), standing.alone.baseline[trials.index]
    assembled = trials.profit[:, ato]
    done = np.where(shown >= 0, shown, baseline) == ato
    with np.errstate(invalid="ignore"):
        willing = standing.alone.living[trials.index] & np.isfinite(assembled) & (assembled >= trials.base)
    return np.asarray(np.where(done, baseline != ato, willing))


def with_noise(standing: Standing, trials: Trials) -> Trials:
    """The trials with the noise of their own values where it could matter to them."""
    if trials.noise_at is None:
        return trials
    before = np.abs(standing.decided.margin[trials.index])
    ratio = (np.abs(trials.margin) / np.where(before > 0.0, before, np.inf))[:, None]
    most = _NOISE_REACH * np.maximum(ratio, 1.0) * np.maximum(trials.noise, 1e-12 * before[:, None])
    lead, low, high = _bars(standing, trials, np.minimum(ratio, 1.0) * trials.noise / _NOISE_REACH, most)
    with np.errstate(invalid="ignore"):
        may, sure = (lead > 0.0) & (lead >= low), (lead > 0.0) & (lead >= high)
        ahead = np.where(sure, trials.profit, -np.inf).max(axis=1)
        matters = may & ~sure & (trials.profit >= ahead[:, None]) & trials.decidable[:, None]
    rows = np.flatnonzero(matters.any(axis=1))
    if not len(rows):
        return trials
    noise = trials.noise.copy()
    noise[rows] = np.where(matters[rows], trials.noise_at(rows, matters[rows]), noise[rows])
    return replace(trials, noise=noise, noise_at=None)


def _with_family(standing: Standing, f: int, trials: Trials, rows: Index) -> Index:
    """The decisions shown of trials whose products belong to one component family: what it rules out is weighed anew in each."""
    members = standing.setup.families[f]
    ato, count, size = standing.comparison.strategies.index(Strategy.ATO), len(rows), len(members)
    mine = (
        np.searchsorted(members, trials.index[rows])
        if (np.diff(members) > 0).all()
        else np.array([int(np.flatnonzero(members == i)[0]) for i in trials.index[rows]])
    )
    own = standing.alone.take(members)
    at = np.arange(count)
    profit = np.repeat(standing.comparison.profit[members][None], count, axis=0)
    profit[:, :, ato] = np.where(np.isfinite(profit[:, :, ato]), trials.assembled[rows, :size], np.nan)
    profit[at, mine] = trials.profit[rows]
    base, margin = (
        np.asarray(np.repeat(column[None], count, axis=0), np.float64) for column in (own.base, own.margin)
    )
    decidable = np.asarray(np.repeat(own.decidable[None], count, axis=0), np.bool_)
    follows = (own.baseline == ato) & ~standing.run_today[
        members
    ]  # today's way is the family's own stock, run well
    base[:, follows] = profit[:, follows, ato]
    todays = trials.todays[rows, :size]
    base = np.where(np.isfinite(todays), todays, base)
    base[at, mine], margin[at, mine], decidable[at, mine] = (
        trials.base[rows],
        trials.margin[rows],
        trials.decidable[rows],
    )
    flat = (count * size, profit.shape[2])
    noise = np.repeat(own.noise[None], count, axis=0)
    noise[at, mine] = trials.noise[rows]
    alone = decision(
        profit.reshape(flat),
        base.reshape(-1),
        np.tile(own.baseline, count),
        margin.reshape(-1),
        noise.reshape(flat),
        decidable.reshape(-1),
    )
    shown = alone.shown.reshape(count, size)[at, mine]
    joins = alone.recommended.reshape(count, size) == ato
    for k in np.flatnonzero(
        joins.any(axis=1) & ~joins.all(axis=1)
    ):  # where all join or nobody does, nothing is ruled out
        picked = np.arange(k * size, (k + 1) * size)
        here = replace(own, base=base[k], decision=alone.take(picked))
        j = mine[k : k + 1]
        told = {
            int(
                decision(
                    profit[k, j], base[k, j], own.baseline[j], margin[k, j], noise[k, j], decidable[k, j], one[None]
                ).shown[0]
            )
            for one in _ruled_out(standing, f, trials, int(rows[k]), profit[k], here, int(mine[k]))
        }  # fmt: skip
        shown[k] = told.pop() if len(told) == 1 else OPEN
    return shown


def _ruled_out(
    standing: Standing, f: int, trials: Trials, trial: int, profit: Array, alone: Decided, mine: int
) -> list[NDArray[np.bool_]]:
    """What the family rules out for the moved member, at place `mine`, in one trial: see `joining.family_rules_out`.

    Each (strategies,): the one answer; or, of a first look, all that it may be. A pool that only some join is played
    at the trial's own value. A first look plays none: of one that the moved product is in, nothing is known.
    """
    ato = standing.comparison.strategies.index(Strategy.ATO)
    joins, willing = who_joins(profit, ato, alone)
    nothing = np.zeros(profit.shape[1], bool)
    if not (joins[mine] or willing[mine]):
        return [nothing]
    assembling = np.arange(profit.shape[1]) == ato
    possible = assembling & (alone.baseline[mine] != ato) if joins[mine] else ~assembling
    quick = bool(trials.quick[trial])
    if quick and (joins[mine] or trials.anew[trial]):
        return [nothing, possible]
    cost = with_them = _shared(standing, f, trials, trial, profit[:, ato], joins)
    if cost < 0.0 and willing.any():
        if quick:
            return [nothing, possible]
        with_them = _shared(standing, f, trials, trial, profit[:, ato], joins | willing)
    return [family_rules_out(profit, ato, alone, cost, with_them)[mine]]


def _shared(
    standing: Standing,
    f: int,
    trials: Trials,
    trial: int,
    assembled: Array,
    joins: NDArray[np.bool_],
) -> float:
    """Money that the members' own gains leave out because only those who join share the pool."""
    if not joins.any() or joins.all():
        return 0.0
    index = standing.setup.families[f][joins]
    ledger = trials.pooled(trial, index)
    rates = standing.assembled_rates[index]
    rates[index == trials.index[trial]] = trials.rates[trial]
    money = np.einsum("nshc,nc->nsh", ledger.counts, rates)
    first, second = money.sum(axis=0).argmax(axis=0)
    alone = 0.5 * (money[:, first, 1] + money[:, second, 0])
    return float(np.nansum(alone - assembled[joins]))


def lead_kept(profit: Array, base: Array, least: Array, now: Index) -> Array:
    """By how much money decisions `now` (products,) hold: how far they are ahead of what would replace them, negative where it does.

    `profit` and `base` as of `decision_rule.decision`, `least` as of `least_lead`. Of a strategy the least of what its lead over today is beyond what a change must bring,
    and of what another lacks to be done instead: to overtake it and to be worth a change; of STAYS what the nearest strategy lacks. What the component
    family rules out is not weighed. Shape (products,).
    """
    rows, done = np.arange(len(now)), now >= 0
    profit = np.where(np.isfinite(profit), profit, -np.inf)
    beyond = profit - base[:, None] - least
    at = np.maximum(now, 0)
    with np.errstate(invalid="ignore"):
        lacks = np.fmax(profit[rows, at][:, None] - profit, -beyond)
    lacks[rows, at] = beyond[rows, at]
    return np.asarray(np.where(done, lacks.min(axis=1), -beyond.max(axis=1)))


def _bars(standing: Standing, trials: Trials, small: Array, large: Array) -> tuple[Array, Array, Array]:
    """Leads over today, and what a change must bring at the least and at the most, where noise is from `small` to `large`: (trials, strategies) each."""
    lead, baseline = trials.profit - trials.base[:, None], standing.decided.baseline[trials.index]
    low, high = (least_lead(lead, trials.margin, noise, baseline) for noise in (small, large))
    return lead, low, high


def worth_playing(standing: Standing, trials: Trials, shown: Index) -> NDArray[np.bool_]:
    """Strategies of first looks by which a trial could be decided otherwise when they are played whole: shape (trials, strategies).

    All of a trial that is OPEN; else every strategy of which the money by which it would have to gain to be done, or to lose
    not to be, is no more than SHARE_ANEW of what the trial moved the leads over today, and FEW_YEARS of the margin,
    where the field says anything to one of the two; what is done with it. What choosing settings anew brings is of second order in what is moved; what a lead must exceed is taken
    between the noise in force divided by, and times, NOISE_APART. `shown` are the decisions as they stand.
    """
    profit = np.where(np.isfinite(trials.profit), trials.profit, -np.inf)
    lead, least, most = _bars(standing, trials, trials.noise / NOISE_APART, NOISE_APART * trials.noise)
    before = standing.comparison.profit[trials.index] - standing.decided.base[trials.index][:, None]
    with np.errstate(invalid="ignore"):
        moved = np.nan_to_num(np.abs(lead - before), nan=0.0, posinf=0.0, neginf=0.0)
    # offered at the value of the trial alone: nothing is known of it
    moved[np.isfinite(profit) & ~np.isfinite(before)] = np.inf
    done = np.flatnonzero(shown >= 0)
    mine = np.full(len(shown), -np.inf)
    mine[done] = profit[done, shown[done]]
    behind = np.where(np.isfinite(profit), mine[:, None] - np.where(np.isfinite(profit), profit, 0.0), np.inf)
    lacks = np.maximum(behind, least - lead)  # by how much each would have to gain to be done instead
    lacks[done, shown[done]] = (lead - most)[done, shown[done]]  # ... and what is done, to lose not to be
    ahead = np.zeros(len(shown))
    ahead[done] = moved[done, shown[done]]
    apart = moved + np.where(np.arange(profit.shape[1]) == shown[:, None], 0.0, ahead[:, None])
    reach = SHARE_ANEW * apart + FEW_YEARS * np.abs(trials.margin)[:, None]
    heard = trials.heard.copy()
    heard[done] |= trials.heard[done, shown[done]][:, None]
    near = (lacks <= reach) & heard & np.isfinite(profit)
    near[done, shown[done]] |= near[done].any(axis=1)
    near[shown == OPEN] = True
    return np.asarray(near)
