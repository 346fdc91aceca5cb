"""Several rows of a product in an items file: what is added, what is settled, what is said, and that no unit is lost on the way."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.data import read_items, read_sales
from analytics.data.history import IntakeReport

PLACES = (
    "sku,place,unit_cost,on_hand,reorder_point,name,as_of\n"
    "A,North,10,30,5,Bolt,2024-01-31\nA,South,12,50,7,Bolt,2024-01-31\n"
    "B,North,4,-5,4,Nut,2024-01-31\nB,South,4,9,4,Nut,2024-01-31\n"
    "C,North,3,,2,Ring,2024-01-31\nC,South,3,8,2,Rings,2024-01-31\nD,North,1,,,Pin,2024-01-31\n"
)


def said(report: IntakeReport) -> dict[str, str]:
    return {p.code: p.message for p in report.problems}


def test_places_are_added_and_said() -> None:
    items, report = read_items(PLACES.encode())
    assert items.skus.tolist() == ["A", "B", "C", "D"] and report.rows_used == report.rows_read == 7
    np.testing.assert_array_equal(items["on_hand"], [80.0, 9.0, 8.0, np.nan])
    np.testing.assert_array_equal(items["stock_below_zero"], [np.nan, -5.0, np.nan, np.nan])
    messages = said(report)
    assert messages["several_rows"] == "3 products have several rows (places: North, South): on hand added"
    assert (
        "-5 units in all" in messages["stock_negative"] and "left out of the sum" in messages["stock_blank"]
    )
    assert items["name"].tolist() == ["Bolt", "Nut", "Ring", "Pin"]  # the first row with a value
    differ = [p.message for p in report.problems if p.code == "rows_differ"]
    assert len(differ) == 3 and any(m.startswith("Name: the rows of 1 product differ") for m in differ)


def test_money_of_the_rows_is_money_of_the_product() -> None:
    """30 at 10 and 50 at 12 are 900: the average weighted by what is on hand closes the balance, neither row's cost does."""
    items, _ = read_items(PLACES.encode())
    assert items["unit_cost"][0] * items["on_hand"][0] == pytest.approx(30 * 10 + 50 * 12, abs=0.005)
    assert items["reorder_point"].tolist()[:3] == [
        12.0,
        4.0,
        2.0,
    ]  # levels of places that differ are added, those that agree are the product's


def test_a_row_exported_twice_counts_once() -> None:
    items, report = read_items(b"sku,unit_cost,on_hand\nA,2,7\nA,2,7\nA,2,3\n")
    assert items["on_hand"].tolist() == [10.0] and report.rows_used == 2 and report.rows_rejected == 1
    assert "7 units not counted" in said(report)["row_identical"] and report.rejected["row"].tolist() == [3]


def test_only_the_latest_stock_of_a_place_counts() -> None:
    rows = "sku,warehouse,on_hand,as_of\nA,N,40,2023-12-31\nA,N,30,2024-01-31\nA,S,5,2024-01-31\nB,N,9,2023-12-31\n"
    items, report = read_items(rows.encode())
    assert items["on_hand"].tolist() == [35.0, 9.0] and "40 units not counted" in said(report)["stock_older"]
    assert [str(d) for d in items["stock_date"]] == ["2024-01-31", "2023-12-31"]


def test_costs_in_another_currency_are_left_out_with_their_money() -> None:
    items, report = read_items(b"sku,unit_cost,on_hand,currency\nA,2,7,EUR\nB,5,4,EUR\nC,3,6,USD\n")
    np.testing.assert_array_equal(items["unit_cost"], [2.0, 5.0, np.nan])
    assert items["on_hand"].tolist() == [7.0, 4.0, 6.0]
    assert "6 units on hand, 18.00 USD" in said(report)["mixed_currencies"]


def test_a_day_that_cannot_be_read_asks_nothing_that_stock_does_not_need() -> None:
    items, report = read_items(b"sku,on_hand,date\nA,7,03/04/2024\n")
    assert (
        items["on_hand"].tolist() == [7.0]
        and "stock_date" not in items.values
        and any("date not used" in line for line in report.assumed)
    )


