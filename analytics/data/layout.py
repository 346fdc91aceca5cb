"""Where the table is inside a sheet: title lines, header rows, footers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.data.dates import is_date, period_of
from analytics.data.numbers import is_blank, is_number
from analytics.data.roles import role_of_name

__all__ = ["Layout", "find_layout", "typed"]

_LOOK = 60


@dataclass(frozen=True)
class Layout:
    """Rows before the table, rows of the header (0: none), and the columns' names."""

    skip: int
    header_rows: int
    names: tuple[str, ...]


def typed(cell: str) -> bool:
    """Whether a cell is a number or a date."""
    cell = cell.strip()
    return bool(cell) and (is_number(cell) or is_date(cell))


def _width(rows: Sequence[Sequence[str]]) -> int:
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    return max(widths.items(), key=lambda item: (item[1] * (1 if item[0] > 1 else 0.1), item[0]))[0] if widths else 0


def _names(rows: Sequence[Sequence[str]], width: int) -> tuple[str, ...]:
    levels = []
    for level, row in enumerate(rows):
        cells = [cell.strip() for cell in row] + [""] * (width - len(row))
        if level < len(rows) - 1:
            last = ""
            for i, cell in enumerate(cells):
                last = cell or last
                cells[i] = last
        levels.append(cells)
    names: list[str] = []
    for i in range(max(width, max(len(level) for level in levels))):
        parts = [level[i] for level in levels if i < len(level) and level[i]]
        name = " ".join(dict.fromkeys(" ".join(part.split()) for part in parts)) or f"column {i + 1}"
        count = 2
        unique = name
        while unique in names:
            unique, count = f"{name} ({count})", count + 1
        names.append(unique)
    return tuple(names)


def find_layout(rows: Sequence[Sequence[str]], header_rows: int | None = None) -> Layout:
    """Find the header among the first rows.

    >>> find_layout([["Report"], [], ["Date", "SKU", "Qty"], ["2012-01-01", "A", "3"], ["2012-01-02", "A", "4"]])
    Layout(skip=2, header_rows=1, names=('Date', 'SKU', 'Qty'))
    """
    width = _width(rows[:2000])
    best, best_score = -1, 0.0
    for index, row in enumerate(rows[:_LOOK]):
        cells = [cell.strip() for cell in row]
        filled = [cell for cell in cells if cell]
        if len(filled) < min(2, width) or (width > 2 and len(filled) < width / 3) or not filled:
            continue
        periods = sum(bool(period_of(cell)[0]) or is_date(cell) for cell in filled)
        texts = [cell for cell in filled if not typed(cell) and not is_blank(cell)]
        known = len({role for cell in texts if (role := role_of_name(cell)[0])})
        wide = periods >= 3 and periods == len(set(filled)) - len(set(texts))
        if not wide and len(texts) < len(filled):
            continue
        below = next((r for r in rows[index + 1 : index + 6] if any(c.strip() for c in r)), None)
        if below is None:
            continue
        contrast = sum(1 for above, cell in zip(cells, below, strict=False) if above and typed(cell) and (not typed(above) or wide))
        score = 2.0 * min(known, 4) + (3.0 if wide and contrast >= 2 else 0.0) + min(contrast, 3) - (1.0 if len(row) != width else 0.0) - 0.02 * index
        if (known or contrast) and score > best_score:
            best, best_score = index, score
    if header_rows == 0 or best < 0:
        first = next((i for i, row in enumerate(rows) if len(row) == width and any(c.strip() for c in row)), 0)
        return Layout(first, 0, tuple(f"column {i + 1}" for i in range(width)))
    return Layout(best, 1, _names([rows[best]], width))
