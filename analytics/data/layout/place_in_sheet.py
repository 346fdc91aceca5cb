"""Where the table is inside a sheet: title lines, one or more header rows, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.data.values.dates import is_date, period_of
from analytics.data.values.header_names import role_of_name
from analytics.data.values.numbers import is_blank, is_number
from analytics.data.values.stated_scale import stated_scales

__all__ = ["Layout", "column_names", "find_layout", "typed"]

_LOOK, _CELLS = 60, 400


@dataclass(frozen=True)
class Layout:
    """Rows before the table, rows of the header (0: none), the columns' names, and a size of amounts that a row before says."""

    skip: int
    header_rows: int
    names: tuple[str, ...]
    size_above: str = ""


def typed(cell: str) -> bool:
    """Whether a cell is a number or a date."""
    cell = cell.strip()
    return bool(cell) and (is_number(cell) or is_date(cell))


def _year(cell: str) -> bool:
    """Whether a cell may name a year (2023) or a period of one (202301, 3.2023)."""
    if cell[-5:-4] == "." and cell[-4:].isdigit() and cell[:-5].isdigit():
        return len(cell) <= 7 and "1950" <= cell[-4:] <= "2100" and 1 <= int(cell[:-5]) <= 53
    return (
        len(cell) in (4, 6)
        and cell.isascii()
        and cell.isdigit()
        and "1950" <= cell[:4] <= "2100"
        and (cell[4:] or "01") <= "53"
    )


