"""Promotions ahead: demand without promotions is forecast, and what past ones brought is put where they are planned."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.history import Promotions
from analytics.demand.cleaning.layers import CleanedDemand
from analytics.demand.promoted import Promoted, promoted_shares
from analytics.forecast.forecast import Forecast
from analytics.forecast.spread.totals import future_starts

__all__ = ["PromotionPlan", "promotion_plan", "promotions_table", "units_by_promotions", "with_promotions"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PromotionPlan:
    """Promotions on the periods of a forecast.

    `ahead` (products, periods) are the shares of each period's days on which the product will be promoted, 0 throughout where they are not
    counted; `past` what promotions did to the history; `past_days` and `days` (products,) how many days were and will be promoted, counted or not;
    `notes` say what was done with them, or why nothing could be.
    """

    ahead: Array
    past: Promoted
    past_days: Array
    days: Array
    notes: tuple[str, ...]


def promotion_plan(
    cleaned: CleanedDemand, promotions: Promotions | None, horizon: int
) -> PromotionPlan | None:
    """Where promotions are planned over the next `horizon` periods; None where none are known beside the flags of sales lines.

    Promotions in the past only change nothing that is forecast, since what they added is then part of what is usual; nor do promotions ahead of which
    none was ever tried: what one brings is unknown; nor where the layer of cleaning that takes past ones out is told to be off, since they would count twice.
    """
    if promotions is None or not len(promotions):
        return None
    panel, past = cleaned.original, cleaned.promoted
    starts = future_starts(panel.next_start, panel.frequency, horizon + 1)
    ahead = promoted_shares(starts[:-1], starts[-1], panel.skus, promotions)
    days = [
        (share * np.diff(np.append(begin, end).astype("datetime64[D]").astype(np.int64))).sum(axis=1)
        for share, begin, end in (
            (past.share, panel.starts, panel.next_start),
            (ahead, starts[:-1], starts[-1]),
        )
    ]
    if not ahead.any():
        words = (
            "All promotions lie in the past or beyond the forecast: none is ahead, and nothing is changed."
        )
    elif not past.known:
        words = "Promotions are ahead, but none is in the past: what one brings is unknown, and nothing is changed."
    elif "promotions" not in cleaned.on:
        words = "Promotions are ahead, but what past ones added is left in what is usual, as told: they are not counted again."
    else:
        count, of = int(ahead.any(axis=1).sum()), len(ahead)
        effect = float(np.median(past.effect[ahead.any(axis=1)]))
        much = f"{effect:.2f} times as much on a promoted day at the median, as in the past"
        words = f"Promotions ahead of {count:,} of {of:,} products count: {much}; where none is planned, none is expected."
        return PromotionPlan(ahead, past, days[0], days[1], (words,))
    return PromotionPlan(0.0 * ahead, past, days[0], days[1], (words,))


def units_by_promotions(mean: Array, ahead: Array, effect: Array) -> Array:
    """Units that promotions ahead add to what is expected, by product (products,).

    units_by_promotions = sum over the periods ahead of mean x (1 - 1 / (1 + (effect - 1) x share of promoted days)). Units.
    `mean` (products, periods) has them in it, `ahead` (products, periods) are the shares, `effect` (products,) times as much. Source: definition.

    >>> units_by_promotions(np.array([[10.0, 15.0]]), np.array([[0.0, 0.5]]), np.array([2.0])).tolist()
    [5.0]
    """
    more = (effect - 1.0)[:, None] * ahead
    return np.asarray((mean[:, : ahead.shape[1]] * (more / (1.0 + more))).sum(axis=1))


def promotions_table(forecast: Forecast, plan: PromotionPlan) -> pd.DataFrame:
    """Every product with a promotion, past or ahead: promoted days, how many times as much it sells then, and what those ahead add.

    `promoted_days` are those of the history, `promoted_days_ahead` those within the forecast, counted or not. `forecast` has the promotions in it.
    """
    added = units_by_promotions(forecast.mean, plan.ahead, plan.past.effect)
    at = np.flatnonzero((plan.past_days > 0.0) | (plan.days > 0.0))
    return pd.DataFrame(
        {
            "sku": forecast.skus[at].astype(str).astype(object),
            "promoted_days": plan.past_days[at],
            "promotion_effect": plan.past.effect[at],
            "promoted_days_ahead": plan.days[at],
            "units_by_promotions": added[at],
        }
    )


def with_promotions(forecast: Forecast, plan: PromotionPlan) -> Forecast:
    """The forecast with every period's demand times 1 + (effect - 1) x the share of its days that are promoted, and sums in proportion.

    What is said of a product's promotions is added to its notes and to the name of its method.
    """
    if not plan.ahead.any():
        return forecast
    width = forecast.mean.shape[1]
    ahead = np.zeros_like(forecast.mean)
    ahead[:, : plan.ahead.shape[1]] = plan.ahead[:, :width]
    factor = 1.0 + (plan.past.effect - 1.0)[:, None] * ahead
    inside = np.arange(width)[None, :] < forecast.total_periods[:, None]
    before = (forecast.mean * inside).sum(axis=1)
    after = (forecast.mean * factor * inside).sum(axis=1)
    sums = np.where(before > 0.0, after / np.where(before > 0.0, before, 1.0), 1.0)
    notes, method = list(forecast.notes), forecast.method.copy()
    period = {"D": "days", "W": "weeks", "M": "months"}[forecast.frequency]
    for i in np.flatnonzero(ahead.any(axis=1)):
        count = int((ahead[i] > 0.0).sum())
        said = f"promoted in {count} of the {period} ahead, {plan.past.effect[i]:.2f} times as much on such a day as in the past"
        notes[i] = (*notes[i], f"{said[0].upper()}{said[1:]}.")
        method[i] = f"{method[i]}; {said}"
    bounds = forecast.bounds
    if bounds is not None:  # what a steady product showed says nothing of a promotion
        bounds = np.where((ahead > 0.0).any(axis=1, keepdims=True), np.inf, bounds)
    return replace(
        forecast,
        bounds=bounds,
        mean=forecast.mean * factor,
        total_quantile=forecast.total_quantile * sums[:, None],
        total_mean=forecast.total_mean * sums,
        total_sd=forecast.total_sd * sums,
        notes=tuple(notes),
        method=method,
    )
