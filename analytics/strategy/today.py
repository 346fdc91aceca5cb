"""The products made to stock today, run as they are run today: the reorder points, levels and lots of the items file on the same demand.

A planner's reorder point is a number in a system: it does not follow the forecast, the season or a surprise. Set against the same
strategy run well, it shows what planning better is worth without changing any strategy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.labels import days_text, money_text, number_text, strategy_text
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import Chosen, Comparison, choose
from analytics.strategy.formulas import profit
from analytics.strategy.measures import counts_by_name
from analytics.strategy.price import money_values, reacted_anew

__all__ = [
    "Today", "add_todays_notes", "baseline_counts", "baseline_name", "baseline_profit", "draws_of", "run_as_today", "stays_at", "today_repriced", "todays_money",
    "todays_profit_at", "todays_strategies",
]  # fmt: skip

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Today:
    """How the products at `index` (positions, ascending) are run today, all of them made to stock: arrays over these products.

    `ledger` holds the lots that today's settings leave open (all the same where the lot is known), `chosen` the one that earns most, so that what
    is not known of today is never counted as a gain. `by_path` is the money of each simulated year, `by_draw` its mean per parameter draw, `in_force`
    expected money by draw of demand at the values in force.
    `reorder_point`, `order_up_to_level` and `order_quantity` are what is set today. `outdated` are further products (positions) whose settings could
    not deliver what is expected to be sold: nobody will work with them for a year, so these products count as run well. `to_order` marks
    products made to order today (None: none), run at the wait promised until now where that is not the quote in force: levels and lots are NaN there.
    """

    index: NDArray[np.intp]
    ledger: Ledger
    chosen: Chosen
    by_path: NDArray[np.float32]
    by_draw: Array
    in_force: Array
    wait_days: dict[str, Array]
    served_within: Array
    reorder_point: Array
    order_up_to_level: Array
    order_quantity: Array
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


def _at_best_lot(ledger: Ledger, items: Items, to_order: NDArray[np.bool_] | None) -> Chosen:
    """Today's way at the lot left open that earns most: counts and money at the prices of `items` (those of the ledger)."""
    rows = np.arange(len(items))
    stocked = choose(ledger, items, rows)
    if to_order is None:
        return stocked
    ordered = choose(Ledger("MTO", ledger.skus, {}, ledger.counts), items, rows)
    return Chosen("MTS", stocked.offered, *(np.where(to_order.reshape(-1, *([1] * (getattr(stocked, name).ndim - 1))), getattr(ordered, name), getattr(stocked, name))
                                            for name in ("setting", "by_half", "counts", "profit")))  # fmt: skip


def todays_strategies(comparison: Comparison, items: Items) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The strategy of every product today (to stock where it is not known or not offered), and whether it is known."""
    where = {name: k for k, name in enumerate(comparison.strategies)}
    mode = np.array([where.get(str(m).upper(), -1) for m in items["current_mode"]], np.intp)
    offered = np.stack([comparison.chosen[name].offered for name in comparison.strategies], axis=1)
    known = (mode >= 0) & offered[np.arange(len(items)), mode]
    return np.where(known, mode, where["MTS"]), known


def today_repriced(today: Today | None, items: Items) -> Today | None:
    """Today's settings at other prices: expected money at once, everything that needs simulated years left open (NaN)."""
    if today is None:
        return None
    chosen = _at_best_lot(today.ledger, items.take(today.index), today.to_order)
    stays = (chosen.by_half == today.chosen.by_half).all(axis=1)
    return replace(
        today, chosen=chosen, by_path=np.full((len(today.index), 1), np.nan, np.float32), by_draw=np.full((len(today.index), 1), np.nan),
        in_force=np.full((len(today.index), 1), np.nan),
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
    return counts, by_path, waits, served


def run_as_today(comparison: Comparison, products: int) -> NDArray[np.bool_]:
    """Products whose settings or promises of today are known, and are played as they are: shape (products,)."""
    known = np.zeros(products, bool)
    if comparison.today is not None:
        known[comparison.today.index] = True
    return known


def add_todays_notes(
    notes: NDArray[Any], comparison: Comparison, items: Items, baseline: NDArray[np.intp], as_today: NDArray[np.bool_], verdict: NDArray[Any],
    currency: str,
) -> None:  # fmt: skip
    """Say in each product's notes what is set today and what planning the same strategy better is worth, counted or not."""
    mode = np.array([str(m).upper() for m in items["current_mode"]], object)
    offered = {name: chosen.offered for name, chosen in comparison.chosen.items()}
    for i in np.flatnonzero((mode == "ATO") | (mode == "MTO")):
        if verdict[i] != "not_decidable" and (mode[i] not in offered or not offered[mode[i]][i]):
            why = "no share of common components is known" if mode[i] == "ATO" else "no lead time can be promised"
            notes[i] = f"{notes[i]} Today's strategy, {strategy_text(mode[i])}, cannot be played: {why}. Counted as made to stock.".strip()
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
            promised, quote = (days_text(float(items[name][i])) for name in ("historical_wait_days", "quote_days"))
            notes[i] = f"{notes[i]} Today's orders are counted at the {promised} promised until now, to order otherwise at {quote}.".strip()
            continue
        level = today.order_up_to_level[at]
        what = f"Today: reorder at {_units(today.reorder_point[at])}" + (f", up to {_units(level)}" if np.isfinite(level) else "")
        if as_today[i] and better <= 0.0:
            text = f"{what}: as good as levels that follow expected demand, keep it."
        elif better < 0.5:
            text = f"{what}."
        else:
            worth = f"{money_text(better, currency)} a year" + (": too little to be worth a change, not counted." if as_today[i] else ".")
            text = f"{what}. Planning the same strategy better, by levels that follow expected demand, is worth {worth}"
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
