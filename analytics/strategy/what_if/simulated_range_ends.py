"""What the values that need simulation change at both ends of their ranges: the same random numbers, played again.

One value at a time, every other one in the middle of its own, settings as they are: the route by which prices are priced
again (`sensitivity.price_ends`), for chances of ending, patience and lead times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import ONLY
from analytics.simulation.stock import StockPlan
from analytics.simulation.world import World
from analytics.strategy.compare import Comparison
from analytics.strategy.money.price import MONEY_FIELDS, money_values, profit_rates
from analytics.strategy.plans.ledgers import (
    Setup,
    chunk_counts,
    chunks_of,
    in_threads,
    mts_counts,
    with_measured_waits,
)
from analytics.strategy.plans.recipes import DRAWN_PHYSICS, rounded_weeks
from analytics.strategy.plans.setup import demand_held
from analytics.strategy.plans.todays_way import TODAYS_SERVICE
from analytics.strategy.present.present_policy import todays_profit_at

__all__ = [
    "MOST_PRODUCTS", "PlayedEnds", "known_for_sure", "played_ends", "played_profit", "todays_own_plan", "todays_played_profit",
]  # fmt: skip

Array = NDArray[np.float64]

#: Products played again at most: those with the largest perfect year. The others are read off the parameter draws.
MOST_PRODUCTS = 300
#: Simulated years played again.
_PATHS = 96
_WEEKS = 52.0


@dataclass(frozen=True, eq=False)
class PlayedEnds:
    """By how much each value in doubt changes expected profit at the low and at the high end of its range.

    `strategies[field]` holds two arrays (products, strategies), `today[field]` two arrays over the products run as today;
    `products` (products,) marks those played again, the others are read off the parameter draws.
    """

    strategies: Mapping[str, tuple[Array, Array]]
    today: Mapping[str, tuple[Array, Array]]
    products: NDArray[np.bool_]


def known_for_sure(setup: Setup, items: Items, values: Mapping[str, Array]) -> Setup:
    """The portfolio with every value that is otherwise drawn known for sure: `values` hold one number per product and field."""
    paths = min(_PATHS, setup.world.paths)
    draws = -(-paths // setup.world.inner)

    def every(column: Array) -> Array:
        return np.repeat(np.asarray(column, np.float64)[:, None], draws, axis=1)

    world: World = replace(
        setup.world, market=setup.world.market[:paths], family_shock=np.ascontiguousarray(setup.world.family_shock[:, :paths]),
        hazard_per_week=every(values["hazard_per_year"]) / _WEEKS, patience_per_day=every(values["patience_per_day"]),
    )  # fmt: skip
    total = values["component_lead_days"] + np.nan_to_num(values["production_days"])
    steps = world.steps_per_week
    stock = replace(setup.stock, lead_by_draw=every(rounded_weeks(total, steps)))
    assembly: StockPlan | None = setup.assembly
    if assembly is not None:
        door = np.minimum(np.nan_to_num(items["assembly_days"]), np.nan_to_num(items["production_days"]))
        weeks = rounded_weeks(np.maximum(total - door, 0.0), steps)
        assembly = replace(assembly, lead_by_draw=every(np.array([weeks[f].max() for f in setup.families])))
    return replace(setup, world=world, stock=stock, assembly=assembly)


def played_profit(setup: Setup, comparison: Comparison, items: Items, index: NDArray[np.intp]) -> Array:
    """Expected profit (products, strategies) of the products at `index` under this world, at the settings of the comparison; NaN elsewhere."""
    out = np.full(comparison.profit.shape, np.nan)
    wanted = np.zeros(len(items), bool)
    wanted[index] = True
    for k, name in enumerate(comparison.strategies):
        chosen = comparison.chosen[name]
        if name == Strategy.ATO:
            units = np.array(
                [u for u, members in enumerate(setup.families) if wanted[members].any()], np.intp
            )
            first = np.array([setup.families[u][0] for u in units], np.intp)
        else:
            units = first = np.flatnonzero(wanted & chosen.offered)
        rates = profit_rates(money_values(items, name), name)
        size = {Strategy.HYBRID: 8, Strategy.ATO: 4}.get(Strategy(name), 32)
        tasks = [(units[at], chosen.by_half[first[at]]) for at in chunks_of(len(units), size)]
        for counts, _, products in in_threads(
            lambda task, name=name: chunk_counts(setup, name, *task, waits=False),  # type: ignore[misc]
            tasks,
        ):
            out[products, k] = np.einsum("nc,nc->n", counts.mean(axis=1), rates[products])
    return np.where(np.isfinite(comparison.profit) & wanted[:, None], out, np.nan)


def todays_played_profit(
    setup: Setup, plan: StockPlan, comparison: Comparison, items: Items, at: NDArray[np.intp]
) -> Array:
    """Expected profit under this world of the products at positions `at` of those run as today from stock, (products at `at`,), money."""
    assert comparison.today is not None
    index = comparison.today.index[at]
    assert setup.stock.lead_by_draw is not None
    here = replace(plan, lead_by_draw=setup.stock.lead_by_draw[index])

    def played(units: NDArray[np.intp]) -> Array:
        counts, _ = mts_counts(setup, here, units, np.zeros(setup.world.paths, np.int64), False)
        return np.asarray(
            np.einsum(
                "nc,nc->n",
                counts[:, ONLY, ONLY],
                profit_rates(money_values(items.take(index[units]), Strategy.MTS), Strategy.MTS),
            )
        )

    return np.concatenate(in_threads(played, chunks_of(len(at), 32))) if len(at) else np.zeros(0)


def todays_own_plan(plan: StockPlan, rows: NDArray[np.intp]) -> StockPlan:
    """Of what is played of today from stock the products at `rows` (products,), at the service in force."""
    columns = {
        f.name: getattr(plan, f.name) for f in fields(plan) if f.name not in ("start", "door_wait_days")
    }
    changed = {
        name: np.ascontiguousarray(column[rows])
        for name, column in columns.items()
        if isinstance(column, np.ndarray)
    }
    changed |= {
        name: np.ascontiguousarray(changed[name][:, :1])
        for name in ("relative_quantile", "lot", "stockout_wait_days", "order_gap")
        if name in changed
    }
    return replace(plan, **{**changed, "start": np.arange(len(rows) + 1)})


def _from_draws(by_draw: Array, uniforms: Mapping[str, Array], fields: list[str]) -> dict[str, Array]:
    """Half the change of money from the low to the high end per field, as far as the parameter draws tell it: shape of `by_draw` less the draws.

    A straight line through the differences between strategies, shrunk by the share of its variance that chance alone would explain.
    """
    known = np.isfinite(by_draw)
    value = np.where(known, by_draw, 0.0)
    difference = np.where(
        known, value - value.sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1), 0.0
    )
    difference = difference - difference.mean(axis=2, keepdims=True)
    z = np.stack([np.asarray(uniforms[f]) - 0.5 for f in fields], axis=1)
    solve = np.linalg.pinv(z)
    slope = difference @ solve.T
    left = ((difference - slope @ z.T) ** 2).sum(axis=2, keepdims=True) / max(
        by_draw.shape[2] - len(fields) - 1, 1
    )
    noise = left * np.diag(solve @ solve.T)
    shrunk = slope * np.clip(1.0 - noise / np.maximum(slope**2, 1e-300), 0.0, 1.0)
    return {f: np.where(known[..., 0], 0.5 * shrunk[..., j], np.nan) for j, f in enumerate(fields)}


def played_ends(setup: Setup, comparison: Comparison, items: Items, live: NDArray[np.bool_]) -> PlayedEnds:
    """Play every value in doubt that is no price at both ends of its range, for the products with most money at stake.

    Of a portfolio beyond MOST_PRODUCTS the others are read off the parameter draws, a straight line per product, shrunk to what is beyond chance.
    """
    ranges = {field: items.range(field) for field in DRAWN_PHYSICS}
    money = np.isfinite(comparison.profit).any(axis=1)
    doubt = {field: live & money & (high > low) for field, (low, high) in ranges.items()}
    fields = [field for field, products in doubt.items() if products.any()]
    today = comparison.today
    played = np.zeros(len(items), bool)
    if not fields:
        return PlayedEnds(*_service_ends(comparison, items, live), played)
    perfect = np.abs(
        np.nan_to_num(
            (items.price_of_demand - items["unit_cost"]) * comparison.chosen[Strategy.MTS].count("demanded")
        )
    )
    some = np.any([doubt[field] for field in fields], axis=0)
    played[np.argsort(-np.where(some, perfect, -1.0), kind="stable")[:MOST_PRODUCTS]] = True
    played &= some
    middle_values = {field: np.asarray(items[field], np.float64) for field in DRAWN_PHYSICS}
    middle_setup = known_for_sure(setup, items, middle_values)
    setup = middle_setup = replace(middle_setup, world=demand_held(middle_setup.world))
    index = np.flatnonzero(played)
    middle = played_profit(middle_setup, comparison, items, index)
    stocked = np.zeros(0, np.intp) if today is None else np.flatnonzero(today.strategy == Strategy.MTS)
    at = np.zeros(0, np.intp) if today is None else stocked[played[today.index[stocked]]]
    plan: StockPlan | None = None
    run_today = np.zeros(0)
    if today is not None and today.plan is not None and len(at):
        plan = with_measured_waits(
            middle_setup.world, todays_own_plan(today.plan, np.searchsorted(stocked, at))
        )
        run_today = todays_played_profit(middle_setup, plan, comparison, items, at)
    draws = {} if played[some].all() else _from_draws(comparison.by_draw, comparison.uniforms, fields)
    strategies, todays = {}, {}
    for field in fields:
        here = np.flatnonzero(played & doubt[field])
        moved, moved_today = [], []
        for sign, bound in zip((-1.0, 1.0), ranges[field], strict=True):
            there = known_for_sure(
                setup, items, {**middle_values, field: np.where(doubt[field], bound, middle_values[field])}
            )
            change = np.where(np.isfinite(comparison.profit), 0.0, np.nan)
            priced = items
            if field == "hazard_per_year":  # what a year bears of a loss that happens once hangs on it
                value = np.where(doubt[field], bound, middle_values[field])
                priced = items.with_field(field, value, items.origin(field))
            change[here] = (played_profit(there, comparison, priced, here) - middle)[here]
            rest = doubt[field] & ~played
            if rest.any():
                change[rest] = sign * draws[field][rest]
            moved.append(change)
            own = np.zeros(0 if today is None else len(today.index))
            if today is not None:
                own = np.nan_to_num(
                    change[today.index, [comparison.strategies.index(name) for name in today.strategy]]
                )
                if (
                    field == "patience_per_day"
                ):  # at the wait promised until now nobody has to be patient: what a quote changes is not theirs
                    own = np.where(
                        (today.strategy == Strategy.MTO)
                        & (np.nan_to_num(items["historical_wait_days"])[today.index] > 0.0),
                        0.0,
                        own,
                    )
                if plan is not None:
                    own[at] = np.where(
                        doubt[field][today.index[at]],
                        todays_played_profit(there, plan, comparison, priced, at) - run_today,
                        0.0,
                    )
            moved_today.append(own)
        strategies[field] = (moved[0], moved[1])
        todays[field] = (moved_today[0], moved_today[1])
    assert not set(strategies) & set(MONEY_FIELDS)
    of_service = _service_ends(comparison, items, live)
    return PlayedEnds({**strategies, **of_service[0]}, {**todays, **of_service[1]}, played)


def _service_ends(
    comparison: Comparison, items: Items, live: NDArray[np.bool_]
) -> tuple[dict[str, tuple[Array, Array]], dict[str, tuple[Array, Array]]]:
    """What the stated service of today changes at both ends of its range: today alone, no strategy. Played with today already."""
    low, high = items.range(TODAYS_SERVICE)
    if comparison.today is None or not (live & (high > low)).any():
        return {}, {}
    nothing = np.where(np.isfinite(comparison.profit), 0.0, np.nan)
    ends = todays_profit_at(comparison.today, items, TODAYS_SERVICE)
    return {TODAYS_SERVICE: (nothing, nothing)}, {
        TODAYS_SERVICE: (np.nan_to_num(ends[0]), np.nan_to_num(ends[1]))
    }
