"""A service of 100 % is read as far up as the calibrated distribution goes: no number is lost between two infinite ones."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.forecast import fit_forecast, total_quantiles
from analytics.forecast.forecast import Forecast
from analytics.forecast.spread.totals import HIGHEST_LEVEL, period_quantiles
from tests.forecast.panels import life_of, panel_of


@pytest.fixture(scope="module")
def forecast() -> Forecast:
    """Of skewed demand with weeks without any, over an interval of four weeks."""
    draw = np.random.default_rng(31)
    sold = draw.random((6, 110)) < np.linspace(0.15, 0.95, 6)[:, None]
    panel = panel_of(np.rint(sold * np.exp(draw.normal(2.0, 0.8, (6, 110)))), "W")
    return fit_forecast(panel, life_of(panel), np.full(6, -1, np.int32), np.full(6, 4.0), 12, 1)


@pytest.mark.filterwarnings("error")
def test_the_quantile_at_one_is_a_number_above_all_others(forecast: Forecast) -> None:
    levels = np.array([0.5, 0.95, 0.9999, 1.0])
    for periods in (2.0, 4.0, 7.3):
        found = total_quantiles(forecast, levels, np.full(6, periods))
        assert np.isfinite(found).all() and (np.diff(found, axis=1) >= 0.0).all()
        assert (
            found[:, 3].tolist()
            == total_quantiles(forecast, np.array([HIGHEST_LEVEL]), np.full(6, periods))[:, 0].tolist()
        )
        assert found[:, :3].tolist() == total_quantiles(forecast, levels[:3], np.full(6, periods)).tolist()


@pytest.mark.filterwarnings("error")
def test_single_periods_too(forecast: Forecast) -> None:
    assert not np.isnan(period_quantiles(forecast, np.array([0.9, 1.0]), 3)).any()
