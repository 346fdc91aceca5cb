"""The season's rise or fall that methods miss: read off the past sums of all products, method by method."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.members.grid_records import (
    CROSTON,
    HISTORIC_MEAN,
    HOLT_WINTERS,
    SBA,
    SEASONAL_MEAN,
    SEASONAL_NAIVE,
    SEASONAL_SMOOTHING,
    SEASONAL_THETA,
)
from analytics.forecast.members.origins import Rolling

__all__ = ["on_flanks"]

Array = NDArray[np.float64]

#: These know the season themselves.
_KNOWING = frozenset({SEASONAL_NAIVE, HOLT_WINTERS, SEASONAL_MEAN, SEASONAL_SMOOTHING, SEASONAL_THETA})
#: These mean over years: they miss all of what is ahead. The others saw half of what the last months held.
_LONG = frozenset({HISTORIC_MEAN, CROSTON, SBA})
#: How far a method may be from what is expected of its kind (standard deviation of a coefficient).
_USUAL = 0.25
#: Rounds of reweighted least squares.
_ROUNDS = 5
#: Seasonal ratios are taken within this factor, and so is what they move.
_MOST = 4.0
#: A sum counts at most this many standard deviations, so that one large order does not decide.
_CAP = 3.0
#: Sums that a regression rests on at most.
_MOST_ROWS = 12000
#: Seasonal ratios that move less than this say nothing.
_FLAT = 0.02


def on_flanks(rolling: Rolling) -> Rolling:
    """The same forecasts with what methods without a season miss of it put right.

    *Formula*: forecast x exp(b1 x + b2 y), x the logarithm of the mean seasonal ratio over the interval ahead and y that over the last quarter of a
    season; b of each method by quasi-Poisson regression of the past sums of all products on them with its forecast as offset, each sum over its product's
    mean order; drawn to what its kind misses (1 and -1/2; 1 and 0 of means over years; standard deviation 0.25) by the covariance from sums of scores by
    origin, since errors of one date are common. Ratios are those known at each origin (`Rolling.met`); days have none. A method that follows the last weeks
    is too low on a rising flank and too high on a falling one, and of slow movers, whose own errors tell no method from another, such methods are most.
    Source: Wedderburn (1974) for the likelihood, Liang and Zeger (1986) for the covariance; the prior is ours.
    """
    if not rolling.met.shape[2]:
        return rolling
    x = np.log(np.clip(rolling.met, 1.0 / _MOST, _MOST))
    known = rolling.valid & np.isfinite(rolling.actual)
    known[:, 0] = False
    if not known.any() or float(np.sqrt(np.mean(x[known] ** 2))) < _FLAT:
        return rolling
    forecasts = rolling.forecasts.copy()
    for m in range(forecasts.shape[2]):
        rows = known & np.isfinite(forecasts[:, :, m]) & (np.nan_to_num(forecasts[:, :, m]) > 0.0)
        if m in _KNOWING or not rows.any():
            continue
        expected = np.array([1.0, 0.0 if m in _LONG else -0.5])
        move = x @ _coefficients(rolling, m, x, rows, expected)
        forecasts[:, :, m] *= np.exp(np.clip(move, -np.log(_MOST), np.log(_MOST)))
    return replace(rolling, forecasts=forecasts)


def _coefficients(rolling: Rolling, method: int, x: Array, rows: NDArray[np.bool_], towards: Array) -> Array:
    """Coefficients of a method over these sums, drawn to `towards` by what dates leave open of them."""
    i, k = np.nonzero(rows)
    if len(i) > _MOST_ROWS:
        keep = (np.arange(_MOST_ROWS) * (len(i) / _MOST_ROWS)).astype(np.int64)
        i, k = i[keep], k[keep]
    a, c, z = rolling.actual[i, k], rolling.forecasts[i, k, method], x[i, k]
    size = np.maximum(rolling.level[i, k] * np.maximum(rolling.gap[i, k], 1.0), 1e-12)
    beta, wide = towards.copy(), np.eye(x.shape[2])
    dates = float(np.unique(k).size)
    free = max(dates * min(rolling.fresh, 1.0) - len(beta), 1.0)
    for _ in range(_ROUNDS):
        mean = c * np.exp(np.clip(z @ beta, -2.0, 2.0))
        error = np.sqrt(mean * size)
        pearson = (a - mean) / error
        bound = _CAP * max(float(np.sqrt(np.mean(pearson**2))), 1e-12)
        pull = z * (np.clip(pearson, -bound, bound) * mean / error)[:, None]
        inverse = np.linalg.inv((z.T * (mean / size)) @ z + 1e-9 * np.eye(len(beta)))
        by_date = np.stack([np.bincount(k, weights=column, minlength=x.shape[1]) for column in pull.T])
        wide = inverse @ (by_date @ by_date.T) @ inverse * (dates / free)
        beta = beta + np.clip(inverse @ pull.sum(axis=0), -1.0, 1.0)
    prior = np.eye(len(beta)) / _USUAL**2
    precision = np.linalg.inv(wide + 1e-9 * np.eye(len(beta)))
    return np.asarray(np.linalg.solve(precision + prior, precision @ beta + prior @ towards))
