"""Waiting for capacity: how long an order takes in a shop that also works for others.

Rates and times share one unit. At full load or above there is no steady wait: every function then returns
infinity (a load that cannot be carried), never a negative number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, fraction, non_negative, positive

__all__ = ["mixed_service", "queue_quote", "queue_wait", "utilisation"]


def utilisation(order_rate: ArrayLike, mean_service: ArrayLike, servers: ArrayLike = 1) -> Floats:
    """Share of capacity in use; 1 or more cannot be carried.

    Formula: lambda m / c. Share. Use the peak month's rate, not the year's average. Source: definition.

    >>> float(utilisation(0.8, 1))
    0.8
    """
    return (
        non_negative("order_rate", order_rate)
        * non_negative("mean_service", mean_service)
        / positive("servers", servers)
    )


def queue_wait(
    order_rate: ArrayLike,
    mean_service: ArrayLike,
    arrival_variability: ArrayLike = 1.0,
    service_variability: ArrayLike = 1.0,
) -> Floats:
    """Mean wait in the queue before work on an order begins.

    Formula: (ca2 + cs2) / 2 x rho / (1 - rho) x m, ca2 and cs2 squared coefficients of variation of the times between
    orders and of the work per order. Exact for random (Poisson) arrivals, ca2 = 1, where it is Pollaczek and Khinchine's
    formula; else Kingman's approximation. Time; infinite at full load.
    Assumes one bottleneck, first come first served. Source: Pollaczek 1930; Khinchine 1932; Kingman 1961; Hopp and Spearman 2008, chapter 8.

    >>> float(queue_wait(0.5, 1, 1, 0)), float(queue_wait(1.2, 1))
    (0.5, inf)
    """
    rho = utilisation(order_rate, mean_service)
    spread = (
        non_negative("arrival_variability", arrival_variability)
        + non_negative("service_variability", service_variability)
    ) / 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        wait = spread * rho / (1.0 - rho) * np.asarray(mean_service, float)
    return np.where(rho < 1, wait, np.inf)[()]


def queue_quote(
    utilisation: ArrayLike, mean_wait: ArrayLike, mean_service: ArrayLike, reliability: ArrayLike
) -> Floats:
    """The lead time to quote so that a share of orders starts in time, plus the mean work itself.

    Formula: m + max(0, Wq ln(rho / (1 - a)) / rho). Time; infinite at full load.
    Assumes the exponential heavy-traffic tail of the wait. Source: Kingman 1961.

    >>> round(float(queue_quote(0.8, 4, 1, 0.9)), 6)  # 1 + 5 ln 8
    11.397208
    """
    rho, mean = non_negative("utilisation", utilisation), np.asarray(mean_wait, float)
    a = fraction("reliability", reliability, inside=True)
    safe = np.where((rho > 0) & (rho < 1), rho, 0.5)
    late = np.where(
        rho > 0,
        np.maximum(np.log(safe / (1.0 - a)), 0.0) * np.where(np.isfinite(mean), mean, 0.0) / safe,
        0.0,
    )
    return np.where(rho >= 1, np.inf, non_negative("mean_service", mean_service) + late)[()]


def mixed_service(
    order_rates: ArrayLike, mean_services: ArrayLike, service_variabilities: ArrayLike
) -> tuple[float, float]:
    """Mean and squared coefficient of variation of the work per order when products share a shop.

    Formula: mean = sum of shares x means; second moment = sum of shares x m^2 (1 + cs2); cs2 = second moment / mean^2 - 1.
    Arrays (products,); returns (time, share squared). Source: moments of a mixture.

    >>> mean, variability = mixed_service([1, 1], [1, 3], [0, 0])  # second moment 5
    >>> mean, variability
    (2.0, 0.25)
    """
    rates = np.atleast_1d(non_negative("order_rates", order_rates))
    means = np.atleast_1d(positive("mean_services", mean_services))
    share = rates / rates.sum()
    mean = float(share @ means)
    second = float(
        share
        @ (means**2 * (1.0 + np.atleast_1d(non_negative("service_variabilities", service_variabilities))))
    )
    return mean, second / mean**2 - 1.0
