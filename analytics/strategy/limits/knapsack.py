"""Choosing one strategy for each product under limits that all products share: working capital, capacity, number stocked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, sparse

from analytics.policy.arguments import Floats, non_negative
from analytics.strategy.limits.knapsack_prices import choose_at_prices

__all__ = ["Choice", "choose_strategies", "nearest_limits"]


#: More products than this are chosen at the prices of the limits, with a proven bound, instead of exactly.
MOST_EXACT = 500
#: Shares of the limits by which rounding may exceed them.
_ROUNDING = 1e-9


class Choice(NamedTuple):
    """One strategy for each product under shared limits.

    One strategy for each product: its index, the objective, the proven gap (share), the bound of the relaxation, and what one more
    unit of each limit is worth there (approximate: prices of the relaxation, not of the whole-number problem).
    """

    strategy: NDArray[np.int64]
    profit: float
    gap: float
    relaxation: float
    shadow_price: Mapping[str, float]


class _Model(NamedTuple):
    """The constraints of the choice as sparse rows over (products x strategies) and then groups."""

    one_each: Any
    shared: Any
    linked: Any
    groups: int


def _model(use: Floats, joint: NDArray[np.int64], joint_family: NDArray[np.int64]) -> _Model:
    products, strategies = joint.shape
    size, groups = products * strategies, len(joint_family)
    one_each = sparse.hstack(
        (sparse.kron(sparse.eye(products), np.ones((1, strategies))), sparse.csr_matrix((products, groups))),
        format="csr",
    )
    shared = sparse.csr_matrix(np.hstack((use.reshape(len(use), size), np.zeros((len(use), groups)))))
    column = np.flatnonzero(joint.ravel() >= 0)
    n = len(column)
    entries = (
        np.concatenate((np.ones(n), -np.ones(n))),
        (np.tile(np.arange(n), 2), np.concatenate((column, size + joint.ravel()[column]))),
    )
    open_first = sparse.csr_matrix(entries, shape=(n, size + groups))
    several = [f for f in np.unique(joint_family[joint_family >= 0]) if (joint_family == f).sum() > 1]
    one_open = sparse.csr_matrix(
        np.hstack(
            (
                np.zeros((len(several), size)),
                np.array([joint_family == f for f in several], float).reshape(len(several), groups),
            )
        )
    )
    return _Model(one_each, shared, sparse.vstack((open_first, one_open), format="csr"), groups)


def _groups(
    shape: tuple[int, int], joint: NDArray[np.int64] | None, joint_family: ArrayLike | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The group of every option (products, strategies), -1: none, and the family of every group (groups,)."""
    if joint is None:
        return np.full(shape, -1, np.int64), np.zeros(0, np.int64)
    groups = int(joint.max(initial=-1)) + 1
    return np.asarray(joint, np.int64), np.asarray(
        joint_family if joint_family is not None else np.full(groups, -1), np.int64
    )


def choose_strategies(
    profit: ArrayLike,
    usage: Mapping[str, ArrayLike],
    limits: Mapping[str, float],
    *,
    joint: NDArray[np.int64] | None = None,
    joint_family: ArrayLike | None = None,
    time_limit: float = 20.0,
    accuracy: float = 1e-9,
) -> Choice:
    """The most profitable strategy for each product such that no shared limit is exceeded.

    Model: max sum of profit x over one x per product; for each limit sum of usage x <= limit.
    `profit` (products, strategies), NaN or -inf where a strategy is not offered; `usage[name]` the same shape (>= 0).
    Where "strategies" are settings of strategies, `joint` (products, strategies) names the group an option belongs to (-1: none), such as one
    component stock run in one way; `joint_family` (groups,) the family of each group, of which at most one is open.
    Above MOST_EXACT products without groups: chosen at the limits' prices and rounded, the gap to the proven bound reported.
    Raises ValueError naming the limits that cannot be met and what they would need. Source: multiple-choice knapsack (Kellerer, Pferschy and Pisinger
    2004, chapter 11), solved by HiGHS.

    >>> choose_strategies([[0, 5], [0, 4]], {"capital": [[0, 3], [0, 2]]}, {"capital": 4}).strategy.tolist()
    [1, 0]
    """
    gain = np.atleast_2d(np.asarray(profit, float))
    products, strategies = gain.shape
    offered = np.isfinite(gain)
    if not offered.any(axis=1).all():
        raise ValueError(
            f"every product must be offered at least one strategy, product {int(np.flatnonzero(~offered.any(axis=1))[0])} has none"
        )
    names = list(limits)
    use = np.array(
        [np.broadcast_to(non_negative(f"usage {name}", usage[name]), gain.shape) for name in names]
    ).reshape(len(names), products, strategies)
    bound = np.array([float(limits[name]) for name in names])
    for name, amount in zip(names, use, strict=True):
        least = float(np.where(offered, amount, np.inf).min(axis=1).sum())
        if least > limits[name] + _ROUNDING * max(1.0, abs(limits[name])):
            raise ValueError(
                f"limit {name} cannot be met: it must be at least {least:g}, got {limits[name]:g}"
            )
    links, of_family = _groups((products, strategies), joint, joint_family)
    if products > MOST_EXACT and not len(of_family) and names:
        pick, top, prices_of = choose_at_prices(np.where(offered, gain, -np.inf), use, bound)
        money = float(gain[np.arange(products), pick].sum())
        return Choice(
            pick,
            money,
            max(0.0, top - money) / max(abs(money), 1e-12),
            top,
            dict(zip(names, prices_of.tolist(), strict=True)),
        )
    size_of = np.where(bound > 0.0, bound, 1.0)  # rows of size one: the solver's tolerances are absolute
    model = _model(use / size_of[:, None, None], links, of_family)
    size = products * strategies
    value = np.concatenate((np.where(offered, gain, 0.0).ravel(), np.zeros(model.groups)))
    upper = np.concatenate((offered.ravel().astype(float), np.ones(model.groups)))
    matrix: Any = sparse.vstack((model.shared, model.linked), format="csr")
    tops = np.concatenate(
        (bound / size_of, np.zeros((links >= 0).sum()), np.ones(model.linked.shape[0] - (links >= 0).sum()))
    )
    constraints = [
        optimize.LinearConstraint(model.one_each, 1, 1),
        optimize.LinearConstraint(matrix, -np.inf, tops),
    ]
    whole = np.ones(len(value), dtype=np.int64)
    result = optimize.milp(
        -value,
        integrality=whole,
        bounds=optimize.Bounds(0, upper),
        constraints=constraints,
        options={"time_limit": time_limit, "mip_rel_gap": accuracy},
    )
    if result.x is None:
        raise ValueError(f"the limits {', '.join(names)} cannot be met together: {result.message}")
    boxes: Any = np.column_stack((np.zeros(len(value)), upper))
    relaxed: Any = optimize.linprog(
        -value,
        A_ub=matrix,
        b_ub=tops,
        A_eq=model.one_each,
        b_eq=np.ones(products),
        bounds=boxes,
        method="highs",
    )
    prices = {
        name: max(0.0, -float(price)) / float(scale)
        for name, price, scale in zip(names, relaxed.ineqlin.marginals, size_of, strict=False)
    }
    picked = result.x[:size].reshape(products, strategies)
    picked = np.where(offered, picked, -1.0).argmax(axis=1)
    total = float(gain[np.arange(products), picked].sum())
    return Choice(picked, total, float(result.mip_gap or 0.0), float(-relaxed.fun), prices)


