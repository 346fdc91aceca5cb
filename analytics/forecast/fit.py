"""fit_forecast: from a demand panel to a calibrated Forecast."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand.life_cycle import LifeCycle
from analytics.demand.panel import DemandPanel
from analytics.forecast.combine import combination_weights, combined_forecast
from analytics.forecast.forecast import PERIOD_KNOTS, Forecast
from analytics.forecast.further_voice import with_ets
from analytics.forecast.launch import Launch, launch_forecasts, launch_words
from analytics.forecast.long_run import return_to_year, seasonal_factors
from analytics.forecast.origins import METHODS, Rolling, rolling_forecasts
from analytics.forecast.planner import planner_smoothing
from analytics.forecast.seasonal import season_length
from analytics.forecast.shocks import shared_shocks
from analytics.forecast.single_periods import learnt_period_levels
from analytics.forecast.spread import CLASSES, LEVELS, demand_class, total_distribution
from analytics.forecast.tables import gamma_table, lognormal_table

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
    n, periods = panel.units.shape
    horizon = max(1, int(horizon))
    protection = np.where(np.isfinite(protection_periods) & (protection_periods > 0), protection_periods, 1.0)
    mask = panel.observed & (np.arange(periods)[None, :] >= np.maximum(panel.first, 0)[:, None])
    length = np.where(panel.first >= 0, mask.sum(axis=1), 0)
    interval = np.clip(np.rint(protection), 1, np.maximum(1, length // 3)).astype(np.int64)
    family = np.asarray(family_codes, np.int32).copy()
    rolling = rolling_forecasts(panel, interval, family)
    forms: dict[int, str] = {}
    if ets is not None and len(ets):
        rolling, forms = with_ets(rolling, panel, ets)
    known = np.isfinite(rolling.actual).sum(axis=1).astype(np.float64)
    label = demand_class(panel)
    weights = combination_weights(rolling, label)
    combined = combined_forecast(rolling, weights)
    launches = launch_forecasts(panel, seasonal_factors(rolling, panel.frequency, 0, periods + int(interval.max(initial=1))), family, interval, protection, horizon, similar)
    for i, launch in launches.items():
        combined[i, 0] += launch.share * (min(launch.total, 3.0 * rolling.highest[i, 0] * interval[i]) - combined[i, 0])
    alive = np.clip(np.where(np.isfinite(life.alive), life.alive, 1.0), 0.0, 1.0)
    lived = (rolling.start[:, None] + rolling.position + interval[:, None] <= panel.last[:, None] + 1) | (alive > 0.5)[:, None]
    total = total_distribution(rolling, weights, combined, label, lived)
    h = interval.astype(np.float64)

    # the season ahead, and the level under it
    ahead = seasonal_factors(rolling, panel.frequency, periods, max(horizon, int(interval.max(initial=1))))
    edge = np.concatenate([np.zeros((n, 1)), np.cumsum(ahead, axis=1)], axis=1)
    profile = ahead[:, :horizon]
    level_sum = total.living
    level = level_sum / np.maximum(edge[np.arange(n), interval], 1e-6)
    sd = total.sd

    hazard = np.maximum(np.where(np.isfinite(life.hazard_per_year), life.hazard_per_year, 0.0), 0.0)
    survive = alive * np.exp(-hazard * h / 2.0 / panel.periods_per_year)
    long_mean = rolling.level[:, 0]
    level_alive = np.where(survive > 0.98, level, np.minimum(level / np.maximum(survive, 0.02), np.maximum(level, long_mean)))

    near = combined / np.maximum(_sums_ahead(rolling, panel.frequency, interval), 1e-6)
    near[:, 0] = level
    towards = return_to_year(panel, rolling, lived, near, label, horizon)
    for i, launch in launches.items():
        towards[i] = towards[i] ** (1.0 - launch.share) * (1.0 + launch.share * (launch.shape - 1.0))
    mean = level_alive[:, None] * profile * towards
    known_end = life.known_end.astype("datetime64[D]")

    # tables: noise from one-step errors, level error from what the sum varies beyond it
    integer = np.array([bool(np.all(row == np.rint(row))) for row in panel.units])
    safe = np.maximum(level_alive, 1e-9)
    one = np.where(np.isfinite(rolling.one_step), rolling.one_step, safe + safe**2)
    one_cv2 = np.clip(one / safe**2, 0.0, 400.0)
    poisson = np.where(integer, 1.0 / safe, 0.0)
    target = np.clip((sd / np.maximum(level_sum, 1e-9)) ** 2, 0.0, 100.0)
    target = np.where(survive < 0.5, np.minimum(target, one_cv2 / h + 0.25), target)
    market_cv, family_cv = shared_shocks(rolling, combined, lived, family)
    shared = (1.0 + market_cv**2) * (1.0 + family_cv**2 * (family >= 0)) - 1.0
    # what products share is part of what each one shows: it leaves the own part, so that a single product's spread stays
    noise_total = np.minimum(one_cv2, np.minimum(0.9, np.maximum(1.0 - 1.1 * shared / np.maximum(target, 1e-9), 0.05)) * np.maximum(target, 1e-6) * h)
    noise_cv2 = np.clip(noise_total - poisson, 0.0, 60.0)
    rest = np.maximum(target - (noise_cv2 + poisson) / h, 0.05 * target)
    rest = np.clip(rest, 1e-4, 4.0)
    rest = np.maximum((1.0 + rest) / (1.0 + shared) - 1.0, 1e-4)
    drift = np.minimum(rolling.alpha * np.sqrt(np.maximum(one_cv2, 1e-9)), np.sqrt(0.5 * rest * 3.0 / h))
    drift = np.minimum(drift, 0.6 / np.sqrt(panel.periods_per_year))
    level_cv2 = np.maximum(rest - drift**2 * h / 3.0, 1e-4)
    zero = np.clip(rolling.zero_share - np.exp(-safe), 0.0, 0.95) * integer + np.where(integer, 0.0, rolling.zero_share)
    zero = np.clip(np.minimum(zero, 1.0 - 1.0 / (1.0 + noise_cv2)), 0.0, 0.95)

    ever = panel.first >= 0
    mean = np.where(ever[:, None], mean, 0.0)
    notes, method = _words(panel, ever, length, known, protection, interval, rolling, label, weights[:, 0], forms, launches)
    forecast = Forecast(
        skus=panel.skus,
        frequency=panel.frequency,
        first_period=panel.next_start.astype("datetime64[D]"),
        mean=np.nan_to_num(mean, nan=0.0, posinf=0.0),
        level=np.where(ever, level_alive, 0.0),
        noise=gamma_table(noise_cv2, zero),
        level_error=lognormal_table(np.sqrt(level_cv2)),
        drift=drift,
        integer=integer,
        smoothing=np.where(ever, planner_smoothing(level_cv2, drift, noise_cv2 + poisson, 0.5 * panel.periods_per_year), 0.0),
        alive=np.where(ever, alive, 0.0),
        hazard_per_year=hazard,
        known_end=known_end,
        family=family,
        market_cv=market_cv,
        family_cv=family_cv,
        method=method,
        notes=notes,
        total_levels=LEVELS,
        total_quantile=np.where(ever[:, None], total.quantile, 0.0),
        total_periods=h,
        total_mean=np.where(ever, total.mean, 0.0),
        total_sd=np.where(ever, sd, 0.0),
        period_levels=np.tile(PERIOD_KNOTS, (n, 1)),
    )
    past = seasonal_factors(rolling, panel.frequency, 0, periods)
    return replace(forecast, period_levels=learnt_period_levels(forecast, panel, rolling, near, past, lived, label))


def _sums_ahead(rolling: Rolling, frequency: str, interval: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sum of the seasonal ratios over the interval from every origin on. Shape (products, origins + 1)."""
    first = rolling.start[:, None] + rolling.position
    widest = int(interval.max(initial=1))
    factors = seasonal_factors(rolling, frequency, 0, int(first.max(initial=0)) + widest)
    edge = np.concatenate([np.zeros((len(factors), 1)), np.cumsum(factors, axis=1)], axis=1)
    rows = np.arange(len(factors))[:, None]
    return np.asarray(edge[rows, first + interval[:, None]] - edge[rows, first])


