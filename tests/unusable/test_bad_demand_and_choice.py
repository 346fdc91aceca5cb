"""Bad demand, limits, marks and histories: finite forecasts, the nearest limit that can be met, clear words; nothing lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.cli import main
from tests.strategy.small import csv_text
from tests.unusable.bad_input import GOOD, analyze, lines

__all__ = ["analyze"]  # the fixture

WEEKS = pd.date_range("2023-01-02", periods=60, freq="7D")
SPIKE = lines({"A": 5.0})
SPIKE.iloc[30, 2] = 5000
#: most rows below zero may be issues from stock or returns: which, is asked, and told here
SIGNS = ("--horizon", "4", "--treat", "quantity:below zero=return", "--treat", "quantity:above zero=count")
DEMAND = {
    "all zeros": (lines({"A": 5.0}).assign(quantity=0), ("--horizon", "4")),
    "one observation": (pd.DataFrame({"date": ["2024-05-06"], "sku": ["A"], "quantity": [3]}), ("--horizon", "4")),
    "constant": (pd.DataFrame({"date": WEEKS, "sku": "A", "quantity": 5}), ("--horizon", "4")),
    "negative after netting": (pd.DataFrame({"date": WEEKS, "sku": "A", "quantity": np.where(np.arange(60) % 3, -6, 5)}), SIGNS),
    "gaps": (pd.DataFrame({"date": WEEKS[[0, 1, 2, 20, 21, 40, 59]], "sku": "A", "quantity": [5, 4, 6, 5, 7, 3, 2]}), ("--horizon", "4")),
    "a thousand-fold spike": (SPIKE, ("--horizon", "4")),
    "5 periods, 12 to protect": (lines({"A": 5.0}, weeks=5), ("--horizon", "12", "--frequency", "W", "--total")),
    "season longer than the history": (pd.DataFrame({"date": pd.date_range("2024-01-01", periods=8, freq="MS"), "sku": "A", "quantity": [3, 5, 9, 4, 2, 3, 5, 6]}),
                                       ("--horizon", "6", "--frequency", "M")),
}  # fmt: skip


@pytest.mark.parametrize("name", list(DEMAND))
def test_a_forecast_is_finite_and_never_negative(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    sales, options = DEMAND[name]
    (tmp_path / "sales.csv").write_bytes(csv_text(sales))
    assert main(["forecast", str(tmp_path / "sales.csv"), *options, "--out", str(tmp_path / "f.csv")]) == 0
    assert capfd.readouterr().err == ""
    table = pd.read_csv(tmp_path / "f.csv")
    quantiles = table[["q05", "q10", "q25", "q50", "q75", "q90", "q95"]].to_numpy()
    assert (
        np.isfinite(quantiles).all()
        and (quantiles >= 0).all()
        and (np.diff(quantiles, axis=1) >= 0).all()
        and np.isfinite(table["mean"]).all()
    )
    usual = sales.loc[sales["quantity"] > 0, "quantity"].median()
    assert table["q95"].max() <= (20.0 * max(12.0 if "--total" in options else 1.0, 1.0)) * (
        usual if usual > 0 else 1.0
    )
    assert name != "all zeros" or (table["mean"] == 0.0).all()


def test_a_history_shorter_than_the_lead_time_is_told(analyze) -> None:  # type: ignore[no-untyped-def]
    items = pd.DataFrame({"sku": list(GOOD), "unit_cost": 12.0, "component_lead_days": 84.0})
    got = analyze(lines(GOOD, weeks=5), items, extra=("--frequency", "W"))
    assert (
        got.code == 0
        and "lead time is longer than the sales history for 3 products (A, B, C)" in got.notes()
        and got.products()["profit_mts"].notna().all()
    )


ITEMS = pd.DataFrame({"sku": list(GOOD), "unit_cost": 12.0, "make": "yes"})


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ("working_capital = 1", "Working capital: 1 cannot be met: the nearest is"),
        (
            "stocked_products = 0\nleast_share_served = 0.99",
            "Demand served: 99 % cannot be met: the nearest is",
        ),
        (
            "order_capacity_per_month = 1\nstocked_products = 0",
            "Capacity for orders: 1 units a month cannot be met: the nearest is",
        ),
        (
            'must_stock = ["A"]\nmust_order = ["A"]',
            "A is marked both as to be stocked and as to be made to order: both marks are left out",
        ),
        ('must_stock = ["ZZ"]', "ZZ is marked but not in the sales file: the mark is left out"),
    ],
)
def test_limits_that_cannot_be_met_and_marks_that_contradict(analyze, limits: str, words: str) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD), ITEMS, f"[limits]\n{limits}\n")
    assert got.code == 0 and words in got.notes() and set(got.products().index) == set(GOOD)


def test_an_unknown_limit_names_those_there_are(analyze) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD), ITEMS, "[limits]\nmin_fill_rate = 0.9\n")
    assert got.code == 2 and "limits.min_fill_rate" in got.words and "least_share_served" in got.words


def test_a_mark_that_cannot_be_kept_or_does_not_count_is_said_and_the_money_adds_up(analyze) -> None:  # type: ignore[no-untyped-def]
    """A has no capacity at all, B sells below cost, C is an ordinary product, ZZ and a lamp are nowhere."""
    items = ITEMS.assign(
        unit_cost=[12.0, 30.0, 12.0],
        work_center=["closed", "", ""],
        capacity_hours_per_week=[0.0, np.nan, np.nan],
        hours_per_unit=[1.0, np.nan, np.nan],
    )
    got = analyze(
        lines(GOOD),
        items,
        '[limits]\nmust_order = ["A", "B", "C", ""]\n[limits.hours]\nZZ = 2\n[product.ZZ]\ncapital_rate = 0.2\n[family.lamps]\ncapital_rate = 0.2\n',
    )
    products, notes = got.products(), got.notes()
    assert got.code == 0 and products["recommended"].to_dict() == {"A": "MTS", "B": "MTO", "C": "MTO"}
    assert (
        "A is marked, but to make to order is not offered for it" in notes
        and "A mark without a product" in notes
        and "Hours are stated for ZZ" in notes
    )
    assert "stated for the product ZZ, not in these files" in notes and "stated for the family lamps" in notes
    assert (
        products.loc["B", "verdict"] == "not_decidable"
        and "below cost" in products.loc["B", "reason"]
        and products.loc["C", "verdict"] == "limited"
    )
    summary, table = got.summary(), got.table("recommendation.csv")
    totals = summary["totals"]
    apart = got.table("shared.csv")["amount_per_year"].sum()  # what the mark brings for B is not counted
    assert (
        table["gain_per_year"].sum() + apart
        == pytest.approx(totals["mix"]["profit"] - totals["baseline"]["profit"])
        == pytest.approx(summary["gain_per_year"])
    )
    assert summary["gain_per_year"] == pytest.approx(
        products.loc[["A", "C"], "gain_per_year"].sum()
    )  # what sells below cost stays out of the headline


def test_a_limit_that_can_hardly_be_met_is_told_apart_from_all_and_costs_no_more_than_it_costs(
    analyze,
) -> None:  # type: ignore[no-untyped-def]
    sales = lines(GOOD)
    few = sales.index[sales["sku"] == "C"][3::17]  # now and then an order that no stock is there for
    sales.loc[few, "quantity"] = 40.0 * sales.loc[few, "quantity"]
    got = analyze(sales, ITEMS, "[limits]\nleast_share_at_once = 1.0\n")
    (note,) = (n for n in got.summary()["notes"] if "cannot be met" in n)
    stated, nearest = (
        float(words.split("%")[0].split()[-1]) for words in note.split(" cannot be met: the nearest is ")
    )
    assert stated == 100.0 and 50.0 < nearest < 100.0
    limits = got.summary()["limits"]
    assert all(row["worth"] <= limits["cost_per_year"] for row in limits["rows"])
    assert analyze(lines(GOOD), ITEMS, "[limits]\nstocked_products = 1.5\n").code == 2


def test_todays_settings_that_contradict_or_cannot_be_played_are_said(analyze) -> None:  # type: ignore[no-untyped-def]
    """A is assembled today and shares no parts, B has a level below its reorder point, C a reorder point that cannot deliver what is sold."""
    got = analyze(
        lines(GOOD),
        ITEMS.assign(
            current_mode=["ATO", None, None],
            reorder_point=[None, 5, 12],
            order_up_to_level=[None, 2, None],
            order_quantity=[None, None, 6],
        ),
    )
    products, notes = got.products(), got.notes()
    assert got.code == 0 and "Order-up-to level below the reorder point for 1 product (B)" in notes
    assert (
        "assemble to order, cannot be played" in products.loc["A", "notes"]
        and "levels of the file; reorder at 5" in products.loc["B", "notes"]
    )
    assert "out of date" in products.loc["C", "notes"]
    alone = analyze(lines(GOOD), ITEMS.assign(reorder_point=[None, None, 12], order_quantity=[None, None, 6]))
    assert (
        "out of date" in alone.products().loc["C", "notes"] and "known for 1 of 3 products" in alone.notes()
    )


def test_a_baseline_for_half_of_the_products(analyze) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD), ITEMS.assign(current_mode=["MTS", None, None], reorder_point=[20, None, None]))
    assert got.code == 0 and got.products()["gain_per_year"].notna().all()
    assert (
        "today" in str(got.summary()["baseline"])
        and "Today's strategy is known for 1 of 3 products" in got.notes()
    )
    assert (got.products().loc[["B", "C"], "gain_per_year"] >= 0.0).all()
