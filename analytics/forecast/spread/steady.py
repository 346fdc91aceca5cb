"""Products that sold the same period after period: how far their quantiles may go on the little that was ever different."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.demand.panel import DemandPanel

__all__ = ["steady_range", "within_range"]

#: No quantile lies further above the highest period than this.
_ABOVE = 1.45
_LOW, _MIDDLE = 0.05, 0.5
#: Periods that differ by at most this share are much the same.
_ALIKE = 0.05


def steady_range(panel: DemandPanel) -> NDArray[np.float64]:
    """How far single periods may go of products that nearly always sold the same, (products, 3), units; infinite where nothing is known.

    Columns: at most so much at the level 0.05 (the lowest period), at 0.5 (the highest), at any level (1.45 times the highest). The first two hold
    where more than half of the periods, from the first sale on, brought exactly as much as the one before, and not nothing; the last where they
    differed by at most 5 %; three periods at least. Where demand never varied, past errors say nothing of how far it may: only what was seen does.
    Source: a rule of this program.

    >>> from types import SimpleNamespace
    >>> units = np.array([[50.0, 50.0, 50.0, 50.0, 20.0], [50.0, 49.0, 50.0, 49.0, 20.0], [9.0, 6.0, 7.0, 7.0, 7.0]])
    >>> steady_range(SimpleNamespace(units=units, observed=units > 0.0, first=np.zeros(3, np.int32))).tolist()
    [[20.0, 50.0, 72.5], [inf, inf, 72.5], [inf, inf, inf]]
    """
    seen = panel.observed & (np.arange(panel.units.shape[1]) >= np.maximum(panel.first, 0)[:, None])
    seen &= (panel.first >= 0)[:, None]
    pair = seen[:, 1:] & seen[:, :-1]
    after, before = panel.units[:, 1:], panel.units[:, :-1]
    sold = pair & (after > 0.0) & (before > 0.0)
    close = np.abs(after - before) <= _ALIKE * np.maximum(after, before)
    known = seen.sum(axis=1) >= 3
    same, near = (
        known & ((sold & like).sum(axis=1) > 0.5 * pair.sum(axis=1)) for like in (after == before, close)
    )
    low = np.where(seen, panel.units, np.inf).min(axis=1, initial=np.inf)
    high = np.where(seen, panel.units, 0.0).max(axis=1, initial=0.0)
    return np.stack(
        [np.where(same, low, np.inf), np.where(same, high, np.inf), np.where(near, _ABOVE * high, np.inf)],
        axis=1,
    )


def within_range(
    quantile: NDArray[np.float64],
    levels: NDArray[np.float64],
    bounds: NDArray[np.float64] | None,
    periods: NDArray[np.float64] | float = 1.0,
) -> NDArray[np.float64]:
    """Quantiles of a sum over `periods` (products,) held to what a steady product showed: (products, levels).

    *Formula*: quantile at a level <= periods x the first column of `bounds` that is for that level or one above, and from the median on >= periods x
    the first column, the lowest period. `bounds` (products, 3) as from `steady_range`; None: nothing is held. Source: a rule of this program.

    >>> held = within_range(np.array([[9.0, 50.0, 99.0]]), np.array([0.05, 0.5, 0.95]), np.array([[3.0, 20.0, 29.0]]), 2.0)
    >>> held.tolist()
    [[6.0, 40.0, 58.0]]
    """
    if bounds is None or not np.isfinite(bounds).any():
        return quantile
    held = bounds * np.broadcast_to(np.asarray(periods, np.float64), len(bounds))[:, None]
    column = (levels > _LOW + 1e-9).astype(int) + (levels > _MIDDLE + 1e-9)
    least = np.where((levels >= _MIDDLE - 1e-9) & np.isfinite(held[:, :1]), held[:, :1], 0.0)
    return np.maximum(np.minimum(quantile, held[:, column]), least)
