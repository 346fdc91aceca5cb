"""Today's settings played: reorder points, levels, lots and promised waits of the items file on the same demand as everything else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.paths import WEEKS
from analytics.items import Items
from analytics.simulation.ledger import Ledger
from analytics.simulation.stock import StockPlan
from analytics.strategy.compare import Chosen, Comparison, Part, choose, expected_parameter_draws, part_of
from analytics.strategy.in_force import money_in_force
from analytics.strategy.ledgers import Setup, at_values_in_force, chunk_counts, chunks_of, half_groups, in_threads, mts_counts, with_measured_waits
from analytics.strategy.recipes import Grid
from analytics.strategy.today import Today, todays_strategies

__all__ = ["same_promises", "todays_levels", "todays_plan", "with_today"]

Array = NDArray[np.float64]

_LOT_WEEKS = np.asarray(Grid().lot_weeks)
_LEAST_RATE = 1e-9


def todays_levels(items: Items) -> tuple[Array, Array, Array, Array]:
    """Reorder point, order-up-to level, order quantity and safety stock as they are set today (NaN: not known), each (products,).

    A zero that stands alone means that nobody filled the field in; a level below the reorder point makes no sense and is left out.
    """
    point, level, lot, safety = (np.asarray(items[name], np.float64) for name in ("reorder_point", "order_up_to_level", "order_quantity", "safety_stock"))
    lot, safety, level = (np.where(column > 0.0, column, np.nan) for column in (lot, safety, level))
    point = np.where((point > 0.0) | ((point == 0.0) & (np.isfinite(level) | np.isfinite(lot))), point, np.nan)
    level = np.where(level < point, np.nan, level)
    return point, level, lot, np.where(np.isfinite(point) | np.isfinite(level), np.nan, safety)


def todays_plan(setup: Setup, items: Items, index: NDArray[np.intp]) -> tuple[StockPlan, dict[str, Array]]:
    """Today's settings of the products at `index` as a plan, one setting per lot that may be in use, and what is set: four arrays (products,).

    With a reorder point s: order when the inventory position is at s or below, up to the level S where it is given, else in lots. With a level
    alone: up to it at every review. With a safety stock alone: reorder at it plus what is expected until the next delivery, which the planner does
    follow. Levels stand still otherwise, all year, whatever is sold; only a known end of sales is planned for. No level exceeds what would be
    excess, the demand of the cover and of the protection interval: nobody refills beyond it. `deliverable` is the share of
    expected demand that the settings could pass on if every order were timed perfectly: their highest position once per protection interval.
    """
    point, level, lot, safety = (column[index] for column in todays_levels(items))
    base = setup.stock
    lead, review, cover, whole = base.lead_weeks[index], base.review_weeks[index], base.cover_weeks[index], base.whole[index]
    week = np.arange(base.expected.shape[1])
    alive = week[None, :] <= base.end_week[index][:, None]
    selling = np.maximum(alive[:, :WEEKS].sum(axis=1), 1)
    rate = np.maximum(base.expected[index][:, :WEEKS].sum(axis=1) / selling, _LEAST_RATE)
    fixed = np.isnan(safety)
    # a level that stands still is a number of whole weeks of demand: where days are played, no weekday moves it
    planned = np.where(fixed, np.maximum(np.ceil(lead + review - 1e-9), 1.0) - review, -1.0)
    ahead = rate * np.where(fixed, planned + review, lead + review)
    step = np.where(whole, 1.0, 0.0)
    up_to = np.isfinite(level)
    target = np.where(up_to, level, np.where(np.isfinite(point), point + step, ahead + np.nan_to_num(safety)))
    gap = np.where(up_to & np.isfinite(point), level - point, 0.0)
    highest = np.maximum(rate * cover + ahead, step)
    target = np.where(fixed, np.minimum(target, highest), target)
    least = np.where(whole, 1.0, rate * 1e-6)
    open_lots = np.maximum(rate[:, None] * _LOT_WEEKS[None, :], least[:, None])
    open_lots = np.where(whole[:, None], np.maximum(np.round(open_lots), 1.0), open_lots)
    lots = np.where(np.isfinite(lot)[:, None], lot[:, None], open_lots)
    lots = np.where(up_to[:, None], least[:, None], lots)
    settings = lots.shape[1]
    plan = replace(
        base, start=np.arange(len(index) + 1), members=index.astype(np.int64), expected=np.where(fixed[:, None], rate[:, None] * alive, base.expected[index]),
        relative_quantile=np.repeat((target / ahead)[:, None], settings, axis=1), lot=np.ascontiguousarray(lots), lead_weeks=lead, review_weeks=review, moq=base.moq[index],
        smoothing=np.where(fixed, 0.0, base.smoothing[index]), cover_weeks=cover, end_week=base.end_week[index], whole=whole,
        stockout_wait_days=np.repeat(base.stockout_wait_days[index][:, :1], settings, axis=1), share_waiting=base.share_waiting[index],
        production_weeks=base.production_weeks[index], cancellable_share=base.cancellable_share[index], order_gap=np.repeat(np.minimum(gap, target)[:, None], settings, axis=1),
        lead_by_draw=None if base.lead_by_draw is None else base.lead_by_draw[index], lead_time_cv=None if base.lead_time_cv is None else base.lead_time_cv[index],
        shelf_weeks=None if base.shelf_weeks is None else base.shelf_weeks[index], planned_weeks=planned,
    )  # fmt: skip
    stated_point = np.where(np.isfinite(point), point, np.where(up_to, level - step, target - step))
    deliverable = (target + lots.max(axis=1)) / (rate * (lead + review))
    one_lot = np.where(up_to, np.nan, lot)
    return plan, {"reorder_point": stated_point, "order_up_to_level": level, "order_quantity": one_lot, "deliverable": deliverable}


def with_today(comparison: Comparison, setup: Setup, items: Items, ended: NDArray[np.bool_]) -> Comparison:
    """The comparison with today's settings played on the same paths: of stock where levels are known, of orders at the wait promised until now."""
    stocked, promised = _stocked(comparison, setup, items, ended), _promised(comparison, setup, items, ended)
    if stocked is None or promised is None:
        return replace(comparison, today=stocked or promised)
    return replace(comparison, today=_joined(stocked, promised))


