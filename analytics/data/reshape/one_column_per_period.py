"""Sheets with a column per period, or a column per product: turned into one quantity per product and date.

One concept: the sheet with a column per period from finding its columns to reading its cells, and which rows
and columns in it are sums of others; one with a column per product is the same sheet turned.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.column_roles import UNITS_OR_MONEY, period_columns
from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.rejections import RowFilter
from analytics.data.reshape.fiscal import fiscal_names, plain_text
from analytics.data.reshape.reshape import first_day, period_after
from analytics.data.reshape.several_measures import is_actual
from analytics.data.told import Told
from analytics.data.values.categorical import Coded
from analytics.data.values.conventions import date_order_of
from analytics.data.values.dates import MONTHS, date_column, period_of
from analytics.data.values.header_names import normal_name, role_of_name
from analytics.data.values.numbers import parse_numbers
from analytics.data.values.period_names import WEEK_MARK, says_part_of_date
from analytics.data.values.stated_scale import amounts_in, times_stated
from analytics.errors import DataError, Problem

__all__ = [
    "Cells",
    "WideColumns",
    "left_out_sums",
    "rows_of_sums",
    "spacing",
    "transposed_columns",
    "wide_cells",
    "wide_columns",
]

#: days of a day, week, month and quarter at the most
_LENGTHS = {"D": 1, "W": 7, "M": 31, "Q": 92}
_ORDINAL = re.compile(rf"^({WEEK_MARK}|m|month|p|period|d|day|t)\.?[ _-]?(\d{{1,4}})$", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class WideColumns:
    """Positions of the period columns, their names as dates, and the positions of a second measure (money) if any.

    `longer` are columns of longer periods among them (quarters beside months), which should be sums.
    """

    positions: tuple[int, ...]
    labels: tuple[str, ...]
    money: tuple[int, ...] = ()
    grain: str = ""
    longer: tuple[int, ...] = ()
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, eq=False)
class Cells:
    """Quantities [rows, periods] (NaN: nothing recorded), dates of the periods, grain, revenue or None."""

    quantity: NDArray[np.float64]
    days: NDArray[np.datetime64]
    grain: str
    order: str
    why: str
    revenue: NDArray[np.float64] | None = None


def wide_columns(names: tuple[str, ...], told: Told) -> WideColumns | None:
    """The period columns of a sheet, or None if it has no column per period.

    >>> wide_columns(("part", "1998-01", "1998-02", "1998-03", "Total"), Told()).positions
    (1, 2, 3)
    """
    start = told.start
    periods = period_columns(names)
    if len(periods) >= 3 or (len(periods) == 2 and len(names) <= 4):
        lengths = {i: _LENGTHS.get(period_of(names[i])[1], 0) for i in periods}
        shortest = min(lengths.values())
        longer = tuple(i for i in periods if lengths[i] > shortest > 0)
        kept = tuple(i for i in periods if i not in longer)
        return WideColumns(kept, tuple(names[i] for i in kept), longer=longer)
    measured = [(i, *_split(name)) for i, name in enumerate(names)]
    groups: dict[str, list[tuple[int, str]]] = {}
    for i, label, measure in measured:
        if label:
            groups.setdefault(measure, []).append((i, label))
    actual = [m for m, g in groups.items() if is_actual(m) and len(g) >= 2]
    counts = [m for m in actual if m not in UNITS_OR_MONEY]
    actual = counts if len(counts) == 1 else actual  # "Qty" and "Sales": the sales are money
    units = (
        groups[actual[0]]
        if len(actual) == 1
        else next((g for m, g in groups.items() if role_of_name(m)[0] == "quantity" and len(g) >= 2), None)
    )
    if units is None and len(groups) == 1:
        units = next(g for g in groups.values()) if len(next(iter(groups.values()))) >= 3 else None
    if units is not None:
        money = next(
            (
                g
                for m, g in groups.items()
                if (role_of_name(m)[0] == "revenue" or (counts and m in UNITS_OR_MONEY and g is not units))
                and [label for _, label in g] == [label for _, label in units]
            ),
            [],
        )
        return WideColumns(
            tuple(i for i, _ in units), tuple(label for _, label in units), tuple(i for i, _ in money)
        )
    if (fiscal := fiscal_names(names, told)) is not None:
        return WideColumns(fiscal.positions, fiscal.months, (), fiscal.grain, (), fiscal.notes)
    ordinal = [(i, match) for i, name in enumerate(names) if (match := _ORDINAL.match(plain_text(name)))]
    dated = (
        role_of_name(next(iter(names), ""))[0] == "date"
    )  # days run down, so that P01, P02, ... across are products
    if len(ordinal) >= 6 and len({m[1].lower() for _, m in ordinal}) == 1 and not dated:
        numbers = [int(m[2]) for _, m in ordinal]
        if numbers == list(range(numbers[0], numbers[0] + len(numbers))):
            return _ordinal(ordinal, start)
    months = [(i, MONTHS[plain]) for i, name in enumerate(names) if (plain := normal_name(name)) in MONTHS]
    if len(months) >= 6 and all((b - a) % 12 == 1 for (_, a), (_, b) in pairwise(months)):
        first = first_day(
            start, f"columns {names[months[0][0]]} to {names[months[-1][0]]}", names[months[0][0]]
        )
        return WideColumns(
            tuple(i for i, _ in months),
            tuple(period_after(first, k, "M") for k in range(len(months))),
            (),
            "M",
        )
    return None


def _split(name: str) -> tuple[str, str]:
    """A name such as "2012-01 Qty" as period and measure; ("", "") if it is not one."""
    words = name.split()
    for cut in range(len(words) - 1, 0, -1):
        for label, measure in (
            (" ".join(words[:cut]), " ".join(words[cut:])),
            (" ".join(words[-cut:]), " ".join(words[:-cut])),
        ):
            if (
                len(period_columns((label,)))
                and not period_columns((measure,))
                and any(c.isalpha() for c in measure)
            ):
                return label, normal_name(measure)
    return "", ""


def _ordinal(columns: Sequence[tuple[int, re.Match[str]]], start: str | None) -> WideColumns:
    unit = columns[0][1][1].lower()
    grain = "M" if unit in ("m", "month", "p", "period", "t") else "D" if unit in ("d", "day") else "W"
    first = first_day(start, f"columns {columns[0][1][0]} to {columns[-1][1][0]}", columns[0][1][0])
    labels = [period_after(first, k, grain) for k in range(len(columns))]
    return WideColumns(tuple(i for i, _ in columns), tuple(labels), (), grain)


def _one_a_month(days: NDArray[np.datetime64]) -> bool:
    """Whether dates are those of monthly totals: one a month, on the same day of each (or its last, where a month is shorter), or on its first or last days of work."""
    months = days.astype("datetime64[M]")
    if len(np.unique(months)) < len(months):
        return False
    day = (days - months.astype("datetime64[D]")).astype(int) + 1
    length = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int)
    if (day == 1).all() or (day == length).all():
        return True
    if len(days) < 3:
        return False
    weekday = (days.astype("datetime64[D]").view(np.int64) + 3) % 7
    same = (day == np.minimum(day.max(), length)).all()
    worked = (weekday < 5).all() and ((length - day < 4).all() or (day <= 4).all())
    third = (
        len(np.unique(weekday)) == 1 and len(np.unique((day - 1) // 7)) == 1
    )  # the third Friday of every month
    return bool(same or worked or third)


def spacing(days: NDArray[np.datetime64]) -> str:
    """Grain of distinct sorted dates: D, W or M.

    >>> spacing(np.array(["2012-01-01", "2012-02-01", "2012-03-01"], "datetime64[D]"))
    'M'
    >>> spacing(np.array(["2012-01-31", "2012-02-29", "2012-03-30", "2012-04-30"], "datetime64[D]"))
    'M'
    """
    if len(days) < 2:
        return "D"
    step = np.diff(days).astype(int)
    if _one_a_month(days):
        return "M"
    return "W" if (step % 7 == 0).all() and step.min() >= 7 else "D"


def wide_cells(
    table: RawTable, wide: WideColumns, mark: str, date_order: str | None, rows: RowFilter
) -> Cells:
    """Read the period columns; a row with an unreadable cell is rejected whole."""
    labels = np.array(wide.labels, dtype=object)
    heads = date_column(labels, serials=False)
    order, why = date_order_of(
        {"header": heads}, {"header": list(labels)}, {"header": table.names[wide.positions[0]]}, date_order
    )
    days = heads.dates(order)
    unread = np.isnat(days)
    if unread.any():
        bad = table.names[wide.positions[int(np.flatnonzero(unread)[0])]]
        raise DataError(
            Problem(
                "date_unreadable",
                "a column that should be a period cannot be read as a date",
                "correct the name of the column, or choose another date_order",
                row=1,
                column=bad,
                found=bad,
                expected="a date or period",
            )
        )
    quantity = _matrix(table, wide.positions, mark, rows)
    revenue = _matrix(table, wide.money, mark, rows) if wide.money else None
    rows.reject(
        np.asarray(np.isnan(quantity).all(axis=1), bool),
        "quantity_blank",
        "",
        "",
        "at least one quantity",
        "fill in the quantities",
    )
    kinds = {str(g) for g in heads.grain if g}
    grain = wide.grain or ("M" if kinds & {"M", "Q"} else "W" if kinds == {"W"} else spacing(np.unique(days)))
    return Cells(quantity, days, grain, order, why, revenue)


def left_out_sums(table: RawTable, wide: WideColumns, cells: Cells, mark: str) -> list[Problem]:
    """Say that columns of longer periods are the sums of the shorter ones and were left out; asks where they are not."""
    if not wide.longer:
        return []
    for i in wide.longer:
        label, grain = period_of(table.names[i])
        begin = np.datetime64(label, "D")
        months = {"M": 1, "Q": 3}.get(grain, 0)
        end = (begin.astype("datetime64[M]") + months).astype("datetime64[D]") if months else begin + 7
        inside = (cells.days >= begin) & (cells.days < end)
        told = amounts_in(table.columns[i], table.names[i], mark)
        known = ~np.isnan(told)
        if (
            not inside.any()
            or (np.abs(told - np.nansum(cells.quantity[:, inside], axis=1))[known] > 0.5).mean() > 0.05
        ):
            words = f"{table.names[i]} is a longer period than {table.names[wide.positions[0]]}, but not the sum of the periods within it"
            raise DataError(
                Problem(
                    "measures",
                    words,
                    "keep columns of one length of period only",
                    column=table.names[i],
                    expected="one length of period, or sums of it",
                )
            )
    names = ", ".join(table.names[i] for i in wide.longer[:6])
    words = f"{names} are sums of the columns beside them and were not counted"
    return [
        Problem(
            "summary_column",
            words,
            "nothing to do",
            column=table.names[wide.longer[0]],
            count=len(wide.longer),
        )
    ]


def rows_of_sums(quantity: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Rows that are the sums, in every column, of the rows below them up to the next such row; none unless this holds from the first row to the last.

    >>> rows_of_sums(np.array([[3.0, 5, 7], [1, 2, 3], [2, 3, 4], [9, 5, 2], [4, 4, 1], [5, 1, 1]])).tolist()
    [True, False, False, True, False, False]
    """
    cells = np.nan_to_num(quantity)
    n, out = len(cells), np.zeros(len(cells), bool)
    if cells.shape[1] < 3 or n < 4 or n > 50_000 or (cells < 0).any():
        return out
    below = np.vstack([np.zeros(cells.shape[1]), np.cumsum(cells, axis=0)])
    total = below.sum(axis=1)
    at = 0
    while at < n:
        end = int(np.searchsorted(total, total[at + 1] + cells[at].sum() - 1e-6))
        if (
            end < at + 3
            or end > n
            or not cells[at].any()
            or np.abs(below[end] - below[at + 1] - cells[at]).max() > 1e-6 * max(cells[at].max(), 1.0)
        ):
            return np.zeros(n, bool)
        while end < n and not cells[end].any():
            end += 1
        out[at], at = True, end
    return out


