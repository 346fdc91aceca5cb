"""The strip of the last step: from what to what, by how much, and a way back that undoes exactly that step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from streamlit.testing.v1 import AppTest

from analytics.naming.labels import money_text, number_text
from dashboard.parts.what_changed import changed_sentence
from dashboard.results import compute
from dashboard.results.facts import Override
from dashboard.state.choice import Choice, base_assumptions, sample_source
from dashboard.state.steps import Step, step_words

Start = Callable[..., AppTest]


def strip(at: AppTest) -> str:
    """The sentence of the strip, as it is read; "" where there is none."""
    said = [str(m.value).replace("\\", "") for m in at.markdown if "What changed" in str(m.value)]
    assert len(said) < 2
    return said[0] if said else ""


def move(at: AppTest, field: str, place: float) -> AppTest:
    """Move the slider of a lever."""
    next(s for s in at.slider if s.key.endswith(field)).set_value(place)
    return at.run()


def test_every_step_says_from_what_to_what_and_is_undone_alone(start: Start) -> None:
    at = start("servers", "compare")
    assert not strip(at)
    first = at.session_state["choices"]["servers"]
    was = compute.facts(first).portfolio
    move(at, "capital_rate", 14.0)
    second = at.session_state["choices"]["servers"]
    now = compute.at_once(second)
    assert now is not None and now.portfolio.gain != was.gain
    said = strip(at)
    assert f"Gain {number_text(was.gain, 3)} -> {money_text(now.portfolio.gain, 'USD', 3)} (" in said
    mix = [p.money["mix"]["profit"] for p in (was, now.portfolio)]
    assert (
        f"{number_text(mix[0], 3)} -> {money_text(mix[1], 'USD', 3)} ({number_text(mix[1] - mix[0], 2)})"
        in said
    )
    assert "cost of capital" in said and "-> 14 %" in said
    move(at, "storage_rate", 9.0)
    assert "storage" in strip(at) and "capital" not in strip(at)
    at.button(key="undo-last").click().run()
    assert at.session_state["choices"]["servers"] == second and strip(at) == said
    at.button(key="undo-last").click().run()
    assert at.session_state["choices"]["servers"] == first and not strip(at)
    assert not at.exception and not any(b.key == "undo-last" for b in at.button)


def test_what_a_step_was_is_said_in_words_of_the_pages() -> None:
    base = Choice(sample_source("servers"), base_assumptions("servers"), "USD")
    own = replace(base, overrides=(Override("S-1", "MTO", "why"), Override("S-2", "MTO", "why")))
    assert step_words(Step(base, own, None)) == "own choice for 2 products"
    assert (
        step_words(Step(own, replace(own, overrides=own.overrides[:1]), None)) == "own choice for 1 product"
    )
    answered = replace(base, answers=base.answers.with_general(salvage_share=0.45))
    assert "-> 45 %" in step_words(Step(base, answered, None))
    assert step_words(Step(base, replace(base, levers=(("what_if/demand", 0.1),)), None)) == "Demand +10 %"
    held = replace(base, held=base.answers)
    assert step_words(Step(base, held, None)) == "service levels held"


def test_figures_that_are_not_known_are_not_made_up() -> None:
    known = {"gain": 1234.0, "profit": 5000.0, "cash_tied_up": 700.0}
    assert changed_sentence(known, None, "USD").startswith("Gain was 1.23 k USD; ")
    assert changed_sentence(known, None, "USD").endswith("the new figures are being worked out.")
    assert changed_sentence(None, known, "USD").startswith("Gain is 1.23 k USD; ")
    assert changed_sentence(None, None, "USD") == ""
    assert changed_sentence(known, {**known, "gain": 1000.0}, "USD").startswith(
        "Gain 1.23 k -> 1 k USD (-230); "
    )
    assert "of the mix stays 5 k USD" in changed_sentence(known, {**known, "gain": 1000.0}, "USD")
