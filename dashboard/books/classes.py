"""The ledger by class on the page: accounts of families, balances typed, what is open of each and what could explain it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics.valuation.balance import ClassTie
from analytics.valuation.valued import ValuedStock
from analytics.writeup.words.books import class_words
from analytics.writeup.words.stock import NO_FAMILY
from dashboard.books.put import set_policy
from dashboard.parts.frame import small
from dashboard.state import inputs
from dashboard.text.words import plain

__all__ = ["class_balances"]


def class_balances(valued: ValuedStock) -> None:
    """The ledger by account or family: the balance is typed into the table, what is open stands beside it, and what could explain it below."""
    ties, policy = valued.ties_of_classes, valued.policy
    if len(ties) < 2 and not policy.ledger_of:
        return
    accounts = valued.has_accounts or bool(policy.account_of)
    word, stated = "account" if accounts else "family", len(policy.ledger_of)
    title = (
        f"By {word}: {stated} of {len(ties)} balances typed"
        if stated
        else "Type the balance by account or family"
    )
    with st.expander(title):
        if not valued.has_accounts:
            _accounts_of(valued)
        _balances_of(ties, word.capitalize())
        for one in ties:
            if not math.isnan(one.ledger) and abs(one.difference) >= 0.005:
                small(class_words(one))


def _accounts_of(valued: ValuedStock) -> None:
    """Which families stand in one account of the ledger: its name is typed beside them."""
    names, policy = sorted({str(one) for one in valued.sold.family}), valued.policy
    if len(names) < 2:
        return
    small(
        "Families that stand in one account: type its name beside each. What is left empty is a class of its own."
    )
    frame = pd.DataFrame(
        {
            "Family": [plain(name) or NO_FAMILY for name in names],
            "Account": [policy.account_of.get(name, "") for name in names],
        }
    )
    after = st.data_editor(
        frame,
        hide_index=True,
        width="stretch",
        disabled=["Family"],
        key=f"books-accounts-{inputs.choice().source.digest[:8]}-{hash(tuple(sorted(policy.account_of.items())))}",
    )
    typed = {name: str(one or "").strip() for name, one in zip(names, after["Account"], strict=True)}
    wanted = {name: one for name, one in typed.items() if one}
    if set_policy(account_of=wanted):
        st.rerun()


def _balances_of(ties: Sequence[ClassTie], word: str) -> None:
    """The balance of each class, typed; what is open beside it."""
    frame = pd.DataFrame(
        {
            word: [plain(one.name) or NO_FAMILY for one in ties],
            "In the file": [one.file for one in ties],
            "Ledger": pd.array([None if math.isnan(one.ledger) else one.ledger for one in ties], "Float64"),
            "Open": pd.array([None if math.isnan(one.ledger) else one.difference for one in ties], "Float64"),
        }
    )
    amount, now = st.column_config.NumberColumn(format="localized"), inputs.choice().policy.ledger_of
    after = st.data_editor(
        frame,
        hide_index=True,
        width="stretch",
        disabled=[word, "In the file", "Open"],
        key=f"books-families-{inputs.choice().source.digest[:8]}-{hash(tuple(sorted(now.items())))}-{hash(tuple(one.name for one in ties))}",
        column_config={
            "In the file": amount,
            "Ledger": st.column_config.NumberColumn("Ledger, as typed", format="localized"),
            "Open": amount,
        },
    )
    wanted = {
        tie.name: float(one) for tie, one in zip(ties, after["Ledger"], strict=True) if not pd.isna(one)
    }
    if set_policy(ledger_of=wanted):
        st.rerun()
