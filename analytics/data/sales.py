"""read_sales: a sales file as people export it -> SalesHistory, every row used or rejected with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.attributes import attributes_of, channel_table, coded_words, flags, sorted_vocabulary
from analytics.data.coded import Coded, Columns, coded_texts
from analytics.data.dates import DateColumn, date_column
from analytics.data.decisions import date_order_of, decimal_marks
from analytics.data.history import IntakeReport, SalesHistory
from analytics.data.lines import Choices, apply_choices, line_kinds
from analytics.data.mapping import RoleMap, map_sales_columns
from analytics.data.numbers import parse_numbers
from analytics.data.rejections import RowFilter
from analytics.data.roles import role_of_name
from analytics.data.several import merged
from analytics.data.source import Piece, open_source
from analytics.data.suspicious import suspicious
from analytics.data.table import TOTAL, RawTable, read_table
from analytics.data.wide import spacing, transposed_columns, wide_cells, wide_columns
from analytics.errors import DataError, Problem

__all__ = ["read_sales"]

_AMOUNTS = ("quantity", "revenue", "price", "unit_cost", "discount", "discount_pct")
_NOTHING = np.datetime64("NaT", "D")
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


def _read_piece(piece: Piece, options: Mapping[str, Any], date_order: str | None, decimal: str | None, start: str | None, mapping: Mapping[str, str | int] | None, choices: Choices) -> SalesHistory:
    return _history(read_table(piece, **options), piece.digest, date_order, decimal, start, mapping, choices)


def _read_several(pieces: Sequence[Piece], options: Mapping[str, Any], date_order: str | None, decimal: str | None, start: str | None, mapping: Mapping[str, str | int] | None, choices: Choices) -> SalesHistory:
    """Files one after the other; a file that is plainly a list of products is left to read_items."""
    histories, problems, asked = [], [], []
    for piece in pieces:
        try:
            histories.append(_read_piece(piece, options, date_order, decimal, start, mapping, choices))
        except DataError as error:
            codes = {p.code for p in error.problems}
            if codes == {"missing_column"} and all("product code" not in p.message for p in error.problems):
                problems.append(Problem("not_sales", f"{piece.name} has no date and quantity: it was left out of the sales", "give it as the list of items if it is one", found=piece.name))
            elif codes == {"date_order"} and date_order is None:
                asked.append((piece, error))
            else:
                raise DataError([Problem(p.code, f"{piece.name}: {p.message}", p.remedy, p.row, p.column, p.found, p.expected, p.count) for p in error.problems]) from None
    orders = {h.report.date_order for h in histories} - {"YMD"}
    for piece, error in asked:
        if len(orders) != 1:
            raise error
        histories.append(_read_piece(piece, options, orders.copy().pop(), decimal, start, mapping, choices))
        problems.append(Problem("date_order_shared", f"{piece.name} does not decide the date order; that of the other files was used", "choose date_order if that is wrong", found=piece.name))
    if not histories:
        raise DataError(problems)
    return merged(histories, problems)


def _missing(role: Mapping[str, int], names: tuple[str, ...], needed: Sequence[str]) -> None:
    missing = [r for r in needed if r not in role]
    if missing:
        found = ", ".join(n[:40] for n in names[:12])
        raise DataError([Problem("missing_column", f"no column holds the {_ROLE_WORDS[r]}", f"name the column: mapping={{'{r}': 'its name'}}", found=found, expected=f"a column such as {_EXAMPLES[r]}") for r in missing])


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
    return RawTable(table.name, (table.names[date_at], "product", "quantity"), Columns(3, lambda i: columns[i]), table.row[rows], table.dialect, table.rejected, [*table.problems, note], table.text_of)


def _history(table: RawTable, digest: str, date_order: str | None, decimal: str | None, start: str | None, mapping: Mapping[str, str | int] | None, choices: Choices) -> SalesHistory:
    wide = wide_columns(table.names, start)
    if wide is None and not mapping and not any(role_of_name(n)[0] == "sku" for n in table.names):
        by_name = map_sales_columns(table.names, table.columns, None, by_content=False)
        date_at = by_name.role.get("date", next((i for i in range(min(3, len(table.names))) if len(table) and date_column(table.columns[i].values[:200], serials=False).readable.mean() > 0.9), -1))
        products = transposed_columns(table, {**by_name.role, "date": date_at}) if date_at >= 0 else []
        if products:
            table = _long_from_transposed(table, date_at, products)
    names = table.names
    roles = map_sales_columns(names, table.columns, mapping, (*wide.positions, *wide.money) if wide else ())
    rows = RowFilter(table)
    if not len(table):
        raise DataError([Problem("no_rows", "the file has a header but no row that can be read", "export the file again", found=f"{len(table.rejected)} rows rejected", expected="at least one row"), *rows.finish()[1]])
    _missing(roles.role, names, ("sku",) if wide else ("sku", "date", "quantity"))
    reader = _Reader(table, roles, rows, choices)
    return reader.wide(wide, digest, date_order, decimal) if wide else reader.long(digest, date_order, decimal)


def _constant(value: Any, count: int) -> NDArray[Any]:
    """One value for every line; for millions of lines without taking memory."""
    return np.full(count, value) if count <= 1_000_000 else np.broadcast_to(np.asarray(value), (count,))


class _Reader:
    """The steps from a table with known columns to a SalesHistory."""

    def __init__(self, table: RawTable, roles: RoleMap, rows: RowFilter, choices: Choices) -> None:
        self.table, self.roles, self.rows, self.choices = table, roles, rows, choices
        self.column: dict[str, Coded] = {role: table.columns[i] for role, i in roles.role.items()}
        self.named: dict[str, str] = {role: table.names[i] for role, i in roles.role.items()}
        self.problems: list[Problem] = list(table.problems)
        self.assumed: list[str] = [f"{role} = column {table.names[i]!r} (by {roles.evidence[role]}, confidence {roles.confidence[role]:.0%})" for role, i in roles.role.items() if roles.evidence[role] == "content" or roles.confidence[role] < 0.6]
        codes = self.column["sku"]
        cleaned = np.array([" ".join(t.split()) for t in codes.values], dtype=object)
        self.sku = codes.regrouped(cleaned)
        if len(self.sku.values) < len(codes.values):
            count = len(codes.values) - len(self.sku.values)
            self.problems.append(Problem("sku_spaces", f"{count} product codes differ from another only in outer or double spaces; they were read as one product", "nothing to do", count=count))

    # -- shapes

    def wide(self, wide: Any, digest: str, date_order: str | None, decimal: str | None) -> SalesHistory:
        marks, mark, why = decimal_marks({r: self.column[r] for r in ("price", "unit_cost") if r in self.column}, self.named, decimal, self.table.dialect, [self.table.columns[i] for i in wide.positions])
        self.assumed.append(f"decimal mark {mark}: {why}")
        self._reject_totals(("sku",))
        cells = wide_cells(self.table, wide, mark, date_order, self.rows)
        self._reject_blank_sku()
        numbers = {role: self.column[role].spread(parse_numbers(self.column[role].values, marks[role])[0]) for role in marks}
        good = self._good()
        when_row, when = np.nonzero(~np.isnan(cells.quantity[good]))
        source = good[when_row]
        quantity = cells.quantity[source, when]
        revenue = cells.revenue[source, when] if cells.revenue is not None else numbers["price"][source] * quantity if "price" in numbers else np.full(len(source), np.nan)
        units_rejected = float(np.nansum(cells.quantity[~self.rows.good]))
        if cells.grain == "M" and len(cells.days) > 1 and np.median(np.diff(np.unique(cells.days)).astype(int)) > 80:
            self.problems.append(Problem("quarters", "the columns are quarters; each is counted in its first month", "upload monthly figures if there are any"))
        repeated = len(self.sku.take(good).values) < len(good)
        if repeated:
            self.problems.append(Problem("sku_repeated", "some products stand in several rows; the rows were added up", "nothing to do", count=len(good) - len(self.sku.take(good).values)))
        return self._finish(digest, source, cells.days[when], quantity, revenue, numbers, cells.grain, cells.order, cells.why, mark, {}, units_rejected)

    def long(self, digest: str, date_order: str | None, decimal: str | None) -> SalesHistory:
        column, rows, named = self.column, self.rows, self.named
        marks, mark, why = decimal_marks({r: column[r] for r in _AMOUNTS if r in column}, named, decimal, self.table.dialect)
        self.assumed.append(f"decimal mark {mark}: {why}")
        self._reject_totals(("date", "sku"))
        dates = {role: date_column(column[role].values) for role in ("date", "promised", "shipped") if role in column}
        order, order_why = date_order_of(dates, {r: list(column[r].values) for r in dates}, named, date_order)
        day = column["date"].spread(dates["date"].dates(order))
        rows.reject(column["date"].spread(dates["date"].blank), "date_blank", named["date"], "", "a date", "fill in the date")
        rows.reject(np.isnat(day), "date_unreadable", named["date"], column["date"], "a date" + ("" if order == "YMD" else f" ({order})"), "correct the date, or choose another date_order")
        self._reject_blank_sku()
        numbers = self._numbers(marks)
        kinds = line_kinds(column, numbers, self.sku)
        if kinds.turned.any():
            numbers["quantity"] = np.where(kinds.turned, -numbers["quantity"], numbers["quantity"])
        self.problems += apply_choices(kinds, self.choices, rows, named, column["sku"], self.assumed)
        good = self._good()
        revenue = self._revenue(numbers)
        units_rejected = float(np.nansum(numbers["quantity"][~rows.good]))
        grain = self._frequency(day[good], good, dates["date"])
        return self._finish(digest, good, day[good], numbers["quantity"][good], revenue[good], numbers, grain, order, order_why, mark, dates, units_rejected)

    # -- steps

    def _reject_totals(self, needed: Sequence[str]) -> None:
        """Rows with a word for total that lack a date or product."""
        table = self.table
        words = np.zeros(len(table), bool)
        for i in range(min(len(table.columns), 30)):
            hits = np.array([len(t) < 60 and bool(TOTAL.match(t)) for t in table.columns[i].values], bool)
            if hits.any():
                words |= table.columns[i].spread(hits)
        if not words.any():
            return
        lacking = np.zeros(len(table), bool)
        for role in needed:
            column = self.column[role]
            bad = ~date_column(column.values).readable if role == "date" else np.array([not t.strip() or bool(TOTAL.match(t)) for t in column.values], bool)
            lacking |= column.spread(bad)
        self.rows.reject(words & lacking, "total_row", self.named["sku"], self.column["sku"], "a sales line", "nothing to do: totals are not counted twice")

    def _reject_blank_sku(self) -> None:
        self.rows.reject(self.sku.spread(np.array([t == "" for t in self.sku.values], bool)), "sku_blank", self.named["sku"], "", "a product code", "fill in the product")
        self._reject_stray_quotes()

    def _reject_stray_quotes(self) -> None:
        """A product code with a stray quote, where hardly any code has one or the code without it exists."""
        quote = str(self.table.dialect.get("quote") or "")
        marked = np.array([bool(quote) and quote in t for t in self.sku.values], bool)
        if marked.any():
            known = set(self.sku.values[~marked])
            rare = self.sku.counts()[marked].sum() < 0.02 * len(self.sku)
            bad = np.array([m and (rare or t.replace(quote, "") in known) for m, t in zip(marked, self.sku.values, strict=True)], bool)
            self.rows.reject(self.sku.spread(bad), "sku_quote", self.named["sku"], self.column["sku"], "a product code without a quote", "remove the stray quote")

    def _numbers(self, marks: Mapping[str, str]) -> dict[str, NDArray[np.float64]]:
        numbers: dict[str, NDArray[np.float64]] = {}
        for role, mark in marks.items():
            cells, name = self.column[role], self.named[role]
            value, blank = parse_numbers(cells.values, mark, percents=role in ("discount", "discount_pct"))
            numbers[role] = cells.spread(value)
            if role not in ("quantity", "revenue", "price"):
                continue
            if role == "quantity":
                self.rows.reject(cells.spread(blank), "quantity_blank", name, "", "a quantity", "fill in the quantity (0 if nothing was sold)")
                self._reject_doubtful(cells, value, name)
            expected = f"a number with decimal {'point' if mark == '.' else 'comma'}"
            self.rows.reject(cells.spread(np.isnan(value) & ~blank), "number_unreadable", name, cells, expected, "correct the number, or choose another decimal mark")
        return numbers

    def _reject_doubtful(self, cells: Coded, value: NDArray[np.float64], name: str) -> None:
        """A few quantities such as 1.204 among whole numbers: a thousands mark read by another locale."""
        fraction = ~np.isnan(value) & (value != np.round(value))
        three = np.array([f and len(t.strip().replace(",", ".").partition(".")[2]) == 3 for f, t in zip(fraction, cells.values, strict=True)], bool)
        if three.any() and cells.counts()[fraction].sum() < 0.05 * len(cells) and (fraction == three).all():
            self.rows.reject(cells.spread(three), "number_doubtful", name, cells, "a whole number like the others", "write it without a thousands mark")

    def _revenue(self, numbers: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        quantity, named = numbers["quantity"], self.named
        if "revenue" in numbers:
            revenue = numbers["revenue"].copy()
            blank = np.isnan(revenue) & self.rows.good
            if blank.any():
                first, count = int(self.table.row[int(np.argmax(blank))]), int(blank.sum())
                if "price" in numbers:
                    revenue[blank] = (numbers["price"] * quantity)[blank]
                    self.problems.append(Problem("revenue_blank", f"lines without revenue count with {named['price']} x quantity", "fill in the revenue", first, named["revenue"], count=count))
                else:
                    self.problems.append(Problem("revenue_blank", "lines without revenue count in units only", "fill in the revenue", first, named["revenue"], count=count))
            opposite = (quantity < 0) & (revenue > 0) & self.rows.good
            if opposite.any() and not ((quantity < 0) & (revenue < 0)).any():
                revenue[(quantity < 0) & (revenue > 0)] *= -1.0
                self.assumed.append(f"revenue of {int(opposite.sum())} returns is written without sign and was counted as negative")
            return revenue
        if "price" not in numbers:
            return np.full(len(quantity), np.nan)
        revenue = numbers["price"] * quantity
        if "discount_pct" in numbers:
            share = np.nan_to_num(numbers["discount_pct"])
            if np.abs(share).max(initial=0.0) > 1.0:
                share = share / 100.0
            self.assumed.append(f"revenue = {named['price']} x quantity x (1 - {named['discount_pct']})")
            return revenue * (1.0 - share)
        if "discount" in numbers:
            self.assumed.append(f"revenue = {named['price']} x quantity - {named['discount']}")
            return revenue - np.nan_to_num(numbers["discount"])
        self.assumed.append(f"revenue = {named['price']} x quantity")
        return revenue

    def _good(self) -> NDArray[np.intp]:
        good = np.flatnonzero(self.rows.good)
        if not len(good):
            rejected, reasons = self.rows.finish()
            raise DataError([Problem("no_usable_row", "no row can be used", "see the reasons", found=f"{len(rejected)} rows rejected", expected="at least one sales line"), *reasons])
        return good

    def _frequency(self, day: NDArray[np.datetime64], good: NDArray[np.intp], dates: DateColumn) -> str:
        grains = {str(g) for g in dates.grain if g}
        orders = self.column.get("order")
        if orders is not None and len(orders.values) > 1:
            return "L"
        if grains <= {"M", "Q"}:
            return "M"
        if grains == {"W"}:
            return "W"
        offset = day.view(np.int64) - int(day.view(np.int64).min())
        days = np.flatnonzero(np.bincount(offset)) if int(offset.max()) < 50_000 else np.unique(offset)
        size = (int(offset.max()) + 1) * len(self.sku.values)
        key = offset * np.int64(len(self.sku.values)) + self.sku.codes[good]
        distinct = np.count_nonzero(np.bincount(key, minlength=1)) if size <= 20_000_000 else len(np.unique(key))
        if len(key) - distinct > 0.02 * len(key):
            return "L"
        return spacing((days + int(day.view(np.int64).min())).astype("datetime64[D]"))

    def _finish(self, digest: str, source: NDArray[np.intp], day: NDArray[np.datetime64], quantity: NDArray[np.float64], revenue: NDArray[np.float64], numbers: Mapping[str, NDArray[np.float64]], grain: str, order: str, why: str, mark: str, dates: Mapping[str, DateColumn], units_rejected: float) -> SalesHistory:
        table, column = self.table, self.column
        row = table.row[source]
        if not (day[1:] >= day[:-1]).all():
            offset = day.view(np.int64) - int(day.view(np.int64).min())
            sort = np.argsort(offset.astype(np.uint16) if int(offset.max()) < 65_536 else offset, kind="stable")
            source, day, quantity, revenue, row = source[sort], day[sort], quantity[sort], revenue[sort], row[sort]
        skus, sku = sorted_vocabulary(self.sku.take(source))
        order_code, _ = coded_words(column.get("order"), source)
        customer, customers = coded_words(column.get("customer"), source)
        channel, channels = coded_words(column.get("channel"), source)
        late = {r: column[r].spread(dates[r].dates(order))[source] if r in dates else _constant(_NOTHING, len(source)) for r in ("promised", "shipped")}
        promotion = column["promotion"].spread(flags(column["promotion"].values))[source] if "promotion" in column else _constant(np.nan, len(source))
        attributes = attributes_of(column, numbers, source, sku, len(skus), self.assumed)
        rejected, reasons = self.rows.finish()
        odd = suspicious(table, self.rows.good, column, self.named, day, sku, skus, quantity, row, channel, channels, grain)
        n = len(table) + len(table.rejected)
        used = int(self.rows.good.sum())
        known = revenue[~np.isnan(revenue)]
        confidence = "; ".join(f"{role} {share:.0%}" for role, share in self.roles.confidence.items())
        report = IntakeReport(
            source=table.name, digest=digest, rows_read=n, rows_used=used, rows_rejected=n - used, units_used=float(quantity.sum()), units_rejected=units_rejected,
            revenue_used=float(known.sum()) if len(known) else float("nan"), gross_units=float(quantity[quantity > 0].sum()), returned_units=float(np.abs(quantity[quantity < 0]).sum()),
            first_date=day[0], last_date=day[-1], frequency=grain, date_order=order, dialect={**table.dialect, "decimal": mark}, mapping=self.named,
            channels=tuple(channel_table(channel, channels, day, quantity, revenue)), problems=(*self.problems, *reasons, *odd),
            assumed=(*self.assumed, f"date order {order}: {why}", f"columns recognised: {confidence}"), rejected=rejected,
        )
        history = SalesHistory(skus, sku, day, quantity, revenue, order_code, customer, channel, late["promised"], late["shipped"], promotion, row, customers, channels, attributes, grain, report)
        for array in (sku, day, quantity, revenue, order_code, customer, channel, late["promised"], late["shipped"], promotion, row):
            array.flags.writeable = False
        return history
