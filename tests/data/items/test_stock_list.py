"""A list of stock: its quantity is what is on hand, places are added, consignment is nobody's sum, and every unit is somewhere."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.data.items.items_file import read_items
from analytics.data.uploads import Given, read_files

SALES = b"date,sku,quantity,price\n" + b"".join(
    b"2024-0%d-05,A,4,9\n2024-0%d-06,B,2,9\n" % (m, m) for m in range(1, 7)
)
STOCK = (
    b"as_of,sku,quantity,location,value,unit_cost,status,booked reserve\n"
    b"2024-06-30,A,100,N,1000,10,free,\n2024-06-30,A,50,S,500,10,free,30\n2024-06-30,B,40,N,480,12,consignment,\n"
    b"2024-06-30,B,-3,S,-36,12,free,\n2024-06-30,C,9,S,63,7,blocked,\n2024-06-30,D,,S,,7,free,\n"
)
GERMAN = (
    "Stichtag;Artikelnummer;Menge;Lagerort;Stückkosten;Status\n"
    "30.06.2024;A;1.100,5;N;10,25;frei\n30.06.2024;A;50;S;10,25;frei\n30.06.2024;B;40;N;12,00;Konsignation\n"
).encode()


def of(items: object, field: str, sku: str) -> float:
    """One value of a product."""
    return float(items[field][list(items.skus).index(sku)])  # type: ignore[index, attr-defined]


def test_every_unit_of_the_list_is_somewhere() -> None:
    items, report = read_items(STOCK, stock_list=True)
    assert (of(items, "on_hand", "A"), of(items, "on_hand", "B"), of(items, "on_hand", "C")) == (
        150.0,
        0.0,
        9.0,
    )
    assert of(items, "stock_below_zero", "B") == -3.0 and of(items, "stock_consigned", "B") == 40.0
    assert np.isnan(of(items, "on_hand", "D")) and of(items, "booked_reserve", "A") == 30.0
    whole = sum(float(np.nansum(items[name])) for name in ("on_hand", "stock_below_zero", "stock_consigned"))
    assert whole == 100 + 50 + 40 - 3 + 9
    assert str(items["stock_date"][0]) == "2024-06-30" and report.rows_read == report.rows_used == 6
    said = {problem.code: problem.sentence() for problem in report.problems}
    assert "stock on consignment, 40 units in all: not the firm's own, in no sum" in said["stock_consigned"]
    assert "stock below zero, -3 units" in said["stock_negative"]


def test_the_same_in_german_with_semicolons() -> None:
    items, report = read_items(GERMAN, stock_list=True)
    assert of(items, "on_hand", "A") == 1150.5 and of(items, "stock_consigned", "B") == 40.0
    assert of(items, "unit_cost", "A") == 10.25 and report.rows_used == 3


@pytest.mark.parametrize("named", [True, False])
def test_a_list_of_stock_is_told_from_sales(named: bool) -> None:
    """By name of the option, and by its columns among several files."""
    sales, stock = Given(SALES, "sales.csv"), Given(STOCK, "lager.csv")
    reading = read_files([sales], stock=stock) if named else read_files([sales, stock])
    assert reading.items is not None and of(reading.items, "on_hand", "A") == 150.0
    assert reading.history.report.rows_used == 12


def test_a_mark_of_yes_or_no_says_it_too() -> None:
    items, _ = read_items(b"sku,on hand,consignment,unit cost\nA,5,yes,2\nA,7,no,2\n")
    assert of(items, "on_hand", "A") == 7.0 and of(items, "stock_consigned", "A") == 5.0


def test_a_quantity_of_an_items_file_is_no_stock() -> None:
    items, _ = read_items(b"sku,quantity,unit cost\nA,5,2\n")
    assert "on_hand" not in items.values
