"""A folder of results, all or nothing: written beside, made safe on the disk, then put in place; `summary.json` last, with the digests of the others.

One concept: one write that is all or nothing. Every helper is a step of it, or undoes a step that an
interrupted write left.

What a folder may hold. Its own files are `summary.json` and the files that it names under "files", with the SHA-256 of
each. A result takes the place of an earlier one as a set: own files of the earlier result go, also those that the new
one does not have. Every other file is foreign: it stays as it is and is named in a note. An own file that was changed
since (its digest is another) is kept under a name of its own. A folder without `summary.json` holds no result: a write
that was interrupted leaves only a hidden folder whose name begins as `unfinished` says; the next write clears it, and
puts back from it whatever of the earlier result it had moved there.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from analytics.machine.c_library import exchange
from analytics.writeup.files import summary_bytes

__all__ = ["SUMMARY", "alone", "running", "unfinished", "write_file", "write_folder"]

SUMMARY = "summary.json"
_MARK = ".writing-"
_EARLIER = ".earlier"
_LARGEST_SUMMARY = 100_000_000


def _safe(path: Path) -> None:
    """What was written of a file or a folder's list of names is on the disk."""
    if path.is_dir() and os.name != "posix":
        return
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    except OSError as problem:
        if problem.errno not in (9, 22, 95):  # file systems that know no such thing
            raise
    finally:
        os.close(number)


