"""How products are split by order size in a trial."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.simulation.order import OrderPlan
from analytics.simulation.stock import StockPlan
from analytics.simulation.world import World
from analytics.strategy.plans.split_by_order_size import MOST_PRODUCTS, HybridPlan, hybrid_plan
from analytics.strategy.standing import Standing

__all__ = ["Split", "split_anew", "split_in_force"]

Index = NDArray[np.intp]


class Split(Enum):
    """How products are split by order size in a trial: not at all, as they are in force, or as demand and lead times there have it."""

    NOT, IN_FORCE, ANEW = range(3)


def split_in_force(standing: Standing, rows: Index) -> HybridPlan | None:
    """How the products at `rows` are split by order size in force: for a first look."""
    known = standing.setup.hybrid
    if known is None:
        return None
    place = np.searchsorted(known.index, rows)
    split = np.flatnonzero(
        (place < len(known.index)) & (known.index[np.minimum(place, len(known.index) - 1)] == rows)
    )
    return replace(known.take(place[split]), index=split) if len(split) else None


def split_anew(
    standing: Standing, rows: Index, world: World, stock: StockPlan, order: OrderPlan, items: Items
) -> HybridPlan | None:
    """How copies of the products at `rows` are split by order size as they are in a trial: shares, variation and orders a week follow demand and lead times."""
    known = standing.setup.hybrid
    if known is None:
        return None
    plan = hybrid_plan(
        world, stock, order, known.orders.take(rows), standing.setup.alive[rows], items, len(rows)
    )
    if (
        plan is not None and len(known.index) >= MOST_PRODUCTS
    ):  # only those with most orders are split: who is, stays
        kept = np.isin(rows[plan.index], known.index)
        plan = plan.take(np.flatnonzero(kept)) if kept.any() else None
    return plan
