"""A browser that acts before it has heard of the last answer: no lever and no answer falls back for that."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from analytics.scenario import reassume as study_changes
from dashboard.parts.frame import still_open
from dashboard.results import compute
from tests.dashboard.conftest import settled

Start = Callable[..., AppTest]
pytestmark = pytest.mark.usefixtures("side_by_side")


def by_name(at: AppTest, field: str) -> object:
    """The slider of a lever."""
    return next(s for s in at.slider if s.key.endswith(field))


def test_a_slider_stays_where_it_was_while_units_are_simulated_again(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = start("servers", "compare")
    before = {s.key: s.value for s in at.slider if "queue_days" not in s.key}
    assert len(before) == 5
    # nothing is played while the page waits
    monkeypatch.setattr(compute, "at_once", lambda choice, progress=None: compute.seen(choice))
    monkeypatch.setattr("dashboard.parts.frame.PATIENCE_SECONDS", 0.0)
    by_name(at, "queue_days").set_value(9.0)  # type: ignore[attr-defined]
    at.run()
    assert {s.key: s.value for s in at.slider if "queue_days" not in s.key} == before
    settled(at)
    assert dict(at.session_state["choices"]["servers"].levers) == {"queue_days": 9.0}
    assert {s.key: s.value for s in at.slider if "queue_days" not in s.key} == before


def test_a_second_lever_before_the_page_has_answered_keeps_the_first(start: Start) -> None:
    at = start("servers", "compare")
    scenario = next(box for box in at.sidebar.selectbox if box.label == "Scenario")
    family = next(box for box in at.selectbox if str(box.key).startswith("service-family"))
    before = at._tree  # what the browser shows while the answer to the first lever is on its way
    by_name(at, "capital_rate").set_value(14.0)  # type: ignore[attr-defined]
    at.run()
    assert dict(at.session_state["choices"]["servers"].levers).keys() == {"capital_rate"}
    at._tree = before  # the browser still shows the first screen, its own lever moved, and moves another one
    scenario.set_value("As assumed")  # as they stand there: nobody touched them
    family.set_value(None)
    by_name(at, "storage_rate").set_value(9.0)  # type: ignore[attr-defined]
    at.run()
    assert dict(at.session_state["choices"]["servers"].levers) == {"capital_rate": 0.14, "storage_rate": 0.09}
    settled(at)
    assert dict(at.session_state["choices"]["servers"].levers) == {"capital_rate": 0.14, "storage_rate": 0.09}


def test_what_is_settled_and_what_is_still_searched_is_said_while_it_is_searched(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = start("servers", "compare")
    before = compute.facts(at.session_state["choices"]["servers"])
    go = threading.Event()
    decided = study_changes.decide
    monkeypatch.setattr(
        study_changes, "decide", lambda *given, **named: decided(*given, **named) if go.wait(60) else None
    )
    by_name(at, "capital_rate").set_value(14.0)  # type: ignore[attr-defined]
    at.run()
    choice = at.session_state["choices"]["servers"]
    quick = compute.at_once(choice)
    # the page with the levers needs expected amounts alone: it says so, and nothing runs behind it
    assert any("Expected amounts" in m.value for m in at.markdown) and "_work" not in at.session_state
    assert not any("recomputing" in str(m.value).lower() for m in [*at.markdown, *at.caption])
    at.switch_page("views/answer.py").run()  # it shows how sure the answer is: now that is worked out
    assert (
        quick is not None
        and quick.pending
        and any(
            "Settled: expected amounts" in m.value and "what would turn them" in m.value for m in at.markdown
        )
    )
    assert set(quick.products["verdict"]) >= {"recomputing"} and quick.confidence.kind == "recomputing"
    beside = (
        "is being worked out"  # the page says so itself; every other page says it, too, and loses no work
    )
    assert not any(beside in str(c.value) for c in at.caption)
    work = at.session_state["_work"]
    at.switch_page("views/help.py").run()
    assert any(beside in str(c.value) and "Server builder" in str(c.value) for c in at.caption)
    at.switch_page("views/answer.py").run()
    assert not any(beside in str(c.value) for c in at.caption)
    assert at.session_state["_work"] is work and not work.done
    go.set()
    settled(at)
    assert not any(beside in str(c.value) for c in at.switch_page("views/help.py").run().caption)
    at.switch_page("views/answer.py").run()
    after = compute.facts(choice)
    assert not any("Recomputing" in m.value for m in at.markdown) and after.confidence.kind != "recomputing"
    # what was called settled did not move any more
    live = ~after.products["ended"].to_numpy(bool)
    assert np.allclose(quick.profit[live], after.profit[live], rtol=1e-9, equal_nan=True) and not np.allclose(
        before.profit[live], after.profit[live], equal_nan=True
    )
    for plan in ("MTS", "MTO"):
        assert quick.portfolio.money[plan]["profit"] == pytest.approx(
            after.portfolio.money[plan]["profit"], rel=1e-9
        )


def test_what_is_done_now_is_named() -> None:
    assert "(now: searching what would turn products)" in still_open(
        "searching what would turn products"
    ) and "now:" not in still_open("")
