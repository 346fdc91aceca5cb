"""What not knowing demand costs: the part of a strategy's losses that orders known in advance would save."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["cost_of_not_knowing", "planning_regret"]

#: Components that orders known in advance would save altogether.
SAVED = ("lost_margin", "goodwill", "waiting", "obsolescence", "markdown", "cancellation")


def cost_of_not_knowing(
    components: Mapping[str, ArrayLike], on_hand: ArrayLike, lot: ArrayLike, unit_holding_cost: ArrayLike
) -> NDArray[np.float64]:
    """What a strategy costs more because orders are not known in advance: per product, money over the horizon.

    cost_of_not_knowing = lost_margin + goodwill + waiting + obsolescence + markdown + cancellation
    + unit_holding_cost x max(on_hand - 0.5 x lot, 0).
    With orders known a lead time ahead only lots remain in stock, half a lot on average; set-ups, work in process and premiums stay and are not counted.
    Parameters: `components` money; `on_hand` average units in stock; `lot` units; `unit_holding_cost` money per unit in stock over the horizon.
    All of one shape. Source: value of perfect information, e.g. Silver, Pyke and Thomas (2017), section 5.

    >>> cost_of_not_knowing({"lost_margin": [100.0]}, [30.0], [20.0], [2.0]).tolist()  # 100 + 2 x (30 - 10)
    [140.0]
    """
    saved: NDArray[np.float64] = np.asarray(
        sum(np.nan_to_num(np.asarray(components[name], np.float64)) for name in SAVED if name in components),
        np.float64,
    )
    beyond = np.maximum(
        np.nan_to_num(np.asarray(on_hand, np.float64)) - 0.5 * np.nan_to_num(np.asarray(lot, np.float64)), 0.0
    )
    return saved + np.nan_to_num(np.asarray(unit_holding_cost, np.float64)) * beyond


def planning_regret(
    actual: NDArray[np.float64], quantiles: NDArray[np.float64], levels: NDArray[np.float64],
    short_cost: NDArray[np.float64], over_cost: NDArray[np.float64], per_year: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    """What stocking by a forecast would have cost more than hindsight, per product and year.

    planning_regret = mean over past dates of (short_cost x max(actual - stocked, 0) + over_cost x max(stocked - actual, 0)) x per_year.
    Stocked is the quantile at short_cost / (short_cost + over_cost), straight between the levels. `actual` (products, dates) and `quantiles` (products, dates, levels) in units,
    `short_cost`, `over_cost` (products,) money per unit over the interval, `per_year` (products,). NaN where nothing is known.
    Source: definition (newsvendor cost less that of hindsight).

    >>> planning_regret(np.array([[10.0]]), np.array([[[4.0, 8.0]]]), np.array([0.5, 0.9]), np.array([9.0]), np.array([1.0]), np.array([12.0])).tolist()
    [216.0]
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.clip(short_cost / (short_cost + over_cost), levels[0], levels[-1])
    at = np.clip(np.searchsorted(levels, ratio, side="left") - 1, 0, len(levels) - 2)
    share = (ratio - levels[at]) / (levels[at + 1] - levels[at])
    rows = np.arange(len(actual))
    low, high = quantiles[rows, :, at], quantiles[rows, :, at + 1]
    stocked = low + share[:, None] * (high - low)
    lost = short_cost[:, None] * np.maximum(actual - stocked, 0.0) + over_cost[:, None] * np.maximum(
        stocked - actual, 0.0
    )
    good = np.isfinite(lost)
    count = good.sum(axis=1)
    return np.where(
        count > 0, np.where(good, lost, 0.0).sum(axis=1) / np.maximum(count, 1) * per_year, np.nan
    )
