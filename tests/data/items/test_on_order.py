"""What is on order with its day of arrival, and what is reserved: read by row, counted on in time, and never lost in silence."""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analytics.assumptions import Assumptions
from analytics.data.files.source import open_source
from analytics.data.files.table import read_table
from analytics.data.items.items_file import read_item_list, read_items
from analytics.data.items.stock_totals import stock_totals
from analytics.data.reshape.table_kinds import kind_of
from analytics.data.uploads import Given, read_files
from analytics.simulation.run_out import Arrivals, death_steps, played_down
from analytics.simulation.world import draw_demand, in_force
from analytics.study import Study, run_study
from analytics.study_stock.cash import study_attention, study_stop_ordering
from analytics.study_stock.exposure import stock_played_down, study_runs_out
from analytics.study_stock.valuation import study_valuation
from analytics.valuation.on_hand import StockFacts
from analytics.valuation.policy import StockPolicy
from analytics.writeup.reserves import nrv_table
from analytics.writeup.stock import stock_table

STOCK = (
    b"as_of,sku,location,quantity,reserved,on_order,expected_date,unit_cost\n"
    b"2024-12-30,A,N,30,5,100,2025-01-06,10\n2024-12-30,A,S,20,,300,2025-06-30,10\n"
    b"2024-12-30,B,N,50,,400,2025-06-30,5\n2024-12-30,C,N,50,,400,,5\n"
    b"2024-12-30,D,N,50,,400,2024-11-30,5\n2024-12-30,E,N,100,40,,,10\n2024-12-30,F,N,50,45,400,2025-01-06,5\n"
)


def lines() -> bytes:
    """A, B, C, D and F sell about 10 a week until 2024-12-30; E ended in September, 30 of it are sold firmly at 8."""
    start = datetime.date(2024, 1, 1)
    rows = [
        f"{start + datetime.timedelta(weeks=w)},{sku},{8 + w % 5},15,,Shipped"
        for w in range(53)
        for sku in ("ABCDF" if w >= 38 else "ABCDEF")
    ]
    orders = ["2024-09-20,E,30,8,2025-02-10,Open"]
    return "\n".join(["order date,sku,quantity,price,due date,status", *rows, *orders]).encode()


@cache
def study() -> Study:
    items = (
        "sku,make,production_days,end_date\n"
        + "".join(f"{s},1,56,\n" for s in "ABCDF")
        + "E,1,56,2024-09-30\n"
    )
    found = read_files(
        [Given(lines(), "sales.csv")],
        items=Given(items.encode(), "items.csv"),
        stock=Given(STOCK, "stock.csv"),
    )
    stated = Assumptions().with_general(hazard_per_year=0.08)
    return run_study(
        found.history, found.items, stated, items_report=found.items_report, draws=4, how_sure=False
    )


def at(stock: StockFacts, sku: str) -> int:
    return [str(s) for s in stock.skus].index(sku)


def test_rows_are_added_and_arrivals_kept_by_day() -> None:
    found = read_item_list(STOCK, stock_list=True)
    items = found.items
    assert dict(zip(items.skus, items["on_order"], strict=True))["A"] == 400.0
    assert np.nansum(items["stock_reserved"]) == 90.0 and np.nansum(items["on_order"]) == 2000.0
    rows = {(str(r.sku), str(r.date.date())): r.units for r in found.lots.itertuples()}
    assert rows == {
        ("A", "2025-01-06"): 100.0, ("A", "2025-06-30"): 300.0, ("B", "2025-06-30"): 400.0,
        ("D", "2024-11-30"): 400.0, ("F", "2025-01-06"): 400.0,
    }  # fmt: skip
    said = {problem.code: problem.sentence() for problem in found.report.problems}
    assert (
        "400 units on order without a day of arrival: taken to be there in time" in said["on_order_undated"]
    )
    assert "reserved stock, 90 units in all: in the books, and not free" in said["stock_reserved"]
    totals = stock_totals(items)
    assert (totals.units, totals.units_reserved, totals.units_on_order) == (350.0, 90.0, 2000.0)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Artikel;Bestand;Reserviert;Bestellt;Liefertermin", (50.0, 20.0)),
        ("SKU;On hand;Qty committed;Open PO qty;ETA", (50.0, 20.0)),
        ("Articulo;Existencias;Cantidad reservada;En pedido;Fecha prevista", (50.0, 20.0)),
        (
            "Item;Available;Allocated;On order;Due date",
            (70.0, 20.0),
        ),  # available is what is left: on hand is both
    ],
)
def test_columns_are_told_in_several_languages(header: str, expected: tuple[float, float]) -> None:
    content = f"{header}\nX;50;20;30;15.01.2025\nY;4;;;\n".encode()
    found = read_item_list(content, stock_list=True)
    assert (found.items["on_hand"][0], found.items["stock_reserved"][0]) == expected
    assert found.lots["units"].tolist() == [30.0] and str(found.lots["date"].iloc[0].date()) == "2025-01-15"


