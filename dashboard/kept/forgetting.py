"""Forgetting a data set on the disk: in the database, in its copy, in files that were put aside, and in those of earlier versions."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from dashboard.kept import database, tables
from dashboard.kept.notes import Refused, say
from dashboard.kept.takeover import earlier_files

__all__ = ["forgotten"]


def _shrunk(path: Path) -> None:
    """Give free pages back, so that nothing deleted is left in the file."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=5.0, isolation_level=None)) as connection:
        connection.execute("VACUUM")


def _aside(path: Path) -> list[Path]:
    """Files beside the database that may hold the same: its copy, damaged and replaced ones."""
    return sorted(one for one in path.parent.glob(f"{path.stem}.*{path.suffix}") if one != path)


def forgotten(data: str, header: str = "") -> int:
    """Delete all that is kept of a data set (and the naming of a header); how many entries went. Raises Refused."""

    def act(connection: Connection) -> int:
        gone = sum(tables.drop(connection, table, data=data) for table in ("state", "scenario", "dataset"))
        return gone + (tables.drop(connection, "naming", header=header) if header else 0)

    gone = database.change(act)
    path = database.opened().path
    try:
        _shrunk(path)
    except sqlite3.Error as problem:
        raise Refused(f"the entries are deleted, but {path} could not be cleared of their traces ({problem}): try again in a moment") from None
    database.copied(path, always=True)
    for one in _aside(path):
        if one == database.copy_of(path):
            continue
        try:
            with database.engine_of(one).connect().execution_options(writing=True) as connection, connection.begin():
                database.examined(connection)
                act(connection)
            _shrunk(one)
        except (tables.Damaged, Refused, SQLAlchemyError, sqlite3.Error, ValueError, TypeError):
            one.unlink(missing_ok=True)
            say(f"{one.name} was put aside earlier and cannot be read in part: it was deleted, because it may hold what was to be forgotten")
    for file in earlier_files(data):
        file.unlink(missing_ok=True)
        gone += 1
    return gone
