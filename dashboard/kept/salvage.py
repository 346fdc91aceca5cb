"""What can be read of a damaged database: every row whose digest is right, found by whatever way still leads to it."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dashboard.kept.tables import KEYS, TABLES, row_digest

__all__ = ["Salvaged", "salvaged"]

_MOST_NUMBERS = 300_000
Row = dict[str, Any]


@dataclass
class Salvaged:
    """Rows by table and key, and how many there should be by the seals (0 unknown)."""

    rows: dict[str, dict[tuple[str, ...], Row]] = field(default_factory=lambda: {name: {} for name in TABLES})
    expected: int = 0

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
                found[tuple(str(row[name]) for name in KEYS[table])] = row
        return True
    return False


def _numbers(connection: sqlite3.Connection, table: str, expected: int) -> int:
    """The highest number a row can have."""
    highest = 0
    for query in (f"SELECT max(id) FROM {table}", f"SELECT id FROM {table} ORDER BY id DESC LIMIT 1"):
        with suppress(sqlite3.Error, TypeError, ValueError):
            highest = max(highest, int(connection.execute(query).fetchone()[0]))
    return min(max(highest, 2 * expected + 1000), _MOST_NUMBERS)


def salvaged(path: Path) -> Salvaged:
    """Every sound row of a file; none where it is no database any more."""
    out = Salvaged()
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=5.0)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        seals: dict[str, int] = {}
        for table in TABLES:
            with suppress(sqlite3.Error, TypeError, ValueError):
                seals[table] = min(max(int(connection.execute("SELECT rows FROM seal WHERE name = ?", (table,)).fetchone()[0]), 0), _MOST_NUMBERS)
        out.expected = sum(count for table, count in seals.items() if table != "meta")
        for table in TABLES:
            names = [column.name for column in TABLES[table].columns]
            query = f"SELECT {', '.join(names)} FROM {table} NOT INDEXED"
            found = out.rows[table]
            for order in ("", " ORDER BY id DESC"):
                with suppress(sqlite3.Error):
                    if _take(connection.execute(query + order), table, names, found) and len(found) >= seals.get(table, 0):
                        break
            else:
                with suppress(sqlite3.Error):
                    for number in range(1, _numbers(connection, table, seals.get(table, 0)) + 1):
                        with suppress(sqlite3.DatabaseError):
                            _take(connection.execute(query + " WHERE id = ?", (number,)), table, names, found)
    return out
