"""The load of the shop against what it can make: the share it takes of every month, and what lies beyond."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["beyond_capacity", "load_is_even", "load_share"]

Array = NDArray[np.float64]
#: Shares of capacity that lie closer together than this look alike.
_ALIKE = 0.005


def load_share(load: Array, capacity: float) -> Array:
    """What the work of every month takes of what can be made. Share, (months,).

    load_share = load / capacity; 0 where the capacity is not known. Both in units or hours a month. Source: definition.

    >>> load_share(np.array([30.0, 60.0]), 40.0).tolist(), load_share(np.array([30.0]), 0.0).tolist()
    ([0.75, 1.5], [0.0])
    """
    return load / capacity if capacity > 0 else np.zeros_like(load)


def load_is_even(share: Array) -> bool:
    """Whether the fullest of several months takes as much as the emptiest, to half a percent of capacity.

    `share` (months,) of `load_share`.

    >>> [load_is_even(np.array(share)) for share in ([0.701, 0.703], [0.7, 0.8], [0.7])]
    [True, False, False]
    """
    return len(share) > 1 and bool(share.max() - share.min() < _ALIKE)


def beyond_capacity(load: Array, capacity: float) -> Array:
    """Work of every month beyond what can be made. Units or hours, (months,).

    beyond_capacity = load - capacity, at least 0: that much is built before, or found outside. Source: definition.

    >>> beyond_capacity(np.array([30.0, 60.0]), 40.0).tolist()
    [0.0, 20.0]
    """
    return np.maximum(load - capacity, 0.0)
