"""The log of changes: each assumption, limit, choice, override, answer and scenario, from what to what, by whom, written with the change or not at all."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from analytics.assumptions import Assumption, Assumptions
from analytics.limits import Limits
from analytics.valuation.policy import Override as Reserve
from analytics.valuation.policy import StockPolicy
from dashboard.kept import database, offers, tables
from dashboard.kept.acting import acting_for
from dashboard.kept.commands import main
from dashboard.kept.documents import log
from dashboard.kept.documents.log import Change, Entry, entries
from dashboard.kept.lineage import Mark
from dashboard.kept.notes import Refused
from dashboard.results.facts import Override
from dashboard.state import memory
from dashboard.team.people import grant, withdraw
from dashboard.team.rights import Right
from tests.dashboard.state.test_memory import DATA, state
from tests.team.postgres import BOTH


def looked_at(rate: float, limit: float | None, way: str, lever: float, reserve: float) -> memory.State:
    assumptions = Assumptions(
        {"capital_rate": Assumption(rate, 0.08, 0.2, "confirmed", "M. Weber", "2026-06-30")},
        {},
        {"A-1": {"salvage_share": Assumption(0.3, 0.3, 0.3, "confirmed")}},
        limits=Limits(stocked_products=limit),
    )
    own = (Override("A-1", way, "as agreed"),) if way else ()
    policy = StockPolicy(overrides={"A-1": Reserve(reserve, "M. Weber", "slow")})
    return assumptions, "EUR", own, False, None, 0, (("storage_rate", lever),), None, policy, ""


def what_changed() -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.what, one.before, one.after) for one in entries()]


@BOTH
@pytest.mark.usefixtures("on_both")
def test_every_kind_of_change_is_told_from_what_to_what_by_whom_and_when() -> None:
    first, then = looked_at(0.1, None, "", 0.07, 0.5), looked_at(0.12, 40.0, "MTS", 0.08, 0.6)
    begin = datetime.now(UTC) - timedelta(seconds=1)
    with acting_for("Alpha", "a@example.com"):
        offers.opened(
            DATA, "june.csv", "2026-06-30", Mark(columns=(("sku", "i"),), products=1, codes=(1,)), "p"
        )
        memory.keep_state(DATA, first)  # as a link brought it: nobody changed anything
        assert entries() == []
        memory.keep_state(DATA, then, first)
        assert set(what_changed()) == {
            ("assumption", "capital_rate", "0.1 (0.08 to 0.2), confirmed by M. Weber", "0.12 (0.08 to 0.2), confirmed by M. Weber"),
            ("limit", "stocked_products", "", "40"),
            ("own choice", "A-1", "", "MTS: as agreed"),
            ("lever", "storage_rate", "0.07", "0.08"),
            ("override of stock value", "overrides A-1", "0.5, M. Weber, slow", "0.6, M. Weber, slow"),
        }  # fmt: skip
        assert {(one.person, one.file) for one in entries()} == {("a@example.com", "june.csv")}
        now = datetime.now(UTC) + timedelta(seconds=1)
        assert all(begin <= datetime.fromisoformat(one.at) <= now for one in entries())
        count = len(entries())
        memory.keep_state(DATA, then, then)  # the page drawn again
        assert len(entries()) == count
        memory.keep_state(DATA, first, then)  # back: what was kept before is a change all the same
        assert what_changed()[-1][0] and len(entries()) == 2 * count
        assert ("limit", "stocked_products", "40", "") in what_changed()
        assert memory.settled(DATA, then, first) and len(entries()) == 3 * count
    with acting_for("Alpha", "b@example.com"):
        memory.keep_scenario(DATA, "Plan", first)
        memory.keep_scenario(DATA, "Plan", then)
        memory.remove_scenario(DATA, "Plan")
        memory.keep_naming(("Day", "Item"), {"sku": "Item"}, {"order": "dmy"})
        memory.keep_naming(("Day", "Item"), {"sku": "Code"}, {"order": "dmy"})
        grant("Alpha", "c@example.com", [Right.CHANGE])
        withdraw("Alpha", "c@example.com")
        told = [one for one in entries() if one.person == "b@example.com"]
        assert told[0][3:] == ("scenario", "Plan", "", "kept")
        assert "limit in scenario Plan" in {one.kind for one in told}
        assert [one[3:] for one in told[-6:]] == [
            ("scenario", "Plan", "kept", ""),
            ("column named", "sku", "", "Item"),
            ("answer about the file", "order", "", "dmy"),
            ("column named", "sku", "Item", "Code"),
            ("right", "c@example.com", "", "see, change"),
            ("right", "c@example.com", "see, change", ""),
        ]


@BOTH
@pytest.mark.usefixtures("on_both")
def test_the_change_and_its_entry_are_kept_together_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    memory.keep_scenario(DATA, "first", state())
    before = what_changed()

    def fails(connection: Connection, data: str, changes: object) -> None:
        raise Refused("no entry can be written")

    with monkeypatch.context() as broken:
        broken.setattr(log, "noted", fails)
        assert not memory.keep_scenario(DATA, "second", state())
        assert not memory.remove_scenario(DATA, "first")
        assert memory.keep_state(DATA, state(0.5), state(0.4)) == ""
    assert list(memory.scenarios(DATA)) == ["first"] and not memory.is_kept(DATA, state(0.5))
    assert what_changed() == before == [("scenario", "first", "", "kept")]
    assert entries()[0].person == ""  # on one desk nobody is asked who it is


@BOTH
@pytest.mark.usefixtures("on_both")
def test_forgetting_takes_the_entries_along_and_leaves_one_without_names() -> None:
    memory.keep_scenario(DATA, "Plan", state())
    memory.keep_naming(("Day", "Item"), {"sku": "Item"})
    memory.keep_scenario("f" * 16, "Other", state())
    assert memory.forget(DATA, ("Day", "Item"))
    assert [one[1:] for one in what_changed()] == [("Other", "", "kept"), ("", "kept", "forgotten")]
    assert memory.forget(DATA) == 0 and len(entries()) == 2


@BOTH
@pytest.mark.usefixtures("on_both")
def test_it_goes_out_as_csv_that_no_spreadsheet_runs_and_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = '=HYPERLINK("http://x")'
    with acting_for("Alpha", "a@example.com"):
        memory.keep_scenario(DATA, hostile, state())
        expected = entries()
    with acting_for("Beta", "b@example.com"):
        memory.keep_scenario(DATA, "of Beta", state())
    assert main(["log", str(tmp_path / "log.csv"), "--company", "Alpha"]) == 0
    assert main(["log", str(tmp_path / "log.json"), "--company", "Alpha"]) == 0
    assert "holds 1 changes" in capsys.readouterr().out
    rows = list(csv.reader(io.StringIO((tmp_path / "log.csv").read_text(encoding="utf-8"))))
    assert rows[0] == list(Entry._fields) and rows[1][4] == "'" + hostile and len(rows) == 2
    assert [
        Entry(**one) for one in json.loads((tmp_path / "log.json").read_text(encoding="utf-8"))
    ] == expected
    assert main(["log", str(tmp_path / "log.txt")]) == 2 and ".csv or .json" in capsys.readouterr().err


@pytest.mark.parametrize("on_both", ["file"], indirect=True)
@pytest.mark.usefixtures("on_both")
def test_a_changed_or_vanished_entry_is_noticed() -> None:
    memory.keep_scenario(DATA, "Plan", state())
    with pytest.raises(tables.Damaged):
        with database.opened().engine.connect().execution_options(writing=True) as connection:
            with connection.begin():
                connection.exec_driver_sql("UPDATE log SET person = 'somebody else'")
                tables.rows(connection, "log")


def test_two_documents_that_are_the_same_differ_in_nothing() -> None:
    one = memory.document_of(state())
    assert log.differences(one, one) == [] and log.differences(None, None) == []
    assert all(change.before == "" for change in log.differences(None, one))
    assert Change("own choice", "A-1", "", "MTS: é *show* \" ' \n") in log.differences(None, one)
