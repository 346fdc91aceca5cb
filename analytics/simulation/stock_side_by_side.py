"""The steps of `stock_week` once more for the common case, two settings of eight paths as one value: the same numbers, sooner.

The common case is a good counted in whole ones, with one lead time, no known end and no shelf life. All state is then a whole
number; while none exceeds 2^24, which `fits_single` tells beforehand, single precision holds it exactly. Where a comparison or a
rounding hangs on what is no whole number (level, fate, excess) it is made in double precision, as in `stock_week`.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

import numpy as np

from analytics.machine.kernel_cache import borrower
from analytics.machine.side_by_side import (
    NUMBERS,
    below,
    every,
    floor,
    greater,
    lesser,
    load,
    most_of,
    narrow,
    put,
    put_half,
    twice,
    wide,
)
from analytics.simulation.stock_week import (
    BACKORDERED,
    CLEARED,
    GAP,
    HELD,
    LANES,
    LOST,
    LOT,
    LOTS,
    NET,
    ORDERED,
    PER_LOT,
    POSITION,
    QUANTILE,
    STAYS,
    WAITED,
    WIDTH,
)

__all__ = ["carry_levels_together", "fits_single", "play_whole_steps", "whole_lots"]

#: Whole numbers below this are exact in single precision.
_EXACT = 2.0**24
_ZERO, _ONE, _TWO, _HALF = np.float32(0.0), np.float32(1.0), np.float32(2.0), np.float32(0.5)


@borrower
def whole_lots(u, grid, moq):
    """Whether all lots of unit u, and the least that can be ordered, are whole numbers of at least one."""
    whole = moq == np.floor(moq)
    for s in range(grid.played[u]):
        lot = grid.lot[u, s]
        whole = whole and lot >= 1.0 and lot == np.floor(lot)
    return whole


@borrower
def carry_levels_together(demand, expected, step, lanes, outlook):
    """The planner re-forecasts, all LANES as one value: fills what `stock_path.carry_levels` fills and the common case needs.

    That is `ahead` and `limit` of the `outlook`, `level` and `total` of the `lanes`. `step` is the smoothing by the mean rate.
    """
    by_step, base, excess = expected.by_step, expected.base, expected.excess
    ahead, limit = outlook.ahead, outlook.limit
    zero, one, share = every(0.0), every(1.0), every(step)
    level, total = one, zero
    for t in range(base.shape[0]):
        now = t * LANES
        wanted = twice(demand, now)
        total = total + wanted
        put_half(ahead, now, level * every(base[t]))
        put_half(limit, now, greater(level, one) * every(excess[t]))
        level = greater(level * every(1.0 - step * by_step[t]) + share * wanted, zero)
    put_half(lanes.level, 0, level)
    put_half(lanes.total, 0, total)


@borrower
def fits_single(steps, timeline, total, largest):
    """The highest expectation over the protection interval in these paths; -1 where single precision cannot hold their running numbers.

    It can where all demand is whole and none of them reaches 2^24: what is held or owed, added up over all steps, is the largest.
    The position is at most what is expected at its highest, by the `largest` setting, and a lot; what is owed at most the `total`
    demand (LANES,).
    """
    ahead, demand = timeline.outlook.ahead, timeline.demand
    highest, parted = every(0.0), every(0.0)
    for k in range(0, steps * LANES, NUMBERS):
        highest = greater(load(ahead, k), highest)
        wanted = load(demand, k)
        parted = parted + (wanted - floor(wanted))
    most = most_of(highest)
    owed = 0.0
    for j in range(LANES):
        owed = max(owed, total[j])
    largest_sum = 2.0 * steps * (most * largest.quantile + largest.lot + owed + 2.0)
    return most if most_of(parted) == 0.0 and largest_sum < _EXACT else -1.0


@borrower
def _lowest(first, last, limit):
    """The lowest limit of excess in some steps."""
    most = every(-1e300)
    for k in range(first * LANES, last * LANES, LANES):
        most = greater(every(0.0) - twice(limit, k), most)
    return -most_of(most)


@borrower
def play_whole_steps(x, settings, first, last, highest, rule, pipeline, timeline):
    """Play steps `first` to `last` of some paths in the common case: arguments and results as of `stock_week.play_steps`, of all LANES.

    `highest` is the largest expectation over the protection interval; by it no setting that cannot hold excess looks for any.
    """
    ring, slots, arrival, single = pipeline.ring, pipeline.slots, pipeline.arrival, pipeline.single
    outlook, record, demand, fate = timeline.outlook, timeline.record, timeline.demand, timeline.fate
    ahead, limit = outlook.ahead, outlook.limit
    waited_by, net_by = record.waited, record.net
    track = waited_by.shape[0] > 0
    review, moq = rule.review, rule.moq
    lowest = _lowest(first, last, limit)
    zero, one, half = every(_ZERO), every(_ONE), every(_HALF)
    half_wide, zero_wide, one_wide = every(0.5), every(0.0), every(1.0)
    least = every(np.float32(moq))
    for s in range(0, settings, NUMBERS // LANES):
        o = s * LANES
        may_clear = False
        for k in range(o, o + NUMBERS, LANES):
            most = highest * x[QUANTILE * WIDTH + k] + max(x[LOT * WIDTH + k], moq) + 1.0
            may_clear = may_clear or most > lowest
        quantile, stays = load(x, QUANTILE * WIDTH + o), load(x, STAYS * WIDTH + o)
        keeps_least = greater(load(x, LOT * WIDTH + o), every(moq))
        lot, per_lot = narrow(load(x, LOT * WIDTH + o)), narrow(load(x, PER_LOT * WIDTH + o))
        # whole numbers beyond a gap are those beyond the half above its whole part
        gap = narrow(floor(load(x, GAP * WIDTH + o))) + half
        position, net = narrow(load(x, POSITION * WIDTH + o)), narrow(load(x, NET * WIDTH + o))
        opened = position
        waited = narrow(load(x, WAITED * WIDTH + o))
        waited_before = waited
        lots = short = held = owed = wanted = cleared = zero
        for slot in range(slots):
            put(single, slot * NUMBERS, narrow(load(ring, slot * WIDTH + o)))
        due = (review - first % review) % review
        into = first % slots
        for t in range(first, last):
            now = t * LANES
            slot = arrival[t, 0] * NUMBERS
            if due == 0:
                level = narrow(floor(twice(ahead, now) * quantile + half_wide))
                missing = level - position
                order = greater((floor((missing - half) * per_lot) + one) * lot, least)
                order = below(gap, missing, order, zero)
                lots = lots + below(zero, order, one, zero)
                position = position + order
                due = review
            else:
                order = zero
            due -= 1
            if t == 0:  # what opened the year arrives then as well
                order = order + load(single, slot)
            put(single, slot, order)
            received = net + load(single, into * NUMBERS)
            into = into + 1 if into + 1 < slots else 0
            want = narrow(twice(demand, now))
            before = greater(received, zero)
            sold = lesser(before, want)
            missed = want - sold
            waits = below(twice(fate, now), stays, missed, zero)
            gone = sold + waits
            net, position = received - gone, position - gone
            wanted, short, waited = wanted + want, short + missed, waited + waits
            held = held + (before + (before - sold))
            owed = owed + greater(zero - net, zero)
            if track:
                _put_row(waited_by, t, o, waited)
                _put_row(net_by, t, o, net)
            if may_clear:
                expected = twice(ahead, now)
                keep = greater(
                    twice(limit, now) * greater(quantile, one_wide), expected * quantile + keeps_least
                )
                excess = narrow(floor(greater(wide(net) - keep, zero_wide)))
                cleared = cleared + excess
                net, position = net - excess, position - excess
        for slot in range(slots):
            put(ring, slot * WIDTH + o, wide(load(single, slot * NUMBERS)))
        put(x, NET * WIDTH + o, wide(net))
        put(x, POSITION * WIDTH + o, wide(position))
        put(x, WAITED * WIDTH + o, wide(waited))
        lost = short - (waited - waited_before)
        # what was ordered less what left is what the position gained
        ordered = position - opened + (wanted - lost) + cleared
        _add(x, LOTS, o, lots)
        _add(x, ORDERED, o, ordered)
        _add(x, LOST, o, lost)
        _add(x, HELD, o, held)
        _add(x, BACKORDERED, o, owed)
        _add(x, CLEARED, o, cleared)


@borrower
def _add(x, row, o, more):
    """Add to sixteen places of a row."""
    put(x, row * WIDTH + o, load(x, row * WIDTH + o) + wide(more))


@borrower
def _put_row(rows, t, o, value):
    """Write to sixteen places of a row that is kept of every step."""
    row = rows[t]
    put(row, o, wide(value))
