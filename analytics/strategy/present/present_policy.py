"""How the products are run today: what is set, what it earns, and what it would earn under other prices.

A planner's reorder point is a number in a system: it does not follow the forecast, the season or a surprise. Set against the same
strategy run well, it shows what planning better is worth without changing any strategy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.policy.levels import order_up_to_level
from analytics.simulation.stock import StockPlan
from analytics.strategy.compare import Comparison
from analytics.strategy.money.formulas import profit
from analytics.strategy.money.measures import WaitingUnits, counts_by_name
from analytics.strategy.money.price import money_values, rates_under, reacted, reacted_anew
from analytics.strategy.plans.todays_way import SERVICE_IN_FORCE, TODAYS_SERVICE

__all__ = [
    "SETTINGS",
    "Today",
    "priced_as_today",
    "profit_today",
    "today_order_quantity",
    "today_order_up_to_level",
    "today_quote_days",
    "today_reorder_point",
    "today_repriced",
    "todays_money",
    "todays_profit_at",
    "todays_profit_under",
    "todays_settings",
    "todays_strategies",
]

Array = NDArray[np.float64]

#: What is played of today: the stated service in force, and both ends of its range.
SETTINGS = 3


@dataclass(frozen=True, eq=False)
class Today:
    """How the products at `index` (positions, ascending) are run today: arrays over these products.

    `strategy` names the way each is counted as run. `raw` (products, SETTINGS, counts) is what was simulated: at the service that stands for levels
    the file does not give, and at both ends of its range (all alike where levels are known); no price is in it. `counts` are those of the year as
    customers react to the prices in force, `profit` its expected money, `by_path` the money of each simulated year, `by_draw` its mean per parameter draw.
    `reorder_point`, `order_up_to_level` (NaN: reorder point plus lot), `order_quantity` and `quote_days` are what is set (NaN: not part of the strategy),
    `by_world` is expected money in the reference worlds (None: too few years),
    `in_force` expected money by draw of demand at the values in force, `service` what stands for levels the file does not give (NaN: it does).
    `waiting` are the units that wait and how long, by position in the portfolio.
    `outdated` (positions) are products whose levels of the file could not deliver what is expected to be sold: a service stands for them too. `plan` is
    what was played of those made to stock, in their order (None: none).
    """

    index: NDArray[np.intp]
    strategy: NDArray[Any]
    raw: Array
    counts: Array
    profit: Array
    by_path: NDArray[np.float32]
    by_draw: Array
    in_force: Array
    wait_days: dict[str, Array]
    waiting: WaitingUnits
    served_within: Array
    reorder_point: Array
    order_up_to_level: Array
    order_quantity: Array
    quote_days: Array
    service: Array
    outdated: NDArray[np.intp]
    plan: StockPlan | None = None
    by_world: NDArray[np.float32] | None = None


def _own_money(strategy: NDArray[Any], own: Items) -> dict[str, Array]:
    """What the formulas need of products that are run by the strategies named, one each."""
    columns: dict[str, Array] = {}
    for name in sorted(set(strategy)):
        here = strategy == name
        money = money_values(own, name)
        columns = {
            field: np.where(here, column, columns.get(field, column)) for field, column in money.items()
        }
    return columns


def todays_money(today: Today, items: Items) -> dict[str, Array]:
    """What the formulas need of the products run as today, each under its own strategy of today: columns (products run so,)."""
    return _own_money(today.strategy, items.take(today.index))


def priced_as_today(raw: Array, strategy: NDArray[Any], own: Items) -> tuple[Array, Array]:
    """Counts after customers' reactions and their money, of products run by the strategies named: `raw` (products, counts) as simulated."""
    money = _own_money(strategy, own)
    counts = reacted(
        raw, Strategy.MTO, money
    )  # those of stock do not react: nothing is kept, cancelled or late there
    return counts, np.asarray(profit(counts_by_name(counts), money))


