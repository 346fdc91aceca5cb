"""Files read in a child process: the same as here, at bounded cost, and the next file is read after one that was stopped."""

from __future__ import annotations

import io
import os
import random
import struct
import time
import zipfile
from collections.abc import Iterator

import numpy as np
import pytest

from analytics.data import check_report, read_bom, read_items, read_sales
from analytics.data.history import LINE_COLUMNS
from analytics.data.sandbox.process import Bounds, ReadingProcess
from analytics.data.uploads import Given
from analytics.errors import DataError
from analytics.machine.reading_child import reading_child
from benchmarks.intake_fuzz import mutated, old_workbook, seeds

SALES = "date;sku;quantity;revenue;customer;promised_date;family\n" + "".join(
    f"{13 + k % 15}.01.2012;00{k % 4};{k % 7};{k},{'25' if k % 3 else '50'};C{k % 5 or ''};{'' if k % 2 else f'{13 + k % 15}.02.2012'};F{k % 2}\n"
    for k in range(60)
)
ITEMS = b"sku,name,unit_cost,make,launch_date,current_mode\n000,Bolt,2.5,1,2011-01-01,MTS\n001,Nut,x,0,,MTO\n,lost,1,1,,\n"
BOM = b"parent,component,quantity\n000,steel,2.5\n000,zinc,0\n001,steel,1\n"


@pytest.fixture(scope="module")
def apart() -> Iterator[ReadingProcess]:
    process = ReadingProcess()
    process.start()
    yield process
    process.close()


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except OSError:
        return False
    return True


def test_the_child_reads_what_is_read_here(apart: ReadingProcess) -> None:
    data = SALES.encode("cp1252")
    there = apart.read([Given(data, "s.csv")], Given(ITEMS, "i.csv"), Given(BOM, "b.csv"))
    here = read_sales(data, name="s.csv")
    assert check_report(there.history) == check_report(here)
    assert there.history.report.rejected.equals(here.report.rejected)
    assert (
        there.history.skus.tolist() == here.skus.tolist()
        and there.history.customers.tolist() == here.customers.tolist()
    )
    for name in LINE_COLUMNS:
        np.testing.assert_array_equal(getattr(there.history, name), getattr(here, name))
    assert {k: v.tolist() for k, v in there.history.attributes.items()} == {
        k: v.tolist() for k, v in here.attributes.items()
    }
    items, report = read_items(ITEMS, name="i.csv")
    assert there.items is not None and there.items_report is not None and there.bom is not None
    assert (
        check_report(there.items_report) == check_report(report)
        and there.items.skus.tolist() == items.skus.tolist()
    )
    for name, values in items.values.items():
        assert there.items[name].astype(str).tolist() == values.astype(str).tolist()
        assert there.items.origin(name).tolist() == items.origin(name).tolist()
    bom = read_bom(BOM, name="b.csv")
    assert (
        there.bom.codes.tolist() == bom.codes.tolist()
        and there.bom.incomplete.tolist() == bom.incomplete.tolist() == [0]
    )
    assert there.bom.quantity.tolist() == bom.quantity.tolist() and there.bom.report.rows_rejected == 1


def test_problems_come_back_as_problems(apart: ReadingProcess) -> None:
    with pytest.raises(DataError, match="holds no rows") as caught:
        apart.read([Given(b"  \n", "empty.csv")])
    assert caught.value.problems[0].code == "empty_file"
    assert apart.header_of([Given(b"", "")]) == () and apart.header_of([Given(SALES.encode(), "s")])[:3] == (
        "date",
        "sku",
        "quantity",
    )


def test_a_file_that_costs_too_much_is_refused_and_the_next_one_is_read() -> None:
    few = ReadingProcess(Bounds(seconds=1.0, megabytes=15.0, waiting=60.0))
    lines = b"date,sku,quantity\n" + b"".join(
        b"2012-01-%02d,A%d,3\n" % (13 + k % 15, k) for k in range(200_000)
    )
    try:
        with pytest.raises(DataError) as caught:
            few.read([Given(lines, "large.csv")])
        assert caught.value.problems[0].code in ("too_slow", "too_large", "reader_stopped")
        assert caught.value.problems[0].remedy
        assert few.read(
            [Given(b"date,sku,quantity\n2012-01-27,A,3\n", "s.csv")]
        ).history.quantity.tolist() == [3.0]
        number = few.number
        assert number is not None and _alive(number)
    finally:
        few.close()
    assert not _alive(number)


def test_a_child_started_before_is_the_one_that_reads() -> None:
    child = reading_child()
    early = ReadingProcess(child=child)
    try:
        assert early.read(
            [Given(b"date,sku,quantity\n2012-01-27,A,3\n", "s.csv")]
        ).history.quantity.tolist() == [3.0]
        assert early.number == child.pid
    finally:
        early.close()
    assert child.poll() is not None


