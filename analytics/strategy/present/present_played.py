"""Today played: levels, lots and promised waits of the items file, and the stated rules for what it leaves open, on the same demand as everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.forecast import Forecast
from analytics.forecast.spread.paths import WEEKS
from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.simulation.stock import StockPlan
from analytics.strategy.compare import Comparison, Part, Years, expected_parameter_draws, part_of
from analytics.strategy.money.in_force import money_in_force
from analytics.strategy.money.measures import joined_waits
from analytics.strategy.plans.draws import drawn_values
from analytics.strategy.plans.ledgers import (
    Setup,
    at_values_in_force,
    ato_counts,
    chunk_counts,
    chunks_of,
    half_groups,
    in_threads,
    mts_counts,
    with_measured_waits,
)
from analytics.strategy.plans.recipes import expected_weeks, lots_of, relative_quantiles
from analytics.strategy.plans.todays_way import (
    SERVICE_HIGH,
    SERVICE_IN_FORCE,
    SERVICE_LOW,
    TODAYS_SERVICE,
    TodaysWay,
    kit_lot,
)
from analytics.strategy.present.present_policy import SETTINGS, Today, priced_as_today, todays_strategies

__all__ = [
    "assembled_today",
    "assembled_years",
    "ordered_today",
    "ordered_years",
    "service_of_levels",
    "stocked_today",
    "stocked_years",
    "todays_levels",
    "todays_plan",
    "with_today",
]

Array = NDArray[np.float64]

_LEAST_RATE = 1e-9
#: Levels of a file from which on the service they give stands for levels of it that cannot deliver.
FEWEST_LEVELS = 5
_READ_AT = np.array([0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99, 0.995])


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


def todays_levels(items: Items) -> tuple[Array, Array, Array, Array]:
    """Reorder point, order-up-to level, order quantity and safety stock as they are set today (NaN: not known), each (products,).

    A zero that stands alone means that nobody filled the field in; a level below the reorder point makes no sense and is left out.
    """
    point, level, lot, safety = (
        np.asarray(items[name], np.float64)
        for name in ("reorder_point", "order_up_to_level", "order_quantity", "safety_stock")
    )
    lot, safety, level = (np.where(column > 0.0, column, np.nan) for column in (lot, safety, level))
    point = np.where(
        (point > 0.0) | ((point == 0.0) & (np.isfinite(level) | np.isfinite(lot))), point, np.nan
    )
    level = np.where(level < point, np.nan, level)
    return point, level, lot, np.where(np.isfinite(point) | np.isfinite(level), np.nan, safety)


def todays_services(items: Items) -> Array:
    """Service that stands for levels the file does not give, and both ends of its range: shape (products, SETTINGS)."""
    return np.stack([np.asarray(items[TODAYS_SERVICE], np.float64), *items.range(TODAYS_SERVICE)], axis=1)


def _service_quantiles(
    plan: StockPlan, forecast: Forecast, units: NDArray[np.intp], expected: Array, services: Array
) -> Array:
    """Relative quantile of demand over the protection interval at each unit's own services: shape (units, SETTINGS), as `expected` (all units, weeks) has it."""
    levels, at = np.unique(services, return_inverse=True)
    spread = (
        np.zeros(len(plan.lead_weeks)) if plan.lead_time_cv is None else plan.lead_time_cv * plan.lead_weeks
    )
    quantiles = relative_quantiles(forecast, expected, plan.lead_weeks + plan.review_weeks, spread, levels)[
        units
    ]
    return np.asarray(np.take_along_axis(quantiles, at.reshape(services.shape), axis=1))


def _given_service(
    plan: StockPlan, forecast: Forecast, index: NDArray[np.intp], relative: Array, still: NDArray[np.bool_]
) -> float:
    """The service per replenishment cycle that the file's own levels give at the median, where at least FEWEST_LEVELS of them can deliver (else NaN).

    Each level (`relative`: over expected demand of its protection interval) is read as a quantile of demand over that interval.
    """
    rows = np.flatnonzero(still)
    if len(rows) < FEWEST_LEVELS:
        return float("nan")
    quantiles = _service_quantiles(
        plan, forecast, index[rows], plan.expected, np.tile(_READ_AT, (len(rows), 1))
    )
    read = [float(np.interp(one, own, _READ_AT)) for one, own in zip(relative[rows], quantiles, strict=True)]
    return float(np.clip(np.round(np.median(read), 2), _READ_AT[0], 0.99))


