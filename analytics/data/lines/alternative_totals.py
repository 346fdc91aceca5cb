"""Totals that a controller may have in mind instead: before discounts, of another column, with the rows that were rejected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.column_look import look
from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.rejections import RowFilter
from analytics.data.values.header_names import normal_name
from analytics.data.values.stated_scale import amounts_in

__all__ = ["further_totals", "summed"]

#: larger tables are not searched for other columns of money
_MOST_ROWS, _MOST_COLUMNS = 1_500_000, 12
_MONEY = re.compile(
    r"\b(?:tax|taxes|vat|gst|mwst|ust|steuer|tva|iva|btw|moms|freight|fracht|shipping|versand|postage|porto|fee|fees|gebuhr|discount|rabatt|remise|sconto|descuento|korting"
    r"|gross|brutto|total|amount|betrag|summe|montant|importe|importo|bedrag|belop|kwota|castka|valor|value|cost|kosten|profit|margin|marge|deckungsbeitrag|db|commission|provision)\b"
)


def _by_year(
    code: str,
    name: str,
    day: NDArray[np.datetime64],
    amount: NDArray[np.float64],
    units: NDArray[np.float64] | None = None,
) -> Iterable[dict[str, Any]]:
    known = ~np.isnat(day)
    years = np.where(known, day.astype("datetime64[Y]").astype(np.int64) + 1970, 0)
    for year in np.unique(years):
        here = years == year
        entry: dict[str, Any] = {
            "code": code,
            "name": name,
            "year": int(year),
            "rows": int(here.sum()),
            "revenue": float(np.nansum(amount[here])),
        }
        yield entry if units is None else {**entry, "units": float(np.nansum(units[here]))}


def further_totals(
    table: RawTable,
    rows: RowFilter,
    day: NDArray[np.datetime64],
    numbers: Mapping[str, NDArray[np.float64]],
    revenue: NDArray[np.float64],
    named: Mapping[str, str],
    mark: str,
) -> tuple[dict[str, Any], ...]:
    """Sums by year (0: no date): price x quantity where revenue is something else, other columns of money, and rejected rows by reason.

    Arrays are over all rows of the table; each entry has code, name, year, rows, revenue and, for rejected rows, units.
    """
    good = rows.good
    out: list[dict[str, Any]] = []
    if "price" in numbers and {"revenue", "discount", "discount_pct"} & set(numbers):
        out += _by_year(
            "list_price",
            f"{named['price']} x {named['quantity']}",
            day[good],
            (numbers["price"] * numbers["quantity"])[good],
        )
    if len(table) <= _MOST_ROWS:
        used = set(named.values())
        names = [
            i
            for i, name in enumerate(table.names[:300])
            if name not in used and _MONEY.search(normal_name(name))
        ]
        for i in names[:_MOST_COLUMNS]:
            column = table.columns[i]
            if look(column).numbers > 0.9:
                out += _by_year(
                    "column",
                    table.names[i],
                    day[good],
                    amounts_in(column, table.names[i], mark)[good],
                )
    for where, code in rows.reasons():
        out += _by_year(code, "rejected", day[where], revenue[where], numbers["quantity"][where])
    return tuple(out)


def summed(parts: Iterable[Iterable[Mapping[str, Any]]]) -> tuple[dict[str, Any], ...]:
    """The totals of several files added up by code, name and year.

    >>> part = [{"code": "column", "name": "tax", "year": 2012, "rows": 2, "revenue": 3.0}]
    >>> summed([part, part])
    ({'code': 'column', 'name': 'tax', 'year': 2012, 'rows': 4, 'revenue': 6.0},)
    """
    out: dict[tuple[str, str, int], dict[str, Any]] = {}
    for entry in (entry for part in parts for entry in part):
        held = out.setdefault(
            (entry["code"], entry["name"], entry["year"]),
            {**entry, **{k: 0 * entry[k] for k in ("rows", "revenue", "units") if k in entry}},
        )
        for key in ("rows", "revenue", "units"):
            if key in entry:
                held[key] = held.get(key, 0) + entry[key]
    return tuple(out.values())
