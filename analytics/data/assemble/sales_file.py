"""A file of sales while it is read: its columns by role, and what was found, assumed and told so far."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.column_roles import RoleMap
from analytics.data.columns.item_facts import ItemFacts
from analytics.data.history import Promotions, no_lines_apart
from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.line_kinds import Choices
from analytics.data.lines.rejections import RowFilter
from analytics.data.meaning.ledger import InAndOut
from analytics.data.meaning.meanings import Meanings
from analytics.data.meaning.open_orders import OpenLines
from analytics.data.units.units_said import Measured
from analytics.data.values.categorical import Coded, product_codes
from analytics.data.values.stated_scale import sizes_said
from analytics.errors import DataError, Problem
from analytics.naming.labels import percent_text

__all__ = ["SalesFile"]


class SalesFile:
    """A file of sales while it is read: each step takes what those before it left and adds what it found."""

    def __init__(
        self,
        table: RawTable,
        roles: RoleMap,
        rows: RowFilter,
        choices: Choices,
        treatments: Mapping[str, Mapping[str, str]] | None = None,
        items: ItemFacts | None = None,
    ) -> None:
        """`treatments` are answers by column and value, `items` what the list of items says of units."""
        self.items = items
        self.both: InAndOut | None = None
        self.measured: Measured | None = None
        self.table, self.roles, self.rows, self.choices = table, roles, rows, choices
        self.meanings = Meanings(treatments or {})
        self.apart = no_lines_apart()
        self.states: OpenLines | None = None
        self.promotion: NDArray[np.float64] | None = None
        self.promotions: Promotions | None = None
        self.column: dict[str, Coded] = {role: table.columns[i] for role, i in roles.role.items()}
        self.named: dict[str, str] = {role: table.names[i] for role, i in roles.role.items()}
        self.problems: list[Problem] = [*table.problems, *sizes_said(self.named)]
        self.periods: frozenset[int] = frozenset()
        self.repeated: Future[list[Problem]] | None = None
        self.further: tuple[Mapping[str, Any], ...] = ()
        self.assumed: list[str] = [
            f"{role} = column {table.names[i]!r} (by {roles.evidence[role]}, confidence {percent_text(roles.confidence[role])})"
            for role, i in roles.role.items()
            if roles.evidence[role] == "content" or roles.confidence[role] < 0.6
        ]
        encoding = str(table.dialect.get("encoding", ""))
        if encoding and not encoding.startswith(("utf", "excel")) and encoding not in ("parquet", "arrow"):
            word = next(
                (
                    text
                    for texts in (table.names, *(c.values for c in (*self.column.values(),)))
                    for text in texts
                    if not text.isascii()
                ),
                "",
            )
            self.assumed.append(
                f"encoding {encoding}" + (f", in which {word.strip()[:40]!r} is a word" if word else "")
            )
        codes = self.column["sku"]
        self.sku = product_codes(codes)
        if len(self.sku.values) < len(codes.values):
            count = len(codes.values) - len(self.sku.values)
            self.problems.append(
                Problem(
                    "sku_spaces",
                    f"{count} product codes differ from another only in outer or double spaces; they were read as one product",
                    "nothing to do",
                    count=count,
                )
            )

    def usable(self) -> NDArray[np.intp]:
        """The positions of the rows that are good so far; raises DataError where there is none."""
        good = np.flatnonzero(self.rows.good)
        if not len(good):
            rejected, reasons = self.rows.finish()
            words = Problem(
                "no_usable_row",
                "no row can be used",
                "see the reasons",
                found=f"{len(rejected)} rows rejected",
                expected="at least one sales line",
            )
            raise DataError([words, *reasons], self.meanings.listed)
        return good
