"""What would arrive after a known end is not ordered: by hand, in the simulation and in the replay of the past."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.simulation.ledger import COUNT_INDEX
from analytics.simulation.stock import simulate_stock
from analytics.validation.stock import Plan, Stock, ahead, due
from tests.simulation.worlds import plan_of, poisson_world

RATE, END = 2.0, 25


def simulated(
    lead: int, quantile: float, end: float = END, review: int = 1, waits: float = 1.0
) -> dict[str, float]:
    """Two units of continuous goods every week up to week `end`, the share `waits` of what is short waits: the counts of the year."""
    world = poisson_world(RATE, inner=1, integer=np.array([False]), end_week=np.array([float(end)]))
    plan = plan_of(world, quantile, 1e-6, lead=lead, review=review)
    expected = np.where(np.arange(150) <= end, RATE, 0.0)[None, :]
    plan = replace(plan, expected=expected, end_week=np.array([float(end)]), share_waiting=np.full(1, waits))
    counts = simulate_stock(world, plan, np.zeros(1, np.int64), 0, 1)[0][0, 0, 0]
    return {name: float(counts[k]) for name, k in COUNT_INDEX.items()}


@pytest.mark.parametrize("lead", [26, 30, 57])
def test_nothing_is_ordered_where_it_would_arrive_after_the_end(lead: int) -> None:
    """Opens at half of the 52 units of its life; ordering up to half of what is left would order 26 more, all stranded."""
    got = simulated(lead, 0.5, waits=0.0)
    assert got["ordered"] == 0.0 and got["lots"] == 0.0
    assert got["opening"] == pytest.approx(26.0, abs=1e-5) and got["lost"] == pytest.approx(26.0, abs=1e-5)
    assert got["scrapped"] == pytest.approx(0.0, abs=1e-5)


def test_stock_runs_to_zero_at_the_end_by_hand() -> None:
    """Lead 8, review 1: level 0.5 x 18 = 9, an order of 2 every week up to week 17, which comes in week 25; nothing is stranded.

    It opens with 9, all under way. Who finds nothing waits, so that every week 2 are missing from the position: the first review
    finds nothing missing, those of weeks 1 to 17 order 2 each, 34. Of 52 wanted 9 + 34 are sold, and 9 leave at the end unserved.
    """
    got = simulated(8, 0.5)
    assert got["demanded"] == pytest.approx(52.0) and got["opening"] == pytest.approx(9.0, abs=1e-5)
    assert got["ordered"] == pytest.approx(34.0, abs=1e-4) and got["lost"] == pytest.approx(9.0, abs=1e-4)
    assert got["scrapped"] == pytest.approx(0.0, abs=1e-4) and got["under_way_at_end"] == pytest.approx(0.0)
    # where the end is further away the same rule orders on: up to week 43
    assert simulated(8, 0.5, end=51)["ordered"] == pytest.approx(86.0, abs=1e-4)


@pytest.mark.parametrize(("lead", "review"), [(8, 1), (8, 3), (0, 1), (20, 2)])
def test_the_last_order_is_the_last_that_arrives_in_time(lead: int, review: int) -> None:
    """Week by week in the replay's loop, whose sum is that of the simulation: orders up to week 25 - lead, none after."""
    none, one = np.zeros(1), np.ones(1)
    expected = np.where(np.arange(150) <= END, RATE, 0.0)[None, :]
    whole = np.array([False])
    plan = Plan(
        expected, none, np.array([lead]), np.array([review]), np.array([60]), none, whole, np.array([float(END)]),
        none, none, none, one,
    )  # fmt: skip
    base, rest, _ = ahead(plan, 52)
    simulation = simulated(lead, 0.5, review=review)
    stock, column = Stock(1, 1), np.ones((1, 1))
    stock.begin(lead)
    stock.net[:] = simulation["opening"]
    for k in range(1, lead + 1):  # what is under way comes as it is wanted, as far as it goes
        stock.pipe[0, 0, k - 1] = min(RATE, stock.net[0, 0])
        stock.net -= stock.pipe[:, :, k - 1]
    weeks = []
    for t in range(52):
        before = float(stock.count["ordered"][0, 0])
        stock.receive()
        stock.order(0.5 * base[:, [t]], none, 1e-6 * column, rest[:, [t]], plan, due(plan, 0, t))
        weeks.append(float(stock.count["ordered"][0, 0]) - before)
        stock.serve(np.array([RATE if t <= END else 0.0]), column)
    placed = np.flatnonzero(weeks)
    assert len(placed) and placed[-1] <= END - lead and END - lead - placed[-1] < review
    assert (placed % review == 0).all() and sum(weeks) == pytest.approx(simulation["ordered"], abs=1e-4)


def test_a_planner_who_counts_with_a_longer_lead_time_stops_earlier() -> None:
    """Orders come after 8 weeks; who counts with 30 orders nothing for a life of 26."""
    world = poisson_world(RATE, inner=1, integer=np.array([False]), end_week=np.array([float(END)]))
    expected = np.where(np.arange(150) <= END, RATE, 0.0)[None, :]
    plan = replace(
        plan_of(world, 0.5, 1e-6, lead=8), expected=expected, end_week=np.array([float(END)]),
        share_waiting=np.zeros(1), planned_weeks=np.array([30]),
    )  # fmt: skip
    assert simulate_stock(world, plan, np.zeros(1, np.int64), 0, 1)[0][0, 0, 0, COUNT_INDEX["ordered"]] == 0.0
