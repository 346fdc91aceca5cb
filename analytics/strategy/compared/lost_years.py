"""What is written off and what is short in every simulated year, added up while the years are played.

A year of every product under every strategy would take more memory than the study itself. So sums over products
are kept, and product by product only the strategy that earns most and today's way, until it is decided which of
them the plans take. What a plan takes otherwise is said (`PlanYears.left`), and played again by who asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.strategy.compared.setting import Chosen
from analytics.strategy.money.formulas import MONEY_FORMULAS
from analytics.strategy.money.measures import counts_by_name
from analytics.strategy.money.price import money_values, reacted
from analytics.strategy.money.totals import margin_not_earned, written_off

__all__ = ["MEASURES_OF_A_YEAR", "LostYears", "PlanYears", "as_priced", "lost_years", "strategies_to_play"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: What is kept of every simulated year, in the order of the axis of measures.
MEASURES_OF_A_YEAR = ("written_off", "units_lost", "units_waited", "margin_not_earned")
#: The amounts that they are made of.
_AMOUNTS = ("obsolescence", "run_off", "markdown", "lost_margin", "goodwill", "waiting")
#: Products added up at once.
_AT_ONCE = 512


def lost_years(counts: Array, items: Items, strategy: str, reacts: str | None = None) -> Array:
    """What is kept of counts (products, paths, counts) of these items under a strategy: (products, measures, paths), money or units.

    `reacts` is the strategy by which customers react to price and time (None: the same). Source: `money.formulas`.
    """
    money = {name: column[:, None] for name, column in money_values(items, strategy).items()}
    after = reacted(counts, strategy if reacts is None else reacts, money)
    n = counts_by_name(after)
    amounts = {name: MONEY_FORMULAS[name](n, money) for name in _AMOUNTS}
    return np.stack([written_off(amounts), n("lost"), n("waited"), margin_not_earned(amounts)], axis=1)


def as_priced(years: Array, counts: Array, items: Items) -> Array:
    """Assembled products' years (products, measures, paths) with the mean that is priced, by `counts` (products, counts) of the year.

    Who uses which share of the kits is counted by year here and by half there, a difference below 1 %.
    """
    # counts of the year show what customers did already
    priced = lost_years(counts[:, None], items, Strategy.ATO, reacts=Strategy.MTS)[..., 0]
    mean = years.mean(axis=2)
    share = np.where(mean > 0.0, priced / np.where(mean > 0.0, mean, 1.0), 1.0)
    return np.asarray(years * np.where(np.isfinite(share), share, 1.0)[..., None])


def strategies_to_play(chosen: Mapping[str, Chosen], known: Mask) -> dict[str, dict[str, Mask]]:
    """By strategy that is played: for which plans of one strategy it counts which products.

    What a strategy is not offered stays to stock; products whose money is not `known` count nowhere.
    """
    out: dict[str, dict[str, Mask]] = {name: {name: known & one.offered} for name, one in chosen.items()}
    for name, one in chosen.items():
        out[Strategy.MTS][name] = known if name == Strategy.MTS else known & ~one.offered
    return out


class PlanYears(NamedTuple):
    """Years (measures, paths) of a plan that runs some products as today (`own`) and the others by `strategy` (positions), both (products,).

    `left` (products,) are not in them: their strategy is not the one that was kept of them.
    """

    strategy: NDArray[np.intp]
    own: Mask
    years: Array
    left: Mask

    def of(self, strategy: NDArray[np.intp], own: Mask) -> bool:
        """Whether these are the years of that plan."""
        return bool(np.array_equal(own, self.own) and np.array_equal(strategy[~own], self.strategy[~own]))


class _ByProduct(NamedTuple):
    """Years by product in single precision (products, measures, paths), which takes half the memory, and their means in double (products, measures)."""

    years: NDArray[np.float32]
    mean: Array

    @staticmethod
    def of(shape: tuple[int, int, int]) -> _ByProduct:
        """Nothing is put there yet."""
        return _ByProduct(np.zeros(shape, np.float32), np.zeros(shape[:2]))

    def put(self, index: NDArray[np.intp], years: Array) -> None:
        """Keep the years of products at these positions."""
        self.years[index], self.mean[index] = years, years.mean(axis=2)

    def summed(self, rows: Mask) -> Array:
        """The sum over the marked products (measures, paths): each year within 1e-7 of itself, the mean of all years as it is in double."""
        out, at = np.zeros(self.years.shape[1:]), np.flatnonzero(rows)
        for a in range(0, len(at), _AT_ONCE):
            out += self.years[at[a : a + _AT_ONCE]].sum(axis=0, dtype=np.float64)
        rounded, exact = out.mean(axis=1), self.mean[at].sum(axis=0)
        return out * np.where(rounded == 0.0, 1.0, exact / np.where(rounded == 0.0, 1.0, rounded))[:, None]


@dataclass(frozen=True, eq=False)
class LostYears:
    """Years (measures, paths) of every strategy by its name, and of the plans, summed over the products whose money is known.

    `known` and `best` (products,): whose money is known, and the position of the strategy that earns most. `at_best` and `today`
    are their years by product until the plans are settled.
    """

    known: Mask
    best: NDArray[np.intp]
    takes: Mapping[str, Mapping[str, Mask]]
    strategies: dict[str, Array]
    at_best: _ByProduct | None
    today: _ByProduct | None
    plans: Mapping[str, PlanYears] = field(default_factory=dict)

    @staticmethod
    def begun(chosen: Mapping[str, Chosen], paths: int) -> LostYears:
        """Nothing is added yet, of products with these settings chosen."""
        profit = np.stack([one.profit for one in chosen.values()], axis=1)
        known = np.isfinite(chosen[Strategy.MTS].profit)
        best = np.where(np.isfinite(profit), profit, -np.inf).argmax(axis=1)
        shape = (len(known), len(MEASURES_OF_A_YEAR), paths)
        return LostYears(
            known, best, strategies_to_play(chosen, known), {name: np.zeros(shape[1:]) for name in chosen},
            _ByProduct.of(shape), _ByProduct.of(shape),
        )  # fmt: skip

    def add(self, strategy: str, index: NDArray[np.intp], years: Array | None) -> None:
        """Add the years (products, measures, paths) of products at these positions, each product of a strategy once."""
        assert self.at_best is not None and years is not None
        for name, mask in self.takes[strategy].items():
            for one in years[mask[index]]:  # one after the other: the sum hangs on no division into tasks
                self.strategies[name] += one
        here = self.best[index] == list(self.strategies).index(strategy)
        self.at_best.put(index[here], years[here])

    def put_today(self, index: NDArray[np.intp], years: Array) -> None:
        """Keep the years of products that are run as today."""
        assert self.today is not None
        self.today.put(index, years)

    def settled(self, plans: Mapping[str, tuple[NDArray[np.intp], Mask]]) -> LostYears:
        """The years of these plans, each the position of every product's strategy and who is run as today, both (products,); nothing is kept by product any more."""
        assert self.at_best is not None and self.today is not None
        found = {}
        for name, (strategy, own) in plans.items():
            best = self.known & ~own & (strategy == self.best)
            years = self.at_best.summed(best) + self.today.summed(self.known & own)
            found[name] = PlanYears(strategy, own, years, self.known & ~own & ~best)
        return LostYears(self.known, self.best, self.takes, self.strategies, None, None, found)
