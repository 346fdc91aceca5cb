"""The event loop of make to order: each order is told a wait, stays or leaves, and is made after it is placed.

The same demand, deaths and customers' uniforms as in `stock`: only what the firm does differs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from analytics.forecast.paths import WEEKS, weekly_path
from analytics.randomness import subkey
from analytics.simulation.ledger import COUNT_INDEX, COUNTS
from analytics.simulation.stock import World
from analytics.simulation.world import PATIENCE_STREAM, accepted_share, death_week, exponential_patience

__all__ = ["OrderPlan", "simulate_orders"]

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

    `production_years` (products,) is the time a unit spends in own production, `units_per_order` the mean
    order size.
    """

    quote_days: NDArray[np.float64]
    production_years: NDArray[np.float64]
    units_per_order: NDArray[np.float64]


@numba.njit(nogil=True)
def _simulate_orders(
    first, last, quote, production_years, units_per_order,
    keys, mean, noise, level_error, drift, integer, family, market, family_shock, period_weeks, inner, end_week, hazard, patience, historical, orders,
    group, weight, out,
):  # fmt: skip
    settings = quote.shape[1]
    demand = np.empty(WEEKS)
    for i in range(first, last):
        for p in range(market.shape[0]):
            draw = p // inner
            g = group[p]
            w = weight[p]
            death = death_week(keys[i], np.uint64(p), hazard[i, draw], end_week[i])
            shock = market[p] * family_shock[family[i], p]
            weekly_path(keys[i], np.uint64(p), np.uint64(draw), mean[i], noise[i], level_error[i], drift[i], integer[i], shock, period_weeks, demand)
            patience_key = subkey(subkey(keys[i], np.uint64(p)), PATIENCE_STREAM)
            total = 0.0
            for t in range(WEEKS):
                if t > death:
                    demand[t] = 0.0
                total += demand[t]
            for s in range(settings):
                stays = exponential_patience(patience[i, draw], quote[i, s], historical[i])
                accepted = 0.0
                for t in range(WEEKS):
                    if demand[t] > 0.0:
                        accepted += demand[t] * accepted_share(patience_key, t, orders[i], stays)
                waits = accepted if quote[i, s] > 0.0 else 0.0
                out[i, s, g, _DEMANDED] += w * total
                out[i, s, g, _LOST] += w * (total - accepted)
                out[i, s, g, _ORDERED] += w * accepted
                out[i, s, g, _WAITED] += w * waits
                out[i, s, g, _BACKORDERED] += w * accepted * quote[i, s] / 365.0
                out[i, s, g, _IN_PROCESS] += w * accepted * production_years[i]
                out[i, s, g, _CUSTOMER_ORDERS] += w * accepted / units_per_order[i]


def simulate_orders(world: World, plan: OrderPlan, group: NDArray[np.int64], first: int, last: int) -> NDArray[np.float64]:
    """Simulate products `first` to `last` made to order; counts (products, settings, groups, counts) by group of paths."""
    groups = int(group.max()) + 1
    weight = 1.0 / np.bincount(group, minlength=groups)[group]
    products, settings = plan.quote_days.shape
    out = np.zeros((products, settings, groups, _COUNTS))
    _simulate_orders(
        first, last, plan.quote_days, plan.production_years, plan.units_per_order,
        world.keys, world.mean, world.noise, world.level_error, world.drift, world.integer, world.family, world.market, world.family_shock, world.period_weeks,
        world.inner, world.end_week, world.hazard_per_week, world.patience_per_day, world.historical_wait_days, world.orders_per_week,
        group, weight, out,
    )  # fmt: skip
    return out
