"""Products that have perhaps ended unnoticed: what is bought for them, and what lies on the shelf, is lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.simulation.ledger import COUNT_INDEX

__all__ = ["PerhapsEnded", "perhaps_ended_of", "with_perhaps_ended"]

Array = NDArray[np.float64]

_BOUGHT, _SHELF, _OPENING = (COUNT_INDEX[name] for name in ("bought_for_ended", "on_shelf_ended", "opening"))


@dataclass(frozen=True, eq=False)
class PerhapsEnded:
    """What is not known of the end of products.

    Per product (products,): the `chance` that it has ended unnoticed (0 where its end is known: nobody buys for it), the units
    `on_shelf` today (0 where the file gives none), the units `held` already and not to be bought any more (those on the shelf, or where the
    file gives none what is held as it is run today), and the `silent_years` since its last sale (NaN: never sold).
    """

    chance: Array
    on_shelf: Array
    held: Array
    silent_years: Array

    def take(self, rows: NDArray[np.intp]) -> PerhapsEnded:
        """The products at these positions, in this order."""
        return PerhapsEnded(self.chance[rows], self.on_shelf[rows], self.held[rows], self.silent_years[rows])


def perhaps_ended_of(
    alive: Array, ended: NDArray[np.bool_], on_hand: Array, silent_years: Array
) -> PerhapsEnded:
    """What may have ended unnoticed: `alive` is the chance of living, `ended` marks what is known to have ended, `on_hand` units (NaN: not given).

    >>> perhaps_ended_of(np.array([0.85, 0.01]), np.array([False, True]), np.array([np.nan, 3.0]), np.zeros(2)).chance.round(2).tolist()
    [0.15, 0.0]
    """
    shelf = np.maximum(np.nan_to_num(on_hand, posinf=0.0), 0.0)
    return PerhapsEnded(np.where(ended, 0.0, np.clip(1.0 - alive, 0.0, 1.0)), shelf, shelf, silent_years)


def with_perhaps_ended(
    counts: Array, alive: Array, ended: PerhapsEnded | None, chance: Array | None = None, stocked: bool = True
) -> Array:
    """Counts of a product that lives with the chance `alive`, and else has ended unnoticed; `counts` (products, settings, groups, counts) as it lives.

    Counts = alive x living + chance x (opening position, stranded half a year later, when the silence is noticed). What
    lies on the shelf today is stranded under every strategy; of the opening position only the share beyond what is held is still to be bought. They come
    in and are stranded, so that units are conserved. `chance` is that of the unit that stocks (None: the product's own;
    a family's components are stranded only if all its members have ended: then nothing of them is on the shelf),
    `stocked` whether anything is stocked at all. Written in place.
    """
    opening = counts[..., _OPENING].copy() if stocked and ended is not None else None
    out = np.multiply(counts, alive[:, None, None, None], out=counts)
    if ended is None:
        return out
    if opening is not None:
        own = ended.chance if chance is None else chance
        mean = opening.mean(axis=2, keepdims=True)
        beyond = np.maximum(mean - (ended.held[:, None, None] if chance is None else 0.0), 0.0)
        out[..., _BOUGHT] = own[:, None, None] * opening * (beyond / np.maximum(mean, 1e-300))
    out[..., _SHELF] = (ended.chance * ended.on_shelf)[:, None, None]
    return out
