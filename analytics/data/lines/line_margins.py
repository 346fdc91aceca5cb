"""The cost of a unit from the margin that a file states for every line: gross profit, margin in percent, mark-up on cost."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.data.lines.rejections import RowFilter
from analytics.data.values.categorical import Coded
from analytics.errors import Problem

__all__ = ["MARGIN_ROLES", "cost_by_margin"]

Array = NDArray[np.float64]
#: columns that say what of the revenue is left after the cost of the goods
MARGIN_ROLES = ("margin", "margin_pct", "markup_pct")
#: lines looked at, pairs of lines that can tell, and the share of lines whose cost must be above zero
_SEEN, _PAIRS, _CREDIBLE = 100_000, 8, 0.9
#: gross profit and revenue less cost may differ by so much of the revenue
_SAME = 0.005


def cost_by_margin(
    numbers: dict[str, Array],
    revenue: Array,
    named: Mapping[str, str],
    sku: Coded,
    rows: RowFilter,
) -> list[Problem]:
    """Put `unit_cost` (rows,) into `numbers` where lines state a margin and no cost, and say by what; compare the two where both stand there.

    `numbers` holds columns by role over all rows and loses those of margins; `revenue` (rows,) is money, NaN unknown.
    *Formula*: of a line cost = (revenue - margin) / quantity, of a unit cost = revenue / quantity - margin (told by which
    of the two stays from line to line of a product), cost = revenue / quantity x (1 - margin percent / 100), and
    revenue / quantity / (1 + mark-up percent / 100). Source: definitions.
    """
    found = {role: numbers.pop(role) for role in MARGIN_ROLES if role in numbers}
    if not found:
        return []
    role = next(iter(found))
    quantity, name = numbers["quantity"], named[role]
    with np.errstate(divide="ignore", invalid="ignore"):
        price = np.where(quantity != 0.0, revenue / quantity, np.nan)
        if role == "margin":
            whole = np.where(quantity != 0.0, (revenue - found[role]) / quantity, np.nan)
            each = price - found[role]
            of_unit = _unsteady(each, quantity, sku) < 0.5 * _unsteady(whole, quantity, sku)
            cost = each if of_unit else whole
            words = (
                f"revenue / {named['quantity']} - {name}"
                if of_unit
                else f"(revenue - {name}) / {named['quantity']}"
            )
        else:
            share = found[role]
            if np.nanmax(np.abs(share), initial=0.0) > 1.5:
                share = share / 100.0
            by_price = role == "margin_pct"
            cost = price * (1.0 - share) if by_price else price / (1.0 + share)
            words = f"revenue / {named['quantity']} {'x (1 -' if by_price else '/ (1 +'} {name})"
    if "unit_cost" in numbers:
        return _compared(
            revenue - quantity * cost, revenue - quantity * numbers["unit_cost"], revenue, named, name, rows
        )
    seen = rows.good & np.isfinite(cost) & (quantity > 0.0) & (revenue > 0.0)
    if not seen.any():
        return []
    below = int((cost[seen] <= 0.0).sum())
    if below > (1.0 - _CREDIBLE) * seen.sum():
        said = f"{name} was not used as a margin: less it, revenue is not above zero on {below:,} of {int(seen.sum()):,} lines"
        return [Problem("margin_not_used", said, "give costs in the items file", column=name, count=below)]
    numbers["unit_cost"] = np.where(cost > 0.0, cost, np.nan)
    said = f"no column holds the cost of a unit; by {name} it is {words}"
    remedy = "name the column of the unit cost, or give costs in the items file, if that is wrong"
    return [Problem("cost_by_margin", said, remedy, column=name, count=int(np.isfinite(cost[seen]).sum()))]


def _unsteady(cost: Array, quantity: Array, sku: Coded) -> float:
    """How far the cost of a unit differs between two lines of a product with other quantities (median, relative); infinite where few pairs tell."""
    cost, quantity, codes = cost[:_SEEN], quantity[:_SEEN], sku.codes[:_SEEN]
    known = np.flatnonzero(np.isfinite(cost) & (quantity > 0.0))
    order = known[np.argsort(codes[known], kind="stable")]
    one, two = order[:-1], order[1:]
    pairs = (codes[one] == codes[two]) & (quantity[one] != quantity[two])
    if pairs.sum() < _PAIRS:
        return float("inf")
    a, b = cost[one[pairs]], cost[two[pairs]]
    return float(np.median(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-12)))


def _compared(
    stated: Array, reckoned: Array, revenue: Array, named: Mapping[str, str], name: str, rows: RowFilter
) -> list[Problem]:
    """What is said where the margin of the file is not revenue less the cost of the file."""
    both = rows.good & np.isfinite(stated) & np.isfinite(reckoned)
    money, own = float(stated[both].sum()), float(reckoned[both].sum())
    if abs(money - own) <= _SAME * abs(float(np.nansum(revenue[both]))):
        return []
    said = f"{name} adds up to {money:,.2f}, revenue less {named['unit_cost']} x {named['quantity']} to {own:,.2f} on the same lines: the cost is followed"
    return [
        Problem(
            "margin_differs",
            said,
            "name another column as unit cost if the margin is right (option mapping)",
            column=name,
            found=f"{money:,.2f}",
            expected=f"{own:,.2f}",
        )
    ]
