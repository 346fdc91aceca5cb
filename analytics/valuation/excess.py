"""What of the stock is too much: cover, excess over the demand of some months, and what each product is.

Active, slow, dead, ended, new.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["STATUSES", "Excess", "average_cover", "demand_over", "excess", "status_of"]

Array = NDArray[np.float64]

#: What a product is, by its stock and its sales.
STATUSES = ("active", "slow", "dead", "new", "ended", "never sold", "unknown SKU")
ACTIVE, SLOW, DEAD, NEW, ENDED, NEVER_SOLD, UNKNOWN_SKU = range(7)


def average_cover(on_hand: Array, monthly_demand: Array) -> Array:
    """Months that stock lasts at its average monthly demand.

    Infinite where something is held that nobody asks for, 0 where nothing is, NaN where stock is unknown.

    average_cover = on hand / monthly_demand. Shape (products,). Source: SAP, range of coverage (case RES-01).

    >>> average_cover(np.array([400.0, 50.0, 0.0, np.nan]), np.array([100.0, 0.0, 0.0, 5.0])).tolist()
    [4.0, inf, 0.0, nan]
    """
    held = np.asarray(on_hand, np.float64)
    asked = np.asarray(monthly_demand, np.float64)
    cover = np.where(asked > 0.0, held / np.where(asked > 0.0, asked, 1.0), np.where(held > 0.0, np.inf, 0.0))
    return np.where(np.isnan(held) | np.isnan(asked), np.nan, cover)


def demand_over(monthly: Array, months: float) -> Array:
    """Expected demand of the first `months` months, the last of them in part.

    `monthly` (products, months) or (months,) units.

    demand_over = sum of the demand of the whole months + share of the next. What is beyond the last month
    given is none. Source: definition (case EXC-01).

    >>> float(demand_over(np.array([60.0, 55.0, 50.0, 45.0, 40.0]), 4.5))
    230.0
    """
    weight = np.clip(months - np.arange(np.shape(monthly)[-1]), 0.0, 1.0)
    return np.asarray(np.asarray(monthly, np.float64) @ weight)


class Excess(NamedTuple):
    """Units beyond demand.

    `units` in all, of them `on_hand` and `committed` (on order and not to be cancelled), and what is
    `excluded` by rule. Shape (products,).
    """

    units: Array
    on_hand: Array
    committed: Array
    excluded: NDArray[np.bool_]


def excess(on_hand: Array, committed: Array, demand: Array, excluded: NDArray[np.bool_]) -> Excess:
    """What is beyond the `demand` of some months, orders that cannot be cancelled included.

    All arrays (products,), units.

    Formula: max(on hand + committed - demand, 0). Orders are taken as the part in excess first: that part is
    a purchase commitment, not stock. What is `excluded` by rule (consignment, too young to judge) has none.
    NaN where stock is unknown. Source: case EXC-01.

    >>> found = excess(np.array([180.0]), np.array([120.0]), np.array([230.0]), np.array([False]))
    >>> found.units.tolist(), found.on_hand.tolist(), found.committed.tolist()
    ([70.0], [0.0], [70.0])
    """
    ordered = np.nan_to_num(np.asarray(committed, np.float64))
    units = np.where(excluded, 0.0, np.maximum(on_hand + ordered - demand, 0.0))
    of_orders = np.minimum(units, ordered)
    return Excess(units, units - of_orders, of_orders, np.asarray(excluded, bool))


def status_of(
    group: NDArray[np.int8], months_unsold: Array, months_known: Array, excess_units: Array, dead_months: float, new_months: float
) -> NDArray[np.int8]:  # fmt: skip
    """What each product is, as a position in STATUSES, shape (products,).

    `group` is 0 living, 1 ended, 2 never sold, 3 of an unknown SKU. Of the living: new where sold for less than `new_months`
    months (`months_known`), dead where not sold for `dead_months` months (`months_unsold`), slow where it has
    excess units, else active. Stock of a living product is slow, never lost.
    """
    living = np.where(
        months_known < new_months,
        NEW,
        np.where(
            months_unsold > dead_months, DEAD, np.where(np.nan_to_num(excess_units) > 0.0, SLOW, ACTIVE)
        ),
    )
    return np.select([group == 1, group == 2, group == 3], [ENDED, NEVER_SOLD, UNKNOWN_SKU], living).astype(
        np.int8
    )
