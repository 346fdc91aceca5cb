"""Trials of what is no price: each product (to assemble: a copy of its family) played again at its own value, on the same random numbers."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.forecast import Forecast
from analytics.items import CONFIRMED, Items, stacked_items
from analytics.simulation.ledger import COUNT_INDEX, Ledger
from analytics.simulation.world import World
from analytics.strategy.compare import Chosen, choose
from analytics.strategy.families import rows_of, stacked_forecasts
from analytics.strategy.hybrid import HybridPlan
from analytics.strategy.ledgers import Setup, at_values_in_force, chunk_counts, chunks_of, grid_ledgers, in_threads, with_measured_waits
from analytics.strategy.price import money_values, profit_rates
from analytics.strategy.recipes import assembly_plan, mean_order_size, minimum_binds, order_plan, simulation_world, stock_plan, with_settings
from analytics.strategy.setup import grid_of, with_assembly
from analytics.strategy.standing import Standing
from analytics.strategy.steps import MOST_BY_DAY, short_lead_time
from analytics.strategy.today_played import assembled_today, ordered_today, stocked_today
from analytics.strategy.todays_way import TODAYS_SERVICE
from analytics.strategy.trials import Pooled, Trials

__all__ = ["heard_by_today_alone", "played_trials"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]

#: Strategies that hear nothing of a field.
_DEAF: Mapping[str, tuple[str, ...]] = {
    TODAYS_SERVICE: ("MTS", "ATO", "MTO", "HYBRID"), "queue_days": ("MTS", "ATO"), "assembly_days": ("MTS", "MTO", "HYBRID"), "excess_cover_weeks": ("MTO",),
    "review_days": ("MTO",),
    "quote_days": ("MTS", "ATO"),
}  # fmt: skip
#: Units played at a time.
_AT_ONCE = {"HYBRID": 8, "ATO": 4}
#: Fields from which nothing else of a product follows (where no quote follows from a work centre's load).
_ALONE = ("patience_per_day", "hazard_per_year", "excess_cover_weeks", "review_days", TODAYS_SERVICE)
#: Simulated years of a first look.
_FEW_PATHS = 96
#: Fields by which the pool of a family is forecast anew.
_SPANS = ("component_lead_days", "production_days")


@dataclass(frozen=True, eq=False)
class _Copies:
    """Products one below the other: `rows` are their positions in the portfolio, `trial` says which trial each belongs to, `moved` marks those at a
    value of their own."""

    rows: Index
    trial: Index
    moved: NDArray[np.bool_]
    items: Items
    forecast: Forecast
    world: World


def _copies(standing: Standing, field: str, groups: list[Index], trials: Index, index: Index, there: Items, demand: Array, whole: bool) -> _Copies:
    """One group of products for every trial (alone, or with its family), the product of the trial as it is `there`, the others as they are; it is expected to
    sell `demand` (trials,) times as much."""
    rows = np.concatenate(groups)
    which = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    trial, moved = trials[which], rows == index[which]
    n = len(rows)
    both = stacked_items([standing.items.take(rows), there.take(rows)])
    named = np.array([f"{sku} {k}" for sku, k in zip(standing.items.skus[rows], trial, strict=True)], object)
    items = replace(both.take(np.where(moved, n + np.arange(n), np.arange(n))), skus=named)
    forecast = replace(rows_of(standing.outlook.forecast, rows), skus=named)
    if field == "demand":
        forecast = forecast.scaled(np.where(moved, demand[which], 1.0))
    was = standing.setup.world
    edges = np.concatenate([[0], np.cumsum([len(group) for group in groups])])
    together = [np.arange(a, b) for a, b in itertools.pairwise(edges) if b - a > 1]
    assert was.by_day is not None and was.order_size is not None
    capped = int(was.by_day.sum()) >= MOST_BY_DAY  # days are kept for those with most units: who has them keeps them
    by_day = was.by_day[rows] if capped else short_lead_time(items, together)
    size = was.order_size[rows]
    if field == "units_per_order":
        mean = mean_order_size(items, forecast.integer, forecast.steps)[:, None]
        size = np.where(moved[:, None], np.repeat(mean, size.shape[1], axis=1), size)
    world = simulation_world(forecast, items, replace(standing.plan, keys=standing.plan.keys[rows]), by_day, was.day_share, size)
    if was.drawn_row is not None:
        world = replace(world, drawn=was.drawn, drawn_row=np.where(by_day | (moved & (field == "demand")), -1, was.drawn_row[rows]))
    return _Copies(rows, trial, moved, items, forecast, world if whole else _first_years(world))


def _first_years(world: World) -> World:
    """The same world over the first of its simulated years."""
    paths = min(_FEW_PATHS, world.paths)
    draws = paths // world.inner
    return replace(
        world, market=world.market[:paths], family_shock=np.ascontiguousarray(world.family_shock[:, :paths]),
        hazard_per_week=np.ascontiguousarray(world.hazard_per_week[:, :draws]), patience_per_day=np.ascontiguousarray(world.patience_per_day[:, :draws]),
    )  # fmt: skip


def _alone(standing: Standing, copies: _Copies, of: Index, settings: NDArray[np.intp] | None = None) -> Setup:
    """Plans of products on their own, at places `of` among the copies: the whole grid, or some `settings` (places, k) of it alone."""
    rows, setup = copies.rows[of], standing.setup
    items, world = copies.items.take(of), copies.world.take(of)
    stock = stock_plan(rows_of(copies.forecast, of), items, world, grid_of(len(standing.items)), setup.seed)
    stock = with_measured_waits(world, stock if settings is None else with_settings(stock, settings))
    hybrid: HybridPlan | None = None
    if setup.hybrid is not None:
        place = np.searchsorted(setup.hybrid.index, rows)
        split = np.flatnonzero((place < len(setup.hybrid.index)) & (setup.hybrid.index[np.minimum(place, len(setup.hybrid.index) - 1)] == rows))
        hybrid = replace(setup.hybrid.take(place[split]), index=split) if len(split) else None
    return Setup(items.skus, world, setup.alive[rows], stock, order_plan(items), None, (), setup.seed, _door_years(items), hybrid)


def _door_years(items: Items) -> Array:
    return np.asarray(np.minimum(np.nan_to_num(items["assembly_days"]), np.nan_to_num(items["production_days"])) / 365.0)


def _together(standing: Standing, copies: _Copies, groups: list[Index], totals: Forecast) -> Setup:
    """Plans of copies of families that assemble together."""
    edges = np.concatenate([[0], np.cumsum([len(group) for group in groups])])
    families = tuple(np.arange(a, b) for a, b in itertools.pairwise(edges))
    setup, items = standing.setup, copies.items
    kits = with_measured_waits(copies.world, assembly_plan(families, totals, copies.world, items, grid_of(len(standing.items)), setup.seed))
    nothing = replace(setup.stock, lot=np.zeros((0, setup.stock.lot.shape[1])))
    return Setup(items.skus, copies.world, setup.alive[copies.rows], nothing, order_plan(items, (1.0,)), kits, families, setup.seed, _door_years(items),
                 totals=totals)  # fmt: skip


def _totals(standing: Standing, field: str, index: Index, there: Items, demand: Array) -> Forecast:
    """The forecast of each trial's family: anew where what is moved changes how far ahead it plans."""
    family, known = standing.family_of[index], standing.setup.totals
    assert known is not None
    if field == "demand":
        own, total = standing.outlook.forecast.mean[index].sum(axis=1), rows_of(known, family)
        return total.scaled(np.maximum(1.0 + (demand - 1.0) * own / np.maximum(total.mean.sum(axis=1), 1e-12), 0.0))
    if field not in _SPANS:
        return rows_of(known, family)
    pools = [standing.outlook.pools(_one_moved(standing, there, int(i)), standing.setup.families) for i in index]
    return stacked_forecasts([rows_of(pool, np.array([f])) for pool, f in zip(pools, family, strict=True)])


