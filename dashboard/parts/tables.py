"""Tables on a page, and the one way in which all of them are taken away: as CSV whose cells no spreadsheet runs."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from analytics.demand.months import last_months
from dashboard.results.facts import Facts

__all__ = ["new_page", "show_table", "sparklines", "tables_of_page", "take_tables", "told_table"]

_KEY = "_tables_of_page"


def show_table(frame: pd.DataFrame, *, alt: str, **options: Any) -> Any:
    """A table on the page (`alt` says what it holds), kept for the page's download; `options` as for `st.dataframe`."""
    st.session_state.setdefault(_KEY, []).append((alt.partition(":")[0].partition(";")[0], frame))
    return st.dataframe(frame, alt=alt, **options)


def told_table(frame: pd.DataFrame, what: str, **options: Any) -> Any:
    """A small table of texts whose first rows are told to those who do not see it."""
    said = "; ".join(" ".join(str(cell) for cell in row if str(cell)) for row in frame.head(14).to_numpy())
    return show_table(frame, hide_index=True, width="stretch", alt=f"{what}: {said}", **options)


def tables_of_page(tables: list[tuple[str, pd.DataFrame]]) -> bytes:
    """Tables (what it holds, frame) as one archive of CSV files, in the order of the page, named by what they hold.

    >>> with zipfile.ZipFile(io.BytesIO(tables_of_page([("Plans in figures", pd.DataFrame({"a": ["=1"]}))]))) as archive:
    ...     archive.namelist(), archive.read("01_plans_in_figures.csv")
    (['01_plans_in_figures.csv'], b"a\\n'=1\\n")
    """
    from analytics.writeup.files import csv_bytes

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for k, (holds, frame) in enumerate(tables, 1):
            name = re.sub(r"[^a-z0-9]+", "_", holds.lower()).strip("_")[:60]
            lists = [
                c for c in frame.columns if frame[c].map(lambda cell: isinstance(cell, list)).any()
            ]  # small pictures: their numbers are in the files
            archive.writestr(zipfile.ZipInfo(f"{k:02d}_{name}.csv"), csv_bytes(frame.drop(columns=lists)))
    return out.getvalue()


def new_page() -> None:
    """Forget the tables of the page before."""
    st.session_state.pop(_KEY, None)


def take_tables() -> None:
    """The download of all tables of the page that was just drawn, at its foot; nothing where it has none."""
    shown: list[tuple[str, pd.DataFrame]] = st.session_state.pop(_KEY, [])
    if shown:
        with st.container(key="no-print-tables"):
            st.download_button("Tables of this page", lambda: tables_of_page(shown), "tables.zip", "application/zip", on_click="ignore", key="tables-of-page",
                               icon=":material/download:", type="tertiary", help="Every table above as CSV.")  # fmt: skip


def sparklines(facts: Facts, rows: NDArray[Any]) -> list[list[float]]:
    """Sales by month of the last two years, for tables."""
    months = last_months(facts.starts, facts.demand[rows])
    return [[float(v) for v in line] for line in months]
