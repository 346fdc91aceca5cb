"""Stock of the past, week by week in plain arrays: many policies side by side on the demand that really came.

Order of events in a week as in the simulation: receive; review and order (an order with lead time L arrives at the start of
week t + L, at once if L = 0); serve backlog; serve demand; book. The rules are those of `analytics.simulation.stock_rules`,
which compiled loops here apply to every policy and unit; columns say what is known, and what is counted.

One concept: one week of the stock of every policy and unit; its plan, its rule and its counts are read together.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.paths import WEEKS
from analytics.machine.kernel_cache import kernel
from analytics.simulation.stock_rules import (
    kept,
    last_order,
    level_counted,
    moved_level,
    opening_position,
    opening_receipt,
    quantity_ordered,
    served,
    surplus,
)
from analytics.simulation.world import frozen

__all__ = ["Plan", "Rule", "Stock", "ahead", "due", "level_carried"]

Array = NDArray[np.float64]

#: An end in this week or later is not known.
NEVER = 1e9


@dataclass(frozen=True, eq=False)
class Plan:
    """What the planner knows of each stocked unit at an origin: shape (units,), `expected` (units, weeks) from the origin on.

    `expected` is zero for what has ended; `end_week` is the last week in which it sells (NEVER or later: no known end). `smoothing` is the share of a week's surprise by which
    the level moves; `own_share` the part of the lead time in own production, `cancellable_share` what can be cancelled of orders under way. Lots are
    `multiple`s (0: any amount), whole goods are counted in `step`s. `lead_days` and `review_days` are the same two times in days.
    Played by day all that is said of weeks here is of days (see `days.at_pace`).
    """

    expected: Array
    smoothing: Array
    lead_weeks: NDArray[np.int64]
    review_weeks: NDArray[np.int64]
    cover_weeks: NDArray[np.int64]
    moq: Array
    whole: NDArray[np.bool_]
    end_week: Array
    own_share: Array
    cancellable_share: Array
    multiple: Array
    step: Array
    lead_days: NDArray[np.int64] | None = None
    review_days: NDArray[np.int64] | None = None


@dataclass(frozen=True, eq=False)
class Rule:
    """Settings by policy and unit, shape (policies, units).

    Order up to `quantile` times expected demand over lead time and review, in multiples of `lot`; with `cover` (weeks, else NaN)
    up to that many weeks of the average demand of the last half year; with `fixed` (units,
    else NaN) up to that level, whatever is expected. Nothing is ordered before more than `gap` is missing: weeks of that average
    with `cover`, else units. Of those who find
    nothing left the share `stays` waits. `scale` is the part of the unit's expected demand that the policy serves.
    """

    quantile: Array
    lot: Array
    stays: Array
    scale: Array
    cover: Array
    gap: Array
    fixed: Array

    def of(self, policy: int) -> Rule:
        """The settings of one policy, shape (units,)."""
        return Rule(*(column[policy] for column in vars(self).values()))


class _Supply(NamedTuple):
    """What is ordered and how it is counted, (units,): least order, multiple of it (0: any amount), step of whole goods."""

    moq: Array
    multiple: Array
    step: Array
    whole: NDArray[np.bool_]


def _supply(plan: Plan, units: NDArray[np.intp] | slice = slice(None)) -> _Supply:
    moq, multiple, step = (frozen(c[units], np.float64) for c in (plan.moq, plan.multiple, plan.step))
    return _Supply(moq, multiple, step, frozen(plan.whole[units], np.bool_))


@kernel
def _ordered(position, target, gap, lot, room, supply):
    """What is ordered under every policy of every unit, by `stock_rules.quantity_ordered`; (policies, units)."""
    out = np.empty(position.shape)
    for p in range(out.shape[0]):
        for u in range(out.shape[1]):
            wanted, step = target[p, u], supply.step[u]
            missing = level_counted(wanted, supply.whole[u], step) - position[p, u]
            least = supply.moq[u] if wanted > 0.0 else 0.0
            from_gap = max(gap[p, u], 1e-7 * step)
            ends, beyond = room[p, u] < np.inf, room[p, u] - position[p, u]
            lots = missing / lot[p, u]
            out[p, u] = quantity_ordered(
                missing, lots, lot[p, u], from_gap, least, ends, beyond, supply.multiple[u]
            )
    return out


@kernel
def _sold(net, demand, stays):
    """On hand before demand, served, waiting, and net after it: (4, policies, units), by `stock_rules.served`."""
    out = np.empty((4, *net.shape))
    for p in range(net.shape[0]):
        for u in range(net.shape[1]):
            out[0, p, u], out[1, p, u], out[2, p, u], out[3, p, u] = served(
                net[p, u], demand[p, u], stays[p, u]
            )
    return out


@kernel
def _excess(net, cover, level, quantile, lot, supply):
    """Stock beyond what is kept under every policy of every unit, by `stock_rules`; (policies, units)."""
    out = np.empty(net.shape)
    for p in range(out.shape[0]):
        for u in range(out.shape[1]):
            keep = kept(cover[p, u], quantile[p, u], level[p, u], lot[p, u], supply.moq[u])
            out[p, u] = surplus(net[p, u], keep, supply.whole[u], supply.step[u])
    return out


@kernel
def _opened(level, extra, rest, cumulative, lead, supply):
    """Opening stock (units, 1 + longest lead time): on hand, then what arrives each week; of `cumulative` expected demand."""
    longest = 0
    for u in range(level.shape[0]):
        longest = max(longest, lead[u])
    out = np.zeros((level.shape[0], 1 + longest))
    for u in range(level.shape[0]):
        whole, step = supply.whole[u], supply.step[u]
        net, placed = opening_position(level[u], extra[u], rest[u], whole, step), 0.0
        for k in range(lead[u]):
            piece = opening_receipt(cumulative[u, min(k, cumulative.shape[1] - 1)] - placed, net, whole, step)
            out[u, 1 + k] = piece
            placed += piece
            net -= piece
        out[u, 0] = net
    return out


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
        plan.end_week[:, None] < NEVER,
        _window_sums(cumulative, t, np.full_like(t, cumulative.shape[1])),
        np.inf,
    )
    return base, rest, _window_sums(cumulative, t + 1, t + 1 + plan.cover_weeks[:, None]) + base


def due(plan: Plan, week: int, t: int) -> NDArray[np.bool_]:
    """Whether each unit is reviewed and ordered for in week `t` of a window that begins in the replay's `week`; (units,).

    After its last order (`stock_rules.last_order`) nothing is: it would arrive when the product has ended.
    """
    still = t <= last_order(plan.end_week, plan.lead_weeks)
    return np.asarray(((week + t) % plan.review_weeks == 0) & still)


def level_carried(level: Array, expected: Array, demand: Array, smoothing: Array, mean: Array) -> Array:
    """The planner's level after a week: moved by a share of the surprise, relative to mean demand; never below zero.

    level + smoothing x (demand - level x expected) / mean.

    >>> level_carried(np.array([1.0]), np.array([10.0]), np.array([20.0]), np.array([0.1]), np.array([10.0])).tolist()
    [1.1]
    """
    share = np.where(mean > 1e-9, smoothing / np.maximum(mean, 1e-9), 0.0)
    return np.maximum(0.0, moved_level(level, share, expected, demand))


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

    def __init__(self, policies: int, units: int, steps_per_week: int = 1) -> None:
        """Empty stock of `policies` x `units`, with every count at zero; a step is a week, or a day where there are seven."""
        self.steps_per_week = steps_per_week
        self.net = np.zeros((policies, units))
        self.pipe = np.zeros((policies, units, 1))
        self.count = {name: np.zeros((policies, units)) for name in self.COUNTS}

    @property
    def position(self) -> Array:
        """Inventory position: on hand, less owed, plus under way."""
        return np.asarray(self.net + self.pipe.sum(axis=2))

    def _column(self, values: Array) -> Array:
        """Values of every policy and unit, as the loops take them; what is the same for all is repeated."""
        return frozen(np.broadcast_to(values, self.net.shape), np.float64)

    def begin(self, most_lead: int) -> None:
        """A new window: counts from zero, room for the longest lead time."""
        missing = most_lead - self.pipe.shape[2]
        if missing > 0:
            self.pipe = np.concatenate([self.pipe, np.zeros((*self.net.shape, missing))], axis=2)
        for column in self.count.values():
            column[:] = 0.0

    def open(self, units: NDArray[np.intp], plan: Plan, rule: Rule) -> None:
        """Put these units, in every policy alike, at the steady position of a `rule` (units,): the level plus half a lot, less what life does not need.

        Where nothing is ordered before a gap is missing, positions lie between the level and the level less the gap.
        What is under way arrives as expected demand says, as far as the position goes.
        """
        if not len(units):
            return
        base, rest, _ = ahead(plan, 1)
        by_forecast = base[units, 0] * rule.quantile[units]
        gap = np.where(np.isfinite(rule.cover[units]), 0.0, rule.gap[units])
        level = np.where(np.isfinite(rule.fixed[units]), rule.fixed[units], by_forecast) - gap
        extra = 0.5 * (rule.lot[units] + gap) * (base[units, 0] > 0.0)
        cumulative = np.cumsum(plan.expected[units], axis=1)
        lead = frozen(plan.lead_weeks[units], np.int64)
        columns = (frozen(column, np.float64) for column in (level, extra, rest[units, 0], cumulative))
        opened = _opened(*columns, lead, _supply(plan, units))
        self.net[:, units] = opened[:, 0]
        for k in range(1, opened.shape[1]):
            self.pipe[:, units, k - 1] = opened[:, k]

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
        columns = (self._column(column) for column in (self.position, target, gap, lot, room))
        order = np.where(due, _ordered(*columns, _supply(plan)), 0.0)
        self.count["lots"] += order > 0.0
        self.count["ordered"] += order
        now = plan.lead_weeks == 0
        self.net[:, now] += order[:, now]
        later = np.flatnonzero(~now)
        self.pipe[:, later, plan.lead_weeks[later] - 1] += order[:, later]

    def serve(self, demand: Array, stays: Array) -> Array:
        """Backlog, then demand from stock; of what is short the share `stays` waits. Returns units short, those that wait included."""
        columns = (self._column(column) for column in (self.net, demand, stays))
        before, sold, waits, self.net[:] = _sold(*columns)
        self.count["served"] += sold
        self.count["waited"] += waits
        self.count["on_hand"] += before - 0.5 * sold
        self.count["owed"] += np.maximum(-self.net, 0.0)
        return np.asarray(demand - sold)

    def clear(self, cover: Array, level: Array, rule: Rule, plan: Plan) -> None:
        """Clear what is on hand beyond what is kept, whole units where goods are whole; count what is under way.

        Kept is the `cover` with the safety of the rule, at least the `level` plus one lot (`stock_rules.kept`).
        """
        columns = (self._column(column) for column in (self.net, cover, level, rule.quantile, rule.lot))
        cleared = _excess(*columns, _supply(plan))
        self.net -= cleared
        self.count["cleared"] += cleared
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
        """A count of unit-weeks (unit-days where a step is a day) as unit-years."""
        return self.count[name] / (WEEKS * self.steps_per_week)
