"""Hostile bytes cost little and end in a history or in a DataError with a remedy, never in a traceback."""

from __future__ import annotations

import gzip
import io
import random
import sys
import time
import zipfile
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.data import (
    check_report,
    read_items,
    read_sales,
    reconcile,
    safe_cell,
    sales_frame,
)
from analytics.data.files.sheet_size import _plain_span, _spanned
from analytics.data.reading_report import checked
from analytics.data.uploads import Given, read_files
from analytics.errors import DataError
from analytics.writeup.files import csv_bytes
from benchmarks.intake_fuzz import Corpus, fuzz, old_workbook, outcome
from tests.data.packing import sent

FIELDS = {
    "rows_read",
    "rows_used",
    "rows_rejected",
    "units_used",
    "units_rejected",
    "revenue_used",
    "first_date",
    "last_date",
    "skus",
    "frequency",
    "dialect",
    "date_order",
    "mapping",
    "channels",
    "problems",
}
CLEAN = "date;sku;quantity;revenue;name\n" + "".join(
    f"{13 + k % 15}.01.2012;A-{k % 4};{k % 7};{k * 1.5:.2f};Bolt {k}\n".replace(".50;", ",50;").replace(
        ".00;", ",00;"
    )
    for k in range(60)
)


def _zip(name: str, data: bytes | str, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        archive.writestr(name, data)
    return stream.getvalue()


def _entities() -> bytes:
    lines = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(10))
    sheet = f'<?xml version="1.0"?><!DOCTYPE x [{lines}]><worksheet><sheetData><row><c t="inlineStr"><is><t>&l9;</t></is></c></row></sheetData></worksheet>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return stream.getvalue()


def _far_column() -> bytes:
    """A workbook with a cell whose address has more letters than there are columns: the reader of workbooks would lay out millions of them."""
    import openpyxl

    book, stream, out = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    for row in (["date", "sku", "quantity"], ["2012-01-13", "A", 3]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(stream)
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'r="A2"', b'r="AORDER2"'))
    return out.getvalue()


HOSTILE = {
    "far column": _far_column,
    "zip bomb": lambda: _zip("a.csv", b"0" * 100_000_000),
    "gzip bomb": lambda: gzip.compress(b"a,b\n" * 20_000_000, 9),
    "long line": lambda: b"date,sku,quantity\n" + b"x" * 5_000_000,
    "quotes": lambda: b'"\n' * 300_000,
    "odd quotes": lambda: b"date,sku,quantity\n" + b'2012-01-13,"A,3\n' * 50_000,
    "nul": lambda: b"\0" * 1_000_000,
    "random": lambda: random.Random(1).randbytes(1_000_000),
    "entities": _entities,
    "bad workbook": lambda: _zip("xl/workbook.xml", "junk"),
    "bad old workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 5000,
    "bad parquet": lambda: b"PAR1" + b"x" * 500 + b"PAR1",
    "bad arrow": lambda: b"ARROW1" + b"x" * 500,
    "bad gzip": lambda: b"\x1f\x8b" + b"x" * 50,
    "bad zip": lambda: b"PK\x03\x04" + b"x" * 50,
    "spaces": lambda: (b"2012-01-13 " + b" " * 5000 + b"x,S,1\n") * 200,
    "archives in archives": lambda: _zip("a.zip", _zip("b.zip", _zip("c.zip", _zip("d.csv", "date,sku\n")))),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_files_are_refused(name: str) -> None:
    data = HOSTILE[name]()
    start = time.process_time()
    with pytest.raises(DataError) as caught:
        read_sales(data)
    assert time.process_time() - start < 10
    assert all(p.remedy for p in caught.value.problems)


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("member", ["sales.csv", "xl/worksheets/sheet1.xml"])
def test_an_archive_damaged_anywhere_is_refused_or_read_as_it_was(packing: int, member: str) -> None:
    data = _zip(member, CLEAN, packing)
    refused = 0
    for place in range(4, len(data), 5):
        damaged = bytearray(data)
        damaged[place] ^= 0xFF
        try:
            assert read_sales(bytes(damaged)).report.rows_used == 60
        except DataError:
            refused += 1
    assert refused > len(data) // 10


def test_thousands_of_columns_are_no_obstacle() -> None:
    head = "date,sku,quantity," + ",".join(f"c{i}" for i in range(17_000))
    data = head + "\n" + "\n".join(f"2012-01-{13 + k},A,3," + ",".join(['"x"'] * 17_000) for k in range(12))
    assert read_sales(data.encode()).report.units_used == 36


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutated_files_never_crash_and_rows_add_up(data: st.DataObject) -> None:
    body = bytearray(CLEAN.encode("cp1252"))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(body) - 1))
        kind = data.draw(st.sampled_from(["byte", "delete", "insert", "swap"]))
        if kind == "byte":
            body[at] = data.draw(st.integers(0, 255))
        elif kind == "delete":
            del body[at : at + data.draw(st.integers(1, 30))]
        elif kind == "insert":
            body[at:at] = data.draw(
                st.sampled_from(
                    [b'"', b";", b"\n", b"\r", b"\x00", b"\xff", b",", b"'", b"Total", b"\t", b"0" * 50]
                )
            )
        else:
            body[at : at + 10] = bytes(reversed(body[at : at + 10]))
    for reader in (read_sales, read_items):
        try:
            found = reader(bytes(body))
        except DataError as error:
            assert all(p.message and p.remedy for p in error.problems)
            continue
        report = found[1] if isinstance(found, tuple) else found.report
        assert report.rows_used + report.rows_rejected == report.rows_read
        assert len(report.rejected) == report.rows_rejected


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_end_in_a_report(data: bytes) -> None:
    try:
        report = check_report(read_sales(data))
    except DataError as error:
        report = check_report(error)
    assert set(report) >= FIELDS


