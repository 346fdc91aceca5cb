"""Same seed, same numbers: whatever the order of the file's rows, the size of a chunk or the number of threads."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from analytics.data import read_sales
from analytics.demand import demand_panel, life_cycle
from analytics.forecast import Forecast, fit_forecast, forecast_total_table
from analytics.forecast.members import origins
from analytics.forecast.spread.paths import path_plan
from tests.forecast.drawn import demand_paths
from tests.strategy.small import csv_text

PRODUCTS, WEEKS = 300, 60
ARRAYS = (
    "mean",
    "level",
    "noise",
    "level_error",
    "drift",
    "smoothing",
    "total_quantile",
    "total_mean",
    "total_sd",
    "period_levels",
    "alive",
)


def orders() -> pd.DataFrame:
    """A day, a product and a quantity a row; more products than one chunk of the fit holds."""
    rng = np.random.default_rng(31)
    units = rng.poisson(rng.gamma(0.8, 2.0, PRODUCTS)[:, None], (PRODUCTS, WEEKS))
    which, week = np.nonzero(units)
    day = np.datetime64("2023-01-02") + 7 * week + rng.integers(0, 7, len(week))
    return pd.DataFrame(
        {"date": day.astype(str), "sku": [f"P{i:03d}" for i in which], "quantity": units[which, week]}
    )


def fitted(table: pd.DataFrame) -> Forecast:
    panel = demand_panel(read_sales(csv_text(table), name="sales.csv"), "W")
    n = len(panel.skus)
    forecast = fit_forecast(
        panel, life_cycle(panel, None), np.arange(n, dtype=np.int32) % 5, np.full(n, 3.0), 12, 7
    )
    assert np.isfinite(forecast_total_table(forecast, panel, 3)["q95"]).all()
    return forecast


@pytest.fixture(scope="module")
def usual() -> Forecast:
    return fitted(orders())


def assert_same(one: Forecast, two: Forecast) -> None:
    assert list(one.skus) == list(two.skus) and (one.market_cv, one.family_cv) == (
        two.market_cv,
        two.family_cv,
    )
    for name in ARRAYS:
        assert_array_equal(getattr(one, name), getattr(two, name), err_msg=name)


def test_rows_in_another_order(usual: Forecast) -> None:
    table = orders()
    assert_same(usual, fitted(table.sample(frac=1.0, random_state=3, ignore_index=True)))


def test_other_chunks_on_one_thread(usual: Forecast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert origins._CHUNK < PRODUCTS
    monkeypatch.setattr(origins, "_CHUNK", 37)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert_same(usual, fitted(orders()))


def test_paths_alone_in_chunks_and_in_threads(usual: Forecast) -> None:
    families = [f"F{k}" for k in range(5)]
    plan = path_plan(usual, families, 11, 3, 2)
    n = len(usual.skus)
    together = demand_paths(usual, plan, np.arange(n), 8)
    assert together.std() > 0.0
    with ThreadPoolExecutor(3) as pool:
        parts = list(
            pool.map(lambda at: demand_paths(usual, plan, at, 8), np.array_split(np.arange(n)[::-1], 7))
        )
    assert_array_equal(np.concatenate(parts)[::-1], together)
    assert_array_equal(
        demand_paths(usual, path_plan(usual, families, 11, 3, 2), np.array([5]), 8)[0], together[5]
    )
    assert not np.array_equal(
        demand_paths(usual, path_plan(usual, families, 12, 3, 2), np.array([5]), 8)[0], together[5]
    )
