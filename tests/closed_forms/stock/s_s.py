"""Reorder point and order-up-to level, (s, S), at periodic review: exact cost and best pair for demand in whole units."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import signal, stats

from analytics.policy.arguments import Floats, fraction, non_negative, positive
from tests.closed_forms.distributions.arguments import whole

__all__ = [
    "best_s_s_policy",
    "demand_over",
    "period_costs",
    "poisson_masses",
    "power_approximation",
    "s_s_cost",
]


def poisson_masses(mean: float) -> Floats:
    """Probabilities of 0, 1, 2, ... units of Poisson demand, cut where nothing that matters is left.

    >>> [round(float(p), 6) for p in poisson_masses(0.5)[:3]]
    [0.606531, 0.303265, 0.075816]
    """
    m = float(non_negative("mean", mean))
    top = int(m + 12.0 * np.sqrt(m) + 40.0)
    return stats.poisson.pmf(np.arange(top + 1), m)


def demand_over(masses: ArrayLike, periods: int) -> Floats:
    """Probabilities of 0, 1, 2, ... units over several independent periods, from those of one period.

    >>> demand_over([0.5, 0.5], 2).tolist()
    [0.25, 0.5, 0.25]
    """
    one = np.atleast_1d(fraction("masses", masses))
    total = np.ones(1)
    for _ in range(whole("periods", periods)):
        total = signal.convolve(total, one, method="direct")
    return total


def period_costs(levels: ArrayLike, holding_cost: float, shortage_cost: float, masses: ArrayLike) -> Floats:
    """Expected cost of a period at each inventory position: leftovers held plus units short.

    Formula: G(y) = h E[(y - D)+] + b E[(D - y)+], D demand over lead time plus one period. `levels` whole (n,).
    Costs in money/unit-period. Source: Snyder and Shen 2019, section 4.3.

    >>> period_costs([1], 1, 3, [0.5, 0.25, 0.25]).tolist()  # 1 x 0.5 + 3 x 0.25
    [1.25]
    """
    y = np.atleast_1d(np.asarray(levels, float))
    p = np.atleast_1d(np.asarray(masses, float))
    h, b = (
        float(non_negative("holding_cost", holding_cost)),
        float(non_negative("shortage_cost", shortage_cost)),
    )
    k = np.arange(len(p))
    mean = float(p @ k)
    mass_below = np.concatenate(([0.0], np.cumsum(p)))
    units_below = np.concatenate(([0.0], np.cumsum(p * k)))
    n = np.clip(np.floor(y).astype(int) + 1, 0, len(p))
    over = y * mass_below[n] - units_below[n]
    return h * over + b * (over - y + mean)


def _renewal(masses: Floats, length: int) -> Floats:
    """Expected visits m(j) to a position j units below the order-up-to level in one cycle."""
    m = np.zeros(length)
    if length:
        m[0] = 1.0 / (1.0 - masses[0])
    for j in range(1, length):
        top = min(j, len(masses) - 1)
        m[j] = masses[1 : top + 1] @ m[j - 1 :: -1][:top] / (1.0 - masses[0])
    return m


def _demand(masses: ArrayLike) -> Floats:
    p = np.atleast_1d(fraction("masses", masses))
    if abs(p.sum() - 1.0) > 1e-6 or p[0] >= 1:
        raise ValueError("masses must be probabilities of 0, 1, 2, ... units that sum to 1, with some demand")
    return p


def s_s_cost(
    reorder_point: int,
    order_up_to_level: int,
    setup_cost: float,
    holding_cost: float,
    shortage_cost: float,
    masses: ArrayLike,
    lead_time: int = 0,
) -> float:
    """Cost a period of ordering up to S whenever a review finds the inventory position at s or below, exactly.

    Formula: [K + sum of m(j) G(S - j) over j < S - s] / sum of m(j), m the renewal density of one period's demand,
    G the period cost of demand over lead time + 1 periods. `masses` probabilities of 0, 1, 2, ... units a period.
    An order placed at a review arrives lead_time periods later before demand. Money/period.
    Assumes independent demands, backorders. Source: Veinott and Wagner 1965; Zheng and Federgruen 1991.
    Raises ValueError unless S lies above s.

    >>> round(s_s_cost(0, 1, 4, 1, 3, [0.5, 0.5]), 6)  # an order every second period: 4 / 2 + G(1) = 0.5
    2.5
    """
    p = _demand(masses)
    gap = int(order_up_to_level) - int(reorder_point)
    if gap < 1:
        raise ValueError("order_up_to_level must be above reorder_point")
    visits = _renewal(p, gap)
    costs = period_costs(
        order_up_to_level - np.arange(gap), holding_cost, shortage_cost, demand_over(p, lead_time + 1)
    )
    return float((float(non_negative("setup_cost", setup_cost)) + visits @ costs) / visits.sum())


def best_s_s_policy(
    setup_cost: float, holding_cost: float, shortage_cost: float, masses: ArrayLike, lead_time: int = 0
) -> tuple[int, int, float]:
    """The best reorder point and order-up-to level, with their cost a period, exactly.

    Method: from the cheapest position y*, lower s until the cost of (s, y*) is at most G(s); then raise S while
    G(S) is at most the best cost, moving s up where that pays. Parameters as s_s_cost; returns (units, units, money/period).
    Assumes independent demands in whole units, backorders. Source: Zheng and Federgruen 1991.

    >>> s, S, cost = best_s_s_policy(5, 1, 4, poisson_masses(6))
    >>> s, S, round(cost, 6)
    (4, 10, 8.034112)
    """
    p = _demand(masses)
    k, h, b = (
        float(non_negative("setup_cost", setup_cost)),
        float(positive("holding_cost", holding_cost)),
        float(positive("shortage_cost", shortage_cost)),
    )
    over = demand_over(p, whole("lead_time", lead_time) + 1)
    mean = float(p @ np.arange(len(p)))
    best = int(np.searchsorted(np.cumsum(over), b / (b + h) - 1e-15))
    reach = 64
    while True:
        levels = np.arange(best - reach, best + reach + 1)
        cost = period_costs(levels, h, b, over)
        visits = _renewal(p, 2 * reach + 1)
        cycles = np.cumsum(visits)

        def average(
            s: int, top: int, cost: Floats = cost, visits: Floats = visits, cycles: Floats = cycles
        ) -> float:
            gap = top - s
            return (k + visits[:gap] @ cost[top : top - gap : -1]) / cycles[
                gap - 1
            ]  # positions are offsets into `cost`

        top = reach
        s = top - 1
        while s > 0 and average(s, top) > cost[s]:
            s -= 1
        found, level, value = s, top, average(s, top)
        top += 1
        while s > 0 and top < 2 * reach and cost[top] <= value:
            if average(found, top) < value:
                level = top
                while average(s, level) <= cost[s + 1]:
                    s += 1
                found, value = s, average(s, level)
            top += 1
        if s > 0 and top < 2 * reach:
            return int(levels[found]), int(levels[level]), float(value)
        if reach > 200_000:
            raise ValueError(
                f"setup_cost must be smaller against holding_cost and demand, got {k:g} with mean demand {mean:g}"
            )
        reach *= 2


def power_approximation(
    setup_cost: float, holding_cost: float, shortage_cost: float, mean: float, standard_deviation: float
) -> tuple[float, float]:
    """A quick reorder point and order-up-to level from mean and spread alone; about 1 % dearer than the best pair.

    Formula: D = 1.30 mu^0.494 (K / h)^0.506 (1 + sigma^2 / mu^2)^0.116, z = sqrt(D h / (sigma b)),
    s = 0.973 mu + sigma (0.183 / z + 1.063 - 2.192 z), S = s + D; mean and deviation over lead time + 1 periods. Units.
    Fitted on a test bed; not for slow movers. Source: Ehrhardt and Mosier 1984; Snyder and Shen 2019, section 4.4.

    >>> [round(x, 4) for x in power_approximation(2.5, 0.18, 0.7, 50, 8)]
    [40.1946, 74.2902]
    """
    m, sd = float(positive("mean", mean)), float(positive("standard_deviation", standard_deviation))
    k, h, b = (
        float(positive("setup_cost", setup_cost)),
        float(positive("holding_cost", holding_cost)),
        float(positive("shortage_cost", shortage_cost)),
    )
    lot = 1.30 * m**0.494 * (k / h) ** 0.506 * (1.0 + (sd / m) ** 2) ** 0.116
    z = (lot / sd * h / b) ** 0.5
    s = 0.973 * m + sd * (0.183 / z + 1.063 - 2.192 * z)
    return s, s + lot
