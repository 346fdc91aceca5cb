"""Tables on a page, and the one way in which they are taken away: each, and all of a page, as a workbook whose cells no spreadsheet runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from analytics.demand.months import last_months
from dashboard.history import narrow
from dashboard.number_form import locale, said, spoken_rows
from dashboard.results.facts import Facts
from dashboard.text.words import plain

__all__ = [
    "MOST_CARDS",
    "XLSX",
    "as_shown",
    "card_lines",
    "in_narrow_window",
    "new_page",
    "show_table",
    "sparklines",
    "take_tables",
    "told_table",
    "workbook_of",
]

_KEY = "_tables_of_page"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What a table of the page holds, and what makes it as it is taken away.
Kept = tuple[str, Callable[[], pd.DataFrame]]
#: So many rows of a table stand as cards in a narrow window, so many columns of each.
MOST_CARDS, MOST_LINES = 12, 8
#: A table stays one in a narrow window, its cells wrapped, where the longest words of its columns and what parts them are no more letters.
_LETTERS, _BETWEEN = 50, "   "
_MOST_PRINTED = 40


def show_table(frame: pd.DataFrame, *, alt: str, **options: Any) -> Any:
    """A table on the page (`alt` says what it holds), kept for the page's download; `options` as for `st.dataframe`."""
    holds = alt.partition(":")[0].partition(";")[0]
    order, config = options.get("column_order"), options.get("column_config") or {}
    kept: list[Kept] = st.session_state.setdefault(_KEY, [])
    this: Kept = (holds, lambda: as_shown(frame, order, config))
    kept.append(this)
    name, number = _file_name(holds), sum(one == holds for one, _ in kept)
    with st.container(gap=None):
        event = _drawn(frame, alt, options)
        with st.container(horizontal=True, horizontal_alignment="right", key=f"no-print-{name}-{number}"):
            st.download_button("Workbook", lambda: workbook_of([this]), f"{name}.xlsx", XLSX, on_click="ignore", type="tertiary", key=f"take-{name}-{number}",
                               icon=":material/download:", help="This table as a workbook (XLSX).")  # fmt: skip
    return event


def _drawn(frame: pd.DataFrame, alt: str, options: Mapping[str, Any]) -> Any:
    if in_narrow_window():
        order, config = options.get("column_order"), options.get("column_config") or {}
        if len(frame) and _fits(*_told(frame.head(_MOST_PRINTED), order, config)):
            _small_table(frame, order, config, alt)
        else:
            _cards(frame, order, config)
        return None
    if locale() != "en":
        return _in_form(frame, alt, options)
    return st.dataframe(frame, alt=alt, **options)


def _in_form(frame: pd.DataFrame, alt: str, options: Mapping[str, Any]) -> Any:
    """A table in the form of numbers of this session: numbers stay numbers, so that columns are sorted by them, and are shown as its texts have them."""
    config = dict(options.get("column_config") or {})
    numbers: dict[Any, Callable[[Any], str]] = {}
    for column in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[column]) or pd.api.types.is_bool_dtype(frame[column]):
            continue
        one = config.get(column)
        kind = (one.get("type_config") or {}) if isinstance(one, dict) else {}
        if kind.get("type") not in (None, "number"):
            continue
        numbers[column] = partial(_told_cell, kind.get("format"))
        if isinstance(one, dict):
            config[column] = {**one, "type_config": {**kind, "format": None}}
    shown = spoken_rows(frame)
    if shown.size > pd.get_option("styler.render.max_elements"):  # texts of more cells are refused
        return st.dataframe(shown, alt=alt, **options)
    styled = shown.style.format(cast(Any, numbers), subset=list(numbers)) if numbers else shown
    return st.dataframe(styled, alt=alt, **{**options, "column_config": config})


def _told_cell(form: str | None, value: Any) -> str:
    return said(_cell(value, form))


def in_narrow_window() -> bool:
    """Whether the page is looked at in a narrow window, where tables are not tables."""
    return narrow(st.context.cookies, st.context.headers)


def _cell(value: Any, form: str | None) -> str:
    """A cell as text: numbers as their column shows them, nothing where nothing is known."""
    if isinstance(value, list) or value is None or value is pd.NaT or value != value:
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating):
        if form and re.fullmatch(r"%\+?\.\d+f", form):
            return format(value, form[1:])
        return format(value, ",.6g") if abs(float(value)) < 1e5 else f"{value:,.2f}".removesuffix(".00")
    return f"{value:,}" if isinstance(value, int | np.integer) else str(value)


def card_lines(
    frame: pd.DataFrame, order: Sequence[str] | None = None, config: Mapping[str, Any] | None = None
) -> list[list[tuple[str, str]]]:
    """The rows of a table as cards: per row what each column says, (name, text); empty cells and small pictures are left out.

    `order` are the columns shown (None: all), `config` as for `st.dataframe`.

    >>> card_lines(pd.DataFrame({"Channel": ["web"], "Revenue": [13135410.33]}))
    [[('Channel', 'web'), ('Revenue', '13,135,410.33')]]
    >>> rows = pd.DataFrame({"Product": ["a", "b"], "Gain": [1.25, float("nan")], "Sales": [[1.0], [2.0]]})
    >>> card_lines(rows, config={"Gain": st.column_config.NumberColumn("Gain, k", format="%.1f")})
    [[('Product', 'a'), ('Gain, k', '1.2')], [('Product', 'b')]]
    """
    names, rows = _told(frame, order, config)
    return [[(name, text) for name, text in zip(names, row, strict=True) if text] for row in rows]


