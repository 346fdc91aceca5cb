"""What is played as values side by side is, to the last bit, what the steps one by one give."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analytics.simulation.ledger import COUNT_INDEX
from analytics.simulation.stock import StockPlan, World, simulate_stock
from tests.simulation.worlds import small_plan, small_world

#: Steps on hand that nothing reaches: nothing is ever outdated, and a plan with a shelf life is played one step at a time.
_LONGER_THAN_A_YEAR = 500.0


def _common_case(seed: int, **changes: Any) -> tuple[World, StockPlan]:
    """Whole goods of units that live on or die, but have no known end, with everything else at work; odd numbers of settings."""
    world = small_world(
        seed=seed, products=6, draws=4, inner=8, integer=np.ones(6, bool), end_week=np.full(6, 1e9)
    )
    plan = small_plan(world, seed=seed, settings=19)
    plan = replace(plan, door_wait_days=np.zeros(6), end_week=np.full(5, 1e9), whole=np.ones(5, bool))
    clears = {"smoothing": np.full(5, 0.3), "cover_weeks": np.array([0, 1, 2, 3, 40])}
    return world, replace(plan, **{**clears, **changes})


def _both_ways(world: World, plan: StockPlan, waits: bool) -> tuple[Any, Any]:
    group = np.arange(world.paths) // 2
    one_by_one = replace(plan, shelf_weeks=np.full(len(plan.lot), _LONGER_THAN_A_YEAR))
    units = len(plan.lot)
    return (
        simulate_stock(world, plan, group, 0, units, waits),
        simulate_stock(world, one_by_one, group, 0, units, waits),
    )


@pytest.mark.parametrize(("seed", "waits"), [(3, True), (4, False), (5, True), (6, False), (7, True)])
def test_values_side_by_side_are_the_steps_one_by_one(seed: int, waits: bool) -> None:
    world, plan = _common_case(seed)
    ours, theirs = _both_ways(world, plan, waits)
    for one, other in zip(ours, theirs, strict=True):
        assert np.array_equal(one, other)
    sold = ours[0][..., COUNT_INDEX["demanded"]] - ours[0][..., COUNT_INDEX["lost"]]
    assert (sold > 0.0).all() and (ours[0][..., COUNT_INDEX["cleared"]] > 0.0).any()
    assert (ours[0][..., COUNT_INDEX["scrapped"]] > 0.0).any() and (
        ours[0][..., COUNT_INDEX["waited"]] > 0.0
    ).any()
    assert not waits or ours[2].sum() > 0.0


def test_quantities_beyond_single_precision_are_played_one_by_one() -> None:
    world, plan = _common_case(3)
    many = replace(world, mean=world.mean * 40_000.0)
    large = replace(plan, expected=plan.expected * 40_000.0, lot=plan.lot * 40_000.0 + 1.0)
    ours, theirs = _both_ways(many, large, False)
    assert np.array_equal(ours[0], theirs[0])
    assert ours[0][..., COUNT_INDEX["on_hand"]].max() * 52.0 > 2.0**24


def test_days_and_orders_that_are_reviewed_rarely_agree_too() -> None:
    world, plan = _common_case(8, review_weeks=np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    by_day = replace(world, by_day=np.ones(6, bool))
    for one, other in zip(*_both_ways(by_day, plan, True), strict=True):
        assert np.array_equal(one, other)
