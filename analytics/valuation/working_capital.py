"""Stock against what it sells: turns, days of stock, and what a unit of money in stock earns.

On cost, never on revenue.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["CapitalOfPlan", "absorption_profit", "dio", "gmroi", "net_working_capital", "turns"]

Array = NDArray[np.float64]


def _divided(above: ArrayLike, below: ArrayLike) -> Array:
    """A quotient, NaN where nothing is below."""
    down = np.asarray(below, np.float64)
    return np.where(down > 0.0, np.asarray(above, np.float64) / np.where(down > 0.0, down, 1.0), np.nan)


def turns(stock: ArrayLike, cost_of_sales: ArrayLike) -> Array:
    """How often stock is sold in a year.

    turns = cost of sales / average stock at cost. Times a year, shape of what is given; NaN without stock.
    Source: definition (case WC-01).

    >>> float(turns(900.0, 9000.0))
    10.0
    """
    return _divided(cost_of_sales, stock)


def dio(stock: ArrayLike, cost_of_sales: ArrayLike) -> Array:
    """Days of sales that lie in stock.

    dio = 365 x average stock at cost / cost of sales. Days, shape of what is given; NaN without sales.
    Source: definition (case WC-01).

    >>> float(dio(900.0, 9000.0))
    36.5
    """
    return _divided(365.0 * np.asarray(stock, np.float64), cost_of_sales)


def gmroi(stock: ArrayLike, gross_margin: ArrayLike) -> Array:
    """Gross margin that a unit of money in stock earns in a year.

    gmroi = gross margin / average stock at cost. Money per money, shape of what is given; NaN without stock.
    Source: definition (case WC-01).

    >>> round(float(gmroi(900.0, 1000.0)), 4)
    1.1111
    """
    return _divided(gross_margin, stock)


def net_working_capital(
    components: ArrayLike, in_process: ArrayLike, finished: ArrayLike, deposits: ArrayLike
) -> Array:
    """What stock and work tie up, less what customers have paid in advance.

    net_working_capital = components + in_process + finished - deposits. Money, shape of what is given.
    Source: definition.

    >>> float(net_working_capital(10.0, 5.0, 20.0, 3.0))
    32.0
    """
    return np.asarray(
        np.asarray(components, np.float64)
        + np.asarray(in_process, np.float64)
        + np.asarray(finished, np.float64)
        - np.asarray(deposits, np.float64)
    )


def absorption_profit(marginal_profit: ArrayLike, stock_change_units: ArrayLike, overhead_per_unit: ArrayLike) -> Array:  # fmt: skip
    """Reported profit where stock carries its share of overhead.

    Stock that falls releases overhead and lowers it. Economic profit does not change by it.

    absorption_profit = marginal profit + change of stock x overhead per unit. Money, units, money per unit.
    Source: absorption costing (case TRANS-03).

    >>> float(absorption_profit(90000.0, -240.0, 15.0))
    86400.0
    """
    change = np.asarray(stock_change_units, np.float64) * np.asarray(overhead_per_unit, np.float64)
    return np.asarray(np.asarray(marginal_profit, np.float64) + change)


@dataclass(frozen=True)
class CapitalOfPlan:
    """What one scope ties up, money at cost, and what it sells: `scope` in words.

    Components, in_process, finished and deposits make net; days, times a year.
    """

    scope: str
    components: float
    in_process: float
    finished: float
    deposits: float
    cost_of_sales: float
    gross_margin: float

    @property
    def net(self) -> float:
        """What stock and work tie up, less deposits.

        net = components + in_process + finished - deposits. Money.
        """
        return float(net_working_capital(self.components, self.in_process, self.finished, self.deposits))

    @property
    def stock(self) -> float:
        """Components and finished stock, money."""
        return self.components + self.finished

    @property
    def dio(self) -> float:
        """Days of sales that lie in stock.

        dio = 365 x stock / cost of sales. Days.
        """
        return float(dio(self.stock, self.cost_of_sales))

    @property
    def turns(self) -> float:
        """How often stock is sold in a year.

        turns = cost of sales / stock. Times a year.
        """
        return float(turns(self.stock, self.cost_of_sales))

    @property
    def gmroi(self) -> float:
        """Gross margin that a unit of money in stock earns in a year.

        gmroi = gross margin / stock. Money per money.
        """
        return float(gmroi(self.stock, self.gross_margin))
