"""Everything that is said of a study's stock and cash, in one record: what the page shows, and what the tables hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.study_stock.cash import (
    plans_beside,
    study_attention,
    study_bridge,
    study_carrying,
    study_stop_ordering,
    study_way,
    study_working_capital,
)
from analytics.study_stock.exposure import stock_played_down, study_exposure, study_runs_out
from analytics.study_stock.valuation import study_valuation
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

__all__ = ["StockAnswer", "stock_answer", "stop_ordering_text", "stop_ordering_words"]


@dataclass(frozen=True, eq=False)
class StockAnswer:
    """A study's stock, cash and exposure. `stop_from` and `stop_to` (products,) are months until ordering begins again, at high and at low demand."""

    valued: ValuedStock
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
        study_exposure(study, valued, down),
        study_working_capital(study, valued, plans),
        study_carrying(study, valued, plans),
        study_way(study, valued),
        study_bridge(study, {}, plans),
        short,
        study_attention(study, valued, short),
        *study_stop_ordering(study, valued),
    )


def stop_ordering_words(study: Study) -> NDArray[np.object_]:
    """Of every product of the stock in which months ordering begins again, in words (products,); "" where nothing is to be stopped."""
    valued = study_valuation(study)
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
