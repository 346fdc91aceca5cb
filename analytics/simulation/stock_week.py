"""One week of the event loop for all settings of the grid at once, in loops a compiler turns into vector code.

A unit's state lies in one flat array of rows of WIDTH settings each, so that the distance between two rows is
a constant and the compiler can prove that they do not overlap. More settings than WIDTH are further blocks.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

import numpy as np

from analytics.kernel_cache import kernel

__all__ = [
    "BACKORDERED", "BLOCK", "CLEARED", "GAP", "HELD", "LOST", "LOT", "LOTS", "NET", "ORDERED", "OUTDATED", "PER_LOT", "POSITION", "QUANTILE", "ROWS", "STAYS",
    "UNDER_WAY", "WAITED", "WIDTH", "clear_excess", "discard_outdated", "play_weeks", "review_and_order", "serve",
]  # fmt: skip

#: Settings in one block.
WIDTH = 64

# rows of a block: the state, the grid and the running counts of one path
NET, POSITION, QUANTILE, LOT, PER_LOT, GAP, STAYS, LOTS, ORDERED, LOST, WAITED, HELD, BACKORDERED, CLEARED, UNDER_WAY, OUTDATED = range(16)
ROWS = 16
BLOCK = ROWS * WIDTH


@kernel
def review_and_order(x, settings, ring, slot, base, moq, room, whole):
    """Review: order the least number of lots that lifts the inventory position to the level; writes `ring[slot + s]`.

    No order takes the position beyond `room`, what life still needs (1e300: no known end), unless the level itself does.
    """
    ends = room < 1e300
    arriving = ring[slot : slot + WIDTH]  # a row of its own: an index that may be negative would keep the loop from becoming vector code
    for s in range(settings):
        target = base * x[QUANTILE * WIDTH + s]
        if whole:
            target = np.floor(target + 0.5)
        position = x[POSITION * WIDTH + s]
        gap = target - position
        order = np.ceil(gap * x[PER_LOT * WIDTH + s] - 1e-9) * x[LOT * WIDTH + s]
        order = max(order, moq)
        if ends:
            order = min(order, max(gap, room - position))
        order = order if gap > x[GAP * WIDTH + s] else 0.0
        x[LOTS * WIDTH + s] += 1.0 if order > 0.0 else 0.0
        x[ORDERED * WIDTH + s] += order
        x[POSITION * WIDTH + s] = position + order
        arriving[s] = order


@kernel
def serve(x, settings, ring, slot, demand, fate):
    """Receive `ring[slot + s]`, serve the backlog, then demand; what is short waits if `fate` is below the setting's probability of staying, else is lost."""
    received = ring[slot : slot + WIDTH]
    for s in range(settings):
        net = x[NET * WIDTH + s] + received[s]
        before = max(net, 0.0)
        served = min(before, demand)
        short = demand - served
        waits = short if fate < x[STAYS * WIDTH + s] else 0.0
        x[LOST * WIDTH + s] += short - waits
        x[WAITED * WIDTH + s] += waits
        gone = served + waits
        x[POSITION * WIDTH + s] -= gone
        net -= gone
        x[NET * WIDTH + s] = net
        x[HELD * WIDTH + s] += before + (before - served)
        x[BACKORDERED * WIDTH + s] += max(-net, 0.0)


@kernel
def clear_excess(x, settings, limit, ahead, moq, whole):
    """Clear stock on hand beyond what the planner keeps, whole units where goods are whole.

    Kept is the demand of the cover (`limit`) with the same safety as the level, and never less than the level
    plus one lot: what an order has just brought in is not cleared.
    """
    for s in range(settings):
        quantile = x[QUANTILE * WIDTH + s]
        keep = max(limit * max(quantile, 1.0), ahead * quantile + max(x[LOT * WIDTH + s], moq))
        surplus = max(x[NET * WIDTH + s] - keep, 0.0)
        if whole:
            surplus = np.floor(surplus)
        x[CLEARED * WIDTH + s] += surplus
        x[NET * WIDTH + s] -= surplus
        x[POSITION * WIDTH + s] -= surplus


@kernel
def discard_outdated(x, settings, received, week, shelf):
    """Discard what has been on hand for `shelf` weeks, oldest first: received that long ago and not gone since.

    `received` (weeks, WIDTH) is what had come in by the end of each week, opening stock included.
    """
    oldest = week - shelf + 1
    if oldest < 0:
        return
    for s in range(settings):
        on_hand = max(x[NET * WIDTH + s], 0.0)
        outdated = max(received[oldest, s] - (received[week, s] - on_hand), 0.0)
        x[OUTDATED * WIDTH + s] += outdated
        x[NET * WIDTH + s] -= outdated
        x[POSITION * WIDTH + s] -= outdated


@kernel
def play_weeks(x, settings, ring, slots, arrival, varying, shelf, received, review, moq, whole, weeks, ahead, room, limit, ceiling, demand, fate, waited, net):
    """Play `weeks` weeks of one path: receive; review and order; serve backlog, then demand; book; clear excess, discard what is outdated.

    `ring` holds orders by week of arrival (slots of WIDTH settings, and a spare one for orders that join others in their
    week of arrival); an order placed in week t goes to slot `arrival[t]`. `ahead`, `room` and `limit` (weeks,) are expected
    demand over the protection interval, over the rest of life, and the stock beyond which excess is cleared;
    `ceiling` (weeks,) is a bound on any setting's stock that spares looking for excess. What is short
    in a week waits or leaves together: it waits where `fate` (weeks,) is below the row STAYS. Where lead times are
    `varying`, the row UNDER_WAY adds up units under way at the end of each week. `received` (weeks, WIDTH) is scratch space
    where goods keep for `shelf` weeks only (0: for ever). `waited` and `net` (weeks, WIDTH), if not empty, record what has waited
    so far and the net inventory at the end of every week.
    Returns the slot of the week after the last.
    """
    track = waited.shape[0] > 0
    due = 0
    into = 0
    for t in range(weeks):
        slot = arrival[t] * WIDTH
        joins = varying or t == 0  # what else arrives then stays; with one lead time the slot only holds what is past
        if due == 0:
            due = review
            review_and_order(x, settings, ring, slots * WIDTH if joins else slot, ahead[t], moq, room[t], whole)
            if joins:
                arriving, spare = ring[slot : slot + WIDTH], ring[slots * WIDTH : slots * WIDTH + WIDTH]
                for s in range(settings):
                    arriving[s] += spare[s]
        elif not joins:
            ring[slot : slot + settings] = 0.0
        due -= 1
        if shelf > 0:
            arriving = ring[into * WIDTH : into * WIDTH + WIDTH]
            for s in range(settings):
                before = received[t - 1, s] if t > 0 else x[NET * WIDTH + s]
                received[t, s] = before + arriving[s]
        serve(x, settings, ring, into * WIDTH, demand[t], fate[t])
        if track:
            for s in range(settings):
                waited[t, s] = x[WAITED * WIDTH + s]
                net[t, s] = x[NET * WIDTH + s]
        if varying:
            ring[into * WIDTH : into * WIDTH + settings] = 0.0
            for s in range(settings):
                x[UNDER_WAY * WIDTH + s] += x[POSITION * WIDTH + s] - x[NET * WIDTH + s]
        if ceiling[t] > limit[t]:
            clear_excess(x, settings, limit[t], ahead[t], moq, whole)
        if shelf > 0:
            discard_outdated(x, settings, received, t, shelf)
        into = into + 1 if into + 1 < slots else 0
    return into
