"""What outlives a reload: kept and found again to the last digit, bounded with a word, offered to the next file of its kind, and gone when the data go."""

from __future__ import annotations

import json
import math
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from analytics.assumptions import Assumption, Assumptions
from analytics.valuation.policy import Override as Reserve
from analytics.valuation.policy import StockPolicy
from dashboard.kept import offers
from dashboard.kept.database import copy_of, opened
from dashboard.kept.documents.form import document_of
from dashboard.kept.lineage import Mark, mark_of, of_one_kind, share_in_common
from dashboard.kept.places import database_path, earlier_folder
from dashboard.results.facts import Override
from dashboard.state import memory
from tests.team.postgres import BOTH

DATA = "0123456789abcdef0123"
OTHER = "fedcba9876543210"


def state(rate: float = 0.1234567890123, note: str = "é *show* \" ' \n") -> memory.State:
    general = {
        "capital_rate": Assumption(rate, 0.08, 0.2, "assumed"),
        "gross_margin": Assumption(math.nan, 0.1, 0.9, "confirmed"),
    }
    family = {"Räder": {"salvage_share": Assumption(0.3, 0.3, 0.3, "confirmed")}}
    stated, held = (
        Assumptions(general, family, {"A-1": {}}, as_assumed=("hazard_per_year",)),
        Assumptions().with_general(capital_rate=0.09),
    )
    return (
        stated,
        "USD",
        (Override("A-1", "MTS", note),),
        True,
        ("returns",),
        30,
        (("storage_rate", 0.07),),
        held,
        StockPolicy(
            ledger=20_100_000.0,
            standard="usgaap",
            cover_ladder=((6.0, 0.3),),
            one_off_of={"A-1": 12.5},
            ledger_of={"Räder": -1.5},
            overrides={"A-1": Reserve(0.5, "M. Weber", "é *note*")},
        ),
        "price > 1500 and orders_per_month < 6: order",
    )


@BOTH
@pytest.mark.usefixtures("on_both")
def test_a_state_comes_back_as_it_was_under_the_name_of_its_content() -> None:
    one = state()
    name = memory.keep_state(DATA, one)
    found = memory.state(DATA, name)
    assert name == memory.keep_state(DATA, one) != memory.keep_state(DATA, state(0.2))
    assert found is not None and repr(found) == repr(one)
    assert memory.state(OTHER, name) is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "no-such", "a/b", "a" * 10_000])
def test_an_address_cannot_name_anything_else(name: str) -> None:
    assert memory.state(DATA, name) is None


@BOTH
@pytest.mark.usefixtures("on_both")
def test_scenarios_stay_in_order_none_is_dropped_and_they_go_with_the_data() -> None:
    for k in range(35):
        assert memory.keep_scenario(DATA, f"s {k}", state(0.01 * k))
    assert memory.keep_scenario(DATA, "s 3", state(0.5))
    assert list(memory.scenarios(DATA)) == [f"s {k}" for k in range(35)]
    assert memory.scenarios(DATA)["s 3"][0].of("capital_rate").value == 0.5
    assert memory.remove_scenario(DATA, "s 7") and "s 7" not in memory.scenarios(DATA)
    memory.keep_state(DATA, state())
    memory.keep_scenario("another data set", "x", state())
    assert memory.forget(DATA) == 36  # 34 scenarios, a state, the data set itself
    assert memory.scenarios(DATA) == {} and list(memory.scenarios("another data set")) == ["x"]


@BOTH
@pytest.mark.usefixtures("on_both")
def test_limits_are_said_and_nothing_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not memory.keep_scenario(DATA, "n" * 10_000, state()) and "10,000" in memory.why_not()
    assert memory.keep_state(DATA, state(note="n" * 6_000_000)) == "" and "5 MB" in memory.why_not()
    monkeypatch.setattr(memory, "MOST_STATES", 2)
    first = [memory.keep_state(DATA, state(0.1 * k)) for k in (1, 2)]
    assert memory.keep_state(DATA, state(0.3)) == "" and "2 links are kept" in memory.why_not()
    assert (
        all(memory.state(DATA, name) is not None for name in first)
        and memory.keep_state(DATA, state(0.1)) == first[0]
    )
    monkeypatch.setattr(memory, "MOST_SCENARIOS", 1)
    assert (
        memory.keep_scenario(DATA, "a", state())
        and not memory.keep_scenario(DATA, "b", state())
        and memory.keep_scenario(DATA, "a", state(0.2))
    )


