"""The year's pattern from little more than a year, and the level of the year ahead, against what the demand was drawn from."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.forecast import fit_forecast
from analytics.forecast.members.harmonics import expected_by_group, harmonic_profile
from analytics.forecast.members.origins import rolling_forecasts
from tests.forecast.panels import life_of, panel_of

WEEK = np.arange(52)
TRUE = np.exp(0.45 * np.cos(2 * np.pi * (WEEK - 37) / 52.0))
TRUE = TRUE / TRUE.mean()


def test_waves_need_little_more_than_a_year_and_launches_are_no_season() -> None:
    rng = np.random.default_rng(31)
    n, weeks = 60, 75
    rate = rng.gamma(2.0, 4.0, n)
    on_sale = np.arange(weeks)[None, :] >= np.where(np.arange(n) % 2, rng.integers(0, 50, n), 0)[:, None]
    units = rng.poisson(
        rate[:, None] * TRUE[np.arange(weeks) % 52] * on_sale * rng.gamma(2.0, 0.5, (n, weeks))
    ).astype(float)
    expected = expected_by_group(units, weeks, np.zeros(n, np.int64), 1)[0]
    got = harmonic_profile(units.sum(axis=0), expected, np.ones(52), 1.0)
    assert np.abs(got - TRUE).mean() < 0.1 < np.abs(1.0 - TRUE).mean()
    assert got.mean() == pytest.approx(1.0)


def test_noise_of_a_year_makes_no_season() -> None:
    rng = np.random.default_rng(32)
    sums = rng.gamma(4.0, 25.0, 75)
    got = harmonic_profile(sums, np.full(75, 100.0), np.ones(52), 1.0)
    assert np.abs(got - 1.0).mean() < 0.15


def test_expected_sales_hear_nothing_of_the_future() -> None:
    rng = np.random.default_rng(33)
    units = rng.poisson(1.0, (30, 60)).astype(float)
    group = (np.arange(30) % 3).astype(np.int64)
    changed = units.copy()
    changed[:, 40:] = 9.0
    np.testing.assert_array_equal(
        expected_by_group(units, 40, group, 3), expected_by_group(changed, 40, group, 3)
    )
    by_hand = np.zeros(40)
    for i in np.flatnonzero(group == 1):
        sales = np.flatnonzero(units[i, :40])
        life = sales[-1] - sales[0] + 1
        end = min(40, sales[-1] + 1 + int(np.ceil(life / len(sales))))
        by_hand[sales[0] : end] += units[i, :40].sum() / life
    np.testing.assert_allclose(expected_by_group(units, 40, group, 3)[1], by_hand)


def test_a_season_seen_once_and_a_half_enters_the_forecast_and_the_newest_product() -> None:
    rng = np.random.default_rng(34)
    rate = rng.gamma(4.0, 8.0, 40)
    units = rng.poisson(rate[:, None] * TRUE[np.arange(80) % 52]).astype(float)
    units[:8, :66] = 0.0
    rolling = rolling_forecasts(panel_of(units, "W"), np.full(40, 4), np.full(40, -1, np.int32))
    assert np.abs(rolling.season - TRUE).mean(axis=1).max() < 0.12


@pytest.mark.parametrize("start", [0, 26])
def test_the_year_ahead_is_right_whether_the_file_ends_at_the_peak_or_in_the_trough(start: int) -> None:
    rng = np.random.default_rng(35)
    n, weeks = 80, 104
    rate = rng.gamma(4.0, 8.0, n)
    phase = (np.arange(weeks + 52) + start + 37) % 52
    units = rng.poisson(rate[:, None] * TRUE[phase[:weeks]] * rng.gamma(3.0, 1 / 3.0, (n, weeks))).astype(
        float
    )
    panel = panel_of(units, "W")
    forecast = fit_forecast(panel, life_of(panel), np.full(n, -1, np.int32), np.full(n, 4.0), 52, 1)
    true = rate * TRUE[phase[weeks:]].sum()
    year = forecast.mean.sum(axis=1)
    assert year.sum() == pytest.approx(true.sum(), rel=0.05)
    # a product's own year: a mean of 104 weeks with a coefficient of variation near 0.6 is off by 6 %; twice that is allowed
    assert np.abs(year / true - 1.0).mean() < 0.12


def test_a_lasting_rise_stays_in_the_year_ahead() -> None:
    rng = np.random.default_rng(36)
    units = np.concatenate([rng.poisson(5.0, (40, 90)), rng.poisson(30.0, (40, 14))], axis=1).astype(float)
    panel = panel_of(units, "W")
    forecast = fit_forecast(panel, life_of(panel), np.full(40, -1, np.int32), np.full(40, 4.0), 52, 1)
    assert np.median(forecast.mean.mean(axis=1)) > 20.0
