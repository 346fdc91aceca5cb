"""Parameter draws: every assumed value drawn from its stated range; given values stay fixed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import Items
from analytics.randomness import STREAMS, sku_keys, subkey, uniform

__all__ = ["COMMON_SEED", "LOGARITHMIC", "along", "assumption_uniforms", "drawn_values"]

#: Fields whose range is one of magnitude: drawn evenly along the logarithm.
LOGARITHMIC = ("units_per_order",)
#: The seed of what all studies share, whatever their own: prices, shocks and luck of the years in which open products are looked at again.
COMMON_SEED = 0


def _keyed_order(name: str, draws: int, seed: int) -> NDArray[np.float64]:
    """The ranks 0 to draws - 1 in an order keyed by seed and field, about their mean."""
    key = np.uint64(subkey(sku_keys([name], seed)[0], np.uint64(STREAMS["assumption"])))
    order = np.argsort([uniform(key, np.uint64(d)) for d in range(draws)], kind="stable")
    return _ranks_at(order)


def _ranks_at(order: NDArray[np.intp]) -> NDArray[np.float64]:
    ranks = np.empty(len(order))
    ranks[order] = np.arange(len(order)) - 0.5 * (len(order) - 1)
    return ranks


@lru_cache(16)
def _paired(draws: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """Ranks of every field, no two of them moving together.

    The ranks of every field of the one table, no two of them moving together: each keyed order is ranked again after what it shares with those
    before it is taken out (as far as there are draws for it).
    """
    found: dict[str, NDArray[np.float64]] = {}
    most = max(draws - 10, 0)
    basis = np.zeros((draws, most))  # an orthonormal one of the ranks so far
    for name in FIELDS:
        ranks, own = _keyed_order(name, draws, seed), basis[:, : len(found)]
        for _ in range(2 if own.size else 0):
            ranks = _ranks_at(np.argsort(_apart_from(own, ranks).round(9), kind="stable"))
        if len(found) < most:
            new = _apart_from(own, ranks)
            size = float(np.linalg.norm(new))
            basis[:, len(found)] = new / size if size > 1e-9 * draws else 0.0
        found[name] = ranks
    return found


def _apart_from(basis: NDArray[np.float64], column: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a column does not share with an orthonormal basis, taken out twice: the first time leaves rounding errors."""
    once = column - basis @ (basis.T @ column)
    return np.asarray(once - basis @ (basis.T @ once))


@lru_cache(256)
def assumption_uniforms(name: str, draws: int, seed: int) -> NDArray[np.float64]:
    """One number in (0, 1) per parameter draw for a field, shared by all products; one in each stratum.

    Latin hypercube sampling (McKay, Beckman and Conover 1979): the draws fill the range evenly, in an order
    keyed by seed and field. Fields of the one table are paired so that no two move together (Owen 1994, ranked Gram-Schmidt): by chance they
    would, and knowing one of them could then seem to widen what is left.

    >>> sorted(assumption_uniforms("capital_rate", 4, 1).round(3).tolist())
    [0.125, 0.375, 0.625, 0.875]
    """
    ranks = _paired(draws, seed)[name] if name in FIELDS else _keyed_order(name, draws, seed)
    strata = (ranks + 0.5 * draws) / draws
    strata.setflags(write=False)
    return strata


def drawn_values(items: Items, name: str, uniforms: NDArray[np.float64]) -> NDArray[np.float64]:
    """A field's value per product and draw, shape (products, draws): low at 0, the value at 1/2, high at 1.

    Piecewise linear between the three, so the value in force is the median of its range; along the logarithm for LOGARITHMIC fields.
    """
    return along(
        name, items.range(name)[0], np.asarray(items[name], np.float64), items.range(name)[1], uniforms
    )


def along(
    name: str,
    low: NDArray[np.float64],
    value: NDArray[np.float64],
    high: NDArray[np.float64],
    u: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Piecewise linear through low (u = 0), the value (u = 1/2) and high (u = 1), for LOGARITHMIC fields in the logarithm: shape (products, u).

    >>> along("units_per_order", np.array([1.0]), np.array([4.0]), np.array([16.0]), np.array([0.25, 0.75])).round(6).tolist()
    [[2.0, 8.0]]
    """
    by_size = name in LOGARITHMIC
    below, middle, above = (
        np.log(column)[:, None] if by_size else column[:, None] for column in (low, value, high)
    )
    at = np.where(u < 0.5, below + (middle - below) * 2.0 * u, middle + (above - middle) * (2.0 * u - 1.0))
    return np.exp(at) if by_size else at
