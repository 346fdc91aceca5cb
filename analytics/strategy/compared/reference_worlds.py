"""Expected money in reference worlds: what is not known for sure, spread evenly, with the luck of single years taken out.

A share of fifty draws tells a probability to a seventh. Here every simulated count is regressed on what drives it
(patience, hazard, lead times, the level of demand and how the first two tilt it) and on luck, control variates whose
mean is known: the shocks of a year, how long the product lives in it, and what is wanted of it while it lives. The fitted
counts are then priced, exactly, in worlds that are the same for every product and seed.
Source: regression metamodels and control variates, Law (2015), Simulation Modeling and Analysis, 11.4 and 12.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.paths import WEEKS
from analytics.randomness import STREAMS, uniforms_of
from analytics.simulation.run_out import death_steps
from analytics.simulation.world import World

__all__ = ["References", "beside_luck", "money_in_references", "references_of"]

Array = NDArray[np.float64]

#: What is drawn beside prices, in the order of the reference worlds; the last place is that of the level of demand.
PHYSICS = ("patience_per_day", "hazard_per_year", "component_lead_days", "production_days", "todays_service")
#: Of these, what a count may bend with, and what may tilt what the level of demand does to it.
_BENDS = 2
#: Years for every number that is fitted, at least: fewer tell nothing.
_YEARS_A_TERM = 5
_LEVEL = np.uint64(STREAMS["level"])


@dataclass(frozen=True, eq=False)
class References:
    """What drives the counts of some products: in every simulated year (`seen`), and in the reference worlds (`at`).

    seen: (products, years, terms), the last ones control variates. at: (products, worlds, terms), those at their mean.
    factor: (products, years), level and shocks of demand by which what is expected of a living product is multiplied.
    """

    seen: Array
    at: Array
    factor: Array


@lru_cache(8)
def _even(worlds: int, columns: int) -> Array:
    """Points that fill the unit cube evenly, the same for all: a lattice of the generalised golden ratio, (worlds, columns).

    Source: Roberts (2018), quasirandom sequences, an additive recurrence.
    """
    ratio = 2.0
    for _ in range(64):
        ratio = (1.0 + ratio) ** (1.0 / (columns + 1.0))
    steps = ratio ** -np.arange(1.0, columns + 1.0)
    points = np.asarray((0.5 + np.arange(1, worlds + 1)[:, None] * steps) % 1.0)
    points.setflags(write=False)
    return points


def _factors(table: Array, u: Array) -> Array:
    """The factors of quantile tables (products, cells + 1) at uniforms (products or 1, k), as demand is drawn from them."""
    cells = table.shape[1] - 1
    position = np.broadcast_to(u, (len(table), u.shape[1])) * cells
    cell = np.minimum(position.astype(np.intp), cells - 1)
    low, high = (np.take_along_axis(table, cell + k, axis=1) for k in (0, 1))
    return np.asarray(low + (position - cell) * (high - low))


def references_of(world: World, index: NDArray[np.intp], uniforms: Mapping[str, Array]) -> References | None:
    """What drives the counts of the products at these positions, year by year and in as many reference worlds; None where there are too few years to fit it.

    `uniforms` are the parameter draws by field, (draws,) each.
    """
    paths, inner = world.paths, world.inner
    if paths < _YEARS_A_TERM * (len(PHYSICS) + 2 * _BENDS + 3):
        return None
    draws = paths // inner
    keys, table = world.keys[index], world.level_error[index]
    u = uniforms_of(keys, _LEVEL, draws)
    mean = 0.5 * (table[:, 1:] + table[:, :-1]).mean(axis=1)[:, None]
    level = np.repeat(_factors(table, u) - mean, inner, axis=1)
    shock = world.market * world.family_shock[world.family[index]] - 1.0
    even = _even(paths, len(PHYSICS) + 1)
    seen = [np.broadcast_to(t, level.shape) for t in _terms([np.repeat(uniforms[f], inner) for f in PHYSICS])]
    at = [np.broadcast_to(t, level.shape) for t in _terms([even[:, k] for k in range(len(PHYSICS))])]
    there = _factors(table, even[None, :, -1]) - mean
    nothing = np.zeros_like(level)
    return References(
        np.stack([*seen, *_of_level(level, seen), (level + mean) * shock], axis=2),
        np.stack([*at, *_of_level(there, at), nothing], axis=2),
        (level + mean) * (1.0 + shock),
    )


def beside_luck(
    references: References, world: World, index: NDArray[np.intp], expected: Array, wanted: Array
) -> References:
    """What drives the counts, and three control variates more: the luck of life, in two, and that of demand in every simulated year.

    died - chance of it; share of the year's demand that life leaves - its mean; wanted / expected year - factor x that share.
    `expected` (products, weeks) units a week by the first forecast, 0 after a known end, `wanted` (products, years) units of
    living products in every simulated year. Each has mean 0 whatever is drawn. Source: the exponential life of the world.
    """
    year = expected[:, :WEEKS]
    whole = np.maximum(year.sum(axis=1), 1e-12)[:, None]
    steps = np.asarray(world.steps_per_week[index], np.float64)[:, None]
    dies, hazard = death_steps(world, index), world.hazard_per_week[index]
    until = np.concatenate([np.zeros((len(year), 1)), np.cumsum(year, axis=1)], axis=1) / whole
    lived = np.clip((dies + 1.0) / steps, 0.0, WEEKS)
    week = np.minimum(lived.astype(np.intp), WEEKS - 1)
    low, high = (np.take_along_axis(until, week + k, axis=1) for k in (0, 1))
    share = low + (lived - week) * (high - low)
    # the middle step of every week: a product that dies in a step is still wanted in it
    middle = np.arange(WEEKS) + 0.5 * (1.0 - 1.0 / steps)
    lives = np.exp(-hazard[:, :, None] * middle[:, None, :])
    mean = np.matmul(lives, year[:, :, None])[:, :, 0] / whole
    died = np.where(world.end_week[index][:, None] < WEEKS - 1.0 / steps, 1.0, 1.0 - np.exp(-WEEKS * hazard))
    luck = np.stack(
        [
            (dies < WEEKS * steps) - np.repeat(died, world.inner, axis=1),
            share - np.repeat(mean, world.inner, axis=1),
            np.where(whole > 1e-9, wanted / whole - references.factor * share, 0.0),
        ],
        axis=2,
    )
    nothing = np.zeros((*references.at.shape[:2], luck.shape[2]))
    seen, at = (
        np.concatenate([one, more], axis=2)
        for one, more in ((references.seen, luck), (references.at, nothing))
    )
    return References(seen, at, references.factor)


def _of_level(level: Array, terms: list[Array]) -> list[Array]:
    """Terms of a count in the level of demand: tilted by the first of `terms` after the constant, and straight."""
    return [*(level * other for other in terms[1 : 1 + _BENDS]), level]


def _terms(u: list[Array]) -> list[Array]:
    """Terms of a count in what is drawn beside prices: constant, straight, and bent in the first; means 0 but for the constant."""
    return [np.ones(len(u[0])), *(x - 0.5 for x in u), *((x - 0.5) ** 2 - 1.0 / 12.0 for x in u[:_BENDS])]


def money_in_references(counts: Array, rates: Array, references: References) -> Array:
    """Expected money in the reference worlds, (products, worlds): what the fitted counts earn there. NaN where money is unknown.

    `counts` (products, years, counts) of the simulated years, `rates` (products, draws, counts) money of a count in
    every draw of prices; world m has the prices of draw m modulo draws. Least squares; a term that never moves counts
    for nothing.
    """
    seen = references.seen
    square = np.matmul(seen.transpose(0, 2, 1), seen) + 1e-9 * seen.shape[1] * np.eye(seen.shape[2])
    slopes = np.linalg.solve(square, np.matmul(seen.transpose(0, 2, 1), counts))
    fitted = np.matmul(references.at, slopes)
    worlds = np.arange(fitted.shape[1]) % rates.shape[1]
    return np.asarray(np.einsum("nmc,nmc->nm", fitted, rates[:, worlds]))
