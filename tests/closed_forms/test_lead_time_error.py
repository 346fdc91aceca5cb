"""The spread of interval sums: closed forms against simulation, and the fitted distribution against both."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analytics.forecast import fit_forecast, total_quantiles
from tests.closed_forms.forecasts.lead_time_error import lead_time_error_sd, predictive_sd
from tests.forecast.panels import life_of, panel_of


def test_smoothing_error_of_the_sum_against_simulation() -> None:
    rng = np.random.default_rng(8)
    n, alpha, h, s = 400_000, 0.2, 4, 10.0
    y = rng.normal(0.0, s, n)
    level = np.zeros(n + 1)
    for t in range(n):
        level[t + 1] = level[t] + alpha * (y[t] - level[t])
    edge = np.concatenate([[0.0], np.cumsum(y)])
    errors = (edge[h + 200 :] - edge[200:-h]) - h * level[200 : n - h + 1]
    # overlapping sums: about n/40 effective observations, 3 standard errors of a standard deviation
    assert errors.std() == pytest.approx(lead_time_error_sd(s, alpha, h), rel=3 / math.sqrt(2 * n / 40))
    assert lead_time_error_sd(s, alpha, h) == pytest.approx(
        24.03700850309326, rel=1e-9
    )  # Prak, Teunter and Syntetos 2017
    assert predictive_sd(10, 24, 4) == pytest.approx(21.60246899469287, rel=1e-12)


@pytest.mark.parametrize("mean,shape", [(3.0, 1.0), (12.0, 3.0), (0.6, 0.8)])
def test_quantiles_hold_what_they_promise_on_new_demand(mean: float, shape: float) -> None:
    """Negative binomial products, the next interval drawn afresh: the promised share stays below, within sampling error and a tolerance of 3 points."""
    rng = np.random.default_rng(2)
    n, t, h = 600, 60, 4
    rate = rng.gamma(6.0, mean / 6.0, n)
    draw = rng.poisson(rate[:, None] * rng.gamma(shape, 1 / shape, (n, t + h))).astype(float)
    panel = panel_of(draw[:, :t], "W")
    forecast = fit_forecast(panel, life_of(panel), np.full(n, -1, np.int32), np.full(n, float(h)), h, 1)
    came = draw[:, t:].sum(axis=1)
    for level in (0.5, 0.9, 0.95):
        q = total_quantiles(forecast, np.array([level]), np.full(n, float(h)))[:, 0]
        below, upto = np.mean(came < q), np.mean(came <= q)
        assert below - 0.04 < level < upto + 0.04, (level, below, upto)


@pytest.mark.parametrize("mean,shape", [(3.0, 1.0), (20.0, 4.0)])
def test_the_path_rule_spreads_the_sum_as_the_calibrated_distribution(mean: float, shape: float) -> None:
    """Draw the sum by the path rule itself: its share below each calibrated quantile is near the level."""
    rng = np.random.default_rng(4)
    n, t, h, draws = 600, 60, 4, 600
    rate = rng.gamma(6.0, mean / 6.0, n)
    units = rng.poisson(rate[:, None] * rng.gamma(shape, 1 / shape, (n, t))).astype(float)
    panel = panel_of(units, "W")
    f = fit_forecast(panel, life_of(panel), np.full(n, -1, np.int32), np.full(n, float(h)), h, 1)
    grid = np.arange(f.noise.shape[1]) / (f.noise.shape[1] - 1)
    below = np.zeros(3)
    levels = np.array([0.5, 0.9, 0.95])
    q = total_quantiles(f, levels, np.full(n, float(h)))
    for i in range(n):
        level = np.interp(rng.random(draws), grid, f.level_error[i])
        walk = np.cumsum(rng.standard_normal((draws, h)), axis=1)
        rate_i = (
            f.mean[i, :h]
            * level[:, None]
            * np.exp(f.drift[i] * walk - f.drift[i] ** 2 * np.arange(1, h + 1) / 2)
        )
        sums = rng.poisson(rate_i * np.interp(rng.random((draws, h)), grid, f.noise[i])).sum(axis=1)
        assert sums.mean() == pytest.approx(f.mean[i, :h].sum(), rel=0.25)
        below += [(np.mean(sums < q[i, j]) + np.mean(sums <= q[i, j])) / 2 / n for j in range(3)]
    np.testing.assert_allclose(below, levels, atol=0.04)
