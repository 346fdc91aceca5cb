"""A study under the limits that all products share, without them, and its load month by month against what the shop can do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.limits import Limits
from analytics.strategy.decision import joined_ledgers
from analytics.strategy.limits.capacity_load import (
    Load,
    best_month,
    judged_months,
    load_by_month,
    made_by_month,
    months_of,
    order_size_variability,
    planned_by_month,
    work_per_unit,
)  # fmt: skip
from analytics.strategy.portfolio.sums import portfolio_totals

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["carried_every_month", "study_load", "within_limits", "without_limits"]


def within_limits(study: Study, limits: Limits | None = None) -> Study:
    """The study's choice under the limits that all products share (None: those stated with its assumptions); the same study where there are none."""
    stated = study.assumptions.limits if limits is None else limits
    return _limited(study, stated, order_size_variability(study.orders)) if stated.any else study


def _limited(
    study: Study, limits: Limits, variability: NDArray[np.float64], whole_shop: bool = False
) -> Study:
    """The study with the choice, totals and notes that these limits leave."""
    # loads the solver, only where limits are stated
    from analytics.strategy.limits.limited_portfolio import under_limits
    from analytics.strategy.limits.problem import Asked

    _, shares = months_of(study.forecast)
    joined = joined_ledgers(study.setup, study.outlook, study.items)
    setup, comparison, recommendation, limited = under_limits(
        study.setup,
        study.comparison,
        study.ledgers,
        study.recommendation,
        study.items,
        Asked(limits, shares, variability, whole_shop),
        joined,
        study.currency,
    )
    portfolio = (
        study.portfolio
        if recommendation is study.recommendation
        else portfolio_totals(comparison, recommendation, study.items, limited.free)
    )
    return replace(
        study,
        setup=setup,
        comparison=comparison,
        recommendation=recommendation,
        portfolio=portfolio,
        notes=(*study.notes, *limited.notes),
        limited=limited,
    )


def without_limits(study: Study) -> Study:
    """The study as it would be if nothing were limited."""
    if study.limited is None:
        return study
    limited = study.limited
    portfolio = portfolio_totals(limited.free, limited.free_recommendation, study.items)
    notes = tuple(note for note in study.notes if note not in limited.notes)
    return replace(
        study,
        setup=limited.free_setup,
        comparison=limited.free,
        recommendation=limited.free_recommendation,
        portfolio=portfolio,
        notes=notes,
        limited=None,
    )


def study_load(study: Study) -> Load:
    """Work by month of the mix against what the shop can do: the capacity stated for orders, else the best month shipped so far."""
    limits = study.assumptions.limits
    months, shares = months_of(study.forecast)
    counts = np.stack([study.comparison.chosen[name].counts for name in study.comparison.strategies], axis=1)
    work = work_per_unit(study.items, limits)
    load = load_by_month(
        study.items,
        shares,
        months,
        study.recommendation.recommended,
        study.comparison.strategies,
        counts,
        limits,
        best_month(study.history, work),
    )
    demanded = study.comparison.chosen[study.comparison.strategies[0]].count("demanded")
    planned = planned_by_month(study.items, shares, demanded, limits)
    made = made_by_month(study.history, work, months)
    return replace(load, judged=judged_months(planned, made, *_comings_and_goings(study, work > 0.0)))


def _comings_and_goings(study: Study, made_here: NDArray[np.bool_]) -> tuple[int, int]:
    """Products made here that end within the year ahead (a known end, or more likely than not), and those launched within the two years before it."""

    def day(dates: Any) -> NDArray[np.int64]:
        return np.asarray(dates).astype("datetime64[D]").astype(np.int64)

    ahead, starts = int(day(study.forecast.first_period)), day(study.panel.starts)
    alive = ~study.recommendation.ended & made_here
    known = ~np.isnat(study.life.known_end) & (day(study.life.known_end) < ahead + 365)
    likely = (
        1.0
        - study.life.alive * np.exp(-np.nan_to_num(np.asarray(study.items["hazard_per_year"], np.float64)))
        > 0.5
    )
    first = starts[np.maximum(study.panel.first, 0)]
    new = made_here & (study.panel.first > 0) & (first >= ahead - 730)
    return int((alive & (known | likely)).sum()), int(new.sum())


def carried_every_month(study: Study, load: Load) -> Study:
    """The choice if the load must fit in every month: which products to keep in stock, and what that costs.

    Against a stated capacity, what is made to order must fit; against the assumed one of the whole shop, stock, levelled over the year, as well.
    """
    limits = replace(
        study.assumptions.limits, order_capacity_per_month=load.capacity, every_month=True, bad_years=False
    )
    free = without_limits(study)
    if load.origin == "stated":
        return within_limits(free, limits)
    return _limited(free, limits, np.ones(len(free.items)), whole_shop=True)
