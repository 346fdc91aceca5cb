"""Demand paths: the forecast's distribution drawn week by week from keyed random numbers.

One concept: drawing a path. The kernels for periods, weeks and days and the keys and shocks they take must
draw the same numbers wherever they are called from, so streams and order are fixed here.

`weekly_path` fills one product's demand in one path; the simulation calls it inside its own loop, so that
paths are never all held. Coarser forecasts (months) are split over weeks by a multinomial whose parts sum
exactly; finer ones (days) are summed. `days_of_weeks` splits weeks over their days in the same way.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.demand.panel import PERIOD_WEEKS
from analytics.forecast.forecast import Forecast
from analytics.forecast.members.counts import DRAWN, WIDTH, WORK, exp_small, poisson_counts
from analytics.machine.kernel_cache import borrower, kernel, part
from analytics.randomness import GOLDEN, STREAMS, mix, normal_from_uniform, sku_keys, subkey, uniform

__all__ = [
    "WEEKS",
    "WORK",
    "DemandArrays",
    "PathPlan",
    "ProductDemand",
    "days_of_weeks",
    "path_plan",
    "product_demand",
    "weekly_path",
]

#: Weeks in the horizon of twelve months.
WEEKS = 52

_NOISE = np.uint64(STREAMS["noise"])
_POISSON = np.uint64(STREAMS["poisson"])
_LEVEL = np.uint64(STREAMS["level"])
_DRIFT = np.uint64(STREAMS["drift"])
_SPLIT = np.uint64(STREAMS["split"])
_WEEKDAY = np.uint64(STREAMS["weekday"])
#: Up to this many units of a coarse period are placed one by one, more by normal approximations to the multinomial.
_SPREAD_LIMIT = 64.0


class DemandArrays(NamedTuple):
    """What the kernels draw demand from: the forecast of every product, and what products have in common.

    keys: (products,), random keys.
    mean: (products, periods), expected demand by forecast period, in the product's smallest quantities.
    noise, level_error: (products, cells + 1), quantile tables of factors by period and by parameter draw.
    drift: (products,), standard deviation of the change of the level's logarithm from period to period.
    integer: (products,), whether it is sold in whole smallest quantities.
    family: (products,), its row in family_shock.
    market: (paths,), and family_shock: (families + 1, paths), factors that multiply demand.
    period_weeks: length of a forecast period in weeks (1/7, 1 or 52/12).
    inner: paths of one parameter draw: path p belongs to draw p // inner.
    """

    keys: NDArray[np.uint64]
    mean: NDArray[np.float64]
    noise: NDArray[np.float64]
    level_error: NDArray[np.float64]
    drift: NDArray[np.float64]
    integer: NDArray[np.bool_]
    family: NDArray[np.int64]
    market: NDArray[np.float64]
    family_shock: NDArray[np.float64]
    period_weeks: float
    inner: int


class ProductDemand(NamedTuple):
    """One product of a `DemandArrays`, taken out once for all its paths.

    key: its random key. mean: (periods,). noise, level_error: (cells + 1,). drift, integer: numbers.
    market, family_shock: (paths,), factors. inner: paths of one parameter draw.
    """

    key: int
    mean: NDArray[np.float64]
    noise: NDArray[np.float64]
    level_error: NDArray[np.float64]
    drift: float
    integer: bool
    market: NDArray[np.float64]
    family_shock: NDArray[np.float64]
    inner: int


@part
def product_demand(demand, i):
    """Product i of a `DemandArrays`: kernels hand on few things to a path, which is quicker than everything of all."""
    return ProductDemand(
        demand.keys[i],
        demand.mean[i],
        demand.noise[i],
        demand.level_error[i],
        demand.drift[i],
        demand.integer[i],
        demand.market,
        demand.family_shock[demand.family[i]],
        demand.inner,
    )


@borrower
def _table_value(table, u):
    cells = table.shape[0] - 1
    position = u * cells
    cell = min(int(position), cells - 1)
    return table[cell] + (position - cell) * (table[cell + 1] - table[cell])


@borrower
def _cheap_normal(bits):
    """A standard normal to drive slow level changes: sum of four 16-bit uniforms (variance exact)."""
    total = 0.0
    for k in range(4):
        total += np.float64((bits >> np.uint64(16 * k)) & np.uint64(0xFFFF))
    return (total / 65535.0 - 2.0) * 1.7320508075688772


@borrower
def _binomial_large(count, share, u):
    """Binomial quantile by the normal approximation, for more than _SPREAD_LIMIT units."""
    if share >= 1.0:
        return count
    z = normal_from_uniform(u)
    return min(count, max(0.0, np.floor(count * share + z * np.sqrt(count * share * (1.0 - share)) + 0.5)))


@borrower
def _period_demand(path_key, factor, product, periods, out, work):
    """Fill out[:periods] with demand by forecast period, in pieces of at most WIDTH periods; `work` has DRAWN numbers."""
    mean, noise, drift, integer = product.mean, product.noise, product.drift, product.integer
    noise_key = subkey(path_key, _NOISE)
    drift_key = subkey(path_key, _DRIFT)
    poisson_key = subkey(path_key, _POISSON)
    half = 0.5 * drift * drift
    level = factor
    for first in range(0, periods, WIDTH):
        count = min(WIDTH, periods - first)
        if drift > 0.0:
            for k in range(count):
                t = np.uint64(first + k)
                level *= exp_small(drift * _cheap_normal(mix(drift_key + (t + np.uint64(1)) * GOLDEN)) - half)
                work[k] = mean[first + k] * level * _table_value(noise, uniform(noise_key, t))
        else:
            for k in range(count):
                work[k] = (
                    mean[first + k] * factor * _table_value(noise, uniform(noise_key, np.uint64(first + k)))
                )
        if integer:
            for k in range(count):
                work[WIDTH + k] = uniform(poisson_key, np.uint64(first + k))
            poisson_counts(work, count)
        for k in range(count):
            out[first + k] = work[k]


@borrower
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
            part = (
                _binomial_large(left, share, uniform(key, np.uint64(part_number)))
                if integer
                else left * share
            )
            if week < weeks:
                out[week] += part
            left -= part
            span -= overlap
            part_number += 1
        week += 1


@borrower
def weekly_path(product, p, period_weeks, out, work):
    """Fill `out` (weeks,) with path p of a product's demand; returns nothing.

    `product` is a `ProductDemand`, `period_weeks` the length of a forecast period in weeks (that of all products, or 1
    for a forecast by day that is played by day). `work` is scratch space of WORK numbers.
    """
    weeks = out.shape[0]
    key, integer = product.key, product.integer
    path_key = subkey(key, np.uint64(p))
    shock = product.market[p] * product.family_shock[p]
    draw = np.uint64(p // product.inner)
    factor = shock * _table_value(product.level_error, uniform(subkey(key, _LEVEL), draw))
    if period_weeks == 1.0:
        known = min(weeks, product.mean.shape[0])
        _period_demand(path_key, factor, product, known, out, work)
        for week in range(known, weeks):
            out[week] = 0.0
        return
    periods = min(product.mean.shape[0], int(np.ceil(weeks / period_weeks - 1e-9)))
    amounts = work[DRAWN : DRAWN + periods]
    _period_demand(path_key, factor, product, periods, amounts, work)
    for week in range(weeks):
        out[week] = 0.0
    split_key = subkey(path_key, _SPLIT)
    for t in range(periods):
        start = t * period_weeks
        if period_weeks < 1.0:
            out[min(int(start + 1e-9), weeks - 1)] += amounts[t]
        elif amounts[t] > 0.0:
            _spread_period(amounts[t], start, period_weeks, integer, subkey(split_key, np.uint64(t)), out)


@borrower
def days_of_weeks(key, path, weekly, edges, sizes, integer, out):
    """Split every week's demand over its seven days, order by order; the days of a week sum to it exactly.

    `edges` (7,) are the shares of a week's orders up to the end of each day, `sizes` (K,) rising order sizes, each the order of an equal share
    of all units (0: not known, demand is shared out evenly). The next order of a total is seen by its units, so it is one of those sizes that
    still fit (Panjer's recursion without its last factor); each falls on a day of its own. What up to 64 orders leave is spread by a normal
    approximation, in orders of the mean size. Fills `out` (7 x weeks,).
    """
    day_key = subkey(subkey(key, path), _WEEKDAY)
    count = sizes.shape[0]
    mean_size = 0.0
    if sizes[0] > 0.0:
        for k in range(count):
            mean_size += 1.0 / sizes[k]
        mean_size = count / mean_size
    for t in range(weekly.shape[0]):
        for day in range(7):
            out[7 * t + day] = 0.0
        left = weekly[t]
        week_key = subkey(day_key, np.uint64(t))
        number = 0
        fit = count
        while left > 0.0 and number < 64 and mean_size > 0.0:
            while fit > 0 and sizes[fit - 1] > left:
                fit -= 1
            piece = sizes[int(uniform(week_key, np.uint64(2 * number)) * fit)] if fit > 0 else left
            u = uniform(week_key, np.uint64(2 * number + 1))
            day = 0
            while day < 6 and u >= edges[day]:
                day += 1
            out[7 * t + day] += piece
            left -= piece
            number += 1
        before = 0.0
        for day in range(7):
            if left <= 0.0:
                break
            part = left
            if day < 6 and edges[day] < 1.0:
                share = (edges[day] - before) / (1.0 - before)
                part = left * share
                if mean_size > 0.0:
                    part = min(
                        left,
                        _binomial_large(
                            np.floor(left / mean_size), share, uniform(week_key, np.uint64(128 + day))
                        )
                        * mean_size,
                    )
                    part = np.floor(part + 0.5) if integer else part
            out[7 * t + day] += part
            left -= part
            before = edges[day]


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


@kernel
def _normals(key, out):
    for p in range(out.shape[0]):
        out[p] = normal_from_uniform(uniform(key, np.uint64(p)))


def _lognormal_shocks(key: np.uint64, paths: int, cv: float) -> NDArray[np.float64]:
    if cv <= 0.0:
        return np.ones(paths)
    sigma = float(np.sqrt(np.log1p(cv * cv)))
    normals = np.empty(paths)
    _normals(np.uint64(key), normals)
    return np.exp(sigma * normals - 0.5 * sigma * sigma)


def path_plan(
    forecast: Forecast, family_names: Sequence[str], seed: int, draws: int = 50, inner: int = 8
) -> PathPlan:
    """Keys and shocks for drawing paths of this forecast under a seed.

    `family_names` are the texts behind `forecast.family`. Market shocks are keyed by path alone and family
    shocks by path and the family's text, so path p is the same world for all products.
    Raises ValueError below two draws or one inner path.
    """
    if draws < 2 or inner < 1:
        raise ValueError(f"path_plan: draws >= 2 and inner >= 1 needed, got {draws} and {inner}")
    paths = draws * inner
    (market_key,) = sku_keys(["market"], seed)
    market = _lognormal_shocks(subkey(market_key, np.uint64(STREAMS["market"])), paths, forecast.market_cv)
    family = np.ones((len(family_names) + 1, paths))
    for f, key in enumerate(sku_keys(family_names, seed)):
        family[f] = _lognormal_shocks(subkey(key, np.uint64(STREAMS["family"])), paths, forecast.family_cv)
    return PathPlan(
        seed, draws, inner, sku_keys(forecast.skus, seed), market, family, PERIOD_WEEKS[forecast.frequency]
    )
