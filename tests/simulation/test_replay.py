"""Replay of known demand: published replays by hand, and misuse is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.simulation.replayed import replay

DEMAND = [12, 7, 15, 0, 22, 9, 5, 18, 11, 0, 14, 30]


def test_backorders_as_stockpyl_plays_them() -> None:
    """stockpyl 1.0.2, single stage, shipment lead time 2, base stock 26; end-of-period holding 1, backorder 5."""
    played = replay(DEMAND, 26, initial_on_hand=26, lead_periods=2, order_after_demand=True)
    assert played.net_inventory.tolist() == [14, 7, 4, 11, 4, -5, 12, 3, -3, 15, 12, -18]
    assert played.ordered.tolist() == DEMAND
    assert played.met.tolist() == [12, 7, 15, 0, 22, 4, 5, 18, 8, 0, 14, 12]
    assert played.on_hand.sum() + 5 * played.backorders.sum() == 212
    assert played.fill_rate == pytest.approx(0.8181818181818182)


def test_lost_sales_by_hand() -> None:
    played = replay(
        DEMAND, 26, initial_on_hand=26, lead_periods=2, order_after_demand=True, share_waiting=0.0
    )
    assert played.on_hand.tolist() == [14, 7, 4, 11, 4, 0, 17, 3, 0, 18, 12, 0]
    assert played.lost.tolist() == [0, 0, 0, 0, 0, 5, 0, 0, 3, 0, 0, 18]
    assert played.ordered.tolist() == [12, 7, 15, 0, 22, 4, 5, 18, 8, 0, 14, 12]


def test_lots_minimum_and_reorder_point_by_hand() -> None:
    lots = replay([4.0, 4.0, 4.0], 10.0, initial_on_hand=10.0, lead_periods=1, lot=6.0)
    assert lots.ordered.tolist() == [0.0, 6.0, 6.0]
    assert lots.net_inventory.tolist() == [6.0, 2.0, 4.0]
    minimum = replay([4.0, 4.0, 4.0], 10.0, initial_on_hand=10.0, minimum_order=7.5, lot=1.0)
    assert minimum.ordered.tolist() == [0.0, 7.5, 7.5]
    point = replay([4.0, 4.0, 4.0, 1.5], 10.0, initial_on_hand=10.0, reorder_point=2.0)
    assert point.ordered.tolist() == [0.0, 0.0, 8.0, 0.0]
    assert point.next_order == 0.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"lead_periods": -1},
        {"lead_periods": 0, "order_after_demand": True},
        {"review_periods": 0},
        {"lot": 0.0},
    ],
)
def test_misuse_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="replay:"):
        replay(np.ones(3), 5.0, initial_on_hand=5.0, **wrong)
