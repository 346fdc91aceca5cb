"""People: who of the company may do what, given and taken by those who administer."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard.kept.notes import Refused
from dashboard.parts.tables import show_table
from dashboard.team import people, session
from dashboard.team.rights import Right
from dashboard.text.words import plain

_WORDS = {
    Right.SEE: "see: the mix, units and waits, no amount of money",
    Right.SEE_COSTS: "see costs: every page, figure and file",
    Right.CHANGE: "change: uploads, levers, assumptions, limits, own choices, scenarios; together with see costs",
    Right.ADMINISTER: "administer: this page and Operations",
}
_TOLD = "_told of people"


def _done(what: str, act: Callable[[], object], email: str) -> None:
    """Do it and say so, or say why not; every window of the person follows at once."""
    one = session.person()
    if one is None or Right.ADMINISTER not in one.rights:
        return
    try:
        act()
    except Refused as error:
        st.session_state[_TOLD] = ("error", str(error))
        return
    session.renew_all(email)
    st.session_state[_TOLD] = ("success", what)


def _company() -> str:
    one = session.person()
    return "" if one is None else one.company


def _grant() -> None:
    email, rights = str(st.session_state["grant-to"]), st.session_state["grant-rights"]
    _done(
        f"{email.strip()} has the right to: {', '.join(right.value for right in rights)}.",
        lambda: people.grant(_company(), email, rights),
        email,
    )


def _withdraw(everything: bool) -> None:
    email, rights = str(st.session_state["withdraw-from"] or ""), st.session_state["withdraw-rights"]
    taken = None if everything else rights
    what = "every right" if everything else ", ".join(right.value for right in rights)
    if email and (everything or rights):
        _done(f"{email} has lost {what}.", lambda: people.withdraw(_company(), email, taken), email)


def _told() -> None:
    kind, words = st.session_state.pop(_TOLD, ("", ""))
    if kind == "error":
        st.error(plain(f"{words[:1].upper()}{words[1:].rstrip('.')}."), icon=":material/error:")
    elif words:
        st.success(plain(words), icon=":material/done:")


def show() -> None:
    """The page."""
    company = _company()
    every = people.everyone(company)
    count = len(every)
    st.title(plain(f"{count} {'person' if count == 1 else 'people'} of {company}"), anchor=False)
    _told()
    table = pd.DataFrame(
        {
            "Address": [one.address for one in every],
            **{
                right.value.capitalize(): ["yes" if right in one.rights else "" for one in every]
                for right in Right
            },
        }
    )
    show_table(table, hide_index=True, width="stretch", alt=f"{count} people of the company and their rights")
    left, right = st.columns(2, gap="large")
    with left, st.form("grant", clear_on_submit=True):
        st.markdown("**Give rights**")
        st.text_input("E-mail address", key="grant-to", max_chars=254, placeholder="name@company.example")
        st.multiselect("Rights", list(Right), format_func=_WORDS.__getitem__, key="grant-rights")
        st.form_submit_button("Give", on_click=_grant, type="primary")
    with right, st.form("withdraw"):
        st.markdown("**Take rights away**")
        st.selectbox("Person", [one.address for one in every], index=None, key="withdraw-from")
        st.multiselect("Rights to take", list(Right), format_func=_WORDS.__getitem__, key="withdraw-rights")
        with st.container(horizontal=True):
            st.form_submit_button("Take away", on_click=_withdraw, args=(False,))
            st.form_submit_button("Remove the person", on_click=_withdraw, args=(True,))
    st.caption(
        "People sign in with the account of your company; here only their addresses and rights are kept. "
        "What is taken away is gone from every open window of that person within two seconds."
    )


if session.may(Right.ADMINISTER):
    show()
