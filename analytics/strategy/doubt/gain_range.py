"""Between which bounds the gain lies, given how far single gains may be wrong: the formulas.

Old and new setting are judged by one forecast: its error is in both, and no draw of what is assumed shows it. So
each product's gain has a relative error beside its spread over draws: stated beforehand, or measured by a replay of
the past. What is stated is the error of the forecast as a whole, which the draws of demand show as well: it is counted
once, beside the spread of assumed values (`spread_of_assumed`). What a replay measures is what is beyond chance and the
draws of demand: beside it stands the whole spread (`spread_over_draws`). The sum is never shrunk, its range widens; what is shrunk is only the order in which products come first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "correlation_of_errors", "gain_error_of_sum", "gain_high", "gain_low", "gain_range", "relative_error_of_gains",
    "shrunk_gain", "spread_of_assumed", "spread_over_draws",
]  # fmt: skip

Array = NDArray[np.float64]

#: Standard deviations from the middle of a normal range to its 5th and 95th percentile.
NORMAL_95 = 1.645


def gain_error_of_sum(
    gains: ArrayLike, spread_of_draws: ArrayLike, relative_error: ArrayLike, correlation: float = 0.0
) -> float:
    """Standard deviation of what the gains of all products together may differ from their sum. Money.

    gain_error_of_sum = root of (sum s^2 + (1 - rho) sum (delta g)^2 + rho (sum delta g)^2).
    `gains` g and `spread_of_draws` s in money (products,), `relative_error` delta (products,) or one number,
    `correlation` rho of the errors of two products, 0 to 1. Source: variance of a sum of equally correlated errors.

    >>> round(gain_error_of_sum([100.0, 50.0], [0.0, 0.0], 0.4), 6), gain_error_of_sum([100.0, 50.0], [0.0, 0.0], 0.4, 1.0)
    (44.72136, 60.0)
    """
    g, s = np.asarray(gains, np.float64), np.asarray(spread_of_draws, np.float64)
    wrong = np.asarray(relative_error, np.float64) * g
    variance = (s**2).sum() + (1.0 - correlation) * (wrong**2).sum() + correlation * wrong.sum() ** 2
    return float(np.sqrt(variance))


def gain_low(gain: float, error: float) -> float:
    """The lower end of the gain: in 1 of 20 cases of what is not known it is less. Money.

    gain_low = gain - 1.645 x gain_error_of_sum.

    >>> gain_low(100.0, 10.0)
    83.55
    """
    return gain - NORMAL_95 * error


def gain_high(gain: float, error: float) -> float:
    """The upper end of the gain: in 1 of 20 cases of what is not known it is more. Money.

    gain_high = gain + 1.645 x gain_error_of_sum.

    >>> gain_high(100.0, 10.0)
    116.45
    """
    return gain + NORMAL_95 * error


def gain_range(
    gains: ArrayLike,
    spread_of_draws: ArrayLike,
    relative_error: ArrayLike,
    correlation: float = 0.0,
    shared: float = 0.0,
) -> tuple[float, float, float]:
    """The gain of all products and the ends of its range: (gain, low, high), money. The sum is not shrunk.

    gain_range = G -+ 1.645 x gain_error_of_sum, G = sum of gains + `shared` (what belongs to no single product).
    Arguments as of `gain_error_of_sum`. Source: a normal range of 90 %.

    >>> [round(value, 6) for value in gain_range([100, 50, 20], [10, 20, 5], 0.4)]
    [170.0, 86.298753, 253.701247]
    """
    gain = float(np.sum(np.asarray(gains, np.float64))) + shared
    error = gain_error_of_sum(gains, spread_of_draws, relative_error, correlation)
    return gain, gain_low(gain, error), gain_high(gain, error)


def relative_error_of_gains(predicted: ArrayLike, realised: ArrayLike, spread_of_draws: ArrayLike) -> float:
    """By what share of itself a predicted gain is wrong, beyond what chance explains: delta, a pure number.

    relative_error_of_gains = root of max(0, sum (realised - predicted)^2 - sum s^2) / sum predicted^2.
    Money (products and dates,); 0 where nothing was predicted. Source: method of moments.

    >>> round(relative_error_of_gains([100, 200, 50], [80, 260, 20], [5, 5, 5]), 6)
    0.303158
    """
    said, seen, s = (np.asarray(column, np.float64) for column in (predicted, realised, spread_of_draws))
    scale = float((said**2).sum())
    beyond = float(((seen - said) ** 2).sum() - (s**2).sum())
    return float(np.sqrt(max(0.0, beyond) / scale)) if scale > 0.0 else 0.0


def correlation_of_errors(predicted: ArrayLike, realised: ArrayLike, relative_error: ArrayLike) -> float:
    """How much the errors of products share at a date: rho, from 0 to 1, as estimated.

    correlation_of_errors = sum over dates of ((sum e)^2 - sum e^2) / sum over dates of ((sum delta g)^2 - sum (delta g)^2),
    e = realised - predicted, cut to [0, 1]; 0 where that is not known. Shapes (dates, products), `relative_error`
    delta alike or one number. Source: method of moments; of equally correlated errors, products of two products.

    >>> correlation_of_errors([[10.0, 10.0], [10.0, 10.0]], [[15.0, 15.0], [5.0, 5.0]], 0.5)  # all move together
    1.0
    """
    said = np.asarray(predicted, np.float64)
    wrong, scale = np.asarray(realised, np.float64) - said, said * np.asarray(relative_error, np.float64)

    def pairs(values: Array) -> float:
        return float((values.sum(axis=1) ** 2 - (values**2).sum(axis=1)).sum())

    possible = pairs(scale)
    return float(np.clip(pairs(wrong) / possible, 0.0, 1.0)) if possible > 0.0 else 0.0


def shrunk_gain(
    gains: ArrayLike, spread_of_draws: ArrayLike, relative_error: ArrayLike, classes: ArrayLike
) -> Array:
    """What a gain is worth when products are put in order: the less, the less sure it is; shown gains are not shrunk. Money, (products,).

    shrunk_gain = g M / (M + delta^2 M + s^2), M the mean of g^2 over the product's class of demand.
    `gains` g, `spread_of_draws` s in money, `relative_error` delta (products,) or one number, `classes` (products,).
    Source: empirical Bayes with a normal prior about zero, whose variance and whose error's are those of the class.

    >>> shrunk_gain([30.0, 40.0], [0.0, 100.0], 0.5, ["smooth", "smooth"]).round(6).tolist()  # M = 1250
    [24.0, 4.324324]
    """
    g, s = (np.nan_to_num(np.asarray(column, np.float64)) for column in (gains, spread_of_draws))
    _, code = np.unique(np.asarray(classes).astype(str), return_inverse=True)
    mean = (np.bincount(code, g**2) / np.maximum(np.bincount(code), 1))[code]
    whole = mean + np.asarray(relative_error, np.float64) ** 2 * mean + s**2
    return np.asarray(g * np.where(mean > 0.0, mean, 0.0) / np.where(whole > 0.0, whole, 1.0))


def spread_over_draws(years: Array, in_force: Array) -> Array:
    """Spread of expected money over what is drawn, demand and assumed values: standard deviation, money, (products,).

    spread_over_draws = root of (variance over draws of demand, less the noise of single years, + variance of what
    drawing the assumed values adds on the same years). `years` (products, paths) with assumed values drawn from their
    ranges, `in_force` (products, draws) the years of each draw at the values in force. Unknown counts as 0.
    """
    draws = in_force.shape[1]
    if draws < 2:
        return np.zeros(len(in_force))
    inner = years.reshape(len(years), draws, -1)
    demand = in_force.var(axis=1, ddof=1)
    if inner.shape[2] > 1:
        demand = np.maximum(demand - inner.var(axis=2, ddof=1).mean(axis=1) / inner.shape[2], 0.0)
    return np.nan_to_num(np.sqrt(demand + spread_of_assumed(years, in_force) ** 2))


def spread_of_assumed(years: Array, in_force: Array) -> Array:
    """Spread of expected money over what is assumed, without what is not known of demand: standard deviation, money, (products,).

    spread_of_assumed = root of the variance over draws of what drawing the assumed values adds on the same years. Arguments as of
    `spread_over_draws`. Unknown counts as 0.

    >>> spread_of_assumed(np.array([[5.0, 7.0, 1.0, 3.0]]), np.array([[4.0, 4.0]])).round(6).tolist()  # +2 and -2 in two draws
    [2.828427]
    """
    draws = in_force.shape[1]
    if draws < 2:
        return np.zeros(len(in_force))
    added = years.reshape(len(years), draws, -1).mean(axis=2) - in_force
    return np.asarray(np.nan_to_num(added.std(axis=1, ddof=1)))