def _one_moved(standing: Standing, there: Items, i: int) -> Items:
    """The portfolio's items with one product as it is `there`."""
    n = len(standing.items)
    at = np.arange(n)
    at[i] += n
    both = stacked_items([standing.items, there])
    return replace(both.take(at), notes=standing.items.notes)


def heard_by_today_alone(standing: Standing, field: str) -> bool:
    """Whether no strategy hears of a field, only what is done today: then there are no settings to choose anew."""
    return all(name in _DEAF.get(field, ()) for name in standing.comparison.strategies)


def played_trials(standing: Standing, field: str, index: Index, values: Array, whole: bool = True) -> Trials:
    """Each product at `index` (repeats allowed) with the field at its own of `values` (trials,), known for sure.

    The whole grid is played and settings are chosen anew; unless it need not be `whole`: then the settings in force are played over the first of the simulated
    years, and what differs there from the values in force is added to the money in force. That tells which trials are worth the rest.
    """
    if not whole:
        _look(standing, np.unique(index))
    n = len(standing.items)
    parts: list[tuple[Index, Items]] = []  # a product once in each: items hold one value of it
    order = np.zeros(len(index), np.intp)
    for k, i in enumerate(index):
        order[k] = int((index[:k] == i).sum())
    for turn in range(int(order.max(initial=-1)) + 1):
        at = np.flatnonzero(order == turn)
        wanted = np.full(n, np.nan)
        wanted[index[at]] = values[at]
        parts.append((at, _there(standing, field, wanted)))
    done = [_played(standing, field, index[at], values[at], there, whole, None if whole else standing.looked) for at, there in parts]
    back = np.argsort(np.concatenate([at for at, _ in parts]), kind="stable") if parts else np.zeros(0, np.intp)
    return _stacked(done, back)


