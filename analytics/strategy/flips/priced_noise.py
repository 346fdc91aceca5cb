"""What tells a lead from chance at other prices: no price moves a count, so every setting is played once, draw by draw, and priced for every lever."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.items import CONFIRMED, Items
from analytics.naming.labels import Strategy
from analytics.strategy.decision_rule import noise_of
from analytics.strategy.flips.trial_copies import rows_alone
from analytics.strategy.money.in_force import money_in_force
from analytics.strategy.plans.component_pools import rows_of
from analytics.strategy.plans.ledgers import at_values_in_force, chunks_of, draw_counts, in_threads
from analytics.strategy.present.present_years import assembled_draws, ordered_draws, stocked_draws
from analytics.strategy.standing import Standing

__all__ = ["priced_noise"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]
#: Plays that are kept, of 8 kB each and product.
_MOST_KEPT = 10_000
#: Units played at a time.
_AT_ONCE = {Strategy.HYBRID: 8, Strategy.ATO: 8}


def priced_noise(
    standing: Standing,
    index: Index,
    prices: Mapping[str, Array],
    by_half: Mapping[str, NDArray[np.intp]],
    wanted: NDArray[np.bool_],
) -> Array:
    """What a lead must exceed for products at prices of their own (field -> (trials,)), every strategy at its settings `by_half` (trials, 2) at these prices.

    What is not `wanted` (trials, strategies) is as in force. Shape (trials, strategies), money.
    """
    if len(standing.years) > _MOST_KEPT:
        standing.years.clear()
    own = standing.items.take(index)
    for name, column in prices.items():
        own = own.with_field(name, column, CONFIRMED)
    in_force = standing.comparison.in_force[index].copy()
    for k, name in enumerate(standing.comparison.strategies):
        at = np.flatnonzero(wanted[:, k])
        if len(at):
            counts = _years(standing, name, index[at], by_half[name][at])
            in_force[at, k] = money_in_force(counts, name, own.take(at))
    return noise_of(in_force - _todays_money(standing, index, own)[:, None])


def _years(standing: Standing, name: str, index: Index, by_half: NDArray[np.intp]) -> Array:
    """Counts by draw of demand (products, draws, counts) of the products at `index` by one strategy, at the settings chosen on each half; played once, and kept."""
    unit = standing.family_of[index] if name == Strategy.ATO else index
    keys = [(name, int(u), int(first), int(second)) for u, (first, second) in zip(unit, by_half, strict=True)]
    new = [key for key in dict.fromkeys(keys) if key not in standing.years]
    turns: list[list[tuple[str, int, int, int]]] = []  # a unit at one pair of settings in each
    before: dict[int, int] = {}
    for key in new:
        nth = before.get(key[1], 0)
        before[key[1]] = nth + 1
        if nth == len(turns):
            turns.append([])
        turns[nth].append(key)
    setup = at_values_in_force(standing.setup)
    for turn in turns:
        units, settings = np.array([key[1] for key in turn], np.intp), np.array([key[2:] for key in turn])
        parts = in_threads(
            lambda at, units=units, settings=settings: draw_counts(  # type: ignore[misc]
                setup, name, units[at], settings[at]
            ),
            chunks_of(len(units), _AT_ONCE.get(Strategy(name), 32)),
        )
        products = np.concatenate([part[1] for part in parts])
        counts = np.concatenate([part[0] for part in parts])
        of = standing.family_of[products] if name == Strategy.ATO else products
        for key in turn:
            standing.years[key] = counts[of == key[1]]
    place = np.zeros(len(index), np.intp)
    if name == Strategy.ATO:
        place = np.array(
            [
                int(np.flatnonzero(standing.setup.families[f] == i)[0])
                for f, i in zip(unit, index, strict=True)
            ],
            np.intp,
        )
    return np.stack([standing.years[key][at] for key, at in zip(keys, place, strict=True)])


def _todays_money(standing: Standing, index: Index, own: Items) -> Array:
    """Money by draw of demand (products, draws) of today's way of the products at `index`, at the prices of `own`; it is set as it is today."""
    today = standing.comparison.today
    assert today is not None
    way = today.strategy[np.searchsorted(today.index, index)]
    new = np.array([i for i in np.unique(index) if ("today", int(i), 0, 0) not in standing.years], np.intp)
    named = today.strategy[np.searchsorted(today.index, new)]
    for name in (Strategy.MTS, Strategy.MTO, Strategy.ATO):
        rows = new[named == name]
        if len(rows):
            counts = _todays_draws(standing, name, rows)
            standing.years.update({("today", int(i), 0, 0): counts[k][None] for k, i in enumerate(rows)})
    out = np.zeros((len(index), standing.setup.world.paths // standing.setup.world.inner))
    for name in (Strategy.MTS, Strategy.MTO, Strategy.ATO):
        at = np.flatnonzero(way == name)
        if len(at):
            counts = np.concatenate([standing.years["today", int(i), 0, 0] for i in index[at]])
            out[at] = money_in_force(counts, name, own.take(at))
    return out


def _todays_draws(standing: Standing, name: str, rows: Index) -> Array:
    """Counts (products, draws, counts) of the products at `rows`, all run today by one strategy, at the values in force."""
    setup, way = standing.setup, standing.way
    if name == Strategy.ATO:
        counts, products = assembled_draws(setup, standing.items, way)
        return counts[np.searchsorted(products, rows)]
    one, own = rows_alone(setup, rows), standing.items.take(rows)
    if name == Strategy.MTO:
        return ordered_draws(one, way.take(rows))
    return stocked_draws(
        one, own, rows_of(standing.outlook.forecast, rows), way.take(rows), standing.given_service
    )
