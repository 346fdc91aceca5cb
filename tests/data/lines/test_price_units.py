"""Sizes that a file states: prices for 100 units, amounts in thousands, quantities for 1,000 of the parent; every total tied to the lines they were made from."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from analytics.data import read_items, read_sales
from analytics.data.items.bom_file import read_bom
from analytics.data.values.stated_scale import stated_scales, times_stated

SKUS = tuple(f"T-{k:03d}" for k in range(12))
PRICE = {sku: 3.17 + 1.9 * k for k, sku in enumerate(SKUS)}
COST = {sku: (0.41 + 0.03 * k) * PRICE[sku] for k, sku in enumerate(SKUS)}
UNITS_OF = {sku: (1, 100, 1000)[k % 3] for k, sku in enumerate(SKUS)}
LINES = [
    (dt.date(2023, 2, 6) + dt.timedelta(days=3 * k), SKUS[(5 * k) % 12], 7 + (11 * k) % 37)
    for k in range(120)
]
UNITS, MONEY = sum(q for *_, q in LINES), sum(q * PRICE[s] for _, s, q in LINES)
SPENT = sum(q * COST[s] for _, s, q in LINES)


def german(value: float, decimals: int = 4) -> str:
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def test_a_price_for_so_many_units_makes_the_revenue_of_the_lines() -> None:
    rows = [
        f"{d:%d.%m.%Y};{s};{q};{german(PRICE[s] * UNITS_OF[s])};{german(UNITS_OF[s], 0)}" for d, s, q in LINES
    ]
    report = read_sales(("Datum;Artikel;Menge;Preis;Preiseinheit\n" + "\n".join(rows)).encode()).report
    assert report.revenue_used == pytest.approx(MONEY, rel=1e-5) and report.units_used == UNITS
    assert [p.count for p in report.problems if p.code == "price_unit"] == [
        sum(UNITS_OF[s] != 1 for _, s, _ in LINES)
    ]


def test_a_price_of_one_unit_beside_a_column_of_units_is_told_by_the_amount() -> None:
    rows = [
        f"{d},{s},{q},{PRICE[s]:.4f},{UNITS_OF[s]},{q * PRICE[s]:.4f},{COST[s] * UNITS_OF[s]:.4f}"
        for d, s, q in LINES
    ]
    history = read_sales(
        ("date,sku,quantity,unit price,price unit,amount,unit cost\n" + "\n".join(rows)).encode()
    )
    assert history.report.revenue_used == pytest.approx(MONEY, rel=1e-6)
    said = next(p for p in history.report.problems if p.code == "price_unit").message
    assert "unit cost" in said and "unit price" not in said, "the cost alone is for so many units here"
    assert history.unit_cost is not None
    assert float((history.quantity * history.unit_cost).sum()) == pytest.approx(SPENT, rel=1e-4)


@pytest.mark.parametrize("for_many", [("cost", "price"), ("cost",), ("price",), ()])
def test_costs_and_prices_of_items_are_those_of_one_unit(for_many: tuple[str, ...]) -> None:
    """Which of the two columns stands for so many units is told by the rows that stand for one."""
    held = {name: (UNITS_OF if name in for_many else dict.fromkeys(SKUS, 1)) for name in ("cost", "price")}
    rows = [
        f"{s};{COST[s] * held['cost'][s]:.4f};{PRICE[s] * held['price'][s]:.4f};{UNITS_OF[s] if for_many else 1}"
        for s in SKUS
    ]
    items, report = read_items(
        ("SKU;Herstellkosten;Verkaufspreis;PE\n" + "\n".join(rows)).encode(), decimal="."
    )
    np.testing.assert_allclose(items["unit_cost"], [COST[s] for s in SKUS], atol=1e-4)
    np.testing.assert_allclose(items["price"], [PRICE[s] for s in SKUS], atol=1e-4)
    assert bool([p for p in report.problems if p.code == "price_unit"]) == bool(for_many)


def test_a_price_unit_that_says_no_number_leaves_the_cost_unknown_and_words_change_nothing() -> None:
    items, report = read_items(b"sku,unit cost,price unit\nA,250,100\nB,2.5,?\nC,3,\nD,9,each\n")
    assert items["unit_cost"].tolist() == [2.5, pytest.approx(np.nan, nan_ok=True), 3.0, 9.0]
    assert [p.count for p in report.problems if p.code == "price_unit_unreadable"] == [1]
    items, report = read_items(b"sku,unit cost,price unit\nA,250,ST\nB,2.5,KG\n")
    assert items["unit_cost"].tolist() == [250.0, 2.5] and any(
        "price unit" in line for line in report.assumed
    )


@pytest.mark.parametrize(
    ("header", "times"),
    [("Umsatz (TEUR)", 1e3), ("Revenue k€", 1e3), ("Revenue ($000)", 1e3), ("Sales in thousand EUR", 1e3), ("CA en milliers d'euros", 1e3),
     ("Ventas netas (miles)", 1e3), ("Umsatz Mio. EUR", 1e6), ("Revenue €m", 1e6), ("Revenue (EUR)", 1.0), ("Umsatz", 1.0)],
)  # fmt: skip
def test_amounts_in_thousands_are_multiplied_and_said(header: str, times: float) -> None:
    assert times_stated("revenue", header) == times
    rows = [f"{d};{s};{q};{q * PRICE[s] / times:.9f}" for d, s, q in LINES]
    mapping = {"revenue": header}
    report = read_sales(
        (f"date;sku;quantity;{header}\n" + "\n".join(rows)).encode(), mapping=mapping, decimal="."
    ).report
    assert report.mapping["revenue"] == header and report.revenue_used == pytest.approx(MONEY, rel=1e-6)
    assert [p.column for p in report.problems if p.code == "stated_scale"] == (
        [header] if times != 1.0 else []
    )


@pytest.mark.parametrize(
    "header", ["Preis je 100 Stk", "Price/100", "Unit price (per 100 pcs)", "Preis pro Hundert"]
)
def test_a_header_may_state_for_how_many_units_the_price_is(header: str) -> None:
    rows = [f"{d};{s};{q};{100 * PRICE[s]:.6f}" for d, s, q in LINES]
    report = read_sales((f"date;sku;quantity;{header}\n" + "\n".join(rows)).encode(), decimal=".").report
    assert report.mapping["price"] == header and report.revenue_used == pytest.approx(MONEY, rel=1e-6)


@pytest.mark.parametrize(
    "header",
    [
        "km",
        "Milestone",
        "Length (mm)",
        "Price per kg",
        "Cost 2000",
        "Unit price (EUR)",
        "Umsatz in EUR",
        "TEUR",
        "Wert/EUR",
        "Sales M",
        "Menge",
    ],
)
def test_other_headers_state_no_size(header: str) -> None:
    assert stated_scales(header) == ()


def test_units_and_stock_in_thousands() -> None:
    rows = [f"{d};{s};{q / 1000:.3f}" for d, s, q in LINES]
    report = read_sales(("date;sku;Menge (in Tsd.)\n" + "\n".join(rows)).encode(), decimal=".").report
    assert report.units_used == pytest.approx(UNITS) and any(
        p.code == "stated_scale" for p in report.problems
    )
    items, _ = read_items(b"sku;Bestand (Tsd.);unit cost per 1000\nA;1.25;70\nB;0.5;12\n", decimal=".")
    assert items["on_hand"].tolist() == [1250.0, 500.0] and items["unit_cost"].tolist() == [0.07, 0.012]


def test_a_sheet_with_a_column_per_period_in_thousands() -> None:
    months = [f"2023-{m:02d} Umsatz TEUR" for m in range(1, 13)]
    rows = [";".join([s, *(f"{(k + m) / 8:.3f}" for m in range(12))]) for k, s in enumerate(SKUS)]
    report = read_sales((";".join(["sku", *months]) + "\n" + "\n".join(rows)).encode(), decimal=".").report
    assert report.units_used == pytest.approx(1000 * sum((k + m) / 8 for k in range(12) for m in range(12)))


def test_a_bill_of_materials_for_a_base_quantity() -> None:
    bom = read_bom(b"Baugruppe;Komponente;Menge;Basismenge\nRad;Speiche;3200;100\nRad;Felge;1;1\n")
    assert dict(zip(bom.codes[bom.component], bom.quantity.tolist(), strict=True)) == {
        "Speiche": 32.0,
        "Felge": 1.0,
    }


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Alle Angaben in TEUR", "TEUR"),
        ("Sales report, amounts in thousands", "in thousands"),
        ("Sales 2023", ""),
    ],
)
def test_a_size_said_above_the_table_is_told(title: str, said: str) -> None:
    """What stands above a table belongs to no column: it is not applied, and said with what to do."""
    rows = "\n".join(f"{d};{s};{q};{q}" for d, s, q in LINES)
    report = read_sales(f"{title};;;\n;;;\ndate;sku;quantity;revenue\n{rows}".encode()).report
    assert [p.found for p in report.problems if p.code == "size_above"] == ([said] if said else [])
    assert report.revenue_used == UNITS


@pytest.mark.parametrize(
    ("header", "field", "days"),
    [("Lead time (weeks)", "component_lead_days", 7.0), ("lead_time_weeks", "component_lead_days", 7.0), ("LeadTimeDays", "component_lead_days", 1.0),
     ("Wiederbeschaffungszeit in Wochen", "component_lead_days", 7.0), ("délai (semaines)", "component_lead_days", 7.0),
     ("Lieferzeit (Monate)", "component_lead_days", 365.25 / 12), ("Lead time (working days)", "component_lead_days", 1.4),
     ("Produktionszeit (Arbeitstage)", "production_days", 1.4), ("Durchlaufzeit (h)", "production_days", 1 / 24),
     ("Haltbarkeit (Monate)", "shelf_life_days", 365.25 / 12), ("Shelf life years", "shelf_life_days", 365.25), ("Lieferzeit", "component_lead_days", 1.0)],
)  # fmt: skip
def test_times_are_in_the_unit_that_their_header_says(header: str, field: str, days: float) -> None:
    items, report = read_items(f"sku,unit cost,{header}\nA,5,3\nB,6,40\n".encode())
    np.testing.assert_allclose(items[field], [3 * days, 40 * days])
    assert bool([p for p in report.problems if p.code == "stated_scale"]) == (days != 1.0)


def test_a_cell_that_says_its_own_unit_keeps_it() -> None:
    items, report = read_items(b"sku,lead time (weeks)\nA,3\nB,10 days\nC,2 Wochen\nD,4 moons\n")
    assert items["component_lead_days"][:3].tolist() == [21.0, 10.0, 14.0] and np.isnan(
        items["component_lead_days"][3]
    )
    assert [p.found for p in report.problems if p.code == "value_unreadable"] == ["4 moons"]


@pytest.mark.parametrize(
    ("header", "times"),
    [("Storage rate (per month)", 12.0), ("Storage rate p.m.", 12.0), ("Storage rate", 1.0)],
)
def test_rates_of_a_month_are_those_of_a_year(header: str, times: float) -> None:
    items, _ = read_items(f"sku,unit cost,{header}\nA,5,0.01\nB,6,0.02\n".encode())
    np.testing.assert_allclose(items["storage_rate"], [0.01 * times, 0.02 * times])


def test_a_column_of_periods_is_no_price_unit() -> None:
    rows = "\n".join(f"{d};{s};{q};{PRICE[s]:.4f};{d.month}" for d, s, q in LINES)
    report = read_sales(f"date;sku;quantity;price;Per\n{rows}".encode(), decimal=".").report
    assert "price_unit" not in report.mapping and report.revenue_used == pytest.approx(MONEY, rel=1e-5)
