"""Loss functions of demand in whole units: Poisson, negative binomial and any list of values with probabilities.

A level may lie between whole numbers. The second-order loss at a whole x is half of E[(D - x)+ (D - x - 1)+],
the sum of the losses at x + 1, x + 2, ...
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analytics.policy.arguments import Floats, finite, fraction, non_negative, positive

__all__ = [
    "empirical_loss",
    "negative_binomial_loss",
    "negative_binomial_second_order_loss",
    "poisson_loss",
    "poisson_second_order_loss",
]


def _whole_level(level: ArrayLike) -> Floats:
    x = finite("level", level)
    if np.any(x != np.floor(x)):
        raise ValueError(
            f"level must be whole for a second-order loss, got {float(x[x != np.floor(x)].flat[0]):g}"
        )
    return x


def poisson_loss(level: ArrayLike, mean: ArrayLike) -> Floats:
    """Units short on average at a level against Poisson demand.

    Formula: m P(D >= n - 1) - x P(D >= n) with n the first whole number above x; for a whole x this is
    -(x - m)(1 - F(x)) + m f(x). Units in, units out.
    Assumes single units ordered at random moments. Source: Hadley and Whitin 1963; Snyder and Shen 2019, section C.3.

    >>> round(float(poisson_loss(1, 2)), 6)  # 2 - 1 + P(D = 0) = 1 + exp(-2)
    1.135335
    """
    x, m = finite("level", level), non_negative("mean", mean)
    k = np.floor(x)
    return np.maximum(m * stats.poisson.sf(k - 1, m) - x * stats.poisson.sf(k, m), 0.0)


def poisson_second_order_loss(level: ArrayLike, mean: ArrayLike) -> Floats:
    """Sum of the Poisson losses at all whole levels above a whole level, in units squared.

    Formula: (m^2 P(D >= x - 1) - 2 x m P(D >= x) + (x^2 + x) P(D >= x + 1)) / 2.
    Assumes Poisson demand and a whole level. Source: Hadley and Whitin 1963, chapter 4.

    >>> round(float(poisson_second_order_loss(0, 2)), 6)  # E[D (D - 1)] / 2 = m^2 / 2
    2.0
    """
    x, m = _whole_level(level), non_negative("mean", mean)
    tail = stats.poisson.sf
    return np.maximum(
        (m * m * tail(x - 2, m) - 2.0 * x * m * tail(x - 1, m) + (x * x + x) * tail(x, m)) / 2.0, 0.0
    )


def negative_binomial_loss(level: ArrayLike, successes: ArrayLike, probability: ArrayLike) -> Floats:
    """Units short on average at a level against negative binomial demand (more variable than Poisson).

    Formula: m P(D' >= n - 1) - x P(D >= n), n the first whole number above x, m = r (1 - p) / p the mean,
    D' negative binomial with r + 1. r `successes` (any positive number), p `probability`.
    Assumes negative binomial demand: Poisson orders with a gamma rate. Source: Snyder and Shen 2019, section C.3.

    >>> round(float(negative_binomial_loss(0, 1, 0.5)), 6)  # geometric with mean 1
    1.0
    """
    x, r = finite("level", level), positive("successes", successes)
    p = fraction("probability", probability, inside=True)
    k, mean = np.floor(x), r * (1.0 - p) / p
    return np.maximum(mean * stats.nbinom.sf(k - 1, r + 1.0, p) - x * stats.nbinom.sf(k, r, p), 0.0)


def negative_binomial_second_order_loss(
    level: ArrayLike, successes: ArrayLike, probability: ArrayLike
) -> Floats:
    """Sum of the negative binomial losses at all whole levels above a whole level, in units squared.

    Formula: (r (r + 1) q^2 P(D'' >= x - 1) - 2 x r q P(D' >= x) + (x^2 + x) P(D >= x + 1)) / 2, q = (1 - p) / p,
    D' and D'' negative binomial with r + 1 and r + 2. Source: as the first-order loss; derived by the same shift.

    >>> round(float(negative_binomial_second_order_loss(0, 1, 0.5)), 6)  # E[D (D - 1)] / 2 of a geometric with mean 1
    1.0
    """
    x, r = _whole_level(level), positive("successes", successes)
    p = fraction("probability", probability, inside=True)
    q, tail = (1.0 - p) / p, stats.nbinom.sf
    total = (
        r * (r + 1.0) * q * q * tail(x - 2, r + 2.0, p)
        - 2.0 * x * r * q * tail(x - 1, r + 1.0, p)
        + (x * x + x) * tail(x, r, p)
    )
    return np.maximum(total / 2.0, 0.0)


def empirical_loss(level: ArrayLike, values: ArrayLike, probabilities: ArrayLike | None = None) -> Floats:
    """Units short on average at a level against demand that takes listed values.

    Formula: sum of probability x (value - level)+. `probabilities` default to equal; they must sum to 1.
    Shapes: level any, values and probabilities (n,); returns the shape of level, in units.
    Assumes the listed values are all that can happen: no tail beyond the largest. Source: definition.

    >>> float(empirical_loss(4, [2, 6, 10]))  # (0 + 2 + 6) / 3
    2.6666666666666665
    """
    x, v, weights = finite("level", level), *listed(values, probabilities)
    return (np.maximum(v - x[..., None], 0.0) @ weights)[()]


def listed(values: ArrayLike, probabilities: ArrayLike | None) -> tuple[Floats, Floats]:
    """Values and their probabilities as arrays, checked: same length, probabilities that sum to one.

    Raises ValueError where they differ in number or do not sum to one.

    >>> listed([1, 2], None)[1].tolist()
    [0.5, 0.5]
    """
    v = np.atleast_1d(finite("values", values))
    if probabilities is None:
        return v, np.full(len(v), 1.0 / len(v))
    weights = np.atleast_1d(fraction("probabilities", probabilities))
    if len(weights) != len(v) or abs(weights.sum() - 1.0) > 1e-6:
        raise ValueError(
            f"probabilities must match values in number and sum to 1, got {len(weights)} that sum to {weights.sum():g}"
        )
    return v, weights / weights.sum()
