"""Which customers wait, and for how much, if they order as in the last twelve months and the mix is run; and which channels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.demand.from_sales.sold import Window
from analytics.naming.labels import Strategy

__all__ = [
    "bought_value",
    "delayed_value",
    "share_delayed",
    "typical_wait",
    "waiting_channels",
    "waiting_customers",
]

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
    every = np.zeros(len(history.customers), bool)
    return _waiting(
        history, "customer", skus, price, (share_waiting, wait_days), window, every, _nobody(skus)
    )


def _nobody(skus: NDArray[np.object_]) -> _Parted:
    """No product whose channels are served otherwise."""
    nothing = np.full(len(skus), np.nan)
    return _Parted(np.full(len(skus), -1, np.intp), nothing, nothing)


class _Parted(NamedTuple):
    """Products of which one `channel` (a position, -1: none) is made to order and the rest is served from stock.

    `share` of their units is made to order, `days` are quoted for it; each (products,).
    """

    channel: NDArray[np.intp]
    share: Array
    days: Array


def waiting_channels(
    history: SalesHistory,
    skus: NDArray[np.object_],
    price: Array,
    waits: tuple[Array, Array],
    window: Window,
    chosen: tuple[NDArray[np.object_], NDArray[np.object_], Array, Array],
) -> pd.DataFrame:
    """Channels by the value bought in the `window`, largest first: what of it would have waited, how long, and by what strategies its products are run.

    `waits` are the share of orders that wait and the median wait of those (days), under the mix; `chosen` the strategy of every product, the channel that
    is made to order where its orders are parted by channel ("" where not), the share of its units that is, and the days quoted to order; each (products,).
    Of a parted product all of that channel waits, as long as is quoted; of the others waits what is left of the product's own share:

    share of the others = max(share_waiting - share made to order, 0) / (1 - share made to order).

    Returns columns measure, channel, bought, delayed, share, days as `waiting_customers`, and the number of products sold there: products, stocked, assembled,
    ordered, by_size (large orders to order), parted_ordered (this channel to order, the others from stock) and parted_stocked. Ended products, of no strategy, count as sold alone.
    """
    strategy, parted, share, quote = chosen
    position = {str(name): k for k, name in enumerate(history.channels)}
    channel = np.array([position.get(str(name), -1) if name else -1 for name in parted], np.intp)
    parts = _Parted(channel, share, quote)
    every = np.zeros(len(history.channels), bool)
    table = _waiting(history, "channel", skus, price, waits, window, every, parts)
    if not len(table):
        return table
    place = {str(s): i for i, s in enumerate(skus)}
    row = np.array([place.get(str(s), -1) for s in history.skus], np.intp)[history.sku]
    sold = (history.channel >= 0) & (row >= 0) & window.holds(history.date.astype("datetime64[D]"))
    pairs = pd.DataFrame({"channel": history.channel[sold], "product": row[sold]}).drop_duplicates()
    at, of = pairs["product"].to_numpy(), pairs["channel"].to_numpy()
    split = channel[at] >= 0
    here = split & (channel[at] == of)
    kinds = {
        "products": np.ones(len(pairs), bool),
        "stocked": ~split & (strategy[at] == Strategy.MTS),
        "assembled": ~split & (strategy[at] == Strategy.ATO),
        "ordered": ~split & (strategy[at] == Strategy.MTO),
        "by_size": ~split & (strategy[at] == Strategy.HYBRID),
        "parted_ordered": here,
        "parted_stocked": split & ~here,
    }
    counts = pd.DataFrame(kinds).groupby(of).sum()
    code = [position[str(name)] for name in table["channel"]]
    table = table.assign(**{name: counts[name].reindex(code).to_numpy() for name in kinds})
    return table.sort_values(["bought", "channel"], ascending=[False, True], kind="stable", ignore_index=True)


def _waiting(
    history: SalesHistory,
    who: str,
    skus: NDArray[np.object_],
    price: Array,
    waits: tuple[Array, Array],
    window: Window,
    every: NDArray[np.bool_],
    parted: _Parted,
) -> pd.DataFrame:
    """What would have waited by customer or channel (`who`), of lines that name one; `every` has an entry for each."""
    names = ["measure", who, "bought", "delayed", "share", "days"]
    share_waiting, wait_days = waits
    codes = getattr(history, who)
    place = {str(s): i for i, s in enumerate(skus)}
    row = np.array([place.get(str(s), -1) for s in history.skus], np.intp)
    if not len(history) or not len(every):
        return pd.DataFrame(columns=names)
    of = row[history.sku] if len(row) else np.zeros(0, np.intp)
    lines = np.flatnonzero((codes >= 0) & (of >= 0) & window.holds(history.date.astype("datetime64[D]")))
    if not len(lines):
        return pd.DataFrame(columns=names)
    product = of[lines]
    value = bought_value(history.revenue[lines], price[product], history.quantity[lines])
    measure = "revenue" if np.isfinite(value).any() else "units_demanded"
    if measure != "revenue":
        value = history.quantity[lines]
    pairs = pd.DataFrame({who: codes[lines], "product": product, "value": np.nan_to_num(value)})
    bought = pairs.groupby([who, "product"], sort=True)["value"].sum().clip(lower=0.0).reset_index()
    at = bought["product"].to_numpy()
    split = parted.channel[at] >= 0
    mine = split & (parted.channel[at] == bought[who].to_numpy())
    made = np.nan_to_num(parted.share[at])
    rest = np.maximum(share_waiting[at] - made, 0.0) / np.maximum(1.0 - made, 1e-12)
    share = np.where(mine, 1.0, np.where(split, rest, share_waiting[at]))
    days = np.where(mine, parted.days[at], np.where(split, np.nan, wait_days[at]))
    delayed = delayed_value(bought["value"].to_numpy(), share)
    timed = np.isfinite(days)
    table = bought.assign(
        delayed=delayed,
        timed=np.where(timed, delayed, 0.0),
        days=np.where(timed, delayed * np.nan_to_num(days), 0.0),
    )
    sums = table.groupby(who, sort=True)[["value", "delayed", "timed", "days"]].sum()
    out = pd.DataFrame(
        {
            "measure": measure,
            who: np.asarray(getattr(history, f"{who}s"), object)[sums.index.to_numpy()],
            "bought": sums["value"].to_numpy(),
            "delayed": sums["delayed"].to_numpy(),
            "share": share_delayed(sums["delayed"].to_numpy(), sums["value"].to_numpy()),
            "days": typical_wait(sums["days"].to_numpy(), sums["timed"].to_numpy()),
        }
    )
    return out.sort_values(
        ["delayed", "bought", who], ascending=[False, False, True], kind="stable", ignore_index=True
    )
