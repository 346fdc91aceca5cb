"""Lines of text as records: cells that run over a line break joined, damaged quotes found, other readings offered."""

from __future__ import annotations

import csv
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.files.dialect import STAND_IN, Dialect, parse_lines, reader_options

__all__ = ["parsed", "records_of", "repairs_of"]

#: Lines with an odd number of quotes that are tried in vain; beyond, they are rejected by number.
MOST_TRIES = 50_000
MANY_BROKEN = 20_000
#: Lines from which the number of cells is told, how many lines a cell may run over, and characters.
_SEEN, _LINES, _LONGEST = 4000, 100, 1_000_000


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


def _joined(lines: list[str], parity: list[int], position: int) -> tuple[str, int]:
    """The lines from here to the next one with an odd number of quotes as one text, and where the lines behind them begin; 0 where there is none near."""
    size = len(lines[position])
    for end in range(position + 1, min(len(lines), position + _LINES)):
        size += len(lines[end]) + 1
        if parity[end]:
            return "\n".join(lines[position : end + 1]), end + 1
        if size >= _LONGEST:
            break
    return "", 0


def _width(lines: list[str], parity: list[int], dialect: Dialect) -> int:
    """Cells that most records have, among the first lines: those whose quotes close, and those joined over line breaks; 0 where none can be told."""
    widths = [
        len(row)
        for row in parse_lines(
            [line for line, odd in zip(lines[:_SEEN], parity, strict=False) if not odd and line.strip()],
            dialect,
        )
    ]
    position = 0
    while position < min(len(lines), _SEEN):
        if not parity[position]:
            position += 1
            continue
        joined, end = _joined(lines, parity, position)
        found = _strict_width(joined, dialect) if end else -1
        if found > 1:
            widths.append(found)
        position = end if found > 1 else position + 1
    return Counter(widths).most_common(1)[0][0] if widths else 0


def records_of(lines: list[str], dialect: Dialect) -> tuple[list[str], NDArray[np.int64], list[int]]:
    """Lines joined where a quoted cell runs over a line break; start line of each; records whose quotes do not close."""
    quote = dialect.quote
    if not quote or not any(quote in line for line in lines):
        return lines, np.arange(1, len(lines) + 1), []
    parity = [
        line.replace(dialect.escape + quote, "").count(quote) % 2 if dialect.escape else line.count(quote) % 2
        for line in lines
    ]
    if not any(parity):
        return lines, np.arange(1, len(lines) + 1), []
    expected = _width(lines, parity, dialect)
    records: list[str] = []
    start: list[int] = []
    broken: list[int] = []
    position, n, tries = 0, len(lines), 0
    while position < n:
        line = lines[position]
        start.append(position + 1)
        if not parity[position] or tries > MOST_TRIES or _strict_width(line, dialect) == expected:
            if parity[position] and tries > MOST_TRIES:
                broken.append(len(records))
            records.append(line)
            position += 1
            continue
        joined, end = _joined(lines, parity, position)
        found = _strict_width(joined, dialect) if end > position else -1
        if found == expected or (found > 0 and not expected):
            records.append(joined)
            position = end
        else:
            tries += 1
            broken.append(len(records))
            records.append(line)
            position += 1
    return records, np.array(start, np.int64), broken


def parsed(records: list[str], dialect: Dialect, broken: list[int]) -> list[list[str]]:
    """Cells of the records; where very many have quotes that never close, those are only cut at the delimiter: they are rejected anyway."""
    if len(broken) <= MANY_BROKEN or not dialect.delimiter:
        return parse_lines(records, dialect)
    whole = np.ones(len(records), bool)
    whole[broken] = False
    sound = iter(parse_lines([record for record, good in zip(records, whole, strict=True) if good], dialect))
    return [
        next(sound) if good else record.split(dialect.delimiter)
        for record, good in zip(records, whole, strict=True)
    ]


def repairs_of(record: str, dialect: Dialect, width: int) -> list[list[str]]:
    """Other readings of a damaged record that give the right number of cells: quotes as text, escapes, another delimiter, one quote too many."""
    quote = dialect.quote or '"'
    others = [
        Dialect(d, quote, "", dialect.newline)
        for d in (",", ";", "\t", "|")
        if d != dialect.delimiter and d in record
    ]
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
