"""Stock by state side by side: a column of what is free and others of what is blocked, in inspection, in transfer or somebody else's, in one row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.column_look import look
from analytics.data.items.stock_states import STATES
from analytics.data.layout.raw_table import RawTable
from analytics.data.values.header_names import FREE_STOCK, normal_name
from analytics.data.values.numbers import parse_numbers

__all__ = ["added_up", "over_places", "state_columns"]

#: Names of a column that holds free stock alone.
_FREE = frozenset(FREE_STOCK.split("|"))
#: Field names of a common system by state; what is between places is in the books and free for planning.
_FIELDS = {"insme": "in_quality", "speme": "blocked", "einme": "blocked", "umlme": "", "trame": ""}
#: What is between places is in no state.
_BETWEEN = ""
_TRANSFER = re.compile(r"\b(transfer|in transit|transit|umlagerung\w*|unterwegs|transito|transferencia)\b")
_RESTRICTED = re.compile(
    r"\b(restricted|nicht frei|eingeschrankt\w*|uso restringido|utilisation restreinte)\b"
)
#: Money, days and texts beside them are no quantities.
_OTHER = re.compile(
    r"\b(value|wert|valeur|valor|valore|waarde|amount|betrag|date|datum|reason|grund|by|currency|unit)\b"
)


def state_columns(columns: Sequence[str], on_hand: str) -> dict[str, str]:
    """Columns of quantities beside the one of free stock `on_hand`: header -> key of STATES, "" for what is between places.

    Only where that column names free stock alone (one of FREE_STOCK): else a column named blocked is a mark.

    >>> state_columns(["In Quality Insp.", "Blocked", "Value BlockedStock", "Stock in Transfer", "Plant"], "Unrestricted")
    {'In Quality Insp.': 'in_quality', 'Blocked': 'blocked', 'Stock in Transfer': ''}
    >>> state_columns(["Blocked"], "on hand")
    {}
    """
    if normal_name(on_hand) not in _FREE:
        return {}
    out: dict[str, str] = {}
    for header in columns:
        name = normal_name(header)
        if name in _FIELDS:
            out[header] = _FIELDS[name]
        elif _OTHER.search(name):
            continue
        elif _TRANSFER.search(name):
            out[header] = _BETWEEN
        else:
            state = next((key for key, one in STATES.items() if one.words.search(name)), None)
            if state is None and _RESTRICTED.search(name):
                state = "blocked"
            if state is not None:
                out[header] = state
    return out


def over_places(table: RawTable, columns: Sequence[str], mark: str) -> tuple[str, list[str]]:
    r"""The column that is the sum of others side by side, a place each, in every row of a list of stock without a quantity by name, and those others; ("", []) where there is none.

    Told by the numbers: at least two others whose sum it is in 99 of 100 rows. `mark` is the decimal mark.

    >>> from analytics.data.files.source import open_source
    >>> from analytics.data.files.table import read_table
    >>> text = b"Item,Berlin,Munich,Total\nA,3,4,7\nB,0,2,2\n"
    >>> over_places(read_table(open_source(text)[0]), ["Berlin", "Munich", "Total"], ".")
    ('Total', ['Berlin', 'Munich'])
    """
    numbers = {}
    for header, cells in zip(table.names, table.columns, strict=True):
        if header in columns and look(cells).numbers > 0.9:
            numbers[header] = np.nan_to_num(cells.spread(parse_numbers(cells.values, mark)[0]))
    headers = list(numbers)
    for end in range(len(headers) - 1, 1, -1):
        for begin in range(end - 1):
            beside = headers[begin:end]
            equal = np.abs(sum(numbers[h] for h in beside) - numbers[headers[end]]) < 1e-6
            if equal.mean() >= 0.99 and np.any(numbers[headers[end]]):
                return headers[end], beside
    return "", []


def added_up(
    free: NDArray[np.float64], beside: Mapping[str, NDArray[np.float64]], kinds: Mapping[str, str]
) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
    """Units on hand of each row, and those of them (or, consigned, beside them) in each state: (rows,) and key of STATES -> (rows,).

    on hand = free + in inspection + blocked + between places; what is somebody else's is in no sum. NaN where no column of a row says anything,
    and of a state where nothing is in it.
    `beside` holds units by header, `kinds` what each column is (`state_columns`). Source: definition.

    >>> free, more = np.array([120.0, np.nan]), {"QI": np.array([10.0, np.nan]), "Vendor": np.array([4.0, np.nan])}
    >>> total, states = added_up(free, more, {"QI": "in_quality", "Vendor": "consigned"})
    >>> total.tolist(), {name: units.tolist() for name, units in states.items()}
    ([130.0, nan], {'in_quality': [10.0, nan], 'consigned': [4.0, nan]})
    """
    total, states = free.copy(), dict[str, NDArray[np.float64]]()
    for header, units in beside.items():
        state = kinds[header]
        if state:
            states[state] = _sum(states.get(state, np.full(len(free), np.nan)), units)
        if state != "consigned":
            total = _sum(total, units)
    return total, {name: np.where(units != 0.0, units, np.nan) for name, units in states.items()}


def _sum(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    known = np.isfinite(one) | np.isfinite(other)
    return np.where(known, np.nan_to_num(one) + np.nan_to_num(other), np.nan)
