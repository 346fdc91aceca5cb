"""The problem of a choice under shared limits: what may be chosen, what every option uses and is worth, how much of each limit there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.limits import Limits
from analytics.naming.labels import Strategy, Verdict, strategy_text
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import Comparison
from analytics.strategy.limits.capacity_load import MONTHS
from analytics.strategy.limits.knapsack import MOST_EXACT
from analytics.strategy.limits.options import FREE, Options, expected_demand_value, option_usage, options_of
from analytics.strategy.plans.ledgers import Setup
from analytics.strategy.pool_membership import Joined
from analytics.strategy.present.counted_as import stays_at
from analytics.strategy.recommend import Recommendation

__all__ = [
    "SLACK",
    "Asked",
    "SharedProblem",
    "holds",
    "limit_of",
    "shared_problem",
    "tops_of",
    "total_of",
    "usage_of",
    "value_of",
]

Array = NDArray[np.float64]

#: by this share a limit may seem exceeded through rounding alone
SLACK = 2e-6


@dataclass(frozen=True, eq=False)
class SharedProblem:
    """What the choice under shared limits needs to know.

    What the choice needs: `allowed` (products, options) by marks and by what is decided at all, `free` (products,) the option of each product
    without limits, `most` (products,) the money beyond which nothing more is counted: that of the recommendation without limits. `whole_shop`: the
    capacity is the whole shop's; `fixed_quotes` leaves quotes as they are however crowded it is; `tighten` shares of limits aimed at.
    """

    options: Options
    items: Items
    strategies: tuple[str, ...]
    limits: Limits
    ended: NDArray[np.bool_]
    allowed: NDArray[np.bool_]
    free: NDArray[np.intp]
    most: Array
    shares: Array
    size_variability: Array
    order_ledger: Ledger
    families: tuple[NDArray[np.intp], ...]
    joined: Joined
    whole_shop: bool = False
    fixed_quotes: bool = False
    tighten: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Asked:
    """The limits, and what they are measured by.

    limits: as stated. shares: (months,) of the year's demand, by product: see `months_of`.
    size_variability: (products,), coefficient of variation of order sizes.
    whole_shop: whether work for stock counts against the capacity too.
    """

    limits: Limits
    shares: Array
    size_variability: Array
    whole_shop: bool = False


def shared_problem(
    setup: Setup,
    comparison: Comparison,
    ledgers: Mapping[str, Ledger],
    recommendation: Recommendation,
    items: Items,
    asked: Asked,
    joined: Joined,
) -> tuple[SharedProblem, list[str]]:
    """The choice to be made: what every product may do, and what is wrong with marks. Products not decidable stay as they are unless marked."""
    strategies, limits = comparison.strategies, asked.limits
    mark, notes = _marked(limits, items, comparison, recommendation.ended)
    known = {*map(str, items.skus), *map(str, items["family"])}
    notes += [
        f"Hours are stated for {name}, which is no product and no family of these files: left out."
        for name in limits.hours
        if name not in known
    ]
    options = options_of(comparison, ledgers, items, setup.families, len(items) <= MOST_EXACT)
    n = len(items)
    free = np.array([options.find(int(k), FREE) for k in recommendation.recommended], np.intp)
    for kind, name in ((1, Strategy.MTS), (2, Strategy.MTO)):
        free[mark == kind] = options.find(strategies.index(name), FREE)
    decided = (
        np.isfinite(comparison.profit[:, strategies.index(Strategy.MTS)])
        & ~recommendation.ended
        & (recommendation.verdict != Verdict.NOT_DECIDABLE)
    )
    allowed = np.zeros(options.profit.shape, bool)
    allowed[np.arange(n), free] = True
    strategy_allowed = np.ones((n, len(strategies)), bool)
    for kind, name in ((1, Strategy.MTS), (2, Strategy.MTO)):
        only = np.arange(len(strategies)) == strategies.index(name)
        strategy_allowed[mark == kind] = only
    allowed |= decided[:, None] & strategy_allowed[:, options.strategy] & np.isfinite(options.profit)
    most = np.where(decided, _counted_profit(comparison, recommendation), np.nan)
    problem = SharedProblem(
        options,
        items,
        strategies,
        limits,
        recommendation.ended,
        allowed,
        free,
        most,
        asked.shares,
        asked.size_variability,
        ledgers[Strategy.MTO],
        setup.families,
        joined,
        asked.whole_shop,
    )
    return problem, notes


def _marked(
    limits: Limits, items: Items, comparison: Comparison, ended: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], list[str]]:
    """Mark of each product (1 stock, 2 order, 0 none), and what is wrong with marks, in words. Wrong marks are left out."""
    where = {str(sku): i for i, sku in enumerate(items.skus)}
    mark = np.zeros(len(items), np.int64)
    notes: list[str] = []
    both = set(limits.must_stock) & set(limits.must_order)
    for kind, name, skus in ((1, Strategy.MTS, limits.must_stock), (2, Strategy.MTO, limits.must_order)):
        for sku in dict.fromkeys(skus):
            if not sku.strip():
                notes.append("A mark without a product is left out.")
            elif sku not in where:
                notes.append(f"{sku} is marked but not in the sales file: the mark is left out.")
            elif sku in both:
                if kind == 1:
                    notes.append(
                        f"{sku} is marked both as to be stocked and as to be made to order: both marks are left out."
                    )
            elif ended[where[sku]]:
                notes.append(f"{sku} is marked but has ended: nothing to decide.")
            elif not comparison.chosen[name].offered[where[sku]]:
                what = strategy_text(name, bool(np.nan_to_num(items["make"][where[sku]], nan=1.0) > 0.0))
                notes.append(
                    f"{sku} is marked, but to {what} is not offered for it (no lead time can be promised): the mark is left out."
                )
            else:
                mark[where[sku]] = kind
    return mark, notes


def _counted_profit(comparison: Comparison, recommendation: Recommendation) -> Array:
    """Expected money that counts: of the recommended strategy, or as today where a product stays as it is run today."""
    profit = comparison.profit[np.arange(len(recommendation.recommended)), recommendation.recommended]
    index, at = stays_at(comparison, recommendation.as_today)
    if comparison.today is not None:
        profit[index] = comparison.today.profit[at]
    return profit


def tops_of(problem: SharedProblem, edge: float | None = None) -> dict[str, float]:
    """Highest usage of every limit, in the unit of `option_usage`; `edge` the utilisation allowed (None: the highest planned)."""
    limits = problem.limits
    tops: dict[str, float] = {}
    if limits.order_capacity_per_month is not None:
        most = limits.order_capacity_per_month * (limits.highest_utilisation if edge is None else edge)
        tops |= {f"capacity {m}": most for m in range(MONTHS)} if limits.every_month else {}
        tops["order_capacity_per_month"] = most
    for name in ("working_capital", "stocked_products"):
        if getattr(limits, name) is not None:
            tops[name] = getattr(limits, name)
    value = expected_demand_value(problem.options, problem.items)
    for name in ("least_share_served", "least_share_at_once"):
        if getattr(limits, name) is not None:
            tops[name] = (1.0 - getattr(limits, name)) * value
    return {name: top * problem.tighten.get(limit_of(name), 1.0) for name, top in tops.items()}


def limit_of(name: str) -> str:
    """The limit a row of usage belongs to: every month's capacity is the one capacity.

    >>> limit_of("capacity 3"), limit_of("working_capital")
    ('order_capacity_per_month', 'working_capital')
    """
    return "order_capacity_per_month" if name.startswith("capacity ") else name


def usage_of(problem: SharedProblem, options: Options) -> dict[str, Array]:
    """What every option of every product uses of each limit, by row of usage: (products, options)."""
    return option_usage(
        options,
        problem.items,
        problem.strategies,
        problem.limits,
        problem.ended,
        problem.shares,
        problem.whole_shop,
    )


def value_of(problem: SharedProblem, options: Options) -> Array:
    """Money counted of every option (products, options): never more than without limits; what is not decided has one option and counts nothing."""
    money = np.minimum(options.profit, problem.most[:, None])
    money = np.where(np.isfinite(problem.most)[:, None], money, 0.0)
    return np.where(problem.allowed & np.isfinite(money), money, -np.inf)


def total_of(usage: Mapping[str, Array], option: NDArray[np.intp]) -> dict[str, float]:
    """Usage of each limit by all products together, with `option` (products,) chosen."""
    rows = np.arange(len(option))
    return {name: float(amount[rows, option].sum()) for name, amount in usage.items()}


def holds(used: Mapping[str, float], tops: Mapping[str, float]) -> bool:
    """Whether no limit is exceeded by more than rounding."""
    return all(used[name] <= top + SLACK * max(1.0, abs(top)) for name, top in tops.items())
