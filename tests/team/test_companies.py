"""Two companies in one database: no function of kept work shows or touches what is the other's, and deleting one leaves no trace of it."""

from __future__ import annotations

import ast
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dashboard.kept import acting, database, notes, offers
from dashboard.kept.acting import Acting, acting_for
from dashboard.kept.backup import backed_up, restored
from dashboard.kept.documents import log
from dashboard.kept.notes import Refused
from dashboard.kept.places import kept_study_files, studies_root, study_name
from dashboard.month import store
from dashboard.state import memory
from dashboard.team import deletion, people
from dashboard.team.rights import Right
from tests.dashboard.state.test_memory import DATA, OTHER, state
from tests.house.test_architecture import python_files
from tests.team.postgres import BOTH, Postgres

A, B = "Alpha Pumps", "Beta Valves"
HEADER = ("Alpha day", "Item")
KEPT = state(0.3, note="Alpha note")
pytestmark = pytest.mark.usefixtures("on_both")


def marked() -> Any:
    found = offers.mark({"sku": "Item"}, "ABCDE")
    assert found is not None
    return found


def filled_for(company: str, person: str) -> None:
    with acting_for(company, person):
        offers.opened(DATA, f"{company}.csv", "2026-06-30", marked(), "p")
        memory.keep_state(DATA, KEPT, state(0.1))
        memory.keep_scenario(DATA, f"{company} plan", KEPT)
        memory.keep_naming(HEADER, {"sku": "Item"}, {"order": "dmy"})
        store.keep_study(DATA, b"study")
        people.grant(company, person, [Right.ADMINISTER])


def _gone(act: Callable[[], object]) -> object:
    """What is seen where an act of the other company is refused."""
    with pytest.raises(Refused, match="another company"):
        act()
    return None


#: what each public function shows or does in a company that has nothing yet, where another one has all of it, under the same names
NOTHING: dict[str, tuple[Callable[[], Any], Any]] = {
    "memory.state": (lambda: memory.state(DATA, memory._name_of(memory.text_of(KEPT))), None),
    "memory.is_kept": (lambda: memory.is_kept(DATA, KEPT), False),
    "memory.scenarios": (lambda: memory.scenarios(DATA), {}),
    "memory.namings": (memory.namings, {}),
    "memory.naming": (lambda: memory.naming(HEADER), {}),
    "memory.answers": (lambda: memory.answers(HEADER), {}),
    "memory.remove_scenario": (lambda: memory.remove_scenario(DATA, f"{A} plan"), True),
    "memory.keep_naming": (lambda: memory.keep_naming(HEADER, {}), True),
    "memory.settled": (lambda: memory.settled(DATA), True),
    "memory.forget": (lambda: memory.forget(DATA, HEADER), 0),
    "memory.brought": (lambda: memory.brought(DATA), None),
    "offers.known": (lambda: offers.known(DATA), None),
    "offers.earlier": (lambda: offers.earlier(OTHER, marked()), []),
    "offers.asked": (lambda: offers.asked(OTHER, [DATA]), None),
    "store.kept_studies": (lambda: (store.kept_studies("A"), notes.said()), ([], ())),
    "store.remove_study": (lambda: store.remove_study(study_name(DATA, b"study")), None),
    "log.entries": (log.entries, []),
    "people.everyone": (lambda: _gone(lambda: people.everyone(A)), None),
    "people.grant": (lambda: _gone(lambda: people.grant(A, "b@example.com", [Right.SEE])), None),
    "people.withdraw": (lambda: _gone(lambda: people.withdraw(A, "a@example.com")), None),
    "people.rights_of": (lambda: people.rights_of(B, "a@example.com"), frozenset()),
    "deletion.delete_company": (lambda: _gone(lambda: deletion.delete_company(A)), None),
    # these add: what they add is seen by its own company alone, in the test below
    "memory.keep_state": (lambda: bool(memory.keep_state(OTHER, state(0.5))), True),
    "memory.keep_scenario": (lambda: memory.keep_scenario(DATA, "theirs", state(0.5)), True),
    "offers.opened": (lambda: offers.opened(DATA, "theirs.csv", "2026-07-31", marked(), "q"), None),
    "offers.mark": (lambda: marked().products, 5),
    "store.keep_study": (lambda: store.keep_study(DATA, b"another"), ""),
}
#: types, words, and what works on what it is given
WITHOUT_ROWS = {
    "memory.State", "memory.said", "memory.why_not", "offers.Earlier", "offers.fitted", "store.MOST_KEPT", "store.OnThisMachine",
    "log.Change", "log.Entry", "log.differences", "log.log_csv", "log.log_json", "log.noted",
    "people.Person", "people.address_of", "people.company_name", "people.compared",
    "people.person_of", "people.first_administrator",  # asked before anybody is signed in, and at the start of the server
}  # fmt: skip


def seen() -> dict[str, Any]:
    """All that a company sees of its own."""
    shown = {name: act() for name, (act, _) in NOTHING.items() if name in (
        "memory.state", "memory.scenarios", "memory.namings", "memory.answers", "offers.known", "log.entries",
    )}  # fmt: skip
    return {**shown, "studies": [path.read_bytes() for path in kept_study_files()], "people": people.everyone(acting.acting().company)}  # fmt: skip


