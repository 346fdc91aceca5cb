"""Planning sheets that hold several measures of one product: the units sold and their revenue are kept, forecasts, stock and other money told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.rejections import RowFilter
from analytics.data.values.categorical import Coded, blank_texts
from analytics.data.values.header_names import normal_name, role_of_name
from analytics.data.values.stated_scale import sizes_said
from analytics.errors import DataError, Problem

__all__ = ["Measures", "is_actual", "is_measure", "keep_units_sold", "revenue_of_rows"]

_ACTUAL = frozenset(
    (
        "actual|actuals|actual sales|actual demand|ist|ist menge|istmenge|istwert|ist absatz|realise|reel|ventes reelles|real|ventas reales"
        "|consuntivo|reale|werkelijk|rzeczywiste|history|demand history"
    ).split("|")
)
_OTHER = frozenset(
    (
        "forecast|fcst|fc|plan|planned|plan menge|planmenge|budget|target|soll|prognose|prevision|previsions|prevision de ventes|pronostico|previsto|prognoza|begroting"
        "|stock|inventory|on hand|bestand|lagerbestand"
        "|voorraad|scorta|giacenza|existencias|orders|open orders|purchase orders|production|produktion|safety stock|margin|marge"
        "|error|deviation|abweichung|difference|delta|cover|price|preis|cost|kosten|profit"
        "|last year|prior year|vorjahr|py|ly|stat forecast|consensus forecast|consensus|supply|receipts"
    ).split("|")
)


def is_actual(text: str) -> bool:
    """Whether a word names units sold: quantities, or the actual among plan and actual.

    >>> is_actual("Qty"), is_actual("Actual"), is_actual("Forecast")
    (True, True, False)
    """
    return normal_name(text) in _ACTUAL or (
        role_of_name(text)[0] == "quantity" and normal_name(text) not in _OTHER
    )


def is_measure(text: str) -> bool:
    """Whether a word names something counted or paid per product and period."""
    return (
        is_actual(text)
        or normal_name(text) in _OTHER
        or role_of_name(text)[0] in ("revenue", "price", "unit_cost", "returned", "discount")
    )


class Measures(NamedTuple):
    """Rows of several measures told apart: what is said of it, which rows (rows,) are the revenue of units, and the sizes that the words of both say.

    `sizes` are the words of the measure by role, quantity and revenue, as far as rows of measures were found.
    """

    problems: list[Problem]
    revenue: NDArray[np.bool_]
    sizes: Mapping[str, str]


def keep_units_sold(table: RawTable, sku: int, periods: Sequence[int], rows: RowFilter) -> Measures:
    """Reject the rows that hold another measure than units sold, where a column names the measure; asks where none names units."""
    counts = table.columns[sku].counts()
    none = np.zeros(len(table), bool)
    if len(table) < 2 or counts.max(initial=0) < 2:
        return Measures([], none, {})
    here = set(periods) | {sku}
    for position in range(min(len(table.names), 40)):
        if position in here:
            continue
        column = table.columns[position]
        words = [text for text in column.values if text.strip()]
        if not 2 <= len(words) <= 20 or sum(map(is_measure, words)) < 0.6 * len(words):
            continue
        actual = [text for text in words if is_actual(text)]
        best = [text for text in actual if normal_name(text) in _ACTUAL] or actual
        if len(best) != 1:
            raise DataError(
                Problem(
                    "measures",
                    f"{table.names[position]} names several measures of each product, and {'none' if not best else 'more than one'} is plainly the units sold",
                    "keep the rows of the units sold only, and upload again",
                    column=table.names[position],
                    found=", ".join(words[:8]),
                    expected="one measure called units, quantity, sales or actual",
                )
            )
        other = column.spread(np.array([text != best[0] for text in column.values], bool))
        paid = [
            text for text in words if role_of_name(text)[0] == "revenue" and normal_name(text) not in _OTHER
        ]
        money = column.spread(np.array([paid == [text] for text in column.values], bool))
        rows.reject(
            money,
            "measure_of_units",
            table.names[position],
            column,
            best[0],
            "nothing to do: they are the revenue of the units beside them",
        )
        count = int(money.sum()) + rows.reject(
            other,
            "other_measure",
            table.names[position],
            column,
            best[0],
            "nothing to do: only units sold are read",
        )
        said = f"rows of {best[0]!r} in {table.names[position]} were read as units sold"
        if money.any():
            said += f", rows of {paid[0]!r} as their revenue"
        if left := count - int(money.sum()):
            said += f"; {left} rows of other measures were left out"
        sizes = {"quantity": best[0], **({"revenue": paid[0]} if money.any() else {})}
        return Measures([Problem("measure_chosen", said, "nothing to do"), *sizes_said(sizes)], money, sizes)
    return Measures([], none, {})


def revenue_of_rows(
    sku: Coded,
    money: NDArray[np.bool_],
    read: NDArray[np.float64],
    quantity: NDArray[np.float64],
    good: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Revenue (rows, periods) of the rows of units, from rows of their own, and the quantities, 0 where there is revenue alone.

    `sku` are the codes of the rows, blank where the row above names the product; `money` (rows,) are the rows of revenue and `read`
    (rows, periods) their amounts, `quantity` the units of the rows `good`. What a product was paid for in a period is parted over its
    rows by their units, so that the sum is that of the file.

    >>> from analytics.data.values.categorical import coded_texts
    >>> read, units = np.array([[np.nan], [np.nan], [30.0]]), np.array([[1.0], [2.0], [np.nan]])
    >>> revenue_of_rows(coded_texts(["A", "A", ""]), np.array([False, False, True]), read, units, np.array([True, True, False]))[0].ravel().tolist()
    [10.0, 20.0, nan]
    """
    blank = blank_texts(sku.values)[sku.codes]
    last = np.maximum.accumulate(np.where(blank, 0, np.arange(len(blank))))
    code = sku.codes[last].astype(np.int64)
    paid, known = (np.zeros((len(sku.values), read.shape[1])) for _ in range(2))
    np.add.at(paid, code[money], np.nan_to_num(read[money]))
    np.add.at(known, code[money], np.isfinite(read[money]))
    units = np.where(good[:, None], np.nan_to_num(quantity), 0.0)
    sold, first = np.zeros_like(paid), {}
    np.add.at(sold, code, units)
    for row in np.flatnonzero(good)[::-1]:
        first[int(code[row])] = int(row)
    here = good[:, None] & (known > 0)[code]
    share = np.divide(units, sold[code], out=np.zeros_like(units), where=sold[code] != 0.0)
    revenue = np.where(here & np.isfinite(quantity), share * paid[code], np.nan)
    quantity = quantity.copy()
    for product, period in np.argwhere((known > 0) & (paid != 0.0) & (sold == 0.0)):
        if (row := first.get(int(product))) is not None:
            revenue[row, period], quantity[row, period] = (
                paid[product, period],
                np.nan_to_num(quantity[row, period]),
            )
    return revenue, quantity
