"""Web pages and the XML of Excel 2003 as rows of cells: what many programs save under the name of a workbook (.xls).

Tags are found by one bounded expression: the parser of the standard library takes minutes for hostile pages.
"""

from __future__ import annotations

import re
from html import unescape

from analytics.errors import DataError, Problem

__all__ = ["rows_of_markup"]

_ROW, _CELL, _HIDDEN = ("tr", "row"), ("td", "th", "cell"), ("script", "style")
_TAG = re.compile(r"<(/?)([A-Za-z][\w:.\-]{0,40})([^<>]{0,4000})>")
_SPAN = re.compile(r"""(?i)(?:^|[\s:])(index|colspan|mergeacross)\s*=\s*["']?(\d{1,6})""")
#: repeats of an empty cell that are believed
_MOST_SPAN = 1000
#: and in all of the page
_MOST_SPANNED = 5_000_000


class _Tables:
    """All tables of a page: rows of texts, and the place in the text where each begins. Nested tables belong to the cell they stand in."""

    def __init__(self) -> None:
        self.tables: list[list[list[str]]] = []
        self.places: list[list[int]] = []
        self.depth = self.hidden = self.after = self.spanned = 0
        self.row: list[str] | None = None
        self.cell: list[str] | None = None

    def opened(self, tag: str, further: str, place: int) -> None:
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables.append([])
                self.places.append([])
        elif tag in _HIDDEN and not further.endswith("/"):
            self.hidden += 1
        elif self.depth == 1 and tag in _ROW:
            self.end_row()
            self.row = []
            self.places[-1].append(place)
        elif self.depth == 1 and tag in _CELL and self.row is not None:
            self.end_cell()
            told = {name.lower(): int(number) for name, number in _SPAN.findall(further)}
            skipped = max(0, min(told.get("index", 0) - 1 - len(self.row), _MOST_SPAN))
            self.row += [""] * skipped
            self.cell, self.after = (
                [],
                min(max(told.get("colspan", 1) - 1, told.get("mergeacross", 0)), _MOST_SPAN),
            )
            self.spanned += skipped + self.after
            if self.spanned > _MOST_SPANNED:
                words = (
                    f"the page has more than {_MOST_SPANNED:,} cells that only its spans and addresses claim"
                )
                raise DataError(
                    Problem(
                        "too_large",
                        words,
                        "save the table as CSV",
                        found=f"{self.spanned:,} cells",
                        expected=f"at most {_MOST_SPANNED:,}",
                    )
                )
            if further.endswith("/"):
                self.end_cell()

    def closed(self, tag: str) -> None:
        if tag == "table":
            if self.depth == 1:
                self.end_row()
            self.depth = max(self.depth - 1, 0)
        elif tag in _HIDDEN:
            self.hidden = max(self.hidden - 1, 0)
        elif self.depth == 1 and tag in _CELL:
            self.end_cell()
        elif self.depth == 1 and tag in _ROW:
            self.end_row()

    def end_cell(self) -> None:
        if self.cell is not None and self.row is not None:
            self.row.append(" ".join(unescape(" ".join(self.cell)).split()))
            self.row += [""] * self.after
        self.cell, self.after = None, 0

    def end_row(self) -> None:
        self.end_cell()
        if self.row is not None:
            self.tables[-1].append(self.row)
        self.row = None


def rows_of_markup(text: str) -> tuple[list[list[str]], list[int]]:
    r"""The rows of the largest table of a page, and the line of the file on which each begins; none where it has no table.

    >>> rows_of_markup("<html><table><tr><th>sku<th>units</tr>\n<tr><td>A&amp;B</td><td>3</td></tr></table>")
    ([['sku', 'units'], ['A&B', '3']], [1, 2])
    """
    page = _Tables()
    last = 0
    for match in _TAG.finditer(text):
        if page.cell is not None and not page.hidden and match.start() > last:
            page.cell.append(text[last : match.start()])
        last = match.end()
        tag = match[2].rpartition(":")[2].lower()
        if match[1]:
            page.closed(tag)
        else:
            page.opened(tag, match[3], match.start())
    page.end_row()
    sizes = [sum(len(row) for row in table) for table in page.tables]
    if not sizes or not max(sizes):
        return [], []
    largest = sizes.index(max(sizes))
    lines, line, before = [], 1, 0
    for place in page.places[largest][: len(page.tables[largest])]:
        line += text.count("\n", before, place)
        before = place
        lines.append(line)
    return page.tables[largest], lines