def todays_strategies(comparison: Comparison, items: Items) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The strategy of every product today (to stock where it is not known or not offered), and whether it is known."""
    where = {name: k for k, name in enumerate(comparison.strategies)}
    mode = np.array([where.get(str(m).upper(), -1) for m in items["current_mode"]], np.intp)
    offered = np.stack([comparison.chosen[name].offered for name in comparison.strategies], axis=1)
    known = (mode >= 0) & offered[np.arange(len(items)), mode]
    return np.where(known, mode, where[Strategy.MTS]), known


def today_repriced(today: Today | None, items: Items) -> Today | None:
    """Today at other prices: expected money at once, units, waits and service as they are; money of simulated years is left open (NaN)."""
    if today is None:
        return None
    counts, earned = priced_as_today(today.raw[:, SERVICE_IN_FORCE], today.strategy, items.take(today.index))
    return replace(
        today,
        counts=counts,
        profit=earned,
        by_path=np.full((len(today.index), 1), np.nan, np.float32),
        by_draw=np.full((len(today.index), 1), np.nan),
        by_world=None,
        in_force=np.full((len(today.index), 1), np.nan),
    )


def today_reorder_point(today: Today) -> Array:
    """The reorder point in use, in units, of the products run as today (NaN: not part of the strategy).

    today_reorder_point = the file's, or the one that the service stands for which today is counted at.
    """
    return today.reorder_point


def today_order_quantity(today: Today) -> Array:
    """The lot in use, of the products run as today (NaN: not part of the strategy). Units, (products,).

    today_order_quantity = the file's order-up-to level - today_reorder_point, or where it gives none its lot.
    """
    level = today.order_up_to_level
    return np.where(np.isfinite(level), level - today.reorder_point, today.order_quantity)


def today_order_up_to_level(today: Today) -> Array:
    """The order-up-to level in use, of the products run as today (NaN: not part of the strategy). Units, (products,).

    today_order_up_to_level = today_reorder_point + today_order_quantity.
    """
    return order_up_to_level(today_reorder_point(today), today_order_quantity(today))


def today_quote_days(today: Today) -> Array:
    """The days quoted in use, of the products run as today (NaN: not part of the strategy). Days, (products,).

    today_quote_days = the wait promised in the file, or what was quoted when it was read.
    """
    return today.quote_days


def todays_settings(today: Today) -> dict[str, Array]:
    """What is set today of the products run so (NaN: not part of the strategy): reorder point, order-up-to level, order quantity, days quoted."""
    return {
        "reorder_point": today_reorder_point(today),
        "order_up_to_level": today_order_up_to_level(today),
        "order_quantity": today_order_quantity(today),
        "quote_days": today_quote_days(today),
    }


def todays_profit_at(today: Today | None, items: Items, field: str) -> tuple[Array, Array]:
    """By how much a price, or the stated service, at the low and at the high end of its range changes expected money run as today: two arrays (products run so,)."""
    if today is None:
        return np.zeros(0), np.zeros(0)
    if field == TODAYS_SERVICE:
        own = items.take(today.index)
        below, above = (
            priced_as_today(today.raw[:, k], today.strategy, own)[1] - today.profit for k in (1, 2)
        )
        return below, above
    now = todays_money(today, items)
    low, high = (
        todays_money(today, items.with_field(field, value, items.origin(field)))
        for value in items.range(field)
    )
    middle, below, above = (
        profit(counts_by_name(reacted_anew(today.counts, Strategy.MTO, now, money)), money)
        for money in (now, low, high)
    )
    return below - middle, above - middle


def todays_profit_under(
    today: Today, at: NDArray[np.intp], own: Items, changes: Mapping[str, Array]
) -> Array:
    """Expected money of today's way under other prices.

    Expected money of today's way under other prices of each product's own: `at` are places in `today.index`, `own` their items, `changes` (products, values)
    by field. Units are what they are today. Shape (products, values).
    """
    out = np.zeros((len(at), next(iter(changes.values())).shape[1]))
    for name in sorted(set(today.strategy[at])):
        rows = np.flatnonzero(today.strategy[at] == name)
        rates = rates_under(own.take(rows), name, {field: column[rows] for field, column in changes.items()})
        out[rows] = np.einsum("nc,nvc->nv", today.raw[at[rows], SERVICE_IN_FORCE], rates)
    return out


def profit_today(comparison: Comparison, baseline: NDArray[np.intp]) -> Array:
    """Expected money of every product as it is run today (where that is not played: under the strategy at `baseline`).

    profit_today = profit at today's settings. Money over twelve months, shape (products,).
    """
    profit = comparison.profit[np.arange(len(baseline)), baseline]
    if comparison.today is not None:
        profit[comparison.today.index] = comparison.today.profit
    return profit
