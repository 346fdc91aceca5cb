"""Demand paths: the forecast's distribution drawn week by week from keyed random numbers.

`weekly_path` fills one product's demand in one path; the simulation calls it inside its own loop, so that
paths are never all held. Coarser forecasts (months) are split over weeks by a multinomial whose parts sum
exactly; finer ones (days) are summed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from analytics.forecast.forecast import Forecast
from analytics.randomness import STREAMS, mix, normal_from_uniform, sku_keys, subkey, uniform

__all__ = ["WEEKS", "PathPlan", "demand_paths", "path_plan", "poisson_from_uniform", "weekly_path"]

#: Weeks in the horizon of twelve months.
WEEKS = 52

_NOISE = np.uint64(STREAMS["noise"])
_POISSON = np.uint64(STREAMS["poisson"])
_LEVEL = np.uint64(STREAMS["level"])
_DRIFT = np.uint64(STREAMS["drift"])
_SPLIT = np.uint64(STREAMS["split"])
_PERIOD_WEEKS = {"D": 1.0 / 7.0, "W": 1.0, "M": 52.0 / 12.0}
_POISSON_SEARCH_LIMIT = 15.0
_BINOMIAL_COUNT_LIMIT = 24


@numba.njit(nogil=True)
def poisson_from_uniform(mean, u):
    """Poisson quantile at u: exact search for means below 15, else a Cornish-Fisher expansion.

    The expansion mean + z sqrt(mean) + (z^2 - 1)/6 is the quantile to order 1/sqrt(mean)
    (Johnson, Kemp and Kotz 2005, section 4.5).
    """
    if mean <= 0.0:
        return 0.0
    if mean < _POISSON_SEARCH_LIMIT:
        term = np.exp(-mean)
        total = term
        k = 0.0
        while u > total and k < 200.0:
            k += 1.0
            term *= mean / k
            total += term
        return k
    z = normal_from_uniform(u)
    return max(0.0, np.floor(mean + z * np.sqrt(mean) + (z * z - 1.0) / 6.0 + 0.5))


@numba.njit(nogil=True)
def _table_value(table, u):
    cells = table.shape[0] - 1
    position = u * cells
    cell = int(position)
    if cell >= cells:
        cell = cells - 1
    return table[cell] + (position - cell) * (table[cell + 1] - table[cell])


@numba.njit(nogil=True)
def _cheap_normal(bits):
    """A standard normal to drive slow level changes: sum of four 16-bit uniforms (variance exact)."""
    total = 0.0
    for k in range(4):
        total += np.float64((bits >> np.uint64(16 * k)) & np.uint64(0xFFFF))
    return (total / 65535.0 - 2.0) * 1.7320508075688772


@numba.njit(nogil=True)
def _binomial_part(count, share, key, counter):
    """How many of `count` units fall into a part of size `share`, from keyed uniforms."""
    if share >= 1.0:
        return count
    if share <= 0.0 or count <= 0.0:
        return 0.0
    if count <= _BINOMIAL_COUNT_LIMIT:
        hits = 0.0
        for unit in range(int(count)):
            if uniform(key, np.uint64(counter) * np.uint64(64) + np.uint64(unit)) < share:
                hits += 1.0
        return hits
    z = normal_from_uniform(uniform(key, np.uint64(counter) * np.uint64(64)))
    return min(count, max(0.0, np.floor(count * share + z * np.sqrt(count * share * (1.0 - share)) + 0.5)))


@numba.njit(nogil=True)
def weekly_path(key, path, draw, mean, noise, level_error, drift, integer, shock, period_weeks, out):
    """Fill `out` (weeks,) with one path of demand; returns nothing.

    `key` is the SKU's key, `draw` the parameter draw the path belongs to, `shock` the product of the path's
    market and family factors, `period_weeks` the length of a forecast period in weeks (1/7, 1 or 52/12).
    """
    weeks = out.shape[0]
    path_key = subkey(key, path)
    noise_key = subkey(path_key, _NOISE)
    poisson_key = subkey(path_key, _POISSON)
    drift_key = subkey(path_key, _DRIFT)
    split_key = subkey(path_key, _SPLIT)
    factor = shock * _table_value(level_error, uniform(subkey(key, _LEVEL), draw))
    for week in range(weeks):
        out[week] = 0.0
    walk = 0.0
    start = 0.0
    for t in range(mean.shape[0]):
        if start >= weeks - 1e-9:
            break
        if drift > 0.0:
            walk += drift * _cheap_normal(mix(drift_key + np.uint64(t) * np.uint64(0x9E3779B97F4A7C15))) - 0.5 * drift * drift
            rate = mean[t] * factor * np.exp(walk)
        else:
            rate = mean[t] * factor
        amount = 0.0
        if rate > 0.0:
            amount = rate * _table_value(noise, uniform(noise_key, t))
            if integer:
                amount = poisson_from_uniform(amount, uniform(poisson_key, t))
        if period_weeks == 1.0:
            out[t] = amount
        elif period_weeks < 1.0:
            out[min(int(start + 1e-9), weeks - 1)] += amount
        else:
            end = start + period_weeks
            left = amount
            span = period_weeks
            week = int(start + 1e-9)
            while left > 0.0 and span > 1e-9:
                overlap = min(week + 1.0, end) - max(float(week), start)
                if overlap > 1e-9:
                    if integer:
                        part = _binomial_part(left, min(1.0, overlap / span), split_key, np.uint64(t) * np.uint64(16) + np.uint64(week - int(start + 1e-9)))
                    else:
                        part = left * min(1.0, overlap / span)
                    if week < weeks:
                        out[week] += part
                    left -= part
                    span -= overlap
                week += 1
        start += period_weeks


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


@numba.njit(nogil=True)
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
