"""Making or buying to order where no less than a minimum can be: two settings beside the single orders of everything else.

One concept: the batch from end to end. The products it concerns, the plan of those who wait for it, the stock of what is left of one
that the first order starts, the grid and the counts of both; none of it serves another strategy.

Where a minimum rules single orders out (`recipes.minimum_binds`) the settings of making to order are: wait for the batch (WAIT), and
start the batch, rest to stock (START), both of the least lot. Which counts is chosen as any other setting is.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.paths import WEEKS
from analytics.items import Items
from analytics.naming.labels import units_text
from analytics.policy.batches import (
    LEAST_SHARE_FILLED,
    Buyers,
    batch_filled_by_orders,
    largest_batch_filled,
)
from analytics.simulation.batch import FillPlan, simulate_batches
from analytics.simulation.ledger import COUNT_INDEX
from analytics.simulation.order import OrderPlan
from analytics.simulation.stock import StockPlan, World, simulate_stock
from analytics.simulation.world import in_force
from analytics.strategy.plans.recipes import (
    NO_QUOTE_DAYS,
    lots_of,
    mean_order_size,
    minimum_binds,
    rounded_weeks,
    with_settings,
)
from analytics.strategy.plans.split_by_order_size import years_waited

__all__ = [
    "BATCH_SETTINGS",
    "NOT_CHOSEN",
    "SINGLE",
    "START",
    "WAIT",
    "BatchPlan",
    "batch_counts",
    "batch_plan",
    "never_filled",
    "order_ways",
    "requoted_batches",
    "way_text",
]

Array = NDArray[np.float64]

#: The settings of making to order in batches: wait until customers fill one, or start it with the first order.
WAIT, START = 0, 1
BATCH_SETTINGS = 2
#: What a setting of making to order is (`order_ways`): never chosen, one order at a time, waits for the batch, starts it.
NOT_CHOSEN, SINGLE, FILLED, STARTED = -1.0, 0.0, 1.0, 2.0


@dataclass(frozen=True, eq=False)
class BatchPlan:
    """Products (positions `index` in the portfolio, rising) that cannot be made or bought one order at a time, and how they are to order.

    `fill` is the plan of those who wait for the batch, `start` the stock of a batch that the first order starts: level 0, the least lot.
    By the closed form at the values in force: `share` (products,) of demand that stays until a batch is full,
    `mean_wait` in days (NaN: none fills), `stays` the share that stays at the quote alone, `largest` the orders in the largest batch that customers fill.
    """

    index: NDArray[np.intp]
    fill: FillPlan
    start: StockPlan
    share: Array
    mean_wait: Array
    stays: Array
    largest: NDArray[np.int64]

    def take(self, rows: NDArray[np.intp]) -> BatchPlan:
        """Some of the products, by their place in `index`.

        `rows` are positions, one per product taken.
        """
        fill = FillPlan(*(getattr(self.fill, f.name)[rows] for f in fields(FillPlan)))
        own = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name not in ("fill", "start")}
        return BatchPlan(fill=fill, start=_rows(self.start, rows), **own)

    def of(self, products: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Which of some products (positions, any order) are here: their places among `products`, and their places in `index`."""
        place = np.searchsorted(self.index, products)
        known = self.index[np.minimum(place, len(self.index) - 1)] == products
        at = np.flatnonzero((place < len(self.index)) & known)
        return at, place[at]

    def at(self, rows: NDArray[np.intp]) -> BatchPlan | None:
        """The batches of the products at positions `rows` (n,) of the portfolio, renumbered by their places among them (None: of none)."""
        at, place = self.of(rows)
        return replace(self.take(place), index=at) if len(at) else None


def _rows(stock: StockPlan, rows: NDArray[np.intp], **changed: Any) -> StockPlan:
    """The stock plan of the products at `rows`, each a unit of its own."""
    n = len(rows)
    own: dict[str, Any] = {"start": np.arange(n + 1), "members": np.arange(n), **changed}
    for f in fields(stock):
        column = getattr(stock, f.name)
        if f.name not in own and isinstance(column, np.ndarray):
            own[f.name] = np.ascontiguousarray(column[rows])
    return replace(stock, **own)


