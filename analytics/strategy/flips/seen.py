"""What looks said of products, kept for trials close by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from analytics.strategy.flips.trials import Trials
from analytics.strategy.standing import Standing

__all__ = ["Seen"]

Array = NDArray[np.float64]
Index = NDArray[np.intp]


@dataclass(eq=False)
class Seen:
    """What the last first look at each of some products said of them, for trials close by that are played whole at once.

    profit, assembled, todays (products, ...), base and margin (products,) as of `Trials`; wanted (products, strategies): what any
    look at the product found worth playing.
    """

    profit: Array
    base: Array
    margin: Array
    assembled: Array
    todays: Array
    wanted: NDArray[np.bool_]

    #: The fields that are as the last look has them.
    LOOKED: ClassVar[tuple[str, ...]] = ("profit", "base", "margin", "assembled", "todays")

    @classmethod
    def of(cls, standing: Standing, products: int) -> Seen:
        """Of so many products of which nothing was seen yet."""
        strategies = len(standing.comparison.strategies)
        most = max((len(members) for members in standing.setup.families), default=0)
        nothing, money = np.full((products, strategies), np.nan), np.full(products, np.nan)
        members = np.full((products, most), np.nan)
        wanted = np.zeros((products, strategies), bool)
        return cls(nothing, money, money.copy(), members, members.copy(), wanted)

    def keep(self, rows: Index, first: Trials, wanted: NDArray[np.bool_]) -> None:
        """Keep first looks at the products `rows` (trials,), of a product looked at more than once the last."""
        for name in self.LOOKED:
            getattr(self, name)[rows] = getattr(first, name)
        np.logical_or.at(self.wanted, rows, wanted)

    def near(self, rows: Index) -> tuple[Seen, NDArray[np.bool_]]:
        """What was seen of the products `rows` (trials,), and what is worth playing of them: all where nothing was."""
        seen = Seen(**{name: getattr(self, name)[rows] for name in (*self.LOOKED, "wanted")})
        return seen, seen.wanted | ~seen.wanted.any(axis=1, keepdims=True)
