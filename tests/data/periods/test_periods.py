"""Periods of every writing: weeks, months and fiscal periods, decided by header and values, asked where neither decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

import numpy as np
import pytest

from analytics.data import read_sales
from analytics.data.reshape.one_column_per_period import spacing
from analytics.errors import DataError

WRITINGS: dict[str, Callable[[int, int], str]] = {
    "2024-03": lambda y, w: f"{y}-{w:02d}",
    "03/2024": lambda y, w: f"{w:02d}/{y}",
    "3-2024": lambda y, w: f"{w}-{y}",
    "3.2024": lambda y, w: f"{w}.{y}",
    "202403": lambda y, w: f"{y}{w:02d}",
    "3/24": lambda y, w: f"{w}/{y % 100:02d}",
    "24-03": lambda y, w: f"{y % 100:02d}-{w:02d}",
    "W3 2024": lambda y, w: f"W{w} {y}",
    "2024 W03": lambda y, w: f"{y} W{w:02d}",
    "24W03": lambda y, w: f"{y % 100}W{w:02d}",
    "KW 03/2024": lambda y, w: f"KW {w:02d}/{y}",
    "3. KW 2024": lambda y, w: f"{w}. KW {y}",
    "Semaine 3-2024": lambda y, w: f"Semaine {w}-{y}",
    "semana 3 de 2024": lambda y, w: f"semana {w} de {y}",
    "Week 3, 2024": lambda y, w: f"Week {w}, {y}",
    "tydzień 3/2024": lambda y, w: f"tydzień {w}/{y}",
    "2024年第3週": lambda y, w: f"{y}年第{w}週",
}
HEADERS = (
    "Week",
    "KW",
    "Kalenderwoche",
    "Semaine",
    "Semana",
    "Settimana",
    "Uke",
    "Vecka",
    "Viikko",
    "Tydzień",
    "Týden",
    "Hét",
    "Неделя",
    "週",
    "Lieferwoche",
    "Period",
    "Date",
)


def _weeks(count: int, year: int = 2023, week: int = 41) -> list[tuple[int, int, dt.date]]:
    first = dt.date.fromisocalendar(year, week, 1)
    days = [first + dt.timedelta(weeks=k) for k in range(count)]
    return [(day.isocalendar()[0], day.isocalendar()[1], day) for day in days]


def _table(header: str, periods: Iterable[str], skus: str = "AB") -> bytes:
    return "\n".join(
        [
            f"{header};SKU;Qty",
            *(f"{text};{sku};{1 + k % 5}" for k, text in enumerate(periods) for sku in skus),
        ]
    ).encode()


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("writing", WRITINGS)
def test_weeks_of_every_writing_below_every_header(header: str, writing: str) -> None:
    weeks = _weeks(58)
    report = read_sales(_table(header, (WRITINGS[writing](y, w) for y, w, _ in weeks))).report
    assert (report.rows_used, report.rows_read, report.frequency) == (116, 116, "W")
    assert (report.first_date, report.last_date) == (np.datetime64(weeks[0][2]), np.datetime64(weeks[-1][2]))
    assert report.units_used == 2 * sum(1 + k % 5 for k in range(58))


@pytest.mark.parametrize("writing", WRITINGS)
def test_weeks_as_names_of_columns(writing: str) -> None:
    weeks = _weeks(58)
    lines = [
        ";".join(["SKU", *(WRITINGS[writing](y, w) for y, w, _ in weeks)]),
        *(";".join([s, *(str(2 + k % 7) for k in range(58))]) for s in ("A-1", "B-2", "C-3")),
    ]
    history = read_sales("\n".join(lines).encode())
    assert sorted(set(history.date.tolist())) == [day for *_, day in weeks] and history.frequency == "W"
    assert history.quantity.sum() == 3 * sum(2 + k % 7 for k in range(58))


@pytest.mark.parametrize("header", ["Week", "KW", "Semaine", "Vecka"])
def test_a_header_that_says_week_decides_where_no_number_is_above_twelve(header: str) -> None:
    report = read_sales(_table(header, (f"2022-{w:02d}" for w in range(1, 13)))).report
    assert (str(report.first_date), str(report.last_date), report.frequency) == (
        "2022-01-03",
        "2022-03-21",
        "W",
    )


@pytest.mark.parametrize("header", ["Month", "Monat", "Mois", "YearMonth", "Date", "Datum"])
def test_months_stay_months(header: str) -> None:
    report = read_sales(_table(header, (f"2022-{m:02d}" for m in range(1, 13)))).report
    assert (str(report.first_date), str(report.last_date), report.frequency) == (
        "2022-01-01",
        "2022-12-01",
        "M",
    )


@pytest.mark.parametrize("header", ["Period", "Periode", "Período", "Time bucket", "Zeitraum"])
def test_weeks_or_months_is_asked_where_neither_header_nor_numbers_decide(header: str) -> None:
    data = _table(header, (f"2022-{m:02d}" for m in range(1, 13)))
    with pytest.raises(DataError) as caught:
        read_sales(data)
    (asked,) = caught.value.problems
    assert (
        asked.code == "periods"
        and "weeks" in asked.message
        and "months" in asked.message
        and "option periods" in asked.remedy
    )
    assert [str(read_sales(data, periods=told).report.last_date) for told in ("weeks", "months")] == [
        "2022-03-21",
        "2022-12-01",
    ]
    with pytest.raises(DataError, match="neither weeks nor months"):
        read_sales(data, periods="days")


def test_two_years_of_twelve_numbers_are_months_and_thirteen_of_one_are_asked() -> None:
    assert (
        read_sales(
            _table("Period", (f"{y}-{m:02d}" for y in (2021, 2022) for m in range(1, 13)))
        ).report.frequency
        == "M"
    )
    with pytest.raises(DataError, match="weeks"):
        read_sales(_table("Period", (f"2022-{m:02d}" for m in range(1, 14))))


def test_a_mistyped_month_does_not_make_weeks() -> None:
    report = read_sales(
        _table("Period", [*(f"{y}-{m:02d}" for y in (2021, 2022) for m in range(1, 13)), "2022-31"], "A")
    ).report
    assert (report.frequency, report.rows_used, report.rejected["found"].tolist()) == ("M", 24, ["2022-31"])


@pytest.mark.parametrize("two_columns", [False, True])
def test_weeks_that_no_year_has(two_columns: bool) -> None:
    lines = [("Year;Week" if two_columns else "Week") + ";SKU;Qty"]
    lines += [f"{'2023;' + str(w) if two_columns else f'2023-{w:02d}'};A;{w}" for w in range(1, 57)]
    report = read_sales("\n".join(lines).encode()).report
    assert (report.rows_read, report.rows_used, report.rejected["row"].tolist()) == (56, 53, [55, 56, 57])
    assert report.units_used == sum(range(1, 54)) and report.units_rejected == 54 + 55 + 56
    said = {p.code: p for p in report.problems}
    assert (
        said["week_unknown"].count == 3 and said["week_53"].count == 1 and "2023" in said["week_53"].message
    )
    assert str(report.last_date) == "2024-01-01"  # where week 53 of 2023 begins
    assert "date_unreadable" not in said


@pytest.mark.parametrize(
    "names",
    [
        ("Rok", "Tydzień"),
        ("Vecka", "År"),
        ("KW", "Jahr"),
        ("Semaine", "Année"),
        ("年", "週"),
        ("Settimana", "Anno"),
        ("Año", "Semana"),
        ("Week No.", "Calendar Year"),
    ],
)
@pytest.mark.parametrize("week", ["{}", "{:02d}", "W{:02d}"])
def test_year_and_week_in_two_columns_of_any_order(names: tuple[str, str], week: str) -> None:
    years = {"Rok", "År", "Jahr", "Année", "年", "Anno", "Año", "Calendar Year"}
    weeks = _weeks(70)
    lines = [f"{names[0]};SKU;{names[1]};Qty"]
    lines += [
        ";".join(
            [
                str(y) if names[0] in years else week.format(w),
                "A",
                str(y) if names[1] in years else week.format(w),
                "3",
            ]
        )
        for y, w, _ in weeks
    ]
    report = read_sales("\n".join(lines).encode()).report
    assert (report.rows_used, report.frequency, report.first_date, report.last_date) == (
        70,
        "W",
        np.datetime64(weeks[0][2]),
        np.datetime64(weeks[-1][2]),
    )


FISCAL: dict[str, tuple[str, Callable[[int, int], str]]] = {
    "FY2024 P03": ("Period", lambda y, p: f"FY{y} P{p:02d}"),
    "P03 FY24": ("Fiscal Period", lambda y, p: f"P{p:02d} FY{y % 100}"),
    "2023/24-03": ("Periode", lambda y, p: f"{y - 1}/{y % 100}-{p:02d}"),
    "GJ2024-P3": ("Periode", lambda y, p: f"GJ{y}-P{p}"),
    "003.2024": ("Fiscal period", lambda y, p: f"{p:03d}.{y}"),
    "Exercice 2024 P3": ("Période", lambda y, p: f"Exercice {y} P{p}"),
    "2024;3": ("Fiscal Year;Period", lambda y, p: f"{y};{p}"),
    "FY24;P03": ("FY;Fiscal Month", lambda y, p: f"FY{y % 100};P{p:02d}"),
    "2023/2024;3": ("Geschäftsjahr;Periode", lambda y, p: f"{y - 1}/{y};{p}"),
}


@pytest.mark.parametrize("writing", FISCAL)
@pytest.mark.parametrize("start", [1, 2, 4, 7, 10, 12])
def test_fiscal_periods_count_from_the_stated_month(writing: str, start: int) -> None:
    header, write = FISCAL[writing]
    periods = [(y, p) for y in (2023, 2024) for p in range(1, 13)]
    data = _table(header, (write(y, p) for y, p in periods))
    with pytest.raises(DataError) as caught:
        read_sales(data)
    assert [p.code for p in caught.value.problems] == [
        "fiscal_start"
    ] and "fiscal_start" in caught.value.problems[0].remedy
    two = "/" in write(2023, 1)
    begin = 2022 * 12 + start - 1 if two or start > 1 else 2023 * 12
    expected = {np.datetime64(f"{m // 12:04d}-{m % 12 + 1:02d}-01") for m in range(begin, begin + 24)}
    history = read_sales(data, fiscal_start=start)
    assert set(history.date) == expected and history.frequency == "M" and len(history) == 48
    assert any(p.code == "fiscal_year" for p in history.report.problems)


def test_the_first_fiscal_year_may_be_stated_to_begin_in_its_own_year() -> None:
    data = _table("Period", (f"FY{y} P{p:02d}" for y in (2023, 2024) for p in range(1, 13)))
    assert str(read_sales(data, fiscal_start="2023-04").report.first_date) == "2023-04-01"
    assert str(read_sales(data, fiscal_start="April").report.first_date) == "2022-04-01"
    with pytest.raises(DataError, match="no month"):
        read_sales(data, fiscal_start=13)


def test_fiscal_years_named_two_ways_and_closing_periods_are_said() -> None:
    mixed = _table(
        "Period", [*(f"FY2023 P{p:02d}" for p in range(1, 13)), *(f"2023/24-{p:02d}" for p in range(1, 13))]
    )
    with pytest.raises(DataError) as caught:
        read_sales(mixed, fiscal_start=4)
    assert [p.code for p in caught.value.problems] == ["fiscal_mixed"]
    report = read_sales(
        _table("Period", (f"FY2023 P{p:02d}" for p in range(1, 15)), "A"), fiscal_start=4
    ).report
    assert report.rows_used == 12 and {p.code: p.count for p in report.problems}["period_unknown"] == 2


def test_a_calendar_month_in_a_fiscal_year_lies_on_its_side_of_the_start() -> None:
    names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    report = read_sales(
        _table("Fiscal Year;Month", (f"2024;{name}" for name in names)), fiscal_start=7
    ).report
    assert (str(report.first_date), str(report.last_date)) == ("2023-07-01", "2024-06-01")
    assert any(p.code == "fiscal_month" for p in report.problems)


def test_a_date_beside_fiscal_periods_needs_no_answer() -> None:
    lines = [
        "Order Date;Fiscal Period;SKU;Qty",
        *(f"2023-{m:02d}-0{d};FY2024 P{m:02d};A;1" for m in range(1, 13) for d in (2, 5)),
    ]
    assert read_sales("\n".join(lines).encode()).report.rows_used == 24


@pytest.mark.parametrize(
    "kind",
    ["15th", "7th", "30th, or the last day", "last working day", "first working day", "third Friday", "last"],
)
def test_one_total_a_month_is_monthly_whatever_the_day(kind: str) -> None:
    days = []
    for month in np.arange("2021-05", "2023-02", dtype="datetime64[M]"):
        first, last = month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]") - 1
        days.append(
            {
                "15th": first + 14,
                "7th": first + 6,
                "30th, or the last day": min(first + 29, last),
                "last working day": np.busday_offset(last, 0, roll="backward"),
                "first working day": np.busday_offset(first, 0, roll="forward"),
                "third Friday": np.busday_offset(first, 2, roll="forward", weekmask="Fri"),
                "last": last,
            }[kind]
        )
    assert spacing(np.array(days)) == "M"
    assert read_sales(_table("Date", map(str, days))).report.frequency == "M"


def test_every_second_week_and_odd_days_are_no_months() -> None:
    assert spacing(np.arange("2022-01-03", "2022-06-03", 14, dtype="datetime64[D]")) == "W"
    assert spacing(np.array(["2022-01-05", "2022-02-17", "2022-03-09", "2022-04-22"], "datetime64[D]")) == "D"
