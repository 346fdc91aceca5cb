"""From today's stock to what the plan holds: the worked case, a month loop beside the formula, and amounts that close."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.valuation.transition import MONTHS, Ahead, Transition

FIRST = np.datetime64("2025-03", "M")


def transition(on_hand: list[float], cost: list[float], monthly: np.ndarray, holds: list[float], *, ended: list[bool] | None = None, sold: list[bool] | None = None,
               until: list[float] | None = None, components: list[float] | None = None) -> Transition:  # fmt: skip
    n = len(on_hand)
    gone, known = np.array(ended or [False] * n), np.array(sold or [True] * n)
    return Transition.of(
        np.array(on_hand),
        np.array(cost),
        known & ~gone,
        Ahead(
            known & gone,
            monthly,
            np.array(until or [np.inf] * n),
            np.array(holds),
            np.array(components or [0.0] * n),
            FIRST,
        ),
    )


def test_the_worked_case() -> None:
    """TRANS-01: from 300 to 60 units at 40 a month, 50 each: 2,000 in each of six months, 12,000 in all."""
    way = transition([300.0], [50.0], np.full((1, MONTHS), 40.0), [60.0])
    assert (
        way.by_month[:8].tolist() == [2000.0] * 6 + [0.0, 0.0]
        and way.cash_released == 12000.0
        and way.months == 6
    )
    assert way.kept.tolist() == [3000.0] and way.must_be_bought == 0.0 and way.not_cash.sum() == 0.0


def test_what_never_counts_as_cash() -> None:
    """Ended; more than sells before a known end; more than 24 months of demand above the plan's position; never sold; unknown: no part at all."""
    monthly = np.full((6, MONTHS), 10.0)
    monthly[1, 3:] = 0.0
    way = transition(
        [70.0, 70.0, 700.0, 70.0, np.nan, 5.0], [2.0] * 6, monthly, [0.0, 10.0, 100.0, 0.0, 30.0, 8.0], ended=[True] + [False] * 5, sold=[True] * 3 + [False] + [True] * 2,
        until=[np.inf, 3.0, np.inf, np.inf, np.inf, np.inf], components=[0.0] * 5 + [40.0],
    )  # fmt: skip
    assert way.of_ended.tolist() == [140.0, 0, 0, 0, 0, 0] and way.of_unsold.tolist() == [
        0,
        0,
        0,
        140.0,
        0,
        0,
    ]
    assert way.beyond_end.tolist() == [0, 60.0, 0, 0, 0, 0] and way.beyond_months.tolist() == [
        0,
        0,
        2.0 * (700 - 100 - 240),
        0,
        0,
        0,
    ]
    assert way.released.sum(axis=1).tolist() == [0, 60.0, 480.0, 0, 0, 0] and way.kept.tolist() == [
        0,
        20.0,
        200.0,
        0,
        0,
        10.0,
    ]
    assert way.tied_up.tolist() == [0, 0, 0, 0, 0, 2.0 * 3 + 40.0]


def test_a_month_loop_beside_the_formula() -> None:
    rng = np.random.default_rng(8)
    n = 40
    monthly = rng.gamma(0.7, 20.0, (n, MONTHS))
    on_hand, holds, cost = rng.gamma(1.0, 150.0, n), rng.gamma(1.0, 30.0, n), rng.uniform(1.0, 90.0, n)
    way = transition(on_hand.tolist(), cost.tolist(), monthly, holds.tolist())
    for i in range(n):
        stock = on_hand[i]
        for m in range(MONTHS):
            after = (
                max(stock - monthly[i, m], holds[i]) if stock > holds[i] else stock
            )  # what is sold below the plan's position is bought again
            assert way.released[i, m] == pytest.approx(cost[i] * (stock - after), abs=1e-6)
            stock = after
    value = on_hand * cost
    np.testing.assert_allclose(way.released.sum(axis=1) + way.kept + way.not_cash, value)
    assert way.by_month.sum() == pytest.approx(way.cash_released) and way.cash_released <= value.sum()
    richer = transition(on_hand.tolist(), (3.0 * cost).tolist(), monthly, holds.tolist())
    assert richer.cash_released == pytest.approx(3.0 * way.cash_released) and richer.months == way.months
