"""DemandFacts: what the Demand page shows of a study: the forecast at past dates, its money, cleaning, what is ahead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.naming.labels import Strategy

if TYPE_CHECKING:
    from analytics.demand import DeathReliability
    from analytics.demand.cleaning.layers import Layer
    from analytics.forecast import Backtest
    from analytics.study import Study

__all__ = ["DemandFacts", "demand_facts_of", "past_of", "worst_errors"]

Array = NDArray[np.float64]
Progress = Callable[[float, str], None]


@dataclass(frozen=True, eq=False)
class DemandFacts:
    """Products in the order of `Facts.products`. `past` is the backtest (latest date first), `interval` its length in periods.

    `stocking` and `ordering` (products,) is what not knowing demand costs over twelve months (NaN unknown); `regret` and `regret_simple`
    what stocking by our forecast and by the mean of the last 12 periods would have cost more than hindsight, per year. `ahead` (products,
    periods) is expected demand, the chance of having ended counted, at least what is on order, from `ahead_starts`; `tests` how many past sums each product has.
    `silent` is how well a year without a sale was foretold at past dates; None where the history has no room for such a test. `promotions` is the
    table of promotions, None where none are known beside the flags of lines; `promotions_said` what was done with them.
    """

    past: Backtest
    table: pd.DataFrame
    demand_class: tuple[str, ...]
    stocking: Array
    ordering: Array
    regret: Array
    regret_simple: Array
    layers: tuple[Layer, ...]
    changes: pd.DataFrame
    original_units: float
    cleaned_units: float
    removed_units: float
    removed_share: float
    ahead: NDArray[np.float32]
    ahead_starts: NDArray[np.datetime64]
    tests: NDArray[np.intp]
    history_periods: NDArray[np.intp]
    method: tuple[str, ...]
    notes: tuple[tuple[str, ...], ...]
    silent: DeathReliability | None
    promotions: pd.DataFrame | None
    promotions_said: str


def past_of(study: Study, progress: Progress | None = None) -> Backtest:
    """The forecast at six past dates, the history cleaned with what was known then (today's stock was not)."""
    from analytics.forecast.judged.backtest_as_of import backtest_as_known, past_dates
    from analytics.study_results import past_cleaning

    periods, interval = study.panel.units.shape[1], study.forecast.total_periods
    dates = past_dates(periods, int(min(interval.max(initial=1.0), max(1, periods // 4))))
    return backtest_as_known(
        study.panel, study.forecast.family, interval, dates, past_cleaning(study), study.seed, progress
    )


def silent_of(study: Study) -> DeathReliability | None:
    """Years without a sale as foretold at up to three dates a quarter apart, each with a year after it and half a year before."""
    from analytics.demand import death_reliability

    year = round(study.panel.periods_per_year)
    latest = study.panel.units.shape[1] - year
    origins = [o for o in (latest - k * year // 4 for k in range(3)) if o >= max(2, year // 2)]
    found = death_reliability(study.panel, study.items, origins) if origins else None
    return found if found is not None and found.cases else None


def demand_facts_of(study: Study, past: Backtest) -> DemandFacts:
    """What the page shows of a study and its backtest."""
    from analytics.demand.classes import demand_classes
    from analytics.demand.panel import PERIODS_PER_YEAR
    from analytics.forecast.judged.backtest import BACKTEST_LEVELS
    from analytics.forecast.promotions_ahead import promotions_table
    from analytics.forecast.spread.totals import future_starts, mean_by_period
    from analytics.strategy.money.forecast_value import (
        cost_of_not_knowing,
        holding_cost,
        over_and_short_cost,
        planning_regret,
        spread_like,
    )
    from analytics.strategy.money.measures import physical_measures
    from analytics.strategy.own_decision import strategy_money
    from analytics.strategy.planned_settings import planned_settings

    comparison, items = study.comparison, study.items
    n = len(items)
    holding = holding_cost(items)
    unknown: dict[str, Array] = {}
    for name in (Strategy.MTS, Strategy.MTO):
        k = comparison.strategies.index(name)
        physical = physical_measures(comparison.chosen[name].counts)
        lot = (
            planned_settings(study.setup, comparison, items, np.full(n, k, np.intp))["order_quantity"]
            if name == Strategy.MTS
            else np.zeros(n)
        )
        money = cost_of_not_knowing(
            strategy_money(comparison, items, name),
            physical["units_on_hand"],
            lot,
            holding if name == Strategy.MTS else np.zeros(n),
        )
        unknown[name] = np.where(np.isfinite(comparison.profit[:, k]), money, np.nan)
    per_year = PERIODS_PER_YEAR[study.panel.frequency] / np.maximum(past.interval, 1)
    over, short = over_and_short_cost(items, per_year)
    usable = np.isfinite(over)
    regret = [
        planning_regret(
            past.actual,
            q,
            BACKTEST_LEVELS,
            np.where(usable, short, 1.0),
            np.where(usable, over, 1.0),
            per_year,
        )
        for q in (past.quantiles, spread_like(past.simple, past.forecast, past.quantiles))
    ]
    periods = study.forecast.mean.shape[1]
    return DemandFacts(
        past=past,
        table=past.table(),
        demand_class=tuple(str(c) for c in demand_classes(study.panel)[2]),
        stocking=unknown[Strategy.MTS],
        ordering=unknown[Strategy.MTO],
        regret=np.where(usable, regret[0], np.nan),
        regret_simple=np.where(usable, regret[1], np.nan),
        layers=study.cleaned.layers,
        changes=study.cleaned.changes,
        original_units=float(study.panel.units.sum()),
        cleaned_units=float(study.cleaned.panel.units.sum()),
        removed_units=study.cleaned.removed_units,
        removed_share=study.cleaned.removed_share,
        ahead=mean_by_period(study.forecast, periods).astype(np.float32),
        ahead_starts=future_starts(study.forecast.first_period, study.panel.frequency, periods),
        tests=np.isfinite(past.actual).sum(axis=1),
        history_periods=np.where(study.panel.first >= 0, study.panel.observed.sum(axis=1), 0),
        method=tuple(str(m) for m in study.forecast.method),
        notes=study.forecast.notes,
        silent=silent_of(study),
        promotions=None if study.promotions is None else promotions_table(study.forecast, study.promotions),
        promotions_said="" if study.promotions is None else study.promotions.notes[0],
    )


def worst_errors(demand: DemandFacts, value: Array) -> pd.DataFrame:
    """Products by the value of their usual error over the interval (`forecast_value.mean_errors`)."""
    from analytics.strategy.money.forecast_value import mean_errors

    return mean_errors(demand.past.actual, demand.past.forecast, value)
