"""Every amount of money on the screen: one function per measure, named as the measure.

The formula in each docstring is the line that pages print, with a product's numbers in it (`strategy.explained`); a test holds
it against the function. Each takes `n`, which gives a count of the ledger by name (units, unit-years or lots over the horizon; see
`simulation.ledger.COUNTS`), and `m`, the money columns of `strategy.price.money_values` (money per unit, shares,
rates per year; see `rates`). Results are money over the horizon of twelve months, in the shape of the counts.
The components add up to `benchmark` minus `profit` without any of them being a remainder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.simulation.ledger import CUT_OFFS

__all__ = [
    "COMPONENT_FORMULAS", "LATER_FORMULAS", "MONEY_FORMULAS", "Counts", "Formula", "Money", "benchmark", "cancellation", "capital", "cash_tied_up", "goodwill", "lost_if_ended",
    "lost_margin",
    "markdown", "obsolescence", "perhaps_ended", "premium", "profit", "revenue", "run_off", "setup", "sold_later", "storage", "waiting", "years_later",
]  # fmt: skip

Array = NDArray[np.float64]
Money = Mapping[str, Array]
Counts = Callable[[str], Array]
Formula = Callable[[Counts, Money], Array]


def _sold(n: Counts) -> Array:
    return n("demanded") - n("lost")


def _made_singly(n: Counts) -> Array:
    return n("to_order") - n("in_batches")


def _of_cut_off(kind: str, n: Counts, m: Money) -> Array:
    """The counts of the cut-off that prices choose (`run_off_years`); none where that is 0."""
    first, *others = (n(f"{kind}_{years}") * (m["run_off_years"] == years) for years in CUT_OFFS)
    for counted in others:
        first = first + counted
    return first


def sold_later(n: Counts, m: Money) -> Array:
    """Units left beyond what the plan would order again that sell later, each in its turn; the rest is stranded later.

    Counted up to the cut-off at which they are worth most (`terminal.best_cut_off`). Units. Source: `terminal.later`.
    """
    return _of_cut_off("sold_later", n, m)


def years_later(n: Counts, m: Money) -> Array:
    """Unit-years that those units are held until they sell or the product ends, by the same cut-off as `sold_later`. Unit-years. Source: `terminal.later`."""
    return _of_cut_off("years_later", n, m)


def benchmark(n: Counts, m: Money) -> Array:
    """What a perfect year would earn: every unit demanded is sold, made at cost, with no stock and no wait.

    benchmark = demanded x (price_of_demand - cost).
    Source: definition, the frictionless year that all losses are counted against.
    """
    return n("demanded") * (m["price_of_demand"] - m["cost"])


def revenue(n: Counts, m: Money) -> Array:
    """What customers pay for the units sold.

    revenue = (demanded - lost) x price_of_demand + to_order x premium_on_price x price_of_demand.
    Source: definition.
    """
    return _sold(n) * m["price_of_demand"] + n("to_order") * m["premium_on_price"] * m["price_of_demand"]


def cash_tied_up(n: Counts, m: Money) -> Array:
    """Average money bound in stock and in work, less deposits that customers have paid.

    cash_tied_up = stock_value x on_hand + 0.5 x (stock_value x in_process + assembly_value x in_assembly)
    - deposit x price_of_demand x promised.
    Work in process is charged at half its value over its production time in every strategy. Deposits by Little's law.
    """
    in_process = m["stock_value"] * n("in_process") + m["assembly_value"] * n("in_assembly")
    return (
        m["stock_value"] * n("on_hand")
        + 0.5 * in_process
        - m["deposit"] * m["price_of_demand"] * n("promised")
    )


def capital(n: Counts, m: Money) -> Array:
    """What the money tied up costs, whether borrowed or not; it is not booked.

    capital = capital_rate x (cash_tied_up + stock_value x years_later). Source: definition; what is left at the end and sells
    later is held until then.
    """
    return m["capital_rate"] * (cash_tied_up(n, m) + m["stock_value"] * years_later(n, m))


def storage(n: Counts, m: Money) -> Array:
    """Money for space, handling, insurance and shrinkage of stock.

    storage = storage_and_insurance x stock_value x (on_hand + years_later). Source: definition.
    """
    return m["storage_and_insurance"] * m["stock_value"] * (n("on_hand") + years_later(n, m))


def setup(n: Counts, m: Money) -> Array:
    """Set-ups of lots made for stock and of orders made one by one.

    setup = setup_per_lot x lots + setup_per_order x customer_orders. Unit cost excludes set-up.
    """
    return m["setup_per_lot"] * n("lots") + m["setup_per_order"] * n("customer_orders")


def lost_margin(n: Counts, m: Money) -> Array:
    """Contribution of units that customers wanted and did not get.

    lost_margin = lost x (price_of_demand - cost). Source: definition.
    """
    return n("lost") * (m["price_of_demand"] - m["cost"])


def goodwill(n: Counts, m: Money) -> Array:
    """What a lost unit costs beyond its margin; who cancels himself takes no offence.

    goodwill = goodwill_per_unit x (lost - cancelled). Source: definition.
    """
    return m["goodwill_per_unit"] * (n("lost") - n("cancelled"))


def waiting(n: Counts, m: Money) -> Array:
    """Money that waiting beyond what customers were told costs: backorders and lateness.

    waiting = waiting_cost_per_unit_year x late. Source: definition.
    """
    return m["waiting_cost_per_unit_year"] * n("late")


def obsolescence(n: Counts, m: Money) -> Array:
    """Money lost on stock stranded when a product ends within the year.

    obsolescence = scrapped x stock_value x (1 - salvage_share). Source: definition.
    """
    return n("scrapped") * m["stock_value"] * (1.0 - m["salvage_share"])


def run_off(n: Counts, m: Money) -> Array:
    """Money lost on stock left at the end of the year that the plan would not order again and that is never sold.

    run_off = (closing_excess - sold_later) x stock_value x (1 - salvage_share). Source: definition; what it costs to hold
    until it sells is in capital and storage.
    """
    return (n("closing_excess") - sold_later(n, m)) * m["stock_value"] * (1.0 - m["salvage_share"])


def lost_if_ended(n: Counts, m: Money) -> Array:
    """Money lost once, in expectation, because a product may have ended already: stranded, and carried for half a year until that is noticed.

    lost_if_ended = (bought_for_ended x stock_value + on_shelf_ended x cost)
    x (1 - salvage_share + 0.5 x (capital_rate + storage_and_insurance)).
    Not a yearly amount: `perhaps_ended` is what counts of it in a year. Source: definition.
    """
    units = n("bought_for_ended") * m["stock_value"] + n("on_shelf_ended") * m["cost"]
    return units * (1.0 - m["salvage_share"] + 0.5 * (m["capital_rate"] + m["storage_and_insurance"]))


def perhaps_ended(n: Counts, m: Money) -> Array:
    """What a year bears of the loss on stock for products that may have ended already: it happens once, and is set against all years to come.

    perhaps_ended = once_rate x lost_if_ended.
    Source: a level is worth buying where what it earns for ever, a year's money / (hazard + capital rate), exceeds what is lost once.
    """
    return m["once_rate"] * lost_if_ended(n, m)


def markdown(n: Counts, m: Money) -> Array:
    """Excess of a living product cleared below cost, and what held units lose in value while prices fall.

    markdown = cleared x stock_value x (1 - clearing_share) + price_erosion_per_year x stock_value x on_hand.
    Erosion is charged on units held only: their replacement gets cheaper too.
    Source: definition; Khouja et al. 2006 for the pace of component prices.
    """
    return n("cleared") * m["stock_value"] * (1.0 - m["clearing_share"]) + m["price_erosion_per_year"] * m[
        "stock_value"
    ] * n("on_hand")


def cancellation(n: Counts, m: Money) -> Array:
    """Money sunk into orders cancelled after work had begun, beyond their margin (which is in lost_margin).

    cancellation = sunk_share x cost x (1 - salvage_share)
    x (cancelled + premium_on_cost x (cancelled - cancelled_in_batches)) - deposit x price_of_demand x cancelled.
    Below zero where deposits cover it. Source: definition; what is part-built fetches the salvage share of what was sunk.
    """
    sunk = n("cancelled") + m["premium_on_cost"] * (n("cancelled") - n("cancelled_in_batches"))
    return m["sunk_share"] * m["cost"] * (1.0 - m["salvage_share"]) * sunk - m["deposit"] * m[
        "price_of_demand"
    ] * n("cancelled")


def premium(n: Counts, m: Money) -> Array:
    """What making units one order at a time costs more, less what buyers pay more for what is made to order; may be negative.

    premium = (to_order - in_batches) x premium_on_cost x cost - to_order x premium_on_price x price_of_demand.
    A batch costs what a lot costs; who is served from the rest of one pays what is paid for stock. Source: definition.
    """
    return (
        _made_singly(n) * m["premium_on_cost"] * m["cost"]
        - n("to_order") * m["premium_on_price"] * m["price_of_demand"]
    )


def profit(n: Counts, m: Money) -> Array:
    """Contribution after stock costs: a perfect year less what is lost, the same as revenue less what is spent.

    profit = benchmark - capital - storage - setup - lost_margin - goodwill - waiting - obsolescence - run_off
    - perhaps_ended - markdown - cancellation - premium.
    profit = revenue - stock_value x (opening + ordered - closing - sold_later)
    - (cost - stock_value) x (demanded - lost) - cost x premium_on_cost x (to_order - in_batches)
    + stock_value x (salvage_share x (scrapped + closing_excess - sold_later) + clearing_share x cleared)
    - price_erosion_per_year x stock_value x on_hand
    - setup - capital - storage - goodwill - waiting - cancellation - perhaps_ended.
    Source: definition of economic profit; tested against cases PROF-01 and PROF-02.
    """
    later = sold_later(n, m)
    spent_on_stock = m["stock_value"] * (n("opening") + n("ordered") - n("closing") - later)
    premium_paid = m["cost"] * m["premium_on_cost"] * _made_singly(n)
    spent_on_orders = (m["cost"] - m["stock_value"]) * _sold(n) + premium_paid
    recovered = m["stock_value"] * (
        m["salvage_share"] * (n("scrapped") + n("closing_excess") - later)
        + m["clearing_share"] * n("cleared")
    )
    fallen = m["price_erosion_per_year"] * m["stock_value"] * n("on_hand")
    running = (
        setup(n, m) + capital(n, m) + storage(n, m) + goodwill(n, m) + waiting(n, m) + cancellation(n, m)
    )
    return (
        revenue(n, m) - spent_on_stock - spent_on_orders + recovered - fallen - running - perhaps_ended(n, m)
    )


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
        run_off,
        perhaps_ended,
        markdown,
        cancellation,
        premium,
    )
}
#: What prices choose among the counts by cut-off, by name.
LATER_FORMULAS: Mapping[str, Formula] = {f.__name__: f for f in (sold_later, years_later)}
#: Every amount of money by name.
MONEY_FORMULAS: Mapping[str, Formula] = {
    **{f.__name__: f for f in (profit, benchmark, revenue, cash_tied_up, lost_if_ended)},
    **COMPONENT_FORMULAS,
}
