"""DemandPanel: units per SKU and period, which of them were observed, and each SKU's life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["PERIODS_PER_YEAR", "DemandPanel"]

PERIODS_PER_YEAR: Mapping[str, float] = {"D": 365.0, "W": 52.0, "M": 12.0}


@dataclass(frozen=True, eq=False)
class DemandPanel:
    """Demand by SKU (rows, sorted text) and period (columns, oldest first; complete periods only).

    `starts` is the first day of every period, `next_start` the first day after the last one. `units` is
    non-negative (returns netted) and 0 where not observed; `observed` is False before launch, after a
    record stops, and where a stock-out hid demand. `first` and `last` are the positions of the first and
    last period with a sale (-1 and -1 where there is none). `revenue` has the shape of `units` (NaN unknown).
    `frequency` is D, W or M. `notes` are sentences for the screen; `counts` are reconciliation numbers
    (gross, matched and unmatched returns, units left out after the last complete period, ...).
    """

    skus: NDArray[Any]
    starts: NDArray[np.datetime64]
    next_start: np.datetime64
    units: NDArray[np.float64]
    revenue: NDArray[np.float64]
    observed: NDArray[np.bool_]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    frequency: str
    counts: Mapping[str, float]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.units.shape != (len(self.skus), len(self.starts)) or self.observed.shape != self.units.shape:
            raise ValueError(f"DemandPanel: units {self.units.shape} do not match {len(self.skus)} SKUs x {len(self.starts)} periods")
        for array in (self.units, self.revenue, self.observed, self.first, self.last):
            array.setflags(write=False)

    @property
    def periods_per_year(self) -> float:
        """Periods in a year: 365, 52 or 12."""
        return PERIODS_PER_YEAR[self.frequency]
