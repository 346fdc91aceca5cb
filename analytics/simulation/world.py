"""The world of a path: demand, when each product dies and which customers stay, from keyed random numbers.

One concept: what nature does, the same for every strategy: demand, death and patience, each from a stream of
random numbers of its own. Plans and kernels elsewhere only ask for them.

Death and patience are drawn once per product and path and used by every strategy.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.paths import (
    WEEKS,
    WORK,
    DemandArrays,
    days_of_weeks,
    product_demand,
    weekly_path,
)
from analytics.machine.borrowed import borrowed
from analytics.machine.kernel_cache import borrower, kernel, part
from analytics.policy.patience import curve_in_force, share_beyond
from analytics.randomness import GOLDEN, STREAMS, mix, subkey, uniform
from analytics.simulation.chunks import consecutive, in_chunks

__all__ = [
    "BYTES_DRAWN",
    "MAX_ORDERS",
    "MOST_DRAWN",
    "PATIENCE_STREAM",
    "Groups",
    "Played",
    "World",
    "WorldArrays",
    "death_step",
    "draw_demand",
    "frozen",
    "groups_of",
    "in_force",
    "in_steps",
    "member_demand",
    "nothing_drawn",
    "patience_threshold",
    "played_as",
    "product_path",
    "share_staying",
    "step_uniforms",
    "with_demand_drawn",
    "world_arrays",
]

_DEATH = np.uint64(STREAMS["death"])
PATIENCE_STREAM = np.uint64(STREAMS["patience"])

#: Demand drawn beforehand is held in whole numbers of so many bytes, up to this.
BYTES_DRAWN, MOST_DRAWN = 2, 65535
#: Products drawn at a time before they are held.
_AT_ONCE = 64

#: Customer orders told apart in one step (week or day); more are grouped into this many equal parts.
MAX_ORDERS = 8

#: Where in the scratch space of a path the first of a step's customers to come in stands.
_FIRST = 7 * WEEKS

#: A customer's own uniform has 16 bits, so that four of them come from one random number.
_UNIT = 65536.0
_LOW = np.uint64(0xFFFF)
_SIXTEEN = np.uint64(16)


def nothing_drawn() -> NDArray[np.uint16]:
    """Demand drawn beforehand of no product at all: (0, 0, weeks)."""
    return np.zeros((0, 0, WEEKS), np.uint16)


def no_parts() -> NDArray[np.float32]:
    """Demand taken apart beforehand of no product at all: (0, 0, weeks)."""
    return np.zeros((0, 0, WEEKS), np.float32)


_PER_PRODUCT = (
    "keys", "mean", "noise", "level_error", "drift", "integer", "family", "end_week", "hazard_per_week", "patience_per_day", "historical_wait_days", "orders_per_week",
)  # fmt: skip
_WHERE_KNOWN = (
    "drawn_row",
    "patience_curve",
    "patience_shape",
    "by_day",
    "order_size",
    "hazard_in_force",
    "patience_in_force",
    "step",
    "mean_order",
    "lump",
)


@dataclass(frozen=True, eq=False)
class World:
    """What nature does, per product: demand (the forecast's arrays), death and patience.

    `end_week` is the last week in which a product sells (1e9: no known end). `hazard_per_week` and
    `patience_per_day` have shape (products, draws); `orders_per_week` says into how many customer orders the
    demand of a week (of a day, where days are played) is told apart (1 to MAX_ORDERS).

    `patience_curve` (products,) names the curve of patience by its position in `assumptions.PATIENCE_CURVES`, `patience_shape`
    (products,) how steep it is (None: exponential for all).

    A step of the simulation is a week, or a day for products that are played `by_day` (products,), None: none is.
    Durations and rates stay in weeks here and in every plan, and are turned into steps for the kernels. The demand of
    a week is the same in both: its orders fall on days by `day_share` (7,), from the first day of a simulated week on, unless
    the forecast itself is by day. `order_size` (products, K) are rising order sizes, each that of
    an equal share of all units (0: not known, None: single units).

    `step` (products,) is the smallest quantity in which a product is sold (None: one unit of each). Kernels count in it, so that kilograms and grams
    are one and the same; whatever comes back from a simulation is in units again. Demand drawn beforehand stays in smallest quantities.

    `hazard_in_force` (per week) and `patience_in_force` (products,) are the values that the draws lie around (None: the draws are all there is, see
    `in_force`).

    `mean_order` (products,) is the mean order in units (0: any amount), `lump` the units that come together, E[size^2] / E[size]
    (None: the smallest quantity): what is left over waits its turn by them.

    `drawn` (rows, paths or more, steps) may hold demand drawn beforehand, `drawn_row` the row of each product
    (-1: drawn where it is used): the same numbers, only sooner (see `with_demand_drawn`). `parts` of the same shape stand for it where
    the demand of small or of large orders alone is played (see `simulation.split`).
    """

    keys: NDArray[np.uint64]
    mean: NDArray[np.float64]
    noise: NDArray[np.float64]
    level_error: NDArray[np.float64]
    drift: NDArray[np.float64]
    integer: NDArray[np.bool_]
    family: NDArray[np.int64]
    market: NDArray[np.float64]
    family_shock: NDArray[np.float64]
    period_weeks: float
    inner: int
    end_week: NDArray[np.float64]
    hazard_per_week: NDArray[np.float64]
    patience_per_day: NDArray[np.float64]
    historical_wait_days: NDArray[np.float64]
    orders_per_week: NDArray[np.int64]
    drawn: NDArray[np.uint16] = field(default_factory=nothing_drawn)
    drawn_row: NDArray[np.int64] | None = None
    parts: NDArray[np.float32] = field(default_factory=no_parts)
    patience_curve: NDArray[np.int64] | None = None
    patience_shape: NDArray[np.float64] | None = None
    by_day: NDArray[np.bool_] | None = None
    order_size: NDArray[np.float64] | None = None
    day_share: NDArray[np.float64] = field(default_factory=lambda: np.full(7, 1.0 / 7.0))
    hazard_in_force: NDArray[np.float64] | None = None
    patience_in_force: NDArray[np.float64] | None = None
    step: NDArray[np.float64] | None = None
    mean_order: NDArray[np.float64] | None = None
    lump: NDArray[np.float64] | None = None

    @property
    def steps_per_week(self) -> NDArray[np.int64]:
        """Steps of the simulation in a week of each product: 1, or 7 where days are played."""
        by_day = np.zeros(len(self.keys), bool) if self.by_day is None else self.by_day
        return np.where(by_day, 7, 1)

    @property
    def paths(self) -> int:
        """Number of paths."""
        return len(self.market)

    def take(self, index: NDArray[np.intp]) -> World:
        """The world of the products at these positions, in this order."""
        if len(index) == len(self.keys) and np.array_equal(index, np.arange(len(index))):
            return self
        names = (*_PER_PRODUCT, *(name for name in _WHERE_KNOWN if getattr(self, name) is not None))
        at = consecutive(index)
        changed: dict[str, Any] = {name: np.ascontiguousarray(getattr(self, name)[at]) for name in names}
        return replace(self, **changed)


def in_force(world: World) -> World:
    """The world with chances of ending and patience at their values in force in every draw: what settings and strategies are chosen on."""
    draws = world.hazard_per_week.shape[1]
    hazard, patience = world.hazard_per_week, world.patience_per_day
    if world.hazard_in_force is not None:
        hazard = np.repeat(world.hazard_in_force[:, None], draws, axis=1)
    if world.patience_in_force is not None:
        patience = np.repeat(world.patience_in_force[:, None], draws, axis=1)
    return replace(world, hazard_per_week=hazard, patience_per_day=patience)


def frozen(array: Any, dtype: Any) -> NDArray[Any]:
    """A contiguous read-only view (a copy only where needed), so that a kernel is compiled for one type of array."""
    if (
        isinstance(array, np.ndarray)
        and array.dtype == dtype
        and array.flags.c_contiguous
        and not array.flags.writeable
    ):
        return array
    view = np.ascontiguousarray(array, dtype=dtype).view()
    view.flags.writeable = False
    return view


class WorldArrays(NamedTuple):
    """The world as the kernels take it, read-only: quantities are in smallest quantities, durations in steps.

    demand: what customers want, see `DemandArrays`.
    end: (products,), last step in which a product sells (1e9: no known end).
    hazard: (products, draws), rate of ending by step.
    patience: (products, draws), per day; curve: (products,), its place in `CURVES`; shape: (products,), how steep.
    historical: (products,), the wait in days that customers are used to.
    orders: (products,), into how many customer orders a step's demand is told apart.
    drawn: (rows, paths, steps), demand drawn beforehand, or its parts in `parts` (of no row: none); drawn_row: (products,), a product's row in it (-1: none).
    steps_per_week: (products,), 1, or 7 where days are played.
    day_edges: (7,), share of a week's orders up to the end of each day.
    order_size: (products, sizes), rising order sizes, each that of an equal share of all units.
    """

    demand: DemandArrays
    end: NDArray[np.float64]
    hazard: NDArray[np.float64]
    patience: NDArray[np.float64]
    curve: NDArray[np.int64]
    shape: NDArray[np.float64]
    historical: NDArray[np.float64]
    orders: NDArray[np.int64]
    drawn: NDArray[np.uint16]
    parts: NDArray[np.float32]
    drawn_row: NDArray[np.int64]
    steps_per_week: NDArray[np.int64]
    day_edges: NDArray[np.float64]
    order_size: NDArray[np.float64]


def world_arrays(world: World) -> WorldArrays:
    """The world as the kernels take it."""
    n, real, whole = len(world.keys), np.float64, np.int64
    curve = np.zeros(n) if world.patience_curve is None else world.patience_curve
    shape = np.ones(n) if world.patience_shape is None else world.patience_shape
    size = np.ones((n, 1)) if world.order_size is None else world.order_size
    row = np.full(n, -1) if world.drawn_row is None else world.drawn_row
    steps, mean = world.steps_per_week, world.mean
    if world.step is not None:
        mean = mean / world.step[:, None]
        size = size if world.order_size is None else size / world.step[:, None]
    demand = DemandArrays(
        keys=frozen(world.keys, np.uint64),
        mean=frozen(mean, real),
        noise=frozen(world.noise, real),
        level_error=frozen(world.level_error, real),
        drift=frozen(world.drift, real),
        integer=frozen(world.integer, np.bool_),
        family=frozen(world.family, whole),
        market=frozen(world.market, real),
        family_shock=frozen(world.family_shock, real),
        period_weeks=float(world.period_weeks),
        inner=int(world.inner),
    )
    return WorldArrays(
        demand=demand,
        end=frozen(in_steps(world.end_week, steps), real),
        hazard=frozen(world.hazard_per_week / steps[:, None], real),
        patience=frozen(world.patience_per_day, real),
        curve=frozen(curve, whole),
        shape=frozen(shape, real),
        historical=frozen(world.historical_wait_days, real),
        orders=frozen(world.orders_per_week, whole),
        drawn=frozen(world.drawn, np.uint16),
        parts=frozen(world.parts, np.float32),
        drawn_row=frozen(row, whole),
        steps_per_week=frozen(steps, whole),
        day_edges=frozen(np.cumsum(world.day_share), real),
        order_size=frozen(size, real),
    )


class Groups(NamedTuple):
    """Sets of paths over which counts are averaged.

    of_path: (paths,), the group of every path.
    weight: (groups,), one by the number of its paths.
    """

    of_path: NDArray[np.int64]
    weight: NDArray[np.float64]


def groups_of(group: NDArray[np.int64]) -> Groups:
    """The groups that `group` (paths,) names, as the kernels take them.

    >>> groups_of(np.array([0, 1, 1, 0, 1])).weight.round(3).tolist()
    [0.5, 0.333]
    """
    return Groups(frozen(group, np.int64), frozen(1.0 / np.bincount(group), np.float64))


def in_steps(weeks: NDArray[Any], steps_per_week: NDArray[np.int64]) -> NDArray[np.float64]:
    """Durations in weeks as whole steps of each product's simulation; whole weeks stay what they are.

    >>> in_steps(np.array([5.0, 2.0 / 7.0]), np.array([1, 7])).tolist()
    [5.0, 2.0]
    """
    return np.asarray(np.where(steps_per_week == 1, weeks, np.rint(weeks * steps_per_week)), np.float64)


class Played(NamedTuple):
    """How one product's demand is played, taken out of a `WorldArrays` once for all its paths.

    day_edges: (7,), order_size: (sizes,), by which weeks are split over their days.
    length: of a forecast period as it is played, in weeks; split: whether weeks are split over their days.
    drawn: (rows, paths, steps), demand drawn beforehand, or its `parts`; row: the product's (-1: none).
    """

    day_edges: NDArray[np.float64]
    order_size: NDArray[np.float64]
    length: float
    split: bool
    drawn: NDArray[np.uint16]
    parts: NDArray[np.float32]
    row: int


@part
def played_as(world, i):
    """How demand of product i of a `WorldArrays` is played."""
    period_weeks = world.demand.period_weeks
    by_week = world.steps_per_week[i] == 1
    split = not by_week and period_weeks >= 1.0
    # a forecast by day is played as it is
    length = period_weeks if by_week or split else 1.0
    return Played(
        world.day_edges,
        world.order_size[i],
        length,
        split,
        world.drawn,
        world.parts,
        world.drawn_row[i],
    )


@borrower
def product_path(product, played, p, out, work):
    """Fill `out` (steps,) with what customers want in path p of a `ProductDemand`: drawn beforehand, else here.

    Fewer steps than a year are its first ones; where days are played they are those of whole weeks.

    A record within `played` would be counted as held and let go again field by field in every path.
    """
    if played.row >= 0:
        drawn, parts, row = played.drawn, played.parts, played.row
        if parts.shape[0] > 0:
            for t in range(out.shape[0]):
                out[t] = parts[row, p, t]
        else:
            for t in range(out.shape[0]):
                out[t] = drawn[row, p, t]
        return
    target = work[WORK - WEEKS : WORK - WEEKS + out.shape[0] // 7] if played.split else out
    weekly_path(product, p, played.length, target, work)
    if played.split:
        days_of_weeks(
            product.key, np.uint64(p), target, played.day_edges, played.order_size, product.integer, out
        )


@kernel
def _draw(first, last, world, index, target):
    """Fill target[k, 0] (paths, steps) with the demand of product index[k], for k from `first` to `last`."""
    world, index, target = borrowed(world), borrowed(index), borrowed(target)
    work = np.empty(WORK)
    for k in range(first, last):
        i = index[k]
        product, played = product_demand(world.demand, i), played_as(world, i)
        wanted = np.empty(WEEKS * world.steps_per_week[i])
        for p in range(world.demand.market.shape[0]):
            product_path(product, played, p, wanted, work)
            for t in range(wanted.shape[0]):
                target[k, 0, p, t] = wanted[t]


def draw_demand(world: World, index: NDArray[np.intp], target: NDArray[np.float32], threads: int = 1) -> None:
    """Fill target[:, 0] (products at `index`, paths, steps) with what customers want, in smallest quantities; a 32-bit number states whole units exactly below 2^24 a step."""
    arrays, positions = world_arrays(world), frozen(index, np.int64)
    in_chunks(lambda a, b: _draw(a, b, arrays, positions, target), 0, len(index), threads)


def with_demand_drawn(
    world: World, most_bytes: int, threads: int = 1, among: NDArray[np.intp] | None = None
) -> World:
    """The world with its demand drawn once, for every pass that follows.

    The world with demand drawn once for every pass that follows (of the products at positions `among`, None: of all), as far as `most_bytes` hold all
    of it; else the world itself.

    Held are products sold in whole units, at most `MOST_DRAWN` in every week drawn, in 16 bits each; demand of others, and of those played by day, is
    drawn where it is used. No number changes.
    """
    index = np.arange(len(world.keys)) if among is None else among
    most = world.mean[index].max(axis=1, initial=0.0) / (1.0 if world.step is None else world.step[index])
    index = index[world.integer[index] & (most < 1e4) & (world.steps_per_week[index] == 1)]
    if (
        world.drawn_row is not None
        or not len(index)
        or len(index) * world.paths * WEEKS * BYTES_DRAWN > most_bytes
    ):
        return world
    drawn = np.empty((len(index), world.paths, WEEKS), np.uint16)
    row = np.full(len(world.keys), -1)
    for first in range(0, len(index), _AT_ONCE):
        some = index[first : first + _AT_ONCE]
        target = np.empty((len(some), 1, world.paths, WEEKS), np.float32)
        draw_demand(world, some, target, threads)
        fits = target.max(axis=(1, 2, 3)) <= MOST_DRAWN
        places = first + np.arange(len(some))
        drawn[places[fits]] = target[fits, 0]
        row[some] = np.where(fits, places, -1)
    return replace(world, drawn=drawn, drawn_row=row)


@borrower
def death_step(key, path, hazard_per_step, known_end):
    """Step at whose end the product dies (steps beyond the horizon: it lives on).

    Exponential life with the given hazard, from a frozen uniform, cut by a known end (a calendar).
    """
    if hazard_per_step <= 0.0:
        return known_end
    life = -np.log(uniform(subkey(subkey(key, path), _DEATH), np.uint64(0))) / hazard_per_step
    if life < known_end:
        return np.floor(life)
    return known_end


# the rule of `analytics.policy.patience`, taken in by the loops as it stands there
_curve_in_force = borrower(curve_in_force)
_share_beyond = borrower(share_beyond)


@borrower
def share_staying(curve, patience_per_day, shape, wait_days, historical_wait_days):
    """Share of buyers who stay when told to wait, as `policy.patience.share_staying` has it, for one product.

    Waiting no longer than today costs nobody.
    """
    if wait_days <= historical_wait_days:
        return 1.0
    followed = _curve_in_force(curve, patience_per_day, shape)
    return _share_beyond(followed, patience_per_day, shape, wait_days, historical_wait_days)


@borrower
def patience_threshold(stay_probability):
    """The 16-bit number below which a customer's own uniform means staying."""
    return np.int64(np.floor(min(max(stay_probability, 0.0), 1.0) * _UNIT + 0.5))


@kernel
def step_uniforms(patience_key, orders, own):
    """Fill own[k, t] with the 16-bit uniform of order k (below `orders`) of step t: the same for every strategy and wait."""
    for t in range(own.shape[1]):
        for four in range((orders + 3) // 4):
            bits = mix(patience_key + np.uint64(2 * t + four + 1) * GOLDEN)
            for k in range(4 * four, min(orders, 4 * four + 4)):
                own[k, t] = np.int32(bits & _LOW)
                bits >>= _SIXTEEN


@borrower
def member_demand(patience_key, orders, door, wanted, path, demand, fate, work):
    """Thin a member's demand at the door; adds to `demand` (steps, paths) of a path. Returns units wanted and units accepted.

    `wanted` (steps,) is what customers want until the member dies, `door` the probability of staying when told the wait at the door.
    Where `fate` (steps, paths) is still negative it becomes the uniform of the first customer who came in, rescaled to
    (0, 1): it decides later whether the step's customers wait where nothing is left. `work` (WORK,) is scratch space.
    """
    threshold, steps = patience_threshold(door), wanted.shape[0]
    total = 0.0
    accepted = 0.0
    share = 1.0 / orders
    if threshold >= 65536:
        for t in range(steps):  # in a row of its own, so that the loop becomes vector code
            own = np.int64(mix(patience_key + np.uint64(2 * t + 1) * GOLDEN) & _LOW)
            work[t] = (own + 0.5) / _UNIT
        for t in range(steps):
            total += wanted[t]
            demand[t, path] += wanted[t]
            if fate[t, path] < 0.0 and wanted[t] > 0.0:
                fate[t, path] = work[t]
        return total, total
    for t in range(steps):
        work[t] = 0.0
        work[_FIRST + t] = -1.0
    for four in range((orders + 3) // 4):  # nobody is below a threshold of 0: no fifth order of four
        left = orders - 4 * four
        second = threshold if left > 1 else np.int64(0)
        third = threshold if left > 2 else np.int64(0)
        fourth = threshold if left > 3 else np.int64(0)
        for t in range(steps):
            bits = mix(patience_key + np.uint64(2 * t + four + 1) * GOLDEN)
            own0, own1 = np.int64(bits & _LOW), np.int64((bits >> np.uint64(16)) & _LOW)
            own2, own3 = np.int64((bits >> np.uint64(32)) & _LOW), np.int64(bits >> np.uint64(48))
            enters = (1.0 if own0 < threshold else 0.0) + (1.0 if own1 < second else 0.0)
            enters += (1.0 if own2 < third else 0.0) + (1.0 if own3 < fourth else 0.0)
            earliest = own3 if own3 < fourth else np.int64(-1)
            earliest = own2 if own2 < third else earliest
            earliest = own1 if own1 < second else earliest
            earliest = own0 if own0 < threshold else earliest
            work[t] += enters
            work[_FIRST + t] = earliest if work[_FIRST + t] < 0.0 else work[_FIRST + t]
    for t in range(steps):
        taken = wanted[t] * (work[t] * share)
        total += wanted[t]
        accepted += taken
        demand[t, path] += taken
        if work[_FIRST + t] >= 0.0 and fate[t, path] < 0.0 and wanted[t] > 0.0:
            fate[t, path] = (work[_FIRST + t] + 0.5) / threshold
    return total, accepted