def _stocked(comparison: Comparison, setup: Setup, items: Items, ended: NDArray[np.bool_]) -> Today | None:
    """Today's settings of the products made to stock of which they are known, played on the same paths."""
    strategy, _ = todays_strategies(comparison, items)
    mts = comparison.strategies.index("MTS")
    known = np.any([np.isfinite(column) for column in todays_levels(items)], axis=0) & (strategy == mts) & ~ended
    index = np.flatnonzero(known)
    if not len(index):
        return None
    outdated = index[todays_plan(setup, items, index)[1]["deliverable"] < 1.0]
    index = np.setdiff1d(index, outdated)
    if not len(index):
        return _only_outdated(comparison, items, outdated)
    plan, stated = todays_plan(setup, items, index)
    plan = with_measured_waits(setup.world, plan)
    parts = in_threads(lambda units: _play(setup, items, plan, index, units, comparison), chunks_of(len(index), 16))
    chosen = Chosen(
        "MTS", np.ones(len(index), bool), *(np.concatenate([getattr(part[1], name) for part in parts]) for name in ("setting", "by_half", "counts", "profit"))
    )  # fmt: skip
    by_path = np.concatenate([part[2].by_path for part in parts])
    both = np.stack([comparison.by_path[index, mts], by_path], axis=1).astype(np.float64)
    apart = expected_parameter_draws(both, setup.world.inner)
    return Today(
        index=index,
        ledger=Ledger("MTS", items.skus[index], {"lot": plan.lot}, np.concatenate([part[0] for part in parts])),
        chosen=chosen,
        by_path=by_path,
        by_draw=comparison.by_draw[index, mts] + apart[:, 1] - apart[:, 0],
        in_force=np.concatenate([part[3] for part in parts]),
        wait_days={m: np.concatenate([part[2].waits[m] for part in parts]) for m in parts[0][2].waits},
        served_within=np.concatenate([part[2].served for part in parts]),
        reorder_point=stated["reorder_point"],
        order_up_to_level=stated["order_up_to_level"],
        order_quantity=np.where(np.isfinite(stated["order_quantity"]), stated["order_quantity"], plan.lot[np.arange(len(index)), chosen.setting]),
        outdated=outdated,
    )


