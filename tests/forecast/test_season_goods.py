"""Goods of one season: what was not sold before their first season was not unknown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.data import read_sales
from analytics.forecast.season_goods import with_quiet_months
from analytics.study import run_forecast
from tests.forecast.panels import panel_of

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


def test_who_is_a_good_of_one_season() -> None:
    """December twice, a launch that sells on, one season only, and two seasons that are half a year apart."""
    rng = np.random.default_rng(3)
    units = np.zeros((5, 34))
    units[0] = rng.poisson(20.0, 34)
    units[1, [11, 23]] = 50.0, 61.0
    units[2, 11:] = 7.0
    units[3, 11:14] = 30.0
    units[4, [5, 11, 17, 23, 29]] = 12.0
    panel = panel_of(units, "M")
    found = with_quiet_months(panel)
    assert found.first.tolist() == [0, 0, 11, 11, 5]
    assert found.observed[1].all() and not found.observed[2:, :5].any()
    assert with_quiet_months(panel_of(units, "D")).first[1] == 11
    # months in which nothing at all was sold stay unknown
    closed = units.copy()
    closed[:, 3] = 0.0
    assert not with_quiet_months(panel_of(closed, "M")).observed[1, 3]


@pytest.mark.parametrize("frequency", ["W", "M"])
def test_a_season_in_another_month_is_found_again(frequency: str) -> None:
    """By day of sale: a product of June and July, 40 a week in 2021 and 2022; the file ends in March 2023."""
    rng = np.random.default_rng(9)
    days = pd.date_range("2021-01-04", "2023-03-27", freq="7D")
    rows = [(d, "ALL", 20 + int(rng.integers(0, 9))) for d in days]
    rows += [(d, "SUMMER", 36 + int(rng.integers(0, 9))) for d in days if d.month in (6, 7)]
    table = pd.DataFrame(rows, columns=["date", "sku", "quantity"])
    content = table.to_csv(index=False, date_format="%Y-%m-%d").encode()
    horizon = 26 if frequency == "W" else 6
    found = run_forecast(read_sales(content), horizon=horizon, frequency=frequency)
    mean = found[found.sku == "SUMMER"].set_index("period")["mean"]
    month = pd.to_datetime(mean.index).month
    inside, outside = mean[(month == 6) | (month == 7)], mean[(month == 4) | (month == 9)]
    assert inside.max() > 3.0 * outside.max()
    weeks = 1.0 if frequency == "W" else 52.0 / 12.0
    assert inside.mean() == pytest.approx(40.0 * weeks, rel=0.35)


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared cases not beside the project")
def test_the_case_of_two_christmases() -> None:
    content = (SHARED / "cases" / "intake" / "seasons_two_christmases.csv").read_bytes()
    found = run_forecast(read_sales(content), horizon=14)
    mean = found[found.sku == "XMAS"].set_index("period")["mean"]
    month = mean.index.str[5:7]
    december = mean[month == "12"].mean()
    assert december > 3.0 * mean[month == "11"].mean() and december > 3.0 * mean[month == "01"].mean()
