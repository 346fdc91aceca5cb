"""Pooling: how much steadier a sum of demands is than its parts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, finite, fraction, non_negative, positive

__all__ = ["equicorrelated_pooled_deviation", "pooled_deviation", "pooling_ratio", "safety_stock_value"]


def pooled_deviation(standard_deviations: ArrayLike, correlations: ArrayLike) -> float:
    """Standard deviation of the summed demand of several products.

    Formula: sqrt(s' R s), s standard deviations (products,), R correlation matrix (products, products). Units.
    Correlate forecast errors, not raw seasonal series. Source: Eppen 1979.
    Raises ValueError for a matrix that is no matrix of correlations.

    >>> pooled_deviation([3, 4], [[1, 0], [0, 1]])
    5.0
    """
    s = np.atleast_1d(non_negative("standard_deviations", standard_deviations))
    r = np.asarray(finite("correlations", correlations))
    if r.shape != (len(s), len(s)) or not np.allclose(r, r.T) or not np.allclose(np.diag(r), 1.0):
        raise ValueError(
            "correlations must be a symmetric matrix with ones on its diagonal, one row a product"
        )
    variance = float(s @ r @ s)
    if variance < -1e-9 * float(s @ s):
        raise ValueError("correlations must be possible together (positive semi-definite)")
    return float(np.sqrt(max(variance, 0.0)))


def equicorrelated_pooled_deviation(
    products: ArrayLike, standard_deviation: ArrayLike, correlation: ArrayLike
) -> Floats:
    """Standard deviation of the summed demand of equal products that are all correlated alike.

    Formula: sigma sqrt(n (1 + (n - 1) rho)). Units. Correlations below -1 / (n - 1) cannot be and are refused.
    Source: Eppen 1979.

    >>> float(equicorrelated_pooled_deviation(4, 10, 0)), float(equicorrelated_pooled_deviation(4, 10, 1))
    (20.0, 40.0)
    """
    n = positive("products", products)
    return n * non_negative("standard_deviation", standard_deviation) * pooling_ratio(n, correlation)


def pooling_ratio(products: ArrayLike, correlation: ArrayLike) -> Floats:
    """Safety stock of a pool as a share of the safety stocks kept apart.

    Formula: sqrt((1 + (n - 1) rho) / n). Share. Assumes equal products, normal demand, equal service, best policies: with a
    poor policy pooling can cost money. Source: Eppen 1979; Alfaro and Corbett 2003.
    Raises ValueError for a correlation that so many products cannot have.

    >>> float(pooling_ratio(4, 0))
    0.5
    """
    n, rho = positive("products", products), finite("correlation", correlation)
    inside = 1.0 + (n - 1.0) * rho
    if np.any(rho > 1) or np.any(inside < -1e-12):
        raise ValueError("correlation must be between -1 / (products - 1) and 1")
    return np.sqrt(np.maximum(inside, 0.0) / n)


def safety_stock_value(
    safety_factor: ArrayLike,
    deviation_per_period: ArrayLike,
    protection_periods: ArrayLike,
    unit_value: ArrayLike,
    value_share: ArrayLike = 1.0,
) -> Floats:
    """Money in safety stock: of a finished product, or of the common components that carry a share of its cost.

    Formula: z sigma sqrt(P) c alpha, P protection interval (periods), c unit cost (money), alpha share of cost. Money.
    Assumes independent periods. Source: composition of Eppen 1979 with protection intervals.

    >>> float(safety_stock_value(2, 10, 9, 50, 0.5))
    1500.0
    """
    spread = non_negative("deviation_per_period", deviation_per_period) * np.sqrt(
        non_negative("protection_periods", protection_periods)
    )
    return (
        finite("safety_factor", safety_factor)
        * spread
        * non_negative("unit_value", unit_value)
        * fraction("value_share", value_share)
    )
