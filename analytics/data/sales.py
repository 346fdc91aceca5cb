"""read_sales: a sales file as people export it -> SalesHistory, every row used or rejected with a reason."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

from analytics.data.assemble.read_lines import history_of_periods, history_of_rows
from analytics.data.assemble.sales_file import SalesFile
from analytics.data.columns.column_roles import RoleMap, map_sales_columns, naming_remedy
from analytics.data.files.source import Piece, open_source
from analytics.data.files.table import read_table
from analytics.data.files.workbook import alike_sheets
from analytics.data.history import SalesHistory
from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.line_kinds import Choices
from analytics.data.lines.rejections import RowFilter
from analytics.data.meaning.row_columns import known_words
from analytics.data.meaning.row_meaning import settled_roles
from analytics.data.meaning.treatments import treatments_of
from analytics.data.merge_files import merged
from analytics.data.periods.columns_of_periods import periods_spelled
from analytics.data.reshape.counted_rows import counted_by_row
from analytics.data.reshape.fiscal import fiscal_spelled
from analytics.data.reshape.joined_codes import codes_joined
from analytics.data.reshape.one_column_per_period import wide_columns
from analytics.data.reshape.one_row_a_sale import one_row_a_sale
from analytics.data.reshape.reshape import (
    month_names_across,
    side_by_side,
)
from analytics.data.told import SALES_DEFAULTS, SalesOptions, Told
from analytics.data.values.header_names import role_of_name
from analytics.errors import DataError, Problem, options_in_force

__all__ = ["read_sales"]

_A_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
#: in a sheet with a column per period these are sums over the periods
_SUMS = (
    "quantity",
    "returned",
    "revenue",
    "discount",
    "discount_pct",
    "date",
    "margin",
    "margin_pct",
    "markup_pct",
)
_ROLE_WORDS = {"sku": "product code", "date": "date of sale", "quantity": "quantity sold"}
_EXAMPLES = {
    "sku": "sku, article, StockCode, Artikelnummer",
    "date": "date, order_date, Datum",
    "quantity": "quantity, units, Menge",
}


def read_sales(
    source: str | Path | bytes | Sequence[str | Path | bytes],
    *,
    name: str | Sequence[str] = "",
    **options: Unpack[SalesOptions],
) -> SalesHistory:
    r"""A sales file of any usual form, read without questions where the file itself decides; nothing is guessed in silence.

    Parameters: `source` is a path, the bytes of an upload, or a list of them (one per year; lines that stand in two files
    are counted once); `name` is what it is called in words, one for each of a list. CSV in any
    dialect, Excel, OpenDocument, Parquet, Arrow; gzip and zip. `options` are the keywords of
    `analytics.data.told.SalesOptions`, which overrule what was found and answer what was asked.
    Returns SalesHistory with its report; raises DataError with all reasons where nothing sound can be read, TypeError for
    a keyword that is none of the options.

    It reads in this process: archives, workbooks, lines and cells are bounded in size, time and memory as a whole are not.
    For files of strangers there is `analytics.data.sandbox.process.ReadingProcess`, which reads in a child process with limits on both,
    as the app and the command line do.

    >>> history = read_sales(b"Datum;Artikel;Menge;Umsatz\n27.07.2012;007;2;1.204,50\n28.07.2012;007;-1;-602,25\n")
    >>> history.skus.tolist(), history.quantity.tolist(), history.revenue.tolist(), history.report.date_order
    (['007'], [2.0, -1.0], [1204.5, -602.25], 'DMY')
    """
    said = options_in_force("read_sales", options, SALES_DEFAULTS)
    choices, sheet, start, fiscal_start = said["choices"], said["sheet"], said["start"], said["fiscal_start"]
    chosen = choices if isinstance(choices, Choices) else Choices(**(choices or {}))
    sources: list[Any] = list(source) if isinstance(source, (list, tuple)) else [source]
    names = ([name] if len(sources) == 1 else [""] * len(sources)) if isinstance(name, str) else list(name)
    sheets = list(sheet) if isinstance(sheet, (list, tuple)) else [sheet] * len(sources)
    written = {key: said[key] for key in ("delimiter", "encoding", "header_rows")}
    pieces = [
        (piece, one)
        for item, label, one in zip(sources, names, sheets, strict=True)
        for piece in open_source(item, label)
    ]
    if not pieces:
        raise DataError(Problem("empty_file", "no file was given", "give at least one file"))
    parts = [part for piece, one in pieces for part in _parts(piece, {**written, "sheet": one}, start)]
    told = Told(
        said["date_order"],
        said["decimal"],
        start,
        said["periods"],
        None if fiscal_start is None else str(fiscal_start),
        said["dates"],
        said["mapping"],
        chosen,
        treatments_of(said["treatments"]),
        said["item_facts"],
    )
    if len(parts) == 1:
        return _read_part(parts[0], told)
    return _read_several(parts, told)


@dataclass(frozen=True, eq=False)
class _Part:
    """One table to read: a file, or a sheet of a workbook."""

    piece: Piece
    options: Mapping[str, Any]
    start: str | None
    notes: tuple[Problem, ...] = ()


def _parts(piece: Piece, options: Mapping[str, Any], start: str | None) -> list[_Part]:
    """The tables of a piece: one, or the sheets of a workbook that have the same columns."""
    sheets, others = alike_sheets(piece) if piece.kind == "excel" and options["sheet"] is None else ([], [])
    if isinstance(options["sheet"], (list, tuple)):
        sheets = list(options["sheet"])
        if len(sheets) == 1:
            return [_Part(piece, {**options, "sheet": sheets[0]}, start)]
    if not sheets:
        return [_Part(piece, options, start)]
    unread = f"; not read: {', '.join(others)[:200]}" if others else ""
    words = f"{len(sheets)} sheets with the same columns were read as one: {', '.join(sheets)[:300]}{unread}"
    note = Problem("sheets_joined", words, "choose one with the option sheet if that is wrong")
    parts: list[_Part] = []
    for sheet in sheets:
        year = _A_YEAR.search(sheet)
        first = start or (f"{year[0]}-01-01" if year else None)
        parts.append(
            _Part(
                replace(piece, name=f"{piece.name}, sheet {sheet}"),
                {**options, "sheet": sheet},
                first,
                () if parts else (note,),
            )
        )
    return parts


def _read_part(part: _Part, told: Told) -> SalesHistory:
    table = read_table(part.piece, **part.options)
    try:
        return _history(table, part.piece.digest, replace(told, start=part.start))
    except DataError as error:
        error.rows_read = len(table) + len(table.rejected)
        raise


def _read_several(parts: Sequence[_Part], told: Told) -> SalesHistory:
    """Tables one after the other; one that is plainly a list of products is left to read_items."""
    histories: list[SalesHistory] = []
    problems: list[Problem] = [note for part in parts for note in part.notes]
    asked: list[tuple[int, _Part, DataError]] = []
    for part in parts:
        name = part.piece.name
        try:
            histories.append(_read_part(part, told))
        except DataError as error:
            codes = {p.code for p in error.problems}
            if codes == {"missing_column"} and all("product code" not in p.message for p in error.problems):
                problems.append(
                    Problem(
                        "not_sales",
                        f"{name} has no date and quantity: it was left out of the sales",
                        "give it as the list of items if it is one",
                        found=name,
                    )
                )
            elif codes == {"date_order"} and told.date_order is None:
                asked.append((len(histories), part, error))
            elif codes <= {"empty_file", "no_rows"} and part.options["sheet"] is not None:
                problems.append(Problem("empty_sheet", f"{name} holds no rows", "nothing to do", found=name))
            else:
                raise DataError(
                    [replace(p, message=f"{name}: {p.message}") for p in error.problems],
                    error.meanings,
                    error.rows_read + sum(h.report.rows_read for h in histories),
                ) from None
    orders = {h.report.date_order for h in histories} - {"YMD"}
    for place, part, doubt in reversed(asked):
        if len(orders) != 1:
            doubt.rows_read += sum(h.report.rows_read for h in histories)
            raise doubt
        histories.insert(place, _read_part(part, replace(told, date_order=orders.copy().pop())))
        name = part.piece.name
        problems.append(
            Problem(
                "date_order_shared",
                f"{name} does not decide the date order; that of the other files was used",
                "choose date_order if that is wrong",
                found=name,
            )
        )
    if not histories:
        raise DataError(problems)
    try:
        return merged(histories, problems)
    except DataError as error:
        error.rows_read = sum(h.report.rows_read for h in histories)
        raise


def _missing(role: Mapping[str, int], names: tuple[str, ...], needed: Sequence[str]) -> None:
    missing = [r for r in needed if r not in role]
    if not missing:
        return
    money = names[role["revenue"]] if "revenue" in role else ""
    problems = []
    for r in missing:
        message = f"no column holds the {_ROLE_WORDS[r]}"
        if r == "quantity" and money:
            message += f"; {money[:40]!r} looks like money: if it is units, say so"
        found = ", ".join(n[:40] for n in names[:20])
        problems.append(
            Problem(
                "missing_column",
                message,
                naming_remedy(r),
                found=found,
                expected=f"a column such as {_EXAMPLES[r]}",
            )
        )
    raise DataError(problems)


def _history(table: RawTable, digest: str, told: Told) -> SalesHistory:
    """One table as a history: brought into rows of date, product and quantity, its columns given roles, its lines read."""
    mapping = told.mapping
    table = codes_joined(counted_by_row(table, mapping), mapping)
    table = periods_spelled(side_by_side(table) or table, told)
    wide = None if month_names_across(table) is not None else wide_columns(table.names, told)
    if wide is None:
        table = fiscal_spelled(table, told)
        if not (mapping and {"date", "sku"} & set(mapping)):
            table = one_row_a_sale(table, told)
    else:
        table = replace(table, problems=[*table.problems, *wide.notes])
    names = table.names
    both = None
    if wide is None:
        roles, both = settled_roles(names, table.columns, told.mapping)
    else:
        roles = map_sales_columns(
            names, table.columns, told.mapping, (*wide.positions, *wide.money, *wide.longer)
        )
    if roles.notes:
        table = replace(table, problems=[*table.problems, *roles.notes])
    if wide is not None:
        roles = RoleMap(
            {r: i for r, i in roles.role.items() if r not in _SUMS}, roles.confidence, roles.evidence
        )
    if "type" in roles.role and roles.evidence["type"] == "name":
        kinds = [
            i
            for i, name in enumerate(names)
            if role_of_name(name)[0] == "type" and i not in set(roles.role.values()) - {roles.role["type"]}
        ]
        best = max(kinds, key=lambda i: (known_words(table.columns[i], names[i]), i == roles.role["type"]))
        roles = RoleMap({**roles.role, "type": best}, roles.confidence, roles.evidence)
    rows = RowFilter(table)
    if not len(table):
        raise DataError(
            [
                Problem(
                    "no_rows",
                    "the file has a header but no row that can be read",
                    "export the file again",
                    found=f"{len(table.rejected)} rows rejected",
                    expected="at least one row",
                ),
                *rows.finish()[1],
            ]
        )
    _missing(roles.role, names, ("sku",) if wide else ("sku", "date", "quantity"))
    file = SalesFile(table, roles, rows, told.choices, told.treatments, told.item_facts)
    file.both = both
    if wide:
        return history_of_periods(file, wide, digest, told.date_order, told.decimal)
    return history_of_rows(file, digest, told)