def _products_across(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row names a date and then one product per column, codes of digits among them."""
    if len(cells) < 3 or len(set(cells)) < len(cells) or role_of_name(cells[0])[0] != "date":
        return False
    return sum(is_date(row[0].strip(), True) for row in below if row) > 0.6 * len(below) > 0


def _width(rows: Sequence[Sequence[str]]) -> int:
    widths = Counter(
        len(row) for row in rows if sum(1 for cell in row[:_CELLS] if cell.strip()) > min(len(row) - 1, 1)
    )
    if not widths:
        widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    return max(widths.items(), key=lambda item: (item[1] * min(item[0], 3), item[0]))[0] if widths else 0


def column_names(rows: Sequence[Sequence[str]], width: int) -> tuple[str, ...]:
    """One name per column from the rows of a header: upper cells spread to the right, no name twice, none blank.

    >>> column_names([["2012", "", "2013"], ["Nov", "Dec", "Jan"]], 3), column_names([["Qty", "", "Qty"]], 3)
    (('2012 Nov', '2012 Dec', '2013 Jan'), ('Qty', 'column 2', 'Qty (2)'))
    """
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
    seen: dict[str, int] = {}
    for i in range(max(width, *(len(level) for level in levels))):
        parts = [level[i] for level in levels if i < len(level) and level[i]]
        name = " ".join(dict.fromkeys(" ".join(part.split()) for part in parts))[:200] or f"column {i + 1}"
        seen[name] = seen.get(name, 0) + 1
        while seen[name] > 1:
            name = f"{name} ({seen[name]})"
            seen[name] = seen.get(name, 0) + 1
        names.append(name)
    return tuple(names)


def _filled(row: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in row[:_CELLS] if cell.strip()]


def _header_score(rows: Sequence[Sequence[str]], index: int, width: int) -> float:
    """How much a row looks like the header: known names and periods in it, and below it rows unlike it. 0: not at all."""
    cells = [cell.strip() for cell in rows[index][:_CELLS]]
    filled = [cell for cell in cells if cell]
    if len(filled) < min(2, width) or (width > 2 and len(filled) < min(width, _CELLS) / 3):
        return 0.0
    texts = [cell for cell in filled if (not typed(cell) or _year(cell)) and not is_blank(cell)]
    known = len({role for cell in texts if (role := role_of_name(cell)[0])})
    periods = [cell for cell in filled if period_of(cell)[0] or is_date(cell)]
    wide = (
        len(periods) >= 3 and len(set(periods)) == len(periods) and len(texts) + len(periods) == len(filled)
    )
    below = [row for row in rows[index + 1 : index + 8] if _filled(row)][:4]
    if (
        not wide
        and len(texts) < len(filled)
        and not (known >= 2 and len(filled) - len(texts) <= 0.2 * len(filled))
        and not _products_across(filled, below)
    ):
        return 0.0
    if not below:
        return 2.0 * known if known >= 2 else 0.0
    contrast = 0
    for i, above in enumerate(cells):
        if above and (not typed(above) or wide) and any(i < len(row) and typed(row[i]) for row in below):
            contrast += 1
    if not known and not contrast:
        return 0.0
    return (
        2.0 * min(known, 4)
        + (3.0 if wide and contrast >= 2 else 0.0)
        + min(contrast, 3)
        - (1.0 if len(rows[index]) != width else 0.0)
        - 0.02 * index
    )


def _more_header_rows(rows: Sequence[Sequence[str]], index: int) -> int:
    """Rows after `index` that still belong to the header: no typed cell where the body below has them."""
    header = [cell.strip() for cell in rows[index][:_CELLS]]
    extra = 0
    while index + extra + 2 < len(rows) and extra < 4:
        row = [cell.strip() for cell in rows[index + extra + 1][:_CELLS]]
        if row == header:
            extra += 1
            continue
        if not any(row) or any(typed(cell) for cell in row) or len(row) != len(header):
            break
        shape = [bool(cell) for cell in row]
        if not all(shape) and any(
            [bool(c.strip()) for c in r] == shape and not any(map(typed, r[:_CELLS])) and r != row
            for r in rows[index + extra + 2 : index + extra + 400]
        ):
            break  # it comes again with other words: it heads the lines below it
        body = [r for r in rows[index + extra + 2 : index + extra + 10] if _filled(r)]
        tops = [
            i
            for i in range(len(header))
            if sum(1 for r in body if i < len(r) and typed(r[i])) > 0.7 * len(body)
        ]
        filled = sum(bool(cell) for cell in row)
        if len(body) < 2 or len(tops) < 2 or not any(row[i] for i in tops) or filled < 2:
            break
        extra += 1
    return extra


def _level_above(rows: Sequence[Sequence[str]], index: int, width: int) -> int:
    """1 if the row above completes the period names (a year over months, a period over measures)."""
    if index == 0:
        return 0
    above, here = [c.strip() for c in rows[index - 1]], [c.strip() for c in rows[index]]
    if sum(bool(c) for c in above) < 2 and not (sum(bool(c) for c in above) == 1 and len(above) == width):
        return 0
    combined = column_names([above, here], width)
    alone = sum(bool(period_of(c)[0]) for c in here[:_CELLS])
    both = sum(bool(period_of(name)[0]) for name in combined[:_CELLS])
    if both >= 3 and both > alone:
        return 1
    measured = sum(bool(period_of(c)[0] or is_date(c)) for c in above[:_CELLS])
    named = [cell for cell in here[:_CELLS] if cell]
    return 1 if measured >= 2 and alone == 0 and len(set(named)) < len(named) else 0


def find_layout(rows: Sequence[Sequence[str]], header_rows: int | None = None) -> Layout:
    """Find the header among the first rows.

    >>> find_layout([["Report"], [], ["Date", "SKU", "Qty"], ["2012-01-01", "A", "3"], ["2012-01-02", "A", "4"]])
    Layout(skip=2, header_rows=1, names=('Date', 'SKU', 'Qty'), size_above='')
    >>> find_layout([["", "2012", "", "2013"], ["SKU", "Nov", "Dec", "Jan"], ["A", "1", "2", "3"]]).names
    ('SKU', '2012 Nov', '2012 Dec', '2013 Jan')
    """
    width = _width(rows[:2000])
    best, best_score = -1, 0.0
    for index in range(min(len(rows), _LOOK)):
        score = _header_score(rows, index, width)
        if score > best_score:
            best, best_score = index, score
            if score > 10.0:
                break
    if header_rows == 0 or best < 0:
        first = next(
            (i for i, row in enumerate(rows) if len(row) == width and any(c.strip() for c in row)), 0
        )
        return Layout(first, 0, tuple(f"column {i + 1}" for i in range(width)))
    above = _level_above(rows, best, max(width, len(rows[best])))
    more = _more_header_rows(rows, best) if header_rows is None else max(header_rows - 1 - above, 0)
    levels = rows[best - above : best + 1 + more]
    names = column_names(levels, len(rows[best]))
    titles = [cell for row in rows[: best - above] for cell in row if cell.strip()]
    size = "" if _amounts_said(names) else next(iter(_amounts_said(titles)), "")
    return Layout(best - above, above + 1 + more, names, size)


def _amounts_said(texts: Sequence[str]) -> list[str]:
    """The words by which texts say that amounts are in thousands or millions."""
    return [one.said for text in texts for one in stated_scales(text) if one.kind == "amount"]
