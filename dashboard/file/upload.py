"""Files in: templates to start from, and what was dropped on the page as a source of a study."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import memory, reading
from dashboard.choice import Source, file_source

__all__ = ["templates", "uploaded"]

#: answers about a file that stay while it is open
_ANSWERS = ("date-order", "file-decimal", "file-encoding", "file-start", "kept-lines")


def templates() -> None:
    """What a file must hold, and examples to start from."""
    st.markdown(
        "**Three columns are needed**: date, product, quantity. Price or revenue opens the money; order, customer, channel, promised and ship date "
        "sharpen it. Usual names in English, German, French and Spanish are found by themselves."
    )
    with st.container(horizontal=True):
        for kind, words in (("sales", "sales"), ("items", "items"), ("bom", "bill of materials")):
            st.download_button(f"Template for {words}", _template(kind), f"{kind}_template.csv", "text/csv", on_click="ignore", icon=":material/download:", type="tertiary")


def _template(kind: str) -> Callable[[], bytes]:
    """What makes a template when it is asked for: the page loads without the reader of files."""

    def made() -> bytes:
        from analytics.data.templates import TEMPLATES

        return TEMPLATES[kind].encode()

    return made


def uploaded() -> Source | None:
    """The files dropped, as a source; None where there are none."""
    reading.reader().start()  # it loads while the files are chosen
    left, right = st.columns(2, gap="large")
    words = "Sales history: one file or several; items and bill of materials may be among them"
    sales = left.file_uploader(words, accept_multiple_files=True, key="sales-files", max_upload_size=200)
    with right:
        items = st.file_uploader("Items (optional): costs, lead times, families, stock", key="items-file", max_upload_size=50)
        bom = st.file_uploader("Bill of materials (optional): parent, component, quantity", key="bom-file", max_upload_size=50)
    if not sales:
        return None
    for name in _ANSWERS:
        if name in st.session_state:  # an answer outlives its question, which disappears once it is answered
            st.session_state[name] = st.session_state[name]
    order = st.session_state.get("date-order") or ""
    files = tuple((f.name, f.getvalue()) for f in sales)
    options = {name: str(st.session_state[f"file-{name}"]).strip() for name in ("decimal", "start", "encoding") if st.session_state.get(f"file-{name}")}
    options |= dict.fromkeys(st.session_state.get("kept-lines") or (), "keep")
    further = [(one.name, one.getvalue()) if one else None for one in (items, bom)]
    return file_source(files, further[0], order, _named_columns(files), tuple(sorted(options.items())), further[1])


def _named_columns(files: tuple[tuple[str, bytes], ...]) -> tuple[tuple[str, str], ...]:
    """The columns that a person named, in this file now or in an earlier one with the same header."""
    names = [name for name, _ in files]
    if st.session_state.get("mapping-for") == names:
        return tuple(sorted(st.session_state["mapping"].items()))
    if not memory.namings():
        return ()
    known = memory.naming(reading.header_of(files))
    st.session_state["mapping-for"], st.session_state["mapping"] = names, known
    return tuple(sorted(known.items()))
