"""Orders on hand and receipts line by line and by product: every unit counted once, tables and totals alike, rows named."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.cli import main
from analytics.data import SalesHistory, check_report, read_sales
from analytics.data.kept_apart import (
    ON_HAND,
    RECEIPT,
    apart_totals,
    by_product,
    orders_columns,
    receipts_of,
    rows_text,
    with_receipts,
)
from analytics.data.reading_report import checked
from analytics.data.sandbox.process import ReadingProcess
from analytics.data.sandbox.wire_format import pack_reading, unpack_reading
from analytics.data.uploads import Given, Reading, read_files
from analytics.naming.labels import ON_HAND_RULE
from sample_data import sample_paths

#: 60 lines fulfilled, the last one on 2024-03-31
DONE = [
    f"{k},2024-{1 + k // 20:02d}-{1 + k % 20:02d},2024-{1 + k // 20:02d}-{5 + k % 20:02d},P{k % 3},{2 + k % 5},10.25,Delivered"
    for k in range(60)
]
HEAD = "order,{date},{due},sku,quantity,price,status"
#: order, date, due, sku, quantity: open lines, of which five are due after the last fulfilled one (ordered on 2024-03-20)
OPEN = (
    ("A1", "2024-03-05", "2024-04-10", "P0", 7),
    ("A2", "2024-03-06", "2024-04-28", "P0", 3),
    ("A3", "2024-03-07", "2024-05-02", "P1", 4),
    ("A4", "2024-03-18", "2024-03-19", "P2", 6),
    ("A5", "2024-03-19", "2024-06-01", "NEW", 5),
    ("A6", "2024-03-21", "2024-06-02", "P0", 1),
)


def _file(by_due: bool = False, due: str = "Due date") -> bytes:
    """Open orders dated by the day of the order with the day they are due beside it, or by the day they are due alone."""
    if not by_due:
        rows = [f"{o},{day},{due},{sku},{units},10.25,Open" for o, day, due, sku, units in OPEN]
        return "\n".join([HEAD.format(date="Order date", due=due), *DONE, *rows]).encode()
    done = [",".join(part for i, part in enumerate(line.split(",")) if i != 1) for line in DONE]
    rows = [f"{o},{due},{sku},{units},10.25,Open" for o, _, due, sku, units in OPEN]
    return "\n".join(["order,Due,sku,quantity,price,status", *done, *rows]).encode()


def _closes(history: SalesHistory, units_of_file: float) -> None:
    """Every row and every unit of the file stands in one place, and tables by product have the totals of the report."""
    report, totals = history.report, apart_totals(history.apart)
    assert report.rows_read == report.rows_used + report.rows_rejected
    counted = report.units_used + report.units_rejected + report.units_on_hand + report.units_received
    assert counted == pytest.approx(units_of_file)
    for kind in (ON_HAND, RECEIPT):
        table = by_product(history.apart, kind)
        assert table["rows"].sum() == totals[kind]["rows"] == (history.apart["kind"] == kind).sum()
        assert table["units"].sum() == pytest.approx(totals[kind]["units"])
        assert np.nansum(table["money"]) == pytest.approx(np.nan_to_num(totals[kind]["money"]), abs=0.005)
    assert totals[ON_HAND]["units"] == pytest.approx(report.units_on_hand + report.on_hand_in_demand)
    assert totals[RECEIPT]["units"] == pytest.approx(report.units_received)


def test_open_lines_dated_by_the_order_are_demand_and_listed_where_they_are_due_later() -> None:
    history = read_sales(_file())
    sold = sum(2 + k % 5 for k in range(60))
    assert history.report.units_used == sold + 26 and history.report.units_on_hand == 0.0
    assert history.report.on_hand_in_demand == 7 + 3 + 4 + 5 + 1  # A4 is due before the last line fulfilled
    _closes(history, sold + 26)
    table = by_product(history.apart, ON_HAND)
    assert table.drop(columns="money").values.tolist() == [
        ["NEW", "2024-06", "in demand", 1, 5.0, "66"],
        ["P0", "2024-04", "in demand", 2, 10.0, "62-63"],
        ["P0", "2024-06", "in demand", 1, 1.0, "67"],
        ["P1", "2024-05", "in demand", 1, 4.0, "64"],
    ]
    assert table["money"].tolist() == [51.25, 102.5, 10.25, 41.0]
    said = next(p for p in history.report.problems if p.code == "on_hand_in_demand")
    assert said.count == 5 and "20 units" in said.message and said.column == "Due date" and said.row == 62


@pytest.mark.parametrize("due", ["due", "Needed on", "Zugesagt f\u00fcr", "Liefertermin", "Promised"])
def test_the_day_they_are_due_is_found_by_its_name(due: str) -> None:
    history = read_sales(_file(due=due))
    assert history.report.on_hand_in_demand == 20.0 and history.report.units_used == 240.0 + 26


def test_open_lines_dated_by_the_day_they_are_due_are_kept_apart() -> None:
    history = read_sales(_file(by_due=True))
    sold = sum(2 + k % 5 for k in range(60))
    # the last fulfilled line is dated 2024-03-24: A4, due on 19 March, is demand
    assert history.report.units_used == sold + 6 and history.report.units_on_hand == 20.0
    assert history.report.on_hand_in_demand == 0.0
    _closes(history, sold + 26)
    assert set(by_product(history.apart, ON_HAND)["counted"]) == {"kept apart"}


def test_without_a_state_lines_not_shipped_and_due_later_are_on_hand() -> None:
    done = [line.replace(",Delivered", f",{line.split(',')[2]}") for line in DONE]
    rows = [f"{o},{day},{due},{sku},{units},10.25," for o, day, due, sku, units in OPEN]
    head = "order,Order date,Promised date,sku,quantity,price,Ship date"
    history = read_sales("\n".join([head, *done, *rows]).encode())
    assert history.report.on_hand_in_demand == 20.0 and history.report.units_on_hand == 0.0
    assert history.report.units_used == sum(2 + k % 5 for k in range(60)) + 26
    shipped = read_sales("\n".join([head, *done, *(row + "2024-04-01" for row in rows)]).encode())
    assert not len(shipped.apart)


def test_the_orders_on_hand_of_a_sample_are_those_that_its_file_holds() -> None:
    """Not shipped and promised after the last sale, which was shipped on the last day of the file, a day after it was ordered."""
    path = sample_paths("servers")["sales"]
    lines = pd.read_csv(path, parse_dates=["date", "promised_date", "ship_date"])
    last = lines.loc[lines["ship_date"].notna(), ["date", "ship_date"]].max().max()
    assert last == lines["date"].max() > lines.loc[lines["ship_date"].notna(), "date"].max()
    wanted = lines[lines["ship_date"].isna() & (lines["promised_date"] > last) & (lines["quantity"] > 0)]
    history = read_sales(path)
    table = by_product(history.apart, ON_HAND)
    assert (
        table["rows"].sum() == len(wanted) == 42 and table["units"].sum() == wanted["quantity"].sum() == 114
    )
    assert table["money"].sum() == pytest.approx((wanted["quantity"] * wanted["unit_price"]).sum(), abs=0.005)
    by_sku = wanted.groupby("sku")["quantity"].sum()
    assert table.groupby("sku")["units"].sum().to_dict() == by_sku.to_dict()
    assert history.report.units_used == lines["quantity"].sum()  # they are demand, once


@pytest.mark.parametrize("treatment", ["on hand", "leave out"])
def test_what_a_person_says_of_open_lines_goes_first(treatment: str) -> None:
    history = read_sales(_file(), treatments={"status": {"Open": treatment}})
    assert history.report.on_hand_in_demand == 0.0
    assert history.report.units_on_hand == (26.0 if treatment == "on hand" else 0.0)
    _closes(history, sum(2 + k % 5 for k in range(60)) + 26)
    if treatment == "on hand":  # by the day they are due, not that of the order
        assert by_product(history.apart, ON_HAND)["due_month"].tolist() == [
            "2024-06", "2024-04", "2024-06", "2024-05", "2024-03",
        ]  # fmt: skip


def test_the_columns_of_todays_list() -> None:
    apart = read_sales(_file()).apart
    found = orders_columns(apart, ["P0", "P1", "P2"])
    assert found["orders_on_hand"].tolist() == [11.0, 4.0, 0.0]
    assert found["orders_due"].tolist() == ["2024-04", "2024-05", ""]
    nothing = orders_columns(read_sales(b"date,sku,quantity\n2024-01-02,A,3\n").apart, ["A"])
    assert np.isnan(nothing["orders_on_hand"]).all() and nothing["orders_due"].tolist() == [""]


def test_they_survive_the_way_between_processes() -> None:
    history = read_sales(_file())
    packed = unpack_reading(pack_reading(Reading(history)))
    pd.testing.assert_frame_equal(packed.history.apart, history.apart)


def test_rows_of_many_stretches_are_bounded() -> None:
    assert rows_text([]) == "" and rows_text([5]) == "5" and rows_text([7, 6, 5, 9, 2]) == "2, 5-7, 9"
    assert rows_text(range(0, 200, 2)).endswith("78 and 60 more")


def test_check_writes_them_as_json_and_as_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(_file())
    assert main(["check", str(path), "--json", "--out", str(tmp_path / "out")]) == 0
    report = json.loads(capsys.readouterr().out)
    found = report["orders_on_hand"]
    assert (found["rows"], found["units"], found["money"]) == (5, 20.0, 205.0) and report["receipts"] is None
    assert (found["rows_in_demand"], found["units_in_demand"]) == (5, 20.0)
    assert [one["units"] for one in found["products"]] == [5.0, 10.0, 1.0, 4.0]
    written = pd.read_csv(tmp_path / "out" / "orders_on_hand.csv", dtype=str)
    assert written["units"].tolist() == ["5.0", "10.0", "1.0", "4.0"]
    assert written["source_rows"].tolist() == ["66", "62-63", "67", "64"]
    assert (tmp_path / "out" / "receipts.csv").read_text() == "sku,month,rows,units,money,source_rows\n"


def test_the_same_orders_in_two_exports_count_once() -> None:
    """March's export and April's, which holds March again: of the orders on hand the same lines count once, the new one is added."""
    later = _file(by_due=True) + b"\nA7,2024-05-09,P1,9,10.25,Open"
    reading = read_files([Given(_file(by_due=True), "march.csv"), Given(later, "april.csv")])
    assert reading.history.report.units_on_hand == 29.0
    table = by_product(reading.history.apart, ON_HAND)
    assert table["source_rows"].tolist()[-1] == "april.csv: 68; march.csv: 64" and table["rows"].sum() == 6
    said = next(p for p in reading.history.report.problems if p.code == "overlap_apart")
    assert said.count == 5 and "20 units" in said.message
    dated = read_files([Given(_file(), "march.csv"), Given(_file(), "again.csv")]).history
    assert dated.report.on_hand_in_demand == 20.0 and dated.report.units_used == 240.0 + 26


def test_receipts_of_a_file_and_of_a_ledger_count_once() -> None:
    ledger = ["2024-01-02,A,Receipt,50", *(f"2024-01-{k:02d},A,Sale,2" for k in range(3, 28))]
    history = read_sales("\n".join(["date,sku,movement,quantity", *ledger]).encode())
    came = receipts_of(
        read_sales(b"date,sku,quantity\n2024-01-02,A,50\n2024-01-02,B,8\n2024-01-20,A,70\n", name="in.csv")
    )
    both = with_receipts(history, came)
    assert both.report.units_received == both.apart["units"].sum() == 128.0
    assert "overlap_apart" in {p.code for p in both.report.problems}
    _closes(both, 50.0 + 50.0 + 78.0)
    assert by_product(both.apart, RECEIPT)["units"].tolist() == [120.0, 8.0]


def test_the_rule_is_one_sentence() -> None:
    assert ON_HAND_RULE.count(".") == 1 and ON_HAND_RULE.endswith(".")


REFUSED = {
    "question": (b"date,sku,quantity\n03.04.2024,A,1\n04.03.2024,A,2\n", 2),
    "no quantity": (b"date,sku\n2024-01-01,A\n2024-01-02,A\n2024-01-03,B\n", 3),
    "nothing usable": (b"date,sku,quantity\n2024-01-01,A,x\n2024-01-01,A,\n", 2),
    "no table": (b"\x00\x01\x02" * 50, 0),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refusal_says_how_many_rows_were_read(kind: str) -> None:
    content, rows = REFUSED[kind]
    process = ReadingProcess()
    try:
        for read in (read_files, process.read):
            given, report = checked(partial(read, [Given(content, "a.csv")]))
            assert given is None and not report["ok"]
            assert report["rows_read"] == report["rows_rejected"] == rows and report["rows_used"] == 0
    finally:
        process.close()


def test_a_refusal_of_the_second_file_says_what_was_read_of_both() -> None:
    good, bad = b"date,sku,quantity\n2024-01-13,A,3\n2024-01-14,A,3\n", REFUSED["question"][0]
    given, report = checked(partial(read_files, [Given(good, "a.csv"), Given(bad, "b.csv")]))
    assert given is None and report["rows_read"] in (2, 4)


@pytest.mark.parametrize("cell", ['"{}', '{}"', "'{}", " {} ", "\u201c{}"])
@pytest.mark.parametrize("where", ["order", "reference"])
def test_a_stray_quote_does_not_count_a_backorder_twice(cell: str, where: str) -> None:
    rows = [f"S{1000 + k};;2024-0{1 + k // 20}-{1 + k % 20:02d};A{k % 3};{5 + k % 4}" for k in range(60)]
    units = sum(5 + k % 4 for k in range(60))
    for k in range(0, 60, 7):
        name = f"S{1000 + k}"
        rows.append(
            f"{name}B;{cell.format(name) if where == 'reference' and k == 14 else name};2024-04-02;A{k % 3};1"
        )
    if where == "order":
        rows[14] = rows[14].replace("S1014", cell.format("S1014"))
    history = read_sales("\n".join(["Order No;Backorder of;Date;SKU;Quantity", *rows]).encode())
    named = [m for m in history.report.meanings if m.treatment == "leave out"]
    assert history.report.units_used + sum(
        float(text.split(";")[4])
        for text in history.report.rejected["text"]
        if text.split(";")[0][-1:] != "B"
    ) == units and sum(m.rows for m in named) in (8, 9)


def test_a_report_of_a_history_is_plain_json() -> None:
    document = json.dumps(check_report(read_sales(_file())), allow_nan=False)
    assert '"due_month": "2024-06"' in document
