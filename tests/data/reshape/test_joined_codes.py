"""Style, colour and size: told, and one product for each where a person says so; sheets with units and sales for every month; JSON in words."""

from __future__ import annotations

import datetime as dt

import pytest

from analytics.data import read_sales
from analytics.errors import DataError

ROWS = [
    (
        dt.date(2023, 2, 1) + dt.timedelta(days=k),
        f"ST{k % 3}",
        ("red", "blue")[k % 2],
        "SML"[k % 5 % 3],
        1 + k % 4,
    )
    for k in range(90)
]
FILE = ("Date,Style,Colour,Size,Qty,Net value\n" + "\n".join(
    f"{d},{s},{c},{z},{q},{q * 9.5}" for d, s, c, z, q in ROWS
)).encode()  # fmt: skip


def test_variants_are_told_with_the_way_to_plan_each() -> None:
    report = read_sales(FILE).report
    (said,) = [p for p in report.problems if p.code == "variants"]
    variants = len({(s, c, z) for _, s, c, z, _ in ROWS})
    assert f"{variants} variants of 3 products" in said.message and said.count == 3
    history = read_sales(FILE, mapping={"sku": said.remedy.partition("sku=")[2].rstrip(")")})
    assert len(history.skus) == variants and "ST0-red-S" in history.skus
    assert history.report.units_used == report.units_used == sum(q for *_, q in ROWS)
    assert "variants" not in {p.code for p in history.report.problems}


def test_a_part_that_the_file_does_not_have_is_refused() -> None:
    with pytest.raises(DataError, match="no column 'Style \\+ Fit'"):
        read_sales(FILE, mapping={"sku": "Style + Fit"})


@pytest.mark.parametrize("first", ["Qty", "Sales"])
def test_units_and_sales_of_every_month_are_told_apart(first: str) -> None:
    months = [f"{dt.date(2023, m, 1):%b %Y}" for m in range(1, 9)]
    measures = (first, "Sales" if first == "Qty" else "Qty")
    head = ",".join(f"{month} {measure}" for month in months for measure in measures)
    units = {s: [(3 * s + 5 * k) % 11 for k in range(8)] for s in range(5)}
    rows = [
        f"P{s}," + ",".join(str(q if measure == "Qty" else q * 12.4) for q in of for measure in measures)
        for s, of in units.items()
    ]
    report = read_sales((f"Item,{head}\n" + "\n".join(rows)).encode()).report
    total = sum(map(sum, units.values()))
    assert report.units_used == total and report.revenue_used == pytest.approx(12.4 * total)


@pytest.mark.parametrize(
    "text", ['[{"date": "2023-01-02", "sku": "A", "qty": 3}]', '{"rows": []}', "[\n {}]"]
)
def test_json_is_named_as_such(text: str) -> None:
    with pytest.raises(DataError, match="is JSON, not a table"):
        read_sales(text.encode(), name="orders.json")
