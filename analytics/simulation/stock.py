"""The event loop of everything that is stocked: finished products (MTS) or a family's components (ATO).

One concept: the event loop and what it is fed. The compiled loop, the thinning of demand at its door, its
averages and the plan as arrays share lanes and blocks whose layout is known only here.

Order of events in a step (a week, or a day): receive; review and order (an order with lead time L arrives at the start
of step t + L, at once if L = 0); serve backlog; serve demand; book; death. The protection interval is exactly L + R.
What would arrive after a known end is not ordered (`stock_rules.last_order`).
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.paths import WEEKS, WORK, product_demand
from analytics.forecast.spread.quantile_tables import table_variance
from analytics.machine.borrowed import borrowed
from analytics.machine.kernel_cache import borrower, kernel
from analytics.machine.side_by_side import NUMBERS
from analytics.randomness import STREAMS, subkey, uniform
from analytics.simulation.chunks import in_chunks
from analytics.simulation.ledger import COUNT_INDEX, COUNTS
from analytics.simulation.stock_path import (
    LONGEST,
    arrivals,
    carry_levels,
    close_paths,
    expected_steps,
    look_ahead,
    open_paths,
    path_waits,
)
from analytics.simulation.stock_records import (
    ACCEPTED,
    WANTED,
    After,
    Customers,
    Expected,
    Grid,
    Lanes,
    Largest,
    Outlook,
    Pipeline,
    Record,
    Rule,
    StockArrays,
    StockCounts,
    Timeline,
)
from analytics.simulation.stock_rules import last_order
from analytics.simulation.stock_side_by_side import (
    carry_levels_together,
    fits_single,
    play_whole_steps,
    whole_lots,
)
from analytics.simulation.stock_week import (
    BLOCK,
    GAP,
    LANES,
    LOT,
    PER_LOT,
    QUANTILE,
    SETTINGS,
    STAYS,
    WAITED,
    WIDTH,
    play_steps,
)
from analytics.simulation.terminal import NEVER_YEARS
from analytics.simulation.world import (
    PATIENCE_STREAM,
    World,
    death_step,
    frozen,
    groups_of,
    in_steps,
    member_demand,
    played_as,
    product_path,
    share_staying,
    world_arrays,
)

__all__ = ["MAX_WAIT_WEEKS", "StockPlan", "World", "simulate_stock"]

#: Waits in a stockout are counted in whole weeks (days, for products played by day) up to this many weeks.
MAX_WAIT_WEEKS = 52

_last_order = borrower(last_order)
_OPENING = np.uint64(STREAMS["opening"])
_LEAD_TIME = np.uint64(STREAMS["lead_time"])
_COUNTS = len(COUNTS)
_NEVER = 1e9
_ON_HAND = COUNT_INDEX["on_hand"]
_IN_PROCESS = COUNT_INDEX["in_process"]
_LOTS = COUNT_INDEX["lots"]
_BACKORDERED = COUNT_INDEX["backordered"]


@dataclass(frozen=True, eq=False)
class StockPlan:
    """What the planner does, per stocked unit (a product, or a family's component kit).

    Durations are in weeks: whole ones, or whole days for a unit whose members the world plays by day.

    `members` lists the products behind each unit (`start[u]` to `start[u + 1]`). `expected` (units, weeks)
    is the planner's expected demand per week, long enough to cover the horizon plus cover and protection.
    `relative_quantile` and `lot` (units, settings) are the grid: the order-up-to level is the expected demand
    over the protection interval times the level carried so far times the relative quantile; an order is the
    least multiple of the lot that reaches it, at least `moq`. `door_wait_days` is what every customer of a
    product is told (0: served from stock). `stockout_wait_days` (units, settings) is the wait that a customer
    faces who finds nothing left; he stays by the waiting rule, and `share_waiting` overrides the waiting rule where known (NaN: follow the rule; 0: all lost; 1: all wait).
    `production_weeks` is the part of the lead time spent in own production. What is under way when the product dies is taken: it counts as
    scrapped, and as under way at the end, of which prices may take off the part that can be cancelled.

    `order_gap` (units, settings), if given, makes the rule (R, s, S): order only when the inventory position
    is at least this many units below the order-up-to level (the gap S - s); 0 or None orders at every review.

    `lead_by_draw` (units, draws), if given, is the lead time in each parameter draw, known to that world's planner but not
    to us; `lead_time_cv` (units,) its coefficient of variation from order to order, which nobody knows beforehand (orders
    do not cross), `shelf_weeks` (units,) after how many weeks on hand a unit must be discarded, oldest first (0: never).
    `planned_weeks` (units,), if given, is the lead time that a planner counts with who knows no other (-1: that of the draw).

    `multiple` (units,), if given, is what every order is a multiple of (0: nothing); `lot` and `moq` are multiples of it already, so that it only
    matters where a known end cuts an order. `step` (units,), if given, is the smallest quantity in which a unit is used, on which whole
    goods are counted (None: that of its first member). `level_variance` (units,), if given, is the variance of the level of demand by the
    forecast, relative to its square (None: that of its first member): how far a year's demand moves what is expected after it.
    """

    start: NDArray[np.int64]
    members: NDArray[np.int64]
    expected: NDArray[np.float64]
    relative_quantile: NDArray[np.float64]
    lot: NDArray[np.float64]
    lead_weeks: NDArray[np.float64]
    review_weeks: NDArray[np.float64]
    moq: NDArray[np.float64]
    smoothing: NDArray[np.float64]
    cover_weeks: NDArray[np.int64]
    end_week: NDArray[np.float64]
    whole: NDArray[np.bool_]
    door_wait_days: NDArray[np.float64]
    stockout_wait_days: NDArray[np.float64]
    share_waiting: NDArray[np.float64]
    production_weeks: NDArray[np.float64]
    order_gap: NDArray[np.float64] | None = None
    lead_by_draw: NDArray[np.float64] | None = None
    lead_time_cv: NDArray[np.float64] | None = None
    shelf_weeks: NDArray[np.float64] | None = None
    planned_weeks: NDArray[np.float64] | None = None
    multiple: NDArray[np.float64] | None = None
    step: NDArray[np.float64] | None = None
    level_variance: NDArray[np.float64] | None = None


@borrower
def _nature(u, first, paths, world, plan, of_path, customers, member_sums):
    """Demand of all members of unit u in so many paths of a draw, thinned at the door, until each dies.

    Fills the `customers`: units wanted of the unit, the step in which its last member dies, and the fate of a step, the uniform of
    the first customer who came in. Adds units wanted and accepted to `member_sums` (products, groups, 2).
    """
    of_products = world.demand
    demand, fate, death = customers.demand, customers.fate, customers.death
    wanted, work = customers.wanted, customers.work
    draw = first // of_products.inner
    steps = demand.shape[0]
    for t in range(steps):
        for j in range(paths):
            demand[t, j] = 0.0
            fate[t, j] = -1.0
    for j in range(paths):
        death[j] = -1.0
    for m in range(plan.start[u], plan.start[u + 1]):
        i = plan.members[m]
        key = of_products.keys[i]
        door = _share_at_door(i, draw, world, plan)
        product, played = product_demand(of_products, i), played_as(world, i)
        coarser, orders = plan.coarser[i], world.orders[i]
        hazard, end = world.hazard[i, draw], world.end[i]
        for j in range(paths):
            p = first + j
            dies = death_step(key, np.uint64(p), hazard, end)
            death[j] = max(death[j], dies)
            alive = steps if dies >= steps - 1 else int(dies) + 1
            product_path(product, played, p, wanted, work)
            if coarser != 1.0:
                for t in range(steps):
                    wanted[t] *= coarser
            patience_key = subkey(subkey(key, np.uint64(p)), PATIENCE_STREAM)
            total, accepted = member_demand(patience_key, orders, door, wanted[:alive], j, demand, fate, work)
            member_sums[i, of_path[p], WANTED] += total
            member_sums[i, of_path[p], ACCEPTED] += accepted


@borrower
def _share_at_door(i, draw, world, plan):
    """Share of product i's customers who stay when told its wait at the door."""
    return share_staying(
        world.curve[i], world.patience[i, draw], world.shape[i], plan.door_wait[i], world.historical[i]
    )


@borrower
def _place(s):
    """Where the first path of setting s lies in the first row of its block."""
    return s // SETTINGS * BLOCK + s % SETTINGS * LANES


@borrower
def _set_up(u, grid, x):
    """Write what every setting of unit u orders by; returns the largest of them."""
    most_quantile = 0.0
    most_lot = 0.0
    for s in range(grid.played[u]):
        quantile, lot, gap = grid.relative_quantile[u, s], grid.lot[u, s], grid.order_gap[u, s]
        for o in range(_place(s), _place(s) + LANES):
            x[o + QUANTILE * WIDTH] = quantile
            x[o + LOT * WIDTH] = lot
            x[o + PER_LOT * WIDTH] = 1.0 / lot
            x[o + GAP * WIDTH] = max(1e-9, gap - 1e-9)
        most_quantile = max(most_quantile, quantile)
        most_lot = max(most_lot, lot)
    return Largest(most_quantile, most_lot)


@borrower
def _staying(u, draw, world, plan, grid, x):
    """Write, per setting, the probability that a customer who was not put off at the door also waits in a stockout."""
    first, last, settings = plan.start[u], plan.start[u + 1], grid.played[u]
    of_all = plan.share_waiting[u]
    for s in range(settings):
        x[_place(s) + STAYS * WIDTH] = 0.0 if np.isnan(of_all) else of_all
    if np.isnan(of_all):
        for m in range(first, last):
            i = plan.members[m]
            door = max(_share_at_door(i, draw, world, plan), 1e-300)
            curve, patience, shape = world.curve[i], world.patience[i, draw], world.shape[i]
            told, historical = plan.door_wait[i], world.historical[i]
            for s in range(settings):
                there = share_staying(curve, patience, shape, told + grid.stockout_wait[u, s], historical)
                x[_place(s) + STAYS * WIDTH] += there / door
        for s in range(settings):
            x[_place(s) + STAYS * WIDTH] /= max(last - first, 1)
    for s in range(settings):
        for o in range(_place(s) + 1, _place(s) + LANES):
            x[o + STAYS * WIDTH] = x[_place(s) + STAYS * WIDTH]


@borrower
def _alike(u, world, plan):
    """Whether unit u is the same in every draw of the parameters but for its demand."""
    alike = True
    for d in range(1, plan.lead.shape[1]):
        alike = (
            alike and plan.lead[u, d] == plan.lead[u, 0] and plan.counted_on[u, d] == plan.counted_on[u, 0]
        )
    for m in range(plan.start[u], plan.start[u + 1]):
        hazard, patience = world.hazard[plan.members[m]], world.patience[plan.members[m]]
        for d in range(1, hazard.shape[0]):
            alike = alike and hazard[d] == hazard[0] and patience[d] == patience[0]
    return alike


@borrower
def _write_down(sums, first, grid, steps, own, weight, out):
    """Write the averages of a group of paths to `out` (settings, counts): `sums` from block `first` on, times the group's weight, per year; empties it."""
    for s in range(grid):
        for c in range(_COUNTS):
            scale = weight
            if c == _ON_HAND:
                scale *= 0.5 / steps
            elif c == _IN_PROCESS:
                scale *= own / steps
            elif c == _BACKORDERED:
                scale /= steps
            row, column = first + s // SETTINGS, c * SETTINGS + s % SETTINGS
            out[s, c] = scale * sums[row, column]
            sums[row, column] = 0.0


@borrower
def _after(u, draw, world, plan, expected, steps):
    """What comes after the window of `steps` for unit u in a draw: a member's chance of ending is that of its part of demand."""
    cumulative = expected.cumulative
    horizon = cumulative.shape[0] - 1
    first, last = plan.start[u], plan.start[u + 1]
    hazard = 0.0
    for m in range(first, last):
        hazard += world.hazard[plan.members[m], draw] * steps * plan.demand_share[m]
    begin = min(steps, horizon)
    span = plan.counted_on[u, draw] + plan.review[u]
    ends = plan.end[u] < _NEVER
    left = plan.end[u] + 1.0 - steps if ends else 0.0
    year = min(2 * steps, horizon)
    if ends:
        year = min(year, begin + max(int(left), 1))
    seen = float(year - begin)
    rate = cumulative[begin]
    if seen > 0.0:
        rate = (cumulative[min(year, horizon)] - cumulative[begin]) * steps / seen
    return After(
        cumulative[begin],
        cumulative[min(begin + span, horizon)] - cumulative[begin],
        rate,
        hazard,
        max(left, 0.0) / steps if ends else NEVER_YEARS,
        not ends or steps <= _last_order(plan.end[u], plan.counted_on[u, draw]),
        plan.level_variance[u],
        plan.order[u],
        plan.lump[u],
        plan.moq[u],
        plan.whole[u],
    )


@borrower
def _settle(unit_key, first, paths, steps, death, lanes):
    """Fill of the `lanes` how long each path runs, whether its product dies in it, and the fraction of a lot it opens with."""
    died, run, fraction = lanes.died, lanes.run, lanes.fraction
    furthest = 0
    for j in range(paths):
        died[j] = death[j] < steps
        run[j] = steps if not died[j] else int(death[j]) + 1
        furthest = max(furthest, run[j])
        key = subkey(unit_key, np.uint64(first + j))
        fraction[j] = uniform(subkey(key, _OPENING), np.uint64(0))
    return furthest


@borrower
def _count_waits(rows, paths, settings, record, lanes, waits):
    """Add to `waits` (settings, steps + 1) what has waited in the paths and settings of a block."""
    for j in range(paths):
        for s in range(settings):
            place = s * LANES + j
            if rows[WAITED * WIDTH + place] > 0.0:
                path_waits(record.waited, record.net, lanes.run[j], place, lanes.died[j], waits[s])


@kernel
def _simulate_units(first, last, world, plan, grid, groups, out):
    """Play units `first` to `last` in every path, paths of a draw and all settings side by side, and write their averages per group of paths.

    `world` is a `WorldArrays`, `plan` a `StockArrays`, `grid` a `Grid`, `groups` a `Groups`, `out` a `StockCounts`: see `simulate_stock`.
    """
    world, plan, grid = borrowed(world), borrowed(plan), borrowed(grid)
    groups, out = borrowed(groups), borrowed(out)
    of_path, weight = groups.of_path, groups.weight
    inner, every_path = world.demand.inner, world.demand.market.shape[0]
    most_blocks = (grid.lot.shape[1] + SETTINGS - 1) // SETTINGS
    track = out.waits.shape[0] > 0
    alone = True  # every path is a group of its own, and written down as soon as it is played
    for g in range(weight.shape[0]):
        alone = alone and weight[g] == 1.0
    sums = np.zeros(((LANES if alone else weight.shape[0]) * most_blocks, _COUNTS * SETTINGS))
    x = np.zeros(most_blocks * BLOCK)
    work, death = np.empty(WORK), np.empty(LANES)
    lanes = Lanes(
        np.empty(LANES, np.int64),
        np.empty(LANES, np.bool_),
        np.empty(LANES, np.int64),
        np.empty(LANES),
        np.empty(LANES),
        np.empty(LANES),
        np.empty(LANES),
        np.empty(SETTINGS),
    )
    for u in range(first, last):
        settings = grid.played[u]  # those that differ: the others are played with the one they are equal to
        blocks = (settings + SETTINGS - 1) // SETTINGS
        per_week = world.steps_per_week[plan.members[plan.start[u]]]
        steps = WEEKS * per_week
        unit_key = world.demand.keys[plan.members[plan.start[u]]]
        demand, fate = np.zeros((steps, LANES)), np.zeros((steps, LANES))
        customers = Customers(demand, fate, death, np.empty(steps), work)
        kept = steps if track else 0
        record = Record(
            np.empty((steps if plan.shelf[u] > 0 else 0, WIDTH)),
            np.empty((kept, WIDTH)),
            np.empty((kept, WIDTH)),
        )
        outlook = Outlook(
            np.empty(steps * LANES),
            np.empty(steps * LANES),
            np.empty(steps * LANES),
            np.empty(steps, np.bool_),
        )
        timeline = Timeline(outlook, demand.ravel(), fate.ravel(), record)  # the same numbers
        horizon = plan.expected.shape[1] * per_week
        expected = Expected(
            np.empty(horizon), np.zeros(horizon + 1), np.empty(steps), np.empty(steps), np.empty(steps)
        )
        expected_steps(plan.expected[u], per_week, world.day_edges, plan.end[u], expected.by_step)
        order = max(plan.order[u], 1.0) if plan.whole[u] else plan.order[u]
        expected_rate = expected.by_step[:steps].sum() / steps
        # what a step with any demand wants: its customers find the same shelf
        at_a_time = (
            expected_rate / (1.0 - np.exp(-max(expected_rate / order, 1e-9)))
            if order > 0.0
            else expected_rate
        )
        rule = Rule(plan.review[u], plan.moq[u], plan.multiple[u], plan.whole[u], plan.shelf[u], at_a_time)
        varying = plan.lead_spread[u] > 0.0
        longest = 0.0
        for d in range(plan.lead.shape[1]):
            longest = max(longest, plan.lead[u, d])
        slots = int(np.ceil(longest * np.exp(LONGEST * plan.lead_spread[u]))) + 1
        ring, arrival = np.zeros((slots + 1) * WIDTH), np.zeros((steps, LANES), np.int64)
        single = np.zeros(slots * NUMBERS, np.float32)
        x[:] = 0.0
        largest = _set_up(u, grid, x)
        largest = Largest(largest.quantile, max(largest.lot, rule.moq))
        ends = plan.end[u] < _NEVER
        common = (
            plan.whole[u]
            and plan.shelf[u] == 0
            and not varying
            and not ends
            and whole_lots(u, grid, rule.moq)
        )
        per_rate = 1.0 / max(expected_rate, 1e-12)
        span = -1
        # draws that differ in demand alone are played side by side, however few paths each has
        at_once = every_path if _alike(u, world, plan) else inner
        for first_path in range(0, every_path, at_once):
            draw = first_path // inner
            until = _last_order(plan.end[u], plan.counted_on[u, draw])
            pipeline = Pipeline(ring, slots, arrival, plan.lead[u, draw], varying, until, single)
            if plan.counted_on[u, draw] + rule.review != span:
                span = plan.counted_on[u, draw] + rule.review
                look_ahead(expected, span, plan.cover[u], ends)
            _staying(u, draw, world, plan, grid, x)
            after = _after(u, draw, world, plan, expected, steps)
            rest = expected.cumulative[horizon] if ends else 1e300
            past = min(first_path + at_once, every_path)
            for p in range(first_path, past, LANES):
                paths = min(LANES, past - p)
                _nature(u, p, paths, world, plan, of_path, customers, out.members)
                furthest = _settle(unit_key, p, paths, steps, death, lanes)
                for j in range(paths):
                    lanes.kept[j] = (j if alone else of_path[p + j]) * blocks
                    if varying or (j == 0 and p == first_path):
                        key = subkey(subkey(unit_key, np.uint64(p + j)), _LEAD_TIME)
                        arrivals(key, pipeline.lead, plan.lead_spread[u], slots, j, arrival)
                highest = -1.0
                if common:
                    carry_levels_together(
                        timeline.demand, expected, plan.smoothing[u] * per_rate, lanes, outlook
                    )
                    highest = fits_single(steps, timeline, lanes.total, largest)
                if highest < 0.0:
                    carry_levels(
                        paths, timeline.demand, expected, plan.smoothing[u], per_rate, largest, lanes, outlook
                    )
                for b in range(blocks):
                    here = min(SETTINGS, settings - b * SETTINGS)
                    rows = x[b * BLOCK : (b + 1) * BLOCK]
                    open_paths(rows, paths, here, pipeline, expected, lanes.fraction, rest, rule)
                    # a number and not the constant 0, for which the steps would be compiled once more
                    played = paths - paths
                    while played < furthest:
                        upto = steps
                        for j in range(paths):
                            upto = min(upto, lanes.run[j]) if lanes.run[j] > played else upto
                        if highest >= 0.0:
                            play_whole_steps(rows, here, played, upto, highest, rule, pipeline, timeline)
                        else:
                            play_steps(rows, paths, here, played, upto, rule, pipeline, timeline)
                        close_paths(rows, paths, here, upto, pipeline, lanes, after, sums[b:])
                        played = upto
                    if track:
                        _count_waits(rows, paths, here, record, lanes, out.waits[u, b * SETTINGS :])
                if alone:
                    for j in range(paths):
                        g = of_path[p + j]
                        _write_down(
                            sums, j * blocks, settings, steps, plan.own[u], weight[g], out.counts[u, :, g]
                        )
        if not alone:
            for g in range(weight.shape[0]):
                _write_down(sums, g * blocks, settings, steps, plan.own[u], weight[g], out.counts[u, :, g])
        for m in range(plan.start[u], plan.start[u + 1]):
            for g in range(weight.shape[0]):
                for c in range(out.members.shape[2]):
                    out.members[plan.members[m], g, c] *= weight[g]


def simulate_stock(
    world: World,
    plan: StockPlan,
    group: NDArray[np.int64],
    first: int,
    last: int,
    waits: bool = False,
    threads: int = 1,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Simulate stocked units `first` to `last` on the grid of settings; averages over each group of paths.

    `group` (paths,) names the group of every path. Returns counts (units, settings, groups, counts), demand
    wanted and accepted at the door per member (products, groups, 2), and, if `waits`, units by steps waited in
    a stockout (units, settings, MAX_WAIT_WEEKS x steps a week + 1), summed over all paths. The numbers are the same for any
    number of `threads`.
    Raises ValueError where a unit mixes members played by day and by week.
    """
    groups = groups_of(group)
    units, settings = plan.relative_quantile.shape
    out = np.zeros((units, settings, len(groups.weight), _COUNTS))
    member_out = np.zeros((len(world.keys), len(groups.weight), 2))
    steps = world.steps_per_week[plan.members[plan.start[:-1]]]
    if np.any(world.steps_per_week[plan.members] != np.repeat(steps, np.diff(plan.start))):
        raise ValueError("simulate_stock: the members of a unit must all be played by day, or all by week")
    wait_out = np.zeros((units if waits else 0, settings, MAX_WAIT_WEEKS * int(steps.max(initial=1)) + 1))
    step, coarser = _smallest(world, plan)
    nature, arrays, grid = world_arrays(world), *_plan_arrays(world, plan, steps, step, coarser)
    grid, back = _distinct(grid)
    counts = StockCounts(out, member_out, wait_out)
    in_chunks(lambda a, b: _simulate_units(a, b, nature, arrays, grid, groups, counts), first, last, threads)
    if back is not None:
        rows = np.arange(units)[:, None]
        out = out[rows, back]
        wait_out = wait_out[rows[: len(wait_out)], back[: len(wait_out)]]
    if step is not None:
        out *= np.where(np.arange(_COUNTS) == _LOTS, 1.0, step[:, None, None, None])
        of_member = np.ones(len(world.keys))
        of_member[plan.members] = np.repeat(step, np.diff(plan.start))
        member_out *= of_member[:, None, None]
        wait_out *= step[: len(wait_out), None, None]
    return out, member_out, wait_out


def _plan_arrays(
    world: World,
    plan: StockPlan,
    steps: NDArray[np.int64],
    step: NDArray[np.float64] | None,
    coarser: NDArray[np.float64],
) -> tuple[StockArrays, Grid]:
    """The plan as the kernel takes it: durations in `steps` (units,) a week, quantities in the smallest of each unit."""

    def counted(column: NDArray[np.float64]) -> NDArray[np.float64]:
        """A quantity of units in their smallest quantities: what the kernel plays in."""
        return column if step is None else column / step.reshape(-1, *([1] * (column.ndim - 1)))

    units, settings = plan.relative_quantile.shape
    real, whole = np.float64, np.int64
    gap = np.zeros((units, settings)) if plan.order_gap is None else plan.order_gap
    multiple = np.zeros(units) if plan.multiple is None else plan.multiple
    lead = (
        np.repeat(plan.lead_weeks[:, None], world.hazard_per_week.shape[1], axis=1)
        if plan.lead_by_draw is None
        else plan.lead_by_draw
    )
    counted_on = (
        lead
        if plan.planned_weeks is None
        else np.where(plan.planned_weeks[:, None] < 0, lead, plan.planned_weeks[:, None])
    )
    own = np.minimum(1.0, plan.production_weeks / np.maximum(plan.lead_weeks, 1e-9)) * (plan.lead_weeks > 0)
    spread = np.zeros(units) if plan.lead_time_cv is None else np.sqrt(np.log1p(plan.lead_time_cv**2))
    shelf = np.zeros(units) if plan.shelf_weeks is None else plan.shelf_weeks
    smoothing = np.where(steps == 1, plan.smoothing, 1.0 - (1.0 - plan.smoothing) ** (1.0 / steps))
    level_variance = plan.level_variance
    if level_variance is None:
        level_variance = table_variance(world.level_error[plan.members[plan.start[:-1]]])
    if len(level_variance) != units:
        raise ValueError(
            f"simulate_stock: level_variance has {len(level_variance)} entries for {units} units"
        )
    share, order, lump = _together(world, plan, coarser)
    arrays = StockArrays(
        start=frozen(plan.start, whole),
        members=frozen(plan.members, whole),
        expected=frozen(counted(plan.expected), real),
        lead=frozen(in_steps(lead, steps[:, None]), whole),
        counted_on=frozen(in_steps(counted_on, steps[:, None]), whole),
        lead_spread=frozen(spread, real),
        shelf=frozen(in_steps(shelf, steps), whole),
        review=frozen(in_steps(plan.review_weeks, steps), whole),
        moq=frozen(counted(plan.moq), real),
        smoothing=frozen(smoothing, real),
        cover=frozen(in_steps(plan.cover_weeks, steps), whole),
        end=frozen(in_steps(plan.end_week, steps), real),
        whole=frozen(plan.whole, np.bool_),
        door_wait=frozen(plan.door_wait_days, real),
        share_waiting=frozen(plan.share_waiting, real),
        own=frozen(own, real),
        multiple=frozen(counted(multiple), real),
        coarser=frozen(coarser, real),
        level_variance=frozen(level_variance, real),
        order=frozen(order, real),
        lump=frozen(lump, real),
        demand_share=frozen(share, real),
    )
    grid = Grid(
        relative_quantile=frozen(plan.relative_quantile, real),
        lot=frozen(counted(plan.lot), real),
        order_gap=frozen(counted(gap), real),
        stockout_wait=frozen(plan.stockout_wait_days, real),
        played=frozen(np.full(units, settings), whole),
    )
    return arrays, grid


def _together(
    world: World, plan: StockPlan, coarser: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Every member's part of its unit's demand (members,); mean order and what comes together, in smallest quantities, (units,).

    The parts are by expected demand (alike where none is expected) and weigh the members' orders.
    """
    members = np.diff(plan.start)
    of = np.repeat(np.arange(len(members)), members)
    finer = coarser / (np.ones(len(world.keys)) if world.step is None else world.step)
    wanted = (world.mean.sum(axis=1) * finer)[plan.members]
    total = np.bincount(of, wanted, len(members))[of]
    share = np.where(total > 0.0, wanted / np.where(total > 0.0, total, 1.0), 1.0 / members[of])

    def over(column: NDArray[np.float64] | None) -> NDArray[np.float64]:
        own = coarser if column is None else column * finer
        return np.asarray(np.bincount(of, own[plan.members] * share, len(members)), np.float64)

    return share, over(world.mean_order), over(world.lump)


def _distinct(grid: Grid) -> tuple[Grid, NDArray[np.intp] | None]:
    """The grid with the settings of each unit that differ first, and where each setting of the grid stands then (None: as it was).

    Of what is sold rarely many lots and levels round to one number: they are played once, and their numbers are those of all of them.
    """
    columns = (grid.relative_quantile, grid.lot, grid.order_gap, grid.stockout_wait)
    units, settings = grid.lot.shape
    same = np.ones((units, settings, settings), np.bool_)
    for column in columns:
        same &= column[:, :, None] == column[:, None, :]
    first_like_it = np.argmax(same, axis=2)
    differs = first_like_it == np.arange(settings)
    if bool(differs.all()):
        return grid, None
    order = np.argsort(~differs, axis=1, kind="stable")
    back = np.take_along_axis(np.cumsum(differs, axis=1) - 1, first_like_it, axis=1)
    quantile, lot, gap, wait = (
        frozen(np.take_along_axis(column, order, axis=1), np.float64) for column in columns
    )
    return Grid(quantile, lot, gap, wait, frozen(differs.sum(axis=1), np.int64)), back


def _smallest(world: World, plan: StockPlan) -> tuple[NDArray[np.float64] | None, NDArray[np.float64]]:
    """The smallest quantity of every unit (None: one for all), and how many of it one of each product's own holds (products,)."""
    coarser = np.ones(len(world.keys))
    if world.step is None:
        return None, coarser
    step = world.step[plan.members[plan.start[:-1]]] if plan.step is None else plan.step
    coarser[plan.members] = world.step[plan.members] / np.repeat(step, np.diff(plan.start))
    return step, coarser
