"""Directions of movements that no word tells: columns for in and out, places from and to, a balance that rises and falls, the sign alone.

One concept: every function asks the same, in or out, of another witness (two columns, places, a balance,
signs, numbers of documents); `row_meaning` decides which of them is heard.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.column_look import look
from analytics.data.meaning.meanings import Judged
from analytics.data.values.categorical import Coded, blank_texts
from analytics.data.values.header_names import normal_name
from analytics.data.values.numbers import parse_numbers
from analytics.data.values.vocabulary import (
    AMOUNT_WORDS,
    BALANCE_NAMES,
    FROM_NAMES,
    PLACE_WORDS,
    TO_NAMES,
    spoken,
)

__all__ = [
    "InAndOut",
    "balance_judged",
    "balance_of",
    "in_and_out",
    "places_judged",
    "references_judged",
    "says_direction",
    "sign_judged",
    "signs_beside",
]

#: so much of the rows of a balance must follow from the one before
_FOLLOWS = 0.9
_IN, _OUT = "in", "out"


@dataclass(frozen=True, eq=False)
class InAndOut:
    """Two columns of one ledger, what came in and what went out, as one: `cells` holds the amount of the row, `came` whether it came in."""

    incoming: int
    outgoing: int
    cells: Coded
    came: NDArray[np.bool_]

    def judged(self, names: Sequence[str], mask: NDArray[np.bool_] | None) -> Judged:
        """The direction of every row as a column of meaning."""
        words = ("goods received: neither a sale nor a return", "went out: demand")
        cells = Coded(
            np.where(self.came, 0, 1).astype(np.int32),
            np.array([names[self.incoming], names[self.outgoing]], dtype=object),
        )
        return Judged(
            cells,
            f"{names[self.incoming]} / {names[self.outgoing]}",
            "movement",
            ("receipt", "count"),
            ("known word",) * 2,
            words,
            ("", ""),
            mask,
        )


def says_direction(name: str) -> str:
    """Whether a column of amounts holds what came in or what went out, by its name."""
    plain = " ".join(word for word in normal_name(name).split() if word not in AMOUNT_WORDS)
    if plain == "received":  # of an order it is a state; over a column of amounts it says what came
        return _IN
    classes = spoken(plain) if plain else frozenset()
    if classes & {"receipt"} and not classes & {
        "sale",
        "issue",
        "return",
        "not",
        "open",
        "later",
        "supplier",
    }:
        return _IN
    return _OUT if classes & {"issue"} and not classes & {"receipt", "not", "open", "later"} else ""


def in_and_out(
    names: Sequence[str], columns: Sequence[Coded], quantity: int, taken: Sequence[int]
) -> InAndOut | None:
    """The pair of columns that say what came in and what went out, where one of them is the quantity or none is known (`quantity` -1)."""
    sides: dict[str, list[int]] = {_IN: [], _OUT: []}
    for i, name in enumerate(names[:300]):
        if (
            (i == quantity or i not in taken)
            and (side := says_direction(name))
            and look(columns[i]).numbers > 0.9
            and look(columns[i]).dates < 0.9
        ):
            sides[side].append(i)
    if len(sides[_IN]) != 1 or len(sides[_OUT]) != 1:
        return None
    incoming, outgoing = sides[_IN][0], sides[_OUT][0]
    if quantity not in (-1, incoming, outgoing) and not _is_balance(names[quantity]):
        return None
    filled = [
        columns[i].spread(
            ~blank_texts(columns[i].values)
            & ~(np.nan_to_num(parse_numbers(columns[i].values, ".")[0]) == 0.0)
        )
        for i in (incoming, outgoing)
    ]
    if (filled[0] & filled[1]).mean() > 0.02 or not filled[0].any() or not filled[1].any():
        return None
    came = filled[0] & ~filled[1]
    first, second = columns[outgoing], columns[incoming]
    codes = np.where(came, second.codes.astype(np.int64) + len(first.values), first.codes).astype(np.int32)
    return InAndOut(
        incoming,
        outgoing,
        Coded(codes, np.concatenate([first.values, second.values])).take(slice(None)),
        came,
    )


def _is_balance(name: str) -> bool:
    plain = normal_name(name)
    return plain in BALANCE_NAMES or any(word in BALANCE_NAMES for word in plain.split())


def balance_of(names: Sequence[str], columns: Sequence[Coded], taken: Sequence[int]) -> int:
    """The position of the only column named for a balance, else -1."""
    found = [
        i
        for i, name in enumerate(names[:300])
        if i not in taken and _is_balance(name) and look(columns[i]).numbers > 0.9
    ]
    return found[0] if len(found) == 1 else -1


def balance_judged(
    balance: NDArray[np.float64],
    quantity: NDArray[np.float64],
    group: NDArray[np.int64],
    good: NDArray[np.bool_],
    name: str,
) -> Judged | None:
    """The direction of every row by the balance after it; None where the balance does not follow from the quantities.

    `group` tells the stock (product and place) whose balance it is. The rows of a stock are in order of the file, or backwards.
    """
    rows = np.flatnonzero(good & ~np.isnan(balance) & ~np.isnan(quantity))
    if len(rows) < 4:
        return None
    for order in (rows, rows[::-1]):
        order = order[np.argsort(group[order], kind="stable")]
        same = group[order][1:] == group[order][:-1]
        step = np.diff(balance[order])[same]
        moved = np.abs(quantity[order[1:]][same])
        if len(step) < 3 or float(np.isclose(np.abs(step), moved, rtol=1e-6, atol=1e-6).mean()) < _FOLLOWS:
            continue
        change = np.full(len(balance), np.nan)
        change[order[1:][same]] = step
        first = np.ones(len(order), bool)
        first[1:] = ~same
        starts = order[first]
        signed = (quantity[rows] < 0).any()
        known = signed | np.isclose(balance[starts], np.abs(quantity[starts]), atol=1e-6)
        change[starts[known]] = np.where(signed, quantity[starts], np.abs(quantity[starts]))[known]
        return _by_change(change, name)
    return None


def _by_change(change: NDArray[np.float64], name: str) -> Judged:
    codes = np.where(np.isnan(change) | (change == 0.0), 2, np.where(change > 0, 0, 1)).astype(np.int32)
    cells = Coded(codes, np.array(["rising", "falling", "neither"], dtype=object))
    words = ("the balance rises: goods received", "the balance falls: demand", "the balance does not say")
    return Judged(
        cells,
        name,
        "movement",
        ("receipt", "count", "ask"),
        ("known word", "known word", "unknown"),
        words,
        ("", "", ""),
    )


def sign_judged(quantity: NDArray[np.float64], good: NDArray[np.bool_], name: str) -> Judged | None:
    """Both signs without anything that says which rows are sales: asked where the rows below zero are the most.

    `quantity` in units and `good`, both (rows,).
    """
    below, above = (quantity < 0) & good, (quantity > 0) & good
    if not above.any() or below.sum() <= above.sum():
        return None
    cells = Coded(
        np.where(below, 0, np.where(above, 1, 2)).astype(np.int32),
        np.array(["below zero", "above zero", "zero"], dtype=object),
    )
    words = "most rows are below zero: whether these are issues or returns is not said"
    return Judged(
        cells,
        name,
        "movement",
        ("ask", "ask", "count"),
        ("unknown", "unknown", "says nothing of the row"),
        (words, words, "nothing moved"),
        ("", "", ""),
    )


def _place(text: str) -> str:
    """What a place is: customer, supplier, production, loss, own or ""."""
    classes = spoken(text.replace("/", " ").replace("_", " "))
    if "supplier" in classes and "customer" not in classes:
        return "supplier"
    if "customer" in classes and "supplier" not in classes:
        return "customer"
    if classes & {"production", "consumption"}:
        return "production"
    if classes & {"adjustment"}:
        return "loss"
    words = set(normal_name(text.replace("/", " ")).split())
    return "own" if words & PLACE_WORDS else ""


#: from, to -> treatment, reason, words
_WAYS: Mapping[tuple[str, str], tuple[str, str, str]] = {
    ("own", "customer"): ("count", "", "out to customers: demand"),
    ("supplier", "customer"): ("count", "", "from the supplier to the customer: demand"),
    ("production", "customer"): ("count", "", "from production to customers: demand"),
    ("supplier", "own"): ("receipt", "", "from suppliers: goods received"),
    ("production", "own"): ("receipt", "", "from production: goods received"),
    ("customer", "own"): ("return", "", "back from customers"),
    ("own", "own"): ("leave out", "internal_transfer", "between places of one's own: not a sale"),
    ("own", "production"): ("leave out", "other_movement", "into production: not a sale"),
    ("own", "supplier"): ("leave out", "other_movement", "back to suppliers: not a sale"),
    ("customer", "supplier"): ("leave out", "other_movement", "back to suppliers: not a sale"),
    ("own", "loss"): ("leave out", "stock_correction", "a correction of stock: not a sale"),
    ("loss", "own"): ("leave out", "stock_correction", "a correction of stock: not a sale"),
}


def places_judged(names: Sequence[str], columns: Sequence[Coded]) -> Judged | None:
    """Two columns of places, from and to, as one column of ways; None where no place of customers is among them."""
    start = [i for i, name in enumerate(names[:300]) if normal_name(name) in FROM_NAMES]
    end = [i for i, name in enumerate(names[:300]) if normal_name(name) in TO_NAMES]
    if len(start) != 1 or len(end) != 1:
        return None
    one, two = columns[start[0]], columns[end[0]]
    if max(len(one.values), len(two.values)) > 2000 or any(
        look(c).dates > 0.5 or look(c).numbers > 0.5 for c in (one, two)
    ):
        return None
    kinds = [[_place(str(text)) for text in column.values] for column in (one, two)]
    if not {"customer", "supplier"} & {kind for listed in kinds for kind in listed}:
        return None
    both = {str(t).strip() for t in one.values} & {str(t).strip() for t in two.values}
    kinds = [
        [
            kind or ("own" if str(text).strip() in both else "")
            for kind, text in zip(listed, column.values, strict=True)
        ]
        for listed, column in zip(kinds, (one, two), strict=True)
    ]
    pair = one.codes.astype(np.int64) * len(two.values) + two.codes
    distinct, codes = np.unique(pair, return_inverse=True)
    ways = [divmod(int(p), len(two.values)) for p in distinct]
    verdicts = [
        _WAYS.get((kinds[0][a], kinds[1][b]), ("ask", "", "whether this goes to customers is not known"))
        for a, b in ways
    ]
    values = np.array([f"{one.values[a]} → {two.values[b]}" for a, b in ways], dtype=object)
    return Judged(
        Coded(codes.astype(np.int32), values), f"{names[start[0]]} / {names[end[0]]}", "movement", tuple(t for t, _, _ in verdicts),
        tuple("unknown" if t == "ask" else "known word" for t, _, _ in verdicts), tuple(w for _, _, w in verdicts), tuple(r for _, r, _ in verdicts),
    )  # fmt: skip


#: how a sign is written in a column of its own
_SIGNS = {"+": "+", "-": "-", "\u2212": "-", "+1": "+", "1": "+", "-1": "-", "\u22121": "-"}


def signs_beside(
    names: Sequence[str], columns: Sequence[Coded], quantity: NDArray[np.float64]
) -> Judged | None:
    """A column of plus and minus, or of 1 and -1, beside quantities without a sign: which of the two are sales is asked.

    Quantities in units, shape (rows,).
    """
    if (quantity < 0).any():
        return None
    for name, cells in zip(names[:300], columns, strict=False):
        said = {_SIGNS.get(str(v).strip().removesuffix(".0").removesuffix(",0"), "") for v in cells.values}
        if len(cells.values) == 2 and said == {"+", "-"}:
            words = "plus and minus: which of them are sales is not said"
            return Judged(cells, name, "movement", ("ask",) * 2, ("unknown",) * 2, (words,) * 2, ("",) * 2)
    return None


#: numbers of stock movements as Odoo writes them: warehouse, kind, number
_REFERENCE = re.compile(r"^([\w ]{1,20}/(IN|OUT|INT|PICK|PACK|QC|STOR|MO|POS))/[\w/-]*\d+$")
#: kind -> treatment, why, and the reason with which rows are left out
_REFERENCED = {
    "IN": ("receipt", "goods received: neither a sale nor a return", ""),
    "OUT": ("count", "a delivery: demand", ""),
    "POS": ("count", "a sale: demand", ""),
    "MO": ("ask", "a production order: what came out of it or what went in", ""),
    "": ("ask", "not a number of a movement that is known", ""),
}
_INSIDE = ("leave out", "moved within the house: not a sale", "internal_transfer")


def references_judged(names: Sequence[str], columns: Sequence[Coded]) -> Judged | None:
    """A column of numbers of movements (WH/IN/00012, WH/OUT/00034), judged by the kind within; None without both kinds."""
    for name, cells in zip(names[:300], columns, strict=False):
        first = next((str(v).strip() for v in cells.values if str(v).strip()), "")
        if not _REFERENCE.match(first):
            continue
        found = [_REFERENCE.match(str(v).strip()) for v in cells.values]
        kinds = [match[2] if match else "" for match in found]
        if kinds.count("") > 0.2 * len(kinds) or len(set(kinds) - {""}) < 2:
            continue
        short = [m[1] if m else str(v).strip() for m, v in zip(found, cells.values, strict=True)]
        grouped = cells.regrouped(np.array(short, dtype=object))
        kind_of = dict(zip(short, kinds, strict=True))
        verdicts = [_REFERENCED.get(kind_of[str(v)], _INSIDE) for v in grouped.values]
        return Judged(
            grouped,
            name,
            "movement",
            tuple(t for t, _, _ in verdicts),
            tuple("unknown" if t == "ask" else "known word" for t, _, _ in verdicts),
            tuple(w for _, w, _ in verdicts),
            tuple(r for _, _, r in verdicts),
        )
    return None
