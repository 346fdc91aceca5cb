"""Demand paths: the forecast's distribution drawn week by week from keyed random numbers.

`weekly_path` fills one product's demand in one path; the simulation calls it inside its own loop, so that
paths are never all held. Coarser forecasts (months) are split over weeks by a multinomial whose parts sum
exactly; finer ones (days) are summed.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.forecast import Forecast
from analytics.kernel_cache import kernel
from analytics.randomness import GOLDEN, STREAMS, mix, normal_from_uniform, sku_keys, subkey, uniform

__all__ = ["WEEKS", "PathPlan", "demand_paths", "path_plan", "poisson_from_uniform", "weekly_path"]

#: Weeks in the horizon of twelve months.
WEEKS = 52

_NOISE = np.uint64(STREAMS["noise"])
_POISSON = np.uint64(STREAMS["poisson"])
_LEVEL = np.uint64(STREAMS["level"])
_DRIFT = np.uint64(STREAMS["drift"])
_SPLIT = np.uint64(STREAMS["split"])
_PERIOD_WEEKS = {"D": 1.0 / 7.0, "W": 1.0, "M": 52.0 / 12.0}
_POISSON_SEARCH_LIMIT = 8.0
_POISSON_TERMS = 64
_RECIPROCAL = 1.0 / np.maximum(np.arange(_POISSON_TERMS), 1.0)
_EXPONENTIAL = np.exp(-np.arange(int(_POISSON_SEARCH_LIMIT * 32) + 1) / 32.0)
#: Up to this many units of a coarse period are placed one by one, more by normal approximations to the multinomial.
_SPREAD_LIMIT = 64.0


@kernel
def exp_small(x):
    """exp(x) by its series to the seventh power: right to 2e-12 for |x| below 1/8, the library's exp beyond."""
    if abs(x) > 0.125:
        return np.exp(x)
    return 1.0 + x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x * (1.0 / 720.0 + x * (1.0 / 5040.0)))))))


@kernel
def poisson_from_uniform(mean, u):
    """Poisson quantile at u: the exact search for means below 8, else the Cornish-Fisher expansion to order 1/mean.

    floor(mean + z sqrt(mean) + z^2/6 + 1/3 - (z/36 + z^3/72)/sqrt(mean) + (z^4/270 + 7 z^2/810 - 8/405)/mean), z the normal quantile of u:
    one off in under 0.1% of draws, mean right to 1e-4 (Giles 2016, ACM Transactions on Mathematical Software 42(1)).
    """
    if mean <= 0.0:
        return 0.0
    if mean < _POISSON_SEARCH_LIMIT:
        cell = int(mean * 32.0)
        term = _EXPONENTIAL[cell] * exp_small(cell * 0.03125 - mean)
        total = term
        k = 0
        while u > total and k < _POISSON_TERMS - 1:
            k += 1
            term *= mean * _RECIPROCAL[k]
            total += term
        return np.float64(k)
    z = normal_from_uniform(u)
    root = np.sqrt(mean)
    per_root = 1.0 / root
    square = z * z
    step = mean + z * root + square * (1.0 / 6.0) + 1.0 / 3.0 - z * (1.0 / 36.0 + square * (1.0 / 72.0)) * per_root
    return max(0.0, np.floor(step + (square * (square * (1.0 / 270.0) + 7.0 / 810.0) - 8.0 / 405.0) * per_root * per_root))


@kernel
def _table_value(table, u):
    cells = table.shape[0] - 1
    position = u * cells
    cell = min(int(position), cells - 1)
    return table[cell] + (position - cell) * (table[cell + 1] - table[cell])


@kernel
def _cheap_normal(bits):
    """A standard normal to drive slow level changes: sum of four 16-bit uniforms (variance exact)."""
    total = 0.0
    for k in range(4):
        total += np.float64((bits >> np.uint64(16 * k)) & np.uint64(0xFFFF))
    return (total / 65535.0 - 2.0) * 1.7320508075688772


@kernel
def _binomial_large(count, share, u):
    """Binomial quantile by the normal approximation, for more than _SPREAD_LIMIT units."""
    if share >= 1.0:
        return count
    z = normal_from_uniform(u)
    return min(count, max(0.0, np.floor(count * share + z * np.sqrt(count * share * (1.0 - share)) + 0.5)))


@kernel
def _period_demand(path_key, factor, mean, noise, drift, integer, periods, out):
    """Fill out[:periods] with demand by forecast period: rates and noise in one loop without branches, counts in a second."""
    noise_key = subkey(path_key, _NOISE)
    if drift > 0.0:
        drift_key = subkey(path_key, _DRIFT)
        level = factor
        for t in range(periods):
            level *= exp_small(drift * _cheap_normal(mix(drift_key + (np.uint64(t) + np.uint64(1)) * GOLDEN)) - 0.5 * drift * drift)
            out[t] = mean[t] * level * _table_value(noise, uniform(noise_key, np.uint64(t)))
    else:
        for t in range(periods):
            out[t] = mean[t] * factor * _table_value(noise, uniform(noise_key, np.uint64(t)))
    if integer:
        poisson_key = subkey(path_key, _POISSON)
        for t in range(periods):
            out[t] = poisson_from_uniform(out[t], uniform(poisson_key, np.uint64(t)))
    else:
        for t in range(periods):
            out[t] = max(0.0, out[t])


