"""read_items: a list of products as people export it -> Items with origin GIVEN, and the report of how it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.coded import Coded, product_codes
from analytics.data.dates import DateColumn, date_column
from analytics.data.decisions import likely_mark
from analytics.data.history import IntakeReport
from analytics.data.items_values import origin_of, values_of
from analytics.data.mapping import RoleMap, look, naming_remedy, told_columns
from analytics.data.raw import RawTable
from analytics.data.rejections import RowFilter
from analytics.data.roles import ITEM_NAMES, role_of_name
from analytics.data.source import open_source
from analytics.data.table import read_table
from analytics.errors import DataError, Problem
from analytics.items import ITEM_FIELDS, Items

__all__ = ["read_items"]

#: columns that are read to fill another field where that one is not given
_HELPERS = ("subcategory", "category")


def read_items(
    source: str | Path | bytes,
    *,
    name: str = "",
    date_order: str | None = None,
    decimal: str | None = None,
    delimiter: str | None = None,
    encoding: str = "",
    header_rows: int | None = None,
    sheet: str | int | None = None,
    mapping: Mapping[str, str | int] | None = None,
) -> tuple[Items, IntakeReport]:
    """What a file of products says about each, and how it was read.

    Only what the file gives: every value is given or unknown, products sorted by code. A cost or price of zero means
    unknown. Columns that mean nothing to the program are listed in the report's `assumed` and otherwise ignored.

    >>> items, report = read_items(b"sku;standard_cost;list_price;make_flag\\n007;12,50;30,00;1\\nA-1;0;9,90;0\\n")
    >>> items.skus.tolist(), items["unit_cost"].tolist(), items["make"].tolist(), report.rows_read
    (['007', 'A-1'], [12.5, nan], [1.0, 0.0], 2)
    """
    piece = open_source(source, name)[0]
    table = read_table(piece, delimiter=delimiter, encoding=encoding, header_rows=header_rows, sheet=sheet)
    roles, ignored = _map(table, mapping)
    if "sku" not in roles.role:
        raise DataError(
            Problem(
                "missing_column",
                "no column holds the product code",
                naming_remedy("sku"),
                found=", ".join(table.names[:12]),
                expected="a column such as sku, article, Artikelnummer",
            )
        )
    column = {role: table.columns[i] for role, i in roles.role.items()}
    named = {role: table.names[i] for role, i in roles.role.items()}
    numbers = [cells for role, cells in column.items() if role in ITEM_FIELDS and ITEM_FIELDS[role].kind == "number"]
    mark, why = (decimal, "told") if decimal is not None else likely_mark(numbers, table.dialect)
    dates: dict[str, DateColumn] = {role: date_column(column[role].values) for role in ("launch_date", "end_date") if role in column}
    order = _order(dates, named, date_order)
    problems: list[Problem] = list(table.problems)
    assumed = [f"decimal mark {mark}: {why}", f"date order {order}"]
    if ignored:
        assumed.append("columns not used: " + ", ".join(ignored))

    chosen = _one_row_a_product(table, column["sku"], named["sku"])
    problems += chosen.problems
    items = Items(chosen.skus, {}, {})
    further: dict[str, Any] = {}
    for role, cells in column.items():
        if role == "sku":
            continue
        kind = ITEM_FIELDS[role].kind if role in ITEM_FIELDS else "text"
        values = values_of(role, kind, cells, mark, order, dates, table, named[role], problems)[chosen.rows]
        if role in _HELPERS:
            further[role] = values
            continue
        items = items.with_field(role, values, origin_of(values, kind))
    items = _completed(items, further, assumed, named)
    return items, _report(table, piece.digest, chosen, order, {**table.dialect, "decimal": mark}, named, problems, assumed)


@dataclass(frozen=True, eq=False)
class _Chosen:
    """The rows used, in the order of their products' codes, and what was said of the others."""

    rows: NDArray[np.intp]
    skus: NDArray[np.object_]
    rejected: pd.DataFrame
    problems: list[Problem]


