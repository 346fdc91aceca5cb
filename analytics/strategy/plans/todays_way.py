"""Today is a fact: what the file leaves open of it is fixed once, by stated rules, and moves with no price, rate or lever.

The file's own levels, lots and promised waits are used as they are. A lot left open is the median of positive receipts where they are known, else the lot
a set-up cost implies, else the order size, else four weeks of demand; a quote left open is the one in force when the file was read. Levels left open follow
a stated service level (the assumption `todays_service`), never the best at some price.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.demand.order_sizes import OrderSizes
from analytics.forecast.forecast import Forecast
from analytics.forecast.spread.paths import WEEKS
from analytics.items import GIVEN, Items
from analytics.strategy.plans.recipes import NO_QUOTE_DAYS, expected_weeks

__all__ = [
    "LOT_WEEKS",
    "SERVICE_HIGH",
    "SERVICE_IN_FORCE",
    "SERVICE_LOW",
    "TODAYS_SERVICE",
    "TodaysWay",
    "kit_lot",
    "lot_left_open",
    "todays_way",
]

Array = NDArray[np.float64]

#: The assumption that stands for levels the file does not give.
TODAYS_SERVICE = "todays_service"
#: Where the service in force, and the low and the high end of its range, stand among the settings that are played.
SERVICE_IN_FORCE, SERVICE_LOW, SERVICE_HIGH = range(3)
#: Weeks of demand in a lot of which nothing at all is known.
LOT_WEEKS = 4.0
_LEAST_RATE = 1e-9


@dataclass(frozen=True, eq=False)
class TodaysWay:
    """What the file leaves open of today, per product (products,), fixed when it is read.

    `lot` is the order quantity in use (units), `lot_rule` where it comes from: file, receipts, setup_cost, order_size or weeks. `quote_days` is what who orders
    is told (NaN: nothing can be promised), `promised` whether the file says so.
    """

    lot: Array
    lot_rule: NDArray[Any]
    quote_days: Array
    promised: NDArray[np.bool_]

    def take(self, index: NDArray[np.intp]) -> TodaysWay:
        """The products at these positions, in this order."""
        return TodaysWay(self.lot[index], self.lot_rule[index], self.quote_days[index], self.promised[index])


def lot_left_open(
    units_per_year: Array,
    setup_cost: Array,
    unit_cost: Array,
    carrying_rate: Array,
    order_size: Array,
    median_order: Array,
    whole: NDArray[np.bool_],
    step: Array | float = 1.0,
) -> tuple[Array, NDArray[Any]]:
    """The lot in use today where the file does not say, and the rule it follows (setup_cost, order_size, weeks): two arrays (products,).

    *Formula*: with a set-up cost K the economic lot sqrt(2 K D / (h c)), D units a year, c unit cost, h carrying rate a year; at least the mean order
    size, at most a year of demand (more would be excess the day it comes). Else the median order, or four weeks of demand where that is not known (NaN).
    Whole steps (smallest quantities sold) where goods are whole. Source: Harris (1913), How many parts to make at once.

    >>> one = np.ones(1)
    >>> lot, rule = lot_left_open(200 * one, 20 * one, 10 * one, 0.17 * one, 2 * one, 2 * one, np.array([True]))
    >>> float(lot[0]), str(rule[0])
    (69.0, 'setup_cost')
    """
    known = (setup_cost > 0.0) & (unit_cost > 0.0) & (carrying_rate > 0.0)
    cost = np.where(known, unit_cost * carrying_rate, 1.0)
    economic = np.sqrt(2.0 * np.where(known, setup_cost, 0.0) * units_per_year / cost)
    order = np.nan_to_num(order_size, nan=1.0)
    economic = np.maximum(np.minimum(economic, units_per_year), order)
    ordered = np.isfinite(median_order) & (median_order > 0.0)
    lot = np.where(known, economic, np.where(ordered, median_order, units_per_year * LOT_WEEKS / WEEKS))
    rule = np.where(known, "setup_cost", np.where(ordered, "order_size", "weeks")).astype(object)
    return np.where(whole, np.maximum(np.round(lot / step), 1.0) * step, np.maximum(lot, _LEAST_RATE)), rule


def kit_lot(way: TodaysWay, members: NDArray[np.intp]) -> float:
    """The lot of a family's components.

    The lot of a family's components: the root of the summed squares of its members' lots, which is the economic lot of their total demand where
    set-up and unit cost are alike, and never above their sum; units of the family.
    """
    return float(np.sqrt((way.lot[members] ** 2).sum()))


def todays_way(as_read: Items, forecast: Forecast, orders: OrderSizes) -> TodaysWay:
    """What the file leaves open of today. `as_read` are the items as first read: given facts, and the table of assumptions where nothing is given."""
    expected = expected_weeks(forecast, WEEKS)
    selling = np.maximum((expected > 0.0).sum(axis=1), 1)
    yearly = np.maximum(expected.sum(axis=1) / selling, _LEAST_RATE) * WEEKS
    value = {name: np.asarray(as_read[name], np.float64) for name in (
        "setup_cost", "unit_cost", "capital_rate", "storage_rate", "insurance_rate", "units_per_order", "order_quantity", "receipt_lot", "quote_days",
        "historical_wait_days")}  # fmt: skip
    carrying = value["capital_rate"] + value["storage_rate"] + value["insurance_rate"]
    median = np.array([np.median(orders.of(i)) if n else np.nan for i, n in enumerate(orders.count)])
    lot, rule = lot_left_open(yearly, np.nan_to_num(value["setup_cost"]), np.nan_to_num(value["unit_cost"]), carrying, value["units_per_order"], median, forecast.integer,
                              forecast.steps)  # fmt: skip
    given = (value["order_quantity"] > 0.0) & (as_read.origin("order_quantity") == GIVEN)
    received = ~given & (value["receipt_lot"] > 0.0)
    lot, rule = np.where(received, value["receipt_lot"], lot), np.where(received, "receipts", rule)
    promised = np.nan_to_num(value["historical_wait_days"])
    quote = np.where(value["quote_days"] < NO_QUOTE_DAYS, value["quote_days"], np.nan)
    return TodaysWay(
        np.where(given, value["order_quantity"], lot),
        np.where(given, "file", rule).astype(object),
        np.where(promised > 0.0, promised, quote),
        promised > 0.0,
    )
