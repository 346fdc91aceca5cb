"""One workbook with sheets for sales, items, stock, receipts, promotions and bill of materials: each sheet read as what it holds, or named with the reason why not."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.data.columns.column_roles import map_sales_columns
from analytics.data.files.source import Piece
from analytics.data.files.workbook import MOST_SHEETS, cell_text, unless_damaged
from analytics.data.items.promotions_file import is_promotions
from analytics.data.items.receipts_file import is_receipts
from analytics.data.layout.body import CellRows, table_of_rows
from analytics.data.layout.raw_table import RawTable
from analytics.data.periods.columns_of_periods import spelled_names
from analytics.data.reshape.one_column_per_period import wide_columns
from analytics.data.reshape.table_kinds import kind_of
from analytics.data.told import Told
from analytics.data.values.header_names import role_of_name
from analytics.errors import DataError, Problem

__all__ = ["KIND_WORDS", "Sheet", "sheets_of", "sheets_problem"]

KIND_WORDS = {
    "sales": "sales",
    "items": "items",
    "stock": "stock",
    "receipts": "receipts",
    "promotions": "promotions",
    "bom": "bill of materials",
}
#: so many rows of a sheet tell what it holds
_HEAD_ROWS = 120
_NOT_READ = "nothing in it that is sales, items, stock, receipts, promotions or a bill of materials"


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its name, what it holds ("" nothing that is read), why it is not read, and how many cells it has."""

    name: str
    kind: str
    why_not: str = ""
    cells: int = 0
    columns: tuple[str, ...] = ()


def _kind(table: RawTable) -> str:
    """What a sheet holds; of one that is not plainly sales nothing is guessed, unlike of a file that a person gave as sales."""
    kind = kind_of(table)
    if kind != "sales":
        return kind
    try:
        if wide_columns(spelled_names(table, None).names, Told()) is not None:
            return "sales" if any(role_of_name(name)[0] == "sku" for name in table.names) else ""
        roles_found = map_sales_columns(table.names, table.columns, None).role
    except DataError:  # it asks: which a sheet of sales may do
        roles_found = map_sales_columns(table.names, table.columns, None, by_content=False).role
    return (
        "sales"
        if {"sku", "quantity"} <= set(roles_found)
        and ("date" in roles_found or any(role_of_name(name)[0] == "date" for name in table.names))
        else ""
    )


def sheets_of(piece: Piece) -> list[Sheet]:
    """The sheets of a workbook with what each holds; none for one sheet alone, or where no sheet is sales, items, stock or a bill of materials.

    Of several sheets of sales those with the columns of the largest one are read, as a sheet per year or branch.
    """
    from python_calamine import CalamineWorkbook

    if piece.kind != "excel":
        return []
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(piece.data))
        names = list(book.sheet_names)
        if not 2 <= len(names) <= MOST_SHEETS:
            return []
        found = []
        for name in names:
            sheet = book.get_sheet_by_name(name)
            cells = (sheet.height or 0) * (sheet.width or 0)
            if not cells:
                found.append(Sheet(name, "", "empty"))
                continue
            if (sheet.total_width or 0) > 2000:
                found.append(Sheet(name, "", "more than 2,000 columns", cells))
                continue
            rows = [
                [cell_text(cell) for cell in row]
                for row in sheet.to_python(skip_empty_area=False, nrows=_HEAD_ROWS)
            ]
            found.append(_seen(name, rows, cells))
    except BaseException as fault:  # a damaged workbook is told by whoever reads it
        unless_damaged(fault, piece)
        return []
    return _chosen(found)


def _seen(name: str, rows: list[list[str]], cells: int) -> Sheet:
    try:
        table = table_of_rows(
            CellRows(name, rows, np.arange(1, len(rows) + 1), {}, [], lambda numbers: [""] * len(numbers))
        )
    except DataError:
        return Sheet(name, "", "no table in it", cells)
    if not len(table):
        return Sheet(name, "", "a header without rows", cells)
    kind = _kind(table)
    if kind != "bom" and is_promotions(name, table):
        kind = "promotions"
    elif kind != "bom" and is_receipts(name, table):
        kind = "receipts"
    periods = set(wide_positions(table.names))
    columns = tuple(sorted(text for i, text in enumerate(table.names) if i not in periods))
    return Sheet(name, kind, "" if kind else _NOT_READ, cells, columns)


def wide_positions(names: tuple[str, ...]) -> tuple[int, ...]:
    """Positions of columns that are periods, which differ from year to year."""
    try:
        wide = wide_columns(names, Told())
    except DataError:
        return ()
    return wide.positions if wide is not None else ()


def _chosen(found: list[Sheet]) -> list[Sheet]:
    """The sheets with one kind of sales, and of every other kind the largest sheet."""
    if not any(sheet.kind for sheet in found):
        return []
    if not any(sheet.kind == "sales" for sheet in found):  # what looks like receipts is all there is of sales
        found = [replace(sheet, kind="sales") if sheet.kind == "receipts" else sheet for sheet in found]
    out = []
    largest = {
        kind: max((s for s in found if s.kind == kind), key=lambda s: s.cells, default=None)
        for kind in KIND_WORDS
    }
    for sheet in found:
        first = largest.get(sheet.kind)
        if first is None or sheet is first or (sheet.kind == "sales" and sheet.columns == first.columns):
            out.append(sheet)
        else:
            why = (
                f"other columns than {first.name}"
                if sheet.kind == "sales"
                else f"{first.name} was read as {KIND_WORDS[sheet.kind]}"
            )
            out.append(Sheet(sheet.name, "", why, sheet.cells))
    return out


def sheets_problem(name: str, sheets: Sequence[Sheet]) -> Problem:
    """What every sheet of a workbook was read as, or why it was not."""
    used = [f"{s.name} as {KIND_WORDS[s.kind]}" for s in sheets if s.kind]
    unused = [f"{s.name} ({s.why_not})" for s in sheets if not s.kind]
    words = (
        f"{name}: "
        + f"read {', '.join(used)}"
        + (f"; not read: {', '.join(unused)}" if unused else "; every sheet was read")
    )
    remedy = (
        "choose one sheet of sales with the option sheet if that is wrong"
        if unused or len(used) > 1
        else "nothing to do"
    )
    return Problem("sheets", words, remedy, found=", ".join(s.name for s in sheets)[:200], count=len(sheets))
