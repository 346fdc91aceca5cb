"""Break-evens in closed form: the value of one input at which making to stock and making to order cost the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analytics.policy.arguments import Floats, finite, non_negative, positive
from tests.closed_forms.queues.patience_curves import longest_wait

__all__ = [
    "break_even_carrying_rate",
    "break_even_cost_premium",
    "break_even_patience",
    "break_even_quote",
    "share_lost_to_break_even",
    "yearly_cost_made_to_order",
    "yearly_cost_made_to_stock",
]


def yearly_cost_made_to_stock(
    demand_rate: ArrayLike,
    unit_cost: ArrayLike,
    setup_cost: ArrayLike,
    order_quantity: ArrayLike,
    average_stock: ArrayLike,
    carrying_rate: ArrayLike,
) -> Floats:
    """Cost of a year from stock: purchases, set-ups and carrying (with the net hazard in the rate where wanted).

    Formula: lambda c + K lambda / Q + stock x c x rate. Money/year. Source: identity.

    >>> float(yearly_cost_made_to_stock(300, 40, 150, 120, 95, 0.30))
    13515.0
    """
    d, c = non_negative("demand_rate", demand_rate), non_negative("unit_cost", unit_cost)
    carrying = non_negative("average_stock", average_stock) * c * non_negative("carrying_rate", carrying_rate)
    return (
        d * c
        + non_negative("setup_cost", setup_cost) * d / positive("order_quantity", order_quantity)
        + carrying
    )


def yearly_cost_made_to_order(
    demand_rate: ArrayLike, unit_cost: ArrayLike, order_setup_cost: ArrayLike, units_per_order: ArrayLike,
    waiting_cost_per_unit_day: ArrayLike, wait_days: ArrayLike, cost_premium: ArrayLike = 0.0,
) -> Floats:  # fmt: skip
    """Cost of a year to order: purchases with their premium, one set-up an order, and waiting.

    Formula: lambda c (1 + x) + Ko lambda / q + lambda w l. Money/year. Source: identity.

    >>> round(float(yearly_cost_made_to_order(300, 40, 4, 1.5, 0.05, 12)), 6)
    12980.0
    """
    d, c = non_negative("demand_rate", demand_rate), non_negative("unit_cost", unit_cost)
    waiting = (
        d
        * non_negative("waiting_cost_per_unit_day", waiting_cost_per_unit_day)
        * non_negative("wait_days", wait_days)
    )
    return (
        d * c * (1.0 + finite("cost_premium", cost_premium))
        + non_negative("order_setup_cost", order_setup_cost)
        * d
        / positive("units_per_order", units_per_order)
        + waiting
    )


def break_even_cost_premium(
    cost_made_to_stock: ArrayLike, cost_made_to_order: ArrayLike, yearly_purchases: ArrayLike
) -> Floats:
    """The extra unit cost, as a share, at which making to order loses its advantage.

    Formula: (cost from stock - cost to order without premium) / (lambda c). Share; negative where stock is cheaper already.
    Source: the two yearly costs set equal.

    >>> round(float(break_even_cost_premium(13515, 12980, 12000)), 6)
    0.044583
    """
    return (
        finite("cost_made_to_stock", cost_made_to_stock) - finite("cost_made_to_order", cost_made_to_order)
    ) / positive("yearly_purchases", yearly_purchases)


def share_lost_to_break_even(yearly_volume: ArrayLike, margin: ArrayLike, yearly_saving: ArrayLike) -> Floats:
    """The share of sales that may be lost to waiting before the saving of not stocking is used up.

    Formula: saving / (V m), at most 1; 0 where there is nothing to save. Share. Source: identity.

    >>> float(share_lost_to_break_even(300, 35, 2100))
    0.2
    """
    return np.clip(
        finite("yearly_saving", yearly_saving)
        / (positive("yearly_volume", yearly_volume) * positive("margin", margin)),
        0.0,
        1.0,
    )


def break_even_quote(
    yearly_volume: ArrayLike, margin: ArrayLike, yearly_saving: ArrayLike, kind: str, *parameters: Any
) -> Floats:
    """The longest lead time that can be quoted before lost sales eat the saving of not stocking.

    Formula: the wait at which patience has fallen to 1 - saving / (V m); for exponential patience -ln(1 - saving / (V m)) / rate.
    In the unit of the patience parameters; infinite where the saving outweighs the whole margin. Source: identity.

    >>> round(float(break_even_quote(300, 35, 2200, "exponential", 0.02)), 6)
    11.755987
    """
    kept = 1.0 - share_lost_to_break_even(yearly_volume, margin, yearly_saving)
    wait = longest_wait(kind, np.where(kept > 0, kept, 1.0), *parameters)
    return np.where(kept > 0, wait, np.inf)[()]


def break_even_patience(
    yearly_volume: ArrayLike, margin: ArrayLike, yearly_saving: ArrayLike, quote: ArrayLike
) -> Floats:
    """The loss of buyers per day of wait at which a given quote just pays (exponential patience).

    Formula: -ln(1 - saving / (V m)) / quote. Per day, for a quote in days; infinite where the saving outweighs the whole margin.
    Source: identity.

    >>> round(float(break_even_patience(300, 35, 2200, 11.755987118)), 6)
    0.02
    """
    kept = 1.0 - share_lost_to_break_even(yearly_volume, margin, yearly_saving)
    with np.errstate(divide="ignore"):
        return np.where(kept > 0, -np.log(np.where(kept > 0, kept, 1.0)), np.inf)[()] / positive(
            "quote", quote
        )


def break_even_carrying_rate(
    extra_cost_to_order: ArrayLike, average_stock: ArrayLike, unit_cost: ArrayLike
) -> Floats:
    """The carrying rate (net hazard included) above which ordering is cheaper than stocking.

    Formula: (cost to order - cost from stock without carrying) / (stock x c). 1/year; negative where ordering is always cheaper.
    Source: the two yearly costs set equal.

    >>> float(break_even_carrying_rate(570, 95, 40))
    0.15
    """
    return finite("extra_cost_to_order", extra_cost_to_order) / (
        positive("average_stock", average_stock) * positive("unit_cost", unit_cost)
    )
