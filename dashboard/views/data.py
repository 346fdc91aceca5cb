"""Data: a file in, what was understood of it, what is wrong with it, and the button that uses it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.assumptions import Assumptions
from analytics.errors import DataError
from analytics.labels import number_text
from dashboard import compute, inputs, memory, reading
from dashboard.choice import Choice, Source, file_source
from dashboard.facts import Intake
from dashboard.frame import data_error, opened, waiting
from dashboard.words import plain

SALES_TEMPLATE = (
    "date,sku,quantity,unit_price,order,customer,channel,promised_date,ship_date\n"
    "2025-01-02,A-100,3,49.90,100001,C-17,web,,2025-01-03\n"
    "2025-01-02,B-200,1,1250.00,100002,C-04,dealer,2025-01-16,2025-01-15\n"
)
ITEMS_TEMPLATE = (
    "sku,name,family,unit_cost,price,make,component_lead_days,production_days,assembly_days,setup_cost,moq,component_share,on_hand,current_mode\n"
    "A-100,Bottle cage,Accessories,21.50,49.90,0,28,,,15,20,,120,MTS\n"
    "B-200,Touring 300 blue,Touring,690.00,1250.00,1,35,7,2,40,1,0.6,4,MTO\n"
)
BOM_TEMPLATE = "parent,component,quantity\nA-100,ALU-TUBE,1\nA-100,BOLT-M5,2\nB-200,FRAME-TOURING,1\nB-200,WHEEL-28,2\nWHEEL-28,SPOKE,32\n"
#: reason of rejected rows -> the choice that would keep them
KINDS = {"service_line": "service_lines", "stock_correction": "stock_corrections", "internal_transfer": "internal_transfers", "cancelled_order": "cancelled_orders"}
#: answers about a file that stay while it is open
ANSWERS = ("date-order", "file-decimal", "file-encoding", "file-start", "kept-lines")
ROLE_WORDS = {
    "sku": "product",
    "date": "date",
    "quantity": "quantity",
    "price": "unit price",
    "revenue": "revenue",
    "order": "order",
    "customer": "customer",
    "channel": "channel",
    "promised": "promised date",
    "shipped": "ship date",
    "unit_cost": "unit cost",
    "name": "name",
    "family": "family",
    "parent": "product or assembly",
    "component": "part in it",
}


def count_of(number: int, word: str) -> str:
    """A count with its word: `1 row`, `2 rows`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def verdict(intake: Intake) -> str:
    """What was read, in a sentence.

    Every row is used or rejected: the two add up to what was read.
    """
    if not intake.rows_rejected:
        return f"All {intake.rows_read:,} rows are usable" if intake.rows_read != 1 else "The one row is usable"
    return (
        f"{intake.rows_used:,} of {count_of(intake.rows_read, 'row')} are usable; {intake.rows_rejected:,} {'is' if intake.rows_rejected == 1 else 'are'} set aside with a reason"
    )


def templates() -> None:
    """What a file must hold, and examples to start from."""
    st.markdown(
        "**Three columns are needed**: date, product, quantity. Price or revenue opens the money; order, customer, channel, promised and ship date "
        "sharpen it. Usual names in English, German, French and Spanish are found by themselves."
    )
    with st.container(horizontal=True):
        st.download_button("Template for sales", SALES_TEMPLATE.encode(), "sales_template.csv", "text/csv", on_click="ignore", icon=":material/download:", type="tertiary")
        st.download_button("Template for items", ITEMS_TEMPLATE.encode(), "items_template.csv", "text/csv", on_click="ignore", icon=":material/download:", type="tertiary")
        st.download_button("Template for bill of materials", BOM_TEMPLATE.encode(), "bom_template.csv", "text/csv", on_click="ignore", icon=":material/download:", type="tertiary")


