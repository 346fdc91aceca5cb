"""Takes over, once, what versions up to 0.8 kept as small files in the cache folder."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from dashboard.kept import tables
from dashboard.kept.documents.form import state_of
from dashboard.kept.notes import Refused, say
from dashboard.kept.places import earlier_folder

if TYPE_CHECKING:
    from dashboard.kept.database import Database

__all__ = ["earlier_files", "take_over"]

_NAME = re.compile(r"([0-9a-f]{16})(?:-([0-9a-z]+))?\.json")


def earlier_files(data: str = "") -> list[Path]:
    """The files of earlier versions (of one data set), oldest first."""
    folder = earlier_folder()
    try:
        found = [
            path
            for path in folder.iterdir()
            if ((match := _NAME.fullmatch(path.name)) and match[1].startswith(data[:16]))
            or (path.name == "columns.json" and not data)
        ]
    except OSError:
        return []
    return sorted(found, key=lambda path: path.name)


def _read(path: Path) -> Any:
    document = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise ValueError("it is no table")
    return document


def _rows(path: Path) -> list[tuple[str, dict[str, str], str]]:
    """Table, key and document of everything in a file. Raises OSError, ValueError."""
    document = _read(path)
    match = _NAME.fullmatch(path.name)
    if match is None:
        named = {
            str(header): {str(k): str(v) for k, v in dict(one).items()} for header, one in document.items()
        }
        return [
            ("naming", {"header": header}, json.dumps({"columns": one}, sort_keys=True))
            for header, one in named.items()
        ]
    if match[2]:
        state_of(document)
        return [("state", {"data": match[1], "name": match[2]}, json.dumps(document, sort_keys=True))]
    for one in document.values():
        state_of(one)
    return [
        ("scenario", {"data": match[1], "name": str(name)}, json.dumps(one, sort_keys=True))
        for name, one in document.items()
    ]


def take_over(database: Database) -> None:
    """Every readable file into the database, then away; one that cannot be read stays where it is. Both are told."""
    from dashboard.kept.database import change

    files = earlier_files()
    if not files:
        return
    taken: list[tuple[Path, list[tuple[str, dict[str, str], str]]]] = []
    unread: list[Path] = []
    for path in files:
        try:
            taken.append((path, _rows(path)))
        except (OSError, ValueError, TypeError, RecursionError):
            unread.append(path)

    def act(connection: Connection) -> None:
        for _, rows in taken:
            for table, key, document in rows:
                if tables.find(connection, table, **key) is None:
                    tables.put(connection, table, key, {"document": document})

    try:
        change(act)
    except Refused as problem:
        say(f"scenarios of an earlier version in {earlier_folder()} could not be taken over yet: {problem}")
        return
    for path, _ in taken:
        try:
            path.unlink()
        except OSError:
            pass
    counts = {
        kind: sum(table == kind for _, rows in taken for table, _, _ in rows)
        for kind in ("scenario", "state", "naming")
    }
    words = [
        f"{counts[kind]:,} {text}"
        for kind, text in (("scenario", "scenarios"), ("state", "links"), ("naming", "namings of columns"))
        if counts[kind]
    ]
    if words:
        say(f"taken over from an earlier version: {', '.join(words)}; they are in {database.path} now")
    if unread:
        say(
            f"{len(unread)} files of an earlier version cannot be read and stay where they are: {', '.join(str(path) for path in unread[:3])}{' ...' if len(unread) > 3 else ''}"
        )
