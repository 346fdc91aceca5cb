"""Seasonal ratios of one series, through the program's own kernel."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.forecast.members.seasonal import profile_into

__all__ = ["seasonal_profile"]


def seasonal_profile(
    y: ArrayLike, season: int, shared: ArrayLike | None = None
) -> tuple[NDArray[np.float64], float]:
    """How much each month (week, weekday) sells against an average one, and how far the history can be believed in that.

    *Formula*: ratio of a phase's sales to the centred mean over one season; the own ratios count with c r / (1 + (c - 1) r), where r is the
    correlation between one season's deviations and the next one's (less half a standard error) and c the number of seasons; the rest is `shared` (1 if none).
    The first value has phase 0. Returns (ratios of mean 1, share believed). Source: classical ratio to moving average; Spearman (1910), Brown (1910) for the share.

    >>> ratios, believed = seasonal_profile([1.0, 3.0] * 20, 2)
    >>> bool(ratios[1] > 2.5 * ratios[0])
    True
    """
    values = np.nan_to_num(np.asarray(y, np.float64))
    base = np.ones(season) if shared is None else np.asarray(shared, np.float64)
    out = np.ones(season)
    believed = profile_into(values, len(values), 0, season, base, np.zeros(len(values)), out)
    return out, float(believed)
