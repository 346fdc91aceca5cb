"""Today's stock played down on the paths of the study, nothing being bought.

What is stranded when a product ends, and what is short before new stock can come.

Demand and death are those that every strategy meets (same keys, same shocks by path), so that what today's
stock may lose adds to nothing and compares with all.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

import os
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.paths import WEEKS, WORK, product_demand, weekly_path
from analytics.machine.borrowed import borrowed
from analytics.machine.kernel_cache import kernel
from analytics.randomness import GOLDEN, STREAMS, mix
from analytics.simulation.chunks import in_chunks
from analytics.simulation.world import (
    World,
    death_step,
    in_force,
    in_steps,
    played_as,
    product_path,
    world_arrays,
)

__all__ = ["Arrivals", "PlayedDown", "death_steps", "played_down"]

Array = NDArray[np.float64]

#: Products played at a time by a thread.
_AT_ONCE = 64
_DEATH = np.uint64(STREAMS["death"])
_ONE = np.uint64(1)
_mixed = mix.py_func


class Arrivals(NamedTuple):
    """What is on order and when it comes: `product` (lines,) positions, `weeks` (lines,) from now until it is there, `units` (lines,)."""

    product: NDArray[np.intp]
    weeks: Array
    units: Array


@dataclass(frozen=True, eq=False)
class PlayedDown:
    """Today's stock on every path, given that the product lives today; arrays (products, paths), units.

    `stranded` is left when the product ends within the year (0 where it does not), `short` what is asked for
    within the time to get new stock beyond what is there, `first_short` (products, paths) when within that time
    the first unit is short, in weeks from now (infinite: none is). No path is drawn further than that asks for: a
    count of units in whole numbers may so differ by one from that of a whole year in fewer than one draw in a million.
    """

    stranded: NDArray[np.float32]
    short: NDArray[np.float32]
    first_short: NDArray[np.float32]


def _sub(key: NDArray[np.uint64], index: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """`randomness.subkey`, for arrays."""
    return np.asarray(_mixed(key + (index + _ONE) * GOLDEN))


def death_steps(world: World, index: NDArray[np.intp]) -> Array:
    """The step at whose end each product dies on each path, as the simulation has it, shape (products, paths); beyond the horizon where it lives on.

    Formula: floor(-ln(uniform) / hazard per step), cut by a known end. Source: `simulation.world.death_step`,
    the same frozen number.
    """
    steps = world.steps_per_week[index]
    paths = np.arange(world.paths, dtype=np.uint64)
    stream = _sub(_sub(world.keys[index][:, None], paths[None, :]), np.full((1, 1), _DEATH))
    bits = _mixed(stream + _ONE * np.full((1, 1), GOLDEN)) >> np.uint64(11)
    drawn = (bits.astype(np.float64) + 0.5) / 9007199254740992.0
    hazard = (world.hazard_per_week[index] / steps[:, None])[:, np.arange(world.paths) // world.inner]
    end = in_steps(world.end_week[index], steps)[:, None]
    with np.errstate(divide="ignore"):
        life = np.where(hazard > 0.0, -np.log(drawn) / np.where(hazard > 0.0, hazard, 1.0), np.inf)
    return np.where(life < end, np.floor(life), end)


class _Coming(NamedTuple):
    """`Arrivals` as the kernel takes them: those of product i are `step[start[i] : start[i + 1]]`, rising, and as many `units`.

    What comes within a step serves from the next on.
    """

    start: NDArray[np.int64]
    step: NDArray[np.int64]
    units: Array


def _by_product(arrivals: Arrivals | None, steps_per_week: NDArray[np.int64]) -> _Coming:
    """Arrivals of the products played, product by product and first come first; of others they are left out."""
    n = len(steps_per_week)
    if arrivals is None:
        return _Coming(np.zeros(n + 1, np.int64), np.zeros(0, np.int64), np.zeros(0))
    here = np.flatnonzero(arrivals.product < n)
    product = arrivals.product[here]
    step = np.ceil(arrivals.weeks[here] * steps_per_week[product] - 1e-9)
    step = np.clip(step, 0.0, 7.0 * WEEKS).astype(np.int64)
    order = np.lexsort((step, product))
    start = np.searchsorted(product[order], np.arange(n + 1)).astype(np.int64)
    return _Coming(start, step[order], np.asarray(arrivals.units, np.float64)[here][order])


@kernel
def _play_down(first, last, world, held, within, size, coming, out):
    """Fill out[:, i] (stranded, short, first short by path) of products `first` to `last`; `within` (products,) are whole weeks until new stock can come.

    A path is drawn until then, and where the product ends within the year until that.
    """
    world = borrowed(world)
    inner, paths, hazards = world.demand.inner, world.demand.market.shape[0], world.hazard
    start, when, units = (
        coming.start,
        coming.step,
        coming.units,
    )  # looked up in a record they are counted as held each time
    stranded, short, first_short = out[0], out[1], out[2]
    work = np.empty(WORK)
    for i in range(first, last):
        there = held[i]
        for p in range(paths):
            stranded[i, p], short[i, p], first_short[i, p] = 0.0, 0.0, np.inf
        if np.isnan(there):
            continue
        per_week, end, each = world.steps_per_week[i], world.end[i], size[i]
        steps = WEEKS * per_week
        demand = np.empty(steps)
        product, played, key = product_demand(world.demand, i), played_as(world, i), world.demand.keys[i]
        plain, length = played.row < 0 and not played.split, played.length
        soon = demand[: within[i] * per_week]
        for p in range(paths):
            death = death_step(key, np.uint64(p), hazards[i, p // inner], end)
            ends = death < steps - 1
            alive = int(death) + 1 if ends else steps
            until = min(soon.shape[0], alive)
            drawn = demand[: -(-alive // per_week) * per_week] if ends and alive > until else soon
            if plain:  # as `product_path` does it, by a third quicker where few weeks are asked for
                weekly_path(product, p, length, drawn, work)
            else:
                product_path(product, played, p, drawn, work)
            asked, beyond, come, at = 0.0, 0.0, 0.0, start[i]
            for t in range(until):
                asked += demand[t] * each
                while at < start[i + 1] and when[at] <= t:
                    come += units[at]
                    at += 1
                if asked - come - there > beyond:
                    beyond = asked - come - there
                    if beyond > 1e-9 and first_short[i, p] == np.inf:
                        first_short[i, p] = t / per_week
            short[i, p] = beyond
            if ends:
                for t in range(until, alive):
                    asked += demand[t] * each
                stranded[i, p] = max(there - asked, 0.0)


def played_down(
    world: World, on_hand: Array, within_weeks: Array, arrivals: Arrivals | None = None, threads: int = 0
) -> PlayedDown:
    """Play the stock of every product down with every value in force.

    `on_hand` (products,) are units there, `within_weeks` (products,) the weeks until new stock can come, `arrivals` what is on
    order and counts from its day on (None: nothing), `threads` how many play side by side (0: one a core). Of unknown stock (NaN)
    nothing is played: nothing is stranded and nothing short. A product dies at the end of its step; demand after that asks for nothing.

    short = the largest of (asked for until a week - on hand - come before it) over the weeks until new stock can come, at
    least 0: what is short once is lost, and what comes later serves later demand. `stranded` is of what is there alone.
    Source: lost sales of a store without back orders, by reflection (Harrison, Brownian Motion and Stochastic Flow Systems).
    """
    world = in_force(world)
    n = len(world.keys)
    out = np.empty((3, n, world.paths), np.float32)
    within = np.ceil(np.minimum(within_weeks, WEEKS)).astype(np.int64)
    size = np.ones(n) if world.step is None else np.asarray(world.step, np.float64)
    held, coming = np.asarray(on_hand, np.float64), _by_product(arrivals, world.steps_per_week)
    arrays = world_arrays(world)
    in_chunks(
        lambda a, b: _play_down(a, b, arrays, held, within, size, coming, out),
        0,
        n,
        threads or os.cpu_count() or 1,
        _AT_ONCE,
    )
    return PlayedDown(*out)
