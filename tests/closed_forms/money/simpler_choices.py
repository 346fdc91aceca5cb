"""Choices under one limit by simpler rules than the exact one: what they give is a floor below it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.policy.arguments import Floats, finite, non_negative
from analytics.strategy.limits.knapsack import Choice, choose_strategies

__all__ = ["choose_by_bands", "greedy_by_ratio"]


def greedy_by_ratio(benefit: ArrayLike, usage: ArrayLike, limit: float) -> tuple[float, NDArray[np.int64]]:
    """What picking by benefit per unit of the limit gives: the habit to compare with, not the best choice.

    Rule: by falling benefit / usage, take each product that still fits. Arrays (products,); returns (benefit, positions taken, rising).
    Source: Dantzig 1957.

    >>> total, taken = greedy_by_ratio([10, 9, 9], [6, 5, 5], 10)
    >>> total, taken.tolist()
    (18.0, [1, 2])
    """
    b, u = np.atleast_1d(finite("benefit", benefit)), np.atleast_1d(non_negative("usage", usage))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(u > 0, b / np.where(u > 0, u, 1.0), np.inf)
    room, taken = float(limit), []
    for i in np.argsort(-ratio, kind="stable"):
        if b[i] > 0 and u[i] <= room + 1e-12:
            room -= u[i]
            taken.append(int(i))
    chosen = np.array(sorted(taken), dtype=np.int64)
    return float(b[chosen].sum()), chosen


def choose_by_bands(
    profit_at: Callable[[float], Floats], load: ArrayLike, edges: ArrayLike
) -> tuple[Choice, float]:
    """The most profitable strategy for each product when orders crowd a shared shop and so lengthen everybody's wait.

    Method: for each band edge, price every product at the congestion of that utilisation, choose with the load kept to the edge, then price
    the choice again at its own utilisation; keep the best. `profit_at(utilisation)` gives (products, strategies); `load` the same shape in shares
    of capacity; `edges` below 1. Returns (choice with that true profit, its utilisation). Always possible to carry; on the safe side within a band.
    Source: piecewise linearisation of congestion; enumeration confirms it on small cases.

    >>> choice, rho = choose_by_bands(lambda rho: np.array([[0, 3 - rho / (1 - rho)], [1, 3 - rho / (1 - rho)]]), [[0, 0.4], [0, 0.4]], [0.5, 0.9])
    >>> choice.strategy.tolist(), rho
    ([1, 0], 0.4)
    """
    use = np.asarray(load, float)
    best: Choice | None = None
    best_load = 0.0
    steps = np.sort(np.atleast_1d(np.asarray(edges, float)))
    if np.any((steps < 0) | (steps >= 1)):
        raise ValueError("edges must be utilisations from 0 to below 1")
    failures = []
    for edge in steps:
        try:
            choice = choose_strategies(profit_at(float(edge)), {"load": use}, {"load": float(edge)})
        except ValueError as error:
            failures.append(str(error))
            continue
        rows = np.arange(len(choice.strategy))
        rho = float(use[rows, choice.strategy].sum())
        value = float(np.asarray(profit_at(rho))[rows, choice.strategy].sum())
        if best is None or value > best.profit:
            best, best_load = choice._replace(profit=value), rho
    if best is None:
        raise ValueError("no utilisation band can be carried: " + "; ".join(failures))
    return best, best_load
