"""Small worlds and plans to simulate in tests: every value drawn off the special points unless asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from analytics.forecast.spread.paths import WEEKS
from analytics.randomness import sku_keys
from analytics.simulation.stock import StockPlan, World

__all__ = ["one_setting", "plan_of", "poisson_world", "small_plan", "small_world"]


def _table(rng: np.random.Generator, rows: int, spread: float, knots: int = 16) -> np.ndarray:
    table = np.sort(rng.gamma(1.0 / spread**2, spread**2, size=(rows, knots + 1)), axis=1)
    return table / ((table[:, 1:] + table[:, :-1]).mean(axis=1, keepdims=True) / 2.0)


def small_world(
    seed: int = 3,
    products: int = 5,
    draws: int = 3,
    inner: int = 2,
    period_weeks: float = 1.0,
    **changes: Any,
) -> World:
    """A world with every effect at work: noise, errors, drift, shocks, death, known ends, impatience, whole and fractional goods."""
    rng = np.random.default_rng(seed)
    periods = int(np.ceil(60 / period_weeks))
    paths = draws * inner
    world = World(
        keys=sku_keys([f"sku {seed} {i}" for i in range(products)], 7),
        mean=rng.gamma(2.0, 4.0, (products, 1)) * period_weeks * rng.uniform(0.6, 1.4, (products, periods)),
        noise=_table(rng, products, 0.6), level_error=_table(rng, products, 0.2), drift=rng.choice([0.0, 0.03], products), integer=rng.random(products) < 0.6,
        family=rng.integers(0, 3, products), market=rng.lognormal(0, 0.1, paths), family_shock=np.vstack([rng.lognormal(0, 0.1, (2, paths)), np.ones(paths)]),
        period_weeks=period_weeks, inner=inner, end_week=np.where(rng.random(products) < 0.2, 30.0, 1e9),
        hazard_per_week=np.repeat(rng.uniform(0.0, 0.02, (products, 1)), draws, 1),
        patience_per_day=rng.uniform(0.01, 0.1, (products, draws)), historical_wait_days=rng.choice([0.0, 2.5], products), orders_per_week=rng.integers(1, 9, products),
    )  # fmt: skip
    sizes = rng.choice([0.0, 1.0, 2.5, 6.0], products)
    return replace(world, **{"mean_order": sizes, "lump": 1.3 * sizes, **changes})


def poisson_world(
    rate: float, products: int = 1, draws: int = 1, inner: int = 400, name: str = "p", **changes: Any
) -> World:
    """Plain Poisson demand of one rate: no noise, no error, no death, patient customers."""
    ones = np.ones((products, 3))
    paths = draws * inner
    world = World(
        sku_keys([f"{name} {i}" for i in range(products)], 11), np.full((products, 60), rate), ones, ones, np.zeros(products),
        np.ones(products, bool), np.zeros(products, np.int64),
        np.ones(paths), np.ones((1, paths)), 1.0, inner, np.full(products, 1e9), np.zeros((products, draws)), np.zeros((products, draws)), np.zeros(products),
        np.full(products, 4),
    )  # fmt: skip
    return replace(world, **changes)


def plan_of(
    world: World, quantile: Any, lot: Any, lead: int = 2, review: int = 1, **changes: Any
) -> StockPlan:
    """One unit per product, the planner expecting the mean, no learning, no clearing, everything waits in a stockout."""
    n = len(world.keys)
    grid = np.broadcast_to(np.asarray(quantile, float), (n, np.size(quantile))).copy()
    lots = np.broadcast_to(np.asarray(lot, float), grid.shape).copy()
    plan = StockPlan(
        np.arange(n + 1), np.arange(n), np.repeat(world.mean[:, :1], 150, axis=1), grid, lots, np.full(n, lead), np.full(n, review), np.zeros(n), np.zeros(n), np.full(n, 60),
        np.full(n, 1e9), world.integer.copy(), np.zeros(n), np.full(grid.shape, 3.5), np.ones(n), np.full(n, 0.7 * lead),
    )  # fmt: skip
    return replace(plan, **changes)


def small_plan(world: World, seed: int = 5, settings: int = 5, **changes: Any) -> StockPlan:
    """A plan with everything at work: lots, minimum orders, learning, clearing, known ends, both waiting rules, two products in the last unit."""
    rng = np.random.default_rng(seed)
    n = len(world.keys)
    units = n - 1
    start = np.append(np.arange(units), n)
    members = rng.permutation(n)
    rate = np.array(
        [
            world.mean[members[start[u] : start[u + 1]]].mean(axis=1).sum() / world.period_weeks
            for u in range(units)
        ]
    )
    whole = np.array([world.integer[members[start[u] : start[u + 1]]].all() for u in range(units)])
    ends = np.array([world.end_week[members[start[u] : start[u + 1]]].max() for u in range(units)])
    expected = rate[:, None] * rng.uniform(0.7, 1.3, (units, 90))
    expected[ends < WEEKS, 31:] = 0.0
    plan = StockPlan(
        start, members, expected, np.sort(rng.uniform(0.3, 1.8, (units, settings))), np.maximum(1.0, np.round(rate[:, None] * rng.choice([0.0, 1.3, 4.0], (units, settings)))),
        rng.integers(0, 6, units), rng.integers(1, 4, units), np.round(rng.choice([0.0, 15.0], units)), rng.choice([0.0, 0.2], units), rng.choice([2, 40], units),
        ends, whole, rng.choice([0.0, 4.0], n), rng.uniform(2.0, 20.0, (units, settings)), rng.choice([np.nan, 0.0, 0.3, 1.0], units),
        rng.uniform(0.0, 3.0, units),
        rng.choice([0.0, 6.0], (units, settings)),
    )  # fmt: skip
    return replace(plan, **changes)


def one_setting(plan: StockPlan, s: int) -> StockPlan:
    """The same plan with the grid's setting s alone."""
    gap = None if plan.order_gap is None else plan.order_gap[:, s : s + 1].copy()
    columns = {
        name: getattr(plan, name)[:, s : s + 1].copy()
        for name in ("relative_quantile", "lot", "stockout_wait_days")
    }
    return replace(plan, **columns, order_gap=gap)
