"""Stock in front of a shop of limited capacity: how much to hold, and when to hold none and make to order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, fraction, non_negative, positive

__all__ = [
    "ServiceTime",
    "best_queue_base_stock",
    "no_orders_probability",
    "orders_in_system",
    "queue_base_stock_cost",
    "server_backorders",
    "server_base_stock",
    "server_base_stock_cost",
    "server_on_hand",
    "service_time",
]


class ServiceTime(NamedTuple):
    """Work per order: its mean, its squared coefficient of variation and its Laplace transform E[exp(-s time)]."""

    mean: float
    variability: float
    transform: Callable[[Any], Any]


def service_time(kind: str, mean: float, variability: float | None = None) -> ServiceTime:
    """Work per order by name: deterministic, exponential, gamma or erlang (any variability), uniform, hyperexponential.

    `variability` is the squared coefficient of variation; uniform work without one spreads from 0 to twice the mean;
    hyperexponential (variability above 1) is the two-phase mixture with balanced means.
    Source: transforms of the distributions; balanced means: Whitt 1982.
    Raises ValueError for another name, and for hyperexponential work that varies too little.

    >>> round(float(service_time("exponential", 2).transform(0.5)), 6)  # 1 / (1 + 1)
    0.5
    """
    m = float(positive("mean", mean))
    if kind == "deterministic" or (kind in ("gamma", "erlang") and variability == 0):
        return ServiceTime(m, 0.0, lambda s: np.exp(-s * m))
    if kind == "exponential":
        return ServiceTime(m, 1.0, lambda s: 1.0 / (1.0 + s * m))
    if kind in ("gamma", "erlang"):
        v = float(positive("variability", 1.0 if variability is None else variability))
        return ServiceTime(m, v, lambda s: (1.0 + s * m * v) ** (-1.0 / v))
    if kind == "uniform":
        v = 1.0 / 3.0 if variability is None else float(fraction("variability", 3.0 * variability)) / 3.0
        half = m * np.sqrt(3.0 * v)
        return ServiceTime(
            m,
            v,
            lambda s: (
                np.exp(-s * m)
                * np.where(
                    np.abs(s * half) < 1e-8,
                    1.0,
                    np.sinh(s * half) / np.where(np.abs(s * half) < 1e-8, 1.0, s * half),
                )
            ),
        )
    if kind == "hyperexponential":
        if variability is None or variability <= 1:
            raise ValueError(f"variability must be above 1 for hyperexponential work, got {variability}")
        v = float(variability)
        p = (1.0 + np.sqrt((v - 1.0) / (v + 1.0))) / 2.0
        return ServiceTime(
            m, v, lambda s: p / (1.0 + s * m / (2.0 * p)) + (1.0 - p) / (1.0 + s * m / (2.0 * (1.0 - p)))
        )
    raise ValueError(
        f"service kind must be deterministic, exponential, gamma, erlang, uniform or hyperexponential, got {kind!r}"
    )


def _waiting_transform(rates: Floats, services: Sequence[ServiceTime]) -> tuple[Callable[[Any], Any], float]:
    total = float(rates.sum())
    rho = float(sum(rate * service.mean for rate, service in zip(rates, services, strict=True)))
    if rho >= 1:
        raise ValueError(f"the load must be below 1, got {rho:g}: these orders cannot be carried")

    def transform(s: Any) -> Any:
        mixed = sum(
            rate / total * service.transform(s) for rate, service in zip(rates, services, strict=True)
        )
        return (1.0 - rho) * s / (s - total + total * mixed)

    return transform, rho


def no_orders_probability(order_rates: ArrayLike, services: Sequence[ServiceTime]) -> Floats:
    """Share of time without a single order of a product in the shop: what decides between stock and order.

    Formula: [(1 - rho) li / (li - L + L B(li))] Bi(li), li the product's order rate, L the sum, B and Bi the transforms of
    the mixed and of its own work; for common exponential work (mu - L) / (mu - L + li). Shape (products,), share.
    Assumes random orders, one shop, first come first served. Source: Arreola-Risa and DeCroix 1998, by the distributional form
    of Little's law. A load of 1 or more is refused.

    >>> no_orders_probability([0.25, 0.25], [service_time("exponential", 1)] * 2).round(6).tolist()  # 0.5 / 0.75
    [0.666667, 0.666667]
    """
    rates = np.atleast_1d(positive("order_rates", order_rates))
    wait, _ = _waiting_transform(rates, services)
    return np.array(
        [float(wait(rate) * service.transform(rate)) for rate, service in zip(rates, services, strict=True)]
    )


def orders_in_system(order_rates: ArrayLike, services: Sequence[ServiceTime], product: int = 0) -> Floats:
    """Probabilities of 0, 1, 2, ... orders of one product in the shop.

    Formula: generating function W(li (1 - z)) Bi(li (1 - z)), W transform of the wait; inverted by a Fourier sum on the unit circle,
    long enough that the cut tail is below 1e-12. Shape (n,). Assumes as no_orders_probability.
    Source: Keilson and Servi 1988 (distributional Little's law); Abate and Whitt 1992 (inversion).

    >>> orders_in_system([0.5], [service_time("exponential", 1)])[:3].round(9).tolist()  # 0.5^(n + 1)
    [0.5, 0.25, 0.125]
    """
    rates = np.atleast_1d(positive("order_rates", order_rates))
    wait, rho = _waiting_transform(rates, services)
    mixed = max(service.variability for service in services)
    size = 1 << int(np.ceil(np.log2(64.0 * (1.0 + mixed) / (1.0 - rho) + 256.0)))
    z = np.exp(2j * np.pi * np.arange(size) / size)
    s = rates[product] * (1.0 - z)
    values = np.ones(size, dtype=complex)
    values[1:] = wait(s[1:]) * services[product].transform(s[1:])
    return np.maximum(np.fft.fft(values).real / size, 0.0)


def best_queue_base_stock(probabilities: ArrayLike, holding_cost: float, backorder_cost: float) -> int:
    """The best base stock in front of a shop; 0 means make to order.

    Formula: smallest S with P(N <= S) >= b / (b + h), N orders in the shop. Units. Costs in money/unit and time.
    Source: Buzacott and Shanthikumar 1993, chapter 4; Arreola-Risa and DeCroix 1998.

    >>> best_queue_base_stock([0.5, 0.25, 0.125, 0.125], 1, 4)  # 0.75 is short of 0.8
    2
    """
    h, b = (
        float(non_negative("holding_cost", holding_cost)),
        float(non_negative("backorder_cost", backorder_cost)),
    )
    below = np.cumsum(np.asarray(probabilities, float))
    return int(np.searchsorted(below, b / (b + h) - 1e-12))


def queue_base_stock_cost(
    base_stock: int, probabilities: ArrayLike, holding_cost: float, backorder_cost: float
) -> float:
    """Holding plus backorder cost of a base stock in front of a shop, per unit of time.

    Formula: h E[(S - N)+] + b E[(N - S)+]. Source: Buzacott and Shanthikumar 1993, chapter 4.

    >>> queue_base_stock_cost(1, [0.5, 0.25, 0.25], 1, 4)  # 0.5 + 4 x 0.25
    1.5
    """
    p = np.asarray(probabilities, float)
    n = np.arange(len(p)) - float(base_stock)
    return float(
        non_negative("holding_cost", holding_cost) * (p @ np.maximum(-n, 0.0))
        + non_negative("backorder_cost", backorder_cost) * (p @ np.maximum(n, 0.0))
    )


def _load(order_rate: ArrayLike, service_rate: ArrayLike) -> Floats:
    rho = non_negative("order_rate", order_rate) / positive("service_rate", service_rate)
    if np.any(rho >= 1):
        raise ValueError(
            f"the load must be below 1, got {float(np.max(rho)):g}: these orders cannot be carried"
        )
    return rho


def server_base_stock(
    order_rate: ArrayLike, service_rate: ArrayLike, holding_cost: ArrayLike, backorder_cost: ArrayLike
) -> Floats:
    """The best base stock in front of one exponential server; 0 exactly where making to order is at least as good.

    Formula: floor(ln(h / (h + b)) / ln rho). Units. Make to order is best iff rho <= h / (h + b).
    Assumes random orders, exponential work, everybody waits. Source: Buzacott and Shanthikumar 1993, chapter 4.

    >>> float(server_base_stock(0.5, 1, 1, 4))  # ln 0.2 / ln 0.5 = 2.32
    2.0
    """
    rho = _load(order_rate, service_rate)
    h, b = positive("holding_cost", holding_cost), non_negative("backorder_cost", backorder_cost)
    with np.errstate(divide="ignore"):
        ratio = np.where(rho > 0, np.log(h / (h + b)) / np.log(np.where(rho > 0, rho, 0.5)), 0.0)
    return np.where(rho <= h / (h + b) * (1.0 - 1e-12), 0.0, np.floor(ratio + 1e-9))[()]


def server_on_hand(base_stock: ArrayLike, order_rate: ArrayLike, service_rate: ArrayLike) -> Floats:
    """Units on the shelf on average in front of one exponential server.

    Formula: S - rho (1 - rho^S) / (1 - rho). Units. Source: Buzacott and Shanthikumar 1993, chapter 4.

    >>> float(server_on_hand(2, 0.5, 1))  # 2 - 0.75
    1.25
    """
    rho, s = _load(order_rate, service_rate), non_negative("base_stock", base_stock)
    return s - rho * (1.0 - rho**s) / (1.0 - rho)


def server_backorders(base_stock: ArrayLike, order_rate: ArrayLike, service_rate: ArrayLike) -> Floats:
    """Orders waiting on average in front of one exponential server with a base stock.

    Formula: rho^(S + 1) / (1 - rho). Units. Source: Buzacott and Shanthikumar 1993, chapter 4.

    >>> float(server_backorders(2, 0.5, 1))
    0.25
    """
    rho = _load(order_rate, service_rate)
    return rho ** (non_negative("base_stock", base_stock) + 1.0) / (1.0 - rho)


def server_base_stock_cost(
    base_stock: ArrayLike,
    order_rate: ArrayLike,
    service_rate: ArrayLike,
    holding_cost: ArrayLike,
    backorder_cost: ArrayLike,
) -> Floats:
    """Holding plus backorder cost of a base stock in front of one exponential server, per unit of time.

    Formula: h E[on hand] + b E[backorders]. Source: Buzacott and Shanthikumar 1993, chapter 4.

    >>> float(server_base_stock_cost(2, 0.5, 1, 1, 4))
    2.25
    """
    held = non_negative("holding_cost", holding_cost) * server_on_hand(base_stock, order_rate, service_rate)
    return held + non_negative("backorder_cost", backorder_cost) * server_backorders(
        base_stock, order_rate, service_rate
    )
