"""Which cells of a panel are real observations of demand: on sale, on record, and open for business."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.items import Items

__all__ = ["observed_periods"]

_BUSY = 10.0


def observed_periods(
    history: SalesHistory,
    column: NDArray[np.int64],
    units: NDArray[np.float64],
    first: NDArray[np.int32],
    sold: NDArray[np.bool_],
    starts: NDArray[np.datetime64],
    frequency: str,
    items: Items | None,
) -> tuple[NDArray[np.bool_], list[str]]:
    """Which cells are real observations: from launch (else first sale) on, while the record runs, on open days."""
    notes: list[str] = []
    products, periods = units.shape
    # a product whose sales were all cancelled was on offer all the same, from its first line on
    opening = np.full(products, periods, np.int64)
    np.minimum.at(opening, history.sku, np.maximum(column, 0))
    begin = np.where(sold, first, opening).astype(np.int64)
    if items is not None:
        launch = _aligned_dates(items, history.skus, "launch_date")
        place = np.searchsorted(starts, launch, side="right") - 1
        begin = np.where(np.isnat(launch) | ~sold, begin, np.clip(np.minimum(place, begin), 0, periods))
    finish = np.full(products, periods, np.int64)
    inside = (column >= 0) & (column < periods)
    if history.frequency in ("D", "W", "M") and history.frequency == frequency:
        # a file of totals that writes its zeros ends a product's record where its rows end
        rows = np.bincount(history.sku[inside], minlength=products)
        lowest, highest = np.full(products, periods), np.full(products, -1)
        np.minimum.at(lowest, history.sku[inside], column[inside])
        np.maximum.at(highest, history.sku[inside], column[inside])
        zeros = (history.quantity == 0.0) & inside
        full = (rows >= 0.9 * (highest - lowest + 1)) & (rows > 0)
        if zeros.any() and full.sum() >= 0.9 * max((rows > 0).sum(), 1):
            finish = np.where(rows > 0, highest + 1, periods)
            stopped = int(((finish < periods) & sold).sum())
            if stopped:
                notes.append(
                    f"The record of {stopped:,} products stops before the end of the file: what follows is unknown, not zero."
                )
    grid = np.arange(periods)
    observed = (grid >= begin[:, None]) & (grid < finish[:, None])
    lines = np.bincount(column[inside], minlength=periods)
    busy = lines[lines > 0]
    if len(busy) and float(np.median(busy)) >= _BUSY and frequency in ("D", "W"):
        closed = lines == 0
        if frequency == "D":
            weekday = (starts[:-1].astype(np.int64) + 3) % 7
            offered = np.maximum(np.bincount(weekday, minlength=7), 1)
            usual = 1.0 - np.bincount(weekday, weights=closed, minlength=7) / offered
            closed &= usual[weekday] > 0.5
        if closed.any():
            observed[:, closed] = False
            word = ("day" if frequency == "D" else "week") + ("s" if closed.sum() > 1 else "")
            notes.append(
                f"On {closed.sum():,} {word} nothing at all was sold: read as closed, not as zero demand."
            )
    return observed, notes


def _aligned_dates(items: Items, skus: NDArray[Any], name: str) -> NDArray[np.datetime64]:
    """A date field of the items, one entry per SKU of the panel (NaT where unknown)."""
    known = dict(zip((str(s) for s in items.skus), items[name], strict=True))
    missing = np.datetime64("NaT", "D")
    return np.array([known.get(str(sku), missing) for sku in skus], "datetime64[D]")
