"""Bad items, assumptions and bills of materials: product, field, bound and remedy are named, or the sensible limit holds; the others go on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.naming.labels import COMPONENTS
from tests.strategy.small import csv_text
from tests.unusable.bad_input import GOOD, analyze, lines

__all__ = ["analyze"]  # the fixture


@pytest.mark.parametrize(
    ("toml", "word"),
    [
        ("[general]\ncapital_rat = 0.1\n", "capital_rat"),
        ("[general]\ncapital_rate = { value = 0.1, lowest = 0.0 }\n", "lowest"),
        ("[general]\ncapital_rate = 'much'\n", "capital_rate"),
        ("[general]\ncapital_rate = 99\n", "capital_rate"),
        ("[general]\nhazard_per_year = -0.1\n", "hazard_per_year"),
        ("[general]\ncapital_rate = { value = 0.1, low = 0.2, high = 0.3 }\n", "capital_rate"),
        ("[nonsense]\ncapital_rate = 0.1\n", "nonsense"),
        ("capital_rate = 0.1\n", "capital_rate"),
        ("[general\n", "TOML"),
        ("[product.A]\ncapital_rate = nan\n", "capital_rate"),
    ],
)
def test_assumptions_that_make_no_sense(analyze, toml: str, word: str) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD), assumptions=toml)
    assert got.code == 2 and word.lower() in got.words.lower() and not got.out.exists()


ITEMS_FAULTS = {
    "negative cost": ("unit_cost", -5.0),
    "share above one": ("component_share", 7.0),
    "words for a number": ("unit_cost", "cheap"),
    "endless lead time": ("component_lead_days", 1e9),
    "lead time longer than the history": ("component_lead_days", 3000.0),
    "minimum above lifetime demand": ("moq", 1e7),
    "no lead time at all": ("component_lead_days", 0.0),
    "share zero": ("component_share", 0.0),
    "share one": ("component_share", 1.0),
    "salvage above cost": ("salvage_share", 3.0),
    "unknown mode": ("current_mode", "sometimes"),
    "negative holding rate": ("storage_rate", -0.1),
    "price below cost": ("unit_cost", 35.0),
    "hazard one": ("hazard_per_year", 1.0),
    "reliability of one": ("quote_reliability", 1.0),
    "end before its sales": ("end_date", "1999-01-01"),
}


def test_a_faulty_item_each_and_the_others_go_on(analyze) -> None:  # type: ignore[no-untyped-def]
    rates = {f"F{i:02d} {fault}": 2.0 + i for i, fault in enumerate(ITEMS_FAULTS)} | GOOD
    items = pd.DataFrame(
        {
            "sku": list(rates),
            "unit_cost": 12.0,
            "make": "yes",
            "component_lead_days": 28.0,
            "component_share": 0.5,
        }
    ).astype(object)
    for column in {field for field, _ in ITEMS_FAULTS.values()} - set(items.columns):
        items[column] = None
    for sku, (field, value) in zip(rates, ITEMS_FAULTS.values(), strict=False):
        items.loc[items["sku"] == sku, field] = value
    got = analyze(lines(rates), items)
    products = got.products()
    assert got.code == 0 and set(products.index) == set(rates)
    assert (
        products.loc[list(GOOD), "profit_mts"].notna().all()
        and (products.loc[list(GOOD), "verdict"] != "not_decidable").all()
    )
    for sku in rates:
        assert (
            np.isfinite(products.loc[sku, "profit_mts"]) or products.loc[sku, "verdict"] == "not_decidable"
        ), sku
    assert np.isnan(products.loc["F00 negative cost", "profit_mts"]) and np.isnan(
        products.loc["F07 share zero", "profit_ato"]
    )
    assert all(
        found in got.notes()
        for found in ("-5.0", "7.0", "-0.1", "1000000000.0", "cheap", "sometimes", "read as percent")
    ), got.notes()


LIMITS = (
    "hazard_per_year = 0", "hazard_per_year = 50", "patience_per_day = 0", "patience_per_day = 10", "salvage_share = 1", "storage_rate = 0",
    "fixed_cost_share = 1", "component_share = 1", "component_share = 0", "excess_cover_weeks = 1", "review_days = 365", "production_days = 0",
    "production_days = 3650", "price_premium = -1", "cost_premium = -1", "deposit_share = 1", "capital_rate = 5", "assembly_days = 0",
    "component_lead_days = 0", "queue_days = 3650",
)  # fmt: skip


def test_limits_of_every_assumption_run_through(analyze) -> None:  # type: ignore[no-untyped-def]
    rates = {f"L{i:02d}": 1.0 + i for i in range(len(LIMITS))}
    toml = "\n".join(f"[product.{sku}]\n{limit}" for sku, limit in zip(rates, LIMITS, strict=True))
    got = analyze(
        lines(rates, weeks=30),
        pd.DataFrame({"sku": list(rates), "unit_cost": 12.0, "make": "yes"}),
        assumptions=toml,
    )
    assert (
        got.code == 0
        and got.products()["profit_mts"].notna().all()
        and got.products()["profit_mto"].notna().all()
    )
    wide = got.table("strategies.csv").pivot(index=["sku", "strategy"], columns="measure", values="value")
    gap = (wide["benchmark"] - wide["profit"] - wide[list(COMPONENTS)].sum(axis=1)).abs()
    assert (gap <= 1e-9 * (wide["revenue"].abs() + wide["benchmark"].abs()).clip(lower=1.0)).all()
    profit = got.products()
    rows = dict(zip(LIMITS, rates, strict=True))
    assert profit.loc[rows["patience_per_day = 10"], "profit_mto"] == pytest.approx(
        0.0, abs=1.0
    )  # nobody waits a day
    lost = (
        got.table("strategies.csv")
        .query("measure == 'share_lost' and strategy == 'MTO'")
        .set_index("sku")["value"]
    )
    assert lost[rows["patience_per_day = 0"]] == pytest.approx(0.0, abs=1e-9)


def test_items_of_other_products_and_duplicates(analyze) -> None:  # type: ignore[no-untyped-def]
    items = pd.DataFrame({"sku": ["A", "A", "ZZ"], "unit_cost": [12.0, 13.0, 1.0]})
    got = analyze(lines(GOOD), items)
    assert got.code == 0 and set(got.products().index) == set(GOOD) and "ZZ" in got.notes()


def test_a_bill_of_materials_with_a_cycle_or_an_unknown_part(analyze, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    links = [
        ("A", "FRAME", 1), ("B", "FRAME", 1), ("FRAME", "TUBE", 3), *[("FRAME", f"X{i}", 1) for i in range(4)], ("A", "=PAINT()", 1),
        ("C", "LOOP", 1), ("LOOP", "C", 2), ("B", "", 1), ("B", "BELL", -2),
    ]  # fmt: skip
    path = tmp_path / "bom.csv"
    path.write_bytes(csv_text(pd.DataFrame(links, columns=["parent", "component", "quantity"])))
    items = pd.DataFrame(
        {
            "sku": ["A", "B", "C", "TUBE"],
            "unit_cost": [12.0, 12.0, 8.0, 2.0],
            "make": ["yes", "yes", "yes", "no"],
        }
    )
    got = analyze(lines(GOOD), items, extra=("--bom", str(path)))
    products, notes = got.products(), got.notes()
    assert (
        got.code == 0
        and products["profit_mts"].notna().all()
        and products["profit_ato"].notna().tolist() == [True, True, False]
    )
    assert (
        "bill of materials of C contains itself" in notes
        and "C > LOOP > C" in notes
        and "not in the items file" in notes
    )
    assert "their parts are incomplete" in notes and len(got.table("rejected_rows.csv")) == 2
    parts = got.table("components.csv").set_index("component")
    assert (
        set(parts["use"]) == {"kit", "unique"}
        and parts.loc["TUBE", "use"] == "kit"
        and "'=PAINT()" in parts.index
    )
    assert parts.loc["TUBE", "units_per_year"] == pytest.approx(3 * 52 * (GOOD["A"] + GOOD["B"]), rel=0.35)


def test_a_bill_of_materials_that_is_none(analyze, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "bom.csv"
    path.write_bytes(csv_text(lines(GOOD)))
    got = analyze(lines(GOOD), extra=("--bom", str(path)))
    assert got.code == 2 and "bill of materials" in got.words and not got.out.exists()
    assert analyze(lines(GOOD), extra=("--bom", str(tmp_path / "none.csv"))).code == 2


def test_no_capacity_means_no_promise(analyze) -> None:  # type: ignore[no-untyped-def]
    items = pd.DataFrame(
        {
            "sku": list(GOOD),
            "unit_cost": 12.0,
            "make": "yes",
            "work_center": ["closed", "open", "open"],
            "capacity_hours_per_week": [0.0, 40.0, 40.0],
        }
    )
    items["hours_per_unit"], items["current_mode"] = [1.0, 1.0, np.nan], ["MTO", "MTO", ""]
    got = analyze(lines(GOOD), items, assumptions="[general]\npatience_per_day = 0\n")
    products, notes = got.products(), got.notes()
    assert (
        got.code == 0
        and np.isnan(products.loc["A", "profit_mto"])
        and products.loc[["B", "C"], "profit_mto"].notna().all()
    )
    assert (
        products["profit_mts"].notna().all()
        and "no lead time can be promised" in notes
        and "Quote to order from capacity for 1 product (B)" in notes
    )
    order = got.table("strategies.csv").query("sku == 'A' and strategy == 'MTO'")
    assert set(order["run_as"]) == {"MTS"} and got.summary()["recommended"]["MTO"] <= 2


def test_what_the_sales_cannot_bear_is_told_with_product_and_bound(analyze) -> None:  # type: ignore[no-untyped-def]
    items = pd.DataFrame(
        {
            "sku": list(GOOD),
            "unit_cost": 12.0,
            "make": "yes",
            "moq": [1e7, np.nan, 40.0],
            "component_lead_days": [28.0, 3000.0, 28.0],
        }
    )
    got = analyze(lines(GOOD), items)
    products, notes = got.products(), got.notes()
    assert (
        got.code == 0
        and "Minimum order quantity is above a year of sales for 1 product (A): 10,000,000 against" in notes
        and "It is counted as it stands" in notes
    )
    assert "lead time is longer than the sales history for 1 product (B): 3,007 days against 420" in notes
    assert (
        abs(products["gain_per_year"]).max() < 1e5 and products["profit_mts"].notna().all()
    )  # no millions gained against a lot that nobody would buy
    assert (
        products.loc["A", "gain_per_year"] == 0.0
        and products.loc["A", "profit_mto"] < 0.0  # the batch started by the first order
        and products.loc["A", "profit_mts"] < 0.0
    )
    assert "Not worth making at this minimum of 10,000,000" in products.loc["A", "reason"]
