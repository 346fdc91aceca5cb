"""The log of changes: who changed which assumption, limit, choice, override, answer or scenario from what to what, and when.

An entry is written in the transaction of the change that it tells of, so that there is neither without the other.
Entries are added and never changed; forgetting a data set takes those about it along, and leaves one that says that
something was forgotten, not what. On one desk the person is empty.
"""

from __future__ import annotations

import json
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from dashboard.kept import database, tables
from dashboard.kept.acting import acting

__all__ = ["Change", "Entry", "differences", "entries", "log_csv", "log_json", "noted"]

#: parts of a state's document -> what they are called
_KINDS = {
    "currency": "answer",
    "cleaning": "answer",
    "ets": "setting",
    "anonymous": "setting",
    "rule": "rule of choice",
}
_NOT_KNOWN = "not known"


class Change(NamedTuple):
    """One thing that is otherwise than before; "" where there was or is nothing."""

    kind: str
    what: str
    before: str
    after: str


class Entry(NamedTuple):
    """One line of the log: when (UTC), by whom, in which file (its title, where it is still known), and what changed."""

    at: str
    person: str
    file: str
    kind: str
    what: str
    before: str
    after: str


def _text(value: Any) -> str:
    if value is None:
        return _NOT_KNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return ", ".join(text for one in value if (text := _text(one)))
    return (
        json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict) else f"{value:.15g}"
    )


def _assumption(row: Sequence[Any]) -> str:
    value, low, high, origin, *who = row
    told = _text(value) if low == high == value else f"{_text(value)} ({_text(low)} to {_text(high)})"
    return f"{told}, {origin}" + (f" by {who[0]}" if who else "")


def _of_assumptions(document: Mapping[str, Any], beside: str) -> dict[tuple[str, str], str]:
    kind = f"assumption{beside}"
    found = {(kind, name): _assumption(row) for name, row in document["general"].items()}
    for level in ("family", "product"):
        for name, table in document[level].items():
            found |= {(kind, f"{field} of {level} {name}"): _assumption(row) for field, row in table.items()}
    limits = tomllib.loads(str(document["limits"])).get("limits", {})
    for name, value in limits.items():
        nested = value if isinstance(value, dict) else {"": value}
        found |= {(f"limit{beside}", f"{name} {of}".rstrip()): _text(one) for of, one in nested.items()}
    signed = document.get("signed", {})
    for name in document.get("as_assumed", ()):
        found[f"confirmed as assumed{beside}", name] = "yes" + (
            f", by {signed[name][0]}" if name in signed else ""
        )
    found |= {
        (f"what-if{beside}", name): _text(change) for name, change in document.get("what_if", {}).items()
    }
    return found


def _flat(document: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """A state's document as single things, each with its value in words."""
    found = _of_assumptions(document, "")
    if document.get("held"):
        found |= _of_assumptions(document["held"], " at which service is held")
    for sku, way, note, *who in document["own"]:
        by = f", by {who[0]}" if who else ""
        found["own choice", sku] = way + (f": {note}" if note else "") + by
    found |= {("lever", name): _text(value) for name, value in document["levers"]}
    for name, value in document.get("stock", {}).items():
        kind = "override of stock value" if name == "overrides" else "stock valuation"
        if isinstance(value, dict):
            found |= {(kind, f"{name} {of}"): _text(one) for of, one in value.items()}
        else:
            found[kind, name] = _text(value)
    found |= {
        (kind, name): _text(document[name]) for name, kind in _KINDS.items() if document.get(name) is not None
    }
    return found


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Change]:
    """What is otherwise in a state's document than in another, thing by thing; None stands for one without anything."""
    old, new = (_flat(one) if one else {} for one in (before, after))
    return [
        Change(*key, old.get(key, ""), new.get(key, ""))
        for key in dict.fromkeys((*old, *new))
        if old.get(key, "") != new.get(key, "")
    ]


def noted(connection: Connection, data: str, changes: Sequence[Change]) -> None:
    """Write down what this transaction changes in a data set (its digest; "" where it is about none). Raises Refused."""
    if not changes:
        return
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    text = json.dumps([list(one) for one in changes], sort_keys=True)
    values = {"at": at, "person": acting().person, "data": data, "document": text}
    tables.put(connection, "log", {"entry": secrets.token_hex(8)}, values)


def entries() -> list[Entry]:
    """The log of the company that the session acts for, oldest first. Raises Refused."""

    def act(connection: Connection) -> list[Entry]:
        titles = {
            row["data"]: str(json.loads(row["document"]).get("title", ""))
            for row in tables.rows(connection, "dataset")
        }
        return [
            Entry(row["at"], row["person"], titles.get(row["data"], ""), *map(str, change))
            for row in tables.rows(connection, "log")
            for change in json.loads(row["document"])
        ]

    return database.look(act)


def log_csv(found: Sequence[Entry]) -> bytes:
    """The log for a spreadsheet; what it would run as a formula is marked as text."""
    import pandas as pd

    from analytics.writeup.files import csv_bytes

    return csv_bytes(pd.DataFrame(list(found), columns=list(Entry._fields), dtype=str))


def log_json(found: Sequence[Entry]) -> bytes:
    """The log for other programs."""
    return json.dumps([one._asdict() for one in found], ensure_ascii=False, indent=1).encode()
