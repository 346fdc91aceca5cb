"""Beyond the protection interval: how far the level of the next weeks returns to that of the past.

One concept: the return of a level. Its two ways share the past they are judged on.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.demand.panel import DemandPanel
from analytics.forecast.members.origins import Rolling
from analytics.forecast.members.seasonal import season_length

__all__ = ["missed_less", "return_to_year", "seasonal_factors"]

#: What the portfolio shows counts like a class's when the class has this many products; half a return counts like this many products.
_CLASS_WORTH = 50.0
_PRIOR_WORTH = 20.0
_PRIOR_RETURN = 0.5
#: Levels further apart than this, and by more than two standard errors, mean that demand has changed.
_CHANGED = 2.0
#: Of products with few large orders: how much of a mean may be chance, how far levels move by themselves in a
#: year, and what a period varies by chance at most (variances, relative to the level).
_CHANCE_LEFT, _LEVELS_MOVE, _MOST_CHANCE = 0.04, 0.06, 400.0
#: Products that a file does not show, what the longer mean saves them, and what it must save to be taken, of
#: what is missed.
_UNSEEN, _UNSEEN_LESS, _WORTH_A_CHANGE = 5.0, 0.10, 0.01


def seasonal_factors(rolling: Rolling, frequency: str, position: int, periods: int) -> NDArray[np.float64]:
    """Seasonal ratio of every period ahead, `position` being the calendar column of the first one. Shape (products, periods)."""
    t = position + np.arange(periods)
    out: NDArray[np.float64] = rolling.season[:, t % season_length(frequency)]
    if rolling.year.shape[1] > 1:
        out = out * rolling.year[:, (t // 7) % rolling.year.shape[1]]
    return out


class _Returns(NamedTuple):
    """One way to say how levels return, judged: what was missed at past origins is relative to the level.

    share: (products,), of the difference that has gone. ratio: (products,), long level over near level now
    (1: nothing returns). missed: (products,), mean absolute difference between the level since a past origin
    and what was said then.
    """

    share: NDArray[np.float64]
    ratio: NDArray[np.float64]
    said: NDArray[np.float64]
    missed: NDArray[np.float64]


class _Past(NamedTuple):
    """What every way is judged on: arrays over products and origins, position 0 now.

    near, came: levels forecast for the interval, and of all that came since (units a period, without season).
    error: (products,) one-step standard deviation. judged: past origins of products that lived, a quarter of
    a year back or more. here: column of each origin; sold, usual: sums of sales and of seasonal ratios up to
    every column of the panel. quarter: of a year, in periods.
    """

    near: NDArray[np.float64]
    came: NDArray[np.float64]
    error: NDArray[np.float64]
    judged: NDArray[np.bool_]
    here: NDArray[np.int64]
    sold: NDArray[np.float64]
    usual: NDArray[np.float64]
    quarter: int


def return_to_year(
    panel: DemandPanel,
    rolling: Rolling,
    lived: NDArray[np.bool_],
    near: NDArray[np.float64],
    label: NDArray[np.int8],
    horizon: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Factor on the level, period by period: 1 over the protection interval, then towards the past year's level. Shape (products, horizon).

    With it what would have been said at past origins of the level of all that came since, units a period: (products, origins + 1).

    *Formula*: (long / near)^(w s), `near` the level forecast for the interval, long the seasonally adjusted mean of the past year, s rising from 0 at
    the end of the interval to 1 a quarter of a year later, and w the share of the difference that has gone after past origins: the least-squares slope
    of (level since then - near) on (long - near), both as known then, over all products and origins a quarter of a year back or more, each divided by
    its level; per demand class, shrunk to the portfolio's and that to a half; between 0 and 1. A product whose levels differ by more than a factor of
    two and two standard errors has changed: it keeps the near level. `near` (products, origins + 1), units a period.

    Of products that sell in few large orders neither level tells much: there a second way is tried. Long is
    the mean of as many periods as hold chance below a variance of 0.04, a year at least, and w at least e /
    (e + 0.06), e the variance by chance of half a year's mean (all relative to the level). A demand class
    takes it where it would have missed less at past origins: by more than 1 % on average over its products,
    those of all classes counting like 50 more, and 5 unseen ones by 10 %.
    Assumes that differences vanish as they did. Source: ours; the slope is that of a mean-reverting level, e
    / (e + 0.06) Buehlmann's credibility.
    """
    n, periods = panel.units.shape
    year, quarter = round(panel.periods_per_year), max(1, round(panel.periods_per_year / 4.0))
    past = _past(panel, rolling, lived, near, quarter)
    chance = np.clip((past.error / np.maximum(rolling.level[:, 0], 1e-9)) ** 2, 0.0, _MOST_CHANCE)
    chance = np.where(np.isfinite(rolling.one_step), chance, 0.0)
    longer = np.clip(np.ceil(chance / _CHANCE_LEFT), year, max(periods, year)).astype(np.int64)
    half_year = chance / (year / 2.0)
    plain = _returns(past, rolling, label, np.full(n, year), np.zeros(n))
    steady = _returns(past, rolling, label, longer, half_year / (half_year + _LEVELS_MOVE))
    better = missed_less(plain.missed, steady.missed, past.judged.sum(axis=1) > 0, label)
    share, ratio = (
        np.where(better, s, p) for s, p in ((steady.share, plain.share), (steady.ratio, plain.ratio))
    )
    ramp = np.clip((np.arange(horizon)[None, :] - rolling.interval[:, None]) / quarter, 0.0, 1.0)
    out: NDArray[np.float64] = ratio[:, None] ** (share[:, None] * ramp)
    return out, np.where(better[:, None], steady.said, plain.said)


