"""Ledger: what happened in the simulation, in units and time only; no price is ever seen here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["COUNTS", "COUNT_INDEX", "CUT_OFFS", "FIRST_HALF", "LATER", "ONLY", "SECOND_HALF", "Ledger"]

#: Years after which a unit that is still expected to wait its turn may count as stranded at once; 0 (all of them) is always one more.
CUT_OFFS = (1, 2, 3, 4, 6)

#: What is counted, per product over the horizon. Units unless said otherwise; "unit-years" are units x years. The simulation counts
#: customer orders as if each were of one unit; `price.reacted` counts them by their size, and takes off what of units ordered can be
#: cancelled at the end of life.
COUNTS: Mapping[str, str] = {
    "demanded": "units customers wanted",
    "lost": "units not sold: buyers left, or the product ended before delivery",
    "waited": "units delivered later than at once",
    "on_hand": "average stock, unit-years",
    "in_process": "units of lots and batches in production, unit-years (whole units, not halves)",
    "backordered": "units waited for, unit-years",
    "late": "unit-years of waiting beyond the promise",
    "lots": "lots started for stock",
    "customer_orders": "customer orders worked on singly",
    "ordered": "units made or bought",
    "scrapped": "units stranded when the product ended",
    "cleared": "units cleared as excess",
    "opening": "units in the opening position: on hand, on order, less owed",
    "closing": "units in the closing position that the plan would order again",
    "closing_excess": "units in the closing position beyond that: each waits its turn",
    "cancelled": "units of orders cancelled after work had begun",
    "in_assembly": "units worked on for one order: made or assembled to order, unit-years",
    "to_order": "units sold that were made or finished to order, after a wait the customer was told",
    "promised": "unit-years between order and promised delivery, while deposits are held",
    "under_way_at_end": "units under way when the product ended, all of them taken: part of scrapped",
    "bought_for_ended": "units still to be bought for a product that has perhaps ended already: they come in and are stranded",
    "on_shelf_ended": "units on the shelf today of a product that has perhaps ended already: stranded under every strategy",
    **{
        f"sold_later_{years}": f"units of closing_excess sold later, of those expected to sell within {years} years"
        for years in CUT_OFFS
    },
    **{
        f"years_later_{years}": f"unit-years until they sell or the product ends, of those expected to sell within {years} years"
        for years in CUT_OFFS
    },
    "in_batches": "of to_order, units made or bought in a batch: nobody made them one order at a time",
    "cancelled_in_batches": "of cancelled, units of a batch",
}
#: What prices make of the counts by cut-off, by name: those of the cut-off at which leftovers are worth most.
LATER: Mapping[str, str] = {
    "sold_later": "units of closing_excess sold later",
    "years_later": "unit-years until they sell or the product ends",
}
COUNT_INDEX: Mapping[str, int] = {name: i for i, name in enumerate(COUNTS)}

#: The two groups of paths: what is chosen on one half is scored on the other.
FIRST_HALF, SECOND_HALF = range(2)
#: Where the one setting, or the one group of paths, of something played alone stands.
ONLY = 0


@dataclass(frozen=True, eq=False)
class Ledger:
    """Counts of one strategy: `counts` has shape (products, settings, groups, len(COUNTS)).

    Groups are sets of paths over which counts are averaged: two halves (for choosing and scoring), or one per
    parameter draw, or one per path. `settings` describes the grid: name -> array (products, settings), for
    instance `relative_quantile`, `lot`, `quote_days`. Every count is an average over the paths of its group.
    Units are conserved: opening + ordered = demanded - lost + scrapped + cleared + closing + closing_excess. What is there, or bought,
    for a product that has perhaps ended already (bought_for_ended, on_shelf_ended) stands on both sides.
    """

    strategy: str
    skus: NDArray[Any]
    settings: Mapping[str, NDArray[np.float64]]
    counts: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Raise ValueError unless counts are (products, settings, groups, counts)."""
        if (
            self.counts.ndim != 4
            or self.counts.shape[0] != len(self.skus)
            or self.counts.shape[3] != len(COUNTS)
        ):
            raise ValueError(
                f"Ledger.counts has shape {self.counts.shape}, expected ({len(self.skus)}, settings, groups, {len(COUNTS)})"
            )
        self.counts.setflags(write=False)

    def count(self, name: str) -> NDArray[np.float64]:
        """One count: shape (products, settings, groups)."""
        return self.counts[..., COUNT_INDEX[name]]

    def crossed(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.float64]:
        """Counts at the setting chosen on the other half, averaged: shape (products, counts).

        `first` and `second` (products,) are the settings chosen on the first and on the second half of the paths.
        """
        rows = np.arange(len(self.skus))
        scored = self.counts[rows, first, SECOND_HALF] + self.counts[rows, second, FIRST_HALF]
        return np.asarray(0.5 * scored)

    def imbalance(self) -> NDArray[np.float64]:
        """Units created or destroyed, which must be zero: shape (products, settings, groups)."""
        c = self.count
        return (
            c("opening")
            + c("ordered")
            - (c("demanded") - c("lost") + c("scrapped") + c("cleared") + c("closing") + c("closing_excess"))
        )

    def digest(self) -> str:
        """BLAKE2b digest of all counts and settings: unchanged by any price."""
        h = blake2b(digest_size=16)
        h.update(self.strategy.encode())
        for name in sorted(self.settings):
            h.update(np.ascontiguousarray(self.settings[name]).tobytes())
        h.update(np.ascontiguousarray(self.counts).tobytes())
        return h.hexdigest()
