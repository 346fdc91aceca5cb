"""Periods without sales: as many along paths as came, where a gamma has too many and where it has too few, the mean unchanged."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.forecast import fit_forecast
from analytics.forecast.spread.noise import noise_table
from analytics.forecast.spread.paths import path_plan
from analytics.forecast.spread.quantile_tables import table_mean
from tests.forecast.drawn import demand_paths
from tests.forecast.panels import life_of, panel_of


@pytest.mark.parametrize(
    ("variance", "level", "rate", "wanted", "left"),
    [
        (2.3, 0.4, 3.7, 0.3, 0.3),
        (2.3, 0.4, 3.7, 0.62, 0.62),
        (0.4, 0.0, 1.3, 0.36, 0.36),
        (5.0, 0.8, 0.9, 0.78, 0.78),
        (1e-9, 0.2, 1.1, 0.9, None),
        (40.0, 3.0, 1e5, 0.0, None),
    ],
)
def test_share_of_periods_without_sales_by_drawing(
    variance: float, level: float, rate: float, wanted: float, left: float | None
) -> None:
    """Drawn by another route: log-normal levels, noise read off the table, numpy's Poisson counts."""
    table = noise_table(*(np.array([x]) for x in (variance, level, rate, wanted)), np.array([True]))
    assert np.isfinite(table).all() and table.min() >= 0.0 and (np.diff(table[0]) >= -1e-12).all()
    assert table_mean(table)[0] == pytest.approx(1.0, abs=1e-12)
    if left is not None:
        rng = np.random.default_rng(5)
        noise = np.interp(rng.random(200_000), np.linspace(0.0, 1.0, table.shape[1]), table[0])
        sigma = np.sqrt(np.log1p(level))
        counts = rng.poisson(
            rate * noise * rng.lognormal(-0.5 * sigma**2, sigma, len(noise)) if sigma else rate * noise
        )
        assert np.mean(counts == 0) == pytest.approx(left, abs=0.02)


def test_demand_by_weight_is_zero_as_often_as_it_was() -> None:
    table = noise_table(np.array([3.0]), np.array([0.1]), np.array([2.0]), np.array([0.4]), np.array([False]))
    assert np.mean(0.5 * (table[0, 1:] + table[0, :-1]) <= 1e-9) == pytest.approx(0.4, abs=1.0 / 64.0)


@pytest.mark.parametrize("kind", ["sizes vary, zeros are rare", "nothing or plenty"])
def test_weeks_without_sales_along_paths_are_those_of_new_demand(kind: str) -> None:
    rng = np.random.default_rng(23)
    n, weeks, ahead = 200, 104, 4
    mean = rng.lognormal(2.0, 0.4, (n, 1))
    if kind == "nothing or plenty":
        units = rng.poisson(2.0 * mean, (n, weeks + ahead)) * (rng.random((n, weeks + ahead)) < 0.5)
    else:
        units = rng.poisson(mean * rng.lognormal(-0.7, np.sqrt(1.4), (n, weeks + ahead)))
    panel = panel_of(units[:, :weeks].astype(float), "W")
    forecast = fit_forecast(
        panel, life_of(panel), np.full(n, -1, np.int32), np.full(n, float(ahead)), ahead, 1
    )
    paths = demand_paths(forecast, path_plan(forecast, (), 1), np.arange(n), ahead)
    came = units[:, weeks:]
    # 800 weeks of independent products: three standard errors
    error = 3.0 * np.sqrt(np.mean(came == 0) * np.mean(came > 0) / came.size)
    assert np.mean(paths == 0.0) == pytest.approx(np.mean(came == 0), abs=error)
