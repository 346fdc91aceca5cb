"""Assumptions: what differs from the table comes first; every value with unit, range and origin; edit, save, take away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics.assumptions import FIELDS
from analytics.assumptions_file import assumptions_toml, read_assumptions
from analytics.errors import DataError
from analytics.items import ORIGINS
from analytics.naming.figures import FIGURES
from analytics.naming.labels import Strategy
from analytics.naming.scales import percent
from analytics.strategy.money.totals import written_off
from analytics.strategy.portfolio.plans_compared import plan_difference
from dashboard.levers.by_area import by_area
from dashboard.parts.frame import data_error, opened, waiting
from dashboard.parts.register import COLUMNS, changed_fields, edited, edited_fields, table_of
from dashboard.parts.sidebar import AS_ASSUMED, WITH_ANSWERS
from dashboard.parts.tables import in_narrow_window, show_table
from dashboard.results import compute
from dashboard.results.facts import Facts, Known
from dashboard.state import inputs, memory
from dashboard.state.choice import Choice, opened_as
from dashboard.state.undo import undo_part
from dashboard.state.who import name_part
from dashboard.team.session import this_place
from dashboard.text.words import counts_of, plain


def _saved(place: str) -> None:
    name = str(st.session_state.get(place, "")).strip()
    if name in ("", AS_ASSUMED, WITH_ANSWERS):
        return
    st.session_state["_not_saved"] = "" if inputs.save_scenario(name) else memory.why_not()
    st.session_state[place] = ""


def toml_part(choice: Choice) -> None:
    """The register as a file: out and in."""
    left, right = st.columns(2, gap="large")
    wrong: DataError | None = None
    with left:
        st.subheader("Take away", anchor=False)
        st.caption("The same file is read by `stock-or-order analyze --assumptions`.")
        st.download_button(
            "Assumptions (TOML)",
            assumptions_toml(choice.assumptions).encode(),
            "assumptions.toml",
            "application/toml",
            on_click="ignore",
            icon=":material/download:",
        )
    with right:
        st.subheader("Bring back", anchor=False)
        file = st.file_uploader("A file of assumptions (TOML)", key="assumptions-file", max_upload_size=1)
        if file is not None and st.button("Use these assumptions", type="primary"):
            try:
                inputs.keep(replace(choice, levers=(), answers=read_assumptions(file.getvalue())))
            except DataError as error:
                wrong = error
            else:
                st.rerun()
    if (
        wrong is not None
    ):  # over the whole width: what was found, what was expected and what to do stand side by side
        data_error(wrong, "These assumptions cannot be used yet.")


#: Rows of the comparison: label, figure of the facts, whether it is money.
MEASURES: dict[str, tuple[Callable[[Facts], float], str]] = {
    "Gain": (lambda f: f.portfolio.gain, "money"),
    FIGURES["profit"].label: (lambda f: f.portfolio.money["mix"]["profit"], "money"),
    FIGURES["cash_tied_up"].label: (lambda f: f.portfolio.money["mix"]["cash_tied_up"], "money"),
    FIGURES["written_off"].label: (lambda f: written_off(f.portfolio.money["mix"]), "money"),
    "Products to order": (lambda f: float(counts_of(f).get(Strategy.MTO, 0)), "number"),
    "Products assembled": (lambda f: float(counts_of(f).get(Strategy.ATO, 0)), "number"),
    "Orders that wait, %": (lambda f: percent(f.portfolio.service["mix"]["share_waiting"]), "number"),
    "Sales lost, %": (lambda f: percent(f.portfolio.service["mix"]["share_lost"]), "number"),
}


def compared(one: Facts, other: Facts, names: tuple[str, str]) -> pd.DataFrame:
    """Two scenarios side by side: every difference is the second minus the first, of the unrounded figures."""
    rows = []
    for label, (figure, kind) in MEASURES.items():
        if kind == "money" and not (one.has_money and other.has_money):
            continue
        a, b = figure(one), figure(other)
        form = ",.0f" if kind == "money" or all(float(v).is_integer() for v in (a, b)) else ",.1f"
        rows.append([label, format(a, form), format(b, form), format(plan_difference(b, a), f"+{form}")])
    money = f", money in {one.currency}" if one.currency and one.has_money and other.has_money else ""
    return pd.DataFrame(
        rows, columns=[f"over 12 months{money}", f"A: {names[0]}", f"B: {names[1]}", "B minus A"]
    )


def scenarios_part(choice: Choice) -> None:
    """Save what is on the screen; two scenarios side by side."""
    saved = inputs.scenarios()
    st.subheader("Scenarios", anchor=False)
    left, right = st.columns([1, 1.6], gap="large")
    with left:
        st.caption(
            f"A scenario keeps assumptions and own choices. It stays on {this_place()}, also when the page is reloaded or the server restarted."
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "Save what is on the screen as",
                key="scenario-name",
                max_chars=40,
                placeholder="Customers wait",
            )
            st.button(
                "Save",
                on_click=_saved,
                args=("scenario-name",),
                icon=":material/bookmark_add:",
                key="scenario-save",
            )
        why = st.session_state.pop("_not_saved", "")
        if why:
            st.warning(plain(f"It could not be kept: {why}. Take the TOML away instead."))
        if saved:
            gone = st.selectbox(
                "Delete", list(saved), index=None, placeholder="choose one", key="scenario-delete"
            )
            if gone:
                st.button(
                    plain(f"Delete {gone}"),
                    on_click=inputs.remove_scenario,
                    args=(gone,),
                    icon=":material/delete:",
                    key="scenario-gone",
                )
    with right:
        named = {
            AS_ASSUMED: opened_as(choice),
            "On the screen now": choice,
            **{name: choice.at(one) for name, one in saved.items()},
        }
        first, second = st.columns(2)
        a = first.selectbox("A", list(named), index=0, key="scenario-a")
        b = second.selectbox("B", list(named), index=len(named) - 1 if saved else 1, key="scenario-b")
        pair = [replace(named[name], anonymous=choice.anonymous, currency=choice.currency) for name in (a, b)]
        if pair[0].state == pair[1].state:
            st.caption("A and B are the same. Save a scenario, or move a lever, and compare.")
            return
        with waiting("Comparing") as progress:
            one, other = (compute.facts(c, progress, Known.YEARS) for c in pair)
        table = compared(one, other, (a, b))
        show_table(
            table,
            hide_index=True,
            width="stretch",
            alt="Two scenarios and their difference: "
            + "; ".join(f"{r.iloc[0]} {r.iloc[3]}" for _, r in table.iterrows()),
        )


def table_part(choice: Choice, facts: Facts) -> None:
    """Every assumption as a row to edit: for those who want value, range, unit and source side by side."""
    st.caption(
        "A value in your items file wins over a general one; a value confirmed here loses its range. What differs comes first."
    )
    table = table_of(facts, choice.assumptions)
    narrow = in_narrow_window()
    after = st.data_editor(
        table,
        hide_index=True,
        width="stretch",
        height="content",
        row_height=76 if narrow else None,  # the words are wrapped, so that the values stand beside them
        placeholder="not set",
        disabled=[c for c in table.columns if c not in ("value", "low", "high")],
        column_order=COLUMNS[:-1],
        key=f"register-{inputs.choice().source.digest[:8]}-{hash_of(choice)}",
        column_config={
            "": st.column_config.TextColumn(width=62),
            "what": st.column_config.TextColumn(width=150 if narrow else 405, pinned=True),
            **{
                c: st.column_config.NumberColumn(format="%.6g", width=68 if c == "default" else 60)
                for c in ("value", "low", "high", "default")
            },
            "unit": st.column_config.TextColumn(width=118),
            "used for products": st.column_config.TextColumn(width=150),
            "source": st.column_config.TextColumn(width="large"),
        },
        alt="Assumptions with value, range, unit and origin",
    )
    if not after.equals(table):
        try:
            new = edited(table, after, choice.assumptions)
        except DataError as error:
            data_error(error, "These values cannot be used yet.")
        else:
            if st.button("Recalculate with these values", type="primary", icon=":material/calculate:"):
                inputs.state_values(new, edited_fields(table, after))
                st.rerun()


def show() -> None:
    """The page."""
    choice, facts = opened()
    first = changed_fields(choice.assumptions)
    confirmed = [n for n in first if choice.assumptions.of(n).origin == "confirmed"]
    live = ~facts.products["ended"].to_numpy()
    ours = [
        n
        for n in FIELDS
        if live.any()
        and (facts.items.origin(n)[live] == ORIGINS.index("assumed")).any()
        and facts.items.range(n)[1][live].max() > facts.items.range(n)[0][live].min()
    ]
    st.title(
        f"{len(confirmed)} of {len(FIELDS)} assumptions confirmed by you; {len(ours)} with a range are still ours",
        anchor=False,
    )
    by_area(choice, facts)
    name_part("who-table", choice.source.digest)
    undo_part(choice)
    with st.expander(f"All {len(FIELDS)} assumptions as a table: value, range, unit, origin, source"):
        table_part(choice, facts)
    scenarios_part(choice)
    toml_part(choice)
    if facts.notes:
        with st.expander(f"Notes of the calculation: {len(facts.notes)}"):
            for note in facts.notes:
                st.markdown(f"- {plain(note)}")


def hash_of(choice: Choice) -> str:
    """A short name of the assumptions, so that an edited table starts afresh once its values count."""
    from hashlib import blake2b

    return blake2b(assumptions_toml(choice.assumptions).encode(), digest_size=4).hexdigest()


show()
