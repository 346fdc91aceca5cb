"""Answers to cases of replay and simulation, played through the very steps of the simulation's week, and of the origins of a backtest."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numba
import numpy as np

from tests.closed_forms.forecasts.origins import rolling_origins
from tests.closed_forms.money.uncertainty import batch_means_interval
from tests.published.inputs import HOLDING, LEAD, SETUP, Given


class NotHandled(LookupError):
    """A case that no public function answers."""


class Replay(NamedTuple):
    """Net stock at each period's end, and units ordered, short and lost in each period; `after` is the order of the review that follows."""

    net: np.ndarray
    ordered: np.ndarray
    short: np.ndarray
    lost: np.ndarray
    after: float


@cache
def weeks_of_the_simulation() -> Any:
    """A loop over the simulation's own steps of a week, compiled on first use."""
    from analytics.simulation.stock_records import Outlook, Rule
    from analytics.simulation.stock_week import (
        BLOCK,
        GAP,
        LOST,
        LOT,
        NET,
        ORDERED,
        PER_LOT,
        POSITION,
        QUANTILE,
        STAYS,
        WAITED,
        WIDTH,
        review_and_order,
        serve,
    )

    @numba.njit
    def weeks(demand, level, least_gap, lot, minimum, lead, review, opening, stay):  # type: ignore[no-untyped-def]
        """Receive, review and order, serve: one setting, one known demand a period, and one review more after the last period."""
        x = np.zeros(BLOCK)
        x[NET * WIDTH] = x[POSITION * WIDTH] = opening
        x[QUANTILE * WIDTH], x[LOT * WIDTH], x[PER_LOT * WIDTH], x[GAP * WIDTH] = (
            level,
            lot,
            1.0 / lot,
            least_gap,
        )
        x[STAYS * WIDTH] = stay
        no_end, even = np.full(1, 1e300), np.full(demand.shape[0], 0.5)
        outlook = Outlook(np.ones(1), no_end, no_end, np.zeros(1, np.bool_))
        rule = Rule(review, minimum, 0.0, False, 0)
        slots = lead + 1
        ring = np.zeros(slots * WIDTH)
        count = demand.shape[0]
        out = np.zeros((4, count))
        after = 0.0
        for t in range(count + 1):
            before = x[ORDERED * WIDTH]
            if t % review == 0:
                review_and_order(x, 1, 1, ring, ((t + lead) % slots) * WIDTH, outlook, 0, rule)
            else:
                ring[((t + lead) % slots) * WIDTH] = 0.0
            ordered = x[ORDERED * WIDTH] - before
            if t == count:
                after = ordered
                break
            lost, waited = x[LOST * WIDTH], x[WAITED * WIDTH]
            serve(x, 1, 1, ring, (t % slots) * WIDTH, demand, even, t)
            out[0, t], out[1, t] = x[NET * WIDTH], ordered
            out[3, t] = x[LOST * WIDTH] - lost
            out[2, t] = out[3, t] + x[WAITED * WIDTH] - waited
        return out, after

    return weeks


def play(
    demand: Any,
    level: float,
    *,
    reorder_point: float | None,
    lot: float,
    minimum: float,
    lead: int,
    review: int,
    opening: float,
    stay: float,
) -> Replay:
    """One known demand through the simulation's own week; an order goes out when the position is at or below the reorder point."""
    gap = 0.0 if reorder_point is None else level - reorder_point - 1e-9
    out, after = weeks_of_the_simulation()(
        np.asarray(demand, float),
        float(level),
        gap,
        float(lot),
        float(minimum),
        int(lead),
        int(review),
        float(opening),
        float(stay),
    )
    return Replay(*out, after)


