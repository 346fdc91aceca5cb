"""Beginning and end of one path for all settings: opening position, closing count, and waits first in first out."""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

import numpy as np

from analytics.kernel_cache import kernel
from analytics.randomness import normal_from_uniform, uniform
from analytics.simulation.ledger import COUNT_INDEX
from analytics.simulation.stock_week import BACKORDERED, CLEARED, HELD, LOST, LOT, LOTS, NET, ORDERED, OUTDATED, POSITION, QUANTILE, UNDER_WAY, WAITED, WIDTH

__all__ = ["LONGEST", "arrivals", "carry_level", "close_path", "expected_steps", "look_ahead", "open_path", "path_waits"]

_DEMANDED = COUNT_INDEX["demanded"] * WIDTH
_LOST = COUNT_INDEX["lost"] * WIDTH
_WAITED = COUNT_INDEX["waited"] * WIDTH
_ON_HAND = COUNT_INDEX["on_hand"] * WIDTH
_IN_PROCESS = COUNT_INDEX["in_process"] * WIDTH
_BACKORDERED = COUNT_INDEX["backordered"] * WIDTH
_LOTS = COUNT_INDEX["lots"] * WIDTH
_ORDERED = COUNT_INDEX["ordered"] * WIDTH
_SCRAPPED = COUNT_INDEX["scrapped"] * WIDTH
_CLEARED = COUNT_INDEX["cleared"] * WIDTH
_OPENING = COUNT_INDEX["opening"] * WIDTH
_CLOSING = COUNT_INDEX["closing"] * WIDTH
_EXCESS = COUNT_INDEX["closing_excess"] * WIDTH


#: No order takes longer than this many standard deviations (of its logarithm) beyond its lead time.
LONGEST = 3.0


