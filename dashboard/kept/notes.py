"""What has to be told about kept work: once on the error stream, and on the page until it is read."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

__all__ = ["Refused", "said", "say", "tried", "why_not"]

_SAID: list[str] = []
_LOCK = threading.Lock()
_last = threading.local()
T = TypeVar("T")


class Refused(Exception):
    """Why something is not kept or cannot be read now, in a sentence for a person; nothing was lost by it."""


def say(text: str) -> None:
    """Tell it, unless this process told the same already."""
    with _LOCK:
        if text in _SAID:
            return
        _SAID.append(text)
    with suppress(OSError, ValueError, AttributeError):  # a log that cannot be written stops nothing
        print(f"stock-or-order: {text}", file=sys.stderr, flush=True)


def said() -> tuple[str, ...]:
    """What was told since this process started, in order."""
    return tuple(_SAID)


def tried(act: Callable[[], T], otherwise: T) -> T:
    """What an act gives, or `otherwise` where it is refused, which is told; `why_not` knows why."""
    _last.why = ""
    try:
        return act()
    except (Refused, MemoryError) as problem:
        _last.why = (
            f"{problem}"
            if isinstance(problem, Refused)
            else "there is not enough memory to read or keep this now; what was kept before is still there"
        )
        say(_last.why)
        return otherwise


def why_not() -> str:
    """Why the last thing tried in this thread was refused; "" where it was not."""
    return str(getattr(_last, "why", ""))
