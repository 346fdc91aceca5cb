"""Lots of a list of stock, and what is free, blocked, in inspection and somebody else's: every unit somewhere, aged by the day its lot came in."""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analytics.data.items.items_file import read_item_list, read_items
from analytics.data.uploads import Given, Reading, read_files
from analytics.study import Study, run_study
from analytics.study_stock.cash import study_way
from analytics.study_stock.exposure import stock_played_down, study_runs_out
from analytics.study_stock.valuation import study_valuation
from analytics.writeup.reserves import nrv_table, valuation_summary
from analytics.writeup.stock import stock_table

#: A: three lots of one's own (one without a day), one blocked, one in inspection, one of the supplier's; B: nothing dated
STOCK = (
    b"as_of;sku;lot;receipt_date;quantity;status;unit_cost\n"
    b"30.12.2024;A;L1;15.11.2024;300;frei;10\n30.12.2024;A;L2;01.02.2024;200;frei;10\n"
    b"30.12.2024;A;L3;;50;frei;10\n30.12.2024;A;L4;20.12.2023;40;gesperrt;10\n"
    b"30.12.2024;A;L5;28.12.2024;30;Qualit\xc3\xa4tspr\xc3\xbcfung;10\n30.12.2024;A;L6;01.01.2024;500;Konsignation;10\n"
    b"30.12.2024;B;;;20;frei;5\n30.12.2024;C;L9;03.01.2025;9;frei;7\n"
)


def sales(orders: str = "") -> bytes:
    """A and B sell 20 a week for a year until 2024-12-30; firm orders are due afterwards."""
    start = datetime.date(2024, 1, 1)
    lines = [
        f"{start + datetime.timedelta(weeks=w)},{sku},{18 + w % 5},15,,Shipped"
        for w in range(53)
        for sku in "AB"
    ]
    return "\n".join(["order date,sku,quantity,price,due date,status", *lines, *orders.split()]).encode()


def of(items: object, field: str, sku: str) -> float:
    """One value of a product."""
    return float(items[field][list(items.skus).index(sku)])  # type: ignore[index, attr-defined]


def test_every_unit_stands_in_its_state() -> None:
    found = read_item_list(STOCK, stock_list=True)
    items = found.items
    assert of(items, "on_hand", "A") == 300 + 200 + 50 + 40 + 30 and of(items, "stock_consigned", "A") == 500
    assert (of(items, "stock_blocked", "A"), of(items, "stock_in_quality", "A")) == (40.0, 30.0)
    whole = float(np.nansum(items["on_hand"]) + np.nansum(items["stock_consigned"]))
    assert whole == 300 + 200 + 50 + 40 + 30 + 500 + 20 + 9 and found.report.rows_used == 8
    said = {problem.code: problem.sentence() for problem in found.report.problems}
    assert (
        "blocked stock, 40 units in all: in the books, and not counted on for sale" in said["stock_blocked"]
    )
    assert "stock in quality inspection, 30 units" in said["stock_in_quality"]
    assert "50 units without a day of receipt" in said["lot_undated"]


def test_the_lots_are_the_rows_of_one_s_own() -> None:
    lots = read_item_list(STOCK, stock_list=True).lots
    rows = {(str(r.sku), str(r.date.date())): r.units for r in lots.itertuples()}
    assert rows == {
        ("A", "2024-11-15"): 300.0, ("A", "2024-02-01"): 200.0, ("A", "2023-12-20"): 40.0,
        ("A", "2024-12-28"): 30.0, ("C", "2025-01-03"): 9.0,
    }  # fmt: skip


def test_the_status_of_a_product_is_not_that_of_its_stock() -> None:
    """An items file says of a product that it is blocked for purchase: its stock is as free as before."""
    items, _ = read_items(b"sku,status,on hand,unit cost\nA,blocked,5,2\nB,active,7,2\n")
    assert of(items, "on_hand", "A") == 5.0 and "stock_blocked" not in items.values
    marked, _ = read_items(b"sku,location,blocked,on hand,unit cost\nA,N,x,5,2\nA,S,,7,2\n")
    assert of(marked, "on_hand", "A") == 12.0 and of(marked, "stock_blocked", "A") == 5.0


def test_dates_that_decide_nothing_are_left_out_and_said() -> None:
    found = read_item_list(b"sku,on_hand,lot,receipt_date\nA,5,L1,03/04/2024\n")
    assert of(found.items, "on_hand", "A") == 5.0 and not len(found.lots)
    assert any("receipt_date not used" in words for words in found.report.assumed)
    told = read_item_list(b"sku,on_hand,lot,receipt_date\nA,5,L1,03/04/2024\n", date_order="DMY")
    assert str(told.lots["date"].iloc[0].date()) == "2024-04-03"
    german = b"Datum;sku;Menge;Preis\n" + b"".join(b"%02d.%02d.2024;A;4;9\n" % (20, m) for m in range(1, 8))
    stock = b"sku;quantity;lot;receipt_date\nA;5;L1;03.04.2024\n"
    beside = read_files(
        [Given(german, "sales.csv")], stock=Given(stock, "stock.csv")
    )  # as the sales are written
    lots = beside.history.apart[beside.history.apart["kind"] == "lot"]
    assert str(lots["date"].iloc[0].date()) == "2024-04-03"


