"""What every product is counted as today, and the plan that every gain is compared with: run as today where that is known."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import CONFIRMED, GIVEN, Items
from analytics.naming.labels import (
    Strategy,
    Verdict,
    days_text,
    money_text,
    strategy_text,
    units_text,
)
from analytics.policy.levels import point_text
from analytics.strategy.compare import Comparison
from analytics.strategy.money.measures import WaitingUnits, joined_waits
from analytics.strategy.plans.todays_way import TODAYS_SERVICE
from analytics.strategy.present.baseline import Baseline

__all__ = [
    "add_todays_notes",
    "baseline_counts",
    "baseline_of",
    "counted_as",
    "run_as_today",
    "stays_at",
    "waiting_under",
    "worlds_of",
    "years_of",
]

Array = NDArray[np.float64]


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
    outdated, batches = set(today.outdated.tolist()), comparison.batches
    promised = np.nan_to_num(np.asarray(items["historical_wait_days"], np.float64))
    for at, i in enumerate(today.index):
        percent = f"{100.0 * today.service[at]:.3g} % service"
        assumed = "" if items.origin(TODAYS_SERVICE)[i] in (GIVEN, CONFIRMED) else ", assumed"
        if today.strategy[at] == Strategy.MTO:
            days = today.quote_days[at]
            batch = (
                ""
                if batches is None or not len(batches.of(np.array([i]))[0])
                else "in batches, rest to stock, "
            )
            out[i] = f"order, {batch}{days_text(days)} " + (
                "as promised"
                if promised[i] > 0.0 and abs(promised[i] - days) < 0.5
                else "as quoted when the file was read"
            )
        elif today.strategy[at] == Strategy.ATO:
            given = not np.isfinite(today.service[at])
            out[i] = f"assembled, parts at {'levels of the file' if given else percent + assumed}"
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
            point = float(today.reorder_point[at])
            what += f"; {'reorder at ' if point >= 0.0 else ''}{point_text(point)}" + (
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


def worlds_of(
    comparison: Comparison, plan: NDArray[np.intp], as_today: NDArray[np.bool_]
) -> tuple[Array, Array]:
    """Expected money where what is not known for sure is drawn: of all strategies (products, strategies, worlds), and of one plan.

    The plan (products, worlds) is the strategy at `plan`, run as today where marked and known. In the reference
    worlds where all of it is known there, else by parameter draw.
    """
    index, at = stays_at(comparison, as_today)
    today = comparison.today
    drawn = comparison.by_world is None or (today is not None and len(index) > 0 and today.by_world is None)
    every = np.asarray(comparison.by_draw if drawn else comparison.by_world, np.float64)
    first = every[np.arange(len(plan)), plan]
    if not drawn and comparison.again is not None:
        every[comparison.again[0]] = comparison.again[1]
    own = every[np.arange(len(plan)), plan]
    if today is not None and len(index):
        # the same first years of both: what today's way adds to the same strategy is told by them
        own[index] += (today.by_draw if drawn else np.asarray(today.by_world))[at] - first[index]
    return every, own


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
