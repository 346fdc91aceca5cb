"""read_items: a list of products as people export it -> Items with origin GIVEN, and the report of how it was read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.coded import Coded
from analytics.data.dates import DateColumn, date_column
from analytics.data.history import IntakeReport
from analytics.data.mapping import RoleMap, look, naming_remedy, told_columns
from analytics.data.numbers import DecimalEvidence, decimal_evidence, parse_numbers
from analytics.data.raw import RawTable
from analytics.data.roles import ITEM_NAMES, role_of_name
from analytics.data.source import open_source
from analytics.data.table import read_table
from analytics.errors import DataError, Problem
from analytics.items import GIVEN, ITEM_FIELDS, UNKNOWN, Items

__all__ = ["read_items"]

#: columns that are read to fill another field where that one is not given
_HELPERS = ("subcategory", "category")
#: a zero here means that nobody filled the field in
_ZERO_IS_UNKNOWN = ("unit_cost", "price", "units_per_order", "moq")
_MAKE = {
    **dict.fromkeys(
        (
            "make",
            "m",
            "made",
            "manufactured",
            "in house",
            "inhouse",
            "e",
            "eigenfertigung",
            "eigen",
            "fabrique",
            "fabricado",
            "fabrication",
            "produced",
            "production",
            "yes",
            "y",
            "true",
            "ja",
            "oui",
            "si",
            "x",
            "1",
            "wahr",
        ),
        1.0,
    ),
    **dict.fromkeys(
        (
            "buy",
            "b",
            "bought",
            "purchased",
            "purchase",
            "f",
            "fremdbeschaffung",
            "fremd",
            "zukauf",
            "kauf",
            "achete",
            "achat",
            "comprado",
            "compra",
            "acquisto",
            "no",
            "n",
            "false",
            "nein",
            "non",
            "0",
            "falsch",
        ),
        0.0,
    ),
}
_MODES = {
    **dict.fromkeys(("mts", "make to stock", "stock", "lager", "lagerfertigung", "10", "40", "11"), "MTS"),
    **dict.fromkeys(("ato", "assemble to order", "assembly to order", "82", "81"), "ATO"),
    **dict.fromkeys(("mto", "make to order", "order", "auftrag", "auftragsfertigung", "kundeneinzelfertigung", "20", "buy to order", "bto"), "MTO"),
}


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
    mark, why = _decimal(table, column, decimal)
    dates: dict[str, DateColumn] = {role: date_column(column[role].values) for role in ("launch_date", "end_date") if role in column}
    order = _order(dates, named, date_order)
    problems: list[Problem] = list(table.problems)
    assumed = [f"decimal mark {mark}: {why}", f"date order {order}"]
    if ignored:
        assumed.append("columns not used: " + ", ".join(ignored))

    code = column["sku"].regrouped(np.array([" ".join(t.split()) for t in column["sku"].values], dtype=object))
    blank = code.spread(np.array([t == "" for t in code.values], bool))
    key = pd.Series(code.codes)
    repeated = key.duplicated(keep="last").to_numpy() & ~blank
    rejected = _rejected(table, blank, "fill in the product", named["sku"], "nothing", "a product code") + _rejected(
        table, repeated, "keep one row per product; the last one was used", named["sku"], code, "one row per product"
    )
    if blank.any():
        problems.append(Problem("sku_blank", "rows without a product", "fill in the product", int(table.row[np.flatnonzero(blank)[0]]), named["sku"], count=int(blank.sum())))
    if repeated.any():
        problems.append(
            Problem(
                "sku_repeated",
                "products that stand in several rows; the last row was used",
                "keep one row per product",
                int(table.row[np.flatnonzero(repeated)[0]]),
                named["sku"],
                count=int(repeated.sum()),
            )
        )
    for item in table.rejected:
        problems.append(Problem(item.code, item.code.replace("_", " "), item.remedy, item.row, item.column, item.found, item.expected))
    good = np.flatnonzero(~blank & ~repeated)
    if not len(good):
        raise DataError([Problem("no_usable_row", "no row can be used", "see the reasons", expected="at least one product"), *problems])
    texts = code.texts()[good]
    order_rows = good[np.argsort(texts.astype(str), kind="stable")]
    skus = code.texts()[order_rows]

    items = Items(skus, {}, {})
    further: dict[str, Any] = {}
    for role, cells in column.items():
        if role == "sku":
            continue
        kind = ITEM_FIELDS[role].kind if role in ITEM_FIELDS else "text"
        values = _values(role, kind, cells, mark, order, dates, table, named[role], problems)[order_rows]
        if role in _HELPERS:
            further[role] = values
            continue
        items = items.with_field(role, values, _origin(values, kind))
    items = _completed(items, further, assumed, named)
    n = len(table) + len(table.rejected)
    frame = pd.DataFrame(
        [*([r.row, r.column, r.found, r.expected, r.remedy, r.text] for r in table.rejected), *rejected], columns=["row", "column", "found", "expected", "remedy", "text"]
    ).sort_values("row", kind="stable", ignore_index=True)
    nothing = np.datetime64("NaT", "D")
    report = IntakeReport(
        source=table.name,
        digest=piece.digest,
        rows_read=n,
        rows_used=len(good),
        rows_rejected=n - len(good),
        units_used=0.0,
        units_rejected=0.0,
        revenue_used=float("nan"),
        gross_units=0.0,
        returned_units=0.0,
        first_date=nothing,
        last_date=nothing,
        frequency="",
        date_order=order,
        dialect={**table.dialect, "decimal": mark},
        mapping=named,
        problems=tuple(problems),
        assumed=tuple(assumed),
        rejected=frame,
    )
    return items, report


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


def _decimal(table: RawTable, column: Mapping[str, Coded], decimal: str | None) -> tuple[str, str]:
    if decimal is not None:
        return decimal, "told"
    evidence = DecimalEvidence()
    for role, cells in column.items():
        if role in ITEM_FIELDS and ITEM_FIELDS[role].kind == "number":
            evidence += decimal_evidence(cells.values)
    if evidence.comma > evidence.dot:
        return ",", f"{evidence.comma} numbers such as {evidence.example_comma!r} have a decimal comma"
    if evidence.dot:
        return ".", f"{evidence.dot} numbers such as {evidence.example_dot!r} have a decimal point"
    return (",", "cells are separated by semicolons") if table.dialect.get("delimiter") == ";" else (".", "no number has decimals")


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


def _rejected(table: RawTable, mask: NDArray[np.bool_], remedy: str, column: str, found: Any, expected: str) -> list[list[Any]]:
    rows = np.flatnonzero(mask)
    texts = table.text_of(table.row[rows]) if len(rows) else []
    return [[int(table.row[r]), column, found if isinstance(found, str) else found.values[found.codes[r]], expected, remedy, text] for r, text in zip(rows, texts, strict=True)]


def _values(role: str, kind: str, cells: Coded, mark: str, order: str, dates: Mapping[str, DateColumn], table: RawTable, name: str, problems: list[Problem]) -> NDArray[Any]:
    if kind == "text":
        words = [t.strip() for t in cells.values]
        if role == "current_mode":
            modes = [_MODES.get(t.lower().replace("-", " "), t.upper() if t.upper() in ("MTS", "ATO", "MTO") else "") for t in words]
            _unreadable(np.array([bool(t) and not m for t, m in zip(words, modes, strict=True)], bool), cells, "MTS, ATO or MTO", table, name, problems)
            words = modes
        return cells.spread(np.array(words, dtype=object))
    if kind == "date":
        column = dates[role]
        _unreadable(~column.readable & ~column.blank, cells, "a date", table, name, problems)
        return cells.spread(column.dates(order))
    if kind == "flag":
        values = np.array([_MAKE.get(t.strip().lower().removesuffix(".0"), np.nan) for t in cells.values], float)
        _unreadable(np.isnan(values) & np.array([bool(t.strip()) for t in cells.values], bool), cells, "make or buy (1 or 0)", table, name, problems)
        return cells.spread(values)
    values, blank = parse_numbers(cells.values, mark)
    _unreadable(np.isnan(values) & ~blank, cells, "a number", table, name, problems)
    if role in _ZERO_IS_UNKNOWN:
        values[values == 0] = np.nan
    if role in ITEM_FIELDS:
        row = ITEM_FIELDS[role]
        some = values[np.isfinite(values) & (values != 0.0)]
        if row.maximum == 1.0 and len(some) and 1.0 <= some.min() and 1.0 < some.max() <= 100.0:
            values = values / 100.0
            remedy = "write shares between 0 and 1 if that is wrong"
            problems.append(Problem("percent", "values above 1 are read as percent", remedy, None, name, f"{some.max():g}", "a share", len(some)))
        outside = (values < row.minimum) | (values > row.maximum)
        _unreadable(
            outside, cells, f"a number of at least {row.minimum:g}" if row.maximum == float("inf") else f"a number from {row.minimum:g} to {row.maximum:g}", table, name, problems
        )
        values[outside] = np.nan
    return cells.spread(values)


def _unreadable(bad: NDArray[np.bool_], cells: Coded, expected: str, table: RawTable, name: str, problems: list[Problem]) -> None:
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


def _origin(values: NDArray[Any], kind: str) -> NDArray[np.uint8]:
    if kind == "text":
        known = np.array([bool(t) for t in values], bool)
    else:
        known = ~np.isnat(values) if kind == "date" else ~np.isnan(values)
    return np.where(known, GIVEN, UNKNOWN).astype(np.uint8)


def _completed(items: Items, further: Mapping[str, Any], assumed: list[str], named: Mapping[str, str]) -> Items:
    """Family from the middle granularity that exists."""
    for role in ("family", "subcategory", "category"):
        values = items["family"] if role == "family" else further.get(role)
        if values is not None and len(set(values) - {""}) > 1:
            if role != "family":
                items = items.with_field("family", values, _origin(values, "text"))
                assumed.append(f"family = column {named[role]!r}")
            break
    return items
