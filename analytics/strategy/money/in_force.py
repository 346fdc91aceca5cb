"""Money at the values in force: expected money, and how far simulated years tell a lead from chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.strategy.money.price import money_values, profit_rates

__all__ = ["money_in_force"]

Array = NDArray[np.float64]


def money_in_force(counts: Array, name: str, own: Items) -> Array:
    """Money by parameter draw of counts by draw (products, draws, counts) at the prices of these products."""
    return np.asarray(np.einsum("ndc,nc->nd", counts, profit_rates(money_values(own, name), name)))
