"""How the products are run today, set against how they could be run: what every gain is compared with.

A planner's reorder point is a number in a system: it does not follow the forecast, the season or a surprise. Set against the same
strategy run well, it shows what planning better is worth without changing any strategy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import CONFIRMED, GIVEN, Items
from analytics.naming.labels import Strategy, Verdict, days_text, money_text, strategy_text, units_text
from analytics.policy.levels import order_up_to_level
from analytics.simulation.stock import StockPlan
from analytics.strategy.compare import Comparison
from analytics.strategy.minimum_lots import not_offered_text
from analytics.strategy.money.formulas import profit
from analytics.strategy.money.measures import WaitingUnits, counts_by_name, joined_waits
from analytics.strategy.money.price import money_values, rates_under, reacted, reacted_anew
from analytics.strategy.plans.recipes import minimum_binds
from analytics.strategy.plans.todays_way import SERVICE_IN_FORCE, TODAYS_SERVICE
from analytics.strategy.present.baseline import Baseline

__all__ = [
    "SETTINGS",
    "Today",
    "add_todays_notes",
    "baseline_counts",
    "baseline_of",
    "counted_as",
    "draws_of",
    "priced_as_today",
    "profit_today",
    "run_as_today",
    "stays_at",
    "today_order_quantity",
    "today_order_up_to_level",
    "today_quote_days",
    "today_reorder_point",
    "today_repriced",
    "todays_money",
    "todays_profit_at",
    "todays_profit_under",
    "todays_settings",
    "todays_strategies",
    "waiting_under",
    "years_of",
]  # fmt: skip

Array = NDArray[np.float64]

#: What is played of today: the stated service in force, and both ends of its range.
SETTINGS = 3


@dataclass(frozen=True, eq=False)
class Today:
    """How the products at `index` (positions, ascending) are run today: arrays over these products.

    `strategy` names the way each is counted as run. `raw` (products, SETTINGS, counts) is what was simulated: at the service that stands for levels
    the file does not give, and at both ends of its range (all alike where levels are known); no price is in it. `counts` are those of the year as
    customers react to the prices in force, `profit` its expected money, `by_path` the money of each simulated year, `by_draw` its mean per parameter draw.
    `reorder_point`, `order_up_to_level` (NaN: reorder point plus lot), `order_quantity` and `quote_days` are what is set (NaN: not part of the strategy),
    `in_force` expected money by draw of demand at the values in force, `service` what stands for levels the file does not give (NaN: it does).
    `waiting` are the units that wait and how long, by position in the portfolio.
    `outdated` (positions) are products whose levels of the file could not deliver what is expected to be sold: a service stands for them too. `plan` is
    what was played of those made to stock, in their order (None: none).
    """

    index: NDArray[np.intp]
    strategy: NDArray[Any]
    raw: Array
    counts: Array
    profit: Array
    by_path: NDArray[np.float32]
    by_draw: Array
    in_force: Array
    wait_days: dict[str, Array]
    waiting: WaitingUnits
    served_within: Array
    reorder_point: Array
    order_up_to_level: Array
    order_quantity: Array
    quote_days: Array
    service: Array
    outdated: NDArray[np.intp]
    plan: StockPlan | None = None


def _own_money(strategy: NDArray[Any], own: Items) -> dict[str, Array]:
    """What the formulas need of products that are run by the strategies named, one each."""
    columns: dict[str, Array] = {}
    for name in sorted(set(strategy)):
        here = strategy == name
        money = money_values(own, name)
        columns = {
            field: np.where(here, column, columns.get(field, column)) for field, column in money.items()
        }
    return columns


def todays_money(today: Today, items: Items) -> dict[str, Array]:
    """What the formulas need of the products run as today, each under its own strategy of today: columns (products run so,)."""
    return _own_money(today.strategy, items.take(today.index))


def priced_as_today(raw: Array, strategy: NDArray[Any], own: Items) -> tuple[Array, Array]:
    """Counts after customers' reactions and their money, of products run by the strategies named: `raw` (products, counts) as simulated."""
    money = _own_money(strategy, own)
    counts = reacted(
        raw, Strategy.MTO, money
    )  # those of stock do not react: nothing is kept, cancelled or late there
    return counts, np.asarray(profit(counts_by_name(counts), money))


