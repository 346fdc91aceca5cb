"""The form of numbers and dates of a session, on the screen and in its files: as the browser's language has it, or as chosen in the sidebar.

Pages write every sentence once, in the English form. What is sent to the browser passes one door, where the session's form is put on it; tables and charts,
whose numbers are no text, have theirs from here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import pandas as pd
import streamlit as st

from analytics.naming.number_form import FORMS, in_form, like_numbers
from dashboard.sessions import tell_through

__all__ = [
    "form_of",
    "form_part",
    "keep_names",
    "locale",
    "said",
    "slider_format",
    "speak",
    "spoken_chart",
    "spoken_rows",
]

_CHOSEN, _NAMES = "_form of numbers", "_names like numbers"
_CALLED = {"en": "English", "de": "German"}


def form_of(language: str | None) -> str:
    """The form of numbers that a browser's language expects.

    >>> form_of("de-AT"), form_of("en-GB"), form_of(None)
    ('de', 'en', 'en')
    """
    return "de" if (language or "").lower().partition("-")[0] == "de" else "en"


def locale() -> str:
    """The form of this session, a name of `FORMS`: as chosen, else as the browser's language has it."""
    return str(st.session_state.get(_CHOSEN) or form_of(st.context.locale))


def _chosen(key: str) -> None:
    st.session_state[_CHOSEN] = st.session_state[key]


def form_part(key: str) -> None:
    """The choice of the form, on the screen and in files."""
    st.session_state[key] = locale()
    st.selectbox(
        "Numbers and dates", list(FORMS), format_func=lambda form: f"{_CALLED[form]}: {FORMS[form]}", key=key, on_change=_chosen, args=(key,),
        help="On every page and in every file. Files in the German form have semicolons between columns; summary.json and workbooks are the same in both.",
    )  # fmt: skip


def keep_names(digest: str, names: Callable[[], Iterable[str]]) -> None:
    """Names of the data on the screen (`digest`) that look like numbers stay as the file has them."""
    if locale() != "en" and st.session_state.get(_NAMES, ("", {}))[0] != digest:
        from dashboard.text.words import plain

        st.session_state[_NAMES] = (digest, like_numbers(names(), plain))


def said(text: str, dates: bool = True) -> str:
    """A text in the form of this session."""
    form = locale()
    return text if form == "en" else in_form(text, form, st.session_state.get(_NAMES, ("", {}))[1], dates)


def slider_format() -> str:
    """The format of the numbers on sliders: the browser's own where its language has the form of this session, else plain."""
    return "localized" if locale() != "en" and form_of(st.context.locale) == locale() else "%g"


#: What the browser is told of each element, and which of it are words: fields of the messages.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "alert": ("body", "title"), "heading": ("body",), "markdown": ("body",), "metric": ("label", "body", "delta", "delta_description"), "text": ("body",),
    "progress": ("text",), "spinner": ("text",), "toast": ("body",), "page_link": ("label",), "dataframe": ("alt",), "table": ("alt",), "vega_lite_chart": ("alt",),
    **dict.fromkeys(("button", "button_group", "checkbox", "download_button", "file_uploader", "link_button", "multiselect"), ("label",)),
    **dict.fromkeys(("number_input", "radio", "selectbox", "slider", "text_input"), ("label",)),
}  # fmt: skip
_BLOCKS: Mapping[str, tuple[str, ...]] = {"expandable": ("label",), "tab": ("label",), "popover": ("label",), "dialog": ("title",)}  # fmt: skip


def _put(message: Any, fields: Iterable[str]) -> None:
    for name in fields:
        text = getattr(message, name, "")
        if text and isinstance(text, str):
            told = said(text)
            if told != text:
                setattr(message, name, told)


def _spoken(message: Any) -> None:
    """Put the words of a message to the browser in the form of the session."""
    if message.WhichOneof("type") != "delta" or locale() == "en":
        return
    delta = message.delta
    kind = delta.WhichOneof("type")
    if kind == "new_element":
        element = delta.new_element.WhichOneof("type")
        if element in _WORDS:
            _put(getattr(delta.new_element, element), (*_WORDS[element], "help"))
    elif kind == "add_block":
        block = delta.add_block.WhichOneof("type")
        if block in _BLOCKS:
            _put(getattr(delta.add_block, block), _BLOCKS[block])


def speak() -> None:
    """From now on every message to a browser is in the form of its session."""
    tell_through(_spoken)


#: Numbers of axes and tooltips, as the charts' own library wants them told.
_CHARTS = {"de": {"number": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " \u20ac"]}}}
#: What in the description of a chart is no text: names of columns, formulas, patterns of numbers.
_NO_TEXT = ("field", "format", "expr", "test", "filter", "calculate", "as", "timeUnit", "type", "mark", "name", "param", "groupby", "labelExpr", "$schema", "url")  # fmt: skip


def spoken_chart(chart: Any) -> dict[str, Any]:
    """The description of a chart in the form of this session: its words and the texts in its rows, and the numbers of its axes. Dates stay: rows are placed by them."""
    form = locale()
    if form == "en":
        return cast(dict[str, Any], chart.to_dict(validate=False))
    told: dict[str, Any] = _told(_with_spoken_rows(chart, {}).to_dict(validate=False))
    return told | {"config": {**told.get("config", {}), "locale": _CHARTS[form]}}


def _with_spoken_rows(chart: Any, known: dict[int, pd.DataFrame]) -> Any:
    """A copy of a chart whose rows have their texts in the form of this session; rows that parts of it share (`known`) stay shared."""
    copy = chart.copy(deep=False)
    if isinstance(copy.data, pd.DataFrame):
        copy.data = known.setdefault(id(chart.data), spoken_rows(chart.data, dates=False))
    for part in ("layer", "hconcat", "vconcat", "concat"):
        if isinstance(ones := copy._kwds.get(part), list):
            copy._kwds[part] = [_with_spoken_rows(one, known) for one in ones]
    return copy


def _told(part: Any) -> Any:
    if isinstance(part, str):
        return said(part, dates=False)
    if isinstance(part, dict):
        return {key: value if key in _NO_TEXT else _told(value) for key, value in part.items()}
    return [_told(one) for one in part] if isinstance(part, list) else part


def spoken_rows(frame: pd.DataFrame, dates: bool = True) -> pd.DataFrame:
    """The rows of a table or chart with their texts in the form of this session; numbers that are no text stay, and without `dates` dates do."""
    if locale() == "en":
        return frame
    texts = [
        c for c in frame.columns if frame[c].dtype == object or isinstance(frame[c].dtype, pd.StringDtype)
    ]
    told = frame.copy(deep=False)
    for column in texts:
        told[column] = [said(value, dates) if isinstance(value, str) else value for value in frame[column]]
    return told
