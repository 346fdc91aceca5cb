"""Dates of a replay, what really happened in its weeks, and what was known before each of them."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.data import read_sales
from analytics.data.history import SalesHistory
from analytics.demand import demand_panel
from analytics.demand.as_of import history_until, items_until
from analytics.demand.panel import DemandPanel
from analytics.errors import DataError
from analytics.items import GIVEN, empty_items
from analytics.validation.schedule import FEWEST_WEEKS_KNOWN, actual_demand, actual_prices, schedule


def calendar(periods: int, frequency: str) -> DemandPanel:
    """A panel of which only the calendar counts."""
    starts = (
        np.datetime64("2021-01-04", "D") + 7 * np.arange(periods + 1)
        if frequency == "W"
        else (np.datetime64("2021-02", "M") + np.arange(periods + 1)).astype("datetime64[D]")
    )
    nothing = np.zeros((1, periods))
    one = np.zeros(1, np.int32)
    return DemandPanel(
        np.array(["A"], object),
        starts[:-1],
        starts[-1],
        nothing,
        nothing,
        nothing > 0,
        one,
        one,
        frequency,
        {},
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(20, 260), st.integers(1, 16), st.sampled_from("WM"))
def test_windows_follow_each_other_and_leave_a_year_before_and_weeks_after(
    weeks: int, origins: int, frequency: str
) -> None:
    periods = weeks if frequency == "W" else weeks * 12 // 52
    panel = calendar(periods, frequency)
    try:
        plan = schedule(panel, origins)
    except DataError as error:
        (problem,) = error.problems
        assert problem.code in ("too_short_to_replay", "too_many_origins") and problem.remedy
        if problem.code == "too_many_origins":
            most = int(problem.remedy.split("ask for ")[1].split()[0])
            assert most < origins and len(schedule(panel, most).origins) == most
        return
    assert len(plan.origins) == origins and plan.window_weeks >= 4 and 4 <= plan.tail_weeks <= 26
    assert plan.week_of(plan.origins).tolist() == [k * plan.window_weeks for k in range(origins)]
    assert int(plan.week_of(np.array([plan.end]))[0]) == plan.weeks
    assert (plan.origins[0] - panel.starts[0]).astype(int) >= 7 * FEWEST_WEEKS_KNOWN
    after = plan.week_of(np.array([panel.next_start]))[0] - plan.weeks
    assert after in (plan.tail_weeks, plan.tail_weeks + 1)


def history_of(lines: list[tuple[str, str, float, float]]) -> SalesHistory:
    table = pd.DataFrame(lines, columns=["date", "sku", "quantity", "unit_price"])
    return read_sales(io.BytesIO(table.to_csv(index=False).encode()).getvalue())


def weekly_lines(weeks: int = 100) -> list[tuple[str, str, float, float]]:
    days = pd.date_range("2022-01-03", periods=weeks, freq="W-MON")
    return [
        (str(d.date()), sku, float(2 + (k * 7 + j) % 5), 10.0 + j + (k >= 70))
        for k, d in enumerate(days)
        for j, sku in enumerate(("A", "B"))
    ]


def test_demand_of_the_weeks_is_that_of_the_panel_and_prices_are_those_paid() -> None:
    history = history_of(weekly_lines())
    panel = demand_panel(history, "W")
    plan = schedule(panel, 4)
    actual = actual_demand(history, plan, 1)
    first = int((plan.origins[0] - panel.starts[0]).astype(int) // 7)
    assert np.array_equal(actual, panel.units[:, first : first + plan.weeks + plan.tail_weeks])
    day = panel.starts[70]
    early, late = (plan.origins + 7 * plan.window_weeks <= day), plan.origins >= day
    prices = actual_prices(history, plan)
    assert np.allclose(prices[:, early], [[10.0], [11.0]]) and np.allclose(prices[:, late], [[11.0], [12.0]])


def test_months_are_spread_over_their_weeks_and_add_up() -> None:
    months = pd.date_range("2020-01-01", periods=40, freq="MS")
    history = history_of(
        [
            (str(d.date()), sku, float(3 + 5 * (k % 4) * (j + 1)), 9.0)
            for k, d in enumerate(months)
            for j, sku in enumerate(("A", "B"))
        ]
    )
    assert history.frequency == "M"
    panel = demand_panel(history, "M")
    plan = schedule(panel, 3)
    actual = actual_demand(history, plan, 1)
    assert np.array_equal(actual, np.rint(actual)) and plan.window_weeks % 13 == 0
    first = int(np.searchsorted(panel.starts, plan.origins[0]))
    quarters = panel.units[:, first : first + plan.weeks * 3 // 13].reshape(2, -1, 3).sum(axis=2)
    by_weeks = actual[:, : plan.weeks].reshape(2, -1, 13).sum(axis=2)
    assert np.abs(by_weeks - quarters).max() <= 1.0
    assert np.abs(actual[:, : plan.weeks].sum(axis=1) - quarters.sum(axis=1)).max() <= 1.0


def test_what_was_known_at_a_day() -> None:
    lines = [*weekly_lines(20), ("2022-06-06", "NEW", 4.0, 5.0)]
    history = history_of(lines)
    day = np.datetime64("2022-03-14", "D")
    known = history_until(history, day)
    assert known.skus.tolist() == ["A", "B"] and known.date.max() < day
    assert len(known) == sum(np.datetime64(line[0]) < day for line in lines)
    again = history_of([line for line in lines if np.datetime64(line[0]) < day])
    assert np.array_equal(known.sku, again.sku) and np.array_equal(known.quantity, again.quantity)
    items = (
        empty_items(["A", "B"])
        .with_field("on_hand", [3.0, 4.0], GIVEN)
        .with_field("unit_cost", [1.0, 2.0], GIVEN)
    )
    items = items.with_field("end_date", np.array(["2022-03-13", "2022-03-14"], "datetime64[D]"), GIVEN)
    then = items_until(items, day)
    assert then is not None
    assert np.isnat(then["end_date"]).tolist() == [False, True]
    assert np.isnan(then["on_hand"]).all() and then["unit_cost"].tolist() == [1.0, 2.0]
    assert items_until(None, day) is None


@pytest.mark.parametrize("origins", [0, -3])
def test_no_date_is_told_so(origins: int) -> None:
    with pytest.raises(DataError, match="number of dates"):
        schedule(calendar(150, "W"), origins)