def todays_strategies(comparison: Comparison, items: Items) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The strategy of every product today (to stock where it is not known or not offered), and whether it is known."""
    where = {name: k for k, name in enumerate(comparison.strategies)}
    mode = np.array([where.get(str(m).upper(), -1) for m in items["current_mode"]], np.intp)
    offered = np.stack([comparison.chosen[name].offered for name in comparison.strategies], axis=1)
    known = (mode >= 0) & offered[np.arange(len(items)), mode]
    return np.where(known, mode, where[Strategy.MTS]), known


def today_repriced(today: Today | None, items: Items) -> Today | None:
    """Today at other prices: expected money at once, units, waits and service as they are; money of simulated years is left open (NaN)."""
    if today is None:
        return None
    counts, earned = priced_as_today(today.raw[:, SERVICE_IN_FORCE], today.strategy, items.take(today.index))
    return replace(
        today,
        counts=counts,
        profit=earned,
        by_path=np.full((len(today.index), 1), np.nan, np.float32),
        by_draw=np.full((len(today.index), 1), np.nan),
        in_force=np.full((len(today.index), 1), np.nan),
    )


def today_reorder_point(today: Today) -> Array:
    """The reorder point in use, in units, of the products run as today (NaN: not part of the strategy).

    today_reorder_point = the file's, or the one that the service stands for which today is counted at.
    """
    return today.reorder_point


def today_order_quantity(today: Today) -> Array:
    """The lot in use, of the products run as today (NaN: not part of the strategy). Units, (products,).

    today_order_quantity = the file's order-up-to level - today_reorder_point, or where it gives none its lot.
    """
    level = today.order_up_to_level
    return np.where(np.isfinite(level), level - today.reorder_point, today.order_quantity)


def today_order_up_to_level(today: Today) -> Array:
    """The order-up-to level in use, of the products run as today (NaN: not part of the strategy). Units, (products,).

    today_order_up_to_level = today_reorder_point + today_order_quantity.
    """
    return order_up_to_level(today_reorder_point(today), today_order_quantity(today))


def today_quote_days(today: Today) -> Array:
    """The days quoted in use, of the products run as today (NaN: not part of the strategy). Days, (products,).

    today_quote_days = the wait promised in the file, or what was quoted when it was read.
    """
    return today.quote_days


def todays_settings(today: Today) -> dict[str, Array]:
    """What is set today of the products run so (NaN: not part of the strategy): reorder point, order-up-to level, order quantity, days quoted."""
    return {
        "reorder_point": today_reorder_point(today),
        "order_up_to_level": today_order_up_to_level(today),
        "order_quantity": today_order_quantity(today),
        "quote_days": today_quote_days(today),
    }


def todays_profit_at(today: Today | None, items: Items, field: str) -> tuple[Array, Array]:
    """By how much a price, or the stated service, at the low and at the high end of its range changes expected money run as today: two arrays (products run so,)."""
    if today is None:
        return np.zeros(0), np.zeros(0)
    if field == TODAYS_SERVICE:
        own = items.take(today.index)
        below, above = (
            priced_as_today(today.raw[:, k], today.strategy, own)[1] - today.profit for k in (1, 2)
        )
        return below, above
    now = todays_money(today, items)
    low, high = (
        todays_money(today, items.with_field(field, value, items.origin(field)))
        for value in items.range(field)
    )
    middle, below, above = (
        profit(counts_by_name(reacted_anew(today.counts, Strategy.MTO, now, money)), money)
        for money in (now, low, high)
    )
    return below - middle, above - middle


def todays_profit_under(
    today: Today, at: NDArray[np.intp], own: Items, changes: Mapping[str, Array]
) -> Array:
    """Expected money of today's way under other prices.

    Expected money of today's way under other prices of each product's own: `at` are places in `today.index`, `own` their items, `changes` (products, values)
    by field. Units are what they are today. Shape (products, values).
    """
    out = np.zeros((len(at), next(iter(changes.values())).shape[1]))
    for name in sorted(set(today.strategy[at])):
        rows = np.flatnonzero(today.strategy[at] == name)
        rates = rates_under(own.take(rows), name, {field: column[rows] for field, column in changes.items()})
        out[rows] = np.einsum("nc,nvc->nv", today.raw[at[rows], SERVICE_IN_FORCE], rates)
    return out


def profit_today(comparison: Comparison, baseline: NDArray[np.intp]) -> Array:
    """Expected money of every product as it is run today (where that is not played: under the strategy at `baseline`).

    profit_today = profit at today's settings. Money over twelve months, shape (products,).
    """
    profit = comparison.profit[np.arange(len(baseline)), baseline]
    if comparison.today is not None:
        profit[comparison.today.index] = comparison.today.profit
    return profit


def stays_at(comparison: Comparison, rows: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Of the products marked: those run as today is known, and where they stand in `comparison.today`.

    Positions of products, and into it; `rows` (products,).
    """
    if comparison.today is None:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    at = np.flatnonzero(rows[comparison.today.index])
    return comparison.today.index[at], at


