"""Lot sizes when demand differs by period and is known: the Wagner-Whitin plan."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, non_negative

__all__ = ["dynamic_lots"]


def dynamic_lots(
    demand: ArrayLike, setup_cost: ArrayLike, holding_cost: ArrayLike, unit_cost: ArrayLike = 0.0
) -> tuple[Floats, float]:
    """The cheapest plan of lots for known demand by period: (units ordered per period, total cost).

    Formula: f(t) = min over s > t of K_t + c_t D(t, s) + holding of D(t, s) + f(s), solved from the last period back;
    stock is charged at each period's end. `demand` (periods,); costs scalar or one per period, in money per lot,
    per unit and period end, per unit. A period in which nothing is needed may be left without a set-up.
    Assumes demand known, no capacity limit, no opening stock. Source: Wagner and Whitin 1958; Snyder and Shen 2019, section 3.7.

    >>> lots, cost = dynamic_lots([10, 10, 50], 30, 1)  # one lot of 20 (30 + 10), one of 50 (30)
    >>> lots.tolist(), cost
    ([20.0, 0.0, 50.0], 70.0)
    """
    d = np.atleast_1d(non_negative("demand", demand))
    n = len(d)
    setup, hold, cost = (
        np.broadcast_to(non_negative(name, value), n)
        for name, value in (
            ("setup_cost", setup_cost),
            ("holding_cost", holding_cost),
            ("unit_cost", unit_cost),
        )
    )
    best = np.zeros(n + 1)
    upto = np.full(n, n, dtype=int)
    carry = np.concatenate(([0.0], np.cumsum(hold)))
    for t in range(n - 1, -1, -1):
        units = np.cumsum(d[t:])
        stored = np.cumsum(d[t:] * (carry[t:n] - carry[t]))
        totals = np.where(units > 0, setup[t], 0.0) + cost[t] * units + stored + best[t + 1 :]
        choice = int(np.argmin(totals))
        best[t], upto[t] = totals[choice], t + choice + 1
    lots = np.zeros(n)
    t = 0
    while t < n:
        lots[t] = d[t : upto[t]].sum()
        t = int(upto[t])
    return lots, float(best[0])
