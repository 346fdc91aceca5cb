"""What the rows of a file of sales mean: its columns of states, movements and marks, judged one after the other and in the light of the quantities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.data.coded import Coded
from analytics.data.lines import Choices, sides_of
from analytics.data.meaning import Judged, Meanings
from analytics.data.raw import RawTable
from analytics.data.row_columns import header_role, inherited, shares_below, told_columns_of_rows, words_judged
from analytics.errors import Problem

__all__ = ["Lines", "judge_rows"]

#: reason of rows left out -> the choice that keeps them
_CHOICES = {"internal_transfer": "internal_transfers", "stock_correction": "stock_corrections", "cancelled_order": "cancelled_orders", "not_an_order": "cancelled_orders"}
#: with more than this share of the sales of a ledger below zero, they are written as issues from stock
_ISSUED = 0.8


@dataclass(frozen=True, eq=False)
class Lines:
    """The rows of a file of sales while it is read: `column` and `numbers` by role, `day` of every row, which are `good` so far."""

    table: RawTable
    role: Mapping[str, int]
    column: Mapping[str, Coded]
    numbers: dict[str, NDArray[np.float64]]
    sku: Coded
    day: NDArray[np.datetime64]
    good: NDArray[np.bool_]

    def money(self) -> NDArray[np.float64] | None:
        """Money of every row as far as columns tell; None where none does."""
        if "revenue" in self.numbers or "price" not in self.numbers:
            return self.numbers.get("revenue")
        return self.numbers["price"] * self.numbers["quantity"]


def judge_rows(lines: Lines, choices: Choices, meanings: Meanings, problems: list[Problem], assumed: list[str]) -> None:
    """Judge every column that says what a row is, into `meanings`; turn the signs of a ledger in which sales are issues (`numbers`)."""
    keep = {reason: getattr(choices, option) == "keep" for reason, option in _CHOICES.items()}
    taken = {i: role for role, i in lines.role.items()}
    for i in told_columns_of_rows(lines.table.names, taken, meanings):
        cells, name = lines.table.columns[i], lines.table.names[i]
        if sides_of(cells):
            continue
        if header_role(name)[0] == "state":
            cells = inherited(cells, lines.column.get("order"))
        found = words_judged(cells, name, meanings, keep)
        if found is None:
            if header_role(name)[0] and taken.get(i, "") in ("", "type", "status"):
                assumed.append(f"{name[:40]!r} says nothing of what its rows are: it is not used")
            continue
        judged, kinds = found
        meanings.add(judged)
        if judged.role == "movement":
            _issues_turned(lines, judged, kinds, assumed)


def _issues_turned(lines: Lines, judged: Judged, kinds: Sequence[str], assumed: list[str]) -> None:
    """Turn the signs of a ledger in which what leaves the stock is below zero, and of returns that are written like sales."""
    quantity = lines.numbers["quantity"]
    sold = judged.cells.spread(np.array([k in ("sale", "issue") for k in kinds], bool))
    if shares_below(quantity, sold & lines.good) > _ISSUED:
        lines.numbers["quantity"] = -quantity
        assumed.append(f"sales stand in {judged.column!r} as issues from stock: quantities below zero were counted as sold")