def _told(
    frame: pd.DataFrame, order: Sequence[str] | None, config: Mapping[str, Any] | None
) -> tuple[list[str], list[list[str]]]:
    """The columns of a table as they are called, and its cells as they are read."""
    columns = [c for c in (order or frame.columns) if c in frame.columns]
    names: list[str] = []
    forms: list[str | None] = []
    for column in columns:
        one = (config or {}).get(column)
        told = one if isinstance(one, dict) else {"label": one}
        names.append(str(told.get("label") or column))
        forms.append((told.get("type_config") or {}).get("format"))
    rows = frame[columns].itertuples(index=False, name=None)
    return names, [[_cell(value, form) for value, form in zip(row, forms, strict=True)] for row in rows]


def _fits(names: list[str], rows: list[list[str]]) -> bool:
    """Whether a table can be read in a narrow window when its cells are wrapped."""
    longest = [
        max(
            (word for text in (name, *(row[k] for row in rows)) for word in text.split()), key=len, default=""
        )
        for k, name in enumerate(names)
    ]
    return len(_BETWEEN.join(["", *longest])) <= _LETTERS


def _small_table(
    frame: pd.DataFrame, order: Sequence[str] | None, config: Mapping[str, Any], alt: str
) -> None:
    """A table of few columns as it is printed: its cells are wrapped instead of cut."""
    names, rows = _told(frame.head(_MOST_PRINTED), order, config)
    shown = pd.DataFrame([[plain(text) for text in row] for row in rows], columns=[plain(n) for n in names])
    st.table(spoken_rows(shown), hide_index=True, border="horizontal", alt=alt)
    _rest(frame, _MOST_PRINTED)


def _rest(frame: pd.DataFrame, shown: int) -> None:
    if len(frame) > shown:
        st.caption(
            f"The first {shown} of {len(frame):,} rows. All are in the file at the foot of the page, and in a wide window."
        )


def _cards(frame: pd.DataFrame, order: Sequence[str] | None, config: Mapping[str, Any]) -> None:
    """The first rows of a table one below the other, for a window that is narrower than the table; of each the first columns."""
    for lines in card_lines(frame.head(MOST_CARDS), order, config):
        if lines:
            said = [
                f"**{plain(lines[0][1])}**",
                *(f"{plain(name)}: {plain(text)}" for name, text in lines[1:MOST_LINES]),
            ]
            with st.container(border=True):
                st.markdown("  \n".join(said))
    _rest(frame, MOST_CARDS)


def told_table(frame: pd.DataFrame, what: str, **options: Any) -> Any:
    """A small table of texts whose first rows are told to those who do not see it."""
    said = "; ".join(" ".join(str(cell) for cell in row if str(cell)) for row in frame.head(14).to_numpy())
    return show_table(frame, hide_index=True, width="stretch", alt=f"{what}: {said}", **options)


def as_shown(
    frame: pd.DataFrame, order: Sequence[str] | None = None, config: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """A table as it is taken away: the columns shown first, in their order and under the names shown, then the others.

    >>> rows = pd.DataFrame({"sku": ["A"], "Gain": [2.5]})
    >>> as_shown(rows, ["Gain"], {"Gain": st.column_config.NumberColumn("Gain, k")}).to_dict("records")
    [{'Gain, k': 2.5, 'sku': 'A'}]
    """
    columns = list(dict.fromkeys([*(c for c in order or () if c in frame.columns), *frame.columns]))
    told = {c: (config or {}).get(c) for c in columns}
    names = {c: (one.get("label") if isinstance(one, dict) else one) or c for c, one in told.items()}
    return frame[columns].rename(columns=names)


def _file_name(holds: str) -> str:
    """What a table holds as the name of a file.

    >>> _file_name("What: to/do?"), _file_name("?")
    ('what_to_do', 'table')
    """
    return re.sub(r"[^a-z0-9]+", "_", holds.lower()).strip("_")[:60] or "table"


def workbook_of(tables: Sequence[Kept]) -> bytes:
    """Tables as a workbook, a sheet each."""
    from analytics.writeup.workbook.of_tables import tables_workbook

    return tables_workbook([(holds, table()) for holds, table in tables])


def new_page() -> None:
    """Forget the tables of the page before."""
    st.session_state.pop(_KEY, None)


def take_tables() -> None:
    """The download of all tables of the page that was just drawn, at its foot; nothing where it has none."""
    shown: list[Kept] = st.session_state.pop(_KEY, [])
    if shown:
        with st.container(key="no-print-tables"):
            st.download_button("Tables of this page", lambda: workbook_of(shown), "tables.xlsx", XLSX, on_click="ignore", key="tables-of-page",
                               icon=":material/download:", type="tertiary", help="Every table above as a sheet of one workbook (XLSX).")  # fmt: skip


def sparklines(facts: Facts, rows: NDArray[Any]) -> list[list[float]]:
    """Sales by month of the last two years, for tables."""
    months = last_months(facts.starts, facts.demand[rows])
    return [[float(v) for v in line] for line in months]
