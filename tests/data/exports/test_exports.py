"""Exports as systems and people write them: read with no option to totals known beforehand, or asked about in words."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence

import openpyxl
import pytest

from analytics.data import read_sales
from analytics.errors import DataError

QUANTITIES = [(7 * k) % 37 + 1 for k in range(40)]
TOTAL = float(sum(QUANTITIES))


def _day(k: int) -> dt.date:
    return dt.date(2023, 1, 3) + dt.timedelta(days=8 * k)


def _european(number: float, places: int = 2) -> str:
    return f"{number:,.{places}f}".translate(str.maketrans(",.", ".,"))


def _lines(header: str, row: Callable[[int, int, dt.date], str], encoding: str = "utf-8") -> bytes:
    return "\n".join([header, *(row(k, q, _day(k)) for k, q in enumerate(QUANTITIES))]).encode(encoding)


def _local(header: str, date: str, encoding: str = "utf-8", mark: str = ",", delimiter: str = ";") -> bytes:
    """Document, date, customer, product, name, quantity, price, amount in a country's own words."""

    def row(k: int, q: int, d: dt.date) -> str:
        money = [f"{amount:.2f}".replace(".", mark) for amount in (12.5, 12.5 * q)]
        return delimiter.join(
            [f"F{k:05d}", d.strftime(date), f"C{k % 6}", f"A{k % 4:03d}", "écrou", str(q), *money]
        )

    return _lines(header, row, encoding)


