"""Screens: closed-form answers to "stock or order?". Each weighs holding against waiting only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analytics.policy.arguments import Floats, non_negative, positive
from analytics.strategy.screens import break_even_demand_rate
from tests.closed_forms.queues.make_to_stock_queue import (
    ServiceTime,
    best_queue_base_stock,
    no_orders_probability,
    orders_in_system,
    queue_base_stock_cost,
)

__all__ = [
    "FacilityScreen",
    "first_unit_pays",
    "order_probability",
    "order_when_penalty_per_unit",
    "screen_base_stock",
    "shared_facility_screen",
]


def first_unit_pays(
    demand_rate: ArrayLike,
    holding_cost: ArrayLike,
    backorder_cost: ArrayLike,
    lead_time: ArrayLike,
    tolerance: ArrayLike = 0.0,
) -> NDArray[np.bool_]:
    """Whether holding at least one unit beats ordering each unit when it is sold.

    Formula: exp(-lambda (L - w)) < b / (b + h). Source: as break_even_demand_rate.

    >>> first_unit_pays([1, 1.1], 4, 36, 0.1).tolist()
    [False, True]
    """
    return np.asarray(demand_rate, float) > break_even_demand_rate(
        holding_cost, backorder_cost, lead_time, tolerance
    )


def screen_base_stock(
    demand_rate: ArrayLike,
    holding_cost: ArrayLike,
    backorder_cost: ArrayLike,
    lead_time: ArrayLike,
    tolerance: ArrayLike = 0.0,
) -> Floats:
    """How many units the screen would hold; 0 means order.

    Formula: smallest S with F(S) >= b / (b + h), F Poisson demand over L - w. Units. Source: as break_even_demand_rate.

    >>> screen_base_stock([1, 5, 30], 4, 36, 0.1).tolist()
    [0.0, 1.0, 5.0]
    """
    h, b = positive("holding_cost", holding_cost), non_negative("backorder_cost", backorder_cost)
    exposed = np.maximum(non_negative("lead_time", lead_time) - non_negative("tolerance", tolerance), 0.0)
    wanted, mean = np.broadcast_arrays(b / (b + h), non_negative("demand_rate", demand_rate) * exposed)
    near = np.ceil(
        special.pdtrik(wanted, np.maximum(mean, 1e-300))
    )  # between whole numbers: the smallest one that reaches the share is this or the one below
    below = np.maximum(near - 1.0, 0.0)
    return np.where(mean > 0.0, np.where(special.pdtr(below, mean) >= wanted, below, near), 0.0)[()]


def order_probability(
    posterior_shape: ArrayLike,
    posterior_rate: ArrayLike,
    holding_cost: ArrayLike,
    backorder_cost: ArrayLike,
    lead_time: ArrayLike,
    tolerance: ArrayLike = 0.0,
) -> Floats:
    """How probable it is that ordering is right, when the demand rate is known only from its history.

    Formula: gamma distribution function of the demand rate at the break-even rate. Share. Shape = prior shape + units seen,
    rate = prior rate + years seen (1/(units/year)). Source: conjugate Bayes on the break-even rate.

    >>> round(float(order_probability(1, 2, 4, 36, 0.1)), 6)  # 1 - exp(-2 x 1.053605)
    0.878423
    """
    limit = break_even_demand_rate(holding_cost, backorder_cost, lead_time, tolerance)
    return special.gammainc(
        positive("posterior_shape", posterior_shape), limit * positive("posterior_rate", posterior_rate)
    )


def order_when_penalty_per_unit(
    demand_rate: ArrayLike, holding_cost: ArrayLike, penalty_per_unit: ArrayLike
) -> NDArray[np.bool_]:
    """Whether ordering is at least as good as stocking, when each late unit costs a penalty once.

    Formula: penalty x lambda <= h. Source: Popp 1965; Arreola-Risa and DeCroix 1998 (per-unit case).

    >>> order_when_penalty_per_unit([2, 4, 10], 20, 5).tolist()
    [True, True, False]
    """
    return np.asarray(
        non_negative("penalty_per_unit", penalty_per_unit) * non_negative("demand_rate", demand_rate)
        <= non_negative("holding_cost", holding_cost)
    )


class FacilityScreen(NamedTuple):
    """Screen of products that share one facility, one entry a product; costs are per unit of time."""

    utilisation: float
    no_orders_probability: Floats
    critical_ratio: Floats
    order: NDArray[np.bool_]
    base_stock: NDArray[np.int64]
    cost: Floats
    cost_to_order: Floats


def shared_facility_screen(
    order_rates: ArrayLike,
    services: Sequence[ServiceTime],
    holding_costs: ArrayLike,
    backorder_costs: ArrayLike,
) -> FacilityScreen:
    """Which products that share a facility to make to order, and what the others need in stock.

    Formula: order product i iff P(N_i = 0) >= b_i / (b_i + h_i), N_i its orders in the shop; else stock the smallest S with
    P(N_i <= S) >= b_i / (b_i + h_i). Arrays (products,); a load of 1 or more is refused.
    Assumes Poisson orders, one shop, first come first served, everybody waits. Source: Arreola-Risa and DeCroix 1998.

    >>> from tests.closed_forms.queues.make_to_stock_queue import service_time
    >>> shared_facility_screen([0.3, 0.2], [service_time("exponential", 1)] * 2, 1, [1, 1]).order.tolist()  # 0.5 / 0.8, 0.5 / 0.7
    [True, True]
    """
    rates = np.atleast_1d(positive("order_rates", order_rates))
    h, b = (
        np.broadcast_to(non_negative("holding_costs", holding_costs), rates.shape),
        np.broadcast_to(non_negative("backorder_costs", backorder_costs), rates.shape),
    )
    idle = no_orders_probability(rates, services)
    ratio = b / (b + h)
    order = idle >= ratio - 1e-12
    stock = np.zeros(len(rates), dtype=np.int64)
    cost, to_order = np.zeros(len(rates)), np.zeros(len(rates))
    for i in range(len(rates)):
        chance = orders_in_system(rates, services, i)
        stock[i] = 0 if order[i] else best_queue_base_stock(chance, float(h[i]), float(b[i]))
        cost[i] = queue_base_stock_cost(int(stock[i]), chance, float(h[i]), float(b[i]))
        to_order[i] = queue_base_stock_cost(0, chance, float(h[i]), float(b[i]))
    load = float(sum(rate * service.mean for rate, service in zip(rates, services, strict=True)))
    return FacilityScreen(load, idle, ratio, order, stock, cost, to_order)
