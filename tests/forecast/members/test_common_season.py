"""Seasons that products share and depart from, against the seasons their demand was drawn from."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.forecast.members.common_season import finer_ratios, shared_seasons
from analytics.forecast.members.origins import rolling_forecasts
from analytics.forecast.members.own_waves import own_waves, wave_columns
from tests.forecast.panels import panel_of


def wave(phase: np.ndarray, shift: float, season: int) -> np.ndarray:
    """A season that moves demand by 40 % to both sides."""
    return 1.0 + 0.4 * np.sin(2.0 * np.pi * (phase + shift) / season)


@pytest.mark.parametrize(("frequency", "periods", "season"), [("W", 156, 52), ("W", 113, 52)])
def test_a_wave_of_two_fifths_is_recovered_though_half_go_against_it(
    frequency: str, periods: int, season: int
) -> None:
    rng = np.random.default_rng(4)
    n, t, phase = 100, np.arange(periods), np.arange(season)
    against = np.arange(n) % 2 == 1
    shift = np.where(against, 3.0 + season / 2.0, 3.0)[:, None]
    rate = (8.0 + rng.gamma(2.0, 15.0, n))[:, None] * wave(t[None, :], shift, season)
    units = rng.poisson(rate * rng.gamma(8.0, 1.0 / 8.0, rate.shape)).astype(float)
    rolling = rolling_forecasts(panel_of(units, frequency), np.full(n, 4), np.full(n, -1, np.int32))
    size = (rolling.season * np.sin(2.0 * np.pi * (phase + shift) / season)).sum(axis=1) * 2.0 / season
    for part in (against, ~against):
        assert size[part].mean() == pytest.approx(0.4, abs=0.05)
    if frequency == "W":
        assert np.abs(rolling.season - wave(phase[None, :], shift, season)).mean() < 0.05


def test_products_without_a_season_get_none_from_each_other() -> None:
    rng = np.random.default_rng(5)
    units = rng.poisson(20.0 * rng.gamma(4.0, 0.25, (80, 156))).astype(float)
    rolling = rolling_forecasts(panel_of(units, "W"), np.full(80, 4), np.full(80, -1, np.int32))
    assert np.abs(rolling.season - 1.0).mean() < 0.03


def test_a_peak_of_one_week_that_all_products_share_is_found_and_noise_is_not() -> None:
    """Sums of products that each vary by half: the peak of the last week but two rises to three times the usual level."""
    rng = np.random.default_rng(6)
    true = np.ones(52)
    true[49] = 3.0
    true /= true.mean()
    units = rng.poisson(30.0 * true[np.arange(130) % 52] * rng.gamma(4.0, 0.25, (60, 130))).astype(float)
    shared = shared_seasons(panel_of(units, "W"), np.full(60, -1, np.int32), 52, 13)
    now = shared.ratios[0, -1]
    assert now[49] == pytest.approx(true[49], rel=0.15) and np.abs(np.delete(now, 49) - true[0]).max() < 0.2
    sums, flat = rng.gamma(25.0, 4.0, 130), np.full(130, 100.0)
    # all of what moves is the products' own
    got = finer_ratios(sums, flat, 1.0 / 25.0, np.ones(130, np.bool_), np.ones(52))
    assert np.abs(got - 1.0).mean() < 0.06


def test_one_year_of_a_peak_is_half_believed_and_two_alike_almost_wholly() -> None:
    flat = np.full(104, 100.0)
    sums = flat.copy()
    sums[[30, 82]] = 260.0
    once = np.arange(104) < 60
    half, whole = (
        finer_ratios(sums, flat, 1e-6, used, np.ones(52)) for used in (once, np.ones(104, np.bool_))
    )
    rise = 260.0 / (100.0 + 160.0 / 52.0)
    assert 1.2 < half[30] < 0.75 * rise and 0.85 * rise < whole[30] < rise * 1.05


def test_own_waves_are_least_squares_shrunk_by_what_all_products_show() -> None:
    """By hand with numpy's least squares, for products seen in all months, none of them above the cut."""
    rng = np.random.default_rng(7)
    n, periods, season = 30, 48, 12
    columns = wave_columns(season)
    phase = np.arange(periods) % season
    true = 0.15 * rng.normal(size=(n, columns.shape[1]))
    units = 200.0 * (1.0 + true @ columns[phase].T) * rng.gamma(25.0, 0.04, (n, periods))
    panel = panel_of(units, "M")
    out = np.zeros((n, 1, columns.shape[1]))
    own_waves(
        panel, np.ones((1, 1, season)), np.zeros(n, np.int64), [np.ones(periods, np.bool_)], columns, out
    )
    x = np.concatenate([np.ones((periods, 1)), columns[phase]], axis=1)
    local = np.stack([np.convolve(y, np.ones(12) / 12.0, "valid") for y in units])
    local = np.concatenate(
        [np.repeat(local[:, :1], 6, axis=1), local, np.repeat(local[:, -1:], 5, axis=1)], axis=1
    )
    plain = np.array(
        [np.linalg.lstsq(x, y / m - 1.0, rcond=None)[0][1:] for y, m in zip(units, local, strict=True)]
    )
    share = out[:, 0] / plain
    # the truth varies by 0.15, an estimate by about 0.2 x root(2/48): nearly all is believed, and nothing is turned round
    assert ((share > 0.7) & (share < 1.0)).all()
    assert np.abs(out[:, 0] - true).mean() < np.abs(plain - true).mean() * 1.05
