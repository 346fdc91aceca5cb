"""Losses, newsvendor, lots, (r, Q) and (s, S) against an independent library on random instances."""

from __future__ import annotations

import numpy as np
import pytest

from tests.closed_forms.distributions import loss, loss_discrete
from tests.closed_forms.stock import dynamic_lot, lot_size, newsvendor, quantity_discount, reorder_point, s_s

loss_functions = pytest.importorskip("stockpyl.loss_functions")
eoq = pytest.importorskip("stockpyl.eoq")
rq = pytest.importorskip("stockpyl.rq")
ss = pytest.importorskip("stockpyl.ss")
news = pytest.importorskip("stockpyl.newsvendor")
wagner_whitin = pytest.importorskip("stockpyl.wagner_whitin").wagner_whitin

RNG = np.random.default_rng(20240229)


def draws(low: tuple[float, ...], high: tuple[float, ...], count: int = 12) -> list[tuple[float, ...]]:
    return [tuple(RNG.uniform(low, high)) for _ in range(count)]


@pytest.mark.parametrize(("x", "mean", "sd"), draws((20, 30, 3), (80, 70, 25)))
def test_normal_losses(x: float, mean: float, sd: float) -> None:
    first, complement = loss_functions.normal_loss(x, mean, sd)
    assert loss.normal_loss(x, mean, sd) == pytest.approx(first, rel=1e-9, abs=1e-9)
    assert loss.surplus(x, mean, loss.normal_loss(x, mean, sd)) == pytest.approx(
        complement, rel=1e-9, abs=1e-9
    )
    assert loss.normal_second_order_loss(x, mean, sd) == pytest.approx(
        loss_functions.normal_second_loss(x, mean, sd)[0], rel=1e-8, abs=1e-8
    )


@pytest.mark.parametrize(("x", "shape", "scale"), draws((1, 0.3, 1), (60, 9, 12)))
def test_gamma_loss(x: float, shape: float, scale: float) -> None:
    assert loss.gamma_loss(x, shape, scale) == pytest.approx(
        loss_functions.gamma_loss(x, shape, scale)[0], rel=1e-8, abs=1e-10
    )


@pytest.mark.parametrize(("x", "mu", "sigma"), draws((2, 1, 0.1), (40, 4, 0.9)))
def test_lognormal_loss(x: float, mu: float, sigma: float) -> None:
    assert loss.lognormal_loss(x, mu, sigma) == pytest.approx(
        loss_functions.lognormal_loss(x, mu, sigma)[0], rel=1e-8, abs=1e-10
    )


@pytest.mark.parametrize(("x", "mean"), draws((0, 2), (50, 30)))
def test_exponential_and_uniform_loss(x: float, mean: float) -> None:
    assert loss.exponential_loss(x, mean) == pytest.approx(
        loss_functions.exponential_loss(x, 1 / mean)[0], rel=1e-9
    )
    inside = 5 + x
    assert loss.uniform_loss(inside, 5, 60) == pytest.approx(
        loss_functions.uniform_loss(inside, 5, 60)[0], rel=1e-9
    )


@pytest.mark.parametrize("mean", [0.3, 2.0, 7.7, 41.5])
def test_discrete_losses(mean: float) -> None:
    for x in range(0, int(3 * mean) + 3):
        assert loss_discrete.poisson_loss(x, mean) == pytest.approx(
            loss_functions.poisson_loss(x, mean)[0], abs=1e-9
        )
        assert loss_discrete.poisson_second_order_loss(x, mean) == pytest.approx(
            loss_functions.poisson_second_loss(x, mean)[0], abs=1e-7
        )
        r, p = 3, 3 / (3 + mean)
        assert loss_discrete.negative_binomial_loss(x, r, p) == pytest.approx(
            loss_functions.negative_binomial_loss(x, r=r, p=p)[0], abs=1e-8
        )


@pytest.mark.parametrize(("h", "b", "mean"), draws((0.2, 1, 0.5), (3, 30, 40)))
def test_newsvendor(h: float, b: float, mean: float) -> None:
    level, cost = news.newsvendor_poisson(h, b, mean)
    ratio = newsvendor.critical_ratio(b, h)
    assert newsvendor.newsvendor_level("poisson", ratio, mean) == level
    assert newsvendor.newsvendor_cost("poisson", level, h, b, mean) == pytest.approx(cost, rel=1e-9)
    level, cost = news.newsvendor_normal(h, b, mean, mean / 4)
    assert newsvendor.newsvendor_level("normal", ratio, mean, mean / 4) == pytest.approx(level)
    assert newsvendor.newsvendor_cost("normal", level, h, b, mean, mean / 4) == pytest.approx(cost)


