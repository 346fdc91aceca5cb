"""The error of a sum over the protection interval in closed form, where demand is independent from period to period."""

from __future__ import annotations

import math

__all__ = ["lead_time_error_sd", "predictive_sd"]


def lead_time_error_sd(demand_sd: float, alpha: float, periods: float) -> float:
    """How wrong the forecast of a whole protection interval is: every period of it shares the same error of the level.

    *Formula*: root of L s^2 + L^2 s^2 alpha/(2 - alpha), L = `periods`, s = `demand_sd` per period, for demand independent between periods and
    forecast by exponential smoothing with constant `alpha`. One period's error times the root of L leaves the second term too small.
    Source: Prak, Teunter and Syntetos (2017).

    >>> round(lead_time_error_sd(10, 0.2, 4), 4)
    24.037
    """
    return demand_sd * math.sqrt(periods + periods**2 * alpha / (2.0 - alpha))


def predictive_sd(demand_sd: float, observations: float, periods: float) -> float:
    """How wrong the forecast of a whole protection interval is when the level is a mean of so many periods.

    *Formula*: s times the root of L + L^2/n, L = `periods`, n = `observations`, for demand independent between periods.
    Source: the prediction variance of a mean.

    >>> round(predictive_sd(10, 24, 4), 4)
    21.6025
    """
    return demand_sd * math.sqrt(periods + periods**2 / observations)
