"""What not knowing demand costs: the part of a strategy's losses that orders known in advance would save."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.items import Items
from analytics.strategy.money.rates import cost

__all__ = [
    "cost_of_not_knowing",
    "error_value",
    "holding_cost",
    "mean_errors",
    "mean_over_dates",
    "misplanned_less",
    "over_and_short_cost",
    "planning_regret",
    "spread_like",
    "unit_worth",
    "usual_error",
]

#: Components that orders known in advance would save altogether.
SAVED = ("lost_margin", "goodwill", "waiting", "obsolescence", "run_off", "markdown", "cancellation")


def cost_of_not_knowing(
    components: Mapping[str, ArrayLike], on_hand: ArrayLike, lot: ArrayLike, unit_holding_cost: ArrayLike
) -> NDArray[np.float64]:
    """What a strategy costs more because orders are not known in advance: per product, money over the horizon.

    cost_of_not_knowing = lost_margin + goodwill + waiting + obsolescence + run_off + markdown + cancellation
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


def holding_cost(items: Items) -> NDArray[np.float64]:
    """What a unit in stock costs a year. Money per unit and year, (products,), NaN without a cost.

    holding_cost = cost x (capital_rate + storage_rate + insurance_rate). Source: definition.
    Cost is unit_cost x (1 - fixed_cost_share).

    >>> from analytics.items import GIVEN, empty_items
    >>> items = empty_items(["A"]).with_field("unit_cost", [10.0], GIVEN)
    >>> items = items.with_field("fixed_cost_share", [0.2], GIVEN)
    >>> for name in ("capital_rate", "storage_rate", "insurance_rate"):
    ...     items = items.with_field(name, [0.125], GIVEN)
    >>> holding_cost(items).tolist()
    [3.0]
    """
    return _cost(items) * (
        np.asarray(items["capital_rate"])
        + np.asarray(items["storage_rate"])
        + np.asarray(items["insurance_rate"])
    )


def _cost(items: Items) -> NDArray[np.float64]:
    return cost(np.asarray(items["unit_cost"]), np.asarray(items["fixed_cost_share"]))


