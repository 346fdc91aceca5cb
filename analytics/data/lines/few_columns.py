"""A small table beside the sales, with a few columns of known names: which column is which, the order of its dates, and the rows that can be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.rejections import RowFilter
from analytics.data.values.conventions import date_order_of
from analytics.data.values.dates import date_column
from analytics.data.values.header_names import normal_name
from analytics.errors import DataError, Problem

__all__ = ["days_of", "few_columns", "usable_rows"]


def few_columns(
    table: RawTable, names: Mapping[str, str], wanted: Mapping[str, str], whose: str, remedy: str
) -> dict[str, int]:
    """Position of each role's column: the first of its `names` (parted by "|") that is there; every column serves one role.

    `wanted` says of each role that must be there what it holds; `whose` are the words for the file. Raises DataError where one is missing.
    """
    found: dict[str, int] = {}
    for role, known in names.items():
        rank = {name: place for place, name in enumerate(known.split("|"))}
        ranked = sorted(
            (rank[normal_name(text)], i)
            for i, text in enumerate(table.names)
            if normal_name(text) in rank and i not in found.values()
        )
        if ranked:
            found[role] = ranked[0][1]
    missing = [role for role in wanted if role not in found]
    if missing:
        there = ", ".join(table.names[:12])
        raise DataError(
            [
                Problem(
                    "missing_column", f"{whose} no column {role}", remedy, found=there, expected=wanted[role]
                )
                for role in missing
            ]
        )
    return found


def days_of(
    table: RawTable, at: Mapping[str, int], order: str, whose: str
) -> dict[str, NDArray[np.datetime64]]:
    """The day of every row by role, in the order of day and month that the dates show, else in `order` (DMY or MDY); (rows,), NaT where unreadable.

    Raises DataError where neither decides: an order is asked, never guessed.
    """
    columns = {role: date_column(table.columns[i].values) for role, i in at.items()}
    try:
        shown, _ = date_order_of(
            columns,
            {role: table.columns[i].values.tolist() for role, i in at.items()},
            {role: table.names[i] for role, i in at.items()},
            None,
        )
    except DataError as doubt:
        if order not in ("DMY", "MDY"):
            said = [replace(problem, message=f"{whose}: {problem.message}") for problem in doubt.problems]
            raise DataError(said) from None
        shown = order
    return {role: table.columns[i].spread(columns[role].dates(shown)) for role, i in at.items()}


def usable_rows(
    rows: RowFilter, table: RawTable, whose: str, expected: str
) -> tuple[NDArray[np.intp], list[Problem], pd.DataFrame]:
    """The positions of rows that nothing was said against, (rows,), a problem for each reason against others, and the table of those. DataError where none is left."""
    rejected, problems = rows.finish()
    good = np.flatnonzero(rows.good)
    if not len(good):
        words = f"no row of {whose} can be used"
        raise DataError([Problem("no_usable_row", words, "see the reasons", expected=expected), *problems])
    return good, problems, rejected
