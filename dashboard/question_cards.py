"""The questions as cards to answer, and the answers given with the way back."""

from __future__ import annotations

import math

import streamlit as st

from analytics.assumptions import PATIENCE_CURVES
from analytics.labels import money_text, number_text
from dashboard import inputs
from dashboard.choice import Choice, base_assumptions
from dashboard.facts import Facts
from dashboard.questions import ANSWERS, Question, after_four_weeks, matters, patience_of, questions, shape_of, staying_at_four_weeks
from dashboard.words import field_words, plain, value_text

__all__ = ["sharpen"]


def sharpen(choice: Choice, facts: Facts) -> None:
    """The questions whose answers matter, as cards; and the answers already given."""
    every = questions(facts)
    asked = [q for q in every if matters(q, facts)]
    given = [name for name, a in choice.assumptions.general.items() if a.origin == "confirmed" and name in ANSWERS]
    if asked:
        many = {1: "One answer sharpens", 2: "Two answers sharpen", 3: "Three answers sharpen"}
        shown = asked[: 2 if len(asked) > 1 else 1]
        st.subheader(f"{many.get(len(asked), f'{len(asked)} answers sharpen')} this", anchor=False)
        st.caption("Those worth most first, each on top of those before it. An answer counts on every page.")
        for question in shown:
            _card(question, facts, facts.digest)
        if len(asked) > len(shown):
            with st.expander(f"{len(asked) - len(shown)} more"):
                for question in asked[len(shown) :]:
                    _card(question, facts, facts.digest)
    else:
        st.subheader("No answer would change this", anchor=False)
        st.caption("Whatever is still assumed, the choice stays the same within its range.")
        if every:
            with st.expander(f"Confirm {len(every)} values all the same"):
                for question in every:
                    _card(question, facts, facts.digest)
    if given:
        st.markdown("**Confirmed**")
        for name in given:
            _given(choice, facts, name)


def _card(question: Question, facts: Facts, digest: str) -> None:
    with st.container(border=True):
        st.markdown(f"**{plain(question.text)}**")
        key = f"answer-{digest[:8]}-{question.field}"
        st.segmented_control(question.text, list(question.answers), key=key, label_visibility="collapsed", on_change=_answer, args=(question.field, key))
        if question.field == "gross_margin":
            exact = f"{key}-exact"
            st.number_input("Or exactly, % of sales", 0.1, 95.0, None, 0.1, key=exact, placeholder="12.6", on_change=_answer_exactly, args=(question.field, exact))
        told = []
        if question.worth >= 0.5:
            told.append(f"Knowing it is worth {money_text(question.worth, facts.currency)} on average.")
        if question.gain_high == question.gain_high and facts.gain:
            told.append(f"The gain runs from {number_text(question.gain_low, 2)} to {money_text(question.gain_high, facts.currency)} within its range.")
        if question.products:
            told.append(f"{question.products} verdict{'s' if question.products > 1 else ''} depend{'' if question.products > 1 else 's'} on it.")
        if question.value == question.value:
            low, high = sorted((question.low, question.high), reverse=question.field == "hazard_per_year")
            told.append(
                f"Assumed now: {value_text(question.field, question.value)} "
                f"({value_text(question.field, low).removesuffix(' at two weeks')} to {value_text(question.field, high)})."
            )
        st.caption(plain(" ".join(told)))


def _answer(name: str, key: str) -> None:
    given = st.session_state.get(key)
    if given is not None:
        inputs.confirm({name: ANSWERS[name][given]})


def _answer_exactly(name: str, key: str) -> None:
    given = st.session_state.get(key)
    if given is not None:
        inputs.confirm({name: float(given) / 100.0})


def _given(choice: Choice, facts: Facts, name: str) -> None:
    """An answer that was given, with the way back; patience can be told at four weeks as well."""
    now = choice.assumptions.of(name).value
    text = value_text(name, now)
    own = [name]
    patience = name == "patience_per_day"
    if patience:
        own += ["patience_curve", "patience_shape"]
        curve, shape = (choice.assumptions.of(n).value for n in own[1:])
        at_four = staying_at_four_weeks(now, curve, shape)
        text += f", {at_four:.1f} of 10 at four" if abs(at_four - round(at_four)) >= 0.05 else f", {round(at_four)} of 10 at four"
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.markdown(f":green-badge[confirmed] {plain(field_words(name)[:1].upper() + field_words(name)[1:])}: **{plain(text)}**")
    base = base_assumptions(choice.source.sample)
    if any(choice.assumptions.of(n) != base.of(n) for n in own):
        right.button("Undo", key=f"undo-{name}", on_click=inputs.release, args=tuple(own), type="tertiary")
    if patience and (options := after_four_weeks(now)):
        at_two = 10.0 * math.exp(-14.0 * now)
        key = f"four-{facts.digest[:8]}-{now:.6f}"
        st.segmented_control("And told four weeks?", list(options), key=key, on_change=_four_weeks, args=(key, at_two))


def _four_weeks(key: str, at_two: float) -> None:
    given = st.session_state.get(key)
    if given is not None:
        shape = shape_of(at_two, after_four_weeks(patience_of(at_two))[given])
        inputs.confirm({"patience_curve": PATIENCE_CURVES.index("weibull"), "patience_shape": shape})
