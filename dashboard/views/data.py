"""Data: a file in, what was understood of it, what is wrong with it, and the button that uses it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.assumptions import Assumptions
from analytics.errors import DataError
from analytics.labels import total_text
from dashboard import compute, inputs
from dashboard.choice import Choice, Source
from dashboard.downloads import downloads
from dashboard.file.questions import date_question, further_questions, remap
from dashboard.file.report import described, verdict
from dashboard.file.upload import templates, uploaded
from dashboard.frame import data_error, opened, waiting
from dashboard.margin_words import margin_part
from dashboard.stock_part import stock_balance
from dashboard.words import plain


def new_file(source: Source, heading: DeltaGenerator) -> None:
    """What an uploaded file holds, and the button that uses it."""
    try:
        with waiting("Reading") as progress:
            progress(0.3, "reading every row")
            intake, items, bom = compute.file_intake(source)
    except DataError as error:
        heading.title("This file cannot be used yet", anchor=False)
        if any(p.code == "date_order" for p in error.problems):
            date_question(error)
        further_questions(error)
        data_error(error)
        if any("column" in p.message or p.code in ("missing_column", "mapping") for p in error.problems):
            remap(source, {}, expanded=True)
        return
    heading.title(verdict(intake), anchor=False)
    heading.markdown(f"{plain(source.title)}: {plain(intake.first_date)} to {plain(intake.last_date)}, {total_text(intake.units_used)} units net of returns.")
    if st.button("Use this file", type="primary", icon=":material/check:", key="use-file"):
        try:
            with waiting("Deciding") as progress:
                compute.facts(Choice(source, Assumptions(), st.session_state.get("file-currency", "").strip()), progress)
        except DataError as error:
            data_error(error)
            return
        inputs.open_source(source, st.session_state.get("file-currency", "").strip())
        st.switch_page("views/answer.py")
    st.text_input("Currency of the amounts (optional)", key="file-currency", max_chars=8, placeholder="EUR", width=240)
    further = {"Items": items, "Bill of materials": bom}
    described(intake, {what: one for what, one in further.items() if one is not None}, lambda: compute.read_source(source).history, source, "new")


def show() -> None:
    """The page."""
    choice, facts = opened()
    heading = st.container()
    source = uploaded()
    if source is not None:
        new_file(source, heading)
        templates()
        return
    with heading:
        st.title(verdict(facts.intake) if not choice.source.sample else "Bring your sales history: three columns are enough", anchor=False)
        st.markdown("Nothing leaves this machine." + ("" if not choice.source.sample else f" On the screen now is the sample **{choice.source.title}**; below is how it was read."))
    templates()
    if not choice.source.sample:
        st.button("Forget this file", on_click=inputs.give_up, icon=":material/delete:", type="tertiary")
    described(facts.intake, {}, lambda: compute.study(choice).history, None, "current")
    margin_part(facts, whole=True)
    stock_balance(facts)
    st.subheader("Take away", anchor=False)
    downloads(choice, "take")


show()
