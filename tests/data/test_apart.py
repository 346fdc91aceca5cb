"""Files read in a child process: the same as here, at bounded cost, and the next file is read after one that was stopped."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import numpy as np
import pytest

from analytics.data import check_report, read_bom, read_items, read_sales
from analytics.data.apart import Bounds, ReadingProcess
from analytics.data.files import Given
from analytics.errors import DataError
from benchmarks.intake_fuzz import mutated, seeds

SALES = "date;sku;quantity;revenue;customer;promised_date;family\n" + "".join(
    f"{13 + k % 15}.01.2012;00{k % 4};{k % 7};{k},{'25' if k % 3 else '50'};C{k % 5 or ''};{'' if k % 2 else f'{13 + k % 15}.02.2012'};F{k % 2}\n" for k in range(60)
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
    assert there.history.skus.tolist() == here.skus.tolist() and there.history.customers.tolist() == here.customers.tolist()
    for name in ("sku", "date", "quantity", "revenue", "order", "customer", "channel", "promised", "shipped", "promotion", "row"):
        np.testing.assert_array_equal(getattr(there.history, name), getattr(here, name))
    assert {k: v.tolist() for k, v in there.history.attributes.items()} == {k: v.tolist() for k, v in here.attributes.items()}
    items, report = read_items(ITEMS, name="i.csv")
    assert there.items is not None and there.items_report is not None and there.bom is not None
    assert check_report(there.items_report) == check_report(report) and there.items.skus.tolist() == items.skus.tolist()
    for name, values in items.values.items():
        assert there.items[name].astype(str).tolist() == values.astype(str).tolist()
        assert there.items.origin(name).tolist() == items.origin(name).tolist()
    bom = read_bom(BOM, name="b.csv")
    assert there.bom.codes.tolist() == bom.codes.tolist() and there.bom.incomplete.tolist() == bom.incomplete.tolist() == [0]
    assert there.bom.quantity.tolist() == bom.quantity.tolist() and there.bom.report.rows_rejected == 1


def test_problems_come_back_as_problems(apart: ReadingProcess) -> None:
    with pytest.raises(DataError, match="holds no rows") as caught:
        apart.read([Given(b"  \n", "empty.csv")])
    assert caught.value.problems[0].code == "empty_file"
    assert apart.header_of([Given(b"", "")]) == () and apart.header_of([Given(SALES.encode(), "s")])[:3] == ("date", "sku", "quantity")


def test_a_file_that_costs_too_much_is_refused_and_the_next_one_is_read() -> None:
    few = ReadingProcess(Bounds(seconds=1.0, megabytes=60.0, waiting=60.0))
    lines = b"date,sku,quantity\n" + b"".join(b"2012-01-%02d,A%d,3\n" % (13 + k % 15, k) for k in range(200_000))
    try:
        with pytest.raises(DataError) as caught:
            few.read([Given(lines, "large.csv")])
        assert caught.value.problems[0].code in ("too_slow", "too_large", "reader_stopped")
        assert caught.value.problems[0].remedy
        assert few.read([Given(b"date,sku,quantity\n2012-01-27,A,3\n", "s.csv")]).history.quantity.tolist() == [3.0]
        number = few.number
        assert number is not None and _alive(number)
    finally:
        few.close()
    assert not _alive(number)


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
