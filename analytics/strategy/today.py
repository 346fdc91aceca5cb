"""The products made to stock today, run as they are run today: the reorder points, levels and lots of the items file on the same demand.

A planner's reorder point is a number in a system: it does not follow the forecast, the season or a surprise. Set against the same
strategy run well, it shows what planning better is worth without changing any strategy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.paths import WEEKS
from analytics.items import Items
from analytics.labels import money_text, number_text
from analytics.simulation.ledger import Ledger
from analytics.simulation.stock import StockPlan
from analytics.strategy.compare import SERVICE_DAYS, Chosen, Comparison, Part, choose, expected_parameter_draws, part_of
from analytics.strategy.formulas import profit
from analytics.strategy.ledgers import Setup, chunk_counts, chunks_of, half_groups, in_threads, mts_counts, with_measured_waits
from analytics.strategy.measures import counts_by_name
from analytics.strategy.price import money_values, reacted_anew
from analytics.strategy.recipes import Grid

__all__ = [
    "Today", "add_todays_notes", "as_good_today", "baseline_counts", "baseline_name", "baseline_profit", "draws_of", "stays_at", "today_repriced", "todays_levels", "todays_money",
    "todays_plan",
    "todays_profit_at", "todays_strategies", "with_today",
]  # fmt: skip

Array = NDArray[np.float64]

_LOT_WEEKS = np.asarray(Grid().lot_weeks)
_LEAST_RATE = 1e-9


@dataclass(frozen=True, eq=False)
class Today:
    """How the products at `index` (positions, ascending) are run today, all of them made to stock: arrays over these products.

    `ledger` holds the lots that today's settings leave open (all the same where the lot is known), `chosen` the one that earns most, so that what
    is not known of today is never counted as a gain. `by_path` is the money of each simulated year, `by_draw` its mean per parameter draw.
    `reorder_point`, `order_up_to_level` and `order_quantity` are what is set today, `idle_units` the part of it beyond what counts as excess:
    those units lie there whatever is chosen, so they are lost already and left out. `outdated` are further products (positions) whose settings could
    not deliver what is expected to be sold: nobody will work with them for a year, so these products count as run well. `to_order` marks
    products made to order today (None: none), run at the wait promised until now where that is not the quote in force: levels and lots are NaN there.
    """

    index: NDArray[np.intp]
    ledger: Ledger
    chosen: Chosen
    by_path: NDArray[np.float32]
    by_draw: Array
    wait_days: dict[str, Array]
    served_within: Array
    reorder_point: Array
    order_up_to_level: Array
    order_quantity: Array
    idle_units: Array
    outdated: NDArray[np.intp]
    to_order: NDArray[np.bool_] | None = None

    @property
    def profit(self) -> Array:
        """Expected money of the year, run as today."""
        return self.chosen.profit


def todays_money(today: Today, items: Items) -> dict[str, Array]:
    """What the formulas need of the products run as today, each under its own strategy of today: columns (products run so,)."""
    own = items.take(today.index)
    stocked = money_values(own, "MTS")
    if today.to_order is None:
        return stocked
    ordered = money_values(own, "MTO")
    return {name: np.where(today.to_order, ordered[name], column) for name, column in stocked.items()}


def _choose(ledger: Ledger, items: Items, to_order: NDArray[np.bool_] | None) -> Chosen:
    """Today's way at its best open lot: counts and money at the prices of `items` (those of the ledger)."""
    rows = np.arange(len(items))
    stocked = choose(ledger, items, rows)
    if to_order is None:
        return stocked
    ordered = choose(Ledger("MTO", ledger.skus, {}, ledger.counts), items, rows)
    return Chosen("MTS", stocked.offered, *(np.where(to_order.reshape(-1, *([1] * (getattr(stocked, name).ndim - 1))), getattr(ordered, name), getattr(stocked, name))
                                            for name in ("setting", "by_half", "counts", "profit")))  # fmt: skip


