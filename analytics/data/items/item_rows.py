"""Several rows of one product in an items file: which count, and how they become one.

Stock in several places is one stock: on hand is added. Nothing is replaced by the last row, and nothing happens in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.currencies import currency_named, currency_of_header
from analytics.data.layout.body import TOTAL
from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.rejections import RowFilter
from analytics.data.values.categorical import Coded
from analytics.data.values.numbers import currency_of
from analytics.errors import Problem
from analytics.items import ITEM_FIELDS
from analytics.naming.labels import total_text

__all__ = ["ItemRows", "item_rows", "one_currency", "one_value_a_product"]

#: Levels that a place may have of its own: added where they differ between places, taken once where they agree.
_LEVELS = ("reorder_point", "order_up_to_level", "safety_stock")
_MONEY = ("unit_cost", "price")


@dataclass(frozen=True, eq=False)
class ItemRows:
    """The rows that count: `rows` (positions in the file, by product, in the file's order), `product` (of each such row) and `skus` (sorted codes).

    `rejected` is the table of the other rows, `several` marks the products with more than one row, `places` their names.
    """

    rows: NDArray[np.intp]
    product: NDArray[np.intp]
    skus: NDArray[np.object_]
    rejected: pd.DataFrame
    problems: list[Problem]
    several: NDArray[np.bool_]
    places: tuple[str, ...] = ()

    @property
    def starts(self) -> NDArray[np.intp]:
        """Where each product's rows begin in `rows`."""
        return np.flatnonzero(np.diff(self.product, prepend=-1)).astype(np.intp)


def item_rows(
    table: RawTable,
    code: Coded,
    name: str,
    on_hand: NDArray[np.float64] | None,
    place: Coded | None,
    day: NDArray[np.datetime64] | None,
    place_name: str,
) -> ItemRows:
    """Which rows count: all but those without a product, totals, those identical in every cell (counted once), and earlier stock of a product in a place.

    `code` is the column of product codes, `on_hand` and `day` what it says of stock and its day (None: no such column).
    """
    rows = RowFilter(table)
    rows.reject_values(
        code, code.values == "", "sku_blank", name, "nothing", "a product code", "fill in the product"
    )
    quote = table.dialect.get("quote") or '"'
    marked = np.array([quote in text for text in code.values], bool)
    if (
        marked.any() and marked.sum() <= 0.02 * len(marked) + 1
    ):  # codes seldom hold it: a cell ends where another began
        remedy = "close or remove the quote"
        stray = code.spread(marked)
        rows.reject(stray, "sku_quote", name, code, "a code without a quote", remedy)
    totals = _total_rows(table, code, on_hand)
    if totals.any():
        remedy = "nothing to do: totals are not counted twice"
        words = "rows of totals are no products"
        rows.reject(totals, "total_row", name, code, "a product", remedy, words)
    if pd.Series(code.codes[rows.good]).duplicated().any():
        cells = pd.DataFrame({k: column.codes for k, column in enumerate(table.columns)})
        remedy = "nothing to do if they were exported twice; else name their places or lots"
        rows.reject(
            cells.duplicated(keep="first").to_numpy(), "row_identical", name, code, "rows that differ", remedy
        )
        if day is not None:
            keys = [code.codes[rows.good], *([] if place is None else [place.codes[rows.good]])]
            latest = pd.Series(day[rows.good]).groupby(keys).transform("max").to_numpy()
            older = np.zeros(len(table), bool)
            older[np.flatnonzero(rows.good)] = day[rows.good] < latest
            rows.reject(
                older,
                "stock_older",
                name,
                code,
                "stock of one day",
                "nothing to do if only the latest stock counts; else name the places",
            )
    rejected, problems = rows.finish()
    problems = [_with_units(p, rows, on_hand) for p in problems]
    good = np.flatnonzero(rows.good)
    texts = code.texts()[good].astype(str)
    order = np.argsort(texts, kind="stable")
    skus, product = np.unique(texts[order], return_inverse=True)
    names = np.empty(len(skus), object)
    names[:] = skus
    several = np.bincount(product, minlength=len(skus)) > 1
    found = ItemRows(good[order], product.astype(np.intp), names, rejected, problems, several)
    if not several.any():
        return found
    here = several[found.product]
    held = () if place is None else tuple(sorted({t for t in place.texts()[found.rows[here]] if t}))
    words = (", ".join(held[:4]) + (", ..." if len(held) > 4 else "")) if held else ""
    count = int(several.sum())
    what = "on hand added" if on_hand is not None else "each field from the first row that has it"
    message = f"{count:,} {'product has' if count == 1 else 'products have'} several rows{f' (places: {words})' if words else ''}: {what}"
    remedy = "nothing to do if one stock serves all; else analyse each place on its own"
    first = int(table.row[found.rows[np.flatnonzero(here)]].min())
    problem = Problem(
        "several_rows",
        message,
        remedy,
        first,
        place_name or name,
        words,
        "one row per product",
        int(here.sum()),
    )
    return ItemRows(found.rows, found.product, found.skus, rejected, [*problems, problem], several, held)


def _total_rows(table: RawTable, code: Coded, on_hand: NDArray[np.float64] | None) -> NDArray[np.bool_]:
    """Rows whose product is a word such as "Total", and whose units are those of the rows above, or none, or all that they say while others say more.

    A product of that name, with units of its own, is a product.
    """
    said = code.spread(
        np.array([bool(TOTAL.match(t)) and not any(c.isdigit() for c in t) for t in code.values], bool)
    )
    if not said.any() or on_hand is None:
        return said
    units = np.nan_to_num(on_hand)
    own = np.cumsum(np.where(said, 0.0, units))
    out = said.copy()
    before, filled = 0.0, np.zeros(len(said), np.intp)
    for cells in table.columns:
        filled += cells.spread(np.array([bool(text.strip()) for text in cells.values], bool))
    usual = float(np.median(filled))
    for row in np.flatnonzero(said):
        sums = (own[row], own[row] - before)  # of all rows above, of those since the last total
        same = any(abs(units[row] - one) <= 0.005 * max(abs(one), 1.0) for one in sums)
        out[row] = same or not np.isfinite(on_hand[row]) or filled[row] <= 2 < usual
        before = float(own[row])
    return out


def _with_units(problem: Problem, rows: RowFilter, on_hand: NDArray[np.float64] | None) -> Problem:
    """The problem with the units on hand of its rows, where stock is what they are about."""
    if on_hand is None or problem.code not in ("row_identical", "stock_older", "sku_blank", "sku_quote"):
        return problem
    units = sum(float(np.nansum(on_hand[at])) for at, code in rows.reasons() if code == problem.code)
    return Problem(
        problem.code,
        f"{problem.message} ({total_text(units)} units not counted)",
        problem.remedy,
        problem.row,
        problem.column,
        problem.found,
        problem.expected,
        problem.count,
    )


def one_currency(
    values: dict[str, NDArray[Any]],
    column: Mapping[str, Coded],
    found: ItemRows,
    named: Mapping[str, str],
    table: RawTable,
) -> tuple[str, list[Problem]]:
    """Costs and prices in the currency of most rows, its name ("": none is named), and what is said; those in another are left out, with the money they hold: nothing is converted.

    Changes `values` (role -> one value per row of the file) in place.
    """
    spoken = [column["currency"].mapped(currency_named).texts()] if "currency" in column else []
    spoken += [
        column[role].spread(np.array([currency_of(t) for t in column[role].values], object))
        for role in _MONEY
        if role in column
    ]
    if not spoken or not any(role in values for role in _MONEY):
        return "", []
    said = spoken[0].astype(object)
    for other in spoken[1:]:
        said = np.where(said == "", other, said)
    names, counts = np.unique(said[found.rows][said[found.rows] != ""].astype(str), return_counts=True)
    if len(names) < 2:
        headed = (currency_of_header(named[role]) for role in _MONEY if role in named)
        return str(names[0]) if len(names) else next((name for name in headed if name), ""), []
    main = names[int(np.argmax(counts))]
    problems = []
    for name in names[names != main]:
        at = found.rows[said[found.rows] == name]
        units = (
            np.nan_to_num(np.asarray(values["on_hand"][at], np.float64))
            if "on_hand" in values
            else np.zeros(len(at))
        )
        money = (
            float((units * np.nan_to_num(np.asarray(values["unit_cost"][at], np.float64))).sum())
            if "unit_cost" in values
            else 0.0
        )
        stock = (
            f" ({total_text(float(units.sum()))} units on hand, {money:,.2f} {name})" if units.any() else ""
        )
        message = f"costs and prices in {name} stand beside those in {main}{stock}: they count as unknown, nothing is converted"
        where = named.get("currency") or named.get("unit_cost") or named.get("price", "")
        problems.append(
            Problem(
                "mixed_currencies",
                message,
                f"convert them to {main} before the upload",
                int(table.row[at[0]]),
                where,
                str(name),
                "one currency",
                len(at),
            )
        )
        for role in _MONEY:
            if role in values:
                values[role] = values[role].copy()
                values[role][at] = np.nan
    return str(main), problems


def one_value_a_product(
    role: str, kind: str, values: NDArray[Any], on_hand: NDArray[np.float64] | None, found: ItemRows
) -> tuple[NDArray[Any], str]:
    """A field's value per product from its rows, and how rows that differ were settled ("" where none differ or all are added).

    The first row with a value counts. Unit cost that differs is the average weighted by what is on hand, so that stock in money is the sum over
    the rows; levels of places that differ are added. `values` and `on_hand` hold one value per row of the file.
    """
    rows, product, n = found.rows, found.product, len(found.skus)
    here = values[rows]
    known = (
        np.array([bool(t) for t in here], bool)
        if kind == "text"
        else ~np.isnat(here)
        if kind == "date"
        else ~np.isnan(here)
    )
    first = np.full(n, -1, np.intp)
    first[product[known][::-1]] = np.flatnonzero(known)[::-1]
    missing: Any = "" if kind == "text" else np.datetime64("NaT", "D") if kind == "date" else np.nan
    out = np.where(first >= 0, here[np.maximum(first, 0)], missing)
    out = out.astype(values.dtype)
    if not found.several.any():
        return out, ""
    differs = np.zeros(n, bool)
    differs[product[known & (here != out[product])]] = True
    if not differs.any():
        return out, ""
    settled = "the first row with a value counts"
    if role == "unit_cost" and on_hand is not None:
        weight = np.where(known, np.maximum(np.nan_to_num(on_hand[rows]), 0.0), 0.0)
        held = np.bincount(product, weights=weight, minlength=n)
        paid = np.bincount(product, weights=weight * np.nan_to_num(here), minlength=n)
        average = differs & (held > 0.0)
        out = np.where(average, paid / np.where(held > 0.0, held, 1.0), out)
        settled = "the average weighted by what is on hand counts"
    elif role in _LEVELS and found.places:
        out = np.where(
            differs, np.bincount(product, weights=np.where(known, np.nan_to_num(here), 0.0), minlength=n), out
        )
        settled = "those of the places were added"
    count = int(differs.sum())
    return (
        out,
        f"{ITEM_FIELDS[role].label if role in ITEM_FIELDS else role}: the rows of {count:,} {'product' if count == 1 else 'products'} differ; {settled}",
    )
