"""Receipts of goods as a file or a sheet of their own: told from sales, read like them, kept beside them in every way of reading."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.cli import main
from analytics.data import SalesHistory, read_sales
from analytics.data.files.source import open_source
from analytics.data.files.table import read_table
from analytics.data.items.receipts_file import is_receipts
from analytics.data.kept_apart import RECEIPT, by_product
from analytics.data.layout.raw_table import RawTable
from analytics.data.sandbox.process import ReadingProcess
from analytics.data.templates import workbook_of
from analytics.data.uploads import Given, read_files
from analytics.errors import DataError

SALES = [["date", "sku", "quantity", "price"]] + [
    [f"2024-0{1 + k // 20}-{1 + k % 20:02d}", f"A{k % 3}", str(1 + k % 4), "9.5"] for k in range(60)
]
CAME = [["date", "sku", "quantity"], ["2024-01-02", "A0", "40"], ["2024-02-06", "A0", "60"], ["2024-02-07", "A1", "25"], ["2024-03-01", "Z9", "5"]]  # fmt: skip
ITEMS = [["sku", "unit_cost", "on_hand"], ["A0", "4", "7"], ["A1", "5", "8"], ["A2", "6", "9"]]


def _csv(rows: list[list[str]], parts: str = ",") -> bytes:
    return "\n".join(parts.join(row) for row in rows).encode()


def _table(rows: list[list[str]]) -> RawTable:
    (piece,) = open_source(_csv(rows), "t.csv")
    return read_table(piece)


def _lines(history: SalesHistory) -> list[list[object]]:
    return by_product(history.apart, RECEIPT)[
        ["sku", "month", "rows", "units", "source_rows"]
    ].values.tolist()


WANTED = [["A0", "2024-01", 1, 40.0, "2"], ["A0", "2024-02", 1, 60.0, "3"], ["A1", "2024-02", 1, 25.0, "4"], ["Z9", "2024-03", 1, 5.0, "5"]]  # fmt: skip


def test_given_dropped_beside_and_in_one_workbook_they_are_the_same() -> None:
    sales, came = Given(_csv(SALES), "sales.csv"), Given(_csv(CAME), "receipts.csv")
    book = {"Orders": SALES, "Receipts": CAME, "Items": ITEMS}
    plain = read_sales(_csv(SALES))
    for reading in (
        read_files([sales], receipts=came),
        read_files([sales, came]),
        read_files([sales, Given(_csv([["date", "sku", "Received quantity"], *CAME[1:]]), "march.csv")]),
        read_files([Given(workbook_of(book), "all.xlsx")]),
        read_files([sales], receipts=Given(workbook_of({"Receipts": CAME, "Items": ITEMS}), "other.xlsx")),
    ):
        assert _lines(reading.history) == WANTED
        assert reading.history.report.units_received == 130.0 and reading.receipts_report is not None
        assert reading.receipts_report.rows_used == reading.receipts_report.rows_read == 4
        assert np.array_equal(reading.history.quantity, plain.quantity)  # no receipt is a sale
        assert reading.history.skus.tolist() == plain.skus.tolist()
        (unsold,) = [p for p in reading.receipts_report.problems if p.code == "receipts_unsold"]
        assert unsold.found == "Z9" and "1 of 3 products" in unsold.message


def test_the_child_reads_them_too() -> None:
    process = ReadingProcess()
    try:
        given = [Given(_csv(SALES), "sales.csv")], Given(_csv(ITEMS), "items.csv")
        reading = process.read(*given, receipts=Given(_csv(CAME), "in.csv"))
        here = read_files(*given, receipts=Given(_csv(CAME), "in.csv"))
    finally:
        process.close()
    pd.testing.assert_frame_equal(reading.history.apart, here.history.apart)
    assert reading.items is not None and reading.bom is None
    assert reading.receipts_report is not None and here.receipts_report is not None
    assert reading.receipts_report.problems == here.receipts_report.problems


TOLD = {
    "by the name of the file": ("Wareneingang 2024.csv", CAME, True),
    "by the name of the sheet": ("Goods received", CAME, True),
    "by its quantity": ("movements.csv", [["date", "sku", "Received quantity"], *CAME[1:]], True),
    "another name": ("march.csv", CAME, False),
    "a country": ("IN.csv", CAME, False),
    "of a till": ("Sales receipts.csv", CAME, False),
    "with customers": ("receipts.csv", [[*row, "C1" if k else "customer"] for k, row in enumerate(CAME)], False),
    "with prices": ("receipts.csv", [[*row, "9.5" if k else "price"] for k, row in enumerate(CAME)], False),
    "a ledger": ("receipts.csv", [[*row, "3" if k else "issued"] for k, row in enumerate(CAME)], False),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD)
def test_what_is_taken_for_receipts(case: str) -> None:
    name, rows, wanted = TOLD[case]
    assert is_receipts(name, _table(rows)) is wanted


def test_alone_they_are_read_as_sales() -> None:
    assert read_files([Given(_csv(CAME), "receipts.csv")]).history.report.units_used == 130.0
    both = read_files([Given(_csv(CAME), "receipts.csv"), Given(_csv(ITEMS), "items.csv")])
    assert both.history.report.units_used == 130.0 and both.items is not None


def test_dates_that_do_not_decide_their_order_are_read_like_those_of_the_sales() -> None:
    sales = [SALES[0], *([f"{row[0][8:]}.{row[0][5:7]}.2024", *row[1:]] for row in SALES[1:])]
    came = [CAME[0], ["02.01.2024", "A0", "40"], ["06.02.2024", "A0", "60"], ["07.02.2024", "A1", "25"], ["01.03.2024", "Z9", "5"]]  # fmt: skip
    assert (
        _lines(read_files([Given(_csv(sales), "s.csv")], receipts=Given(_csv(came), "in.csv")).history)
        == WANTED
    )


def test_a_column_that_says_that_all_are_receipts_changes_nothing() -> None:
    came = [[*row, "Goods receipt" if k else "Movement type"] for k, row in enumerate(CAME)]
    assert (
        _lines(read_files([Given(_csv(SALES), "s.csv")], receipts=Given(_csv(came), "in.csv")).history)
        == WANTED
    )


def test_of_a_ledger_given_as_receipts_only_the_receipts_are_taken() -> None:
    rows = [["date", "sku", "quantity", "movement"], *([*row, "Purchase receipt"] for row in CAME[1:]), ["2024-03-02", "A0", "3", "Sale"]]  # fmt: skip
    reading = read_files([Given(_csv(SALES), "s.csv")], receipts=Given(_csv(rows), "in.csv"))
    assert _lines(reading.history) == WANTED


def test_codes_are_joined_as_told() -> None:
    came = [CAME[0], ["2024-01-02", "a0", "40"], ["2024-02-06", "A-0", "60"]]
    reading = read_files(
        [Given(_csv(SALES), "s.csv")], receipts=Given(_csv(came), "in.csv"), options={"join": "case"}
    )
    assert by_product(reading.history.apart, RECEIPT)["sku"].tolist() == ["A-0", "A0"]


def test_what_cannot_be_read_is_refused_with_the_name_of_the_file() -> None:
    with pytest.raises(DataError, match=r"receipts in\.csv: no column holds the quantity") as refused:
        read_files(
            [Given(_csv(SALES), "s.csv")],
            receipts=Given(b"date,sku\n2024-01-02,A0\n2024-01-03,A1\n", "in.csv"),
        )
    assert "in the file of receipts" in refused.value.problems[0].remedy and refused.value.rows_read > 0


def test_check_says_how_they_were_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, rows in (("sales.csv", SALES), ("in.csv", CAME)):
        (tmp_path / name).write_bytes(_csv(rows))
    assert main(["check", str(tmp_path / "sales.csv"), "--receipts", str(tmp_path / "in.csv"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["receipts_file"]["rows_used"] == 4 and report["units_received"] == 130.0
    assert (report["receipts"]["rows"], report["receipts"]["units"], report["receipts"]["money"]) == (
        4,
        130.0,
        None,
    )
    assert [one["sku"] for one in report["receipts"]["products"]] == ["A0", "A0", "A1", "Z9"]
