"""A study's stock worked out once: each part when it is first asked for, the same for every table and the summary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from analytics.study_stock.cash import (
    Plans,
    plans_beside,
    study_attention,
    study_carrying,
    study_way,
    study_working_capital,
)
from analytics.study_stock.exposure import stock_played_down, study_exposure, study_runs_out
from analytics.study_stock.valuation import study_valuation
from analytics.valuation.attention import RunsOut, Watched
from analytics.valuation.carrying import CarryingOfPlan
from analytics.valuation.exposure import ExposureOfStudy
from analytics.valuation.policy import DEFAULT_POLICY, StockPolicy
from analytics.valuation.run_down import Way
from analytics.valuation.valued import ValuedStock
from analytics.valuation.working_capital import CapitalOfPlan

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["StockParts", "once", "stock_parts"]

_Made = TypeVar("_Made")


def once(make: Callable[[], _Made]) -> Callable[[], _Made]:
    """What `make` gives, worked out when first asked for, once for whoever asks: tables and summary are made beside each other."""
    alone, found = Lock(), list[_Made]()

    def made() -> _Made:
        with alone:
            if not found:
                found.append(make())
        return found[0]

    return made


@dataclass(frozen=True)
class StockParts:
    """Parts of a study's stock under one policy, each a function that works it out once: as the functions of `StockAnswer`."""

    valued: Callable[[], ValuedStock]
    plans: Callable[[], Plans]
    exposure: Callable[[], ExposureOfStudy]
    capital: Callable[[], tuple[CapitalOfPlan, ...]]
    carrying: Callable[[], tuple[CarryingOfPlan, ...]]
    way: Callable[[], Way]
    runs_out: Callable[[], RunsOut]
    watched: Callable[[], Watched]

    @property
    def unpriced(self) -> int:
        """Products whose money is not known, so that they are in no sum of a plan."""
        return int((~self.plans().priced).sum())


def stock_parts(study: Study, policy: StockPolicy = DEFAULT_POLICY) -> StockParts:
    """The parts of a study's stock under a policy; nothing is worked out yet."""
    valued, plans = once(lambda: study_valuation(study, policy)), once(lambda: plans_beside(study))
    down = once(lambda: stock_played_down(study, valued()))
    runs_out = once(lambda: study_runs_out(study, valued(), down()))
    return StockParts(
        valued,
        plans,
        once(lambda: study_exposure(study, valued(), down())),
        once(lambda: study_working_capital(study, valued(), plans())),
        once(lambda: study_carrying(study, valued(), plans())),
        once(lambda: study_way(study, valued())),
        runs_out,
        once(lambda: study_attention(study, valued(), runs_out())),
    )
