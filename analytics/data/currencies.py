"""Amounts in several currencies: never added; those of the main currency count, the others are listed with their money."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.data.coded import Coded
from analytics.data.numbers import currency_of
from analytics.errors import Problem

__all__ = ["other_currencies"]

_MOST_TEXTS = 200_000


def other_currencies(
    column: Mapping[str, Coded], named: Mapping[str, str], source: NDArray[np.intp] | slice, revenue: NDArray[np.float64], row: NDArray[np.int64]
) -> tuple[NDArray[np.bool_] | None, list[Problem]]:
    """The lines whose money is in another currency than that of most lines (None: there is one currency), and what is said of them.

    The currency is what its own column says, else the mark beside the amounts. `source` are the rows of the table behind the lines, `revenue` and `row` are of
    the lines. Lines that name no currency are taken to be in the main one.
    """
    for role in ("currency", "revenue", "price"):
        if role not in column or (role != "currency" and len(column[role].values) > _MOST_TEXTS):
            continue
        texts = [text.strip().upper() if role == "currency" else currency_of(text) for text in column[role].values]
        names = sorted({text for text in texts if text})
        if len(names) < 2:
            continue
        place = {name: k for k, name in enumerate(names)}
        code = np.array([place.get(text, -1) for text in texts], np.int32)[column[role].codes[source]]
        lines = np.bincount(code[code >= 0], minlength=len(names))
        if (lines > 0).sum() < 2:
            continue
        main = int(np.argmax(lines))
        other = (code >= 0) & (code != main)
        money = np.nan_to_num(revenue)
        parts = [f"{names[k]} {money[code == k].sum():,.2f} on {int(lines[k]):,} lines" for k in np.argsort(-lines, kind="stable") if k != main and lines[k]]
        words = f"most amounts are in {names[main]}; others count in units only and are never added: {'; '.join(parts)}"
        remedy = f"convert them to {names[main]} before the upload, or give one file a currency"
        found = ", ".join(names[k] for k in np.argsort(-lines, kind="stable") if lines[k])
        return other, [Problem("mixed_currencies", words, remedy, int(row[int(np.argmax(other))]), named[role], found, "one currency", int(other.sum()))]
    return None, []
