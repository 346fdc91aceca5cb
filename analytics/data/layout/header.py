"""A header row with a cell too many or too few: put back over its columns, by what stands in them."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.data.values.dates import is_date
from analytics.data.values.header_names import role_of_name
from analytics.data.values.numbers import is_blank, is_number

__all__ = ["aligned_header", "body_width"]

_DATES = ("date", "promised", "shipped")
_NUMBERS = ("quantity", "returned", "revenue", "price", "unit_cost", "discount")


def body_width(rows: Sequence[Sequence[str]]) -> int:
    """Cells of nearly every row that holds two or more, 0 where rows differ.

    >>> body_width([["a", "1", ""], ["b", "2", ""], ["total"]])
    3
    """
    lengths = [len(row) for row in rows[:500] if sum(1 for cell in row if cell.strip()) > 1]
    usual = max(set(lengths), key=lengths.count, default=0)
    return usual if lengths.count(usual) >= 0.8 * len(lengths) else 0


def _fit(name: str, cells: Sequence[str]) -> float:
    role = role_of_name(name)[0]
    cells = [cell for cell in cells if not is_blank(cell)]
    if not role or not cells:
        return 0.0
    dates, numbers = sum(map(is_date, cells)) / len(cells), sum(map(is_number, cells)) / len(cells)
    if role in _DATES:
        return 1.0 if dates > 0.5 else -1.0
    if role in _NUMBERS:
        return 1.0 if numbers > 0.5 and dates < 0.5 else -1.0
    if dates > 0.5 or (role in ("name", "channel") and numbers > 0.5):
        return -0.5
    return 0.4 if numbers > 0.5 else 0.5


def aligned_header(
    header: Sequence[str], rows: Sequence[Sequence[str]], width: int, other: Sequence[Sequence[str]] = ()
) -> list[str] | None:
    """The header with `width` names that suits the rows below best; None where none suits beyond doubt.

    `other` are further readings of the header line (a stray quote left out).

    >>> rows = [["13/02/2018", "9:00", "4", "A-1"], ["14/02/2018", "9:15", "5", "A-2"]]
    >>> aligned_header(["DATE", "TIMEQty", "SKU"], rows, 4)
    ['DATE', '', 'TIMEQty', 'SKU']
    """
    cells = [cell.strip() for cell in header]
    ways = [[cell.strip() for cell in way] for way in other if len(way) == width]
    if len(cells) > width:
        blank = [i for i, cell in enumerate(cells) if not cell]
        if len(cells) - len(blank) <= width:
            drop = len(cells) - width
            for first in range(len(blank) - drop + 1):
                gone = set(blank[first : first + drop])
                ways.append([cell for i, cell in enumerate(cells) if i not in gone])
    elif len(cells) < width <= 2 * len(cells) and width - len(cells) <= 2:
        ways += [cells[:at] + [""] * (width - len(cells)) + cells[at:] for at in range(len(cells) + 1)]
    if not ways:
        return None
    sample = rows[:: max(1, len(rows) // 40)][:40]
    columns = [[row[i] for row in sample if i < len(row)] for i in range(width)]
    scores = [sum(_fit(name, column) for name, column in zip(way, columns, strict=True)) for way in ways]
    best = max(scores)
    winners = [way for way, score in zip(ways, scores, strict=True) if score == best]
    places = {
        tuple(i for i, name in enumerate(way) if role_of_name(name)[0] in (*_DATES, *_NUMBERS, "sku"))
        for way in winners
    }
    misplaced = any(_fit(name, column) < 0 for name, column in zip(winners[0], columns, strict=True))
    return winners[0] if len(places) == 1 and best > 0 and not misplaced else None
