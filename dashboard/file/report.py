"""What was understood of a file: control totals, columns, channels, problems and rejected rows.

One concept: what the page Data says of one reading, part by part; the parts of a file not yet used and of the one in
use are the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from analytics.errors import DataError
from analytics.items import ITEM_FIELDS
from analytics.naming.labels import percent_text, total_text
from dashboard.file.kept_apart import kept_apart_part
from dashboard.file.meanings import meaning_part, unused_answers
from dashboard.file.questions import ROLE_WORDS, remap
from dashboard.parts.downloads import table_file
from dashboard.parts.frame import data_error
from dashboard.parts.tables import show_table
from dashboard.results.intake import Intake
from dashboard.state.choice import Source
from dashboard.text.words import plain, sentence

if TYPE_CHECKING:
    from analytics.data import SalesHistory
    from analytics.data.items.stock_totals import StockTotals

__all__ = ["described", "stock_read_part", "verdict"]

#: So many letters of a message stand on one line of its cell; rows in which a longer one is wrapped are so high.
_LINE, _WRAPPED = 72, 76
#: reason of rejected rows -> the choice that would keep them
_KINDS = {
    "service_line": "service_lines", "stock_correction": "stock_corrections", "internal_transfer": "internal_transfers", "cancelled_order": "cancelled_orders",
    "date_far": "far_dates", "repeated_line": "repeated_lines",
}  # fmt: skip


def _count_of(number: int, word: str) -> str:
    """A count with its word: `1 row`, `2 rows`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def verdict(intake: Intake) -> str:
    """What was read, in a sentence.

    Every row is used or rejected: the two add up to what was read.
    """
    if not intake.report.rows_rejected:
        return (
            f"All {intake.report.rows_read:,} rows are usable"
            if intake.report.rows_read != 1
            else "The one row is usable"
        )
    are = "is" if intake.report.rows_rejected == 1 else "are"
    return (
        f"{intake.report.rows_used:,} of {_count_of(intake.report.rows_read, 'row')} are usable; "
        f"{intake.report.rows_rejected:,} {are} set aside with a reason"
    )


def described(
    intake: Intake, further: Mapping[str, Intake], history: Callable[[], SalesHistory], source: Source | None, key: str, margin: Callable[[int], str] | None = None,
    beside: tuple[pd.DataFrame, pd.DataFrame] | None = None, stock: StockTotals | None = None,
) -> None:  # fmt: skip
    """All that is known of a file: totals, columns, channels, problems; of a new one (`source`) also its first lines, and how to read it otherwise.

    `beside` are its orders on hand and its receipts by product, `stock` what its stock adds up to.
    `margin` gives the margin of a calendar year in words, where products have been completed.
    """
    left, right = st.columns([1, 1.25], gap="large")
    with left:
        _totals(intake)
        _reconciled(history, margin)
    with right:
        _understood(intake)
        if source is not None:
            remap(source, intake.report.mapping)
            _preview(history())
    if beside is not None:
        kept_apart_part(*beside, key)
    meaning_part(intake, key)
    _channels(intake)
    _problems(intake, key)
    for what, one in further.items():
        st.subheader(f"{what}: {verdict(one)[:1].lower()}{verdict(one)[1:]}", anchor=False)
        if what == next((name for name in ("Stock", "Items") if name in further), "") and stock is not None:
            stock_read_part(stock)
        _understood(one)
        _problems(one, f"{key}-{what}")


def _units_worth(units: float, money: float) -> str:
    """Units with what they cost; "0" where there are none."""
    return f"{total_text(units)} ({money:,.2f})" if units else "0"


