"""Looks at everything this program keeps and needs, and says what is wrong and what to do."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from analytics.machine.kernel_cache import FOLDER, NOTE, cache_home
from analytics.machine.sealed import Broken, data_home, key, unsealed
from analytics.version import __version__
from dashboard.kept.backup import content_now, content_of
from dashboard.kept.database import copy_of, look, opened
from dashboard.kept.notes import Refused, said
from dashboard.kept.places import database_path, made, server_address
from dashboard.kept.server import about
from dashboard.results.store import store_folder
from dashboard.state.memory import MOST_STATES

__all__ = ["Finding", "findings"]

_LEAST_FREE = 300_000_000
_MEND = "mend that, or put a backup in place: stock-or-order restore FILE"
#: seconds after which a file that was never finished is one that nobody writes any more
_STILL_WRITTEN = 3_600.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, what was found, and what to do where it is not."""

    what: str
    well: bool
    found: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{'ok   ' if self.well else 'WRONG'}  {self.what}: {self.found}" + (
            f"\n       -> {self.remedy}" if self.remedy else ""
        )


def _versions() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        "Python",
        (3, 11) <= sys.version_info[:2] <= (3, 13),
        python,
        "" if (3, 11) <= sys.version_info[:2] <= (3, 13) else "use Python 3.11, 3.12 or 3.13",
    )
    try:
        from packaging.requirements import Requirement

        wanted = [Requirement(text) for text in requires("stock-or-order") or [] if "extra ==" not in text]
    except PackageNotFoundError:
        yield Finding(
            "libraries",
            False,
            "stock-or-order is not installed as a package: their versions cannot be compared",
            "pip install -c constraints.txt .",
        )
        return
    wrong: list[str] = []
    there: list[str] = []
    for one in wanted:
        try:
            number = version(one.name)
        except PackageNotFoundError:
            wrong.append(f"{one.name} is missing")
            continue
        (there if one.specifier.contains(number, prereleases=True) else wrong).append(f"{one.name} {number}")
    remedy = "install again: pip install -c constraints.txt ." if wrong else ""
    yield Finding(
        "libraries",
        not wrong,
        "; ".join(wrong) if wrong else f"stock-or-order {__version__}, {', '.join(there)}",
        remedy,
    )


def _disk(places: dict[str, Path]) -> Iterator[Finding]:
    for what, place in places.items():
        there = next((one for one in (place, *place.parents) if one.exists()), Path("/"))
        try:
            free = shutil.disk_usage(there).free
            place.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=place) as file:
                file.write(b"x" * 4096)
        except OSError as problem:
            yield Finding(
                what,
                False,
                f"{place} cannot be written: {problem.strerror}",
                "give yourself the right to write there, or free some space",
            )
            continue
        yield Finding(
            what,
            free >= _LEAST_FREE,
            f"{place} can be written, {free / 1e9:,.1f} GB are free",
            "" if free >= _LEAST_FREE else "free some space: 300 MB at least",
        )


def _readable_by_others(paths: list[Path]) -> Iterator[Finding]:
    if os.name != "posix":
        return
    open_ones = [path for path in paths if path.exists() and path.stat().st_mode & 0o077]
    others = [path for path in paths if path.exists() and path.stat().st_uid != os.getuid()]
    found = "; ".join(
        [
            *(f"{path} can be read by others" for path in open_ones),
            *(f"{path} belongs to another user" for path in others),
        ]
    )
    remedy = "; ".join(
        [
            *(f"chmod {'700' if path.is_dir() else '600'} '{path}'" for path in open_ones),
            *(["give them to yourself with chown"] if others else []),
        ]
    )
    yield Finding("permissions", not found, found or "what is kept can be read by you alone", remedy)


def _server() -> Iterator[Finding]:
    """The database server: whether it answers, holds what was written, and keeps what it says it keeps."""
    try:
        content, (told, unsafe) = content_now(opened()), look(about)
    except Refused as problem:
        yield Finding("database", False, str(problem), _MEND)
        return
    yield Finding("database", True, f"{told}, sound: {content}")
    found = (
        f"{unsafe}: a power cut can lose what was told kept" if unsafe else "what is told kept is on its disk"
    )
    remedy = "set both to on in postgresql.conf and restart it" if unsafe else ""
    yield Finding("durability", not unsafe, found, remedy)


