"""Few large orders beside products sold every week: what a small portfolio says of each, against the law drawn from."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from analytics.forecast import fit_forecast
from analytics.forecast.spread.paths import path_plan
from tests.forecast.drawn import demand_paths
from tests.forecast.panels import life_of, panel_of

WEEKS, PORTFOLIOS, LEAD = 156, 16, 5.0
#: Orders a week and mean order size (geometric) of three products each: sold weekly, now and then, in few large orders.
RATE = np.array([4.0, 7.0, 10.0, 0.3, 0.5, 0.7, 0.1, 0.17, 0.3])
SIZE = np.array([1.2, 1.4, 1.1, 1.2, 1.5, 1.1, 9.0, 6.0, 4.5])
WEEKLY, LARGE = slice(0, 3), slice(6, 9)


@cache
def said() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """By portfolio and product: the year's mean and a week's variance over the true ones, and the level's variance."""
    mean, within, level = [], [], []
    for seed in range(PORTFOLIOS):
        rng = np.random.default_rng([seed, 21])
        orders = rng.poisson(RATE[:, None], (len(RATE), WEEKS))
        units = orders + rng.negative_binomial(np.maximum(orders, 1), (1.0 / SIZE)[:, None]) * (orders > 0)
        panel = panel_of(units.astype(np.float64), "W")
        n = len(RATE)
        forecast = fit_forecast(panel, life_of(panel), np.full(n, -1, np.int32), np.full(n, LEAD), 60, 1)
        paths = demand_paths(forecast, path_plan(forecast, (), 1, draws=40, inner=4), np.arange(n), 52)
        true = RATE * SIZE
        mean.append(forecast.mean[:, :52].mean(axis=1) / true)
        within.append(paths.var(axis=2, ddof=1).mean(axis=1) / paths.mean(axis=(1, 2)) / (2.0 * SIZE - 1.0))
        years = paths.sum(axis=2)
        level.append(years.var(axis=1) / years.mean(axis=1) ** 2 - (2.0 * SIZE - 1.0) / (52.0 * true))
    return np.array(mean), np.array(within), np.array(level)


def test_a_mean_of_few_large_orders_is_that_of_the_history_not_of_the_last_weeks() -> None:
    """What chance leaves of a mean over 156 weeks of compound Poisson orders is 0.28; half a year's would be off by 0.68."""
    mean, _, _ = said()
    chance = np.sqrt((2.0 - 1.0 / SIZE[LARGE]) / (RATE[LARGE] * WEEKS))
    off = np.sqrt((np.log(mean[:, LARGE]) ** 2).mean())
    assert off < 1.75 * np.sqrt((chance**2).mean())
    assert abs(mean[:, LARGE].mean() - 1.0) < 0.12


def test_weeks_of_few_large_orders_vary_as_they_do() -> None:
    """Variance over mean of a compound Poisson week with geometric sizes: 2 x size - 1; the portfolio's other products do not lower it."""
    _, within, _ = said()
    assert 0.75 < np.exp(np.log(within[:, LARGE]).mean()) < 1.3


def test_the_level_of_what_sells_every_week_is_not_as_unsure_as_that_of_large_orders() -> None:
    """Constant rates, whose means are known to a variance of 0.01: what is said is below 0.05, and above what is true."""
    mean, _, level = said()
    off = ((mean[:, WEEKLY] - 1.0) ** 2).mean()
    assert off < level[:, WEEKLY].mean() < 0.05
