"""Is a product still alive? The closed forms beside the filter over a panel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

__all__ = [
    "alive_probability",
    "bgnbd_alive_probability",
    "bgnbd_expected_purchases",
    "family_hazard",
    "probability_of_death_predictive",
    "silence_probability",
]


def alive_probability(p: ArrayLike, delta: ArrayLike, zero_periods: ArrayLike) -> Any:
    """Probability that a product is still alive after so many periods without a sale.

    Formula: A = q^n / (q^n + delta (1 - q^n) / (1 - q)) with q = (1 - delta)(1 - p): the filter A <- A (1 - delta), then
    A <- A (1 - p) / (A (1 - p) + 1 - A), run n times from A = 1.
    Parameters: p probability of a sale in a period while alive, delta probability of dying in a period, zero_periods the number n
    of periods since the last sale; any shapes that broadcast. Returns: probability.
    Assumes sales in different periods independent and a constant chance of death. Source: Bayes filter; re-derived.

    >>> round(alive_probability(0.3, 0.05, 1), 6)  # 0.665 / (0.665 + 0.05)
    0.93007
    """
    sale, death, n = (np.asarray(x, np.float64) for x in (p, delta, zero_periods))
    q = (1.0 - death) * (1.0 - sale)
    survived = q**n
    ended = np.where(
        q < 1.0, death * -np.expm1(n * np.log(np.maximum(q, 1e-300))) / np.maximum(1.0 - q, 1e-300), death * n
    )
    total = survived + ended
    result = np.where(total > 0.0, survived / np.where(total > 0.0, total, 1.0), np.where(n > 0, 0.0, 1.0))
    return result if result.ndim else float(result)


def silence_probability(p: ArrayLike, delta: ArrayLike, periods: ArrayLike) -> Any:
    """Probability that a living product sells nothing in the next so many periods, by chance or because it ends.

    Formula: q^n + delta (1 - q^n) / (1 - q) with q = (1 - delta)(1 - p), n periods.

    >>> round(silence_probability(0.3, 0.05, 1), 6)  # 0.05 + 0.95 x 0.7
    0.715
    """
    sale, death, n = (np.asarray(x, np.float64) for x in (p, delta, periods))
    q = (1.0 - death) * (1.0 - sale)
    result = q**n + np.where(q < 1.0, death * (1.0 - q**n) / np.maximum(1.0 - q, 1e-300), death * n)
    return result if result.ndim else float(result)


def bgnbd_alive_probability(
    r: float, alpha: float, a: float, b: float, repeat_sales: ArrayLike, last_sale: ArrayLike, age: ArrayLike
) -> Any:
    """Probability of being alive where sale rates and chances of ending differ between products (BG/NBD).

    Formula: 1 / (1 + [x > 0] a / (b + x - 1) ((alpha + T) / (alpha + t_x))^(r + x)).
    Parameters: r, alpha gamma law of rates; a, b beta law of ending after a sale; repeat_sales x (sales after the first),
    last_sale t_x and age T in the unit of alpha since the first sale. Source: Fader, Hardie and Lee 2005, Marketing Science 24:275.

    >>> round(bgnbd_alive_probability(0.243, 4.414, 0.793, 2.426, 2, 30.43, 38.86), 4)
    0.7266
    """
    x, recency, total = (np.asarray(v, np.float64) for v in (repeat_sales, last_sale, age))
    power = np.exp((r + x) * (np.log(alpha + total) - np.log(alpha + recency)))
    result = 1.0 / (1.0 + np.where(x > 0, a / np.maximum(b + x - 1.0, 1e-300) * power, 0.0))
    return result if result.ndim else float(result)


def bgnbd_expected_purchases(
    r: float,
    alpha: float,
    a: float,
    b: float,
    repeat_sales: ArrayLike,
    last_sale: ArrayLike,
    age: ArrayLike,
    horizon: ArrayLike,
) -> Any:
    """Expected number of sales in the next `horizon` where the product may have ended (BG/NBD).

    Formula: (a + b + x - 1) / (a - 1) [1 - ((alpha + T) / (alpha + T + t))^(r + x) 2F1(r + x, b + x; a + b + x - 1; t / (alpha + T + t))] times
    the alive probability. Parameters as `bgnbd_alive_probability`, horizon t in the unit of alpha. Source: Fader, Hardie and Lee 2005, eq. (10).

    >>> round(bgnbd_expected_purchases(0.243, 4.414, 0.793, 2.426, 2, 30.43, 38.86, 39), 3)
    1.226
    """
    x, total, t = (np.asarray(v, np.float64) for v in (repeat_sales, age, horizon))
    z = t / (alpha + total + t)
    bracket = 1.0 - (1.0 - z) ** (r + x) * special.hyp2f1(r + x, b + x, a + b + x - 1.0, z)
    result = (
        (a + b + x - 1.0) / (a - 1.0) * bracket * bgnbd_alive_probability(r, alpha, a, b, x, last_sale, total)
    )
    return result if np.ndim(result) else float(result)


def probability_of_death_predictive(
    prior_a: ArrayLike, prior_b: ArrayLike, deaths: ArrayLike, exposure: ArrayLike, periods: ArrayLike
) -> Any:
    """Probability that a product ends within so many periods, with the rate itself uncertain.

    Formula: 1 - (B / (B + t))^A with A = a + deaths, B = b + exposure, t periods (Lomax distribution).

    >>> round(probability_of_death_predictive(1, 60, 4, 310, 12), 6)
    0.147505
    """
    shape = np.asarray(prior_a, np.float64) + np.asarray(deaths, np.float64)
    rate, t = (
        np.asarray(prior_b, np.float64) + np.asarray(exposure, np.float64),
        np.asarray(periods, np.float64),
    )
    result = -np.expm1(shape * (np.log(rate) - np.log(rate + t)))
    return result if np.ndim(result) else float(result)


def family_hazard(prior_a: ArrayLike, prior_b: ArrayLike, deaths: ArrayLike, exposure: ArrayLike) -> Any:
    """Rate at which products of a family end, from the ends seen and the time products were at risk.

    Formula: (a + deaths) / (b + exposure), the mean of the gamma posterior.
    Parameters: prior deaths a and prior exposure b, deaths seen, exposure in product-periods. Returns: rate per period of the exposure.
    Source: conjugate exponential lifetime; grouping after van Jaarsveld and Dekker 2011.

    >>> family_hazard(1, 60, 4, 310) == 5 / 370
    True
    """
    result = (np.asarray(prior_a, np.float64) + np.asarray(deaths, np.float64)) / (
        np.asarray(prior_b, np.float64) + np.asarray(exposure, np.float64)
    )
    return result if np.ndim(result) else float(result)
