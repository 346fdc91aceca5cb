"""Reports that write the product, or the day, in a row of its own above its lines, with rows of totals below them.

One concept: headings and totals are read in one walk from top to bottom; products and days as headings differ
only in what a heading holds, and both rest on that walk.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.column_look import look
from analytics.data.columns.column_roles import map_sales_columns, naming_remedy
from analytics.data.layout.body import TOTAL
from analytics.data.layout.raw_table import RawTable, Rejection
from analytics.data.values.categorical import Columns, blank_texts, coded_texts
from analytics.data.values.conventions import likely_mark
from analytics.data.values.dates import date_column
from analytics.data.values.header_names import role_of_name
from analytics.data.values.numbers import is_number, parse_numbers
from analytics.errors import DataError, Problem

__all__ = ["dated_groups", "headed_groups"]

#: columns that are looked at, cells that a heading may have, groups within groups, and the longest report that is read by groups
_COLUMNS, _CELLS, _DEEP, _ROWS = 60, 3, 8, 2_000_000
_PRODUCT = re.compile(
    r"(?i)\b(?:products?|items?|articles?|skus?|parts?|inventory|artikel\w*|material\w*|produkt\w*|produits?|art[ií]culos?|productos?|articol[oi]|prodott[oi]|produtos?|towar\w*|vare\w*|商品|产品)\b"
)
_OTHER = re.compile(
    r"(?i)\b(?:customers?|clients?|kunden?\w*|debitor\w*|clientes?|clienti|klant\w*|vendors?|suppliers?|lieferant\w*|sales ?(?:reps?|persons?|people)|vertreter\w*|regions?"
    r"|regionen|stores?|filial\w*|branch\w*|channels?|employees?|categor\w*|warehouses?|lager\w*)\b"
)
_LABEL = re.compile(r"^([^\W\d][^:]{0,30}?)\s*:\s*(\S.*)$")
_TOTAL_BEHIND = re.compile(r"(?i)\b(?:total|subtotal|summe|gesamt|ergebnis|totale|totaal|suma)\W*$")
_BETWEEN = re.compile(r"(?i)^[\W_]*(?:for|of|für|fuer|de|del|du|di|van|voor|pour|para|per)\b")


@dataclass
class _Group:
    """A heading that is open: its cells, and how many dated lines stood above it."""

    cells: list[str]
    begin: int


@dataclass
class _Walk:
    """What the rows between the dated lines said: the heading of every dated line, and the totals with the lines they sum."""

    product: list[list[str]] = field(default_factory=list)
    parent: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    totals: list[tuple[int, int, int, bool]] = field(default_factory=list)
    closed: int = 0
    without: int = -1


def _total_of(text: str) -> str | None:
    """What a text is the total of ("" for a bare one), None if it is none.

    >>> _total_of("Total for Bolt M8"), _total_of("TOTAL"), _total_of("Bolt M8 Total"), _total_of("Totally")
    ('Bolt M8', '', 'Bolt M8', None)
    """
    found = TOTAL.match(text.strip())
    if found:
        return _BETWEEN.sub("", text.strip()[found.end() :]).strip(" :-*\t")
    behind = _TOTAL_BEHIND.search(text)
    return text[: behind.start()].strip() if behind else None


def _numeric(table: RawTable, dated: NDArray[np.bool_], dates: int) -> list[int]:
    """Columns with numbers on most of the dated lines."""
    found = []
    for i in range(min(len(table.names), _COLUMNS)):
        if i != dates and (seen := look(table.columns[i].take(dated))).numbers > 0.8 and seen.blank < 0.2:
            found.append(i)
    return found


@dataclass(frozen=True)
class _Event:
    """A row that is no dated line: its number and place in the table (-1: set aside before), its filled cells, and what it is the total of (None: it is none).

    A row that is neither heading nor total has no cells.
    """

    row: int
    place: int
    cells: list[str]
    of: str | None


def _events(table: RawTable, dated: NDArray[np.bool_], numeric: Sequence[int]) -> list[_Event]:
    """Rows other than dated lines, in order."""
    places = np.flatnonzero(~dated)
    taken = [table.columns[i].take(places) for i in range(min(len(table.names), _COLUMNS))]
    texts = [
        np.array([text.strip() for text in column.values], dtype=object)[column.codes] for column in taken
    ]
    numbers = np.zeros(len(places), bool)
    for i in numeric:
        numbers |= taken[i].spread(np.array([is_number(text.strip()) for text in taken[i].values], bool))
    events: list[_Event] = []
    for place, row, number, cells in zip(
        places.tolist(), table.row[places].tolist(), numbers.tolist(), zip(*texts, strict=True), strict=True
    ):
        filled = [cell for cell in cells if cell]
        of = next((found for cell in filled[:3] if (found := _total_of(cell)) is not None), None)
        if filled:
            events.append(
                _Event(
                    row, place, filled if of is not None or (len(filled) <= _CELLS and not number) else [], of
                )
            )
    events += [
        _Event(r.row, -1, [r.found], _total_of(r.found))
        for r in table.rejected
        if r.code in ("footnote", "total_row")
    ]
    return sorted(events, key=lambda event: event.row)


def _walked(table: RawTable, dated: NDArray[np.bool_], events: Sequence[_Event]) -> _Walk:
    """The headings opened and closed from top to bottom."""
    walk, stack = _Walk(), list[_Group]()
    place = np.flatnonzero(dated)
    before = np.searchsorted(
        table.row[place], [event.row for event in events]
    )  # dated lines above each event
    done, last = 0, "heading"

    def lines_until(end: int) -> None:
        nonlocal done, last
        if end > done:
            if not stack and walk.without < 0:
                walk.without = int(table.row[place[done]])
            walk.product += [stack[-1].cells if stack else []] * (end - done)
            walk.parent += [stack[-2].cells[0] if len(stack) > 1 else ""] * (end - done)
            done, last = end, "line"

    for k, (event, end) in enumerate(zip(events, before.tolist(), strict=True)):
        lines_until(end)
        of, cells = event.of, event.cells
        if of is not None:
            depth = next(
                (
                    d
                    for d in range(len(stack) - 1, -1, -1)
                    if of and of.casefold().endswith(_told(stack[d].cells).casefold())
                ),
                -1,
            )
            if depth >= 0:
                walk.totals.append((k, stack[depth].begin, done, False))
                walk.closed += 1
                del stack[depth:]
            else:
                walk.totals.append((k, stack[-1].begin if stack else 0, done, True))
                if last == "line" and stack and (of or len(stack) == 1):
                    stack.pop()
            last = "total"
        elif cells and end < len(place):  # below all lines it is a footnote
            if last == "line" and stack:
                stack.pop()
            stack.append(_Group(cells, done))
            del stack[:-_DEEP]
            walk.headings.append(k)
            last = "heading"
    lines_until(len(place))
    return walk


def _told(cells: Sequence[str]) -> str:
    """What a heading says behind its label, if it has one."""
    match = _LABEL.match(cells[0])
    return match[2] if match else cells[1] if cells[0].endswith(":") and len(cells) > 1 else cells[0]


def _unlabelled(products: list[list[str]]) -> tuple[list[list[str]], str]:
    """Headings without the label they all carry ("Item: A-1", or "Item:" in a cell of its own), and the label."""
    distinct = {tuple(cells) for cells in products}
    first = {cells[0].rstrip(": ") for cells in distinct}
    if (
        len(first) == 1
        and all(len(cells) > 1 for cells in distinct)
        and (len(distinct) > 1 or next(iter(distinct))[0].endswith(":"))
    ):
        return [cells[1:] for cells in products], first.pop()
    found = {cells: _LABEL.match(cells[0]) for cells in distinct}
    labels = {match[1].strip() for match in found.values() if match}
    if len(labels) == 1 and all(found.values()):
        return [[str(found[tuple(cells)][2]).strip(), *cells[1:]] for cells in products], labels.pop()  # type: ignore[index]
    return products, ""


def _named_kind(table: RawTable, columns: Sequence[int], label: str) -> str:
    """What the headings are by their label, the name of their column or the title of the report: product, other, or "" where nothing says it."""
    skipped = min(int(table.dialect.get("skipped_rows", 0) or 0), 20)
    title = " ".join(table.text_of(np.arange(1, skipped + 1)))[:2000] if skipped else ""
    for text in (
        label,
        *(table.names[i] for i in columns if not table.names[i].startswith("column ")),
        title,
    ):
        product = bool(_PRODUCT.search(text)) or role_of_name(text)[0] == "sku"
        other = bool(_OTHER.search(text))
        if product != other:
            return "product" if product else "other"
    return ""


def headed_groups(table: RawTable, dates: int, said_only: bool = False) -> RawTable | None:
    """The table of a report that writes the product in a row of its own above its lines; None where it is not plainly so.

    A heading has text in up to three cells and no number where the lines have them; rows of totals close a group and are compared
    with its lines. Groups may lie in groups: the innermost is the product. What the headings are is taken from their label, the
    name of their column or the title (`said_only`: only where one of these says product); headings that are customers or
    regions are refused unless a column holds the product, and where another column could hold it as well, the user is asked.
    """
    if not 2 <= len(table) <= _ROWS:
        return None
    dated = table.columns[dates].spread(date_column(table.columns[dates].values).readable)
    if not 0.2 <= dated.mean() < 1.0 and not (dated.all() and table.rejected):
        return None
    numeric = _numeric(table, dated, dates)
    events = _events(table, dated, numeric)
    if not numeric or sum(not event.cells for event in events) > 0.1 * dated.sum():
        return None
    walk = _walked(table, dated, events)
    if not walk.headings or not walk.product or not walk.product[0]:
        return None
    first = events[walk.headings[0]]
    if walk.without >= 0 and not said_only:
        words = f"lines stand under headings such as {first.cells[0][:40]!r}, but those from row {walk.without} on stand under none"
        raise DataError(
            Problem(
                "group_unknown",
                words,
                "write the product into every line",
                walk.without,
                found="no heading",
                expected="a heading above every line",
            )
        )
    product, label = _unlabelled(walk.product)
    heading_rows = np.array([events[k].place for k in walk.headings if events[k].place >= 0], np.intp)
    blank = {
        i: table.columns[i].spread(blank_texts(table.columns[i].values))
        for i in range(min(len(table.names), _COLUMNS))
    }
    columns = [i for i in blank if len(heading_rows) and not blank[i][heading_rows].all()]
    kind = _named_kind(table, columns, label)
    if (said_only and kind != "product") or (len(walk.headings) < 2 and not kind and not walk.closed):
        return None
    if kind != "product" and not _certain(table, np.flatnonzero(dated), kind, first):
        return None
    return _with_products(
        table,
        dated,
        walk,
        events,
        product,
        [i for i in columns if blank[i][dated].all()],
        _agreement(table, dated, numeric, events, walk),
    )


def _certain(table: RawTable, lines: NDArray[np.intp], kind: str, first: _Event) -> bool:
    """Whether the headings are the products; raises where they are none and no column holds them, or where a column of codes could be meant as well."""
    row, shown = first.row, first.cells[0][:40]
    other, codes = "", False
    try:
        columns = [table.columns[i].take(lines) for i in range(len(table.names))]
        found = map_sales_columns(table.names, columns)
        if "sku" in found.role:
            place = found.role["sku"]
            other, codes = table.names[place], look(columns[place]).codes > 0.8
    except DataError as doubt:
        other, codes = doubt.problems[0].found, "product" in doubt.problems[0].message
    if kind == "other" and other:
        return False
    if kind == "other":
        words = f"rows such as {shown!r} head groups of lines, but are not products, and no column holds the product code"
        raise DataError(
            Problem(
                "missing_column",
                words,
                naming_remedy("sku"),
                row,
                found=", ".join(n[:40] for n in table.names[:20]),
                expected="a column with the product",
            )
        )
    if codes:
        words = f"the product may be named in rows such as {shown!r} above the lines, or in a column"
        remedy = naming_remedy("sku") + ", or write it into every line"
        raise DataError(
            Problem(
                "mapping",
                words,
                remedy,
                row,
                found=f"{shown}; {other}"[:200],
                expected="one place of the product",
            )
        )
    return True


def _agreement(
    table: RawTable, dated: NDArray[np.bool_], numeric: Sequence[int], events: Sequence[_Event], walk: _Walk
) -> list[Problem]:
    """Whether the totals in the file are the sums of their lines."""
    agree, wrong, names = 0, list[tuple[int, str, float, float]](), []
    mark = likely_mark([table.columns[i] for i in numeric], table.dialect)[0]
    totals = [
        (events[k].row, events[k].place, begin, end, bare)
        for k, begin, end, bare in walk.totals
        if events[k].place >= 0
    ]
    for i in numeric:
        number = table.columns[i].spread(parse_numbers(table.columns[i].values, mark)[0])
        sums = np.append(0.0, np.cumsum(np.nan_to_num(number[dated])))
        found = [
            (row, float(number[p]), float(sums[end] - sums[begin]), bare)
            for row, p, begin, end, bare in totals
            if not np.isnan(number[p])
        ]
        close = [
            abs(told - summed) <= 0.006 + 1e-9 * abs(told)
            or (bare and abs(told - sums[-1]) <= 0.006 + 1e-9 * abs(told))
            for _, told, summed, bare in found
        ]
        good = int(np.sum(close))
        if good and 2 * good >= len(close):
            names.append(table.names[i])
            agree += good
            wrong += [
                (row, table.names[i], told, summed)
                for (row, told, summed, _), same in zip(found, close, strict=True)
                if not same
            ]
    notes = (
        [
            Problem(
                "totals_agree",
                f"{agree} totals in the file are the sums of their lines ({', '.join(names)})",
                "nothing to do",
                count=agree,
            )
        ]
        if agree
        else []
    )
    if wrong:
        row, name, told, summed = min(wrong)
        words = f"{len(wrong)} totals in the file are not the sums of their lines; the lines were counted"
        notes.append(
            Problem(
                "totals_differ",
                words,
                "check these groups",
                row,
                name,
                f"{told:,.2f}",
                f"{summed:,.2f}",
                len(wrong),
            )
        )
    return notes


def _with_products(
    table: RawTable,
    dated: NDArray[np.bool_],
    walk: _Walk,
    events: Sequence[_Event],
    product: list[list[str]],
    hidden: Sequence[int],
    notes: list[Problem],
) -> RawTable:
    """The table with what its headings say in columns of its own, and the headings among the rejected rows."""
    heads = {events[k].row: events[k] for k in walk.headings}
    totals = {events[k].row: events[k] for k, _, _, _ in walk.totals if events[k].place >= 0}
    gone = [event.place for event in (*heads.values(), *totals.values()) if event.place >= 0]
    kept = np.setdiff1d(np.arange(len(table)), gone)
    numbers = np.array(sorted(heads), np.int64)
    rejected = _rejected(table, heads, "it names the lines below", "group_heading") + _rejected(
        table, totals, "totals are not counted twice", "total_row"
    )
    others = [r for r in table.rejected if r.row not in heads]
    place = np.cumsum(dated) - 1

    def spread(values: Sequence[str]) -> NDArray[np.object_]:
        out = np.full(len(table), "", dtype=object)
        out[dated] = np.array(values, dtype=object)[place[dated]]
        return out[kept]

    new = [("product", spread([cells[0] for cells in product]))]
    if any(len(cells) > 1 for cells in product):
        new.append(("product name", spread([cells[1] if len(cells) > 1 else "" for cells in product])))
    if any(walk.parent):
        new.append(("category", spread(walk.parent)))
    known = {name for name, _ in new}
    old = [
        i for i in range(len(table.names)) if i not in hidden and table.names[i].strip().lower() not in known
    ]
    made = [coded_texts(texts) for _, texts in new]
    columns = table.columns
    note = Problem(
        "headed_groups",
        f"{len(heads)} rows name the product of the lines below them",
        "write the product into every line if that is wrong",
        int(numbers[0]),
        found=heads[int(numbers[0])].cells[0][:80],
        count=len(heads),
    )
    return replace(
        table,
        names=(*(table.names[i] for i in old), *(name for name, _ in new)),
        columns=Columns(
            len(old) + len(new), lambda k: columns[old[k]].take(kept) if k < len(old) else made[k - len(old)]
        ),
        row=table.row[kept],
        rejected=[*others, *rejected],
        problems=[*table.problems, note, *notes],
    )


def _rejected(table: RawTable, events: Mapping[int, _Event], why: str, code: str) -> list[Rejection]:
    numbers = np.array(sorted(events), np.int64)
    texts = table.text_of(numbers)
    return [
        Rejection(
            int(row),
            "",
            " ".join(events[int(row)].cells)[:80],
            "a sales line",
            f"nothing to do: {why}",
            text,
            code,
        )
        for row, text in zip(numbers, texts, strict=True)
    ]


def dated_groups(table: RawTable) -> RawTable | None:
    """The table of a report that writes the day in a row of its own above its lines; None where it is not plainly so.

    A day stands alone in its row, always in the same column, and the first row is one.
    """
    width = min(len(table.names), _COLUMNS)
    if not 3 <= len(table) <= _ROWS or width < 2:
        return None
    filled = np.array([~table.columns[i].spread(blank_texts(table.columns[i].values)) for i in range(width)])
    alone = filled.sum(axis=0) == 1
    place = int(np.argmax(filled[:, 0]))
    readable = date_column(table.columns[place].values, serials=False)
    days = table.columns[place].spread(readable.readable)
    head = alone & days
    if (
        not head[0]
        or head.sum() < 2
        or (days & ~alone).any()
        or not filled[place][head].all()
        or head.mean() > 0.5
    ):
        return None
    which = np.flatnonzero(head)[np.cumsum(head) - 1]
    kept = np.flatnonzero(~head)
    texts = table.columns[place].texts()
    numbers = table.row[head]
    words = ("a sales line", "nothing to do: it names the day of the lines below")
    gone = [
        Rejection(int(row), table.names[place], day[:80], *words, text, "group_heading")
        for row, day, text in zip(numbers, texts[head], table.text_of(numbers), strict=True)
    ]
    made, columns = coded_texts(texts[which[kept]]), table.columns
    count = f"{len(gone)} rows name the day of the lines below them"
    note = Problem(
        "headed_groups",
        count,
        "nothing to do",
        int(numbers[0]),
        table.names[place],
        str(texts[0])[:80],
        count=len(gone),
    )
    return replace(
        table,
        names=(*table.names, "date"),
        columns=Columns(len(table.names) + 1, lambda i: columns[i].take(kept) if i < len(columns) else made),
        row=table.row[kept],
        rejected=[*table.rejected, *gone],
        problems=[*table.problems, note],
    )
