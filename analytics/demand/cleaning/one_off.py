"""One-offs: periods so far above all others of their product that they will hardly come again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["one_off_cells"]

#: Fewest periods with sales from which anything can be called unusual.
_LEAST_SALES = 6
#: A one-off is this much larger than the largest ordinary period; what comes in twos or every year is ordinary.
_JUMP = 2.5
#: And lies this many robust standard deviations above the median, on a log scale.
_DEVIATIONS = 4.0
#: The least standard deviation assumed: sales that were always alike may still double.
_LEAST_DEVIATION = 0.4
#: At most this share of a product's sales periods, and so many.
_MOST_SHARE, _MOST = 0.05, 3


def one_off_cells(units: NDArray[np.float64], counted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Units by which each cell lies above the largest ordinary period of its product, where it is a one-off; else 0.

    *Formula*: with a product's sales s1 >= s2 >= ... in the periods that count, the k largest are one-offs where s_k > 2.5 s_(k+1) and
    ln s_k > median(ln s) + 4 max(1.4826 MAD(ln s), 0.4); k is 1, or up to 3 within 5 % of the sales periods, the largest such k; at
    least 6 sales periods. Each is reduced to s_(k+1). A peak that comes back next year, a new level, or two alike are left alone.
    Parameters: `units`, `counted` (products, periods). Returns the same shape, units, non-negative, whole where the sales are whole.
    Source: Hampel's identifier (median and MAD), on logarithms because sales are skewed; the jump is a rule of this program.

    >>> one_off_cells(np.array([[4.0, 5, 3, 900, 4, 5, 0, 3]]), np.ones((1, 8), bool)).tolist()
    [[0.0, 0.0, 0.0, 895.0, 0.0, 0.0, 0.0, 0.0]]
    """
    out = np.zeros(units.shape)
    sales = np.where(counted & (units > 0.0), units, 0.0)
    if units.shape[1] < _LEAST_SALES:
        return out
    count = (sales > 0.0).sum(axis=1)
    top = -np.partition(-sales, _MOST, axis=1)[:, : _MOST + 1]
    top = -np.sort(-top, axis=1)
    jumps = top[:, :_MOST] > _JUMP * top[:, 1:]
    for i in np.flatnonzero((count >= _LEAST_SALES) & jumps.any(axis=1)):
        logs = np.log(sales[i][sales[i] > 0.0])
        middle = np.median(logs)
        limit = middle + _DEVIATIONS * max(1.4826 * float(np.median(np.abs(logs - middle))), _LEAST_DEVIATION)
        fits = [
            k
            for k in range(1, _MOST + 1)
            if jumps[i, k - 1] and np.log(top[i, k - 1]) > limit and (k == 1 or k <= _MOST_SHARE * count[i])
        ]
        if fits:
            ordinary = top[i, fits[-1]]
            out[i] = np.where(sales[i] > ordinary, sales[i] - ordinary, 0.0)
    return out
