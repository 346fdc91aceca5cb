"""Sums over 20 and 26 weeks from 156 weeks: as wide as they are, and holding as often as they say, against the law they were drawn from."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.forecast import fit_forecast, forecast_total_table
from tests.forecast.panels import life_of, panel_of

PRODUCTS = 100


def drawn(swing: float, shape: float, weeks: int, seed: int) -> tuple[float, float]:
    """Median width of the upper half of the sum over the true one, and how often the 95 % quantile holds."""
    rng = np.random.default_rng(seed)
    t = np.arange(156 + weeks)
    rate = (2.0 + rng.gamma(1.5, 8.0, PRODUCTS))[:, None]
    rate = rate * (1.0 + swing * np.sin(2.0 * np.pi * (t + 7 * seed) / 52.0))
    units = rng.poisson(rate * rng.gamma(shape, 1.0 / shape, rate.shape)).astype(float)
    panel = panel_of(units[:, :156], "W")
    family = np.full(PRODUCTS, -1, np.int32)
    forecast = fit_forecast(panel, life_of(panel), family, np.full(PRODUCTS, float(weeks)), weeks, 1)
    table = forecast_total_table(forecast, panel, weeks)
    ahead = rate[:, 156:]
    sums = np.stack(
        [rng.poisson(ahead * rng.gamma(shape, 1.0 / shape, ahead.shape)).sum(axis=1) for _ in range(400)],
        axis=1,
    )
    middle, high = np.quantile(sums, [0.5, 0.95], axis=1)
    width = np.median((table.q95 - table.q50) / (high - middle))
    return float(width), float((sums <= table.q95.to_numpy()[:, None]).mean())


@pytest.mark.parametrize("swing", [0.0, 0.4])
@pytest.mark.parametrize("weeks", [20, 26])
def test_the_width_and_what_it_holds(swing: float, weeks: int) -> None:
    found = np.mean([drawn(swing, shape, weeks, seed) for shape in (1.5, 4.0) for seed in range(4)], axis=0)
    assert 0.95 < found[0] <= 1.2
    assert 0.93 <= found[1] <= 0.97
