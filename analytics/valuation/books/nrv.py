"""Net realisable value, item by item: what stock can fetch, and what must be written down to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["component_write_down", "net_realisable_value", "write_down_per_unit"]

Array = NDArray[np.float64]


def net_realisable_value(price: ArrayLike, completion: ArrayLike = 0.0, selling: ArrayLike = 0.0) -> Array:
    """What a unit fetches when it is sold, less what it still costs until then.

    net_realisable_value = price - cost to complete - cost to sell, at least 0. Money per unit, shape
    (items,); NaN where the price is unknown.
    Source: IAS 2.6 (case NRV-01).

    >>> net_realisable_value([562.0, 798.0], [180.0, 210.0]).tolist()
    [382.0, 588.0]
    """
    left = (
        np.asarray(price, np.float64) - np.asarray(completion, np.float64) - np.asarray(selling, np.float64)
    )
    return np.where(np.isnan(left), np.nan, np.maximum(left, 0.0))


def write_down_per_unit(unit_cost: ArrayLike, value: ArrayLike) -> Array:
    """What a unit is written down, item by item: gains of one never pay for losses of another.

    write_down_per_unit = unit cost - net_realisable_value, at least 0. Money per unit, shape (items,); NaN
    where either is unknown. Source: IAS 2.29.

    >>> write_down_per_unit([400.0, 572.0], [382.0, 588.0]).tolist()
    [18.0, 0.0]
    """
    return np.maximum(np.asarray(unit_cost, np.float64) - np.asarray(value, np.float64), 0.0)


def component_write_down(unit_cost: ArrayLike, replacement: ArrayLike, finished_cost: ArrayLike, finished_value: ArrayLike) -> Array:  # fmt: skip
    """What a unit of a component is written down.

    Nothing while the finished product sells at or above cost, else down to what replacing it costs.

    component_write_down = unit cost - replacement, at least 0, where finished_value < finished_cost; else 0.
    Money per unit, shape (components,).
    Source: IAS 2.32 (case NRV-03).

    >>> component_write_down([30.0, 30.0], [24.0, 24.0], [90.0, 90.0], [95.0, 85.0]).tolist()
    [0.0, 6.0]
    """
    down = write_down_per_unit(unit_cost, replacement)
    return np.where(np.asarray(finished_value, np.float64) < np.asarray(finished_cost, np.float64), down, 0.0)
