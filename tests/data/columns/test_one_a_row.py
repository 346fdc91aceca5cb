"""A file without a quantity, one machine a row: asked, and counted as told."""

from __future__ import annotations

import datetime as dt

import pytest

from analytics.data import read_sales
from analytics.errors import DataError

PRICES = (48_250.0, 51_900.5, 7_310.25)
LINES = [(dt.date(2022, 1, 4) + dt.timedelta(days=5 * k), k % 3, f"SN-{9000 + k}") for k in range(71)]
SOLD = "\n".join(f"{d},M-{m},{s},{PRICES[m]}" for d, m, s in LINES)


def test_one_machine_a_row_is_asked_for_and_counted_as_told() -> None:
    data = f"date,sku,serial,price\n{SOLD}".encode()
    with pytest.raises(DataError, match="quantity=one unit a row"):
        read_sales(data)
    report = read_sales(data, mapping={"quantity": "One unit a row"}).report
    assert report.units_used == len(LINES) == report.rows_used
    assert report.revenue_used == pytest.approx(sum(PRICES[m] for _, m, _ in LINES))
    assert [p.count for p in report.problems if p.code == "one_a_row"] == [len(LINES)]


def test_a_column_of_that_name_is_a_column() -> None:
    rows = "\n".join(f"{d},M-{m},{2 + m}" for d, m, _ in LINES)
    report = read_sales(
        f"date,sku,one unit a row\n{rows}".encode(), mapping={"quantity": "one unit a row"}
    ).report
    assert report.units_used == sum(2 + m for _, m, _ in LINES)


def test_what_is_sold_is_the_quantity() -> None:
    rows = "\n".join(f"{d},M-{m},{260 + m},{2 + m}" for d, m, _ in LINES)
    report = read_sales(f"date,sku,vendor number,Bottles Sold\n{rows}".encode()).report
    assert report.mapping["quantity"] == "Bottles Sold" and report.units_used == sum(
        2 + m for _, m, _ in LINES
    )
