"""Untrusted files read in a child process with limits on time and memory; it stands ready and is replaced once it was ended."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import IO, Any

from analytics.data.meaning.listed_meanings import Meaning
from analytics.data.sandbox.child import BESIDE, read_frame, write_frame
from analytics.data.sandbox.wire_format import unpack_reading
from analytics.data.uploads import Given, Reading
from analytics.errors import DataError, Problem
from analytics.machine.reading_child import reading_child

__all__ = ["Bounds", "ReadingProcess"]


@dataclass(frozen=True)
class Bounds:
    """What reading may cost: seconds of computing, loading the libraries included, and megabytes of memory beyond the 200 or so that they need.

    Both hold for 5 MB of files, so that these cost no more than 10 seconds and 1 GB in all, what the caller needs to start included, and follow their
    size: a tiny file may take half the time, one of 50 MB ten times as long, and for each byte beyond the first 5 MB forty of memory. `waiting` times
    the seconds on the clock end a child that computes nothing: ten times where the system counts computing itself, so that a machine busy with other
    work refuses no file, three times where the clock is the only bound.
    """

    seconds: float = 8.0
    megabytes: float = 750.0
    waiting: float = 10.0 if os.name == "posix" else 3.0

    def of(self, size: int) -> Bounds:
        """The bounds for so many bytes.

        >>> Bounds().of(50_000_000)
        Bounds(seconds=80.0, megabytes=2550.0, waiting=10.0)
        """
        return replace(
            self,
            seconds=self.seconds * max(size / 5e6, 0.5 + 0.5 * min(size / 5e6, 1.0)),
            megabytes=self.megabytes + 40.0 * max(size - 5e6, 0.0) / 1e6,
        )


class ReadingProcess:
    """One child process that reads files; `start` it early, and reading does not wait for its libraries.

    A hostile file costs at most its bounds: the child is ended, the caller gets a DataError with a remedy, and the next
    file is read by a new child. One file is read at a time. The child ends with this process, or when it had nothing to do for `idle` seconds.
    """

    def __init__(
        self, bounds: Bounds | None = None, child: subprocess.Popen[bytes] | None = None, idle: float = inf
    ) -> None:
        """`child` is the first child where it was started already (None: it is started for the first file)."""
        self.bounds = bounds or Bounds()
        self.idle = idle
        self._used = 0.0
        self._lock = threading.Lock()
        self._child = child
        self._ready = False
        if child is not None:
            atexit.register(self.close)

    def start(self) -> None:
        """Begin loading the child's libraries; returns at once, also while the child reads."""
        if self._lock.acquire(blocking=False):
            try:
                self._started(ahead=True)
                self._used = monotonic()
            finally:
                self._lock.release()

    def _started(self, ahead: bool = False) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._child, self._ready = reading_child(ahead), False
            atexit.register(self.close)
            if self.idle < inf:
                self._look_again(self.idle)
        return self._child

    def _look_again(self, seconds: float) -> None:
        later = threading.Timer(seconds, self._rest, (self._child,))
        later.daemon = True
        later.start()

    def _rest(self, child: subprocess.Popen[bytes]) -> None:
        """End the child where nothing was read for long: it holds as much memory as a small server."""
        with self._lock:
            left = self._used + self.idle - monotonic()
            if self._child is child and left <= 0.0:
                self._end()
            elif self._child is child:
                self._look_again(left)

    @property
    def number(self) -> int | None:
        """The child's process number, None where there is none."""
        return None if self._child is None else self._child.pid

    def _end(self) -> None:
        child, self._child = self._child, None
        atexit.unregister(self.close)
        if child is None:
            return
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    pass

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def read(
        self,
        sales: Sequence[Given],
        items: Given | None = None,
        bom: Given | None = None,
        options: Mapping[str, Any] | None = None,
        receipts: Given | None = None,
        stock: Given | None = None,
        promotions: Given | None = None,
    ) -> Reading:
        """read_files in the child. Raises DataError where a file cannot be used or costs more than it may."""
        further = {"items": items, "bom": bom, "receipts": receipts, "stock": stock, "promotions": promotions}
        return unpack_reading(self._answer(sales, options, further)[1:])

    def header_of(self, sales: Sequence[Given]) -> tuple[str, ...]:
        """header_of in the child; empty where it cannot be told."""
        try:
            return tuple(str(name) for name in json.loads(self._answer(sales, columns=True)[1:]))
        except DataError:
            return ()

    def _answer(
        self,
        sales: Sequence[Given],
        options: Mapping[str, Any] | None = None,
        further: Mapping[str, Given | None] = MappingProxyType({}),
        columns: bool = False,
    ) -> bytes:
        given = {kind: file for kind, file in further.items() if file is not None}
        files = [*sales, *given.values()]
        contents = [_content(f) for f in files]
        names = [f.name or (Path(f.source).name if isinstance(f.source, (str, Path)) else "") for f in files]
        count = len(sales)
        bounds = self.bounds.of(sum(map(len, contents)))
        head = {
            "names": names,
            "sales": list(range(count)),
            "beside": [k for k, file in enumerate(sales) if file.beside],
            **dict.fromkeys(BESIDE),
            **{kind: count + k for k, kind in enumerate(given)},
            "options": dict(options or {}),
            "columns": columns,
            "megabytes": bounds.megabytes,
            "seconds": bounds.seconds,
        }
        with self._lock:
            answer, code, late = self._asked(
                [json.dumps(head).encode(), *contents], bounds.seconds * bounds.waiting
            )
            self._used = monotonic()
        if answer is None:
            raise _stopped(code, late, ", ".join(name for name in names if name), bounds)
        if answer[:1] == b"E":
            refused = json.loads(answer[1:])
            raise DataError(
                [Problem(**p) for p in refused["problems"]],
                [Meaning.of(m) for m in refused["meanings"]],
                refused["rows_read"],
            )
        return answer

    def _asked(self, frames: Sequence[bytes], seconds: float) -> tuple[bytes | None, int, bool]:
        """The child's answer, else None, the code with which it ended and whether that was because its time on the clock was up."""
        while True:
            child = self._started()
            source, target = child.stdin, child.stdout
            assert source is not None and target is not None
            late = threading.Event()
            if not self._ready:
                self._ready = self._answered(child, target, 60.0, late) == b"ready"
            answer = None
            if self._ready:
                try:
                    for frame in frames:
                        write_frame(source, frame)
                    answer = self._answered(child, target, seconds, late)
                except OSError:
                    pass
            if answer is not None:
                return answer, 0, False
            code = child.wait()
            self._end()
            self._started()
            if code != 0:
                return None, code, late.is_set()
            # it had grown with the file before and ended by itself: a new one is asked

    def _answered(
        self, child: subprocess.Popen[bytes], stream: IO[bytes], seconds: float, late: threading.Event
    ) -> bytes | None:
        def end() -> None:
            late.set()
            child.kill()

        clock = threading.Timer(seconds, end)
        clock.daemon = True
        clock.start()
        try:
            return read_frame(stream)
        finally:
            clock.cancel()


