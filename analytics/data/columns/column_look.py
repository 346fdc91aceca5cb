"""What stands in a column: dates, numbers, codes or shares, by a sample of its distinct texts."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.data.values.categorical import Coded
from analytics.data.values.dates import is_date
from analytics.data.values.numbers import is_blank, is_number

__all__ = ["ColumnLook", "look"]

#: so many distinct texts are looked at
_SAMPLE = 400
_CODE = re.compile(r"^(?!\d{1,2}:\d{2})(?!.*://)(?!.*@)(?=.*\d)[^\s]{2,40}$")
_SHARE = re.compile(r"^(?:0|1|0?[.,]\d+|[01][.,]0*|\d+(?:[.,]\d+)?\s?%)$")


@dataclass(frozen=True)
class ColumnLook:
    """What stands in a column, as shares of its distinct non-blank texts, and how many differ.

    `fixed`: whole numbers all of one length of four or more; `small`: shares (0 to 1) or percentages.
    """

    dates: float
    numbers: float
    whole: float
    blank: float
    distinct: int
    serials: float
    codes: float = 0.0
    fixed: bool = False
    small: bool = False


def look(column: Coded) -> ColumnLook:
    """Look at up to 400 distinct texts of a column, weighted by rows; a column is looked at once."""
    held: ColumnLook | None = vars(column).get("_look")
    if held is None:
        held = _look(column)
        vars(column)["_look"] = held
    return held


def _look(column: Coded) -> ColumnLook:
    """What stands in a column, by a sample of its distinct texts: the most frequent ones and some of the others."""
    counts = column.counts()
    if not len(counts):
        return ColumnLook(0.0, 0.0, 0.0, 1.0, 0, 0.0)
    order = np.argsort(-counts, kind="stable")
    if len(order) > _SAMPLE:
        order = np.concatenate(
            [
                order[: _SAMPLE // 2],
                order[np.linspace(_SAMPLE // 2, len(order) - 1, _SAMPLE // 2).astype(int)],
            ]
        )
    texts = column.values[order]
    weight = np.sqrt(counts[order].astype(float))
    blank = np.array([is_blank(t) for t in texts], bool)
    total = max(float(weight[~blank].sum()), 1e-9)
    number = np.array([not b and is_number(t) for t, b in zip(texts, blank, strict=True)], bool)
    whole = np.array(
        [n and t.strip().lstrip("+-").isdigit() for t, n in zip(texts, number, strict=True)], bool
    )
    dates = np.array([not b and is_date(t) for t, b in zip(texts, blank, strict=True)], bool)
    serials = np.array([n and is_date(t, True) for t, n in zip(texts, number, strict=True)], bool)
    rows = max(int(counts.sum()), 1)
    blank_rows = (
        int(sum(c for c, v in zip(counts, column.values, strict=True) if not v.strip()))
        if len(column.values) < 100_000
        else 0
    )
    code = np.array([bool(_CODE.match(t.strip())) for t in texts], bool) & ~blank
    lengths = {len(t.strip()) for t, w in zip(texts, whole, strict=True) if w}
    share = np.array([bool(_SHARE.match(t.strip())) for t in texts], bool) | blank

    def part(mask: NDArray[np.bool_]) -> float:
        return float(weight[mask].sum()) / total

    return ColumnLook(
        part(dates),
        part(number),
        part(whole),
        blank_rows / rows,
        len(column.values),
        part(serials),
        part(code),
        len(lengths) == 1 and min(lengths) >= 4,
        bool(share.all()),
    )
