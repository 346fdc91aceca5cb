"""Dates that a spreadsheet has damaged: day and month swapped in the cells it could read as dates, and years mistyped by hand.

A spreadsheet that reads 03/04/2024 month first turns it into a real date with day and month swapped, and leaves 13/04/2024 as text, since there is no
month 13. What remains is a column of two kinds of cells that part exactly at day 12. Sound columns may look the same, so it is asked, never taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.values.categorical import Coded
from analytics.data.values.dates import DateColumn
from analytics.errors import DataError, Problem

__all__ = ["ANSWERS", "far_years", "settled_swaps", "swapped_cells"]

ANSWERS = ("swapped", "as written")
#: so many different dates of each kind at least: of fewer, all days may lie on one side of 12 by chance
_FEWEST = 4
_NUMERIC = re.compile(r"^\s*'?(\d{1,4})([-/. ])\s?(\d{1,2})\s?[-/. ]\s?(\d{2,4})(?:[ T].*)?$")
#: a gap in days beyond which a few dates are those of another life
_YEARS = 730
_NOTHING = np.datetime64("NaT", "D")


def _kinds(values: NDArray[Any]) -> NDArray[Any]:
    """How each distinct text is written: year first, or by the mark between its parts; "" where it is no date of three numbers."""
    out = np.full(len(values), "", dtype=object)
    for place, text in enumerate(values):
        match = _NUMERIC.match(text)
        if match:
            out[place] = "year first" if len(match[1]) == 4 else match[2]
    return out


def swapped_cells(values: NDArray[Any], dates: DateColumn, order: str) -> NDArray[np.bool_] | None:
    """Which distinct texts are the dates that may have day and month swapped; None where the column does not part at day 12.

    Two ways of writing: one with days up to 12 alone, the other with days above 12 alone.

    >>> from analytics.data.values.dates import date_column
    >>> texts = np.array(["2024-02-01", "2024-03-02", "2024-11-05", "2024-01-09", "13/01/2024", "14/02/2024", "27/03/2024", "31/05/2024"], object)
    >>> swapped_cells(texts, date_column(texts), "DMY").tolist()
    [True, True, True, True, False, False, False, False]
    """
    if len(values) > 200_000:
        return None
    sample = {
        "year first" if text[:4].isdigit() else text.lstrip("0123456789")[:1]
        for text in values[:2000]
        if text[:1].isdigit()
    }
    if len(sample) < 2:  # written one way
        return None
    kinds = _kinds(values)
    day = dates.dates(order)
    known = ~np.isnat(day) & (kinds != "")
    named = sorted(set(kinds[known]))  # a cell that is no date, such as 31.02.2012, is no way of writing
    if len(named) != 2 or known.sum() < 0.9 * (~dates.blank).sum():
        return None
    number = (day - day.astype("datetime64[M]").astype("datetime64[D]")).astype(int) + 1
    low, high = (known & (number <= 12)), (known & (number > 12))
    for kind in named:
        here = known & (kinds == kind)
        if here.sum() >= _FEWEST and (here == low).all() and high.sum() >= _FEWEST:
            return np.asarray(low, bool)
    return None


def _swapped(day: NDArray[np.datetime64], where: NDArray[np.bool_]) -> NDArray[np.datetime64]:
    """The dates with day and month exchanged where a mask holds."""
    out = day.copy()
    month = day[where].astype("datetime64[M]")
    number = (day[where] - month.astype("datetime64[D]")).astype(int)
    year, month_number = month.astype("datetime64[Y]"), month.astype(int) % 12
    out[where] = (year.astype("datetime64[M]") + number).astype("datetime64[D]") + month_number
    return out


def _span(day: NDArray[np.datetime64]) -> str:
    known = day[~np.isnat(day)]
    return " to ".join(
        str(d.astype(object).strftime("%d %b %Y")).lstrip("0") for d in (known.min(), known.max())
    )


def settled_swaps(
    cells: Mapping[str, Coded],
    dates: Mapping[str, DateColumn],
    order: str,
    named: Mapping[str, str],
    told: str | None,
    assumed: list[str],
) -> dict[str, NDArray[np.datetime64]]:
    """The day of every distinct text of the columns of dates, in which swapped days are put right where it was told.

    Asks (Problem `dates`) where a column parts at day 12 and nothing was told, with first and last date of both readings. Raises DataError.
    """
    if told not in (None, "", *ANSWERS):
        raise DataError(
            Problem(
                "dates",
                f"{told!r} is no answer",
                "choose 'swapped' or 'as written' (option dates)",
                found=str(told),
                expected="swapped or as written",
            )
        )
    out = {role: column.dates(order) for role, column in dates.items()}
    for role, column in dates.items():
        low = swapped_cells(cells[role].values, column, order)
        if low is None:
            continue
        other = _swapped(out[role], low)
        counts = cells[role].counts()
        real, text = int(counts[low].sum()), int(counts[~low & ~column.blank].sum())
        example = str(cells[role].values[int(np.flatnonzero(low)[0])])
        if not told:
            words = (
                f"the dates of {named[role]} are written two ways that part exactly at day 12 ({real:,} rows up to it, {text:,} above): a spreadsheet may have swapped day and "
                f"month. As written: {_span(out[role])}; swapped: {_span(other)}"
            )
            remedy = "choose 'swapped' or 'as written' (option dates)"
            raise DataError(
                Problem(
                    "dates",
                    words,
                    remedy,
                    column=named[role],
                    found=example,
                    expected="swapped or as written",
                    count=real,
                )
            )
        assumed.append(
            f"{named[role]}: day and month of {real:,} rows such as {example} {'were swapped back' if told == 'swapped' else 'are as written'}, as told (option dates)"
        )
        if told == "swapped":
            out[role] = other
    return out


def far_years(day: NDArray[np.datetime64], good: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows, a few only, whose dates lie years away from all others: a mistyped year would stretch the record by all the empty years between.

    >>> days = np.array(["2023-01-02"] * 300 + ["2032-01-09"], "datetime64[D]") + np.append(np.arange(300), 0)
    >>> int(far_years(days, np.ones(301, bool)).sum())
    1
    """
    out = np.zeros(len(day), bool)
    known = good & ~np.isnat(day)
    rows = int(known.sum())
    if rows < 10:
        return out
    low, high = day[known].min(), day[known].max()
    if (high - low).astype(int) <= _YEARS:
        return out
    counts = np.bincount((day[known] - low).astype(int))
    at = np.flatnonzero(counts)
    days, counts = low + at, counts[at]
    if len(days) < 10:
        return out
    few = min(max(3, 0.01 * rows), 0.1 * rows)
    for step in np.flatnonzero(np.diff(days).astype(int) > _YEARS):
        before, after = int(counts[: step + 1].sum()), int(counts[step + 1 :].sum())
        if before <= few:
            out |= known & (day <= days[step])
        if after <= few:
            out |= known & (day > days[step])
    return out if out.sum() <= few else np.zeros(len(day), bool)
