"""Noise of single periods, shaped so that as many periods pass without sales as did in the history."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.quantile_tables import gamma_table, lognormal_table

__all__ = ["noise_table"]

Array = NDArray[np.float64]

#: The level's log-normal error as three values (Gauss-Hermite) and their weights.
_NODES = np.sqrt(3.0) * np.array([-1.0, 0.0, 1.0])
_WEIGHTS = np.array([1.0, 4.0, 1.0]) / 6.0
_MOST_ZEROS = 0.95
_HALVINGS = 20


def noise_table(
    variance: Array, level: Array, rate: Array, zero_share: Array, integer: NDArray[np.bool_]
) -> Array:
    """Tables of mean 1 and this `variance`, by which a period's rate is multiplied before units are counted. Returns (products, K + 1).

    *Formula*: P(0) = E[exp(-r L N)], r the `rate` of the history in units a period, L the level's log-normal error of squared coefficient of variation
    `level`, N the noise. Where a gamma N leaves fewer periods without sales than `zero_share`, N is 0 with chance z, else gamma, z such that P(0) is the
    share that was seen; where it leaves more, N is drawn towards a log-normal of the same mean and variance, which has next to nothing near zero. Demand
    that is not counted in whole units is 0 with chance `zero_share`. All (products,). Assumes that periods ahead are as often without sales, at the same
    rate, as past ones. A log-normal's table ends at its 0.998 quantile: a variance above 3 comes out up to a quarter less.
    Source: the zero-inflated negative binomial of Lambert (1992) on one side; the Poisson log-normal (Bulmer 1974) on the other.

    >>> wanted = np.array([0.1, 0.3, 0.45, 0.6])  # at two units a period and a variance of 1, where a gamma leaves 1/3
    >>> table = noise_table(np.ones(4), np.zeros(4), np.full(4, 2.0), wanted, np.ones(4, bool))
    >>> left = np.exp(-(table[:, 1:] + table[:, :-1])).mean(axis=1)  # a log-normal leaves 0.28, zero or else two on average 0.51
    >>> left.round(2).tolist()
    [0.28, 0.3, 0.45, 0.51]
    """
    variance = np.maximum(variance, 1e-6)
    most = np.minimum(1.0 - 1.0 / (1.0 + variance), _MOST_ZEROS)
    met = _rates_met(rate, level)
    low, high = np.zeros_like(variance), most.copy()
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        fewer = _without_sales(variance, middle, met) < zero_share
        low, high = np.where(fewer, middle, low), np.where(fewer, high, middle)
    zero = np.where(integer, low, np.minimum(zero_share, most))
    table = gamma_table(variance, zero)

    plain = _without_sales(variance, np.zeros_like(variance), met)
    drawn = np.flatnonzero(integer & (plain > zero_share + 1e-9))
    smooth = lognormal_table(np.sqrt(variance[drawn]))
    middles = 0.5 * (smooth[:, 1:] + smooth[:, :-1])
    least = np.zeros(len(drawn))
    for weight, r in zip(_WEIGHTS, met, strict=True):
        least += weight * np.exp(-r[drawn, None] * middles).mean(axis=1)
    share = np.clip((plain[drawn] - zero_share[drawn]) / np.maximum(plain[drawn] - least, 1e-9), 0.0, 1.0)[
        :, None
    ]
    table[drawn] += share * (smooth - table[drawn])
    return table


def _rates_met(rate: Array, level: Array) -> Array:
    """The rate under each of the level's three values: (3, products)."""
    sigma = np.sqrt(np.log1p(np.maximum(level, 0.0)))
    return np.asarray(np.maximum(rate, 0.0) * np.exp(_NODES[:, None] * sigma - 0.5 * sigma**2))


def _without_sales(variance: Array, zero: Array, met: Array) -> Array:
    """P(0) of Poisson counts whose rates `met` (3, products) are multiplied by 0 with chance `zero`, else by a gamma, of this variance in all."""
    square = np.maximum((1.0 + variance) * (1.0 - zero) - 1.0, 1e-4)
    counted = _WEIGHTS @ np.exp(-np.log1p(square * met / (1.0 - zero)) / square)
    return np.asarray(zero + (1.0 - zero) * counted)
