"""Rows with a cell too many or too few that can be read in one way only: by what stands in every column of the other rows.

An unquoted comma makes two cells of one, a lost delimiter none of one. Every way to put the cells back is tried; a way is possible where every cell suits its
column: dates, whole numbers, numbers with as many decimals as the others, words that come again and again. Where exactly one way is possible it is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb

from analytics.data.values.dates import is_date
from analytics.data.values.header_names import role_of_name
from analytics.data.values.numbers import is_blank, is_number
from analytics.errors import Problem

__all__ = ["SAMPLE", "ColumnHabit", "OneWay", "column_habits", "only_reading"]

#: so many rows of a file tell the habits of its columns
SAMPLE = 3000

#: fewer rows than this teach nothing of a column
_FEWEST = 20
#: ways tried for all rows of a file together: some seconds at most, whatever the file
_MOST_WAYS_OF_FILE = 250_000
_MOST_WAYS, _MOST_EXTRA, _MOST_COLUMNS = 3000, 3, 60
_DECIMALS = re.compile(r"^[-+]?[^\d]*\d[\d' ]*(?:[.,](\d+))?\D*$")
_SHAPE = str.maketrans(
    {
        **{c: "0" for c in "123456789"},
        **{c: "a" for c in "bcdefghijklmnopqrstuvwxyz"},
        **{c: "A" for c in "BCDEFGHIJKLMNOPQRSTUVWXYZ"},
    }
)
_GROUPED = re.compile(r"^[-+]?\d{1,3}(?:,\d{3})+$")


@dataclass(frozen=True)
class ColumnHabit:
    """What the cells of a column look like: `kind` number, date or text; how many decimals numbers have; words where few come again; shapes of codes."""

    kind: str
    decimals: frozenset[int]
    words: frozenset[str]
    closed: bool
    shapes: frozenset[str]
    code: bool
    blank: bool
    numbers: bool
    negative: bool


def _shape(cell: str) -> str:
    return re.sub(r"(.)\1+", r"\1", cell.translate(_SHAPE))


def _decimals(cell: str) -> int:
    match = _DECIMALS.match(cell)
    return len(match[1] or "") if match else -1


def column_habits(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[ColumnHabit]:
    """The habits of the columns of sound rows; empty where there are too few rows or too many columns.

    >>> [habit.kind for habit in column_habits(("date", "sku", "qty"), [["2012-01-27", "A-1", "3"]] * 20)]
    ['date', 'text', 'number']
    """
    width = len(names)
    sample = [row for row in rows if len(row) == width][:: max(1, len(rows) // SAMPLE)]
    if len(sample) < _FEWEST or not 2 <= width <= _MOST_COLUMNS:
        return []
    return [_habit(name, [row[i].strip() for row in sample]) for i, name in enumerate(names)]


def _habit(name: str, cells: Sequence[str]) -> ColumnHabit:
    filled = [cell for cell in cells if not is_blank(cell)]
    words = frozenset(filled)
    dated, numbered = (sum(test(word) for word in words) for test in (is_date, is_number))
    role = role_of_name(name)[0]
    coded = role in ("sku", "order", "customer", "promised", "shipped")
    kind = "text"
    if (
        words
        and dated >= 0.98 * len(words)
        and (numbered < 0.5 * len(words) or role in ("date", "promised", "shipped"))
    ):
        kind = "date"
    elif words and numbered >= 0.98 * len(words) and not coded:
        kind = "number"
    closed = len(words) <= 300 and 5 * len(words) <= len(filled)
    plain = coded or not any(" " in word or "," in word for word in words)
    return ColumnHabit(
        kind, frozenset(_decimals(word) for word in words) if kind == "number" else frozenset(), words, closed, frozenset(_shape(word) for word in words),
        plain and any(any(c.isdigit() for c in word) for word in words), len(filled) < len(cells), numbered > 0, any(word.startswith("-") for word in words),
    )  # fmt: skip


def _suits(cell: str, habit: ColumnHabit, joined: bool) -> str | None:
    """The cell as it would stand in a column, None where it does not suit it."""
    cell = cell.strip()
    if is_blank(cell):
        return cell if habit.blank and not joined else None
    if cell in habit.words:
        return cell
    if habit.kind == "date":
        return cell if is_date(cell) and (joined or _shape(cell) in habit.shapes) else None
    if habit.kind == "number":
        return _number(cell, habit, joined)
    if (is_number(cell) and not habit.numbers) or is_date(cell):
        return None
    if joined:
        return None if habit.code else cell
    if habit.closed or (habit.code and _shape(cell) not in habit.shapes):
        return None
    return cell


def _number(cell: str, habit: ColumnHabit, joined: bool) -> str | None:
    """A number with as many decimals as the others of its column; two cells joined are one with a decimal comma, or one grouped in thousands."""
    if joined:
        if _GROUPED.match(cell) and habit.decimals == {0}:
            cell = cell.replace(",", "")
        elif (
            cell.count(",") == 1
            and len(cell.partition(",")[2]) in habit.decimals - {0}
            and all(part.lstrip("-+").isdigit() for part in cell.split(","))
        ):
            cell = cell.replace(",", ".")
        else:
            return None
    if not is_number(cell) or (cell.startswith("-") and not habit.negative):
        return None
    return cell if _decimals(cell) in habit.decimals else None


def _ways(cells: Sequence[str], width: int, delimiter: str) -> Iterator[list[tuple[str, str]]]:
    """Every way to make `width` cells of these, as (cell, how): kept, joined or lost."""
    extra = len(cells) - width
    if extra == -1:
        for at in range(width):
            yield [
                *((cell, "kept") for cell in cells[:at]),
                ("", "lost"),
                *((cell, "kept") for cell in cells[at:]),
            ]
        return
    if not 1 <= extra <= _MOST_EXTRA:
        return
    blank = [i for i, cell in enumerate(cells) if not cell.strip()]
    for gone in combinations(blank, extra):
        yield [(cell, "kept") for i, cell in enumerate(cells) if i not in gone]
    for cuts in combinations(range(1, len(cells)), width - 1):
        bounds = [0, *cuts, len(cells)]
        parts = [cells[a:b] for a, b in pairwise(bounds)]
        if all(len(part) == 1 or all(cell.strip() for cell in part) for part in parts):
            yield [(delimiter.join(part), "joined" if len(part) > 1 else "kept") for part in parts]


def only_reading(cells: Sequence[str], habits: Sequence[ColumnHabit], delimiter: str) -> list[str] | None:
    """The cells put back over their columns where exactly one way suits all of them; None where none does, or several do, or a row may be cut off at its end.

    >>> rows = [["2012-01-27", "A-1", "Bolt", str(k % 5 + 1), f"{k}.50"] for k in range(40)]
    >>> habits = column_habits(("date", "sku", "name", "qty", "price"), rows)
    >>> only_reading(["2012-01-29", "A-1", "Bolt", " zinc", "3", "4.50"], habits, ",")
    ['2012-01-29', 'A-1', 'Bolt, zinc', '3', '4.50']
    >>> only_reading(["2012-01-29", "A-1", "Bolt", "3", "4", "50"], habits, ",")
    ['2012-01-29', 'A-1', 'Bolt', '3', '4.50']
    """
    if not habits:
        return None
    found: set[tuple[str, ...]] = set()
    for tried, way in enumerate(_ways(cells, len(habits), delimiter)):
        if tried > _MOST_WAYS:
            return None
        row = []
        for (cell, how), habit in zip(way, habits, strict=True):
            suited = "" if how == "lost" else _suits(cell, habit, how == "joined")
            if suited is None:
                break
            row.append(suited)
        else:
            found.add(tuple(row))
            if len(found) > 1:
                return None
    if not found or (
        len(cells) < len(habits) and not next(iter(found))[-1]
    ):  # cut off at its end, it may be cut inside the cell before
        return None
    return list(found.pop())


class OneWay:
    """Rows with a cell too many or too few, put back where all columns allow one reading.

    What the columns hold is looked at when the first such row comes: `sample` gives rows that fit.
    """

    def __init__(
        self, names: Sequence[str], sample: Callable[[], Sequence[Sequence[str]]], delimiter: str, quote: str
    ) -> None:
        """For rows of a file with these columns, divided by `delimiter`; lines with a `quote` are left alone."""
        self._names, self._sample, self._delimiter, self._quote = names, sample, delimiter, quote
        self._habits: list[ColumnHabit] | None = None
        self._left = _MOST_WAYS_OF_FILE
        self._untried = 0
        self._lines: dict[str, list[int]] = {"too many": [], "too few": []}

    def row(self, cells: Sequence[str], line: str, number: int) -> list[str] | None:
        """The row with its cells over its columns; None where that is not beyond doubt."""
        if (
            len(self._delimiter) != 1
            or (self._quote and self._quote in line)
            or sum(bool(cell.strip()) for cell in cells) < 2
        ):
            return None
        if self._left <= 0:
            self._untried += 1
            return None
        if self._habits is None:
            self._habits = column_habits(self._names, self._sample())
        raw = line.split(self._delimiter)
        parts = raw if len(raw) == len(cells) else cells
        width, extra = len(self._names), len(parts) - len(self._names)
        if 0 < extra <= _MOST_EXTRA:
            self._left -= min(comb(len(parts) - 1, width - 1) + comb(len(parts), extra), _MOST_WAYS)
        else:
            self._left -= width
        found = only_reading(parts, self._habits, self._delimiter)
        if found is not None:
            self._lines["too many" if len(cells) > len(found) else "too few"].append(number)
        return found

    def notes(self) -> list[Problem]:
        """How many rows were put back, and which; how many were not tried."""
        out = []
        for what, lines in self._lines.items():
            if lines:
                listed = ", ".join(f"{n}" for n in lines[:12]) + (", ..." if len(lines) > 12 else "")
                words = f"rows with a cell {what} were read in the only way that all columns allow (rows {listed})"
                remedy = (
                    "check these lines; put cells that hold the delimiter in quotes"
                    if what == "too many"
                    else "check these lines; the cell that is missing was left blank"
                )
                out.append(Problem("one_reading", words, remedy, lines[0], count=len(lines)))
        if self._untried:
            words = "further rows do not fit the columns; after so many, no reading was looked for"
            remedy = "put cells that hold the delimiter in quotes"
            out.append(Problem("one_reading_untried", words, remedy, count=self._untried))
        return out
