"""A database server (PostgreSQL) in the place of the file: how it is named, connected to, made ready, and what its problems mean.

Many processes write to it. Changes come one after the other (an advisory lock, as the file is locked), each durable
before it is told done; a reading sees one moment. The password comes from the address, from
STOCK_OR_ORDER_DATABASE_PASSWORD or from the file named in STOCK_OR_ORDER_DATABASE_PASSWORD_FILE, and stands in no message.
"""

from __future__ import annotations

import os
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoneFree

from analytics.version import __version__
from dashboard.kept import tables
from dashboard.kept.notes import Refused
from dashboard.kept.places import server_address
from dashboard.kept.schema import examined, migrated, upgraded
from dashboard.kept.tables import TABLES, Damaged

__all__ = ["about", "engine_at", "made_ready", "server_url", "server_words", "swept"]

_PATIENCE_SECONDS = 5
#: the number of the lock that a change takes in its database
_LOCK = 7_406_201
_EXPECTED = "postgresql+psycopg://USER@HOST:PORT/NAME, or the path of a file"
#: beginnings of SQLSTATE, pieces of a refusal that has none, what both mean and what to do
_MEANING: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...] = (
    (
        ("28",),
        ("authentication failed", "no password supplied", "pg_hba.conf"),
        "{at} does not let {user} in: see to the user and the password (in the address, in STOCK_OR_ORDER_DATABASE_PASSWORD or in a file)",
    ),
    (("3D000",), ("does not exist",), "there is no database {name} at {at}: make it there (createdb), then start again"),
    (("53100",), ("No space left",), "the disk of the database server {at} is full: nothing more is kept until some space is free; what was kept before is still there"),
    (("53300",), ("too many clients", "remaining connection slots"), "{at} takes no more connections: nothing was changed; try again in a moment, or raise its max_connections"),
    (("55P03", "40001", "40P01", "57014"), (), "another program holds the database at {at}: nothing was changed; try again in a moment"),
    (("42501",), (), "{user} may not do that in the database {name} at {at}: give that user the database (ALTER DATABASE ... OWNER TO ...)"),
    (("25006",), (), "{at} takes no changes (it is a copy of another server): name the server that does"),
    (("22021",), ("cannot contain NUL",), "a text holds a character that the database does not take (NUL): it is not kept; leave it out"),
)  # fmt: skip


def _password() -> str | None:
    """The password where it does not stand in the address. Raises Refused."""
    if given := os.environ.get("STOCK_OR_ORDER_DATABASE_PASSWORD"):
        return given
    if not (named := os.environ.get("STOCK_OR_ORDER_DATABASE_PASSWORD_FILE")):
        return None
    path = Path(named)
    try:
        mode = path.stat().st_mode
        if os.name == "posix" and mode & 0o077 and not path.is_relative_to("/run/secrets"):
            raise Refused(
                f"{path} with the password of the database can be read by others (mode {mode & 0o777:04o}): nothing is read; chmod 600 '{path}'"
            )
        return path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "it is no text"
        raise Refused(f"{path} with the password of the database cannot be read: {why}") from None


def server_url() -> URL:
    """The address of the server, with its password. Raises Refused, never with the address in it."""
    try:
        url = make_url(server_address())
        kind, port = url.drivername, url.port
    except (ArgumentError, ValueError):
        raise Refused(f"the address of the database cannot be read: write it as {_EXPECTED}") from None
    if kind not in ("postgresql", "postgresql+psycopg"):
        raise Refused(f"{kind[:40]!r} is no database this program keeps its work in: name {_EXPECTED}")
    if not url.database:
        raise Refused(f"the address of the database names none: write it as {_EXPECTED}")
    if find_spec("psycopg") is None:
        raise Refused(
            "what talks to PostgreSQL is not installed: pip install 'stock-or-order[team]' (package psycopg)"
        )
    url = url.set(drivername="postgresql+psycopg", port=port or 5432, host=url.host or "localhost")
    return url if url.password else url.set(password=_password())


