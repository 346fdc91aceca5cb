"""Columns that say what rows are under a name that says nothing, in another script, or beside one of the stock."""

from __future__ import annotations

import pytest

from analytics.data import read_sales
from analytics.errors import DataError


def lines(header: str, cells: list[str]) -> bytes:
    """A file of 120 lines whose last cells go round; 1 to 5 units a line."""
    rows = [
        f"2023-{1 + k % 12:02d}-{1 + k % 28:02d},A{k % 3},{1 + k % 5},{cells[k % len(cells)]}"
        for k in range(120)
    ]
    return "\n".join([header, *rows]).encode()


def units(at: list[int], of: int) -> float:
    """Units of the lines whose place in the round is one of these."""
    return float(sum(1 + k % 5 for k in range(120) if k % of in at))


def test_states_are_read_by_their_words_where_the_name_says_nothing() -> None:
    report = read_sales(lines("Date,SKU,Qty,Flow", ["Shipped", "Invoiced", "Cancelled", "Quotation"])).report
    assert report.units_used == units([0, 1], 4) and {
        m.value for m in report.meanings if m.treatment == "leave out"
    } == {"Cancelled", "Quotation"}
    assert report.rows_used + report.rows_rejected == report.rows_read == 120


@pytest.mark.parametrize(
    "cells", [["Red", "Open", "Closed", "Blue"], ["Open", "Delivered"], ["Free", "Sample", "Gift"]]
)
def test_words_of_products_are_no_states(cells: list[str]) -> None:
    """Less than half known, or nothing among them that is not a sale: the column is not one of states."""
    report = read_sales(lines("Date,SKU,Qty,Finish", cells)).report
    assert report.units_used == units([0], 1) and report.rows_rejected == 0


def test_a_korean_header_is_read() -> None:
    report = read_sales(lines("Date,SKU,Qty,상태", ["배송완료", "견적", "취소"])).report
    assert report.units_used == units([0], 3)


def test_the_unit_of_the_quantity_is_not_that_of_the_stock() -> None:
    rows = [
        f"2023-{1 + k % 12:02d}-{1 + k % 28:02d},A,{1 + k % 5},{'Box' if k % 3 else 'Nos'},{(1 + k % 5) * (24 if k % 3 else 1)},Nos"
        for k in range(120)
    ]
    with pytest.raises(DataError) as refused:
        read_sales("\n".join(["Date,Item,Qty,UOM,Stock Qty,Stock UOM", *rows]).encode())
    assert refused.value.problems[0].code == "meaning_unknown" and "Box" in refused.value.problems[0].message


def test_what_was_received_is_no_sale() -> None:
    rows = [
        f"2023-{1 + k % 12:02d}-{1 + k % 28:02d},A,{40 if k % 6 == 0 else 0},{0 if k % 6 == 0 else 1 + k % 5}"
        for k in range(120)
    ]
    report = read_sales("\n".join(["Date,SKU,Received,Issued", *rows]).encode()).report
    assert report.units_used == units([1, 2, 3, 4, 5], 6) and report.units_received == 20 * 40.0
