"""What is made or bought to order where no less than a minimum can be: customers fill a batch, or the first of them starts it.

Two ways, each with a closed form that the simulation is held against: wait until the orders of customers make up the minimum, or
start a batch with the first order and put the rest in stock until it is sold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analytics.policy.arguments import Floats, fraction, non_negative, positive
from analytics.policy.patience import curve_in_force, share_beyond

__all__ = [
    "LEAST_SHARE_FILLED",
    "MOST_ORDERS",
    "BatchMoney",
    "Buyers",
    "FilledBatch",
    "StartedBatch",
    "batch_filled_by_orders",
    "batch_started_by_an_order",
    "batch_waits",
    "largest_batch_filled",
    "orders_per_batch",
]

#: Where customers accept less than this share of demand, nobody waits for the batch: it is not offered.
LEAST_SHARE_FILLED = 0.01
#: Orders in a batch beyond which it is not asked whether customers fill it.
MOST_ORDERS = 5_000
_DAYS = 365.0
#: A batch that so small a share of customers would stay for never fills.
_NEVER_FILLS = 1e-6


class Buyers(NamedTuple):
    """How long customers wait: `patience_per_day`, the `curve` (position in `assumptions.PATIENCE_CURVES`) and its `shape`, and the wait in days they are used to.

    See `patience.share_staying`.
    """

    patience_per_day: float
    historical_wait_days: float = 0.0
    curve: int = 0
    shape: float = 1.0


class FilledBatch(NamedTuple):
    """What a batch that customers fill comes to: orders in it, units a year that stay, their share of demand, and their mean wait in days (NaN: it never fills)."""

    orders_per_batch: int
    accepted_units_per_year: float
    share_of_demand: float
    mean_wait_days: float


class StartedBatch(NamedTuple):
    """What a batch that the first order starts comes to: money a year, units on hand on average, and years from one batch to the next."""

    profit_per_year: float
    average_on_hand: float
    cycle_years: float


@dataclass(frozen=True)
class BatchMoney:
    """Money of a product whose batches the first order starts.

    `price` and `unit_cost` a unit; `capital_storage_insurance` a year as a share of unit cost; `order_cost` a batch; `hazard_per_year`
    the rate at which the product ends, after which a unit on hand fetches the share `salvage_share` of its cost.
    """

    price: float
    unit_cost: float
    capital_storage_insurance: float
    order_cost: float = 0.0
    hazard_per_year: float = 0.0
    salvage_share: float = 0.0


def orders_per_batch(minimum_units: float, units_per_order: float) -> int:
    """Customer orders that make up the least that can be made or bought at once.

    orders_per_batch = minimum_units / units_per_order, rounded up, at least 1. Source: definition.
    Raises ValueError where the order size is not positive.

    >>> orders_per_batch(10, 5), orders_per_batch(7, 4), orders_per_batch(0, 4)
    (2, 2, 1)
    """
    positive("units_per_order", units_per_order)
    return max(int(np.ceil(minimum_units / units_per_order - 1e-9)), 1)


def _days_to_fill(orders: int, quote_days: float, orders_per_day: float, buyers: Buyers) -> Floats:
    """Expected days until a batch is full that wants 0, 1, .. `orders` orders more: shape (orders + 1,), infinite where nobody stays.

    V_0 = 0, V_{j+1} = V_j + 1 / (orders_per_day x r(quote_days + V_j)): the next order is told that j more are wanted after it.
    """
    rate, past, curve, shape = buyers
    followed = curve_in_force(curve, rate, shape)
    days = np.full(orders + 1, np.inf)
    days[0] = 0.0
    for j in range(orders):
        told = quote_days + days[j]
        stays = 1.0 if told <= past else float(share_beyond(followed, rate, shape, told, past))
        if not orders_per_day * stays > 1e-300:
            break
        days[j + 1] = days[j] + 1.0 / (orders_per_day * stays)
    return days


def batch_waits(orders: int, quote_days: float, orders_per_day: float, buyers: Buyers) -> Floats:
    """Days that each order of a batch waits until the batch is full, the first order first: shape (orders,).

    W_n = 0 and W_{k-1} = W_k + 1 / (orders_per_day x r(quote_days + W_k)), r the share of customers who stay at a wait: the k-th
    order is told quote_days + W_k. Infinite where nobody stays. Source: recursion from the last order of a batch back to its
    first, renewal at every order that stays. Raises ValueError where no orders come.

    >>> batch_waits(2, 30.0, 24 / 365, Buyers(0.02)).round(3).tolist()
    [27.711, 0.0]
    """
    positive("orders_per_day", orders_per_day)
    return _days_to_fill(max(orders, 1), quote_days, orders_per_day, buyers)[:-1][::-1]


def batch_filled_by_orders(
    minimum_units: float, units_per_order: float, units_per_year: float, quote_days: float, buyers: Buyers
) -> FilledBatch:
    """What a product comes to that is made or bought only when customers' orders make up the minimum.

    n = orders_per_batch; share_of_demand = (n / orders_per_day) / sum over k of 1 / (orders_per_day x r(quote_days + W_k)), W by
    `batch_waits`; accepted_units_per_year = units_per_year x share_of_demand; mean_wait_days = quote_days + mean of W. n = 1: the share
    that stays at the quote. Customers of patience without limit: a mean wait of quote_days + (n - 1) / (2 orders_per_day). Beyond about
    orders_per_day x exp(-patience quote_days) / patience orders no batch ever fills, and the share falls to 0 within a few orders.
    Source: renewal reward, one cycle a batch (Ross 1996, Stochastic Processes, 3.6). Raises ValueError where nothing is demanded.

    >>> two = batch_filled_by_orders(10, 5, 120, 30.0, Buyers(0.02))
    >>> two.orders_per_batch, round(two.accepted_units_per_year, 2), round(two.mean_wait_days, 2)
    (2, 48.06, 43.86)
    >>> batch_filled_by_orders(300, 1, 73, 33.0, Buyers(0.02)).share_of_demand
    0.0
    """
    positive("units_per_year", units_per_year)
    non_negative("quote_days", quote_days)
    n = orders_per_batch(minimum_units, units_per_order)
    if n > MOST_ORDERS:
        return FilledBatch(n, 0.0, 0.0, float("nan"))
    rate = units_per_year / units_per_order / _DAYS
    waits = batch_waits(n, quote_days, rate, buyers)
    filled = float(_days_to_fill(n, quote_days, rate, buyers)[-1])
    share = min(n / (rate * filled), 1.0)
    share = share if share >= _NEVER_FILLS else 0.0
    mean = quote_days + float(waits.mean()) if share > 0.0 else float("nan")
    return FilledBatch(n, units_per_year * share, share, mean)


def largest_batch_filled(
    units_per_order: float, units_per_year: float, quote_days: float, buyers: Buyers
) -> int:
    """Orders in the largest batch that customers still fill: at least LEAST_SHARE_FILLED of them stay. 1 where not even two do.

    About orders_per_day x exp(-patience_per_day x quote_days) / patience_per_day where they leave at a constant rate.
    Source: `batch_filled_by_orders`: the share falls with every order more.

    >>> largest_batch_filled(1, 73, 33.0, Buyers(0.02))  # 73 / 365 x exp(-0.66) / 0.02 = 5.2
    7
    """
    positive("units_per_year", units_per_year)
    positive("units_per_order", units_per_order)
    rate = units_per_year / units_per_order / _DAYS
    days = _days_to_fill(MOST_ORDERS, quote_days, rate, buyers)[1:]
    share = np.arange(1, MOST_ORDERS + 1) / (rate * days)
    return max(int((share >= LEAST_SHARE_FILLED).sum()), 1)


def batch_started_by_an_order(
    minimum_units: float,
    units_per_year: float,
    share_of_first_customers_staying: float,
    money: BatchMoney,
) -> StartedBatch:
    """What a product comes to whose batch of `minimum_units` is started by the first order; the rest lies in stock until it is sold.

    Single units, lead time short against the cycle: cycle_years T = (Q - 1) / units_per_year + 1 / (units_per_year x share staying);
    average_on_hand = Q (Q - 1) / (2 units_per_year T); profit_per_year = (Q (price - unit_cost) - order_cost) / T
    - capital_storage_insurance x unit_cost x average_on_hand - hazard_per_year x (1 - salvage_share) x unit_cost x average_on_hand.
    Source: renewal reward, one cycle a batch (Ross 1996, Stochastic Processes, 3.6).
    Raises ValueError where nothing is demanded, nobody stays, or the minimum is below one.

    >>> started = batch_started_by_an_order(10, 4, 0.5, BatchMoney(150.0, 100.0, 0.17, 20.0))
    >>> round(started.profit_per_year, 6), round(started.average_on_hand, 6), started.cycle_years
    (105.0, 4.090909, 2.75)
    """
    positive("units_per_year", units_per_year)
    fraction("share_of_first_customers_staying", share_of_first_customers_staying)
    positive("share_of_first_customers_staying", share_of_first_customers_staying)
    positive("minimum_units", minimum_units)
    q = max(float(minimum_units), 1.0)
    cycle = (q - 1.0) / units_per_year + 1.0 / (units_per_year * share_of_first_customers_staying)
    on_hand = q * (q - 1.0) / (2.0 * units_per_year * cycle)
    lost_at_end = money.hazard_per_year * (1.0 - money.salvage_share)
    held = (money.capital_storage_insurance + lost_at_end) * money.unit_cost * on_hand
    return StartedBatch(
        (q * (money.price - money.unit_cost) - money.order_cost) / cycle - held, on_hand, cycle
    )
