"""Classes of demand: how often a product sells and how much the sizes vary. They explain; they decide nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.demand.panel import DemandPanel

__all__ = [
    "CLASSES",
    "average_demand_interval",
    "demand_classes",
    "squared_coefficient_of_variation",
    "syntetos_boylan_class",
]

CLASSES = ("smooth", "erratic", "intermittent", "lumpy", "none")
_INTERVAL_CUT = 1.32
_VARIATION_CUT = 0.49


def average_demand_interval(demand: ArrayLike, observed: ArrayLike | None = None) -> Any:
    """Average number of periods per period with demand: 1 sells every period, 3 every third.

    Formula: ADI = observed periods / periods with demand.
    Parameters: demand in units, last axis is time; `observed` masks periods that count. Returns: periods, NaN without demand.
    Source: Syntetos, Boylan and Croston 2005, JORS 56:495.

    >>> average_demand_interval([0, 4, 0, 0, 2])
    2.5
    """
    units = np.asarray(demand, np.float64)
    counted = np.ones(units.shape, np.bool_) if observed is None else np.asarray(observed, np.bool_)
    sales = ((units > 0.0) & counted).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        result = np.where(sales > 0, counted.sum(axis=-1) / np.maximum(sales, 1), np.nan)
    return result if result.ndim else float(result)


def squared_coefficient_of_variation(demand: ArrayLike, sample: bool = False) -> Any:
    """How much the sizes vary when there is demand: 0 always the same, 0.49 and more means erratic.

    Formula: CV2 = variance / mean^2 of the non-zero demands (`sample`: variance with n - 1).
    Parameters: demand in units, last axis is time. Returns: pure number; NaN without demand, 0 for a single demand.
    Source: Syntetos, Boylan and Croston 2005, JORS 56:495.

    >>> squared_coefficient_of_variation([0, 4, 0, 0, 2])
    0.1111111111111111
    """
    units = np.asarray(demand, np.float64)
    positive = units > 0.0
    count = positive.sum(axis=-1)
    divisor = np.maximum(count, 1)
    scale = np.maximum(units.max(axis=-1, initial=0.0), 1e-300)
    share = np.where(positive, units / scale[..., None], 0.0)
    mean = share.sum(axis=-1) / divisor
    squares = (np.where(positive, share - mean[..., None], 0.0) ** 2).sum(axis=-1)
    variance = squares / np.maximum(count - 1, 1) if sample else squares / divisor
    result = np.where(count > 0, variance / np.where(count > 0, mean, 1.0) ** 2, np.nan)
    return result if result.ndim else float(result)


def syntetos_boylan_class(adi: ArrayLike, cv2: ArrayLike) -> Any:
    """The demand class by how often and how evenly a product sells.

    Formula: beyond ADI 1.32 demand is intermittent, beyond CV2 0.49 erratic; both: lumpy; neither: smooth.
    Parameters: average demand interval (periods) and squared coefficient of variation (pure number), any shape.
    Returns: text of the same shape, "none" where there is no demand (NaN). Source: Syntetos, Boylan and Croston 2005.

    >>> syntetos_boylan_class([1.1, 1.4], [0.5, 0.3]).tolist()
    ['erratic', 'intermittent']
    """
    interval, variation = np.broadcast_arrays(np.asarray(adi, np.float64), np.asarray(cv2, np.float64))
    code = (interval > _INTERVAL_CUT) * 2 + (variation > _VARIATION_CUT)
    code = np.where(np.isnan(interval) | np.isnan(variation), 4, code)
    result = np.array(CLASSES, dtype=object)[code]
    return result if isinstance(result, np.ndarray) else str(result)


def demand_classes(panel: DemandPanel) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[Any]]:
    """Average demand interval, squared coefficient of variation and class of every product over its observed life.

    Returns: (adi in periods, cv2 as pure number, class text), each of shape (products,); NaN and "none" without demand.
    """
    adi = np.asarray(average_demand_interval(panel.units, panel.observed))
    cv2 = np.asarray(squared_coefficient_of_variation(panel.units))
    return adi, cv2, np.asarray(syntetos_boylan_class(adi, cv2), dtype=object)
