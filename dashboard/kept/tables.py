"""Tables of kept work. Every row carries a digest of itself, and a seal holds number and sum of the digests of each table:
a changed value and a vanished row are noticed, whatever changed them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    RowMapping,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from dashboard.kept.acting import acting

__all__ = [
    "KEYS",
    "METADATA",
    "OWNED",
    "SEAL",
    "TABLES",
    "Damaged",
    "checked",
    "count",
    "drop",
    "emptied",
    "everything",
    "find",
    "put",
    "row_digest",
    "rows",
    "seal_again",
    "seal_of",
]

METADATA = MetaData()


def _table(name: str, key: tuple[str, ...], *values: str) -> Table:
    columns = [Column(c, Text, nullable=False) for c in (*key, *values, "digest")]
    return Table(name, METADATA, Column("id", Integer, primary_key=True), *columns, UniqueConstraint(*key))


#: name, value: which company, which form; this table keeps its columns in every version
META = _table("meta", ("name",), "value")
#: a data set that was opened: its lineage, the title of its file, the state it was left in, and what recognises the next file of its kind
DATASET = _table("dataset", ("company", "data"), "document")
#: assumptions, own choices and ways of looking under the name that an address carries
STATE = _table("state", ("company", "data", "name"), "document")
#: the same under a name that a person gave
SCENARIO = _table("scenario", ("company", "data", "name"), "document")
#: columns that a person named, under the digest of the header they belong to
NAMING = _table("naming", ("company", "header"), "document")
#: people of a team: each belongs to one company, with rights in it
PERSON = _table("person", ("address",), "company", "rights")
#: what was changed: when, by whom, in which data set, what from what to what; entries are added, never changed
LOG = _table("log", ("company", "entry"), "at", "person", "data", "document")
SEAL = Table(
    "seal",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("total", Text, nullable=False),
)
TABLES = {table.name: table for table in (META, DATASET, STATE, SCENARIO, NAMING, PERSON, LOG)}
KEYS = {
    "meta": ("name",),
    "dataset": ("company", "data"),
    "state": ("company", "data", "name"),
    "scenario": ("company", "data", "name"),
    "naming": ("company", "header"),
    "person": ("address",),
    "log": ("company", "entry"),
}
#: tables whose rows belong to the company that a session acts for: it sees no others, and keeps no others
OWNED = tuple(name for name, key in KEYS.items() if "company" in key)
_MODULUS = 1 << 128


class Damaged(Exception):
    """The database does not hold what was written to it."""


def row_digest(table: str, row: Mapping[str, Any]) -> str:
    """Digest of everything in a row, its table and its place among the rows included."""
    digest = blake2b(digest_size=16)
    for name in sorted(row):
        if name != "digest":
            value = str(row[name]).encode("utf-8", "surrogatepass")
            digest.update(f"{table}.{name}:{len(value)}:".encode() + value)
    return digest.hexdigest()


def checked(table: str, row: Mapping[str, Any] | RowMapping) -> dict[str, Any]:
    """The row as it was written. Raises Damaged."""
    found = {str(name): value for name, value in row.items()}
    if found["digest"] != row_digest(table, found):
        raise Damaged(f"a row of {table} was changed")
    return found


def _own(table: str, key: Mapping[str, str]) -> dict[str, str]:
    """The key with the company that the session acts for, where the table's rows belong to one: the one door to them.

    What makes, mends or restores a whole database names each row's company itself. Raises Refused where nobody is signed in.
    """
    return {"company": acting().company, **key} if table in OWNED and "company" not in key else dict(key)


def _where(table: str, key: Mapping[str, str]) -> Any:
    columns = TABLES[table].c
    return [columns[name] == value for name, value in _own(table, key).items()]


def find(connection: Connection, table: str, **key: str) -> dict[str, Any] | None:
    """The row with this key, None where there is none. Raises Damaged."""
    row = connection.execute(select(TABLES[table]).where(*_where(table, key))).mappings().first()
    return None if row is None else checked(table, row)


def rows(connection: Connection, table: str, **key: str) -> list[dict[str, Any]]:
    """The rows that agree with a part of the key, in the order kept. Raises Damaged."""
    order = TABLES[table].c["id"]
    return [
        checked(table, row)
        for row in connection.execute(
            select(TABLES[table]).where(*_where(table, key)).order_by(order)
        ).mappings()
    ]


def count(connection: Connection, table: str, **key: str) -> int:
    """How many rows agree with a part of the key."""
    found = connection.execute(select(func.count()).select_from(TABLES[table]).where(*_where(table, key)))
    return int(found.scalar_one())


def seal_of(connection: Connection, table: str) -> tuple[int, int]:
    """Number of rows of a table and sum of their digests, as sealed; zeros where there is no seal yet."""
    found = connection.execute(select(SEAL.c.rows, SEAL.c.total).where(SEAL.c.name == table)).first()
    return (int(found[0]), int(str(found[1]), 16)) if found else (0, 0)


def everything(connection: Connection, present: bool = True) -> Iterator[tuple[str, Iterable[RowMapping]]]:
    """Tables and their rows: those of the present form, or those that a database of an earlier form seals, whatever their columns."""
    names = TABLES if present else [str(name) for name in connection.execute(select(SEAL.c.name)).scalars()]
    for name in names:
        query = (
            select(TABLES[name])
            if present
            else text("SELECT * FROM " + connection.dialect.identifier_preparer.quote_identifier(name))
        )
        yield name, connection.execute(query).mappings()


def emptied(connection: Connection) -> None:
    """Take every row out of the database but what says its form: before another one's rows come in."""
    for name in TABLES:
        if name != "meta":
            connection.execute(delete(TABLES[name]))
            connection.execute(delete(SEAL).where(SEAL.c.name == name))


