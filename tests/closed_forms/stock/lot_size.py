"""Lot sizes under steady demand: economic order and production quantities, planned backorders, minimum quantities."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, fraction, non_negative, positive

__all__ = [
    "economic_order_cost",
    "economic_order_quantity",
    "economic_production_quantity",
    "largest_lot_within_penalty",
    "lot_penalty_ratio",
    "planned_backorder_cost",
    "planned_backorder_quantity",
    "practical_lot",
]


def economic_order_quantity(setup_cost: ArrayLike, demand_rate: ArrayLike, holding_cost: ArrayLike) -> Floats:
    """The lot that balances set-up cost against holding cost.

    Formula: sqrt(2 K lambda / h), K set-up cost (money/lot), lambda demand (units/year), h holding cost
    (money/unit-year). Returns units/lot. With sudden obsolescence put h + hazard (c - v) for h.
    Assumes steady demand, one delivery per lot, no quantity discount. Source: Harris 1913; Snyder and Shen 2019, section 3.2.

    >>> float(economic_order_quantity(50, 1200, 3))  # sqrt(40000)
    200.0
    """
    return np.sqrt(
        2.0
        * non_negative("setup_cost", setup_cost)
        * non_negative("demand_rate", demand_rate)
        / positive("holding_cost", holding_cost)
    )


def economic_order_cost(
    order_quantity: ArrayLike, setup_cost: ArrayLike, demand_rate: ArrayLike, holding_cost: ArrayLike
) -> Floats:
    """Set-up plus holding cost a year of a lot, the best one or any other.

    Formula: K lambda / Q + h Q / 2; at the best lot sqrt(2 K lambda h). Money/year.
    Assumes steady demand. Source: Harris 1913; Snyder and Shen 2019, section 3.2.

    >>> float(economic_order_cost(200, 50, 1200, 3))  # 300 + 300
    600.0
    """
    q = positive("order_quantity", order_quantity)
    setups = non_negative("setup_cost", setup_cost) * non_negative("demand_rate", demand_rate) / q
    return setups + non_negative("holding_cost", holding_cost) * q / 2.0


def economic_production_quantity(
    setup_cost: ArrayLike, demand_rate: ArrayLike, holding_cost: ArrayLike, production_rate: ArrayLike
) -> tuple[Floats, Floats]:
    """The best lot, and its cost a year, when a lot is finished gradually while demand draws on it.

    Formula: Q = sqrt(2 K lambda / (h (1 - lambda / P))), cost sqrt(2 K lambda h (1 - lambda / P)), P production
    rate (units/year). Returns (units/lot, money/year). Production no faster than demand is refused.
    Source: Taft 1918; Snyder and Shen 2019, section 3.4.

    >>> q, cost = economic_production_quantity(50, 1200, 4, 4800)  # h (1 - 1/4) = 3
    >>> float(q), float(cost)
    (200.0, 600.0)
    """
    d, p = non_negative("demand_rate", demand_rate), positive("production_rate", production_rate)
    if np.any(p <= d):
        raise ValueError("production_rate must be above demand_rate")
    effective = positive("holding_cost", holding_cost) * (1.0 - d / p)
    k = non_negative("setup_cost", setup_cost)
    return economic_order_quantity(k, d, effective), np.sqrt(2.0 * k * d * effective)


def planned_backorder_quantity(
    setup_cost: ArrayLike, demand_rate: ArrayLike, holding_cost: ArrayLike, backorder_cost: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """The best lot when customers may wait at a cost: lot, share of demand that waits, cost a year.

    Formula: Q = sqrt(2 K lambda (h + b) / (h b)), share waiting x = h / (h + b), cost sqrt(2 K lambda h b / (h + b)),
    b backorder cost (money/unit-year). Returns (units/lot, share, money/year).
    Assumes steady demand; everybody waits. Source: Snyder and Shen 2019, section 3.5.

    >>> q, waiting, cost = planned_backorder_quantity(50, 1200, 4, 12)  # effective h = 3
    >>> float(q), float(waiting), float(cost)
    (200.0, 0.25, 600.0)
    """
    h, b = positive("holding_cost", holding_cost), positive("backorder_cost", backorder_cost)
    k, d = non_negative("setup_cost", setup_cost), non_negative("demand_rate", demand_rate)
    effective = h * b / (h + b)
    return economic_order_quantity(k, d, effective), h / (h + b), np.sqrt(2.0 * k * d * effective)


def planned_backorder_cost(
    order_quantity: ArrayLike,
    share_waiting: ArrayLike,
    setup_cost: ArrayLike,
    demand_rate: ArrayLike,
    holding_cost: ArrayLike,
    backorder_cost: ArrayLike,
) -> Floats:
    """Cost a year of any lot and any share of demand that is made to wait.

    Formula: K lambda / Q + h Q (1 - x)^2 / 2 + b Q x^2 / 2. Money/year.
    Assumes steady demand. Source: Snyder and Shen 2019, section 3.5.

    >>> float(planned_backorder_cost(200, 0.25, 50, 1200, 4, 12))  # 300 + 225 + 75
    600.0
    """
    q, x = positive("order_quantity", order_quantity), fraction("share_waiting", share_waiting)
    h, b = non_negative("holding_cost", holding_cost), non_negative("backorder_cost", backorder_cost)
    setups = non_negative("setup_cost", setup_cost) * non_negative("demand_rate", demand_rate) / q
    return setups + q * (h * (1.0 - x) ** 2 + b * x * x) / 2.0


def lot_penalty_ratio(order_quantity: ArrayLike, best_quantity: ArrayLike) -> Floats:
    """How much dearer a lot is than the best one: what a minimum order quantity really costs.

    Formula: (Q / Q* + Q* / Q) / 2, of set-up plus holding cost. Dimensionless, at least 1.
    Assumes steady demand. Source: Harris 1913, sensitivity of the economic order quantity.

    >>> float(lot_penalty_ratio(400, 200))  # (2 + 1/2) / 2
    1.25
    """
    ratio = positive("order_quantity", order_quantity) / positive("best_quantity", best_quantity)
    return (ratio + 1.0 / ratio) / 2.0


def largest_lot_within_penalty(best_quantity: ArrayLike, penalty: ArrayLike) -> Floats:
    """The largest lot that costs at most `penalty` (0.10 is 10 %) more than the best one.

    Formula: Q* (1 + e + sqrt((1 + e)^2 - 1)), e penalty. Units/lot.
    Assumes steady demand. Source: the penalty ratio solved for the lot.

    >>> float(largest_lot_within_penalty(200, 0.25))
    400.0
    """
    factor = 1.0 + non_negative("penalty", penalty)
    return positive("best_quantity", best_quantity) * (factor + np.sqrt(factor * factor - 1.0))


def practical_lot(
    best_quantity: ArrayLike,
    minimum: ArrayLike = 0.0,
    multiple: ArrayLike = 0.0,
    remaining_demand: ArrayLike = np.inf,
) -> Floats:
    """The lot a planner can order: the best one, capped by demand that is still to come, then minimum and multiple.

    Rule: min(Q*, remaining demand), at least the minimum, rounded up to the multiple (0: none). Units/lot.
    Assumes the supplier's minimum cannot be bargained away. Source: practice; the cap follows from finite life.

    >>> float(practical_lot(130, 50, 40)), float(practical_lot(130, 50, 40, 30))
    (160.0, 80.0)
    """
    lot = np.maximum(
        np.minimum(non_negative("best_quantity", best_quantity), np.asarray(remaining_demand, float)),
        non_negative("minimum", minimum),
    )
    step = non_negative("multiple", multiple)
    return np.where(step > 0, np.ceil(lot / np.where(step > 0, step, 1.0) - 1e-12) * step, lot)[()]
