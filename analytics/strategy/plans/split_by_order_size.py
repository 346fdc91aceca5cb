"""Hybrid by order size or by channel: frequent small orders from stock, rare large ones made to order, or a channel of them.

One concept: the strategy HYBRID from end to end. The limits found in the order sizes, and the channel of the largest orders, fix the two
worlds, the stock for what is called small orders, the grid and the counts that are added; none of it serves another strategy.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand.order_sizes import OrderSizes
from analytics.forecast.spread.paths import WEEKS
from analytics.items import Items
from analytics.simulation.ledger import COUNT_INDEX
from analytics.simulation.order import OrderPlan, simulate_orders, worked_on_singly
from analytics.simulation.split import SizeTable, split_demand
from analytics.simulation.stock import MAX_WAIT_WEEKS, StockPlan, World, simulate_stock
from analytics.simulation.world import MAX_ORDERS
from analytics.strategy.plans.recipes import lots_of, with_settings
from analytics.strategy.plans.split_gate import ordering_channel, why_not_by_channel, why_not_split

__all__ = [
    "MOST_PRODUCTS",
    "SIZE_QUANTILES",
    "HybridPlan",
    "channel_refusals",
    "channel_table",
    "hybrid_counts",
    "hybrid_plan",
    "hybrid_settings",
    "orders_to_split",
    "refusals",
    "size_table",
    "years_waited",
]

Array = NDArray[np.float64]

#: Products whose orders are told apart at most: those with most orders (each costs as much as three products made to stock).
MOST_PRODUCTS = 300
#: Orders above these quantiles of the order size are large.
SIZE_QUANTILES = (0.8, 0.9, 0.95)
_MOST_SIZES = 48
#: Orders beyond a limit must make at least this share of units.
_LEAST_SHARE = 0.02
#: Beyond every order size: where the sizes of a channel that is parted begin, among those of the others.
_BEYOND = 1e9
#: Split demand held at a time while the shares are measured.
_MOST_BYTES = 8 << 20


@dataclass(frozen=True, eq=False)
class HybridPlan:
    """Products whose orders can be split by size, and how.

    Products (positions `index` in the portfolio) that can be split, and how: `table` of order sizes, and per product and limit the expected
    share of units in small orders, how much less (or more) they vary than the whole, orders told apart in a week, and the mean large order in orders of the
    product's mean size. Sizes and limits are in smallest quantities, `step` (products,) units each. `orders` are those of all products, from which a plan at
    other values is made.

    Where the orders name channels (`orders_to_split`) there is one more limit, the last: `by_channel` is the table whose "large" orders are those of `channel`
    (products,), a position in the orders' channels (-1: not split by channel, and the last limit repeats the one before). `by_size` (products,) marks those
    split by size; for the others the limits repeat the channel.
    """

    index: NDArray[np.intp]
    table: SizeTable
    small_share: Array
    spread: Array
    small_orders: NDArray[np.int64]
    large_orders: NDArray[np.int64]
    large_size: Array
    step: Array
    orders: OrderSizes
    by_size: NDArray[np.bool_]
    channel: NDArray[np.int64]
    by_channel: SizeTable | None = None

    def take(self, rows: NDArray[np.intp]) -> HybridPlan:
        """Some of the products, by their place in `index`.

        `rows` are positions, one per product taken.
        """
        others = ("table", "by_channel", "orders")
        rest = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name not in others}
        channels = None if self.by_channel is None else _rows_of(self.by_channel, rows)
        return HybridPlan(table=_rows_of(self.table, rows), orders=self.orders, by_channel=channels, **rest)

    @property
    def limit(self) -> Array:
        """The order size beyond which orders are large, in units, under every limit; infinite where a channel is parted. Shape (products, limits)."""
        size = np.where(self.by_size[:, None], self.table.limit, np.inf) * self.step[:, None]
        if self.by_channel is None:
            return size
        last = np.where(self.channel >= 0, np.inf, size[:, -1])
        return np.concatenate([size, last[:, None]], axis=1)

    @property
    def ordered_channel(self) -> NDArray[np.int64]:
        """The channel made to order under every limit (-1: none). Shape (products, limits)."""
        size = np.where(self.by_size, -1, self.channel)[:, None].repeat(self.table.limit.shape[1], axis=1)
        return size if self.by_channel is None else np.concatenate([size, self.channel[:, None]], axis=1)


def _rows_of(table: SizeTable, rows: NDArray[np.intp]) -> SizeTable:
    """The sizes of some of the products."""
    place = None if table.place is None else table.place[rows]
    return SizeTable(table.size[rows], table.chance[rows], table.limit[rows], table.rate[rows], place)


def _both_parts(
    world: World, plan: HybridPlan, threads: int = 1
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Demand in small and in large orders of the plan's products under every limit, two arrays (products, limits, paths, steps): see `split_demand`."""
    parts = split_demand(world, plan.table, threads)
    if plan.by_channel is None:
        return parts
    out = []
    apart, limits = plan.channel >= 0, plan.table.limit.shape[1]
    for size, channel in zip(parts, split_demand(world, plan.by_channel, threads), strict=True):
        by_size = np.where(plan.by_size[:, None, None, None], size, channel.repeat(limits, axis=1))
        last = np.where(apart[:, None, None, None], channel, size[:, -1:])
        out.append(np.ascontiguousarray(np.concatenate([by_size, last], axis=1)))
    return out[0], out[1]


