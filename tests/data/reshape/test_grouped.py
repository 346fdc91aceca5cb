"""Reports that head groups of lines: read with their totals compared, or refused with a row named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pytest

from analytics.data import read_sales
from analytics.errors import DataError

SKUS = ("A-00", "A-01", "B-7", "000200")
LINES = [
    (dt.date(2023, 1, 3) + dt.timedelta(days=5 * k), SKUS[k % 4], (k * 7) % 11 + 1, 12.5 * ((k * 7) % 11 + 1))
    for k in range(44)
]
UNITS, MONEY = sum(q for _, _, q, _ in LINES), sum(v for *_, v in LINES)
BOOKS = {sku: sum(q for _, s, q, _ in LINES if s == sku) for sku in SKUS}


def report(
    head: str, heading: str, line: str, total: str, title: str = "", footer: str = "", off: int = 0
) -> bytes:
    """A report by product; `off` is added to the first total of units."""
    out = [*([title, ""] if title else []), head]
    for k, sku in enumerate(SKUS):
        mine = [one for one in LINES if one[1] == sku]
        out.append(heading.format(sku=sku))
        out += [
            line.format(day=d, sku=sku, units=q, money=v, number=n) for n, (d, _, q, v) in enumerate(mine)
        ]
        out.append(
            total.format(sku=sku, units=BOOKS[sku] + (off if k == 0 else 0), money=sum(v for *_, v in mine))
        )
    return "\n".join(
        [
            *out,
            total.format(sku="", units=UNITS, money=MONEY).replace("Total for ", "TOTAL"),
            *([footer] if footer else []),
        ]
    ).encode()


QBO = (
    "{sku},,,,,,,,",
    ',{day:%m/%d/%Y},Invoice,{number},"Cust, Inc",memo,{units}.00,12.50,"{money:,.2f}"',
    'Total for {sku},,,,,,{units}.00,,"${money:,.2f}"',
)
FORMS: dict[str, bytes] = {
    "QuickBooks Online": report(
        ",Transaction date,Transaction type,Num,Customer full name,Memo/Description,Quantity,Sales price,Amount",
        *QBO,
        "Sales by Product/Service Detail",
    ),
    "QuickBooks Online, first column named": report(
        "Product/Service full name,Transaction date,Transaction type,Num,Customer full name,Memo,Quantity,Sales price,Amount",
        *QBO,
    ),
    "QuickBooks Online, footer": report(
        ",Date,Transaction Type,Num,Customer,Memo/Description,Qty,Sales Price,Amount",
        *QBO,
        "By Item",
        '"Tuesday, Jan 02, 2024 GMT-8",,,,,,,,',
    ),
    "QuickBooks desktop": report(
        ",,Type,Date,Num,Memo,Qty,Amount",
        ",{sku},,,,,,",
        ",,Invoice,{day:%m/%d/%Y},{number},memo,{units},{money}",
        ",Total {sku},,,,,{units},{money}",
    ),
    "Xero, in the column of dates": report(
        "Date,Transaction,Reference,Quantity,Total",
        "{sku},,,,",
        "{day:%d %b %Y},Sale,INV-{number},{units},{money}",
        "Total {sku},,,{units},{money}",
        "Inventory Item Details",
    ),
    "a label before the product": report(
        "Datum;Beleg;Menge;Betrag",
        "Artikel: {sku};;;",
        "{day:%d.%m.%Y};RE{number};{units};{money}",
        "Summe Artikel {sku};;{units};{money}",
    ),
    "label, code and name": report(
        "Datum;Beleg;Menge;Betrag",
        "Artikel:;{sku};Schraube {sku};",
        "{day:%d.%m.%Y};RE{number};{units};{money}",
        "Summe;;{units};{money}",
    ),
    "headings without delimiters": report(
        "Date,Document,Qty,Amount",
        "{sku}",
        "{day},INV{number},{units},{money}",
        "Subtotal,,{units},{money}",
        "Sales by item",
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_line_stands_under_its_heading(name: str) -> None:
    history = read_sales(FORMS[name])
    assert history.report.units_used == UNITS and history.report.revenue_used == pytest.approx(MONEY)
    assert dict(zip(history.skus, np.bincount(history.sku, weights=history.quantity), strict=True)) == BOOKS
    report = history.report
    assert report.rows_used == len(LINES) and report.rows_used + report.rows_rejected == report.rows_read
    said = {p.code: p for p in report.problems}
    assert (
        said["headed_groups"].count == 4 == said["group_heading"].count
        and said["total_row"].count == 5
        and "totals_differ" not in said
    )
    if (
        name != "headings without delimiters"
    ):  # there the totals of groups are cut off, only the last is compared
        assert said["totals_agree"].count == 10


def test_groups_within_groups() -> None:
    lines = FORMS["QuickBooks Online"].decode().splitlines()
    first, last = (
        lines.index("A-00,,,,,,,,"),
        next(k for k, line in enumerate(lines) if line.startswith("Total for A-01")),
    )
    nested = [
        *lines[:first],
        "Bolts,,,,,,,,",
        *("   " + line if line.startswith(("A-", "Total")) else line for line in lines[first : last + 1]),
    ]
    units = BOOKS["A-00"] + BOOKS["A-01"]
    history = read_sales(
        "\n".join([*nested, f"Total for Bolts,,,,,,{units},,${12.5 * units}", *lines[last + 1 :]]).encode()
    )
    assert history.report.units_used == UNITS and sorted(history.skus) == sorted(SKUS)
    assert dict(zip(history.skus, history.attributes["category"], strict=True)) == {
        "A-00": "Bolts",
        "A-01": "Bolts",
        "B-7": "",
        "000200": "",
    }
    assert {p.code: p.count for p in history.report.problems}["totals_agree"] == 12


def test_a_total_that_is_not_the_sum_of_its_lines_is_named() -> None:
    data = report(",Date,Transaction Type,Num,Customer,Memo/Description,Qty,Sales Price,Amount", *QBO, off=3)
    found = {p.code: p for p in read_sales(data).report.problems}
    row = next(k for k, line in enumerate(data.decode().splitlines(), 1) if line.startswith("Total for A-00"))
    assert (found["totals_differ"].row, found["totals_differ"].count) == (row, 1) and found[
        "totals_agree"
    ].count == 9
    assert (
        found["totals_differ"].found == f"{BOOKS['A-00'] + 3:,.2f}"
        and found["totals_differ"].expected == f"{BOOKS['A-00']:,.2f}"
    )


def _lines(rows: Sequence[str]) -> bytes:
    return "\n".join(rows).encode()


def test_headings_that_are_no_products_or_not_above_all_lines_are_refused_with_a_row() -> None:
    dated = [f"{d},INV{k},{q},{v}" for k, (d, _, q, v) in enumerate(LINES)]
    with pytest.raises(DataError, match="not products") as customers:
        read_sales(
            _lines(
                [
                    "Sales by customer",
                    "Date,Document,Qty,Amount",
                    "Acme,,,",
                    *dated[:20],
                    "Total Acme,,,",
                    "Bolt Ltd,,,",
                    *dated[20:],
                    "Total Bolt Ltd,,,",
                ]
            )
        )
    assert customers.value.problems[0].row == 3
    with pytest.raises(DataError, match="under none") as without:
        read_sales(
            _lines(
                [
                    "Sales by item",
                    "Date,Document,Qty,Amount",
                    "A-00,,,",
                    *dated[:20],
                    "Total A-00,,20,",
                    *dated[20:],
                ]
            )
        )
    assert without.value.problems[0].row == 25
    with pytest.raises(
        DataError, match="or in a column"
    ):  # nothing says what the headings are, and a column of codes stands beside them
        read_sales(_lines(["Date,Teil,Qty,Amount", "North,,,", *dated[:20], "South,,,", *dated[20:]]))


def test_a_customer_above_lines_that_name_their_product_changes_nothing() -> None:
    rows = [f",{d},{sku},{q},{v}" for d, sku, q, v in LINES]
    history = read_sales(
        _lines(
            [
                "Sales by Customer Detail",
                ",Date,Item,Qty,Amount",
                "Acme,,,,",
                *rows[:20],
                "Total Acme,,,1,1",
                "Bolt,,,,",
                *rows[20:],
                "Total Bolt,,,1,1",
            ]
        )
    )
    assert history.report.units_used == UNITS and sorted(history.skus) == sorted(SKUS)


def test_days_above_their_lines() -> None:
    history = read_sales(
        _lines(
            [
                "Product,Qty,Amount",
                *(row for d, sku, q, v in LINES for row in (f"{d:%d/%m/%Y},,", f"{sku},{q},{v}")),
            ]
        )
    )
    assert history.report.units_used == UNITS and history.report.revenue_used == pytest.approx(MONEY)
    assert set(history.date.astype(str)) == {str(d) for d, *_ in LINES}


def test_order_and_day_in_the_first_line_of_an_order() -> None:
    rows = [
        f"{f'S{k}' if k % 3 == 0 else ''},{LINES[k - k % 3][0] if k % 3 == 0 else ''},{sku},{q},{v}"
        for k, (_, sku, q, v) in enumerate(LINES)
    ]
    history = read_sales(_lines(["Order,Order Date,Product,Quantity,Subtotal", *rows]))
    assert (
        history.report.units_used == UNITS
        and len(set(history.order)) == 15
        and set(history.date.astype(str)) == {str(d) for d, *_ in LINES[::3]}
    )
    apart = [
        row.replace(",,", f",{LINES[0][0]},", 1) if k == 1 else row for k, row in enumerate(rows)
    ]  # the blanks no longer go together: nothing is filled
    assert (
        read_sales(_lines(["Order,Order Date,Product,Quantity,Subtotal", *apart])).report.rows_rejected == 28
    )