def todays_plan(
    setup: Setup,
    items: Items,
    forecast: Forecast,
    way: TodaysWay,
    index: NDArray[np.intp],
    ended: NDArray[np.bool_] | None = None,
    given: float | None = None,
) -> tuple[StockPlan, dict[str, Array]]:
    """Today's settings of the products at `index` as a plan, and what is set: arrays (products,).

    With a reorder point s: order when the inventory position is at s or below, up to the level S where it is given, else in lots. With a level
    alone: up to it at every review. With a safety stock alone: reorder at it plus what is expected until the next delivery, which the planner does
    follow. Levels stand still otherwise, all year, whatever is sold; only a known end of sales is planned for. No level exceeds what would be
    excess, the demand of the cover and of the protection interval: nobody refills beyond it. Where the file gives no level, or
    one that could not pass on what is expected to be sold if every order were timed perfectly (`outdated`: its highest position once per protection
    interval), the level covers demand over that interval with a service, and the planner follows demand: the stated service, or for what is outdated the
    one that the file's other levels give (`_given_service`).
    `ended` (products,) marks those whose levels nobody refills: not read. The settings of the plan are that service and both ends of its range; all alike
    where levels are known. `given` is what the other levels give, where it is known from the whole portfolio (None: read from these products).
    """
    gone = np.zeros(len(index), bool) if ended is None else ended
    point, level, lot, safety = (np.where(gone, np.nan, column[index]) for column in todays_levels(items))
    base = setup.stock
    lead, review, cover, whole = (
        base.lead_weeks[index],
        base.review_weeks[index],
        base.cover_weeks[index],
        base.whole[index],
    )
    week = np.arange(base.expected.shape[1])
    alive = week[None, :] <= base.end_week[index][:, None]
    selling = np.maximum(alive[:, :WEEKS].sum(axis=1), 1)
    rate = np.maximum(base.expected[index][:, :WEEKS].sum(axis=1) / selling, _LEAST_RATE)
    one = np.ones(len(index)) if base.step is None else base.step[index]
    multiple = None if base.multiple is None else base.multiple[index]
    step, least = np.where(whole, one, 0.0), np.where(whole, one, rate * 1e-6)
    in_use = np.where(np.isfinite(lot), lot, lots_of(way.lot[index][:, None], whole, one, multiple)[:, 0])
    up_to = np.isfinite(level)
    still = np.isfinite(point) | up_to
    # a level that stands still is a number of whole weeks of demand: where days are played, no weekday moves it
    planned = np.where(still, np.maximum(np.ceil(lead + review - 1e-9), 1.0) - review, -1.0)
    ahead = rate * np.where(still, planned + review, lead + review)
    target = np.where(up_to, level, np.where(np.isfinite(point), point + step, ahead + np.nan_to_num(safety)))
    outdated = still & (target + np.where(up_to, least, in_use) < rate * (lead + review))
    still, up_to = still & ~outdated, up_to & ~outdated
    planned = np.where(still, planned, -1.0)
    gap = np.where(up_to & np.isfinite(point), level - point, 0.0)
    target = np.where(still, np.minimum(target, np.maximum(rate * cover + ahead, step)), target)
    relative = np.repeat((target / ahead)[:, None], SETTINGS, axis=1)
    by_service = ~still & np.isnan(safety)
    rows = np.flatnonzero(by_service)
    service = np.full(len(index), np.nan)
    if given is None:
        given = _given_service(
            base, forecast, index, np.where(np.isfinite(point), point + step, level) / ahead, still
        )
    if len(rows):
        services = todays_services(items)[index]
        services[outdated] = np.where(np.isfinite(given), given, services[outdated])
        relative[rows] = _service_quantiles(base, forecast, index[rows], base.expected, services[rows])
        service[rows] = services[rows, 0]
    lots = np.repeat(np.where(up_to, least, in_use)[:, None], SETTINGS, axis=1)
    plan = replace(
        base, start=np.arange(len(index) + 1), members=index.astype(np.int64), expected=np.where(still[:, None], rate[:, None] * alive, base.expected[index]),
        relative_quantile=np.ascontiguousarray(relative), lot=np.ascontiguousarray(lots), lead_weeks=lead, review_weeks=review, moq=base.moq[index],
        smoothing=np.where(still, 0.0, base.smoothing[index]), cover_weeks=cover, end_week=base.end_week[index], whole=whole,
        stockout_wait_days=np.repeat(base.stockout_wait_days[index][:, :1], SETTINGS, axis=1), share_waiting=base.share_waiting[index],
        production_weeks=base.production_weeks[index],
        order_gap=np.repeat(np.minimum(gap, target)[:, None], SETTINGS, axis=1),
        lead_by_draw=None if base.lead_by_draw is None else base.lead_by_draw[index], lead_time_cv=None if base.lead_time_cv is None else base.lead_time_cv[index],
        shelf_weeks=None if base.shelf_weeks is None else base.shelf_weeks[index], planned_weeks=planned,
        multiple=multiple, step=None if base.step is None else one,
    )  # fmt: skip
    planned_level = _rounded(_over_interval(base, index) * relative[:, 0], whole, one)
    stated_point = np.where(
        by_service,
        np.maximum(planned_level - step, 0.0),
        np.where(np.isfinite(point), point, np.where(up_to, level - step, target - step)),
    )
    shown = {
        "reorder_point": stated_point, "order_up_to_level": np.where(up_to, level, np.nan), "order_quantity": np.where(up_to, np.nan, np.maximum(in_use, plan.moq)),
        "outdated": outdated, "service": service, "given": np.full(len(index), given),
    }  # fmt: skip
    return plan, shown


