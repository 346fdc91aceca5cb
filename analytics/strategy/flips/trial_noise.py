"""What tells a lead from chance in a trial: today, and every strategy at its settings, year by year at the values of the trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.strategy.decision_rule import noise_of
from analytics.strategy.flips.trial_copies import Copies, rows_alone
from analytics.strategy.flips.trials import NoiseOf
from analytics.strategy.money.in_force import money_in_force
from analytics.strategy.plans.component_pools import rows_of
from analytics.strategy.plans.ledgers import Setup, at_values_in_force, chunk_counts, chunks_of, in_threads
from analytics.strategy.present.present_years import assembled_today, ordered_today, stocked_today
from analytics.strategy.standing import Standing

__all__ = ["TodayThen", "noise_at", "todays_money"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]
#: Units played at a time.
_AT_ONCE = {Strategy.HYBRID: 8, Strategy.ATO: 4}


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


def todays_money(
    standing: Standing, field: str, index: Index, copies: Copies, alone: Setup, together: tuple[Copies, Setup] | None
) -> TodayThen:  # fmt: skip
    """Money of today's way in every trial, set as it is today, and of those of its family that assemble today."""
    today = standing.comparison.today
    assert today is not None
    place = np.searchsorted(today.index, index)
    base, way = today.profit[place].copy(), today.strategy[place]
    replayed, years = np.zeros(len(index), bool), today.in_force[place].copy()
    if (
        years.shape[1] != standing.setup.world.paths // standing.setup.world.inner
        or copies.world.paths != standing.setup.world.paths
    ):
        years = np.full((len(index), copies.world.paths // copies.world.inner), np.nan)
    todays = np.full(
        (len(index), max((len(members) for members in standing.setup.families), default=0)), np.nan
    )
    if (
        field in ("queue_days", "quote_days", "assembly_days") and together is None
    ):  # today's quotes are facts
        return TodayThen(base, todays, replayed, years)
    for name in (Strategy.MTS, Strategy.MTO):
        rows = np.flatnonzero(way == name)
        if len(rows) and (
            name == Strategy.MTS
            or field not in ("queue_days", "quote_days", "excess_cover_weeks", "review_days")
        ):
            forecast, own, one = (
                rows_of(copies.forecast, rows),
                copies.items.take(rows),
                rows_alone(alone, rows),
            )
            theirs = standing.way.take(index[rows])
            replayed[rows] = True
            found = (
                stocked_today(one, own, forecast, theirs, standing.given_service)
                if name == Strategy.MTS
                else ordered_today(one, own, theirs)
            )
            base[rows], years[rows] = found
    if together is not None and standing.assembled_today[together[0].rows].any():
        family, setup = together
        earned, by_draw = assembled_today(setup, family.items, standing.way.take(family.rows))
        money = np.where(standing.assembled_today[family.rows], earned, np.nan)
        edges = np.flatnonzero(np.diff(family.trial, prepend=-1))
        todays[
            family.trial, np.arange(len(money)) - np.repeat(edges, np.diff(np.append(edges, len(money))))
        ] = money
        mine = np.flatnonzero(family.moved & np.isfinite(money))
        base[family.trial[mine]], replayed[family.trial[mine]] = money[mine], True
        years[family.trial[mine]] = by_draw[mine]
    return TodayThen(base, todays, replayed, years)


def noise_at(
    standing: Standing, index: Index, copies: Copies, alone: Setup, together: tuple[Copies, Setup] | None, years: Array, by_half: Mapping[str, NDArray[np.intp]],
    profit: Array,
) -> NoiseOf:  # fmt: skip
    """What a lead must exceed in every trial.

    What a lead must exceed in the trials of the products at `index`: strategies in `by_half` (trials, 2) played at these settings, the others as in force;
    what is not offered (no `profit`, (trials, strategies)) is not played.
    """

    def noise(trials: Index) -> Array:
        in_force = standing.comparison.in_force[index[trials]].copy()
        for name, settings in by_half.items():
            k = standing.comparison.strategies.index(name)
            if name != Strategy.ATO:
                at = np.flatnonzero(np.isfinite(profit[trials, k]))
                if len(at):
                    in_force[at, k] = _by_draw(alone, copies.items, name, trials[at], settings[trials[at]])[1]
            elif together is not None:
                family, setup = together
                first = np.array([members[0] for members in setup.families], np.intp)
                units = np.flatnonzero(np.isin(family.trial[first], trials))
                if not len(units):
                    continue
                products, money = _by_draw(
                    setup, family.items, name, units, settings[family.trial[first[units]]]
                )
                here = family.moved[products]
                in_force[np.searchsorted(trials, family.trial[products[here]]), k] = money[here]
        return noise_of(in_force - years[trials][:, None])

    return noise


def _by_draw(
    setup: Setup, items: Items, name: str, units: Index, by_half: NDArray[np.intp]
) -> tuple[Index, Array]:
    """Products, and their money by draw of demand (products, draws), of units played at the settings chosen on each half of the years."""
    here, inner = at_values_in_force(setup), setup.world.inner
    parts = in_threads(
        lambda at: chunk_counts(here, name, units[at], by_half[at], waits=False),
        chunks_of(len(units), _AT_ONCE.get(Strategy(name), 32)),
    )
    products = np.concatenate([part[2] for part in parts])
    counts = np.concatenate([part[0] for part in parts])
    return products, money_in_force(
        counts.reshape(len(counts), -1, inner, counts.shape[2]).mean(axis=2), name, items.take(products)
    )
