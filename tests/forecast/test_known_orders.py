"""Orders on hand ahead of the history: a floor of the near future, and never a fall of demand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.data import read_sales
from analytics.study import run_forecast

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


def book(due: dict[str, int]) -> bytes:
    """Three products that sell about 20 a week for 90 weeks, closed; and orders still open of the first one, by the day they are due."""
    rng = np.random.default_rng(8)
    days = pd.date_range("2022-10-03", periods=90, freq="7D")
    rows = [
        (d.strftime("%Y-%m-%d"), s, int(rng.poisson(20.0)), "closed") for d in days for s in ("A", "B", "C")
    ]
    rows += [(day, "A", units, "open") for day, units in due.items()]
    return pd.DataFrame(rows, columns=["due", "sku", "quantity", "status"]).to_csv(index=False).encode()


def forecast(due: dict[str, int], total: bool = False) -> pd.DataFrame:
    return run_forecast(read_sales(book(due)), horizon=4, frequency="W", total=total).set_index("sku")


def test_what_is_due_is_the_least_that_is_forecast() -> None:
    plain, known = forecast({}), forecast({"2024-07-03": 95, "2024-07-10": 3})
    week = known[known.period == "2024-07-01"].loc["A"]
    assert week["mean"] >= 95.0 and week.q05 >= 95.0 and week.q95 >= 95.0
    # three units on order where twenty are expected change nothing; nor do other products
    for period in ("2024-07-08", "2024-07-15"):
        a, b = (t[t.period == period].loc["A"] for t in (plain, known))
        assert b["mean"] == pytest.approx(a["mean"]) and b.q50 == a.q50
    assert known.loc["B"]["mean"].tolist() == pytest.approx(plain.loc["B"]["mean"].tolist())
    both = forecast({"2024-07-03": 95, "2024-07-10": 3}, total=True)
    assert both.loc["A", "q05"] >= 98.0
    assert both.loc["A", "mean"] == pytest.approx(known.loc["A"]["mean"].sum())


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared cases not beside the project")
def test_a_thinning_book_is_no_fall() -> None:
    content = (SHARED / "cases" / "intake" / "open_orders_ahead.csv").read_bytes()
    history = read_sales(content)
    table = run_forecast(history, horizon=4)
    past = pd.read_csv(SHARED / "cases" / "intake" / "open_orders_ahead.csv")
    closed = past[past.status == "closed"]
    usual = closed.groupby("sku").quantity.sum() / closed.Due.nunique()
    mean = table.groupby("sku")["mean"].mean()
    assert (mean > 0.9 * usual.reindex(mean.index)).all()
