"""Obsolescence: lots and levels when a product can die without notice, and what is then left on the shelf."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from analytics.policy.arguments import Floats, finite, fraction, non_negative, positive

__all__ = [
    "annual_value_loss",
    "equivalent_erosion_rate",
    "eroded_value",
    "holding_cost_with_hazard",
    "obsolescence_lot",
    "obsolescence_lot_cost",
    "stranded_units",
    "stranded_units_gamma",
    "stranded_units_poisson",
    "stranding_probability_gamma",
]


def holding_cost_with_hazard(holding_cost: ArrayLike, hazard: ArrayLike, loss_per_unit: ArrayLike) -> Floats:
    """Holding cost with the expected write-off of sudden death in it, for choosing levels; never book both.

    Formula: h' = h + theta (c - v), theta hazard (1/year), c - v loss per unit stranded. Money/unit-year.
    Assumes an exponential life and hazard x protection interval small. Salvage above cost is refused.
    Source: Brown, Lu and Wolfson 1964; Song and Zipkin 1996.

    >>> float(holding_cost_with_hazard(5, 0.25, 60))
    20.0
    """
    return non_negative("holding_cost", holding_cost) + non_negative("hazard", hazard) * non_negative(
        "loss_per_unit", loss_per_unit
    )


def obsolescence_lot(
    setup_cost: float, demand_rate: float, holding_cost: float, hazard: float, loss_per_unit: float
) -> float:
    """The best lot when the product can die at any moment, exactly; smaller than the usual one.

    Formula: Q = x lambda / theta, x the root of e^x - 1 - x = theta^2 K / (lambda h'), h' = h + theta (c - v); without hazard
    the economic order quantity. Units. Assumes steady demand until an exponential death, no lead time.
    Source: Joglekar and Lee 1993.
    Raises ValueError where nothing makes a large lot dear.

    >>> round(obsolescence_lot(200, 1000, 4, 0.5, 18), 3), round(obsolescence_lot(50, 1200, 3, 0, 18), 3)
    (172.885, 200.0)
    """
    k, d, theta = (
        float(non_negative("setup_cost", setup_cost)),
        float(positive("demand_rate", demand_rate)),
        float(non_negative("hazard", hazard)),
    )
    cost = float(holding_cost_with_hazard(holding_cost, hazard, loss_per_unit))
    if cost <= 0:
        raise ValueError("holding_cost must be positive, or the hazard and the loss per unit")
    usual = float(np.sqrt(2.0 * k * d / cost))
    x = theta * usual / d
    if x < 1e-6:
        return usual
    target = theta * theta * k / (d * cost)
    root = optimize.brentq(
        lambda y: (
            float(np.expm1(y) - y) - target
            if y > 1e-4
            else y * y / 2.0 * (1.0 + y / 3.0 + y * y / 12.0) - target
        ),
        0.0,
        x,
        xtol=1e-15,
        rtol=1e-14,
    )
    return float(root) * d / theta


def obsolescence_lot_cost(
    order_quantity: ArrayLike,
    setup_cost: ArrayLike,
    demand_rate: ArrayLike,
    holding_cost: ArrayLike,
    hazard: ArrayLike,
    loss_per_unit: ArrayLike,
) -> Floats:
    """Set-up, holding and write-off cost of a lot per year of life, when the product can die at any moment.

    Formula: theta K / (1 - e^-x) + h' [Q / (1 - e^-x) - lambda / theta], x = theta Q / lambda; without hazard
    K lambda / Q + h Q / 2. Money/year. Assumes as obsolescence_lot. Source: Joglekar and Lee 1993.

    >>> round(float(obsolescence_lot_cost(300, 200, 1000, 4, 0.5, 18)), 2), float(obsolescence_lot_cost(200, 50, 1200, 3, 0, 9))
    (2716.65, 600.0)
    """
    q, d = positive("order_quantity", order_quantity), positive("demand_rate", demand_rate)
    k, theta = non_negative("setup_cost", setup_cost), non_negative("hazard", hazard)
    cost = holding_cost_with_hazard(holding_cost, hazard, loss_per_unit)
    x = theta * q / d
    small = x < 1e-5
    safe, rate = np.where(small, 1.0, x), np.where(small, 1.0, theta)
    gone = -np.expm1(-safe)
    exact = rate * k / gone + cost * (q / gone - d / rate)
    return np.where(small, k * d / q * (1.0 + x / 2.0) + cost * q / 2.0 * (1.0 + x / 6.0), exact)[()]


def stranded_units(stock: ArrayLike, demand_rate: ArrayLike, hazard: ArrayLike) -> Floats:
    """Units still on the shelf, on average, when the product dies and nothing more is bought (steady demand).

    Formula: I - (lambda / theta)(1 - exp(-theta I / lambda)); no hazard: 0; no demand: I. Units.
    Assumes an exponential death, demand as a steady flow. Source: race of demand and death; Brown, Lu and Wolfson 1964.

    >>> round(float(stranded_units(50, 20, 0.4)), 6)  # 50 - 50 (1 - 1/e)
    18.393972
    """
    i, d, theta = (
        non_negative("stock", stock),
        non_negative("demand_rate", demand_rate),
        non_negative("hazard", hazard),
    )
    both = (d > 0) & (theta > 0)
    rate, flow = np.where(both, theta, 1.0), np.where(both, d, 1.0)
    return np.where(both, i + flow / rate * np.expm1(-rate * i / flow), np.where(theta > 0, i, 0.0))[()]


def stranded_units_poisson(stock: ArrayLike, demand_rate: ArrayLike, hazard: ArrayLike) -> Floats:
    """Units still on the shelf, on average, when the product dies and nothing more is bought (single random orders).

    Formula: I - sum over k = 1..I of a^k = I - a (1 - a^I) / (1 - a), a = lambda / (lambda + theta). Units, whole stock.
    Assumes Poisson single units, an exponential death. Source: race of two Poisson processes.
    Raises ValueError for stock that is not in whole units.

    >>> float(stranded_units_poisson(2, 1, 1))  # 2 - 1/2 - 1/4
    1.25
    """
    i, d, theta = (
        non_negative("stock", stock),
        non_negative("demand_rate", demand_rate),
        non_negative("hazard", hazard),
    )
    if np.any(i != np.floor(i)):
        raise ValueError("stock must be in whole units")
    dying = theta > 0
    a = d / np.where(d + theta > 0, d + theta, 1.0)
    sold = a * (1.0 - a**i) / np.where(dying, 1.0 - np.where(dying, a, 0.0), 1.0)
    return np.where(dying, i - sold, 0.0)[()]


def stranded_units_gamma(stock: ArrayLike, shape: ArrayLike, scale: ArrayLike) -> Floats:
    """Units left on average when a shelf life or a known end comes, against gamma demand until then.

    Formula: I F(I; a, b) - a b F(I; a + 1, b), F gamma distribution. Units. Assumes no replenishment until the end.
    Source: gamma identity (Burgin 1975).

    >>> round(float(stranded_units_gamma(2, 1, 1)), 6)  # exponential: 2 - (1 - exp(-2))
    1.135335
    """
    i, a, b = non_negative("stock", stock), positive("shape", shape), positive("scale", scale)
    return i * special.gammainc(a, i / b) - a * b * special.gammainc(a + 1.0, i / b)


def stranding_probability_gamma(stock: ArrayLike, shape: ArrayLike, scale: ArrayLike) -> Floats:
    """Chance that anything at all is left when the end comes, against gamma demand until then.

    Formula: F(I; a, b). Share. Source: definition.

    >>> round(float(stranding_probability_gamma(1, 1, 1)), 6)  # 1 - 1/e
    0.632121
    """
    return special.gammainc(positive("shape", shape), non_negative("stock", stock) / positive("scale", scale))


def annual_value_loss(weekly_erosion: ArrayLike, weeks: ArrayLike = 52) -> Floats:
    """Share of value lost in a year when prices fall by the same share every week.

    Formula: 1 - (1 - e)^52. Share. Assumes an even pace. Source: compounding.

    >>> float(annual_value_loss(0.5, 2))
    0.75
    """
    return 1.0 - (1.0 - fraction("weekly_erosion", weekly_erosion)) ** non_negative("weeks", weeks)


def eroded_value(
    units: ArrayLike, unit_value: ArrayLike, weekly_erosion: ArrayLike, weeks_held: ArrayLike
) -> Floats:
    """Value lost on stock that is held while prices fall: charged on what is held only, replacement gets cheaper too.

    Formula: units x value x (1 - (1 - e)^weeks). Money. Source: compounding.

    >>> float(eroded_value(10, 100, 0.5, 2))
    750.0
    """
    return (
        finite("units", units)
        * finite("unit_value", unit_value)
        * annual_value_loss(weekly_erosion, weeks_held)
    )


def equivalent_erosion_rate(weekly_erosion: ArrayLike, weeks: ArrayLike = 52) -> Floats:
    """What a weekly price fall adds to the carrying rate of a year.

    Formula: -52 ln(1 - e): minus the growth rate of the logarithm of price. 1/year. Source: Khouja, Park and Cai 2006 (the pace).

    >>> round(float(equivalent_erosion_rate(0.01)), 4)
    0.5226
    """
    return -np.asarray(weeks, float) * np.log1p(-fraction("weekly_erosion", weekly_erosion)) + 0.0
