"""Stock facts of what a study decided: expected demand by month, and what the mix holds on average."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.data.history import IntakeReport
from analytics.demand import LifeCycle
from analytics.forecast import Forecast
from analytics.forecast.spread.paths import WEEKS
from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.compare import Comparison
from analytics.strategy.plans.recipes import expected_weeks
from analytics.strategy.present.counted_as import baseline_counts
from analytics.strategy.recommend import Recommendation
from analytics.valuation.on_hand import StockFacts, stock_facts
from analytics.valuation.transition import MONTHS, Ahead

__all__ = ["demand_by_month", "stock_of_mix"]

Array = NDArray[np.float64]

#: What is said of the rows of an items file wherever its stock is shown.
_TOLD = (
    "several_rows",
    "row_identical",
    "stock_older",
    "stock_negative",
    "stock_consigned",
    "stock_blocked",
    "stock_in_quality",
    "stock_reserved",
    "reserved_beyond",
    "on_order_undated",
    "lot_undated",
    "stock_blank",
    "stock_unknown",
    "mixed_currencies",
)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def demand_by_month(forecast: Forecast, alive: Array) -> Array:
    """Expected demand of each of the next MONTHS months, twelfths of 52 weeks, times the chance that a product is still alive. Shape (products, MONTHS).

    *Formula*: sum of the expected demand of the weeks in the month, a week that two months share split evenly.
    Source: definition.
    """
    weekly = expected_weeks(forecast, WEEKS * MONTHS // 12) * alive[:, None]
    cumulative = np.concatenate([np.zeros((len(weekly), 1)), np.cumsum(weekly, axis=1)], axis=1)
    edges = np.linspace(0.0, weekly.shape[1], MONTHS + 1)
    lower = np.minimum(np.floor(edges + 1e-9).astype(np.int64), weekly.shape[1] - 1)
    at = cumulative[:, lower] + (edges - lower) * (cumulative[:, lower + 1] - cumulative[:, lower])
    return np.maximum(np.diff(at, axis=1), 0.0)


def stock_of_mix(
    items: Items, given: Items | None, forecast: Forecast, life: LifeCycle, comparison: Comparison, recommendation: Recommendation, last_sale: np.datetime64,
    report: IntakeReport | None = None,
) -> StockFacts:  # fmt: skip
    """Stock on hand of the customer's files, and its transition to what the mix holds.

    The plan's own position is its average finished stock of the year: 0 to order and assembled. Components that a product newly assembled needs in stock are bought
    once; those of a product assembled today already lie somewhere and stand in no file. What was said when the items were read (`report`) stays said.
    """
    counts = baseline_counts(comparison, recommendation.recommended, recommendation.as_today)[0][
        :, COUNT_INDEX["on_hand"]
    ]
    names = np.array(comparison.strategies, object)
    assembled = names[recommendation.recommended] == Strategy.ATO
    newly = assembled & (names[recommendation.baseline] != Strategy.ATO)
    share = np.nan_to_num(items["component_share"]) * np.nan_to_num(items["unit_cost"])
    first = forecast.first_period.astype("datetime64[D]")
    end = items["end_date"]
    last_month = np.where(
        np.isnat(end),
        np.inf,
        np.maximum((end - first).astype("timedelta64[D]").astype(np.float64), 0.0) / (365.0 / 12.0),
    )
    month = (first + np.timedelta64(15, "D")).astype("datetime64[M]")
    told = () if report is None else tuple(_sentence(p.message) for p in report.problems if p.code in _TOLD)
    ahead = Ahead(
        recommendation.ended,
        demand_by_month(forecast, life.alive),
        last_month,
        holds=np.where(assembled, 0.0, counts),
        components=np.where(newly, share * counts, 0.0),
        first_month=month,
    )
    return stock_facts(items, given, ahead, last_sale, told)