#: name -> bytes; every one holds the same quantities of four products at 12.5 each
EXPORTS: dict[str, bytes] = {
    "French": _local(
        "N° de facture;Date de facturation;Code client;Référence produit;Libellé;Qté facturée;P.U. HT;Montant total HT",
        "%d/%m/%Y",
        "cp1252",
    ),
    "Italian": _local(
        "Nr. Documento;Data documento;Cod. cliente;Cod. Articolo;Descrizione articolo;Q.tà;Prezzo netto;Imponibile",
        "%d/%m/%Y",
        "cp1252",
    ),
    "Spanish": _local(
        "Nº Factura;Fecha de emisión;Cód. cliente;Cód. artículo;Concepto;Uds. vendidas;Precio unit.;Base imponible",
        "%d/%m/%Y",
        "cp1252",
    ),
    "Dutch": _local(
        "Factuurnr.;Factuurdatum;Debiteurnr.;Artikelnr.;Artikelomschrijving;Aantal stuks;Stukprijs excl.;Bedrag excl. btw",
        "%d-%m-%Y",
    ),
    "Polish": _local(
        "Nr dokumentu;Data wystawienia;Kontrahent;Symbol towaru;Nazwa towaru;Ilość;Cena netto;Wartość netto",
        "%Y-%m-%d",
        "cp1250",
    ),
    "Portuguese": _local(
        "Nota Fiscal;Data de Emissão;Cod Cliente;Cód. Produto;Descrição do Produto;Qtde.;Vlr. Unitário;Vlr. Total",
        "%d/%m/%Y",
    ),
    "Swedish": _local(
        "Fakturanr;Fakturadatum;Kundnr;Artikelnr;Benämning;Antal;À-pris;Summa exkl. moms", "%Y-%m-%d"
    ),
    "Danish": _local(
        "Fakturanr.;Bogføringsdato;Debitornr.;Varenr.;Beskrivelse;Antal;Enhedspris;Beløb ekskl. moms",
        "%d-%m-%Y",
    ),
    "Czech": _local(
        "Číslo dokladu;Datum vystavení;Odběratel;Kód zboží;Název zboží;Množství;Cena za MJ;Celkem bez DPH",
        "%d.%m.%Y",
        "cp1250",
    ),
    "Business Central": _local(
        "Document No.,Posting Date,Sell-to Customer No.,Item No.,Description,Invoiced Quantity,Unit Price Excl. VAT,Line Amount Excl. VAT",
        "%m/%d/%Y",
        "utf-8",
        ".",
        ",",
    ),
    "Navision German": _local(
        "Belegnr.;Buchungsdatum;Verk. an Deb.-Nr.;Nr.;Beschreibung;Fakturierte Menge;VK-Preis;Zeilenbetrag",
        "%d.%m.%y",
        "cp1252",
    ),
    "Odoo": _local(
        "Order Reference,Order Date,Customer,Order Lines/Product/Internal Reference,Order Lines/Description,Order Lines/Quantity,Order Lines/Unit Price,Order Lines/Subtotal",
        "%Y-%m-%d 10:00:00",
        "utf-8",
        ".",
        ",",
    ),
    "UTF-16": _local("Belegnummer;Datum;Kunde;Artikel;Bezeichnung;Menge;Preis;Betrag", "%d.%m.%Y", "utf-16"),
    "SAP list": "\r\n".join(
        ["15.03.2024      Dynamische Listenausgabe     1", "", "-" * 60]
        + [
            "| VkBel. |  Pos|Material |Bezeichnung |   Auftragsmenge|ME |  Nettowert|Währg|Wunschl.dat|Erf.dat   |",
            "-" * 60,
        ]
        + [
            f"|{4000 + k:08d}|   10|A{k % 4:03d}     |Pumpe, gross|{_european(q, 3):>15}|ST |{_european(12.5 * q):>11}|EUR  |{_day(k + 1):%d.%m.%Y} |{_day(k):%d.%m.%Y}|"
            for k, q in enumerate(QUANTITIES)
        ]
        + ["-" * 60]
    ).encode("cp1252"),
    "DATEV-like": b'"EXTF";700;21;"Buchungsstapel";12;20240102;;"RE";"";"";1001;10001;20230101;4;20230101;20231231;"Belege";"";1;0;0;"EUR"\r\n'
    + _lines(
        "Belegdatum;Belegnummer;Kundennr.;Artikelnr.;Artikelbez.;Menge;E-Preis netto;Gesamt netto;USt-Satz;Gesamt brutto",
        lambda k, q, d: (
            f'{d:%d.%m.%Y};RE{k};{k % 9:05d};A{k % 4:03d};"Schraube ""M8""";{q};12,50;{_european(12.5 * q)};19%;{_european(12.5 * q * 1.19)}'
        ),
        "cp1252",
    ),
    "Shopify": _lines(
        "Name,Email,Financial Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,"
        "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Vendor,Id",
        lambda k, q, d: (
            f"#{1000 + k // 2},a@b.c,{',,EUR,,,,,' if k % 2 else 'paid,,EUR,99.00,5.00,19.00,123.00,0.00'},{d} 10:00:00 +0200,{q},Shirt,12.50,A{k % 4:03d},Acme,"
        ),
    ),
    "Amazon settlement": _lines(
        "settlement-id\ttransaction-type\torder-id\tamount-type\tamount-description\tamount\tposted-date\tposted-date-time\tsku\tquantity-purchased",
        lambda k, q, d: "\n".join(
            f"1\tOrder\t302-{k}\t{kind}\t{what}\t{amount:.2f}\t{d:%d.%m.%Y}\t{d:%d.%m.%Y} 10:11:12 UTC\tA{k % 4:03d}\t{q}"
            for kind, what, amount in (
                ("ItemPrice", "Principal", 12.5 * q),
                ("ItemPrice", "Tax", 2.0 * q),
                ("ItemFees", "Commission", -1.9 * q),
            )
        ),
    ),
    "sold and returned": _lines(
        "date,sku,units sold,units returned,price",
        lambda k, q, d: f"{d},A{k % 4:03d},{q + k % 3},{k % 3},12.5",
    ),
    "codes once per group": "\n".join(
        ["SKU,Date,Quantity,Unit price"]
        + [
            f"{f'A{s:03d}' if k < 4 else ''},{_day(k)},{QUANTITIES[k]},12.5"
            for s in range(4)
            for k in range(s, 40, 4)
        ]
    ).encode(),
    "year and month": _lines(
        "sku,Jahr,Monat,Menge,Preis", lambda k, q, d: f"A{k % 4:03d},{d.year},{d.month},{q},12.5"
    ),
    "year and week": _lines(
        "sku;year;week;qty;price",
        lambda k, q, d: f"A{k % 4:03d};{d.isocalendar()[0]};{d.isocalendar()[1]};{q};12.5",
    ),
    "header with a cell too many": _lines(
        "date,,sku,quantity,unit price", lambda k, q, d: f"{d},A{k % 4:03d},{q},12.5"
    ),
    "header with two cells run together": _lines(
        "date,timequantity,sku,unit price", lambda k, q, d: f"{d},10:00,{q},A{k % 4:03d},12.5"
    ),
}


