"""Lot sizes when the supplier's price falls with the quantity."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, non_negative, positive

__all__ = ["all_units_discount_lot", "incremental_discount_lot"]


def _schedule(breakpoints: ArrayLike, unit_costs: ArrayLike) -> tuple[Floats, Floats]:
    b, c = (
        np.atleast_1d(non_negative("breakpoints", breakpoints)),
        np.atleast_1d(positive("unit_costs", unit_costs)),
    )
    if len(b) == len(c) - 1:
        b = np.concatenate(([0.0], b))
    if len(b) != len(c) or b[0] != 0 or np.any(np.diff(b) <= 0):
        raise ValueError("breakpoints must start at 0, rise, and match unit_costs in number")
    return b, c


def all_units_discount_lot(
    setup_cost: float, holding_rate: float, demand_rate: float, breakpoints: ArrayLike, unit_costs: ArrayLike
) -> tuple[float, float]:
    """The best lot, and its cost a year including purchases, when the lower price holds for all units of the lot.

    Formula: over price steps j, Q_j = max(sqrt(2 K lambda / (i c_j)), b_j) where that stays in its step; cost
    c_j lambda + K lambda / Q + i c_j Q / 2. `holding_rate` 1/year; `breakpoints` (steps,) from 0, `unit_costs` (steps,).
    Returns (units/lot, money/year). Assumes steady demand. Source: Snyder and Shen 2019, section 3.3.

    >>> lot, cost = all_units_discount_lot(8, 0.3, 1300, [0, 400, 800], [0.75, 0.72, 0.68])
    >>> lot, round(cost, 6)  # 0.68 x 1300 + 13 + 0.3 x 0.68 x 400
    (800.0, 978.6)
    """
    b, c = _schedule(breakpoints, unit_costs)
    upper = np.append(b[1:], np.inf)
    k, rate, d = (
        float(positive("setup_cost", setup_cost)),
        float(positive("holding_rate", holding_rate)),
        float(positive("demand_rate", demand_rate)),
    )
    lots = np.maximum(np.sqrt(2.0 * k * d / (rate * c)), b)
    cost = np.where(lots < upper, c * d + k * d / lots + rate * c * lots / 2.0, np.inf)
    j = int(np.argmin(cost))
    return float(lots[j]), float(cost[j])


def incremental_discount_lot(
    setup_cost: float, holding_rate: float, demand_rate: float, breakpoints: ArrayLike, unit_costs: ArrayLike
) -> tuple[float, float]:
    """The best lot, and its cost a year including purchases, when each price holds only for the units in its step.

    Formula: with m_j what the units below step j cost above its price, Q_j = sqrt(2 (K + m_j) lambda / (i c_j)), cost
    c_j lambda + i m_j / 2 + (K + m_j) lambda / Q + i c_j Q / 2. Parameters and returns as all_units_discount_lot.
    Assumes steady demand. Source: Snyder and Shen 2019, section 3.3.

    >>> lot, cost = incremental_discount_lot(8, 0.3, 1300, [0, 400, 800], [0.75, 0.72, 0.68])
    >>> round(lot, 3), round(cost, 3)
    (304.047, 1043.411)
    """
    b, c = _schedule(breakpoints, unit_costs)
    upper = np.append(b[1:], np.inf)
    k, rate, d = (
        float(positive("setup_cost", setup_cost)),
        float(positive("holding_rate", holding_rate)),
        float(positive("demand_rate", demand_rate)),
    )
    extra = np.concatenate(([0.0], np.cumsum(c[:-1] * np.diff(b)))) - c * b
    lots = np.sqrt(2.0 * (k + extra) * d / (rate * c))
    inside = (lots >= b) & (lots < upper)
    cost = np.where(
        inside, c * d + rate * extra / 2.0 + (k + extra) * d / lots + rate * c * lots / 2.0, np.inf
    )
    j = int(np.argmin(cost))
    return float(lots[j]), float(cost[j])
