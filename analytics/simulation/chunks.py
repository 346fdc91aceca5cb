"""Work cut into fixed chunks of units and run by a pool of threads: the cut does not depend on the number of threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

__all__ = ["CHUNK", "consecutive", "in_chunks"]

#: Units in one chunk.
CHUNK = 16


def consecutive(index: NDArray[np.intp]) -> NDArray[np.intp] | slice:
    """Positions that follow one another as a slice, so that what is taken there is a view; others as they are.

    >>> consecutive(np.array([3, 4, 5])), consecutive(np.array([3, 5]))
    (slice(3, 6, None), array([3, 5]))
    """
    if len(index) and index[-1] - index[0] == len(index) - 1 and bool((index[1:] > index[:-1]).all()):
        return slice(int(index[0]), int(index[-1]) + 1)
    return index


def in_chunks(
    work: Callable[[int, int], object], first: int, last: int, threads: int = 1, size: int = CHUNK
) -> None:
    """Call `work(a, b)` for consecutive ranges of at most `size` from `first` to `last`, several at a time.

    The work must write only to places of its own range; compiled kernels free the global lock, so threads run
    side by side. An error in any chunk is raised here.
    Raises ValueError below one thread or one entry a range.

    >>> done = []
    >>> in_chunks(lambda a, b: done.append((a, b)), 3, 8, size=2)
    >>> done
    [(3, 5), (5, 7), (7, 8)]
    """
    if threads < 1 or size < 1:
        raise ValueError(f"in_chunks: threads and size must be at least 1, got {threads} and {size}")
    ranges = [(a, min(a + size, last)) for a in range(first, last, size)]
    if threads == 1 or len(ranges) <= 1:
        for a, b in ranges:
            work(a, b)
        return
    with ThreadPoolExecutor(max_workers=threads) as pool:
        for done in [pool.submit(work, a, b) for a, b in ranges]:
            done.result()
