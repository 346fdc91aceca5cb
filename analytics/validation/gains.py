"""What a replay says of a window and of all of them: units by name, what the mix gained, and how much of hindsight that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.strategy.money.formulas import Counts, Money
from analytics.strategy.money.measures import (
    orders,
    units_cleared,
    units_demanded,
    units_left,
    units_lost,
    units_on_hand,
    units_scrapped,
    units_sold,
)

__all__ = [
    "WINDOW_FORMULAS",
    "fill_rate_planned",
    "hindsight_gain",
    "mix_gain",
    "ordered_less_sold",
    "range_over_products",
    "share_of_hindsight_kept",
    "share_of_luck_in_hindsight",
    "units_closing",
    "units_opening",
    "units_ordered",
    "units_waited",
]

Array = NDArray[np.float64]


def units_opening(n: Counts) -> Array:
    """Units in the position when the window begins: on hand and on order, less owed.

    units_opening = opening. Units. Source: definition.
    """
    return n("opening")


def units_ordered(n: Counts) -> Array:
    """Units made or bought within the window, for stock and for customers.

    units_ordered = ordered. Units. Source: definition; opening + ordered = sold + scrapped + cleared
    + closing + left.
    """
    return n("ordered")


def units_waited(n: Counts) -> Array:
    """Units that customers had to wait for.

    units_waited = waited. Units. Source: definition.
    """
    return n("waited")


def units_closing(n: Counts) -> Array:
    """Units in the position when the window ends; of the last window those that the plan of the file's end would order again.

    units_closing = closing. Units. Source: definition.
    """
    return n("closing")


#: What `replay.csv` says of a window by its measure, beside `profit`; `on_hand` is divided by the years of the window.
WINDOW_FORMULAS: Mapping[str, Callable[[Counts], Array]] = {
    "opening": units_opening,
    "ordered": units_ordered,
    "demanded": units_demanded,
    "sold": units_sold,
    "lost": units_lost,
    "waited": units_waited,
    "scrapped": units_scrapped,
    "cleared": units_cleared,
    "closing": units_closing,
    "left": units_left,
    "on_hand": units_on_hand,
    "orders": orders,
}


def mix_gain(mix: Array, other: Array) -> Array:
    """What the mix earned more over all windows than another policy, by product. Money, shape (products,).

    mix_gain = profit of the mix - profit of the policy; that of all products is the sum. Source: definition.

    >>> mix_gain(np.array([12.0, 5.0]), np.array([10.0, 6.0])).tolist()
    [2.0, -1.0]
    """
    return mix - other


def hindsight_gain(hindsight: Array, other: Array) -> Array:
    """What the best single strategy of every product, known only afterwards, earned more than a policy. Money, (products,).

    hindsight_gain = profit of hindsight - profit of the policy; that of all products is the sum. Source: definition.

    >>> hindsight_gain(np.array([12.0, 6.0]), np.array([10.0, 6.0])).tolist()
    [2.0, 0.0]
    """
    return hindsight - other


def share_of_hindsight_kept(gained: Array | float, possible: Array | float) -> Array | float:
    """Which share of hindsight's gain over today's way the mix had, without knowing what was to come.

    share_of_hindsight_kept = mix_gain / hindsight_gain. `possible` above 0. Source: definition.

    >>> share_of_hindsight_kept(1.5, 2.0)
    0.75
    """
    return gained / possible


def share_of_luck_in_hindsight(repeatable: Array | float, possible: Array | float) -> Array | float:
    """Which share of hindsight's gain nobody could have known: what is best at one date and not at the others.

    share_of_luck_in_hindsight = 1 - repeatable_gain / hindsight_gain, cut to 0 to 1. `possible` above 0. A share and both
    its bounds are cut alike, so that the lower bound never exceeds the upper one: where what was best at the other dates
    loses, all is luck; where it gains more than hindsight, nothing is.
    Source: cross-validation by leaving one out (Stone 1974).

    >>> share_of_luck_in_hindsight(1.5, 2.0), share_of_luck_in_hindsight(-1.0, 2.0), share_of_luck_in_hindsight(2.5, 2.0)
    (0.25, 1.0, 0.0)
    """
    share = np.clip(1.0 - np.asarray(repeatable) / possible, 0.0, 1.0)
    return share if share.ndim else float(share)


def ordered_less_sold(n: Counts, m: Money) -> Array:
    """What was bought or made in a window beyond what was sold in it, at cost: by so much stock grew, but for what was written off.

    ordered_less_sold = stock_value x (ordered - (demanded - lost)). Money; below zero where stock was run down. Kits count at
    the cost of their components. Source: the balance of units; ordered - sold = closing - opening + scrapped + cleared.
    """
    return m["stock_value"] * (n("ordered") - (n("demanded") - n("lost")))


def range_over_products(sample: Array) -> tuple[float, float]:
    """Between which values a sum lies if products are drawn again and again: `low` and `high` of a replay.

    range_over_products = 5th and 95th percentile of the sums over products drawn with replacement. Products that share
    components are drawn together (see `compared.resampled`).
    Source: Efron (1979), the bootstrap.

    >>> range_over_products(np.arange(101.0))
    (5.0, 95.0)
    """
    low, high = np.quantile(sample, (0.05, 0.95))
    return float(low), float(high)


def fill_rate_planned(planned: Array, demanded: Array) -> float:
    """The share of demand that was expected to be served at once with everything to stock; NaN without demand.

    fill_rate_planned = sum of planned x demanded / sum of demanded. `planned` the share expected of each product at each
    date (NaN: not known), `demanded` the units that came (0 where nothing was planned). Source: definition, weighted by demand.

    >>> fill_rate_planned(np.array([0.9, np.nan]), np.array([50.0, 0.0]))
    0.9
    """
    return (
        float((np.nan_to_num(planned) * demanded).sum() / demanded.sum())
        if demanded.sum() > 0.0
        else float("nan")
    )
