"""The balance closed and tied.

Every row read stands in one part, and the difference to the ledger has candidates that could explain it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from analytics.valuation.on_hand import StockFacts

__all__ = ["Candidate", "LedgerTie", "ledger_tie"]


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


def ledger_tie(stock: StockFacts, ledger: float) -> LedgerTie:
    """The ledger's balance (money) against the stock of the file, with what could explain the difference.

    Candidates: stock never sold (in the file and not in the ledger), stock booked below zero, products
    without a cost, products sold without a record.
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
    nearest = sorted(found, key=lambda one: abs(one.remains) if math.isfinite(one.remains) else math.inf)
    return LedgerTie(ledger, stock.total, tuple(nearest))
