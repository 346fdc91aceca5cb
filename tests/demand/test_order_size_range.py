"""Smallest quantities and order sizes of totals: against definitions and cases worked out beforehand."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.assumptions_file import read_assumptions
from analytics.data import read_sales
from analytics.demand.complete import complete_items
from analytics.demand.order_size_range import order_size_range, smallest_steps, whole_steps
from analytics.demand.panel import demand_panel
from analytics.items import ASSUMED, CONFIRMED

SHARED = next(
    (p / "shared" for p in Path(__file__).resolve().parents if (p / "shared" / "cases").is_dir()),
    Path("/nowhere"),
)
CASES = SHARED / "cases" / "economics_cases.json"


@pytest.mark.parametrize(
    ("totals", "low", "default", "high"),
    [
        ([4, 0, 6, 2, 0, 8, 5, 0, 3, 4], 1.0, 2.0, 4.0),
        ([100, 120, 90, 110], 10.0, math.sqrt(1050.0), 105.0),
        ([20, 20, 20], 2.0, math.sqrt(40.0), 20.0),  # alike: nothing said
        ([1, 1, 0, 1], 1.0, 1.0, 1.0),  # single pieces
        ([1.5, 0.5, 2.5, 1.5], 0.5, math.sqrt(0.75), 1.5),
        ([1 / 3, 0.7, math.pi], 0.007, 0.07, 0.7),  # measured: 1 % of the median
    ],
)
def test_the_range_follows_its_definition(
    totals: list[float], low: float, default: float, high: float
) -> None:
    assert order_size_range(totals) == pytest.approx((low, default, high), rel=1e-9)


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not here")
def test_the_cases_of_order_sizes() -> None:
    cases = [case for case in json.loads(CASES.read_text()) if case["kind"] == "order_size_range"]
    assert cases
    for case in cases:
        wanted = case["expected"]
        assert order_size_range(case["inputs"]["period_totals"]) == pytest.approx(
            (wanted["low"], wanted["default"], wanted["high"]), rel=1e-6
        ), case["id"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(2, 400), min_size=1, max_size=12), st.sampled_from([12, 1000, 0.001]))
def test_the_range_and_the_step_scale_with_the_quantities(totals: list[int], factor: float) -> None:
    step = math.gcd(*totals)
    assert smallest_steps(totals, np.zeros(len(totals)), 1)[0] == step
    scaled = np.array(totals) * factor
    assert smallest_steps(scaled, np.zeros(len(totals)), 1)[0] == pytest.approx(step * factor, rel=1e-9)
    assert whole_steps(scaled[None, :], np.array([step * factor]))[0]
    if step != 1 and round(step * factor, 9) != 1.0:  # a single piece is one in its own unit
        assert order_size_range(scaled) == pytest.approx(
            tuple(factor * v for v in order_size_range(totals)), rel=1e-9
        )


def totals_file() -> bytes:
    rows = [f"{np.datetime64('2023-01-02') + 7 * week},A,{4 * (week % 3)},10" for week in range(60)]
    return ("week,sku,quantity,price\n" + "\n".join(rows) + "\n").encode()


def test_what_is_stated_in_general_is_used_and_confirmed() -> None:
    history = read_sales(totals_file())
    panel = demand_panel(history)
    assumed = complete_items(None, history, panel, read_assumptions(""))
    low, high = assumed.range("units_per_order")
    assert assumed.origin("units_per_order").tolist() == [ASSUMED]
    assert (low[0], float(assumed["units_per_order"][0]), high[0]) == pytest.approx(
        (0.6, math.sqrt(3.6), 6.0)
    )  # totals 4 and 8: median 6, divisor 4 above half of it
    assert "units per order" in " ".join(assumed.notes)
    stated = complete_items(
        None,
        history,
        panel,
        read_assumptions("[general]\nunits_per_order = 3\n[product.A]\nunits_per_order = 5\n"),
    )
    assert stated["units_per_order"].tolist() == [5.0] and stated.origin("units_per_order").tolist() == [
        CONFIRMED
    ]
    assert assumed["smallest_quantity"].tolist() == [4.0]
