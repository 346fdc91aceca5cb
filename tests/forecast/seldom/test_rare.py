"""Rare products: rates counted and drawn to the pool, levels moved by credibility, and no drift of the total over refits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from analytics.demand.panel import panel_until
from analytics.forecast import fit_forecast
from analytics.forecast.planner_speed import credibility, credible_smoothing, level_after_a_year
from analytics.forecast.rare import pool_prior, rare_rates, rate_of_listed, rate_since_first_sale
from analytics.validation.stock import level_carried
from tests.forecast.panels import life_of, panel_of

CASES = Path(__file__).resolve().parents[3].parent / "shared" / "cases" / "economics_cases.json"


def cases(kind: str) -> list[dict]:
    return [c for c in json.loads(CASES.read_text()) if c["kind"] == kind] if CASES.exists() else []


@pytest.mark.skipif(not CASES.exists(), reason="shared cases not beside the project")
def test_the_cases_of_rare_rates_and_of_levels_after_a_year() -> None:
    rates, levels = cases("rate_of_rare_sales"), cases("level_after_a_year")
    assert len(rates) >= 2 and len(levels) >= 3
    for case in rates:
        given = case["inputs"]
        got = rate_since_first_sale(
            given["sales_in_history"],
            given["years_since_first_sale"],
            given["pool_shape"],
            given["pool_rate"],
        )
        assert got == pytest.approx(case["expected"]["sales_per_year"], rel=case["tolerance"]["value"]), case[
            "id"
        ]
    for case in levels:
        given = [case["inputs"][name] for name in ("sold", "expected", "level_error_cv", "units_per_order")]
        within = case["tolerance"]["value"]
        assert credibility(*given[1:]) == pytest.approx(case["expected"]["weight"], abs=within), case["id"]
        assert level_after_a_year(*given) == pytest.approx(case["expected"]["level"], abs=within), case["id"]


def test_a_rate_is_the_posterior_mean_by_integration() -> None:
    """Four sales in 2.7 years, of a pool with gamma law of shape 1.3 and rate 0.9: likelihood times prior on a fine grid."""
    rates = np.linspace(1e-6, 20.0, 400_001)
    posterior = rates**0.3 * np.exp(-0.9 * rates) * rates**4 * np.exp(-2.7 * rates)
    exact = float((rates * posterior).sum() / posterior.sum())
    assert rate_of_listed(4, 2.7, 1.3, 0.9) == pytest.approx(exact, rel=1e-6)
    assert rate_since_first_sale(5, 2.7, 1.3, 0.9) == pytest.approx(exact, rel=1e-6)


def test_a_pool_is_found_again_and_one_that_differs_by_chance_only_has_one_rate() -> None:
    rng = np.random.default_rng(8)
    years = rng.uniform(1.0, 6.0, 40_000)
    shape, rate = pool_prior(rng.poisson(rng.gamma(1.7, 1.0 / 2.3, 40_000) * years), years)
    assert shape == pytest.approx(1.7, rel=0.05) and rate == pytest.approx(2.3, rel=0.05)
    alike, by = pool_prior(np.full(50, 2.0), np.full(50, 4.0))
    assert rate_of_listed(0, 4.0, alike, by) == pytest.approx(0.5, rel=0.01)


def test_a_year_of_steady_surprise_moves_the_planner_by_its_credibility() -> None:
    """The planner of the replay, week by week, against the formula for a year; a refit adds the same sales to the posterior."""
    expected, cv, lot, weeks = 1.7, 0.63, 2.4, 52
    share = credible_smoothing(np.array([expected]), np.array([cv]), np.array([lot]), 52.0)
    level, mean = np.ones(1), np.array([expected / weeks])
    for _ in range(weeks):
        level = level_carried(level, mean, np.array([4.1 / weeks]), share, mean)
    assert level[0] == pytest.approx(level_after_a_year(4.1, expected, cv, lot), rel=1e-9)
    # orders of one unit: a gamma law of shape n + a, refitted a year later
    shape, years = 3.4, 2.9
    before, after = shape / years, (shape + 3.0) / (years + 1.0)
    assert after / before == pytest.approx(level_after_a_year(3.0, before, shape**-0.5, 1.0), rel=1e-12)


def test_posterior_gains_of_all_periods_leave_what_one_share_leaves() -> None:
    square, per_period = 0.37, 0.9 / 52.0
    gains = square / (square * np.arange(1, 53) + 1.6 / per_period)
    share = credible_smoothing(np.array([0.9]), np.array([square**0.5]), np.array([1.6]), 52.0)[0]
    assert (1.0 - share) ** 52 == pytest.approx(np.prod(1.0 - gains), rel=1e-9)


def test_launches_on_record_count_from_the_first_sale_and_others_over_the_file() -> None:
    units = np.zeros((60, 72))
    rng = np.random.default_rng(2)
    units[:] = rng.poisson(1.0 / 12.0, units.shape)
    units[0] = 0.0
    units[0, [60, 62, 64, 66, 67, 70]] = 1.0  # five silent years, then every second month
    units[1] = 0.0
    units[1, [30, 55]] = 3.0  # may have been there before
    panel = panel_of(units)
    none, all_of = np.zeros(60, np.bool_), np.ones(60, np.bool_)  # seasonal or not
    label = np.full(60, 2, np.int8)
    rates = rare_rates(panel, label, none)
    shape, by = pool_prior((units > 0.0).sum(axis=1), np.full(60, 6.0))
    assert rates.orders[0] == pytest.approx(rate_since_first_sale(6, 11.0 / 12.0, shape, by))
    assert rates.orders[1] == pytest.approx(rate_of_listed(2, 6.0, shape, by)) and rates.size[1] == 3.0
    # with a season the last whole years count: of 6.0 years all, of 5.75 the last five
    cut = panel_until(panel, 69)
    shape, by = pool_prior((units[:, 9:69] > 0.0).sum(axis=1), np.full(60, 5.0))
    seasonal = rare_rates(cut, label, all_of)
    assert seasonal.orders[1] == pytest.approx(rate_of_listed(2, 5.0, shape, by))
    assert not rare_rates(panel_until(panel, 23), label, none).rows.any()


def a_range(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Seven years of 400 products with steady rates of 0.2 to 2 orders a year, three in ten entering within five years, as many in lots; true units a year."""
    rng = np.random.default_rng(seed)
    rate = np.exp(rng.uniform(np.log(0.2), np.log(2.0), 400))
    entry = np.where(rng.random(400) < 0.3, rng.uniform(0.0, 5.0, 400), 0.0)
    lot = np.where(rng.random(400) < 0.3, rng.integers(2, 12, 400), 1)
    units = np.zeros((400, 84))
    for t in range(84):
        orders = rng.poisson(rate / 12.0) * (t / 12.0 >= entry)
        units[:, t] = orders * np.where(rng.random(400) < 0.5, lot, 1)
    return units, rate * (lot + 1.0) / 2.0