def uploaded() -> Source | None:
    """The files dropped, as a source; None where there are none."""
    left, right = st.columns(2, gap="large")
    words = "Sales history: one file or several; items and bill of materials may be among them"
    sales = left.file_uploader(words, accept_multiple_files=True, key="sales-files", max_upload_size=200)
    with right:
        items = st.file_uploader("Items (optional): costs, lead times, families, stock", key="items-file", max_upload_size=50)
        bom = st.file_uploader("Bill of materials (optional): parent, component, quantity", key="bom-file", max_upload_size=50)
    if not sales:
        return None
    for name in ANSWERS:
        if name in st.session_state:  # an answer outlives its question, which disappears once it is answered
            st.session_state[name] = st.session_state[name]
    order = st.session_state.get("date-order") or ""
    files = tuple((f.name, f.getvalue()) for f in sales)
    options = {name: str(st.session_state[f"file-{name}"]).strip() for name in ("decimal", "start", "encoding") if st.session_state.get(f"file-{name}")}
    options |= dict.fromkeys(st.session_state.get("kept-lines") or (), "keep")
    further = [(one.name, one.getvalue()) if one else None for one in (items, bom)]
    return file_source(files, further[0], order, named_columns(files), tuple(sorted(options.items())), further[1])


def named_columns(files: tuple[tuple[str, bytes], ...]) -> tuple[tuple[str, str], ...]:
    """The columns that a person named, in this file now or in an earlier one with the same header."""
    names = [name for name, _ in files]
    if st.session_state.get("mapping-for") == names:
        return tuple(sorted(st.session_state["mapping"].items()))
    if not memory.namings():
        return ()
    known = memory.naming(reading.header_of(files))
    st.session_state["mapping-for"], st.session_state["mapping"] = names, known
    return tuple(sorted(known.items()))


def totals(intake: Intake) -> None:
    """Control totals, to be held against the reader's own."""
    rows = {
        "rows read": f"{intake.rows_read:,}",
        "rows used": f"{intake.rows_used:,}",
        "rows set aside": f"{intake.rows_rejected:,}",
        "units sold": f"{intake.gross_units:,.2f}".rstrip("0").rstrip("."),
        "units returned": f"{intake.returned_units:,.2f}".rstrip("0").rstrip("."),
        "units, net": f"{intake.units_used:,.2f}".rstrip("0").rstrip("."),
        "revenue, net": f"{intake.revenue_used:,.2f}" if math.isfinite(intake.revenue_used) else "not in the file",
        "first day": intake.first_date,
        "last day": intake.last_date,
    }
    st.subheader("Control totals", anchor=False)
    st.dataframe(
        pd.DataFrame({"what": list(rows), "in the file": list(rows.values())}),
        hide_index=True,
        width="stretch",
        alt="Control totals: " + "; ".join(f"{k} {v}" for k, v in rows.items()),
    )


def reconciled(source: Source | None, choice: Choice | None) -> None:
    """A total typed in beside the file's, with candidates for the difference."""
    from analytics.data import reconcile

    with st.expander("Compare with a total from your books"):
        left, middle, right = st.columns(3)
        measure = left.selectbox("Total of", ["revenue", "units"], key="total-measure")
        year = middle.text_input("Year (empty: all)", key="total-year", max_chars=4)
        typed = right.text_input("Your total", key="total-typed", placeholder="49926384.50")
        if not typed.strip():
            return
        try:
            number = float(typed.replace(" ", "").replace(",", "") if typed.count(",") != 1 or "." in typed else typed.replace(",", "."))
            history = compute.read_source(source).history if source else compute.study(choice).history  # type: ignore[arg-type]
            found = reconcile(history, number, int(year) if year.strip() else None, measure)
        except DataError as error:
            data_error(error)
            return
        except ValueError:
            st.warning("The total or the year is not a number: write 49926384.50 and 2013.")
            return
        st.markdown(plain(found.sentence()))
        if found.candidates:
            st.dataframe(
                found.table()[["text", "amount", "remaining"]].rename(columns={"text": "would explain it", "amount": "moves the total by", "remaining": "still open"}),
                hide_index=True,
                width="stretch",
            )


