"""Revenue of every sales line: as the file has it, or price times quantity less discounts; totals of orders are told from those of lines."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.data.lines.rejections import RowFilter
from analytics.data.values.categorical import Coded
from analytics.errors import Problem

__all__ = ["line_revenue"]

Numbers = dict[str, NDArray[np.float64]]


def line_revenue(
    numbers: Numbers,
    order: Coded | None,
    named: Mapping[str, str],
    rows: RowFilter,
    problems: list[Problem],
    assumed: list[str],
) -> NDArray[np.float64]:
    """Revenue of every line (rows,), NaN where not known; how it came about goes to `problems` and `assumed`.

    `numbers` holds a column of numbers by role (quantity, and of revenue, price, discount, discount_pct what there is), `order` the order of every line,
    `named` the name of each role's column. A price column may be used up.
    """
    quantity = numbers["quantity"]
    if "revenue" in numbers and _order_totals(numbers, order, rows.good):
        problems.append(
            Problem(
                "order_totals",
                f"{named['revenue']} holds the total of the order, not of the line: revenue is {named['price']} x quantity",
                "choose another column as revenue if that is wrong",
                column=named["revenue"],
            )
        )
        return _from_price(numbers, named, rows, problems, assumed)
    if "revenue" not in numbers:
        return _from_price(numbers, named, rows, problems, assumed)
    revenue = numbers["revenue"].copy()
    blank = np.isnan(revenue) & rows.good
    if blank.any():
        first, count = int(rows.table.row[int(np.argmax(blank))]), int(blank.sum())
        if "price" in numbers:
            revenue[blank] = (numbers["price"] * quantity)[blank]
            problems.append(
                Problem(
                    "revenue_blank",
                    f"lines without revenue count with {named['price']} x quantity",
                    "fill in the revenue",
                    first,
                    named["revenue"],
                    count=count,
                )
            )
        else:
            problems.append(
                Problem(
                    "revenue_blank",
                    "lines without revenue count in units only",
                    "fill in the revenue",
                    first,
                    named["revenue"],
                    count=count,
                )
            )
    opposite = (quantity < 0) & (revenue > 0) & rows.good
    if opposite.any() and not ((quantity < 0) & (revenue < 0)).any():
        revenue[(quantity < 0) & (revenue > 0)] *= -1.0
        assumed.append(
            f"revenue of {int(opposite.sum())} returns is written without sign and was counted as negative"
        )
    refunded = (quantity > 0) & (revenue < 0) & rows.good
    if refunded.any():
        words = (
            "lines with units above zero and revenue below zero: the units are counted as sold, as they stand"
        )
        first = int(rows.table.row[int(np.argmax(refunded))])
        problems.append(
            Problem(
                "negative_revenue",
                words,
                "if goods came back, write their units with a minus",
                first,
                named["revenue"],
                count=int(refunded.sum()),
            )
        )
    return revenue


def _order_totals(numbers: Numbers, order: Coded | None, good: NDArray[np.bool_]) -> bool:
    """Whether the revenue is the total of the order, on its first line or repeated on every line, and not that of the line."""
    revenue, price = numbers["revenue"], numbers.get("price")
    if order is None or price is None or not good.any():
        return False
    lines = order.counts()[order.codes] > 1
    line = price * numbers["quantity"]
    here = lines & good & ~np.isnan(line) & (line != 0)
    if here.sum() < 3:
        return False
    filled = np.bincount(order.codes, weights=~np.isnan(revenue), minlength=len(order.values))
    first_only = (filled[order.codes] == 1) & (order.counts()[order.codes] > 1)
    if np.isnan(revenue[here]).mean() > 0.2 and first_only[here].mean() > 0.8:
        return True
    known = here & ~np.isnan(revenue)
    high, low = np.full(len(order.values), -np.inf), np.full(len(order.values), np.inf)
    np.maximum.at(high, order.codes[known], revenue[known])
    np.minimum.at(low, order.codes[known], revenue[known])
    same = (high == low)[order.codes]
    total = np.bincount(order.codes, weights=np.where(here, line, 0.0), minlength=len(order.values))[
        order.codes
    ]
    differs = np.abs(line - revenue) > 0.3 * np.abs(revenue)
    near = np.abs(total - revenue) < 0.35 * np.abs(total)
    return bool(known.any() and same[known].mean() > 0.95 and (differs & near)[known].mean() > 0.6)


def _from_price(
    numbers: Numbers, named: Mapping[str, str], rows: RowFilter, problems: list[Problem], assumed: list[str]
) -> NDArray[np.float64]:
    """Price times quantity less the discount, where the file has no revenue of lines."""
    quantity = numbers["quantity"]
    if "price" not in numbers:
        return np.full(len(quantity), np.nan)
    blank = np.isnan(numbers["price"])
    if blank.any() and (blank := blank & rows.good).any():
        problems.append(
            Problem(
                "price_blank",
                "lines without a price count in units only",
                "fill in the price",
                int(rows.table.row[int(np.argmax(blank))]),
                named["price"],
                count=int(blank.sum()),
            )
        )
    price = numbers["price"]
    if "discount_pct" in numbers:
        share = np.nan_to_num(numbers["discount_pct"])
        if np.abs(share).max(initial=0.0) > 1.0:
            share = share / 100.0
        assumed.append(f"revenue = {named['price']} x quantity x (1 - {named['discount_pct']})")
        return price * quantity * (1.0 - share)
    if "discount" in numbers:
        assumed.append(f"revenue = {named['price']} x quantity - {named['discount']}")
        return price * quantity - np.nan_to_num(numbers["discount"])
    assumed.append(f"revenue = {named['price']} x quantity")
    return np.multiply(
        quantity, price, out=numbers.pop("price")
    )  # in its place: fresh memory costs more than the multiplication
