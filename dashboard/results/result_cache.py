"""A shelf keeps a few results; a work computes one of them beside the page."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from dashboard.memory_release import hand_back

__all__ = ["Progress", "Shelf", "Superseded", "Work"]

Progress = Callable[[float, str], None]
#: A work that is done sooner leaves less memory than the search for it takes time.
_LONG_SECONDS = 1.0


class Shelf:
    """A few results by key; the one not asked for longest goes first. What is `refused` (first part of a key) is given back and not kept."""

    def __init__(self, most: int, refused: Callable[[str], bool] = lambda first: False) -> None:
        self.most, self.refused = most, refused
        self.results: OrderedDict[tuple[str, ...], Any] = OrderedDict()
        self.lock = threading.Lock()

    def find(self, key: tuple[str, ...]) -> Any | None:
        """The result under this key, None where it is not there (any more)."""
        with self.lock:
            if key in self.results:
                self.results.move_to_end(key)
            return self.results.get(key)

    def put(self, key: tuple[str, ...], result: Any) -> Any:
        """Keep a result and give it back."""
        with self.lock:
            if self.refused(key[0]):
                return result
            self.results[key] = result
            self.results.move_to_end(key)
            while len(self.results) > self.most:
                self.results.popitem(last=False)
        return result

    def of(self, first: str) -> list[Any]:
        """All results whose key begins with this, latest first."""
        with self.lock:
            return [result for key, result in reversed(self.results.items()) if key[0] == first]

    def forget(self, first: str) -> None:
        """Drop all results whose key begins with this."""
        with self.lock:
            for key in [key for key in self.results if key[0].startswith(first)]:
                del self.results[key]


class Superseded(Exception):
    """Nobody waits for this result any more."""


class Work:
    """One computation in a thread of its own: how far it is, how much of it is needed (`need`, which may grow), and at the end its error."""

    def __init__(self, key: tuple[str, ...], make: Callable[[Work, Progress], Any], need: int = 1) -> None:
        self.key, self.need = key, need
        self.share, self.doing = 0.0, ""
        self.error: Exception | None = None
        self._wanted = True
        self._done = threading.Event()
        self._make = make
        threading.Thread(target=self._run, daemon=True).start()

    def _progress(self, share: float, doing: str) -> None:
        if not self._wanted:
            raise Superseded
        self.share, self.doing = share, doing

    def _run(self) -> None:
        begin = time.monotonic()
        try:
            self._make(self, self._progress)
        except Superseded:
            pass
        except Exception as error:  # told on the page by whoever waits
            self.error = error
        finally:
            self._done.set()
            if time.monotonic() - begin > _LONG_SECONDS:
                hand_back()

    def wait(self, seconds: float) -> bool:
        """Whether it is done, after waiting at most so long."""
        return self._done.wait(seconds)

    @property
    def done(self) -> bool:
        """Whether there is a result or an error."""
        return self._done.is_set()

    def give_up(self) -> None:
        """Stop at the next step: another result is wanted now."""
        self._wanted = False
