"""The database of kept work: opened, checked, brought to the present form, copied after every change, and mended where it is damaged.

One concept: the life of one file. Opening mends it, brings it to the present form and copies it; reading and
changing begin with opening, so that nobody meets a file that was not examined.

On one desk it is one file (SQLite, rollback journal, every change on the disk before it is told done), and `kept.copy.sqlite3` beside it
as it was after the last change (large ones: at the last opening). At opening, SQLite's own check, the digest of every
row and the seal of every table are compared; a damaged file is put aside, what can be read of it goes into a new one,
what is missing comes from the copy, and all of that is told. A team's database is on a server (`server.py`), which copies and mends by itself.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.pool import NullPool

from analytics.version import __version__
from analytics.writeup.folder import alone, running
from dashboard.kept import schema, tables
from dashboard.kept.acting import of_a_team
from dashboard.kept.notes import Refused, say
from dashboard.kept.places import beside, database_path, made, server_address
from dashboard.kept.salvage import Salvaged, salvaged
from dashboard.kept.schema import examined, form_of, migrated, upgraded
from dashboard.kept.server import made_ready, server_url, server_words
from dashboard.kept.tables import Damaged

__all__ = [
    "Database",
    "change",
    "copy_of",
    "copy_to",
    "created",
    "engine_of",
    "filling",
    "look",
    "opened",
    "put_aside",
    "put_in_place",
    "shrunk",
]

_COPIED_EACH_TIME = 4_000_000
_PATIENCE_SECONDS = 5.0
#: what comes of text and numbers that were changed
_GARBLED = (ValueError, TypeError, OverflowError)
T = TypeVar("T")


def engine_of(path: Path) -> Engine:
    """Connections to a file that exists; each is closed after use, so that a file put in its place is found."""

    def connect() -> sqlite3.Connection:
        one = sqlite3.connect(
            f"file:{quote(str(path))}?mode=rw",
            uri=True,
            timeout=_PATIENCE_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            for pragma in (
                "synchronous=FULL",
                "secure_delete=ON",
                "trusted_schema=OFF",
                "cell_size_check=ON",
                "mmap_size=0",
            ):
                one.execute(f"PRAGMA {pragma}")
        except BaseException:
            one.close()
            raise
        return one

    engine = create_engine(
        "sqlite://", creator=connect, poolclass=NullPool, query_cache_size=0
    )  # a cache would hold names that are to be forgotten

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(
            "BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN"
        )

    return engine


def created(path: Path, fill: Callable[[Connection], None]) -> None:
    """A new database under a name that is free, there at once and whole. Raises FileExistsError, OSError."""
    made(path.parent)
    new = path.with_name(f".{path.stem}.new-{os.getpid()}-{secrets.token_hex(3)}")
    try:
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        engine = engine_of(new)
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            migrated(connection)
            tables.put(connection, "meta", {"name": "created by"}, {"value": __version__})
            fill(connection)
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
        try:
            os.link(new, path)
        except (OSError, AttributeError) as problem:
            if isinstance(problem, FileExistsError):
                raise
            if path.exists():
                raise FileExistsError(17, "exists", str(path)) from None
            os.rename(new, path)
    finally:
        new.unlink(missing_ok=True)


def _words(problem: BaseException, path: Path) -> Refused | None:
    """What a problem of the system means for a person; None where it is the file itself that is damaged."""
    inner = getattr(problem, "orig", None) or problem
    kind = int(getattr(inner, "sqlite_errorcode", 0)) & 0xFF
    number = inner.errno if isinstance(inner, OSError) else None
    if kind in (5, 6):
        return Refused(
            f"another program holds the database of kept work ({path}): nothing was changed; try again in a moment"
        )
    if kind == 13 or number == 28:
        return Refused(
            f"the disk is full: nothing more is kept in {path} until some space is free; what was kept before is still there"
        )
    if kind in (3, 8, 14, 23) or number is not None:
        why = getattr(inner, "strerror", None) or str(inner)
        return Refused(
            f"{path} cannot be opened or written ({why}): nothing is kept; 'stock-or-order doctor' says more, STOCK_OR_ORDER_DATABASE names another file"
        )
    if kind == 10:
        return Refused(f"the disk does not take or give {path} ({inner}): nothing is kept now")
    if kind == 7 or isinstance(inner, MemoryError):
        return Refused("there is not enough memory to keep anything now; what was kept before is still there")
    return None


class Database:
    """An opened database; `number` is that of the file, so that another one in its place is noticed. On a server (`url`), `path` is where files beside it lie."""

    def __init__(self, path: Path, url: URL | None = None) -> None:
        self.path, self.url, self.company = path, url, ""
        if url is None:
            self.engine, self.number = engine_of(path), path.stat().st_ino
        else:
            self.engine, self.company = made_ready(url)

    @property
    def same(self) -> bool:
        """Whether the file of this name is still the one that was opened."""
        if self.url is not None:
            return True
        try:
            return self.path.stat().st_ino == self.number
        except OSError:
            return False


def copy_of(path: Path) -> Path:
    """Where the copy of a database lies."""
    return path.with_name(f"{path.stem}.copy{path.suffix}")


def copy_to(path: Path, target: Path, further: Callable[[sqlite3.Connection], None] | None = None) -> None:
    """A database as it is now, under another name, with what is written into it `further`: there at once and whole, on the disk.

    Raises OSError, sqlite3.Error.
    """
    new = target.with_name(f".{target.stem}.new-{os.getpid()}-{secrets.token_hex(3)}")
    try:
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        source, copy = (
            sqlite3.connect(f"file:{quote(str(one))}?mode=rw", uri=True, timeout=_PATIENCE_SECONDS)
            for one in (path, new)
        )
        try:
            source.backup(copy)
            if further is not None:
                further(copy)
        finally:
            copy.close()
            source.close()
        number = os.open(new, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
        os.replace(new, target)
    finally:
        new.unlink(missing_ok=True)


def copied(path: Path, always: bool = False) -> None:
    """Bring the copy up to date where that takes no time worth speaking of (or `always`)."""
    try:
        if always or path.stat().st_size <= _COPIED_EACH_TIME:
            copy_to(path, copy_of(path))
    except (OSError, sqlite3.Error) as problem:
        say(
            f"the copy of kept work beside {path.name} could not be brought up to date ({problem}); kept work itself is safe"
        )


def filling(found: Salvaged) -> Callable[[Connection], None]:
    """What writes rows that were read elsewhere into a database, each with its company."""

    def fill(connection: Connection) -> None:
        for table, kept in found.rows.items():
            for row in sorted(kept.values(), key=lambda row: int(row["id"])):
                key = {name: str(row[name]) for name in tables.KEYS[table]}
                if table != "meta" or key["name"] not in ("form", "created by"):
                    tables.put(
                        connection,
                        table,
                        key,
                        {name: str(v) for name, v in row.items() if name not in (*key, "id", "digest")},
                    )
        if tables.find(connection, "meta", name="company") is None:
            tables.put(connection, "meta", {"name": "company"}, {"value": secrets.token_hex(8)})

    return fill


def _pristine(folder: Path) -> list[bytes]:
    """New databases as they are made, and as they are after free pages were given back."""
    found = []
    new = folder / f".{database_path().stem}.new-{os.getpid()}-pristine"
    try:
        created(new, filling(Salvaged()))
        for vacuum in (False, True):
            if vacuum:
                with closing(sqlite3.connect(new, isolation_level=None)) as connection:
                    connection.execute("VACUUM")
            found.append(new.read_bytes())
    finally:
        new.unlink(missing_ok=True)
    return found


def _mended(path: Path, why: str) -> None:
    """Put a damaged database aside and take over what can be read of it and of its copy."""
    found = salvaged(path, lambda: _pristine(path.parent))
    read = found.count
    expected = found.expected
    copy = copy_of(path)
    if copy.is_file():
        earlier = salvaged(copy)
        expected = max(expected, earlier.expected)
        found.complete(earlier)
    new = path.with_name(f".{path.stem}.new-{os.getpid()}-mended{path.suffix}")
    new.unlink(missing_ok=True)
    created(new, filling(found))
    aside = put_aside(path, "damaged") if path.exists() else None
    put_in_place(new, path)
    lost = max(expected - found.count, 0)
    parts = [f"{read:,} kept entries were read"]
    if found.count > read:
        parts.append(f"{found.count - read:,} came from the copy beside it")
    parts.append(
        f"{lost:,} are lost"
        if lost
        else "none that was listed is lost"
        if expected
        else "how many there were is not known"
    )
    kept = f"; the damaged file is kept as {aside.name}" if aside else ""
    say(
        f"the database of kept work {'was missing' if aside is None else 'was damaged'} ({why}) and was made anew in {path.parent}: {', '.join(parts)}{kept}"
    )


def put_aside(path: Path, what: str) -> Path:
    """A second one of a database as it is, whole, on the disk, under a name that is free: kept.WHAT-1.sqlite3. Raises OSError."""
    new = path.with_name(f".{path.stem}.new-{os.getpid()}-{what}")
    try:
        shutil.copy2(path, new)
        new.chmod(0o600)
        number = os.open(new, os.O_RDWR)
        try:
            os.fsync(number)
        finally:
            os.close(number)
        return new.rename(beside(path, what))
    finally:
        new.unlink(missing_ok=True)


def shrunk(path: Path) -> None:
    """Give free pages back, so that nothing deleted is left in the file. Raises sqlite3.Error."""
    with closing(
        sqlite3.connect(
            f"file:{quote(str(path))}?mode=rw", uri=True, timeout=_PATIENCE_SECONDS, isolation_level=None
        )
    ) as connection:
        connection.execute("VACUUM")


def put_in_place(new: Path, path: Path) -> None:
    """Another database under the name of the present one. The journal of the present one must not be played into it."""
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    os.replace(new, path)


def _clear_traces(path: Path) -> None:
    for left in path.parent.glob(
        f".*{path.stem}*.new-*"
    ):  # one that is made inside another's making has two dots
        number = left.name.partition(".new-")[2].partition("-")[0]
        if number.isdecimal() and not running(int(number)):
            left.unlink(missing_ok=True)


def _brought_up(path: Path) -> None:
    """The present form, where it is another: said, and what it was is kept beside, for the version that wrote it."""
    with engine_of(path).connect() as connection:
        form = form_of(connection)
    if form == schema.FORM:
        return
    before = path.with_name(f"{path.stem}.form-{form}{path.suffix}")
    if before.exists() and before.read_bytes() != path.read_bytes():
        before = beside(path, f"form-{form}")
    copy_to(path, before)
    try:
        upgraded(engine_of(path))
        shrunk(
            path
        )  # tables lie where those of a new database lie, so that a damaged beginning can be mended
    except (Damaged, SQLAlchemyError) as problem:
        refused = None if isinstance(problem, Damaged) else _words(problem, path)
        told = f"{path} is of an earlier version (form {form}) and damaged ({problem}): nothing is changed; restore a backup, or open it once with the version that wrote it"
        raise refused or Refused(told) from None
    say(
        f"the database of kept work was of an earlier version (form {form}) and was brought to the present one ({schema.FORM}); as it was it is kept as {before.name}"
    )


def _opened(path: Path) -> Database:
    _clear_traces(path)
    if not path.exists():
        if copy_of(path).is_file():
            _mended(path, "its copy is still there")
        else:
            try:
                created(path, filling(Salvaged()))
            except FileExistsError:  # another process was faster
                pass
    for attempt in range(2):
        database = Database(path)
        try:
            _brought_up(path)
            with database.engine.connect() as connection:
                examined(connection)
                company = tables.find(connection, "meta", name="company")
                if company is None:
                    raise Damaged("it names no company")
                database.company = company["value"]
            break
        except (Damaged, SQLAlchemyError, sqlite3.Error, *_GARBLED) as problem:
            refused = None if isinstance(problem, Damaged) else _words(problem, path)
            if refused or attempt:
                raise refused or Refused(f"{path} is damaged and could not be mended: {problem}") from None
            _mended(path, str(getattr(problem, "orig", None) or problem))
    copied(path, always=True)
    return database


_OPEN: dict[str, Database] = {}
_LOCK = threading.RLock()


def opened() -> Database:
    """The database of this user, opened and checked once in a process. Raises Refused."""
    path = database_path()
    with _LOCK:
        found = _OPEN.get(place := server_address() or str(path))
        if found is None or not found.same:
            _OPEN.pop(place, None)
            if server_address():
                _OPEN[place] = found = Database(path, server_url())
                return found
            try:
                with alone(made(path.parent)):
                    found = _opened(path)
            except (OSError, sqlite3.Error, SQLAlchemyError) as problem:
                raise _words(problem, path) or Refused(f"{path} cannot be used: {problem}") from None
            _OPEN[place] = found
            if not of_a_team():
                from dashboard.kept.takeover import take_over

                take_over(found)
        return found


def _done(act: Callable[[Connection], T], writing: bool) -> T:
    for attempt in range(2):
        database = opened()
        try:
            with (
                database.engine.connect().execution_options(writing=writing) as connection,
                connection.begin(),
            ):
                result = act(connection)
        except (Damaged, DBAPIError, NoneFree, sqlite3.Error, OSError, *_GARBLED) as problem:
            if database.url is not None:
                raise server_words(problem, database.url) from None
            refused = None if isinstance(problem, Damaged) else _words(problem, database.path)
            if refused or attempt:
                raise refused or Refused(f"{database.path} is damaged: {problem}") from None
            with _LOCK:
                _OPEN.pop(str(database.path), None)  # opened again, checked and mended
            continue
        if writing and database.url is None:
            copied(database.path)
        return result
    raise AssertionError("two attempts end in a result or an error")


def look(act: Callable[[Connection], T]) -> T:
    """Read from the database. Raises Refused."""
    return _done(act, writing=False)


def change(act: Callable[[Connection], T]) -> T:
    """Change the database: all of it or nothing, on the disk when this returns. Raises Refused."""
    return _done(act, writing=True)
