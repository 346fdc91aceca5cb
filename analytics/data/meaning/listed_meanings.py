"""What each value of a column says of its rows, as it is listed, asked about and written out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import Problem
from analytics.naming.labels import total_text

__all__ = ["MEANINGS_COLUMNS", "Meaning", "joined_meanings", "meanings_table", "problem_of_unknown"]

#: columns of the table of meanings
MEANINGS_COLUMNS = (
    "column",
    "role",
    "value",
    "rows",
    "units",
    "money",
    "treatment",
    "decided_by",
    "reason",
)


@dataclass(frozen=True)
class Meaning:
    """What one value of a column says of its rows.

    `column` as named in the file ("" for a finding over names, such as services); `role` is state, movement, flag, unit, place, service or reference; `value`
    is the text as in the file ("" for blank cells). `units` and `money` are absolute amounts at stake (money NaN where unknown). `treatment` is one of
    TREATMENTS, a factor, or "ask"; `basis` is "known word", "told", "only value", "says nothing of the row" or "unknown"; `words` say why in a sentence.
    """

    column: str
    role: str
    value: str
    rows: int
    units: float
    money: float
    treatment: str
    basis: str
    words: str
    #: of a unit of measure: products counted in it, with rows and units, since one may need a factor of its own
    products: tuple[tuple[str, int, float], ...] = ()

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Meaning:
        """The meaning with these fields, as they come out of JSON.

        >>> Meaning.of({**vars(Meaning("U", "unit", "box", 1, 2.0, 3.0, "ask", "unknown", "")), "products": [["A", 1, 2.0]]}).products
        (('A', 1, 2.0),)
        """
        products = tuple((str(sku), int(rows), float(units)) for sku, rows, units in fields["products"])
        return cls(**{**fields, "products": products})


def _money_text(money: float) -> str:
    return f", {money:,.2f} in money" if np.isfinite(money) and money else ""


def problem_of_unknown(column: str, unknown: Sequence[Meaning]) -> Problem:
    """The question what the rows of some values are, with what is at stake."""
    rows, units, money = (
        sum(m.rows for m in unknown),
        sum(m.units for m in unknown),
        float(np.sum([m.money for m in unknown])),
    )
    values = ", ".join(repr(m.value[:40]) if m.value else "blank cells" for m in unknown[:8]) + (
        ", ..." if len(unknown) > 8 else ""
    )
    words = f"{column!r} says what a row is, and what {values} means is not known: {rows:,} rows, {total_text(units)} units{_money_text(money)}"
    example = unknown[0].value if unknown else ""
    remedy = f'say what to do with them, on the page Data or with --treat "{column}:{example}=count" (count, return, leave out, on hand or receipt)'
    return Problem(
        "meaning_unknown",
        words,
        remedy,
        column=column,
        found=values[:200],
        expected="a word that is known, or an answer",
        count=rows,
    )


def joined_meanings(parts: Iterable[Sequence[Meaning]]) -> tuple[Meaning, ...]:
    """The meanings of several files as one list: equal values of equal columns with an equal treatment added up."""
    found: dict[tuple[str, str, str, str], Meaning] = {}
    for part in parts:
        for one in part:
            key = (one.column, one.role, one.value, one.treatment)
            old = found.get(key)
            found[key] = (
                one
                if old is None
                else replace(
                    one, rows=old.rows + one.rows, units=old.units + one.units, money=old.money + one.money
                )
            )
    return tuple(found.values())


#: who decided on the rows of a value, by the basis of its treatment
_DECIDED = {
    "known word": "word",
    "told": "you",
    "only value": "only value of its column",
    "says nothing of the row": "says nothing of the row",
    "unknown": "nobody",
}


def meanings_table(meanings: Iterable[Meaning]) -> pd.DataFrame:
    """What the rows of a file are, one line a value: `meanings.csv`.

    `column`, `role` and `value` as in `Meaning`; `rows`, `units` and `money` absolute amounts (money empty where
    unknown); `treatment` what was done with the rows; `decided_by` who or what decided it (`word`: a word the reader
    knows; `you`: told; `nobody`: unknown and set aside); `reason` why, in words.

    >>> one = Meaning("Status", "state", "Draft", 2, 5.0, 12.5, "leave out", "known word", "a draft: not an order")
    >>> meanings_table([one]).to_csv(index=False).splitlines()[1]
    'Status,state,Draft,2,5.0,12.5,leave out,word,a draft: not an order'
    """
    rows = [
        (m.column, m.role, m.value, m.rows, m.units, m.money, m.treatment, _DECIDED[m.basis], m.words)
        for m in meanings
    ]
    table = pd.DataFrame(rows, columns=list(MEANINGS_COLUMNS))
    return table.astype({"rows": "int64", "units": "float64", "money": "float64"})
