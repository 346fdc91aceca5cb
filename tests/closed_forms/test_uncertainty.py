"""Intervals cover, tails average, pairing and controls gain what theory says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.closed_forms.money import uncertainty


def test_paired_interval_is_the_one_sample_t_interval() -> None:
    rng = np.random.default_rng(0)
    shared = rng.normal(100, 20, 25)
    first, second = shared + rng.normal(3, 2, 25), shared + rng.normal(0, 2, 25)
    found = uncertainty.paired_difference(first, second, 0.9)
    expected = stats.ttest_rel(first, second).confidence_interval(0.9)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.variance_ratio > 20
    assert uncertainty.paired_difference(first, first).standard_error == 0
    with pytest.raises(ValueError, match="paired"):
        uncertainty.paired_difference(first, second[:-1])


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 400), share=st.floats(0, 1))
def test_wilson_interval_is_the_library_one(n: int, share: float) -> None:
    x = int(share * n)
    found = uncertainty.wilson_interval(x, n, 0.9)
    expected = stats.binomtest(x, n).proportion_ci(0.9, method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert 0 <= found.low <= x / n <= found.high <= 1


@settings(max_examples=60, deadline=None)
@given(losses=st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=60), level=st.floats(0.05, 0.98))
def test_tail_mean_by_its_optimisation_form(losses: list[float], level: float) -> None:
    x = np.array(losses)
    objective = [q + np.maximum(x - q, 0).sum() / (1 - level) / len(x) for q in x]
    tail = uncertainty.conditional_value_at_risk(x, level)
    assert tail == pytest.approx(min(objective), rel=1e-6, abs=1e-5)
    assert tail >= uncertainty.value_at_risk(x, level) - 1e-6 and tail >= x.mean() - 1e-6


def test_regret_and_probability_of_a_normal_difference() -> None:
    draws = np.random.default_rng(7).normal(80, 150, 500_000)
    assert uncertainty.expected_regret_normal(80, 150) == pytest.approx(
        np.maximum(-draws, 0).mean(), rel=0.01
    )
    assert uncertainty.probability_cheaper_normal(80, 150) == pytest.approx((draws > 0).mean(), abs=0.003)
    assert uncertainty.expected_regret_normal(-80, 0) == 80 and uncertainty.probability_cheaper_normal(
        [-1, 0, 1], 0
    ).tolist() == [0, 0.5, 1]


def test_exact_gain_of_common_demand_is_what_samples_show() -> None:
    demand = np.arange(80)
    chance = stats.poisson.pmf(demand, 22)
    chance = chance / chance.sum()
    cost = [np.where(demand < level, level - demand, 6.0 * (demand - level)) for level in (24, 28)]
    exact = uncertainty.common_random_number_gain(cost[0], cost[1], chance)
    drawn = np.random.default_rng(9).choice(demand, 400_000, p=chance)
    sampled = uncertainty.paired_difference(
        cost[0][drawn].astype(float), cost[1][drawn].astype(float)
    ).variance_ratio
    assert sampled == pytest.approx(exact, rel=0.03)


def test_control_variate_removes_the_explained_part() -> None:
    rng = np.random.default_rng(10)
    control = rng.normal(50, 5, 4000)
    values = 3.0 * control + rng.normal(0, 5, 4000)
    found = uncertainty.control_variate_mean(values, control, 50.0)
    assert found.coefficient == pytest.approx(3, abs=0.05) and found.variance_ratio == pytest.approx(
        10, rel=0.1
    )
    assert abs(found.estimate - 150) < 4 * found.standard_error < 4 * values.std() / 60


def test_batch_means_interval_of_an_autocorrelated_run() -> None:
    rng = np.random.default_rng(13)
    covered = 0
    for _ in range(200):
        noise, level, run = rng.normal(0, 1, 4000), 0.0, []
        for e in noise:
            level = 0.8 * level + e
            run.append(level)
        interval = uncertainty.batch_means_interval(run, 20, 0.9)
        covered += interval.low <= 0 <= interval.high
    assert 0.82 <= covered / 200 <= 0.97
    assert uncertainty.bonferroni_level(0.9, 4) == pytest.approx(0.975)


def test_predictive_demand_is_the_mixture() -> None:
    shape, rate = uncertainty.posterior_rate(2, 0.7, 31, 6)
    r, p = uncertainty.predictive_demand(shape, rate, 2.5)
    rng = np.random.default_rng(14)
    drawn = rng.poisson(2.5 * rng.gamma(float(shape), 1 / float(rate), 400_000))
    for x in (6, 12, 18):
        assert stats.nbinom.cdf(x, r, p) == pytest.approx(np.mean(drawn <= x), abs=0.004)
