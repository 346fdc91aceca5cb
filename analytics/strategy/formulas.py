"""Every amount of money on the screen: one function per measure, named as the measure.

Each takes `n`, which gives a count of the ledger by name (units, unit-years or lots over the horizon; see
`simulation.ledger.COUNTS`), and `m`, the money columns of `strategy.price.money_values` (money per unit, shares,
rates per year). Results are money over the horizon of twelve months, in the shape of the counts.
The ten components add up to `benchmark` minus `profit` without any of them being a remainder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "COMPONENT_FORMULAS", "MONEY_FORMULAS", "Counts", "Formula", "Money", "benchmark", "cancellation", "capital", "cash_tied_up", "goodwill", "lost_margin",
    "markdown", "obsolescence", "premium", "profit", "revenue", "setup", "storage", "waiting",
]  # fmt: skip

Array = NDArray[np.float64]
Money = Mapping[str, Array]
Counts = Callable[[str], Array]
Formula = Callable[[Counts, Money], Array]


def _sold(n: Counts) -> Array:
    return n("demanded") - n("lost")


def benchmark(n: Counts, m: Money) -> Array:
    """What a perfect year would earn: every unit demanded is sold, made at cost, with no stock and no wait.

    benchmark = demanded x (price - cost). Source: definition, the frictionless year that all losses are counted against.
    """
    return n("demanded") * (m["price"] - m["cost"])


def revenue(n: Counts, m: Money) -> Array:
    """What customers pay for the units sold.

    revenue = (demanded - lost) x price + sold to order x price premium x price.
    """
    return _sold(n) * m["price"] + n("to_order") * m["price_premium"] * m["price"]


def cash_tied_up(n: Counts, m: Money) -> Array:
    """Average money bound in stock and in work, less deposits that customers have paid.

    cash_tied_up = stock value x on hand + (value in process x in process + cost x in assembly) / 2 - deposit x price x promised unit-years.
    Work in process is charged at half its value over its production time in every strategy. Deposits by Little's law.
    """
    in_process = m["process_value"] * n("in_process") + m["assembly_value"] * n("in_assembly")
    return m["stock_value"] * n("on_hand") + 0.5 * in_process - m["deposit"] * m["price"] * n("promised")


def capital(n: Counts, m: Money) -> Array:
    """What the money tied up costs, whether borrowed or not; it is not booked.

    capital = capital rate x cash_tied_up.
    """
    return m["capital_rate"] * cash_tied_up(n, m)


def storage(n: Counts, m: Money) -> Array:
    """Space, handling, insurance and shrinkage of stock.

    storage = (storage rate + insurance rate) x stock value x on hand.
    Money a year, of the shape of the counts.
    """
    return m["storage_rate"] * m["stock_value"] * n("on_hand")


def setup(n: Counts, m: Money) -> Array:
    """Set-ups of lots made for stock and of orders made one by one.

    setup = set-up cost x lots + set-up cost per order x customer orders. Unit cost excludes set-up.
    """
    return m["setup"] * n("lots") + m["order_setup"] * n("customer_orders")


def lost_margin(n: Counts, m: Money) -> Array:
    """Contribution of units that customers wanted and did not get.

    lost_margin = lost x (price - cost).
    """
    return n("lost") * (m["price"] - m["cost"])


def goodwill(n: Counts, m: Money) -> Array:
    """What a lost unit costs beyond its margin; who cancels himself takes no offence.

    goodwill = goodwill per unit x (lost - cancelled).
    """
    return m["goodwill"] * (n("lost") - n("cancelled"))


def waiting(n: Counts, m: Money) -> Array:
    """Cost of customers' waiting beyond what they were told: backorders and lateness.

    waiting = waiting cost per unit-year x unit-years late.
    """
    return m["waiting"] * n("late")


def obsolescence(n: Counts, m: Money) -> Array:
    """Stock stranded when a product ends, or left at the end beyond what can still be sold.

    obsolescence = (scrapped + closing excess) x stock value x (1 - salvage share).
    """
    return (n("scrapped") + n("closing_excess")) * m["stock_value"] * (1.0 - m["salvage"])


def markdown(n: Counts, m: Money) -> Array:
    """Excess of a living product cleared below cost, and what held units lose in value while prices fall.

    markdown = cleared x stock value x (1 - clearing share) + price erosion a year x stock value x on hand. Erosion is charged
    on units held only: their replacement gets cheaper too. Source: definition; Khouja et al. 2006 for the pace of component prices.
    """
    return n("cleared") * m["stock_value"] * (1.0 - m["clearing"]) + m["erosion"] * m["stock_value"] * n(
        "on_hand"
    )


def cancellation(n: Counts, m: Money) -> Array:
    """Money sunk into orders cancelled after work had begun, beyond their margin (which is in lost_margin).

    cancellation = cancelled x (sunk share x cost with its premium x (1 - salvage share) - deposit x price); negative where deposits cover it.
    Source: definition; what is part-built fetches the salvage share of what was sunk.
    """
    return n("cancelled") * (
        m["sunk"] * m["cost"] * (1.0 + m["cost_premium"]) * (1.0 - m["salvage"]) - m["deposit"] * m["price"]
    )


def premium(n: Counts, m: Money) -> Array:
    """What making single units costs more, less what buyers pay more for them; may be negative.

    premium = sold to order x (cost premium x cost - price premium x price).
    """
    return n("to_order") * (m["cost_premium"] * m["cost"] - m["price_premium"] * m["price"])


def profit(n: Counts, m: Money) -> Array:
    """Contribution after stock costs, from revenue and spending; the components reach the same money another way.

    profit = revenue - units taken over and bought, at cost, less those that can still be sold - what is worked on per
    order + what stranded and cleared units fetch - fall of value in stock - set-ups - capital - storage - goodwill - waiting - cancelled orders.
    Source: definition of economic profit; tested against cases PROF-01 and PROF-02.
    """
    spent_on_stock = m["stock_value"] * (n("opening") + n("ordered") - n("closing"))
    spent_on_orders = (m["cost"] - m["stock_value"]) * _sold(n) + m["cost"] * m["cost_premium"] * n(
        "to_order"
    )
    recovered = m["stock_value"] * (
        m["salvage"] * (n("scrapped") + n("closing_excess")) + m["clearing"] * n("cleared")
    )
    fallen = m["erosion"] * m["stock_value"] * n("on_hand")
    running = (
        setup(n, m) + capital(n, m) + storage(n, m) + goodwill(n, m) + waiting(n, m) + cancellation(n, m)
    )
    return revenue(n, m) - spent_on_stock - spent_on_orders + recovered - fallen - running


#: The components in the order of `labels.COMPONENTS`.
COMPONENT_FORMULAS: Mapping[str, Formula] = {
    f.__name__: f
    for f in (
        capital,
        storage,
        setup,
        lost_margin,
        goodwill,
        waiting,
        obsolescence,
        markdown,
        cancellation,
        premium,
    )
}
#: Every amount of money by name.
MONEY_FORMULAS: Mapping[str, Formula] = {
    **{f.__name__: f for f in (profit, benchmark, revenue, cash_tied_up)},
    **COMPONENT_FORMULAS,
}
