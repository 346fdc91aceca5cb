"""The event loop of everything that is stocked: finished products (MTS) or a family's components (ATO).

Order of events in a week: receive; review and order (an order with lead time L arrives at the start of week
t + L, at once if L = 0); serve backlog; serve demand; book; death. The protection interval is exactly L + R.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from analytics.forecast.paths import WEEKS, weekly_path
from analytics.randomness import STREAMS, subkey, uniform
from analytics.simulation.ledger import COUNT_INDEX, COUNTS
from analytics.simulation.world import PATIENCE_STREAM, accepted_share, death_week, exponential_patience

__all__ = ["MAX_WAIT_WEEKS", "StockPlan", "World", "simulate_stock"]

#: Waits in a stockout are counted in whole weeks up to this many.
MAX_WAIT_WEEKS = 52

_OPENING = np.uint64(STREAMS["opening"])
_DEMANDED = COUNT_INDEX["demanded"]
_LOST = COUNT_INDEX["lost"]
_WAITED = COUNT_INDEX["waited"]
_ON_HAND = COUNT_INDEX["on_hand"]
_IN_PROCESS = COUNT_INDEX["in_process"]
_BACKORDERED = COUNT_INDEX["backordered"]
_LOTS = COUNT_INDEX["lots"]
_ORDERED = COUNT_INDEX["ordered"]
_SCRAPPED = COUNT_INDEX["scrapped"]
_CLEARED = COUNT_INDEX["cleared"]
_OPENING_UNITS = COUNT_INDEX["opening"]
_CLOSING = COUNT_INDEX["closing"]
_EXCESS = COUNT_INDEX["closing_excess"]
_COUNTS = len(COUNTS)
_NEVER = 1e9


@dataclass(frozen=True, eq=False)
class World:
    """What nature does, per product: demand (the forecast's arrays), death and patience.

    `end_week` is the last week in which a product sells (1e9: no known end). `hazard_per_week` and
    `patience_per_day` have shape (products, draws); `orders_per_week` says into how many customer orders a
    week's demand is told apart (1 to MAX_ORDERS).
    """

    keys: NDArray[np.uint64]
    mean: NDArray[np.float64]
    noise: NDArray[np.float64]
    level_error: NDArray[np.float64]
    drift: NDArray[np.float64]
    integer: NDArray[np.bool_]
    family: NDArray[np.int64]
    market: NDArray[np.float64]
    family_shock: NDArray[np.float64]
    period_weeks: float
    inner: int
    end_week: NDArray[np.float64]
    hazard_per_week: NDArray[np.float64]
    patience_per_day: NDArray[np.float64]
    historical_wait_days: NDArray[np.float64]
    orders_per_week: NDArray[np.int64]

    @property
    def paths(self) -> int:
        """Number of paths."""
        return len(self.market)


@dataclass(frozen=True, eq=False)
class StockPlan:
    """What the planner does, per stocked unit (a product, or a family's component kit).

    `members` lists the products behind each unit (`start[u]` to `start[u + 1]`). `expected` (units, weeks)
    is the planner's expected demand per week, long enough to cover the horizon plus cover and protection.
    `relative_quantile` and `lot` (units, settings) are the grid: the order-up-to level is the expected demand
    over the protection interval times the level carried so far times the relative quantile; an order is the
    least multiple of the lot that reaches it, at least `moq`. `door_wait_days` is what every customer of a
    product is told (0: served from stock). `stockout_wait_days` is the expected wait to the next receipt,
    `share_waiting` overrides the waiting rule where known (NaN: follow the rule). `production_weeks` is the
    part of the lead time spent in own production, `cancellable_share` the part of orders under way that can
    be cancelled when the product dies.
    """

    start: NDArray[np.int64]
    members: NDArray[np.int64]
    expected: NDArray[np.float64]
    relative_quantile: NDArray[np.float64]
    lot: NDArray[np.float64]
    lead_weeks: NDArray[np.int64]
    review_weeks: NDArray[np.int64]
    moq: NDArray[np.float64]
    smoothing: NDArray[np.float64]
    cover_weeks: NDArray[np.int64]
    end_week: NDArray[np.float64]
    whole: NDArray[np.bool_]
    door_wait_days: NDArray[np.float64]
    stockout_wait_days: NDArray[np.float64]
    share_waiting: NDArray[np.float64]
    production_weeks: NDArray[np.float64]
    cancellable_share: NDArray[np.float64]


@numba.njit(nogil=True)
def _sum_between(cumulative, a, b):
    last = cumulative.shape[0] - 1
    return cumulative[min(b, last)] - cumulative[min(a, last)]


@numba.njit(nogil=True)
def _week(state, tally, quantile, lot, per_lot, moq, slot_in, slot_out, reviewing, base, whole, room, demand, stay, excess):
    """One week of one path for all settings; rows of `state` and `tally` are contiguous per setting."""
    on_hand = state[0]
    on_order = state[1]
    backlog = state[2]
    arriving = state[3 + slot_in]
    placed = state[3 + slot_out]
    half = 0.5 if whole else 0.0
    for s in range(quantile.shape[0]):
        received = arriving[s]
        arriving[s] = 0.0
        stock = on_hand[s] + received
        under_way = on_order[s] - received
        owed = backlog[s]
        order = 0.0
        if reviewing:
            target = base * quantile[s]
            target = np.floor(target + half) if whole else target
            position = stock + under_way - owed
            gap = target - position
            wanted = np.ceil(gap * per_lot[s] - 1e-9) * lot[s]
            wanted = max(wanted, moq)
            wanted = min(wanted, max(gap, room - position))
            order = wanted if gap > 1e-9 else 0.0
        tally[3, s] += 1.0 if order > 0.0 else 0.0
        tally[4, s] += order
        under_way += order
        if slot_out == slot_in:
            stock += order
            under_way -= order
        else:
            placed[s] += order
        paid = min(stock, owed)
        stock -= paid
        owed -= paid
        before = stock
        served = min(stock, demand)
        stock -= served
        short = demand - served
        waits = short * stay
        owed += waits
        tally[0, s] += short - waits
        tally[1, s] += waits
        tally[2, s] += 0.5 * (before + stock)
        tally[6, s] += owed
        tally[7, s] += under_way
        surplus = max(stock - excess, 0.0)
        surplus = np.floor(surplus) if whole else surplus
        tally[5, s] += surplus
        on_hand[s] = stock - surplus
        on_order[s] = under_way
        backlog[s] = owed


@numba.njit(nogil=True)
def _simulate_units(
    first, last, start, members, expected, quantile_grid, lot_grid, lead, review, moq, smoothing, cover, unit_end, whole, door_wait, stockout_wait,
    share_waiting, production, cancellable,
    keys, mean, noise, level_error, drift, integer, family, market, family_shock, period_weeks, inner, end_week, hazard, patience, historical, orders,
    group, weight, out, member_out, wait_out,
):  # fmt: skip
    weeks = WEEKS
    settings = quantile_grid.shape[1]
    track_waits = wait_out.shape[0] > 0
    buffer = np.empty(weeks)
    demand = np.empty(weeks)
    stay = np.empty(weeks)
    tally = np.empty((8, settings))
    new_owed = np.zeros((weeks, settings if track_waits else 1))
    paid_owed = np.zeros((weeks, settings if track_waits else 1))
    for u in range(first, last):
        ring = lead[u] + 1
        state = np.empty((3 + ring, settings))
        quantile = quantile_grid[u].copy()
        lot = lot_grid[u].copy()
        per_lot = 1.0 / lot
        span = lead[u] + review[u]
        cumulative = np.zeros(expected.shape[1] + 1)
        for t in range(expected.shape[1]):
            cumulative[t + 1] = cumulative[t] + expected[u, t]
        mean_rate = cumulative[weeks] / weeks
        ends = unit_end[u] < _NEVER
        for p in range(market.shape[0]):
            draw = p // inner
            g = group[p]
            w = weight[p]
            # nature: demand of the members, thinned at the door, until each dies
            death = -1.0
            demand[:] = 0.0
            stay[:] = 0.0
            for m in range(start[u], start[u + 1]):
                i = members[m]
                member_death = death_week(keys[i], np.uint64(p), hazard[i, draw], end_week[i])
                death = max(death, member_death)
                shock = market[p] * family_shock[family[i], p]
                weekly_path(keys[i], np.uint64(p), np.uint64(draw), mean[i], noise[i], level_error[i], drift[i], integer[i], shock, period_weeks, buffer)
                patience_key = subkey(subkey(keys[i], np.uint64(p)), PATIENCE_STREAM)
                door = exponential_patience(patience[i, draw], door_wait[i], historical[i])
                if np.isnan(share_waiting[u]):
                    inside = exponential_patience(patience[i, draw], door_wait[i] + stockout_wait[u], historical[i]) / max(door, 1e-300)
                else:
                    inside = share_waiting[u]
                wanted = 0.0
                accepted = 0.0
                for t in range(weeks):
                    if t > member_death:
                        break
                    amount = buffer[t]
                    if amount > 0.0:
                        wanted += amount
                        taken = amount * accepted_share(patience_key, t, orders[i], door)
                        accepted += taken
                        demand[t] += taken
                        stay[t] += taken * (accepted_share(patience_key, t, orders[i], door * inside) * amount / taken if taken > 0.0 else 0.0)
                member_out[i, g, 0] += w * wanted
                member_out[i, g, 1] += w * accepted
            for t in range(weeks):
                if demand[t] > 0.0:
                    stay[t] = min(1.0, stay[t] / demand[t])
            # opening: the planner's own steady position
            tally[:] = 0.0
            base = _sum_between(cumulative, 0, span)
            fraction = uniform(subkey(subkey(keys[members[start[u]]], np.uint64(p)), _OPENING), np.uint64(0))
            for s in range(settings):
                target = base * quantile[s]
                extra = fraction * lot[s]
                if whole[u]:
                    target = np.floor(target + 0.5)
                    extra = np.floor(extra)
                if ends:
                    extra = min(extra, max(0.0, cumulative[cumulative.shape[0] - 1] - target))
                position = target + extra
                coming = 0.0
                for k in range(ring):
                    state[3 + k, s] = 0.0
                for k in range(1, ring):
                    piece = _sum_between(cumulative, 0, k) - coming
                    if whole[u]:
                        piece = np.floor(piece + 0.5)
                    piece = max(0.0, min(piece, position - coming))
                    state[3 + k, s] = piece
                    coming += piece
                state[0, s] = position - coming
                state[1, s] = coming
                state[2, s] = 0.0
                out[u, s, g, _OPENING_UNITS] += w * position
            # the weeks
            level = 1.0
            t = 0
            while t < weeks and t <= death:
                reviewing = t % review[u] == 0
                base = level * _sum_between(cumulative, t, t + span)
                room = level * _sum_between(cumulative, t, cumulative.shape[0] - 1) if ends else 1e300
                excess = level * _sum_between(cumulative, t + 1, t + 1 + cover[u])
                if track_waits:
                    for s in range(settings):
                        paid_owed[t, s] = state[2, s]
                        new_owed[t, s] = tally[1, s]
                _week(state, tally, quantile, lot, per_lot, moq[u], t % ring, (t + lead[u]) % ring, reviewing, base, whole[u], room, demand[t], stay[t], excess + base)
                if track_waits:
                    for s in range(settings):
                        new_owed[t, s] = tally[1, s] - new_owed[t, s]
                        paid_owed[t, s] = paid_owed[t, s] + new_owed[t, s] - state[2, s]
                level = max(0.0, level + smoothing[u] * (demand[t] - level * expected[u, t]) / max(mean_rate, 1e-12))
                t += 1
            # the end of life, or of the horizon
            died = death < weeks
            total = 0.0
            for k in range(weeks):
                total += demand[k]
            can_sell = level * _sum_between(cumulative, weeks, weeks + cover[u] + span)
            for s in range(settings):
                owed = state[2, s]
                if died:
                    cancelled = cancellable[u] * state[1, s]
                    tally[4, s] -= cancelled
                    tally[0, s] += owed
                    tally[1, s] -= owed
                    out[u, s, g, _SCRAPPED] += w * (state[0, s] + state[1, s] - cancelled)
                else:
                    position = state[0, s] + state[1, s] - owed
                    beyond = max(0.0, position - can_sell)
                    out[u, s, g, _CLOSING] += w * (position - beyond)
                    out[u, s, g, _EXCESS] += w * beyond
                out[u, s, g, _DEMANDED] += w * total
                out[u, s, g, _LOST] += w * tally[0, s]
                out[u, s, g, _WAITED] += w * tally[1, s]
                out[u, s, g, _ON_HAND] += w * tally[2, s] / WEEKS
                out[u, s, g, _LOTS] += w * tally[3, s]
                out[u, s, g, _ORDERED] += w * tally[4, s]
                out[u, s, g, _CLEARED] += w * tally[5, s]
                out[u, s, g, _BACKORDERED] += w * tally[6, s] / WEEKS
                share = production[u] / lead[u] if lead[u] > 0 else 0.0
                out[u, s, g, _IN_PROCESS] += w * tally[7, s] / WEEKS * min(1.0, share)
            if track_waits:
                for s in range(settings):
                    born = 0
                    left = new_owed[0, s]
                    for k in range(t):
                        pay = paid_owed[k, s]
                        while pay > 1e-9 and born < k:
                            part = min(pay, left)
                            if part > 0.0:
                                wait_out[u, s, min(k - born, MAX_WAIT_WEEKS)] += part
                                pay -= part
                                left -= part
                            if left <= 1e-9:
                                born += 1
                                left = new_owed[born, s] if born < t else 0.0


def simulate_stock(
    world: World, plan: StockPlan, group: NDArray[np.int64], first: int, last: int, waits: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Simulate stocked units `first` to `last` on the grid of settings; averages over each group of paths.

    `group` (paths,) names the group of every path. Returns counts (units, settings, groups, counts), demand
    wanted and accepted at the door per member (products, groups, 2), and, if `waits`, units by weeks waited in
    a stockout (units, settings, MAX_WAIT_WEEKS + 1), summed over all paths.
    """
    groups = int(group.max()) + 1
    weight = 1.0 / np.bincount(group, minlength=groups)[group]
    units, settings = plan.relative_quantile.shape
    out = np.zeros((units, settings, groups, _COUNTS))
    member_out = np.zeros((len(world.keys), groups, 2))
    wait_out = np.zeros((units if waits else 0, settings, MAX_WAIT_WEEKS + 1))
    _simulate_units(
        first, last, plan.start, plan.members, plan.expected, plan.relative_quantile, plan.lot, plan.lead_weeks, plan.review_weeks, plan.moq, plan.smoothing,
        plan.cover_weeks, plan.end_week, plan.whole, plan.door_wait_days, plan.stockout_wait_days, plan.share_waiting, plan.production_weeks, plan.cancellable_share,
        world.keys, world.mean, world.noise, world.level_error, world.drift, world.integer, world.family, world.market, world.family_shock, world.period_weeks,
        world.inner, world.end_week, world.hazard_per_week, world.patience_per_day, world.historical_wait_days, world.orders_per_week,
        group, weight, out, member_out, wait_out,
    )  # fmt: skip
    return out, member_out, wait_out