def _joined(stocked: Today, promised: Today) -> Today:
    """Products run as today from stock and to order as one table, in the order of their positions."""
    index = np.concatenate([stocked.index, promised.index])
    order = np.argsort(index, kind="stable")

    def both(one: Any, other: Any) -> Any:
        return np.concatenate([one, other])[order]

    named = {name: both(getattr(stocked, name), getattr(promised, name)) for name in (
        "index", "by_path", "by_draw", "served_within", "reorder_point", "order_up_to_level", "order_quantity", "idle_units")}  # fmt: skip
    chosen = Chosen("MTS", *(both(getattr(stocked.chosen, name), getattr(promised.chosen, name)) for name in ("offered", "setting", "by_half", "counts", "profit")))
    lots = stocked.ledger.counts.shape[1]
    counts = both(stocked.ledger.counts, np.repeat(promised.ledger.counts, lots, axis=1))
    ledger = Ledger("MTS", both(stocked.ledger.skus, promised.ledger.skus), {"lot": both(stocked.ledger.settings["lot"], np.full((len(promised.index), lots), np.nan))}, counts)
    waits = {m: both(days, promised.wait_days[m]) for m, days in stocked.wait_days.items()}
    return Today(**named, ledger=ledger, chosen=chosen, wait_days=waits, outdated=stocked.outdated,
                 to_order=both(np.zeros(len(stocked.index), bool), np.ones(len(promised.index), bool)))  # fmt: skip


def _promised(comparison: Comparison, setup: Setup, items: Items, ended: NDArray[np.bool_]) -> Today | None:
    """The products made to order today at the wait promised until now, where the quote in force is another: played on the same paths.

    A quote that is moved changes what is planned, never what is done today.
    """
    if "MTO" not in comparison.strategies:
        return None
    k = comparison.strategies.index("MTO")
    strategy, known = todays_strategies(comparison, items)
    wait = np.nan_to_num(items["historical_wait_days"])
    index = np.flatnonzero((strategy == k) & known & ~ended & (wait > 0.0) & (np.abs(wait - np.nan_to_num(items["quote_days"])) > 0.5))
    if not len(index):
        return None
    paths, inner = setup.world.paths, setup.world.inner
    there = replace(setup, order=replace(setup.order, quote_days=np.ascontiguousarray(wait[:, None])))
    half = half_groups(paths, inner)

    def play(units: NDArray[np.intp]) -> tuple[Array, Chosen, Part]:
        counts, waited, rows = chunk_counts(there, "MTO", index[units], np.zeros((len(units), 2), np.intp))
        own = items.take(rows)
        grid = np.stack([counts[:, half == h].mean(axis=1) for h in (0, 1)], axis=1)[:, None]
        chosen = choose(Ledger("MTO", own.skus, {}, grid), own, np.arange(len(own)))
        steps = 7.0 / setup.world.steps_per_week[rows]
        return grid, chosen, part_of(own, "MTO", units, counts, waited, chosen.counts, wait[rows], steps, comparison.uniforms, inner)

    parts = in_threads(play, chunks_of(len(index), 32))
    chosen = Chosen("MTS", *(np.concatenate([getattr(part[1], name) for part in parts]) for name in ("offered", "setting", "by_half", "counts", "profit")))
    by_path = np.concatenate([part[2].by_path for part in parts])
    apart = expected_parameter_draws(np.stack([comparison.by_path[index, k], by_path], axis=1).astype(np.float64), inner)
    nothing, none = np.full(len(index), np.nan), np.zeros(len(index))
    return Today(
        index, Ledger("MTO", items.skus[index], {}, np.concatenate([part[0] for part in parts])), chosen, by_path, comparison.by_draw[index, k] + apart[:, 1] - apart[:, 0],
        {m: np.concatenate([part[2].waits[m] for part in parts]) for m in parts[0][2].waits}, np.concatenate([part[2].served for part in parts]),
        nothing, nothing, nothing, none, np.zeros(0, np.intp), np.ones(len(index), bool),
    )  # fmt: skip


