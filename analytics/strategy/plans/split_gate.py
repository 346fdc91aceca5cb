"""Which products' orders are told apart by size or by channel, and in one line why those of the others are not."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand.order_sizes import OrderSizes
from analytics.naming.labels import number_text, percent_text, units_text
from analytics.simulation.order import OrderPlan
from analytics.simulation.world import World
from analytics.strategy.plans.recipes import NO_QUOTE_DAYS

__all__ = [
    "FEWEST_ORDERS",
    "MOST_ORDERS_A_WEEK",
    "ordering_channel",
    "split_refused",
    "why_not_by_channel",
    "why_not_split",
]

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


def ordering_channel(orders: OrderSizes, product: int) -> tuple[int, str]:
    """The channel of a product that may be made to order while the others are stocked (position; -1: none), and why none may, in a few words.

    The channel of the largest orders, where all orders are known by channel, there are 25 of them, this channel has at least five and holds
    between 20 % and 80 % of units, and its mean order is at least three times that of the others: who orders as much is used to wait, and
    whatever orders alike is not worth parting.

    >>> size, channel = np.repeat([1.0, 12.0], [40, 10]), np.repeat([0, 1], [40, 10])
    >>> shop = OrderSizes(np.array(["A"], object), np.array([0, 50]), size, np.zeros(50, int), channel, ("Shop", "Resellers"))
    >>> ordering_channel(shop, 0)
    (1, '')
    """
    size, channel = orders.of(product), orders.channel_of(product)
    codes = np.unique(channel)
    if len(size) < FEWEST_ORDERS:
        return -1, f"{len(size)} orders, and {FEWEST_ORDERS} are needed"
    if codes[0] < 0:
        return -1, "not every order's channel is known"
    if len(codes) < 2:
        return -1, f"all of it is sold through {orders.channels[codes[0]]}"
    mean = np.array([size[channel == code].mean() for code in codes])
    code = int(codes[int(np.argmax(mean))])
    mine = channel == code
    name, units = orders.channels[code], float(size[mine].sum() / size.sum())
    beside = float(size[mine].mean() / size[~mine].mean())
    if beside < _LARGE:
        return (
            -1,
            f"an order of {name} is {number_text(beside, 2)} times one of the others, and {_LARGE:.0f} are needed",
        )
    if mine.sum() < _FEWEST_LARGE:
        return -1, f"{int(mine.sum())} of {len(size)} orders are of {name}, and {_FEWEST_LARGE} are needed"
    if not _LEAST_SHARE <= units <= 1.0 - _LEAST_SHARE:
        bounds = f"{percent_text(_LEAST_SHARE)} to {percent_text(1.0 - _LEAST_SHARE)}"
        return -1, f"{name} holds {percent_text(units)} of units, and {bounds} are needed"
    return code, ""


def why_not_by_channel(
    world: World, order: OrderPlan, orders: OrderSizes, orders_a_week: NDArray[np.float64]
) -> NDArray[Any]:
    """Why each product is not split by channel, in a few words; "" where it can be: `ordering_channel`, and what holds for any split.

    `orders_a_week` (products,) are those expected. Shape (products,).
    """
    out = np.full(len(orders_a_week), "", object)
    for i in range(len(out)):
        out[i] = ordering_channel(orders, i)[1] or _no_split(world, order, orders_a_week, i)
    return out


def _no_split(world: World, order: OrderPlan, orders_a_week: NDArray[np.float64], i: int) -> str:
    """What rules out any split of a product's orders, in a few words; "" for nothing."""
    if not world.integer[i]:
        return "it is not counted in whole units"
    if not order.quote_days[i, 0] < NO_QUOTE_DAYS:
        return "no lead time to order can be promised"
    if orders_a_week[i] > MOST_ORDERS_A_WEEK:
        return f"more than {MOST_ORDERS_A_WEEK:.0f} orders a week, large ones in every one"
    return ""


def why_not_split(
    world: World, order: OrderPlan, orders: OrderSizes, orders_a_week: NDArray[np.float64]
) -> NDArray[Any]:
    """Why each product's orders are not told apart by size, in a few words; "" where they can be. Shape (products,).

    `orders_a_week` (products,) are those expected; sizes by `split_refused`.
    """
    out = np.full(len(orders_a_week), "", object)
    for i in range(len(out)):
        out[i] = split_refused(orders.of(i)) or _no_split(world, order, orders_a_week, i)
    return out
