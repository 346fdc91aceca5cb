"""The load of the shop by month: what is made to order against what can be made, and the wait that a crowded shop adds to a quote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.demand.order_sizes import OrderSizes
from analytics.forecast.forecast import Forecast
from analytics.forecast.spread.paths import WEEKS
from analytics.items import Items
from analytics.limits import Limits
from analytics.naming.labels import Strategy
from analytics.policy.queueing import mixed_service, queue_quote, queue_wait
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.plans.recipes import expected_weeks

__all__ = [
    "FAR_BELOW",
    "MONTHS",
    "Judged",
    "Load",
    "best_month",
    "busy_months",
    "judged_months",
    "load_by_month",
    "made_by_month",
    "months_of",
    "order_size_variability",
    "planned_by_month",
    "queue_allowance",
    "work_per_unit",
    "work_share",
]  # fmt: skip

Array = NDArray[np.float64]

MONTHS = 12
#: Share of orders that start within the queue allowance of a quote.
_RELIABILITY = 0.9


#: Share of last year's work below which a month is planned so low that something is missing.
FAR_BELOW = 0.75
#: Orders below which the variability of their sizes cannot be told.
_FEWEST_ORDERS = 5


@dataclass(frozen=True)
class Judged:
    """How far the year ahead says what the shop will have to do.

    How far the year ahead says what the shop will have to do: `months` are judged from the first on; from there on what is planned lies far below what was
    made in the same months of last year, `planned` against `made` work in them (0 where every month is judged). `endings` are the products whose planned units fade
    within the year, `launches` those launched within the two years before it: their like are missing from the plan.
    """

    months: int
    planned: float
    made: float
    endings: int
    launches: int


@dataclass(frozen=True, eq=False)
class Load:
    """Work by month of the year ahead: `to_order` (months,) done after an order, `for_stock` (months,) what stock takes, levelled over the year.

    `capacity` is work per month; `origin` "stated" (then it is what can be made to order, and stock takes nothing of it) or "assumed" (the
    best month shipped so far, by the whole shop). `unit` is units or hours. `by_strategy` is the same work by the strategy it belongs to, each (months,).
    """

    months: tuple[str, ...]
    to_order: Array
    for_stock: Array
    capacity: float
    unit: str
    origin: str
    by_strategy: Mapping[str, Array] = field(default_factory=dict)
    judged: Judged | None = None

    @property
    def work(self) -> Array:
        """Work of every month, after an order and for stock. Shape (months,), in `unit`."""
        return self.to_order + self.for_stock

    @property
    def utilisation(self) -> Array:
        """Share of capacity taken in every month; infinite without capacity."""
        total = self.work
        return np.where(total > 0.0, total / self.capacity if self.capacity > 0.0 else np.inf, 0.0)

    @property
    def over(self) -> NDArray[np.bool_]:
        """Months in which more is to be made than can be."""
        return self.work > self.capacity * (1.0 + 1e-9)


def months_of(forecast: Forecast) -> tuple[tuple[str, ...], Array]:
    """The twelve months ahead by name, and the share of each product's yearly demand in each: shape (products, 12), rows sum to one.

    Months are twelfths of the 52 weeks simulated; demand within a week is spread evenly.
    """
    weekly = expected_weeks(forecast, WEEKS)
    cumulative = np.concatenate([np.zeros((len(weekly), 1)), np.cumsum(weekly, axis=1)], axis=1)
    edges = np.linspace(0.0, WEEKS, MONTHS + 1)
    lower = np.minimum(np.floor(edges).astype(np.int64), WEEKS - 1)
    at = cumulative[:, lower] + (edges - lower) * (cumulative[:, lower + 1] - cumulative[:, lower])
    total = at[:, -1:]
    share = np.where(total > 1e-12, np.diff(at, axis=1) / np.where(total > 1e-12, total, 1.0), 1.0 / MONTHS)
    middle = (np.asarray(forecast.first_period).astype("datetime64[D]") + np.timedelta64(15, "D")).astype(
        "datetime64[M]"
    )
    return tuple(str(middle + k) for k in range(MONTHS)), share


def work_per_unit(items: Items, limits: Limits) -> Array:
    """Work on one unit: 1 where capacity is counted in units, else its hours (its own, its family's, the general ones, else 1); 0 if bought in."""
    make = np.nan_to_num(items["make"], nan=1.0) > 0.0
    general = limits.hours_per_unit if limits.hours_per_unit is not None else 1.0
    hours = [
        limits.hours.get(str(sku), limits.hours.get(str(family), general))
        for sku, family in zip(items.skus, items["family"], strict=True)
    ]
    return np.where(make, np.array(hours, float) if limits.in_hours else 1.0, 0.0)


def work_share(items: Items, strategy: str) -> Array:
    """Share of the work on a unit that is done after its order: none (stock), all (to order), final assembly's share of production time (assembled)."""
    if strategy != Strategy.ATO:
        return np.full(len(items), float(strategy == Strategy.MTO))
    production, assembly = np.nan_to_num(items["production_days"]), np.nan_to_num(items["assembly_days"])
    return np.where(
        production > 0.0, np.minimum(assembly, production) / np.where(production > 0.0, production, 1.0), 0.0
    )


def best_month(history: SalesHistory, work: Array) -> float:
    """Most work ever shipped in one calendar month, returns aside: what the shop is assumed to be able to do. By shipping date where known."""
    if not len(history):
        return 0.0
    day = (
        np.where(np.isnat(history.shipped), history.date, history.shipped)
        .astype("datetime64[M]")
        .astype(np.int64)
    )
    amount = np.maximum(history.quantity, 0.0) * work[history.sku]
    return float(np.bincount(day - day.min(), weights=amount).max())


def load_by_month(
    items: Items,
    shares: Array,
    months: tuple[str, ...],
    chosen: NDArray[np.intp],
    strategies: tuple[str, ...],
    counts: Array,
    limits: Limits,
    assumed: float,
) -> Load:
    """Load of a mix: `chosen` (products,) positions in `strategies`, `counts` (products, strategies, counts) what each does in a year.

    `shares` as months_of; `assumed` is the capacity of the whole shop where none is stated for orders.
    """
    rows = np.arange(len(items))
    picked = counts[rows, chosen]
    sold = picked[:, COUNT_INDEX["demanded"]] - picked[:, COUNT_INDEX["lost"]]
    after = np.stack([work_share(items, name) for name in strategies], axis=1)[rows, chosen]
    work = sold * work_per_unit(items, limits)
    stated = limits.order_capacity_per_month
    before = float((work * (1.0 - after)).sum()) / MONTHS
    for_stock = np.full(MONTHS, before if stated is None else 0.0)
    unit = "hours" if limits.in_hours else "units"
    by_strategy = {}
    for k, name in enumerate(strategies):
        mine = chosen == k
        levelled = float((work * (1.0 - after))[mine].sum()) / MONTHS if stated is None else 0.0
        by_strategy[name] = (work * after * mine) @ shares + levelled
    origin = "assumed" if stated is None else "stated"
    return Load(
        months,
        (work * after) @ shares,
        for_stock,
        assumed if stated is None else stated,
        unit,
        origin,
        by_strategy,
    )


def judged_months(planned: Array, made: Array, endings: int, launches: int) -> Judged:
    """How many months of the year ahead can be judged.

    How many months of the year ahead can be judged: those before the first from which on every month is planned below three quarters of what was made in
    the same month of last year (both (months,), in work), at least two of them. A single weak month, or a whole year that shrinks evenly by less, is no gap.

    >>> judged_months(np.array([9.0, 10.0, 6.0, 5.0]), np.array([10.0, 10.0, 10.0, 10.0]), 3, 5).months
    2
    >>> judged_months(np.array([9.0, 6.0, 9.0, 9.0]), np.array([10.0, 10.0, 10.0, 10.0]), 0, 0).months
    4
    """
    far_below = planned < FAR_BELOW * made
    judged = len(planned)
    while judged > 0 and far_below[judged - 1]:
        judged -= 1
    judged = judged if judged < len(planned) - 1 else len(planned)
    rest = slice(judged, None)
    return Judged(judged, float(planned[rest].sum()), float(made[rest].sum()), endings, launches)


def made_by_month(history: SalesHistory, work: Array, months: tuple[str, ...]) -> Array:
    """Work shipped in the same months of the year before those named, by shipping date where known, returns aside: shape (months,)."""
    if not len(history):
        return np.zeros(len(months))
    day = (
        np.where(np.isnat(history.shipped), history.date, history.shipped)
        .astype("datetime64[M]")
        .astype(np.int64)
    )
    amount = np.maximum(history.quantity, 0.0) * work[history.sku]
    before = [int((np.datetime64(month, "M") - 12).astype(np.int64)) for month in months]
    return np.array([float(amount[day == month].sum()) for month in before])


def planned_by_month(items: Items, shares: Array, demand: Array, limits: Limits) -> Array:
    """Work that a year's `demand` (products,) of what is made in house is in every month: shape (months,); `shares` as months_of."""
    return np.asarray((demand * work_per_unit(items, limits)) @ shares)


def order_size_variability(orders: OrderSizes) -> Array:
    """Squared coefficient of variation of each product's order size; 1, the usual assumption, below five orders."""
    return np.where(orders.count >= _FEWEST_ORDERS, np.clip(orders.variability, 0.0, 10.0), 1.0)


def busy_months(load: Array) -> float:
    """How much busier than the average month the month is that a typical order meets: busy months hold more orders.

    Formula: mean of load^2 / (mean of load)^2; 1 for a level year, without load too. Source: definition (months weighted by their load).

    >>> busy_months(np.array([10.0, 30.0]))  # (100 + 900) / 2 / 400
    1.25
    """
    mean = float(load.mean())
    return float((load**2).mean()) / mean**2 if mean > 0.0 else 1.0


def queue_allowance(
    utilisation: float, capacity: float, orders: Array, work_per_order: Array, size_variability: Array
) -> float:
    """Days that must be left for the queue in a quote so that nine of ten orders start in time.

    Formula: queueing.queue_quote of the mean wait in an M/G/1 queue at this utilisation, less the work itself. `capacity` is work per month,
    `orders` (products,) orders a year, `work_per_order` in the unit of capacity. Assumes random arrivals, one shop, first come first served.
    Source: `queueing.queue_quote`.
    """
    at = (orders > 0.0) & (work_per_order > 0.0)
    if not at.any() or utilisation <= 0.0:
        return 0.0
    days = work_per_order[at] / (capacity * 12.0 / 365.0)
    mean, variability = mixed_service(orders[at], days, size_variability[at])
    wait = float(queue_wait(utilisation / mean, mean, 1.0, max(variability, 0.0)))
    return max(0.0, float(queue_quote(utilisation, wait, mean, _RELIABILITY)) - mean)
