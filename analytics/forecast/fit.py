"""fit_forecast: from a demand panel to a calibrated Forecast."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand.life_cycle import LifeCycle
from analytics.demand.panel import DemandPanel
from analytics.forecast.forecast import Forecast
from analytics.forecast.origins import METHODS, rolling_forecasts, season_length
from analytics.forecast.spread import LEVELS, class_quantiles, demand_class
from analytics.forecast.tables import gamma_table, lognormal_table

__all__ = ["fit_forecast"]


def _weights(error: NDArray[np.float64], known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse squared errors, each shrunk to the portfolio's relative error as if that were four origins, then halfway to equal."""
    total = np.nansum(error, axis=1)
    usable = known > 0
    base = total.mean(axis=1)
    relative = np.where(base > 0, 1.0 / np.where(base > 0, base, 1.0), 0.0)[:, None] * total
    pooled = relative[usable & (base > 0)].mean(axis=0) if (usable & (base > 0)).any() else np.ones(error.shape[2])
    n0 = 4.0
    blended = (np.where((base > 0)[:, None], relative, pooled) * known[:, None] + pooled * n0) / (known[:, None] + n0)
    inverse = 1.0 / np.maximum(blended, 0.05)
    weight = inverse / inverse.sum(axis=1, keepdims=True)
    out: NDArray[np.float64] = 0.5 * weight + 0.5 / error.shape[2]
    return out


