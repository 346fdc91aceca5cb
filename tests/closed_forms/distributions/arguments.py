"""Bounds of arguments that only closed forms ask for; the others are those of `analytics.policy.arguments`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import _checked

__all__ = ["plain", "whole"]


def whole(name: str, value: ArrayLike, least: int = 0) -> int:
    """One whole number of at least `least`; else a ValueError naming the argument.

    >>> whole("servers", 2.5)
    Traceback (most recent call last):
    ValueError: servers must be a whole number of at least 0, got 2.5
    """
    return int(
        _checked(
            name,
            value,
            lambda x: np.isfinite(x) & (x == np.floor(x)) & (x >= least),
            f"a whole number of at least {least}",
        )
    )


def plain(value: Any) -> Any:
    """A zero-dimensional array as a plain Python number, anything larger unchanged.

    >>> plain(np.float64(2.5))
    2.5
    """
    return (
        value.item()
        if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0)
        else value
    )