def stock_read_part(stock: StockTotals) -> None:
    """What the stock of the files adds up to, line by line, before anything is decided."""
    rows = {
        "products with stock": f"{stock.products:,}",
        "units": total_text(stock.units),
        "at the unit costs of these files": f"{stock.at_cost:,.2f}",
        "units of products without a cost in them": total_text(stock.units_without_cost),
        "units booked below zero, in no sum": _units_worth(stock.units_below_zero, stock.below_zero_at_cost),
        "units on consignment, in no sum": _units_worth(stock.units_consigned, stock.consigned_at_cost),
        "products listed without a figure": f"{stock.blank:,}",
    }
    shown = {k: v for k, v in rows.items() if v != "0" or k == "products with stock"}
    show_table(
        pd.DataFrame({"stock": list(shown), "in the file": list(shown.values())}),
        hide_index=True,
        width="stretch",
        alt="Stock as read: " + "; ".join(f"{k} {v}" for k, v in shown.items()),
    )


def _totals(intake: Intake) -> None:
    """Control totals, to be held against the reader's own."""
    rows = {
        "rows read": f"{intake.report.rows_read:,}",
        "rows used": f"{intake.report.rows_used:,}",
        "rows set aside": f"{intake.report.rows_rejected:,}",
        "units sold": total_text(intake.report.gross_units),
        "units returned": total_text(intake.report.returned_units),
        "units, net": total_text(intake.report.units_used),
        "revenue, net": f"{intake.report.revenue_used:,.2f}"
        if math.isfinite(intake.report.revenue_used)
        else "not in the file",
        **(
            {"units of orders on hand, kept apart": total_text(intake.report.units_on_hand)}
            if intake.report.units_on_hand
            else {}
        ),
        **(
            {"units of orders on hand, in demand": total_text(intake.report.on_hand_in_demand)}
            if intake.report.on_hand_in_demand
            else {}
        ),
        **(
            {"units received": total_text(intake.report.units_received)}
            if intake.report.units_received
            else {}
        ),
        "first day": intake.first_date,
        "last day": intake.last_date,
    }
    st.subheader("Control totals", anchor=False)
    show_table(
        pd.DataFrame({"what": list(rows), "in the file": list(rows.values())}),
        hide_index=True,
        width="stretch",
        alt="Control totals: " + "; ".join(f"{k} {v}" for k, v in rows.items()),
    )


def _reconciled(history: Callable[[], SalesHistory], margin: Callable[[int], str] | None) -> None:
    """A total typed in beside the file's, with candidates for the difference; the margin of the year asked for."""
    from analytics.data import reconcile
    from analytics.data.values.numbers import typed_number

    with st.expander("Compare with a total from your books"):
        left, middle, right = st.columns(3)
        measure = left.selectbox("Total of", ["revenue", "units"], key="total-measure")
        year = middle.text_input("Year (empty: all)", key="total-year", max_chars=4)
        typed = right.text_input("Your total", key="total-typed", placeholder="49926384.50")
        if margin is not None and len(year.strip()) == 4 and year.strip().isdecimal():
            st.markdown(plain(margin(int(year))))
        if not typed.strip():
            return
        number = typed_number(typed)
        if math.isnan(number) or not (year.strip() or "0").isdecimal():
            st.warning("The total or the year is not a number: write 49926384.50 and 2013.")
            return
        try:
            found = reconcile(history(), number, int(year) if year.strip() else None, measure)
        except DataError as error:
            data_error(error)
            return
        st.markdown(plain(found.sentence()))
        if found.candidates:
            show_table(
                found.table()[["text", "amount", "remaining"]].rename(
                    columns={
                        "text": "would explain it",
                        "amount": "moves the total by",
                        "remaining": "still open",
                    }
                ),
                hide_index=True,
                width="stretch",
                alt="What would explain the difference, with what it moves the total by",
            )


def _understood(intake: Intake) -> None:
    """Which column was taken for what, and what was decided on the way."""
    st.subheader("How the columns were read", anchor=False)
    table = pd.DataFrame(
        {
            "read as": [
                ROLE_WORDS.get(k) or (ITEM_FIELDS[k].label if k in ITEM_FIELDS else k.replace("_", " "))
                for k in intake.report.mapping
            ],
            "column of the file": [str(v) for v in intake.report.mapping.values()],
        }
    )
    if intake.report.confidence:
        table["sure"] = [
            percent_text(intake.report.confidence[k]) if k in intake.report.confidence else ""
            for k in intake.report.mapping
        ]
    show_table(table, hide_index=True, width="stretch", alt="Columns and what they were read as")
    for line in intake.report.assumed:
        st.caption(plain(sentence(line)))


