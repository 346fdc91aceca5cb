"""Waves: in which order to change products, those that bring most of the gain first."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.policy.arguments import finite

__all__ = ["WAVE_SHARES", "products_for_80_percent", "products_for_share", "waves"]

#: Share of the gain reached at the end of each wave.
WAVE_SHARES = (0.8, 0.95, 1.0)


def products_for_share(gain: ArrayLike, share: float = 0.8, worth: ArrayLike | None = None) -> int:
    """How many products, changed in their order, bring a share of the whole gain ("20 products bring 80 %").

    Formula: smallest k with the first k positive gains summing to share x sum of positive gains. Products; 0 where nothing is gained.
    Gains in money (products,); `worth` (products,) says in which order they come, the most first (None: by the gain
    itself). Source: Pareto's rule, counted instead of assumed.

    >>> products_for_share([50, -5, 10, 35, 5, 0], 0.8)  # 50 + 35 of 100
    2
    >>> products_for_share([50, -5, 10, 35, 5, 0], 0.8, [1, 9, 2, 3, 0, 0])  # 35 + 10 + 50 of 100
    3
    """
    value = np.maximum(finite("gain", gain), 0.0)
    total = float(value.sum())
    if total <= 0.0:
        return 0
    reached = np.cumsum(value[_order(value, worth)])
    return int(np.searchsorted(reached, share * total * (1.0 - 1e-12)) + 1)


def products_for_80_percent(gain: ArrayLike, worth: ArrayLike | None = None) -> int:
    """How many products, in the order in which they are changed, bring 80 % of the whole gain. `gain`, `worth` (products,) money.

    products_for_80_percent = products_for_share of 0.8.
    """
    return products_for_share(gain, 0.8, worth)


def waves(gain: ArrayLike, worth: ArrayLike | None = None) -> NDArray[np.int64]:
    """In which wave each product is changed: 1 until 80 % of the gain is reached, 2 until 95 %, 3 for the rest, 0 where nothing is gained.

    waves = 1 + shares of WAVE_SHARES that the gains up to the product, worth most first, have reached before it.
    Gains in money (products,); `worth` (products,) says in which order (None: the largest gain first); of equals the
    one that comes first goes first.

    >>> waves([50, -5, 10, 35, 5, 0]).tolist()
    [1, 0, 2, 1, 3, 0]
    >>> waves([50, -5, 10, 35, 5, 0], [1, 9, 2, 3, 0, 0]).tolist()
    [1, 0, 1, 1, 3, 0]
    """
    value = np.maximum(finite("gain", gain), 0.0)
    out = np.zeros(len(value), np.int64)
    order = _order(value, worth)
    done = 0
    for wave, share in enumerate(WAVE_SHARES, 1):
        until = products_for_share(value, share, worth) if share < 1.0 else int((value > 0.0).sum())
        out[order[done : max(until, done)]] = wave
        done = max(until, done)
    return out


def _order(value: NDArray[np.float64], worth: ArrayLike | None) -> NDArray[np.intp]:
    """Positions of the products in the order of their `worth` (None: of their value), those that gain nothing last."""
    first = value if worth is None else finite("worth", worth)
    return np.argsort(np.where(value > 0.0, -first, np.inf), kind="stable")