def test_a_list_of_lots_is_told_from_sales_by_its_columns() -> None:
    lots = b"sku,lot,receipt_date,quantity\nA,L1,2024-05-01,40\nA,L2,2024-06-01,60\n"
    reading = read_files([Given(sales(), "sales.csv"), Given(lots, "lager.csv")])
    assert reading.items is not None and of(reading.items, "on_hand", "A") == 100.0
    assert (reading.history.apart["kind"] == "lot").sum() == 2


@cache
def reading() -> Reading:
    """Sales with 60 firm orders for A at 8 of each, and the stock above, half of B still to be finished and 400 of it on order."""
    orders = "2024-12-30,A,60,8,2025-02-10,Open"
    items = b"sku,cost_to_complete,on_order,make,production_days\nA,,,1,7\nB,12.5,400,1,7\n"
    return read_files(
        [Given(sales(orders), "sales.csv")], items=Given(items, "items.csv"), stock=Given(STOCK, "stock.csv")
    )


@cache
def study() -> Study:
    found = reading()
    return run_study(found.history, found.items, items_report=found.items_report, draws=4, how_sure=False)


def test_stock_is_aged_by_its_lots() -> None:
    """On 2024-12-30: 300 of 45 days, 30 of 2, 200 of 333, 40 of 376; 50 without a day and 9 of a day to come are older than the records."""
    valued = study_valuation(study())
    place = {str(sku): i for i, sku in enumerate(valued.stock.skus)}
    table = stock_table(valued).set_index("sku")
    assert valued.age.quantity[place["A"]].tolist() == [330.0, 0.0, 200.0, 40.0, 50.0]
    assert (
        table.loc["A", "age_origin"] == "lots of the stock"
        and table.loc["B", "age_origin"] == "imputed from sales"
    )
    assert (
        valued.age.quantity[place["C"]].tolist() == [0.0, 0.0, 0.0, 0.0, 9.0] and valued.age.lots_later == 9.0
    )
    notes = " ".join(valuation_summary(valued)["notes"])
    assert "9 units of lots are dated after 2024-12-30" in notes
    assert float(valued.age.value.sum()) == pytest.approx(valued.stock.total) == 620 * 10 + 20 * 5 + 9 * 7


def test_blocked_stock_is_in_the_books_and_releases_no_cash() -> None:
    valued = study_valuation(study())
    stock = valued.stock
    at = list(stock.skus).index("A")
    assert stock.on_hand[at] == 620.0 and stock.available[at] == 580.0
    assert stock.value_of("blocked") == 400.0 and stock.value_of("in_quality") == 300.0
    way = stock.transition
    assert way.kept[at] + way.released[at].sum() + way.not_cash[at] == pytest.approx(6_200.0)
    assert way.of_blocked[at] == 400.0  # type: ignore[index]
    assert study_way(study(), valued).down.closing[at, -1] >= 40.0
    table = stock_table(valued).set_index("sku")
    assert (table.loc["A", "blocked"], table.loc["total", "blocked"], table.loc["B", "on_order"]) == (
        40.0,
        40.0,
        400.0,
    )


def test_what_is_on_order_is_netted_and_is_no_stock() -> None:
    """B holds 20 of 20 a week: without its 400 on order it runs out in most years, with them in none; the 400 are no excess of stock."""
    valued = study_valuation(study())
    at = list(study().items.skus).index("B")
    bare = stock_played_down(study(), replace(valued, coming=None))
    assert (bare.short[at] > 0.0).mean() > 0.5
    assert study_runs_out(study(), valued, stock_played_down(study(), valued)).chance[at] == 0.0
    assert valued.stock.excess_units[at] == 0.0 and valued.stock.on_hand[at] == 20.0
    few = valued.under(valued.policy.__class__(excess_months=2.0)).stock
    held, demand = 20.0 + 400.0, float(few.monthly[at, :2].sum())
    assert few.excess_units[at] == 0.0 and few.excess_on_order[at] == pytest.approx(held - demand)


def test_firm_orders_and_cost_to_complete_of_the_files() -> None:
    """A: 60 units are sold firmly at 8, two below cost. B sells at 15, 12.50 are still to be spent: it fetches 2.50 of 5."""
    valued = study_valuation(study())
    table = nrv_table(valued).set_index("sku")
    assert (table.loc["A", "contract_units"], table.loc["A", "contract_price"]) == (60.0, 8.0)
    assert table.loc["A", "nrv_write_down"] == pytest.approx(120.0)
    assert (table.loc["B", "cost_to_complete"], table.loc["B", "nrv_write_down"]) == (
        12.5,
        pytest.approx(50.0),
    )
