"""The questions whose answers matter, as cards: press an answer and it counts on every page; answers given stand below, with the way back."""

from __future__ import annotations

import math

import streamlit as st

from analytics.assumptions import PATIENCE_CURVES, of_ten_at_two_weeks, staying_at_two_weeks
from analytics.naming.labels import Verdict, money_text, number_text
from analytics.naming.scales import scale_of
from analytics.naming.signed import signed_words
from analytics.policy.patience import shape_from_answers, staying_at_four_weeks
from dashboard.number_form import said
from dashboard.parts.frame import small
from dashboard.results.facts import Facts, Known
from dashboard.state import inputs
from dashboard.state.choice import Choice, base_assumptions
from dashboard.state.who import name_part
from dashboard.text.flip_words import no_answer
from dashboard.text.questions import (
    ANSWERS,
    OPENING,
    Question,
    after_four_weeks,
    matters,
    offered,
    questions,
)
from dashboard.text.words import field_words, plain, range_text, value_text

__all__ = ["sharpen"]

#: Families asked for one by one at most; more are stated in a file of assumptions.
_MOST_FAMILIES = 12


def sharpen(choice: Choice, facts: Facts) -> None:
    """The questions whose answers matter, as cards; what is not asked; and the answers already given."""
    every = questions(facts)
    asked = [q for q in every if matters(q, facts)]
    left = [q for q in every if not matters(q, facts)]
    names = {*choice.answers.general, *choice.answers.as_assumed}
    given = [
        name
        for name in [*ANSWERS, *sorted(names.difference(ANSWERS))]
        if name in names and choice.answers.of(name).origin == "confirmed" and not _part_of_another(name)
    ]
    title, whatever, none = no_answer(int((facts.products["verdict"] == Verdict.NOT_SEARCHED).sum()))
    if asked:
        many = {1: "One answer sharpens", 2: "Two answers sharpen", 3: "Three answers sharpen"}
        opens = asked[0].opens and not facts.has_money
        shown = asked[: 1 if opens else 2 if len(asked) > 1 else 1]
        figures = (
            "Two figures open the money" if asked[0].field == "unit_value" else "One figure opens the money"
        )
        sharpened = f"{many.get(len(asked), f'{len(asked)} answers sharpen')} this"
        if facts.known < Known.ALL:
            sharpened = "Which answers sharpen this is being worked out"
        st.subheader(figures if opens else sharpened, anchor=False)
        if not opens:
            first = (
                "All that are open" if facts.known < Known.ALL else "Those that can decide most money first"
            )
            st.caption(f"{first}. An answer counts on every page.")
        for question in shown:
            _card(question, facts, facts.digest)
        if len(asked) > len(shown):
            with st.expander(f"{len(asked) - len(shown)} more"):
                for question in asked[len(shown) :]:
                    _card(question, facts, facts.digest)
    else:
        st.subheader(title, anchor=False)
        st.caption(whatever)
    if left:
        st.caption(plain(f"Not asked: {_not_asked(left, facts)}. {none}"))
        with st.expander(f"Confirm {'it' if len(left) == 1 else 'them'} all the same"):
            for question in left:
                _card(question, facts, facts.digest)
    name_part("who-answers", choice.source.digest)
    if given:
        st.markdown("**Confirmed**")
        for name in given:
            _given(choice, facts, name)


def _part_of_another(name: str) -> bool:
    """The curve of patience is part of the answer about patience."""
    return name in ("patience_curve", "patience_shape")


def _not_asked(left: list[Question], facts: Facts) -> str:
    parts = []
    for q in left:
        worth = f" (worth {money_text(q.worth, facts.currency)})" if q.worth >= 0.5 else ""
        parts.append(f"{field_words(q.field)}{worth}")
    return ", ".join(parts)


def _card(question: Question, facts: Facts, digest: str) -> None:
    with st.container(border=True):
        st.markdown(f"**{plain(question.text)}**")
        key = f"answer-{digest[:8]}-{question.field}"
        answers = offered(question, facts.currency)
        if answers:
            st.segmented_control(
                question.text,
                list(answers),
                format_func=said,
                key=key,
                label_visibility="collapsed",
                on_change=_answer,
                args=(question.field, key, answers),
            )
        if question.field == "gross_margin":
            exact = f"{key}-exact"
            st.number_input(
                "Or exactly, % of sales",
                0.1,
                95.0,
                None,
                0.1,
                key=exact,
                placeholder="12.6",
                on_change=_answer_exactly,
                args=(question.field, exact),
            )
        if question.field == "unit_value":
            _value_of_a_unit(facts, key)
        st.caption(plain(" ".join(_told(question, facts))))


