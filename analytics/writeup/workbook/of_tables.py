"""Tables as a workbook, as they stand on a page: a sheet each, numbers as numbers, texts that no spreadsheet runs."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from analytics.writeup.workbook.layout import TEXT, Book, Column, Table
from analytics.writeup.workbook.paint import Painter, new_workbook
from analytics.writeup.workbook.workbook import ROWS_OF_A_SHEET

__all__ = ["tables_workbook"]

#: Characters of the name of a sheet, of a column at least and at most, and of a number.
_NAME, _LEAST, _MOST, _NUMBER = 31, 9, 60, 12
#: Rows that the width of a column is read from.
_LOOKED_AT = 200


def tables_workbook(tables: Sequence[tuple[str, pd.DataFrame]], rows: int = ROWS_OF_A_SHEET) -> bytes:
    """Tables (what it holds, frame) as the bytes of a workbook, a sheet each in their order; of more than `rows` rows the rest is on further sheets.

    Cells are numbers, yes or no, days as 2026-01-31 and texts, "" where nothing is known; columns of small pictures (lists) are left out.

    >>> from io import BytesIO
    >>> from openpyxl import load_workbook
    >>> made = tables_workbook([("Plans: in figures", pd.DataFrame({"Plan": ["=1+1"], "Units": [2.5]}))])
    >>> [[cell.value for cell in row] for row in load_workbook(BytesIO(made))["Plans in figures"].iter_rows(min_row=5)]
    [['Plan', 'Units'], ["'=1+1", 2.5]]
    """
    book = Book()
    for holds, frame in tables:
        parts = max(-(-len(frame) // rows), 1)
        for k in range(parts):
            said = f"{len(frame):,} {'row' if len(frame) == 1 else 'rows'}"
            lead = said if parts == 1 else f"{said}; part {k + 1} of {parts}: a sheet holds {rows:,}"
            columns = _columns(frame.iloc[k * rows : (k + 1) * rows])
            book.add(Table(_name(holds, book.sheets), holds or "Table", lead, columns, frozen=1))
    out = io.BytesIO()
    workbook = new_workbook(out, "Stock or order: tables")
    painter = Painter(workbook, book, "stock-or-order")
    for sheet in book.sheets.values():
        assert isinstance(sheet, Table)
        painter.table(sheet)
    workbook.close()
    return out.getvalue()


def _name(holds: str, taken: Iterable[str]) -> str:
    """The name of a sheet: letters and figures of what it holds, another number where it is taken."""
    plain = re.sub(r"[^\w ]+", " ", holds)
    base = " ".join(plain.split())[:_NAME].strip() or "Table"
    names = {"history", *(name.lower() for name in taken)}  # a name that spreadsheets keep for themselves
    name, k = base, 2
    while name.lower() in names:
        name, k = f"{base[: _NAME - len(str(k)) - 1].strip()} {k}", k + 1
    return name


def _columns(frame: pd.DataFrame) -> list[Column]:
    """The columns of a table as a sheet has them."""
    out = []
    for place, name in enumerate(frame.columns):
        values = frame.iloc[:, place]
        if any(isinstance(cell, list | np.ndarray) for cell in values):
            continue
        cells = np.array([_told(cell) for cell in values], object)
        longest = max(
            (len(one) if isinstance(one, str) else _NUMBER for one in cells[:_LOOKED_AT]), default=0
        )
        width = float(min(max(longest + 2, len(str(name)) * 0.7, _LEAST), _MOST))
        out.append(Column(f"c{place}", str(name), TEXT, "text", cells, width=width))
    return out or [Column("c0", "", TEXT, "text", np.array([""] * len(frame), object))]


def _told(cell: object) -> object:
    """A cell as it is written: numbers as they are, days without their midnight, "" where nothing is known."""
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, bool | np.bool_):
        return "yes" if cell else "no"
    if isinstance(cell, pd.Timestamp | datetime.date):
        return str(cell).removesuffix(" 00:00:00")
    return cell