def engine_at(url: URL) -> Engine:
    """Connections to a server, at most fifteen at once, each tried before it is used."""
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_timeout=_PATIENCE_SECONDS,
        hide_parameters=True,
        query_cache_size=0,  # a cache would hold names that are to be forgotten
        connect_args={
            "connect_timeout": _PATIENCE_SECONDS,
            "application_name": "stock-or-order",
            "tcp_user_timeout": 10_000,
        },
    )

    @event.listens_for(engine, "connect")
    def connect(one: Any, _: Any) -> None:
        one.execute("SET synchronous_commit = on")
        one.execute(f"SET lock_timeout = '{_PATIENCE_SECONDS}s'")
        one.commit()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(
            f"SELECT pg_advisory_xact_lock({_LOCK})"
            if connection.get_execution_options().get("writing")
            else "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
        )

    return engine


def server_words(problem: BaseException, url: URL) -> Refused:
    """What a problem of the server means for a person, without its password."""
    at = {"at": f"{url.host}:{url.port}", "user": url.username or "this user", "name": url.database}
    if isinstance(problem, Damaged):
        return Refused(
            f"the database {at['name']} at {at['at']} does not hold what was written to it ({problem}): nothing was changed; put a backup in place: stock-or-order restore FILE"
        )
    if isinstance(problem, NoneFree):
        return Refused(f"{at['at']} is busy with others: nothing was changed; try again in a moment")
    inner = getattr(problem, "orig", None) or problem
    state, said = str(getattr(inner, "sqlstate", None) or ""), str(inner)
    for states, pieces, words in _MEANING:  # the digits of a state may also be those of a port
        if state.startswith(states) if state else any(piece in said for piece in pieces):
            return Refused(words.format(**at))
    if isinstance(inner, MemoryError):
        return Refused("there is not enough memory to keep anything now; what was kept before is still there")
    first = " ".join(said.split())[:200]
    if url.password:
        first = first.replace(url.password, "***")
    if not state or state.startswith(("08", "57P")):
        return Refused(
            f"the database server {at['at']} does not answer ({first}): nothing is read or kept until it does; what was told to be kept is still there; try again once it runs"
        )
    return Refused(f"the database {at['name']} at {at['at']} did not do it ({first}): nothing was changed")


def made_ready(url: URL) -> tuple[Engine, str]:
    """Connections to a database of the present form that holds what was written to it, made where it is empty, and whose it is. Raises Refused."""
    engine = engine_at(url)
    try:
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            there = set(inspect(connection).get_table_names())
            if not there & {"alembic_version", *TABLES}:
                migrated(connection)
                tables.put(connection, "meta", {"name": "created by"}, {"value": __version__})
                tables.put(connection, "meta", {"name": "company"}, {"value": secrets.token_hex(8)})
            elif not {"alembic_version", "meta", "seal"} <= there:
                raise Refused(
                    f"the database {url.database} at {url.host}:{url.port} is that of another program: nothing was changed; name an empty one"
                )
        upgraded(engine)
        with engine.connect() as connection:
            examined(connection)
            company = tables.find(connection, "meta", name="company")
            if company is None:
                raise Damaged("it names no company")
    except (Damaged, SQLAlchemyError, OSError, ValueError, TypeError) as problem:
        engine.dispose()
        raise server_words(problem, url) from None
    except BaseException:
        engine.dispose()
        raise
    return engine, str(company["value"])


def about(connection: Connection) -> tuple[str, str]:
    """Version, place and size in words, and which settings make what was told kept unsafe ("" where none does)."""
    version, fsync, pages, name, size = connection.exec_driver_sql(
        "SELECT current_setting('server_version'), current_setting('fsync'), current_setting('full_page_writes'),"
        " current_database(), pg_database_size(current_database())"
    ).one()
    unsafe = "" if fsync == pages == "on" else f"fsync = {fsync}, full_page_writes = {pages}"
    return f"PostgreSQL {version}, database {name}, {size / 1e6:,.1f} MB", unsafe


def swept(engine: Engine) -> None:
    """Write the tables anew, so that nothing deleted is left in their files. Raises SQLAlchemyError."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT", writing=True) as connection:
        for name in TABLES:
            connection.execute(text(f"VACUUM (FULL) {name}"))
