"""The choice under shared limits against enumeration, and how it must react when limits move."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.policy.queueing import queue_wait
from analytics.strategy.limits.knapsack import choose_strategies
from tests.closed_forms.money.simpler_choices import choose_by_bands, greedy_by_ratio


def enumerated(profit: np.ndarray, usage: dict[str, np.ndarray], limits: dict[str, float]) -> float:
    rows = np.arange(len(profit))
    picks = (np.array(pick) for pick in product(range(profit.shape[1]), repeat=len(profit)))
    return max(
        (
            profit[rows, pick].sum()
            for pick in picks
            if all(usage[name][rows, pick].sum() <= limits[name] + 1e-9 for name in limits)
        ),
        default=-np.inf,
    )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), tight=st.floats(0.15, 1.0))
def test_choice_is_the_enumerated_optimum(seed: int, tight: float) -> None:
    rng = np.random.default_rng(seed)
    profit = rng.uniform(0, 100, (6, 3))
    usage = {"capital": rng.uniform(0, 50, (6, 3)), "capacity": rng.uniform(0, 1, (6, 3))}
    limits = {
        name: float(use.min(axis=1).sum() + tight * (use.max(axis=1).sum() - use.min(axis=1).sum()))
        for name, use in usage.items()
    }
    best = enumerated(profit, usage, limits)
    if not np.isfinite(best):
        with pytest.raises(ValueError, match="cannot be met"):
            choose_strategies(profit, usage, limits)
        return
    choice = choose_strategies(profit, usage, limits)
    assert choice.profit == pytest.approx(best) and choice.relaxation >= best - 1e-6
    wider = choose_strategies(profit, usage, {name: 1.1 * limit for name, limit in limits.items()})
    assert wider.profit >= choice.profit - 1e-9
    assert choose_strategies(profit + 7.0, usage, limits).profit == pytest.approx(best + 42)


def test_what_is_not_offered_is_not_chosen() -> None:
    choice = choose_strategies(
        [[1.0, np.nan, 5.0], [2.0, 3.0, -np.inf]], {"capital": [[0, 0, 9], [0, 1, 0]]}, {"capital": 3}
    )
    assert choice.strategy.tolist() == [0, 1] and choice.profit == 4
    assert choose_strategies([[1.0, 2.0]], {}, {}).strategy.tolist() == [1]
    with pytest.raises(ValueError, match="offered"):
        choose_strategies([[np.nan, np.nan]], {}, {})


def test_limits_that_cannot_be_met_say_what_they_need() -> None:
    with pytest.raises(ValueError, match="at least 7"):
        choose_strategies([[1, 2], [3, 4]], {"capital": [[3, 5], [4, 6]]}, {"capital": 6.5})


def test_price_of_a_limit_is_what_a_little_more_of_it_brings() -> None:
    rng = np.random.default_rng(12)
    profit, use = rng.uniform(0, 100, (40, 3)), rng.uniform(1, 50, (40, 3))
    low = choose_strategies(profit, {"capital": use}, {"capital": 700})
    more = choose_strategies(profit, {"capital": use}, {"capital": 700.01})
    assert low.shadow_price["capital"] == pytest.approx((more.relaxation - low.relaxation) / 0.01, rel=1e-3)


def test_greedy_is_never_better() -> None:
    rng = np.random.default_rng(3)
    for _ in range(10):
        benefit, use = rng.uniform(1, 100, 9), rng.uniform(1, 50, 9)
        greedy, taken = greedy_by_ratio(benefit, use, 90)
        zero = np.zeros(9)
        assert use[taken].sum() <= 90 and greedy == pytest.approx(benefit[taken].sum())
        assert (
            choose_strategies(
                np.column_stack((zero, benefit)), {"k": np.column_stack((zero, use))}, {"k": 90}
            ).profit
            >= greedy - 1e-9
        )


@pytest.mark.parametrize("seed", range(6))
def test_bands_reach_the_enumerated_choice_of_a_crowded_shop(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rates, service = rng.uniform(0.05, 0.2, 7), 1.0
    stock, order, waiting = rng.uniform(0, 4, 7), rng.uniform(2, 6, 7), rng.uniform(1, 4, 7)
    load = np.column_stack((np.zeros(7), rates * service))

    def profit_at(rho: float) -> np.ndarray:
        return np.column_stack((stock, order - waiting * rates * (float(queue_wait(rho, service)) + service)))

    best = -np.inf
    for pick in product((0, 1), repeat=7):
        chosen = np.array(pick)
        rho = float(load[np.arange(7), chosen].sum())
        if rho < 1:
            best = max(best, float(profit_at(rho)[np.arange(7), chosen].sum()))
    choice, rho = choose_by_bands(profit_at, load, np.linspace(0.05, 0.95, 19))
    assert rho < 1 and choice.profit <= best + 1e-9
    assert choice.profit >= 0.98 * best
