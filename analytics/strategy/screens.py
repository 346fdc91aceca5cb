"""Screens: closed-form answers to "stock or order?", an independent check of the simulated recommendation.

Each screen weighs holding against waiting only: no lots, no set-ups, no lost sales, no price or cost differences.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, non_negative, positive

__all__ = ["break_even_demand_rate", "break_even_demand_rate_per_unit"]


def break_even_demand_rate(
    holding_cost: ArrayLike, backorder_cost: ArrayLike, lead_time: ArrayLike, tolerance: ArrayLike = 0.0
) -> Floats:
    """The demand below which a product is better ordered than stocked.

    Formula: lambda* = ln(1 + h / b) / (L - w), h holding cost with hazard and b backorder cost (money/unit-year), L replenishment
    lead time, w the wait customers tolerate (years). Units/year; infinite where w >= L: never stock.
    Assumes Poisson single units, everybody waits. Source: newsvendor on lead-time demand; Hariharan and Zipkin 1995 for w.

    >>> round(float(break_even_demand_rate(4, 36, 0.1)), 6)
    1.053605
    >>> float(break_even_demand_rate(4, 36, 0.1, 0.2))
    inf
    """
    h, b = non_negative("holding_cost", holding_cost), non_negative("backorder_cost", backorder_cost)
    exposed = non_negative("lead_time", lead_time) - non_negative("tolerance", tolerance)
    with np.errstate(divide="ignore"):
        rate = np.log1p(h / np.where(b > 0, b, 1.0)) / np.where(exposed > 0, exposed, 1.0)
    return np.where((exposed > 0) & (b > 0), rate, np.inf)[()]


def break_even_demand_rate_per_unit(holding_cost: ArrayLike, penalty_per_unit: ArrayLike) -> Floats:
    """The demand below which a product is better ordered, when each late unit costs a penalty once.

    Formula: lambda* = h / penalty. Units/year. Whatever the process. Source: Popp 1965; Arreola-Risa and DeCroix 1998.

    >>> float(break_even_demand_rate_per_unit(20, 5))
    4.0
    """
    return non_negative("holding_cost", holding_cost) / positive("penalty_per_unit", penalty_per_unit)
