"""One forecast out of many: methods weighted by the inverse of their errors, shrunk to what holds for the demand class and for all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.members.origins import Rolling

__all__ = ["combination_weights", "combined_forecast"]

#: A product's own errors count as the class's when they rest on this many judged sums.
_CLASS_WORTH = 12.0
#: The class's as the portfolio's when it holds this many judged products.
_PORTFOLIO_WORTH = 30.0
#: Power of the inverse squared error: high, so that poor methods leave the pool instead of diluting it.
_SHARPNESS = 4.0
_PIECE = 512


def _pooled(
    relative: NDArray[np.float64], rows: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and number of finite relative errors per origin and method, in sorted product order."""
    part = relative[rows]
    good = np.isfinite(part)
    count = good.sum(axis=0).astype(np.float64)
    total = np.where(good, np.minimum(part, 10.0), 0.0).sum(axis=0)
    return np.divide(total, count, out=np.ones_like(total), where=count > 0), count


def combination_weights(rolling: Rolling, label: NDArray[np.int8]) -> NDArray[np.float64]:
    """How much each method counts, by product and origin: (products, origins + 1, methods), summing to 1.

    *Formula*: every method's discounted squared error of the interval sum, relative to the product's mean over methods; shrunk to the class's
    mean (worth 12 judged sums), the class's to the portfolio's (worth 30 products); weight proportional to the inverse of its fourth power (of squared errors).
    Only errors known at the origin enter. `label` (products,) is the demand class. Source: Bates and Granger (1969) for inverse errors; the
    shrinkage is ours.
    """
    error = rolling.error
    relative = np.empty_like(error)
    # in pieces that stay near the processor
    pieces = [slice(a, a + _PIECE) for a in range(0, len(label), _PIECE)]
    for b in pieces:
        good = np.isfinite(error[b])
        mean = np.where(good, error[b], 0.0).sum(axis=2) / np.maximum(good.sum(axis=2), 1)
        judged = (mean > 0)[:, :, None]
        relative[b] = np.where(good & judged, error[b] / np.where(judged, mean[:, :, None], 1.0), np.nan)
    everyone, count = _pooled(relative, np.ones(len(label), np.bool_))
    everyone = (everyone * count + 1.0 * 3.0) / (count + 3.0)
    base = np.empty((int(label.max(initial=0)) + 1, *everyone.shape))
    for c in np.unique(label):
        mean_c, count_c = _pooled(relative, label == c)
        base[c] = (mean_c * count_c + everyone * _PORTFOLIO_WORTH) / (count_c + _PORTFOLIO_WORTH)
    out = np.empty_like(error)
    for b in pieces:
        judged = np.isfinite(relative[b])
        known = np.where(judged, rolling.judged[b][:, :, None], 0.0)
        blended = (np.where(judged, relative[b], 0.0) * known + base[label[b]] * _CLASS_WORTH) / (
            known + _CLASS_WORTH
        )
        weight = np.where(np.isfinite(rolling.forecasts[b]), np.maximum(blended, 0.02) ** -_SHARPNESS, 0.0)
        total = weight.sum(axis=2, keepdims=True)
        out[b] = weight / np.where(total > 0, total, 1.0)
    return out


def combined_forecast(rolling: Rolling, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weighted forecast of the sum by product and origin, non-negative and at most three times the highest period for every period. Shape (products, origins + 1)."""
    value = (np.nan_to_num(rolling.forecasts) * weights).sum(axis=2)
    ceiling = 3.0 * rolling.highest * rolling.interval[:, None]
    out: NDArray[np.float64] = np.clip(value, 0.0, ceiling)
    return out
