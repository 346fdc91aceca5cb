"""Exact Markov chains of lost sales and shelf life, order fill and death: against simulation and hand-made special cases."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tests.closed_forms.money import economics
from tests.closed_forms.queues import kits
from tests.closed_forms.stock import base_stock, lost_sales, obsolescence, perishable, pooling
from tests.closed_forms.stock.s_s import poisson_masses


def simulated_lost_sales(
    level: int, mean: float, lead: int, h: float, p: float, periods: int = 300_000
) -> float:
    demand = np.random.default_rng(5).poisson(mean, periods).tolist()
    on_hand, pipeline, cost = level, [0] * lead, 0.0
    for d in demand:
        if lead:
            on_hand += pipeline.pop(0)
            pipeline.append(level - on_hand - sum(pipeline))  # ordered after arrival, before demand is known
        left = on_hand - d
        cost += h * max(left, 0) + p * max(-left, 0)
        on_hand = max(left, 0)
        if not lead:
            on_hand = level
    return cost / periods


@pytest.mark.parametrize(("level", "mean", "lead"), [(7, 3.0, 1), (9, 2.2, 2), (11, 2.0, 3), (4, 3.5, 0)])
def test_lost_sales_cost_agrees_with_simulation(level: int, mean: float, lead: int) -> None:
    exact = lost_sales.lost_sales_cost(level, poisson_masses(mean), lead, 1.0, 6.0)
    assert simulated_lost_sales(level, mean, lead, 1.0, 6.0) == pytest.approx(exact, rel=0.015)


def test_best_lost_sales_level_is_the_best_of_all() -> None:
    masses = stats.nbinom.pmf(np.arange(60), 3, 0.5)
    best, cost = lost_sales.best_lost_sales_base_stock(masses, 2, 1.0, 12.0)
    everything = [
        lost_sales.lost_sales_cost(s, masses, 2, 1.0, 12.0)
        for s in range(lost_sales.backorder_base_stock(masses, 2, 1, 12) + 6)
    ]
    assert best == int(np.argmin(everything)) and cost == pytest.approx(min(everything))
    assert lost_sales.lost_sales_optimal_cost(masses, 2, 1.0, 12.0) <= cost + 1e-9


def test_without_lead_time_lost_and_waiting_are_alike() -> None:
    masses = poisson_masses(4.2)
    best, cost = lost_sales.best_lost_sales_base_stock(masses, 0, 1, 9)
    assert best == stats.poisson.ppf(0.9, 4.2)
    assert lost_sales.lost_sales_optimal_cost(masses, 0, 1, 9) == pytest.approx(cost)


def test_optimum_beats_every_base_stock_with_three_periods() -> None:
    masses = poisson_masses(1.1)
    best, cost = lost_sales.best_lost_sales_base_stock(masses, 3, 1, 8)
    assert cost * 0.85 < lost_sales.lost_sales_optimal_cost(masses, 3, 1, 8) <= cost
    assert best >= 1


def test_erlang_loss_from_the_truncated_poisson() -> None:
    for s in range(0, 9):
        exact = stats.poisson.pmf(s, 3.7) / stats.poisson.cdf(s, 3.7)
        assert base_stock.lost_share(s, 3.7, 1.0) == pytest.approx(exact)
    assert base_stock.lost_share([3, 0, 5], 3.7, 1.0).shape == (3,)


def test_shelf_life_agrees_with_simulation() -> None:
    level, life, mean = 6, 3, 2.6
    result = perishable.shelf_life_losses(level, poisson_masses(mean), life)
    shelf, outdates, lost, carried, periods = [0] * life, 0, 0, 0, 200_000
    for demand in np.random.default_rng(8).poisson(mean, periods).tolist():
        carried += sum(shelf)
        shelf[-1] = level - sum(shelf)  # freshest last; shelf[0] goes after this period
        for age in range(life):
            sold = min(shelf[age], demand)
            shelf[age] -= sold
            demand -= sold
        lost += demand
        outdates += shelf[0]
        shelf = [*shelf[1:], 0]
    assert outdates / periods == pytest.approx(result.outdates, rel=0.03)
    assert lost / periods == pytest.approx(result.lost, rel=0.05)
    assert carried / periods == pytest.approx(result.carried_over, rel=0.01)
    assert result.ordered == pytest.approx(mean - result.lost + result.outdates)  # units are conserved


def test_a_life_of_one_period_is_the_newsvendor() -> None:
    result = perishable.shelf_life_losses(6, poisson_masses(4.0), 1)
    assert (
        result.outdates == pytest.approx(6 - 4 + result.lost)
        and result.carried_over == 0
        and result.ordered == 6
    )


def test_order_fill_agrees_with_simulation_and_its_bounds() -> None:
    rate, leads, stocks = 1.3, [1.0, 2.5, 4.0], [3, 4, 8]
    exact = kits.order_fill_shared_stream(rate, leads, stocks)
    rng = np.random.default_rng(3)
    parts = rng.poisson(rate * np.diff([0.0, *leads]), (400_000, 3)).cumsum(axis=1)
    assert np.mean(np.all(parts < stocks, axis=1)) == pytest.approx(exact, abs=0.003)
    fills = [
        kits.order_fill_shared_stream(rate, [lead], [stock])
        for lead, stock in zip(leads, stocks, strict=True)
    ]
    assert fills == pytest.approx(
        [float(base_stock.base_stock_fill_rate(s, rate, lead)) for lead, s in zip(leads, stocks, strict=True)]
    )
    low, high = kits.order_fill_bounds(fills)
    assert low < exact < high
    assert kits.order_fill_shared_stream(rate, [1, 2], [0, 50]) == 0


@pytest.mark.parametrize("service", [0.35, 0.8, 0.86, 0.93, 0.99])
def test_commonality_is_the_cheapest_pair_of_stocks(service: float) -> None:
    apart, shared = kits.stocks_with_commonality(service)
    unique = np.linspace(service**0.5, 1, 20_001)
    room = unique**2 - service
    common = 2 * unique - np.sqrt(2 * np.maximum(room, 0))
    assert shared.total == pytest.approx((2 * unique + common).min(), abs=1e-4)
    assert shared.total <= apart.total and shared.common <= apart.common and shared.unique >= apart.unique


def test_pooling_by_matrix_and_by_formula() -> None:
    n, rho = 5, 0.35
    matrix = np.full((n, n), rho) + (1 - rho) * np.eye(n)
    assert pooling.pooled_deviation([7.0] * n, matrix) == pytest.approx(
        pooling.equicorrelated_pooled_deviation(n, 7.0, rho)
    )
    with pytest.raises(ValueError, match="correlation"):
        pooling.pooling_ratio(4, -0.5)


def test_stranded_units_agree_with_simulated_deaths() -> None:
    rng = np.random.default_rng(21)
    stock, rate, theta = 37, 25.0, 0.7
    life = rng.exponential(1 / theta, 400_000)
    assert np.maximum(stock - rate * life, 0).mean() == pytest.approx(
        float(obsolescence.stranded_units(stock, rate, theta)), rel=0.01
    )
    assert np.maximum(stock - rng.poisson(rate * life), 0).mean() == pytest.approx(
        float(obsolescence.stranded_units_poisson(stock, rate, theta)), rel=0.01
    )
    demand = rng.gamma(3.2, 15.0, 400_000)
    assert np.maximum(stock - demand, 0).mean() == pytest.approx(
        float(obsolescence.stranded_units_gamma(stock, 3.2, 15.0)), rel=0.02
    )
    assert (
        obsolescence.stranded_units(stock, 0, theta) == stock
        and obsolescence.stranded_units(stock, rate, 0) == 0
    )
    assert (
        obsolescence.stranded_units_poisson(stock, 0, theta) == stock
        and obsolescence.stranded_units_poisson(stock, rate, 0) == 0
    )


def test_profit_parts_add_up_and_degenerate_sensibly() -> None:
    stocked = economics.make_to_stock_profit(
        demand_rate=820,
        price=61,
        unit_cost=37,
        salvage=9,
        setup_cost=120,
        order_quantity=90,
        carrying_rate=0.17,
        hazard=0.2,
        on_hand=83,
        backorders=2.5,
        fill_rate=0.93,
        share_waiting=0.35,
        goodwill_per_unit=4,
        backorder_cost=55,
    )
    spent = stocked.setup + stocked.carrying + stocked.obsolescence + stocked.backorder + stocked.goodwill
    assert stocked.economic_profit == pytest.approx(stocked.contribution - spent)
    assert stocked.units_sold == pytest.approx(820 * (0.93 + 0.07 * 0.35))
    shared = dict(
        demand_rate=820.0,
        share_staying=0.8,
        price=61.0,
        unit_cost=37.0,
        capital_rate=0.1,
        order_setup_cost=3.0,
        units_per_order=2.0,
        cancellation_share=0.04,
        sunk_share=0.5,
    )
    base = economics.make_to_order_profit(**shared, quote_days=20)
    assert (
        economics.make_to_order_profit(**shared, quote_days=20, cost_premium=0.05).economic_profit
        < base.economic_profit
    )
    assert economics.make_to_order_profit(**shared, quote_days=30).economic_profit < base.economic_profit
    assert (
        economics.make_to_order_profit(**shared, quote_days=30, deposit_share=0.9).economic_profit
        > economics.make_to_order_profit(**shared, quote_days=20, deposit_share=0.9).economic_profit
    )
    per_unit = economics.cancellation_margin(61, 37, 0.04, 0.5, 0, 0)
    assert base.contribution - base.cancellation == pytest.approx(base.units_accepted * per_unit)
    perfect = economics.make_to_order_profit(
        demand_rate=820, share_staying=1, price=61, unit_cost=37, quote_days=0, capital_rate=0.1
    )
    assert economics.assemble_to_order_profit(
        perfect,
        unit_cost=37,
        component_share=1.0,
        components_on_hand=83,
        carrying_rate=0.17,
        hazard=0.2,
        component_salvage=9,
    ) == pytest.approx(
        economics.make_to_stock_profit(
            demand_rate=820,
            price=61,
            unit_cost=37,
            salvage=9,
            setup_cost=0,
            order_quantity=1,
            carrying_rate=0.17,
            hazard=0.2,
            on_hand=83,
        ).economic_profit
    )