def _matrix(table: RawTable, positions: Sequence[int], mark: str, rows: RowFilter) -> NDArray[np.float64]:
    cells = np.full((len(table), len(positions)), np.nan)
    for k, position in enumerate(positions):
        column: Coded = table.columns[position]
        value, blank = parse_numbers(column.values, mark)
        cells[:, k] = column.spread(value) * times_stated("revenue", table.names[position])
        rows.reject(
            column.spread(np.isnan(value) & ~blank),
            "number_unreadable",
            table.names[position],
            column,
            f"a number with decimal {'point' if mark == '.' else 'comma'}",
            "correct the number, or choose another decimal mark",
        )
    return cells


def transposed_columns(table: RawTable, role: Mapping[str, int]) -> list[int]:
    """Columns that hold one product each: a sheet of dates down and products across; [] if it is not one.

    Every date stands in one row only, and every other column but notes holds numbers: a column of names or codes says that
    rows are lines of a list.
    """
    if "date" not in role or any(r not in ("date", "revenue") for r in role):
        return []
    days = table.columns[role["date"]]
    if len(days.values) < 0.95 * len(days):
        return []
    found = []
    for i, name in enumerate(table.names):
        if i == role["date"] or not name.strip() or name.startswith("column ") or says_part_of_date(name):
            continue
        numbers, blank = parse_numbers(table.columns[i].values, ".")
        other, _ = parse_numbers(table.columns[i].values, ",")
        if (np.isnan(numbers) & np.isnan(other) & ~blank).mean() < 0.2 and not blank.all():
            found.append(i)
        elif table.columns[i].spread(~blank).mean() > 0.3:
            return []
    totals = [i for i in found if role_of_total(table.names[i])]
    kept = [i for i in found if i not in totals]
    return kept if len(kept) >= 2 else []


def role_of_total(name: str) -> bool:
    """Whether a column's name says that it sums others up."""
    return (
        normal_name(name).split(" ")[0]
        in (
            "total",
            "totals",
            "sum",
            "summe",
            "gesamt",
            "average",
            "mean",
            "durchschnitt",
            "min",
            "max",
            "minimum",
            "maximum",
            "totale",
            "suma",
            "totaal",
        )
        if normal_name(name)
        else False
    )
