"""What is at stake, how many carry most of it, and what a choice moves by family: against plain loops."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.strategy.gains import gain_moved, lead_of_best
from analytics.strategy.portfolio.largest import (
    money_at_stake,
    order_over_stock_by_family,
    share_of_first,
)
from analytics.strategy.rollout_waves import products_for_share

STRATEGIES = ("MTS", "ATO", "MTO")


def test_the_first_carry_their_share_of_the_whole() -> None:
    falling = sorted(np.random.default_rng(3).integers(1, 10_000, 30).tolist(), reverse=True)
    count = products_for_share(falling, 0.5)
    assert share_of_first(falling, count) >= 0.5 > share_of_first(falling, count - 1)


def test_families_add_up_to_their_products_and_the_smallest_stand_together() -> None:
    rng = np.random.default_rng(5)
    profit = rng.normal(1000.0, 400.0, (60, 3))
    profit[rng.random((60, 3)) < 0.2] = np.nan
    living = rng.random(60) < 0.8
    families = [f"f{k}" for k in rng.integers(0, 14, 60)]
    table = order_over_stock_by_family(profit, STRATEGIES, families, living, 6)
    sums: dict[str, float] = {}
    for i in range(60):
        others = [v for v in profit[i, 1:] if v == v]
        if living[i] and others and profit[i, 0] == profit[i, 0]:
            sums[families[i]] = sums.get(families[i], 0.0) + max(others) - profit[i, 0]
    shown = {row.family: row.difference for row in table.itertuples()}
    rest = f"{len(sums) - 5} other families"
    assert len(table) == 6 and shown[rest] == pytest.approx(
        sum(sums.values()) - sum(shown.values()) + shown[rest]
    )
    named = {name: value for name, value in shown.items() if name != rest}
    assert named == pytest.approx({name: sums[name] for name in named})
    assert min(map(abs, named.values())) >= max(abs(v) for f, v in sums.items() if f not in named)
    assert (table.loc[table["difference"] < 0, "strategy"] == "MTS").all()
    assert (table.loc[table["difference"] > 0, "strategy"] != "MTS").all()


def test_the_stake_spans_all_that_is_offered_and_the_lead_the_best_two() -> None:
    profit = np.array([[100.0, 70.0, np.nan], [-5.0, 12.5, 3.25], [np.nan, np.nan, np.nan]])
    assert money_at_stake(profit).tolist() == [30.0, 17.5, 0.0]
    assert [lead_of_best(row) for row in profit[:2]] == [30.0, 9.25] and np.isnan(lead_of_best(profit[2]))


def test_the_gain_moves_to_the_farthest_value_that_is_known() -> None:
    assert gain_moved(1234.5, 1000.5, float("nan"), 1300.0) == 234.0
