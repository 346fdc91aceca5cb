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
