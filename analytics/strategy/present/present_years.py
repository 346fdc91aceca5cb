"""Today at the values in force, draw by draw, with its money: what the search for what would turn a product plays again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.forecast import Forecast
from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.strategy.plans.ledgers import (
    Setup,
    at_values_in_force,
    ato_counts,
    draw_counts,
    in_threads,
    mts_counts,
    with_measured_waits,
    years_at_once,
)
from analytics.strategy.plans.todays_way import (
    TodaysWay,
)
from analytics.strategy.present.present_played import mean_counts, money_by_draw
from analytics.strategy.present.present_policy import priced_as_today
from analytics.strategy.present.present_settings import kits_today, ordered_as_today, todays_plan

__all__ = [
    "assembled_draws",
    "assembled_today",
    "ordered_draws",
    "ordered_today",
    "stocked_draws",
    "stocked_today",
]

Array = NDArray[np.float64]


def stocked_draws(setup: Setup, items: Items, forecast: Forecast, way: TodaysWay, given: float) -> Array:
    """Counts of these products made to stock as they are today, averaged over the years of each draw: (products, draws, counts).

    In the world of `setup` at the values in force. What is set today, and the service `given` by the levels of the
    whole file, are facts.
    """
    plan, _ = todays_plan(setup, items, forecast, way, np.arange(len(items)), given=given)
    first = {
        name: np.ascontiguousarray(getattr(plan, name)[:, :1])
        for name in ("relative_quantile", "lot", "stockout_wait_days", "order_gap")
    }
    plan = replace(with_measured_waits(setup.world, replace(plan, **first)), lead_by_draw=None)
    here, draw = at_values_in_force(setup), np.arange(setup.world.paths) // setup.world.inner
    parts = in_threads(
        lambda units: mts_counts(here, plan, units, draw, False)[0],
        years_at_once(len(items), 32, setup.world.paths),
    )
    return np.asarray(np.concatenate(parts)[:, 0])


def _money(certain: Array, name: str, own: Items) -> tuple[Array, Array]:
    """Expected money (products,) and money by draw of demand (products, draws) of what was played at the values in force, draw by draw."""
    mean = mean_counts(certain[:, None], 1)[:, 0]
    expected = priced_as_today(mean, np.full(len(own), name, object), own)[1]
    return expected, money_by_draw(certain, name, own, 1)


def stocked_today(
    setup: Setup, items: Items, forecast: Forecast, way: TodaysWay, given: float
) -> tuple[Array, Array]:
    """Money of these products made to stock as they are today (see `stocked_draws`): expected (products,), and by draw of demand (products, draws)."""
    return _money(stocked_draws(setup, items, forecast, way, given), Strategy.MTS, items)


def ordered_draws(setup: Setup, way: TodaysWay) -> Array:
    """As `stocked_draws`, of products made to order today at the wait that their customers are told today."""
    there, setting, _ = ordered_as_today(at_values_in_force(setup), way)
    return draw_counts(there, Strategy.MTO, np.arange(len(setting)), setting)[0]


def ordered_today(setup: Setup, items: Items, way: TodaysWay) -> tuple[Array, Array]:
    """As `stocked_today`, of products made to order today."""
    return _money(ordered_draws(setup, way), Strategy.MTO, items)


def assembled_draws(setup: Setup, items: Items, way: TodaysWay) -> tuple[Array, NDArray[np.intp]]:
    """As `stocked_draws`, of families whose members assemble from the components as they are stocked today; with the members' positions, rising."""
    plan = replace(kits_today(setup, items, way)[0], lead_by_draw=None)
    first = {
        name: np.ascontiguousarray(getattr(plan, name)[:, :1])
        for name in ("relative_quantile", "lot", "stockout_wait_days")
    }
    plan = replace(plan, **first)
    here, years = (
        at_values_in_force(setup),
        np.arange(setup.world.paths),
    )  # who uses which share of the kits is counted year by year, as in `with_today`
    parts = in_threads(
        lambda units: ato_counts(here, plan, units, years, False)[::2],
        years_at_once(len(setup.families), 8, len(years)),
    )
    products = np.concatenate([part[1] for part in parts])
    order = np.argsort(products)
    counts = np.concatenate([part[0] for part in parts])[order, 0]
    return counts.reshape(len(counts), -1, here.world.inner, counts.shape[2]).mean(axis=2), products[order]


def assembled_today(setup: Setup, items: Items, way: TodaysWay) -> tuple[Array, Array]:
    """As `stocked_today`, of copies of families whose members assemble from the components as they are stocked today.

    Money, shapes as there.
    """
    counts, products = assembled_draws(setup, items, way)
    return _money(counts, Strategy.ATO, items.take(products))
