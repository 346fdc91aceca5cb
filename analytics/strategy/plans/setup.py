"""Setup of a portfolio: its simulated world, and a plan for every strategy."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand.order_sizes import OrderSizes
from analytics.forecast import Forecast
from analytics.forecast.spread.paths import WEEKS, PathPlan, path_plan
from analytics.items import Items
from analytics.simulation.order import OrderPlan
from analytics.simulation.stock import StockPlan
from analytics.simulation.world import BYTES_DRAWN, World, nothing_drawn, with_demand_drawn
from analytics.strategy.plans.batches import batch_plan
from analytics.strategy.plans.component_pools import Outlook, stacked_forecasts
from analytics.strategy.plans.draws import COMMON_SEED
from analytics.strategy.plans.ledgers import Setup, with_measured_waits
from analytics.strategy.plans.perhaps_ended import PerhapsEnded, perhaps_ended_of
from analytics.strategy.plans.recipes import (
    NO_QUOTE_DAYS,
    Grid,
    assembly_plan,
    expected_weeks,
    order_plan,
    simulation_world,
    stock_plan,
)
from analytics.strategy.plans.split_by_order_size import (
    channel_refusals,
    hybrid_plan,
    orders_to_split,
    refusals,
)
from analytics.strategy.plans.steps import DayPattern, played_by_day

__all__ = [
    "LARGE_PORTFOLIO",
    "build_setup",
    "demand_held",
    "demand_let_go",
    "requoted",
    "with_assembly",
]

#: From this many products on, fewer paths are simulated (a note says so).
LARGE_PORTFOLIO = 5000
#: Bytes of demand drawn once and held for all strategies; more is drawn again where it is used.
_HELD_DEMAND = 100_000_000


def build_setup(outlook: Outlook, items: Items, members: tuple[NDArray[np.intp], ...], draws: int | None = None, orders: OrderSizes | None = None,
                days: DayPattern | None = None) -> Setup:  # fmt: skip
    """World and plans of a portfolio.

    World and plans of a portfolio; `members` are the families that assemble together, `draws` the parameter draws (None: by the number of products),
    `orders` what is known of order sizes (None: nothing, and large orders are not told apart), `days` how orders fall on days (None: evenly, all of the mean size).
    """
    plan = path_plan(
        outlook.forecast,
        outlook.families,
        outlook.seed,
        draws=draws or (25 if len(items) > LARGE_PORTFOLIO else 50),
        inner=8,
    )
    with ThreadPoolExecutor(
        1
    ) as beside:  # the families' totals are fitted while compiled code draws demand and tries the settings
        totals = beside.submit(outlook.pools, items, members) if members else None
        alone = _alone(items, outlook.forecast, plan, Grid(), members, outlook.seed, orders, days)
        common = path_plan(outlook.forecast, outlook.families, COMMON_SEED, plan.draws, plan.inner)
        alone = replace(
            alone, ended=_perhaps_ended(outlook, items), common_shocks=(common.market, common.family)
        )
        return alone if totals is None else _assembling(alone, items, members, totals.result())


def _perhaps_ended(outlook: Outlook, items: Items) -> PerhapsEnded:
    """What may have ended unnoticed, of the products of `items`: the outlook may know more of them, in another order."""
    life, panel = outlook.life, outlook.panel
    place = {str(sku): k for k, sku in enumerate(life.skus)}
    rows = np.array([place[str(sku)] for sku in items.skus], np.intp)
    silent = np.where(panel.last < 0, np.nan, panel.units.shape[1] - 1.0 - panel.last)
    return perhaps_ended_of(
        outlook.forecast.alive,
        life.ended[rows],
        np.asarray(items["on_hand"], np.float64),
        (silent / panel.periods_per_year)[rows],
    )


def _alone(
    items: Items,
    forecast: Forecast,
    plan: PathPlan,
    grid: Grid,
    members: tuple[NDArray[np.intp], ...],
    seed: int,
    orders: OrderSizes | None,
    days: DayPattern | None,
) -> Setup:
    """World and plans of every product on its own: nothing is assembled."""
    by_day = played_by_day(items, members, expected_weeks(forecast, WEEKS).sum(axis=1))
    pattern = (
        (None, None)
        if days is None
        else (days.day_share(forecast.first_period), days.order_size(items, forecast.integer, forecast.steps))
    )
    world = demand_held(simulation_world(forecast, items, plan, by_day, *pattern))
    stock = with_measured_waits(world, stock_plan(forecast, items, world, grid, seed))
    door_years = (
        np.minimum(np.nan_to_num(items["assembly_days"]), np.nan_to_num(items["production_days"])) / 365.0
    )
    order = order_plan(items)
    hybrid = (
        None
        if orders is None
        else hybrid_plan(world, stock, order, orders_to_split(orders), forecast.alive, items)
    )
    said = _not_split(world, stock, order, orders)
    return Setup(
        items.skus, world, forecast.alive, stock, order, None, (), seed, door_years, hybrid, not_split=said,
        batches=batch_plan(items, world, stock, order),
        not_by_channel=None if orders is None else channel_refusals(world, stock, order, orders),
    )  # fmt: skip


def _not_split(
    world: World, stock: StockPlan, order: OrderPlan, orders: OrderSizes | None
) -> NDArray[Any] | None:
    """Why products are not split by order size (None: it is not asked, or the file holds totals, of which no order is known)."""
    if orders is None or not len(orders.size):
        return None
    return refusals(world, stock, order, orders)


def requoted(setup: Setup, items: Items, orders: OrderSizes | None) -> Setup:
    """The same set-up where only what is quoted to order has changed: stock and components hear nothing of it."""
    order = order_plan(items)
    hybrid, said, apart = setup.hybrid, setup.not_split, setup.not_by_channel
    if orders is not None and not np.array_equal(
        order.quote_days < NO_QUOTE_DAYS, setup.order.quote_days < NO_QUOTE_DAYS
    ):
        hybrid = hybrid_plan(setup.world, setup.stock, order, orders_to_split(orders), setup.alive, items)
        said = _not_split(setup.world, setup.stock, order, orders)
        apart = channel_refusals(setup.world, setup.stock, order, orders)
    batches = batch_plan(items, setup.world, setup.stock, order)
    return replace(setup, order=order, hybrid=hybrid, not_split=said, batches=batches, not_by_channel=apart)


def demand_held(world: World, first: NDArray[np.intp] | None = None) -> World:
    """The world with its demand drawn once, for every pass that follows: of all products where memory allows; else of as many of the `first` (positions)."""
    threads = os.cpu_count() or 1
    if first is not None:
        first = np.sort(first[: _HELD_DEMAND // (world.paths * WEEKS * BYTES_DRAWN)])
    return with_demand_drawn(world, _HELD_DEMAND, threads, first)


def demand_let_go(setup: Setup) -> Setup:
    """The same set-up without the demand that was drawn beforehand: what is kept need not hold it, and no number changes."""
    return replace(setup, world=replace(setup.world, drawn=nothing_drawn(), drawn_row=None))


def with_assembly(
    setup: Setup, outlook: Outlook, items: Items, members: tuple[NDArray[np.intp], ...]
) -> Setup:
    """The same portfolio with these families assembling together: their totals are forecast and stocked as components.

    A pool that only some members join is forecast beside the whole families, so that it learns its errors from the same pool; what another family does
    changes nothing of it.
    `members` are positions of products, an array per family.
    """
    if not members:
        return replace(setup, assembly=None, families=(), totals=None)
    whole = tuple(f for f in setup.families if len(f))
    totals = [outlook.pool_beside(items, pool, whole) for pool in members]
    return _assembling(setup, items, members, stacked_forecasts(totals))


def _assembling(setup: Setup, items: Items, members: tuple[NDArray[np.intp], ...], total: Forecast) -> Setup:
    """The portfolio with the component stocks of these families, whose totals are forecast."""
    assembly = with_measured_waits(
        setup.world, assembly_plan(members, total, setup.world, items, Grid(), setup.seed)
    )
    return replace(setup, assembly=assembly, families=members, totals=total)
