"""From ledgers and prices to the decision: priced, compared, recommended and added up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.demand import DemandPanel, LifeCycle
from analytics.forecast import Forecast
from analytics.items import Items
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import Comparison, compare
from analytics.strategy.ledgers import Progress, Setup, grid_ledgers
from analytics.strategy.portfolio import Portfolio, pooling_shared, portfolio_totals, too_few_join
from analytics.strategy.recommend import Recommendation, recommend
from analytics.strategy.setup import with_assembly
from analytics.strategy.today_played import with_today

__all__ = ["closed", "decide", "joined_ledgers"]


def decide(panel: DemandPanel, life: LifeCycle, items: Items, forecast: Forecast, setup: Setup, ledgers: Mapping[str, Ledger], currency: str = "",
           progress: Progress | None = None) -> tuple[Comparison, Recommendation, Portfolio]:  # fmt: skip
    """Price, compare, recommend and add up: everything that follows from the ledgers and today's prices."""
    ended = life.ended | (setup.world.end_week < 0)
    comparison = with_today(compare(setup, items, ledgers, progress), setup, items, ended)
    recommendation = recommend(comparison, items, ended, currency)
    joined = joined_ledgers(setup, panel, life, items, forecast)
    pooled = pooling_shared(setup, comparison, recommendation, items, joined)
    apart = too_few_join(setup, comparison, recommendation, pooled)
    if apart.any():
        recommendation = recommend(comparison, items, ended, currency, apart)
        pooled = pooling_shared(setup, comparison, recommendation, items, joined)
    recommendation = replace(recommendation, shared=float(pooled.sum()))
    return comparison, recommendation, portfolio_totals(comparison, recommendation, items)


def joined_ledgers(setup: Setup, panel: DemandPanel, life: LifeCycle, items: Items, forecast: Forecast) -> Callable[[tuple[NDArray[np.intp], ...]], Mapping[str, Ledger]]:
    """Ledgers of component stocks that only the members asked for join."""

    def joined(members: tuple[NDArray[np.intp], ...]) -> Mapping[str, Ledger]:
        return grid_ledgers(with_assembly(setup, panel, life, items, forecast, members), strategies=("ATO",))

    return joined


def closed(panel: DemandPanel, life: LifeCycle, items: Items, forecast: Forecast, setup: Setup, comparison: Comparison, recommendation: Recommendation,
            free: Comparison | None = None) -> tuple[Recommendation, Portfolio]:  # fmt: skip
    """The recommendation with its shared line, and the totals (`free`: without the limits that bind)."""
    joined = joined_ledgers(setup, panel, life, items, forecast)
    recommendation = replace(recommendation, shared=float(pooling_shared(setup, comparison, recommendation, items, joined).sum()))
    return recommendation, portfolio_totals(comparison, recommendation, items, free)
