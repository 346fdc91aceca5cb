"""Shelf life: units that must be thrown away when they are not sold in time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analytics.policy.arguments import Floats, fraction
from tests.closed_forms.distributions.arguments import whole
from tests.closed_forms.stock.states import bounded_vectors

__all__ = ["ShelfLife", "shelf_life_losses"]


class ShelfLife(NamedTuple):
    """Units a period thrown away, lost to customers, carried over and ordered, on average."""

    outdates: float
    lost: float
    carried_over: float
    ordered: float

    @property
    def outdate_share(self) -> float:
        """Share of ordered units that is thrown away."""
        return self.outdates / self.ordered if self.ordered > 0 else 0.0


def shelf_life_losses(order_up_to_level: int, masses: Floats, life_periods: int) -> ShelfLife:
    """What is thrown away and what is lost when stock of all ages is raised to a level every period, oldest sold first.

    Method: stationary distribution of the Markov chain over units by age. Each period: order to the level (arrives at once, fresh),
    serve demand from the oldest, lose the rest, throw away what reaches `life_periods`. `masses` are probabilities of
    0, 1, 2, ... units a period. Units a period; exact. Large levels with long lives have too many states and are refused.
    Assumes independent demand. Source: setting of Nahmias 1982.

    >>> result = shelf_life_losses(1, np.array([0.5, 0.5]), 2)  # sold fresh 1/2, sold old 1/4, else thrown away
    >>> round(result.outdates, 6), round(result.ordered, 6), round(result.lost, 6)
    (0.166667, 0.666667, 0.0)
    """
    level, life = whole("order_up_to_level", order_up_to_level), whole("life_periods", life_periods, 1)
    p = np.atleast_1d(fraction("masses", masses))
    mean = float(p @ np.arange(len(p)))
    chance = np.pad(p, (0, max(0, level + 1 - len(p))))[: level + 1].copy()
    chance[level] = 1.0 - chance[:level].sum()  # demand of the level or more empties the shelf
    ages = life - 1  # what is carried over is one to life - 1 periods old; column 0 is the oldest
    states = bounded_vectors(level, ages)
    if len(states) * (level + 1) > 20_000_000:
        raise ValueError(
            f"order_up_to_level {level} with a life of {life} periods has too many states; simulate instead"
        )
    codes = states @ (level + 1) ** np.arange(ages)[::-1] if ages else np.zeros(1, dtype=np.int64)
    order = np.argsort(codes)
    following = np.empty((level + 1, len(states)), dtype=np.int64)
    outdated = np.empty((level + 1, len(states)))
    for demand in range(level + 1):
        shelf = np.column_stack((states, level - states.sum(axis=1))) if ages else np.full((1, 1), level)
        left = demand
        remaining = shelf.astype(np.int64)
        open_demand = np.full(len(states), left)
        for age in range(life):
            sold = np.minimum(remaining[:, age], open_demand)
            remaining[:, age] -= sold
            open_demand -= sold
        outdated[demand] = remaining[:, 0]
        kept = (
            remaining[:, 1:] @ (level + 1) ** np.arange(ages)[::-1] if ages else np.zeros(1, dtype=np.int64)
        )
        following[demand] = order[np.searchsorted(codes[order], kept)]
    share = np.full(len(states), 1.0 / len(states))
    for _ in range(100_000):
        moved = np.zeros(len(states))
        for demand in range(level + 1):
            moved += np.bincount(following[demand], weights=chance[demand] * share, minlength=len(states))
        moved = 0.5 * (moved + share)
        change = np.abs(moved - share).sum()
        share = moved
        if change < 1e-14:
            break
    carried = float(share @ states.sum(axis=1)) if ages else 0.0
    thrown = float(chance @ outdated @ share)
    served = float(p @ np.minimum(np.arange(len(p)), level))
    return ShelfLife(thrown, mean - served, carried, level - carried)
