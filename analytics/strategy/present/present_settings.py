"""What is set today, as plans to play: levels, lots and services of the items file, and the stated rules for what it leaves open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.forecast import Forecast
from analytics.forecast.spread.paths import WEEKS
from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.simulation.stock import StockPlan
from analytics.strategy.compare import Comparison
from analytics.strategy.plans.batches import START, requoted_batches
from analytics.strategy.plans.kit_share import share_of_kits
from analytics.strategy.plans.ledgers import (
    Setup,
    with_measured_waits,
)
from analytics.strategy.plans.recipes import expected_weeks, lots_of, relative_quantiles, set_from
from analytics.strategy.plans.todays_way import (
    TODAYS_SERVICE,
    TodaysWay,
    kit_lot,
)
from analytics.strategy.present.present_policy import SETTINGS

__all__ = [
    "kits_of_file",
    "kits_today",
    "ordered_as_today",
    "over_interval",
    "rounded",
    "service_of_levels",
    "todays_levels",
    "todays_plan",
    "todays_services",
]

Array = NDArray[np.float64]

_LEAST_RATE = 1e-9
#: Levels of a file from which on the service they give stands for levels of it that cannot deliver.
FEWEST_LEVELS = 5
_READ_AT = np.array([0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99, 0.995])


def ordered_as_today(setup: Setup, way: TodaysWay) -> tuple[Setup, NDArray[np.intp], Array]:
    """The set-up at the waits that customers of making to order are told today, and how each product is to order then.

    Settings (products, 2), one for each half of the years, and days told at the door (products,): single orders at the wait of today;
    where a minimum rules these out the first order starts the least batch, and the wait is part of what is counted (0 here).
    """
    wait = np.nan_to_num(way.quote_days)
    order = replace(setup.order, quote_days=np.ascontiguousarray(wait[:, None]))
    setting, told = np.zeros((len(wait), 2), np.intp), wait.copy()
    batches = requoted_batches(setup.batches, wait, setup.world)
    if batches is not None:
        setting[batches.index], told[batches.index] = START, 0.0
    return replace(setup, order=order, batches=batches), setting, told


def todays_levels(items: Items) -> tuple[Array, Array, Array, Array]:
    """Reorder point, order-up-to level, order quantity and safety stock as they are set today (NaN: not known), each (products,).

    A zero that stands alone means that nobody filled the field in; a level below the reorder point makes no sense and is left out.
    """
    point, level, lot, safety = (
        np.asarray(items[name], np.float64)
        for name in ("reorder_point", "order_up_to_level", "order_quantity", "safety_stock")
    )
    lot, safety, level = (np.where(column > 0.0, column, np.nan) for column in (lot, safety, level))
    point = np.where(
        (point > 0.0) | ((point == 0.0) & (np.isfinite(level) | np.isfinite(lot))), point, np.nan
    )
    level = np.where(level < point, np.nan, level)
    return point, level, lot, np.where(np.isfinite(point) | np.isfinite(level), np.nan, safety)


def todays_services(items: Items) -> Array:
    """Service that stands for levels the file does not give, and both ends of its range: shape (products, SETTINGS)."""
    return np.stack([np.asarray(items[TODAYS_SERVICE], np.float64), *items.range(TODAYS_SERVICE)], axis=1)


def _service_quantiles(
    plan: StockPlan, forecast: Forecast, units: NDArray[np.intp], expected: Array, services: Array
) -> Array:
    """Relative quantile of demand over the protection interval at each unit's own services: shape (units, SETTINGS), as `expected` (all units, weeks) has it."""
    levels, at = np.unique(services, return_inverse=True)
    spread = (
        np.zeros(len(plan.lead_weeks)) if plan.lead_time_cv is None else plan.lead_time_cv * plan.lead_weeks
    )
    span = plan.lead_weeks + plan.review_weeks
    quantiles = relative_quantiles(forecast, set_from(forecast, expected, span), span, spread, levels)[units]
    return np.asarray(np.take_along_axis(quantiles, at.reshape(services.shape), axis=1))


def _given_service(
    plan: StockPlan, forecast: Forecast, index: NDArray[np.intp], relative: Array, still: NDArray[np.bool_]
) -> float:
    """The service per replenishment cycle that the file's own levels give at the median, where at least FEWEST_LEVELS of them can deliver (else NaN).

    Each level (`relative`: over expected demand of its protection interval) is read as a quantile of demand over that interval.
    """
    rows = np.flatnonzero(still)
    if len(rows) < FEWEST_LEVELS:
        return float("nan")
    quantiles = _service_quantiles(
        plan, forecast, index[rows], plan.expected, np.tile(_READ_AT, (len(rows), 1))
    )
    read = [float(np.interp(one, own, _READ_AT)) for one, own in zip(relative[rows], quantiles, strict=True)]
    return float(np.clip(np.round(np.median(read), 2), _READ_AT[0], 0.99))


