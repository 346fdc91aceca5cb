"""A file that was dropped: what it holds, and the button that uses it; and the page of a link whose data are not here."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.errors import DataError
from analytics.naming.labels import total_text
from dashboard.file.meanings import meaning_questions, unused_answers, what_changed
from dashboard.file.questions import date_question, further_questions, join_question, remap
from dashboard.file.report import described, verdict
from dashboard.file.upload import remember_answers, remembered_answers, templates, uploaded
from dashboard.files_in_use import PROCESS, held, use
from dashboard.kept import offers
from dashboard.parts.frame import data_error, waiting
from dashboard.results import compute
from dashboard.state import inputs
from dashboard.state.choice import Source
from dashboard.team.session import this_place
from dashboard.text.words import plain

__all__ = ["new_file", "where_they_are"]


def new_file(source: Source, heading: DeltaGenerator) -> None:
    """What an uploaded file holds, and the button that uses it."""
    use(source.digest, also=True)
    try:
        with waiting("Reading") as progress:
            progress(0.3, "reading every row")
            intake, further = compute.file_intake(source)
    except DataError as error:
        unused = [p for p in error.problems if p.code == "treatment_unused"]
        if "treatments" in st.session_state.get("remembered", ()):
            error = DataError([p for p in error.problems if p not in unused], error.meanings)
        only_meant = {p.code for p in error.problems} == {"meaning_unknown"} and not any(
            m.role in ("unit", "service") for m in error.meanings
        )
        heading.title(
            "Say what some rows are, then this file can be used"
            if only_meant
            else "This file cannot be used yet",
            anchor=False,
        )
        if any(p.code == "date_order" for p in error.problems):
            date_question(error)
        further_questions(error)
        if error.meanings:
            meaning_questions(error)
        if "treatments" in st.session_state.get("remembered", ()):
            remembered_answers(source)
            if said := unused_answers((p.column, p.found) for p in unused):
                st.caption(plain(said))
        if not only_meant:
            data_error(error)
        if any("column" in p.message or p.code in ("missing_column", "mapping") for p in error.problems):
            remap(source, {}, expanded=True)
        return
    heading.title(verdict(intake), anchor=False)
    heading.markdown(
        f"{plain(source.title)}: {plain(intake.first_date)} to {plain(intake.last_date)}, {total_text(intake.report.units_used)} units net of returns."
    )
    what_changed(intake)
    remembered_answers(source)
    join_question(compute.read_source(source).joining)
    if st.button("Use this file", type="primary", icon=":material/check:", key="use-file"):
        remember_answers(
            source
        )  # what is worked out then belongs to the session: every page shows how far it is
        inputs.open_source(source, st.session_state.get("file-currency", "").strip())
        st.switch_page("views/answer.py")
    st.text_input(
        "Currency of the amounts (optional)", key="file-currency", max_chars=8, placeholder="EUR", width=240
    )
    described(
        intake,
        further,
        lambda: compute.read_source(source).history,
        source,
        "new",
        beside=compute.file_apart(source),
        stock=compute.file_stock(source),
    )


def _why_not_here(data: str) -> str:
    """Why the data of a link are not here: what is known of it, and nothing more."""
    if data in held().forgotten:
        return "Its data were forgotten, as asked for: neither sales nor answers are kept of them."
    by = offers.known(data)
    if held().was_released(data):
        why = "Its data were here and have left memory: sales are held only while a page uses them, and a minute longer."
    elif by == PROCESS:
        why = "Its data have left memory: sales are held only while a page uses them."
    elif by:
        why = "The server was restarted since its data were used, and sales are never kept on the disk."
    else:
        why = f"Its data are not held on {this_place()} now: a link carries no sales, and sales are never kept on the disk."
    return why + (
        " The answers and scenarios for them are still here and come back with the file."
        if by is not None
        else ""
    )


def where_they_are(data: str) -> None:
    """The page of a link whose data are not here: why, and a place to drop them. No figure of other data."""
    heading = st.container()
    source = uploaded()
    if source is not None:
        new_file(source, heading)
        return
    with heading:
        st.title("Drop the file that this link was made with", anchor=False)
        st.markdown(_why_not_here(data))
    templates()
