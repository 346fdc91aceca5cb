"""The value column of a list of stock: what a unit costs where only the value is given, and where the two do not agree."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.layout.raw_table import RawTable
from analytics.errors import Problem

__all__ = ["with_cost_of_value"]


def with_cost_of_value(
    values: MutableMapping[str, NDArray[Any]], table: RawTable, named: MutableMapping[str, str]
) -> tuple[list[Problem], list[str]]:
    """The unit cost of rows that state a value alone, put into `values` in place; what is said of rows where value and cost disagree, and what was assumed.

    `values` hold one number per row of the file by role: on_hand units, stock_value money and, where known, unit_cost.
    *Formula*: unit cost = value / units, of rows with units above zero. Where both stand the unit cost counts; they
    disagree where the value is further from units x unit cost than rounding a cost to the cent explains. `named` gets
    the column that the unit cost is from. Source: definition.
    """
    units, money = (np.asarray(values[name], np.float64) for name in ("on_hand", "stock_value"))
    cost = np.asarray(values.get("unit_cost", np.full(len(units), np.nan)), np.float64)
    both = np.isfinite(cost) & np.isfinite(money) & np.isfinite(units)
    apart = both & (np.abs(money - units * cost) > 0.005 * np.abs(units) + 0.01)
    problems = []
    if apart.any():
        stated, found = float(money[apart].sum()), float((units * cost)[apart].sum())
        words = f"rows state a value other than units x unit cost ({stated:,.2f} against {found:,.2f} in all): the unit cost counts"
        first = int(table.row[apart].min())
        remedy = "correct the value or the unit cost"
        problems = [
            Problem("value_differs", words, remedy, first, named["stock_value"], count=int(apart.sum()))
        ]
    alone = np.isnan(cost) & np.isfinite(money) & (money > 0.0) & (np.nan_to_num(units) > 0.0)
    if not alone.any():
        return problems, []
    values["unit_cost"] = np.where(alone, money / np.where(alone, units, 1.0), cost)
    named.setdefault("unit_cost", named["stock_value"])
    rows = int(alone.sum())
    return problems, [
        f"unit cost of {rows:,} row{'' if rows == 1 else 's'} = {named['stock_value']} / {named['on_hand']}"
    ]
