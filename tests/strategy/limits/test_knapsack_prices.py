"""Choosing for very many products: a bound that holds, limits that are kept, prices that agree with the relaxation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.strategy.limits import knapsack
from analytics.strategy.limits.knapsack_prices import choose_at_prices


def instance(seed: int, products: int, share: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    profit = rng.lognormal(3, 1, (products, 4))
    profit[rng.random((products, 4)) < 0.1] = -np.inf
    profit[:, 3] = rng.uniform(0, 5, products)
    usage = np.stack(
        (
            rng.lognormal(2, 1, (products, 4)) * [0, 1, 1, 0],
            rng.lognormal(3, 1, (products, 4)) * [1, 0.5, 0, 0],
        )
    )
    return profit, usage, share * usage.max(axis=2).sum(axis=1)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0.02, 0.7))
@example(seed=169, share=0.0234375)  # so tight that largest gains first left a fifth of the optimum
def test_between_the_exact_optimum_and_the_bound(seed: int, share: float) -> None:
    profit, usage, limits = instance(seed, 30, share)
    pick, bound, prices = choose_at_prices(profit, usage, limits)
    rows = np.arange(30)
    money = profit[rows, pick].sum()
    exact = knapsack.choose_strategies(
        profit, {"a": usage[0], "b": usage[1]}, {"a": limits[0], "b": limits[1]}
    )
    assert np.all(usage[:, rows, pick].sum(axis=1) <= limits + 1e-6) and np.all(prices >= 0)
    assert money <= exact.profit + 1e-6 and exact.profit <= bound + 1e-6
    assert bound == pytest.approx(exact.relaxation, rel=1e-4)
    assert money >= 0.85 * exact.profit


def test_thousands_are_chosen_with_a_small_proven_gap() -> None:
    profit, usage, limits = instance(3, 4000, 0.2)
    choice = knapsack.choose_strategies(
        profit, {"capacity": usage[0], "capital": usage[1]}, {"capacity": limits[0], "capital": limits[1]}
    )
    assert 0 <= choice.gap < 1e-3 and choice.profit <= choice.relaxation
    wider = knapsack.choose_strategies(
        profit,
        {"capacity": usage[0], "capital": usage[1]},
        {"capacity": 1.02 * limits[0], "capital": limits[1]},
    )
    assert wider.relaxation - choice.relaxation == pytest.approx(
        0.02 * limits[0] * choice.shadow_price["capacity"], rel=0.15
    )
    free = knapsack.choose_strategies(profit, {"capital": usage[1]}, {"capital": 1e12})
    assert free.profit == pytest.approx(profit.max(axis=1).sum()) and free.shadow_price[
        "capital"
    ] == pytest.approx(0, abs=1e-6)
