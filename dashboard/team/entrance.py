"""Where a page begins on a team's server: who is not signed in, or has no right, reads why and is shown nothing; nothing is computed for them."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.team import session
from dashboard.team.door import AWAY, FAILED, REFUSED
from dashboard.team.rights import Right
from dashboard.text.words import plain

__all__ = ["administration", "entered", "signed_in_part"]


#: Why a sign-in failed, and what to do.
_FAILED = {
    AWAY: "The sign-in service of your company does not answer. Nothing is lost: try again in a few minutes; if it stays away, tell whoever runs it.",
    REFUSED: "You were not signed in: your company's sign-in service refused, or what it answered is expired or not meant for this server. Sign in again.",
}


def entered() -> None:
    """Let a run of the page go on where the person may see; else say why not and stop it. On one desk it always goes on."""
    if session.served() is None:
        return
    one = session.person()
    if one is not None and not one.why:
        st.query_params.pop(FAILED, None)
        return
    with session.only_words():
        st.title("stock-or-order", anchor=False)
        if one is None:
            if why := _FAILED.get(str(st.query_params.get(FAILED, ""))):
                st.warning(why, icon=":material/lock:")
            st.markdown("Sign in with the account of your company.")
            st.button("Sign in", on_click=st.login, type="primary", icon=":material/login:", key="sign-in")
        else:
            st.warning(plain(one.why), icon=":material/lock:")
            with st.container(horizontal=True):
                st.button("Sign in again", on_click=st.login, type="primary", icon=":material/login:", key="sign-in")  # fmt: skip
                st.button("Sign out", on_click=st.logout, icon=":material/logout:", key="sign-out")
    st.stop()


def signed_in_part() -> None:
    """In the sidebar: who is signed in, for which company, with which rights; nothing on one desk."""
    one = session.person()
    if one is None:
        return
    rights = ", ".join(right.value for right in Right if right in one.rights)
    with session.only_words(), st.sidebar:
        st.caption(f"{plain(one.name)}  \n{plain(one.company)}: {rights}")
        st.button("Sign out", on_click=st.logout, icon=":material/logout:", key="sign-out", type="tertiary")


def administration() -> list[StreamlitPage]:
    """The pages of a team's server, for those who administer."""
    if session.served() is None or not session.may(Right.ADMINISTER):
        return []
    return [
        st.Page("views/people.py", title="People", icon=":material/group:"),
        st.Page("views/changes.py", title="Changes", icon=":material/edit_note:"),
        st.Page("views/operations.py", title="Operations", icon=":material/monitor_heart:"),
    ]
