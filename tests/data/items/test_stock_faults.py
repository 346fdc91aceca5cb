"""Stock and receipts files with faults: a clear sentence, nothing lost, the rest goes on."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from analytics.data.items.items_file import read_items
from analytics.data.uploads import Given, read_files
from analytics.errors import DataError

START = datetime.date(2024, 1, 1)
SALES = "\n".join(
    ["date,sku,quantity,price"]
    + [f"{START + datetime.timedelta(weeks=w)},{s},{5 + w % 3},20" for w in range(53) for s in "AB"]
).encode()


def stock(text: str) -> tuple[dict[str, float], dict[str, float], str]:
    """Units and costs by product of a list of stock, and all that is said of it."""
    items, report = read_items(text.encode(), stock_list=True)
    assert report.rows_used + len(report.rejected) == report.rows_read
    units, cost = (dict(zip(items.skus, items[name], strict=True)) for name in ("on_hand", "unit_cost"))
    said = [problem.sentence() for problem in report.problems]
    return units, cost, " ".join([*said, *report.assumed])


def test_a_value_says_what_a_unit_costs_where_nothing_else_does() -> None:
    """10 for 125.50 are 12.55 each; 30 in two places for 300 and 90 are 13 on average; nothing is made of 0 units or no value."""
    text = "as_of,sku,quantity,value\n2024-12-30,A,10,125.50\n2024-12-30,B,20,300\n2024-12-30,B,10,90\n2024-12-30,C,0,5\n2024-12-30,D,4,\n"
    units, cost, said = stock(text)
    assert units == {"A": 10.0, "B": 30.0, "C": 0.0, "D": 4.0}
    assert cost["A"] == 12.55 and cost["B"] == pytest.approx(13.0)
    assert np.isnan(cost["C"]) and np.isnan(cost["D"]) and "unit cost of 3 rows = value / quantity" in said


def test_a_value_beside_a_cost_is_held_against_it() -> None:
    text = "as_of,sku,quantity,value,unit_cost\n2024-12-30,A,10,125.50,10\n2024-12-30,B,3,10.00,3.33\n"
    _, cost, said = stock(text)
    assert cost == {"A": 10.0, "B": 3.33}  # B is rounding
    assert "row 2, column value" in said and "(125.50 against 100.00 in all): the unit cost counts" in said


def test_totals_are_no_products_and_a_product_may_be_called_total() -> None:
    lines = "as_of,sku,quantity\n2024-12-30,A,7\n2024-12-30,B,3\n,Subtotal,10\n2024-12-30,C,5\n,Total,15\n"
    units, _, said = stock(lines)
    assert units == {"A": 7.0, "B": 3.0, "C": 5.0} and "rows of totals are no products" in said
    units, _, said = stock("as_of,sku,quantity\n2024-12-30,A,7\n2024-12-30,Total,3\n2024-12-30,B,5\n")
    assert units["Total"] == 3.0 and "rows of totals" not in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (SALES, "the list of stock has 53 different days: it looks like sales or movements"),
        (b"as_of,sku,quantity\n", "stock.csv holds no rows below its header"),
        (b"as_of,article text,quantity\n2024-12-30,A,5\n", "no column holds the product code"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_stock_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(DataError) as refused:
        read_files([Given(SALES, "sales.csv")], stock=Given(content, "stock.csv"))
    said = " ".join(problem.sentence() for problem in refused.value.problems)
    assert words in said and all(problem.remedy for problem in refused.value.problems)


def test_what_cannot_be_read_is_unknown_and_said() -> None:
    """Text for units, a cost below zero, salvage above cost: unknown, never zero, with row and remedy."""
    text = "as_of,sku,quantity,unit_cost,salvage share\n2024-12-30,A,viele,2,0.2\n2024-12-30,B,3,-2,1.4\n"
    items, report = read_items(text.encode(), stock_list=True)
    assert (
        np.isnan(items["on_hand"][0])
        and np.isnan(items["unit_cost"][1])
        and np.isnan(items["salvage_share"][1])
    )
    said = [problem.sentence() for problem in report.problems]
    assert any("row 2, column quantity" in one and "viele" in one for one in said)
    assert any("column unit_cost" in one and "at least 0" in one for one in said)
    assert any("column salvage share" in one and "from 0 to 1" in one for one in said)


def test_receipts_are_valued_at_the_cost_of_their_lines_and_say_nothing_of_forecasts() -> None:
    came = b"date,sku,quantity,unit_cost\n2024-05-01,A,10,8.5\n2024-06-01,A,4,\n"
    reading = read_files([Given(SALES, "sales.csv")], receipts=Given(came, "in.csv"))
    lines = reading.history.apart
    assert lines["money"].iloc[0] == 85.0 and np.isnan(lines["money"].iloc[1])
    assert reading.receipts_report is not None
    said = " ".join(problem.sentence() for problem in reading.receipts_report.problems)
    assert "forecast" not in said and "pooled" not in said


def test_receipts_that_cannot_be_read_are_named_with_their_row() -> None:
    came = b"date,sku,quantity\n2024-05-01,A,zehn\n2024-05-02,A,4\n2024-05-03,ZZ,9\n"
    report = read_files([Given(SALES, "sales.csv")], receipts=Given(came, "in.csv")).receipts_report
    assert report is not None and report.rejected["row"].tolist() == [2] and report.rows_used == 2
    assert any("receipts of 1 of 2 products are of none that is sold" in p.message for p in report.problems)
