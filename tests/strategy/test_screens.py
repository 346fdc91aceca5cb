"""Screens and break-evens agree with enumeration, and flip exactly where they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.strategy import screens
from tests.closed_forms.money import break_even
from tests.closed_forms.queues import order_screens
from tests.closed_forms.queues.make_to_stock_queue import service_time


@settings(max_examples=60, deadline=None)
@given(h=st.floats(0.1, 50), b=st.floats(0.5, 500), lead=st.floats(0.01, 2), window=st.floats(0, 2.5))
def test_the_first_unit_pays_exactly_above_the_break_even(
    h: float, b: float, lead: float, window: float
) -> None:
    limit = float(screens.break_even_demand_rate(h, b, lead, window))
    if window >= lead:
        assert np.isinf(limit) and not order_screens.first_unit_pays(1e9, h, b, lead, window)
        assert order_screens.screen_base_stock(50.0, h, b, lead, window) == 0
        return
    for factor, stocked in ((0.999, 0), (1.001, 1)):
        level = order_screens.screen_base_stock(limit * factor, h, b, lead, window)
        assert (
            (level > 0)
            == bool(stocked)
            == bool(order_screens.first_unit_pays(limit * factor, h, b, lead, window))
        )


def test_units_held_are_the_quantile_of_poisson_demand() -> None:
    rng = np.random.default_rng(1)
    rate = np.concatenate([[0.0, 1e-9], rng.gamma(0.3, 20.0, 2000)])
    h, b, lead = (
        rng.uniform(0.1, 9.0, len(rate)),
        rng.choice([0.0, 0.5, 3.0, 80.0, 1e6], len(rate)),
        rng.choice([0.0, 0.01, 0.3, 2.0], len(rate)),
    )
    expected = np.maximum(stats.poisson.ppf(b / (b + h), rate * lead), 0.0)
    assert np.array_equal(order_screens.screen_base_stock(rate, h, b, lead), expected)


def test_probability_of_ordering_is_the_share_of_the_belief_below_the_break_even() -> None:
    draws = np.random.default_rng(1).gamma(5.5, 1 / 3.2, 400_000)
    limit = screens.break_even_demand_rate(6, 40, 0.12, 0.02)
    assert order_screens.order_probability(5.5, 3.2, 6, 40, 0.12, 0.02) == pytest.approx(
        np.mean(draws < limit), abs=0.004
    )
    assert order_screens.order_probability(5.5, 3.2, 6, 40, 0.1, 0.2) == 1


def test_shared_facility_screen_chooses_the_cheapest_stock_of_each_product() -> None:
    rates = [0.22, 0.31, 0.12]
    services = [
        service_time("gamma", 1.0, 0.5),
        service_time("deterministic", 0.8),
        service_time("exponential", 2.0),
    ]
    holding, waiting = [1.0, 2.0, 0.4], [0.7, 9.0, 4.0]
    result = order_screens.shared_facility_screen(rates, services, holding, waiting)
    from tests.closed_forms.queues.make_to_stock_queue import orders_in_system, queue_base_stock_cost

    for i in range(3):
        chance = orders_in_system(rates, services, i)
        costs = [queue_base_stock_cost(s, chance, holding[i], waiting[i]) for s in range(40)]
        assert int(np.argmin(costs)) == result.base_stock[i] and min(costs) == pytest.approx(result.cost[i])
        assert bool(result.order[i]) == (result.base_stock[i] == 0)
        assert result.cost_to_order[i] >= result.cost[i] - 1e-12


def test_penalty_per_unit() -> None:
    assert order_screens.order_when_penalty_per_unit([3.9, 4.1], 20, 5).tolist() == [True, False]
    assert screens.break_even_demand_rate_per_unit([20, 30], 5).tolist() == [4, 6]


@settings(max_examples=60, deadline=None)
@given(saving=st.floats(1, 9000), theta=st.floats(0.002, 0.2))
def test_break_even_quote_and_patience_are_each_others_inverse(saving: float, theta: float) -> None:
    days = float(break_even.break_even_quote(280, 31, saving, "exponential", theta))
    if saving >= 280 * 31:
        assert np.isinf(days)
        return
    assert 280 * 31 * (1 - np.exp(-theta * days)) == pytest.approx(saving, rel=1e-6)
    assert float(break_even.break_even_patience(280, 31, saving, days)) == pytest.approx(theta, rel=1e-6)


def test_break_even_premium_and_rate_close_the_gap() -> None:
    stock = break_even.yearly_cost_made_to_stock(310, 42, 130, 85, 77, 0.26)
    order = break_even.yearly_cost_made_to_order(310, 42, 5, 1.8, 0.04, 16)
    premium = break_even.break_even_cost_premium(stock, order, 310 * 42)
    assert break_even.yearly_cost_made_to_order(310, 42, 5, 1.8, 0.04, 16, premium) == pytest.approx(
        float(stock)
    )
    bare = break_even.yearly_cost_made_to_stock(310, 42, 130, 85, 77, 0.0)
    rate = break_even.break_even_carrying_rate(order - bare, 77, 42)
    assert break_even.yearly_cost_made_to_stock(310, 42, 130, 85, 77, max(0.0, float(rate))) == pytest.approx(
        max(float(order), float(bare))
    )
    assert break_even.break_even_quote(280, 31, -500, "weibull", 20, 1.4) == 0
