"""The rules of stock, each once and for one number: what is ordered, served, cleared, and held at the opening.

The simulation plays them over paths and settings (`stock_week`, `stock_path`), the replay of the past over policies and
units (`analytics.validation.stock`). Both take in the same lines; what is counted, and who waits, is their own.
Quantities are in one unit; whole goods are counted in a `step` of it.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

import numpy as np

from analytics.machine.kernel_cache import borrower

__all__ = [
    "kept",
    "last_order",
    "level_counted",
    "lot_to_come",
    "moved_level",
    "opening_position",
    "opening_receipt",
    "part_of_lot",
    "quantity_ordered",
    "served",
    "surplus",
]


def last_order(end, lead):
    """The last step in which is ordered: what is ordered then still arrives while the product sells.

    last_order = end - lead, where `end` is the last step in which it sells (beyond any horizon: no known end) and `lead` the
    steps that the planner counts with: numbers or columns. What came later would be stranded, and who still waits at the end leaves.
    The last order covers what is expected until the end. Source: definition; the last buy of a finite horizon.

    >>> last_order(25.0, 8), last_order(25.0, 57)  # ends before an order of today arrives: nothing is ordered
    (17.0, -32.0)
    """
    return end - lead


@borrower
def level_counted(level, whole, step):
    """The level to order up to, rounded to the nearest step where goods are whole."""
    return np.floor(level / step + 0.5) * step if whole else level


@borrower
def quantity_ordered(missing, lots, lot, gap, least, ends, room, multiple):
    """The least number of lots that covers what is `missing`, at least `least`; 0 unless more than `gap` is missing.

    `lots` is what is missing in lots. Where a known end is near (`ends`), no order is larger than `room`, what life
    still needs beyond the position, unless that much is missing: then what is needed is rounded to the nearest that
    the supplier takes, his `least` or a `multiple` (0: any amount).
    """
    order = max(np.ceil(lots - 1e-9) * lot, least)
    if ends:
        needed = max(missing, room)
        order = min(order, needed)
        if multiple > 0.0:
            order = np.floor(order / multiple + 0.5) * multiple
        if order < least:
            order = least if needed >= 0.5 * least else 0.0
    return order if missing > gap else 0.0


@borrower
def served(net, wanted, waiting):
    """Serve the backlog, then what is `wanted`; of what is short the share `waiting` waits.

    `net` is on hand less owed after receipts. Returns on hand before demand, served, waiting, and net after demand.
    """
    before = max(net, 0.0)
    sold = min(before, wanted)
    waits = (wanted - sold) * waiting
    return before, sold, waits, net - (sold + waits)


@borrower
def kept(cover, quantile, level, lot, least):
    """Stock that is no excess: the demand of the cover with the same safety as the level, never less than level and lot."""
    return max(cover * max(quantile, 1.0), level + max(lot, least))


@borrower
def surplus(net, keep, whole, step):
    """What is on hand beyond what is kept, in whole steps where goods are whole."""
    beyond = max(net - keep, 0.0)
    return np.floor(beyond / step) * step if whole else beyond


@borrower
def opening_position(level, extra, rest, whole, step):
    """A steady position: the level and an `extra` part of a lot, of which no more than life needs (`rest`)."""
    level = level_counted(level, whole, step)
    extra = np.floor(extra / step) * step if whole else extra
    return level + min(extra, max(0.0, rest - level))


@borrower
def part_of_lot(fraction, quantity, order, coming, stays):
    """Where in a lot the year begins where the level is 0, as a share of it: `fraction` (0 to 1) at random, `order` units are wanted at a time.

    Every place is alike likely but where customers find an empty shelf, of whom only the share `stays` waits, so that the plan rests 1 / stays times as
    long: at 0, until an order starts the next lot, and while that is under way, the topmost places, as many as are still wanted of
    what would be `coming` in demand meanwhile.
    """
    longer = 1.0 / max(stays, 1e-6) - 1.0
    first = min(order, quantity)
    top = min(stays * coming, quantity - first)
    place = max(fraction * (quantity + (first + top) * longer) - first * longer, 0.0)
    below = quantity - top
    return min(place if place < below else below + (place - below) / (1.0 + longer), quantity) / quantity


@borrower
def lot_to_come(fraction, quantity, order, coming, stays):
    """How much of its lead time the lot under way at that place (`part_of_lot`) still takes, as a share; 0: none is. -1: several are at a time.

    A place in the time that the topmost of the lot take is one in the lead time: at the very top the order is just placed.
    """
    longer = 1.0 / max(stays, 1e-6) - 1.0
    first = min(order, quantity)
    top = stays * coming
    if top >= quantity - first:
        return -1.0
    past = fraction * (quantity + (first + top) * longer) - (first * longer + quantity - top)
    return past / (top * (1.0 + longer)) if past > 0.0 and top > 0.0 else 0.0


@borrower
def opening_receipt(wanted, on_hand, whole, step):
    """What is under way at the opening and arrives next: what is expected to be `wanted`, as far as it is there."""
    return max(0.0, min(level_counted(wanted, whole, step), on_hand))


def moved_level(level, share, expected, demand):
    """The planner's level after a step, moved by a share of the surprise: numbers or columns; callers cut it at zero.

    level + smoothing x (demand - level x expected) / mean, where `share` is the smoothing by the mean rate.

    >>> round(moved_level(1.0, 0.01, 10.0, 20.0), 9)
    1.1
    """
    return level * (1.0 - share * expected) + share * demand
