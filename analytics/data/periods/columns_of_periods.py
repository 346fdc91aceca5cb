"""Columns of periods: weeks, months and fiscal periods of every writing, decided over whole columns and spelled one way.

One concept: how a text is read depends on every other text of its column (which number is the year, whether
numbers above 12 occur), so patterns, evidence, the question and the spelling of a column stand together.

`2024-03` is a week below a header that says so, a month below one that says month; where the header says neither, numbers above 12
decide; where they do not either, weeks or months are asked. Fiscal periods need the month in which the year begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from analytics.data.layout.raw_table import RawTable
from analytics.data.told import Told
from analytics.data.values.categorical import Columns
from analytics.data.values.header_names import role_of_name
from analytics.data.values.letters import without_accents
from analytics.data.values.period_names import (
    WEEK_MARK,
    says_calendar,
    says_fiscal,
    says_month,
    says_period,
    says_week,
)
from analytics.errors import DataError, Problem

__all__ = ["NO_SUCH_PERIOD", "NO_SUCH_WEEK", "periods_spelled", "spelled_names", "week_text", "weeks_beyond"]

#: spellings of weeks and fiscal periods that no year has: they are set aside by name
NO_SUCH_WEEK, NO_SUCH_PERIOD = re.compile(r"^\d{4}-W\d{2}$"), re.compile(r"^\d{4}-P\d{1,3}$")
_BETWEEN = r"\s*(?:[-/._, ]|of|de|del|di|van|av|/)?\s*"
_YEAR_FIRST = re.compile(
    rf"^(\d{{4}})\s*[-/._, ]?\s*({WEEK_MARK}\.?)?\s*[-_ .]?\s*(\d{{1,2}})\.?\s*({WEEK_MARK})?$"
)
_YEAR_LAST = re.compile(
    rf"^({WEEK_MARK}\.?)?\s*[-_ .]?\s*(\d{{1,2}})\.?\s*({WEEK_MARK}\.?)?(?:\s*[-/._, ]\s*|\s*(?:of|de|del|di|van|av|i)\s*|(?<=[a-z.])\s*)'?(\d{{4}})$"
)
_SHORT_LAST = re.compile(
    rf"^({WEEK_MARK}\.?)?\s*[-_ .]?\s*(\d{{1,2}})\s*({WEEK_MARK}\.?)?\s*[-/._ ]\s*'?(\d{{2}})$"
)
_SHORT_MARKED = re.compile(rf"^'?(\d{{2}})\s*[-/._ ]?\s*({WEEK_MARK}\.?)\s*[-_ .]?\s*(\d{{1,2}})$")
#: year and week in four digits, below a header that says week: 2301
_FOUR = re.compile(r"^'?(\d{2})(\d{2})$")
_LAST_DATED = re.compile(r"[年년]\s*第?")
#: a column of which fewer texts than this share are periods is none
_NEARLY = 0.9
#: years written with two digits that sales may be of
_SHORT_YEARS = (90, 45)


@dataclass(frozen=True)
class _Read:
    """Distinct texts as year and number of a period within it; -1 where a text is none. `marked`: texts that name weeks."""

    years: list[int]
    numbers: list[int]
    marked: int

    @property
    def good(self) -> list[tuple[int, int]]:
        return [(y, n) for y, n in zip(self.years, self.numbers, strict=True) if n >= 0]


def _plain(text: str) -> str:
    text = text.strip().strip("'").replace("\u00a0", " ").replace("\u2013", "-")
    if not text.isascii():
        text = _LAST_DATED.sub("-", text)
        text = without_accents(text)
    return text.lower()


def _century(year: int) -> int:
    return year if year > 99 else year + (1900 if year >= _SHORT_YEARS[0] else 2000)


def _read_periods(texts: Sequence[str]) -> _Read:
    """Every text as a year and a number of at most two digits, the year of four digits or of two; which of two short numbers is the year, all texts decide."""
    years, numbers, marked = [-1] * len(texts), [-1] * len(texts), 0
    short: list[tuple[int, int, int]] = []
    for place, text in enumerate(texts):
        plain = _plain(text)
        if match := _YEAR_FIRST.match(plain):
            year, number, mark = int(match[1]), int(match[3]), match[2] or match[4]
        elif match := _YEAR_LAST.match(plain):
            year, number, mark = int(match[4]), int(match[2]), match[1] or match[3]
        elif match := _SHORT_MARKED.match(plain):
            year, number, mark = _century(int(match[1])), int(match[3]), match[2]
        elif match := _SHORT_LAST.match(plain):
            year, number, mark = _century(int(match[4])), int(match[2]), match[1] or match[3]
            if not mark:
                short.append((place, int(match[2]), int(match[4])))
                continue
        else:
            continue
        if 1950 <= year <= 2100:
            years[place], numbers[place] = year, number
            marked += bool(mark)
    if short:
        first, last = ({pair[k] for pair in short} for k in (1, 2))
        if len(first) != len(last) or first == last:
            year_at = 2 if len(last) < len(first) or first == last else 1
            for pair in short:
                year, number = pair[year_at], pair[3 - year_at]
                if not _SHORT_YEARS[1] < year < _SHORT_YEARS[0]:
                    years[pair[0]], numbers[pair[0]] = _century(year), number
    return _Read(years, numbers, marked)


def _short_weeks(texts: Sequence[str]) -> _Read | None:
    """Four digits as year and week (2301 is week 1 of 2023), where all are and no count that runs on; None else.

    A count goes from 2352 to 2353; weeks go from 2352 or 2353 to 2401.
    """
    found = [_FOUR.match(_plain(text)) for text in texts if text.strip()]
    if len(found) < 2 or not all(found):
        return None
    pairs = [(_century(int(m[1])), int(m[2])) for m in found if m is not None]
    if not all(1 <= week <= 53 and not 2000 + _SHORT_YEARS[1] < year < 2000 for year, week in pairs):
        return None
    it = iter(pairs)
    read = [next(it) if text.strip() else (-1, -1) for text in texts]
    out = _Read([y for y, _ in read], [n for _, n in read], len(pairs))
    return out if _dense(out) else None


def _dense(read: _Read) -> bool:
    """Whether the periods follow one another as those of a record do, instead of lying about as numbers of products would."""
    weeks = sorted({53 * y + n for y, n in read.good})
    return len(weeks) >= 2 and len(weeks) >= 0.5 * (weeks[-1] - weeks[0] + 1 - (weeks[-1] - weeks[0]) // 53)


def _length(name: str, read: _Read, told: str | None) -> str:
    """W, M or "?" (to be asked) for a column of periods; "" where it is left as it is."""
    if read.marked >= 0.5 * len(read.good):
        return "W"
    if told:
        return {"weeks": "W", "months": "M"}[told]
    week, month = says_week(name), says_month(name)
    if week != month:
        return "W" if week else "M"
    beyond = {(y, n) for y, n in read.good if n > 12}
    if len({n for _, n in beyond}) > 1 and len(beyond) >= 0.05 * len(set(read.good)) and _dense(read):
        return "W"
    if beyond and max(n for _, n in beyond) == 13 and _dense(read):
        return "?"
    if not beyond and says_period(name) and len({y for y, _ in read.good}) == 1:
        return "?"
    return ""


def _ask(name: str, texts: Sequence[str], read: _Read) -> DataError:
    good = sorted((y, n, t) for y, n, t in zip(read.years, read.numbers, texts, strict=True) if n >= 0)
    first, last = good[0], good[-1]
    weeks, months = _monday(*first[:2]), f"{first[0]}-{first[1]:02d}"
    end = _monday(*last[:2])
    words = f"column {name!r} holds {first[2].strip()} to {last[2].strip()}: weeks ({weeks} to {end}) or months ({months} to {last[0]}-{last[1]:02d})?"
    return DataError(
        Problem(
            "periods",
            words,
            "choose weeks or months (option periods)",
            column=name,
            found=first[2].strip(),
            expected="weeks or months",
        )
    )


def _monday(year: int, week: int) -> str:
    try:
        return date.fromisocalendar(year, week, 1).isoformat()
    except ValueError:
        return f"{year}-W{week:02d}"


def week_text(year: int, week: int) -> str:
    """A week as 2024-W03; week 53 of a year that has 52 is the one that begins after week 52."""
    if week == 53 and date(year, 12, 28).isocalendar()[1] == 52:
        after = date.fromisocalendar(year, 52, 1) + timedelta(days=7)
        return "{}-W{:02d}".format(*after.isocalendar()[:2])
    return f"{year:04d}-W{week:02d}"


def weeks_beyond(name: str, pairs: Sequence[tuple[int, int, int]]) -> list[Problem]:
    """What is said of weeks 53 of years without one; `pairs` are year, week and rows."""
    moved = [(y, w, c) for y, w, c in pairs if w == 53 and date(y, 12, 28).isocalendar()[1] == 52]
    if not moved:
        return []
    years = ", ".join(str(y) for y in sorted({y for y, _, _ in moved}))
    words = f"week 53 of {years}, which has 52 weeks, was read as week 1 of the year after: it begins where week 52 ends"
    count = sum(c for *_, c in moved)
    return [
        Problem(
            "week_53",
            words,
            "write week 52 or week 1 if that is wrong",
            column=name,
            found=f"{moved[0][0]}-53",
            expected="a week from 1 to 52",
            count=count,
        )
    ]


def _is_candidate(place: int, names: Sequence[str]) -> bool:
    """Whether a column may be that of the periods: called so, or one of the first without another meaning."""
    name = names[place]
    role = role_of_name(name)[0]
    return (
        role == "date"
        or says_week(name)
        or says_period(name)
        or (not role and place < 6 and not any(role_of_name(other)[0] == "date" for other in names[:60]))
    )


def periods_spelled(table: RawTable, told: Told) -> RawTable:
    """The table with its columns of periods spelled as 2024-W03 (weeks) or 2024-03 (months), and names of columns that are weeks too.

    Asks (Problem `periods`) where neither header nor numbers decide. Raises DataError.
    """
    if told.periods not in (None, "", "weeks", "months"):
        words = f"{told.periods!r} is neither weeks nor months"
        raise DataError(
            Problem(
                "periods",
                words,
                "choose weeks or months (option periods)",
                found=str(told.periods),
                expected="weeks or months",
            )
        )
    table = spelled_names(table, told.periods)
    made = {}
    notes: list[Problem] = []
    for place, name in enumerate(table.names[:300]):
        if not len(table) or not _is_candidate(place, table.names):
            continue
        column = table.columns[place]
        if len(column.values) > 4000 or says_fiscal(name):
            continue
        if told.fiscal_start and says_week(name) and not says_calendar(name):
            continue  # weeks count from the start that was told
        filled = [t for t in column.values if t.strip()]
        four = _short_weeks(list(column.values)) if filled and says_week(name) else None
        if four is not None and told.start is None:
            first = next((y, n) for y, n in zip(four.years, four.numbers, strict=True) if n >= 0)
            words = f"numbers such as {filled[0].strip()} were read as week {first[1]} of {first[0]}"
            remedy = "if the weeks are counted, say on which day the first begins (option start)"
            notes.append(Problem("weeks_short", words, remedy, column=name, found=filled[0].strip()))
        else:
            four = None
        if not filled or (four is None and len(_read_periods(filled[:12]).good) < 0.5 * len(filled[:12])):
            continue
        read = four or _read_periods(list(column.values))
        if len(read.good) < max(1, _NEARLY * len(filled)):
            continue
        length = _length(name, read, told.periods or None)
        if length == "?":
            raise _ask(name, list(column.values), read)
        if not length:
            continue
        spelled = [
            (week_text(y, n) if length == "W" else f"{y:04d}-{n:02d}") if n >= 0 else t
            for y, n, t in zip(read.years, read.numbers, column.values, strict=True)
        ]
        if length == "W":
            notes += weeks_beyond(
                name,
                [
                    (y, n, int(c))
                    for y, n, c in zip(read.years, read.numbers, column.counts(), strict=True)
                    if n >= 0
                ],
            )
        made[place] = column.regrouped(np.array(spelled, dtype=object))
    if not made:
        return table
    columns = table.columns
    return replace(
        table,
        columns=Columns(len(table.names), lambda i: made[i] if i in made else columns[i]),
        problems=[*table.problems, *notes],
    )


def spelled_names(table: RawTable, told: str | None) -> RawTable:
    """The table with names of columns that are weeks, or months with a year of two digits, spelled one way; as it is where they are not."""
    read = _read_periods(table.names)
    if len(read.good) < 3:
        return table
    named = [i for i, n in enumerate(read.numbers) if n >= 0]
    beyond = len({n for _, n in read.good if n > 12})
    weeks = (
        told != "months"
        and (beyond > 1 or 2 * read.marked >= len(read.good) or told == "weeks")
        and max(n for _, n in read.good) <= 53
    )
    short = [i for i in named if not re.search(r"\d{4}", table.names[i])]
    months = not weeks and len(short) >= 3 and beyond == 0 and _dense(read)
    if not weeks and not months:
        return table
    names = list(table.names)
    for i in named if weeks else short:
        names[i] = (
            week_text(read.years[i], read.numbers[i]) if weeks else f"{read.years[i]}-{read.numbers[i]:02d}"
        )
    if len(set(names)) < len(names):
        return table
    notes = weeks_beyond("header", [(y, n, 1) for y, n in read.good]) if weeks else []
    return replace(table, names=tuple(names), problems=[*table.problems, *notes])
