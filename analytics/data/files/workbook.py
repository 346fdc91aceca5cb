"""Excel and OpenDocument sheets as rows of text cells."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.files.cell_formats import with_units_shown
from analytics.data.files.source import Piece
from analytics.data.layout.place_in_sheet import find_layout
from analytics.data.values.dates import is_date
from analytics.data.values.header_names import normal_name, role_of_name
from analytics.errors import DataError, Problem

__all__ = ["alike_sheets", "cell_text", "read_workbook", "unless_damaged"]

_MOST_CELLS = 60_000_000
MOST_SHEETS = 200


def cell_text(value: Any) -> str:
    """A cell as text: whole numbers without a point, dates as ISO, nothing as blank.

    >>> cell_text(3.0), cell_text(2.5), cell_text(dt.datetime(2012, 7, 27)), cell_text(None), cell_text(True)
    ('3', '2.5', '2012-07-27', '', '1')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)


def _texts(rows: list[list[Any]]) -> list[list[str]]:
    """Rows of cells as text; what has been met before is not written again (kinds apart: True is no 1.0)."""
    known: dict[type, dict[Any, str]] = {}
    out = []
    for row in rows:
        line = []
        for cell in row:
            kind = type(cell)
            if kind is str:
                line.append(cell)
                continue
            of_kind = known.setdefault(kind, {})
            text = of_kind.get(cell)
            if text is None:
                text = of_kind[cell] = cell_text(cell)
            line.append(text)
        out.append(line)
    return out


def unless_damaged(fault: BaseException, piece: Piece) -> DataError:
    """What the library raises on a damaged workbook, panics of its own kind among them, as a refusal; anything else goes on."""
    if not isinstance(fault, Exception) and type(fault).__name__ != "PanicException":
        raise fault
    if isinstance(fault, MemoryError):
        raise fault
    return DataError(
        Problem(
            "damaged_file",
            f"{piece.name} cannot be read as a workbook",
            "save it again, or as CSV",
            found=f"{type(fault).__name__}: {fault}"[:80],
        )
    )


def alike_sheets(piece: Piece) -> tuple[list[str], list[str]]:
    """Sheets with the columns of the largest one (a sheet per month, year or branch), in order; and the other sheets with cells."""
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(piece.data))
        names = list(book.sheet_names)
        if not 2 <= len(names) <= MOST_SHEETS:
            return [], []
        columns: dict[str, tuple[str, ...]] = {}
        sizes: dict[str, int] = {}
        for name in names:
            found = book.get_sheet_by_name(name)
            sizes[name] = (found.height or 0) * (found.width or 0)
            if sizes[name] and (found.total_width or 0) <= 2000:
                rows = [
                    [cell_text(cell) for cell in row]
                    for row in found.to_python(skip_empty_area=False, nrows=80)
                ]
                columns[name] = _columns_of(rows)
    except BaseException as fault:
        unless_damaged(fault, piece)
        return [], []
    largest = max(names, key=lambda name: sizes[name])
    alike = [name for name in names if columns.get(name) and columns[name] == columns.get(largest)]
    return (
        (alike, [name for name in names if name not in alike and sizes[name]]) if len(alike) > 1 else ([], [])
    )


def _columns_of(rows: list[list[str]]) -> tuple[str, ...]:
    """The names of a sheet's columns but for periods; empty where they name no product."""
    if not any(any(cell.strip() for cell in row) for row in rows):
        return ()
    layout = find_layout(rows)
    names = [normal_name(name) for name in layout.names if not is_date(name)] if layout.header_rows else []
    periods = len(layout.names) - len(names)
    return (
        tuple(sorted(name for name in names if name)) + (("periods",) if periods >= 3 else ())
        if any(role_of_name(name)[0] == "sku" for name in names)
        else ()
    )


def read_workbook(
    piece: Piece, sheet: str | int | None = None
) -> tuple[
    list[list[str]],
    NDArray[np.int64],
    dict[str, Any],
    list[Problem],
    Callable[[NDArray[np.int64]], list[str]],
]:
    """Rows of one sheet as text, their row numbers, the dialect, problems and a way back to a row's text.

    Raises DataError for a workbook that is damaged, too large, without sheets or without the one asked
    for.
    Row numbers have shape (rows,).
    """
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(piece.data))
        names = list(book.sheet_names)
        if not names:
            raise DataError(Problem("empty_file", f"{piece.name} has no sheet", "save the workbook again"))
        if sheet is None:
            chosen, size = "", -1
            for name in names:
                one = book.get_sheet_by_name(name)
                if (one.height or 0) * (one.width or 0) > size:
                    chosen, size, found = name, (one.height or 0) * (one.width or 0), one
        elif isinstance(sheet, int) or (str(sheet).isdigit() and sheet not in names):
            chosen = names[int(sheet) - 1] if 0 < int(sheet) <= len(names) else ""
        else:
            chosen = str(sheet) if sheet in names else ""
        if not chosen:
            raise DataError(
                Problem(
                    "sheet",
                    f"{piece.name} has no sheet {sheet!r}",
                    "name one of its sheets (option sheet)",
                    found=str(sheet),
                    expected=", ".join(names),
                )
            )
        if sheet is not None:
            found = book.get_sheet_by_name(chosen)
        if found.total_height * found.total_width > _MOST_CELLS:
            raise DataError(
                Problem(
                    "too_large",
                    f"sheet {chosen} has {found.total_height:,} x {found.total_width:,} cells",
                    "delete the empty rows and columns, or save as CSV",
                )
            )
        rows = with_units_shown(piece.data, chosen, _texts(found.to_python(skip_empty_area=False)))
    except DataError:
        raise
    except BaseException as fault:
        raise unless_damaged(fault, piece) from None
    problems = []
    if len(names) > 1 and sheet is None:
        problems.append(
            Problem(
                "sheet_chosen",
                f"sheet {chosen!r} was read; {piece.name} also has {', '.join(n for n in names if n != chosen)[:200]}",
                "choose another with the option sheet",
            )
        )

    def text_of(numbers: NDArray[np.int64]) -> list[str]:
        return [" | ".join(rows[n - 1]) for n in numbers]

    dialect = {
        "delimiter": "",
        "quote": "",
        "escape": "",
        "encoding": "workbook",
        "newline": "",
        "sheet": chosen,
    }
    return rows, np.arange(1, len(rows) + 1), dialect, problems, text_of
