"""Orders gathered into batches, each with a set-up: how batch size trades set-ups against waiting."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, non_negative, positive

__all__ = [
    "batch_flow_time",
    "batch_utilisation",
    "campaign_wait",
    "shortest_flow_batch",
    "smallest_feasible_batch",
]


def batch_utilisation(
    batch: ArrayLike, demand_rate: ArrayLike, production_rate: ArrayLike, setup_time: ArrayLike
) -> Floats:
    """Share of capacity in use when every batch needs a set-up; 1 or more cannot be carried.

    Formula: D / P + D tau / Q. Share. Times in the unit of the rates. Source: Karmarkar 1987.

    >>> float(batch_utilisation(1, 400, 1000, 0.02))
    8.4
    """
    d = non_negative("demand_rate", demand_rate)
    return d / positive("production_rate", production_rate) + d * non_negative(
        "setup_time", setup_time
    ) / positive("batch", batch)


def batch_flow_time(
    batch: ArrayLike, demand_rate: ArrayLike, production_rate: ArrayLike, setup_time: ArrayLike
) -> Floats:
    """Mean time a batch spends in the shop, waiting included; infinite where the load cannot be carried.

    Formula: T = (tau + Q / P) / (1 - D / P - D tau / Q). Time. Assumes batches arrive at random and take exponential
    times (M/M/1). Source: Karmarkar 1987.

    >>> round(float(batch_flow_time(40, 400, 1000, 0.02)), 6), float(batch_flow_time(10, 400, 1000, 0.02))  # 0.06 / 0.4
    (0.15, inf)
    """
    rho = batch_utilisation(batch, demand_rate, production_rate, setup_time)
    work = non_negative("setup_time", setup_time) + positive("batch", batch) / positive(
        "production_rate", production_rate
    )
    free = np.where(rho < 1, 1.0 - rho, 1.0)
    return np.where(rho < 1, work / free, np.inf)[()]


def smallest_feasible_batch(
    demand_rate: ArrayLike, production_rate: ArrayLike, setup_time: ArrayLike
) -> Floats:
    """The batch below which set-ups eat all capacity; infinite where demand alone exceeds it.

    Formula: D tau / (1 - D / P). Units. Source: Karmarkar 1987.

    >>> round(float(smallest_feasible_batch(400, 1000, 0.02)), 6)  # 8 / 0.6
    13.333333
    """
    d, p = non_negative("demand_rate", demand_rate), positive("production_rate", production_rate)
    return np.where(
        d < p, d * non_negative("setup_time", setup_time) / np.where(d < p, 1.0 - d / p, 1.0), np.inf
    )[()]


def shortest_flow_batch(demand_rate: ArrayLike, production_rate: ArrayLike, setup_time: ArrayLike) -> Floats:
    """The batch that orders pass through fastest; infinite where demand exceeds capacity.

    Formula: tau (D + sqrt(D P)) / (1 - D / P). Units. Assumes as batch_flow_time. Source: Karmarkar 1987; minimum of T(Q).

    >>> round(float(shortest_flow_batch(250, 1000, 0.03)), 6)  # 0.03 x 750 / 0.75
    30.0
    """
    d, p = non_negative("demand_rate", demand_rate), positive("production_rate", production_rate)
    best = non_negative("setup_time", setup_time) * (d + np.sqrt(d * p)) / np.where(d < p, 1.0 - d / p, 1.0)
    return np.where(d < p, best, np.inf)[()]


def campaign_wait(campaign_interval: ArrayLike) -> Floats:
    """Mean extra wait when orders are gathered and made every so often.

    Formula: T / 2. Time. Assumes orders fall evenly over the interval. Source: mean of a uniform time.

    >>> float(campaign_wait(14))
    7.0
    """
    return non_negative("campaign_interval", campaign_interval) / 2.0
