"""Thin and odd histories: finite, never negative, in order, and said what is missing."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from analytics.data.uploads import Given, read_files
from analytics.demand import life_cycle
from analytics.forecast import Forecast, fit_forecast, forecast_table, forecast_total_table
from analytics.study import run_forecast
from tests.faults.damage import ALL
from tests.forecast.panels import panel_of

Array = NDArray[np.float64]
LEVELS = ["q05", "q10", "q25", "q50", "q75", "q90", "q95"]


def fitted(units: Array, frequency: str = "M", interval: float = 3.0) -> Forecast:
    """The forecast, after its tables by period and in total were found finite, non-negative and rising by level."""
    panel = panel_of(units, frequency)
    n = len(panel.skus)
    said = fit_forecast(panel, life_cycle(panel, None), np.full(n, -1, np.int32), np.full(n, interval), 12, 1)
    for table in (forecast_table(said, panel, 12), forecast_total_table(said, panel, 12)):
        values = table[LEVELS].to_numpy(np.float64)
        assert np.isfinite(values).all() and (values >= 0.0).all() and (np.diff(values, axis=1) >= 0.0).all()
        assert np.isfinite(table["mean"]).all() and (table["mean"] >= 0.0).all()
    assert len(said.notes) == n
    return said


def test_the_season_of_one_product_alone_is_its_own() -> None:
    rng = np.random.default_rng(5)
    year = 1.0 + 0.8 * np.sin(2.0 * np.pi * np.arange(60) / 12.0)
    units = rng.poisson(np.vstack([np.full((11, 60), 30.0), 30.0 * year])).astype(float)
    ahead = fitted(units).mean
    top, low = ahead[:, :12].max(axis=1), np.maximum(ahead[:, :12].min(axis=1), 1e-9)
    assert top[-1] / low[-1] > 3.0  # drawn: 1.8 / 0.2
    assert (top[:-1] / low[:-1] < 1.6).all()  # the others have none
    # and a history of nothing but that product
    alone = fitted(units[-1:]).mean[0, :12]
    assert 1 <= int(alone.argmax()) <= 5 and 6 <= int(alone.argmin()) <= 11


def test_one_origin_is_said() -> None:
    units = np.random.default_rng(6).poisson(4.0, (12, 7)).astype(float)
    notes = fitted(units).notes
    assert all(any("past date" in n or "too short to test" in n for n in of) for of in notes)


def test_five_products() -> None:
    said = fitted(np.random.default_rng(7).poisson(9.0, (5, 30)).astype(float))
    assert (said.mean[:, 0] > 5.0).all() and (said.mean[:, 0] < 14.0).all()


@pytest.mark.parametrize("frequency", ["M", "W"])
def test_many_products_with_two_sales_each(frequency: str) -> None:
    """A hundred thousand of them take two minutes of a processor and 1.8 GB: four hundred here."""
    rng = np.random.default_rng(9)
    units = np.zeros((400, 48))
    for row in units:
        row[rng.choice(48, 2, replace=False)] = rng.integers(1, 6, 2)
    said = fitted(units, frequency)
    assert all(len(of) for of in said.notes)
    # two sales in four years: a year brings a fourth of what was sold in all, within what eight hundred sales leave open
    if frequency == "M":
        year = said.mean[:, :12].sum(axis=1) * said.alive
        assert year.mean() == pytest.approx(units.sum() / 400.0 / 4.0, rel=0.1)


PROBE = """
import resource
import numpy as np
from tests.forecast.test_thin_input import fitted
rng = np.random.default_rng(10)
units = np.zeros((100_000, 143))
at = np.stack([rng.permutation(143)[:2] for _ in range(len(units))])
np.put_along_axis(units, at, rng.integers(1, 6, at.shape).astype(float), axis=1)
said = fitted(units, "W", 4.0)
assert all(len(of) for of in said.notes)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(not ALL, reason="a minute of a processor: part of make study")
def test_a_hundred_thousand_products_with_two_sales_each() -> None:
    found = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr[-2000:]
    assert int(found.stdout) < 3_000_000  # kilobytes


@pytest.mark.parametrize(("products", "weeks"), [(1, 9), (5, 30), (3, 120)])
def test_promotions_of_the_past_alone_change_nothing_and_are_said(products: int, weeks: int) -> None:
    """Of one product alone, with one origin, with a calendar that is one day, and one that is all of its history."""
    rng = np.random.default_rng(11)
    days = [np.datetime64("2022-01-03") + 7 * t for t in range(weeks)]
    rows = [
        f"{d},S{i},{q}" for i in range(products) for d, q in zip(days, rng.poisson(6.0, weeks), strict=True)
    ]
    sales = Given("\n".join(["date,sku,quantity", *rows]).encode(), "sales.csv")
    plain = run_forecast(read_files([sales]).history, horizon=4, frequency="W", total=True)
    for spans in ("S0,2022-01-03,2022-01-03", f"S0,2021-01-01,{days[-1]}"):
        plan = Given(f"sku,from,to\n{spans}\n".encode(), "plan.csv")
        table = run_forecast(
            read_files([sales], promotions=plan).history, horizon=4, frequency="W", total=True
        )
        assert "none is ahead" in table.attrs["notes"][0]
        np.testing.assert_array_equal(table[LEVELS].to_numpy(), plain[LEVELS].to_numpy())
        assert np.isfinite(table[LEVELS].to_numpy(np.float64)).all() and (table[LEVELS] >= 0.0).all().all()
