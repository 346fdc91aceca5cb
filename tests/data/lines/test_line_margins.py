"""A margin that a file states for every line gives the cost of its units: the gross margin of the file comes back to the cent."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from analytics.data import read_sales

SKUS = tuple(f"M-{k:02d}" for k in range(9))
PRICE = {sku: 14.3 + 7.7 * k for k, sku in enumerate(SKUS)}
COST = {sku: (0.38 + 0.05 * k) * PRICE[sku] for k, sku in enumerate(SKUS)}
LINES = [
    (
        dt.date(2023, 1, 9) + dt.timedelta(days=2 * k),
        SKUS[(4 * k) % 9],
        -2 if k % 17 == 5 else 1 + (7 * k) % 6,
    )
    for k in range(150)
]
EARNED = sum(q * (PRICE[s] - COST[s]) for _, s, q in LINES)
#: header -> what stands there, of a product and a quantity
COLUMNS = {
    "Gross profit": lambda s, q: f"{q * (PRICE[s] - COST[s]):.4f}",
    "Deckungsbeitrag": lambda s, q: f"{q * (PRICE[s] - COST[s]):.4f}",
    "Margin": lambda s, q: f"{PRICE[s] - COST[s]:.4f}",  # of one unit: told by the lines
    "Margin %": lambda s, q: f"{100 * (1 - COST[s] / PRICE[s]):.6f}",
    "GP %": lambda s, q: f"{100 * (1 - COST[s] / PRICE[s]):.6f} %",
    "Markup %": lambda s, q: f"{100 * (PRICE[s] / COST[s] - 1):.6f}",
}


def _file(header: str, cells: object = None, cost: str = "") -> bytes:
    stated = COLUMNS[header] if cells is None else cells
    more = f",{cost}" if cost else ""
    rows = [
        f"{d},{s},{q},{q * PRICE[s]:.4f},{stated(s, q)}" + (f",{COST[s] * 1.25:.4f}" if cost else "")  # type: ignore[operator]
        for d, s, q in LINES
    ]
    return (f"Date,SKU,Quantity,Sales,{header}{more}\n" + "\n".join(rows)).encode()


@pytest.mark.parametrize("header", COLUMNS)
def test_the_margin_of_the_file_comes_back(header: str) -> None:
    history = read_sales(_file(header))
    assert history.unit_cost is not None
    earned = float(np.sum(history.revenue - history.quantity * history.unit_cost))
    assert earned == pytest.approx(EARNED, abs=0.01)
    (said,) = [p for p in history.report.problems if p.code == "cost_by_margin"]
    assert header in said.message and said.count == sum(q > 0 for *_, q in LINES)


def test_a_cost_beside_it_is_followed_and_a_difference_is_said() -> None:
    history = read_sales(_file("Gross profit", cost="Unit cost"))
    assert history.unit_cost is not None
    own = sum(q * (PRICE[s] - 1.25 * COST[s]) for _, s, q in LINES)
    assert float(np.sum(history.revenue - history.quantity * history.unit_cost)) == pytest.approx(
        own, abs=0.01
    )
    (said,) = [p for p in history.report.problems if p.code == "margin_differs"]
    assert (said.found, said.expected) == (f"{EARNED:,.2f}", f"{own:,.2f}")


def test_what_is_no_margin_of_the_line_is_not_used() -> None:
    history = read_sales(_file("Profit", lambda s, q: f"{3 * abs(q) * PRICE[s]:.2f}"))
    assert history.unit_cost is None
    assert [p.code for p in history.report.problems if "margin" in p.code] == ["margin_not_used"]


@pytest.mark.parametrize(
    ("header", "tax", "off"),
    [("Gross", "VAT", True), ("Montant TTC", "TVA", True), ("Brutto", "Notiz", False)],
)
def test_tax_within_an_amount_is_taken_off_or_said(header: str, tax: str, off: bool) -> None:
    rows = [f"{d},{s},{q},{q * PRICE[s] * 1.19:.4f},{q * PRICE[s] * 0.19:.4f}" for d, s, q in LINES]
    report = read_sales((f"Date,SKU,Quantity,{header},{tax}\n" + "\n".join(rows)).encode()).report
    net = sum(q * PRICE[s] for _, s, q in LINES)
    assert report.revenue_used == pytest.approx(net if off else 1.19 * net, rel=1e-6)
    assert {"tax_left_out" if off else "may_include_tax"} <= {p.code for p in report.problems}


def test_net_beside_gross_and_tax_is_the_revenue() -> None:
    rows = [
        f"{d},{s},{q},{q * PRICE[s] * 1.2:.4f},{q * PRICE[s] * 0.2:.4f},{q * PRICE[s]:.4f}"
        for d, s, q in LINES
    ]
    report = read_sales(("Date,SKU,Quantity,Gross,VAT,Net\n" + "\n".join(rows)).encode()).report
    assert report.mapping["revenue"] == "Net"
    assert report.revenue_used == pytest.approx(sum(q * PRICE[s] for _, s, q in LINES), rel=1e-6)
