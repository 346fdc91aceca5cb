"""Trials of what is no price: each product (to assemble: a copy of its family) played again at its own value, on the same random numbers.

One concept: one trial, played. Copies, the first look, settings chosen anew or held, today's way and the pool
of a family must be played on the same random numbers, or a flip would be noise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.items import CONFIRMED, Items, stacked_items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNT_INDEX, Ledger
from analytics.strategy.flips.seen import Seen
from analytics.strategy.flips.trial_copies import (
    Field,
    Fields,
    Moved,
    door_years,
    field_of_each,
    one_moved,
    played_by_day_then,
    pools_together,
    within_trials,
)
from analytics.strategy.flips.trial_noise import TodayThen, noise_at, todays_money
from analytics.strategy.flips.trial_plays import Plays
from analytics.strategy.flips.trial_splits import Split
from analytics.strategy.flips.trials import NoiseOf, Pooled, Trials
from analytics.strategy.money.price import money_values, profit_rates
from analytics.strategy.plans.component_pools import rows_of
from analytics.strategy.plans.ledgers import Setup, grid_ledgers
from analytics.strategy.plans.recipes import NO_QUOTE_DAYS, order_plan, simulation_world
from analytics.strategy.plans.todays_way import TODAYS_SERVICE
from analytics.strategy.present.listing import earns_nothing, lost_on_shelf
from analytics.strategy.standing import FirstLook, Standing

__all__ = ["first_looks", "played_trials", "strategies_deaf_to"]

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
#: Fields from which nothing else of a product follows (where no quote follows from a work centre's load).
_ALONE = ("patience_per_day", "hazard_per_year", "excess_cover_weeks", "review_days", TODAYS_SERVICE)


def played_trials(
    standing: Standing,
    field: Field,
    index: Index,
    values: Array,
    first: Trials | Seen | None = None,
    wanted: NDArray[np.bool_] | None = None,
) -> Trials:
    """Each product at `index` (repeats allowed) with the field (of all, or of each) at its own of `values` (trials,), known for sure, settings chosen anew.

    Where only some strategies are `wanted` (trials, strategies) the others are as in the `first` looks at the same trials.
    """
    plays = _plays(standing, field, index, values, True)
    if first is None or wanted is None:
        return _settled(plays, None, np.ones((len(index), len(standing.comparison.strategies)), bool))
    return _settled(plays, first, wanted)


def first_looks(standing: Standing, field: Field, index: Index, values: Array) -> Trials:
    """Each product at `index` (repeats allowed) at its own of `values` (trials,): the settings in force, over the first of the simulated years.

    What differs there from the values in force is added to the money in force. That tells which trials are worth the rest.
    """
    new = np.array([i for i in np.unique(index) if int(i) not in standing.looked], np.intp)
    if len(new):  # what every first look is set against: the product as it is
        now = np.asarray(standing.items["hazard_per_year"], np.float64)[new]
        seen = _looked(_plays(standing, "hazard_per_year", new, now, False, standing.items), None)
        standing.looked.update(
            {
                int(i): FirstLook(
                    seen.profit[k],
                    float(seen.base[k]),
                    float(seen.margin[k]),
                    seen.assembled[k],
                    seen.todays[k],
                )
                for k, i in enumerate(new)
            }
        )
    plays = _plays(standing, field, index, values, False)
    return _looked(plays, [standing.looked[int(i)] for i in index])


def _plays(
    standing: Standing, field: Field, index: Index, values: Array, whole: bool, there: Items | None = None
) -> Plays:
    """One product each at its own value (`there` are the items with it, None: restated), over all simulated years or the first of them."""
    demand, fields = np.ones(len(index)), field_of_each(field, len(index))
    scaled = np.flatnonzero(fields == "demand")
    if len(scaled):
        now = standing.comparison.chosen[Strategy.MTS].counts[index[scaled], COUNT_INDEX["demanded"]]
        demand[scaled] = values[scaled] / now
    if there is None:
        there, place = _every_value(standing, fields, index, values)
    else:
        place = index
    day = played_by_day_then(standing, index, there, place)
    return Plays(standing, Moved(fields, index, there, place, demand, day, whole))


def _every_value(standing: Standing, fields: Fields, index: Index, values: Array) -> tuple[Items, Index]:
    """Items in which the product of every trial is at its value, and its place there: as many times all products, one below the other, as one is tried.

    Items hold one value of a product; what one work centre makes moves together, first values with first ones.
    """
    versions: dict[tuple[str, int], Array] = {}
    place, before = np.zeros(len(index), np.intp), dict[tuple[str, int], int]()
    for k, (field, i) in enumerate(zip(fields, index.tolist(), strict=True)):
        turn = before.get((field, i), 0)
        before[field, i] = turn + 1
        wanted = versions.setdefault((field, turn), np.full(len(standing.items), np.nan))
        wanted[i] = values[k]
        place[k] = list(versions).index((field, turn))
    parts = [_there(standing, field, wanted) for (field, _), wanted in versions.items()]
    there = parts[0] if len(parts) == 1 else stacked_items(parts)
    return there, index + len(standing.items) * place


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


def strategies_deaf_to(field: str) -> tuple[str, ...]:
    """The strategies to whose plans a field says nothing: what they earn is the same at any value of it.

    >>> strategies_deaf_to("assembly_days")
    ('MTS', 'MTO', 'HYBRID')
    """
    return _DEAF.get(field, ())


def _hears(standing: Standing, fields: Fields) -> NDArray[np.bool_]:
    """The strategies that what is moved in each trial says something to: (trials, strategies)."""
    strategies, out = standing.comparison.strategies, {}
    for field in dict.fromkeys(fields.tolist()):
        out[field] = ~np.isin(strategies, strategies_deaf_to(field))
    return np.array([out[field] for field in fields], bool).reshape(len(fields), len(strategies))


def _assembly_hears(standing: Standing, hears: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Trials in which assembling to order is one of the strategies, and hears of what is moved: (trials,)."""
    if Strategy.ATO not in standing.comparison.strategies:
        return np.zeros(len(hears), bool)
    return np.asarray(hears[:, standing.comparison.strategies.index(Strategy.ATO)])


