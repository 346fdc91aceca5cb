"""Periods in which the shelf was empty, from stock today, what came in and what was sold: demand of them was not seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.kept_apart import RECEIPT
from analytics.demand.panel import DemandPanel

__all__ = ["empty_periods", "recorded_products", "stock_by_period"]

#: Records that lead below nothing by more than this share of the units sold do not hold together.
_OFF = 0.02


def stock_by_period(
    panel: DemandPanel, apart: pd.DataFrame, on_hand: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Units in stock at the end of every period, (products, periods), counted back from today; NaN where receipts or stock are not on record.

    *Formula*: stock at the end of t = stock today + what was sold after t - what came in after t. `apart` holds receipts, `on_hand` (products,) the
    stock after the last period. Source: units are conserved.
    """
    n, periods = panel.units.shape
    lines = apart[apart["kind"] == RECEIPT]
    received = np.zeros((n, periods))
    place = {str(sku): i for i, sku in enumerate(panel.skus)}
    row = np.array([place.get(str(sku), -1) for sku in lines["sku"]], np.int64)
    day = lines["date"].to_numpy().astype("datetime64[D]")
    column = np.searchsorted(panel.starts.astype("datetime64[D]"), day, side="right") - 1
    inside = (row >= 0) & (column >= 0) & (day < panel.next_start.astype("datetime64[D]"))
    np.add.at(received, (row[inside], column[inside]), lines["units"].to_numpy(np.float64)[inside])
    later = np.cumsum((panel.units - received)[:, ::-1], axis=1)[:, ::-1]
    stock = on_hand[:, None] + np.concatenate([later[:, 1:], np.zeros((n, 1))], axis=1)
    known = received.any(axis=1) & np.isfinite(on_hand)
    return np.where(known[:, None], stock, np.nan)


def empty_periods(panel: DemandPanel, apart: pd.DataFrame, on_hand: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Periods of a product's life without a sale that began with nothing in stock and brought nothing in: (products, periods).

    Only where the records hold together (`recorded_products`), from the first receipt on.
    """
    stock, since, sound = _records(panel, apart, on_hand)
    slack = 1e-9 + _OFF * panel.units.max(axis=1, initial=0.0)
    before = np.concatenate([np.full((len(stock), 1), np.nan), stock[:, :-1]], axis=1)
    nothing = (before <= slack[:, None]) & (stock <= slack[:, None]) & (panel.units <= 0.0)
    after = np.arange(stock.shape[1]) > panel.first[:, None]
    return np.asarray(nothing & since & sound[:, None] & panel.observed & after)


def recorded_products(
    panel: DemandPanel, apart: pd.DataFrame, on_hand: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Products whose past stock is on record, (products,): receipts and stock today are, and nowhere is more sold than there was, but for 2 % of the units."""
    return _records(panel, apart, on_hand)[2]


def _records(
    panel: DemandPanel, apart: pd.DataFrame, on_hand: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Stock at the end of every period and whether it is after the first receipt, (products, periods), and whose records hold together (products,)."""
    stock = stock_by_period(panel, apart, on_hand)
    periods = panel.units.shape[1]
    sold = panel.units.sum(axis=1)
    lines = apart[apart["kind"] == RECEIPT]
    first = (
        pd.to_datetime(lines.groupby("sku")["date"].min())
        if len(lines)
        else pd.Series(dtype="datetime64[ns]")
    )
    begin = first.reindex([str(sku) for sku in panel.skus]).to_numpy().astype("datetime64[D]")
    column = np.searchsorted(panel.starts.astype("datetime64[D]"), begin, side="right") - 1
    since = (np.arange(periods)[None, :] >= column[:, None]) & ~np.isnat(begin)[:, None]
    lowest = np.where(since & np.isfinite(stock), stock, np.inf).min(axis=1, initial=np.inf)
    return stock, since, np.isfinite(lowest) & (lowest >= -_OFF * np.maximum(sold, 1.0))
