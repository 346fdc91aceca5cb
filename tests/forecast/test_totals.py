"""Totals of products that may have ended: one law, of one mean, whatever table it is read from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.data import read_sales
from analytics.forecast import fit_forecast, forecast_table, forecast_total_table
from analytics.forecast.spread.quantile_tables import least_mean
from analytics.study import run_forecast
from tests.forecast.panels import life_of, panel_of

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
LEVELS = np.array([0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95])
COLUMNS = ["q05", "q10", "q25", "q50", "q75", "q90", "q95"]


def possible(table: pd.DataFrame, tolerance: float = 0.5) -> bool:
    """Whether every row's mean is at least what its quantiles imply, up to what rounding to whole units adds."""
    implied = (
        0.05 * table.q05 + 0.15 * table.q10 + 0.25 * table.q25 + 0.25 * table.q50 + 0.15 * table.q75
        + 0.05 * table.q90 + 0.05 * table.q95
    )  # fmt: skip
    return bool((table["mean"] >= implied - tolerance).all())


def fitted(alive: np.ndarray, hazard: float, interval: float = 5.0):
    """Products of 80 weeks that sell 4 to 30 a week, some silent of late, with these chances of being alive."""
    rng = np.random.default_rng(23)
    units = rng.poisson(rng.uniform(4.0, 30.0, len(alive))[:, None], (len(alive), 80)).astype(float)
    units[alive < 0.9, 70:] = 0.0
    panel = panel_of(units, "W")
    life = life_of(panel, 1.0, hazard)
    life.alive[:] = alive
    family = np.full(len(alive), -1, np.int32)
    return panel, fit_forecast(panel, life, family, np.full(len(alive), interval), 9, 1)


ALIVE = np.repeat([1.0, 0.97, 0.73, 0.31, 0.08, 1e-9, 0.0], 8)


@pytest.mark.parametrize("hazard", [0.0, 0.37])
@pytest.mark.parametrize("horizon", [5, 3, 9])
def test_every_row_is_a_law_of_one_mean(hazard, horizon):
    panel, forecast = fitted(ALIVE, hazard)
    total, by_period = (
        forecast_total_table(forecast, panel, horizon),
        forecast_table(forecast, panel, horizon),
    )
    assert possible(total) and possible(by_period)
    sums = by_period.groupby("sku")["mean"].sum().reindex(total.sku)
    np.testing.assert_allclose(total["mean"], sums.to_numpy(), rtol=1e-12)
    # demand is nothing with the chance of having ended: so are the quantiles up to it
    gone = 1.0 - forecast.alive
    for name, level in zip(COLUMNS, LEVELS, strict=True):
        assert (total[name].to_numpy()[gone >= level] == 0.0).all()
    assert (total.q95.to_numpy()[ALIVE > 0.9] > 0.0).all()


def test_the_least_mean_is_below_the_mean_of_what_was_drawn_and_reached_by_steps():
    rng = np.random.default_rng(4)
    drawn = rng.gamma(0.7, 11.0, (6, 4001))
    levels = np.array([0.07, 0.31, 0.66, 0.93])
    implied = least_mean(levels, np.quantile(drawn, levels, axis=1, method="inverted_cdf").T)
    assert (implied < drawn.mean(axis=1)).all() and (implied > 0.3 * drawn.mean(axis=1)).all()
    # demand that is nothing up to a level and then always its quantile has no other mean
    assert least_mean(np.array([0.3, 0.8]), np.array([[0.0, 5.0]]))[0] == pytest.approx(0.2 * 5.0)


def test_the_mean_of_the_interval_is_at_least_what_its_quantiles_imply_before_the_tables_too():
    _, forecast = fitted(ALIVE, 0.37)
    lives = forecast.alive > 0.9
    survive = forecast.alive * np.exp(-0.37 * 5.0 / 2.0 / 52.0)
    implied = least_mean(
        forecast.total_levels,
        np.where(forecast.total_levels > 1.0 - survive[:, None], forecast.total_quantile, 0.0),
    )
    assert (forecast.mean[:, :5].sum(axis=1) * survive >= implied * (1.0 - 1e-9))[lives].all()


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared cases not beside the project")
@pytest.mark.parametrize("total", [True, False])
def test_the_case_of_ended_products_is_possible(total):
    history = read_sales((SHARED / "cases" / "intake" / "totals_ended.csv").read_bytes())
    table = run_forecast(history, horizon=13, total=total)
    assert possible(table) and (table[table.sku == "DEAD"].q90 == 0.0).all()


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared data not beside the project")
def test_every_row_of_a_range_with_model_changes_is_possible():
    history = read_sales((SHARED / "data" / "adventureworks_sales.csv.gz").read_bytes())
    table = run_forecast(history, horizon=3, frequency="M", total=True)
    assert len(table) == 266 and possible(table)
