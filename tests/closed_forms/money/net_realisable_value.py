"""Lower of cost and net realisable value, item by item, and what may be reversed when value recovers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, finite, non_negative

__all__ = ["STANDARDS", "carrying_amount", "net_realisable_value", "reversal", "write_down"]

STANDARDS = ("IFRS", "US GAAP")


def net_realisable_value(
    price: ArrayLike, cost_to_complete: ArrayLike = 0.0, cost_to_sell: ArrayLike = 0.0
) -> Floats:
    """What a unit still brings, after finishing and selling it.

    Formula: price - cost to complete - cost to sell. Money/unit. Source: IAS 2, paragraph 6; ASC 330-10-20.

    >>> float(net_realisable_value(48, 0, 4))
    44.0
    """
    return (
        finite("price", price)
        - non_negative("cost_to_complete", cost_to_complete)
        - non_negative("cost_to_sell", cost_to_sell)
    )


def write_down(quantity: ArrayLike, unit_cost: ArrayLike, value: ArrayLike) -> Floats:
    """What must be written off now because a unit brings less than it cost.

    Formula: quantity x max(0, unit cost - net realisable value), per item, no netting between items. Money. A negative
    value is written down to zero at most: what disposal costs beyond that is a provision, not stock.
    Components are not written down while the finished product sells at or above cost (IAS 2, paragraph 32).
    Source: IAS 2, paragraphs 9 and 28 to 33; ASC 330-10-35.

    >>> write_down([100, 80], [50, 20], [44, 27]).tolist()
    [600.0, 0.0]
    """
    cost = non_negative("unit_cost", unit_cost)
    return non_negative("quantity", quantity) * np.maximum(
        cost - np.maximum(finite("value", value), 0.0), 0.0
    )


def carrying_amount(quantity: ArrayLike, unit_cost: ArrayLike, value: ArrayLike) -> Floats:
    """Book value after the write-down: the lower of cost and net realisable value.

    Formula: quantity x unit cost - write-down. Money. Source: IAS 2, paragraph 9.

    >>> carrying_amount([100, 80], [50, 20], [44, 27]).tolist()
    [4400.0, 1600.0]
    """
    return non_negative("quantity", quantity) * non_negative("unit_cost", unit_cost) - write_down(
        quantity, unit_cost, value
    )


def reversal(
    standard: str,
    quantity: ArrayLike,
    unit_cost: ArrayLike,
    written_down_value: ArrayLike,
    later_value: ArrayLike,
) -> Floats:
    """How much of an earlier write-down comes back when net realisable value recovers.

    Formula: IFRS: earlier write-down less the write-down at the later value, at most the earlier write-down and never negative; US GAAP: 0, the
    reduced amount is the new cost. Money. Source: IAS 2, paragraph 33; ASC 330-10-35-14.
    Raises ValueError for another standard.

    >>> float(reversal("IFRS", 100, 50, 44, 60)), float(reversal("IFRS", 100, 50, 44, 47)), float(reversal("US GAAP", 100, 50, 44, 60))
    (600.0, 300.0, 0.0)
    """
    if standard not in STANDARDS:
        raise ValueError(f"standard must be one of {', '.join(STANDARDS)}, got {standard!r}")
    earlier = write_down(quantity, unit_cost, written_down_value)
    if standard == "US GAAP":
        return earlier * 0.0
    return np.maximum(earlier - write_down(quantity, unit_cost, later_value), 0.0)
