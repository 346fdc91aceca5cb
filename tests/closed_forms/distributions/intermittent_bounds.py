"""Where the correction of Croston's method pays: the bounds of Kostenko and Hyndman."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["kostenko_hyndman_approximate_bound", "kostenko_hyndman_bound"]


def kostenko_hyndman_bound(interval: ArrayLike, alpha: float) -> Any:
    """Variability above which the Syntetos-Boylan correction beats Croston's method, exact form.

    Formula: v > [4 p (2 - p) - a (4 - a) - p (p - 1) (4 - a)(2 - a)] / [p (4 - a)(2 p - a)], p the interval (periods), a the
    smoothing constant, v the squared coefficient of variation of sizes. Source: Kostenko and Hyndman 2006, JORS 57:1256.

    >>> round(kostenko_hyndman_bound(1.0, 0.1), 6)  # (4 - 0.39) / (3.9 x 1.9)
    0.487179
    """
    p = np.asarray(interval, np.float64)
    top = 4.0 * p * (2.0 - p) - alpha * (4.0 - alpha) - p * (p - 1.0) * (4.0 - alpha) * (2.0 - alpha)
    result = top / (p * (4.0 - alpha) * (2.0 * p - alpha))
    return result if result.ndim else float(result)


def kostenko_hyndman_approximate_bound(interval: ArrayLike) -> Any:
    """Variability above which the Syntetos-Boylan correction beats Croston's method, for small smoothing constants.

    Formula: v > 2 - 1.5 p, p the interval (periods). Source: Kostenko and Hyndman 2006, JORS 57:1256.

    >>> kostenko_hyndman_approximate_bound(1.2) == 2 - 1.5 * 1.2
    True
    """
    result = 2.0 - 1.5 * np.asarray(interval, np.float64)
    return result if result.ndim else float(result)
