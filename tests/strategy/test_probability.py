"""How sure: probabilities with the inner noise removed, ties shared, regret, waits and service against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analytics.strategy.compare import expected_parameter_draws, probability_best
from analytics.strategy.money.measures import service_curve, wait_days_quantile, waits_of
from analytics.strategy.plans.draws import assumption_uniforms, drawn_values
from tests.strategy.small import priced_items


def test_probability_best_and_regret_against_a_plain_loop() -> None:
    rng = np.random.default_rng(5)
    money = np.round(rng.normal(0.0, 2.0, (6, 3, 40)))
    money[4, 1] = np.nan
    money[5] = np.nan
    share, regret = probability_best(money)
    for i in range(6):
        wins, cost = [0.0] * 3, [0.0] * 3
        for d in range(40):
            offered = [k for k in range(3) if np.isfinite(money[i, k, d])]
            if not offered:
                continue
            top = max(money[i, k, d] for k in offered)
            best = [k for k in offered if money[i, k, d] == top]
            for k in best:
                wins[k] += 1.0 / len(best)
            for k in offered:
                cost[k] += top - money[i, k, d]
        np.testing.assert_allclose(share[i], np.array(wins) / 40)
        expected = [cost[k] / 40 if np.isfinite(money[i, k, 0]) else np.nan for k in range(3)]
        np.testing.assert_allclose(regret[i], expected)
    assert share[:5].sum(axis=1) == pytest.approx(np.ones(5)) and share[5].sum() == 0.0


@pytest.mark.parametrize(("mean", "between", "within"), [(1.0, 2.0, 9.0), (-0.7, 0.5, 6.0), (3.0, 4.0, 2.0)])
def test_inner_noise_is_removed_from_the_probability(mean: float, between: float, within: float) -> None:
    """Normal differences with known variances: P(expected profit higher) is Phi(mean / between), not Phi(mean / total)."""
    rng = np.random.default_rng(17)
    products, draws, inner = 30, 200, 8
    common = rng.normal(0.0, 50.0, (products, 1, draws * inner))
    truth = np.repeat(rng.normal(mean, between, (products, draws)), inner, axis=1)
    noisy = np.concatenate(
        [common + truth[:, None] + rng.normal(0.0, within, (products, 1, draws * inner)), common], axis=1
    )
    cleaned, _ = probability_best(expected_parameter_draws(noisy, inner))
    raw, _ = probability_best(noisy.reshape(products, 2, draws, inner).mean(axis=3))
    right = stats.norm.cdf(mean / between)
    wrong = stats.norm.cdf(mean / np.hypot(between, within / np.sqrt(inner)))
    error = np.sqrt(right * (1 - right) / (products * draws)) + 0.01
    assert abs(cleaned[:, 0].mean() - right) < 4 * error
    assert abs(raw[:, 0].mean() - wrong) < 4 * error
    if abs(right - wrong) > 0.05:
        assert abs(raw[:, 0].mean() - right) > abs(cleaned[:, 0].mean() - right)


def test_expected_draws_keep_means_and_missing_strategies() -> None:
    rng = np.random.default_rng(2)
    money = rng.normal(100.0, 30.0, (4, 3, 80))
    money[1, 1] = np.nan
    money[2] = np.nan
    got = expected_parameter_draws(money, 8)
    assert got.shape == (4, 3, 10)
    known = np.isfinite(money[:, :, 0])
    np.testing.assert_allclose(got.mean(axis=2)[known], money.mean(axis=2)[known], rtol=1e-9)
    assert np.isnan(got[~known]).all() and np.isfinite(got[known]).all()
    np.testing.assert_allclose(expected_parameter_draws(money, 1)[known], money[known])


def test_identical_strategies_never_differ() -> None:
    rng = np.random.default_rng(6)
    one = rng.normal(0.0, 10.0, (5, 1, 80))
    got = expected_parameter_draws(np.concatenate([one, one], axis=1), 8)
    assert (got[:, 0] == got[:, 1]).all()
    share, regret = probability_best(got)
    assert (share == 0.5).all() and (regret == 0.0).all()


def naive_waits(sold: float, weeks: np.ndarray, told: float) -> list[tuple[float, float]]:
    """(days, units) of everybody served: as told, or beyond it by k weeks less half a week."""
    groups = [(told, max(sold - float(weeks.sum()), 0.0))]
    return groups + [(told + max(7.0 * k - 3.5, 0.0), float(w)) for k, w in enumerate(weeks) if w > 0.0]


def test_waits_against_plain_loops() -> None:
    rng = np.random.default_rng(9)
    n, weeks = 25, 12
    waited = rng.uniform(0.0, 5.0, (n, weeks)) * (rng.random((n, weeks)) < 0.4)
    waited[:, 0] = 0.0
    waited[:3] = 0.0
    sold = waited.sum(axis=1) + rng.uniform(0.0, 60.0, n)
    told = np.where(rng.random(n) < 0.5, 0.0, rng.uniform(1.0, 30.0, n))
    told[0] = 0.0
    demanded = sold + rng.uniform(0.0, 10.0, n)
    days = np.array([0.0, 2.0, 3.5, 9.0, 17.5, 40.0, 365.0])
    curve = service_curve(demanded, sold, waited, told, days, np.full(n, 7.0))
    for share in (0.5, 0.9, 0.37):
        got = wait_days_quantile(waits_of(sold, waited, told, np.full(n, 7.0)), share)
        for i in range(n):
            groups = naive_waits(sold[i], waited[i], told[i])
            who = sorted((d, u) for d, u in groups if d > 0.0 and u > 0.0)
            total, seen, expected = sum(u for _, u in who), 0.0, 0.0
            for d, u in who:
                seen += u
                expected = d
                if seen >= share * total - 1e-12:
                    break
            assert got[i] == pytest.approx(expected), (i, share)
    for i in range(n):
        for k, day in enumerate(days):
            within = sum(u for d, u in naive_waits(sold[i], waited[i], told[i]) if d <= day)
            assert curve[i, k] == pytest.approx(within)
    assert (np.diff(curve, axis=1) >= -1e-12).all() and (curve <= demanded[:, None] + 1e-12).all()


def test_draws_fill_the_range_evenly_and_given_values_stay() -> None:
    u = assumption_uniforms("capital_rate", 50, 3)
    np.testing.assert_allclose(np.sort(u), (np.arange(50) + 0.5) / 50)
    assert not np.array_equal(u, assumption_uniforms("storage_rate", 50, 3))
    assert not np.array_equal(u, assumption_uniforms("capital_rate", 50, 4))
    assert np.array_equal(u, assumption_uniforms("capital_rate", 50, 3))
    items = priced_items(["A", "B"]).with_field(
        "capital_rate", np.array([0.1, 0.3]), 1, np.array([0.1, 0.2]), np.array([0.1, 0.8])
    )
    drawn = drawn_values(items, "capital_rate", np.array([0.0, 0.25, 0.5, 0.75, 1.0]))
    np.testing.assert_allclose(drawn, [[0.1] * 5, [0.2, 0.25, 0.3, 0.55, 0.8]])


def test_many_products_are_as_each_of_them_alone() -> None:
    """More products than are held at a time: every one is what it is in a company of its own."""
    rng = np.random.default_rng(5)
    money = rng.normal(100.0, 20.0, (1003, 2, 80)).astype(np.float32)
    money[7, 1] = np.nan  # not offered
    every = expected_parameter_draws(money, 8)
    assert every.shape == (1003, 2, 10)
    for i in (0, 7, 999, 1000, 1002):
        np.testing.assert_array_equal(
            every[i], expected_parameter_draws(money[i : i + 1].astype(np.float64), 8)[0]
        )
