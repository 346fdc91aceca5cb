"""Stock in money by family and age, and by months of cover: what is drawn of a valued stock."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from analytics.valuation.books.reserve import RULES
from analytics.valuation.excess import average_cover
from analytics.valuation.on_hand import LIVING
from analytics.valuation.valued import ValuedStock

__all__ = [
    "OVER_A_YEAR",
    "ReserveOfRule",
    "older_than",
    "reserve_by_rule",
    "share_of_stock",
    "value_by_cover",
    "value_by_family",
]

#: Days of a year.
OVER_A_YEAR = 365.0
#: Months at which the bands of cover end.
_BANDS = (1.0, 3.0, 6.0, 12.0, 24.0, 36.0)
_REST = "other families"


def older_than(valued: ValuedStock, days: float) -> float:
    """Money of stock that came in more than so many days ago; what is older than the records counts with the age that they reach back.

    Formula: sum of units x unit cost of the layers older than `days`. Money. Source: definition.
    """
    age = valued.age
    here = age.layer_days > days
    return float(np.nansum(age.layer_units[here] * age.unit_cost[age.layer_item[here]]))


def share_of_stock(valued: ValuedStock, amount: float) -> float:
    """What share of the stock in money an amount is; 0 without stock. Free of units. Source: definition."""
    return amount / valued.stock.total if valued.stock.total > 0.0 else 0.0


def value_by_family(valued: ValuedStock, most: int = 10, unnamed: str = "no family") -> pd.DataFrame:
    """Money by family and bucket of age, one row each: family, bucket, order and money; the families with most money first, the others together.

    Only stock with a cost; the money adds up to the stock of the file.
    """
    family = np.array([str(f) or unnamed for f in valued.sold.family], object)
    money = np.nan_to_num(valued.age.value)
    table = pd.DataFrame(money, columns=list(valued.age.names)).groupby(family).sum()
    largest = table.sum(axis=1).sort_values(ascending=False, kind="stable").index
    named = [name if k < most else _REST for k, name in enumerate(largest)]
    table = table.loc[largest].groupby(named, sort=False).sum()
    rows = [
        (name, bucket, k, float(amount))
        for name, row in table.iterrows()
        for k, (bucket, amount) in enumerate(row.items())
        if row.sum() > 0.0
    ]
    return pd.DataFrame(rows, columns=["family", "bucket", "order", "money"])


class ReserveOfRule(NamedTuple):
    """What rests on one rule: how many products, their stock at cost and their reserve, money."""

    rule: str
    products: int
    book_value: float
    reserve: float


def reserve_by_rule(valued: ValuedStock) -> list[ReserveOfRule]:
    """The reserve by the rule that each product's rests on, in the order of RULES; rules of no product are left out.

    Products with stock whose cost is known; stock and reserve add up to those of the file. Source: definition.
    """
    held, rule = np.nan_to_num(valued.stock.book_value), valued.reserved.rule
    kept = np.nan_to_num(valued.reserve)
    counted = (held > 0.0) | (kept > 0.0)
    count, money, reserve = (
        np.bincount(rule[counted], weights, len(RULES))
        for weights in (np.ones(int(counted.sum())), held[counted], kept[counted])
    )
    return [
        ReserveOfRule(name, int(count[k]), float(money[k]), float(reserve[k]))
        for k, name in enumerate(RULES)
        if count[k]
    ]


def value_by_cover(valued: ValuedStock) -> pd.DataFrame:
    """Money and reserve by months of cover of products still sold, a row a band: band, money and reserve; and what cover says nothing of, as the last.

    Cover is stock by the average monthly demand; the money adds up to the stock of the file.
    """
    cover = average_cover(valued.stock.on_hand, valued.monthly_demand)
    living = valued.stock.group == LIVING
    band = np.searchsorted(_BANDS, np.nan_to_num(cover, posinf=np.inf), side="right")
    band = np.where(living, band, len(_BANDS) + 1)
    starts = (0.0, *_BANDS)
    names = [f"{a:g} to {b:g}" for a, b in zip(starts, _BANDS, strict=False)]
    names += [f"over {_BANDS[-1]:g}", "not selling"]
    columns = (np.nan_to_num(valued.stock.book_value), np.nan_to_num(valued.reserve))
    money, reserve = (np.bincount(band, column, len(names)) for column in columns)
    return pd.DataFrame({"band": names, "money": money, "reserve": reserve})
