"""The sidebar: data set, scenario, currency, and the form of numbers and dates."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.files_in_use import use
from dashboard.number_form import form_part
from dashboard.state import inputs, memory
from dashboard.state.address import same_state
from dashboard.state.choice import opened_as
from dashboard.text.words import plain
from sample_data import samples

__all__ = ["about", "sidebar"]

AS_ASSUMED = "As assumed"
WITH_ANSWERS = "With your answers"


def _changed_data() -> None:
    inputs.close_products()


def _changed_scenario(key: str, shown: str) -> None:
    name = st.session_state[key]
    if (
        name == shown
    ):  # a browser that has not heard of the last answer yet says what it shows: nobody chose that
        return
    current = inputs.choice()
    saved = inputs.scenarios()
    if name == AS_ASSUMED:
        inputs.look_at(opened_as(current))
    elif name in saved:
        # how stock is valued belongs to the data, not to a scenario of them
        inputs.look_at(replace(current.at(saved[name]), anonymous=current.anonymous, policy=current.policy))


def _changed_currency(key: str) -> None:
    inputs.keep(replace(inputs.choice(), currency=str(st.session_state[key]).strip()))


def _seen(count: int) -> None:
    st.session_state["_seen"] = count


def _told() -> None:
    """What has to be told about kept work, until this session has read it."""
    notes = memory.said()
    new = notes[st.session_state.get("_seen", 0) :]
    if new:
        st.sidebar.warning(
            "  \n".join(plain(note[:1].upper() + note[1:]) + "." for note in new), icon=":material/info:"
        )
        st.sidebar.button(
            "Read",
            on_click=_seen,
            args=(len(notes),),
            key="notes-read",
            type="tertiary",
            icon=":material/done:",
        )


def sidebar() -> None:
    """The sidebar: data set, scenario, currency, form of numbers; nothing else."""
    if inputs.lost():
        _without_data()
        return
    choices = inputs.choices()
    use(*(choices[name].source.digest for name in (inputs.OWN,) if name in choices))
    if "_open" in st.session_state:
        st.session_state["data"] = st.session_state.pop("_open")
    options = [*samples(), *([inputs.OWN] if inputs.OWN in choices else [])]
    titles = {name: sample.title for name, sample in samples().items()}
    if inputs.OWN in choices:
        titles[inputs.OWN] = (
            "Your file" if choices[inputs.OWN].anonymous else choices[inputs.OWN].source.title
        )
    with st.sidebar:
        st.markdown("**stock-or-order**")
        st.selectbox(
            "Data", options, format_func=lambda name: titles[name], key="data", on_change=_changed_data
        )
        current = inputs.choice()
        st.session_state["_about"] = st.container()
        saved = {name: current.at(state) for name, state in inputs.scenarios().items()}
        where = next(
            (name for name, one in saved.items() if same_state(one, current)),
            AS_ASSUMED if same_state(current, opened_as(current)) else WITH_ANSWERS,
        )
        names = [
            AS_ASSUMED,
            *([WITH_ANSWERS] if where == WITH_ANSWERS else []),
            *(name for name in saved if name not in (AS_ASSUMED, WITH_ANSWERS)),
        ]
        where = where if where in names else names[0]
        # one widget for each scenario on the screen, so that it knows what it showed when a browser speaks of it later
        key = f"scenario-{current.source.digest[:8]}-{where}"
        st.session_state[key] = where
        st.selectbox(
            "Scenario",
            names,
            key=key,
            on_change=_changed_scenario,
            args=(key, where),
            help="Save and compare scenarios on the Assumptions page.",
        )
        key = f"currency-{current.source.digest}"
        st.session_state[key] = current.currency
        st.text_input(
            "Currency",
            max_chars=8,
            key=key,
            on_change=_changed_currency,
            args=(key,),
            placeholder="none",
            help="Only the name of the unit: nothing is converted.",
        )
        form_part("number-form")
    _told()


def _left_lost() -> None:
    st.session_state.pop("_lost", None)
    st.session_state["_open"] = st.session_state["instead"]


def _without_data() -> None:
    """The sidebar while the address names data that are not here: nothing of other data."""
    titles = {name: sample.title for name, sample in samples().items()}
    with st.sidebar:
        st.markdown("**stock-or-order**")
        st.selectbox(
            "Data",
            list(titles),
            index=None,
            format_func=lambda name: titles[name],
            key="instead",
            placeholder="or a sample company",
            on_change=_left_lost,
        )
    _told()


def about(lines: list[str], sample: bool) -> None:
    """What the sidebar says of the data on the screen."""
    place = st.session_state.get("_about")
    if place is not None:
        with place:
            with st.container(horizontal=True, gap="small"):
                st.badge("Sample" if sample else "Your file", color="blue" if sample else "green")
                if inputs.choice().anonymous:
                    st.badge("Names hidden", color="gray")
            st.caption("  \n".join(plain(line) for line in lines))
