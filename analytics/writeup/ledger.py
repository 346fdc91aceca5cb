"""The tie to the ledger as people take it away: balance, stock of the file, what is open and what could explain it, in all and by class."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from analytics.valuation.balance import Candidate
from analytics.valuation.valued import ValuedStock
from analytics.writeup.stock import NOT_IN_TOTAL, TOTAL

__all__ = ["LINES", "classes_summary", "ledger_table", "unknown_classes"]

#: Lines of every class, before its candidates: the balance stated, the file's stock, and what is open.
LINES = ("ledger", "stock of the file at cost", "open")
_COLUMNS = ["account", "line", "products", "amount", "remains"]


def ledger_table(valued: ValuedStock) -> pd.DataFrame:
    """The ledger against the file: columns account, line, products, amount and remains.

    For every class with a balance (an account of the files, else a family) and for all stock together, as `total`: the
    balance, the stock of the file, what is open, and each candidate with the number of its products, its amount and what
    remains open if it is the reason. The last line is the stock of classes of which no balance is stated; where one balance
    is stated for all, no class is left out. Amounts are money, empty where not known.
    """
    ties = valued.ties_of_classes
    stated = [one for one in ties if not math.isnan(one.ledger)]
    rows: list[list[object]] = []
    for one in stated:
        rows += _block(one.name or "no family", one.ledger, one.file, one.candidates)
    whole, left = valued.tie, sum(one.file for one in ties if math.isnan(one.ledger))
    if whole is not None:
        rows += _block(TOTAL, whole.ledger, whole.file, whole.candidates)
        left = 0.0
    else:
        ledger = math.fsum(one.ledger for one in stated) if stated else math.nan
        rows += _block(TOTAL, ledger, math.fsum(one.file for one in stated), ())
    rows.append([NOT_IN_TOTAL, "stock of classes without a balance", math.nan, left, math.nan])
    table = pd.DataFrame(rows, columns=_COLUMNS)
    return table.astype({name: "float64" for name in _COLUMNS[2:]}).astype({"products": "Int64"})


def _block(name: str, ledger: float, file: float, candidates: tuple[Candidate, ...]) -> list[list[object]]:
    amounts = zip(LINES, (ledger, file, ledger - file), strict=True)
    rows: list[list[object]] = [[name, words, math.nan, amount, math.nan] for words, amount in amounts]
    return rows + [[name, one.name, one.products, one.money, one.remains] for one in candidates]


def classes_summary(valued: ValuedStock) -> list[dict[str, Any]]:
    """What `summary.json` says of every class with a balance: account, balance, stock of the file, difference and candidates."""
    return [
        {
            "account": one.name,
            "balance": one.ledger,
            "file": one.file,
            "difference": one.difference,
            "candidates": [vars(candidate) for candidate in one.candidates],
        }
        for one in valued.ties_of_classes
        if one.name in valued.policy.ledger_of
    ]


def unknown_classes(valued: ValuedStock) -> list[str]:
    """A sentence on every balance that is stated for a class that these files have not."""
    there = {str(one) for one in valued.classes}
    return [
        f"The balance of {amount:,.2f} stated for {name or 'no family'} is of no class of these files: all of it is open."
        for name, amount in valued.policy.ledger_of.items()
        if name not in there
    ]
