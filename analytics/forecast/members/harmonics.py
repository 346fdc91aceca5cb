# mypy: disable-error-code="no-untyped-def"
"""The year's pattern of a whole group of products from little more than one year: smooth waves, believed as far as their evidence goes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.machine.kernel_cache import kernel, part

__all__ = ["expected_by_group", "harmonic_profile"]

#: Waves a season is made of, and how far the first may usually move demand (standard deviation of its logarithm; the k-th: a k-th of it).
_WAVES = 3
_USUAL_SWING = 0.3
#: Usual trend a year (standard deviation of the logarithm).
_USUAL_TREND = 0.3


def expected_by_group(
    units: NDArray[np.float64], end: int, group: NDArray[np.int64], groups: int
) -> NDArray[np.float64]:
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
    change = np.bincount(group * (end + 1) + first, rate, size) - np.bincount(
        group * (end + 1) + stop, rate, size
    )
    return np.maximum(np.cumsum(change.reshape(groups, end + 1), axis=1)[:, :end], 0.0)


@part
def _solve(left, right):
    """Solve left b = right for a positive definite matrix by its Cholesky factor; `left` and `right` are overwritten."""
    k = right.shape[0]
    for j in range(k):
        for i in range(j, k):
            total = left[i, j]
            for m in range(j):
                total -= left[i, m] * left[j, m]
            left[i, j] = np.sqrt(max(total, 1e-300)) if i == j else total / left[j, j]
    for i in range(k):
        for m in range(i):
            right[i] -= left[i, m] * right[m]
        right[i] /= left[i, i]
    for i in range(k - 1, -1, -1):
        for m in range(i + 1, k):
            right[i] -= left[m, i] * right[m]
        right[i] /= left[i, i]


@part
def _median_size(values, sizes):
    """Median of absolute values, by Shell's sort into `sizes` (numpy's own takes longer to compile than everything else here)."""
    n = values.shape[0]
    for t in range(n):
        sizes[t] = abs(values[t])
    gap = n // 2
    while gap > 0:
        for t in range(gap, n):
            value, place = sizes[t], t
            while place >= gap and sizes[place - gap] > value:
                sizes[place] = sizes[place - gap]
                place -= gap
            sizes[place] = value
        gap = 1 if gap == 2 else gap * 5 // 11
    return 0.5 * (sizes[(n - 1) // 2] + sizes[n // 2])


@kernel
def _coefficients(x, y, offset, precision, waves, beta):
    """Fit `beta` (columns,) by penalised quasi-Poisson likelihood from its starting value: twelve rounds of reweighted least squares."""
    n, k = x.shape
    mean, pearson, sizes = np.empty(n), np.empty(n), np.empty(n)
    left, score = np.empty((k, k)), np.empty(k)
    least = 1e-9 * offset.sum()
    dispersion = 1.0
    for step in range(12):
        for t in range(n):
            fitted = 0.0
            for a in range(k):
                fitted += x[t, a] * beta[a]
            mean[t] = max(offset[t] * np.exp(min(max(fitted, -3.0), 3.0)), least)
            pearson[t] = (y[t] - mean[t]) / np.sqrt(mean[t])
        bound = (
            3.0 * _median_size(pearson, sizes) / 0.6745 + 1e-12
        )  # a few outstanding periods must not make the pattern
        square, product = 0.0, 0.0
        for t in range(n):
            pearson[t] = min(max(pearson[t], -bound), bound)
            square += pearson[t] * pearson[t]
            if t > 0:
                product += pearson[t] * pearson[t - 1]
        if step % 3 == 0:
            repeat = min(max(product / max(square, 1e-300), 0.0), 0.8)
            dispersion = max(square / max(n - 2.0 - waves, 1.0), 1e-9) * (1.0 + repeat) / (1.0 - repeat)
        left[:] = 0.0
        score[:] = 0.0
        for t in range(n):
            pull = np.sqrt(mean[t]) * pearson[t]
            for a in range(k):
                score[a] += x[t, a] * pull
                weighted = mean[t] * x[t, a]
                for b in range(a + 1):
                    left[a, b] += weighted * x[t, b]
        for a in range(k):
            score[a] = score[a] / dispersion - precision[a] * beta[a]
            for b in range(a + 1):
                left[a, b] /= dispersion
            left[a, a] += precision[a]
        _solve(left, score)
        for a in range(k):
            beta[a] += score[a]


def harmonic_profile(
    sums: NDArray[np.float64], expected: NDArray[np.float64], above: NDArray[np.float64], per_season: float
) -> NDArray[np.float64]:
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
    y, offset = sums[use].astype(np.float64), expected[use] * above[phase][use]
    precision = np.concatenate([[1e-6, _USUAL_TREND**-2], swing**-2.0])
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(y.sum() / offset.sum())
    _coefficients(x, y, offset, precision, waves, beta)
    out = above * np.exp(np.clip(basis @ beta[2:], -2.0, 2.0))
    result: NDArray[np.float64] = out / out.mean()
    return result
