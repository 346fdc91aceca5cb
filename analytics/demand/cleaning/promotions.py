"""Promotions: how much of what was sold under a flag goes beyond a usual day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.demand.panel import DemandPanel

__all__ = ["promotion_units", "promotion_uplift"]

#: A product's own uplift counts as much as everybody's when it rests on this many promoted days.
_DAYS_WORTH = 10.0
_MOST_UPLIFT = 10.0


def promotion_uplift(
    promoted_units: NDArray[np.float64],
    promoted_days: NDArray[np.float64],
    plain_units: NDArray[np.float64],
    plain_days: NDArray[np.float64],
) -> NDArray[np.float64]:
    """How many times as much sells on a promoted day as on another, per product; at least 1.

    *Formula*: (promoted units / promoted days) / (other units / other days), its logarithm shrunk towards everybody's by n/(n + 10), n the lesser
    of the two numbers of days, kept between 1 and 10. All parameters and the result have shape (products,).
    Source: definition; the shrinkage is a rule of this program.

    >>> promotion_uplift(np.array([300.0]), np.array([10.0]), np.array([100.0]), np.array([10.0])).round(3).tolist()
    [3.0]
    """
    days = np.minimum(promoted_days, plain_days)
    usable = (days > 0) & (promoted_units > 0) & (plain_units > 0)
    if not usable.any():
        return np.ones(len(days))
    own = np.zeros(len(days))
    own[usable] = np.log(
        (promoted_units[usable] / promoted_days[usable]) / (plain_units[usable] / plain_days[usable])
    )
    everyone = float((own[usable] * days[usable]).sum() / days[usable].sum())
    share = np.where(usable, days / (days + _DAYS_WORTH), 0.0)
    return np.clip(np.exp(everyone + share * (own - everyone)), 1.0, _MOST_UPLIFT)


def promotion_units(panel: DemandPanel, history: SalesHistory | None) -> NDArray[np.float64]:
    """Units of each cell that a promotion added: promoted units x (1 - 1/uplift), whole where the product's sales are whole. Shape of `panel.units`.

    Zero where the file flags nothing, or everything alike. A day counts as promoted where any of its lines is.
    """
    out = np.zeros(panel.units.shape)
    if (
        history is None
        or not len(history)
        or not (history.promotion == 1.0).any()
        or not (history.promotion == 0.0).any()
    ):
        return out
    n, periods = panel.units.shape
    day = history.date.astype("datetime64[D]")
    column = np.searchsorted(panel.starts, day, side="right") - 1
    inside = (
        (column >= 0) & (day < panel.next_start) & np.isfinite(history.promotion) & (history.quantity >= 0.0)
    )
    number = day.astype(np.int64)
    low = int(number.min())
    key = history.sku.astype(np.int64) * (int(number.max()) - low + 1) + number - low
    distinct, where = np.unique(key[inside], return_inverse=True)
    promoted = np.zeros(len(distinct), np.bool_)
    np.logical_or.at(promoted, where, history.promotion[inside] == 1.0)
    units = np.bincount(where, weights=history.quantity[inside], minlength=len(distinct))
    sku = np.zeros(len(distinct), np.int64)
    period = np.zeros(len(distinct), np.int64)
    sku[where], period[where] = history.sku[inside], column[inside]

    def over(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(sku, weights=weights, minlength=n).astype(np.float64)

    flag = promoted.astype(np.float64)
    uplift = promotion_uplift(over(units * flag), over(flag), over(units * (1.0 - flag)), over(1.0 - flag))
    sold = np.bincount(sku * periods + period, weights=units * flag, minlength=n * periods).reshape(
        n, periods
    )
    out = np.minimum(sold, panel.units) * (1.0 - 1.0 / uplift)[:, None]
    whole = (panel.units == np.rint(panel.units)).all(axis=1)
    out = np.where(whole[:, None], np.floor(out), out)
    return np.where(panel.units > 0.0, out, 0.0)