def test_report_fields_and_files_in_one_process(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "a.csv").write_bytes(CLEAN.encode("cp1252"))
    (folder / "b.csv").write_bytes(b"")
    found = [
        checked(partial(read_files, [Given(folder / name)]))[1] for name in ("a.csv", "b.csv", "missing.csv")
    ]
    assert [f["ok"] for f in found] == [True, False, False]
    first = found[0]
    assert first["rows_read"] == 60 == first["rows_used"] and set(first) >= FIELDS
    assert set(first["dialect"]) >= {"delimiter", "quote", "encoding", "decimal", "header_rows"}
    assert first["dialect"]["decimal"] == "," and first["date_order"] == "DMY"
    assert all(set(p) >= {"code", "count", "first_row", "message", "remedy"} for p in first["problems"])
    assert found[2]["problems"][0]["code"] == "no_file"


def test_packed_histories_hold_everything() -> None:
    data = b"date,sku,quantity,customer,channel,family,unit_cost\n2012-01-13,A,3,C1,web,F,2.5\n2012-01-14,B,x,C2,shop,G,1\n2012-01-14,B,2,,shop,G,1\n"
    first = read_sales(data)
    again = sent(first)
    assert (
        again.customers.tolist() == ["C1"]
        and again.customer.tolist() == [0, -1]
        and again.channels.tolist() == ["shop", "web"]
    )
    assert again.attributes["family"].tolist() == ["F", "G"] and again.attributes["unit_cost"].tolist() == [
        2.5,
        1.0,
    ]
    assert again.report.rejected.values.tolist() == first.report.rejected.values.tolist()
    assert again.report.problems == first.report.problems


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-A1", "@x", "\t=1", " =1", "\r=1", '=HYPERLINK("x")'])
def test_formulas_are_neutralised(text: str) -> None:
    assert str(safe_cell(text)).startswith("'")


def test_numbers_and_plain_texts_are_left_alone() -> None:
    assert [safe_cell(v) for v in ("-5", "-1,204.50", "bolt", "A=1", 3, 2.5, None)] == [
        "-5",
        "-1,204.50",
        "bolt",
        "A=1",
        3,
        2.5,
        None,
    ]
    frame = pd.DataFrame({"=x": ["=1", "a"], "units": [-1.0, 2.0]})
    assert csv_bytes(frame).decode().splitlines() == ["'=x,units", "'=1,-1.0", "a,2.0"]


def test_sales_as_understood() -> None:
    frame = sales_frame(read_sales(CLEAN.encode()))
    assert list(frame.columns) == ["sku", "date", "quantity", "revenue"] and len(frame) == 60


BOOKS = (
    b"date,sku,quantity,revenue,channel\n2011-12-30,A,1,55,web\n2012-01-27,A,3,300,web\n2012-02-28,A,-1,-100,web\n"
    b"2012-03-28,B,2,51.30,shop\n2012-12-30,B,4,83.70,shop\n2013-01-02,A,1,40,web\n"
)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (335 + 100, "returns"),
        (335 * 1.19, "tax"),
        (335 / 1.21, "tax"),
        (335 - 135, "channel"),
        (335 + 40, "cut_off"),
        (335 + 55, "cut_off"),
        (335 - 300, "one_line"),
    ],
)
def test_differences_find_their_explanation(typed: float, code: str) -> None:
    found = reconcile(read_sales(BOOKS), typed, 2012)
    assert found.in_file == pytest.approx(335.0) and found.difference == pytest.approx(typed - 335)
    assert code in {c.code for c in found.candidates if abs(c.remaining) < 0.01}
    assert f"{abs(found.difference):,.2f}" in found.sentence()


def test_agreement_and_bad_totals() -> None:
    history = read_sales(BOOKS)
    assert (
        "agrees" in reconcile(history, 335.0, 2012).sentence()
        and not reconcile(history, 335.0, 2012).candidates
    )
    assert reconcile(history, 10, measure="units").in_file == 10
    with pytest.raises(DataError, match="no line in 1999"):
        reconcile(history, 1.0, 1999)
    with pytest.raises(ValueError, match="measure"):
        reconcile(history, 1.0, measure="weight")


