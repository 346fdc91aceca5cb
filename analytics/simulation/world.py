"""The world of a path: when each product dies and which customers stay, from keyed random numbers.

Death and patience are drawn once per product and path and used by every strategy.
"""

from __future__ import annotations

import numba
import numpy as np

from analytics.randomness import STREAMS, subkey, uniform

__all__ = ["MAX_ORDERS", "PATIENCE_STREAM", "accepted_share", "death_week", "exponential_patience"]

_DEATH = np.uint64(STREAMS["death"])
PATIENCE_STREAM = np.uint64(STREAMS["patience"])

#: Customer orders told apart in one week; more are grouped into this many equal parts.
MAX_ORDERS = 8


@numba.njit(nogil=True)
def death_week(key, path, hazard_per_week, known_end_week):
    """Week at whose end the product dies (weeks beyond the horizon: it lives on).

    Exponential life with the given hazard, from a frozen uniform, cut by a known end (a calendar).
    """
    if hazard_per_week <= 0.0:
        return known_end_week
    life = -np.log(uniform(subkey(subkey(key, path), _DEATH), np.uint64(0))) / hazard_per_week
    if life < known_end_week:
        return np.floor(life)
    return known_end_week


@numba.njit(nogil=True)
def exponential_patience(patience_per_day, wait_days, historical_wait_days):
    """Share of buyers who stay when told to wait: r(wait) / r(historical wait), at most 1.

    r(w) = exp(-patience_per_day * w). Waiting no longer than today costs nobody.
    """
    beyond = wait_days - historical_wait_days
    if beyond <= 0.0:
        return 1.0
    return np.exp(-patience_per_day * beyond)


@numba.njit(nogil=True)
def accepted_share(path_patience_key, week, orders, stay_probability):
    """Share of this week's orders whose own uniform is below the probability of staying.

    `orders` (1 to MAX_ORDERS) are told apart; the same uniforms serve every strategy and wait, so a longer
    wait never brings a buyer back.
    """
    if stay_probability >= 1.0:
        return 1.0
    if stay_probability <= 0.0:
        return 0.0
    stays = 0
    for k in range(orders):
        if uniform(path_patience_key, np.uint64(week) * np.uint64(64) + np.uint64(k)) < stay_probability:
            stays += 1
    return stays / orders
