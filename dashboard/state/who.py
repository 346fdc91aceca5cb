"""Who confirms and overrides: on a team's server who is signed in, else a name typed once in a session, kept as typed with whatever is set under it, and the date of the data."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.assumptions import Signed
from dashboard.team import session
from dashboard.text.words import plain

__all__ = [
    "data_are_of",
    "name_part",
    "no_longer_waits",
    "signature",
    "stock_is_of",
    "stock_signature",
    "under_a_name",
    "waiting_words",
]

_NAME, _DATA, _STOCK = "_typed name", "_data are of", "_stock is of"
#: What was confirmed or decided before a name was typed: under the digest of its data, key -> what it is in words, and what makes it count.
_WAITING = "_waits for a name"


def data_are_of(digest: str, day: str) -> None:
    """Note the last day of the data on the screen (YYYY-MM-DD), under their digest."""
    st.session_state[_DATA] = (digest, day)


def stock_is_of(digest: str, day: str) -> None:
    """Note the day of the stock on the screen (YYYY-MM-DD), under the digest of its data."""
    st.session_state[_STOCK] = (digest, day)


def _name() -> str:
    """Who is signed in on a team's server, else the name typed."""
    one = session.person()
    return one.email if one is not None else str(st.session_state.get(_NAME, "")).strip()


def _signed(kept: str, digest: str) -> Signed:
    name = _name()
    of, day = st.session_state.get(kept, ("", ""))
    return Signed(name, day if of == digest else "") if name else Signed()


def signature(digest: str) -> Signed:
    """The name typed and the date of the data; nothing where no name is typed."""
    return _signed(_DATA, digest)


def stock_signature(digest: str) -> Signed:
    """The name typed and the day of the stock; nothing where no name is typed."""
    return _signed(_STOCK, digest)


def under_a_name(digest: str, sample: bool, key: str, what: str, action: Callable[[], None]) -> bool:
    """Do what a person confirms or decides (`what` in words) where a name is typed; else keep it until one is, and nothing is lost.

    Of two under one `key` the later counts. In a sample nobody signs anything. Returns whether it is done.
    """
    if sample or _name():
        action()
        return True
    of, kept = st.session_state.get(_WAITING, ("", {}))
    st.session_state[_WAITING] = (digest, {**(kept if of == digest else {}), key: (what, action)})
    return False


def no_longer_waits(digest: str, key: str) -> None:
    """What waits under this `key` is not wanted any more: whoever set it has put it back as it was."""
    of, kept = st.session_state.get(_WAITING, ("", {}))
    if of == digest and key in kept:
        st.session_state[_WAITING] = (digest, {name: one for name, one in kept.items() if name != key})


def waiting_words(digest: str) -> str:
    """What waits for a name, as a sentence that says where to type it; "" where nothing does."""
    of, kept = st.session_state.get(_WAITING, ("", {}))
    if of != digest or not kept:
        return ""
    words = dict.fromkeys(what for what, _ in kept.values())
    count = "counts" if len(words) == 1 else "count"
    return (
        f"Not counted yet: {', '.join(words)}. Type your name here, once; then it stands with it and {count}."
    )


def _named(key: str, digest: str) -> None:
    st.session_state[_NAME] = st.session_state[key]
    of, kept = st.session_state.get(_WAITING, ("", {}))
    if str(st.session_state[key]).strip() and of == digest:
        del st.session_state[_WAITING]
        for _, action in kept.values():
            action()


def name_part(key: str, digest: str) -> None:
    """The field for the name: what is set in these data from now on is kept under it, and what waited for one counts."""
    if session.served() is not None:
        st.caption(plain(f"What you confirm or set is kept under {_name()}."))
        return
    name = st.session_state.get(_NAME, "")
    # set again without need it would wipe out what is being typed while a run goes on; never set, a field drawn anew would be empty
    if other := st.session_state.get(key, name) != name:
        st.session_state[key] = name
    if words := waiting_words(digest):
        st.warning(plain(words), icon=":material/edit:")
    st.text_input(
        "Your name, kept with what you confirm or set",
        "" if other else name,
        key=key,
        max_chars=80,
        placeholder="as typed, not verified",
        on_change=_named,
        args=(key, digest),
    )
