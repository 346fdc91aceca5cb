"""How stock is valued, as it is set on the page: day, ledger, standard, buckets, ladders, months, cost of switching and overrides; kept with the data set."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
import streamlit as st

from analytics.naming.signed import signed_words
from analytics.valuation.books.standards import STANDARDS
from analytics.valuation.policy import DEFAULT_POLICY, Override
from analytics.valuation.valued import ValuedStock
from analytics.writeup.words.stock import amount_text
from dashboard.books.put import policy_now, set_policy, set_product_cost
from dashboard.parts.frame import small
from dashboard.state import inputs
from dashboard.state.who import (
    name_part,
    no_longer_waits,
    stock_is_of,
    stock_signature,
)

__all__ = [
    "bucket_settings",
    "ladder_settings",
    "ledger_settings",
    "override_settings",
    "product_cost_setting",
    "standard_settings",
    "switching_settings",
]


def _typed_money(field: str, label: str, empty: str, least: float | None = None) -> None:
    """An amount of the policy, typed; unknown until it is."""
    now = float(getattr(policy_now(), field))
    key = f"books-{field.replace('_', '-')}-{_data()}"
    typed = _amount(key, None if math.isnan(now) else now, label, empty, least)
    set_policy(**{field: math.nan if typed is None else float(typed)})


def _amount(key: str, now: float | None, label: str, empty: str, least: float | None) -> float | None:
    """A field for an amount that can be emptied again: only one that begins empty can, so what holds is put in beforehand."""
    if key not in st.session_state:
        st.session_state[key] = now
    return st.number_input(label, min_value=least, value=None, format="%.2f", key=key, placeholder=empty)


def _data() -> str:
    """A mark of the data set in the keys of widgets, so that what was typed for one is not read for another."""
    return inputs.choice().source.digest[:8]


def ledger_settings(valued: ValuedStock) -> None:
    """The day of the stock and the balance of the books, typed."""
    day = date.fromisoformat(str(valued.as_of))
    stock_is_of(inputs.choice().source.digest, day.isoformat())
    typed = st.date_input("Stock as of", day, key=f"books-as-of-{_data()}", format="YYYY-MM-DD")
    if isinstance(typed, date) and typed == day:
        no_longer_waits(inputs.choice().source.digest, "stock/as_of")
    elif isinstance(typed, date) and set_policy(as_of=np.datetime64(typed.isoformat(), "D")):
        st.rerun()
    _typed_money("ledger", "Balance of stock in your ledger", "type it to tie it")
    name_part("who-books", inputs.choice().source.digest)


def standard_settings() -> None:
    """IFRS, US GAAP or HGB."""
    names = list(STANDARDS)
    found = st.radio(
        "Standard",
        names,
        index=names.index(policy_now().standard),
        format_func=lambda name: STANDARDS[name],
        horizontal=True,
        key=f"books-standard-{_data()}",
    )
    if found:
        set_policy(standard=found)


def _ladder(name: str, label: str, unit: str) -> None:
    """One ladder as a small table; a change answers at once."""
    key = f"books-{name}-{_data()}"
    if (
        key not in st.session_state
    ):  # it keeps what is edited on top of what it was first given, which must not move
        st.session_state[f"_{key}"] = getattr(policy_now(), name)
    kept = st.session_state[f"_{key}"]
    frame = pd.DataFrame({label: [start for start, _ in kept], "Reserve": [share for _, share in kept]})
    after = st.data_editor(
        frame,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        key=key,
        column_config={
            label: st.column_config.NumberColumn(label, min_value=0.0, format=f"%g {unit}", width=72),
            "Reserve": st.column_config.NumberColumn(
                "Reserve", min_value=0.0, max_value=1.0, step=0.05, format="percent", width=60
            ),
        },
    )
    rows = after.dropna().sort_values(label)
    wanted = tuple((float(start), float(share)) for start, share in rows.itertuples(index=False))
    set_policy(**{name: wanted})
    if getattr(policy_now(), name) == getattr(DEFAULT_POLICY, name):
        small("Assumed until you change it.")


def ladder_settings() -> None:
    """Ladders, buckets and months: shown as assumed until somebody changes them."""
    policy = policy_now()
    _ladder("cover_ladder", "Cover from", "months")
    _ladder("age_ladder", "Age from", "days")
    left, right = st.columns(2)
    with left:
        dead = st.number_input(
            "Dead after months without a sale",
            1.0,
            24.0,
            policy.dead_months,
            1.0,
            key=f"books-dead-{_data()}",
        )
    with right:
        most = st.number_input(
            "Excess beyond months of demand",
            1.0,
            24.0,
            policy.excess_months,
            1.0,
            key=f"books-excess-{_data()}",
        )
    with left:
        new = st.number_input(
            "Too young to judge below months of sales",
            0.0,
            24.0,
            policy.new_months,
            1.0,
            key=f"books-new-{_data()}",
        )
    with right:
        selling = st.number_input(
            "Cost to sell, a share of the price",
            0.0,
            1.0,
            policy.selling_share,
            0.01,
            key=f"books-selling-{_data()}",
        )
    set_policy(dead_months=dead, excess_months=most, new_months=new, selling_share=selling)


def bucket_settings() -> None:
    """The ends of the buckets of age, typed as days."""
    now = policy_now().bucket_days
    text = st.text_input(
        "Buckets of age end at, days",
        ", ".join(f"{day:g}" for day in now),
        key=f"books-buckets-{_data()}",
    )
    try:
        wanted = tuple(float(part) for part in text.replace(";", ",").split(",") if part.strip())
    except ValueError:
        st.error(
            "Buckets are numbers of days parted by commas, such as 90, 180, 365; those before still hold."
        )
        return
    set_policy(bucket_days=wanted)


def switching_settings() -> None:
    """What switching costs once, for the programme: machines, contracts, training, scrapped packaging."""
    label = "Switching costs once, for the programme (machines, contracts, training, scrapped packaging)"
    _typed_money("one_off", label, "not stated", least=0.0)


def product_cost_setting(sku: str) -> None:
    """What switching one product costs once; unknown until it is typed."""
    label = "Switching this product costs once (tools, contracts, scrapped packaging)"
    now = inputs.choice().policy.one_off_of.get(sku)
    set_product_cost(sku, _amount(f"books-one-off-{_data()}-{sku}", now, label, "not stated", 0.0))


def override_settings(valued: ValuedStock) -> None:
    """A reserve set by a person instead of the rules, with the name typed and a note."""
    skus = [str(sku) for sku in valued.stock.skus]
    with st.expander("Set a reserve yourself"):
        with st.form(f"books-override-{_data()}", border=False):
            sku = st.selectbox("SKU", skus, index=None, placeholder="which product")
            amount = st.number_input("Reserve", min_value=0.0, value=None, format="%.2f")
            who = st.text_input("Your name", stock_signature(inputs.choice().source.digest).by)
            note = st.text_input("Why")
            sent = st.form_submit_button("Set it")
        if sent and sku and amount is not None and who.strip():
            set_: Mapping[str, Override] = policy_now().overrides
            one = Override(float(amount), who.strip(), note.strip(), str(valued.as_of))
            set_policy(overrides={**set_, sku: one})
        elif sent:
            st.error("A product, an amount and a name are needed.")
        small(
            "Kept as typed, not verified, with the name, the day of the stock and the note, in the table of reserves."
        )
        for code, one in policy_now().overrides.items():
            why = f": {one.note}" if one.note else ""
            small(f"{code}: {amount_text(one.amount)}{why}. {signed_words(one.by, one.data_date, 'stock')}.")
        if policy_now().overrides and st.button(
            "Take back all reserves set by hand", key="books-no-overrides"
        ):
            set_policy(overrides={})
