"""Assumptions: what differs from the table comes first; every value with unit, range and origin; edit, save, take away."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics.assumptions import FIELDS, Assumption, Assumptions, assumptions_toml, read_assumptions
from analytics.errors import DataError
from analytics.items import ORIGINS
from analytics.labels import percent_text
from dashboard import compute, inputs
from dashboard.facts import Facts
from dashboard.frame import data_error, opened
from dashboard.inputs import Choice
from dashboard.words import plain


def origins_text(facts: Facts, name: str) -> str:
    """Where the values of a field come from, over living products."""
    live = ~facts.products["ended"].to_numpy()
    found = facts.items.origin(name)[live]
    if not len(found):
        return ""
    parts = [(word, float((found == k).mean())) for k, word in enumerate(ORIGINS)]
    return ", ".join(word if share == 1.0 else f"{word} {percent_text(share)}" for word, share in parts if share > 0)


def changed_fields(assumptions: Assumptions) -> list[str]:
    """Fields whose general value differs from the table or is confirmed, in the order of the table."""
    return [name for name, row in FIELDS.items() if (a := assumptions.of(name)).origin == "confirmed" or not _same(a.value, row.default)]


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def table_of(facts: Facts, assumptions: Assumptions) -> pd.DataFrame:
    """One row per assumption, those that differ first."""
    first = changed_fields(assumptions)
    rows = []
    for name in [*first, *(n for n in FIELDS if n not in first)]:
        row, now = FIELDS[name], assumptions.of(name)
        rows.append(["changed" if name in first else "", row.label, now.value, now.low, now.high, row.unit, now.origin, origins_text(facts, name), row.default, row.source, name])
    return pd.DataFrame(rows, columns=["", "what", "value", "low", "high", "unit", "said", "used for products", "default", "source", "field"])


def edited(before: pd.DataFrame, after: pd.DataFrame, assumptions: Assumptions) -> Assumptions:
    """The assumptions with the edited values; a changed value with its old range becomes confirmed to the point."""
    general = dict(assumptions.general)
    for old, new in zip(before.to_dict("records"), after.to_dict("records"), strict=True):
        numbers = [float("nan") if new[c] is None else float(new[c]) for c in ("value", "low", "high")]
        if all(_same(numbers[k], float(old[c])) for k, c in enumerate(("value", "low", "high"))):
            continue
        value, low, high = numbers
        if _same(low, float(old["low"])) and _same(high, float(old["high"])):
            low = high = value
        general[str(new["field"])] = Assumption(value, low, high, "confirmed")
    text = assumptions_toml(replace(assumptions, general=general))
    read_assumptions(text)
    return replace(assumptions, general=general)


def toml_part(choice: Choice) -> None:
    """The register as a file: out and in."""
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Take away", anchor=False)
        st.caption("The same file is read by `stock-or-order analyze --assumptions`.")
        st.download_button("assumptions.toml", assumptions_toml(choice.assumptions).encode(), "assumptions.toml", "application/toml", on_click="ignore", icon=":material/download:")
        name = st.text_input("Save as a scenario", key="scenario-name", max_chars=40, placeholder="Customers wait")
        if st.button("Save", disabled=not name.strip()):
            inputs.scenarios()[name.strip()] = choice.assumptions
            st.rerun()
    with right:
        st.subheader("Bring back", anchor=False)
        file = st.file_uploader("A file of assumptions (TOML)", key="assumptions-file", max_upload_size=1)
        if file is not None and st.button("Use these assumptions", type="primary"):
            try:
                inputs.keep(replace(choice, assumptions=read_assumptions(file.getvalue().decode("utf-8", "replace"))))
            except DataError as error:
                data_error(error)
            else:
                st.rerun()


def scenarios_part(choice: Choice) -> None:
    """Saved scenarios side by side: every difference is B minus A."""
    saved = inputs.scenarios()
    if not saved:
        return
    st.subheader("Scenarios side by side", anchor=False)
    rows: list[list[object]] = []
    for name, assumptions in {"As assumed": compute.base_assumptions(choice.source.sample), **saved}.items():
        one = replace(choice, assumptions=assumptions)
        if not compute.is_ready(one):
            rows.append([name, None, None, None, None])
            continue
        facts = compute.facts(one)
        rows.append([name, facts.gain, facts.plans["mix"]["profit"], facts.plans["mix"]["cash_tied_up"], facts.service["mix"]["share_waiting"]])
    table = pd.DataFrame(rows, columns=["scenario", "gain", "contribution", "cash in stock", "share waiting"])
    if len(table) == 2:
        table.loc[2] = ["difference (B minus A)", *(table.iloc[1, 1:].astype(float) - table.iloc[0, 1:].astype(float))]
    st.dataframe(table, hide_index=True, width="stretch", alt="Saved scenarios side by side")
    if table["gain"].isna().any():
        st.caption("An empty row has not been opened yet: choose it in the sidebar.")


def show() -> None:
    """The page."""
    choice, facts = opened()
    first = changed_fields(choice.assumptions)
    confirmed = [n for n in first if choice.assumptions.of(n).origin == "confirmed"]
    live = ~facts.products["ended"].to_numpy()
    ours = [
        n
        for n in FIELDS
        if live.any() and (facts.items.origin(n)[live] == ORIGINS.index("assumed")).any() and facts.items.range(n)[1][live].max() > facts.items.range(n)[0][live].min()
    ]
    st.title(f"{len(confirmed)} of {len(FIELDS)} assumptions confirmed by you; {len(ours)} with a range are still ours", anchor=False)
    st.markdown("A value in your items file wins over a general one; a value confirmed here loses its range. What differs comes first.")
    table = table_of(facts, choice.assumptions)
    after = st.data_editor(
        table,
        hide_index=True,
        width="stretch",
        height=38 + 35 * len(table),
        disabled=[c for c in table.columns if c not in ("value", "low", "high")],
        column_order=["", "what", "value", "low", "high", "unit", "said", "used for products", "default", "source"],
        key=f"register-{inputs.choice().source.digest[:8]}-{hash_of(choice)}",
        column_config={
            "": st.column_config.TextColumn(width=70),
            "what": st.column_config.TextColumn(width=330, pinned=True),
            **{c: st.column_config.NumberColumn(format="%.6g", width=70) for c in ("value", "low", "high", "default")},
            "unit": st.column_config.TextColumn(width=125),
            "used for products": st.column_config.TextColumn(width=190),
            "source": st.column_config.TextColumn(width="large"),
        },
        alt="Assumptions with value, range, unit and origin",
    )
    if not after.equals(table):
        try:
            new = edited(table, after, choice.assumptions)
        except DataError as error:
            data_error(error)
        else:
            if st.button("Recalculate with these values", type="primary", icon=":material/calculate:"):
                inputs.keep(replace(choice, assumptions=new))
                st.rerun()
    if first:
        with st.container(horizontal=True):
            if choice.assumptions != compute.base_assumptions(choice.source.sample) and st.button("Back to the start", icon=":material/restart_alt:"):
                inputs.keep(replace(choice, assumptions=compute.base_assumptions(choice.source.sample)))
                st.rerun()
    scenarios_part(choice)
    toml_part(choice)
    if facts.notes:
        st.subheader("Notes of the calculation", anchor=False)
        for note in facts.notes:
            st.markdown(f"- {plain(note)}")


def hash_of(choice: Choice) -> str:
    """A short name of the assumptions, so that an edited table starts afresh once its values count."""
    from hashlib import blake2b

    return blake2b(assumptions_toml(choice.assumptions).encode(), digest_size=4).hexdigest()


show()
