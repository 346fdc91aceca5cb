"""The score of a replay: money by the formulas of the simulation, closing stock valued in several ways, and hindsight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import GIVEN, Items, empty_items
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.doubt.gain_doubt import MeasuredError
from analytics.strategy.money.formulas import cash_tied_up, profit
from analytics.strategy.money.measures import counts_by_name
from analytics.strategy.money.price import MONEY_FIELDS, money_values, reacted
from analytics.validation.gains import ordered_less_sold
from analytics.validation.judged import too_short_to_judge
from analytics.validation.policies import PLAYED
from analytics.validation.schedule import Schedule

__all__ = ["MEASURES", "SINGLE", "Replayed", "repeatable_gain", "scoring_items"]

Array = NDArray[np.float64]

_C = COUNT_INDEX
#: The single strategies among which hindsight chooses, as policies.
SINGLE = ("all_mts", "all_ato", "all_mto")
#: Measures of `replay.csv`: units of the window, average units on hand, money of the window. opening + ordered = sold + scrapped + cleared + closing + left.
MEASURES = (
    "opening",
    "ordered",
    "demanded",
    "sold",
    "lost",
    "waited",
    "scrapped",
    "cleared",
    "closing",
    "left",
    "on_hand",
    "orders",
    "profit",
    "ordered_less_sold",
)


@dataclass(frozen=True, eq=False)
class Replayed:
    """What would have happened: arrays over windows, policies, products (sorted SKU text) and, for `counts`, strategies and counts.

    `strategy` holds positions in DECIDED, `profit` money of the window (NaN without price or cost), `cash` average money tied up. `known`
    (windows, products) says which products had been sold before the window. `hindsight` (products,) is the policy of SINGLE that was best
    afterwards (position into `policies`, -1 without money). `baseline` is the policy that stands for today. `mix_stock` and `mix_short` are the
    mix week by week (products, weeks): finished units on hand, and units of what is made to stock that were not served at once.
    `grown` is `gains.ordered_less_sold` (windows, policies, products). `family` (products,) is one number for all that share components,
    `lead_weeks` and `between` (products,) the lead time and the weeks between sales as the first date that knew a product told, `in_file` how many
    products the file has, of which these were chosen. `measured` is what became of the gains promised at the dates (None: not asked).
    `valued` is the profit of the last window (policies, products) by the other ways to value closing stock (see `leftover.VALUATIONS`).
    """

    skus: NDArray[Any]
    schedule: Schedule
    policies: tuple[str, ...]
    strategy: NDArray[np.int8]
    counts: Array
    profit: Array
    cash: Array
    known: NDArray[np.bool_]
    hindsight: NDArray[np.intp]
    baseline: str
    stated: int
    planned_fill: float
    seed: int
    currency: str
    notes: tuple[str, ...]
    mix_stock: NDArray[np.float32]
    mix_short: NDArray[np.float32]
    grown: Array
    family: NDArray[np.intp]
    lead_weeks: Array
    between: Array
    in_file: int
    valued: Mapping[str, Array]
    measured: MeasuredError | None = None

    @property
    def priced(self) -> NDArray[np.bool_]:
        """Products whose money is known in every window in which they took part."""
        return np.asarray(
            self.known.any(axis=0)
            & np.isfinite(np.where(self.known[:, None, :], self.profit, 0.0)).all(axis=(0, 1))
        )

    @property
    def weeks_played(self) -> Array:
        """Weeks that each product was played for, shape (products,): those of the windows that knew it."""
        return np.asarray(self.known.sum(axis=0) * float(self.schedule.window_weeks))

    @property
    def too_short(self) -> NDArray[np.bool_]:
        """Products that were played for too few weeks to judge (see `judged.too_short_to_judge`), shape (products,)."""
        played = self.known.any(axis=0)
        return played & too_short_to_judge(self.lead_weeks, self.between, self.weeks_played)

    def earned(self, policy: str, how: str = "rule") -> Array:
        """Money of a policy over all windows, shape (products,); 0 where no money is known.

        `how` values closing stock (see `leftover.VALUATIONS`); hindsight stays the policy that is best by the rule.
        """
        profit = self.profit
        if how != "rule":
            profit = np.concatenate([profit[:-1], self.valued[how][None]])
        money = np.where(self.known[:, None, :] & self.priced, profit, 0.0).sum(axis=0)
        if policy == "hindsight":
            return np.asarray(money[np.maximum(self.hindsight, 0), np.arange(len(self.skus))])
        return np.asarray(money[self.policies.index(policy)])


#: The prices of a replay, and the chance of ending, by which prices choose how long leftovers are held: orders are counted as such
#: there, and what can be cancelled is cancelled in the week it happens.
SCORED_BY = (
    *(name for name in MONEY_FIELDS if name not in ("units_per_order", "cancellable_share")),
    "hazard_per_year",
)


def scoring_items(skus: NDArray[Any]) -> dict[str, Array]:
    """Empty columns of what prices counts, to be filled at the first origin that knows a product and never changed afterwards."""
    return {name: np.full(len(skus), np.nan) for name in SCORED_BY}


def window_money(
    counts: Array, skus: NDArray[Any], values: Mapping[str, Array], price: Array
) -> tuple[Array, Array]:
    """Profit and average cash tied up of a window's counts (policies, products, strategies, counts), each unit priced as it was served.

    `values` are the money fields fixed beforehand, `price` (products,) the net price realised in the window (NaN: the fixed one).
    Cash is in money times years.
    """
    items: Items = empty_items(skus)
    for name, column in values.items():
        items = items.with_field(
            name, np.where(np.isfinite(price), price, column) if name == "price" else column, GIVEN
        )
    earned, cash = np.zeros(counts.shape[:2]), np.zeros(counts.shape[:2])
    for k, strategy in enumerate(PLAYED):
        used = counts[:, :, k].any(axis=(0, 2))
        money = money_values(items, strategy)
        n = counts_by_name(reacted(counts[:, :, k], strategy, money))
        earned += np.where(used, profit(n, money), 0.0)
        cash += np.where(used, cash_tied_up(n, money), 0.0)
    unknown = ~np.isfinite(items["price"] * items["unit_cost"])
    return np.where(unknown, np.nan, earned), np.where(unknown, np.nan, cash)


def stock_grown(counts: Array, skus: NDArray[Any], values: Mapping[str, Array]) -> Array:
    """`gains.ordered_less_sold` of a window's counts (policies, products, strategies, counts), at the costs fixed beforehand: (policies, products)."""
    items: Items = empty_items(skus)
    for name, column in values.items():
        items = items.with_field(name, column, GIVEN)
    grown = np.zeros(counts.shape[:2])
    for k, strategy in enumerate(PLAYED):
        used = counts[:, :, k].any(axis=(0, 2))
        part = ordered_less_sold(counts_by_name(counts[:, :, k]), money_values(items, strategy))
        grown += np.where(used, part, 0.0)
    return np.where(np.isfinite(items["price"] * items["unit_cost"]), grown, np.nan)


