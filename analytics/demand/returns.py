"""Returns: which earlier line a cancellation takes back, and what to do with the rest.

A return that names an earlier sale reduces the period of that sale; every other return reduces its own
period, and what would become negative there is carried to earlier periods. Net units never change.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.machine.kernel_cache import kernel

__all__ = ["carry_back", "line_net_quantity", "match_returns", "returned_lines"]

_FAN = 64


@kernel
def _match_groups(group, quantity, found):  # type: ignore[no-untyped-def]
    """Rightmost earlier line of the same group with at least the returned quantity left, for each return.

    Lines are sorted by group, then time. A tree of maxima with 64 children per node over what is left of every
    line makes each search logarithmic, so that a customer with a million lines costs no more than a thousand
    customers with a thousand. `found` receives positions in the sorted order (-1: none).
    """
    n = len(group)
    sizes = [n]
    while sizes[-1] > 1:
        sizes.append((sizes[-1] + _FAN - 1) // _FAN)
    offsets = [0]
    for size in sizes:
        offsets.append(offsets[-1] + size)
    left = np.zeros(offsets[-1])
    levels = len(sizes)
    begin = 0
    for i in range(n):
        if i > 0 and group[i] != group[i - 1]:
            begin = i
        amount = quantity[i]
        if amount > 0.0:
            position = i
            for level in range(levels):
                at = offsets[level] + position
                if amount > left[at]:
                    left[at] = amount
                position //= _FAN
            continue
        need = -amount
        if need <= 0.0:
            continue
        level = 0
        position = i
        hit = -1
        searching = True
        while searching:
            parent = position // _FAN
            child = position - 1
            while child >= parent * _FAN:
                if left[offsets[level] + child] >= need:
                    hit = child
                    break
                child -= 1
            if hit >= 0:
                while level > 0:
                    level -= 1
                    child = min(hit * _FAN + _FAN, sizes[level]) - 1
                    while left[offsets[level] + child] < need:
                        child -= 1
                    hit = child
                searching = False
            else:
                level += 1
                position = parent
                if level >= levels - 1 or (position * _FAN**level) < begin:
                    searching = False
        if hit < begin:
            continue
        found[i] = hit
        left[hit] -= need
        node = hit
        for level in range(1, levels):
            node //= _FAN
            top = 0.0
            for child in range(node * _FAN, min(node * _FAN + _FAN, sizes[level - 1])):
                top = max(top, left[offsets[level - 1] + child])
            left[offsets[level] + node] = top


@kernel
def _match_equal(group, quantity, found):  # type: ignore[no-untyped-def]
    """Latest earlier line of the same group not yet taken back, for each return; a group holds one size only."""
    stack = np.empty(len(group), np.int64)
    depth = 0
    for i in range(len(group)):
        if i > 0 and group[i] != group[i - 1]:
            depth = 0
        if quantity[i] > 0.0:
            stack[depth] = i
            depth += 1
        elif quantity[i] < 0.0 and depth > 0:
            depth -= 1
            found[i] = stack[depth]


@kernel
def _sharing(sku, key, left, wanted, size):  # type: ignore[no-untyped-def]
    """Marks lines with something left that share SKU and key with a wanted return, by a hash table of the returns' pairs."""
    table = np.full(size, -1, np.int64)
    mask = size - 1
    for i in wanted:
        pair = (np.int64(sku[i]) << 32) | np.int64(key[i])
        at = ((pair * 0x9E3779B97F4A7C1) >> 20) & mask
        while table[at] >= 0 and table[at] != pair:
            at = (at + 1) & mask
        table[at] = pair
    marked = np.zeros(len(sku), np.bool_)
    for i in range(len(sku)):
        if key[i] < 0 or left[i] <= 0.0:
            continue
        pair = (np.int64(sku[i]) << 32) | np.int64(key[i])
        at = ((pair * 0x9E3779B97F4A7C1) >> 20) & mask
        while table[at] >= 0:
            if table[at] == pair:
                marked[i] = True
                break
            at = (at + 1) & mask
    return marked


