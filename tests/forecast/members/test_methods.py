"""Every method against a slow twin written from its formula, and against published examples and statsmodels."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from analytics.forecast.members.smoothing import theta_sums
from tests.closed_forms.forecasts.intermittent_series import adida, croston, imapa, sba, tsb
from tests.closed_forms.forecasts.seasonal_series import seasonal_profile
from tests.closed_forms.forecasts.smoothed_series import (
    damped_trend,
    exponential_smoothing,
    holt_winters,
    theta,
)

# Croston 1972 and Teunter, Syntetos and Babai 2011 on this series: statsforecast 2.1.1 gives 1.51613545 and 1.37185589
PUBLISHED = [0, 0, 5, 0, 3, 0, 0, 0, 4, 2, 0, 0, 6, 0, 0, 0, 0, 7, 0, 1]

rng = np.random.default_rng(3)
SERIES = {
    "intermittent": rng.poisson(0.4, 90) * rng.integers(1, 9, 90).astype(float),
    "smooth": rng.gamma(20.0, 2.0, 77),
    "seasonal": 40.0 + 12.0 * np.sin(np.arange(75) * math.pi / 6.0) + rng.normal(0, 2, 75),
}


def test_croston_published() -> None:
    forecast, size, interval = croston(PUBLISHED, 0.1)
    assert forecast == pytest.approx(1.5161354492935672, rel=1e-9)
    assert size == pytest.approx(4.4585919999999994, rel=1e-9)
    assert interval == pytest.approx(2.9407609999999997, rel=1e-9)


def test_tsb_published() -> None:
    assert tsb(PUBLISHED, 0.2, 0.1) == pytest.approx(1.3718558896255293, rel=1e-9)


@pytest.mark.parametrize("alpha", [0.07, 0.33])
@pytest.mark.parametrize("name", SERIES)
def test_croston_twin(name: str, alpha: float) -> None:
    y = SERIES[name]
    sales = [t for t, v in enumerate(y) if v > 0]
    size, interval = y[sales[0]], sales[0] + 1.0
    for before, now in pairwise(sales):
        size = (1 - alpha) * size + alpha * y[now]
        interval = (1 - alpha) * interval + alpha * (now - before)
    assert croston(y, alpha) == pytest.approx((size / interval, size, interval), rel=1e-10)
    assert sba(y, alpha) == pytest.approx((1 - alpha / 2) * size / interval, rel=1e-10)


@pytest.mark.parametrize("name", SERIES)
def test_tsb_twin(name: str) -> None:
    y = SERIES[name]
    p, size = float(y[0] > 0), next(v for v in y if v > 0)
    skipped = y[0] > 0
    for v in y[1:]:
        p = p + 0.15 * (float(v > 0) - p)
        if v > 0:
            size = size + 0.3 * (v - size) if skipped else v
            skipped = True
    assert tsb(y, 0.3, 0.15) == pytest.approx(p * size, rel=1e-10)


@pytest.mark.parametrize("alpha", [0.05, 0.4])
def test_smoothing_twin_and_statsmodels(alpha: float) -> None:
    holt = pytest.importorskip("statsmodels.tsa.holtwinters")
    y = SERIES["smooth"]
    level = y[0]
    for v in y[1:]:
        level = alpha * v + (1 - alpha) * level
    assert exponential_smoothing(y, alpha) == pytest.approx(level, rel=1e-12)
    fitted = holt.SimpleExpSmoothing(y, initialization_method="known", initial_level=y[0]).fit(
        smoothing_level=alpha, optimized=False
    )
    assert exponential_smoothing(y, alpha) == pytest.approx(float(fitted.forecast(1)[0]), rel=1e-9)


def test_missing_values_change_nothing() -> None:
    y = SERIES["smooth"].copy()
    gap = np.insert(y, 30, np.nan)
    assert exponential_smoothing(gap, 0.2) == exponential_smoothing(y, 0.2)


def test_theta_agrees_with_statsmodels() -> None:
    model = pytest.importorskip("statsmodels.tsa.forecasting.theta")
    y = SERIES["smooth"]
    fitted = model.ThetaModel(y, period=1, deseasonalize=False).fit(use_mle=False)
    alpha = float(fitted.params["alpha"])
    slope = np.polyfit(np.arange(len(y)), y, 1)[0]
    level = y[0]
    for t, v in enumerate(y[1:], start=2):
        level += max(alpha, 1.0 / t) * (v - level)
    h, n = 5, len(y)
    twin = sum(level + 0.5 * slope * (j - 1 + (1 - (1 - alpha) ** n) / alpha) for j in range(1, h + 1))
    assert theta(y, alpha, h) == pytest.approx(twin, rel=1e-9)
    # statsmodels estimates the starting level, ours starts as a mean: far from the start they agree
    assert theta(y, alpha, h) == pytest.approx(float(fitted.forecast(h).sum()), rel=0.02)


def test_damped_trend_twin() -> None:
    y, alpha, beta, phi, h = SERIES["seasonal"], 0.3, 0.2, 0.9, 4
    level, trend = y[0], 0.0
    for t, v in enumerate(y[1:], start=2):
        gain = max(alpha, 1.0 / t)
        new = (level + phi * trend) + gain * (v - level - phi * trend)
        trend = phi * trend + beta * gain * (v - level - phi * trend)
        level = new
    twin = sum(level + sum(phi**i for i in range(1, j + 1)) * trend for j in range(1, h + 1))
    assert damped_trend(y, alpha, beta, phi, h) == pytest.approx(twin, rel=1e-10)


@pytest.mark.parametrize("h", [1, 5, 14, 29])
def test_holt_winters_twin(h: int) -> None:
    y, m, alpha, gamma = SERIES["seasonal"], 12, 0.25, 0.15
    level = float(np.mean(y[:m]))
    season = [v - level for v in y[:m]]
    for t in range(m, len(y)):
        previous = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * level
        season[t % m] = gamma * (y[t] - previous) + (1 - gamma) * season[t % m]
    twin = sum(level + season[(len(y) + j) % m] for j in range(h))
    assert holt_winters(y, m, alpha, gamma, h) == pytest.approx(twin, rel=1e-10)


def test_holt_winters_agrees_with_statsmodels() -> None:
    holt = pytest.importorskip("statsmodels.tsa.holtwinters")
    y, m, alpha = SERIES["seasonal"], 12, 0.25
    level = float(np.mean(y[:m]))
    rest = y[m:]
    model = holt.ExponentialSmoothing(
        rest,
        seasonal="add",
        seasonal_periods=m,
        initialization_method="known",
        initial_level=level,
        initial_seasonal=(y[:m] - level),
    ).fit(smoothing_level=alpha, smoothing_seasonal=0.15, optimized=False)
    assert holt_winters(y, m, alpha, 0.15, 7) == pytest.approx(float(model.forecast(7).sum()), rel=1e-9)


def test_aggregation_twin() -> None:
    y, alpha = SERIES["intermittent"], 0.2
    sales = np.flatnonzero(y)
    usual = round(float((sales[-1] + 1) / len(sales)))

    def smoothed(bucket: int) -> float:
        whole = len(y) // bucket
        sums = [sum(y[len(y) - bucket * (k + 1) : len(y) - bucket * k]) / bucket for k in range(whole)][::-1]
        level = sums[0]
        for j, v in enumerate(sums[1:], start=2):
            level += max(alpha, 1.0 / j) * (v - level)
        return level

    assert usual > 1
    assert adida(y, alpha) == pytest.approx(smoothed(usual), rel=1e-10)
    assert imapa(y, alpha) == pytest.approx(np.mean([smoothed(b) for b in range(1, usual + 1)]), rel=1e-10)


def test_seasonal_profile_finds_the_season_and_refuses_noise() -> None:
    truth = 1.0 + 0.5 * np.sin(np.arange(12) * math.pi / 6.0)
    y = 200.0 * np.tile(truth, 6) * rng.gamma(200.0, 1 / 200.0, 72)
    ratios, believed = seasonal_profile(y, 12)
    assert believed > 0.8
    np.testing.assert_allclose(ratios, truth, atol=0.08)
    noise, share = seasonal_profile(rng.poisson(5.0, 72), 12)
    assert share < 0.5
    assert np.abs(noise - 1.0).max() < 0.3
    assert seasonal_profile(y[:20], 12)[1] == 0.0


def test_theta_written_from_a_later_period_on_says_the_same() -> None:
    y = np.random.default_rng(5).gamma(2.0, 4.0, 61)
    seen = np.random.default_rng(6).random(61) < 0.9
    whole, part = np.zeros(62), np.full(62, np.nan)
    theta_sums(y, seen, 0.23, 0.5, 5, 0, whole)
    theta_sums(y, seen, 0.23, 0.5, 5, 17, part)
    assert np.isnan(part[:17]).all()
    assert np.array_equal(part[17:], whole[17:])
