"""One product at another value, run in full with its component family: set up, played in all simulated years and decided anew, as a run of the whole would.

What other families do changes nothing of a product but through the whole portfolio's facts, which are taken from it: keys of random numbers, forecasts of
pools, who is played by day, and the service that the file's levels give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.forecast import Forecast
from analytics.forecast.spread.paths import WEEKS
from analytics.items import CONFIRMED, Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import compare_once
from analytics.strategy.flips.trial_copies import door_years, pools_together
from analytics.strategy.own_decision import decide_each
from analytics.strategy.plans.batches import batch_plan
from analytics.strategy.plans.component_pools import rows_of
from analytics.strategy.plans.ledgers import Setup, grid_ledgers, with_measured_waits
from analytics.strategy.plans.recipes import Grid, expected_weeks, order_plan, simulation_world, stock_plan
from analytics.strategy.plans.split_by_order_size import MOST_PRODUCTS, hybrid_plan
from analytics.strategy.plans.steps import played_by_day
from analytics.strategy.pool_membership import ruled_out_by_families
from analytics.strategy.present.present_played import with_today
from analytics.strategy.standing import Standing

__all__ = ["HOLDING", "moved_standing", "shown_in_full"]

Index = NDArray[np.intp]
#: The rates that make up the cost of holding.
HOLDING = ("capital_rate", "storage_rate", "insurance_rate")
#: Fields from which others follow (a quote from a lead time): found again before anything else is put beside them.
_RESTATED_FIRST = ("component_lead_days",)


def shown_in_full(standing: Standing, field: str, i: int, value: float) -> int:
    """The decision shown of the product at position `i` with a field, or a lever that is none, at `value`, by a run of its own.

    Position of a strategy; STAYS where nothing changes.
    """
    here, mine = moved_standing(standing, {field: value}, i)
    shown = int(here.decided.decision.shown[mine])
    return standing.comparison.strategies.index(here.comparison.strategies[shown]) if shown >= 0 else shown


def moved_standing(standing: Standing, levers: Mapping[str, float], i: int) -> tuple[Standing, int]:
    """The product at position `i` with its component family, played and decided anew with levers (or fields) at other values.

    Returns what their decision stands on, to ask it again at other prices, and where the product stands in it.
    """
    items, forecast = standing.items, standing.outlook.forecast
    for field in sorted(levers, key=_RESTATED_FIRST.__contains__, reverse=True):
        items, forecast = _moved(standing, items, forecast, field, i, levers[field], len(levers) == 1)
    f = int(standing.family_of[i])
    rows = standing.setup.families[f] if f >= 0 else np.array([i], np.intp)
    own, life, outlook = items.take(rows), standing.outlook.life, standing.outlook
    setup = _set_up(standing, items, forecast, rows, f >= 0)

    def joined(pools: tuple[Index, ...]) -> Mapping[str, Ledger]:
        members = tuple(rows[pool] for pool in pools)
        return grid_ledgers(
            pools_together(standing, setup, items, forecast, rows, members), strategies=(Strategy.ATO,)
        )

    ended = (life.ended[rows]) | (setup.world.end_week < 0)
    ledgers, expected, way = grid_ledgers(setup), rows_of(forecast, rows), standing.way.take(rows)
    comparison = with_today(
        compare_once(setup, own, ledgers), setup, own, expected, way, ended, standing.given_service
    )
    alone = decided = decide_each(comparison, own, ended, None, outlook.too_short)
    ruled_out = ruled_out_by_families(setup, comparison, alone, own, joined)
    if ruled_out is not None:
        decided = decide_each(comparison, own, ended, ruled_out, outlook.too_short, alone.noise)
    theirs = replace(outlook, forecast=expected)
    here = Standing(
        theirs, own, setup, ledgers, comparison, alone, decided, joined, way, standing.restate,
        given=standing.given_service,
    )  # fmt: skip
    return here, int(np.flatnonzero(rows == i)[0])


def _moved(
    standing: Standing, items: Items, forecast: Forecast, field: str, i: int, value: float, restated: bool
) -> tuple[Items, Forecast]:
    """Items of the whole and its forecast with the product at `i` at another value.

    What follows from it is found again where it alone is `restated`, and for a lead time always.
    """
    at = np.arange(len(items)) == i

    def put(items: Items, name: str, value: float) -> Items:
        return items.with_field(name, np.where(at, value, np.asarray(items[name], np.float64)), CONFIRMED)

    if field == "demand":
        return items, forecast.scaled(
            np.where(at, value / standing.comparison.chosen[Strategy.MTS].count("demanded")[i], 1.0)
        )
    if field == "margin":
        return put(items, "price", float(items["unit_cost"][i]) / (1.0 - value)), forecast
    if field == "holding_rate":
        now = {name: float(items[name][i]) for name in HOLDING}
        total = sum(now.values())
        for name, rate in now.items():
            items = put(items, name, rate * value / total if total > 0.0 else value / len(HOLDING))
        return items, forecast
    if field == "quote_days" or not (restated or field in _RESTATED_FIRST):
        return put(items, field, value), forecast
    return standing.restate(field, np.where(at, value, np.nan)), forecast


def _set_up(standing: Standing, items: Items, forecast: Forecast, rows: Index, assembled: bool) -> Setup:
    """World and plans of the products at `rows`, as they are in a set-up of the whole."""
    was, own, expected = standing.setup, items.take(rows), rows_of(forecast, rows)
    assert was.world.order_size is not None
    by_day = played_by_day(items, was.families, expected_weeks(forecast, WEEKS).sum(axis=1))[rows]
    world = simulation_world(
        expected,
        own,
        replace(standing.plan, keys=standing.plan.keys[rows]),
        by_day,
        was.world.day_share,
        was.world.order_size[rows],
    )
    stock = with_measured_waits(world, stock_plan(expected, own, world, Grid(), was.seed))
    order, hybrid = order_plan(own), None
    if was.hybrid is not None:
        hybrid = hybrid_plan(world, stock, order, was.hybrid.orders.take(rows), expected.alive, own)
        if hybrid is not None and len(was.hybrid.index) >= MOST_PRODUCTS:
            kept = np.flatnonzero(np.isin(rows[hybrid.index], was.hybrid.index))
            hybrid = hybrid.take(kept) if len(kept) else None
    alone = Setup(own.skus, world, expected.alive, stock, order, None, (), was.seed, door_years(own), hybrid,
                  ended=was.ended_at(rows), batches=batch_plan(own, world, stock, order))  # fmt: skip
    return pools_together(standing, alone, items, forecast, rows, (rows,)) if assembled else alone
