"""What money and marks mean, decided over the column: credits and debits, amounts of lines, tax; sums among the columns and rows of a sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pytest

from analytics.data import read_sales
from analytics.errors import DataError

LINES = [
    (
        k,
        dt.date(2023, 1, 3) + dt.timedelta(days=7 * k),
        f"A-{k % 4:02d}",
        (k * 7) % 11 + 1,
        (12.5, 8.25, 1020.4, 3.0)[k % 4],
    )
    for k in range(48)
]
UNITS, MONEY = sum(q for *_, q, _ in LINES), sum(q * p for *_, q, p in LINES)


def table(header: str, line: Callable[[int, dt.date, str, int, float], str]) -> bytes:
    return "\n".join([header, *(line(*one) for one in LINES)]).encode()


def back(rows: tuple[int, ...], column: int) -> float:
    """What returns in these rows take away twice: they were added, and are to be subtracted."""
    return 2 * sum(LINES[k][3] * (1.0 if column == 3 else LINES[k][4]) for k in rows)


@pytest.mark.parametrize(
    ("usual", "rare"), [(" CR", " DR"), (" Dr", " Cr"), ("", " CR"), ("", "DR."), ("CR", "")]
)
def test_the_rarer_side_of_an_account_holds_the_returns(usual: str, rare: str) -> None:
    few = (3, 9) if rare else ()
    history = read_sales(
        table(
            "Date;SKU;Quantity;Amount",
            lambda k, d, s, q, p: (
                f"{d};{s};{q}{rare if k in few else usual};{q * p:,.2f}{rare if k in few else usual}"
            ),
        )
    )
    assert history.report.units_used == UNITS - back(few, 3) and history.report.revenue_used == pytest.approx(
        MONEY - back(few, 4)
    )
    said = [p for p in history.report.problems if p.code == "credit_debit"]
    assert len(said) == 2 and all(
        p.count == len(few) and p.remedy and "counted as sales" in p.message for p in said
    )


@pytest.mark.parametrize(
    "mark",
    [
        lambda k: ("CR", "DR")[k % 2],
        lambda k: ("CR", "DR", "")[min(k % 9, 2)],
        lambda k: "CR" if k > 3 else "",
    ],
)
def test_sides_that_tell_nothing_are_asked(mark: Callable[[int], str]) -> None:
    with pytest.raises(DataError) as asked:
        read_sales(
            table("Date;SKU;Quantity;Amount", lambda k, d, s, q, p: f"{d};{s};{q};{q * p:.2f} {mark(k)}")
        )
    assert [p.code for p in asked.value.problems] == ["credit_debit"] and "CR" in asked.value.problems[
        0
    ].found


def test_a_column_of_sides() -> None:
    history = read_sales(
        table(
            "Belegdatum;Artikel;Menge;Umsatz;Soll/Haben-Kennzeichen",
            lambda k, d, s, q, p: f"{d};{s};{q};{q * p:.2f};{'S' if k in (3, 9) else 'H'}",
        )
    )
    assert history.report.units_used == UNITS - back(
        (3, 9), 3
    ) and history.report.revenue_used == pytest.approx(MONEY - back((3, 9), 4))
    only = read_sales(
        table(
            "Belegdatum;Artikel;Menge;Umsatz;Soll/Haben-Kennzeichen",
            lambda k, d, s, q, p: f"{d};{s};{q};{q * p:.2f};H",
        )
    )
    assert only.report.units_used == UNITS
    with pytest.raises(DataError, match="credits and debits"):
        read_sales(
            table(
                "Date,SKU,Qty,Amount,Debit/Credit",
                lambda k, d, s, q, p: f"{d},{s},{q},{q * p:.2f},{'Debit' if k % 2 else 'Credit'}",
            )
        )


def test_a_price_that_grows_with_the_quantity_is_the_amount_of_the_line() -> None:
    lines = read_sales(
        table("purchase-date\tsku\tquantity\titem-price", lambda k, d, s, q, p: f"{d}\t{s}\t{q}\t{q * p:.2f}")
    )
    assert lines.report.revenue_used == pytest.approx(MONEY) and any(
        p.code == "amount_of_line" for p in lines.report.problems
    )
    units = read_sales(
        table(
            "purchase-date\tsku\tquantity\titem-price",
            lambda k, d, s, q, p: f"{d}\t{s}\t{q}\t{p * (1 + 0.001 * k):.2f}",
        )
    )
    assert units.report.mapping["price"] == "item-price" and all(
        p.code != "amount_of_line" for p in units.report.problems
    )


def test_tax_beside_the_amount_is_left_out() -> None:
    history = read_sales(
        table(
            "Date,SKU,Qty,Subtotal,Tax,Total",
            lambda k, d, s, q, p: f"{d},{s},{q},{q * p:.2f},{q:.2f},{q * p + q:.2f}",
        )
    )
    assert (
        history.report.revenue_used == pytest.approx(MONEY)
        and history.report.mapping["revenue"] == "Subtotal"
    )
    other = read_sales(
        table(
            "Date,SKU,Qty,Subtotal,Tax,Total",
            lambda k, d, s, q, p: f"{d},{s},{q},{q * p:.2f},{q:.2f},{q * p + 2 * q:.2f}",
        )
    )
    assert other.report.mapping["revenue"] == "Total" and all(
        p.code != "tax_left_out" for p in other.report.problems
    )


def test_quarters_among_months_are_not_counted_twice() -> None:
    head, rows = (
        "SKU,Jan 2023,Feb 2023,Mar 2023,Q1 2023,Apr 2023,May 2023,Jun 2023,Q2 2023",
        [f"A-{a},{a},2,3,{a + 5},4,5,6,15" for a in range(5)],
    )
    history = read_sales("\n".join([head, *rows]).encode())
    assert (
        history.report.units_used == 10 + 5 * 20
        and history.report.frequency == "M"
        and any(p.code == "summary_column" and p.count == 2 for p in history.report.problems)
    )
    with pytest.raises(DataError, match="not the sum"):
        read_sales("\n".join([head, *(row.replace(",15", ",16") for row in rows)]).encode())


def test_rows_that_sum_the_rows_below_are_not_counted_twice() -> None:
    groups = {"Chairs": [(1, 2, 3), (4, 0, 1)], "Tables": [(2, 2, 2), (0, 1, 5), (3, 3, 0)]}
    rows = [
        row
        for name, parts in groups.items()
        for row in (
            (name, *np.sum(parts, axis=0)),
            *((f"{name[0]}-{k}", *part) for k, part in enumerate(parts)),
        )
    ]
    text = "Product,2023-01,2023-02,2023-03\n" + "\n".join(",".join(map(str, row)) for row in rows)
    history = read_sales(text.encode())
    assert history.report.units_used == 29 and history.skus.tolist() == ["C-0", "C-1", "T-0", "T-1", "T-2"]
    assert history.report.rejected["found"].tolist() == ["Chairs", "Tables"]
    odd = read_sales(
        text.replace("C-1,4,0,1", "C-1,4,0,2").encode()
    )  # no longer sums from first to last: five products and two more
    assert len(odd.skus) == 7 and odd.report.units_used == 59


def test_orders_that_failed_and_lines_that_are_void() -> None:
    voided = read_sales(
        table(
            "Order Date,Order ID,SKU,Qty,Amount,Voided",
            lambda k, d, s, q, p: f"{d},{k},{s},{q},{q * p:.2f},{'true' if k == 5 else 'false'}",
        )
    )
    assert voided.report.units_used == UNITS - LINES[5][3]
    states = {4: "Draft", 8: "Failed", 9: "Pending payment"}
    failed = read_sales(
        table(
            "date,order,sku,quantity,amount,status",
            lambda k, d, s, q, p: f"{d},{k},{s},{q},{q * p:.2f},{states.get(k, 'Paid')}",
        )
    )
    assert (
        failed.report.units_used == UNITS - LINES[4][3] - LINES[8][3] - LINES[9][3]
    )  # an order not paid is none yet
    refunded = read_sales(
        table(
            "date,sku,Qty. Ordered,Qty. Refunded", lambda k, d, s, q, p: f"{d},{s},{q},{q if k == 3 else 0}"
        )
    )
    assert refunded.report.units_used == UNITS - LINES[3][3]


def test_the_movements_of_a_stock_ledger_stand_in_the_column_that_names_them() -> None:
    others = "\n05/01/2023,Purchase,,A-01,100,0\n05/02/2023,Positive Adjmt.,,A-01,5,0\n05/02/2023,Transfer,,A-01,-7,0"
    lines = table(
        "Posting Date,Entry Type,Document Type,Item No.,Quantity,Sales Amount",
        lambda k, d, s, q, p: f"{d:%m/%d/%Y},Sale,Sales Shipment,{s},-{q},{q * p:.2f}",
    )
    history = read_sales(lines + others.encode())
    assert (
        history.report.units_used == UNITS
        and history.report.revenue_used == pytest.approx(MONEY)
        and history.report.rows_rejected == 3
    )


SCRIPTS: dict[str, bytes] = {
    "Shift JIS": table(
        "注文日,商品コード,商品名,数量,金額", lambda k, d, s, q, p: f"{d:%Y/%m/%d},{s},ネジ,{q},{q * p:.2f}"
    )
    .decode()
    .encode("cp932"),
    "days in Japanese": table(
        "日付,商品コード,数量,売上高",
        lambda k, d, s, q, p: f"{d.year}年{d.month}月{d.day}日,{s},{q},{q * p:.2f}",
    ),
    "days in Korean": table(
        "주문일자,상품코드,수량,금액",
        lambda k, d, s, q, p: f"{d.year}년 {d.month}월 {d.day}일,{s},{q},{q * p:.2f}",
    ),
    "Arabic": table(
        "التاريخ,رمز المنتج,الكمية,المبلغ",
        lambda k, d, s, q, p: (
            f"{d},{s},"
            + f"{q},{q * p:.2f}".replace(",", "|")
            .translate(str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫"))
            .replace("|", ",")
        ),
    ),
    "fixed width with commas": table(
        f"{'Artikel':<10}{'Datum':<12}{'Menge':>8}{'Umsatz':>14}",
        lambda k, d, s, q, p: f"{s:<10}{d:%d.%m.%Y}  {q:>8}{f'{q * p:.2f}'.replace('.', ','):>14}",
    ),
    "Tally": table(
        "Date,Particulars,Stock Item,Quantity,Rate,Value",
        lambda k, d, s, q, p: f'{d:%d-%b-%y},Acme,{s},{q} Nos,{p:.2f}/Nos,"{q * p:,.2f} Cr"',
    ),
    "Matrixify": table(
        "Name,Processed At,Line: Type,Line: SKU,Line: Quantity,Line: Price,Line: Total",
        lambda k, d, s, q, p: f"#{k},{d} 10:00:00 -0500,Line Item,{s},{q},{p},{q * p:.2f}",
    ),
    "SAP": table(
        "Verkaufsbeleg\tBelegdatum\tMaterial\tKumul. Auftragsmenge\tNettowert",
        lambda k, d, s, q, p: f"{1000 + k}\t{d:%d.%m.%Y}\t{s}\t{q}\t{q * p:.2f}",
    ),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_and_names_of_further_programs(name: str) -> None:
    history = read_sales(SCRIPTS[name])
    assert history.report.units_used == UNITS and history.report.revenue_used == pytest.approx(MONEY)
    assert len(history.skus) == 4 and history.report.rows_used == 48 and len(set(history.date)) == 48


def test_english_with_curly_quotes_is_not_taken_for_japanese() -> None:
    text = (
        table("date,sku,name,quantity", lambda k, d, s, q, p: f"{d},{s},men’s shirt – “blue”,{q}")
        .decode()
        .encode("cp1252")
    )
    history = read_sales(text)
    assert (
        history.report.dialect["encoding"] == "cp1252"
        and history.attributes["name"][0] == "men’s shirt – “blue”"
    )