def test_days_that_decide_nothing_or_are_none_are_said() -> None:
    two = read_item_list(b"sku,on_hand,on_order,eta\nA,5,7,03/04/2025\n")
    assert not len(two.lots) and any("eta not used" in words for words in two.report.assumed)
    assert any("7 units on order without a day" in p.message for p in two.report.problems)
    bad = read_item_list(
        b"sku,on_hand,on_order,eta\nA,5,7,soon\nB,5,7,2025-04-20\nC,1,,2025-04-21\nD,1,1,2025-04-22\n"
    )
    assert {str(sku) for sku in bad.lots["sku"]} == {"B", "D"}
    assert any(p.code == "value_unreadable" and "soon" in p.found for p in bad.report.problems)
    more, report = read_items(b"sku,on_hand,reserved\nA,5,9\nB,5,-2\n")
    assert any("4 units are reserved beyond what is on hand" in p.message for p in report.problems)
    assert np.isnan(more["stock_reserved"][1]) and any(p.code == "value_unreadable" for p in report.problems)


def test_a_due_date_without_orders_under_way_is_that_of_sales() -> None:
    """A due date makes no list of items of what may be sales; beside units on order it does."""
    plain, ordered = (
        read_table(open_source(content)[0])
        for content in (b"due date,sku,price\n2024-07-15,A,9\n", b"due date,sku,on order\n2024-07-15,A,9\n")
    )
    assert (kind_of(plain), kind_of(ordered)) == ("sales", "items")


def test_a_row_of_what_is_on_order_alone_is_no_blank_stock() -> None:
    items, report = read_items(b"sku,on_hand,on_order,eta\nA,5,,\nA,,7,2025-04-20\n", stock_list=True)
    assert items["on_hand"].tolist() == [5.0] and items["on_order"].tolist() == [7.0]
    assert not any(p.code == "stock_blank" for p in report.problems)


def test_only_what_comes_in_time_is_netted() -> None:
    """Two months until new stock, 10 a week, 50 there: without more all run out; 100 in a week do for A, 400 in June do not help B."""
    valued = study_valuation(study())
    short = study_runs_out(study(), valued, stock_played_down(study(), valued))
    chance = {sku: short.chance[at(valued.stock, sku)] for sku in "ABCDF"}
    assert chance["B"] > 0.9 and chance["A"] < 0.1 and chance["C"] == chance["D"] == 0.0
    # F: 45 of 50 are promised; the week until 400 come asks for 8 to 12 of the 5 left
    assert chance["F"] > 0.9 and 3.0 <= short.units[at(valued.stock, "F")] <= 7.0
    alone = stock_played_down(study(), replace(valued, coming=None))  # 400 in June change nothing for B
    b = at(valued.stock, "B")
    both = stock_played_down(study(), valued)
    assert (both.stranded == alone.stranded).all() and (both.short[at(valued.stock, "A")] < alone.short[at(valued.stock, "A")]).any()  # fmt: skip
    assert short.units[b] == pytest.approx(study().setup.alive[b] * alone.short[b].mean(), rel=1e-6)
    table = stock_table(valued).set_index("sku")
    assert table.loc["A", "arrives_first"] == "2025-01-06" and table.loc["D", "arrives_first"] == ""
    assert (table.loc["A", "on_order"], table.loc["A", "reserved"], table.loc["total", "reserved"]) == (
        400,
        5,
        90,
    )
    notes = " ".join(valued.stock.notes)
    assert "400 units on order were to arrive before 2024-12-30, the day of the stock" in notes
    assert "400 units on order without a day of arrival: taken to be there in time" in notes


def test_arrivals_are_played_as_a_store_would_see_them() -> None:
    """A loop over the weeks, path by path: what cannot be served is lost, what comes serves from its week on."""
    world = in_force(study().setup.world)
    n, weeks = len(world.keys), 9
    wanted = np.empty((n, 1, world.paths, 52 * int(world.steps_per_week[0])), np.float32)
    assert len(set(world.steps_per_week.tolist())) == 1
    draw_demand(world, np.arange(n), wanted)
    per_week, size = int(world.steps_per_week[0]), np.ones(n) if world.step is None else world.step
    coming = Arrivals(np.array([0, 0, 1]), np.array([1.5, 4.0, 3.2]), np.array([25.0, 30.0, 12.0]))
    found = played_down(world, np.full(n, 17.0), np.full(n, float(weeks)), coming)
    ends = death_steps(world, np.arange(n))
    for i in (0, 1, 2):
        for path in range(0, world.paths, 7):
            left, lost, first = 17.0, 0.0, np.inf
            for step in range(min(weeks * per_week, int(min(ends[i, path], 10_000)) + 1)):
                for product, week, units in zip(*coming, strict=True):
                    if product == i and int(np.ceil(week * per_week)) == step:
                        left += units
                asked = float(wanted[i, 0, path, step]) * float(size[i])
                served = min(asked, left)
                left, lost = left - served, lost + asked - served
                if asked - served > 1e-9 and np.isinf(first):
                    first = step / per_week
            assert found.short[i, path] == pytest.approx(lost, abs=1e-3)
            if lost > 0.0:
                assert found.first_short[i, path] == pytest.approx(first)


