"""What kind of line each row is: sale, cancellation, service, stock correction, transfer, free of charge."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.attributes import flags
from analytics.data.lines.rejections import RowFilter
from analytics.data.values.categorical import Coded, blank_texts, matching, one_spaced
from analytics.data.values.dates import date_column
from analytics.errors import DataError, Problem

__all__ = [
    "MOST_RETURNED",
    "Choices",
    "LineKinds",
    "apply_choices",
    "line_kinds",
    "may_be_services",
    "sides_of",
    "sides_unclear",
]


@dataclass(frozen=True)
class Choices:
    """What to do with lines that are not sales of products: "reject" or "keep", shown to the user as a choice."""

    service_lines: str = "reject"
    stock_corrections: str = "reject"
    internal_transfers: str = "reject"
    cancelled_orders: str = "reject"
    free_lines: str = "keep"
    far_dates: str = "reject"
    repeated_lines: str = "reject"

    def __post_init__(self) -> None:
        """Raise DataError where a choice is neither reject nor keep."""
        for name, value in vars(self).items():
            if value not in ("reject", "keep"):
                raise DataError(
                    Problem(
                        "choice",
                        f"{name} cannot be {value!r}",
                        "use reject or keep",
                        found=str(value),
                        expected="reject or keep",
                    )
                )


@dataclass(frozen=True, eq=False)
class LineKinds:
    """One flag per row and kind; `turned` are returns written with a positive quantity."""

    service: NDArray[np.bool_]
    correction: NDArray[np.bool_]
    cancelled: NDArray[np.bool_]
    free: NDArray[np.bool_]
    cancellation: NDArray[np.bool_]
    turned: NDArray[np.bool_]


_PRINCIPAL = re.compile(r"(?i)^(?:principal|product charges|product sales)$")


def _spread(column: Mapping[str, Coded], role: str, pattern: re.Pattern[str], n: int) -> NDArray[np.bool_]:
    return (
        _marked(column[role], matching(one_spaced(column[role].values), pattern))
        if role in column
        else np.zeros(n, bool)
    )


def _marked(column: Coded, hits: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows whose distinct text is one of these; where none is, without touching memory."""
    return column.spread(hits) if hits.any() else np.zeros(len(column), bool)


def _cancelled(column: Mapping[str, Coded], n: int) -> NDArray[np.bool_]:
    """Lines of orders with a date of cancellation; where it stands on the first line only, the whole order."""
    if "cancelled" not in column:
        return np.zeros(n, bool)
    cells = column["cancelled"]
    out = cells.spread(date_column(cells.values, serials=False).readable | (flags(cells.values) == 1.0))
    if "order" in column and out.any():
        order = column["order"]
        named = ~blank_texts(order.values)
        hit = np.zeros(len(order.values), bool)
        hit[order.codes[out]] = True
        out = out | (order.spread(hit & named) & cells.spread(blank_texts(cells.values)))
    return out


#: the two sides of an account, in pairs
_SIDES = ({"s", "h"}, {"d", "c"}, {"dr", "cr"}, {"debit", "credit"}, {"soll", "haben"})


def sides_of(cells: Coded) -> bool:
    """Whether a column says nothing but the side of an account: debit or credit."""
    words = {text.strip().lower().rstrip(".") for text in cells.values[:8]} - {""}
    return len(cells.values) <= 8 and any(words and words <= pair for pair in _SIDES)


def _lesser_side(column: Mapping[str, Coded], quantity: NDArray[np.float64]) -> NDArray[np.bool_] | None:
    """Rows on the side of the account that is rarer, which are returns; None where the type is no side.

    Asked where both are frequent, or hold many units: few large rows beside many small ones are receipts as well.
    """
    if "type" not in column or not sides_of(column["type"]):
        return None
    words = {text.strip().lower().rstrip(".") for text in column["type"].values} - {""}
    cells, counts = column["type"], column["type"].counts()
    rows = {
        word: int(counts[[t.strip().lower().rstrip(".") == word for t in cells.values]].sum())
        for word in sorted(words)
    }
    if len(rows) < 2:
        return np.zeros(len(cells), bool)
    lesser = min(rows, key=lambda word: rows[word])
    here = cells.spread(np.array([t.strip().lower().rstrip(".") == lesser for t in cells.values], bool))
    units = np.abs(np.nan_to_num(quantity))
    if rows[lesser] > MOST_RETURNED * len(cells) or units[here].sum() > MOST_RETURNED * units.sum():
        raise sides_unclear(", ".join(f"{n} {word.upper()}" for word, n in rows.items()))
    return here


#: with more than this share of the lines, or units, on the rarer side of an account, it does not say which are sales
MOST_RETURNED = 0.34


def sides_unclear(found: str, column: str = "") -> DataError:
    """The question which side of an account holds the sales."""
    words = "credits and debits are both frequent: nothing says which of them are sales and which returns"
    remedy = "write sales as plain numbers and returns with a minus"
    return DataError(
        Problem(
            "credit_debit",
            words,
            remedy,
            column=column,
            found=found,
            expected="sales on one side nearly always",
        )
    )


