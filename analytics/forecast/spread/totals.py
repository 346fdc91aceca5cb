"""Totals and tables: quantiles of demand over several periods, and the tables the command line writes.

One concept: one law of demand, read at levels for one period or for several; the tables print what is read.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from analytics.demand.panel import PERIODS_PER_YEAR, DemandPanel
from analytics.forecast.forecast import PERIOD_KNOTS, Forecast
from analytics.forecast.spread.quantile_tables import least_mean, table_variance
from analytics.forecast.spread.steady import within_range

__all__ = [
    "HIGHEST_LEVEL",
    "TABLE_LEVELS",
    "forecast_table",
    "forecast_total_table",
    "future_starts",
    "known_orders",
    "later_quantiles",
    "mean_by_period",
    "mean_in_total",
    "period_moments",
    "period_quantiles",
    "quantiles_by_period",
    "quantiles_in_total",
    "survival",
    "total_quantiles",
    "whole_units",
]

#: Quantiles of the tables.
TABLE_LEVELS = np.array([0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95])
#: The highest level at which a quantile is read: no distribution without an end holds more for certain.
HIGHEST_LEVEL = 1.0 - 1e-6
#: Halvings by which quantiles are reduced to what their mean allows.
_HALVINGS = 14
_COLUMNS = ("q05", "q10", "q25", "q50", "q75", "q90", "q95")


def future_starts(first_period: np.datetime64, frequency: str, periods: int) -> NDArray[np.datetime64]:
    """First day of each future period.

    >>> future_starts(np.datetime64("2024-01-01"), "M", 2).astype(str).tolist()
    ['2024-01-01', '2024-02-01']
    """
    first = first_period.astype("datetime64[D]")
    if frequency == "M":
        return (first.astype("datetime64[M]") + np.arange(periods)).astype("datetime64[D]")
    return first + np.arange(periods) * (7 if frequency == "W" else 1)


def survival(forecast: Forecast, periods: int) -> NDArray[np.float64]:
    """Probability of being alive in each of the next periods: alive now, no sudden end by mid-period, before any known end. Shape (products, periods)."""
    middle = (np.arange(periods) + 0.5) / PERIODS_PER_YEAR[forecast.frequency]
    out: NDArray[np.float64] = forecast.alive[:, None] * np.exp(
        -forecast.hazard_per_year[:, None] * middle[None, :]
    )
    starts = future_starts(forecast.first_period, forecast.frequency, periods)
    ended = ~np.isnat(forecast.known_end)[:, None] & (starts[None, :] > forecast.known_end[:, None])
    out[ended] = 0.0
    return out


def _moments(
    forecast: Forecast, periods: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation, given alive, of the sum over the next (fractional) periods under the path rule's own law."""
    horizon = forecast.mean.shape[1]
    edge = np.concatenate([np.zeros((len(periods), 1)), np.cumsum(forecast.mean, axis=1)], axis=1)
    whole = np.minimum(np.floor(periods), horizon).astype(int)
    rows = np.arange(len(periods))
    last = forecast.mean[rows, np.minimum(whole, horizon - 1)]
    mean = edge[rows, whole] + np.where(whole < horizon, periods - whole, 0.0) * last
    beyond = np.maximum(periods - horizon, 0.0)
    mean = mean + beyond * forecast.mean.mean(axis=1)
    noise = table_variance(forecast.noise)
    level = (1 + table_variance(forecast.level_error)) * (1 + forecast.market_cv**2) * (
        1 + forecast.family_cv**2 * (forecast.family >= 0)
    ) - 1.0
    drift = forecast.drift**2 * periods / 3.0
    relative = (1 + level) * (1 + drift) * (1 + noise / np.maximum(periods, 1e-9)) - 1.0
    variance = relative * mean**2 + np.where(forecast.integer, mean * forecast.steps, 0.0)
    return mean, np.sqrt(np.maximum(variance, 0.0))


