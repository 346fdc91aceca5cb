"""A product's own season beside that of its group: smooth waves, shrunk by how far those of all products are more than noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.demand.panel import DemandPanel

__all__ = ["own_waves", "wave_columns"]

Array = NDArray[np.float64]

#: Waves of a year, of half a year and so on.
_WAVES = 2
#: Usual size of a wave (standard deviation of its coefficients) before the portfolio shows one; it counts like this many products.
_USUAL = 0.1
_USUAL_WORTH = 3.0
_MOST = 3.0
_PIECE = 1024


def wave_columns(season: int) -> Array:
    """Cosines and sines of the waves by phase of the season: (season, columns).

    >>> wave_columns(4).round(3).tolist()[1]
    [0.0, 1.0]
    """
    waves = min(_WAVES, (season - 1) // 2)
    angle = 2.0 * np.pi * np.arange(season)[:, None] * np.arange(1, waves + 1)[None, :] / season
    return np.concatenate([np.cos(angle), np.sin(angle)], axis=1)


def own_waves(
    panel: DemandPanel,
    ratios: Array,
    group: NDArray[np.int64],
    masks: list[NDArray[np.bool_]],
    columns: Array,
    out: Array,
) -> None:
    """Fill `out` (products, ends, columns): coefficients of the waves by which a product's season departs from its group's, known from each of `masks`.

    *Formula*: least squares of y / (local mean x group's ratio) - 1 on a constant and the waves; each coefficient counts with t / (t + v), v its variance
    from the residuals (widened by (1 + r)/(1 - r) for their autocorrelation r), t the variance of true coefficients over products: the mean of the
    product of the coefficients of the earlier and of the later half of what is known, each product by 1 / (v + median v), drawn to 0.1^2 as if of three
    products. What does not come again (a launch, a decline, one promotion) has no part in t. The local mean is centred over a season and held at both
    ends. 0 where less than two seasons are known. `ratios` (groups, ends, season).
    Source: Efron and Morris (1973) for the shrinkage; waves as in a Fourier regression; the product of halves is a covariance of repeated measurements.
    """
    season, periods = len(columns), panel.units.shape[1]
    if periods < 2 * season or not columns.shape[1]:
        return
    phase = np.arange(periods) % season
    x = np.concatenate([np.ones((periods, 1)), columns[phase]], axis=1)
    k = x.shape[1]
    both = (x[:, :, None] * x[:, None, :]).reshape(periods, k * k)
    n = len(panel.skus)
    coefficient, variance = np.zeros((n, len(masks), k)), np.full((n, len(masks), k), np.inf)
    repeated = np.zeros((n, len(masks), k))
    since = np.maximum(panel.first, 0)
    for a in range(0, n, _PIECE):
        b = slice(a, a + _PIECE)
        seen = panel.observed[b] & (np.arange(periods) >= since[b][:, None]) & (panel.first[b] >= 0)[:, None]
        for e, mask in enumerate(masks):
            known = seen & mask
            base = _local_mean(panel.units[b], known, season) * ratios[group[b], e][:, phase]
            known &= base > 0.0
            enough = known.sum(axis=1) >= 2 * season
            if not enough.any():
                continue
            weight = known.astype(np.float64)
            away = np.where(known, panel.units[b] / np.where(known, base, 1.0) - 1.0, 0.0)
            np.minimum(away, _MOST, out=away)
            found, inverse = _least_squares(weight, away, x, both)
            later = known & (np.cumsum(known, axis=1) > 0.5 * known.sum(axis=1, keepdims=True))
            halves = [
                _least_squares(half.astype(np.float64), away, x, both)[0] for half in (known & ~later, later)
            ]
            repeated[b, e] = np.where(enough[:, None], halves[0] * halves[1], 0.0)
            coefficient[b, e] = np.where(enough[:, None], found, 0.0)
            scatter = _scatter((away - found @ x.T) * weight, weight.sum(axis=1) - k)[:, None]
            spread = np.diagonal(inverse, axis1=1, axis2=2) * scatter + 1e-12
            variance[b, e] = np.where(enough[:, None], spread, np.inf)
    waves = columns.shape[1] // 2
    for e in range(len(masks)):
        for wave in range(waves):
            at = [1 + wave, 1 + waves + wave]
            value, noise = coefficient[:, e, at], variance[:, e, at]
            known = np.isfinite(noise)
            if not known.any():
                continue
            middle = float(np.median(noise[known]))
            weight = np.where(known, 1.0 / (np.where(known, noise, 0.0) + middle), 0.0)
            more = repeated[:, e, at]
            worth = _USUAL_WORTH * len(at) / (2.0 * middle)
            true = (float((weight * more).sum()) + worth * _USUAL**2) / (float(weight.sum()) + worth)
            true = max(true, 0.0)
            out[:, e, [wave, waves + wave]] = np.where(
                known, value * true / (true + np.where(known, noise, 1.0)), 0.0
            )


def _least_squares(weight: Array, away: Array, x: Array, both: Array) -> tuple[Array, Array]:
    """Coefficients of `x` (periods, k) for each row of `away`, where `weight` (products, periods) is 1; and the inverse of x'x. `both` are products of columns."""
    k = x.shape[1]
    inverse = np.linalg.inv((weight @ both).reshape(-1, k, k) + 1e-6 * np.eye(k))
    return np.asarray(np.einsum("ijk,ik->ij", inverse, (weight * away) @ x)), np.asarray(inverse)


def _scatter(left: Array, count: Array) -> Array:
    """Variance of residuals (products, periods) with `count` degrees of freedom, widened for their autocorrelation: (products,)."""
    square = (left**2).sum(axis=1)
    repeat = (left[:, 1:] * left[:, :-1]).sum(axis=1) / np.maximum(square, 1e-300)
    repeat = np.clip(repeat, 0.0, 0.8)
    return np.asarray(square / np.maximum(count, 1.0) * (1.0 + repeat) / (1.0 - repeat))


def _local_mean(units: Array, seen: NDArray[np.bool_], season: int) -> Array:
    """Mean over the season around each period, of what was seen of it; within half a season of either end of the history that half a season inside."""
    n, periods = units.shape
    edge, count = np.zeros((n, periods + 1)), np.zeros((n, periods + 1))
    np.cumsum(units * seen, axis=1, out=edge[:, 1:])
    np.cumsum(seen, axis=1, out=count[:, 1:])
    half = season // 2
    begin = np.where(seen.any(axis=1), seen.argmax(axis=1), 0)[:, None]
    finish = np.where(seen.any(axis=1), periods - seen[:, ::-1].argmax(axis=1), periods)[:, None]
    t = np.clip(np.arange(periods)[None, :], begin + half, np.maximum(finish - season + half, begin + half))
    low, high = np.clip(t - half, 0, periods), np.clip(t - half + season, 0, periods)
    rows = np.arange(n)[:, None]
    return np.asarray(
        (edge[rows, high] - edge[rows, low]) / np.maximum(count[rows, high] - count[rows, low], 1.0)
    )
