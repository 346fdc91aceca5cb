"""Fiscal periods beside dates: the dates are used, and fiscal years that contradict one another by them are said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analytics.data.layout.raw_table import RawTable
from analytics.data.periods.fiscal_texts import (
    MAY_BE,
    YEAR_ALONE,
    FiscalPeriod,
    full_year,
    is_fiscal_year,
    number_of,
    plain_text,
    read_fiscal,
)
from analytics.data.values.categorical import Coded
from analytics.data.values.dates import date_column
from analytics.data.values.period_names import ENGLISH_MONTHS, says_fiscal, says_month, says_period
from analytics.errors import Problem

__all__ = ["by_dates"]

#: of the rows of a fiscal year more than this share must begin it in another month, or they are slips
_SLIPS = 0.05


def _labels(table: RawTable) -> tuple[str, Coded, list[FiscalPeriod | None]] | None:
    """The fiscal periods of the table: the name of their column, one text a row, and each distinct text read."""
    for name, column in zip(table.names[:300], table.columns, strict=False):
        bare = says_fiscal(name) and (says_period(name) or says_month(name))
        filled = [text for text in column.values[:40] if text.strip()]
        if not filled or len(column.values) > 2000 or not (bare or MAY_BE.search(filled[0].lower())):
            continue
        read = [read_fiscal(text, bare) for text in column.values]
        if sum(p is not None for p in read) >= 0.9 * len(read):
            return name, column, read
    years_at = next((i for i, n in enumerate(table.names) if is_fiscal_year(n, table.columns[i])), -1)
    part_at = next((i for i, n in enumerate(table.names) if says_fiscal(n) and says_period(n)), -1)
    if years_at < 0 or part_at in (-1, years_at) or not says_fiscal(table.names[years_at]):
        return None
    year, part = table.columns[years_at], table.columns[part_at]
    numbers = [number_of(text) for text in part.values]
    key = year.codes.astype(np.int64) * len(part.values) + part.codes
    distinct, codes = np.unique(key, return_inverse=True)
    pairs: list[FiscalPeriod | None] = []
    for k in distinct:
        match, number = (
            YEAR_ALONE.match(plain_text(str(year.values[k // len(part.values)]))),
            numbers[k % len(part.values)],
        )
        first = full_year(match[1]) if match is not None and match[1] else -1
        known = match is not None and 1 <= number <= 12
        named = first + 1 if first >= 0 else full_year(match[3]) if match is not None else -1
        pairs.append(FiscalPeriod(first, named, number, 12) if known else None)
    texts = [f"{year.values[k // len(part.values)]} {part.values[k % len(part.values)]}" for k in distinct]
    name = f"{table.names[years_at]} + {table.names[part_at]}"
    return name, Coded(codes.astype(np.int32), np.array(texts, dtype=object)), pairs


def by_dates(table: RawTable, dated: Sequence[int]) -> RawTable:
    """The table with what is to say of its fiscal periods by its dates: years that begin in different months, or in two.

    Dates that can be read two ways say nothing. `dated` are the columns of dates.
    """
    found = _labels(table)
    if found is None:
        return table
    name, labels, read = found
    column = table.columns[dated[0]]
    days = date_column(column.values)
    sure = days.readable & ~days.undecided
    month = (
        np.where(np.isnat(days.day_first), days.month_first, days.day_first)
        .astype("datetime64[M]")
        .view(np.int64)
    )
    year = np.array([-1 if p is None or not 1 <= p.number <= p.many else p.year for p in read], np.int64)
    back = np.array([0 if p is None else (p.number - 1) * 12 // p.many for p in read], np.int64)
    good = sure[column.codes] & (year[labels.codes] >= 0)
    begin = month[column.codes][good] + 1970 * 12 - back[labels.codes][good]
    years = year[labels.codes][good]
    rows: dict[int, Counter[int]] = {}
    for (y, m), count in Counter(zip(years.tolist(), begin.tolist(), strict=True)).items():
        rows.setdefault(y, Counter())[m % 12 if y < 0 else m] += count
    if not rows:
        return table
    usual = {y: counts.most_common(1)[0][0] for y, counts in rows.items()}
    two = {
        y: counts.most_common(2)
        for y, counts in rows.items()
        if len(counts) > 1 and counts.most_common(2)[1][1] > _SLIPS * counts.total()
    }
    said = ""
    count = 0
    if two:
        y, ((one, many), (other, few)) = next(iter(sorted(two.items())))
        said = f"period 1 of fiscal year {y} lies in {_month(one)} on {many:,} rows and in {_month(other)} on {few:,}"
        count = sum(c[1][1] for c in two.values())
    elif len({m - 12 * y for y, m in usual.items()}) > 1:
        said = "fiscal years begin in " + ", ".join(
            f"{_month(m)} ({y})" for y, m in sorted(usual.items())[:6]
        )
        count = sum(counts.total() for counts in rows.values())
    if not said:
        return table
    words = f"by the dates, {said}: the fiscal years of {name!r} contradict one another; the dates are used, the fiscal periods are not"
    remedy = "check whether two companies or two calendars stand in one file; nothing to do if so"
    note = Problem("fiscal_mixed", words, remedy, column=name, found=str(labels.values[0]), count=int(count))
    return replace(table, problems=[*table.problems, note])


def _month(at: int) -> str:
    return f"{ENGLISH_MONTHS[at % 12]} {at // 12}"
