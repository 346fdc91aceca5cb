"""The C library of the system, asked for what Python does not offer, in this one file; where it lacks something, nothing happens.

Each function says what it is for, what was measured, and how the program does without. No result depends on any of them.
Measured on 29 November 2026 (Linux, two cores, two studies of the servers sample, each in a thread, memory held after the
second, processor seconds): 458 MB and 18 s without any of it, 315 MB and 21 s with `hold_little`, 302 MB and 20 s with
`trim` and `page_out` besides, where other processes held the compiler's library too; where none does, it is 70 MB
that `page_out` gives back. Without a library everything runs on (`tests/test_inside_doors.py`).
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

__all__ = ["exchange", "few_pools", "flush_output", "hold_little", "page_out", "trim"]

#: Raised where there is no such library or it lacks the function.
_ABSENT = (OSError, AttributeError, TypeError)
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux: both names at once
_PAGE_OUT = 21  # MADV_PAGEOUT of Linux: what is needed after all is read again
#: M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of the GNU library.
_FEW_POOLS, _LARGE_BLOCK, _MOST_FREE = -8, -3, -1


def flush_output() -> None:
    """Write out what compiled code printed and C still holds back, so that it goes where output goes now.

    The solver of the limits prints stray lines into C's own buffer; without this they follow at the end of the process,
    among the output of the program (so they do on Windows, where the library has another name).
    """
    if os.name == "posix":
        with suppress(*_ABSENT):
            ctypes.CDLL(None).fflush(None)


def exchange(one: Path, other: Path) -> bool:
    """Give two folders each other's name in one step, where Linux and the file system can; else False.

    A folder of results then changes whole, with no moment between. Elsewhere its files are moved in one by one, the summary
    last, with a way back; tests end both at each of their steps.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except _ABSENT:
        return False
    return bool(rename(-100, os.fsencode(one), -100, os.fsencode(other), _EXCHANGE) == 0)


def few_pools() -> None:
    """Let the library keep two pools whatever the number of threads, and hand back what is free beyond 16 MB.

    `analyze` of 500 products takes 456 MB at most instead of 590, in the same processor seconds (`hold_little`: a quarter
    more). Without it every thread has a pool of its own, which keeps what it once used.
    """
    with suppress(*_ABSENT):
        library = ctypes.CDLL(None)
        library.mallopt(_FEW_POOLS, 2)
        library.mallopt(_LARGE_BLOCK, 8 << 20)
        library.mallopt(_MOST_FREE, 16 << 20)


def hold_little() -> None:
    """Let the library keep few pools and hand large blocks back at once: a third less memory held (458 MB, 315 MB).

    Many threads otherwise keep what they once used; without it they do.
    """
    with suppress(*_ABSENT):
        library = ctypes.CDLL(None)
        library.mallopt(_FEW_POOLS, 2)
        library.mallopt(_LARGE_BLOCK, 1 << 20)


def trim() -> None:
    """Hand freed memory back to the system now: 4 MB of 355 after the kernels were loaded and run once.

    Without it the process keeps it for its next computation.
    """
    with suppress(*_ABSENT):
        ctypes.CDLL(None).malloc_trim(0)


def page_out(places: Iterable[tuple[int, int]]) -> None:
    """Let parts of memory that are on disk anyway leave it; each place is its first and last address.

    Of the compiler up to 70 MB, its size once kernels are loaded; nothing where other processes have the same library in
    memory (measured beside eight of them). Without it they stay.
    """
    with suppress(*_ABSENT):
        library = ctypes.CDLL(None)
        for start, end in places:
            library.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _PAGE_OUT)
