"""What the kernels of stocked units take and hand on to each other: named records of arrays.

LANES paths are played side by side, each in SETTINGS settings (see `stock_week`). "Steps" are weeks, or days for
units that are played by day; quantities are in the smallest quantity of the unit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ACCEPTED", "WANTED", "After", "Customers", "Expected", "Grid", "Lanes", "Largest", "Outlook", "Pipeline", "Record", "Rule", "StockArrays", "StockCounts", "Timeline",
]  # fmt: skip

#: Columns of the demand of the members of a unit.
WANTED, ACCEPTED = range(2)

Real = NDArray[np.float64]
Whole = NDArray[np.int64]
Flag = NDArray[np.bool_]


class StockArrays(NamedTuple):
    """A `StockPlan` as the kernel takes it, read-only, without its grid of settings.

    start, members: (units + 1,) and (members,), the products of unit u are members[start[u] : start[u + 1]].
    expected: (units, weeks), the planner's expected demand by week.
    lead, counted_on: (units, draws), lead time in steps, and that the planner counts with.
    lead_spread: (units,), standard deviation of the logarithm of the lead time from order to order.
    shelf: (units,), steps on hand after which goods are discarded (0: never).
    review, cover: (units,), steps between reviews, and of demand beyond which stock is excess.
    moq, multiple: (units,), least quantity of an order, and what every order is a multiple of (0: any amount).
    smoothing: (units,), share of a step's surprise by which the planner moves the level.
    end: (units,), last step of sale (1e9: no known end).
    whole: (units,), whether goods are counted in whole ones.
    door_wait: (products,), the wait in days that every customer is told.
    share_waiting: (units,), share that waits in a stockout (NaN: by the waiting rule).
    own: (units,), part of the lead time in own production.
    coarser: (products,), how many of the unit's smallest quantity one of the product's own holds.
    level_variance: (units,), variance of the level of demand by the forecast, relative to its square.
    order: (units,), mean quantity of a customer's order (0: any amount); lump: (units,), quantity that comes together.
    demand_share: (members,), every member's part of its unit's expected demand.
    """

    start: Whole
    members: Whole
    expected: Real
    lead: Whole
    counted_on: Whole
    lead_spread: Real
    shelf: Whole
    review: Whole
    moq: Real
    smoothing: Real
    cover: Whole
    end: Real
    whole: Flag
    door_wait: Real
    share_waiting: Real
    own: Real
    multiple: Real
    coarser: Real
    level_variance: Real
    order: Real
    lump: Real
    demand_share: Real


class Grid(NamedTuple):
    """The grid of settings of every unit: arrays (units, settings), read-only, those that are played first.

    relative_quantile: the order-up-to level by expected demand over the protection interval.
    lot: quantity of which an order is a multiple.
    order_gap: quantity below the level from which is ordered (0: at every review).
    stockout_wait: the wait in days of a customer who finds nothing left.
    played: (units,), how many of them are played.
    """

    relative_quantile: Real
    lot: Real
    order_gap: Real
    stockout_wait: Real
    played: Whole


class StockCounts(NamedTuple):
    """Where the kernel writes what happened; quantities are averages over a group's paths.

    counts: (units, settings, groups, counts), the last axis by the names of `ledger.COUNTS`.
    members: (products, groups, 2), quantity wanted, and accepted at the door.
    waits: (units or none, settings, steps + 1), quantity by steps waited in a stockout, summed over paths.
    """

    counts: Real
    members: Real
    waits: Real


class Customers(NamedTuple):
    """What customers of a unit do in the paths side by side.

    demand: (steps, LANES), the quantity that comes in.
    fate: (steps, LANES), the uniform by which those who find nothing left wait or leave (-1: nobody came).
    death: (LANES,), the step in which the last member dies (beyond the horizon: it lives on).
    wanted, work: (steps,) and (WORK,), scratch space for one member in one path.
    """

    demand: Real
    fate: Real
    death: Real
    wanted: Real
    work: Real


class Expected(NamedTuple):
    """What the planner of a unit expects at first, in quantities.

    by_step: (steps ahead,), expected demand of each step.
    cumulative: (steps ahead + 1,), its running sum.
    base: (steps,), from each step on over the protection interval.
    room: (steps,), over the rest of life (1e300: no known end).
    excess: (steps,), over cover and protection: stock beyond it is excess.
    """

    by_step: Real
    cumulative: Real
    base: Real
    room: Real
    excess: Real


class After(NamedTuple):
    """What comes after the window, by the first forecast, and what tells how far to follow the year: numbers.

    window: expected demand of the window itself. ahead: over the protection interval that follows.
    rate: expected demand a year after the window. hazard: rate of ending a year. until: years to a known end (1e9: none).
    reorders: whether what is ordered then still arrives before the end (`stock_rules.last_order`).
    level_variance, order, lump, moq, whole: as in `StockArrays`.
    """

    window: float
    ahead: float
    rate: float
    hazard: float
    until: float
    reorders: bool
    level_variance: float
    order: float
    lump: float
    moq: float
    whole: bool


class Largest(NamedTuple):
    """The highest relative quantile and the largest lot of a unit's settings.

    By them it is seen early that no setting holds stock in excess. `quantile` is a number, `lot` a quantity.
    """

    quantile: float
    lot: float


class Lanes(NamedTuple):
    """State of the paths side by side: arrays (LANES,).

    run: steps until the path ends.
    died: whether its product has died by then.
    kept: row of the sums to which the path is added.
    fraction: part of a lot with which it opens, in (0, 1).
    level: factor by which the planner has moved the forecast after the last step.
    total: demand of the whole path, a quantity.
    highest, under_way: scratch space, that of the settings (SETTINGS,).
    """

    run: Whole
    died: Flag
    kept: Whole
    fraction: Real
    level: Real
    total: Real
    highest: Real
    under_way: Real


class Rule(NamedTuple):
    """How a unit is reviewed: numbers.

    review: steps from one review to the next.
    moq: the least quantity that can be ordered.
    multiple: what an order cut by a known end is a multiple of (0: any amount).
    whole: whether goods are counted in whole ones.
    shelf: steps on hand after which goods are discarded (0: never).
    order: units that are wanted in a step with any demand.
    """

    review: int
    moq: float
    multiple: float
    whole: bool
    shelf: int
    order: float = 0.0


class Pipeline(NamedTuple):
    """Orders under way in the paths side by side.

    ring: ((slots + 1) x WIDTH,), quantities by step of arrival: slots that take turns, and a spare one for orders that
    join others.
    slots: how many take turns.
    arrival: (steps, LANES), the slot in which an order of that step arrives.
    lead: lead time in steps.
    varying: whether it differs from order to order.
    last_order: the last step in which is ordered: what is ordered later would arrive after a known end.
    single: (slots x NUMBERS,), the ring of what `stock_side_by_side` plays at once, in single precision.
    """

    ring: Real
    slots: int
    arrival: Whole
    lead: int
    varying: bool
    last_order: float
    single: NDArray[np.float32]


class Outlook(NamedTuple):
    """What the planner sees ahead in every step of every path, in quantities.

    ahead: (steps x LANES,), expected demand over the protection interval.
    space: (steps x LANES,), expected demand over the rest of life (1e300: no known end).
    limit: (steps x LANES,), stock beyond which is excess.
    clears: (steps,), whether the stock of any setting can be beyond it.
    """

    ahead: Real
    space: Real
    limit: Real
    clears: Flag


class Record(NamedTuple):
    """Written down at the end of every step: arrays (steps, WIDTH) of quantities, of no row where not needed.

    received: all that has come in, where goods keep for some steps only.
    waited: all that has waited so far, where waits are told apart.
    net: the net inventory then.
    """

    received: Real
    waited: Real
    net: Real


class Timeline(NamedTuple):
    """What happens step by step to the paths side by side.

    outlook: what the planner sees.
    demand, fate: (steps x LANES,), as in `Customers`, but flat.
    record: what is written down.
    """

    outlook: Outlook
    demand: Real
    fate: Real
    record: Record
