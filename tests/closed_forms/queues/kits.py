"""Assemble to order: whether all components of an order are there at once, and what sharing a component does to stocks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analytics.policy.arguments import fraction, non_negative

__all__ = [
    "CommonalityStocks",
    "order_fill_bounds",
    "order_fill_independent",
    "order_fill_shared_stream",
    "stocks_with_commonality",
]


def order_fill_independent(item_fills: ArrayLike) -> float:
    """Share of orders for which every component is there, if the components ran out independently.

    Formula: product of the component fill rates. Share. With shared order streams the truth is at least this.
    Source: Song 1998; Song and Zipkin 2003.

    >>> round(order_fill_independent([0.98] * 20), 4)
    0.6676
    """
    return float(np.prod(fraction("item_fills", item_fills)))


def order_fill_bounds(item_fills: ArrayLike) -> tuple[float, float]:
    """Least and greatest share of orders that can be filled at once, from the component fill rates (shared orders).

    Formula: (product, minimum) of the component fill rates. Shares. The lower bound needs components asked for by the same
    orders (their shortages are then positively associated). Source: Song 1998; Song and Zipkin 2003.

    >>> order_fill_bounds([0.9, 0.8])
    (0.7200000000000001, 0.8)
    """
    fills = np.atleast_1d(fraction("item_fills", item_fills))
    return order_fill_independent(fills), float(fills.min())


def order_fill_shared_stream(order_rate: float, lead_times: ArrayLike, base_stocks: ArrayLike) -> float:
    """Share of orders for which every component is there, when each order takes one of each and all orders are the same.

    Formula: P(D(L_j) <= S_j - 1 for every component j), D(t) Poisson orders in the last t: the lead-time demands nest, so the
    shorter is part of the longer. `lead_times` and `base_stocks` (components,). Share; exact.
    Assumes Poisson orders of one kit, constant lead times, base stocks. Source: Song 1998.

    >>> round(order_fill_shared_stream(1, [1, 1], [1, 2]), 6)  # both there iff no order in the last unit of time
    0.367879
    """
    rate = float(non_negative("order_rate", order_rate))
    lead, stock = (
        np.atleast_1d(non_negative("lead_times", lead_times)),
        np.atleast_1d(non_negative("base_stocks", base_stocks)),
    )
    if lead.shape != stock.shape:
        raise ValueError("lead_times and base_stocks must have one value a component")
    chance = np.ones(1)  # of 0, 1, ... orders so far, every component met
    before = 0.0
    for time, level in sorted(zip(lead.tolist(), stock.tolist(), strict=True)):
        allowed = int(np.ceil(level))
        if allowed < 1:
            return 0.0
        k, mean = np.arange(allowed), rate * (time - before)
        step = np.exp(special.xlogy(k, mean) - mean - special.gammaln(k + 1.0))  # Poisson
        chance = np.convolve(chance, step)[:allowed]
        before = time
    return float(chance.sum())


class CommonalityStocks(NamedTuple):
    """Stock of each unique component, of the common ones together, and of all (share of the largest demand)."""

    unique: float
    common: float
    total: float


def stocks_with_commonality(service: float) -> tuple[CommonalityStocks, CommonalityStocks]:
    """Stocks of two products without and with a shared component, at the same share of joint full service.

    Model: two products with independent demand spread evenly over 0 to 1, each of one unique and one other component, the other
    either per product or common to both. Formula without: every stock sqrt(service). With, by minimising 2 S + C subject to
    S^2 - (2 S - C)^2 / 2 = service: k = sqrt(service / 3.5), S = 2 k, C = 3 k while S <= 1, else S = 1, C = 2 - sqrt(2 (1 - service)).
    The common stock falls, the unique ones rise. Returns (without, with). Source: Baker, Magazine and Nuttle 1986.

    >>> without, shared = stocks_with_commonality(0.8)
    >>> round(without.total, 4), round(shared.unique, 4), round(shared.common, 4)
    (3.5777, 0.9562, 1.4343)
    """
    alpha = float(fraction("service", service))
    apart = alpha**0.5
    without = CommonalityStocks(apart, 2.0 * apart, 4.0 * apart)
    k = (alpha / 3.5) ** 0.5
    unique, common = (2.0 * k, 3.0 * k) if 2.0 * k <= 1.0 else (1.0, 2.0 - (2.0 * (1.0 - alpha)) ** 0.5)
    return without, CommonalityStocks(unique, common, 2.0 * unique + common)