def test_what_is_reserved_is_in_the_books_and_not_free() -> None:
    valued = study_valuation(study())
    stock = valued.stock
    f = at(stock, "F")
    assert stock.on_hand[f] == 50.0 and stock.available[f] == 5.0 and stock.book_value[f] == 250.0
    start, _ = study_stop_ordering(study(), valued)
    assert start[f] <= start[at(stock, "B")]
    few = valued.under(valued.policy.__class__(excess_months=1.0)).stock  # demand of a month is about 43
    assert few.excess_units[f] == 0.0 and few.excess_units[at(stock, "B")] > 0.0


@cache
def dated_by_due_day(by_order: bool) -> StockFacts:
    """A and B sell 10 a week; 36 of A are open, 12 due in each of the next three weeks. 80 of each on hand, 40 reserved.

    Dated by the due day the open ones are of the weeks ahead; dated by the day of the order they are of the past.
    """
    start = datetime.date(2024, 1, 1)
    due = [(start + datetime.timedelta(weeks=w), sku, 9 + w % 3, "Shipped") for w in range(53) for sku in "AB"]  # fmt: skip
    due += [(start + datetime.timedelta(weeks=w), "A", 12, "Open") for w in (53, 54, 55)]
    rows = [f"{day - datetime.timedelta(weeks=4)},{day},{sku},{units},15,{state}" for day, sku, units, state in due]  # fmt: skip
    head = "order date,due date,sku,quantity,price,status"
    if not by_order:
        head, rows = "due,sku,quantity,price,status", [row.partition(",")[2] for row in rows]
    found = read_files(
        [Given("\n".join([head, *rows]).encode(), "sales.csv")],
        items=Given(b"sku,make,production_days\nA,1,56\nB,1,56\n", "items.csv"),
        stock=Given(b"as_of,sku,quantity,reserved,unit_cost\n2024-12-30,A,80,40,10\n2024-12-30,B,80,40,10\n", "stock.csv"),
    )  # fmt: skip
    study = run_study(
        found.history, found.items, items_report=found.items_report, draws=4, frequency="W", how_sure=False
    )
    valued = study_valuation(study, StockPolicy(excess_months=1.0))
    weeks = study.forecast.mean[:1, :3].sum() * study.life.alive[0]
    assert by_order or weeks == pytest.approx(30.0, rel=0.2)  # each week less than the 12 that are due
    return valued.stock


def test_an_order_that_demand_holds_is_not_taken_off_again() -> None:
    """By the due day about 30 of the 36 open units of A are of the demand of the next three weeks: only the rest of 40 is not free.

    B has no open orders here, so all 40 are others'. By the day of the order none is ahead.
    """
    due, ordered = dated_by_due_day(False), dated_by_due_day(True)
    a, b = at(due, "A"), at(due, "B")
    inside = due.units_of("ahead")[a]
    assert 24.0 < inside < 36.0 and due.units_of("ahead")[b] == 0.0
    assert due.available[a] == pytest.approx(80.0 - 40.0 + inside) and due.available[b] == 40.0
    month = due.monthly[a, 0]
    assert 0.0 < due.excess_units[a] == pytest.approx(80.0 - 40.0 + inside - month)
    assert due.units_of("reserved")[a] == 40.0  # shown as the file says
    assert ordered.units_of("ahead").tolist() == [0.0, 0.0] and ordered.available.tolist() == [40.0, 40.0]


def test_firm_orders_of_an_ended_product_are_served_from_its_stock() -> None:
    """E has ended: 100 at 10, of which 30 are sold at 8. 30 lose 2 each, 70 are worth a fifth: 60 + 560, not 800."""
    valued = study_valuation(study())
    stock, e = valued.stock, at(valued.stock, "E")
    assert stock.group[e] == 1 and valued.contract_units[e] == 30.0
    assert valued.reserve[e] == pytest.approx(30 * 2.0 + 70 * 10 * 0.8) and valued.net_value[
        e
    ] == pytest.approx(380.0)
    assert nrv_table(valued).set_index("sku").loc["E", "contract_price"] == 8.0
    assert stock.lost_value == pytest.approx(700.0) and stock.ended == pytest.approx(1_000.0)
    assert stock.transition.not_cash[e] == pytest.approx(700.0)
    watched = study_attention(study(), valued)
    why = {str(r): m for i, r, m in zip(*watched, strict=True) if i == e}
    assert why["ended with stock"] == pytest.approx(700.0) and why["ended, ordered firmly"] == pytest.approx(
        300.0
    )
    notes = " ".join(stock.notes)
    assert "30 units of ended products are held for firm orders that bring 240.00" in notes
    assert "10 units of ended products are reserved without an order that names its price" in notes
