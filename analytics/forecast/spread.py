"""The distribution of the sum over the protection interval, from errors pooled by demand class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand.panel import DemandPanel
from analytics.forecast.origins import Rolling

__all__ = ["CLASSES", "LEVELS", "class_quantiles", "demand_class"]

#: Levels at which the distribution of the sum is kept.
LEVELS = np.array([0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995])

#: Demand classes (Syntetos, Boylan and Croston 2005), used to pool errors, never to choose a strategy.
CLASSES = ("smooth", "erratic", "intermittent", "lumpy", "none")

_NORMAL = np.array([-2.326, -1.96, -1.645, -1.282, -0.842, -0.674, -0.524, -0.253, 0.0, 0.253, 0.524, 0.674, 0.842, 1.036, 1.282, 1.44, 1.645, 1.881, 2.054, 2.326, 2.576])


def demand_class(panel: DemandPanel) -> NDArray[np.int8]:
    """Index into CLASSES by average demand interval (1.32) and squared coefficient of variation of sizes (0.49). Shape (products,)."""
    periods = panel.units.shape[1]
    mask = panel.observed & (np.arange(periods)[None, :] >= np.maximum(panel.first, 0)[:, None])
    sold = mask & (panel.units > 0)
    count = sold.sum(axis=1)
    length = np.where(panel.first >= 0, mask.sum(axis=1), 0)
    total = np.where(sold, panel.units, 0.0).sum(axis=1)
    squares = np.where(sold, panel.units**2, 0.0).sum(axis=1)
    safe = np.maximum(count, 1)
    size = total / safe
    cv2 = np.where(size > 0, np.maximum(squares / safe - size**2, 0.0) / np.where(size > 0, size**2, 1.0), 0.0)
    interval = length / safe
    out = np.where(interval >= 1.32, np.where(cv2 >= 0.49, 3, 2), np.where(cv2 >= 0.49, 1, 0))
    out = np.where(count == 0, 4, out)
    return out.astype(np.int8)


def class_quantiles(
    rolling: Rolling, combined: NDArray[np.float64], label: NDArray[np.int8], h: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Quantiles of the sum (products, levels) and its standard deviation (products,): forecast plus class-pooled standardised errors times own scale."""
    miss = rolling.actual - combined
    good = np.isfinite(miss)
    own_n = good.sum(axis=1).astype(np.float64)
    own = np.where(good, miss**2, 0.0).sum(axis=1)
    centre = np.maximum(combined[:, 0], 0.5 * rolling.scale[:, 0] * h)
    shape = np.sqrt(np.maximum(centre, 1e-9)) + 0.5 * centre
    relative = np.where(own_n > 0, own / np.maximum(own_n, 1.0), np.nan) / np.maximum(shape, 1e-9) ** 2
    factor = np.full(len(label), 1.0)
    everyone = _trimmed(relative)
    for c in range(len(CLASSES)):
        rows = label == c
        if rows.any():
            count = float(np.isfinite(relative[rows]).sum())
            factor[rows] = (_trimmed(relative[rows]) * count + everyone * 10.0) / (count + 10.0) if count else everyone
    prior = factor * shape**2
    n0 = 3.0
    variance = (own + n0 * prior) / (own_n + n0)
    sd = np.sqrt(np.maximum(variance, 1e-12))
    z = miss / sd[:, None]
    out = np.empty((len(label), len(LEVELS)))
    pooled_all = _quantiles(z[good], _NORMAL, 60.0)
    for c in range(len(CLASSES)):
        rows = label == c
        if rows.any():
            values: Any = z[rows][good[rows]]
            out[rows] = combined[rows, :1] + sd[rows, None] * _quantiles(values, pooled_all, 200.0)[None, :]
    return np.maximum.accumulate(np.maximum(out, 0.0), axis=1), sd


def _trimmed(values: NDArray[np.float64]) -> float:
    finite = np.sort(values[np.isfinite(values)])
    if len(finite) == 0:
        return 1.0
    return float(np.minimum(finite, finite[min(len(finite) - 1, int(0.98 * len(finite)))]).mean())


def _quantiles(values: NDArray[np.float64], prior: NDArray[np.float64], strength: float) -> NDArray[np.float64]:
    """Empirical quantiles at LEVELS, drawn towards a prior that counts as `strength` observations."""
    if len(values) == 0:
        return prior
    w = len(values) / (len(values) + strength)
    out: NDArray[np.float64] = w * np.quantile(values, LEVELS) + (1.0 - w) * prior
    return out