def _nobody(column: Mapping[str, Coded]) -> NDArray[np.bool_] | None:
    """Rows without a customer, where most rows have one; None where that says nothing."""
    if "customer" not in column:
        return None
    nobody = column["customer"].spread(blank_texts(column["customer"].values))
    return nobody if nobody.mean() < 0.9 else None


def may_be_services(
    column: Mapping[str, Coded], money: NDArray[np.float64] | None, good: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Rows of which code and name are asked whether they are services: all good ones but corrections of stock, which have no price and no customer."""
    if money is None or not (zero := (money == 0.0)).any() or (nobody := _nobody(column)) is None:
        return good
    return np.asarray(good & ~(zero & nobody), bool)


def line_kinds(
    column: Mapping[str, Coded], numbers: Mapping[str, NDArray[np.float64]], sku: Coded
) -> LineKinds:
    """Tell the kinds of lines apart by document type, price, customer and order number; services by code and name are those of `analytics.data.meaning.services`."""
    n = len(sku)
    service = np.zeros(n, bool)
    quantity = numbers.get("quantity", np.zeros(n))
    lesser = _lesser_side(column, quantity)
    returned = np.zeros(n, bool) if lesser is None else lesser
    below = (
        np.zeros(n, bool) if n and quantity.min() >= 0 else quantity < 0
    )  # no fresh memory where there is nothing to mark
    turned = returned & (quantity > 0) if lesser is not None else returned
    if lesser is not None and (returned & below).any():
        turned = np.zeros(n, bool)
    correction = np.zeros(n, bool)
    if "amount_kind" in column:
        principal = _spread(column, "amount_kind", _PRINCIPAL, n)
        if principal.any():
            service = service | ~principal
    cancelled = _cancelled(column, n)
    free = np.zeros(n, bool)
    price = numbers.get("price", numbers.get("revenue"))
    if price is not None:
        zero = np.zeros(n, bool) if n and price.min() > 0 else price == 0
        if zero.any():
            zero &= quantity != 0
        if zero.any() and (nobody := _nobody(column)) is not None:
            correction = correction | (zero & nobody)
        free = zero
        if "price" in numbers and (below_zero := numbers["price"] < 0).any():
            service = service | below_zero
    cancellation = returned | below if lesser is not None else below
    if correction.any():
        service &= ~correction
    if free.any():
        free &= ~correction & ~service
    return LineKinds(service, correction, cancelled, free, cancellation, turned)


def apply_choices(
    kinds: LineKinds,
    choices: Choices,
    rows: RowFilter,
    named: Mapping[str, str],
    label: Coded,
    assumed: list[str],
) -> list[Problem]:
    """Reject the lines that the choices leave out, and say how many there were of each kind."""
    price = named.get("price", named.get("revenue", ""))
    kind = price
    steps = (
        (
            "service_lines",
            kinds.service,
            "service_line",
            named["sku"],
            "a product",
            "lines that are not products",
        ),
        (
            "stock_corrections",
            kinds.correction,
            "stock_correction",
            kind,
            "a sale with a price or a customer",
            "stock corrections",
        ),
        (
            "cancelled_orders",
            kinds.cancelled,
            "cancelled_order",
            named.get("status", ""),
            "an order that stands",
            "cancelled orders",
        ),
        ("free_lines", kinds.free, "free_line", price, "a price", "lines free of charge"),
    )
    notes: list[Problem] = []
    for option, mask, code, column, expected, words in steps:
        count = int((mask & rows.good).sum()) if mask.any() else 0
        if not count:
            continue
        choice = getattr(choices, option)
        assumed.append(f"{words}: {count} lines, choice '{choice}' (option {option})")
        if choice == "reject":
            rows.reject(
                mask,
                code,
                column,
                label,
                expected,
                f"to count them, keep {words} (option choices: {option}=keep)",
            )
        elif option == "free_lines":
            first = int(rows.table.row[np.flatnonzero(mask & rows.good)[0]])
            notes.append(
                Problem(
                    "free_lines",
                    "lines with price zero count as demand that brings no revenue: made and held, in no price and no gross margin",
                    "to leave them out, reject them (option choices: free_lines=reject)",
                    first,
                    price,
                    "0",
                    "a price",
                    count,
                )
            )
    cancelled = kinds.cancellation & rows.good
    if cancelled.any():
        first = int(rows.table.row[np.flatnonzero(cancelled)[0]])
        notes.append(
            Problem(
                "returns",
                "returns and cancellations reduce the units of their product",
                "nothing to do",
                first,
                named.get("quantity", ""),
                count=int(cancelled.sum()),
            )
        )
    if kinds.turned.any():
        assumed.append(
            f"{int(kinds.turned.sum())} lines marked as returns in {named['type']!r} have a positive quantity; it was counted as negative"
        )
    return notes
