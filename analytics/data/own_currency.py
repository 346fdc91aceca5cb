"""Amounts of several currencies in the one of the books: by a column that holds them all in it, or by a rate of exchange on every line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.column_look import look
from analytics.data.currencies import currency_named
from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.rejections import RowFilter
from analytics.data.values.categorical import Coded
from analytics.data.values.header_names import normal_name, role_of_name
from analytics.data.values.numbers import parse_numbers
from analytics.data.values.stated_scale import times_stated
from analytics.errors import Problem

__all__ = ["in_own_currency"]

Array = NDArray[np.float64]
_RATE = re.compile(
    r"\b(?:exchange rate|exchange factor|exch rate|fx rate|fx|currency rate|currency factor|conversion rate|rate of exchange|wechselkurs|umrechnungskurs"
    r"|kurs|kursf|ukurs|taux de change|cours|tipo de cambio|tasso di cambio|cambio|taxa de cambio|wisselkoers|valutakurs|vaihtokurssi|kurs walut\w*)\b"
)
_MOST_COLUMNS, _FEWEST_LINES, _FEWEST_PRODUCTS = 12, 5, 5
#: so many of the lines in a currency are equal to it, and so few of the others
_EQUAL, _BY_CHANCE = 0.99, 0.05
#: within a currency rates of a few years lie so near to each other (90th over 10th percentile)
_RATES_VARY = 1.5
#: prices of a product in two currencies agree so far after conversion (logarithm, median over products)
_AGREE = 0.15


class _Lines(NamedTuple):
    """Lines with the code of their currency (rows,; -1: none), the names of the codes, and which of them have lines enough to tell."""

    code: NDArray[np.int64]
    names: list[str]
    used: set[int]

    def other_than(self, own: int) -> int:
        """How many lines are in another currency."""
        return int(((self.code >= 0) & (self.code != own)).sum())


def in_own_currency(
    table: RawTable,
    column: dict[str, Coded],
    numbers: dict[str, Array],
    named: dict[str, str],
    sku: Coded,
    rows: RowFilter,
    mark: str,
    chosen: bool = False,
) -> list[Problem]:
    """Bring amounts of lines in several currencies to the one of the books, in place, where the file says how; say it, or that nothing tells.

    A column holds all amounts in one currency where it equals the amounts on every line in it and differs by a steady
    rate elsewhere. A column of rates is that of the currency whose lines have rate 1; whether amounts are multiplied or divided
    by it is told by products sold in both: their prices agree. `numbers` (rows,) by role; `mark` the decimal mark;
    `chosen`: a person named the column of amounts, so no other takes its place.
    Afterwards `column` says one currency for all lines. Source: definition of a rate of exchange.
    """
    base = next((role for role in ("revenue", "price") if role in numbers), "")
    lines = _by_currency(column["currency"], rows) if base and "currency" in column else None
    if lines is None:
        return []
    taken = set(named.values())
    free = [
        i
        for i, name in enumerate(table.names[:300])
        if name not in taken and role_of_name(name)[0] in ("", "revenue", "price", "unit")
    ]
    free = [i for i in free if look(table.columns[i]).numbers > 0.9][:_MOST_COLUMNS]
    read = {i: table.columns[i].spread(parse_numbers(table.columns[i].values, mark)[0]) for i in free}
    tried = chain(
        (
            _by_amounts(read[i] * times_stated(base, name), name, numbers[base], named, base, lines)
            for i in ([] if chosen else free)
            for name in [table.names[i]]
        ),
        (
            _by_rate(read[i], table.names[i], base, numbers, sku, lines)
            for i in free
            if _RATE.search(normal_name(table.names[i]))
        ),
    )
    found = next((one for one in tried if one is not None), None)
    if found is None:
        return []
    if found.own >= 0:
        _converted(numbers, found.factor, lines.code, found.own, sku)
        numbers[base] = found.amounts
        named[base] = found.header or named[base]
        column["currency"] = Coded(
            np.zeros(len(lines.code), np.int32), np.array([lines.names[found.own]], object)
        )
    return [found.said]


def _by_currency(cells: Coded, rows: RowFilter) -> _Lines | None:
    """The good lines by currency; None where fewer than two currencies have lines enough."""
    names = [currency_named(text) for text in cells.values]
    known = sorted({name for name in names if name})
    place = {name: k for k, name in enumerate(known)}
    code = np.array([place.get(name, -1) for name in names], np.int64)[cells.codes]
    code = np.where(rows.good, code, -1)
    count = np.bincount(code[code >= 0], minlength=len(known))
    used = {k for k in range(len(known)) if count[k] >= _FEWEST_LINES}
    return _Lines(code, known, used) if len(used) > 1 else None


class _Found(NamedTuple):
    """The currency of the books (-1: nothing tells), amounts in it and what they were multiplied by (rows,), the header they take, and what is said."""

    own: int
    amounts: Array
    factor: Array
    header: str
    said: Problem


def _by_amounts(
    amounts: Array, name: str, old: Array, named: Mapping[str, str], base: str, lines: _Lines
) -> _Found | None:
    """A column that holds every amount in one currency."""
    own = _holds_all_in(amounts, old, lines.code, lines.used)
    if own < 0:
        return None
    said = (
        f"amounts are in {len(lines.used)} currencies; {name} holds all of them in {lines.names[own]},"
        f" since it equals {named[base]} on the lines in {lines.names[own]}: it is the {base}"
    )
    remedy = f"name another column if that is wrong (option mapping: {base}=NAME)"
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(old != 0.0, amounts / old, 1.0)
    problem = Problem("own_currency", said, remedy, column=name, count=lines.other_than(own))
    return _Found(own, amounts, factor, name, problem)


def _by_rate(
    rate: Array, name: str, base: str, numbers: Mapping[str, Array], sku: Coded, lines: _Lines
) -> _Found | None:
    """A column of rates of exchange, multiplied or divided by as prices tell."""
    own = _rate_of(rate, lines.code, lines.used)
    if own < 0:
        return None
    quantity = np.where(numbers["quantity"] != 0.0, numbers["quantity"], np.nan)
    unit = numbers[base] / quantity if base == "revenue" else numbers[base]
    times, told = _direction(unit, rate, lines.code, own, sku)
    books = lines.names[own]
    if not times:
        said = f"{name} is the rate of {books}, but no line tells whether amounts are multiplied or divided by it"
        unclear = Problem("rate_unclear", said, f"give a column with the amounts in {books}", column=name)
        return _Found(-1, rate, rate, "", unclear)
    factor = np.where(lines.code == own, 1.0, rate if times > 0 else 1.0 / np.where(rate > 0.0, rate, np.nan))
    said = (
        f"amounts in {len(lines.used)} currencies were {'multiplied' if times > 0 else 'divided'} by {name}, which is 1 for {books}:"
        f" so the prices of {told} products sold in several currencies agree"
    )
    remedy = f"give a column with the amounts in {books} if that is wrong"
    problem = Problem("own_currency", said, remedy, column=name, count=lines.other_than(own))
    return _Found(own, numbers[base] * factor, factor, "", problem)


def _holds_all_in(amounts: Array, base: Array, code: NDArray[np.int64], used: set[int]) -> int:
    """The currency in which a column holds every amount, -1 where it is none."""
    some = np.isfinite(base) & (base != 0.0)
    equal = np.abs(amounts - base) <= 0.011
    same = {k: float(equal[some & (code == k)].mean()) if (some & (code == k)).any() else 0.0 for k in used}
    own = [k for k in used if same[k] >= _EQUAL]
    if len(own) != 1 or any(same[k] > _BY_CHANCE for k in used if k != own[0]):
        return -1
    for k in used - set(own):
        rate = (amounts / np.where(some, base, np.nan))[some & (code == k)]
        rate = rate[np.isfinite(rate)]
        if len(rate) < _FEWEST_LINES or rate.min() <= 0.0:
            return -1
        low, high = np.quantile(rate, [0.1, 0.9])
        if high > _RATES_VARY * low:
            return -1
    return own[0]


def _rate_of(rate: Array, code: NDArray[np.int64], used: set[int]) -> int:
    """The currency whose lines have rate 1 (or none), where all others have another one; -1 where that is not one."""
    one = np.isclose(rate, 1.0) | np.isnan(rate) | (rate == 0.0)
    share = {k: float(one[code == k].mean()) for k in used}
    own = [k for k in used if share[k] >= _EQUAL]
    return own[0] if len(own) == 1 and all(share[k] <= _BY_CHANCE for k in used if k != own[0]) else -1


def _medians(values: Array, code: NDArray[np.int64], sku: Coded) -> Mapping[tuple[int, int], float]:
    """The median of each currency and product of what is above zero."""
    good = np.flatnonzero(np.isfinite(values) & (values > 0.0) & (code >= 0))
    key = code[good] * len(sku.values) + sku.codes[good].astype(np.int64)
    order = np.lexsort((values[good], key))
    key, value = key[order], values[good][order]
    first = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else np.empty(0, np.intp)
    size = np.diff(np.append(first, len(key)))
    middle = (value[first + (size - 1) // 2] + value[first + size // 2]) / 2.0
    return {divmod(int(key[at]), len(sku.values)): float(m) for at, m in zip(first, middle, strict=True)}


def _direction(unit: Array, rate: Array, code: NDArray[np.int64], own: int, sku: Coded) -> tuple[int, int]:
    """1 where amounts are multiplied by the rate, -1 where divided, 0 where too few products sold in both tell; and how many tell."""
    price, rates = _medians(unit, code, sku), _medians(rate, code, sku)
    steps = [
        (np.log(value / price[own, product]), np.log(rates[k, product]))
        for (k, product), value in price.items()
        if k != own and (own, product) in price and (k, product) in rates
    ]
    if len(steps) < _FEWEST_PRODUCTS:
        return 0, len(steps)
    apart, by = np.array(steps).T
    times, divided = float(np.median(np.abs(apart + by))), float(np.median(np.abs(apart - by)))
    if min(times, divided) > _AGREE or min(times, divided) > 0.5 * max(times, divided):
        return 0, len(steps)
    return (1 if times < divided else -1), len(
        {product for k, product in price if k != own and (own, product) in price}
    )


def _converted(
    numbers: dict[str, Array], factor: Array, code: NDArray[np.int64], own: int, sku: Coded
) -> None:
    """Price and cost beside the amounts by the same factor; a cost that is the same in every currency is in that of the books already."""
    if "revenue" in numbers and "price" in numbers:
        numbers["price"] = numbers["price"] * factor
    if "unit_cost" not in numbers:
        return
    as_is, after = (
        _medians(values, (code != own).astype(np.int64), sku)
        for values in (numbers["unit_cost"], numbers["unit_cost"] * factor)
    )
    both = [product for k, product in as_is if k == 1 and (0, product) in as_is]

    def apart(found: Mapping[tuple[int, int], float]) -> float:
        away = [abs(np.log(found[1, p] / found[0, p])) for p in both if (1, p) in found]
        return float(np.median(away)) if away else float("inf")

    if apart(after) < apart(as_is):
        numbers["unit_cost"] = numbers["unit_cost"] * factor
