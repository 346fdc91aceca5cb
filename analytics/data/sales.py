"""read_sales: a sales file as people export it -> SalesHistory, every row used or rejected with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analytics.data.coded import Coded, Columns, coded_texts
from analytics.data.dates import date_column
from analytics.data.history import SalesHistory
from analytics.data.lines import Choices
from analytics.data.mapping import map_sales_columns
from analytics.data.raw import RawTable
from analytics.data.reader import SalesReader
from analytics.data.rejections import RowFilter
from analytics.data.roles import role_of_name
from analytics.data.several import merged
from analytics.data.source import Piece, open_source
from analytics.data.table import read_table
from analytics.data.wide import transposed_columns, wide_columns
from analytics.errors import DataError, Problem

__all__ = ["read_sales"]

_ROLE_WORDS = {"sku": "product code", "date": "date of sale", "quantity": "quantity sold"}
_EXAMPLES = {"sku": "sku, article, StockCode, Artikelnummer", "date": "date, order_date, Datum", "quantity": "quantity, units, Menge"}


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
    start: str | None = None,
    mapping: Mapping[str, str | int] | None = None,
    choices: Choices | Mapping[str, str] | None = None,
) -> SalesHistory:
    """A sales file of any usual form, read without questions where the file itself decides; nothing is guessed in silence.

    Parameters: `source` is a path, the bytes of an upload, or a list of them (one per year; lines that stand in two files
    are counted once). CSV in any dialect, Excel, OpenDocument, Parquet, Arrow; gzip and zip. `date_order` (DMY or MDY),
    `decimal` (. or ,), `delimiter`, `encoding`, `header_rows` and `sheet` overrule what was found; `start` is the first day
    of columns named W0, W1, ...; `mapping` names columns for roles, as in a former report's `mapping`; `choices` says what
    happens to lines that are not sales (see Choices). Returns SalesHistory with its report; raises DataError with all
    reasons where nothing sound can be read.

    >>> history = read_sales(b"Datum;Artikel;Menge;Umsatz\\n27.07.2012;007;2;1.204,50\\n28.07.2012;007;-1;-602,25\\n")
    >>> history.skus.tolist(), history.quantity.tolist(), history.revenue.tolist(), history.report.date_order
    (['007'], [2.0, -1.0], [1204.5, -602.25], 'DMY')
    """
    chosen = choices if isinstance(choices, Choices) else Choices(**(choices or {}))
    sources: list[Any] = list(source) if isinstance(source, (list, tuple)) else [source]
    pieces = [piece for item in sources for piece in open_source(item, name if len(sources) == 1 else "")]
    options: dict[str, Any] = {"delimiter": delimiter, "encoding": encoding, "header_rows": header_rows, "sheet": sheet}
    if not pieces:
        raise DataError(Problem("empty_file", "no file was given", "give at least one file"))
    if len(pieces) == 1:
        return _read_piece(pieces[0], options, date_order, decimal, start, mapping, chosen)
    return _read_several(pieces, options, date_order, decimal, start, mapping, chosen)


def _read_piece(
    piece: Piece, options: Mapping[str, Any], date_order: str | None, decimal: str | None, start: str | None, mapping: Mapping[str, str | int] | None, choices: Choices
) -> SalesHistory:
    return _history(read_table(piece, **options), piece.digest, date_order, decimal, start, mapping, choices)


def _read_several(
    pieces: Sequence[Piece], options: Mapping[str, Any], date_order: str | None, decimal: str | None, start: str | None, mapping: Mapping[str, str | int] | None, choices: Choices
) -> SalesHistory:
    """Files one after the other; a file that is plainly a list of products is left to read_items."""
    histories, problems, asked = [], [], []
    for piece in pieces:
        try:
            histories.append(_read_piece(piece, options, date_order, decimal, start, mapping, choices))
        except DataError as error:
            codes = {p.code for p in error.problems}
            if codes == {"missing_column"} and all("product code" not in p.message for p in error.problems):
                problems.append(
                    Problem("not_sales", f"{piece.name} has no date and quantity: it was left out of the sales", "give it as the list of items if it is one", found=piece.name)
                )
            elif codes == {"date_order"} and date_order is None:
                asked.append((piece, error))
            else:
                raise DataError([Problem(p.code, f"{piece.name}: {p.message}", p.remedy, p.row, p.column, p.found, p.expected, p.count) for p in error.problems]) from None
    orders = {h.report.date_order for h in histories} - {"YMD"}
    for piece, doubt in asked:
        if len(orders) != 1:
            raise doubt
        histories.append(_read_piece(piece, options, orders.copy().pop(), decimal, start, mapping, choices))
        problems.append(
            Problem("date_order_shared", f"{piece.name} does not decide the date order; that of the other files was used", "choose date_order if that is wrong", found=piece.name)
        )
    if not histories:
        raise DataError(problems)
    return merged(histories, problems)


def _missing(role: Mapping[str, int], names: tuple[str, ...], needed: Sequence[str]) -> None:
    missing = [r for r in needed if r not in role]
    if missing:
        found = ", ".join(n[:40] for n in names[:12])
        raise DataError(
            [
                Problem(
                    "missing_column",
                    f"no column holds the {_ROLE_WORDS[r]}",
                    f"name the column: mapping={{'{r}': 'its name'}}",
                    found=found,
                    expected=f"a column such as {_EXAMPLES[r]}",
                )
                for r in missing
            ]
        )


def _long_from_transposed(table: RawTable, date_at: int, products: Sequence[int]) -> RawTable:
    """Dates down and products across, as one row per cell that is not blank."""
    n = len(table)
    filled = [np.flatnonzero(table.columns[i].spread(np.array([bool(t.strip()) for t in table.columns[i].values], bool))) for i in products]
    rows = np.concatenate(filled)
    sku = np.repeat(np.arange(len(products)), [len(f) for f in filled])
    order = np.lexsort((sku, rows))
    rows, sku = rows[order], sku[order]
    texts = np.empty((n, len(products)), dtype=object)
    for k, i in enumerate(products):
        texts[:, k] = table.columns[i].texts()
    columns = [table.columns[date_at].take(rows), Coded(sku.astype(np.int32), np.array([table.names[i] for i in products], dtype=object)), coded_texts(texts[rows, sku])]
    note = Problem("products_across", f"the sheet has dates down and {len(products)} products across; every filled cell counts as a row", "nothing to do")
    return RawTable(
        table.name,
        (table.names[date_at], "product", "quantity"),
        Columns(3, lambda i: columns[i]),
        table.row[rows],
        table.dialect,
        table.rejected,
        [*table.problems, note],
        table.text_of,
    )


def _history(
    table: RawTable, digest: str, date_order: str | None, decimal: str | None, start: str | None, mapping: Mapping[str, str | int] | None, choices: Choices
) -> SalesHistory:
    wide = wide_columns(table.names, start)
    if wide is None and not mapping and not any(role_of_name(n)[0] == "sku" for n in table.names):
        by_name = map_sales_columns(table.names, table.columns, None, by_content=False)
        date_at = by_name.role.get(
            "date", next((i for i in range(min(3, len(table.names))) if len(table) and date_column(table.columns[i].values[:200], serials=False).readable.mean() > 0.9), -1)
        )
        products = transposed_columns(table, {**by_name.role, "date": date_at}) if date_at >= 0 else []
        if products:
            table = _long_from_transposed(table, date_at, products)
    names = table.names
    roles = map_sales_columns(names, table.columns, mapping, (*wide.positions, *wide.money) if wide else ())
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
    reader = SalesReader(table, roles, rows, choices)
    return reader.wide(wide, digest, date_order, decimal) if wide else reader.long(digest, date_order, decimal)
