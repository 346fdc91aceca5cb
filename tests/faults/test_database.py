"""The database under damage, kill -9, a full disk, two writers, a wrong clock, other users and little memory: no other value, no silent loss.

`STOCK_OR_ORDER_FAULTS=all` damages at every 64th offset and kills more often (`make study`); else a sample of half a minute.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.kept import database, notes, offers
from dashboard.kept.lineage import Mark
from dashboard.kept.places import database_path
from dashboard.state import memory
from tests.dashboard.state.test_memory import DATA, state
from tests.faults.damage import ALL, damages

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="processes, limits and users as POSIX has them")
RATES = {f"scenario {k}": 0.01 * (k + 1) for k in range(10)}


@pytest.fixture(autouse=True)
def own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(tmp_path / "kept" / "kept.sqlite3"))
    monkeypatch.setenv("STOCK_OR_ORDER_SCENARIOS", str(tmp_path / "scenarios"))
    return tmp_path / "kept"


def as_a_new_process() -> None:
    database._OPEN.clear()
    memory._LEFT.clear()
    notes._SAID.clear()


def in_a_child(act: Callable[[], Any]) -> Any:
    """What an act gives in a process of its own that knows nothing of this one's databases; None where it was killed before it could tell."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reader)
            as_a_new_process()
            os.write(writer, json.dumps([act()]).encode())
        except BaseException as error:
            os.write(writer, json.dumps(["failed", repr(error)]).encode())
        finally:
            os._exit(0)
    os.close(writer)
    told = b""
    while piece := os.read(reader, 65536):
        told += piece
    os.close(reader)
    os.waitpid(child, 0)
    found = json.loads(told) if told else [None]
    assert len(found) == 1, found
    return found[0]


def filled() -> list[str]:
    """Ten scenarios, five links, a naming, a data set; the names of the links."""
    for name, rate in RATES.items():
        assert memory.keep_scenario(DATA, name, state(rate))
    memory.keep_naming(("Day", "Item"), {"sku": "Item"})
    offers.opened(
        DATA,
        "june.csv",
        "2026-06-30",
        Mark(columns=(("sku", "item"),), products=300, codes=tuple(range(300))),
        "p",
    )
    return [memory.keep_state(DATA, state(rate)) for rate in list(RATES.values())[:5]]


def found_again(links: list[str]) -> tuple[int, bool]:
    """How many of the sixteen kept things are found, each with its own value, and whether anything was said."""
    as_a_new_process()
    scenarios = memory.scenarios(DATA)
    for name, one in scenarios.items():
        assert repr(one) == repr(state(RATES[name])), name
    assert [name for name in RATES if name in scenarios] == list(scenarios)
    states = [memory.state(DATA, name) for name in links]
    for one, rate in zip(states, RATES.values(), strict=False):
        assert one is None or repr(one) == repr(state(rate))
    naming = memory.naming(("Day", "Item"))
    assert naming in ({}, {"sku": "Item"})
    return len(scenarios) + sum(one is not None for one in states) + bool(naming), bool(notes.said())


@pytest.mark.parametrize("copy", ["with its copy", "without a copy"])
def test_no_damage_of_the_database_is_silent_or_gives_another_value(own_database: Path, copy: str) -> None:
    links = filled()
    path = database_path()
    content, other_content = path.read_bytes(), database.copy_of(path).read_bytes()
    assert content == other_content or len(content) == len(other_content)
    count = lost = hit = 0
    for kind, offset, bad in damages(content, 12):
        shutil.rmtree(own_database)
        own_database.mkdir()
        path.write_bytes(bad)
        if copy == "with its copy":
            database.copy_of(path).write_bytes(other_content)
        found, said = found_again(links)
        assert found <= 16 and (found == 16 or said), (kind, offset, found)
        assert copy == "without a copy" or found == 16, (kind, offset, found, notes.said())
        if said:
            assert (own_database / "kept.damaged-1.sqlite3").read_bytes() == bad, (kind, offset)
            assert memory.keep_scenario(DATA, "after", state()) or not notes.said()
        count, lost = count + 1, lost + 16 - found
        hit += (16 - found) * (kind != "cut")
    print(
        f"\n{count} damages {copy}: {lost} of {16 * count} entries lost, each time said, none with another value"
    )
    assert (
        hit <= 0.1 * 16 * count
    )  # a flip or a stretch of zeros costs what it hits, seldom a table; a cut costs what is gone
    assert count >= 25


def test_no_damage_of_the_copy_matters(own_database: Path) -> None:
    links = filled()
    path = database.copy_of(database_path())
    for _, _, bad in damages(path.read_bytes(), 6):
        path.write_bytes(bad)
        assert found_again(links) == (16, False)


