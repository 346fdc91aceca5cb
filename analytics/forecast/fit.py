"""fit_forecast: from a demand panel to a calibrated Forecast."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.demand.life.life_cycle import LifeCycle
from analytics.demand.order_size_range import whole_steps
from analytics.demand.panel import DemandPanel
from analytics.forecast.flanks import on_flanks
from analytics.forecast.forecast import PERIOD_KNOTS, Forecast
from analytics.forecast.launch import launch_forecasts
from analytics.forecast.lumpy import drawn_to_pool, of_counted_orders, steady_levels
from analytics.forecast.members.combination import combination_weights, combined_forecast
from analytics.forecast.members.further_voice import with_ets
from analytics.forecast.members.origins import Rolling, rolling_forecasts
from analytics.forecast.notes import forecast_notes, periods_of_history, with_trees
from analytics.forecast.planner_speed import credible_smoothing, planner_smoothing
from analytics.forecast.rare import rare_rates
from analytics.forecast.rare_judged import chances_kept, counted_instead, kept_rates, rates_then
from analytics.forecast.season_goods import with_quiet_months
from analytics.forecast.spread.interval_quantiles import LEVELS, demand_class, total_distribution
from analytics.forecast.spread.long_run import return_to_year, seasonal_factors
from analytics.forecast.spread.noise import noise_table
from analytics.forecast.spread.path_variance import by_past_sums, path_law
from analytics.forecast.spread.period_quantiles import learnt_period_levels
from analytics.forecast.spread.quantile_tables import least_mean, lognormal_table
from analytics.forecast.spread.shocks import shared_shocks
from analytics.forecast.spread.steady import steady_range
from analytics.forecast.spread.totals import whole_units

__all__ = ["HORIZON", "fit_forecast"]

#: Periods forecast: the year that is simulated, and what is ordered in it for after.
HORIZON = {"D": 372, "W": 60, "M": 15}


def fit_forecast(
    panel: DemandPanel, life: LifeCycle, family_codes: NDArray[np.int32], protection_periods: NDArray[np.float64], horizon: int, seed: int,
    ets: NDArray[np.intp] | None = None, similar: NDArray[np.intp] | None = None,
) -> Forecast:  # fmt: skip
    """A calibrated distribution of demand for every product: sixteen methods combined by their errors over the protection interval.

    `protection_periods` (products,) is the interval to protect in the panel's periods, `horizon` the number of periods forecast,
    `family_codes` (products,) the family of each product (-1: none). `seed` is kept for the path generator; nothing here is random.
    `ets` are the positions of products for which statsmodels' ETS, chosen by AICc, joins as one more method (seconds a product, in processes).
    `similar` (products,) is the position of the product that a new one is expected to start like, -1 where none is named.

    Assumes that the errors of past origins are like those to come. Source: Trapero, Cardos and Kourentzes (2019) for using the error
    of the lead-time sum itself; that combining beats choosing was measured (`benchmarks/forecast_accuracy.py`).
    """
    panel = with_quiet_months(panel)
    n, periods = panel.units.shape
    horizon = max(1, int(horizon))
    protection = np.where(np.isfinite(protection_periods) & (protection_periods > 0), protection_periods, 1.0)
    interval = np.clip(np.rint(protection), 1, np.maximum(1, periods_of_history(panel) // 3)).astype(np.int64)
    family = np.asarray(family_codes, np.int32).copy()
    rolling = rolling_forecasts(panel, interval, family)
    forms: dict[int, str] = {}
    if ets is not None and len(ets):
        rolling, forms = with_ets(rolling, panel, ets)
    label = demand_class(panel)
    rolling = on_flanks(rolling)
    weights = combination_weights(rolling, label)
    combined = combined_forecast(rolling, weights)
    launches = launch_forecasts(
        panel,
        seasonal_factors(rolling, panel.frequency, 0, periods + int(interval.max(initial=1))),
        family,
        interval,
        protection,
        horizon,
        similar,
    )
    for i, launch in launches.items():
        combined[i, 0] += launch.share * (
            min(launch.total, 3.0 * rolling.highest[i, 0] * interval[i]) - combined[i, 0]
        )
    alive = np.clip(np.where(np.isfinite(life.alive), life.alive, 1.0), 0.0, 1.0)
    lived = (rolling.start[:, None] + rolling.position + interval[:, None] <= panel.last[:, None] + 1) | (
        alive > 0.5
    )[:, None]
    h = interval.astype(np.float64)
    bounds = steady_range(panel)
    total = total_distribution(rolling, weights, combined, label, lived, bounds, panel.skus)
    weights, rolling = weights[:, 0].copy(), rolling.without_methods

    # the season ahead, and the level under it
    ahead = seasonal_factors(rolling, panel.frequency, periods, max(horizon, int(interval.max(initial=1))))
    edge = np.concatenate([np.zeros((n, 1)), np.cumsum(ahead, axis=1)], axis=1)
    level = total.living / np.maximum(edge[np.arange(n), interval], 1e-6)
    hazard = np.maximum(np.where(np.isfinite(life.hazard_per_year), life.hazard_per_year, 0.0), 0.0)
    survive = alive * np.exp(-hazard * h / 2.0 / panel.periods_per_year)
    level_alive = np.where(
        survive > 0.98,
        level,
        np.minimum(level / np.maximum(survive, 0.02), np.maximum(level, rolling.level[:, 0])),
    )
    # no mean below what the quantiles imply, in whole quantities where demand is whole; what may end within the interval counts in both alike
    step = panel.steps
    integer = whole_steps(panel.units, step)
    counted = whole_units(total.quantile, integer, step)
    implied = least_mean(LEVELS, np.where(LEVELS > 1.0 - survive[:, None], counted, 0.0))
    implied = implied / np.maximum(edge[np.arange(n), interval] * survive, 1e-6)
    level_alive = np.where(survive > 0.5, np.maximum(level_alive, implied), level_alive)

    near = combined / np.maximum(_sums_ahead(rolling, panel.frequency, interval), 1e-6)
    near[:, 0] = level
    towards, said_since = return_to_year(panel, rolling, lived, near, label, horizon)
    for i, launch in launches.items():
        towards[i] = towards[i] ** (1.0 - launch.share) * (1.0 + launch.share * (launch.shape - 1.0))
    year = ahead[:, : round(panel.periods_per_year)]
    seasonal = year.max(axis=1) > 1.25 * year.min(axis=1)
    then = rates_then(panel, seasonal)
    rare = kept_rates(rare_rates(panel, label, seasonal), chances_kept(panel, then, alive > 0.5))
    counts = counted_instead(
        panel, then, said_since, rolling.start[:, None] + rolling.position, alive > 0.5, label
    )
    rare = replace(rare, rows=rare.rows & counts)
    rate = rare.orders * rare.size / panel.periods_per_year
    level_alive = np.where(rare.rows, rate, level_alive)
    past = seasonal_factors(rolling, panel.frequency, 0, periods)
    begun = rolling.start[:, None] + rolling.position
    may = (alive > 0.5) & ~rare.rows & ~np.isin(np.arange(n), list(launches))
    steady = drawn_to_pool(
        steady_levels(panel, past, said_since, begun, may, label), rare, panel.periods_per_year
    )
    # half way, in logs: the quantiles know more of the product than the level under them
    nearer = (
        np.where(steady.rows & (level_alive > 0.0), steady.level / np.maximum(level_alive, 1e-12), 1.0) ** 0.5
    )
    level_alive = np.where(steady.rows, steady.level, level_alive)
    towards = np.where((rare.rows | steady.rows)[:, None], 1.0, towards)
    mean = level_alive[:, None] * ahead[:, :horizon] * towards

    market_cv, family_cv = shared_shocks(rolling, combined, lived, family)
    shared = np.asarray((1.0 + market_cv**2) * (1.0 + family_cv**2 * (family >= 0)) - 1.0, np.float64)
    varies = by_past_sums(rolling, combined, lived, level_alive, total.relative_variance)
    law = path_law(rolling, integer, step, level_alive, varies, survive, shared, panel.periods_per_year)
    law = of_counted_orders(law, steady, rare, panel.periods_per_year)

    ever = panel.first >= 0
    mean = np.where(ever[:, None], mean, 0.0)
    launches = {i: launch for i, launch in launches.items() if not rare.rows[i]}
    notes, method = forecast_notes(panel, rolling, protection, label, weights, forms, launches, rare)
    method = with_trees(method, total.trees)
    forecast = Forecast(
        skus=panel.skus,
        frequency=panel.frequency,
        first_period=panel.next_start.astype("datetime64[D]"),
        mean=np.nan_to_num(mean, nan=0.0, posinf=0.0),
        level=np.where(ever, level_alive, 0.0),
        noise=noise_table(
            law.noise,
            law.level,
            rolling.level[:, 0] / step,
            rolling.zero_share,
            integer,
        ),
        level_error=lognormal_table(np.sqrt(law.level)),
        drift=law.drift,
        integer=integer,
        smoothing=np.where(
            ever,
            np.where(
                rare.rows,
                credible_smoothing(
                    rate * panel.periods_per_year, rare.shape**-0.5, rare.lot, panel.periods_per_year
                ),
                planner_smoothing(law.level, law.drift, law.period, 0.5 * panel.periods_per_year),
            ),
            0.0,
        ),
        alive=np.where(ever, alive, 0.0),
        hazard_per_year=hazard,
        known_end=life.known_end.astype("datetime64[D]"),
        family=family,
        market_cv=market_cv,
        family_cv=family_cv,
        method=method,
        notes=notes,
        total_levels=LEVELS,
        total_quantile=np.where(ever[:, None], total.quantile * nearer[:, None], 0.0),
        total_periods=h,
        total_mean=np.where(ever, total.mean * nearer, 0.0),
        total_sd=np.where(ever, total.sd * nearer, 0.0),
        period_levels=np.tile(PERIOD_KNOTS, (n, 1)),
        step=step,
        bounds=bounds,
    )
    return replace(
        forecast, period_levels=learnt_period_levels(forecast, panel, rolling, near, past, lived, label)
    )


def _sums_ahead(rolling: Rolling, frequency: str, interval: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sum of the seasonal ratios over the interval from every origin on. Shape (products, origins + 1)."""
    first = rolling.start[:, None] + rolling.position
    widest = int(interval.max(initial=1))
    factors = seasonal_factors(rolling, frequency, 0, int(first.max(initial=0)) + widest)
    edge = np.concatenate([np.zeros((len(factors), 1)), np.cumsum(factors, axis=1)], axis=1)
    rows = np.arange(len(factors))[:, None]
    return np.asarray(edge[rows, first + interval[:, None]] - edge[rows, first])
