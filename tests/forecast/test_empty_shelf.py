"""Demand that was not seen: weeks in which stock, counted back from today, shows an empty shelf."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from analytics.data import read_items, read_sales
from analytics.data.kept_apart import with_receipts
from analytics.demand.cleaning.empty_shelf import empty_periods, recorded_products, stock_by_period
from analytics.study import run_forecast
from tests.forecast.panels import panel_of

WEEKS, PRODUCTS = 123, 12
#: two weeks of ten, each product in its own, but none at the end, when 40 of each are in stock
CYCLE = (np.arange(WEEKS)[None, :] + 3 * np.arange(PRODUCTS)[:, None]) % 10
EMPTY = (CYCLE >= 8) & (np.arange(WEEKS) < WEEKS - 3)


def planted(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rates, what was sold, receipts and stock today: every ten weeks the demand of eight comes in, and the shelf is empty for two."""
    rng = np.random.default_rng(seed)
    rate = 6.0 + rng.gamma(3.0, 5.0, PRODUCTS)
    wanted = rng.poisson(rate[:, None], (PRODUCTS, WEEKS)).astype(float)
    sold = np.where(EMPTY, 0.0, wanted)
    receipts = np.zeros_like(sold)
    for i in range(PRODUCTS):
        begins = np.append(np.flatnonzero((CYCLE[i] == 0) | (np.arange(WEEKS) == 0)), WEEKS)
        for begin, end in pairwise(begins):
            receipts[i, begin] = sold[i, begin:end].sum()
    today = np.full(PRODUCTS, 40.0)
    receipts[:, -3] += today
    return rate, sold, receipts, today


def lines(kind: str, values: np.ndarray, starts: np.ndarray) -> pd.DataFrame:
    i, t = np.nonzero(values)
    return pd.DataFrame(
        {
            "sku": [f"S{k:05d}" for k in i],
            "date": pd.to_datetime(starts[t]),
            "units": values[i, t],
            "money": np.nan,
            "kind": kind,
            "in_demand": False,
            "file": "receipts.csv",
            "row": np.arange(len(i)),
        }
    )


def test_stock_is_counted_back_and_empty_weeks_are_those_planted() -> None:
    _, sold, receipts, today = planted(1)
    panel = panel_of(sold, "W")
    apart = lines("receipt", receipts, panel.starts)
    stock = stock_by_period(panel, apart, today)
    by_hand = np.cumsum(receipts - sold, axis=1)
    np.testing.assert_allclose(stock, by_hand)
    found = empty_periods(panel, apart, today)
    # a product's first sale is the first thing known of it; the last cycle's goods are still there
    assert (found == EMPTY)[:, 10:-12].all() and not (found & ~EMPTY).any()
    # records that show more sold than there was, and products without receipts, tell nothing
    assert not empty_periods(panel, lines("receipt", 0.5 * receipts, panel.starts), today).any()
    assert not empty_periods(panel, apart, np.full(PRODUCTS, np.nan)).any()


def test_demand_of_a_fifth_of_the_weeks_is_recovered() -> None:
    """Through the files: sales, items with stock, receipts. What sold is a fifth less than what was wanted; the forecast is not."""
    rate, sold, receipts, today = planted(2)
    panel = panel_of(sold, "W")
    days = panel.starts.astype(str)
    i, t = np.nonzero(sold)
    sales = pd.DataFrame({"date": days[t], "sku": panel.skus[i], "quantity": sold[i, t]})
    items = pd.DataFrame({"sku": panel.skus, "on_hand": today, "unit_cost": 5.0, "price": 9.0})
    history = read_sales(sales.to_csv(index=False).encode())
    given, _ = read_items(items.to_csv(index=False).encode())
    blind = run_forecast(history, given, horizon=4, frequency="W", total=True)
    known = with_receipts(history, lines("receipt", receipts, panel.starts))
    seen = run_forecast(known, given, horizon=4, frequency="W", total=True)
    wanted = 4.0 * rate.sum()
    assert blind["mean"].sum() < 0.9 * wanted
    assert seen["mean"].sum() == pytest.approx(wanted, rel=0.05)


def test_products_with_records_are_those_with_receipts_and_stock_that_hold_together() -> None:
    """The first has no receipts, the second no stock today, of the third far more came in than was sold and lies there."""
    _, sold, receipts, today = planted(2)
    receipts[0] = 0.0
    today[1] = np.nan
    receipts[2] *= 10.0
    panel = panel_of(sold, "W")
    found = recorded_products(panel, lines("receipt", receipts, panel.starts), today)
    assert found.tolist() == [False, False, False] + [True] * (PRODUCTS - 3)
