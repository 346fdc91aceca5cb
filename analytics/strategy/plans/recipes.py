"""The strategies as recipes: what each tells the simulation to do, from items and forecast alone.

One concept: what is told to the simulation. The world and the plans of all strategies round lead times, lots
and minimum quantities by the same rules, so that they meet the same demand with the same supply.

Money plays no part here: grids are fixed in service levels, weeks of cover and days quoted; prices choose
on them afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from analytics.demand.panel import PERIOD_WEEKS
from analytics.forecast.forecast import Forecast
from analytics.forecast.spread.paths import WEEKS, PathPlan
from analytics.forecast.spread.quantile_tables import table_variance
from analytics.forecast.spread.totals import HIGHEST_LEVEL, later_quantiles, total_quantiles
from analytics.items import Items
from analytics.policy.levels import SLOW_ORDERS, demand_over_interval, empty_shelf_wait, whole_levels
from analytics.policy.patience import share_staying
from analytics.simulation.order import OrderPlan
from analytics.simulation.stock import StockPlan, World
from analytics.simulation.world import MAX_ORDERS, in_force
from analytics.strategy.plans.draws import assumption_uniforms, drawn_values

__all__ = [
    "DRAWN_PHYSICS",
    "NO_QUOTE_DAYS",
    "QUIET_ORDERS",
    "QUOTE_FACTORS",
    "Grid",
    "assembly_plan",
    "expected_weeks",
    "least_lot",
    "lots_of",
    "mean_order_size",
    "minimum_binds",
    "order_plan",
    "planned_weeks",
    "relative_quantiles",
    "replenishment_weeks",
    "rounded_weeks",
    "season_ahead",
    "simulation_world",
    "stock_plan",
    "weeks_of",
]  # fmt: skip

_NEVER = 1e9
#: A quote of this many days or more means that no lead time can be promised: not offered.
NO_QUOTE_DAYS = 1e8

#: A season is far off where its busiest interval brings more than so many times what the next one does.
FAR_SEASON = 3.0
#: An interval is quiet where fewer orders are expected in it.
QUIET_ORDERS = 6.0

#: Quotes simulated beside the one in force (which is factor 1), for the picture of profit by quote.
QUOTE_FACTORS = (1.0, 0.5, 1.5, 2.0, 3.0)


#: Assumed values that the simulation draws from their range beside the prices; given and confirmed values stay fixed.
DRAWN_PHYSICS = ("hazard_per_year", "patience_per_day", "component_lead_days", "production_days")


@dataclass(frozen=True)
class Grid:
    """Settings of a stocking strategy, the same for every product: lots in weeks of cover (0: lot for lot), and the service levels tried with each.

    A lot of Q weeks, held at h a year, goes with the level 1 - h Q / (52 x what a unit short costs): the longer it lasts, the rarer the
    shelf runs low and the less the level matters, so that few levels are tried with long lots and the highest with short ones. Chosen are
    those whose absence costs most on two samples and 500 made-up products, each at seven to eight sets of prices and for patient and
    impatient customers. Against 12 levels with every lot the loss is 0.0011 % of revenue on average (worst product 0.06 %) on the
    bicycles, 0.0001 % (0.01 %) on the household goods, 0.0028 % (0.18 %) on those made up.
    """

    levels_by_lot: tuple[tuple[float, tuple[float, ...]], ...] = (
        (0.0, (0.05, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)),
        (4.0, (0.05, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.975)),
        (7.0, (0.05, 0.15, 0.5, 0.7, 0.8, 0.9)),
        (13.0, (0.05, 0.3, 0.5, 0.7, 0.8, 0.9, 0.975)),
        (26.0, (0.05, 0.3, 0.5, 0.7, 0.9)),
        (52.0, (0.05, 0.3, 0.5, 0.8, 0.95)),
        (104.0, (0.05, 0.8)),
    )

    @property
    def service_levels(self) -> tuple[float, ...]:
        """The service levels tried with any lot, rising."""
        return tuple(sorted({level for _, levels in self.levels_by_lot for level in levels}))

    @property
    def lot_weeks(self) -> tuple[float, ...]:
        """The lots, in weeks of cover, rising."""
        return tuple(weeks for weeks, _ in self.levels_by_lot)

    def flat(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Service level and lot cover of every setting, by rising level, then lot: two arrays of shape (settings,)."""
        both = sorted((level, weeks) for weeks, levels in self.levels_by_lot for level in levels)
        level, lot = np.array(both, np.float64).T
        return level, lot


