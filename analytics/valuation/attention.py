"""What a person should look at first.

Products with the money that is in them and what to do, the most money first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.simulation.run_out import PlayedDown

__all__ = ["REASONS", "RUNS_OUT", "RunsOut", "Watched", "attention_list", "runs_out"]

Array = NDArray[np.float64]

#: The reason that has a day and a chance.
RUNS_OUT = "runs out before it is replaced"
#: Why a product is on the list, and what to do about it.
REASONS = {
    "overstocked": "stop ordering until the excess is sold; offer it where it sells faster",
    "ended with stock": "sell off, return or scrap; it is lost but for salvage",
    "ended, ordered firmly": "deliver what is ordered at the price agreed; buy and make none",
    "about to end": "order no more than sells before the end; offer the rest early",
    "below what it fetches": "raise the price, or write down to what it fetches",
    "to order with stock left": "sell the stock first, then make to order",
    RUNS_OUT: "order now, or tell customers a wait",
    "no stock record": "count it: it is in no sum",
    "no cost": "state the unit cost: it is in no sum",
    "booked below zero": "find the booking that is missing: it is in no sum",
}


class Watched(NamedTuple):
    """The list, one entry per product and reason, most money first.

    Positions of products, the reason (a key of REASONS) and money (NaN: not known).
    """

    product: NDArray[np.intp]
    reason: NDArray[np.object_]
    money: Array


def attention_list(marked: dict[str, tuple[NDArray[np.bool_], Array]]) -> Watched:
    """Every product that is marked for a reason.

    `marked` gives by reason which products (products,) and the money in question (products,), NaN where not
    known.

    Most money first; of equal money in the order of REASONS, then of the products. What has no money stands
    last. Raises ValueError for a reason that is none.

    >>> found = attention_list({"no cost": (np.array([True, False]), np.array([np.nan, 0.0])), "overstocked": (np.array([True, True]), np.array([5.0, 9.0]))})
    >>> found.product.tolist(), found.reason.tolist()
    ([1, 0, 0], ['overstocked', 'overstocked', 'no cost'])
    """
    unknown = [reason for reason in marked if reason not in REASONS]
    if unknown:
        raise ValueError(f"attention_list: {unknown[0]!r} is no reason")
    rows = [
        (
            np.flatnonzero(marked[name][0]),
            np.full(int(marked[name][0].sum()), k),
            marked[name][1][marked[name][0]],
        )
        for k, name in enumerate(REASONS)
        if name in marked
    ]
    product, reason, money = (
        np.concatenate([row[k] for row in rows]) if rows else np.zeros(0) for k in range(3)
    )
    order = np.lexsort((product, reason, -np.nan_to_num(money), np.isnan(money)))
    names = np.array(list(REASONS), object)
    return Watched(product[order].astype(np.intp), names[reason[order].astype(np.intp)], money[order])


@dataclass(frozen=True, eq=False)
class RunsOut:
    """Products whose stock runs out before new stock can come, arrays (products,) of those sold.

    `chance` is the share of years, `day` the expected first day short (NaT: none), `units` short expected,
    `money` contribution of them, and `bad_units` what is short in 1 year of 20; NaN where no stock is known.
    """

    chance: Array
    day: NDArray[np.datetime64]
    units: Array
    money: Array
    bad_units: Array


def runs_out(
    down: PlayedDown, as_of: np.datetime64, known: NDArray[np.bool_], alive: Array, margin: Array
) -> RunsOut:
    """Which products run out before they are replaced, of stock played `down` from the day `as_of`.

    `known` are products whose stock is known and that have not ended, `alive` the chance that a product is sold still, `margin` what
    a unit brings, money; arrays (products,).

    chance = alive x share of years with units short; units = alive x mean of units short; money = units x margin, at least 0;
    day = as_of + mean of the first time short, of years that are; bad_units = the 95 % order statistic of units short.
    """
    hit, paths = down.short > 0.0, down.short.shape[1]
    years = hit.sum(axis=1)
    first = np.where(hit, down.first_short, 0.0).sum(axis=1, dtype=np.float64) / np.maximum(years, 1)
    day = as_of + (7.0 * first).astype(np.int64)
    mean = down.short.mean(axis=1, dtype=np.float64)
    rank = int(np.ceil(0.95 * paths)) - 1
    worst = np.partition(down.short, rank, axis=1)[:, rank].astype(np.float64)
    return RunsOut(
        np.where(known, alive * (years / paths), np.nan),
        np.where(known & (years > 0), day, np.datetime64("NaT", "D")),
        np.where(known, alive * mean, np.nan),
        np.where(known, alive * mean * np.maximum(margin, 0.0), np.nan),
        np.where(known, worst, np.nan),
    )
