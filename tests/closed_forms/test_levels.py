"""How levels must react to their inputs, and that a call outside the meaning of a formula is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.closed_forms.distributions import loss_discrete
from tests.closed_forms.stock import (
    base_stock,
    lot_size,
    newsvendor,
    obsolescence,
    reorder_point,
    s_s,
    service,
)

COST = st.floats(0.05, 50)


@settings(max_examples=60, deadline=None)
@given(mean=st.floats(0.1, 60), h=COST, b=COST, more=st.floats(0, 30))
def test_base_stock_rises_with_shortage_cost_and_falls_with_holding_cost(
    mean: float, h: float, b: float, more: float
) -> None:
    level = base_stock.best_base_stock(mean, 1.0, h, b)
    assert (
        base_stock.best_base_stock(mean, 1.0, h, b + more)
        >= level
        >= base_stock.best_base_stock(mean, 1.0, h + more, b)
    )
    costs = base_stock.base_stock_cost(np.arange(0, int(level) + 40), mean, 1.0, h, b)
    assert base_stock.base_stock_cost(level, mean, 1.0, h, b) <= costs.min() * (1 + 1e-9) + 1e-12


@settings(max_examples=60, deadline=None)
@given(
    mean=st.floats(1, 500), spread=st.floats(0.05, 2), ratio=st.floats(0.05, 0.99), more=st.floats(0, 0.009)
)
@pytest.mark.parametrize("name", ["normal", "gamma", "uniform", "negative_binomial"])
def test_newsvendor_level_rises_with_the_ratio_and_is_cheapest(
    name: str, mean: float, spread: float, ratio: float, more: float
) -> None:
    parameters = {
        "normal": (mean, spread * mean),
        "gamma": (1 / spread**2, mean * spread**2),
        "uniform": (mean * (1 - spread / 2.1), mean * (1 + spread / 2.1)),
        "negative_binomial": (1 / spread, 1 / (1 + mean * spread)),
    }[name]
    level = newsvendor.newsvendor_level(name, ratio, *parameters)
    assert newsvendor.newsvendor_level(name, ratio + more, *parameters) >= level
    best = newsvendor.newsvendor_cost(name, level, 1 - ratio, ratio, *parameters)
    for other in (level * 0.93, level * 1.08 + 1, level + 1):
        assert newsvendor.newsvendor_cost(
            name, max(0.0, other) if name != "normal" else other, 1 - ratio, ratio, *parameters
        ) >= best * (1 - 1e-9)


@settings(max_examples=40, deadline=None)
@given(
    mean=st.floats(0.2, 15),
    k=st.floats(0.1, 100),
    h=st.floats(0.2, 5),
    b=st.floats(1, 40),
    factor=st.floats(0.01, 100),
)
def test_scaling_money_moves_no_decision(mean: float, k: float, h: float, b: float, factor: float) -> None:
    masses = s_s.poisson_masses(mean)
    s, level, cost = s_s.best_s_s_policy(k, h, b, masses)
    scaled = s_s.best_s_s_policy(k * factor, h * factor, b * factor, masses)
    assert scaled[2] == pytest.approx(cost * factor, rel=1e-9)
    assert s_s.s_s_cost(*scaled[:2], k, h, b, masses) == pytest.approx(cost, rel=1e-9)
    r, q, value = reorder_point.best_lot_policy_poisson(k, mean, 1.3, h, b)
    assert reorder_point.best_lot_policy_poisson(k * factor, mean, 1.3, h * factor, b * factor)[
        2
    ] == pytest.approx(value * factor, rel=1e-9)
    assert level > s and q >= 1 and r <= level + 200


@settings(max_examples=40, deadline=None)
@given(
    k=st.floats(1, 500),
    d=st.floats(10, 5000),
    h=st.floats(0.1, 20),
    theta=st.floats(0.01, 2),
    loss=st.floats(0, 60),
)
def test_lots_shrink_under_sudden_death(k: float, d: float, h: float, theta: float, loss: float) -> None:
    lot = obsolescence.obsolescence_lot(k, d, h, theta, loss)
    approximate = lot_size.economic_order_quantity(k, d, h + theta * loss)
    assert 0 < lot <= approximate * (1 + 1e-12) <= lot_size.economic_order_quantity(k, d, h) * (1 + 1e-9)
    best = obsolescence.obsolescence_lot_cost(lot, k, d, h, theta, loss)
    assert best <= obsolescence.obsolescence_lot_cost(
        lot * 0.97, k, d, h, theta, loss
    ) and best <= obsolescence.obsolescence_lot_cost(lot * 1.03, k, d, h, theta, loss)


def test_no_hazard_is_the_textbook_lot() -> None:
    assert obsolescence.obsolescence_lot(70, 900, 3, 1e-9, 40) == pytest.approx(
        lot_size.economic_order_quantity(70, 900, 3), rel=1e-6
    )
    assert obsolescence.obsolescence_lot_cost(210, 70, 900, 3, 0, 40) == pytest.approx(
        lot_size.economic_order_cost(210, 70, 900, 3)
    )
    assert obsolescence.obsolescence_lot_cost(210, 70, 900, 3, 1e-4, 0) == pytest.approx(
        lot_size.economic_order_cost(210, 70, 900, 3), rel=1e-4
    )


def test_no_spread_is_the_deterministic_model() -> None:
    r, q, cost = reorder_point.best_lot_policy(60, 700, 3, 11, 55, 0)
    lot, waiting, value = lot_size.planned_backorder_quantity(60, 700, 3, 11)
    assert (q, cost) == pytest.approx((lot, value)) and r == pytest.approx(55 - lot * waiting)
    near = reorder_point.best_lot_policy(60, 700, 3, 11, 55, 1e-4)
    assert near == pytest.approx((r, q, cost), rel=1e-4)


@settings(max_examples=60, deadline=None)
@given(m=st.floats(5, 500), cv=st.floats(0.05, 0.8), q=st.floats(0.1, 4), target=st.floats(0.3, 0.999))
def test_reorder_point_reaches_its_fill_rate(m: float, cv: float, q: float, target: float) -> None:
    level = service.reorder_point_for_fill_rate(target, q * m, m, cv * m)
    assert service.lot_fill_rate(level, q * m, m, cv * m) == pytest.approx(target, abs=1e-9)
    assert service.lot_fill_rate(level + 0.1 * m, q * m, m, cv * m) >= target - 1e-12
    up_to = service.order_up_to_level_for_fill_rate(target, m, cv * m, 2.5, 1.5)
    assert service.periodic_fill_rate(up_to, m, cv * m, 2.5, 1.5) == pytest.approx(target, abs=1e-9)


def test_lot_backorders_are_the_average_of_their_positions() -> None:
    r, q, mean = 3, 7, 4.4
    short = [float(loss_discrete.poisson_loss(y, mean)) for y in range(r + 1, r + q + 1)]
    summed = loss_discrete.poisson_second_order_loss(r, mean) - loss_discrete.poisson_second_order_loss(
        r + q, mean
    )
    assert summed == pytest.approx(sum(short))
    s, n, p = 2, 2.5, 0.37
    total = sum(float(loss_discrete.negative_binomial_loss(y, n, p)) for y in range(s + 1, s + 400))
    assert loss_discrete.negative_binomial_second_order_loss(s, n, p) == pytest.approx(total)


def test_loss_between_whole_levels_is_a_straight_line() -> None:
    low, high = loss_discrete.poisson_loss(4, 3.3), loss_discrete.poisson_loss(5, 3.3)
    assert loss_discrete.poisson_loss(4.25, 3.3) == pytest.approx(0.75 * low + 0.25 * high)
    assert loss_discrete.poisson_loss(-2.5, 3.3) == pytest.approx(5.8)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: newsvendor.critical_ratio(-1, 2), "shortage_cost"),
        (lambda: newsvendor.critical_ratio_of_prices(10, 5, 6), "salvage"),
        (lambda: lot_size.economic_order_quantity(10, 10, 0), "holding_cost"),
        (lambda: lot_size.economic_production_quantity(10, 10, 1, 9), "production_rate"),
        (lambda: service.lot_fill_rate(10, 0, 10, 2), "order_quantity"),
        (lambda: service.reorder_point_for_fill_rate(1.0, 5, 10, 2), "target"),
        (lambda: base_stock.best_base_stock(float("nan"), 1, 1, 1), "demand_rate"),
        (lambda: obsolescence.holding_cost_with_hazard(1, 0.1, -3), "loss_per_unit"),
        (lambda: reorder_point.lot_policy_with_unit_penalty(1000, 10, 50, 0.1, 5, 1), "penalty_per_unit"),
        (lambda: s_s.s_s_cost(5, 5, 1, 1, 1, [0.5, 0.5]), "order_up_to_level"),
        (lambda: s_s.best_s_s_policy(1, 1, 1, [0.5, 0.4]), "masses"),
        (lambda: newsvendor.newsvendor_level("weird", 0.5, 1), "distribution"),
    ],
)
def test_what_has_no_meaning_is_refused_by_name(call: object, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()  # type: ignore[operator]
