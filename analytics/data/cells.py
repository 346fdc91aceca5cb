"""Compiled loops over the bytes of a delimited text: lines cut into cells, and every cell as the number of its distinct text."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.kernel_cache import kernel

__all__ = ["code_cells", "cut_lines", "doubled_codes", "moved"]

_FREE, _MIX = np.uint64(0), np.uint64(0x9E3779B97F4A7C15)
_ONE, _BYTE, _HALF, _LOW, _DOUBLED = np.uint64(1), np.uint64(8), np.uint64(32), np.uint64(0xFFFFFFFF), np.uint64(1 << 31)


@kernel
def cut_lines(
    data: NDArray[np.uint8], delimiter: int, quote: int, low: NDArray[np.int32], high: NDArray[np.int32], line: NDArray[np.int32], odd: NDArray[np.int32]
) -> Any:
    """Begin and end of every cell of whole lines; returns (rows, lines, odd lines), rows -1 where lines are not plainly rows.

    `low`, `high` int32[columns, rows]: a begin is written as -1 - begin where quotes inside the cell are doubled. `line` int32[rows]: which line
    (from 0) a row is. `odd` int32[3, most]: line, begin and end of lines with another number of cells; a blank line is only
    counted as a line. A quoted cell that runs over its line or goes on behind its quote, a carriage return without line
    feed, and more odd lines than there is room for, are not plain.
    """
    columns, end = low.shape[0], len(data)
    row = lines = odds = column = begin = start = at = 0
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
        while at < end and data[at] != delimiter and data[at] != 10 and data[at] != 13:
            at += 1
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


@kernel
def code_cells(
    data: NDArray[np.uint8],
    low: NDArray[np.int32],
    high: NDArray[np.int32],
    begin: int,
    out: NDArray[np.int32],
    table: NDArray[np.uint64],
    place: NDArray[np.int64],
    letters: NDArray[np.uint8],
    held: NDArray[np.int64],
    count: NDArray[np.int64],
) -> Any:
    """Codes of the cells of one column from row `begin`; returns the row where room ran out, else the number of rows.

    `table` uint64[2 * slots] is a hash table of pairs: the text itself where it has at most 8 bytes, else its hash; then its length in the
    upper half and code + 1 in the lower. `place` int64[most] says where among `letters` a distinct text begins; they
    follow one another. `held` int64[2]: distinct texts and letters so far; `count` int64[most]: rows of each. No text is taken for another: longer ones are compared.
    """
    mask = np.uint64(len(table) // 2 - 1)
    before, long = np.int64(0), np.int64(-1)
    code = np.int64(0)
    for row in range(begin, len(low)):
        first, last = np.int64(low[row]), np.int64(high[row])
        doubled = first < 0
        if doubled:
            first = -1 - first
        length = last - first
        if length == long and not doubled:  # very often a cell is like the one above
            i = int(length) - 1
            while i >= 0 and data[before + i] == data[first + i]:
                i -= 1
            if i < 0:
                out[row] = code
                count[code] += 1
                continue
        before, long = first, np.int64(-1) if doubled else length
        word = np.uint64(0)
        if length <= 8:
            for i in range(first, last):
                word = (word << _BYTE) | np.uint64(data[i])
        else:
            mixed = _FREE
            for i in range(first, last):
                word = (word << _BYTE) | np.uint64(data[i])
                if (i - first) & 7 == 7:
                    mixed = (mixed ^ word) * _MIX
                    mixed ^= mixed >> _HALF
                    word = _FREE
            word = (mixed ^ word) * _MIX
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
                there, same = place[code], True
                for i in range(length):
                    if letters[there + i] != data[first + i]:
                        same = False
                        break
                if same:
                    break
                code = np.int64(-1)
            slot = (slot + _ONE) & mask
        if code < 0:
            code, there = held[0], held[1]
            if code >= len(place) or there + length > len(letters):
                return row
            for i in range(length):
                letters[there + i] = data[first + i]
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
    """Codes of the texts in which quotes are doubled."""
    tags = table[1::2]
    return ((tags[((tags >> _HALF) & _DOUBLED) != _FREE] & _LOW).astype(np.int64)) - 1