def batch_plan(items: Items, world: World, stock: StockPlan, order: OrderPlan) -> BatchPlan | None:
    """How products are made or bought to order whose minimum rules single orders out; None where there are none.

    `stock` is the plan of the same products made to stock: what they are made or bought in, and what is expected, is the same. What
    starts a batch waits the quote, as any other order does; the rest is found on the shelf.
    """
    index = np.flatnonzero(minimum_binds(items) & (order.quote_days[:, 0] < NO_QUOTE_DAYS))
    if not len(index):
        return None
    n = len(index)
    steps = world.steps_per_week[index]
    step = np.ones(n) if stock.step is None else stock.step[index]
    multiple = np.zeros(n) if stock.multiple is None else stock.multiple[index]
    size = mean_order_size(items, world.integer, np.ones(len(items)) if world.step is None else world.step)
    size = np.where(size[index] > 0.0, size[index], step)
    least = np.maximum(np.maximum(stock.moq[index], multiple), size)
    weekly = stock.expected[index, :WEEKS].mean(axis=1)
    quote = np.ascontiguousarray(order.quote_days[index, 0])
    production = order.production_years[index]
    rate = np.maximum(weekly / 7.0 / size, 1e-12)
    fill = FillPlan(quote, least, multiple, size, rate, production)
    lots = lots_of(least[:, None], stock.whole[index], step, multiple)
    start = _rows(
        stock,
        index,
        relative_quantile=np.zeros(lots.shape),
        lot=lots,
        lead_weeks=_lead_of(quote, steps),
        review_weeks=1.0 / steps,
        stockout_wait_days=np.repeat(quote[:, None], lots.shape[1], axis=1),
        share_waiting=np.full(n, np.nan),
        production_weeks=production * WEEKS,
        door_wait_days=np.zeros(n),
        lead_by_draw=None,
        lead_time_cv=None,
        planned_weeks=None,
        order_gap=None,
    )
    return BatchPlan(index, fill, start, *_by_closed_form(in_force(world), index, fill))


def _by_closed_form(
    world: World, index: NDArray[np.intp], fill: FillPlan
) -> tuple[Array, Array, Array, NDArray[np.int64]]:
    """Share that stays until a batch is full, its mean wait, the share that stays at the quote, and the orders in the largest batch filled, at the values in force."""
    share, stays, wait = np.zeros(len(index)), np.zeros(len(index)), np.full(len(index), np.nan)
    largest = np.ones(len(index), np.int64)
    for k, i in enumerate(index):
        curve = 0 if world.patience_curve is None else int(world.patience_curve[i])
        shape = 1.0 if world.patience_shape is None else float(world.patience_shape[i])
        past = float(world.historical_wait_days[i])
        buyers = Buyers(float(world.patience_per_day[i].mean()), past, curve, shape)
        size, quote = float(fill.order_size[k]), float(fill.quote_days[k])
        a_year = float(fill.orders_a_day[k]) * 365.0 * size
        found = batch_filled_by_orders(float(fill.least[k]), size, a_year, quote, buyers)
        share[k], wait[k] = found.share_of_demand, found.mean_wait_days
        stays[k] = batch_filled_by_orders(size, size, a_year, quote, buyers).share_of_demand
        if share[k] < LEAST_SHARE_FILLED:
            largest[k] = largest_batch_filled(size, a_year, quote, buyers)
        else:
            largest[k] = found.orders_per_batch
    return share, wait, stays, largest


def order_ways(order: OrderPlan, batches: BatchPlan | None) -> Array:
    """What every setting of making to order is: NOT_CHOSEN, SINGLE, FILLED or STARTED, shape (products, settings).

    One order at a time is chosen at the quote in force alone; the other quotes are for the picture of profit by quote. Where a minimum
    rules it out: waiting for the batch, unless next to nobody does (`LEAST_SHARE_FILLED`), and starting it.
    """
    n, settings = order.quote_days.shape
    ways = np.full((n, settings if batches is None else max(settings, BATCH_SETTINGS)), NOT_CHOSEN)
    ways[:, 0] = SINGLE
    if batches is not None:
        ways[batches.index] = NOT_CHOSEN
        ways[batches.index, WAIT] = np.where(batches.share >= LEAST_SHARE_FILLED, FILLED, NOT_CHOSEN)
        ways[batches.index, START] = STARTED
    return ways


