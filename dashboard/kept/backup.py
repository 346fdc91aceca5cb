"""A backup of kept work in one file, and the way back; what is there now is never overwritten without being kept beside.

Studies that are kept to be compared with later ones are files beside the database; in a backup they stand in a table of their own.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from dashboard.kept import tables
from dashboard.kept.database import (
    Database,
    change,
    copied,
    copy_to,
    created,
    engine_of,
    filling,
    opened,
    put_aside,
    put_in_place,
)
from dashboard.kept.notes import Refused, say
from dashboard.kept.places import (
    all_studies,
    beside,
    database_path,
    is_whole_study,
    made,
    put_study,
    studies_root,
)
from dashboard.kept.salvage import Salvaged
from dashboard.kept.schema import examined, upgraded
from dashboard.kept.server import server_words
from dashboard.kept.tables import Damaged

__all__ = ["Content", "backed_up", "content_now", "content_of", "restored"]

_BEGINNING = b"SQLite format 3\0"


@dataclass(frozen=True)
class Content:
    """What a database holds: whose it is, by which version it was made, rows by table, and of a backup its kept studies (None: it has no place for them)."""

    company: str
    version: str
    rows: dict[str, int]
    studies: int | None = None

    def __str__(self) -> str:
        words = (
            ("scenario", "scenarios"),
            ("state", "links"),
            ("naming", "namings of columns"),
            ("dataset", "data sets"),
        )
        told = [f"{self.rows[kind]:,} {text}" for kind, text in words]
        told += [
            f"{self.rows[kind]:,} {text}"
            for kind, text in (("person", "people"), ("log", "entries of the log"))
            if self.rows[kind]
        ]
        if self.studies is not None:
            told.append(f"{self.studies:,} {'kept study' if self.studies == 1 else 'kept studies'}")
        return ", ".join(told)

    @property
    def empty(self) -> bool:
        """Whether a person kept nothing in it."""
        return not any(self.rows[kind] for kind in ("scenario", "state", "naming", "person"))


def _put_studies(backup: sqlite3.Connection) -> None:
    """Write the studies kept on this machine into a backup; those that are damaged stay where they are, and are told."""
    backup.execute("CREATE TABLE study (name TEXT PRIMARY KEY, content BLOB NOT NULL)")
    for name, path in all_studies().items():
        study = path.read_bytes()
        if is_whole_study(name, study):
            backup.execute("INSERT INTO study VALUES (?, ?)", (name, study))
        else:
            say(f"the kept study {path.name} is damaged and not in the backup; it stays where it is")
    backup.commit()


def _studies_of(path: Path) -> dict[str, bytes] | None:
    """The kept studies in a backup by name; None where it is none, or of a version that put none in. Raises Damaged, sqlite3.Error."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as backup:
        if not backup.execute(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'study'"
        ).fetchone():
            return None
        found = dict(backup.execute("SELECT name, content FROM study ORDER BY name").fetchall())
    for name, study in found.items():
        if not (isinstance(name, str) and isinstance(study, bytes) and is_whole_study(name, study)):
            raise Damaged(f"the kept study {name} is not what was written")
    return found


def _take_studies(path: Path) -> None:
    """Put the studies of a backup beside those kept here, and take them out of the file that becomes the database. Raises OSError, sqlite3.Error."""
    studies = _studies_of(path)
    if studies is None:
        return
    for name, study in studies.items():
        put_study(studies_root() / name, study)
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, isolation_level=None)) as new:
        new.execute("DROP TABLE study")
        new.execute("VACUUM")


def content_of(path: Path) -> Content:
    """What a sound database of this version holds. Raises Refused in words."""
    try:
        with path.open("rb") as file:
            if file.read(len(_BEGINNING)) != _BEGINNING:
                raise Refused(f"{path} is no backup of stock-or-order: nothing was changed")
        with engine_of(path).connect() as connection:
            try:
                rows = {**dict.fromkeys(tables.TABLES, 0), **examined(connection)}
                company, version = (
                    tables.find(connection, "meta", name=name) for name in ("company", "created by")
                )
            except SQLAlchemyError as problem:
                if "no such table" in str(problem):
                    raise Refused(
                        f"{path} is a database of another program, or damaged: nothing was changed"
                    ) from None
                raise
        studies = _studies_of(path)
    except (Damaged, SQLAlchemyError, sqlite3.Error, ValueError, TypeError) as problem:
        raise Refused(
            f"{path} is damaged ({getattr(problem, 'orig', None) or problem}): nothing was changed; take an older backup"
        ) from None
    except OSError as problem:
        raise Refused(f"{path} cannot be read: {problem.strerror}") from None
    if company is None or version is None:
        raise Refused(f"{path} names no company: nothing was changed")
    return Content(
        str(company["value"]), str(version["value"]), rows, None if studies is None else len(studies)
    )


