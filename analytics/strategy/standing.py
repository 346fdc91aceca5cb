"""What a decision stands on: forecast, items, plans, ledgers and what was decided, so that any of it can be asked again at another value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.paths import PathPlan, path_plan
from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import Comparison
from analytics.strategy.compared.setting import setting_scores
from analytics.strategy.decision_rule import Decided
from analytics.strategy.money.price import money_values, profit_rates
from analytics.strategy.plans.component_pools import Outlook
from analytics.strategy.plans.ledgers import Setup
from analytics.strategy.plans.todays_way import TodaysWay
from analytics.strategy.pool_membership import Joined
from analytics.strategy.present.counted_as import run_as_today
from analytics.strategy.present.present_settings import service_of_levels

__all__ = ["FirstLook", "Restate", "Standing"]

Array = NDArray[np.float64]
#: Items with a field confirmed product by product (NaN: as it is), everything that follows from it found again.
Restate = Callable[[str, Array], Items]


class FirstLook(NamedTuple):
    """The first look at a product at the values in force, money over twelve months.

    profit: of every strategy (strategies,). base: of today's way. margin: of a perfect year. assembled: what each member of its family earns assembled
    to order (members,), NaN beyond the family. todays: of the members that assemble today (members,), NaN: as in force.
    """

    profit: Array
    base: float
    margin: float
    assembled: Array
    todays: Array


@dataclass(frozen=True, eq=False)
class Standing:
    """A portfolio as it is decided.

    A portfolio as it is decided: `alone` is what each product would do for itself, `decided` what is done with its family. `ledgers` are the grids,
    `joined` gives those of pools that only some members join, `way` is what is done today, `restate` gives the items at other values.
    `pools`, `looked` and `years` keep what was found on the way; `given` is the service that the file's levels give where these are only some of its
    products (None: all).
    """

    outlook: Outlook
    items: Items
    setup: Setup
    ledgers: Mapping[str, Ledger]
    comparison: Comparison
    alone: Decided
    decided: Decided
    joined: Joined
    way: TodaysWay
    restate: Restate
    pools: dict[bytes, Ledger] = field(default_factory=dict)
    looked: dict[int, FirstLook] = field(default_factory=dict)
    years: dict[tuple[str, int, int, int], Array] = field(default_factory=dict)
    given: float | None = None

    @cached_property
    def row_of(self) -> dict[str, NDArray[np.intp]]:
        """Where each product stands in each ledger (-1: absent): by strategy (products,)."""
        out = {}
        position = {str(sku): i for i, sku in enumerate(self.items.skus)}
        for name, ledger in self.ledgers.items():
            rows = np.full(len(self.items), -1, np.intp)
            rows[[position[str(sku)] for sku in ledger.skus]] = np.arange(len(ledger.skus))
            out[name] = rows
        return out

    @cached_property
    def family_of(self) -> NDArray[np.intp]:
        """The component family of each product (position; -1: none)."""
        out = np.full(len(self.items), -1, np.intp)
        for f, members in enumerate(self.setup.families):
            out[members] = f
        return out

    @cached_property
    def assembled_rates(self) -> Array:
        """Money per count of every product assembled to order: shape (products, counts)."""
        return profit_rates(money_values(self.items, Strategy.ATO), Strategy.ATO)

    @cached_property
    def assembled_money(self) -> Array:
        """Money of every product assembled to order at each setting and half: shape (products, settings, halves), 0 where it is not."""
        ledger = self.ledgers[Strategy.ATO]
        out = np.zeros((len(self.items), *ledger.counts.shape[1:3]))
        index = np.flatnonzero(self.row_of[Strategy.ATO] >= 0)
        out[index] = np.einsum(
            "nshc,nc->nsh", ledger.counts[self.row_of[Strategy.ATO][index]], self.assembled_rates[index]
        )
        return out

    @cached_property
    def scores(self) -> dict[str, Array]:
        """What settings are chosen by (`setting.setting_scores`) of every product at each setting and half: by ledger (its products, settings, halves)."""
        out = {}
        for name, ledger in self.ledgers.items():
            rows = self.row_of[name]
            index = np.flatnonzero(rows >= 0)
            out[name] = setting_scores(ledger, self.items.take(index[np.argsort(rows[index])]))[0]
        return out

    def siblings_money(self, index: NDArray[np.intp]) -> Array:
        """What the others of each product's family earn, assembled to order, at every setting and half: shape (products, settings, halves)."""
        total = np.stack([self.assembled_money[members].sum(axis=0) for members in self.setup.families])
        return np.asarray(total[self.family_of[index]] - self.assembled_money[index])

    @cached_property
    def run_today(self) -> NDArray[np.bool_]:
        """Products of which today's way is known and played.

        Shape (products,).
        """
        return run_as_today(self.comparison, len(self.items))

    @cached_property
    def assembled_today(self) -> NDArray[np.bool_]:
        """Products whose way of today is to assemble, and is played.

        Shape (products,).
        """
        out = np.zeros(len(self.items), bool)
        today = self.comparison.today
        if today is not None:
            out[today.index[today.strategy == Strategy.ATO]] = True
        return out

    @cached_property
    def given_service(self) -> float:
        """The service that the file's own levels give, which stands for levels of it that cannot deliver (NaN: none gives one)."""
        if self.given is not None:
            return self.given
        return service_of_levels(
            self.comparison, self.setup, self.items, self.outlook.forecast, self.way, ~self.decided.living
        )

    @cached_property
    def plan(self) -> PathPlan:
        """Keys and shocks of the simulated years."""
        world = self.setup.world
        return path_plan(
            self.outlook.forecast,
            self.outlook.families,
            self.outlook.seed,
            world.paths // world.inner,
            world.inner,
        )

    def pooled(self, members: NDArray[np.intp]) -> Ledger:
        """The ledger of a pool that only these members of a family join, as the study itself would play it."""
        key = members.tobytes()
        if key not in self.pools:
            whole = self.joined((members,))[Strategy.ATO]
            where = {str(sku): k for k, sku in enumerate(whole.skus)}
            rows = np.array([where[str(sku)] for sku in self.items.skus[members]], np.intp)
            self.pools[key] = Ledger(Strategy.ATO, whole.skus[rows], {}, whole.counts[rows])
        return self.pools[key]
