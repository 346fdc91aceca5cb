"""How far each assumption in doubt moves the gain of the portfolio: a straight line through the simulated draws."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import Items

__all__ = ["sensitivity"]

Array = NDArray[np.float64]


def sensitivity(moved: Array, uniforms: Mapping[str, Array], items: Items, live: NDArray[np.bool_]) -> pd.DataFrame:
    """How far each assumed value moves the portfolio's gain: one row per assumption with a range.

    `moved` (draws,) is the gain over the baseline of every parameter draw. A straight line through all drawn
    assumptions at once gives the gain at the low and at the high end of each, the others at their middle.
    Columns: field, label, value, low, high, at_low, at_high, swing; largest swing first.
    """
    names = [name for name in uniforms if name in FIELDS and _in_doubt(items, name, live).any()]
    columns = ["field", "label", "value", "low", "high", "at_low", "at_high", "swing"]
    if not names or len(moved) < 3 or not np.isfinite(moved).all():
        return pd.DataFrame(columns=columns)
    design = np.column_stack([np.ones(len(moved)), *(np.asarray(uniforms[name]) - 0.5 for name in names)])
    slope = np.linalg.lstsq(design, moved, rcond=None)[0][1:]
    centre = float(np.mean(moved))
    rows = []
    for name, effect in zip(names, slope, strict=True):
        here = _in_doubt(items, name, live)
        low, high = items.range(name)
        value = np.asarray(items[name], np.float64)
        rows.append([name, FIELDS[name].label, *(float(np.nanmedian(c[here])) for c in (value, low, high)), centre - 0.5 * effect, centre + 0.5 * effect, abs(effect)])
    return pd.DataFrame(rows, columns=columns).sort_values("swing", ascending=False, kind="stable", ignore_index=True)


def _in_doubt(items: Items, name: str, live: NDArray[np.bool_]) -> NDArray[np.bool_]:
    low, high = items.range(name)
    return live & (high > low)
