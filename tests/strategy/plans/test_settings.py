"""The settings that are tried: the same for every portfolio, cut where a lot would outlast the product, and no best one at an end without a word."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.data import read_items, read_sales
from analytics.naming.labels import Strategy
from analytics.simulation.stock import simulate_stock
from analytics.strategy.planned_settings import planned_settings
from analytics.strategy.plans.grid_ends import ends_text, grid_ends
from analytics.strategy.plans.recipes import Grid
from analytics.study import Study, run_study
from analytics.writeup.tables import recommendation_table
from tests.simulation.worlds import one_setting, plan_of, poisson_world, small_plan, small_world
from tests.strategy.small import csv_text

CASES = Path(__file__).resolve().parents[3].parent / "shared" / "cases" / "economics_cases.json"
#: set-up cost, cost of carrying a unit for a year, units a year: economic lots of 25, 5, 55 and 8 weeks
OWN = ((40.0, 1.3, 260.0), (15.0, 6.24, 520.0), (210.0, 0.24, 624.0), (9.0, 2.6, 312.0))
CASES_OF_LOTS = OWN + (
    tuple(
        (c["inputs"]["setup_cost"], c["inputs"]["carrying_cost_per_unit_year"], c["inputs"]["units_per_year"])
        for c in json.loads(CASES.read_text(encoding="utf-8"))
        if c["kind"] == "lots_on_grid"
    )
    if CASES.exists()
    else ()
)
#: what it costs at most to take the nearest of lots that double: half of the root of two and its inverse
STEPS_OF_TWO = 0.5 * (np.sqrt(2.0) + 1.0 / np.sqrt(2.0))


def _yearly_cost(lot: float, setup: float, carrying: float, units: float) -> float:
    """Set-ups and carrying a year at a lot: Harris (1913)."""
    return setup * units / lot + carrying * lot / 2.0


@cache
def lots_study() -> Study:
    """Products that sell the same every week for three years: those of the cases, one whose best lot lasts seven years, and the same where it spoils in 200 days."""
    weeks = np.datetime64("2022-01-03") + 7 * np.arange(156)
    wanted = [*CASES_OF_LOTS, (900.0, 0.10, 400.0), (900.0, 0.10, 400.0)]
    skus = [f"L{k}" for k in range(len(CASES_OF_LOTS))] + ["LONG", "SPOILS"]
    sales, items = [], []
    for sku, (setup, carrying, units) in zip(skus, wanted, strict=True):
        sold = np.diff(np.round(np.arange(157) * units / 52.0)).astype(int)
        sales.append(
            pd.DataFrame({"date": weeks, "sku": sku, "quantity": sold, "unit_price": carrying / 0.2 * 2.0})
        )
        items.append(
            {
                "sku": sku, "unit_cost": carrying / 0.2, "capital_rate": 0.2, "storage_rate": 0.0, "insurance_rate": 0.0, "make": "no",
                "component_lead_days": 14, "setup_cost": setup, "hazard_per_year": 0.0, "shelf_life_days": 200.0 if sku == "SPOILS" else np.nan,
            }
        )  # fmt: skip
    table = pd.concat(sales)
    table = table[table["quantity"] > 0]
    return run_study(
        read_sales(csv_text(table)), read_items(csv_text(pd.DataFrame(items)))[0], how_sure=False
    )


def _shown(study: Study) -> dict[str, np.ndarray]:
    choice = np.full(len(study.items), study.comparison.strategies.index(Strategy.MTS), np.intp)
    return planned_settings(study.setup, study.comparison, study.items, choice)


def test_lots_reach_two_years_and_levels_a_twentieth_for_every_size_of_portfolio() -> None:
    grid = Grid()
    assert grid.lot_weeks == (0.0, 4.0, 7.0, 13.0, 26.0, 52.0, 104.0)
    level, weeks = grid.flat()
    assert len(level) == sum(len(levels) for _, levels in grid.levels_by_lot) == 40
    for lot in grid.lot_weeks:
        own = level[weeks == lot]
        assert own[0] == 0.05 and (np.diff(own) > 0).all() and own[-1] >= 0.8
    assert level[0] == 0.05 and (np.diff(level) >= 0).all()


@pytest.mark.parametrize("k", range(len(CASES_OF_LOTS)))
def test_the_chosen_lot_costs_at_most_six_percent_more_than_the_economic_one(k: int) -> None:
    setup, carrying, units = CASES_OF_LOTS[k]
    study = lots_study()
    i = list(study.items.skus).index(f"L{k}")
    best = np.sqrt(2.0 * setup * units / carrying)
    assert 4.0 < best / units * 52.0 < 104.0
    lot = float(_shown(study)["order_quantity"][i])
    least = _yearly_cost(best, setup, carrying, units)
    assert least == pytest.approx(np.sqrt(2.0 * setup * carrying * units), rel=1e-12)
    assert _yearly_cost(lot, setup, carrying, units) <= STEPS_OF_TWO * least * (1.0 + 1e-6)


def test_a_lot_at_the_end_of_the_grid_is_said_and_one_that_would_spoil_is_cut() -> None:
    study = lots_study()
    skus = list(study.items.skus)
    long, spoils = skus.index("LONG"), skus.index("SPOILS")
    lot = _shown(study)["order_quantity"]
    assert lot[long] == pytest.approx(800.0, rel=0.05)
    assert lot[spoils] <= 400.0 / 52.0 * 200.0 / 7.0 * 1.05
    said = study.comparison.chosen[Strategy.MTS].grid_end
    assert said is not None and "lot at the end of the grid" in ends_text(float(said[long]))
    assert "lot" not in ends_text(float(said[spoils]))
    table = recommendation_table(study.setup, study.comparison, study.recommendation, study.items)
    done = table.set_index("sku")["recommended"] == Strategy.MTS
    assert done["LONG"]
    row = table.set_index("sku").loc["LONG"]
    assert "lot at the end of the grid" in row["grid_end"] or study.recommendation.as_today[long]
    if not study.recommendation.as_today[long]:
        assert "end of the grid: beyond it nothing was tried" in row["notes"]


def test_no_lot_outlasts_a_known_end_or_what_keeps() -> None:
    study = lots_study()
    plan, weeks = study.setup.stock, Grid().flat()[1]
    spoils = list(study.items.skus).index("SPOILS")
    weekly = plan.expected[spoils, :52].mean()
    whole = np.minimum(weekly * weeks, weekly * np.floor(200.0 / 7.0))
    assert plan.lot[spoils] == pytest.approx(np.maximum(np.round(whole), 1.0))
    from analytics.strategy.plans.recipes import _longest_lot

    expected = np.full((3, 60), 2.0)
    expected[0, 31:] = 0.0
    left = _longest_lot(expected, np.array([30.0, 80.0, 1e9]), np.array([0.0, 50.0, 0.0]))
    assert left.tolist() == [62.0, 100.0, np.inf]
    assert _longest_lot(expected[1:2], np.array([80.0]), 0.0)[0] == 162.0


def test_ends_of_the_grid_by_hand() -> None:
    """Lots 2, 2, 9, 9 with levels 1, 5, 3, 5: the lowest level is one step, so that it could not go on; 9 with 5 is at both other ends."""
    world = poisson_world(1.0)
    plan = plan_of(world, 1.0, 1.0)
    plan = replace(plan, lot=np.array([[2.0, 2.0, 9.0, 9.0]]), whole=np.array([True]))
    assert grid_ends(plan, np.array([[1.0, 5.0, 3.0, 5.0]])).tolist() == [[0.0, 2.0, 4.0, 6.0]]
    assert grid_ends(plan, np.array([[2.0, 5.0, 3.0, 5.0]])).tolist() == [[1.0, 2.0, 4.0, 6.0]]
    minimum = replace(plan, moq=np.array([12.0]))
    assert grid_ends(minimum, np.array([[2.0, 5.0, 3.0, 5.0]])).tolist() == [[1.0, 2.0, 0.0, 2.0]]
    ending = replace(plan, end_week=np.array([103.0]))
    assert grid_ends(ending, np.array([[2.0, 5.0, 3.0, 5.0]])).tolist() == [[1.0, 2.0, 0.0, 2.0]]
    said = ["", "highest level of the grid", "lot at the end of the grid"]
    assert [ends_text(code) for code in (0.0, 2.0, 4.0)] == said
    assert ends_text(6.0) == "highest level of the grid, lot at the end of the grid"


@pytest.mark.parametrize("settings", [3, 19])
def test_settings_that_are_equal_are_played_once_with_the_numbers_of_each(settings: int) -> None:
    world = small_world(seed=settings, products=5)
    plan = small_plan(world, settings=settings)
    like = np.random.default_rng(settings).integers(0, settings, (len(plan.lot), 2 * settings))
    like[0] = np.arange(2 * settings) % settings
    names = ("relative_quantile", "lot", "stockout_wait_days", "order_gap")
    rows = np.arange(len(plan.lot))[:, None]
    columns: dict[str, Any] = {name: np.ascontiguousarray(getattr(plan, name)[rows, like]) for name in names}
    twice = replace(plan, **columns)
    group = np.arange(world.paths) % 2
    got = simulate_stock(world, twice, group, 0, len(plan.lot), waits=True)
    for s in range(2 * settings):
        alone = simulate_stock(world, one_setting(twice, s), group, 0, len(plan.lot), waits=True)
        assert np.array_equal(got[0][:, s], alone[0][:, 0]) and np.array_equal(got[2][:, s], alone[2][:, 0])
        assert np.array_equal(got[1], alone[1])