def _only_outdated(comparison: Comparison, items: Items, outdated: NDArray[np.intp]) -> Today:
    """No product run as today: all settings that are known are out of date, which is said of each."""
    mts, well = comparison.strategies.index("MTS"), comparison.chosen["MTS"]
    chosen = Chosen("MTS", *(getattr(well, name)[:0] for name in ("offered", "setting", "by_half", "counts", "profit")))
    nothing = np.zeros(0)
    ledger = Ledger("MTS", items.skus[:0], {"lot": np.zeros((0, 1))}, np.zeros((0, 1, 2, well.counts.shape[1])))
    waits = {m: days[:0, mts] for m, days in comparison.wait_days.items()}
    years, draws = comparison.by_path[:0, mts], comparison.by_draw[:0, mts]
    return Today(outdated[:0], ledger, chosen, years, draws, comparison.in_force[:0, mts], waits, comparison.served_within[:0, mts], nothing, nothing, nothing, outdated)


def _play(setup: Setup, items: Items, plan: StockPlan, index: NDArray[np.intp], units: NDArray[np.intp], comparison: Comparison) -> tuple[Array, Chosen, Part, Array]:
    """Counts of both halves and the lot that earns most at the values in force, what is kept path by path, and money by draw at the values in force, of
    some products run as today."""
    paths, inner = setup.world.paths, setup.world.inner
    counts, waits = mts_counts(setup, plan, units, np.arange(paths), True)
    certain, _ = mts_counts(at_values_in_force(setup), replace(plan, lead_by_draw=None), units, np.arange(paths), False)
    half = half_groups(paths, inner)
    grid = np.stack([certain[:, :, half == h].mean(axis=2) for h in (0, 1)], axis=2)
    own = items.take(index[units])
    rows = np.arange(len(units))
    chosen = choose(Ledger("MTS", own.skus, {}, grid), own, rows)
    picked = counts[rows[:, None], chosen.by_half[:, 1 - half], np.arange(paths)[None, :]]
    waited = waits[rows[:, None], chosen.by_half].mean(axis=1) / paths
    part = part_of(own, "MTS", units, picked, waited, chosen.counts, np.zeros(len(units)), 7.0 / setup.world.steps_per_week[index[units]], comparison.uniforms, inner)
    sure = certain[rows[:, None], chosen.by_half[:, 1 - half], np.arange(paths)[None, :]]
    return grid, chosen, part, money_in_force(sure.reshape(len(sure), -1, inner, sure.shape[2]).mean(axis=2), "MTS", own)


def _promised_otherwise(comparison: Comparison, items: Items) -> NDArray[np.bool_]:
    """The products made to order today at a wait that is not the quote in force."""
    strategy, known = todays_strategies(comparison, items)
    wait = np.nan_to_num(items["historical_wait_days"])
    return np.asarray((strategy == comparison.strategies.index("MTO")) & known & (wait > 0.0) & (np.abs(wait - np.nan_to_num(items["quote_days"])) > 0.5))


def same_promises(comparison: Comparison, before: Items, now: Items) -> bool:
    """Whether other quotes leave it as it was which products keep their own promised wait as they are run today."""
    if "MTO" not in comparison.strategies:
        return True
    return bool(np.array_equal(_promised_otherwise(comparison, before), _promised_otherwise(comparison, now)))


