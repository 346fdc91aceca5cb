"""What all pages share: opening the data with progress, and telling what is wrong with them in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from analytics.errors import DataError
from dashboard import inputs
from dashboard.facts import Facts
from dashboard.inputs import Choice
from dashboard.words import plain

__all__ = ["data_error", "draw", "opened", "small", "waiting"]

Progress = Callable[[float, str], None]

_WORDS = {
    "opening the sample": "Opening the sample",
    "adding up demand": "Adding up demand",
    "forecasting": "Forecasting every product",
    "simulating": "Simulating a year of every strategy",
}


@contextmanager
def waiting(text: str) -> Iterator[Progress]:
    """A bar with what is being done, gone when it is done."""
    place = st.empty()

    def show(share: float, doing: str) -> None:
        place.progress(min(max(share, 0.0), 1.0), f"{text}: {_WORDS.get(doing, doing[:1].upper() + doing[1:])}")

    try:
        yield show
    finally:
        place.empty()


def data_error(error: DataError) -> None:
    """Everything wrong with an input, as a table of where, what and what to do; never a traceback."""
    problems = error.table()
    count = len(problems)
    st.error("This file cannot be used yet. " + ("One thing has to change:" if count == 1 else f"{count} things have to change:"), icon=":material/error:")
    problems = problems.assign(remedy=[re.sub(r" \(option mapping[^)]*\)", " below", str(r)) for r in problems["remedy"]])
    table = problems.assign(row=[f"{int(r)}" if r == r and r is not None else "whole file" for r in problems["row"]])
    st.dataframe(
        table[["row", "column", "message", "found", "expected", "remedy"]].astype(str).rename(columns={"remedy": "what to do", "message": "what is wrong"}),
        hide_index=True,
        width="stretch",
        alt="What is wrong with the file: row, column, found, expected, what to do",
    )


def opened() -> tuple[Choice, Facts]:
    """The choice on the screen and its facts, computed with progress where needed. Stops the page on unusable data."""
    from dashboard import compute

    choice = inputs.choice()
    try:
        if compute.is_ready(choice):
            facts = compute.facts(choice)
        else:
            with waiting("Working it out") as progress:
                facts = compute.facts(choice, progress)
    except DataError as error:
        st.title("This file cannot be used yet", anchor=False)
        data_error(error)
        st.stop()
    intake = facts.intake
    period = f"{intake.first_date} to {intake.last_date}"
    inputs.about([choice.source.title, f"{len(facts.products):,} products, {intake.rows_used:,} rows", period], bool(choice.source.sample))
    compute.warm()
    return choice, facts


def draw(chart: Any, alt: str) -> None:
    """A chart in its own theme; `alt` states the takeaway for those who do not see it."""
    st.altair_chart(chart, width="stretch", theme=None, alt=alt)


def small(text: str) -> None:
    """Small print below a figure; the line may hold text of a file."""
    st.caption(plain(text))