def todays_plan(
    setup: Setup,
    items: Items,
    forecast: Forecast,
    way: TodaysWay,
    index: NDArray[np.intp],
    ended: NDArray[np.bool_] | None = None,
    given: float | None = None,
) -> tuple[StockPlan, dict[str, Array]]:
    """Today's settings of the products at `index` as a plan, and what is set: arrays (products,).

    With a reorder point s: order when the inventory position is at s or below, up to the level S where it is given, else in lots. With a level
    alone: up to it at every review. With a safety stock alone: reorder at it plus what is expected until the next delivery, which the planner does
    follow. Levels stand still otherwise, all year, whatever is sold (but those set anew as demand moves, `levels_followed`, which follow it from what they are
    now: the reorder point moves, and a level above it with it, so that what lies between is a lot, S = s + Q as Silver, Pyke and Thomas (2017), 6, set
    it); only a known end of sales is planned for. No level exceeds what would be
    excess, the demand of the cover and of the protection interval: nobody refills beyond it. Where the file gives no level, or
    one that could not pass on what is expected to be sold if every order were timed perfectly (`outdated`: its highest position once per protection
    interval), the level covers demand over that interval with a service, and the planner follows demand: the stated service, or for what is outdated the
    one that the file's other levels give (`_given_service`).
    `ended` (products,) marks those whose levels nobody refills: not read. The settings of the plan are that service and both ends of its range; all alike
    where levels are known. `given` is what the other levels give, where it is known from the whole portfolio (None: read from these products).
    """
    gone = np.zeros(len(index), bool) if ended is None else ended
    point, level, lot, safety = (np.where(gone, np.nan, column[index]) for column in todays_levels(items))
    base = setup.stock
    lead, review, cover, whole = (
        base.lead_weeks[index],
        base.review_weeks[index],
        base.cover_weeks[index],
        base.whole[index],
    )
    week = np.arange(base.expected.shape[1])
    alive = week[None, :] <= base.end_week[index][:, None]
    selling = np.maximum(alive[:, :WEEKS].sum(axis=1), 1)
    rate = np.maximum(base.expected[index][:, :WEEKS].sum(axis=1) / selling, _LEAST_RATE)
    one = np.ones(len(index)) if base.step is None else base.step[index]
    multiple = None if base.multiple is None else base.multiple[index]
    step, least = np.where(whole, one, 0.0), np.where(whole, one, rate * 1e-6)
    up_to = np.isfinite(level)
    known = np.isfinite(point) | up_to
    now = over_interval(base, index)
    followed = known & (np.nan_to_num(items["levels_followed"][index]) > 0.0) & (now > _LEAST_RATE)
    as_lot = followed & up_to & (level > point)
    lot, up_to = np.where(as_lot, level - point, lot), up_to & ~as_lot
    in_use = np.where(np.isfinite(lot), lot, lots_of(way.lot[index][:, None], whole, one, multiple)[:, 0])
    still = known & ~followed
    # a level that stands still is a number of whole weeks of demand: where days are played, no weekday moves it
    planned = np.where(still, np.maximum(np.ceil(lead + review - 1e-9), 1.0) - review, -1.0)
    ahead = rate * np.where(still, planned + review, lead + review)
    target = np.where(up_to, level, np.where(np.isfinite(point), point + step, ahead + np.nan_to_num(safety)))
    outdated = still & (target + np.where(up_to, least, in_use) < rate * (lead + review))
    still, up_to = still & ~outdated, up_to & ~outdated
    planned = np.where(still, planned, -1.0)
    ahead = np.where(followed, now, ahead)
    gap = np.where(up_to & np.isfinite(point), level - point, 0.0)
    target = np.where(still, np.minimum(target, np.maximum(rate * cover + ahead, step)), target)
    relative = np.repeat((target / ahead)[:, None], SETTINGS, axis=1)
    by_service = ~still & ~followed & np.isnan(safety)
    rows = np.flatnonzero(by_service)
    service = np.full(len(index), np.nan)
    if given is None:
        given = _given_service(
            base, forecast, index, np.where(np.isfinite(point), point + step, level) / ahead, still
        )
    if len(rows):
        services = todays_services(items)[index]
        services[outdated] = np.where(np.isfinite(given), given, services[outdated])
        relative[rows] = _service_quantiles(base, forecast, index[rows], base.expected, services[rows])
        service[rows] = services[rows, 0]
    lots = np.repeat(np.where(up_to, least, in_use)[:, None], SETTINGS, axis=1)
    plan = replace(
        base, start=np.arange(len(index) + 1), members=index.astype(np.int64), expected=np.where(still[:, None], rate[:, None] * alive, base.expected[index]),
        relative_quantile=np.ascontiguousarray(relative), lot=np.ascontiguousarray(lots), lead_weeks=lead, review_weeks=review, moq=base.moq[index],
        smoothing=np.where(still, 0.0, base.smoothing[index]), cover_weeks=cover, end_week=base.end_week[index], whole=whole,
        stockout_wait_days=np.repeat(base.stockout_wait_days[index][:, :1], SETTINGS, axis=1), share_waiting=base.share_waiting[index],
        production_weeks=base.production_weeks[index],
        order_gap=np.repeat(np.minimum(gap, target)[:, None], SETTINGS, axis=1),
        lead_by_draw=None if base.lead_by_draw is None else base.lead_by_draw[index], lead_time_cv=None if base.lead_time_cv is None else base.lead_time_cv[index],
        shelf_weeks=None if base.shelf_weeks is None else base.shelf_weeks[index], planned_weeks=planned,
        multiple=multiple, step=None if base.step is None else one,
        # a level that stands still is ordered again whatever the year was
        level_variance=None if base.level_variance is None else np.where(still, 0.0, base.level_variance[index]),
    )  # fmt: skip
    planned_level = rounded(over_interval(base, index) * relative[:, 0], whole, one)
    stated_point = np.where(
        by_service,
        planned_level - step,
        np.where(np.isfinite(point), point, np.where(up_to, level - step, target - step)),
    )
    shown = {
        "reorder_point": stated_point, "order_up_to_level": np.where(up_to, level, np.nan), "order_quantity": np.where(up_to, np.nan, np.maximum(in_use, plan.moq)),
        "outdated": outdated, "service": service, "given": np.full(len(index), given),
    }  # fmt: skip
    return plan, shown


