"""Base stock: every unit sold is reordered at once (S - 1, S), or stock is raised to a level at every review (R, S)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import integrate, stats

from analytics.policy.arguments import Floats, finite, non_negative, positive
from tests.closed_forms.distributions.loss import normal_loss
from tests.closed_forms.distributions.loss_discrete import poisson_loss

__all__ = [
    "backordered_units",
    "base_stock_cost",
    "base_stock_fill_rate",
    "base_stock_wait",
    "best_base_stock",
    "lost_sales_on_hand",
    "lost_share",
    "periodic_backorders",
    "periodic_on_hand",
    "pipeline_units",
    "units_on_hand",
]


def best_base_stock(
    demand_rate: ArrayLike, lead_time: ArrayLike, holding_cost: ArrayLike, backorder_cost: ArrayLike
) -> Floats:
    """The best base stock against Poisson demand when every sale is reordered at once; 0 means: do not stock.

    Formula: smallest S with F(S) >= b / (b + h), F the Poisson distribution of demand over the lead time. Units.
    Any independent lead times with this mean give the same answer. Obsolescence: h + hazard (c - v) for h.
    Assumes single units, everybody waits. Source: Palm 1938; Zipkin 2000, section 6.2.

    >>> float(best_base_stock(2, 3, 1, 19)), float(best_base_stock(0.1, 1, 4, 36))
    (10.0, 0.0)
    """
    mean = non_negative("demand_rate", demand_rate) * non_negative("lead_time", lead_time)
    h, b = positive("holding_cost", holding_cost), non_negative("backorder_cost", backorder_cost)
    return np.maximum(stats.poisson.ppf(b / (b + h), mean), 0.0)[()]


def backordered_units(base_stock: ArrayLike, demand_rate: ArrayLike, lead_time: ArrayLike) -> Floats:
    """Units on backorder on average at a base stock.

    Formula: E[(D - S)+], D Poisson demand over the lead time. Units. Source: Zipkin 2000, section 6.2.

    >>> float(backordered_units(0, 2, 3))
    6.0
    """
    return poisson_loss(
        non_negative("base_stock", base_stock),
        non_negative("demand_rate", demand_rate) * non_negative("lead_time", lead_time),
    )


def units_on_hand(base_stock: ArrayLike, demand_rate: ArrayLike, lead_time: ArrayLike) -> Floats:
    """Units on the shelf on average at a base stock.

    Formula: S - lambda L + E[B]. Units. Source: Zipkin 2000, section 6.2.

    >>> round(float(units_on_hand(1, 2, 0.5)), 6)  # P(D = 0) = exp(-1)
    0.367879
    """
    mean = non_negative("demand_rate", demand_rate) * non_negative("lead_time", lead_time)
    return np.asarray(base_stock, float) - mean + backordered_units(base_stock, demand_rate, lead_time)


def base_stock_fill_rate(base_stock: ArrayLike, demand_rate: ArrayLike, lead_time: ArrayLike) -> Floats:
    """Share of demand served at once at a base stock; for single Poisson units also the share of time with stock.

    Formula: P(D <= S - 1). Share. Assumes everybody waits. Source: Zipkin 2000, section 6.2.

    >>> round(float(base_stock_fill_rate(1, 2, 0.5)), 6)
    0.367879
    """
    mean = non_negative("demand_rate", demand_rate) * non_negative("lead_time", lead_time)
    return np.asarray(stats.poisson.cdf(non_negative("base_stock", base_stock) - 1, mean))


def base_stock_wait(base_stock: ArrayLike, demand_rate: ArrayLike, lead_time: ArrayLike) -> Floats:
    """Mean wait over all customers at a base stock, those served at once included.

    Formula: E[B] / lambda (Little's law). Time, in the unit of the rate. Source: Little 1961.

    >>> float(base_stock_wait(0, 2, 3))
    3.0
    """
    return backordered_units(base_stock, demand_rate, lead_time) / positive("demand_rate", demand_rate)


def base_stock_cost(
    base_stock: ArrayLike,
    demand_rate: ArrayLike,
    lead_time: ArrayLike,
    holding_cost: ArrayLike,
    backorder_cost: ArrayLike,
) -> Floats:
    """Holding plus backorder cost of a base stock, per unit of time.

    Formula: h E[on hand] + b E[B]. Money per unit of time. Source: Zipkin 2000, section 6.2.

    >>> float(base_stock_cost(0, 2, 3, 1, 4))
    24.0
    """
    held = units_on_hand(base_stock, demand_rate, lead_time)
    return non_negative("holding_cost", holding_cost) * held + non_negative(
        "backorder_cost", backorder_cost
    ) * backordered_units(base_stock, demand_rate, lead_time)


def lost_share(base_stock: ArrayLike, demand_rate: ArrayLike, lead_time: ArrayLike) -> Floats:
    """Share of demand lost at a base stock when nobody waits.

    Formula: Erlang's loss B(S, lambda L) = poisson(S) / P(Poisson <= S), by the recursion B(s) = a B / (s + a B).
    Share; holds for any lead-time distribution. Source: Erlang 1917; Karush 1957.
    Raises ValueError for a base stock that is not whole.

    >>> float(lost_share(1, 2, 1)), float(lost_share(2, 2, 1))  # 2 / 3, then 2 (2/3) / (2 + 4/3)
    (0.6666666666666666, 0.4)
    """
    load, levels = np.broadcast_arrays(
        non_negative("demand_rate", demand_rate) * non_negative("lead_time", lead_time),
        non_negative("base_stock", base_stock),
    )
    lost = np.ones(levels.shape)
    result = np.where(levels == 0, 1.0, 0.0)
    for s in range(1, int(levels.max(initial=0)) + 1):
        lost = load * lost / (s + load * lost)
        result = np.where(levels == s, lost, result)
    if np.any(levels != np.floor(levels)):
        raise ValueError("base_stock must be whole")
    return result[()]


def lost_sales_on_hand(base_stock: ArrayLike, demand_rate: ArrayLike, lead_time: ArrayLike) -> Floats:
    """Units on the shelf on average at a base stock when nobody waits.

    Formula: S - lambda L (1 - lost share): what is not on the shelf is on order (Little). Units. Source: Karush 1957.

    >>> round(float(lost_sales_on_hand(2, 2, 1)), 6)  # 2 - 2 x 0.6
    0.8
    """
    load = non_negative("demand_rate", demand_rate) * non_negative("lead_time", lead_time)
    return np.asarray(base_stock, float) - load * (1.0 - lost_share(base_stock, demand_rate, lead_time))


def periodic_backorders(
    level: float, mean: float, standard_deviation: float, lead_time: float, review_period: float
) -> float:
    """Units on backorder, averaged over time, of an order-up-to level against normal demand.

    Formula: (1 / R) times the integral of E[(D_t - S)+] over t from L to L + R, D_t demand of t periods. Units.
    Assumes demand accrues continuously with independent increments. Source: Hadley and Whitin 1963, chapter 5.

    >>> round(periodic_backorders(0, 10, 0, 1, 2), 6)  # mean of 10 t over (1, 3)
    20.0
    """
    s, m = float(finite("level", level)), float(non_negative("mean", mean))
    sd, lead = (
        float(non_negative("standard_deviation", standard_deviation)),
        float(non_negative("lead_time", lead_time)),
    )
    review = float(non_negative("review_period", review_period))
    if review == 0:
        return float(normal_loss(s, m * lead, sd * np.sqrt(lead)))
    empty = [s / m] if m > 0 and lead < s / m < lead + review else None
    area, _ = integrate.quad(
        lambda t: float(normal_loss(s, m * t, sd * np.sqrt(t))),
        lead,
        lead + review,
        points=empty,
        epsabs=1e-12,
        epsrel=1e-11,
        limit=200,
    )
    return area / review


def periodic_on_hand(
    level: float, mean: float, standard_deviation: float, lead_time: float, review_period: float
) -> float:
    """Units on the shelf, averaged over time, of an order-up-to level: cycle stock and safety stock together.

    Formula: S - mu (L + R / 2) + E[B]. Units. Safety stock alone understates it by half a review's demand.
    Source: Hadley and Whitin 1963, chapter 5.

    >>> round(periodic_on_hand(60, 10, 0, 1, 2), 6)  # 60 - 20
    40.0
    """
    held = periodic_backorders(level, mean, standard_deviation, lead_time, review_period)
    return float(level) - float(mean) * (float(lead_time) + float(review_period) / 2.0) + held


def pipeline_units(demand_rate: ArrayLike, lead_time: ArrayLike) -> Floats:
    """Units on order on average.

    Formula: lambda L (Little's law). Units; they carry capital only where they are owned. Source: Little 1961.

    >>> float(pipeline_units(100, 4))
    400.0
    """
    return non_negative("demand_rate", demand_rate) * non_negative("lead_time", lead_time)
