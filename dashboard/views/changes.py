"""Changes: who of the company changed what from what to what, and when; and the deletion of all that is kept of the company."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.kept.documents.log import Entry, entries, log_csv, log_json
from dashboard.kept.notes import Refused
from dashboard.parts.tables import show_table
from dashboard.results import compute
from dashboard.team import session
from dashboard.team.deletion import delete_company
from dashboard.team.people import everyone
from dashboard.team.rights import Right
from dashboard.text.words import plain

_SHOWN = 500
_TOLD = "_told of deletion"


def _seen() -> list[Entry]:
    """The log as this person may see it: values are costs and margins, which not everybody who administers may see."""
    found = entries()
    if session.may(Right.SEE_COSTS):
        return found
    return [one if one.kind == "right" else one._replace(before="", after="") for one in found]


def _delete() -> None:
    one = session.person()
    if one is None or Right.ADMINISTER not in one.rights or st.session_state["delete-company"] != one.company:
        st.session_state[_TOLD] = "Nothing was deleted: the name typed is not that of the company."
        return
    try:
        addresses = [person.address for person in everyone(one.company)]
        compute.forget_company(one.company)
        delete_company(one.company)
    except Refused as error:
        st.session_state[_TOLD] = f"{str(error)[:1].upper()}{str(error)[1:]}."
        return
    for address in addresses:
        session.renew_all(address)


def show() -> None:
    """The page."""
    found = _seen()
    one = session.person()
    count = f"{len(found):,} {'change' if len(found) == 1 else 'changes'}"
    st.title(plain(f"{count} by people of {one.company if one else ''}"), anchor=False)
    if words := st.session_state.pop(_TOLD, ""):
        st.error(plain(words), icon=":material/error:")
    if not session.may(Right.SEE_COSTS):
        st.caption("From what to what is shown to those who may see costs.")
    last = found[: -_SHOWN - 1 : -1]
    latest = pd.DataFrame(
        {
            "When (UTC)": [one.at for one in last],
            "Who": [one.person for one in last],
            "File": [one.file for one in last],
            "Kind": [one.kind for one in last],
            "What changed": [one.what for one in last],
            "From": [one.before for one in last],
            "To": [one.after for one in last],
        },
        dtype=str,
    )
    show_table(latest, hide_index=True, width="stretch", alt=f"{count}, the latest {_SHOWN} first")
    with st.container(horizontal=True):
        st.download_button(
            "All changes (CSV)", partial(log_csv, found), "changes.csv", "text/csv", on_click="ignore"
        )
        st.download_button(
            "All changes (JSON)",
            partial(log_json, found),
            "changes.json",
            "application/json",
            on_click="ignore",
        )
    with st.expander("Delete the company"), st.form("delete"):
        st.markdown(
            "Everything kept of the company goes, for everybody and for good: scenarios, links, answers, kept studies, "
            "people and this log. Backups that were taken elsewhere stay."
        )
        st.text_input("Type the name of the company", key="delete-company", max_chars=200)
        st.form_submit_button("Delete everything", on_click=_delete)


if session.may(Right.ADMINISTER):
    show()
