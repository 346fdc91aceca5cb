"""One workbook gives the same as separate files, and says of every sheet what it was read as or why not."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from analytics import cli
from analytics.data import template_workbook
from analytics.data.templates import workbook_of
from analytics.data.uploads import Given, Reading, header_of, read_files
from analytics.errors import DataError

Rows = list[list[str]]


def _parts(seed: int) -> dict[str, Rows]:
    draw = random.Random(seed)
    codes = [f"{draw.choice('ABK')}-{k:03d}" for k in range(draw.randint(3, 8))]
    language = draw.choice(
        [
            ("date", "sku", "quantity", "price"),
            ("Datum", "Artikelnummer", "Menge", "Einzelpreis"),
            ("Fecha", "Código", "Cantidad", "Precio"),
        ]
    )
    sales = [list(language)] + [
        [
            f"2023-{1 + k % 12:02d}-{1 + draw.randrange(28):02d}",
            draw.choice(codes),
            str(draw.randint(1, 9)),
            f"{draw.randint(5, 90)}.{draw.randint(10, 99)}",
        ]
        for k in range(120)
    ]
    head = ["sku", "name", "unit_cost", "make", "lead_time_days"]
    items = [head] + [
        [c, f"Part {c}", f"{draw.randint(2, 40)}.5", str(k % 2), str(draw.randint(3, 60))]
        for k, c in enumerate(codes)
    ]
    stock = [["sku", "warehouse", "on_hand"]] + [
        [c, place, str(draw.randint(0, 70))] for c in codes for place in ("North", "South")
    ]
    bom = [["parent", "component", "quantity"]] + [
        [c, f"RAW-{k % 3}", str(1 + k % 4)] for k, c in enumerate(codes)
    ]
    return {"sales": sales, "items": items, "stock": stock, "bom": bom}


def _csv(rows: Rows) -> bytes:
    return "\n".join(",".join(row) for row in rows).encode()


def _same(one: Reading, other: Reading) -> None:
    for name in ("skus", "sku", "date", "quantity", "revenue"):
        assert np.array_equal(
            getattr(one.history, name), getattr(other.history, name), equal_nan=name == "revenue"
        ), name
    for field in ("rows_read", "rows_used", "units_used", "revenue_used", "frequency"):
        assert getattr(one.history.report, field) == getattr(other.history.report, field), field
    assert (one.items is None) == (other.items is None) and (one.bom is None) == (other.bom is None)
    if one.items is not None and other.items is not None:
        assert one.items.skus.tolist() == other.items.skus.tolist() and set(one.items.values) == set(
            other.items.values
        )
        for name, values in one.items.values.items():
            assert np.array_equal(values, other.items[name], equal_nan=values.dtype.kind == "f"), name
            assert np.array_equal(one.items.origin(name), other.items.origin(name))
    if one.bom is not None and other.bom is not None:
        assert (
            one.bom.codes.tolist() == other.bom.codes.tolist()
            and one.bom.quantity.tolist() == other.bom.quantity.tolist()
        )


@pytest.mark.parametrize("seed", range(12))
def test_a_workbook_gives_what_separate_files_give(seed: int) -> None:
    draw, parts = random.Random(seed), _parts(seed)
    kinds = [kind for kind in parts if kind == "sales" or draw.random() < 0.7]
    files = [Given(_csv(parts[kind]), f"{kind}.csv") for kind in kinds]
    order = list(kinds)
    draw.shuffle(order)
    sheets: dict[str, Rows] = {
        f"Tab {k} of {draw.randint(1, 99)}": parts[kind] for k, kind in enumerate(order)
    }
    sheets |= {"Notes": [["Exported by", "J. Smith"], ["on", "Monday"]], "Blank": []}
    whole = read_files([Given(workbook_of(sheets), "book.xlsx")])
    _same(whole, read_files(files))
    said = next(p for p in whole.history.report.problems if p.code == "sheets")
    assert (
        all(name in said.message for name in sheets)
        and "Notes (nothing in it" in said.message
        and "Blank (empty)" in said.message
    )
    assert not any(p.code in ("sheet_chosen", "sheets_joined") for p in whole.history.report.problems)


def test_items_and_stock_in_files_of_their_own_are_one_list() -> None:
    parts = _parts(3)
    reading = read_files(
        [Given(_csv(parts["sales"]), "s.csv"), Given(_csv(parts["stock"]), "stock.csv")],
        Given(_csv(parts["items"]), "items.csv"),
    )
    assert reading.items is not None and reading.items_report is not None
    expected = {
        code: float(sum(int(row[2]) for row in parts["stock"][1:] if row[0] == code))
        for code in {row[0] for row in parts["items"][1:]}
    }
    assert dict(zip(reading.items.skus, reading.items["on_hand"], strict=True)) == expected
    assert any(
        p.code == "several_rows" and "on hand added" in p.message for p in reading.items_report.problems
    )


def test_lists_that_contradict_each_other_are_told() -> None:
    sales = Given(b"date,sku,quantity\n2023-01-02,A,1\n2023-01-03,B,2\n", "s.csv")
    items, stock = (
        Given(b"sku,unit_cost,on_hand\nA,3,10\nB,4,5\n", "i.csv"),
        Given(b"sku,on_hand\nA,12\nB,5\n", "t.csv"),
    )
    reading = read_files([sales, stock], items)
    # what lies there is what the list of stock says: that of the items file is of another day
    assert reading.items is not None and reading.items["on_hand"].tolist() == [12.0, 5.0]
    assert [(p.count, p.found) for p in reading.items_report.problems if p.code == "lists_differ"] == [
        (1, "A")
    ]  # type: ignore[union-attr]
    with pytest.raises(DataError, match="2 files look like a list of items"):
        read_files([sales, Given(b"sku,unit_cost\nA,3\n", "j.csv")], items)


def test_sheets_of_years_beside_items_are_read_as_one() -> None:
    parts = _parts(5)
    head, rows = parts["sales"][0], parts["sales"][1:]
    book = workbook_of(
        {
            "2022": [head, *rows[:60]],
            "2023": [head, *rows[60:]],
            "Items": parts["items"],
            "Summary": [["Datum", "Total"], ["2023-01-01", "5"], ["2023-02-01", "6"]],
        }
    )
    reading = read_files([Given(book, "b.xlsx")])
    assert reading.history.report.rows_used == 120 and reading.items is not None
    assert header_of([Given(book, "b.xlsx")]) == tuple(head)


def test_the_sheet_option_still_reads_that_sheet_alone() -> None:
    parts = _parts(6)
    book = workbook_of({"Items": parts["items"], "Sales": parts["sales"], "Old sales": parts["sales"][:40]})
    reading = read_files([Given(book, "b.xlsx")], options={"sheet": "Old sales"})
    assert reading.history.report.rows_used == 39 and reading.items is None


def test_typed_cells_read_like_texts() -> None:
    parts = _parts(8)
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for kind in ("items", "sales", "stock"):
        sheet: Any = book.create_sheet(kind)
        for k, row in enumerate(parts[kind]):
            sheet.append(
                [
                    np.datetime64(c).item()
                    if k and kind == "sales" and i == 0
                    else float(c)
                    if k and c.replace(".", "", 1).isdigit()
                    else c
                    for i, c in enumerate(row)
                ]
            )
    stream = io.BytesIO()
    book.save(stream)
    _same(
        read_files([Given(stream.getvalue(), "b.xlsx")]),
        read_files([Given(_csv(parts[kind]), f"{kind}.csv") for kind in ("sales", "items", "stock")]),
    )


def test_the_template_is_read_whole_and_the_command_line_writes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reading = read_files([Given(template_workbook(), "template.xlsx")])
    assert (
        reading.items is not None and reading.bom is not None and template_workbook() == template_workbook()
    )
    assert dict(zip(reading.items.skus, reading.items["on_hand"], strict=True)) == {
        "A-100": 120.0,
        "B-200": 4.0,
    }
    assert reading.history.report.units_used == 4 and len(reading.bom) == 5
    names = openpyxl.load_workbook(io.BytesIO(template_workbook())).sheetnames
    assert names == ["Sales", "Items", "Stock", "Receipts", "Promotions", "Bill of materials"]
    assert reading.receipts_report is not None and reading.history.report.units_received == 204.0
    path = tmp_path / "template.xlsx"
    assert cli.main(["template", str(path)]) == 0 and path.read_bytes() == template_workbook()
    assert cli.main(["check", str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["joined_products"] == 2
    assert (said["items"]["rows_used"], said["stock_file"]["rows_used"]) == (2, 3)  # each of its own
    assert any(p["code"] == "sheets" and "every sheet was read" in p["message"] for p in said["problems"])
