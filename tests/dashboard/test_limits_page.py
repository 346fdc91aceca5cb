"""The page Limits: the load by month, a limit that binds, and the way back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from dashboard.carrying import Carrying
from dashboard.charts.capacity import capacity_chart
from dashboard.charts.theme import ink
from dashboard.facts import Facts
from tests.dashboard.conftest import settled

Start = Callable[..., AppTest]


def test_a_limit_binds_says_what_it_costs_and_goes_again(start: Start, facts_of_sample: Callable[[str], Facts]) -> None:
    facts = facts_of_sample("servers")
    shop = facts.carrying
    assert isinstance(shop, Carrying) and shop.origin == "assumed" and len(shop.months) == 12
    at = start("servers", "limits")
    before = at.title[0].value
    next(n for n in at.number_input if n.label.startswith("Working capital")).set_value(0.6 * facts.plans["mix"]["cash_tied_up"])
    settled(next(b for b in at.button if b.label == "Choose within these limits").click().run())
    assert not at.exception
    assert "Working capital binds" in at.title[0].value
    assert any("is worth about" in m.value for m in at.markdown) and any("change strategy" in s.value for s in at.subheader)
    at.switch_page("views/products.py").run()
    assert not at.exception
    at.switch_page("views/limits.py").run()
    settled(next(b for b in at.button if b.label == "Without limits").click().run())
    assert not at.exception and at.title[0].value == before


def test_demand_and_limits_tell_one_load(start: Start) -> None:
    words = []
    for page in ("limits", "demand"):
        at = settled(start("servers", page))
        assert not at.exception
        words.append([c.value for c in at.caption if c.value.startswith("Expected work")])
    assert words[0] == words[1] and len(words[0]) == 1


def test_the_chart_holds_the_load_and_marks_what_is_beyond() -> None:
    frame = pd.DataFrame({"month": ["Jan", "Feb"], "part": "made to order", "rank": 0, "work": [80.0, 130.0], "share": ["80 %", "130 %"], "over": [False, True]})
    spec = capacity_chart(frame, 100.0, "capacity for orders", "hours", ink("light")).to_dict()
    rows = [row for data in spec["datasets"].values() for row in data]
    assert {row["work"] for row in rows if "work" in row} == {80.0, 130.0} and any(row.get("capacity") == 100.0 for row in rows)
    assert np.isclose(max(row["work"] for row in rows if row.get("over")), 130.0)