def batch_counts(
    world: World,
    plan: BatchPlan,
    group: NDArray[np.int64],
    chosen: NDArray[np.intp] | None = None,
    waits: bool = False,
) -> tuple[Array, Array]:
    """Counts of all settings (products, BATCH_SETTINGS, groups, counts), and units by steps from order to delivery, if asked for.

    With `chosen` (products, k) settings, only those are played: (products, k, groups, counts). `waits` (products, settings, steps) are
    summed over all paths, of those who wait at all; empty where they are not asked for.
    """
    own, c = world.take(plan.index), COUNT_INDEX
    settings = np.tile(np.arange(BATCH_SETTINGS), (len(plan.index), 1)) if chosen is None else chosen
    start = plan.start
    if chosen is not None:
        start = with_settings(start, np.zeros_like(chosen))
    started, _, waited = simulate_stock(own, start, group, 0, len(plan.index), waits)
    started[..., c["backordered"]] = years_waited(started, own.steps_per_week)
    started[..., c["late"]] = 0.0  # nobody waits longer than the quote, which is the lead time of a batch
    started[..., c["to_order"]] = started[..., c["waited"]]
    filled, of_fill = simulate_batches(own, plan.fill, group, waits)
    filled[..., c["to_order"]] = filled[..., c["ordered"]]
    for some in (started, filled):
        some[..., c["in_batches"]] = some[..., c["to_order"]]
        some[..., c["promised"]] = some[..., c["backordered"]]
    if chosen is None:
        return np.concatenate([filled[:, None], started], axis=1), np.zeros((len(plan.index), 0, 0))
    fills = settings == WAIT
    counts = np.where(fills[:, :, None, None], filled[:, None], started)
    steps = np.where(fills[:, :, None], of_fill[:, None], waited) if waits else np.zeros((0, 0, 0))
    return counts, steps


def never_filled(plan: BatchPlan | None, by_half: NDArray[np.intp]) -> NDArray[np.intp]:
    """Products (positions) that would wait for a batch at a setting of `by_half` (products, 2) and that next to nobody waits for."""
    if plan is None:
        return np.zeros(0, np.intp)
    waits = (by_half[plan.index] == WAIT).any(axis=1)
    return plan.index[waits & (plan.share < LEAST_SHARE_FILLED)]


def requoted_batches(plan: BatchPlan | None, quote_days: Array, world: World) -> BatchPlan | None:
    """The batches at other quotes, `quote_days` (products of the portfolio,): as they are played today, whatever is planned."""
    if plan is None:
        return None
    quote = np.ascontiguousarray(quote_days[plan.index])
    steps = world.steps_per_week[plan.index]
    start = replace(
        plan.start,
        lead_weeks=_lead_of(quote, steps),
        stockout_wait_days=np.repeat(quote[:, None], plan.start.lot.shape[1], axis=1),
    )
    return replace(plan, fill=replace(plan.fill, quote_days=quote), start=start)


def _lead_of(quote_days: Array, steps_per_week: NDArray[np.int64]) -> Array:
    """The lead time in weeks at which who starts a batch waits the quote: orders of a step come half a step before its end, on average."""
    return np.maximum(rounded_weeks(quote_days - 3.5 / steps_per_week, steps_per_week), 0.0)


def way_text(plan: BatchPlan | None, product: int, setting: int) -> str:
    """How a product is made or bought to order at a setting, in words; "" where it is one order at a time."""
    if plan is None:
        return ""
    at, place = plan.of(np.array([product]))
    if not len(at):
        return ""
    row = int(place[0])
    orders = int(plan.fill.orders[row])
    if setting == WAIT and orders == 1 and not plan.fill.multiple[row] > 0.0:  # an order is mostly enough
        return f"waits until {units_text(float(plan.fill.least[row]))} are ordered"
    if setting == WAIT and orders == 1:  # a multiple that one order exceeds
        return f"orders in multiples of {units_text(float(plan.fill.multiple[row]))}, what is over waits for the next"
    if setting == WAIT:
        return f"waits for a batch of {orders:,} orders"
    return f"starts the batch of {units_text(float(plan.start.lot[row, 0]))}, rest to stock"
