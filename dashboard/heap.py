"""What the C library keeps of memory that is no longer used: as little as it can be told to."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

__all__ = ["hand_back", "keep_little"]

#: raised where there is no GNU C library or it lacks the function
_ABSENT = (OSError, AttributeError, TypeError)


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
        ctypes.CDLL(None).malloc_trim(0)
