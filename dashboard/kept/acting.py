"""For whom something is read or kept: a company and one of its people. Every row of kept work belongs to a company, and this says to which.

On one desk there is one company without a name, and nobody is asked. Where a team is served, `ask_the_session` names
the way to find out who is signed in; a session in which nobody is reads and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from dashboard.kept.notes import Refused

__all__ = ["ONE_DESK", "Acting", "acting", "acting_for", "ask_the_session", "of_a_team"]


class Acting(NamedTuple):
    """A company and the address of one of its people; both empty on one desk."""

    company: str
    person: str


ONE_DESK = Acting("", "")
_FOR: ContextVar[Acting | None] = ContextVar("for whom", default=None)
_ASKED: list[Callable[[], Acting | None]] = []


def ask_the_session(who: Callable[[], Acting | None] | None) -> None:
    """From now on this process serves a team: `who` gives the company and person of the session that runs, None where nobody is signed in.

    None instead of a way to ask: one desk again.
    """
    _ASKED[:] = [] if who is None else [who]


def of_a_team() -> bool:
    """Whether this process serves a team."""
    return bool(_ASKED)


def acting() -> Acting:
    """For whom this session reads and keeps. Raises Refused where a team is served and nobody is signed in."""
    if (named := _FOR.get()) is not None:
        return named
    if not _ASKED:
        return ONE_DESK
    found = _ASKED[0]()
    if found is None or not found.company:
        raise Refused("nobody is signed in: nothing is shown or kept; sign in again")
    return found


@contextmanager
def acting_for(company: str, person: str = "") -> Iterator[None]:
    """Within this block, whatever is read or kept is of this company, and changed by this person: for the start, for commands, for work in the background."""
    before = _FOR.set(Acting(company, person))
    try:
        yield
    finally:
        _FOR.reset(before)
