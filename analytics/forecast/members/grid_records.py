"""What the kernels of the rolling origins take and fill: named records of arrays, and the names of their columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ADIDA", "BEST_WINDOW", "CHANGE", "CROSTON", "DAMPED_TREND", "DEVIATION", "FEATURES", "GAP", "HIGHEST", "HISTORIC_MEAN", "HOLT_WINTERS", "IMAPA", "JUDGED",
    "LENGTH", "LEVEL", "METHODS", "RECENT", "SBA", "SEASONAL_MEAN", "SEASONAL_NAIVE", "SEASONAL_SMOOTHING", "SEASONAL_THETA", "SILENT", "SMOOTHING", "SPREAD",
    "THETA", "TSB", "TWELVE_PERIODS", "Best", "Common", "History", "Members", "OriginArrays", "OwnSeason", "PanelArrays", "Ratios",
]  # fmt: skip

Real = NDArray[np.float64]
Whole = NDArray[np.int64]
Flag = NDArray[np.bool_]

#: Methods in the order of the columns of `Rolling.forecasts`.
METHODS = (
    "seasonal naive",
    "12-period mean",
    "best window mean",
    "historic mean",
    "exponential smoothing",
    "damped trend",
    "Theta",
    "Holt-Winters",
    "Croston",
    "SBA",
    "TSB",
    "ADIDA",
    "IMAPA",
    "seasonal mean",
    "seasonal smoothing",
    "seasonal Theta",
)
#: The place of each method in that order.
(
    SEASONAL_NAIVE,
    TWELVE_PERIODS,
    BEST_WINDOW,
    HISTORIC_MEAN,
    SMOOTHING,
    DAMPED_TREND,
    THETA,
    HOLT_WINTERS,
    CROSTON,
    SBA,
    TSB,
    ADIDA,
    IMAPA,
    SEASONAL_MEAN,
    SEASONAL_SMOOTHING,
    SEASONAL_THETA,
) = range(16)

#: Columns of `Rolling.features`, what could be known of a product at an origin: see there.
LEVEL, CHANGE, SPREAD, RECENT, SILENT, GAP, LENGTH, HIGHEST, JUDGED, DEVIATION = range(10)
FEATURES = 10


class PanelArrays(NamedTuple):
    """The history of some products, periods as columns.

    units: (products, periods), units sold.
    observed: (products, periods), whether the period was observed.
    start, stop: (products,), the columns between which the product's history lies (none where equal).
    interval: (products,), periods whose sum is forecast.
    group: (products,), its row in the seasonal ratios of `Common`.
    positions: (products, origins + 1), periods of history before each origin (0: none), the first is now.
    own: (products, ends, columns), its departure from its group's season, as coefficients of `Common.columns`.
    """

    units: Real
    observed: Flag
    start: Whole
    stop: Whole
    interval: Whole
    group: Whole
    positions: Whole
    own: Real


class Common(NamedTuple):
    """What all products have in common.

    season: periods of a season.
    shared: (groups, ends, season), seasonal ratios of groups of products as known at each end.
    shared_year: (groups, ends, weeks), those of the weeks of the year, for days (else one week, ratio 1).
    shared_ends: (ends,), rising, the periods after which they are known.
    alphas: (8,), rising, shares of a surprise by which levels move.
    windows: (windows,), numbers of periods over which means are taken.
    columns: (season, columns), waves by which a product's season may depart from its group's.
    """

    season: int
    shared: Real
    shared_year: Real
    shared_ends: Whole
    alphas: Real
    windows: Whole
    columns: Real


class OriginArrays(NamedTuple):
    """What is found out about each product at its origins: see `origins.Rolling`, where every field is explained.

    forecasts, errors: (products, origins + 1, methods), sums over the interval, and mean squared errors of them.
    actual: (products, origins + 1), the sum that came.
    features: (products, origins + 1, FEATURES), columns named above.
    own: (products, origins + 1, levels), quantiles of the product's own past sums.
    season, year: (products, season) and (products, weeks), its seasonal ratios.
    alpha, one_step, zero_share, believed: (products,), of the whole history.
    """

    forecasts: Real
    errors: Real
    actual: Real
    features: Real
    own: Real
    season: Real
    year: Real
    alpha: Real
    one_step: Real
    zero_share: Real
    believed: Real


class History(NamedTuple):
    """One product's history: arrays (periods,), and running sums (periods + 1,) before each period.

    raw: units sold; y: the same, single values far beyond all before capped; seen: whether observed.
    plain, total: running sums of raw units and of capped ones.
    observed, sales: periods observed so far, and those with a sale.
    """

    raw: Real
    y: Real
    seen: Flag
    plain: Real
    total: Real
    observed: Real
    sales: Real


class Ratios(NamedTuple):
    """One product's seasonal ratios, filled: `shape` (season,) by phase, `year` (weeks,) by week of the year (one: 1)."""

    shape: Real
    year: Real


class OwnSeason(NamedTuple):
    """Where one product finds its season.

    offset: the calendar column of its first period. group: its row in the ratios of `Common`. own: (ends, columns), its departure from them.
    """

    offset: int
    group: int
    own: Real


class Members(NamedTuple):
    """Members of the grid: every method with every setting of it.

    rows: (members, periods + 1 or more), the forecast from before each period on, of the sum over the interval.
    owner: (members,), the place of its method in METHODS.
    """

    rows: Real
    owner: NDArray[np.int16]


class Best(NamedTuple):
    """The member that speaks for each method: arrays (methods, periods + 1).

    value: its forecast (NaN: none); error: its discounted mean squared error known by then; judged: by how many
    sums, discounted; member: its row in `Members`.
    """

    value: Real
    error: Real
    judged: Real
    member: NDArray[np.int16]