def test_a_child_without_work_ends_and_the_next_file_starts_another() -> None:
    process = ReadingProcess(idle=0.4)
    one = [Given(b"date,sku,quantity\n2012-01-27,A,3\n", "s.csv")]
    try:
        process.read(one)
        first, before = process.number, time.monotonic()
        assert first is not None and _alive(first)
        while _alive(first) and time.monotonic() < before + 20.0:
            time.sleep(0.05)
        assert not _alive(first) and process.number is None
        assert process.read(one).history.quantity.tolist() == [3.0]
        assert process.number not in (None, first)
    finally:
        process.close()


def test_a_child_that_died_is_replaced(apart: ReadingProcess) -> None:
    apart.read([Given(SALES.encode(), "s.csv")])
    number = apart.number
    assert number is not None
    os.kill(number, 9)
    os.waitpid(number, os.WNOHANG)
    with_luck = Given(b"date,sku,quantity\n2012-01-27,A,3\n", "s.csv")
    try:
        found = apart.read([with_luck])
    except DataError:  # it died with the request in hand
        found = apart.read([with_luck])
    assert found.history.quantity.tolist() == [3.0] and apart.number != number


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "parquet", "page"])
def test_damaged_workbooks_are_read_or_refused_with_a_remedy(apart: ReadingProcess, kind: str) -> None:
    whole, draw = seeds()[kind], random.Random(kind)
    expected = 27.0 if kind == "page" else 36.0
    assert apart.read([Given(whole, "a")]).history.quantity.sum() == expected
    number = apart.number
    for _ in range(60):
        try:
            report = apart.read([Given(mutated(whole, draw), "a")]).history.report
        except DataError as error:
            assert all(p.message and p.remedy for p in error.problems)
            assert error.problems[0].code not in ("not_understood", "too_slow", "reader_stopped")
        else:
            assert report.rows_used + report.rows_rejected == report.rows_read
    assert apart.number == number


def binary_workbook(row: int, column: int) -> bytes:
    """A small .xlsb, written by hand, with a header and one number far away."""

    def record(kind: int, body: bytes) -> bytes:
        return (
            (bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7]))
            + bytes([len(body)])
            + body
        )

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    def line(number: int, cells: bytes) -> bytes:
        return record(0, struct.pack("<II", number, 0) + b"\0" * 9) + cells

    names = b"".join(
        record(6, struct.pack("<II", k, 0) + wide(name)) for k, name in enumerate(("date", "sku", "quantity"))
    )
    first = (
        record(6, struct.pack("<II", 0, 0) + wide("2012-01-13"))
        + record(6, struct.pack("<II", 1, 0) + wide("A1"))
        + record(5, struct.pack("<IId", 2, 0, 3.0))
    )
    far = line(row, record(5, struct.pack("<IId", column, 0, 7.0))) if row else b""
    sheet = (
        record(0x94, struct.pack("<4I", 0, max(row, 1), 0, max(column, 2)))
        + record(0x91, b"")
        + line(0, names)
        + line(1, first)
        + far
        + record(0x92, b"")
    )
    book = (
        record(0x8F, b"")
        + record(0x9C, struct.pack("<II", 0, 1) + wide("rId1") + wide("S"))
        + record(0x90, b"")
        + record(0x84, b"")
    )
    rels = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", rels)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return out.getvalue()


def far_old_workbook() -> bytes:
    """A small .xls whose last cell claims to stand at the far corner."""
    near = old_workbook([["date", "sku", "quantity"], ["2012-01-13", "A1", 3], ["2012-01-14", "A1", 7]])
    cell = struct.pack("<HHHHHd", 0x0203, 14, 2, 2, 0, 7.0)
    assert near.count(cell) == 1
    return near.replace(cell, struct.pack("<HHHHHd", 0x0203, 14, 65_535, 65_535, 0, 7.0))


def test_a_workbook_with_one_cell_far_away_costs_no_more_than_its_bounds(apart: ReadingProcess) -> None:
    assert apart.read([Given(binary_workbook(0, 0), "near.xlsb")]).history.quantity.tolist() == [3.0]
    for name, data in (("far.xlsb", binary_workbook(1_000_000, 16_000)), ("far.xls", far_old_workbook())):
        with pytest.raises(DataError) as caught:
            apart.read([Given(data, name)])
        assert (
            caught.value.problems[0].code in ("reader_stopped", "too_large")
            and caught.value.problems[0].remedy
        ), name
    assert apart.read([Given(b"date,sku,quantity\n2012-01-27,A,3\n", "s.csv")]).history.quantity.tolist() == [
        3.0
    ]


def test_bounds_follow_the_size() -> None:
    tiny, five, fifty = (Bounds().of(size) for size in (1000, 5_000_000, 50_000_000))
    assert 4.0 < tiny.seconds < 0.6 * five.seconds < five.seconds == 8.0 < fifty.seconds == 80.0
    assert tiny.megabytes == five.megabytes == 750.0 < fifty.megabytes
