"""Fiscal years: periods that count from a month only their owner knows. That month is asked, never guessed.

One concept: a fiscal period, be it the name of a column, a cell, or a year and a number in two cells, becomes
a month by the same rule from the same asked beginning; a second copy of that rule could differ.

A fiscal year written as one number is named by the calendar year in which it ends (FY2024 from April 2023 to March 2024), as most companies
do; it is said, and `fiscal_start` with a year (2024-04) states otherwise. Period p of a year that begins in month s of year y lies p - 1 months later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from analytics.data.columns.column_look import look
from analytics.data.layout.raw_table import RawTable
from analytics.data.periods.fiscal_dates import by_dates
from analytics.data.periods.fiscal_start import FiscalStart, asked_start, boundaries, stated_start
from analytics.data.periods.fiscal_texts import (
    MAY_BE,
    WEEKS,
    YEAR_ALONE,
    FiscalPeriod,
    full_year,
    is_fiscal_year,
    number_of,
    plain_text,
    read_fiscal,
)
from analytics.data.reshape.reshape import first_day, period_after
from analytics.data.told import Told
from analytics.data.values.categorical import Coded, Columns
from analytics.data.values.header_names import normal_name, role_of_name
from analytics.data.values.period_names import (
    ENGLISH_MONTHS,
    MONTH_NAMES,
    YEAR_NAMES,
    says_calendar,
    says_day,
    says_fiscal,
    says_month,
    says_period,
    says_week,
)
from analytics.errors import DataError, Problem

__all__ = ["FiscalNames", "fiscal_names", "fiscal_spelled", "plain_text"]

_NEARLY = 0.9


@dataclass(frozen=True)
class FiscalNames:
    """Columns of a sheet that are fiscal periods: their positions and the months in which they begin."""

    positions: tuple[int, ...]
    months: tuple[str, ...]
    notes: tuple[Problem, ...]
    #: M, or W where they are weeks
    grain: str = "M"


def _calendar(
    periods: Sequence[FiscalPeriod | None], told: str | None, column: str, found: str
) -> tuple[list[str], list[Problem]]:
    """Every period as the month, or the first day of the week, in which it begins ("" none); what was understood, in words.

    Raises DataError where the start is not told, or where years are named two ways, overlap, or do not follow one another.
    """
    known = [p for p in periods if p is not None]
    weeks = any(p.many == WEEKS for p in known)
    if not told:
        raise asked_start(column, found, weeks)
    start = FiscalStart.told(str(told).strip())
    if start.day > 1 and not weeks:
        words = f"{column} holds months or quarters, which begin with a month, but a day was told"
        remedy = f"give the month ({start.year}-{start.month:02d})"
        raise DataError(
            Problem("fiscal_start", words, remedy, column=column, found=str(told), expected="YYYY-MM")
        )
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
    if two and start.year and start.year != least - 1:
        words = f"the first fiscal year of {column} is {least - 1}/{least}, but it was told to begin in {start.year}"
        raise DataError(
            Problem(
                "fiscal_start",
                words,
                f"give the month alone, or {least - 1}-{start.month:02d}",
                column=column,
                found=str(told),
                expected=f"{least - 1}-{start.month:02d}",
            )
        )
    numbers: dict[int, set[int]] = {}
    for p in known:
        if 1 <= p.number <= (53 if p.many == WEEKS else p.many):
            numbers.setdefault(p.year, set()).add(p.number)
    boundaries(numbers, known[0].many, start, column, found)
    begins = start.months({p.year for p in known}, bool(two))
    out = [_begin(p, begins, start) for p in periods]
    _no_overlap(periods, out, column, found)
    return out, _understood(begins, start, least, bool(two), weeks, column, found)


def _begin(p: FiscalPeriod | None, begins: Mapping[int, int], start: FiscalStart) -> str:
    """The month of a period, or the first day of a week, as text; a number that no year has as such."""
    if p is None:
        return ""
    if p.many == WEEKS:
        if not 1 <= p.number <= 53:
            return f"{p.year:04d}-W{p.number:02d}"
        day = start.week_one(begins[p.year]) + timedelta(days=7 * (p.number - 1))
        return day.isoformat() if day.weekday() else "{}-W{:02d}".format(*day.isocalendar()[:2])
    if not 1 <= p.number <= p.many:
        return f"{p.year:04d}-P{p.number}"
    month = begins[p.year] + (p.number - 1) * (12 // p.many)
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _no_overlap(periods: Sequence[FiscalPeriod | None], out: Sequence[str], column: str, found: str) -> None:
    """Ask where a month or week is claimed by periods of two fiscal years; week 53 before a week 1 is let be."""
    claimed: dict[str, FiscalPeriod] = {}
    for p, text in zip(periods, out, strict=True):
        if p is None or not text or "P" in text:
            continue
        other = claimed.setdefault(text, p)
        if other.year != p.year and 53 not in (other.number, p.number):
            first, second = sorted((other, p), key=lambda one: one.year)
            words = (
                f"fiscal years of {column} overlap: period {first.number} of {first.year} and period {second.number}"
                f" of {second.year} would both be {text}"
            )
            remedy = "give the starts of the years as they are (option fiscal_start: 2022-04, 2024-01)"
            raise DataError(
                Problem(
                    "fiscal_start",
                    words,
                    remedy,
                    column=column,
                    found=found,
                    expected="years that do not overlap",
                )
            )


def _understood(
    begins: Mapping[int, int], start: FiscalStart, least: int, two: bool, weeks: bool, column: str, found: str
) -> list[Problem]:
    """What was understood of the fiscal years, in words."""
    name = f"{least - 1}/{str(least)[2:]}" if two else f"fiscal year {least}"
    first = begins[least]
    end = begins.get(least + 1, first + 12) - 1
    words = f"{name} was read as {ENGLISH_MONTHS[first % 12]} {first // 12} to {ENGLISH_MONTHS[end % 12]} {end // 12}"
    if weeks:
        day = start.week_one(first)
        rule = (
            "the same day of the week nearest that date"
            if start.day
            else "the Monday nearest the first of the month"
        )
        words = f"{name} was read as weeks from {day} ({day:%A}); week 1 of the other years begins on {rule}"
    if start.later:
        years = ", ".join(f"{y} from {ENGLISH_MONTHS[m % 12]} {m // 12}" for y, m in sorted(begins.items()))
        words += f"; fiscal years by the starts told: {years}"
    settled = two or start.year or start.month == 1
    remedy = (
        "nothing to do"
        if settled
        else f"if it begins in {least}, give the start with its year (option fiscal_start: {least}-{start.month:02d})"
    )
    return [Problem("fiscal_year", words, remedy, column=column, found=found)]


def fiscal_names(names: Sequence[str], told: Told) -> FiscalNames | None:
    """The columns of fiscal quarters (FY12 Q1) or periods (P01 FY2012, 2023/24-03) of a sheet; None where there are not three.

    >>> fiscal_names(("sku", "FY24 P11", "FY24 P12", "FY25 P01"), Told(fiscal_start="4")).months
    ('2024-02', '2024-03', '2024-04')
    """
    read = [read_fiscal(name, False) for name in names]
    at = [i for i, p in enumerate(read) if p is not None]
    periods = [read[i] for i in at]
    if (
        len(at) < 3
        or len({p.many for p in periods if p is not None}) > 1
        or any(p is not None and not 1 <= p.number <= p.many + (p.many == WEEKS) for p in periods)
    ):
        return None
    if (
        told.start and not told.fiscal_start and periods[0] is not None and periods[0].many != WEEKS
    ):  # the first day of the first of them says as much
        ranks = [p.year * p.many + p.number for p in periods if p is not None]
        first, step = (
            first_day(told.start, f"columns {names[at[0]]} to {names[at[-1]]}", names[at[0]]),
            12 // (periods[0].many if periods[0] else 12),
        )
        return FiscalNames(
            tuple(at), tuple(period_after(first, step * (rank - ranks[0]), "M") for rank in ranks), ()
        )
    months, notes = _calendar(
        periods,
        told.fiscal_start or stated_start(names),
        f"columns {names[at[0]]} to {names[at[-1]]}",
        names[at[0]],
    )
    grain = "W" if any(p is not None and p.many == WEEKS for p in periods) else "M"
    return (
        FiscalNames(tuple(at), tuple(months), tuple(notes), grain)
        if len(set(months)) == len(months)
        else None
    )


def fiscal_spelled(table: RawTable, told: Told) -> RawTable:
    """The table with fiscal periods, in one column or in two of year and period, as calendar months; as it is where there are none, or a date beside them.

    Raises DataError with the question (Problem `fiscal_start`) where the month in which the year begins was not told.
    """
    if not len(table):
        return table
    if dated := _dates_of(table):
        return by_dates(table, dated)
    start = told.fiscal_start or stated_start(table.names)
    for place, name in enumerate(table.names[:300]):
        if place >= 6 and not (says_fiscal(name) or role_of_name(name)[0] == "date"):
            continue
        column = table.columns[place]
        if len(column.values) > 2000 or says_day(name):
            continue
        week = says_week(name) and (says_fiscal(name) or bool(told.fiscal_start and not says_calendar(name)))
        bare = week or (says_fiscal(name) and (says_period(name) or says_month(name)))
        filled = [t for t in column.values if t.strip()]
        if (
            not filled
            or not (bare or MAY_BE.search(filled[0].lower()))
            or sum(read_fiscal(t, bare, week) is not None for t in filled[:12]) < 0.5 * len(filled[:12])
        ):
            continue
        read = [read_fiscal(t, bare, week) for t in column.values]
        if any(p is not None and p.many == 12 and p.number > 16 for p in read):  # beyond all closing periods
            read = [read_fiscal(t, bare, True) for t in column.values]
        if sum(p is not None for p in read) < _NEARLY * len(filled):
            continue
        months, notes = _calendar(read, start, f"column {name!r}", filled[0].strip())
        made = column.regrouped(
            np.array([m or t for m, t in zip(months, column.values, strict=True)], dtype=object)
        )
        return _replaced(table, place, made, notes)
    return _from_parts(table, start, bool(told.fiscal_start))


def _dates_of(table: RawTable) -> list[int]:
    """Columns of dates in the table, beside which fiscal periods say nothing more."""
    named = [
        i
        for i, name in enumerate(table.names[:300])
        if role_of_name(name)[0] == "date"
        and not (says_fiscal(name) or says_period(name) or says_month(name))
    ]
    return [i for i in named if look(table.columns[i]).dates > 0.5]


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


def _from_parts(table: RawTable, start: str, told: bool) -> RawTable:
    """A column of fiscal years and one of periods, months or weeks as one column of calendar months or days.

    Where the start was told, years beside weeks are fiscal whatever they are called.
    """
    years_at = next((i for i, n in enumerate(table.names) if is_fiscal_year(n, table.columns[i])), -1)
    weeks_at = next((i for i, n in enumerate(table.names) if says_week(n) and not says_calendar(n)), -1)
    if years_at < 0 and told and weeks_at >= 0:
        years_at = next((i for i, n in enumerate(table.names) if normal_name(n) in YEAR_NAMES), -1)
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
    weeks = part_at < 0 and weeks_at not in (-1, years_at)
    part_at = weeks_at if weeks else part_at
    if part_at < 0:
        return table
    name, part_name = table.names[years_at], table.names[part_at]
    year, part = table.columns[years_at], table.columns[part_at]
    numbers = [number_of(t) for t in part.values]
    if sum(n > 0 for n in numbers) < _NEARLY * sum(bool(t.strip()) for t in part.values):
        return table
    words = [not any(c.isdigit() for c in t) for t in part.values]
    of_calendar = not weeks and (any(words) or not (says_fiscal(part_name) or says_period(part_name)))
    key = year.codes.astype(np.int64) * len(part.values) + part.codes
    distinct, codes = np.unique(key, return_inverse=True)
    pairs: list[FiscalPeriod | None] = []
    found = ""
    if not start:
        raise asked_start(f"column {name!r}", str(year.values[0]), weeks)
    month = FiscalStart.told(start).month
    for k in distinct:
        text, number = str(year.values[k // len(part.values)]), numbers[k % len(part.values)]
        match = YEAR_ALONE.match(plain_text(text))
        if match is None or number < 0:
            pairs.append(None)
            continue
        found = found or text
        counted = (number - month) % 12 + 1 if of_calendar and number <= 12 else number
        first = full_year(match[1]) if match[1] else -1
        many = WEEKS if weeks else 12
        pairs.append(FiscalPeriod(first, first + 1 if first >= 0 else full_year(match[3]), counted, many))
    if not any(pairs):
        return table
    months, notes = _calendar(pairs, start, f"column {name!r}", found)
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
