"""Results within a budget of memory, on shelves; a work computes one of them beside the page."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dashboard.memory_release import hand_back
from dashboard.results.weight import weight

__all__ = ["BUDGET", "Budget", "Progress", "Shelf", "Superseded", "Work"]

Progress = Callable[[float, str], None]
#: A work that is done sooner leaves less memory than the search for it takes time.
_LONG_SECONDS = 1.0


def _file_of(first: str) -> str:
    """The data set that a key is about, from the key's first part."""
    return first.split(" ", 1)[0]


class Budget:
    """Bytes that the results of all shelves may take together.

    Where they take more, the one not asked for longest goes, of those that are about data of which no computation is on.
    What results share is counted once.
    """

    def __init__(self, most: int) -> None:
        self.most, self.used = most, 0
        self.lock = threading.RLock()
        self._kept: OrderedDict[tuple[Shelf, tuple[str, ...]], dict[int, int]] = OrderedDict()
        self._holders: Counter[int] = Counter()
        self._on: Counter[str] = Counter()

    @contextmanager
    def run(self, first: str) -> Iterator[None]:
        """A computation about these data is on, and what is kept of them stays."""
        file = _file_of(first)
        with self.lock:
            self._on[file] += 1
        try:
            yield
        finally:
            with self.lock:
                self._on[file] -= 1
                self._on += Counter()  # what is at nought goes

    def came(self, shelf: Shelf, key: tuple[str, ...], held: dict[int, int]) -> None:
        """A result that holds so much was put on a shelf; others go where that is too much."""
        with self.lock:
            self.went(shelf, key)
            self._kept[shelf, key] = held
            for address, size in held.items():
                self._holders[address] += 1
                self.used += size if self._holders[address] == 1 else 0
            for other, its_key in [*self._kept][:-1]:
                if self.used <= self.most:
                    break
                if _file_of(its_key[0]) not in self._on:
                    other.drop(its_key)

    def went(self, shelf: Shelf, key: tuple[str, ...]) -> None:
        """A result is no longer on its shelf."""
        with self.lock:
            for address, size in self._kept.pop((shelf, key), {}).items():
                self._holders[address] -= 1
                if not self._holders[address]:
                    del self._holders[address]
                    self.used -= size

    def asked(self, shelf: Shelf, key: tuple[str, ...]) -> None:
        """A result was asked for."""
        with self.lock:
            if (shelf, key) in self._kept:
                self._kept.move_to_end((shelf, key))

    def count(self) -> tuple[int, int]:
        """Results that are kept, and the data sets they are about."""
        with self.lock:
            return len(self._kept), len({_file_of(key[0]) for _, key in self._kept})

    def words(self) -> str:
        """How much of it is taken, as a person reads it.

        >>> Budget(2_000_000_000).words()
        '0 of 2,000 MB: 0 results about 0 data sets'
        """
        results, data_sets = self.count()
        return f"{self.used / 1e6:,.0f} of {self.most / 1e6:,.0f} MB: {results:,} result{'s' * (results != 1)} about {data_sets:,} data set{'s' * (data_sets != 1)}"


#: of this process; a team's server sets `most` to what its configuration says
BUDGET = Budget(2_000_000_000)


class Shelf:
    """Results of one kind by key, within a budget; of one data set at most `most` for each window that is open.

    What is `refused` (first part of a key) is given back and not kept. Without a budget (None) results are neither counted nor dropped:
    they go when they are forgotten.
    """

    def __init__(
        self,
        most: int,
        refused: Callable[[str], bool] = lambda first: False,
        budget: Budget | None = BUDGET,
        windows: Callable[[], int] = lambda: 1,
    ) -> None:
        self.most, self.refused, self.budget, self.windows = most, refused, budget, windows
        self.results: OrderedDict[tuple[str, ...], Any] = OrderedDict()
        self.lock = threading.RLock() if budget is None else budget.lock

    def find(self, key: tuple[str, ...]) -> Any | None:
        """The result under this key, None where it is not there (any more)."""
        with self.lock:
            if key in self.results:
                self.results.move_to_end(key)
                if self.budget is not None:
                    self.budget.asked(self, key)
            return self.results.get(key)

    def put(self, key: tuple[str, ...], result: Any) -> Any:
        """Keep a result and give it back."""
        held = {} if self.budget is None else weight(result)
        most = self.most * max(1, self.windows())
        with self.lock:
            if self.refused(key[0]):
                return result
            self.results[key] = result
            self.results.move_to_end(key)
            if self.budget is not None:
                same = [other for other in self.results if _file_of(other[0]) == _file_of(key[0])]
                for other in same[:-most]:
                    self.drop(other)
                self.budget.came(self, key, held)
        return result

    def drop(self, key: tuple[str, ...]) -> None:
        """Drop the result under this key."""
        with self.lock:
            self.results.pop(key, None)
            if self.budget is not None:
                self.budget.went(self, key)

    def of(self, first: str) -> list[Any]:
        """All results whose key begins with this, latest first."""
        with self.lock:
            return [result for key, result in reversed(self.results.items()) if key[0] == first]

    def forget(self, first: str) -> None:
        """Drop all results whose key begins with this."""
        with self.lock:
            for key in [key for key in self.results if key[0].startswith(first)]:
                self.drop(key)


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
            with BUDGET.run(self.key[0]):
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
