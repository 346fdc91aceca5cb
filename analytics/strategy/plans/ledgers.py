"""Ledgers of every strategy on the same worlds: the grid to choose on, and the chosen settings path by path.

One concept: playing a set-up. Each strategy's counts come from one function here, and both ways of calling
them, on the whole grid and at the chosen settings, share chunks, threads and halves of the paths.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.forecast import Forecast
from analytics.forecast.spread.paths import WEEKS
from analytics.naming.labels import Strategy
from analytics.policy.levels import demand_over_interval, empty_shelf_wait, target_level
from analytics.simulation.chunks import consecutive
from analytics.simulation.ledger import COUNT_INDEX, ONLY, Ledger
from analytics.simulation.order import OrderPlan, simulate_orders, worked_on_singly
from analytics.simulation.stock import MAX_WAIT_WEEKS, StockPlan, World, simulate_stock
from analytics.simulation.stock_records import ACCEPTED, WANTED
from analytics.simulation.world import in_force, with_demand_drawn
from analytics.strategy.plans.batches import BatchPlan, batch_counts, order_ways
from analytics.strategy.plans.grid_ends import grid_ends
from analytics.strategy.plans.perhaps_ended import PerhapsEnded, with_perhaps_ended
from analytics.strategy.plans.recipes import with_settings
from analytics.strategy.plans.split_by_order_size import (
    HybridPlan,
    hybrid_counts,
    hybrid_settings,
    years_waited,
)

__all__ = [
    "Progress", "Setup", "at_values_in_force", "ato_counts", "chunk_counts", "chunks_of", "demand_of", "draw_counts",
    "grid_counts", "grid_ledgers", "half_groups", "in_threads", "in_turn", "mts_counts", "plan_of", "played_with", "split_channels",
    "split_settings", "stock_levels", "with_measured_waits", "years_at_once",
]  # fmt: skip

Progress = Callable[[float, str], None]
_PER_MEMBER = ("door_wait_days",)
_CHUNK = 64
#: Years by which the size of a chunk is meant.
_YEARS = 400
#: Units of a short run that are not worth a thread of their own, and of a grid.
_FEW, _FEW_OF_A_GRID = 32, 4
#: Bytes of demand held while a chunk is played.
_HELD_BY_CHUNK = 20_000_000
#: Paths of the short run that measures waits in a stockout.
_PILOT_PATHS = 24
#: What stands against a wait measured in the short run, in customers' orders that waited in all its years: against the second pass what the
#: first measured is as good as one order, against the first the wait of an empty shelf counts only where next to nobody waited.
_EVIDENCE = (0.02, 1.0)


@dataclass(frozen=True, eq=False)
class Setup:
    """All that the simulation needs for one portfolio: the world and one plan per strategy.

    `families` holds the members (positions) behind each assembled family, `assembly` the plan in that order, `totals` the forecast of their
    totals; `hybrid` the products that can be split by order size (None: none);
    `alive` the probability of being alive, by which every count of a living product is multiplied, `ended` what is lost where it has ended
    unnoticed (None: nothing is); `batches` the products that are to order in batches only (None: none).
    `common_shocks` are the shocks of the market (paths,) and of families (families + 1, paths) under the seed that all studies share (None:
    not known), see `compared.steadied`. `not_by_channel` says the same of channels.
    `not_split` says in a few words why a product is not split by order size ("": it is, or it was not asked; None: for none).
    """

    skus: NDArray[Any]
    world: World
    alive: NDArray[np.float64]
    stock: StockPlan
    order: OrderPlan
    assembly: StockPlan | None
    families: tuple[NDArray[np.intp], ...]
    seed: int
    assembly_years: NDArray[np.float64]
    hybrid: HybridPlan | None = None
    totals: Forecast | None = None
    ended: PerhapsEnded | None = None
    not_split: NDArray[Any] | None = None
    batches: BatchPlan | None = None
    not_by_channel: NDArray[Any] | None = None
    common_shocks: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None

    def ended_at(self, rows: NDArray[np.intp]) -> PerhapsEnded | None:
        """What is lost of the products at these positions where they have ended unnoticed."""
        return None if self.ended is None else self.ended.take(rows)


def half_groups(paths: int, inner: int) -> NDArray[np.int64]:
    """Paths split into two halves by parameter draw (even and odd draws).

    0 or 1 per path, shape (paths,).
    """
    return (np.arange(paths) // inner) % 2


def plan_of(plan: StockPlan, units: NDArray[np.intp]) -> tuple[StockPlan, NDArray[np.intp]]:
    """The plan of some units, with members renumbered from 0, and the members' positions."""
    if (
        len(units) == len(plan.lot)
        and np.array_equal(plan.members, np.arange(len(plan.members)))
        and np.array_equal(units, np.arange(len(units)))
    ):
        return plan, plan.members
    at = consecutive(units)
    if isinstance(at, slice):
        start = plan.start[at.start : at.stop + 1] - plan.start[at.start]
        index = plan.members[plan.start[at.start] : plan.start[at.stop]]
    else:
        members = [plan.members[plan.start[u] : plan.start[u + 1]] for u in units]
        index = np.concatenate(members) if members else np.zeros(0, np.int64)
        start = np.concatenate([[0], np.cumsum([len(m) for m in members])]).astype(np.int64)
    of_members = consecutive(index)
    changed: dict[str, Any] = {"start": start, "members": np.arange(len(index))}
    for f in fields(plan):
        column = getattr(plan, f.name)
        if f.name in changed or not isinstance(column, np.ndarray):
            continue
        changed[f.name] = np.ascontiguousarray(column[of_members if f.name in _PER_MEMBER else at])
    return replace(plan, **changed), index


