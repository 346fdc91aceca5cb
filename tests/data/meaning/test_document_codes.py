"""Kinds of documents by short codes, under any header: credits are taken off, what is a company's own code is asked."""

from __future__ import annotations

import datetime as dt

import pytest

from analytics.data import read_sales
from analytics.errors import DataError

LINES = [
    (dt.date(2023, 1, 9) + dt.timedelta(days=k), f"D-{k % 7}", 1 + (5 * k) % 9, k % 13 == 4)
    for k in range(120)
]
NET = sum(-q if back else q for *_, q, back in LINES)


def _file(header: str, sale: str, back: str) -> bytes:
    rows = [f"{d},{s},{q},{7.5 * q},{back if b else sale}" for d, s, q, b in LINES]
    return (f"Date,SKU,Quantity,Revenue,{header}\n" + "\n".join(rows)).encode()


@pytest.mark.parametrize("header", ["Fakturaart", "Billing type", "Kz"])
@pytest.mark.parametrize(
    ("sale", "back"), [("F2", "G2"), ("OR", "RE"), ("RE", "GS"), ("SI", "SC"), ("FA", "AV"), ("FT", "NC")]
)
def test_credits_by_code_are_taken_off(header: str, sale: str, back: str) -> None:
    report = read_sales(_file(header, sale, back)).report
    assert report.units_used == NET and report.revenue_used == pytest.approx(7.5 * NET)
    assert {m.value: m.treatment for m in report.meanings} == {sale: "count", back: "return"}


@pytest.mark.parametrize("header", ["Fakturaart", "Kz"])
def test_a_code_of_the_company_is_asked(header: str) -> None:
    with pytest.raises(DataError, match="ZG2") as asked:
        read_sales(_file(header, "F2", "ZG2"))
    assert {m.value: m.treatment for m in asked.value.meanings} == {"F2": "count", "ZG2": "ask"}


@pytest.mark.parametrize(("sale", "back"), [("XL", "S"), ("DE", "FR"), ("A1", "B2")])
def test_other_short_codes_say_nothing_of_the_row(sale: str, back: str) -> None:
    report = read_sales(_file("Kz", sale, back)).report
    assert report.units_used == sum(q for *_, q, _ in LINES) and not report.meanings


@pytest.mark.parametrize(("sale", "back"), [("INV", "CN"), ("RE-", "GS-"), ("SI", "SC")])
def test_credits_by_the_letters_of_their_number_are_taken_off(sale: str, back: str) -> None:
    rows = [f"{d},{back if b else sale}{1000 + k},{s},{q}" for k, (d, s, q, b) in enumerate(LINES)]
    report = read_sales(("Date,Invoice,SKU,Quantity\n" + "\n".join(rows)).encode()).report
    assert report.units_used == NET and {m.treatment for m in report.meanings} == {"count", "return"}
    signed = [
        f"{d},{back if b else sale}{1000 + k},{s},{-q if b else q}" for k, (d, s, q, b) in enumerate(LINES)
    ]
    report = read_sales(("Date,Invoice,SKU,Quantity\n" + "\n".join(signed)).encode()).report
    assert report.units_used == NET and not report.meanings  # the sign says it already


def test_numbers_of_other_letters_say_nothing() -> None:
    rows = [f"{d},{('WEB', 'TEL')[k % 2]}{1000 + k},{s},{q}" for k, (d, s, q, _) in enumerate(LINES)]
    report = read_sales(("Date,Order,SKU,Quantity\n" + "\n".join(rows)).encode()).report
    assert report.units_used == sum(q for *_, q, _ in LINES) and not report.meanings


@pytest.mark.parametrize(
    ("header", "sale", "back"), [("S/R", "S", "R"), ("Factor", "1", "-1"), ("Vorzeichen", "+", "-")]
)
def test_signs_of_rows_that_no_word_explains_are_asked(header: str, sale: str, back: str) -> None:
    with pytest.raises(DataError, match="says what a row is") as asked:
        read_sales(_file(header, sale, back))
    assert {m.treatment for m in asked.value.meanings} == {"ask"}
    told = {header: {sale: "count", back: "return"}}
    assert read_sales(_file(header, sale, back), treatments=told).report.units_used == NET


def test_the_rarer_side_of_an_account_is_a_return() -> None:
    assert read_sales(_file("D/C", "D", "C")).report.units_used == NET


def test_a_short_mark_of_returns_is_one() -> None:
    report = read_sales(_file("Ret.", "", "Y")).report
    assert report.units_used < sum(q for *_, q, _ in LINES)
    assert {m.value for m in report.meanings} == {"", "Y"}


def test_quantities_in_turns_are_refused() -> None:
    rows = [f"{d},{s},{'' if b else q},{q if b else ''}" for d, s, q, b in LINES]
    with pytest.raises(DataError, match="in turns"):
        read_sales(("Date,SKU,Debit qty,Credit qty\n" + "\n".join(rows)).encode())


def test_codes_of_places_and_codes_of_many_rows_are_no_returns() -> None:
    """TA and RE are provinces as well as kinds of documents; returns are few."""
    assert read_sales(_file("Provincia", "TA", "RE")).report.units_used == sum(q for *_, q, _ in LINES)
    rows = [f"{d},{s},{q},{7.5 * q},{('RE', 'TA')[k % 2]}" for k, (d, s, q, _) in enumerate(LINES)]
    report = read_sales(("Date,SKU,Quantity,Revenue,Kz\n" + "\n".join(rows)).encode()).report
    assert report.units_used == sum(q for *_, q, _ in LINES) and not report.meanings
