"""The portfolio as a map: margin against how much a product's sales vary from month to month, with the money behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.naming.labels import Strategy, percent_text

__all__ = ["MOST_ON_MAP", "PortfolioMap", "map_finding", "on_map", "portfolio_map", "variation"]

Array = NDArray[np.float64]

#: So many products are drawn one by one, the largest by money.
MOST_ON_MAP = 1_000
#: What lies further out is drawn at the edge.
MARGIN_EDGES, VARIATION_EDGES = (-0.5, 1.0), (0.0, 3.0)
_FEWEST_MONTHS = 3
#: Two groups differ where the larger figure is this much above the smaller.
_DIFFERENT = 1.1


@dataclass(frozen=True, eq=False)
class PortfolioMap:
    """What a map of the portfolio shows, and what it leaves out.

    `products` has one row per product drawn, most money first: row (place in the portfolio), strategy, margin (share of the price), variation and
    months_sold of months_seen (of the last twelve), money (revenue demanded in the next twelve months), and at_margin and at_variation, where it is drawn.
    `smaller` products are not drawn because they are too many, `share` is the share of the money of those drawn in that of both; `unknown` living products
    have no price, no cost or too few months. `beyond` of those drawn lie further out than the map reaches and stand at its edge.
    """

    products: pd.DataFrame
    smaller: int
    share: float
    unknown: int
    beyond: int


def variation(monthly: Array) -> tuple[Array, NDArray[np.int64], NDArray[np.int64]]:
    """How much sales vary from month to month, counted from the first month with sales: (variation, months sold, months seen), each (products,).

    variation = standard deviation of the months (divided by n) / their mean; NaN below three months. `monthly` are units (products, months), oldest first.
    Source: coefficient of variation.

    >>> spread, sold, seen = variation(np.array([[0.0, 4.0, 0.0, 8.0], [0.0, 0.0, 5.0, 5.0]]))
    >>> spread.round(3).tolist(), sold.tolist(), seen.tolist()
    ([0.816, nan], [2, 2], [3, 2])
    """
    begun = np.maximum.accumulate(monthly > 0.0, axis=1)
    seen = begun.sum(axis=1)
    sold = (monthly > 0.0).sum(axis=1)
    n = np.maximum(seen, 1)
    mean = np.where(begun, monthly, 0.0).sum(axis=1) / n
    square = np.where(begun, (monthly - mean[:, None]) ** 2, 0.0).sum(axis=1) / n
    known = (seen >= _FEWEST_MONTHS) & (mean > 0.0)
    return np.where(known, np.sqrt(square) / np.where(mean > 0.0, mean, 1.0), np.nan), sold, seen


def portfolio_map(
    monthly: Array,
    price: ArrayLike,
    unit_cost: ArrayLike,
    money: ArrayLike,
    strategies: ArrayLike,
    living: NDArray[np.bool_],
    most: int = MOST_ON_MAP,
) -> PortfolioMap:
    """The map of the `living` products whose margin and months are known, the `most` largest by money.

    margin = (price - unit cost) / price. `monthly` (products, months) are units of the last twelve months, all else (products,): `money` is revenue
    demanded a year, `strategies` what is recommended. Source: definition.

    >>> found = portfolio_map(np.array([[2.0, 2.0, 2.0], [1.0, 0.0, 5.0], [1.0, 1.0, 1.0]]), [10.0, 8.0, np.nan], [6.0, 6.0, 1.0],
    ...                       [60.0, 48.0, 3.0], ["MTS", "MTO", "MTS"], np.ones(3, bool), most=1)
    >>> found.products[["row", "strategy", "margin", "variation"]].to_numpy().tolist(), found.smaller, round(found.share, 3), found.unknown
    ([[0, 'MTS', 0.4, 0.0]], 1, 0.556, 1)
    """
    prices, costs = np.asarray(price, np.float64), np.asarray(unit_cost, np.float64)
    worth = np.nan_to_num(np.asarray(money, np.float64))
    margin = (prices - costs) / np.where(prices > 0.0, prices, np.nan)
    spread, sold, seen = variation(monthly)
    known = np.flatnonzero(living & np.isfinite(margin) & np.isfinite(spread))
    order = known[np.argsort(-worth[known], kind="stable")]
    drawn = order[:most]
    whole = float(worth[order].sum())
    products = pd.DataFrame(
        {
            "row": drawn,
            "strategy": np.asarray(strategies, object)[drawn],
            "margin": margin[drawn],
            "variation": spread[drawn],
            "months_sold": sold[drawn],
            "months_seen": seen[drawn],
            "money": worth[drawn],
            "at_margin": np.clip(margin[drawn], *MARGIN_EDGES),
            "at_variation": np.clip(spread[drawn], *VARIATION_EDGES),
        }
    )
    beyond = (products["at_margin"] != products["margin"]) | (
        products["at_variation"] != products["variation"]
    )
    return PortfolioMap(
        products,
        len(order) - len(drawn),
        float(worth[drawn].sum()) / whole if whole > 0.0 else 1.0,
        int(living.sum()) - len(known),
        int(beyond.sum()),
    )


def on_map(products: pd.DataFrame, margin: tuple[float, float], variation: tuple[float, float]) -> pd.Series:
    """Which products of a map are drawn within a rectangle, edges included: booleans, one per row.

    `margin` and `variation` are lower and upper edge, as pure numbers, where products are drawn. Source: definition.

    >>> on_map(pd.DataFrame({"at_margin": [0.2, 0.5], "at_variation": [1.0, 1.0]}), (0.1, 0.3), (0.0, 1.0)).tolist()
    [True, False]
    """
    inside = pd.Series(True, index=products.index)
    for name, edges in (("at_margin", margin), ("at_variation", variation)):
        inside &= (products[name] >= min(edges)) & (products[name] <= max(edges))
    return inside


def map_finding(products: pd.DataFrame) -> str:
    """What the map shows in one sentence: whether what leaves the shelf varies more than what is stocked, by the median of each.

    `products` are the rows of `PortfolioMap.products`. Source: medians of the two groups.

    >>> rows = pd.DataFrame({"strategy": ["MTS", "MTS", "MTO"], "variation": [0.4, 0.5, 1.5], "margin": [0.3, 0.3, 0.4]})
    >>> map_finding(rows)
    'What leaves the shelf sells less evenly: typically 150 % variation from month to month, against 45 % of what is stocked'
    """
    stocked = (products["strategy"] == Strategy.MTS).to_numpy()
    if not len(products):
        return ""
    if stocked.all() or not stocked.any():
        where = "stays on the shelf" if stocked.all() else "leaves the shelf"
        return f"Everything {where}: sales typically vary by {percent_text(float(products['variation'].median()))} from month to month"
    away, on = (
        float(products.loc[~stocked, "variation"].median()),
        float(products.loc[stocked, "variation"].median()),
    )
    how = "less evenly" if away > _DIFFERENT * on else "more evenly" if on > _DIFFERENT * away else ""
    if not how:
        return f"Variation does not part them: typically {percent_text(away)} from month to month off the shelf, {percent_text(on)} on it"
    return f"What leaves the shelf sells {how}: typically {percent_text(away)} variation from month to month, against {percent_text(on)} of what is stocked"
