"""Stock of the past: against the simulation's own week, by hand, and its rules of thumb."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from analytics.demand.panel import DemandPanel
from analytics.validation.rules_of_thumb import abc_xyz, average_demand
from analytics.validation.stock import Plan, Rule, Stock, ahead
from tests.simulation.replayed import replay


def plan_of(
    units: int, rate: float, lead: int, review: int, moq: float = 0.0, weeks: int = 80, ends: bool = False
) -> Plan:
    expected = np.full((units, weeks), rate)
    if ends:
        expected[:, 20:] = 0.0
    whole, end = np.full(units, True), np.full(units, 19.0 if ends else 1e9)
    return Plan(
        expected, np.zeros(units), np.full(units, lead), np.full(units, review), np.full(units, 52), np.full(units, moq), whole, end, np.full(units, 0.5),
        np.full(units, 0.25), np.zeros(units), np.ones(units),
    )  # fmt: skip


def rule_of(quantile: float = 1.0, lot: float = 1.0, gap: float = 0.0, fixed: float = float("nan")) -> Rule:
    nothing = np.full(1, np.nan)
    return Rule(
        *(np.array([v]) for v in (quantile, lot, 0.0, 1.0)), nothing, np.array([gap]), np.array([fixed])
    )


def played(
    levels: list[float], demand: NDArray[np.float64], plan: Plan, lot: float, stays: float, opening: float
) -> tuple[Stock, NDArray[np.float64], NDArray[np.float64]]:
    """One product under several levels: the stock at the end, net inventory and units ordered by level and week."""
    stock = Stock(len(levels), 1)
    stock.begin(int(plan.lead_weeks[0]))
    stock.net[:] = opening
    net, ordered = np.zeros((len(levels), len(demand))), np.zeros((len(levels), len(demand)))
    for t, units in enumerate(demand):
        before = stock.count["ordered"].copy()
        stock.receive()
        due = t % plan.review_weeks == 0
        stock.order(
            np.array(levels)[:, None],
            np.zeros(1),
            np.full((len(levels), 1), lot),
            np.full((len(levels), 1), np.inf),
            plan,
            due,
        )
        stock.serve(np.array([units]), np.full((len(levels), 1), stays))
        net[:, t], ordered[:, t] = stock.net[:, 0], (stock.count["ordered"] - before)[:, 0]
    return stock, net, ordered


@pytest.mark.parametrize(
    ("lead", "review", "lot", "moq", "stays"),
    [(0, 1, 1.0, 0.0, 1.0), (3, 1, 1.0, 0.0, 0.0), (5, 2, 7.0, 0.0, 1.0), (2, 3, 4.0, 9.0, 0.0)],
)
def test_weeks_agree_with_the_simulation(
    lead: int, review: int, lot: float, moq: float, stays: float
) -> None:
    """Two loops, one set of rules: policies and units here, the kernel of the event loop there."""
    demand = np.random.default_rng(11).poisson(4.3, 60).astype(np.float64)
    levels = [14.0, 23.0, 41.0]
    stock, net, ordered = played(levels, demand, plan_of(1, 4.3, lead, review, moq), lot, stays, 17.0)
    for k, level in enumerate(levels):
        other = replay(
            demand,
            level,
            initial_on_hand=17.0,
            lead_periods=lead,
            review_periods=review,
            lot=lot,
            minimum_order=moq,
            share_waiting=stays,
        )
        assert np.array_equal(net[k], other.net_inventory) and np.array_equal(ordered[k], other.ordered)
        assert stock.count["on_hand"][k, 0] == pytest.approx(other.average_on_hand.sum())
        assert stock.count["waited"][k, 0] == pytest.approx(other.waiting.sum())
        assert demand.sum() - stock.count["served"][k, 0] - stock.count["waited"][k, 0] == pytest.approx(
            other.lost.sum()
        )
    wrong = replay(
        demand,
        levels[0],
        initial_on_hand=17.0,
        lead_periods=lead + 1,
        review_periods=review,
        lot=lot,
        minimum_order=moq,
        share_waiting=stays,
    )
    assert not np.array_equal(net[0], wrong.net_inventory)


def test_opening_position_by_hand() -> None:
    """Rate 2.5, lead 3, review 1: base 10; level 1.2 x 10 = 12, plus half of lot 7, whole: 15. Under way by week 3, 2, 3 (running sum 2.5, 5, 7.5)."""
    stock = Stock(2, 1)
    stock.begin(3)
    stock.open(np.array([0]), plan_of(1, 2.5, 3, 1), rule_of(quantile=1.2, lot=7.0))
    assert stock.position.tolist() == [[15.0], [15.0]]
    assert stock.pipe[0, 0].tolist() == [3.0, 2.0, 3.0] and stock.net[0, 0] == 7.0


def test_a_reorder_point_and_a_level_open_between_them_and_fill_up_to_the_level() -> None:
    """By hand: s = 18, S = 40, seven a week, no lead time: opening 29; positions 22, 15 -> 40, 33, 26, 19, 12 -> 40. Two orders of 25 and 28."""
    stock, plan = Stock(1, 1), plan_of(1, 7.0, 0, 1)
    rule = rule_of(lot=1.0, gap=22.0 - 1e-6, fixed=40.0)
    stock.begin(0)
    stock.open(np.array([0]), plan, rule)
    assert stock.position.tolist() == [[29.0]]
    seen = []
    for _ in range(8):
        stock.order(rule.fixed, rule.gap, np.ones((1, 1)), np.full((1, 1), np.inf), plan, np.array([True]))
        seen.append(float(stock.position[0, 0]))
        stock.serve(np.array([7.0]), np.zeros((1, 1)))
    assert seen == [29.0, 22.0, 40.0, 33.0, 26.0, 19.0, 40.0, 33.0]
    assert stock.count["lots"][0, 0] == 2.0 and stock.count["ordered"][0, 0] == 25.0 + 28.0
    # the reorder point itself is reached: ordered at it, not only below it
    stock.net[:] = 18.0
    stock.order(rule.fixed, rule.gap, np.ones((1, 1)), np.full((1, 1), np.inf), plan, np.array([True]))
    assert stock.position.tolist() == [[40.0]]


def test_no_order_beyond_the_rest_of_life() -> None:
    plan = plan_of(1, 2.0, 2, 1, ends=True)
    base, rest, _ = ahead(plan, 20)
    assert base[0, 0] == 6.0 and rest[0, [0, 19]].tolist() == [40.0, 2.0] and base[0, 19] == 2.0
    stock = Stock(1, 1)
    stock.begin(2)
    stock.order(base[:, [17]].T, np.zeros(1), np.array([[50.0]]), rest[:, [17]].T, plan, np.array([True]))
    assert stock.count["ordered"][0, 0] == 6.0


def test_an_end_cancels_scraps_and_sends_those_who_wait_away() -> None:
    stock = Stock(2, 1)
    stock.begin(2)
    stock.net[:, 0] = [5.0, -3.0]
    stock.pipe[:, 0, 1] = 8.0
    stock.end(np.array([0]), np.array([0.25]))
    assert stock.count["scrapped"][:, 0].tolist() == [11.0, 6.0]
    assert stock.count["left"][:, 0].tolist() == [0.0, 3.0] and stock.count["ordered"][:, 0].tolist() == [
        -2.0,
        -2.0,
    ]
    assert not stock.position.any()


def panel_of(units: NDArray[np.float64], prices: NDArray[np.float64]) -> DemandPanel:
    starts = np.datetime64("2023-01-01", "M") + np.arange(units.shape[1])
    sold = units > 0
    first = np.where(sold.any(axis=1), sold.argmax(axis=1), -1).astype(np.int32)
    last = np.where(sold.any(axis=1), units.shape[1] - 1 - sold[:, ::-1].argmax(axis=1), -1).astype(np.int32)
    names = np.array([f"P{i}" for i in range(len(units))], object)
    return DemandPanel(
        names,
        starts.astype("datetime64[D]"),
        (starts[-1] + 1).astype("datetime64[D]"),
        units,
        units * prices[:, None],
        sold | ~sold,
        first,
        last,
        "M",
        {},
    )


def test_classes_by_hand() -> None:
    """Revenue 80, 12, 5, 3: the first brings 80 %, the second reaches 92 %, the third begins below 95 %."""
    even, lumpy = np.full(12, 10.0), np.array([60.0, 0.0, 0.0, 0.0, 0.0, 0.0, 60.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    swinging = np.tile([3.0, 17.0], 6)
    panel = panel_of(np.stack([even, lumpy, swinging, even]), np.array([80.0, 12.0, 5.0, 3.0]))
    value, regularity = abc_xyz(panel)
    assert value.tolist() == [0, 1, 1, 2]
    assert regularity.tolist() == [0, 2, 1, 0]
    assert average_demand(panel)[[0, 1]] == pytest.approx([10.0 * 12 / 52, 10.0 * 12 / 52])
