"""Header and body of a sheet of cells; rows that do not fit are repaired beyond doubt or rejected by number.

One concept: where the header ends, how wide the body is and which rows do not fit are one decision: a row is
a misfit only beside a header, and a header is found by the rows that fit it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.data.layout.header import aligned_header, body_width
from analytics.data.layout.one_way import SAMPLE, OneWay
from analytics.data.layout.place_in_sheet import Layout, column_names, find_layout, typed
from analytics.data.layout.raw_table import RawTable, Rejection, empty_error
from analytics.data.values.categorical import Columns, coded_texts
from analytics.data.values.header_names import role_of_name
from analytics.errors import DataError, Problem

__all__ = ["TOTAL", "CellRows", "layout_notes", "misfit", "table_of_rows"]

#: Most cells that are held at once.
MOST_CELLS = 80_000_000

#: With more lines than this that do not fit, and more than fit, the file is not understood.
MOST_MISFITS = 50_000

#: Words that begin a row of totals, or are all that stands for one of averages.
TOTAL = re.compile(
    r"(?i)^\W*(grand |sub ?-?|sous-? ?)?(total|totals|sum|summe|gesamt|gesamtsumme|gesamtergebnis|zwischensumme|total general"
    r"|totale|totaal|totalt|suma|razem|celkem|yhteensa|yhteensä|insgesamt|somme|eindtotaal|итого|всего|合計|合计|총계)\b"
    r"|^\W*(average|avg|mean|durchschnitt|mittelwert|moyenne|promedio|media|gemiddelde|średnia|max|maximum|min|minimum|variance|median)\W*$"
)


class CellRows(NamedTuple):
    """The rows of cells of a file or sheet before it is known which of them is the header.

    name: of the file. rows: the cells as texts, one list a row. start: line in the file at which each row begins (rows,).
    dialect: what was found out of how the file is written. problems: what is to be said of it so far. text_of: the
    original texts of lines. repairs: the ways to read the damaged row at a position with so many cells (None: there is no
    other). broken: positions of rows with a quote that never closes.
    """

    name: str
    rows: list[list[str]]
    start: NDArray[np.int64]
    dialect: dict[str, Any]
    problems: list[Problem]
    text_of: Callable[[NDArray[np.int64]], list[str]]
    repairs: Callable[[int, int], list[list[str]]] | None = None
    broken: frozenset[int] = frozenset()


class _Body(NamedTuple):
    """The filled rows below the header.

    at: their positions among the rows (body rows,). fits: which of them stand under the header cell by cell (body rows,).
    width: how many cells the header has. header: its cells, None where the file has none.
    """

    at: NDArray[np.intp]
    fits: NDArray[np.bool_]
    width: int
    header: list[str] | None


def _typed_columns(rows: Sequence[Sequence[str]], kept: NDArray[np.intp], width: int) -> list[int]:
    """Columns in which nearly every cell is a number or a date, from a sample of the rows that fit."""
    sample = (
        kept[np.unique(np.linspace(0, len(kept) - 1, min(len(kept), 60)).astype(int))] if len(kept) else kept
    )
    found = []
    for i in range(min(width, 200)):
        cells = [cell for k in sample if (cell := rows[k][i].strip() if i < len(rows[k]) else "")]
        if len(cells) >= max(1, 0.5 * len(sample)) and sum(typed(cell) for cell in cells) >= 0.9 * len(cells):
            found.append(i)
    return found


def table_of_rows(cells: CellRows, header_rows: int | None = None) -> RawTable:
    """Find header and body among rows of cells; rows whose cells do not fit the header are repaired beyond doubt or rejected."""
    name, rows, start, dialect = cells.name, cells.rows, cells.start, cells.dialect
    filled = (
        np.array([any(cell and not cell.isspace() for cell in row) for row in rows], bool)
        if len(rows)
        else np.zeros(0, bool)
    )
    if not filled.any():
        raise empty_error(name)
    layout = find_layout(rows, header_rows)
    first = layout.skip + layout.header_rows
    body = np.flatnonzero(filled)
    body = body[body >= first]
    layout, notes = _over_its_columns(
        layout, rows, body, int(start[first - 1]) if first else 1, cells.repairs
    )
    width = len(layout.names)
    if len(body) * width > MOST_CELLS:
        raise DataError(
            Problem(
                "too_large",
                f"{name} has {len(body):,} rows and {width:,} columns",
                "keep the columns with product, date and quantity",
                found=f"{len(body) * width:,} cells",
                expected=f"at most {MOST_CELLS:,}",
            )
        )
    header = [cell.strip() for cell in rows[first - 1]] if layout.header_rows else None
    fits = _fitting(rows, body, width, cells.broken, header)
    fitting = body[fits]
    every = max(1, len(fitting) // SAMPLE)
    one_way = OneWay(
        layout.names,
        lambda: [rows[i] for i in fitting[::every]],
        str(dialect.get("delimiter") or ""),
        str(dialect.get("quote") or ""),
    )
    rejected, repaired, fits = _settled(cells, _Body(body, fits, width, header), one_way)
    notes += one_way.notes()
    if repaired:
        notes.append(
            Problem(
                "repaired",
                f"{len(repaired)} lines had a stray quote or another delimiter and could be read in one way only",
                "check these lines",
                row=repaired[0],
                count=len(repaired),
            )
        )
    kept = body[fits]
    even = all(len(rows[i]) == width for i in kept)
    full = (
        [rows[i] for i in kept] if even else [rows[i][:width] + [""] * (width - len(rows[i])) for i in kept]
    )
    blanks = int((~filled[first:]).sum())
    if blanks:
        notes.append(
            Problem("blank_rows", f"{blanks} blank rows were skipped", "nothing to do", count=blanks)
        )
    notes += layout_notes(layout if filled[: layout.skip].any() else replace(layout, skip=0))
    return RawTable(
        name,
        layout.names,
        Columns(width, lambda i: coded_texts([row[i] for row in full])),
        start[kept],
        {
            **dialect,
            "header_rows": layout.header_rows,
            "skipped_rows": int(start[layout.skip]) - 1 if layout.skip < len(start) else 0,
        },
        rejected,
        [*cells.problems, *notes],
        cells.text_of,
    )


def layout_notes(layout: Layout) -> list[Problem]:
    """What is worth saying of a header: lines above it, a size of amounts that they say, or that there is none."""
    notes, skipped = [], layout.skip
    if skipped:
        notes.append(
            Problem(
                "title_lines",
                f"{skipped} lines above the table were not read as rows",
                "nothing to do",
                row=1,
                count=skipped,
            )
        )
    if layout.size_above:
        words = f"a line above the table says {layout.size_above!r}, no header does: numbers are read as they stand"
        remedy = (
            f"write it into the header of the amounts meant, for instance 'Revenue ({layout.size_above})'"
        )
        notes.append(Problem("size_above", words, remedy, row=1, found=layout.size_above))
    if not layout.header_rows:
        notes.append(
            Problem(
                "no_header",
                "the file has no header; columns were recognised by what stands in them",
                "check the mapping, or add a header",
                row=1,
            )
        )
    return notes


def _over_its_columns(
    layout: Layout,
    rows: list[list[str]],
    body: NDArray[np.intp],
    line: int,
    repairs: Callable[[int, int], list[list[str]]] | None,
) -> tuple[Layout, list[Problem]]:
    """The layout with a damaged header row put back over the columns of the body."""
    first = layout.skip + layout.header_rows
    sample = [rows[i] for i in body[:500]]
    width = body_width(sample) if layout.header_rows == 1 else 0
    if width < 2 or width == len(layout.names) or width > 500:
        return layout, []
    header = rows[first - 1]
    if len(header) > width and not any(cell.strip() for cell in header[width:]):
        return layout, []
    names = aligned_header(
        header,
        [row for row in sample if len(row) >= width],
        width,
        repairs(first - 1, width) if repairs else (),
    )
    if names is None:
        return layout, []
    note = Problem(
        "header_repaired",
        f"the header has {len(header)} cells over {width} columns; its names were put over the columns that suit them",
        "check the columns, or correct the header",
        line,
        found=f"{len(header)} cells",
        expected=f"{width} cells",
    )
    return replace(layout, names=column_names([names], width)), [note]


def _fitting(
    rows: list[list[str]],
    body: NDArray[np.intp],
    width: int,
    broken: frozenset[int],
    header: list[str] | None,
) -> NDArray[np.bool_]:
    """Which rows stand under the header cell by cell: blank cells too many, or a short end where most rows end short, are no harm."""
    lengths = np.array([len(rows[i]) for i in body], np.int64)
    fits = lengths == width
    if broken:
        fits &= ~np.isin(body, list(broken))
    longer = [
        k
        for k in np.flatnonzero(lengths > width)
        if body[k] not in broken and not any(cell.strip() for cell in rows[body[k]][width:])
    ]
    if len(longer) >= 0.2 * len(body):
        fits[longer] = True
    short = np.flatnonzero(lengths < width)
    if len(short) and width > 1:
        full_blank_end = any(not rows[body[k]][width - 1].strip() for k in np.flatnonzero(fits))
        if not full_blank_end and len(short) > max(2, 0.02 * len(body)):
            fits[[k for k in short if lengths[k] > 1 and body[k] not in broken]] = True
    if header is not None:
        for k in np.flatnonzero(fits):
            row = rows[body[k]]
            if row[0].strip() == header[0] and [cell.strip() for cell in row] == header:
                fits[k] = False
    return fits


def _settled(
    cells: CellRows, below: _Body, one_way: OneWay
) -> tuple[list[Rejection], list[int], NDArray[np.bool_]]:
    """Rows that do not fit: repaired (in place) where one reading only makes sense, else rejected; a second table ends the first."""
    rows, start, text_of, repairs = cells.rows, cells.start, cells.text_of, cells.repairs
    body, fits, width, header = below
    numeric = _typed_columns(rows, body[fits], width)
    rejected: list[Rejection] = []
    repaired: list[int] = []
    tried = 0
    bad = np.flatnonzero(~fits)
    if len(bad) > MOST_MISFITS and len(bad) > 0.5 * len(body):
        first, found = int(start[body[bad[0]]]), len(rows[body[bad[0]]])
        words = f"{len(bad):,} of {len(body):,} lines do not have the {width} cells of the header"
        raise DataError(
            Problem(
                "mostly_misfits",
                words,
                "export it again as CSV, or name the delimiter",
                first,
                found=f"{found} cells",
                expected=f"{width} cells",
                count=len(bad),
            )
        )
    other = _second_table(rows, body, fits, numeric, header)
    bad_text = text_of(start[body[bad]]) if len(bad) else []
    for k, line in zip(bad, bad_text, strict=True):
        position = int(body[k])
        if other is not None and position >= other:
            continue
        if header is not None and [cell.strip() for cell in rows[position]] == header:
            rejected.append(
                Rejection(
                    int(start[position]),
                    "",
                    "the header again",
                    "a sales line",
                    "nothing to do: a repeated header",
                    line,
                    "repeated_header",
                )
            )
            continue
        if repairs is not None and tried < 2000 and len(line) < 20_000:
            tried += 1
            best = _one_reading(repairs(position, width), numeric)
            if best is not None:
                rows[position], fits[k] = best, True
                repaired.append(int(start[position]))
                continue
            if (put_back := one_way.row(rows[position], line, int(start[position]))) is not None:
                rows[position], fits[k] = put_back, True
                continue
        rejected.append(misfit(rows[position], width, int(start[position]), line))
    if other is not None:
        after = body >= other
        fits &= ~after
        numbers = start[body[after]]
        for number, line in zip(numbers, text_of(numbers), strict=True):
            rejected.append(
                Rejection(
                    int(number),
                    "",
                    "another table",
                    "a row of the first table",
                    "upload the second table as a file of its own",
                    line,
                    "second_table",
                )
            )
    return rejected, repaired, fits


def _one_reading(found: list[list[str]], numeric: Sequence[int]) -> list[str] | None:
    """The reading of a damaged row where all readings that make sense agree; else None."""
    ways = [row for row in found if all(typed(row[i]) for i in numeric)]
    if (
        not ways
        or not numeric
        or any([row[i].strip() for i in numeric] != [ways[0][i].strip() for i in numeric] for row in ways)
    ):
        return None
    if len({tuple(cell.strip(" \"'") for cell in row) for row in ways if _neat(row)}) > 1:
        return None
    return min(ways, key=lambda row: sum(cell.count('"') for cell in row))


def _neat(row: Sequence[str]) -> bool:
    return not any('"' in cell.strip('"') and cell.count('"') > 1 for cell in row)


def _second_table(
    rows: Sequence[Sequence[str]],
    body: NDArray[np.intp],
    fits: NDArray[np.bool_],
    numeric: Sequence[int],
    header: list[str] | None,
) -> int | None:
    """Position of the row where another table begins: a row of column names inside the body, other than the header."""
    if not numeric or header is None:
        return None
    first = numeric[0]
    for k, (position, fitting) in enumerate(zip(body[1:].tolist(), fits[1:].tolist(), strict=True), 1):
        row = rows[position]
        if (
            fitting and first < len(row) and row[first][-1:].isdigit()
        ):  # nearly all rows: no name, without looking further
            continue
        if fitting and not all(
            i < len(row) and row[i].strip() and not any(c.isdigit() for c in row[i]) for i in numeric[:2]
        ):
            continue
        filled = [cell.strip() for cell in row if cell.strip()]
        if (
            len(filled) < 2
            or len(row) > 500
            or any(typed(cell) for cell in filled)
            or [cell.strip() for cell in row] == header
        ):
            continue
        if len({role for cell in filled if (role := role_of_name(cell)[0])}) >= 2:
            return int(body[k])
    return None


def misfit(row: Sequence[str], width: int, number: int, line: str) -> Rejection:
    """Why a line that does not fit the columns is set aside: a total, a footnote, too many or too few cells, an open quote."""
    filled = [cell.strip() for cell in row if cell.strip()]
    if filled and TOTAL.match(filled[0]):
        return Rejection(
            number,
            "",
            filled[0][:80],
            "a sales line",
            "nothing to do: totals are not counted twice",
            line,
            "total_row",
        )
    if len(filled) == 1:
        return Rejection(
            number,
            "",
            filled[0][:80],
            f"{width} cells",
            "nothing to do if this is a footnote",
            line,
            "footnote",
        )
    code = (
        "too_many_cells" if len(row) > width else "too_few_cells" if len(row) < width else "unbalanced_quote"
    )
    remedy = {
        "too_many_cells": "a cell may hold the delimiter or a line break: put it in quotes",
        "too_few_cells": "complete the row",
    }.get(code, "close the quote")
    return Rejection(number, "", f"{len(row)} cells", f"{width} cells", remedy, line, code)
