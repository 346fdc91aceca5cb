"""Rows that repeat an earlier row in every column: counted and said, in files of any length."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.layout.raw_table import RawTable
from analytics.data.values.categorical import Coded
from analytics.errors import Problem

__all__ = ["duplicates", "repeated_lines"]

#: so many of the rows that repeat nothing have an order and a line number of their own where lines are numbered
_NUMBERED = 0.99
#: rows at a time, rows compared with each other where a column says that others cannot be alike, and rows among which the first repeated one is looked for before all
_BLOCK, _STRETCH, _FIRST = 32_768, 500_000, 200_000


def _row_keys(table: RawTable, begin: int, end: int) -> NDArray[np.uint64]:
    """One number for each of these rows, equal where all cells are; worked out in blocks that stay in the processor's cache."""
    columns = [table.columns[i].codes for i in range(min(len(table.columns), 400))]
    out = np.empty(end - begin, np.uint64)
    for start in range(begin, end, _BLOCK):
        part = slice(start, min(start + _BLOCK, end))
        key = np.zeros(part.stop - start, np.uint64)
        for i, codes in enumerate(columns):
            key ^= codes[part].astype(np.uint64) + np.uint64(i + 1)
            key *= np.uint64(0x9E3779B97F4A7C15)
            key ^= key >> np.uint64(29)
        out[start - begin : part.stop - begin] = key
    return out


def _stretches(table: RawTable) -> list[tuple[int, int]]:
    """Rows from and to which all rows that are alike stand together: cut where a column in which no text comes again, such as sorted dates, changes."""
    n = len(table)
    if n <= 2 * _STRETCH:
        return [(0, n)]
    for column in (table.columns[i] for i in range(min(len(table.columns), 400))):
        codes = column.codes
        if len(column.values) > 1 and all(
            bool((codes[s + 1 : s + 1 + _BLOCK] >= codes[s : min(s + _BLOCK, n - 1)]).all())
            for s in range(0, n - 1, _BLOCK)
        ):
            cuts = {0, n, *(int(np.searchsorted(codes, codes[at])) for at in range(_STRETCH, n, _STRETCH))}
            return list(pairwise(sorted(cuts)))
    return [(0, n)]


def duplicates(table: RawTable, good: NDArray[np.bool_]) -> list[Problem]:
    """How many of the good rows repeat an earlier one in every column."""

    def keys(begin: int, end: int) -> NDArray[np.uint64]:
        found, used = _row_keys(table, begin, end), good[begin:end]
        return found if used.all() else found[used]

    count, first = 0, -1
    for begin, end in _stretches(table):
        ordered = keys(begin, end)
        ordered.sort()
        here = int((ordered[1:] == ordered[:-1]).sum())
        if here and not count:
            repeated = pd.Series(keys(begin, min(begin + _FIRST, end))).duplicated().to_numpy()
            if not repeated.any():
                repeated = pd.Series(keys(begin, end)).duplicated().to_numpy()
            first = int(table.row[begin + np.flatnonzero(good[begin:end])[int(np.argmax(repeated))]])
        count += here
    if not count:
        return []
    return [
        Problem(
            "duplicate_rows",
            f"{count:,} {'line repeats' if count == 1 else 'lines repeat'} an earlier line in every column; {'it is' if count == 1 else 'they are'} counted",
            "remove them from the file if it was exported twice",
            first,
            count=count,
        )
    ]


def repeated_lines(table: RawTable, good: NDArray[np.bool_], order: Coded, line: Coded) -> NDArray[np.bool_]:
    """Good rows (rows,) that repeat an earlier one in every column although lines are numbered: order and number tell every other row from all others.

    Two such rows are one line, exported twice. None where numbers of lines come again within an order with something else.
    """
    again = np.zeros(len(table), bool)
    rows = np.flatnonzero(good)
    repeated = pd.Series(_row_keys(table, 0, len(table))[rows]).duplicated().to_numpy()
    if not repeated.any():
        return again
    left = rows[~repeated]
    pair = order.codes[left].astype(np.int64) * len(line.values) + line.codes[left]
    if len(np.unique(pair)) >= _NUMBERED * len(left):
        again[rows[repeated]] = True
    return again