def test_where_nothing_can_be_kept_it_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(tmp_path / "file" / "below.sqlite3"))
    assert memory.keep_state(DATA, state()) == "" and "cannot be opened or written" in memory.why_not()
    assert (
        not memory.keep_scenario(DATA, "x", state())
        and memory.scenarios(DATA) == {}
        and memory.forget(DATA) == 0
    )


@BOTH
@pytest.mark.usefixtures("on_both")
def test_named_columns_belong_to_a_header_and_can_be_forgotten() -> None:
    columns = ("Day", "Item", "Pcs")
    assert memory.naming(columns) == {}
    assert memory.keep_naming(columns, {"sku": "Item", "quantity": "Pcs"})
    assert memory.naming(columns) == {"sku": "Item", "quantity": "Pcs"}
    assert memory.naming(("Day", "Item")) == {} and memory.naming(()) == {}
    memory.keep_naming(columns, {})
    assert memory.namings() == {}
    memory.keep_naming(columns, {}, {"date-order": "DMY"})
    memory.keep_naming(columns, {"sku": "Item"})
    assert (
        memory.answers(columns) == {"date-order": "DMY"}
        and memory.answers(("Day",)) == {}
        and memory.naming(columns) == {"sku": "Item"}
    )
    assert memory.forget(DATA, columns) == 1 and memory.namings() == {}


def test_files_of_an_earlier_version_are_taken_over_once_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    folder = earlier_folder()
    folder.mkdir(parents=True)
    old = {k: v for k, v in document_of(state()).items() if k != "form"}
    (folder / f"{DATA[:16]}-1234567890abcdef.json").write_text(json.dumps(old))
    (folder / f"{DATA[:16]}.json").write_text(json.dumps({"June": old, "July": old}))
    (folder / "columns.json").write_text(json.dumps({"00ff": {"sku": "Item"}}))
    (folder / f"{OTHER}.json").write_text('{"cut": {"general": ')
    (folder / "mine.txt").write_text("mine")
    assert repr(memory.scenarios(DATA)) == repr({"June": state(), "July": state()})
    assert repr(memory.state(DATA, "1234567890abcdef")) == repr(state()) and memory.namings() == {
        "00ff": {"sku": "Item"}
    }
    assert sorted(p.name for p in folder.iterdir()) == [f"{OTHER}.json", "mine.txt"]
    told = capsys.readouterr().err
    assert "2 scenarios, 1 links, 1 namings of columns" in told and f"{OTHER}.json" in told
    memory.remove_scenario(DATA, "June")
    assert list(memory.scenarios(DATA)) == ["July"]
    memory.forget(OTHER)
    assert sorted(p.name for p in folder.iterdir()) == ["mine.txt"]


def test_a_file_of_the_same_columns_and_most_products_is_of_one_kind() -> None:
    columns = {"sku": "Item", "date": "Day"}
    five = mark_of(columns, "ABCDE", "k")
    assert of_one_kind(five, mark_of({"date": "day ", "sku": "ITEM"}, "EDCBX", "k"))  # four of five
    assert not of_one_kind(five, mark_of(columns, "ABCXY", "k"))  # 60 % is not more than 60 %
    assert of_one_kind(five, mark_of(columns, "ABCDEFGHIJKL", "k"))  # products that came since
    assert not of_one_kind(five, mark_of({"sku": "Item", "date": "Month"}, "ABCDE", "k"))
    assert (
        not of_one_kind(five, mark_of(columns, "ABCDE", "another company"))
        and not of_one_kind(five, Mark("servers"))
        and not of_one_kind(five, mark_of(columns, "", "k"))
    )
    assert of_one_kind(Mark("servers"), Mark("servers")) and not of_one_kind(
        Mark("servers"), Mark("bicycles")
    )


@pytest.mark.parametrize("shared", [2_000, 5_600, 7_500])
def test_the_share_of_many_products_is_estimated(shared: int) -> None:
    one, other = (
        mark_of({}, (f"P{k}" for k in span), "k") for span in (range(8_000), range(8_000 - shared, 20_000))
    )
    assert share_in_common(one, other) == pytest.approx(
        shared / 8_000, abs=0.09
    )  # the ratio of the sketch has an error of 1.5 points, times 28,000 / 8,000 / (1 + r)


