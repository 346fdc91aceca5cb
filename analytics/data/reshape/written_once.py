"""Codes and dates that are written once for several lines: in the first row of their group, order or day."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.data.layout.body import TOTAL
from analytics.data.layout.raw_table import RawTable
from analytics.data.reshape.reshape import with_columns
from analytics.data.values.categorical import Coded, blank_texts, matching
from analytics.data.values.dates import date_column
from analytics.errors import Problem

__all__ = ["carried_down", "filled_down"]


def filled_down(table: RawTable, position: int, dates: int) -> RawTable | None:
    """The table with codes that stand in the first row of their group only written into every row; None where that is not plainly so."""
    column = table.columns[position]
    empty = blank_texts(column.values)
    if not len(table) or not empty.any():
        return None
    blank = column.spread(empty)
    if blank[0] or blank.mean() < 0.4:
        return None
    given: NDArray[np.intp] = np.flatnonzero(~blank)
    if len(np.unique(column.codes[given])) < len(given):
        return None
    readable = table.columns[dates].spread(date_column(table.columns[dates].values).readable)
    if readable.mean() < 0.9:
        return None
    codes = column.codes[given[np.cumsum(~blank) - 1]]
    note = Problem(
        "filled_down",
        f"{table.names[position]} stands in the first row of each group only; {int(blank.sum())} rows below got the code above them",
        "write the code in every row if that is wrong",
        int(table.row[int(np.argmax(blank))]),
        table.names[position],
        count=int(blank.sum()),
    )
    kept = [(table.names[i], table.columns, i) for i in range(len(table.names)) if i != position]
    return with_columns(table, kept, [(table.names[position], Coded(codes, column.values))], note)


def carried_down(table: RawTable, roles: Mapping[str, int]) -> RawTable | None:
    """The table with dates that stand in the first line of their order, or of their day, only written into every line; None where it is not plainly so.

    Plainly: the order number is blank on exactly the same lines, or every date stands once and they are in order; and the product stands on every line.
    """
    if not len(table) or not {"date", "sku"} <= set(roles):
        return None
    column = table.columns[roles["date"]]
    if not blank_texts(column.values).any():
        return None
    blank = {
        i: table.columns[i].spread(blank_texts(table.columns[i].values))
        for r, i in roles.items()
        if r in ("date", "sku", "order", "customer")
    }
    empty = blank[roles["date"]]
    if (
        empty[0]
        or empty.mean() < 0.1
        or blank[roles["sku"]][empty].any()
        or table.columns[roles["sku"]]
        .spread(matching(table.columns[roles["sku"]].values, TOTAL))[empty]
        .any()
    ):
        return None
    given: NDArray[np.intp] = np.flatnonzero(~empty)
    if "order" not in roles or not np.array_equal(blank[roles["order"]], empty):
        days = date_column(column.values).day_first[column.codes[given]]
        if empty.mean() < 0.3 or np.isnat(days).any() or not (np.diff(days).astype(np.int64) > 0).all():
            return None
    above = given[np.cumsum(~empty) - 1]
    alike = [i for i, here in blank.items() if np.array_equal(here, empty)]
    names = ", ".join(table.names[i] for i in alike)
    words = f"{names} stand in the first line of each group only; {int(empty.sum())} lines below got what stands above them"
    note = Problem(
        "filled_down",
        words,
        "write them into every line if that is wrong",
        int(table.row[int(np.argmax(empty))]),
        table.names[roles["date"]],
        count=int(empty.sum()),
    )
    kept = [(table.names[i], table.columns, i) for i in range(len(table.names)) if i not in alike]
    return with_columns(
        table,
        kept,
        [(table.names[i], Coded(table.columns[i].codes[above], table.columns[i].values)) for i in alike],
        note,
    )
