"""What was answered and saved for an earlier file of the same kind, offered for this one."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.files_in_use import PROCESS
from dashboard.kept import offers
from dashboard.kept.lineage import Mark
from dashboard.kept.offers import Earlier
from dashboard.results import compute
from dashboard.results.facts import Facts
from dashboard.state import inputs, memory
from dashboard.state.choice import Choice, opened_as
from dashboard.text.words import plain

__all__ = ["earlier_work"]


def _found(choice: Choice, facts: Facts) -> list[Earlier]:
    """Note what is looked at, once in a session, and find what earlier data sets of its lineage offer."""
    digest, sample = choice.source.digest, choice.source.sample
    known: dict[str, list[Earlier]] = st.session_state.setdefault("_offered", {})
    if digest not in known:
        products = facts.products["sku"].astype(str).tolist()
        mark = Mark(sample) if sample else offers.mark(dict(facts.intake.report.mapping), products)
        known[digest] = []
        if mark is not None:
            offers.opened(digest, choice.source.title, facts.intake.last_date, mark, PROCESS)
            known[digest] = offers.earlier(digest, mark)
    return known[digest]


def _taken(choice: Choice, facts: Facts, one: Earlier) -> None:
    """Look at the data as the earlier ones were left, and save their scenarios for these too."""
    products, families = (set(facts.products[name].dropna().astype(str)) for name in ("sku", "family"))
    there = memory.scenarios(choice.source.digest)
    refused = []
    for name, state in one.scenarios.items():
        free = name if name not in there else f"{name} ({one.title})"[:200]
        if not memory.keep_scenario(choice.source.digest, free, offers.fitted(state, products, families)[0]):
            refused.append(name)
    if one.answered is not None:
        state = offers.fitted(one.answered, products, families)[0]
        inputs.keep(
            replace(
                choice.at(state),
                anonymous=choice.anonymous,
                currency=choice.currency or choice.at(state).currency,
            )
        )
    if refused:
        st.toast(plain(f"Not saved: {', '.join(refused)}. {memory.why_not()}"))
    else:
        _declined(choice, one)


def _declined(choice: Choice, one: Earlier) -> None:
    offers.asked(choice.source.digest, [one.data])
    st.session_state["_offered"][choice.source.digest] = [
        other for other in st.session_state["_offered"][choice.source.digest] if other.data != one.data
    ]


def earlier_work() -> None:
    """Offer what was answered and saved for an earlier file of the same kind; nothing is applied until a person says so."""
    choice = inputs.choice()
    if choice.anonymous:
        return
    facts = compute.at_once(choice)
    if facts is None or facts.pending:
        return
    found = _found(choice, facts)
    if not found:
        return
    one = found[0]
    products, families = (set(facts.products[name].dropna().astype(str)) for name in ("sku", "family"))
    parts: list[str] = []
    left: list[str] = []
    if one.answered is not None:
        state, left = offers.fitted(one.answered, products, families)
        own = len(state[2])
        parts.append("the answers" if state[0] != opened_as(choice).answers else "the way it was looked at")
        parts += [f"{own} own choice{'s' if own > 1 else ''}"] if own else []
    if one.scenarios:
        names = ", ".join(list(one.scenarios)[:3]) + (", ..." if len(one.scenarios) > 3 else "")
        parts.append(f"{len(one.scenarios)} scenario{'s' if len(one.scenarios) > 1 else ''} ({names})")
    kind = "the sample" if choice.source.sample else "a file of the same kind as"
    with st.container(border=True, key="no-print-earlier"):
        st.markdown(
            plain(
                f"This looks like {kind} {one.title} (sales until {one.until}). Kept for that: {', '.join(parts)}."
            )
        )
        if left:
            st.caption(plain(f"Does not fit and would be left out: {'; '.join(left)}."))
        with st.container(horizontal=True):
            st.button(
                "Use them here",
                on_click=_taken,
                args=(choice, facts, one),
                key="earlier-use",
                icon=":material/history:",
            )
            st.button(
                "No, start afresh", on_click=_declined, args=(choice, one), key="earlier-no", type="tertiary"
            )