def _put(path: Path, content: bytes) -> str:
    """A new file with this content, on the disk; its digest."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return sha256(content).hexdigest()


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def write_file(path: Path, content: bytes) -> None:
    """A file that is there whole or not at all: what stood under its name stays until the new one is on the disk. Raises OSError."""
    target = path.resolve()
    if target.exists() and not target.is_file():  # a pipe or a device takes bytes as they come
        target.write_bytes(content)
        return
    number, name = tempfile.mkstemp(prefix=f".{target.name[:100]}{_MARK}", dir=target.parent)
    beside = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, beside)
        else:
            beside.chmod(0o666 & ~_mask())
        os.replace(beside, target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _safe(target.parent)


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def running(number: int) -> bool:
    """Whether a process with this number runs; True where that cannot be asked without harm."""
    if os.name != "posix":
        return True
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def unfinished(folder: Path) -> list[Path]:
    """What an interrupted write to this folder left, beside it or in it: hidden, named after the folder (`.NAME.writing-NUMBER`), whole or in part."""
    target = folder.resolve()
    pattern = re.compile(re.escape(f".{target.name}{_MARK}") + r"(\d+)(-.*)?")
    places = [place for place in (target.parent, target) if place.is_dir()]
    found = [(path, pattern.fullmatch(path.name)) for place in places for path in _names(place)]
    return sorted(path for path, match in found if match and not running(int(match[1])))


def _names(place: Path) -> list[Path]:
    try:
        return list(place.iterdir())
    except OSError:
        return []


def _earlier(folder: Path) -> dict[str, str] | None:
    """The own files of the result that a folder holds, and their digests ("" unknown); None where it holds none."""
    path = folder / SUMMARY
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_SUMMARY:
            return None
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    files = document.get("files") if isinstance(document, dict) else None
    if not isinstance(files, dict):
        return {} if isinstance(document, dict) and {"version", "origins"} & set(document) else None
    return {
        str(name): str(digest)
        for name, digest in files.items()
        if Path(str(name)).name == name and name != SUMMARY
    }


def _free_name(folder: Path, name: str) -> Path:
    stem, dot, end = name.rpartition(".")
    for k in range(1, 10_000):
        path = folder / (f"{stem or end}.changed-{k}" + (f".{end}" if dot and stem else ""))
        if not path.exists():
            return path
    raise OSError(f"{folder} holds too many changed files")


def _sorted_out(folder: Path, new: set[str], beside: Path) -> tuple[list[str], list[str], list[str]]:
    """Names in a folder that go, that are kept under another name because somebody changed them, and that are foreign."""
    earlier = _earlier(folder)
    own = earlier or {}
    going: list[str] = []
    changed: list[str] = []
    foreign: list[str] = []
    for path in sorted(set(_names(folder)) - {beside, *unfinished(folder)}):
        name = path.name
        if path.is_dir() and not path.is_symlink():
            foreign.append(name)
        elif name in own:
            (going if _digest(path) == own[name] else changed).append(name)
        elif earlier is not None and (name == SUMMARY or name in new):
            going.append(name)
        else:
            (changed if name in new or name == SUMMARY else foreign).append(name)
    return going, changed, foreign


@contextlib.contextmanager
def alone(place: Path) -> Iterator[None]:
    """Nobody else puts a result in place here meanwhile, where the system has such locks."""
    try:
        import fcntl

        number = os.open(place, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def _movable(folder: Path) -> bool:
    """Whether a folder may be exchanged with another: nobody stands in it, it is no mount, its own folder can be written."""
    here = Path.cwd()
    return (
        folder != here
        and folder not in here.parents
        and not os.path.ismount(folder)
        and os.access(folder.parent, os.W_OK)
    )


def _in_place(beside: Path, folder: Path, going: list[str], changed: list[str]) -> list[str]:
    """Files into a folder that stays. From the moment the old summary goes to the moment the new one comes it holds no result."""
    new = sorted((path.name for path in beside.iterdir()), key=lambda name: name == SUMMARY)
    old = beside / _EARLIER
    old.mkdir()
    named = {name: _free_name(folder, name) for name in changed}
    steps = [(folder / name, old / name) for name in sorted(going, key=lambda name: name != SUMMARY)]
    steps += [(folder / name, target) for name, target in named.items()]
    steps += [(beside / name, folder / name) for name in new]
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in steps:
            if source.parent == beside and source.name == SUMMARY:
                _safe(folder)
            os.rename(source, target)
            done.append((source, target))
    except BaseException:
        for source, target in reversed(done):
            os.rename(target, source)
        raise
    _safe(folder)
    shutil.rmtree(beside)
    return [
        f"{name} was changed since it was written: kept as {target.name}" for name, target in named.items()
    ]


def _cleared(folder: Path, left: Path) -> str:
    """Take away what an interrupted write left, and put back what it had moved of the earlier result; a note."""
    moved = left / _EARLIER
    back = False
    if moved.is_dir() and not (folder / SUMMARY).exists():
        for name, digest in (_earlier(left) or {}).items():
            if (folder / name).is_file() and _digest(folder / name) == digest:
                (folder / name).unlink()
        for path in sorted(_names(moved), key=lambda path: path.name == SUMMARY):
            os.rename(path, folder / path.name)
            back = True
    if left.is_dir() and not left.is_symlink():
        shutil.rmtree(left)
    else:
        left.unlink(missing_ok=True)
    return f"a write to {folder.name} that was interrupted left {left.name}: removed" + (
        ", and the earlier result put back" if back else ""
    )


def _placed(beside: Path, folder: Path) -> list[str]:
    """The finished folder `beside` takes the place of what `folder` holds; notes on what stayed and what went."""
    new = {path.name for path in beside.iterdir()}
    if not folder.exists():
        os.rename(beside, folder)
        _safe(folder.parent)
        return []
    going, changed, foreign = _sorted_out(folder, new, beside)
    notes = []
    if not changed and not foreign and beside.parent == folder.parent and _movable(folder):
        shutil.copymode(folder, beside)
        if exchange(beside, folder):
            _safe(folder.parent)
            shutil.rmtree(beside)
            going = [name for name in going if name not in new]
            return [f"of the earlier result in {folder.name} went: {', '.join(going)}"] if going else []
    if beside.parent == folder.parent:  # other files live in it, or it cannot be exchanged
        inside = folder / beside.name
        try:
            os.rename(beside, inside)
        except OSError:  # another disk is mounted there
            shutil.copytree(beside, inside)
            for path in inside.iterdir():
                _safe(path)
            shutil.rmtree(beside)
        beside = inside
    notes += _in_place(beside, folder, going, changed)
    gone = [name for name in going if name not in new]
    if gone:
        notes.append(f"of the earlier result in {folder.name} went: {', '.join(gone)}")
    if foreign:
        more = f" and {len(foreign) - 5} more" if len(foreign) > 5 else ""
        notes.append(
            f"{folder.name} also holds what is not of this result and was left as it is: {', '.join(foreign[:5])}{more}"
        )
    return notes


def write_folder(
    folder: Path, files: Mapping[str, Callable[[], bytes]], summary: Callable[[], Mapping[str, Any]]
) -> list[str]:
    """Write a result: each of `files` as its maker gives it, then `summary.json` with their digests under "files".

    All or nothing: until everything is on the disk, the folder is as it was. Returns notes for a person (foreign files,
    earlier ones that went, traces of an interrupted write that were removed). Raises OSError, and whatever a maker raises.

    >>> with tempfile.TemporaryDirectory() as place:
    ...     notes = write_folder(Path(place) / "answer", {"a.csv": lambda: b"x"}, lambda: {"version": "1"})
    ...     sorted(path.name for path in (Path(place) / "answer").iterdir()), notes
    (['a.csv', 'summary.json'], [])
    """
    target = folder.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    notes = [_cleared(target, left) for left in unfinished(target)]
    outside = not target.is_dir() or os.access(target.parent, os.W_OK)
    beside = Path(
        tempfile.mkdtemp(
            prefix=f".{target.name}{_MARK}{os.getpid()}-", dir=target.parent if outside else target
        )
    )
    try:
        beside.chmod(0o777 & ~_mask())
        digests = {name: _put(beside / name, make()) for name, make in files.items()}
        _put(beside / SUMMARY, summary_bytes(summary(), digests))
        _safe(beside)
        with alone(target.parent if outside else target):
            notes += _placed(beside, target)
    except BaseException:
        for left in (beside, target / beside.name):
            shutil.rmtree(left, ignore_errors=True)
        raise
    return notes
