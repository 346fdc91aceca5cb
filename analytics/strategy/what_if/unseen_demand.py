"""What the gain would be had a part of demand never been seen: the same year with more demand, played a second time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy, money_text
from analytics.strategy.compare import Comparison
from analytics.strategy.plans.ledgers import Setup, with_measured_waits
from analytics.strategy.plans.recipes import DRAWN_PHYSICS
from analytics.strategy.plans.setup import demand_held, demand_let_go
from analytics.strategy.recommend import Recommendation
from analytics.strategy.what_if.gain_sensitivity import gain_changes, of_the_gain
from analytics.strategy.what_if.simulated_range_ends import (
    PlayedEnds,
    known_for_sure,
    played_profit,
    todays_own_plan,
    todays_played_profit,
)

__all__ = ["UNSEEN", "gain_if_unseen", "unseen_changes", "unseen_words"]

Array = NDArray[np.float64]

#: The share of demand that may never have been seen.
UNSEEN = 0.1
#: Products played a second time at most: those with most gain; the others are taken to change in proportion.
_MOST_PRODUCTS = 1000


def unseen_changes(
    setup: Setup,
    comparison: Comparison,
    items: Items,
    products: NDArray[np.bool_],
    share: Array,
) -> tuple[Array, Array]:
    """By how much money of `products` (products,) changes where a `share` of demand was never seen: (products, strategies), and (products run as today,).

    *Formula*: expected profit with each product's demand times 1/(1 - share) less that with demand as forecast, the same random numbers and the settings
    planned on what was seen; every uncertain value in the middle of its range. `share` (products,). Money a year; NaN where not played.
    Source: definition.
    """
    middle = {field: np.asarray(items[field], np.float64) for field in DRAWN_PHYSICS}
    index, today = np.flatnonzero(products), comparison.today
    stocked = np.zeros(0, np.intp) if today is None else np.flatnonzero(today.strategy == Strategy.MTS)
    at = np.zeros(0, np.intp) if today is None else stocked[products[today.index[stocked]]]
    money, of_today = [], []
    for factor in (np.ones(len(items)), 1.0 / (1.0 - share)):
        there = known_for_sure(demand_let_go(setup), items, middle)
        world = demand_held(replace(there.world, mean=there.world.mean * factor[:, None]))
        there = replace(there, world=world)
        money.append(played_profit(there, comparison, items, index))
        if today is not None and today.plan is not None and len(at):
            plan = with_measured_waits(there.world, todays_own_plan(today.plan, np.searchsorted(stocked, at)))
            of_today.append(todays_played_profit(there, plan, comparison, items, at))
    change = money[1] - money[0]
    own = np.zeros(0)
    if today is not None:
        own = np.nan_to_num(
            change[today.index, [comparison.strategies.index(name) for name in today.strategy]]
        )
        if of_today:
            own[at] = of_today[1] - of_today[0]
    return change, own


def gain_if_unseen(
    setup: Setup,
    comparison: Comparison,
    recommendation: Recommendation,
    items: Items,
    without: NDArray[np.bool_],
) -> float:
    """By how much the gain a year would be another had a tenth of the demand of products without stock records never been seen; choices as they are. Money.

    gain_if_unseen = sum over changed products of what the recommended way changes less what today's changes (`unseen_changes`). `without` (products,)
    are those whose past stock is not on record; of the others only those change that share components with one of them. Beyond 1,000 changed
    products those with least gain are taken to change in proportion. Source: definition.
    """
    gain = recommendation.gain
    _, here = of_the_gain(comparison, recommendation)
    touched = without.copy()
    for family in setup.families:
        touched[family] |= bool(without[family].any())
    here = here & touched & np.isfinite(comparison.profit).any(axis=1)
    if not here.any():
        return 0.0
    size = np.where(here, np.abs(np.nan_to_num(gain)), -1.0)
    played = np.zeros(len(items), bool)
    played[np.argsort(-size, kind="stable")[:_MOST_PRODUCTS]] = True
    played &= here
    change, own = unseen_changes(setup, comparison, items, played, np.where(without, UNSEEN, 0.0))
    ends = PlayedEnds({}, {"unseen": (own, own)}, played)
    moved = gain_changes(comparison, recommendation, items, {"unseen": (change, change)}, ends)["unseen"][0]
    total = float(moved[played].sum())
    of_played, of_all = (float(np.nan_to_num(gain)[part].sum()) for part in (played, here))
    return total * (of_all / of_played if (here & ~played).any() and of_played else 1.0)


def unseen_words(gain: float, change: float, currency: str, without: int, products: int) -> str:
    """The sentence of the answer: `gain` and `change` in money a year, `without` of `products` have no record; nothing where the change is not known.

    >>> unseen_words(100_000.0, 12_000.0, "USD", 40, 40)
    'Past stock is not on record: had a tenth of demand never been seen, the gain would be 112 k USD a year instead of 100 k USD.'
    >>> unseen_words(100_000.0, 3_000.0, "USD", 12, 40)
    'Past stock of 12 of 40 products is not on record: had a tenth of their demand never been seen, the gain would be 103 k USD a year instead of 100 k USD.'
    >>> unseen_words(100_000.0, float("nan"), "USD", 40, 40)
    ''
    """
    if not np.isfinite(change):
        return ""
    there, here = money_text(gain + change, currency, 3), money_text(gain, currency, 3)
    same = "just as much" if there == here else f"{there} a year instead of {here}"
    whole = without == products
    what = "Past stock" if whole else f"Past stock of {without:,} of {products:,} products"
    whose = "demand" if whole else "their demand"
    return f"{what} is not on record: had a tenth of {whose} never been seen, the gain would be {same}."
