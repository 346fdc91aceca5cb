"""What the rows of a file are: every value of the columns that say it, with rows, units, money and treatment; each can be said otherwise, and is asked where unknown."""

from __future__ import annotations

from hashlib import blake2b
from math import isfinite
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from analytics.errors import DataError
from analytics.labels import total_text
from dashboard.intake import Intake
from dashboard.tables import show_table
from dashboard.words import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analytics.data.meaning import Meaning

__all__ = ["meaning_part", "meaning_questions", "what_changed"]

#: what can be done with rows, in the words of the page
TREATMENT_WORDS = {
    "count": "Count as sold",
    "return": "Count as returned",
    "leave out": "Leave out",
    "on hand": "Order on hand: keep apart",
    "receipt": "Receipt of goods: keep apart",
    "ask": "Not known",
}
#: what is asked about the values of a column, by what the column is about
_QUESTIONS = {
    "unit": "**How much is one of these?** {column}: these units of measure stand beside others of one product; how many of one the other is, nothing states.",
    "service": "**Are these products?** {column}: by name or code they may be services, charges or discounts, by how they are sold they may be products.",
}
_ROWS = "**What are these rows?** {column} says what a row is, and these words are not known."
#: places and products are counted or not: nothing else can be done with their rows
_COUNTED = ("count", "leave out")
#: so many values can be said otherwise one by one; a file seldom has more
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


def _told(one: Meaning, key: str, column: str) -> None:
    """Keep what was said of a value, with what was counted before it, for the sentence that says what it changed."""
    answer = str(st.session_state.get(key) or "").strip()
    if one.role == "unit" and answer not in ("", *TREATMENT_WORDS):
        answer = answer.replace(",", ".")
        if not _is_factor(answer):
            wanted = f"write how many single units are in one {_value(one)}, such as 12, or: leave out"
            st.session_state["treatment-wrong"] = f"{answer!r} is not a number above zero: {wanted}."
            return
    told = {name: dict(values) for name, values in (st.session_state.get("treatments") or {}).items()}
    if answer and answer != _AS_READ:
        told.setdefault(column, {})[one.value] = answer
    else:
        told.get(column, {}).pop(one.value, None)
    st.session_state["treatments"] = {name: values for name, values in told.items() if values}
    st.session_state["treatment-changed"] = (
        f"{column}: {_value(one)}",
        answer,
        one.role,
        st.session_state.get("units-read"),
    )


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
    return (
        list(_COUNTED)
        if one.role in ("place", "service")
        else [name for name in TREATMENT_WORDS if name != "ask"]
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
            for one in here[:_MOST]:
                _choice(one, _possible(one), f"{_value(one)}: {_stake(one)}")
                if one.words and one.words != "not a word that is known":
                    st.caption(plain(f"{one.words[:1].upper()}{one.words[1:]}."))
            if len(here) > _MOST:
                st.caption(
                    plain(
                        f"{len(here) - _MOST:,} further values with fewer units follow when these are answered."
                    )
                )
    if asked:
        _table(error.meanings)


def what_changed(intake: Intake) -> None:
    """What the answer given last did to the units counted."""
    changed = st.session_state.pop("treatment-changed", None)
    if changed is not None:
        what, answer, role, before = changed
        counted = (
            f"{total_text(before)} → {total_text(intake.units_used)}"
            if before is not None
            else total_text(intake.units_used)
        )
        said = _text(answer, role) if answer and answer != _AS_READ else "as read"
        st.success(
            plain(f"{what}: {said[:1].lower()}{said[1:]}. Units counted: {counted}."), icon=":material/check:"
        )
    st.session_state["units-read"] = intake.units_used


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
    if not intake.meanings:
        return
    out = {"leave out", "on hand", "receipt", "ask"}
    left = [one for one in intake.meanings if one.treatment in out]
    st.subheader(
        "What the rows are"
        if not left
        else f"What the rows are: {', '.join(dict.fromkeys(one.column or one.role for one in left))} leaves some out",
        anchor=False,
    )
    _table(intake.meanings)
    if key != "new":
        return
    with st.expander("Treat the rows of a value otherwise"):
        st.caption(
            "The file is read again at once, and what it changes is said above. Your answers are remembered on this machine for the next file with the same columns."
        )
        fields = st.columns(2)
        for k, one in enumerate(_once(intake.meanings)[:_MOST]):
            with fields[k % 2]:
                options = [_AS_READ, *_possible(one)]
                _choice(one, options, f"{one.column or one.role}: {_value(one)} ({_stake(one)})")
