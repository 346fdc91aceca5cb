"""Parameter draws: every assumed value drawn from its stated range; given values stay fixed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.randomness import STREAMS, sku_keys, subkey, uniform

__all__ = ["assumption_uniforms", "drawn_values"]


@lru_cache(256)
def assumption_uniforms(name: str, draws: int, seed: int) -> NDArray[np.float64]:
    """One number in (0, 1) per parameter draw for a field, shared by all products; one in each stratum.

    Latin hypercube sampling (McKay, Beckman and Conover 1979): the draws fill the range evenly, in an order
    keyed by seed and field, so that two fields are paired at random.

    >>> sorted(assumption_uniforms("capital_rate", 4, 1).round(3).tolist())
    [0.125, 0.375, 0.625, 0.875]
    """
    key = np.uint64(subkey(sku_keys([name], seed)[0], np.uint64(STREAMS["assumption"])))
    order = np.argsort([uniform(key, np.uint64(d)) for d in range(draws)], kind="stable")
    strata = np.empty(draws)
    strata[order] = (np.arange(draws) + 0.5) / draws
    strata.setflags(write=False)
    return strata


def drawn_values(items: Items, name: str, uniforms: NDArray[np.float64]) -> NDArray[np.float64]:
    """A field's value per product and draw, shape (products, draws): low at 0, the value at 1/2, high at 1.

    Piecewise linear between the three, so the value in force is the median of its range.
    """
    value = np.asarray(items[name], np.float64)[:, None]
    low, high = (bound[:, None] for bound in items.range(name))
    u = uniforms[None, :]
    return np.where(u < 0.5, low + (value - low) * 2.0 * u, value + (high - value) * (2.0 * u - 1.0))
