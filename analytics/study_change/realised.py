"""What an earlier study promised for products that were switched as it said, against what came, as far as the files know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.study_change.kept import KeptStudy
from analytics.study_change.promised import study_promised

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["Realised", "study_realised"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Realised:
    """Products switched as the earlier study said, (products,) arrays over `skus`: the way they were run and are run now, as strategies.

    Promised for the `days` in between: `promised_units` asked for, `promised_margin` on them at the prices and costs of then,
    `promised_stock` the average stock of the year at cost, `promised_gain` that share of the yearly gain; money and units. What came:
    `units_sold`, their `margin` (revenue less units at today's unit cost), `stock_at_cost` on the day of the files. NaN: not known.
    `other_way` counts products whose way is known to have changed, but not as was said; `unknown_way` those of which it is not told
    today or was not then.
    """

    skus: NDArray[np.object_]
    was: NDArray[np.object_]
    run_as: NDArray[np.object_]
    promised_units: Array
    units_sold: Array
    promised_margin: Array
    margin: Array
    promised_stock: Array
    stock_at_cost: Array
    promised_gain: Array
    days: int
    other_way: int
    unknown_way: int


def study_realised(kept: KeptStudy, study: Study) -> Realised:
    """What was promised and what came of every product that is now run as the earlier study said, and was not before; (products,) money, units.

    A product counts as switched where today's strategy is given in both files, another than before, and the one recommended then.
    What it would have earned without the switch is in no file: that the gain came true cannot be known, and is not said.
    """
    then, now = kept.promised, study_promised(study)
    place = {str(sku): i for i, sku in enumerate(now.skus)}
    at = np.array([place.get(str(sku), -1) for sku in then.skus], np.intp)
    both = at >= 0
    to_do = both & (then.recommended != "") & (then.recommended != then.today)
    told = both & (then.numbers["today_known"] > 0.0) & (now.numbers["today_known"][np.maximum(at, 0)] > 0.0)
    ways = now.today[np.maximum(at, 0)]
    moved = told & (ways != then.today)
    done = np.flatnonzero(moved & to_do & (ways == then.recommended))
    rows = at[done]
    days = int((study.history.report.last_date.astype("datetime64[D]") - kept.last_date).astype(int))
    units, money = _sold_since(study, kept.last_date, [str(sku) for sku in then.skus[done]])
    cost = now.numbers["unit_cost"][rows]
    asked = then.expected(days)[done]
    earned = then.numbers["price"][done] - then.numbers["unit_cost"][done]
    return Realised(
        then.skus[done],
        then.today[done],
        ways[done],
        asked,
        units,
        asked * earned,
        money - units * cost,
        then.numbers["stock_units"][done] * then.numbers["unit_cost"][done],
        np.asarray(study.items["on_hand"], np.float64)[rows] * cost,
        then.numbers["gain"][done] * days / 365.0 if days <= 365 else np.full(len(done), np.nan),
        days,
        int((moved & ~(to_do & (ways == then.recommended))).sum()),
        int((to_do & ~told).sum()),
    )


def _sold_since(study: Study, day: np.datetime64, skus: list[str]) -> tuple[Array, Array]:
    """Units sold after a day, less those returned, and what they brought (NaN where a line does not say), by SKU."""
    history = study.history
    words = {str(sku): i for i, sku in enumerate(history.skus)}
    at = np.array([words[sku] for sku in skus], np.intp)
    later = history.date.astype("datetime64[D]") > day
    codes, count = history.sku[later], len(history.skus)
    units: Array = np.bincount(codes, history.quantity[later], count).astype(np.float64)
    money: Array = np.bincount(codes, history.revenue[later], count).astype(np.float64)
    return units[at], money[at]
