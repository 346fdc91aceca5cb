"""Answers, levers and own choices, each taken back apart."""

from __future__ import annotations

import streamlit as st

from dashboard.state import inputs
from dashboard.state.choice import Choice, base_assumptions

__all__ = ["undo_part"]


def _counted(number: int, one: str) -> str:
    return f"{number} {one}{'' if number == 1 else 's'}"


def undo_part(choice: Choice) -> None:
    """A button for each of the three that has something to take back; the strip above undoes that again."""
    base = base_assumptions(choice.source.sample)
    names = {*choice.answers.general, *choice.answers.as_assumed}
    answers = [name for name in names if choice.answers.of(name) != base.of(name)]
    own = sum(
        1 for a, b in ((choice.answers.family, base.family), (choice.answers.product, base.product)) if a != b
    )
    ways = (
        (
            len(choice.levers),
            f"Reset {_counted(len(choice.levers), 'lever')}",
            inputs.reset_levers,
            "reset-levers",
        ),
        (
            len(answers) + own,
            f"Take back {_counted(len(answers) + own, 'answer')}",
            inputs.take_back_answers,
            "reset-answers",
        ),
        (
            len(choice.overrides),
            f"Drop {_counted(len(choice.overrides), 'own choice')}",
            inputs.drop_own_choices,
            "reset-own",
        ),
    )
    if not any(number for number, *_ in ways):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        for number, label, act, key in ways:
            if number:
                st.button(label, on_click=act, key=key, icon=":material/restart_alt:")
