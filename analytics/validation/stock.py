"""Stock of the past, week by week in plain arrays: many policies side by side on the demand that really came.

Order of events in a week as in the simulation: receive; review and order (an order with lead time L arrives at the start of
week t + L, at once if L = 0); serve backlog; serve demand; book. Written with arrays, apart from the simulation's kernels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.paths import WEEKS

__all__ = ["Plan", "Rule", "Stock", "ahead", "level_carried"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plan:
    """What the planner knows of each stocked unit at an origin: shape (units,), `expected` (units, weeks) from the origin on.

    `expected` is zero for what has ended; `ends` says that an end is known. `smoothing` is the share of a week's surprise by which
    the level moves; `own_share` the part of the lead time in own production, `cancellable_share` what can be cancelled of orders under way. Lots are
    `multiple`s (0: any amount), whole goods are counted in `step`s.
    """

    expected: Array
    smoothing: Array
    lead_weeks: NDArray[np.int64]
    review_weeks: NDArray[np.int64]
    cover_weeks: NDArray[np.int64]
    moq: Array
    whole: NDArray[np.bool_]
    ends: NDArray[np.bool_]
    own_share: Array
    cancellable_share: Array
    multiple: Array
    step: Array


@dataclass(frozen=True, eq=False)
class Rule:
    """Settings by policy and unit, shape (policies, units).

    Order up to `quantile` times expected demand over lead time and review, in multiples of `lot`; with `cover` (weeks, else NaN)
    up to that many weeks of the average demand of the last half year, once `cover_gap` weeks of it are missing; with `fixed` (units,
    else NaN) up to that level, whatever is expected. Of those who find
    nothing left the share `stays` waits. `scale` is the part of the unit's expected demand that the policy serves.
    """

    quantile: Array
    lot: Array
    stays: Array
    scale: Array
    cover: Array
    cover_gap: Array
    fixed: Array


def _window_sums(cumulative: Array, first: NDArray[np.int64], last: NDArray[np.int64]) -> Array:
    end = cumulative.shape[1] - 1
    return np.asarray(
        np.take_along_axis(cumulative, np.minimum(last, end), axis=1)
        - np.take_along_axis(cumulative, np.minimum(first, end), axis=1)
    )


def ahead(plan: Plan, weeks: int) -> tuple[Array, Array, Array]:
    """Expected demand ahead of every week, as first forecast.

    Expected demand ahead of every week at the first forecast: over lead time and review, over the rest of life (infinite
    where no end is known), and the cover beyond which stock is excess. Each of shape (units, weeks).
    """
    cumulative = np.concatenate([np.zeros((len(plan.expected), 1)), np.cumsum(plan.expected, axis=1)], axis=1)
    t = np.broadcast_to(np.arange(weeks), (len(plan.expected), weeks))
    span = (plan.lead_weeks + plan.review_weeks)[:, None]
    base = _window_sums(cumulative, t, t + span)
    rest = np.where(
        plan.ends[:, None], _window_sums(cumulative, t, np.full_like(t, cumulative.shape[1])), np.inf
    )
    return base, rest, _window_sums(cumulative, t + 1, t + 1 + plan.cover_weeks[:, None]) + base


def level_carried(level: Array, expected: Array, demand: Array, smoothing: Array, mean: Array) -> Array:
    """The planner's level after a week: moved by a share of the surprise, relative to mean demand; never below zero.

    level + smoothing x (demand - level x expected) / mean.

    >>> level_carried(np.array([1.0]), np.array([10.0]), np.array([20.0]), np.array([0.1]), np.array([10.0])).tolist()
    [1.1]
    """
    step = np.where(mean > 1e-9, smoothing / np.maximum(mean, 1e-9), 0.0)
    return np.maximum(0.0, level * (1.0 - step * expected) + step * demand)


class Stock:
    """Units on hand less owed (`net`), under way (`pipe`, by week of arrival from the next on) and what has been counted since the window began.

    Arrays have shape (policies, units). Counts are units, or unit-weeks for `on_hand`, `under_way` and `owed`.
    """

    COUNTS = (
        "served",
        "waited",
        "on_hand",
        "under_way",
        "owed",
        "lots",
        "ordered",
        "cleared",
        "scrapped",
        "left",
    )

    def __init__(self, policies: int, units: int) -> None:
        """Empty stock of `policies` x `units`, with every count at zero."""
        self.net = np.zeros((policies, units))
        self.pipe = np.zeros((policies, units, 1))
        self.count = {name: np.zeros((policies, units)) for name in self.COUNTS}

    @property
    def position(self) -> Array:
        """Inventory position: on hand, less owed, plus under way."""
        return np.asarray(self.net + self.pipe.sum(axis=2))

    def begin(self, most_lead: int) -> None:
        """A new window: counts from zero, room for the longest lead time."""
        missing = most_lead - self.pipe.shape[2]
        if missing > 0:
            self.pipe = np.concatenate([self.pipe, np.zeros((*self.net.shape, missing))], axis=2)
        for column in self.count.values():
            column[:] = 0.0

    def open(self, units: NDArray[np.intp], plan: Plan, quantile: Array, lot: Array) -> None:
        """Put these units, in every policy alike, at the steady position of a rule: the level plus half a lot, less what life does not need.

        What is under way arrives as expected demand says, as far as the position goes.
        """
        if not len(units):
            return
        base, rest, _ = ahead(plan, 1)
        whole, step = plan.whole[units], plan.step[units]
        target, extra = base[units, 0] * quantile[units], 0.5 * lot[units] * (base[units, 0] > 0.0)
        target, extra = (
            np.where(whole, np.floor(target / step + 0.5) * step, target),
            np.where(whole, np.floor(extra / step) * step, extra),
        )
        net = target + np.minimum(extra, np.maximum(0.0, rest[units, 0] - target))
        cumulative = np.cumsum(plan.expected[units], axis=1)
        placed = np.zeros(len(units))
        for k in range(int(plan.lead_weeks[units].max(initial=0))):
            wanted = cumulative[:, min(k, cumulative.shape[1] - 1)] - placed
            piece = np.maximum(
                0.0, np.minimum(np.where(whole, np.floor(wanted / step + 0.5) * step, wanted), net)
            ) * (plan.lead_weeks[units] > k)
            self.pipe[:, units, k] = piece
            placed, net = placed + piece, net - piece
        self.net[:, units] = net

    def receive(self) -> None:
        """What is due this week comes in."""
        self.net += self.pipe[:, :, 0]
        self.pipe[:, :, :-1] = self.pipe[:, :, 1:]
        self.pipe[:, :, -1] = 0.0

    def order(
        self, target: Array, gap: Array, lot: Array, room: Array, plan: Plan, due: NDArray[np.bool_]
    ) -> None:
        """Review: the least number of lots that lifts the position to the target, where more than `gap` is missing and a review is `due`.

        No order takes the position beyond `room`, what life still needs, unless the target itself does: then what is needed is rounded to the nearest that the
        supplier takes, as in the simulation. The minimum order does not bind where only units owed are made (target 0).
        """
        position = self.position
        missing = np.where(plan.whole, np.floor(target / plan.step + 0.5) * plan.step, target) - position
        least = np.where(target > 0.0, plan.moq, 0.0)
        lots = np.maximum(np.ceil(missing / lot - 1e-9) * lot, least)
        needed = np.maximum(missing, room - position)
        cut = np.minimum(lots, needed)
        cut = np.where(
            plan.multiple > 0.0, np.floor(cut / np.maximum(plan.multiple, 1e-300) + 0.5) * plan.multiple, cut
        )
        cut = np.where(cut < least, np.where(needed >= 0.5 * least, least, 0.0), cut)
        order = np.where(
            due & (missing > np.maximum(gap, 1e-7 * plan.step)), np.where(np.isfinite(room), cut, lots), 0.0
        )
        self.count["lots"] += order > 0.0
        self.count["ordered"] += order
        now = plan.lead_weeks == 0
        self.net[:, now] += order[:, now]
        later = np.flatnonzero(~now)
        self.pipe[:, later, plan.lead_weeks[later] - 1] += order[:, later]

    def serve(self, demand: Array, stays: Array) -> Array:
        """Backlog, then demand from stock; of what is short the share `stays` waits. Returns units short, those that wait included."""
        before = np.maximum(self.net, 0.0)
        served = np.minimum(before, demand)
        short = demand - served
        waits = short * stays
        self.net -= served + waits
        self.count["served"] += served
        self.count["waited"] += waits
        self.count["on_hand"] += before - 0.5 * served
        self.count["owed"] += np.maximum(-self.net, 0.0)
        return short

    def clear(self, keep: Array, plan: Plan) -> None:
        """Clear what is on hand beyond what is kept, whole units where goods are whole; count what is under way."""
        surplus = np.maximum(self.net - keep, 0.0)
        surplus = np.where(plan.whole, np.floor(surplus / plan.step) * plan.step, surplus)
        self.net -= surplus
        self.count["cleared"] += surplus
        self.count["under_way"] += self.pipe.sum(axis=2)

    def end(self, units: NDArray[np.intp], cancellable_share: Array) -> None:
        """These units have ended: orders are cancelled as far as they can be, the rest is scrapped, and who still waits has left."""
        under_way = self.pipe[:, units].sum(axis=2)
        cancelled = under_way * cancellable_share[units]
        self.count["ordered"][:, units] -= cancelled
        self.count["scrapped"][:, units] += np.maximum(self.net[:, units], 0.0) + under_way - cancelled
        self.count["left"][:, units] += np.maximum(-self.net[:, units], 0.0)
        self.net[:, units] = 0.0
        self.pipe[:, units] = 0.0

    def years(self, name: str) -> Array:
        """A count of unit-weeks as unit-years."""
        return self.count[name] / WEEKS
