"""What the process keeps of memory that is no longer used: as little as the system can be told to."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress
from pathlib import Path

__all__ = ["hand_back", "keep_little"]

#: raised where there is no GNU C library or it lacks the function
_ABSENT = (OSError, AttributeError, TypeError)
#: what is read of it to load compiled kernels, 70 MB, is hardly needed again
_COMPILER = "libllvmlite"
_MAPS = Path("/proc/self/maps")
_PAGE_OUT = 21  # MADV_PAGEOUT of Linux: what is needed after all is read again


def keep_little() -> None:
    """Let the C library keep few pools and hand large blocks back at once: many threads otherwise keep what they once used."""
    with suppress(*_ABSENT):
        library = ctypes.CDLL(None)
        library.mallopt(-8, 2)  # M_ARENA_MAX
        library.mallopt(-3, 1 << 20)  # M_MMAP_THRESHOLD


def hand_back() -> None:
    """Give the pages that a computation used and left back to the system."""
    gc.collect()
    with suppress(*_ABSENT):
        library = ctypes.CDLL(None)
        library.malloc_trim(0)
        for start, end in _mapped(_COMPILER):
            library.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _PAGE_OUT)


def _mapped(name: str) -> list[tuple[int, int]]:
    """Where the unchangeable parts of a library lie in memory: first and last address of each, as Linux lists them."""
    lines = (line.split(maxsplit=5) for line in _MAPS.read_text().splitlines())
    places = [fields[0].split("-") for fields in lines if name in fields[-1] and "w" not in fields[1]]
    return [(int(start, 16), int(end, 16)) for start, end in places]
