"""Receipts of goods: what came in, and in which lots; the lot in use today where nobody states one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["median_receipts"]


def median_receipts(receipts: pd.DataFrame, skus: Sequence[str] | NDArray[np.object_]) -> NDArray[np.float64]:
    """The lot in which each product comes in: the median of its positive receipts (units; NaN where none are known), shape of `skus`.

    `receipts` has columns sku, date, units. Lines of one product and day are one receipt; what goes back (units of 0 or less) is none.
    *Formula*: median over days of the sum of positive units. Source: lots observed; a median is moved by no single large or small delivery.

    >>> table = pd.DataFrame({"sku": ["A", "A", "A", "A", "B"], "date": pd.to_datetime(["2024-01-02", "2024-01-02", "2024-02-06", "2024-03-05", "2024-01-02"])})
    >>> median_receipts(table.assign(units=[30.0, 10.0, 50.0, 90.0, -4.0]), ["A", "B"]).tolist()
    [50.0, nan]
    """
    come = receipts[receipts["units"] > 0.0]
    by_day = come.groupby(["sku", "date"], sort=True)["units"].sum()
    median = by_day.groupby(level="sku").median()
    return median.reindex([str(sku) for sku in skus]).to_numpy(np.float64)
