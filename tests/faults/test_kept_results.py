"""Kept results and compiled code: a damaged, cut or foreign file is never used, is cleared and made again; a full disk costs the cache alone."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from analytics.machine import numba_internals, sealed
from analytics.machine.kernel_cache import FOLDER, kernel
from analytics.machine.sealed import Broken, unsealed
from analytics.writeup.folder import SUMMARY, write_folder
from dashboard.kept import notes
from dashboard.results import store
from dashboard.results.store import store_folder
from tests.faults.damage import ALL, KINDS, STEP, damaged, damages

VALUE = {"gain": 214_360.0, "rows": list(range(2_000)), "words": "x" * 3_000}


@pytest.fixture
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STOCK_OR_ORDER_STORE", str(tmp_path / "samples"))
    return tmp_path / "samples"


def test_no_damage_of_a_kept_result_gives_another_value(
    own_store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert store.keep("servers", "probe", VALUE) and store.kept("servers", "probe") == VALUE
    (path,) = own_store.iterdir()
    content = path.read_bytes()
    count = 0
    for kind, offset, other in damages(content, 60):
        path.write_bytes(other)
        assert store.kept("servers", "probe") is None, (kind, offset)
        assert not path.exists()  # cleared, so that it is made again
        count += 1
    assert count >= 120 and store.keep("servers", "probe", VALUE) and store.kept("servers", "probe") == VALUE
    assert capsys.readouterr().err.count("damaged (probe)") == 1


@pytest.mark.skipif(not ALL, reason="minutes; part of make study")
def test_no_damage_of_any_file_that_is_kept_here_is_read() -> None:
    """The samples' results, compiled code and their key as they lie on this machine: every 64th offset of each; of those above half a megabyte 3,000 of them, spread."""
    files = [*(FOLDER.rglob("*.nb?") if FOLDER else ()), *store_folder().glob("*.sealed")]
    contents = [path.read_bytes() for path in sorted(files)]
    assert contents
    count = read = 0
    for content in contents:
        assert unsealed(content)
        every = range(0, len(content), STEP)
        some = (
            every
            if len(content) <= 500_000
            else [*every[:200], *every[200 : -200 : len(every) // 2_600], *every[-200:]]
        )
        for offset in some:
            for kind in KINDS:
                bad = damaged(content, offset, kind)
                if bad != content:
                    count += 1
                    try:
                        unsealed(bad)
                        read += 1
                    except Broken:
                        pass
    print(
        f"\n{count:,} damages of {len(contents)} kept files of {sum(map(len, contents)) / 1e6:,.0f} MB: {read} read"
    )
    assert read == 0


def test_no_damage_of_a_folder_of_results_is_taken_for_a_whole_one(tmp_path: Path) -> None:
    """The next result is whole, whatever was damaged of the one before; what was changed stays in the folder under another name."""
    folder = tmp_path / "answer"
    made = {"a.csv": b"sku,strategy\n" + b"A-1,MTS\n" * 200, "b.csv": b"sku\n" * 60}

    def write(seed: int) -> None:
        write_folder(
            folder,
            {name: lambda content=content: content + b"%d" % seed for name, content in made.items()},
            lambda: {"version": "1", "seed": seed},
        )  # type: ignore[misc]

    count = 0
    for name in (*made, SUMMARY):
        write(1)
        whole = {path.name: path.read_bytes() for path in folder.iterdir()}
        for kind, offset, bad in damages(whole[name], 8):
            for path in folder.iterdir():
                path.unlink()
            for other, content in whole.items():
                (folder / other).write_bytes(bad if other == name else content)
            write(2)
            document = json.loads((folder / SUMMARY).read_bytes())
            assert (
                document["seed"] == 2
                and {n: sha256((folder / n).read_bytes()).hexdigest() for n in document["files"]}
                == document["files"]
            ), (name, kind, offset)
            assert name == SUMMARY or bad in [path.read_bytes() for path in folder.iterdir()], (
                name,
                kind,
                offset,
            )
            count += 1
    print(
        f"\n{count} damages of a folder of results: each time the next one is whole and what was changed is kept"
    )
    assert count >= 45


def test_every_single_bit_of_a_small_one_counts() -> None:
    content = sealed.sealed(b"214360")
    assert bytes(unsealed(content)) == b"214360"
    for bit in range(8 * len(content)):
        other = bytearray(content)
        other[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Broken):
            unsealed(bytes(other))


def test_a_file_of_somebody_else_is_not_read(
    own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed, "data_home", lambda: tmp_path / "other")
    sealed.key.cache_clear()
    foreign = sealed.sealed(b"cos\nsystem\n(S'touch owned'\ntR.")
    monkeypatch.undo()
    sealed.key.cache_clear()
    with pytest.raises(Broken):
        unsealed(foreign)


@pytest.mark.parametrize("left", [b"", b"short", b"x" * 33])
def test_a_damaged_key_is_made_anew_and_read_by_the_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: bytes
) -> None:
    monkeypatch.setattr(sealed, "data_home", lambda: tmp_path)
    sealed.key.cache_clear()
    try:
        (tmp_path / "seal.key").write_bytes(left)
        one = sealed.key()
        assert (
            len(one) == 32
            and (tmp_path / "seal.key").read_bytes() == one
            and os.listdir(tmp_path) == ["seal.key"]
        )
        assert os.name != "posix" or (tmp_path / "seal.key").stat().st_mode & 0o777 == 0o600
    finally:
        monkeypatch.undo()
        sealed.key.cache_clear()


def test_results_that_cannot_be_kept_are_told_and_stop_nothing(
    own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_store.parent.joinpath("samples").write_text("a file where the folder should be")
    assert not store.keep("servers", "probe", VALUE) and store.kept("servers", "probe") is None
    assert any("cannot be kept" in note for note in notes.said())


def test_no_damage_of_compiled_code_gives_other_code(tmp_path: Path) -> None:
    kept = numba_internals._checked_cache(FOLDER)(test_every_single_bit_of_a_small_one_counts)._cache_file
    kept._cache_path, kept._index_path = str(tmp_path), str(tmp_path / kept._index_name)
    for which in ("index", "data"):
        kept.save("signature", VALUE)
        path = Path(kept._index_path if which == "index" else kept._data_path(kept._data_name(1)))
        content = path.read_bytes()
        for kind, offset, other in damages(content, 40):
            path.write_bytes(other)
            assert kept.load("signature") is None, (which, kind, offset)
            assert not path.exists()
            path.write_bytes(content)
        assert kept.load("signature") == VALUE


def _tripled(values):  # type: ignore[no-untyped-def]
    total = 0.0
    for value in values:
        total += 3.0 * value
    return total


def test_damaged_compiled_code_is_compiled_again_and_a_full_disk_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    values = np.array([0.5, 2.0, -1.25])

    def again(folder: Path) -> object:
        made = kernel(_tripled)
        made._cache._cache_file._cache_path = str(folder)
        made._cache._cache_file._index_path = str(folder / made._cache._cache_file._index_name)
        assert made(values) == 3.75
        return made

    again(tmp_path)
    files = sorted(tmp_path.iterdir())
    assert {path.suffix for path in files} == {".nbi", ".nbc"}
    for path in files:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 4
        path.write_bytes(bytes(content))
        again(tmp_path)
        assert path.read_bytes() != bytes(content)
    assert "was damaged" in capfd.readouterr().err
    monkeypatch.setattr(
        numba_internals,
        "sealed",
        lambda payload: (_ for _ in ()).throw(OSError(28, "No space left on device")),
    )
    (tmp_path / "full").mkdir()
    again(tmp_path / "full")
    assert "No space left on device" in capfd.readouterr().err and list((tmp_path / "full").iterdir()) == []
