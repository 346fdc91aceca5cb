"""No leakage, and the kernel's combination of grid members against a plain twin."""

from __future__ import annotations

import numpy as np

from analytics.forecast.members.combination import combination_weights, combined_forecast
from analytics.forecast.members.origins import METHODS, rolling_forecasts
from analytics.forecast.spread.interval_quantiles import demand_class
from tests.forecast.panels import panel_of

rng = np.random.default_rng(21)
UNITS = rng.poisson(
    rng.gamma(1.0, 4.0, 40)[:, None] * (1 + 0.3 * np.sin(np.arange(70) / 2)), (40, 70)
).astype(float)
FAMILY = np.repeat(np.arange(8), 5).astype(np.int32)


def test_nothing_of_the_interval_after_an_origin_enters_what_is_said_there() -> None:
    """By month the season is known from the other years; of the year to be forecast, and by day of all that came after, nothing enters.

    But for which setting of a seasonal method speaks: that is judged at still older origins, of which the interval is another year.
    """
    for frequency, length in (("M", 6), ("D", 20)):
        interval = np.full(40, 4)
        before = rolling_forecasts(panel_of(UNITS, frequency), interval, FAMILY)
        changed = UNITS.copy()
        changed[:, 50 : 50 + length] = 7.0 * changed[:, 50 : 50 + length] + 11.0
        after = rolling_forecasts(panel_of(changed, frequency), interval, FAMILY)
        start = np.argmax(UNITS > 0, axis=1)
        here = before.position + start[:, None]
        safe = before.valid & (here <= 50) & (here >= (48 if frequency == "M" else 0))
        safe[:, 0] = False
        assert safe.sum() > 30
        seasonal = np.array([name.startswith("seasonal ") for name in METHODS]) & (frequency == "M")
        for name in ("forecasts", "error", "own", "lately", "year_before"):
            was, became = getattr(before, name)[safe], getattr(after, name)[safe]
            if name in ("forecasts", "error"):
                if name == "forecasts" and seasonal.any():
                    assert np.mean(np.isclose(was, became, equal_nan=True)[:, seasonal]) > 0.9
                was, became = was[:, ~seasonal], became[:, ~seasonal]
            np.testing.assert_array_equal(was, became, err_msg=name)
        assert not np.allclose(before.forecasts[:, 0, 4], after.forecasts[:, 0, 4])


def test_window_mean_and_smoothing_choice_twin() -> None:
    """At every origin: the 12-period mean, and smoothing with the constant whose interval sums, judged so far, were least wrong."""
    h = 3
    panel = panel_of(UNITS[:6], "M")
    rolling = rolling_forecasts(panel, np.full(6, h), np.full(6, -1, np.int32))
    alphas = [0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7]
    decay = 1.0 - 1.0 / 24.0
    for i in range(6):
        y = UNITS[i][int(panel.first[i]) :]
        for k in range(rolling.valid.shape[1]):
            p = int(rolling.position[i, k])
            if p < 1:
                continue
            assert np.isclose(rolling.forecasts[i, k, 1], h * np.mean(y[max(0, p - 12) : p]))
            best, least = 0.0, np.inf
            for alpha in alphas:
                levels = [y[0]]
                for t in range(1, p):
                    levels.append(levels[-1] + max(alpha, 1 / (t + 1)) * (y[t] - levels[-1]))
                total = weight = 0.0
                for t in range(h + 1, p + 1):
                    miss = h * levels[t - h - 1] - sum(y[t - h : t])
                    total, weight = decay * total + miss**2, decay * weight + 1
                error = total / weight if weight else np.inf
                if error < least or alpha == alphas[0]:
                    best, least = h * levels[p - 1], error
            assert np.isclose(
                rolling.forecasts[i, k, METHODS.index("exponential smoothing")], best, rtol=1e-9
            )


def test_weights_sum_to_one_and_follow_the_errors() -> None:
    panel = panel_of(UNITS, "M")
    rolling = rolling_forecasts(panel, np.full(40, 4), FAMILY)
    weights = combination_weights(rolling, demand_class(panel))
    np.testing.assert_allclose(weights[rolling.valid].sum(axis=1), 1.0)
    combined = combined_forecast(rolling, weights)
    assert (combined >= 0).all()
    error = np.nanmean(rolling.error[:, 0], axis=0)
    assert weights[:, 0, int(np.nanargmin(error))].mean() > weights[:, 0, int(np.nanargmax(error))].mean()


def test_a_spike_does_not_carry_the_level_away() -> None:
    calm = rng.poisson(6.0, (30, 60)).astype(float)
    spiked = calm.copy()
    spiked[:, 50] = 6000.0
    a = rolling_forecasts(panel_of(calm, "M"), np.full(30, 3), np.full(30, -1, np.int32))
    b = rolling_forecasts(panel_of(spiked, "M"), np.full(30, 3), np.full(30, -1, np.int32))
    wa, wb = (combination_weights(r, np.zeros(30, np.int8)) for r in (a, b))
    assert np.median(combined_forecast(b, wb)[:, 0]) < 4.0 * np.median(combined_forecast(a, wa)[:, 0])


