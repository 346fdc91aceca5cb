"""Closed forms of survival against their recursions, simulations and published values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.demand.life.alive import (
    alive_at_rates,
    alive_filter,
    brier_score,
    gap_clustering,
    reliability_table,
)
from analytics.demand.life.ends import RATES, RATES_SPREAD, rates_by_family
from tests.closed_forms.forecasts.still_alive import (
    alive_probability,
    bgnbd_alive_probability,
    bgnbd_expected_purchases,
    family_hazard,
    probability_of_death_predictive,
    silence_probability,
)


def filtered(p: float, delta: float, zeros: int) -> float:
    """The Bayes filter, step by step."""
    alive = 1.0
    for _ in range(zeros):
        alive *= 1 - delta
        alive = alive * (1 - p) / (alive * (1 - p) + 1 - alive)
    return alive


@given(st.floats(0.01, 0.99), st.floats(0.001, 0.5), st.integers(0, 60))
def test_closed_form_equals_the_filter(p, delta, zeros):
    assert alive_probability(p, delta, zeros) == pytest.approx(filtered(p, delta, zeros), rel=1e-9, abs=1e-14)


def test_alive_probability_at_its_edges():
    assert alive_probability(0.3, 0.0, 50) == 1.0 and alive_probability(0.0, 0.0, 3) == 1.0
    assert alive_probability(1.0, 0.2, 1) == 0.0 and alive_probability(0.0, 0.1, 4) == pytest.approx(0.9**4)
    np.testing.assert_allclose(
        alive_probability(0.3, 0.05, [0, 1, 5, 10, 20]),
        [1.0, 0.93006993, 0.50039629, 0.10335250, 0.00191338],
        rtol=1e-5,
    )


def test_the_panel_filter_is_the_closed_form_when_the_chance_is_known():
    zeros = 7
    big = 1e12
    alive = alive_filter(
        np.array([0.3 * big]),
        np.array([big]),
        np.ones((1, zeros)),
        np.ones((1, zeros), bool),
        np.array([0.05]),
    )
    assert alive[0] == pytest.approx(alive_probability(0.3, 0.05, zeros), rel=1e-6)


def test_an_uncertain_chance_forgives_silence_and_a_dead_season_is_no_evidence():
    certain = alive_filter(
        np.array([5e6]), np.array([1e7]), np.ones((1, 6)), np.ones((1, 6), bool), np.array([0.02])
    )[0]
    unsure = alive_filter(
        np.array([1.0]), np.array([2.0]), np.ones((1, 6)), np.ones((1, 6), bool), np.array([0.02])
    )[0]
    winter = alive_filter(
        np.array([1.0]), np.array([2.0]), np.full((1, 6), 0.02), np.ones((1, 6), bool), np.array([0.02])
    )[0]
    assert certain < unsure < winter < 1.0


def test_the_filter_against_simulated_lives():
    """Among simulated products with five silent periods at the end, the share alive is what the filter says, within 4 standard errors."""
    rng = np.random.default_rng(11)
    n, p, delta = 400_000, 0.35, 0.06
    alive_at = np.ones(n, bool)
    silent = np.ones(n, bool)
    for _ in range(5):
        alive_at &= rng.random(n) >= delta
        silent &= ~(alive_at & (rng.random(n) < p))
    share = alive_at[silent].mean()
    assert abs(share - alive_probability(p, delta, 5)) < 4 * np.sqrt(share * (1 - share) / silent.sum())
    assert abs(silent.mean() - silence_probability(p, delta, 5)) < 4 * np.sqrt(0.25 / n)


def test_bgnbd_published_values():
    """Fader, Hardie and Lee 2005 with CDNOW parameters; 1.226 is their worked example."""
    cdnow = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    assert bgnbd_alive_probability(**cdnow, repeat_sales=2, last_sale=30.43, age=38.86) == pytest.approx(
        0.726578570080673, abs=1e-9
    )
    assert bgnbd_expected_purchases(
        **cdnow, repeat_sales=2, last_sale=30.43, age=38.86, horizon=39
    ) == pytest.approx(1.226, abs=1e-3)
    assert bgnbd_alive_probability(**cdnow, repeat_sales=0, last_sale=0, age=20) == 1.0


def test_family_hazard_and_its_predictive_probability():
    assert family_hazard(1, 60, 4, 310) == 5 / 370
    assert probability_of_death_predictive(1, 60, 4, 310, 12) == pytest.approx(
        1 - (370 / 382) ** 5, rel=1e-12
    )


def test_gap_clustering_is_one_for_independent_sales_and_more_for_bunches():
    rng = np.random.default_rng(5)
    independent = rng.random((400, 80)) < 0.3
    assert gap_clustering(independent) == pytest.approx(1.0, abs=0.12)
    bunched = np.repeat(rng.random((400, 16)) < 0.3, 5, axis=1)
    assert gap_clustering(bunched) > 2.0
    assert gap_clustering(np.zeros((3, 5), bool)) == 1.0


def test_brier_and_reliability():
    assert brier_score([0.7, 0.1, 0.4], [1, 0, 1]) == pytest.approx((0.09 + 0.01 + 0.36) / 3)
    table = reliability_table([0.02, 0.03, 0.6, 0.7, 1.0], [0, 1, 1, 0, 1])
    assert (
        [row["cases"] for row in table] == [2, 2, 1]
        and table[1]["stated"] == pytest.approx(0.65)
        and table[1]["happened"] == 0.5
    )


def slow_filter(sales, exposed, weights, delta, clustering):
    """One product, one period after the other, in plain probabilities."""
    alive, a, b = 1.0, sales, exposed - sales
    for weight in weights:
        silent = (b / (a + b)) ** (weight / clustering)
        alive *= 1.0 - delta
        alive = alive * silent / (alive * silent + 1.0 - alive)
        b += weight / clustering
    return alive


@pytest.mark.parametrize(
    ("sales", "exposed", "weights", "delta", "clustering"),
    [
        (1.0, 2.0, [1.7], 0.1, 1.0),
        (3.7, 9.1, [0.3, 1.7, 0.0, 2.4], 0.013, 1.0),
        (11.3, 12.9, [1.7, 1.7, 0.3], 0.037, 1.9),
        (0.6, 19.4, [1.0] * 15, 0.002, 0.7),
    ],
)
def test_the_panel_filter_equals_its_slow_twin(sales, exposed, weights, delta, clustering):
    got = alive_filter(
        np.array([sales]),
        np.array([exposed]),
        np.array([weights]),
        np.ones((1, len(weights)), bool),
        np.array([delta]),
        clustering,
    )
    assert got[0] == pytest.approx(slow_filter(sales, exposed, weights, delta, clustering), rel=1e-12)


@pytest.mark.parametrize("weight", [0.3, 1.0, 1.7, 3.1])
def test_a_known_chance_at_a_weight_is_the_closed_form_of_the_chance_to_that_power(weight):
    big, p, delta, zeros = 1e12, 0.62, 0.021, 4
    alive = alive_filter(
        np.array([p * big]),
        np.array([big]),
        np.full((1, zeros), weight),
        np.ones((1, zeros), bool),
        np.array([delta]),
    )
    sold = 1.0 - (1.0 - p) ** weight
    assert alive[0] == pytest.approx(alive_probability(sold, delta, zeros), rel=1e-6)


def test_one_silent_period_in_the_highest_season_ends_nothing_and_years_of_it_never_prove_an_end():
    def after(weight, periods):
        return alive_filter(
            np.array([19.0]),
            np.array([20.0]),
            np.full((1, periods), weight),
            np.ones((1, periods), bool),
            np.array([0.004]),
        )[0]

    # 0.996 x 0.05^1.06 against 0.004
    assert after(1.06, 1) == pytest.approx(0.996 * 0.05**1.06 / (0.996 * 0.05**1.06 + 0.004), rel=1e-12)
    assert after(1.06, 1) > 0.9
    assert 0.0 < after(9.0, 500) < after(9.0, 1) < 1.0


def test_the_filter_stays_exact_where_silence_is_all_but_impossible():
    alive = alive_filter(
        np.array([1e12]), np.array([1e12 + 1]), np.ones((1, 9)), np.ones((1, 9), bool), np.array([0.0])
    )
    assert alive.tolist() == [1.0]


def test_several_rates_at_once_are_the_filter_at_each_and_the_silence_as_likely_as_it_is():
    rng = np.random.default_rng(4)
    sales, exposed = rng.uniform(0.5, 9.0, 6), rng.uniform(9.5, 30.0, 6)
    weight, counted = rng.uniform(0.0, 2.0, (6, 11)), rng.random((6, 11)) < 0.6
    counted[2] = False
    delta = np.array([0.003, 0.04, 0.3])
    alive, likely = alive_at_rates(sales, exposed, weight, counted, delta, 1.7)
    for k, dies in enumerate(delta):
        assert alive[:, k] == pytest.approx(
            alive_filter(sales, exposed, weight, counted, np.full(6, dies), 1.7), rel=1e-12
        )
        for i in range(
            6
        ):  # the whole probability, period by period: lived through, or died at the start of one of them
            lived, b, died = 1.0, exposed[i] - sales[i], 0.0
            for t in np.flatnonzero(counted[i]):
                worth = weight[i, t] / 1.7
                died += lived * dies
                lived *= (1.0 - dies) * (b / (sales[i] + b)) ** worth
                b += worth
            assert np.exp(likely[i, k]) == pytest.approx(lived + died, rel=1e-9)


def slow_rates(family, likely, alive, default):
    """Means of the families' rates and of being alive by sums over a fine grid, one product after the other; `likely` and `alive` are functions of the rate."""
    fine = np.geomspace(RATES[0], RATES[-1], 1201)
    company = np.exp(-0.5 * (np.log(fine / default) / RATES_SPREAD) ** 2)
    names = sorted(set(family))
    seen = {
        name: np.exp(sum(one(fine) for one, of in zip(likely, family, strict=True) if of == name))
        for name in names
    }
    scatter = np.array([(r := fine / phi) ** 2 * np.exp(-2.0 * r) for phi in fine])
    scatter /= scatter.sum(axis=1, keepdims=True)
    made = {name: scatter @ seen[name] for name in names}
    whole = company * np.prod([made[name] for name in names], axis=0)
    rate, lives = {}, []
    for name in names:
        weight = seen[name] * ((whole / made[name]) @ scatter)
        rate[name] = weight / weight.sum()
    for one, of in zip(alive, family, strict=True):
        lives.append(float((rate[of] * one(fine)).sum()))
    return [float((rate[of] * fine).sum()) for of in family], lives


def test_rates_of_families_equal_their_slow_twin():
    years, silent = np.array([4.0, 7.5, 2.2, 9.0, 3.1]), np.array([0.0, 0.6, 1.9, 0.3, 0.0])
    family = np.array(["A", "A", "B", "B", "C"])

    def life(k):
        return lambda r: np.log(np.exp(-r * silent[k]) * 0.2 + -np.expm1(-r * silent[k])) - r * years[k]

    def lives(k):
        return lambda r: (
            0.2 * np.exp(-r * silent[k]) / (0.2 * np.exp(-r * silent[k]) - np.expm1(-r * silent[k]))
        )

    likely, alive = [life(k) for k in range(5)], [lives(k) for k in range(5)]
    got = rates_by_family(
        family,
        np.ones(5, bool),
        np.array([one(RATES) for one in alive]),
        np.array([one(RATES) for one in likely]),
        0.05,
    )
    rate, living = slow_rates(list(family), likely, alive, 0.05)
    assert got.value == pytest.approx(rate, rel=0.01) and got.alive == pytest.approx(living, abs=0.003)
    assert (got.low < got.value).all() and (got.value < got.high).all() and got.value[2] > got.value[0]
