"""Fiscal periods as texts: FY24 P03, 2023/24-03, W05 FY2024 and the like, as a year and a number within it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from analytics.data.values.categorical import Coded
from analytics.data.values.dates import MONTHS
from analytics.data.values.header_names import normal_name
from analytics.data.values.letters import without_accents
from analytics.data.values.period_names import FISCAL_MARK, YEAR_NAMES, says_fiscal, says_week

__all__ = [
    "MAY_BE",
    "WEEKS",
    "YEAR_ALONE",
    "FiscalPeriod",
    "full_year",
    "is_fiscal_year",
    "number_of",
    "plain_text",
    "read_fiscal",
]

_OF_WEEKS = r"w|wk|week|kw|cw|woche|semaine|sem|semana|settimana|uge|uke|vecka|viikko|tyden|tydzien|het|hafta"
_PART = rf"(?:p|per|period|periode|periodo|m|month|monat|mois|q|qtr|quarter|quartal|trim|t|{_OF_WEEKS})"
_IS_WEEK = re.compile(rf"^(?:{_OF_WEEKS})$")
#: periods of a year that has weeks
WEEKS = 52
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
YEAR_ALONE = re.compile(rf"^(?:{FISCAL_MARK})?[ '.-]*(?:{_TWO_YEARS}|{_ONE_YEAR})$")
MAY_BE = re.compile(rf"(?:^|[\W\d_]){FISCAL_MARK}|\d{{4}}\s?/\s?\d\d")
_QUARTERS = ("q", "qtr", "quarter", "quartal", "trim", "t")


@dataclass(frozen=True)
class FiscalPeriod:
    """One text: the calendar year in which its fiscal year begins (`first`, -1 unknown), the number that names the year, the period and how many a year has."""

    first: int
    year: int
    number: int
    many: int


def full_year(year: str) -> int:
    """A year of four digits, or of two as one of this century.

    >>> full_year("24"), full_year("1998")
    (2024, 1998)
    """
    return int(year) if len(year) == 4 else 2000 + int(year)


def read_fiscal(text: str, bare: bool, week: bool = False) -> FiscalPeriod | None:
    """A text as a fiscal period, None where it is none; `bare`: without a mark too, `week`: numbers are weeks.

    >>> read_fiscal("FY24 P03", False), read_fiscal("2024-05", True, True)
    (FiscalPeriod(first=-1, year=2024, number=3, many=12), FiscalPeriod(first=-1, year=2024, number=5, many=52))
    """
    plain = " ".join(plain_text(text).split())
    for form in (*_FORMS, *(_BARE if bare else ())):
        match = form.match(plain)
        if match is None:
            continue
        two = "none" not in form.groupindex
        spelled = [g for k, g in enumerate(match.groups(), 1) if k not in form.groupindex.values() and g]
        first, second = full_year(spelled[0]), full_year(spelled[1]) if two else -1
        if two and (second - first) % 100 != 1:
            return None
        number, kind = int(match["number"]), match["kind"] or ""
        if not two and not 1950 <= first <= 2100:
            return None
        many = WEEKS if week or _IS_WEEK.match(kind) else 4 if kind in _QUARTERS else 12
        return FiscalPeriod(first if two else -1, first + 1 if two else first, number, many)
    return None


def plain_text(text: str) -> str:
    """A text without accents and capitals.

    >>> plain_text("Geschäftsjahr 2024")
    'geschaftsjahr 2024'
    """
    return without_accents(text.strip()).lower().replace("\u2013", "-")


def is_fiscal_year(name: str, column: Coded) -> bool:
    """Whether a column holds fiscal years: it is called so, or is one of years written FY24 or 2023/24."""
    plain = normal_name(name)
    if not (plain in YEAR_NAMES or says_fiscal(name)) or says_week(name):
        return False
    filled: list[Any] = [t for t in column.values if t.strip()]
    if not filled or len(filled) > 200 or not all(YEAR_ALONE.match(plain_text(t)) for t in filled):
        return False
    return says_fiscal(name) or any(not t.strip().isdigit() for t in filled)


def number_of(text: str) -> int:
    """The number of a period or month, from digits behind letters or a name; -1 where there is none."""
    plain = plain_text(text).rstrip(".").removesuffix(".0")
    if match := re.match(rf"^(?:{_PART})?[ ._-]*(\d{{1,3}})$", plain):
        return int(match[1])
    return MONTHS.get(plain, -1)