def _candidates(
    sku: NDArray[np.int32], key: NDArray[np.int32], left: NDArray[np.float64], open_return: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Positions of the lines that share SKU and key with an open return, and of those returns."""
    wanted = np.flatnonzero(open_return & (key >= 0))
    if not len(wanted):
        return wanted
    marked = _sharing(sku, key, left, wanted, 1 << (4 * len(wanted)).bit_length())
    if not marked.any():
        return wanted[:0]
    marked[wanted] = True
    return np.flatnonzero(marked)


def _labels(*keys: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Order by the keys (first is the coarsest; ties stay in place) and a group number per ordered row."""
    order = np.lexsort(keys[::-1])
    change = np.zeros(len(order), np.bool_)
    for key in keys:
        column = key[order]
        change[1:] |= column[1:] != column[:-1]
    return order, np.cumsum(change)


def match_returns(
    sku: NDArray[np.int32],
    quantity: NDArray[np.float64],
    date: NDArray[np.datetime64],
    order: NDArray[np.int32],
    customer: NDArray[np.int32],
) -> NDArray[np.int64]:
    """Which earlier line each return takes back, so that a cancelled order disappears from the month it was placed in.

    A return (negative quantity) matches a line of the same SKU and the same order, else of the same SKU and the same
    customer, on the same day or earlier, that still has at least the returned quantity left. A line of exactly the returned
    size comes first, the latest of several; then the latest line with enough left. A line is never taken back
    beyond its quantity.

    Parameters: columns of order lines (shape (lines,), sorted by date), codes -1 where unknown, quantity in units.
    Returns: position of the matched line per line, -1 for sales and for returns without a match. Shape (lines,).
    Assumes: an order number belongs to one customer. Source: rule of this program; matching on customer, item and
    quantity is the usual treatment of cancellations in retail transaction data.

    >>> import numpy as np
    >>> zero, day = np.zeros(3, np.int32), np.array(["2024-01-02", "2024-02-05", "2024-02-06"], "datetime64[D]")
    >>> match_returns(zero, np.array([8.0, 5.0, -8.0]), day, zero - 1, zero)
    array([-1, -1,  0])
    """
    match = np.full(len(sku), -1, np.int64)
    is_return = quantity < 0.0
    if not is_return.any():
        return match
    day = date.astype("datetime64[D]").astype(np.int64)
    left = np.where(quantity > 0.0, quantity, 0.0)
    for key in (order, customer):
        rows = _candidates(sku, key, left, is_return & (match < 0))
        for exact in (True, False):
            rows = rows[(match[rows] < 0) & (is_return[rows] | (left[rows] > 0.0))]
            if not len(rows):
                break
            amount = np.where(is_return[rows], quantity[rows], left[rows])
            columns = [sku[rows], key[rows], np.abs(amount)] if exact else [sku[rows], key[rows]]
            # within a group: by day, sales before returns of the same day, then as in the file
            rank = np.argsort(day[rows] * 2 + is_return[rows], kind="stable")
            place, group = _labels(*[column[rank] for column in columns])
            place = rank[place]
            found = np.full(len(rows), -1, np.int64)
            (_match_equal if exact else _match_groups)(group, amount[place], found)
            hit = np.flatnonzero(found >= 0)
            returned, sold = rows[place[hit]], rows[place[found[hit]]]
            match[returned] = sold
            np.subtract.at(left, sold, -quantity[returned])
    return match


def returned_lines(history: SalesHistory) -> NDArray[np.int64]:
    """Position of the line that each return of a sales history takes back (-1: none). Shape (lines,)."""
    return match_returns(history.sku, history.quantity, history.date, history.order, history.customer)


def line_net_quantity(quantity: NDArray[np.float64], match: NDArray[np.int64]) -> NDArray[np.float64]:
    """What is left of every line after matched returns, in units; matched returns themselves become 0.

    >>> import numpy as np
    >>> line_net_quantity(np.array([8.0, 5.0, -3.0, -2.0]), np.array([-1, -1, 0, -1]))
    array([ 5.,  5.,  0., -2.])
    """
    hit = np.flatnonzero(match >= 0)
    net = quantity.astype(np.float64, copy=True)
    np.add.at(net, match[hit], quantity[hit])
    net[hit] = 0.0
    return net


def carry_back(
    units: NDArray[np.float64], money: NDArray[np.float64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Move negative periods to the latest earlier period that can bear them; demand is never negative.

    Working from the last period to the first: a period below zero becomes zero and its shortfall reduces the period
    before. What the first period cannot bear is returned as left over. Sum of units minus left over is unchanged.

    Parameters: units (products, periods), changed in place; money of the same shape moves with its units.
    Returns: units and the left-over units per product (positive numbers, shape (products,)).

    >>> import numpy as np
    >>> units, left_over = carry_back(np.array([[4.0, 2.0, -5.0, 1.0], [1.0, 0.0, -3.0, 0.0]]))
    >>> units.tolist(), left_over.tolist()
    ([[1.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0]], [0.0, 2.0])
    """
    left_over = np.zeros(len(units))
    rows = np.flatnonzero((units < 0.0).any(axis=1))
    if not len(rows):
        return units, left_over
    block = units[rows]
    cash = money[rows] if money is not None else np.zeros((len(rows), 0))
    for t in range(block.shape[1] - 1, -1, -1):
        short = np.minimum(block[:, t], 0.0)
        moved = short < 0.0
        block[moved, t] = 0.0
        if t == 0:
            left_over[rows] = np.abs(short)
            continue
        block[:, t - 1] += short
        if money is not None:
            cash[:, t - 1] += np.where(moved, cash[:, t], 0.0)
            cash[moved, t] = 0.0
    units[rows] = block
    if money is not None:
        money[rows] = cash
    return units, left_over
