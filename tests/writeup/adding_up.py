"""Files read back as anybody would read them: every total of summary.json is the sum of its rows, to the cent."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from analytics.naming.labels import COMPONENTS

__all__ = ["files_add_up"]


def _cents(amount: float) -> int:
    return round(100.0 * amount)


def files_add_up(folder: Path) -> None:
    """Asserts that recommendation.csv, shared.csv and strategies.csv in a folder add up to its summary.json."""
    read = {
        name: pd.read_csv(folder / f"{name}.csv", dtype={"sku": str}, keep_default_na=False, na_values=[""])
        for name in ("recommendation", "shared", "strategies")
    }
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    products, shared = read["recommendation"], float(read["shared"]["amount_per_year"].sum())
    assert products["sku"].is_unique and len(products) == summary["products"]
    assert abs(float(products["gain_per_year"].sum()) + shared - summary["gain_per_year"]) < 0.005
    assert _cents(shared) == _cents(summary["shared"])
    plans = read["strategies"]
    assert set(plans["strategy"]) == set(summary["totals"]) >= {"MTS", "MTO", "baseline", "mix"}
    assert not plans.duplicated(["sku", "strategy", "measure"]).any()
    rows = plans.groupby(["strategy", "measure"])
    assert (rows["sku"].nunique() == len(products)).all()
    sums = rows["value"].sum()
    for plan, totals in summary["totals"].items():
        assert set(totals) - {"shared"} >= {"profit", "benchmark", "revenue", "cash_tied_up", *COMPONENTS}
        for measure, total in totals.items():
            if measure != "shared":
                beside = shared if (plan, measure) == ("mix", "profit") else 0.0
                assert abs(sums[plan, measure] + beside - total) < 0.005, (plan, measure)
        for measure in ("units_demanded", "units_sold", "units_lost", "units_on_hand"):
            assert abs(sums[plan, measure] - summary["service"][plan][measure]) < 1e-6 * max(
                1.0, summary["service"][plan][measure]
            ), (plan, measure)
    profit = (
        plans[plans["measure"] == "profit"]
        .pivot(index="sku", columns="strategy", values="value")
        .loc[products["sku"]]
    )
    gains = (profit["mix"] - profit["baseline"]).fillna(0.0)
    assert ((gains.to_numpy() - products["gain_per_year"].to_numpy()) ** 2).max() < 0.005**2
    sold = (
        plans[(plans["measure"] == "units_sold") & (plans["strategy"] == "mix")]
        .set_index("sku")["value"]
        .loc[products["sku"]]
    )
    costed = (sold.to_numpy() * products["unit_cost"]).fillna(0.0) - products["cost_of_sales"].fillna(0.0)
    assert costed.abs().max() < 0.005
