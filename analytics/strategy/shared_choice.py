"""The choice under shared limits for one portfolio: which option of every product, what binds, what one more of it is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.limits import Limits
from analytics.simulation.ledger import COUNT_INDEX, Ledger
from analytics.strategy.compare import choose
from analytics.strategy.knapsack import MOST_EXACT, choose_strategies, nearest_limits
from analytics.strategy.load import MONTHS, busy_months, queue_allowance, work_per_unit, work_share
from analytics.strategy.options import FREE, Options, expected_demand_value, not_dominated, option_usage
from analytics.strategy.price import money_values, profit_rates

__all__ = ["EDGES", "ROUNDS", "Joined", "Picked", "SharedProblem", "limit_of", "own_utilisation", "pick_under_limits", "tops_of"]

Array = NDArray[np.float64]
Joined = Callable[[tuple[NDArray[np.intp], ...]], Mapping[str, Ledger]]

#: Utilisations at which the wait in the shop is tried (piecewise linear congestion).
EDGES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)
#: Rounds in which component stocks are simulated again with those who join.
ROUNDS = 5
_SLACK = 2e-6


@dataclass(frozen=True, eq=False)
class SharedProblem:
    """What the choice needs: `allowed` (products, options) by marks and by what is decided at all, `free` (products,) the option of each product
    without limits, `most` (products,) the money beyond which nothing more is counted: that of the recommendation without limits. `whole_shop`: the
    capacity is the whole shop's; `fixed_quotes` leaves quotes as they are however crowded it is; `tighten` shares of limits aimed at.
    """

    options: Options
    items: Items
    strategies: tuple[str, ...]
    limits: Limits
    ended: NDArray[np.bool_]
    allowed: NDArray[np.bool_]
    free: NDArray[np.intp]
    most: Array
    shares: Array
    size_variability: Array
    order_ledger: Ledger
    families: tuple[NDArray[np.intp], ...]
    joined: Joined
    whole_shop: bool = False
    fixed_quotes: bool = False
    tighten: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Picked:
    """A choice: `option` (products,), `value` counted money, `bound` that no choice exceeds, `prices` of one more unit of each limit, `used` and `tops`
    by limit, `nearest` the limits that had to be raised, `stretch` days added to quotes, `utilisation`, `pooling` money of component stocks
    that fewer products join than their own figures assume, `options` as evaluated.
    """

    option: NDArray[np.intp]
    value: float
    bound: float
    prices: Mapping[str, float]
    used: Mapping[str, float]
    tops: Mapping[str, float]
    nearest: Mapping[str, float]
    stretch: Array
    utilisation: float
    pooling: float
    options: Options


def tops_of(problem: SharedProblem, edge: float | None = None) -> dict[str, float]:
    """Highest usage of every limit, in the unit of `option_usage`; `edge` the utilisation allowed (None: the highest planned)."""
    limits = problem.limits
    tops: dict[str, float] = {}
    if limits.order_capacity_per_month is not None:
        most = limits.order_capacity_per_month * (limits.highest_utilisation if edge is None else edge)
        tops |= {f"capacity {m}": most for m in range(MONTHS)} if limits.every_month else {}
        tops["order_capacity_per_month"] = most
    for name in ("working_capital", "stocked_products"):
        if getattr(limits, name) is not None:
            tops[name] = getattr(limits, name)
    value = expected_demand_value(problem.options, problem.items)
    for name in ("least_share_served", "least_share_at_once"):
        if getattr(limits, name) is not None:
            tops[name] = (1.0 - getattr(limits, name)) * value
    return {name: top * problem.tighten.get(limit_of(name), 1.0) for name, top in tops.items()}


def limit_of(name: str) -> str:
    """The limit a row of usage belongs to: every month's capacity is the one capacity.

    >>> limit_of("capacity 3"), limit_of("working_capital")
    ('order_capacity_per_month', 'working_capital')
    """
    return "order_capacity_per_month" if name.startswith("capacity ") else name


def _usage(problem: SharedProblem, options: Options) -> dict[str, Array]:
    return option_usage(options, problem.items, problem.strategies, problem.limits, problem.ended, problem.shares, problem.whole_shop)


def _value(problem: SharedProblem, options: Options) -> Array:
    """Money counted: never more than without limits; what is not decided has one option and counts nothing."""
    money = np.minimum(options.profit, problem.most[:, None])
    money = np.where(np.isfinite(problem.most)[:, None], money, 0.0)
    return np.where(problem.allowed & np.isfinite(money), money, -np.inf)


def _sum(usage: Mapping[str, Array], option: NDArray[np.intp]) -> dict[str, float]:
    rows = np.arange(len(option))
    return {name: float(amount[rows, option].sum()) for name, amount in usage.items()}


def _holds(used: Mapping[str, float], tops: Mapping[str, float]) -> bool:
    return all(used[name] <= top + _SLACK * max(1.0, abs(top)) for name, top in tops.items())


def _back_to_free(problem: SharedProblem, value: Array, usage: Mapping[str, Array], tops: Mapping[str, float], option: NDArray[np.intp]) -> NDArray[np.intp]:
    """Products whose choice without limits still fits go back to it: a limit changes no more than it must."""
    option = option.copy()
    used = _sum(usage, option)
    every = np.arange(len(option))
    single = (problem.options.joint[every, option] < 0) & (problem.options.joint[every, problem.free] < 0)
    rows = np.flatnonzero((option != problem.free) & single)
    loss = value[rows, problem.free[rows]] - value[rows, option[rows]]
    for i in rows[np.argsort(-loss, kind="stable")]:
        if not np.isfinite(value[i, problem.free[i]]):
            continue
        after = {name: used[name] + float(amount[i, problem.free[i]] - amount[i, option[i]]) for name, amount in usage.items()}
        if all(after[name] <= max(top, used[name]) for name, top in tops.items()):  # never worse where a limit had to be raised
            option[i], used = problem.free[i], after
    return option


_Solved = tuple[NDArray[np.intp], float, dict[str, float], dict[str, float]]


def _solve(problem: SharedProblem, options: Options, tops: dict[str, float]) -> _Solved:
    """Option of every product, the bound, the prices, and the limits raised because they cannot be met."""
    value, usage = _value(problem, options), _usage(problem, options)
    names = list(tops)
    amounts = np.stack([usage[name] for name in names]) if names else np.zeros((0, *value.shape))
    least = np.where(np.isfinite(value), amounts, np.inf).min(axis=2)
    amounts = amounts - least[:, :, None]
    room = np.array([tops[name] for name in names]) - least.sum(axis=1)
    stays = np.isfinite(value)
    single = options.joint[0] < 0 if not len(options.joint_family) else np.all(options.joint < 0, axis=0)
    own = np.flatnonzero(single)
    shared = np.flatnonzero(~single)
    stays[:, own] = not_dominated(value[:, own], amounts[:, :, own], np.arange(len(value)))
    if len(shared):
        unit = options.joint[:, shared[0]]
        unit = np.where(unit < 0, unit.max() + 1 + np.arange(len(unit)), unit)
        stays[:, shared] = not_dominated(value[:, shared], amounts[:, :, shared], np.unique(unit, return_inverse=True)[1])
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
        nearest = {name: tops[name] - float(r) for name, r in zip(names, raised, strict=True) if r < -_SLACK * max(1.0, abs(tops[name]))}
        return option, float(np.where(np.isfinite(value[rows, option]), value[rows, option], 0.0).sum()), dict.fromkeys(names, 0.0), nearest
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
        choice = choose_strategies(gain, use, limits, joint=joint, joint_family=of_family, accuracy=1e-5, time_limit=5.0)
    except ValueError:
        wider = nearest_limits(use, limits, np.isfinite(gain), joint, of_family)
        wider = {name: top + 1e-7 * max(1.0, abs(top)) if top > limits[name] else top for name, top in wider.items()}
        raised = raised + np.array([limits[name] - wider[name] for name in names])
        choice = choose_strategies(gain, use, wider, joint=joint, joint_family=of_family, accuracy=1e-5, time_limit=5.0)
    nearest = {name: tops[name] - float(r) for name, r in zip(names, raised, strict=True) if r < -_SLACK * max(1.0, abs(tops[name]))}
    option[moving] = pack[np.arange(len(moving)), choice.strategy]
    others = float(np.where(np.isfinite(problem.most) & fixed, value[rows, option], 0.0).sum())
    option = _back_to_free(problem, value, usage, {**tops, **nearest}, option)
    bound = min(choice.relaxation, choice.profit + choice.gap * max(abs(choice.profit), 1e-12)) if joint is not None or len(moving) <= MOST_EXACT else choice.relaxation
    return option, bound + others, dict(choice.shadow_price), nearest


def _members(problem: SharedProblem, options: Options, option: NDArray[np.intp]) -> dict[int, tuple[int, ...]]:
    """Who assembles, of every family that only some members join."""
    if "ATO" not in problem.strategies:
        return {}
    assembled = options.strategy[option] == problem.strategies.index("ATO")
    return {f: tuple(int(i) for i in members[assembled[members]]) for f, members in enumerate(problem.families) if 0 < assembled[members].sum() < len(members)}


def _with_members(problem: SharedProblem, options: Options, members: Mapping[int, tuple[int, ...]], seen: dict[tuple[int, ...], tuple[Array, Array]]) -> Options:
    """The options with the figures of those who assemble in a smaller circle, simulated with them alone."""
    missing = tuple(np.array(m, np.intp) for m in members.values() if m not in seen)
    k = problem.strategies.index("ATO")
    at = np.flatnonzero(options.strategy == k)
    if missing:
        ledger = problem.joined(missing)["ATO"]
        position = {sku: i for i, sku in enumerate(problem.items.skus)}
        index = np.array([position[s] for s in ledger.skus], np.intp)
        alone = choose(ledger, problem.items, index, missing)
        where = {int(i): r for r, i in enumerate(index)}
        rates = profit_rates(money_values(problem.items, "ATO"), "ATO")
        for group in missing:
            r = np.array([where[int(i)] for i in group])
            counts = np.stack([alone.counts[group] if j == FREE else ledger.counts[r, j].mean(axis=1) for j in options.setting[at]], axis=1)
            seen[tuple(int(i) for i in group)] = (counts, np.einsum("noc,nc->no", counts, rates[group]))
    counts, profit = problem.options.counts.copy(), problem.options.profit.copy()
    to_order = np.flatnonzero(options.strategy == problem.strategies.index("MTO")) if "MTO" in problem.strategies else np.zeros(0, np.intp)
    counts[:, to_order], profit[:, to_order] = options.counts[:, to_order], options.profit[:, to_order]
    for m in members.values():
        rows = np.array(m)[:, None]
        counts[rows, at[None, :]], profit[rows, at[None, :]] = seen[m]
    return replace(options, counts=counts, profit=profit)


def _in_rounds(problem: SharedProblem, options: Options, tops: dict[str, float], seen: dict[tuple[int, ...], tuple[Array, Array]]) -> tuple[_Solved, Options]:
    """Solve, simulate again the component stocks that only some of a family join, and solve again: at most five rounds."""
    current: dict[int, tuple[int, ...]] = {}
    tried: list[dict[int, tuple[int, ...]]] = []
    best: tuple[float, _Solved, Options] | None = None
    rows = np.arange(len(problem.items))
    for _ in range(ROUNDS):
        option, bound, prices, nearest = _solve(problem, options, tops)
        members = _members(problem, options, option)
        if members == current:
            return (option, bound, prices, nearest), options
        going_round = members in tried
        tried.append(members)
        options = _with_members(problem, options, members, seen)
        current = members
        if _holds(_sum(_usage(problem, options), option), {**tops, **nearest}):
            value = float(_value(problem, options)[rows, option].sum())
            if best is None or value > best[0]:
                best = (value, (option, bound, prices, nearest), options)
        if going_round:
            break
    if best is not None:
        return best[1], best[2]
    partial = np.isin(np.arange(len(rows)), [i for f in current for i in problem.families[f]])
    alone = replace(problem, allowed=problem.allowed & ~(partial[:, None] & (options.strategy == problem.strategies.index("ATO"))[None, :]))
    return _solve(alone, problem.options, tops), problem.options


def stretched(problem: SharedProblem, options: Options, stretch: Array) -> Options:
    """The options with quotes to order lengthened by some days: counts between the quotes simulated, at most three times the quote in force."""
    if not (stretch > 0.0).any() or "MTO" not in problem.strategies:
        return options
    ledger = problem.order_ledger
    quotes, counts = ledger.settings["quote_days"], ledger.counts.mean(axis=2)
    order = np.argsort(quotes[int(np.argmax(quotes[:, 0]))], kind="stable")
    quotes, counts = quotes[:, order], counts[:, order]
    wanted = np.minimum(ledger.settings["quote_days"][:, 0] + stretch, quotes[:, -1])
    right = np.clip((quotes < wanted[:, None]).sum(axis=1), 1, quotes.shape[1] - 1)
    rows = np.arange(len(wanted))
    span = quotes[rows, right] - quotes[rows, right - 1]
    part = np.where(span > 0.0, (wanted - quotes[rows, right - 1]) / np.where(span > 0.0, span, 1.0), 0.0)[:, None]
    between = counts[rows, right - 1] * (1.0 - part) + counts[rows, right] * part
    longer = stretch > 0.0
    at = options.find(problem.strategies.index("MTO"), FREE)
    new_counts, new_profit = options.counts.copy(), options.profit.copy()
    new_counts[longer, at] = between[longer]
    money = np.einsum("nc,nc->n", between, profit_rates(money_values(problem.items, "MTO"), "MTO"))
    new_profit[longer, at] = money[longer]
    return replace(options, counts=new_counts, profit=new_profit)


def shop(problem: SharedProblem, options: Options, option: NDArray[np.intp]) -> tuple[Array, Array, Array]:
    """What a mix asks of the shop: work by month, orders a year and work per order of each product."""
    rows = np.arange(len(option))
    picked = options.counts[rows, option]
    sold = picked[:, COUNT_INDEX["demanded"]] - picked[:, COUNT_INDEX["lost"]]
    after = np.stack([work_share(problem.items, name) for name in problem.strategies], axis=1)[rows, options.strategy[option]]
    each = work_per_unit(problem.items, problem.limits) * after
    size = np.maximum(np.nan_to_num(problem.items["units_per_order"], nan=1.0), 1e-9)
    return (sold * each) @ problem.shares, np.where(each > 0.0, sold / size, 0.0), each * size


def stretch_at(problem: SharedProblem, utilisation: float, orders: Array, per_order: Array, peaks: float) -> Array:
    """Days by which quotes lengthen at an average utilisation: the queue needed in busy months less what the quote already leaves for it."""
    capacity = problem.limits.order_capacity_per_month
    if capacity is None or problem.whole_shop or problem.fixed_quotes:
        return np.zeros(len(orders))
    needed = queue_allowance(min(utilisation * peaks, 0.995), capacity, orders, per_order, problem.size_variability)
    own = (work_per_unit(problem.items, problem.limits) > 0.0) & np.isfinite(problem.most)
    return np.where(own, np.maximum(needed - np.nan_to_num(problem.items["queue_days"]), 0.0), 0.0)


def own_utilisation(problem: SharedProblem, options: Options, option: NDArray[np.intp], highest: float) -> tuple[float, Array]:
    """The utilisation at which a mix's quotes and the orders that stay at them agree, and the days added to its quotes there.

    Longer quotes lose orders and so relieve the shop: the difference falls in the utilisation and is halved down to a point.
    """
    capacity = problem.limits.order_capacity_per_month
    none = np.zeros(len(option))
    if capacity is None:
        return 0.0, none
    work, orders, per_order = shop(problem, options, option)
    if capacity <= 0.0 or not work.sum() > 0.0:
        return 0.0, none

    def load(utilisation: float) -> tuple[float, Array]:
        days = stretch_at(problem, utilisation, orders, per_order, busy_months(work))
        return float(shop(problem, stretched(problem, options, days), option)[0].mean()) / capacity, days

    low, high = 0.0, max(highest, 1e-6)
    at, days = load(high)
    if at >= high:
        return at, days
    for _ in range(30):
        middle = 0.5 * (low + high)
        at, _ = load(middle)
        low, high = (middle, high) if at > middle else (low, middle)
    at, days = load(high)
    return at, days


def pick_under_limits(problem: SharedProblem) -> Picked:
    """The best option of every product under all limits at once.

    For each utilisation edge the quotes of that congestion, the choice with the load kept to the edge, then the choice priced at its own
    utilisation; the best stays. Without a capacity, or where quotes already leave room for the queue, one pass.
    """
    rows = np.arange(len(problem.items))
    seen: dict[tuple[int, ...], tuple[Array, Array]] = {}
    highest = problem.limits.highest_utilisation
    edges = [*(e for e in EDGES if e < highest), highest] if problem.limits.order_capacity_per_month is not None and not problem.whole_shop else [highest]
    reference = shop(problem, problem.options, problem.free)
    if not reference[1].any() and "MTO" in problem.strategies:
        reference = shop(problem, problem.options, np.full(len(rows), problem.options.find(problem.strategies.index("MTO"), FREE)))
    longer = [stretch_at(problem, e, reference[1], reference[2], busy_months(reference[0])) for e in edges]
    level = [k for k, days in enumerate(longer) if not (days > 0.0).any()]
    best: Picked | None = None
    for k, (edge, days) in enumerate(zip(edges, longer, strict=True)):
        if level and k < level[-1]:
            continue
        tops = tops_of(problem, 1.0 if problem.whole_shop else edge)
        options = stretched(problem, problem.options, days)
        (option, bound, prices, nearest), options = _in_rounds(problem, options, tops, seen)
        plain = replace(options, counts=options.counts.copy(), profit=options.profit.copy())
        if "MTO" in problem.strategies:
            at = options.find(problem.strategies.index("MTO"), FREE)
            plain.counts[:, at], plain.profit[:, at] = problem.options.counts[:, at], problem.options.profit[:, at]
        raised = any(limit_of(name) == "order_capacity_per_month" for name in nearest)
        utilisation, own = (1.0, np.zeros(len(rows))) if raised else own_utilisation(problem, plain, option, edge)
        options = stretched(problem, plain, own)
        value = _value(problem, options)[rows, option]
        used = _sum(_usage(problem, options), option)
        money = float(np.where(np.isfinite(value), value, 0.0).sum())
        pooled = options.strategy[option] == problem.strategies.index("ATO") if "ATO" in problem.strategies else np.zeros(len(rows), bool)
        pooling = float(np.nansum((options.profit - problem.options.profit)[rows[pooled], option[pooled]]))
        own = np.where(options.strategy[option] == problem.strategies.index("MTO"), own, 0.0) if "MTO" in problem.strategies else own * 0.0
        found = Picked(option, money, bound, prices, used, tops, nearest, own, utilisation, pooling, options)
        better = best is None or (len(nearest), -money) < (len(best.nearest), -best.value)
        best = found if better else best
    assert best is not None
    return best
