"""The year's pattern of a whole group of products from little more than one year: smooth waves, believed as far as their evidence goes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["expected_by_group", "harmonic_profile"]

#: Waves a season is made of, and how far the first may usually move demand (standard deviation of its logarithm; the k-th: a k-th of it).
_WAVES = 3
_USUAL_SWING = 0.3
#: Usual trend a year (standard deviation of the logarithm).
_USUAL_TREND = 0.3


def expected_by_group(units: NDArray[np.float64], end: int, group: NDArray[np.int64], groups: int) -> NDArray[np.float64]:
    """What each group would have sold in each period up to `end` if every product sold its own mean while it was on sale: (groups, end).

    Launches and ends of products move this, seasons hardly do; it is what a season is measured against. A product counts as on sale from its first
    sale until one usual gap after its last one. Only periods before `end` enter.

    >>> expected_by_group(np.array([[0.0, 4.0, 2.0, 0.0, 0.0, 0.0]]), 6, np.array([0]), 1).tolist()
    [[0.0, 3.0, 3.0, 3.0, 0.0, 0.0]]
    """
    past = units[:, :end]
    sold = past > 0.0
    ever = sold.any(axis=1)
    first = np.argmax(sold, axis=1)
    last = end - 1 - np.argmax(sold[:, ::-1], axis=1)
    gap = np.ceil((last - first + 1) / np.maximum(sold.sum(axis=1), 1)).astype(np.int64)
    rate = np.where(ever, past.sum(axis=1) / np.maximum(last - first + 1, 1), 0.0)
    stop = np.minimum(last + 1 + gap, end)
    size = groups * (end + 1)
    change = np.bincount(group * (end + 1) + first, rate, size) - np.bincount(group * (end + 1) + stop, rate, size)
    return np.maximum(np.cumsum(change.reshape(groups, end + 1), axis=1)[:, :end], 0.0)


def harmonic_profile(sums: NDArray[np.float64], expected: NDArray[np.float64], above: NDArray[np.float64], per_season: float) -> NDArray[np.float64]:
    """Seasonal ratios of a group's sales, by calendar phase, of mean 1: shape (season,). The first period has phase 0.

    *Formula*: log of demand / `expected` = level + trend + waves of 1, 1/2 and 1/3 season on top of log `above` (season,), the ratios to lean on;
    fitted by penalised quasi-Poisson likelihood (iteratively reweighted least squares): the k-th wave has a prior standard deviation of 0.3/k, the
    trend of 0.3 a year, and the variance is what the residuals show, widened by (1 + r)/(1 - r) for their autocorrelation r. `per_season` is the length
    of a season in years. Source: Wedderburn (1974) for the likelihood; the shrinkage is the usual Gaussian prior.

    >>> t = np.arange(96)
    >>> season = np.exp(0.4 * np.cos(2 * np.pi * t / 52))
    >>> got = harmonic_profile(500 * season, np.full(96, 500.0), np.ones(52), 1.0)
    >>> bool(got[0] > 1.3 and got[26] < 0.8)
    True
    """
    season = len(above)
    n = len(sums)
    phase = np.arange(n) % season
    use = expected > 0.0
    if use.sum() < season or sums[use].sum() <= 0.0:
        return above
    waves = min(_WAVES, (season - 1) // 2)
    angle = 2.0 * np.pi * np.arange(season)[:, None] * np.arange(1, waves + 1)[None, :] / season
    basis = np.concatenate([np.cos(angle), np.sin(angle)], axis=1)
    swing = _USUAL_SWING / np.tile(np.arange(1, waves + 1), 2)
    year = (np.arange(n) - 0.5 * n) / season * per_season
    x = np.concatenate([np.ones((n, 1)), year[:, None], basis[phase]], axis=1)[use]
    y, offset = sums[use], expected[use] * above[phase][use]
    precision = np.concatenate([[1e-6, _USUAL_TREND**-2], swing**-2.0])
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(y.sum() / offset.sum())
    dispersion = 1.0
    for step in range(12):
        mean = np.maximum(offset * np.exp(np.clip(x @ beta, -3.0, 3.0)), 1e-9 * offset.sum())
        pearson = (y - mean) / np.sqrt(mean)
        # a few outstanding periods must not make the pattern
        bound = 3.0 * float(np.median(np.abs(pearson))) / 0.6745 + 1e-12
        pearson = np.clip(pearson, -bound, bound)
        if step % 3 == 0:
            repeat = float(np.clip((pearson[1:] * pearson[:-1]).sum() / max(float((pearson**2).sum()), 1e-300), 0.0, 0.8))
            dispersion = max(float((pearson**2).sum()) / max(len(y) - 2.0 - waves, 1.0), 1e-9) * (1.0 + repeat) / (1.0 - repeat)
        left = (x * mean[:, None]).T @ x / dispersion + np.diag(precision)
        score = x.T @ (np.sqrt(mean) * pearson) / dispersion - precision * beta
        beta = beta + np.linalg.solve(left, score)
    out = above * np.exp(np.clip(basis @ beta[2:], -2.0, 2.0))
    result: NDArray[np.float64] = out / out.mean()
    return result
