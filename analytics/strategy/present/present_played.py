"""Today played beside the strategies: every product's way of today on the same demand, path by path, with what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.forecast import Forecast
from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.simulation.stock import StockPlan
from analytics.strategy.compare import Comparison, expected_parameter_draws
from analytics.strategy.compared.lost_years import lost_years
from analytics.strategy.compared.played_years import Part, Years, part_of
from analytics.strategy.compared.reference_worlds import references_of
from analytics.strategy.money.in_force import money_in_force
from analytics.strategy.money.measures import joined_waits
from analytics.strategy.plans.draws import drawn_values
from analytics.strategy.plans.ledgers import (
    Setup,
    at_values_in_force,
    ato_counts,
    chunk_counts,
    chunks_of,
    demand_of,
    half_groups,
    in_threads,
    mts_counts,
    played_with,
    with_measured_waits,
    years_at_once,
)
from analytics.strategy.plans.todays_way import (
    SERVICE_HIGH,
    SERVICE_IN_FORCE,
    SERVICE_LOW,
    TODAYS_SERVICE,
    TodaysWay,
)
from analytics.strategy.present.present_policy import SETTINGS, Today, priced_as_today, todays_strategies
from analytics.strategy.present.present_settings import (
    kits_today,
    ordered_as_today,
    over_interval,
    rounded,
    todays_plan,
    todays_services,
)

__all__ = ["mean_counts", "money_by_draw", "with_today"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Played:
    """Some products run as today, path by path.

    Some products run as today: their positions, counts (products, settings, counts) and money by draw of demand (products, draws) with every value in
    force, what is kept path by path, and what is set, each (products,).
    """

    index: NDArray[np.intp]
    strategy: str
    counts: Array
    in_force: Array
    kept: list[Part]
    shown: Mapping[str, Array]


def with_today(
    comparison: Comparison, setup: Setup, items: Items, forecast: Forecast, way: TodaysWay, ended: NDArray[np.bool_], given: float | None = None
) -> Comparison:  # fmt: skip
    """The comparison with today's way on the same paths.

    The comparison with today's way of every product played on the same paths: from stock, from components, or to order; what has `ended` from stock, by the
    stated service and not by levels that nobody refills. `given`: see `todays_plan`.
    """
    if comparison.lost is not None and comparison.lost.today is None:  # of another way of today
        comparison = replace(comparison, lost=None)
    strategy, _ = todays_strategies(comparison, items)
    name = np.array(comparison.strategies, object)[strategy]
    # what may be split by order size is a way to run it better, not one a file names
    name = np.where(ended | ~np.isin(name, (Strategy.ATO, Strategy.MTO)), Strategy.MTS, name)
    group = {way_of: np.flatnonzero(name == way_of) for way_of in (Strategy.MTS, Strategy.ATO, Strategy.MTO)}
    played, plan = [], None
    if len(group[Strategy.MTS]):
        stocked, plan = _stocked(comparison, setup, items, forecast, way, group[Strategy.MTS], ended, given)
        played.append(stocked)
    if len(group[Strategy.ATO]):
        played.append(_assembled(comparison, setup, items, way, group[Strategy.ATO]))
    if len(group[Strategy.MTO]):
        played.append(_to_order(comparison, setup, items, way, group[Strategy.MTO]))
    return replace(comparison, today=_joined(comparison, setup, items, played, plan) if played else None)


def mean_counts(counts: Array, inner: int) -> Array:
    """Counts (units, settings, paths, counts), `inner` paths a draw, averaged over each half of the draws, and over both: (units, settings, counts)."""
    half = half_groups(counts.shape[2], inner)
    return np.asarray(0.5 * sum(counts[:, :, half == h].mean(axis=2) for h in (0, 1)))


def money_by_draw(certain: Array, name: str, own: Items, inner: int) -> Array:
    """Money by draw of demand of counts (products, paths, counts) played with every value in force."""
    return money_in_force(certain.reshape(len(certain), -1, inner, certain.shape[2]).mean(axis=2), name, own)


def _by_service(counts: Array, items: Items, comparison: Comparison, inner: int) -> Array:
    """Counts of every simulated year at the service of its draw, (units, paths, counts): straight between the service in force and either end of its range."""
    services = todays_services(items)
    low, high = services[:, :1] - services[:, 1:2], services[:, 2:] - services[:, :1]
    away = (drawn_values(items, TODAYS_SERVICE, comparison.uniforms[TODAYS_SERVICE]) - services[:, :1])[
        :, np.arange(counts.shape[2]) // inner
    ]
    below = np.where(low > 0.0, np.maximum(-away, 0.0) / np.where(low > 0.0, low, 1.0), 0.0)[..., None]
    above = np.where(high > 0.0, np.maximum(away, 0.0) / np.where(high > 0.0, high, 1.0), 0.0)[..., None]
    in_force = counts[:, SERVICE_IN_FORCE]
    return np.asarray(
        in_force + below * (counts[:, SERVICE_LOW] - in_force) + above * (counts[:, SERVICE_HIGH] - in_force)
    )


def _stocked(
    comparison: Comparison, setup: Setup, items: Items, forecast: Forecast, way: TodaysWay, index: NDArray[np.intp], ended: NDArray[np.bool_],
    given: float | None,
) -> tuple[_Played, StockPlan]:  # fmt: skip
    """The products made to stock today, played by the levels of the file or the stated service."""
    plan, shown = todays_plan(setup, items, forecast, way, index, ended[index], given)
    del shown["given"]
    plan = with_measured_waits(setup.world, plan)
    paths, inner = setup.world.paths, setup.world.inner

    def play(units: NDArray[np.intp]) -> tuple[Array, Array, Part]:
        held = demand_of(setup, index[units])
        counts, _ = mts_counts(held, plan, units, np.arange(paths), False)
        certain, waits = mts_counts(
            at_values_in_force(held), replace(plan, lead_by_draw=None), units, np.arange(paths), True
        )
        own, mean = items.take(index[units]), mean_counts(certain, setup.world.inner)
        steps = 7.0 / setup.world.steps_per_week[index[units]]
        years = _by_service(counts, own, comparison, inner)
        one, waited = certain[:, 0], waits[:, 0] / paths
        played = Years(index[units], years, one, waited, mean[:, 0], np.zeros(len(units)), steps)
        references = references_of(setup.world, index[units], comparison.uniforms)
        part = part_of(own, Strategy.MTS, played, comparison.uniforms, inner, references)
        if comparison.lost is not None:
            comparison.lost.put_today(index[units], lost_years(one, own, Strategy.MTS))
        return mean, money_by_draw(certain[:, 0], Strategy.MTS, own, inner), part

    parts = in_threads(play, years_at_once(len(index), 16, paths))
    mean, sure = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
    return _Played(
        index,
        Strategy.MTS,
        mean,
        sure,
        [part[2] for part in parts],
        {**shown, "quote_days": np.full(len(index), np.nan)},
    ), plan


def _assembled(
    comparison: Comparison, setup: Setup, items: Items, way: TodaysWay, index: NDArray[np.intp]
) -> _Played:
    """The products assembled to order today: their family's components by levels of the file, else by the stated service, the whole family assembling."""
    families = np.array(
        [f for f, members in enumerate(setup.families) if np.isin(members, index).any()], np.intp
    )
    plan, lot, relative, services = kits_today(setup, items, way)
    assert setup.assembly is not None
    base, paths, inner = setup.assembly, setup.world.paths, setup.world.inner
    one = np.ones(len(lot)) if base.step is None else base.step

    def play(units: NDArray[np.intp]) -> tuple[NDArray[np.intp], Array, Array, Part]:
        held = demand_of(setup, played_with(setup, families[units]))
        counts, _, products = ato_counts(held, plan, families[units], np.arange(paths), False)
        certain, waits, _ = ato_counts(
            at_values_in_force(held),
            replace(plan, lead_by_draw=None),
            families[units],
            np.arange(paths),
            True,
        )
        here = np.isin(products, index)
        counts, certain, waits, products = counts[here], certain[here], waits[here], products[here]
        own, mean = items.take(products), mean_counts(certain, setup.world.inner)
        steps, told = 7.0 / setup.world.steps_per_week[products], plan.door_wait_days[products]
        years = _by_service(counts, own, comparison, inner)
        expected = priced_as_today(mean[:, 0], np.full(len(products), Strategy.ATO, object), own)[0]
        sure = money_by_draw(certain[:, 0], Strategy.ATO, own, inner)
        if comparison.lost is not None:
            comparison.lost.put_today(products, lost_years(certain[:, 0], own, Strategy.ATO))
        return (
            products,
            mean,
            sure,
            part_of(
                own,
                Strategy.ATO,
                Years(products, years, certain[:, 0], waits[:, 0] / paths, expected, told, steps),
                comparison.uniforms,
                inner,
                references_of(setup.world, products, comparison.uniforms),
            ),
        )

    parts = in_threads(play, chunks_of(len(families), 4))
    products = np.concatenate([part[0] for part in parts])
    mean, sure = (np.concatenate([part[k] for part in parts]) for k in (1, 2))
    of = np.empty(len(items), np.intp)
    for f, members in enumerate(setup.families):
        of[members] = f
    unit = of[products]
    kits = mean[:, 0, 0] - mean[:, 0, 1]
    total = np.zeros(len(setup.families))
    np.add.at(total, unit, kits)
    share = kits / np.maximum(total[unit], 1e-12)
    level = rounded(over_interval(base, unit) * relative[unit, 0] * share, base.whole[unit], one[unit])
    own_lot = rounded(lot[unit] * share, base.whole[unit], one[unit])
    shown = {
        "reorder_point": np.maximum(level - np.where(base.whole[unit], one[unit], 0.0), 0.0), "order_up_to_level": np.full(len(products), np.nan),
        "order_quantity": np.where(base.whole[unit], np.maximum(own_lot, one[unit]), own_lot), "outdated": np.zeros(len(products), bool),
        "service": services[unit, 0], "quote_days": plan.door_wait_days[products],
    }  # fmt: skip
    return _Played(products, Strategy.ATO, mean, sure, [part[3] for part in parts], shown)


