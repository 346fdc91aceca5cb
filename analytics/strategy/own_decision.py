"""What is decided of every product by the one rule, and the money of a strategy that it rests on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.demand.from_sales.below_cost import below_cost
from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.strategy.compare import Comparison
from analytics.strategy.decision_rule import Decided, decision, lead_noise
from analytics.strategy.money.measures import priced_measures
from analytics.strategy.money.price import money_values
from analytics.strategy.present.listing import not_worth_listing
from analytics.strategy.present.present_policy import profit_today, todays_strategies

__all__ = ["decide_each", "strategy_money"]

Array = NDArray[np.float64]


def strategy_money(comparison: Comparison, items: Items, strategy: str) -> dict[str, Array]:
    """Expected money measures of one strategy at its best setting: profit, benchmark, revenue, cash and components."""
    return priced_measures(comparison.chosen[strategy].counts, money_values(items, strategy))


def decide_each(
    comparison: Comparison,
    items: Items,
    ended: NDArray[np.bool_],
    ruled_out: NDArray[np.bool_] | None = None,
    too_short: bool = False,
    noise: Array | None = None,
) -> Decided:
    """What is decided of every product among what its component family does not rule out: `ruled_out` (products, strategies).

    Where the history is `too_short` for any forecast, nothing is decided. `noise` is that of simulated years where it is known from before (else measured).
    """
    profit = comparison.profit
    money_known = np.isfinite(profit[:, comparison.strategies.index(Strategy.MTS)])
    baseline, _ = todays_strategies(comparison, items)
    base = profit_today(comparison, baseline)
    margin = strategy_money(comparison, items, Strategy.MTS)["benchmark"]
    loses = money_known & below_cost(items)
    decidable = money_known & ~ended & ~loses & (not too_short) & ~not_worth_listing(comparison, items)
    noise = lead_noise(comparison, baseline) if noise is None else noise
    stocked = np.isin(np.array(comparison.strategies, object), (Strategy.MTS, Strategy.HYBRID))
    decided = decision(profit, base, baseline, margin, noise, decidable, ruled_out, stocked)
    return Decided(baseline, base, margin, noise, decidable, money_known, loses, ~ended, ruled_out, decided)
