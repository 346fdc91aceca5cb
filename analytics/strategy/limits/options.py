"""All that each product can do under shared limits: every setting of every strategy with its money and what it uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.limits import Limits
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNTS, Ledger
from analytics.strategy.compare import Comparison
from analytics.strategy.compared.setting import on_the_shelf
from analytics.strategy.limits.capacity_load import MONTHS, work_per_unit, work_share
from analytics.strategy.money.formulas import cash_tied_up
from analytics.strategy.money.measures import counts_by_name
from analytics.strategy.money.price import money_values, profit_rates, reacted

__all__ = ["FREE", "Options", "expected_demand_value", "not_dominated", "option_usage", "options_of"]

Array = NDArray[np.float64]

#: The setting that a strategy has without limits (chosen on one half of the paths, scored on the other).
FREE = -1


@dataclass(frozen=True, eq=False)
class Options:
    """What every product could do, and what that brings.

    Options stand on axis 1: `strategy` and `setting` (options,) are the same for every product; `counts` (products, options, counts), `profit`
    (products, options) with NaN where not offered; `joint` (products, options) the group of a component stock run in one way (-1: none), `joint_family`
    (groups,) its family.
    """

    strategy: NDArray[np.intp]
    setting: NDArray[np.intp]
    counts: Array
    profit: Array
    joint: NDArray[np.int64]
    joint_family: NDArray[np.int64]

    def find(self, strategy: int, setting: int) -> int:
        """Position of an option."""
        return int(np.flatnonzero((self.strategy == strategy) & (self.setting == setting))[0])


def options_of(
    comparison: Comparison,
    ledgers: Mapping[str, Ledger],
    items: Items,
    families: tuple[NDArray[np.intp], ...],
    assembled_settings: bool = True,
) -> Options:
    """Each strategy as it is without limits, and every setting of its grid on all paths; to order only at the quote in force."""
    n = len(items)
    position = {sku: i for i, sku in enumerate(items.skus)}
    strategy: list[int] = []
    setting: list[int] = []
    counts: list[Array] = []
    profit: list[Array] = []
    joint: list[NDArray[np.int64]] = []
    of_family = np.full(n, -1, np.int64)
    for f, members in enumerate(families):
        of_family[members] = f
    joint_family: list[int] = []
    for k, name in enumerate(comparison.strategies):
        chosen, ledger = comparison.chosen[name], ledgers[name]
        index = np.array([position[s] for s in ledger.skus], np.intp)
        rates = profit_rates(money_values(items, name), name)
        held = on_the_shelf(ledger.counts, name)
        settings = (
            ledger.counts.shape[1]
            if name == Strategy.MTS or (name == Strategy.ATO and assembled_settings)
            else 0
        )
        for j in (FREE, *range(settings)):
            own = np.zeros((n, len(COUNTS)))
            money = np.full(n, np.nan)
            if j == FREE:
                own, money = chosen.counts, np.where(chosen.offered, chosen.profit, np.nan)
            else:
                simulated = ledger.counts[:, j].mean(axis=1)
                own[index] = reacted(simulated, name, money_values(items.take(index), name))
                earned = np.einsum("nc,nc->n", simulated, rates[index])
                money[index] = np.where(held[:, j], earned, np.nan)
            strategy.append(k)
            setting.append(j)
            counts.append(own)
            profit.append(money)
            link = np.full(n, -1, np.int64)
            if name == Strategy.ATO and assembled_settings:
                link = np.where(of_family >= 0, len(joint_family) + of_family, -1)
                joint_family += list(range(len(families)))
            joint.append(link)
    return Options(
        np.array(strategy),
        np.array(setting),
        np.stack(counts, axis=1),
        np.stack(profit, axis=1),
        np.stack(joint, axis=1),
        np.array(joint_family, np.int64),
    )


def option_usage(
    options: Options,
    items: Items,
    strategies: tuple[str, ...],
    limits: Limits,
    ended: NDArray[np.bool_],
    shares: Array,
    whole_shop: bool = False,
) -> dict[str, Array]:
    """What every option uses of every limit: name -> (products, options), in the unit of the limit.

    Working capital in money; capacity in work per month (the year's average, or `capacity MONTH` each); finished products in stock; value of demand
    lost, and lost or late. `whole_shop`: work for stock counts too, levelled over the year.
    """
    n = counts_by_name(options.counts)
    sold = n("demanded") - n("lost")
    work = work_per_unit(items, limits)[:, None] * sold
    after = np.stack([work_share(items, strategies[k]) for k in options.strategy], axis=1)
    levelled = work * (1.0 - after) / MONTHS if whole_shop else np.zeros_like(work)
    usage: dict[str, Array] = {}
    if limits.order_capacity_per_month is not None:
        if limits.every_month:
            usage |= {f"capacity {m}": work * after * shares[:, [m]] + levelled for m in range(MONTHS)}
        usage["order_capacity_per_month"] = work * after / MONTHS + levelled
    if limits.working_capital is not None:
        cash = np.empty(options.profit.shape)
        for k, name in enumerate(strategies):
            at = options.strategy == k
            own = counts_by_name(options.counts[:, at])
            cash[:, at] = cash_tied_up(
                own, {field: column[:, None] for field, column in money_values(items, name).items()}
            )
        usage["working_capital"] = np.nan_to_num(cash)
    if limits.stocked_products is not None:
        usage["stocked_products"] = np.broadcast_to(
            ((options.strategy == strategies.index(Strategy.MTS))[None, :] & ~ended[:, None]).astype(float),
            options.profit.shape,
        )
    value = np.nan_to_num(items.price_of_demand)[:, None]
    if limits.least_share_served is not None:
        usage["least_share_served"] = np.maximum(n("lost"), 0.0) * value
    if limits.least_share_at_once is not None:
        usage["least_share_at_once"] = (
            np.minimum(np.maximum(n("lost"), 0.0) + n("waited"), n("demanded")) * value
        )
    return usage


def not_dominated(value: Array, usage: Array, unit: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Options for which no other earns at least as much with no more of any limit: shape (products, options).

    `value` (products, options), -inf where not offered; `usage` (limits, products, options). Products of one `unit` (products,) run an option
    together, so it is struck only where the same other is no worse for all of them. Of equal options the first stays.

    >>> not_dominated(np.array([[5.0, 4.0, 3.0]]), np.array([[[2.0, 3.0, 1.0]]]), np.array([0])).tolist()
    [[True, False, True]]
    """
    stays = np.isfinite(value)
    products, count = value.shape
    units = int(unit.max(initial=-1)) + 1
    earlier = np.tri(count, k=-1, dtype=bool)  # [j, other]: the other stands first
    for rows in (
        np.flatnonzero(np.isin(unit, block))
        for block in np.array_split(np.arange(units), max(1, products * count * count // 4_000_000))
    ):
        v, codes = value[rows], unit[rows]
        no_worse = np.isfinite(v)[:, None, :] & (v[:, None, :] >= v[:, :, None])
        better = v[:, None, :] > v[:, :, None]
        for amount in usage[:, rows]:
            no_worse &= amount[:, None, :] <= amount[:, :, None]
            better |= amount[:, None, :] < amount[:, :, None]
        beaten = no_worse & (better | earlier) & ~np.eye(count, dtype=bool)
        if len(np.unique(codes)) < len(codes):
            spared = np.zeros((units, count, count), bool)
            np.logical_or.at(spared, codes, ~beaten & np.isfinite(v)[:, :, None])
            beaten = ~spared[codes]
        stays[rows] &= ~beaten.any(axis=2)
    return stays


def expected_demand_value(options: Options, items: Items) -> float:
    """Demand of the year at list price: what the shares served are shares of."""
    demanded = counts_by_name(options.counts)("demanded")[:, 0]  # the same for every option
    return float((demanded * np.nan_to_num(items.price_of_demand)).sum())
