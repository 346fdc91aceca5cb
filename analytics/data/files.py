"""Several files at once: which of them are sales, which the list of items, which the bill of materials, by what stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analytics.data.bom_file import BillOfMaterials, read_bom
from analytics.data.currencies import items_in_currency
from analytics.data.encoding import whole_lines
from analytics.data.history import IntakeReport, SalesHistory
from analytics.data.items_file import read_items
from analytics.data.joining import Joining, changes_told, joined_bom, joined_items, joining_of, joining_problems
from analytics.data.mapping import look, map_sales_columns
from analytics.data.periods import spelled_names
from analytics.data.raw import RawTable
from analytics.data.roles import BOM_NAMES, normal_name, role_of_name
from analytics.data.sales import read_sales
from analytics.data.source import Piece, open_source
from analytics.data.table import read_table
from analytics.data.told import Told
from analytics.data.wide import wide_columns
from analytics.errors import DataError, Problem
from analytics.items import Items

__all__ = ["Given", "Reading", "header_of", "kind_of", "read_files"]

#: so much of a text file tells what it is
_HEAD = 300_000
#: names that mean a component whatever else the file holds; "item" or "part" may be a product sold
_COMPONENT = frozenset(
    "component|component sku|child|child sku|component item|component part|component material|child item|component id|child id|komponente|unterteil|bauteil|einzelteil"
    "|komponentennummer|composant|article composant|componente|hijo|articulo componente|componente figlio|onderdeel".split("|")
)
_WORDS = {"items": "list of items", "bom": "bill of materials"}


@dataclass(frozen=True, eq=False)
class Given:
    """A file as it came: a path or its bytes, and its name."""

    source: str | Path | bytes
    name: str = ""


@dataclass(frozen=True, eq=False)
class Reading:
    """What the files of a study say: sales; items with the report of how they were read; bill of materials."""

    history: SalesHistory
    items: Items | None = None
    items_report: IntakeReport | None = None
    bom: BillOfMaterials | None = None

    @property
    def joining(self) -> Joining | None:
        """How the codes of the items file join those sold; None without one."""
        return None if self.items is None else joining_of(self.items.skus, self.history.skus)


def kind_of(table: RawTable) -> str:
    """What a table holds: sales, items or bom (a bill of materials). In doubt it is sales, whose reader says what is missing.

    A bill of materials names a parent, a component and a quantity; sales have a date and a quantity, or a column per period;
    items have a product code and some attribute of a product, such as a cost or a lead time.
    """
    names = [normal_name(name) for name in table.names]
    if _COMPONENT & set(names) and all(set(BOM_NAMES[role].split("|")) & set(names) for role in ("parent", "quantity")):
        return "bom"
    roles = map_sales_columns(table.names, table.columns, None, by_content=False).role
    if wide_columns(spelled_names(table, None).names, Told()) is not None or {"date", "quantity"} <= set(roles):
        return "sales"
    known = [role_of_name(name, items=True)[0] for name in table.names]
    if any(look(column).dates > 0.9 for role, column in zip(known, table.columns, strict=True) if not role.endswith("_date")):
        return "sales"
    found = set(known) - {""}
    return "items" if "sku" in found and len(found) > 1 else "sales"


def _beginning(piece: Piece) -> RawTable | None:
    """The table as far as its beginning tells; None where nothing can be read."""
    head = whole_lines(piece.held[:_HEAD]) if piece.kind == "text" and piece.size > _HEAD else b""
    short = replace(piece, held=head, path=None) if head else piece
    try:
        return read_table(short)
    except DataError:
        return None


def _kind(piece: Piece) -> str:
    table = _beginning(piece)
    return "sales" if table is None else kind_of(table)


def header_of(files: Sequence[Given]) -> tuple[str, ...]:
    """The names of the columns of the first file that may hold sales; empty where nothing can be read.

    >>> header_of([Given(b"sku,unit_cost\\nA,3\\n"), Given(b"date,sku,quantity\\n2012-01-27,A,3\\n")])
    ('date', 'sku', 'quantity')
    """
    tables = [table for file in files for piece in open_source(file.source, file.name) if (table := _beginning(piece)) is not None]
    return next((table.names for table in tables if kind_of(table) == "sales"), ())


def _sorted_out(files: Sequence[Given]) -> tuple[list[Given], dict[str, list[Given]]]:
    """The files of sales, and the others by kind; where nothing is left for sales, all are."""
    kinds = []
    for file in files:
        found = {_kind(piece) for piece in open_source(file.source, file.name)}
        kinds.append(found.pop() if len(found) == 1 else "sales")
    sales = [file for file, kind in zip(files, kinds, strict=True) if kind == "sales"]
    if not sales:
        return list(files), {}
    return sales, {kind: [file for file, k in zip(files, kinds, strict=True) if k == kind] for kind in _WORDS}


def _items_of(file: Given, order: str) -> tuple[Items, IntakeReport]:
    """The list of items; where its own dates do not say whether the day or the month comes first, they are read as those of the sales are (`order`)."""
    try:
        return read_items(file.source, name=file.name)
    except DataError as doubt:
        if order not in ("DMY", "MDY") or {p.code for p in doubt.problems} != {"date_order"}:
            raise
    items, report = read_items(file.source, name=file.name, date_order=order)
    return items, replace(report, assumed=(*report.assumed, "its dates do not decide their order: that of the sales was used"))


def read_files(sales: Sequence[Given], items: Given | None = None, bom: Given | None = None, options: Mapping[str, Any] | None = None) -> Reading:
    """Sales, items and bill of materials of a study; among several files of sales the two others are recognised by their columns.

    `options` are those of read_sales, and `join`: the differences of writing (zeros, case, blanks, dashes, parted by commas) over which codes of the items and
    the bill of materials are joined to those sold; without it nothing is joined that is not written alike, and what would join is said.
    Raises DataError with every problem, with the name of the file where there are several.

    >>> files = [Given(b"parent,component,quantity\\nA,b,2\\n", "b.csv"), Given(b"date,sku,quantity\\n2012-01-27,A,3\\n", "s.csv")]
    >>> reading = read_files(files)
    >>> reading.history.skus.tolist(), reading.bom.codes.tolist(), reading.items
    (['A'], ['A', 'b'], None)
    """
    told = dict(options or {})
    changes = changes_told(told.pop("join", None))
    files, among = _sorted_out(sales) if len(sales) > 1 else (list(sales), {})
    single = {}
    notes = []
    for kind, given in (("items", items), ("bom", bom)):
        found = [*([given] if given is not None else []), *among.get(kind, [])]
        if len(found) > 1:
            listed = ", ".join(file.name for file in found)
            words = f"{len(found)} files look like a {_WORDS[kind]}"
            raise DataError(Problem(f"two_{kind}", words, "leave one of them", found=listed, expected=f"one {_WORDS[kind]}"))
        single[kind] = found[0] if found else None
        notes += [f"{file.name} was recognised by its columns as the {_WORDS[kind]}" for file in among.get(kind, [])]
    history = read_sales([file.source for file in files], name=[file.name for file in files], **told)
    if notes:
        history = replace(history, report=replace(history.report, assumed=(*notes, *history.report.assumed)))
    order = str(told.get("date_order") or history.report.date_order)
    listed_items, report = _items_of(single["items"], order) if single["items"] is not None else (None, None)
    if listed_items is not None and report is not None:
        listed_items, report = items_in_currency(listed_items, report, str(history.report.dialect.get("currency", "")))
    materials = read_bom(single["bom"].source, name=single["bom"].name) if single["bom"] is not None else None
    return _joined(Reading(history, listed_items, report, materials), changes)


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
    return replace(reading, history=replace(reading.history, report=replace(report, problems=(*report.problems, *problems)))) if problems else reading
