"""Rolling origins: what every method would have said about the sum over the protection interval, and what came."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from analytics.demand.panel import DemandPanel

__all__ = ["ALPHAS", "METHODS", "Rolling", "rolling_forecasts", "season_length"]

#: Methods in the order of the columns of `Rolling.forecasts`.
METHODS = ("seasonal naive", "12-period mean", "exponential smoothing", "TSB")

#: Smoothing constants tried.
ALPHAS = np.array([0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5])

_MOST_ORIGINS = 12
_CHUNK = 512


@dataclass(frozen=True, eq=False)
class Rolling:
    """Forecasts and actuals of the sum over the next `interval` periods, at past origins and now.

    `forecasts` (products, origins + 1, methods): position 0 is now, position k the k-th origin back.
    `actual` (products, origins + 1) is NaN where there is none (always at 0). `scale` (products, origins + 1) is the
    mean demand per period known at the origin, `spread` the standard deviation of past sums known there.
    """

    interval: NDArray[np.int64]
    forecasts: NDArray[np.float64]
    actual: NDArray[np.float64]
    scale: NDArray[np.float64]
    spread: NDArray[np.float64]
    alpha: NDArray[np.float64]
    step_variance: NDArray[np.float64]
    zero_share: NDArray[np.float64]


def season_length(frequency: str) -> int:
    """Periods in a season: 7 days, 52 weeks or 12 months.

    >>> season_length("M")
    12
    """
    return {"D": 7, "W": 52, "M": 12}[frequency]


@numba.njit(nogil=True, cache=True)
def _one_product(y, seen, interval, season, alphas, positions, forecasts, actual, scale, spread):
    """Fill one product's rows. y and seen run from the first sale to the end of the record."""
    n = y.shape[0]
    h = interval
    n_alpha = alphas.shape[0]
    n_origin = positions.shape[0]
    total = np.zeros(n + 1)
    count = np.zeros(n + 1)
    for t in range(n):
        total[t + 1] = total[t] + (y[t] if seen[t] else 0.0)
        count[t + 1] = count[t] + (1.0 if seen[t] else 0.0)
    level = np.zeros((2 * n_alpha, n + 1))
    probability = np.zeros(n_alpha)
    size = np.zeros(n_alpha)
    started = False
    for t in range(n):
        if seen[t]:
            value = y[t]
            if not started:
                started = True
                for a in range(n_alpha):
                    level[a, t + 1] = value
                    probability[a] = 1.0 if value > 0.0 else 0.0
                    size[a] = value
            else:
                early = 1.0 / (count[t] + 1.0)
                for a in range(n_alpha):
                    alpha = max(alphas[a], early)
                    level[a, t + 1] = level[a, t] + alpha * (value - level[a, t])
                    probability[a] += alpha * ((1.0 if value > 0.0 else 0.0) - probability[a])
                    if value > 0.0:
                        size[a] += max(alphas[min(a, 2)], early) * (value - size[a])
        else:
            for a in range(n_alpha):
                level[a, t + 1] = level[a, t]
        for a in range(n_alpha):
            level[n_alpha + a, t + 1] = probability[a] * size[a]
    # running error of the interval sum: at t, the forecast made at t - h is judged
    error = np.zeros((2 * n_alpha, n + 1))
    for t in range(1, n + 1):
        origin = t - h
        for a in range(2 * n_alpha):
            error[a, t] = error[a, t - 1]
            if origin >= 1 and count[t] - count[origin] > 0.0:
                miss = level[a, origin] * h - (total[t] - total[origin]) * h / (count[t] - count[origin])
                error[a, t] += miss * miss
    best_final = 0
    for k in range(n_origin):
        p = positions[k]
        if p < 1:
            continue
        if k > 0:
            actual[k] = (total[p + h] - total[p]) * h / (count[p + h] - count[p]) if count[p + h] > count[p] else np.nan
        mean_all = total[p] / count[p] if count[p] > 0.0 else 0.0
        window = max(0, p - 12)
        recent = count[p] - count[window]
        mean_12 = (total[p] - total[window]) / recent if recent > 0.0 else mean_all
        naive = 0.0
        for j in range(h):
            q = p - season + j % season
            naive += y[q] if q >= 0 and seen[q] else mean_12
        best_ses = 0
        best_tsb = 0
        for a in range(n_alpha):
            if error[a, p] < error[best_ses, p]:
                best_ses = a
            if error[n_alpha + a, p] < error[n_alpha + best_tsb, p]:
                best_tsb = a
        if k == 0:
            best_final = best_ses
        forecasts[k, 0] = naive
        forecasts[k, 1] = mean_12 * h
        forecasts[k, 2] = level[best_ses, p] * h
        forecasts[k, 3] = level[n_alpha + best_tsb, p] * h
        scale[k] = mean_all
        # standard deviation of past sums over the interval (overlapping), around their own mean
        first = max(h, p - 104)
        sums = 0.0
        squares = 0.0
        m = 0
        for t in range(first, p + 1):
            value = total[t] - total[t - h]
            sums += value
            squares += value * value
            m += 1
        spread[k] = np.sqrt(max(0.0, squares / m - (sums / m) ** 2)) if m > 1 else np.nan
    # one-step squared error and share of zeros
    squares = 0.0
    zeros = 0.0
    m = 0.0
    for t in range(1, n):
        if seen[t]:
            miss = y[t] - level[best_final, t]
            squares += miss * miss
            zeros += 1.0 if y[t] <= 0.0 else 0.0
            m += 1.0
    return alphas[best_final], squares / m if m > 0.0 else np.nan, zeros / m if m > 0.0 else 0.0