@pytest.mark.parametrize(("k", "h", "d"), draws((1, 0.05, 50), (400, 20, 9000)))
def test_lots(k: float, h: float, d: float) -> None:
    q, cost = eoq.economic_order_quantity(k, h, d)
    assert lot_size.economic_order_quantity(k, d, h) == pytest.approx(q)
    assert lot_size.economic_order_cost(q, k, d, h) == pytest.approx(cost)
    q, share, cost = eoq.economic_order_quantity_with_backorders(k, h, 3 * h, d)
    assert lot_size.planned_backorder_quantity(k, d, h, 3 * h) == pytest.approx((q, share, cost))
    assert lot_size.economic_production_quantity(k, d, h, 1.7 * d) == pytest.approx(
        eoq.economic_production_quantity(k, h, d, 1.7 * d)
    )
    breaks, prices = [0.0, 0.4 * q, 1.4 * q, 3.1 * q], [1.0, 0.97, 0.95, 0.94]
    found = eoq.economic_order_quantity_with_all_units_discounts(k, 0.3, d, breaks, prices)
    assert quantity_discount.all_units_discount_lot(k, 0.3, d, breaks, prices) == pytest.approx(
        (found[0], found[2])
    )
    found = eoq.economic_order_quantity_with_incremental_discounts(k, 0.3, d, breaks, prices)
    assert quantity_discount.incremental_discount_lot(k, 0.3, d, breaks, prices) == pytest.approx(
        (found[0], found[2])
    )


@pytest.mark.parametrize("periods", [1, 2, 5, 9, 14])
def test_dynamic_lots(periods: int) -> None:
    demand = RNG.integers(1, 120, periods).astype(float).tolist()
    k, h = RNG.uniform(20, 900), RNG.uniform(0.1, 4)
    orders, cost, *_ = wagner_whitin(periods, h, k, demand)
    found, value = dynamic_lot.dynamic_lots(demand, k, h)
    assert value == pytest.approx(cost)
    assert found.tolist() == pytest.approx(orders[1:])


@pytest.mark.parametrize(
    ("h", "b", "k", "d", "sd", "lead"), draws((0.1, 2, 5, 300, 20, 0.02), (2, 20, 200, 3000, 200, 0.3))
)
def test_lot_policy_normal(h: float, b: float, k: float, d: float, sd: float, lead: float) -> None:
    mean, deviation = d * lead, sd * lead**0.5
    r, q, cost = reorder_point.best_lot_policy(k, d, h, b, mean, deviation)
    assert reorder_point.lot_policy_cost(r, q, k, d, h, b, mean, deviation) == pytest.approx(
        rq.r_q_cost(r, q, h, b, k, d, sd, lead), rel=1e-6
    )
    assert reorder_point.best_reorder_point(q, h, b, mean, deviation) == pytest.approx(
        rq.r_q_optimal_r_for_q(q, h, b, d, sd, lead), rel=1e-5, abs=1e-4
    )
    for dr, dq in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1)):
        assert (
            reorder_point.lot_policy_cost(r + dr * 0.01 * q, q + dq * 0.01 * q, k, d, h, b, mean, deviation)
            >= cost - 1e-9
        )


@pytest.mark.parametrize(
    ("h", "k", "d", "sd", "lead"), draws((0.1, 5, 300, 20, 0.02), (2, 200, 3000, 200, 0.3), 6)
)
def test_lot_policy_with_unit_penalty(h: float, k: float, d: float, sd: float, lead: float) -> None:
    found = reorder_point.lot_policy_with_unit_penalty(k, d, h, 9.0, d * lead, sd * lead**0.5)
    assert found == pytest.approx(rq.r_q_eil_approximation(h, 9.0, k, d, sd, lead), rel=1e-5)


@pytest.mark.parametrize(
    ("h", "b", "k", "rate", "lead"), draws((0.5, 3, 2, 0.2, 0.1), (20, 150, 150, 6, 4), 10)
)
def test_lot_policy_poisson(h: float, b: float, k: float, rate: float, lead: float) -> None:
    r, q, cost = reorder_point.best_lot_policy_poisson(k, rate, lead, h, b)
    assert (r, q, cost) == pytest.approx(rq.r_q_poisson_exact(h, b, k, rate, lead))
    assert reorder_point.lot_policy_cost_poisson(r, q, k, rate, lead, h, b) == pytest.approx(cost)
    grid = np.arange(-15, 60)[:, None], np.arange(1, 80)[None, :]
    assert reorder_point.lot_policy_cost_poisson(*grid, k, rate, lead, h, b).min() == pytest.approx(cost)


@pytest.mark.parametrize(("h", "b", "k", "mean"), draws((0.5, 2, 1, 0.4), (3, 30, 90, 18), 10))
def test_order_up_to(h: float, b: float, k: float, mean: float) -> None:
    s, level, cost = s_s.best_s_s_policy(k, h, b, s_s.poisson_masses(mean))
    assert (s, level, cost) == pytest.approx(ss.s_s_discrete_exact(h, b, k, True, mean))
    assert s_s.s_s_cost(s - 1, level + 2, k, h, b, s_s.poisson_masses(mean)) == pytest.approx(
        ss.s_s_cost_discrete(s - 1, level + 2, h, b, k, True, mean)
    )
    assert s_s.power_approximation(k, h, b, mean, mean**0.5) == pytest.approx(
        ss.s_s_power_approximation(h, b, k, mean, mean**0.5)
    )


def test_order_up_to_with_listed_demand() -> None:
    masses = [0.1, 0.25, 0.05, 0.3, 0.3]
    longer = masses + [0.0] * 60  # that library reads beyond a short list
    assert s_s.best_s_s_policy(12, 1.5, 7, masses) == pytest.approx(
        ss.s_s_discrete_exact(1.5, 7, 12, False, demand_hi=64, demand_pmf=longer)
    )
