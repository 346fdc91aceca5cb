"""The event loop of everything that is stocked: finished products (MTS) or a family's components (ATO).

Order of events in a step (a week, or a day): receive; review and order (an order with lead time L arrives at the start
of step t + L, at once if L = 0); serve backlog; serve demand; book; death. The protection interval is exactly L + R.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.paths import WEEKS, WORK
from analytics.kernel_cache import kernel, part
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
from analytics.simulation.world import (
    PATIENCE_STREAM,
    World,
    copied,
    death_step,
    frozen,
    in_steps,
    member_demand,
    product_path,
    share_staying,
    world_arrays,
)

__all__ = ["MAX_WAIT_WEEKS", "StockPlan", "World", "simulate_stock"]

#: Waits in a stockout are counted in whole weeks (days, for products played by day) up to this many weeks.
MAX_WAIT_WEEKS = 52

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
    goods are counted (None: that of its first member).
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


@part
def _nature(
    u, first, paths, start, members, door_wait,
    keys, mean, noise, level_error, drift, integer, family, market, family_shock, period_weeks, inner, end_week, hazard, patience, curve, shape, historical, orders,
    drawn, drawn_row, steps_per_week, day_edges, order_size, group, coarser, wanted, demand, fate, death, work, member_sums,
):  # fmt: skip
    """Demand of all members of unit u in so many paths of a draw, thinned at the door, until each dies.

    Fills `demand` (steps, paths) with units wanted of the unit, `death` (paths,) with the step in which its last member dies, and `fate` with the
    uniform that decides, for the customers of a step who find nothing left, whether they wait: that of the first customer who came in.
    `coarser` (members,) is how many smallest quantities of the unit one of a member's own holds.
    """
    draw = first // inner
    steps = demand.shape[0]
    for t in range(steps):
        for j in range(paths):
            demand[t, j] = 0.0
            fate[t, j] = -1.0
    for j in range(paths):
        death[j] = -1.0
    for m in range(start[u], start[u + 1]):
        i = members[m]
        door = share_staying(curve[i], patience[i, draw], shape[i], door_wait[i], historical[i])
        for j in range(paths):
            p = first + j
            dies = death_step(keys[i], np.uint64(p), hazard[i, draw], end_week[i])
            death[j] = max(death[j], dies)
            alive = steps if dies >= steps - 1 else int(dies) + 1
            if not copied(drawn, drawn_row[i], p, wanted):
                product_path(
                    i, p, keys, mean, noise, level_error, drift, integer, family, market, family_shock, period_weeks, inner, steps_per_week, day_edges, order_size, wanted, work
                )  # fmt: skip
            if coarser[i] != 1.0:
                for t in range(steps):
                    wanted[t] *= coarser[i]
            patience_key = subkey(subkey(keys[i], np.uint64(p)), PATIENCE_STREAM)
            total, accepted = member_demand(patience_key, orders[i], door, alive, wanted, j, demand, fate)
            member_sums[i, group[p], 0] += total
            member_sums[i, group[p], 1] += accepted


@part
def _place(s):
    """Where the first path of setting s lies in the first row of its block."""
    return s // SETTINGS * BLOCK + s % SETTINGS


@part
def _set_up(u, quantile_grid, lot_grid, gap_grid, grid, x):
    """Write what every setting of unit u orders by; returns the highest relative quantile and the largest lot."""
    most_quantile = 0.0
    most_lot = 0.0
    for s in range(grid):
        for o in range(_place(s), _place(s) + WIDTH, SETTINGS):
            x[o + QUANTILE * WIDTH] = quantile_grid[u, s]
            x[o + LOT * WIDTH] = lot_grid[u, s]
            x[o + PER_LOT * WIDTH] = 1.0 / lot_grid[u, s]
            x[o + GAP * WIDTH] = max(1e-9, gap_grid[u, s] - 1e-9)
        most_quantile = max(most_quantile, quantile_grid[u, s])
        most_lot = max(most_lot, lot_grid[u, s])
    return most_quantile, most_lot


@part
def _staying(
    u,
    draw,
    start,
    members,
    door_wait,
    stockout_wait,
    share_waiting,
    patience,
    curve,
    shape,
    historical,
    x,
    grid,
):
    """Write, per setting, the probability that a customer who was not put off at the door also waits in a stockout."""
    for s in range(grid):
        stays = 0.0
        for m in range(start[u], start[u + 1]):
            i = members[m]
            door = share_staying(curve[i], patience[i, draw], shape[i], door_wait[i], historical[i])
            stays += share_staying(
                curve[i], patience[i, draw], shape[i], door_wait[i] + stockout_wait[u, s], historical[i]
            ) / max(door, 1e-300)
        stays /= max(start[u + 1] - start[u], 1)
        if not np.isnan(share_waiting[u]):
            stays = share_waiting[u]
        for o in range(_place(s), _place(s) + WIDTH, SETTINGS):
            x[o + STAYS * WIDTH] = stays


@part
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


@kernel
def _simulate_units(
    first, last, start, members, expected, quantile_grid, lot_grid, gap_grid, lead, counted_on, lead_spread, shelf, review, moq, smoothing, cover, unit_end, whole,
    door_wait, stockout_wait, share_waiting, own, multiple, coarser,
    keys, mean, noise, level_error, drift, integer, family, market, family_shock, period_weeks, inner, end_week, hazard, patience, curve, shape, historical, orders,
    drawn, drawn_row, steps_per_week, day_edges, order_size, group, weight, out, member_out, wait_out,
):  # fmt: skip
    """Play units `first` to `last` in every path, paths of a draw and all settings side by side, and write their averages per group of paths: see `simulate_stock`."""
    grid = quantile_grid.shape[1]
    blocks = (grid + SETTINGS - 1) // SETTINGS
    groups = weight.shape[0]
    track = wait_out.shape[0] > 0
    work = np.empty(WORK)
    alone = True  # every path is a group of its own, and written down as soon as it is played
    for g in range(groups):
        alone = alone and weight[g] == 1.0
    kept_groups = LANES if alone else groups
    sums = np.zeros((kept_groups * blocks, _COUNTS * SETTINGS))
    x = np.zeros(blocks * BLOCK)
    run, kept = np.empty(LANES, np.int64), np.empty(LANES, np.int64)
    died = np.empty(LANES, np.bool_)
    death, fraction, total, level = np.empty(LANES), np.empty(LANES), np.empty(LANES), np.empty(LANES)
    for u in range(first, last):
        per_week = steps_per_week[members[start[u]]]
        steps = WEEKS * per_week
        wanted = np.empty(steps)
        base, room, excess = np.empty(steps), np.empty(steps), np.empty(steps)
        demand, fate = np.zeros((steps, LANES)), np.zeros((steps, LANES))
        wants, decides = demand.ravel(), fate.ravel()  # the same numbers
        ahead, space, limit = np.empty(steps * LANES), np.empty(steps * LANES), np.empty(steps * LANES)
        clears = np.empty(steps, np.bool_)
        arrival = np.zeros((steps, LANES), np.int64)
        waited = np.empty((steps if track else 0, WIDTH))
        net = np.empty((steps if track else 0, WIDTH))
        planned = np.empty(expected.shape[1] * per_week)
        expected_steps(expected[u], per_week, day_edges, unit_end[u], planned)
        varying = lead_spread[u] > 0.0
        longest = 0.0
        for d in range(lead.shape[1]):
            longest = max(longest, lead[u, d])
        slots = int(np.ceil(longest * np.exp(LONGEST * lead_spread[u]))) + 1
        ring = np.zeros((slots + 1) * WIDTH)
        received = np.empty((steps if shelf[u] > 0 else 0, WIDTH))
        x[:] = 0.0
        most_quantile, most_lot = _set_up(u, quantile_grid, lot_grid, gap_grid, grid, x)
        most_lot = max(most_lot, moq[u])
        ends = unit_end[u] < _NEVER
        horizon = planned.shape[0]
        cumulative = np.zeros(horizon + 1)
        per_rate = 1.0 / max(planned[:steps].sum() / steps, 1e-12)
        after = 0.0
        span = -1
        for draw in range((market.shape[0] + inner - 1) // inner):
            takes = lead[u, draw]
            if counted_on[u, draw] + review[u] != span:
                span = counted_on[u, draw] + review[u]
                look_ahead(planned, span, cover[u], ends, cumulative, base, room, excess)
                after = cumulative[min(steps + cover[u] + span, horizon)] - cumulative[min(steps, horizon)]
            _staying(
                u,
                draw,
                start,
                members,
                door_wait,
                stockout_wait,
                share_waiting,
                patience,
                curve,
                shape,
                historical,
                x,
                grid,
            )
            rest = cumulative[horizon] if ends else 1e300
            past = min((draw + 1) * inner, market.shape[0])
            for p in range(draw * inner, past, LANES):
                paths = min(LANES, past - p)
                _nature(
                    u, p, paths, start, members, door_wait,
                    keys, mean, noise, level_error, drift, integer, family, market, family_shock, period_weeks, inner, end_week, hazard, patience, curve, shape, historical, orders,
                    drawn, drawn_row, steps_per_week, day_edges, order_size, group, coarser, wanted, demand, fate, death, work, member_out,
                )  # fmt: skip
                furthest = 0
                for j in range(paths):
                    kept[j] = (j if alone else group[p + j]) * blocks
                    died[j] = death[j] < steps
                    run[j] = steps if not died[j] else int(death[j]) + 1
                    furthest = max(furthest, run[j])
                    unit_key = subkey(keys[members[start[u]]], np.uint64(p + j))
                    fraction[j] = uniform(subkey(unit_key, _OPENING), np.uint64(0))
                    if varying or (j == 0 and p == draw * inner):
                        arrivals(subkey(unit_key, _LEAD_TIME), takes, lead_spread[u], slots, j, arrival)
                carry_levels(
                    paths,
                    steps,
                    planned,
                    wants,
                    smoothing[u],
                    per_rate,
                    base,
                    room,
                    excess,
                    most_quantile,
                    most_lot,
                    level,
                    total,
                    ahead,
                    space,
                    limit,
                    clears,
                )
                for b in range(blocks):
                    settings = min(SETTINGS, grid - b * SETTINGS)
                    rows = x[b * BLOCK : (b + 1) * BLOCK]
                    open_paths(
                        rows,
                        paths,
                        settings,
                        ring,
                        slots,
                        takes,
                        varying,
                        cumulative,
                        base[0],
                        fraction,
                        rest,
                        whole[u],
                    )
                    played = (
                        paths - paths
                    )  # a number and not the constant 0, for which the steps would be compiled once more
                    while played < furthest:
                        upto = steps
                        for j in range(paths):
                            upto = min(upto, run[j]) if run[j] > played else upto
                        play_steps(
                            rows, paths, settings, ring, slots, arrival, varying, shelf[u], received, review[u], moq[u], multiple[u], whole[u], played, upto, ahead, space, limit,
                            clears, wants, decides, waited, net,
                        )  # fmt: skip
                        close_paths(
                            rows,
                            paths,
                            settings,
                            ring,
                            slots,
                            takes,
                            varying,
                            upto,
                            run,
                            died,
                            level,
                            after,
                            total,
                            sums,
                            kept,
                            b,
                        )
                        played = upto
                    if track:
                        for j in range(paths):
                            for s in range(settings):
                                if rows[WAITED * WIDTH + j * SETTINGS + s] > 0.0:
                                    path_waits(
                                        waited,
                                        net,
                                        run[j],
                                        j * SETTINGS + s,
                                        died[j],
                                        wait_out[u, b * SETTINGS + s],
                                    )
                if alone:
                    for j in range(paths):
                        _write_down(
                            sums,
                            j * blocks,
                            grid,
                            steps,
                            own[u],
                            weight[group[p + j]],
                            out[u, :, group[p + j]],
                        )
        if not alone:
            for g in range(groups):
                _write_down(sums, g * blocks, grid, steps, own[u], weight[g], out[u, :, g])
        for m in range(start[u], start[u + 1]):
            for g in range(groups):
                for c in range(member_out.shape[2]):
                    member_out[members[m], g, c] *= weight[g]


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
    groups = int(group.max()) + 1
    weight = 1.0 / np.bincount(group, minlength=groups)
    units, settings = plan.relative_quantile.shape
    out = np.zeros((units, settings, groups, _COUNTS))
    member_out = np.zeros((len(world.keys), groups, 2))
    real, whole = np.float64, np.int64
    steps = world.steps_per_week[plan.members[plan.start[:-1]]]
    if np.any(world.steps_per_week[plan.members] != np.repeat(steps, np.diff(plan.start))):
        raise ValueError("simulate_stock: the members of a unit must all be played by day, or all by week")
    wait_out = np.zeros((units if waits else 0, settings, MAX_WAIT_WEEKS * int(steps.max(initial=1)) + 1))
    step, coarser = _smallest(world, plan)

    def counted(column: NDArray[np.float64]) -> NDArray[np.float64]:
        """A quantity of units in their smallest quantities: what the kernel plays in."""
        return column if step is None else column / step.reshape(-1, *([1] * (column.ndim - 1)))

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
    arguments = (
        frozen(plan.start, whole), frozen(plan.members, whole), frozen(counted(plan.expected), real), frozen(plan.relative_quantile, real), frozen(counted(plan.lot), real),
        frozen(counted(gap), real), frozen(in_steps(lead, steps[:, None]), whole), frozen(in_steps(counted_on, steps[:, None]), whole),
        frozen(spread, real), frozen(in_steps(shelf, steps), whole), frozen(in_steps(plan.review_weeks, steps), whole), frozen(counted(plan.moq), real), frozen(smoothing, real),
        frozen(in_steps(plan.cover_weeks, steps), whole), frozen(in_steps(plan.end_week, steps), real), frozen(plan.whole, np.bool_), frozen(plan.door_wait_days, real),
        frozen(plan.stockout_wait_days, real), frozen(plan.share_waiting, real), frozen(own, real), frozen(counted(multiple), real), frozen(coarser, real),
        *world_arrays(world), frozen(group, whole), frozen(weight, real), out, member_out, wait_out,
    )  # fmt: skip
    in_chunks(lambda a, b: _simulate_units(a, b, *arguments), first, last, threads)
    if step is not None:
        out *= np.where(np.arange(_COUNTS) == _LOTS, 1.0, step[:, None, None, None])
        of_member = np.ones(len(world.keys))
        of_member[plan.members] = np.repeat(step, np.diff(plan.start))
        member_out *= of_member[:, None, None]
        wait_out *= step[: len(wait_out), None, None]
    return out, member_out, wait_out


def _smallest(world: World, plan: StockPlan) -> tuple[NDArray[np.float64] | None, NDArray[np.float64]]:
    """The smallest quantity of every unit (None: one for all), and how many of it one of each product's own holds (products,)."""
    coarser = np.ones(len(world.keys))
    if world.step is None:
        return None, coarser
    step = world.step[plan.members[plan.start[:-1]]] if plan.step is None else plan.step
    coarser[plan.members] = world.step[plan.members] / np.repeat(step, np.diff(plan.start))
    return step, coarser
