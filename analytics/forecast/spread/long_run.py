"""Beyond the protection interval: how far the level of the next weeks returns to that of the past year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.demand.panel import DemandPanel
from analytics.forecast.members.origins import Rolling
from analytics.forecast.members.seasonal import season_length

__all__ = ["return_to_year", "seasonal_factors"]

#: What the portfolio shows counts like a class's when the class has this many products; half a return counts like this many products.
_CLASS_WORTH = 50.0
_PRIOR_WORTH = 20.0
_PRIOR_RETURN = 0.5
#: Levels further apart than this, and by more than two standard errors, mean that demand has changed.
_CHANGED = 2.0


def seasonal_factors(rolling: Rolling, frequency: str, position: int, periods: int) -> NDArray[np.float64]:
    """Seasonal ratio of every period ahead, `position` being the calendar column of the first one. Shape (products, periods)."""
    t = position + np.arange(periods)
    out: NDArray[np.float64] = rolling.season[:, t % season_length(frequency)]
    if rolling.year.shape[1] > 1:
        out = out * rolling.year[:, (t // 7) % rolling.year.shape[1]]
    return out


def return_to_year(
    panel: DemandPanel,
    rolling: Rolling,
    lived: NDArray[np.bool_],
    near: NDArray[np.float64],
    label: NDArray[np.int8],
    horizon: int,
) -> NDArray[np.float64]:
    """Factor on the level, period by period: 1 over the protection interval, then towards the past year's level. Shape (products, horizon).

    *Formula*: (long / near)^(w s), `near` the level forecast for the interval, long the seasonally adjusted mean of the past year, s rising from 0 at
    the end of the interval to 1 a quarter of a year later, and w the share of the difference that has gone after past origins: the least-squares slope
    of (level since then - near) on (long - near), both as known then, over all products and origins a quarter of a year back or more, each divided by
    its level; per demand class, shrunk to the portfolio's and that to a half; between 0 and 1. A product whose levels differ by more than a factor of
    two and two standard errors has changed: it keeps the near level. `near` (products, origins + 1), units a period.
    Assumes that differences vanish as they did. Source: ours; the slope is that of a mean-reverting level.
    """
    n, periods = panel.units.shape
    year, quarter = round(panel.periods_per_year), max(1, round(panel.periods_per_year / 4.0))
    past = seasonal_factors(rolling, panel.frequency, 0, periods)
    on_sale = panel.observed & (np.arange(periods)[None, :] >= np.maximum(panel.first, 0)[:, None])
    sold = _edges(np.where(on_sale, panel.units, 0.0))
    usual = _edges(np.where(on_sale, past, 0.0))
    rows = np.arange(n)[:, None]
    here = np.clip(rolling.start[:, None] + rolling.position, 0, periods)
    back = np.maximum(here - year, 0)
    known = usual[rows, here] - usual[rows, back]
    long = (sold[rows, here] - sold[rows, back]) / np.maximum(known, 1e-9)
    ahead = usual[:, -1:] - usual[rows, here]
    came = (sold[:, -1:] - sold[rows, here]) / np.maximum(ahead, 1e-9)
    error = np.sqrt(np.maximum(np.nan_to_num(rolling.one_step, nan=np.inf), 0.0))[:, None] * np.sqrt(
        2.0 / np.maximum(known, 1.0)
    )
    apart = np.abs(np.log(np.maximum(long, 1e-12) / np.maximum(near, 1e-12)))
    same = (
        ((apart < np.log(_CHANGED)) | (np.abs(long - near) < 2.0 * error))
        & (long > 0.0)
        & (near > 0.0)
        & (known >= quarter)
    )
    judged = same & rolling.valid & lived & (ahead >= quarter)
    judged[:, 0] = False
    scale = np.where(judged, near + long, 1.0)
    gap = np.where(judged, (long - near) / scale, 0.0)
    moved = np.where(judged, (came - near) / scale, 0.0)
    # a product's origins overlap: together they count as one
    weight = 1.0 / np.maximum(judged.sum(axis=1, keepdims=True), 1)
    cross, square = (gap * moved * weight).sum(axis=1), (gap * gap * weight).sum(axis=1)
    usable = judged.any(axis=1)
    typical = float(square[usable].mean()) if usable.any() else 1.0

    def slope(part: NDArray[np.bool_], towards: float, worth: float) -> float:
        top, below = float(cross[part].sum()), float(square[part].sum())
        return float(
            np.clip((top + worth * typical * towards) / max(below + worth * typical, 1e-300), 0.0, 1.0)
        )

    everyone = slope(usable, _PRIOR_RETURN, _PRIOR_WORTH)
    share = np.full(n, everyone)
    for c in np.unique(label):
        share[label == c] = slope(usable & (label == c), everyone, _CLASS_WORTH)
    ramp = np.clip((np.arange(horizon)[None, :] - rolling.interval[:, None]) / quarter, 0.0, 1.0)
    ratio = np.where(same[:, 0], long[:, 0] / np.where(near[:, 0] > 0.0, near[:, 0], 1.0), 1.0)
    out: NDArray[np.float64] = ratio[:, None] ** (share[:, None] * ramp)
    return out


def _edges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
