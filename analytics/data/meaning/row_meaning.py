"""What the rows of a file of sales mean: its columns of states, movements and marks, judged one after the other and in the light of the quantities.

One concept: the order in which the columns of a file are judged. States, movements, marks and directions each
see what those before them said of the same rows, so the order is the content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.column_roles import RoleMap, map_sales_columns
from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.line_kinds import Choices, sides_of
from analytics.data.meaning.document_codes import document_numbers_judged
from analytics.data.meaning.ledger import (
    InAndOut,
    balance_judged,
    balance_of,
    in_and_out,
    places_judged,
    references_judged,
    says_direction,
    sign_judged,
    signs_beside,
)
from analytics.data.meaning.marks import (
    Evidence,
    is_mark,
    mark_of,
    marks_among,
    marks_judged,
    returns_of_their_own,
)
from analytics.data.meaning.meanings import Judged, Meanings
from analytics.data.meaning.open_orders import OpenLines, open_ahead, repeats_judged
from analytics.data.meaning.row_columns import (
    header_role,
    inherited,
    shares_below,
    told_columns_of_rows,
    words_judged,
)
from analytics.data.values.categorical import Coded
from analytics.data.values.numbers import parse_numbers
from analytics.errors import Problem
from analytics.naming.labels import total_text

__all__ = ["Lines", "judge_rows", "settled_roles"]

#: reason of rows left out -> the choice that keeps them
_CHOICES = {
    "internal_transfer": "internal_transfers",
    "stock_correction": "stock_corrections",
    "cancelled_order": "cancelled_orders",
    "not_an_order": "cancelled_orders",
}
#: with more than this share of the sales of a ledger below zero, they are written as issues from stock
_ISSUED = 0.8


@dataclass(frozen=True, eq=False)
class Lines:
    """The rows of a file of sales while it is read: `column`, `named` and `numbers` by role, `day` of every row, which are `good` so far.

    `mark` is the decimal mark, `both` what came in and went out where these are two columns.
    """

    table: RawTable
    role: Mapping[str, int]
    column: Mapping[str, Coded]
    named: dict[str, str]
    numbers: dict[str, NDArray[np.float64]]
    sku: Coded
    day: NDArray[np.datetime64]
    good: NDArray[np.bool_]
    mark: str = "."
    both: InAndOut | None = None

    def money(self) -> NDArray[np.float64] | None:
        """Money of every row as far as columns tell; None where none does."""
        if "revenue" in self.numbers or "price" not in self.numbers:
            return self.numbers.get("revenue")
        return self.numbers["price"] * self.numbers["quantity"]

    @property
    def taken(self) -> dict[int, str]:
        """The role of each column that has one."""
        return {i: role for role, i in self.role.items()}


def settled_roles(
    names: Sequence[str], columns: Sequence[Coded], mapping: Mapping[str, str | int] | None
) -> tuple[RoleMap, InAndOut | None]:
    """The roles of the columns, without those that mark rows by yes and no, and with what came in and what went out of a ledger as one quantity."""
    both = None
    if not (mapping and "quantity" in mapping) and any(says_direction(name) for name in names[:300]):
        named = map_sales_columns(tuple(names), columns, mapping, by_content=False).role
        both = in_and_out(names, columns, named.get("quantity", -1), list(named.values()))
    roles = map_sales_columns(
        tuple(names), columns, mapping if both is None else {**(mapping or {}), "quantity": both.outgoing}
    )
    role = {
        r: i
        for r, i in roles.role.items()
        if r not in ("returned", "cancelled", "shipped")
        or roles.evidence[r] == "told"
        or not is_mark(names[i], columns[i])
    }
    if both is None:
        return replace(roles, role=role), None
    role = {r: i for r, i in role.items() if i != both.incoming}
    return replace(
        roles,
        role=role,
        confidence={**roles.confidence, "quantity": 0.9},
        evidence={**roles.evidence, "quantity": "name"},
    ), both


def judge_rows(
    lines: Lines, choices: Choices, meanings: Meanings, problems: list[Problem], assumed: list[str]
) -> OpenLines:
    """Judge every column that says what a row is, into `meanings`; turn the signs of a ledger in which sales are issues (`numbers`).

    Gives which lines are open orders that count as demand, and which are fulfilled.
    """
    keep = {reason: getattr(choices, option) == "keep" for reason, option in _CHOICES.items()}
    n = len(lines.sku)
    states, moved, returned = OpenLines(np.zeros(n, bool), np.zeros(n, bool)), False, np.zeros(n, bool)
    for cells, name in _columns_of_words(lines, meanings):
        found = words_judged(cells, name, meanings, keep)
        if found is None:
            if header_role(name)[0]:
                assumed.append(f"{name[:40]!r} says nothing of what its rows are: it is not used")
                for role in ("status", "type"):
                    if lines.named.get(role) == name:
                        lines.named.pop(role)
            continue
        judged, kinds = found
        if judged.role == "state":
            ahead = open_ahead(judged, kinds, lines.day, lines.good, lines.named.get("date", ""))
            judged, kinds = (judged, kinds) if ahead is None else (ahead, [*kinds, *kinds])
            if "returned" in kinds:
                judged = _of_their_own(judged, kinds, lines, problems)
        told = meanings.add(judged)
        if judged.role == "state":
            states.said_by(told, kinds)
        of_stock = [
            k in ("sale", "issue", "receipt", "transfer", "adjustment", "production", "consumption", "other")
            for k in kinds
        ]
        moved |= (judged.role == "movement" and any(of_stock)) or sum(of_stock) > 1
        returned |= told.cells.spread(np.array([t == "return" for t in told.treatment], bool))
        if judged.role == "movement" or sum(of_stock) > 1:
            _issues_turned(lines, told, [k in ("sale", "issue") for k in kinds], assumed)
    _directions(lines, moved, returned, meanings, assumed)
    _marks(lines, keep | {"free_line": choices.free_lines == "keep"}, states.fulfilled, meanings, problems)
    if "order" in lines.role:
        table, sku = lines.table, lines.sku.codes.astype(np.int64)
        if not moved and not returned.any():
            numbers = table.columns[lines.role["order"]]
            named = table.names[lines.role["order"]]
            judged_numbers = document_numbers_judged(named, numbers, lines.numbers["quantity"])
            if judged_numbers is not None:
                meanings.add(judged_numbers)
        repeats = repeats_judged(
            table.names,
            table.columns,
            lines.taken,
            lines.role["order"],
            sku,
            lines.day,
            lines.numbers["quantity"],
            lines.named["quantity"],
        )
        if repeats is not None:
            meanings.add(repeats)
    return states


def _columns_of_words(lines: Lines, meanings: Meanings) -> list[tuple[Coded, str]]:
    """Columns whose words may say what a row is, a state filled in from the first line of each order."""
    out = []
    for i in told_columns_of_rows(lines.table.names, lines.table.columns, lines.taken, meanings):
        cells, name = lines.table.columns[i], lines.table.names[i]
        if sides_of(cells) or is_mark(name, cells):
            continue
        out.append(
            (inherited(cells, lines.column.get("order")) if header_role(name)[0] == "state" else cells, name)
        )
    return out


def _evidence(lines: Lines) -> Evidence:
    return Evidence(
        lines.sku.codes.astype(np.int64),
        lines.day,
        lines.numbers["quantity"],
        lines.column.get("order"),
        lines.column.get("customer"),
        lines.good,
    )


def _of_their_own(judged: Judged, kinds: Sequence[str], lines: Lines, problems: list[Problem]) -> Judged:
    """Lines whose state is returned: returns of their own, or the sale undone."""
    hit = judged.cells.spread(np.array([k == "returned" for k in kinds], bool))
    own, why = returns_of_their_own(hit, _evidence(lines))
    _say_returns(hit, own, why, judged.column, lines, problems)
    if own:
        return judged
    words = f"came back, the sale itself is undone: {why}"
    undone = [k == "returned" and t == "return" for k, t in zip(kinds, judged.treatment, strict=True)]
    return replace(
        judged,
        treatment=tuple("leave out" if u else t for u, t in zip(undone, judged.treatment, strict=True)),
        words=tuple(words if u else w for u, w in zip(undone, judged.words, strict=True)),
        reason=tuple("returned_sale" if u else r for u, r in zip(undone, judged.reason, strict=True)),
    )


def _say_returns(
    hit: NDArray[np.bool_], own: bool, why: str, name: str, lines: Lines, problems: list[Problem]
) -> None:
    hit = hit & lines.good
    if not hit.any():
        return
    units = total_text(float(np.abs(np.nan_to_num(lines.numbers["quantity"][hit])).sum()))
    done = (
        "they are returns of their own and reduce the units of their product"
        if own
        else "the marked sales are undone: their units are not counted"
    )
    words = f"{int(hit.sum()):,} lines marked by {name!r}: {units} units came back; {done} ({why})"
    remedy = f'if that is wrong, say so on the page Data or with --treat "{name}:VALUE={"leave out" if own else "return"}"'
    problems.append(
        Problem(
            "returns_marked",
            words,
            remedy,
            int(lines.table.row[int(np.argmax(hit))]),
            name,
            count=int(hit.sum()),
        )
    )


def _marks(
    lines: Lines,
    keep: Mapping[str, bool],
    fulfilled: NDArray[np.bool_],
    meanings: Meanings,
    problems: list[Problem],
) -> None:
    """Columns of marks: returned, cancelled, sample, free, internal."""
    for i in marks_among(lines.table.names, lines.table.columns, lines.taken):
        cells, name = lines.table.columns[i], lines.table.names[i]
        judged, why = marks_judged(
            cells, name, _evidence(lines), keep, fulfilled if fulfilled.any() else None
        )
        if mark_of(name) == "cancelled":
            judged = replace(judged, cells=inherited(judged.cells, lines.column.get("order")))
        told = meanings.add(judged)
        if why and told.treatment == judged.treatment:
            hit = judged.cells.spread(
                np.array([t in ("return", "leave out") for t in judged.treatment], bool)
            )
            _say_returns(hit, "return" in judged.treatment, why, name, lines, problems)


def _directions(
    lines: Lines, moved: bool, returned: NDArray[np.bool_], meanings: Meanings, assumed: list[str]
) -> None:
    """Movements that no word tells: two columns, places, a balance, the sign."""
    names, columns, quantity = lines.table.names, lines.table.columns, lines.numbers["quantity"]
    if lines.both is not None:
        meanings.add(lines.both.judged(names, ~returned))
        lines.numbers["quantity"] = np.abs(quantity)
        assumed.append(
            f"quantity = {names[lines.both.outgoing]} where something went out, {names[lines.both.incoming]} where it came in"
        )
        return
    ways = places_judged(names, columns) or (None if moved else references_judged(names, columns))
    if ways is not None:
        told = meanings.add(ways)
        _issues_turned(lines, told, [t == "count" for t in told.treatment], assumed)
        return
    if moved:
        return
    if (signs := signs_beside(names, columns, quantity)) is not None:
        meanings.add(signs)
        return
    balance = balance_of(names, columns, [i for i in lines.role.values() if i != lines.role.get("on_hand")])
    if balance >= 0:
        after = columns[balance].spread(parse_numbers(columns[balance].values, lines.mark)[0])
        group = lines.sku.codes.astype(np.int64)
        if "warehouse" in lines.column:
            group = group * len(lines.column["warehouse"].values) + lines.column["warehouse"].codes
        found = balance_judged(after, quantity, group, lines.good, names[balance])
        if found is not None:
            meanings.add(found)
            lines.numbers["quantity"] = np.abs(quantity)
            return
    if (found := sign_judged(quantity, lines.good, lines.named["quantity"])) is not None:
        told = meanings.add(found)
        if told.treatment[0] == "count":
            lines.numbers["quantity"] = -quantity


def _issues_turned(lines: Lines, judged: Judged, sold: Sequence[bool], assumed: list[str]) -> None:
    """Turn the signs of a ledger in which what leaves the stock is below zero."""
    quantity = lines.numbers["quantity"]
    if shares_below(quantity, judged.cells.spread(np.array(sold, bool)) & lines.good) > _ISSUED:
        lines.numbers["quantity"] = -quantity
        assumed.append(
            f"sales stand in {judged.column!r} as issues from stock: quantities below zero were counted as sold"
        )
