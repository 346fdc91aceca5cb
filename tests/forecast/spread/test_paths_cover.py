"""Sums of drawn paths hold what they promise on new demand of a known law, where demand is sparse and where its level comes and goes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from analytics.forecast import Forecast, fit_forecast
from analytics.forecast.judged.accuracy import randomised_coverage
from analytics.forecast.spread.paths import path_plan
from tests.forecast.drawn import demand_paths
from tests.forecast.panels import life_of, panel_of

PRODUCTS, WEEKS, AHEAD = 600, 104, 4
LEVELS = np.append(np.arange(1, 200) / 200.0, 0.999)


def rare_large_orders(rng: np.random.Generator, periods: int) -> NDArray[np.float64]:
    """Compound Poisson: few orders, log-normal sizes."""
    orders = rng.poisson(np.maximum(rng.gamma(0.8, 0.5, PRODUCTS), 0.05)[:, None], (PRODUCTS, periods))
    scale = rng.lognormal(1.0, 1.0, PRODUCTS)
    units = np.zeros(orders.shape)
    for number in range(1, int(orders.max()) + 1):
        units += np.where(
            orders >= number, np.ceil(scale[:, None] * rng.lognormal(0.0, 1.0, orders.shape)), 0.0
        )
    return units


def spells(rng: np.random.Generator, periods: int) -> NDArray[np.float64]:
    """Negative binomial in spells of sale and of next to none, 17 weeks each on average."""
    sells = np.empty((PRODUCTS, periods), np.bool_)
    now = rng.random(PRODUCTS) < 0.5
    for t in range(periods):
        now = np.where(rng.random(PRODUCTS) < 0.06, ~now, now)
        sells[:, t] = now
    rate = np.maximum(rng.gamma(0.8, 3.75, PRODUCTS), 0.1)[:, None]
    return rng.poisson(rate * (sells + 0.05) * rng.exponential(1.0, sells.shape)).astype(np.float64)


def drawn(kind: str) -> tuple[Forecast, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Forecast from what was sold until now, what was sold, what came, and path sums (products, paths)."""
    make = {"rare large orders": rare_large_orders, "spells": spells}[kind]
    units = make(np.random.default_rng(11), WEEKS + AHEAD)
    units = units[units[:, :WEEKS].any(axis=1)]
    panel = panel_of(units[:, :WEEKS], "W")
    n = len(units)
    forecast = fit_forecast(
        panel, life_of(panel), np.full(n, -1, np.int32), np.full(n, float(AHEAD)), AHEAD, 1
    )
    sums = demand_paths(forecast, path_plan(forecast, (), 1), np.arange(n), AHEAD).sum(axis=2)
    return forecast, units[:, :WEEKS], units[:, WEEKS:].sum(axis=1), sums


@pytest.mark.parametrize("kind", ["rare large orders", "spells"])
def test_sums_of_paths_cover_new_demand(kind: str) -> None:
    """Share of products whose demand stays within the quantile of their paths' sum, against its level: 600 products, two standard errors are 0.025 at 0.9."""
    forecast, sold, came, sums = drawn(kind)
    quantiles = np.quantile(sums, LEVELS, axis=1, method="inverted_cdf").T
    for level in (0.8, 0.9, 0.95):
        error = 2.0 * np.sqrt(level * (1.0 - level) / len(came))
        assert randomised_coverage(came, quantiles, LEVELS, level) == pytest.approx(level, abs=error), level
    # the mean stays that of the forecast, product by product, within the error of 400 paths of 50 levels
    error = sums.std(axis=1) / np.sqrt(50.0)
    assert np.mean(np.abs(sums.mean(axis=1) - forecast.mean[:, :AHEAD].sum(axis=1)) <= 3.0 * error) > 0.97
    # and it is no further off for products that sold nothing of late than for the others
    silent = sold[:, -AHEAD:].sum(axis=1) == 0.0
    for part in (silent, ~silent):
        around = np.sqrt((came[part] ** 2).sum() + (sums[part].var(axis=1)).sum())
        assert abs(sums[part].mean(axis=1).sum() - came[part].sum()) <= 3.0 * around, (kind, int(part.sum()))
