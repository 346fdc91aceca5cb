"""Stock on hand in words: the finding, its parts, what becomes cash, and how long a product's stock lasts."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from analytics.naming.labels import money_text, number_text
from analytics.strategy.money.thresholds import STOCK_SHARE, worth_telling
from analytics.valuation.on_hand import StockFacts
from analytics.writeup.words.waits import shortened

__all__ = [
    "FIRM_ENDED",
    "NO_FAMILY", "PART_WORDS", "amount_text", "cash_sentence", "cover_text", "lost_sentence", "most_written_off", "parts_sentence", "slow_title", "stock_title", "units_text",
    "unknown_sentence",
]  # fmt: skip

#: The line of products of which no family is known.
NO_FAMILY = "no family"


#: What ended products' stock is where firm orders take some of it.
FIRM_ENDED = "ended products: lost whatever is chosen, but for firm orders"
PART_WORDS = {
    "living": "products still sold",
    "ended": "ended products: lost whatever is chosen",
    "never_sold": "in the items file, never sold",
    "unknown_sku": "unknown SKU: in the list of stock, in no other file",
    "without_cost": "no cost known: in no sum",
    "below_zero": "booked below zero: in no sum",
    "consignment": "on consignment, not your own: in no sum",
    "unknown": "no stock on record: in no sum",
}


def amount_text(value: float) -> str:
    """An amount with all its digits.

    >>> amount_text(20092679.1712), amount_text(float("nan"))
    ('20,092,679.17', 'unknown')
    """
    return f"{value:,.2f}" if math.isfinite(value) else "unknown"


def units_text(units: float) -> str:
    """Units with all their digits.

    >>> units_text(250808.0), units_text(2.5), units_text(float("nan"))
    ('250,808', '2.5', 'unknown')
    """
    return f"{units:,.3f}".rstrip("0").rstrip(".") if math.isfinite(units) else "unknown"


def cover_text(months: float) -> str:
    """How long stock lasts.

    >>> cover_text(82.4), cover_text(0.4), cover_text(float("inf"))
    ('82 months', 'under a month', 'over ten years')
    """
    if math.isnan(months):
        return "unknown"
    if math.isinf(months):
        return "over ten years"
    return "under a month" if months < 1.0 else "1 month" if round(months) == 1 else f"{months:.0f} months"


def _products(count: int) -> str:
    return "1 product" if count == 1 else f"{count:,} products"


def stock_title(stock: StockFacts, currency: str) -> str:
    """The finding: how much lies there today, and what of it is slow or lost."""
    if not stock.known:
        return "No stock on hand in these files: nothing is said of cash, slow or lost stock"
    if not np.isfinite(stock.book_value).any():
        return f"{number_text(float(np.nansum(stock.on_hand)))} units in stock today, without a cost: no money is known"
    found = f"{money_text(stock.total, currency, 3)} in stock today"
    more = []
    if worth_telling(stock.slow, stock.total, STOCK_SHARE):
        more.append(f"{number_text(stock.slow)} is more than a year of sales")
    if worth_telling(stock.ended, stock.total, STOCK_SHARE):
        more.append(f"{number_text(stock.ended)} lies on ended products")
    return (
        f"{found}: {' and '.join(more)}"
        if more
        else f"{found}: nothing beyond a year of sales, nothing on ended products"
    )


def slow_title(stock: StockFacts) -> str:
    """How many products hold more than a year of sales, and how long the largest of them lasts."""
    count, first = len(stock.slowest), stock.slowest[0]
    holds = "product holds" if count == 1 else "products hold"
    return f"{count:,} {holds} more than a year of sales; {shortened(stock.names[first], 34)} lasts {cover_text(stock.cover_months[first])}"


def parts_sentence(stock: StockFacts, currency: str) -> str:
    """Today's stock and its parts to the last digit, and what stands in no sum."""
    names = {
        "living": "on products still sold",
        "ended": "on ended products",
        "never_sold": "on products never sold",
        "unknown_sku": "of SKUs that no other file knows",
    }
    counted = [
        f"{amount_text(part.money)} {names[part.name]}"
        for part in stock.parts
        if part.counted and part.products
    ]
    text = f"At unit cost, from your items file: {amount_text(stock.total)} {currency}".rstrip() + (
        f" = {' + '.join(counted)}." if counted else "."
    )
    return f"{text} {unknown_sentence(stock)}".strip()


