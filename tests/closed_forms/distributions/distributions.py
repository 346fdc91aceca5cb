"""Demand distributions by name: quantile, distribution function, loss and mean, as one table of functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analytics.policy.arguments import Floats, positive
from tests.closed_forms.distributions.loss import (
    exponential_loss,
    gamma_loss,
    lognormal_loss,
    normal_loss,
    uniform_loss,
)
from tests.closed_forms.distributions.loss_discrete import (
    empirical_loss,
    listed,
    negative_binomial_loss,
    poisson_loss,
)

__all__ = [
    "DISTRIBUTIONS",
    "Distribution",
    "demand_distribution",
    "gamma_fit",
    "interval_demand_fit",
    "negative_binomial_fit",
]


class Distribution(NamedTuple):
    """Functions of one kind of demand; each takes its first argument, then the parameters of the distribution."""

    quantile: Callable[..., Any]
    cumulative: Callable[..., Any]
    loss: Callable[..., Any]
    mean: Callable[..., Any]
    integer: bool


def _empirical_quantile(level: ArrayLike, values: ArrayLike, probabilities: ArrayLike | None = None) -> Any:
    v, weights = listed(values, probabilities)
    order = np.argsort(v, kind="stable")
    position = np.searchsorted(np.cumsum(weights[order]) + 1e-12, np.asarray(level, float))
    return v[order][np.minimum(position, len(v) - 1)]


def _empirical_cumulative(x: ArrayLike, values: ArrayLike, probabilities: ArrayLike | None = None) -> Any:
    v, weights = listed(values, probabilities)
    return (np.asarray(x, float)[..., None] >= v) @ weights


def _empirical_mean(values: ArrayLike, probabilities: ArrayLike | None = None) -> Any:
    v, weights = listed(values, probabilities)
    return v @ weights


#: Parameters, in this order: normal (mean, standard deviation), poisson (mean), negative_binomial (successes,
#: probability), gamma (shape, scale), lognormal (mean and standard deviation of the logarithm), exponential
#: (mean), uniform (low, high), empirical (values, probabilities).
DISTRIBUTIONS: Mapping[str, Distribution] = {
    "normal": Distribution(
        stats.norm.ppf, stats.norm.cdf, normal_loss, lambda m, s: np.asarray(m, float), False
    ),
    "poisson": Distribution(
        stats.poisson.ppf, stats.poisson.cdf, poisson_loss, lambda m: np.asarray(m, float), True
    ),
    "negative_binomial": Distribution(
        stats.nbinom.ppf, stats.nbinom.cdf, negative_binomial_loss, lambda r, p: r * (1.0 - p) / p, True
    ),
    "gamma": Distribution(
        lambda q, a, b: stats.gamma.ppf(q, a, scale=b),
        lambda x, a, b: stats.gamma.cdf(x, a, scale=b),
        gamma_loss,
        lambda a, b: a * b,
        False,
    ),
    "lognormal": Distribution(
        lambda q, m, s: stats.lognorm.ppf(q, s, scale=np.exp(m)),
        lambda x, m, s: stats.lognorm.cdf(x, s, scale=np.exp(m)),
        lognormal_loss,
        lambda m, s: np.exp(m + s * s / 2.0),
        False,
    ),
    "exponential": Distribution(
        lambda q, m: stats.expon.ppf(q, scale=m),
        lambda x, m: stats.expon.cdf(x, scale=m),
        exponential_loss,
        lambda m: np.asarray(m, float),
        False,
    ),
    "uniform": Distribution(
        lambda q, a, b: stats.uniform.ppf(q, a, b - a),
        lambda x, a, b: stats.uniform.cdf(x, a, b - a),
        uniform_loss,
        lambda a, b: (a + b) / 2.0,
        False,
    ),
    "empirical": Distribution(
        _empirical_quantile, _empirical_cumulative, empirical_loss, _empirical_mean, False
    ),
}


def demand_distribution(name: str) -> Distribution:
    """The functions of a named distribution; a ValueError lists the names that exist.

    >>> demand_distribution("poisson").integer
    True
    """
    if name not in DISTRIBUTIONS:
        raise ValueError(f"distribution must be one of {', '.join(DISTRIBUTIONS)}, got {name!r}")
    return DISTRIBUTIONS[name]


def negative_binomial_fit(mean: ArrayLike, variance: ArrayLike) -> tuple[Floats, Floats]:
    """Successes and probability of the negative binomial with this mean and variance (units, units squared).

    Formula: r = m^2 / (w - m), p = m / w. Needs variance above mean (else demand is Poisson or steadier).
    Source: Adan, van Eenige and Resing 1995 (two-moment fit).
    Raises ValueError where the variance is not above the mean.

    >>> r, p = negative_binomial_fit(12, 30)
    >>> float(r), float(p)  # 144 / 18 and 12 / 30
    (8.0, 0.4)
    """
    m, w = positive("mean", mean), positive("variance", variance)
    if np.any(w <= m):
        raise ValueError("variance must be above mean for a negative binomial")
    return m * m / (w - m), m / w


def gamma_fit(mean: ArrayLike, standard_deviation: ArrayLike) -> tuple[Floats, Floats]:
    """Shape and scale of the gamma distribution with this mean and standard deviation (units).

    Formula: shape = (m / s)^2, scale = s^2 / m. Source: moments of the gamma distribution; Burgin 1975.

    >>> shape, scale = gamma_fit(100, 80)
    >>> float(shape), float(scale)
    (1.5625, 64.0)
    """
    m, s = positive("mean", mean), positive("standard_deviation", standard_deviation)
    return (m / s) ** 2, s * s / m


def interval_demand_fit(mean: float, variance: float, integer: bool) -> tuple[str, tuple[float, ...]]:
    """Which distribution carries demand over an interval with this mean and variance, with its parameters.

    Rule: whole units: negative binomial where the variance exceeds the mean by more than 1 %, else Poisson.
    Continuous units: gamma. Means in units, variance in units squared; returns a name of DISTRIBUTIONS.
    Assumes two moments are enough: wrong in the tail for demand of rare large orders. A variance below the
    mean is treated as Poisson, on the safe side. Source: Adan, van Eenige and Resing 1995.

    >>> interval_demand_fit(12, 30, True)
    ('negative_binomial', (8.0, 0.4))
    >>> interval_demand_fit(5, 5, True)
    ('poisson', (5.0,))
    """
    if integer:
        if variance > 1.01 * mean:
            r, p = negative_binomial_fit(mean, variance)
            return "negative_binomial", (float(r), float(p))
        return "poisson", (float(mean),)
    shape, scale = gamma_fit(mean, variance**0.5)
    return "gamma", (float(shape), float(scale))
