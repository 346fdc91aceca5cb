"""Being led through the pages: a tour of a sample in six steps, and the presenter view. Both can be left on every page."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.state import inputs
from dashboard.state.address import PRESENTING, TOURING
from sample_data import samples

__all__ = ["PRESENTED", "TOUR", "Step", "begin_tour", "guide", "present", "presenting"]

#: Pages in the order in which they are presented: name of the file, title.
PRESENTED = (
    ("answer", "Answer"),
    ("compare", "Compare"),
    ("products", "Products"),
    ("demand", "Demand"),
    ("limits", "Limits"),
    ("risk", "Stock and risk"),
    ("replay", "Past"),
    ("assumptions", "Assumptions"),
    ("report", "Report"),
)

_LARGER = """<style>
[data-testid="stSidebar"], [data-testid="stSidebarCollapsedControl"], [data-testid="stExpandSidebarButton"], [data-testid="stHeader"] { display: none !important; }
html { font-size: 19px !important; }
.stMainBlockContainer { max-width: 100rem; padding-top: 1.2rem; }
</style>"""


@dataclass(frozen=True)
class Step:
    """One step of the tour: the page it is on, what to look at there."""

    page: str
    look: str


TOUR = (
    Step("answer", "The title is the answer: which products to make to stock or to order, and what that is worth against what is done today."),
    Step("compare", "The same demand under every plan. Move a lever below the chart: every page follows at once."),
    Step("products", "The map shows where stock pays and where it does not. Drag over it, or open a product, to see what to do with it."),
    Step("risk", "What lies in stock, how old it is, what may have to be written off, and what the rules ask to set aside."),
    Step("assumptions", "What is assumed and what you confirmed. Confirming a value narrows the range of the answer."),
    Step("data", "Your turn: drop a sales history with date, product and quantity. It stays on this machine."),
)  # fmt: skip


def begin_tour() -> None:
    """Begin the tour, on a sample where one's own file is on the screen."""
    st.session_state[TOURING] = 0
    st.session_state.pop(PRESENTING, None)
    if not inputs.choice().source.sample:
        inputs.open_sample(next(iter(samples())))
    inputs.close_products()
    st.switch_page(f"views/{TOUR[0].page}.py")


def present() -> None:
    """Begin the presenter view with the answer."""
    st.session_state[PRESENTING] = True
    st.session_state.pop(TOURING, None)
    st.switch_page("views/answer.py")


def presenting() -> bool:
    """Whether the presenter view is on."""
    return bool(st.session_state.get(PRESENTING))


def _leave() -> None:
    st.session_state.pop(TOURING, None)
    st.session_state.pop(PRESENTING, None)


def _tour(at: int) -> None:
    step = TOUR[at]
    with st.container(border=True, key="no-print-tour"):
        st.markdown(f":blue-badge[Step {at + 1} of {len(TOUR)}] {step.look}")
        with st.container(horizontal=True):
            back = st.button("Back", key="tour-back", icon=":material/arrow_back:", disabled=at == 0)
            last = at + 1 == len(TOUR)
            forth = not last and st.button(
                "Next", key="tour-next", type="primary", icon=":material/arrow_forward:"
            )
            st.button("End of the tour" if last else "Leave the tour", key="tour-leave", on_click=_leave)
    if back or forth:
        to = at + 1 if forth else at - 1
        st.session_state[TOURING] = to
        st.switch_page(f"views/{TOUR[to].page}.py")


def _present(page: str) -> None:
    files = [file for file, _ in PRESENTED]
    at = files.index(page) if page in files else 0
    st.html(_LARGER)
    with st.container(horizontal=True, vertical_alignment="center", key="no-print-present"):
        back = st.button("Previous", key="present-back", icon=":material/arrow_back:", disabled=at == 0)
        forth = st.button(
            "Next", key="present-next", icon=":material/arrow_forward:", disabled=at + 1 == len(PRESENTED)
        )
        st.caption(f"{PRESENTED[at][1]}, {at + 1} of {len(PRESENTED)}")
        st.button("Leave the presenter view", key="present-leave", type="tertiary", on_click=_leave)
    if back or forth:
        st.switch_page(f"views/{files[at + 1 if forth else at - 1]}.py")


def guide(page: str) -> None:
    """What leads through the pages, above the page (the name of its file) on the screen; nothing where nobody asked for it."""
    if presenting():
        _present(page)
    elif TOURING in st.session_state:
        _tour(min(int(st.session_state[TOURING]), len(TOUR) - 1))