def channels(intake: Intake) -> None:
    """Where the data of each channel end."""
    if len(intake.channels) < 1:
        return
    table = intake.channels.rename(columns={"first_date": "first day", "last_date": "last day", "name": "channel"})
    late = sorted(set(table["last day"]))
    st.subheader("All channels end together" if len(late) == 1 else f"Channels end on different days: {late[0]} to {late[-1]}", anchor=False)
    columns = {name: st.column_config.NumberColumn(format="localized") for name in ("lines", "units", "revenue")}
    table["revenue"] = table["revenue"].round(2)
    st.dataframe(table, hide_index=True, width="stretch", column_config=columns, alt="Channels with their first and last day")


def problems(intake: Intake, key: str) -> None:
    """Problems grouped by what to do about them, and the rejected rows as a download."""
    if len(intake.problems):
        st.subheader(f"{count_of(len(intake.problems), 'thing')} to know about this file", anchor=False)
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
        widths = {"what to do": 400, "what": 390, "rows": 55, "first row": 65, "column": 75, "for example": 90}
        config = {name: st.column_config.Column(width=width) for name, width in widths.items()}
        st.dataframe(shown, hide_index=True, width="stretch", column_config=config, alt="Problems grouped by remedy, with rows")
    kinds = [option for code, option in KINDS.items() if (intake.problems["code"] == code).any() or option in (st.session_state.get("kept-lines") or ())] if key == "new" else []
    if kinds:
        st.pills("Count these lines as sales too", kinds, selection_mode="multi", format_func=lambda k: k.replace("_", " ").capitalize(), key="kept-lines")
    if intake.rows_rejected:
        from analytics.writeup.files import csv_bytes

        st.download_button(
            f"Rejected rows ({intake.rows_rejected:,})",
            lambda: csv_bytes(intake.rejected),
            "rejected_rows.csv",
            "text/csv",
            on_click="ignore",
            key=f"rejected-{key}",
            icon=":material/download:",
        )


def understood(intake: Intake) -> None:
    """Which column was taken for what, and what was decided on the way."""
    st.subheader("How the columns were read", anchor=False)
    table = pd.DataFrame({"read as": [ROLE_WORDS.get(k, k) for k in intake.mapping], "column of the file": [str(v) for v in intake.mapping.values()]})
    st.dataframe(table, hide_index=True, width="stretch", alt="Columns and what they were read as")
    for line in intake.assumed:
        st.caption(plain(line[:1].upper() + line[1:] + "."))


def remap(source: Source, mapping: Mapping[str, str], expanded: bool = False) -> None:
    """Name other columns for the roles where the guess is wrong."""
    with st.expander("Name the columns" if expanded else "A column was read wrongly", expanded=expanded):
        st.caption("Write the column's name as it stands in the file; empty: as found. It is remembered on this machine for the next file with the same columns.")
        current = dict(st.session_state.get("mapping", {}))
        with st.form("remap", border=False):
            fields = st.columns(3)
            changed = {}
            for k, role in enumerate(("date", "sku", "quantity", "revenue", "price", "family")):
                changed[role] = fields[k % 3].text_input(
                    ROLE_WORDS[role].capitalize(), value=current.get(role, ""), placeholder=str(mapping.get(role, "not found")), key=f"map-{role}"
                )
            if st.form_submit_button("Read again"):
                st.session_state["mapping-for"] = [f.name for f in st.session_state.get("sales-files") or ()]
                st.session_state["mapping"] = {k: v.strip() for k, v in changed.items() if v.strip()}
                header = reading.header_of(source.sales)
                there = {name.strip().lower() for name in header}
                memory.keep_naming(header, {k: v for k, v in st.session_state["mapping"].items() if v.lower() in there})
                st.rerun()


