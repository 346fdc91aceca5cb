"""Intermittent demand, one series at a time through the program's own recursions: Croston, SBA, TSB, ADIDA, IMAPA."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.forecast.members.croston import aggregated_levels, croston_levels, tsb_levels
from tests.closed_forms.forecasts.smoothed_series import observed_series

__all__ = ["adida", "croston", "imapa", "sba", "tsb"]


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
