"""The strip that says what the last step changed: from what to what, by how much, and the way back."""

from __future__ import annotations

import streamlit as st

from analytics.naming.figures import FIGURES
from analytics.naming.labels import money_text, number_text
from analytics.strategy.portfolio.plans_compared import plan_difference
from dashboard.results.facts import Facts
from dashboard.state import inputs
from dashboard.state.choice import Choice
from dashboard.state.steps import figures_of, last_step, step_words
from dashboard.text.words import plain

__all__ = ["changed_sentence", "what_changed_strip"]

_NAMES = {
    "gain": "gain",
    "profit": f"{FIGURES['profit'].label[:1].lower()}{FIGURES['profit'].label[1:]} of the mix",
    "cash_tied_up": f"{FIGURES['cash_tied_up'].label[:1].lower()}{FIGURES['cash_tied_up'].label[1:]} of the mix",
}


def changed_sentence(before: dict[str, float] | None, now: dict[str, float] | None, currency: str) -> str:
    """Old, new and difference of every figure; what is not known yet is said to be open."""
    parts = []
    for name, words in _NAMES.items():
        if now is None and before is not None:
            parts.append(f"{words} was {money_text(before[name], currency, 3)}")
        elif now is not None and before is None:
            parts.append(f"{words} is {money_text(now[name], currency, 3)}")
        elif now is not None and before is not None:
            apart = plan_difference(now[name], before[name])
            if abs(apart) < 0.5:
                parts.append(f"{words} stays {money_text(now[name], currency, 3)}")
            else:
                sign = "+" if apart > 0 else ""
                parts.append(
                    f"{words} {number_text(before[name], 3)} -> {money_text(now[name], currency, 3)} ({sign}{number_text(apart, 2)})"
                )
    if not parts:
        return ""
    said = "; ".join(parts)
    open_ = "; the new figures are being worked out" if now is None else ""
    return f"{said[:1].upper()}{said[1:]}{open_}."


def what_changed_strip(choice: Choice, facts: Facts | None) -> None:
    """The last step with what it changed, and a button that undoes exactly that; nothing where nothing was changed."""
    step = last_step(choice)
    if step is None:
        return
    now = None if facts is None or not facts.has_money else figures_of(facts)
    before = None if step.figures is None else dict(step.figures)
    words = step_words(step)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="no-print-changed"):
        st.markdown(plain(f"What changed: {words}. {changed_sentence(before, now, choice.currency)}".strip()))
        st.button(
            "Undo the last step",
            key="undo-last",
            on_click=inputs.undo,
            icon=":material/undo:",
            type="tertiary",
        )
