"""Bad demand, limits, marks and histories: finite forecasts, the nearest limit that can be met, clear words; nothing lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.cli import main
from tests.bad_input import GOOD, analyze, lines
from tests.strategy.small import csv_text

__all__ = ["analyze"]  # the fixture

WEEKS = pd.date_range("2023-01-02", periods=60, freq="7D")
SPIKE = lines({"A": 5.0})
SPIKE.iloc[30, 2] = 5000
DEMAND = {
    "all zeros": (lines({"A": 5.0}).assign(quantity=0), ("--horizon", "4")),
    "one observation": (pd.DataFrame({"date": ["2024-05-06"], "sku": ["A"], "quantity": [3]}), ("--horizon", "4")),
    "constant": (pd.DataFrame({"date": WEEKS, "sku": "A", "quantity": 5}), ("--horizon", "4")),
    "negative after netting": (pd.DataFrame({"date": WEEKS, "sku": "A", "quantity": np.where(np.arange(60) % 3, -6, 5)}), ("--horizon", "4")),
    "gaps": (pd.DataFrame({"date": WEEKS[[0, 1, 2, 20, 21, 40, 59]], "sku": "A", "quantity": [5, 4, 6, 5, 7, 3, 2]}), ("--horizon", "4")),
    "a thousand-fold spike": (SPIKE, ("--horizon", "4")),
    "5 periods, 12 to protect": (lines({"A": 5.0}, weeks=5), ("--horizon", "12", "--frequency", "W", "--total")),
    "season longer than the history": (pd.DataFrame({"date": pd.date_range("2024-01-01", periods=8, freq="MS"), "sku": "A", "quantity": [3, 5, 9, 4, 2, 3, 5, 6]}),
                                       ("--horizon", "6", "--frequency", "M")),
}  # fmt: skip


@pytest.mark.parametrize("name", list(DEMAND))
def test_a_forecast_is_finite_and_never_negative(tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str) -> None:
    sales, options = DEMAND[name]
    (tmp_path / "sales.csv").write_bytes(csv_text(sales))
    assert main(["forecast", str(tmp_path / "sales.csv"), *options, "--out", str(tmp_path / "f.csv")]) == 0
    assert capfd.readouterr().err == ""
    table = pd.read_csv(tmp_path / "f.csv")
    quantiles = table[["q05", "q10", "q25", "q50", "q75", "q90", "q95"]].to_numpy()
    assert np.isfinite(quantiles).all() and (quantiles >= 0).all() and (np.diff(quantiles, axis=1) >= 0).all() and np.isfinite(table["mean"]).all()
    usual = sales.loc[sales["quantity"] > 0, "quantity"].median()
    assert table["q95"].max() <= (20.0 * max(12.0 if "--total" in options else 1.0, 1.0)) * (usual if usual > 0 else 1.0)
    assert name != "all zeros" or (table["mean"] == 0.0).all()


def test_a_history_shorter_than_the_lead_time_is_told(analyze) -> None:  # type: ignore[no-untyped-def]
    items = pd.DataFrame({"sku": list(GOOD), "unit_cost": 12.0, "component_lead_days": 84.0})
    got = analyze(lines(GOOD, weeks=5), items, extra=("--frequency", "W"))
    assert got.code == 0 and "lead time is longer than the sales history for 3 products (A, B, C)" in got.notes() and got.products()["profit_mts"].notna().all()


ITEMS = pd.DataFrame({"sku": list(GOOD), "unit_cost": 12.0, "make": "yes"})


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ("working_capital = 1", "Working capital: 1 cannot be met: the nearest is"),
        ("stocked_products = 0\nleast_share_served = 0.99", "Demand served: 99 % cannot be met: the nearest is"),
        ("order_capacity_per_month = 1\nstocked_products = 0", "Capacity for orders: 1 units a month cannot be met: the nearest is"),
        ('must_stock = ["A"]\nmust_order = ["A"]', "A is marked both as to be stocked and as to be made to order: both marks are left out"),
        ('must_stock = ["ZZ"]', "ZZ is marked but not in the sales file: the mark is left out"),
    ],
)
def test_limits_that_cannot_be_met_and_marks_that_contradict(analyze, limits: str, words: str) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD), ITEMS, f"[limits]\n{limits}\n")
    assert got.code == 0 and words in got.notes() and set(got.products().index) == set(GOOD)


def test_an_unknown_limit_names_those_there_are(analyze) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD), ITEMS, "[limits]\nmin_fill_rate = 0.9\n")
    assert got.code == 2 and "limits.min_fill_rate" in got.words and "least_share_served" in got.words


def test_a_baseline_for_half_of_the_products(analyze) -> None:  # type: ignore[no-untyped-def]
    got = analyze(lines(GOOD), ITEMS.assign(current_mode=["MTS", None, None], reorder_point=[20, None, None]))
    assert got.code == 0 and got.products()["gain_per_year"].notna().all()
    assert "today" in str(got.summary()["baseline"])
    assert (got.products().loc[["B", "C"], "gain_per_year"] >= 0.0).all()
