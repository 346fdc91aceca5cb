"""Ugly files of kinds that people upload: each is read in full without an option, or asked about; never read in part in silence."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import numpy as np
import pytest

from analytics.data import read_sales
from analytics.errors import DataError

QUANTITY = [(k * 7) % 11 + 1 for k in range(48)]
SKU = [f"A-{k % 4:02d}" for k in range(48)]
DAY = [dt.date(2012, 1, 3) + dt.timedelta(days=7 * k) for k in range(48)]
PRICE = [12.5, 8.25, 1020.4, 3.0]
UNITS = sum(QUANTITY)
LINES = list(
    zip(range(48), DAY, SKU, QUANTITY, [q * PRICE[k % 4] for k, q in enumerate(QUANTITY)], strict=True)
)


def comma(number: float) -> str:
    return f"{number:.2f}".replace(".", ",")


def table(header: str, line: Callable[[int, dt.date, str, int, float], str]) -> str:
    return "\n".join([header, *(line(*values) for values in LINES)])


def months(header: str, names: str, form: str = "{day} {month} {year}") -> str:
    words = names.split()
    return table(
        header,
        lambda k, d, s, q, v: f"{form.format(day=d.day, month=words[d.month - 1], year=d.year)};{s};{q}",
    )


def sap_list() -> str:
    head, out = "|Material |Doc.Date  |  Quantity|      Value|", []
    for k, d, s, q, v in LINES:
        if k % 16 == 0:
            out += [
                f"Report ZSALES                 Page {k // 16 + 1}",
                "",
                "-" * len(head),
                head,
                "-" * len(head),
            ]
        out.append(f"|{s:9}|{d:%d.%m.%Y}|{q:10d}|{comma(v):>11}|")
    return "\n".join(
        [*out, "-" * len(head), f"|* Total |          |{UNITS:10d}|           |", "-" * len(head)]
    )


def pivot(subtotals: bool) -> str:
    out = ["Product;Month;Units"]
    for s in range(4):
        here = [QUANTITY[12 * s + m] for m in range(12)]
        out += [f"{f'A-{s:02d}' if m == 0 else ''};2012-{m + 1:02d};{q}" for m, q in enumerate(here)]
        out += [f"A-{s:02d} Total;;{sum(here)}"] if subtotals else []
    return "\n".join([*out, f"Grand Total;;{UNITS}"] if subtotals else out)


def with_subtotals(date: bool) -> str:
    out = ["Date,SKU,Quantity,Revenue"]
    for k, d, s, q, v in LINES:
        out.append(f"{d},{s},{q},{v:.2f}")
        if k % 12 == 11:
            out.append(
                f"{d if date else ''},{f'Total {d:%B}' if date else 'Subtotal'},{sum(QUANTITY[k - 11 : k + 1])},1.00"
            )
    return "\n".join(out)


def beside(many: int) -> str:
    height = 48 // many
    blocks = [[f"{d},{s},{q}" for _, d, s, q, _ in LINES[k * height : (k + 1) * height]] for k in range(many)]
    return "\n".join(
        [
            ",,".join(["Date,SKU,Quantity"] * many),
            *(",,".join(block[i] for block in blocks) for i in range(height)),
        ]
    )


def settlement() -> str:
    head = "settlement-id\ttotal-amount\tcurrency\ttransaction-type\torder-id\tsku\tquantity-purchased\tposted-date\tprice-type\tprice-amount"
    lines = (
        f"1\t\t\tOrder\t{k:05d}\t{s}\t{q}\t{d}\tPrincipal\t{v:.2f}\n1\t\t\tOrder\t{k:05d}\t{s}\t\t{d}\tTax\t{q}.00"
        for k, d, s, q, v in LINES
    )
    return "\n".join([head, "1\t999.00\tEUR\t\t\t\t\t\t\t", *lines])


def framed() -> str:
    bar = "+------------+------+----------+"
    return "\n".join(
        [
            bar,
            "| date       | sku  | quantity |",
            bar,
            *(f"| {d} | {s} | {q:8d} |" for _, d, s, q, _ in LINES),
            bar,
            "48 rows in set (0.00 sec)",
        ]
    )


def sqlcmd() -> str:
    return "\n".join(
        [
            "DATE        ITEM      QTY",
            "----------  --------  -----",
            *(f"{d}  {s:8}  {q:5d}" for _, d, s, q, _ in LINES),
            "",
            "(48 rows affected)",
        ]
    )


BOLTS = ["Bolt M8", "Nut", "Washer, big", "Screw"]
FINNISH = "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta"
KINDS: dict[str, Callable[[], str]] = {
    "SAP list with pages": sap_list,
    "pivot with blank labels": lambda: pivot(False),
    "pivot with blank labels and totals": lambda: pivot(True),
    "totals between the lines": lambda: with_subtotals(False),
    "totals with a date between the lines": lambda: with_subtotals(True),
    "two tables side by side": lambda: beside(2),
    "three tables side by side": lambda: beside(3),
    "units under the header": lambda: (
        "Date,SKU,Quantity,Price\n,,pcs,EUR\n"
        + table("", lambda k, d, s, q, v: f"{d},{s},{q},{PRICE[k % 4]}").lstrip()
    ),
    "formats under the header": lambda: (
        "Date,SKU,Quantity\nYYYY-MM-DD,text,pcs\n" + table("", lambda k, d, s, q, v: f"{d},{s},{q}").lstrip()
    ),
    "currency in the header": lambda: table(
        "Datum;Artikel;Menge (Stk.);Umsatz [EUR]", lambda k, d, s, q, v: f"{d:%d.%m.%Y};{s};{q};{comma(v)}"
    ),
    "ISO dates, then day first": lambda: table(
        "Date,SKU,Quantity", lambda k, d, s, q, v: f"{d if k < 24 else d.strftime('%d/%m/%Y')},{s},{q}"
    ),
    "dates as text, then serials": lambda: table(
        "Date,SKU,Quantity",
        lambda k, d, s, q, v: (
            f"{d.strftime('%d/%m/%Y') if k < 24 else (d - dt.date(1899, 12, 30)).days},{s},{q}"
        ),
    ),
    "three rows of header": lambda: (
        "Sales,,Order,\nDate,Item,Qty,Amount\n"
        + table("(posting),(SKU),(pcs),(EUR)", lambda k, d, s, q, v: f"{d},{s},{q},{v:.2f}")
    ),
    "fixed width": lambda: table(
        "DATE        ITEM      QTY    AMOUNT", lambda k, d, s, q, v: f"{d}  {s:8}{q:5d}{v:10.2f}"
    ),
    "fixed width, names with spaces": lambda: table(
        "DATE      ITEM NAME                 QTY",
        lambda k, d, s, q, v: f"{d:%d.%m.%y}  {s} {BOLTS[k % 4]:20}{q:4d}",
    ),
    "fixed width, a name wider than its column": lambda: table(
        "DATE        ITEM  QUANTITY SOLD", lambda k, d, s, q, v: f"{d}  {s}    {q:3d}"
    ).replace("QUANTITY SOLD", "QUANTITY"),
    "sqlcmd": sqlcmd,
    "psql": lambda: (
        table(
            "    date    | sku  | quantity \n------------+------+----------",
            lambda k, d, s, q, v: f" {d} | {s} | {q:8d}",
        )
        + "\n(48 rows)\n"
    ),
    "mysql": framed,
    "Markdown": lambda: table(
        "| date | sku | quantity |\n|---|---|---:|", lambda k, d, s, q, v: f"| {d} | {s} | {q} |"
    ),
    "Amazon settlement": settlement,
    "Xero": lambda: table(
        "*ContactName,*InvoiceNumber,*InvoiceDate,*DueDate,Total,TaxTotal,InventoryItemCode,*Description,*Quantity,*UnitAmount,*TaxType,Currency",
        lambda k, d, s, q, v: (
            f"C{k % 5},INV-{k},{d:%d/%m/%Y},{d + dt.timedelta(30):%d/%m/%Y},{1.2 * v:.2f},{0.2 * v:.2f},{s},Thing,{q}.0000,{PRICE[k % 4]:.4f},20% (VAT),GBP"
        ),
    ),
    "NetSuite": lambda: table(
        "Internal ID,Type,Date,Document Number,Name,Item,Quantity,Amount,Main Line",
        lambda k, d, s, q, v: (
            f"{k},Invoice,{d:%m/%d/%Y},INV{k},C{k % 5},,,{v:.2f},*\n{k},Invoice,{d:%m/%d/%Y},INV{k},C{k % 5},{s},{q},{v:.2f},"
        ),
    ),
    "Lexware": lambda: table(
        "Belegnr;Belegdatum;Kundennr;Name;Pos;Artikelnr;Bezeichnung;Menge;ME;E-Preis;G-Preis",
        lambda k, d, s, q, v: (
            f"RE{k};{d:%d.%m.%Y};10{k % 5};Müller;1;{s};Schraube, verzinkt;{q},00;Stk;{comma(PRICE[k % 4])};{comma(v)}"
        ),
    ),
    "a running total": lambda: table(
        "Date,SKU,Quantity,Running Total", lambda k, d, s, q, v: f"{d},{s},{q},{sum(QUANTITY[: k + 1])}"
    ),
    "a column of row numbers": lambda: table(",Date,SKU,Quantity", lambda k, d, s, q, v: f"{k},{d},{s},{q}"),
    "quarters": lambda: table(
        "Quarter,SKU,Units", lambda k, d, s, q, v: f"Q{k % 4 + 1} {2010 + k // 16},{'ABCD'[k // 4 % 4]},{q}"
    ),
    "weeks": lambda: table(
        "Week;Artikel;Menge", lambda k, d, s, q, v: f"{d.isocalendar()[0]}-W{d.isocalendar()[1]:02d};{s};{q}"
    ),
    "Romanian months": lambda: months(
        "Data;Cod articol;Cantitate",
        "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    ),
    "Greek months": lambda: months(
        "Ημερομηνία;Κωδικός;Ποσότητα",
        "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου Δεκεμβρίου",
    ),
    "Russian months": lambda: months(
        "Дата;Артикул;Количество",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "{day} {month} {year} г.",
    ),
    "Hungarian months": lambda: months(
        "Dátum;Cikkszám;Mennyiség",
        "január február március április május június július augusztus szeptember október november december",
        "{year}. {month} {day}.",
    ),
    "Finnish months": lambda: months("Päivämäärä;Tuotekoodi;Määrä", FINNISH, "{day}. {month} {year}"),
    "Turkish months": lambda: months(
        "Tarih;Stok kodu;Miktar", "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık"
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_unit_is_read_under_its_product(name: str) -> None:
    history = read_sales(KINDS[name]().encode())
    assert history.quantity.sum() == UNITS and len(history.skus) == 4
    by_product = sorted(np.bincount(history.sku, weights=history.quantity).tolist())
    groups = (
        [sum(QUANTITY[12 * s : 12 * s + 12]) for s in range(4)]
        if "pivot" in name
        else [sum(QUANTITY[s::4]) for s in range(4)]
    )
    if name != "quarters":
        assert by_product == sorted(groups)
    months_said = {(d.year, d.month) for d in DAY}
    if "month" in name.split()[-1] or "width" in name:
        assert {(d.year, d.month) for d in history.date.astype("datetime64[D]").astype(object)} == months_said
    assert history.report.rows_used + history.report.rows_rejected == history.report.rows_read


def test_negatives_in_every_form() -> None:
    forms = [
        lambda q: f"({q})",
        lambda q: f"{q} -",
        lambda q: f"{q}-",
        lambda q: f"- {q}",
        lambda q: f"\u2212{q}",
    ]
    text = table("Date\tItem\tQty", lambda k, d, s, q, v: f"{d}\t{s}\t{forms[k % 5](q) if k % 3 == 0 else q}")
    assert read_sales(text.encode()).quantity.sum() == sum(
        -q if k % 3 == 0 else q for k, q in enumerate(QUANTITY)
    )
    grouped = table(
        "Datum;Artikel;Menge;Umsatz",
        lambda k, d, s, q, v: f"{d:%d.%m.%Y};{s};{1000 * q:,};{1000 * v:,.2f}".replace(",", "'"),
    )
    history = read_sales(grouped.encode())
    assert history.quantity.sum() == 1000 * UNITS and history.revenue.sum() == pytest.approx(
        1000 * sum(v for *_, v in LINES)
    )


def test_averages_below_a_sheet_are_no_products() -> None:
    text = (
        "SKU,2012-01,2012-02,2012-03,2012-04\n"
        + "".join(f"A-{k:02d},{k},{k + 1},2,3\n" for k in range(10))
        + "\nAverage,4.5,5.5,2,3\nMax,9,10,2,3\nMaxwell,1,1,1,1\n"
    )
    history = read_sales(text.encode())
    assert history.quantity.sum() == sum(2 * k + 6 for k in range(10)) + 4 and "Maxwell" in history.skus
    assert set(history.report.rejected["found"]) == {"Average", "Max"}


@pytest.mark.parametrize(
    "names",
    [
        ("FY12 Q1", "FY12 Q2", "FY12 Q3", "FY12 Q4", "FY13 Q1"),
        ("Q1 FY2012", "Q2 FY2012", "Q3 FY2012", "Q4 FY2012", "Q1 FY2013"),
    ],
)
def test_fiscal_quarters_ask_for_the_fiscal_year(names: tuple[str, ...]) -> None:
    data = ("SKU," + ",".join(names) + "\nA,1,2,3,4,5\nB,6,7,8,9,10\n").encode()
    with pytest.raises(DataError) as caught:
        read_sales(data)
    assert [p.code for p in caught.value.problems] == ["fiscal_start"]
    for told in ({"start": "2011-10-01"}, {"fiscal_start": 10}, {"fiscal_start": "2011-10"}):
        history = read_sales(data, **told)
        assert history.quantity.sum() == 55 and sorted(set(history.date.astype(str))) == [
            "2011-10-01",
            "2012-01-01",
            "2012-04-01",
            "2012-07-01",
            "2012-10-01",
        ]


def test_what_two_halves_of_a_column_contradict_is_asked() -> None:
    text = table(
        "Date,SKU,Quantity",
        lambda k, d, s, q, v: f"{d.strftime('%m/%d/%Y' if k < 24 else '%d/%m/%Y')},{s},{q}",
    )
    with pytest.raises(DataError, match="day first"):
        read_sales(text.encode())


@pytest.mark.parametrize("word", ["27 listopada 2012"])
def test_a_month_of_two_languages_is_not_guessed(word: str) -> None:
    text = "date;sku;quantity\n" + "".join(f"{k + 1} maja 2012;A;1\n" for k in range(20)) + f"{word};A;1\n"
    history = read_sales(text.encode())
    assert history.quantity.sum() == 20 and history.report.rejected["found"].tolist() == [word]


def test_a_pivot_and_a_hidden_sheet_before_the_data() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    summary, hidden, data = book.active, book.create_sheet("old"), book.create_sheet("Data")
    assert summary is not None
    summary.title = "Pivot"
    for row in (["Row Labels", "Sum of Quantity"], ["A-00", 5], ["A-01", 6], ["Grand Total", 11]):
        summary.append(row)
    hidden.sheet_state = "hidden"
    for row in (["Date", "SKU", "Quantity"], [dt.date(2010, 1, 1), "old", 99]):
        hidden.append(row)
    data.append(["Date", "SKU", "Quantity", "Amount"])
    for _, d, s, q, v in LINES:
        data.append([d if q % 2 else d.isoformat(), s, q, v])
    out = io.BytesIO()
    book.save(out)
    history = read_sales(out.getvalue())
    assert history.quantity.sum() == UNITS and len(history.skus) == 4
