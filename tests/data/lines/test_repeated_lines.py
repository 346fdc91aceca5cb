"""A file exported twice into one: lines with numbers of their own count once; without numbers they count and are told."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from analytics.data import read_sales

ROWS = [(1000 + k // 3, 10 * (k % 3 + 1), dt.date(2023, 3, 1) + dt.timedelta(days=k // 3), f"R{k % 5}", 1 + k % 4) for k in range(90)]  # fmt: skip
UNITS = sum(q for *_, q in ROWS)


def _file(rows: list[tuple[object, ...]], names: str = "Order,Line,Date,SKU,Qty") -> bytes:
    return (names + "\n" + "\n".join(",".join(map(str, row)) for row in rows)).encode()


def test_numbered_lines_that_come_again_count_once() -> None:
    report = read_sales(_file([*ROWS, *ROWS[20:50]])).report
    assert report.units_used == UNITS and report.rows_rejected == 30
    assert ("repeated_line", 30) in {(p.code, p.count) for p in report.problems}
    kept = read_sales(_file([*ROWS, *ROWS[20:50]]), choices={"repeated_lines": "keep"}).report
    assert kept.units_used == UNITS + sum(q for *_, q in ROWS[20:50])


def test_without_numbers_or_with_numbers_that_say_nothing_they_are_told_and_count() -> None:
    short = [(a, d, s, q) for a, _, d, s, q in ROWS]
    report = read_sales(_file([*short, *short[:12]], "Order,Date,SKU,Qty")).report
    assert report.units_used == UNITS + sum(q for *_, q in short[:12])
    assert "duplicate_rows" in {p.code for p in report.problems}
    alike = [(a, 1, d, s, q) for a, _, d, s, q in ROWS]  # every line of an order has the number 1
    assert read_sales(_file([*alike, alike[3]])).report.units_used == UNITS + alike[3][4]


@pytest.mark.parametrize("money", ["{:,}円", "¥{:,}", "{:,} 원"])
def test_money_without_decimals_is_grouped_in_thousands(money: str) -> None:
    prices = np.array([1707, 24_310, 905, 1_203_400])
    rows = [(d, s, q, '"' + money.format(prices[k % 4] * q) + '"') for k, (_, _, d, s, q) in enumerate(ROWS)]
    report = read_sales(_file(rows, "Date,SKU,Qty,Amount")).report
    assert report.revenue_used == sum(prices[k % 4] * q for k, (*_, q) in enumerate(ROWS))
