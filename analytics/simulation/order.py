"""The event loop of make to order: each order is told a wait, stays or leaves, and is made after it is placed.

The same demand, deaths and customers' uniforms as in `stock`: only what the firm does differs.
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
from analytics.randomness import subkey
from analytics.simulation.chunks import in_chunks
from analytics.simulation.ledger import COUNT_INDEX, COUNTS
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

__all__ = ["OrderPlan", "simulate_orders", "worked_on_singly"]

_DEMANDED = COUNT_INDEX["demanded"]
_LOST = COUNT_INDEX["lost"]
_WAITED = COUNT_INDEX["waited"]
_IN_PROCESS = COUNT_INDEX["in_process"]
_CUSTOMER_ORDERS = COUNT_INDEX["customer_orders"]
_ORDERED = COUNT_INDEX["ordered"]
_BACKORDERED = COUNT_INDEX["backordered"]
_COUNTS = len(COUNTS)


@dataclass(frozen=True, eq=False)
class OrderPlan:
    """What a firm making to order tells its customers: `quote_days` (products, settings) is the wait.

    `production_years` (products,) is the time a unit spends in own production, `units_per_order` how many units count as one
    order. `patience_per_day` (products, settings), if given, is the patience of each setting's customers in every path, in place of the world's.
    """

    quote_days: NDArray[np.float64]
    production_years: NDArray[np.float64]
    units_per_order: NDArray[np.float64]
    patience_per_day: NDArray[np.float64] | None = None


class OrderArrays(NamedTuple):
    """An `OrderPlan` as the kernel takes it, read-only.

    quote: (products, settings), the wait in days that customers are told.
    production_years: (products,), years that a unit spends in own production.
    units_per_order: (products,), quantity that counts as one order.
    patience: (products, settings), per day; of no column where the world's holds.
    """

    quote: NDArray[np.float64]
    production_years: NDArray[np.float64]
    units_per_order: NDArray[np.float64]
    patience: NDArray[np.float64]


@kernel
def _simulate_orders(first, last, world, plan, groups, out):
    """Add to `out` (products, settings, groups, counts) what products `first` to `last` made to order come to."""
    world, plan, groups, out = borrowed(world), borrowed(plan), borrowed(groups), borrowed(out)
    inner, every_path = world.demand.inner, world.demand.market.shape[0]
    hazard, patience = world.hazard, world.patience
    quote, told = plan.quote, plan.patience
    group, weight = groups.of_path, groups.weight
    settings = quote.shape[1]
    work = np.empty(WORK)
    for i in range(first, last):
        steps = WEEKS * world.steps_per_week[i]
        demand = np.empty(steps)
        own = np.empty((MAX_ORDERS, steps), dtype=np.int32)
        stays = np.empty(steps, dtype=np.int32)
        orders, curve, shape = world.orders[i], world.curve[i], world.shape[i]
        historical, key, end = world.historical[i], world.demand.keys[i], world.end[i]
        product, played = product_demand(world.demand, i), played_as(world, i)
        share = 1.0 / orders
        for p in range(every_path):
            draw = p // inner
            g = group[p]
            path = np.uint64(p)
            death = death_step(key, path, hazard[i, draw], end)
            alive = steps if death >= steps - 1 else int(death) + 1
            product_path(product, played, p, demand, work)
            step_uniforms(subkey(subkey(key, path), PATIENCE_STREAM), orders, own)
            total = 0.0
            for t in range(alive):
                total += demand[t]
            for s in range(settings):
                per_day = told[i, s] if told.shape[1] > 0 else patience[i, draw]
                threshold = patience_threshold(share_staying(curve, per_day, shape, quote[i, s], historical))
                accepted = total
                if threshold < 65536:
                    below = np.int32(threshold)
                    stays[:] = 0
                    for k in range(orders):
                        for t in range(steps):
                            stays[t] += np.int32(1) if own[k, t] < below else np.int32(0)
                    accepted = 0.0
                    for t in range(alive):
                        accepted += demand[t] * (stays[t] * share)
                out[i, s, g, _DEMANDED] += total
                out[i, s, g, _ORDERED] += accepted
        for s in range(settings):
            for g in range(weight.shape[0]):
                total = out[i, s, g, _DEMANDED] * weight[g]
                accepted = out[i, s, g, _ORDERED] * weight[g]
                out[i, s, g, _DEMANDED] = total
                out[i, s, g, _ORDERED] = accepted
                out[i, s, g, _LOST] = total - accepted
                out[i, s, g, _WAITED] = accepted if quote[i, s] > 0.0 else 0.0
                out[i, s, g, _BACKORDERED] = accepted * quote[i, s] / 365.0
                out[i, s, g, _IN_PROCESS] = accepted * plan.production_years[i]
                out[i, s, g, _CUSTOMER_ORDERS] = accepted / plan.units_per_order[i]


def simulate_orders(
    world: World, plan: OrderPlan, group: NDArray[np.int64], first: int, last: int, threads: int = 1
) -> NDArray[np.float64]:
    """Simulate products `first` to `last` made to order; counts (products, settings, groups, counts) by group of paths."""
    groups = groups_of(group)
    products, settings = plan.quote_days.shape
    out = np.zeros((products, settings, len(groups.weight), _COUNTS))
    real = np.float64
    patience = np.empty((products, 0)) if plan.patience_per_day is None else plan.patience_per_day
    orders = OrderArrays(
        quote=frozen(plan.quote_days, real),
        production_years=frozen(plan.production_years, real),
        units_per_order=frozen(plan.units_per_order, real),
        patience=frozen(patience, real),
    )
    arrays = world_arrays(world)
    in_chunks(lambda a, b: _simulate_orders(a, b, arrays, orders, groups, out), first, last, threads)
    if world.step is not None:
        out *= world.step[:, None, None, None]
    return out


def worked_on_singly(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Counts (..., counts) of `simulate_orders` with every unit made to order one order at a time, at the wait agreed; written in place.

    to_order = ordered, promised = backordered, and what is in process is worked on for one order: in_assembly.
    """
    c = COUNT_INDEX
    for name, of in (("to_order", "ordered"), ("promised", "backordered"), ("in_assembly", "in_process")):
        counts[..., c[name]] = counts[..., c[of]]
    counts[..., c["in_process"]] = 0.0
    return counts
