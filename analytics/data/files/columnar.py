"""Large text files read by columns; anything that is not plainly one row a line is left to the careful reader.

One concept: one way from the bytes of a large text file to coded columns. Whatever it meets (lines that do
not fit, blank rows, the header again) has to keep codes, rows and line numbers in step.
"""

from __future__ import annotations

import io
import os
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import IO, Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from analytics.data.files.dialect import Dialect, find_dialect, parse_lines, split_lines
from analytics.data.files.source import Piece
from analytics.data.layout.body import layout_notes, misfit
from analytics.data.layout.one_way import SAMPLE, OneWay
from analytics.data.layout.place_in_sheet import Layout, find_layout
from analytics.data.layout.raw_table import RawTable, Rejection
from analytics.data.values.categorical import Coded, blank_texts
from analytics.errors import Problem

__all__ = ["columnar_table", "prepare"]

#: bytes read at a time, the longest line, most lines whose cells do not fit, and rows at a time
_BLOCK, _LONGEST, _MOST_ODD, _ROWS = 1 << 20, 1 << 22, 2000, 32_768
#: letters of a line that is put back over its columns at most
_LONGEST_REPAIRED = 20_000
#: bytes that are worth a thread of their own
_SHARE = 16_000_000
#: so many distinct texts have codes of two bytes; memory not touched is time not spent
_FEW = 1 << 16
#: so much of the beginning tells the dialect
_HEAD = 500_000


class _Vocabulary:
    """The distinct texts of one column, as they are met."""

    def __init__(self) -> None:
        self.table = np.zeros(2 * 1024, np.uint64)
        self.place, self.count = np.zeros(512, np.int64), np.zeros(512, np.int64)
        self.letters = np.zeros(1 << 14, np.uint8)
        self.held = np.zeros(2, np.int64)

    def code(
        self,
        words: NDArray[np.uint64],
        low: NDArray[np.int32],
        high: NDArray[np.int32],
        out: NDArray[np.int32],
    ) -> None:
        """Write the codes of these cells, given eight bytes at a time; room is made as it is needed."""
        from analytics.data.files.cells import SPARE, Texts, code_cells, eights

        at = 0
        while at < len(low):
            letter_words = eights(self.letters, len(self.letters) - SPARE)
            texts = Texts(self.table, self.place, self.letters, letter_words, self.held, self.count)
            at = code_cells(words, low, high, at, out, texts)
            if at < len(low) and self.held[0] >= len(self.place):
                self._grow()
            elif at < len(low):
                self.letters = np.concatenate(
                    [self.letters, np.zeros(max(len(self.letters), len(words)), np.uint8)]
                )

    def _grow(self) -> None:
        from analytics.data.files.cells import moved

        larger = np.zeros(4 * len(self.table), np.uint64)
        moved(self.table, larger)
        self.table = larger
        more = np.zeros(3 * len(self.place), np.int64)
        self.place, self.count = np.concatenate([self.place, more]), np.concatenate([self.count, more])

    def texts(self, quote: str) -> NDArray[Any]:
        """The texts by code; raises ArrowInvalid where they are not UTF-8."""
        from analytics.data.files.cells import doubled_codes

        count, used = int(self.held[0]), int(self.held[1])
        ends = np.append(self.place[:count], used)
        array = pa.LargeStringArray.from_buffers(count, pa.py_buffer(ends), pa.py_buffer(self.letters[:used]))
        array.validate(full=True)
        out = np.empty(count, dtype=object)
        out[:] = array.to_pylist()
        for code in doubled_codes(self.table):
            out[code] = out[code].replace(quote + quote, quote)
        return out


class _Codes:
    """Room for the codes of a column in two bytes each and in four; what is not written to takes no memory."""

    def __init__(self, rows: int) -> None:
        self.short, self.long = np.empty(rows, np.uint16), np.empty(rows, np.int32)


