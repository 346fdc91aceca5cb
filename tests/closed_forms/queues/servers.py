"""Waiting for capacity in closed form: one and several servers with random orders and exponential work, and the tail of the wait.

Rates and times share one unit; at full load or above there is no steady wait, and it is infinite.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, fraction, non_negative, positive
from tests.closed_forms.distributions.arguments import whole

__all__ = [
    "delay_probability",
    "orders_waiting",
    "queue_wait_tail",
    "server_quote",
    "server_sojourn",
    "servers_wait",
    "servers_wait_tail",
]


def orders_waiting(order_rate: ArrayLike, wait: ArrayLike) -> Floats:
    """Orders in a stage on average, from how long each stays there (Little's law).

    Formula: lambda W. Orders. Source: Little 1961.

    >>> float(orders_waiting(0.8, 5))
    4.0
    """
    return non_negative("order_rate", order_rate) * np.asarray(wait, float)


def server_sojourn(order_rate: ArrayLike, service_rate: ArrayLike) -> Floats:
    """Mean time from order to finish in a shop with random orders and exponential work, one server (M/M/1).

    Formula: 1 / (mu - lambda). Time; infinite at full load and without capacity. Source: Erlang; Gross and Harris 1998, section 2.2.

    >>> float(server_sojourn(0.8, 1.0))
    5.000000000000001
    """
    slack = non_negative("service_rate", service_rate) - non_negative("order_rate", order_rate)
    return np.where(slack > 0, 1.0 / np.where(slack > 0, slack, 1.0), np.inf)[()]


def server_quote(order_rate: ArrayLike, service_rate: ArrayLike, reliability: ArrayLike) -> Floats:
    """The lead time to quote so that a share of orders is finished in time (M/M/1).

    Formula: -ln(1 - a) / (mu - lambda), a reliability. Time; infinite at full load.
    Assumes first come first served; time in the shop is then exponential. Source: Gross and Harris 1998, section 2.2.

    >>> round(float(server_quote(0.5, 1.5, 0.9)), 6)  # ln 10
    2.302585
    """
    return -np.log1p(-fraction("reliability", reliability, inside=True)) * server_sojourn(
        order_rate, service_rate
    )


def queue_wait_tail(wait_longer_than: ArrayLike, utilisation: ArrayLike, mean_wait: ArrayLike) -> Floats:
    """Share of orders that wait in the queue longer than a time.

    Formula: rho exp(-rho t / Wq), Wq mean wait. Share; exact for M/M/1, a heavy-traffic approximation else.
    Source: Kingman 1961; Hopp and Spearman 2008, chapter 8.

    >>> round(float(queue_wait_tail(4, 0.8, 4)), 6)  # 0.8 exp(-0.8)
    0.359463
    """
    rho, t, mean = (
        non_negative("utilisation", utilisation),
        non_negative("wait_longer_than", wait_longer_than),
        np.asarray(mean_wait, float),
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        tail = rho * np.exp(-rho * t / mean)
    return np.where(rho >= 1, 1.0, np.where(mean > 0, tail, 0.0))[()]


def _loss_probability(load: Floats, servers: int) -> Floats:
    blocked = np.ones_like(load)
    for c in range(1, servers + 1):
        blocked = load * blocked / (c + load * blocked)
    return blocked


def delay_probability(order_rate: ArrayLike, service_rate: ArrayLike, servers: int) -> Floats:
    """Share of orders that find all servers busy (Erlang's C formula).

    Formula: B / (1 - rho (1 - B)), B Erlang's loss probability at load a = lambda / mu, rho = a / c. Share; 1 at full load.
    Assumes random orders, exponential work (M/M/c). Source: Erlang 1917; Gross and Harris 1998, section 2.3.

    >>> float(delay_probability(0.8, 1, 1))  # one server: rho
    0.8
    """
    c = whole("servers", servers, 1)
    load = non_negative("order_rate", order_rate) / positive("service_rate", service_rate)
    blocked = _loss_probability(load, c)
    rho = load / c
    busy = rho < 1
    return np.where(busy, blocked / (1.0 - np.where(busy, rho, 0.0) * (1.0 - blocked)), 1.0)[()]


def servers_wait(order_rate: ArrayLike, service_rate: ArrayLike, servers: int) -> Floats:
    """Mean wait in the queue before several equal servers (M/M/c).

    Formula: C / (c mu - lambda), C delay probability. Time; infinite at full load. Source: Gross and Harris 1998, section 2.3.

    >>> float(servers_wait(0.5, 1, 1))
    1.0
    """
    slack = whole("servers", servers, 1) * positive("service_rate", service_rate) - non_negative(
        "order_rate", order_rate
    )
    return np.where(
        slack > 0,
        delay_probability(order_rate, service_rate, servers) / np.where(slack > 0, slack, 1.0),
        np.inf,
    )[()]


def servers_wait_tail(
    wait_longer_than: ArrayLike, order_rate: ArrayLike, service_rate: ArrayLike, servers: int
) -> Floats:
    """Share of orders that wait longer than a time before several equal servers (M/M/c).

    Formula: C exp(-(c mu - lambda) t). Share; 1 at full load. Source: Gross and Harris 1998, section 2.3.

    >>> round(float(servers_wait_tail(1, 0.5, 1, 1)), 6)  # 0.5 exp(-0.5)
    0.303265
    """
    slack = whole("servers", servers, 1) * positive("service_rate", service_rate) - non_negative(
        "order_rate", order_rate
    )
    tail = delay_probability(order_rate, service_rate, servers) * np.exp(
        -np.maximum(slack, 0.0) * non_negative("wait_longer_than", wait_longer_than)
    )
    return np.where(slack > 0, tail, 1.0)[()]