def _gamma(
    mean: NDArray[np.float64], sd: NDArray[np.float64], levels: NDArray[np.float64]
) -> NDArray[np.float64]:
    safe = np.maximum(mean, 1e-12)
    shape = np.clip((safe / np.maximum(sd, 1e-9 * safe)) ** 2, 1e-3, 1e8)
    out: NDArray[np.float64] = gammaincinv(shape[:, None], np.atleast_2d(levels)) * (safe / shape)[:, None]
    return out


def _own_quantiles(forecast: Forecast, levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles of the sum over the product's own interval.

    The calibrated distribution of the sum over its own interval, interpolated in the level (normal scores) with a log-linear tail; `levels` (levels,) or
    (products, levels). Shape (products, levels).
    """
    x = ndtri(forecast.total_levels)
    q = forecast.total_quantile
    wanted = np.broadcast_to(ndtri(np.clip(levels, 1e-6, HIGHEST_LEVEL)), (len(q), levels.shape[-1]))
    at = np.clip(np.searchsorted(x, wanted) - 1, 0, len(x) - 2)
    share = (wanted - x[at]) / (x[at + 1] - x[at])
    below = np.take_along_axis(q, at, axis=1)
    return np.maximum(below + share * (np.take_along_axis(q, at + 1, axis=1) - below), 0.0)


def period_moments(
    forecast: Forecast,
    ahead: NDArray[np.float64],
    t: int | NDArray[np.int64],
    who: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of demand in one period ahead.

    Mean and standard deviation, given alive, of demand in the t-th period ahead (0: the next) under the path rule's own law; `ahead` its mean, for every
    product or for those at the positions `who`.
    """
    rows = slice(None) if who is None else who
    shocks = (1 + forecast.market_cv**2) * (1 + forecast.family_cv**2 * (forecast.family >= 0))
    steady = (1 + table_variance(forecast.level_error)) * shocks * (1 + table_variance(forecast.noise))
    relative = steady[rows] * np.exp(np.minimum(forecast.drift[rows] ** 2 * (t + 1.0), 2.0)) - 1.0
    variance = relative * ahead**2 + np.where(forecast.integer[rows], ahead * forecast.steps[rows], 0.0)
    return ahead, np.sqrt(np.maximum(variance, 0.0))


def _like_calibrated(
    forecast: Forecast,
    levels: NDArray[np.float64],
    mean: NDArray[np.float64],
    sd: NDArray[np.float64],
    base: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Gamma quantiles of this mean and deviation, moved by how far the calibrated distribution of the interval's sum lies from its own gamma (`base`)."""
    survive = survival(forecast, 1)[:, 0]
    base_mean, base_sd = base
    # the gamma quantile at 1 is infinite on both sides, and their difference unknown: as far up as `_own_quantiles` goes
    levels = np.minimum(levels, HIGHEST_LEVEL)
    plain, own = _gamma(mean, sd, levels), _gamma(base_mean, base_sd, levels)
    calibrated = _own_quantiles(forecast, np.round(1.0 - survive[:, None] * (1.0 - levels), 4))
    out = plain + (calibrated - own) * sd[:, None] / np.maximum(base_sd, 1e-12)[:, None]
    out = np.where(survive[:, None] < 0.5, np.maximum(plain, 0.0), out)
    out = np.where(base_mean[:, None] > 0, out, 0.0)
    order = np.argsort(levels)
    out[:, order] = np.maximum.accumulate(np.maximum(out[:, order], 0.0), axis=1)
    return out


def total_quantiles(
    forecast: Forecast, levels: NDArray[np.float64], periods: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How much demand the next periods bring at most, with the given probabilities, if the product stays alive.

    *Formula*: at the interval the forecast was calibrated for, the calibrated quantile; at another length, the gamma quantile of the
    path rule's mean and standard deviation plus the calibrated distribution's deviation from its own gamma, scaled by the standard deviations.
    `levels` (Q,), `periods` (products,) fractional. Returns (products, Q), units; non-negative and non-decreasing in the level.
    Source: a rule of this program.
    """
    levels = np.atleast_1d(np.asarray(levels, np.float64))
    periods = np.broadcast_to(np.asarray(periods, np.float64), (len(forecast.skus),))
    out = _like_calibrated(
        forecast, levels, *_moments(forecast, periods), _moments(forecast, forecast.total_periods)
    )
    return within_range(out, levels, forecast.bounds, periods)


def later_quantiles(
    forecast: Forecast,
    levels: NDArray[np.float64],
    periods: NDArray[np.float64],
    start: NDArray[np.int64],
) -> NDArray[np.float64]:
    """How much demand so many periods bring at most that begin `start` periods from now, with the given probabilities, if the product stays alive.

    *Formula*: the gamma quantile of the path rule's mean and standard deviation there; what the interval next ahead was calibrated to says nothing of a
    season that is far off. Beyond the forecast its last year repeats. `start` (products,), the rest as of `total_quantiles`.
    Source: a rule of this program.
    """
    horizon = forecast.mean.shape[1]
    year = min(horizon, round(PERIODS_PER_YEAR[forecast.frequency]))
    place = np.arange(horizon)[None, :] + start[:, None]
    place = np.where(place < horizon, place, horizon - year + (place - horizon) % year)
    there = replace(forecast, mean=np.take_along_axis(forecast.mean, place, axis=1))
    levels = np.minimum(np.atleast_1d(np.asarray(levels, np.float64)), HIGHEST_LEVEL)
    return within_range(_gamma(*_moments(there, periods), levels), levels, forecast.bounds, periods)


def period_quantiles(forecast: Forecast, levels: NDArray[np.float64], t: int) -> NDArray[np.float64]:
    """How much demand the t-th period ahead (0: the next one) brings at most, with the given probabilities, if the product stays alive.

    *Formula*: mean of two quantiles, both with the mean and the standard deviation of that single period (its own noise, the level's error and its drift
    until then, so that later periods are wider): that of `total_quantiles`, which knows the product, and the gamma quantile read at the level that held on
    past single periods of its class (`period_levels`). `levels` (Q,). Returns (products, Q), units; non-negative and non-decreasing in the level.
    Source: Lichtendahl, Grushka-Cockayne and Winkler (2013) for the mean of quantiles.
    """
    levels = np.clip(np.atleast_1d(np.asarray(levels, np.float64)), 0.0, 1.0)
    mean, sd = period_moments(forecast, forecast.mean[:, min(t, forecast.mean.shape[1] - 1)], t)
    at = np.clip(np.searchsorted(PERIOD_KNOTS, levels) - 1, 0, len(PERIOD_KNOTS) - 2)
    share = (levels - PERIOD_KNOTS[at]) / (PERIOD_KNOTS[at + 1] - PERIOD_KNOTS[at])
    read = forecast.period_levels[:, at] * (1.0 - share) + forecast.period_levels[:, at + 1] * share
    by_product = _like_calibrated(forecast, levels, mean, sd, _moments(forecast, forecast.total_periods))
    out = np.where(mean[:, None] > 0.0, 0.5 * (_gamma(mean, sd, read) + by_product), 0.0)
    return within_range(out, levels, forecast.bounds)


_FINE = np.concatenate([[0.001, 0.005, 0.01, 0.025], np.arange(0.05, 0.96, 0.05), [0.975, 0.99, 0.995]])


def _mixed(
    given: NDArray[np.float64], survive: NDArray[np.float64], levels: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Quantiles of a sum that is 0 with probability 1 - survive and else has quantiles `given` (products, len(_FINE))."""
    out = np.zeros((len(given), len(levels)))
    rows = np.arange(len(given))
    for j, level in enumerate(levels):
        inside = 1.0 - (1.0 - level) / np.maximum(survive, 1e-12)
        at = np.clip(np.searchsorted(_FINE, inside) - 1, 0, len(_FINE) - 2)
        share = np.clip((inside - _FINE[at]) / (_FINE[at + 1] - _FINE[at]), 0.0, 1.0)
        value = given[rows, at] + share * (given[rows, at + 1] - given[rows, at])
        out[:, j] = np.where(inside <= 0.0, 0.0, value)
    return out


def whole_units(
    quantile: NDArray[np.float64], integer: NDArray[np.bool_], step: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Quantiles to the nearest whole unit where demand comes in whole units, of a `step` (products,) each (None: one). quantile (products, ...), integer (products,).

    >>> whole_units(np.array([[0.4, 2.5], [0.4, 2.5]]), np.array([True, False])).tolist()
    [[0.0, 3.0], [0.4, 2.5]]
    """
    mask = integer.reshape(-1, *([1] * (quantile.ndim - 1)))
    size = np.ones(mask.shape) if step is None else step.reshape(mask.shape)
    return np.where(mask, np.floor(quantile / size + 0.5) * size, quantile)


def _alive_means(forecast: Forecast, horizon: int) -> NDArray[np.float64]:
    """Mean demand of each of the next periods, given that the product lives; beyond the forecast its last. Shape (products, horizon)."""
    return np.asarray(forecast.mean[:, np.minimum(np.arange(horizon), forecast.mean.shape[1] - 1)])


def known_orders(forecast: Forecast, horizon: int) -> NDArray[np.float64]:
    """Units that customers have on order in each of the next periods, (products, horizon); 0 where none are known."""
    out = np.zeros((len(forecast.skus), horizon))
    if forecast.known is not None:
        width = min(horizon, forecast.known.shape[1])
        out[:, :width] = forecast.known[:, :width]
    return out


def mean_by_period(forecast: Forecast, horizon: int) -> NDArray[np.float64]:
    """Units expected in each of the next periods, the chance of having ended counted. Shape (products, horizon).

    mean_by_period = mean demand given that the product lives x survival, at least what is on order. Units. Source: law of total expectation.
    """
    return np.maximum(
        _alive_means(forecast, horizon) * survival(forecast, horizon), known_orders(forecast, horizon)
    )


def mean_in_total(forecast: Forecast, horizon: int) -> NDArray[np.float64]:
    """Units expected over the next periods together, the chance of having ended counted. Shape (products,).

    mean_in_total = sum of mean_by_period. Units. Source: means add.
    """
    return np.asarray(mean_by_period(forecast, horizon).sum(axis=1))


def quantiles_by_period(forecast: Forecast, horizon: int) -> NDArray[np.float64]:
    """Units that demand of each of the next periods stays within, at every level of TABLE_LEVELS: columns q05 to q95.

    quantiles_by_period = quantiles of a demand that is 0 where the product has ended and else has `period_quantiles`.
    The chance of having ended is 1 - survival; to whole units where demand comes in whole units; not below what is on order.
    Returns (products, horizon, levels), units. Source: mixture of a point at 0 and the forecast.
    """
    survive = survival(forecast, horizon)
    given = np.zeros((len(forecast.skus), horizon, len(TABLE_LEVELS)))
    for t in range(horizon):
        given[:, t] = _mixed(period_quantiles(forecast, _FINE, t), survive[:, t], TABLE_LEVELS)
    given = np.maximum(given, known_orders(forecast, horizon)[:, :, None])
    return _with_mean(mean_by_period(forecast, horizon), given, forecast)


def quantiles_in_total(forecast: Forecast, horizon: int) -> NDArray[np.float64]:
    """Units that demand over the next periods together stays within, at every level of TABLE_LEVELS: columns q05 to q95.

    quantiles_in_total = quantiles of a demand that is 0 where the product has ended and else has `total_quantiles`.
    The chance of having lived, s, is the mean of survival, weighted by expected demand. Where the horizon is the interval the forecast was
    calibrated for, the calibrated quantiles (deaths of past products included) at the levels above 1 - s, and 0 at those below.
    Quantiles that no demand of `mean_in_total` can have are reduced. Returns (products, levels), units.
    Source: mixture of a point at 0 and the forecast.
    """
    survive = survival(forecast, horizon)
    alive, mean = _alive_means(forecast, horizon), mean_in_total(forecast, horizon)
    total, lived = alive.sum(axis=1), (alive * survive).sum(axis=1)
    share = np.where(total > 0, lived / np.where(total > 0, total, 1.0), survive.mean(axis=1))
    same = np.abs(forecast.total_periods - horizon) < 1e-9
    periods = np.full(len(forecast.skus), float(horizon))
    quantile = _mixed(total_quantiles(forecast, _FINE, periods), share, TABLE_LEVELS)
    direct = np.where(TABLE_LEVELS > 1.0 - share[:, None], _own_quantiles(forecast, TABLE_LEVELS), 0.0)
    floor = known_orders(forecast, horizon).sum(axis=1)[:, None]
    return _with_mean(mean, np.maximum(np.where(same[:, None], direct, quantile), floor), forecast)


def _with_mean(
    mean: NDArray[np.float64], quantile: NDArray[np.float64], forecast: Forecast
) -> NDArray[np.float64]:
    """Quantiles at TABLE_LEVELS of one law with its mean, in whole units where demand comes in whole units.

    *Formula*: all are reduced by one factor, the largest with which the mean is not less than their least mean (`least_mean`): no demand that is never
    negative has these quantiles and so low a mean. Where demand is whole the factor is found by halving, since quantiles below half a unit are none.
    `mean` (products, ...), `quantile` (products, ..., levels).
    """
    ordered = _ordered(quantile)

    def counted(share: NDArray[np.float64]) -> NDArray[np.float64]:
        return whole_units(ordered * share[..., None], forecast.integer, forecast.steps)

    low, high = np.zeros_like(mean), np.ones_like(mean)
    enough = least_mean(TABLE_LEVELS, counted(high)) <= mean
    low[enough] = 1.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        fits = least_mean(TABLE_LEVELS, counted(middle)) <= mean
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return counted(low)


def _ordered(quantile: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles that never fall below 0 or below the one before; levels along the last axis."""
    return np.asarray(np.maximum.accumulate(np.maximum(np.nan_to_num(quantile), 0.0), axis=-1))


def forecast_table(forecast: Forecast, panel: DemandPanel, horizon: int) -> pd.DataFrame:
    """One row per SKU and future period: sku, period, mean, q05 ... q95, method; deaths counted by their probability."""
    n = len(forecast.skus)
    starts = future_starts(forecast.first_period, forecast.frequency, horizon)
    quantile = quantiles_by_period(forecast, horizon).reshape(n * horizon, -1)
    columns = {
        "sku": np.repeat(np.asarray(forecast.skus, dtype=object), horizon),
        "period": np.tile(starts.astype(str), n),
        "mean": mean_by_period(forecast, horizon).ravel(),
    }
    return _frame(columns, quantile, np.repeat(forecast.method, horizon))


def forecast_total_table(forecast: Forecast, panel: DemandPanel, horizon: int) -> pd.DataFrame:
    """One row per SKU for demand summed over the horizon: sku, periods, mean, q05 ... q95, method; deaths counted by their probability.

    `periods` is the horizon: so many periods are summed.
    """
    columns = {
        "sku": np.asarray(forecast.skus, dtype=object),
        "periods": np.full(len(forecast.skus), horizon),
        "mean": mean_in_total(forecast, horizon),
    }
    return _frame(columns, quantiles_in_total(forecast, horizon), forecast.method)


def _frame(columns: dict[str, NDArray], quantile: NDArray[np.float64], method: NDArray) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    for j, name in enumerate(_COLUMNS):
        frame[name] = quantile[:, j]
    frame["method"] = method
    return frame
