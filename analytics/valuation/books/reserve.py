"""The reserve that a policy asks for.

Ladders by age and by cover, ended products at cost less salvage, and the largest of the rules.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["RULES", "Rates", "Reserved", "ended_rate", "ladder_rate", "reserve", "rule_applied"]

Array = NDArray[np.float64]
#: (from this value on, this share), rising.
Ladder = tuple[tuple[float, float], ...]

#: What a reserve can rest on.
RULES = ("none", "age", "cover", "ended", "net realisable value", "override")
NONE, BY_AGE, BY_COVER, BY_END, BY_VALUE, BY_OVERRIDE = range(6)


def ladder_rate(value: ArrayLike, ladder: Ladder) -> Array:
    """Share of the whole value that the step reached asks for.

    0 below the first step, the last step beyond all, so too where cover is infinite.

    ladder_rate = share of the highest step at or below the value. `ladder` are (from, share) in rising order;
    shape of `value`, 0 where it is unknown (NaN).
    Source: SAP, lowest value by range of coverage (case RES-01).

    >>> ladder_rate([4.0, 1.5, 11.7, np.inf, np.nan], ((2, 0.03), (3, 0.05), (4, 0.07), (5, 0.1), (8, 0.15), (12, 0.25))).tolist()
    [0.07, 0.0, 0.15, 0.25, 0.0]
    """
    number = np.asarray(value, np.float64)
    step = np.searchsorted(
        [start for start, _ in ladder], np.where(np.isnan(number), -np.inf, number), side="right"
    )
    return np.asarray(np.array([0.0, *(share for _, share in ladder)])[step])


def ended_rate(ended: NDArray[np.bool_], salvage_share: ArrayLike) -> Array:
    """Share of cost that is lost on what no longer sells.

    ended_rate = 1 - salvage_share for ended products, else 0. Shape (products,), between 0 and 1. Source:
    definition (case RES-03).

    >>> ended_rate(np.array([True, False]), [0.2, 0.2]).tolist()
    [0.8, 0.0]
    """
    return np.where(ended, np.clip(1.0 - np.asarray(salvage_share, np.float64), 0.0, 1.0), 0.0)


class Rates(NamedTuple):
    """Shares of book value that each rule asks for, shape (products,)."""

    age: Array
    cover: Array
    ended: Array

    @property
    def largest(self) -> Array:
        """The largest of the rules, never their sum. Shape (products,)."""
        return np.maximum(np.maximum(self.age, self.cover), self.ended)


class Reserved(NamedTuple):
    """What is reserved of each product's stock, money, shape (products,); `rule` holds positions in RULES."""

    policy_reserve: Array
    nrv_write_down: Array
    reserve: Array
    net_value: Array
    rule: NDArray[np.int8]


def reserve(
    book_value: Array, rates: Rates, nrv_write_down: Array, override: Array, firm: Array | float = 0.0
) -> Reserved:
    """The larger of policy and net realisable value, or what a person set instead.

    Never below 0 nor above the book value. `firm` (products,) is the part of `nrv_write_down` of units held for firm orders,
    of which the rules do not speak.

    Formula: reserve = override where given, else max(firm + book value x largest rate, nrv_write_down). Money, shape
    (products,); an unknown write-down (NaN) is none, an unknown book value (NaN) has no reserve: it stays
    NaN. Source: finance.md, largest of the rules.

    >>> rates = Rates(np.array([0.25, 0.0]), np.array([0.5, 0.0]), np.array([0.0, 0.0]))
    >>> found = reserve(np.array([100.0, 100.0]), rates, np.array([30.0, 40.0]), np.array([np.nan, np.nan]))
    >>> found.reserve.tolist(), [RULES[k] for k in found.rule]
    ([50.0, 40.0], ['cover', 'net realisable value'])
    """
    policy = book_value * rates.largest
    down = np.minimum(np.nan_to_num(nrv_write_down), book_value)
    asked = np.maximum(policy + firm, down)
    kept = np.where(np.isfinite(override), override, asked)
    kept = np.where(np.isnan(book_value), np.nan, np.clip(kept, 0.0, np.maximum(book_value, 0.0)))
    rule = rule_applied(rates, policy + firm, down)
    rule = np.where(np.isfinite(override), BY_OVERRIDE, rule)
    return Reserved(
        policy, down, kept, book_value - kept, np.where(np.isnan(book_value), NONE, rule).astype(np.int8)
    )


def rule_applied(rates: Rates, policy_reserve: Array, nrv_write_down: Array) -> NDArray[np.int8]:
    """The rule that the reserve rests on, as a position in RULES, shape (products,).

    Of two that ask for the same it is the first of ended, cover and age, and the policy before the value.
    """
    largest = rates.largest
    by = np.select(
        [largest <= 0.0, rates.ended >= largest, rates.cover >= largest], [NONE, BY_END, BY_COVER], BY_AGE
    )
    return np.where(np.nan_to_num(nrv_write_down) > np.nan_to_num(policy_reserve), BY_VALUE, by).astype(
        np.int8
    )
