"""Exposure of a study on its joint paths.

What is written off and what is short, of today's stock, today's way, every strategy and the mix, expected and
1 year in 20.

Every plan counts path by path with every value in force, at the settings chosen on the other half of the
paths: the same years as the choice, so the means are what is priced there (obsolescence, run-off and
markdown; lost and waiting) and market and family shocks hit all products of a path together. They are added up
while the choice plays them (`comparison.lost`); what was not, as after limits or another choice, is played here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.naming.labels import Strategy
from analytics.simulation.ledger import ONLY
from analytics.simulation.run_out import PlayedDown, played_down
from analytics.simulation.stock import StockPlan
from analytics.strategy.compared.lost_years import (
    MEASURES_OF_A_YEAR,
    as_priced,
    lost_years,
    strategies_to_play,
)
from analytics.strategy.plans.ledgers import (
    Setup,
    at_values_in_force,
    ato_counts,
    chunk_counts,
    chunks_of,
    in_threads,
    mts_counts,
)
from analytics.strategy.plans.recipes import replenishment_weeks, weeks_of, with_settings
from analytics.strategy.plans.todays_way import SERVICE_IN_FORCE
from analytics.strategy.present.counted_as import stays_at
from analytics.strategy.present.present_settings import kits_today, ordered_as_today
from analytics.valuation.attention import RunsOut, runs_out
from analytics.valuation.exposure import ExposureOfStudy, lost_of_stock
from analytics.valuation.valued import ValuedStock

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["of_todays_stock", "stock_played_down", "study_exposure", "study_runs_out"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_OFF = MEASURES_OF_A_YEAR.index("written_off")


@dataclass(frozen=True, eq=False)
class _Scopes:
    """Which products of a strategy, or run as today, count in which scope: `takes[scope]` (products,).

    What is played is added to `years` (measures, paths) at once.
    """

    years: dict[str, Array]
    takes: dict[str, NDArray[np.bool_]]

    def add(self, rows: NDArray[np.intp], played: Array) -> None:
        """Add the years (products, measures, paths) of products at these positions to every scope that counts them."""
        for scope, mask in self.takes.items():
            if (here := mask[rows]).any():
                self.years[scope] += played[here].sum(axis=0)


def _play_strategy(study: Study, setup: Setup, name: str, scopes: _Scopes) -> None:
    """Play every product under one strategy that some scope counts there."""
    chosen, wanted = study.comparison.chosen[name], np.any(list(scopes.takes.values()), axis=0)
    if name == Strategy.ATO:
        units = chunks_of(len(setup.families), 4)
    else:
        products = np.flatnonzero(chosen.offered & wanted)
        units = [products[c] for c in chunks_of(len(products), 32)]

    def play(rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], Array]:
        first = np.array([setup.families[u][0] for u in rows], np.intp) if name == Strategy.ATO else rows
        counts, _, index = chunk_counts(setup, name, rows, chosen.by_half[first], waits=False)
        own = study.items.take(index)
        years = lost_years(counts, own, name)
        return index, as_priced(years, chosen.counts[index], own) if name == Strategy.ATO else years

    for index, years in in_threads(play, units):
        scopes.add(index, years)


def _play_today(study: Study, setup: Setup, scopes: _Scopes) -> None:
    """Play every product that some scope counts as it is run today, at the service in force alone."""
    today = study.comparison.today
    if today is None or not scopes.takes:
        return
    wanted = np.any(list(scopes.takes.values()), axis=0)
    every = np.arange(setup.world.paths)
    here = {name: today.index[today.strategy == name] for name in (Strategy.MTS, Strategy.ATO, Strategy.MTO)}

    def priced(counts: Array, rows: NDArray[np.intp], name: str) -> None:
        scopes.add(rows, lost_years(counts, study.items.take(rows), name))

    if today.plan is not None and len(index := here[Strategy.MTS]):
        plan, stocked = _in_force_alone(today.plan), np.flatnonzero(wanted[index])
        for units in (stocked[c] for c in chunks_of(len(stocked), 32)):
            priced(mts_counts(setup, plan, units, every, False)[0][:, ONLY], index[units], Strategy.MTS)
    if len(here[Strategy.ATO]):
        kits = _in_force_alone(kits_today(setup, study.items, study.todays_way)[0])
        assembled = np.isin(np.arange(len(study.items)), here[Strategy.ATO]) & wanted
        families = np.array([f for f, own in enumerate(setup.families) if assembled[own].any()], np.intp)
        for units in chunks_of(len(families), 4):
            counts, _, products = ato_counts(setup, kits, families[units], every, False)
            own = np.isin(products, here[Strategy.ATO])
            priced(counts[own][:, ONLY], products[own], Strategy.ATO)
    if len(index := here[Strategy.MTO][wanted[here[Strategy.MTO]]]):
        there, setting, _ = ordered_as_today(setup, study.todays_way)
        for units in chunks_of(len(index), 32):
            counts, _, rows = chunk_counts(
                there, Strategy.MTO, index[units], setting[index[units]], waits=False
            )
            priced(counts, rows, Strategy.MTO)


def _in_force_alone(plan: StockPlan) -> StockPlan:
    """Today's plan at the service in force, without the ends of its range."""
    one = np.full((len(plan.lot), 1), SERVICE_IN_FORCE, np.intp)
    return replace(with_settings(plan, one), lead_by_draw=None)


