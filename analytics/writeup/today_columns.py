"""The columns of recommendation.csv that say how a product is run today, beside what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Verdict
from analytics.strategy.compare import Comparison
from analytics.strategy.present.counted_as import counted_as
from analytics.strategy.present.present_policy import profit_today, todays_settings, todays_strategies
from analytics.strategy.recommend import Recommendation
from analytics.writeup.from_to import change_of, from_to_words

__all__ = ["TODAY_COLUMNS", "today_columns"]

Array = NDArray[np.float64]

_SETTINGS = ("reorder_point", "order_up_to_level", "order_quantity", "quote_days")
TODAY_COLUMNS = ("today", "counted_as", "profit_today", *(f"today_{name}" for name in _SETTINGS))


def today_columns(
    comparison: Comparison, recommendation: Recommendation, items: Items, planned: Mapping[str, Array]
) -> dict[str, NDArray[Any]]:
    """Today beside what to do, per product (products,): TODAY_COLUMNS, and `change` (a key of CHANGES) and `from_to` in words. `planned` is what to set.

    `today` is the strategy the file names (unknown where it does not), `counted_as` what stands for what it leaves open, `profit_today` the expected money
    of the year run so. For every product that is decided gain_per_year = expected profit of what is counted - profit_today.
    """
    n = len(items)
    today = comparison.today
    out: dict[str, NDArray[Any]] = {f"today_{name}": np.full(n, np.nan) for name in _SETTINGS}
    ended = recommendation.ended
    service = np.full(n, False)
    if today is not None:
        for name, column in todays_settings(today).items():
            out[f"today_{name}"][today.index] = np.where(ended[today.index], np.nan, column)
        service[today.index] = np.isfinite(today.service)
    mode = np.array([str(m).upper() or "unknown" for m in items["current_mode"]], object)
    _, played = todays_strategies(comparison, items)
    base = np.where(recommendation.ended, np.nan, profit_today(comparison, recommendation.baseline))
    names = np.array(comparison.strategies, object)
    was, now = names[recommendation.baseline], names[recommendation.recommended]
    decided = ~recommendation.ended & (recommendation.verdict != Verdict.NOT_DECIDABLE)
    change, words = np.full(n, "", object), np.full(n, "", object)
    for i in np.flatnonzero(~recommendation.ended):
        before = {name: float(out[f"today_{name}"][i]) for name in _SETTINGS}
        after = {name: float(planned[name][i]) for name in _SETTINGS}
        stays = bool(recommendation.as_today[i])
        change[i] = change_of(str(was[i]), str(now[i]), before, after, stays, bool(decided[i]))
        words[i] = from_to_words(
            str(was[i]),
            str(now[i]),
            before,
            after,
            stays,
            "" if played[i] else str(mode[i]),
            bool(service[i]),
        )
    return {
        "today": mode,
        "counted_as": np.where(recommendation.ended, "", counted_as(comparison, items)),
        "profit_today": base,
        **out,
        "change": change,
        "from_to": words,
    }