class _Stretch:
    """Whole lines of a file from one byte to another, coded column by column into the places of its lines among all."""

    def __init__(self, begin: int, end: int, width: int) -> None:
        self.begin, self.end = begin, end
        self.words = [_Vocabulary() for _ in range(width)]
        #: columns whose codes need four bytes
        self.long = [False] * width
        self.odd: list[tuple[int, bytes]] = []
        #: lines before it, and how many it has; rows among them
        self.before = self.lines = self.rows = 0
        #: line and byte at which each block begins
        self.marks: list[tuple[int, int]] = []

    def count(self, stream: IO[bytes]) -> None:
        """Count its lines."""
        stream.seek(self.begin)
        held, left, last = bytearray(_BLOCK), self.end - self.begin, 10
        data = np.frombuffer(held, np.uint8)
        while left > 0:
            size = stream.readinto(memoryview(held)[: min(left, _BLOCK)])  # type: ignore[attr-defined]
            self.lines += int(np.count_nonzero(data[:size] == 10))
            last, left = held[size - 1], left - size
        self.lines += last != 10

    def read(
        self, stream: IO[bytes], first_line: int, dialect: Dialect, codes: Sequence[_Codes], row: NDArray[Any]
    ) -> bool:
        """Read it all, `first_line` being the number of the first line of all stretches; False where lines are not plainly rows."""
        from analytics.data.files.cells import cut_lines

        quote = ord(dialect.quote) if dialect.quote else -1
        width = len(self.words)
        odd = np.empty((3, _MOST_ODD), np.int32)
        low = high = np.empty((width, 0), np.int32)
        line = found = np.empty(0, np.int32)
        done, number = self.begin, first_line + self.before
        for place, data, eight in _blocks(stream, self.begin, self.end):
            if low.shape[1] < len(data) // width + 2:
                low = np.empty((width, 2 * len(data) // width + 2), np.int32)
                high, line, found = (
                    np.empty_like(low),
                    np.empty(low.shape[1], np.int32),
                    np.empty(low.shape[1], np.int32),
                )
            rows, lines, odds = cut_lines(data, eight, ord(dialect.delimiter), quote, low, high, line, odd)
            if rows < 0 or len(self.odd) + odds > _MOST_ODD:
                return False
            here = slice(self.before + self.rows, self.before + self.rows + rows)
            for i, words in enumerate(self.words):
                words.code(eight, low[i, :rows], high[i, :rows], found[:rows])
                if words.held[0] > _FEW and not self.long[i]:
                    self.long[i], known = True, slice(self.before, here.start)
                    codes[i].long[known] = codes[i].short[known]
                (codes[i].long if self.long[i] else codes[i].short)[here] = found[:rows]
            np.add(line[:rows], number, out=row[here])
            self.marks.append((number, place))
            self.odd += [
                (number + int(at), data[first : last + 1].tobytes()) for at, first, last in odd[:, :odds].T
            ]
            self.rows += rows
            number += lines
            done = place + len(data)
        return done == self.end


def _blocks(
    stream: IO[bytes], begin: int, end: int
) -> Iterator[tuple[int, NDArray[np.uint8], NDArray[np.uint64]]]:
    """Whole lines of about a megabyte with the byte at which they begin and their `eights`, in a buffer that is used again; ends early where a line is too long."""
    from analytics.data.files.cells import SPARE, eights

    stream.seek(begin)
    room = _BLOCK
    held = bytearray(room + SPARE)
    kept = 0
    while begin < end:
        left = end - begin - kept
        if kept > room // 2:
            if room > _LONGEST:
                return
            held, room = held[:room] + bytearray(room + SPARE), 2 * room
        size = kept + stream.readinto(memoryview(held)[kept : min(room, kept + left)])  # type: ignore[attr-defined]
        held[size : size + SPARE] = b"\n" * SPARE
        cut = size if begin + size >= end else held.rfind(b"\n", 0, size) + 1
        if cut:
            yield begin, np.frombuffer(held, np.uint8, cut), eights(held, cut)
            held[: size - cut] = held[cut:size]
        elif size == kept:
            return
        begin, kept = begin + cut, size - cut


def prepare() -> None:
    """Load, and the first time compile, what the reading of a large file needs."""
    columnar_table(Piece("", "text", b"date,sku,quantity\n2012-01-27,A,3\n", ""), None, None)


def columnar_table(piece: Piece, delimiter: str | None, header_rows: int | None) -> RawTable | None:
    """The same table read by compiled loops over its bytes; None where the file's form leaves any doubt that rows are lines.

    Lines whose cells do not fit are set aside by number; what is more irregular (line breaks in cells, text behind a
    closing quote) is left to the careful reader.
    """
    head = piece.held[:_HEAD]
    cut = head.rfind(b"\n")
    if cut < 0:
        return None
    lines, newline = split_lines(head[:cut].decode("utf-8", "replace").removeprefix("\ufeff"))
    dialect = (
        find_dialect(lines[:600], newline) if delimiter is None else Dialect(delimiter, '"', "", newline)
    )
    if (
        len(dialect.delimiter) != 1
        or not dialect.delimiter.isascii()
        or dialect.escape
        or newline == "\r"
        or (lines and lines[0].startswith("sep="))
    ):
        return None
    if any(line.count(dialect.quote) % 2 for line in lines if dialect.quote):
        return None
    layout: Layout = find_layout(parse_lines(lines[:2000], dialect), header_rows)
    width = len(layout.names)
    if width > 400:
        return None
    first = layout.skip + layout.header_rows
    begin = 0
    for _ in range(first):
        begin = head.index(b"\n", begin) + 1
    if not first and head.startswith(b"\xef\xbb\xbf"):
        begin = 3
    read = _read(piece, begin, first + 1, width, dialect)
    if read is None:
        return None
    stretches, codes, row = read
    odd = [one for s in stretches for one in s.odd]
    lined = len(row)
    if not sum(s.rows for s in stretches):
        return None
    try:
        columns = [_joined(stretches, i, column, dialect.quote) for i, column in enumerate(codes)]
    except pa.ArrowInvalid:
        return None
    if any(s.rows < s.lines for s in stretches):
        kept = np.concatenate([np.arange(s.before, s.before + s.rows) for s in stretches])
        row, columns = (
            row[kept],
            [Coded(column.codes[kept], column.values).counted(column.counts()) for column in columns],
        )
    rejected, put_back, notes = _misfits(odd, layout, columns, dialect)
    blank = _blank_rows(columns)
    text_of = _line_finder(piece, [mark for s in stretches for mark in s.marks])
    again = (
        _header_again(columns, [cell.strip() for cell in parse_lines([lines[first - 1]], dialect)[0]])
        if layout.header_rows
        else blank[:0]
    )
    if again.any():
        numbers = row[again]
        words = ("", "the header again", "a sales line", "nothing to do: a repeated header")
        rejected += [
            Rejection(int(number), *words, text, "repeated_header")
            for number, text in zip(numbers, text_of(numbers), strict=True)
        ]
    skipped = lined - len(row) - len(odd) + int(blank.sum())
    if skipped:
        notes.append(
            Problem("blank_rows", f"{skipped} blank rows were skipped", "nothing to do", count=skipped)
        )
    out = (blank if len(blank) else np.zeros(len(row), bool)) | (again if len(again) else False)
    if out.any():
        row, columns = row[~out], [column.take(~out) for column in columns]
    if put_back:
        row, columns = _inserted(row, columns, put_back)
    found = {
        "delimiter": dialect.delimiter,
        "quote": dialect.quote,
        "escape": "",
        "encoding": "utf-8",
        "newline": "CRLF" if newline == "\r\n" else "LF",
        "header_rows": layout.header_rows,
        "skipped_rows": layout.skip,
    }
    return RawTable(
        piece.name,
        layout.names,
        tuple(columns),
        row,
        found,
        rejected,
        [*notes, *layout_notes(layout)],
        text_of,
    )


def _misfits(
    odd: Sequence[tuple[int, bytes]], layout: Layout, columns: Sequence[Coded], dialect: Dialect
) -> tuple[list[Rejection], dict[int, list[str]], list[Problem]]:
    """Lines whose cells do not fit the header: rejected, or put back by number where they can be read in one way only."""
    rejected: list[Rejection] = []
    put_back: dict[int, list[str]] = {}

    def sample() -> list[list[str]]:
        rows = np.unique(np.linspace(0, len(columns[0]) - 1, min(len(columns[0]), SAMPLE)).astype(np.int64))
        cells = [column.values[column.codes[rows]] for column in columns]
        return [[str(cell[k]) for cell in cells] for k in range(len(rows))]

    one_way = OneWay(layout.names, sample, dialect.delimiter, dialect.quote)
    for number, raw in odd:
        text = raw.decode("utf-8", "replace").rstrip("\r\n")
        cells = parse_lines([text], dialect)[0]
        found = one_way.row(cells, text, number) if len(text) < _LONGEST_REPAIRED else None
        if found is None:
            rejected.append(misfit(cells, len(layout.names), number, text))
        else:
            put_back[number] = found
    return rejected, put_back, one_way.notes()


def _inserted(
    row: NDArray[Any], columns: Sequence[Coded], put_back: Mapping[int, Sequence[str]]
) -> tuple[NDArray[Any], list[Coded]]:
    """The rows with those put back among them, in the order of the file."""
    numbers = np.array(sorted(put_back), row.dtype)
    places = np.searchsorted(row, numbers)
    out = []
    for i, column in enumerate(columns):
        texts = np.array([put_back[int(n)][i] for n in numbers], dtype=object)
        codes = pd.Index(column.values).get_indexer(pd.Index(texts))
        new, fresh = pd.factorize(texts[codes < 0])
        codes[codes < 0] = len(column.values) + new
        values = np.concatenate([column.values, np.asarray(fresh, dtype=object)])
        counts = np.concatenate([column.counts(), np.zeros(len(fresh), np.int64)])
        np.add.at(counts, codes, 1)
        held = column.codes if len(values) <= _FEW else column.codes.astype(np.int32)
        out.append(Coded(np.insert(held, places, codes.astype(held.dtype)), values).counted(counts))
    return np.insert(row, places, numbers), out


def _read(
    piece: Piece, begin: int, line: int, width: int, dialect: Dialect
) -> tuple[list[_Stretch], list[_Codes], NDArray[Any]] | None:
    """Stretches of a file from a byte and line on, one for each thread, with codes and line of every row; None where they are not plainly rows."""
    many = int(max(1, min(os.cpu_count() or 1, 8, (piece.size - begin) // _SHARE)))
    with _opened(piece) as stream:
        cuts = [begin]
        for k in range(1, many):
            stream.seek(max(begin + (piece.size - begin) * k // many, cuts[-1]))
            stream.readline(_LONGEST)
            cuts.append(stream.tell())
    stretches = [_Stretch(low, high, width) for low, high in pairwise([*cuts, piece.size])]

    def counted(stretch: _Stretch) -> None:
        with _opened(piece) as stream:
            stretch.count(stream)

    with ThreadPoolExecutor(many) as pool:
        list(pool.map(counted, stretches))
        for before, stretch in pairwise(stretches):
            stretch.before = before.before + before.lines
        lines = sum(s.lines for s in stretches)
        codes, row = [_Codes(lines) for _ in range(width)], np.empty(lines, np.int32)

        def read(stretch: _Stretch) -> bool:
            with _opened(piece) as stream:
                return stretch.read(stream, line, dialect, codes, row)

        plain = all(list(pool.map(read, stretches)))
    return (stretches, codes, row) if plain else None


def _opened(piece: Piece) -> IO[bytes]:
    return io.BytesIO(piece.held) if piece.path is None else piece.path.open("rb")


def _joined(stretches: Sequence[_Stretch], column: int, codes: _Codes, quote: str) -> Coded:
    """One column of all stretches: the codes of each, at the places of its lines among all, turned into codes of all texts."""
    words = [s.words[column] for s in stretches]
    texts = [w.texts(quote) for w in words]
    new, values = pd.factorize(np.concatenate(texts))
    counts = np.zeros(len(values), np.int64)
    np.add.at(counts, new, np.concatenate([w.count[: w.held[0]] for w in words]))
    target: NDArray[Any] = codes.short if len(values) <= _FEW else codes.long
    at = 0
    for s, known in zip(stretches, texts, strict=True):
        place, source = (
            new[at : at + len(known)].astype(target.dtype),
            codes.long if s.long[column] else codes.short,
        )
        if source is not target or not np.array_equal(place, np.arange(len(place))):
            for start in range(s.before, s.before + s.rows, _ROWS):
                part = slice(start, min(start + _ROWS, s.before + s.rows))
                target[part] = place[source[part]]
        at += len(known)
    return Coded(target, np.asarray(values, dtype=object)).counted(counts)


def _blank_rows(columns: Sequence[Coded]) -> NDArray[np.bool_]:
    """Rows with nothing but blanks in every cell; empty where there is none."""
    blank = np.ones(len(columns[0]), bool)
    for column in columns:
        empty = blank_texts(column.values)
        if not empty.any():
            return np.zeros(0, bool)
        blank &= column.spread(empty)
    return blank


def _header_again(columns: Sequence[Coded], header: Sequence[str]) -> NDArray[np.bool_]:
    """Rows that are the header once more; empty where there is none."""
    again = np.ones(len(columns[0]), bool)
    for column, name in zip(columns, header, strict=False):
        here = np.asarray(column.values == name, bool)
        if not here.any():
            return np.zeros(0, bool)
        again &= column.spread(here)
    return again


def _line_finder(piece: Piece, marks: Sequence[tuple[int, int]]) -> Callable[[NDArray[np.int64]], list[str]]:
    """The texts of physical lines by number, found when asked for; `marks` are lines and the bytes at which they begin."""
    numbers = [number for number, _ in marks]

    def text_of(wanted: NDArray[np.int64]) -> list[str]:
        out, block, held = [], -1, [b""]
        with _opened(piece) as stream:
            for number in wanted.tolist():
                at = bisect_right(numbers, number) - 1
                if at != block:
                    block = at
                    stream.seek(marks[at][1])
                    held = stream.read(
                        (marks[at + 1][1] if at + 1 < len(marks) else piece.size) - marks[at][1]
                    ).split(b"\n")
                out.append(held[number - numbers[at]].decode("utf-8", "replace").rstrip("\r"))
        return out

    return text_of
