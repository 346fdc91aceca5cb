"""The page of the past: computed on request, kept, a loss shown as a loss, a history too short told in words."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.writeup.charts.theme import ink
from dashboard.charts.replay import replay_chart
from tests.dashboard.conftest import items_csv, sales_csv, settled
from tests.dashboard.views.test_pages import texts, with_files

Start = Callable[..., AppTest]


def own(at: AppTest, weeks: int, price: bool = True, further: bytes = b"") -> AppTest:
    with_files(at, sales_csv(weeks=weeks, price=price) + further, items_csv() if price else None)
    settled(at.button(key="use-file").click().run())
    at.switch_page("views/replay.py").run()
    assert not at.exception
    return at


def replay(at: AppTest, dates: int) -> AppTest:
    at.selectbox(key="replay-dates").select(dates).run()
    settled(next(b for b in at.button if b.label == "Replay the past").click().run())
    assert not at.exception
    return at


def test_the_past_is_replayed_on_request_and_kept(start: Start) -> None:
    at = own(start(), 90)
    assert "Replay it" in at.title[0].value
    assert list(at.dataframe[0].value.columns) == ["Policy", "What it does at each date"]
    replay(at, 1)
    assert at.title[0].value.startswith("In your past the mix would have earned")
    table = at.dataframe[0].value
    assert "The mix" in set(table["Policy"]) and "Everything to order" in set(table["Policy"])
    assert "Earned" in table and any("waiting rule" in m.value for m in at.markdown)
    at.switch_page("views/answer.py").run()
    at.switch_page("views/replay.py").run()
    assert at.title[0].value.startswith("In your past the mix would have earned")
    assert not any(b.label == "Replay the past" for b in at.button)


def test_who_leaves_the_page_meanwhile_finds_the_replay_on_return(start: Start) -> None:
    at = own(start(), 91)
    at.selectbox(key="replay-dates").select(1).run()
    next(b for b in at.button if b.label == "Replay the past").click().run()
    at.switch_page("views/answer.py").run()
    assert not at.exception
    settled(at)
    at.switch_page("views/replay.py").run()
    assert at.title[0].value.startswith("In your past the mix would have earned") and not at.exception


def test_what_is_too_short_to_judge_stands_apart(start: Start) -> None:
    """D-4 sells every week; E-5 was sold once: it is named, and its money stands in a column of its own."""
    at = replay(own(start(), 90, further=b"\n2024-05-06,E-5,2,50.00"), 1)
    assert any("too short to judge 1 of 5 products" in m.value for m in at.markdown)
    assert any(m.value.replace("\\", "") == "E-5" for m in at.markdown)
    tables = [frame.value for frame in at.dataframe]
    (parts,) = [table for table in tables if "Judged" in table]
    assert list(parts.columns) == ["Compared with", "Judged", "Too short to judge", "All"]
    assert "Everything to order" in set(parts["Compared with"])
    (stock,) = [table for table in tables if any(column.startswith("From ") for column in table)]
    assert set(stock["Policy"]) == set(tables[0]["Policy"]) - {"Hindsight, per product"}
    assert len(at.get("download_button")) >= 3


def test_the_switch_says_what_leftovers_are_worth(start: Start) -> None:
    """Earned with all of it at cost is what the document says for it; back again, the rule is shown; the headline stays."""
    at = replay(own(start(), 96), 1)
    title, by_rule = at.title[0].value, list(at.dataframe[0].value["Earned"])
    assert any("leftover is worth" in m.value for m in at.markdown)

    def shown(how: str) -> list[str]:
        next(c for c in at.get("button_group") if c.key == "replay-leftovers").set_value(how).run()
        assert not at.exception and at.title[0].value == title
        return list(at.dataframe[0].value["Earned"])

    cost, own_only = shown("all_at_cost"), shown("own_position_only")
    assert cost != by_rule and own_only != cost and shown("rule") == by_rule
    said = texts(at).replace("\\", "")
    assert "Leftovers: what would be ordered again at cost, the rest as it waits its turn" in said


def test_a_history_too_short_is_told_in_words(start: Start) -> None:
    at = replay(own(start(), 60), 12)
    assert len(at.error) == 1 and "too short" in at.error[0].value and "Traceback" not in texts(at)


def test_without_money_units_speak(start: Start) -> None:
    at = replay(own(start(), 90, price=False), 1)
    assert "no money" in at.title[0].value and "Earned" not in at.dataframe[0].value


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_bars_keep_sign_and_range(mode: str) -> None:
    frame = pd.DataFrame(
        {
            "label": ["Today's way", "Everything to order"],
            "gain": [-20_000.0, 400_000.0],
            "low": [-50_000.0, 300_000.0],
            "high": [9_000.0, 480_000.0],
        }
    )
    document = replay_chart(frame, ink(mode)).to_dict()
    rows = {r["label"]: r for rows in document["datasets"].values() for r in rows if "label" in r}
    assert (
        rows["Today's way"]["amount"] == "-20 k  (-50 k to 9 k)"
        and rows["Everything to order"]["amount"] == "+400 k  (300 k to 480 k)"
    )
    low, high = document["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low < -50_000 and high > 480_000
    assert (
        document["layer"][1]["encoding"]["x"]["field"] == "low"
        and document["layer"][1]["encoding"]["x2"]["field"] == "high"
    )
