"""Measures of a year: every figure of `strategies.csv` from counts and prices, one function each by name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.labels import COMPONENTS
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.price import component_money, profit_money

__all__ = ["physical_measures", "priced_measures", "service_curve", "wait_days_quantile"]

Array = NDArray[np.float64]


def _ratio(part: Array, whole: Array) -> Array:
    return np.where(whole > 1e-12, part / np.where(whole > 1e-12, whole, 1.0), np.nan)


def physical_measures(counts: Array) -> dict[str, Array]:
    """Units, time and service from counts (..., counts); shares are of demand, NaN where nothing was demanded."""
    c = {name: counts[..., i] for name, i in COUNT_INDEX.items()}
    sold = c["demanded"] - c["lost"]
    return {
        "units_demanded": c["demanded"],
        "units_sold": sold,
        "units_lost": c["lost"],
        "units_scrapped": c["scrapped"] + c["closing_excess"],
        "units_cleared": c["cleared"],
        "units_on_hand": c["on_hand"],
        "units_in_process": c["in_process"] + c["in_assembly"],
        "units_backordered": c["backordered"],
        "orders": c["lots"] + c["customer_orders"],
        "fill_rate": _ratio(sold - c["waited"], c["demanded"]),
        "share_waiting": _ratio(c["waited"], sold),
        "share_lost": _ratio(c["lost"], c["demanded"]),
        "wait_days_mean": np.where(c["waited"] > 1e-9, 365.0 * _ratio(c["backordered"], c["waited"]), 0.0),
    }


def priced_measures(counts: Array, money: Mapping[str, Array]) -> dict[str, Array]:
    """Profit, benchmark, revenue, cash and every component from counts (..., counts) and money columns (...)."""

    def n(name: str) -> Array:
        return counts[..., COUNT_INDEX[name]]

    parts = component_money(n, money)
    stocked = money["stock_value"] * n("on_hand")
    return {
        "profit": profit_money(n, money),
        "benchmark": n("demanded") * (money["price"] - money["cost"]),
        "revenue": (n("demanded") - n("lost")) * money["price"] * (1.0 + money["price_premium"]),
        "cash_tied_up": stocked
        + 0.5 * (money["process_value"] * n("in_process") + money["assembly_value"] * n("in_assembly"))
        - money["deposit"] * money["price"] * n("backordered"),
        **{name: parts[name] for name in COMPONENTS},
    }


def _wait_groups(sold: Array, weeks_waited: Array) -> tuple[Array, Array]:
    """Units served as told, and days beyond that for each week of waiting in a stockout.

    An order of week t served at the start of week t + k waited k weeks less half a week on average.
    """
    extra = np.maximum(7.0 * np.arange(weeks_waited.shape[1]) - 3.5, 0.0)
    return np.maximum(sold - weeks_waited.sum(axis=1), 0.0), extra


def wait_days_quantile(sold: Array, weeks_waited: Array, told_days: Array, share: float) -> Array:
    """Wait in days that `share` of those who wait do not exceed; 0 where nobody waits.

    `weeks_waited` (products, weeks + 1) are units by weeks waited in a stockout, `told_days` (products,) the
    wait every customer is told (0 from stock), `sold` the units sold.
    """
    as_told, extra = _wait_groups(sold, weeks_waited)
    weight = weeks_waited.copy()
    weight[:, 0] += np.where(told_days > 0.0, as_told, 0.0)
    total = weight.sum(axis=1)
    position = (np.cumsum(weight, axis=1) < (share * total - 1e-12)[:, None]).sum(axis=1)
    return np.where(total > 1e-9, told_days + extra[np.minimum(position, len(extra) - 1)], 0.0)


def service_curve(demanded: Array, sold: Array, weeks_waited: Array, told_days: Array, days: Array) -> Array:
    """Units served within each of `days`: shape (products, days); lost demand is never served."""
    as_told, extra = _wait_groups(sold, weeks_waited)
    out = np.zeros((len(sold), len(days)))
    for k, day in enumerate(days):
        late = (weeks_waited * (told_days[:, None] + extra[None, :] <= day)).sum(axis=1)
        out[:, k] = np.minimum(as_told * (told_days <= day) + late, demanded)
    return out