def todays_strategies(comparison: Comparison, items: Items) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The strategy of every product today (to stock where it is not known or not offered), and whether it is known."""
    where = {name: k for k, name in enumerate(comparison.strategies)}
    mode = np.array([where.get(str(m).upper(), -1) for m in items["current_mode"]], np.intp)
    offered = np.stack([comparison.chosen[name].offered for name in comparison.strategies], axis=1)
    known = (mode >= 0) & offered[np.arange(len(items)), mode]
    return np.where(known, mode, where["MTS"]), known


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
    excess: the demand of the cover and of the protection interval. What lies above it is returned as `idle_units`; `deliverable` is the share of
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
    idle = np.where(fixed, np.maximum(target - highest, 0.0), 0.0)
    target = target - idle
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
    return plan, {"reorder_point": stated_point, "order_up_to_level": level, "order_quantity": one_lot, "idle_units": idle, "deliverable": deliverable}


def _play(setup: Setup, items: Items, plan: StockPlan, index: NDArray[np.intp], units: NDArray[np.intp], comparison: Comparison) -> tuple[Array, Chosen, Part]:
    """Counts of both halves, the lot that earns most, and what is kept path by path, of some products run as today."""
    paths, inner = setup.world.paths, setup.world.inner
    counts, waits = mts_counts(setup, plan, units, np.arange(paths), True)
    half = half_groups(paths, inner)
    grid = np.stack([counts[:, :, half == h].mean(axis=2) for h in (0, 1)], axis=2)
    own = items.take(index[units])
    rows = np.arange(len(units))
    chosen = choose(Ledger("MTS", own.skus, {}, grid), own, rows)
    picked = counts[rows[:, None], chosen.by_half[:, 1 - half], np.arange(paths)[None, :]]
    waited = waits[rows[:, None], chosen.by_half].mean(axis=1) / paths
    return grid, chosen, part_of(own, "MTS", units, picked, waited, chosen.counts, np.zeros(len(units)), 7.0 / setup.world.steps_per_week[index[units]], comparison.uniforms, inner)


def with_today(comparison: Comparison, setup: Setup, items: Items, ended: NDArray[np.bool_]) -> Comparison:
    """The comparison with today's settings played on the same paths: of stock where levels are known, of orders at the wait promised until now."""
    stocked, promised = _stocked(comparison, setup, items, ended), _promised(comparison, setup, items, ended)
    return replace(comparison, today=_joined(stocked, promised) if stocked is not None and promised is not None else promised if stocked is None else stocked)


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
        return None
    plan, stated = todays_plan(setup, items, index)
    plan = with_measured_waits(setup.world, plan)
    parts = in_threads(lambda units: _play(setup, items, plan, index, units, comparison), chunks_of(len(index), 32))
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
        wait_days={m: np.concatenate([part[2].waits[m] for part in parts]) for m in parts[0][2].waits},
        served_within=np.concatenate([part[2].served for part in parts]),
        reorder_point=stated["reorder_point"],
        order_up_to_level=stated["order_up_to_level"],
        order_quantity=np.where(np.isfinite(stated["order_quantity"]), stated["order_quantity"], plan.lot[np.arange(len(index)), chosen.setting]),
        idle_units=stated["idle_units"],
        outdated=outdated,
    )


def today_repriced(today: Today | None, items: Items) -> Today | None:
    """Today's settings at other prices: expected money at once, everything that needs simulated years left open (NaN)."""
    if today is None:
        return None
    chosen = _choose(today.ledger, items.take(today.index), today.to_order)
    stays = (chosen.by_half == today.chosen.by_half).all(axis=1)
    return replace(
        today, chosen=chosen, by_path=np.full((len(today.index), 1), np.nan, np.float32), by_draw=np.full((len(today.index), 1), np.nan),
        wait_days={m: np.where(stays, days, np.nan) for m, days in today.wait_days.items()}, served_within=np.where(stays[:, None], today.served_within, np.nan),
    )  # fmt: skip


def todays_profit_at(today: Today | None, items: Items, field: str) -> tuple[Array, Array]:
    """By how much a price at the low and at the high end of its range changes expected money run as today: two arrays (products run so,)."""
    if today is None:
        return np.zeros(0), np.zeros(0)
    now = todays_money(today, items)
    low, high = (todays_money(today, items.with_field(field, value, items.origin(field))) for value in items.range(field))
    counts = today.chosen.counts  # those of stock do not react: nothing is kept, cancelled or late there
    middle, below, above = (profit(counts_by_name(reacted_anew(counts, "MTO", now, money)), money) for money in (now, low, high))
    return below - middle, above - middle


def baseline_profit(comparison: Comparison, baseline: NDArray[np.intp]) -> Array:
    """Expected money of every product as it is run today; run well where today's settings are not known."""
    profit = comparison.profit[np.arange(len(baseline)), baseline]
    if comparison.today is not None:
        profit[comparison.today.index] = comparison.today.profit
    return profit


