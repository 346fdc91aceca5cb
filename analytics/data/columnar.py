"""Large text files read by columns; anything that is not plainly one row a line is left to the careful reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from analytics.data.body import layout_notes, misfit
from analytics.data.coded import Coded, coded_arrow
from analytics.data.dialect import Dialect, find_dialect, parse_lines, split_lines
from analytics.data.layout import Layout, find_layout
from analytics.data.raw import RawTable, Rejection
from analytics.data.source import Piece

__all__ = ["columnar_table"]


@dataclass(frozen=True)
class _Counted:
    """What one pass over the bytes of a large file tells."""

    lines: int
    quotes: bool
    returns: int
    windows: int


def _blocks(piece: Piece) -> Iterator[bytes]:
    if piece.path is None:
        yield piece.held
        return
    with piece.path.open("rb") as stream:
        while block := stream.read(1 << 24):
            yield block


def _counted(piece: Piece, quote: bytes) -> _Counted:
    lines = returns = windows = 0
    quotes, last = False, b""
    for block in _blocks(piece):
        lines += block.count(b"\n")
        if b"\r" in block or last == b"\r":
            returns += block.count(b"\r")
            windows += block.count(b"\r\n") + int(last == b"\r" and block[:1] == b"\n")
        quotes = quotes or quote in block
        last = block[-1:]
    return _Counted(lines + (last != b"\n"), quotes, returns, windows)


def _line_finder(piece: Piece) -> Callable[[NDArray[np.int64]], list[str]]:
    """The texts of physical lines by number, found when asked for."""

    def text_of(numbers: NDArray[np.int64]) -> list[str]:
        data = piece.data
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
        out = []
        for number in numbers:
            low = int(ends[number - 2]) + 1 if number > 1 else 0
            high = int(ends[number - 1]) if number <= len(ends) else len(data)
            out.append(data[low:high].decode("utf-8", "replace").rstrip("\r").removeprefix("\ufeff"))
        return out

    return text_of


def columnar_table(piece: Piece, delimiter: str | None, header_rows: int | None) -> RawTable | None:
    """The same table read by Arrow; None where the file's form leaves any doubt that rows are lines.

    Lines whose cells do not fit are set aside by Arrow and named by number; everything else that is irregular
    (line breaks in cells, repeated headers, blank lines) is left to the careful reader.
    """
    head = piece.held[:500_000]
    cut = head.rfind(b"\n")
    if cut < 0:
        return None
    lines, newline = split_lines(head[:cut].decode("utf-8", "replace").removeprefix("\ufeff"))
    dialect = find_dialect(lines[:600], newline) if delimiter is None else Dialect(delimiter, '"', "", newline)
    if len(dialect.delimiter) != 1 or dialect.escape or newline == "\r" or (lines and lines[0].startswith("sep=")):
        return None
    if any(line.count(dialect.quote) % 2 for line in lines if dialect.quote):
        return None
    layout: Layout = find_layout(parse_lines(lines[:2000], dialect), header_rows)
    width = len(layout.names)
    if width > 400:
        return None
    counted = _counted(piece, dialect.quote.encode())
    if counted.returns != counted.windows:
        return None
    first = layout.skip + layout.header_rows
    keys = [f"c{i}" for i in range(width)]
    misfits: list[str] = []

    def set_aside(row: Any) -> str:
        misfits.append(row.text)
        return "skip" if len(misfits) <= 2000 else "error"

    try:
        frame = pacsv.read_csv(
            str(piece.path) if piece.path is not None else pa.BufferReader(piece.held),
            read_options=pacsv.ReadOptions(skip_rows=first, column_names=keys, block_size=1 << 20 if piece.size < 500_000_000 else 1 << 22),
            parse_options=pacsv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=dialect.quote if counted.quotes else False,
                double_quote=True,
                newlines_in_values=False,
                ignore_empty_lines=False,
                invalid_row_handler=set_aside,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(keys, pa.dictionary(pa.int32(), pa.string())), strings_can_be_null=False, quoted_strings_can_be_null=False, check_utf8=True
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowKeyError, OSError):
        return None
    count = frame.num_rows
    if count + len(misfits) != counted.lines - first or not count:
        return None
    header = [cell.strip() for cell in parse_lines([lines[first - 1]], dialect)[0]] if layout.header_rows else []
    columns: list[Coded] = []
    for _ in keys:
        column = coded_arrow(frame.column(0))
        frame = frame.remove_column(0)
        if (counted.quotes and any("\n" in value for value in column.values)) or (not columns and header and header[0] in column.values):
            return None
        columns.append(column)
    blank = np.ones(count, bool)
    for column in columns:
        empty = np.array([not value.strip() for value in column.values], bool)
        if not empty.any():
            blank = np.zeros(0, bool)
            break
        blank &= column.spread(empty)
    if blank.any():
        return None
    row = np.arange(first + 1, counted.lines + 1, dtype=np.int64)
    text_of = _line_finder(piece)
    rejected: list[Rejection] = []
    if misfits:
        numbers = _numbers_of(piece, set(misfits), first)
        if len(numbers) != len(misfits):
            return None
        rejected = [misfit(parse_lines([text], dialect)[0], width, number, text) for number, text in numbers]
        row = np.delete(row, np.array([number for number, _ in numbers]) - first - 1)
    found = {
        "delimiter": dialect.delimiter,
        "quote": dialect.quote,
        "escape": "",
        "encoding": "utf-8",
        "newline": "CRLF" if newline == "\r\n" else "LF",
        "header_rows": layout.header_rows,
        "skipped_rows": layout.skip,
    }
    return RawTable(piece.name, layout.names, tuple(columns), row, found, rejected, layout_notes(layout.skip, layout.header_rows), text_of)


def _numbers_of(piece: Piece, texts: set[str], first: int) -> list[tuple[int, str]]:
    """Physical line numbers of these lines."""
    data = piece.data
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
    found = []
    for text in texts:
        wanted = text.strip("\r\n").encode()
        at = data.find(wanted)
        while at >= 0:
            low, high = at, at + len(wanted)
            if (low == 0 or data[low - 1] == 10) and (high == len(data) or data[high] in (10, 13)):
                number = int(np.searchsorted(ends, low)) + 1
                if number > first:
                    found.append((number, text.strip("\r\n")))
            at = data.find(wanted, high + 1 if wanted else len(data))
    return sorted(found)
