"""What the rows of a file are: every value of the columns that say it, with rows, units, money and treatment; each can be said otherwise, and is asked where unknown.

One concept: the answer for a value of a column. It is asked, typed in a table or by product, kept, shown and
said back under the same keys of the session, from the same list of treatments.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from math import isfinite
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from analytics.errors import DataError
from analytics.naming.labels import total_text
from dashboard.parts.tables import show_table
from dashboard.results.intake import Intake
from dashboard.team.session import this_place
from dashboard.text.words import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analytics.data.meaning.listed_meanings import Meaning

__all__ = ["meaning_part", "meaning_questions", "unused_answers", "what_changed"]

#: what can be done with rows, in the words of the page
TREATMENT_WORDS = {
    "count": "Count as sold",
    "return": "Count as returned",
    "leave out": "Leave out",
    "on hand": "Order on hand: keep apart",
    "receipt": "Receipt of goods: keep apart",
    "promoted": "Sold in a promotion",
    "usual": "Sold as usual",
    "ask": "Not known",
}
#: what is asked about the values of a column, by what the column is about
_QUESTIONS = {
    "promotion": "**Which of these mean a promotion?** {column}: these words say neither yes nor no.",
    "unit": "**How much is one of these?** {column}: these units of measure stand beside others of one product; how many of one the other is, nothing states.",
    "service": "**Are these products?** {column}: by name or code they may be services, charges or discounts, by how they are sold they may be products.",
}
_ROWS = "**What are these rows?** {column} says what a row is, and these words are not known."
#: places and products are counted or not: nothing else can be done with their rows
_COUNTED = ("count", "leave out")
#: so many values of a column are asked one by one; more stand in one table
_MOST = 30
_AS_READ = "as read"


def _text(treatment: str, role: str) -> str:
    return (
        f"times {treatment}"
        if role == "unit" and treatment not in TREATMENT_WORDS
        else TREATMENT_WORDS.get(treatment, treatment)
    )


def _value(one: Meaning) -> str:
    return one.value[:60] if one.value else "blank cells"


def _stake(one: Meaning) -> str:
    """Rows, units and money of a value in words."""
    money = f", {one.money:,.2f} in money" if isfinite(one.money) and one.money else ""
    return f"{one.rows:,} row{'' if one.rows == 1 else 's'}, {total_text(one.units)} units{money}"


def _key(one: Meaning) -> str:
    files = st.session_state.get("treatments-for") or []
    return (
        "meant-"
        + blake2b(
            "\0".join([*files, one.column, one.value]).encode("utf-8", "surrogatepass"), digest_size=8
        ).hexdigest()
    )


def _is_factor(text: str) -> bool:
    try:
        return 0.0 < float(text) < float("inf")
    except ValueError:
        return False


def _answer_of(one: Meaning, text: str) -> str | None:
    """An answer as it is told to the reader; None where it is none, which is said."""
    answer = text.strip()
    if one.role == "unit" and answer not in ("", _AS_READ, *TREATMENT_WORDS):
        answer = answer.replace(",", ".")
        if not _is_factor(answer):
            wanted = f"write how many single units are in one {_value(one)}, such as 12, or: leave out"
            st.session_state["treatment-wrong"] = f"{answer!r} is not a number above zero: {wanted}."
            return None
    return answer


def _keep(column: str, answers: Mapping[str, str], what: str, answer: str, role: str) -> None:
    """Keep what was said of values of a column, with what was counted before, for the sentence that says what it changed."""
    told = {name: dict(values) for name, values in (st.session_state.get("treatments") or {}).items()}
    here = told.setdefault(column, {})
    for value, said in answers.items():
        if said and said != _AS_READ:
            here[value] = said
        else:
            here.pop(value, None)
    st.session_state["treatments"] = {name: values for name, values in told.items() if values}
    st.session_state["treatment-changed"] = (what, answer, role, st.session_state.get("units-read"))


def _told(one: Meaning, key: str, column: str) -> None:
    """Keep what was said of a value."""
    answer = _answer_of(one, str(st.session_state.get(key) or ""))
    if answer is not None:
        _keep(column, {one.value: answer}, f"{column}: {_value(one)}", answer, one.role)


def _said(one: Meaning, value: str) -> str:
    """What was said of a value of the column of `one`, or of a unit of one product."""
    return str((st.session_state.get("treatments") or {}).get(one.column, {}).get(value, ""))


def _products_typed(one: Meaning, key: str) -> None:
    """Keep the factors that were typed beside products."""
    edits = (st.session_state.get(key) or {}).get("edited_rows", {})
    typed = {one.products[int(k)][0]: edit["in one"] for k, edit in edits.items() if "in one" in edit}
    told = {f"{one.value} of {sku}": "" if n is None else f"{n:.10g}" for sku, n in typed.items()}
    wrong = next((code for code, text in told.items() if text and not _is_factor(text)), "")
    if wrong:
        st.session_state["treatment-wrong"] = f"{wrong}: {told[wrong]} is not a number above zero."
    elif told:
        last = next(reversed(told))
        _keep(one.column, told, f"{one.column}: {last}", told[last], one.role)


def _single_products(one: Meaning) -> None:
    """The products counted in a unit, each with a factor of its own where it has one: read again at once when it is typed."""
    if len(one.products) < 2:
        return
    codes = [f"{one.value} of {sku}" for sku, _, _ in one.products]
    factors = [float(said) if _is_factor(said := _said(one, code)) else None for code in codes]
    frame = pd.DataFrame(
        {
            "product": [sku for sku, _, _ in one.products],
            "rows": [rows for _, rows, _ in one.products],
            "units": [units for _, _, units in one.products],
            "in one": pd.array(factors, dtype="Float64"),
        }
    )
    key = _key(one) + "-products"

    with st.expander(
        plain(f"Another number for one product in {_value(one)}"),
        expanded=any(f is not None for f in factors),
    ):
        st.caption(
            "Type it beside the product; empty: the number above. It is read again at once and remembered."
        )
        st.data_editor(
            frame,
            key=key,
            hide_index=True,
            width="stretch",
            disabled=["product", "rows", "units"],
            column_config={
                "units": st.column_config.NumberColumn(format="localized"),
                "in one": st.column_config.NumberColumn(
                    "how many single units are in one", min_value=0.0, format="%.10g"
                ),
            },
            on_change=_products_typed,
            args=(one, key),
        )


def _editor(values: Sequence[Meaning], possible: Sequence[str]) -> None:
    """Many values of a column in one table that can be searched and answered, all shown at once too; read again by its button."""
    one = values[0]
    key = "many-" + _key(replace(one, value=""))
    wanted = st.text_input(
        "Show only values with", key=f"{key}-search-{len(values)}", placeholder="part of a value", width=320
    )
    here = [m for m in values if " ".join(wanted.casefold().split()) in m.value.casefold()]
    st.caption(
        f"{len(here):,} of {len(values):,} values. Answer in the last column, or all shown that are not answered by the choice below it."
    )
    words = {name: TREATMENT_WORDS.get(name, "As read") for name in possible}
    names = {text: name for name, text in words.items()}
    said = [_said(m, m.value) for m in here]
    frame = pd.DataFrame(
        {
            "value": [_value(m) for m in here],
            "rows": [m.rows for m in here],
            "units": [m.units for m in here],
            "money": [m.money for m in here],
            "answer": [words.get(text, text) or None for text in said],
        }
    )
    with st.form(key, border=False):
        after = st.data_editor(
            frame,
            key=f"{key}-table-{wanted}",
            hide_index=True,
            width="stretch",
            height=420,
            disabled=["value", "rows", "units", "money"],
            column_config={
                "units": st.column_config.NumberColumn(format="localized"),
                "money": st.column_config.NumberColumn(format="localized"),
                "answer": st.column_config.TextColumn("how many single units are in one, or: leave out")
                if one.role == "unit"
                else st.column_config.SelectboxColumn("what they are", options=list(words.values())),
            },
        )
        rest = None
        if one.role != "unit":
            rest = st.selectbox(
                "All shown that are not answered",
                list(words.values()),
                index=None,
                key=f"{key}-rest",
                placeholder="Choose",
                width=320,
            )
        if not st.form_submit_button("Read again"):
            return
    typed = [str(text) if isinstance(text, str) else "" for text in after["answer"]]
    answers = {}
    for m, text in zip(here, typed, strict=True):
        answer = _answer_of(m, names.get(text or rest or "", text))
        if answer is None:
            st.rerun()
        if answer or _said(m, m.value):
            answers[m.value] = answer
    if answers:
        _keep(one.column, answers, f"{one.column}: {len(answers):,} values", "as answered", one.role)
        st.rerun()


def _choice(one: Meaning, options: Sequence[str], label: str) -> None:
    """The choice of a treatment for a value; for a unit of measure a factor."""
    key = _key(one)
    said = (st.session_state.get("treatments") or {}).get(one.column, {}).get(one.value)
    if one.role == "unit":
        asked = plain(f"{label}. How many single units are in one? (Or write: leave out.)")
        st.text_input(
            asked,
            value=said or "",
            key=key,
            max_chars=12,
            placeholder="12",
            on_change=_told,
            args=(one, key, one.column),
        )
        return
    at = options.index(said) if said in options else None if one.treatment == "ask" else 0
    words = {**TREATMENT_WORDS, _AS_READ: f"As read: {_text(one.treatment, one.role)}"}
    st.selectbox(
        plain(label),
        options,
        index=at,
        format_func=words.__getitem__,
        key=key,
        placeholder="Choose",
        on_change=_told,
        args=(one, key, one.column),
    )


def _possible(one: Meaning) -> list[str]:
    """What can be done with the rows of a value."""
    if one.role == "promotion":
        return ["promoted", "usual"]
    not_of_rows = ("ask", "promoted", "usual")
    return (
        list(_COUNTED)
        if one.role in ("place", "service")
        else [name for name in TREATMENT_WORDS if name not in not_of_rows]
    )


def _once(meanings: Iterable[Meaning]) -> list[Meaning]:
    """Each value of a column once, what is asked about first."""
    found: dict[tuple[str, str], Meaning] = {}
    for one in sorted(meanings, key=lambda m: m.treatment != "ask"):
        if one.value != "…":
            found.setdefault((one.column, one.value), one)
    return list(found.values())


def meaning_questions(error: DataError) -> None:
    """What the rows are that nobody but the owner of the file knows: one choice a value, with what is at stake. It is read again at once."""
    if wrong := st.session_state.pop("treatment-wrong", ""):
        st.warning(plain(wrong), icon=":material/warning:")
    asked = [one for one in _once(error.meanings) if one.treatment == "ask"]
    for column, role in dict.fromkeys((one.column, one.role) for one in asked):
        here = [one for one in asked if (one.column, one.role) == (column, role)]
        with st.container(border=True):
            st.markdown(_QUESTIONS.get(here[0].role, _ROWS).format(column=plain(column)))
            if len(here) > _MOST:
                _editor(here, _possible(here[0]))
                continue
            for one in here:
                _choice(one, _possible(one), f"{_value(one)}: {_stake(one)}")
                if one.words and one.words != "not a word that is known":
                    st.caption(plain(f"{one.words[:1].upper()}{one.words[1:]}."))
                _single_products(one)
    if asked:
        _table(error.meanings)


def unused_answers(problems: Iterable[tuple[str, str]]) -> str:
    """What an earlier file was answered for and this one does not have, in a sentence; "" where there is nothing.

    `problems` are the columns and values that the reader did not find.
    """
    said = [f"{column}: {found}" for column, found in problems]
    return (
        f"Answers for an earlier file that this one has no rows for stay kept: {'; '.join(said)}."
        if said
        else ""
    )


def what_changed(intake: Intake) -> None:
    """What the answer given last did to the units counted."""
    changed = st.session_state.pop("treatment-changed", None)
    if changed is not None:
        what, answer, role, before = changed
        counted = (
            f"{total_text(before)} → {total_text(intake.report.units_used)}"
            if before is not None
            else total_text(intake.report.units_used)
        )
        said = _text(answer, role) if answer and answer != _AS_READ else "as read"
        st.success(
            plain(f"{what}: {said[:1].lower()}{said[1:]}. Units counted: {counted}."), icon=":material/check:"
        )
    st.session_state["units-read"] = intake.report.units_used


def _table(meanings: Iterable[Meaning]) -> None:
    listed = list(meanings)
    frame = pd.DataFrame(
        {
            "column": [one.column or one.role for one in listed],
            "value": [_value(one) for one in listed],
            "rows": [one.rows for one in listed],
            "units": [total_text(one.units) for one in listed],
            "money": [f"{one.money:,.2f}" if isfinite(one.money) else "" for one in listed],
            "treated": [_text(one.treatment, one.role) for one in listed],
            "why": [one.words for one in listed],
        }
    )
    widths = {"column": 110, "value": 140, "rows": 60, "units": 70, "money": 90, "treated": 170, "why": 380}
    config = {name: st.column_config.Column(width=width) for name, width in widths.items()}
    show_table(
        frame,
        hide_index=True,
        width="stretch",
        column_config=config,
        alt="What the rows are: values with rows, units, money and treatment",
    )


def meaning_part(intake: Intake, key: str) -> None:
    """Every value of the columns that say what a row is; of a new file each can be treated otherwise, which is read again at once."""
    if not intake.report.meanings:
        return
    out = {"leave out", "on hand", "receipt", "ask"}
    left = [one for one in intake.report.meanings if one.treatment in out]
    st.subheader(
        "What the rows are"
        if not left
        else f"What the rows are: {', '.join(dict.fromkeys(one.column or one.role for one in left))} leaves some out",
        anchor=False,
    )
    _table(intake.report.meanings)
    if key != "new":
        return
    with st.expander("Treat the rows of a value otherwise"):
        st.caption(
            f"The file is read again at once, and what it changes is said above. Your answers are remembered on {this_place()} for the next file with the same columns."
        )
        by_column: dict[str, list[Meaning]] = {}
        for one in _once(intake.report.meanings):
            by_column.setdefault(one.column, []).append(one)
        for values in by_column.values():
            if len(values) > _MOST:
                st.markdown(plain(values[0].column or values[0].role))
                _editor(values, [_AS_READ, *_possible(values[0])])
                continue
            fields = st.columns(2)
            for k, one in enumerate(values):
                with fields[k % 2]:
                    options = [_AS_READ, *_possible(one)]
                    _choice(one, options, f"{one.column or one.role}: {_value(one)} ({_stake(one)})")
                    _single_products(one)