def _unit_margin(plays: Plays) -> Array:
    """What a unit of each trial's product earns when all goes well: (trials,)."""
    items = plays.copies.items
    return np.asarray(
        items.price_of_demand - items["unit_cost"] * (1.0 - np.nan_to_num(items["fixed_cost_share"]))
    )


def _looked(plays: Plays, seen: list[FirstLook] | None) -> Trials:
    """First looks at trials. `seen` are those at the values in force of each trial's product (None: these are they)."""
    standing, change = plays.standing, plays.change
    index, strategies, chosen = change.index, standing.comparison.strategies, standing.comparison.chosen
    hears = _hears(standing, change.field)
    by_size = (change.field == "units_per_order") & _to_order_by_size(standing, index)
    profit, margin = standing.comparison.profit[index].copy(), standing.decided.margin[index].copy()
    assembled, mine = plays.assembled.copy(), plays.assembling
    for k, name in enumerate(strategies):
        among = hears[:, k]
        profit[among, k] = np.nan
        if name == Strategy.ATO:
            among = among & mine
        if name == Strategy.HYBRID:
            split = standing.setup.hybrid
            among = among & np.isin(index, split.index if split is not None else [])
        rows = np.flatnonzero(among)
        if not len(rows):
            continue
        held = plays.held(name, rows, chosen[name].by_half[index[rows]], 1, Split.IN_FORCE)
        counts = held.counts.squeeze(axis=1)
        money = np.einsum("nc,nc->n", counts, profit_rates(money_values(held.items, name), name))
        if name == Strategy.MTO:
            money[~held.offered] = np.nan
            money[~(chosen[name].offered[index] | by_size)[rows]] = np.nan
        if name == Strategy.MTS:
            margin[rows] = counts[:, COUNT_INDEX["demanded"]] * _unit_margin(plays)[rows]
        if name == Strategy.ATO:
            assembled[held.trial, within_trials(held.trial)] = money
        at = held.moved
        profit[held.trial[at], k] = money[at]
    assembly = _assembly_hears(standing, hears)
    today = todays_money(plays, np.flatnonzero(mine & (assembly | (change.field == TODAYS_SERVICE))))
    if seen is not None:
        now = standing.comparison.profit[index]
        apart = np.nan_to_num(now - np.array([one.profit for one in seen]).reshape(now.shape))
        profit = np.where(hears, profit + apart, profit)  # what is not offered in force has no other measure
        again = today.replayed
        today.base[again] += (standing.decided.base[index] - np.array([one.base for one in seen]))[again]
        stocked = hears[:, strategies.index(Strategy.MTS)]
        apart = standing.decided.margin[index] - np.array([one.margin for one in seen])
        margin = np.where(stocked, margin + apart, margin)
        for j in np.flatnonzero(mine):
            members = standing.setup.families[standing.family_of[index[j]]]
            places = np.arange(len(members))
            today.todays[j, places] += standing.decided.base[members] - seen[j].todays[places]
            if assembly[j]:
                theirs = standing.comparison.profit[members, strategies.index(Strategy.ATO)]
                assembled[j, places] += theirs - seen[j].assembled[places]
    return _trials(plays, profit, margin, assembled, today, None)


