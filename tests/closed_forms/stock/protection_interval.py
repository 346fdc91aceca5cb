"""Demand over the protection interval: its mean, its spread, and the error of forecasting it.

The protection interval is lead time plus review period: from one review, the order placed there and every
unit demanded until the next review's order can arrive.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, finite, fraction, non_negative, positive

__all__ = [
    "autocorrelated_demand_deviation",
    "cumulative_forecast_errors",
    "estimated_mean_deviation",
    "gamma_lead_time_demand",
    "interval_demand_deviation",
    "interval_demand_mean",
    "one_step_error_deviation",
    "smoothed_forecast_deviation",
]


def interval_demand_mean(mean: ArrayLike, lead_time: ArrayLike, review_period: ArrayLike = 0.0) -> Floats:
    """Units demanded on average over the protection interval.

    Formula: mu (E[L] + R), mu demand per period, lead time and review period in periods. Units.
    Assumes stationary demand. Source: Silver, Pyke and Thomas 2017, chapter 6.

    >>> float(interval_demand_mean(20, 6, 2))
    160.0
    """
    return finite("mean", mean) * (
        non_negative("lead_time", lead_time) + non_negative("review_period", review_period)
    )


def interval_demand_deviation(
    mean: ArrayLike,
    standard_deviation: ArrayLike,
    lead_time: ArrayLike,
    lead_time_deviation: ArrayLike = 0.0,
    review_period: ArrayLike = 0.0,
) -> Floats:
    """Standard deviation of demand over the protection interval, with a lead time that varies.

    Formula: sqrt((E[L] + R) sigma^2 + mu^2 Var(L)). Demand in units per period, times in periods; returns units.
    Assumes independent demands, independent of the lead time, orders that do not cross; wrong for trends and for lead
    times that stretch when demand peaks. Source: Hadley and Whitin 1963; Silver, Pyke and Thomas 2017, chapter 6.

    >>> float(interval_demand_deviation(10, 4, 8, 0.4, 1))  # sqrt(9 x 16 + 100 x 0.16) = sqrt(160)
    12.649110640673518
    """
    periods = non_negative("lead_time", lead_time) + non_negative("review_period", review_period)
    variance = periods * non_negative("standard_deviation", standard_deviation) ** 2
    return np.sqrt(
        variance + finite("mean", mean) ** 2 * non_negative("lead_time_deviation", lead_time_deviation) ** 2
    )


def gamma_lead_time_demand(
    demand_rate: ArrayLike, lead_time_shape: ArrayLike, lead_time_scale: ArrayLike
) -> tuple[Floats, Floats]:
    """Successes and probability of demand over a gamma lead time when orders are Poisson: exactly negative binomial.

    Formula: r = shape, p = 1 / (1 + lambda scale); mean lambda shape scale, variance mean (1 + lambda scale).
    Rate in units per period, scale in periods. Source: gamma mixture of Poisson laws (Greenwood and Yule 1920).

    >>> r, p = gamma_lead_time_demand(3, 4, 0.5)
    >>> float(r), float(p)  # p = 1 / 2.5
    (4.0, 0.4)
    """
    shape, scale = positive("lead_time_shape", lead_time_shape), positive("lead_time_scale", lead_time_scale)
    return shape, 1.0 / (1.0 + non_negative("demand_rate", demand_rate) * scale)


def smoothed_forecast_deviation(
    standard_deviation: ArrayLike, smoothing: ArrayLike, periods: ArrayLike
) -> Floats:
    """Standard deviation of the error of a smoothed forecast of the demand of several periods, in units.

    Formula: sqrt(P sigma^2 + P^2 sigma^2 a / (2 - a)), a smoothing, P periods: the periods share the error of the level,
    so errors add up faster than by the root of P.
    Assumes independent demand around a constant mean, simple exponential smoothing run for long.
    Source: Prak, Teunter and Syntetos 2017; derived from Var(level) = sigma^2 a / (2 - a).

    >>> round(float(smoothed_forecast_deviation(10, 0.2, 4)), 6)  # sqrt(400 + 1600 / 9)
    24.037009
    """
    s, a, p = (
        non_negative("standard_deviation", standard_deviation),
        fraction("smoothing", smoothing),
        non_negative("periods", periods),
    )
    return s * np.sqrt(p + p * p * a / (2.0 - a))


def one_step_error_deviation(
    standard_deviation: ArrayLike, smoothing: ArrayLike, periods: ArrayLike
) -> Floats:
    """The popular rule: one-step forecast error times the root of the periods. Too small; shown for comparison.

    Formula: sigma sqrt(2 / (2 - a)) sqrt(P). Units. Source: Prak, Teunter and Syntetos 2017 (who advise against it).

    >>> round(float(one_step_error_deviation(10, 0.2, 4)), 6)  # 10 sqrt(1 / 0.9) 2
    21.081851
    """
    s, a, p = (
        non_negative("standard_deviation", standard_deviation),
        fraction("smoothing", smoothing),
        non_negative("periods", periods),
    )
    return s * np.sqrt(2.0 / (2.0 - a)) * np.sqrt(p)


def estimated_mean_deviation(
    standard_deviation: ArrayLike, observations: ArrayLike, periods: ArrayLike
) -> Floats:
    """Standard deviation of the demand of several periods when the mean was estimated from a few observations.

    Formula: sigma sqrt(P + P^2 / n), n observations. Units.
    Assumes independent demand, mean estimated by the average. Source: prediction variance of a mean.

    >>> float(estimated_mean_deviation(10, 16, 4))  # 10 sqrt(4 + 1)
    22.360679774997898
    """
    s, n, p = (
        non_negative("standard_deviation", standard_deviation),
        positive("observations", observations),
        non_negative("periods", periods),
    )
    return s * np.sqrt(p + p * p / n)


def autocorrelated_demand_deviation(
    standard_deviation: ArrayLike, autocorrelation: float, periods: int
) -> Floats:
    """Standard deviation of the demand of several periods when each period resembles the one before.

    Formula: sigma sqrt(P + 2 sum over k < P of (P - k) phi^k), phi first-order autocorrelation, sigma the standard
    deviation of one period's demand. Units. Assumes a first-order autoregression. Source: sum of its autocovariances.
    Raises ValueError unless the autocorrelation lies between -1 and 1.

    >>> float(autocorrelated_demand_deviation(10, 0.5, 2))  # 10 sqrt(2 + 2 x 0.5)
    17.32050807568877
    """
    if not -1 < autocorrelation < 1:
        raise ValueError(f"autocorrelation must be between -1 and 1, got {autocorrelation:g}")
    lag = np.arange(1, int(periods))
    return non_negative("standard_deviation", standard_deviation) * np.sqrt(
        periods + 2.0 * np.sum((periods - lag) * autocorrelation**lag)
    )


def cumulative_forecast_errors(demand: ArrayLike, forecast: ArrayLike, periods: int) -> Floats:
    """Errors of the summed forecast over every window of `periods` periods: what safety stock must cover.

    Formula: e_t = sum of demand over t+1 .. t+P minus the sum of the forecasts made for them. `demand` (n,),
    `forecast` (n,) aligned with it, or one number; returns (n - P + 1,) in units, overlapping windows.
    Assumes forecasts made before the window. Source: Saoud, Kourentzes and Boylan 2022.
    Raises ValueError unless `periods` lies between 1 and the number of errors.

    >>> cumulative_forecast_errors([5, 7, 3], 4, 2).tolist()
    [4.0, 2.0]
    """
    error = np.atleast_1d(finite("demand", demand)) - finite("forecast", forecast)
    if not 1 <= periods <= len(error):
        raise ValueError(f"periods must be between 1 and {len(error)}, got {periods}")
    return np.convolve(error, np.ones(periods), mode="valid")
