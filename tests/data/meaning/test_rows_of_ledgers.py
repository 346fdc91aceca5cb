"""Ledgers, marks, open orders and backorders in other words, languages and layouts than the cases; every unit is somewhere."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from analytics.data import checked, read_sales
from analytics.data.history import SalesHistory
from analytics.data.uploads import Given, read_files
from analytics.errors import DataError

DAYS = [f"2023-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(120)]
SOLD = [1 + i % 4 for i in range(120)]
SOLD_UNITS = float(sum(SOLD))


def _ledger(header: str, sale: str, receipt: str, every: int = 6) -> bytes:
    """A ledger of sales with a receipt of 25 before every sixth; the rows are made of {d} day, {q} units."""
    rows = []
    for i, (day, units) in enumerate(zip(sorted(DAYS), SOLD, strict=True)):
        if i % every == 0:
            rows.append(receipt.format(d=day, q=25, i=i))
        rows.append(sale.format(d=day, q=units, i=i))
    return "\n".join([header, *rows]).encode()


def _adds_up(history: SalesHistory) -> None:
    report = history.report
    assert report.rows_used + report.rows_rejected == report.rows_read
    assert report.units_on_hand + report.units_received == pytest.approx(history.apart["units"].sum())
    assert (history.quantity >= 0).all() or report.returned_units > 0


LAYOUTS = {
    "german words": ("Datum;Artikel;Bewegungsart;Menge", "{d};A;Warenausgang;{q}", "{d};A;Wareneingang;{q}"),
    "german issues below zero": (
        "Datum;Artikel;Belegart;Menge",
        "{d};A;Lieferschein;-{q}",
        "{d};A;Wareneingang;{q}",
    ),
    "french in and out": ("Date;Article;Entrée;Sortie", "{d};A;;{q}", "{d};A;{q};"),
    "spanish in and out with zeros": (
        "Fecha;Artículo;Entradas;Salidas;Saldo",
        "{d};A;0;{q};9",
        "{d};A;{q};0;9",
    ),
    "italian loads": ("Data;Articolo;Carico;Scarico", "{d};A;;{q}", "{d};A;{q};"),
    "direction": ("date,sku,direction,quantity", "{d},A,out,{q}", "{d},A,in,{q}"),
    "russian": ("Дата;Артикул;Вид операции;Количество", "{d};A;Реализация;{q}", "{d};A;Поступление;{q}"),
    "japanese": ("日付,品番,入出庫区分,数量", "{d},A,出庫,{q}", "{d},A,入庫,{q}"),
    "polish documents": ("Data;Indeks;Rodzaj dokumentu;Ilość", "{d};A;WZ;{q}", "{d};A;PZ;{q}"),
    "places": (
        "Date,Product,From,To,Quantity",
        "{d},A,Main store,Customers,{q}",
        "{d},A,Supplier ACME,Main store,{q}",
    ),
    "german places": (
        "Datum;Artikel;Von;Nach;Menge",
        "{d};A;Hauptlager;Kunde;{q}",
        "{d};A;Lieferant;Hauptlager;{q}",
    ),
    "SAP codes": ("Buchungsdatum;Material;Bewegungsart;Menge", "{d};A;601;{q}-", "{d};A;101;{q}"),
    "BC documents": (
        "Posting Date,Item No.,Document Type,Quantity",
        "{d},A,Sales Shipment,-{q}",
        "{d},A,Purchase Receipt,{q}",
    ),
    "ERPNext": (
        "Date,Item Code,Voucher Type,Actual Qty",
        "{d},A,Delivery Note,-{q}",
        "{d},A,Purchase Receipt,{q}",
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_only_what_goes_out_to_customers_is_demand(name: str) -> None:
    history = read_sales(_ledger(*LAYOUTS[name]))
    assert history.report.units_used == SOLD_UNITS and history.report.rows_used == 120
    assert history.report.units_received == 500.0 and history.report.returned_units == 0.0
    assert {m.treatment for m in history.report.meanings} == {"count", "receipt"}
    _adds_up(history)


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("backwards", [True, False])
def test_a_balance_is_the_sign(signed: bool, backwards: bool) -> None:
    stock, rows = 0, []
    for i, (day, units) in enumerate(zip(sorted(DAYS), SOLD, strict=True)):
        if i % 8 == 0:
            stock += 40
            rows.append(f"{day},A,40,{stock}")
        stock -= units
        rows.append(f"{day},A,{'-' if signed else ''}{units},{stock}")
    history = read_sales(
        "\n".join(["date,sku,quantity,balance", *(rows[::-1] if backwards else rows)]).encode()
    )
    assert history.report.units_used == SOLD_UNITS and history.report.units_received == 600.0


def test_signs_alone_are_asked_where_most_are_below_zero() -> None:
    content = _ledger("date,sku,quantity", "{d},A,-{q}", "{d},A,{q}")
    with pytest.raises(DataError) as refused:
        read_sales(content)
    assert {p.code for p in refused.value.problems} == {"meaning_unknown"} and {
        m.value for m in refused.value.meanings
    } == {"below zero", "above zero"}
    told = read_sales(content, treatments={"quantity": {"below zero": "count", "above zero": "receipt"}})
    assert told.report.units_used == SOLD_UNITS and told.report.units_received == 500.0


def test_an_unknown_movement_is_asked_and_never_netted() -> None:
    content = _ledger("date,sku,movement type,quantity", "{d},A,Sale,{q}", "{d},A,Blorping,{q}")
    with pytest.raises(DataError, match="Blorping") as refused:
        read_sales(content)
    asked = next(m for m in refused.value.meanings if m.treatment == "ask")
    assert (asked.rows, asked.units) == (20, 500.0)


@pytest.mark.parametrize("kind", ["Consumption", "Transfer", "Issue to production"])
def test_where_nothing_goes_to_customers_the_demand_is_asked(kind: str) -> None:
    with pytest.raises(DataError) as refused:
        read_sales(_ledger("date,sku,movement type,quantity", "{d},A," + kind + ",{q}", "{d},A,Receipt,{q}"))
    assert {m.treatment for m in refused.value.meanings} == {"ask"}


def test_a_return_of_a_customer_reduces_and_one_to_a_supplier_does_not() -> None:
    rows = [f"{d},A,{'Sale'},{q}" for d, q in zip(DAYS, SOLD, strict=True)] + [
        "2023-05-05,A,Customer return,7",
        "2023-05-05,A,Return to vendor,9",
    ]
    history = read_sales("\n".join(["date,sku,movement type,quantity", *rows]).encode())
    assert history.report.units_used == SOLD_UNITS - 7


MARKS = {
    "Returned": ("Yes", "No"), "Return flag": ("Y", "N"), "Retoure": ("ja", "nein"), "Retour": ("oui", "non"), "Devolución": ("sí", "no"), "Reso": ("Sì", "No"),
    "Devolvido": ("sim", "não"),
    "Is return": ("TRUE", "FALSE"), "return": ("1", "0"), "Rücksendung": ("x", ""), "Retur": ("ja", "nej"), "Palautus": ("kyllä", "ei"), "Zwrot": ("tak", "nie"),
    "Vráceno": ("ano", "ne"),
    "Visszáru": ("igen", "nem"), "Возврат": ("да", "нет"), "İade": ("evet", "hayır"), "返品": ("はい", "いいえ"), "退货": ("是", "否"),
    "반품": ("예", "아니오"), "مرتجع": ("نعم", "لا"),
}  # fmt: skip


def _marked(header: str, yes: str, no: str, every: int = 10, further: str = "", cell: str = "") -> bytes:
    rows = [
        f"{i};{d};A{i % 3};{q};{yes if i % every == 0 else no}{cell}"
        for i, (d, q) in enumerate(zip(DAYS, SOLD, strict=True))
    ]
    return "\n".join([f"Order;Date;SKU;Quantity;{header}{further}", *rows]).encode()


MARKED_UNITS = float(sum(q for i, q in enumerate(SOLD) if i % 10 == 0))


@pytest.mark.parametrize("header", MARKS)
def test_a_marked_sale_that_nothing_precedes_is_undone(header: str) -> None:
    report = read_sales(_marked(header, *MARKS[header])).report
    assert report.units_used == SOLD_UNITS - MARKED_UNITS and report.rows_used == 108
    said = next(p for p in report.problems if p.code == "returns_marked")
    assert f"{MARKED_UNITS:,.0f} units came back" in said.message and "undone" in said.message


def test_marked_rows_that_repeat_a_sale_of_their_order_are_returns_of_their_own() -> None:
    rows = [f"{i},{d},A{i % 3},{q},No" for i, (d, q) in enumerate(zip(sorted(DAYS), SOLD, strict=True))]
    rows += [f"{i},2023-12-29,A{i % 3},{SOLD[i]},Yes" for i in range(0, 120, 10)]
    report = read_sales("\n".join(["Order,Date,SKU,Quantity,Returned", *rows]).encode()).report
    assert report.units_used == SOLD_UNITS - MARKED_UNITS and report.returned_units == MARKED_UNITS
    assert "returns of their own" in next(p.message for p in report.problems if p.code == "returns_marked")


def test_returned_with_numbers_stays_a_quantity() -> None:
    rows = [
        f"{i},{d},A,{q + 3},{2 if i % 10 == 0 else 0}"
        for i, (d, q) in enumerate(zip(DAYS, SOLD, strict=True))
    ]
    report = read_sales("\n".join(["Order,Date,SKU,Quantity,Returned", *rows]).encode()).report
    assert report.units_used == SOLD_UNITS + 3 * 120 - 2 * 12


@pytest.mark.parametrize(
    "header", ["Cancelled", "Storniert", "Annulé", "Sample", "Muster", "Internal", "Free of charge"]
)
def test_other_marks(header: str) -> None:
    left = header != "Free of charge"  # goods that are given away are needed all the same
    report = read_sales(_marked(header, "x", "")).report
    assert report.units_used == SOLD_UNITS - MARKED_UNITS * left
    assert {m.treatment for m in report.meanings if m.value == "x"} == {"leave out" if left else "count"}


def test_a_mark_of_cancellation_against_a_state_is_asked() -> None:
    content = _marked("Cancelled", "yes", "no", further=";Status", cell=";Shipped")
    with pytest.raises(DataError) as refused:
        read_sales(content)
    asked = [m for m in refused.value.meanings if m.treatment == "ask"]
    assert [(m.column, m.value, m.rows, m.units) for m in asked] == [("Cancelled", "yes", 12, MARKED_UNITS)]
    assert (
        read_sales(content, treatments={"Cancelled": {"yes": "leave out"}}).report.units_used
        == SOLD_UNITS - MARKED_UNITS
    )


def test_a_mark_that_is_neither_yes_nor_no_is_asked() -> None:
    content = _marked("Returned", "Yes", "No").replace(b"No", b"perhaps", 30)
    with pytest.raises(DataError, match="perhaps"):
        read_sales(content)


OPEN = {
    "closed": "open", "Geliefert": "Offen", "Livré": "En cours", "Entregado": "Pendiente de entrega", "出荷済み": "未出荷",
    "Completed": "To Deliver and Bill", "Invoiced": "Confirmed",
}  # fmt: skip


@pytest.mark.parametrize("done", OPEN)
def test_open_orders_ahead_are_kept_apart(done: str) -> None:
    rows = [f"{i},2023-{1 + i // 10:02d}-{1 + i % 10:02d},A,{SOLD[i]},10,{done}" for i in range(120)]
    rows += [f"{200 + i},2024-0{1 + i % 4}-10,A,5,10,{OPEN[done]}" for i in range(12)]
    history = read_sales("\n".join(["order,Due,sku,quantity,price,status", *rows]).encode())
    assert history.report.units_used == SOLD_UNITS and str(history.report.last_date) == "2023-12-10"
    assert history.report.units_on_hand == 60.0 and history.apart["money"].sum() == 600.0
    assert "60 units" in next(p.message for p in history.report.problems if p.code == "order_on_hand")
    _adds_up(history)


def test_open_orders_by_their_own_date_are_demand() -> None:
    rows = [
        f"{i},2023-{1 + i // 10:02d}-{1 + i % 10:02d},A,{SOLD[i]},{'Delivered' if i < 115 else 'Open'}"
        for i in range(120)
    ]
    assert (
        read_sales("\n".join(["order,Order date,sku,quantity,status", *rows]).encode()).report.units_used
        == SOLD_UNITS
    )


def test_open_states_all_along_are_demand() -> None:
    rows = [
        f"{i},{d},A,{q},{'Delivered' if i % 2 else 'Confirmed'}"
        for i, (d, q) in enumerate(zip(sorted(DAYS), SOLD, strict=True))
    ]
    assert (
        read_sales("\n".join(["order,date,sku,quantity,status", *rows]).encode()).report.units_used
        == SOLD_UNITS
    )


@pytest.mark.parametrize("header", ["Backorder of", "Rückstand zu", "Reliquat de", "Parent order", "Ref 2"])
def test_lines_that_repeat_the_order_they_name_count_once(header: str) -> None:
    rows = [
        f"{1000 + i};;{d};A{i % 3};{q + 4}" for i, (d, q) in enumerate(zip(sorted(DAYS), SOLD, strict=True))
    ]
    rows += [f"{1000 + i}-B;{1000 + i};2023-12-30;A{i % 3};2" for i in range(0, 120, 9)]
    report = read_sales("\n".join([f"Order No;{header};Date;SKU;Quantity", *rows]).encode()).report
    assert report.units_used == SOLD_UNITS + 480 and report.rows_used == 120
    assert [
        (m.rows, m.units, m.treatment) for m in report.meanings if m.value.startswith("names an order")
    ] == [(14, 28.0, "leave out")]


def test_a_line_that_names_an_order_without_its_units_is_asked() -> None:
    rows = [f"{1000 + i};;{d};A{i % 3};{q}" for i, (d, q) in enumerate(zip(sorted(DAYS), SOLD, strict=True))]
    rows += [f"{1000 + i}-B;{1000 + i};2023-12-30;Z;50" for i in range(0, 120, 9)]
    with pytest.raises(DataError) as refused:
        read_sales("\n".join(["Order No;Backorder of;Date;SKU;Quantity", *rows]).encode())
    assert sum(m.units for m in refused.value.meanings if m.treatment == "ask") == 14 * 50


def test_numbers_that_happen_to_be_orders_are_no_references() -> None:
    rows = [
        f"{i};{5 if i % 9 == 0 else ''};{100 + i if i % 3 == 0 else ''};{d};A{i % 3};{q}"
        for i, (d, q) in enumerate(zip(sorted(DAYS), SOLD, strict=True))
    ]
    assert (
        read_sales("\n".join(["Order No;Agio;Ticket;Date;SKU;Quantity", *rows]).encode()).report.units_used
        == SOLD_UNITS
    )


def test_goods_shipped_do_not_repeat_the_order() -> None:
    rows = [
        f"{1000 + i};;{d};A{i % 3};{q + 4}" for i, (d, q) in enumerate(zip(sorted(DAYS), SOLD, strict=True))
    ]
    rows += [f"{1000 + i}-B;{1000 + i};2023-12-30;A{i % 3};2" for i in range(0, 120, 9)]
    assert (
        read_sales(
            "\n".join(["Order No;Backorder of;Date;SKU;Shipped quantity", *rows]).encode()
        ).report.units_used
        == SOLD_UNITS + 480 + 28
    )


CASES = Path(__file__).resolve().parents[3].parent / "shared" / "cases" / "intake"
KINDS = ("status", "ledger", "returns", "open_orders", "backorders", "neighbour")


def _cases() -> list[Any]:
    listed = CASES / "expected.json"
    return (
        [case for case in json.loads(listed.read_text(encoding="utf-8")) if case["kind"] in KINDS]
        if listed.is_file()
        else []
    )


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case["file"])
def test_cases(case: Any) -> None:
    given, report = checked(partial(read_files, [Given(CASES / case["file"])]))
    wanted = case["expected"]
    assert given is not None
    found = {
        "units": report["units_used"],
        "rows": report["rows_used"],
        "skus": report["skus"],
        "first_date": report["first_date"],
        "last_date": report["last_date"],
    }
    assert found == {**found, **{name: wanted[name] for name in found if name in wanted}}
    if "units_one_of" in wanted:
        assert report["units_used"] in wanted["units_one_of"]
        assert any("60 units came back" in problem["message"] for problem in report["problems"])
    for value, units in case.get("units_by_status", {}).items():
        assert sum(m["units"] for m in report["meanings"] if m["value"] == value) == units
