"""A database of the first form: brought to the present one with every row, all of it or nothing, whatever ends the process or the disk meanwhile."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dashboard.kept import database, notes, schema
from dashboard.kept.backup import backed_up, content_of, restored
from dashboard.kept.notes import Refused
from dashboard.kept.places import database_path
from dashboard.kept.tables import row_digest
from dashboard.state import memory
from tests.dashboard.state.test_memory import DATA, state
from tests.faults.damage import ALL
from tests.faults.test_database import RATES, as_a_new_process, filled, found_again, in_a_child

#: tables of the first form with their keys: no row named its company, and there were no people and no log
POINTS = 5
KEYS = {"meta": ("name",), "dataset": ("data",), "state": ("data", "name"), "scenario": ("data", "name"), "naming": ("header",)}  # fmt: skip
POINT = """
import os
def _point(k):
    if os.environ.get("KILLED_AT") == str(k):
        os.kill(os.getpid(), 9)
"""


def earlier_form(path: Path) -> None:
    """Write what a database holds in the first form, in its place."""
    with closing(sqlite3.connect(path)) as old:
        old.row_factory = sqlite3.Row
        kept: dict[str, list[dict[str, Any]]] = {
            name: [dict(row) for row in old.execute(f"SELECT * FROM {name} ORDER BY id")] for name in KEYS
        }
    for row in kept["meta"]:
        row["value"] = "0001" if row["name"] == "form" else row["value"]
    path.unlink()
    with closing(sqlite3.connect(path)) as new:
        new.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        new.execute("INSERT INTO alembic_version VALUES ('0001')")
        new.execute(
            "CREATE TABLE seal (name TEXT NOT NULL PRIMARY KEY, rows INTEGER NOT NULL, total TEXT NOT NULL)"
        )
        for table, rows in kept.items():
            names = [name for name in rows[0] if name not in ("id", "company", "digest")]
            texts = ", ".join(f"{name} TEXT NOT NULL" for name in (*names, "digest"))
            new.execute(
                f"CREATE TABLE {table} (id INTEGER NOT NULL PRIMARY KEY, {texts}, UNIQUE ({', '.join(KEYS[table])}))"
            )
            total = 0
            for row in rows:
                row.pop("company", None)
                row["digest"] = row_digest(table, row)
                total += int(row["digest"], 16)
                new.execute(
                    f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
                    list(row.values()),
                )
            new.execute("INSERT INTO seal VALUES (?, ?, ?)", (table, len(rows), f"{total % (1 << 128):032x}"))
        new.commit()


@pytest.fixture
def earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A filled database of the first form; the names of its links. The steps to the present form can be killed at each of theirs."""
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(tmp_path / "kept" / "kept.sqlite3"))
    monkeypatch.setenv("STOCK_OR_ORDER_SCENARIOS", str(tmp_path / "scenarios"))
    links = filled()
    steps = tmp_path / "steps"
    shutil.copytree(schema.MIGRATIONS, steps, ignore=shutil.ignore_patterns("__pycache__"))
    step = steps / "versions" / "form_0002.py"
    counted = itertools.count()
    lines = [
        line
        if not (bare := line.lstrip()).startswith("op.")
        else f"{line[: -len(bare)]}_point({next(counted)}); {bare}"
        for line in step.read_text().splitlines()
    ]
    assert next(counted) == POINTS
    step.write_text(POINT + "\n".join(lines))
    monkeypatch.setattr(schema, "MIGRATIONS", steps)
    earlier_form(database_path())
    database.copy_of(database_path()).unlink()
    as_a_new_process()
    return links


def columns(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
        ]
        return {name: [row[1:] for row in connection.execute(f"PRAGMA table_info({name})")] for name in names}


def test_every_row_is_brought_along_and_it_is_said(
    earlier: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = database_path()
    before = path.read_bytes()
    assert found_again(earlier) == (16, True)  # ten scenarios, five links, a naming
    assert (
        "of an earlier version (form 0001)" in notes.said()[0]
        and (path.parent / "kept.form-0001.sqlite3").exists()
    )
    assert content_of(path).rows == {
        "meta": 3, "dataset": 1, "state": 5, "scenario": 10, "naming": 1, "person": 0, "log": 0,
    }  # fmt: skip
    assert (
        memory.keep_naming(("Day", "Item"), {"sku": "Item"})
        and memory.keep_scenario(DATA, "new", state())
        and memory.remove_scenario(DATA, "new")
    )
    assert found_again(earlier) == (16, False)
    with closing(
        sqlite3.connect(f"file:{path.parent / 'kept.form-0001.sqlite3'}?mode=ro", uri=True)
    ) as as_it_was:
        assert [name for (name,) in as_it_was.execute("SELECT name FROM scenario ORDER BY id")] == list(RATES)
    upgraded = columns(path)
    monkeypatch.undo()
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(tmp_path / "made now" / "kept.sqlite3"))
    monkeypatch.setenv("STOCK_OR_ORDER_SCENARIOS", str(tmp_path / "scenarios"))
    as_a_new_process()
    memory.scenarios(DATA)
    assert upgraded == columns(database_path()) and before[:16] == b"SQLite format 3\0"


def test_killed_at_any_step_it_is_as_it_was_and_brought_along_the_next_time(
    earlier: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = database_path()
    content = path.read_bytes()
    for point in range(POINTS):
        monkeypatch.setenv("KILLED_AT", str(point))
        assert (
            in_a_child(lambda: memory.scenarios(DATA)) is None
        )  # it was ended before it could tell anything
        monkeypatch.delenv("KILLED_AT")
        assert path.read_bytes() == content or path.with_name(f"{path.name}-journal").exists()
        assert found_again(earlier) == (16, True) and len(notes.said()) == 1
        assert not list(path.parent.glob(".*"))
        shutil.rmtree(path.parent)
        path.parent.mkdir()
        path.write_bytes(content)


def test_on_a_full_disk_it_is_as_it_was_and_that_is_said(earlier: list[str]) -> None:
    import resource

    path = database_path()
    content = path.read_bytes()
    refused = 0
    for limit in range(0, 3 * len(content), 4096 if ALL else 11 * 4096):
        shutil.rmtree(path.parent)
        path.parent.mkdir()
        path.write_bytes(content)

        def act(limit: int = limit) -> tuple[int, str]:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            return len(memory.scenarios(DATA)), memory.why_not()

        found, why = in_a_child(act)
        assert (found, bool(why)) in ((0, True), (10, False)), (limit, found, why)
        refused += bool(why)
        assert found_again(earlier)[0] == 16, (limit, notes.said())
    assert refused >= 2


def test_a_damaged_one_is_not_touched_and_a_backup_of_it_is_taken(earlier: list[str], tmp_path: Path) -> None:
    path = database_path()
    backup = tmp_path / "old.backup"
    shutil.copy(path, backup)
    changed = bytearray(path.read_bytes())
    changed[changed.index(b"capital_rate")] ^= 1
    path.write_bytes(changed)
    assert (
        memory.scenarios(DATA) == {}
        and "of an earlier version (form 0001) and damaged" in memory.why_not()
        and path.read_bytes() == changed
    )
    path.unlink()
    as_a_new_process()
    assert restored(backup)[0].rows["scenario"] == 10 and found_again(earlier) == (16, False)
    assert backed_up(backup).rows["scenario"] == 10  # in its place, in the present form
    damaged = tmp_path / "damaged.backup"
    damaged.write_bytes(changed)
    with pytest.raises(Refused, match="damaged"):
        restored(damaged)
    assert found_again(earlier) == (16, False)
