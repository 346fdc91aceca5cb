"""Several files at once: which of them are sales, which the list of items, receipts or the bill of materials, by what stands in them.

One concept: what a file is depends on the others given with it. Recognising the kinds, reading each in the
light of the sales and joining what they say are the steps of one call, `read_files`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.book import KIND_WORDS, sheets_of, sheets_problem
from analytics.data.columns.column_roles import map_sales_columns
from analytics.data.columns.item_facts import item_facts
from analytics.data.columns.system_settings import lists_settings, system_of, with_settings
from analytics.data.currencies import items_in_currency
from analytics.data.files.encoding import whole_lines
from analytics.data.files.source import Piece, may_be_workbook, open_source
from analytics.data.files.table import read_table
from analytics.data.history import IntakeReport, SalesHistory, no_lines_apart
from analytics.data.items.bom_file import BillOfMaterials, read_bom
from analytics.data.items.items_file import DAYS_UNDECIDED, read_item_list, read_items
from analytics.data.items.joining import (
    Joining,
    changes_told,
    joined_bom,
    joined_items,
    joining_of,
    joining_problems,
    same_codes,
)
from analytics.data.items.promotions_file import is_promotions, promoted_beside, read_promotions
from analytics.data.items.receipts_file import is_receipts, read_receipts, received
from analytics.data.items.stock_lots import with_lots
from analytics.data.items.stock_totals import with_unknown
from analytics.data.kept_apart import LOT, ON_ORDER
from analytics.data.layout.raw_table import RawTable
from analytics.data.reshape.table_kinds import is_stock_list, kind_of
from analytics.data.sales import read_sales
from analytics.errors import DataError, Problem
from analytics.items import ITEM_FIELDS, UNKNOWN, Items, merged_items

__all__ = ["Given", "Reading", "header_of", "read_files"]

#: so much of a text file tells what it is
_HEAD = 300_000
_WORDS = {
    "items": "list of items",
    "stock": "list of stock",
    "settings": "settings of today",
    "receipts": "receipts of goods",
    "promotions": "calendar of promotions",
    "bom": "bill of materials",
}


@dataclass(frozen=True, eq=False)
class Given:
    """A file as it came: a path or its bytes, and its name."""

    source: str | Path | bytes
    name: str = ""
    #: the sheets of a workbook that are meant, "" the largest or those alike
    sheets: tuple[str, ...] = ()
    #: given as stock on hand, goods received or promotions, which of them its content says: it is never sales
    beside: bool = False


@dataclass(frozen=True, eq=False)
class Reading:
    """What the files of a study say: sales, with receipts and promotions beside them; the other files with the report of how they were read; bill of materials.

    `items_report` is of all lists together, `list_reports` of each alone, by what it holds: items, stock.
    """

    history: SalesHistory
    items: Items | None = None
    items_report: IntakeReport | None = None
    bom: BillOfMaterials | None = None
    receipts_report: IntakeReport | None = None
    promotions_report: IntakeReport | None = None
    list_reports: Mapping[str, IntakeReport] = field(default_factory=dict)

    @property
    def joining(self) -> Joining | None:
        """How the codes of the items file join those sold; None without one."""
        return None if self.items is None else joining_of(self.items.skus, self.history.skus)


def _beginning(piece: Piece, sheet: str | None = None) -> RawTable | None:
    """The table as far as its beginning tells; None where nothing can be read."""
    head = whole_lines(piece.held[:_HEAD]) if piece.kind == "text" and piece.size > _HEAD else b""
    short = replace(piece, held=head, path=None) if head else piece
    try:
        return read_table(short, sheet=sheet)
    except DataError:
        return None


def header_of(files: Sequence[Given]) -> tuple[str, ...]:
    r"""The names of the columns of the first file that may hold sales; empty where nothing can be read.

    >>> header_of([Given(b"sku,unit_cost\nA,3\n"), Given(b"date,sku,quantity\n2012-01-27,A,3\n")])
    ('date', 'sku', 'quantity')
    """
    for file in files:
        for piece in open_source(file.source, file.name):
            sheet = next((s.name for s in sheets_of(piece) if s.kind == "sales"), None)
            table = _beginning(piece, sheet)
            if table is not None and kind_of(table) == "sales":
                return table.names
    return ()


def _parts_of(file: Given, single: bool, sheet: object) -> tuple[list[tuple[Given, str]], list[Problem]]:
    """A file with what it holds, a workbook of several kinds of sheets as one part a kind; and what is to say of its sheets.

    A `single` file is sales whatever it looks like: its reader says what is missing.
    """
    if single and not may_be_workbook(file.source):
        return [(file, "sales")], []
    pieces = open_source(file.source, file.name)
    sheets = sheets_of(pieces[0]) if len(pieces) == 1 and sheet in (None, "") else []
    if sheets and (not single or any(s.kind == "sales" for s in sheets)):
        kinds = [kind for kind in KIND_WORDS if any(s.kind == kind for s in sheets)]
        if kinds != ["sales"] or len(sheets) > sum(s.kind == "sales" for s in sheets):
            parts = [
                (
                    replace(
                        file,
                        name=file.name or pieces[0].name,
                        sheets=tuple(s.name for s in sheets if s.kind == kind),
                    ),
                    kind,
                )
                for kind in kinds
            ]
            return parts, [sheets_problem(file.name or pieces[0].name, sheets)]
    if single:
        return [(file, "sales")], []
    found = {
        "sales" if (table := _beginning(piece)) is None else _held_by(table, piece.name) for piece in pieces
    }
    return [(file, found.pop() if len(found) == 1 else "sales")], []


def _held_by(table: RawTable, name: str) -> str:
    """What a table of several files holds."""
    if system_of(table):
        return "settings"
    kind = kind_of(table)
    if kind != "bom" and is_promotions(name, table):
        return "promotions"
    if kind in ("sales", "items") and is_stock_list(table):
        return "stock"
    return "receipts" if kind != "bom" and is_receipts(name, table) else kind


def _of_kind(file: Given | None, kinds: tuple[str, ...]) -> list[tuple[Given, str]]:
    """A file given as the list of items or the bill of materials; of a workbook the sheets of that kind."""
    if file is None:
        return []
    if not may_be_workbook(file.source):
        return [(file, kinds[0])]
    pieces = open_source(file.source, file.name)
    sheets = [s for s in sheets_of(pieces[0]) if s.kind in kinds] if len(pieces) == 1 else []
    return [(replace(file, sheets=(s.name,)), s.kind) for s in sheets] or [(file, kinds[0])]


def _beside_of(file: Given) -> list[tuple[Given, str]]:
    """A file given beside the sales, told by its content: promotions name the days of a product, what has a day on every line came in, any other list is what lies there."""
    pieces = open_source(file.source, file.name)
    sheets = sheets_of(pieces[0]) if len(pieces) == 1 and may_be_workbook(file.source) else []
    held = {
        "sales": "receipts",
        "items": "stock",
        **{name: name for name in ("receipts", "stock", "promotions", "settings")},
    }
    found = [(replace(file, sheets=(s.name,)), held[s.kind]) for s in sheets if s.kind in held]
    if found:
        return found
    table = _beginning(pieces[0])
    if table is None:
        return [(file, "stock")]
    kind = _held_by(table, file.name)
    if kind == "bom":
        words = f"{file.name} is a bill of materials, not stock or goods received"
        raise DataError(Problem("not_stock", words, "give it as the bill of materials", found=file.name))
    if kind in ("promotions", "settings"):
        return [(file, kind)]
    if kind == "items" and lists_settings(table):
        return [(file, "settings")]
    dated = "date" in map_sales_columns(table.names, table.columns, None, by_content=False).role
    return [(file, "receipts" if kind == "receipts" or (kind == "sales" and dated) else "stock")]


#: What a list says of stock alone.
_OF_STOCK = (
    "on_hand", "stock_below_zero", "stock_consigned", "stock_blocked", "stock_in_quality", "stock_reserved", "stock_date", "booked_reserve",
)  # fmt: skip


def _without_stock(
    items: Items, report: IntakeReport, other: str, orders_too: bool
) -> tuple[Items, IntakeReport]:
    """The items without what they say of stock, where a list of stock (`other`) says it: two days are never mixed.

    `orders_too`: that list says what is on order as well.
    """
    known = ["on_hand", "stock_below_zero", *(["on_order"] if orders_too else [])]
    if not any(np.isfinite(items[name]).any() for name in known):
        return items, report
    out = (*_OF_STOCK, *(["on_order"] if orders_too else []))

    def rest(columns: Mapping[str, Any]) -> dict[str, Any]:
        return {name: column for name, column in columns.items() if name not in out}

    left = Items(
        items.skus, rest(items.values), rest(items.origins), rest(items.low), rest(items.high), items.notes
    )
    said = f"the stock in {report.source} is not used: {other} says what lies there"
    return left, replace(report, assumed=(*report.assumed, said))


def _sheet(file: Given) -> str | None:
    return file.sheets[0] if file.sheets else None


def _items_of(file: Given, order: str, stock_list: bool = False) -> tuple[Items, IntakeReport]:
    """The list of items; where its own dates do not say whether the day or the month comes first, they are read as those of the sales are (`order`).

    Raises DataError with the file named.
    """
    try:
        return _items_read(file, order, stock_list)
    except DataError as error:
        what = f"{'stock' if stock_list else 'items'} {file.name}"
        said = [replace(p, message=f"{what}: {p.message}") for p in error.problems]
        raise DataError(said, error.meanings, error.rows_read) from None


def _items_read(file: Given, order: str, stock_list: bool) -> tuple[Items, IntakeReport]:
    """The list of items, by its own dates or in the order of those of the sales."""
    try:
        first = read_items(file.source, name=file.name, sheet=_sheet(file), stock_list=stock_list)
        if order not in ("DMY", "MDY") or not any(DAYS_UNDECIDED in words for words in first[1].assumed):
            return first
    except DataError as doubt:
        if order not in ("DMY", "MDY") or {p.code for p in doubt.problems} != {"date_order"}:
            raise
    items, report = read_items(
        file.source, name=file.name, sheet=_sheet(file), date_order=order, stock_list=stock_list
    )
    return items, replace(
        report, assumed=(*report.assumed, "its dates do not decide their order: that of the sales was used")
    )


def _lots_of(
    single: Mapping[str, Sequence[Given]],
    own: Mapping[str, IntakeReport],
    order: str,
    sold: NDArray[Any],
    changes: Sequence[str],
) -> pd.DataFrame:
    """The lots of the list that says what lies there, by the day they came in, and what is on order by the day it arrives.

    Each from the list that counts (`own` are their reports); codes joined over `changes` of writing.
    """
    lying = "stock" if single.get("stock") else "items"
    ordered = "stock" if "stock" in own and "on_order" in own["stock"].mapping else "items"
    wanted = {lying: {LOT}}
    if ordered in single:
        wanted.setdefault(ordered, set()).add(ON_ORDER)
    parts = [_lots_in(single[kind][0], kind == "stock", order) for kind in wanted]
    kept = [part[part["kind"].isin(kinds)] for part, kinds in zip(parts, wanted.values(), strict=True)]
    filled = [part for part in kept if len(part)]
    lots = pd.concat(filled, ignore_index=True) if filled else no_lines_apart()
    known = same_codes(np.array(sorted({str(sku) for sku in lots["sku"]}), object), sold, changes)
    return lots.assign(sku=[known.get(str(sku), str(sku)) for sku in lots["sku"]])


def _lots_in(file: Given, held: bool, order: str) -> pd.DataFrame:
    """The lots and what is on order of one list, of stock where `held`; read as the sales are (`order`) where its dates decide nothing."""
    sheet = _sheet(file)

    def lots_read(date_order: str | None) -> pd.DataFrame:
        return read_item_list(
            file.source, name=file.name, sheet=sheet, stock_list=held, date_order=date_order
        ).lots

    try:
        lots = lots_read(None)
    except DataError:
        lots = no_lines_apart()
    if not len(lots) and order in ("DMY", "MDY"):  # its dates decide nothing: read as those of the sales are
        lots = lots_read(order)
    return lots


def _differing(
    first: Items, other: Items, sources: str, counts: str = "the first counts", fields: Sequence[str] = ()
) -> list[Problem]:
    """What two lists say differently of the same products in these fields (none: in all), and which of them counts."""
    out = []
    both, here, there = np.intersect1d(first.skus.astype(str), other.skus.astype(str), return_indices=True)
    for name in first.values:
        if name in (fields or other.values) and name in other.values and name != "name":
            known = (first.origin(name)[here] != UNKNOWN) & (other.origin(name)[there] != UNKNOWN)
            differs = known & np.asarray(first[name][here] != other[name][there])
            if differs.any():
                words = f"{sources} differ in {ITEM_FIELDS[name].label} of {int(differs.sum()):,} products; {counts}"
                out.append(
                    Problem(
                        "lists_differ",
                        words,
                        "leave the column out of one of them",
                        found=str(both[differs][0]),
                        count=int(differs.sum()),
                    )
                )
    return out


def _listed(
    items: Sequence[Given],
    stock: Sequence[Given],
    order: str,
    currency: str,
    sold: NDArray[Any],
    changes: Sequence[str],
) -> tuple[Items | None, IntakeReport | None, dict[str, IntakeReport]]:
    """The list of items, with what a list of stock beside it says: every product of either, every field from where it stands; the items' own where both know it.

    What lies there is that of the list of stock alone, where there is one. Money of a list in another `currency` than the sales is unknown.
    The reports are of both together, and of each by what it holds.
    """
    read = {
        kind: items_in_currency(*_items_of(files[0], order, kind == "stock"), currency)
        for kind, files in (("items", items), ("stock", stock))
        if files
    }
    if not read:
        return None, None, {}
    if "stock" in read:
        held, told = read["stock"]
        codes = same_codes(np.asarray(held.skus, object), sold, changes)
        listed_codes = {str(sku) for sku in read["items"][0].skus} if "items" in read else set()
        known = listed_codes | {str(sku) for sku in sold} | set(codes)
        held, unlisted = with_unknown(held, known)
        read["stock"] = held, replace(told, problems=(*told.problems, *unlisted))
    contradict: list[Problem] = []
    if len(read) == 2:
        listed, lying = read["items"], read["stock"]
        sources = f"{listed[1].source} and {lying[1].source}"
        contradict = _differing(listed[0], lying[0], sources, "the list of stock counts", _OF_STOCK)
        orders_too = bool(np.isfinite(lying[0]["on_order"]).any())
        read["items"] = _without_stock(*listed, lying[1].source, orders_too)
    own = {kind: report for kind, (_, report) in read.items()}
    (first, report), *rest = read.values()
    for other, further in rest:
        differ = [*contradict, *_differing(first, other, f"{report.source} and {further.source}")]
        own["stock"] = replace(further, problems=(*further.problems, *differ))
        first = merged_items(first, other)
        report = replace(
            report,
            source=f"{report.source}, {further.source}",
            rows_read=report.rows_read + further.rows_read,
            rows_used=report.rows_used + further.rows_used,
            rows_rejected=report.rows_rejected + further.rows_rejected,
            problems=(*report.problems, *further.problems, *differ),
            assumed=(*report.assumed, *further.assumed),
            mapping={**further.mapping, **report.mapping},
            rejected=pd.concat([report.rejected, further.rejected], ignore_index=True)
            if len(further.rejected)
            else report.rejected,
        )
    return first, report, own


def _as_set(
    items: Items | None,
    report: IntakeReport | None,
    file: Given,
    order: str,
    sold: NDArray[Any],
    changes: Sequence[str],
) -> tuple[Items, IntakeReport]:
    """The items with today's settings as a file of settings has them; without any items that file is all there is."""
    settings, own = _items_of(file, order)
    if items is None or report is None:
        return settings, own
    codes = same_codes(np.asarray(settings.skus, object), sold, changes)
    renamed = np.array([str(codes.get(str(sku), str(sku))) for sku in settings.skus], object)
    if len(set(renamed)) == len(renamed):
        rank = np.argsort(renamed.astype(str), kind="stable").astype(np.intp)
        settings = replace(settings, skus=renamed).take(rank)
    found = with_settings(items, settings)
    known = int(np.isin(settings.skus.astype(str), items.skus.astype(str)).sum())
    said = f"today's strategies and levels of {known:,} products are those of {own.source}"
    left = [] if known == len(settings) else [
        Problem(
            "settings_unknown",
            f"{own.source} names {len(settings) - known:,} products that no list of items or stock has; its settings of them are not used",
            "add them to the items, or check how their codes are written",
            count=len(settings) - known,
        )
    ]  # fmt: skip
    return found, replace(
        report,
        assumed=(*report.assumed, said, *own.assumed),
        problems=(*report.problems, *own.problems, *left),
    )


