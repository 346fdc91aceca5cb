"""What tells a lead from chance in a trial: today, and every strategy at its settings, year by year at the values of the trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.naming.labels import Strategy
from analytics.strategy.decision_rule import noise_of
from analytics.strategy.flips.trial_copies import within_trials
from analytics.strategy.flips.trial_plays import Plays
from analytics.strategy.flips.trials import NoiseOf
from analytics.strategy.money.in_force import money_in_force
from analytics.strategy.plans.component_pools import rows_of
from analytics.strategy.plans.ledgers import chunks_of
from analytics.strategy.present.present_years import assembled_today, ordered_today, stocked_today

__all__ = ["TodayThen", "noise_at", "todays_money"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]
#: Trials of which every simulated year of today is held at a time.
_HELD = 128


@dataclass(frozen=True, eq=False)
class TodayThen:
    """Money of today's way in every trial.

    Money of today's way in every trial, set as it is today: expected (`base`, (trials,)), by draw of demand at the values of the trial (`years`, (trials, draws)),
    that of the members of its family that assemble today (`todays`, (trials, members); NaN: as in force), and where today was played again.
    """

    base: Array
    todays: Array
    replayed: NDArray[np.bool_]
    years: Array


def todays_money(plays: Plays, together: Index) -> TodayThen:
    """Money of today's way in every trial, set as it is today, and in the trials `together` of those of its family that assemble today."""
    standing, change, copies = plays.standing, plays.change, plays.copies
    index, field, today = change.index, change.field, standing.comparison.today
    assert today is not None
    place = np.searchsorted(today.index, index)
    base, way = today.profit[place].copy(), today.strategy[place]
    replayed, years = np.zeros(len(index), bool), today.in_force[place].copy()
    if (
        years.shape[1] != standing.setup.world.paths // standing.setup.world.inner
        or copies.world.paths != standing.setup.world.paths
    ):
        years = np.full((len(index), copies.world.paths // copies.world.inner), np.nan)
    most = max((len(members) for members in standing.setup.families), default=0)
    todays = np.full((len(index), most), np.nan)
    for name in (Strategy.MTS, Strategy.MTO):
        facts: tuple[str, ...] = ("queue_days", "quote_days", "assembly_days")  # today's quotes are facts
        if name == Strategy.MTO:
            facts = (*facts, "excess_cover_weeks", "review_days")
        rows = np.flatnonzero((way == name) & ~np.isin(field, facts))
        replayed[rows] = True
        for at in chunks_of(len(rows), _HELD):
            some = rows[at]
            own, theirs = copies.items.take(some), standing.way.take(index[some])
            if name == Strategy.MTS:
                alone = plays.alone(some, np.zeros((len(some), 1), np.intp), waits=False)
                expected = rows_of(copies.forecast, some)
                found = stocked_today(alone, own, expected, theirs, standing.given_service)
            else:
                found = ordered_today(plays.to_order(some), own, theirs)
            base[some], years[some] = found
    families = standing.family_of[index[together]]
    any_today = [standing.assembled_today[standing.setup.families[f]].any() for f in families]
    together = together[np.array(any_today, bool)]
    if len(together):
        family, setup = plays.families(together, np.zeros((len(together), 1), np.intp), waits=False)
        earned, by_draw = assembled_today(setup, family.items, standing.way.take(family.rows))
        money = np.where(standing.assembled_today[family.rows], earned, np.nan)
        todays[family.trial, within_trials(family.trial)] = money
        mine = np.flatnonzero(family.moved & np.isfinite(money))
        base[family.trial[mine]], replayed[family.trial[mine]] = money[mine], True
        years[family.trial[mine]] = by_draw[mine]
    return TodayThen(base, todays, replayed, years)


def noise_at(plays: Plays, years: Array, by_half: Mapping[str, Index], profit: Array) -> NoiseOf:
    """What a lead must exceed in every trial.

    Strategies in `by_half` are played at these settings (trials, 2), -1 where not, the others are as in force; `years` (trials, draws) are today's, and
    what is not offered (no `profit`, (trials, strategies)) is not played.
    """
    standing, index = plays.standing, plays.change.index

    def noise(trials: Index, wanted: NDArray[np.bool_]) -> Array:
        in_force = standing.comparison.in_force[index[trials]].copy()
        for name, settings in by_half.items():
            k = standing.comparison.strategies.index(name)
            rows = trials[(settings[trials, 0] >= 0) & np.isfinite(profit[trials, k]) & wanted[:, k]]
            if len(rows):
                held = plays.held(name, rows, settings[rows], in_force.shape[2])
                at = held.moved
                in_force[np.searchsorted(trials, held.trial[at]), k] = money_in_force(
                    held.counts[at], name, held.items.take(np.flatnonzero(at))
                )
        return noise_of(in_force - years[trials][:, None])

    return noise
