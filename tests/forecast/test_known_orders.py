"""Orders on hand ahead of the history: a floor of the near future, and never a fall of demand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.data import SalesHistory, read_sales
from analytics.demand import demand_panel, life_cycle
from analytics.forecast import Forecast, fit_forecast
from analytics.forecast.known_orders import orders_in_demand, with_known_orders
from analytics.forecast.spread.totals import mean_by_period, mean_in_total
from analytics.naming.labels import number_text
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


def fitted(history: SalesHistory) -> Forecast:
    panel = demand_panel(history, "W")
    n = len(panel.skus)
    made = fit_forecast(panel, life_cycle(panel, None), np.full(n, -1, np.int32), np.full(n, 4.0), 8, 1)
    return with_known_orders(made, history.apart)


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


def test_what_of_known_orders_the_demand_holds_already() -> None:
    """95 due in a week in which about 20 are expected: those 20 are of it, the other 75 beyond; of 3 all; times the chance to live."""
    found = fitted(read_sales(book({"2024-07-03": 95, "2024-07-10": 3})))
    assert found.known is not None
    week = int(np.argmax(found.known[0]))
    first = float(found.mean[0, week])
    assert first < 40.0
    inside = orders_in_demand(found, np.ones(3))
    assert inside.tolist() == pytest.approx([first + 3.0, 0.0, 0.0])
    assert orders_in_demand(found, np.full(3, 0.1))[0] == pytest.approx(
        0.1 * (first + found.mean[0, week + 1])
    )
    assert orders_in_demand(fitted(read_sales(book({}))), np.ones(3)).tolist() == [0.0, 0.0, 0.0]


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


def test_the_notes_say_what_is_on_order_and_what_it_adds() -> None:
    rows = read_sales(book({"2024-07-03": 95, "2024-07-10": 3}))
    study_forecast = fitted(rows)
    note = study_forecast.notes[0][-1]
    plain = fitted(read_sales(book({})))
    added = mean_in_total(study_forecast, 8)[0] - mean_in_total(plain, 8)[0]
    assert added == pytest.approx(95.0 - plain.mean[0, 0], abs=0.5)
    assert note.startswith("Customers have 98 units on order, due from the week of 2024-07-01 on")
    assert note.endswith(f"which adds {number_text(added)} units.")
    assert not any("on order" in n for i in (1, 2) for n in study_forecast.notes[i])
    # the page counts it in: what it says of a year is what the tables say
    assert study_forecast.known is not None
    week = int(np.argmax(study_forecast.known[0] == 95.0))
    assert mean_by_period(study_forecast, 8)[0, week] == pytest.approx(95.0)
