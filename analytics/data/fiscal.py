"""Fiscal years: periods that count from a month only their owner knows. That month is asked, never guessed.

A fiscal year written as one number is named by the calendar year in which it ends (FY2024 from April 2023 to March 2024), as most companies
do; it is said, and `fiscal_start` with a year (2024-04) states otherwise. Period p of a year that begins in month s of year y lies p - 1 months later.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analytics.data.coded import Coded, Columns
from analytics.data.dates import MONTHS
from analytics.data.letters import without_accents
from analytics.data.mapping import look
from analytics.data.period_names import (
    FISCAL_MARK,
    MONTH_NAMES,
    YEAR_NAMES,
    says_day,
    says_fiscal,
    says_month,
    says_period,
    says_week,
)
from analytics.data.raw import RawTable
from analytics.data.roles import normal_name, role_of_name
from analytics.data.shapes import first_day, period_after
from analytics.data.told import Told
from analytics.errors import DataError, Problem

__all__ = ["FiscalNames", "fiscal_names", "fiscal_spelled", "plain_text"]

_PART = r"(?:p|per|period|periode|periodo|m|month|monat|mois|q|qtr|quarter|quartal|trim|t)"
_ONE_YEAR = r"'?(\d{4}|\d{2})"
_TWO_YEARS = r"'?(\d{4}|\d{2})\s?/\s?'?(\d{4}|\d{2})"
_FORMS = (
    re.compile(
        rf"^(?P<mark>{FISCAL_MARK})[ '.-]*{_TWO_YEARS}[ ,/_.-]*(?P<kind>{_PART})?[ ._-]*(?P<number>\d{{1,3}})$"
    ),
    re.compile(
        rf"^(?P<mark>{FISCAL_MARK})[ '.-]*{_ONE_YEAR}(?P<none>)[ ,/_.-]+(?P<kind>{_PART})?[ ._-]*(?P<number>\d{{1,3}})$"
    ),
    re.compile(
        rf"^(?P<mark>{FISCAL_MARK})[ '.-]*{_ONE_YEAR}(?P<none>)[ ,/_.-]*(?P<kind>{_PART})[ ._-]*(?P<number>\d{{1,3}})$"
    ),
    re.compile(
        rf"^(?P<kind>{_PART})?[ ._-]*(?P<number>\d{{1,3}})[ ,/_.-]+(?P<mark>{FISCAL_MARK})[ '.-]*{_TWO_YEARS}$"
    ),
    re.compile(
        rf"^(?P<kind>{_PART})?[ ._-]*(?P<number>\d{{1,3}})[ ,/_.-]*(?P<mark>{FISCAL_MARK})[ '.-]*{_ONE_YEAR}(?P<none>)$"
    ),
    re.compile(
        rf"^(?P<mark>)(\d{{4}})\s?/\s?(\d{{4}}|\d{{2}})[ ,_.-]+(?P<kind>{_PART})?[ ._-]*(?P<number>\d{{1,3}})$"
    ),
    re.compile(
        rf"^(?P<kind>{_PART})?[ ._-]*(?P<number>\d{{1,3}})[ ,_.-]+(?P<mark>)(\d{{4}})\s?/\s?(\d{{4}}|\d{{2}})$"
    ),
)
#: forms that are fiscal only below a header that says so: 2024-03, 003.2024, P03 2024
_BARE = (
    re.compile(
        rf"^(?P<mark>)(\d{{4}})(?P<none>)\s?[-/. ]?\s?(?P<kind>{_PART})?[ ._-]?(?P<number>\d{{1,3}})$"
    ),
    re.compile(rf"^(?P<kind>{_PART})?[ ._-]?(?P<number>\d{{1,3}})[-/. ](?P<mark>)(\d{{4}})(?P<none>)$"),
)
_YEAR_ALONE = re.compile(rf"^(?:{FISCAL_MARK})?[ '.-]*(?:{_TWO_YEARS}|{_ONE_YEAR})$")
_START = re.compile(r"^(?:(\d{4})-)?(\d{1,2})(?:-01)?$")
_ENGLISH = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MAY_BE = re.compile(rf"(?:^|[\W\d_]){FISCAL_MARK}|\d{{4}}\s?/\s?\d\d")
_NEARLY = 0.9


@dataclass(frozen=True)
class _Period:
    """One text: the calendar year in which its fiscal year begins (`first`, -1 unknown), the number that names the year, the period and how many a year has."""

    first: int
    year: int
    number: int
    many: int


@dataclass(frozen=True)
class FiscalNames:
    """Columns of a sheet that are fiscal periods: their positions and the months in which they begin."""

    positions: tuple[int, ...]
    months: tuple[str, ...]
    notes: tuple[Problem, ...]


def _full(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)


def _read(text: str, bare: bool) -> _Period | None:
    plain = " ".join(plain_text(text).split())
    for form in (*_FORMS, *(_BARE if bare else ())):
        match = form.match(plain)
        if match is None:
            continue
        two = "none" not in form.groupindex
        spelled = [g for k, g in enumerate(match.groups(), 1) if k not in form.groupindex.values() and g]
        first, second = _full(spelled[0]), _full(spelled[1]) if two else -1
        if two and (second - first) % 100 != 1:
            return None
        number, kind = int(match["number"]), match["kind"] or ""
        if not two and not 1950 <= first <= 2100:
            return None
        return _Period(
            first if two else -1, first + 1 if two else first, number, 4 if kind[:1] in ("q", "t") else 12
        )
    return None


def plain_text(text: str) -> str:
    """A text without accents and capitals.

    >>> plain_text("Geschäftsjahr 2024")
    'geschaftsjahr 2024'
    """
    return without_accents(text.strip()).lower().replace("\u2013", "-")


def _start_of(told: str | None, column: str, found: str) -> tuple[int, int]:
    """The month in which fiscal years begin and, where it was told, the calendar year in which the first one of the file does (0: not told)."""
    if not told:
        words = f"fiscal periods stand in {column} ({found}): only you know in which month your fiscal year begins"
        remedy = "give that month (option fiscal_start: 4 for April; 2023-04 where the first fiscal year of the file begins in April 2023)"
        raise DataError(
            Problem(
                "fiscal_start",
                words,
                remedy,
                column=column,
                found=found,
                expected="the month in which the fiscal year begins",
            )
        )
    text = str(told).strip()
    match = _START.match(text)
    month = int(match[2]) if match else MONTHS.get(plain_text(text).rstrip("."), 0)
    if not 1 <= month <= 12:
        raise DataError(
            Problem(
                "fiscal_start",
                f"{told!r} is no month",
                "write 4 for April, or 2023-04",
                found=text,
                expected="1 to 12, or YYYY-MM",
            )
        )
    return month, int(match[1]) if match and match[1] else 0


def _calendar(
    periods: Sequence[_Period | None], told: str | None, column: str, found: str
) -> tuple[list[str], list[Problem]]:
    """Every period as the month in which it begins ("" none); what was understood, in words. Raises DataError where the start is not told or the years are named two ways."""
    known = [p for p in periods if p is not None]
    month, year = _start_of(told, column, found)
    two = [p for p in known if p.first >= 0]
    if two and len(two) < len(known):
        words = f"{column} names fiscal years two ways: by two years ({two[0].first}/{two[0].first + 1}) and by one"
        remedy = "name them one way; years that begin in different months belong in separate files"
        raise DataError(
            Problem(
                "fiscal_mixed",
                words,
                remedy,
                column=column,
                found=found,
                expected="one way of naming fiscal years",
            )
        )
    least = min(p.year for p in known)
    if two and year and year != least - 1:
        words = (
            f"the first fiscal year of {column} is {least - 1}/{least}, but it was told to begin in {year}"
        )
        raise DataError(
            Problem(
                "fiscal_start",
                words,
                f"give the month alone, or {least - 1}-{month:02d}",
                column=column,
                found=str(told),
                expected=f"{least - 1}-{month:02d}",
            )
        )
    shift = (year - least) if year else (0 if month == 1 else -1)
    out = []
    for p in periods:
        if p is None:
            out.append("")
        elif not 1 <= p.number <= p.many:
            out.append(f"{p.year:04d}-P{p.number}")
        else:
            begin = (
                (p.first if p.first >= 0 else p.year + shift) * 12
                + month
                - 1
                + (p.number - 1) * (12 // p.many)
            )
            out.append(f"{begin // 12:04d}-{begin % 12 + 1:02d}")
    end = (month - 2) % 12
    name = f"{least - 1}/{str(least)[2:]}" if two else f"fiscal year {least}"
    begins = least - 1 if two else least + shift
    words = f"{name} was read as {_ENGLISH[month - 1]} {begins} to {_ENGLISH[end]} {begins + (month > 1)}"
    remedy = (
        "nothing to do"
        if two or year or month == 1
        else f"if it begins in {least}, give the start with its year (option fiscal_start: {least}-{month:02d})"
    )
    return out, [Problem("fiscal_year", words, remedy, column=column, found=found)]


def fiscal_names(names: Sequence[str], told: Told) -> FiscalNames | None:
    """The columns of fiscal quarters (FY12 Q1) or periods (P01 FY2012, 2023/24-03) of a sheet; None where there are not three.

    >>> fiscal_names(("sku", "FY24 P11", "FY24 P12", "FY25 P01"), Told(fiscal_start="4")).months
    ('2024-02', '2024-03', '2024-04')
    """
    read = [_read(name, False) for name in names]
    at = [i for i, p in enumerate(read) if p is not None]
    periods = [read[i] for i in at]
    if (
        len(at) < 3
        or len({p.many for p in periods if p is not None}) > 1
        or any(p is not None and not 1 <= p.number <= p.many for p in periods)
    ):
        return None
    if told.start and not told.fiscal_start:  # the first day of the first of them says as much
        ranks = [p.year * p.many + p.number for p in periods if p is not None]
        first, step = (
            first_day(told.start, f"columns {names[at[0]]} to {names[at[-1]]}", names[at[0]]),
            12 // (periods[0].many if periods[0] else 12),
        )
        return FiscalNames(
            tuple(at), tuple(period_after(first, step * (rank - ranks[0]), "M") for rank in ranks), ()
        )
    months, notes = _calendar(
        periods, told.fiscal_start, f"columns {names[at[0]]} to {names[at[-1]]}", names[at[0]]
    )
    return FiscalNames(tuple(at), tuple(months), tuple(notes)) if len(set(months)) == len(months) else None


def fiscal_spelled(table: RawTable, told: Told) -> RawTable:
    """The table with fiscal periods, in one column or in two of year and period, as calendar months; as it is where there are none, or a date beside them.

    Raises DataError with the question (Problem `fiscal_start`) where the month in which the year begins was not told.
    """
    if not len(table) or _dated(table):
        return table
    for place, name in enumerate(table.names[:300]):
        if place >= 6 and not (says_fiscal(name) or role_of_name(name)[0] == "date"):
            continue
        column = table.columns[place]
        if len(column.values) > 2000 or says_day(name):
            continue
        bare = says_fiscal(name) and (says_period(name) or says_month(name))
        filled = [t for t in column.values if t.strip()]
        if (
            not filled
            or not (bare or _MAY_BE.search(filled[0].lower()))
            or sum(_read(t, bare) is not None for t in filled[:12]) < 0.5 * len(filled[:12])
        ):
            continue
        read = [_read(t, bare) for t in column.values]
        if sum(p is not None for p in read) < _NEARLY * len(filled):
            continue
        months, notes = _calendar(read, told.fiscal_start, f"column {name!r}", filled[0].strip())
        made = column.regrouped(
            np.array([m or t for m, t in zip(months, column.values, strict=True)], dtype=object)
        )
        return _replaced(table, place, made, notes)
    return _from_parts(table, told)


def _dated(table: RawTable) -> bool:
    """Whether a column of dates stands in the table, beside which fiscal periods say nothing more."""
    named = [
        i
        for i, name in enumerate(table.names[:300])
        if role_of_name(name)[0] == "date"
        and not (says_fiscal(name) or says_period(name) or says_month(name))
    ]
    return any(look(table.columns[i]).dates > 0.5 for i in named)


def _replaced(
    table: RawTable, place: int, made: Coded, notes: Sequence[Problem], hidden: int = -1, name: str = ""
) -> RawTable:
    """The table with another column in a place, and one column less where one is hidden."""
    kept = [i for i in range(len(table.names)) if i != hidden]
    names = tuple((name or table.names[i]) if i == place else table.names[i] for i in kept)
    columns = table.columns
    return replace(
        table,
        names=names,
        columns=Columns(len(kept), lambda k: made if kept[k] == place else columns[kept[k]]),
        problems=[*table.problems, *notes],
    )


def _from_parts(table: RawTable, told: Told) -> RawTable:
    """A column of fiscal years and one of periods or months as one column of calendar months."""
    years_at = next((i for i, n in enumerate(table.names) if _is_fiscal_year(n, table.columns[i])), -1)
    if years_at < 0:
        return table
    part_at = next(
        (
            i
            for i, n in enumerate(table.names)
            if i != years_at
            and (normal_name(n) in MONTH_NAMES or (says_fiscal(n) and (says_period(n) or says_month(n))))
        ),
        -1,
    )
    if part_at < 0:
        return table
    name, part_name = table.names[years_at], table.names[part_at]
    year, part = table.columns[years_at], table.columns[part_at]
    numbers = [_number(t) for t in part.values]
    if sum(n > 0 for n in numbers) < _NEARLY * sum(bool(t.strip()) for t in part.values):
        return table
    words = [not any(c.isdigit() for c in t) for t in part.values]
    of_calendar = any(words) or not (says_fiscal(part_name) or says_period(part_name))
    key = year.codes.astype(np.int64) * len(part.values) + part.codes
    distinct, codes = np.unique(key, return_inverse=True)
    pairs: list[_Period | None] = []
    found = ""
    month = _start_of(told.fiscal_start, f"column {name!r}", str(year.values[0]))[0]
    for k in distinct:
        text, number = str(year.values[k // len(part.values)]), numbers[k % len(part.values)]
        match = _YEAR_ALONE.match(plain_text(text))
        if match is None or number < 0:
            pairs.append(None)
            continue
        found = found or text
        counted = (number - month) % 12 + 1 if of_calendar and number <= 12 else number
        first = _full(match[1]) if match[1] else -1
        pairs.append(_Period(first, first + 1 if first >= 0 else _full(match[3]), counted, 12))
    if not any(pairs):
        return table
    months, notes = _calendar(pairs, told.fiscal_start, f"column {name!r}", found)
    if of_calendar and month != 1:
        said = f"{part_name} was read as the month of the calendar, not as the number of a fiscal period"
        notes = [
            *notes,
            Problem(
                "fiscal_month",
                said,
                "call the column fiscal period if it counts from the start of the fiscal year",
                column=part_name,
            ),
        ]
    written = [
        f"{year.values[k // len(part.values)]} {part.values[k % len(part.values)]} ?" for k in distinct
    ]
    made = Coded(
        codes.astype(np.int32), np.array([m or t for m, t in zip(months, written, strict=True)], dtype=object)
    )
    notes = [
        Problem(
            "dates_in_parts",
            f"the date was put together from {name} + {part_name}",
            "nothing to do",
            column=name,
        ),
        *notes,
    ]
    return _replaced(
        table, years_at, made.regrouped(made.values), notes, hidden=part_at, name=f"{name} + {part_name}"
    )


def _is_fiscal_year(name: str, column: Coded) -> bool:
    """Whether a column holds fiscal years: it is called so, or is one of years written FY24 or 2023/24."""
    plain = normal_name(name)
    if not (plain in YEAR_NAMES or says_fiscal(name)) or says_week(name):
        return False
    filled: list[Any] = [t for t in column.values if t.strip()]
    if not filled or len(filled) > 200 or not all(_YEAR_ALONE.match(plain_text(t)) for t in filled):
        return False
    return says_fiscal(name) or any(not t.strip().isdigit() for t in filled)


def _number(text: str) -> int:
    """The number of a period or month, from digits behind letters or a name; -1 where there is none."""
    plain = plain_text(text).rstrip(".").removesuffix(".0")
    if match := re.match(rf"^(?:{_PART})?[ ._-]*(\d{{1,3}})$", plain):
        return int(match[1])
    return MONTHS.get(plain, -1)
