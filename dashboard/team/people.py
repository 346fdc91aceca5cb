"""The people of each company and their rights, in the database of kept work.

A person is an e-mail address, compared without regard to case, and belongs to one company only. Every change is in the
log of changes, in the same transaction. What is asked here is asked of the database each time: a person whose rights
are withdrawn has none from then on, in whatever window is open.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from dashboard.kept import database, tables
from dashboard.kept.acting import ONE_DESK, acting, acting_for
from dashboard.kept.documents.log import Change, noted
from dashboard.kept.notes import Refused
from dashboard.team.rights import NOTHING, Right, rights_of_text, text_of_rights, with_what_follows

__all__ = [
    "Person",
    "address_of",
    "company_name",
    "compared",
    "everyone",
    "first_administrator",
    "grant",
    "person_of",
    "rights_of",
    "withdraw",
]

_LONGEST = 254
T = TypeVar("T")


class Person(NamedTuple):
    """One of a company's people: the address as it is compared, and the rights with what follows from them."""

    company: str
    address: str
    rights: frozenset[Right]


def compared(email: str) -> str:
    """An address as two are held against each other: without regard to case and spaces around it.

    >>> compared(" M.Weber@Example.COM ")
    'm.weber@example.com'
    """
    return unicodedata.normalize("NFC", email).strip().casefold()


def address_of(email: str) -> str:
    """An e-mail address as it is kept and compared. Raises Refused where it cannot be one.

    >>> address_of(" M.Weber@Example.COM ")
    'm.weber@example.com'
    """
    text = compared(email)
    name, _, host = text.rpartition("@")
    if not name or not host or "@" in name or len(text) > _LONGEST or not text.isprintable() or " " in text:
        raise Refused(
            f"{email[:80]!r} is no e-mail address: write it as name@company.com; nothing was changed"
        )
    return text


def company_name(company: str) -> str:
    """A company's name as it is kept and compared: without spaces around it. Raises Refused where it cannot be one."""
    text = " ".join(unicodedata.normalize("NFC", company).split())
    if not text or len(text) > 200 or not text.isprintable():
        raise Refused(
            f"{company[:80]!r} names no company: a name has 1 to 200 printable letters; nothing was changed"
        )
    return text


def _person(connection: Connection, address: str) -> Person | None:
    row = tables.find(connection, "person", address=address)
    return Person(row["company"], row["address"], rights_of_text(row["rights"])) if row else None


def person_of(email: str) -> Person | None:
    """Whoever signs in with this address: company and rights; None where no company knows it. Raises Refused."""
    try:
        address = address_of(email)
    except Refused:
        return None
    return database.look(lambda connection: _person(connection, address))


def rights_of(company: str, email: str) -> frozenset[Right]:
    """What a person may do in a company now; nothing in another company than the person's. Raises Refused where the database does not answer."""
    found = person_of(email)
    return found.rights if found is not None and found.company == company else NOTHING


def _in(company: str, act: Callable[[Connection], T], by: str = "", change: bool = True) -> T:
    """Do it in a company. Raises Refused where the session is one of another company, or nobody is signed in."""
    session = acting()
    if session != ONE_DESK and session.company != company:
        raise Refused("that is another company: nothing is shown or changed")
    with acting_for(company, by or session.person):
        return (database.change if change else database.look)(act)


def everyone(company: str) -> list[Person]:
    """The people of a company, by address. Raises Refused."""

    def act(connection: Connection) -> list[Person]:
        found = (
            Person(row["company"], row["address"], rights_of_text(row["rights"]))
            for row in tables.rows(connection, "person", company=company)
        )
        return sorted(found, key=lambda person: person.address)

    return _in(company, act, change=False)


def _administrators(connection: Connection, company: str) -> set[str]:
    return {
        row["address"]
        for row in tables.rows(connection, "person", company=company)
        if Right.ADMINISTER in rights_of_text(row["rights"])
    }


def _set(connection: Connection, company: str, address: str, rights: frozenset[Right]) -> None:
    before = _person(connection, address)
    had = before.rights if before else NOTHING
    if had == rights:
        return
    noted(connection, "", [Change("right", address, text_of_rights(had), text_of_rights(rights))])
    if not rights:
        tables.drop(connection, "person", address=address)
    else:
        tables.put(
            connection, "person", {"address": address}, {"company": company, "rights": text_of_rights(rights)}
        )


def _added(connection: Connection, company: str, address: str, rights: Iterable[Right]) -> frozenset[Right]:
    there = _person(connection, address)
    if there is not None and there.company != company:
        raise Refused(
            f"{address} belongs to another company already, and a person belongs to one: nothing was changed; use another address"
        )
    now = with_what_follows({*rights, *(there.rights if there else ())})
    _set(connection, company, address, now)
    return now


def grant(company: str, email: str, rights: Iterable[Right], by: str = "") -> frozenset[Right]:
    """Give rights to a person, who becomes one of the company's; what the person may do now.

    `by` is who gives them, where that is not the person of the session. Raises Refused where the address is that of
    another company, and where the database does not take it.
    """
    name, address, given = company_name(company), address_of(email), frozenset(rights)
    if not given:
        raise Refused("no right is named: nothing was changed; a person needs at least the right to see")
    return _in(name, lambda connection: _added(connection, name, address, given), by)


def withdraw(
    company: str, email: str, rights: Iterable[Right] | None = None, by: str = ""
) -> frozenset[Right]:
    """Take rights from a person of the company (None: all); what is left. Without *see* nothing is left, and the person is none of the company's any more.

    Raises Refused where nobody would be left who administers, where the company has no such person, and where the
    database does not take it.
    """
    name, address = company_name(company), address_of(email)
    taken = frozenset(Right) if rights is None else frozenset(rights)

    def act(connection: Connection) -> frozenset[Right]:
        there = _person(connection, address)
        if there is None or there.company != name:
            raise Refused(f"{address} is nobody of {name}: nothing was changed")
        left = NOTHING if Right.SEE in taken else there.rights - taken
        if Right.ADMINISTER not in left and _administrators(connection, name) == {address}:
            raise Refused(
                f"{address} is the only one who administers {name}: nothing was changed; give that right to somebody else first"
            )
        _set(connection, name, address, left)
        return left

    return _in(name, act, by)


def first_administrator(company: str, email: str) -> bool:
    """See to it that a company has somebody who administers it: this person, where nobody does; whether that was so.

    For the start of a server, by its configuration. Raises Refused.
    """
    name, address = company_name(company), address_of(email)

    def act(connection: Connection) -> bool:
        if _administrators(connection, name):
            return False
        _added(connection, name, address, {Right.ADMINISTER})
        return True

    with acting_for(name, "the configuration of the server"):
        return database.change(act)
