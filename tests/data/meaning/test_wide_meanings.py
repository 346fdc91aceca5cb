"""Sheets with a column per period: states, marks, movements and units of a row hold for all its periods."""

from __future__ import annotations

import pytest

from analytics.data import read_sales
from analytics.errors import DataError

MONTHS = [f"2023-{m:02d}" for m in range(1, 13)]
#: rows of the sheet: product and quantities by month, by hand
ROWS = {"one": 3.0, "two": 5.0, "three": 7.0, "four": 11.0}


def _sheet(column: str, values: list[str], price: bool = False) -> bytes:
    """Four rows of products A, B, A, B with 3, 5, 7 and 11 units a month and a text each."""
    head = ["Item", column, *(["Price"] if price else []), *MONTHS]
    lines = [
        ";".join([item, text, *(["2.50"] if price else []), *[f"{units:g}"] * 12])
        for (item, units), text in zip(zip("ABAB", ROWS.values(), strict=True), values, strict=True)
    ]
    return "\n".join([";".join(head), *lines]).encode()


@pytest.mark.parametrize(
    ("column", "values", "units"),
    [
        ("Status", ["Shipped", "Shipped", "Cancelled", "Quotation"], 12 * 8),
        ("Auftragsstatus", ["geliefert", "Angebot", "berechnet", "storniert"], 12 * 10),
        ("Sample", ["N", "N", "Y", "N"], 12 * 19),
        ("Movement type", ["Issue", "Issue", "Receipt", "Receipt"], 12 * 8),
        ("Document type", ["Invoice", "Invoice", "Credit note", "Invoice"], 12 * (3 + 5 + 11 - 7)),
    ],
)
def test_a_column_that_says_what_rows_are(column: str, values: list[str], units: float) -> None:
    report = read_sales(_sheet(column, values)).report
    assert report.units_used == units
    apart = report.units_rejected + report.units_on_hand + report.units_received
    assert report.gross_units + report.returned_units + apart == 12 * 26
    assert {m.value: m.units for m in report.meanings} == {
        value: sum(12 * u for u, v in zip(ROWS.values(), values, strict=True) if v == value)
        for value in values
    }


def test_a_state_of_products_says_nothing_of_rows() -> None:
    report = read_sales(_sheet("Status", ["Active", "Active", "Discontinued", "Active"])).report
    assert report.units_used == 12 * 26 and not report.meanings


def test_receipts_are_kept_apart_by_period_with_their_money() -> None:
    history = read_sales(_sheet("Movement type", ["Issue", "Issue", "Receipt", "Receipt"], price=True))
    assert history.report.units_received == 12 * 18 and len(history.apart) == 24
    assert history.apart["units"].sum() == 12 * 18
    assert history.apart["money"].sum() == pytest.approx(12 * 18 * 2.5, abs=0.005)
    assert history.report.revenue_used == pytest.approx(12 * 8 * 2.5, abs=0.005)


def test_invented_words_are_asked() -> None:
    with pytest.raises(DataError) as refused:
        read_sales(_sheet("Status", ["Glorped", "Glorped", "Blarg", "Glorped"]))
    assert [p.code for p in refused.value.problems] == ["meaning_unknown"]
    assert sum(m.units for m in refused.value.meanings) == 12 * 26
    told = {"Status": {"glorped": "count", "Blarg": "leave out"}}
    report = read_sales(_sheet("Status", ["Glorped", "Glorped", "Blarg", "Glorped"]), treatments=told).report
    assert report.units_used == 12 * 19 and report.units_rejected == 12 * 7


def test_units_that_differ_are_asked_and_a_told_factor_multiplies() -> None:
    with pytest.raises(DataError, match="'box'"):
        read_sales(_sheet("UOM", ["pcs", "pcs", "box", "pcs"]))
    report = read_sales(_sheet("UOM", ["pcs", "pcs", "box", "pcs"]), treatments={"UOM": {"box": "24"}}).report
    assert report.units_used == 12 * (3 + 5 + 24 * 7 + 11)


def test_issues_below_zero_are_sales() -> None:
    lines = [f"A;Issue;{';'.join(['-4'] * 12)}", f"A;Receipt;{';'.join(['50'] * 12)}"]
    report = read_sales("\n".join([";".join(["Item", "Movement type", *MONTHS]), *lines]).encode()).report
    assert report.units_used == 48 and report.units_received == 600
