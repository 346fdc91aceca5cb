"""Today's list: every quantity found again by a loop in plain Python, totals, days, and orders of customers that never lower anything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.data.kept_apart import ON_HAND, ON_ORDER
from analytics.policy.order_now import order_now
from analytics.study import Study
from analytics.study_results import study_tables
from analytics.study_stock.parts import stock_parts
from analytics.study_stock.todays_list import ACTIONS, TODAYS_COLUMNS, todays_list
from analytics.writeup.files import csv_bytes
from tests.data.items.test_on_order import study


def listed(one: Study) -> pd.DataFrame:
    parts = stock_parts(one)
    return todays_list(one, parts.valued(), parts.runs_out())


def rows_of(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["sku"] != "total"]


def with_orders(one: Study, sku: str, day: str, units: float) -> Study:
    """The study where customers have ordered more of a product, due on a day, apart from its demand."""
    line = {
        "sku": sku,
        "date": np.datetime64(day, "ns"),
        "units": units,
        "money": np.nan,
        "kind": ON_HAND,
        "in_demand": False,
        "file": "o",
        "row": 1,
    }
    apart = pd.concat([one.history.apart, pd.DataFrame([line])], ignore_index=True)
    return replace(one, history=replace(one.history, apart=apart))


def test_it_is_a_table_of_analyze_and_the_same_bytes_twice() -> None:
    table = listed(study())
    assert list(table.columns) == list(TODAYS_COLUMNS) and len(rows_of(table))
    assert csv_bytes(table) == csv_bytes(listed(study())) == csv_bytes(study_tables(study())["todays_list"]())


def test_actions_are_in_order_and_closed_by_their_totals() -> None:
    table = listed(study())
    rows, totals = rows_of(table), table[table["sku"] == "total"].set_index("action")
    rank = [list(ACTIONS).index(action) for action in rows["action"]]
    assert rank == sorted(rank) and set(totals.index) == set(rows["action"])
    for action, here in rows.groupby("action"):
        assert totals.loc[action, "money"] == pytest.approx(here["money"].sum(), abs=0.005)
        assert (np.diff(here["money"].dropna()) <= 1e-9).all()
        assert set(here["money_is"]) == {ACTIONS[str(action)]}
    assert not rows.duplicated(["sku", "action"]).any()


def test_positions_are_those_of_the_file() -> None:
    """By hand: A holds 50 with 400 on order; 5 of A and 45 of F are reserved, E ended with 100 of which 30 are sold firmly."""
    rows = rows_of(listed(study())).drop_duplicates("sku").set_index("sku")
    for sku, (on_hand, on_order) in {
        "A": (50, 400),
        "B": (50, 400),
        "C": (50, 400),
        "D": (50, 400),
        "E": (100, 0),
        "F": (50, 400),
    }.items():
        if sku in rows.index:
            assert (rows.loc[sku, "on_hand"], rows.loc[sku, "on_order"]) == (on_hand, on_order)
    assert (rows["position"] <= rows["on_hand"] + rows["on_order"] + 1e-9).all()
    ended = rows_of(listed(study()))
    (sold,) = ended[(ended["sku"] == "E") & (ended["action"] == "sell off")].to_dict("records")
    assert sold["units"] == pytest.approx(70.0) and sold["money"] == pytest.approx(700.0)


def test_what_is_stopped_is_above_the_most_that_is_ordered_to() -> None:
    """Units above the level, money at cost, and the day on which a loop over the months has sold what is above the reorder point."""
    one = study()
    plan = study_tables(one)["recommendation"]().set_index("sku")
    valued = stock_parts(one).valued()
    cost = dict(zip(valued.stock.skus, valued.stock.unit_cost, strict=True))
    monthly = dict(zip(valued.stock.skus, valued.stock.monthly, strict=True))
    rows = rows_of(listed(one))
    stopped = rows[rows["action"] == "stop"]
    assert len(stopped)
    for row in stopped.itertuples():
        point, lot = plan.loc[row.sku, ["reorder_point", "order_quantity"]]
        assert row.units == pytest.approx(row.position - (point + lot)) and row.money == pytest.approx(
            row.units * cost[row.sku]
        )
        left, months = row.position - point, 0.0
        for demand in monthly[row.sku]:
            if demand >= left:
                months += left / demand
                break
            left, months = left - demand, months + 1.0
        day = valued.as_of + np.timedelta64(int(np.floor(months * 365.25 / 12.0)), "D")
        assert row.by == str(day)


@pytest.mark.parametrize(
    ("position", "point", "lot"),
    [(12.0, 40.0, 25.0), (40.0, 40.0, 7.0), (-9.0, 3.0, 1.0), (41.0, 40.0, 25.0), (10.5, 40.25, 3.5)],
)
def test_what_is_ordered_is_the_least_that_lifts_the_position(
    position: float, point: float, lot: float
) -> None:
    want, at = 0.0, position
    while at <= point:
        at, want = at + lot, want + lot
    one = np.ones(1)
    assert order_now(position * one, point * one, lot * one, np.nan * one)[0] == pytest.approx(want)


def test_late_orders_of_customers_lower_the_position_and_none_lowers_what_is_ordered() -> None:
    """50 of B overdue take 50 off; due in a year they take nothing off and more is never less."""
    one = study()
    before = rows_of(listed(one)).drop_duplicates("sku").set_index("sku")
    late = rows_of(listed(with_orders(one, "B", "2024-12-01", 50.0))).drop_duplicates("sku").set_index("sku")
    later = rows_of(listed(with_orders(one, "B", "2025-11-01", 50.0))).drop_duplicates("sku").set_index("sku")
    assert late.loc["B", "position"] == before.loc["B", "position"] - 50.0
    assert later.loc["B", "position"] == before.loc["B", "position"]
    assert late.loc["B", "open_orders"] == later.loc["B", "open_orders"] == 50.0
    many = rows_of(listed(with_orders(one, "B", "2024-12-01", 5_000.0)))
    (order,) = many[(many["sku"] == "B") & (many["action"] == "order")].to_dict("records")
    plan = study_tables(one)["recommendation"]().set_index("sku").loc["B"]
    assert (
        order["position"] + order["units"]
        > plan["reorder_point"]
        >= order["position"] + order["units"] - plan["order_quantity"]
    )


def test_what_is_expedited_is_on_order_and_late() -> None:
    one = study()
    coming = one.history.apart[one.history.apart["kind"] == ON_ORDER]
    rows = rows_of(listed(one))
    for row in rows[rows["action"] == "expedite"].itertuples():
        after = coming[(coming["sku"].astype(str) == row.sku) & (coming["date"] > np.datetime64(row.by))]
        assert 0.0 < row.units <= after["units"].sum() + 1e-9
