"""What rows mean: every value of a column that says what a row is, with its rows, units, money and what was done with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.data.meaning.listed_meanings import Meaning, problem_of_unknown
from analytics.data.meaning.treatments import PROMOTED, TREATMENTS, plain_value
from analytics.data.values.categorical import Coded
from analytics.errors import Problem

__all__ = ["DECIDES", "Judged", "Meanings", "rank_of"]

#: where several columns speak of one row, the last of these that one of them says holds
_RANK = {"count": 0, "return": 1, "on hand": 2, "ask": 3, "receipt": 4, "leave out": 5}
#: unknown rows with more than this share of the units or of the money are asked about: nothing is answered before
DECIDES = 0.01
#: so many values of a column are listed one by one, those with most units first
LISTED = 50
#: so many further values that nobody knows, so that each can be answered
ASKED = 2000


@dataclass(frozen=True, eq=False)
class Judged:
    """A column of meaning: for each of its distinct values the treatment, on what it rests, why, and the code with which rows left out are set aside.

    `mask` (None: every row) tells the rows for which the column speaks; `question` replaces the words in which unknown values are asked about, `remedy` what
    to do then.
    """

    cells: Coded
    column: str
    role: str
    treatment: tuple[str, ...]
    basis: tuple[str, ...]
    words: tuple[str, ...]
    reason: tuple[str, ...] = ()
    mask: NDArray[np.bool_] | None = None
    question: str = ""
    remedy: str = ""
    #: products by value, see `Meaning`
    products: Mapping[int, tuple[tuple[str, int, float], ...]] = field(default_factory=dict)

    @cached_property
    def ranks(self) -> NDArray[np.int8]:
        """Rank of each value's treatment among those of other columns."""
        return np.array([_RANK.get(t, 0) for t in self.treatment], np.int8)


@dataclass(eq=False)
class Meanings:
    """The meanings found in one file, and what was told about them; filled by `add`, then settled once for all columns."""

    treatments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    columns: list[Judged] = field(default_factory=list)
    listed: list[Meaning] = field(default_factory=list)
    _used: set[tuple[str, str]] = field(default_factory=set)

    @cached_property
    def _told(self) -> dict[str, dict[str, str]]:
        return {
            plain_value(c): {plain_value(v): t for v, t in values.items()}
            for c, values in self.treatments.items()
        }

    def told(self, column: str, value: str) -> str:
        """What was told about a value of a column; "" where nothing was."""
        key = (plain_value(column), plain_value(value))
        found = self._told.get(key[0], {}).get(key[1], "")
        if found:
            self._used.add(key)
        return found

    def tells_of(self, column: str) -> bool:
        """Whether anything was told about a column: then it is one of meaning, whatever stands in it."""
        return plain_value(column) in self._told

    def add(self, judged: Judged) -> Judged:
        """Take a column in; what was told about its values goes before what was found."""
        told = (
            [self.told(judged.column, str(value)) for value in judged.cells.values]
            if self.tells_of(judged.column)
            else []
        )
        if any(told):
            several = [judged.role == "unit" and " to " in w for w in judged.words]  # factors by product
            possible = PROMOTED if judged.role == "promotion" else TREATMENTS
            said = [
                t if t and not many and (t in possible or judged.role == "unit") else old
                for t, old, many in zip(told, judged.treatment, several, strict=True)
            ]
            new = [bool(t) and t == s for t, s in zip(told, said, strict=True)]
            judged = replace(
                judged,
                treatment=tuple(said),
                basis=tuple("told" if n else b for n, b in zip(new, judged.basis, strict=True)),
                words=tuple(
                    f"{s}: as told" if n else w for n, s, w in zip(new, said, judged.words, strict=True)
                ),
                reason=tuple(
                    "left_out" if n else r
                    for n, r in zip(new, judged.reason or ("",) * len(said), strict=True)
                ),
            )
        self.columns.append(judged)
        return judged

    def combined(self, rows: int) -> NDArray[np.int8]:
        """Rank of the treatment of every row over all columns; see `mask`."""
        out = np.zeros(rows, np.int8)
        for one in self.columns:
            if one.ranks.any():
                here = one.cells.spread(one.ranks)
                np.maximum(out, here if one.mask is None else np.where(one.mask, here, 0), out=out)
        return out

    def weigh(
        self, quantity: NDArray[np.float64], money: NDArray[np.float64] | None, good: NDArray[np.bool_]
    ) -> None:
        """List the values of every column with their rows, units and money among the rows that are good so far."""
        size = np.where(good, np.abs(np.nan_to_num(quantity)), 0.0) if self.columns else quantity
        worth = (
            np.where(good, np.abs(np.nan_to_num(money)), 0.0) if money is not None and self.columns else None
        )
        self.listed = [meaning for one in self.columns for meaning in _listed(one, size, worth, good)]

    def unknown(
        self,
        quantity: NDArray[np.float64],
        money: NDArray[np.float64] | None,
        good: NDArray[np.bool_],
        ranks: NDArray[np.int8],
    ) -> list[Problem]:
        """Problems where the rows that nobody knows what to do with decide the total by more than DECIDES; empty where they do not.

        Arrays are (rows,): `quantity` in units, `money` in the currency of the file.
        """
        ask = (ranks == _RANK["ask"]) & good
        if not ask.any():
            return []
        stake = good & (ranks <= _RANK["ask"])
        shares = []
        measured = any(one.role == "unit" and "ask" in one.treatment for one in self.columns)
        for amount in (
            quantity,
            money,
            np.ones(len(quantity)) if measured else None,
        ):  # a box is one unit and may be a thousand pieces: rows count too
            if amount is not None:
                size = np.abs(np.nan_to_num(amount))
                total = float(size[stake].sum())
                shares.append(float(size[ask].sum()) / total if total else 0.0)
        if max(shares) <= DECIDES:
            return []
        return [self.asked(one) for one in self.columns if "ask" in one.treatment]

    def asked(self, one: Judged) -> Problem:
        """The question what the unknown values of a column are."""
        problem = problem_of_unknown(
            one.column,
            [m for m in self.listed if (m.column, m.role, m.treatment) == (one.column, one.role, "ask")],
        )
        return (
            replace(problem, message=one.question, remedy=one.remedy or problem.remedy)
            if one.question
            else problem
        )

    def not_there(self) -> list[Problem]:
        """What was told about columns and values that the file does not have."""
        there = {plain_value(one.column) for one in self.columns}
        found = []
        for column, values in self.treatments.items():
            if plain_value(column) not in there:
                words = (
                    f"something was told about the column {column!r}, which says nothing of rows in this file"
                )
                found.append(
                    Problem(
                        "treatment_unused",
                        words,
                        "check the name of the column",
                        column=column,
                        found=", ".join(values)[:80],
                    )
                )
                continue
            lacking = [v for v in values if (plain_value(column), plain_value(v)) not in self._used]
            if lacking:
                words = (
                    f"something was told about {len(lacking)} values of {column!r} that are not in the file"
                )
                found.append(
                    Problem(
                        "treatment_unused",
                        words,
                        "check how they are written",
                        column=column,
                        found=", ".join(lacking)[:80],
                        count=len(lacking),
                    )
                )
        return found


