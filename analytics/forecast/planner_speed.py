"""How fast a planner who re-forecasts should follow surprises."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["planner_smoothing"]


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
