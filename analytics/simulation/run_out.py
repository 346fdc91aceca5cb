"""Today's stock played down on the paths of the study, nothing being bought.

What is stranded when a product ends, and what is short before new stock can come.

Demand and death are those that every strategy meets (same keys, same shocks by path), so that what today's
stock may lose adds to nothing and compares with all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.paths import WEEKS
from analytics.randomness import GOLDEN, STREAMS, mix
from analytics.simulation.world import World, draw_demand, in_force, in_steps

__all__ = ["Arrivals", "PlayedDown", "death_steps", "played_down"]

Array = NDArray[np.float64]

#: Numbers of demand held at a time (products x paths x steps), and so products played at a time.
_HELD = 500_000
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
    within the time to get new stock beyond what is there, `first_short` (products, paths) the step of the
    week in which the first unit is short, in weeks from now (infinite: none).
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


def _come_by_step(
    arrivals: Arrivals, index: NDArray[np.intp], steps: int, per_week: int
) -> NDArray[np.float64] | None:
    """Units that have come before the demand of each step, (products of `index`, steps); None where none of them come.

    What comes within a step serves from the next on.
    """
    at = np.searchsorted(index, arrivals.product)
    step = np.maximum(np.ceil(arrivals.weeks * per_week - 1e-9), 0.0).astype(np.int64)
    here = (np.take(index, at, mode="clip") == arrivals.product) & (step < steps)
    if not here.any():
        return None
    come = np.zeros((len(index), steps))
    np.add.at(come, (at[here], step[here]), arrivals.units[here])
    return np.cumsum(come, axis=1)


def played_down(
    world: World, on_hand: Array, within_weeks: Array, arrivals: Arrivals | None = None
) -> PlayedDown:
    """Play the stock of every product down with every value in force.

    `on_hand` (products,) are units there, `within_weeks` (products,) the weeks until new stock can come, `arrivals` what is on
    order and counts from its day on (None: nothing). Unknown stock (NaN) is played as none and means nothing. A product dies at
    the end of its step; demand after that asks for nothing.

    short = the largest of (asked for until a week - on hand - come before it) over the weeks until new stock can come, at
    least 0: what is short once is lost, and what comes later serves later demand. `stranded` is of what is there alone.
    Source: lost sales of a store without back orders, by reflection (Harrison, Brownian Motion and Stochastic Flow Systems).
    """
    world = in_force(world)
    n, paths = len(world.keys), world.paths
    out = [np.zeros((n, paths), np.float32) for _ in range(3)]
    size = np.ones(n) if world.step is None else world.step
    for per_week in np.unique(world.steps_per_week):
        every = np.flatnonzero(world.steps_per_week == per_week)
        chunk = max(1, _HELD // (paths * WEEKS * int(per_week)))
        for start in range(0, len(every), chunk):
            index = every[start : start + chunk]
            wanted = np.empty((len(index), 1, paths, WEEKS * per_week), np.float32)
            draw_demand(world, index, wanted)
            asked = np.cumsum(wanted[:, 0], axis=2, dtype=np.float64) * size[index, None, None]
            steps = asked.shape[2]
            death = death_steps(world, index)
            last = np.clip(death, 0, steps - 1).astype(np.int64)
            held = np.nan_to_num(on_hand[index])[:, None]
            at_end = np.take_along_axis(asked, last[:, :, None], axis=2)[:, :, 0]
            out[0][index] = np.where(death < steps - 1, np.maximum(held - at_end, 0.0), 0.0)
            until = np.minimum(np.ceil(within_weeks[index] * per_week).astype(np.int64)[:, None] - 1, last)
            come = None if arrivals is None else _come_by_step(arrivals, index, steps, int(per_week))
            if come is not None:  # what came is taken off what was asked for; what was short stays short
                asked = np.maximum.accumulate(asked - come[:, None, :], axis=2)
            total = np.take_along_axis(asked, np.maximum(until, 0)[:, :, None], axis=2)[:, :, 0]
            out[1][index] = np.where(until >= 0, np.maximum(total - held, 0.0), 0.0)
            beyond = asked > held[:, :, None] + 1e-9
            first = np.where(beyond.any(axis=2), beyond.argmax(axis=2), steps)
            out[2][index] = np.where((first <= last) & (first < steps), first / per_week, np.inf)
    return PlayedDown(*out)
