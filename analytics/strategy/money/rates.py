"""What each count of the ledger is worth: the money columns of the formulas, one function each, from the fields of a product.

Parameters are fields of `items.ITEM_FIELDS`, other columns of this file, or the shares of a strategy (`strategy_shares`).
The formula in each docstring is the line that pages print; a test holds it against the function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature

import numpy as np
from numpy.typing import NDArray

from analytics.naming.labels import Strategy

__all__ = [
    "RATES",
    "STRATEGY_SHARES",
    "assembly_value",
    "cost",
    "deposit",
    "once_rate",
    "premium_on_cost",
    "premium_on_price",
    "price_of_demand",
    "setup_per_lot",
    "setup_per_order",
    "stock_value",
    "storage_and_insurance",
    "strategy_shares",
    "waiting_cost_per_unit_year",
    "with_rates",
]

Array = NDArray[np.float64]

#: What a strategy sets by itself, between 0 and 1 each, in words.
STRATEGY_SHARES: Mapping[str, str] = {
    "stocked_share": "share of the cost that lies in stock: all of it, the components, or none",
    "worked_share": "share of the cost that is worked on per order",
    "value_share": "share of the cost that a unit in process is worth: its components, or all of it",
    "premium_paid": "1 where buyers pay the price premium, because something is made for them",
    "waits_agreed": "1 where buyers agree to a wait and pay a deposit",
}


def strategy_shares(strategy: str, component_share: Array) -> dict[str, Array]:
    """What a strategy makes of a unit's cost (`STRATEGY_SHARES`), in the shape of `component_share` (NaN counts as 0).

    HYBRID stocks small orders like MTS and works on large ones like MTO, so both shares are 1.

    >>> {name: share.tolist() for name, share in strategy_shares("ATO", np.array([0.6])).items()}["worked_share"]
    [0.4]
    """
    one, zero = np.ones_like(component_share), np.zeros_like(component_share)
    components = np.where(np.isnan(component_share), 0.0, component_share)
    stocked = {Strategy.MTS: one, Strategy.ATO: components, Strategy.MTO: zero, Strategy.HYBRID: one}[
        Strategy(strategy)
    ]
    worked = one if strategy == Strategy.HYBRID else 1.0 - stocked
    return {
        "stocked_share": stocked,
        "worked_share": worked,
        "value_share": one if strategy == Strategy.MTO else stocked,
        "premium_paid": np.sign(worked),
        "waits_agreed": zero if strategy == Strategy.MTS else one,
    }


def price_of_demand(price: Array, unpaid_share: Array) -> Array:
    """What a unit of demand brings: gifts and samples are delivered and bring nothing.

    price_of_demand = price x (1 - unpaid_share). Money/unit. Source: definition.
    """
    return price * (1.0 - unpaid_share)


def cost(unit_cost: Array, fixed_cost_share: Array) -> Array:
    """What one more unit causes: unit cost without the share that is spent anyway.

    cost = unit_cost x (1 - fixed_cost_share). Money/unit, set-up not in it. Source: marginal costing.
    """
    return unit_cost * (1.0 - fixed_cost_share)


def stock_value(cost: Array, value_share: Array) -> Array:
    """What a unit in stock, or of what is in process, is worth at cost.

    stock_value = cost x value_share. Money/unit. Source: definition.
    """
    return cost * value_share


def premium_on_cost(cost_premium: Array, worked_share: Array) -> Array:
    """What making single units costs more, as a share of a unit's cost.

    premium_on_cost = cost_premium x worked_share. Share. Source: definition.
    """
    return cost_premium * worked_share


def premium_on_price(price_premium: Array, premium_paid: Array) -> Array:
    """What buyers pay more for what is made for them, as a share of the price; below zero for a discount.

    premium_on_price = price_premium x premium_paid. Share. Source: definition.
    """
    return price_premium * premium_paid


def assembly_value(cost: Array, premium_on_cost: Array) -> Array:
    """What a unit that is made or assembled for one order is worth while it is worked on.

    assembly_value = cost x (1 + premium_on_cost). Money/unit. Source: definition.
    """
    return cost * (1.0 + premium_on_cost)


def storage_and_insurance(storage_rate: Array, insurance_rate: Array) -> Array:
    """What keeping stock costs a year, as a share of its value.

    storage_and_insurance = storage_rate + insurance_rate. Share per year. Source: definition.
    """
    return storage_rate + insurance_rate


def setup_per_lot(setup_cost: Array, value_share: Array) -> Array:
    """What the set-ups of a lot cost that is made for stock, or of a batch that is made to order.

    setup_per_lot = setup_cost x value_share. Money/lot. Source: definition.
    """
    return setup_cost * value_share


def setup_per_order(order_setup_cost: Array, worked_share: Array) -> Array:
    """What the set-ups of a customer order worked on singly cost.

    setup_per_order = order_setup_cost x worked_share. Money/order. Source: definition.
    """
    return order_setup_cost * worked_share


def deposit(deposit_share: Array, premium_on_price: Array, waits_agreed: Array) -> Array:
    """What buyers pay when they order, as a share of the price without premium; it is a share of the price they pay.

    deposit = deposit_share x (1 + premium_on_price) x waits_agreed. Share. Source: definition.
    """
    return deposit_share * (1.0 + premium_on_price) * waits_agreed


def waiting_cost_per_unit_year(waiting_cost_per_unit_day: Array) -> Array:
    """What a unit late for a year costs.

    waiting_cost_per_unit_year = waiting_cost_per_unit_day x 365. Money/unit-year. Source: definition.
    """
    return waiting_cost_per_unit_day * 365.0


def once_rate(hazard_per_year: Array, capital_rate: Array) -> Array:
    """What a year bears of a loss that happens once: a yearly amount earned until the product ends, discounted, is worth 1 / once_rate years of it.

    once_rate = hazard_per_year + capital_rate. Share per year. Source: present value of an annuity that ends at a constant rate.
    """
    return hazard_per_year + capital_rate


#: Every column that is made of others, by name, in an order in which each can be computed.
RATES: Mapping[str, Callable[..., Array]] = {
    f.__name__: f
    for f in (
        price_of_demand, cost, stock_value, premium_on_cost, premium_on_price, assembly_value,
        storage_and_insurance, setup_per_lot, setup_per_order, deposit, waiting_cost_per_unit_year, once_rate,
    )
}  # fmt: skip

_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    name: tuple(signature(f).parameters) for name, f in RATES.items()
}


def with_rates(fields: Mapping[str, Array], strategy: str) -> dict[str, Array]:
    """The fields of products with the shares of a strategy and every column made of them, by name; arrays that broadcast."""
    known = {**fields, **strategy_shares(strategy, fields["component_share"])}
    for name, column in RATES.items():
        known[name] = column(*(known[parameter] for parameter in _PARAMETERS[name]))
    return known