def _sizes(orders: OrderSizes, product: int, step: float) -> Array:
    """Sizes of one product's orders in whole smallest quantities, rising."""
    return np.maximum(np.round(orders.of(product) / step), 1.0)


def _limits(sizes: Array, least: float) -> Array | None:
    """The limits beyond which orders are large, in the unit of `sizes`, None where there are none that can be made or bought one at a time.

    Limits beyond which hardly anything is large repeat the one before, limits whose mean large order is below the `least` lot the one after.
    """
    limit = np.quantile(sizes, SIZE_QUANTILES, method="inverted_cdf")
    for j in range(1, len(limit)):
        if sizes[sizes > limit[j]].sum() < _LEAST_SHARE * sizes.sum():
            limit[j] = limit[j - 1]
    mean = np.array([sizes[sizes > one].mean() if (sizes > one).any() else 1.0 for one in limit])
    bought = np.flatnonzero(mean >= least * (1.0 - 1e-9))
    if not len(bought):
        return None
    limit[: bought[0]] = limit[bought[0]]
    return np.asarray(limit, np.float64)


def size_table(
    orders: OrderSizes, index: NDArray[np.intp], rate: Array, step: Array, least: Array
) -> SizeTable:
    """Order sizes seen per product, and the limits that split them.

    Sizes seen per product, at most 48 of them (more are gathered into groups of about equal units), and the three limits; all in smallest quantities, of
    `step` (orders' products,) units each. `least` (orders' products,) units are the least lot.

    Every total can then be made up of orders: a single unit has at least a tiny chance.
    """
    size, chance = np.zeros((len(index), _MOST_SIZES)), np.zeros((len(index), _MOST_SIZES))
    limit = np.zeros((len(index), len(SIZE_QUANTILES)))
    for row, i in enumerate(index):
        seen = _sizes(orders, int(i), float(step[i]))
        limits = _limits(seen, float(least[i] / step[i]))
        limit[row] = np.inf if limits is None else limits
        values, counts = _gathered(seen, _MOST_SIZES - 1)
        if values[0] > 1.0:
            values, counts = np.append(1.0, values), np.append(1e-6, counts)
        size[row, : len(values)], chance[row, : len(values)] = values, counts / counts.sum()
        size[row, len(values) :] = 1e12
    return SizeTable(size, chance, limit, rate)


def _gathered(seen: Array, most: int) -> tuple[Array, Array]:
    """Sizes seen, rising, and how many orders of each; more than `most` sizes are gathered into groups of about equal units."""
    values, number_of = np.unique(seen, return_counts=True)
    counts = np.asarray(number_of, np.float64)
    if len(values) > most:
        group = np.minimum(np.cumsum(values * counts) / (values * counts).sum() * most, most - 1).astype(int)
        units, number = np.bincount(group, weights=values * counts), np.bincount(group, weights=counts)
        some = number > 0
        values, place = np.unique(np.maximum(np.round(units[some] / number[some]), 1.0), return_inverse=True)
        counts = np.asarray(np.bincount(place, weights=number[some]), np.float64)
    return values, counts