def read_files(
    sales: Sequence[Given],
    items: Given | None = None,
    bom: Given | None = None,
    options: Mapping[str, Any] | None = None,
    receipts: Given | None = None,
    stock: Given | None = None,
    promotions: Given | None = None,
) -> Reading:
    r"""Sales, items, bill of materials, receipts, stock and promotions of a study; among several files of sales the others are recognised by their columns.

    Of receipts and promotions the name tells too. A file among them that is given `beside` is stock, goods received or promotions, as its content says.

    `options` are those of read_sales, and `join`: the differences of writing (zeros, case, blanks, dashes, names, parted by commas) over which codes of the items and
    the bill of materials are joined to those sold; without it nothing is joined that is not written alike, and what would join is said.
    Raises DataError with every problem, with the name of the file where there are several.

    >>> files = [Given(b"parent,component,quantity\nA,b,2\n", "b.csv"), Given(b"date,sku,quantity\n2012-01-27,A,3\n", "s.csv")]
    >>> reading = read_files(files)
    >>> reading.history.skus.tolist(), reading.bom.codes.tolist(), reading.items
    (['A'], ['A', 'b'], None)
    """
    told = dict(options or {})
    changes = changes_told(told.pop("join", None))
    beside = [part for file in sales if file.beside for part in _beside_of(file)]
    sales = [file for file in sales if not file.beside]
    found = [_parts_of(file, len(sales) == 1, told.get("sheet")) for file in sales]
    parts, said = (
        [part for one, _ in found for part in one],
        [problem for _, problems in found for problem in problems],
    )
    files = [file for file, kind in parts if kind == "sales"]
    if not files and any(kind == "receipts" for _, kind in parts):  # there are no other sales
        parts = [(file, "sales" if kind == "receipts" else kind) for file, kind in parts]
        files = [file for file, kind in parts if kind == "sales"]
    if not files:
        parts, files = [], list(sales)
    parts = [*parts, *beside]
    single: dict[str, list[Given]] = {}
    notes: list[str] = []
    for kind, given in (
        ("items", items),
        ("stock", stock),
        ("receipts", receipts),
        ("promotions", promotions),
        ("settings", None),
        ("bom", bom),
    ):
        here = [
            *_of_kind(given, ("items", "stock") if kind == "items" else (kind,)),
            *((file, kind) for file, k in parts if k == kind),
        ]
        by = "name or columns" if kind in ("receipts", "promotions") else "columns"
        notes += [
            f"{file.name} was recognised by its {by} as the {_WORDS[kind]}"
            for file, k in parts
            if k == kind and not file.sheets
        ]
        for file, k in here:
            single.setdefault(k, []).append(file)
    for kind, several in single.items():
        if len(several) > 1 and kind != "receipts":
            words = f"{len(several)} files look like a {_WORDS[kind]}"
            raise DataError(
                Problem(
                    f"two_{kind}",
                    words,
                    "leave one of them",
                    found=", ".join(file.name for file in several),
                    expected=f"one {_WORDS[kind]}",
                )
            )
    if any(file.sheets for file in files):
        told["sheet"] = [file.sheets or None for file in files]
    if "items" in single:
        told.setdefault(
            "item_facts",
            item_facts(single["items"][0].source, single["items"][0].name, _sheet(single["items"][0])),
        )
    history = read_sales([file.source for file in files], name=[file.name for file in files], **told)
    if notes or said:
        report = history.report
        history = replace(
            history,
            report=replace(report, assumed=(*notes, *report.assumed), problems=(*said, *report.problems)),
        )
    order = str(told.get("date_order") or history.report.date_order)
    try:
        return _with_others(history, single, told, order, changes)
    except DataError as error:
        error.rows_read = error.rows_read or history.report.rows_read
        raise


