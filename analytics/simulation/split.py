"""Demand split by order size: what small orders want and what large ones want, adding up to the total in every path and week.

The total of a week is drawn first, by the forecast, and then taken apart by keyed random numbers as if orders of random sizes came at
random. Orders up to a size and orders beyond it then come independently of each other (the colouring theorem, Kingman 1993, Poisson
Processes, 5.1), so that of D units the large ones make b with the chance S(D - b) L(b) / P(D): S, L and P are the chances of totals of the
small orders, of the large ones and of all, by Panjer's recursion (1981) D P(D) = rate x sum of s f(s) P(D - s), f the shares of the sizes seen.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.paths import WEEKS
from analytics.machine.kernel_cache import kernel, part
from analytics.randomness import STREAMS, subkey, uniform
from analytics.simulation.chunks import in_chunks
from analytics.simulation.world import World, draw_demand, frozen

__all__ = ["SizeTable", "split_demand", "split_totals"]

_SIZE = np.uint64(STREAMS["size"])
#: Chances of totals are kept for this many order rates, a factor of the square root of 2 apart, the middle one being the mean's.
_RATES = 13
_MIDDLE = 6
_MOST_TOTAL = 20_000
#: Orders a step up to which the chance that none comes is a number that does not vanish.
_MOST_RATE = 600.0


@dataclass(frozen=True, eq=False)
class SizeTable:
    """Order sizes of some products: `size` (products, sizes) whole units, rising, and `chance` of each (0 beyond the last).

    `limit` (products, limits): orders of more than this many units are large. `rate` (products,) is orders a week.
    `place` (products, sizes), rising, is what limits are compared with in place of sizes, so that orders are told apart by something
    else than their size (None: by size); within a part sizes rise.
    """

    size: NDArray[np.float64]
    chance: NDArray[np.float64]
    limit: NDArray[np.float64]
    rate: NDArray[np.float64]
    place: NDArray[np.float64] | None = None


@part
def _chances_of_totals(size, place, chance, low, high, rate, out):
    """Fill `out` with the chance of each total of the orders whose place is above `low` and up to `high`, where all come at this rate.

    Very high rates: times a factor, that of all orders being the product of those of its parts, or the chance of no order would vanish.
    """
    first = 0
    while first < size.shape[0] and place[first] <= low:
        first += 1
    last = first
    share = 0.0
    while last < size.shape[0] and place[last] <= high and chance[last] > 0.0:
        share += chance[last]
        last += 1
    units = size[first:last].astype(np.int64)
    weight = size[first:last] * chance[first:last]
    most = out.shape[0] - 1
    out[:] = 0.0
    out[0] = np.exp(-min(rate, _MOST_RATE) * share)
    for total in range(most + 1):
        if total > 0:
            out[total] *= rate / total
        reached = out[total]
        for k in range(units.shape[0]):
            if units[k] > most - total:
                continue
            out[total + units[k]] += weight[k] * reached


@part
def _in_large(small, large, both, total, u):
    """Units in large orders of a `total`, given the chances of the totals of small orders, of large ones and of both."""
    wanted = u * both[total]
    reached = 0.0
    found = 0
    for b in range(total + 1):
        chance = small[total - b] * large[b]
        reached += chance
        found = b if chance > 0.0 else found
        if wanted <= reached:
            break
    return found


class SizeArrays(NamedTuple):
    """A `SizeTable` as the kernel takes it, read-only.

    size, chance: (products, sizes), rising order sizes in whole units, and the chance of each (0 beyond the last).
    limit: (products, limits), orders of more units than this, or of a place beyond it, are large.
    rate: (products,), orders a week.
    place: (products, sizes), what limits are compared with, rising.
    """

    size: NDArray[np.float64]
    place: NDArray[np.float64]
    chance: NDArray[np.float64]
    limit: NDArray[np.float64]
    rate: NDArray[np.float64]


@kernel
def _split(first, last, keys, steps_per_week, table, small, large):
    """Part the demand that large[:, 0] holds into `small` and `large` (products, limits, paths, steps)."""
    size, chance, limit, rate = table.size, table.chance, table.limit, table.rate
    limits = limit.shape[1]
    paths = large.shape[2]
    level_of = np.empty(paths, np.int64)
    top = np.empty(_RATES, np.int64)
    for i in range(first, last):
        steps = WEEKS * steps_per_week[i]
        per_step = rate[i] / steps_per_week[i]
        mean_size = 0.0
        for k in range(size.shape[1]):
            mean_size += size[i, k] * chance[i, k]
        top[:] = -1
        most = -1
        for p in range(paths):
            year = 0.0
            highest = 0.0
            for t in range(steps):
                year += large[i, 0, p, t]
                highest = max(highest, large[i, 0, p, t])
            pace = max(year / steps / max(mean_size, 1e-9), 1e-9)
            level = int(np.floor(2.0 * np.log2(pace / max(per_step, 1e-9)) + 0.5)) + _MIDDLE
            level_of[p] = min(max(level, 0), _RATES - 1)
            top[level_of[p]] = max(top[level_of[p]], int(min(highest, _MOST_TOTAL)))
            most = max(most, top[level_of[p]])
        # chances of totals of all orders, then for every limit of those between it and the one before, and of those beyond it
        totals = np.empty((_RATES, 1 + 2 * limits, most + 1))
        for level in range(_RATES):
            if top[level] < 0:
                continue
            pace = per_step * 2.0 ** (0.5 * (level - _MIDDLE))
            for k in range(1 + 2 * limits):
                above = limit[i, k // 2 - 1] if k > 1 else 0.0
                up_to = limit[i, k // 2] if k % 2 == 1 else np.inf
                _chances_of_totals(
                    size[i], table.place[i], chance[i], above, up_to, pace, totals[level, k, : top[level] + 1]
                )
        for p in range(paths):
            key = subkey(subkey(keys[i], np.uint64(p)), _SIZE)
            level = level_of[p]
            for t in range(steps):
                total = large[i, 0, p, t]
                left = int(total)
                step_key = subkey(key, np.uint64(t))
                for j in range(limits):
                    both = totals[level, 2 * j]
                    if left > 0 and (j == 0 or limit[i, j] > limit[i, j - 1]):
                        if left <= top[level] and both[left] > 0.0:
                            left = _in_large(
                                totals[level, 1 + 2 * j],
                                totals[level, 2 + 2 * j],
                                both,
                                left,
                                uniform(step_key, np.uint64(j)),
                            )
                        elif left <= limit[i, j]:  # beyond what is told apart: one order
                            left = 0
                    large[i, j, p, t] = left
                    small[i, j, p, t] = total - left


def split_totals(
    keys: NDArray[np.uint64],
    steps_per_week: NDArray[np.int64],
    table: SizeTable,
    large: NDArray[np.float32],
    threads: int = 1,
) -> NDArray[np.float32]:
    """Split the totals that `large[:, 0]` (products, limits, paths, steps) holds: returns demand in small orders and leaves that in large ones in `large`.

    `keys` and `steps_per_week` are the world's.
    """
    small = np.zeros_like(large)
    real = np.float64
    key, steps = frozen(keys, np.uint64), frozen(steps_per_week, np.int64)
    sizes = SizeArrays(
        size=frozen(table.size, real),
        place=frozen(table.size if table.place is None else table.place, real),
        chance=frozen(table.chance, real),
        limit=frozen(table.limit, real),
        rate=frozen(table.rate, real),
    )
    in_chunks(lambda a, b: _split(a, b, key, steps, sizes, small, large), 0, len(large), threads)
    return small


def split_demand(
    world: World, table: SizeTable, threads: int = 1
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Demand in small and in large orders for every product of a world and every limit: two arrays (products, limits, paths, steps).

    Only for products sold in whole units. small + large is the total that every other strategy meets, exactly; the same order is the same
    order under every limit, so a higher limit never makes less small demand. The numbers do not depend on chunks or threads. Where only some
    products are played by day, the others fill the first WEEKS steps.
    """
    large = np.zeros(
        (
            len(world.keys),
            table.limit.shape[1],
            world.paths,
            WEEKS * int(world.steps_per_week.max(initial=1)),
        ),
        np.float32,
    )
    draw_demand(world, np.arange(len(large)), large, threads)
    return split_totals(world.keys, world.steps_per_week, table, large, threads), large
