"""Lists of stock and receipts that do not agree, by the command line: clear words, closed balances, nothing lost; what cannot be is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.unusable.bad_input import GOOD, analyze, lines

__all__ = ["analyze"]  # the fixture

#: A: 600 at 10 in two rows, receipts of 100; B: 40 at 10, market price 9.50, 300 booked; C below zero; E has ended, salvage above cost; F is
#: another's; G blank; X of no other file.
STOCK = (
    "as_of,sku,quantity,status,booked_reserve,salvage_share\n2025-01-31,A,500,free,400,0.2\n2025-01-31,B,40,free,300,0.2\n"
    "2025-01-31,C,-6,free,,0.2\n2025-01-31,D,7,free,,0.2\n2025-01-31,E,80,free,,1.2\n2025-01-31,F,30,consignment,,0.2\n"
    "2025-01-31,G,,free,,0.2\n2025-01-31,X,9,free,,0.2\n2025-01-31,A,100,free,,0.2\n"
)
RECEIPTS = "date,sku,quantity\n2024-11-04,A,100\n2025-02-10,A,60\n2024-12-02,B,45\n"
ITEMS = b"sku,unit_cost,make,production_days,end_date\n" + b"".join(
    f"{sku},{'' if sku == 'D' else 10},1,14,{'2024-03-31' if sku == 'E' else ''}\n".encode()
    for sku in "ABCDEFG"
)


def test_what_does_not_agree_is_said_and_every_unit_is_somewhere(analyze, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    sales = lines(dict.fromkeys("ABCDEFG", 8.0), 104)
    sales.loc[sales["sku"] == "B", "unit_price"] = 9.5
    sales = sales[(sales["sku"] != "E") | (sales["date"] < "2024-03-01")]
    (tmp_path / "stock.csv").write_text(STOCK)
    (tmp_path / "in.csv").write_text(RECEIPTS)
    files = ("--stock", str(tmp_path / "stock.csv"), "--receipts", str(tmp_path / "in.csv"))
    found = analyze(sales, ITEMS, extra=(*files, "--ledger", "9000"))
    assert found.code == 0, found.words
    document = found.summary()
    stock, valuation = document["stock"], document["valuation"]
    words = " ".join([*document["input_problems"], *stock["notes"], *valuation["notes"]])
    for said in (
        "on hand added",
        "Stock below zero, -6 units in all",
        "Stock of 1 of 8 products is of none that is sold or listed as an item: 9 units; a part of its own in the balance",
        "Stock on consignment, 30 units in all",
        "is dated after the last sale of the file (2025-01-31 against 2024-12-23)",
        "1 line of receipts is dated after 2025-01-31: not counted",
        "Of 1 product receipts are below stock: the rest is older than the records",
        "row 6, column salvage_share: values that cannot be used; they count as unknown",
    ):
        assert said in words, (said, words)
    units = {part["part"]: part["units"] or 0.0 for part in stock["parts"]}
    assert sum(units.values()) == 500 + 100 + 40 - 6 + 7 + 80 + 30 + 9  # what the file holds, each unit once
    assert (units["without_cost"], units["below_zero"], units["consignment"]) == (16.0, -6.0, 30.0)
    assert stock["total"] == pytest.approx(7_200.0) and stock["sold_products_without_record"] == 1
    assert valuation["ledger"]["difference"] == pytest.approx(1_800.0)
    offered = {one["name"]: one["money"] for one in valuation["ledger"]["candidates"]}
    assert offered["consignment"] == 300.0 and offered["below_zero"] == -60.0 and "without_cost" in offered
    # 40 of B at 10 fetch 9.50: 20 are needed of 300 booked; the standard gives the rest back
    roll = valuation["roll_forward"]
    assert roll["opening"] == 700.0 and roll["reversed"] == pytest.approx(280.0)
    assert roll["opening"] + roll["charged"] - roll["reversed"] == pytest.approx(roll["closing"])
    table = found.table("ageing.csv").set_index("sku")
    buckets = table[[name for name in table if name.startswith("v_")]].sum(axis=1)
    assert table.loc["A", "v_older_than_records"] == 5_000.0
    assert np.allclose(buckets.iloc[:-2], table["book_value"].fillna(0.0).iloc[:-2])


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("--policy", "cover_ladder = [[12, 0.5], [24, 0.25]]", "the ladder by cover falls"),
        ("--policy", "selling_share = 1.2", "the cost to sell is above the price"),
        ("--assumptions", "[general]\nsalvage_share = 1.2", "salvage_share"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    analyze, tmp_path: Path, file: str, text: str, words: str
) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "given.toml").write_text(text)
    found = analyze(lines(GOOD), extra=(file, str(tmp_path / "given.toml")))
    assert found.code == 2 and words in found.words and not found.out.exists()
