"""Goods whose season is far off, and goods that hardly sell: levels are set from the season or counted by the year, not by the few sales of a quiet interval."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from analytics.assumptions import Assumptions
from analytics.data import read_items, read_sales
from analytics.forecast.spread.totals import later_quantiles
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.plans.recipes import (
    FAR_SEASON,
    QUIET_ORDERS,
    expected_weeks,
    planned_weeks,
    season_ahead,
)
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


def _of(study: Study, sku: str) -> int:
    return list(study.items.skus).index(sku)


def test_only_what_is_slow_is_spread_over_the_year_and_its_demand_stays() -> None:
    study = in_june()
    was, now = expected_weeks(study.forecast, 90), planned_weeks(study.forecast, 90)
    spread = np.flatnonzero((now != was).any(axis=1))
    slow = was[:, :52].sum(axis=1) < 6.0  # of one unit an order
    assert set(spread) <= set(np.flatnonzero(slow)) and slow[_of(study, "RARE0")]
    assert {"MANY", "STEADY"}.isdisjoint(study.items.skus[spread])
    np.testing.assert_allclose(now[:, :52].sum(axis=1), was[:, :52].sum(axis=1), rtol=1e-9)
    assert np.ptp(now[spread], axis=1).max() == pytest.approx(0.0, abs=1e-12)


def test_levels_of_a_quiet_june_are_set_from_the_busiest_interval_and_rise_with_it() -> None:
    study = in_june()
    plan, i = study.setup.stock, _of(study, "MANY")
    weekly = expected_weeks(study.forecast, 60)[i]
    by_interval = np.array([weekly[t : t + 5].sum() for t in range(52)])
    assert by_interval.max() > FAR_SEASON * by_interval[0] and by_interval[0] < QUIET_ORDERS
    span = plan.lead_weeks + plan.review_weeks
    start = season_ahead(study.forecast, span)
    levels = np.unique(plan.relative_quantile[i]) * by_interval.max()
    # in units, within the rounding to whole ones, those that the interval's own quantiles name
    own = later_quantiles(study.forecast, np.array([0.05, 0.5, 0.95]), span / 4.345, start)[i]
    assert levels.min() <= own[0] + 2.0 and levels.max() >= own[2] - 2.0
    assert levels.min() < by_interval.max() < levels.max()
    assert plan.relative_quantile[i].min() * by_interval[0] < 0.1  # and in June nothing is wanted


def test_a_level_of_june_is_no_hundred_of_them_in_december() -> None:
    """The stock on hand of the best setting is no more than its highest level of the year and its lot, and stocking a year of demand costs no fortune."""
    study = in_june()
    chosen = study.comparison.chosen[Strategy.MTS]
    held, wanted = (chosen.counts[:, COUNT_INDEX[name]] for name in ("on_hand", "demanded"))
    profit = study.comparison.profit[:, study.comparison.strategies.index(Strategy.MTS)]
    plan, setting = study.setup.stock, chosen.by_half
    for sku in ("MANY", "FEW", *(f"RARE{k}" for k in range(6))):
        i = _of(study, sku)
        busiest = max(plan.expected[i, t : t + 5].sum() for t in range(52))
        level = max(plan.relative_quantile[i, s] * busiest + plan.lot[i, s] for s in setting[i])
        assert held[i] <= level + 1e-9 and held[i] <= 4.0 * max(wanted[i], 1.0), sku
        assert profit[i] > -45.0 * 0.3 * wanted[i], sku
    many = _of(study, "MANY")
    assert held[many] < 0.6 * wanted[many]  # a season's goods do not lie all year


def test_goods_that_sell_in_quiet_months_too_keep_a_season_in_their_levels() -> None:
    """A thousand a year, half of them in six weeks, seen in June: stock rises with the season and falls after it."""
    rng, rows = np.random.default_rng(3), []
    for week in pd.date_range("2022-07-04", "2025-06-23", freq="7D"):
        rate = 1000.0 * (0.5 / 6 if 46 <= week.isocalendar().week <= 51 else 0.5 / 46)
        rows += [(str(week.date()), f"P{k}", int(rng.poisson(rate))) for k in range(4)]
    sales = pd.DataFrame(rows, columns=["date", "sku", "quantity"])
    sales["unit_price"] = 80.0
    items = pd.DataFrame({"sku": sorted(sales.sku.unique()), "unit_cost": 45.0, "component_lead_days": 14.0, "make": "no"})  # fmt: skip
    stated = Assumptions().with_general(hazard_per_year=0.0)
    study = run_study(read_sales(csv_text(sales), name="sales.csv"), read_items(csv_text(items), name="items.csv")[0], stated, draws=10, how_sure=False)  # fmt: skip
    plan = study.setup.stock
    span = plan.lead_weeks + plan.review_weeks
    assert (season_ahead(study.forecast, span) > 0).all()
    assert np.array_equal(planned_weeks(study.forecast, 60), expected_weeks(study.forecast, 60))
    chosen = study.comparison.chosen[Strategy.MTS]
    held, wanted = (chosen.counts[:, COUNT_INDEX[name]] for name in ("on_hand", "demanded"))
    # held all year as in the season it would be some 300 units: eleven weeks' demand and more
    assert (held < wanted * 8.0 / 52.0).all()
