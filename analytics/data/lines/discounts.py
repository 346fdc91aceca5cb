"""Whether a column called discount holds percents of the price or amounts of money; asked where nothing in the file decides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.errors import DataError, Problem

__all__ = ["percent_or_amount"]

#: percents of conditions are steps of two and a half, of which a list has not many; fewer lines than these tell nothing
_STEP, _MOST_RATES, _LINES = 2.5, 40, 8
#: of so many lines a few may be wrong
_FEW = 0.01


def percent_or_amount(
    numbers: dict[str, NDArray[np.float64]],
    named: dict[str, str],
    good: NDArray[np.bool_],
    assumed: list[str],
) -> None:
    """Make `numbers["discount"]` the role discount_pct where it must be percents, leave it where it must be amounts, else ask (DataError).

    Arrays are (rows,), `good` the rows used. An amount is never above the worth of its line (price x quantity), so a number that
    often is, is a percent; numbers above 100 or between the steps of usual conditions are amounts; and amounts that were reckoned
    by rates are few shares of the worth.
    """
    if "revenue" in numbers or not {"price", "discount"} <= set(numbers):
        return
    worth = np.abs(numbers["price"] * numbers["quantity"])
    here = good & (np.nan_to_num(worth) > 0) & (np.nan_to_num(numbers["discount"]) != 0)
    discount, worth = np.abs(numbers["discount"][here]), worth[here]
    rates = np.unique(discount)
    if len(discount) < _LINES or rates[-1] > 100.0 or len(rates) > _MOST_RATES:
        return
    if (rates / _STEP != np.round(rates / _STEP)).any():
        return
    name = named["discount"]
    if (discount > worth * 1.0001).mean() > _FEW:
        numbers["discount_pct"], named["discount_pct"] = numbers.pop("discount"), named.pop("discount")
        assumed.append(f"{name} is in percent: as an amount it would be above the worth of its line")
        return
    shares = np.unique(np.round(discount / worth, 4))
    if len(shares) <= len(rates) and len(np.unique(worth)) > len(rates):
        return
    raise DataError(
        Problem(
            "mapping",
            f"column {name!r} may hold percents of the price or amounts of money: nothing in the file decides",
            f"say which (option mapping: discount_pct={name} for percents, discount={name} for amounts)",
            column=name,
            found=", ".join(f"{rate:g}" for rate in rates[:6]),
            expected="percents or amounts",
        )
    )
