"""Sold below cost: the one test of it, for the file, the items and every page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items

__all__ = ["below_cost", "sold_below_cost"]

#: sums of many lines are exact to this share
_ROUNDING = 1e-9


def sold_below_cost(
    revenue: NDArray[np.float64], units: NDArray[np.float64], cost: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether revenue is below cost x units; false where nothing was sold or anything is unknown. Shape of the arguments.

    >>> import numpy as np
    >>> sold_below_cost(np.array([90.0, 110.0, 0.0]), np.array([10.0, 10.0, 0.0]), np.array([10.0, 10.0, 10.0])).tolist()
    [True, False, False]
    """
    spent = cost * units
    return np.asarray((units > 0.0) & (revenue < spent * (1.0 - _ROUNDING)))


def below_cost(items: Items) -> NDArray[np.bool_]:
    """Products of which every unit sold loses money: price below the cost that a unit causes, unit cost less its fixed share. Shape (products,).

    The price in force is revenue / units (see `net_price`), so this is revenue < cost x units of the window. Ended products are among them: count those apart.
    """
    price, cost = np.asarray(items["price"], np.float64), np.asarray(items["unit_cost"], np.float64)
    fixed = np.nan_to_num(np.asarray(items["fixed_cost_share"], np.float64))
    return sold_below_cost(price, np.ones(len(price)), cost * (1.0 - fixed))