def rank_of(treatment: str) -> int:
    """The rank of a treatment in `Meanings.combined`."""
    return _RANK[treatment]


def _listed(
    one: Judged, size: NDArray[np.float64], worth: NDArray[np.float64] | None, good: NDArray[np.bool_]
) -> list[Meaning]:
    """The values of a column, those with most units first; beyond LISTED in one line for each treatment."""
    n = len(one.cells.values)
    codes, here = one.cells.codes, good if one.mask is None else good & one.mask
    rows = np.bincount(codes[here] if not here.all() else codes, minlength=n)
    units = np.bincount(
        codes, weights=size if one.mask is None else np.where(one.mask, size, 0.0), minlength=n
    )
    money = (
        np.full(n, np.nan)
        if worth is None
        else np.bincount(
            codes, weights=worth if one.mask is None else np.where(one.mask, worth, 0.0), minlength=n
        )
    )
    order = [int(i) for i in np.lexsort((-rows, -units)) if rows[i]]
    shown = order[:LISTED] + [i for i in order[LISTED:] if one.treatment[i] == "ask"][:ASKED]
    out = [
        Meaning(
            one.column,
            one.role,
            str(one.cells.values[i]).strip(),
            int(rows[i]),
            float(units[i]),
            float(money[i]),
            one.treatment[i],
            one.basis[i],
            one.words[i],
            one.products.get(i, ()),
        )
        for i in shown
    ]
    rest: dict[str, list[int]] = {}
    listed = set(shown)
    for i in (i for i in order if i not in listed):
        rest.setdefault(one.treatment[i], []).append(i)
    for treatment, places in rest.items():
        words = f"{len(places)} further values, each with fewer units"
        out.append(
            Meaning(
                one.column,
                one.role,
                "…",
                int(rows[places].sum()),
                float(units[places].sum()),
                float(money[places].sum()),
                treatment,
                one.basis[places[0]],
                words,
            )
        )
    return out
