"""Quantiles after the same demand period after period and then a change: nothing said that no period has shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.data import read_sales
from analytics.forecast import fit_forecast, forecast_table, forecast_total_table
from analytics.forecast.members.regression import quantile_coefficients
from analytics.study import run_forecast
from tests.forecast.panels import life_of, panel_of

SHARED = Path(__file__).resolve().parents[3].parent / "shared"


def changed(products: int, factor: float, periods: int) -> np.ndarray:
    """Eleven equal periods, then `periods` at about `factor` times as much."""
    rng = np.random.default_rng(7)
    usual = 100.0 + 100.0 * (np.arange(products) % 5)
    later = np.rint(usual[:, None] * factor * rng.uniform(0.8, 1.2, (products, periods)))
    return np.concatenate([np.repeat(usual[:, None], 11, axis=1), later], axis=1)


@pytest.mark.parametrize("frequency", ["M", "W"])
@pytest.mark.parametrize("factor", [0.1, 0.37, 0.8, 1.6, 3.2])
def test_quantiles_stay_with_what_was_sold(frequency: str, factor: float) -> None:
    for products, periods, interval in ((1, 1, 3), (1, 3, 1), (5, 2, 6), (40, 1, 1), (40, 4, 3)):
        units = changed(products, factor, periods)
        panel = panel_of(units, frequency)
        family = np.full(products, -1, np.int32)
        forecast = fit_forecast(
            panel, life_of(panel), family, np.full(products, float(interval)), interval, 1
        )
        table = forecast_table(forecast, panel, interval)
        high, low = np.repeat(units.max(axis=1), interval), np.repeat(units.min(axis=1), interval)
        assert (table.q95 < 1.5 * high).all() and (table.q50 <= high).all() and (table.q05 <= low).all()
        total = forecast_total_table(forecast, panel, interval)
        assert (total.q95 < 1.5 * interval * units.max(axis=1)).all()
        assert (total.q05 <= interval * units.min(axis=1)).all() and (total.q95 > 0.0).all()


def test_a_column_that_never_varied_moves_nothing() -> None:
    rng = np.random.default_rng(2)
    level = rng.uniform(5.0, 50.0, 400)
    x = np.stack([level, 1e-7 * rng.normal(size=400)], axis=1)
    y = level * rng.gamma(9.0, 1.0 / 9.0, 400) + 3e6 * x[:, 1]
    towards = np.array([1.44, 0.3])
    free = quantile_coefficients(x, y, 0.9, towards, 15.0)
    held = quantile_coefficients(x, y, 0.9, towards, 15.0, least=np.array([0.0, 1.0]))
    assert abs(free[1]) > 1e3 and held[1] == pytest.approx(0.3, abs=0.01)
    # the other column is free to answer: 90 % of gamma demand of shape 9 is below 1.44 times its mean
    assert held[0] == pytest.approx(1.44, abs=0.06)


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared cases not beside the project")
@pytest.mark.parametrize("name", ["spread_constant_then_lower.csv", "spread_five_products.csv"])
def test_the_cases_of_constant_months_then_lower_ones(name: str) -> None:
    content = (SHARED / "cases" / "intake" / name).read_bytes()
    rows = pd.read_csv(SHARED / "cases" / "intake" / name)
    months = rows.groupby(["sku", rows.date.str[:7]]).quantity.sum().groupby("sku")
    high, low = months.max(), months.min()
    table = run_forecast(read_sales(content), horizon=3).set_index("sku")
    assert len(table) == 3 * len(high)
    for column, bound in (("q05", low), ("q50", high), ("q95", 1.5 * high)):
        assert (table[column] <= bound.reindex(table.index)).all(), column


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared cases not beside the project")
def test_monthly_totals_dated_the_15th_are_months() -> None:
    content = (SHARED / "cases" / "intake" / "months_dated_the_15th.csv").read_bytes()
    table = run_forecast(read_sales(content), horizon=3)
    assert list(table.period) == ["2023-01-01", "2023-02-01", "2023-03-01"] * 2
    first = table[table.sku == "A"]
    assert first.q50.between(160.0, 240.0).all() and (first.q95 <= 300.0).all()