def replay_case(case: str, given: Given) -> dict[str, Any]:
    """Cases order at the end of a period for arrival `lead` periods later: the same as a review at the next start with one period less."""
    demand = np.asarray(given.any_of("demand"), float)
    level = float(given.any_of("base_stock", "S", "order_up_to"))
    point = given.any_of("s", "reorder_point", default=None)
    at_end = bool(given.any_of("order_after_demand", default=True))
    lead = int(given.any_of("lead_periods", *LEAD)) - (1 if at_end else 0)
    if lead < 0:
        raise NotHandled("an order placed after demand arrives one period later at the earliest")
    review = int(given.any_of("R", "review_periods", "review", default=1))
    lost_sales = given.has("lost_penalty", "lost_sales", "p_lost", "lost")
    opening = float(given.any_of("initial_on_hand", "initial", "on_hand", default=level))
    lot, minimum = (
        float(given.any_of("lot", "lot_size", "lot_multiple", "batch", "Q", default=1e-6)),
        float(given.any_of("MOQ", "moq", "min_order", default=0.0)),
    )
    found = play(
        demand,
        level,
        reorder_point=point,
        lot=lot,
        minimum=minimum,
        lead=lead,
        review=review,
        opening=opening,
        stay=0.0 if lost_sales else 1.0,
    )
    orders = np.append(found.ordered[1:], found.after) if at_end else found.ordered
    orders, net, short = orders.round(6) + 0.0, found.net.round(6) + 0.0, found.short.round(6) + 0.0
    h, k = float(given.any_of(*HOLDING, default=0.0)), float(given.any_of(*SETUP, default=0.0))
    held, owed = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    holding, setup = h * held.sum(), k * np.count_nonzero(orders)
    met = demand - short
    fill = 1.0 - float(found.lost.sum() / demand.sum()) if lost_sales else float(met.sum() / demand.sum())
    result = {
        "net_inventory_end": net,
        "on_hand_end": held,
        "backlog_end": owed,
        "orders": orders,
        "demand_met_from_stock": met,
        "lost": found.lost.round(6) + 0.0,
        "holding_cost": holding,
        "setup_cost": setup,
        "fill_rate": fill,
        "number_of_orders": int(np.count_nonzero(orders)),
    }
    if lost_sales:
        lost_cost = float(given.any_of("lost_penalty", "p_lost", "p", default=0.0)) * float(
            found.lost.round(6).sum()
        )
        return result | {
            "lost_cost": lost_cost,
            "total_cost": holding + setup + lost_cost,
            "cost": holding + setup + lost_cost,
        }
    backorder = float(given.any_of("b", "backorder_cost", "p", default=0.0)) * owed.sum()
    return result | {
        "backorder_cost": backorder,
        "total_cost": holding + backorder + setup,
        "cost": holding + backorder + setup,
    }


def simulation_case(case: str, given: Given) -> dict[str, Any]:
    """Long-run cost of (s, S) against random Poisson demand, with the 99 % batch-means interval of the run."""
    level, mean = float(given.any_of("S")), float(given.any_of("mean", "lambda"))
    h, b, k = float(given.any_of("h")), float(given.any_of("p", "b")), float(given.any_of("K", default=0.0))
    demand = np.random.default_rng(20240601).poisson(mean, 401_000)
    lead = int(given.any_of("L", default=0))
    found = play(
        demand,
        level,
        reorder_point=given.any_of("s", default=None),
        lot=1.0,
        minimum=0.0,
        lead=lead,
        review=int(given.any_of("R", default=1)),
        opening=level,
        stay=1.0,
    )
    cost = (h * np.maximum(found.net, 0.0) + b * np.maximum(-found.net, 0.0) + k * (found.ordered > 0))[1000:]
    interval = batch_means_interval(cost, 40, 0.99)
    return {
        "cost": interval.estimate,
        "low": interval.low,
        "high": interval.high,
        "half_width": interval.high - interval.estimate,
        "ci": [interval.low, interval.high],
    }


def origins_case(case: str, given: Given) -> dict[str, Any]:
    least, ahead, step = (
        int(given.any_of("min_train", "least_known")),
        int(given.any_of("horizon", "h")),
        int(given.any_of("step", default=1)),
    )
    found = rolling_origins(int(given.any_of("T", "periods")), least, ahead, step)
    return {
        "origins": len(found),
        "first_origin_uses_periods": list(found[0][:2]) if found else [],
        "last_origin_uses_periods": list(found[-1][:2]) if found else [],
        "first_test_window": list(found[0][2:]) if found else [],
        "last_test_window": list(found[-1][2:]) if found else [],
    }
