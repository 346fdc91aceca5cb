"""Small panels for the forecast tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.demand.life.life_cycle import LifeCycle
from analytics.demand.panel import DemandPanel


def panel_of(
    units: NDArray, frequency: str = "M", observed: NDArray | None = None, skus: list[str] | None = None
) -> DemandPanel:
    """A panel whose rows are the given series, observed from the first sale on."""
    units = np.atleast_2d(np.asarray(units, np.float64)).copy()
    n, periods = units.shape
    sold = units > 0
    first = np.where(sold.any(axis=1), sold.argmax(axis=1), -1).astype(np.int32)
    last = np.where(sold.any(axis=1), periods - 1 - sold[:, ::-1].argmax(axis=1), -1).astype(np.int32)
    if observed is None:
        observed = np.arange(periods)[None, :] >= np.maximum(first, 0)[:, None]
    if frequency == "M":
        starts = (np.datetime64("2015-01", "M") + np.arange(periods + 1)).astype("datetime64[D]")
    else:
        starts = np.datetime64("2015-01-05", "D") + np.arange(periods + 1) * (7 if frequency == "W" else 1)
    names = np.array(skus if skus is not None else [f"S{i:05d}" for i in range(n)], dtype=object)
    return DemandPanel(
        names,
        starts[:-1],
        starts[-1],
        units,
        np.full(units.shape, np.nan),
        observed.copy(),
        first,
        last,
        frequency,
        {},
    )


def life_of(panel: DemandPanel, alive: float = 1.0, hazard: float = 0.0) -> LifeCycle:
    """A life cycle with one probability and one hazard for all."""
    n = len(panel.skus)
    return LifeCycle(
        panel.skus, np.full(n, 2, np.int8), np.full(n, alive), np.full(n, hazard), np.full(n, hazard), np.full(n, hazard), np.zeros(n, np.uint8),
        np.full(n, np.datetime64("NaT"), "datetime64[D]"),
    )  # fmt: skip