def test_a_journal_left_behind_and_damaged_changes_nothing(own_database: Path) -> None:
    links = filled()
    path = database_path()
    journal = path.with_name(f"{path.name}-journal")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA cache_size = 1")
    holder.execute("BEGIN IMMEDIATE")
    holder.execute("UPDATE scenario SET document = 'x' || document")
    before, half = journal.read_bytes(), path.read_bytes()
    holder.execute("ROLLBACK")
    holder.close()
    assert len(before) > 512
    for kind, offset, bad in damages(before, 5):
        path.write_bytes(half)
        journal.write_bytes(bad)
        found, said = found_again(links)
        assert found == 16 or said, (kind, offset, found)


SAVER = """
import sys
from dashboard.state import memory
from dashboard.kept import database
database._PATIENCE_SECONDS = 600.0  # on a busy machine one of the two may wait for long
from tests.dashboard.state.test_memory import DATA, state
for k in range(int(sys.argv[2])):
    done = memory.keep_scenario(DATA, f"{sys.argv[1]} {k}", state(0.001 * k))
    print(k if done else memory.why_not(), flush=True)
"""


def saver(name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SAVER, name, str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_save_two_hundred_and_two_hundred_are_kept() -> None:
    both = [saver(name, 100) for name in ("one", "other")]
    told = [process.communicate()[0].split() for process in both]
    assert told == [[str(k) for k in range(100)]] * 2
    found = memory.scenarios(DATA)
    assert set(found) == {f"{name} {k}" for name in ("one", "other") for k in range(100)}
    assert all(found[f"other {k}"][0].of("capital_rate").value == 0.001 * k for k in range(100))


@posix
def test_killed_twelve_times_while_saving_everything_told_done_is_there() -> None:
    """A process saves on and on and is killed by signal 9, each time a little later within a save."""
    done: set[str] = set()
    for point in range(12):
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            try:
                as_a_new_process()
                for k in itertools.count():
                    if memory.keep_scenario(f"{point:016d}", f"{point} {k}", state(0.001 * k)):
                        os.write(writer, f"{point} {k}\n".encode())
            finally:
                os._exit(0)
        os.close(writer)
        told = b""
        while told.count(b"\n") < 2:
            piece = os.read(reader, 4096)
            assert piece
            told += piece
        time.sleep(0.0023 * point)
        os.kill(child, 9)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9
        while piece := os.read(reader, 4096):
            told += piece
        os.close(reader)
        done |= set(told.decode().splitlines()[: told.count(b"\n")])
        as_a_new_process()
        there = {name for p in range(point + 1) for name in memory.scenarios(f"{p:016d}")}
        assert done <= there and len(there) - len(done) <= point + 1 and notes.said() == ()
    assert not list(database_path().parent.glob(".*")) and len(done) >= 24


@posix
def test_killed_while_it_is_made_or_mended_nothing_is_lost(own_database: Path) -> None:
    links = filled()
    path = database_path()
    content = path.read_bytes()
    bad = content[:100] + bytes(4000) + content[4100:]
    for point in range(12 if ALL else 6):
        path.write_bytes(bad)
        for aside in own_database.glob("kept.damaged-*"):
            aside.unlink()
        child = os.fork()
        if not child:
            try:
                as_a_new_process()
                memory.scenarios(DATA)
            finally:
                os._exit(0)
        time.sleep(0.012 * point)
        os.kill(child, 9)
        os.waitpid(child, 0)
        assert found_again(links)[0] == 16
        assert not list(own_database.glob(".*"))


def ends_at(call: int, whole: Callable[..., None]) -> Callable[..., None]:
    """A call of the system that ends the process when it is made for the so many-th new file."""
    seen = 0

    def one(name: object, *others: object, **named: object) -> None:
        nonlocal seen
        seen += ".new-" in str(name)
        if ".new-" in str(name) and seen == call:
            os._exit(9)
        whole(name, *others, **named)

    return one


@posix
@pytest.mark.parametrize("cut_at", ["unlink", "link"])
def test_killed_inside_each_making_no_trace_stays(
    own_database: Path, monkeypatch: pytest.MonkeyPatch, cut_at: str
) -> None:
    filled()
    path = database_path()
    content = path.read_bytes()
    for after in range(1, 5):
        path.write_bytes(content[:100] + bytes(4000) + content[4100:])
        child = os.fork()
        if not child:
            monkeypatch.setattr(os, cut_at, ends_at(after, getattr(os, cut_at)))
            as_a_new_process()
            memory.scenarios(DATA)
            os._exit(0)
        os.waitpid(child, 0)
        as_a_new_process()
        assert len(memory.scenarios(DATA)) == len(RATES)
        assert not list(own_database.glob(".*"))


def _small_disk(tmp_path: Path, size: str) -> Callable[[], None] | None:
    place = tmp_path / "small"
    place.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True, check=False
    ).returncode:
        return None
    return lambda: subprocess.run(["umount", "-l", str(place)], check=False) and None


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="mounts a small disk",
)
def test_a_small_disk_fills_up_and_what_was_kept_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = _small_disk(tmp_path, "400k")
    if away is None:
        pytest.skip("no small disk can be mounted here")
    try:
        monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(tmp_path / "small" / "kept.sqlite3"))
        done = []
        for k in range(400):
            if not memory.keep_scenario(DATA, f"s {k}", state(0.001 * k, note="n" * 3_000)):
                break
            done.append(f"s {k}")
        assert 10 < len(done) < 400 and "disk is full" in memory.why_not()
        as_a_new_process()
        assert list(memory.scenarios(DATA)) == done
    finally:
        as_a_new_process()
        away()


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_a_day_ahead_or_back_changes_nothing(
    own_database: Path, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    links = filled()
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 86_400 * days)
    assert memory.keep_scenario(DATA, "late", state(0.5))
    for path in own_database.iterdir():
        os.utime(path, (now() - 86_400 * days, now() - 86_400 * days))
    as_a_new_process()
    assert list(memory.scenarios(DATA)) == [*RATES, "late"] and all(
        memory.state(DATA, name) for name in links
    )
    assert memory.remove_scenario(DATA, "late") and found_again(links) == (16, False)


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() != 0, reason="becomes another user")
def test_what_belongs_to_somebody_else_is_read_if_it_may_be_and_never_lost(
    own_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    links = filled()
    base = tmp_path_factory.getbasetemp()
    for place in (own_database, *own_database.parents):
        if place.is_relative_to(base) or place.name.startswith("pytest-"):
            place.chmod(0o755)
    path = database_path()
    before = path.read_bytes()
    for mode, readable in ((0o644, True), (0o600, False)):
        path.chmod(mode)
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            try:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
                as_a_new_process()
                found = len(memory.scenarios(DATA))
                done = memory.keep_scenario(DATA, "new", state())
                os.write(writer, json.dumps([found, done, memory.why_not()]).encode())
            except BaseException as error:
                os.write(writer, json.dumps(["failed", repr(error), ""]).encode())
            finally:
                os._exit(0)
        os.close(writer)
        found, done, why = json.loads(os.read(reader, 65536))
        os.close(reader)
        os.waitpid(child, 0)
        assert (found, done) == (10 if readable else 0, False) and "cannot be opened or written" in why, (
            found,
            done,
            why,
        )
    assert path.read_bytes() == before and found_again(links) == (16, False)


LITTLE = """
import json, os, resource
from dashboard.state import memory
from tests.dashboard.state.test_memory import DATA, state

memory.keep_scenario(DATA, "first", state())  # all that is needed is loaded
large = state(note="n" * 4_900_000)
with open("/proc/self/statm") as file:
    used = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
for megabytes in (0, 4, 9, 14, 40):
    reader, writer = os.pipe()
    if not os.fork():
        resource.setrlimit(resource.RLIMIT_AS, (used + 60_000_000,) * 2)
        ballast = []
        while len(ballast) < 5_000:
            try:
                ballast.append(bytearray(1_000_000))
            except MemoryError:
                break
        del ballast[len(ballast) - megabytes :]
        done = memory.keep_scenario(DATA, f"large {megabytes}", large)
        why = memory.why_not()
        ballast.clear()
        os.write(writer, json.dumps([megabytes, done, why]).encode() + b"\\n")
        os._exit(0)
    os.close(writer)
    os.wait()
    print(os.read(reader, 65536).decode(), end="")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts memory as Linux does")
def test_too_little_memory_is_said_as_that() -> None:
    """A process that may take so many megabytes more keeps five: it does, or says that there is no memory."""
    filled()
    told = subprocess.run(
        [sys.executable, "-c", LITTLE], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    there = memory.scenarios(DATA)
    assert len(told) == 5 and set(RATES) <= set(there)
    refused = 0
    for megabytes, done, why in map(json.loads, told):
        assert done == (f"large {megabytes}" in there) and (done or "memory" in why), (megabytes, done, why)
        refused += not done
    assert refused


@pytest.mark.skipif(not ALL, reason="a minute; part of make study")
def test_a_hundred_thousand_links_are_kept_opened_and_the_next_one_refused() -> None:
    from dashboard.kept import tables

    name = memory.keep_state(DATA, state())
    text = memory.text_of(state())

    def act(connection):  # type: ignore[no-untyped-def]
        for k in range(memory.MOST_STATES - 1):
            tables.put(connection, "state", {"data": DATA[:16], "name": f"n{k}"}, {"document": text})

    database.change(act)
    as_a_new_process()
    begin = time.perf_counter()
    assert memory.state(DATA, name) is not None
    print(
        f"opened and checked with 100,000 links in {time.perf_counter() - begin:.1f} s, {database_path().stat().st_size / 1e6:.0f} MB"
    )
    assert memory.keep_state(DATA, state(0.9)) == "" and "100,000 links are kept" in memory.why_not()
    assert memory.keep_scenario(DATA, "still", state()) and memory.state(DATA, "n99998") is not None