def _profile(panel: DemandPanel, family: NDArray[np.int32]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Seasonal ratios by product, half-shrunk to 1, where at least two full seasons are known and the ratios explain the variance."""
    m = season_length(panel.frequency)
    n, periods = panel.units.shape
    flat = np.ones((n, m))
    phase = np.arange(periods) % m
    mask = panel.observed & (np.arange(periods)[None, :] >= np.maximum(panel.first, 0)[:, None])
    length = mask.sum(axis=1)
    enough = (length >= 2 * m) & (panel.first >= 0)
    if not enough.any():
        return flat, np.zeros(n, np.bool_)
    units = np.where(mask, panel.units, 0.0)
    sums = np.zeros((n, m))
    counts = np.zeros((n, m))
    for j in range(m):
        sums[:, j] = units[:, phase == j].sum(axis=1)
        counts[:, j] = mask[:, phase == j].sum(axis=1)
    mean = np.where(length > 0, units.sum(axis=1) / np.maximum(length, 1), 0.0)
    cell = sums / np.maximum(counts, 1)
    within = (units**2).sum(axis=1) - (counts * cell**2).sum(axis=1)
    between = (counts * (cell - mean[:, None]) ** 2).sum(axis=1)
    freedom = np.maximum(length - m, 1)
    f = (between / max(m - 1, 1)) / np.maximum(within / freedom, 1e-12)
    seasonal = enough & (mean > 0) & (f > 2.0)
    shrink = np.where(f > 1, 1.0 - 1.0 / np.maximum(f, 1e-9), 0.0)
    ratio = 1.0 + shrink[:, None] * (cell / np.where(mean > 0, mean, 1.0)[:, None] - 1.0)
    out = np.where(seasonal[:, None], np.clip(ratio, 0.05, 5.0), 1.0)
    out /= out.mean(axis=1, keepdims=True)
    return out, seasonal


def fit_forecast(
    panel: DemandPanel, life: LifeCycle, family_codes: NDArray[np.int32], protection_periods: NDArray[np.float64], horizon: int, seed: int
) -> Forecast:
    """A calibrated distribution of demand for every product: four methods combined by their errors over the protection interval.

    `protection_periods` (products,) is the interval to protect in the panel's periods, `horizon` the number of periods forecast,
    `family_codes` (products,) the family of each product (-1: none). `seed` is kept for the path generator; nothing here is random.

    Assumes that the errors of past origins are like those to come. Source: forecasting.md of the project's notes (measured), Trapero,
    Cardos and Kourentzes (2019) for using the error of the lead-time sum itself.
    """
    n, periods = panel.units.shape
    horizon = max(1, int(horizon))
    protection = np.where(np.isfinite(protection_periods) & (protection_periods > 0), protection_periods, 1.0)
    mask = panel.observed & (np.arange(periods)[None, :] >= np.maximum(panel.first, 0)[:, None])
    length = np.where(panel.first >= 0, mask.sum(axis=1), 0)
    interval = np.clip(np.rint(protection), 1, np.maximum(1, length // 3)).astype(np.int64)
    rolling = rolling_forecasts(panel, interval)
    actual = rolling.actual
    known = np.isfinite(actual).sum(axis=1).astype(np.float64)
    error = (rolling.forecasts - actual[:, :, None]) ** 2
    weights = _weights(error, known)
    combined = np.einsum("ikm,im->ik", rolling.forecasts, weights)
    ceiling = 3.0 * panel.units.max(axis=1, initial=0.0) * interval
    combined = np.clip(combined, 0.0, ceiling[:, None])
    label = demand_class(panel)
    level_sum = combined[:, 0]
    h = interval.astype(np.float64)

    profile, seasonal = _profile(panel, family_codes)
    m = season_length(panel.frequency)
    phase = (periods + np.arange(horizon)) % m
    edge = np.concatenate([np.zeros((n, 1)), np.cumsum(profile[:, (periods + np.arange(int(interval.max(initial=1)))) % m], axis=1)], axis=1)
    level = level_sum / np.maximum(edge[np.arange(n), interval], 1e-6)

    # the spread of the sum, pooled by class, and the distribution it implies
    quantile, sd = class_quantiles(rolling, combined, label, h)
    quantile = np.maximum(quantile, 0.0)

    alive = np.clip(np.where(np.isfinite(life.alive), life.alive, 1.0), 0.0, 1.0)
    hazard = np.maximum(np.where(np.isfinite(life.hazard_per_year), life.hazard_per_year, 0.0), 0.0)
    survive = alive * np.exp(-hazard * h / 2.0 / panel.periods_per_year)
    long_mean = rolling.scale[:, 0]
    level_alive = np.where(survive > 0.98, level, np.minimum(level / np.maximum(survive, 0.02), np.maximum(level, long_mean)))

    mean = level_alive[:, None] * profile[:, phase]
    known_end = life.known_end.astype("datetime64[D]")

    # tables: noise from one-step errors, level error from what the sum varies beyond it
    integer = np.array([bool(np.all(row == np.rint(row))) for row in panel.units])
    safe = np.maximum(level_alive, 1e-9)
    one = np.where(np.isfinite(rolling.step_variance), rolling.step_variance, safe + safe**2)
    one_cv2 = np.clip(one / safe**2, 0.0, 400.0)
    poisson = np.where(integer, 1.0 / safe, 0.0)
    target = np.clip((sd / np.maximum(level_sum, 1e-9)) ** 2, 0.0, 100.0)
    target = np.where(survive < 0.5, np.minimum(target, one_cv2 / h + 0.25), target)
    noise_total = np.minimum(one_cv2, 0.9 * np.maximum(target, 1e-6) * h)
    noise_cv2 = np.clip(noise_total - poisson, 0.0, 60.0)
    rest = np.maximum(target - (noise_cv2 + poisson) / h, 0.05 * target)
    rest = np.clip(rest, 1e-4, 4.0)
    drift = np.minimum(rolling.alpha * np.sqrt(np.maximum(one_cv2, 1e-9)), np.sqrt(0.5 * rest * 3.0 / h))
    drift = np.minimum(drift, 0.6 / np.sqrt(panel.periods_per_year))
    level_cv2 = np.maximum(rest - drift**2 * h / 3.0, 1e-4)
    zero = np.clip(rolling.zero_share - np.exp(-safe), 0.0, 0.95) * integer + np.where(integer, 0.0, rolling.zero_share)
    zero = np.clip(np.minimum(zero, 1.0 - 1.0 / (1.0 + noise_cv2)), 0.0, 0.95)

    ever = panel.first >= 0
    mean = np.where(ever[:, None], mean, 0.0)
    notes, method = _words(panel, ever, length, known, protection, interval, seasonal, weights)
    return Forecast(
        skus=panel.skus,
        frequency=panel.frequency,
        first_period=np.datetime64(panel.next_start, "D"),
        mean=np.nan_to_num(mean, nan=0.0, posinf=0.0),
        level=np.where(ever, level_alive, 0.0),
        noise=gamma_table(noise_cv2, zero),
        level_error=lognormal_table(np.sqrt(level_cv2)),
        drift=drift,
        integer=integer,
        smoothing=rolling.alpha,
        alive=np.where(ever, alive, 0.0),
        hazard_per_year=hazard,
        known_end=known_end,
        family=np.asarray(family_codes, np.int32).copy(),
        market_cv=0.0,
        family_cv=0.0,
        method=method,
        notes=notes,
        total_levels=LEVELS,
        total_quantile=np.where(ever[:, None], quantile, 0.0),
        total_periods=h,
        total_mean=np.where(ever, level_sum, 0.0),
        total_sd=np.where(ever, sd, 0.0),
    )


def _words(
    panel: DemandPanel,
    ever: NDArray[np.bool_],
    length: NDArray[Any],
    known: NDArray[np.float64],
    protection: NDArray[np.float64],
    interval: NDArray[np.int64],
    seasonal: NDArray[np.bool_],
    weights: NDArray[np.float64],
) -> tuple[tuple[tuple[str, ...], ...], NDArray[Any]]:
    """Notes and method names, one per product."""
    m = season_length(panel.frequency)
    notes: list[tuple[str, ...]] = []
    method = np.empty(len(panel.skus), dtype=object)
    for i in range(len(panel.skus)):
        said: list[str] = []
        if not ever[i]:
            method[i] = "no sales"
            notes.append(("No sale on record: nothing to forecast.",))
            continue
        if known[i] == 0:
            said.append(f"Only {int(length[i])} periods of history: too short to test a forecast; spread borrowed from similar products.")
        elif known[i] < 6:
            said.append(f"Tested at {int(known[i])} past dates only.")
        if protection[i] > interval[i] + 0.75:
            said.append(f"History too short for the protection interval of {protection[i]:.1f} periods; errors measured over {int(interval[i])} and scaled up.")
        if length[i] < m:
            said.append("History shorter than a season: no season fitted.")
        method[i] = "combination: " + ", ".join(f"{name} {w:.0%}" for name, w in zip(METHODS, weights[i], strict=True)) + (", seasonal" if seasonal[i] else "")
        notes.append(tuple(said))
    return tuple(notes), method
