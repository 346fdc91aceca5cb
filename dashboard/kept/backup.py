"""A backup of kept work in one file, and the way back; what is there now is never overwritten without being kept beside."""

from __future__ import annotations

import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from dashboard.kept import tables
from dashboard.kept.database import copied, copy_to, engine_of, opened, put_aside, put_in_place
from dashboard.kept.notes import Refused
from dashboard.kept.places import database_path, made
from dashboard.kept.schema import examined, upgraded
from dashboard.kept.tables import Damaged

__all__ = ["Content", "backed_up", "content_of", "restored"]

_BEGINNING = b"SQLite format 3\0"


@dataclass(frozen=True)
class Content:
    """What a database holds: whose it is, by which version it was made, rows by table."""

    company: str
    version: str
    rows: dict[str, int]

    def __str__(self) -> str:
        words = (
            ("scenario", "scenarios"),
            ("state", "links"),
            ("naming", "namings of columns"),
            ("dataset", "data sets"),
        )
        return ", ".join(f"{self.rows[kind]:,} {text}" for kind, text in words)

    @property
    def empty(self) -> bool:
        """Whether a person kept nothing in it."""
        return not any(self.rows[kind] for kind in ("scenario", "state", "naming"))


def content_of(path: Path) -> Content:
    """What a sound database of this version holds. Raises Refused in words."""
    try:
        with path.open("rb") as file:
            if file.read(len(_BEGINNING)) != _BEGINNING:
                raise Refused(f"{path} is no backup of stock-or-order: nothing was changed")
        with engine_of(path).connect() as connection:
            try:
                rows = examined(connection)
                company, version = (
                    tables.find(connection, "meta", name=name) for name in ("company", "created by")
                )
            except SQLAlchemyError as problem:
                if "no such table" in str(problem):
                    raise Refused(
                        f"{path} is a database of another program, or damaged: nothing was changed"
                    ) from None
                raise
    except (Damaged, SQLAlchemyError, sqlite3.Error, ValueError, TypeError) as problem:
        raise Refused(
            f"{path} is damaged ({getattr(problem, 'orig', None) or problem}): nothing was changed; take an older backup"
        ) from None
    except OSError as problem:
        raise Refused(f"{path} cannot be read: {problem.strerror}") from None
    if company is None or version is None:
        raise Refused(f"{path} names no company: nothing was changed")
    return Content(str(company["value"]), str(version["value"]), rows)


def backed_up(target: Path) -> Content:
    """Write all kept work to a file, whole or not at all, and read it again. Raises Refused."""
    target = target.resolve()
    present = opened()
    if target == present.path.resolve():
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
        copy_to(present.path, target)
    except (OSError, sqlite3.Error) as problem:
        raise Refused(
            f"{target} cannot be written: {getattr(problem, 'strerror', None) or problem}"
        ) from None
    return content_of(target)


def restored(source: Path, other_company: bool = False) -> tuple[Content, Path | None]:
    """Put a backup in the place of what is kept now; what it holds, and under which name the present one is kept. Raises Refused."""
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
        now = content_of(present.path)
        if now.company != content.company and not now.empty and not other_company:
            raise Refused(
                f"{source} holds the work of another company or machine ({content}), and work of your own is kept here ({now}): nothing was changed. "
                "With --other-company it takes the place of yours, which stays beside it"
            )
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
