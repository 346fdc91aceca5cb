"""Dates that a spreadsheet has swapped are asked, never taken; a mistyped year is set aside before anything is priced."""

from __future__ import annotations

import datetime as dt
import io

import numpy as np
import openpyxl
import pytest

from analytics.data import read_sales
from analytics.errors import DataError

DAYS = [dt.date(2021, 2, 3) + dt.timedelta(days=3 * k) for k in range(150)]
FORMS = {"dmy/": "%d/%m/%Y", "dmy.": "%d.%m.%Y", "mdy/": "%m/%d/%Y", "dmy-": "%d-%m-%Y"}


def _swapped(day: dt.date) -> dt.date:
    return dt.date(day.year, day.day, day.month) if day.day <= 12 else day


def _table(texts: list[str], head: str = "Date") -> bytes:
    return "\n".join(
        [f"{head};SKU;Quantity", *(f"{text};P{k % 3};{1 + k % 4}" for k, text in enumerate(texts))]
    ).encode()


def _book(form: str, swap: bool) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Fecha", "Artículo", "Cantidad"])
    for k, day in enumerate(DAYS):
        real = _swapped(day) if swap else day
        sheet.append(
            [
                dt.datetime.combine(real, dt.time()) if day.day <= 12 else day.strftime(form),
                f"P{k % 3}",
                1 + k % 4,
            ]
        )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
@pytest.mark.parametrize("workbook", [False, True])
@pytest.mark.parametrize("swap", [False, True])
def test_columns_that_part_at_day_12_are_asked_with_both_readings(
    form: str, workbook: bool, swap: bool
) -> None:
    real = [_swapped(day) if swap else day for day in DAYS]
    texts = [
        f"{r.isoformat()} 00:00:00" if day.day <= 12 else day.strftime(form)
        for r, day in zip(real, DAYS, strict=True)
    ]
    data = _book(form, swap) if workbook else _table(texts)
    with pytest.raises(DataError) as caught:
        read_sales(data)
    (asked,) = caught.value.problems
    other = [day if swap else _swapped(day) for day in DAYS]
    as_written = [_swapped(day) if swap else day for day in DAYS]
    assert (
        asked.code == "dates"
        and "option dates" in asked.remedy
        and asked.count == sum(day.day <= 12 for day in DAYS)
    )
    for reading in (as_written, other):
        for day in (min(reading), max(reading)):
            assert day.strftime("%d %b %Y").lstrip("0") in asked.message
    history = read_sales(data, dates="swapped" if swap else "as written")
    assert sorted(history.date.tolist()) == DAYS and history.report.rows_used == len(DAYS)
    assert any("option dates" in words for words in history.report.assumed)


@pytest.mark.parametrize("breaks", ["a text up to 12", "a real date above 12", "one way of writing"])
def test_columns_that_do_not_part_at_day_12_are_read_without_a_question(breaks: str) -> None:
    texts = [day.isoformat() if day.day <= 12 else day.strftime("%d/%m/%Y") for day in DAYS]
    low, high = (next(k for k, day in enumerate(DAYS) if (day.day <= 12) == small) for small in (True, False))
    if breaks == "a text up to 12":
        texts[low] = DAYS[low].strftime("%d/%m/%Y")
    elif breaks == "a real date above 12":
        texts[high] = DAYS[high].isoformat()
    else:
        texts = [day.isoformat() for day in DAYS]
    assert sorted(read_sales(_table(texts)).date.tolist()) == DAYS


def test_an_answer_that_is_none_is_refused() -> None:
    with pytest.raises(DataError, match="no answer"):
        read_sales(_table([day.isoformat() for day in DAYS]), dates="maybe")


@pytest.mark.parametrize("year", [1921, 2012, 2035])
@pytest.mark.parametrize("lines", [1, 3])
def test_a_few_lines_years_away_are_set_aside_and_may_be_kept(year: int, lines: int) -> None:
    days = [str(day) for day in DAYS for _ in range(4)]
    data = _table([*days, *[f"{year if year > 1950 else 1951}-03-0{k + 4}" for k in range(lines)]])
    history = read_sales(data)
    assert history.report.rows_used == len(days) and history.report.rejected["row"].tolist() == [
        len(days) + 2 + k for k in range(lines)
    ]
    assert {p.code: p.count for p in history.report.problems}["date_far"] == lines
    assert history.report.units_rejected == sum(1 + (len(days) + k) % 4 for k in range(lines))
    kept = read_sales(data, choices={"far_dates": "keep"})
    assert kept.report.rows_used == len(days) + lines and any(
        p.code == "date_outlier" for p in kept.report.problems
    )


def test_an_old_part_of_a_record_is_not_a_mistake() -> None:
    early = [str(np.datetime64("2015-01-05") + 7 * k) for k in range(40)]
    assert read_sales(_table([*early, *(str(day) for day in DAYS)])).report.rows_rejected == 0


def test_a_cell_that_is_no_date_does_not_hide_the_question() -> None:
    lines = [
        f"{_swapped(day).isoformat() if day.day <= 12 else day.strftime('%d/%m/%Y')},A,{1 + k % 4}"
        for k, day in enumerate(DAYS)
    ]
    with pytest.raises(DataError) as asked:
        read_sales("\n".join(["Date,SKU,Qty", *lines, "31.02.2012,A,1", "tomorrow,A,2"]).encode())
    assert [p.code for p in asked.value.problems] == ["dates"]