def _one_row_a_product(table: RawTable, cells: Coded, name: str) -> _Chosen:
    """The last row of every product; rows without one are set aside. Raises DataError where nothing is left."""
    code, rows = product_codes(cells), RowFilter(table)
    rows.reject_values(code, code.values == "", "sku_blank", name, "nothing", "a product code", "fill in the product")
    repeated = pd.Series(code.codes).duplicated(keep="last").to_numpy()
    rows.reject(repeated, "sku_repeated", name, code, "one row per product", "keep one row per product; the last one was used")
    rejected, problems = rows.finish()
    good = np.flatnonzero(rows.good)
    if not len(good):
        raise DataError([Problem("no_usable_row", "no row can be used", "see the reasons", expected="at least one product"), *table.problems, *problems])
    texts = code.texts()[good]
    order = np.argsort(texts.astype(str), kind="stable")
    return _Chosen(good[order], texts[order], rejected, problems)


def _report(
    table: RawTable, digest: str, chosen: _Chosen, order: str, dialect: Mapping[str, Any], named: Mapping[str, str], problems: list[Problem], assumed: list[str]
) -> IntakeReport:
    """How the file was read: rows used and set aside, columns, and what was assumed."""
    n = len(table) + len(table.rejected)
    nothing = np.datetime64("NaT", "D")
    return IntakeReport(
        source=table.name,
        digest=digest,
        rows_read=n,
        rows_used=len(chosen.rows),
        rows_rejected=n - len(chosen.rows),
        units_used=0.0,
        units_rejected=0.0,
        revenue_used=float("nan"),
        gross_units=0.0,
        returned_units=0.0,
        first_date=nothing,
        last_date=nothing,
        frequency="",
        date_order=order,
        dialect=dialect,
        mapping=named,
        problems=tuple(problems),
        assumed=tuple(assumed),
        rejected=chosen.rejected,
    )


def _map(table: RawTable, mapping: Mapping[str, str | int] | None) -> tuple[RoleMap, list[str]]:
    told = told_columns(table.names, mapping or {}, {**{name: "" for name in ITEM_FIELDS}, **ITEM_NAMES})
    role = {r: i for r, i in told.items() if i >= 0}
    confidence, evidence = dict.fromkeys(role, 1.0), dict.fromkeys(role, "told")
    candidates = sorted(
        ((sure, -i, found, i) for i, name in enumerate(table.names) for found, sure in [role_of_name(name, items=True)] if found and found not in told), reverse=True
    )
    for sure, _, found, i in candidates:
        if found in role or i in role.values() or look(table.columns[i]).blank >= 1.0:
            continue
        role[found], confidence[found], evidence[found] = i, sure, "name"
    ignored = [name for i, name in enumerate(table.names) if i not in role.values()]
    return RoleMap(role, confidence, evidence), ignored


def _order(dates: Mapping[str, DateColumn], named: Mapping[str, str], told: str | None) -> str:
    if told is not None:
        return told.upper()
    day = sum(int(c.only_day_first.sum()) for c in dates.values())
    month = sum(int(c.only_month_first.sum()) for c in dates.values())
    if day or month:
        return "DMY" if day >= month else "MDY"
    if any(c.undecided.any() for c in dates.values()):
        raise DataError(
            Problem(
                "date_order",
                "the dates can be read day first or month first",
                "choose date_order DMY (day first) or MDY (month first)",
                column=", ".join(named[r] for r in dates),
                expected="the date order",
            )
        )
    return "YMD"


def _completed(items: Items, further: Mapping[str, Any], assumed: list[str], named: Mapping[str, str]) -> Items:
    """Family from the middle granularity that exists."""
    for role in ("family", "subcategory", "category"):
        values = items["family"] if role == "family" else further.get(role)
        if values is not None and len(set(values) - {""}) > 1:
            if role != "family":
                items = items.with_field("family", values, origin_of(values, "text"))
                assumed.append(f"family = column {named[role]!r}")
            break
    return items
