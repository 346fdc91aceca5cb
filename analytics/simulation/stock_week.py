"""One step of the event loop for the paths of a draw and all settings of the grid, in loops a compiler turns into vector code.

The state of a unit lies in one flat array of rows of WIDTH places, so that the distance between two rows is a constant and the compiler can
prove that they do not overlap. A row holds SETTINGS settings of LANES paths each, so that one setting alone is vector code as well as sixteen. More settings are further blocks.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

from analytics.machine.kernel_cache import borrower
from analytics.simulation.stock_rules import kept, level_counted, quantity_ordered, served, surplus

__all__ = [
    "BACKORDERED", "BLOCK", "CLEARED", "GAP", "HELD", "LANES", "LOST", "LOT", "LOTS", "NET", "OPENING", "ORDERED", "OUTDATED", "PER_LOT", "POSITION", "QUANTILE", "ROWS",
    "SETTINGS", "STAYS", "UNDER_WAY", "WAITED", "WIDTH", "clear_excess", "discard_outdated", "play_steps", "review_and_order", "serve",
]  # fmt: skip

#: Paths of one parameter draw played side by side, settings in one block, and places for both.
LANES = 8
SETTINGS = 16
WIDTH = LANES * SETTINGS

# rows of a block: the state, the grid and the running counts of each path
(
    NET,
    POSITION,
    QUANTILE,
    LOT,
    PER_LOT,
    GAP,
    STAYS,
    LOTS,
    ORDERED,
    LOST,
    WAITED,
    HELD,
    BACKORDERED,
    CLEARED,
    UNDER_WAY,
    OUTDATED,
    OPENING,
) = range(17)
ROWS = 17
BLOCK = ROWS * WIDTH


@borrower
def review_and_order(x, paths, settings, ring, slot, outlook, first, rule):
    """Review: order the least number of lots that lifts the inventory position to the level, `ahead[first + path]` times QUANTILE; writes the slot of `ring`.

    `ahead` and `space` are those of the `Outlook`. No order takes the position beyond `space[first + path]`, what life
    still needs (1e300: no known end), unless the level itself does: then what is needed is rounded to the nearest that
    the supplier takes by the `Rule`: none, the minimum `moq`, or a `multiple` (0: any amount).
    """
    ahead, space = outlook.ahead, outlook.space
    moq, multiple, whole = rule.moq, rule.multiple, rule.whole
    # a row of its own: an index that may be negative would keep the loop from becoming vector code
    arriving = ring[slot : slot + WIDTH]
    ends = space[first] < 1e300  # in every path or in none
    base, room = ahead[first : first + LANES], space[first : first + LANES]
    for s in range(settings):
        o = s * LANES
        quantile, lot, per_lot, gap = (
            x[QUANTILE * WIDTH + o],
            x[LOT * WIDTH + o],
            x[PER_LOT * WIDTH + o],
            x[GAP * WIDTH + o],
        )
        for j in range(paths):
            k = o + j
            position = x[POSITION * WIDTH + k]
            missing = level_counted(base[j] * quantile, whole, 1.0) - position
            order = quantity_ordered(
                missing, missing * per_lot, lot, gap, moq, ends, room[j] - position, multiple
            )
            x[LOTS * WIDTH + k] += 1.0 if order > 0.0 else 0.0
            x[ORDERED * WIDTH + k] += order
            x[POSITION * WIDTH + k] = position + order
            arriving[k] = order


@borrower
def serve(x, paths, settings, ring, slot, demand, fate, first):
    """Receive the slot of `ring`, serve the backlog, then `demand[first + path]`; what is short waits if `fate[first + path]` is below STAYS, else is lost."""
    received = ring[slot : slot + WIDTH]
    wanted, decides = demand[first : first + LANES], fate[first : first + LANES]
    for s in range(settings):
        o = s * LANES
        stays = x[STAYS * WIDTH + o]
        for j in range(paths):
            k = o + j
            waiting = 1.0 if decides[j] < stays else 0.0
            before, sold, waits, net = served(x[NET * WIDTH + k] + received[k], wanted[j], waiting)
            x[LOST * WIDTH + k] += (wanted[j] - sold) - waits
            x[WAITED * WIDTH + k] += waits
            x[POSITION * WIDTH + k] -= sold + waits
            x[NET * WIDTH + k] = net
            x[HELD * WIDTH + k] += before + (before - sold)
            x[BACKORDERED * WIDTH + k] += max(-net, 0.0)


@borrower
def clear_excess(x, paths, settings, outlook, first, rule):
    """Clear stock on hand beyond what the planner keeps, whole units where goods are whole.

    Kept is the demand of the cover (`limit[first + path]`) with the same safety as the level, and never less than the level
    plus one lot (`stock_rules.kept`): what an order has just brought in is not cleared.
    """
    moq, whole = rule.moq, rule.whole
    cover, expected = outlook.limit[first : first + LANES], outlook.ahead[first : first + LANES]
    for s in range(settings):
        o = s * LANES
        quantile, lot = x[QUANTILE * WIDTH + o], x[LOT * WIDTH + o]
        for j in range(paths):
            k = o + j
            keep = kept(cover[j], quantile, expected[j] * quantile, lot, moq)
            cleared = surplus(x[NET * WIDTH + k], keep, whole, 1.0)
            x[CLEARED * WIDTH + k] += cleared
            x[NET * WIDTH + k] -= cleared
            x[POSITION * WIDTH + k] -= cleared


@borrower
def discard_outdated(x, paths, settings, received, week, shelf):
    """Discard what has been on hand for `shelf` weeks, oldest first: received that long ago and not gone since.

    `received` (weeks, WIDTH) is what had come in by the end of each week, opening stock included.
    """
    oldest = week - shelf + 1
    if oldest < 0:
        return
    for k in range(settings * LANES):
        on_hand = max(x[NET * WIDTH + k], 0.0)
        outdated = max(received[oldest, k] - (received[week, k] - on_hand), 0.0)
        x[OUTDATED * WIDTH + k] += outdated
        x[NET * WIDTH + k] -= outdated
        x[POSITION * WIDTH + k] -= outdated


@borrower
def play_steps(x, paths, settings, first, last, rule, pipeline, timeline):
    """Play steps `first` to `last` of some paths: receive; review and order; serve backlog, then demand; book; clear excess, discard what is outdated.

    The state is `x`; a `Rule`, a `Pipeline` and a `Timeline` say the rest. What is short in a step waits or leaves
    together: it waits where the timeline's `fate` is below the row STAYS. Where lead times are varying, the row
    UNDER_WAY adds up units under way at the end of each step. Nothing is ordered after the `last_order` of the pipeline.
    """
    ring, slots, arrival, varying = pipeline.ring, pipeline.slots, pipeline.arrival, pipeline.varying
    last_order = pipeline.last_order
    outlook, record = timeline.outlook, timeline.record
    demand, fate, clears = timeline.demand, timeline.fate, outlook.clears
    received, waited, net = record.received, record.waited, record.net
    review, shelf = rule.review, rule.shelf
    track = waited.shape[0] > 0
    width = settings * LANES
    due = (review - first % review) % review
    into = first % slots
    for t in range(first, last):
        now = t * LANES
        slot = arrival[t, 0] * WIDTH
        # what else arrives then stays; with one lead time the slot only holds what is past
        joins = varying or t == 0
        if due == 0 and t <= last_order:
            target = slots * WIDTH if joins else slot
            review_and_order(x, paths, settings, ring, target, outlook, now, rule)
            if joins:
                _join(pipeline, t, paths, settings)
        elif not joins:
            ring[slot : slot + width] = 0.0
        due = review - 1 if due == 0 else due - 1
        if shelf > 0:
            arriving = ring[into * WIDTH : into * WIDTH + WIDTH]
            for k in range(width):
                before = received[t - 1, k] if t > 0 else x[NET * WIDTH + k]
                received[t, k] = before + arriving[k]
        serve(x, paths, settings, ring, into * WIDTH, demand, fate, now)
        if track:
            for k in range(width):
                waited[t, k] = x[WAITED * WIDTH + k]
                net[t, k] = x[NET * WIDTH + k]
        if varying:
            ring[into * WIDTH : into * WIDTH + width] = 0.0
            for k in range(width):
                x[UNDER_WAY * WIDTH + k] += x[POSITION * WIDTH + k] - x[NET * WIDTH + k]
        if clears[t]:
            clear_excess(x, paths, settings, outlook, now, rule)
        if shelf > 0:
            discard_outdated(x, paths, settings, received, t, shelf)
        into = into + 1 if into + 1 < slots else 0


@borrower
def _join(pipeline, t, paths, settings):
    """Add the orders in the spare slot to what else arrives in their step of arrival, another one in every path."""
    ring, slots, arrival = pipeline.ring, pipeline.slots, pipeline.arrival
    for j in range(paths):
        slot = arrival[t, j] * WIDTH
        arriving, spare = ring[slot : slot + WIDTH], ring[slots * WIDTH : slots * WIDTH + WIDTH]
        for s in range(settings):
            k = s * LANES + j
            arriving[k] += spare[k]