def test_a_level_shift_is_followed() -> None:
    shifted = np.concatenate([rng.poisson(4.0, (30, 40)), rng.poisson(40.0, (30, 15))], axis=1).astype(float)
    r = rolling_forecasts(panel_of(shifted, "M"), np.full(30, 3), np.full(30, -1, np.int32))
    combined = combined_forecast(r, combination_weights(r, np.zeros(30, np.int8)))[:, 0]
    assert 80.0 < np.median(combined) < 150.0


def test_origins_lie_an_interval_apart_where_the_history_has_room() -> None:
    """26 fortnights of days need a year; 70 months leave no room for 12 intervals of 6, and the origins overlap by half at most."""
    days = rolling_forecasts(panel_of(np.ones((3, 500)), "D"), np.full(3, 14), np.full(3, -1, np.int32))
    assert (days.step == 14).all() and days.fresh == 1.0
    assert days.valid[0].sum() == 27 and days.position[0, 1] - days.position[0, 26] == 25 * 14
    months = rolling_forecasts(panel_of(UNITS[:, -40:], "M"), np.full(40, 6), FAMILY)
    assert (months.step == 3).all() and months.fresh == 0.5
    between = rolling_forecasts(panel_of(UNITS, "M"), np.full(40, 5), FAMILY)
    assert (between.step == 3).all() and between.fresh == 0.6


def test_last_quarter_last_days_and_year_before_by_hand() -> None:
    """Rates of the days seen: closed days are left out, and where nothing reaches back there is nothing."""
    draw = np.random.default_rng(8)
    units = draw.poisson(3.0, (3, 800)).astype(float) + 1.0
    units[1, :500] = 0.0
    observed = np.broadcast_to(draw.random(800) > 0.1, units.shape) & (
        np.arange(800)[None, :] >= np.array([0, 500, 0])[:, None]
    )
    units = units * observed
    panel = panel_of(units, "D", observed)
    h = np.array([14, 14, 5])
    rolling = rolling_forecasts(panel, h, np.full(3, -1, np.int32))
    reached = 0
    for i in range(3):
        for k in range(rolling.valid.shape[1]):
            if not rolling.valid[i, k]:
                continue
            end = int(rolling.start[i] + rolling.position[i, k])
            last = [units[i, t] for t in range(end - int(np.ceil(h[i] / 4)), end) if observed[i, t]]
            assert np.isclose(rolling.lately[i, k], h[i] * np.mean(last) if last else np.nan, equal_nan=True)
            for j, days in enumerate((2, 7, 28)):
                short = (
                    [units[i, t] for t in range(end - days, end) if observed[i, t]]
                    if end - days >= rolling.start[i]
                    else []
                )
                assert np.isclose(
                    rolling.last_days[i, k, j], h[i] * np.mean(short) if short else np.nan, equal_nan=True
                )
            old = (
                [
                    units[i, t]
                    for t in range(end - 364, end - 364 + h[i])
                    if t >= rolling.start[i] and observed[i, t]
                ]
                if end - 364 >= rolling.start[i]
                else []
            )
            assert np.isclose(
                rolling.year_before[i, k], h[i] * np.mean(old) if old else np.nan, equal_nan=True
            )
            reached += bool(old)
    assert reached > 20
    assert np.isnan(rolling.year_before[1]).all()  # 300 days of history


def test_days_get_a_second_year_of_origins_where_each_knew_a_year() -> None:
    units = np.random.default_rng(5).poisson(2.0, (4, 1000)).astype(float) + 1.0
    units[3, :900] = 0.0  # launched 100 days ago
    rolling = rolling_forecasts(panel_of(units, "D"), np.full(4, 14), np.full(4, -1, np.int32))
    assert rolling.by_day and (rolling.step == 14).all()
    known = rolling.position[0, rolling.valid[0]]
    assert known.min() >= 364 and known.min() - 14 < 364  # all that fit, none that knew less
    assert 26 < rolling.valid.shape[1] - 1 == rolling.valid[0, 1:].sum()
    assert 3 < rolling.valid[3].sum() < 10
    short = rolling_forecasts(panel_of(units[:, :500], "D"), np.full(4, 14), np.full(4, -1, np.int32))
    assert short.valid.shape[1] == 27 and short.position[0, short.valid[0]].min() < 364
    weeks = rolling_forecasts(panel_of(units, "W"), np.full(4, 4), np.full(4, -1, np.int32))
    assert not weeks.by_day and weeks.valid.shape[1] == 18 and weeks.last_days.shape == (4, 18, 0)
