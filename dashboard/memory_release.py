"""What the process keeps of memory that is no longer used: as little as the system can be told to."""

from __future__ import annotations

import gc
from contextlib import suppress
from pathlib import Path

from analytics.machine.c_library import page_out, trim

__all__ = ["hand_back"]

#: what is read of it to load compiled kernels, 70 MB, is hardly needed again
_COMPILER = "libllvmlite"
_MAPS = Path("/proc/self/maps")


def hand_back() -> None:
    """Give the pages that a computation used and left back to the system.

    What is still in use is not searched for garbage until the next computation has ended: among the objects of a study a search takes 0.2 s,
    and it came in the middle of an answer.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    trim()
    with suppress(OSError):  # not every system lists them
        page_out(_mapped(_COMPILER))


def _mapped(name: str) -> list[tuple[int, int]]:
    """Where the unchangeable parts of a library lie in memory: first and last address of each, as Linux lists them."""
    lines = (line.split(maxsplit=5) for line in _MAPS.read_text().splitlines())
    places = [fields[0].split("-") for fields in lines if name in fields[-1] and "w" not in fields[1]]
    return [(int(start, 16), int(end, 16)) for start, end in places]
