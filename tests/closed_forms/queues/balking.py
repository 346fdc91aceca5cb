"""Demand that leaves relieves the shop: the order rate at which quote and patience agree."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import optimize

from analytics.policy.arguments import positive
from analytics.policy.queueing import queue_wait
from tests.closed_forms.queues.patience_curves import patience

__all__ = ["accepted_rate", "accepted_rate_single_server"]


def accepted_rate(
    potential_rate: float,
    largest_rate: float,
    wait: Callable[[float], float],
    share_that_stays: Callable[[float], float],
) -> float:
    """Orders per unit of time that remain when buyers react to the wait that these orders cause.

    Formula: the one root of lambda = Lambda r(W(lambda)): the right side falls as lambda rises. `wait` maps an order rate
    below `largest_rate` to the quoted wait, `share_that_stays` a wait to a share. A curve with a jump (a window)
    gives the rate at which the wait just reaches the jump.
    Assumes quotes equal to the mean wait at the resulting load. Source: So and Song 1998; Duenyas and Hopp 1995.

    >>> round(accepted_rate(1.0, 2.0, lambda rate: rate, lambda wait: 1 / (1 + wait)), 6)  # x (1 + x) = 1
    0.618034
    """
    potential, limit = (
        float(positive("potential_rate", potential_rate)),
        float(positive("largest_rate", largest_rate)),
    )

    def gap(rate: float) -> float:
        return potential * share_that_stays(wait(rate)) - rate if rate < limit else -rate

    high = min(potential, limit)
    if gap(high) >= 0:
        return high
    return float(optimize.brentq(gap, 0.0, high, xtol=1e-15, rtol=1e-14)) if gap(0.0) > 0 else 0.0


def accepted_rate_single_server(
    potential_rate: float,
    service_rate: float,
    kind: str,
    *parameters: float,
    arrival_variability: float = 1.0,
    service_variability: float = 1.0,
) -> tuple[float, float]:
    """Accepted orders per unit of time, and their mean time in the shop, when buyers react to the quoted mean.

    Formula: accepted_rate with W(lambda) = Wq(lambda) + 1 / mu (queue_wait). `kind` and `parameters` as in patience,
    in the time unit of the rates. Returns (rate, time); always below capacity. Source: So and Song 1998.

    >>> rate, sojourn = accepted_rate_single_server(1.2, 1, "exponential", 0.15)
    >>> round(rate, 6), round(sojourn, 6)
    (0.712363, 3.476599)
    """
    mu = float(positive("service_rate", service_rate))

    def wait(rate: float) -> float:
        return float(queue_wait(rate, 1.0 / mu, arrival_variability, service_variability)) + 1.0 / mu

    def stays(time: float) -> float:
        return float(patience(kind, time, *parameters)) if np.isfinite(time) else 0.0

    rate = accepted_rate(potential_rate, mu, wait, stays)
    return rate, wait(rate)
