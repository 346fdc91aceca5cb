"""Compiled loops over the bytes of a delimited text: lines cut into cells, and every cell as the number of its distinct text."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.machine.kernel_cache import kernel, part

__all__ = ["SPARE", "Texts", "code_cells", "cut_lines", "doubled_codes", "eights", "moved"]

_FREE, _MIX = np.uint64(0), np.uint64(0x9E3779B97F4A7C15)
_ONE, _BYTE, _HALF, _LOW, _DOUBLED = (
    np.uint64(1),
    np.uint64(8),
    np.uint64(32),
    np.uint64(0xFFFFFFFF),
    np.uint64(1 << 31),
)
_ONES, _HIGH, _ALL, _TOP = (
    np.uint64(0x0101010101010101),
    np.uint64(0x8080808080808080),
    np.uint64(0xFFFFFFFFFFFFFFFF),
    np.uint64(56),
)
#: readable bytes behind the last one of what is passed to the kernels, which look at eight at a time
SPARE = 8


def eights(held: bytearray | NDArray[np.uint8], count: int) -> NDArray[np.uint64]:
    """At each of the first `count` bytes, that one and the seven behind it as one number: a view, so `SPARE` bytes must follow."""
    return np.ndarray((count,), np.uint64, held, strides=(1,))


@kernel
def cut_lines(
    data: NDArray[np.uint8],
    words: NDArray[np.uint64],
    delimiter: int,
    quote: int,
    low: NDArray[np.int32],
    high: NDArray[np.int32],
    line: NDArray[np.int32],
    odd: NDArray[np.int32],
) -> Any:
    """Begin and end of every cell of whole lines; returns (rows, lines, odd lines), rows -1 where lines are not plainly rows.

    `low`, `high` int32[columns, rows]: a begin is written as -1 - begin where quotes inside the cell are doubled. `line` int32[rows]: which line
    (from 0) a row is. `words` are the `eights` of `data`; line feeds stand behind its last byte where it is none itself. `odd` int32[3, most]:
    line, begin and end of lines with another number of cells; a blank line is only counted as a line. A quoted cell that runs over its line
    or goes on behind its quote, a carriage return without line feed, and more odd lines than there is room for, are not plain.
    """
    columns, end = low.shape[0], len(data)
    row = lines = odds = column = begin = start = 0
    at: Any = 0
    ends, feeds, returns = np.uint64(delimiter) * _ONES, np.uint64(10) * _ONES, np.uint64(13) * _ONES
    while at < end:
        doubled = False
        stop = -1
        if data[at] == quote:
            at += 1
            start = at
            while at < end and data[at] != 10:
                if data[at] == quote:
                    if at + 1 >= end or data[at + 1] != quote:
                        break
                    doubled = True
                    at += 1
                at += 1
            if at >= end or data[at] == 10:
                return -1, lines, odds
            stop = at
            at += 1
            if at < end and data[at] != delimiter and data[at] != 10 and data[at] != 13:
                return -1, lines, odds
        while at < end:  # the first of eight bytes that equals one of the three: the lowest that becomes zero
            word = words[at]
            one, two, three = word ^ ends, word ^ feeds, word ^ returns
            found = (((one - _ONES) & ~one) | ((two - _ONES) & ~two) | ((three - _ONES) & ~three)) & _HIGH
            if found != _FREE:
                at += np.int64(((((found & (_FREE - found)) - _ONE) & _ONES) * _ONES) >> _TOP) - 1
                break
            at += 8
        at = min(at, end)
        if stop < 0:
            stop = at
        if at < end and data[at] == 13:
            at += 1
            if at < end and data[at] != 10:
                return -1, lines, odds
        if column < columns:
            low[column, row] = -1 - start if doubled else start
            high[column, row] = stop
        column += 1
        if at >= end or data[at] == 10 or at + 1 >= end:
            if at < end and data[at] == delimiter:  # the last cell of the last line is blank
                if column < columns:
                    low[column, row] = high[column, row] = at + 1
                column += 1
            if column == columns and not (columns == 1 and stop == start):
                line[row] = lines
                row += 1
            elif column > 1 or stop > start:
                if odds >= odd.shape[1]:
                    return -1, lines, odds
                odd[0, odds], odd[1, odds], odd[2, odds] = lines, begin, at
                odds += 1
            lines += 1
            column = 0
            begin = at + 1
        at += 1
        start = at
    return row, lines, odds


@part
def _alike(
    known: NDArray[np.uint64],
    there: int,
    words: NDArray[np.uint64],
    here: int,
    whole: int,
    rest: int,
    tail: np.uint64,
) -> bool:
    """Whether two texts of one length are the same: `whole` bytes in eights, and the `rest` of them, which are `tail` here."""
    same = rest == 0 or tail == (known[there + whole] & (_ALL >> np.uint64(64 - 8 * rest)))
    i = 0
    while same and i < whole:
        same = known[there + i] == words[here + i]
        i += 8
    return same


class Texts(NamedTuple):
    """The distinct texts of a column, as they are met.

    table: (2 x slots,), a hash table of pairs: the text itself where it has at most 8 bytes, else its hash; then its
    length in the upper half and code + 1 in the lower.
    place: (most,), where among the letters a text begins; they follow one another.
    letters: (room,), and letter_words, their `eights`.
    held: (2,), distinct texts and letters so far.
    rows: (most,), rows of each text.
    """

    table: NDArray[np.uint64]
    place: NDArray[np.int64]
    letters: NDArray[np.uint8]
    letter_words: NDArray[np.uint64]
    held: NDArray[np.int64]
    rows: NDArray[np.int64]


@kernel
def code_cells(
    words: NDArray[np.uint64],
    low: NDArray[np.int32],
    high: NDArray[np.int32],
    begin: int,
    out: NDArray[np.int32],
    texts: Texts,
) -> Any:
    """Codes of the cells of one column from row `begin`; returns the row where room ran out, else the number of rows.

    Codes have the shape (rows,). `words` are the `eights` of the data. No text is taken for another: longer ones are compared.
    """
    table, place, letters, letter_words = texts.table, texts.place, texts.letters, texts.letter_words
    held, count = texts.held, texts.rows
    mask = np.uint64(len(table) // 2 - 1)
    before, long = np.int64(0), np.int64(-1)
    code = np.int64(0)
    for row in range(begin, len(low)):
        first, last = np.int64(low[row]), np.int64(high[row])
        doubled = first < 0
        if doubled:
            first = -1 - first
        length = last - first
        rest = length & 7 if length != 8 else 8
        whole = length - rest
        tail = (words[first + whole] & (_ALL >> np.uint64(64 - 8 * rest))) if rest else _FREE
        if length == long and not doubled:  # very often a cell is like the one above
            if _alike(words, before, words, first, whole, rest, tail):
                out[row] = code
                count[code] += 1
                continue
        before, long = first, np.int64(-1) if doubled else length
        word = tail
        if whole:
            mixed = _FREE
            for i in range(first, first + whole, 8):
                mixed = (mixed ^ words[i]) * _MIX
                mixed ^= mixed >> _HALF
            word = (mixed ^ tail) * _MIX
        size = np.uint64(length) | (_DOUBLED if doubled else _FREE)
        mixed = (word ^ size) * _MIX
        slot = (mixed ^ (mixed >> _HALF)) & mask
        code = np.int64(-1)
        while True:
            tag = table[slot + slot + _ONE]
            if tag == _FREE:
                break
            if table[slot + slot] == word and (tag >> _HALF) == size:
                code = np.int64(tag & _LOW) - 1
                if length <= 8:
                    break
                if _alike(letter_words, place[code], words, first, whole, rest, tail):
                    break
                code = np.int64(-1)
            slot = (slot + _ONE) & mask
        if code < 0:
            code, there = held[0], held[1]
            if code >= len(place) or there + length > len(letter_words):
                return row
            for i in range(length):
                letters[there + i] = np.uint8(words[first + i] & np.uint64(255))
            place[code] = there
            table[slot + slot] = word
            table[slot + slot + _ONE] = (size << _HALF) | np.uint64(code + 1)
            held[0], held[1] = code + 1, there + length
        out[row] = code
        count[code] += 1
    return len(low)


@kernel
def moved(old: NDArray[np.uint64], new: NDArray[np.uint64]) -> None:
    """Put the pairs of a hash table of `code_cells` into a larger empty one."""
    mask = np.uint64(len(new) // 2 - 1)
    for i in range(len(old) // 2):
        word, tag = old[2 * i], old[2 * i + 1]
        if tag == _FREE:
            continue
        mixed = (word ^ (tag >> _HALF)) * _MIX
        slot = (mixed ^ (mixed >> _HALF)) & mask
        while new[slot + slot + _ONE] != _FREE:
            slot = (slot + _ONE) & mask
        new[slot + slot], new[slot + slot + _ONE] = word, tag


def doubled_codes(table: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Codes of the texts in which quotes are doubled.

    Shape (texts,).
    """
    tags = table[1::2]
    return ((tags[((tags >> _HALF) & _DOUBLED) != _FREE] & _LOW).astype(np.int64)) - 1