def _to_order(
    comparison: Comparison, setup: Setup, items: Items, way: TodaysWay, index: NDArray[np.intp]
) -> _Played:
    """The products made to order today, at the wait promised until now or quoted when the file was read: a quote that is moved changes what is planned."""
    wait = np.nan_to_num(way.quote_days)
    there, setting, told = ordered_as_today(setup, way)

    def play(units: NDArray[np.intp]) -> tuple[Array, Array, Part]:
        held = demand_of(there, index[units])
        counts, waited, rows = chunk_counts(held, Strategy.MTO, index[units], setting[index[units]])
        certain, _, _ = chunk_counts(
            at_values_in_force(held),
            Strategy.MTO,
            index[units],
            setting[index[units]],
            waits=False,
        )
        own, mean = items.take(rows), mean_counts(certain[:, None], setup.world.inner)
        expected = priced_as_today(mean[:, 0], np.full(len(rows), Strategy.MTO, object), own)[0]
        steps = 7.0 / setup.world.steps_per_week[rows]
        part = part_of(
            own,
            Strategy.MTO,
            Years(rows, counts, certain, waited, expected, told[rows], steps),
            comparison.uniforms,
            setup.world.inner,
            references_of(setup.world, rows, comparison.uniforms),
        )
        if comparison.lost is not None:
            comparison.lost.put_today(rows, lost_years(certain, own, Strategy.MTO))
        return (
            np.repeat(mean, SETTINGS, axis=1),
            money_by_draw(certain, Strategy.MTO, own, setup.world.inner),
            part,
        )

    parts = in_threads(play, chunks_of(len(index), 32))
    unknown, no = np.full(len(index), np.nan), np.zeros(len(index), bool)
    open_ = dict.fromkeys(("reorder_point", "order_up_to_level", "order_quantity", "service"), unknown)
    shown = {**open_, "outdated": no, "quote_days": wait[index]}
    mean, sure = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
    return _Played(index, Strategy.MTO, mean, sure, [part[2] for part in parts], shown)


