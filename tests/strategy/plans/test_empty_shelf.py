"""An empty shelf: how long who finds it waits, which levels hold something, and what is shown played again by the slow twin."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.forecast.spread.paths import WEEKS
from analytics.naming.labels import Strategy
from analytics.policy.levels import (
    LEAST_FILL,
    holds_stock,
    order_up_to_level,
    point_text,
    reorder_point,
    whole_levels,
)
from analytics.simulation.ledger import COUNT_INDEX, COUNTS
from analytics.simulation.order import OrderPlan, simulate_orders
from analytics.simulation.stock import StockPlan, simulate_stock
from analytics.simulation.world import in_force
from analytics.strategy.money.measures import counts_by_name, fill_rate
from analytics.strategy.money.price import money_values, profit_rates
from analytics.strategy.planned_settings import planned_settings
from analytics.strategy.plans.ledgers import stock_levels, with_measured_waits
from analytics.strategy.plans.perhaps_ended import with_perhaps_ended
from analytics.strategy.plans.split_by_order_size import years_waited
from tests.simulation import twin
from tests.simulation.worlds import plan_of, poisson_world
from tests.strategy.small import small_study

CASES = Path(__file__).resolve().parents[3].parent / "shared" / "cases" / "economics_cases.json"
#: units a year, lead and review in weeks, patience per day
OWN = ((0.3, 4, 1, 0.1), (0.7, 3, 4, 0.03), (26.0, 2, 1, 0.05), (1.3, 9, 2, 0.004))


def shared_cases(kind: str) -> list[dict[str, Any]]:
    return (
        [c for c in json.loads(CASES.read_text(encoding="utf-8")) if c["kind"] == kind]
        if CASES.exists()
        else []
    )


def _empty(rate: float, lead: int, review: int, patience: float) -> tuple[Any, StockPlan]:
    """Forty products of Poisson demand (units a year), never anything on the shelf, customers who leave by `patience` per day."""
    world = poisson_world(rate / WEEKS, products=40, inner=50, name=f"empty {rate} {lead}")
    world = replace(world, patience_per_day=np.full_like(world.patience_per_day, patience))
    plan = plan_of(world, 0.0, 1.0, lead=lead, review=review, share_waiting=np.full(40, np.nan))
    return world, with_measured_waits(world, plan)


def _stay(rate: float, lead: int, review: int, patience: float) -> tuple[float, float, float]:
    """The wait of an empty shelf, and the share of demand that stays from stock and, quoted the same wait, to order."""
    world, plan = _empty(rate, lead, review, patience)
    wait = plan.stockout_wait_days
    assert np.ptp(wait) == 0.0
    group = np.zeros(world.paths, np.int64)
    stock = simulate_stock(world, plan, group, 0, 40)[0].sum(axis=(0, 1, 2))
    quoted = OrderPlan(wait.copy(), np.zeros(40), np.ones(40))
    order = simulate_orders(world, quoted, group, 0, 40).sum(axis=(0, 1, 2))
    share = [1.0 - float(c[COUNT_INDEX["lost"]] / c[COUNT_INDEX["demanded"]]) for c in (stock, order)]
    return float(wait[0, 0]), share[0], share[1]


@pytest.mark.parametrize(("rate", "lead", "review", "patience"), OWN)
def test_who_finds_an_empty_shelf_waits_for_an_order_of_his_own(
    rate: float, lead: int, review: int, patience: float
) -> None:
    """7 (L + R / 2) days, slow and fast alike; the same wait keeps the same share from stock that holds nothing as to order."""
    wait, stock, order = _stay(rate, lead, review, patience)
    assert wait == pytest.approx(7.0 * (lead + review / 2.0))
    assert stock == pytest.approx(np.exp(-patience * wait), abs=0.03)
    assert stock == pytest.approx(order, abs=0.03)


@pytest.mark.parametrize("case", shared_cases("wait_of_an_empty_shelf"), ids=lambda c: c["id"])
def test_shared_waits_of_an_empty_shelf(case: dict[str, Any]) -> None:
    given, expected, allowed = case["inputs"], case["expected"], case["tolerance"]["value"]
    wait, stock, order = _stay(
        given["units_per_year"], given["lead_weeks"], given["review_weeks"], given["patience_per_day"]
    )
    assert wait == pytest.approx(expected["wait_days"], abs=allowed["wait_days"])
    for share in (stock, order):
        assert share == pytest.approx(expected["share_staying"], abs=allowed["share_staying"])


def test_the_first_guess_of_a_wait_is_heard_by_nobody() -> None:
    """Whatever wait a plan begins with, what is measured is the same; where nobody is ever short it is that of an empty shelf."""
    world = replace(poisson_world(3.0, products=3, inner=40), patience_per_day=np.full((3, 1), 0.06))
    plan = plan_of(world, np.array([0.0, 0.6, 1.1, 9.0]), 1.0, lead=3, share_waiting=np.full(3, np.nan))
    first = with_measured_waits(world, plan).stockout_wait_days
    other = with_measured_waits(
        world, replace(plan, stockout_wait_days=np.full_like(plan.stockout_wait_days, 99.0))
    ).stockout_wait_days
    assert np.array_equal(first, other)
    assert first[:, 0].tolist() == [24.5] * 3 and first[:, 3].tolist() == [24.5] * 3
    assert ((first[:, 1:3] > 2.0) & (first[:, 1:3] < 24.5)).all()  # the next receipt is already under way


def test_the_second_measurement_leans_on_the_first() -> None:
    """w2 = (days + weight w1) / (waited + weight), the weight one order of 3 in all the years of the run, from counts of the simulation alone."""
    world = replace(poisson_world(0.2, products=2, inner=24), patience_per_day=np.full((2, 1), 0.2))
    world = replace(world, order_size=np.full((2, 1), 3.0))
    plan = plan_of(world, 1.0 / (0.2 * 5), 1.0, lead=4, share_waiting=np.full(2, np.nan))
    group, wait = np.zeros(24, np.int64), np.full((2, 1), 31.5)
    for share, orders in ((1.0, 0.02), (np.nan, 1.0)):
        played = replace(plan, share_waiting=np.full(2, share), stockout_wait_days=wait)
        n = counts_by_name(simulate_stock(world, played, group, 0, 2)[0][:, :, 0])
        days, weight = 365.0 * n("backordered") - 3.5 * n("waited"), orders * 3.0 / 24.0
        wait = (days + weight * wait) / (n("waited") + weight)
    np.testing.assert_allclose(with_measured_waits(world, plan).stockout_wait_days, wait, rtol=1e-12)
    assert (n("waited") < 2.0).all() and (wait > 7.0).all()


def _said(level: float, lot: float, fill: float) -> dict[str, Any]:
    whole, one = np.ones(1, bool), np.ones(1)
    point = reorder_point(np.array([level]), whole, one)
    held = bool(holds_stock(np.array([level]), np.array([fill]))[0])
    return {
        "offered_as_stock": held,
        "reorder_point_shown": float(point[0]),
        "order_up_to_shown": float(order_up_to_level(point, np.array([lot]))[0]),
    }


@pytest.mark.parametrize("case", shared_cases("empty_shelf"), ids=lambda c: c["id"])
def test_shared_empty_shelves(case: dict[str, Any]) -> None:
    given, expected = case["inputs"], dict(case["expected"])
    said = expected.pop("said")
    assert _said(given["level"], given["lot"], min(given["average_on_hand"], 1.0)) == expected
    assert said.startswith("to stock") == expected["offered_as_stock"]


def test_a_level_of_nothing_is_to_order() -> None:
    assert _said(0.0, 1.0, 0.0) == {
        "offered_as_stock": False,
        "reorder_point_shown": -1.0,
        "order_up_to_shown": 0.0,
    }
    assert _said(3.0, 7.0, 0.6) == {
        "offered_as_stock": True,
        "reorder_point_shown": 2.0,
        "order_up_to_shown": 9.0,
    }
    assert not _said(4.0, 1.0, 0.049)["offered_as_stock"]
    assert point_text(-1.0) == "order only when ordered" and point_text(0.0) == "0"


@pytest.mark.parametrize("size", [1.0, 3.0, 17.0])
@pytest.mark.parametrize("ahead", [0.001, 0.4, 6.0, 40.0])
def test_slow_levels_are_whole_distinct_and_rising(size: float, ahead: float) -> None:
    """Nine of them, whatever the quantiles round to: one to four steps where orders are small, one to four orders where they are not."""
    quantiles = ahead * np.array([0.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0])
    got = whole_levels(quantiles, size, True)
    assert len(got) == 9 and (np.diff(got) >= 1.0).all() and got[0] == 1.0
    assert set((np.arange(1, 5) * size).tolist()) <= set(got.tolist())
    if size <= 3.0:
        assert {1.0, 2.0, 3.0, 4.0} <= set(got.tolist())
    if quantiles[-1] > 4.0 * size + 5.0:
        assert got[-1] == quantiles[-1]


def test_levels_of_a_study_are_whole_and_what_is_to_stock_holds_something() -> None:
    study = small_study()
    setup, comparison = study.setup, study.comparison
    levels = stock_levels(setup.stock)
    whole = setup.stock.whole & (levels.max(axis=1) > 0.0)
    assert whole.sum() >= 10
    assert (levels[whole] >= 1.0).all() and np.array_equal(levels[whole], np.round(levels[whole]))
    slow = list(study.items.skus).index("D2")
    assert {1.0, 2.0, 3.0, 4.0} <= set(levels[slow].tolist())
    chosen = comparison.chosen[Strategy.MTS]
    fill = fill_rate(counts_by_name(chosen.counts))
    names = np.array(comparison.strategies, object)[study.recommendation.recommended]
    stock = (names == Strategy.MTS) & ~study.recommendation.as_today & ~study.recommendation.ended
    assert (fill[stock] >= LEAST_FILL).all()


def test_what_is_shown_ties_up_what_was_priced() -> None:
    """Reorder point, one step and half a lot less one, at cost: the sum over products is that of the opening positions that were simulated."""
    study = small_study()
    setup, items, chosen = study.setup, study.items, study.comparison.chosen[Strategy.MTS]
    k = study.comparison.strategies.index(Strategy.MTS)
    shown = planned_settings(setup, study.comparison, items, np.full(len(items), k, np.intp))
    rows = np.arange(len(items))
    opening = study.ledgers[Strategy.MTS].count("opening").mean(axis=2)[rows, chosen.setting]
    cost, alive = np.asarray(items["unit_cost"], float), setup.alive
    live = (alive > 0.05) & setup.stock.whole
    mean = shown["reorder_point"] + 1.0 + (shown["order_quantity"] - 1.0) / 2.0
    assert live.sum() >= 10
    both = [float((cost * units)[live].sum()) for units in (mean, opening / np.maximum(alive, 1e-9))]
    assert both[0] == pytest.approx(both[1], rel=0.02)


def test_what_is_shown_is_what_was_priced_played_again_by_the_slow_twin() -> None:
    """Reorder point and lot as they are written, nothing else of the setting: the twin's years bring the shown profit within 1 %."""
    study = small_study()
    setup, items, comparison = study.setup, study.items, study.comparison
    k = comparison.strategies.index(Strategy.MTS)
    shown = planned_settings(setup, comparison, items, np.full(len(items), k, np.intp))
    world, plan = in_force(setup.world), setup.stock
    chosen = comparison.chosen[Strategy.MTS]
    assert world.steps_per_week.tolist() == [1] * len(items) and setup.ended is not None
    for sku in ("B2",):
        i = list(items.skus).index(sku)
        level = shown["reorder_point"][i] + 1.0
        assert chosen.level is not None and level == chosen.level[i]
        assert shown["order_up_to_level"][i] == level - 1.0 + shown["order_quantity"][i]
        span = int(plan.lead_weeks[i] + plan.review_weeks[i])
        relative = level / plan.expected[i, :span].sum()
        setting = int(chosen.setting[i])
        one = replace(
            plan,
            relative_quantile=np.full((len(items), 1), relative),
            lot=np.full((len(items), 1), shown["order_quantity"][i]),
            stockout_wait_days=plan.stockout_wait_days[:, setting : setting + 1],
            lead_by_draw=None,
        )
        years = [twin.stock(world, one, i, 0, p) for p in range(world.paths)]
        counts = np.zeros((1, 1, 1, len(COUNTS)))
        for name in years[0]:
            counts[..., COUNT_INDEX[name]] = np.mean([year[name] for year in years])
        rows = np.array([i])
        late = years_waited(counts, world.steps_per_week[rows])
        counts[..., COUNT_INDEX["late"]] = counts[..., COUNT_INDEX["backordered"]] = late
        counts = with_perhaps_ended(counts, setup.alive[rows], setup.ended_at(rows))[0, 0, 0]
        own = items.take(rows)
        got = float(counts @ profit_rates(money_values(own, Strategy.MTS), Strategy.MTS)[0])
        assert got == pytest.approx(float(comparison.profit[i, k]), rel=0.01)
