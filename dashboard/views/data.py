"""Data: a file in, what was understood of it, what is wrong with it, and the button that uses it."""

from __future__ import annotations

import streamlit as st

from dashboard.file.new import new_file
from dashboard.file.report import described, verdict
from dashboard.file.stock_files import stock_files_part
from dashboard.file.upload import templates, uploaded
from dashboard.parts.downloads import downloads
from dashboard.parts.frame import opened
from dashboard.parts.stock import stock_balance
from dashboard.results import compute
from dashboard.results.facts import Known
from dashboard.state import inputs
from dashboard.team.session import this_place
from dashboard.text.margin_words import margin_of_year, margin_part

#: How soon there is an answer: a thousand products take a minute of an idle machine.
AN_ANSWER = "An answer for a thousand products is there in about a minute once your columns are clear; otherwise after the questions we must ask."


def show() -> None:
    """The page."""
    heading = st.container()
    source = uploaded()
    if source is not None:
        new_file(source, heading)
        templates()
        return
    templates()
    sample = inputs.choice().source.sample
    with heading:  # a file can be dropped while the figures of another one are worked out
        if sample:
            st.title("Bring your sales history: three columns are enough", anchor=False)
        choice, facts = opened(titled=bool(sample), need=Known.MONEY)
        if not sample:
            st.title(verdict(facts.intake), anchor=False)
        shown = f" On the screen now is the sample **{choice.source.title}**; below is how it was read."
        st.markdown(f"Nothing leaves {this_place()}." + (f" {AN_ANSWER}{shown}" if sample else ""))
    if not sample:
        st.button("Forget this file", on_click=inputs.give_up, icon=":material/delete:", type="tertiary")
    own = not choice.source.sample and not choice.anonymous
    described(
        facts.intake,
        compute.file_intake(choice.source)[1] if own else {},
        lambda: compute.study(choice, sure=False).history,
        None,
        "current",
        margin_of_year(choice) if facts.has_money else None,
        (facts.orders_on_hand, facts.receipts),
        compute.file_stock(choice.source) if own else None,
    )
    margin_part(facts, whole=True)
    stock_files_part(choice)
    stock_balance(facts)
    st.subheader("Take away", anchor=False)
    downloads(choice, "take")


show()
