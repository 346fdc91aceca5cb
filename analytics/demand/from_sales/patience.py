"""What past customers accepted: the wait between order and promised or shipped date, and how much an order takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory

__all__ = ["grouped_median", "mean_late_days", "median_wait_days", "weighted_grouped_median"]


def grouped_median(group: NDArray[np.int64], value: NDArray[np.float64], groups: int) -> NDArray[np.float64]:
    """Median of the values of each group (NaN for an empty one). Shape (groups,).

    >>> import numpy as np
    >>> grouped_median(np.array([0, 0, 0, 1, 1]), np.array([3.0, 1.0, 9.0, 2.0, 4.0]), 3).tolist()
    [3.0, 3.0, nan]
    """
    by_value = np.argsort(value, kind="stable")
    order = by_value[np.argsort(group[by_value], kind="stable")]
    ranked = value[order]
    count = np.bincount(group, minlength=groups)
    begin = np.cumsum(count) - count
    out = np.full(groups, np.nan)
    filled = count > 0
    low, high = begin[filled] + (count[filled] - 1) // 2, begin[filled] + count[filled] // 2
    out[filled] = (ranked[low] + ranked[high]) / 2.0
    return out


def weighted_grouped_median(
    group: NDArray[np.int64], value: NDArray[np.float64], weight: NDArray[np.float64], groups: int
) -> NDArray[np.float64]:
    """Median of each group when every value counts as often as its weight: the value at which half the weight is reached.

    >>> import numpy as np
    >>> weighted_grouped_median(np.array([0, 0, 0]), np.array([5.0, 4.0, 9.0]), np.array([1.0, 1.0, 7.0]), 1).tolist()
    [9.0]
    """
    by_value = np.argsort(value, kind="stable")
    order = by_value[np.argsort(group[by_value], kind="stable")]
    out = np.full(groups, np.nan)
    if not len(order):
        return out
    code, ranked = group[order], np.cumsum(weight[order])
    count = np.bincount(group, minlength=groups)
    filled = np.flatnonzero(count > 0)
    end = np.cumsum(count)[filled] - 1
    begin = end - count[filled] + 1
    before = np.where(begin > 0, ranked[begin - 1], 0.0)
    half = before + (ranked[end] - before) / 2.0
    # the running weight rises over all groups, so one search serves them all
    place = np.clip(np.searchsorted(ranked, half * (1.0 - 1e-15), side="left"), begin, end)
    out[code[begin]] = value[order][place]
    return out


def median_wait_days(
    history: SalesHistory,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Median days from order to promised date and to shipped date, per product and over all products.

    Returns: promised (products,), shipped (products,), and the two medians over all lines (2,); NaN where unknown. Lines with a
    quantity of zero or below, and waits below zero, do not count.
    """
    products = len(history.skus)
    day = history.date.astype("datetime64[D]")
    out: list[NDArray[np.float64]] = []
    overall: list[float] = []
    for column in (history.promised, history.shipped):
        known = ~np.isnat(column) & (history.quantity > 0.0)
        wait = (column[known].astype("datetime64[D]") - day[known]).astype(np.int64).astype(np.float64)
        plausible = wait >= 0.0
        wait, sku = wait[plausible], history.sku[known][plausible].astype(np.int64)
        out.append(grouped_median(sku, wait, products) if len(wait) else np.full(products, np.nan))
        overall.append(float(np.median(wait)) if len(wait) else float("nan"))
    return out[0], out[1], np.array(overall)


def mean_late_days(history: SalesHistory, fewest: int = 10) -> NDArray[np.float64]:
    """Mean days by which orders were shipped after the promised date, those in time counting zero; shape (products,).

    NaN below `fewest` lines with both dates and a promise of more than a day (a promise of today is a delivery from stock).
    Formula: mean of max(shipped - promised, 0). Days per order line.
    Source: definition.
    """
    products = len(history.skus)
    known = ~np.isnat(history.promised) & ~np.isnat(history.shipped) & (history.quantity > 0.0)
    day, promised, shipped = (
        column[known].astype("datetime64[D]").astype(np.int64)
        for column in (history.date, history.promised, history.shipped)
    )
    told = (promised - day > 1) & (shipped >= day)
    sku = history.sku[known][told].astype(np.int64)
    count = np.bincount(sku, minlength=products)
    total = np.bincount(sku, weights=np.maximum(shipped - promised, 0)[told], minlength=products)
    return np.where(count >= fewest, total / np.maximum(count, 1), np.nan)