def channel_table(
    orders: OrderSizes, index: NDArray[np.intp], channel: NDArray[np.int64], rate: Array, step: Array
) -> SizeTable:
    """Order sizes of each product as in `size_table`, those of `channel` (products of `index`,) apart from those of the others (-1: all of the others).

    At most half as many sizes of either; "large" is what is sold through the channel, whatever its size.
    """
    shape = (len(index), _MOST_SIZES)
    size, chance, place = np.full(shape, 1e12), np.zeros(shape), np.full(shape, 4.0 * _BEYOND)
    for row, i in enumerate(index):
        seen, mine = _sizes(orders, int(i), float(step[i])), orders.channel_of(int(i)) == channel[row]
        mine = mine & (channel[row] >= 0)
        first, number = _gathered(seen[~mine], _MOST_SIZES // 2 - 1)
        if first[0] > 1.0:
            first, number = np.append(1.0, first), np.append(1e-6, number)
        second, more = _gathered(seen[mine], _MOST_SIZES // 2) if mine.any() else (np.zeros(0), np.zeros(0))
        both, count = np.concatenate([first, second]), np.concatenate([number, more])
        size[row, : len(both)], chance[row, : len(both)] = both, count / count.sum()
        place[row, : len(both)] = both + np.repeat([0.0, 2.0 * _BEYOND], [len(first), len(second)])
    return SizeTable(size, chance, np.full((len(index), 1), _BEYOND), rate, place)


def _worlds(world: World, plan: HybridPlan) -> tuple[World, World]:
    """The demand of small and of large orders as two worlds of (product, limit) pairs: same deaths, same customers, parts that add up."""
    own = world.take(plan.index)
    small, large = _both_parts(own, plan)
    limits = plan.small_share.shape[1]
    pairs = own.take(np.repeat(np.arange(len(plan.index)), limits))
    row = np.arange(len(plan.index) * limits)

    def of(part: NDArray[np.float32], orders: NDArray[np.int64]) -> World:
        return replace(
            pairs, parts=part.reshape(-1, *part.shape[2:]), drawn_row=row, orders_per_week=orders.ravel()
        )

    return of(small, plan.small_orders), of(large, plan.large_orders)


def orders_a_week(stock: StockPlan, orders: OrderSizes) -> Array:
    """Orders expected a week: expected units by the mean size of those seen (no order seen: single units). Shape (products,)."""
    weekly = stock.expected[:, :WEEKS].mean(axis=1)
    size = np.array([float(orders.of(i).mean()) if orders.count[i] else 1.0 for i in range(len(weekly))])
    return np.asarray(weekly / np.maximum(size, 1e-9))


def refusals(world: World, stock: StockPlan, order: OrderPlan, orders: OrderSizes) -> NDArray[Any]:
    """Why each product is not split by order size, in a few words; "" where it can be: `why_not_split`, and what its limits would be. Shape (products,)."""
    step = np.ones(len(stock.lot)) if world.step is None else world.step
    rate = orders_a_week(stock, orders)
    out = why_not_split(world, order, orders, rate)
    for i in np.flatnonzero(out == ""):
        if not rate[i] > 0.0:
            out[i] = "nothing is expected to sell"
        elif _limits(_sizes(orders, int(i), float(step[i])), float(stock.moq[i] / step[i])) is None:
            out[i] = "its large orders are below what must be made or bought at once"
    return out


def orders_to_split(orders: OrderSizes) -> OrderSizes:
    """The orders of a portfolio (orders,), with their channels only where these part some product: else nothing is played for them. See `ordering_channel`."""
    parted = (ordering_channel(orders, int(i))[0] >= 0 for i in np.flatnonzero(orders.count > 0))
    if orders.channel is None or any(parted):
        return orders
    return replace(orders, channel=None, channels=())


def channel_refusals(
    world: World, stock: StockPlan, order: OrderPlan, orders: OrderSizes
) -> NDArray[Any] | None:
    """Why each product is not split by channel, in a few words; "" where it can be, (products,); None where the file knows no two channels."""
    if orders.channel is None or len(orders.channels) < 2:
        return None
    step = np.ones(len(stock.lot)) if world.step is None else world.step
    rate = orders_a_week(stock, orders)
    out = why_not_by_channel(world, order, orders, rate)
    for i in np.flatnonzero(out == ""):
        code, mean = ordering_channel(orders, int(i))[0], _sizes(orders, int(i), float(step[i]))
        if not rate[i] > 0.0:
            out[i] = "nothing is expected to sell"
        elif mean[orders.channel_of(int(i)) == code].mean() < float(stock.moq[i] / step[i]) * (1.0 - 1e-9):
            out[i] = f"orders of {orders.channels[code]} are below what must be made or bought at once"
    return out


def hybrid_plan(
    world: World,
    stock: StockPlan,
    order: OrderPlan,
    orders: OrderSizes,
    alive: Array,
    items: Items,
    most: int | None = None,
) -> HybridPlan | None:
    """Which products can be split by order size, or by channel; None where there are none.

    Offered by the gates (`split_gate`), to those that are alive and whose large orders, or those of the channel, are at least the least
    lot on average (`refusals`, `channel_refusals`); of more than `most` (None: MOST_PRODUCTS), to those with most orders.
    """
    step = np.ones(len(items)) if world.step is None else world.step
    rate = orders_a_week(stock, orders)
    by_size = refusals(world, stock, order, orders) == ""
    apart = channel_refusals(world, stock, order, orders)
    by_channel = np.zeros(len(items), bool) if apart is None else apart == ""
    good = (by_size | by_channel) & (alive > 0.05)
    index = np.sort(
        np.argsort(-orders.count * good, kind="stable")[
            : min(MOST_PRODUCTS if most is None else most, int(good.sum()))
        ]
    )
    if not len(index):
        return None
    table = size_table(orders, index, rate[index], step, stock.moq)
    channel, channels = np.full(len(index), -1, np.int64), None
    if (
        orders.channel is not None
    ):  # one more limit, the last, for all: settings have one place in every trial
        found = np.array([ordering_channel(orders, int(i))[0] for i in index], np.int64)
        channel = np.where(by_channel[index], found, -1)
        channels = channel_table(orders, index, channel, rate[index], step)
    limits = len(SIZE_QUANTILES) + (channels is not None)
    share, spread, large_size = (np.ones((len(index), limits)) for _ in range(3))
    counted = np.zeros((len(index), limits, 2))
    for row, i in enumerate(index):
        sizes, sold_by = _sizes(orders, int(i), float(step[i])), orders.channel_of(int(i))
        for j in range(limits):
            parted = channel[row] >= 0 and (j == len(SIZE_QUANTILES) or not by_size[i])
            size_limit = table.limit[row, min(j, len(SIZE_QUANTILES) - 1)]
            big = sold_by == channel[row] if parted else sizes > size_limit
            large_size[row, j] = sizes[big].mean() if big.any() else 1.0
            counted[row, j] = rate[i] * np.array([1.0 - big.mean(), big.mean()])
    small_orders, large_orders = (
        np.clip(np.round(counted[..., k] / world.steps_per_week[index][:, None]), 1, MAX_ORDERS).astype(
            np.int64
        )
        for k in (0, 1)
    )
    usual = (
        np.maximum(np.nan_to_num(np.asarray(items["units_per_order"], np.float64)[index], nan=1.0), 1e-9)
        / step[index]
    )
    plan = HybridPlan(
        index,
        table,
        share,
        spread,
        small_orders,
        large_orders,
        large_size / usual[:, None],
        step[index],
        orders,
        by_size[index],
        channel,
        channels,
    )
    return with_parts_measured(plan, world, stock, np.arange(len(index)))


def with_parts_measured(
    plan: HybridPlan, world: World, stock: StockPlan, places: NDArray[np.intp]
) -> HybridPlan:
    """The plan in which the part of small orders, and how much they vary beside all, is that of the years of `world`, at `places` of its products."""
    share, spread, limits = plan.small_share.copy(), plan.spread.copy(), plan.small_share.shape[1]
    index, steps = plan.index[places], world.steps_per_week
    if not len(index):
        return plan
    span = np.rint((stock.lead_weeks + stock.review_weeks) * steps).astype(int)
    chunk = max(4, _MOST_BYTES // (2 * 4 * limits * world.paths * WEEKS * int(steps[index].max())))
    for begin in range(0, len(index), chunk):
        rows = places[begin : begin + chunk]
        part = plan.take(rows)
        small, large = _both_parts(world.take(part.index), part, threads=os.cpu_count() or 1)
        for k, i in enumerate(part.index):
            row = rows[k]
            one = small[k].astype(np.float64)
            whole = one[0] + large[k, 0]
            share[row] = one.sum(axis=(1, 2)) / max(whole.sum(), 1e-9)
            played = WEEKS * int(steps[i])
            within = min(int(span[i]), played)
            both = [some[..., :within].sum(axis=-1) for some in (one, whole)]
            of_small, of_whole = (
                both[0].std(axis=1) / np.maximum(both[0].mean(axis=1), 1e-9),
                both[1].std() / max(both[1].mean(), 1e-9),
            )
            spread[row] = np.where(of_whole > 0.0, of_small / max(of_whole, 1e-9), 1.0)
        del small, large  # or two chunks would be held
    return replace(plan, small_share=share, spread=spread)


def _stock_of(plan: HybridPlan, stock: StockPlan) -> StockPlan:
    """The stock plan for small orders: expected demand by their share, and levels as far above it as they vary.

    The relative quantile q of the whole becomes 1 + (q - 1) x (variation of small orders / variation of all) over the protection interval.
    """
    limits = plan.small_share.shape[1]
    of = np.repeat(plan.index, limits)
    share, spread = plan.small_share.ravel(), plan.spread.ravel()
    n = len(of)
    step = np.repeat(plan.step, limits)
    lot = stock.lot[of] * share[:, None]
    changed: dict[str, Any] = {
        "start": np.arange(n + 1),
        "members": np.arange(n),
        "expected": stock.expected[of] * share[:, None],
        "relative_quantile": np.maximum(1.0 + (stock.relative_quantile[of] - 1.0) * spread[:, None], 0.0),
        "lot": lots_of(lot, stock.whole[of], step, None if stock.multiple is None else stock.multiple[of]),
        "moq": stock.moq[of],
    }
    for f in fields(stock):
        column = getattr(stock, f.name)
        if f.name not in changed and isinstance(column, np.ndarray):
            changed[f.name] = np.ascontiguousarray(column[of])
    return replace(stock, **changed)


def hybrid_settings(plan: HybridPlan, stock: StockPlan) -> dict[str, Array]:
    """The grid: every limit with every stock setting, limits slowest; arrays (products, limits x settings)."""
    small = _stock_of(plan, stock)
    rows, per = len(plan.index), small.lot.shape[1]
    return {
        "relative_quantile": small.relative_quantile.reshape(rows, -1),
        "lot": small.lot.reshape(rows, -1),
        "order_size_limit": np.repeat(plan.limit, per, axis=1),
        "ordered_channel": np.repeat(plan.ordered_channel.astype(np.float64), per, axis=1),
        "small_share": np.repeat(plan.small_share, per, axis=1),
    }


def years_waited(counts: Array, steps_per_week: NDArray[np.int64]) -> Array:
    """Unit-years waited in stockouts: owed at the ends of steps, less the half step by which the orders of a step come before its end.

    `counts` has shape (products, settings, groups, counts).
    """
    half_step = 0.5 / (WEEKS * steps_per_week[:, None, None])
    return np.maximum(
        counts[..., COUNT_INDEX["backordered"]] - half_step * counts[..., COUNT_INDEX["waited"]], 0.0
    )


def hybrid_counts(
    world: World,
    plan: HybridPlan,
    stock: StockPlan,
    order: OrderPlan,
    alive: Array,
    group: NDArray[np.int64],
    chosen: NDArray[np.intp] | None = None,
) -> tuple[Array, Array]:
    """Counts of small orders from stock and large ones to order, added: (products, settings, groups, counts); and waits by week.

    With `chosen` (products, k) positions on the grid, only those settings are played and `waits` (products, k, steps) is filled: units by steps
    (weeks or days) waited, summed over all paths; what large orders wait counts in the step nearest to their quote.
    """
    c = COUNT_INDEX
    limits = plan.small_share.shape[1]
    small_world, large_world = _worlds(world, plan)
    small_stock = _stock_of(plan, stock)
    per = small_stock.lot.shape[1]
    rows = len(plan.index)
    steps = world.steps_per_week[plan.index]
    waits = np.zeros((rows, 0 if chosen is None else chosen.shape[1], 0))
    if (
        chosen is not None
    ):  # every limit plays the stock settings of every chosen position; those of the right limit are kept
        small_stock = with_settings(small_stock, np.repeat(chosen % per, limits, axis=0))
    part, _, wait = simulate_stock(small_world, small_stock, group, 0, rows * limits, chosen is not None)
    part[..., c["late"]] = part[..., c["backordered"]] = years_waited(part, np.repeat(steps, limits))
    of = np.repeat(plan.index, limits)
    orders = simulate_orders(
        large_world,
        OrderPlan(
            order.quote_days[of][:, :1].copy(),
            order.production_years[of].copy(),
            plan.large_size.ravel().copy(),
        ),
        group,
        0,
        rows * limits,
    )
    both = part + worked_on_singly(orders)
    if chosen is None:
        shape = (rows, limits * per, *both.shape[2:])
        return both.reshape(shape) * alive[plan.index, None, None, None], waits
    at = np.arange(rows)[:, None] * limits + chosen // per
    column = np.arange(chosen.shape[1])[None, :]
    picked = both[at, column] * alive[plan.index, None, None, None]
    nearest = np.clip(
        np.floor(order.quote_days[plan.index, 0] / 7.0 * steps + 1.0), 0, MAX_WAIT_WEEKS * steps
    ).astype(int)
    waits = wait[at, column]
    told = orders[at, 0][..., c["waited"]].mean(axis=-1) * world.paths
    waits[np.arange(rows)[:, None], column, nearest[:, None]] += told
    return picked, waits * alive[plan.index, None, None]
