"""The address of the page: it names the data, what was answered and tried on them, and on Products what is open, sought and shown."""

from __future__ import annotations

import streamlit as st

from analytics.valuation.policy import DEFAULT_POLICY
from dashboard.sessions import went_back
from dashboard.state import inputs, memory
from dashboard.state.choice import Choice, opened_as
from sample_data import samples

__all__ = ["KINDS", "PRESENTING", "TOURING", "address", "arrived", "same_state", "show_only", "shown"]

#: What the page Products can be narrowed to, in the order of its buttons.
KINDS = ("To stock", "To assemble", "To order", "Ended")
#: Whether the presenter view is on, and at which step of the tour (from 0) a person is, in the session.
PRESENTING = "_presenting"
TOURING = "_step of the tour"
#: The state of each data set (its digest) that this session last told to be kept: what the next one differs from.
TOLD = "_told"
#: Where the page that has products in its address is.
PRODUCTS = "products"


def same_state(one: Choice, other: Choice) -> bool:
    """Whether two choices of a data set hold the same answers, levers and own choices."""
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("answers", "levers", "overrides", "cleaning", "ets", "held", "rule")
    )


def shown() -> tuple[str, tuple[str, ...]]:
    """What is sought on Products and which kinds are shown (none: all)."""
    kept: tuple[str, tuple[str, ...]] = st.session_state.get(inputs.SHOWN, ("", ()))
    return kept


def show_only(sought: str, kinds: tuple[str, ...]) -> None:
    """Seek and show this on Products from now on."""
    st.session_state[inputs.SHOWN] = (sought, tuple(kind for kind in KINDS if kind in kinds))


def arrived() -> None:
    """Take over what the address names where a session begins or the browser went back or forward in it.

    In any other run of the page the session knows better: a browser may not have heard yet of what was just
    changed, and its old address must not undo that.
    """
    asked = {
        name: str(st.query_params.get(name, ""))
        for name in ("data", "state", "product", "search", "show", "present", "tour")
    }
    begun = "_arrived" not in st.session_state
    st.session_state["_arrived"] = True
    if not begun and not (asked["data"] and went_back()):
        return
    if not begun:
        inputs.went_to(asked["data"], asked["state"])
    st.session_state[PRESENTING] = bool(asked["present"])
    st.session_state.pop(TOURING, None)
    if asked["tour"] in set("123456789"):  # the tour itself knows how many steps it has
        st.session_state[TOURING] = int(asked["tour"]) - 1
    inputs.close_products()
    if asked["product"]:
        st.session_state["product"] = asked["product"]
    if asked["search"] or asked["show"]:
        show_only(asked["search"], tuple(kind for kind in KINDS if _short(kind) in asked["show"].split(",")))


def _short(kind: str) -> str:
    """A kind of product as the address says it.

    >>> _short("To assemble")
    'assemble'
    """
    return kind.lower().removeprefix("to ")


def _on_products() -> dict[str, str]:
    sought, kinds = shown()
    open_now = str(st.session_state.get("product") or "")
    if open_now:
        return {"product": open_now}
    return {"search": sought.strip(), "show": ",".join(_short(kind) for kind in kinds)}


def address(current: Choice, page: str) -> None:
    """Name on the address what is on the screen, so that a reload, Back or another browser shows the same."""
    plain = opened_as(current)
    untouched = (
        same_state(current, plain)
        and not current.anonymous
        and current.policy == DEFAULT_POLICY
        and current.currency == (samples()[current.source.sample].currency if current.source.sample else "")
    )
    told: dict[str, memory.State] = st.session_state.setdefault(TOLD, {})
    digest, state = current.source.digest, current.state
    # a state that a link or the last session brought is no change of this one; one that was never kept is
    before = told.get(digest) or (None if untouched or memory.is_kept(digest, state) else plain.state)
    name = "" if untouched else memory.keep_state(digest, state, before)
    if memory.settled(digest, state, before) if untouched else name:
        told[digest] = state
    wanted = {
        "data": current.source.sample or digest,
        "state": name,
        "present": "1" if st.session_state.get(PRESENTING) else "",
        "tour": str(int(st.session_state[TOURING]) + 1) if TOURING in st.session_state else "",
        **(_on_products() if page == PRODUCTS else {}),
    }
    named = {name: value for name, value in wanted.items() if value}
    if st.query_params.to_dict() != named:
        st.query_params.from_dict(named)  # all at once: one step of the browser's history
