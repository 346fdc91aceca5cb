"""fit_forecast: never an exception, never NaN, never negative."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from analytics.forecast import fit_forecast, forecast_table, forecast_total_table, total_quantiles
from analytics.forecast.forecast import Forecast
from analytics.forecast.spread.paths import path_plan
from analytics.forecast.spread.quantile_tables import table_mean
from tests.forecast.drawn import demand_paths
from tests.forecast.panels import life_of, panel_of

LEVELS = np.array([0.05, 0.5, 0.9, 0.98])


def fit(panel, interval: float = 3.0, horizon: int = 6, alive: float = 1.0, hazard: float = 0.0) -> Forecast:
    n = len(panel.skus)
    return fit_forecast(
        panel, life_of(panel, alive, hazard), np.full(n, -1, np.int32), np.full(n, interval), horizon, 1
    )


def sound(forecast: Forecast) -> None:
    for name in ("mean", "level", "noise", "level_error", "drift", "smoothing", "total_quantile"):
        values = getattr(forecast, name)
        assert np.isfinite(values).all(), name
        assert (values >= 0).all(), name
    np.testing.assert_allclose(table_mean(forecast.noise), 1.0, rtol=1e-9)
    np.testing.assert_allclose(table_mean(forecast.level_error), 1.0, rtol=1e-9)
    assert (np.diff(forecast.noise, axis=1) >= -1e-12).all()
    for periods in (0.3, 1.0, 2.5, 40.0):
        q = total_quantiles(forecast, LEVELS, np.full(len(forecast.skus), periods))
        assert np.isfinite(q).all() and (q >= 0).all() and (np.diff(q, axis=1) >= -1e-9).all()


rng = np.random.default_rng(5)
spike = rng.poisson(3.0, 60).astype(float)
spike[41] = 3000.0
gaps = rng.poisson(5.0, 60).astype(float)
CASES = {
    "all zeros": (np.zeros(24), 3.0, "M"),
    "one observation": (np.array([0.0] * 23 + [4.0]), 3.0, "M"),
    "a single period": (np.array([4.0]), 3.0, "M"),
    "constant": (np.full(40, 7.0), 3.0, "M"),
    "constant fraction": (np.full(40, 0.25), 2.0, "W"),
    "thousand-fold spike": (spike, 3.0, "M"),
    "short against the lead time": (np.array([3.0, 0.0, 5.0, 2.0, 4.0]), 12.0, "M"),
    "season longer than history": (rng.poisson(9.0, 30).astype(float), 4.0, "W"),
    "two sales": (np.array([2.0] + [0.0] * 30 + [1.0]), 4.0, "W"),
    "long dead": (np.concatenate([rng.poisson(9.0, 30), np.zeros(60)]).astype(float), 4.0, "W"),
    "daily": (rng.poisson(2.0, 400).astype(float), 14.0, "D"),
    "huge": (rng.poisson(9.0, 50) * 1e9, 4.0, "W"),
    "tiny": (rng.poisson(9.0, 50) * 1e-9, 4.0, "W"),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_gives_a_finite_distribution(name: str) -> None:
    units, interval, frequency = CASES[name]
    panel = panel_of(units, frequency)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        forecast = fit(panel, interval)
        sound(forecast)
        table = forecast_table(forecast, panel, 6)
        total = forecast_total_table(forecast, panel, 6)
    assert len(table) == 6 and len(total) == 1
    numbers = table.drop(columns=["sku", "period", "method"]).to_numpy(float)
    assert np.isfinite(numbers).all() and (numbers >= 0).all()


@pytest.mark.parametrize("frequency", ["D", "W", "M"])
@pytest.mark.parametrize(
    "name", ["all zeros", "one observation", "constant", "thousand-fold spike", "short against the lead time"]
)
def test_bad_input_is_told_and_drawn_by_day_week_and_month(name: str, frequency: str) -> None:
    """At every length of a period: a note, and paths that are finite, whole and not negative."""
    units, interval, _ = CASES[name]
    forecast = fit(panel_of(units, frequency), interval, 12)
    sound(forecast)
    assert forecast.notes[0]
    paths = demand_paths(
        forecast, path_plan(forecast, (), 1, 4, 2), np.arange(1), 1 if frequency == "D" else 12
    )
    assert np.isfinite(paths).all() and (paths >= 0.0).all() and np.array_equal(paths, np.rint(paths))


def test_all_bad_inputs_together_and_gaps() -> None:
    width = 60
    rows = [np.pad(units[-width:], (max(0, width - len(units)), 0)) for units, _, _ in CASES.values()]
    panel = panel_of(np.array(rows), "W")
    observed = panel.observed.copy()
    observed[:, 20:26] = False
    observed[3, 40:] = False
    forecast = fit(panel_of(np.where(observed, panel.units, 0.0), "W", observed), 4.0)
    sound(forecast)


@pytest.mark.parametrize(
    "name", ["all zeros", "short against the lead time", "season longer than history", "a single period"]
)
def test_every_fallback_says_so(name: str) -> None:
    units, interval, frequency = CASES[name]
    assert fit(panel_of(units, frequency), interval).notes[0]


def test_mixed_intervals_families_and_ends() -> None:
    local = np.random.default_rng(17)
    units = local.poisson(local.gamma(1.0, 5.0, 60)[:, None], (60, 80)).astype(float)
    units[5, 50:] = 0.0
    panel = panel_of(units, "W")
    interval = local.uniform(0.4, 14.0, 60)
    family = (np.arange(60) // 6 - 1).astype(np.int32)
    life = life_of(panel, 0.97, 0.1)
    life.alive[5] = 0.0
    life.known_end[7] = panel.next_start + 21
    forecast = fit_forecast(panel, life, family, interval, 20, 1)
    sound(forecast)
    total = forecast_total_table(forecast, panel, 20)
    assert total.loc[5, "q95"] == 0.0 and total.loc[5, "mean"] == 0.0
    table = forecast_table(forecast, panel, 20)
    late = table[(table.sku == panel.skus[7]) & (table.period > str(panel.next_start + 21))]
    assert len(late) > 10 and (late[["mean", "q50", "q95"]].to_numpy(float) == 0).all()
    steady = np.setdiff1d(np.arange(60), [5, 7])
    q = total_quantiles(forecast, np.array([0.9]), interval)[:, 0]
    longer = total_quantiles(forecast, np.array([0.9]), interval + 3.0)[:, 0]
    assert (longer[steady] >= q[steady]).mean() > 0.95


def test_a_product_alone_equals_itself_among_none_and_a_family_of_sums_works() -> None:
    local = np.random.default_rng(18)
    units = local.poisson(30.0, (1, 90)).astype(float)
    panel = panel_of(units, "W")
    forecast = fit(panel, 5.0)
    sound(forecast)
    q = total_quantiles(forecast, np.array([0.05, 0.5, 0.95]), np.array([5.0]))[0]
    # Poisson(30) over five weeks: 150 +- 12; estimated from 90 weeks, the median within 15 % and the 90 % band between half and three times the true one
    assert q[1] == pytest.approx(150.0, rel=0.15)
    assert 20.0 < q[2] - q[0] < 120.0


def test_seasonal_demand_gets_a_seasonal_mean() -> None:
    local = np.random.default_rng(19)
    month = 1.0 + 0.6 * np.sin(np.arange(72) * 2 * np.pi / 12.0)
    panel = panel_of(local.poisson(50.0 * month, (20, 72)).astype(float), "M")
    forecast = fit(panel, 3.0, 12)
    expected = month[:12] / month[:12].mean()
    got = forecast.mean / forecast.mean.mean(axis=1, keepdims=True)
    assert np.abs(got - expected).mean() < 0.12


def test_backtest_looks_only_back_and_scores() -> None:
    from analytics.forecast import backtest

    local = np.random.default_rng(20)
    units = local.poisson(local.gamma(2.0, 3.0, 50)[:, None], (50, 60)).astype(float)
    panel = panel_of(units, "W")
    result = backtest(panel, np.full(50, -1, np.int32), np.full(50, 4.0), 4)
    assert result.actual.shape == (50, 4) and list(result.origin_starts) == sorted(
        result.origin_starts, reverse=True
    )
    end = int(np.searchsorted(panel.starts, result.origin_starts[0]))
    np.testing.assert_allclose(result.actual[:, 0], units[:, end : end + 4].sum(axis=1))
    table = result.table()
    everything = table[table["class"] == "all"].iloc[0]
    assert 0.8 < everything["coverage_0.9"] < 0.98
    assert everything["wape"] < 1.1 * everything["wape_simple"]
    assert all(
        f"{name}_simple" in table
        for name in table.columns
        if name not in ("class", "sums") and not name.endswith("_simple")
    )


def test_every_measure_stands_beside_the_twelve_period_mean_by_hand() -> None:
    """One product, two origins, every period counted again in plain loops."""
    from analytics.forecast import backtest

    local = np.random.default_rng(21)
    units = local.poisson(4.0, (1, 40)).astype(float)
    units[0, :3] = 0.0
    units[0, 3] = 6.0  # the first sale: what lies before does not count
    result = backtest(panel_of(units, "W"), np.full(1, -1, np.int32), np.full(1, 2.0), 2)
    row = result.table().iloc[0]
    absolute, square, share, short = [], [], [], 0.0
    for k, end in enumerate((38, 36)):
        last = list(units[0, end - 12 : end])
        mean = sum(last) / 12.0
        spread = (sum((y - mean) ** 2 for y in last) / 11.0 * 2.0) ** 0.5
        assert result.simple[0, k] == pytest.approx(2.0 * mean) and result.simple_spread[
            0, k
        ] == pytest.approx(spread)
        steps = [units[0, t] - units[0, t - 1] for t in range(4, end)]
        came = units[0, end] + units[0, end + 1]
        error = abs(came - 2.0 * mean)
        absolute.append(error / 2.0 / (sum(abs(d) for d in steps) / len(steps)))
        square.append((error / 2.0) ** 2 / (sum(d * d for d in steps) / len(steps)))
        share.append(error)
        stocked = 2.0 * mean + 1.6448536269514722 * spread
        short += 0.95 * max(came - stocked, 0.0) + 0.05 * max(stocked - came, 0.0)
    assert row["mase_simple"] == pytest.approx(sum(absolute) / 2.0) and row["rmsse_simple"] == pytest.approx(
        (sum(square) / 2.0) ** 0.5
    )
    assert row["wape_simple"] == pytest.approx(sum(share) / units[0, 36:40].sum()) and row[
        "regret_simple"
    ] == pytest.approx(short)


def test_gaps_and_constants_are_told() -> None:
    units = np.vstack(
        [
            np.full(30, 6.0),
            np.random.default_rng(4).poisson(9.0, 30).astype(float),
            np.random.default_rng(8).poisson(7.0, 30).astype(float),
        ]
    )
    observed = np.ones(units.shape, np.bool_)
    observed[1, 11:15] = False
    units[1, 11:15] = 0.0
    panel = panel_of(units, observed=observed)
    notes = fit_forecast(panel, life_of(panel), np.full(3, -1, np.int32), np.full(3, 2.0), 6, 1).notes
    assert any("the same" in note for note in notes[0]) and not any(
        "the same" in note for note in (*notes[1], *notes[2])
    )
    assert any(note.startswith("4 months") for note in notes[1]) and not any(
        "not on record" in note for note in (*notes[0], *notes[2])
    )
