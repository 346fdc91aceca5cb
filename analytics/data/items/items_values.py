"""One column of an items file as the field of a product reads it: numbers, dates, make or buy, strategies in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.data.layout.raw_table import RawTable
from analytics.data.values.categorical import Coded
from analytics.data.values.dates import DateColumn
from analytics.data.values.numbers import parse_numbers
from analytics.data.values.stated_scale import span_of_time, times_beside, times_stated
from analytics.data.values.todays_words import made_of, mode_of
from analytics.errors import Problem
from analytics.items import GIVEN, ITEM_FIELDS, UNKNOWN

__all__ = ["ItemsReading", "origin_of", "values_of"]

#: a zero here means that nobody filled the field in
_ZERO_IS_UNKNOWN = ("unit_cost", "price", "units_per_order", "moq", "order_multiple")


class ItemsReading(NamedTuple):
    """How the columns of an items file are read.

    table: the file; mark: the decimal mark; order: DMY, MDY or YMD; dates: the columns of dates, by role.
    """

    table: RawTable
    mark: str
    order: str
    dates: Mapping[str, DateColumn]


def values_of(
    role: str,
    kind: str,
    cells: Coded,
    name: str,
    reading: ItemsReading,
    problems: list[Problem],
) -> NDArray[Any]:
    """A column as the field of a product reads it, one value per row; what cannot be read is unknown and named in `problems`."""
    table, mark, order, dates = reading
    if kind == "text":
        words = [t.strip() for t in cells.values]
        if role == "current_mode":
            modes = [mode_of(t) for t in words]
            _unreadable(
                np.array([bool(t) and not m for t, m in zip(words, modes, strict=True)], bool),
                cells,
                "MTS, ATO or MTO",
                table,
                name,
                problems,
            )
            words = modes
        return cells.spread(np.array(words, dtype=object))
    if kind == "date":
        column = dates[role]
        _unreadable(~column.readable & ~column.blank, cells, "a date", table, name, problems)
        return cells.spread(column.dates(order))
    if kind == "flag":
        made = [made_of(t) for t in cells.values]
        values = np.array([np.nan if one is None else one for one in made], float)
        _unreadable(
            np.isnan(values) & np.array([bool(t.strip()) for t in cells.values], bool),
            cells,
            "make or buy (1 or 0)",
            table,
            name,
            problems,
        )
        return cells.spread(values)
    texts, beside = times_beside(role, cells.values)
    _spans_said(role, cells, beside, table, name, problems)
    values, blank = parse_numbers(np.array(texts, dtype=object), mark)
    _unreadable(np.isnan(values) & ~blank, cells, "a number", table, name, problems)
    values = values * np.where(np.isnan(beside), times_stated(role, name), beside)
    if role in _ZERO_IS_UNKNOWN:
        if role == "unit_cost" and (zero := values == 0).any():
            rows = np.flatnonzero(cells.spread(zero))
            said = "a cost of 0 is read as unknown, not as free: nothing is put in its place"
            problems.append(
                Problem(
                    "cost_zero",
                    said,
                    "fill in what a unit costs",
                    int(table.row[rows[0]]),
                    name,
                    "0",
                    "a cost above 0",
                    len(rows),
                )
            )
        values[values == 0] = np.nan
    if role in ITEM_FIELDS:
        row = ITEM_FIELDS[role]
        some = values[np.isfinite(values) & (values != 0.0)]
        if row.maximum == 1.0 and len(some) and 1.0 <= some.min() and 1.0 < some.max() <= 100.0:
            values = values / 100.0
            remedy = "write shares between 0 and 1 if that is wrong"
            problems.append(
                Problem(
                    "percent",
                    "values above 1 are read as percent",
                    remedy,
                    None,
                    name,
                    f"{some.max():g}",
                    "a share",
                    len(some),
                )
            )
        lowest = (
            -np.inf if role == "on_hand" else row.minimum
        )  # a place may be booked below zero: kept, and shown on its own line
        outside = (values < lowest) | (values > row.maximum)
        _unreadable(
            outside,
            cells,
            f"a number of at least {row.minimum:g}"
            if row.maximum == float("inf")
            else f"a number from {row.minimum:g} to {row.maximum:g}",
            table,
            name,
            problems,
        )
        values[outside] = np.nan
    return cells.spread(values)


def _spans_said(
    role: str, cells: Coded, beside: list[float], table: RawTable, name: str, problems: list[Problem]
) -> None:
    """Say which times were given as a span, and that its middle counts."""
    spans = np.isfinite(beside) & np.array([span_of_time(text) is not None for text in cells.values], bool)
    rows = np.flatnonzero(cells.spread(spans))
    if len(rows):
        text = str(cells.values[cells.codes[rows[0]]]).strip()
        words = f"spans such as {text!r} count as their middle"
        remedy = "write the usual time if that is another"
        first = int(table.row[rows[0]])
        problems.append(Problem("time_span", words, remedy, first, name, text, "one time", len(rows)))


def _unreadable(
    bad: NDArray[np.bool_], cells: Coded, expected: str, table: RawTable, name: str, problems: list[Problem]
) -> None:
    rows = np.flatnonzero(cells.spread(bad))
    if len(rows):
        problems.append(
            Problem(
                "value_unreadable",
                "values that cannot be used; they count as unknown",
                "correct them",
                int(table.row[rows[0]]),
                name,
                str(cells.values[cells.codes[rows[0]]]),
                expected,
                len(rows),
            )
        )


def origin_of(values: NDArray[Any], kind: str) -> NDArray[np.uint8]:
    """Given where there is a value, else unknown.

    Positions into `items.ORIGINS`, shape (products,).
    """
    if kind == "text":
        known = np.array([bool(t) for t in values], bool)
    else:
        known = ~np.isnat(values) if kind == "date" else ~np.isnan(values)
    return np.where(known, GIVEN, UNKNOWN).astype(np.uint8)
