"""Tables that say the same in another shape: dates in parts, months or products across, codes written once per group.

One concept: each function knows one shape in which day or product are not in a column of their own, and gives
None or the same table with a line a row. They share how columns are replaced and notes kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from analytics.data.columns.column_look import look
from analytics.data.layout.raw_table import RawTable
from analytics.data.periods.columns_of_periods import week_text, weeks_beyond
from analytics.data.values.categorical import Coded, Columns, blank_texts, coded_texts
from analytics.data.values.dates import MONTHS
from analytics.data.values.header_names import normal_name, role_of_name
from analytics.data.values.period_names import MONTH_NAMES, says_day, says_week, says_year
from analytics.errors import DataError, Problem

__all__ = [
    "counted_periods",
    "dates_from_parts",
    "first_day",
    "long_from_columns",
    "month_names_across",
    "period_after",
    "side_by_side",
    "with_columns",
    "years_across",
]

#: what may stand before the number of a week, month or year
_LETTERED = re.compile(r"^[^\W\d_]{1,10}\.?[ _-]?(?=\d{1,4}$)")
_NUMBERED = re.compile(r"^(?:\D{0,7}?[ _-]?)?(\d{1,4})(?:\.0)?$")


def first_day(start: str | None, column: str, found: str) -> date:
    """The first day that the user gave for periods that have numbers only; asked where it is missing."""
    if start is None:
        raise DataError(
            Problem(
                "start",
                f"the periods of {column} have numbers instead of dates",
                "say on which day the first period begins (option start, for instance 2012-01-02)",
                found=found,
                expected="the first day of the first period",
            )
        )
    text = start.strip()
    try:
        return date.fromisoformat(text[:10] if len(text) > 7 else text + "-01")
    except ValueError:
        raise DataError(
            Problem(
                "start",
                f"{start!r} is not a date",
                "write it as YYYY-MM-DD",
                found=start,
                expected="YYYY-MM-DD",
            )
        ) from None


def period_after(first: date, steps: int, grain: str) -> str:
    """The day that lies so many days, weeks or months after the first.

    >>> period_after(date(2012, 11, 1), 3, "M"), period_after(date(2012, 1, 2), 2, "W")
    ('2013-02-01', '2012-01-16')
    """
    try:
        if grain == "M":
            month = first.month - 1 + steps
            return date(first.year + month // 12, month % 12 + 1, 1).isoformat()
        return (first + timedelta(days=steps * (7 if grain == "W" else 1))).isoformat()
    except (ValueError, OverflowError):
        return ""


def _named(table: RawTable, says: Callable[[str], bool]) -> int:
    return next((i for i, name in enumerate(table.names) if says(name)), -1)


def _whole(column: Coded, low: int, high: int, months: bool = False) -> list[int] | None:
    """Distinct texts as whole numbers between bounds (month names, and numbers behind a letter or word too); None if more than a tenth are not."""
    out, good = [], 0
    for text in column.values:
        plain = _LETTERED.sub("", text.strip().removesuffix(".0"))
        number = (
            int(plain)
            if plain.isascii() and plain.isdigit() and len(plain) < 6
            else MONTHS.get(normal_name(plain).rstrip("."), -1)
            if months
            else -1
        )
        good += low <= number <= high
        out.append(number if low <= number <= high else -1)
    return out if good and good >= 0.9 * sum(bool(t.strip()) for t in column.values) else None


def _years(column: Coded) -> list[int] | None:
    """Distinct texts as years, of two digits too."""
    found = _whole(column, 1950, 2100)
    if found is None and (short := _whole(column, 0, 99)) is not None:
        found = [y if y < 0 else y + (1900 if y >= 90 else 2000) for y in short]
    return found


def dates_from_parts(table: RawTable) -> RawTable | None:
    """The table with one column of dates made of year and month, year and week, or year, month and day; None if it has no such parts."""
    year = _named(table, says_year)
    years = _years(table.columns[year]) if year >= 0 and len(table) else None
    if years is None:
        return None
    month, week, day = (
        _named(table, lambda name: normal_name(name) in MONTH_NAMES),
        _named(table, says_week),
        _named(table, says_day),
    )
    months = _whole(table.columns[month], 1, 12, True) if month >= 0 else None
    weeks = _whole(table.columns[week], 1, 99) if week >= 0 else None
    days = _whole(table.columns[day], 1, 31) if day >= 0 and months is not None else None
    if months is not None:
        used = [(year, years), (month, months)] + ([(day, days)] if days is not None else [])
        form = "{:04d}-{:02d}-{:02d}" if days is not None else "{:04d}-{:02d}"
    elif weeks is not None:
        used, form = [(year, years), (week, weeks)], "week"
    else:
        return None
    parts = [table.columns[i] for i, _ in used]
    key = np.zeros(len(table), np.int64)
    for column in parts:
        key = key * max(len(column.values), 1) + column.codes
    distinct, codes = np.unique(key, return_inverse=True)
    where = np.zeros(len(distinct), np.intp)
    where[codes] = np.arange(len(table))
    texts = []
    for row in where:
        numbers = [values[column.codes[row]] for column, (_, values) in zip(parts, used, strict=True)]
        written = " ".join(str(column.values[column.codes[row]]) for column in parts)
        texts.append(
            (week_text(*numbers) if form == "week" else form.format(*numbers))
            if min(numbers) >= 0
            else written + " ?"
        )
    name = " + ".join(table.names[i] for i, _ in used)
    made = Coded(codes.astype(np.int32), np.array(texts, dtype=object))
    notes = [
        Problem("dates_in_parts", f"the date was put together from {name}", "nothing to do", column=name)
    ]
    if form == "week":
        rows = np.bincount(codes, minlength=len(where))
        pairs = (
            [
                (years[parts[0].codes[row]], weeks[parts[1].codes[row]], int(count))
                for row, count in zip(where, rows, strict=True)
            ]
            if weeks is not None
            else []
        )
        notes += weeks_beyond(name, [pair for pair in pairs if min(pair) >= 0])
    hidden = {i for i, _ in used}
    return with_columns(
        table,
        [(table.names[i], table.columns, i) for i in range(len(table.names)) if i not in hidden],
        [(name, made)],
        *notes,
    )


def with_columns(
    table: RawTable,
    kept: Sequence[tuple[str, Sequence[Coded], int]],
    new: Sequence[tuple[str, Coded]],
    *notes: Problem,
) -> RawTable:
    """The table with other columns: those `kept` (name, columns, position), behind them the `new` ones, and notes."""

    def column(i: int) -> Coded:
        return kept[i][1][kept[i][2]] if i < len(kept) else new[i - len(kept)][1]

    names = tuple(n for n, _, _ in kept) + tuple(n for n, _ in new)
    return replace(
        table, names=names, columns=Columns(len(names), column), problems=[*table.problems, *notes]
    )


def month_names_across(table: RawTable) -> RawTable | None:
    """A row per product and year with a column per month, as one row per month; None if the table is not of that shape."""
    year = _named(table, says_year)
    months = [
        (i, MONTHS[plain]) for i, name in enumerate(table.names) if (plain := normal_name(name)) in MONTHS
    ]
    if year < 0 or len(months) < 6 or len({m for _, m in months}) < len(months) or not len(table):
        return None
    years = _whole(table.columns[year], 1950, 2100)
    if years is None:
        return None
    labels = np.array([f"{y:04d}" if y > 0 else "?" for y in years], dtype=object)[table.columns[year].codes]
    return long_from_columns(
        table,
        [i for i, _ in months],
        lambda rows, k: [f"{labels[r]}-{months[c][1]:02d}" for r, c in zip(rows, k, strict=True)],
        "date",
        {year},
    )


def years_across(table: RawTable) -> RawTable | None:
    """A row per product and month with a column per year, as one row per year and month; None if the table is not of that shape."""
    month = _named(table, lambda name: normal_name(name) in MONTH_NAMES)
    years = [i for i, name in enumerate(table.names) if re.fullmatch(r"(?:19[5-9]|20\d)\d", name.strip())]
    if month < 0 or len(years) < 2 or not len(table):
        return None
    months = _whole(table.columns[month], 1, 12, True)
    if months is None:
        return None
    labels = np.array([f"{m:02d}" if m > 0 else "?" for m in months], dtype=object)[
        table.columns[month].codes
    ]
    names = [table.names[i].strip() for i in years]
    return long_from_columns(
        table,
        years,
        lambda rows, k: [f"{names[c]}-{labels[r]}" for r, c in zip(rows, k, strict=True)],
        "date",
        {month},
    )


def long_from_columns(
    table: RawTable, across: Sequence[int], label: object, role: str, hidden: Collection[int] = frozenset()
) -> RawTable:
    """One row per filled cell of the columns `across`; `label(rows, which)` gives the text of the new column `role` (date or product)."""
    assert callable(label)
    filled = [
        np.flatnonzero(
            table.columns[i].spread(np.array([bool(t.strip()) for t in table.columns[i].values], bool))
        )
        for i in across
    ]
    rows = np.concatenate(filled)
    which = np.repeat(np.arange(len(across)), [len(f) for f in filled])
    order = np.lexsort((which, rows))
    rows, which = rows[order], which[order]
    texts = np.empty((len(table), len(across)), dtype=object)
    for k, i in enumerate(across):
        texts[:, k] = table.columns[i].texts()
    sums = ("quantity", "returned", "revenue", "discount", "discount_pct")
    others = [
        i
        for i in range(len(table.names))
        if i not in set(across) and i not in hidden and role_of_name(table.names[i])[0] not in sums
    ]
    names = (*(table.names[i] for i in others), role, "quantity")
    made = [coded_texts(label(rows, which)), coded_texts(texts[rows, which])]
    note = Problem(
        f"{role}s_across",
        f"the sheet has {len(across)} columns of quantities, one per {role}; every filled cell counts as a row",
        "nothing to do",
    )
    return RawTable(
        table.name,
        names,
        Columns(
            len(names),
            lambda i: table.columns[others[i]].take(rows) if i < len(others) else made[i - len(others)],
        ),
        table.row[rows],
        table.dialect,
        table.rejected,
        [*table.problems, note],
        table.text_of,
    )


def counted_periods(table: RawTable, position: int, start: str | None) -> RawTable | None:
    """The table with a column of period numbers (day 1, 2, 3 or W1, W2) as dates from `start`; None if the column has dates; asks for the start."""
    column = table.columns[position]
    seen = look(column)
    if not len(table) or seen.dates > 0.1 or seen.serials > 0.5:
        return None
    numbers = [
        int(m[1]) if (m := _NUMBERED.match(t.strip())) and int(m[1]) <= 2600 else -1 for t in column.values
    ]
    if sum(n >= 0 for n in numbers) < max(2, 0.95 * sum(bool(t.strip()) for t in column.values)):
        return None
    plain = normal_name(table.names[position])
    letters = {t.strip()[:1].lower() for t in column.values}
    grain = (
        "W"
        if says_week(plain) or letters <= {"w", "k"}
        else "M"
        if plain in MONTH_NAMES or letters <= {"m", "p"}
        else "D"
    )
    first = first_day(start, f"column {table.names[position]!r}", str(column.values[0]))
    least = min(n for n in numbers if n >= 0)
    texts = np.array(
        [
            period_after(first, n - least, grain) if n >= 0 else t
            for n, t in zip(numbers, column.values, strict=True)
        ],
        dtype=object,
    )
    made = column.regrouped(texts)
    note = Problem(
        "counted_periods",
        f"{table.names[position]} counts {'days' if grain == 'D' else 'weeks' if grain == 'W' else 'months'} from {first}",
        "nothing to do",
    )
    kept = [(table.names[i], table.columns, i) for i in range(len(table.names)) if i != position]
    return with_columns(table, kept, [(table.names[position], made)], note)


def side_by_side(table: RawTable) -> RawTable | None:
    """Tables with the same columns that stand beside each other, one after the other; None where there is only one."""
    place = {name: i for i, name in enumerate(table.names)}
    first = [i for i, name in enumerate(table.names) if f"{name} (2)" in place]
    steps = {place[f"{table.names[i]} (2)"] - i for i in first}
    if len(steps) != 1 or not {"date", "sku", "quantity"} <= {role_of_name(table.names[i])[0] for i in first}:
        return None
    step, many = steps.pop(), 2
    while all(place.get(f"{table.names[i]} ({many + 1})") == i + many * step for i in first):
        many += 1
    parts = [[table.columns[i + k * step] for i in first] for k in range(many)]
    filled = [
        np.logical_or.reduce([column.spread(~blank_texts(column.values)) for column in part])
        for part in parts
    ]
    columns = tuple(
        coded_texts(np.concatenate([part[c].texts()[here] for part, here in zip(parts, filled, strict=True)]))
        for c in range(len(first))
    )
    row = np.concatenate([table.row[here] for here in filled])
    note = Problem(
        "side_by_side",
        f"{many} tables with the same columns stand side by side; they were read one after the other, each of their rows counted",
        "nothing to do",
    )
    return replace(
        table,
        names=tuple(table.names[i] for i in first),
        columns=columns,
        row=row,
        problems=[*table.problems, note],
    )
