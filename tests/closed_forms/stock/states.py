"""States of a Markov chain whose parts are whole units with a bounded sum: stock by age, or orders on the way by due date."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["bounded_vectors"]


def bounded_vectors(total: int, parts: int) -> NDArray[np.int64]:
    """All vectors of `parts` whole numbers from 0 with sum at most `total`, (states, parts).

    >>> bounded_vectors(1, 2).tolist()
    [[0, 0], [0, 1], [1, 0]]
    """
    rows = np.zeros((1, 0), dtype=np.int64)
    for _ in range(parts):
        room = total - rows.sum(axis=1)
        first = np.repeat(np.arange(len(rows)), room + 1)
        value = np.arange(len(first)) - np.repeat(np.cumsum(room + 1) - (room + 1), room + 1)
        rows = np.column_stack((rows[first], value))
    return rows
