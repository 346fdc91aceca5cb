"""The choice under shared limits for one portfolio: which option of every product, what binds, what one more of it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.naming.labels import Strategy
from analytics.strategy.limits.capacity_load import busy_months
from analytics.strategy.limits.options import FREE, Options
from analytics.strategy.limits.problem import SharedProblem, limit_of, tops_of, total_of, usage_of, value_of
from analytics.strategy.limits.quote_under_load import own_utilisation, shop, stretch_at, stretched
from analytics.strategy.limits.solution import solve_in_rounds

__all__ = ["Picked", "pick_under_limits"]

Array = NDArray[np.float64]

#: Utilisations at which the wait in the shop is tried (piecewise linear congestion).
_EDGES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)


@dataclass(frozen=True, eq=False)
class Picked:
    """A choice under shared limits, and what it uses of them.

    A choice: `option` (products,), `value` counted money, `bound` that no choice exceeds, `prices` of one more unit of each limit, `used` and `tops`
    by limit, `nearest` the limits that had to be raised, `stretch` days added to quotes, `utilisation`, `pooling` money of component stocks
    that fewer products join than their own figures assume, `options` as evaluated.
    """

    option: NDArray[np.intp]
    value: float
    bound: float
    prices: Mapping[str, float]
    used: Mapping[str, float]
    tops: Mapping[str, float]
    nearest: Mapping[str, float]
    stretch: Array
    utilisation: float
    pooling: float
    options: Options


def pick_under_limits(problem: SharedProblem) -> Picked:
    """The best option of every product under all limits at once.

    For each utilisation edge the quotes of that congestion, the choice with the load kept to the edge, then the choice priced at its own
    utilisation; the best stays. Without a capacity, or where quotes already leave room for the queue, one pass.
    """
    rows = np.arange(len(problem.items))
    seen: dict[tuple[int, ...], tuple[Array, Array]] = {}
    highest = problem.limits.highest_utilisation
    edges = (
        [*(e for e in _EDGES if e < highest), highest]
        if problem.limits.order_capacity_per_month is not None and not problem.whole_shop
        else [highest]
    )
    reference = shop(problem, problem.options, problem.free)
    if not reference[1].any() and Strategy.MTO in problem.strategies:
        reference = shop(
            problem,
            problem.options,
            np.full(len(rows), problem.options.find(problem.strategies.index(Strategy.MTO), FREE)),
        )
    longer = [stretch_at(problem, e, reference[1], reference[2], busy_months(reference[0])) for e in edges]
    level = [k for k, days in enumerate(longer) if not (days > 0.0).any()]
    best: Picked | None = None
    for k, (edge, days) in enumerate(zip(edges, longer, strict=True)):
        if level and k < level[-1]:
            continue
        tops = tops_of(problem, 1.0 if problem.whole_shop else edge)
        options = stretched(problem, problem.options, days)
        (option, bound, prices, nearest), options = solve_in_rounds(problem, options, tops, seen)
        plain = replace(options, counts=options.counts.copy(), profit=options.profit.copy())
        if Strategy.MTO in problem.strategies:
            at = options.find(problem.strategies.index(Strategy.MTO), FREE)
            plain.counts[:, at], plain.profit[:, at] = (
                problem.options.counts[:, at],
                problem.options.profit[:, at],
            )
        raised = any(limit_of(name) == "order_capacity_per_month" for name in nearest)
        utilisation, own = (
            (1.0, np.zeros(len(rows))) if raised else own_utilisation(problem, plain, option, edge)
        )
        options = stretched(problem, plain, own)
        value = value_of(problem, options)[rows, option]
        used = total_of(usage_of(problem, options), option)
        money = float(np.where(np.isfinite(value), value, 0.0).sum())
        pooled = (
            options.strategy[option] == problem.strategies.index(Strategy.ATO)
            if Strategy.ATO in problem.strategies
            else np.zeros(len(rows), bool)
        )
        pooling = float(np.nansum((options.profit - problem.options.profit)[rows[pooled], option[pooled]]))
        own = (
            np.where(options.strategy[option] == problem.strategies.index(Strategy.MTO), own, 0.0)
            if Strategy.MTO in problem.strategies
            else own * 0.0
        )
        found = Picked(option, money, bound, prices, used, tops, nearest, own, utilisation, pooling, options)
        better = best is None or (len(nearest), -money) < (len(best.nearest), -best.value)
        best = found if better else best
    assert best is not None
    return best
