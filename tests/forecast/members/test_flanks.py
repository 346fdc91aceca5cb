"""Rising and falling flanks of planted seasons: the class's mean is right wherever in the year the file ends, by week and by month."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.forecast import fit_forecast
from analytics.forecast.flanks import on_flanks
from analytics.forecast.members.common_season import SharedSeasons, ratios_met
from analytics.forecast.members.grid_records import SEASONAL_SMOOTHING, TWELVE_PERIODS
from analytics.forecast.members.origins import rolling_forecasts
from tests.forecast.panels import life_of, panel_of

NONE = -1


def planted(
    frequency: str, periods: int, quarter: int, ahead: int, products: int, seed: int, against: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Units, and the sum expected of the next `ahead` periods: waves of 40 %; the file ends at a quarter of the year. Every second may go against it."""
    rng = np.random.default_rng(seed)
    season = {"W": 52, "M": 12}[frequency]
    t = np.arange(periods + ahead) + (quarter * season // 4 - periods) % season
    shift = np.where((np.arange(products) % 2 == 1) & against, season / 2.0, 0.0)[:, None]
    mean = (8.0 + rng.gamma(2.0, 15.0, products))[:, None] * (
        1.0 + 0.4 * np.sin(2.0 * np.pi * (t + shift) / season)
    )
    units = rng.poisson(mean * rng.gamma(8.0, 1.0 / 8.0, mean.shape)).astype(float)
    return units[:, :periods], mean[:, periods:].sum(axis=1)


@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
@pytest.mark.parametrize(("frequency", "periods", "ahead"), [("W", 150, 4), ("M", 43, 3)])
def test_the_mean_of_a_class_is_right_on_every_flank(
    frequency: str, periods: int, ahead: int, quarter: int
) -> None:
    units, true = planted(frequency, periods, quarter, ahead, 120, 20 + quarter)
    panel = panel_of(units, frequency)
    none = np.full(len(units), NONE, np.int32)
    found = fit_forecast(panel, life_of(panel), none, np.full(len(units), float(ahead)), 15, 1)
    assert found.total_mean.sum() == pytest.approx(true.sum(), rel=0.05)
    assert found.mean[:, :ahead].sum() == pytest.approx(true.sum(), rel=0.05)


@pytest.mark.parametrize("quarter", [0, 3])
def test_half_the_products_may_go_against_the_others_by_month_too(quarter: int) -> None:
    units, true = planted("M", 48, quarter, 3, 240, 30 + quarter, against=True)
    panel = panel_of(units, "M")
    none = np.full(len(units), NONE, np.int32)
    found = fit_forecast(panel, life_of(panel), none, np.full(len(units), 3.0), 15, 1).total_mean
    for half in (slice(0, None, 2), slice(1, None, 2)):
        assert found[half].sum() == pytest.approx(true[half].sum(), rel=0.05)


def test_products_of_few_sales_follow_the_season_they_share() -> None:
    """One order of three in four weeks: beside the same demand without a season the forecast moves as the season does."""
    rng = np.random.default_rng(41)
    rate, weeks = 0.15 + rng.gamma(2.0, 0.3, 160), 156
    ratio = []
    for quarter in (0, 2):  # the middle of the rise, and of the fall
        t = np.arange(weeks + 4) + (quarter * 13 - weeks) % 52
        wave = 1.0 + 0.4 * np.sin(2.0 * np.pi * t / 52.0)
        orders = rng.poisson(rate[:, None] * wave[:weeks] / 3.0)
        units = orders * (1.0 + rng.poisson(2.0, orders.shape))
        panel = panel_of(units.astype(float), "W")
        none = np.full(len(rate), NONE, np.int32)
        found = fit_forecast(panel, life_of(panel), none, np.full(len(rate), 4.0), 15, 1)
        ratio.append(found.total_mean.sum() / (rate.sum() * wave[weeks:].sum()))
    assert ratio[0] / ratio[1] == pytest.approx(1.0, abs=0.1)


def test_methods_without_a_season_learn_it_and_the_others_keep_what_they_say() -> None:
    units, _ = planted("W", 150, 0, 4, 100, 43)
    panel = panel_of(units, "W")
    rolling = rolling_forecasts(panel, np.full(100, 4), np.full(100, NONE, np.int32))
    righted = on_flanks(rolling)

    def off(forecasts: np.ndarray, method: int) -> float:
        known = np.isfinite(rolling.actual) & rolling.valid & np.isfinite(forecasts[:, :, method])
        said, came = (np.where(known, x, 0.0).sum(axis=0) for x in (forecasts[:, :, method], rolling.actual))
        use = said > 0.0
        return float(np.abs(np.log(came[use] / said[use])).mean())

    assert off(rolling.forecasts, TWELVE_PERIODS) > 0.2 > 0.05 > off(righted.forecasts, TWELVE_PERIODS)
    for a, b in zip(
        righted.forecasts.T[SEASONAL_SMOOTHING], rolling.forecasts.T[SEASONAL_SMOOTHING], strict=True
    ):
        np.testing.assert_array_equal(a, b)
    flat = replace(rolling, met=np.ones_like(rolling.met))
    assert on_flanks(flat) is flat


def test_ratios_met_by_hand() -> None:
    """Two ends: at each column the latest one by then, over the interval ahead and the quarter before, round the year."""
    rng = np.random.default_rng(44)
    ratios = rng.gamma(9.0, 1.0 / 9.0, (2, 2, 12))
    ratios /= ratios.mean(axis=2, keepdims=True)
    group, ends = np.array([0, 1, 1]), np.array([10, 24])
    seasons = SharedSeasons(ratios, np.ones((2, 2, 1)), ends, group, np.zeros((3, 2, 0)), np.zeros((12, 0)))
    here = np.array([[27, 14], [31, 23], [24, 11]])
    interval = np.array([3, 14, 1])
    got = ratios_met(seasons, here, interval, 3)
    for i in range(3):
        for k in range(2):
            at = ratios[group[i], int(here[i, k] >= 24)]
            ahead = np.mean([at[t % 12] for t in range(here[i, k], here[i, k] + interval[i])])
            before = np.mean([at[t % 12] for t in range(here[i, k] - 3, here[i, k])])
            assert got[i, k] == pytest.approx([ahead, before], abs=1e-12)
