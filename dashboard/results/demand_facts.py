"""DemandFacts: what the Demand page shows of a study: the forecast at past dates, its money, cleaning, what is ahead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.naming.labels import Strategy

if TYPE_CHECKING:
    from analytics.demand import DeathReliability
    from analytics.forecast import Backtest
    from analytics.study import Study

__all__ = ["DemandFacts", "LayerFact", "by_month", "demand_facts_of", "past_of"]

Array = NDArray[np.float64]
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class LayerFact:
    """A layer of cleaning as the page shows it."""

    name: str
    label: str
    meaning: str
    on: bool
    products: int
    periods: int
    units: float


@dataclass(frozen=True, eq=False)
class DemandFacts:
    """Products in the order of `Facts.products`. `past` is the backtest (latest date first), `interval` its length in periods.

    `stocking` and `ordering` (products,) is what not knowing demand costs over twelve months (NaN unknown); `regret` and `regret_simple`
    what stocking by our forecast and by the mean of the last 12 periods would have cost more than hindsight, per year. `ahead` (products,
    periods) is expected demand, the chance of having ended counted, from `ahead_starts`; `tests` how many past sums each product has.
    `silent` is how well a year without a sale was foretold at past dates; None where the history has no room for such a test.
    """

    past: Backtest
    table: pd.DataFrame
    demand_class: tuple[str, ...]
    stocking: Array
    ordering: Array
    regret: Array
    regret_simple: Array
    ratio: Array
    layers: tuple[LayerFact, ...]
    changes: pd.DataFrame
    original_units: float
    cleaned_units: float
    ahead: NDArray[np.float32]
    ahead_starts: NDArray[np.datetime64]
    tests: NDArray[np.intp]
    history_periods: NDArray[np.intp]
    method: tuple[str, ...]
    notes: tuple[tuple[str, ...], ...]
    silent: DeathReliability | None


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


def by_month(
    starts: NDArray[np.datetime64], days: int, values: Array
) -> tuple[NDArray[np.datetime64], Array]:
    """Sums by calendar month of values per period (products, periods); a period across two months is split by its days.

    >>> months, got = by_month(np.array(["2024-01-29"], "datetime64[D]"), 7, np.array([[70.0]]))
    >>> months.astype(str).tolist(), got.tolist()
    (['2024-01', '2024-02'], [[30.0, 40.0]])
    """
    if days > 7:
        return starts.astype("datetime64[M]"), np.asarray(values, np.float64)
    first, last = starts[0].astype("datetime64[M]"), (starts[-1] + (days - 1)).astype("datetime64[M]")
    months = np.arange(first, last + 1)
    share = np.zeros((len(starts), len(months)))
    for d in range(days):
        place = ((starts + d).astype("datetime64[M]") - first).astype(np.int64)
        np.add.at(share, (np.arange(len(starts)), place), 1.0 / days)
    return months, np.asarray(values, np.float64) @ share


def demand_facts_of(study: Study, past: Backtest) -> DemandFacts:
    """Copy from a study and its backtest what the page shows."""
    from analytics.demand.classes import demand_classes
    from analytics.demand.panel import PERIODS_PER_YEAR
    from analytics.forecast.judged.backtest import BACKTEST_LEVELS
    from analytics.forecast.spread.totals import future_starts, survival
    from analytics.strategy.money.forecast_value import cost_of_not_knowing, planning_regret
    from analytics.strategy.money.measures import physical_measures
    from analytics.strategy.own_decision import strategy_money
    from analytics.strategy.planned_settings import planned_settings

    comparison, items = study.comparison, study.items
    n = len(items)
    cost = np.asarray(items["unit_cost"]) * (1.0 - np.asarray(items["fixed_cost_share"]))
    margin = items.price_of_demand - cost
    holding = cost * (
        np.asarray(items["capital_rate"])
        + np.asarray(items["storage_rate"])
        + np.asarray(items["insurance_rate"])
    )
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
    over = holding / per_year
    lost = margin * (1.0 - np.nan_to_num(np.asarray(items["share_waiting"]), nan=0.0))
    usable = np.isfinite(lost) & np.isfinite(over) & (lost > 0) & (over > 0)
    short, over = np.where(usable, lost, np.nan), np.where(usable, over, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.where(past.forecast[:, :, None] > 0, past.quantiles / past.forecast[:, :, None], 1.0)
        ratio = short / (short + over)
    ratio_safe = np.where(usable, ratio, 0.5)
    regret = [
        planning_regret(
            past.actual,
            q,
            BACKTEST_LEVELS,
            np.where(usable, short, 1.0),
            np.where(usable, over, 1.0),
            per_year,
        )
        for q in (past.quantiles, past.simple[:, :, None] * spread)
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
        ratio=np.where(usable, ratio_safe, np.nan),
        layers=tuple(
            LayerFact(x.name, x.label, x.meaning, x.on, x.products, x.periods, x.units)
            for x in study.cleaned.layers
        ),
        changes=study.cleaned.changes,
        original_units=float(study.panel.units.sum()),
        cleaned_units=float(study.cleaned.panel.units.sum()),
        ahead=(study.forecast.mean * survival(study.forecast, periods)).astype(np.float32),
        ahead_starts=future_starts(study.forecast.first_period, study.panel.frequency, periods),
        tests=np.isfinite(past.actual).sum(axis=1),
        history_periods=np.where(study.panel.first >= 0, study.panel.observed.sum(axis=1), 0),
        method=tuple(str(m) for m in study.forecast.method),
        notes=study.forecast.notes,
        silent=silent_of(study),
    )


def worst_errors(demand: DemandFacts, value: Array) -> pd.DataFrame:
    """Products by the value of their usual error over the interval, largest first: position, error (units), value, said, came, bias."""
    with np.errstate(invalid="ignore"):
        error = np.abs(demand.past.actual - demand.past.forecast)
    known = demand.tests > 0

    def mean(values: Array) -> Array:
        return np.where(
            known,
            np.where(np.isfinite(values), values, 0.0).sum(axis=1) / np.maximum(demand.tests, 1),
            np.nan,
        )

    usual: dict[str, Any] = {
        "position": np.arange(len(known)),
        "error": mean(error),
        "said": mean(demand.past.forecast),
        "came": mean(demand.past.actual),
    }
    table = pd.DataFrame(usual).assign(value=mean(error) * value)
    return table[known & np.isfinite(table["value"]) & (table["error"] > 0)].sort_values(
        ["value", "error"], ascending=False, kind="stable", ignore_index=True
    )
