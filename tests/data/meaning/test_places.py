"""Places of sales: listed with rows, units and money, summed knowingly, kept to one by choice."""

import pytest

from analytics.data.history import SalesHistory
from analytics.data.sales import read_sales

SOLD = (("Berlin", 3), ("Hamburg", 2), ("Wien", 4))
ROWS = [
    (f"2023-{m:02d}-{d:02d}", sku, place, units)
    for m in range(1, 12)
    for d in (3, 17)
    for sku in ("W-1", "W-2")
    for place, units in SOLD
]
HEADERS = """Date;SKU;Warehouse;Quantity;Price
Datum;Artikel;Lager;Menge;Preis
Date;Article;Entrepôt;Quantité;Prix
Fecha;Artículo;Almacén;Cantidad;Precio
Data;Kod towaru;Magazyn;Ilość;Cena
Дата;Артикул;Склад;Количество;Цена
日付;品番;倉庫;数量;単価
Datum;Artikelcode;Magazijn;Aantal;Prijs
Date;SKU;Location code;Quantity;Price
Date;SKU;Site;Quantity;Price"""


def sold(header: str = "Date;SKU;Warehouse;Quantity;Price") -> bytes:
    return "\n".join(
        [header, *(f"{day};{sku};{place};{units};5" for day, sku, place, units in ROWS)]
    ).encode()


def said(history: SalesHistory) -> str:
    return "; ".join(p.message for p in history.report.problems if p.code == "places_pooled")


@pytest.mark.parametrize("header", HEADERS.split("\n"))
def test_places_are_listed_and_their_sum_is_said(header: str) -> None:
    history = read_sales(sold(header))
    assert (
        history.report.units_used == 44 * 9
        and "3 places (Berlin, Hamburg, Wien) are taken as one stock" in said(history)
    )
    listed = {
        m.value: (m.rows, m.units, m.money, m.treatment) for m in history.report.meanings if m.role == "place"
    }
    assert listed == {
        "Wien": (44, 176, 880, "count"),
        "Berlin": (44, 132, 660, "count"),
        "Hamburg": (44, 88, 440, "count"),
    }


def test_one_place_is_kept_by_leaving_the_others_out() -> None:
    history = read_sales(sold(), treatments={"warehouse": {"Berlin": "leave out", "WIEN": "leave out"}})
    report = history.report
    assert (
        report.units_used == 88
        and report.units_rejected == 44 * 7
        and report.rows_used + report.rows_rejected == report.rows_read == len(ROWS)
    )
    assert not said(history) and report.revenue_used == 440
    two = read_sales(sold(), treatments={"Warehouse": {"Berlin": "leave out"}})
    assert "2 places (Hamburg, Wien) are taken as one stock; 1 was left out as told" in said(two)


def test_one_place_needs_no_words() -> None:
    data = "\n".join(
        [
            "Date;SKU;Warehouse;Quantity",
            *(f"{day};{sku};Berlin;{units}" for day, sku, place, units in ROWS if place == "Berlin"),
        ]
    ).encode()
    history = read_sales(data)
    assert not said(history) and [m.words for m in history.report.meanings] == ["Berlin: the only place"]


def test_a_thousand_shops_are_listed_within_bounds() -> None:
    rows = [
        f"2023-{i % 11 + 1:02d}-{i % 27 + 1:02d};P{i % 7};S{i % 1000:04d};{i % 5 + 1}" for i in range(5000)
    ]
    history = read_sales("\n".join(["Date;SKU;Store ID;Quantity", *rows]).encode())
    places = [m for m in history.report.meanings if m.role == "place"]
    assert (
        len(places) == 51
        and sum(m.rows for m in places) == 5000
        and sum(m.units for m in places) == history.report.units_used
    )
    assert "1,000 places (S0000, S0001, S0002, S0003, ...) are taken as one stock" in said(history)
