"""The value of an assumption that is in force: what was stated, else what the sales showed, else what is assumed; one figure on every page."""

from __future__ import annotations

import numpy as np

from analytics.assumptions import Assumption, Assumptions
from analytics.items import ASSUMED, DERIVED
from dashboard.facts import Facts

__all__ = ["in_force"]


def in_force(facts: Facts, assumptions: Assumptions, name: str) -> Assumption:
    """The general value, or where it was derived for living products and nobody stated another, the one in force for them: median, lowest and highest end."""
    general = assumptions.of(name)
    live = ~facts.products["ended"].to_numpy()
    low, high = facts.items.range(name)
    origin = facts.items.origin(name)
    derived = live & (origin == DERIVED) & (high > low)
    if general.origin == "confirmed" or not derived.any():
        return general
    asked = derived | (live & (origin == ASSUMED))
    value = float(np.nanmedian(np.asarray(facts.items[name], np.float64)[asked]))
    return Assumption(value, float(np.min(low[asked])), float(np.max(high[asked])), "derived")