def _words(
    panel: DemandPanel,
    ever: NDArray[np.bool_],
    length: NDArray[Any],
    known: NDArray[np.float64],
    protection: NDArray[np.float64],
    interval: NDArray[np.int64],
    rolling: Rolling,
    label: NDArray[np.int8],
    weights: NDArray[np.float64],
    forms: dict[int, str],
    launches: dict[int, Launch],
) -> tuple[tuple[tuple[str, ...], ...], NDArray[Any]]:
    """Notes and method names, one per product."""
    m = season_length(panel.frequency)
    unit = {"D": "days", "W": "weeks", "M": "months"}[panel.frequency]
    order = np.argsort(-weights, axis=1, kind="stable")
    highest = rolling.highest[:, 0]
    second = np.sort(np.where(panel.observed, panel.units, 0.0), axis=1)[:, -2] if panel.units.shape[1] > 1 else np.zeros(len(label))
    notes: list[tuple[str, ...]] = []
    method = np.empty(len(panel.skus), dtype=object)
    names = (*METHODS, "ETS")
    for i in range(len(panel.skus)):
        if not ever[i]:
            method[i] = "no sales"
            notes.append(("No sale on record: nothing to forecast.",))
            continue
        said: list[str] = []
        if known[i] == 0:
            said.append(f"Only {int(length[i])} {unit if length[i] != 1 else unit[:-1]} of history: too short to test a forecast; spread borrowed from similar products.")
        elif known[i] < 6:
            said.append(f"Forecast tested at {int(known[i])} past date{'s' if known[i] != 1 else ''} only; its spread leans on similar products.")
        if protection[i] > interval[i] + 0.75:
            said.append(f"History too short for a protection interval of {protection[i]:.1f} {unit}: errors measured over {int(interval[i])} and scaled up.")
        if length[i] < m:
            said.append("History shorter than a season: no season of its own.")
        seen = panel.observed[i, panel.first[i] : panel.last[i] + 1]
        if not seen.all():
            said.append(f"{int((~seen).sum())} {unit} between its first and last sale are not on record: left out, not counted as zero.")
        sold = panel.units[i, panel.first[i] : panel.last[i] + 1][seen]
        if len(sold) > 2 and sold.min() == sold.max():
            said.append("Every period brought the same: its spread is that of similar products.")
        if second[i] > 0 and highest[i] > 30.0 * second[i]:
            said.append(f"One period of {highest[i]:,.0f} units stands far above all others; it counts for less in the forecast.")
        if i in forms:
            said.append(f"{forms[i]} by statsmodels, chosen by AICc, counts for {weights[i, -1]:.0%} of the combination.")
        if i in launches and launches[i].share > 0.0:
            said.append(launch_words(launches[i]))
        best = ", ".join(f"{names[k]} {weights[i, k]:.0%}" for k in order[i, :3])
        method[i] = f"combination ({CLASSES[label[i]]}): {best} and others"
        notes.append(tuple(said))
    return tuple(notes), method
