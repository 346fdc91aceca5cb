"""A rule of one's own, such as "over 1,500 in price and fewer than 6 orders a month: make to order, else to stock", as a plan beside the others.

What a rule may ask is known of every product before anything is computed: price, unit cost, orders and units a month or a year, lead time.
Orders and units are those expected over the coming year. The plan is played on the same simulated years as all others.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.errors import DataError, Problem
from analytics.items import Items
from analytics.naming.labels import Strategy, number_text, strategy_text
from analytics.strategy.compare import Comparison
from analytics.strategy.what_if.decision_tree_rule import rule_features

__all__ = ["ASKED_OF", "Condition", "OwnRule", "RuleMatch", "matched", "read_rule", "rule_columns"]

Array = NDArray[np.float64]

#: What a rule may ask of a product, in words above a limit and below it; {} is the limit.
ASKED_OF: Final[Mapping[str, tuple[str, str]]] = {
    "price": ("over {} in price", "under {} in price"),
    "unit_cost": ("over {} in unit cost", "under {} in unit cost"),
    "orders_per_month": ("more than {} orders a month", "fewer than {} orders a month"),
    "orders_per_year": ("more than {} orders a year", "fewer than {} orders a year"),
    "units_per_month": ("more than {} units a month", "fewer than {} units a month"),
    "units_per_year": ("more than {} units a year", "fewer than {} units a year"),
    "lead_weeks": ("more than {} weeks to replenish", "fewer than {} weeks to replenish"),
}
#: The longest rule, and the largest limit.
MOST_CONDITIONS, LARGEST = 4, 1e12
_MONEY = ("price", "unit_cost")
_DOES: Final[Mapping[str, Strategy]] = {
    "order": Strategy.MTO,
    "stock": Strategy.MTS,
    "assemble": Strategy.ATO,
}
_PART = re.compile(r"\s*(\w+)\s*([<>])\s*(\S+)\s*")
_EXAMPLE = "price > 1500 and orders_per_month < 6: order"


class Condition(NamedTuple):
    """A question to a product: whether `feature` of ASKED_OF is above `limit`, or below it; exactly the limit is neither."""

    feature: str
    above: bool
    limit: float


@dataclass(frozen=True)
class OwnRule:
    """Products that meet every one of `conditions` are run by `strategy` (to order, to stock or assembled), all others by the `other`."""

    conditions: tuple[Condition, ...]
    strategy: Strategy

    @property
    def text(self) -> str:
        """The rule as it is typed.

        >>> read_rule("orders_per_month<6 and price>1500 : order").text
        'orders_per_month < 6 and price > 1500: order'
        """
        asked = (f"{c.feature} {'>' if c.above else '<'} {c.limit:.15g}" for c in self.conditions)
        does = next(word for word, strategy in _DOES.items() if strategy == self.strategy)
        return f"{' and '.join(asked)}: {does}"

    @property
    def other(self) -> Strategy:
        """What is done with all other products: to stock, or to order where the rule stocks those it meets."""
        return Strategy.MTO if self.strategy == Strategy.MTS else Strategy.MTS

    def words(self, currency: str = "") -> str:
        """The rule in a sentence.

        >>> read_rule("price > 1500 and orders_per_month < 6: order").words("USD")
        'Over 1,500 USD in price and fewer than 6 orders a month: make to order; all others: make to stock.'
        """
        asked = []
        for c in self.conditions:
            limit = f"{c.limit:,.12g}" + (f" {currency}" if c.feature in _MONEY and currency else "")
            asked.append(ASKED_OF[c.feature][0 if c.above else 1].format(limit))
        said = " and ".join(asked)
        return f"{said[:1].upper()}{said[1:]}: {strategy_text(self.strategy)}; all others: {strategy_text(self.other)}."


class RuleMatch(NamedTuple):
    """What a rule says of every product: `strategy` (products,) as positions, a product not offered its strategy stays to stock.

    `products` meet the conditions of the `living` ones, `not_offered` of all living ones cannot be run as the rule says, `unknown`
    know one of the figures that are asked for not, and meet no condition on it.
    """

    strategy: NDArray[np.intp]
    products: int
    living: int
    not_offered: int
    unknown: int


def _fault(words: str, found: str, remedy: str = f"write it such as {_EXAMPLE}") -> DataError:
    return DataError(
        Problem("rule", words, remedy, found=found, expected="CONDITIONS: order, stock or assemble")
    )


def read_rule(text: str) -> OwnRule:
    """A rule as it is typed: conditions joined by "and", a colon, and order, stock or assemble for those that meet them.

    Raises DataError for what is none, with what was expected.

    >>> read_rule("price > 1500: order").conditions
    (Condition(feature='price', above=True, limit=1500.0),)
    """
    asked, colon, does = text.rpartition(":")
    if not colon or does.strip() not in _DOES:
        raise _fault("a rule says after a colon what is done: order, stock or assemble", text)
    parts = re.split(r"\band\b", asked)
    if len(parts) > MOST_CONDITIONS:
        raise _fault(f"a rule asks at most {MOST_CONDITIONS} questions", text, "ask fewer")
    conditions = []
    for part in parts:
        found = _PART.fullmatch(part)
        if found is None or found[1] not in ASKED_OF:
            raise _fault(f"{part.strip() or 'nothing'} is no question to a product", text,
                         f"ask for {', '.join(ASKED_OF)}, each with < or > and a number")  # fmt: skip
        try:
            limit = float(found[3])
        except ValueError:
            limit = math.nan
        if not 0.0 <= limit <= LARGEST:
            raise _fault(
                f"{found[3]} is no limit", text, f"write a number from 0 to {LARGEST:g}, without separators"
            )
        conditions.append(Condition(found[1], found[2] == ">", limit))
    return OwnRule(tuple(conditions), _DOES[does.strip()])


def rule_columns(comparison: Comparison, items: Items) -> dict[str, Array]:
    """What a rule may ask, per product (products,); NaN where it is not known."""
    known = rule_features(comparison, items)
    return {
        "price": known["price"],
        "unit_cost": np.asarray(items["unit_cost"], np.float64),
        "orders_per_month": known["orders_per_month"],
        "orders_per_year": 12.0 * known["orders_per_month"],
        "units_per_month": known["units_per_month"],
        "units_per_year": 12.0 * known["units_per_month"],
        "lead_weeks": known["lead_weeks"],
    }


def matched(rule: OwnRule, comparison: Comparison, items: Items, ended: NDArray[np.bool_]) -> RuleMatch:
    """What the rule says of every product; `ended` (products,) are no longer sold and do not count.

    Raises DataError where no living product meets the conditions, or all do: then it is no rule, but a plan that stands beside it already.
    """
    columns, living = rule_columns(comparison, items), ~ended
    meets, unknown = living.copy(), np.zeros(len(items), bool)
    for feature, above, limit in rule.conditions:
        column = columns[feature]
        unknown |= np.isnan(column) & living
        with np.errstate(invalid="ignore"):
            meets &= (column > limit) if above else (column < limit)
    count, of = int(meets.sum()), int(living.sum())
    if count in (0, of):
        ranges = []
        for feature in dict.fromkeys(c.feature for c in rule.conditions):
            column = columns[feature][living & np.isfinite(columns[feature])]
            words = feature.replace("_", " ")
            ranges.append(
                f"{words} runs from {number_text(float(column.min()))} to {number_text(float(column.max()))}"
                if len(column)
                else f"{words} is not known of any product"
            )
        who = "none" if not count else "all"
        raise DataError(
            Problem(
                "rule",
                f"the rule {rule.text} matches {who} of {of:,} products",
                f"choose other limits: {'; '.join(ranges)}",
                found=f"{count:,} of {of:,} products",
                expected="some products, not all",
            )
        )
    if rule.strategy not in comparison.strategies:
        raise DataError(
            Problem(
                "rule",
                "no product can be assembled to order",
                "give component shares, component families or a bill of materials, or choose order or stock",
                found=rule.text,
                expected="a strategy that some product can be run by",
            )
        )
    wanted = np.where(
        meets, comparison.strategies.index(rule.strategy), comparison.strategies.index(rule.other)
    )
    offered = np.stack([comparison.chosen[name].offered for name in comparison.strategies], axis=1)
    cannot = ~offered[np.arange(len(items)), wanted]
    stock = comparison.strategies.index(Strategy.MTS)
    return RuleMatch(
        np.where(cannot, stock, wanted).astype(np.intp),
        count,
        of,
        int((cannot & living).sum()),
        int(unknown.sum()),
    )
