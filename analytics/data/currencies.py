"""Amounts in several currencies, in one file or in several: never added; those of the main currency count, the others are listed with their money."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import IntakeReport, SalesHistory
from analytics.data.values.categorical import Coded
from analytics.data.values.numbers import CURRENCIES, currency_of
from analytics.errors import Problem
from analytics.items import UNKNOWN, Items

__all__ = [
    "SpokenCurrency",
    "currency_named",
    "currency_of_header",
    "in_one_currency",
    "items_in_currency",
    "other_currencies",
]

_MOST_TEXTS = 200_000


def currency_named(text: str) -> str:
    """The currency that a cell of a column of currencies names: its code, a mark as its code, other words as they stand in capitals.

    >>> currency_named(" eur "), currency_named("\u20ac"), currency_named("Kroner")
    ('EUR', 'EUR', 'KRONER')
    """
    text = text.strip()
    return (currency_of(text) if len(text) <= 3 else "") or text.upper()


def currency_of_header(name: str) -> str:
    """The currency that the name of a column of money begins or ends with, or whose mark it has ("" if none).

    >>> currency_of_header("revenue_eur"), currency_of_header("Umsatz (\u20ac)"), currency_of_header("orders revenue")
    ('EUR', 'EUR', '')
    """
    words = [word for word in re.split(r"[\W_]+", name.upper()) if word]
    code = next((word for word in (*words[-1:], *words[:1]) if word in CURRENCIES), "")
    return code or next(
        (
            currency_of(mark)
            for mark in name
            if mark == "$" or mark in "\u20ac\u00a3\u00a5\u20b9\u20bd\u20ba\u20a9\u20aa"
        ),
        "",
    )


class SpokenCurrency(NamedTuple):
    """The currency of most lines ("": none is named), the lines in another one (None: there are none), and what is said of them."""

    main: str
    other: NDArray[np.bool_] | None
    problems: list[Problem]


def other_currencies(
    column: Mapping[str, Coded],
    named: Mapping[str, str],
    source: NDArray[np.intp] | slice,
    revenue: NDArray[np.float64],
    row: NDArray[np.int64],
) -> SpokenCurrency:
    """The currency of the money of a file and the lines whose money is in another one.

    The currency is what its own column says, else the mark beside the amounts, else the name of their column. `source` are the rows of the table behind the
    lines, `revenue` and `row` are of the lines. Lines that name no currency are taken to be in the main one.
    """
    only = ""
    for role in ("currency", "revenue", "price"):
        if role not in column or (role != "currency" and len(column[role].values) > _MOST_TEXTS):
            continue
        texts = [
            currency_named(text) if role == "currency" else currency_of(text) for text in column[role].values
        ]
        names = sorted({text for text in texts if text})
        only = only or (names[0] if len(names) == 1 else "")
        if len(names) < 2:
            continue
        place = {name: k for k, name in enumerate(names)}
        code = np.array([place.get(text, -1) for text in texts], np.int32)[column[role].codes[source]]
        lines = np.bincount(code[code >= 0], minlength=len(names))
        main = int(np.argmax(lines))
        if (lines > 0).sum() < 2:
            only = only or (names[main] if lines[main] else "")
            continue
        other = (code >= 0) & (code != main)
        money = np.nan_to_num(revenue)
        parts = [
            f"{names[k]} {money[code == k].sum():,.2f} on {int(lines[k]):,} lines"
            for k in np.argsort(-lines, kind="stable")
            if k != main and lines[k]
        ]
        found = ", ".join(names[k] for k in np.argsort(-lines, kind="stable") if lines[k])
        return SpokenCurrency(
            names[main],
            other,
            [
                _mixed(
                    names[main], parts, int(row[int(np.argmax(other))]), named[role], found, int(other.sum())
                )
            ],
        )
    headed = (currency_of_header(named[role]) for role in ("revenue", "price") if role in named)
    return SpokenCurrency(only or next((name for name in headed if name), ""), None, [])


def _mixed(main: str, parts: Sequence[str], row: int, column: str, found: str, count: int) -> Problem:
    words = f"most amounts are in {main}; others count in units only and are never added: {'; '.join(parts)}"
    return Problem(
        "mixed_currencies",
        words,
        f"convert them to {main} before the upload, or give one file a currency",
        row,
        column,
        found,
        "one currency",
        count,
    )


def in_one_currency(histories: Sequence[SalesHistory]) -> tuple[list[SalesHistory], list[Problem], str]:
    """Several files of sales with their money in one currency, what is said of the others, and the currency ("": none is named).

    As within one file: the currency of most lines counts, the money of files in another one is unknown (costs as well) and listed; a file that names none is
    taken to be in the main one. Nothing is converted.
    """
    spoken = [str(h.report.dialect.get("currency", "")) for h in histories]
    lines: dict[str, int] = {}
    for name, history in zip(spoken, histories, strict=True):
        if name:
            lines[name] = lines.get(name, 0) + len(history)
    main = max(lines, key=lambda name: lines[name]) if lines else ""
    silent = [
        h.report.source
        for name, h in zip(spoken, histories, strict=True)
        if not name and np.isfinite(h.revenue).any()
    ]
    said = []
    if lines and silent:
        words = f"{', '.join(silent)} {'names' if len(silent) == 1 else 'name'} no currency: the money is taken to be in {main}, as that of the other files"
        said.append(
            Problem(
                "currency_not_named",
                words,
                "add a column currency if that is wrong",
                found="no currency",
                expected=main,
                count=len(silent),
            )
        )
    if len(lines) < 2:
        return list(histories), said, main
    out, parts = [], []
    away = [k for k, name in enumerate(spoken) if name and name != main]
    for k, history in enumerate(histories):
        if k not in away:
            out.append(history)
            continue
        parts.append(
            f"{spoken[k]} {np.nansum(history.revenue):,.2f} on {len(history):,} lines of {history.report.source}"
        )
        known = {
            name: column for name, column in history.attributes.items() if name not in ("price", "unit_cost")
        }
        out.append(replace(history, revenue=np.full(len(history), np.nan), unit_cost=None, attributes=known))
    first = histories[away[0]]
    named = first.report.mapping
    where = next((named[role] for role in ("currency", "revenue", "price") if role in named), "")
    found = ", ".join(sorted(lines, key=lambda name: -lines[name]))
    return (
        out,
        [
            _mixed(main, parts, int(first.row.min()), where, found, sum(len(histories[k]) for k in away)),
            *said,
        ],
        main,
    )


def items_in_currency(items: Items, report: IntakeReport, sales: str) -> tuple[Items, IntakeReport]:
    """Items whose costs and prices are in the currency of the sales; where they name another one both are unknown, and it is said with how many there were."""
    own = str(report.dialect.get("currency", ""))
    money = [name for name in ("unit_cost", "price") if name in items.values]
    if not own or not sales or own == sales or not money:
        return items, report
    count = int(np.any([np.isfinite(np.asarray(items[name], np.float64)) for name in money], axis=0).sum())
    for name in money:
        items = items.with_field(name, np.nan, UNKNOWN)
    where = next((report.mapping[name] for name in ("currency", *money) if name in report.mapping), "")
    words = f"costs and prices of the items are in {own}, the sales in {sales}: they count as unknown, nothing is converted"
    problem = Problem(
        "mixed_currencies",
        words,
        f"convert them to {sales} before the upload",
        None,
        where,
        own,
        sales,
        count,
    )
    return items, replace(report, problems=(problem, *report.problems))
