"""Trials of what is no price: each product (to assemble: a copy of its family) played again at its own value, on the same random numbers.

One concept: one trial, played. Copies, the first look, settings chosen anew or held, today's way and the pool
of a family must be played on the same random numbers, or a flip would be noise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.items import CONFIRMED, Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNT_INDEX, Ledger
from analytics.strategy.compared.setting import Chosen, choose
from analytics.strategy.flips.trial_copies import (
    Copies,
    Moved,
    copies_of,
    door_years,
    one_moved,
    plans_alone,
    plans_together,
    played_by_day_then,
    pools_together,
    totals_of,
)
from analytics.strategy.flips.trial_noise import TodayThen, noise_at, todays_money
from analytics.strategy.flips.trials import NoiseOf, Pooled, Trials
from analytics.strategy.money.price import money_values, profit_rates
from analytics.strategy.plans.batches import never_filled
from analytics.strategy.plans.component_pools import rows_of
from analytics.strategy.plans.ledgers import (
    Setup,
    at_values_in_force,
    chunk_counts,
    chunks_of,
    grid_ledgers,
    in_threads,
)
from analytics.strategy.plans.recipes import NO_QUOTE_DAYS, order_plan, simulation_world
from analytics.strategy.plans.todays_way import TODAYS_SERVICE
from analytics.strategy.present.listing import earns_nothing, lost_on_shelf
from analytics.strategy.standing import FirstLook, Standing

__all__ = ["played_trials"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]

#: Strategies that hear nothing of a field.
_DEAF: Mapping[str, tuple[str, ...]] = {
    TODAYS_SERVICE: (Strategy.MTS, Strategy.ATO, Strategy.MTO, Strategy.HYBRID),
    "queue_days": (Strategy.MTS, Strategy.ATO),
    "assembly_days": (Strategy.MTS, Strategy.MTO, Strategy.HYBRID),
    "excess_cover_weeks": (Strategy.MTO,),
    "review_days": (Strategy.MTO,),
    "quote_days": (Strategy.MTS, Strategy.ATO),
}
#: Units played at a time.
_AT_ONCE = {Strategy.HYBRID: 8, Strategy.ATO: 4}
#: Fields from which nothing else of a product follows (where no quote follows from a work centre's load).
_ALONE = ("patience_per_day", "hazard_per_year", "excess_cover_weeks", "review_days", TODAYS_SERVICE)


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
    done = [
        _played(standing, field, index[at], values[at], there, whole, None if whole else standing.looked)
        for at, there in parts
    ]
    back = (
        np.argsort(np.concatenate([at for at, _ in parts]), kind="stable") if parts else np.zeros(0, np.intp)
    )
    return _stacked(done, back)


def _look(standing: Standing, index: Index) -> None:
    """The first look at the products at `index` as they are, kept: what every other first look is set against."""
    new = np.array([i for i in index if int(i) not in standing.looked], np.intp)
    if len(new):
        now = np.asarray(standing.items["hazard_per_year"], np.float64)[new]
        first = _played(standing, "hazard_per_year", new, now, standing.items, False, None)
        standing.looked.update(
            {
                int(i): FirstLook(first.profit[k], float(first.base[k]), first.assembled[k], first.todays[k])
                for k, i in enumerate(new)
            }
        )


def _there(standing: Standing, field: str, wanted: Array) -> Items:
    """The items at the values `wanted` (NaN: as they are) of a field, or of a lever that is no assumption."""
    if field == "demand":
        return standing.items
    if field == "quote_days":
        return standing.items.with_field(
            field,
            np.where(np.isfinite(wanted), wanted, np.asarray(standing.items[field], np.float64)),
            CONFIRMED,
        )
    capacity = np.isfinite(np.asarray(standing.items["capacity_hours_per_week"], np.float64)).any()
    if field in _ALONE and not capacity:
        return standing.items.with_field(
            field,
            np.where(np.isfinite(wanted), wanted, np.asarray(standing.items[field], np.float64)),
            CONFIRMED,
        )
    return standing.restate(field, wanted)


def _stacked(parts: list[Trials], back: Index) -> Trials:
    """Trials of several parts in one, in the order asked for."""
    names = (
        "index",
        "profit",
        "base",
        "margin",
        "noise",
        "decidable",
        "assembled",
        "todays",
        "rates",
        "anew",
    )
    whole = {name: np.concatenate([getattr(part, name) for part in parts])[back] for name in names}
    edges = np.cumsum([0, *(len(part.index) for part in parts)])

    def pooled(trial: int, members: Index) -> Ledger:
        at = int(back[trial])
        part = int(np.searchsorted(edges, at, side="right")) - 1
        return parts[part].pooled(at - int(edges[part]), members)

    def noise(rows: Index) -> Array:
        out = np.zeros((len(rows), whole["profit"].shape[1]))
        for k, part in enumerate(parts):
            here = np.flatnonzero((back[rows] >= edges[k]) & (back[rows] < edges[k + 1]))
            if len(here) and part.noise_at is not None:
                out[here] = part.noise_at(back[rows[here]] - int(edges[k]))
        return out

    return Trials(
        **whole,
        pooled=pooled,
        noise_at=noise if parts and parts[0].noise_at is not None else None,
        quick=any(part.quick for part in parts),
    )


def _played(
    standing: Standing,
    field: str,
    index: Index,
    values: Array,
    there: Items,
    whole: bool,
    looked: Mapping[int, FirstLook] | None,
) -> Trials:
    """Trials of a product each. `looked` is the first look at the values in force (None: nothing is set against it)."""
    strategies, chosen = standing.comparison.strategies, standing.comparison.chosen
    hears = [name for name in strategies if name not in _DEAF.get(field, ())]
    profit = standing.comparison.profit[index].copy()
    settings: dict[str, NDArray[np.intp]] = {}
    most = max((len(members) for members in standing.setup.families), default=0)
    assembled, rates = np.full((len(index), most), np.nan), np.zeros((len(index), len(COUNT_INDEX)))
    demand = (
        values / standing.comparison.chosen[Strategy.MTS].counts[index, COUNT_INDEX["demanded"]]
        if field == "demand"
        else np.ones(len(index))
    )
    day = played_by_day_then(standing, index, there)
    change = Moved(field, index, there, demand, day, whole)
    copies = copies_of(standing, change, [np.array([i]) for i in index], np.arange(len(index)))
    every, by_half = np.arange(len(index)), {name: chosen[name].by_half[index] for name in strategies}
    alone = plans_alone(standing, copies, every, None if whole else by_half[Strategy.MTS])
    demanded = chosen[Strategy.MTS].counts[index, COUNT_INDEX["demanded"]]
    singles = [name for name in hears if name != Strategy.ATO]
    found: dict[str, Chosen] = {}
    if whole:
        found = _found(alone, copies.items, singles, by_half, True)
    else:
        found = _found(
            alone,
            copies.items,
            [name for name in singles if name != Strategy.HYBRID],
            {**by_half, Strategy.MTS: np.tile([0, 1], (len(index), 1))},
            False,
        )
        split = np.zeros(0, np.intp) if alone.hybrid is None else alone.hybrid.index
        if Strategy.HYBRID in singles and len(split):  # its settings are places on the whole grid
            part = _found(
                plans_alone(standing, copies, split),
                copies.items.take(split),
                [Strategy.HYBRID],
                {Strategy.HYBRID: by_half[Strategy.HYBRID][split]},
                False,
            )[Strategy.HYBRID]
            money, offered = np.full(len(index), np.nan), np.zeros(len(index), bool)
            money[split], offered[split] = part.profit, part.offered
            found[Strategy.HYBRID] = replace(part, profit=money, offered=offered)
    for name, one in found.items():
        settings[name] = one.by_half
        if name == Strategy.MTS:
            demanded = one.counts[:, COUNT_INDEX["demanded"]]
        offered = chosen[name].offered[index]
        if (
            name == Strategy.MTO and field == "units_per_order"
        ):  # a minimum binds at one order size and not at another
            offered = offered | _to_order_by_size(standing, index)
        if name == Strategy.HYBRID and whole:  # who can be split follows from demand and quote
            offered = np.ones(len(index), bool)
        profit[:, strategies.index(name)] = np.where(offered & one.offered, one.profit, np.nan)
    ato = strategies.index(Strategy.ATO) if Strategy.ATO in strategies else -1
    mine = (
        np.flatnonzero((standing.family_of[index] >= 0) & np.isfinite(standing.comparison.profit[index, ato]))
        if ato >= 0
        else np.zeros(0, np.intp)
    )
    together: tuple[Copies, Setup] | None = None
    if len(mine):
        rates[mine] = profit_rates(money_values(copies.items.take(mine), Strategy.ATO), Strategy.ATO)
        groups = [standing.setup.families[f] for f in standing.family_of[index[mine]]]
        for k, j in enumerate(mine):
            assembled[j, : len(groups[k])] = standing.comparison.profit[groups[k], ato]
        if Strategy.ATO in hears or (
            field == TODAYS_SERVICE and standing.assembled_today[np.concatenate(groups)].any()
        ):
            own = copies_of(standing, change, groups, mine)
            together = (
                own,
                plans_together(
                    standing, own, groups, totals_of(standing, field, index[mine], there, demand[mine])
                ),
            )
        if Strategy.ATO in hears and together is not None:
            one = _found(
                together[1],
                own.items,
                [Strategy.ATO],
                {Strategy.ATO: chosen[Strategy.ATO].by_half[own.rows]},
                whole,
            )[Strategy.ATO]
            earned, edges = one.profit, np.concatenate([[0], np.cumsum([len(group) for group in groups])])
            profit[mine, ato] = earned[own.moved]
            settings[Strategy.ATO] = np.zeros((len(index), 2), np.intp)
            settings[Strategy.ATO][mine] = one.by_half[own.moved]
            for k, j in enumerate(mine):
                assembled[j, : len(groups[k])] = earned[edges[k] : edges[k + 1]]
    today = todays_money(standing, field, index, copies, alone, together)
    if looked is not None:
        first, places = [looked[int(i)] for i in index], [strategies.index(name) for name in hears]
        _set_against(standing, first, index, _Money(profit, assembled, today), places)
    noise: NoiseOf | None = (
        noise_at(standing, index, copies, alone, together, today.years, settings, profit) if whole else None
    )
    lost = lost_on_shelf(standing.comparison, standing.items)[index]
    able = standing.decided.decidable[index] & ~earns_nothing(profit, lost)
    unit = copies.items.price_of_demand - copies.items["unit_cost"] * (
        1.0 - np.nan_to_num(copies.items["fixed_cost_share"])
    )
    assert standing.setup.world.by_day is not None
    anew = day != standing.setup.world.by_day[index]
    deaf = Strategy.ATO not in hears and not anew.any()  # pools are what they are in force
    pools: Pooled = (
        (lambda _, members: standing.pooled(members))
        if deaf
        else _pools(standing, index, there, copies, demand)
    )
    return Trials(
        index,
        profit,
        today.base,
        demanded * unit,
        standing.decided.noise[index],
        able,
        assembled,
        today.todays,
        rates,
        anew,
        pools,
        noise,
        not (whole or deaf),
    )


def _to_order_by_size(standing: Standing, index: Index) -> NDArray[np.bool_]:
    """Products that larger orders would open to making or buying to order.

    Products that could be made or bought to order if customers ordered more at once: a quote can be given, and to order is not what is done today (today's
    way is what the file as it stands has it).
    """
    quote = np.nan_to_num(np.asarray(standing.items["quote_days"], np.float64)[index], nan=np.inf)
    return (quote < NO_QUOTE_DAYS) & (
        np.char.upper(standing.items["current_mode"][index].astype(str)) != Strategy.MTO
    )


class _Money(NamedTuple):
    """Money of the trials of a first look: by strategy, of the members of the family, and of today's way.

    profit: (trials, strategies). assembled: (trials, members), NaN beyond the family. today: expected money of today's way.
    """

    profit: Array
    assembled: Array
    today: TodayThen


def _set_against(
    standing: Standing, first: list[FirstLook], index: Index, money: _Money, heard: list[int]
) -> None:
    """Turn money of a first look, in place, into the money in force plus what a trial changes.

    What it changes is what differs from `first`, the first look at the values in force of product `index` (trials,) each:
    of strategies at places `heard`, and of today where it was played again.
    """
    profit, assembled, today = money
    now = standing.comparison.profit[index]
    profit[:, heard] += np.nan_to_num(now - np.array([one.profit for one in first]))[
        :, heard
    ]  # what is not offered in force has no other measure
    again = today.replayed
    today.base[again] += (standing.decided.base[index] - np.array([one.base for one in first]))[again]
    ato = (
        standing.comparison.strategies.index(Strategy.ATO)
        if Strategy.ATO in standing.comparison.strategies
        else -1
    )
    for k in np.flatnonzero(standing.family_of[index] >= 0) if ato >= 0 else ():
        members = standing.setup.families[standing.family_of[index[k]]]
        today.todays[k, : len(members)] += standing.decided.base[members] - first[k].todays[: len(members)]
        if ato in heard:
            assembled[k, : len(members)] += (
                standing.comparison.profit[members, ato] - first[k].assembled[: len(members)]
            )


def _found(
    setup: Setup, items: Items, names: list[str], by_half: Mapping[str, NDArray[np.intp]], whole: bool
) -> dict[str, Chosen]:
    """Each strategy at its best setting of the whole grid, or at the settings in force."""
    if whole:
        ledgers = grid_ledgers(setup, strategies=names)
        where = {str(sku): k for k, sku in enumerate(items.skus)}
        return {
            name: choose(
                ledger,
                items,
                np.array([where[str(sku)] for sku in ledger.skus], np.intp),
                setup.families if name == Strategy.ATO else (),
            )
            for name, ledger in ledgers.items()
        }
    found = {}
    here = at_values_in_force(setup)
    for name in names:
        units = np.arange(len(setup.families) if name == Strategy.ATO else len(items))
        if name == Strategy.HYBRID:
            units = np.zeros(0, np.intp) if setup.hybrid is None else setup.hybrid.index
        first = (
            np.array([members[0] for members in setup.families], np.intp) if name == Strategy.ATO else units
        )
        tasks = [
            (units[at], by_half[name][first[at]])
            for at in chunks_of(len(units), _AT_ONCE.get(Strategy(name), 32))
        ]
        parts = in_threads(lambda task, name=name: chunk_counts(here, name, *task, waits=False), tasks)  # type: ignore[misc]
        counts, money = np.zeros((len(items), len(COUNT_INDEX))), np.full(len(items), np.nan)
        for part, _, products in parts:
            counts[products] = part.mean(axis=1)
            money[products] = np.einsum(
                "nc,nc->n", counts[products], profit_rates(money_values(items.take(products), name), name)
            )
        if name == Strategy.MTO:
            money[never_filled(setup.batches, by_half[name])] = np.nan
        found[name] = Chosen(name, np.isfinite(money), np.zeros(0, np.intp), by_half[name], counts, money)
    return found


def _pools(standing: Standing, index: Index, there: Items, copies: Copies, demand: Array) -> Pooled:
    """Ledgers of pools that only some members join, in every trial.

    Ledgers of pools that only some members join: those in which the moved product takes no part are as they are, as long as they are played in the same
    steps. The others are played as they are at its value, which sells `demand` (trials,) times as much.
    """

    def pooled(trial: int, members: Index) -> Ledger:
        i, was = int(index[trial]), standing.setup.world
        own_place = int(np.flatnonzero(copies.moved & (copies.trial == trial))[0])
        assert (
            was.by_day is not None
            and was.order_size is not None
            and copies.world.by_day is not None
            and copies.world.order_size is not None
        )
        day = bool(copies.world.by_day[own_place])
        if i not in members and day == was.by_day[i]:
            return standing.pooled(members)
        items, at = one_moved(standing, there, i), np.arange(len(standing.items)) == i
        forecast = standing.outlook.forecast.scaled(np.where(at, demand[trial], 1.0))
        own, size = items.take(members), was.order_size[members].copy()
        size[members == i] = copies.world.order_size[own_place]
        plan = replace(standing.plan, keys=standing.plan.keys[members])
        world = simulation_world(
            rows_of(forecast, members), own, plan, np.full(len(members), day), was.day_share, size
        )
        if was.drawn_row is not None:  # demand that has not moved is drawn already
            moved = (members == i) & (demand[trial] != 1.0)
            world = replace(
                world, drawn=was.drawn, drawn_row=np.where(moved | day, -1, was.drawn_row[members])
            )
        nothing = replace(standing.setup.stock, lot=np.zeros((0, standing.setup.stock.lot.shape[1])))
        alone = Setup(
            own.skus,
            world,
            standing.setup.alive[members],
            nothing,
            order_plan(own, (1.0,)),
            None,
            (),
            standing.setup.seed,
            door_years(own),
            ended=standing.setup.ended_at(members),
        )
        ledger = grid_ledgers(
            pools_together(standing, alone, items, forecast, members, (members,)), strategies=(Strategy.ATO,)
        )[Strategy.ATO]
        return Ledger(Strategy.ATO, ledger.skus, {}, ledger.counts)

    return pooled