def _past(
    panel: DemandPanel, rolling: Rolling, lived: NDArray[np.bool_], near: NDArray[np.float64], quarter: int
) -> _Past:
    """What the ways to return are judged on."""
    periods = panel.units.shape[1]
    season = seasonal_factors(rolling, panel.frequency, 0, periods)
    on_sale = panel.observed & (np.arange(periods)[None, :] >= np.maximum(panel.first, 0)[:, None])
    sold = _edges(np.where(on_sale, panel.units, 0.0))
    usual = _edges(np.where(on_sale, season, 0.0))
    rows = np.arange(len(near))[:, None]
    here = np.clip(rolling.start[:, None] + rolling.position, 0, periods)
    ahead = usual[:, -1:] - usual[rows, here]
    came = (sold[:, -1:] - sold[rows, here]) / np.maximum(ahead, 1e-9)
    judged = rolling.valid & lived & (ahead >= quarter) & (near > 0.0)
    judged[:, 0] = False
    error = np.sqrt(np.maximum(np.nan_to_num(rolling.one_step, nan=np.inf), 0.0))
    return _Past(near, came, error, judged, here, sold, usual, quarter)


def _returns(
    past: _Past,
    rolling: Rolling,
    label: NDArray[np.int8],
    back_to: NDArray[np.int64],
    least: NDArray[np.float64],
) -> _Returns:
    """How levels return to the mean of `back_to` periods (products,), by `least` or more, and what that missed."""
    near, rows = past.near, np.arange(len(past.near))[:, None]
    back = np.maximum(past.here - back_to[:, None], 0)
    known = past.usual[rows, past.here] - past.usual[rows, back]
    long = (past.sold[rows, past.here] - past.sold[rows, back]) / np.maximum(known, 1e-9)
    error = past.error[:, None] * np.sqrt(2.0 / np.maximum(known, 1.0))
    apart = np.abs(np.log(np.maximum(long, 1e-12) / np.maximum(near, 1e-12)))
    same = (
        ((apart < np.log(_CHANGED)) | (np.abs(long - near) < 2.0 * error))
        & (long > 0.0)
        & (near > 0.0)
        & (known >= past.quarter)
    )
    judged = same & past.judged
    scale = np.where(judged, near + long, 1.0)
    gap = np.where(judged, (long - near) / scale, 0.0)
    moved = np.where(judged, (past.came - near) / scale, 0.0)
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
    share = np.full(len(near), everyone)
    for c in np.unique(label):
        share[label == c] = slope(usable & (label == c), everyone, _CLASS_WORTH)
    share = np.maximum(share, least)
    said = near + np.where(same, share[:, None] * (long - near), 0.0)
    away = np.where(past.judged, np.abs(past.came - said), 0.0) / np.maximum(rolling.level[:, :1], 1e-9)
    missed = away.sum(axis=1) / np.maximum(past.judged.sum(axis=1), 1)
    ratio = np.where(same[:, 0], long[:, 0] / np.where(near[:, 0] > 0.0, near[:, 0], 1.0), 1.0)
    return _Returns(share, ratio, said, missed)


def missed_less(
    plain: NDArray[np.float64],
    other: NDArray[np.float64],
    usable: NDArray[np.bool_],
    label: NDArray[np.int8],
    worth: float = _WORTH_A_CHANGE,
) -> NDArray[np.bool_]:
    """Products of classes in which the `other` way missed less than the `plain` one, by `return_to_year`; (products,).

    By more than the share `worth` on average, products of all classes counting like 50 more of a class.

    >>> one = np.full(4, 1.0)
    >>> missed_less(one, np.array([0.5, 0.5, 0.5, 0.5]), np.ones(4, bool), np.zeros(4, np.int8)).tolist()
    [True, True, True, True]
    """

    def less(part: NDArray[np.bool_]) -> float:
        before = float(plain[part].sum())
        return 1.0 - float(other[part].sum()) / before if before > 0.0 else 0.0

    count = int(usable.sum())
    everyone = (count * less(usable) + _UNSEEN * _UNSEEN_LESS) / (count + _UNSEEN)
    out = np.zeros(len(label), np.bool_)
    for c in np.unique(label):
        part = usable & (label == c)
        m = int(part.sum())
        out[label == c] = (m * less(part) + _CLASS_WORTH * everyone) / (m + _CLASS_WORTH) > worth
    return out


def _edges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
