"""Beginning and end of paths that are played side by side, for all settings: opening position, closing count, and waits first in first out.

One concept: what happens to a path before its first step and after its last. Both share the rows of the state, the
pipeline and the level that the planner carries.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

import numpy as np

from analytics.machine.kernel_cache import borrower
from analytics.randomness import normal_from_uniform, uniform
from analytics.simulation.ledger import COUNT_INDEX, CUT_OFFS
from analytics.simulation.stock_rules import (
    level_counted,
    lot_to_come,
    moved_level,
    opening_position,
    opening_receipt,
    part_of_lot,
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
    OPENING,
    ORDERED,
    OUTDATED,
    PER_LOT,
    POSITION,
    QUANTILE,
    SETTINGS,
    STAYS,
    UNDER_WAY,
    WAITED,
    WIDTH,
)
from analytics.simulation.terminal import credible_level, later, own_position, units_within

__all__ = [
    "LONGEST",
    "arrivals",
    "carry_levels",
    "close_paths",
    "expected_steps",
    "look_ahead",
    "open_paths",
    "path_waits",
]

_DEMANDED = COUNT_INDEX["demanded"] * SETTINGS
_LOST = COUNT_INDEX["lost"] * SETTINGS
_WAITED = COUNT_INDEX["waited"] * SETTINGS
_ON_HAND = COUNT_INDEX["on_hand"] * SETTINGS
_IN_PROCESS = COUNT_INDEX["in_process"] * SETTINGS
_BACKORDERED = COUNT_INDEX["backordered"] * SETTINGS
_LOTS = COUNT_INDEX["lots"] * SETTINGS
_ORDERED = COUNT_INDEX["ordered"] * SETTINGS
_SCRAPPED = COUNT_INDEX["scrapped"] * SETTINGS
_CLEARED = COUNT_INDEX["cleared"] * SETTINGS
_OPENED = COUNT_INDEX["opening"] * SETTINGS
_CLOSING = COUNT_INDEX["closing"] * SETTINGS
_EXCESS = COUNT_INDEX["closing_excess"] * SETTINGS
_AT_END = COUNT_INDEX["under_way_at_end"] * SETTINGS
_SOLD_LATER = COUNT_INDEX[f"sold_later_{CUT_OFFS[0]}"] * SETTINGS
_YEARS_LATER = COUNT_INDEX[f"years_later_{CUT_OFFS[0]}"] * SETTINGS

_moved_level = borrower(moved_level)

#: No order takes longer than this many standard deviations (of its logarithm) beyond its lead time.
LONGEST = 3.0


@borrower
def arrivals(key, lead, spread, slots, path, arrival):
    """Fill `arrival` (weeks, paths) of one path with the slot, of so many that take turns, of the week in which an order placed in each week arrives.

    The lead time is `lead` weeks times a log-normal factor of mean 1 (`spread` its standard deviation on the log
    scale, cut at LONGEST of them), in whole weeks, keyed by the week of the order. Orders do not cross: none arrives before an earlier one.
    """
    last = 0
    slot = 0
    for t in range(arrival.shape[0]):
        weeks = lead
        if spread > 0.0:
            z = min(normal_from_uniform(uniform(key, np.uint64(t))), LONGEST)
            weeks = int(lead * np.exp(spread * z - 0.5 * spread * spread) + 0.5)
        arrives = max(last, t + weeks)
        slot += arrives - last
        while slot >= slots:
            slot -= slots
        last = arrives
        arrival[t, path] = slot


@borrower
def expected_steps(weekly, per_week, day_edges, end, out):
    """Fill `out` (steps,) with expected demand by step: a week's is shared out over its days, up to a known end."""
    for t in range(out.shape[0]):
        if per_week == 1:
            out[t] = weekly[t]
        else:
            day = t % 7
            share = day_edges[day] - (day_edges[day - 1] if day > 0 else 0.0)
            out[t] = weekly[t // 7] * share if t <= end else 0.0


@borrower
def look_ahead(expected, span, cover, ends):
    """Fill an `Expected` from its `by_step`: expected demand ahead of every step.

    Over the protection interval (`span` steps), the rest of life (where it `ends`), and cover and protection.
    """
    by_step, cumulative, base = expected.by_step, expected.cumulative, expected.base
    room, excess = expected.room, expected.excess
    last = by_step.shape[0]
    cumulative[0] = 0.0
    for t in range(last):
        cumulative[t + 1] = cumulative[t] + by_step[t]
    for t in range(base.shape[0]):
        base[t] = cumulative[min(t + span, last)] - cumulative[min(t, last)]
        room[t] = cumulative[last] - cumulative[min(t, last)] if ends else 1e300
        excess[t] = cumulative[min(t + 1 + cover, last)] - cumulative[min(t + 1, last)] + base[t]


@borrower
def carry_levels(paths, demand, expected, smoothing, per_rate, largest, lanes, outlook):
    """The planner re-forecasts: one level per path, moved by a share of every surprise, scales all that is expected ahead.

    `demand` (steps x LANES,) moves it, `expected` is the first forecast, `per_rate` one by its mean rate. Fills the
    `outlook` (its `limit`, beyond which stock is excess, by the first forecast too; its `clears` by the `largest`
    setting) and of the `lanes` the `level` after the last step and the `total` demand.
    """
    by_step, base, room, excess = expected.by_step, expected.base, expected.room, expected.excess
    level, total = lanes.level, lanes.total
    ahead, space, limit, clears = outlook.ahead, outlook.space, outlook.limit, outlook.clears
    step = smoothing * per_rate
    highest = lanes.highest
    for j in range(paths):
        highest[j] = base[0]
        level[j] = 1.0
        total[j] = 0.0
    for t in range(base.shape[0]):
        beyond = False
        for j in range(paths):
            k = t * LANES + j
            total[j] += demand[k]
            ahead[k] = level[j] * base[t]
            space[k] = level[j] * room[t] if room[t] < 1e300 else 1e300
            limit[k] = max(level[j], 1.0) * excess[t]  # one quiet spell is no reason to clear
            highest[j] = max(highest[j], ahead[k])
            beyond = beyond or highest[j] * largest.quantile + largest.lot + 1.0 > limit[k]
            level[j] = max(0.0, _moved_level(level[j], step, by_step[t], demand[k]))
        clears[t] = beyond


@borrower
def open_paths(x, paths, settings, pipeline, expected, fraction, rest_of_life, rule):
    """Open at one of the planner's own steady positions, all alike likely, by a keyed `fraction` (LANES,); never more than life needs.

    Where nothing is held they are not alike likely (`part_of_lot`), and a lot is under way as a whole or not at all (`lot_to_come`).

    They lie evenly from where is ordered up to where an order leads: the level plus part of a lot, or of the minimum.
    What is under way arrives step by step over the lead time as expected demand says, as far as the position goes.
    """
    ring, slots, varying = pipeline.ring, pipeline.slots, pipeline.varying
    cumulative, base, whole = expected.cumulative, expected.base[0], rule.whole
    width, coming = settings * LANES, cumulative[min(pipeline.lead, cumulative.shape[0] - 1)]
    for row in (LOTS, ORDERED, LOST, WAITED, HELD, BACKORDERED, CLEARED, UNDER_WAY, OUTDATED):
        for k in range(width):
            x[row * WIDTH + k] = 0.0
    for slot in range(slots):
        ring[slot * WIDTH : slot * WIDTH + width] = 0.0
    for s in range(settings):
        for k in range(s * LANES, s * LANES + paths):
            level = level_counted(base * x[QUANTILE * WIDTH + k], whole, 1.0)
            lowest, quantity = own_position(
                level, x[LOT * WIDTH + k], x[PER_LOT * WIDTH + k], x[GAP * WIDTH + k], rule.moq, whole
            )
            share, ahead = fraction[k - s * LANES], -1.0
            if x[QUANTILE * WIDTH + k] <= 0.0:
                ahead = lot_to_come(share, quantity, rule.order, coming, x[STAYS * WIDTH + k])
                share = part_of_lot(share, quantity, rule.order, coming, x[STAYS * WIDTH + k])
            extra = lowest - level + share * quantity + (1.0 if whole else 0.0)
            position = max(opening_position(level, extra, rest_of_life, whole, 1.0), 0.0)
            x[POSITION * WIDTH + k] = position
            x[NET * WIDTH + k] = position
            x[OPENING * WIDTH + k] = position
            if ahead >= 0.0:  # nothing arrives step by step
                x[POSITION * WIDTH + k] = 1e300
            if ahead > 0.0:
                step = max(min(int(np.ceil(ahead * pipeline.lead)), pipeline.lead), 1)
                ring[step * WIDTH + k] = position
                x[NET * WIDTH + k] = 0.0
                x[UNDER_WAY * WIDTH + k] = 0.0 if varying else step * position
    for step in range(1, pipeline.lead + 1):
        wanted = cumulative[min(step, cumulative.shape[0] - 1)]
        arriving = ring[step * WIDTH : step * WIDTH + WIDTH]
        for k in range(width):
            net = x[NET * WIDTH + k]
            piece = opening_receipt(wanted - (x[POSITION * WIDTH + k] - net), net, whole, 1.0)
            arriving[k] += piece
            x[NET * WIDTH + k] = net - piece
            if not varying:  # else added up step by step
                x[UNDER_WAY * WIDTH + k] += step * piece
    for k in range(width):
        x[POSITION * WIDTH + k] = x[OPENING * WIDTH + k]


@borrower
def close_paths(x, paths, settings, last, pipeline, lanes, after, counts):
    """Count the paths that end before step `last` (those with that `run`): running counts, units under way, and what is stranded or left over.

    Where every order takes the same lead time, unit-steps under way follow from the orders themselves: an order that arrives j
    steps after the last waits j more steps that are not counted. Where lead times are varying they were added up step by step.
    A path whose product has `died` is stranded with what it has, orders under way included. Of the position of others, what the plan would
    order again is its own, at the level that the year's demand makes credible; units beyond it wait their turn `after` the window (see
    `simulation.terminal`). The counts of a path are added to row `kept` of `counts`.
    """
    ring, slots, lead, varying = pipeline.ring, pipeline.slots, pipeline.lead, pipeline.varying
    run, died, kept = lanes.run, lanes.died, lanes.kept
    total = lanes.total
    under_way = lanes.under_way
    for j in range(paths):
        if run[j] != last:
            continue
        sums = counts[kept[j]]
        for s in range(settings):
            k = s * LANES + j
            sums[_DEMANDED + s] += total[j]
            sums[_OPENED + s] += x[OPENING * WIDTH + k]
            sums[_LOST + s] += x[LOST * WIDTH + k]
            sums[_WAITED + s] += x[WAITED * WIDTH + k]
            sums[_LOTS + s] += x[LOTS * WIDTH + k]
            sums[_ORDERED + s] += x[ORDERED * WIDTH + k]
        for s in range(settings):
            k = s * LANES + j
            sums[_ON_HAND + s] += x[HELD * WIDTH + k]
            sums[_BACKORDERED + s] += x[BACKORDERED * WIDTH + k]
            sums[_CLEARED + s] += x[CLEARED * WIDTH + k]
            sums[_SCRAPPED + s] += x[OUTDATED * WIDTH + k]
            sums[_IN_PROCESS + s] += x[UNDER_WAY * WIDTH + k]
            under_way[s] = 0.0
            if not varying:
                sums[_IN_PROCESS + s] += lead * x[ORDERED * WIDTH + k]
        for wait in range(slots if varying else lead):
            slot = (last + wait) % slots * WIDTH + j
            for s in range(settings):
                under_way[s] += ring[slot + s * LANES]
                if not varying:
                    sums[_IN_PROCESS + s] -= wait * ring[slot + s * LANES]
        level = credible_level(total[j], after.window, after.level_variance, after.lump)
        for s in range(settings):
            k = s * LANES + j
            on_hand = max(0.0, x[NET * WIDTH + k])
            owed = max(0.0, -x[NET * WIDTH + k])
            if died[j]:
                sums[_LOST + s] += owed
                sums[_WAITED + s] -= owed
                sums[_SCRAPPED + s] += on_hand + under_way[s]
                sums[_AT_END + s] += under_way[s]
            else:
                position = on_hand + under_way[s] - owed
                target = level * after.ahead * x[QUANTILE * WIDTH + k]
                target = level_counted(target, after.whole, 1.0)
                lowest, quantity = own_position(
                    target,
                    x[LOT * WIDTH + k],
                    x[PER_LOT * WIDTH + k],
                    x[GAP * WIDTH + k],
                    after.moq,
                    after.whole,
                )
                _book_closing(sums, s, position, lowest + quantity, level * after.rate, after)


@borrower
def _book_closing(sums, s, position, own, rate, after):
    """Add to the closing of setting s what the plan would order again, up to its `own` position, and by cut-off what waits its turn at `rate` units a year.

    Nothing is ordered again where nothing sells, where it would arrive after the end, or where the own position lasts until then.
    """
    if rate <= 0.0 or not after.reorders or own >= rate * after.until:
        own = 0.0
    beyond = max(0.0, position - max(own, 0.0))
    sums[_CLOSING + s] += position - beyond
    if beyond <= 0.0:
        return
    sums[_EXCESS + s] += beyond
    pace = rate / after.order if after.order > 0.0 else rate
    sold = 0.0
    years = 0.0
    within = 0.0
    for c in range(len(CUT_OFFS)):
        longest = float(CUT_OFFS[c])
        # once all are within a cut-off, longer ones change nothing
        if within < beyond:
            within = units_within(pace, after.order, longest)
            sold, years = later(beyond, pace, after.hazard, after.until, after.order, longest)
        sums[_SOLD_LATER + c * SETTINGS + s] += sold
        sums[_YEARS_LATER + c * SETTINGS + s] += years


@borrower
def path_waits(waited, net, weeks, place, died, waits):
    """Add the units that waited, by whole weeks waited, serving the backlog first in first out.

    `waited` (weeks, WIDTH) is how many units have had to wait by the end of each week, `net` the net inventory then. Those still
    waiting at the end of the horizon count with the weeks they have waited so far; those of a product that died are lost and do not count.
    """
    born = 0
    left = waited[0, place]
    before = 0.0
    owed = 0.0
    for week in range(weeks):
        new = waited[week, place] - before
        pay = owed
        before = waited[week, place]
        owed = max(0.0, -net[week, place])
        pay += new - owed
        while pay > 1e-9 and born < week:
            part = min(pay, left)
            if part > 0.0:
                waits[min(week - born, waits.shape[0] - 1)] += part
                pay -= part
                left -= part
            if left <= 1e-9:
                born += 1
                left = waited[born, place] - waited[born - 1, place] if born < weeks else 0.0
    while not died and born < weeks:
        waits[min(weeks - born, waits.shape[0] - 1)] += max(left, 0.0)
        born += 1
        left = waited[born, place] - waited[born - 1, place] if born < weeks else 0.0