def _promised(comparison: Comparison, setup: Setup, items: Items, ended: NDArray[np.bool_]) -> Today | None:
    """The products made to order today at the wait promised until now, where the quote in force is another: played on the same paths.

    A quote that is moved changes what is planned, never what is done today.
    """
    if "MTO" not in comparison.strategies:
        return None
    k = comparison.strategies.index("MTO")
    wait = np.nan_to_num(items["historical_wait_days"])
    index = np.flatnonzero(_promised_otherwise(comparison, items) & ~ended)
    if not len(index):
        return None
    paths, inner = setup.world.paths, setup.world.inner
    there = replace(setup, order=replace(setup.order, quote_days=np.ascontiguousarray(wait[:, None])))
    half = half_groups(paths, inner)

    def play(units: NDArray[np.intp]) -> tuple[Array, Chosen, Part, Array]:
        counts, waited, rows = chunk_counts(there, "MTO", index[units], np.zeros((len(units), 2), np.intp))
        certain, _, _ = chunk_counts(at_values_in_force(there), "MTO", index[units], np.zeros((len(units), 2), np.intp), waits=False)
        own = items.take(rows)
        grid = np.stack([certain[:, half == h].mean(axis=1) for h in (0, 1)], axis=1)[:, None]
        chosen = choose(Ledger("MTO", own.skus, {}, grid), own, np.arange(len(own)))
        steps = 7.0 / setup.world.steps_per_week[rows]
        part = part_of(own, "MTO", units, counts, waited, chosen.counts, wait[rows], steps, comparison.uniforms, inner)
        return grid, chosen, part, money_in_force(certain.reshape(len(certain), -1, inner, certain.shape[2]).mean(axis=2), "MTO", own)

    parts = in_threads(play, chunks_of(len(index), 32))
    chosen = Chosen("MTS", *(np.concatenate([getattr(part[1], name) for part in parts]) for name in ("offered", "setting", "by_half", "counts", "profit")))
    by_path = np.concatenate([part[2].by_path for part in parts])
    apart = expected_parameter_draws(np.stack([comparison.by_path[index, k], by_path], axis=1).astype(np.float64), inner)
    nothing = np.full(len(index), np.nan)
    return Today(
        index, Ledger("MTO", items.skus[index], {}, np.concatenate([part[0] for part in parts])), chosen, by_path, comparison.by_draw[index, k] + apart[:, 1] - apart[:, 0],
        np.concatenate([part[3] for part in parts]),
        {m: np.concatenate([part[2].waits[m] for part in parts]) for m in parts[0][2].waits}, np.concatenate([part[2].served for part in parts]),
        nothing, nothing, nothing, np.zeros(0, np.intp), np.ones(len(index), bool),
    )  # fmt: skip


def _joined(stocked: Today, promised: Today) -> Today:
    """Products run as today from stock and to order as one table, in the order of their positions."""
    index = np.concatenate([stocked.index, promised.index])
    order = np.argsort(index, kind="stable")

    def both(one: Any, other: Any) -> Any:
        return np.concatenate([one, other])[order]

    named = {name: both(getattr(stocked, name), getattr(promised, name)) for name in (
        "index", "by_path", "by_draw", "in_force", "served_within", "reorder_point", "order_up_to_level", "order_quantity")}  # fmt: skip
    chosen = Chosen("MTS", *(both(getattr(stocked.chosen, name), getattr(promised.chosen, name)) for name in ("offered", "setting", "by_half", "counts", "profit")))
    lots = stocked.ledger.counts.shape[1]
    counts = both(stocked.ledger.counts, np.repeat(promised.ledger.counts, lots, axis=1))
    ledger = Ledger("MTS", both(stocked.ledger.skus, promised.ledger.skus), {"lot": both(stocked.ledger.settings["lot"], np.full((len(promised.index), lots), np.nan))}, counts)
    waits = {m: both(days, promised.wait_days[m]) for m, days in stocked.wait_days.items()}
    return Today(**named, ledger=ledger, chosen=chosen, wait_days=waits, outdated=stocked.outdated,
                 to_order=both(np.zeros(len(stocked.index), bool), np.ones(len(promised.index), bool)))  # fmt: skip
