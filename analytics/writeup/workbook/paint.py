"""Sheets into bytes: formats, widths, frozen panes, print set-up and cells, row by row so that little is held in memory.

One concept: how a sheet looks, and how its cells stand in the file.
"""

from __future__ import annotations

import datetime
import html
import io
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analytics.data import safe_cell
from analytics.writeup.workbook.layout import (  # fmt: skip
    FORMULA,
    INPUT,
    RECORD,
    SIMULATED,
    TEXT,
    Book,
    Cell,
    Column,
    Grid,
    Table,
    letter,
)

__all__ = ["LONGEST_TEXT", "Painter", "new_workbook", "plain_text"]

#: The day that a workbook says it was made on: the same figures give the same bytes.
_MADE = datetime.datetime(2000, 1, 1)
#: Width of columns beyond which a table is not shrunk to one page.
_PAGE_WIDTH = 260.0
#: What a cell of a sheet can hold of a text, in characters.
LONGEST_TEXT = 32_767
#: Rows of which the cells are made at a time.
_BLOCK = 500
_FORMS: Mapping[str, str] = {
    "text": "General",
    "any": "General",
    "money": '#,##0.00;-#,##0.00;"–"',
    "change": '+#,##0.00;-#,##0.00;"–"',
    "units": '#,##0.00;-#,##0.00;"–"',
    "share": '0.00%;-0.00%;"–"',
    "whole": "#,##0",
    "number": "#,##0.00",
    "worth": '[<-1]"–";0.0000',
    "cover": '[>9999]"without end";#,##0.0',
}
_INK, _MUTED, _FAINT, _BLUE, _BROWN, _PAGE = "#16202c", "#56657a", "#d9dfe7", "#1f5fae", "#7a4b16", "#f3f6fa"
_COLOURS = {TEXT: _INK, INPUT: _BLUE, RECORD: _BROWN, SIMULATED: "#7d8a99", FORMULA: _INK}
_LOOKS: Mapping[str, Mapping[str, Any]] = {
    "": {},
    "title": {"bold": True, "font_size": 18, "font_color": _INK},
    "lead": {"font_color": _MUTED, "italic": True},
    "heading": {"bold": True, "font_color": "#ffffff", "bg_color": "#24425f", "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1, "border_color": "#ffffff"},
    "band": {"bold": True, "font_color": _MUTED, "bottom": 1, "bottom_color": _FAINT},
    "section": {"bold": True, "font_size": 12, "font_color": "#24425f", "bottom": 2, "bottom_color": "#24425f"},
    "total": {"bold": True, "top": 1, "top_color": _MUTED, "bg_color": _PAGE},
    "note": {"italic": True, "font_color": _MUTED},
    "wrap": {"text_wrap": True, "valign": "top"},
    "answer": {"bold": True, "font_size": 14, "font_color": "#24425f"},
    "verdict": {"bold": True, "font_size": 12, "bg_color": "#e6f0e6", "font_color": "#1d5b2a"},
    "legend": {"bold": True},
    "link": {"font_color": _BLUE, "underline": 1},
    "faint": {"font_color": "#a9b6c4"},
    "result": {"bold": True, "align": "center"},
}  # fmt: skip
#: Height of a line of text, points, and how much of a column's width a character of running text takes at most; a row has at most 409 points.
_LINE, _CHARACTER, _MOST_LINES = 15.0, 0.87, 27
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def plain_text(value: object) -> str:
    r"""A text as a cell holds it: never run as a formula, without characters that files cannot hold, cut with words where it is too long.

    >>> plain_text("=1+1"), plain_text("a\x00b"), len(plain_text("x" * 40_000)), plain_text("x" * 40_000)[-32:]
    ("'=1+1", 'a b', 32767, '... (cut: 40,000 characters long)')
    """
    text = _CONTROL.sub(" ", str(safe_cell(str(value))))
    if len(text) > LONGEST_TEXT // 2:  # such a cell counts a sign beyond the first 65,536 as two
        units = text.encode("utf-16-le")
        if len(units) > 2 * LONGEST_TEXT:
            words = f"... (cut: {len(text):,} characters long)"
            text = units[: 2 * (LONGEST_TEXT - len(words))].decode("utf-16-le", "ignore") + words
    return text


class _Plain(Worksheet):
    """A sheet whose formulas call no function that came after the format, and that takes rows of cells as they stand in the file.

    Names of such functions are not looked for, which takes three fifths of the time of a formula; rows as they stand take a third of the time of
    cells handed over one by one.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")

    def words(self, text: str) -> str:
        """What stands between the marks of a cell of words."""
        held = self._escape_data(self._escape_control_characters(text))
        room = ' xml:space="preserve"' if text != text.strip() else ""
        return f"<is><t{room}>{held}</t></is>"

    def rows(self, first: int, cells: Iterable[tuple[str, ...]], columns: int) -> None:
        """Rows below all that was written, from row `first` (from 0): of each its cells as they stand in the file, "" for one that is empty."""
        self._write_single_row(first)  # what waits to be written
        row = first
        for row, found in enumerate(cells, first):
            if line := "".join(found):
                self._write_row(row, None)
                self.fh.write(f"{line}</row>")
        self._check_dimensions(row, columns - 1)
        self.previous_row = row


def new_workbook(out: io.BytesIO, title: str) -> Workbook:
    """An empty workbook that is written row by row into `out`, whose texts are neither formulas nor links, under a title."""
    held = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = Workbook(out, held)
    workbook.set_properties({"title": title[:250], "author": "stock-or-order", "created": _MADE})
    return workbook


class Painter:
    """Writes sheets into a workbook: `formats` by kind, form and look, each made once."""

    def __init__(self, workbook: Workbook, book: Book, foot: str) -> None:
        """Take the workbook to write into, the sheets, and the words at the foot of every page."""
        self.workbook, self.book, self.foot = workbook, book, foot
        self.formats: dict[tuple[str, str, str], Format] = {}

    def format(self, kind: str, form: str, look: str = "") -> Format:
        """How a cell looks."""
        key = (kind, form, look)
        if key not in self.formats:
            found = {"font_name": "Calibri", "font_size": 10, "font_color": _COLOURS[kind], "num_format": _FORMS[form]}  # fmt: skip
            if kind == INPUT and look != "legend":
                found["bg_color"] = "#eef4fb"
            if kind == SIMULATED:
                found["italic"] = True
            if form == "text" and look in ("", "wrap"):
                found |= {"indent": 1, "valign": "top"}
            self.formats[key] = self.workbook.add_format({**found, **_LOOKS[look]})
        return self.formats[key]

    def _begin(self, sheet: Table | Grid) -> _Plain:
        page: _Plain = self.workbook.add_worksheet(sheet.name, _Plain)
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(9)
        wide = isinstance(sheet, Table) and sum(column.width for column in sheet.columns) > _PAGE_WIDTH
        if wide:  # columns go on over several pages, beside what names the row
            page.set_print_scale(60)
            page.repeat_columns(0, max(sheet.frozen, 1) - 1)
        else:
            page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        page.set_footer(f"&L&8{self.foot}&C&8&A&R&8&P of &N")
        page.set_row(0, 28)
        page.write_string(0, 0, plain_text(sheet.title), self.format(TEXT, "text", "title"))
        page.write_string(1, 0, plain_text(sheet.lead), self.format(TEXT, "text", "lead"))
        return page

    def grid(self, sheet: Grid) -> Worksheet:
        """A sheet of single cells."""
        page = self._begin(sheet)
        for k, width in enumerate(sheet.widths):
            page.set_column(k, k, width)
        if sheet.frozen:
            page.freeze_panes(sheet.frozen, 1)
        for row, lines in _lines_of_text(sheet).items():  # not every program makes room for them by itself
            page.set_row(row, _LINE * lines)
        for (row, column), cell in sorted(sheet.cells.items()):
            self._cell(page, sheet.name, row, column, cell)
        return page

    def _cell(self, page: Worksheet, home: str, row: int, column: int, cell: Cell) -> None:
        look = self.format(cell.kind, cell.form, cell.look)
        value = cell.value
        if cell.look == "link":
            page.write_url(row, column, f"internal:'{value}'!A1", look, plain_text(value))
        elif cell.formula:
            page.write_formula(
                row,
                column,
                self.book.formula(home, cell.formula),
                look,
                "" if isinstance(value, float) and not np.isfinite(value) else value,
            )
        elif isinstance(value, str) and value:
            page.write_string(row, column, plain_text(value), look)
        elif value != "" and np.isfinite(value):
            page.write_number(row, column, float(value), look)
        else:
            page.write_blank(row, column, None, look)

    def table(self, sheet: Table) -> Worksheet:
        """A sheet of one row a product, from the top down."""
        page = self._begin(sheet)
        head, first = sheet.head, sheet.first
        for k, column in enumerate(sheet.columns):
            grey = {"level": 1} if column.kind == SIMULATED else {}  # can be folded away
            page.set_column(k, k, column.width, None, grey)
        page.freeze_panes(head + 1, sheet.frozen)
        page.repeat_rows(head)
        self._lines(page, sheet)
        band = ""
        for k, column in enumerate(sheet.columns):
            if column.band and column.band != band:
                page.write_string(head - 1, k, column.band, self.format(TEXT, "text", "band"))
            band = column.band
        page.set_row(head, 58)
        for k, column in enumerate(sheet.columns):
            page.write_string(head, k, plain_text(column.title), self.format(TEXT, "text", "heading"))
        self._rows(page, sheet)
        for k, column in enumerate(sheet.columns):
            if column.form == "change" and sheet.rows:
                self.signed(page, first - 1, k, first + sheet.rows - 2)
        if sheet.rows:
            page.autofilter(head, 0, head + sheet.rows, len(sheet.columns) - 1)
        return page

    def signed(self, page: Worksheet, first: int, column: int, last: int) -> None:
        """What is better in green and what is worse in red, in a column from a row to a row, counted from 0."""
        for criteria, limit, colour in ((">=", 0.005, "#2e7d4f"), ("<=", -0.005, "#b3261e")):
            look = self.workbook.add_format({"font_color": colour})
            rule = {"type": "cell", "criteria": criteria, "value": limit, "format": look}
            page.conditional_format(first, column, last, column, rule)

    def _lines(self, page: Worksheet, sheet: Table) -> None:
        """The lines above the products: the total of columns that add up, or lines of their own."""
        at = sheet.at
        lines: Iterator[tuple[str, dict[int, tuple[str, float, str]]]]
        if sheet.lines:
            lines = ((one.label, {at[key]: cell for key, cell in one.cells.items()}) for one in sheet.lines)
        else:
            sums = {
                k: (f"SUM({{{c.key}@range}})", float(np.nansum(c.values.astype(float))), c.form)
                for k, c in enumerate(sheet.columns)
                if c.total
            }
            lines = iter([("Total" if sums else "", sums)])
        for k, (label, cells) in enumerate(lines):
            row = 2 + k
            page.write_string(row, 0, label, self.format(TEXT, "text", "total"))
            for column, (formula, value, form) in sorted(cells.items()):
                page.write_formula(
                    row,
                    column,
                    self.book.formula(sheet.name, formula),
                    self.format(FORMULA, form, "total"),
                    value,
                )

    def _rows(self, page: _Plain, sheet: Table) -> None:
        """The rows of the products, a block of them at a time so that little is held."""
        columns = [self._cells(page, sheet, k, column) for k, column in enumerate(sheet.columns)]
        for start in range(0, sheet.rows, _BLOCK):
            rows = range(start, min(start + _BLOCK, sheet.rows))
            page.rows(
                sheet.first - 1 + start, zip(*(cells(rows) for cells in columns), strict=True), len(columns)
            )

    def _cells(self, page: _Plain, sheet: Table, k: int, column: Column) -> Callable[[range], list[str]]:
        """What makes the cells of a column as they stand in the file, "" for an empty one, of products by position."""
        # the same for every cell of the column: its letters, its format and the number of a row above the first product
        start, above = f'<c r="{letter(k)}', sheet.first
        look = f'" s="{self.format(column.kind, column.form)._get_xf_index()}"'
        if column.kind == TEXT:
            number = f'" s="{self.format(column.kind, "any")._get_xf_index()}"'
            texts = [_text(v) for v in column.values]
            found = {
                text: f'{look} t="inlineStr">{page.words(text)}</c>'
                for text in {*texts}
                if isinstance(text, str)
            }
            found[""] = ""

            def word(i: int) -> str:
                text = texts[i]
                if isinstance(text, float):
                    return f"{start}{i + above}{number}><v>{text:.16G}</v></c>"
                return text and f"{start}{i + above}{found[text]}"

            return lambda rows: [word(i) for i in rows]
        numbers = column.values.astype(np.float64).tolist()

        def plain(i: int) -> str:
            value = numbers[i]
            return f"{start}{i + above}{look}><v>{value:.16G}</v></c>" if value == value else ""

        if not column.formula:
            return lambda rows: [plain(i) for i in rows]
        held = replace(column, formula=html.escape(column.formula, quote=False))
        formulas = self.book.formulas(sheet, held)
        linked = [True] * len(numbers) if column.linked is None else column.linked.tolist()

        def cells(rows: range) -> list[str]:
            return [
                plain(i) if not linked[i]
                else f"{start}{i + above}{look}><f>{formulas[i][1:]}</f><v>{numbers[i]}</v></c>" if numbers[i] == numbers[i]
                else ""
                for i in rows
            ]  # fmt: skip

        return cells


def _lines_of_text(sheet: Grid) -> dict[int, int]:
    """By row of a grid (from 0) the lines that its longest wrapped text takes, where that is more than one."""
    out: dict[int, int] = {}
    for (row, column), cell in sheet.cells.items():
        if cell.look == "wrap":
            lines = textwrap.wrap(plain_text(cell.value), max(int(sheet.widths[column] / _CHARACTER), 1))
            out[row] = max(out.get(row, 1), min(len(lines), _MOST_LINES))
    return {row: lines for row, lines in out.items() if lines > 1}


def _text(value: object) -> str | float:
    """A value of a column of words as a cell holds it; what is a number stays one."""
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, float | np.floating | int | np.integer) and not isinstance(value, bool):
        return float(value) if np.isfinite(value) else ""
    return plain_text(value)
