"""What every product brings under a plan: the rows whose sums are the portfolio's totals.

A plan says for every product by which strategy it is run: one strategy for all, as today (`baseline`), by a person's own rule (`mine`), or as
recommended (`mix`). A product that
is not offered a plan's strategy stays to stock; one that is run as today where that is known is counted with today's own settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.strategy.compare import Comparison
from analytics.strategy.compared.played_years import quantiles_of_years
from analytics.strategy.money.measures import WaitingUnits, physical_measures, priced_measures
from analytics.strategy.own_decision import strategy_money
from analytics.strategy.plans.ledgers import chunks_of
from analytics.strategy.present.counted_as import baseline_counts, stays_at, waiting_under
from analytics.strategy.present.present_policy import todays_money
from analytics.strategy.recommend import Recommendation

__all__ = ["AS_TODAY", "PlanMeasures", "plan_measures", "plans_of", "profit_behind_best"]

Array = NDArray[np.float64]

#: How a product is run that keeps today's own settings.
AS_TODAY = "today"


@dataclass(frozen=True, eq=False)
class PlanMeasures:
    """One plan, product by product: arrays over products (first axis), money over twelve months.

    `run_as` is the strategy a product is run by, `today` with today's own settings. `money` holds profit, benchmark, revenue, cash and every component
    (NaN where price or cost is unknown), `counts` the counts of the year, `by_path` the money of each simulated year (products, years), `waits` the wait
    in days of those who wait, `waiting` the units that wait and how long,
    `served` the units served within SERVICE_DAYS. `low` and `high` are, per measure, the 5th and 95th percentile of a year
    (NaN: not known, as for all but the profit of what is run as today); they do not add up.
    """

    name: str
    run_as: NDArray[np.object_]
    money: Mapping[str, Array]
    counts: Array
    by_path: NDArray[np.float32]
    waits: Mapping[str, Array]
    waiting: WaitingUnits
    served: Array
    low: Mapping[str, Array]
    high: Mapping[str, Array]

    @property
    def values(self) -> dict[str, Array]:
        """Every measure by name: money, physics and waits, each of shape (products,)."""
        return {**self.money, **physical_measures(self.counts), **self.waits}


def plan_measures(
    name: str,
    comparison: Comparison,
    items: Items,
    choice: NDArray[np.intp],
    as_today: NDArray[np.bool_],
    priced: Mapping[str, Mapping[str, Array]] | None = None,
) -> PlanMeasures:
    """Every measure of every product under the strategies at `choice` (products,), run as today where marked and known.

    `priced` is the money of every strategy (`strategy_money`), where it is at hand. *Formula*: the counts of the strategy chosen, priced; for what is
    run as today, the counts of today's settings at today's prices.
    Source: the functions of each measure.
    """
    rows = np.arange(len(items))
    priced = (
        {one: strategy_money(comparison, items, one) for one in comparison.strategies}
        if priced is None
        else priced
    )
    counts, by_path, waits, served = baseline_counts(comparison, choice, as_today)
    money = {
        m: np.stack([priced[one][m] for one in comparison.strategies], axis=1)[rows, choice]
        for m in priced[Strategy.MTS]
    }
    low, high = (
        {m: column[rows, choice] for m, column in bound.items()}
        for bound in (comparison.low, comparison.high)
    )
    run_as = np.array(comparison.strategies, object)[choice]
    index, at = stays_at(comparison, as_today)
    if comparison.today is not None and len(index):
        run_as[index] = AS_TODAY
        own = {field: column[at] for field, column in todays_money(comparison.today, items).items()}
        for m, column in priced_measures(counts[index], own).items():
            money[m][index] = column
        for bound, years in zip(
            (low, high), quantiles_of_years(by_path[index].astype(np.float64)), strict=True
        ):
            for m, column in bound.items():
                column[index] = years if m == "profit" else np.nan
    waiting = waiting_under(comparison, choice, as_today)
    return PlanMeasures(name, run_as, money, counts, by_path, waits, waiting, served, low, high)


def plans_of(
    comparison: Comparison, recommendation: Recommendation, items: Items, free: Comparison | None = None
) -> Iterator[PlanMeasures]:
    """Every plan in turn: the strategies, one for all products, `baseline`, `mine` where a person has a rule of their own, and `mix`.

    `free` is the comparison without limits (None: there are none): the baseline and the single strategies are run as there, the mix as under its limits.
    """
    free = comparison if free is None else free
    stocked, nobody = free.strategies.index(Strategy.MTS), np.zeros(len(items), bool)
    priced = {one: strategy_money(free, items, one) for one in free.strategies}
    for k, name in enumerate(free.strategies):
        yield plan_measures(
            name, free, items, np.where(free.chosen[name].offered, k, stocked), nobody, priced
        )
    yield plan_measures("baseline", free, items, recommendation.baseline, ~nobody, priced)
    if recommendation.mine is not None:
        yield plan_measures("mine", free, items, recommendation.mine, nobody, priced)
    yield plan_measures(
        "mix",
        comparison,
        items,
        recommendation.recommended,
        recommendation.as_today,
        priced if comparison is free else None,
    )


def profit_behind_best(
    comparison: Comparison, items: Items, plan: PlanMeasures
) -> tuple[Array, Array, Array]:
    """How much less a product earns under a plan than under the strategy with the highest expected profit: value, 5th and 95th percentile of a realised year.

    *Formula*: as `compare.profit_against_best`, which it equals for a plan of one strategy. Shapes (products,), money a year, NaN where no money is known.
    Source: definition.
    """
    rows = np.arange(len(items))
    best = np.argmax(np.where(np.isfinite(comparison.profit), comparison.profit, -np.inf), axis=1)
    profit = np.stack(
        [strategy_money(comparison, items, name)["profit"] for name in comparison.strategies], axis=1
    )[rows, best]
    low, high = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    for block in chunks_of(len(rows), 1000):
        low[block], high[block] = quantiles_of_years(
            plan.by_path[block].astype(np.float64) - comparison.by_path[block, best[block]]
        )
    return plan.money["profit"] - profit, low, high
