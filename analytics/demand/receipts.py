"""Receipts of goods: what came in, and in which lots; the lot in use today where nobody states one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.history import APART_COLUMNS, SalesHistory

__all__ = ["RECEIPT", "median_receipts", "receipts_of", "with_receipts"]

#: The kind of a line of `SalesHistory.apart` that is a receipt of goods.
RECEIPT = "receipt"


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


def receipts_of(read: SalesHistory) -> pd.DataFrame:
    """Receipts (columns sku, date, units) from a file of them: its lines, and what of it was told to be receipts of a ledger."""
    lines = pd.DataFrame({"sku": read.skus[read.sku], "date": read.date, "units": read.quantity})
    came = read.apart.loc[read.apart["kind"] == RECEIPT, ["sku", "date", "units"]]
    return came.reset_index(drop=True) if len(came) else lines


def with_receipts(history: SalesHistory, receipts: pd.DataFrame) -> SalesHistory:
    """The history with further receipts (columns sku, date, units), apart from its sales; those it has stay."""
    new = pd.DataFrame(
        {
            "sku": receipts["sku"].astype(str),
            "date": receipts["date"].astype("datetime64[ns]"),
            "units": receipts["units"].astype(float),
            "money": np.nan,
        }
    )
    apart = new.assign(kind=RECEIPT)[list(APART_COLUMNS)]
    return replace(
        history, apart=pd.concat([history.apart, apart], ignore_index=True) if len(history.apart) else apart
    )
