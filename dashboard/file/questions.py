"""What only the owner of a file can know: the order of its dates, its decimal mark, the meaning of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from analytics.data.columns.column_roles import ONE_A_ROW
from analytics.errors import DataError
from dashboard.results import reading
from dashboard.state import memory
from dashboard.state.choice import Source
from dashboard.team.session import this_place
from dashboard.text.words import plain

if TYPE_CHECKING:
    from analytics.data.items.joining import Joining

__all__ = ["ROLE_WORDS", "date_question", "further_questions", "join_question", "remap"]

ROLE_WORDS = {
    "price_unit": "units that a price is for",
    "sku": "product",
    "date": "date",
    "quantity": "quantity",
    "price": "unit price",
    "revenue": "revenue",
    "discount_pct": "discount in percent",
    "discount": "discount as an amount",
    "order": "order",
    "customer": "customer",
    "channel": "channel",
    "promised": "promised date",
    "shipped": "ship date",
    "unit_cost": "unit cost",
    "margin": "gross margin",
    "margin_pct": "gross margin in percent",
    "markup_pct": "mark-up in percent",
    "name": "name",
    "family": "family",
    "parent": "product or assembly",
    "component": "part in it",
}


def date_question(error: DataError) -> None:
    """The one thing only the owner of a file can know: whether 03/04 is in March or in April."""
    example = next((p.found for p in error.problems if p.code == "date_order" and p.found), "")
    with st.container(border=True):
        st.markdown(
            f"**Is the day or the month first?** {'For example ' + plain(example) + '.' if example else ''}"
        )
        st.segmented_control(
            "Date order",
            ["DMY", "MDY"],
            format_func=lambda o: {"DMY": "Day first", "MDY": "Month first"}[o],
            key="date-order",
            label_visibility="collapsed",
        )


def further_questions(error: DataError) -> None:
    """What else only the owner of a file can know: the decimal mark, and the day on which numbered periods begin."""
    codes = {p.code: p.found for p in error.problems}
    if "decimal" in codes:
        with st.container(border=True):
            st.markdown(f"**Which is the decimal mark?** For example {plain(codes['decimal'])}.")
            st.segmented_control(
                "Decimal mark",
                [".", ","],
                format_func=lambda m: {".": "Point", ",": "Comma"}[m],
                key="file-decimal",
                label_visibility="collapsed",
            )
    said = {p.code: p.message[:1].upper() + p.message[1:] for p in error.problems}
    if "periods" in codes:
        with st.container(border=True):
            st.markdown(f"**Weeks or months?** {plain(said['periods'])}")
            st.segmented_control(
                "Weeks or months",
                ["weeks", "months"],
                format_func=str.capitalize,
                key="file-periods",
                label_visibility="collapsed",
            )
    if "dates" in codes:
        with st.container(border=True):
            st.markdown(f"**Were day and month swapped?** {plain(said['dates'])}.")
            words = {"swapped": "Swapped: put them right", "as written": "As written"}
            st.segmented_control(
                "Day and month",
                list(words),
                format_func=lambda o: words[o],
                key="file-dates",
                label_visibility="collapsed",
            )
    if "fiscal_start" in codes:
        with st.container(border=True):
            st.markdown(f"**When does your fiscal year begin?** {plain(said['fiscal_start'])}.")
            hint = (
                "The month (4); of the first fiscal year of the file (2023-04); its first day where weeks do not begin"
                " on Mondays (2023-10-01); or several starts where a year was short (2022-04, 2024-01)"
            )
            st.text_input(hint, key="file-fiscal_start", placeholder="4", max_chars=60, width=640)
    if "encoding" in codes:
        st.text_input(
            "In which encoding was the file saved?",
            key="file-encoding",
            placeholder="cp1251",
            max_chars=20,
            width=320,
        )
    if "start" in codes:
        st.text_input(
            "On which day does the first period begin?",
            key="file-start",
            placeholder="2023-01-02",
            max_chars=10,
            width=320,
        )


def _answer(name: str, value: str) -> None:
    st.session_state[name] = value


def join_question(joining: Joining | None) -> None:
    """Codes of the items file that find no sales as they are written, and the button that joins them; what was joined, and the way back."""
    told = st.session_state.get("file-join")
    if joining is None or not (joining.would_join or told):
        return
    with st.container(border=True):
        if joining.would_join:
            code, product = joining.example
            said = f"{joining.unjoined:,} of {joining.items:,} items find no sales. {joining.would_join:,} would if {joining.words} did not count: {code} -> {product}."
            st.markdown(f"**Join the codes?** {plain(said)}")
            if joining.apart:
                st.caption(
                    plain(
                        f"{len(joining.apart):,} codes would fall together with others and stay apart: {', '.join(joining.apart[:4])}."
                    )
                )
            change = ",".join(dict.fromkeys([*(told or "").split(","), *joining.change])).strip(",")
            st.button(
                "Join them",
                key="join-codes",
                icon=":material/link:",
                on_click=_answer,
                args=("file-join", change),
            )
        else:
            st.markdown(
                plain(
                    f"{joining.joined:,} of {joining.items:,} items are joined to products sold; what did not count: {str(told).replace(',', ', ')}."
                )
            )
        if told:
            st.button(
                "Take them apart again",
                key="part-codes",
                type="tertiary",
                on_click=_answer,
                args=("file-join", ""),
            )


def remap(source: Source, mapping: Mapping[str, str], expanded: bool = False) -> None:
    """Name other columns for the roles where the guess is wrong."""
    with st.expander("Name the columns" if expanded else "A column was read wrongly", expanded=expanded):
        st.caption(
            f"Write the column's name as it stands in the file; empty: as found. It is remembered on {this_place()} for the next file with the same columns."
        )
        current = dict(st.session_state.get("mapping", {}))
        with st.form("remap", border=False):
            fields = st.columns(3)
            changed = {}
            for k, role in enumerate(
                ("date", "sku", "quantity", "revenue", "price", "family", "discount_pct", "discount")
            ):
                changed[role] = fields[k % 3].text_input(
                    ROLE_WORDS[role].capitalize(),
                    value=current.get(role, ""),
                    placeholder=str(mapping.get(role, "not found")),
                    key=f"map-{role}",
                )
            if st.checkbox(
                "Every row is one unit sold: the file has no quantity",
                value=current.get("quantity") == ONE_A_ROW,
                key="map-one-a-row",
            ):
                changed["quantity"] = ONE_A_ROW
            elif changed["quantity"] == ONE_A_ROW:
                changed["quantity"] = ""
            if st.form_submit_button("Read again"):
                st.session_state["mapping-for"] = [f.name for f in st.session_state.get("sales-files") or ()]
                st.session_state["mapping"] = {k: v.strip() for k, v in changed.items() if v.strip()}
                header = reading.header_of(source.sales)
                there = {name.strip().lower() for name in header}
                memory.keep_naming(
                    header,
                    {
                        k: v
                        for k, v in st.session_state["mapping"].items()
                        if v.lower() in {*there, ONE_A_ROW}
                    },
                )
                st.rerun()