@BOTH
@pytest.mark.usefixtures("on_both")
def test_what_was_answered_is_offered_to_the_next_file_and_only_once() -> None:
    june, july, foreign = (offers.mark({"sku": "Item"}, codes) for codes in ("ABCDE", "ABCDEF", "XYZ"))
    assert june and july and foreign
    offers.opened(DATA, "june.csv", "2026-06-30", june, "process 1")
    assert offers.earlier(OTHER, july) == []
    memory.keep_state(DATA, state(0.2))
    memory.keep_scenario(DATA, "Customers wait", state(0.3))
    offers.opened(OTHER, "july.csv", "2026-07-31", july, "process 1")
    (found,) = offers.earlier(OTHER, july)
    assert (found.title, found.until, list(found.scenarios)) == (
        "june.csv",
        "2026-06-30",
        ["Customers wait"],
    ) and repr(found.answered) == repr(state(0.2))
    assert offers.earlier(OTHER, foreign) == [] and memory.scenarios(OTHER) == {}
    memory.settled(DATA)
    assert offers.earlier(OTHER, july)[0].answered is None
    offers.asked(OTHER, [found.data])
    assert offers.earlier(OTHER, july) == []
    assert offers.known(DATA) == "process 1" and offers.known("0" * 16) is None


def test_forgotten_means_gone_from_every_file() -> None:
    marker = "Zq7-marker-é"
    for data in (DATA, OTHER):
        memory.keep_scenario(data, f"{marker} {data}", state(note=marker + data))
        memory.keep_state(data, state(note=marker + data))
    path = database_path()
    shutil.copy(path, path.with_name("kept.replaced-1.sqlite3"))
    path.with_name("kept.damaged-1.sqlite3").write_bytes(path.read_bytes()[:5000])
    assert memory.forget(DATA)
    for file in path.parent.iterdir():
        assert (DATA[:16].encode() in file.read_bytes(), OTHER.encode() in file.read_bytes()) == (
            False,
            True,
        ), file
    assert sorted(os.listdir(path.parent)) == ["kept.copy.sqlite3", "kept.replaced-1.sqlite3", "kept.sqlite3"]


def test_only_the_owner_can_read_it() -> None:
    memory.keep_scenario(DATA, "x", state())
    assert os.name != "posix" or {
        p.stat().st_mode & 0o777 for p in (database_path(), copy_of(database_path()))
    } == {0o600}
    assert os.name != "posix" or database_path().parent.stat().st_mode & 0o777 == 0o700


def test_a_database_of_a_newer_version_is_neither_read_nor_changed() -> None:
    memory.keep_scenario(DATA, "x", state())
    from dashboard.kept import tables
    from dashboard.kept.database import change

    def newer(connection):  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")
        tables.put(connection, "meta", {"name": "form"}, {"value": "0999"})

    change(newer)
    before = database_path().read_bytes()
    opened().number = -1  # as another process finds it
    assert memory.scenarios(DATA) == {} and "newer version" in memory.why_not()
    assert not memory.keep_scenario(DATA, "y", state()) and memory.keep_state(DATA, state(0.9)) == ""
    assert database_path().read_bytes() == before


def test_a_locked_database_is_said_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    memory.keep_scenario(DATA, "x", state())
    from dashboard.kept import database

    monkeypatch.setattr(database, "_PATIENCE_SECONDS", 0.05)
    holder = sqlite3.connect(database_path(), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert not memory.keep_scenario(DATA, "y", state()) and "another program holds" in memory.why_not()
    holder.execute("ROLLBACK")
    holder.close()
    assert memory.keep_scenario(DATA, "y", state()) and list(memory.scenarios(DATA)) == ["x", "y"]


@BOTH
@pytest.mark.usefixtures("on_both")
def test_what_comes_after_forgetting_is_kept_only_once_the_file_is_opened_again() -> None:
    """A page that still runs while its file is forgotten in another window brings nothing back."""
    assert memory.keep_state(DATA, state(0.1)) and memory.forget(DATA)
    assert memory.keep_state(DATA, state(0.2)) == "" and "were forgotten" in memory.why_not()
    assert not memory.keep_scenario(DATA, "late", state()) and memory.keep_scenario(OTHER, "other", state())
    offers.opened(
        DATA, "june.csv", "2026-06-30", Mark(columns=(("sku", "item"),), products=1, codes=(1,)), "p"
    )
    assert offers.known(DATA) is None and memory.scenarios(DATA) == {}
    memory.brought(DATA)
    assert memory.keep_scenario(DATA, "again", state()) and list(memory.scenarios(DATA)) == ["again"]
