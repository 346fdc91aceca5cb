"""One unit of every count at once, of which a formula of money touches few: what each is worth comes out count by count.

A formula is linear in the counts, so that evaluated on all unit counts together it gives the money per unit of each. Nearly
all of that would be nothing times something; kept here is only what is not nothing, by the place of the count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FewCounts"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FewCounts:
    """A quantity in the world of every single count: `of` holds, by the place of the count, arrays that broadcast; nothing elsewhere.

    Sums, differences and products with arrays are those of the arrays with all places in them, to the last bit.

    >>> lost, waited = FewCounts({1: np.ones(1)}), FewCounts({2: np.ones(1)})
    >>> {k: worth.tolist() for k, worth in (np.array([3.0, 5.0]) * (lost - waited)).of.items()}
    {1: [3.0, 5.0], 2: [-3.0, -5.0]}
    """

    of: Mapping[int, Array]

    #: An array on the left leaves the operation to this class.
    __array_ufunc__ = None

    def _each(self, change: Callable[[Array], Array]) -> FewCounts:
        return FewCounts({k: change(column) for k, column in self.of.items()})

    def __add__(self, other: FewCounts) -> FewCounts:
        """Place by place."""
        out = dict(self.of)
        for k, column in other.of.items():
            out[k] = out[k] + column if k in out else column
        return FewCounts(out)

    def __sub__(self, other: FewCounts) -> FewCounts:
        """Place by place."""
        out = dict(self.of)
        for k, column in other.of.items():
            out[k] = out[k] - column if k in out else -column
        return FewCounts(out)

    def __mul__(self, factor: Any) -> FewCounts:
        """Each place times an array or a number."""
        return self._each(lambda column: column * factor)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Any) -> FewCounts:
        """Each place by an array or a number."""
        return self._each(lambda column: column / divisor)

    def clip(self, min: float) -> FewCounts:
        """Each place, at least so much."""
        return self._each(lambda column: np.maximum(column, min))
