"""Slides in a company's own look: its presentation brought on the page Report, looked at at once and kept for the session."""

from __future__ import annotations

import streamlit as st

from analytics.errors import DataError
from dashboard.parts.frame import data_error
from dashboard.text.words import plain

__all__ = ["template_in_use", "template_part"]

#: The name and the bytes of the presentation that slides are written on.
_KEPT, _TIMES = "_template of slides", "_templates left"
#: A presentation has at most so many megabytes.
_MOST_MB = 50


def template_in_use() -> bytes | None:
    """The presentation whose masters the slides of this session take, None for the plain look."""
    kept: tuple[str, bytes] | None = st.session_state.get(_KEPT)
    return None if kept is None else kept[1]


def template_part() -> None:
    """Where a presentation is brought or left again; of one that cannot be used words say why."""
    kept: tuple[str, bytes] | None = st.session_state.get(_KEPT)
    with st.expander("Slides in your company's look"):
        dropped = st.file_uploader("Your company's presentation (PPTX): its masters and size are taken, its slides left out",
                                   type="pptx", max_upload_size=_MOST_MB, key=f"slides-template-{_times()}")  # fmt: skip
        if dropped is not None and (kept is None or kept[1] != dropped.getvalue()):
            kept = _looked_at(dropped.name, dropped.getvalue())
            st.session_state[_KEPT] = kept
        if kept is not None:
            st.caption(f"Slides are written on {plain(kept[0])}, in this session.")
            st.button("Back to the plain look", on_click=_plain, key="slides-plain")


def _looked_at(name: str, content: bytes) -> tuple[str, bytes] | None:
    """The presentation, where slides can be written on it."""
    from analytics.writeup.slides.template import ground

    try:
        ground(content)
    except DataError as error:
        data_error(error, "Slides cannot be written on this file.")
        return None
    return name, content


def _times() -> int:
    """How often the plain look was gone back to: each time another place for files, which is empty."""
    return int(st.session_state.get(_TIMES, 0))


def _plain() -> None:
    st.session_state.pop(_KEPT, None)
    st.session_state[_TIMES] = _times() + 1
