"""Rules of thumb the recommendation is measured against, fixed beforehand: classes by value and regularity, months of cover."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.demand.panel import PERIOD_WEEKS, DemandPanel
from analytics.forecast.spread.paths import WEEKS

__all__ = ["ABC_SERVICE", "COVER_WEEKS", "abc_xyz", "average_demand", "follow_average"]

Array = NDArray[np.float64]

#: Cycle service level of classes A, B and C, and the weeks of cover of their lots.
ABC_SERVICE = (0.975, 0.95, 0.9)
ABC_LOT_WEEKS = 4.0
_ABC_SHARES = (0.8, 0.95)
_XYZ_VARIATION = (0.5, 1.0)
#: Months of cover beyond lead time and review: order at one month, up to two.
COVER_WEEKS = (WEEKS / 12.0, 2.0 * WEEKS / 12.0)
_AVERAGE_WEEKS = WEEKS / 2.0


def _last_periods(panel: DemandPanel, weeks: float) -> tuple[Array, NDArray[np.bool_]]:
    """Units of the last so many weeks, and which of these periods lie after each product's first sale."""
    count = max(1, min(panel.units.shape[1], round(weeks / PERIOD_WEEKS[panel.frequency])))
    column = np.arange(panel.units.shape[1] - count, panel.units.shape[1])
    return panel.units[:, -count:], (column >= panel.first[:, None]) & (panel.first >= 0)[:, None]


def abc_xyz(panel: DemandPanel) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Class by value (0 A, 1 B, 2 C) and by regularity (0 X, 1 Y, 2 Z) over the last year.

    A: the products that bring the first 80 % of revenue (units without prices), B: the next 15 %, C the rest. X: standard
    deviation of demand by quarter of a quarter (4.33 weeks, or a month) at most half the mean, Y: at most the mean, Z: more.
    """
    units, lived = _last_periods(panel, WEEKS)
    revenue = panel.revenue[:, -units.shape[1] :]
    worth = (
        np.where(np.isfinite(revenue), revenue, 0.0).sum(axis=1)
        if np.isfinite(revenue).any()
        else units.sum(axis=1)
    )
    order = np.argsort(-worth, kind="stable")
    before = np.cumsum(worth[order]) - worth[order]
    value = np.full(len(worth), 2)
    value[order] = np.searchsorted(np.array(_ABC_SHARES) * max(worth.sum(), 1e-300), before, side="right")
    block = max(1, round(WEEKS / 12.0 / PERIOD_WEEKS[panel.frequency]))
    months = units.shape[1] // block
    if months < 2:
        return value.astype(np.intp), np.full(len(worth), 2, np.intp)
    by_month = units[:, -months * block :].reshape(len(units), months, block).sum(axis=2)
    counted = lived[:, -months * block :].reshape(len(units), months, block).all(axis=2)
    number = np.maximum(counted.sum(axis=1), 1)
    mean = (by_month * counted).sum(axis=1) / number
    spread = np.sqrt((((by_month - mean[:, None]) * counted) ** 2).sum(axis=1) / number)
    variation = np.where((mean > 0.0) & (counted.sum(axis=1) >= 2), spread / np.maximum(mean, 1e-300), np.inf)
    return value.astype(np.intp), np.searchsorted(np.array(_XYZ_VARIATION), variation, side="left")


def average_demand(panel: DemandPanel) -> Array:
    """Average weekly demand over the last half year, since the first sale where that is later. Shape (products,), units a week."""
    units, lived = _last_periods(panel, _AVERAGE_WEEKS)
    return np.asarray(
        (units * lived).sum(axis=1) / np.maximum(lived.sum(axis=1), 1) / PERIOD_WEEKS[panel.frequency]
    )


def follow_average(average: Array, demand: Array, steps_per_week: int = 1) -> Array:
    """The average after another week, or day: a moving average of half a year, as an exponential one of the same age.

    >>> follow_average(np.array([4.0]), np.array([31.0])).tolist()
    [6.0]
    """
    return average + (demand - average) * 2.0 / (_AVERAGE_WEEKS * steps_per_week + 1.0)