def rounded_weeks(days: NDArray[np.float64], steps_per_week: NDArray[np.int64]) -> NDArray[np.float64]:
    """Days as weeks, rounded to whole steps of each product's simulation (half a step rounds up). `days` has shape (products, ...).

    >>> rounded_weeks(np.array([10.0, 10.0]), np.array([1, 7])).round(3).tolist()
    [1.0, 1.429]
    """
    steps = steps_per_week.reshape(-1, *([1] * (np.ndim(days) - 1)))
    return np.floor(np.nan_to_num(days) / 7.0 * steps + 0.5) / steps


def weeks_of(days: NDArray[np.float64]) -> NDArray[np.int64]:
    """Days rounded to whole weeks (half a week rounds up).

    >>> weeks_of(np.array([3.0, 3.5, 35.0])).tolist()
    [0, 1, 5]
    """
    return np.floor(np.nan_to_num(days) / 7.0 + 0.5).astype(np.int64)


def replenishment_weeks(items: Items) -> NDArray[np.int64]:
    """Replenishment time of finished stock in weeks: components plus production (bought in: vendor's lead time)."""
    return weeks_of(items["component_lead_days"] + np.nan_to_num(items["production_days"]))


def _lead_by_draw(
    items: Items,
    draws: int,
    seed: int,
    steps_per_week: NDArray[np.int64],
    less: NDArray[np.float64] | float = 0.0,
) -> NDArray[np.float64]:
    """Replenishment time in every parameter draw, in weeks (whole steps): shape (products, draws).

    Where it is assumed it lies anywhere in its range: the firm knows it, we do not. `less` are days that do not count
    (final assembly, when components are stocked).
    """
    parts, own = (
        drawn_values(items, name, assumption_uniforms(name, draws, seed))
        for name in ("component_lead_days", "production_days")
    )
    return rounded_weeks(
        np.maximum(parts + np.nan_to_num(own) - np.reshape(less, (-1, 1)), 0.0), steps_per_week
    )


def drawn_anew(
    items: Items,
    world: World,
    stock: StockPlan,
    assembly: StockPlan | None,
    families: Sequence[NDArray[np.intp]],
    seed: int,
) -> tuple[World, StockPlan, StockPlan | None]:
    """World and plans with chances of ending, patience and lead times drawn from their ranges under another seed; else as they are.

    A lead time is no longer than the longest that the plan was made for.
    """
    draws, steps = world.hazard_per_week.shape[1], world.steps_per_week
    hazard, patience = (
        drawn_values(items, name, assumption_uniforms(name, draws, seed))
        for name in ("hazard_per_year", "patience_per_day")
    )

    def led(plan: StockPlan, lead: NDArray[np.float64]) -> StockPlan:
        if plan.lead_by_draw is None:  # a plan at the values in force: nothing of it is drawn
            return plan
        return replace(plan, lead_by_draw=np.minimum(lead, plan.lead_by_draw.max(axis=1, keepdims=True)))

    stock = led(stock, _lead_by_draw(items, draws, seed, steps))
    if assembly is not None:
        door = np.minimum(np.nan_to_num(items["assembly_days"]), np.nan_to_num(items["production_days"]))
        longest = _lead_by_draw(items, draws, seed, steps, door)
        assembly = led(assembly, np.array([longest[f].max(axis=0) for f in families]).reshape(-1, draws))
    return replace(world, hazard_per_week=hazard / WEEKS, patience_per_day=patience), stock, assembly


