"""Stock run down to a target month by month: what need not be bought, the cash that is, and when ordering begins again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.valuation.transition import drawn_down

__all__ = [
    "RunDown",
    "Way",
    "less_once",
    "pay_back_by_gain",
    "pay_back_months",
    "run_down",
    "stop_ordering_months",
]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RunDown:
    """Stock on its way to a target, month by month; arrays (products, months), units but for `cash_released` and `capital_saved`, which are money.

    `closing` is the stock at the end of each month, `purchases` what is bought in it, `from_stock` the demand served from what is above the target: what need
    not be bought. `capital_saved` is against holding what is there today. Months are measured by the average of opening and closing.
    """

    closing: Array
    purchases: Array
    from_stock: Array
    cash_released: Array
    capital_saved: Array

    def average_stock(self, on_hand: Array) -> Array:
        """Average stock of the months: that of the openings and closings, units, shape (products,)."""
        opening = np.concatenate([np.asarray(on_hand, np.float64)[:, None], self.closing[:, :-1]], axis=1)
        return np.asarray(0.5 * (opening + self.closing).mean(axis=1))


def run_down(on_hand: Array, target: Array, monthly: Array, unit_cost: Array, capital_rate: Array) -> RunDown:
    """Nothing is bought until stock is at the target, then what is asked for; stock below the target is filled in the first month.

    `on_hand`, `target` and `unit_cost`, `capital_rate` (a year) are (products,), `monthly` (products, months) units expected. Formula: from_stock = drawn_down of on hand -
    target; purchases = demand - from_stock; cash_released = unit cost x from_stock; capital_saved = rate / 12 x unit cost x (on hand - average of the month).
    Source: case TRANS-01 of the finance cases.

    >>> one = np.ones(1)
    >>> found = run_down(300 * one, 60 * one, np.full((1, 12), 40.0), 50 * one, 0.1 * one)
    >>> found.closing[0, :7].tolist(), float(found.cash_released.sum()), round(float(found.capital_saved.sum()), 6)
    ([260.0, 220.0, 180.0, 140.0, 100.0, 60.0, 60.0], 12000.0, 900.0)
    """
    held, wanted = np.asarray(on_hand, np.float64), np.asarray(target, np.float64)
    taken = drawn_down(np.maximum(held - wanted, 0.0), np.asarray(monthly, np.float64))
    fill = np.maximum(wanted - held, 0.0)
    purchases = np.asarray(monthly, np.float64) - taken
    purchases[:, :1] += fill[:, None]
    closing = (held + fill)[:, None] - np.cumsum(taken, axis=1)
    opening = np.concatenate([held[:, None], closing[:, :-1]], axis=1)
    saved = (capital_rate * unit_cost / 12.0)[:, None] * (held[:, None] - 0.5 * (opening + closing))
    return RunDown(closing, purchases, taken, unit_cost[:, None] * taken, saved)


def stop_ordering_months(excess: Array, monthly: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """From when to when ordering can begin again, in months from now: at the upper and at the lower end of demand; both (products,).

    `excess` (products,) units above what the plan holds, `monthly` (products, months) expected demand, `low` and `high` (products,) the ends of the year's demand as
    shares of the expected. Months until the excess is drawn down; 0 where nothing is above it, infinite where it lasts beyond the months given. Source: definition.

    >>> [end.tolist() for end in stop_ordering_months(np.array([100.0]), np.full((1, 24), 20.0), np.array([0.5]), np.array([2.0]))]
    [[2.5], [10.0]]
    """
    until = np.cumsum(np.asarray(monthly, np.float64), axis=1)

    def months(share: Array) -> Array:
        reached = until * share[:, None] >= excess[:, None] - 1e-12
        first = np.where(reached.any(axis=1), reached.argmax(axis=1), 0)
        rows = np.arange(len(excess))
        before = np.where(first > 0, until[rows, np.maximum(first - 1, 0)], 0.0) * share
        rate = monthly[rows, first] * share
        part = np.where(rate > 0.0, (excess - before) / np.where(rate > 0.0, rate, 1.0), 0.0)
        found = np.where(reached.any(axis=1), first + np.clip(part, 0.0, 1.0), np.inf)
        return np.where(excess > 0.0, found, np.where(np.isnan(excess), np.nan, 0.0))

    return months(np.asarray(high, np.float64)), months(np.asarray(low, np.float64))


def pay_back_months(cash_by_month: Array, one_off: float) -> float:
    """Months until what is released and saved, (months,) money, has paid the cost of switching; infinite where it never does, NaN where that cost is not known.

    Formula: first month whose cumulative amount reaches one_off. Source: definition.

    >>> pay_back_months(np.array([100.0, 100.0, 100.0]), 150.0), pay_back_months(np.array([1.0]), float("nan"))
    (2.0, nan)
    """
    if np.isnan(one_off):
        return float("nan")
    reached = np.flatnonzero(np.cumsum(cash_by_month) >= one_off)
    return 0.0 if one_off <= 0.0 else float(reached[0]) + 1.0 if len(reached) else float("inf")


def pay_back_by_gain(one_off: float, gain_per_year: float) -> float:
    """Whole months until a yearly gain that comes evenly has paid what switching costs once; infinite where it never does.

    Formula: the least whole number of months n with n x gain / 12 >= one_off. Money, money a year. Source: definition.

    >>> pay_back_by_gain(500.0, 1200.0), pay_back_by_gain(501.0, 1200.0), pay_back_by_gain(0.0, -1.0), pay_back_by_gain(1.0, 0.0)
    (5.0, 6.0, 0.0, inf)
    """
    if one_off <= 0.0:
        return 0.0
    return float(np.ceil(12.0 * one_off / gain_per_year - 1e-9)) if gain_per_year > 0.0 else float("inf")


def less_once(amount: float, one_off: float) -> float:
    """What is left of an amount once the cost of switching is paid, money.

    Formula: amount - one_off, of what is stated (NaN: nothing, and nothing is taken off). Source: definition.

    >>> less_once(100.0, 30.0), less_once(100.0, float("nan"))
    (70.0, 100.0)
    """
    return amount if np.isnan(one_off) else amount - one_off


@dataclass(frozen=True, eq=False)
class Way:
    """Today's stock on its way to what the mix holds: `down` by product and month, `counted` (products,) those that take part; money at unit cost.

    `unit_cost` and `capital_rate` a year (products,); `write_down` money booked at the beginning (products,); `one_off` the cost of switching, money (NaN: not stated).
    """

    down: RunDown
    counted: NDArray[np.bool_]
    unit_cost: Array
    on_hand: Array
    write_down: Array
    overhead_released: float
    one_off: float
    capital_rate: Array

    def by_month(self, rows: NDArray[np.bool_]) -> dict[str, Array]:
        """Money of every month of the products marked, by column, arrays (months,); `served_from_stock` in units.

        `cumulative` is cash released and capital saved, less one-off costs where they are stated.
        """
        here = rows & self.counted
        cost = self.unit_cost[here, None]
        months = self.down.closing.shape[1]
        first = np.r_[1.0, np.zeros(months - 1)]
        out = {
            "stock": (cost * self.down.closing[here]).sum(axis=0),
            "purchases_saved": (cost * self.down.from_stock[here]).sum(axis=0),
            "served_from_stock": self.down.from_stock[here].sum(axis=0),
            "cash_released": self.down.cash_released[here].sum(axis=0),
            "write_down": first * float(np.nansum(self.write_down[here])),
            "one_off": first * self.one_off,
            "capital_saved": self.down.capital_saved[here].sum(axis=0),
        }
        out["cumulative"] = np.cumsum(
            out["cash_released"] + out["capital_saved"] - np.nan_to_num(out["one_off"])
        )
        return out
