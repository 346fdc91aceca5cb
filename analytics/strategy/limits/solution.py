"""A choice under shared limits solved at given figures, and again with the component stocks that only some of a family join."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.naming.labels import Strategy
from analytics.strategy.compared.setting import choose
from analytics.strategy.limits.knapsack import MOST_EXACT, choose_strategies, nearest_limits
from analytics.strategy.limits.options import FREE, Options, not_dominated
from analytics.strategy.limits.problem import SLACK, SharedProblem, holds, total_of, usage_of, value_of
from analytics.strategy.money.price import money_values, profit_rates

__all__ = ["Solved", "solve_in_rounds"]

Array = NDArray[np.float64]
#: option of every product, the bound, the prices, and the limits raised because they cannot be met
Solved = tuple[NDArray[np.intp], float, dict[str, float], dict[str, float]]

#: Rounds in which component stocks are simulated again with those who join.
_ROUNDS = 5


def _back_to_free(
    problem: SharedProblem,
    value: Array,
    usage: Mapping[str, Array],
    tops: Mapping[str, float],
    option: NDArray[np.intp],
) -> NDArray[np.intp]:
    """Products whose choice without limits still fits go back to it: a limit changes no more than it must."""
    option = option.copy()
    used = total_of(usage, option)
    every = np.arange(len(option))
    single = (problem.options.joint[every, option] < 0) & (problem.options.joint[every, problem.free] < 0)
    rows = np.flatnonzero((option != problem.free) & single)
    loss = value[rows, problem.free[rows]] - value[rows, option[rows]]
    for i in rows[np.argsort(-loss, kind="stable")]:
        if not np.isfinite(value[i, problem.free[i]]):
            continue
        after = {
            name: used[name] + float(amount[i, problem.free[i]] - amount[i, option[i]])
            for name, amount in usage.items()
        }
        if all(
            after[name] <= max(top, used[name]) for name, top in tops.items()
        ):  # never worse where a limit had to be raised
            option[i], used = problem.free[i], after
    return option


def _worth_weighing(options: Options, value: Array, amounts: Array) -> NDArray[np.bool_]:
    """Options (products, options) that no other of the same product, or of the same family's component stock, beats in money and in every usage."""
    stays = np.isfinite(value)
    single = np.all(options.joint < 0, axis=0)
    own, shared = np.flatnonzero(single), np.flatnonzero(~single)
    stays[:, own] = not_dominated(value[:, own], amounts[:, :, own], np.arange(len(value)))
    if len(shared):
        unit = options.joint[:, shared[0]]
        unit = np.where(unit < 0, unit.max() + 1 + np.arange(len(unit)), unit)
        stays[:, shared] = not_dominated(
            value[:, shared], amounts[:, :, shared], np.unique(unit, return_inverse=True)[1]
        )
    return stays


def _solve(problem: SharedProblem, options: Options, tops: dict[str, float]) -> Solved:
    """Option of every product, the bound, the prices, and the limits raised because they cannot be met."""
    value, usage = value_of(problem, options), usage_of(problem, options)
    names = list(tops)
    amounts = np.stack([usage[name] for name in names]) if names else np.zeros((0, *value.shape))
    least = np.where(np.isfinite(value), amounts, np.inf).min(axis=2)
    amounts = amounts - least[:, :, None]
    room = np.array([tops[name] for name in names]) - least.sum(axis=1)
    stays = _worth_weighing(options, value, amounts)
    rows = np.arange(len(value))
    stays[rows, problem.free] |= np.isfinite(value[rows, problem.free])
    moving = np.flatnonzero(stays.sum(axis=1) > 1)
    option = np.where(stays.sum(axis=1) == 1, stays.argmax(axis=1), problem.free)
    nearest: dict[str, float] = {}
    fixed = np.ones(len(value), bool)
    fixed[moving] = False
    room = room - amounts[:, fixed, option[fixed]].sum(axis=1)
    raised = np.minimum(room, 0.0)
    if not len(moving):
        nearest = {
            name: tops[name] - float(r)
            for name, r in zip(names, raised, strict=True)
            if r < -SLACK * max(1.0, abs(tops[name]))
        }
        return (
            option,
            float(np.where(np.isfinite(value[rows, option]), value[rows, option], 0.0).sum()),
            dict.fromkeys(names, 0.0),
            nearest,
        )
    width = int(stays[moving].sum(axis=1).max())
    pack = np.argsort(~stays[moving], axis=1, kind="stable")[:, :width]
    here = moving[:, None]
    gain = np.where(stays[here, pack], value[here, pack], -np.inf)
    use = {name: np.where(stays[here, pack], amounts[k][here, pack], 0.0) for k, name in enumerate(names)}
    groups = np.where(stays[here, pack], options.joint[here, pack], -1)
    kept, codes = np.unique(groups, return_inverse=True)
    links = codes.reshape(groups.shape) - int(kept[0] < 0)
    joint = links if links.max() >= 0 else None
    of_family = options.joint_family[kept[kept >= 0]] if joint is not None else None
    limits = {name: max(float(r), 0.0) for name, r in zip(names, room, strict=True)}
    try:
        choice = choose_strategies(
            gain, use, limits, joint=joint, joint_family=of_family, accuracy=1e-5, time_limit=5.0
        )
    except ValueError:
        wider = nearest_limits(use, limits, np.isfinite(gain), joint, of_family)
        wider = {
            name: top + 1e-7 * max(1.0, abs(top)) if top > limits[name] else top
            for name, top in wider.items()
        }
        raised = raised + np.array([limits[name] - wider[name] for name in names])
        choice = choose_strategies(
            gain, use, wider, joint=joint, joint_family=of_family, accuracy=1e-5, time_limit=5.0
        )
    nearest = {
        name: tops[name] - float(r)
        for name, r in zip(names, raised, strict=True)
        if r < -SLACK * max(1.0, abs(tops[name]))
    }
    option[moving] = pack[np.arange(len(moving)), choice.strategy]
    others = float(np.where(np.isfinite(problem.most) & fixed, value[rows, option], 0.0).sum())
    option = _back_to_free(problem, value, usage, {**tops, **nearest}, option)
    bound = (
        min(choice.relaxation, choice.profit + choice.gap * max(abs(choice.profit), 1e-12))
        if joint is not None or len(moving) <= MOST_EXACT
        else choice.relaxation
    )
    return option, bound + others, dict(choice.shadow_price), nearest


