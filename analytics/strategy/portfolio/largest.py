"""The largest products and customers: what is at stake, how many carry most of it, and by family."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.naming.labels import Strategy

__all__ = [
    "money_at_stake", "order_over_stock", "order_over_stock_by_family", "revenue_demanded",
    "share_of_first",
]  # fmt: skip

Array = NDArray[np.float64]


def share_of_first(amounts: ArrayLike, count: int) -> float:
    """The share of a sum that its first `count` amounts carry; 0 where the sum is 0.

    share_of_first = sum of the first / sum of all. `amounts` (rows,) in one unit. Source: definition.

    >>> share_of_first([6.0, 3.0, 1.0], 2), share_of_first([0.0], 1)
    (0.9, 0.0)
    """
    given = np.asarray(amounts, np.float64)
    whole = float(given.sum())
    return float(given[:count].sum()) / whole if whole > 0.0 else 0.0


def money_at_stake(profit: Array) -> Array:
    """What choosing badly would cost: the best way's profit less that of the worst. Money a year, (products,).

    money_at_stake = largest - smallest profit; 0 where no money is known.
    `profit` (products, strategies), NaN where one is not offered. Source: definition.

    >>> money_at_stake(np.array([[10.0, 7.0, np.nan], [np.nan, np.nan, np.nan]])).tolist()
    [3.0, 0.0]
    """
    known = np.isfinite(profit)
    best = np.where(known, profit, -np.inf).max(axis=1)
    worst = np.where(known, profit, np.inf).min(axis=1)
    return np.where(known.any(axis=1), best, 0.0) - np.where(known.any(axis=1), worst, 0.0)


def revenue_demanded(units: Array, price: Array) -> Array:
    """What all that is asked for in a year would bring. Money a year, (products,).

    revenue_demanded = units demanded x price. Unknown units count as 0, an unknown price as 1, so that
    products without a price are ranked by units. Source: definition.

    >>> revenue_demanded(np.array([10.0, np.nan, 4.0]), np.array([2.5, 3.0, np.nan])).tolist()
    [25.0, 0.0, 4.0]
    """
    return np.nan_to_num(units) * np.nan_to_num(price, nan=1.0)


def order_over_stock(profit: Array, stock: int) -> tuple[Array, NDArray[np.intp]]:
    """What the better of a product's other ways earns more than to stock, and which way that is.

    order_over_stock = best profit of all but to stock - profit to stock (position `stock`).
    Money a year and position, both (products,); not finite where either is unknown. `profit` (products, strategies), NaN where one is not offered. Source: definition.

    >>> more, way = order_over_stock(np.array([[10.0, 7.0, 12.0], [5.0, 6.0, np.nan]]), 0)
    >>> more.tolist(), way.tolist()
    ([2.0, 1.0], [2, 1])
    """
    others = np.array([k for k in range(profit.shape[1]) if k != stock])
    choices = np.where(np.isfinite(profit[:, others]), profit[:, others], -np.inf)
    return choices.max(axis=1) - profit[:, stock], others[choices.argmax(axis=1)]


def order_over_stock_by_family(
    profit: Array, strategies: Sequence[str], families: Sequence[str], living: NDArray[np.bool_], most: int
) -> pd.DataFrame:
    """To order minus to stock by family, each product at the better of its other ways.

    Columns: family, difference (money a year), products, strategy. The difference is the sum of `order_over_stock`
    over the `living` products (products,) whose money is known, most first; `strategy` is the way that most of
    that money hangs on, to stock where stock wins. Of more than `most` families the smallest stand together.
    `profit` (products, strategies), `families` one per product. Source: definition.

    >>> profit, live = np.array([[10.0, 7.0], [5.0, 6.5], [1.0, 2.0]]), np.ones(3, bool)
    >>> order_over_stock_by_family(profit, ("MTS", "MTO"), ["a", "b", "b"], live, 9).to_numpy().tolist()
    [['b', 2.5, 2, 'MTO'], ['a', -3.0, 1, 'MTS']]
    """
    difference, way = order_over_stock(profit, list(strategies).index(Strategy.MTS))
    table = pd.DataFrame(
        {"family": families, "difference": difference, "strategy": np.array(strategies, object)[way]}
    )[living & np.isfinite(difference)]
    if not len(table):
        return pd.DataFrame(columns=["family", "difference", "products", "strategy"])
    sums = table.groupby("family")["difference"].agg(["sum", "size"])
    main = (
        table.assign(weight=table["difference"].abs())
        .groupby(["family", "strategy"])["weight"]
        .sum()
        .reset_index()
        .sort_values("weight")
        .drop_duplicates("family", keep="last")
        .set_index("family")["strategy"]
    )
    out = pd.DataFrame(
        {"family": sums.index, "difference": sums["sum"].to_numpy(), "products": sums["size"].to_numpy()}
    )
    out["strategy"] = [
        str(main[f]) if d >= 0 else Strategy.MTS
        for f, d in zip(out["family"], out["difference"], strict=True)
    ]
    out = out.reindex(out["difference"].abs().sort_values(ascending=False).index)
    if len(out) > most:
        rest = out.iloc[most - 1 :]
        total = float(rest["difference"].sum())
        together = {
            "family": [f"{len(rest)} other families"],
            "difference": [total],
            "products": [int(rest["products"].sum())],
            "strategy": [Strategy.MTS if total < 0 else str(rest.iloc[0]["strategy"])],
        }
        out = pd.concat([out.iloc[: most - 1], pd.DataFrame(together)])
    return out.sort_values("difference", ascending=False, ignore_index=True)
