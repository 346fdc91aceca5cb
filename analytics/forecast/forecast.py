"""Forecast: demand as a distribution, by period, given that the product is alive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["PERIOD_KNOTS", "Forecast"]

#: Chances at which the levels of single periods are kept.
PERIOD_KNOTS = np.array(
    [
        0.0,
        0.005,
        0.02,
        0.05,
        0.1,
        0.2,
        0.3,
        0.4,
        0.5,
        0.6,
        0.7,
        0.8,
        0.85,
        0.9,
        0.925,
        0.95,
        0.965,
        0.98,
        0.995,
        1.0,
    ]
)


@dataclass(frozen=True, eq=False)
class Forecast:
    """How future demand is drawn, per SKU (rows, sorted text); demand paths are conditional on being alive.

    In path p of parameter draw d, demand of SKU i in future period t is

        rate   = mean[i, t] * market[p] * family[p] * level_error_i(u_d) * exp(drift_i * B_t - drift_i^2 t / 2)
        demand = step[i] * Poisson(rate * noise_i(u) / step[i])  where integer[i], else rate * noise_i(u)

    `step` (products,) is the smallest quantity in which a product is sold (None: one unit of each): what is "whole" is a whole number of them, so that
    the same goods in kilograms and in grams are one and the same.

    `noise` and `level_error` are quantile tables of shape (products, K + 1): the value at u is the linear
    interpolation between the knots u = 0, 1/K, ..., 1, and each table's trapezoid mean is 1. B is a standard
    Brownian motion by period (a random walk with unit normal steps), `drift` its standard deviation per
    square-root period. `market_cv` and `family_cv` are standard deviations of log-normal shocks of mean 1,
    one per path (one per path and family), constant over the horizon.

    `mean` (products, periods) starts at `first_period`; `level` is the current deseasonalised demand per
    period; `smoothing` the share of the latest surprise by which a planner moves the level; `alive` the
    probability of being alive now; `hazard_per_year` the rate of sudden end; `known_end` a calendar end.
    `family` holds the family code behind the family shock (-1: none). `method` and `notes` say how it came about.

    The distribution of the sum over the interval the forecast was tested on is kept beside the paths, calibrated directly on past
    origins, deaths included: `total_periods` (products,) the interval, in periods; `total_levels` (levels,) and `total_quantile`
    (products, levels) its quantiles; `total_mean` and `total_sd` (products,) its mean and standard deviation. Read it through
    `total_quantiles` (given alive) and `forecast_total_table` (with the chance of having ended). `period_levels` (products, knots) are the levels at which
    the law of a single period holds with the chances PERIOD_KNOTS; read it through `period_quantiles`. `order` and `together` (products,) are the mean
    order seen and the units that come together (NaN: no orders seen, None: not looked for); read them through `mean_order` and `lump`.
    `bounds` (products, 3) say how far single periods may go of products that nearly always sold the same, infinite for others (None: for all);
    `within_range` holds quantiles to them. `known` (products, periods) are units that customers have on order by period ahead (None: none): a floor.
    """

    skus: NDArray[Any]
    frequency: str
    first_period: np.datetime64
    mean: NDArray[np.float64]
    level: NDArray[np.float64]
    noise: NDArray[np.float64]
    level_error: NDArray[np.float64]
    drift: NDArray[np.float64]
    integer: NDArray[np.bool_]
    smoothing: NDArray[np.float64]
    alive: NDArray[np.float64]
    hazard_per_year: NDArray[np.float64]
    known_end: NDArray[np.datetime64]
    family: NDArray[np.int32]
    market_cv: float
    family_cv: float
    method: NDArray[Any]
    notes: tuple[tuple[str, ...], ...]
    total_levels: NDArray[np.float64]
    total_quantile: NDArray[np.float64]
    total_periods: NDArray[np.float64]
    total_mean: NDArray[np.float64]
    total_sd: NDArray[np.float64]
    period_levels: NDArray[np.float64]
    step: NDArray[np.float64] | None = None
    order: NDArray[np.float64] | None = None
    together: NDArray[np.float64] | None = None
    bounds: NDArray[np.float64] | None = None
    known: NDArray[np.float64] | None = None

    @property
    def mean_order(self) -> NDArray[np.float64]:
        """Mean order of each product in units: as seen, else the smallest quantity of whole goods, or any amount (0), shape (products,)."""
        return self._seen(self.order)

    @property
    def lump(self) -> NDArray[np.float64]:
        """Units of each product that come together, E[size^2] / E[size] of its orders, in the same way, shape (products,)."""
        return self._seen(self.together)

    def _seen(self, column: NDArray[np.float64] | None) -> NDArray[np.float64]:
        single = np.where(self.integer, self.steps, 0.0)
        return single if column is None else np.where(np.isfinite(column), column, single)

    @property
    def steps(self) -> NDArray[np.float64]:
        """The smallest quantity in which each product is sold, shape (products,)."""
        return np.ones(len(self.skus)) if self.step is None else self.step

    def __post_init__(self) -> None:
        """Raise ValueError where an array has not one entry per product; arrays are read-only from here on."""
        n = len(self.skus)
        for name in (
            "mean", "level", "noise", "level_error", "drift", "integer", "smoothing", "alive", "hazard_per_year", "known_end", "family", "method",
            "total_quantile", "total_periods", "total_mean", "total_sd", "period_levels",
        ):  # fmt: skip
            array = getattr(self, name)
            if len(array) != n:
                raise ValueError(f"Forecast.{name} has {len(array)} rows for {n} products")
            array.setflags(write=False)

    def scaled(self, factor: NDArray[np.float64]) -> Forecast:
        """The same products with demand moved in proportion, `factor` (products,); relative spread stays as it is."""
        changed: dict[str, Any] = {
            name: (getattr(self, name).T * factor).T
            for name in ("mean", "level", "total_quantile", "total_mean", "total_sd", "bounds")
            if getattr(self, name) is not None
        }
        return replace(self, **changed)