def _look(standing: Standing, index: Index) -> None:
    """The first look at the products at `index` as they are, kept: what every other first look is set against."""
    new = np.array([i for i in index if int(i) not in standing.looked], np.intp)
    if len(new):
        now = np.asarray(standing.items["hazard_per_year"], np.float64)[new]
        first = _played(standing, "hazard_per_year", new, now, standing.items, False, None)
        standing.looked.update({int(i): (first.profit[k], float(first.base[k]), first.assembled[k]) for k, i in enumerate(new)})


def _there(standing: Standing, field: str, wanted: Array) -> Items:
    """The items at the values `wanted` (NaN: as they are) of a field, or of a lever that is no assumption."""
    if field == "demand":
        return standing.items
    if field == "quote_days":
        return standing.items.with_field(field, np.where(np.isfinite(wanted), wanted, np.asarray(standing.items[field], np.float64)), CONFIRMED)
    capacity = np.isfinite(np.asarray(standing.items["capacity_hours_per_week"], np.float64)).any()
    if field in _ALONE and not capacity:
        return standing.items.with_field(field, np.where(np.isfinite(wanted), wanted, np.asarray(standing.items[field], np.float64)), CONFIRMED)
    return standing.restate(field, wanted)


def _stacked(parts: list[Trials], back: Index) -> Trials:
    """Trials of several parts in one, in the order asked for."""
    names = ("index", "profit", "base", "margin", "noise", "decidable", "assembled", "rates")
    whole = {name: np.concatenate([getattr(part, name) for part in parts])[back] for name in names}
    edges = np.cumsum([0, *(len(part.index) for part in parts)])

    def pooled(trial: int, members: Index) -> Ledger:
        at = int(back[trial])
        part = int(np.searchsorted(edges, at, side="right")) - 1
        return parts[part].pooled(at - int(edges[part]), members)

    return Trials(**whole, pooled=pooled)


