"""The page Limits: the load by month, a limit that binds, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.writeup.charts.theme import ink
from dashboard.charts.capacity import capacity_chart
from dashboard.results.capacity_facts import Carrying
from dashboard.results.facts import Facts, Known
from tests.dashboard.conftest import APP, settled

Start = Callable[..., AppTest]


def test_a_limit_binds_says_what_it_costs_and_goes_again(
    start: Start, facts_of_sample: Callable[[str], Facts]
) -> None:
    facts = facts_of_sample("servers")
    shop = facts.carrying
    assert isinstance(shop, Carrying) and shop.load.origin == "assumed" and len(shop.load.months) == 12
    at = start("servers", "limits")
    before = at.title[0].value
    next(n for n in at.number_input if n.label.startswith("Working capital")).set_value(
        0.6 * facts.portfolio.money["mix"]["cash_tied_up"]
    )
    settled(next(b for b in at.button if b.label == "Choose within these limits").click().run())
    assert not at.exception
    assert "Working capital binds" in at.title[0].value
    assert any("is worth about" in m.value for m in at.markdown) and any(
        "change strategy" in s.value for s in at.subheader
    )
    at.switch_page("views/products.py").run()
    assert not at.exception
    at.switch_page("views/limits.py").run()
    settled(next(b for b in at.button if b.label == "Without limits").click().run())
    assert not at.exception and at.title[0].value == before


def test_limits_that_cannot_be_met_name_the_nearest_and_the_answer_says_what_they_cost(start: Start) -> None:
    at = start("servers", "limits")
    next(n for n in at.number_input if n.label.startswith("Working capital")).set_value(1000.0)
    next(n for n in at.number_input if n.label.startswith("Products kept in stock")).set_value(0.0)
    settled(next(b for b in at.button if b.label == "Choose within these limits").click().run())
    assert not at.exception
    (told,) = (w.value.replace("\\", "") for w in at.warning if "cannot be met" in w.value)
    assert "Working capital: 1 k USD cannot be met: the nearest is" in told and "it is used" in told
    at.switch_page("views/answer.py").run()
    words = " ".join(m.value for m in at.markdown)
    assert (
        not at.exception and "Your limits are kept to, for" in words and "not all of them can be met" in words
    )


def test_marks_that_contradict_are_left_out_in_words(
    start: Start, facts_of_sample: Callable[[str], Facts]
) -> None:
    facts = facts_of_sample("servers")
    products = facts.products[~facts.products["ended"]]
    sku = str(products["sku"].iloc[0])
    at = start("servers", "limits")
    before = at.title[0].value
    for box in at.multiselect:
        box.set_value([sku])
    settled(next(b for b in at.button if b.label == "Choose within these limits").click().run())
    assert not at.exception and at.title[0].value == before
    assert any("marked both" in w.value and "both marks are left out" in w.value for w in at.warning)
    assert all(box.value == [sku] for box in at.multiselect)  # what was entered is still there to correct


def test_until_a_change_is_computed_the_page_says_so(
    facts_of_sample: Callable[[str], Facts], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page with facts that hold expected money only, as they are for the first moments after a lever was moved."""
    from dashboard.parts import frame

    pending = replace(facts_of_sample("servers"), carrying=None, known=Known.MONEY)
    monkeypatch.setattr(frame, "opened", lambda need: (None, pending))
    at = AppTest.from_file(str(APP.parent / "views" / "limits.py"), default_timeout=60).run()
    assert not at.exception and "being recomputed" in at.title[0].value and "No load" not in at.title[0].value


def test_impossible_assumptions_are_refused_in_words_and_nothing_is_lost(start: Start) -> None:
    at = start("servers", "assumptions")
    before = at.title[0].value
    text = b"[general]\npatience_per_day = {value=0.02, low=0.05, high=0.005}\ncapital_rate = -1\nsalvage_share = 1.5\nhazard_per_year = ''\n[limits]\nworking_capital = -3\n"
    at.file_uploader(key="assumptions-file").set_value(("a.toml", text, "text/plain")).run()
    next(b for b in at.button if b.label == "Use these assumptions").click().run()
    assert not at.exception and at.title[0].value == before
    assert "5 things have to change" in at.error[0].value
    table = next(t.value for t in at.dataframe if "what to do" in t.value)
    assert (
        set(table["column"])
        == {"patience_per_day", "capital_rate", "salvage_share", "hazard_per_year", "working_capital"}
        and (table["what to do"] != "").all()
    )


def test_demand_and_limits_tell_one_load(start: Start) -> None:
    words = []
    for page in ("limits", "demand"):
        at = settled(start("servers", page))
        assert not at.exception
        words.append([c.value for c in at.caption if c.value.startswith("Expected work")])
    assert words[0] == words[1] and len(words[0]) == 1


def test_the_chart_holds_the_load_and_marks_what_is_beyond() -> None:
    frame = pd.DataFrame(
        {
            "month": ["Jan", "Feb"],
            "part": "made to order",
            "rank": 0,
            "work": [80.0, 130.0],
            "share": ["80 %", "130 %"],
            "over": [False, True],
        }
    )
    spec = capacity_chart(frame, 100.0, "capacity for orders", "hours", ink("light")).to_dict()
    rows = [row for data in spec["datasets"].values() for row in data]
    assert {row["work"] for row in rows if "work" in row} == {80.0, 130.0} and any(
        row.get("capacity") == 100.0 for row in rows
    )
    assert np.isclose(max(row["work"] for row in rows if row.get("over")), 130.0)


@pytest.mark.parametrize(
    ("work", "where"),
    [([130.0, *[50.0] * 11], "right"), ([*[50.0] * 11, 98.0], "left"), ([98.0, *[50.0] * 10, 97.0], "above")],
)
def test_the_name_of_the_line_keeps_clear_of_the_bars(work: list[float], where: str) -> None:
    frame = pd.DataFrame(
        {
            "month": [str(k) for k in range(12)],
            "part": "made to order",
            "rank": 0,
            "work": work,
            "share": "",
            "over": [w > 100.0 for w in work],
        }
    )
    layers = capacity_chart(frame, 100.0, "capacity for orders", "units", ink("light")).to_dict()["layer"]
    (label,) = (layer for layer in layers if layer["encoding"].get("text", {}).get("field") == "name")
    assert label["mark"]["align"] == ("left" if where == "left" else "right")
    assert (label["encoding"]["y"] == {"value": 0}) == (where == "above")