def seal_again(connection: Connection) -> None:
    """Digests and seals of all rows as they are now: after a step to another form has changed columns or moved rows."""
    connection.execute(delete(SEAL))
    for name, table in TABLES.items():
        total = 0
        found = connection.execute(select(table)).mappings().all()
        for row in found:
            digest = row_digest(name, dict(row))
            connection.execute(update(table).where(table.c["id"] == row["id"]).values(digest=digest))
            total += int(digest, 16)
        connection.execute(insert(SEAL).values(name=name, rows=len(found), total=f"{total % _MODULUS:032x}"))


def _sealed(connection: Connection, table: str, more: int, digests: int) -> None:
    count, total = seal_of(connection, table)
    values = {"rows": count + more, "total": f"{(total + digests) % _MODULUS:032x}"}
    if not connection.execute(update(SEAL).where(SEAL.c.name == table).values(values)).rowcount:
        connection.execute(insert(SEAL).values(name=table, **values))


def put(connection: Connection, table: str, key: Mapping[str, str], values: Mapping[str, str]) -> None:
    """Write a row, in the place of the one with its key where there is one; sealed in the same transaction."""
    old = connection.execute(
        select(TABLES[table].c["id"], TABLES[table].c["digest"]).where(*_where(table, key))
    ).first()
    row: dict[str, Any] = {**_own(table, key), **values}
    if old is not None:
        row["id"] = old[0]
        digest = row_digest(table, row)
        connection.execute(
            update(TABLES[table]).where(TABLES[table].c["id"] == old[0]).values(**values, digest=digest)
        )
        _sealed(connection, table, 0, int(digest, 16) - int(str(old[1]), 16))
        return
    # the number of the row is part of its digest: it is known once the row is there
    row["id"] = int(
        connection.execute(
            insert(TABLES[table]).values(**row, digest="").returning(TABLES[table].c["id"])
        ).scalar_one()
    )
    digest = row_digest(table, row)
    connection.execute(update(TABLES[table]).where(TABLES[table].c["id"] == row["id"]).values(digest=digest))
    _sealed(connection, table, 1, int(digest, 16))


def drop(connection: Connection, table: str, **key: str) -> int:
    """Delete the rows that agree with a part of the key; how many."""
    gone = [
        int(str(digest), 16)
        for digest in connection.execute(
            select(TABLES[table].c["digest"]).where(*_where(table, key))
        ).scalars()
    ]
    if gone:
        connection.execute(delete(TABLES[table]).where(*_where(table, key)))
        _sealed(connection, table, -len(gone), -sum(gone))
    return len(gone)