@pytest.mark.parametrize("name", list(EXPORTS))
def test_exports_of_known_systems_read_without_an_option(name: str) -> None:
    history = read_sales(EXPORTS[name])
    assert history.report.units_used == TOTAL
    assert history.report.revenue_used == pytest.approx(12.5 * TOTAL)
    assert history.skus.tolist() == ["A000", "A001", "A002", "A003"]
    assert history.report.rows_used == 40


def _book(sheets: dict[str, Sequence[Sequence[object]]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_sheet_per_month_is_read_as_one_file() -> None:
    sheets: dict[str, Sequence[Sequence[object]]] = {"Info": [["Sales 2023"], ["by controlling"]]}
    for m in range(1, 5):
        body = [[dt.date(2023, m, 1 + 2 * k), f"A{k % 3}", m + k] for k in range(10)]
        sheets[f"{m:02d}"] = [
            ["Datum", "Artikel", "Menge"],
            *body,
            ["Summe", None, sum(int(str(r[2])) for r in body)],
        ]
    history = read_sales(_book(sheets), name="sales.xlsx")
    assert history.report.units_used == sum(m + k for m in range(1, 5) for k in range(10))
    assert history.report.rows_rejected == 4 and set(history.report.rejected["file"]) == {
        f"sales.xlsx, sheet {m:02d}" for m in range(1, 5)
    }
    assert str(history.report.last_date) == "2023-04-19"


def test_a_planning_sheet_keeps_units_and_leaves_forecasts_and_money_out() -> None:
    months = [dt.date(2023, m, 1) for m in range(1, 7)]
    rows = [
        [f"A{k}", word, *([k + 1] * 6 if word == "Actual" else [1000] * 6)]
        for k in range(4)
        for word in ("Actual", "Forecast", "Revenue")
    ]
    history = read_sales(_book({"Plan": [["Plan 2023"], [], ["Article", "Measure", *months], *rows]}))
    assert history.report.units_used == 6 * (1 + 2 + 3 + 4) and history.report.rows_rejected == 8
    columns = [f"2023-{m:02d} {word}" for m in range(1, 7) for word in ("Actual", "Forecast")]
    across = read_sales(
        _book({"Plan": [["Article", *columns], *([f"A{k}", *([k + 1, 1000] * 6)] for k in range(4))]})
    )
    assert across.report.units_used == 60
    unclear = _book(
        {
            "Plan": [
                ["Article", "Measure", *months],
                *([f"A{k}", w, *[1] * 6] for k in range(4) for w in ("Forecast", "Budget")),
            ]
        }
    )
    with pytest.raises(DataError, match="measures"):
        read_sales(unclear)


def test_months_by_name_take_their_year_from_a_column_or_a_sheet() -> None:
    names = ["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"]
    sheets = {
        str(y): [
            ["SKU", *names, "Summe"],
            *([f"A{k}", *range(k, k + 12), sum(range(k, k + 12))] for k in range(3)),
        ]
        for y in (2021, 2022)
    }
    history = read_sales(_book(sheets))
    assert history.report.units_used == 2 * sum(sum(range(k, k + 12)) for k in range(3))
    assert (str(history.report.first_date), str(history.report.last_date)) == ("2021-01-01", "2022-12-01")
    rows = [
        ["SKU", "Year", *names],
        *([f"A{k}", y, *range(k, k + 12)] for k in range(3) for y in (2021, 2022)),
    ]
    again = read_sales("\n".join(",".join(map(str, row)) for row in rows).encode())
    assert (
        again.report.units_used == history.report.units_used
        and again.report.first_date == history.report.first_date
    )


ASKED = {
    "columns with day numbers": (
        b"item_id,cat_id,d_1,d_2,d_3,d_4,d_5,d_6\nA,X,1,2,3,4,5,6\nB,X,1,0,0,0,2,0\n",
        "first period",
    ),
    "day numbers": (
        b"day,sku,quantity\n" + b"".join(b"%d,A%d,%d\n" % (k, k % 3, k + 1) for k in range(1, 30)),
        "first period",
    ),
    "month names without a year": (b"sku,Jan,Feb,Mar,Apr,May,Jun\nA,1,2,3,4,5,6\n", "first period"),
    "stores instead of products": (
        b"Store,Dept,Date,Weekly_Sales,IsHoliday\n"
        + b"".join(b"1,%d,2010-02-%02d,%d.5,FALSE\n" % (k % 3, k, k) for k in range(1, 28)),
        "quantity",
    ),
    "open and promotion but no product": (
        b"Store,DayOfWeek,Date,Sales,Customers,Open,Promo\n"
        + b"".join(b"%d,%d,2013-01-%02d,%d,5,1,0\n" % (k % 3, k % 7, k, k * 90) for k in range(1, 28)),
        "product code",
    ),
    "money without units": (
        b"date,family,sales\n" + b"".join(b"2013-01-%02d,AUTO,%d.25\n" % (k, k) for k in range(1, 28)),
        "looks like money",
    ),
    "either order of dates": (
        b"date,sku,quantity\n" + b"".join(b"%02d/0%d/2023,A,1\n" % (k, k % 9 + 1) for k in range(1, 12)),
        "day first or month first",
    ),
    "thousands or decimals": (
        b"date,sku,quantity\n" + b"".join(b'2023-01-%02d,A,"%d,407"\n' % (k, k) for k in range(1, 28)),
        "thousands or three decimals",
    ),
}


@pytest.mark.parametrize("name", list(ASKED))
def test_what_the_file_does_not_say_is_asked(name: str) -> None:
    data, words = ASKED[name]
    with pytest.raises(DataError, match=words) as caught:
        read_sales(data)
    assert all(p.remedy for p in caught.value.problems)


def test_the_start_answers_the_question() -> None:
    for name in ("columns with day numbers", "day numbers", "month names without a year"):
        history = read_sales(ASKED[name][0], start="2012-01-02" if "day" in name else "2012-01")
        assert str(history.report.first_date) in ("2012-01-02", "2012-01-01")
    assert str(read_sales(ASKED["day numbers"][0], start="2012-01-02").report.last_date) == "2012-01-30"


def test_two_branches_that_sell_alike_are_both_counted_and_a_repeated_export_is_not() -> None:
    north = b"date,sku,quantity\n" + b"".join(
        b"2023-01-%02d,A%d,%d\n" % (d, s, (d * s) % 2 + 1) for d in range(1, 29) for s in range(1, 4)
    )
    south = b"date,sku,quantity\n" + b"".join(
        b"2023-01-%02d,A%d,%d\n" % (d, s, (d * s) % 2 + 1 + 4 * (d > 12))
        for d in range(1, 29)
        for s in range(1, 4)
    )
    one, other = read_sales(north).report.units_used, read_sales(south).report.units_used
    both = read_sales([north, south])
    assert both.report.units_used == one + other and "overlap_possible" in {
        p.code for p in both.report.problems
    }
    assert read_sales([north, north + b"2023-02-01,A1,5\n"]).report.units_used == one + 5


def test_an_order_total_on_every_line_is_not_the_revenue_of_the_line() -> None:
    rows = []
    for order in range(12):
        lines = [(f"A{k}", k + 1, 10.0 + k) for k in range(order % 3 + 2)]
        total = sum(q * p for _, q, p in lines)
        rows += [f"{order},2023-01-{order + 13},{s},{q},{p},{total}" for s, q, p in lines]
    history = read_sales(("order id,date,sku,quantity,unit price,total\n" + "\n".join(rows)).encode())
    expected = sum((k + 1) * (10.0 + k) for order in range(12) for k in range(order % 3 + 2))
    assert history.report.revenue_used == pytest.approx(expected) and "order_totals" in {
        p.code for p in history.report.problems
    }
    assert "list_price" not in {
        entry["code"] for entry in history.report.further_totals
    }  # price x quantity is the revenue: no other total to compare with


def test_a_cancelled_order_is_left_out_with_all_its_lines() -> None:
    data = b"order,date,sku,quantity,status\n1,2023-01-13,A,2,paid\n1,2023-01-13,B,3,\n2,2023-01-14,A,5,voided\n2,2023-01-14,B,7,\n"
    assert (
        read_sales(data).report.units_used == 5
        and read_sales(data, choices={"cancelled_orders": "keep"}).report.units_used == 17
    )
