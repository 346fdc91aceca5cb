"""What people take away: the files of a study, and the form of numbers in every file."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pandas as pd
import streamlit as st

from analytics.machine.printed_page import find_browser
from dashboard.number_form import locale
from dashboard.parts.tables import XLSX
from dashboard.results import compute
from dashboard.state.choice import Choice
from dashboard.take_away.template import template_in_use

__all__ = ["TITLES", "downloads", "file_names", "table_file", "title_of_file"]


#: What each file holds, as its button says it.
TITLES = {
    "recommendation": "Recommendation for every product",
    "shared": "What the gains of products leave out",
    "strategies": "Every strategy of every product",
    "assumptions": "Assumptions with their origin",
    "stock": "Stock of every product",
    "ageing": "Age of the stock",
    "reserve": "Reserve by rule",
    "nrv": "Lower of cost and what it fetches",
    "roll_forward": "Reserve from opening to closing",
    "journal": "Proposed journal entries",
    "ledger": "Stock against the ledger",
    "exposure": "What may be lost within twelve months",
    "exposure_curve": "How likely a write-off of each size is",
    "working_capital": "Working capital",
    "carrying": "What holding stock costs a year",
    "transition": "From today's stock to the mix by month",
    "bridge": "From today to the mix",
    "bridge_by_product": "From today to the mix by product",
    "todays_list": "Today’s list",
    "attention": "What to look at first",
    "register": "Register of every value and who stated it",
    "cleaning": "What was cleaned in the history",
    "rejected_rows": "Rejected rows",
    "meanings": "What the rows were taken for",
    "orders_on_hand": "Orders on hand",
    "receipts": "Goods received",
    "promotions": "Promotions",
    "components": "Bought components",
    "rejected_rows_stock": "Rejected rows of the stock",
    "rejected_rows_receipts": "Rejected rows of goods received",
    "rejected_rows_promotions": "Rejected rows of the promotions",
    "summary": "Summary of the study",
    "kept_study": "Study to compare with next month",
    "change": "What changed since the earlier study",
    "change_by_product": "What changed by product",
    "strategy_changes": "Strategies and verdicts that changed",
    "realised": "Promised against realised",
    "forecast_value_added": "What each forecast adds",
}

#: What shows the whole study in one file: what its button says, its type, its picture, and what is said of it.
_WHOLE = {
    "stock-or-order.pptx": (
        "Slides (PPTX)",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "slideshow",
        "Seven findings with charts that can be edited, and where each figure comes from in the speaker's notes. Made in a few seconds, of thousands of products in half a minute.",
    ),
    "stock-or-order.html": (
        "Page to send (HTML)",
        "text/html",
        "html",
        "One file that opens in any browser, on a telephone too, without this program and without the internet. Made in a few seconds, of thousands of products in half a minute.",
    ),
    "stock-or-order.pdf": (
        "Page to send (PDF)",
        "application/pdf",
        "picture_as_pdf",
        "The same page, printed on A4. Made in about ten seconds.",
    ),
    "stock-or-order.xlsx": (
        "Workbook that recomputes (XLSX)",
        XLSX,
        "table_view",
        "Every sheet with its formulas: edit a cost, a rate or a ladder, and gain, bridge, reserve and working capital follow. "
        "Made in a few seconds, of thousands of products in half a minute.",
    ),
}
_MIME = {"json": "application/json", "csv": "text/csv", "bin": "application/octet-stream"}
#: Files that most people want; the others are folded in.
_FIRST = (
    "recommendation",
    "todays_list",
    "shared",
    "strategies",
    "assumptions",
    "bridge",
    "bridge_by_product",
    "summary",
)


def title_of_file(name: str) -> str:
    """A file as its button names it; a file without a title keeps its own name.

    >>> title_of_file("recommendation.csv"), title_of_file("summary.json")
    ('Recommendation for every product (CSV)', 'Summary of the study (JSON)')
    """
    stem, _, kind = name.rpartition(".")
    form = "" if kind == "bin" else f" ({kind.upper()})"
    return f"{TITLES[stem]}{form}" if stem in TITLES else name


def file_names(
    bom: bool = False, beside: Collection[str] = (), promoted: bool = False, kept: bool = True
) -> tuple[str, ...]:
    """The files of a study, as `analyze` writes them; `beside` are the files of stock, receipts and promotions, by name; `promoted`: promotions are known.

    `kept`: the study itself is among them, to compare with next month.

    >>> file_names()[0], file_names(bom=True)[-3:]
    ('recommendation.csv', ('components.csv', 'kept_study.bin', 'summary.json'))
    """
    tables = (
        "recommendation",
        "shared",
        "strategies",
        "assumptions",
        "stock",
        "ageing",
        "reserve",
        "nrv",
        "roll_forward",
        "journal",
        "ledger",
        "exposure",
        "exposure_curve",
        "working_capital",
        "carrying",
        "transition",
        "bridge",
        "bridge_by_product",
        "todays_list",
        "attention",
        "register",
        "cleaning",
        "rejected_rows",
        "meanings",
        "orders_on_hand",
        "receipts",
        *(("promotions",) if promoted else ()),
        *(("components",) if bom else ()),
        *(f"rejected_rows_{kind.lower()}" for kind in ("Stock", "Receipts", "Promotions") if kind in beside),
    )
    return (*(f"{name}.csv" for name in tables), *(("kept_study.bin",) if kept else ()), "summary.json")


def table_file(table: pd.DataFrame) -> Callable[[], bytes]:
    """The maker of one table as a file, for a button that asks for it later."""
    form = locale()

    def make() -> bytes:
        from analytics.writeup.files import csv_bytes

        return csv_bytes(table, form)

    return make


def downloads(choice: Choice, key: str) -> None:
    """The files of the study, made when asked for, in the form of numbers of the session."""
    template = template_in_use()
    with st.container(horizontal=True):
        for name, (label, mime, icon, help) in _WHOLE.items():
            if name.endswith("pdf") and find_browser() is None:
                continue
            st.download_button(
                label,
                compute.file_maker(choice, name, locale(), template if name.endswith("pptx") else None),
                name,
                mime,
                on_click="ignore",
                key=f"{key}-{name}",
                icon=f":material/{icon}:",
                type="primary",
                help=help,
            )
    if find_browser() is None:
        st.caption(
            "A PDF is printed by a Chromium, Chrome or Edge of the machine that runs this program, and there is none: open the page to send in your browser and print it there."
        )
    bom, beside = choice.source.bom is not None, compute.files_beside(choice)
    names = file_names(bom, beside, compute.promotions_known(choice), compute.may_be_kept(choice))
    _buttons(choice, key, [name for name in names if name.rpartition(".")[0] in _FIRST])
    further = [name for name in names if name.rpartition(".")[0] not in _FIRST]
    with st.expander(
        f"{len(further)} more files: stock and reserve, cash and risk, what was read of your rows"
    ):
        _buttons(choice, key, further)


def _buttons(choice: Choice, key: str, names: Collection[str]) -> None:
    with st.container(horizontal=True):
        for name in names:
            mime = _MIME[name.rpartition(".")[2]]
            st.download_button(
                title_of_file(name),
                compute.file_maker(choice, name, locale()),
                name,
                mime,
                on_click="ignore",
                key=f"{key}-{name}",
                icon=":material/download:",
            )
