"""Everything that is said of a study's stock and cash, in one record: what the page shows, and what the tables hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.simulation.run_out import PlayedDown
from analytics.study_stock.cash import (
    plans_beside,
    study_attention,
    study_bridge,
    study_carrying,
    study_stop_ordering,
    study_way,
    study_working_capital,
)
from analytics.study_stock.exposure import (
    of_todays_stock,
    stock_played_down,
    study_exposure,
    study_runs_out,
)
from analytics.study_stock.valuation import excess_quantile, study_valuation
from analytics.valuation.attention import RunsOut, Watched
from analytics.valuation.bridge import Bridge
from analytics.valuation.carrying import CarryingOfPlan
from analytics.valuation.exposure import ExposureOfStudy
from analytics.valuation.policy import DEFAULT_POLICY, StockPolicy
from analytics.valuation.run_down import Way
from analytics.valuation.valued import ValuedStock
from analytics.valuation.working_capital import CapitalOfPlan

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["StockAnswer", "answer_under", "stock_answer", "stop_ordering_text", "stop_ordering_words"]


@dataclass(frozen=True, eq=False)
class StockAnswer:
    """A study's stock, cash and exposure. `stop_from` and `stop_to` (products,) are months until ordering begins again, at high and at low demand.

    `down` is today's stock played down, kept so that another policy need not play it again.
    """

    valued: ValuedStock
    down: PlayedDown
    exposure: ExposureOfStudy
    capital: tuple[CapitalOfPlan, ...]
    carrying: tuple[CarryingOfPlan, ...]
    way: Way
    bridge: Bridge
    runs_out: RunsOut
    watched: Watched
    stop_from: NDArray[np.float64]
    stop_to: NDArray[np.float64]


def stock_answer(study: Study, policy: StockPolicy = DEFAULT_POLICY) -> StockAnswer:
    """All of it under one policy; every part ties to the totals of the study, or ValueError is raised."""
    valued, plans = study_valuation(study, policy), plans_beside(study)
    down = stock_played_down(study, valued)
    short = study_runs_out(study, valued, down)
    return StockAnswer(
        valued,
        down,
        study_exposure(study, valued, down),
        study_working_capital(study, valued, plans),
        study_carrying(study, valued, plans),
        study_way(study, valued),
        study_bridge(study, {}, plans),
        short,
        study_attention(study, valued, short),
        *study_stop_ordering(study, valued),
    )


def answer_under(study: Study, answer: StockAnswer, policy: StockPolicy) -> StockAnswer:
    """The answer under another policy, nothing simulated again: what `stock_answer` gives under that policy, to the cent.

    Stock is valued anew, what of its losses is excess too is read off the same years, and the write-down, the cost of
    switching and what to look at first follow. Another day of the stock ages it anew.
    """
    kept = answer.valued
    same_day = policy.as_of == kept.policy.as_of or bool(np.isnat([policy.as_of, kept.policy.as_of]).all())
    same_months = policy.excess_months == kept.policy.excess_months
    valued = kept.under(policy) if same_day else study_valuation(study, policy)
    if same_day and not same_months:
        valued = replace(valued, quantile=excess_quantile(study, valued.stock, policy))
    ordered = bool((valued.stock.units_of("on_order") > 0.0).any())
    down = (
        stock_played_down(study, valued) if ordered and not same_day else answer.down
    )  # it arrives sooner or later
    stock, excess = of_todays_stock(study, valued, down)
    years = {**answer.exposure.years, "stock": stock, "stock_in_excess": excess}
    short = answer.runs_out if same_day else study_runs_out(study, valued, down)
    down_now = np.where(valued.counted, valued.roll.charged - valued.roll.reversed, 0.0)
    return replace(
        answer,
        valued=valued,
        down=down,
        exposure=replace(answer.exposure, years=years),
        way=replace(answer.way, write_down=down_now, one_off=valued.policy.one_off_stated),
        runs_out=short,
        watched=study_attention(study, valued, short),
    )


def stop_ordering_words(study: Study, valued: ValuedStock) -> NDArray[np.object_]:
    """Of every product of the stock in which months ordering begins again, in words (products,); "" where nothing is to be stopped."""
    start, end = study_stop_ordering(study, valued)
    first = valued.stock.transition.first_month
    return np.array([stop_ordering_text(a, b, first) for a, b in zip(start, end, strict=True)], object)


def stop_ordering_text(start: float, end: float, first_month: np.datetime64) -> str:
    """In which months ordering begins again, in words; "" where nothing is to be stopped or nothing is known.

    >>> stop_ordering_text(1.2, 4.0, np.datetime64("2025-01", "M")), stop_ordering_text(0.4, 0.5, np.datetime64("2025-01", "M"))
    ('until 2025-02 to 2025-05', 'until 2025-01')
    """
    if not start > 0.0 or np.isnan(end):
        return ""
    if np.isinf(start):
        return "not within 24 months"
    first = str(first_month + int(start))
    if np.isinf(end):
        return f"until {first} or later"
    last = str(first_month + int(end))
    return f"until {first}" if first == last else f"until {first} to {last}"