def baseline_counts(
    comparison: Comparison, plan: NDArray[np.intp], as_today: NDArray[np.bool_]
) -> tuple[Array, NDArray[np.float32], dict[str, Array], Array]:
    """Counts, money by path, waits and service of every product under the strategy at `plan`, run as today where marked and known."""
    rows = np.arange(len(plan))
    counts = np.stack([comparison.chosen[name].counts for name in comparison.strategies], axis=1)[rows, plan]
    by_path = comparison.by_path[rows, plan]
    waits = {m: column[rows, plan] for m, column in comparison.wait_days.items()}
    served = comparison.served_within[rows, plan]
    index, at = stays_at(comparison, as_today)
    if comparison.today is not None and len(index):
        today = comparison.today
        counts[index], by_path[index], served[index] = (
            today.counts[at],
            today.by_path[at],
            today.served_within[at],
        )
        for m, column in waits.items():
            column[index] = today.wait_days[m][at]
    return counts, by_path, waits, served


def waiting_under(
    comparison: Comparison, plan: NDArray[np.intp], as_today: NDArray[np.bool_]
) -> WaitingUnits:
    """Who waits, and how long, with every product under the strategy at `plan` (products,), run as today where marked and known."""
    own = np.zeros(len(plan), bool)
    own[stays_at(comparison, as_today)[0]] = True
    parts = [comparison.waiting[name].of((plan == k) & ~own) for k, name in enumerate(comparison.strategies)]
    return joined_waits(parts if comparison.today is None else [*parts, comparison.today.waiting.of(own)])


def run_as_today(comparison: Comparison, products: int) -> NDArray[np.bool_]:
    """Products that are played as they are run today. Shape (products,)."""
    known = np.zeros(products, bool)
    if comparison.today is not None:
        known[comparison.today.index] = True
    return known


def counted_as(comparison: Comparison, items: Items) -> NDArray[Any]:
    """What every product is counted as today, in words: the way of the file, or what stands for what it leaves open."""
    out = np.full(len(items), "", object)
    today = comparison.today
    if today is None:
        return out
    outdated = set(today.outdated.tolist())
    promised = np.nan_to_num(np.asarray(items["historical_wait_days"], np.float64))
    for at, i in enumerate(today.index):
        percent = f"{100.0 * today.service[at]:.3g} % service"
        assumed = "" if items.origin(TODAYS_SERVICE)[i] in (GIVEN, CONFIRMED) else ", assumed"
        if today.strategy[at] == Strategy.MTO:
            days = today.quote_days[at]
            out[i] = f"order, {days_text(days)} " + (
                "as promised"
                if promised[i] > 0.0 and abs(promised[i] - days) < 0.5
                else "as quoted when the file was read"
            )
        elif today.strategy[at] == Strategy.ATO:
            out[i] = f"assembled, parts at {percent}{assumed}"
        elif int(i) in outdated and today.service[at] != items[TODAYS_SERVICE][i]:
            out[i] = f"stock, {percent} as the file's others: its levels cannot deliver"
        elif np.isfinite(today.service[at]):
            out[i] = f"stock, {percent}{assumed}" + (
                ": its levels cannot deliver" if int(i) in outdated else ""
            )
        else:
            out[i] = "stock, levels of the file"
    return out


