"""Backup, restore and doctor: what is there is never lost, what is not ours is refused in words, what is wrong is said with what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

import pytest

from dashboard.kept import doctor
from dashboard.kept.backup import backed_up, content_of, restored
from dashboard.kept.commands import main
from dashboard.kept.database import copy_of
from dashboard.kept.notes import Refused
from dashboard.kept.places import database_path, studies_folder
from dashboard.month.store import keep_study
from dashboard.results import store
from dashboard.state import memory
from tests.dashboard.state.test_memory import DATA, state


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(tmp_path / "kept" / "kept.sqlite3"))
    monkeypatch.setenv("STOCK_OR_ORDER_SCENARIOS", str(tmp_path / "scenarios"))
    monkeypatch.setenv("STOCK_OR_ORDER_STORE", str(tmp_path / "samples"))
    return tmp_path


def test_a_backup_comes_back_and_what_was_there_stays_beside(
    own_places: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    memory.keep_scenario(DATA, "June", state(0.1))
    file = own_places / "far" / "june.backup"
    assert main(["backup", str(file)]) == 0 and "1 scenarios" in capsys.readouterr().out
    assert os.name != "posix" or file.stat().st_mode & 0o777 == 0o600
    memory.remove_scenario(DATA, "June")
    memory.keep_scenario(DATA, "July", state(0.2))
    before = database_path().read_bytes()
    assert main(["restore", str(file)]) == 0
    assert list(memory.scenarios(DATA)) == ["June"]  # this process finds the other file
    kept = database_path().with_name("kept.replaced-1.sqlite3")
    assert kept.read_bytes() == before and str(kept) in capsys.readouterr().out
    assert main(["restore", str(kept)]) == 0 and list(memory.scenarios(DATA)) == ["July"]
    assert main(["backup", str(file)]) == 0 and content_of(file).rows["scenario"] == 1


def test_a_backup_of_another_company_is_refused_where_work_is_kept(
    own_places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.keep_scenario(DATA, "theirs", state())
    file = own_places / "theirs.backup"
    backed_up(file)
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(own_places / "ours" / "kept.sqlite3"))
    memory.keep_scenario(DATA, "ours", state())
    with pytest.raises(Refused, match="another company"):
        restored(file)
    with pytest.raises(Refused, match="another company"):
        backed_up(file)
    assert list(memory.scenarios(DATA)) == ["ours"] and sorted(os.listdir(own_places / "ours")) == [
        "kept.copy.sqlite3",
        "kept.sqlite3",
    ]
    assert restored(file, other_company=True)[1] is not None and list(memory.scenarios(DATA)) == ["theirs"]
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(own_places / "new machine" / "kept.sqlite3"))
    assert restored(file)[1] is None and list(memory.scenarios(DATA)) == [
        "theirs"
    ]  # nothing is kept there yet


def test_kept_studies_go_into_a_backup_and_come_back_byte_for_byte(
    own_places: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On another machine they are there again, beside what is kept there; in the database itself they are not, nor are damaged ones in the backup."""
    studies = {
        f"{DATA[:16]}-{blake2b(one, digest_size=8).hexdigest()}.bin": one for one in (b"May" * 9_000, b"June")
    }
    for one in studies.values():
        assert keep_study(DATA, one) == ""
    (studies_folder() / "ffffffffffffffff-0000000000000000.bin").write_bytes(b"damaged")
    memory.keep_scenario(DATA, "June", state())
    file = own_places / "all.backup"
    assert main(["backup", str(file)]) == 0 and ", 2 kept studies." in capsys.readouterr().out
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(own_places / "new machine" / "kept.sqlite3"))
    assert keep_study(DATA, b"own") == ""
    assert main(["restore", str(file)]) == 0 and "2 kept studies." in capsys.readouterr().out
    found = {path.name: path.read_bytes() for path in studies_folder().glob("*.bin")}
    assert found == {**studies, next(name for name in found if name not in studies): b"own"}
    assert os.name != "posix" or {p.stat().st_mode & 0o777 for p in studies_folder().glob("*.bin")} == {0o600}
    assert content_of(database_path()).studies is None and b"MayMay" not in database_path().read_bytes()
    assert list(memory.scenarios(DATA)) == ["June"]


