"""Stock of a code that no other file knows is a part of its own: in the balance, the tables, the ledger and the words, and nothing is lost."""

from __future__ import annotations

import datetime
from functools import cache

import numpy as np
import pytest

from analytics.data.uploads import Given, read_files
from analytics.study import Study, run_study
from analytics.study_results import study_summary, study_tables
from analytics.study_stock.valuation import study_valuation
from analytics.valuation.policy import StockPolicy
from analytics.writeup.words.stock import parts_sentence
from dashboard.parts.stock import parts_table, way_table

START = datetime.date(2023, 1, 2)
SALES = "\n".join(
    ["date,sku,quantity,price"]
    + [f"{START + datetime.timedelta(weeks=w)},{s},{5 + w % 3},20" for w in range(104) for s in "ABC"]
)
#: L is listed and never sold; X, Y and Z stand in the list of stock alone, Y without a cost, Z booked below zero
ITEMS = "sku,unit_cost,make,production_days\n" + "".join(f"{s},10,1,7\n" for s in "ABCL")
STOCK = (
    "as_of,sku,quantity,unit_cost,status\n2024-12-23,A,150,10,free\n2024-12-23,B,-3,10,free\n2024-12-23,C,40,10,consignment\n"
    "2024-12-23,L,20,10,free\n2024-12-23,X,70,4,free\n2024-12-23,X,5,4,free\n2024-12-23,Y,9,,free\n2024-12-23,Z,-2,6,free\n"
)


@cache
def study() -> Study:
    read = read_files(
        [Given(SALES.encode(), "sales.csv")],
        Given(ITEMS.encode(), "items.csv"),
        stock=Given(STOCK.encode(), "stock.csv"),
    )
    return run_study(
        read.history, read.items, items_report=read.items_report, draws=4, currency="EUR", how_sure=False
    )


def test_what_was_read_is_what_stands_in_the_parts() -> None:
    """By hand: 189 units and 1,952 of money read; 170 at 1,700 valued, 9 without a cost, -5 at -42 negative, 75 at 300 unknown, 40 at 400 another's."""
    parts = {part["part"]: part for part in study_summary(study())["stock"]["parts"]}
    units = {name: part["units"] for name, part in parts.items() if part["units"] is not None and np.isfinite(part["units"])}  # fmt: skip
    money = {name: part["money"] for name, part in parts.items()}
    assert sum(units.values()) == 150 - 3 + 40 + 20 + 75 + 9 - 2
    assert units["living"] + units["never_sold"] == 170.0 and money["living"] + money["never_sold"] == 1700.0
    assert (units["without_cost"], units["below_zero"], money["below_zero"]) == (9.0, -5.0, -42.0)
    assert (parts["unknown_sku"]["products"], units["unknown_sku"], money["unknown_sku"]) == (1, 75.0, 300.0)
    assert (units["consignment"], money["consignment"]) == (40.0, 400.0)
    assert money["never_sold"] == 200.0 and study_summary(study())["stock"]["unknown_sku"] == 300.0


def test_every_table_has_it_in_a_line_of_its_own() -> None:
    tables = study_tables(study())
    stock = tables["stock"]().set_index("sku")
    assert stock.loc[["X", "Y", "L"], "status"].tolist() == ["unknown SKU", "unknown SKU", "never sold"]
    assert stock.loc["total", "book_value"] == 2000.0
    capital, carried = (tables[name]().set_index("scope") for name in ("working_capital", "carrying"))
    own = "stock in the file, unknown SKU"
    assert capital.loc[own, "net"] == carried.loc[own, "average_stock"] == 300.0
    assert capital.loc["stock in the file, never sold", "net"] == 200.0
    assert tables["transition"]()["stock"].iloc[-1] == 500.0
    ledger = study_tables(study(), StockPolicy(ledger=1_700.0))["ledger"]()
    line = ledger[(ledger["account"] == "total") & (ledger["line"] == "unknown_sku")].iloc[0]
    assert (line["products"], line["amount"], line["remains"]) == (1, -300.0, 0.0)


def test_the_screen_says_it() -> None:
    stock = study_valuation(study()).stock
    assert "200.00 on products never sold + 300.00 of SKUs that no other file knows" in parts_sentence(stock, "EUR")  # fmt: skip
    assert stock.unknown_sold == 0
    shown = parts_table(stock).set_index("Stock of")["At unit cost"]
    assert shown["unknown SKU: in the list of stock, in no other file"] == "300.00"
    way = way_table(stock).set_index("Of today's stock")["At unit cost"]
    assert (way["was never sold"], way["is of an unknown SKU"]) == ("200.00", "300.00")
    assert any("75 units" not in note and "of none that is sold or listed" in note for note in stock.notes)


def test_a_list_of_items_that_knows_the_code_makes_it_never_sold() -> None:
    read = read_files(
        [Given(SALES.encode(), "sales.csv")],
        Given((ITEMS + "X,4,1,7\nY,,1,7\nZ,6,1,7\n").encode(), "items.csv"),
        stock=Given(STOCK.encode(), "stock.csv"),
    )
    assert read.items is not None
    assert not np.isfinite(np.asarray(read.items["stock_unlisted"], float)).any()
    assert float(np.nansum(read.items["on_hand"])) == pytest.approx(150 + 20 + 75 + 9)