def over_and_short_cost(
    items: Items, per_year: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What a unit too many and a unit too few cost over an interval.

    `per_year` (products,) is how many intervals a year has.
    Over: holding_cost / per_year. Short: (price of demand - cost) x (1 - share_waiting), an unknown share as 0.
    Money per unit, both (products,), NaN unless both are known and positive. Source: newsvendor costs.

    >>> from analytics.items import GIVEN, empty_items
    >>> items = empty_items(["A", "B"]).with_field("unit_cost", [10.0, np.nan], GIVEN)
    >>> items = items.with_field("price", [16.0, 9.0], GIVEN)
    >>> for name in ("capital_rate", "storage_rate", "insurance_rate", "fixed_cost_share", "share_waiting"):
    ...     items = items.with_field(name, [0.2 if "rate" in name else 0.0] * 2, GIVEN)
    >>> [np.round(one, 6).tolist() for one in over_and_short_cost(items, np.array([12.0, 12.0]))]
    [[0.5, nan], [6.0, nan]]
    """
    over = holding_cost(items) / per_year
    margin = items.price_of_demand - _cost(items)
    short = margin * (1.0 - np.nan_to_num(np.asarray(items["share_waiting"]), nan=0.0))
    usable = np.isfinite(short) & np.isfinite(over) & (short > 0) & (over > 0)
    return np.where(usable, over, np.nan), np.where(usable, short, np.nan)


def spread_like(
    point: NDArray[np.float64], forecast: NDArray[np.float64], quantiles: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Quantiles of another forecast with the relative spread of this one: they differ in their middle alone.

    spread_like = point x quantile / forecast; point where nothing is forecast. Shape (products, dates, levels),
    `point` and `forecast` (products, dates), all in units. Source: definition.

    >>> spread_like(np.array([[8.0]]), np.array([[4.0]]), np.array([[[2.0, 6.0]]])).tolist()
    [[[4.0, 12.0]]]
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.where(forecast[:, :, None] > 0, quantiles / forecast[:, :, None], 1.0)
    return point[:, :, None] * spread


def misplanned_less(ours: float, simple: float) -> float:
    """How much less stocking by our forecast costs than by a simple one; negative: more. Money a year.

    misplanned_less = planning_regret of the simple forecast - of ours. Source: definition.

    >>> misplanned_less(80.0, 95.0)
    15.0
    """
    return simple - ours


def mean_over_dates(units: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean over the past dates that count: units, (products,) of (products, dates); NaN where no date counts.

    mean_over_dates = sum over dates / number of dates that are not NaN. Source: definition.

    >>> mean_over_dates(np.array([[10.0, 5.0, np.nan], [np.nan, np.nan, np.nan]])).tolist()
    [7.5, nan]
    """
    there = np.isfinite(units)
    count = there.sum(axis=1)
    return np.where(count > 0, np.where(there, units, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)


def usual_error(actual: NDArray[np.float64], forecast: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the forecast of a product was off at past dates: units, (products,); NaN where no date counts.

    usual_error = mean over dates of |actual - forecast|, both (products, dates). Source: mean absolute error.

    >>> usual_error(np.array([[10.0, 6.0], [4.0, np.nan]]), np.array([[8.0, 10.0], [3.5, 4.0]])).tolist()
    [3.0, 0.5]
    """
    return mean_over_dates(np.abs(actual - forecast))


def error_value(error: NDArray[np.float64], worth: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the usual error of a product is worth: money, or units where no value is known, (products,).

    error_value = usual_error x worth of a unit (`unit_worth`). Source: definition.

    >>> error_value(np.array([3.0]), np.array([2.5])).tolist()
    [7.5]
    """
    return error * worth


def mean_errors(
    actual: NDArray[np.float64], forecast: NDArray[np.float64], value: NDArray[np.float64]
) -> pd.DataFrame:
    """Products by the value of their usual error, largest first.

    Columns: position, error, said, came (units, means over the dates), value = mean of |actual - forecast| x value
    of a unit. `actual` and `forecast` (products, dates) in units, NaN where a date does not count; `value`
    (products,) money per unit. Products without a date, an error or a value are left out. Source: definition.

    >>> came, said = np.array([[10.0, 6.0], [4.0, np.nan]]), np.array([[8.0, 10.0], [4.0, 4.0]])
    >>> mean_errors(came, said, np.array([2.0, 5.0])).to_numpy().tolist()
    [[0.0, 3.0, 9.0, 8.0, 6.0]]
    """
    there = np.isfinite(actual) & np.isfinite(forecast)
    error = usual_error(actual, forecast)
    table = pd.DataFrame(
        {
            "position": np.arange(len(actual)),
            "error": error,
            "said": mean_over_dates(np.where(there, forecast, np.nan)),
            "came": mean_over_dates(np.where(there, actual, np.nan)),
            "value": error_value(error, value),
        }
    )
    return table[np.isfinite(table["value"]) & (table["error"] > 0)].sort_values(
        ["value", "error"], ascending=False, kind="stable", ignore_index=True
    )


def unit_worth(items: Items) -> tuple[NDArray[np.float64], str]:
    """What a unit counts where errors are ranked, and the word for it.

    Its cost where most products have one, else its price, else 1. Money per unit, (products,), NaN where unknown.

    >>> from analytics.items import GIVEN, empty_items
    >>> value, word = unit_worth(empty_items(["A", "B"]).with_field("price", [10.0, 20.0], GIVEN))
    >>> value.tolist(), word
    ([10.0, 20.0], 'at price')
    """
    for name, word in (("unit_cost", "at cost"), ("price", "at price")):
        value = np.asarray(items[name], np.float64)
        if np.isfinite(value).mean() > 0.5:
            return value, word
    return np.ones(len(items)), "units"


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
