"""Newsvendor: how much to hold when demand is uncertain and leftovers and shortages both cost money."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, finite, fraction, non_negative, positive
from tests.closed_forms.distributions.distributions import demand_distribution
from tests.closed_forms.distributions.loss import surplus

__all__ = [
    "critical_ratio",
    "critical_ratio_of_prices",
    "implied_shortage_cost",
    "newsvendor_cost",
    "newsvendor_level",
    "newsvendor_profit",
    "newsvendor_sales",
]


def critical_ratio(shortage_cost: ArrayLike, holding_cost: ArrayLike) -> Floats:
    """Share of outcomes in which the level should cover demand, when a shortage and a leftover cost this much.

    Formula: b / (b + h), b shortage cost, h holding cost (same unit, per unit or per unit and time).
    Assumes both costs linear. Source: Arrow, Harris and Marschak 1951; Snyder and Shen 2019, section 4.3.
    Raises ValueError where both costs are zero.

    >>> float(critical_ratio(9, 1))
    0.9
    """
    b, h = non_negative("shortage_cost", shortage_cost), non_negative("holding_cost", holding_cost)
    if np.any(b + h <= 0):
        raise ValueError("shortage_cost and holding_cost must not both be zero")
    return b / (b + h)


def critical_ratio_of_prices(
    price: ArrayLike, unit_cost: ArrayLike, salvage: ArrayLike = 0.0, goodwill: ArrayLike = 0.0
) -> Floats:
    """Share of outcomes a single purchase should cover, from price, cost, salvage and goodwill (money per unit).

    Formula: (p - c + g) / (p - v + g); not above 0 means: buy nothing (returned as 0); salvage at or above cost
    has no finite answer and is refused.
    Assumes one selling season and a last buy without replenishment. Source: Snyder and Shen 2019, section 4.3.

    >>> float(critical_ratio_of_prices(40, 22, 6, 5))  # 23 / 39
    0.5897435897435898
    """
    p, c, v, g = (
        finite("price", price),
        finite("unit_cost", unit_cost),
        finite("salvage", salvage),
        non_negative("goodwill", goodwill),
    )
    if np.any(v >= c):
        raise ValueError("salvage must be below unit_cost, else buying more always pays")
    under = p - c + g
    return np.where(under > 0, under / np.where(under > 0, under + c - v, 1.0), 0.0)[()]


def implied_shortage_cost(cycle_service_level: ArrayLike, holding_cost: ArrayLike) -> Floats:
    """What a service target says a shortage costs: the honest check of a target nobody can price.

    Formula: b = h CSL / (1 - CSL); money per unit and time, as the holding cost.
    Assumes the target was set as the best level would be. Source: the critical ratio solved for b.

    >>> round(float(implied_shortage_cost(0.95, 2)), 6)
    38.0
    """
    csl = fraction("cycle_service_level", cycle_service_level)
    h = non_negative("holding_cost", holding_cost)
    with np.errstate(divide="ignore"):
        return np.where(csl < 1, h * csl / np.where(csl < 1, 1 - csl, 1.0), np.inf)[()]


def newsvendor_level(distribution: str, ratio: ArrayLike, *parameters: Any) -> Floats:
    """The smallest level that covers demand with probability `ratio`: the best level, in units.

    Formula: min{S: F(S) >= ratio}; a whole number where demand is in whole units, never below zero there.
    `distribution` and `parameters` as in DISTRIBUTIONS. Assumes the distribution is known.
    Source: Arrow, Harris and Marschak 1951; Snyder and Shen 2019, sections 4.3.2 and 4.3.3.

    >>> float(newsvendor_level("uniform", 0.75, 0, 20))
    15.0
    >>> float(newsvendor_level("poisson", 0.13, 2))  # P(D = 0) = exp(-2) = 0.135
    0.0
    """
    kind = demand_distribution(distribution)
    level = np.asarray(kind.quantile(fraction("ratio", ratio), *parameters), np.float64)
    return np.maximum(level, 0.0)[()] if kind.integer else level[()]


def newsvendor_cost(
    distribution: str, level: ArrayLike, holding_cost: ArrayLike, shortage_cost: ArrayLike, *parameters: Any
) -> Floats:
    """Expected cost of a level: leftovers times holding cost plus shortages times shortage cost (money).

    Formula: h E[(S - D)+] + b E[(D - S)+]. Costs in money per unit (and per period, for a periodic level).
    `distribution` and `parameters` as in DISTRIBUTIONS. Assumes linear costs. Source: Snyder and Shen 2019, section 4.3.

    >>> round(float(newsvendor_cost("uniform", 6, 1, 2, 0, 10)), 6)  # leftovers 1.8, short 0.8
    3.4
    """
    kind = demand_distribution(distribution)
    short = kind.loss(level, *parameters)
    return (
        non_negative("holding_cost", holding_cost) * surplus(level, kind.mean(*parameters), short)
        + non_negative("shortage_cost", shortage_cost) * short
    )


def newsvendor_sales(distribution: str, level: ArrayLike, *parameters: Any) -> Floats:
    """Units sold on average from one purchase of `level` units.

    Formula: E[min(D, S)] = E[D] - E[(D - S)+]. Units. Source: identity.

    >>> round(float(newsvendor_sales("uniform", 6, 0, 10)), 6)
    4.2
    """
    kind = demand_distribution(distribution)
    return kind.mean(*parameters) - kind.loss(level, *parameters)


def newsvendor_profit(
    distribution: str,
    level: ArrayLike,
    price: ArrayLike,
    unit_cost: ArrayLike,
    salvage: ArrayLike,
    goodwill: ArrayLike,
    *parameters: Any,
) -> Floats:
    """Expected profit of one purchase of `level` units: sales, salvage of leftovers, goodwill of the unserved.

    Formula: p E[min(D, S)] + v E[(S - D)+] - c S - g E[(D - S)+]. Money.
    Assumes one season, no reorder. Source: Snyder and Shen 2019, section 4.3.

    >>> round(float(newsvendor_profit("uniform", 6, 10, 4, 1, 0, 0, 10)), 6)  # 42 + 1.8 - 24
    19.8
    """
    kind = demand_distribution(distribution)
    short = kind.loss(level, *parameters)
    mean = kind.mean(*parameters)
    left = surplus(level, mean, short)
    sold = mean - short
    bought = positive("unit_cost", unit_cost) * np.asarray(level, float)
    return (
        finite("price", price) * sold
        + finite("salvage", salvage) * left
        - bought
        - non_negative("goodwill", goodwill) * short
    )
