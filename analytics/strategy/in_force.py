"""The chosen settings played with everything assumed at its value in force: expected money, and how far simulated years tell a lead from chance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.simulation.ledger import COUNTS
from analytics.strategy.ledgers import Setup, at_values_in_force, chunk_counts, chunks_of, in_threads
from analytics.strategy.price import money_values, profit_rates

__all__ = ["counts_in_force", "money_in_force", "played_in_force"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]

#: Units played at a time.
_CHUNK = {"HYBRID": 8, "ATO": 4}


def counts_in_force(setup: Setup, name: str, by_half: NDArray[np.intp], wanted: NDArray[np.bool_]) -> tuple[Array, Index]:
    """Counts by parameter draw of the products `wanted` at each one's setting of the other half, every value in force: (products, draws, counts), positions."""
    here = at_values_in_force(setup)
    inner = setup.world.inner
    if name == "ATO":
        units = np.array([u for u, members in enumerate(setup.families) if wanted[members].any()], np.intp)
        first = np.array([setup.families[u][0] for u in units], np.intp)
    else:
        units = first = np.flatnonzero(wanted)

    def played(at: Index) -> tuple[Array, Index]:
        counts, _, products = chunk_counts(here, name, units[at], by_half[first[at]], waits=False)
        return counts.reshape(len(counts), -1, inner, counts.shape[2]).mean(axis=2), products

    parts = in_threads(played, chunks_of(len(units), _CHUNK.get(name, 32)))
    if not parts:
        return np.zeros((0, setup.world.paths // inner, len(COUNTS))), np.zeros(0, np.intp)
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def money_in_force(counts: Array, name: str, own: Items) -> Array:
    """Money by parameter draw of counts by draw (products, draws, counts) at the prices of these products."""
    return np.asarray(np.einsum("ndc,nc->nd", counts, profit_rates(money_values(own, name), name)))


def played_in_force(setup: Setup, items: Items, strategies: tuple[str, ...], by_half: Mapping[str, NDArray[np.intp]], offered: Mapping[str, NDArray[np.bool_]]) -> Array:
    """Expected money by parameter draw of every strategy where it is offered: shape (products, strategies, draws), NaN elsewhere.

    Draws of demand alone: every assumed value, priced or played, is at its value in force.
    """
    out = np.full((len(items), len(strategies), setup.world.paths // setup.world.inner), np.nan)
    for k, name in enumerate(strategies):
        counts, products = counts_in_force(setup, name, by_half[name], offered[name])
        out[products, k] = money_in_force(counts, name, items.take(products))
    return out
