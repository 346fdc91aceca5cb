"""Files in: templates to start from, and what was dropped on the page as a source of a study."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.parts.tables import XLSX
from dashboard.results import reading
from dashboard.results.compute import READING_ANSWERS
from dashboard.state import memory
from dashboard.state.choice import Source, file_source
from dashboard.text.words import plain

__all__ = ["remember_answers", "remembered_answers", "stock_files_dropped", "templates", "uploaded"]

#: the places where files are dropped
_PLACES = ("sales-files", "items-file", "bom-file", "beside-files")

#: answers about a file that stay while it is open
_ANSWER_WORDS = {
    "date-order": "dates", "file-decimal": "decimal mark", "file-encoding": "encoding", "file-start": "first day", "file-periods": "periods",
    "file-fiscal_start": "fiscal year begins", "file-dates": "day and month", "file-join": "codes joined over", "kept-lines": "lines counted as sales",
    "treatments": "rows",
}  # fmt: skip
_ANSWERS = tuple(_ANSWER_WORDS)
#: answers to a question that disappears once it is answered
_QUESTIONS = (
    "date-order",
    "file-decimal",
    "file-encoding",
    "file-start",
    "file-periods",
    "file-fiscal_start",
    "file-dates",
)


def templates() -> None:
    """What a file must hold, and examples to start from."""
    st.markdown(
        "**Three columns are needed**: date, product, quantity. Price or revenue opens the money; order, customer, channel, promised and ship date "
        "sharpen it. Usual names in English, German, French and Spanish are found by themselves."
    )
    with st.container(horizontal=True):
        for kind, words in (
            ("sales", "sales"),
            ("items", "items"),
            ("stock", "stock"),
            ("receipts", "receipts"),
            ("promotions", "promotions"),
            ("bom", "bill of materials"),
        ):
            st.download_button(
                f"Template for {words}",
                _template(kind),
                f"{kind}_template.csv",
                "text/csv",
                on_click="ignore",
                icon=":material/download:",
                type="tertiary",
            )
        words = "One workbook for all, with stock, receipts and promotions"
        st.download_button(
            words,
            _workbook,
            "template.xlsx",
            XLSX,
            on_click="ignore",
            icon=":material/download:",
            type="tertiary",
            key="template-workbook",
        )


def _template(kind: str) -> Callable[[], bytes]:
    """What makes a template when it is asked for: the page loads without the reader of files."""

    def made() -> bytes:
        from analytics.data.templates import TEMPLATES

        return TEMPLATES[kind].encode()

    return made


def _workbook() -> bytes:
    from analytics.data.templates import template_workbook

    return template_workbook()


def stock_files_dropped(key: str) -> tuple[tuple[str, bytes], ...]:
    """Files of stock, goods received and promotions that were dropped, told apart by what is in them."""
    words = (
        "Stock on hand, goods received, promotions (optional): product and quantity, "
        "goods received with a date on every line; promotions with a product, first and last day"
    )
    files = st.file_uploader(words, accept_multiple_files=True, key=key, max_upload_size=50)
    return tuple((one.name, one.getvalue()) for one in files or ())


def uploaded() -> Source | None:
    """The files dropped, as a source; None where there are none."""
    reading.reader().start()  # it loads while the files are chosen
    left, right = st.columns(2, gap="large")
    words = "Sales history: one file or several, or one workbook; items, stock, receipts, promotions and bill of materials may be among them"
    sales = left.file_uploader(words, accept_multiple_files=True, key="sales-files", max_upload_size=200)
    with right:
        items = st.file_uploader(
            "Items (optional): costs, lead times, families, stock", key="items-file", max_upload_size=50
        )
        bom = st.file_uploader(
            "Bill of materials (optional): parent, component, quantity", key="bom-file", max_upload_size=50
        )
        beside = stock_files_dropped("beside-files")
    _what_arrives(_in_place())
    if not sales:
        return None
    for name in _ANSWERS:
        if name in st.session_state:  # an answer outlives its question, which disappears once it is answered
            st.session_state[name] = st.session_state[name]
    files = tuple((f.name, f.getvalue()) for f in sales)
    if st.session_state.get("treatments-for") != [
        name for name, _ in files
    ]:  # what was said of the rows of another file is not said of these
        st.session_state.pop("treatments", None)
        st.session_state["treatments-for"] = [name for name, _ in files]
    named = _named_columns(files)
    order = st.session_state.get("date-order") or ""
    options = {
        name: str(st.session_state[f"file-{name}"]).strip()
        for name in READING_ANSWERS
        if st.session_state.get(f"file-{name}")
    }
    options |= dict.fromkeys(st.session_state.get("kept-lines") or (), "keep")
    further = [(one.name, one.getvalue()) if one else None for one in (items, bom)]
    answers = tuple(sorted(options.items()))
    return file_source(files, further[0], order, named, answers, further[1], told_treatments(), beside)


def _in_place() -> list[str]:
    """What lies in the places where files are dropped, as the browser said it last."""
    lying = [st.session_state.get(place) or [] for place in _PLACES]
    return [one.file_id for files in lying for one in (files if isinstance(files, list) else [files])]


@st.fragment(run_every=2.0)
def _what_arrives(drawn_with: list[str]) -> None:
    """Ask the browser every two seconds what lies in the places for files, and draw the page again where that is not what it was drawn with.

    A browser says it once, when a file has arrived. Where that word is lost between two runs of the page (the one it was said to, and one
    that ends at that moment and speaks of the time before), the file would lie in its place and nothing would happen.
    """
    if _in_place() != drawn_with:
        st.rerun(scope="app")


def _named_columns(files: tuple[tuple[str, bytes], ...]) -> tuple[tuple[str, str], ...]:
    """The columns that a person named, in this file now or in an earlier one with the same header."""
    names = [name for name, _ in files]
    if st.session_state.get("mapping-for") == names:
        return tuple(sorted(st.session_state["mapping"].items()))
    st.session_state["remembered"] = ()
    if not memory.namings():
        return ()
    header = reading.header_of(files)
    known = memory.naming(header)
    st.session_state["mapping-for"], st.session_state["mapping"] = names, known
    answers = {
        name: answer
        for name, answer in memory.answers(header).items()
        if name in _ANSWERS and not st.session_state.get(name)
    }
    for name, answer in answers.items():
        st.session_state[name] = answer
    st.session_state["remembered"] = tuple(answers)
    return tuple(sorted(known.items()))


def remember_answers(source: Source) -> None:
    """Keep what was answered about a file that is used, for the next one with the same columns."""
    answers = {name: st.session_state[name] for name in _ANSWERS if st.session_state.get(name)}
    if answers or st.session_state.get("remembered"):
        header = reading.header_of(source.sales)
        memory.keep_naming(header, memory.naming(header), answers)


def _ask_again(source: Source) -> None:
    header = reading.header_of(source.sales)
    memory.keep_naming(header, memory.naming(header), {})
    for name in st.session_state.get("remembered", ()):
        st.session_state.pop(name, None)
    st.session_state["remembered"] = ()


def remembered_answers(source: Source) -> None:
    """Say what of this file was read as answered for an earlier one, with the way to be asked again."""
    remembered = [name for name in st.session_state.get("remembered", ()) if st.session_state.get(name)]
    if remembered:
        said = "; ".join(
            f"{_ANSWER_WORDS[name]}: {_answer_text(st.session_state[name])}" for name in remembered
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(plain(f"Read as you answered for an earlier file with the same columns. {said}."))
            st.button("Ask again", on_click=_ask_again, args=(source,), key="ask-again", type="tertiary")
    here = [
        name
        for name in _QUESTIONS
        if st.session_state.get(name) and name not in st.session_state.get("remembered", ())
    ]
    if here:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                plain(
                    f"Read as you answered. {'; '.join(f'{_ANSWER_WORDS[name]}: {_answer_text(st.session_state[name])}' for name in here)}."
                )
            )
            st.button(
                "Answer anew", on_click=_forget_answers, args=(here,), key="answer-anew", type="tertiary"
            )


def _forget_answers(names: list[str]) -> None:
    for name in names:
        st.session_state.pop(name, None)


def told_treatments() -> tuple[tuple[str, str, str], ...]:
    """What was said of the rows of values, as (column, value, treatment)."""
    told = st.session_state.get("treatments") or {}
    return tuple(
        sorted(
            (column, value, treatment)
            for column, values in told.items()
            for value, treatment in values.items()
        )
    )


def _answer_text(answer: object) -> str:
    if isinstance(answer, dict):
        return ", ".join(
            f"{column} {value or 'blank'} = {treatment}"
            for column, values in answer.items()
            for value, treatment in values.items()
        )
    if isinstance(answer, str):
        return {"DMY": "day first", "MDY": "month first", ".": "point", ",": "comma"}.get(answer, answer)
    return (
        ", ".join(str(one).replace("_", " ") for one in answer)
        if isinstance(answer, (list, tuple))
        else str(answer)
    )
