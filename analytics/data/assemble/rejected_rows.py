"""Rows of a file of sales that cannot be used: totals, no product, no such period, numbers that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.data.assemble.sales_file import SalesFile
from analytics.data.columns.column_look import look
from analytics.data.layout.body import TOTAL
from analytics.data.periods.columns_of_periods import NO_SUCH_PERIOD, NO_SUCH_WEEK
from analytics.data.values.categorical import Coded, blank_texts, matching
from analytics.data.values.conventions import doubtful_thousands
from analytics.data.values.dates import date_column
from analytics.data.values.header_names import normal_name, role_of_name
from analytics.data.values.numbers import parse_numbers
from analytics.data.values.stated_scale import times_stated
from analytics.errors import DataError, Problem

__all__ = [
    "less_returned",
    "numbers_of_rows",
    "refuse_in_turns",
    "reject_blank_sku",
    "reject_no_periods",
    "reject_totals",
]

#: columns whose cells may be written with a percent sign
_SHARES = ("discount", "discount_pct", "margin_pct", "markup_pct")


def reject_totals(file: SalesFile, needed: Sequence[str]) -> None:
    """Rows with a word for total that lack a date or product."""
    table = file.table
    words = np.zeros(len(table), bool)
    for i in range(min(len(table.columns), 30)):
        values = table.columns[i].values
        hits = matching(values, TOTAL)
        if hits.any():
            words |= table.columns[i].spread(hits & np.array([len(t) < 60 for t in values], bool))
    if not words.any():
        return
    lacking = np.zeros(len(table), bool)
    for role in needed:
        column = file.column[role]
        bad = (
            ~date_column(column.values).readable
            if role == "date"
            else matching(column.values, TOTAL) | blank_texts(column.values)
        )
        lacking |= column.spread(bad)
    file.rows.reject(
        words & lacking,
        "total_row",
        file.named["sku"],
        file.column["sku"],
        "a sales line",
        "nothing to do: totals are not counted twice",
    )


def reject_no_periods(file: SalesFile, cells: Coded, name: str) -> None:
    """Weeks and fiscal periods that no year has, such as week 54: set aside by name."""
    for form, code, expected in (
        (NO_SUCH_WEEK, "week_unknown", "a week from 1 to 52, or 53 where the year has one"), (NO_SUCH_PERIOD, "period_unknown", "a period from 1 to 12"),
    ):  # fmt: skip
        bad = matching(cells.values, form)
        if bad.any():
            bad &= ~date_column(cells.values).readable
            file.rows.reject_values(
                cells, bad, code, name, cells, expected, "correct the number of the period"
            )


def reject_blank_sku(file: SalesFile) -> None:
    """Rows without a product, and those whose product carries a stray quote."""
    file.rows.reject_values(
        file.sku,
        file.sku.values == "",
        "sku_blank",
        file.named["sku"],
        "",
        "a product code",
        "fill in the product",
    )
    _reject_stray_quotes(file)


def _reject_stray_quotes(file: SalesFile) -> None:
    """A product code with a stray quote, where hardly any code has one or the code without it exists."""
    quote = str(file.table.dialect.get("quote") or "")
    marked = np.array([bool(quote) and quote in t for t in file.sku.values], bool)
    if marked.any():
        known = set(file.sku.values[~marked])
        rare = len(file.sku) >= 5 and file.sku.counts()[marked].sum() <= max(1, 0.02 * len(file.sku))
        bad = np.array(
            [
                m and (rare or t.replace(quote, "") in known)
                for m, t in zip(marked, file.sku.values, strict=True)
            ],
            bool,
        )
        file.rows.reject(
            file.sku.spread(bad),
            "sku_quote",
            file.named["sku"],
            file.column["sku"],
            "a product code without a quote",
            "remove the stray quote",
        )


def numbers_of_rows(file: SalesFile, marks: Mapping[str, str], told: bool) -> dict[str, NDArray[np.float64]]:
    """The numbers of the columns by role, NaN where there is none (rows,); rows that cannot be used for them are rejected."""
    numbers: dict[str, NDArray[np.float64]] = {}
    for role, mark in marks.items():
        cells, name = file.column[role], file.named[role]
        value, blank = parse_numbers(cells.values, mark, percents=role in _SHARES)
        numbers[role] = cells.spread(value) * times_stated(role, name)
        if role == "returned":
            file.rows.reject(
                cells.spread(np.isnan(value) & ~blank),
                "number_unreadable",
                name,
                cells,
                "a number",
                "correct the number",
            )
        if role not in ("quantity", "revenue", "price"):
            continue
        if role == "quantity":
            file.rows.reject_values(
                cells,
                blank,
                "quantity_blank",
                name,
                "",
                "a quantity",
                "fill in the quantity (0 if nothing was sold)",
            )
            _reject_doubtful(file, cells, value, name)
        elif not told:
            doubtful = doubtful_thousands(cells.values, mark)
            if doubtful.any():
                remedy = "write the column with one decimal mark and no thousands marks, or choose the decimal mark"
                file.rows.reject(
                    cells.spread(doubtful),
                    "number_doubtful",
                    name,
                    cells,
                    "a number that is not thousands or three decimals alike",
                    remedy,
                )
        expected = f"a number with decimal {'point' if mark == '.' else 'comma'}"
        file.rows.reject_values(
            cells,
            np.isnan(value) & ~blank,
            "number_unreadable",
            name,
            cells,
            expected,
            "correct the number, or choose another decimal mark",
        )
    return numbers


def refuse_in_turns(file: SalesFile) -> None:
    """Raise DataError where another column of quantities is filled just where the quantity is not: which of the two is sold is not said."""
    cells = file.column["quantity"]
    blank = cells.spread(blank_texts(cells.values))
    if not 0.005 * len(blank) < blank.sum() < len(blank):
        return
    taken = set(file.roles.role.values())
    for i, name in enumerate(file.table.names[:300]):
        other = file.table.columns[i]
        counts = any(role_of_name(word)[0] == "quantity" for word in normal_name(name).split())
        if i in taken or not counts or look(other).whole < 0.9 or look(other).blank < 0.01:
            continue
        filled = ~other.spread(blank_texts(other.values))
        if (filled == blank).mean() > 0.99:
            words = f"{file.named['quantity']} and {name} hold quantities in turns: nothing says which of them is sold and what the other is"
            remedy = "write all quantities in one column, with a minus what came back"
            raise DataError(
                Problem(
                    "in_turns",
                    words,
                    remedy,
                    column=name,
                    found=f"{int(blank.sum()):,} rows",
                    expected="one column",
                )
            )


def _reject_doubtful(file: SalesFile, cells: Coded, value: NDArray[np.float64], name: str) -> None:
    """A few quantities such as 1.204 among whole numbers: a thousands mark read by another locale."""
    fraction = ~np.isnan(value) & (value != np.round(value))
    three = np.array(
        [
            f and len(t.strip().replace(",", ".").partition(".")[2]) == 3
            for f, t in zip(fraction, cells.values, strict=True)
        ],
        bool,
    )
    if three.any() and cells.counts()[fraction].sum() < 0.05 * len(cells) and (fraction == three).all():
        file.rows.reject(
            cells.spread(three),
            "number_doubtful",
            name,
            cells,
            "a whole number like the others",
            "write it without a thousands mark",
        )


def less_returned(file: SalesFile, numbers: dict[str, NDArray[np.float64]]) -> None:
    """Units returned that stand in a column of their own, unless the quantity is net of them already."""
    returned = numbers.pop("returned", None)
    if returned is None or not np.nan_to_num(returned).any():
        return
    if normal_name(file.named["quantity"]).startswith("net"):
        return
    numbers["quantity"] = numbers["quantity"] - np.abs(np.nan_to_num(returned))
    file.assumed.append(f"quantity = {file.named['quantity']} - {file.named['returned']}")
