"""Which products' orders are told apart by size, and in one line why those of the others are not."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand.order_sizes import OrderSizes
from analytics.naming.labels import percent_text, units_text
from analytics.simulation.order import OrderPlan
from analytics.simulation.world import World
from analytics.strategy.plans.recipes import NO_QUOTE_DAYS

__all__ = ["FEWEST_ORDERS", "MOST_ORDERS_A_WEEK", "split_refused", "why_not_split"]

#: Orders a product needs in its history before their sizes are believed.
FEWEST_ORDERS = 25
#: An order is large from this many times the usual size (the median) on ...
_LARGE = 3.0
#: ... and large orders must be this many at least, and make this share of units.
_FEWEST_LARGE = 5
_LEAST_SHARE = 0.20
#: With more orders a week than this every week has large ones.
MOST_ORDERS_A_WEEK = 100.0


def split_refused(sizes: NDArray[np.float64]) -> str:
    """Why orders of these `sizes` (orders,) are not told apart, in a few words; "" where they are.

    Offered from 25 orders on, of at least two sizes, of which those of at least three times the median are at least five and hold at least
    20 % of units.

    >>> split_refused(np.repeat([1.0, 40.0], [48, 6]))
    ''
    >>> split_refused(np.full(18, 4.0))
    '18 orders of one size'
    >>> split_refused(np.repeat([1.0, 50.0], [18, 2]))
    '20 orders, and 25 are needed'
    >>> split_refused(np.repeat([1.0, 3.0], [96, 4]))
    '4 of 100 orders are large (3 units or more), and 5 are needed'
    >>> split_refused(np.repeat([1.0, 3.0], [95, 5]))
    'large orders (3 units or more) hold 14 % of units, and 20 % are needed'
    """
    count = len(sizes)
    if not count:
        return "no single orders are known"
    if sizes.min() == sizes.max():
        return f"{count} order{'s' if count > 1 else ''} of one size"
    if count < FEWEST_ORDERS:
        return f"{count} orders, and {FEWEST_ORDERS} are needed"
    from_size = _LARGE * float(np.median(sizes))
    large = sizes >= from_size * (1.0 - 1e-9)
    said = f"({units_text(from_size)} units or more)"
    if large.sum() < _FEWEST_LARGE:
        return f"{int(large.sum())} of {count} orders are large {said}, and {_FEWEST_LARGE} are needed"
    share = float(sizes[large].sum() / sizes.sum())
    if share < _LEAST_SHARE:
        return f"large orders {said} hold {percent_text(share)} of units, and {percent_text(_LEAST_SHARE)} are needed"
    return ""


def why_not_split(
    world: World, order: OrderPlan, orders: OrderSizes, orders_a_week: NDArray[np.float64]
) -> NDArray[Any]:
    """Why each product's orders are not told apart by size, in a few words; "" where they can be. Shape (products,).

    `orders_a_week` (products,) are those expected; sizes by `split_refused`.
    """
    out = np.full(len(orders_a_week), "", object)
    for i in range(len(out)):
        out[i] = split_refused(orders.of(i))
        if out[i]:
            continue
        if not world.integer[i]:
            out[i] = "it is not counted in whole units"
        elif not order.quote_days[i, 0] < NO_QUOTE_DAYS:
            out[i] = "no lead time to order can be promised"
        elif orders_a_week[i] > MOST_ORDERS_A_WEEK:
            out[i] = f"more than {MOST_ORDERS_A_WEEK:.0f} orders a week, large ones in every one"
    return out
