"""read_table: text, workbook, Parquet or Arrow -> RawTable."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analytics.data.files.columnar import columnar_table
from analytics.data.files.dialect import Dialect, find_dialect, split_lines
from analytics.data.files.encoding import decode, encoding_of, whole_lines
from analytics.data.files.fixed_width import fixed_width_rows
from analytics.data.files.markup import rows_of_markup
from analytics.data.files.records import parsed, records_of, repairs_of
from analytics.data.files.source import Piece
from analytics.data.files.workbook import read_workbook
from analytics.data.layout.body import CellRows, table_of_rows
from analytics.data.layout.raw_table import RawTable, empty_error
from analytics.data.values.categorical import coded_arrow
from analytics.data.values.header_names import role_of_name
from analytics.errors import DataError, Problem

__all__ = ["read_table"]

#: Text files above this size are read by the columnar reader where their form allows it.
FAST_BYTES = 3_000_000
#: Text files above this size cannot be read line by line.
CAREFUL_BYTES = 400_000_000
LONGEST_LINE = 4_000_000
#: a workbook has 16,384 columns; a table with far more is none that a person made
MOST_COLUMNS = 30_000
_JSON = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*(?:"|\})')
_LINE_END = re.compile(rb"\r\n|\n|\r")
#: so many lines that nothing divides into cells are not read one by one to say so
_MOST_UNDIVIDED = 20_000


def read_table(
    piece: Piece,
    *,
    delimiter: str | None = None,
    encoding: str = "",
    header_rows: int | None = None,
    sheet: str | int | None = None,
) -> RawTable:
    """The table in one piece, whatever its kind."""
    if piece.kind == "text":
        return _text_table(piece, delimiter, encoding, header_rows)
    if piece.kind in ("parquet", "arrow"):
        return _arrow_table(piece)
    return table_of_rows(CellRows(piece.name, *read_workbook(piece, sheet)), header_rows)


def _text_table(piece: Piece, delimiter: str | None, encoding: str, header_rows: int | None) -> RawTable:
    """The table of a text file: large plain ones by columns at once, others line by line with every care."""
    head = piece.held[:1_000_000]
    if not head.strip(b"\x00\r\n\t \xef\xbb\xbf") and (
        piece.size == len(head) or not piece.data.strip(b"\x00\r\n\t \xef\xbb\xbf")
    ):
        raise empty_error(piece.name)
    if _JSON.match(head):
        raise DataError(
            Problem(
                "not_a_table",
                f"{piece.name} is JSON, not a table",
                "export it as CSV, Excel or Parquet, one sale a row",
                1,
                found="JSON",
                expected="a table of rows and columns",
            )
        )
    across = 1 + max(
        line.count(mark) for line in _LINE_END.split(head, 100)[:100] for mark in (b",", b";", b"\t", b"|")
    )
    if across > MOST_COLUMNS:
        remedy = "keep the columns with product, date and quantity, or put one sale in a line"
        raise DataError(
            Problem(
                "too_large",
                f"{piece.name} has {across:,} columns",
                remedy,
                1,
                found=f"{across:,} columns",
                expected=f"at most {MOST_COLUMNS:,}",
            )
        )
    if piece.size > FAST_BYTES and (encoding or encoding_of(whole_lines(head))) in ("utf-8", "utf-8-sig"):
        table = columnar_table(_fed(piece), delimiter, header_rows)
        if table is not None:
            return table if b"\n" in head else replace(table, dialect={**table.dialect, "newline": "CR"})
    if piece.size > CAREFUL_BYTES:
        raise DataError(
            Problem(
                "too_large",
                f"{piece.name} is too large to read line by line, and its form does not allow the quick way",
                "export it as UTF-8 CSV without line breaks inside cells",
                found=f"{piece.size / 1e6:,.0f} MB",
            )
        )
    data = piece.data
    name = encoding or encoding_of(data)
    text, name, damaged = decode(data, name)
    start_text = text[:200].lstrip().lower()
    if (
        start_text.startswith(
            ("<!doctype html", "<html", "<?xml", "<table", "<div", '{"', "[{", "[\n", "%pdf")
        )
        or start_text[:1] == "{"
    ):
        if start_text.startswith("<"):
            rows, numbers = rows_of_markup(text)
            if len(rows) > 1:
                return _markup_table(piece.name, rows, numbers, name)
        form = "a web page" if start_text.startswith("<") else "JSON"
        raise DataError(
            Problem(
                "not_a_table",
                f"{piece.name} is {form}, not a table of cells",
                "export the table as CSV, Excel or Parquet",
                row=1,
                found=start_text[:40],
                expected="rows of cells",
            )
        )
    if text.count("\x00") > 0.01 * len(text):
        raise DataError(
            Problem(
                "not_a_table",
                f"{piece.name} is not a text table",
                "export the table as CSV, Excel or Parquet",
                found="binary content",
            )
        )
    lines, newline = split_lines(text)
    longest = max(map(len, lines), default=0)
    if longest > LONGEST_LINE:
        raise DataError(
            Problem(
                "long_line",
                f"{piece.name} has a line of {longest:,} characters",
                "export with one line per row",
                row=1 + next(i for i, line in enumerate(lines) if len(line) == longest),
                found=f"{longest:,} characters",
                expected=f"at most {LONGEST_LINE:,}",
            )
        )
    dialect = find_dialect(lines, newline) if delimiter is None else Dialect(delimiter, '"', "", newline)
    header = next((line for line in lines if line.strip()), "")
    if delimiter is None and (dialect.delimiter in ("", " ", ":") or dialect.delimiter not in header):
        columns = fixed_width_rows(lines)
        if columns is not None and (
            dialect.delimiter in ("", " ", ":")
            or sum(bool(role_of_name(cell)[0]) for cell in columns[lines.index(header)]) > 1
        ):
            return _fixed_width_table(piece.name, columns, lines, name)
    if not dialect.delimiter and len(lines) > _MOST_UNDIVIDED:
        words = f"nothing divides the {len(lines):,} lines of {piece.name} into cells"
        remedy = "export it as CSV with a comma, semicolon or tab between the cells"
        raise DataError(
            Problem("one_column", words, remedy, found=header[:40], expected="at least three cells in a line")
        )
    start_at = 1 if lines and re.match(r"^sep=.$", lines[0]) else 0
    records, start, broken = records_of(lines[start_at:], dialect)
    start = start + start_at
    rows = parsed(records, dialect, broken)
    problems = []
    if damaged:
        problems.append(
            Problem(
                "encoding",
                f"{damaged} characters cannot be read as {name}; they are shown as \ufffd",
                "save the file as UTF-8",
                count=damaged,
            )
        )

    def text_of(numbers: NDArray[np.int64]) -> list[str]:
        return [records[i] for i in np.searchsorted(start, numbers)]

    def repairs(position: int, width: int) -> list[list[str]]:
        return repairs_of(records[position], dialect, width)

    found = {
        "delimiter": dialect.delimiter,
        "quote": dialect.quote,
        "escape": dialect.escape,
        "encoding": name,
        "newline": {"\r\n": "CRLF", "\n": "LF", "\r": "CR"}[newline],
    }
    return table_of_rows(
        CellRows(piece.name, rows, start, found, problems, text_of, repairs, frozenset(broken)), header_rows
    )


def _fed(piece: Piece) -> Piece:
    """The piece with line feeds where its lines end with carriage returns alone (old Macintosh); the text in UTF-8 has neither byte elsewhere."""
    if b"\n" in piece.held or b"\r" not in piece.held:
        return piece
    data = piece.data
    return piece if b"\n" in data else replace(piece, held=data.replace(b"\r", b"\n"), path=None)


def _fixed_width_table(name: str, rows: list[list[str]], lines: list[str], encoding: str) -> RawTable:
    """The table of lines in columns of fixed width; lines of dashes are none."""
    kept = [i for i, line in enumerate(lines) if not (line.strip() and set(line) <= set("-=_+ "))]

    def text_of(wanted: NDArray[np.int64]) -> list[str]:
        return [lines[n - 1] for n in wanted]

    note = Problem(
        "fixed_width",
        "the lines stand in columns of fixed width and were cut where every line has a space",
        "nothing to do, or export it as CSV",
    )
    dialect = {"delimiter": "", "quote": "", "escape": "", "encoding": encoding, "newline": ""}
    return table_of_rows(
        CellRows(name, [rows[i] for i in kept], np.array(kept, np.int64) + 1, dialect, [note], text_of)
    )


def _markup_table(name: str, rows: list[list[str]], numbers: list[int], encoding: str) -> RawTable:
    """The largest table of a web page; rows are numbered as in the table."""
    start = np.arange(1, len(rows) + 1)

    def text_of(wanted: NDArray[np.int64]) -> list[str]:
        return [" | ".join(rows[n - 1]) for n in wanted]

    words = "the file is a web page or XML, not a workbook; its largest table was read, rows are numbered as in that table"
    note = Problem("markup", words, "save it as CSV or Excel if a row is missing", row=numbers[0])
    dialect = {"delimiter": "", "quote": "", "escape": "", "encoding": encoding, "newline": ""}
    return table_of_rows(CellRows(name, rows, start, dialect, [note], text_of))


def _arrow_table(piece: Piece) -> RawTable:
    """A Parquet or Arrow file as text columns; the row number is the row in the file."""
    import pyarrow.compute as pc
    import pyarrow.ipc as ipc
    import pyarrow.parquet as pq

    try:
        frame = (
            pq.read_table(io.BytesIO(piece.data))
            if piece.kind == "parquet"
            else ipc.open_file(io.BytesIO(piece.data)).read_all()
        )
    except (pa.ArrowException, OSError, ValueError) as fault:
        raise DataError(
            Problem(
                "damaged_file",
                f"{piece.name} cannot be read as {piece.kind}",
                "export it again",
                found=str(fault)[:80],
            )
        ) from None
    if not frame.num_rows:
        raise empty_error(piece.name)
    names, columns = [], []
    for name, column in zip(frame.column_names, frame.columns, strict=True):
        kind = column.type
        if pa.types.is_dictionary(kind):
            column = column.cast(kind.value_type)
            kind = kind.value_type
        if pa.types.is_nested(kind) or pa.types.is_binary(kind):
            continue
        if pa.types.is_timestamp(kind):
            column = pc.strftime(column, "%Y-%m-%d %H:%M:%S")
        elif pa.types.is_floating(kind):
            column = column.cast(pa.float64()).cast(pa.string())
        else:
            column = column.cast(pa.string())
        names.append(name)
        columns.append(coded_arrow(column))

    def text_of(numbers: NDArray[np.int64]) -> list[str]:
        return [", ".join(str(c.values[c.codes[n - 1]]) for c in columns) for n in numbers]

    dialect = {
        "delimiter": "",
        "quote": "",
        "escape": "",
        "encoding": piece.kind,
        "newline": "",
        "header_rows": 1,
        "skipped_rows": 0,
        "decimal": ".",
    }
    return RawTable(
        piece.name, tuple(names), tuple(columns), np.arange(1, frame.num_rows + 1), dialect, [], [], text_of
    )