def nearest_limits(
    usage: Mapping[str, ArrayLike],
    limits: Mapping[str, float],
    offered: ArrayLike,
    joint: NDArray[np.int64] | None = None,
    joint_family: ArrayLike | None = None,
) -> dict[str, float]:
    """The limits, raised as little as possible so that they can be met together.

    Model: least sum over limits of excess / size of the limit, such that one offered strategy per product keeps every limit plus its excess.
    Above MOST_EXACT products the relaxation, and for each raised limit one more product. Arrays as in choose_strategies. Source: elastic programming (Chinneck 2008, chapter 6).

    >>> nearest_limits({"capital": [[3, 5], [4, 6]]}, {"capital": 6.5}, [[True, True], [True, True]])
    {'capital': 7.0}
    """
    can = np.asarray(offered, bool)
    names = list(limits)
    use = np.array([np.broadcast_to(non_negative(f"usage {name}", usage[name]), can.shape) for name in names])
    links, of_family = _groups((can.shape[0], can.shape[1]), joint, joint_family)
    model = _model(use, links, of_family)
    bound = np.array([float(limits[name]) for name in names])
    scale = np.maximum(
        np.abs(bound), 1e-3 * np.maximum(np.where(can, use, 0.0).max(axis=2).sum(axis=1), 1e-9)
    )
    columns = model.shared.shape[1]
    tops = np.concatenate((np.zeros((links >= 0).sum()), np.ones(model.linked.shape[0] - (links >= 0).sum())))
    wide = sparse.hstack((model.shared / scale[:, None], -sparse.eye(len(names))), format="csr")
    linked = sparse.hstack(
        (model.linked, sparse.csr_matrix((model.linked.shape[0], len(names)))), format="csr"
    )
    one = sparse.hstack((model.one_each, sparse.csr_matrix((len(can), len(names)))), format="csr")
    exact = len(can) <= MOST_EXACT or len(of_family) > 0
    result = optimize.milp(
        np.concatenate((np.zeros(columns), np.ones(len(names)))),
        integrality=np.concatenate((np.full(columns, int(exact)), np.zeros(len(names), int))),
        bounds=optimize.Bounds(
            0, np.concatenate((can.ravel().astype(float), np.ones(model.groups), np.full(len(names), np.inf)))
        ),
        constraints=[
            optimize.LinearConstraint(wide, -np.inf, bound / scale),
            optimize.LinearConstraint(linked, -np.inf, tops),
            optimize.LinearConstraint(one, 1, 1),
        ],
        options={"time_limit": 10.0},
    )
    assert result.x is not None  # always possible: the excess has no top
    excess = np.where(result.x[columns:] > 1e-9, result.x[columns:] * scale, 0.0)
    one_more = 0.0 if exact else np.where(can, use, 0.0).max(axis=(1, 2))
    return {
        name: float(round(b + e + m, 9)) if e > 0 else float(b)
        for name, b, e, m in zip(names, bound, excess, np.broadcast_to(one_more, len(names)), strict=True)
    }