def stays_at(comparison: Comparison, rows: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Of the products marked: those run as today is known, and where they stand in `comparison.today`."""
    if comparison.today is None:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    at = np.flatnonzero(rows[comparison.today.index])
    return comparison.today.index[at], at


def baseline_counts(comparison: Comparison, plan: NDArray[np.intp], as_today: NDArray[np.bool_]) -> tuple[Array, NDArray[np.float32], dict[str, Array], Array]:
    """Counts, money by path, waits and service of every product under the strategy at `plan`, run as today where marked and known."""
    rows = np.arange(len(plan))
    counts = np.stack([comparison.chosen[name].counts for name in comparison.strategies], axis=1)[rows, plan]
    by_path = comparison.by_path[rows, plan]
    waits = {m: column[rows, plan] for m, column in comparison.wait_days.items()}
    served = comparison.served_within[rows, plan]
    index, at = stays_at(comparison, as_today)
    if comparison.today is not None and len(index):
        today = comparison.today
        counts[index], by_path[index], served[index] = today.chosen.counts[at], today.by_path[at], today.served_within[at]
        for m, column in waits.items():
            column[index] = today.wait_days[m][at]
    assert served.shape[1:] == SERVICE_DAYS.shape
    return counts, by_path, waits, served


def as_good_today(comparison: Comparison, best: Array) -> NDArray[np.bool_]:
    """Products whose settings of today earn at least `best`, what was found for them: nothing is gained by touching them."""
    kept = np.zeros(len(best), bool)
    if comparison.today is not None:
        kept[comparison.today.index] = comparison.today.profit >= best[comparison.today.index]
    return kept


def add_todays_notes(
    notes: NDArray[Any], comparison: Comparison, baseline: NDArray[np.intp], as_today: NDArray[np.bool_], kept: NDArray[np.bool_], verdict: NDArray[Any], currency: str
) -> None:
    """Say in each product's notes what is set today and what planning the same strategy better is worth, counted or not."""
    if comparison.today is None:
        return
    well = comparison.profit[np.arange(len(baseline)), baseline]
    for i in comparison.today.outdated:
        notes[i] = f"{notes[i]} Today's reorder point cannot deliver what is expected to be sold: out of date, taken as planned well.".strip()
    for at, i in enumerate(comparison.today.index):
        better = float(well[i] - comparison.today.profit[at])
        if not np.isfinite(better) or verdict[i] == "not_decidable":
            continue
        today = comparison.today
        if today.to_order is not None and today.to_order[at]:
            notes[i] = f"{notes[i]} Today's orders are counted at the wait promised until now.".strip()
            continue
        level = today.order_up_to_level[at]
        what = f"Today: reorder at {_units(today.reorder_point[at])}" + (f", up to {_units(level)}" if np.isfinite(level) else "")
        if kept[i]:
            text = f"{what}: as good as anything found, keep it."
        elif better < 0.5:
            text = f"{what}."
        else:
            text = f"{what}. Planning the same strategy better is worth {money_text(better, currency)} a year" + (", not counted." if as_today[i] else ".")
        notes[i] = f"{notes[i]} {text}".strip()


def _units(value: float) -> str:
    return f"{value:,.0f}" if value >= 10.0 or value == round(value) else number_text(value, 2)


def draws_of(comparison: Comparison, plan: NDArray[np.intp], as_today: NDArray[np.bool_]) -> Array:
    """Expected money per parameter draw under the strategy at `plan` (products, draws), run as today where marked and known."""
    money = comparison.by_draw[np.arange(len(plan)), plan]
    index, at = stays_at(comparison, as_today)
    if comparison.today is not None:
        money[index] = comparison.today.by_draw[at]
    return money


def baseline_name(comparison: Comparison, baseline: NDArray[np.intp], known: NDArray[np.bool_], ended: NDArray[np.bool_]) -> str:
    """What every gain is compared with, in words: today's strategies and settings as far as they are known."""
    live = ~ended
    name = "today's strategies" if known.all() else "today's strategies where known, else to stock" if known.any() else "everything to stock, run well"
    if comparison.today is None:
        return name
    stocked = int((live & (baseline == comparison.strategies.index("MTS"))).sum())
    with_settings = len(comparison.today.index) - (0 if comparison.today.to_order is None else int(comparison.today.to_order.sum()))
    if not with_settings:
        return name
    name = "today's strategies and reorder points" if known.all() else f"{name}, with today's reorder points"
    if with_settings == stocked:
        return name
    which = "known and up to date" if len(comparison.today.outdated) else "known"
    return f"{name} ({which} for {number_text(with_settings)} of {number_text(stocked)} stocked products, the others run well)"
