"""What can be read of a damaged database: every row whose digest is right, found by whatever way still leads to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dashboard.kept.tables import KEYS, OWNED, TABLES, row_digest

__all__ = ["Salvaged", "salvaged"]

_MOST_NUMBERS = 300_000
_PAGE = 4096
Row = dict[str, Any]


@dataclass
class Salvaged:
    """Rows by table and key, how many there should be by the seals (0 unknown), and whether all of them were found."""

    rows: dict[str, dict[tuple[str, ...], Row]] = field(default_factory=lambda: {name: {} for name in TABLES})
    expected: int = 0
    sound: bool = False

    @property
    def count(self) -> int:
        """Rows of what a person kept."""
        return sum(len(kept) for name, kept in self.rows.items() if name != "meta")

    def complete(self, earlier: Salvaged) -> None:
        """Add what only an earlier copy holds."""
        for name, kept in earlier.rows.items():
            for key, row in kept.items():
                self.rows[name].setdefault(key, row)


def _take(cursor: sqlite3.Cursor, table: str, names: list[str], found: dict[tuple[str, ...], Row]) -> bool:
    """Take the sound rows of a query; whether it came to its end."""
    with suppress(sqlite3.Error, MemoryError, OverflowError, ValueError):
        for values in cursor:
            row = dict(zip(names, values, strict=True))
            if row["digest"] == row_digest(table, row):
                found[tuple(str(row.setdefault(name, "")) for name in KEYS[table])] = row
        return True
    return False


def _numbers(connection: sqlite3.Connection, table: str, expected: int) -> int:
    """The highest number a row can have."""
    highest = 0
    for query in (f"SELECT max(id) FROM {table}", f"SELECT id FROM {table} ORDER BY id DESC LIMIT 1"):
        with suppress(sqlite3.Error, TypeError, ValueError):
            highest = max(highest, int(connection.execute(query).fetchone()[0]))
    return min(max(highest, 2 * expected + 1000), _MOST_NUMBERS)


def _repaired(content: bytes, pristine: Sequence[bytes]) -> Iterator[bytes]:
    """The file as SQLite would at least begin to read it: its missing end filled with zeros, then with the first page of a new database in place of its own.

    The first page holds the sizes and the list of tables; a table keeps its place in the file, so that of a new database leads to the rows as well.
    """
    told = int.from_bytes(content[28:32]) if len(content) >= 100 else 0
    pages = max(-(-len(content) // _PAGE), told if told <= 4 * (len(content) // _PAGE + 100) else 0, 1)
    filled = content.ljust(pages * _PAGE, b"\0")
    yield filled
    for first in pristine:
        yield first[:28] + pages.to_bytes(4) + bytes(8) + first[40:_PAGE] + filled[_PAGE:]


def salvaged(path: Path, pristine: Callable[[], Sequence[bytes]] = tuple) -> Salvaged:
    """Every sound row of a file; none where it is no database any more. `pristine` makes new databases of the same form."""
    out = Salvaged()
    try:
        content = path.read_bytes()
    except (OSError, MemoryError):
        return out
    for attempt in _repaired(content, ()):
        _read(attempt, out)
    if not out.sound:
        for attempt in list(_repaired(content, pristine()))[1:]:
            _read(attempt, out)
    return out


def _read(content: bytes, out: Salvaged) -> None:
    with suppress(sqlite3.Error, MemoryError), closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(content)
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        seals: dict[str, int] = {}
        for table in TABLES:
            with suppress(sqlite3.Error, TypeError, ValueError):
                seals[table] = min(
                    max(
                        int(
                            connection.execute("SELECT rows FROM seal WHERE name = ?", (table,)).fetchone()[0]
                        ),
                        0,
                    ),
                    _MOST_NUMBERS,
                )
        out.expected = max(out.expected, sum(count for table, count in seals.items() if table != "meta"))
        for table in TABLES:
            _read_table(connection, table, seals.get(table, 0), out.rows[table])
        out.sound = out.sound or (
            len(seals) == len(TABLES) and all(len(out.rows[table]) >= count for table, count in seals.items())
        )


def _read_table(
    connection: sqlite3.Connection, table: str, expected: int, found: dict[tuple[str, ...], Row]
) -> None:
    """The rows of a table from its beginning, from its end, and number by number, until as many are found as there should be."""
    names = [column.name for column in TABLES[table].columns]
    in_the_first_form = [name for name in names if name != "company"]  # its rows come to that of one desk
    for columns in (names, in_the_first_form) if table in OWNED else (names,):
        if _read_columns(connection, table, columns, expected, found):
            return


def _read_columns(
    connection: sqlite3.Connection,
    table: str,
    names: list[str],
    expected: int,
    found: dict[tuple[str, ...], Row],
) -> bool:
    """Whether as many rows as there should be were found with these columns."""
    query = f"SELECT {', '.join(names)} FROM {table} NOT INDEXED"
    for order in ("", " ORDER BY id DESC"):
        with suppress(sqlite3.Error):
            if _take(connection.execute(query + order), table, names, found) and len(found) >= expected:
                return True
    with suppress(sqlite3.Error):
        for number in range(1, _numbers(connection, table, expected) + 1):
            with suppress(sqlite3.DatabaseError):
                _take(connection.execute(query + " WHERE id = ?", (number,)), table, names, found)
    return len(found) >= expected
