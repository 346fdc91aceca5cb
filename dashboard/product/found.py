"""Which of all products are found, and in which order: sought, of the kinds wanted, picked on the map, sorted; on the server, whatever page is shown."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from analytics.naming.labels import Strategy
from analytics.strategy.portfolio.largest import money_at_stake
from analytics.valuation.valued import ValuedStock
from dashboard.results.facts import Facts
from dashboard.text.words import ways_of

__all__ = ["PAGE_ROWS", "SORTS", "found_rows", "found_words", "pages_of", "sorted_rows"]

#: Rows of the table on one page; what is sought, shown and sorted is so among all products.
PAGE_ROWS = 250
#: What the table is sorted by, as it is chosen: largest first, names from A on.
SORTS = {
    "stake": "money at stake", "gain": "gain", "lead": "lead", "units": "units a year", "stock": "stock",
    "excess": "excess", "reserve": "reserve", "name": "product", "sku": "SKU", "family": "family",
}  # fmt: skip


def sorted_rows(facts: Facts, valued: ValuedStock, by: str, upward: bool = False) -> NDArray[np.intp]:
    """Positions of all products sorted by one of SORTS: living ones first, unknown values last of them, ties by money at stake and units."""
    products, count = facts.products, len(facts.products)
    stake = money_at_stake(facts.profit)
    units = np.nan_to_num(facts.units["units_demanded"][:, 0])
    books = valued.stock
    columns = {
        "stake": lambda: stake,
        "gain": lambda: products["gain_per_year"].to_numpy(np.float64),
        "lead": lambda: products["lead_over_runner_up"].to_numpy(np.float64),
        "units": lambda: units,
        "stock": lambda: books.book_value[:count],
        "excess": lambda: books.excess_value[:count],
        "reserve": lambda: valued.reserve[:count],
    }
    ended = products["ended"].to_numpy(bool)
    if by in columns:
        value = np.asarray(columns[by](), np.float64)
        unknown = np.isnan(value)
        key = np.where(unknown, 0.0, value if upward else -value)
    else:
        told = products[by].astype(str).str.lower().to_numpy(str)
        unknown = told == ""
        key = np.unique(told, return_inverse=True)[1].astype(np.float64)
        key = -key if upward else key
    return np.lexsort((-units, -stake, key, unknown, ended)).astype(np.intp)


def found_rows(
    facts: Facts, sought: str, wanted: tuple[str, ...], picked: Collection[str] | None
) -> NDArray[np.bool_]:
    """Products that are sought (in name, SKU or family), of the kinds wanted (none: all) and picked on the map (None: all): (products,)."""
    products = facts.products
    found = np.ones(len(products), bool)
    if text := sought.strip().lower():
        parts = [
            products[c].astype(str).str.lower().str.contains(text, regex=False)
            for c in ("name", "sku", "family")
        ]
        found &= np.logical_or.reduce([part.to_numpy(bool) for part in parts])
    if wanted:
        ended, does = products["ended"].to_numpy(bool), ways_of(facts)
        kinds = {
            "To stock": np.isin(does, (Strategy.MTS, Strategy.HYBRID)) & ~ended,
            "To assemble": (does == Strategy.ATO) & ~ended,
            "To order": np.isin(does, (Strategy.MTO, Strategy.HYBRID)) & ~ended,
            "Ended": ended,
        }
        found &= np.logical_or.reduce([kinds[kind] for kind in wanted])
    if picked is not None:
        found &= products["sku"].isin(picked).to_numpy(bool)
    return found


def found_words(sought: str, wanted: tuple[str, ...], picked: bool) -> str:
    """What the table is narrowed to, in words; "" where it is not.

    >>> found_words("road ", ("To order",), True)
    'with "road" in name, SKU or family; to order; picked on the map'
    """
    text = sought.strip()
    parts = [f'with "{text}" in name, SKU or family'] if text else []
    parts += [" or ".join(kind.lower() for kind in wanted)] if wanted else []
    return "; ".join([*parts, *(["picked on the map"] if picked else [])])


def pages_of(rows: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Rows by page, at least one page."""
    return [rows[a : a + PAGE_ROWS] for a in range(0, max(len(rows), 1), PAGE_ROWS)]
