"""Help: every figure and every method in words, as the program itself documents them; the samples, a tour and the presenter view."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.naming.glossary import CHAPTERS, Entry, glossary, methods
from analytics.naming.labels import number_text
from dashboard.parts import guided
from dashboard.parts.tables import show_table
from dashboard.state import inputs
from dashboard.text.words import plain
from sample_data import samples

#: So many figures of a search are written out below each other.
MOST = 8


def _one(entry: Entry) -> None:
    """A figure or a function: what it is, its formula, where it stands, source."""
    unit = f", {entry.unit}" if entry.unit else ""
    st.markdown(f"**{plain(entry.label)}**{plain(unit)}. {plain(entry.meaning)}")
    if entry.formula:
        st.code(entry.formula, language=None, wrap_lines=True)
    parts = [
        f"On: {', '.join(entry.pages)}." if entry.pages else "",
        f"Source: {entry.source}." if entry.source else "",
        f"In the code: {entry.function}.",
    ]
    st.caption(plain(" ".join(part for part in parts if part)))


def glossary_part() -> None:
    """All figures: sought, written out, and as a table."""
    every = glossary()
    st.subheader(f"Glossary: {len(every)} figures", anchor=False)
    sought = st.text_input("Figure", key="help-search", placeholder="reserve, waits, profit, ...").strip()
    if sought:
        words = sought.lower().split()
        found = [one for one in every if all(word in f"{one.label} {one.meaning}".lower() for word in words)]
        found.sort(key=lambda one: not all(word in one.label.lower() for word in words))
        if not found:
            st.markdown(plain(f"No figure is called or explained so: {sought}."))
        for one in found[:MOST]:
            with st.container(border=True):
                _one(one)
        if len(found) > MOST:
            st.caption(f"{number_text(len(found), 6)} figures; the first {MOST} are written out.")
    with st.expander("All figures as a table"):
        table = pd.DataFrame(
            {
                "Figure": [one.label for one in every],
                "unit": [one.unit for one in every],
                "What it is": [one.meaning for one in every],
                "Formula": [one.formula for one in every],
                "On the pages": [", ".join(one.pages) for one in every],
            }
        )
        show_table(
            table, hide_index=True, width="stretch", height=500, alt="Every figure with meaning and formula"
        )


def methods_part() -> None:
    """How it is computed, a chapter at a time."""
    every = methods()
    st.subheader(f"How it is computed: {len(every)} methods", anchor=False)
    used = [chapter for chapter in CHAPTERS.values() if any(one.chapter == chapter for one in every)]
    chosen = st.pills("Chapter", used, key="help-chapter")
    for one in every:
        if one.chapter == chosen:
            with st.expander(plain(one.about)):
                for entry in one.figures:
                    _one(entry)


def samples_part() -> None:
    """The sample companies by the question each answers."""
    st.subheader("Three sample companies, three questions", anchor=False)
    for column, sample in zip(st.columns(3, gap="medium"), samples().values(), strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{sample.title}**  \n{sample.question}")
            if st.button(
                f"Open {sample.title.lower()}", key=f"open-{sample.name}", icon=":material/arrow_forward:"
            ):
                inputs.open_sample(sample.name)
                st.switch_page("views/answer.py")


def show() -> None:
    """The page."""
    st.title("Every figure on the screen has one meaning, one formula and one place", anchor=False)
    st.markdown(
        "All of it is read from the program itself. Nothing here is written a second time, so nothing can differ."
    )
    with st.container(horizontal=True):
        if st.button("Tour of the sample: six steps", key="tour-begin", icon=":material/tour:"):
            guided.begin_tour()
        if st.button("Presenter view", key="present-begin", icon=":material/slideshow:"):
            guided.present()
    samples_part()
    glossary_part()
    methods_part()


show()