def _joined(
    comparison: Comparison, setup: Setup, items: Items, played: list[_Played], plan: StockPlan | None
) -> Today:
    """What was played of each strategy as one table, in the order of the products' positions."""
    index = np.concatenate([one.index for one in played])
    order = np.argsort(index, kind="stable")
    strategy = np.concatenate([np.full(len(one.index), one.strategy, object) for one in played])[order]
    raw = np.concatenate([one.counts for one in played])[order]
    index = index[order]
    kept = [part for one in played for part in one.kept]
    by_path = np.concatenate([part.by_path for part in kept])[order]
    counts, profit = priced_as_today(raw[:, SERVICE_IN_FORCE], strategy, items.take(index))
    k = np.array([comparison.strategies.index(name) for name in strategy], np.intp)
    both = np.stack([comparison.by_path[index, k], by_path], axis=1)
    apart = expected_parameter_draws(both, setup.world.inner)
    worlds = [part.by_world for part in kept if part.by_world is not None]
    by_world = np.concatenate(worlds)[order] if len(worlds) == len(kept) else None
    shown = {name: np.concatenate([one.shown[name] for one in played])[order] for name in played[0].shown}
    outdated = np.asarray(shown.pop("outdated"), bool)
    return Today(
        index=index, strategy=strategy, raw=raw, counts=counts, profit=profit, by_path=by_path, by_draw=comparison.by_draw[index, k] + apart[:, 1] - apart[:, 0],
        in_force=np.concatenate([one.in_force for one in played])[order],
        wait_days={m: np.concatenate([part.waits[m] for part in kept])[order] for m in kept[0].waits}, served_within=np.concatenate([part.served for part in kept])[order],
        waiting=joined_waits([part.waiting for part in kept]),
        outdated=index[outdated], plan=plan, by_world=by_world, **shown,
    )  # fmt: skip
