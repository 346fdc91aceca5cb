"""Folders of results, all or nothing: whole, with digests, nothing foreign touched, and nothing mixed wherever the write ends."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from analytics.writeup import folder as folders
from analytics.writeup.folder import unfinished, write_file, write_folder


def written(place: Path, mark: str, names: tuple[str, ...] = ("a.csv", "b.csv")) -> list[str]:
    return write_folder(
        place,
        {name: lambda name=name: f"{mark} {name}".encode() for name in names},
        lambda: {"version": mark},
    )  # type: ignore[misc]


def state_of(place: Path) -> str:
    """The mark of the one result a folder holds, "nothing" where it holds none; fails where files of two are mixed or one is cut."""
    path = place / "summary.json"
    if not path.exists():
        return "nothing"
    document = json.loads(path.read_text())
    for name, digest in document["files"].items():
        content = (place / name).read_bytes()
        assert sha256(content).hexdigest() == digest and content == f"{document['version']} {name}".encode()
    return str(document["version"])


def test_the_summary_names_the_digest_of_every_file(tmp_path: Path) -> None:
    assert written(tmp_path / "x" / "answer", "one") == []
    document = json.loads((tmp_path / "x" / "answer" / "summary.json").read_text())
    assert document == {
        "version": "one",
        "files": {n: sha256(f"one {n}".encode()).hexdigest() for n in ("a.csv", "b.csv")},
    }
    assert sorted(p.name for p in (tmp_path / "x").iterdir()) == ["answer"]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    written(tmp_path / "one", "m")
    written(tmp_path / "two", "m")
    written(tmp_path / "two", "m")
    assert all(
        (tmp_path / "one" / p.name).read_bytes() == p.read_bytes() for p in (tmp_path / "two").iterdir()
    )


def test_an_earlier_result_goes_as_a_set(tmp_path: Path) -> None:
    written(tmp_path / "answer", "one", ("a.csv", "b.csv", "extra.csv"))
    notes = written(tmp_path / "answer", "two")
    assert state_of(tmp_path / "answer") == "two" and not (tmp_path / "answer" / "extra.csv").exists()
    assert notes == ["of the earlier result in answer went: extra.csv"]


@pytest.mark.parametrize("stand_in_it", [False, True])
def test_foreign_files_stay_and_are_named_and_changed_ones_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stand_in_it: bool
) -> None:
    place = tmp_path / "answer"
    written(place, "one")
    (place / "mine.txt").write_text("mine")
    (place / "sub").mkdir()
    (place / "b.csv").write_text("edited by hand")
    if stand_in_it:
        monkeypatch.chdir(place)
    notes = written(place, "two")
    assert (
        state_of(place) == "two"
        and (place / "mine.txt").read_text() == "mine"
        and (place / "b.changed-1.csv").read_text() == "edited by hand"
    )
    assert any("mine.txt, sub" in note for note in notes) and any(
        "b.csv was changed" in note for note in notes
    )
    assert sorted(p.name for p in place.iterdir()) == [
        "a.csv",
        "b.changed-1.csv",
        "b.csv",
        "mine.txt",
        "sub",
        "summary.json",
    ] and os.listdir(tmp_path) == ["answer"]


def test_a_folder_written_before_digests_were_named_is_an_earlier_result(tmp_path: Path) -> None:
    place = tmp_path / "answer"
    place.mkdir()
    (place / "a.csv").write_text("old")
    (place / "summary.json").write_text('{"version": "0.8"}')
    (place / "more.csv").write_text("old")
    notes = written(place, "two")
    assert (
        state_of(place) == "two"
        and not list(place.glob("*changed*"))
        and any("more.csv" in note for note in notes)
    )


@pytest.mark.parametrize("damaged", ["", "{", "[]", '{"files": 3}', '{"files": {"../../a.csv": ""}}'])
def test_a_summary_that_is_not_ours_is_kept(tmp_path: Path, damaged: str) -> None:
    place = tmp_path / "answer"
    place.mkdir()
    (place / "summary.json").write_text(damaged)
    written(place, "two")
    assert state_of(place) == "two"
    assert damaged.startswith('{"files": {') or (place / "summary.changed-1.json").read_text() == damaged


def test_a_maker_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    place = tmp_path / "answer"
    written(place, "one")
    with pytest.raises(ZeroDivisionError):
        write_folder(place, {"a.csv": lambda: b"x", "b.csv": lambda: bytes([1 // 0])}, lambda: {})
    assert state_of(place) == "one" and os.listdir(tmp_path) == ["answer"]


@pytest.mark.parametrize("foreign", [False, True])
def test_a_full_disk_at_any_step_leaves_one_whole_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, foreign: bool
) -> None:
    """The nth call that writes fails, for every n: the folder holds the one or the other, and no trace of the attempt."""
    place = tmp_path / "answer"
    seen = set()
    for n in range(60):
        written(place, "one", ("a.csv", "b.csv", "c.csv"))
        if foreign:
            (place / "mine.txt").write_text("mine")
        left = [n]

        def failing(original, left=left):  # type: ignore[no-untyped-def]
            def call(*arguments, **named):  # type: ignore[no-untyped-def]
                left[0] -= 1
                if left[0] == -1:
                    raise OSError(28, "No space left on device")
                return original(*arguments, **named)

            return call

        with monkeypatch.context() as patched:
            for name in ("fsync", "rename", "replace"):
                patched.setattr(folders.os, name, failing(getattr(os, name)))
            patched.setattr(folders, "_put", failing(folders._put))
            patched.setattr(folders.tempfile, "mkdtemp", failing(folders.tempfile.mkdtemp))
            try:
                written(place, "two")
            except OSError:
                seen.add(n)
        assert state_of(place) in ("one", "two"), n
        assert not foreign or (place / "mine.txt").read_text() == "mine"
        assert os.listdir(tmp_path) == ["answer"] and not unfinished(place)
        if left[0] > 0:
            break
    assert len(seen) > 6


def killed_at(place: Path, step: int, way: str) -> int:
    """Write in a process that kills itself at the nth step; how it ended."""
    child = os.fork()
    if not child:
        left = [step]

        def counted(original):  # type: ignore[no-untyped-def]
            def call(*arguments, **named):  # type: ignore[no-untyped-def]
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), 9)
                return original(*arguments, **named)

            return call

        try:
            for name in ("fsync", "rename", "unlink"):
                setattr(os, name, counted(getattr(os, name)))
            vars(folders)["exchange"] = counted(folders.exchange) if way == "exchange" else lambda *_: False
            written(place, "two")
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(os.name != "posix", reason="kills a process as POSIX does")
@pytest.mark.parametrize("way", ["exchange", "in place"])
def test_killed_at_any_step_nothing_is_mixed_and_the_earlier_result_comes_back(
    tmp_path: Path, way: str
) -> None:
    place = tmp_path / "answer"
    ends = set()
    for n in range(0, 22):
        written(place, "one", ("a.csv", "b.csv", "c.csv"))
        if way == "in place":
            (place / "mine.txt").write_text("mine")
        code = killed_at(place, n, way)
        now = state_of(place)
        ends.add((code, now))
        assert (
            now in ("one", "two", "nothing")
            and (code == -9 or now == "two")
            and (way == "in place" or now != "nothing")
        )
        if now == "nothing":
            assert len(unfinished(place)) == 1  # it is recognisable
            for left in unfinished(place):
                assert "earlier result put back" in folders._cleared(place, left)
            assert state_of(place) == "one" and (place / "c.csv").exists()
        notes = written(place, "three")
        assert state_of(place) == "three" and not unfinished(place) and os.listdir(tmp_path) == ["answer"]
        assert way != "in place" or any("mine.txt" in note for note in notes)
    assert {code for code, _ in ends} == {-9, 0}


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "forecast.csv"
    write_file(path, b"one")
    monkeypatch.setattr(folders.os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError):
        write_file(path, b"two")
    assert path.read_bytes() == b"one" and os.listdir(tmp_path) == ["forecast.csv"]


def test_a_file_behind_a_link_is_written_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(b"one")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write_file(tmp_path / "link.csv", b"two")
    assert (tmp_path / "link.csv").is_symlink() and (tmp_path / "real.csv").read_bytes() == b"two"
