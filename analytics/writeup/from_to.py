"""From -> to: what is set today beside what to do, in one line per product; pages and files say the same words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics.naming.labels import Strategy, days_text, units_text
from analytics.policy.levels import point_text

__all__ = ["CHANGES", "change_of", "from_to_words", "top_changes"]

#: Kinds of change, with the heading of their list.
CHANGES = {
    "switch": "Other strategy", "stop": "No longer stocked", "increase": "More stock", "decrease": "Less stock", "quote": "Other quote", "keep": "Kept as it is",
    "": "Nothing to decide",
}  # fmt: skip
_SHORT: Mapping[str, str] = {
    Strategy.MTS: "stock",
    Strategy.ATO: "assemble",
    Strategy.MTO: "order",
    Strategy.HYBRID: "split orders",
}


def _settings_text(strategy: str, at: Mapping[str, float]) -> str:
    """What is set for a strategy: reorder point and lot, or days quoted; "" where nothing is known."""
    parts = []
    if strategy != Strategy.MTO and at["order_quantity"] == 0.0:
        parts.append(point_text(at["reorder_point"], 0.0))
    elif strategy != Strategy.MTO and np.isfinite(at["reorder_point"]):
        parts += [
            f"reorder point {point_text(at['reorder_point'])}",
            f"lot {units_text(at['order_quantity'])}",
        ]
    if strategy == Strategy.MTO and at["order_quantity"] > 0.0:
        rest = ", rest to stock" if at["order_up_to_level"] > 0.0 else ""
        parts.append(f"in batches of {units_text(at['order_quantity'])}{rest}")
    if strategy in (Strategy.MTO, Strategy.HYBRID) and np.isfinite(at["quote_days"]):
        parts.append(f"quote {days_text(at['quote_days'])}")
    return ", ".join(parts)


def change_of(
    was: str,
    now: str,
    before: Mapping[str, float],
    after: Mapping[str, float],
    as_today: bool,
    decided: bool = True,
) -> str:
    """Which kind of change it is (a key of CHANGES): of the strategy, else of the highest position that is ordered up to, else of the quote.

    >>> nothing = {"reorder_point": float("nan"), "order_up_to_level": float("nan"), "order_quantity": float("nan"), "quote_days": 20.0}
    >>> stock = {"reorder_point": 20.0, "order_up_to_level": 60.0, "order_quantity": 40.0, "quote_days": float("nan")}
    >>> change_of("MTS", "MTO", stock, nothing, False), change_of("MTS", "MTS", stock, {**stock, "order_up_to_level": 50.0}, False)
    ('stop', 'decrease')
    """
    if not decided:
        return ""
    if as_today:
        return "keep"
    if was != now:
        # what is left of a batch that an order has started still lies in stock
        return "stop" if now == Strategy.MTO and not after["order_up_to_level"] > 0.0 else "switch"
    if now == Strategy.MTO:
        return "quote" if before["quote_days"] != after["quote_days"] else "keep"
    return (
        "increase"
        if after["order_up_to_level"] > before["order_up_to_level"]
        else "decrease"
        if after["order_up_to_level"] < before["order_up_to_level"]
        else "keep"
    )


def from_to_words(
    was: str,
    now: str,
    before: Mapping[str, float],
    after: Mapping[str, float],
    as_today: bool,
    said: str = "",
    assumed: bool = False,
) -> str:
    """Today's way -> what to do, in one line.

    `was` and `now` name strategies, `before` and `after` what is set for them; `said` is what the file
    says where that is not what today is counted as (unknown: nothing); `assumed`: today's levels are not
    of the file.

    >>> stock = {"reorder_point": 20.0, "order_up_to_level": 60.0, "order_quantity": 40.0, "quote_days": float("nan")}
    >>> from_to_words("MTS", "MTS", stock, {**stock, "reorder_point": 35.0, "order_quantity": 25.0}, False)
    'Stock: reorder point 20 -> 35, lot 40 -> 25'
    >>> to_order = {"quote_days": 21.0, "order_quantity": float("nan")}
    >>> from_to_words("MTS", "MTO", stock, {**stock, **to_order}, False, assumed=True)
    'Stock, reorder point 20, lot 40 (assumed) -> order, quote 21 days'
    >>> from_to_words("MTS", "MTS", stock, stock, True)
    'Stock, as today: reorder point 20, lot 40'
    """
    counted = (
        _SHORT[was]
        if not said
        else f"{'not known' if said == 'unknown' else _SHORT.get(said, said)}, counted as {_SHORT[was]}"
    )
    start = counted[:1].upper() + counted[1:]
    mark = " (assumed)" if assumed else ""
    here = _settings_text(was, before)
    if as_today:
        return f"{start}, as today" + (f": {here}{mark}" if here else "")
    if was != now:
        there = _settings_text(now, after)
        return (
            start
            + (f", {here}{mark}" if here else "")
            + f" -> {_SHORT[now]}"
            + (f", {there}" if there else "")
        )
    steps = []
    if now != Strategy.MTO and after["order_quantity"] == 0.0 and np.isfinite(before["reorder_point"]):
        return f"{start}: {_settings_text(was, before)}{mark} -> {_settings_text(now, after)}"
    for name, label, text in (
        ("reorder_point", "reorder point", point_text),
        ("order_quantity", "lot", units_text),
    ):
        one, other = before[name], after[name]
        if now == Strategy.MTO or not np.isfinite(one) or not np.isfinite(other):
            continue
        steps.append(f"{label} {text(one)}" + (f" -> {text(other)}" if text(one) != text(other) else ""))
    if (
        now in (Strategy.MTO, Strategy.HYBRID)
        and np.isfinite(before["quote_days"])
        and round(before["quote_days"]) != round(after["quote_days"])
    ):
        steps.append(f"quote {round(before['quote_days'])} -> {days_text(after['quote_days'])}")
    return (
        start
        + (f": {', '.join(steps)}" if steps else "")
        + (" (today's assumed)" if assumed and steps else "")
    )


def top_changes(table: pd.DataFrame, change: str, most: int = 5) -> pd.DataFrame:
    """The products of one kind of change that come first, of a table with the columns change, gain_per_year and worth (see `shrunk_gain`)."""
    return (
        table[(table["change"] == change) & (table["gain_per_year"] > 0.0)]
        .sort_values("worth", ascending=False, kind="stable")
        .head(most)
    )