def _played(
    standing: Standing, field: str, index: Index, values: Array, there: Items, whole: bool, looked: Mapping[int, tuple[Array, float, Array]] | None
) -> Trials:  # fmt: skip
    """Trials of a product each. `looked` is the first look at the values in force (None: nothing is set against it)."""
    strategies, chosen = standing.comparison.strategies, standing.comparison.chosen
    hears = [name for name in strategies if name not in _DEAF.get(field, ())]
    profit = standing.comparison.profit[index].copy()
    most = max((len(members) for members in standing.setup.families), default=0)
    assembled, rates = np.full((len(index), most), np.nan), np.zeros((len(index), len(COUNT_INDEX)))
    demand = values / standing.comparison.chosen["MTS"].counts[index, COUNT_INDEX["demanded"]] if field == "demand" else np.ones(len(index))
    copies = _copies(standing, field, [np.array([i]) for i in index], np.arange(len(index)), index, there, demand, whole)
    every, by_half = np.arange(len(index)), {name: chosen[name].by_half[index] for name in strategies}
    alone = _alone(standing, copies, every, None if whole else by_half["MTS"])
    demanded = chosen["MTS"].counts[index, COUNT_INDEX["demanded"]]
    singles = [name for name in hears if name != "ATO"]
    found: dict[str, Chosen] = {}
    if whole:
        found = _found(alone, copies.items, singles, by_half, True)
    else:
        found = _found(alone, copies.items, [name for name in singles if name != "HYBRID"], {**by_half, "MTS": np.tile([0, 1], (len(index), 1))}, False)
        split = np.zeros(0, np.intp) if alone.hybrid is None else alone.hybrid.index
        if "HYBRID" in singles and len(split):  # its settings are places on the whole grid
            part = _found(_alone(standing, copies, split), copies.items.take(split), ["HYBRID"], {"HYBRID": by_half["HYBRID"][split]}, False)["HYBRID"]
            money, offered = np.full(len(index), np.nan), np.zeros(len(index), bool)
            money[split], offered[split] = part.profit, part.offered
            found["HYBRID"] = replace(part, profit=money, offered=offered)
    for name, one in found.items():
        if name == "MTS":
            demanded = one.counts[:, COUNT_INDEX["demanded"]]
        profit[:, strategies.index(name)] = np.where(chosen[name].offered[index] & one.offered, one.profit, np.nan)
    ato = strategies.index("ATO") if "ATO" in strategies else -1
    mine = np.flatnonzero((standing.family_of[index] >= 0) & np.isfinite(standing.comparison.profit[index, ato])) if ato >= 0 else np.zeros(0, np.intp)
    together: tuple[_Copies, Setup] | None = None
    if len(mine):
        rates[mine] = profit_rates(money_values(copies.items.take(mine), "ATO"), "ATO")
        groups = [standing.setup.families[f] for f in standing.family_of[index[mine]]]
        if "ATO" in hears:
            own = _copies(standing, field, groups, mine, index[mine], there, demand[mine], whole)
            setup = _together(standing, own, groups, _totals(standing, field, index[mine], there, demand[mine]))
            together = own, setup
            one = _found(setup, own.items, ["ATO"], {"ATO": chosen["ATO"].by_half[own.rows]}, whole)["ATO"]
            earned, edges = one.profit, np.concatenate([[0], np.cumsum([len(group) for group in groups])])
            profit[mine, ato] = earned[own.moved]
            for k, j in enumerate(mine):
                assembled[j, : len(groups[k])] = earned[edges[k] : edges[k + 1]]
        else:
            for k, j in enumerate(mine):
                assembled[j, : len(groups[k])] = standing.comparison.profit[groups[k], ato]
    base, replayed = _today(standing, field, index, copies, alone, together)
    if looked is not None:
        _set_against(standing, index, looked, profit, base, assembled, [strategies.index(name) for name in hears], replayed)
    noise = standing.decided.noise[index]
    able = standing.decided.decidable[index] & ~(minimum_binds(copies.items) & (np.where(np.isfinite(profit), profit, -np.inf).max(axis=1) < 0.0))
    unit = copies.items.price_of_demand - copies.items["unit_cost"] * (1.0 - np.nan_to_num(copies.items["fixed_cost_share"]))
    return Trials(index, profit, base, demanded * unit, noise, able, assembled, rates, _pools(standing, field, index, there, copies))


def _set_against(
    standing: Standing, index: Index, looked: Mapping[int, tuple[Array, float, Array]], profit: Array, base: Array, assembled: Array, heard: list[int], replayed: NDArray[np.bool_]
) -> None:  # fmt: skip
    """Turn money of a first look into the money in force plus what differs from the first look at the values in force; strategies at places `heard`, today where
    it was `replayed`."""
    first = [looked[int(i)] for i in index]
    now = standing.comparison.profit[index]
    profit[:, heard] += (now - np.array([one[0] for one in first]))[:, heard]
    base[replayed] += (standing.decided.base[index] - np.array([one[1] for one in first]))[replayed]
    if assembled.shape[1] and standing.comparison.strategies.index("ATO") in heard:
        ato = standing.comparison.strategies.index("ATO")
        for k in np.flatnonzero(standing.family_of[index] >= 0):
            members = standing.setup.families[standing.family_of[index[k]]]
            assembled[k, : len(members)] += standing.comparison.profit[members, ato] - first[k][2][: len(members)]


def _today(
    standing: Standing, field: str, index: Index, copies: _Copies, alone: Setup, together: tuple[_Copies, Setup] | None
) -> tuple[Array, NDArray[np.bool_]]:  # fmt: skip
    """Expected money of today's way in every trial, set as it is today; and where it was played again."""
    today = standing.comparison.today
    assert today is not None
    place = np.searchsorted(today.index, index)
    base, way = today.profit[place].copy(), today.strategy[place]
    replayed = np.zeros(len(index), bool)
    if field in ("queue_days", "quote_days", "assembly_days") and together is None:  # today's quotes are facts
        return base, replayed
    for name in ("MTS", "MTO"):
        rows = np.flatnonzero(way == name)
        if len(rows) and (name == "MTS" or field not in ("queue_days", "quote_days", "excess_cover_weeks", "review_days")):
            forecast, own, one = rows_of(copies.forecast, rows), copies.items.take(rows), _rows(alone, rows)
            theirs = standing.way.take(index[rows])
            replayed[rows] = True
            base[rows] = stocked_today(one, own, forecast, theirs, standing.given_service) if name == "MTS" else ordered_today(one, own, theirs)
    rows = np.flatnonzero(way == "ATO")
    if len(rows) and together is not None:
        family, setup = together
        money = assembled_today(setup, family.items, standing.way.take(family.rows))[family.moved]
        mine = {int(trial): earned for trial, earned in zip(family.trial[family.moved], money, strict=True)}
        base[rows] = [mine.get(int(k), base[k]) for k in rows]
        replayed[rows] = [int(k) in mine for k in rows]
    return base, replayed


