"""How stock is valued, as it is set on the page: ledger, standard, buckets, ladders, months and overrides; kept while the data set is on the screen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from analytics.errors import DataError
from analytics.valuation.books.standards import STANDARDS
from analytics.valuation.policy import DEFAULT_POLICY, Override, StockPolicy
from dashboard.parts.frame import data_error, small
from dashboard.results import compute
from dashboard.state.choice import Choice

__all__ = [
    "ladder_settings",
    "ledger_settings",
    "override_settings",
    "policy_of",
    "standard_settings",
    "switching_settings",
]

_KEY = "_books"


def _kept(choice: Choice) -> dict[str, Any]:
    """What was set for the data set on the screen."""
    every: dict[str, dict[str, Any]] = st.session_state.setdefault(_KEY, {})
    return every.setdefault(compute.data_key(choice), {})


def policy_of(choice: Choice) -> StockPolicy:
    """The policy in force: what was set, else what is assumed."""
    found: StockPolicy = _kept(choice).get("policy", DEFAULT_POLICY)
    return found


def _set(choice: Choice, **changes: Any) -> None:
    """Put other settings in force; what cannot be is said, and what held stays."""
    try:
        _kept(choice)["policy"] = replace(policy_of(choice), **changes)
    except DataError as error:
        data_error(error, "These settings cannot be used: the ones before still hold.")


def _typed_money(choice: Choice, field: str, label: str, empty: str, least: float | None = None) -> None:
    """An amount of the policy, typed; unknown until it is."""
    now = float(getattr(policy_of(choice), field))
    typed = st.number_input(
        label,
        min_value=least,
        value=None if math.isnan(now) else now,
        format="%.2f",
        key=f"books-{field.replace('_', '-')}",
        placeholder=empty,
    )
    wanted = math.nan if typed is None else float(typed)
    if not (math.isnan(wanted) and math.isnan(now)) and wanted != now:
        _set(choice, **{field: wanted})


def ledger_settings(choice: Choice) -> None:
    """The balance of the books, typed."""
    _typed_money(choice, "ledger", "Balance of stock in your ledger", "type it to tie it")


def standard_settings(choice: Choice) -> None:
    """IFRS, US GAAP or HGB."""
    names = list(STANDARDS)
    found = st.radio(
        "Standard",
        names,
        index=names.index(policy_of(choice).standard),
        format_func=lambda name: STANDARDS[name],
        horizontal=True,
        key="books-standard",
    )
    if found and found != policy_of(choice).standard:
        _set(choice, standard=found)


def _ladder(choice: Choice, name: str, label: str, unit: str) -> None:
    """One ladder as a small table; a change answers at once."""
    now = getattr(policy_of(choice), name)
    frame = pd.DataFrame({label: [start for start, _ in now], "Reserve": [share for _, share in now]})
    after = st.data_editor(
        frame,
        num_rows="dynamic",
        hide_index=True,
        key=f"books-{name}",
        column_config={
            label: st.column_config.NumberColumn(label, min_value=0.0, format=f"%g {unit}"),
            "Reserve": st.column_config.NumberColumn(
                "Reserve", min_value=0.0, max_value=1.0, step=0.05, format="percent"
            ),
        },
    )
    rows = after.dropna().sort_values(label)
    wanted = tuple((float(start), float(share)) for start, share in rows.itertuples(index=False))
    if wanted != now:
        _kept(choice).setdefault("given", {})
        _set(choice, **{name: wanted})


def ladder_settings(choice: Choice) -> None:
    """Ladders, buckets and months: shown as assumed until somebody changes them."""
    policy = policy_of(choice)
    _ladder(choice, "cover_ladder", "Cover from", "months")
    _ladder(choice, "age_ladder", "Age from", "days")
    left, right = st.columns(2)
    with left:
        dead = st.number_input(
            "No sale in, months: dead", 1.0, 24.0, policy.dead_months, 1.0, key="books-dead"
        )
    with right:
        most = st.number_input(
            "Excess beyond, months", 1.0, 24.0, policy.excess_months, 1.0, key="books-excess"
        )
    text = st.text_input(
        "Buckets of age end at, days",
        ", ".join(f"{day:g}" for day in policy.bucket_days),
        key="books-buckets",
    )
    wanted: dict[str, Any] = {"dead_months": dead, "excess_months": most}
    try:
        wanted["bucket_days"] = tuple(
            float(part) for part in text.replace(";", ",").split(",") if part.strip()
        )
    except ValueError:
        st.error(
            "Buckets are numbers of days parted by commas, such as 90, 180, 365; those before still hold."
        )
    if any(getattr(policy, name) != value for name, value in wanted.items()):
        _set(choice, **wanted)
    if policy_of(choice) == DEFAULT_POLICY:
        small("Assumed until you change them.")


def switching_settings(choice: Choice) -> None:
    """What switching costs once, for the programme: machines, contracts, training, scrapped packaging."""
    label = "Switching costs once (machines, contracts, training, scrapped packaging)"
    _typed_money(choice, "one_off", label, "not stated", least=0.0)


def override_settings(choice: Choice, skus: list[str]) -> None:
    """A reserve set by a person instead of the rules, with the name typed and a note."""
    with st.expander("Set a reserve yourself"):
        with st.form("books-override", border=False):
            sku = st.selectbox("SKU", skus, index=None, placeholder="which product")
            amount = st.number_input("Reserve", min_value=0.0, value=None, format="%.2f")
            who, note = st.text_input("Your name"), st.text_input("Why")
            sent = st.form_submit_button("Set it")
        if sent and sku and amount is not None and who.strip():
            set_: Mapping[str, Override] = policy_of(choice).overrides
            _set(choice, overrides={**set_, sku: Override(float(amount), who.strip(), note.strip())})
        elif sent:
            st.error("A product, an amount and a name are needed.")
        small("Kept as typed, not verified, with the name and the note, in reserve.csv.")
        if policy_of(choice).overrides and st.button(
            "Take back all reserves set by hand", key="books-no-overrides"
        ):
            _set(choice, overrides={})
