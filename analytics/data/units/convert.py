"""Units of measure of sales: quantities of one product in several units are converted by what the files state, else asked about; never added unconverted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.item_facts import ItemFacts
from analytics.data.meaning.meanings import Meanings, rank_of
from analytics.data.meaning.row_meaning import Lines
from analytics.data.meaning.treatments import plain_value
from analytics.data.units.factors import factors_of_rows
from analytics.data.units.settled_factors import settle_factors, told_factors
from analytics.data.units.unit_pairs import UnitColumn, UnitNames, UnitPairs, UnitRows, unit_names, unit_pairs
from analytics.data.units.units_said import Measured, differing_units, measured_column
from analytics.data.values.categorical import Coded
from analytics.data.values.numbers import parse_numbers
from analytics.data.values.unit_words import units_beside
from analytics.errors import Problem

__all__ = ["cells_with_units", "converted", "in_one_unit", "units_of_rows"]


def cells_with_units(cells: Coded) -> tuple[Coded, Coded] | None:
    """Quantities such as "12 pcs" parted into numbers and units; None where no cell names a unit.

    >>> from analytics.data.values.categorical import coded_texts
    >>> numbers, units = cells_with_units(coded_texts(["12 pcs", "3 kg", "4"]))
    >>> numbers.texts().tolist(), units.texts().tolist()
    (['12', '3', '4'], ['pcs', 'kg', ''])
    """
    parted = [
        units_beside(text) if text and not text.strip()[-1:].isdigit() else ("", "") for text in cells.values
    ]
    if not any(unit for _, unit in parted):
        return None
    numbers = np.array(
        [number or text for (number, _), text in zip(parted, cells.values, strict=True)], dtype=object
    )
    units = np.array([unit for _, unit in parted], dtype=object)
    return cells.regrouped(numbers), cells.regrouped(units)


def units_of_rows(
    lines: Lines, money: NDArray[np.float64] | None, meanings: Meanings, items: ItemFacts | None
) -> Measured | None:
    """The units of a file's rows as a column of meaning, taken into `meanings`; None where it has no column of units.

    `money` (rows,) is the revenue of every row, None where no column tells it; `items` what the list of items says.
    """
    if "unit" not in lines.column:
        return None
    column, named = lines.column, lines.named
    one = UnitColumn(
        column["unit"], named["unit"], column.get("unit_factor"), named.get("unit_factor", ""), lines.mark
    )
    live = lines.good & (meanings.combined(len(lines.good)) <= rank_of("return"))
    keys = [
        value
        for name, values in meanings.treatments.items()
        if plain_value(name) == plain_value(one.name)
        for value in values
    ]
    found = converted(
        one,
        lines.sku,
        lines.numbers["quantity"],
        money,
        live,
        lambda value: meanings.told(one.name, value),
        keys,
        items,
    )
    meanings.add(found.judged)
    return found


def in_one_unit(numbers: dict[str, NDArray[np.float64]], measured: Measured | None) -> None:
    """Quantities multiplied into the unit of their product, and what one costs divided: money stays what it was. In place."""
    if measured is None or measured.factor is None:
        return
    numbers["quantity"] = numbers["quantity"] * measured.factor
    for role in ("price", "unit_cost"):
        if role in numbers:
            numbers[role] = numbers[role] / measured.factor


def converted(
    column: UnitColumn,
    sku: Coded,
    quantity: NDArray[np.float64],
    money: NDArray[np.float64] | None,
    live: NDArray[np.bool_],
    told: Callable[[str], str],
    keys: Sequence[str] = (),
    items: ItemFacts | None = None,
) -> Measured:
    """The units of every row, and the factor that brings a product's quantities into one unit.

    Evidence, in this order: what a person told (`told` gives it for a text of the column, `keys` are all that was told of it), the column of factors, the
    unit and packs of the list of items, the stated sizes of units. Units of one product that nothing converts are asked about. `live` are the rows that
    count as sales so far; `money` their revenue or None.
    """
    names = unit_names(column.cells)
    pairs = unit_pairs(sku, names.of_value, column.cells, len(names.name), quantity, live)
    factor = told_factors(column, sku, names, pairs, told, keys)
    given = ~np.isnan(factor)
    problems: list[Problem] = []
    by_row: NDArray[np.float64] | None = None
    if column.factor is not None:
        cells, blank = parse_numbers(column.factor.values, column.mark)
        read = factors_of_rows(
            pairs,
            names.name,
            names.unit,
            column.factor.spread(cells),
            column.factor.spread(blank),
            quantity,
            money,
            live & ~given[pairs.of_row],
        )
        by_row = read.factor
        problems += read.problems(column.factor_name, column.name, sku, column.cells)
    settle_factors(factor, given, by_row, pairs, names, sku, items)
    rows = factor[pairs.of_row]
    if by_row is not None:
        told_rows = given[pairs.of_row]
        rows = np.where(told_rows, rows, by_row)
    problems += differing_units(pairs, names, factor, sku, items, column)
    told_alone = (
        given.any()
        and by_row is None
        and not (~given & (pairs.rows > 0) & (factor != 1.0) & ~np.isnan(factor)).any()
    )
    by = (
        "as told"
        if told_alone
        else f"by {column.factor_name!r}"
        if by_row is not None
        else "by the size that is stated"
    )
    found = measured_column(UnitRows(column, names, pairs, sku, quantity, live), rows, problems, by)
    return replace(found, unit=_units(pairs, names, factor, given, by_row, sku))


def _units(
    pairs: UnitPairs,
    names: UnitNames,
    factor: NDArray[np.float64],
    given: NDArray[np.bool_],
    by_row: NDArray[np.float64] | None,
    sku: Coded,
) -> dict[str, str]:
    """The unit of each product: that of the rows that are not converted, unless a person said anything of the product's units."""
    if by_row is not None:
        factor = np.full(len(factor), np.nan)
        np.fmin.at(factor, pairs.of_row, np.where(by_row == 1.0, 1.0, np.nan))
    told = set(pairs.product[given].tolist())
    here = np.flatnonzero((factor == 1.0) & (pairs.rows > 0))
    ordered = here[np.argsort(pairs.rows[here], kind="stable")]
    return {
        str(sku.values[p]): names.name[u]
        for p, u in zip(pairs.product[ordered].tolist(), pairs.unit[ordered].tolist(), strict=True)
        if p not in told
    }
