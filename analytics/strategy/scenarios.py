"""Make to order under three scenarios of patience: the low end, the value in force and the high end of its range.

How many buyers a wait costs cannot be read from a history of sales from stock, so the answer is shown for all three.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.simulation.ledger import Ledger
from analytics.simulation.order import simulate_orders
from analytics.strategy.ledgers import Setup
from analytics.strategy.price import price

__all__ = ["PATIENCE_SCENARIOS", "profit_to_order_by_patience"]

#: The scenarios, most patient first: few buyers lost per day of wait, as in force, many.
PATIENCE_SCENARIOS = ("low", "value", "high")


def profit_to_order_by_patience(setup: Setup, items: Items) -> NDArray[np.float64]:
    """Expected profit of making to order at the quote in force, per product and scenario: shape (products, 3), NaN without money.

    Every path of a scenario has the same patience (buyers lost per day of wait); everything else is as in the study.
    """
    low, high = items.range("patience_per_day")
    plan = replace(setup.order, quote_days=np.ascontiguousarray(setup.order.quote_days[:, :1]))
    group = np.zeros(setup.world.paths, np.int64)
    out = np.full((len(items), len(PATIENCE_SCENARIOS)), np.nan)
    for k, patience in enumerate((low, np.asarray(items["patience_per_day"], np.float64), high)):
        drawn = np.ascontiguousarray(np.repeat(patience[:, None], setup.world.patience_per_day.shape[1], axis=1))
        counts = simulate_orders(replace(setup.world, patience_per_day=drawn), plan, group, 0, len(items))
        ledger = Ledger("MTO", setup.skus, {"quote_days": plan.quote_days}, counts * setup.alive[:, None, None, None])
        out[:, k] = price(ledger, items).profit[:, 0, 0]
    return out
