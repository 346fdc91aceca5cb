"""The child process in which untrusted files are read: `python -m analytics.data.sandbox.child`, see `analytics.data.sandbox.process`.

It reads requests from standard input and answers on standard output, one after the other, until the input ends: a JSON
head (what to read, with which limits), then the bytes of the files; back come plain arrays and JSON (`packed`), or problems.
Nothing that it writes is executed by the parent, and it writes no file.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Mapping
from dataclasses import asdict
from math import ceil
from typing import IO, Any

from analytics.errors import DataError, Problem

__all__ = ["BESIDE", "main", "read_frame", "write_frame"]

#: kinds of files beside the sales, as a request names them
BESIDE = ("items", "bom", "receipts", "stock", "promotions")

_FRAME = struct.Struct("<Q")
#: a child that has grown beyond this ends after its answer, so that one large file does not hold memory for good
_LARGE = 500_000_000
#: seconds of computing that are never taken off for loading
_LEAST_SECONDS = 4.0
#: so many bytes never unpack to a large file
_SMALL = 50_000


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next length and its bytes; None where the stream ends."""
    head = stream.read(_FRAME.size)
    if len(head) < _FRAME.size:
        return None
    (size,) = _FRAME.unpack(head)
    data = stream.read(size)
    return data if len(data) == size else None


def write_frame(stream: IO[bytes], data: bytes) -> None:
    """Length and bytes."""
    stream.write(_FRAME.pack(len(data)))
    stream.write(data)
    stream.flush()


def _used() -> tuple[int, int]:
    """Address space and resident memory of this process in bytes, 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as stream:
            space, resident = stream.read().split()[:2]
    except OSError:
        return 0, 0
    page = os.sysconf("SC_PAGE_SIZE")
    return int(space) * page, int(resident) * page


def _spent() -> float:
    """Seconds of computing of this process so far."""
    return sum(os.times()[:2])


def _limit(base: int, megabytes: float, seconds: float) -> None:
    """Bound the seconds and memory of the next reading beyond what the libraries need; where the system has no such bounds the parent's clock remains."""
    try:
        import resource
    except ImportError:
        return
    wanted = {resource.RLIMIT_CPU: ceil(_spent() + seconds), resource.RLIMIT_CORE: 0}
    if base:
        wanted[resource.RLIMIT_AS] = base + int(megabytes * 1e6)
    for kind, amount in wanted.items():
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (amount if hard == resource.RLIM_INFINITY else min(amount, hard), hard))


def _problems(error: DataError) -> bytes:
    return (
        b"E"
        + json.dumps(
            {
                "problems": [asdict(p) for p in error.problems],
                "meanings": [asdict(m) for m in error.meanings],
                "rows_read": error.rows_read,
            },
            default=str,
        ).encode()
    )


def _answer(head: Mapping[str, Any], contents: list[bytes]) -> bytes:
    """The answer to one request: R and a reading, C and names of columns, or E and problems."""
    from analytics.data.sandbox.wire_format import pack_reading
    from analytics.data.uploads import Given, header_of, read_files

    def given(place: int | None) -> Given | None:
        return None if place is None else Given(contents[place], head["names"][place])

    sales = [
        Given(contents[place], head["names"][place], beside=place in head["beside"])
        for place in head["sales"]
    ]
    try:
        if head.get("columns"):
            return b"C" + json.dumps(header_of(sales)).encode()
        return b"R" + pack_reading(
            read_files(
                sales,
                given(head["items"]),
                given(head["bom"]),
                head["options"],
                *(given(head[kind]) for kind in BESIDE[2:]),
            )
        )
    except DataError as error:
        return _problems(error)
    except (MemoryError, RecursionError) as fault:
        words = "the file needs more memory than it may take; nothing was loaded"
        return _problems(
            DataError(
                Problem("too_large", words, "split it, or save it as plain CSV", found=type(fault).__name__)
            )
        )
    except Exception as fault:  # no rule foresaw this file: it is refused like any other
        words = "the file could not be understood; nothing was loaded"
        return _problems(
            DataError(
                Problem(
                    "not_understood", words, "save it as plain CSV, and report it", found=type(fault).__name__
                )
            )
        )


def _may_be_large(contents: list[bytes]) -> bool:
    """Whether one of the files may need the reader of large files, unpacked or as it is."""
    from analytics.data.files.source import kind_of
    from analytics.data.files.table import FAST_BYTES

    return any(
        len(content) > (FAST_BYTES if kind_of(content[:8]) == "text" else _SMALL) for content in contents
    )


def _prepare() -> None:
    from analytics.data.files.columnar import prepare

    prepare()


def main(ahead: bool = False) -> int:
    """Answer requests until the input ends; `ahead` loads what large files need before the first comes."""
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes to the error stream, not among the answers
    head: dict[str, Any] = {
        "names": ["warm.csv"],
        "sales": [0],
        "beside": [],
        **dict.fromkeys(BESIDE),
        "options": {},
    }
    _answer(head, [b"date,sku,quantity\n2012-01-27,A,3\n"])
    if ahead:
        _prepare()
    (base, _), loading = _used(), _spent()
    write_frame(target, b"ready")
    while (frame := read_frame(source)) is not None:
        head = json.loads(frame)
        contents = [read_frame(source) or b"" for _ in head["names"]]
        if not ahead and _may_be_large(contents):
            (before, _), spent = _used(), _spent()
            _prepare()
            base, loading, ahead = base + _used()[0] - before, loading + _spent() - spent, True
        # loading counts, as it does for whoever waits; but little of the time of a small file is taken from it
        _limit(base, head["megabytes"], max(head["seconds"] - loading, min(head["seconds"], _LEAST_SECONDS)))
        answer = _answer(head, contents)
        write_frame(target, answer)
        del answer, contents
        if _used()[1] > _LARGE:
            break
    return 0


if __name__ == "__main__":
    sys.exit(main("ahead" in sys.argv))
