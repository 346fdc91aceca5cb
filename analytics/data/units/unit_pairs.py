"""The column of units of a file: its different units, and the pairs of a product and a unit in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.meaning.treatments import plain_value
from analytics.data.values.categorical import Coded
from analytics.data.values.unit_words import Unit, unit_of

__all__ = ["UnitColumn", "UnitNames", "UnitPairs", "UnitRows", "unit_names", "unit_pairs"]


@dataclass(frozen=True, eq=False)
class UnitColumn:
    """The column of units of a file, and that of factors where it has one (`factor` as text cells with decimal mark `mark`)."""

    cells: Coded
    name: str
    factor: Coded | None = None
    factor_name: str = ""
    mark: str = "."


@dataclass(frozen=True, eq=False)
class UnitPairs:
    """Products and their units: one entry a pair, with rows and units among the rows that count; `of_row` gives the pair of every row."""

    of_row: NDArray[np.int64]
    product: NDArray[np.int64]
    unit: NDArray[np.int64]
    rows: NDArray[np.float64]
    units: NDArray[np.float64]


def unit_pairs(
    sku: Coded,
    unit_of_value: NDArray[np.int64],
    cells: Coded,
    count: int,
    quantity: NDArray[np.float64],
    live: NDArray[np.bool_],
) -> UnitPairs:
    """The pairs of product and unit of a file; `live` (rows,) are the rows that count as sales so far."""
    key = sku.codes.astype(np.int64) * count + cells.spread(unit_of_value)
    of_row, keys = pd.factorize(key)
    rows = np.bincount(of_row, weights=live, minlength=len(keys)).astype(float)
    units = np.bincount(
        of_row, weights=np.where(live, np.abs(np.nan_to_num(quantity)), 0.0), minlength=len(keys)
    ).astype(float)
    return UnitPairs(of_row, keys // count, keys % count, rows, units)


@dataclass(frozen=True, eq=False)
class UnitNames:
    """The different units of a column: `of_value` their position for each distinct text, `name` and `unit` (None: not known), rows by unit."""

    of_value: NDArray[np.int64]
    name: list[str]
    unit: list[Unit | None]
    rows: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class UnitRows:
    """The rows of a file in their units: the column, its different units, the pairs of product and unit.

    `sku` are the products, `quantity` (rows,) the units as written (NaN unknown), `live` (rows,) the rows that count as
    sales so far.
    """

    column: UnitColumn
    names: UnitNames
    pairs: UnitPairs
    sku: Coded
    quantity: NDArray[np.float64]
    live: NDArray[np.bool_]


def unit_names(cells: Coded) -> UnitNames:
    """The different units of a column of text cells, by the name that all words of a unit have in common."""
    found = [unit_of(str(text)) for text in cells.values]
    spelled = [
        one.name if one is not None else plain_value(str(text))
        for one, text in zip(found, cells.values, strict=True)
    ]
    place: dict[str, int] = {}
    of_value = np.array([place.setdefault(name, len(place)) for name in spelled], np.int64)
    unit: list[Unit | None] = [None] * len(place)
    for at, one in zip(of_value, found, strict=True):
        unit[at] = unit[at] or one
    return UnitNames(
        of_value,
        list(place),
        unit,
        np.bincount(of_value, weights=cells.counts(), minlength=len(place)).astype(float),
    )
