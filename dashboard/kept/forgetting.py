"""Forgetting a data set on the disk: in the database, in its copy, in files that were put aside, and in those of earlier versions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from dashboard.kept import database, tables
from dashboard.kept.acting import acting
from dashboard.kept.documents.log import Change, noted
from dashboard.kept.notes import Refused, say
from dashboard.kept.places import database_path, kept_study_files, server_address
from dashboard.kept.schema import examined
from dashboard.kept.server import server_words, swept
from dashboard.kept.takeover import earlier_files

__all__ = ["brought", "everywhere", "forgotten", "wanted"]

#: data sets that this process was asked to forget: what a page that still ran wants to keep of them comes too late
_GONE: set[tuple[str, str, str]] = set()


def _place(data: str) -> tuple[str, str, str]:
    return (server_address() or str(database_path()), acting().company, data)


def wanted(data: str) -> None:
    """To be asked within a change, before something of a data set is kept. Raises Refused where it was forgotten meanwhile."""
    if _place(data) in _GONE:
        raise Refused(
            "these data were forgotten, in this window or another one: nothing more is kept of them until their file is opened again"
        )


def brought(data: str) -> None:
    """A data set that was forgotten is opened again."""
    _GONE.discard(_place(data))


def _aside(path: Path) -> list[Path]:
    """Files beside the database that may hold the same: its copy, damaged and replaced ones."""
    return sorted(one for one in path.parent.glob(f"{path.stem}.*{path.suffix}") if one != path)


def everywhere(act: Callable[[Connection], int]) -> int:
    """Delete rows in the database, in its copy and in files put aside, so that no trace of them is left; how many went. Raises Refused."""
    gone = database.change(act)
    present = database.opened()
    path, where = (
        present.path,
        str(present.path) if present.url is None else "the files of the database server",
    )
    try:
        if present.url is None:
            database.shrunk(path)
            database.copied(path, always=True)
        else:
            swept(present.engine)
    except (sqlite3.Error, SQLAlchemyError) as problem:
        why = problem if present.url is None else server_words(problem, present.url)
        raise Refused(
            f"the entries are deleted, but {where} could not be cleared of their traces ({why}): try again in a moment"
        ) from None
    for one in _aside(path):
        if one == database.copy_of(path):
            continue
        try:
            with (
                database.engine_of(one).connect().execution_options(writing=True) as connection,
                connection.begin(),
            ):
                examined(connection)
                act(connection)
            database.shrunk(one)
        except (tables.Damaged, Refused, SQLAlchemyError, sqlite3.Error, ValueError, TypeError):
            one.unlink(missing_ok=True)
            say(
                f"{one.name} was put aside earlier and is damaged, or of an earlier form: it was deleted, because it may hold what was to be forgotten"
            )
    return gone


def forgotten(data: str, header: str = "") -> int:
    """Delete all that is kept of a data set (and the naming of a header); how many entries went. Raises Refused."""

    def act(connection: Connection) -> int:
        gone = sum(tables.drop(connection, table, data=data) for table in ("state", "scenario", "dataset"))
        gone += tables.drop(connection, "naming", header=header) if header else 0
        for about in (data, header) if header else (data,):
            tables.drop(connection, "log", data=about)
        return gone

    def told(connection: Connection) -> int:
        if gone := act(connection):
            noted(connection, "", [Change("data set", "", "kept", "forgotten")])
        return gone

    _GONE.add(_place(data))
    gone = everywhere(told)
    for file in (*earlier_files(data), *kept_study_files(data)):
        file.unlink(missing_ok=True)
        gone += 1
    return gone
