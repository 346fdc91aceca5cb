"""What was sold in a span of days, by product: units and revenue net of returns; gifts, corrections and units without revenue apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.demand.from_sales.patience import weighted_grouped_median
from analytics.demand.panel import DemandPanel
from analytics.demand.returns import line_net_quantity

__all__ = [
    "CORRECTION", "FREE", "NOTHING", "SALE", "UNKNOWN", "Prices", "Sold", "Window", "counted_days", "fitted_window", "kind_of_lines", "median_price", "net_price",
    "sold_by_channel", "sold_in",
]  # fmt: skip

Array = NDArray[np.float64]

#: What a line is: a sale (or what takes one back), goods without money, money without goods, goods whose money is not known, neither.
SALE, FREE, CORRECTION, UNKNOWN, NOTHING = range(5)
_OWN_YEAR_DAYS = 365


@dataclass(frozen=True)
class Window:
    """A span of days, both ends included: what price, margin and everything that speaks of the last year are taken from.

    >>> Window(np.datetime64("2012-12-01"), np.datetime64("2013-11-30")).text
    '2012-12-01 to 2013-11-30'
    """

    first: np.datetime64
    last: np.datetime64

    @property
    def text(self) -> str:
        """First and last day in words."""
        return f"{self.first} to {self.last}"

    def holds(self, day: NDArray[np.datetime64]) -> NDArray[np.bool_]:
        """Which days lie in it."""
        return np.asarray((day >= self.first) & (day <= self.last))


def fitted_window(panel: DemandPanel, months: int = 12) -> Window:
    """The last twelve fitted months: up to the last day that demand is fitted on, or all of it where less is fitted.

    What is fitted leaves incomplete periods out, and periods after a channel's data end (see `demand_panel`).
    """
    end = panel.next_start.astype("datetime64[D]")
    month = end.astype("datetime64[M]") - months
    within = min(
        int((end - end.astype("datetime64[M]")).astype(np.int64)),
        int(((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)) - 1,
    )
    first = max(month.astype("datetime64[D]") + within, panel.starts[0].astype("datetime64[D]"))
    return Window(first, end - 1)


def kind_of_lines(history: SalesHistory, match: NDArray[np.int64]) -> NDArray[np.int8]:
    """What every line is: SALE, FREE (price 0), CORRECTION (quantity 0), UNKNOWN (revenue not in the file) or NOTHING; shape (lines,).

    A return is of the kind of the line it takes back, where one is known (`match`, see `match_returns`).
    """
    quantity, revenue = history.quantity, history.revenue
    kind = np.full(len(quantity), SALE, np.int8)
    kind[revenue == 0.0] = FREE
    kind[np.isnan(revenue)] = UNKNOWN
    none = quantity == 0.0
    kind[none] = np.where(np.nan_to_num(revenue[none]) != 0.0, CORRECTION, NOTHING)
    back = np.flatnonzero(match >= 0)
    known = back[(kind[back] != UNKNOWN) & np.isin(kind[match[back]], (SALE, FREE))]
    kind[known] = np.where(revenue[known] != 0.0, SALE, kind[match[known]])
    return kind


def _counted(column: NDArray[np.generic], match: NDArray[np.int64]) -> NDArray[np.generic]:
    """A column in which every matched return has the value of the line it takes back."""
    return np.where(match >= 0, column[np.maximum(match, 0)], column) if (match >= 0).any() else column


def counted_days(history: SalesHistory, match: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """The day on which every line counts: its own, or that of the sale it takes back, as demand does."""
    return np.asarray(_counted(history.date.astype("datetime64[D]"), match), "datetime64[D]")


@dataclass(frozen=True, eq=False)
class Sold:
    """Sums over the lines of a span of days, by product (products of the history, shape (products,)).

    `units` and `revenue` are of sales, net of returns; `lines` counts those that were not taken back in full. `line_cost` is the sum of quantity times the unit
    cost of the line, `uncosted_units` what was sold on lines without a cost. `free_units` were given away, `corrections` is money without units,
    `unknown_units` are units whose revenue the file does not know.
    """

    units: Array
    revenue: Array
    lines: NDArray[np.int64]
    line_cost: Array
    uncosted_units: Array
    free_units: Array
    corrections: Array
    unknown_units: Array

    @property
    def price(self) -> Array:
        """Revenue / units (money/unit, NaN where nothing, or no money, is left after returns)."""
        good = (self.units > 0.0) & (self.revenue > 0.0)
        return np.where(good, self.revenue / np.where(good, self.units, 1.0), np.nan)

    @property
    def unpaid(self) -> Array:
        """Share of the units delivered that brought no revenue: given away / (sold + given away), net of returns; 0 where none, or nothing, was sold."""
        given, sold = np.maximum(self.free_units, 0.0), np.isfinite(self.price)
        return np.where(sold, given / np.where(sold, self.units + given, 1.0), 0.0)


def sold_in(
    history: SalesHistory,
    match: NDArray[np.int64],
    inside: NDArray[np.bool_],
    kind: NDArray[np.int8] | None = None,
) -> Sold:
    """The sums of the lines `inside` (lines,); `kind` as from `kind_of_lines` (None: found here)."""
    kind = kind_of_lines(history, match) if kind is None else kind
    products = len(history.skus)

    def total(rows: NDArray[np.bool_], weights: Array | None = None) -> Array:
        return np.bincount(
            history.sku[rows], None if weights is None else weights[rows], minlength=products
        ).astype(np.float64)

    sale = inside & (kind == SALE)
    cost = history.unit_cost
    costed = sale & np.isfinite(cost) if cost is not None else np.zeros(len(sale), bool)
    return Sold(
        total(sale, history.quantity),
        total(sale, history.revenue),
        total(sale & (line_net_quantity(history.quantity, match) > 0.0)).astype(np.int64),
        total(costed, history.quantity * cost) if cost is not None else np.zeros(products),
        total(sale & ~costed, history.quantity),
        total(inside & (kind == FREE), history.quantity),
        total(inside & (kind == CORRECTION), history.revenue),
        total(inside & (kind == UNKNOWN), history.quantity),
    )


class Prices(NamedTuple):
    """Prices of the products of a history (money/unit, NaN unknown), shapes (products,).

    `own_year` marks those that sold nothing in the window and whose price is of their own last twelve months; `median` is the median price of the same lines,
    every unit counting once; `sold` what the window holds; `unpaid` the share of units given away in the days the price is of (see `Sold.unpaid`).
    """

    price: Array
    own_year: NDArray[np.bool_]
    median: Array
    sold: Sold
    unpaid: Array


def net_price(history: SalesHistory, match: NDArray[np.int64], window: Window) -> Prices:
    r"""Price of every product: revenue / units of the window, net of returns, without what was given away and without corrections.

    *Formula*: p = sum of revenue / sum of units over the lines of sales. With several channels this is each channel's own price mixed by what it sold.
    A product that sold nothing in the window has the price of its own last twelve months.

    Parameters: `match` see `match_returns`; `window` see `fitted_window`.
    Source: weighted mean; it makes the program's margin that of the books (sum of (price - cost) x units = revenue - cost of sales).

    >>> import numpy as np
    >>> from analytics.data import read_sales
    >>> history = read_sales(b"date,sku,quantity,revenue\n2024-01-09,A,9,540\n2024-02-06,A,6,600\n2024-02-07,A,1,0\n")
    >>> found = net_price(history, np.full(3, -1), Window(np.datetime64("2024-01-01"), np.datetime64("2024-02-29")))
    >>> found.price.tolist(), found.own_year.tolist(), found.median.tolist()
    ([76.0], [False], [60.0])
    """
    kind, day = kind_of_lines(history, match), counted_days(history, match)
    inside = window.holds(day)
    sold = sold_in(history, match, inside, kind)
    price = sold.price
    net = line_net_quantity(history.quantity, match)
    sale = (kind == SALE) & (net > 0.0)
    number = day.astype(np.int64)
    final = np.full(len(history.skus), np.iinfo(np.int64).min + _OWN_YEAR_DAYS)
    np.maximum.at(final, history.sku[sale], number[sale])
    silent = np.isnan(price)
    own_year = silent[history.sku] & (number > final[history.sku] - _OWN_YEAR_DAYS)
    own = sold_in(history, match, own_year, kind) if own_year.any() else sold
    outside = silent & np.isfinite(own.price)
    used = sale & (inside & ~silent[history.sku] | own_year)
    return Prices(
        np.where(outside, own.price, price),
        outside,
        median_price(history, net, used),
        sold,
        np.where(outside, own.unpaid, sold.unpaid),
    )


def median_price(history: SalesHistory, net: Array, used: NDArray[np.bool_]) -> Array:
    """Median price of the lines `used` (lines,), every unit left after returns (`net`) counting once: a check of the mean, products (products,)."""
    rows = np.flatnonzero(used)
    if not len(rows):
        return np.full(len(history.skus), np.nan)
    return weighted_grouped_median(
        history.sku[rows].astype(np.int64),
        history.revenue[rows] / history.quantity[rows],
        net[rows],
        len(history.skus),
    )


def sold_by_channel(
    history: SalesHistory, match: NDArray[np.int64], inside: NDArray[np.bool_]
) -> pd.DataFrame:
    """Sales of every product and channel of the lines `inside`, net of returns: columns sku, channel (texts), lines, units, revenue, price (NaN: none).

    A return counts in the channel of the sale it takes back. Lines without a channel are in none; a file without channels has no rows.
    """
    names = ["sku", "channel", "lines", "units", "revenue", "price"]
    channel = np.asarray(_counted(history.channel, match))
    rows = np.flatnonzero(inside & (kind_of_lines(history, match) == SALE) & (channel >= 0))
    if not len(rows) or not len(history.channels):
        return pd.DataFrame({name: [] for name in names})
    key = history.sku[rows].astype(np.int64) * len(history.channels) + channel[rows]
    pairs, place = np.unique(key, return_inverse=True)
    units, revenue = (np.bincount(place, column[rows]) for column in (history.quantity, history.revenue))
    good = (units > 0.0) & (revenue > 0.0)
    return pd.DataFrame(
        {
            "sku": history.skus[pairs // len(history.channels)],
            "channel": history.channels[pairs % len(history.channels)],
            "lines": np.bincount(place),
            "units": units,
            "revenue": revenue,
            "price": np.where(good, revenue / np.where(good, units, 1.0), np.nan),
        }
    )
