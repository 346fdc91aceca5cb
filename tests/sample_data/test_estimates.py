"""What the program reads out of the samples' sales agrees with the truth they were drawn from, which it never sees."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from analytics.assumptions import Assumptions
from analytics.data import read_items, read_sales
from analytics.data.history import SalesHistory
from analytics.demand import DemandPanel, LifeCycle, complete_items, demand_panel, life_cycle
from analytics.forecast import fit_forecast
from analytics.items import Items
from sample_data import sample_paths, samples

NAMES = tuple(samples())


@cache
def read(name: str) -> tuple[SalesHistory, DemandPanel, pd.DataFrame]:
    history = read_sales(sample_paths(name)["sales"])
    panel = demand_panel(history)
    truth = pd.read_csv(
        sample_paths(name)["truth"], dtype={"sku": str}, parse_dates=["launch_date", "end_date"]
    ).set_index("sku")
    return history, panel, truth.reindex(panel.skus)


@cache
def completed(name: str, with_items: bool) -> tuple[Items, LifeCycle]:
    history, panel, _ = read(name)
    items = read_items(sample_paths(name)["items"])[0] if with_items else None
    full = complete_items(items, history, panel, Assumptions())
    return full, life_cycle(panel, full)


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_used_and_nothing_is_complained_of(name: str) -> None:
    report = read(name)[0].report
    assert report.rows_rejected == 0 and report.rows_used > 5000
    assert {problem.code for problem in report.problems} <= {"returns", "on_hand_in_demand"}
    raw = pd.read_csv(sample_paths(name)["sales"])
    assert report.units_used == raw["quantity"].sum()
    assert report.revenue_used == pytest.approx((raw["quantity"] * raw["unit_price"]).sum(), rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("with_items", [False, True])
def test_the_living_are_told_from_the_dead(name: str, with_items: bool) -> None:
    """Mean squared error of the probability of being alive; always saying the base rate would score 0.25 or 0.05."""
    life, alive = completed(name, with_items)[1], read(name)[2]["alive"].to_numpy(float)
    base = alive.mean() * (1.0 - alive.mean())
    assert np.mean((life.alive - alive) ** 2) < 0.4 * base
    sold_lately = np.abs(life.alive - alive) > 0.95
    assert sold_lately.sum() <= 0.03 * len(alive)


def test_the_model_calendar_is_found_where_no_end_is_announced() -> None:
    items, life = completed("bicycles", True)
    truth = read("bicycles")[2]
    unannounced = (
        (truth["alive"] == 1).to_numpy()
        & np.isnat(items["end_date"])
        & np.isin(items["family"], ["City", "Gravel", "Kids", "Touring"])
    )
    assert unannounced.sum() >= 20
    found = life.known_end[unannounced]
    found = found[~np.isnat(found)]
    assert len(found) >= 0.6 * unannounced.sum(), (
        "a family with a year in which few models changed may be left out"
    )
    assert np.abs((found - np.datetime64("2026-08-31")).astype("timedelta64[D]").astype(int)).max() <= 3


def test_the_hazard_of_servers_covers_the_truth() -> None:
    """The true mean life gives the rate; ends later than the file are not seen, and lives are more regular than exponential."""
    items, life = completed("servers", True)
    truth = read("servers")[2]["hazard_per_year"].to_numpy()
    families = pd.DataFrame(
        {
            "family": items["family"],
            "low": life.hazard_low,
            "value": life.hazard_per_year,
            "high": life.hazard_high,
            "truth": truth,
        }
    )
    table = families.groupby("family").mean(numeric_only=True)
    assert len(table) == 5
    assert ((table["low"] <= table["truth"]) & (table["truth"] <= table["high"])).sum() >= 4
    assert np.corrcoef(table["value"], table["truth"])[0, 1] > 0.5


def test_waits_are_read_from_the_dates() -> None:
    items, _ = completed("servers", True)
    raw = pd.read_csv(sample_paths("servers")["sales"], parse_dates=["date", "promised_date"])
    shelf = raw.groupby("sku")["channel"].first().reindex(items.skus) == "partner"
    assert np.all(items["historical_wait_days"][shelf.to_numpy()] <= 4)
    assert np.all(items["historical_wait_days"][~shelf.to_numpy()] >= 9)
    assert np.median(completed("household", True)[0]["historical_wait_days"]) <= 2


@pytest.mark.parametrize(("name", "families"), [("bicycles", 8), ("household", 5)])
def test_recent_sales_agree_with_the_true_rates(name: str, families: int) -> None:
    """Net units of the last thirteen weeks, against the true expectation, within five standard deviations of a compound Poisson."""
    history, panel, truth = read(name)
    net = panel.units[:, -13:].sum()
    lines = history.quantity[history.quantity > 0]
    spread = np.sqrt(truth["expected_units_last_91_days"].sum() * np.mean(lines**2) / np.mean(lines))
    assert abs(net - truth["expected_units_last_91_days"].sum()) < 5.0 * spread
    assert len(np.unique(completed(name, True)[0]["family"])) == families


def true_next_year(truth: pd.DataFrame, weeks: int) -> NDArray[np.float64]:
    """Expected units of the next weeks of a product that lives on, from the documented formula: float64[products]."""
    day = np.arange(7 * weeks)[None, :]
    strength, peak = (
        truth["season_strength"].to_numpy()[:, None],
        truth["season_peak_day"].to_numpy()[:, None],
    )
    season = np.exp(strength * np.cos(2 * np.pi * (day + 1 - peak) / 365.25)) / np.i0(strength)
    growth = np.exp(truth["growth_per_year"].to_numpy()[:, None] * (day + 1) / 365.25)
    return np.asarray((truth["rate_per_week"].to_numpy()[:, None] / 7.0 * season * growth).sum(axis=1))


@cache
def forecast_and_truth(name: str) -> pd.DataFrame:
    """Units of the next 52 weeks by product, forecast and true, of living products launched half a year ago or earlier."""
    _, panel, truth = read(name)
    items, life = completed(name, True)
    family = np.unique(items["family"], return_inverse=True)[1].astype(np.int32)
    forecast = fit_forecast(panel, life, family, np.full(len(panel.skus), 4.0), 52, 1)
    mature = (
        (truth["alive"] == 1).to_numpy()
        & (truth["launch_date"] < "2025-07-01").to_numpy()
        & (truth["expected_units_last_91_days"] > 0).to_numpy()
    )
    return pd.DataFrame(
        {
            "family": items["family"],
            "forecast": forecast.mean[:, :52].sum(axis=1),
            "true": true_next_year(truth, 52),
        }
    )[mature]


def test_the_forecast_of_the_year_agrees_with_the_true_rates() -> None:
    """In sum over products; a single product's own error is judged by its forecast's spread, elsewhere."""
    bicycles, household = forecast_and_truth("bicycles"), forecast_and_truth("household")
    assert len(bicycles) >= 25 and len(household) >= 100
    assert bicycles["forecast"].sum() == pytest.approx(bicycles["true"].sum(), rel=0.25)
    assert np.corrcoef(np.log(bicycles["forecast"]), np.log(bicycles["true"]))[0, 1] > 0.9
    by_family = household.groupby("family").sum()
    steady = by_family.drop(index="Candles")
    assert np.all(np.abs(steady["forecast"] / steady["true"] - 1.0) < 0.08)
    assert np.corrcoef(np.log(household["forecast"]), np.log(household["true"]))[0, 1] > 0.9


def test_the_forecast_of_candles_comes_down_from_christmas() -> None:
    candles = forecast_and_truth("household").groupby("family").sum().loc["Candles"]
    assert candles["forecast"] == pytest.approx(candles["true"], rel=0.15)
