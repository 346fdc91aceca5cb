"""What outlives the browser's reload and the server: answers, levers, own choices, named scenarios and named columns, in the user's own database.

Kept per data set under the digest of its files; no sales are kept. The address of the page names the state it shows, so
that a reload or a second browser shows the same. Nothing is dropped by itself: what cannot be kept is refused, and
`why_not` says why. A data set that is forgotten takes all of it along.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection

from dashboard.kept import database, tables
from dashboard.kept.acting import acting
from dashboard.kept.documents import log
from dashboard.kept.documents.form import State, document_of, read_state, text_of
from dashboard.kept.forgetting import brought as _brought
from dashboard.kept.forgetting import forgotten, wanted
from dashboard.kept.notes import Refused, said, tried, why_not
from dashboard.kept.places import server_address
from dashboard.team.session import changes

__all__ = [
    "State", "answers", "brought", "forget", "is_kept", "keep_naming", "keep_scenario", "keep_state", "naming", "namings",
    "remove_scenario", "said", "scenarios", "settled", "state", "why_not",
]  # fmt: skip

MOST_STATES = 100_000
MOST_SCENARIOS = 1_000
MOST_NAMINGS = 10_000
LONGEST_NAME = 200
LONGEST_DOCUMENT = 5_000_000
#: the state each data set was last left in, as this process wrote it: the address is written at every run of a page
_LEFT: dict[tuple[str, str, str], str] = {}


def _data(data: str) -> str:
    return data[:16]


def _place(data: str) -> tuple[str, str, str]:
    return (server_address() or str(database.database_path()), acting().company, _data(data))


def _fits(connection: Connection, table: str, most: int, what: str, remedy: str) -> None:
    if tables.count(connection, table) >= most:
        raise Refused(f"{most:,} {what} are kept, which is the most: this one is not; {remedy}")


def _sound(name: str, document: str) -> None:
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refused(f"a name has 1 to {LONGEST_NAME} letters, this one {len(name):,}: it is not kept")
    if len(document) > LONGEST_DOCUMENT:
        raise Refused(
            f"assumptions and own choices take {len(document) / 1e6:,.1f} MB, the most is {LONGEST_DOCUMENT / 1e6:g} MB: they are not kept"
        )


def _left_in(connection: Connection, data: str, name: str) -> None:
    """Note in which state the data set is left."""
    row = tables.find(connection, "dataset", data=data)
    document = json.loads(row["document"]) if row else {}
    if document.get("state", "") != name:
        tables.put(
            connection,
            "dataset",
            {"data": data},
            {"document": json.dumps({**document, "state": name}, sort_keys=True)},
        )


def _changed(connection: Connection, data: str, one: State, before: State | None) -> None:
    """Write into the log what a session changed from one state to another."""
    if before is not None and before != one:
        log.noted(connection, data, log.differences(document_of(before), document_of(one)))


def _name_of(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()


def is_kept(data: str, one: State) -> bool:
    """Whether a state of a data set is kept already, by whomever."""
    name = _name_of(text_of(one))
    return tried(
        lambda: database.look(lambda c: tables.find(c, "state", data=_data(data), name=name)) is not None,
        False,
    )


def keep_state(data: str, one: State, before: State | None = None) -> str:
    """Keep what is chosen for a data set (its digest) and give the name that the address carries; "" where it cannot be kept.

    What is otherwise than in the state `before`, which the session showed until now, goes into the log of changes.
    """
    data = _data(data)

    def kept() -> str:
        place = _place(data)
        text = text_of(one)
        name = _name_of(text)

        def act(connection: Connection) -> None:
            wanted(data)
            if tables.find(connection, "state", data=data, name=name) is None:
                _fits(
                    connection,
                    "state",
                    MOST_STATES,
                    "links",
                    "forget data sets that are no longer needed, or start with another file in STOCK_OR_ORDER_DATABASE",
                )
                tables.put(connection, "state", {"data": data, "name": name}, {"document": text})
            _left_in(connection, data, name)
            _changed(connection, data, one, before)

        moved = before is not None and before != one and text_of(before) != text
        if moved or _LEFT.get(place) != name or not database.opened().same:
            _sound(name, text)
            database.change(act)
            _LEFT[place] = name
        return name

    return tried(kept, "")


def settled(data: str, one: State | None = None, before: State | None = None) -> bool:
    """Note that a data set is looked at as it was opened: nothing answered; what was taken back goes into the log. False where that cannot be kept."""

    def act(connection: Connection) -> None:
        _left_in(connection, _data(data), "")
        if one is not None:
            _changed(connection, _data(data), one, before)

    def left() -> bool:
        if _LEFT.get(place := _place(data)) or (before is not None and before != one):
            database.change(act)
            _LEFT[place] = ""
        return True

    return tried(left, False)


def state(data: str, name: str) -> State | None:
    """What was kept under a name of an address, None where there is nothing (any more)."""
    if not name.isalnum() or len(name) > LONGEST_NAME:
        return None
    row = tried(lambda: database.look(lambda c: tables.find(c, "state", data=_data(data), name=name)), None)
    return read_state(row["document"]) if row else None


def scenarios(data: str) -> dict[str, State]:
    """Saved scenarios of a data set, by name, in the order saved."""
    rows: list[dict[str, str]] = tried(
        lambda: database.look(lambda c: tables.rows(c, "scenario", data=_data(data))), []
    )
    found = {str(row["name"]): read_state(row["document"]) for row in rows}
    return {name: one for name, one in found.items() if one is not None}


def keep_scenario(data: str, name: str, one: State) -> bool:
    """Keep a scenario of a data set under a name, in the place of one with that name; False where it cannot be kept."""
    data = _data(data)

    def kept() -> bool:
        text = text_of(one)

        def act(connection: Connection) -> bool:
            wanted(data)
            old = tables.find(connection, "scenario", data=data, name=name)
            if old is None:
                if tables.count(connection, "scenario", data=data) >= MOST_SCENARIOS:
                    raise Refused(
                        f"{MOST_SCENARIOS:,} scenarios of these data are kept, which is the most: this one is not; delete one first"
                    )
            tables.put(connection, "scenario", {"data": data, "name": name}, {"document": text})
            if old is None:
                log.noted(connection, data, [log.Change("scenario", name, "", "kept")])
            elif old["document"] != text:
                inside = log.differences(json.loads(old["document"]), json.loads(text))
                log.noted(connection, data, [c._replace(kind=f"{c.kind} in scenario {name}") for c in inside])
            return True

        _sound(name, text)
        return database.change(act)

    return tried(kept, False)


def remove_scenario(data: str, name: str) -> bool:
    """Delete a saved scenario; False where that is not possible now."""
    data = _data(data)

    def act(connection: Connection) -> bool:
        if tables.drop(connection, "scenario", data=data, name=name):
            log.noted(connection, data, [log.Change("scenario", name, "kept", "")])
        return True

    return tried(lambda: database.change(act), False)


def _namings() -> dict[str, dict[str, Any]]:
    rows: list[dict[str, str]] = tried(lambda: database.look(lambda c: tables.rows(c, "naming")), [])
    return {str(row["header"]): json.loads(row["document"]) for row in rows}


def namings() -> dict[str, dict[str, str]]:
    """Columns that a person named, role -> column, under the digest of the header they belong to; latest last."""
    return {header: {str(k): str(v) for k, v in one["columns"].items()} for header, one in _namings().items()}


def _header(columns: tuple[str, ...]) -> str:
    return blake2b("\0".join(columns).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def naming(columns: tuple[str, ...]) -> dict[str, str]:
    """What a person once named in a file with these columns; empty where nothing is remembered."""
    return namings().get(_header(columns), {}) if columns else {}


def answers(columns: tuple[str, ...]) -> dict[str, Any]:
    """What a person once answered about a file with these columns: order of dates, decimal mark, lines to count; empty where nothing is remembered."""
    return dict(_namings().get(_header(columns), {}).get("answers", {})) if columns else {}


def _answered(before: dict[str, Any], after: dict[str, Any]) -> list[log.Change]:
    """What is answered otherwise about files with a header."""
    changes = []
    for part, kind in (("columns", "column named"), ("answers", "answer about the file")):
        old, new = ({str(k): json.dumps(v, ensure_ascii=False).strip('"') for k, v in one.get(part, {}).items()} for one in (before, after))  # fmt: skip
        for name in dict.fromkeys((*old, *new)):
            if old.get(name, "") != new.get(name, ""):
                changes.append(log.Change(kind, name, old.get(name, ""), new.get(name, "")))
    return changes


@changes
def keep_naming(
    columns: tuple[str, ...], named: dict[str, str], answered: dict[str, Any] | None = None
) -> bool:
    """Remember the columns named in a file with this header and what was answered about it (None: as it is remembered).

    Where there is neither, it is forgotten; False where it cannot be kept.
    """
    if not columns:
        return False
    header = _header(columns)
    told = answers(columns) if answered is None else answered
    text = json.dumps({"columns": named, "answers": told}, sort_keys=True)

    def act(connection: Connection) -> bool:
        old = tables.find(connection, "naming", header=header)
        before = json.loads(old["document"]) if old else {"columns": {}, "answers": {}}
        log.noted(connection, header, _answered(before, {"columns": named, "answers": told}))
        tables.drop(connection, "naming", header=header)
        if named or told:
            _fits(
                connection,
                "naming",
                MOST_NAMINGS,
                "namings of columns",
                "name the columns in the file itself",
            )
            tables.put(connection, "naming", {"header": header}, {"document": text})
        return True

    def kept() -> bool:
        _sound(header, text)
        return database.change(act)

    return tried(kept, False)


def brought(data: str) -> None:
    """A data set that was forgotten is opened again: from now on it is kept for again."""
    tried(lambda: _brought(_data(data)), None)


def forget(data: str, columns: tuple[str, ...] = ()) -> int:
    """Delete all that was kept of a data set, and what was named in files with its columns; how many entries went."""

    def gone() -> int:
        _LEFT.pop(_place(data), None)
        return forgotten(_data(data), _header(columns) if columns else "")

    return tried(gone, 0)