def test_random_rows_lose_no_unit() -> None:
    rng = np.random.default_rng(3)
    quantity = np.where(rng.random(400) < 0.1, -1.0, 1.0) * rng.integers(1, 500, 400)
    code, place = rng.integers(0, 60, 400), np.arange(400)
    lines = [f"S{c:02d},P{p},{1 + p / 8},{q:g}" for c, p, q in zip(code, place, quantity, strict=True)]
    items, report = read_items("\n".join(["sku,place,unit_cost,on_hand", *lines]).encode())
    assert report.rows_used == 400
    assert np.nansum(items["on_hand"]) + np.nansum(items["stock_below_zero"]) == quantity.sum()
    plus = quantity > 0
    assert np.nansum(items["on_hand"] * items["unit_cost"]) == pytest.approx(
        float((quantity * (1 + place / 8))[plus].sum()), abs=0.005
    )


def test_places_of_sales_are_said() -> None:
    lines = [
        "Date,SKU,Warehouse,Quantity",
        *(f"2023-0{m}-02,W-1,{w},3" for m in range(1, 8) for w in ("Bonn", "Wien")),
    ]
    report = read_sales("\n".join(lines).encode()).report
    assert (
        said(report)["places_pooled"] == "2 places (Bonn, Wien) are taken as one stock"
        and report.units_used == 42.0
    )


def test_a_column_with_two_ways_of_writing_numbers_is_not_read_in_one() -> None:
    listed = b'sku;unit_cost;on_hand\nA;1085.0;5\nB;"739,041";1,200\nC;12.5;7\n'
    items, report = read_items(listed)
    assert (
        items["unit_cost"].tolist()[0] == 1085.0
        and np.isnan(items["unit_cost"][1])
        and items["unit_cost"][2] == 12.5
    )
    assert items["on_hand"].tolist() == [5.0, 1200.0, 7.0]  # nothing in its own column is written otherwise
    said = next(p for p in report.problems if p.code == "number_doubtful")
    assert (
        (said.row, said.column, said.found, said.count) == (3, "unit_cost", "739,041", 1)
        and "thousands or three decimals" in said.message
        and said.remedy
    )
    told, _ = read_items(listed, decimal=".")
    assert told["unit_cost"].tolist() == [1085.0, 739041.0, 12.5]
    comma, report = read_items(b"sku;unit_cost\nA;1085,0\nB;739.041\nC;12,5\n")
    assert (
        comma["unit_cost"].tolist()[::2] == [1085.0, 12.5]
        and np.isnan(comma["unit_cost"][1])
        and "number_doubtful" in said_codes(report)
    )
    both, _ = read_items(b"sku;unit_cost\nA;1.085\nB;739,041\nC;12\n")
    assert np.isnan(both["unit_cost"]).tolist() == [
        True,
        True,
        False,
    ]  # one of each, and nothing proves either mark


def said_codes(report: object) -> set[str]:
    return {p.code for p in report.problems}  # type: ignore[attr-defined]


def test_a_price_of_the_sales_that_can_be_read_two_ways_leaves_its_row_out_with_the_reason() -> None:
    history = read_sales(
        b'date,sku,quantity,revenue\n2024-01-13,A,1,1085.0\n2024-01-14,A,1,"739,041"\n2024-01-15,A,1,12.5\n'
    )
    assert history.report.rows_used == 2 and history.report.revenue_used == 1097.5
    assert history.report.rejected["found"].tolist() == ["739,041"] and "number_doubtful" in said_codes(
        history.report
    )
    whole = read_sales(
        b'date,sku,quantity,revenue\n2024-01-13,A,1,"1,085.0"\n2024-01-14,A,1,"739,041"\n2024-01-15,A,1,12.5\n'
    )
    assert whole.report.revenue_used == 1085 + 739041 + 12.5
