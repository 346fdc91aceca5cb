"""Several files dropped at once: sales, items and bill of materials are told apart by their columns."""

from __future__ import annotations

import itertools

import pytest

from analytics.data.files.source import open_source
from analytics.data.files.table import read_table
from analytics.data.uploads import Given, kind_of, read_files
from analytics.errors import DataError

SALES = Given(b"date,sku,quantity,price\n2012-01-27,A,3,9.5\n2012-01-28,B,1,7\n", "one.csv")
LATER = Given(b"Datum;Artikelnummer;Menge\n27.01.2013;A;3\n28.01.2013;C;1\n", "two.csv")
ITEMS = Given(b"sku,unit_cost,lead_time_days\nA,3,20\nB,2,10\n", "three.csv")
BOM = Given(b"assembly_sku,component_sku,quantity_per\nA,b,2\n", "four.csv")


@pytest.mark.parametrize("order", list(itertools.permutations([SALES, LATER, ITEMS, BOM]))[::5])
def test_the_order_of_the_files_does_not_matter(order: tuple[Given, ...]) -> None:
    found = read_files(order)
    assert found.history.skus.tolist() == ["A", "B", "C"] and found.history.quantity.sum() == 8
    assert found.items is not None and found.items["unit_cost"].tolist() == [3.0, 2.0]
    assert found.bom is not None and found.bom.quantity.tolist() == [2.0]
    assert any("three.csv was recognised" in line for line in found.history.report.assumed)


def test_dates_of_items_that_could_be_read_both_ways_are_read_as_those_of_the_sales() -> None:
    items = Given(b"sku,unit_cost,launch_date\nA,3,03/04/2021\n", "items.csv")
    doubtful = Given(b"date,sku,quantity\n01/02/2023,A,3\n02/03/2023,A,4\n", "sales.csv")
    for told, month in (("DMY", "2021-04-03"), ("MDY", "2021-03-04")):
        found = read_files([doubtful], items, options={"date_order": told})
        assert found.items is not None and str(found.items["launch_date"][0]) == month
        assert found.items_report is not None and any(
            "that of the sales" in line for line in found.items_report.assumed
        )
    plain = Given(b"date,sku,quantity\n13/02/2023,A,3\n14/03/2023,A,4\n", "sales.csv")
    assert str(read_files([plain], items).items["launch_date"][0]) == "2021-04-03"  # type: ignore[index]
    sure = Given(b"sku,unit_cost,launch_date\nA,3,04/23/2021\n", "items.csv")
    assert str(read_files([plain], sure).items["launch_date"][0]) == "2021-04-23"  # type: ignore[index]
    with pytest.raises(DataError, match="day first or month first"):
        read_files([SALES], items)  # 2012-01-27 says nothing about 03/04


def test_two_lists_of_items_are_a_question() -> None:
    with pytest.raises(DataError) as caught:
        read_files([SALES, ITEMS], Given(ITEMS.source, "again.csv"))
    assert caught.value.problems[0].code == "two_items" and "again.csv" in caught.value.problems[0].found


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"sku,price,Tag der Lieferung,Anzahl Kisten\nA,2,2012-01-27,3\nA,2,2012-01-28,4\n", "sales"),
        (b"part,2012-01,2012-02,2012-03,unit_cost\nA,1,2,3,9\n", "sales"),
        (b"Material;Standardpreis;Losgr\xc3\xb6\xc3\x9fe\nA;3;20\n", "items"),
        (b"product,component,qty\nA,b,2\n", "bom"),
        (b"date,product,component,quantity\n2012-01-27,A,b,2\n", "bom"),
        (b"item,part,qty\nA,b,2\n", "sales"),
        (b"sku,unit_cost,end_date\nA,3,2014-01-31\nB,3,2014-02-28\n", "items"),
    ],
)
def test_kinds(data: bytes, kind: str) -> None:
    assert kind_of(read_table(open_source(data)[0])) == kind
