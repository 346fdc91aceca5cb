"""Bounds of arguments: a call outside the meaning of a formula fails at once, naming the argument, the bound and what came."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Floats", "finite", "fraction", "non_negative", "positive"]

Floats = NDArray[np.float64]


def _checked(name: str, value: ArrayLike, good: Any, bound: str) -> Floats:
    array = np.asarray(value, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        bad = ~good(array)
    if np.any(bad):
        raise ValueError(f"{name} must be {bound}, got {float(array[bad].flat[0]):g}")
    return array


def finite(name: str, value: ArrayLike) -> Floats:
    """The value as floats, every one a finite number; else a ValueError naming the argument.

    Shape as given.

    >>> float(finite("price", 3))
    3.0
    """
    return _checked(name, value, np.isfinite, "a finite number")


def positive(name: str, value: ArrayLike) -> Floats:
    """The value as floats, every one finite and above zero; else a ValueError naming the argument.

    >>> positive("lot", 0)
    Traceback (most recent call last):
    ValueError: lot must be positive, got 0
    """
    return _checked(name, value, lambda x: np.isfinite(x) & (x > 0), "positive")


def non_negative(name: str, value: ArrayLike) -> Floats:
    """The value as floats, every one finite and not below zero; else a ValueError naming the argument.

    Shape as given.

    >>> non_negative("lead_time", -1)
    Traceback (most recent call last):
    ValueError: lead_time must be zero or more, got -1
    """
    return _checked(name, value, lambda x: np.isfinite(x) & (x >= 0), "zero or more")


def fraction(name: str, value: ArrayLike, *, inside: bool = False) -> Floats:
    """The value as floats between 0 and 1 (`inside`: neither 0 nor 1); else a ValueError naming the argument.

    Shape as given.

    >>> fraction("fill_rate", 95)
    Traceback (most recent call last):
    ValueError: fill_rate must be between 0 and 1, got 95
    """
    if inside:
        return _checked(name, value, lambda x: (x > 0) & (x < 1), "above 0 and below 1")
    return _checked(name, value, lambda x: (x >= 0) & (x <= 1), "between 0 and 1")
