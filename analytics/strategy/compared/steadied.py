"""Further simulated years for the products whose best strategy is open: the luck of a few hundred would tell it otherwise with every seed.

Prices are drawn once and for all here, in every reference world its own: fifty of them, drawn anew with every seed,
would move a probability as much as the luck of years does. Chances of ending, patience and lead times are drawn anew for
every further four hundred years, so that what bends with them is seen at six times as many places; all of it is the same
whatever the seed of the study. That hides no error but does not end it: other further years move the probability of an
undecided product by a standard deviation of about .02, and where two settings are as good as one another, settings found
on other years as well by .04 on average, of single products by far more (`benchmarks.probability`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.randomness import sku_keys, subkey
from analytics.simulation.ledger import COUNT_INDEX, Ledger
from analytics.simulation.world import World, nothing_drawn
from analytics.strategy.compared.reference_worlds import (
    PHYSICS,
    beside_luck,
    money_in_references,
    references_of,
)
from analytics.strategy.compared.setting import Chosen, choose
from analytics.strategy.money.price import MONEY_FIELDS, money_values, profit_rates
from analytics.strategy.plans.draws import COMMON_SEED, assumption_uniforms, drawn_values
from analytics.strategy.plans.ledgers import (
    Setup,
    at_values_in_force,
    chunk_counts,
    chunks_of,
    grid_counts,
    in_threads,
    with_measured_waits,
)
from analytics.strategy.plans.recipes import drawn_anew
from analytics.strategy.plans.split_by_order_size import with_parts_measured

__all__ = ["open_products", "settings_of_all_seeds", "steadied", "with_waits_of_all_seeds"]

Array = NDArray[np.float64]

#: Further years, in those of a study; products looked at again, at most; and how sure the best must be not to be open.
TIMES, MOST, SURE = 6, 60, 0.98
#: A strategy that is best less often than this in the first years is not played again: it never decides.
_NEVER = 0.001
#: Keys of the further years lie apart from all streams.
_APART = np.uint64(1_000)


def open_products(probability_best: Array, money: Array) -> NDArray[np.intp]:
    """The products whose best strategy is open (positions, ascending), of many those with most money: `money` (products,) a year."""
    best = np.nan_to_num(probability_best).max(axis=1)
    rows = np.flatnonzero((best > 0.0) & (best < SURE))
    most = np.argsort(-np.nan_to_num(money)[rows], kind="stable")[:MOST]
    return np.sort(rows[most])


def _other_years(world: World, number: int) -> World:
    """The same world with other luck: demand, ends and patience drawn by other keys, parameters and shocks as they are."""
    keys = np.array([subkey(key, _APART + np.uint64(number)) for key in world.keys], np.uint64)
    return replace(world, keys=keys, drawn=nothing_drawn(), drawn_row=None)


def _years_of_all_seeds(setup: Setup, number: int) -> World:
    """The world of a study in years that are the same whatever its seed: their luck, and the shocks of the market and of families.

    The years of every `number` are others.
    """
    keys = sku_keys([str(sku) for sku in setup.skus], COMMON_SEED)
    world = setup.world
    if setup.common_shocks is not None and setup.common_shocks[1].shape == world.family_shock.shape:
        world = replace(world, market=setup.common_shocks[0], family_shock=setup.common_shocks[1])
    return _other_years(replace(world, keys=keys), number)


def _further(setup: Setup, items: Items, number: int) -> tuple[Setup, Mapping[str, Array]]:
    """The set-up in the further years of a `number`, with parameter draws of their own, and those draws by field, (draws,) each."""
    world = _years_of_all_seeds(setup, number)
    draws, seed = world.hazard_per_week.shape[1], COMMON_SEED + number
    world, stock, assembly = drawn_anew(items, world, setup.stock, setup.assembly, setup.families, seed)
    uniforms = {f: assumption_uniforms(f, draws, seed) for f in PHYSICS}
    return replace(setup, world=world, stock=stock, assembly=assembly), uniforms


def with_waits_of_all_seeds(setup: Setup, rows: NDArray[np.intp]) -> Setup:
    """The set-up in which what is measured of the products at `rows` is measured in years that are the same for every seed.

    Waits of those who find nothing, and the part of small orders and how much they vary: measured on few years they decide which
    customers stay, and with them which of two like settings is the better one.
    """
    world = _years_of_all_seeds(setup, TIMES + 1)
    common = replace(setup, stock=with_measured_waits(world, setup.stock, rows))
    if setup.hybrid is not None:
        places = np.flatnonzero(np.isin(setup.hybrid.index, rows))
        common = replace(common, hybrid=with_parts_measured(setup.hybrid, world, setup.stock, places))
    if setup.assembly is None:
        return common
    units = np.flatnonzero([np.isin(f, rows).any() for f in setup.families])
    return replace(common, assembly=with_measured_waits(world, setup.assembly, units))


def settings_of_all_seeds(
    setup: Setup, items: Items, chosen: Mapping[str, Chosen], rows: NDArray[np.intp]
) -> dict[str, Chosen]:
    """The strategies with the best settings of the products at `rows` on years that are the same whatever the seed, in both halves.

    Two settings that are as good as one another would else be told apart by the luck of each seed's years, and
    with them what the strategy earns in every reference world. What is recommended keeps its own settings.
    """
    common = at_values_in_force(replace(setup, world=_years_of_all_seeds(setup, TIMES + 1)))
    out = dict(chosen)
    for name, own in chosen.items():
        if name == Strategy.MTO:  # has one setting
            continue
        units = (
            np.flatnonzero([np.isin(f, rows).any() for f in setup.families])
            if name == Strategy.ATO
            else rows[own.offered[rows]]
        )
        if not len(units):
            continue
        parts = in_threads(
            lambda some, name=name: grid_counts(common, name, some),  # type: ignore[misc]
            [units[at] for at in chunks_of(len(units), 8)],
        )
        counts = np.concatenate([part[0].mean(axis=2, keepdims=True) for part in parts]).repeat(2, axis=2)
        index = np.concatenate([part[1] for part in parts])
        together = [setup.families[u] for u in units] if name == Strategy.ATO else ()
        found = choose(Ledger(name, setup.skus[index], {}, counts), items, index, together)
        by_half = own.by_half.copy()
        by_half[index] = found.by_half[index]
        out[name] = replace(own, by_half=by_half)
    return out


def steadied(
    setup: Setup,
    items: Items,
    chosen: Mapping[str, Chosen],
    rows: NDArray[np.intp],
    first: Array,
) -> Array:
    """Expected money in the reference worlds over TIMES as many further years (products of `rows`, strategies, worlds).

    Arguments as of `compare`. The years in which the settings were chosen take no part, but by `first`, how often each strategy is best
    there (products, strategies): what all but never is, is not played again, and its money counts as endlessly far below.
    """
    paths = setup.world.paths
    may_be = first >= _NEVER
    total = np.full((len(rows), len(chosen), paths), np.nan)
    for k, own in enumerate(chosen.values()):
        total[own.offered[rows] & ~may_be[rows, k], k] = -np.inf
    place = np.full(len(items), -1)
    place[rows] = np.arange(len(rows))
    further = [_further(setup, items, number) for number in range(1, TIMES + 1)]
    prices = {f: assumption_uniforms(f, paths, COMMON_SEED) for f in MONEY_FIELDS}

    def played(task: NDArray[np.intp]) -> list[tuple[NDArray[np.intp], int, Array]]:
        out = []
        for k, (name, own) in enumerate(chosen.items()):
            if name == Strategy.ATO:
                wanted = task[may_be[task, k]]
                units = np.flatnonzero([np.isin(f, wanted).any() for f in setup.families])
                leads = np.array([setup.families[u][0] for u in units], np.intp)
            else:
                units = leads = task[own.offered[task] & may_be[task, k]]
            if not len(units):
                continue
            earned: Array | float = 0.0
            rates: Array | None = None
            for here, uniforms in further:
                world = here.world
                counts, _, index = chunk_counts(here, name, units, own.by_half[leads], waits=False)
                mine = np.isin(index, task)
                index, counts = index[mine], counts[mine]
                if rates is None:
                    some = items.take(index)
                    drawn = {f: drawn_values(some, f, prices[f]) for f in MONEY_FIELDS}
                    rates = profit_rates(money_values(some, name, drawn), name)
                references = references_of(world, index, uniforms)
                assert references is not None
                wanted = counts[..., COUNT_INDEX["demanded"]] / np.maximum(setup.alive[index], 1e-9)[:, None]
                references = beside_luck(references, world, index, setup.stock.expected[index], wanted)
                earned = earned + money_in_references(counts, rates, references)
            out.append((place[index], k, np.asarray(earned) / TIMES))
        return out

    for parts in in_threads(played, [rows[at] for at in chunks_of(len(rows), 8)]):
        for at, k, money in parts:
            total[at, k] = money
    return total