def _rows(setup: Setup, rows: Index) -> Setup:
    """The plans of some products on their own."""
    if len(rows) == len(setup.skus):
        return setup
    stock = {f.name: getattr(setup.stock, f.name)[rows] for f in fields(setup.stock) if isinstance(getattr(setup.stock, f.name), np.ndarray) and f.name not in ("start", "members")}
    order = {f.name: getattr(setup.order, f.name)[rows] for f in fields(setup.order) if isinstance(getattr(setup.order, f.name), np.ndarray)}
    return replace(
        setup, skus=setup.skus[rows], world=setup.world.take(rows), alive=setup.alive[rows], assembly_years=setup.assembly_years[rows], hybrid=None,
        stock=replace(setup.stock, start=np.arange(len(rows) + 1), members=np.arange(len(rows)), **stock), order=replace(setup.order, **order),
    )  # fmt: skip


def _found(setup: Setup, items: Items, names: list[str], by_half: Mapping[str, NDArray[np.intp]], whole: bool) -> dict[str, Chosen]:
    """Each strategy at its best setting of the whole grid, or at the settings in force."""
    if whole:
        ledgers = grid_ledgers(setup, strategies=names)
        where = {str(sku): k for k, sku in enumerate(items.skus)}
        return {
            name: choose(ledger, items, np.array([where[str(sku)] for sku in ledger.skus], np.intp), setup.families if name == "ATO" else ()) for name, ledger in ledgers.items()
        }
    found = {}
    here = at_values_in_force(setup)
    for name in names:
        units = np.arange(len(setup.families) if name == "ATO" else len(items))
        if name == "HYBRID":
            units = np.zeros(0, np.intp) if setup.hybrid is None else setup.hybrid.index
        first = np.array([members[0] for members in setup.families], np.intp) if name == "ATO" else units
        tasks = [(units[at], by_half[name][first[at]]) for at in chunks_of(len(units), _AT_ONCE.get(name, 32))]
        parts = in_threads(lambda task, name=name: chunk_counts(here, name, *task, waits=False), tasks)  # type: ignore[misc]
        counts, money = np.zeros((len(items), len(COUNT_INDEX))), np.full(len(items), np.nan)
        for part, _, products in parts:
            counts[products] = part.mean(axis=1)
            money[products] = np.einsum("nc,nc->n", counts[products], profit_rates(money_values(items.take(products), name), name))
        if name == "MTO":
            money[minimum_binds(items)] = np.nan
        found[name] = Chosen(name, np.isfinite(money), np.zeros(0, np.intp), by_half[name], counts, money)
    return found


def _pools(standing: Standing, field: str, index: Index, there: Items, copies: _Copies) -> Pooled:
    """Ledgers of pools that only some members join: those in which the moved product takes no part are as they are."""

    def pooled(trial: int, members: Index) -> Ledger:
        i = int(index[trial])
        if i not in members or field == "demand":
            return standing.pooled(members)
        items = _one_moved(standing, there, i)
        world = standing.setup.world
        assert world.hazard_in_force is not None and world.patience_in_force is not None
        hazard, patience = world.hazard_in_force.copy(), world.patience_in_force.copy()
        hazard[i], patience[i] = copies.world.hazard_in_force[trial], copies.world.patience_in_force[trial]  # type: ignore[index]
        moved = replace(standing.setup, world=replace(world, hazard_in_force=hazard, patience_in_force=patience), assembly_years=_door_years(items))
        ledger = grid_ledgers(with_assembly(moved, standing.outlook, items, (members,)), strategies=("ATO",))["ATO"]
        where = {str(sku): k for k, sku in enumerate(ledger.skus)}
        rows = np.array([where[str(sku)] for sku in standing.items.skus[members]], np.intp)
        return Ledger("ATO", ledger.skus[rows], {}, ledger.counts[rows])

    return pooled
