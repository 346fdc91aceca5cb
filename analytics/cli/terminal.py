"""What every command says while it runs: how far it is, its notes, and nothing of what the solver prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from analytics.machine.c_library import flush_output

__all__ = ["progress", "solver_silent", "tell"]


def progress() -> Callable[[float, str], None] | None:
    """Progress on a terminal, silence otherwise."""
    if not sys.stderr.isatty():
        return None

    def show(share: float, text: str) -> None:
        end = "\n" if share >= 1.0 else ""
        sys.stderr.write(f"\r{100 * share:3.0f} %  {text[:60]:<60}{end}")
        sys.stderr.flush()

    return show


@contextmanager
def solver_silent() -> Iterator[None]:
    """Nothing on standard output meanwhile: the solver's compiled code prints stray lines there whatever it is told."""
    sys.stdout.flush()
    try:
        own = os.dup(1)
    except OSError:  # there is no standard output
        yield
        return
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        flush_output()
        os.dup2(own, 1)
        os.close(own)


def tell(text: str) -> None:
    """A note for the person who runs the command, on standard error."""
    print(f"stock-or-order: {text}", file=sys.stderr)