@kernel
def arrivals(key, lead, spread, slots, arrival):
    """Fill `arrival` (weeks,) with the slot, of so many that take turns, of the week in which an order placed in each week arrives.

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
        arrival[t] = slot


@kernel
def expected_steps(weekly, per_week, day_edges, end, out):
    """Fill `out` (steps,) with expected demand by step: a week's is shared out over its days, up to a known end."""
    for t in range(out.shape[0]):
        if per_week == 1:
            out[t] = weekly[t]
        else:
            day = t % 7
            share = day_edges[day] - (day_edges[day - 1] if day > 0 else 0.0)
            out[t] = weekly[t // 7] * share if t <= end else 0.0


@kernel
def look_ahead(expected, span, cover, ends, cumulative, base, room, excess):
    """Expected demand ahead of every week: over the protection interval, over the rest of life, and over cover and protection.

    Fills the three arrays (weeks,) and `cumulative`, the running sum of expected demand (weeks ahead + 1,).
    """
    last = expected.shape[0]
    cumulative[0] = 0.0
    for t in range(last):
        cumulative[t + 1] = cumulative[t] + expected[t]
    for t in range(base.shape[0]):
        base[t] = cumulative[min(t + span, last)] - cumulative[min(t, last)]
        room[t] = cumulative[last] - cumulative[min(t, last)] if ends else 1e300
        excess[t] = cumulative[min(t + 1 + cover, last)] - cumulative[min(t + 1, last)] + base[t]


@kernel
def carry_level(weeks, expected, demand, smoothing, per_rate, base, room, excess, most_quantile, most_lot, ahead, space, limit, ceiling):
    """The planner re-forecasts: one level per path, moved by a share of every surprise, scales all that is expected ahead.

    Fills `ahead`, `space` and `limit` (weeks,) as the planner sees them in each week (`limit`, beyond which stock is
    excess, by the first forecast too), and `ceiling`, a bound on
    the stock of any setting. Returns the level after the last week.
    """
    level = 1.0
    step = smoothing * per_rate
    highest = base[0]
    for t in range(weeks):
        ahead[t] = level * base[t]
        space[t] = level * room[t] if room[t] < 1e300 else 1e300
        limit[t] = max(level, 1.0) * excess[t]  # one quiet spell is no reason to clear
        highest = max(highest, ahead[t])
        ceiling[t] = highest * most_quantile + most_lot + 1.0
        level = max(0.0, level * (1.0 - step * expected[t]) + step * demand[t])  # level + smoothing x surprise, relative to the mean rate
    return level


@kernel
def open_path(x, settings, ring, slots, lead, varying, cumulative, base, fraction, rest_of_life, whole, sums):
    """Open at the planner's own steady position: the level plus a keyed fraction of a lot, never more than life needs.

    What is under way arrives week by week over the lead time as expected demand says, as far as the position goes.
    """
    for row in (LOTS, ORDERED, LOST, WAITED, HELD, BACKORDERED, CLEARED, UNDER_WAY, OUTDATED):
        for s in range(settings):
            x[row * WIDTH + s] = 0.0
    for s in range(settings):
        target = base * x[QUANTILE * WIDTH + s]
        extra = fraction * x[LOT * WIDTH + s]
        if whole:
            target = np.floor(target + 0.5)
            extra = np.floor(extra)
        position = target + min(extra, max(0.0, rest_of_life - target))
        x[POSITION * WIDTH + s] = position
        x[NET * WIDTH + s] = position
        sums[_OPENING + s] += position
    ring[: slots * WIDTH] = 0.0
    for k in range(1, lead + 1):
        wanted = cumulative[min(k, cumulative.shape[0] - 1)]
        arriving = ring[k * WIDTH : k * WIDTH + WIDTH]
        for s in range(settings):
            net = x[NET * WIDTH + s]
            piece = wanted - (x[POSITION * WIDTH + s] - net)
            if whole:
                piece = np.floor(piece + 0.5)
            piece = max(0.0, min(piece, net))
            arriving[s] = piece
            x[NET * WIDTH + s] = net - piece
            if not varying:  # else added up week by week
                x[UNDER_WAY * WIDTH + s] += k * piece


@kernel
def close_path(x, settings, ring, slots, lead, varying, first_slot, died, cancellable, can_sell, total, sums):
    """Count the path: running counts, units under way, and what is stranded or left over.

    Where every order takes `lead` weeks, unit-weeks under way follow from the orders themselves: `first_slot` is the
    slot of the week after the last, and an order there waits j more weeks that are not counted. Where lead times are
    `varying` they were added up week by week.
    """
    under_way = x[QUANTILE * WIDTH - WIDTH : QUANTILE * WIDTH]  # the row of positions, free now
    for s in range(settings):
        sums[_DEMANDED + s] += total
        sums[_LOST + s] += x[LOST * WIDTH + s]
        sums[_WAITED + s] += x[WAITED * WIDTH + s]
        sums[_LOTS + s] += x[LOTS * WIDTH + s]
        sums[_ORDERED + s] += x[ORDERED * WIDTH + s]
    for s in range(settings):
        sums[_ON_HAND + s] += x[HELD * WIDTH + s]
        sums[_BACKORDERED + s] += x[BACKORDERED * WIDTH + s]
        sums[_CLEARED + s] += x[CLEARED * WIDTH + s]
        sums[_SCRAPPED + s] += x[OUTDATED * WIDTH + s]
        sums[_IN_PROCESS + s] += x[UNDER_WAY * WIDTH + s]
        under_way[s] = 0.0
    if not varying:
        for s in range(settings):
            sums[_IN_PROCESS + s] += lead * x[ORDERED * WIDTH + s]
    for j in range(slots if varying else lead):
        slot = (first_slot + j) % slots * WIDTH
        arriving = ring[slot : slot + WIDTH]
        for s in range(settings):
            under_way[s] += arriving[s]
        if not varying:
            for s in range(settings):
                sums[_IN_PROCESS + s] -= j * arriving[s]
    for s in range(settings):
        on_hand = max(0.0, x[NET * WIDTH + s])
        owed = max(0.0, -x[NET * WIDTH + s])
        if died:
            cancelled = cancellable * under_way[s]
            sums[_ORDERED + s] -= cancelled
            sums[_LOST + s] += owed
            sums[_WAITED + s] -= owed
            sums[_SCRAPPED + s] += on_hand + under_way[s] - cancelled
        else:
            position = on_hand + under_way[s] - owed
            beyond = max(0.0, position - can_sell)
            sums[_CLOSING + s] += position - beyond
            sums[_EXCESS + s] += beyond


@kernel
def path_waits(waited, net, weeks, setting, died, waits):
    """Add the units that waited, by whole weeks waited, serving the backlog first in first out.

    `waited` (weeks, WIDTH) is how many units have had to wait by the end of each week, `net` the net inventory then. Those still
    waiting at the end of the horizon count with the weeks they have waited so far; those of a product that died are lost and do not count.
    """
    born = 0
    left = waited[0, setting]
    before = 0.0
    owed = 0.0
    for week in range(weeks):
        new = waited[week, setting] - before
        pay = owed
        before = waited[week, setting]
        owed = max(0.0, -net[week, setting])
        pay += new - owed
        while pay > 1e-9 and born < week:
            part = min(pay, left)
            if part > 0.0:
                waits[min(week - born, waits.shape[0] - 1)] += part
                pay -= part
                left -= part
            if left <= 1e-9:
                born += 1
                left = waited[born, setting] - waited[born - 1, setting] if born < weeks else 0.0
    while not died and born < weeks:
        waits[min(weeks - born, waits.shape[0] - 1)] += max(left, 0.0)
        born += 1
        left = waited[born, setting] - waited[born - 1, setting] if born < weeks else 0.0
