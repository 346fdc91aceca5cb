"""Reorder point and lot together, (r, Q): exact cost and best pair when stock is watched all the time and customers wait."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from analytics.policy.arguments import Floats, finite, non_negative, positive
from tests.closed_forms.distributions.loss import normal_loss, normal_second_order_loss
from tests.closed_forms.distributions.loss_discrete import poisson_loss, poisson_second_order_loss
from tests.closed_forms.stock.lot_size import economic_order_quantity

__all__ = [
    "best_lot_policy",
    "best_lot_policy_poisson",
    "best_reorder_point",
    "lot_policy_cost",
    "lot_policy_cost_poisson",
    "lot_policy_with_unit_penalty",
    "stockout_tail_backorders",
    "stockout_tail_lost_sales",
]


def lot_policy_cost(
    reorder_point: ArrayLike, order_quantity: ArrayLike, setup_cost: ArrayLike, demand_rate: ArrayLike, holding_cost: ArrayLike, backorder_cost: ArrayLike,
    mean: ArrayLike, standard_deviation: ArrayLike,
) -> Floats:  # fmt: skip
    """Cost a year of a reorder point and a lot, exactly, against normal demand over the lead time.

    Formula: [K lambda + integral of G over (r, r + Q)] / Q, G(y) = h E[(y - D)+] + b E[(D - y)+]; in closed form
    K lambda / Q + h (r + Q / 2 - m) + (h + b) [loss2(r) - loss2(r + Q)] / Q. Costs in money/lot and money/unit-year,
    mean and standard deviation of lead-time demand in units; returns money/year.
    Assumes backorders, constant lead time. Source: Hadley and Whitin 1963; Zheng 1992; Snyder and Shen 2019, section 5.2.

    >>> round(float(lot_policy_cost(100, 200, 50, 1200, 3, 9, 100, 0)), 6)  # no uncertainty: 300 + 3 x 100
    600.0
    """
    r, q = finite("reorder_point", reorder_point), positive("order_quantity", order_quantity)
    h, b = non_negative("holding_cost", holding_cost), non_negative("backorder_cost", backorder_cost)
    m = finite("mean", mean)
    waiting = (
        normal_second_order_loss(r, m, standard_deviation)
        - normal_second_order_loss(r + q, m, standard_deviation)
    ) / q
    setups = non_negative("setup_cost", setup_cost) * non_negative("demand_rate", demand_rate) / q
    return setups + h * (r + q / 2.0 - m) + (h + b) * waiting


def best_reorder_point(
    order_quantity: float, holding_cost: float, backorder_cost: float, mean: float, standard_deviation: float
) -> float:
    """The best reorder point for a lot that is given.

    Formula: the r with G(r) = G(r + Q), G the cost rate at an inventory position; with certain demand
    m - Q h / (h + b). Units. Assumes normal lead-time demand, backorders. Source: Zheng 1992.

    >>> best_reorder_point(200, 3, 9, 100, 0)
    50.0
    """
    q, h, b = (
        float(positive("order_quantity", order_quantity)),
        float(positive("holding_cost", holding_cost)),
        float(positive("backorder_cost", backorder_cost)),
    )
    m, sd = float(finite("mean", mean)), float(non_negative("standard_deviation", standard_deviation))
    if sd == 0:
        return m - q * h / (h + b)

    def slope(r: float) -> float:  # G(r + Q) - G(r), increasing in r
        return h * q + (h + b) * float(normal_loss(r + q, m, sd) - normal_loss(r, m, sd))

    width = sd * max(10.0, -float(stats.norm.ppf(min(h / (h + b), b / (h + b)) / 2.0)) + 2.0)
    return float(optimize.brentq(slope, m - q - width, m + width, xtol=1e-12, rtol=1e-14))


def best_lot_policy(
    setup_cost: float,
    demand_rate: float,
    holding_cost: float,
    backorder_cost: float,
    mean: float,
    standard_deviation: float,
) -> tuple[float, float, float]:
    """The best reorder point and lot together, with their cost a year, against normal lead-time demand.

    Formula: the lot at which the cost equals G at both ends of (r, r + Q): Q G(r(Q)) - integral of G = K lambda.
    Returns (units, units/lot, money/year). Assumes backorders, constant lead time.
    Source: Zheng 1992; Federgruen and Zheng 1992.

    >>> r, q, cost = best_lot_policy(50, 1200, 4, 12, 100, 0)  # planned backorders: Q 200, r 100 - 50
    >>> round(r, 6), round(q, 6), round(cost, 6)
    (50.0, 200.0, 600.0)
    """
    k, d = float(positive("setup_cost", setup_cost)), float(positive("demand_rate", demand_rate))
    h, b = float(positive("holding_cost", holding_cost)), float(positive("backorder_cost", backorder_cost))
    m, sd = float(finite("mean", mean)), float(non_negative("standard_deviation", standard_deviation))

    def gap(q: float) -> float:
        r = best_reorder_point(q, h, b, m, sd)
        end = h * (r - m) + (h + b) * float(normal_loss(r, m, sd))
        return q * end - q * float(lot_policy_cost(r, q, 0.0, d, h, b, m, sd)) - k * d

    low = float(
        economic_order_quantity(k, d, h * b / (h + b))
    )  # the lot without uncertainty is never too large
    low, high = low * (1.0 - 1e-9), low * 2.0 + sd
    while gap(high) < 0:
        high *= 2.0
    q = low if gap(low) >= 0 else float(optimize.brentq(gap, low, high, xtol=1e-11, rtol=1e-14))
    r = best_reorder_point(q, h, b, m, sd)
    return r, q, float(lot_policy_cost(r, q, k, d, h, b, m, sd))


def lot_policy_cost_poisson(
    reorder_point: ArrayLike,
    order_quantity: ArrayLike,
    setup_cost: ArrayLike,
    demand_rate: ArrayLike,
    lead_time: ArrayLike,
    holding_cost: ArrayLike,
    backorder_cost: ArrayLike,
) -> Floats:
    """Cost of a whole reorder point and lot per unit of time, exactly, against Poisson demand.

    Formula: [K lambda + sum of G(y) over y = r + 1 .. r + Q] / Q, G(y) = h E[(y - D)+] + b E[(D - y)+], D demand over
    the lead time. An order goes out when the inventory position falls to r. Money per unit of time.
    Source: Hadley and Whitin 1963, chapter 4; Federgruen and Zheng 1992.

    >>> round(float(lot_policy_cost_poisson(0, 1, 0, 2, 0.5, 1, 9)), 6)  # G(1) with mean 1: 10 exp(-1)
    3.678794
    """
    r, q = finite("reorder_point", reorder_point), positive("order_quantity", order_quantity)
    h, b = non_negative("holding_cost", holding_cost), non_negative("backorder_cost", backorder_cost)
    rate = non_negative("demand_rate", demand_rate)
    m = rate * non_negative("lead_time", lead_time)
    short = poisson_second_order_loss(r, m) - poisson_second_order_loss(r + q, m)
    return (
        non_negative("setup_cost", setup_cost) * rate + h * q * (r + (q + 1.0) / 2.0 - m) + (h + b) * short
    ) / q


def best_lot_policy_poisson(
    setup_cost: float, demand_rate: float, lead_time: float, holding_cost: float, backorder_cost: float
) -> tuple[int, int, float]:
    """The best whole reorder point and lot, with their cost per unit of time, against Poisson demand.

    Method: start with the cheapest inventory position alone; add the cheaper neighbour as long as it is cheaper than
    the average so far. Returns (units, units/lot, money per unit of time). Exact.
    Assumes backorders, constant lead time. Source: Federgruen and Zheng 1992.

    >>> r, q, cost = best_lot_policy_poisson(100, 1.5, 2, 20, 150)
    >>> r, q, round(cost, 6)
    (3, 5, 107.923581)
    """
    k, rate = float(non_negative("setup_cost", setup_cost)), float(positive("demand_rate", demand_rate))
    h, b = float(positive("holding_cost", holding_cost)), float(positive("backorder_cost", backorder_cost))
    m = rate * float(non_negative("lead_time", lead_time))

    def position_cost(y: int) -> float:
        return h * (y - m) + (h + b) * float(poisson_loss(y, m))

    return widest_cheap_interval(
        position_cost, int(stats.poisson.ppf(b / (b + h), m)) if m > 0 else 0, k * rate
    )


def widest_cheap_interval(
    position_cost: Callable[[int], float], start: int, fixed: float
) -> tuple[int, int, float]:
    """Reorder point, lot and average cost of the interval of inventory positions that spreads a fixed cost best.

    `position_cost` must be convex with its least value at `start`; `fixed` is K lambda. Source: Federgruen and Zheng 1992.

    >>> widest_cheap_interval(lambda y: float(abs(y)), 0, 4.0)  # 4 / 1, 5 / 2, 6 / 3, then 2 is no longer cheaper
    (-2, 3, 2.0)
    """
    low = high = int(start)
    total, count = fixed + position_cost(start), 1
    while True:
        below, above = position_cost(low - 1), position_cost(high + 1)
        if min(below, above) >= total / count:
            return low - 1, count, total / count
        total, count = total + min(below, above), count + 1
        low, high = (low - 1, high) if below <= above else (low, high + 1)


def lot_policy_with_unit_penalty(
    setup_cost: float,
    demand_rate: float,
    holding_cost: float,
    penalty_per_unit: float,
    mean: float,
    standard_deviation: float,
) -> tuple[float, float, float]:
    """Reorder point and lot, with their cost a year, when every unit short costs a penalty once.

    Formula: repeat 1 - F(r) = Q h / (p lambda) and Q = sqrt(2 lambda (K + p loss(r)) / h) until both stand still; cost
    h (r - m + Q / 2) + K lambda / Q + p lambda loss(r) / Q. Penalty in money/unit; returns (units, units/lot, money/year).
    An approximation: shortages are taken as brief. A penalty so small that Q h >= p lambda leaves no reorder point and is refused.
    Source: Hadley and Whitin 1963, chapter 4; Snyder and Shen 2019, section 5.3.

    >>> r, q, cost = lot_policy_with_unit_penalty(8, 1300, 0.225, 7.5, 1300 / 12, 150 / 12**0.5)
    >>> round(r, 3), round(q, 3), round(cost, 3)
    (213.97, 318.59, 95.451)
    """
    k, d, h = (
        float(positive("setup_cost", setup_cost)),
        float(positive("demand_rate", demand_rate)),
        float(positive("holding_cost", holding_cost)),
    )
    p, m, sd = (
        float(positive("penalty_per_unit", penalty_per_unit)),
        float(finite("mean", mean)),
        float(non_negative("standard_deviation", standard_deviation)),
    )
    q = float(economic_order_quantity(k, d, h))
    r = m
    for _ in range(10_000):
        tail = q * h / (p * d)
        if tail >= 1:
            raise ValueError(
                f"penalty_per_unit must be above holding_cost x lot / demand_rate = {q * h / d:g}, got {p:g}: shortages would be cheaper than stock"
            )
        following = float(m + sd * stats.norm.isf(tail))
        lot = float(np.sqrt(2.0 * d * (k + p * float(normal_loss(following, m, sd))) / h))
        done = abs(lot - q) <= 1e-12 * lot and abs(following - r) <= 1e-12 * max(1.0, abs(following))
        r, q = following, lot
        if done:
            break
    short = float(normal_loss(r, m, sd))
    return r, q, h * (r - m + q / 2.0) + (k + p * short) * d / q


def stockout_tail_backorders(
    order_quantity: ArrayLike, holding_cost: ArrayLike, penalty_per_unit: ArrayLike, demand_rate: ArrayLike
) -> Floats:
    """Best chance of a shortage in a cycle when each unit short is backordered at a penalty.

    Formula: h Q / (p lambda); at 1 or more do not stock (returned as 1). Share. Penalty in money/unit, holding in money/unit-year.
    Assumes a constant lot. Source: Hadley and Whitin 1963, chapter 4.

    >>> float(stockout_tail_backorders(100, 4, 10, 800))
    0.05
    """
    top = positive("order_quantity", order_quantity) * non_negative("holding_cost", holding_cost)
    return np.minimum(
        top / (positive("penalty_per_unit", penalty_per_unit) * positive("demand_rate", demand_rate)), 1.0
    )


def stockout_tail_lost_sales(
    order_quantity: ArrayLike, holding_cost: ArrayLike, penalty_per_unit: ArrayLike, demand_rate: ArrayLike
) -> Floats:
    """Best chance of a shortage in a cycle when each unit short is lost with its margin and goodwill.

    Formula: h Q / (p lambda + h Q), p margin plus goodwill (money/unit). Share.
    Assumes a constant lot, at most one order outstanding. Source: Hadley and Whitin 1963, chapter 4.

    >>> float(stockout_tail_lost_sales(100, 4, 10, 760))  # 400 / 8000
    0.05
    """
    top = positive("order_quantity", order_quantity) * non_negative("holding_cost", holding_cost)
    return top / (positive("penalty_per_unit", penalty_per_unit) * positive("demand_rate", demand_rate) + top)
