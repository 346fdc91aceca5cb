"""A column beside the quantity that may hold units of measure in words nobody knows: told by the sizes of the quantities."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from analytics.data.layout.raw_table import RawTable
from analytics.data.values.categorical import Coded
from analytics.errors import Problem

__all__ = ["units_possible"]

#: so many times larger are the quantities in a smaller unit, at least, and in so many of the products sold in both
_TIMES, _NEARLY_ALL = 3.0, 0.8


def units_possible(
    table: RawTable,
    quantity_at: int,
    taken: Collection[int],
    sku: Coded,
    quantity: NDArray[np.float64],
    good: NDArray[np.bool_],
) -> list[Problem]:
    """Say where a column beside the quantity, with few short words, parts the quantities of nearly every product in one large and one small kind.

    It is told, not asked: a channel of large customers looks the same. `taken` are the columns that have a meaning already.
    """
    for at in (quantity_at + 1, quantity_at - 1):
        if not 0 <= at < len(table.names) or at in taken:
            continue
        cells = table.columns[at]
        words = [str(text).strip() for text in cells.values]
        if not 2 <= len(words) <= 6 or not all(
            word and len(word) <= 12 and word.replace(" ", "").replace(".", "").isalpha() for word in words
        ):
            continue
        n = len(words)
        key = sku.codes.astype(np.int64) * n + cells.codes
        size = len(sku.values) * n
        rows = np.bincount(key[good], minlength=size).reshape(-1, n)
        mean = np.bincount(key[good], weights=np.abs(np.nan_to_num(quantity[good])), minlength=size).reshape(
            -1, n
        ) / np.maximum(rows, 1)
        for small in range(n):
            for large in range(n):
                both = (rows[:, small] > 2) & (rows[:, large] > 2)
                higher = both & (mean[:, large] > 0) & (mean[:, small] >= _TIMES * mean[:, large])
                if small != large and higher.any() and higher.sum() >= _NEARLY_ALL * both.sum():
                    example = int(np.flatnonzero(higher)[0])
                    said = (
                        f"{table.names[at]!r} may hold units of measure: {str(sku.values[example])[:40]} is sold by about {mean[example, small]:,.0f} in {words[small]!r}"
                        f" and by about {mean[example, large]:,.0f} in {words[large]!r}; they are added"
                    )
                    remedy = f'if they are units, say so and how many one is (option mapping: unit={table.names[at]}, --treat "{table.names[at]}:{words[large]}=12")'
                    return [
                        Problem(
                            "unit_possible",
                            said,
                            remedy,
                            None,
                            table.names[at],
                            ", ".join(words),
                            "one unit for each product",
                            int(higher.sum()),
                        )
                    ]
    return []
