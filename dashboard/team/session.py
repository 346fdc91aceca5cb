"""What the person of this session may see and change: the one place that knows it, asked by every way out of the server and by all that changes.

On one desk (no `serve_with`) everything may be done and nobody is asked. Where a team is served, a session without *see
costs* is sent no amount of money, whoever draws the page: whatever a page does not mark as being without money counts as
money. Every control shows or moves money, so *change* takes effect together with *see costs* only.

Rights are read from the database, for a session at most every two seconds, so that one who is withdrawn or deleted while
signed in is shown nothing more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, NamedTuple, ParamSpec

import streamlit as st

from dashboard import sessions
from dashboard.kept.acting import Acting, ask_the_session
from dashboard.kept.notes import Refused
from dashboard.team import people
from dashboard.team.configuration import Configuration
from dashboard.team.rights import NOTHING, Right

__all__ = [
    "SignedIn", "changes", "drawn_in_units", "may", "may_have_files", "only_words", "person", "person_of_claims", "renew_all",
    "sendable", "serve_with", "served", "this_place", "without_money",
]  # fmt: skip

P = ParamSpec("P")
_SECONDS = 2.0
_SERVED: list[Configuration] = []
_KNOWN: dict[str, tuple[float, people.Person | None]] = {}
_LOCK = threading.Lock()
#: Sessions whose page on the screen was drawn without money.
_IN_UNITS: set[str] = set()
#: What the page under way may send: "" everything that the rights give, "words" sentences about rights, "units" what holds no money.
_PART: ContextVar[str] = ContextVar("part of a page", default="")
REFUSED = "Nothing was changed: you may look at this and not change it. Ask an administrator of your company for the right to change."


class SignedIn(NamedTuple):
    """Somebody who is signed in: the address that the provider says, the company that knows them ("": none), their rights; `why` they see nothing."""

    email: str
    name: str
    company: str
    rights: frozenset[Right]
    why: str = ""


def served() -> Configuration | None:
    """With what a team is served; None on one desk."""
    return _SERVED[0] if _SERVED else None


def this_place() -> str:
    """Where files and work are held, in words."""
    return "the server of your company" if _SERVED else "this machine"


def serve_with(configuration: Configuration | None) -> None:
    """From now on this process serves a team (None: one desk again)."""
    _SERVED[:] = [] if configuration is None else [configuration]
    _KNOWN.clear()
    ask_the_session(None if configuration is None else _acting)


def _acting() -> Acting | None:
    one = person()
    return Acting(one.company, one.email) if one is not None and one.company and one.rights else None


def _known(email: str) -> people.Person | None:
    """Company and rights by the database, as they were two seconds ago at most. Raises Refused where it does not answer."""
    now = time.monotonic()
    with _LOCK:
        known = _KNOWN.get(email)
    if known is None or now - known[0] > _SECONDS:
        known = (now, people.person_of(email))
        with _LOCK:
            _KNOWN[email] = known
    return known[1]


def person_of_claims(claims: Mapping[str, Any], now: float | None = None) -> SignedIn | None:
    """Who is signed in by what the provider said, with the rights in force at a time (seconds since 1970; None: now); None where nobody is."""
    configuration = served()
    if configuration is None or not claims.get("is_logged_in"):
        return None
    now = time.time() if now is None else now
    email = people.compared(str(claims.get(configuration.claim) or ""))
    name = str(claims.get("name") or email)[:80]
    issued = claims.get("iat")
    hours = configuration.session_hours
    nobody = SignedIn(email, name, "", NOTHING)
    if not email:
        return nobody._replace(
            why=f"The identity provider did not say your {configuration.claim}, by which people are known here. Tell an administrator."
        )
    if claims.get("email_verified") is False:
        return nobody._replace(
            why=f"The identity provider has not verified the address {email}. Verify it there, then sign in again."
        )
    if not isinstance(issued, int | float) or not -60.0 <= now - issued <= hours * 3600.0:
        return nobody._replace(why=f"Your sign-in is older than {hours} hours and has ended. Sign in again.")
    try:
        found = _known(email)
    except Refused as error:  # a database that is away: nothing is shown, and that is said
        words = str(error).rstrip(".")
        return nobody._replace(
            why=f"Your rights cannot be read: {words}. Nothing is lost. Try again in a minute."
        )
    if found is None or Right.SEE not in found.rights:
        return nobody._replace(
            why=f"{email} has no right to see anything here. An administrator of your company can give it on the page People."
        )
    rights = found.rights if Right.SEE_COSTS in found.rights else found.rights - {Right.CHANGE}
    return SignedIn(email, name, found.company, rights)


def person(session: str = "") -> SignedIn | None:
    """Who is signed in in a session ("": that of this thread); None on one desk and where nobody is."""
    return person_of_claims(sessions.user(session)) if _SERVED else None


def may(right: Right, session: str = "") -> bool:
    """Whether the person of a session ("": that of this thread) may do this; on one desk everything."""
    if not _SERVED:
        return True
    one = person(session)
    return one is not None and right in one.rights


def changes(action: Callable[P, Any]) -> Callable[P, Any]:
    """An action that changes something: done where the person may change, else refused in words; nothing is done and None is returned."""

    @wraps(action)
    def asked(*given: P.args, **named: P.kwargs) -> Any:
        if may(Right.CHANGE):
            return action(*given, **named)
        with only_words():
            st.toast(REFUSED, icon=":material/lock:")
        return None

    return asked


@contextmanager
def _part(name: str) -> Iterator[None]:
    before = _PART.set(name)
    try:
        yield
    finally:
        _PART.reset(before)


def only_words() -> Any:
    """Within this block nothing is shown but sentences about rights: it may be sent to everybody."""
    return _part("words")


def without_money() -> Any:
    """Within this block nothing holds an amount of money: it may be sent to whoever may see."""
    return _part("units")


def sendable() -> bool:
    """Whether a piece of a page that is under way in this thread may be sent: whatever is not marked otherwise counts as money."""
    if not _SERVED or _PART.get() == "words":
        return True
    return may(Right.SEE if _PART.get() == "units" else Right.SEE_COSTS)


def drawn_in_units() -> bool:
    """Whether the page under way is drawn without money, because the person may not see costs; noted, so that files asked for later are known to be without."""
    if not _SERVED:
        return False
    units = not may(Right.SEE_COSTS)
    with _LOCK:
        (_IN_UNITS.add if units else _IN_UNITS.discard)(sessions.this())
    return units


def may_have_files(session: str) -> bool:
    """Whether a file that the page of a session offered may be made for it now."""
    return may(Right.SEE_COSTS, session) or (session in _IN_UNITS and may(Right.SEE, session))


def renew_all(email: str) -> None:
    """Show every open page of a person anew: their rights have changed."""
    email = people.compared(email)
    with _LOCK:
        _KNOWN.pop(email, None)
    configuration = served()
    for session in sessions.every():
        if (
            configuration is not None
            and people.compared(str(sessions.user(session).get(configuration.claim) or "")) == email
        ):
            sessions.renew(session)
