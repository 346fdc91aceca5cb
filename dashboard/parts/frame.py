"""What all pages share: opening the data with progress, and telling what is wrong with them in words.

One concept: how a page comes by its facts and what it says until it has them. Whatever is under way, on this page or beside
it, is one kind of work, told by the same words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import streamlit as st

from analytics.errors import DataError
from analytics.naming.labels import percent_text
from dashboard.levers.what_ifs import what_ifs_of
from dashboard.number_form import keep_names, spoken_chart
from dashboard.parts import sidebar
from dashboard.parts.tables import show_table
from dashboard.parts.what_changed import what_changed_strip
from dashboard.results import compute
from dashboard.results.facts import Facts, Known
from dashboard.results.result_cache import Progress, Work
from dashboard.state import inputs
from dashboard.state.choice import Choice
from dashboard.state.who import data_are_of
from dashboard.text.words import plain

__all__ = ["SHOWN_WORK", "Drawn", "beside", "data_error", "draw", "elsewhere", "looked", "opened", "small", "under_way", "waiting"]  # fmt: skip

#: Shorter work is waited for without an intermediate page.
PATIENCE_SECONDS = 0.4

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
        place.progress(
            min(max(share, 0.0), 1.0), f"{text}: {_WORDS.get(doing, doing[:1].upper() + doing[1:])}"
        )

    try:
        yield show
    finally:
        place.empty()


def data_error(error: DataError, what: str = "This file cannot be used yet.") -> None:
    """Everything wrong with an input (`what`), as a table of where, what and what to do; never a traceback."""
    problems = error.table()
    count = len(problems)
    st.error(
        f"{what} " + ("One thing has to change:" if count == 1 else f"{count} things have to change:"),
        icon=":material/error:",
    )
    problems = problems.assign(
        remedy=[re.sub(r" \(option mapping[^)]*\)", " below", str(r)) for r in problems["remedy"]]
    )
    table = problems.assign(
        row=[f"{int(r)}" if r == r and r is not None else "whole file" for r in problems["row"]]
    )
    shown = (
        table[["row", "column", "message", "found", "expected", "remedy"]]
        .astype(str)
        .rename(columns={"remedy": "what to do", "message": "what is wrong"})
    )
    show_table(
        shown if what.startswith("This file") else shown.drop(columns="row"),
        hide_index=True,
        width="stretch",
        alt="What is wrong: row, column, found, expected, what to do",
    )


def _unusable(error: Exception) -> None:
    if isinstance(error, MemoryError):
        st.title("These data do not fit in the memory of this machine", anchor=False)
        st.error(
            "Nothing was lost. Close other programs, or use fewer products at a time, or totals by month.",
            icon=":material/error:",
        )
        st.stop()
    if not isinstance(error, DataError):
        raise error
    st.title("This file cannot be used yet", anchor=False)
    data_error(error)
    if not inputs.choice().source.sample:
        st.button(
            "Forget this file", on_click=inputs.give_up, icon=":material/delete:", key="forget-unusable"
        )
    st.stop()


def _names(choice: Choice, facts: Facts) -> Iterator[str]:
    """Every name of the data that a page may show."""
    yield choice.source.title
    yield from (name for name, _ in choice.source.sales)
    for column in ("sku", "name", "family"):
        yield from facts.products[column].astype(str)
    yield from facts.waiting["customer"].astype(str)
    yield from facts.intake.channels["name"].astype(str)


def _about(choice: Choice, facts: Facts) -> None:
    intake = facts.intake
    keep_names(facts.digest, lambda: _names(choice, facts))
    data_are_of(choice.source.digest, intake.last_date)
    sidebar.about(
        [
            facts.title,
            f"{len(facts.products):,} products, {intake.report.rows_used:,} rows",
            f"{intake.first_date} to {intake.last_date}",
        ],
        bool(choice.source.sample),
    )
    if moved := what_ifs_of(facts):
        st.caption(plain(" ".join(moved)))
    compute.warm(choice)


def looked(need: Known = Known.ALL) -> tuple[Choice, Facts | None, Work | None]:
    """The choice on the screen; its facts as far as they are known, and the work under way (None: all that the page needs is known).

    What a page does not need is not computed. Where only prices were changed, expected money is there at once and the rest follows; where more
    was changed there are no facts until it is computed: nothing of an old setting is shown meanwhile. Stops the page
    on unusable data.
    """
    choice = inputs.choice()
    facts = compute.at_once(choice)
    if facts is not None and facts.known >= need:
        compute.leave(choice)
        _shown(choice, facts)
        return choice, facts, None
    work = compute.start(choice, need)
    if work.wait(0.0 if facts is not None else PATIENCE_SECONDS):
        if work.error is not None:
            _unusable(work.error)
        facts = compute.facts(choice, need=need)
        _shown(choice, facts)
        return choice, facts, None
    _shown(choice, facts)
    return choice, facts, work


def _shown(choice: Choice, facts: Facts | None) -> None:
    """What the sidebar says of the data, and above the page what was changed last.

    In a place of its own whether or not there is anything to say: what stands below would else be built anew, and a lever lose its focus.
    """
    with st.container():
        if facts is not None:
            _about(choice, facts)
        what_changed_strip(choice, facts)


@st.fragment(run_every=0.5)
def _watched(work: Work, choice: Choice) -> None:
    """How far the work is; the page is drawn again when there is something to show."""
    if work.done or compute.is_ready(choice, Known.YEARS):
        st.rerun(scope="app")
    st.progress(
        min(max(work.share, 0.0), 1.0),
        _WORDS.get(work.doing, work.doing[:1].upper() + work.doing[1:]) or "Starting",
    )


@st.fragment(run_every=0.5)
def _watched_beside(work: Work) -> None:
    if work.done:
        if work.error is not None:
            raise work.error
        st.rerun(scope="app")
    st.progress(min(max(work.share, 0.0), 1.0), f"{work.doing[:1].upper()}{work.doing[1:]}" or "Starting")


def beside(part: str, key: tuple[str, ...], make: Callable[[Progress], Any], patience: float = 0.0) -> None:
    """Compute one part of a page (`part`) beside it, with its progress in its place; the page is drawn again when `make` is done.

    The rest of the page does not wait for it, but for the `patience` (seconds) that a short work is given, and what the part was asked for before (another `key`) is given up.
    """
    works: dict[str, Work] = st.session_state.setdefault("_beside", {})
    work = works.get(part)
    if work is None or work.key != key or (work.done and work.error is None):
        if work is not None:
            work.give_up()
        work = works[part] = Work(key, lambda _, progress: make(progress))
        if patience and work.wait(patience) and work.error is None:
            st.rerun()
    _watched_beside(work)


#: What is settled and what is still open, by how much of a setting is known.
_SETTLED = {
    Known.MONEY: (
        "expected amounts of every product and plan, at the new setting",
        "ranges, probabilities, the line of shared components, which products are too close to call, and what would turn them",
    ),
    Known.YEARS: (
        "amounts and ranges of every product and plan, and what is done with each",
        "what would turn each choice, so how sure it is, and which answers sharpen it",
    ),
    Known.TURNS: (
        "amounts, ranges, and how sure each choice is",
        "what moves the gain most, and which answers sharpen it",
    ),
}


def still_open(doing: str, known: Known = Known.MONEY) -> str:
    """What of a page is settled while so much is `known` and the rest is worked out, and what is done now (`doing`, as the work says it)."""
    now = _WORDS.get(doing, doing)
    settled, left = _SETTLED[known]
    return f"Settled: {settled}. Still being worked out: {left}" + (
        f" (now: {now[:1].lower()}{now[1:]})." if now else "."
    )


@st.fragment(run_every=0.5)
def _watched_quietly(work: Work, choice: Choice, known: Known) -> None:
    if work.done or compute.is_ready(choice, Known(known + 1)):
        st.rerun(scope="app")
    st.markdown(f":orange-badge[Recomputing] {still_open(work.doing, known)}")


def under_way(choice: Choice, facts: Facts | None, work: Work) -> None:
    """Says what is being computed, with progress, until it is done."""
    st.session_state[SHOWN_WORK] = work
    if facts is None:
        _watched(work, choice)
    else:
        _watched_quietly(work, choice, facts.known)


#: The work whose progress the page itself shows.
SHOWN_WORK = "_work shown"


@st.fragment(run_every=1.0)
def _watched_elsewhere(works: list[tuple[str, Work]]) -> None:
    """How far works are that the page does not show; one that is done is no longer listed."""
    left = [(title, work) for title, work in works if not work.done]
    if len(left) < len(works):
        st.rerun(scope="app")
    for title, work in left:
        doing = _WORDS.get(work.doing, work.doing) or "starting"
        st.caption(
            f"**{plain(title)}** is being worked out: {doing[:1].lower()}{doing[1:]}, {percent_text(work.share)} done. "
            "It goes on whichever page you look at."
        )


def elsewhere() -> None:
    """Says what this session works out beside the page, wherever the page itself does not: leaving a page loses no work."""
    shown = st.session_state.get(SHOWN_WORK)
    titles = {compute.data_key(one): "Your file" if one.anonymous else one.source.title for one in inputs.choices().values()}  # fmt: skip
    works = [
        (titles[key], work)
        for key, work in st.session_state.get("_works", {}).items()
        if work is not shown and not work.done and key in titles
    ]
    if works:
        _watched_elsewhere(works)


def opened(titled: bool = False, need: Known = Known.ALL) -> tuple[Choice, Facts]:
    """The choice on the screen and its facts, as far as the page needs them.

    Where they are not known yet, the page (`titled` already or not) shows the progress and stops.
    """
    choice, facts, work = looked(need)
    if work is not None:
        if facts is None and not titled:
            st.title("Working it out", anchor=False)
        under_way(choice, facts, work)
    if facts is None:
        st.stop()
    return choice, facts


class Drawn:
    """A chart as Streamlit asks for it, without holding it against the schema of charts at every run, which takes longer than all else: tests do."""

    def __init__(self, chart: Any) -> None:
        self.chart = chart

    def to_dict(self) -> dict[str, Any]:
        """The description of the chart."""
        return spoken_chart(self.chart)


def draw(chart: Any, alt: str) -> None:
    """A chart in its own theme; `alt` states the takeaway for those who do not see it."""
    st.altair_chart(cast(Any, Drawn(chart)), width="stretch", theme=None, alt=alt)


def small(text: str) -> None:
    """Small print below a figure; the line may hold text of a file. Nothing where there is nothing to say."""
    if text:
        st.caption(plain(text))