def _content(file: Given) -> bytes:
    if not isinstance(file.source, (str, Path)):
        return bytes(file.source)
    try:
        return Path(file.source).read_bytes()
    except OSError as fault:
        raise DataError(
            Problem(
                "no_file",
                f"{file.source} cannot be opened",
                "check that it is a file you may read",
                found=type(fault).__name__,
                expected="a file",
            )
        ) from None


def _stopped(code: int, late: bool, name: str, bounds: Bounds) -> DataError:
    """Why there is no answer: its computing time was up (24), its time on the clock (`late`), the system or somebody ended it, or a library gave up for want of memory."""
    file = name or "the file"
    remedy = "save it as plain CSV with one line per sale, or split it"
    if code == -24:
        words, expected = (
            f"{file} takes too long to read: it was stopped after {bounds.seconds:.0f} seconds of computing",
            f"at most {bounds.seconds:.0f} seconds",
        )
        return DataError(Problem("too_slow", words, remedy, found="too slow", expected=expected))
    if late:
        waited = bounds.seconds * bounds.waiting
        words, expected = (
            f"{file} takes too long to read: it was stopped after {waited:.0f} seconds on the clock",
            f"at most {waited:.0f} seconds",
        )
        return DataError(
            Problem(
                "too_slow",
                words,
                f"{remedy}; try again if this machine was busy",
                found="too slow",
                expected=expected,
            )
        )
    if code in (-9, -15):
        words = f"the reading of {file} was ended from outside (signal {-code}): by the system where memory ran out, or by somebody"
        return DataError(
            Problem(
                "reader_killed",
                words,
                "try again; if it happens again, close other programs or split the file",
                found=f"signal {-code}",
            )
        )
    words = f"{file} needs more memory than {bounds.megabytes:,.0f} MB, or is damaged: its reading ended ({f'signal {-code}' if code < 0 else f'code {code}'})"
    return DataError(
        Problem(
            "reader_stopped",
            words,
            remedy,
            found=f"code {code}",
            expected=f"at most {bounds.megabytes:,.0f} MB",
        )
    )
