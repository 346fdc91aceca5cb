"""Choosing one strategy for each product under limits that all products share: working capital, capacity, number stocked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, sparse

from analytics.policy.arguments import Floats, finite, non_negative
from analytics.strategy.knapsack_prices import choose_at_prices

__all__ = ["Choice", "choose_by_bands", "choose_strategies", "greedy_by_ratio"]


#: More products than this are chosen at the prices of the limits, with a proven bound, instead of exactly.
MOST_EXACT = 500


class Choice(NamedTuple):
    """One strategy for each product: its index, the objective, the proven gap (share), the bound of the relaxation, and what one more
    unit of each limit is worth there (approximate: prices of the relaxation, not of the whole-number problem)."""

    strategy: NDArray[np.int64]
    profit: float
    gap: float
    relaxation: float
    shadow_price: Mapping[str, float]
    joined: NDArray[np.bool_]


def choose_strategies(
    profit: ArrayLike,
    usage: Mapping[str, ArrayLike],
    limits: Mapping[str, float],
    *,
    family: Sequence[int] | None = None,
    joining_strategy: int | None = None,
    joining_cost: ArrayLike | None = None,
    time_limit: float = 20.0,
) -> Choice:
    """The most profitable strategy for each product such that no shared limit is exceeded.

    Model: max sum of profit x over one x per product; for each limit sum of usage x <= limit; optionally a product may take
    `joining_strategy` only where its family has joined, which costs `joining_cost` once per family (`family` -1: none).
    `profit` (products, strategies), NaN or -inf where a strategy is not offered; `usage[name]` the same shape (>= 0).
    Above MOST_EXACT products without families: chosen at the limits' prices and rounded, the gap to the proven bound reported.
    Raises ValueError naming the limits that cannot be met and what they would need. Source: multiple-choice knapsack (Kellerer, Pferschy and Pisinger
    2004, chapter 11), solved by HiGHS.

    >>> choose_strategies([[0, 5], [0, 4]], {"capital": [[0, 3], [0, 2]]}, {"capital": 4}).strategy.tolist()
    [1, 0]
    """
    gain = np.atleast_2d(np.asarray(profit, float))
    products, strategies = gain.shape
    offered = np.isfinite(gain)
    if not offered.any(axis=1).all():
        raise ValueError(f"every product must be offered at least one strategy, product {int(np.flatnonzero(~offered.any(axis=1))[0])} has none")
    names = list(limits)
    use = {name: np.broadcast_to(non_negative(f"usage {name}", usage[name]), gain.shape) for name in names}
    for name in names:
        least = float(np.where(offered, use[name], np.inf).min(axis=1).sum())
        if least > limits[name] + 1e-9:
            raise ValueError(f"limit {name} cannot be met: it must be at least {least:g}, got {limits[name]:g}")
    if products > MOST_EXACT and joining_strategy is None and names:
        stacked = np.stack([use[name] for name in names])
        pick, top, prices_of = choose_at_prices(np.where(offered, gain, -np.inf), stacked, np.array([float(limits[name]) for name in names]))
        money = float(gain[np.arange(products), pick].sum())
        return Choice(pick, money, max(0.0, top - money) / max(abs(money), 1e-12), top, dict(zip(names, prices_of.tolist(), strict=True)), np.zeros(0, dtype=bool))
    codes = np.full(products, -1) if family is None else np.asarray(family, dtype=np.int64)
    groups = int(codes.max(initial=-1)) + 1 if joining_strategy is not None else 0
    extra = np.broadcast_to(non_negative("joining_cost", 0.0 if joining_cost is None else joining_cost), (groups,))
    size = products * strategies
    value = np.concatenate((np.where(offered, gain, 0.0).ravel(), -extra))
    upper = np.concatenate((offered.ravel().astype(float), np.ones(groups)))
    one_each = sparse.hstack((sparse.kron(sparse.eye(products), np.ones((1, strategies))), sparse.csr_matrix((products, groups))), format="csr")
    rows = [sparse.csr_matrix(np.concatenate((use[name].ravel(), np.zeros(groups)))[None, :]) for name in names]
    bound = [float(limits[name]) for name in names]
    if groups:
        linked = np.flatnonzero(codes >= 0)
        n = len(linked)
        column = np.concatenate((linked * strategies + int(joining_strategy or 0), size + codes[linked]))
        sign = np.concatenate((np.ones(n), -np.ones(n)))
        rows.append(sparse.csr_matrix((sign, (np.tile(np.arange(n), 2), column)), shape=(n, size + groups)))
        bound += [0.0] * n
    constraints = [optimize.LinearConstraint(one_each, 1, 1)]
    matrix: Any = sparse.vstack(rows, format="csr") if rows else None
    if matrix is not None:
        constraints.append(optimize.LinearConstraint(matrix, -np.inf, bound))
    whole = np.ones(len(value), dtype=np.int64)
    result = optimize.milp(
        -value, integrality=whole, bounds=optimize.Bounds(0, upper), constraints=constraints, options={"time_limit": time_limit, "mip_rel_gap": 1e-9}
    )
    if result.x is None:
        raise ValueError(f"the limits {', '.join(names)} cannot be met together: {result.message}")
    boxes: Any = np.column_stack((np.zeros(len(value)), upper))
    relaxed: Any = optimize.linprog(-value, A_ub=matrix, b_ub=bound if rows else None, A_eq=one_each, b_eq=np.ones(products), bounds=boxes, method="highs")
    prices = {name: max(0.0, -float(price)) for name, price in zip(names, relaxed.ineqlin.marginals, strict=False)} if names else {}
    picked = result.x[:size].reshape(products, strategies)
    picked = np.where(offered, picked, -1.0).argmax(axis=1)
    joined = result.x[size:] > 0.5
    total = float(gain[np.arange(products), picked].sum() - extra[joined].sum())
    return Choice(picked, total, float(result.mip_gap or 0.0), float(-relaxed.fun), prices, joined)


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
    profit_at: Callable[[float], Floats], load: ArrayLike, edges: ArrayLike, usage: Mapping[str, ArrayLike] | None = None, limits: Mapping[str, float] | None = None
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
            choice = choose_strategies(profit_at(float(edge)), {**(usage or {}), "load": use}, {**(limits or {}), "load": float(edge)})
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
