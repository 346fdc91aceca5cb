"""Annual economic profit of each strategy from rates and averages: the identity that simulated money must agree with.

All parts are money a year. Lost demand appears once, as fewer units sold, plus goodwill where it is given.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analytics.policy.arguments import fraction, non_negative

__all__ = [
    "MakeToOrderProfit",
    "MakeToStockProfit",
    "assemble_to_order_profit",
    "cancellation_margin",
    "deposit_benefit",
    "deposits_held",
    "make_to_order_profit",
    "make_to_stock_profit",
    "scaled_unit_cost",
    "sparing_deposit_share",
]

DAYS = 365.0


class MakeToStockProfit(NamedTuple):
    """Parts of a year's economic profit when made to stock; `economic_profit` is contribution less all other money."""

    units_sold: float
    contribution: float
    setup: float
    carrying: float
    obsolescence: float
    backorder: float
    goodwill: float
    economic_profit: float


def make_to_stock_profit(
    *, demand_rate: float, price: float, unit_cost: float, salvage: float, setup_cost: float, order_quantity: float, carrying_rate: float, hazard: float, on_hand: float,
    backorders: float = 0.0, fill_rate: float = 1.0, share_waiting: float = 1.0, goodwill_per_unit: float = 0.0, backorder_cost: float = 0.0,
) -> MakeToStockProfit:  # fmt: skip
    """What a year of making to stock earns, from demand, service, stock and prices.

    Formula: sold = lambda [1 - (1 - fill rate)(1 - share waiting)]; profit = sold (p - c) - K sold / Q - c (i + s) E[on hand]
    - theta (c - v) E[on hand] - b E[backorders] - g (lambda - sold). Rates per year, money per unit, stocks in units.
    Salvage above cost makes death a gain; it is not refused here. Source: identity; definitions of Hadley and Whitin 1963.

    >>> make_to_stock_profit(demand_rate=100, price=10, unit_cost=6, salvage=1, setup_cost=50, order_quantity=20, carrying_rate=0.2, hazard=0.1, on_hand=15).economic_profit
    124.5
    """
    served = float(fraction("fill_rate", fill_rate)) + (1.0 - fill_rate) * float(
        fraction("share_waiting", share_waiting)
    )
    demand = float(non_negative("demand_rate", demand_rate))
    sold = demand * served
    held = float(non_negative("on_hand", on_hand))
    contribution = sold * (price - unit_cost)
    setup = setup_cost * sold / order_quantity if setup_cost else 0.0
    carrying = unit_cost * float(non_negative("carrying_rate", carrying_rate)) * held
    obsolescence = float(non_negative("hazard", hazard)) * (unit_cost - salvage) * held
    backorder = backorder_cost * float(non_negative("backorders", backorders))
    goodwill = goodwill_per_unit * (demand - sold)
    return MakeToStockProfit(
        sold,
        contribution,
        setup,
        carrying,
        obsolescence,
        backorder,
        goodwill,
        contribution - setup - carrying - obsolescence - backorder - goodwill,
    )


class MakeToOrderProfit(NamedTuple):
    """Parts of a year's economic profit when made to order; costs are positive, the deposit benefit is a gain."""

    units_accepted: float
    units_delivered: float
    contribution: float
    setup: float
    work_in_process: float
    tardiness: float
    cancellation: float
    deposit_benefit: float
    goodwill: float
    economic_profit: float


def make_to_order_profit(
    *, demand_rate: float, share_staying: float, price: float, unit_cost: float, quote_days: float, capital_rate: float, price_premium: float = 0.0, cost_premium: float = 0.0,
    cancellation_share: float = 0.0, order_setup_cost: float = 0.0, units_per_order: float = 1.0, waiting_cost_per_unit_day: float = 0.0, tardy_days: float = 0.0,
    sunk_share: float = 0.0, part_built_salvage: float = 0.0, deposit_share: float = 0.0, goodwill_per_unit: float = 0.0,
) -> MakeToOrderProfit:  # fmt: skip
    """What a year of making to order earns, from demand, patience, quote, cancellations and prices.

    Formula: accepted a = lambda r(quote); p' = p (1 + price premium), c' = c (1 + cost premium); profit = a (1 - k)(p' - c')
    - Ko a / units per order - (i c' / 2) a quote / 365 - w tardy a (1 - k) - a k (u c' - part-built salvage - d p')
    + i d p' a quote / 365 - g (lambda - a). k cancellation share, u sunk share, d deposit share, w waiting cost per unit-day.
    Work in process is charged at half its cost over the quote; deposits earn interest while held (Little's law).
    Source: identity; definitions of the cost terms in the analytics README.

    >>> make_to_order_profit(demand_rate=100, share_staying=0.9, price=10, unit_cost=6, quote_days=36.5, capital_rate=0.1, order_setup_cost=2, units_per_order=3).economic_profit
    297.3
    """
    demand = float(non_negative("demand_rate", demand_rate))
    accepted = demand * float(fraction("share_staying", share_staying))
    cancelled = float(fraction("cancellation_share", cancellation_share))
    cost, income = unit_cost * (1.0 + cost_premium), price * (1.0 + price_premium)
    quote = float(non_negative("quote_days", quote_days))
    delivered = accepted * (1.0 - cancelled)
    contribution = delivered * (income - cost)
    setup = order_setup_cost * accepted / units_per_order
    process = capital_rate * cost / 2.0 * accepted * quote / DAYS
    tardiness = waiting_cost_per_unit_day * float(non_negative("tardy_days", tardy_days)) * delivered
    cancellation = (
        accepted
        * cancelled
        * (
            float(fraction("sunk_share", sunk_share)) * cost
            - part_built_salvage
            - float(fraction("deposit_share", deposit_share)) * income
        )
    )
    deposit = deposit_benefit(income, deposit_share, accepted, quote, capital_rate)
    goodwill = goodwill_per_unit * (demand - accepted)
    profit = contribution - setup - process - tardiness - cancellation + deposit - goodwill
    return MakeToOrderProfit(
        accepted, delivered, contribution, setup, process, tardiness, cancellation, deposit, goodwill, profit
    )


