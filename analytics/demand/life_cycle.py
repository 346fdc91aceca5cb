"""LifeCycle: how far each product is in its life, and how likely it is to end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["STAGES", "LifeCycle"]

STAGES = ("new", "growing", "mature", "dying", "ended")


@dataclass(frozen=True, eq=False)
class LifeCycle:
    """Per SKU: `stage` (index into STAGES), `alive` (probability), `hazard_per_year` (rate of sudden end),
    its origin (an index into items.ORIGINS) and range, and `known_end` (datetime64[D], NaT where unknown)."""

    skus: NDArray[Any]
    stage: NDArray[np.int8]
    alive: NDArray[np.float64]
    hazard_per_year: NDArray[np.float64]
    hazard_low: NDArray[np.float64]
    hazard_high: NDArray[np.float64]
    hazard_origin: NDArray[np.uint8]
    known_end: NDArray[np.datetime64]
    notes: tuple[str, ...] = ()