def _with_others(
    history: SalesHistory,
    single: Mapping[str, Sequence[Given]],
    told: Mapping[str, Any],
    order: str,
    changes: Sequence[str],
) -> Reading:
    """The sales with what the other files say, by kind."""
    receipts_report = None
    if came := single.get("receipts"):
        sources, names = [file.source for file in came], [file.name for file in came]
        history, receipts_report = received(
            history, read_receipts(sources, names, [_sheet(file) for file in came], told, order), changes
        )
    promotions_report = None
    if calendar := single.get("promotions"):
        plan, promotions_report = read_promotions(
            calendar[0].source, name=calendar[0].name, sheet=_sheet(calendar[0]), date_order=order
        )
        history, promotions_report = promoted_beside(history, plan, promotions_report, changes)
    listed_items, items_report, own = _listed(
        single.get("items", []),
        single.get("stock", []),
        order,
        str(history.report.dialect.get("currency", "")),
        history.skus,
        changes,
    )
    if (given := single.get("settings")) is not None:
        listed_items, items_report = _as_set(
            listed_items, items_report, given[0], order, history.skus, changes
        )
    if items_report is not None and {"receipt_date", "arrival_date"} & set(items_report.mapping):
        history = with_lots(history, _lots_of(single, own, order, history.skus, changes))
    materials = (
        read_bom(single["bom"][0].source, name=single["bom"][0].name, sheet=_sheet(single["bom"][0]))
        if "bom" in single
        else None
    )
    read = Reading(history, listed_items, items_report, materials, receipts_report, promotions_report, own)
    return _joined(read, changes)


def _joined(reading: Reading, changes: Sequence[str]) -> Reading:
    """The reading with codes joined as told, and with what is to say of those that find no sales."""
    sold, problems = reading.history.skus, list[Problem]()
    if changes and reading.items is not None:
        items, problems = joined_items(reading.items, sold, changes)
        reading = replace(reading, items=items)
    if changes and reading.bom is not None:
        reading = replace(reading, bom=joined_bom(reading.bom, sold, changes))
    if reading.joining is None:
        return reading
    problems += joining_problems(reading.joining) if not changes or reading.joining.would_join else []
    report = reading.history.report
    return (
        replace(
            reading,
            history=replace(reading.history, report=replace(report, problems=(*report.problems, *problems))),
        )
        if problems
        else reading
    )