def _preview(history: SalesHistory) -> None:
    """The first lines as understood."""
    with st.expander("The first lines as understood"):
        head = slice(0, 12)
        show_table(
            pd.DataFrame(
                {
                    "row": history.row[head],
                    "date": history.date[head].astype("datetime64[D]").astype(str),
                    "product": history.skus[history.sku[head]],
                    "quantity": history.quantity[head],
                    "revenue": history.revenue[head],
                }
            ),
            hide_index=True,
            width="stretch",
            alt="First lines as understood",
        )


def _channels(intake: Intake) -> None:
    """Where the data of each channel end."""
    if len(intake.channels) < 1:
        return
    table = intake.channels.rename(
        columns={"first_date": "first day", "last_date": "last day", "name": "channel"}
    )
    late = sorted(set(table["last day"]))
    st.subheader(
        "All channels end together"
        if len(late) == 1
        else f"Channels end on different days: {late[0]} to {late[-1]}",
        anchor=False,
    )
    columns = {
        name: st.column_config.NumberColumn(format="localized") for name in ("lines", "units", "revenue")
    }
    table["revenue"] = table["revenue"].round(2)
    show_table(
        table,
        hide_index=True,
        width="stretch",
        column_config=columns,
        alt="Channels with their first and last day",
    )


def _problems(intake: Intake, key: str) -> None:
    """Problems grouped by what to do about them, and the rejected rows as a download."""
    if "treatments" in st.session_state.get(
        "remembered", ()
    ):  # said of an earlier file: a value that this one lacks is nothing to mend
        lacking = intake.problems["code"] == "treatment_unused"
        unused = intake.problems[lacking]
        if said := unused_answers(
            zip(unused["column"].astype(str), unused["found"].astype(str), strict=True)
        ):
            st.caption(plain(said))
        intake = replace(intake, problems=intake.problems[~lacking])
    if len(intake.problems):
        st.subheader(f"{_count_of(len(intake.problems), 'thing')} to know about this file", anchor=False)
        table = intake.problems.sort_values(["remedy", "count"], ascending=[True, False], kind="stable")
        shown = pd.DataFrame(
            {
                "what to do": table["remedy"],
                "what": table["message"],
                "rows": table["count"],
                "first row": [str(int(r)) if r == r and r is not None else "" for r in table["row"]],
                "column": table["column"].astype(str),
                "for example": table["found"].astype(str),
            }
        )
        widths = {
            "what to do": 250,
            "what": 450,
            "rows": 60,
            "first row": 75,
            "column": 110,
            "for example": 100,
        }
        config = {name: st.column_config.Column(width=width) for name, width in widths.items()}
        wrapped = any(len(one) > _LINE for one in shown["what"].astype(str))
        show_table(
            shown,
            hide_index=True,
            width="stretch",
            row_height=_WRAPPED if wrapped else None,
            column_config=config,
            alt="Problems grouped by remedy, with rows",
        )
    kinds = (
        [
            option
            for code, option in _KINDS.items()
            if (intake.problems["code"] == code).any() or option in (st.session_state.get("kept-lines") or ())
        ]
        if key == "new"
        else []
    )
    if kinds:
        st.pills(
            "Count these lines as sales too",
            kinds,
            selection_mode="multi",
            format_func=lambda k: k.replace("_", " ").capitalize(),
            key="kept-lines",
        )
    if intake.report.rows_rejected:
        st.download_button(
            f"Rejected rows ({intake.report.rows_rejected:,})",
            table_file(intake.report.rejected),
            "rejected_rows.csv",
            "text/csv",
            on_click="ignore",
            key=f"rejected-{key}",
            icon=":material/download:",
        )