def test_a_short_fuzz_guided_by_coverage_finds_nothing() -> None:
    assert [wrong for _, wrong, _ in fuzz(20120127, lambda number: number >= 60)] == []


def test_the_fuzz_gives_the_tracer_back_that_it_found() -> None:
    """A run under coverage would end unseen at the fuzz, and everything after it would count as never run."""
    before = sys.gettrace()

    def mine(*_: object) -> None:
        return None

    sys.settrace(mine)
    try:
        result, lines = Corpus().new_lines(lambda: outcome(b"date,sku,quantity\n2012-01-27,A,3\n"))
        assert sys.gettrace() is mine
    finally:
        sys.settrace(before)
    assert result == "" and lines > 100


def test_the_quick_look_at_a_sheet_finds_what_the_careful_one_finds() -> None:
    draw = np.random.default_rng(11)
    for _ in range(60):
        rows = []
        for number in sorted(draw.choice(400_000, 40, replace=False) + 1):
            names = sorted(
                {
                    chr(65 + int(c)) if c < 26 else chr(64 + int(c) // 26) + chr(65 + int(c) % 26)
                    for c in draw.integers(0, int(draw.choice([5, 200])), 6)
                }
            )
            rows.append(
                f'<row r="{number}">'
                + "".join(f'<c r="{name}{number}" t="n"><v>1</v></c>' for name in names)
                + "</row>"
            )
        sheet = (
            "<worksheet><cols><col/></cols><sheetData>" + "".join(rows) + "</sheetData></worksheet>"
        ).encode()
        assert _plain_span(sheet) == _spanned(sheet)[0] > 26 * 9999
    for other in (
        b"<x:row r='1'><x:c r='A1'/></x:row>",
        b'<row r="1"><c/></row>',
        b'<row r="1"><c r = "ZZ9"/></row>',
        b"<row r='1'><c r='A1'/></row>",
        b"<row><c/></row>",
    ):
        assert _plain_span(b"<sheetData>" + other + b"</sheetData>      ") is None
    assert _plain_span(b"<sheetData></sheetData>") == _spanned(b"")[0]


def test_undivided_lines_and_far_too_many_columns_are_refused_for_what_they_are() -> None:
    columns = b"date,sku,quantity," + b",".join(b"c%d" % i for i in range(40_000))
    spans = "<table>" + '<tr><td colspan="1000">A</td></tr>' * 6000 + "</table>"
    for data, code in (
        (b"date,sku,quantity\n" + b"1\n" * 30_000, "one_column"),
        (columns + b"\n" + b"1," * 40_002 + b"1\n", "too_large"),
        (spans.encode(), "too_large"),
    ):
        with pytest.raises(DataError) as caught:
            read_sales(data)
        assert caught.value.problems[0].code == code and caught.value.problems[0].remedy


def test_every_column_says_how_sure_it_is() -> None:
    sure = read_sales(b"Datum;Artikel;Verkauf Anzahl\n27.07.2012;A;3\n28.07.2012;B;4\n").report
    assert set(sure.confidence) == set(sure.mapping) and all(
        0 < share <= 1 for share in sure.confidence.values()
    )
    told = read_sales(
        b"day;x1;y1\n2012-07-27;A;3\n2012-07-28;B;4\n", mapping={"sku": "x1", "quantity": "y1"}
    ).report
    assert (
        told.confidence["sku"]
        == told.confidence["quantity"]
        == 1.0
        == check_report(told)["confidence"]["sku"]
    )


def test_an_old_workbook_whose_sectors_lead_in_circles_is_refused() -> None:
    """A sound one is read; with the last sector of its stream going on with the first it would be read until memory ends."""
    rows: list[list[str | int]] = [
        ["date", "sku", "quantity"],
        *([f"2012-01-{13 + k}", "A1", 3 + k] for k in range(9)),
    ]
    sound = old_workbook(rows)
    assert read_sales(sound, name="old.xls").quantity.sum() == sum(3 + k for k in range(9))
    size = 1 << int.from_bytes(sound[30:32], "little")
    table = (int.from_bytes(sound[76:80], "little") + 1) * size
    following = [int.from_bytes(sound[table + 4 * k : table + 4 * k + 4], "little") for k in range(size // 4)]
    last = max(k for k, one in enumerate(following) if one == 0xFFFFFFFE)
    first = following.index(min(one for one in following if one < len(following)))
    broken = sound[: table + 4 * last] + first.to_bytes(4, "little") + sound[table + 4 * last + 4 :]
    with pytest.raises(DataError) as caught:
        read_sales(broken, name="old.xls")
    assert (
        caught.value.problems[0].code == "damaged_file"
        and "goes on with itself" in caught.value.problems[0].found
    )
