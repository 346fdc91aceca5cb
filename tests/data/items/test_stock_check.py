"""`check` over a list of stock and a file of receipts: what was used, what it adds up to, and every row that was not, in words, in JSON and in files."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pandas as pd
import pytest

from analytics.cli import main

START = datetime.date(2024, 1, 1)
SALES = "\n".join(
    ["date,sku,quantity,price"]
    + [f"{START + datetime.timedelta(weeks=w)},{s},{5 + w % 3},20" for w in range(53) for s in "AB"]
)
#: 150 free and 9 blocked of A at 10, B booked at -3 and 40 on consignment at 12, C without a cost, 5 without a product, a total
STOCK = (
    "as_of,sku,quantity,unit_cost,status\n2024-12-30,A,150,10,free\n2024-12-30,A,9,10,blocked\n2024-12-30,B,-3,12,free\n"
    "2024-12-30,B,40,12,consignment\n2024-12-30,C,7,,free\n2024-12-30,,5,1,free\n,Total,208,,\n"
)
RECEIPTS = "date,sku,quantity,unit_cost\n2024-05-01,A,zehn,9\n2024-05-02,A,40,9\n2024-05-03,ZZ,9,1\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("stock to check")
    for name, text in (("sales", SALES), ("stock", STOCK), ("in", RECEIPTS)):
        (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return place


def check(folder: Path, *more: str) -> int:
    files = [str(folder / "sales.csv"), "--stock", str(folder / "stock.csv")]
    return main(["check", *files, "--receipts", str(folder / "in.csv"), *more])


def test_every_unit_of_the_list_is_said_and_every_row_is_somewhere(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(folder, "--out", str(folder / "out")) == 0
    said = capsys.readouterr().out
    for line in (
        "stock: 5 of 7 rows used",
        "166 units of 2 products, 1,590.00 at the costs of these files",
        "7 units of them without a cost in these files",
        "9 units of them blocked",
        "-3 units booked below zero, in no sum (-36.00)",
        "40 units on consignment, in no sum (480.00)",
        "rows without a product (5 units not counted)",
        "rows of totals are no products",
        "receipts: 2 of 3 rows used; 49 units received",
        "receipts of 1 of 2 products are of none that is sold",
    ):
        assert line in said, line
    assert "forecast" not in said
    rejected = {
        name: pd.read_csv(folder / "out" / f"rejected_rows_{name}.csv") for name in ("stock", "receipts")
    }
    assert rejected["stock"]["row"].tolist() == [7, 8] and rejected["receipts"]["row"].tolist() == [2]
    assert rejected["receipts"]["found"].tolist() == ["zehn"]


def test_the_same_as_a_document(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(folder, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    stock, came = document["stock_file"], document["receipts_file"]
    assert (stock["rows_read"], stock["rows_used"], stock["rows_rejected"]) == (7, 5, 2)
    assert (came["rows_read"], came["rows_used"], came["units_used"]) == (3, 2, 49.0)
    balance = stock["balance"]
    parts = balance["units"] + balance["units_below_zero"] + balance["units_consigned"]
    assert parts == 150 + 9 - 3 + 40 + 7  # read, less what names no product and the total
    assert balance["at_cost"] == 1590.0 and balance["units_blocked"] == 9.0


def test_a_stock_file_that_cannot_be_used_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.csv").write_text("as_of,sku,quantity\n", encoding="utf-8")
    words = ["check", str(folder / "sales.csv"), "--stock", str(folder / "bad.csv")]
    assert main(words) == 2 and "holds no rows below its header" in capsys.readouterr().err
