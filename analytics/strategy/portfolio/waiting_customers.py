"""Which customers wait, and for how much, if they order as in the last twelve months and the mix is run."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.demand.from_sales.sold import Window

__all__ = ["waiting_customers"]

Array = NDArray[np.float64]


def waiting_customers(
    history: SalesHistory,
    skus: NDArray[np.object_],
    price: Array,
    share_waiting: Array,
    wait_days: Array,
    window: Window,
) -> pd.DataFrame:
    r"""Customers by the value of what would have waited, largest first.

    A customer's delayed value is the sum over products of what it bought in the `window` (the last twelve fitted months; net
    of returns, never below 0 a product) times the share of that product's orders that wait.

    Parameters: `skus`, `price`, `share_waiting`, `wait_days` (products,): the products decided on, their price (NaN
    unknown), the share of orders that wait under the mix, the median wait of those that do (days, NaN: nobody waits or not known).
    Revenue of the file is used, price times quantity where there is none; where neither is known, value counts units: `measure` says which.

    Returns columns measure (a name of `labels.MEASURES`), customer, bought, delayed (value), share (delayed / bought), days (mean of the products' median waits,
    weighted by delayed value). Lines without a customer are left out; no customers, no rows.

    Assumes that customers of a product wait alike and go on buying what they bought.

    >>> import numpy as np, pandas as pd
    >>> from analytics.data import read_sales
    >>> lines = "date,sku,quantity,revenue,customer\n2025-01-06,A,2,200,Ann\n2025-02-03,A,1,100,Bob\n2025-02-03,B,5,50,Ann\n"
    >>> table = waiting_customers(read_sales(lines.encode()), np.array(["A", "B"], object), np.array([100.0, 10.0]), np.array([0.5, 0.0]), np.array([7.0, np.nan]),
    ...     Window(np.datetime64("2025-01-01"), np.datetime64("2025-12-31")))
    >>> table[["customer", "bought", "delayed"]].values.tolist()
    [['Ann', 250.0, 100.0], ['Bob', 100.0, 50.0]]
    """
    names = ["measure", "customer", "bought", "delayed", "share", "days"]
    place = {str(s): i for i, s in enumerate(skus)}
    row = np.array([place.get(str(s), -1) for s in history.skus], np.intp)
    if not len(history) or not len(history.customers):
        return pd.DataFrame(columns=names)
    of = row[history.sku] if len(row) else np.zeros(0, np.intp)
    lines = np.flatnonzero(
        (history.customer >= 0) & (of >= 0) & window.holds(history.date.astype("datetime64[D]"))
    )
    if not len(lines):
        return pd.DataFrame(columns=names)
    product = of[lines]
    listed = np.where(np.isfinite(price[product]), price[product] * history.quantity[lines], np.nan)
    value = np.where(np.isfinite(history.revenue[lines]), history.revenue[lines], listed)
    measure = "revenue" if np.isfinite(value).any() else "units_demanded"
    if measure != "revenue":
        value = history.quantity[lines]
    pairs = pd.DataFrame(
        {"customer": history.customer[lines], "product": product, "value": np.nan_to_num(value)}
    )
    bought = pairs.groupby(["customer", "product"], sort=True)["value"].sum().clip(lower=0.0).reset_index()
    at = bought["product"].to_numpy()
    delayed = bought["value"].to_numpy() * np.nan_to_num(share_waiting[at])
    timed = np.isfinite(wait_days[at])
    table = bought.assign(
        delayed=delayed,
        timed=np.where(timed, delayed, 0.0),
        days=np.where(timed, delayed * np.nan_to_num(wait_days[at]), 0.0),
    )
    sums = table.groupby("customer", sort=True)[["value", "delayed", "timed", "days"]].sum()
    with np.errstate(all="ignore"):
        out = pd.DataFrame(
            {
                "measure": measure,
                "customer": np.asarray(history.customers, object)[sums.index.to_numpy()],
                "bought": sums["value"].to_numpy(),
                "delayed": sums["delayed"].to_numpy(),
                "share": np.nan_to_num(sums["delayed"].to_numpy() / sums["value"].to_numpy()),
                "days": sums["days"].to_numpy() / sums["timed"].to_numpy(),
            }
        )
    return out.sort_values(
        ["delayed", "bought", "customer"], ascending=[False, False, True], kind="stable", ignore_index=True
    )