@pytest.mark.parametrize("on_both", ["file"], indirect=True)
def test_every_public_function_is_tried() -> None:
    modules: tuple[ModuleType, ...] = (memory, offers, store, log, people, deletion)
    public = {f"{module.__name__.rpartition('.')[2]}.{name}" for module in modules for name in module.__all__}
    assert public == set(NOTHING) | WITHOUT_ROWS


@BOTH
def test_nobody_sees_or_touches_what_is_another_companys() -> None:
    filled_for(A, "a@example.com")
    with acting_for(A, "a@example.com"):
        before = repr(seen())
        assert "Alpha Pumps plan" in before and "Alpha note" in before
    notes._SAID.clear()
    with acting_for(B, "b@example.com"):
        for name, (act, nothing) in NOTHING.items():
            assert act() == nothing, name
            assert A not in memory.why_not() and "a@example.com" not in memory.why_not()
        assert list(memory.scenarios(DATA)) == ["theirs"] and len(kept_study_files()) == 1
        assert {one.person for one in log.entries()} == {"b@example.com"}
    with acting_for(A, "a@example.com"):
        assert repr(seen()) == before


@BOTH
def test_where_nobody_is_signed_in_nothing_is_shown_or_kept() -> None:
    filled_for(A, "a@example.com")
    signed_in: list[Acting] = []
    acting.ask_the_session(lambda: signed_in[0] if signed_in else None)
    try:
        assert memory.scenarios(DATA) == {} and "nobody is signed in" in memory.why_not()
        assert not memory.keep_scenario(DATA, "x", state()) and memory.keep_state(DATA, state()) == ""
        assert not memory.settled(DATA) and memory.namings() == {}
        with pytest.raises(Refused, match="nobody is signed in"):
            kept_study_files()
        signed_in.append(Acting(A, "a@example.com"))
        assert list(memory.scenarios(DATA)) == [f"{A} plan"]
    finally:
        acting.ask_the_session(None)


def told_of(text: str, postgres: Postgres | None, place: Path) -> list[str]:
    """Where a text stands: files, their names, and the database written out."""
    found = []
    for path in place.rglob("*"):
        if text in path.name or (path.is_file() and text.encode() in path.read_bytes()):
            found.append(str(path))
    if postgres is not None:
        if text in postgres.dump():
            found.append("dump")
        with postgres.connect() as connection:
            connection.execute("CHECKPOINT")
        found += [
            str(path)
            for path in (postgres.folder / "data" / "base").rglob("*")
            if path.is_file() and text.encode() in path.read_bytes()
        ]
    elif (file := place / "kept" / "kept.sqlite3").exists():
        with closing(sqlite3.connect(file)) as connection:
            found += [line for line in connection.iterdump() if text in line]
    return found


@BOTH
def test_a_deleted_company_leaves_no_row_no_file_and_no_trace(
    on_both: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("postgres") if on_both == "server" else None
    filled_for(A, "a@example.com")
    filled_for(B, "b@example.com")
    backed_up(tmp_path / "far.backup")
    restored(tmp_path / "far.backup")  # what was there is kept beside: it holds the company too
    (tmp_path / "far.backup").unlink()
    names = (A, "a@example.com", "Alpha Pumps plan")
    assert all(told_of(name, server, tmp_path) for name in names)
    with acting_for(B, "b@example.com"):
        before = repr(seen())
    assert deletion.delete_company(A) >= 8
    for name in names:
        assert told_of(name, server, tmp_path) == [], name
    assert len(list(studies_root().glob("*/*.bin"))) == 1
    with acting_for(B, "b@example.com"):
        assert repr(seen()) == before and told_of(B, server, tmp_path)
    assert people.person_of("a@example.com") is None
    assert deletion.delete_company(A) == 0
    database._OPEN.clear()
    with acting_for(B, "b@example.com"):
        assert repr(seen()) == before  # sound to the last row


@BOTH
def test_a_backup_brings_every_companys_studies_back_to_their_places(tmp_path: Path) -> None:
    filled_for(A, "a@example.com")
    store.keep_study(DATA, b"of one desk")
    filled_for(B, "b@example.com")
    places = {path.relative_to(studies_root()): path.read_bytes() for path in studies_root().rglob("*.bin")}
    assert len(places) == 3
    backed_up(tmp_path / "kept.backup")
    for path in list(studies_root().rglob("*.bin")):
        os.unlink(path)
    restored(tmp_path / "kept.backup")
    assert places == {
        path.relative_to(studies_root()): path.read_bytes() for path in studies_root().rglob("*.bin")
    }


def beside_the_door(path: str, source: str) -> list[str]:
    """What builds queries of its own."""
    names = {"select", "insert", "update", "delete", "text", "exec_driver_sql"}
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            found += [f"{path} imports {one.name}" for one in node.names if one.name in names]
        if isinstance(node, ast.keyword) and node.arg == "company" and path != "dashboard/team/people.py":
            found.append(f"{path} names a company")
    return found


@pytest.mark.parametrize("on_both", ["file"], indirect=True)
def test_there_is_one_door_to_the_rows() -> None:
    whole = {
        "dashboard/kept/tables.py", "dashboard/kept/schema.py", "dashboard/kept/server.py", "dashboard/team/deletion.py",
    }  # the door, and what works on a whole database or company  # fmt: skip
    assert [
        found
        for path, source in python_files("dashboard")
        if path not in whole
        for found in beside_the_door(path, source)
    ] == []
    assert beside_the_door("dashboard/state/x.py", "from sqlalchemy import select\nf(company='A')")
