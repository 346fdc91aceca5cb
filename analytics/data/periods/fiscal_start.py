"""When fiscal years begin: what a person or a header says of it, and the calendar that follows for months and for weeks.

Months: period p of a year that begins in month s lies p - 1 months later. Weeks: week 1 of a year that begins in a month
is the week, Monday to Sunday, with most of its days in that month's first seven: the Monday nearest the first. For
January these are the weeks of ISO 8601. Where the first day of a year is told (2023-10-01), weeks count from it, and
those of every other year from the same day of the week nearest the same date. Years follow one another by twelve months
unless several starts are told (2022-04, 2024-01).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from analytics.data.values.dates import MONTHS
from analytics.data.values.header_names import normal_name
from analytics.data.values.letters import without_accents
from analytics.data.values.period_names import says_fiscal
from analytics.errors import DataError, Problem

__all__ = ["FiscalStart", "asked_start", "boundaries", "stated_start"]

_ONE = re.compile(r"^(?:(\d{4})-)?(\d{1,2})$|^(\d{4})-(\d{1,2})-(\d{1,2})$")
_OPTION = (
    "option fiscal_start: 4 for April; 2023-04 where the first fiscal year of the file begins in April 2023"
)


@dataclass(frozen=True)
class FiscalStart:
    """The month in which fiscal years begin; `year` of the first one of the file (0: not told), its first `day` (0: not told).

    `later` are further starts that were told, as months since year 0.
    """

    month: int
    year: int = 0
    day: int = 0
    later: tuple[int, ...] = ()

    @classmethod
    def told(cls, text: str) -> FiscalStart:
        """What was told: a month (4, April), a month of a year (2023-04), a day (2023-04-03), or several of these with their years.

        Raises DataError.

        >>> FiscalStart.told("2023-04"), FiscalStart.told("2022-04, 2024-01").later
        (FiscalStart(month=4, year=2023, day=0, later=()), (24288,))
        """
        parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
        read = [_start(part) for part in parts]
        several = len(read) > 1
        known = [r for r in read if r is not None]
        if (
            not known
            or len(known) < len(read)
            or (several and any(not year or day for year, _, day in known))
            or (several and known != sorted(known))
        ):
            raise DataError(
                Problem(
                    "fiscal_start",
                    f"{text!r} is no month",
                    "write 4 for April, or 2023-04; several starts with their years, the earliest first",
                    found=text,
                    expected="1 to 12, YYYY-MM, or the first day as YYYY-MM-DD",
                )
            )
        year, month, day = known[0]
        return cls(month, year, day, tuple(y * 12 + m - 1 for y, m, _ in known[1:]))

    def months(self, years: Collection[int], two: bool) -> dict[int, int]:
        """The month (since year 0) in which each fiscal year begins, by the number that names it; `two`: named by two calendar years.

        A year named by one number ends in that year, unless the year of the first start is told.
        """
        least = min(years)
        first = least - 1 if two else self.year or least + (0 if self.month == 1 else -1)
        begins = {least: first * 12 + self.month - 1}
        for year in range(least + 1, max(years) + 1):
            before = begins[year - 1]
            begins[year] = next((at for at in self.later if before < at <= before + 12), before + 12)
        return begins

    def week_one(self, month: int) -> date:
        """The first day of week 1 of a fiscal year that begins in a month (since year 0).

        >>> FiscalStart(1).week_one(2024 * 12), FiscalStart(10, 2023, 1).week_one(2024 * 12 + 9)
        (datetime.date(2024, 1, 1), datetime.date(2024, 9, 29))
        """
        year, at = divmod(month, 12)
        if not self.day:
            fourth = date(year, at + 1, 4)
            return fourth - timedelta(days=fourth.weekday())
        told = date(self.year, self.month, self.day)
        near = date(year, at + 1, min(self.day, 28)) + timedelta(days=max(self.day - 28, 0))
        step = (told.weekday() - near.weekday()) % 7
        return near + timedelta(days=step - 7 if step > 3 else step)


def _start(text: str) -> tuple[int, int, int] | None:
    """Year, month and day (0: not told) of one start; None where it is none."""
    match = _ONE.match(text)
    if match is None:
        month = MONTHS.get(without_accents(text).lower().rstrip("."), 0)
        return (0, month, 0) if month else None
    year, month, day = (
        (int(match[3]), int(match[4]), int(match[5])) if match[3] else (int(match[1] or 0), int(match[2]), 0)
    )
    if not 1 <= month <= 12:
        return None
    try:
        date(year or 2000, month, day or 1)
    except ValueError:
        return None
    return year, month, day


def stated_start(names: Sequence[str]) -> str:
    """The month in which fiscal years begin as a header states it; "" where none does.

    >>> stated_start(["Fiscal year (Apr-Mar)", "SKU"]), stated_start(["Fiscal year", "March"])
    ('4', '')
    """
    for name in names[:60]:
        words = normal_name(name).split()
        months = [MONTHS[word] for word in words if word in MONTHS and not word.isdigit()]
        if says_fiscal(name) and months and (len(months) == 2 or len(words) > 2):
            first, last = months[0], months[-1]
            if len(months) == 1 or (last - first) % 12 == 11:
                return str(first)
    return ""


def asked_start(column: str, found: str, weeks: bool) -> DataError:
    """The question when fiscal years begin."""
    words = (
        f"fiscal periods stand in {column} ({found}): only you know in which month your fiscal year begins"
    )
    remedy = f"give that month ({_OPTION})"
    if weeks:
        words = (
            f"fiscal weeks stand in {column} ({found}): only you know on which day your fiscal year begins"
        )
        remedy = f"give its first day, such as 2023-10-01, or the month if weeks begin on Mondays ({_OPTION})"
    expected = "the month in which the fiscal year begins"
    return DataError(Problem("fiscal_start", words, remedy, column=column, found=found, expected=expected))


def boundaries(
    numbers: Mapping[int, Collection[int]], many: int, start: FiscalStart, column: str, found: str
) -> None:
    """Ask where fiscal years do not follow one another: a year that ends early or begins late inside an unbroken record.

    `numbers` are the periods by year. A year that lacks its last periods may be a short one, after which years begin in
    another month; with several starts told it is settled. A record with holes elsewhere says nothing. Raises DataError.
    """
    years = sorted(numbers)
    if len(years) < 2 or start.later:
        return
    for year in years:
        here = sorted(numbers[year])
        if here != list(range(here[0], here[-1] + 1)):
            return
    full = {52, 53} if many == 52 else {many}
    for year, after in pairwise(years):
        last, first = max(numbers[year]), min(numbers[after])
        if after != year + 1 or (last in full and first == 1):
            continue
        unit = "week" if many == 52 else "period"
        begins = start.months(years, False)
        month = begins[year]
        old, new = (f"{m // 12:04d}-{m % 12 + 1:02d}" for m in (month, month + last * 12 // many))
        words = (
            f"fiscal year {year} of {column} ends with {unit} {last} of {max(full) if last > many else many} and {after} begins"
            f" with {unit} {first}: it may be a short year, after which years begin in another month, or nothing was sold between"
        )
        remedy = (
            f"give the start of each (option fiscal_start: {old}, {new} for a short year;"
            f" {old}, {(month + 12) // 12:04d}-{month % 12 + 1:02d} if nothing was sold)"
        )
        raise DataError(
            Problem(
                "fiscal_start",
                words,
                remedy,
                column=column,
                found=found,
                expected="years that follow one another",
            )
        )
