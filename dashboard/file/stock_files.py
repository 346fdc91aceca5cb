"""Stock on hand, goods received and promotions brought to data that are on the screen: dropped, read, and used at once; what was answered stays."""

from __future__ import annotations

import streamlit as st

from analytics.errors import DataError
from dashboard.file.report import stock_read_part, verdict
from dashboard.file.upload import stock_files_dropped
from dashboard.parts.frame import data_error, small, waiting
from dashboard.results import compute
from dashboard.results.facts import Known
from dashboard.results.intake import Intake
from dashboard.state import inputs
from dashboard.state.choice import Choice, Source
from dashboard.text.words import plain, sentence

__all__ = ["stock_files_part"]


def stock_files_part(choice: Choice) -> None:
    """The drop zone for stock, goods received and promotions of the data on the screen.

    Beside a sample they make, with its own files, data of one's own.
    """
    if choice.anonymous:
        return
    names = ", ".join(name for name, _ in choice.source.beside)
    none = "Bring a file of stock on hand, of goods received, or of promotions"
    title = f"Beside the sales: {names}" if names else none
    with st.expander(plain(title)):
        dropped = stock_files_dropped("beside-added")
        if not dropped:
            words = "What a file is, is told by what is in it. It takes the place of those brought before."
            small(f"{words} The stock of an items file counts where no list of stock is brought.")
            if choice.source.sample:
                small(
                    "The sample stays as it is: its files open with yours beside them, as data of your own."
                )
            return
        source = inputs.with_stock_files(dropped)
        try:
            with waiting("Reading") as progress:
                progress(0.3, "reading every row")
                _, further = compute.file_intake(source)
        except DataError as error:
            data_error(error)
            return
        _read(source, further)
        if st.button("Use these files", type="primary", icon=":material/check:", key="use-beside"):
            try:
                with waiting("Deciding") as progress:
                    compute.facts(inputs.choice_with(source), progress, Known.YEARS)
            except DataError as error:
                data_error(error)
                return
            inputs.use_stock_files(source)
            st.rerun()


def _read(source: Source, further: dict[str, Intake]) -> None:
    """How the files were read, in short; in full on the page Data once they are used."""
    for what in ("Stock", "Receipts", "Promotions"):
        if what in further:
            one = further[what]
            st.markdown(plain(f"{what}, {one.report.source}: {verdict(one)[:1].lower()}{verdict(one)[1:]}."))
            for problem in one.report.problems:
                small(sentence(problem.message))
    if "Stock" in further and (stock := compute.file_stock(source)) is not None:
        stock_read_part(stock)
