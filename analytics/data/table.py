"""A file as a table of coded text columns, every row with its line number in the original file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from analytics.data.coded import Coded, Columns, coded_arrow, coded_texts
from analytics.data.dialect import STAND_IN, Dialect, find_dialect, parse_lines, reader_options, split_lines
from analytics.data.encoding import decode, encoding_of
from analytics.data.layout import Layout, find_layout, typed
from analytics.data.roles import role_of_name
from analytics.data.source import Piece
from analytics.errors import DataError, Problem

__all__ = ["RawTable", "Rejection", "read_table"]

#: Text files above this size are read by the columnar reader where their form allows it.
FAST_BYTES = 3_000_000
#: Text files above this size cannot be read line by line.
CAREFUL_BYTES = 400_000_000
MOST_CELLS = 80_000_000
LONGEST_LINE = 4_000_000
#: Lines with an odd number of quotes that are looked at one by one; beyond, they are rejected by number.
MOST_TRIES = 100_000


@dataclass(frozen=True)
class Rejection:
    """One row that cannot be used, and why."""

    row: int
    column: str
    found: str
    expected: str
    remedy: str
    text: str
    code: str


@dataclass(frozen=True, eq=False)
class RawTable:
    """Text columns (`columns` over `names`), `row` int64[rows] the line numbers of the file, `dialect` what was found out.

    `rejected` are rows whose cells do not fit the columns; `text_of` gives the original text of lines.
    """

    name: str
    names: tuple[str, ...]
    columns: Sequence[Coded]
    row: NDArray[np.int64]
    dialect: dict[str, Any]
    rejected: list[Rejection] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    text_of: Callable[[NDArray[np.int64]], list[str]] = field(default=lambda rows: [""] * len(rows))

    def __len__(self) -> int:
        return len(self.row)


def read_table(piece: Piece, *, delimiter: str | None = None, encoding: str = "", header_rows: int | None = None, sheet: str | int | None = None) -> RawTable:
    """The table in one piece, whatever its kind."""
    if piece.kind == "text":
        return _text_table(piece, delimiter, encoding, header_rows)
    if piece.kind in ("parquet", "arrow"):
        return _arrow_table(piece)
    from analytics.data.workbook import read_workbook

    return table_of_rows(piece.name, *read_workbook(piece, sheet), header_rows)


def empty_error(name: str) -> DataError:
    return DataError(Problem("empty_file", f"{name} holds no rows", "export the file again and check that it holds sales lines", found="nothing", expected="a header and at least one row"))


# -- text, line by line -------------------------------------------------------------------------------------------------


def _strict_width(record: str, dialect: Dialect) -> int:
    """Cells of one record whose quotes all close, else -1."""
    options: dict[str, Any] = {**reader_options(dialect), "strict": True}
    if len(dialect.delimiter) > 1:
        record = record.replace(dialect.delimiter, STAND_IN)
    try:
        found = list(csv.reader([record], **options))
    except csv.Error:
        return -1
    return len(found[0]) if len(found) == 1 else -1


def _records(lines: list[str], dialect: Dialect) -> tuple[list[str], NDArray[np.int64], list[int]]:
    """Lines joined where a quoted cell runs over a line break; start line of each; records whose quotes do not close."""
    quote = dialect.quote
    if not quote or not any(quote in line for line in lines):
        return lines, np.arange(1, len(lines) + 1), []
    parity = [line.replace(dialect.escape + quote, "").count(quote) % 2 if dialect.escape else line.count(quote) % 2 for line in lines]
    if not any(parity):
        return lines, np.arange(1, len(lines) + 1), []
    plain = [len(row) for row in parse_lines([line for line, odd in zip(lines[:4000], parity, strict=False) if not odd and line.strip()], dialect)]
    expected = max(set(plain), key=plain.count) if plain else 0
    records: list[str] = []
    start: list[int] = []
    broken: list[int] = []
    position, n, tries = 0, len(lines), 0
    while position < n:
        line = lines[position]
        start.append(position + 1)
        tries += 2 * parity[position]
        if not parity[position] or tries > MOST_TRIES or _strict_width(line, dialect) == expected:
            if parity[position] and tries > MOST_TRIES:
                broken.append(len(records))
            records.append(line)
            position += 1
            continue
        joined, end, found = line, position + 1, -1
        while end < min(n, position + 100) and len(joined) < 1_000_000:
            joined += "\n" + lines[end]
            end += 1
            if parity[end - 1]:
                found = _strict_width(joined, dialect)
                break
        if found == expected or (found > 0 and not expected):
            records.append(joined)
            position = end
        else:
            broken.append(len(records))
            records.append(line)
            position += 1
    return records, np.array(start, np.int64), broken


def _repairs(record: str, dialect: Dialect, width: int) -> list[list[str]]:
    """Other readings of a damaged record that give the right number of cells: quotes as text, escapes, another delimiter, one quote too many."""
    quote = dialect.quote or '"'
    others = [Dialect(d, quote, "", dialect.newline) for d in (",", ";", "\t", "|") if d != dialect.delimiter and d in record]
    if quote in record:
        others += [Dialect(dialect.delimiter, quote, "\\", dialect.newline)] if "\\" in record else []
    if dialect.quote != "'" and record.count("'") >= 2 * width - 2:
        others.append(Dialect(dialect.delimiter, "'", "", dialect.newline))
    found = [parse_lines([record], other)[0] for other in others if _strict_width(record, other) == width]
    if record.count(quote) % 2:
        places = [i for i, c in enumerate(record) if c == quote]
        if len(places) <= 60:
            for place in places:
                shorter = record[:place] + record[place + 1 :]
                if _strict_width(shorter, dialect) == width:
                    found.append(parse_lines([shorter], dialect)[0])
        literal = parse_lines([record], Dialect(dialect.delimiter, "", "", dialect.newline))[0]
        if len(literal) == width:
            found.append([cell.strip(quote + " ") for cell in literal])
    return found


def _text_table(piece: Piece, delimiter: str | None, encoding: str, header_rows: int | None) -> RawTable:
    head = piece.held[:1_000_000]
    if not head.strip(b"\x00\r\n\t \xef\xbb\xbf") and (piece.size == len(head) or not piece.data.strip(b"\x00\r\n\t \xef\xbb\xbf")):
        raise empty_error(piece.name)
    if piece.size > FAST_BYTES and (encoding or encoding_of(head[: head.rfind(b"\n") + 1])) in ("utf-8", "utf-8-sig"):
        table = _fast_table(piece, delimiter, header_rows)
        if table is not None:
            return table
    if piece.size > CAREFUL_BYTES:
        raise DataError(Problem("too_large", f"{piece.name} is too large to read line by line, and its form does not allow the quick way", "export it as UTF-8 CSV without line breaks inside cells", found=f"{piece.size / 1e6:,.0f} MB"))
    data = piece.data
    name = encoding or encoding_of(data)
    text, name, damaged = decode(data, name)
    start_text = text[:200].lstrip().lower()
    if start_text.startswith(("<!doctype html", "<html", "<?xml", "<table", "<div", "{\"", "[{", "[\n", "%pdf")) or start_text[:1] == "{":
        form = "a web page" if start_text.startswith("<") else "JSON"
        raise DataError(Problem("not_a_table", f"{piece.name} is {form}, not a table of cells", "export the table as CSV, Excel or Parquet", row=1, found=start_text[:40], expected="rows of cells"))
    if text.count("\x00") > 0.01 * len(text):
        raise DataError(Problem("not_a_table", f"{piece.name} is not a text table", "export the table as CSV, Excel or Parquet", found="binary content"))
    lines, newline = split_lines(text)
    longest = max(map(len, lines), default=0)
    if longest > LONGEST_LINE:
        raise DataError(Problem("long_line", f"{piece.name} has a line of {longest:,} characters", "export with one line per row", row=1 + next(i for i, line in enumerate(lines) if len(line) == longest), found=f"{longest:,} characters", expected=f"at most {LONGEST_LINE:,}"))
    dialect = find_dialect(lines, newline) if delimiter is None else Dialect(delimiter, '"', "", newline)
    start_at = 1 if lines and re.match(r"^sep=.$", lines[0]) else 0
    records, start, broken = _records(lines[start_at:], dialect)
    start = start + start_at
    rows = parse_lines(records, dialect)
    problems = []
    if damaged:
        problems.append(Problem("encoding", f"{damaged} characters cannot be read as {name}; they are shown as \ufffd", "save the file as UTF-8", count=damaged))

    def text_of(numbers: NDArray[np.int64]) -> list[str]:
        return [records[i] for i in np.searchsorted(start, numbers)]

    def repairs(position: int, width: int) -> list[list[str]]:
        return _repairs(records[position], dialect, width)

    found = {"delimiter": dialect.delimiter, "quote": dialect.quote, "escape": dialect.escape, "encoding": name, "newline": {"\r\n": "CRLF", "\n": "LF", "\r": "CR"}[newline]}
    return table_of_rows(piece.name, rows, start, found, problems, text_of, header_rows, repairs, frozenset(broken))


TOTAL = re.compile(r"(?i)^\W*(grand |sub ?-?|sous-? ?)?(total|totals|sum|summe|gesamt|gesamtsumme|gesamtergebnis|zwischensumme|total general|totale|totaal|totalt|suma|razem|celkem|yhteensa|yhteensä|insgesamt|somme|eindtotaal)\b")


def _typed_columns(rows: Sequence[Sequence[str]], kept: NDArray[np.intp], width: int) -> list[int]:
    """Columns in which nearly every cell is a number or a date, from a sample of the rows that fit."""
    sample = kept[np.unique(np.linspace(0, len(kept) - 1, min(len(kept), 60)).astype(int))] if len(kept) else kept
    found = []
    for i in range(min(width, 200)):
        cells = [cell for k in sample if (cell := rows[k][i].strip() if i < len(rows[k]) else "")]
        if len(cells) >= max(1, 0.5 * len(sample)) and sum(typed(cell) for cell in cells) >= 0.9 * len(cells):
            found.append(i)
    return found


def table_of_rows(
    name: str,
    rows: list[list[str]],
    start: NDArray[np.int64],
    dialect: dict[str, Any],
    problems: list[Problem],
    text_of: Callable[[NDArray[np.int64]], list[str]],
    header_rows: int | None = None,
    repairs: Callable[[int, int], list[list[str]]] | None = None,
    broken: frozenset[int] = frozenset(),
) -> RawTable:
    """Find header and body among rows of cells; rows whose cells do not fit the header are repaired beyond doubt or rejected."""
    filled = np.array([any(cell and not cell.isspace() for cell in row) for row in rows], bool) if len(rows) else np.zeros(0, bool)
    if not filled.any():
        raise empty_error(name)
    layout = find_layout(rows, header_rows)
    width = len(layout.names)
    first = layout.skip + layout.header_rows
    body = np.flatnonzero(filled)
    body = body[body >= first]
    if len(body) * width > MOST_CELLS:
        raise DataError(Problem("too_large", f"{name} has {len(body):,} rows and {width:,} columns", "keep the columns with product, date and quantity", found=f"{len(body) * width:,} cells", expected=f"at most {MOST_CELLS:,}"))
    header = [cell.strip() for cell in rows[first - 1]] if layout.header_rows else None
    lengths = np.array([len(rows[i]) for i in body], np.int64)
    fits = lengths == width
    if broken:
        fits &= ~np.isin(body, list(broken))
    for k in np.flatnonzero(lengths > width):
        fits[k] = not any(cell.strip() for cell in rows[body[k]][width:]) and body[k] not in broken
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
    numeric = _typed_columns(rows, body[fits], width)
    rejected: list[Rejection] = []
    other = _second_table(rows, body, fits, numeric, header)
    repaired: list[int] = []
    tried = 0
    bad = np.flatnonzero(~fits)
    bad_text = text_of(start[body[bad]]) if len(bad) else []
    for k, line in zip(bad, bad_text, strict=True):
        position = int(body[k])
        if other is not None and position >= other:
            continue
        if header is not None and [cell.strip() for cell in rows[position]] == header:
            rejected.append(Rejection(int(start[position]), "", "the header again", "a sales line", "nothing to do: a repeated header", line, "repeated_header"))
            continue
        if repairs is not None and tried < 2000 and len(line) < 20_000:
            tried += 1
            ways = [row for row in repairs(position, width) if all(typed(row[i]) for i in numeric)]
            if ways and all([row[i].strip() for i in numeric] == [ways[0][i].strip() for i in numeric] for row in ways):
                best = min(ways, key=lambda row: sum(cell.count('"') for cell in row))
                if numeric and len({tuple(cell.strip(" \"'") for cell in row) for row in ways if _neat(row)}) <= 1:
                    rows[position], fits[k] = best, True
                    repaired.append(int(start[position]))
                    continue
        rejected.append(_misfit(rows[position], width, int(start[position]), line))
    if other is not None:
        after = body >= other
        fits &= ~after
        numbers = start[body[after]]
        for number, line in zip(numbers, text_of(numbers), strict=True):
            rejected.append(Rejection(int(number), "", "another table", "a row of the first table", "upload the second table as a file of its own", line, "second_table"))
    if repaired:
        problems = [*problems, Problem("repaired", f"{len(repaired)} lines had a stray quote or another delimiter and could be read in one way only", "check these lines", row=repaired[0], count=len(repaired))]
    kept = body[fits]
    even = all(len(rows[i]) == width for i in kept)
    cells = [rows[i] for i in kept] if even else [rows[i][:width] + [""] * (width - len(rows[i])) for i in kept]
    columns = Columns(width, lambda i: coded_texts([row[i] for row in cells]))
    blanks = int((~filled[first:]).sum())
    if blanks:
        problems = [*problems, Problem("blank_rows", f"{blanks} blank rows were skipped", "nothing to do", count=blanks)]
    if layout.skip and filled[: layout.skip].any():
        problems = [*problems, Problem("title_lines", f"{layout.skip} lines above the table were not read as rows", "nothing to do", row=1, count=layout.skip)]
    if not layout.header_rows:
        problems = [*problems, Problem("no_header", "the file has no header; columns were recognised by what stands in them", "check the mapping, or add a header", row=1)]
    return RawTable(name, layout.names, columns, start[kept], {**dialect, "header_rows": layout.header_rows, "skipped_rows": int(start[layout.skip]) - 1 if layout.skip < len(start) else 0}, rejected, problems, text_of)


def _neat(row: Sequence[str]) -> bool:
    return not any('"' in cell.strip('"') and cell.count('"') > 1 for cell in row)


def _second_table(rows: Sequence[Sequence[str]], body: NDArray[np.intp], fits: NDArray[np.bool_], numeric: Sequence[int], header: list[str] | None) -> int | None:
    """Position of the row where another table begins: a row of column names inside the body, other than the header."""
    if not numeric or header is None:
        return None
    for k in range(1, len(body)):
        row = rows[body[k]]
        if fits[k] and not all(i < len(row) and row[i].strip() and not any(c.isdigit() for c in row[i]) for i in numeric[:2]):
            continue
        filled = [cell.strip() for cell in row if cell.strip()]
        if len(filled) < 2 or len(row) > 500 or any(typed(cell) for cell in filled) or [cell.strip() for cell in row] == header:
            continue
        if len({role for cell in filled if (role := role_of_name(cell)[0])}) >= 2:
            return int(body[k])
    return None


def _misfit(row: Sequence[str], width: int, number: int, line: str) -> Rejection:
    filled = [cell.strip() for cell in row if cell.strip()]
    if filled and TOTAL.match(filled[0]):
        return Rejection(number, "", filled[0][:80], "a sales line", "nothing to do: totals are not counted twice", line, "total_row")
    if len(filled) == 1:
        return Rejection(number, "", filled[0][:80], f"{width} cells", "nothing to do if this is a footnote", line, "footnote")
    code = "too_many_cells" if len(row) > width else "too_few_cells" if len(row) < width else "unbalanced_quote"
    remedy = {"too_many_cells": "a cell may hold the delimiter or a line break: put it in quotes", "too_few_cells": "complete the row"}.get(code, "close the quote")
    return Rejection(number, "", f"{len(row)} cells", f"{width} cells", remedy, line, code)


# -- text, by columns ---------------------------------------------------------------------------------------------------


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


def _fast_table(piece: Piece, delimiter: str | None, header_rows: int | None) -> RawTable | None:
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
            read_options=pacsv.ReadOptions(skip_rows=first, column_names=keys, block_size=1 << 24),
            parse_options=pacsv.ParseOptions(delimiter=dialect.delimiter, quote_char=dialect.quote if counted.quotes else False, double_quote=True, newlines_in_values=False, ignore_empty_lines=False, invalid_row_handler=set_aside),
            convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(keys, pa.dictionary(pa.int32(), pa.string())), strings_can_be_null=False, quoted_strings_can_be_null=False, check_utf8=True),
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
        rejected = [_misfit(parse_lines([text], dialect)[0], width, number, text) for number, text in numbers]
        row = np.delete(row, np.array([number for number, _ in numbers]) - first - 1)
    problems = []
    if layout.skip:
        problems.append(Problem("title_lines", f"{layout.skip} lines above the table were not read as rows", "nothing to do", row=1, count=layout.skip))
    if not layout.header_rows:
        problems.append(Problem("no_header", "the file has no header; columns were recognised by what stands in them", "check the mapping, or add a header", row=1))
    found = {"delimiter": dialect.delimiter, "quote": dialect.quote, "escape": "", "encoding": "utf-8", "newline": "CRLF" if newline == "\r\n" else "LF", "header_rows": layout.header_rows, "skipped_rows": layout.skip}
    return RawTable(piece.name, layout.names, tuple(columns), row, found, rejected, problems, text_of)


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


def _arrow_table(piece: Piece) -> RawTable:
    """A Parquet or Arrow file as text columns; the row number is the row in the file."""
    import pyarrow.compute as pc
    import pyarrow.ipc as ipc
    import pyarrow.parquet as pq

    try:
        frame = pq.read_table(io.BytesIO(piece.data)) if piece.kind == "parquet" else ipc.open_file(io.BytesIO(piece.data)).read_all()
    except (pa.ArrowException, OSError, ValueError) as fault:
        raise DataError(Problem("damaged_file", f"{piece.name} cannot be read as {piece.kind}", "export it again", found=str(fault)[:80])) from None
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

    dialect = {"delimiter": "", "quote": "", "escape": "", "encoding": piece.kind, "newline": "", "header_rows": 1, "skipped_rows": 0, "decimal": "."}
    return RawTable(piece.name, tuple(names), tuple(columns), np.arange(1, frame.num_rows + 1), dialect, [], [], text_of)
