"""The portfolio under its limits: what changes, what it costs, what binds; marks and limits that cannot be kept are said, never silent.

One concept: one pass through limits. The choice without limits is kept, or a limited one is picked, played
again and held against 95 of 100 simulated years until it fits; its rows and notes report that very pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.limits import Limits
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import Comparison, with_chosen
from analytics.strategy.compared.setting import Chosen, choose
from analytics.strategy.gains import too_close_to_count
from analytics.strategy.limits.capacity_load import MONTHS, work_per_unit, work_share
from analytics.strategy.limits.choice import Picked, pick_under_limits
from analytics.strategy.limits.options import FREE, expected_demand_value
from analytics.strategy.limits.problem import (
    Asked,
    SharedProblem,
    limit_of,
    shared_problem,
    tops_of,
    total_of,
    usage_of,
)
from analytics.strategy.limits.quote_under_load import own_utilisation
from analytics.strategy.limits.report import (
    LIMIT_LABELS,
    Limited,
    LimitRow,
    amount_text,
    limit_text,
    limited_words,
)
from analytics.strategy.money.formulas import cash_tied_up
from analytics.strategy.money.measures import counts_by_name
from analytics.strategy.money.price import money_values
from analytics.strategy.plans.ledgers import Setup, chunk_counts, chunks_of, grid_ledgers
from analytics.strategy.pool_membership import Joined
from analytics.strategy.present.counted_as import stays_at
from analytics.strategy.present.present_policy import profit_today
from analytics.strategy.recommend import Recommendation

__all__ = ["expected_use", "in_bad_years", "under_limits", "used_by_year"]

Array = NDArray[np.float64]

_TIGHTENING = 5
#: A tightened limit aims a little below, so that it need not be tightened again.
_SAFETY = 0.997


def _unchanged(problem: SharedProblem, recommendation: Recommendation) -> Picked | None:
    """The choice without limits, where it keeps them all as it is."""
    if (problem.options.strategy[problem.free] != recommendation.recommended).any():
        return None
    used = total_of(usage_of(problem, problem.options), problem.free)
    tops = tops_of(problem)
    if any(used[name] > top for name, top in tops.items()):
        return None
    utilisation, days = own_utilisation(
        problem, problem.options, problem.free, problem.limits.highest_utilisation
    )
    to_order = problem.options.strategy[problem.free] == problem.strategies.index(Strategy.MTO)
    if (days[to_order] > 0.0).any():
        return None
    counted = float(np.where(np.isfinite(problem.most), problem.most, 0.0).sum())
    return Picked(
        problem.free,
        counted,
        counted,
        dict.fromkeys(tops, 0.0),
        used,
        tops,
        {},
        np.zeros(len(problem.free)),
        utilisation,
        recommendation.shared,
        problem.options,
    )


def _kept_as_it_is(
    problem: SharedProblem, comparison: Comparison, recommendation: Recommendation
) -> Picked | None:
    """The recommendation itself, where it keeps every limit with what stays as it is today counted as it is run today."""
    unchanged = _unchanged(problem, recommendation)
    index, at = stays_at(comparison, recommendation.as_today & np.isfinite(problem.most))
    if unchanged is None or comparison.today is None or problem.limits.bad_years or not len(index):
        return None
    counts = problem.options.counts.copy()
    counts[index, problem.free[index]] = comparison.today.counts[at]
    used = total_of(usage_of(problem, replace(problem.options, counts=counts)), problem.free)
    return (
        None
        if any(used[name] > top for name, top in tops_of(problem).items())
        else replace(unchanged, used=used)
    )


def _chosen_of(
    problem: SharedProblem, picked: Picked, setup: Setup, comparison: Comparison
) -> tuple[Setup, dict[str, Chosen], dict[str, NDArray[np.intp]]]:
    """The settings of the choice as the rest of the program knows them: per strategy, with the units that must be played again."""
    options, strategies = picked.options, problem.strategies
    chosen: dict[str, Chosen] = dict(comparison.chosen)
    changed: dict[str, NDArray[np.intp]] = {}
    at, setting = options.strategy[picked.option], options.setting[picked.option]
    for name in (Strategy.MTS, Strategy.ATO):
        if name not in strategies:
            continue
        k = strategies.index(name)
        rows = np.flatnonzero((at == k) & (setting != FREE))
        if not len(rows):
            continue
        old = chosen[name]
        new_setting, by_half, counts, profit = (
            old.setting.copy(),
            old.by_half.copy(),
            old.counts.copy(),
            old.profit.copy(),
        )
        units: list[int] = []
        for f, members in enumerate(setup.families if name == Strategy.ATO else ()):
            here = np.intersect1d(members, rows)
            if len(here):
                units.append(f)
                rows = np.union1d(rows, members)
                setting[members] = setting[here[0]]
        option = np.array([options.find(k, int(j)) for j in setting[rows]], np.intp)
        new_setting[rows], by_half[rows] = setting[rows], setting[rows][:, None]
        counts[rows], profit[rows] = (
            problem.options.counts[rows, option],
            problem.options.profit[rows, option],
        )
        chosen[name] = replace(old, setting=new_setting, by_half=by_half, counts=counts, profit=profit)
        changed[name] = np.array(units, np.intp) if name == Strategy.ATO else rows
    longer = np.flatnonzero(picked.stretch > 0.0)
    if len(longer):
        quotes = setup.order.quote_days.copy()
        quotes[longer, 0] += picked.stretch[longer]
        setup = replace(setup, order=replace(setup.order, quote_days=quotes))
        ledger = grid_ledgers(setup, strategies=(Strategy.MTO,))[Strategy.MTO]
        again = choose(ledger, problem.items, np.arange(len(problem.items)))
        old = chosen[Strategy.MTO]
        counts, profit = old.counts.copy(), old.profit.copy()
        counts[longer], profit[longer] = again.counts[longer], again.profit[longer]
        chosen[Strategy.MTO] = replace(old, counts=counts, profit=profit)
        changed[Strategy.MTO] = longer
    return setup, chosen, changed


def used_by_year(
    setup: Setup,
    items: Items,
    comparison: Comparison,
    recommended: NDArray[np.intp],
    limits: Limits,
    shares: Array,
) -> dict[str, Array]:
    """Working capital and load of the mix in every simulated year, all products together: name -> (paths,); the load also of every month."""
    paths = setup.world.paths
    wanted: dict[str, Array] = {}
    if limits.working_capital is not None:
        wanted["working_capital"] = np.zeros(paths)
    if limits.order_capacity_per_month is not None:
        wanted["order_capacity_per_month"] = np.zeros(paths)
        if limits.every_month:
            wanted |= {f"capacity {m}": np.zeros(paths) for m in range(MONTHS)}
    if not wanted:
        return wanted
    for k, name in enumerate(comparison.strategies):
        members = np.flatnonzero(recommended == k)
        units = (
            np.array([f for f, own in enumerate(setup.families) if np.isin(own, members).any()], np.intp)
            if name == Strategy.ATO
            else members
        )
        first = np.array([setup.families[u][0] for u in units], np.intp) if name == Strategy.ATO else units
        after = work_per_unit(items, limits) * work_share(items, name)
        for block in chunks_of(len(units), 64):
            counts, _, index = chunk_counts(
                setup, name, units[block], comparison.chosen[name].by_half[first[block]], waits=False
            )
            here = recommended[index] == k
            counts, index = counts[here], index[here]
            n = counts_by_name(counts)
            if "working_capital" in wanted:
                money = {
                    field: column[:, None] for field, column in money_values(items.take(index), name).items()
                }
                wanted["working_capital"] += np.nan_to_num(cash_tied_up(n, money)).sum(axis=0)
            if "order_capacity_per_month" in wanted:
                work = (n("demanded") - n("lost")) * after[index][:, None]
                wanted["order_capacity_per_month"] += work.sum(axis=0) / MONTHS
                for m in range(MONTHS) if limits.every_month else ():
                    wanted[f"capacity {m}"] += shares[index, m] @ work
    return wanted


def in_bad_years(years: Mapping[str, Array]) -> dict[str, float]:
    """What 95 of 100 simulated years stay below: the order statistic at 95 % of the ranks, by limit (of months the worst).

    `years` holds what each simulated year uses of a limit (years,), in the unit of the limit. Source: definition, an order statistic.

    >>> in_bad_years({"working_capital": np.arange(101.0)})
    {'working_capital': 95.0}
    """
    out: dict[str, float] = {}
    for name, values in years.items():
        rank = round(0.95 * (len(values) - 1))
        out[limit_of(name)] = max(out.get(limit_of(name), -np.inf), float(np.partition(values, rank)[rank]))
    return out


def _met(problem: SharedProblem) -> tuple[Picked, SharedProblem]:
    """The choice, and the problem it solves: where limits cannot be met together, with those raised to the nearest that can, at the present quotes."""
    picked = pick_under_limits(problem)
    for _ in range(_TIGHTENING):
        if not picked.nearest:
            break
        nearest = pick_under_limits(replace(problem, fixed_quotes=True)).nearest or picked.nearest
        changes: dict[str, float] = {}
        for name, top in nearest.items():
            own = limit_of(name)
            wide = top + 1e-5 * max(abs(top), 1e-6)
            if own == "order_capacity_per_month":
                changes[own] = max(
                    changes.get(own, 0.0),
                    wide / (1.0 if problem.whole_shop else problem.limits.highest_utilisation),
                )
            elif own.startswith("least_share"):
                changes[own] = max(
                    0.0, 1.0 - wide / max(expected_demand_value(problem.options, problem.items), 1e-12)
                )
            else:
                changes[own] = wide
        problem = replace(problem, limits=replace(problem.limits, **changes))  # type: ignore[arg-type]
        picked = pick_under_limits(problem)
    return picked, problem


def expected_use(name: str, used: Mapping[str, float], demand_value: float) -> float:
    """How far a limit is used on average over the year: in the unit of the limit (of months the fullest), of a share served the share.

    expected_use = the largest use of the limit; for a share served 1 - value not served / demand_value. Source: definition.
    `used`: limit or month of it -> use, of shares the value not served; `demand_value` money or units a year.

    >>> expected_use("working_capital", {"working_capital": 52e3}, 4e5), expected_use("least_share_served", {"least_share_served": 5e4}, 4e5)
    (52000.0, 0.875)
    """
    most = max((amount for key, amount in used.items() if limit_of(key) == name), default=0.0)
    return 1.0 - most / max(demand_value, 1e-12) if name.startswith("least_share") else most


def _rows(
    problem: SharedProblem, limits: Limits, picked: Picked, bad: Mapping[str, float]
) -> tuple[LimitRow, ...]:
    value = expected_demand_value(problem.options, problem.items)
    rows = []
    for name in LIMIT_LABELS:
        stated = getattr(limits, name)
        if stated is None:
            continue
        own = [key for key in picked.tops if limit_of(key) == name]
        used = expected_use(name, picked.used, value)
        worth = sum(picked.prices.get(key, 0.0) for key in own)
        met = getattr(problem.limits, name)
        raised = float("nan") if met == stated else float(met)
        step = 1.0
        if name.startswith("least_share"):
            worth, step = worth * value * 0.01, 0.01
        elif name == "order_capacity_per_month":
            worth *= limits.highest_utilisation
        elif name == "working_capital":
            step = 1000.0 if stated >= 1e5 else 1.0
            worth *= step
        binds = worth > 0.0 or np.isfinite(raised)
        rows.append(
            LimitRow(
                name,
                float(stated),
                float(used),
                bad.get(name, float("nan")),
                float(worth),
                step,
                bool(binds),
                float(raised),
            )
        )
    return tuple(rows)


def under_limits(
    setup: Setup,
    comparison: Comparison,
    ledgers: Mapping[str, Ledger],
    recommendation: Recommendation,
    items: Items,
    asked: Asked,
    joined: Joined,
    currency: str = "",
) -> tuple[Setup, Comparison, Recommendation, Limited]:
    """The portfolio under its limits: set-up (quotes), comparison (settings) and recommendation in force, and what the limits did.

    Where the recommendation keeps every limit as it is, all three come back untouched.
    """
    limits, shares = asked.limits, asked.shares
    problem, notes = shared_problem(setup, comparison, ledgers, recommendation, items, asked, joined)
    if not np.isfinite(problem.most).any():
        notes.append("Limits need prices and costs to choose by: not applied.")
        idle = np.zeros(len(items), bool)
        none = Limited(
            limits,
            (),
            idle,
            idle,
            0.0,
            0.0,
            0.0,
            np.zeros(len(items)),
            recommendation.shared,
            0.0,
            tuple(notes),
            setup,
            comparison,
            recommendation,
        )
        return setup, comparison, recommendation, none
    picked = _kept_as_it_is(problem, comparison, recommendation)
    as_it_is = picked is not None
    picked = picked or _unchanged(problem, recommendation)
    same = picked is not None
    if picked is None:
        picked, problem = _met(problem)
    raised = problem.limits != limits
    in_force, current, choice = setup, comparison, recommendation.recommended
    for attempt in range(_TIGHTENING + 1):
        if not same:
            in_force, chosen, changed = _chosen_of(problem, picked, setup, comparison)
            current = with_chosen(in_force, items, comparison, chosen, changed)
            choice = picked.options.strategy[picked.option]
        bad = in_bad_years(used_by_year(in_force, items, current, choice, problem.limits, shares))
        tops = {
            name: problem.limits.order_capacity_per_month * limits.highest_utilisation  # type: ignore[operator]
            if name == "order_capacity_per_month"
            else limits.working_capital
            for name in bad
        }
        over = {name: bad[name] / top for name, top in tops.items() if top and bad[name] > top * (1.0 + 1e-6)}
        if not limits.bad_years or not over or raised or attempt == _TIGHTENING:
            break
        problem = replace(
            problem,
            tighten={
                **problem.tighten,
                **{name: problem.tighten.get(name, 1.0) * _SAFETY / ratio for name, ratio in over.items()},
            },
        )
        picked, same = pick_under_limits(problem), False
    rows = _rows(problem, limits, picked, bad)
    for row in rows:
        if np.isfinite(row.needed):
            notes.append(
                f"{limit_text(row, currency, limits)} cannot be met: the nearest is {amount_text(row.name, row.needed, currency, limits)}, and it is used."
            )
    if limits.bad_years and over:
        notes.append(
            "Not every limit could be kept in 95 of 100 years: the figures beside it say by how much."
        )
    n = len(items)
    settings_changed = picked.options.setting[picked.option] != FREE
    moved = choice != recommendation.recommended
    changed_products = moved | settings_changed | (picked.stretch > 0.0)
    counted = np.isfinite(problem.most)
    profit = current.profit[np.arange(n), choice]
    planned = np.zeros(n, bool)
    if not as_it_is:  # today's own settings are checked against no limit: they are planned anew
        planned[stays_at(comparison, recommendation.as_today & counted)[0]] = True
    beyond = too_close_to_count(profit, problem.most)
    uncounted = float(beyond[(counted & changed_products) | planned].sum())
    # a mark on what is not decided is kept, and brings nothing that counts
    marked = moved & ~counted & ~recommendation.ended & np.isfinite(profit)
    uncounted += float((profit - profit_today(comparison, recommendation.baseline))[marked].sum())
    pooling = recommendation.shared if same else picked.pooling
    before = float(problem.most[counted].sum()) + recommendation.shared
    after = float(np.minimum(profit, problem.most)[counted].sum()) + pooling
    gap = 0.0 if same else max(0.0, picked.bound - picked.value) / max(abs(picked.value), 1e-12)
    if (
        before - after > 0.0
    ):  # where a limit can hardly be met its price is huge, for next to nothing of it: no step brings more than all limits cost
        rows = tuple(replace(row, worth=min(row.worth, before - after)) for row in rows)
    result = Limited(
        limits,
        rows,
        changed_products,
        moved,
        before - after,
        gap,
        picked.utilisation,
        picked.stretch,
        pooling,
        uncounted,
        tuple(notes),
        setup,
        comparison,
        recommendation,
    )
    if same and not planned.any():
        return setup, comparison, recommendation, result
    return in_force, current, limited_words(recommendation, result, current, choice, items, currency), result
