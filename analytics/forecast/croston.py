# mypy: disable-error-code="no-untyped-def"
"""Intermittent demand: Croston, Syntetos-Boylan (SBA), Teunter-Syntetos-Babai (TSB), and temporal aggregation (ADIDA, IMAPA)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.forecast.smoothing import observed_series
from analytics.kernel_cache import kernel

__all__ = ["adida", "aggregated_levels", "croston", "croston_levels", "imapa", "sba", "tsb", "tsb_levels"]


@kernel
def croston_levels(y, seen, alpha, warm, out):
    """out[t] = demand per period expected before period t; returns the last (size, interval). Starts at the first sale: its size, its position."""
    size = 0.0
    interval = 1.0
    gap = 0.0
    sales = 0.0
    out[0] = 0.0
    for t in range(y.shape[0]):
        if seen[t]:
            gap += 1.0
            if y[t] > 0.0:
                sales += 1.0
                if sales == 1.0:
                    size = y[t]
                    interval = gap
                else:
                    gain = max(alpha, 1.0 / sales) if warm else alpha
                    size += gain * (y[t] - size)
                    interval += gain * (gap - interval)
                gap = 0.0
        out[t + 1] = size / interval if sales > 0.0 else 0.0
    return size, interval


@kernel
def tsb_levels(y, seen, alpha_size, alpha_probability, warm, out):
    """out[t] = probability of a sale times size before period t. Starts with the first period's indicator and the first sale's size."""
    size = 0.0
    probability = 0.0
    count = 0.0
    sales = 0.0
    out[0] = 0.0
    for t in range(y.shape[0]):
        if seen[t]:
            count += 1.0
            sold = 1.0 if y[t] > 0.0 else 0.0
            if count == 1.0:
                probability = sold
            else:
                gain = max(alpha_probability, 1.0 / count) if warm else alpha_probability
                probability += gain * (sold - probability)
            if sold > 0.0:
                sales += 1.0
                if sales == 1.0:
                    size = y[t]
                else:
                    gain = max(alpha_size, 1.0 / sales) if warm else alpha_size
                    size += gain * (y[t] - size)
        out[t + 1] = probability * size


@kernel
def aggregated_levels(total, bucket, alpha, out):
    """out[t] = smoothed demand per period before period t, smoothing sums of `bucket` periods that end at t; `total` holds cumulative sums (n + 1).

    Before one full bucket: the plain mean. The constant is never below 1/number of buckets.
    """
    n = total.shape[0] - 1
    for t in range(n + 1):
        if t < bucket:
            out[t] = total[t] / t if t > 0 else 0.0
        elif t < 2 * bucket:
            out[t] = (total[t] - total[t - bucket]) / bucket
        else:
            gain = max(alpha, 1.0 / (t // bucket))
            out[t] = out[t - bucket] + gain * ((total[t] - total[t - bucket]) / bucket - out[t - bucket])


def croston(y: ArrayLike, alpha: float = 0.1) -> tuple[float, float, float]:
    """Demand per period of a product that sells now and then: its usual size over its usual interval.

    *Formula*: on a sale, size and interval each move by `alpha` of the surprise; forecast = size / interval. Starts with the first
    sale's size and position. Biased high by about alpha/(2 - alpha). Returns (forecast per period, size, interval).
    Source: Croston (1972).

    >>> croston([0, 4, 0, 4], 0.1)
    (2.0, 4.0, 2.0)
    """
    values, seen = observed_series(y)
    out = np.zeros(len(values) + 1)
    size, interval = croston_levels(values, seen, alpha, False, out)
    return float(out[-1]), float(size), float(interval)


def sba(y: ArrayLike, alpha: float = 0.1) -> float:
    """Croston's forecast less its known bias: times 1 - alpha/2. Source: Syntetos and Boylan (2005).

    `y` (periods,) in units a period, as the result.

    >>> sba([0, 4, 0, 4], 0.1)
    1.9
    """
    return (1.0 - alpha / 2.0) * croston(y, alpha)[0]


def tsb(y: ArrayLike, alpha_d: float = 0.1, alpha_p: float = 0.1) -> float:
    """Demand per period as chance of a sale times size; the chance fades with every period without one, so a dying product is seen.

    *Formula*: p moves by `alpha_p` towards 1 or 0 in every period, size by `alpha_d` on a sale; forecast = p x size.
    Starts with the first period's indicator and the first sale's size. Source: Teunter, Syntetos and Babai (2011).

    >>> tsb([2, 0, 2], 0.5, 0.5)  # chance 1, 0.5, 0.75; size 2
    1.5
    """
    values, seen = observed_series(y)
    out = np.zeros(len(values) + 1)
    tsb_levels(values, seen, alpha_d, alpha_p, False, out)
    return float(out[-1])


def _mean_interval(values: NDArray[np.float64]) -> int:
    sales = np.flatnonzero(values > 0)
    return max(1, round(float((sales[-1] + 1) / len(sales)))) if len(sales) else 1


def adida(y: ArrayLike, alpha: float = 0.2) -> float:
    """Demand per period after summing it over buckets as long as the usual interval between sales, which takes the zeros out.

    Source: Nikolopoulos, Syntetos, Boylan, Petropoulos and Assimakopoulos (2011).

    >>> adida([0, 4, 0, 4, 0, 4], 0.2)
    2.0
    """
    values, _ = observed_series(y)
    total = np.concatenate([[0.0], np.cumsum(values)])
    out = np.zeros(len(total))
    aggregated_levels(total, _mean_interval(values), alpha, out)
    return float(out[-1])


def imapa(y: ArrayLike, alpha: float = 0.2) -> float:
    """The mean of ADIDA over all bucket lengths from 1 to the usual interval between sales. Source: Petropoulos and Kourentzes (2015).

    `y` (periods,) in units a period, as the result.

    >>> imapa([3, 3, 3], 0.2)
    3.0
    """
    values, _ = observed_series(y)
    total = np.concatenate([[0.0], np.cumsum(values)])
    out = np.zeros(len(total))
    levels = []
    for bucket in range(1, _mean_interval(values) + 1):
        aggregated_levels(total, bucket, alpha, out)
        levels.append(out[-1])
    return float(np.mean(levels))
