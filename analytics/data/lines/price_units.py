"""Prices and costs that stand for 100 or 1,000 units, by the column that says for how many: brought to one unit, and said."""

from __future__ import annotations

import re
from collections.abc import MutableMapping

import numpy as np
from numpy.typing import NDArray

from analytics.data.values.categorical import Coded
from analytics.errors import Problem

__all__ = ["prices_of_one", "units_of_prices"]

Numbers = MutableMapping[str, NDArray[np.float64]]
_NUMBER = re.compile(r"(?<!\d)\d[\d.,' ]*")
#: a cost as a share of its price where no row says what is usual
_USUAL_SHARE = 0.6
_FEWEST = 5


def units_of_prices(cells: Coded) -> NDArray[np.float64]:
    """For how many units the price of each row is (rows,): 1 where nothing or 0 stands, NaN where the text says no number.

    >>> from analytics.data.values.categorical import coded_texts
    >>> units_of_prices(coded_texts(["100", "", "1.000", "per 10 pcs", "each", "?"])).tolist()
    [100.0, 1.0, 1000.0, 10.0, 1.0, nan]
    """

    def of(text: str) -> float:
        plain = text.strip().lower()
        if match := _NUMBER.search(plain):
            whole = re.sub(r"[.,]0{1,2}$", "", match[0].strip())  # 100,00 is a hundred, 1.000 a thousand
            return max(float(re.sub(r"\D", "", whole)), 1.0)
        return (
            1.0
            if plain in ("", "-", "each", "ea", "st", "stk", "stück", "pc", "pcs", "unit", "piece")
            else np.nan
        )

    return cells.spread(np.array([of(text) for text in cells.values], np.float64))


def prices_of_one(
    numbers: Numbers, units: NDArray[np.float64], named: MutableMapping[str, str]
) -> list[Problem]:
    """Bring `price` and `unit_cost` of `numbers` (rows,) to one unit, in place, and say it; nothing where every price is for one.

    `units` (rows,) are those a price stands for (see `units_of_prices`); `named` the header of each role. Whether both
    are for so many units is told by what else stands there: revenue of the line against quantity x price, else cost
    against price, compared with the rows whose price is for one unit. Where nothing tells, both are.
    *Formula*: price of one = price / units. Source: definition.

    >>> numbers = {"quantity": np.array([300.0]), "revenue": np.array([36.0]), "price": np.array([12.0])}
    >>> said = prices_of_one(numbers, np.array([100.0]), {"price": "Preis", "price_unit": "PE"})
    >>> numbers["price"].tolist(), said[0].code
    ([0.12], 'price_unit')
    """
    many = np.isfinite(units) & (units != 1.0)
    unread = np.isnan(units)
    money = [role for role in ("price", "unit_cost") if role in numbers]
    if not money or not (many | unread).any():
        return []
    for_many = _for_many(numbers, units, many, money) if many.any() else money
    for role in money:
        if role in for_many:
            numbers[role] = np.where(unread, np.nan, numbers[role] / np.where(unread, 1.0, units))
    column, problems = named.get("price_unit", ""), []
    if many.any():
        names = " and ".join(named.get(role, role) for role in money if role in for_many)
        words = f"{names or 'no price'} stands for as many units as {column} says, {np.nanmax(units):,.0f} at most: divided by it"
        words = (
            words
            if names
            else f"{column} says for how many units a price is, yet the prices are those of one unit: left as they are"
        )
        remedy = "nothing to do; leave the column out if that is wrong"
        problems.append(Problem("price_unit", words, remedy, column=column, count=int(many.sum())))
    if unread.any():
        words = "rows do not say for how many units their price is: price and cost count as unknown"
        problems.append(
            Problem(
                "price_unit_unreadable",
                words,
                "write a number of units",
                column=column,
                expected="1, 10, 100 or 1000",
                count=int(unread.sum()),
            )
        )
    return problems


def _for_many(
    numbers: Numbers, units: NDArray[np.float64], many: NDArray[np.bool_], money: list[str]
) -> list[str]:
    """Which of the columns of money are for so many units."""
    out = list(money)
    quantity, revenue = numbers.get("quantity"), numbers.get("revenue")
    one = numbers.get("price")
    if quantity is not None and revenue is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            paid = np.where(quantity != 0.0, revenue / quantity, np.nan)
        if one is not None and not _nearer_divided(one, paid, units, many, usual=0.0):
            out.remove("price")
        one = paid
    elif (
        one is not None and "unit_cost" in money
    ):  # neither is tied to anything else: one of them may be for one unit
        cost = numbers["unit_cost"]
        usual = _usual(cost, one, ~many & np.isfinite(units))
        apart: dict[tuple[str, ...], float] = {
            ("price", "unit_cost"): _log(cost, one, many),
            ("unit_cost",): _log(cost / units, one, many),
            ("price",): _log(cost, one / units, many),
        }
        known = [(abs(value - usual), roles) for roles, value in apart.items() if np.isfinite(value)]
        return list(min(known)[1]) if known else out
    if "unit_cost" in money and one is not None:
        cost = numbers["unit_cost"]
        if not _nearer_divided(cost, one, units, many, _usual(cost, one, ~many & np.isfinite(units))):
            out.remove("unit_cost")
    return out


def _log(above: NDArray[np.float64], below: NDArray[np.float64], rows: NDArray[np.bool_]) -> float:
    """Median logarithm of a ratio over the rows where both are above zero; NaN where none are."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(above[rows] / below[rows])
    ratio = ratio[np.isfinite(ratio)]
    return float(np.median(ratio)) if len(ratio) else float("nan")


def _usual(cost: NDArray[np.float64], price: NDArray[np.float64], rows: NDArray[np.bool_]) -> float:
    """Logarithm of cost over price in the rows whose prices are for one unit; of a usual share where they are few."""
    both = rows & (cost > 0.0) & (price > 0.0)
    return _log(cost, price, both) if both.sum() >= _FEWEST else float(np.log(_USUAL_SHARE))


def _nearer_divided(
    money: NDArray[np.float64],
    of_one: NDArray[np.float64],
    units: NDArray[np.float64],
    many: NDArray[np.bool_],
    usual: float,
) -> bool:
    """Whether money divided by the units is nearer to what is usual, against a price known to be of one, than as it is; true where nothing tells."""
    divided, as_is = _log(money / units, of_one, many), _log(money, of_one, many)
    return not (abs(as_is - usual) < abs(divided - usual))