@numba.njit(nogil=True, cache=True)
def _many_products(units, observed, start, stop, interval, season, alphas, positions, forecasts, actual, scale, spread, alpha, step_variance, zero_share):
    for i in range(units.shape[0]):
        if stop[i] > start[i]:
            alpha[i], step_variance[i], zero_share[i] = _one_product(
                units[i, start[i] : stop[i]], observed[i, start[i] : stop[i]], interval[i], season, alphas, positions[i], forecasts[i], actual[i], scale[i], spread[i]
            )


def rolling_forecasts(panel: DemandPanel, interval: NDArray[np.int64]) -> Rolling:
    """Every method's forecast of the next `interval` periods' sum at up to 12 origins and now; parameters chosen from errors known at each origin."""
    n, periods = panel.units.shape
    has_life = panel.first >= 0
    start = np.where(has_life, panel.first, 0).astype(np.int64)
    last_seen = np.where(panel.observed.any(axis=1), periods - np.argmax(panel.observed[:, ::-1], axis=1), 0)
    stop = np.where(has_life, np.maximum(last_seen, panel.last + 1), 0).astype(np.int64)
    length = stop - start
    step = np.maximum(1, interval // 2)
    back = np.arange(_MOST_ORIGINS, dtype=np.int64)
    positions = np.empty((n, _MOST_ORIGINS + 1), np.int64)
    positions[:, 0] = length
    positions[:, 1:] = (length - interval)[:, None] - back[None, :] * step[:, None]
    least = np.maximum(3, np.minimum(length // 3, 2 * season_length(panel.frequency)))
    positions[:, 1:][positions[:, 1:] < least[:, None]] = 0
    shape = (n, _MOST_ORIGINS + 1)
    forecasts = np.zeros((*shape, len(METHODS)))
    actual = np.full(shape, np.nan)
    scale = np.zeros(shape)
    spread = np.full(shape, np.nan)
    alpha = np.full(n, 0.1)
    variance = np.full(n, np.nan)
    zeros = np.ones(n)
    season = season_length(panel.frequency)
    arrays: tuple[Any, ...] = (panel.units, panel.observed, start, stop, interval)

    def chunk(a: int) -> None:
        b = slice(a, a + _CHUNK)
        _many_products(*(x[b] for x in arrays), season, ALPHAS, positions[b], forecasts[b], actual[b], scale[b], spread[b], alpha[b], variance[b], zeros[b])

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(chunk, range(0, n, _CHUNK)))
    return Rolling(interval, forecasts, actual, scale, spread, alpha, variance, zeros)