def service_of_levels(
    comparison: Comparison,
    setup: Setup,
    items: Items,
    forecast: Forecast,
    way: TodaysWay,
    ended: NDArray[np.bool_],
) -> float:
    """The service that the levels of the file give, of all products made to stock today: it stands for a level that cannot deliver (NaN: too few can)."""
    today = comparison.today
    index = np.zeros(0, np.intp) if today is None else today.index[today.strategy == Strategy.MTS]
    if not len(index):
        return float("nan")
    return float(todays_plan(setup, items, forecast, way, index, ended[index])[1]["given"][0])


def _rounded(level: Array, whole: NDArray[np.bool_], step: Array) -> Array:
    return np.where(whole, np.round(level / step) * step, level)


def _over_interval(plan: StockPlan, units: NDArray[np.intp]) -> Array:
    """Expected demand over the protection interval from now on, (units,)."""
    span = plan.lead_weeks[units] + plan.review_weeks[units]
    within = np.clip(span[:, None] - np.arange(plan.expected.shape[1])[None, :], 0.0, 1.0)
    return np.asarray((plan.expected[units] * within).sum(axis=1))


def with_today(
    comparison: Comparison, setup: Setup, items: Items, forecast: Forecast, way: TodaysWay, ended: NDArray[np.bool_], given: float | None = None
) -> Comparison:  # fmt: skip
    """The comparison with today's way on the same paths.

    The comparison with today's way of every product played on the same paths: from stock, from components, or to order; what has `ended` from stock, by the
    stated service and not by levels that nobody refills. `given`: see `todays_plan`.
    """
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


def _mean(counts: Array, setup: Setup) -> Array:
    """Counts (units, settings, paths, counts) averaged over each half of the paths, and over both: (units, settings, counts)."""
    half = half_groups(setup.world.paths, setup.world.inner)
    return np.asarray(0.5 * sum(counts[:, :, half == h].mean(axis=2) for h in (0, 1)))


def _by_draw(certain: Array, name: str, own: Items, inner: int) -> Array:
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
        counts, _ = mts_counts(setup, plan, units, np.arange(paths), False)
        certain, waits = mts_counts(
            at_values_in_force(setup), replace(plan, lead_by_draw=None), units, np.arange(paths), True
        )
        own, mean = items.take(index[units]), _mean(certain, setup)
        steps = 7.0 / setup.world.steps_per_week[index[units]]
        years = _by_service(counts, own, comparison, inner)
        one, waited = certain[:, 0], waits[:, 0] / paths
        played = Years(index[units], years, one, waited, mean[:, 0], np.zeros(len(units)), steps)
        part = part_of(own, Strategy.MTS, played, comparison.uniforms, inner)
        return mean, _by_draw(certain[:, 0], Strategy.MTS, own, inner), part

    parts = in_threads(play, chunks_of(len(index), 16))
    mean, sure = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
    return _Played(
        index,
        Strategy.MTS,
        mean,
        sure,
        [part[2] for part in parts],
        {**shown, "quote_days": np.full(len(index), np.nan)},
    ), plan


