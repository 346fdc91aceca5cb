"""Who confirms and overrides: a name typed once in a session, kept as typed with whatever is set under it, and the date of the data."""

from __future__ import annotations

import streamlit as st

from analytics.assumptions import Signed

__all__ = ["data_are_of", "name_part", "signature", "stock_is_of", "stock_signature"]

_NAME, _DATA, _STOCK = "_typed name", "_data are of", "_stock is of"


def data_are_of(digest: str, day: str) -> None:
    """Note the last day of the data on the screen (YYYY-MM-DD), under their digest."""
    st.session_state[_DATA] = (digest, day)


def stock_is_of(digest: str, day: str) -> None:
    """Note the day of the stock on the screen (YYYY-MM-DD), under the digest of its data."""
    st.session_state[_STOCK] = (digest, day)


def _signed(kept: str, digest: str) -> Signed:
    name = str(st.session_state.get(_NAME, "")).strip()
    of, day = st.session_state.get(kept, ("", ""))
    return Signed(name, day if of == digest else "") if name else Signed()


def signature(digest: str) -> Signed:
    """The name typed and the date of the data; nothing where no name is typed."""
    return _signed(_DATA, digest)


def stock_signature(digest: str) -> Signed:
    """The name typed and the day of the stock; nothing where no name is typed."""
    return _signed(_STOCK, digest)


def _named(key: str) -> None:
    st.session_state[_NAME] = st.session_state[key]


def name_part(key: str) -> None:
    """The field for the name: what is set from now on is kept under it."""
    st.session_state[key] = st.session_state.get(_NAME, "")
    st.text_input(
        "Your name, kept with what you confirm or set",
        key=key,
        max_chars=80,
        placeholder="as typed, not verified",
        on_change=_named,
        args=(key,),
    )