def _database() -> Iterator[Finding]:
    if server_address():
        yield from _server()
        return
    path = database_path()
    before = len(said())
    try:
        opened()
        content = content_of(path)
    except Refused as problem:
        yield Finding("database", False, str(problem), _MEND)
        return
    told = said()[before:]
    size = path.stat().st_size
    found = f"{path}, {size / 1e6:,.1f} MB, sound: {content}" + "".join(f"; {words}" for words in told)
    yield Finding(
        "database", not told, found, "look at what was said; a backup may hold more" if told else ""
    )
    if content.rows["state"] > 0.9 * MOST_STATES:
        remedy = "make a backup, then forget data sets that are no longer needed (page Data)"
        yield Finding(
            "links", False, f"{content.rows['state']:,} of at most {MOST_STATES:,} are kept", remedy
        )
    try:
        content_of(copy_of(path))
        yield Finding("copy", True, f"{copy_of(path).name} is sound")
    except Refused as problem:
        yield Finding("copy", False, str(problem), "it is made again with the next change")
    aside = sorted(
        one.name
        for one in path.parent.glob(f"{path.stem}.*{path.suffix}")
        if one not in (path, copy_of(path))
    )
    if aside:
        yield Finding(
            "put aside",
            True,
            f"{', '.join(aside)} in {path.parent}: damaged or replaced databases, kept for you",
            "delete them when they are no longer needed",
        )
    yield from _readable_by_others(
        [
            *([path.parent] if path.parent == data_home() else []),
            path,
            copy_of(path),
            data_home() / "seal.key",
        ]
    )


def _caches() -> Iterator[Finding]:
    try:
        key()
    except OSError as problem:
        remedy = "give yourself the right to write there; until then nothing is cached"
        yield Finding(
            "key of caches",
            False,
            f"{data_home() / 'seal.key'} cannot be read or made: {problem.strerror}",
            remedy,
        )
        return
    if NOTE:
        yield Finding(
            "compiled code", False, NOTE, "give yourself the right to write there, or set NUMBA_CACHE_DIR"
        )
    for what, folder, kinds in (
        ("compiled code", FOLDER, (".nbi", ".nbc")),
        ("samples", store_folder(), (".sealed",)),
    ):
        if folder is None or not folder.is_dir():
            continue
        good, gone, size = 0, 0, 0
        for path in [one for one in folder.rglob("*") if one.is_file()]:
            trace = ".tmp." in path.name or ".writing-" in path.name
            try:
                if (path.suffix not in kinds and not trace) or (
                    trace and time.time() - path.stat().st_mtime < _STILL_WRITTEN
                ):
                    continue
                content = path.read_bytes()
            except FileNotFoundError:  # written, and renamed meanwhile
                continue
            except OSError:
                content = b""
            try:
                if not trace:
                    unsealed(content)
                    good, size = good + 1, size + len(content)
                    continue
            except Broken:
                pass
            path.unlink(missing_ok=True)
            gone += not trace
        found = f"{good:,} files in {folder}, {size / 1e6:,.1f} MB, sound" + (
            f"; {gone} damaged ones were deleted" if gone else ""
        )
        yield Finding(
            what, not gone, found, "nothing: they are made again when they are needed" if gone else ""
        )

    old = (
        sorted(one for one in FOLDER.parent.glob("numba-*") if one != FOLDER)
        if FOLDER is not None and FOLDER.parent == cache_home() / "kernels"
        else []
    )
    if old:
        size = sum(one.stat().st_size for folder in old for one in folder.rglob("*") if one.is_file())
        found = f"{len(old)} {'folder' if len(old) == 1 else 'folders'} of earlier versions in {FOLDER.parent if FOLDER else ''}, {size / 1e6:,.1f} MB"
        yield Finding("compiled code", True, found, "delete them where no earlier version is used any more")


def _reader() -> Finding:
    from analytics.data.sandbox.process import ReadingProcess
    from analytics.data.uploads import Given
    from analytics.errors import DataError

    process = ReadingProcess()
    try:
        rows = process.read(
            [Given(b"date,sku,quantity\n2024-01-15,A,3\n", "small.csv")]
        ).history.report.rows_used
    except (DataError, OSError) as problem:
        return Finding(
            "reading files",
            False,
            str(problem),
            "a process of its own reads files: see whether memory, or a limit on processes, stops it",
        )
    finally:
        process.close()
    return Finding("reading files", rows == 1, "a process of its own reads them")


def findings() -> Iterator[Finding]:
    """Everything looked at, in turn."""
    with suppress(OSError):
        made(database_path().parent)
    yield from _versions()
    yield from _disk(
        {
            "data folder": database_path().parent,
            "cache folder": cache_home(),
            "temporary files": Path(tempfile.gettempdir()),
        }
    )
    yield from _database()
    yield from _caches()
    yield _reader()