def service_of_levels(
    comparison: Comparison,
    setup: Setup,
    items: Items,
    forecast: Forecast,
    way: TodaysWay,
    ended: NDArray[np.bool_],
) -> float:
    """The service that the levels of the file give, of all products made to stock today: it stands for a level that cannot deliver (NaN: too few can)."""
    today = comparison.today
    index = np.zeros(0, np.intp) if today is None else today.index[today.strategy == Strategy.MTS]
    if not len(index):
        return float("nan")
    return float(todays_plan(setup, items, forecast, way, index, ended[index])[1]["given"][0])


def rounded(level: Array, whole: NDArray[np.bool_], step: Array) -> Array:
    """A level in whole steps where products come in whole units, else as it is, (units,)."""
    return np.where(whole, np.round(level / step) * step, level)


def over_interval(plan: StockPlan, units: NDArray[np.intp]) -> Array:
    """Expected demand over the protection interval from now on, (units,)."""
    span = plan.lead_weeks[units] + plan.review_weeks[units]
    within = np.clip(span[:, None] - np.arange(plan.expected.shape[1])[None, :], 0.0, 1.0)
    return np.asarray((plan.expected[units] * within).sum(axis=1))


def kits_of_file(setup: Setup, items: Items, way: TodaysWay) -> tuple[Array, Array]:
    """Reorder point and lot of each family's component kits as the file sets them (NaN: not set), two arrays (families,), units of the family.

    The file gives a product that is assembled today its share of them, so that kits_of_file = sum of what its members are given / their share of the
    family's expected demand (`share_of_kits`); members that are run otherwise, or have no reorder point, say nothing. Source: definition, the inverse of
    `strategy.planned_settings.component_levels`.
    """
    point, _, given, _ = todays_levels(items)
    assembled = np.array([str(mode).upper() == Strategy.ATO for mode in items["current_mode"]])
    said, lot = assembled & np.isfinite(point), np.where(np.isfinite(given), given, way.lot)
    points, lots = np.full((2, len(setup.families)), np.nan)
    for f, members in enumerate(setup.families):
        share = share_of_kits(setup, members)[said[members]].sum()
        if share > 0.0:
            own = members[said[members]]
            points[f], lots[f] = point[own].sum() / share, lot[own].sum() / share
    return points, lots


def kits_today(setup: Setup, items: Items, way: TodaysWay) -> tuple[StockPlan, Array, Array, Array]:
    """How each family's components are stocked today: the plan, its lot (families,), relative quantiles and services (families, SETTINGS).

    By the levels of the file where it gives its members any (`kits_of_file`; their services are NaN), else by the stated service.
    """
    assert setup.assembly is not None and setup.totals is not None
    base = setup.assembly
    services = np.stack([todays_services(items)[members].mean(axis=0) for members in setup.families])
    points, lots = kits_of_file(setup, items, way)
    given = np.isfinite(points)
    lot = np.where(given, lots, [kit_lot(way, members) for members in setup.families])
    one = np.ones(len(lot)) if base.step is None else base.step
    lot = np.maximum(lots_of(lot[:, None], base.whole, one, base.multiple)[:, 0], base.moq)
    relative = _service_quantiles(
        base,
        setup.totals,
        np.arange(len(setup.families)),
        expected_weeks(setup.totals, base.expected.shape[1]),
        services,
    )
    level = points + np.where(base.whole, one, 0.0)
    ahead = over_interval(base, np.arange(len(setup.families)))
    relative[given] = (level / np.maximum(ahead, _LEAST_RATE))[given, None]
    services[given] = np.nan
    plan = replace(
        base, relative_quantile=np.ascontiguousarray(relative), lot=np.repeat(lot[:, None], SETTINGS, axis=1),
        stockout_wait_days=np.repeat(base.stockout_wait_days[:, :1], SETTINGS, axis=1), order_gap=None,
    )  # fmt: skip
    return with_measured_waits(setup.world, plan), lot, relative, services
