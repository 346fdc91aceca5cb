"""Lots of a list of stock: units on hand row by row with the day they came in, by which they are aged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.history import APART_COLUMNS, SalesHistory, no_lines_apart
from analytics.data.items.item_rows import ItemRows
from analytics.data.kept_apart import LOT
from analytics.data.layout.raw_table import RawTable
from analytics.errors import Problem
from analytics.naming.labels import total_text

__all__ = ["lines_of_stock", "stock_lots", "with_lots"]


def stock_lots(
    table: RawTable,
    found: ItemRows,
    own: NDArray[np.float64],
    came: NDArray[np.datetime64],
    name: str,
) -> tuple[pd.DataFrame, list[Problem]]:
    """The lots as lines of `SalesHistory.apart`, and what is said of units that name no day.

    `own` (rows,) are the firm's own units of every row of the file, `came` (rows,) the day they came in (NaT: not said);
    `name` is the column of that day. A product of which a row names a day is aged by its rows alone.
    """
    units, day = own[found.rows], came[found.rows]
    held = np.isfinite(units) & (units > 0.0)
    dated = held & ~np.isnat(day)
    if not dated.any():
        return no_lines_apart(), []
    has = np.bincount(found.product, dated, len(found.skus)) > 0
    silent = held & ~dated & has[found.product]
    problems = []
    if silent.any():
        words = f"{total_text(float(units[silent].sum()))} units without a day of receipt beside others of the same product with one"
        remedy = "fill the day in; until then they count as older than the records"
        first = int(table.row[found.rows[silent]].min())
        problems = [
            Problem("lot_undated", words, remedy, first, name, "", "a date", int(silent.sum())),
        ]
    return lines_of_stock(table, found, dated, (day, units), LOT), problems


def lines_of_stock(
    table: RawTable,
    found: ItemRows,
    rows: NDArray[np.bool_],
    said: tuple[NDArray[np.datetime64], NDArray[np.float64]],
    kind: str,
) -> pd.DataFrame:
    """Rows of a list of stock as lines of `SalesHistory.apart` of a kind: those marked among `found.rows`, with the day and the units `said` there; their money is not known."""
    day, units = said
    columns: dict[str, Any] = {
        "sku": found.skus[found.product[rows]],
        "date": day[rows].astype("datetime64[ns]"),
        "units": units[rows],
        "money": np.full(int(rows.sum()), np.nan),
        "kind": kind,
        "in_demand": False,
        "file": table.name,
        "row": table.row[found.rows[rows]].astype(np.int64),
    }
    return pd.DataFrame(columns)[list(APART_COLUMNS)]


def with_lots(history: SalesHistory, lots: pd.DataFrame) -> SalesHistory:
    """The history with the lots of a list of stock (lines of `SalesHistory.apart`) beside its sales."""
    parts = [part for part in (history.apart, lots[list(APART_COLUMNS)]) if len(part)]
    return replace(history, apart=pd.concat(parts, ignore_index=True)) if len(lots) else history
