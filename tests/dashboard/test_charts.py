"""Charts, read as data: what they draw is what they were given."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pandas as pd
import pytest

from analytics.naming.labels import COMPONENT_BLOCKS, COMPONENTS
from analytics.writeup.charts.books import OF_FILE, ageing_chart, bridge_chart, carrying_chart, cash_chart
from analytics.writeup.charts.families import families_chart
from analytics.writeup.charts.theme import COMPONENT_COLOURS, STRATEGY_COLOURS, ink
from analytics.writeup.charts.tornado import tornado_chart
from dashboard.charts.components import ORDER, components_chart
from dashboard.charts.decision import decision_chart
from dashboard.charts.demand import demand_chart
from dashboard.charts.portfolio import BRUSH, SHAPES, portfolio_chart
from dashboard.charts.quotes import crossing, quotes_chart
from dashboard.charts.service import apart, service_chart


def rows_of(chart: Any) -> list[dict[str, Any]]:
    """All rows of all data sets of a chart."""
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def test_families_keep_sign_order_and_colour() -> None:
    frame = pd.DataFrame(
        {
            "family": ["*Road*", "Kids"],
            "difference": [54_800.0, -122_000.0],
            "strategy": ["ATO", "MTS"],
            "products": [3, 4],
        }
    )
    document = families_chart(frame, ink("light")).to_dict()
    rows = {r["family"]: r for rows in document["datasets"].values() for r in rows if "family" in r}
    assert rows["*Road*"]["amount"] == "+54.8 k" and rows["Kids"]["amount"] == "-122 k"
    bars = document["layer"][0]["encoding"]
    assert bars["y"]["sort"] == ["*Road*", "Kids"]
    assert dict(zip(bars["color"]["scale"]["domain"], bars["color"]["scale"]["range"], strict=True)) == {
        "MTS": STRATEGY_COLOURS["MTS"],
        "ATO": STRATEGY_COLOURS["ATO"],
    }


@pytest.mark.parametrize("values", [[1.0, 2.0], [-1.0, -2.0], [0.0, 0.0]])
def test_families_of_one_sign_are_drawn(values: list[float]) -> None:
    frame = pd.DataFrame(
        {"family": ["a", "b"], "difference": values, "strategy": ["MTO", "MTO"], "products": [1, 1]}
    )
    low, high = families_chart(frame, ink("dark")).to_dict()["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low <= min(values) and high >= max(values) and high > low


def test_components_stack_to_the_total_in_three_blocks() -> None:
    parts = pd.DataFrame(
        {"plan": ["Mix"] * 3, "component": ["lost_margin", "storage", "capital"], "money": [30.0, 10.0, 20.0]}
    )
    totals = pd.DataFrame({"plan": ["Mix"], "total": [60.0], "low": [40.0], "high": [90.0]})
    rows = [r for r in rows_of(components_chart(parts, totals, ink("light"))) if "component" in r]
    assert {r["component"]: (r["start"], r["end"]) for r in rows} == {
        "storage": (0.0, 10.0),
        "capital": (10.0, 30.0),
        "lost_margin": (30.0, 60.0),
    }
    assert [ORDER.index(c) for block in COMPONENT_BLOCKS.values() for c in block] == list(
        range(len(COMPONENTS))
    )
    assert set(COMPONENT_COLOURS) == {*COMPONENTS, "shared"}


def test_text_is_in_the_ink_of_the_mode() -> None:
    parts = pd.DataFrame({"plan": ["Mix"], "component": ["storage"], "money": [10.0]})
    totals = pd.DataFrame({"plan": ["Mix"], "total": [10.0], "low": [5.0], "high": [12.0]})
    for mode in ("light", "dark"):
        document = components_chart(parts, totals, ink(mode)).to_dict()
        total = next(
            layer
            for layer in document["layer"]
            if layer["mark"].get("type") == "text" and layer["encoding"]["text"]["field"] == "amount"
        )
        assert total["mark"]["color"] == ink(mode).text
        assert document["background"] == "transparent"


def test_labels_stand_apart_and_keep_their_order() -> None:
    values = [0.99, 0.985, 0.98, 0.4]
    placed = apart(values, 0.08)
    assert sorted(range(4), key=lambda i: placed[i]) == sorted(range(4), key=lambda i: values[i])
    ordered = sorted(placed)
    assert min(b - a for a, b in itertools.pairwise(ordered)) >= 0.08 - 1e-6
    assert placed[3] == 0.4


def test_service_lines_end_with_their_name() -> None:
    frame = pd.DataFrame(
        {
            "plan": ["MTS"] * 3 + ["mix"] * 3,
            "name": ["Everything to stock"] * 3 + ["The mix"] * 3,
            "days": [0.0, 14.0, 35.0] * 2,
            "share": [0.9, 0.95, 0.97, 0.6, 0.9, 0.97],
        }
    )
    ends = [r for r in rows_of(service_chart(frame, ink("light"))) if "place" in r]
    assert {r["name"] for r in ends} == {"Everything to stock", "The mix"} and all(
        r["days"] == 35.0 for r in ends
    )


def test_demand_draws_sold_solid_and_expected_dashed() -> None:
    sold = pd.DataFrame({"period": pd.to_datetime(["2025-01-06", "2025-01-13"]), "units": [3.0, 5.0]})
    expected = pd.DataFrame(
        {
            "period": pd.to_datetime(["2025-01-20"]),
            "mean": [4.0],
            "q05": [0.0],
            "q25": [2.0],
            "q75": [6.0],
            "q95": [9.0],
        }
    )
    marks = [layer["mark"] for layer in demand_chart(sold, expected, ink("light")).to_dict()["layer"]]
    assert [m["type"] for m in marks] == ["area", "area", "line", "line"]
    assert "strokeDash" in marks[2] and "strokeDash" not in marks[3]


def test_the_quote_at_which_another_overtakes() -> None:
    assert crossing([6.0, 12.0, 24.0], [100.0, 90.0, 30.0], 45.0) == pytest.approx(21.0)
    assert math.isnan(crossing([6.0, 12.0], [100.0, 90.0], 20.0))
    order = pd.DataFrame({"days": [6.0, 12.0, 24.0], "profit": [100.0, 90.0, 30.0]})
    others = pd.DataFrame({"strategy": ["MTS"], "name": ["to stock"], "profit": [45.0]})
    labels = {
        r["label"] for r in rows_of(quotes_chart(order, others, 12.0, 21.0, ink("light"))) if "label" in r
    }
    assert labels == {"your quote: 12", "turns at 21 days"}


def test_the_tornado_names_each_end_where_it_lies() -> None:
    frame = pd.DataFrame(
        {
            "label": ["Patience"],
            "at_low": [120.0],
            "at_high": [80.0],
            "low_text": ["9 of 10"],
            "high_text": ["5 of 10"],
        }
    )
    row = next(r for r in rows_of(tornado_chart(frame, 100.0, ink("dark"))) if "left_text" in r)
    assert (row["left"], row["left_text"], row["right"], row["right_text"]) == (
        80.0,
        "5 of 10",
        120.0,
        "9 of 10",
    )
    assert (row["left_gain"], row["right_gain"]) == ("80", "120")  # the gain is written where it is


def test_the_tornado_marks_where_the_choice_turns_and_nothing_where_it_does_not() -> None:
    frame = pd.DataFrame(
        {
            "label": ["Patience", "Rate"],
            "at_low": [120.0, 90.0],
            "at_high": [80.0, 101.0],
            "low_text": ["a", "b"],
            "high_text": ["c", "d"],
        }
    )
    marked = [
        r
        for r in rows_of(tornado_chart(frame.assign(turns_at=[87.5, float("nan")]), 100.0, ink("light")))
        if set(r) == {"label", "turns_at"}
    ]
    assert marked == [{"label": "Patience", "turns_at": 87.5}]
    assert not any("turns_at" in r for r in rows_of(tornado_chart(frame, 100.0, ink("light"))))


def test_the_map_draws_every_tile_in_its_strategys_colour_and_says_where_things_stand() -> None:
    frame = pd.DataFrame(
        {
            "left": [0.0, 5.0],
            "right": [5.0, 10.0],
            "bottom": [0.0, 0.0],
            "top": [20.0, 20.0],
            "strategy": ["MTO", "MTS"],
            "strength": [0.4, 1.0],
        }
    )
    chart = decision_chart(
        frame,
        pd.DataFrame({"across": [2.5], "up": [10.0], "name": ["to order"]}),
        4.0,
        3.0,
        ("days", "%"),
        ink("dark"),
    )
    rows = rows_of(chart)
    assert [r["strategy"] for r in rows if "strategy" in r] == ["MTO", "MTS"] and {
        "across": 4.0,
        "up": 3.0,
        "label": "you are here",
    } in rows
    scale = chart.to_dict()["layer"][0]["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == {
        s: STRATEGY_COLOURS[s] for s in ("MTS", "MTO")
    }


def test_the_map_gives_every_product_its_place_colour_shape_and_area() -> None:
    frame = pd.DataFrame(
        {
            "product": ["<b>one</b>", "two"], "strategy": ["MTO", "MTS"], "at_margin": [0.31, -0.5], "at_variation": [1.2, 0.4],
            "margin_text": ["31 %", "-80 %"], "variation_text": ["120 %", "40 %"], "money": [9_100.0, 300.0], "money_text": ["9.1 k", "300"],
        }
    )  # fmt: skip
    chart = portfolio_chart(frame, "EUR", ink("dark"))
    document = chart.to_dict()
    marks = document["encoding"]
    assert [(r["product"], r["way"], r["at_margin"]) for r in rows_of(chart)] == [
        ("<b>one</b>", "Make to order", 0.31),
        ("two", "Make to stock", -0.5),
    ]
    assert dict(zip(marks["color"]["scale"]["domain"], marks["color"]["scale"]["range"], strict=True)) == {
        "Make to stock": STRATEGY_COLOURS["MTS"],
        "Make to order": STRATEGY_COLOURS["MTO"],
    }
    assert marks["shape"]["scale"]["range"] == [SHAPES["MTS"], SHAPES["MTO"]]
    assert marks["size"]["scale"]["domain"] == [0, 9_100.0]
    assert document["usermeta"] == {"embedOptions": {"renderer": "canvas"}}
    assert [one["select"]["type"] for one in document["params"] if one["name"] == BRUSH] == ["interval"]


def test_what_is_simulated_is_hatched_and_what_is_actual_is_solid() -> None:
    """Stripes lie below bars that let them through: of cash to come, of what plans cost to carry, and of all of the bridge but the file's own margin."""
    months = pd.DataFrame({"month": ["2025-01", "2025-02"], "released": [5.0, 3.0], "cumulative": [5.0, 8.0]})
    costs = pd.DataFrame({"scope": ["the mix"], "rate": ["Cost of capital"], "money": [4.0]})
    steps = pd.DataFrame(
        {"step": [OF_FILE, "Lost margin", "The mix"], "start": [0.0, 9.0, 0.0], "end": [9.0, 7.0, 7.0], "top": [9.0, 9.0, 7.0],
         "kind": ["level", "worse", "level"], "amount": [9.0, -2.0, 7.0]}
    )  # fmt: skip
    for chart in (cash_chart(months, ink("light")), carrying_chart(costs, ink("dark")), bridge_chart(steps, ink("light"))):  # fmt: skip
        below, bars = chart.to_dict()["layer"][:2]
        assert below["mark"]["color"]["gradient"] == "linear" and "gradient" not in str(bars["mark"])
    rows = rows_of(bridge_chart(steps, ink("light")))
    assert [row["until"] - row["start"] for row in rows[:3]] == [
        0.0,
        -2.0,
        7.0,
    ]  # no stripes where the file says it
    solid = [row["opacity"] for row in rows[:3]]
    assert solid[0] == 1.0 and max(solid[1:]) < 1.0
    held = pd.DataFrame({"family": ["F"], "bucket": ["0 to 90 days"], "order": [0], "money": [4.0]})
    assert "gradient" not in str(ageing_chart(held, ink("light")).to_dict())
