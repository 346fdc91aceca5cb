"""How fast a planner who re-forecasts should follow surprises."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["credibility", "credible_smoothing", "level_after_a_year", "planner_smoothing"]


def planner_smoothing(
    level_variance: NDArray[np.float64],
    drift: NDArray[np.float64],
    noise_variance: NDArray[np.float64],
    learning_periods: float,
) -> NDArray[np.float64]:
    """Share of a period's surprise by which a planner moves the level: the steady gain of a Kalman filter.

    *Formula*: gain = (sqrt(q^2 + 4 q) - q) / 2 with q = (drift^2 + level_variance / learning_periods) / noise_variance,
    the variance by which the level moves in a period (what is not known of it now is learnt over
    `learning_periods`) against that of one period's demand, all relative to the mean. Shape (products,).
    Source: local level model, Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, ch. 4.

    >>> planner_smoothing(np.array([0.0]), np.array([1.0]), np.array([2.0]), 26.0).round(3).tolist()
    [0.5]
    """
    q = (drift**2 + level_variance / learning_periods) / np.maximum(noise_variance, 1e-9)
    return (np.sqrt(q * q + 4.0 * q) - q) / 2.0


def credibility(expected: ArrayLike, level_error_cv: ArrayLike, units_per_order: ArrayLike) -> Any:
    """How much of the surprise of some time belongs to the level: 0 nothing, 1 all of it.

    credibility = cv^2 / (cv^2 + q / expected), cv the level's relative error before, q units an order, `expected` units in that time: the variance of the
    level against that of the sum of orders around it. Share. Source: Buehlmann (1967); for a gamma level and Poisson orders the posterior mean itself.

    >>> round(credibility(0.5, 0.4, 1.0), 6)
    0.074074
    """
    square = np.asarray(level_error_cv, np.float64) ** 2
    out = square / np.maximum(
        square
        + np.asarray(units_per_order, np.float64) / np.maximum(np.asarray(expected, np.float64), 1e-12),
        1e-300,
    )
    return out if np.ndim(out) else float(out)


def level_after_a_year(
    sold: ArrayLike, expected: ArrayLike, level_error_cv: ArrayLike, units_per_order: ArrayLike
) -> Any:
    """Level after a year's sales, relative to the one before.

    level_after_a_year = 1 + w (sold / expected - 1), w the `credibility`. Factor. Source: as there.

    >>> round(level_after_a_year(80.0, 100.0, 0.3, 1.0), 6)
    0.82
    """
    weight = credibility(expected, level_error_cv, units_per_order)
    out = 1.0 + weight * (
        np.asarray(sold, np.float64) / np.maximum(np.asarray(expected, np.float64), 1e-12) - 1.0
    )
    return out if np.ndim(out) else float(out)


def credible_smoothing(
    expected_per_year: NDArray[np.float64],
    level_error_cv: NDArray[np.float64],
    units_per_order: NDArray[np.float64],
    periods_per_year: float,
) -> NDArray[np.float64]:
    """Share of a period's surprise by which a planner moves the level so that a year's sales move it by their credibility. Shape (products,).

    *Formula*: 1 - (1 - w)^(1/N), N periods a year, w the year's `credibility`. The posterior gain of the t-th period is g_t = cv^2 / (cv^2 t + q/m), m units
    a period; what it leaves of the old level is (1 - g_1) ... (1 - g_N) = (q/m) / (cv^2 N + q/m) = 1 - w, since every factor's top is the bottom of
    the one before. The one share with (1 - s)^N = 1 - w leaves the same, so that sales spread over the year give exactly 1 + w (sold / expected - 1); and the next
    refit of a rare product, whose posterior mean adds the same sales, comes to that level too. Source: derived here.

    >>> share = credible_smoothing(np.array([0.5]), np.array([0.4]), np.array([1.0]), 52.0)
    >>> round(float(1.0 - (1.0 - share[0]) ** 52), 6)
    0.074074
    """
    weight = np.clip(credibility(expected_per_year, level_error_cv, units_per_order), 0.0, 1.0 - 1e-9)
    return np.asarray(-np.expm1(np.log1p(-weight) / periods_per_year))
