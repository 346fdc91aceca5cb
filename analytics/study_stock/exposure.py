"""Exposure of a study on its joint paths.

What is written off and what is short, of today's stock, today's way, every strategy and the mix, expected and
1 year in 20.

Every plan is played path by path with every value in force, at the settings chosen on the other half of the
paths: the same years as the choice, so the means are what is priced there (obsolescence, run-off and
markdown; lost and waiting) and market and family shocks hit all products of a path together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.naming.labels import Strategy
from analytics.simulation.ledger import ONLY
from analytics.simulation.run_out import PlayedDown, played_down
from analytics.strategy.money.measures import counts_by_name, priced_measures
from analytics.strategy.money.price import money_values, reacted
from analytics.strategy.plans.ledgers import (
    Setup,
    at_values_in_force,
    ato_counts,
    chunk_counts,
    chunks_of,
    in_threads,
    mts_counts,
)
from analytics.strategy.plans.recipes import replenishment_weeks, weeks_of
from analytics.strategy.portfolio.totals import written_off
from analytics.strategy.present.counted_as import stays_at
from analytics.strategy.present.present_settings import kits_today, ordered_as_today
from analytics.valuation.attention import RunsOut
from analytics.valuation.exposure import MEASURES_OF_A_YEAR, ExposureOfStudy
from analytics.valuation.valued import ValuedStock

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["of_todays_stock", "stock_played_down", "study_exposure", "study_runs_out"]

Array = NDArray[np.float64]

_OFF = MEASURES_OF_A_YEAR.index("written_off")


def _measured(counts: Array, money: dict[str, Array], strategy: str) -> Array:
    """What is kept of counts (products, paths, counts) under one strategy: (products, measures, paths)."""
    columns = {field: column[:, None] for field, column in money.items()}
    after = reacted(counts, strategy, columns)
    priced = priced_measures(after, columns)
    n = counts_by_name(after)
    lost = priced["lost_margin"] + priced["goodwill"] + priced["waiting"]
    return np.stack([np.asarray(written_off(priced)), n("lost"), n("waited"), lost], axis=1)


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
        years = _measured(counts, money_values(study.items.take(index), name), name)
        return index, _as_priced(study, name, index, years) if name == Strategy.ATO else years

    for index, years in in_threads(play, units):
        scopes.add(index, years)


def _as_priced(study: Study, name: str, index: NDArray[np.intp], years: Array) -> Array:
    """Assembled products' years with the mean that is priced.

    Who uses which share of the kits is counted by year here and by half there, a difference below 1 %.
    """
    own = study.items.take(index)
    priced = _measured(
        study.comparison.chosen[name].counts[index][:, None], money_values(own, name), Strategy.MTS
    )[..., 0]
    mean = years.mean(axis=2)
    share = np.where(mean > 0.0, priced / np.where(mean > 0.0, mean, 1.0), 1.0)
    return np.asarray(years * np.where(np.isfinite(share), share, 1.0)[..., None])


def _play_today(study: Study, setup: Setup, scopes: _Scopes) -> None:
    """Play every product as it is run today."""
    today = study.comparison.today
    if today is None:
        return
    every = np.arange(setup.world.paths)
    here = {name: today.index[today.strategy == name] for name in (Strategy.MTS, Strategy.ATO, Strategy.MTO)}

    def priced(counts: Array, rows: NDArray[np.intp], name: str) -> None:
        scopes.add(rows, _measured(counts, money_values(study.items.take(rows), name), name))

    if today.plan is not None and len(index := here[Strategy.MTS]):
        plan = replace(today.plan, lead_by_draw=None)
        for units in chunks_of(len(index), 32):
            priced(mts_counts(setup, plan, units, every, False)[0][:, ONLY], index[units], Strategy.MTS)
    if len(here[Strategy.ATO]):
        kits = replace(kits_today(setup, study.items, study.todays_way)[0], lead_by_draw=None)
        families = np.array(
            [f for f, own in enumerate(setup.families) if np.isin(own, here[Strategy.ATO]).any()], np.intp
        )
        for units in chunks_of(len(families), 4):
            counts, _, products = ato_counts(setup, kits, families[units], every, False)
            own = np.isin(products, here[Strategy.ATO])
            priced(counts[own][:, ONLY], products[own], Strategy.ATO)
    if len(index := here[Strategy.MTO]):
        there, setting, _ = ordered_as_today(setup, study.todays_way)
        for units in chunks_of(len(index), 32):
            counts, _, rows = chunk_counts(
                there, Strategy.MTO, index[units], setting[index[units]], waits=False
            )
            priced(counts, rows, Strategy.MTO)


def stock_played_down(study: Study, valued: ValuedStock, with_orders: bool = False) -> PlayedDown:
    """Today's stock of the products of the study that can be sold, played down until new stock could come, on the paths of the choice.

    `with_orders`: what is on order counts from the day on which it is there. Arrays (products, paths).
    """
    review = np.maximum(weeks_of(study.items["review_days"]), 1)
    within = (replenishment_weeks(study.items) + review).astype(np.float64)
    there = valued.stock.available[: len(study.items)]
    return played_down(study.setup.world, there, within, valued.coming if with_orders else None)


def study_exposure(study: Study, valued: ValuedStock, down: PlayedDown) -> ExposureOfStudy:
    """What may be written off, and what may be short, within twelve months, of all scopes on the same years: arrays (measures, paths).

    `down` is today's stock played down (`stock_played_down`). The mean of a plan's `written_off` is that of its totals. Source: the counts of the simulation, priced by
    `strategy.money.formulas`.
    """
    setup, comparison, r = at_values_in_force(study.setup), study.comparison, study.recommendation
    stocked = comparison.strategies.index(Strategy.MTS)
    known = np.isfinite(comparison.profit[:, stocked])
    plans = [str(name) for name in comparison.strategies]
    years = {
        scope: np.zeros((len(MEASURES_OF_A_YEAR), setup.world.paths)) for scope in ("baseline", *plans, "mix")
    }
    own = {scope: np.zeros(len(known), bool) for scope in ("baseline", "mix")}
    for scope, rows in (("baseline", np.ones(len(known), bool)), ("mix", r.as_today)):
        own[scope][stays_at(comparison, rows)[0]] = True
    for k, name in enumerate(comparison.strategies):
        takes = {
            "baseline": known & ~own["baseline"] & (r.baseline == k),
            "mix": known & ~own["mix"] & (r.recommended == k),
            str(name): known & comparison.chosen[name].offered,
        }
        if k == stocked:  # what a strategy is not offered stays to stock
            takes |= {
                other: known & ~comparison.chosen[other].offered
                for other in comparison.strategies
                if other != name
            }
            takes[str(name)] = known
        _play_strategy(study, setup, name, _Scopes(years, takes))
    _play_today(study, setup, _Scopes(years, {scope: known & mask for scope, mask in own.items()}))
    stock, excess = of_todays_stock(study, valued, down)
    return ExposureOfStudy({"stock": stock, "stock_in_excess": excess, **years})


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
        left = np.minimum(down.stranded, most[:, None])
        lost = cost[:, None] * (alive[:, None] * left + ((1.0 - alive) * most)[:, None])
        years = np.full((len(MEASURES_OF_A_YEAR), left.shape[1]), np.nan)
        years[_OFF] = lost.sum(axis=0)
        found.append(years)
    return found[0], found[1]


def study_runs_out(study: Study, valued: ValuedStock, down: PlayedDown) -> RunsOut:
    """Which products run out before they are replaced, of today's stock played `down`, net of what is on order and comes in time."""
    n = len(study.items)
    if (valued.stock.units_of("on_order")[:n] > 0.0).any():
        down = stock_played_down(study, valued, with_orders=True)
    short = down.short.astype(np.float64)
    hit = short > 0.0
    margin = np.asarray(study.items["price"], np.float64) - np.asarray(study.items["unit_cost"], np.float64)
    known = np.isfinite(valued.stock.on_hand[:n]) & ~study.recommendation.ended
    first = np.where(hit, down.first_short, 0.0).astype(np.float64).sum(axis=1) / np.maximum(
        hit.sum(axis=1), 1
    )
    day = valued.as_of + (7.0 * first).astype(np.int64)
    mean, alive = short.mean(axis=1), study.setup.alive
    worst = np.sort(short, axis=1)[:, int(np.ceil(0.95 * short.shape[1])) - 1]
    return RunsOut(
        np.where(known, alive * hit.mean(axis=1), np.nan),
        np.where(known & hit.any(axis=1), day, np.datetime64("NaT", "D")),
        np.where(known, alive * mean, np.nan),
        np.where(known, alive * mean * np.maximum(margin, 0.0), np.nan),
        np.where(known, worst, np.nan),
    )