def add_todays_notes(
    notes: NDArray[Any], comparison: Comparison, items: Items, baseline: NDArray[np.intp], as_today: NDArray[np.bool_], verdict: NDArray[Any],
    currency: str,
) -> None:  # fmt: skip
    """Say in each product's notes what is set today and what planning the same strategy better is worth, counted or not."""
    mode = np.array([str(m).upper() for m in items["current_mode"]], object)
    offered = {name: chosen.offered for name, chosen in comparison.chosen.items()}
    for i in np.flatnonzero((mode == Strategy.ATO) | (mode == Strategy.MTO)):
        if verdict[i] != Verdict.NOT_DECIDABLE and (mode[i] not in offered or not offered[mode[i]][i]):
            why = (
                "no share of common components is known"
                if mode[i] == Strategy.ATO
                else not_offered_text(items, int(i))
                if minimum_binds(items)[i]
                else "no lead time can be promised"
            )
            notes[i] = (
                f"{notes[i]} Today's strategy, {strategy_text(mode[i])}, cannot be played: {why}. Counted as made to stock.".strip()
            )
    if comparison.today is None:
        return
    today = comparison.today
    well = comparison.profit[np.arange(len(baseline)), baseline]
    words = counted_as(comparison, items)
    for i in today.outdated:
        notes[i] = (
            f"{notes[i]} Today's reorder point cannot deliver what is expected to be sold: out of date.".strip()
        )
    for at, i in enumerate(today.index):
        better = float(well[i] - today.profit[at])
        if not np.isfinite(better) or verdict[i] == Verdict.NOT_DECIDABLE:
            continue
        what = f"Today: {words[i]}"
        if today.strategy[at] != Strategy.MTO:
            level = today.order_up_to_level[at]
            what += f"; reorder at {units_text(today.reorder_point[at])}" + (
                f", up to {units_text(level)}" if np.isfinite(level) else ""
            )
        if as_today[i] and better <= 0.0:
            text = f"{what}: as good as planning it anew, keep it."
        elif better < 0.5:
            text = f"{what}."
        else:
            worth = f"{money_text(better, currency)} a year" + (
                ": too little to be worth a change, not counted." if as_today[i] else "."
            )
            text = f"{what}. Planning the same strategy better is worth {worth}"
        notes[i] = f"{notes[i]} {text}".strip()


def draws_of(comparison: Comparison, plan: NDArray[np.intp], as_today: NDArray[np.bool_]) -> Array:
    """Expected money per parameter draw under the strategy at `plan` (products, draws), run as today where marked and known."""
    money = comparison.by_draw[np.arange(len(plan)), plan]
    index, at = stays_at(comparison, as_today)
    if comparison.today is not None:
        money[index] = comparison.today.by_draw[at]
    return money


def years_of(
    comparison: Comparison, plan: NDArray[np.intp], as_today: NDArray[np.bool_]
) -> tuple[Array, Array]:
    """Money of the simulated years under one plan.

    Money of the simulated years (products, paths), assumed values drawn, and by draw of demand at the values in force (products, draws), under the strategy
    at `plan`, run as today where marked and known.
    """
    rows = np.arange(len(plan))
    drawn, steady = comparison.by_path[rows, plan].astype(np.float64), comparison.in_force[rows, plan]
    index, at = stays_at(comparison, as_today)
    if comparison.today is not None:
        drawn[index], steady[index] = comparison.today.by_path[at], comparison.today.in_force[at]
    return drawn, steady


def baseline_of(comparison: Comparison, items: Items, ended: NDArray[np.bool_]) -> Baseline:
    """What every gain is compared with: how much of it the file says, and what stands for the rest.

    `ended` (products,).
    """
    live = ~ended
    today = comparison.today
    by_service = np.zeros(len(items), bool)
    if today is not None:
        by_service[today.index[np.isfinite(today.service)]] = True
        by_service[today.outdated] = False
    asked = by_service & live
    service = (
        float(np.median(np.asarray(items[TODAYS_SERVICE], np.float64)[asked]))
        if asked.any()
        else float("nan")
    )
    outdated = 0 if today is None else len(today.outdated)
    said = np.array([bool(str(mode)) for mode in items["current_mode"]])  # whether it can be played or not
    confirmed = bool(asked.any()) and bool(
        np.isin(items.origin(TODAYS_SERVICE)[asked], (GIVEN, CONFIRMED)).all()
    )
    return Baseline(int(live.sum()), int((live & said).sum()), int(asked.sum()), outdated, service, confirmed)
