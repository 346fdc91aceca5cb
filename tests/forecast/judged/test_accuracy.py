"""Every measure against a naive loop written from its definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import poisson

from analytics.forecast.judged import accuracy
from tests.closed_forms.queues.coverage import coverage

rng = np.random.default_rng(11)
ACTUAL = rng.poisson(4.0, 57).astype(float)
SAID = rng.gamma(3.0, 1.4, 57)
HISTORY = rng.poisson(4.0, 40).astype(float)


def test_bias_and_wape() -> None:
    total = sum(ACTUAL)
    assert accuracy.bias(ACTUAL, SAID) == pytest.approx(
        sum(s - a for a, s in zip(ACTUAL, SAID, strict=True)) / total
    )
    assert accuracy.wape(ACTUAL, SAID) == pytest.approx(
        sum(abs(s - a) for a, s in zip(ACTUAL, SAID, strict=True)) / total
    )


def test_missing_pairs_are_left_out() -> None:
    came = ACTUAL.copy()
    came[3] = np.nan
    keep = [i for i in range(57) if i != 3]
    assert accuracy.wape(came, SAID) == pytest.approx(accuracy.wape(ACTUAL[keep], SAID[keep]))


@pytest.mark.parametrize("season", [1, 12])
def test_mase(season: int) -> None:
    step = [abs(HISTORY[t] - HISTORY[t - season]) for t in range(season, len(HISTORY))]
    error = [abs(a - s) for a, s in zip(ACTUAL, SAID, strict=True)]
    assert accuracy.mase(ACTUAL, SAID, HISTORY, season) == pytest.approx(
        (sum(error) / len(error)) / (sum(step) / len(step))
    )


def test_rmsse() -> None:
    step = [(HISTORY[t] - HISTORY[t - 1]) ** 2 for t in range(1, len(HISTORY))]
    error = [(a - s) ** 2 for a, s in zip(ACTUAL, SAID, strict=True)]
    assert accuracy.rmsse(ACTUAL, SAID, HISTORY) == pytest.approx(
        math.sqrt((sum(error) / len(error)) / (sum(step) / len(step)))
    )


@pytest.mark.parametrize("level", [0.5, 0.9, 0.98])
def test_scaled_pinball(level: float) -> None:
    scale = rng.gamma(2.0, 1.0, 57)
    losses = [
        (level * (a - s) if a >= s else (1 - level) * (s - a)) / c
        for a, s, c in zip(ACTUAL, SAID, scale, strict=True)
    ]
    assert accuracy.scaled_pinball(ACTUAL, SAID, level, scale) == pytest.approx(sum(losses) / len(losses))


def test_coverage_counts_and_ties() -> None:
    whole = np.round(SAID)
    below = sum(a < s for a, s in zip(ACTUAL, whole, strict=True)) / 57
    upto = sum(a <= s for a, s in zip(ACTUAL, whole, strict=True)) / 57
    assert below < upto  # the example has ties
    assert coverage(ACTUAL, whole) == pytest.approx((below + upto) / 2)


@pytest.mark.parametrize("rate", [0.04, 0.3, 2.5])
def test_randomised_coverage_of_the_true_distribution_is_the_level(rate: float) -> None:
    """Also where the quantile is 0 for nearly everybody, and ties are the rule."""
    levels = (np.arange(400) + 0.5) / 400
    came = np.random.default_rng(4).poisson(rate, 40000)
    quantiles = np.broadcast_to(poisson.ppf(levels, rate), (len(came), len(levels)))
    for level in (0.5, 0.9):
        assert accuracy.randomised_coverage(came, quantiles, levels, level) == pytest.approx(level, abs=0.012)
    higher = quantiles + 1.0  # a unit too much everywhere
    assert accuracy.randomised_coverage(came, higher, levels, 0.9) > 0.93


def test_randomised_coverage_by_hand() -> None:
    quantiles = np.array([[0.0, 0.0, 2.0], [0.0, 1.0, 2.0], [0.0, 1.0, 1.0], [3.0, 4.0, 5.0]])
    # a tie at levels 0.5 and 0.8: (0.8 - 0) / (0.85 - 0); above; a tie at 0.8 and 0.9: (0.8 - 0.65) / (0.95 - 0.65); below
    assert accuracy.randomised_coverage(
        [0.0, 2.0, 1.0, 1.0], quantiles, [0.5, 0.8, 0.9], 0.8
    ) == pytest.approx((0.8 / 0.85 + 0.0 + 0.5 + 1.0) / 4)


def test_crps_of_a_fine_grid_is_the_expected_distance_form() -> None:
    """For a sample distribution: CRPS = E|X - y| - E|X - X'|/2 (Gneiting and Raftery 2007)."""
    sample = np.sort(rng.gamma(2.0, 3.0, 4000))
    levels = (np.arange(4000) + 0.5) / 4000
    y = 7.3
    spread = np.mean(np.abs(sample[:, None] - sample[None, ::7]))
    expected = np.mean(np.abs(sample - y)) - 0.5 * spread
    assert accuracy.crps(np.array([y]), sample[None, :], levels) == pytest.approx(expected, rel=0.01)


def test_newsvendor_regret_is_pinball_in_money() -> None:
    short, over = 7.0, 3.0
    regret = accuracy.newsvendor_regret(ACTUAL, SAID, short, over)
    naive = sum(short * max(a - s, 0) + over * max(s - a, 0) for a, s in zip(ACTUAL, SAID, strict=True))
    assert regret == pytest.approx(naive)
    assert regret == pytest.approx(
        (short + over) * float(accuracy.pinball(ACTUAL, SAID, short / (short + over)).sum())
    )
    assert accuracy.newsvendor_regret(ACTUAL, ACTUAL, short, over) == 0.0
