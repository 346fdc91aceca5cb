"""Reserve by age: older stock is reserved at higher rates."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, fraction, non_negative

__all__ = ["aged_reserve", "reserve_by_age"]


def reserve_by_age(values: ArrayLike, rates: ArrayLike) -> Floats:
    """Reserve of each age class.

    Formula: book value x rate, class by class. `values` (..., classes) money, `rates` (classes,) shares. Money.
    Source: practice (reserve matrix).
    Raises ValueError unless there is one rate an age class.

    >>> reserve_by_age([40000, 15000], [0, 0.1]).tolist()
    [0.0, 1500.0]
    """
    book, rate = np.asarray(non_negative("values", values)), np.atleast_1d(fraction("rates", rates))
    if book.shape[-1:] != rate.shape:
        raise ValueError(
            f"rates must have one value an age class, got {len(rate)} for {book.shape[-1] if book.ndim else 1}"
        )
    return book * rate


def aged_reserve(values: ArrayLike, rates: ArrayLike) -> Floats:
    """Reserve of all age classes together.

    Formula: sum of book value x rate. Money. Source: practice (reserve matrix).

    >>> round(float(aged_reserve([40000, 15000, 9000, 6000], [0, 0.1, 0.35, 0.8])), 6)
    9450.0
    """
    return reserve_by_age(values, rates).sum(axis=-1)
