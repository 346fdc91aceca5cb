"""Who assembles together: a pool of components is worth what all its members make of it, not what each would gain alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNTS, Ledger
from analytics.strategy.compare import Comparison
from analytics.strategy.compared.setting import Chosen, choose
from analytics.strategy.decision_rule import Decided
from analytics.strategy.plans.ledgers import Setup

__all__ = ["Joined", "family_rules_out", "ruled_out_by_families", "shared_components", "shared_counts", "who_joins"]  # fmt: skip

Array = NDArray[np.float64]
#: Ledgers of component stocks that only the members asked for join.
Joined = Callable[[tuple[NDArray[np.intp], ...]], Mapping[str, Ledger]]


def shared_components(
    setup: Setup,
    comparison: Comparison,
    assembled: NDArray[np.bool_],
    items: Items,
    joined: Joined,
    chosen_at: Items | None = None,
    asked: NDArray[np.bool_] | None = None,
) -> Array:
    """Money that products' own gains overstate (negative) or understate because fewer siblings join the pool, per component family (families,).

    shared_components = profit of a family's assembling members alone - their profit_ato, summed.
    `profit_ato` assumes the whole family assembles from one stock. Families of which only some members do (`assembled`, (products,)) are
    simulated again with those members alone; the difference, over all families, is the shared line. Their settings are the best at the prices of
    `chosen_at` (None: of `items`). Of families that are not `asked` for (families,) nothing is played: 0 (None: all are).
    """
    shared = np.zeros(len(setup.families))
    found = _alone(setup, comparison, assembled, items, joined, chosen_at, asked)
    if found is None:
        return shared
    some, partial, alone = found
    change = alone.profit - comparison.chosen[Strategy.ATO].profit
    shared[some] = [np.nansum(change[members]) for members in partial]
    return shared


def shared_counts(
    setup: Setup, comparison: Comparison, assembled: NDArray[np.bool_], items: Items, joined: Joined
) -> tuple[NDArray[np.intp], Array]:
    """What is behind the shared line: members of families of which only some assemble, and what they count alone less what they count in the whole family.

    Positions of products (members,) and counts (members, counts) as customers react to the prices of `items`. Priced to assemble and summed
    they are `shared_components`, since money is a sum of counts times rates. Source: as there.
    """
    found = _alone(setup, comparison, assembled, items, joined)
    if found is None:
        return np.zeros(0, np.intp), np.zeros((0, len(COUNTS)))
    _, partial, alone = found
    members = np.concatenate(partial)
    return members, alone.counts[members] - comparison.chosen[Strategy.ATO].counts[members]


def _alone(
    setup: Setup,
    comparison: Comparison,
    assembled: NDArray[np.bool_],
    items: Items,
    joined: Joined,
    chosen_at: Items | None = None,
    asked: NDArray[np.bool_] | None = None,
) -> tuple[list[int], tuple[NDArray[np.intp], ...], Chosen] | None:
    """Families of which only some members assemble: their positions, those members, and what they make of a stock of their own (None: there are none)."""
    if Strategy.ATO not in comparison.strategies:
        return None
    some = [
        k
        for k, f in enumerate(setup.families)
        if 0 < assembled[f].sum() < len(f) and (asked is None or asked[k])
    ]
    if not some:
        return None
    partial = tuple(setup.families[k][assembled[setup.families[k]]] for k in some)
    ledger = joined(partial)[Strategy.ATO]
    position = {sku: i for i, sku in enumerate(items.skus)}
    index = np.array([position[s] for s in ledger.skus], np.intp)
    alone = choose(ledger, items, index, partial)
    if chosen_at is not None:
        alone = choose(ledger, items, index, partial, choose(ledger, chosen_at, index, partial))
    return some, partial, alone


def ruled_out_by_families(
    setup: Setup, comparison: Comparison, alone: Decided, items: Items, joined: Joined
) -> NDArray[np.bool_] | None:
    """Strategies that a product's component family rules out, because the pool as a whole earns more without them: shape (products, strategies); None: nothing.

    `alone` is what each product would do for itself; how a family weighs it: see `family_rules_out`.
    """
    strategies = comparison.strategies
    if Strategy.ATO not in strategies:
        return None
    ato = strategies.index(Strategy.ATO)
    joins, willing = who_joins(comparison.profit, ato, alone)
    new = joins & (alone.baseline != ato)  # where nobody would change nothing is ruled out, whatever it costs
    asked = np.array([bool((new | willing)[f].any()) for f in setup.families], bool)
    cost = shared_components(setup, comparison, joins, items, joined, asked=asked)
    others = np.array([bool(willing[f].any()) for f in setup.families], bool) & (cost < 0.0)
    with_them = shared_components(setup, comparison, joins | willing, items, joined, asked=others)
    out = np.zeros(comparison.profit.shape, bool)
    for k, members in enumerate(setup.families):
        out[members] = family_rules_out(
            comparison.profit[members], ato, alone.take(members), float(cost[k]), float(with_them[k])
        )
    return out if out.any() else None


def who_joins(profit: Array, ato: int, alone: Decided) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Products that would assemble for themselves, and those that would not but earn at least what they earn today by it: two of shape (products,)."""
    joins = alone.recommended == ato
    with np.errstate(invalid="ignore"):
        return joins, ~joins & alone.living & np.isfinite(profit[:, ato]) & (profit[:, ato] >= alone.base)


def family_rules_out(
    profit: Array, ato: int, alone: Decided, cost: float, with_them: float
) -> NDArray[np.bool_]:
    """What one component family rules out for its members: shape (members, strategies).

    Where only some of a family would assemble, each at its own best, sharing the parts with so few may cost more than it earns (`cost` negative). Two ways
    out are weighed. The others join as well, those who earn at least what they earn today (`with_them`: the shared money then): all they could do instead
    is ruled out. Or nobody joins: assembling is ruled out. What earns the family most is done.
    """
    rows = np.arange(len(profit))
    earned = np.where(np.isfinite(profit), profit, -np.inf)
    joins, willing = who_joins(profit, ato, alone)
    now = np.where(alone.as_today, alone.base, earned[rows, alone.recommended])
    rest = np.where(np.arange(profit.shape[1]) == ato, -np.inf, earned).max(axis=1)
    new, more = joins & (alone.baseline != ato), willing
    as_each = float((earned[new, ato] - rest[new]).sum()) + cost
    together = as_each - cost + with_them + float((earned[more, ato] - now[more]).sum())
    out = np.zeros(profit.shape, bool)
    if cost < 0.0 and more.any() and together > max(as_each, 0.0):
        out[more] = np.arange(profit.shape[1]) != ato
    elif new.any() and as_each < 0.0:
        out[new, ato] = True
    return out
