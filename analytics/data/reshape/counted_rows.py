"""A file without a quantity, where every row is one unit sold: counted so where that was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from analytics.data.columns.column_roles import ONE_A_ROW
from analytics.data.layout.raw_table import RawTable
from analytics.data.values.categorical import Coded
from analytics.errors import Problem

__all__ = ["counted_by_row"]


def counted_by_row(table: RawTable, mapping: Mapping[str, str | int] | None) -> RawTable:
    """The table with a quantity of 1 in every row, where it was told that every row is one unit sold; else as it is."""
    if str((mapping or {}).get("quantity", "")).strip().lower() != ONE_A_ROW or ONE_A_ROW in table.names:
        return table
    ones = Coded(np.zeros(len(table), np.int32), np.array(["1"], dtype=object))
    said = Problem("one_a_row", "every row counts as one unit, as told", "nothing to do", count=len(table))
    columns = (*(table.columns[i] for i in range(len(table.names))), ones)
    return replace(table, names=(*table.names, ONE_A_ROW), columns=columns, problems=[*table.problems, said])
