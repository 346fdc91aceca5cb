"""Which customers wait, and for how much, if they order as in the last twelve months and the mix is run."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.demand.from_sales.sold import Window

__all__ = ["bought_value", "delayed_value", "share_delayed", "typical_wait", "waiting_customers"]

Array = NDArray[np.float64]


def bought_value(revenue: Array, price: Array, quantity: Array) -> Array:
    """What each line bought: the revenue of the file, price times quantity where there is none. Money, (lines,), NaN: neither is known.

    bought_value = revenue, else price x quantity. Source: definition.

    >>> bought_value(np.array([190.0, np.nan]), np.array([100.0, 9.5]), np.array([2.0, 3.0])).tolist()
    [190.0, 28.5]
    """
    return np.where(np.isfinite(revenue), revenue, np.where(np.isfinite(price), price * quantity, np.nan))


def delayed_value(bought: Array, share_waiting: Array) -> Array:
    """What of it would have waited, if customers of a product wait alike. Money or units, (rows,), as `bought`.

    delayed_value = bought x share_waiting, the share of the product's orders that wait; unknown counts as none. Source: definition.

    >>> delayed_value(np.array([250.0, 80.0]), np.array([0.3, np.nan])).tolist()
    [75.0, 0.0]
    """
    return bought * np.nan_to_num(share_waiting)


def share_delayed(delayed: Array, bought: Array) -> Array:
    """Which share of what a customer bought would have waited, 0 to 1, (customers,); 0 where nothing was bought.

    share_delayed = delayed / bought. Source: definition.

    >>> share_delayed(np.array([75.0, 0.0]), np.array([250.0, 0.0])).tolist()
    [0.3, 0.0]
    """
    with np.errstate(all="ignore"):
        return np.nan_to_num(delayed / bought)


def typical_wait(delayed_days: Array, delayed: Array) -> Array:
    """How long it waits: the products' median waits in days, weighted by what of each is delayed. (customers,), NaN: nothing waits.

    typical_wait = sum of delayed x median wait of the product / sum of delayed, over products whose wait is known. Source: definition.

    >>> typical_wait(np.array([75.0 * 7.0 + 25.0 * 3.0]), np.array([100.0])).tolist()
    [6.0]
    """
    with np.errstate(all="ignore"):
        return delayed_days / delayed


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
    value = bought_value(history.revenue[lines], price[product], history.quantity[lines])
    measure = "revenue" if np.isfinite(value).any() else "units_demanded"
    if measure != "revenue":
        value = history.quantity[lines]
    pairs = pd.DataFrame(
        {"customer": history.customer[lines], "product": product, "value": np.nan_to_num(value)}
    )
    bought = pairs.groupby(["customer", "product"], sort=True)["value"].sum().clip(lower=0.0).reset_index()
    at = bought["product"].to_numpy()
    delayed = delayed_value(bought["value"].to_numpy(), share_waiting[at])
    timed = np.isfinite(wait_days[at])
    table = bought.assign(
        delayed=delayed,
        timed=np.where(timed, delayed, 0.0),
        days=np.where(timed, delayed * np.nan_to_num(wait_days[at]), 0.0),
    )
    sums = table.groupby("customer", sort=True)[["value", "delayed", "timed", "days"]].sum()
    out = pd.DataFrame(
        {
            "measure": measure,
            "customer": np.asarray(history.customers, object)[sums.index.to_numpy()],
            "bought": sums["value"].to_numpy(),
            "delayed": sums["delayed"].to_numpy(),
            "share": share_delayed(sums["delayed"].to_numpy(), sums["value"].to_numpy()),
            "days": typical_wait(sums["days"].to_numpy(), sums["timed"].to_numpy()),
        }
    )
    return out.sort_values(
        ["delayed", "bought", "customer"], ascending=[False, False, True], kind="stable", ignore_index=True
    )
