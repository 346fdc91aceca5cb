"""Who waits and how long, in words; and names that fit where they stand."""

from __future__ import annotations

import math
from collections.abc import Mapping

from analytics.naming.labels import days_text, percent_text
from analytics.strategy.portfolio.plans_compared import plan_difference

__all__ = ["perhaps", "shortened", "split_words", "wait_text"]


def shortened(name: object, most: int) -> str:
    """A name that fits a narrow column, its end kept: variants of a model differ there.

    >>> shortened("Accelerated, configuration 13, generation 8", 30)
    'Accelerated, … 13, generation 8'
    """
    text = str(name)
    tail = most // 2 + 2
    return (
        text
        if len(text) <= most
        else f"{text[: most - tail].rsplit(' ', 1)[0]} … {text[-tail:].split(' ', 1)[-1]}"
    )


def perhaps(median: float, exceeded: float) -> str:
    """A wait in words.

    >>> perhaps(3.0, 17.5)
    'typically 3 days (1 in 10 over 18)'
    """
    if not math.isfinite(median):
        return "how long is being recomputed"
    return (
        f"typically {days_text(median)} (1 in 10 over {round(exceeded)})"
        if exceeded > median
        else f"typically {days_text(median)}"
    )


def split_words(service: Mapping[str, float], before: Mapping[str, float] | None = None) -> str:
    """Who waits of all orders, in two kinds: who is quoted a wait, and who finds the shelf empty; beside today where that differs by half a point.

    >>> split_words({"share_quoted_a_wait": 0.28, "share_shelf_empty": 0.031}, {"share_quoted_a_wait": 0.0, "share_shelf_empty": 0.033})
    '28 % of orders are quoted a wait (today 0 %) and 3 % find the shelf empty and wait'
    >>> split_words({"share_quoted_a_wait": 0.0, "share_shelf_empty": 0.0})
    'nobody is quoted a wait and nobody finds the shelf empty and waits'
    """
    quoted, empty = service["share_quoted_a_wait"], service["share_shelf_empty"]
    if not math.isfinite(quoted + empty):
        return "who waits is not known, for nothing is sold"

    def today(name: str) -> str:
        differs = before is not None and abs(plan_difference(service[name], before[name])) > 0.005
        return f" (today {percent_text(before[name])})" if before is not None and differs else ""

    told = (
        f"{percent_text(quoted)} of orders are quoted a wait"
        if quoted > 0.0005
        else "nobody is quoted a wait"
    )
    of = "" if quoted > 0.0005 else " of orders"
    found = (
        f"{percent_text(empty)}{of} find the shelf empty and wait"
        if empty > 0.0005
        else "nobody finds the shelf empty and waits"
    )
    return f"{told}{today('share_quoted_a_wait')} and {found}{today('share_shelf_empty')}"


def wait_text(share: float, median: float) -> str:
    """How many wait and how long, short.

    >>> wait_text(1.0, 12.0), wait_text(0.0, 0.0)
    ('100 %, 12 days', 'nobody')
    """
    if not math.isfinite(share):
        return ""
    if not math.isfinite(median):
        return percent_text(share)
    return f"{percent_text(share)}, {days_text(median)}" if share > 0.0005 else "nobody"
