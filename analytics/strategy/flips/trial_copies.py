"""Copies of products, each as it would be in a trial, with the plans by which they are played: alone, or with their component family.

One concept: one copy. Alone and with its family it is planned from the same items, forecast and world, or what the two are compared by would not be the trial.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.forecast import Forecast
from analytics.items import Items, stacked_items
from analytics.simulation.stock import StockPlan
from analytics.simulation.world import World
from analytics.strategy.flips.trial_splits import Split, split_anew, split_in_force
from analytics.strategy.plans.batches import batch_plan
from analytics.strategy.plans.component_pools import rows_of, stacked_forecasts, totals_as_members_expect
from analytics.strategy.plans.ledgers import Setup, plan_of, with_measured_waits
from analytics.strategy.plans.recipes import (
    Grid,
    assembly_plan,
    mean_order_size,
    order_plan,
    simulation_world,
    stock_plan,
    with_settings,
)
from analytics.strategy.plans.split_by_order_size import HybridPlan
from analytics.strategy.plans.steps import MOST_BY_DAY, SHORT_DAYS, stock_and_parts_days
from analytics.strategy.standing import Standing

__all__ = [
    "Copies",
    "Field",
    "Fields",
    "Grown",
    "Moved",
    "copies_of",
    "door_years",
    "field_of_each",
    "kits_of",
    "one_moved",
    "plans_alone",
    "plans_together",
    "played_by_day_then",
    "pools_together",
    "rows_alone",
    "stock_of",
    "totals_of",
    "within_trials",
]

Array = NDArray[np.float64]
Index = NDArray[np.intp]
#: What is moved in each trial, (trials,); the same of all, or one in each.
Fields = NDArray[np.object_]
Field = str | Fields

#: Simulated years of a first look.
_FEW_PATHS = 96
#: Fields by which the pool of a family is forecast anew.
_SPANS = ("component_lead_days", "production_days")


def field_of_each(field: Field, trials: int) -> Fields:
    """What is moved in each of so many trials: (trials,).

    >>> field_of_each("quote_days", 2).tolist()
    ['quote_days', 'quote_days']
    """
    return np.array(np.broadcast_to(np.asarray(field, object), (trials,)))


@dataclass(frozen=True, eq=False)
class Copies:
    """Copies of products, one below the other, for trials.

    Products one below the other: `rows` are their positions in the portfolio, `trial` says which trial each belongs to, `moved` marks those at a
    value of their own.
    """

    rows: Index
    trial: Index
    moved: NDArray[np.bool_]
    items: Items
    forecast: Forecast
    world: World


@dataclass(frozen=True, eq=False)
class Moved:
    """What is moved in trials, a `field` (trials,) in each: of product `index` (trials,), as it is in the items `there` at `place` (trials,).

    The product is expected to sell `demand` (trials,) times as much; `day` (trials,) marks the trials played by day.
    `whole` says whether all simulated years are played, or the first of them only.
    """

    field: Fields
    index: Index
    there: Items
    place: Index
    demand: Array
    day: NDArray[np.bool_]
    whole: bool


class Grown(NamedTuple):
    """Copies of the families of some trials: what they expect in all (`totals`), the grid of their components (`kits`), the places of their members."""

    copies: Copies
    totals: Forecast
    kits: StockPlan
    families: tuple[Index, ...]


def copies_of(standing: Standing, change: Moved, groups: list[Index], trials: Index) -> Copies:
    """One group of products for each of `trials` (groups,): alone, or with its family.

    The product that a trial moves is as the trial has it, the others of its group are as they are.
    """
    field, there = change.field, change.there
    rows = np.concatenate(groups)
    which = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    trial = trials[which]
    moved = rows == change.index[trial]
    n = len(rows)
    both = stacked_items([standing.items.take(rows), there.take(np.where(moved, change.place[trial], rows))])
    named = np.array([f"{sku} {k}" for sku, k in zip(standing.items.skus[rows], trial, strict=True)], object)
    items = replace(both.take(np.where(moved, n + np.arange(n), np.arange(n))), skus=named)
    forecast = replace(rows_of(standing.outlook.forecast, rows), skus=named)
    scaled = moved & (field[trial] == "demand")
    if scaled.any():
        forecast = forecast.scaled(np.where(scaled, change.demand[trial], 1.0))
    was = standing.setup.world
    assert was.order_size is not None
    by_day = change.day[trial]
    size = was.order_size[rows]
    sized = moved & (field[trial] == "units_per_order")
    if sized.any():
        mean = mean_order_size(items, forecast.integer, forecast.steps)[:, None]
        size = np.where(sized[:, None], np.repeat(mean, size.shape[1], axis=1), size)
    world = simulation_world(
        forecast, items, replace(standing.plan, keys=standing.plan.keys[rows]), by_day, was.day_share, size
    )
    if was.drawn_row is not None:
        world = replace(
            world,
            drawn=was.drawn,
            drawn_row=np.where(by_day | scaled, -1, was.drawn_row[rows]),
        )
    return Copies(rows, trial, moved, items, forecast, world if change.whole else _first_years(world))


def played_by_day_then(standing: Standing, index: Index, there: Items, place: Index) -> NDArray[np.bool_]:
    """Trials played by day, as the whole portfolio would be with that one product as it is `there` at `place`: with its family, which shares a stock."""
    was = standing.setup.world.by_day
    assert was is not None
    out = was[index]
    if int(was.sum()) >= MOST_BY_DAY:  # days are kept for those with most units: who has them keeps them
        return out
    (lead, parts), (new_lead, new_parts) = stock_and_parts_days(standing.items), stock_and_parts_days(there)
    for k in np.flatnonzero((new_lead[place] != lead[index]) | (new_parts[place] != parts[index])):
        i = index[k]
        members = (
            standing.setup.families[standing.family_of[i]] if standing.family_of[i] >= 0 else index[k : k + 1]
        )
        own = members == i
        short = np.where(own, new_lead[place[k]], lead[members]).min() < SHORT_DAYS
        out[k] = short or (
            standing.family_of[i] >= 0
            and np.where(own, new_parts[place[k]], parts[members]).max() < SHORT_DAYS
        )
    return out


def _first_years(world: World) -> World:
    """The same world over the first of its simulated years."""
    paths = min(_FEW_PATHS, world.paths)
    draws = paths // world.inner
    return replace(
        world, market=world.market[:paths], family_shock=np.ascontiguousarray(world.family_shock[:, :paths]),
        hazard_per_week=np.ascontiguousarray(world.hazard_per_week[:, :draws]), patience_per_day=np.ascontiguousarray(world.patience_per_day[:, :draws]),
    )  # fmt: skip


def plans_alone(
    standing: Standing,
    copies: Copies,
    every: StockPlan,
    of: Index,
    settings: Index,
    waits: bool = True,
    split: Split | HybridPlan = Split.NOT,
    to_order: bool = False,
) -> Setup:
    """Plans of products on their own, at places `of` among the copies: some `settings` (places, k) of the grid of `every` copy.

    Without `waits` those of customers who find an empty shelf are not measured: for who plays settings of his own. How they are
    `split` by order size is found here, or given. What is made or bought in batches is planned only where it is played `to_order`.
    """
    rows, setup = copies.rows[of], standing.setup
    items, world = copies.items.take(of), copies.world.take(of)
    stock = with_settings(plan_of(every, of)[0], settings)
    stock = with_measured_waits(world, stock) if waits else stock
    order = order_plan(items, (1.0,))
    hybrid = split_in_force(standing, rows) if split == Split.IN_FORCE else None
    if isinstance(split, HybridPlan):
        hybrid = split
    if split == Split.ANEW:
        hybrid = split_anew(standing, rows, world, stock, order, items)
    return Setup(
        items.skus, world, setup.alive[rows], stock, order, None, (), setup.seed, door_years(items), hybrid,
        ended=setup.ended_at(rows), batches=batch_plan(items, world, stock, order) if to_order else None,
    )  # fmt: skip


def stock_of(standing: Standing, copies: Copies) -> StockPlan:
    """The grid of every copy on its own from stock: no waits are measured yet."""
    return stock_plan(copies.forecast, copies.items, copies.world, Grid(), standing.setup.seed)


def within_trials(trial: Index) -> Index:
    """The place of each copy within its trial, of copies in the order of their trials: shape (copies,).

    >>> within_trials(np.array([3, 3, 3, 5, 5])).tolist()
    [0, 1, 2, 0, 1]
    """
    edges = np.flatnonzero(np.diff(trial, prepend=-1))
    return np.arange(len(trial)) - np.repeat(edges, np.diff(np.append(edges, len(trial))))


def door_years(items: Items) -> Array:
    """Years between the components and the finished product: final assembly, as far as it is production. Shape (products,)."""
    return np.asarray(
        np.minimum(np.nan_to_num(items["assembly_days"]), np.nan_to_num(items["production_days"])) / 365.0
    )


def kits_of(
    standing: Standing, copies: Copies, groups: list[Index], totals: Forecast
) -> tuple[StockPlan, tuple[Index, ...]]:
    """The grid of the components of copies of families, and the places of their members; as `stock_of`."""
    edges = np.concatenate([[0], np.cumsum([len(group) for group in groups])])
    families = tuple(np.arange(a, b) for a, b in itertools.pairwise(edges))
    return assembly_plan(families, totals, copies.world, copies.items, Grid(), standing.setup.seed), families


def plans_together(standing: Standing, grown: Grown, settings: Index, waits: bool = True) -> Setup:
    """Plans of copies of families that assemble together: some `settings` (families, k) of their grid; without `waits` as of `plans_alone`."""
    setup, copies, items = standing.setup, grown.copies, grown.copies.items
    kits = with_settings(grown.kits, settings)
    kits = with_measured_waits(copies.world, kits) if waits else kits
    nothing = replace(setup.stock, lot=np.zeros((0, setup.stock.lot.shape[1])))
    return Setup(items.skus, copies.world, setup.alive[copies.rows], nothing, order_plan(items, (1.0,)), kits, grown.families, setup.seed, door_years(items),
                 totals=grown.totals, ended=setup.ended_at(copies.rows))  # fmt: skip


def pools_together(
    standing: Standing, setup: Setup, items: Items, forecast: Forecast, rows: Index, pools: tuple[Index, ...]
) -> Setup:
    """The set-up of some products with the component stocks they share.

    The set-up of the products at `rows` (rising) with the component stocks of these pools (positions in the whole), forecast as they are beside all
    families, at `items` and `forecast` of the whole.
    """
    whole = standing.setup.families

    def total(pool: Index) -> Forecast:
        fitted = standing.outlook.pool_beside(items, pool, whole)
        return totals_as_members_expect(fitted, rows_of(forecast, pool), (np.arange(len(pool)),))

    totals = stacked_forecasts([total(pool) for pool in pools])
    local = tuple(np.searchsorted(rows, pool) for pool in pools)
    kits = with_measured_waits(
        setup.world,
        assembly_plan(local, totals, setup.world, items.take(rows), Grid(), setup.seed),
    )
    return replace(setup, assembly=kits, families=local, totals=totals)


def totals_of(standing: Standing, change: Moved, trials: Index) -> Forecast:
    """The forecast of the family of each of the `trials`: anew where what is moved changes how far ahead it plans."""
    field, index, demand = change.field[trials], change.index[trials], change.demand[trials]
    family, known = standing.family_of[index], standing.setup.totals
    assert known is not None
    anew = np.isin(field, ("demand", *_SPANS))
    if not anew.any():
        return rows_of(known, family)

    def total(k: int) -> Forecast:
        i, f = index[k], int(family[k])
        if field[k] == "demand":
            members = standing.setup.families[f]
            expected = rows_of(standing.outlook.forecast, members).scaled(
                np.where(members == i, demand[k], 1.0)
            )
            return totals_as_members_expect(
                rows_of(known, np.array([f])), expected, (np.arange(len(members)),)
            )
        return standing.outlook.pool(one_moved(standing, change, int(trials[k])), standing.setup.families, f)

    parts = [total(int(k)) for k in np.flatnonzero(anew)]
    if not anew.all():
        parts.append(rows_of(known, family[~anew]))
    order = np.argsort(np.concatenate([np.flatnonzero(anew), np.flatnonzero(~anew)]))
    return rows_of(stacked_forecasts(parts), order)


def one_moved(standing: Standing, change: Moved, trial: int) -> Items:
    """The portfolio's items with the product that a trial moves as the trial has it."""
    n = len(standing.items)
    at = np.arange(n)
    at[change.index[trial]] = n + change.place[trial]
    both = stacked_items([standing.items, change.there])
    return replace(both.take(at), notes=standing.items.notes)


def rows_alone(setup: Setup, rows: Index) -> Setup:
    """The plans of some products on their own."""
    if len(rows) == len(setup.skus):
        return setup
    stock = {
        f.name: getattr(setup.stock, f.name)[rows]
        for f in fields(setup.stock)
        if isinstance(getattr(setup.stock, f.name), np.ndarray) and f.name not in ("start", "members")
    }
    order = {
        f.name: getattr(setup.order, f.name)[rows]
        for f in fields(setup.order)
        if isinstance(getattr(setup.order, f.name), np.ndarray)
    }
    return replace(
        setup, skus=setup.skus[rows], world=setup.world.take(rows), alive=setup.alive[rows], ended=setup.ended_at(rows), assembly_years=setup.assembly_years[rows],
        hybrid=None, not_split=None, not_by_channel=None, batches=None if setup.batches is None else setup.batches.at(rows),
        stock=replace(setup.stock, start=np.arange(len(rows) + 1), members=np.arange(len(rows)), **stock), order=replace(setup.order, **order),
    )  # fmt: skip