def _told(question: Question, facts: Facts) -> list[str]:
    """What hangs on a question, and what is assumed until it is answered."""
    told = []
    if question.field == "unit_value":
        told.append(
            "It stands for the price of every product; one gross margin then opens the money. A sales file with prices or revenue is better."
        )
    if question.field == "gross_margin" and not facts.has_money:
        told.append(
            "Unit cost then is price less that margin, and money opens on every page. An items file with unit costs is better."
        )
    if question.worth >= 0.5:
        told.append(f"Knowing it is worth {money_text(question.worth, facts.currency)} on average.")
    if question.gain_high == question.gain_high and facts.portfolio.gain:
        told.append(
            f"The gain runs from {number_text(question.gain_low, 2)} to {money_text(question.gain_high, facts.currency)} within its range."
        )
    if question.products:
        told.append(
            f"{question.products} verdict{'s' if question.products > 1 else ''} depend{'' if question.products > 1 else 's'} on it."
        )
    if math.isfinite(question.value):
        told.append(
            f"Assumed now: {value_text(question.field, question.value, facts.currency)} "
            f"({range_text(question.field, question.low, question.high, facts.currency)})."
        )
    return told


def _value_of_a_unit(facts: Facts, key: str) -> None:
    """The average revenue of a unit, in general or by family."""
    unit = facts.currency or "money"
    exact = f"{key}-exact"
    st.number_input(
        f"Average revenue of one unit, {unit}",
        0.0,
        None,
        None,
        key=exact,
        placeholder="25.00",
        on_change=_answer_exactly,
        args=("unit_value", exact),
    )
    families = sorted({str(f) for f in facts.products.loc[~facts.products["ended"], "family"] if f})
    if 1 < len(families) <= _MOST_FAMILIES:
        with st.expander("By family"):
            for k, family in enumerate(families):
                own = f"{key}-family-{k}"
                st.number_input(
                    plain(family),
                    0.0,
                    None,
                    None,
                    key=own,
                    on_change=_answer_for_family,
                    args=(family, "unit_value", own),
                )


def _answer(name: str, key: str, answers: dict[str, float | None]) -> None:
    given = st.session_state.get(key)
    if given is None:
        return
    value = answers[given]
    if value is None:
        inputs.confirm_as_assumed(name)
    else:
        inputs.confirm({name: value})


def _answer_exactly(name: str, key: str) -> None:
    given = st.session_state.get(key)
    if given is not None and (name not in OPENING or given > 0.0):
        inputs.confirm({name: scale_of(name).read(float(given))})


def _answer_for_family(family: str, name: str, key: str) -> None:
    given = st.session_state.get(key)
    if given is not None and given > 0.0:
        inputs.confirm_for({name: float(given)}, family=family)


def _given(choice: Choice, facts: Facts, name: str) -> None:
    """An answer that was given, with the way back; patience can be told at four weeks as well."""
    stands = name in choice.answers.as_assumed
    now = (
        facts.items.typical(name, ~facts.products["ended"].to_numpy())[0]
        if stands
        else choice.answers.of(name).value
    )
    text = value_text(name, now, facts.currency)
    text = f"as assumed, {text}" if stands else text
    own = [name]
    patience = name == "patience_per_day"
    if patience:
        own += ["patience_curve", "patience_shape"]
        curve, shape = (choice.answers.of(n).value for n in own[1:])
        at_four = staying_at_four_weeks(now, curve, shape)
        text += f", {f'{at_four:.1f}'.removesuffix('.0')} of 10 at four"
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.markdown(
        f":green-badge[confirmed] {plain(field_words(name)[:1].upper() + field_words(name)[1:])}: **{plain(text)}**"
    )
    now_signed = choice.answers.of(name)
    small(signed_words(now_signed.by, now_signed.data_date))
    base = base_assumptions(choice.source.sample)
    if any(choice.answers.of(n) != base.of(n) for n in own):
        right.button("Undo", key=f"undo-{name}", on_click=inputs.release, args=tuple(own), type="tertiary")
    if patience and (options := after_four_weeks(now)):
        at_two = staying_at_two_weeks(now)
        key = f"four-{facts.digest[:8]}-{now:.6f}"
        st.segmented_control(
            "And told four weeks?", list(options), key=key, on_change=_four_weeks, args=(key, at_two)
        )


def _four_weeks(key: str, at_two: float) -> None:
    given = st.session_state.get(key)
    if given is not None:
        shape = shape_from_answers(at_two, after_four_weeks(of_ten_at_two_weeks(at_two))[given])
        inputs.confirm({"patience_curve": PATIENCE_CURVES.index("weibull"), "patience_shape": shape})
