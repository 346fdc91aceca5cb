"""Carrying cost of stock, with obsolescence kept apart from the holding rate."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, fraction, non_negative

__all__ = ["average_stock", "carrying_cost", "expected_obsolescence"]


def average_stock(order_quantity: ArrayLike, safety_stock: ArrayLike) -> Floats:
    """Units on the shelf on average: half a lot plus safety stock.

    Formula: Q / 2 + safety stock. Units. Assumes steady demand and negligible backorders. Source: Harris 1913.

    >>> float(average_stock(400, 120))
    320.0
    """
    return non_negative("order_quantity", order_quantity) / 2.0 + np.asarray(safety_stock, float)


def carrying_cost(
    units: ArrayLike, unit_cost: ArrayLike, capital_rate: ArrayLike, storage_rate: ArrayLike
) -> Floats:
    """What holding stock costs a year in capital, storage, insurance and shrinkage: without obsolescence.

    Formula: units x unit cost x (capital rate + storage rate). Money/year. Source: definition.

    >>> round(float(carrying_cost(320, 30, 0.10, 0.08)), 6)
    1728.0
    """
    return (
        non_negative("units", units)
        * non_negative("unit_cost", unit_cost)
        * (non_negative("capital_rate", capital_rate) + non_negative("storage_rate", storage_rate))
    )


def expected_obsolescence(
    units: ArrayLike, unit_cost: ArrayLike, hazard: ArrayLike, salvage_share: ArrayLike
) -> Floats:
    """Expected write-off a year of stock whose product may die.

    Formula: hazard x units x unit cost x (1 - salvage share). Money/year. Assumes replenished stock, exponential life.
    Source: Brown, Lu and Wolfson 1964.

    >>> round(float(expected_obsolescence(320, 30, 0.05, 0.2)), 6)
    384.0
    """
    return (
        non_negative("hazard", hazard)
        * non_negative("units", units)
        * non_negative("unit_cost", unit_cost)
        * (1.0 - fraction("salvage_share", salvage_share))
    )