def _rows_of(engine: Engine) -> Salvaged:
    """All rows of a sound database of the present form, as they are at one moment."""
    found = Salvaged()
    with engine.connect() as connection:
        for name, rows in tables.everything(connection):
            for row in rows:
                one = tables.checked(name, row)
                found.rows[name][tuple(str(one[key]) for key in tables.KEYS[name])] = one
    return found


def _written(present: Database, target: Path) -> None:
    """All that is kept into a file. Raises OSError, sqlite3.Error, Refused."""
    if present.url is None:
        copy_to(present.path, target, _put_studies)
        return
    new = target.with_name(f".{target.stem}.new-{os.getpid()}-of-server")
    try:
        try:
            rows = _rows_of(present.engine)
        except (Damaged, SQLAlchemyError) as problem:
            raise server_words(problem, present.url) from None
        new.unlink(missing_ok=True)
        created(new, filling(rows))
        copy_to(new, target, _put_studies)
    finally:
        new.unlink(missing_ok=True)


def content_now(present: Database) -> Content:
    """What is kept now. Raises Refused."""
    if present.url is None:
        return content_of(present.path)
    try:
        with present.engine.connect() as connection:
            rows = examined(connection)
            version = tables.find(connection, "meta", name="created by")
    except (Damaged, SQLAlchemyError) as problem:
        raise server_words(problem, present.url) from None
    return Content(present.company, version["value"] if version else "", rows)


def backed_up(target: Path) -> Content:
    """Write all kept work to a file, whole or not at all, and read it again. Raises Refused."""
    target = target.resolve()
    present = opened()
    if present.url is None and target == present.path.resolve():
        raise Refused(f"{target} is the database itself: name another file")
    if target.exists():
        try:
            other = content_of(target).company
        except Refused:
            raise Refused(
                f"{target} is there already and is no backup of this program: name another file"
            ) from None
        if other != present.company:
            raise Refused(f"{target} is a backup of another company: name another file")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _written(present, target)
    except (OSError, sqlite3.Error) as problem:
        raise Refused(
            f"{target} cannot be written: {getattr(problem, 'strerror', None) or problem}"
        ) from None
    return content_of(target)


def restored(source: Path, other_company: bool = False) -> tuple[Content, Path | None]:
    """Put a backup in the place of what is kept now; what it holds, and under which name the present one is kept. Raises Refused.

    Its kept studies come beside those that are kept now.
    """
    path = database_path()
    made(path.parent)
    beside_it = path.with_name(f".{path.stem}.new-{os.getpid()}-restored")
    kept: Path | None = None
    try:
        try:
            shutil.copyfile(source, beside_it)
        except OSError as problem:
            raise Refused(
                f"{source} cannot be read, or copied to {path.parent}: {problem.strerror}"
            ) from None
        beside_it.chmod(0o600)
        try:
            content = content_of(beside_it)
            upgraded(engine_of(beside_it))
            content = content_of(beside_it)
        except Refused as problem:
            raise Refused(str(problem).replace(str(beside_it), str(source))) from None
        present = opened()
        now = content_now(present)
        if now.company != content.company and not now.empty and not other_company:
            raise Refused(
                f"{source} holds the work of another company or machine ({content}), and work of your own is kept here ({now}): nothing was changed. "
                "With --other-company it takes the place of yours, which stays beside it"
            )
        _take_studies(beside_it)
        if present.url is not None:
            if not now.empty:
                kept = beside(path, "replaced")
                _written(present, kept)
            fill = filling(_rows_of(engine_of(beside_it)))

            def act(connection: Connection) -> None:
                tables.emptied(connection)
                fill(connection)

            change(act)
            present.company = content.company
            return content, kept
        number = os.open(beside_it, os.O_RDWR)
        try:
            os.fsync(number)
        finally:
            os.close(number)
        with (
            present.engine.connect().execution_options(writing=True) as connection,
            connection.begin(),
        ):  # nobody writes meanwhile
            if not now.empty:
                kept = put_aside(path, "replaced")
            put_in_place(beside_it, path)
        copied(path, always=True)
    except (OSError, sqlite3.Error, SQLAlchemyError) as problem:
        raise Refused(
            f"the backup could not be put in place ({problem}): what was kept before is still there"
        ) from None
    finally:
        beside_it.unlink(missing_ok=True)
    return content, kept
