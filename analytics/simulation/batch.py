"""The event loop of making or buying to order in batches that customers fill: nobody is served before the minimum is ordered.

The same demand, deaths and customers' uniforms as in `order`; an order is told the quote and how long the batch takes to fill, the
longer the earlier it comes, by the recursion of `policy.batches.batch_waits`.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.paths import WEEKS, WORK, product_demand
from analytics.machine.borrowed import borrowed
from analytics.machine.kernel_cache import kernel
from analytics.randomness import STREAMS, subkey, uniform
from analytics.simulation.chunks import in_chunks
from analytics.simulation.ledger import COUNT_INDEX, COUNTS
from analytics.simulation.stock import MAX_WAIT_WEEKS
from analytics.simulation.world import (
    MAX_ORDERS,
    PATIENCE_STREAM,
    World,
    death_step,
    frozen,
    groups_of,
    patience_threshold,
    played_as,
    product_path,
    share_staying,
    step_uniforms,
    world_arrays,
)

__all__ = ["FillPlan", "simulate_batches"]

_OPENING = np.uint64(STREAMS["opening"])
_LOTS = COUNT_INDEX["lots"]
_DEMANDED = COUNT_INDEX["demanded"]
_LOST = COUNT_INDEX["lost"]
_WAITED = COUNT_INDEX["waited"]
_IN_PROCESS = COUNT_INDEX["in_process"]
_ORDERED = COUNT_INDEX["ordered"]
_BACKORDERED = COUNT_INDEX["backordered"]
_LATE = COUNT_INDEX["late"]
_COUNTS = len(COUNTS)
#: Days beyond which a wait is as long as for ever: nobody is told more.
_LONGEST = 36_500.0


@dataclass(frozen=True, eq=False)
class FillPlan:
    """What a firm does that waits for its customers to fill a batch, per product (products,).

    `quote_days` from the order of a batch to its delivery; a batch is ordered once customers want `least` units, all that they
    want, or as much of it as whole `multiple`s hold (0: any amount), the rest then waits for the next one. `order_size` units make one
    order, `orders_a_day` are expected of all customers, whether they stay or not; `production_years` a unit spends in own production.
    """

    quote_days: NDArray[np.float64]
    least: NDArray[np.float64]
    multiple: NDArray[np.float64]
    order_size: NDArray[np.float64]
    orders_a_day: NDArray[np.float64]
    production_years: NDArray[np.float64]

    @property
    def orders(self) -> NDArray[np.int64]:
        """Orders that make up a batch, at least one: shape (products,)."""
        return np.maximum(np.ceil(self.least / self.order_size - 1e-9), 1.0).astype(np.int64)


class FillArrays(NamedTuple):
    """A `FillPlan` as the kernel takes it, read-only, all (products,): units in smallest quantities.

    quote: days. least, multiple, size: units. rate: orders a day. orders: that make up a batch. production_years: years.
    """

    quote: NDArray[np.float64]
    least: NDArray[np.float64]
    multiple: NDArray[np.float64]
    size: NDArray[np.float64]
    rate: NDArray[np.float64]
    orders: NDArray[np.int64]
    production_years: NDArray[np.float64]


@kernel
def _simulate_batches(first, last, world, plan, groups, out, steps_waited):
    """Add to `out` (products, groups, counts) what products `first` to `last` come to, and to `steps_waited` (products, steps) who waited how long."""
    world = borrowed(world)
    inner, every_path = world.demand.inner, world.demand.market.shape[0]
    group, weight = groups.of_path, groups.weight
    track = steps_waited.shape[0] > 0
    work = np.empty(WORK)
    for i in range(first, last):
        per_week = world.steps_per_week[i]
        steps, step_days = WEEKS * per_week, 7.0 / per_week
        demand = np.empty(steps)
        own = np.empty((MAX_ORDERS, steps), dtype=np.int32)
        orders, curve, shape = world.orders[i], world.curve[i], world.shape[i]
        historical, key, end = world.historical[i], world.demand.keys[i], world.end[i]
        product, played = product_demand(world.demand, i), played_as(world, i)
        n, size, least, multiple = plan.orders[i], plan.size[i], plan.least[i], plan.multiple[i]
        waits, threshold = np.zeros(n), np.zeros(n, np.int64)
        most = steps * MAX_ORDERS
        when, units, told = np.empty(most), np.empty(most), np.empty(most)
        draw, far = -1, 0  # places before `far` wait for ever, and nobody takes them
        for p in range(every_path):
            g = group[p]
            if p // inner != draw:  # what customers are told follows from how patient they are
                draw = p // inner
                ahead, far = 0.0, 0
                for back in range(n):
                    k = n - 1 - back
                    if ahead >= _LONGEST:  # as all before it: a batch of millions is not gone through
                        far = k + 1
                        break
                    waits[k] = ahead
                    stays = share_staying(
                        curve, world.patience[i, draw], shape, plan.quote[i] + ahead, historical
                    )
                    threshold[k] = patience_threshold(stays)
                    ahead = min(ahead + 1.0 / max(plan.rate[i] * stays, 1e-9), _LONGEST)
            path = np.uint64(p)
            death = death_step(key, path, world.hazard[i, draw], end)
            alive = steps if death >= steps - 1 else int(death) + 1
            product_path(product, played, p, demand, work)
            step_uniforms(subkey(subkey(key, path), PATIENCE_STREAM), MAX_ORDERS, own)
            # the year begins somewhere in a batch
            filled = np.floor(uniform(subkey(subkey(key, path), _OPENING), np.uint64(0)) * n) * size
            total, accepted, days, late, lots = 0.0, 0.0, 0.0, 0.0, 0.0
            waiting = 0
            for t in range(alive):
                if demand[t] <= 0.0:
                    continue
                total += demand[t]
                # as many customers as a step usually has, more where it wants more orders: each hears how full the batch is
                customers = min(max(orders, int(demand[t] / size + 0.5)), MAX_ORDERS)
                each = demand[t] / customers
                for c in range(customers):
                    place = min(int((filled + 1e-9) / size), n - 1)
                    if place < far or own[c, t] >= threshold[place]:
                        continue
                    now = t + (c + 0.5) / customers
                    when[waiting], units[waiting], told[waiting] = now, each, waits[place]
                    waiting += 1
                    filled += each
                    accepted += each
                    if filled < least - 1e-9:
                        continue
                    rest = 0.0
                    if multiple > 0.0:
                        rest = max(filled - np.floor((filled + 1e-9) / multiple) * multiple, 0.0)
                        rest = min(rest, each)
                    units[waiting - 1] -= rest
                    for k in range(waiting):
                        wait = (now - when[k]) * step_days
                        days += units[k] * wait
                        late += units[k] * max(wait - told[k], 0.0)
                        if track:
                            at = int(np.ceil((plan.quote[i] + wait) / step_days - 1e-9))
                            steps_waited[i, min(at, steps_waited.shape[1] - 1)] += units[k]
                    lots += 1.0
                    filled, waiting = rest, 0
                    if rest > 1e-9:
                        first_wait = waits[0] if far == 0 else _LONGEST
                        when[0], units[0], told[0], waiting = now, rest, first_wait, 1
            if (
                waiting > 0 and death < steps
            ):  # a batch that is not full when the product ends is never ordered
                for k in range(waiting):
                    accepted -= units[k]
            elif waiting > 0:  # it fills as fast as was expected of it
                place = min(max(int(np.ceil(filled / size - 1e-9)) - 1, 0), n - 1)
                fills = waits[place] if place >= far else _LONGEST
                for k in range(waiting):
                    wait = (steps - when[k]) * step_days + fills
                    days += units[k] * wait
                    late += units[k] * max(wait - told[k], 0.0)
                    if track:
                        at = int(np.ceil((plan.quote[i] + wait) / step_days - 1e-9))
                        steps_waited[i, min(at, steps_waited.shape[1] - 1)] += units[k]
            out[i, g, _DEMANDED] += total
            out[i, g, _ORDERED] += accepted
            out[i, g, _BACKORDERED] += days / 365.0
            out[i, g, _LATE] += late / 365.0
            out[i, g, _LOTS] += lots
        for g in range(weight.shape[0]):
            for c in range(out.shape[2]):
                out[i, g, c] *= weight[g]
            accepted = out[i, g, _ORDERED]
            out[i, g, _LOST] = out[i, g, _DEMANDED] - accepted
            out[i, g, _WAITED] = accepted
            out[i, g, _BACKORDERED] += accepted * plan.quote[i] / 365.0
            out[i, g, _IN_PROCESS] = accepted * plan.production_years[i]


def simulate_batches(
    world: World, plan: FillPlan, group: NDArray[np.int64], waits: bool = False, threads: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Simulate products whose customers fill a batch; counts (products, groups, counts) by group of paths.

    If `waits`, also units by steps waited from order to delivery (products, MAX_WAIT_WEEKS x steps a week + 1), summed over all
    paths; else none of them. The year begins anywhere in a batch; whoever waits for a batch that is not full when the product
    ends is lost, and a batch that is open when the year ends fills as fast as expected. One batch is one lot.
    """
    groups, n = groups_of(group), len(world.keys)
    out = np.zeros((n, len(groups.weight), _COUNTS))
    most = MAX_WAIT_WEEKS * int(world.steps_per_week.max(initial=1)) + 1
    steps_waited = np.zeros((n if waits else 0, most))
    real = np.float64
    step = np.ones(n) if world.step is None else world.step
    arrays = FillArrays(
        quote=frozen(plan.quote_days, real),
        least=frozen(plan.least / step, real),
        multiple=frozen(plan.multiple / step, real),
        size=frozen(plan.order_size / step, real),
        rate=frozen(plan.orders_a_day, real),
        orders=frozen(plan.orders, np.int64),
        production_years=frozen(plan.production_years, real),
    )
    nature = world_arrays(world)
    in_chunks(lambda a, b: _simulate_batches(a, b, nature, arrays, groups, out, steps_waited), 0, n, threads)
    if world.step is not None:
        out *= np.where(np.arange(_COUNTS) == _LOTS, 1.0, world.step[:, None, None])
        steps_waited *= world.step[: len(steps_waited), None]
    return out, steps_waited
