"""Loss functions of continuous demand: the units short, on average, when a level must cover random demand.

The loss at a level x is E[(D - x)+]; the surplus E[(x - D)+] = x - E[D] + loss. The second-order loss is
half of E[((D - x)+)^2], the integral of the loss above x. Every function works element by element.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analytics.policy.arguments import Floats, finite, non_negative, positive

__all__ = [
    "exponential_loss",
    "gamma_loss",
    "lognormal_loss",
    "normal_loss",
    "normal_second_order_loss",
    "standard_normal_loss",
    "standard_normal_second_order_loss",
    "surplus",
    "uniform_loss",
]


def surplus(level: ArrayLike, mean: ArrayLike, loss: ArrayLike) -> Floats:
    """Units left over on average at a level whose loss is known (the complementary loss).

    Formula: E[(x - D)+] = x - E[D] + E[(D - x)+], x level. Units in, units out.
    Assumes nothing about the distribution. Source: identity.

    >>> float(surplus(10, 7, 0.5))
    3.5
    """
    return np.asarray(level, float) - np.asarray(mean, float) + np.asarray(loss, float)


def _density(z: Floats) -> Floats:
    """Density of the standard normal (scipy.stats takes 45 MB and half a second to load)."""
    return np.exp(-z * z / 2.0) / np.sqrt(2.0 * np.pi)


def standard_normal_loss(z: ArrayLike) -> Floats:
    """Units short, in standard deviations, at z standard deviations above the mean.

    Formula: G(z) = phi(z) - z (1 - Phi(z)), phi density and Phi distribution function of the standard normal.
    Assumes normal demand. Source: Hadley and Whitin 1963; Snyder and Shen 2019, section C.3.

    >>> round(float(standard_normal_loss(0.0)), 6)  # phi(0) = 1 / sqrt(2 pi)
    0.398942
    """
    z = np.asarray(z, np.float64)
    with np.errstate(invalid="ignore"):
        return np.maximum(_density(z) - z * special.ndtr(-z), 0.0)


def standard_normal_second_order_loss(z: ArrayLike) -> Floats:
    """Integral of the loss above z: what averaging backorders over a lot needs.

    Formula: H(z) = ((z^2 + 1)(1 - Phi(z)) - z phi(z)) / 2 = E[((Z - z)+)^2] / 2.
    Assumes normal demand. Source: Hadley and Whitin 1963, chapter 4; Snyder and Shen 2019, section C.3.

    >>> float(standard_normal_second_order_loss(0.0))  # half of half the unit variance
    0.25
    """
    z = np.asarray(z, np.float64)
    return np.maximum(((z * z + 1.0) * special.ndtr(-z) - z * _density(z)) / 2.0, 0.0)


def normal_loss(level: ArrayLike, mean: ArrayLike, standard_deviation: ArrayLike) -> Floats:
    """Units short on average at a level against normal demand.

    Formula: sigma G((x - mu) / sigma); with sigma = 0 it is (mu - x)+.
    Parameters in units, broadcast together; returns units.
    Assumes normal demand, negative values included: poor above a coefficient of variation of about 0.3.
    Source: Hadley and Whitin 1963; Snyder and Shen 2019, section C.3.

    >>> round(float(normal_loss(10, 10, 5)), 6)  # 5 phi(0)
    1.994711
    >>> float(normal_loss(8, 10, 0))
    2.0
    """
    level, mean = finite("level", level), finite("mean", mean)
    sd = non_negative("standard_deviation", standard_deviation)
    safe = np.where(sd > 0, sd, 1.0)
    return np.where(
        sd > 0, safe * standard_normal_loss((level - mean) / safe), np.maximum(mean - level, 0.0)
    )[()]


def normal_second_order_loss(level: ArrayLike, mean: ArrayLike, standard_deviation: ArrayLike) -> Floats:
    """Half the mean square of the units short at a level against normal demand, in units squared.

    Formula: sigma^2 H((x - mu) / sigma); with sigma = 0 it is ((mu - x)+)^2 / 2.
    Assumes normal demand. Source: Hadley and Whitin 1963, chapter 4.

    >>> float(normal_second_order_loss(10, 10, 2))  # 4 x 0.25
    1.0
    """
    level, mean = finite("level", level), finite("mean", mean)
    sd = non_negative("standard_deviation", standard_deviation)
    safe = np.where(sd > 0, sd, 1.0)
    certain = np.maximum(mean - level, 0.0) ** 2 / 2.0
    return np.where(sd > 0, safe**2 * standard_normal_second_order_loss((level - mean) / safe), certain)[()]


def lognormal_loss(level: ArrayLike, log_mean: ArrayLike, log_standard_deviation: ArrayLike) -> Floats:
    """Units short on average at a level against lognormal demand.

    Formula: E[D] Phi((m + s^2 - ln x) / s) - x Phi((m - ln x) / s), m and s mean and standard deviation
    of ln D; at x <= 0 it is E[D] - x. Returns units.
    Assumes lognormal demand. Source: Snyder and Shen 2019, section C.3 (the form of Black and Scholes).

    >>> round(float(lognormal_loss(0, 0, 1)), 6)  # the mean, exp(1/2)
    1.648721
    """
    x, m = finite("level", level), finite("log_mean", log_mean)
    s = positive("log_standard_deviation", log_standard_deviation)
    mean = np.exp(m + s * s / 2.0)
    log_level = np.log(np.where(x > 0, x, 1.0))
    above = mean * special.ndtr((m + s * s - log_level) / s) - x * special.ndtr((m - log_level) / s)
    return np.where(x > 0, np.maximum(above, 0.0), mean - x)[()]


def gamma_loss(level: ArrayLike, shape: ArrayLike, scale: ArrayLike) -> Floats:
    """Units short on average at a level against gamma demand (skewed, never negative).

    Formula: a b (1 - F(x; a + 1, b)) - x (1 - F(x; a, b)), a shape, b scale in units; at x <= 0, a b - x.
    Assumes gamma demand. Source: Burgin 1975; Snyder and Shen 2019, section C.3.

    >>> round(float(gamma_loss(2, 1, 1)), 6)  # exponential: exp(-2)
    0.135335
    """
    x, a, b = finite("level", level), positive("shape", shape), positive("scale", scale)
    q = np.maximum(x, 0.0) / b
    return np.where(
        x > 0, np.maximum(a * b * special.gammaincc(a + 1.0, q) - x * special.gammaincc(a, q), 0.0), a * b - x
    )[()]


def exponential_loss(level: ArrayLike, mean: ArrayLike) -> Floats:
    """Units short on average at a level against exponential demand.

    Formula: mean exp(-x / mean); at x <= 0 it is mean - x. Returns units.
    Assumes exponential demand. Source: Snyder and Shen 2019, section C.3.

    >>> round(float(exponential_loss(5, 5)), 6)  # 5 / e
    1.839397
    """
    x, mean = finite("level", level), positive("mean", mean)
    return np.where(x > 0, mean * np.exp(-np.maximum(x, 0.0) / mean), mean - x)[()]


def uniform_loss(level: ArrayLike, low: ArrayLike, high: ArrayLike) -> Floats:
    """Units short on average at a level against demand spread evenly between low and high.

    Formula: (b - x)^2 / (2 (b - a)) inside [a, b], (a + b) / 2 - x below, 0 above. Returns units.
    Assumes uniform demand. Source: Snyder and Shen 2019, section C.3.
    Raises ValueError where high is not above low.

    >>> float(uniform_loss(6, 0, 10))  # 16 / 20
    0.8
    """
    x, low, high = finite("level", level), finite("low", low), finite("high", high)
    if np.any(high <= low):
        raise ValueError("high must be above low")
    inside = (high - np.clip(x, low, high)) ** 2 / (2.0 * (high - low))
    return np.where(x < low, (low + high) / 2.0 - x, inside)[()]
