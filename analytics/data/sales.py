"""read_sales: a sales file as people export it -> SalesHistory, every row used or rejected with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.coded import Coded
from analytics.data.dates import DateColumn, date_column
from analytics.data.history import IntakeReport, SalesHistory
from analytics.data.lines import Choices, LineKinds, line_kinds
from analytics.data.mapping import RoleMap, map_sales_columns, period_columns
from analytics.data.numbers import DecimalEvidence, currency_of, decimal_evidence, parse_numbers
from analytics.data.source import open_source
from analytics.data.table import RawTable, Rejection, read_table
from analytics.errors import DataError, Problem

__all__ = ["read_sales"]

REJECTED_COLUMNS = ("row", "column", "found", "expected", "remedy", "text")
_AMOUNTS = ("quantity", "revenue", "price", "unit_cost", "discount", "discount_pct")


def read_sales(
    source: str | Path | bytes | Sequence[str | Path | bytes],
    *,
    name: str = "",
    date_order: str | None = None,
    decimal: str | None = None,
    delimiter: str | None = None,
    encoding: str = "",
    header_rows: int | None = None,
    sheet: str | int | None = None,
    mapping: Mapping[str, str | int] | None = None,
    service_lines: str = "reject",
    stock_corrections: str = "reject",
) -> SalesHistory:
    """Read a sales file of any usual form; nothing is guessed in silence."""
    pieces = open_source(source, name)  # type: ignore[arg-type]
    table = read_table(pieces[0], delimiter=delimiter, encoding=encoding, header_rows=header_rows, sheet=sheet)
    choices = Choices(service_lines, stock_corrections)
    return _history(table, pieces[0].digest, date_order, decimal, mapping, choices)


class _Rows:
    """Which rows are still good, and the first reason why the others are not."""

    def __init__(self, table: RawTable) -> None:
        self.table = table
        self.good = np.ones(len(table), bool)
        self.rejected: list[Rejection] = list(table.rejected)
        self.pending: list[tuple[NDArray[np.intp], str, Any, str, str, str]] = []

    def reject(self, mask: NDArray[np.bool_], code: str, column: str, found: Any, expected: str, remedy: str) -> int:
        rows = np.flatnonzero(mask & self.good)
        if len(rows):
            self.good[rows] = False
            self.pending.append((rows, code, found, column, expected, remedy))
        return len(rows)

    def finish(self) -> tuple[pd.DataFrame, list[Problem]]:
        problems: list[Problem] = []
        by_code: dict[tuple[str, str, str, str], list[Rejection]] = {}
        for item in self.rejected:
            by_code.setdefault((item.code, item.column, item.expected, item.remedy), []).append(item)
        frames = [pd.DataFrame([[r.row, r.column, r.found, r.expected, r.remedy, r.text] for r in self.rejected], columns=list(REJECTED_COLUMNS))] if self.rejected else []
        for (code, column, expected, remedy), items in by_code.items():
            problems.append(Problem(code, _WORDS.get(code, code.replace("_", " ")), remedy, items[0].row, column, items[0].found, expected, len(items)))
        for rows, code, found, column, expected, remedy in self.pending:
            numbers = self.table.row[rows]
            texts = found.texts()[rows] if isinstance(found, Coded) else np.full(len(rows), found, dtype=object)
            frames.append(pd.DataFrame({"row": numbers, "column": column, "found": texts, "expected": expected, "remedy": remedy, "text": self.table.text_of(numbers)}))
            problems.append(Problem(code, _WORDS.get(code, code.replace("_", " ")), remedy, int(numbers[0]), column, str(texts[0])[:80], expected, len(rows)))
        frame = pd.concat(frames, ignore_index=True).sort_values("row", kind="stable", ignore_index=True) if frames else pd.DataFrame(columns=list(REJECTED_COLUMNS))
        return frame, problems


_WORDS = {
    "total_row": "rows of totals are not sales lines",
    "repeated_header": "the header stands again inside the table",
    "footnote": "lines of text are not sales lines",
    "too_many_cells": "rows with more cells than columns",
    "too_few_cells": "rows with fewer cells than columns",
    "date_unreadable": "dates that cannot be read",
    "date_blank": "rows without a date",
    "sku_blank": "rows without a product",
    "quantity_blank": "rows without a quantity",
    "number_unreadable": "numbers that cannot be read",
    "service_line": "lines that are not products (postage, fees, manual entries, vouchers)",
    "stock_correction": "stock corrections without price and customer are not sales",
    "negative_price": "lines with a negative price are bookkeeping, not sales",
}


def _decimal_mark(table: RawTable, roles: RoleMap, decimal: str | None, extra: Sequence[int] = ()) -> tuple[str, str]:
    """The decimal mark of the file and the evidence in words."""
    if decimal is not None:
        if decimal not in (".", ","):
            raise DataError(Problem("decimal", f"{decimal!r} is not a decimal mark", "use . or ,", found=decimal, expected=". or ,"))
        return decimal, "told"
    if table.dialect.get("decimal"):
        return str(table.dialect["decimal"]), "typed file"
    evidence = DecimalEvidence()
    for role in _AMOUNTS:
        if role in roles.role:
            evidence += decimal_evidence(table.columns[roles.role[role]].values)
    for position in extra:
        evidence += decimal_evidence(table.columns[position].values, 2000)
    if evidence.comma > evidence.dot:
        return ",", f"{evidence.comma} numbers such as {evidence.example_comma!r} have a decimal comma"
    if evidence.dot:
        return ".", f"{evidence.dot} numbers such as {evidence.example_dot!r} have a decimal point"
    if table.dialect.get("delimiter") == ";" and not evidence.ambiguous_comma:
        return ",", "cells are separated by semicolons, as where the comma is the decimal mark"
    return ".", "no number has decimals" if not evidence.ambiguous_dot + evidence.ambiguous_comma else "no number settles it"


def _date_order(columns: Mapping[str, DateColumn], names: Mapping[str, str], table: RawTable, roles: RoleMap, told: str | None) -> tuple[str, str]:
    """DMY, MDY or YMD with the evidence in words; asks where no date decides."""
    if told is not None:
        wanted = told.upper()
        if wanted not in ("DMY", "MDY", "YMD"):
            raise DataError(Problem("date_order", f"{told!r} is not a date order", "use DMY (day first) or MDY (month first)", found=told, expected="DMY or MDY"))
        return wanted, "told"
    day = sum(int(c.only_day_first.sum()) for c in columns.values())
    month = sum(int(c.only_month_first.sum()) for c in columns.values())
    undecided = sum(int(c.undecided.sum()) for c in columns.values())
    if not day and not month and not undecided:
        return "YMD", "no date leaves a doubt"
    if undecided and not day and not month:
        role = next(r for r, c in columns.items() if c.undecided.any())
        example = str(table.columns[roles.role[role]].values[np.flatnonzero(columns[role].undecided)[0]]) if role in roles.role else ""
        raise DataError(Problem("date_order", "the dates can be read day first or month first: no day is above 12", "choose date_order DMY (day first) or MDY (month first)", column=names.get(role, ""), found=example, expected="the date order"))
    small, large = min(day, month), max(day, month)
    if small and undecided and small > 0.02 * large:
        role = next(iter(columns))
        raise DataError(Problem("date_order", f"{day} dates read only day first and {month} only month first", "choose date_order DMY or MDY; the others will be rejected by row", column=names.get(role, ""), expected="one date order"))
    return ("DMY", f"{day} distinct dates have a day above 12 in first place") if day >= month else ("MDY", f"{month} distinct dates have a day above 12 in second place")


def _history(table: RawTable, digest: str, date_order: str | None, decimal: str | None, mapping: Mapping[str, str | int] | None, choices: Choices) -> SalesHistory:
    names = table.names
    periods = period_columns(names)
    wide = len(periods) >= 3 or (len(periods) == 2 and len(names) <= 4)
    roles = map_sales_columns(names, table.columns, mapping, wide)
    if wide and "date" in roles.role and "quantity" in roles.role:
        wide = False
    missing = [r for r in ("sku", *(() if wide else ("date", "quantity"))) if r not in roles.role]
    if missing:
        raise DataError([Problem("missing_column", f"no column holds the {_ROLE_WORDS[r]}", f"name the column: mapping={{'{r}': 'its name'}}", found=", ".join(names[:12]), expected=f"a column such as {_EXAMPLES[r]}") for r in missing])
    if not len(table):
        raise DataError([Problem("no_rows", "the file has a header but no row that can be read", "export the file again", expected="at least one row"), *_Rows(table).finish()[1]])
    rows = _Rows(table)
    problems: list[Problem] = list(table.problems)
    assumed: list[str] = [f"{role} = column {names[i]!r} (by {roles.evidence[role]}, confidence {roles.confidence[role]:.0%})" for role, i in roles.role.items() if roles.evidence[role] != "name" or roles.confidence[role] < 0.6]
    mark, why = _decimal_mark(table, roles, decimal, periods if wide else ())
    assumed.append(f"decimal mark {mark}: {why}")
    column = {role: table.columns[i] for role, i in roles.role.items()}
    named = {role: names[i] for role, i in roles.role.items()}

    sku_text = column["sku"].regrouped(np.array([" ".join(t.split()) for t in column["sku"].values], dtype=object))
    label = column["sku"]
    blank_sku = sku_text.spread(np.array([t == "" for t in sku_text.values], bool))
    numbers: dict[str, NDArray[np.float64]] = {}
    if wide:
        order, order_why, cells, days, grain = _wide_cells(table, periods, mark, date_order, rows)
    else:
        dates = {role: date_column(column[role].values) for role in ("date", "promised", "shipped") if role in column}
        order, order_why = _date_order(dates, named, table, roles, date_order)
        total = _total_rows(table, roles)
        rows.reject(total, "total_row", "", label, "a sales line", "nothing to do: totals are not counted twice")
        parsed = dates["date"]
        day = column["date"].spread(parsed.dates(order))
        rows.reject(column["date"].spread(parsed.blank), "date_blank", named["date"], "", "a date", "fill in the date")
        rows.reject(np.isnat(day), "date_unreadable", named["date"], column["date"], "a date" + ("" if order == "YMD" else f" ({order})"), "correct the date, or choose another date_order")
    rows.reject(blank_sku, "sku_blank", named["sku"], "", "a product code", "fill in the product")
    for role in _AMOUNTS:
        if role in column and not (wide and role == "quantity"):
            value, blank = parse_numbers(column[role].values, mark)
            numbers[role] = column[role].spread(value)
            if role in ("quantity", "revenue", "price"):
                wrong = column[role].spread(np.isnan(value) & ~blank)
                if role == "quantity":
                    rows.reject(column[role].spread(blank), "quantity_blank", named[role], "", "a quantity", "fill in the quantity (0 if nothing was sold)")
                if not wide:
                    rows.reject(wrong, "number_unreadable", named[role], column[role], f"a number with decimal {'point' if mark == '.' else 'comma'}", "correct the number, or choose another decimal mark")
    if not wide:
        kinds = line_kinds(column, numbers, sku_text)
        problems += _apply_choices(kinds, choices, rows, named, label, assumed)

    good = np.flatnonzero(rows.good)
    rejected, reject_problems = rows.finish()
    if not len(good):
        raise DataError([Problem("no_usable_row", "no row can be used", "see the reasons", found=f"{len(rejected)} rows rejected", expected="at least one sales line"), *reject_problems])
    n_rows = len(table) + len(table.rejected)
    gross = numbers.get("quantity")
    units_rejected = float(np.nansum(gross[~rows.good])) if gross is not None else 0.0

    # lines
    skus, sku_code = _sorted_vocabulary(sku_text.take(good))
    if wide:
        used, when = np.nonzero(~np.isnan(cells[good]))
        line_sku, line_row = sku_code[used], table.row[good][used]
        line_day, quantity = days[when], cells[good][used, when]
        source = good[used]
        units_rejected = float(np.nansum(cells[~rows.good]))
    else:
        source, line_sku, line_row, line_day = good, sku_code, table.row[good], day[good]
        quantity = numbers["quantity"][good]
    sort = np.lexsort((line_row, line_day.view(np.int64)))
    source, line_sku, line_row, line_day, quantity = source[sort], line_sku[sort], line_row[sort], line_day[sort], quantity[sort]

    revenue = np.full(len(source), np.nan)
    if not wide:
        revenue = _revenue(numbers, source, quantity, assumed, problems, table, named)
    order_code, _ = _codes(column.get("order"), source)
    customer, customers = _codes(column.get("customer"), source)
    channel, channels = _codes(column.get("channel"), source)
    promised, shipped = (column[r].spread(dates[r].dates(order))[source] if not wide and r in column else np.full(len(source), np.datetime64("NaT"), "datetime64[D]") for r in ("promised", "shipped"))
    promotion = np.full(len(source), np.nan)
    if "promotion" in column and not wide:
        promotion = column["promotion"].spread(_flags(column["promotion"].values, mark))[source]
    attributes = _attributes(column, numbers, source, line_sku, len(skus), line_day)
    frequency = grain if wide else _frequency(line_day, line_sku, "order" in column and column["order"].counts().size > 1, len(skus), dates["date"])
    problems += reject_problems
    problems += _suspicious(table, rows.good, column, line_day, line_sku, skus, quantity, line_row, channel, channels, frequency)
    channel_list = _channel_list(channel, channels, line_day, quantity, revenue)
    known = revenue[~np.isnan(revenue)]
    report = IntakeReport(
        source=table.name, digest=digest, rows_read=n_rows, rows_used=len(good), rows_rejected=n_rows - len(good),
        units_used=float(quantity.sum()), units_rejected=units_rejected, revenue_used=float(known.sum()) if len(known) else float("nan"),
        gross_units=float(quantity[quantity > 0].sum()), returned_units=float(-quantity[quantity < 0].sum()),
        first_date=line_day[0], last_date=line_day[-1], frequency=frequency, date_order=order,
        dialect={**table.dialect, "decimal": mark}, mapping=named, channels=tuple(channel_list), problems=tuple(problems),
        assumed=(*assumed, f"date order {order}: {order_why}"), rejected=rejected,
    )
    for array in (line_sku, line_day, quantity, revenue, order_code, customer, channel, promised, shipped, promotion, line_row):
        array.setflags(write=False)
    return SalesHistory(skus, line_sku, line_day, quantity, revenue, order_code, customer, channel, promised, shipped, promotion, line_row, customers, channels, attributes, frequency, report)


_ROLE_WORDS = {"sku": "product code", "date": "date of sale", "quantity": "quantity sold"}
_EXAMPLES = {"sku": "sku, article, StockCode, Artikelnummer", "date": "date, order_date, Datum", "quantity": "quantity, units, Menge"}


def _total_rows(table: RawTable, roles: RoleMap) -> NDArray[np.bool_]:
    """Rows whose first text is a word for total and that lack a date or product."""
    from analytics.data.table import _TOTAL

    found = np.zeros(len(table), bool)
    for column in table.columns:
        hits = np.array([bool(_TOTAL.match(t)) and len(t) < 60 for t in column.values], bool)
        if hits.any():
            found |= column.spread(hits)
    if not found.any():
        return found
    lacking = np.zeros(len(table), bool)
    for role in ("date", "sku"):
        column = table.columns[roles.role[role]]
        bad = ~date_column(column.values).readable if role == "date" else np.array([not t.strip() or bool(_TOTAL.match(t)) for t in column.values], bool)
        lacking |= column.spread(bad)
    return found & lacking


def _wide_cells(table: RawTable, periods: list[int], mark: str, date_order: str | None, rows: _Rows) -> tuple[str, str, NDArray[np.float64], NDArray[np.datetime64], str]:
    heads = date_column(np.array([table.names[i] for i in periods], dtype=object), serials=False)
    order, why = _date_order({"header": heads}, {"header": table.names[periods[0]]}, table, RoleMap({}, {}, {}), date_order)
    days = heads.dates(order)
    cells = np.full((len(table), len(periods)), np.nan)
    for k, position in enumerate(periods):
        column = table.columns[position]
        value, blank = parse_numbers(column.values, mark)
        cells[:, k] = column.spread(value)
        rows.reject(column.spread(np.isnan(value) & ~blank), "number_unreadable", table.names[position], column, f"a number with decimal {'point' if mark == '.' else 'comma'}", "correct the number, or choose another decimal mark")
    rows.reject(np.isnan(cells).all(axis=1), "quantity_blank", "", "", "at least one quantity", "fill in the quantities")
    grains = [g for g in heads.grain if g]
    grain = "M" if any(g in ("M", "Q") for g in grains) else "W" if "W" in grains else _spacing(np.unique(days[~np.isnat(days)]))
    return order, why, cells, days, grain


def _spacing(days: NDArray[np.datetime64]) -> str:
    """Grain of regular dates: D, W or M."""
    if len(days) < 2:
        return "D"
    step = np.diff(days).astype(int)
    if (step % 7 == 0).all() and step.min() >= 7:
        return "W"
    months = days.astype("datetime64[M]")
    first = (days == months.astype("datetime64[D]")).all()
    last = (days + 1 == (days + 1).astype("datetime64[M]").astype("datetime64[D]")).all()
    if (first or last) and step.min() >= 28:
        return "M"
    return "D"


def _frequency(day: NDArray[np.datetime64], sku: NDArray[np.int32], has_orders: bool, n_skus: int, dates: DateColumn) -> str:
    if set(dates.grain) & {"M", "Q"} and not set(dates.grain) & {"D"}:
        return "M"
    if "W" in dates.grain and not set(dates.grain) & {"D"}:
        return "W"
    if has_orders:
        return "L"
    key = day.view(np.int64) * max(n_skus, 1) + sku
    repeated = 1.0 - len(np.unique(key)) / len(key)
    if repeated > 0.02:
        return "L"
    return _spacing(np.unique(day))


def _sorted_vocabulary(column: Coded) -> tuple[NDArray[Any], NDArray[np.int32]]:
    order = np.array(sorted(range(len(column.values)), key=lambda i: column.values[i]), dtype=np.intp)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return column.values[order], rank[column.codes]


def _codes(column: Coded | None, source: NDArray[np.intp]) -> tuple[NDArray[np.int32], NDArray[Any]]:
    if column is None:
        return np.full(len(source), -1, np.int32), np.empty(0, object)
    taken = column.take(source)
    texts = np.array([t.strip() for t in taken.values], dtype=object)
    words, code = np.unique(texts.astype(str), return_inverse=True) if len(texts) else (np.empty(0, str), np.empty(0, np.int64))
    keep = words != ""
    number = np.where(keep, np.cumsum(keep) - 1, -1).astype(np.int32)
    return number[code].astype(np.int32)[taken.codes], words[keep].astype(object)


def _flags(values: NDArray[Any], mark: str) -> NDArray[np.float64]:
    number, _ = parse_numbers(values, mark)
    out = np.where(np.isnan(number), np.nan, (number != 0).astype(float))
    for i, text in enumerate(values):
        word = text.strip().lower()
        if word in ("yes", "y", "true", "t", "ja", "j", "oui", "o", "si", "sì", "sí", "s", "sim", "x", "wahr", "vrai"):
            out[i] = 1.0
        elif word in ("no", "n", "false", "f", "nein", "non", "nao", "não", "falsch", "faux"):
            out[i] = 0.0
    return out


def _revenue(numbers: Mapping[str, NDArray[np.float64]], source: NDArray[np.intp], quantity: NDArray[np.float64], assumed: list[str], problems: list[Problem], table: RawTable, named: Mapping[str, str]) -> NDArray[np.float64]:
    if "revenue" in numbers:
        revenue = numbers["revenue"][source].copy()
        returned = (quantity < 0) & (revenue > 0)
        if returned.sum() and not ((quantity < 0) & (revenue < 0)).any():
            revenue[returned] *= -1.0
            assumed.append(f"revenue of {int(returned.sum())} returns is written without sign and was counted as negative")
        return revenue
    if "price" not in numbers:
        return np.full(len(source), np.nan)
    revenue = numbers["price"][source] * quantity
    if "discount_pct" in numbers:
        share = np.nan_to_num(numbers["discount_pct"][source])
        if np.nanmax(np.abs(share), initial=0.0) > 1.0:
            share = share / 100.0
        revenue = revenue * (1.0 - share)
        assumed.append(f"revenue = {named['price']} x quantity x (1 - {named['discount_pct']})")
    elif "discount" in numbers:
        revenue = revenue - np.nan_to_num(numbers["discount"][source])
        assumed.append(f"revenue = {named['price']} x quantity - {named['discount']}")
    else:
        assumed.append(f"revenue = {named['price']} x quantity")
    return revenue


def _first_text(column: Coded, source: NDArray[np.intp], sku: NDArray[np.int32], n_skus: int) -> NDArray[Any]:
    """The most frequent non-blank text of each SKU."""
    code = column.codes[source].astype(np.int64)
    filled = np.array([bool(t.strip()) for t in column.values], bool)[code]
    key, count = np.unique(sku[filled].astype(np.int64) * len(column.values) + code[filled], return_counts=True)
    order = np.lexsort((key, -count, key // len(column.values)))
    owner = key[order] // len(column.values)
    first = np.concatenate([[True], owner[1:] != owner[:-1]]) if len(owner) else np.zeros(0, bool)
    out = np.full(n_skus, "", dtype=object)
    out[owner[first]] = [t.strip() for t in column.values[key[order][first] % len(column.values)]]
    return out


def _attributes(column: Mapping[str, Coded], numbers: Mapping[str, NDArray[np.float64]], source: NDArray[np.intp], sku: NDArray[np.int32], n_skus: int, day: NDArray[np.datetime64]) -> dict[str, NDArray[Any]]:
    out: dict[str, NDArray[Any]] = {}
    for role in ("name", "family", "subcategory", "category", "brand"):
        if role in column:
            out[role] = _first_text(column[role], source, sku, n_skus)
    for role in ("family", "subcategory", "category", "brand"):
        if role in out and len(set(out[role]) - {""}) > 1:
            out["family"] = out[role]
            break
    if "unit_cost" in numbers:
        cost = numbers["unit_cost"][source]
        latest = np.full(n_skus, np.nan)
        good = cost > 0
        latest[sku[good]] = cost[good]
        out["unit_cost"] = latest
    return out


def _channel_list(channel: NDArray[np.int32], channels: NDArray[Any], day: NDArray[np.datetime64], quantity: NDArray[np.float64], revenue: NDArray[np.float64]) -> list[dict[str, Any]]:
    out = []
    for code, name in enumerate(channels):
        here = channel == code
        money = revenue[here]
        out.append({"name": str(name), "lines": int(here.sum()), "units": float(quantity[here].sum()), "revenue": float(np.nansum(money)) if not np.isnan(money).all() else float("nan"), "first_date": str(day[here].min()), "last_date": str(day[here].max())})
    return out


def _apply_choices(kinds: LineKinds, choices: Choices, rows: _Rows, named: Mapping[str, str], label: Coded, assumed: list[str]) -> list[Problem]:
    notes: list[Problem] = []
    if kinds.service.any():
        if choices.service_lines == "reject":
            rows.reject(kinds.service, "service_line", named["sku"], label, "a product", "to count them, choose service_lines='keep'")
        assumed.append(f"lines that are not products: {choices.service_lines} (option service_lines)")
    if kinds.correction.any():
        if choices.stock_corrections == "reject":
            rows.reject(kinds.correction, "stock_correction", named.get("price", named.get("revenue", "")), label, "a sale with price or customer", "to count them, choose stock_corrections='keep'")
        assumed.append(f"stock corrections: {choices.stock_corrections} (option stock_corrections)")
    free = kinds.free & rows.good
    if free.any():
        notes.append(Problem("free_lines", "lines with price zero are counted as demand without revenue", "nothing to do", int(rows.table.row[np.flatnonzero(free)[0]]), count=int(free.sum())))
    cancelled = kinds.cancellation & rows.good
    if cancelled.any():
        notes.append(Problem("cancellations", "cancellation lines reduce the units of their product", "nothing to do", int(rows.table.row[np.flatnonzero(cancelled)[0]]), count=int(cancelled.sum())))
    return notes


def _suspicious(table: RawTable, good: NDArray[np.bool_], column: Mapping[str, Coded], day: NDArray[np.datetime64], sku: NDArray[np.int32], skus: NDArray[Any], quantity: NDArray[np.float64], row: NDArray[np.int64], channel: NDArray[np.int32], channels: NDArray[Any], frequency: str) -> list[Problem]:
    from analytics.data.suspicious import suspicious

    currencies = set()
    for role in ("currency", "price", "revenue"):
        if role in column:
            currencies |= {c for t in column[role].values[:5000] if (c := currency_of(t))}
    return suspicious(table, good, day, sku, skus, quantity, row, channel, channels, frequency, sorted(currencies))
