"""The balance closed and tied.

Every row read stands in one part, and the difference to the ledger has candidates that could explain it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.valuation.on_hand import StockFacts

__all__ = ["Candidate", "FamilyTie", "LedgerTie", "family_ties", "ledger_tie"]


@dataclass(frozen=True)
class Candidate:
    """What could explain a difference to the ledger.

    A part of the file, how many products, its money (NaN: no cost is known), and what remains if it is the
    reason.
    """

    name: str
    products: int
    money: float
    remains: float


@dataclass(frozen=True)
class LedgerTie:
    """The ledger's balance against the file's, money.

    `difference` is ledger - file, `candidates` the nearest first.
    """

    ledger: float
    file: float
    candidates: tuple[Candidate, ...]

    @property
    def difference(self) -> float:
        """What is open between the ledger and the file.

        difference = ledger balance - stock of the file at cost. Money.
        """
        return self.ledger - self.file

    @property
    def ties(self) -> bool:
        """Whether the two are the same to the cent."""
        return abs(self.difference) < 0.005


@dataclass(frozen=True)
class FamilyTie:
    """One family: the ledger's balance (NaN: not stated) and the stock of the file at cost, money."""

    family: str
    ledger: float
    file: float

    @property
    def difference(self) -> float:
        """What is open of the family: ledger - file, money; NaN where no balance is stated."""
        return self.ledger - self.file


def family_ties(
    family: NDArray[Any], book_value: NDArray[np.float64], balances: Mapping[str, float]
) -> tuple[FamilyTie, ...]:
    """The ledger against the file family by family: every family with stock or a balance, the most money first.

    `family` and `book_value` are (products,), money at cost (NaN: not known, in no sum); `balances` is by family, ""
    those without one. What the file holds adds up to its total. Source: definition.

    >>> found = family_ties(np.array(["a", "b", "a"], object), np.array([2.0, 5.0, 1.0]), {"a": 3.5, "c": 1.0})
    >>> [(one.family, one.file, one.difference) for one in found]
    [('b', 5.0, nan), ('a', 3.0, 0.5), ('c', 0.0, 1.0)]
    """
    names, at = np.unique(family.astype(str), return_inverse=True)
    held = np.bincount(at, np.nan_to_num(book_value), len(names))
    file = {str(name): float(money) for name, money in zip(names, held, strict=True)}
    rows = [
        FamilyTie(name, balances.get(name, math.nan), file.get(name, 0.0))
        for name in sorted({*(n for n, money in file.items() if money > 0.0), *balances})
    ]
    return tuple(sorted(rows, key=lambda one: -one.file))


def ledger_tie(stock: StockFacts, ledger: float) -> LedgerTie:
    """The ledger's balance (money) against the stock of the file, with what could explain the difference.

    Candidates: stock never sold, ended, blocked or of another day than the latest (in the file and not in the ledger),
    stock booked below zero or on consignment (the other way round), products without a cost or without a record.
    Raises ValueError where the balance is not a number.
    """
    if not math.isfinite(ledger):
        raise ValueError("ledger_tie: the ledger's balance must be a number")
    open_ = ledger - stock.total
    parts = {part.name: part for part in stock.parts}
    found = []
    for name, sign in (
        ("never_sold", -1.0),
        ("ended", -1.0),
        ("below_zero", 1.0),
        ("consignment", 1.0),
        ("without_cost", 1.0),
        ("unknown", 1.0),
    ):
        part = parts[name]
        if part.products:
            money = sign * part.money
            found.append(Candidate(name, part.products, money, open_ - money))
    held = np.where(stock.other_day, np.nan_to_num(stock.book_value), 0.0)
    shut = np.nan_to_num(stock.units_of("blocked") * stock.unit_cost)
    for name, each in (("other_date", held), ("blocked", shut)):
        if (each > 0.0).any():
            money = -float(each.sum())
            found.append(Candidate(name, int((each > 0.0).sum()), money, open_ - money))
    nearest = sorted(found, key=lambda one: abs(one.remains) if math.isfinite(one.remains) else math.inf)
    return LedgerTie(ledger, stock.total, tuple(nearest))
