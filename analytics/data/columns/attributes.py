"""What a sales file says about its products, orders, customers and channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.values.categorical import Coded
from analytics.data.values.numbers import parse_numbers
from analytics.data.values.vocabulary import yes_or_no

__all__ = ["attributes_of", "channel_table", "coded_words", "flags", "sorted_vocabulary"]


def sorted_vocabulary(column: Coded) -> tuple[NDArray[Any], NDArray[np.int32]]:
    """The distinct texts sorted, and the position of every row's text in them."""
    order = np.array(sorted(range(len(column.values)), key=lambda i: column.values[i]), dtype=np.intp)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return column.values[order], column.spread(rank)


def coded_words(
    column: Coded | None, source: NDArray[np.intp] | slice, count: int
) -> tuple[NDArray[np.int32], NDArray[Any]]:
    """Codes (-1 blank) of these rows and the sorted words; without a column all are unknown.

    Shapes (rows,) and (words,).
    """
    if column is None:
        return np.full(count, -1, np.int32) if count <= 1_000_000 else np.broadcast_to(
            np.int32(-1), (count,)
        ), np.empty(0, object)
    taken = column.take(source)
    words, rank = sorted_vocabulary(taken.mapped(str.strip))
    if len(words) and words[0] == "":
        return rank - np.int32(1), words[1:]
    return rank, words


def flags(values: NDArray[Any]) -> NDArray[np.float64]:
    """Distinct texts as 0, 1 or unknown (NaN): numbers, and words for yes and no.

    >>> flags(np.array(["1", "0", "yes", "nein", "", "so so"], object)).tolist()
    [1.0, 0.0, 1.0, 0.0, nan, nan]
    """
    number, _ = parse_numbers(values, ".", percents=True)
    out = np.where(np.isnan(number), np.nan, (number != 0).astype(float))
    for i, text in enumerate(values):
        word = str(text).strip()
        answer = "yes" if word.lower() == "promo" else yes_or_no(word) if word else ""
        if answer and np.isnan(out[i]):
            out[i] = float(answer == "yes")
    return out


def _usual_text(
    column: Coded, source: NDArray[np.intp] | slice, sku: NDArray[np.int32], n_skus: int
) -> NDArray[Any]:
    """The most frequent non-blank text of each product."""
    wide = max(len(column.values), 1)
    code = column.codes[source].astype(np.int64)
    filled = np.array([bool(t.strip()) for t in column.values], bool)[code]
    key, count = np.unique(sku[filled].astype(np.int64) * wide + code[filled], return_counts=True)
    order = np.lexsort((key, -count, key // wide))
    owner = key[order] // wide
    first = np.concatenate([[True], owner[1:] != owner[:-1]]) if len(owner) else np.zeros(0, bool)
    out = np.full(n_skus, "", dtype=object)
    out[owner[first]] = [t.strip() for t in column.values[key[order][first] % wide]]
    return out


def attributes_of(
    column: Mapping[str, Coded],
    cost: NDArray[np.float64] | None,
    source: NDArray[np.intp] | slice,
    sku: NDArray[np.int32],
    n_skus: int,
    assumed: list[str],
) -> dict[str, NDArray[Any]]:
    """Per product: usual name, family, subcategory, category, brand; latest unit cost above zero (`cost` of every line, in order of date; None: none).

    The family is the file's own, else the subcategory, category or brand, whichever first tells products apart.
    """
    out: dict[str, NDArray[Any]] = {}
    for role in ("name", "family", "subcategory", "category", "brand"):
        if role in column:
            out[role] = _usual_text(column[role], source, sku, n_skus)
    for role in ("family", "subcategory", "category", "brand"):
        if role in out and len(set(out[role]) - {""}) > 1:
            if role != "family":
                assumed.append(f"family = the column of the {role}")
            out["family"] = out[role]
            break
    if cost is not None:
        latest = np.full(n_skus, np.nan)
        good = cost > 0
        latest[sku[good]] = cost[good]
        out["unit_cost"] = latest
    return out


def channel_table(
    channel: NDArray[np.int32],
    channels: NDArray[Any],
    day: NDArray[np.datetime64],
    quantity: NDArray[np.float64],
    revenue: NDArray[np.float64],
) -> list[dict[str, Any]]:
    """Lines, units, revenue, first and last date of every channel."""
    out: list[dict[str, Any]] = []
    for code, name in enumerate(channels[:500]):
        here = channel == code
        money = revenue[here]
        total = float(np.nansum(money)) if not np.isnan(money).all() else float("nan")
        out.append(
            {
                "name": str(name),
                "lines": int(here.sum()),
                "units": float(quantity[here].sum()),
                "revenue": total,
                "first_date": str(day[here].min()),
                "last_date": str(day[here].max()),
            }
        )
    return out
