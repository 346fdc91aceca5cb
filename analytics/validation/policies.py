"""What every policy would have decided at one date of the past, from what was known then.

One concept: the record `Decision` of one date. Every policy's strategies, levels, lots, quotes and kits are
written into the same arrays side by side, so that they differ in what was decided and in nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.demand.panel import DemandPanel
from analytics.items import Items
from analytics.naming.labels import Strategy, plan_text
from analytics.policy.patience import share_staying
from analytics.simulation.stock import StockPlan
from analytics.strategy.compare import Comparison
from analytics.strategy.money.measures import counts_by_name, fill_rate
from analytics.strategy.plans.batches import WAIT
from analytics.strategy.plans.ledgers import Setup, split_channels, split_settings
from analytics.strategy.plans.recipes import Grid, lots_of, minimum_binds
from analytics.strategy.present.present_policy import todays_settings
from analytics.strategy.recommend import Recommendation
from analytics.validation.rules_of_thumb import (
    ABC_LOT_WEEKS,
    ABC_SERVICE,
    COVER_WEEKS,
    abc_xyz,
    average_demand,
)
from analytics.validation.stock import NEVER, Plan, Rule

__all__ = ["DECIDED", "PLAYED", "POLICIES", "Decision", "Place", "decision"]

Array = NDArray[np.float64]

#: How a unit can be served, and so priced.
PLAYED = (Strategy.MTS, Strategy.ATO, Strategy.MTO)
#: Strategies a replay can play; positions in this tuple are the codes of `Decision.strategy`. What is split by order size is served
#: from stock and to order.
DECIDED = (*PLAYED, Strategy.HYBRID)
MTS, ATO, MTO, HYBRID = range(4)

#: Policies in the order of the tables.
POLICIES = {
    "mix": plan_text("mix"),
    "all_mts": plan_text(Strategy.MTS),
    "all_ato": plan_text(Strategy.ATO),
    "all_mto": plan_text(Strategy.MTO),
    "present": plan_text("baseline"),
    "abc_xyz": "the ABC/XYZ rule",
    "months_of_cover": "the months-of-cover rule",
}


@dataclass(frozen=True, eq=False)
class Decision:
    """Decisions of every policy (axis 0) at one origin, over all products of the whole file (axis 1, not `known` ones at rest).

    `strategy` holds positions in DECIDED. `pool` names, by the position of one of its members, the kit stock that a product
    can be assembled from (-1: none); kit stocks have the units' axis too. `present` is today's strategy (else to stock) and
    `stated` where the user said so. `told` (policies, products) and `door` are days quoted to order and when assembled, `stay_told` and `stay_door` the share of past
    customers that the waiting rule keeps then. `limit` (products,) is the order size in units beyond which a policy that splits makes to order
    (infinite: not split by size), `channel` (products,) the one whose orders are then made to order ("": none; None: of no product).
    `batched` (policies, products; None: none) marks what is to order and whose first order starts a batch of which the
    rest goes to stock: from then on it is served from there. `filled` (policies, products) are the units of the batch that
    customers fill where they do (0: nowhere; None: of no product). `day_share` (7,) is how a week's orders fall on its days, from
    the day of the origin on. `planned` (products,) are those that the mix has planned anew, at this date or before it: the others
    it runs as today. `planned_fill` is the share of demand served at once that the simulation expects when stocking.
    """

    known: NDArray[np.bool_]
    ended: NDArray[np.bool_]
    policies: tuple[str, ...]
    strategy: NDArray[np.int8]
    stock: Plan
    rule: Rule
    kits: Plan
    kit_rule: Rule
    kit_share: Array
    pool: NDArray[np.intp]
    present: NDArray[np.int8]
    stated: NDArray[np.bool_]
    average: Array
    told: Array
    door: Array
    stay_told: Array
    stay_door: Array
    production_years: Array
    assembly_years: Array
    units_per_order: Array
    planned_fill: Array
    limit: Array
    not_played: int
    planned: NDArray[np.bool_]
    batched: NDArray[np.bool_] | None = None
    channel: NDArray[Any] | None = None
    filled: Array | None = None
    day_share: Array | None = None


def _plan(
    source: StockPlan,
    at: NDArray[np.intp],
    count: int,
    shift: int,
    silent: NDArray[np.bool_],
    cancellable: Array,
    step: Array,
) -> Plan:
    """A plan of the simulation as seen `shift` weeks after its first week, its units put at positions `at` of `count`; `cancellable` and `step` (units,)."""

    def put(column: NDArray[np.generic], fill: float) -> Array:
        out = np.full((count, *column.shape[1:]), fill)
        out[at] = column
        return out

    lead, review, lead_days, review_days = (
        np.floor(put(column, fill) * steps + 0.5).astype(np.int64)
        for steps in (1, 7)
        for column, fill in ((source.lead_weeks, 0.0), (source.review_weeks, 1.0))
    )
    review, review_days = np.maximum(review, 1), np.maximum(review_days, 1)
    expected = np.where(silent[:, None], 0.0, source.expected[:, shift:])
    own = np.minimum(1.0, source.production_weeks / np.maximum(source.lead_weeks, 1e-9)) * (
        source.lead_weeks > 0
    )
    ends = np.where(source.end_week < NEVER, source.end_week - shift, NEVER)
    return Plan(
        put(expected, 0.0), put(source.smoothing, 0.0), lead, review, put(source.cover_weeks, 1).astype(np.int64), put(source.moq, 0.0), put(source.whole, 1) > 0.5,
        put(ends, NEVER), put(own, 0.0), put(cancellable, 0.0), put(np.zeros(len(step)) if source.multiple is None else source.multiple, 0.0), put(step, 1.0),
        lead_days, review_days,
    )  # fmt: skip


def _step(plan: StockPlan, setup: Setup) -> Array:
    """The smallest quantity in which each unit of a plan is used."""
    if plan.step is not None:
        return plan.step
    return (
        np.ones(len(plan.lot))
        if setup.world.step is None
        else setup.world.step[plan.members[plan.start[:-1]]]
    )


def _waiting(setup: Setup) -> tuple[Array, Array, Array]:
    """Curve of patience, its shape and the wait that past customers accepted, per product."""
    world = setup.world
    assert world.patience_curve is not None and world.patience_shape is not None
    return world.patience_curve.astype(np.float64), world.patience_shape, world.historical_wait_days


def _setting(grid: Grid, service: float, cover: float) -> int:
    """Position on the grid nearest to a service level, then to a cover of the lot."""
    level, lot = grid.flat()
    distance = np.abs(level - service)
    return int(np.argmin(np.where(distance <= distance.min() + 1e-12, np.abs(lot - cover), np.inf)))


class Followed(NamedTuple):
    """What is recommended to a company that has followed it so far: positions of strategies, and what stays as the company runs it today, (products,)."""

    recommended: NDArray[np.intp]
    as_today: NDArray[np.bool_]


class Place(NamedTuple):
    """Where the products of a study at one origin stand among those of the whole file.

    at: (products of the study,), their positions. products: how many the file has.
    pool: (products,), the kit stocks so far (-1: none); products that newly assemble together are entered.
    shift: weeks from the study's first week to the origin.
    patience_per_day: (products of the study,), by which customers of the past are taken to have waited.
    """

    at: NDArray[np.intp]
    products: int
    pool: NDArray[np.intp]
    shift: int
    patience_per_day: Array


def decision(
    place: Place,
    panel: DemandPanel,
    items: Items,
    setup: Setup,
    comparison: Comparison,
    recommendation: Recommendation,
    followed: Followed,
    grid: Grid,
) -> Decision:
    """Every policy's strategies and settings at one origin, from a study of what was known then.

    `followed` is the recommendation to a company that has followed it so far: what is not worth a change stays as it is, and the mix runs it as today.
    """
    at, count, pool, shift, patience_per_day = place
    n = len(at)
    rows = np.arange(n)
    ended = recommendation.ended
    codes = np.array(
        [DECIDED.index(name) if name in DECIDED else -1 for name in comparison.strategies], np.int8
    )
    playable = np.flatnonzero(codes >= 0)
    offered = np.stack([comparison.chosen[comparison.strategies[k]].offered for k in playable], axis=1)
    score = np.where(
        offered & np.isfinite(comparison.profit[:, playable]), comparison.profit[:, playable], -np.inf
    )
    best = codes[playable[np.argmax(score, axis=1)]]
    mix = codes[followed.recommended]
    not_played = int((mix < 0).sum())
    mix = np.where(mix < 0, best, mix)
    present = np.maximum(codes[recommendation.baseline], 0)
    stated = np.array([str(m).upper() in comparison.strategies for m in items["current_mode"]], np.bool_)
    has_ato = Strategy.ATO in comparison.strategies
    ato = comparison.chosen[Strategy.ATO].offered if has_ato else np.zeros(n, np.bool_)
    value, regularity = abc_xyz(panel)
    to_order = (regularity == 2) | ((value == 2) & (regularity == 1))
    # what no supplier delivers one order at a time is to order in batches, and where that is not offered stocked by every rule
    single = comparison.chosen[Strategy.MTO].offered | ~minimum_binds(items)
    by_policy = {
        "mix": mix,
        "all_mts": np.zeros(n, np.int8),
        "all_ato": np.where(ato, ATO, MTS),
        "all_mto": np.where(single, MTO, MTS),
        "present": present,
        "abc_xyz": np.where(to_order & single, MTO, MTS),
        "months_of_cover": np.zeros(n, np.int8),
    }
    policies = tuple(by_policy)
    chosen = np.stack([by_policy[name] for name in policies]).astype(np.int8)

    # settings of finished stock: the best one on the grid, the classes' own in the ABC rule, none where nothing is stocked
    own_setting = np.maximum(comparison.chosen[Strategy.MTS].setting, 0)
    setting = np.repeat(own_setting[None, :], len(policies), axis=0)
    by_class = np.array([_setting(grid, service, ABC_LOT_WEEKS) for service in ABC_SERVICE])
    setting[policies.index("abc_xyz")] = by_class[value]
    from_stock = (chosen == MTS) | (chosen == HYBRID)
    stocked = from_stock & ~ended
    step = _step(setup.stock, setup)
    one = (
        np.where(setup.stock.whole, step, 1e-6 * step)
        if setup.stock.multiple is None
        else np.maximum(setup.stock.multiple, np.where(setup.stock.whole, step, 1e-6 * step))
    )
    quantile = np.where(stocked, setup.stock.relative_quantile[rows, setting], 0.0)
    lot = np.where(stocked, setup.stock.lot[rows, setting], one)
    waits = setup.stock.stockout_wait_days[rows, setting]
    told = np.repeat(setup.order.quote_days[None, :, 0], len(policies), axis=0)
    fixed, scale, limit = np.full(chosen.shape, np.nan), np.ones(chosen.shape), np.full(n, np.inf)
    cover, gap = np.full(chosen.shape, np.nan), np.zeros(chosen.shape)
    own, today = policies.index("mix"), policies.index("present")
    _as_today(today, comparison, stocked & (chosen == MTS), (quantile, lot, waits, told, fixed, gap))
    _as_split(setup, comparison, stocked & (chosen == HYBRID), (quantile, lot, waits, scale), limit)
    channel = np.full(count, "", object)
    channel[at] = _channels(setup, comparison, stocked & (chosen == HYBRID))
    batched, filled = _in_batches(setup, comparison, (chosen == MTO) & ~ended, lot, waits, told)
    stays_as_it_is = followed.as_today & (mix == present)
    for column in (quantile, lot, waits, told, fixed, gap, batched, filled):
        column[own] = np.where(stays_as_it_is, column[today], column[own])
    from_stock = from_stock | batched
    curve, shape, hist = _waiting(setup)
    given = setup.stock.share_waiting
    rule_of_waiting = share_staying(curve, patience_per_day, shape, waits, hist)
    stays = np.where(from_stock, np.where(np.isnan(given) | batched, rule_of_waiting, given), 0.0)
    c = policies.index("months_of_cover")
    span = setup.stock.lead_weeks + setup.stock.review_weeks
    cover[c] = np.where(ended, np.nan, span + COVER_WEEKS[1])
    gap[c], lot[c], quantile[c] = COVER_WEEKS[1] - COVER_WEEKS[0], one, np.where(ended, 0.0, 1.0)

    def put(column: NDArray[np.generic], fill: float = 0.0) -> Array:
        out = np.full((*column.shape[:-1], count), fill)
        out[..., at] = column
        return out

    rule = Rule(
        put(quantile),
        put(lot, 1.0),
        put(stays),
        put(scale, 1.0),
        put(cover, np.nan),
        put(gap),
        put(fixed, np.nan),
    )
    stock = _plan(
        setup.stock,
        at,
        count,
        shift,
        ended,
        np.asarray(items["cancellable_share"], np.float64),
        _step(setup.stock, setup),
    )
    door = setup.assembly.door_wait_days if setup.assembly is not None else np.zeros(n)
    kits, kit_rule, share = _kits(place, items, setup, comparison, chosen, stock)
    known = np.zeros(count, np.bool_)
    known[at] = True
    planned = np.zeros(count, np.bool_)
    planned[at] = ~stays_as_it_is
    orders_per_unit = 1.0 / np.maximum(np.nan_to_num(items["units_per_order"], nan=1.0), 1e-9)
    strategy = np.zeros((len(policies), count), np.int8)
    strategy[:, at] = chosen
    return Decision(
        known, put(ended) > 0.5, policies, strategy, stock, rule, kits, kit_rule, share, pool.copy(), put(present).astype(np.int8), put(stated) > 0.5,
        put(average_demand(panel)), put(told), put(door), put(share_staying(curve, patience_per_day, shape, told, hist)),
        put(share_staying(curve, patience_per_day, shape, door, hist)), put(setup.order.production_years), put(setup.assembly_years), 1.0 / put(orders_per_unit, 1.0),
        put(np.nan_to_num(fill_rate(counts_by_name(comparison.chosen[Strategy.MTS].counts)), nan=1.0), np.nan),
        put(limit, np.inf), not_played, planned, put(batched) > 0.5, channel, put(filled), setup.world.day_share,
    )  # fmt: skip


def _as_today(
    p: int,
    comparison: Comparison,
    stocked: NDArray[np.bool_],
    settings: tuple[Array, Array, Array, Array, Array, Array],
) -> None:
    """Write today's own lots, levels and promises to row `p` of what policies (policies, products) set: the stated rules, not what is best at some price.

    `settings` are quantiles, lots, waits, days quoted, fixed levels and what must be missing from them. A level of the file is a fact: it is played as it
    stands at every date of the past, by the rule that the study plays: from a reorder point in lots, or up to the level once
    the reorder point is reached. Where the file gives none, the stated service follows expected demand.
    """
    quantile, lot, waits, told, fixed, gap = settings
    today = comparison.today
    if today is None:
        return
    ordered = today.strategy == Strategy.MTO
    told[p, today.index[ordered]] = today.quote_days[ordered]
    if today.plan is None:
        return
    at = np.flatnonzero(today.strategy == Strategy.MTS)
    index, plan = today.index[at], today.plan
    set_today = {name: column[at] for name, column in todays_settings(today).items()}
    top = today.order_up_to_level[at]
    step = np.where(plan.whole, 1.0 if plan.step is None else plan.step, 0.0)
    here = stocked[p, index]
    quantile[p, index[here]], waits[p, index[here]] = (
        plan.relative_quantile[here, 0],
        plan.stockout_wait_days[here, 0],
    )
    lot[p, index[here]] = plan.lot[here, 0]
    assert plan.order_gap is not None and plan.planned_weeks is not None
    stands = here & (plan.planned_weeks >= 0.0)
    level = np.where(np.isfinite(top), top, set_today["reorder_point"] + step)
    fixed[p, index[stands]] = level[stands]
    # from the reorder point on, and not only below it
    gap[p, index[stands]] = np.maximum(plan.order_gap[:, 0] - 1e-6 * np.maximum(step, 1e-3), 0.0)[stands]


def _channels(setup: Setup, comparison: Comparison, split: NDArray[np.bool_]) -> NDArray[Any]:
    """The channel made to order of products that a policy splits by channel, `split` (policies, products); "" elsewhere. Shape (products,)."""
    out = np.full(split.shape[1], "", object)
    if setup.hybrid is not None and split.any():
        index = setup.hybrid.index[split[:, setup.hybrid.index].any(axis=0)]
        setting = np.maximum(comparison.chosen[Strategy.HYBRID].setting[index], 0).astype(np.intp)
        out[index] = split_channels(setup, index, setting)
    return out


def _in_batches(
    setup: Setup, comparison: Comparison, ordered: NDArray[np.bool_], lot: Array, waits: Array, told: Array
) -> tuple[NDArray[np.bool_], Array]:
    """Which of what policies make to order, `ordered` (policies, products), the first order starts a batch of, and the units of the batch customers fill: same shape.

    Writes its lots and the wait of who starts it to `lot` and `waits`, and to `told` the mean wait of customers who fill a batch, all
    (policies, products).
    """
    out, filled = np.zeros(ordered.shape, bool), np.zeros(ordered.shape)
    batches = setup.batches
    if batches is None:
        return out, filled
    index = batches.index
    fills = comparison.chosen[Strategy.MTO].setting[index] == WAIT
    here = ordered[:, index]
    out[:, index] = here & ~fills
    lot[:, index] = np.where(here & ~fills, batches.start.lot[:, 0], lot[:, index])
    waits[:, index] = np.where(here & ~fills, batches.fill.quote_days, waits[:, index])
    told[:, index] = np.where(here & fills, batches.mean_wait, told[:, index])
    filled[:, index] = np.where(here & fills, batches.fill.orders * batches.fill.order_size, 0.0)
    return out, filled


def _as_split(
    setup: Setup,
    comparison: Comparison,
    split: NDArray[np.bool_],
    settings: tuple[Array, Array, Array, Array],
    limit: Array,
) -> None:
    """Write what is set for products split by order size to where a policy splits them, `split` (policies, products).

    `settings` (policies, products) are quantiles, lots, waits and the share of demand in small orders; `limit` (products,)
    units is the size beyond which orders are large.
    """
    if not split.any() or setup.hybrid is None:
        return
    index = setup.hybrid.index[split[:, setup.hybrid.index].any(axis=0)]
    setting = np.maximum(comparison.chosen[Strategy.HYBRID].setting[index], 0).astype(np.intp)
    found = split_settings(setup, index, setting)
    limit[index] = found["order_size_limit"]
    own = setting % setup.stock.lot.shape[1]
    waits = setup.stock.stockout_wait_days[index, own]
    columns = (found["relative_quantile"], found["lot"], waits, found["small_share"])
    for column, values in zip(settings, columns, strict=True):
        column[:, index] = np.where(split[:, index], values, column[:, index])


def _kits(
    place: Place, items: Items, setup: Setup, comparison: Comparison, chosen: NDArray[np.int8], stock: Plan
) -> tuple[Plan, Rule, Array]:
    """Plan and rule of the kit stocks at the positions of `pool`, and each product's expected share of the demand for its kits.

    Where only some members assemble, the stock expects their part of the family's demand; the smaller pool needs relatively more
    safety: the relative quantile's distance from 1 grows with one over the root of that part.
    """
    at, count, pool, shift, patience_per_day = place
    shape = (len(chosen), count)
    empty = Plan(
        np.zeros((count, stock.expected.shape[1])), np.zeros(count), np.zeros(count, np.int64), np.ones(count, np.int64), np.ones(count, np.int64), np.zeros(count),
        np.ones(count, np.bool_), np.zeros(count, np.bool_), np.zeros(count), np.zeros(count), np.zeros(count), np.ones(count),
    )  # fmt: skip
    quantile, lot, stays, scale = np.zeros(shape), np.ones(shape), np.zeros(shape), np.zeros(shape)
    share = np.zeros(shape)
    rest = (np.full(shape, np.nan), np.zeros(shape), np.full(shape, np.nan))
    if setup.assembly is None:
        return empty, Rule(quantile, lot, stays, scale, *rest), share
    plan = setup.assembly
    ids = np.empty(len(setup.families), np.intp)
    for f, members in enumerate(setup.families):
        own = at[members]
        before = pool[own]
        ids[f] = before[before >= 0][0] if (before >= 0).any() else own[0]
        pool[own] = ids[f]
        setting = max(int(comparison.chosen[Strategy.ATO].setting[members[0]]), 0)
        weight = np.maximum(stock.expected[own].sum(axis=1), 1e-12)
        active = chosen[:, members] == ATO
        part = (active * weight).sum(axis=1) / weight.sum()
        share[:, own] = active * weight / np.maximum((active * weight).sum(axis=1, keepdims=True), 1e-300)
        scale[:, ids[f]] = part
        level = plan.relative_quantile[f, setting]
        quantile[:, ids[f]] = np.where(
            part > 0.0, np.maximum(0.0, 1.0 + (level - 1.0) / np.sqrt(np.maximum(part, 1e-12))), 0.0
        )
        size = plan.lot[f, setting] * part
        lot[:, ids[f]] = lots_of(
            size[:, None], plan.whole[[f]].repeat(len(size)), _step(plan, setup)[[f]].repeat(len(size)), None
        )[:, 0]
        curve, steep, hist = (column[members] for column in _waiting(setup))
        door, patience = plan.door_wait_days[members], patience_per_day[members]
        wait = plan.stockout_wait_days[f, setting]
        stay = share_staying(curve, patience, steep, door + wait, hist) / np.maximum(
            share_staying(curve, patience, steep, door, hist), 1e-300
        )
        stays[:, ids[f]] = plan.share_waiting[f] if np.isfinite(plan.share_waiting[f]) else stay.mean()
    cancellable = np.array(
        [np.asarray(items["cancellable_share"], np.float64)[f].mean() for f in setup.families]
    )
    kits = _plan(plan, ids, count, shift, np.zeros(len(ids), np.bool_), cancellable, _step(plan, setup))
    return kits, Rule(quantile, lot, stays, scale, *rest), share
