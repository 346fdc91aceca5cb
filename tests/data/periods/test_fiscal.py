"""Fiscal weeks, short fiscal years, years that overlap or contradict one another: counted by a stated rule, or asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import pytest

from analytics.data import SalesHistory, read_sales
from analytics.data.periods.fiscal_start import FiscalStart
from analytics.errors import DataError


def _table(header: str, periods: Iterable[str]) -> bytes:
    return "\n".join(
        [f"{header};SKU;Qty", *(f"{p};A-{s};{3 + s}" for p in periods for s in range(2))]
    ).encode()


def _asked(data: bytes, told: str | None) -> str:
    with pytest.raises(DataError) as caught:
        read_sales(data, fiscal_start=told)
    assert [p.code for p in caught.value.problems] == ["fiscal_start"]
    return caught.value.problems[0].message


def _days(history: SalesHistory) -> list[str]:
    return sorted({str(day) for day in history.date})


WRITINGS: dict[str, tuple[str, Callable[[int, int], str]]] = {
    "FY24 W05": ("Period", lambda y, w: f"FY{y % 100} W{w:02d}"),
    "FY2024-W5": ("Date", lambda y, w: f"FY2024-W{w}" if y == 2024 else f"FY{y}-W{w}"),
    "Fiscal Week 2024-05": ("Fiscal Week", lambda y, w: f"{y}-{w:02d}"),
    "Fiscal Week 202405": ("Fiscal week", lambda y, w: f"{y}{w:02d}"),
    "2023/24 W05": ("Week", lambda y, w: f"{y - 1}/{y % 100} W{w:02d}"),
    "year and week": ("Fiscal Year;Fiscal Week", lambda y, w: f"{y};{w}"),
    "FY and week": ("FY;Week", lambda y, w: f"FY{y};W{w:02d}"),
}


@pytest.mark.parametrize("writing", WRITINGS)
def test_fiscal_weeks_count_from_the_stated_start(writing: str) -> None:
    header, write = WRITINGS[writing]
    data = _table(header, [write(y, w) for y in (2024, 2025) for w in range(1, 53)])
    assert "on which day" in _asked(data, None)
    by_month = read_sales(data, fiscal_start="4")  # Mondays nearest 1 April: 3 April 2023, 1 April 2024
    first, second = date(2023, 4, 3), date(2024, 4, 1)
    expected = [day + timedelta(weeks=w) for day in (first, second) for w in range(52)]
    assert _days(by_month) == [str(day) for day in expected] and by_month.frequency == "W"
    by_day = read_sales(data, fiscal_start="2023-10-01")  # Sundays nearest 1 October: 2023-10-01, 2024-09-29
    sundays = [day + timedelta(weeks=w) for day in (date(2023, 10, 1), date(2024, 9, 29)) for w in range(52)]
    assert _days(by_day) == [str(day) for day in sundays] and by_day.report.units_used == 7 * 104
    assert any(p.code == "fiscal_year" and "Sunday" in p.message for p in by_day.report.problems)


def test_weeks_of_a_year_that_begins_in_january_are_those_of_the_calendar() -> None:
    for year in range(2015, 2031):
        assert FiscalStart(1).week_one(12 * year) == date.fromisocalendar(year, 1, 1)


def test_plain_weeks_count_from_a_start_that_was_told_but_not_weeks_of_the_calendar() -> None:
    plain = _table("Year;Week", [f"2024;{w}" for w in range(1, 41)])
    assert _days(read_sales(plain))[0] == "2024-01-01"
    assert _days(read_sales(plain, fiscal_start="2023-07"))[0] == "2023-07-03"
    calendar = _table("Jahr;KW", [f"2024;{w}" for w in range(1, 41)])
    assert _days(read_sales(calendar, fiscal_start="2023-07"))[0] == "2024-01-01"


def test_weeks_across_and_week_54() -> None:
    names = ";".join(f"FY24 W{w:02d}" for w in range(1, 53))
    data = f"SKU;{names}\nA;{';'.join(['2'] * 52)}\nB;{';'.join(['1'] * 52)}".encode()
    history = read_sales(data, fiscal_start="2023-10-01")
    assert (_days(history)[0], len(_days(history)), history.frequency) == ("2023-10-01", 52, "W")
    report = read_sales(_table("Fiscal week", [f"2024-{w}" for w in range(1, 55)]), fiscal_start="4").report
    assert {p.code: p.count for p in report.problems}["week_unknown"] == 2 and report.rows_used == 106


def test_a_header_that_states_the_months_needs_no_answer() -> None:
    data = _table("Fiscal year (Apr-Mar);Fiscal period", [f"2024;{p}" for p in range(1, 13)])
    assert _days(read_sales(data))[0] == "2023-04-01"


def test_a_short_year_inside_the_record_is_asked() -> None:
    years = {2023: 12, 2024: 9, 2025: 6}
    data = _table("Period", [f"FY{y} P{p:02d}" for y, most in years.items() for p in range(1, most + 1)])
    assert "2024" in _asked(data, "4") and "short year" in _asked(data, "4")
    moved = _days(read_sales(data, fiscal_start="2022-04, 2024-01"))
    assert len(moved) == 27 and (moved[0], moved[12 + 9], moved[-1]) == (
        "2022-04-01",
        "2024-01-01",
        "2024-06-01",
    )
    quiet = _days(read_sales(data, fiscal_start="2022-04, 2023-04"))
    assert len(quiet) == 27 and (quiet[20], quiet[21]) == ("2023-12-01", "2024-04-01")


def test_years_that_overlap_by_the_starts_told_are_asked() -> None:
    data = _table("Period", [f"FY{y} P{p:02d}" for y in (2023, 2024) for p in range(1, 13)])
    assert "overlap" in _asked(data, "2022-04, 2023-01")
    assert "no month" in _asked(data, "2023-04, 2022-04") and "no month" in _asked(data, "2023-02-30")
    assert "a day was told" in _asked(data, "2022-04-04")


def test_a_record_with_holes_elsewhere_says_nothing_of_its_years() -> None:
    data = _table("Period", [f"FY{y} P{p:02d}" for y in (2023, 2024) for p in (1, 2, 5, 8, 9)])
    assert len(_days(read_sales(data, fiscal_start="4"))) == 10


@pytest.mark.parametrize(
    ("starts", "said"), [((4, 1), "fiscal years begin in"), ((4, 4), ""), ((4, 0), "period 1 of fiscal year")]
)
def test_years_that_contradict_one_another_by_their_dates_are_said(
    starts: tuple[int, int], said: str
) -> None:
    """Two years of one label each begin in these months; 0: rows of the same year begin in January and April."""
    lines = []
    for k, year in enumerate((2024, 2025)):
        for p in range(1, 13):
            begin = starts[k] or (1 if p % 2 else 4)
            month = (year - (begin > 1)) * 12 + begin - 1 + p - 1
            lines.append(f"{month // 12}-{month % 12 + 1:02d}-17;FY{year} P{p:02d};A;2")
    report = read_sales("\n".join(["Order Date;Fiscal Period;SKU;Qty", *lines]).encode()).report
    found = [p for p in report.problems if p.code == "fiscal_mixed"]
    assert report.rows_used == 24 and (said in found[0].message and found[0].count if said else not found)
