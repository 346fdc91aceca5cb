"""Make to order under three scenarios of patience: the low end, the value in force and the high end of its range.

How many buyers a wait costs cannot be read from a history of sales from stock, so the answer is shown for all three.
"""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.policy.batches import LEAST_SHARE_FILLED
from analytics.simulation.ledger import Ledger
from analytics.simulation.order import simulate_orders, worked_on_singly
from analytics.strategy.money.price import price
from analytics.strategy.plans.batches import START, WAIT, BatchPlan, batch_counts
from analytics.strategy.plans.ledgers import Setup, at_values_in_force
from analytics.strategy.plans.perhaps_ended import with_perhaps_ended
from analytics.strategy.plans.recipes import NO_QUOTE_DAYS, minimum_binds
from analytics.strategy.plans.setup import demand_held

__all__ = ["PATIENCE_SCENARIOS", "profit_to_order_by_patience"]

#: The scenarios, most patient first: few buyers lost per day of wait, as in force, many.
PATIENCE_SCENARIOS = ("low", "value", "high")


def profit_to_order_by_patience(setup: Setup, items: Items) -> NDArray[np.float64]:
    """Expected profit of making to order at the quote in force, per product and scenario: shape (products, 3), NaN without money.

    Every path of a scenario has the same patience (buyers lost per day of wait); everything else is at its value in force.
    """
    patience = np.stack(
        [
            items.range("patience_per_day")[0],
            np.asarray(items["patience_per_day"], np.float64),
            items.range("patience_per_day")[1],
        ],
        axis=1,
    )
    quote = np.repeat(setup.order.quote_days[:, :1], len(PATIENCE_SCENARIOS), axis=1)
    plan = replace(setup.order, quote_days=quote, patience_per_day=patience)
    counts = simulate_orders(
        demand_held(at_values_in_force(setup).world),
        plan,
        np.zeros(setup.world.paths, np.int64),
        0,
        len(items),
        threads=os.cpu_count() or 1,
    )
    worked_on_singly(counts)
    ledger = Ledger(
        Strategy.MTO, setup.skus, {"quote_days": quote},
        with_perhaps_ended(counts, setup.alive, setup.ended, stocked=False),
    )  # fmt: skip
    out = np.where(
        (quote < NO_QUOTE_DAYS) & ~minimum_binds(items)[:, None], price(ledger, items).profit[:, :, 0], np.nan
    )
    if setup.batches is not None:
        out[setup.batches.index] = _in_batches(setup, setup.batches, items, patience)
    return np.asarray(out)


def _in_batches(
    setup: Setup, batches: BatchPlan, items: Items, patience: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The same where a minimum rules single orders out: the better of waiting for the batch and starting it, by scenario (products of `batches`, 3)."""
    here, index = at_values_in_force(setup), batches.index
    out = np.zeros((len(index), len(PATIENCE_SCENARIOS)))
    for k in range(len(PATIENCE_SCENARIOS)):
        draws = here.world.patience_per_day.shape[1]
        world = replace(here.world, patience_per_day=np.repeat(patience[:, k : k + 1], draws, axis=1))
        counts, _ = batch_counts(world, batches, np.zeros(world.paths, np.int64))
        counts = with_perhaps_ended(counts, setup.alive[index], setup.ended_at(index), stocked=False)
        ledger = Ledger(Strategy.MTO, setup.skus[index], {}, counts)
        money = price(ledger, items.take(index)).profit[:, :, 0]
        sold = ledger.count("demanded") - ledger.count("lost")
        stay = sold[:, WAIT, 0] >= LEAST_SHARE_FILLED * ledger.count("demanded")[:, WAIT, 0]
        out[:, k] = np.maximum(money[:, START], np.where(stay, money[:, WAIT], -np.inf))
    return out
