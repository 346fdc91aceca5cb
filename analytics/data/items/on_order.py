"""What a list of stock says of units that are bought and not there yet, and of units that are there and promised away."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.history import no_lines_apart
from analytics.data.items.item_rows import ItemRows
from analytics.data.items.stock_lots import lines_of_stock
from analytics.data.kept_apart import ON_ORDER
from analytics.data.layout.raw_table import RawTable
from analytics.data.values.header_names import normal_name
from analytics.errors import Problem
from analytics.naming.labels import total_text

__all__ = ["ADDED", "added_over_rows", "is_without_reserved", "orders_coming", "reserved_said"]

#: Quantities that every row has of its own: they are added over the rows of a product.
ADDED = ("on_order", "stock_reserved")
#: Names of a column of stock that is left when what is reserved is taken off.
_LEFT = frozenset(
    "available|available stock|available qty|available quantity|verfugbar|verfugbarer bestand|stock disponible|disponibilita".split(
        "|"
    )
)


def is_without_reserved(on_hand: str) -> bool:
    """Whether a column of this name holds stock without what is reserved, so that stock on hand is both.

    >>> is_without_reserved("Available"), is_without_reserved("On hand")
    (True, False)
    """
    return normal_name(on_hand) in _LEFT


def added_over_rows(every: NDArray[np.float64], found: ItemRows) -> tuple[NDArray[np.float64], int]:
    """Units of each product, (products,), added over its rows (NaN where none says any), and how many products several rows say some of.

    `every` (rows,) are the units of every row of the file.
    """
    units, n = every[found.rows], len(found.skus)
    said = np.isfinite(units)
    rows = np.bincount(found.product, said, n)
    total = np.bincount(found.product, np.where(said, units, 0.0), n)
    return np.where(rows > 0, total, np.nan), int(
        (np.bincount(found.product, said & (units > 0.0), n) > 1).sum()
    )


def orders_coming(
    table: RawTable, found: ItemRows, units: NDArray[np.float64], day: NDArray[np.datetime64], name: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """What is on order row by row with the day it is to arrive, as lines of `SalesHistory.apart`, and what is said of units without a day.

    `units` (rows,) are those on order in every row of the file, `day` (rows,) when they are to arrive (NaT: not said);
    `name` is the column of the units.
    """
    held, when = np.nan_to_num(units[found.rows]), day[found.rows]
    dated, silent = (held > 0.0) & ~np.isnat(when), (held > 0.0) & np.isnat(when)
    problems = []
    if silent.any():
        words = f"{total_text(float(held[silent].sum()))} units on order without a day of arrival: taken to be there in time"
        first = int(table.row[found.rows[silent]].min())
        remedy = (
            "state the day in a column such as expected date; what arrives too late is then not counted on"
        )
        problems = [Problem("on_order_undated", words, remedy, first, name, "", "a date", int(silent.sum()))]
    if not dated.any():
        return no_lines_apart(), problems
    return lines_of_stock(table, found, dated, (when, held), ON_ORDER), problems


def reserved_said(
    units: NDArray[np.float64], on_hand: NDArray[np.float64] | None, name: str
) -> list[Problem]:
    """What is said of units (products,) that are reserved: in the books, not free; and of those that are reserved beyond what is there."""
    total = float(np.nansum(units))
    if not total:
        return []
    words = f"reserved stock, {total_text(total)} units in all: in the books, and not free for other orders"
    count = int((np.nan_to_num(units) > 0.0).sum())
    said = [Problem("stock_reserved", words, "nothing to do", None, name, count=count)]
    if on_hand is not None:
        over = np.maximum(np.nan_to_num(units) - np.nan_to_num(on_hand), 0.0)
        if over.any():
            words = f"{total_text(float(over.sum()))} units are reserved beyond what is on hand: only what is there is set aside"
            remedy = "check the reservations, or the stock, of these products"
            said.append(Problem("reserved_beyond", words, remedy, None, name, count=int((over > 0.0).sum())))
    return said
