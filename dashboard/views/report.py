"""Report: a page that prints, and what people take away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analytics.naming.labels import Verdict, money_text, strategy_text, total_text
from analytics.writeup.takeaway.tables import (
    PLANS_CAPTION,
    changes_lines,
    open_assumptions,
    plans_table,
    steps_table,
)
from dashboard.levers.own_rule import words_of_rule
from dashboard.month.part import again_part
from dashboard.number_form import spoken_rows
from dashboard.parts.downloads import downloads
from dashboard.parts.frame import opened
from dashboard.parts.gain_pictures import bridge_part, where_it_pays
from dashboard.parts.tables import in_narrow_window, show_table
from dashboard.product.two_together import with_together
from dashboard.state import inputs
from dashboard.take_away.settings import settings_part
from dashboard.take_away.template import template_part
from dashboard.take_away.todays_list import todays_list_part
from dashboard.text.headline import headline
from dashboard.text.words import plain


def safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Text of a table made plain, its index and headings too, because a printed table reads Markdown."""

    def text(cell: object) -> object:
        return plain(cell) if isinstance(cell, str) else cell

    return frame.map(text).rename(index=text, columns=text)


def printed(frame: pd.DataFrame, holds: str) -> None:
    """A table that prints as it stands; in a narrow window the cards that every page has there."""
    if in_narrow_window():
        show_table(frame.reset_index(), alt=holds)
    else:
        st.table(spoken_rows(safe(frame)), alt=holds)


def show() -> None:
    """The page."""
    choice, facts = opened()
    facts = with_together(choice, facts)
    words = headline(facts)
    st.title(plain(words.title), anchor=False)
    st.caption(
        plain(
            f"{facts.title}{' (sample)' if facts.sample else ''}; {facts.intake.first_date} to {facts.intake.last_date}; "
            f"amounts in {facts.currency or 'the currency of the file'} over the next 12 months."
        )
    )
    for sentence in words.sentences:
        st.markdown(sentence)
    with st.container(key="no-print"):
        key = f"hide-names-{choice.source.digest[:8]}"
        st.session_state[key] = choice.anonymous
        st.toggle("Hide all names", key=key, on_change=lambda: inputs.hide_names(bool(st.session_state[key])),
                  help="Products, families, channels, customers and files get made-up names on every page, in every file and in the address. Figures stay the same.")  # fmt: skip
    if facts.has_money:
        where_it_pays(facts)
        bridge_part(facts)
    st.subheader("Plans on the same demand", anchor=False)
    printed(plans_table(facts.portfolio, facts.has_money, facts.pending), "Plans in figures")
    st.caption(PLANS_CAPTION)
    if facts.own_rule:
        st.caption(plain(f"Mine: {words_of_rule(facts)}"))
    if not facts.answer.keep_what_you_do:
        st.subheader("What to do first", anchor=False)
        printed(steps_table(facts.products, facts.has_money), "What to do first")
    if facts.has_money and not facts.answer.keep_what_you_do:
        for heading, line in changes_lines(facts.products).items():
            st.markdown(f"**{heading}:** {plain(line)}")
    if facts.has_money and abs(facts.shared) >= 0.5:
        st.caption(plain(f"Line 'shared components': {money_text(facts.shared, facts.currency, 3)}."))
    for _, row in facts.products[facts.products["verdict"] == Verdict.CHOSEN_BY_YOU].iterrows():
        st.markdown(
            f"- {plain(row['name'])}: {plain(strategy_text(row['recommended'], row['make_or_buy'] == 'make'))}. {plain(row['reason'])}"
        )
    again_part(choice, facts)
    st.subheader("Not confirmed", anchor=False)
    live = ~facts.products["ended"].to_numpy(bool)
    printed(open_assumptions(facts.items, live, facts.currency), "Assumptions that nobody has confirmed")
    st.subheader("The data", anchor=False)
    read = facts.intake.report
    st.markdown(
        plain(
            f"{read.rows_read:,} rows read, {read.rows_used:,} used, {read.rows_rejected:,} set aside; {total_text(read.gross_units)} units sold, "
            f"{total_text(read.returned_units)} returned; revenue "
            + (f"{read.revenue_used:,.2f}." if np.isfinite(read.revenue_used) else "not in the file.")
        )
    )
    for note in facts.notes:
        st.markdown(f"- {plain(note)}")
    with st.container(key="no-print-files"):
        st.subheader("Take away", anchor=False)
        place = st.container()  # what is brought below is what the slides above are written on
        template_part()
        with place:
            downloads(choice, "report")
        todays_list_part(choice)
        settings_part(choice, facts.has_money)
    st.caption(
        plain(
            f"stock-or-order {facts.version}, seed {facts.seed}, data {facts.digest[:16]}. Same file, seed and version: the same cent."
        )
    )


show()