def unknown_sentence(stock: StockFacts) -> str:
    """What is in no sum: no cost, below zero, no record, each counted."""
    parts = {part.name: part for part in stock.parts}
    said = []
    if (part := parts["without_cost"]).products:
        said.append(f"{units_text(part.units)} units of {_products(part.products)} without a cost")
    if (part := parts["below_zero"]).products:
        said.append(
            f"{_products(part.products)} booked below zero ({units_text(part.units)} units, {amount_text(part.money)})"
        )
    if (part := parts["consignment"]).products:
        said.append(
            f"{_products(part.products)} on consignment ({units_text(part.units)} units, {amount_text(part.money)})"
        )
    if stock.unknown_sold:
        said.append(f"{_products(stock.unknown_sold)} sold without a stock record")
    return f"In no sum: {'; '.join(said)}." if said else ""


def lost_sentence(stock: StockFacts, currency: str) -> str:
    """What is lost whatever is chosen, and what is only slow."""
    said = []
    if stock.lost_value > 0.0:
        whose = _products(len(stock.lost)).replace("product", "ended product")
        said.append(
            f"Lost whatever you choose, and not counted: {money_text(stock.lost_value, currency, 3)} of stock of {whose}, at cost."
        )
    if worth_telling(stock.slow, stock.total, STOCK_SHARE):
        count = len(stock.slowest)
        said.append(
            f"Slow, not lost: {money_text(stock.slow, currency, 3)} of {_products(count)} beyond a year of expected sales."
        )
    return " ".join(said)


def cash_sentence(stock: StockFacts, money: str, strong: Callable[[str], str] = str) -> str:
    """What of today's stock becomes cash, once, and what must be bought; nothing where no stock is known. `strong` marks what stands out."""
    way = stock.transition
    if not stock.known or stock.total <= 0.0:
        return ""
    free, tied = (
        worth_telling(part, stock.total, STOCK_SHARE) for part in (way.cash_released, way.must_be_bought)
    )
    within = "1 month" if way.months == 1 else f"{way.months} months"
    if free:
        bought = (
            f"; {money_text(way.must_be_bought, money, 3)} is bought where the plan holds more than is there"
            if tied
            else ""
        )
        left = float(way.not_cash.sum())
        unsold = (
            f", {number_text(left)} will not sell" if worth_telling(left, stock.total, STOCK_SHARE) else ""
        )
        settles = f"; {number_text(way.kept_by_plan + way.must_be_bought)} lies there in steady state{unsold}"
        return (
            f"Once, {strong(money_text(way.cash_released, money, 3))} of the {money_text(stock.total, money, 3)} in stock today"
            f" {strong('becomes cash')} within {within}{bought}{settles}."
        )
    return (
        f"Once, it {strong(f'ties up {money_text(way.must_be_bought, money, 3)}')} where the plan holds more than the {money_text(stock.total, money, 3)} in stock today."
        if tied
        else ""
    )


def most_written_off(table: pd.DataFrame) -> str:
    """Where most of the write-off of the mix lies, by `by_family`: the family with most, or that the file names none."""
    named = table[table["family"] != NO_FAMILY]
    if not len(named):
        return "The file names no families: write-off of all products"
    top = named.iloc[0]
    if top["mix"] < 0.5:
        return "No family has a write-off to speak of"
    of = f"{number_text(float(top['mix']), 2)} of {number_text(float(table['mix'].sum()), 2)} of the expected write-off lie"
    if len(named) < len(table):
        return f"Of the families most is to be written off in {top['family']}: {of} there"
    return f"Most is to be written off in {top['family']}: {of} there"
