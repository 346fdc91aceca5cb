"""A disk that is full at any write: nothing is lost that was told done, no file or folder is cut or mixed, and it is said.

Where a small disk can be mounted (Linux, as administrator), so many pages of 4 kB, or names of files, are free and then none: each write in turn finds
none. Elsewhere no file may grow beyond so many pages. `STOCK_OR_ORDER_FAULTS=all` takes every number of pages, else some of them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.machine import sealed
from analytics.machine.kernel_cache import kernel
from analytics.writeup.folder import unfinished, write_file, write_folder
from dashboard.kept import database, notes
from dashboard.kept.backup import backed_up, content_of, restored
from dashboard.kept.documents.form import document_of
from dashboard.kept.notes import Refused
from dashboard.kept.places import database_path, earlier_folder
from dashboard.results import store
from dashboard.state import memory
from tests.dashboard.state.test_memory import DATA, OTHER, state
from tests.faults.damage import ALL
from tests.faults.test_database import as_a_new_process, filled, found_again, in_a_child

pytestmark = pytest.mark.skipif(os.name != "posix", reason="fills disks and forks as POSIX does")
PAGE = 4096
MOST_PAGES = 260
MOST_NAMES = 12


class Disk:
    """A place where so many pages, or names of files, are free."""

    def __init__(self, path: Path, mounted: bool) -> None:
        self.path, self.mounted = path, mounted
        self.ballast = path / ".ballast"
        self.pages: int | None = None

    def empty(self) -> None:
        """Nothing but room."""
        for one in self.path.iterdir():
            shutil.rmtree(one) if one.is_dir() else one.unlink()
        self.pages = None

    def leave(self, pages: int | None = None, names: int | None = None) -> None:
        """From now on so many pages or names are free."""
        self.pages = pages
        if not self.mounted:
            return
        self.ballast.mkdir()
        if pages is not None:
            with (self.ballast / "pages").open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, max((os.statvfs(self.path).f_bavail - pages) * PAGE, 1))
        if names is not None:
            for k in range(os.statvfs(self.path).f_ffree - names):
                (self.ballast / f"{k}").touch()

    def release(self) -> None:
        """There is room again."""
        self.pages = None
        shutil.rmtree(self.ballast, ignore_errors=True)

    def run(self, act: Callable[[], Any]) -> Any:
        """What an act gives in a process of its own, for which the disk is as full as `leave` said."""

        def bounded() -> Any:
            import resource

            if not self.mounted and self.pages is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (self.pages * PAGE,) * 2)
            return act()

        return in_a_child(bounded)


@pytest.fixture(scope="module")
def mounted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    place = tmp_path_factory.mktemp("small")
    command = ["mount", "-t", "tmpfs", "-o", f"size={MOST_PAGES * PAGE},nr_inodes=60", "tmpfs", str(place)]
    small = (
        sys.platform.startswith("linux")
        and os.geteuid() == 0
        and not subprocess.run(command, capture_output=True, check=False).returncode
    )
    try:
        yield Disk(place, small)
    finally:
        if small:
            subprocess.run(["umount", "-l", str(place)], check=False)


@pytest.fixture
def disk(mounted: Disk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Disk:
    """An empty small disk, on which the database lies; the rest lies elsewhere."""
    mounted.empty()
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(mounted.path / "kept" / "kept.sqlite3"))
    monkeypatch.setenv("STOCK_OR_ORDER_SCENARIOS", str(tmp_path / "earlier"))
    as_a_new_process()
    return mounted


def fullness(disk: Disk) -> Iterator[tuple[dict[str, int], bool]]:
    """Rooms to leave, less to more; the last one of each kind is room enough."""
    for kind, most in (("pages", MOST_PAGES - 70), ("names", MOST_NAMES)):
        if kind == "names" and not disk.mounted:
            return
        some = (
            range(most)
            if ALL
            else [k for k in ((0, 2) if kind == "names" else (0, 1, 3, 8, 24, 64)) if k < most]
        )
        for room in (*some, most):
            yield {kind: room}, room == most


def at_every_write(
    disk: Disk,
    prepare: Callable[[], None],
    act: Callable[[], Any],
    refused: Callable[[Any], bool],
    check: Callable[[Any], None],
) -> int:
    """Run an act with ever more room until it is done, checking after each; how often it was refused."""
    count = 0
    for room, enough in fullness(disk):
        disk.empty()
        prepare()
        disk.leave(**room)
        found = disk.run(act)
        disk.release()
        try:
            check(found)
            assert not enough or not refused(found)
        except AssertionError as problem:
            raise AssertionError(f"{room}: {found}: {problem}") from problem
        count += refused(found)
    print(f"\nrefused {count} times" + ("" if disk.mounted else ", no small disk can be mounted here"))
    return count


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], bytes]:
    """A filled database, made elsewhere: the names of its links, and its bytes."""
    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(tmp_path / "made" / "kept.sqlite3"))
    links = filled()
    assert memory.keep_scenario(OTHER, "theirs Zq7full", state(note="Zq7full" * 500)) and memory.keep_state(
        OTHER, state(0.7)
    )
    return links, database_path().read_bytes()


@pytest.mark.parametrize("act", ["save", "open", "mend", "forget", "first"])
def test_kept_work(content: tuple[list[str], bytes], disk: Disk, act: str) -> None:
    links, good = content
    path = database_path()

    def prepare() -> None:
        path.parent.mkdir()
        if act != "first":
            path.write_bytes(good[:3000] + bytes(2000) + good[5000:] if act == "mend" else good)
            database.copy_of(path).write_bytes(good)

    def acted() -> tuple[bool, str]:
        if act == "forget":
            return memory.forget(OTHER) > 0, memory.why_not()
        if act in ("save", "first"):
            return memory.keep_scenario(DATA[::-1], "new", state()), memory.why_not()
        return len(memory.scenarios(DATA)) == 10, memory.why_not()

    def check(found: tuple[bool, str]) -> None:
        done, why = found
        assert done != bool(why) and not (
            why and "disk" not in why and "cannot be opened or written" not in why
        )
        assert act == "first" or found_again(links)[0] == 16
        as_a_new_process()
        theirs, new = memory.scenarios(OTHER), memory.scenarios(DATA[::-1])
        assert list(new) == ["new"] if done and act in ("save", "first") else len(new) <= 1
        assert len(theirs) == (0 if act == "first" or (done and act == "forget") else 1) or (
            act == "forget" and not theirs
        )
        assert not any(
            "lost" in words and "none that was listed is lost" not in words for words in notes.said()
        ), notes.said()
        if act == "forget" and done:
            assert not [one.name for one in path.parent.iterdir() if b"Zq7full" in one.read_bytes()]
        assert not list(path.parent.glob(".*")) and all(
            one.stat().st_size == len(good) for one in path.parent.glob("kept.damaged-*")
        )

    count = at_every_write(disk, prepare, acted, lambda found: bool(found[1]), check)
    assert count or act == "open"


def test_a_backup_and_its_way_back(
    content: tuple[list[str], bytes], disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _links, good = content
    there = tmp_path / "made" / "kept.sqlite3"
    target = disk.path / "june.backup"

    def tried(act: Callable[[], Any]) -> str:
        try:
            act()
        except Refused as problem:
            return str(problem)
        return ""

    def whole(told: str) -> None:
        assert not told or "cannot be written" in told
        assert not target.exists() or content_of(target).rows["scenario"] == 11
        assert sorted(one.name for one in disk.path.iterdir()) == (["june.backup"] if target.exists() else [])

    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(there))
    assert at_every_write(
        disk,
        lambda: None,
        lambda: tried(lambda: backed_up(target)),
        bool,
        lambda told: [whole(told), target.exists() or told] and None,
    )
    earlier = tmp_path / "earlier.backup"
    backed_up(earlier)
    assert at_every_write(
        disk,
        lambda: shutil.copy(earlier, target) and None,
        lambda: tried(lambda: backed_up(target)),
        bool,
        whole,
    )

    monkeypatch.setenv("STOCK_OR_ORDER_DATABASE", str(disk.path / "kept" / "kept.sqlite3"))
    path = database_path()

    def prepare() -> None:
        path.parent.mkdir()
        path.write_bytes(good)
        as_a_new_process()
        assert memory.keep_scenario(DATA, "since", state())

    def check(told: str) -> None:
        as_a_new_process()
        names = list(memory.scenarios(DATA))
        if told:
            assert names[-1] == "since" and len(names) == 11 and not list(path.parent.glob("kept.replaced-*"))
            assert any(
                words in told for words in ("disk", "cannot be read, or copied", "could not be put in place")
            )
        else:
            assert (
                len(names) == 10
                and content_of(path.with_name("kept.replaced-1.sqlite3")).rows["scenario"] == 12
            )
        assert not list(path.parent.glob(".*")) and not any("damaged" in words for words in notes.said())

    assert at_every_write(disk, prepare, lambda: tried(lambda: restored(earlier)), bool, check)


def test_files_of_an_earlier_version_stay_until_they_are_taken_over(disk: Disk) -> None:
    folder = earlier_folder()
    document = {k: v for k, v in document_of(state()).items() if k != "form"}

    def prepare() -> None:
        folder.mkdir(exist_ok=True)
        (folder / f"{DATA[:16]}.json").write_text(json.dumps({f"s {k}": document for k in range(10)}))

    def check(found: tuple[int, str]) -> None:
        left = list(folder.iterdir())
        assert bool(left) == (found[0] == 0)
        as_a_new_process()
        assert len(memory.scenarios(DATA)) == 10 and not list(folder.iterdir())

    assert at_every_write(
        disk,
        prepare,
        lambda: (len(memory.scenarios(DATA)), memory.why_not()),
        lambda found: found[0] == 0,
        check,
    )


RESULT = {
    "recommendation.csv": b"sku,strategy\n" + b"A-1,MTS\n" * 2_000,
    "strategies.csv": b"sku\n" * 300,
    "summary of it.csv": b"x" * 9_000,
}


@pytest.mark.parametrize("what", ["a new folder", "over an earlier result", "beside foreign files"])
def test_a_folder_of_results(disk: Disk, what: str) -> None:
    folder = disk.path / "answer"

    def written(seed: int) -> None:
        write_folder(
            folder,
            {name: lambda content=content: content + b"%d" % seed for name, content in RESULT.items()},
            lambda: {"version": "1", "seed": seed},
        )  # type: ignore[misc]

    def prepare() -> None:
        if what != "a new folder":
            written(1)
        if what == "beside foreign files":
            (folder / "mine.txt").write_text("mine")

    def acted() -> int:
        try:
            written(2)
        except OSError as problem:
            return problem.errno or -1
        return 0

    def check(errno: int) -> None:
        assert errno in (0, 27, 28)  # done, too large, full
        assert not unfinished(folder) and not list(disk.path.glob(".*")) and not list(folder.glob(".*"))
        if what == "a new folder" and errno:
            assert not folder.exists()
            return
        document = json.loads((folder / "summary.json").read_text())
        assert (
            document["seed"] == (1 if errno else 2)
            and {name: sha256((folder / name).read_bytes()).hexdigest() for name in document["files"]}
            == document["files"]
        )
        assert {one.name for one in folder.iterdir()} - {"mine.txt"} == {*RESULT, "summary.json"}
        assert what != "beside foreign files" or (folder / "mine.txt").read_text() == "mine"

    assert at_every_write(disk, prepare, acted, bool, check)


def test_a_single_file(disk: Disk) -> None:
    path = disk.path / "forecast.csv"

    def acted() -> bool:
        try:
            write_file(path, b"new" * 9_000)
        except OSError:
            return False
        return True

    def check(done: bool) -> None:
        assert path.read_bytes() == (b"new" * 9_000 if done else b"old" * 3_000) and [
            one.name for one in disk.path.iterdir()
        ] == ["forecast.csv"]

    assert at_every_write(
        disk, lambda: path.write_bytes(b"old" * 3_000) and None, acted, lambda done: not done, check
    )


def test_results_of_samples(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOCK_OR_ORDER_STORE", str(disk.path / "samples"))
    value = {"gain": 214_360.0, "rows": list(range(9_000))}

    def check(found: tuple[bool, list[str]]) -> None:
        done, said = found
        assert store.kept("servers", "probe") == (value if done else None) and bool(said) != done
        assert len(
            list((disk.path / "samples").iterdir() if (disk.path / "samples").exists() else [])
        ) == int(done)

    assert at_every_write(
        disk,
        lambda: None,
        lambda: (store.keep("servers", "probe", value), list(notes.said())),
        lambda found: not found[0],
        check,
    )


def _fourfold(values):  # type: ignore[no-untyped-def]
    total = 0.0
    for value in values:
        total += 4.0 * value
    return total


def test_compiled_code(disk: Disk) -> None:
    values = np.array([0.5, 2.0, -1.25])

    def made() -> tuple[float, bool, bool]:
        sealed._TOLD.clear()
        one = kernel(_fourfold)
        kept = one._cache._cache_file
        kept._cache_path, kept._index_path = str(disk.path), str(disk.path / kept._index_name)
        return (
            one(values),
            bool(one.stats.cache_hits),
            any("No space left" in words or "too large" in words for words in sealed._TOLD),
        )

    def check(found: list[Any]) -> None:
        assert found[:2] == [5.0, False] and all(
            one.suffix in (".nbi", ".nbc") for one in disk.path.iterdir()
        )
        for one in disk.path.iterdir():
            assert sealed.unsealed(one.read_bytes())
        again, whole = disk.run(made), disk.run(made)
        assert again[0] == 5.0 and whole == [5.0, True, False]

    made()  # the compiler is loaded before the processes part
    assert at_every_write(disk, lambda: None, made, lambda found: bool(found[2]), check)


@pytest.mark.skipif(not ALL, reason="opens the app; part of make study")
@pytest.mark.parametrize("pages", [0, 8, 40])
def test_a_file_is_uploaded_and_used_though_nothing_can_be_kept(
    disk: Disk, pages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from streamlit.testing.v1 import AppTest

    from tests.dashboard.conftest import APP, sales_csv, settled

    if not disk.mounted:
        pytest.skip("no small disk can be mounted here")
    (disk.path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(disk.path / "temporary"))
    disk.leave(pages)
    try:
        at = AppTest.from_file(str(APP), default_timeout=180)
        at.query_params["data"] = "servers"
        settled(at.run()).switch_page("views/data.py").run()
        at.file_uploader(key="sales-files").set_value([("own.csv", sales_csv(), "text/csv")]).run()
        settled(at.button(key="use-file").click().run())
        at.switch_page("views/answer.py").run()
        data = at.session_state["choices"]["own"].source.digest
        at.text_input(key=f"currency-{data}").set_value("CHF").run()
        assert (
            not at.exception
            and at.selectbox(key="data").value == "own"
            and any("disk is full" in words for words in memory.said())
        )
        assert any("disk is full" in str(one.value) for one in at.warning)
        assert not list((disk.path / "temporary").iterdir())
    finally:
        disk.release()
    assert memory.keep_scenario(data, "now", state())


def test_the_key_of_the_caches(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "data_home", lambda: disk.path / "data")

    def acted() -> str:
        sealed.key.cache_clear()
        try:
            return sealed.key().hex()
        except OSError:
            return ""

    def check(found: str) -> None:
        place = disk.path / "data"
        assert not place.exists() or [one.name for one in place.iterdir()] == (["seal.key"] if found else [])
        assert len(disk.run(acted)) == 64 and (not found or disk.run(acted) == found)

    try:
        at_every_write(disk, lambda: None, acted, lambda found: not found, check)
    finally:
        sealed.key.cache_clear()