def best_afterwards(policies: tuple[str, ...], money: Array) -> NDArray[np.intp]:
    """The best single strategy of every product, known only afterwards: position of its policy; `money` is (policies, products)."""
    single = np.array([policies.index(name) for name in SINGLE if name in policies])
    known = np.isfinite(money[single]).all(axis=0)
    return np.where(
        known, single[np.argmax(np.where(np.isfinite(money[single]), money[single], -np.inf), axis=0)], -1
    )


def repeatable_gain(replayed: Replayed, base: str) -> Array:
    """What each product would have gained over `base` at every date with the single strategy that was best at the other dates (products,); NaN with one date.

    repeatable_gain = sum over dates of profit of the strategy best at the other dates - profit of `base`. Money.
    Hindsight takes the best of several noisy results and so counts luck as knowledge; a strategy chosen at the other dates has no luck at this
    one. Source: cross-validation by leaving one out (Stone 1974).
    """
    money = np.where(replayed.known[:, None, :] & replayed.priced, np.nan_to_num(replayed.profit), 0.0)
    if len(money) < 2:
        return np.full(money.shape[2], np.nan)
    single = [replayed.policies.index(name) for name in SINGLE if name in replayed.policies]
    gain = money[:, single] - money[:, [replayed.policies.index(base)]]
    chosen = np.argmax(gain.sum(axis=0) - gain, axis=1)
    return np.asarray(np.take_along_axis(gain, chosen[:, None, :], axis=1)[:, 0].sum(axis=0))
