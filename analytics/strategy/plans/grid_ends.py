"""Where the best setting stands at an end of the grid that could go on: what is tried stops there, and what lies beyond may earn more."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.simulation.stock import StockPlan
from analytics.strategy.plans.recipes import Grid

__all__ = ["ends_text", "grid_ends"]

Array = NDArray[np.float64]

#: What a setting is at the end of, as numbers that add up, and how it is said.
_LOWEST, _HIGHEST, _LONGEST = 1.0, 2.0, 4.0
_WORDS = {
    _LOWEST: "lowest level of the grid",
    _HIGHEST: "highest level of the grid",
    _LONGEST: "lot at the end of the grid",
}
_NEVER = 1e8


def grid_ends(plan: StockPlan, levels: Array) -> Array:
    """Which ends of the grid every setting stands at (`ends_text` says them), 0 at none: shape (units, settings).

    A level is at an end where it is the lowest, or the highest that is tried with its lot, of the unit's `levels` (units, settings), in
    units; the lowest could not go on where it is one step (whole goods) or nothing. A lot is at the end where it is the longest of
    all and not the only one, and neither a minimum, nor shelf life, nor a known end holds it there.
    """
    step = np.ones(len(plan.lot)) if plan.step is None else plan.step
    least = np.where(plan.whole, step, 0.0)[:, None] * (1.0 + 1e-9)
    lowest = (levels <= levels.min(axis=1, keepdims=True)) & (levels > least)
    beside = plan.lot[:, :, None] == plan.lot[:, None, :]
    top = np.where(beside, levels[:, None, :], -np.inf).max(axis=2)
    highest = levels >= top
    weeks = Grid().lot_weeks[-1]
    shelf = np.zeros(len(step)) if plan.shelf_weeks is None else plan.shelf_weeks
    free = ((shelf <= 0.0) | (shelf >= weeks)) & ((plan.end_week >= weeks) | (plan.end_week >= _NEVER))
    longest = (
        (plan.lot >= plan.lot.max(axis=1, keepdims=True)) & (plan.lot > plan.moq[:, None]) & free[:, None]
    )
    longest &= plan.lot > plan.lot.min(axis=1, keepdims=True)
    return _LOWEST * lowest + _HIGHEST * highest + _LONGEST * longest


def ends_text(ends: float) -> str:
    """Which ends of the grid a setting stands at, in words; "" where none.

    >>> ends_text(0.0), ends_text(5.0)
    ('', 'lowest level of the grid, lot at the end of the grid')
    """
    return ", ".join(words for at, words in _WORDS.items() if int(ends) & int(at))
