"""Demand split by order size: what small orders want and what large ones want, adding up to the total in every path and week.

The total of a week is drawn first, by the forecast, and then taken apart into orders by keyed random numbers. Given a total, the next
order has size s with the probability that orders of random sizes, coming at random, would have it: Panjer's recursion
D P(D) = rate x sum of s f(s) P(D - s), read as shares (f: shares of the order sizes seen, P(D): chance of a total of D units).
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.paths import WEEKS, WORK
from analytics.kernel_cache import kernel
from analytics.randomness import STREAMS, subkey, uniform
from analytics.simulation.chunks import in_chunks
from analytics.simulation.world import World, frozen, product_path, world_arrays

__all__ = ["SizeTable", "split_demand"]

_SIZE = np.uint64(STREAMS["size"])
#: Chances of totals are kept for this many order rates, a factor of the square root of 2 apart, the middle one being the mean's.
_RATES = 13
_MIDDLE = 6
_MOST_TOTAL = 20_000


@dataclass(frozen=True, eq=False)
class SizeTable:
    """Order sizes of some products: `size` (products, sizes) whole units, rising, and `chance` of each (0 beyond the last).

    `limit` (products, limits): orders of more than this many units are large. `rate` (products,) is orders a week.
    """

    size: NDArray[np.float64]
    chance: NDArray[np.float64]
    limit: NDArray[np.float64]
    rate: NDArray[np.float64]


@kernel
def _chances_of_totals(size, chance, rate, most, out):
    """Fill out[:most + 1] with numbers in proportion to the chance of each total, for orders at this rate a week."""
    out[0] = 1e-100
    for total in range(1, most + 1):
        value = 0.0
        for k in range(size.shape[0]):
            s = int(size[k])
            if s > total:
                break
            value += size[k] * chance[k] * out[total - s]
        out[total] = min(rate * value / total, 1e250)


@kernel
def _next_order(size, chance, totals, left, u):
    """Units of one order out of `left` units still to be explained."""
    whole = 0.0
    for k in range(size.shape[0]):
        if size[k] > left:
            break
        whole += size[k] * chance[k] * totals[left - int(size[k])]
    if whole <= 0.0:
        return left
    reached = 0.0
    for k in range(size.shape[0]):
        if size[k] > left:
            break
        reached += size[k] * chance[k] * totals[left - int(size[k])]
        if u * whole <= reached:
            return int(size[k])
    return left


@kernel
def _split(
    first, last, keys, mean, noise, level_error, drift, integer, family, market, family_shock, period_weeks, inner, end_week, hazard, patience, curve, shape, historical, orders,
    drawn, drawn_row, steps_per_week, day_edges, order_size, size, chance, limit, rate, small, large,
):  # fmt: skip
    work = np.empty(WORK)
    paths = market.shape[0]
    limits = limit.shape[1]
    for i in range(first, last):
        most = 0.0
        steps = WEEKS * steps_per_week[i]
        per_step = rate[i] / steps_per_week[i]
        wanted = np.empty(steps)
        for p in range(paths):
            product_path(
                i, p, keys, mean, noise, level_error, drift, integer, family, market, family_shock, period_weeks, inner, drawn, drawn_row,
                steps_per_week, day_edges, order_size, wanted, work
            )  # fmt: skip
            for t in range(steps):
                large[i, 0, p, t] = wanted[t]
                most = max(most, wanted[t])
        top = int(min(most, _MOST_TOTAL))
        totals = np.zeros((_RATES, top + 1))
        filled = np.zeros(_RATES, dtype=np.bool_)
        mean_size = 0.0
        for k in range(size.shape[1]):
            mean_size += size[i, k] * chance[i, k]
        for p in range(paths):
            key = subkey(subkey(keys[i], np.uint64(p)), _SIZE)
            year = 0.0
            for t in range(steps):
                year += large[i, 0, p, t]
            pace = max(year / steps / max(mean_size, 1e-9), 1e-9)
            level = int(np.floor(2.0 * np.log2(pace / max(per_step, 1e-9)) + 0.5)) + _MIDDLE
            level = min(max(level, 0), _RATES - 1)
            if not filled[level]:
                _chances_of_totals(size[i], chance[i], per_step * 2.0 ** (0.5 * (level - _MIDDLE)), top, totals[level])
                filled[level] = True
            for t in range(steps):
                total = large[i, 0, p, t]
                for j in range(limits):
                    small[i, j, p, t] = 0.0
                    large[i, j, p, t] = 0.0
                left = int(total)
                step_key = subkey(key, np.uint64(t))
                count = np.uint64(0)
                while left > 0:
                    units = left
                    if left <= top:
                        units = _next_order(size[i], chance[i], totals[level], left, uniform(step_key, count))
                    for j in range(limits):
                        if units <= limit[i, j]:
                            small[i, j, p, t] += units
                    left -= units
                    count += np.uint64(1)
                for j in range(limits):
                    large[i, j, p, t] = total - small[i, j, p, t]


def split_demand(world: World, table: SizeTable, threads: int = 1) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Demand in small and in large orders for every product of a world and every limit: two arrays (products, limits, paths, steps).

    Only for products sold in whole units. small + large is the total that every other strategy meets, exactly; the same order is the same
    order under every limit, so a higher limit never makes less small demand. The numbers do not depend on chunks or threads. Where only some
    products are played by day, the others fill the first WEEKS steps.
    """
    shape = (len(world.keys), table.limit.shape[1], world.paths, WEEKS * int(world.steps_per_week.max(initial=1)))
    small, large = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    real = np.float64
    arguments = (*world_arrays(world), frozen(table.size, real), frozen(table.chance, real), frozen(table.limit, real), frozen(table.rate, real), small, large)
    in_chunks(lambda a, b: _split(a, b, *arguments), 0, shape[0], threads)
    return small, large