def assemble_to_order_profit(
    order_side: MakeToOrderProfit, *, unit_cost: float, component_share: float, components_on_hand: float, carrying_rate: float, hazard: float, component_salvage: float = 0.0,
    setup_cost: float = 0.0, lots_per_year: float = 0.0,
) -> float:  # fmt: skip
    """What a year of assembling to order earns: the order side with the assembly quote, less the stock of components.

    Formula: profit of the order side - K lots - alpha c (i + s) E[components] - theta_family (alpha c - v) E[components], alpha component
    share, components counted in sets for one product, hazard that of the family. Money/year. Source: identity.

    >>> side = make_to_order_profit(demand_rate=100, share_staying=1, price=10, unit_cost=6, quote_days=0, capital_rate=0.1)
    >>> assemble_to_order_profit(side, unit_cost=6, component_share=0.5, components_on_hand=10, carrying_rate=0.2, hazard=0.1)
    391.0
    """
    value = unit_cost * float(fraction("component_share", component_share))
    held = float(non_negative("components_on_hand", components_on_hand))
    carrying = value * float(non_negative("carrying_rate", carrying_rate)) * held
    return (
        order_side.economic_profit
        - setup_cost * lots_per_year
        - carrying
        - float(non_negative("hazard", hazard)) * (value - component_salvage) * held
    )


def cancellation_margin(
    price: float,
    unit_cost: float,
    cancellation_share: float,
    sunk_share: float,
    part_built_salvage: float,
    deposit_share: float,
) -> float:
    """Expected margin of an order that may be cancelled after work has begun.

    Formula: (1 - k)(p - c) + k (d p + v - u c). Money per unit ordered. A cancelled order keeps the deposit, recovers the salvage of
    the part-built unit and loses the cost already sunk. Source: expectation.

    >>> round(cancellation_margin(500, 320, 0.08, 0.6, 90, 0.2), 6)  # 165.6 + 0.08 x (-2)
    165.44
    """
    k = float(fraction("cancellation_share", cancellation_share))
    kept = (
        float(fraction("deposit_share", deposit_share)) * price
        + part_built_salvage
        - float(fraction("sunk_share", sunk_share)) * unit_cost
    )
    return (1.0 - k) * (price - unit_cost) + k * kept


def sparing_deposit_share(
    price: float, unit_cost: float, sunk_share: float, part_built_salvage: float
) -> float:
    """The deposit, as a share of price, at which a cancellation costs nothing.

    Formula: max(0, (u c - v) / p). Share. Source: the cancellation term set to zero.

    >>> sparing_deposit_share(500, 320, 0.6, 90)
    0.204
    """
    return max(0.0, (float(fraction("sunk_share", sunk_share)) * unit_cost - part_built_salvage) / price)


def deposits_held(price: float, deposit_share: float, yearly_units: float, lead_days: float) -> float:
    """Customers' deposits in hand, on average.

    Formula: d p a l / 365 (Little's law). Money. Source: Little 1961.

    >>> deposits_held(100, 0.5, 365, 10)
    500.0
    """
    return (
        float(fraction("deposit_share", deposit_share))
        * price
        * float(non_negative("yearly_units", yearly_units))
        * float(non_negative("lead_days", lead_days))
        / DAYS
    )


def deposit_benefit(
    price: float, deposit_share: float, yearly_units: float, lead_days: float, capital_rate: float
) -> float:
    """What holding customers' deposits saves in capital cost.

    Formula: i d p a l / 365. Money/year. Source: capital rate times deposits held.

    >>> deposit_benefit(100, 0.5, 365, 10, 0.1)
    50.0
    """
    return float(non_negative("capital_rate", capital_rate)) * deposits_held(
        price, deposit_share, yearly_units, lead_days
    )


def scaled_unit_cost(
    quantity: float, reference_quantity: float, reference_cost: float, elasticity: float
) -> float:
    """Unit cost at another volume, from a scale curve; set-up is separate and not in it.

    Formula: c_ref (Q / Q_ref)^(-e), e elasticity from quotes at two volumes. Money/unit. Source: scale curve (constant elasticity).
    Raises ValueError for quantities that are not positive.

    >>> scaled_unit_cost(4, 1, 100, 0.5)
    50.0
    """
    if quantity <= 0 or reference_quantity <= 0:
        raise ValueError(
            f"quantity and reference_quantity must be positive, got {quantity:g} and {reference_quantity:g}"
        )
    return float(reference_cost * np.power(quantity / reference_quantity, -elasticity))
