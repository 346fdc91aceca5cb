"""Confirming what is assumed changes nothing but its range; one scale per assumption on every page."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from analytics.assumptions import FIELDS, Assumptions, of_ten_at_two_weeks
from analytics.naming.scales import range_text, scale_of, value_text
from dashboard.parts.register import edited, table_of
from dashboard.results import compute
from dashboard.results.facts import Facts
from dashboard.text.questions import ANSWERS, offered, questions
from tests.dashboard.conftest import settled

Start = Callable[..., AppTest]
FactsOf = Callable[[str], Facts]


@pytest.mark.parametrize("field", ["patience_per_day", "hazard_per_year"])
def test_pressing_the_value_assumed_changes_nothing_but_its_range(start: Start, field: str) -> None:
    at = start("servers")
    before = compute.facts(at.session_state["choices"]["servers"])
    control = next(b for b in at.segmented_control if b.key.endswith(field))
    assert control.options[0].startswith("as assumed")
    settled(control.set_value(control.options[0]).run())
    assert not at.exception
    choice = at.session_state["choices"]["servers"]
    after = compute.facts(choice)
    assert choice.answers.as_assumed == (field,)
    assert after.portfolio.gain == before.portfolio.gain and after.portfolio.money == before.portfolio.money
    assert list(after.products["recommended"]) == list(before.products["recommended"])
    assert {p: {m: v for m, v in s.items() if v == v} for p, s in after.portfolio.service.items()} == {
        p: {m: v for m, v in s.items() if v == v} for p, s in before.portfolio.service.items()
    }
    low, high = after.items.range(field)
    live = ~after.products["ended"].to_numpy()
    assert (low[live] == high[live]).all()
    assert any("confirmed" in m.value and "as assumed" in m.value for m in at.markdown)
    settled(at.button(key=f"undo-{field}").click().run())
    assert at.session_state["choices"]["servers"].answers.as_assumed == ()


def test_every_question_offers_the_value_in_force_first(facts_of_sample: FactsOf) -> None:
    for name in ("servers", "bicycles", "household"):
        for question in questions(facts_of_sample(name)):
            buttons = offered(question)
            first = next(iter(buttons))
            assert (
                buttons[first] is None
                and first.startswith("as assumed")
                and (value_text(question.field, question.value) in first or not question.alike)
            )
            assert (
                len(
                    {value_text(question.field, question.value if v is None else v) for v in buttons.values()}
                )
                == len(buttons)
                or not question.alike
            )


def test_defaults_can_be_said_exactly() -> None:
    row = FIELDS["patience_per_day"]
    assert [value_text("patience_per_day", v) for v in (row.default, row.low, row.high)] == [
        "7.5 of 10 at two weeks",
        "9.5 of 10 at two weeks",
        "5 of 10 at two weeks",
    ]
    for said, value in ((7.5, row.default), (9.5, row.low), (5.0, row.high)):
        assert of_ten_at_two_weeks(said) == value
    life = FIELDS["hazard_per_year"]
    assert (
        range_text("hazard_per_year", life.low, life.high) == "7 to 50 years"
        and value_text("hazard_per_year", life.default) == "20 years"
    )


@pytest.mark.parametrize("field", list(FIELDS))
def test_a_scale_reads_back_what_it_shows(field: str) -> None:
    row, scale = FIELDS[field], scale_of(field)
    for value in {row.default, row.low, row.high, *ANSWERS.get(field, {}).values()}:
        if math.isfinite(value):
            assert scale.read(scale.shown(value)) == pytest.approx(value, rel=1e-9, abs=1e-9)


def test_an_edited_value_is_read_from_its_scale(facts_of_sample: FactsOf) -> None:
    table = table_of(facts_of_sample("servers"), Assumptions())
    row = table[table["field"] == "patience_per_day"].iloc[0]
    assert (row["value"], row["low"], row["high"], row["unit"]) == (7.5, 5.0, 9.5, "of 10 customers")
    changed = table.copy()
    changed.loc[changed["field"] == "patience_per_day", "value"] = 8.0
    changed.loc[changed["field"] == "hazard_per_year", ["value", "low", "high"]] = [4.0, 2.0, 5.0]
    changed.loc[changed["field"] == "capital_rate", "value"] = 9.0
    new = edited(table, changed, Assumptions().confirmed_as_assumed("patience_per_day"))
    assert new.of("patience_per_day").value == of_ten_at_two_weeks(8.0) and new.as_assumed == ()
    life = new.of("hazard_per_year")
    assert (life.value, life.low, life.high) == (0.25, 0.2, 0.5)
    assert (
        new.of("capital_rate").value == pytest.approx(0.09)
        and new.of("capital_rate").low == new.of("capital_rate").high
    )
    assert set(new.general) == {"patience_per_day", "hazard_per_year", "capital_rate"}
