"""What accounting standards make of a write-down.

IFRS (IAS 2), US GAAP (ASC 330) and HGB, from one date to the next.

IFRS reverses a write-down, up to what was written down, where value comes back; HGB must, and knows no exception
for components of products that sell at cost (strict lower of cost or market); under US GAAP the lower value is a new cost basis: nothing is reversed, and relief shows when
the units are sold or disposed of.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "REVERSES",
    "STANDARDS",
    "STRICT",
    "RollStep",
    "closing_reserve",
    "journal_lines",
    "roll_difference",
    "roll_step",
    "write_down_over_dates",
]

Array = NDArray[np.float64]

#: The standards by the name of the option, in words.
STANDARDS = {
    "ifrs": "IFRS (IAS 2)",
    "usgaap": "US GAAP (ASC 330)",
    "hgb": "HGB (strict lower of cost or market)",
}
#: Those that reverse a write-down where value comes back.
REVERSES = frozenset({"ifrs", "hgb"})
#: Those under which components are written down to what replacing them costs, whatever the finished product fetches.
STRICT = frozenset({"hgb"})


def closing_reserve(
    opening: ArrayLike, charged: ArrayLike, reversed_: ArrayLike = 0.0, used_on_sale: ArrayLike = 0.0, used_on_disposal: ArrayLike = 0.0
) -> Array:  # fmt: skip
    """What a roll-forward closes with.

    closing_reserve = opening + charged - reversed - used_on_sale - used_on_disposal. Money, shape of what is
    given. Source: Schedule II of the SEC (case ROLL-01).

    >>> closing_reserve([48428.0], [30665.0], used_on_sale=[25155.0]).tolist()
    [53938.0]
    """
    out = (
        np.asarray(opening, np.float64) + np.asarray(charged, np.float64) - np.asarray(reversed_, np.float64)
    )
    return np.asarray(out - np.asarray(used_on_sale, np.float64) - np.asarray(used_on_disposal, np.float64))


def roll_difference(
    opening: ArrayLike, charged: ArrayLike, used: ArrayLike, stated_closing: ArrayLike
) -> Array:
    """By how much a stated closing balance does not close; 0 where it does.

    roll_difference = stated closing - closing_reserve. Money, shape of what is given. Source: case ROLL-01.

    >>> roll_difference([1000.0], [200.0], [150.0], [1051.0]).tolist()
    [1.0]
    """
    return np.asarray(stated_closing, np.float64) - closing_reserve(opening, charged, used_on_sale=used)


class RollStep(NamedTuple):
    """One date of a roll-forward, money; shape of what is given. It closes.

    Opening + charged - reversed - used_on_sale - used_on_disposal = closing.
    """

    opening: Array
    charged: Array
    reversed: Array
    used_on_sale: Array
    used_on_disposal: Array
    closing: Array

    @property
    def profit_effect(self) -> Array:
        """What the date adds to profit: reversed - charged.

        What is used goes with the cost of what was sold. Money.
        """
        return self.reversed - self.charged


def roll_step(opening: ArrayLike, used_on_sale: ArrayLike, used_on_disposal: ArrayLike, needed: ArrayLike, standard: str) -> RollStep:  # fmt: skip
    """From one date to the next.

    What is needed now against what is left of the reserve once sold and disposed units have taken their part.

    Formula: left = opening - used; charged = max(needed - left, 0); reversed = max(left - needed, 0) under
    IFRS and HGB, 0 under US GAAP. Money, shape of what is given. Raises ValueError for another standard, and
    where more is used than there is. Source: IAS 2.33; ASC 330-10-35-14.

    >>> step = roll_step([600.0], [120.0], [0.0], [240.0], "ifrs")
    >>> float(step.reversed[0]), float(step.closing[0]), float(roll_step([600.0], [120.0], [0.0], [240.0], "usgaap").closing[0])
    (240.0, 240.0, 480.0)
    """
    if standard not in STANDARDS:
        raise ValueError(f"roll_step: {standard!r} is none of {', '.join(STANDARDS)}")
    before = np.asarray(opening, np.float64)
    sold, gone = np.asarray(used_on_sale, np.float64), np.asarray(used_on_disposal, np.float64)
    left, wanted = before - sold - gone, np.asarray(needed, np.float64)
    if np.any(left < -0.005):
        raise ValueError("roll_step: more is used than the opening reserve holds")
    charged = np.maximum(wanted - left, 0.0)
    back = np.maximum(left - wanted, 0.0) if standard in REVERSES else np.zeros_like(left)
    return RollStep(before, charged, back, sold, gone, closing_reserve(before, charged, back, sold, gone))


def write_down_over_dates(
    cost: float, opening_quantity: float, sold_before: ArrayLike, nrv: ArrayLike, standard: str
) -> list[RollStep]:
    """The roll-forward of one item's write-down over several dates.

    Units sold release their part to the cost of sales.

    `sold_before` (dates,) units sold since the date before, `nrv` (dates,) net realisable value of a unit,
    `cost` money per unit. Formula: used on sale = reserve x units sold / units there; needed = units left x
    max(cost - nrv, 0). Raises ValueError where more is sold than is there. Source: IAS 2.33; SAB Topic 5.BB
    (case ROLL-02).

    >>> [float(step.closing) for step in write_down_over_dates(50.0, 100.0, [0, 20, 10, 0], [44, 47, 58, 41], "usgaap")]
    [600.0, 480.0, 420.0, 630.0]
    """
    held, reserve, out = float(opening_quantity), 0.0, []
    for sold, value in zip(np.asarray(sold_before, np.float64), np.asarray(nrv, np.float64), strict=True):
        if sold > held:
            raise ValueError(f"write_down_over_dates: {sold:g} units are sold of {held:g}")
        used = reserve * float(sold) / held if held > 0.0 else 0.0
        held -= float(sold)
        step = roll_step(reserve, used, 0.0, held * max(cost - float(value), 0.0), standard)
        reserve = float(step.closing)
        out.append(step)
    return out


def journal_lines(step: RollStep) -> list[tuple[str, str, float, float]]:
    """The proposal for the books: (account, text, debit, credit), money; debits equal credits.

    Amounts of 0 are no line. For review, not posted.
    """
    charged, back = float(np.sum(step.charged)), float(np.sum(step.reversed))
    sold, gone = float(np.sum(step.used_on_sale)), float(np.sum(step.used_on_disposal))
    pairs = (
        ("Cost of sales, write-down of stock", "Reserve for stock", "Write-down of stock, for review, not posted", charged),
        ("Reserve for stock", "Cost of sales, write-down of stock", "Reversal of write-downs, for review, not posted", back),
        ("Reserve for stock", "Cost of sales", "Reserve used on sale, for review, not posted", sold),
        ("Reserve for stock", "Stock", "Reserve used on disposal, for review, not posted", gone),
    )  # fmt: skip
    lines = []
    for debit, credit, text, amount in pairs:
        if amount > 0.0:
            lines += [(debit, text, amount, 0.0), (credit, text, 0.0, amount)]
    return lines
