"""One product's stock: what may be left of it when the product ends, and what a write-down becomes as it is sold, standard by standard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.valuation.books.standards import STANDARDS, RollStep, write_down_over_dates
from analytics.valuation.exposure import Exposure, exposure_of_distribution, stranded_distribution
from analytics.valuation.valued import ValuedStock

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["ProductStock", "product_stock"]

#: More units than this are not told apart one by one.
MOST_UNITS = 20_000
#: Months over which a write-down is followed, and one step of it.
MONTHS_FOLLOWED, MONTHS_A_STEP = 12, 3


@dataclass(frozen=True)
class ProductStock:
    """One product: the `exposure` of its stock alone (None: no stock, or too many units), and the roll-forward by quarter under each standard.

    `excess_value` stands beside the exposure and is never added to it: what is excess may be stranded as well.
    """

    exposure: Exposure | None
    excess_value: float
    roll: dict[str, list[RollStep]]

    @property
    def months(self) -> tuple[int, ...]:
        """Months from now of every step of the roll-forward, the first of them now."""
        return tuple(range(0, MONTHS_FOLLOWED + 1, MONTHS_A_STEP)) if self.roll else ()

    @property
    def written_down(self) -> bool:
        """Whether the product fetches less than it costs, so that there is a write-down to follow."""
        return any(float(step.closing) >= 0.005 for steps in self.roll.values() for step in steps)


def product_stock(study: Study, valued: ValuedStock, product: int) -> ProductStock:
    """The stock of the product at this position of the study: chance of being stranded in units, and its write-down by quarter.

    Customers are taken to ask for single units at random (a closed form, without family and market shocks); the price
    falls to nothing lower than today's. Money at unit cost, less salvage for what is stranded.
    """
    stock, items = valued.stock, study.items
    held, cost = stock.on_hand[product], stock.unit_cost[product]
    found = None
    if (
        np.isfinite(held)
        and np.isfinite(cost)
        and 0.0 < held <= MOST_UNITS
        and not study.recommendation.ended[product]
    ):
        hazard = float(np.nan_to_num(items["hazard_per_year"][product]))
        chance = stranded_distribution(round(held), float(stock.expected_12_months[product]), hazard)
        loss = cost * (1.0 - float(np.nan_to_num(items["salvage_share"][product])))
        found = exposure_of_distribution(loss * np.arange(len(chance), dtype=np.float64), chance)
    roll: dict[str, list[RollStep]] = {}
    value = valued.nrv[product]
    if np.isfinite(held) and np.isfinite(cost) and np.isfinite(value):
        taken = np.minimum(np.cumsum(stock.monthly[product, :MONTHS_FOLLOWED]), held)[
            MONTHS_A_STEP - 1 :: MONTHS_A_STEP
        ]
        sold = np.diff(np.r_[0.0, taken])
        dates = np.r_[0.0, sold], np.full(len(sold) + 1, value)
        roll = {name: write_down_over_dates(float(cost), float(held), *dates, name) for name in STANDARDS}
    return ProductStock(found, float(np.nan_to_num(stock.excess_value[product])), roll)