@pytest.mark.parametrize("seed", [1, 3])
def test_the_total_of_steady_rare_products_does_not_drift_over_four_refits(seed: int) -> None:
    units, truth = a_range(seed)
    share = []
    for years in (3, 4, 5, 6):
        known = units[:, : 12 * years].any(axis=1)
        panel = panel_of(units[known, : 12 * years])
        family = np.full(len(panel.skus), -1, np.int32)
        forecast = fit_forecast(panel, life_of(panel), family, np.full(len(panel.skus), 3.0), 12, 1)
        share.append(forecast.mean.sum() / truth[known].sum())
    assert np.mean(share) == pytest.approx(1.0, abs=0.1)
    assert max(share[1:]) / min(share[1:]) < 1.2 and share[-1] == pytest.approx(1.0, abs=0.1)


def test_a_rare_product_says_what_its_forecast_rests_on() -> None:
    units, _ = a_range(5)
    panel = panel_of(units[units.any(axis=1)])
    n = len(panel.skus)
    forecast = fit_forecast(panel, life_of(panel), np.full(n, -1, np.int32), np.full(n, 3.0), 12, 1)
    counts = (panel.units > 0.0).sum(axis=1)
    for i in range(n):
        told = [note for note in forecast.notes[i] if note.startswith(f"Sold in {counts[i]} period")]
        assert bool(told) == forecast.method[i].startswith("counted sales; ") and (
            told or counts[i] > 12 or counts[i] < 1
        )
        if told:
            rate = float(told[0].split(": ")[1].split(" ")[0])
            size = panel.units[i].sum() / counts[i]
            # the note says the rate of the mean forecast, unless the year has a season
            assert forecast.mean[i].sum() == pytest.approx(rate * size, rel=0.02, abs=0.01 * size)
