"""Statistical exposure: what stock on hand may still lose if its product dies within a horizon."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analytics.policy.arguments import Floats, finite, fraction, non_negative, positive
from tests.closed_forms.distributions.arguments import whole

__all__ = ["LossDistribution", "loss_summary", "stranded_distribution", "write_off_exposure"]


class LossDistribution(NamedTuple):
    """Mean, quantile and mean beyond the quantile (CVaR) of a loss, in money, and the chance of any loss."""

    mean: float
    quantile: float
    tail_mean: float
    probability: float


def stranded_distribution(stock: int, demand_rate: float, hazard: float, horizon: float = np.inf) -> Floats:
    """Probabilities of 0, 1, ... stock units stranded by a death within the horizon, nothing more being bought.

    Formula: P(k sold before death within H) = theta / (lambda + theta) a^k P(Gamma(k + 1, lambda + theta) < H), a = lambda / (lambda + theta);
    stranded = stock - k. No death within the horizon strands nothing. Shape (stock + 1,). Rates and horizon in one unit.
    Assumes Poisson single units, an exponential death. Source: race of two Poisson processes.

    >>> stranded_distribution(1, 1, 1).tolist()  # dies before the first order, or not
    [0.5, 0.5]
    """
    n = whole("stock", stock)
    d, theta = float(non_negative("demand_rate", demand_rate)), float(non_negative("hazard", hazard))
    result = np.zeros(n + 1)
    if theta > 0:
        k = np.arange(n)
        both = d + theta
        within = special.gammainc(k + 1.0, both * horizon) if np.isfinite(horizon) else np.ones(n)
        result[n - k] = theta / both * (d / both) ** k * within
    result[0] += 1.0 - result.sum()
    return result


def loss_summary(losses: ArrayLike, probabilities: ArrayLike, level: float = 0.95) -> LossDistribution:
    """Mean, quantile and mean of the worst outcomes of a loss that takes listed values.

    Formula: quantile q = smallest loss with P(loss <= q) >= level; tail mean = q + E[(loss - q)+] / (1 - level).
    Money in, money out. Source: Rockafellar and Uryasev 2000.

    >>> loss_summary([0, 100], [0.9, 0.1], 0.8)
    LossDistribution(mean=10.0, quantile=0.0, tail_mean=50.0, probability=0.1)
    """
    x, p = np.atleast_1d(finite("losses", losses)), np.atleast_1d(fraction("probabilities", probabilities))
    a = float(fraction("level", level, inside=True))
    order = np.argsort(x, kind="stable")
    x, p = x[order], p[order]
    q = float(x[min(int(np.searchsorted(np.cumsum(p), a - 1e-12)), len(x) - 1)])
    mean = round(float(p @ x), 12)
    return LossDistribution(
        mean, q, round(q + float(p @ np.maximum(x - q, 0.0)) / (1.0 - a), 9), float(p[x > 0].sum())
    )


def write_off_exposure(
    stock: int,
    demand_rate: float,
    hazard: float,
    loss_per_unit: float,
    horizon: float = np.inf,
    level: float = 0.95,
) -> LossDistribution:
    """What the stock on hand may lose to a death within the horizon: on average and in a bad year.

    Formula: (c - v) x stranded units, over the distribution of stranded units. Money. A management estimate, not a booking; losses of
    several products need one joint scenario, never the sum of their bad years. Source: stranded_distribution; Rockafellar and Uryasev 2000.

    >>> write_off_exposure(1, 1, 1, 10).mean
    5.0
    """
    chance = stranded_distribution(stock, demand_rate, hazard, horizon)
    return loss_summary(
        np.arange(len(chance)) * float(positive("loss_per_unit", loss_per_unit)), chance, level
    )
