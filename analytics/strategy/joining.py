"""Who assembles together: a pool of components is worth what all its members make of it, not what each would gain alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import Comparison, choose
from analytics.strategy.ledgers import Setup
from analytics.strategy.recommend import Recommendation, baseline_profit

__all__ = ["Joined", "pooling_shared", "ruled_out_by_families"]

Array = NDArray[np.float64]
#: Ledgers of component stocks that only the members asked for join.
Joined = Callable[[tuple[NDArray[np.intp], ...]], Mapping[str, Ledger]]


def pooling_shared(setup: Setup, comparison: Comparison, assembled: NDArray[np.bool_], items: Items, joined: Joined, chosen_at: Items | None = None) -> Array:
    """Money that products' own gains overstate (negative) or understate because fewer siblings join the pool, per component family (families,).

    `profit_ato` assumes the whole family assembles from one stock. Families of which only some members do (`assembled`, (products,)) are
    simulated again with those members alone; the difference, over all families, is the shared line. Their settings are the best at the prices of
    `chosen_at` (None: of `items`).
    """
    shared = np.zeros(len(setup.families))
    if "ATO" not in comparison.strategies:
        return shared
    some = [k for k, f in enumerate(setup.families) if 0 < assembled[f].sum() < len(f)]
    if not some:
        return shared
    partial = tuple(setup.families[k][assembled[setup.families[k]]] for k in some)
    ledger = joined(partial)["ATO"]
    position = {sku: i for i, sku in enumerate(items.skus)}
    index = np.array([position[s] for s in ledger.skus], np.intp)
    alone = choose(ledger, items, index, partial)
    if chosen_at is not None:
        alone = choose(ledger, items, index, partial, choose(ledger, chosen_at, index, partial))
    change = alone.profit - comparison.chosen["ATO"].profit
    shared[some] = [np.nansum(change[members]) for members in partial]
    return shared


def ruled_out_by_families(setup: Setup, comparison: Comparison, recommendation: Recommendation, items: Items, joined: Joined) -> NDArray[np.bool_] | None:
    """Strategies that a product's component family rules out, because the pool as a whole earns more without them: shape (products, strategies); None: nothing.

    Where only some of a family would assemble, each at its own best, sharing the parts with so few may cost more than it earns. Two ways out are
    weighed. The others join as well, those who earn at least what they earn today: all they could do instead is ruled out. Or nobody joins: assembling
    is ruled out. What earns the family most is done.
    """
    strategies = comparison.strategies
    if "ATO" not in strategies:
        return None
    ato = strategies.index("ATO")
    rows = np.arange(len(items))
    profit = np.where(np.isfinite(comparison.profit), comparison.profit, -np.inf)
    base = baseline_profit(comparison, recommendation.baseline)
    now = np.where(recommendation.as_today, base, profit[rows, recommendation.recommended])
    rest = np.where(np.arange(len(strategies)) == ato, -np.inf, profit).max(axis=1)
    chosen = recommendation.recommended == ato
    willing = ~chosen & ~recommendation.ended & np.isfinite(profit[:, ato]) & (profit[:, ato] >= base)
    cost = pooling_shared(setup, comparison, chosen, items, joined)
    with_them = cost
    if any(cost[k] < 0.0 and willing[f].any() for k, f in enumerate(setup.families)):
        with_them = pooling_shared(setup, comparison, chosen | willing, items, joined)
    out = np.zeros(profit.shape, bool)
    for k, members in enumerate(setup.families):
        new, more = members[chosen[members] & (recommendation.baseline[members] != ato)], members[willing[members]]
        as_each = float((profit[new, ato] - rest[new]).sum()) + cost[k]
        together = as_each - cost[k] + with_them[k] + float((profit[more, ato] - now[more]).sum())
        if cost[k] < 0.0 and len(more) and together > max(as_each, 0.0):
            out[more] = np.arange(len(strategies)) != ato
        elif len(new) and as_each < 0.0:
            out[new, ato] = True
    return out if out.any() else None
