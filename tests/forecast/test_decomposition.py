"""STL: parts add up to the history, seasons and levels are told from noise, odd histories end in words instead of an exception."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.forecast.decomposition import LEVEL_STATES, decomposed, seasonality_probability, strength

rng = np.random.default_rng(21)
YEAR = 1.0 + 0.5 * np.sin(np.arange(72) * np.pi / 6.0)


def test_parts_add_up_and_the_season_is_found() -> None:
    units = 80.0 * YEAR + rng.normal(0.0, 4.0, 72)
    found = decomposed(units, 12)
    assert found is not None
    assert np.allclose(found.trend + found.season + found.remainder, units, rtol=0, atol=1e-9)
    assert found.seasonal and found.season_strength > 0.9
    assert np.ptp(found.season) == pytest.approx(80.0, rel=0.15)  # from 40 below to 40 above


def test_noise_is_rarely_called_a_season() -> None:
    called = sum(seasonality_probability(rng.gamma(2.0, 5.0, 60), 12) < 0.05 for _ in range(300))
    assert called / 300 < 0.05 + 3.0 * np.sqrt(0.05 * 0.95 / 300)


def test_a_yearly_season_of_weeks_is_tested_in_groups() -> None:
    weeks = 6.0 * np.sin(np.arange(156) * 2.0 * np.pi / 52.0) + rng.normal(0.0, 2.0, 156)
    assert seasonality_probability(weeks, 52) < 1e-6
    assert seasonality_probability(np.full(156, 3.0), 52) == 1.0


def test_levels_are_told_apart() -> None:
    states = {name: [] for name in ("noise", "walk", "line")}
    for _ in range(20):
        noise = rng.normal(0.0, 3.0, 120)
        for name, y in (
            ("noise", 50.0 + noise),
            ("walk", 200.0 + np.cumsum(noise)),
            ("line", 20.0 + 0.8 * np.arange(120) + noise),
        ):
            found = decomposed(y, 12)
            assert found is not None
            states[name].append(found.level)
    assert states["noise"].count("steady") >= 15
    assert states["walk"].count("steady") <= 3 and states["walk"].count("wandering") >= 8
    assert states["line"].count("drifting") >= 12


def test_strength_by_hand() -> None:
    part, rest = np.array([3.0, -3.0, 3.0, -3.0]), np.array([1.0, 1.0, -1.0, -1.0])
    assert strength(part, rest) == pytest.approx(0.9)
    assert strength(np.zeros(4), np.zeros(4)) == 0.0


@pytest.mark.parametrize(
    "units",
    [
        np.zeros(30),
        np.ones(30),
        np.append(np.zeros(29), 1e9),
        np.tile([0.0, 0.0, 5.0], 10),
        np.full(40, np.nan),
    ],
)
def test_odd_histories(units: np.ndarray) -> None:
    found = decomposed(units, 12)
    assert (found is None) == (not np.nan_to_num(units).any())
    if found is not None:
        assert (
            np.isfinite([found.season_strength, found.trend_strength, found.season_p]).all()
            and found.level in LEVEL_STATES
        )


def test_below_two_seasons_there_is_nothing_to_show() -> None:
    assert decomposed(np.arange(23.0), 12) is None
    assert decomposed(np.arange(24.0) + 1.0, 12) is not None


def test_two_seasons_of_noise_are_not_all_season() -> None:
    y = np.random.default_rng(11).normal(100.0, 10.0, 104)
    found = decomposed(y, 52)
    assert found is not None and not found.seasonal
    np.testing.assert_allclose(found.trend + found.season + found.remainder, y, rtol=1e-12)
    np.testing.assert_allclose(found.season[:52], found.season[52:], atol=1e-6)
    assert found.remainder.std() > 4.0  # half of the variance at least stays outside a mean of two
