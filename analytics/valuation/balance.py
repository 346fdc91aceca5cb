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

from analytics.valuation.on_hand import ENDED, NEVER_SOLD, UNKNOWN_SKU, StockFacts

__all__ = ["Candidate", "ClassTie", "LedgerTie", "class_ties", "classes_of", "ledger_tie"]


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
class ClassTie:
    """One class of the ledger, an account or a family: its balance (NaN: not stated) and the stock of the file at cost, money.

    `candidates` could explain what is open, the nearest first; none where no balance is stated.
    """

    name: str
    ledger: float
    file: float
    candidates: tuple[Candidate, ...] = ()

    @property
    def difference(self) -> float:
        """What is open of the class: ledger - file, money; NaN where no balance is stated."""
        return self.ledger - self.file


def classes_of(
    family: NDArray[Any], account: NDArray[Any] | None, account_of: Mapping[str, str]
) -> NDArray[np.object_]:
    """The class of the ledger that each product stands in, (products,) texts.

    The `account` (products,) that the files name ("" or None: none), else the account that its `family` (products,) is said
    to stand in, else the family itself.

    >>> classes_of(np.array(["a", "b", "c"], object), np.array(["", "", "3000"], object), {"a": "1400"}).tolist()
    ['1400', 'b', '3000']
    """
    named = [account_of.get(str(one), str(one)) for one in family]
    own = [""] * len(named) if account is None else [str(one) for one in account]
    out = np.empty(len(named), object)
    out[:] = [mine or other for mine, other in zip(own, named, strict=True)]
    return out


def class_ties(
    stock: StockFacts, classes: NDArray[Any], balances: Mapping[str, float]
) -> tuple[ClassTie, ...]:
    """The ledger against the file class by class: every class with stock or a balance, the most money first.

    `classes` (products,) names the class of each product of `stock`, `balances` is by class, "" those without one. What the
    file holds adds up to its total. Source: definition.
    """
    names, at = np.unique(classes.astype(str), return_inverse=True)
    held = np.bincount(at, np.nan_to_num(stock.book_value), len(names))
    file = {str(name): float(money) for name, money in zip(names, held, strict=True)}
    rows = []
    for name in sorted({*(n for n, money in file.items() if money > 0.0), *balances}):
        ledger, lies = balances.get(name, math.nan), file.get(name, 0.0)
        found = _candidates(stock, classes.astype(str) == name, ledger - lies) if name in balances else ()
        rows.append(ClassTie(name, ledger, lies, found))
    return tuple(sorted(rows, key=lambda one: -one.file))


def ledger_tie(stock: StockFacts, ledger: float) -> LedgerTie:
    """The ledger's balance (money) against the stock of the file, with what could explain the difference.

    Candidates: stock never sold, of an unknown SKU, ended, blocked or of another day than the latest (in the file and not in the ledger),
    stock booked below zero or on consignment (the other way round), products without a cost or without a record.
    Raises ValueError where the balance is not a number.
    """
    if not math.isfinite(ledger):
        raise ValueError("ledger_tie: the ledger's balance must be a number")
    every = np.ones(len(stock.skus), bool)
    return LedgerTie(ledger, stock.total, _candidates(stock, every, ledger - stock.total))


def _candidates(stock: StockFacts, rows: NDArray[np.bool_], open_: float) -> tuple[Candidate, ...]:
    """What of the products marked (products,) could explain `open_`, money: the nearest first, what has no money last."""
    held, value = np.nan_to_num(stock.on_hand) > 0.0, np.nan_to_num(stock.book_value)
    other = np.zeros(len(held)) if stock.consigned is None else np.nan_to_num(stock.consigned)
    bare = held & np.isnan(stock.unit_cost)
    nothing = np.full(len(held), math.nan)
    parts = (
        ("never_sold", (stock.group == NEVER_SOLD) & held & ~bare, -value),
        ("unknown_sku", (stock.group == UNKNOWN_SKU) & held & ~bare, -value),
        ("ended", (stock.group == ENDED) & held & ~bare, -value),
        ("below_zero", stock.below_zero < 0.0, np.nan_to_num(stock.below_zero * stock.unit_cost)),
        ("consignment", other != 0.0, np.nan_to_num(other * stock.unit_cost)),
        ("without_cost", bare, nothing),
        ("unknown", stock.unknown, nothing),
        ("other_date", stock.other_day & (value > 0.0), -value),
        (
            "blocked",
            stock.units_of("blocked") > 0.0,
            -np.nan_to_num(stock.units_of("blocked") * stock.unit_cost),
        ),
    )
    found = []
    for name, mask, each in parts:
        here = mask & rows
        if here.any():
            money = float(each[here].sum())
            found.append(Candidate(name, int(here.sum()), money, open_ - money))
    return tuple(sorted(found, key=lambda one: abs(one.remains) if math.isfinite(one.remains) else math.inf))
