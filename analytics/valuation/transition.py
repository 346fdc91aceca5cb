"""From today's stock to what the plan holds, month by month: what becomes cash, what ties it up, and what will not sell.

It starts from the stock in the customer's file, never from a difference of simulated averages, and is no part of the yearly gain.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["MONTHS", "Ahead", "Transition", "drawn_down"]

Array = NDArray[np.float64]

#: Months within which stock must sell to count as cash.
MONTHS = 24


def drawn_down(excess: Array, monthly: Array) -> Array:
    """Units of an excess that expected demand takes in each month, nothing being bought meanwhile.

    *Formula*: min(expected demand of the month, what is left of the excess). `excess` (products,) units above what the plan holds, `monthly` (products, months).
    Returns (products, months) units; rows sum to at most the excess. Source: case TRANS-01 of the finance cases (300 units to 60 at 40 a month).

    >>> drawn_down(np.array([100.0]), np.array([[40.0, 40.0, 40.0, 40.0]])).tolist()
    [[40.0, 40.0, 20.0, 0.0]]
    """
    before = np.concatenate([np.zeros((len(monthly), 1)), np.cumsum(monthly, axis=1)], axis=1)
    drawn: Array = np.diff(np.minimum(before, np.asarray(excess, np.float64)[:, None]), axis=1)
    return drawn


@dataclass(frozen=True, eq=False)
class Ahead:
    """What is ahead of the stock of each product, and what the plan holds of it on average.

    `ended` (products,) marks what is sold no longer; `monthly` (products, MONTHS) is the expected demand of the months from
    `first_month`, in units; `last_month` (products,) how many months until a known end (infinite: none is known). `holds`
    (products,) are the units that the plan holds, `components` (products,) the money of components that it stocks anew.
    """

    ended: NDArray[np.bool_]
    monthly: Array
    last_month: Array
    holds: Array
    components: Array
    first_month: np.datetime64

    def with_unsold(self, more: int) -> Ahead:
        """The same with `more` products behind the others that were never sold: no demand, no end, nothing held."""
        nothing = np.zeros(more)
        return Ahead(
            np.concatenate([self.ended, np.zeros(more, bool)]),
            np.concatenate([self.monthly, np.zeros((more, self.monthly.shape[1]))]),
            np.concatenate([self.last_month, np.full(more, np.inf)]),
            np.concatenate([self.holds, nothing]),
            np.concatenate([self.components, nothing]),
            self.first_month,
        )


@dataclass(frozen=True, eq=False)
class Transition:
    """Stock on hand on its way to what the plan holds on average. Money at unit cost, one entry per product; only products whose stock and cost are known take part.

    `released` (products, MONTHS) becomes cash month by month: no purchase while stock is above what the plan holds, and expected demand draws it down.
    `kept` stays, because the plan holds it; `tied_up` must be bought once where the plan holds more than is there, components that are stocked anew included.
    What never counts as cash: `of_ended` products, `beyond_end` (more than is expected to sell before a known end), `beyond_months` (more than MONTHS months of
    expected demand above what the plan holds), `of_unsold` products, and `of_blocked` stock of products still sold. For every product: stock = kept + released +
    these five + `by_contract`: what firm orders take of ended products brings their price, and is in no cash by month.
    `holds` are the units the plan holds; `first_month` the first month.
    """

    released: Array
    kept: Array
    tied_up: Array
    of_ended: Array
    beyond_end: Array
    beyond_months: Array
    of_unsold: Array
    holds: Array
    first_month: np.datetime64
    of_blocked: Array | float = 0.0
    by_contract: Array | float = 0.0

    def with_contracts(self, units: Array, unit_cost: Array) -> Transition:
        """The same where firm orders take `units` (products,) of ended products, at `unit_cost` (products,) money: that much is not lost."""
        taken = np.minimum(np.nan_to_num(units * unit_cost), self.of_ended)
        return replace(self, of_ended=self.of_ended - taken, by_contract=taken)

    @classmethod
    def of(
        cls,
        on_hand: Array,
        unit_cost: Array,
        living: NDArray[np.bool_],
        ahead: Ahead,
        blocked: Array | None = None,
    ) -> Transition:
        """The transition of all products: `on_hand` units and `unit_cost` money (products,), NaN unknown.

        `blocked` (products,) are units on hand that nothing is expected to sell (None: none).

        `living` (products,) marks what is still sold; what is neither living nor ended was never sold.
        Raises ValueError where cash, what is kept and what will not sell do not add up to the stock.
        """
        ended, monthly, last_month = ahead.ended, ahead.monthly, ahead.last_month
        takes = np.isfinite(on_hand) & np.isfinite(unit_cost)
        stock, cost = np.where(takes, on_hand, 0.0), np.where(takes, unit_cost, 0.0)
        target = np.where(living, np.nan_to_num(ahead.holds), 0.0)
        shut = np.where(
            living & takes, np.zeros(len(stock)) if blocked is None else np.nan_to_num(blocked), 0.0
        )
        value, stock = cost * stock, stock - shut
        excess = np.where(living, np.maximum(stock - target, 0.0), 0.0)
        drawn = drawn_down(excess, np.where(living[:, None], monthly[:, :MONTHS], 0.0))
        left = cost * np.maximum(excess - drawn.sum(axis=1), 0.0)
        dated = last_month <= MONTHS
        found = cls(
            released=cost[:, None] * drawn, kept=np.where(living, cost * np.minimum(stock, target), 0.0),
            tied_up=np.where(takes & living, cost * np.maximum(target - stock, 0.0) + np.nan_to_num(ahead.components), 0.0),
            of_ended=np.where(ended, value, 0.0), beyond_end=np.where(dated, left, 0.0), beyond_months=np.where(dated, 0.0, left),
            of_unsold=np.where(living | ended, 0.0, value), holds=np.where(living & takes, target, np.nan), first_month=ahead.first_month,
            of_blocked=cost * shut,
        )  # fmt: skip
        parts = found.released.sum(axis=1) + found.kept + found.not_cash
        if not np.allclose(parts, value, rtol=1e-9, atol=0.005):
            raise ValueError(
                "Transition: cash, what is kept and what will not sell do not add up to the stock"
            )
        return found

    @property
    def not_cash(self) -> Array:
        """Stock in money that never counts as cash. Shape (products,)."""
        return np.asarray(
            self.of_ended + self.beyond_end + self.beyond_months + self.of_unsold + self.of_blocked
        )

    @property
    def by_month(self) -> Array:
        """Cash released in each month. Shape (MONTHS,)."""
        total: Array = self.released.sum(axis=0)
        return total

    @property
    def cash_released(self) -> float:
        """Stock of the file that becomes cash, once, within MONTHS months.

        cash_released = sum of becomes_cash.
        """
        return float(self.by_month.sum())

    @property
    def kept_by_plan(self) -> float:
        """Stock of the file that stays, because the plan holds it.

        kept_by_plan = sum of unit cost x min(on hand, plan_holds). Money.
        """
        return float(self.kept.sum())

    @property
    def not_sold_before_known_end(self) -> float:
        """Stock above what the plan holds that is not expected to sell before a known end.

        not_sold_before_known_end = sum of unit cost x units left at a known end within MONTHS months. Money.
        """
        return float(self.beyond_end.sum())

    @property
    def not_sold_within_24_months(self) -> float:
        """Stock above what the plan holds that is not expected to sell within MONTHS months.

        not_sold_within_24_months = sum of unit cost x units left after MONTHS months. Money.
        """
        return float(self.beyond_months.sum())

    @property
    def must_be_bought(self) -> float:
        """What must be bought, once, where the plan holds more than is there today.

        must_be_bought = sum of ties_up.
        """
        return float(self.tied_up.sum())

    @property
    def months(self) -> int:
        """Months until the last of the cash is released; 0 where there is none.

        months = the last month in which stock becomes cash.
        """
        late = np.flatnonzero(self.by_month > 0.005)
        return int(late[-1]) + 1 if len(late) else 0
