"""read_bom: a bill of materials as people export it -> BillOfMaterials, and the report of how it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.column_roles import told_columns
from analytics.data.files.source import open_source
from analytics.data.files.table import read_table
from analytics.data.history import IntakeReport
from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.rejections import RowFilter
from analytics.data.reshape.bom_levels import PARENT_ABOVE, parents_by_level
from analytics.data.values.categorical import product_codes
from analytics.data.values.conventions import likely_mark
from analytics.data.values.header_names import BOM_NAMES, normal_name
from analytics.data.values.numbers import parse_numbers
from analytics.errors import DataError, Problem

__all__ = ["BillOfMaterials", "read_bom"]


_NEEDED = {
    "parent": "parent or assembly",
    "component": "component or child",
    "quantity": "quantity per parent",
}


@dataclass(frozen=True, eq=False)
class BillOfMaterials:
    """What goes into what: one link per pair of codes, `quantity` units of the component in one unit of the parent.

    `codes` is the sorted vocabulary of all parents and components; `parent` and `component` (links,) are positions
    in it. Several levels: a component may itself be a parent. Cycles are possible here; `demand.bom` finds them.
    `incomplete` are positions of parents of which a row could not be used.
    """

    codes: NDArray[Any]
    parent: NDArray[np.int64]
    component: NDArray[np.int64]
    quantity: NDArray[np.float64]
    report: IntakeReport
    incomplete: NDArray[np.int64]

    def __len__(self) -> int:
        """How many lines (parent and component) there are."""
        return len(self.parent)


def read_bom(
    source: str | Path | bytes,
    *,
    name: str = "",
    sheet: str | int | None = None,
    mapping: Mapping[str, str | int] | None = None,
) -> BillOfMaterials:
    r"""What a bill of materials says: parent, component and quantity, one level a row, several levels by chaining.

    Columns are found by name in several languages; `mapping` names them where that fails. Rows that cannot be used (no code,
    no positive quantity) are rejected with a reason and their parents marked as incomplete; a pair that stands in several
    rows counts in sum.
    Of an indented list (a column of levels) the parent is the row above, one level higher. Quantities for 100 or 1,000 of the parent are divided by the column of the
    base quantity. Raises DataError where a column is missing or no row can be used.

    >>> bom = read_bom(b"parent;component;quantity\nbike;wheel;2\nwheel;spoke;32\n")
    >>> bom.codes.tolist(), bom.quantity.tolist()
    (['bike', 'spoke', 'wheel'], [2.0, 32.0])
    """
    piece = open_source(source, name)[0]
    table, top, again = parents_by_level(read_table(piece, sheet=sheet))
    by_level = {"parent": PARENT_ABOVE} if PARENT_ABOVE in table.names else {}
    at = _columns(table, {**by_level, **(mapping or {})})
    column = {role: table.columns[i] for role, i in at.items()}
    named = {role: table.names[i] for role, i in at.items()}
    rows = RowFilter(table)
    for mask, code in ((top, "bom_top"), (again, "bom_again")):
        rows.reject(mask, code, named["component"], column["component"], "a component", "nothing to do")
    parent, component = (product_codes(column[role]) for role in ("parent", "component"))
    for role, cells in (("parent", parent), ("component", component)):
        rows.reject(
            cells.spread(cells.values == ""),
            f"{role}_blank",
            named[role],
            "nothing",
            "a product code",
            "fill in the code",
        )
    amounts = [column[role] for role in ("quantity", "base_quantity") if role in column]
    mark, _ = likely_mark(amounts, table.dialect)
    amount, *base = (cells.spread(parse_numbers(cells.values, mark)[0]) for cells in amounts)
    if base:  # a list for 100 or 1,000 of the parent
        amount = amount / np.where(base[0] > 0.0, base[0], np.nan)
    rows.reject(
        ~np.isfinite(amount) | (amount <= 0.0),
        "quantity_not_positive",
        named["quantity"],
        column["quantity"],
        "a number above 0",
        "correct the quantity per parent",
    )
    rejected, problems = rows.finish()
    good = np.flatnonzero(rows.good)
    read = len(table) + len(table.rejected)
    if not len(good):
        raise DataError(
            [
                Problem(
                    "no_usable_row",
                    "no row of the bill of materials can be used",
                    "see the reasons",
                    expected="parent, component and quantity",
                ),
                *problems,
            ]
        )
    upper, lower = parent.texts()[good], component.texts()[good]
    codes = np.array(sorted({*upper, *lower}), dtype=object)
    where = {code: i for i, code in enumerate(codes)}
    pairs = np.array([where[a] * len(codes) + where[b] for a, b in zip(upper, lower, strict=True)], np.int64)
    links, first, inverse = np.unique(pairs, return_index=True, return_inverse=True)
    if len(links) < len(pairs):
        again = np.setdiff1d(np.arange(len(pairs)), first)
        row = int(table.row[good[again[0]]])
        found = f"{upper[again[0]]} <- {lower[again[0]]}"[:80]
        words, remedy = (
            "components that stand several times below one parent; quantities were added",
            "check that none is listed twice",
        )
        problems.append(
            Problem(
                "link_repeated",
                words,
                remedy,
                row,
                named["component"],
                found,
                "each component once per parent",
                len(again),
            )
        )
    quantity = np.bincount(inverse, weights=amount[good]).astype(np.float64)
    known = {where[t] for t in parent.texts()[~rows.good & ~top & ~again] if t in where}
    nothing = np.datetime64("NaT", "D")
    units, dialect = float(amount[good].sum()), {**table.dialect, "decimal": mark}
    report = IntakeReport(
        table.name, piece.digest, read, len(good), read - len(good), units, 0.0, float("nan"), 0.0, 0.0, nothing, nothing, "", "", dialect, named,
        problems=(*table.problems, *problems), assumed=(f"decimal mark {mark}",), rejected=rejected,
    )  # fmt: skip
    return BillOfMaterials(
        codes, links // len(codes), links % len(codes), quantity, report, np.array(sorted(known), np.int64)
    )


def _columns(table: RawTable, mapping: Mapping[str, str | int] | None) -> dict[str, int]:
    """Position of the three columns, and of the base quantity where there is one: told, else the best name; every column serves one role at most."""
    found = {role: i for role, i in told_columns(table.names, mapping or {}, BOM_NAMES).items() if i >= 0}
    ranked = []
    for role, names in BOM_NAMES.items():
        rank = {known: place for place, known in enumerate(names.split("|"))}
        ranked += [
            (rank[normal_name(text)], i, role)
            for i, text in enumerate(table.names)
            if normal_name(text) in rank
        ]
    for _, i, role in sorted(ranked):
        if role not in found and i not in found.values():
            found[role] = i
    missing = [role for role in _NEEDED if role not in found]
    if missing:
        words, remedy, there = (
            "no column of the bill of materials holds the ",
            "name the columns parent, component and quantity",
            ", ".join(table.names[:12]),
        )
        raise DataError(
            [
                Problem(
                    "missing_column",
                    words + role,
                    remedy,
                    found=there,
                    expected=f"a column such as {_NEEDED[role]}",
                )
                for role in missing
            ]
        )
    return found
