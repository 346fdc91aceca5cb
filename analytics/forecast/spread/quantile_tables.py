"""Quantile tables: distributions of mean 1 as knots over u = 0, 1/K, ..., 1."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

__all__ = ["KNOTS", "gamma_table", "least_mean", "lognormal_table", "table_mean", "table_variance"]

#: Intervals of a table (K); tables have K + 1 columns.
KNOTS = 64

#: Shapes, log-spaced, and levels, evenly spaced but for the last just below 1, between which gamma quantiles are read off.
_SHAPES = np.exp(np.arange(np.log(1e-3), np.log(1.1e4), 0.04))
_LEVELS = np.append(np.arange(512) / 512.0, 1.0 - 0.2 / 512.0)


def least_mean(levels: NDArray[np.float64], quantile: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least mean that demand with these quantiles can have, given that it is never negative: (products,).

    *Formula*: sum over the levels u_i of (u_(i+1) - u_i) q_i, with 1 after the last level: between two levels demand is at least the lower quantile, and
    below the first at least 0. `levels` (levels,) rising, `quantile` (..., levels). Source: E[X] is the integral of the quantile function.

    >>> float(least_mean(np.array([0.25, 0.5, 0.75]), np.array([2.0, 4.0, 10.0])))  # a quarter of each
    4.0
    """
    out: NDArray[np.float64] = quantile @ np.diff(np.append(levels, 1.0))
    return out


def table_mean(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the piecewise linear quantile function, by row (trapezoid).

    >>> float(table_mean(np.array([[0.0, 1.0, 2.0]]))[0])
    1.0
    """
    return (table[:, 1:-1].sum(axis=1) + 0.5 * (table[:, 0] + table[:, -1])) / (table.shape[1] - 1)


def table_variance(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Variance of the piecewise linear quantile function, by row: sum of (a^2 + ab + b^2)/3 per interval less the squared mean.

    >>> round(float(table_variance(np.array([[0.0, 1.0, 2.0]]))[0]), 6)  # uniform on 0..2
    0.333333
    """
    a, b = table[:, :-1], table[:, 1:]
    return ((a * a + a * b + b * b) / 3.0).mean(axis=1) - table_mean(table) ** 2


def _unit_mean(table: NDArray[np.float64]) -> NDArray[np.float64]:
    mean = table_mean(table)
    flat = mean <= 1e-12
    out: NDArray[np.float64] = np.where(flat[:, None], 1.0, table / np.where(flat, 1.0, mean)[:, None])
    return out


def lognormal_table(cv: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-normal tables of mean 1 and coefficient of variation `cv` (products,). Returns (products, K + 1)."""
    u = np.arange(KNOTS + 1) / KNOTS
    u[0], u[-1] = 0.15 / KNOTS, 1.0 - 0.15 / KNOTS
    sigma = np.sqrt(np.log1p(np.maximum(cv, 0.0) ** 2))
    return _unit_mean(np.exp(sigma[:, None] * ndtri(u)[None, :]))


def gamma_table(variance: NDArray[np.float64], zero: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tables of mean 1 that are 0 with probability `zero` and gamma otherwise, of total variance `variance` (products,). Returns (products, K + 1).

    *Formula*: given not zero the mean is 1/(1-z) and the second moment (1+v)/(1-z), so the squared coefficient of
    variation of the gamma part is (1+v)(1-z) - 1, floored at a small positive number.
    Source: moments of a mixture with zero.
    """
    z = np.clip(zero, 0.0, 0.98)
    square = np.maximum((1.0 + np.maximum(variance, 0.0)) * (1.0 - z) - 1.0, 1e-4)
    shape = 1.0 / square
    u = np.arange(KNOTS + 1) / KNOTS
    u[-1] = 1.0 - 0.15 / KNOTS
    inside = np.clip((u[None, :] - z[:, None]) / (1.0 - z[:, None]), 0.0, 1.0)
    # nearest of the shapes 4 % apart, linear between the levels 1/512 apart
    nearest = np.clip(
        np.rint(np.log(shape / _SHAPES[0]) / np.log(_SHAPES[1] / _SHAPES[0])), 0, len(_SHAPES) - 1
    ).astype(np.int64)
    used, row = np.unique(nearest, return_inverse=True)
    quantiles = np.array([_gamma_quantiles(k) for k in used.tolist()]).reshape(len(used), len(_LEVELS))
    place = inside * (quantiles.shape[1] - 1)
    low = np.minimum(place.astype(np.int64), quantiles.shape[1] - 2)
    a = quantiles[row[:, None], low]
    table = a + (place - low) * (quantiles[row[:, None], low + 1] - a)
    return _unit_mean(table)


@lru_cache(maxsize=len(_SHAPES))
def _gamma_quantiles(k: int) -> NDArray[np.float64]:
    """Quantiles of mean 1 of the gamma with the k-th shape, at all levels."""
    return np.asarray(gammaincinv(_SHAPES[k], _LEVELS) / _SHAPES[k])
