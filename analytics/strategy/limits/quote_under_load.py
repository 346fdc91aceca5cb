"""Quotes in a crowded shop: how many days orders made singly wait longer the more of them there are, and where the two agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.limits.capacity_load import busy_months, queue_allowance, work_per_unit, work_share
from analytics.strategy.limits.options import FREE, Options
from analytics.strategy.limits.problem import SharedProblem
from analytics.strategy.money.price import money_values, profit_rates, reacted
from analytics.strategy.plans.batches import SINGLE

__all__ = ["own_utilisation", "shop", "stretch_at", "stretched"]

Array = NDArray[np.float64]


def stretched(problem: SharedProblem, options: Options, stretch: Array) -> Options:
    """The options with quotes to order lengthened by some days: counts between the quotes simulated, at most three times the quote in force."""
    if not (stretch > 0.0).any() or Strategy.MTO not in problem.strategies:
        return options
    ledger = problem.order_ledger
    quotes, counts = ledger.settings["quote_days"], ledger.counts.mean(axis=2)
    order = np.argsort(quotes[int(np.argmax(quotes[:, 0]))], kind="stable")
    quotes, counts = quotes[:, order], counts[:, order]
    wanted = np.minimum(ledger.settings["quote_days"][:, 0] + stretch, quotes[:, -1])
    right = np.clip((quotes < wanted[:, None]).sum(axis=1), 1, quotes.shape[1] - 1)
    rows = np.arange(len(wanted))
    span = quotes[rows, right] - quotes[rows, right - 1]
    part = np.where(span > 0.0, (wanted - quotes[rows, right - 1]) / np.where(span > 0.0, span, 1.0), 0.0)[
        :, None
    ]
    between = counts[rows, right - 1] * (1.0 - part) + counts[rows, right] * part
    longer = stretch > 0.0
    at = options.find(problem.strategies.index(Strategy.MTO), FREE)
    new_counts, new_profit = options.counts.copy(), options.profit.copy()
    values = money_values(problem.items, Strategy.MTO)
    new_counts[longer, at] = reacted(between, Strategy.MTO, values)[longer]
    money = np.einsum("nc,nc->n", between, profit_rates(values, Strategy.MTO))
    new_profit[longer, at] = money[longer]
    return replace(options, counts=new_counts, profit=new_profit)


def shop(problem: SharedProblem, options: Options, option: NDArray[np.intp]) -> tuple[Array, Array, Array]:
    """What a mix asks of the shop: work by month, orders a year and work per order of each product."""
    rows = np.arange(len(option))
    picked = options.counts[rows, option]
    sold = picked[:, COUNT_INDEX["demanded"]] - picked[:, COUNT_INDEX["lost"]]
    after = np.stack([work_share(problem.items, name) for name in problem.strategies], axis=1)[
        rows, options.strategy[option]
    ]
    each = work_per_unit(problem.items, problem.limits) * after
    size = np.maximum(np.nan_to_num(problem.items["units_per_order"], nan=1.0), 1e-9)
    return (sold * each) @ problem.shares, np.where(each > 0.0, sold / size, 0.0), each * size


def stretch_at(
    problem: SharedProblem, utilisation: float, orders: Array, per_order: Array, peaks: float
) -> Array:
    """Days by which quotes lengthen at an average utilisation: the queue needed in busy months less what the quote already leaves for it."""
    capacity = problem.limits.order_capacity_per_month
    if capacity is None or problem.whole_shop or problem.fixed_quotes:
        return np.zeros(len(orders))
    needed = queue_allowance(
        min(utilisation * peaks, 0.995), capacity, orders, per_order, problem.size_variability
    )
    own = (work_per_unit(problem.items, problem.limits) > 0.0) & np.isfinite(problem.most)
    own &= problem.order_ledger.settings["way"][:, 0] == SINGLE  # a batch is no order made singly
    return np.where(own, np.maximum(needed - np.nan_to_num(problem.items["queue_days"]), 0.0), 0.0)


def own_utilisation(
    problem: SharedProblem, options: Options, option: NDArray[np.intp], highest: float
) -> tuple[float, Array]:
    """The utilisation at which a mix's quotes and the orders that stay at them agree, and the days added to its quotes there.

    Longer quotes lose orders and so relieve the shop: the difference falls in the utilisation and is halved down to a point.
    """
    capacity = problem.limits.order_capacity_per_month
    none = np.zeros(len(option))
    if capacity is None:
        return 0.0, none
    work, orders, per_order = shop(problem, options, option)
    if capacity <= 0.0 or not work.sum() > 0.0:
        return 0.0, none

    def load(utilisation: float) -> tuple[float, Array]:
        days = stretch_at(problem, utilisation, orders, per_order, busy_months(work))
        return float(shop(problem, stretched(problem, options, days), option)[0].mean()) / capacity, days

    low, high = 0.0, max(highest, 1e-6)
    at, days = load(high)
    if at >= high:
        return at, days
    for _ in range(30):
        middle = 0.5 * (low + high)
        at, _ = load(middle)
        low, high = (middle, high) if at > middle else (low, middle)
    at, days = load(high)
    return at, days
