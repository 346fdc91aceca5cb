"""Planning sheets that hold several measures of one product: the units sold are kept, forecasts, stock and money told apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.rejections import RowFilter
from analytics.data.values.header_names import normal_name, role_of_name
from analytics.errors import DataError, Problem

__all__ = ["is_actual", "is_measure", "keep_units_sold"]

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


def keep_units_sold(table: RawTable, sku: int, periods: Sequence[int], rows: RowFilter) -> list[Problem]:
    """Reject the rows that hold another measure than units sold, where a column names the measure; asks where none names units."""
    counts = table.columns[sku].counts()
    if len(table) < 2 or counts.max(initial=0) < 2:
        return []
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
        count = rows.reject(
            other,
            "other_measure",
            table.names[position],
            column,
            best[0],
            "nothing to do: only units sold are read",
        )
        return [
            Problem(
                "measure_chosen",
                f"rows of {best[0]!r} in {table.names[position]} were read as units sold; {count} rows of other measures were left out",
                "nothing to do",
            )
        ]
    return []