def stock_played_down(study: Study, valued: ValuedStock) -> PlayedDown:
    """Today's stock of the products of the study that can be sold, played down until new stock could come, on the paths of the choice.

    What is on order counts from the day on which it is there, for what runs out; what is stranded is of what is there. Arrays
    (products, paths).
    """
    review = np.maximum(weeks_of(study.items["review_days"]), 1)
    within = (replenishment_weeks(study.items) + review).astype(np.float64)
    there = valued.stock.available[: len(study.items)]
    return played_down(study.setup.world, there, within, valued.coming)


def study_exposure(study: Study, valued: ValuedStock, down: PlayedDown) -> ExposureOfStudy:
    """What may be written off, and what may be short, within twelve months, of all scopes on the same years: arrays (measures, paths).

    `down` is today's stock played down (`stock_played_down`). The mean of a plan's `written_off` is that of its totals. Source: the counts of the simulation, priced by
    `strategy.money.formulas`.
    """
    setup, comparison, r = at_values_in_force(study.setup), study.comparison, study.recommendation
    known = np.isfinite(comparison.profit[:, comparison.strategies.index(Strategy.MTS)])
    own = {scope: np.zeros(len(known), bool) for scope in ("baseline", "mix")}
    for scope, rows in (("baseline", np.ones(len(known), bool)), ("mix", r.as_today)):
        own[scope][stays_at(comparison, rows)[0]] = True
    years, left = _played_before(study, known, {"baseline": r.baseline, "mix": r.recommended}, own)
    takes = strategies_to_play(comparison.chosen, known) if str(Strategy.MTS) not in years else {}
    for k, name in enumerate(comparison.strategies):
        plans = {scope: rows & ~own[scope] & (way == k) for scope, (way, rows) in left.items()}
        every = takes.get(name, {}) | plans
        for scope in every:
            years.setdefault(str(scope), np.zeros((len(MEASURES_OF_A_YEAR), setup.world.paths)))
        wanted = {str(scope): mask for scope, mask in every.items() if mask.any()}
        if wanted:
            _play_strategy(study, setup, name, _Scopes(years, wanted))
    today = {scope: rows & own[scope] for scope, (_, rows) in left.items()}
    _play_today(study, setup, _Scopes(years, {scope: rows for scope, rows in today.items() if rows.any()}))
    order = ("baseline", *(str(name) for name in comparison.strategies), "mix")
    stock, excess = of_todays_stock(study, valued, down)
    return ExposureOfStudy(
        {"stock": stock, "stock_in_excess": excess, **{scope: years[scope] for scope in order}}
    )


def _played_before(
    study: Study, known: Mask, ways: Mapping[str, NDArray[np.intp]], own: Mapping[str, Mask]
) -> tuple[dict[str, Array], dict[str, tuple[NDArray[np.intp], Mask]]]:
    """What the comparison added up while it played, by scope, and for the plans by `ways` who is still to be played, and how.

    `own` (products,) marks by plan who is run as today. A plan that is another one by now, by limits or by choice, is to be played whole.
    """
    kept, every = study.comparison.lost, {scope: (way, known) for scope, way in ways.items()}
    if kept is None or not np.array_equal(kept.known, known):
        return {}, every
    years = {str(name): each.copy() for name, each in kept.strategies.items()}
    for scope, way in ways.items():
        plan = kept.plans.get(scope)
        if plan is not None and plan.of(way, own[scope]):
            years[scope], every[scope] = plan.years.copy(), (way, plan.left)
    return years, every


def of_todays_stock(study: Study, valued: ValuedStock, down: PlayedDown) -> tuple[Array, Array]:
    """Years of today's stock of products still sold, and the part of it that is excess too.

    Lost is what is stranded when a product ends, or has perhaps ended already, at unit cost less salvage; what is
    reserved is sold.
    """
    n = len(study.items)
    cost = np.nan_to_num(valued.stock.unit_cost[:n]) * (
        1.0 - np.nan_to_num(np.asarray(study.items["salvage_share"], np.float64))
    )
    cost = np.where(study.recommendation.ended, 0.0, cost)
    held, beyond, alive = (
        np.nan_to_num(valued.stock.on_hand[:n]) - valued.stock.units_of("reserved")[:n],
        np.nan_to_num(valued.stock.excess_units[:n]),
        study.setup.alive,
    )
    found = []
    for most in (held, beyond):
        years = np.full((len(MEASURES_OF_A_YEAR), down.stranded.shape[1]), np.nan)
        years[_OFF] = lost_of_stock(down, most, cost, alive)
        found.append(years)
    return found[0], found[1]


def study_runs_out(study: Study, valued: ValuedStock, down: PlayedDown) -> RunsOut:
    """Which products run out before they are replaced, of today's stock played `down`, net of what is on order and comes in time."""
    n = len(study.items)
    margin = np.asarray(study.items["price"], np.float64) - np.asarray(study.items["unit_cost"], np.float64)
    known = np.isfinite(valued.stock.on_hand[:n]) & ~study.recommendation.ended
    return runs_out(down, valued.as_of, known, study.setup.alive, margin)
