"""Words of the screen: fields, values, verdicts, waits and what to do, from facts, in plain words."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.naming.labels import Strategy, days_text, number_text
from analytics.naming.scales import field_words, range_text, value_text
from analytics.naming.verdicts import verdict_text
from analytics.policy.levels import point_text
from analytics.strategy.present.listing import ways_found
from analytics.writeup.words.waits import perhaps, shortened, split_words, wait_text
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
    "sentence",
    "shortened",
    "split_words",
    "value_text",
    "verdict_text",
    "wait_text",
    "waits_of",
    "ways_of",
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


def sentence(words: str) -> str:
    """Words as a sentence: its first letter large, but that of a file's name; a full stop behind.

    >>> sentence("no date leaves a doubt"), sentence("rules.csv was recognised")
    ('No date leaves a doubt.', 'rules.csv was recognised.')
    """
    named = "." in words.partition(" ")[0]
    return f"{words if named else words[:1].upper() + words[1:]}."


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


def ways_of(facts: Facts) -> NDArray[Any]:
    """What is done for every product as its customers find it (`ways_found`), a strategy each, (products,)."""
    return ways_found(
        facts.products["recommended"].to_numpy(object), facts.products["availability"].to_numpy(object)
    )


def waits_of(products: pd.DataFrame) -> list[str]:
    """How many wait and how long, short, of every row of `Facts.products`."""
    columns = (products[name] for name in ("share_waiting", "wait_days_median"))
    return [wait_text(share, median) for share, median in zip(*columns, strict=True)]


def counts_of(facts: Facts) -> dict[str, int]:
    """Living products by what is done for them (`ways_of`)."""
    live = ways_of(facts)[~facts.products["ended"].to_numpy(bool)]
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