def _stock_counts(
    setup: Setup,
    plan: StockPlan,
    units: NDArray[np.intp],
    group: NDArray[np.int64],
    waits: bool,
    kept: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    part, index = plan_of(plan, units)
    counts, member, wait = simulate_stock(setup.world.take(index), part, group, 0, len(units), waits)
    return counts if kept is None else _kept(counts, kept), member, wait, index


def _kept(counts: NDArray[np.float64], kept: NDArray[np.int64]) -> NDArray[np.float64]:
    """Of each group the one setting that is kept: (units, 1, groups, counts)."""
    return counts[:, kept, np.arange(len(kept))][:, None]


def mts_counts(
    setup: Setup,
    plan: StockPlan,
    units: NDArray[np.intp],
    group: NDArray[np.int64],
    waits: bool,
    kept: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Counts (units, settings, groups, counts) of products made to stock by some plan of theirs, and units by weeks waited (units, settings, weeks) if asked for.

    `kept` (groups,) names the one setting of which each group's counts are returned (None: all of them).
    """
    counts, _, wait, index = _stock_counts(setup, plan, units, group, waits)
    counts[..., COUNT_INDEX["late"]] = counts[..., COUNT_INDEX["backordered"]] = years_waited(
        counts, setup.world.steps_per_week[index]
    )
    counts = with_perhaps_ended(counts, setup.alive[index], setup.ended_at(index))
    counts = counts if kept is None else _kept(counts, kept)
    return counts, wait * setup.alive[index, None, None] if waits else wait


def ato_counts(
    setup: Setup,
    plan: StockPlan,
    units: NDArray[np.intp],
    group: NDArray[np.int64],
    waits: bool,
    kept: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    """Counts of the members of some families: the family's stock, shared by kits used, and each product's own door."""
    counts, member, wait, index = _stock_counts(setup, plan, units, group, waits, kept)
    sizes = np.array([plan.start[u + 1] - plan.start[u] for u in units])
    unit_of = np.repeat(np.arange(len(units)), sizes)
    wanted, accepted = member[..., WANTED], member[..., ACCEPTED]
    total = np.zeros((len(units), accepted.shape[1]))
    np.add.at(total, unit_of, accepted)
    used = total[unit_of]
    share = np.where(used > 0.0, accepted / np.where(used > 0.0, used, 1.0), 1.0 / sizes[unit_of][:, None])[
        :, None, :, None
    ]
    out = counts[unit_of] * share
    door = plan.door_wait_days[index]
    c = COUNT_INDEX
    out[..., c["demanded"]] = wanted[:, None, :]
    out[..., c["lost"]] += (wanted - accepted)[:, None, :]
    sold = out[..., c["demanded"]] - out[..., c["lost"]]
    out[..., c["late"]] = out[..., c["backordered"]] = years_waited(out, setup.world.steps_per_week[index])
    out[..., c["backordered"]] += sold * (door / 365.0)[:, None, None]
    told = (door > 0.0)[:, None, None]
    out[..., c["to_order"]], out[..., c["promised"]] = (
        np.where(told, sold, 0.0),
        np.where(told, out[..., c["backordered"]], 0.0),
    )
    out[..., c["waited"]] = np.where(told, sold, out[..., c["waited"]])
    out[..., c["in_assembly"]] = sold * setup.assembly_years[index][:, None, None]
    out[..., c["customer_orders"]] = sold
    kits = share[:, :, :, 0].mean(axis=(1, 2)) * setup.alive[index]
    gone = np.array([np.prod(1.0 - setup.alive[index[unit_of == u]]) for u in range(len(units))])
    known = None if setup.ended is None else setup.ended_at(index)
    whole = None if known is None else np.where(known.chance > 0.0, gone[unit_of], 0.0)
    out = with_perhaps_ended(out, setup.alive[index], known, whole)
    return out, wait[unit_of] * kits[:, None, None] if waits else wait, index


def _single_orders(
    setup: Setup, plan: OrderPlan, units: NDArray[np.intp], group: NDArray[np.int64]
) -> NDArray[np.float64]:
    part = replace(
        plan,
        **{
            f.name: np.ascontiguousarray(getattr(plan, f.name)[units])
            for f in fields(plan)
            if isinstance(getattr(plan, f.name), np.ndarray)
        },
    )
    counts = simulate_orders(setup.world.take(units), part, group, 0, len(units))
    counts = with_perhaps_ended(counts, setup.alive[units], setup.ended_at(units), stocked=False)
    return worked_on_singly(counts)


def _mto(setup: Setup, units: NDArray[np.intp], group: NDArray[np.int64]) -> NDArray[np.float64]:
    """Counts (units, settings, groups, counts) of products to order: single orders at every quote, or batches where a minimum rules these out."""
    counts = _single_orders(setup, setup.order, units, group)
    if setup.batches is None:
        return counts
    settings = order_ways(setup.order, setup.batches).shape[1]
    if settings > counts.shape[1]:
        counts = np.pad(counts, ((0, 0), (0, settings - counts.shape[1]), (0, 0), (0, 0)))
    at, _, played, _ = _batches(setup, setup.batches, units, group)
    if len(at):
        counts[at] = 0.0
        counts[at, : played.shape[1]] = played
    return counts


def _batches(
    setup: Setup,
    plan: BatchPlan,
    units: NDArray[np.intp],
    group: NDArray[np.int64],
    chosen: NDArray[np.intp] | None = None,
    waits: bool = False,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Which of the units are to order in batches (places, positions), their counts and who waited: see `batch_counts`; `chosen` is by unit."""
    at, place = plan.of(units)
    index = units[at]
    if not len(at):
        return at, index, np.zeros((0, 0, 0, 0)), np.zeros((0, 0, 0))
    counts, steps = batch_counts(
        setup.world, plan.take(place), group, None if chosen is None else chosen[at], waits
    )
    alive = setup.alive[index]
    counts = with_perhaps_ended(counts, alive, setup.ended_at(index), stocked=False)
    return at, index, counts, steps * alive[:, None, None] if waits else steps


def _hybrid(
    setup: Setup, plan: HybridPlan, group: NDArray[np.int64], chosen: NDArray[np.intp] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    counts, waits = hybrid_counts(
        setup.world, plan, setup.stock, setup.order, np.ones(len(setup.alive)), group, chosen
    )
    alive = setup.alive[plan.index]
    return with_perhaps_ended(counts, alive, setup.ended_at(plan.index)), waits * alive[:, None, None]


def chunks_of(count: int, size: int = _CHUNK) -> list[NDArray[np.intp]]:
    """Positions 0 to count - 1 in consecutive chunks."""
    return [np.arange(a, min(a + size, count)) for a in range(0, count, size)]


def _shared_out(count: int, size: int = _CHUNK, least: int = 1) -> list[NDArray[np.intp]]:
    """Chunks of at most this size, as many as there are cores where there are few positions; `least` are no work to share."""
    return chunks_of(count, max(least, min(size, -(-count // (os.cpu_count() or 1)))))


def years_at_once(count: int, size: int, paths: int) -> list[NDArray[np.intp]]:
    """Positions 0 to count - 1 in chunks of `size` where a year is played `_YEARS` times, in larger ones where there are fewer `paths`."""
    return chunks_of(count, max(1, size * _YEARS // max(paths, 1)))


def in_turn(
    work: Callable[[Any], Any], tasks: Sequence[Any], progress: Progress | None = None, text: str = ""
) -> Iterator[Any]:
    """Results of `work` over tasks, one after the other, by a pool of one thread per core; the results do not depend on it."""
    if len(tasks) == 1:
        yield work(tasks[0])
        if progress is not None:
            progress(1.0, text)
        return
    with ThreadPoolExecutor(max_workers=max(1, os.cpu_count() or 1)) as pool:
        for done, result in enumerate(pool.map(work, tasks), 1):
            yield result
            if progress is not None:
                progress(done / len(tasks), text)


def in_threads(
    work: Callable[[Any], Any], tasks: Sequence[Any], progress: Progress | None = None, text: str = ""
) -> list[Any]:
    """All results of `in_turn`, in order."""
    return list(in_turn(work, tasks, progress, text))


def with_measured_waits(world: World, plan: StockPlan, among: NDArray[np.intp] | None = None) -> StockPlan:
    """The plan with the wait that customers really face in a stockout, per unit and setting.

    Everything is at its value in force. A short run on the first paths in which everybody waits shows how long a
    shortage lasts (w1); a second one, in which customers react to that, how long it lasts then:

        w2 = (days + weight x w1) / (waited + weight), w1 = (days + weight x empty) / (waited + weight)

    with days waited and units that waited of the run at hand (by Little's law, less the half step by which a
    step's orders come before its end) and the weights of `_EVIDENCE`: who finds an empty shelf never hears a first
    guess. `empty` is `policy.levels.empty_shelf_wait`, the wait for an order of one's own; it holds as it is where
    nothing ever lay on the shelf, and where nobody waited. `among` are the units that are measured (None: all); others keep their wait.
    """
    paths = min(world.paths, _PILOT_PATHS)
    pilot = replace(
        in_force(world),
        market=world.market[:paths],
        family_shock=np.ascontiguousarray(world.family_shock[:, :paths]),
    )
    certain = replace(plan, lead_by_draw=None)
    group = np.zeros(paths, np.int64)

    def one_order(own: World, part: StockPlan) -> NDArray[np.float64]:
        """What a customer of each unit orders at once; where that is not known a thousandth of a year, whatever it is counted in."""
        first = part.members[part.start[:-1]]
        size = np.zeros(len(first)) if own.order_size is None else own.order_size[first].mean(axis=1)
        a_year = part.expected[:, :WEEKS].sum(axis=1)
        return np.where(size > 0.0, size, np.maximum(1e-3 * a_year, 1e-300))

    def measured(units: NDArray[np.intp]) -> NDArray[np.float64]:
        part, index = plan_of(certain, units)
        own = pilot.take(index)
        half_step = 3.5 / own.steps_per_week[part.start[:-1]][:, None]
        empty = np.broadcast_to(
            empty_shelf_wait(part.lead_weeks, part.review_weeks)[:, None], part.stockout_wait_days.shape
        )
        found = empty
        one = one_order(own, part)[:, None] / max(paths, 1)
        passes = (np.where(np.isnan(part.share_waiting), 1.0, part.share_waiting), part.share_waiting)
        for share, evidence in zip(passes, _EVIDENCE, strict=True):
            weight = evidence * one
            counts = simulate_stock(
                own, replace(part, share_waiting=share, stockout_wait_days=found), group, 0, len(units)
            )[0][:, :, 0]
            waited, owed, held = (
                counts[..., COUNT_INDEX[name]] for name in ("waited", "backordered", "on_hand")
            )
            days = np.maximum(365.0 * owed - half_step * waited, 0.0)
            found = (days + weight * found) / (np.maximum(waited, 0.0) + weight)
            found = np.where(held > 0.0, found, empty)
        return found

    units = np.arange(len(plan.lot)) if among is None else among
    if not len(units):
        return plan
    waits = plan.stockout_wait_days.copy()
    waits[units] = np.concatenate(
        in_threads(measured, [units[at] for at in _shared_out(len(units), least=_FEW)])
    )
    return replace(plan, stockout_wait_days=waits)


def at_values_in_force(setup: Setup) -> Setup:
    """The set-up in which every value that is drawn from a range is at its value in force: expected money, and all that is decided, is that of it.

    Confirming a value that was assumed then changes nothing but its range.
    """
    assembly = None if setup.assembly is None else replace(setup.assembly, lead_by_draw=None)
    return replace(
        setup, world=in_force(setup.world), stock=replace(setup.stock, lead_by_draw=None), assembly=assembly
    )


def played_with(setup: Setup, families: NDArray[np.intp]) -> NDArray[np.intp]:
    """The products that are played where some families assemble: positions of all their members, ascending."""
    members = [setup.families[u] for u in families]
    return np.sort(np.concatenate(members)) if members else np.zeros(0, np.intp)


def demand_of(setup: Setup, units: NDArray[np.intp]) -> Setup:
    """The set-up with the demand of some products drawn once, for the worlds and strategies in which they are played one after the other.

    `units` are positions of products.
    """
    return replace(setup, world=with_demand_drawn(setup.world, _HELD_BY_CHUNK, among=units))


def stock_levels(plan: StockPlan) -> NDArray[np.float64]:
    """The order-up-to level of every setting as it stands now, in units: (units, settings). See `policy.levels.target_level`."""
    demand = demand_over_interval(plan.expected, plan.lead_weeks + plan.review_weeks)[:, None]
    step = np.ones(len(plan.lot)) if plan.step is None else plan.step
    return target_level(demand, plan.relative_quantile, np.ones((1, 1)), plan.whole[:, None], step[:, None])


def grid_ledgers(
    setup: Setup,
    progress: Progress | None = None,
    strategies: Sequence[str] = (Strategy.MTS, Strategy.ATO, Strategy.MTO, Strategy.HYBRID),
) -> dict[str, Ledger]:
    """The strategies on their whole grids at the values in force, averaged over two halves of the paths. Products not assembled are absent from ATO."""
    setup = at_values_in_force(setup)
    group = half_groups(setup.world.paths, setup.world.inner)
    n = len(setup.skus)
    chunks = _shared_out(n, least=_FEW_OF_A_GRID)
    ledgers: dict[str, Ledger] = {}
    alone = [name for name in (Strategy.MTS, Strategy.MTO) if name in strategies]

    halves = int(group.max(initial=0)) + 1
    whole = {  # written to chunk by chunk: parts beside the whole would take as much again
        name: np.zeros((n, _settings_of(setup, name), halves, len(COUNT_INDEX))) for name in alone
    }

    def each(units: NDArray[np.intp]) -> None:
        held = setup if len(alone) < 2 else demand_of(setup, units)
        for name in alone:
            whole[name][units] = (
                mts_counts(held, held.stock, units, group, False)[0]
                if name == Strategy.MTS
                else _mto(held, units, group)
            )

    if alone:
        in_threads(each, chunks, progress, "making to stock and to order, simulated")
    if Strategy.MTS in alone:
        levels = stock_levels(setup.stock)
        settings: Mapping[str, NDArray[np.float64]] = {
            "relative_quantile": setup.stock.relative_quantile,
            "lot": setup.stock.lot,
            "level": levels,
            "grid_end": grid_ends(setup.stock, levels),
        }
        ledgers[Strategy.MTS] = Ledger(Strategy.MTS, setup.skus, settings, whole[Strategy.MTS])
    if Strategy.ATO in strategies and setup.assembly is not None:
        plan = setup.assembly
        parts = in_threads(
            lambda units: ato_counts(setup, plan, units, group, False),
            _shared_out(len(setup.families), 4),
            progress,
            "assembling to order, simulated",
        )
        index = np.concatenate([part[2] for part in parts])
        counts = np.concatenate([part[0] for part in parts])
        order = np.argsort(index, kind="stable")
        unit_of = np.repeat(np.arange(len(setup.families)), [len(f) for f in setup.families])[order]
        settings = {
            "relative_quantile": plan.relative_quantile[unit_of],
            "lot": plan.lot[unit_of],
            "grid_end": grid_ends(plan, stock_levels(plan))[unit_of],
        }
        ledgers[Strategy.ATO] = Ledger(Strategy.ATO, setup.skus[index[order]], settings, counts[order])
    if Strategy.MTO in alone:
        ledgers[Strategy.MTO] = Ledger(
            Strategy.MTO,
            setup.skus,
            _order_settings(setup),
            whole[Strategy.MTO],
        )
    if Strategy.HYBRID in strategies and (plan_of_both := setup.hybrid) is not None:
        tasks = chunks_of(len(plan_of_both.index), 8)
        both = in_threads(
            lambda rows: _hybrid(setup, plan_of_both.take(rows), group)[0],
            tasks,
            progress,
            "large orders apart, simulated",
        )
        ledgers[Strategy.HYBRID] = Ledger(
            Strategy.HYBRID,
            setup.skus[plan_of_both.index],
            hybrid_settings(plan_of_both, setup.stock)
            | {"grid_end": _ends_of_split(setup.stock, plan_of_both)},
            np.concatenate(both),
        )
    return ledgers


def _settings_of(setup: Setup, strategy: str) -> int:
    """How many settings of a product a grid plays."""
    if strategy == Strategy.MTS:
        return setup.stock.lot.shape[1]
    ways = order_ways(setup.order, setup.batches) if setup.batches is not None else setup.order.quote_days
    return max(ways.shape[1], setup.order.quote_days.shape[1])


def grid_counts(
    setup: Setup, strategy: str, units: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Counts of what is stocked on the whole grid, of some products (MTS, HYBRID) or families (ATO): (members, settings, halves, counts), and the members' positions.

    In the world of `setup` as it is; see `grid_ledgers`, which plays all products at the values in force.
    """
    group = half_groups(setup.world.paths, setup.world.inner)
    if strategy == Strategy.ATO:
        assert setup.assembly is not None
        counts, _, index = ato_counts(setup, setup.assembly, units, group, False)
        return counts, index
    if strategy == Strategy.HYBRID:
        assert setup.hybrid is not None
        some = setup.hybrid.take(np.searchsorted(setup.hybrid.index, units))
        return _hybrid(setup, some, group)[0], units
    return mts_counts(setup, setup.stock, units, group, False)[0], units


def _order_settings(setup: Setup) -> dict[str, NDArray[np.float64]]:
    """The grid of making to order: days quoted, and what each setting is (`order_ways`), both (products, settings)."""
    ways, quotes = order_ways(setup.order, setup.batches), setup.order.quote_days
    if ways.shape[1] > quotes.shape[1]:
        more = np.repeat(quotes[:, :1], ways.shape[1] - quotes.shape[1], axis=1)
        quotes = np.concatenate([quotes, more], axis=1)
    return {"quote_days": quotes, "way": ways}


def _mto_chosen(
    setup: Setup,
    units: NDArray[np.intp],
    group: NDArray[np.int64],
    chosen: NDArray[np.intp],
    waits: bool,
    other: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Counts (units, paths, counts) of products to order at the quote in force, or at their batch, and who waited for that: see `chunk_counts`."""
    plan = replace(setup.order, quote_days=np.ascontiguousarray(setup.order.quote_days[:, :1]))
    counts = _single_orders(setup, plan, units, group)[:, 0]
    waited = np.zeros(
        (len(units), MAX_WAIT_WEEKS * int(setup.world.steps_per_week[units].max(initial=1)) + 1)
    )
    if setup.batches is not None:
        at, _, played, steps = _batches(setup, setup.batches, units, group, chosen, waits)
        if len(at):
            counts[at] = played[:, other, np.arange(len(group))]
        if waits and len(at):
            waited[at, : steps.shape[2]] = steps.mean(axis=1) / len(group)
    return counts, waited


def _ends_of_split(stock: StockPlan, plan: HybridPlan) -> NDArray[np.float64]:
    """Which ends of the grid the settings of products split by order size stand at: those of their stock, for every limit."""
    ends = grid_ends(stock, stock_levels(stock))[plan.index]
    return np.tile(ends, (1, plan.small_share.shape[1]))


def split_settings(
    setup: Setup, products: NDArray[np.intp], setting: NDArray[np.intp]
) -> dict[str, NDArray[np.float64]]:
    """What is set for products split by order size: size limit, channel made to order, share of units in small orders, relative quantile and lot, each (products,)."""
    assert setup.hybrid is not None
    rows = np.searchsorted(setup.hybrid.index, products)
    return {
        name: column[rows, setting] for name, column in hybrid_settings(setup.hybrid, setup.stock).items()
    }


def split_channels(setup: Setup, products: NDArray[np.intp], setting: NDArray[np.intp]) -> NDArray[Any]:
    """The channel whose orders are made to order, of products whose orders are split; "" where they are split by size. Names, (products,)."""
    assert setup.hybrid is not None
    codes = split_settings(setup, products, setting)["ordered_channel"].astype(int)
    names = setup.hybrid.orders.channels
    return np.array([names[code] if code >= 0 else "" for code in codes], object)


def draw_counts(
    setup: Setup, strategy: str, units: NDArray[np.intp], chosen: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """As `chunk_counts`, averaged over the years of each draw: counts (members, draws, counts), and the members' positions.

    What is made to stock is averaged as it is played; of others the shares of a year are counted first, year by year.
    """
    draw = np.arange(setup.world.paths) // setup.world.inner
    if strategy == Strategy.MTS:
        counts, _, index = _counts_by_group(setup, strategy, units, chosen, False, draw)
        return counts, index
    counts, _, index = chunk_counts(setup, strategy, units, chosen, waits=False)
    return counts.reshape(len(counts), -1, setup.world.inner, counts.shape[2]).mean(axis=2), index


def chunk_counts(
    setup: Setup, strategy: str, units: NDArray[np.intp], chosen: NDArray[np.intp], waits: bool = True
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    """Path by path, at the setting chosen on the other half of the paths.

    `units` are products (MTS, MTO, HYBRID) or families (ATO), `chosen` (units, 2) the setting chosen on each half.
    Returns counts (members, paths, counts), if `waits` units a year by steps (weeks or days) waited in a stockout (members,
    steps + 1), and the members' positions.
    """
    return _counts_by_group(setup, strategy, units, chosen, waits, np.arange(setup.world.paths))


def _counts_by_group(
    setup: Setup,
    strategy: str,
    units: NDArray[np.intp],
    chosen: NDArray[np.intp],
    waits: bool,
    group: NDArray[np.intp],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    """`chunk_counts` by `group` of paths (paths,), each within one draw; what is split or to order is by path."""
    paths = setup.world.paths
    other = 1 - half_groups(paths, setup.world.inner)
    other = other[np.unique(group, return_index=True)[1]]
    if strategy == Strategy.MTO:
        return *_mto_chosen(setup, units, group, chosen, waits, other), units
    if strategy == Strategy.HYBRID:
        assert setup.hybrid is not None
        counts, wait = _hybrid(
            setup, setup.hybrid.take(np.searchsorted(setup.hybrid.index, units)), group, chosen
        )
        return counts[:, other, np.arange(paths)], wait.mean(axis=1) / paths, units
    base = setup.stock if strategy == Strategy.MTS else setup.assembly
    assert base is not None
    full = np.zeros((len(base.lot), 2), np.intp)
    full[units] = chosen
    plan_of_two = with_settings(base, full)
    if strategy == Strategy.MTS:
        counts, wait = mts_counts(setup, plan_of_two, units, group, waits, other)
        index = units
    else:
        counts, wait, index = ato_counts(setup, plan_of_two, units, group, waits, other)
    return counts[:, ONLY], wait.mean(axis=1) / paths, index
