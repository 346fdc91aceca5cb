"""Make to order under three scenarios of patience: the low end, the value in force and the high end of its range.

How many buyers a wait costs cannot be read from a history of sales from stock, so the answer is shown for all three.
"""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.simulation.ledger import COUNT_INDEX, Ledger
from analytics.simulation.order import simulate_orders
from analytics.strategy.ledgers import Setup
from analytics.strategy.price import price
from analytics.strategy.recipes import NO_QUOTE_DAYS

__all__ = ["PATIENCE_SCENARIOS", "profit_to_order_by_patience"]

#: The scenarios, most patient first: few buyers lost per day of wait, as in force, many.
PATIENCE_SCENARIOS = ("low", "value", "high")


def profit_to_order_by_patience(setup: Setup, items: Items) -> NDArray[np.float64]:
    """Expected profit of making to order at the quote in force, per product and scenario: shape (products, 3), NaN without money.

    Every path of a scenario has the same patience (buyers lost per day of wait); everything else is as in the study.
    """
    low, high = items.range("patience_per_day")
    patience = np.stack([low, np.asarray(items["patience_per_day"], np.float64), high], axis=1)
    quote = setup.order.quote_days[:, :1]
    history = setup.world.historical_wait_days[:, None]
    # exp(-patience x days beyond) is the same for patience 1 and patience x days: one pass serves all scenarios
    as_patient = history + np.maximum(quote - history, 0.0) * patience
    plan = replace(setup.order, quote_days=as_patient)
    world = replace(setup.world, patience_per_day=np.ones_like(setup.world.patience_per_day))
    counts = simulate_orders(world, plan, np.zeros(world.paths, np.int64), 0, len(items), threads=os.cpu_count() or 1)
    sold = counts[..., COUNT_INDEX["demanded"]] - counts[..., COUNT_INDEX["lost"]]
    counts[..., COUNT_INDEX["waited"]] = np.where(quote[:, :, None] > 0.0, sold, 0.0)
    counts[..., COUNT_INDEX["backordered"]] = sold * quote[:, :, None] / 365.0
    counts[..., COUNT_INDEX["to_order"]], counts[..., COUNT_INDEX["promised"]] = sold, counts[..., COUNT_INDEX["backordered"]]
    ledger = Ledger("MTO", setup.skus, {"quote_days": plan.quote_days}, counts * setup.alive[:, None, None, None])
    return np.where(quote < NO_QUOTE_DAYS, price(ledger, items).profit[:, :, 0], np.nan)