def _members(
    problem: SharedProblem, options: Options, option: NDArray[np.intp]
) -> dict[int, tuple[int, ...]]:
    """Who assembles, of every family that only some members join."""
    if Strategy.ATO not in problem.strategies:
        return {}
    assembled = options.strategy[option] == problem.strategies.index(Strategy.ATO)
    return {
        f: tuple(int(i) for i in members[assembled[members]])
        for f, members in enumerate(problem.families)
        if 0 < assembled[members].sum() < len(members)
    }


def _with_members(
    problem: SharedProblem,
    options: Options,
    members: Mapping[int, tuple[int, ...]],
    seen: dict[tuple[int, ...], tuple[Array, Array]],
) -> Options:
    """The options with the figures of those who assemble in a smaller circle, simulated with them alone."""
    missing = tuple(np.array(m, np.intp) for m in members.values() if m not in seen)
    k = problem.strategies.index(Strategy.ATO)
    at = np.flatnonzero(options.strategy == k)
    if missing:
        ledger = problem.joined(missing)[Strategy.ATO]
        position = {sku: i for i, sku in enumerate(problem.items.skus)}
        index = np.array([position[s] for s in ledger.skus], np.intp)
        alone = choose(ledger, problem.items, index, missing)
        where = {int(i): r for r, i in enumerate(index)}
        rates = profit_rates(money_values(problem.items, Strategy.ATO), Strategy.ATO)
        for group in missing:
            r = np.array([where[int(i)] for i in group])
            counts = np.stack(
                [
                    alone.counts[group] if j == FREE else ledger.counts[r, j].mean(axis=1)
                    for j in options.setting[at]
                ],
                axis=1,
            )
            seen[tuple(int(i) for i in group)] = (counts, np.einsum("noc,nc->no", counts, rates[group]))
    counts, profit = problem.options.counts.copy(), problem.options.profit.copy()
    to_order = (
        np.flatnonzero(options.strategy == problem.strategies.index(Strategy.MTO))
        if Strategy.MTO in problem.strategies
        else np.zeros(0, np.intp)
    )
    counts[:, to_order], profit[:, to_order] = options.counts[:, to_order], options.profit[:, to_order]
    for m in members.values():
        rows = np.array(m)[:, None]
        counts[rows, at[None, :]], profit[rows, at[None, :]] = seen[m]
    return replace(options, counts=counts, profit=profit)


def solve_in_rounds(
    problem: SharedProblem,
    options: Options,
    tops: dict[str, float],
    seen: dict[tuple[int, ...], tuple[Array, Array]],
) -> tuple[Solved, Options]:
    """Solve, simulate again the component stocks that only some of a family join, and solve again: at most five rounds."""
    current: dict[int, tuple[int, ...]] = {}
    tried: list[dict[int, tuple[int, ...]]] = []
    best: tuple[float, Solved, Options] | None = None
    rows = np.arange(len(problem.items))
    for _ in range(_ROUNDS):
        option, bound, prices, nearest = _solve(problem, options, tops)
        members = _members(problem, options, option)
        if members == current:
            return (option, bound, prices, nearest), options
        going_round = members in tried
        tried.append(members)
        options = _with_members(problem, options, members, seen)
        current = members
        if holds(total_of(usage_of(problem, options), option), {**tops, **nearest}):
            value = float(value_of(problem, options)[rows, option].sum())
            if best is None or value > best[0]:
                best = (value, (option, bound, prices, nearest), options)
        if going_round:
            break
    if best is not None:
        return best[1], best[2]
    partial = np.isin(np.arange(len(rows)), [i for f in current for i in problem.families[f]])
    alone = replace(
        problem,
        allowed=problem.allowed
        & ~(partial[:, None] & (options.strategy == problem.strategies.index(Strategy.ATO))[None, :]),
    )
    return _solve(alone, problem.options, tops), problem.options
