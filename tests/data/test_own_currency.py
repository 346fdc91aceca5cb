"""Lines in several currencies: a column in the currency of the books, or a rate on every line, gives one total; where nothing tells, nothing is converted."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from analytics.data import read_sales

SKUS = tuple(f"C-{k:02d}" for k in range(11))
PRICE = {sku: 21.7 + 9.3 * k for k, sku in enumerate(SKUS)}
RATE = {"EUR": 1.0, "USD": 0.913, "GBP": 1.171}  # euros for one
LINES = [
    (
        dt.date(2023, 1, 9) + dt.timedelta(days=k),
        SKUS[(4 * k) % 11],
        1 + (7 * k) % 6,
        ("USD", "EUR", "GBP", "USD")[k % 4],
    )
    for k in range(220)
]
OWN = sum(q * PRICE[s] for _, s, q, _ in LINES)
COST = sum(q * 0.6 * PRICE[s] for _, s, q, _ in LINES)


def _read(header: str, further: object, **options: object) -> object:
    rows = [
        f"{d},{s},{q},{q * PRICE[s] / RATE[c]:.6f},{c},{further(s, q, c)}"  # type: ignore[operator]
        for d, s, q, c in LINES
    ]
    text = f"Date,SKU,Quantity,Amount,Currency,{header}\n" + "\n".join(rows)
    return read_sales(text.encode(), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("header", ["Amount (EUR)", "Betrag Hauswährung", "Base amount"])
def test_a_column_in_the_currency_of_the_books_is_the_revenue(header: str) -> None:
    report = _read(header, lambda s, q, c: f"{q * PRICE[s]:.6f}").report  # type: ignore[attr-defined]
    assert report.revenue_used == pytest.approx(OWN, abs=0.01) and report.mapping["revenue"] == header
    assert report.dialect["currency"] == "EUR"
    (said,) = [p for p in report.problems if p.code == "own_currency"]
    assert said.count == sum(c != "EUR" for *_, c in LINES)
    assert "mixed_currencies" not in {p.code for p in report.problems}


@pytest.mark.parametrize(("header", "power"), [("Exchange rate", 1), ("Kurs", -1)])
def test_a_rate_multiplies_or_divides_as_the_prices_tell(header: str, power: int) -> None:
    history = _read(f"{header},Unit cost", lambda s, q, c: f"{RATE[c] ** power:.6f},{0.6 * PRICE[s]:.6f}")
    report = history.report  # type: ignore[attr-defined]
    assert report.revenue_used == pytest.approx(OWN, rel=1e-4)
    (said,) = [p for p in report.problems if p.code == "own_currency"]
    assert ("multiplied" if power > 0 else "divided") in said.message and "11 products" in said.message
    # the cost is the same in every currency: it is in that of the books already
    assert float(np.sum(history.quantity * history.unit_cost)) == pytest.approx(COST, rel=1e-6)  # type: ignore[attr-defined]


def test_a_cost_in_the_currency_of_the_line_is_converted_with_it() -> None:
    history = _read(
        "Amount (EUR),Unit cost", lambda s, q, c: f"{q * PRICE[s]:.6f},{0.6 * PRICE[s] / RATE[c]:.6f}"
    )
    assert float(np.sum(history.quantity * history.unit_cost)) == pytest.approx(COST, rel=1e-5)  # type: ignore[attr-defined]


def test_where_nothing_tells_nothing_is_converted() -> None:
    """Every product is sold in one currency alone: both directions fit."""
    rows = [f"{d},{s}-{c},{q},{q * PRICE[s] / RATE[c]:.4f},{c},{RATE[c]:.4f}" for d, s, q, c in LINES]
    report = read_sales(
        ("Date,SKU,Quantity,Amount,Currency,Exchange rate\n" + "\n".join(rows)).encode()
    ).report
    usd = sum(q * PRICE[s] / RATE[c] for _, s, q, c in LINES if c == "USD")
    assert report.revenue_used == pytest.approx(usd, abs=0.01)
    assert {"rate_unclear", "mixed_currencies"} <= {p.code for p in report.problems}


def test_a_column_that_a_person_named_stays() -> None:
    report = _read(
        "Amount (EUR)", lambda s, q, c: f"{q * PRICE[s]:.6f}", mapping={"revenue": "Amount"}
    ).report  # type: ignore[attr-defined]
    assert report.mapping["revenue"] == "Amount"
    assert "mixed_currencies" in {p.code for p in report.problems}