def _shelf_weeks(items: Items, steps_per_week: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weeks that goods keep, in whole steps and at least one; 0: for ever."""
    days = np.nan_to_num(items["shelf_life_days"])
    return np.where(days > 0.0, np.maximum(np.floor(days / 7.0 * steps_per_week), 1.0) / steps_per_week, 0.0)


def _widened(
    relative: NDArray[np.float64],
    levels: NDArray[np.float64],
    span_weeks: NDArray[np.float64],
    lead_deviation: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Relative quantiles of demand over a protection interval whose length varies from order to order.

    Var = E[interval] x variance of demand + (mean demand)^2 x Var[lead time] (Hadley and Whitin 1963): deviations from the
    mean, which is 1, grow by the root of the ratio of the two variances. `relative` has shape (products, settings), `levels`
    (settings,), `lead_deviation` (products,) is the standard deviation of the lead time in weeks.
    """
    k = int(np.argmin(np.abs(levels - 0.9)))
    of_demand = np.maximum((relative[:, k] - 1.0) / ndtri(min(levels[k], HIGHEST_LEVEL)), 1e-3)
    factor = np.sqrt(1.0 + (lead_deviation / np.maximum(span_weeks, 1.0 / 7.0) / of_demand) ** 2)
    return np.maximum(1.0 + (relative - 1.0) * factor[:, None], 0.0)


def _end_week(forecast: Forecast, steps_per_week: NDArray[np.int64] | int = 1) -> NDArray[np.float64]:
    """Last week in which a product sells, from its known end (1e9: none); where days are played, the last day in weeks."""
    days = (
        (forecast.known_end.astype("datetime64[D]") - forecast.first_period)
        .astype("timedelta64[D]")
        .astype(np.float64)
    )
    known = ~np.isnat(forecast.known_end)
    return np.where(
        known,
        np.maximum(np.floor(np.where(known, days, 0.0) / 7.0 * steps_per_week), -1.0) / steps_per_week,
        _NEVER,
    )


def expected_weeks(forecast: Forecast, weeks: int) -> NDArray[np.float64]:
    """Expected demand per week, shape (products, weeks), zero after a known end; beyond the forecast its last year repeats."""
    span = PERIOD_WEEKS[forecast.frequency]
    needed = int(np.ceil(weeks / span)) + 1
    mean = forecast.mean
    year = min(mean.shape[1], round(WEEKS / span))
    while mean.shape[1] < needed:
        mean = np.concatenate([mean, mean[:, -year:]], axis=1)
    cumulative = np.concatenate([np.zeros((len(mean), 1)), np.cumsum(mean, axis=1)], axis=1)
    edges = np.arange(weeks + 1) / span
    lower = np.floor(edges + 1e-9).astype(np.int64)
    part = edges - lower
    at_edges = cumulative[:, lower] + part * (
        cumulative[:, np.minimum(lower + 1, cumulative.shape[1] - 1)] - cumulative[:, lower]
    )
    expected = np.maximum(np.diff(at_edges, axis=1), 0.0)
    expected[np.arange(weeks)[None, :] > _end_week(forecast)[:, None]] = 0.0
    return expected


def season_ahead(forecast: Forecast, span_weeks: NDArray[np.float64]) -> NDArray[np.int64]:
    """Periods from now at which the busiest interval of the year begins where it is far off, else 0: shape (products,).

    Far off: it brings over FAR_SEASON times what the interval next ahead, of `span_weeks` (products,), does.
    """
    span = PERIOD_WEEKS[forecast.frequency]
    begins = np.arange(max(round(WEEKS / span), 1)) * span
    weekly = expected_weeks(forecast, WEEKS + int(np.ceil(span_weeks.max(initial=1.0))) + 2)
    until = np.concatenate([np.zeros((len(weekly), 1)), weekly.cumsum(axis=1)], axis=1)

    def by(weeks: NDArray[np.float64]) -> NDArray[np.float64]:
        whole = weeks.astype(np.int64)
        before, after = (np.take_along_axis(until, place, axis=1) for place in (whole, whole + 1))
        return np.asarray(before + (weeks - whole) * (after - before), np.float64)

    first = np.repeat(begins[None, :], len(weekly), axis=0)
    brings = by(first + span_weeks[:, None]) - by(first)
    far = brings.max(axis=1) > FAR_SEASON * brings[:, 0]
    return np.where(far, brings.argmax(axis=1), 0)


def _order_size(forecast: Forecast) -> NDArray[np.float64]:
    """What customers order at once, in units, shape (products,): a step where that is not known."""
    return forecast.steps if forecast.mean_order is None else np.maximum(forecast.mean_order, forecast.steps)


def _slow(forecast: Forecast, expected: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Products under SLOW_ORDERS orders in the year of `expected` (products, weeks): shape (products,)."""
    return np.asarray(expected[:, :WEEKS].sum(axis=1) < SLOW_ORDERS * _order_size(forecast))


def planned_weeks(forecast: Forecast, weeks: int) -> NDArray[np.float64]:
    """Demand a week that levels are counted by: what is expected, spread evenly over the year for products under SLOW_ORDERS orders a year.

    Their levels are whole and are to be what is shown all year: counted by the few sales of a quiet interval and scaled by the season, a level of one unit
    would be a hundred in December. Returns the shape of `expected_weeks`.
    """
    expected = expected_weeks(forecast, weeks)
    end = _end_week(forecast)
    for i in np.flatnonzero(_slow(forecast, expected)):
        lives = np.arange(weeks) <= end[i]
        if lives[:WEEKS].any():
            expected[i] = np.where(lives, expected[i, :WEEKS][lives[:WEEKS]].mean(), 0.0)
    return expected


def mean_order_size(
    items: Items, integer: NDArray[np.bool_], step: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean order size in whole steps where goods are whole (not known: single ones, or 0 where goods are not whole). Shape (products,)."""
    mean = np.nan_to_num(items["units_per_order"])
    return np.where(integer, np.maximum(np.round(mean / step), 1.0) * step, mean)


def least_lot(items: Items) -> NDArray[np.float64]:
    """The least that can be ordered or made at once: the minimum, in whole multiples where there is one; 0 where neither is known. Shape (products,), units."""
    moq, multiple = (np.nan_to_num(np.asarray(items[name], np.float64)) for name in ("moq", "order_multiple"))
    return np.where(
        multiple > 0.0, np.maximum(np.ceil(moq / np.maximum(multiple, 1e-300) - 1e-9), 1.0) * multiple, moq
    )


def _whole_least(
    least: NDArray[np.float64],
    whole: NDArray[np.bool_],
    step: NDArray[np.float64],
    multiple: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The least lot as it is ordered: whole steps where goods are whole and no multiple says otherwise. All (products,)."""
    return np.where(whole & (multiple <= 0.0), np.ceil(least / step - 1e-6) * step, least)


def minimum_binds(items: Items) -> NDArray[np.bool_]:
    """Products that cannot be made or bought one order at a time.

    Products that cannot be made or bought one order at a time: the least lot is above the order size, or an order would leave more than a tenth of itself
    over to the next multiple. Made and bought alike; a minimum at or below the order size changes nothing. Shape (products,).
    """
    size = np.maximum(np.nan_to_num(items["units_per_order"], nan=1.0), 1e-9)
    size = np.maximum(
        size, np.nan_to_num(items["smallest_quantity"])
    )  # nobody orders less than what is sold at once
    multiple, step = (
        np.nan_to_num(items["order_multiple"]),
        np.nan_to_num(items["smallest_quantity"], nan=1.0),
    )
    in_multiples = (
        np.abs(step / np.maximum(multiple, 1e-300) - np.rint(step / np.maximum(multiple, 1e-300))) <= 1e-6
    )
    return np.asarray(
        (least_lot(items) > size * (1.0 + 1e-9))
        | ((multiple > 0.1 * size) & ~(in_multiples & (step >= multiple * (1.0 - 1e-9))))
    )


def lots_of(
    lot: NDArray[np.float64],
    whole: NDArray[np.bool_],
    step: NDArray[np.float64],
    multiple: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """Lots as they can be ordered: whole steps where goods are whole, at least one, and the next multiple where there is one. `lot` (products, settings)."""
    out = np.where(
        whole[:, None],
        np.maximum(np.round(lot / step[:, None]), 1.0) * step[:, None],
        np.maximum(lot, 1e-9 * step[:, None]),
    )
    if multiple is None:
        return out
    size = multiple[:, None]
    return np.where(size > 0.0, np.maximum(np.ceil(out / np.maximum(size, 1e-300) - 1e-9), 1.0) * size, out)


def simulation_world(forecast: Forecast, items: Items, plan: PathPlan, by_day: NDArray[np.bool_] | None = None, day_share: NDArray[np.float64] | None = None,
                     order_size: NDArray[np.float64] | None = None) -> World:  # fmt: skip
    """Nature as the simulation needs it: the forecast's arrays, hazards and patience drawn per parameter draw.

    `by_day` says which products are played by day (None: none), `day_share` (7,) how a week's orders fall on its days (None: evenly), `order_size`
    (products, K) how large they are (see `World`; None: all of the mean size).
    """
    draws = plan.draws
    by_day = np.zeros(len(items), bool) if by_day is None else by_day
    steps = np.where(by_day, 7, 1)
    weekly = expected_weeks(forecast, WEEKS).mean(axis=1)
    per_order = np.maximum(np.nan_to_num(items["units_per_order"], nan=1.0), 1e-9)
    families = len(plan.family) - 1
    return World(
        keys=plan.keys, mean=np.ascontiguousarray(forecast.mean), noise=np.ascontiguousarray(forecast.noise), level_error=np.ascontiguousarray(forecast.level_error),
        drift=forecast.drift, integer=forecast.integer, family=np.where(forecast.family < 0, families, forecast.family).astype(np.int64),
        market=plan.market, family_shock=plan.family, period_weeks=plan.period_weeks, inner=plan.inner, end_week=_end_week(forecast, steps),
        hazard_per_week=drawn_values(items, "hazard_per_year", assumption_uniforms("hazard_per_year", draws, plan.seed)) / WEEKS,
        patience_per_day=drawn_values(items, "patience_per_day", assumption_uniforms("patience_per_day", draws, plan.seed)),
        hazard_in_force=np.asarray(items["hazard_per_year"], np.float64) / WEEKS, patience_in_force=np.asarray(items["patience_per_day"], np.float64),
        historical_wait_days=np.nan_to_num(items["historical_wait_days"]),
        patience_curve=np.nan_to_num(items["patience_curve"]).astype(np.int64), patience_shape=np.nan_to_num(items["patience_shape"], nan=1.0),
        orders_per_week=np.clip(np.round(weekly / steps / per_order), 1, MAX_ORDERS).astype(np.int64),
        by_day=by_day, order_size=mean_order_size(items, forecast.integer, forecast.steps)[:, None] if order_size is None else order_size,
        day_share=np.full(7, 1.0 / 7.0) if day_share is None else day_share, step=None if bool((forecast.steps == 1.0).all()) else forecast.steps,
        mean_order=forecast.mean_order, lump=forecast.lump,
    )  # fmt: skip


def _empty_wait(lead: NDArray[np.float64], review: NDArray[np.float64], settings: int) -> NDArray[np.float64]:
    """The wait of an empty shelf in every setting, until `ledgers.with_measured_waits` has measured what customers really face."""
    return np.repeat(empty_shelf_wait(lead, review)[:, None], settings, axis=1)


def _expected_later(
    forecast: Forecast, span_weeks: NDArray[np.float64], start: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What is expected in an interval of `span_weeks` that begins `start` periods from now: units, shape (products,)."""
    first = np.floor(start * PERIOD_WEEKS[forecast.frequency] + 1e-9).astype(np.int64)
    weeks = int(span_weeks.max(initial=1.0)) + 1
    ahead = expected_weeks(forecast, int(first.max(initial=0)) + weeks)
    there = np.take_along_axis(ahead, first[:, None] + np.arange(weeks)[None, :], axis=1)
    return demand_over_interval(there, span_weeks)


class SetFrom(NamedTuple):
    """The interval that levels are set from: when it `begins`, in periods from now, and what it `brings`, in units. Both (products,)."""

    begins: NDArray[np.int64]
    brings: NDArray[np.float64]


def set_from(forecast: Forecast, expected: NDArray[np.float64], span_weeks: NDArray[np.float64]) -> SetFrom:
    """The interval of `span_weeks` (products,) that levels are set from, of demand `expected` (products, weeks).

    The one next ahead; where that is quiet (fewer than QUIET_ORDERS orders) and the season far off (`season_ahead`), the busiest of the year: what few
    sales may stray by, and a level of at least one unit, are no measure of a season. Slow products are counted by the year (`planned_weeks`).
    """
    next_ahead = demand_over_interval(expected, span_weeks)
    quiet = next_ahead < QUIET_ORDERS * _order_size(forecast)
    begins = np.where(quiet, season_ahead(forecast, span_weeks), 0)
    seasonal = (begins > 0) & ~_slow(forecast, expected)
    if not seasonal.any():
        return SetFrom(begins, next_ahead)
    return SetFrom(begins, np.where(seasonal, _expected_later(forecast, span_weeks, begins), next_ahead))


def relative_quantiles(
    forecast: Forecast,
    interval: SetFrom,
    span_weeks: NDArray[np.float64],
    lead_deviation: NDArray[np.float64],
    levels: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Demand over the `interval` that service `levels` (Q,), rising, cover, relative to what it brings: shape (products, Q)."""
    span = (span_weeks / PERIOD_WEEKS[forecast.frequency]).astype(np.float64)
    quantiles = total_quantiles(forecast, levels, span)
    if interval.begins.any():
        later = later_quantiles(forecast, levels, span, interval.begins)
        quantiles = np.where(interval.begins[:, None] > 0, later, quantiles)
    brings = interval.brings[:, None]
    relative = np.where(brings > 1e-12, quantiles / np.maximum(brings, 1e-12), 0.0)
    return np.where(
        lead_deviation[:, None] > 0.0, _widened(relative, levels, span_weeks, lead_deviation), relative
    )


@dataclass(frozen=True, eq=False)
class _Ahead:
    """What levels are set from, per unit that is stocked.

    `expected` (units, weeks) its demand, `planned` the part of it that the
    planner counts on (who stays at the door), `span_weeks` the protection interval, `lead_deviation` the standard deviation of the lead
    time in weeks, `order_size` what customers order at once, in units, `longest_lot` what is used up before the goods spoil and before a
    known end, in units (infinite: neither).
    """

    expected: NDArray[np.float64]
    planned: NDArray[np.float64]
    span_weeks: NDArray[np.float64]
    lead_deviation: NDArray[np.float64]
    order_size: NDArray[np.float64]
    longest_lot: NDArray[np.float64]


def _longest_lot(
    expected: NDArray[np.float64], end_week: NDArray[np.float64], shelf_weeks: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """What is used up of a lot before the goods spoil, and before a known end: units (units,), infinite where there is neither.

    `expected` (units, weeks) is demand a week; beyond it the mean of its first year goes on.
    """
    weekly = expected[:, :WEEKS].mean(axis=1)
    weeks = np.arange(expected.shape[1])
    within = np.where(weeks[None, :] <= end_week[:, None], expected, 0.0).sum(axis=1)
    left = within + weekly * np.maximum(end_week + 1.0 - expected.shape[1], 0.0)
    kept = np.where(np.asarray(shelf_weeks) > 0.0, weekly * shelf_weeks, np.inf)
    return np.asarray(np.minimum(np.where(end_week < _NEVER, left, np.inf), kept))


def _stock_grid(
    forecast: Forecast, ahead: _Ahead, grid: Grid, multiple: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Relative quantile and lot of every setting: two arrays (units, settings).

    Levels of whole goods are whole numbers of steps as they stand now, so that what is simulated, shown and exported is one number.
    """
    levels, covers = grid.flat()
    distinct = np.asarray(grid.service_levels)
    interval = set_from(forecast, ahead.expected, ahead.span_weeks)
    relative = relative_quantiles(forecast, interval, ahead.span_weeks, ahead.lead_deviation, distinct)
    relative = _whole(relative, forecast, ahead, interval)
    weekly = ahead.expected[:, :WEEKS].mean(axis=1)
    lot = np.minimum(weekly[:, None] * covers[None, :], ahead.longest_lot[:, None])
    lot = lots_of(np.maximum(lot, weekly[:, None] * 1e-6), forecast.integer, forecast.steps, multiple)
    return np.ascontiguousarray(relative[:, np.searchsorted(distinct, levels)]), np.ascontiguousarray(lot)


def _whole(
    relative: NDArray[np.float64], forecast: Forecast, ahead: _Ahead, interval: SetFrom
) -> NDArray[np.float64]:
    """The relative quantiles (units, service levels) of levels that are whole and hold something: see `policy.levels.whole_levels`.

    Goods that are not whole are counted in orders where they are slow. What expects no demand has no level.
    """
    counted = ahead.planned[:, :WEEKS].sum(axis=1) / np.maximum(ahead.expected[:, :WEEKS].sum(axis=1), 1e-12)
    base = interval.brings * counted
    orders = ahead.expected[:, :WEEKS].sum(axis=1) / np.maximum(ahead.order_size, 1e-12)
    out = relative.copy()
    for i in np.flatnonzero(base > 0.0):
        slow = bool(orders[i] < SLOW_ORDERS)
        if not forecast.integer[i] and not slow:
            continue
        step = float(forecast.steps[i] if forecast.integer[i] else ahead.order_size[i])
        out[i] = whole_levels(relative[i] * base[i] / step, ahead.order_size[i] / step, slow) * (
            step / base[i]
        )
    return out


def _weekly_smoothing(forecast: Forecast) -> NDArray[np.float64]:
    return 1.0 - (1.0 - np.clip(forecast.smoothing, 0.0, 0.999)) ** (1.0 / PERIOD_WEEKS[forecast.frequency])


def stock_plan(forecast: Forecast, items: Items, world: World, grid: Grid, seed: int) -> StockPlan:
    """Make to stock: finished products replenished over components plus production."""
    n = len(items)
    steps = world.steps_per_week
    lead = rounded_weeks(items["component_lead_days"] + np.nan_to_num(items["production_days"]), steps)
    by_draw = _lead_by_draw(items, world.hazard_per_week.shape[1], seed, steps)
    review = np.maximum(rounded_weeks(items["review_days"], steps), 1.0 / steps)
    cover = np.maximum(np.round(items["excess_cover_weeks"]), 1).astype(np.int64)
    expected = planned_weeks(
        forecast,
        WEEKS + int(cover.max(initial=WEEKS)) + int(np.ceil((by_draw + review[:, None]).max(initial=1))),
    )
    multiple = np.nan_to_num(items["order_multiple"])
    varies = np.nan_to_num(items["lead_time_cv"])
    size = mean_order_size(items, forecast.integer, forecast.steps)
    shelf = _shelf_weeks(items, steps)
    ahead = _Ahead(
        expected,
        expected,
        lead + review,
        varies * lead,
        np.where(size > 0.0, size, forecast.steps),
        _longest_lot(expected, world.end_week, shelf),
    )
    relative, lot = _stock_grid(forecast, ahead, grid, multiple)
    production = np.nan_to_num(items["production_days"])
    return StockPlan(
        start=np.arange(n + 1), members=np.arange(n), expected=expected, relative_quantile=relative, lot=lot, lead_weeks=lead, review_weeks=review,
        moq=_whole_least(least_lot(items), forecast.integer, forecast.steps, multiple), smoothing=_weekly_smoothing(forecast),
        cover_weeks=cover, end_week=world.end_week, whole=forecast.integer.copy(),
        door_wait_days=np.zeros(n), stockout_wait_days=_empty_wait(lead, review, lot.shape[1]),
        share_waiting=np.asarray(items["share_waiting"], np.float64), production_weeks=production / 7.0,
        lead_by_draw=by_draw, lead_time_cv=varies, shelf_weeks=shelf, multiple=multiple, step=forecast.steps,
        level_variance=table_variance(forecast.level_error),
    )  # fmt: skip


def order_plan(items: Items, factors: Sequence[float] = QUOTE_FACTORS) -> OrderPlan:
    """Make to order: the quote in force and multiples of it. Where a minimum rules out single orders (`minimum_binds`) it is not offered: see `compare.choose`."""
    quote = (
        np.nan_to_num(items["quote_days"], posinf=2.0 * NO_QUOTE_DAYS)[:, None] * np.asarray(factors)[None, :]
    )
    return OrderPlan(
        np.ascontiguousarray(quote), np.nan_to_num(items["production_days"]) / 365.0, np.ones(len(items))
    )


def assembly_plan(
    families: Sequence[NDArray[np.intp]],
    family_forecast: Forecast,
    world: World,
    items: Items,
    grid: Grid,
    seed: int,
) -> StockPlan:
    """Assemble to order: one stock of component kits per family (one kit a unit), finished on order.

    `families` lists the members of each family; `family_forecast` is the forecast of each family's total, in
    the same order. Components are replenished over their own lead time plus the production that precedes
    final assembly. The family plans for the demand that stays when told the assembly time. A member's minimum or multiple binds the components, which are what
    is made or bought in lots: kits are ordered at least in the largest minimum of the members, and in their largest multiple; final assembly takes single orders.
    """
    count = len(families)
    start = np.concatenate([[0], np.cumsum([len(f) for f in families])]).astype(np.int64)
    members = np.concatenate(families).astype(np.int64) if count else np.zeros(0, np.int64)
    door = np.minimum(np.nan_to_num(items["assembly_days"]), np.nan_to_num(items["production_days"]))

    def of_family(column: NDArray[np.float64], how: str = "mean") -> NDArray[np.float64]:
        return np.array([getattr(np, how)(np.asarray(column, np.float64)[f]) for f in families], np.float64)

    steps = world.steps_per_week
    lead = of_family(
        rounded_weeks(items["component_lead_days"] + np.nan_to_num(items["production_days"]) - door, steps),
        "max",
    )
    review = of_family(np.maximum(rounded_weeks(items["review_days"], steps), 1.0 / steps), "max")
    cover = np.maximum(np.round(of_family(items["excess_cover_weeks"], "max")), 1).astype(np.int64)
    longest = _lead_by_draw(items, world.hazard_per_week.shape[1], seed, steps, door)
    by_draw = np.array([longest[f].max(axis=0) for f in families]).reshape(count, -1)
    horizon = WEEKS + int(cover.max(initial=WEEKS)) + int(np.ceil((by_draw + review[:, None]).max(initial=1)))
    assert world.patience_curve is not None and world.patience_shape is not None
    columns = (world.patience_curve, world.patience_shape, door, world.historical_wait_days)
    curve, shape, told, historical = (column[:, None] for column in columns)
    stays = share_staying(curve, in_force(world).patience_per_day, shape, told, historical).mean(axis=1)
    wanted = planned_weeks(family_forecast, horizon)
    expected = wanted * of_family(stays)[:, None]
    varies = of_family(np.nan_to_num(items["lead_time_cv"]), "max")
    multiple = of_family(np.nan_to_num(items["order_multiple"]), "max")
    whole = np.array([bool(world.integer[f].all()) for f in families], bool)
    least = np.where(
        multiple > 0.0,
        np.ceil(of_family(least_lot(items), "max") / np.maximum(multiple, 1e-300) - 1e-9) * multiple,
        of_family(least_lot(items), "max"),
    )
    per_order = of_family(np.nan_to_num(items["units_per_order"], nan=1.0))
    end_week = np.array([world.end_week[f].max() for f in families])
    ahead = _Ahead(
        wanted,
        expected,
        lead + review,
        varies * lead,
        np.maximum(per_order, 1e-9),
        _longest_lot(wanted, end_week, 0.0),
    )
    relative, lot = _stock_grid(family_forecast, ahead, grid, multiple)
    production = of_family(np.nan_to_num(items["production_days"]) - door)
    return StockPlan(
        start=start, members=members, expected=expected, relative_quantile=relative, lot=lot, lead_weeks=lead, review_weeks=review,
        moq=_whole_least(least, whole, family_forecast.steps, multiple),
        smoothing=_weekly_smoothing(family_forecast), cover_weeks=cover, end_week=end_week, whole=whole,
        door_wait_days=door, stockout_wait_days=_empty_wait(lead, review, lot.shape[1]),
        share_waiting=of_family(items["share_waiting"]), production_weeks=production / 7.0,
        lead_by_draw=by_draw, lead_time_cv=varies, multiple=multiple, step=family_forecast.steps,
        level_variance=table_variance(family_forecast.level_error),
    )  # fmt: skip


def with_settings(plan: StockPlan, chosen: NDArray[np.intp]) -> StockPlan:
    """The plan with only some settings per unit: `chosen` (units, k) holds positions on the grid."""
    rows = np.arange(len(chosen))[:, None]
    picked = {
        name: np.ascontiguousarray(getattr(plan, name)[rows, chosen])
        for name in ("relative_quantile", "lot", "stockout_wait_days", "order_gap")
        if getattr(plan, name) is not None
    }
    return replace(plan, **picked)