def _settled(plays: Plays, first: Trials | Seen | None, wanted: NDArray[np.bool_]) -> Trials:
    """Trials at settings chosen anew; of strategies not `wanted` (trials, strategies) as in the `first` looks (None: as in force)."""
    standing, change = plays.standing, plays.change
    index, strategies, chosen = change.index, standing.comparison.strategies, standing.comparison.chosen
    assembled, mine = plays.assembled.copy(), plays.assembling
    if first is None:
        profit = standing.comparison.profit[index].copy()
        margin = chosen[Strategy.MTS].counts[index, COUNT_INDEX["demanded"]] * _unit_margin(plays)
    else:
        profit, margin, assembled = first.profit.copy(), first.margin.copy(), first.assembled.copy()
    settings: dict[str, Index] = {}
    hears = _hears(standing, change.field)
    by_size = (change.field == "units_per_order") & _to_order_by_size(standing, index)
    for k, name in enumerate(strategies):
        trials = np.flatnonzero(wanted[:, k] & hears[:, k] & (mine if name == Strategy.ATO else True))
        found = plays.best(name, trials)
        profit[trials, k] = np.nan
        if found is None:
            continue
        best, trial, at = found
        if name == Strategy.ATO:
            assembled[trial, within_trials(trial)] = best.profit
        if name == Strategy.MTS:
            demanded = best.counts[:, COUNT_INDEX["demanded"]]
            margin[trial] = demanded * _unit_margin(plays)[trial]
        offered = chosen[name].offered[index]
        if name == Strategy.MTO:  # a minimum binds at one order size and not at another
            offered = offered | by_size
        if name == Strategy.HYBRID:  # who can be split follows from demand and quote
            offered = np.ones(len(index), bool)
        money, able = best.profit[at], offered[trial[at]] & best.offered[at]
        profit[trial[at], k] = np.where(able, money, np.nan)
        settings[name] = np.full((len(index), 2), -1, np.intp)
        settings[name][trial[at]] = best.by_half[at]
    together = mine & standing.assembled_today[index]
    if Strategy.ATO in strategies:
        together |= mine & wanted[:, strategies.index(Strategy.ATO)]
    together &= _assembly_hears(standing, hears) | (change.field == TODAYS_SERVICE)
    today = todays_money(plays, np.flatnonzero(together))
    if first is not None:
        others = ~together
        today.todays[others] = first.todays[others]
        # what was looked at over few years keeps its lead over today's way, which is played over all of them here
        looked = hears & ~wanted
        profit += np.where(looked & today.replayed[:, None], (today.base - first.base)[:, None], 0.0)
    noise = noise_at(plays, today.years, settings, profit)
    return _trials(plays, profit, margin, assembled, today, noise)


def _trials(
    plays: Plays, profit: Array, margin: Array, assembled: Array, today: TodayThen, noise: NoiseOf | None
) -> Trials:
    """Trials as the rule weighs them; without `noise` a first look."""
    standing, change, copies = plays.standing, plays.change, plays.copies
    index = change.index
    mine = np.flatnonzero(plays.assembling)
    rates = np.zeros((len(index), len(COUNT_INDEX)))
    if len(mine):
        rates[mine] = profit_rates(money_values(copies.items.take(mine), Strategy.ATO), Strategy.ATO)
    lost = lost_on_shelf(standing.comparison, standing.items)[index]
    assert standing.setup.world.by_day is not None
    anew = change.day != standing.setup.world.by_day[index]
    hears = _hears(standing, change.field)
    deaf = ~_assembly_hears(standing, hears)  # played in the same steps, pools are as in force
    played = _pools(plays)

    def pools(trial: int, members: Index) -> Ledger:
        return standing.pooled(members) if deaf[trial] and not anew[trial] else played(trial, members)

    return Trials(
        index,
        profit,
        today.base,
        margin,
        standing.decided.noise[index],
        standing.decided.decidable[index] & ~earns_nothing(profit, lost),
        assembled,
        today.todays,
        rates,
        anew,
        hears | today.replayed[:, None],
        (noise is None) & ~(deaf & ~np.isin(change.field, change.field[anew])),
        pools,
        noise,
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


def _pools(plays: Plays) -> Pooled:
    """Ledgers of pools that only some members join, in every trial.

    Ledgers of pools that only some members join: those in which the moved product takes no part are as they are, as long as they are played in the same
    steps. The others are played as they are at its value, which sells `demand` (trials,) times as much.
    """
    standing, change, copies = plays.standing, plays.change, plays.copies
    index, demand = change.index, change.demand

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
        items, at = one_moved(standing, change, trial), np.arange(len(standing.items)) == i
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