@kernel
def _spread_period(amount, start, length, integer, key, out):
    """Add one period's demand to the weeks it overlaps: every unit falls at a uniform moment; the parts sum exactly."""
    weeks = out.shape[0]
    if integer and amount <= _SPREAD_LIMIT:
        for unit in range(int(amount)):
            week = int(start + length * uniform(key, np.uint64(unit)))
            if week < weeks:
                out[week] += 1.0
        return
    left = amount
    span = length
    week = int(start + 1e-9)
    part_number = 0
    while left > 0.0 and span > 1e-9:
        overlap = min(week + 1.0, start + length) - max(np.float64(week), start)
        if overlap > 1e-9:
            share = min(1.0, overlap / span)
            part = _binomial_large(left, share, uniform(key, np.uint64(part_number))) if integer else left * share
            if week < weeks:
                out[week] += part
            left -= part
            span -= overlap
            part_number += 1
        week += 1


@kernel
def weekly_path(key, path, draw, mean, noise, level_error, drift, integer, shock, period_weeks, out):
    """Fill `out` (weeks,) with one path of demand; returns nothing.

    `key` is the SKU's key, `draw` the parameter draw the path belongs to, `shock` the product of the path's
    market and family factors, `period_weeks` the length of a forecast period in weeks (1/7, 1 or 52/12).
    """
    weeks = out.shape[0]
    path_key = subkey(key, path)
    factor = shock * _table_value(level_error, uniform(subkey(key, _LEVEL), draw))
    if period_weeks == 1.0:
        known = min(weeks, mean.shape[0])
        _period_demand(path_key, factor, mean, noise, drift, integer, known, out)
        for week in range(known, weeks):
            out[week] = 0.0
        return
    periods = min(mean.shape[0], int(np.ceil(weeks / period_weeks - 1e-9)))
    amounts = np.empty(periods)
    _period_demand(path_key, factor, mean, noise, drift, integer, periods, amounts)
    for week in range(weeks):
        out[week] = 0.0
    split_key = subkey(path_key, _SPLIT)
    for t in range(periods):
        start = t * period_weeks
        if period_weeks < 1.0:
            out[min(int(start + 1e-9), weeks - 1)] += amounts[t]
        elif amounts[t] > 0.0:
            _spread_period(amounts[t], start, period_weeks, integer, subkey(split_key, np.uint64(t)), out)


@dataclass(frozen=True, eq=False)
class PathPlan:
    """What drawing needs beside the forecast: keys, the draw of each path and the shocks of each path.

    `market` has shape (paths,), `family` (families + 1, paths) with a last row of ones for products
    without a family. Path p belongs to parameter draw p // inner.
    """

    seed: int
    draws: int
    inner: int
    keys: NDArray[np.uint64]
    market: NDArray[np.float64]
    family: NDArray[np.float64]
    period_weeks: float

    @property
    def paths(self) -> int:
        """Number of paths: draws x inner paths."""
        return self.draws * self.inner


def _lognormal_shocks(key: np.uint64, paths: int, cv: float) -> NDArray[np.float64]:
    sigma = float(np.sqrt(np.log1p(cv * cv)))
    key = np.uint64(key)
    return np.array([np.exp(sigma * normal_from_uniform(uniform(key, np.uint64(p))) - 0.5 * sigma * sigma) for p in range(paths)])


def path_plan(forecast: Forecast, family_names: Sequence[str], seed: int, draws: int = 50, inner: int = 8) -> PathPlan:
    """Keys and shocks for drawing paths of this forecast under a seed.

    `family_names` are the texts behind `forecast.family`. Market shocks are keyed by path alone and family
    shocks by path and the family's text, so path p is the same world for all products.
    """
    if draws < 2 or inner < 1:
        raise ValueError(f"path_plan: draws >= 2 and inner >= 1 needed, got {draws} and {inner}")
    paths = draws * inner
    (market_key,) = sku_keys(["market"], seed)
    market = _lognormal_shocks(subkey(market_key, np.uint64(STREAMS["market"])), paths, forecast.market_cv)
    family = np.ones((len(family_names) + 1, paths))
    for f, key in enumerate(sku_keys(family_names, seed)):
        family[f] = _lognormal_shocks(subkey(key, np.uint64(STREAMS["family"])), paths, forecast.family_cv)
    return PathPlan(seed, draws, inner, sku_keys(forecast.skus, seed), market, family, _PERIOD_WEEKS[forecast.frequency])


@kernel
def _fill_paths(keys, mean, noise, level_error, drift, integer, family_index, market, family, period_weeks, inner, out):
    for i in range(out.shape[0]):
        for p in range(out.shape[1]):
            shock = market[p] * family[family_index[i], p]
            weekly_path(keys[i], np.uint64(p), np.uint64(p // inner), mean[i], noise[i], level_error[i], drift[i], integer[i], shock, period_weeks, out[i, p])


def demand_paths(forecast: Forecast, plan: PathPlan, index: NDArray[np.intp], weeks: int = WEEKS) -> NDArray[np.float64]:
    """Demand of the products at `index` (positions) in every path: shape (products, paths, weeks), units a week.

    For pictures and checks; the simulation draws inside its own loop and holds nothing.
    """
    out = np.empty((len(index), plan.paths, weeks))
    _fill_paths(
        plan.keys[index], forecast.mean[index], forecast.noise[index], forecast.level_error[index], forecast.drift[index], forecast.integer[index],
        forecast.family[index].astype(np.int64), plan.market, plan.family, plan.period_weeks, plan.inner, out,
    )
    return out