def test_a_study_that_was_changed_in_a_backup_or_leads_elsewhere_is_refused(own_places: Path) -> None:
    """Bytes that are not those of the name, and a name that is a path: nothing is written anywhere."""
    assert keep_study(DATA, b"May") == ""
    for change in ("content = X'00'", "name = '../../away.bin'"):
        file = own_places / "bad.backup"
        backed_up(file)
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(f"UPDATE study SET {change}")
            connection.commit()
        with pytest.raises(Refused, match="damaged"):
            restored(file)
        file.unlink()
    (one,) = studies_folder().iterdir()
    assert one.read_bytes() == b"May" and not list(own_places.rglob("away.bin"))


def test_what_is_no_sound_backup_is_refused_and_nothing_changes(own_places: Path) -> None:
    memory.keep_scenario(DATA, "June", state())
    good = own_places / "good"
    backed_up(good)
    content = good.read_bytes()
    foreign = own_places / "foreign"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE meta (name TEXT)")
    connection.close()
    newer = own_places / "newer"
    shutil.copy(good, newer)
    from dashboard.kept import tables
    from dashboard.kept.database import engine_of

    with engine_of(newer).connect().execution_options(writing=True) as other, other.begin():
        other.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")
        tables.put(other, "meta", {"name": "form"}, {"value": "0999"})
    changed = bytearray(content)
    place = content.index(b"capital_rate")
    changed[place] ^= 1
    half = content[:4096] + bytes(len(content) - 4096)
    for name, bad in (
        ("empty", b""),
        ("text", b"not a database"),
        ("cut", content[: len(content) // 2]),
        ("changed", bytes(changed)),
        ("half", half),
    ):
        (own_places / name).write_bytes(bad)
    before = database_path().read_bytes()
    for name, words in {
        "empty": "no backup", "text": "no backup", "cut": "damaged", "changed": "damaged", "half": "damaged|another program",
        "foreign": "another program", "newer": "newer version", "nowhere": "cannot be read",
    }.items():  # fmt: skip
        with pytest.raises(Refused, match=words):
            restored(own_places / name)
        assert main(["restore", str(own_places / name)]) == 2
    assert database_path().read_bytes() == before and list(memory.scenarios(DATA)) == ["June"]
    for name in ("text", "foreign"):
        with pytest.raises(Refused, match="already"):
            backed_up(own_places / name)
    with pytest.raises(Refused, match="itself"):
        backed_up(database_path())


def test_the_doctor_finds_nothing_wrong_where_nothing_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.keep_scenario(DATA, "June", state())
    store.keep("servers", "probe", {"a": 1})
    monkeypatch.setattr(doctor, "_versions", lambda: iter(()))  # those of the machine that runs the test
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert (
        "Nothing is wrong." in told
        and "1 scenarios" in told
        and "samples: 1 files" in told
        and "WRONG" not in told
    )


def test_the_doctor_says_what_is_wrong_and_what_to_do(
    own_places: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.keep_scenario(DATA, "June", state())
    store.keep("servers", "probe", {"a": 1})
    (sample,) = (own_places / "samples").iterdir()
    sample.write_bytes(sample.read_bytes()[:-1])
    copy_of(database_path()).write_bytes(b"damaged")
    database_path().chmod(0o644)
    monkeypatch.setattr(
        doctor, "_versions", lambda: iter((doctor.Finding("libraries", False, "numpy 1.0", "install again"),))
    )
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: shutil._ntuple_diskusage(1, 1, 1_000))
    assert main(["doctor"]) == 1
    told = capsys.readouterr().out
    for words in (
        "numpy 1.0",
        "free some space",
        "can be read by others",
        f"chmod 600 '{database_path()}'",
        "1 damaged ones were deleted",
        "WRONG  copy",
    ):
        assert words in told
    assert not sample.exists() and list(memory.scenarios(DATA)) == ["June"]
    assert all(one.remedy for one in doctor.findings() if not one.well)


def test_the_commands_are_part_of_the_program(own_places: Path) -> None:
    from analytics.cli import main as program

    assert program(["backup", str(own_places / "x.backup")]) == 0 and (own_places / "x.backup").is_file()
    assert program(["restore", str(own_places / "nothing")]) == 2
