"""The dialect of a text table: delimiter, quote and escape, found by which reading makes the most sense."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from analytics.data.values.dates import is_date
from analytics.data.values.numbers import is_blank, is_number

__all__ = ["STAND_IN", "Dialect", "find_dialect", "parse_lines", "reader_options", "split_lines"]

_DELIMITERS = (
    ",",
    ";",
    "\t",
    "|",
    "||",
    "::",
    "~",
    "^",
    "\x01",
    "\x1e",
    "\x1f",
    ", ",
    "; ",
    " | ",
    "\\t",
    "\t\t",
    ":",
    " ",
    "&&",
    "#",
)
STAND_IN = "\ue000"
_TIME = re.compile(r"^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_WORD = re.compile(r"^[\w.\-/&+()*'%°]+(?: [\w.\-/&+()*'%°]+)*$")
csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Dialect:
    """How the cells of a line are told apart. `quote` and `escape` may be empty; an empty delimiter means one column."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    newline: str = "\n"


def split_lines(text: str) -> tuple[list[str], str]:
    r"""The physical lines of a text and how they end.

    >>> split_lines("a\r\nb\r\n")
    (['a', 'b'], '\r\n')
    """
    windows, unix, mac = text.count("\r\n"), text.count("\n"), text.count("\r")
    if mac == 0:
        lines, newline = text.split("\n"), "\n"
    elif windows == unix == mac:
        lines, newline = text.split("\r\n"), "\r\n"
    else:
        newline = max(
            (("\r\n", windows), ("\n", unix - windows), ("\r", mac - windows)), key=lambda item: item[1]
        )[0]
        lines = re.split(r"\r*\n|\r", text) if newline != "\r" else re.split(r"\r\n|\n|\r", text)
    if lines and lines[-1] == "":
        lines.pop()
    return lines, newline


def reader_options(dialect: Dialect) -> dict[str, object]:
    """The dialect in the words of the csv module; a delimiter of several characters is replaced by STAND_IN."""
    delimiter = dialect.delimiter if len(dialect.delimiter) == 1 else STAND_IN
    options: dict[str, object] = {"delimiter": delimiter, "skipinitialspace": delimiter not in " \t"}
    if dialect.quote:
        options.update(quotechar=dialect.quote, doublequote=True)
    else:
        options.update(quoting=csv.QUOTE_NONE)
    if dialect.escape:
        options.update(escapechar=dialect.escape)
    return options


def parse_lines(lines: Sequence[str], dialect: Dialect) -> list[list[str]]:
    r"""Cells of records (each one string, embedded line breaks included).

    Lines that the parser refuses with an error of its own are split plainly.

    >>> parse_lines(['a,"b ""x"", c"', "1, 2"], Dialect())
    [['a', 'b "x", c'], ['1', '2']]
    """
    if not dialect.delimiter:
        return [[line.strip(dialect.quote) if dialect.quote else line] for line in lines]
    options = reader_options(dialect)
    several = len(dialect.delimiter) > 1
    source: Sequence[str] = (
        [line.replace(dialect.delimiter, STAND_IN) for line in lines] if several else lines
    )
    rows: list[list[str]]
    try:
        rows = list(csv.reader(source, **options))  # type: ignore[arg-type]
        if len(rows) != len(lines):
            raise csv.Error
    except csv.Error:
        rows = []
        for line in source:
            try:
                found = list(csv.reader([line], **options))  # type: ignore[arg-type]
                rows.append(
                    found[0] if len(found) == 1 else ([] if not line else [c for part in found for c in part])
                )
            except csv.Error:
                rows.append(line.split(str(options["delimiter"])))
    if several:
        rows = [[cell.replace(STAND_IN, dialect.delimiter) for cell in row] for row in rows]
    return rows


@lru_cache(maxsize=65536)
def _sense(cell: str) -> float:
    cell = cell.strip()
    if not cell or is_blank(cell):
        return 0.9
    if len(cell) > 200:
        return 0.0
    if is_number(cell) or is_date(cell) or _TIME.match(cell):
        return 1.0
    if _WORD.match(cell):
        return 1.0 if len(cell) < 60 else 0.7
    if any(mark in cell for mark in ";\t|\x01\x1e\x1f~^"):
        return 0.1
    if '"' in cell:
        return 0.2
    return 0.75


def _score(lines: Sequence[str], dialect: Dialect) -> float:
    rows = [row for row in parse_lines(lines, dialect) if any(cell.strip() for cell in row)]
    if not rows:
        return 0.0
    widths = Counter(len(row) for row in rows)
    width, share = max(widths.items(), key=lambda item: (item[1] * min(item[0], 3), item[0]))
    if width < 2:
        return 0.0
    typical = [row for row in rows if len(row) == width][:120]
    sense = [sum(_sense(cell) for cell in row[:60]) / min(len(row), 60) for row in typical]
    return (share / len(rows)) * (sum(sense) / len(sense)) ** 2 * (1 - 0.35 / width)


def _escaped(lines: Sequence[str], quote: str) -> str:
    joined = "\n".join(lines)
    escaped = joined.count("\\" + quote)
    doubled = len(re.findall(rf"(?<=\w){quote}{quote}|{quote}{quote}(?=\w)", joined))
    return "\\" if escaped > 0 and escaped >= doubled else ""


def find_dialect(lines: Sequence[str], newline: str = "\n") -> Dialect:
    """The reading of a sample of lines that makes the most sense.

    >>> found = find_dialect(["date;sku;units", "01.02.2012;A-1;1,5", "02.02.2012;A-1;2,5"])
    >>> found.delimiter, found.quote
    (';', '"')
    """
    sample = [line for line in lines if line.strip()]
    longest = max(map(len, sample[:50]), default=1)
    many = max(8, min(300, 1_500_000 // max(longest, 1)))
    if len(sample) > many:
        half = many // 2
        sample = (
            sample[:half] + sample[len(sample) // 2 : len(sample) // 2 + many // 3] + sample[-(many // 6) :]
        )
    joined = "\n".join(sample)
    declared = re.match(r"^sep=(.)$", sample[0]) if sample else None
    if declared:
        return Dialect(declared[1], '"', _escaped(sample, '"'), newline)
    best, best_score = Dialect("", '"', "", newline), 0.0
    single = len(re.findall(r"(?m)(?:^|[^\w\s]|\s)'[^'\n]*'(?=[^\w]|$)", joined))
    quotes = ['"', "'"] if single >= len(sample) else ['"']
    for quote in quotes:
        escape = _escaped(sample, quote)
        for delimiter in _DELIMITERS:
            if delimiter not in joined:
                continue
            candidate = Dialect(delimiter, quote, escape, newline)
            score = _score(sample, candidate)
            if quote == "'":
                score *= (
                    1.02 if f"{quote}{delimiter}{quote}" in joined or re.search(r"(?m)^'", joined) else 0.9
                )
            if delimiter in (" ", ":", "#", "&&"):
                score *= 0.85
            if score > best_score + 1e-9:
                best, best_score = candidate, score
    return best
