"""How a firm values its stock.

Buckets of age, ladders, months of cover, the standard, and what a person set instead; shown as assumed until
stated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from analytics.assumptions import Signed
from analytics.errors import DataError, Problem
from analytics.valuation.books.standards import STANDARDS

__all__ = ["DEFAULT_POLICY", "Override", "StockPolicy", "unsigned"]


class Override(NamedTuple):
    """A reserve that a person set instead of the rules: money, the name typed and the note.

    `data_date` is the day of the stock it was set on (YYYY-MM-DD, "" not said). As typed, not verified.
    """

    amount: float
    by: str
    note: str
    data_date: str = ""


@dataclass(frozen=True)
class StockPolicy:
    """How stock is valued.

    `as_of` is the day of the stock (NaT: that of the file, else its last sale); `ledger` the balance of the
    books, money (NaN: not given); `standard` one of STANDARDS. `bucket_days` are the ends of the buckets of
    age; `age_ladder` (days, share) and `cover_ladder` (months, share) say from which age or cover on which
    share of the value is reserved. `excess_months` are N of "excess over N months", `dead_months` M of "no
    sale in M months"; products sold for less than `new_months` are too young to judge. `selling_share` is the
    cost to sell, a share of the price. `one_off` is what switching costs once for the programme, money (NaN: not
    stated, which is not zero), `one_off_of` what it costs for single products by SKU, `ledger_of` the balance by
    class of the ledger, an account or a family; `account_of` the account that a family stands
    in; `overrides` are by SKU. `signed` says by field who confirmed it and on stock of which day.
    Raises DataError where a ladder falls or does not rise in steps, a share is not between 0 and 1, buckets
    do not rise, or the standard is none.

    >>> StockPolicy(cover_ladder=((12.0, 0.5), (24.0, 0.25)))
    Traceback (most recent call last):
    ...
    analytics.errors.DataError: the ladder by cover falls: 0.25 from 24 months on after 0.5 from 12; expected at least 0.5; found '0.25'; change it
    """

    as_of: np.datetime64 = field(default_factory=lambda: np.datetime64("NaT", "D"))
    ledger: float = math.nan
    standard: str = "ifrs"
    bucket_days: tuple[float, ...] = (90.0, 180.0, 365.0)
    age_ladder: tuple[tuple[float, float], ...] = ((181.0, 0.25), (366.0, 0.5))
    cover_ladder: tuple[tuple[float, float], ...] = ((12.0, 0.25), (24.0, 0.5), (36.0, 1.0))
    excess_months: float = 12.0
    dead_months: float = 12.0
    new_months: float = 6.0
    selling_share: float = 0.0
    one_off: float = math.nan
    one_off_of: Mapping[str, float] = field(default_factory=dict)
    ledger_of: Mapping[str, float] = field(default_factory=dict)
    account_of: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Override] = field(default_factory=dict)
    signed: Mapping[str, Signed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise DataError with every sentence that the settings do not keep."""
        wrong = [
            *_ladder_problems("age", "days", self.age_ladder),
            *_ladder_problems("cover", "months", self.cover_ladder),
        ]
        if not self.bucket_days or self.bucket_days[0] <= 0.0 or np.any(np.diff(self.bucket_days) <= 0.0):
            wrong.append(
                _problem("the ends of the buckets of age do not rise", str(self.bucket_days), "90, 180, 365")
            )
        if self.standard not in STANDARDS:
            wrong.append(_problem(f"{self.standard!r} is no standard", self.standard, ", ".join(STANDARDS)))
        for name in ("excess_months", "dead_months", "new_months"):
            if not 0.0 <= getattr(self, name) <= 24.0:
                wrong.append(
                    _problem(f"{name.replace('_', ' ')} must be 0 to 24", str(getattr(self, name)), "12")
                )
        if self.one_off < 0.0:
            wrong.append(_problem("the cost of switching is below zero", str(self.one_off), "0 or more"))
        wrong += [
            _problem(f"the cost of switching {sku} is below zero", str(cost), "0 or more")
            for sku, cost in self.one_off_of.items()
            if not cost >= 0.0
        ]
        wrong += [
            _problem(f"the balance of {name or 'no family'} is not a number", str(one), "a number")
            for name, one in self.ledger_of.items()
            if not math.isfinite(one)
        ]
        if not 0.0 <= self.selling_share <= 1.0:
            wrong.append(
                _problem("the cost to sell is above the price", str(self.selling_share), "a share of 0 to 1")
            )
        wrong += [
            _problem(f"the reserve set for {sku} is below zero", str(one.amount), "0 or more")
            for sku, one in self.overrides.items()
            if not one.amount >= 0.0
        ]
        if wrong:
            raise DataError(wrong)

    @property
    def one_off_stated(self) -> float:
        """What is stated of the cost of switching, money: for the programme and for single products; NaN where nothing is.

        one_off_stated = one_off + sum of one_off_of, of those that are stated.

        >>> StockPolicy(one_off_of={"A": 5.0, "B": 2.5}).one_off_stated, StockPolicy().one_off_stated
        (7.5, nan)
        """
        products = sum(self.one_off_of.values())
        return products + (0.0 if math.isnan(self.one_off) and self.one_off_of else self.one_off)


def _problem(message: str, found: str, expected: str) -> Problem:
    return Problem("stock_policy", message, "change it", found=found, expected=expected)


def _ladder_problems(kind: str, unit: str, ladder: tuple[tuple[float, float], ...]) -> list[Problem]:
    out = []
    for (start, share), (later, more) in pairwise(ladder):
        if later <= start:
            out.append(
                _problem(
                    f"the steps of the ladder by {kind} do not rise: {later:g} after {start:g} {unit}",
                    f"{later:g}",
                    f"above {start:g}",
                )
            )
        elif more < share:
            out.append(
                _problem(
                    f"the ladder by {kind} falls: {more:g} from {later:g} {unit} on after {share:g} from {start:g}",
                    f"{more:g}",
                    f"at least {share:g}",
                )
            )
    out += [
        _problem(f"a step of the ladder by {kind} is not a share: {share:g}", f"{share:g}", "0 to 1")
        for _, share in ladder
        if not 0.0 <= share <= 1.0
    ]
    return out


#: What is assumed until a firm states its own.
DEFAULT_POLICY = StockPolicy()


def unsigned(policy: StockPolicy) -> tuple[str, ...]:
    """Settings that are not as assumed and that nobody's name stands with, in their order; reserves set by hand carry their own.

    >>> unsigned(StockPolicy(standard="hgb", selling_share=0.1, signed={"standard": Signed("K. Braun", "")}))
    ('selling_share',)
    """
    own = [one.name for one in fields(StockPolicy) if one.name not in ("overrides", "signed", *policy.signed)]
    return tuple(name for name in own if str(getattr(policy, name)) != str(getattr(DEFAULT_POLICY, name)))
