"""The database server: what it refuses in words, never with its password; backups that go both ways; killed by signal 9, nothing told done is lost."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from dashboard.kept import database, notes, server
from dashboard.kept.backup import backed_up, content_now, restored
from dashboard.kept.doctor import _database as database_findings
from dashboard.kept.notes import Refused
from dashboard.kept.places import kept_study_files
from dashboard.month.store import keep_study
from dashboard.state import memory
from dashboard.team.people import everyone, first_administrator
from tests.dashboard.state.test_memory import DATA, state
from tests.faults.test_database import RATES, filled, found_again
from tests.team.postgres import BOTH, PASSWORD, Postgres

SERVER = pytest.mark.parametrize("on_both", ["server"], indirect=True)


def as_a_new_process() -> None:
    database._OPEN.clear()
    memory._LEFT.clear()
    notes._SAID.clear()


@BOTH
def test_all_that_is_kept_is_found_again_and_a_backup_goes_from_either_kind_to_either(
    on_both: str, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = filled()
    first_administrator("Alpha", "a@example.com")
    assert keep_study(DATA, b"study") == "" and len(kept_study_files(DATA)) == 1
    assert found_again(links) == (16, False)
    backup = tmp_path / "kept.backup"
    whole = backed_up(backup)
    assert whole.rows == content_now(database.opened()).rows and whole.rows["person"] == 1
    assert backed_up(backup) == whole  # in the place of an earlier one
    memory.remove_scenario(DATA, "scenario 3")
    assert memory.keep_scenario(DATA, "later", state())
    _, kept = restored(backup)
    assert kept is not None and found_again(links) == (16, False)
    restored(kept)
    assert "later" in memory.scenarios(DATA) and "scenario 3" not in memory.scenarios(DATA)
    if on_both == "file":  # from one desk to a team's server
        postgres.emptied()
        monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", postgres.address())
    else:
        monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(tmp_path / "desk" / "kept.sqlite3"))
    as_a_new_process()
    assert memory.scenarios(DATA) == {} and restored(backup)[1] is None
    assert found_again(links) == (16, False) and everyone("Alpha")[0].address == "a@example.com"
    assert content_now(database.opened()).company == whole.company


@BOTH
def test_doctor_looks_at_it(on_both: str) -> None:
    filled()
    found = list(database_findings())
    assert all(one.well for one in found) and "10 scenarios" in str(found[0])
    assert PASSWORD not in "".join(map(str, found))


@SERVER
@pytest.mark.usefixtures("on_both")
def test_a_changed_row_and_a_vanished_one_are_said_and_nothing_is_changed(postgres: Postgres) -> None:
    filled()
    for wrong, mended in (
        ("UPDATE scenario SET name = 'other' WHERE name = 'scenario 2'",) * 1
        + ("UPDATE scenario SET name = 'scenario 2' WHERE name = 'other'",),
        ("CREATE TABLE aside AS SELECT * FROM state; DELETE FROM state WHERE id = 2", "INSERT INTO state SELECT * FROM aside WHERE id = 2"),
    ):  # fmt: skip
        with postgres.connect() as connection:
            connection.execute(wrong)
        as_a_new_process()
        assert memory.scenarios(DATA) == {} and "does not hold what was written to it" in memory.why_not()
        assert not memory.keep_scenario(DATA, "new", state())
        assert [one.well for one in database_findings()] == [False]
        with postgres.connect() as connection:
            connection.execute(mended)
    as_a_new_process()
    assert list(memory.scenarios(DATA)) == list(RATES)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mysql://u:secret-1@h/d", "is no database this program keeps its work in"),
        ("postgresql://u:secret-1@127.0.0.1:1", "names none"),
        ("postgresql://u:secret-1@127.0.0.1:port/d", "cannot be read: write it as"),
        ("postgresql://u:secret-1@127.0.0.1:1/d", "does not answer"),
        ("://", "cannot be read: write it as"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str, words: str
) -> None:
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", address)
    monkeypatch.setattr(notes, "_SAID", [])
    assert not memory.keep_scenario(DATA, "x", state()) and words in memory.why_not()
    assert "secret-1" not in memory.why_not() + capsys.readouterr().err


@SERVER
@pytest.mark.usefixtures("on_both")
def test_the_password_comes_from_the_address_a_variable_or_a_tight_file(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", postgres.address(""))
    assert not memory.keep_scenario(DATA, "x", state()) and "does not let planner in" in memory.why_not()
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE_PASSWORD", "wrong word")
    assert not memory.keep_scenario(DATA, "x", state()) and "does not let planner in" in memory.why_not()
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE_PASSWORD", PASSWORD)
    assert memory.keep_scenario(DATA, "x", state())
    as_a_new_process()
    monkeypatch.delenv("STOCK_OR_ORDER_DATABASE_PASSWORD")
    word = tmp_path / "word"
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE_PASSWORD_FILE", str(word))
    assert memory.scenarios(DATA) == {} and "cannot be read" in memory.why_not()
    word.write_text(PASSWORD + "\n")
    word.chmod(0o640)
    assert memory.scenarios(DATA) == {} and "chmod 600" in memory.why_not()
    word.chmod(0o600)
    assert list(memory.scenarios(DATA)) == ["x"]
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", postgres.address().replace("/postgres", "/nowhere"))
    assert memory.scenarios(DATA) == {} and "there is no database nowhere" in memory.why_not()
    assert PASSWORD not in capsys.readouterr().err and "wrong word" not in capsys.readouterr().err


@SERVER
@pytest.mark.usefixtures("on_both")
def test_a_database_of_another_program_or_a_newer_version_is_not_touched(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        connection.execute("CREATE TABLE dataset (a int)")
    assert not memory.keep_scenario(DATA, "x", state()) and "of another program" in memory.why_not()
    postgres.emptied()
    assert memory.keep_scenario(DATA, "x", state())
    with postgres.connect() as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    as_a_new_process()
    assert not memory.keep_scenario(DATA, "y", state()) and memory.why_not()


@SERVER
@pytest.mark.usefixtures("on_both")
def test_a_locked_database_and_what_it_does_not_take_are_said(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_PATIENCE_SECONDS", 1)
    assert memory.keep_scenario(DATA, "x", state())
    assert not memory.keep_scenario(DATA, "a\0b", state()) and "NUL" in memory.why_not()
    with postgres.connect() as holder, holder.transaction():
        holder.execute(f"SELECT pg_advisory_xact_lock({server._LOCK})")
        assert not memory.keep_scenario(DATA, "y", state()) and "another program holds" in memory.why_not()
        assert list(memory.scenarios(DATA)) == ["x"]  # reading waits for nobody
    assert memory.keep_scenario(DATA, "y", state()) and list(memory.scenarios(DATA)) == ["x", "y"]


@SERVER
@pytest.mark.usefixtures("on_both")
def test_killed_between_and_during_saves_nothing_told_done_is_lost(postgres: Postgres) -> None:
    """Three people save on and on while the server is killed by signal 9, each time a little later within a save, and started again."""
    assert memory.keep_scenario(DATA, "first", state())
    done: set[str] = {"first"}
    refused: list[str] = []
    stopped = threading.Event()

    def saves(who: int) -> None:
        for k in range(100_000):
            if stopped.is_set():
                return
            name = f"{who} {k}"
            if memory.keep_scenario(DATA, name, state(0.001)):
                done.add(name)
            else:
                refused.append(memory.why_not())
                time.sleep(0.02)

    people = [threading.Thread(target=saves, args=(who,)) for who in range(3)]
    for one in people:
        one.start()
    try:
        for kill in range(4):
            before = len(done)
            end = time.monotonic() + 60
            while len(done) < before + 6:
                assert time.monotonic() < end, refused[-1:]
                time.sleep(0.001)
            time.sleep(0.0037 * kill)
            postgres.kill()
            told = set(done)
            count = len(refused)
            while len(refused) < count + 2:
                assert time.monotonic() < end
                time.sleep(0.001)
            postgres.start()
            found = set(memory.scenarios(DATA))
            assert told <= found, kill
    finally:
        stopped.set()
        for one in people:
            one.join(60)
    as_a_new_process()  # everything is checked: each row, and that none is missing
    there = memory.scenarios(DATA)
    assert done <= set(there) and len(there) - len(done) <= 3 * 4 and len(done) > 24
    assert all(one[0].of("capital_rate").value == 0.001 for name, one in there.items() if name != "first")
    assert refused and all("try again" in words for words in refused), set(refused)


@pytest.mark.parametrize("port", [38289, 2800, 53100, 53300, 40001, 57014, 42501, 25006, 22021])
def test_no_port_makes_a_silent_server_anything_else(port: int) -> None:
    """The words of psycopg name the port, whose digits may be those of an SQLSTATE."""
    said = f'connection failed: connection to server at "127.0.0.1", port {port} failed: Connection refused'
    words = str(server.server_words(ConnectionError(said), server.make_url(f"postgresql://u:w@h:{port}/d")))
    assert "does not answer" in words and "try again once it runs" in words


def test_a_refusal_of_the_server_is_a_refusal_in_words() -> None:
    with pytest.raises(Refused, match="busy with others"):
        raise server.server_words(server.NoneFree(), server.make_url("postgresql://u:w@h:5432/d"))
