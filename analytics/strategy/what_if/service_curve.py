"""What service costs: for every target the cheapest way to serve it from stock, with today's way and the plan beside it.

Each product is stocked at its cheapest setting, of those simulated, that serves the target at once; where none does, at the one that serves most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNT_INDEX, Ledger
from analytics.strategy.compared.setting import on_the_shelf
from analytics.strategy.money.measures import counts_by_name, fill_rate, priced_measures
from analytics.strategy.money.price import money_values, reacted
from analytics.strategy.money.totals import Amounts, booked_cost, cost_of_capital
from analytics.strategy.portfolio.plan_measures import PlanMeasures

__all__ = ["TARGETS", "ServiceCurve", "ServicePoint", "cost_of_serving", "service_curve"]

Array = NDArray[np.float64]

#: Shares served at once at which the curve is drawn.
TARGETS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 0.999)


def cost_of_serving(amounts: Amounts) -> Array:
    """What serving customers costs, whoever is not served aside: booked cost and the cost of capital. Money over twelve months.

    cost_of_serving = booked_cost + cost_of_capital. Source: definition.

    >>> names = ("storage", "setup", "obsolescence", "run_off", "perhaps_ended", "markdown", "cancellation", "premium", "capital")
    >>> float(cost_of_serving({name: np.array(2.0) for name in names}))
    18.0
    """
    return np.asarray(booked_cost(amounts) + cost_of_capital(amounts), np.float64)


class ServicePoint(NamedTuple):
    """The share of demand `served` at once, what serving costs and what is earned; money over twelve months."""

    served: float
    cost: float
    profit: float


@dataclass(frozen=True, eq=False)
class ServiceCurve:
    """What service costs some products together, which are stocked.

    `fill`, `cost` and `profit` (products, settings) are those of every setting that may be chosen (infinite cost where not), `units` (products,) the
    demand of a year, `today` and `plan` the points of today's way and of the mix. `without_money` products are in none of it.
    """

    fill: Array
    cost: Array
    profit: Array
    units: Array
    today: ServicePoint
    plan: ServicePoint
    without_money: int

    def at(self, target: float) -> ServicePoint:
        """Every product served at least at `target` at once, at least cost; one that cannot be, as well as it can. Raises ValueError outside 0 to 1."""
        if not 0.0 <= target <= 1.0:
            raise ValueError(f"ServiceCurve.at: target must be from 0 to 1, got {target}")
        reached = self.fill >= target - 1e-12
        most = np.where(np.isfinite(self.cost), self.fill, -np.inf).max(axis=1, keepdims=True)
        may = reached | (~reached.any(axis=1, keepdims=True) & (self.fill >= most - 1e-12))
        pick = np.argmin(np.where(may, self.cost, np.inf), axis=1)
        rows = np.arange(len(pick))
        demand = max(float(self.units.sum()), 1e-12)
        return ServicePoint(
            float((self.fill[rows, pick] * self.units).sum()) / demand,
            float(self.cost[rows, pick].sum()),
            float(self.profit[rows, pick].sum()),
        )

    def unreached(self, target: float) -> int:
        """Products that no setting serves so well."""
        return int((np.where(np.isfinite(self.cost), self.fill, 0.0).max(axis=1) < target - 1e-12).sum())

    def points(self) -> list[ServicePoint]:
        """The curve at TARGETS; cost never falls along it."""
        return [self.at(target) for target in TARGETS]


def service_curve(
    ledger: Ledger, items: Items, rows: NDArray[np.intp], today: PlanMeasures, plan: PlanMeasures
) -> ServiceCurve | None:
    """The curve of the products at `rows` of `items`, from the `ledger` of making to stock; None where no money is known of any of them."""
    place = {str(sku): k for k, sku in enumerate(ledger.skus)}
    known = np.isfinite(today.money["profit"][rows]) & np.isfinite(plan.money["profit"][rows])
    known &= np.array([str(items.skus[i]) in place for i in rows], bool)
    if not known.any():
        return None
    here = rows[known]
    own = items.take(here)
    raw = ledger.counts[np.array([place[str(sku)] for sku in own.skus], np.intp)]
    money = {name: column[:, None] for name, column in money_values(own, Strategy.MTS).items()}
    counts = reacted(raw.mean(axis=2), Strategy.MTS, money)
    amounts = priced_measures(counts, money)
    may = on_the_shelf(raw, Strategy.MTS) & np.isfinite(amounts["profit"])
    by_name = counts_by_name(counts)
    fill = np.where(may, np.nan_to_num(fill_rate(by_name)), -1.0)
    return ServiceCurve(
        fill,
        np.where(may, cost_of_serving(amounts), np.inf),
        amounts["profit"],
        np.asarray(by_name("demanded").mean(axis=1)),
        _point(today, here),
        _point(plan, here),
        int((~known).sum()),
    )


def _point(plan: PlanMeasures, rows: NDArray[np.intp]) -> ServicePoint:
    """What a plan serves at once, costs and earns for these products."""
    served = np.nan_to_num(fill_rate(counts_by_name(plan.counts[rows])))
    demanded = plan.counts[rows, COUNT_INDEX["demanded"]]
    return ServicePoint(
        float((served * demanded).sum()) / max(float(demanded.sum()), 1e-12),
        float(cost_of_serving({name: column[rows] for name, column in plan.money.items()}).sum()),
        float(plan.money["profit"][rows].sum()),
    )
