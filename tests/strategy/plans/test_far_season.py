"""Goods whose season is far off, and goods that hardly sell: levels are counted by the year, not by the few sales of a quiet interval."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from analytics.assumptions import Assumptions
from analytics.data import read_items, read_sales
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.plans.recipes import FAR_SEASON, expected_weeks, planned_weeks, season_ahead
from analytics.study import Study, run_study
from tests.strategy.small import csv_text


@cache
def in_june() -> Study:
    """Six years until June: goods of December (four and thirty a year), goods of summer, steady goods, and parts of two sales a year."""
    rng = np.random.default_rng(5)
    rows = [("2019-07-01", "STEADY", 1)]
    for week in pd.date_range("2019-07-01", "2025-06-16", freq="7D"):
        rows += [(str(week.date()), "STEADY", int(1 + rng.poisson(4)))]
    for year in range(2019, 2025):
        for sku, a_year in (("FEW", 4), ("MANY", 30)):
            rows += [(f"{year}-12-{rng.integers(1, 24):02d}", sku, 1) for _ in range(rng.poisson(a_year))]
    for k in range(6):
        days = np.cumsum(rng.exponential(180.0, 20)).astype(int)
        rows += [(str(np.datetime64("2019-07-01") + d), f"RARE{k}", 1) for d in days if d < 2170]
    sales = pd.DataFrame(rows, columns=["date", "sku", "quantity"]).sort_values("date")
    sales["unit_price"] = 80.0
    items = pd.DataFrame(
        {"sku": sorted(sales.sku.unique()), "unit_cost": 45.0, "component_lead_days": 28.0, "make": "no"}
    )
    stated = Assumptions().with_general(hazard_per_year=0.0, patience_per_day=0.1)
    history = read_sales(csv_text(sales), name="sales.csv")
    return run_study(
        history, read_items(csv_text(items), name="items.csv")[0], stated, draws=10, how_sure=False
    )  # fmt: skip


def test_a_far_season_is_found_and_a_steady_demand_has_none() -> None:
    study = in_june()
    plan = study.setup.stock
    found = dict(
        zip(study.items.skus, season_ahead(study.forecast, plan.lead_weeks + plan.review_weeks), strict=True)
    )
    assert found["MANY"] in (4, 5, 6) and found["FEW"] in (4, 5, 6) and found["STEADY"] == 0


def test_what_is_spread_over_the_year_is_the_years_demand_and_nothing_else_moves() -> None:
    study = in_june()
    plan, weeks = study.setup.stock, 90
    span = plan.lead_weeks + plan.review_weeks
    was, now = expected_weeks(study.forecast, weeks), planned_weeks(study.forecast, weeks, span)
    spread = np.flatnonzero((now != was).any(axis=1))
    assert {"MANY", "FEW"} <= set(study.items.skus[spread]) and "STEADY" not in study.items.skus[spread]
    np.testing.assert_allclose(now[:, :52].sum(axis=1), was[:, :52].sum(axis=1), rtol=1e-9)
    assert np.ptp(now[spread], axis=1).max() == pytest.approx(0.0, abs=1e-12)
    first = was[:, :5].sum(axis=1)
    busiest = np.array([max(row[t : t + 5].sum() for t in range(52)) for row in was])
    many = list(study.items.skus).index("MANY")
    assert busiest[many] > FAR_SEASON * first[many]


def test_a_level_of_june_is_no_hundred_of_them_in_december() -> None:
    """The stock on hand of the best setting is no more than the order-up-to level and lot that are shown, and stocking a year of demand costs no fortune."""
    study = in_june()
    chosen = study.comparison.chosen[Strategy.MTS]
    held, wanted = (chosen.counts[:, COUNT_INDEX[name]] for name in ("on_hand", "demanded"))
    profit = study.comparison.profit[:, study.comparison.strategies.index(Strategy.MTS)]
    plan, setting = study.setup.stock, chosen.by_half
    for sku in ("MANY", "FEW", *(f"RARE{k}" for k in range(6))):
        i = list(study.items.skus).index(sku)
        level = max(
            plan.relative_quantile[i, s] * plan.expected[i, :5].sum() + plan.lot[i, s] for s in setting[i]
        )
        assert held[i] <= level + 1e-9 and held[i] <= 4.0 * max(wanted[i], 1.0), sku
        assert profit[i] > -45.0 * 0.3 * wanted[i], sku
