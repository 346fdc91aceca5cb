"""What may have ended unnoticed: stock bought for it is lost once, what is on the shelf under every strategy, and units are conserved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.forecast.spread.paths import WEEKS
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNT_INDEX, COUNTS, Ledger
from analytics.simulation.stock import simulate_stock
from analytics.strategy.compared.setting import choose
from analytics.strategy.money.formulas import lost_if_ended, perhaps_ended
from analytics.strategy.money.measures import counts_by_name
from analytics.strategy.money.price import money_values, price
from analytics.strategy.plans.perhaps_ended import PerhapsEnded, perhaps_ended_of, with_perhaps_ended
from tests.simulation.worlds import plan_of, poisson_world
from tests.strategy.small import priced_items, small_study

CASES = Path(__file__).resolve().parents[3].parent / "shared" / "cases" / "economics_cases.json"


def _held(position: float) -> np.ndarray:
    counts = np.zeros((1, 1, 1, len(COUNTS)))
    counts[..., COUNT_INDEX["opening"]] = counts[..., COUNT_INDEX["closing"]] = position
    return counts


def _lost(position: float, alive: float, shelf: float = 0.0, **prices: Any) -> float:
    """Money lost once on a position, at these prices."""
    ended = PerhapsEnded(np.array([1.0 - alive]), np.array([shelf]), np.array([shelf]), np.zeros(1))
    counts = with_perhaps_ended(_held(position), np.array([alive]), ended)[:, 0, 0]
    items = priced_items(["A"], **prices)
    return float(lost_if_ended(counts_by_name(counts), money_values(items, Strategy.MTS))[0])


def _shared() -> list[dict[str, Any]]:
    if not CASES.exists():
        return []
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    return [case for case in cases if case["kind"] == "perhaps_ended_already"]


@pytest.mark.parametrize("case", _shared(), ids=lambda c: c["id"])
def test_shared_write_offs_of_those_ended(case: dict[str, Any]) -> None:
    given = case["inputs"]
    free = dict.fromkeys(("capital_rate", "storage_rate", "insurance_rate"), 0.0)
    got = _lost(given["position_held"], given["alive"], unit_cost=given["unit_cost"], salvage_share=given["salvage_share"], **free)  # fmt: skip
    assert got == pytest.approx(case["expected"]["write_off_of_those_ended"], rel=0.02)


def test_what_is_lost_by_hand() -> None:
    """7 units at 30, 20 % salvage, 17 % a year for half a year, 40 % ended: 0.4 x 7 x 30 x (0.8 + 0.085). 3 of them on the shelf: the same money."""
    by_hand = 0.4 * 7 * 30 * (0.8 + 0.5 * 0.17)
    assert _lost(7.0, 0.6, unit_cost=30.0) == pytest.approx(by_hand)
    assert _lost(7.0, 0.6, shelf=3.0, unit_cost=30.0) == pytest.approx(by_hand)
    assert _lost(7.0, 0.6, shelf=50.0, unit_cost=30.0) == pytest.approx(by_hand * 50 / 7)
    assert _lost(7.0, 1.0, shelf=50.0, unit_cost=30.0) == 0.0


@pytest.mark.parametrize("strategy", ["MTS", "MTO"])
def test_the_shelf_is_charged_to_all_alike_and_nothing_else_moves(strategy: str) -> None:
    """Twelve on the shelf of a product that has ended with 30 %: stock that holds five, and to order, lose the same; a premium scares nobody off it."""
    ended = PerhapsEnded(np.array([0.3]), np.array([12.0]), np.array([12.0]), np.zeros(1))
    items = priced_items(["A"], hazard_per_year=0.25, price_premium=0.4, price_elasticity=2.0)
    counts = with_perhaps_ended(
        _held(5.0 * (strategy == "MTS")), np.array([0.7]), ended, stocked=strategy == "MTS"
    )
    ledger = Ledger(strategy, items.skus, {"quote_days": np.full((1, 1), 9.0)}, np.repeat(counts, 2, axis=2))
    assert ledger.imbalance().tolist() == [[[0.0, 0.0]]]
    charged = choose(ledger, items, np.array([0]))
    money = money_values(items, strategy)
    once = 0.3 * 12 * 6.0 * (0.8 + 0.085)
    got = perhaps_ended(counts_by_name(charged.counts), money)[0]
    assert got == pytest.approx((0.25 + 0.1) * once)
    assert lost_if_ended(counts_by_name(charged.counts), money)[0] == pytest.approx(once)


def _profit(level: int, alive: float, price_now: float, hazard: float = 0.0) -> float:
    """A year of a level of a product sold every other year on average, from the kernel: lost sales, lead and review five weeks together."""
    world = poisson_world(0.5 / WEEKS, products=30, inner=200, name="every other year")
    relative = level / (5 * 0.5 / WEEKS)
    plan = plan_of(world, relative, 1.0, lead=4, share_waiting=np.zeros(30), cover_weeks=np.full(30, 140))
    counts = simulate_stock(world, plan, np.zeros(world.paths, np.int64), 0, 30)[0].mean(axis=0)[None]
    c = COUNT_INDEX
    counts[..., c["closing"]] += counts[..., c["closing_excess"]]
    counts[..., c["closing_excess"]] = 0.0  # a living unit is worth what ordering costs
    ended = PerhapsEnded(np.array([1.0 - alive]), np.zeros(1), np.zeros(1), np.zeros(1))
    counts = with_perhaps_ended(counts, np.array([alive]), ended)
    items = priced_items(["A"], price=price_now, unit_cost=100.0, hazard_per_year=hazard)
    ledger = Ledger(Strategy.MTS, items.skus, {}, counts)
    return float(price(ledger, items).profit[0, 0, 0])


def test_the_first_unit_is_bought_where_all_years_to_come_outweigh_what_is_lost_once() -> None:
    """A Pi > (theta + r) (1 - A) [c (1 - v) + h c / 2], Pi of level 1 by Erlang's loss formula: the sign turns where it says."""
    rate, lead, cost, h, theta, r = 0.5, 4.5 / WEEKS, 100.0, 0.17, 0.1, 0.1
    for price_now in (160.0, 300.0):
        served = 1.0 / (1.0 + rate * lead)
        pi = served * (rate * (price_now - cost) - h * cost)
        once = (theta + r) * (cost * 0.8 + 0.5 * h * cost)
        turns = once / (pi + once)
        for alive, sign in ((turns + 0.04, 1.0), (turns - 0.04, -1.0)):
            assert sign * _profit(1, alive, price_now, theta) > 0.0, (price_now, alive)