def _kits_today(setup: Setup, items: Items, way: TodaysWay) -> tuple[StockPlan, Array, Array, Array]:
    """How each family's components are stocked today: the plan, its lot (families,), relative quantiles and services (families, SETTINGS)."""
    assert setup.assembly is not None and setup.totals is not None
    base = setup.assembly
    services = np.stack([todays_services(items)[members].mean(axis=0) for members in setup.families])
    lot = np.array([kit_lot(way, members) for members in setup.families])
    one = np.ones(len(lot)) if base.step is None else base.step
    lot = np.maximum(lots_of(lot[:, None], base.whole, one, base.multiple)[:, 0], base.moq)
    relative = _service_quantiles(
        base,
        setup.totals,
        np.arange(len(setup.families)),
        expected_weeks(setup.totals, base.expected.shape[1]),
        services,
    )
    plan = replace(
        base, relative_quantile=np.ascontiguousarray(relative), lot=np.repeat(lot[:, None], SETTINGS, axis=1),
        stockout_wait_days=np.repeat(base.stockout_wait_days[:, :1], SETTINGS, axis=1), order_gap=None,
    )  # fmt: skip
    return with_measured_waits(setup.world, plan), lot, relative, services


def _assembled(
    comparison: Comparison, setup: Setup, items: Items, way: TodaysWay, index: NDArray[np.intp]
) -> _Played:
    """The products assembled to order today: their family's components by the stated service, the whole family assembling."""
    families = np.array(
        [f for f, members in enumerate(setup.families) if np.isin(members, index).any()], np.intp
    )
    plan, lot, relative, services = _kits_today(setup, items, way)
    assert setup.assembly is not None
    base, paths, inner = setup.assembly, setup.world.paths, setup.world.inner
    one = np.ones(len(lot)) if base.step is None else base.step

    def play(units: NDArray[np.intp]) -> tuple[NDArray[np.intp], Array, Array, Part]:
        counts, _, products = ato_counts(setup, plan, families[units], np.arange(paths), False)
        certain, waits, _ = ato_counts(
            at_values_in_force(setup),
            replace(plan, lead_by_draw=None),
            families[units],
            np.arange(paths),
            True,
        )
        here = np.isin(products, index)
        counts, certain, waits, products = counts[here], certain[here], waits[here], products[here]
        own, mean = items.take(products), _mean(certain, setup)
        steps, told = 7.0 / setup.world.steps_per_week[products], plan.door_wait_days[products]
        years = _by_service(counts, own, comparison, inner)
        expected = priced_as_today(mean[:, 0], np.full(len(products), Strategy.ATO, object), own)[0]
        sure = _by_draw(certain[:, 0], Strategy.ATO, own, inner)
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
    level = _rounded(_over_interval(base, unit) * relative[unit, 0] * share, base.whole[unit], one[unit])
    own_lot = _rounded(lot[unit] * share, base.whole[unit], one[unit])
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
    there = replace(setup, order=replace(setup.order, quote_days=np.ascontiguousarray(wait[:, None])))

    def play(units: NDArray[np.intp]) -> tuple[Array, Array, Part]:
        counts, waited, rows = chunk_counts(
            there, Strategy.MTO, index[units], np.zeros((len(units), 2), np.intp)
        )
        certain, _, _ = chunk_counts(
            at_values_in_force(there),
            Strategy.MTO,
            index[units],
            np.zeros((len(units), 2), np.intp),
            waits=False,
        )
        own, mean = items.take(rows), _mean(certain[:, None], setup)
        expected = priced_as_today(mean[:, 0], np.full(len(rows), Strategy.MTO, object), own)[0]
        steps = 7.0 / setup.world.steps_per_week[rows]
        part = part_of(
            own,
            Strategy.MTO,
            Years(rows, counts, certain, waited, expected, wait[rows], steps),
            comparison.uniforms,
            setup.world.inner,
        )
        return (
            np.repeat(mean, SETTINGS, axis=1),
            _by_draw(certain, Strategy.MTO, own, setup.world.inner),
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
    both = np.stack([comparison.by_path[index, k], by_path], axis=1).astype(np.float64)
    apart = expected_parameter_draws(both, setup.world.inner)
    shown = {name: np.concatenate([one.shown[name] for one in played])[order] for name in played[0].shown}
    outdated = np.asarray(shown.pop("outdated"), bool)
    return Today(
        index=index, strategy=strategy, raw=raw, counts=counts, profit=profit, by_path=by_path, by_draw=comparison.by_draw[index, k] + apart[:, 1] - apart[:, 0],
        in_force=np.concatenate([one.in_force for one in played])[order],
        wait_days={m: np.concatenate([part.waits[m] for part in kept])[order] for m in kept[0].waits}, served_within=np.concatenate([part.served for part in kept])[order],
        waiting=joined_waits([part.waiting for part in kept]),
        outdated=index[outdated], plan=plan, **shown,
    )  # fmt: skip


def stocked_years(setup: Setup, items: Items, forecast: Forecast, way: TodaysWay, given: float) -> Array:
    """Counts of every simulated year of these products made to stock as they are today: (products, paths, counts).

    In the world of `setup` at the values in force. What is set today, and the service `given` by the levels of the
    whole file, are facts.
    """
    plan, _ = todays_plan(setup, items, forecast, way, np.arange(len(items)), given=given)
    first = {
        name: np.ascontiguousarray(getattr(plan, name)[:, :1])
        for name in ("relative_quantile", "lot", "stockout_wait_days", "order_gap")
    }
    plan = replace(with_measured_waits(setup.world, replace(plan, **first)), lead_by_draw=None)
    here, years = at_values_in_force(setup), np.arange(setup.world.paths)
    parts = in_threads(
        lambda units: mts_counts(here, plan, units, years, False)[0], chunks_of(len(items), 16)
    )
    return np.asarray(np.concatenate(parts)[:, 0])


def _money(certain: Array, name: str, own: Items, setup: Setup) -> tuple[Array, Array]:
    """Expected money (products,) and money by draw of demand (products, draws) of what was played at the values in force, year by year."""
    mean = _mean(certain[:, None], setup)[:, 0]
    expected = priced_as_today(mean, np.full(len(own), name, object), own)[1]
    return expected, _by_draw(certain, name, own, setup.world.inner)


def stocked_today(
    setup: Setup, items: Items, forecast: Forecast, way: TodaysWay, given: float
) -> tuple[Array, Array]:
    """Money of these products made to stock as they are today (see `stocked_years`): expected (products,), and by draw of demand (products, draws)."""
    return _money(stocked_years(setup, items, forecast, way, given), Strategy.MTS, items, setup)


def ordered_years(setup: Setup, way: TodaysWay) -> Array:
    """As `stocked_years`, of products made to order today at the wait that their customers are told today."""
    there = replace(
        at_values_in_force(setup),
        order=replace(setup.order, quote_days=np.ascontiguousarray(np.nan_to_num(way.quote_days)[:, None])),
    )
    n = len(setup.skus)
    return chunk_counts(there, Strategy.MTO, np.arange(n), np.zeros((n, 2), np.intp), waits=False)[0]


def ordered_today(setup: Setup, items: Items, way: TodaysWay) -> tuple[Array, Array]:
    """As `stocked_today`, of products made to order today."""
    return _money(ordered_years(setup, way), Strategy.MTO, items, setup)


def assembled_years(setup: Setup, items: Items, way: TodaysWay) -> tuple[Array, NDArray[np.intp]]:
    """As `stocked_years`, of families whose members assemble from the components as they are stocked today; with the members' positions, rising."""
    plan = replace(_kits_today(setup, items, way)[0], lead_by_draw=None)
    first = {
        name: np.ascontiguousarray(getattr(plan, name)[:, :1])
        for name in ("relative_quantile", "lot", "stockout_wait_days")
    }
    plan = replace(plan, **first)
    here, years = (
        at_values_in_force(setup),
        np.arange(setup.world.paths),
    )  # who uses which share of the kits is counted year by year, as in `with_today`
    parts = in_threads(
        lambda units: ato_counts(here, plan, units, years, False)[::2], chunks_of(len(setup.families), 4)
    )
    products = np.concatenate([part[1] for part in parts])
    order = np.argsort(products)
    return np.concatenate([part[0] for part in parts])[order, 0], products[order]


def assembled_today(setup: Setup, items: Items, way: TodaysWay) -> tuple[Array, Array]:
    """As `stocked_today`, of copies of families whose members assemble from the components as they are stocked today.

    Money, shapes as there.
    """
    counts, products = assembled_years(setup, items, way)
    return _money(counts, Strategy.ATO, items.take(products), setup)
