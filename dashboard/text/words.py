"""Words of the screen: fields, values, verdicts, waits and what to do, from facts, in plain words."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np

from analytics.naming.labels import Strategy, days_text, number_text, percent_text
from analytics.naming.scales import field_words, range_text, value_text
from analytics.naming.verdicts import verdict_text
from analytics.policy.levels import point_text
from analytics.strategy.portfolio.plans_compared import plan_difference
from dashboard.results.facts import Facts

__all__ = [
    "below_cost",
    "counts_of",
    "field_words",
    "how",
    "missing_text",
    "perhaps",
    "plain",
    "range_text",
    "shortened",
    "split_words",
    "value_text",
    "verdict_text",
    "wait_text",
]

#: What is made a link although its marks are escaped; an invisible joiner parts it.
_LINKS = re.compile(r"(?i)https?:(?=//)|www(?=\.)|(?<=\w)@(?=\w)")
_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$~:&^=\"'])")


def plain(text: object) -> str:
    """Text of a file, safe inside Markdown: every mark that could mean something is escaped, and no address becomes a link.

    >>> plain("*A_1*")
    '\\\\*A\\\\_1\\\\*'
    """
    return _MARKS.sub(r"\\\1", _LINKS.sub("\\g<0>\u2060", " ".join(str(text).split())))


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


def missing_text(facts: Facts, i: int | None = None) -> str:
    """What keeps the money shut, of a product or of all living ones: no price, no cost, or neither."""
    rows = ~facts.products["ended"].to_numpy() if i is None else np.arange(len(facts.products)) == i
    price, cost = (
        bool(np.isfinite(np.asarray(facts.items[name], np.float64)[rows]).any())
        for name in ("price", "unit_cost")
    )
    if price and cost:
        return "price and cost are not known together"
    return "no cost is known" if price else "no price is known" if cost else "neither price nor cost is known"


def counts_of(facts: Facts) -> dict[str, int]:
    """Living products by recommended strategy."""
    live = facts.products.loc[~facts.products["ended"], "recommended"]
    return {name: int((live == name).sum()) for name in facts.strategies}


def below_cost(facts: Facts) -> np.ndarray:
    """Living products that lose money on every unit: they stand apart. Shape (products,)."""
    return np.asarray(facts.below_cost & facts.priced & ~facts.products["ended"].to_numpy())


def how(facts: Facts, i: int, strategy: str = "") -> str:
    """What to do for a product, in one line: reorder point and lot, or the days to quote.

    Of the recommended strategy, or of the one named.
    """
    name = strategy or str(facts.products.at[i, "recommended"])
    k = facts.strategies.index(name)
    if facts.products.at[i, "ended"]:
        return "nothing: the product has ended"

    def number(field: str) -> str:
        value = float(
            facts.products[field].to_numpy()[i]
            if not strategy and name == Strategy.MTS
            else facts.policy[field][i, k]
        )
        return f"{value:,.0f}" if value >= 10 or value == round(value) else number_text(value, 2)

    if name == Strategy.MTO:
        way = str(facts.products.at[i, "order_way"])
        return (
            (f"{way}; " if way else "")
            + f"quote {days_text(float(facts.policy['quote_days'][i, k] if strategy else facts.products['quote_days'].to_numpy()[i]))}"
        )
    if not np.isfinite(facts.policy["reorder_point"][i, k]):
        return ""
    lot = float(
        facts.products["order_quantity"].to_numpy()[i]
        if not strategy
        else facts.policy["order_quantity"][i, k]
    )
    if lot == 0.0:
        return point_text(-1.0, lot)
    if name == Strategy.ATO:
        return f"parts for {number('order_up_to_level')} in stock, reorder at {number('reorder_point')}; finish in {days_text(float(facts.policy['quote_days'][i, k]))}"
    large = (
        f"; what is made to order: quote {days_text(float(facts.policy['quote_days'][i, k]))}"
        if name == Strategy.HYBRID
        else ""
    )
    point = float(
        facts.products["reorder_point"].to_numpy()[i] if not strategy else facts.policy["reorder_point"][i, k]
    )
    return (
        (f"reorder at {number('reorder_point')}" if not point < 0.0 else point_text(point))
        + (f", lot {number('order_quantity')}" if lot > 1 else ", one for one")
        + large
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


def wait_text(share: float, median: float, exceeded: float) -> str:
    """How many wait and how long, short.

    >>> wait_text(1.0, 12.0, 17.0), wait_text(0.0, 0.0, 0.0)
    ('100 %, 12 days', 'nobody')
    """
    if not math.isfinite(share):
        return ""
    if not math.isfinite(median):
        return percent_text(share)
    return f"{percent_text(share)}, {days_text(median)}" if share > 0.0005 else "nobody"
