"""What follows from the meaning of rows: asked, left out, kept apart or turned, each said with rows and units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.data.lines.rejections import REASONS, RowFilter
from analytics.data.meaning.meanings import Judged, Meanings, rank_of
from analytics.data.values.categorical import Coded
from analytics.errors import DataError, Problem
from analytics.naming.labels import total_text

__all__ = ["SetAside", "set_aside"]

#: what rows kept apart are called in the table of rejected rows, and what they are not
_APART = {"on hand": ("order_on_hand", "a sale that is fulfilled"), "receipt": ("receipt", "a sale")}


@dataclass(frozen=True, eq=False)
class SetAside:
    """Rows of a file that are kept apart from its sales, by kind, and rows that are returns."""

    on_hand: NDArray[np.bool_]
    receipt: NDArray[np.bool_]
    returned: NDArray[np.bool_]


def set_aside(
    meanings: Meanings,
    rows: RowFilter,
    quantity: NDArray[np.float64],
    money: NDArray[np.float64] | None,
    label: Coded,
    problems: list[Problem],
) -> SetAside:
    """Do what the meanings of all columns together say of each row.

    Rows that nobody knows what to do with are asked about (DataError with the meanings) where they decide the total, else set aside; rows left out are
    rejected with their reason; receipts and orders on hand are rejected from the sales and marked as kept apart.
    """
    n = len(label)
    none = np.zeros(n, bool)
    if not meanings.columns:
        problems += meanings.not_there()
        return SetAside(none, none, none)
    meanings.weigh(quantity, money, rows.good)
    ranks = meanings.combined(n)
    if asked := meanings.unknown(quantity, money, rows.good, ranks):
        raise DataError([*asked, *meanings.not_there()], meanings.listed)
    problems += meanings.not_there()
    masks = {
        treatment: (ranks == rank_of(treatment)) & rows.good
        for treatment in ("on hand", "receipt", "return", "ask")
    }
    for one in meanings.columns:
        _rejected(one, meanings, rows, masks, quantity)
    for treatment, (code, expected) in _APART.items():
        said = (
            f"{REASONS[code]}: {total_text(_units(quantity, masks[treatment] & rows.good))} units, kept apart"
        )
        rows.reject(masks[treatment], code, "", label, expected, "nothing to do", said)
    return SetAside(masks["on hand"], masks["receipt"], masks["return"])


def _units(quantity: NDArray[np.float64], hit: NDArray[np.bool_]) -> float:
    return float(np.abs(np.nan_to_num(quantity[hit])).sum())


def _rejected(
    one: Judged,
    meanings: Meanings,
    rows: RowFilter,
    masks: Mapping[str, NDArray[np.bool_]],
    quantity: NDArray[np.float64],
) -> None:
    """Reject what a column leaves out, by reason, and what of it is unknown."""
    reasons = one.reason or ("left_out",) * len(one.treatment)
    here = None if one.mask is None else one.mask
    for code in dict.fromkeys(r for r, t in zip(reasons, one.treatment, strict=True) if t == "leave out"):
        hit = one.cells.spread(
            np.array(
                [t == "leave out" and r == code for r, t in zip(reasons, one.treatment, strict=True)], bool
            )
        )
        hit = hit if here is None else hit & here
        said = f"{REASONS.get(code or 'left_out', 'rows left out')} ({total_text(_units(quantity, hit & rows.good))} units)"
        rows.reject(
            hit,
            code or "left_out",
            one.column,
            one.cells,
            "a sale",
            f'to count them, say so on the page Data or with --treat "{one.column}:VALUE=count"',
            said,
        )
    if "ask" in one.treatment:
        hit = one.cells.spread(np.array([t == "ask" for t in one.treatment], bool)) & masks["ask"]
        hit = hit if here is None else hit & here
        unknown = meanings.asked(one)
        rows.reject(
            hit,
            unknown.code,
            one.column,
            one.cells,
            unknown.expected,
            unknown.remedy,
            f"{unknown.message}; they are set aside",
        )