def test_stock_falls_faster_than_the_chance_of_living_and_to_order_in_proportion() -> None:
    full, half = _profit(1, 1.0, 300.0), _profit(1, 0.5, 300.0)
    assert half < 0.5 * full - 1.0
    study = small_study()
    setup = study.setup
    assert setup.ended is not None
    order = study.ledgers[Strategy.MTO].counts
    assert not order[..., COUNT_INDEX["bought_for_ended"]].any()
    stock = study.ledgers[Strategy.MTS]
    bought = stock.count("bought_for_ended")
    opening = stock.count("opening")
    for i in np.flatnonzero(setup.alive > 0.0):
        beyond = np.maximum(opening[i].mean(axis=1) / setup.alive[i] - setup.ended.held[i], 0.0)
        np.testing.assert_allclose(
            bought[i].mean(axis=1), setup.ended.chance[i] * beyond, rtol=1e-9, atol=1e-12
        )
    assert bought.max() > 0.0
    for ledger in study.ledgers.values():
        assert np.abs(ledger.imbalance()).max() < 1e-6


def test_what_is_known_to_have_ended_is_bought_by_nobody() -> None:
    got = perhaps_ended_of(
        np.array([0.9, 0.01, 0.0]),
        np.array([False, True, False]),
        np.array([np.nan, 5.0, np.inf]),
        np.zeros(3),
    )
    assert got.chance.round(9).tolist() == [0.1, 0.0, 1.0] and got.on_shelf.tolist() == [0.0, 5.0, 0.0]
    assert got.take(np.array([2, 0])).chance.round(9).tolist() == [1.0, 0.1]


def test_what_is_held_as_it_is_run_today_need_not_be_bought() -> None:
    """No stock on hand is given: today's own position, from today's simulated years, is what is held, so today buys next to nothing for the dead."""
    study = small_study()
    today, ended = study.comparison.today, study.setup.ended
    assert today is not None and ended is not None and np.isnan(study.items["on_hand"].astype(float)).all()
    seen = 0
    for at, i in enumerate(today.index):
        alive = study.setup.alive[i]
        if today.strategy[at] != Strategy.MTS or ended.chance[i] == 0.0 or alive < 0.05:
            continue
        opening = today.raw[at, 0, COUNT_INDEX["opening"]] / alive
        assert ended.held[i] == pytest.approx(opening, rel=0.03, abs=0.3), study.items.skus[i]
        seen += 1
    assert seen >= 4
    order = today.strategy == Strategy.MTO
    assert not ended.held[today.index[order]].any() and not ended.on_shelf.any()