def preview(source: Source) -> None:
    """The first lines as understood."""
    history = compute.read_source(source).history
    with st.expander("The first lines as understood"):
        head = slice(0, 12)
        st.dataframe(
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


def described(intake: Intake, further: Mapping[str, Intake], source: Source | None, choice: Choice | None, key: str) -> None:
    """All that is known of a file: totals, columns, channels, problems."""
    left, right = st.columns([1, 1.25], gap="large")
    with left:
        totals(intake)
        reconciled(source, choice)
    with right:
        understood(intake)
        if source is not None:
            remap(source, intake.mapping)
            preview(source)
    channels(intake)
    problems(intake, key)
    for what, one in further.items():
        st.subheader(f"{what}: {verdict(one)[:1].lower()}{verdict(one)[1:]}", anchor=False)
        understood(one)
        problems(one, f"{key}-{what}")


def date_question(error: DataError) -> None:
    """The one thing only the owner of a file can know: whether 03/04 is in March or in April."""
    example = next((p.found for p in error.problems if p.code == "date_order" and p.found), "")
    with st.container(border=True):
        st.markdown(f"**Is the day or the month first?** {'For example ' + plain(example) + '.' if example else ''}")
        st.segmented_control("Date order", ["DMY", "MDY"], format_func=lambda o: {"DMY": "Day first", "MDY": "Month first"}[o], key="date-order", label_visibility="collapsed")


def further_questions(error: DataError) -> None:
    """What else only the owner of a file can know: the decimal mark, and the day on which numbered periods begin."""
    codes = {p.code: p.found for p in error.problems}
    if "decimal" in codes:
        with st.container(border=True):
            st.markdown(f"**Which is the decimal mark?** For example {plain(codes['decimal'])}.")
            st.segmented_control("Decimal mark", [".", ","], format_func=lambda m: {".": "Point", ",": "Comma"}[m], key="file-decimal", label_visibility="collapsed")
    if "encoding" in codes:
        st.text_input("In which encoding was the file saved?", key="file-encoding", placeholder="cp1251", max_chars=20, width=320)
    if "start" in codes:
        st.text_input("On which day does the first period begin?", key="file-start", placeholder="2023-01-02", max_chars=10, width=320)


def new_file(source: Source, heading: DeltaGenerator) -> None:
    """What an uploaded file holds, and the button that uses it."""
    try:
        with waiting("Reading") as progress:
            progress(0.3, "reading every row")
            intake, items, bom = compute.file_intake(source)
    except DataError as error:
        heading.title("This file cannot be used yet", anchor=False)
        if any(p.code == "date_order" for p in error.problems):
            date_question(error)
        further_questions(error)
        data_error(error)
        if any("column" in p.message or p.code in ("missing_column", "mapping") for p in error.problems):
            remap(source, {}, expanded=True)
        return
    heading.title(verdict(intake), anchor=False)
    heading.markdown(f"{plain(source.title)}: {plain(intake.first_date)} to {plain(intake.last_date)}, {number_text(intake.units_used)} units net of returns.")
    if st.button("Use this file", type="primary", icon=":material/check:", key="use-file"):
        try:
            with waiting("Deciding") as progress:
                compute.facts(Choice(source, Assumptions(), st.session_state.get("file-currency", "").strip()), progress)
        except DataError as error:
            data_error(error)
            return
        inputs.open_source(source, st.session_state.get("file-currency", "").strip())
        st.switch_page("views/answer.py")
    st.text_input("Currency of the amounts (optional)", key="file-currency", max_chars=8, placeholder="EUR", width=240)
    further = {"Items": items, "Bill of materials": bom}
    described(intake, {what: one for what, one in further.items() if one is not None}, source, None, "new")


def show() -> None:
    """The page."""
    choice, facts = opened()
    heading = st.container()
    source = uploaded()
    if source is not None:
        new_file(source, heading)
        templates()
        return
    with heading:
        st.title(verdict(facts.intake) if not choice.source.sample else "Bring your sales history: three columns are enough", anchor=False)
        st.markdown("Nothing leaves this machine." + ("" if not choice.source.sample else f" On the screen now is the sample **{choice.source.title}**; below is how it was read."))
    templates()
    if not choice.source.sample:
        st.button("Forget this file", on_click=inputs.give_up, icon=":material/delete:", type="tertiary")
    described(facts.intake, {}, None, choice, "current")
    st.subheader("Take away", anchor=False)
    with st.container(horizontal=True):
        for name in ("recommendation.csv", "strategies.csv", "assumptions.csv", "rejected_rows.csv", "summary.json"):
            mime = "application/json" if name.endswith("json") else "text/csv"
            st.download_button(name, compute.file_maker(choice, name), name, mime, on_click="ignore", key=f"take-{name}", icon=":material/download:")


show()
