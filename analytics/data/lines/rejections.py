"""Rows that cannot be used: the first reason of each, as a table and as grouped problems."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.layout.raw_table import RawTable, Rejection
from analytics.data.values.categorical import Coded
from analytics.errors import Problem

__all__ = ["REASONS", "REJECTED_COLUMNS", "RowFilter"]

REJECTED_COLUMNS = ("row", "column", "found", "expected", "remedy", "text")

#: code -> what the rows of a reason are
REASONS = {
    "total_row": "rows of totals are not sales lines",
    "repeated_header": "the header stands again inside the table",
    "group_heading": "rows that name the product of the lines below them",
    "other_movement": "purchases, production and other movements of stock are not sales",
    "footnote": "lines of text are not sales lines",
    "second_table": "rows of another table below the first",
    "too_many_cells": "rows with more cells than columns",
    "too_few_cells": "rows with fewer cells than columns",
    "unbalanced_quote": "rows with a quote that never closes",
    "week_unknown": "weeks that no year has",
    "period_unknown": "fiscal periods beyond the twelve of a year, such as closing entries",
    "date_unreadable": "dates that cannot be read",
    "date_far": "dates years away from all others: a year may be mistyped",
    "date_blank": "rows without a date",
    "sku_blank": "rows without a product",
    "row_identical": "rows identical in every cell; each is counted once",
    "stock_older": "earlier stock of products whose later stock is in the file too",
    "sku_quote": "product codes with a stray quote",
    "quantity_blank": "rows without a quantity",
    "number_unreadable": "numbers that cannot be read",
    "number_doubtful": "whole numbers that may have been damaged by another decimal mark",
    "service_line": "lines that are not products (postage, fees, manual entries, vouchers)",
    "stock_correction": "stock corrections (price zero and no customer) are not sales",
    "internal_transfer": "internal transfers are not sales",
    "cancelled_order": "cancelled orders are not sales",
    "summary_column": "rows of sums over products",
    "bom_top": "products on top of their list of components: no component themselves",
    "bom_again": "components of a part that are listed above already, under another product; they count once",
    "repeated_line": "lines with the number of an earlier line, equal to it in every column; each counts once",
    "parent_blank": "rows without a parent",
    "component_blank": "rows without a component",
    "quantity_not_positive": "quantities per parent that are not a number above zero",
    "measure_of_units": "rows of revenue, read as that of the units beside them",
    "other_measure": "rows of forecasts, stock or money beside the units sold",
    "sample_line": "samples are not sales",
    "internal_line": "internal and test orders are not sales",
    "free_line": "lines free of charge are left out as told",
    "returned_sale": "sales that were returned are not counted",
    "repeated_order": "lines that repeat units of the order they name are counted once",
    "not_an_order": "quotations, drafts and orders not paid or approved are not sales",
    "meaning_unknown": "rows with a word whose meaning is not known",
    "left_out": "rows that are left out as told",
    "order_on_hand": "orders on hand are not sales yet",
    "receipt": "receipts of goods are not sales",
    "not_promoted": "days that the calendar lists as not promoted",
    "planned_row": "rows without a quantity after the last sale are no sales; those promoted are promotions ahead",
    "overlap": "lines that stand in an earlier file too",
}


class RowFilter:
    """Which rows of a table are still good, and the first reason why the others are not."""

    def __init__(self, table: RawTable) -> None:
        """Every row of `table` is good until it is rejected."""
        self.table = table
        self.good = np.ones(len(table), bool)
        self._pending: list[tuple[NDArray[np.intp], str, Any, str, str, str, str]] = []

    def reject(
        self,
        mask: NDArray[np.bool_],
        code: str,
        column: str,
        found: Any,
        expected: str,
        remedy: str,
        message: str = "",
    ) -> int:
        """Reject the rows of a mask that are still good; `found` is a text or the column that holds it, `message` what is said of them (else the words of the code).

        Returns how many.
        """
        hit = mask & self.good
        rows = np.flatnonzero(hit) if hit.any() else np.zeros(0, np.intp)
        if len(rows):
            self.good[rows] = False
            self._pending.append((rows, code, found, column, expected, remedy, message))
        return len(rows)

    def reject_values(
        self,
        cells: Coded,
        bad: NDArray[np.bool_],
        code: str,
        column: str,
        found: Any,
        expected: str,
        remedy: str,
    ) -> int:
        """Reject the rows whose distinct text is bad; costs nothing where none is.

        Shape of `bad` (distinct texts,).
        """
        return self.reject(cells.spread(bad), code, column, found, expected, remedy) if bad.any() else 0

    def reasons(self) -> list[tuple[NDArray[np.intp], str]]:
        """Positions of rejected rows with the code of their reason."""
        return [(rows, code) for rows, code, *_ in self._pending]

    def finish(self) -> tuple[pd.DataFrame, list[Problem]]:
        """The table of rejected rows (by row), and one problem per reason."""
        problems: list[Problem] = []
        frames: list[pd.DataFrame] = []
        groups: dict[tuple[str, str, str, str], list[Rejection]] = {}
        for item in self.table.rejected:
            groups.setdefault((item.code, item.column, item.expected, item.remedy), []).append(item)
        if self.table.rejected:
            frames.append(
                pd.DataFrame(
                    [[r.row, r.column, r.found, r.expected, r.remedy, r.text] for r in self.table.rejected],
                    columns=list(REJECTED_COLUMNS),
                )
            )
        for (code, column, expected, remedy), items in groups.items():
            problems.append(
                Problem(
                    code,
                    REASONS.get(code, code.replace("_", " ")),
                    remedy,
                    items[0].row,
                    column,
                    items[0].found,
                    expected,
                    len(items),
                )
            )
        for rows, code, found, column, expected, remedy, message in self._pending:
            numbers = self.table.row[rows]
            texts = (
                found.texts()[rows] if isinstance(found, Coded) else np.full(len(rows), found, dtype=object)
            )
            frames.append(
                pd.DataFrame(
                    {
                        "row": numbers,
                        "column": column,
                        "found": texts,
                        "expected": expected,
                        "remedy": remedy,
                        "text": self.table.text_of(numbers),
                    }
                )
            )
            problems.append(
                Problem(
                    code,
                    message or REASONS.get(code, code.replace("_", " ")),
                    remedy,
                    int(numbers[0]),
                    column,
                    str(texts[0])[:80],
                    expected,
                    len(rows),
                )
            )
        frame = (
            pd.concat(frames, ignore_index=True).sort_values("row", kind="stable", ignore_index=True)
            if frames
            else pd.DataFrame(columns=list(REJECTED_COLUMNS))
        )
        return frame, problems
