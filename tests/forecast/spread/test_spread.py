"""The distribution of the interval's sum: its own mean bounds what methods remember."""

from __future__ import annotations

import numpy as np

from analytics.forecast.members.combination import combination_weights, combined_forecast
from analytics.forecast.members.origins import OWN_LEVELS, rolling_forecasts
from analytics.forecast.spread.interval_quantiles import (
    LEVELS,
    _mean_and_deviation,
    _within,
    demand_class,
    total_distribution,
)
from analytics.forecast.spread.learnt_quantiles import Past, _columns, past_of
from tests.forecast.panels import panel_of


def test_a_remembered_mean_ends_at_the_95_percent_quantile_unless_the_tail_explains_it() -> None:
    light = np.interp(LEVELS, [0.0, 0.5, 1.0], [0.0, 0.0, 4.0])  # 95 %: 3.6, own mean 1.0
    heavy = np.where(LEVELS > 0.99, 400.0, np.where(LEVELS > 0.97, 30.0, 0.0))  # 95 %: 0
    quantile = np.stack([light, light, heavy, heavy])
    centre, _ = _mean_and_deviation(quantile)
    assert centre[2] > 2.0
    got = _within(np.array([2.5, 9.0, 1.7, 50.0]), quantile, centre)
    np.testing.assert_allclose(got, [2.5, 3.6, 1.7, centre[3]], rtol=1e-12)


def test_mean_and_deviation_of_a_distribution_linear_between_its_quantiles() -> None:
    mean, sd = _mean_and_deviation(np.array([10.0 + 6.0 * LEVELS]))  # nearly uniform on 10 to 16
    assert abs(mean[0] - 13.0) < 0.01 and abs(sd[0] - 6.0 / np.sqrt(12.0)) < 0.02


def test_upper_quantiles_know_that_a_promotion_runs() -> None:
    """Demand of known law: a promotion of five times the usual sales begins on 3 % of days and ends on 10 %. The true 90 % quantile of the next fortnight,
    by simulation, is far higher while one runs; what is said must lie nearer to the truth of its own state than to the other's, in both states."""
    draw = np.random.default_rng(31)
    n, days, h = 80, 700, 14

    def promoted(now: np.ndarray, length: int) -> np.ndarray:
        out = np.zeros((len(now), length), np.bool_)
        state = now.copy()
        for t in range(length):
            u = draw.random(len(state))
            state = np.where(state, u > 0.1, u < 0.03)
            out[:, t] = state
        return out

    flag = promoted(np.zeros(n, np.bool_), days)
    panel = panel_of(draw.poisson(np.where(flag, 15.0, 3.0)).astype(float), "D")
    rolling = rolling_forecasts(panel, np.full(n, h), np.full(n, -1, np.int32))
    label = demand_class(panel)
    weights = combination_weights(rolling, label)
    combined = combined_forecast(rolling, weights)
    said = total_distribution(rolling, weights, combined, label, np.ones(combined.shape, np.bool_)).quantile[
        :, int(np.argmin(np.abs(LEVELS - 0.9)))
    ]
    truth = [
        float(
            np.quantile(draw.poisson(np.where(promoted(np.full(20000, now), h), 15.0, 3.0)).sum(axis=1), 0.9)
        )
        for now in (False, True)
    ]
    running = flag[:, -1]
    assert running.sum() >= 10 and truth[1] > 1.15 * truth[0]
    middle = 0.5 * (truth[0] + truth[1])
    assert said[~running].mean() < middle < said[running].mean()
    np.testing.assert_allclose([said[~running].mean(), said[running].mean()], truth, rtol=0.12)


def _past(frequency: str, interval: int) -> Past:
    units = np.random.default_rng(11).poisson(1.5, (5, 900)).astype(float)
    rolling = rolling_forecasts(panel_of(units, frequency), np.full(5, interval), np.full(5, -1, np.int32))
    weights = combination_weights(rolling, np.zeros(5, np.int8))
    return past_of(rolling, weights, combined_forecast(rolling, weights))


def test_a_day_of_a_year_ago_counts_half_whatever_the_interval() -> None:
    for interval in (5, 14):
        past = _past("D", interval)
        days = (past.rolling.position[:, :1] - past.rolling.position)[past.rows]
        assert days.max() > 150
        np.testing.assert_allclose(np.log2(past.age[past.rows]), -days / 365.0)
    weeks = _past("W", 4)
    assert np.allclose(weeks.age[:, 1:] / weeks.age[:, :-1], weeks.age[0, 1])  # by the interval


def test_columns_of_chosen_rows_hold_the_products_own_quantile() -> None:
    past = _past("D", 14)
    at = (np.array([0, 3, 4]), np.array([0, 7, 20]))
    got = _columns(past, 0.83, at)
    for row, (i, k) in enumerate(zip(*at, strict=True)):
        np.testing.assert_allclose(
            got[row, -2], np.interp(0.83, OWN_LEVELS, past.rolling.own[i, k]) - past.combined[i, k]
        )
        np.testing.assert_array_equal(got[row, :-2], past.features[i, k])
