"""Exponential smoothing, one series at a time through the program's own recursions: simple, damped trend, Holt-Winters, Theta."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.forecast.members.smoothing import (
    damped_trend_sums,
    holt_winters_sums,
    smoothed_levels,
    theta_sums,
)

__all__ = ["damped_trend", "exponential_smoothing", "holt_winters", "observed_series", "theta"]


def observed_series(y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Values, 0 where nothing was observed (NaN), and which were."""
    values = np.asarray(y, np.float64)
    seen = np.isfinite(values)
    return np.where(seen, values, 0.0), seen


def exponential_smoothing(y: ArrayLike, alpha: float) -> float:
    """The level a planner would carry: every new period moves it by the share `alpha` of the surprise.

    *Formula*: l(t) = l(t-1) + alpha (y(t) - l(t-1)), l(1) = y(1); the forecast of every later period is l.
    Missing values (NaN) change nothing. Source: Brown (1959).

    >>> exponential_smoothing([10, 20, 10], 0.5)  # 10, then 15, then 12.5
    12.5
    """
    values, seen = observed_series(y)
    out = np.zeros(len(values) + 1)
    smoothed_levels(values, seen, alpha, False, out)
    return float(out[-1])


def theta(y: ArrayLike, alpha: float, periods: int, share: float = 0.5) -> float:
    """The sum of the next periods when half the long-run trend is believed (Theta method).

    *Formula*: periods x level + share x slope x sum over j of (j - 1 + (1 - (1 - alpha)^n)/alpha), with the least-squares slope;
    share = 1 - 1/theta = 1/2 for theta = 2. Source: Assimakopoulos and Nikolopoulos (2000); Hyndman and Billah (2003).

    >>> round(theta([1, 2, 3, 4], 1.0, 1), 6)  # level 4, slope 1, half of it for the one step ahead
    4.5
    """
    values, seen = observed_series(y)
    out = np.zeros(len(values) + 1)
    theta_sums(values, seen, alpha, share, periods, 0, out)
    return float(out[-1])


def damped_trend(y: ArrayLike, alpha: float, beta: float, phi: float, periods: int) -> float:
    """The sum of the next periods when the recent trend goes on but fades by phi each period (phi = 1: Holt's method).

    *Formula*: level + (phi + ... + phi^j) trend, summed over j = 1 ... periods. Source: Gardner and McKenzie (1985).

    >>> damped_trend([2, 2, 2], 0.3, 0.1, 0.9, 2)
    4.0
    """
    values, seen = observed_series(y)
    out = np.zeros(len(values) + 1)
    damped_trend_sums(values, seen, alpha, beta, phi, periods, out)
    return float(out[-1])


def holt_winters(y: ArrayLike, season: int, alpha: float, gamma: float, periods: int) -> float:
    """The sum of the next periods from a level plus an additive seasonal pattern (no trend); NaN below two seasons of history.

    Source: Winters (1960), additive form.

    >>> holt_winters([1, 3, 1, 3], 2, 0.5, 0.5, 1)
    1.0
    """
    values, seen = observed_series(y)
    out = np.full(len(values) + 1, np.nan)
    holt_winters_sums(values, seen, season, alpha, gamma, periods, np.zeros(season), out)
    return float(out[-1])
