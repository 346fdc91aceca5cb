"""What a study comes to, product by product: the figures whose change is explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.strategy.portfolio.plan_measures import plan_measures
from analytics.valuation.study_stock import stock_of_mix

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["AMOUNTS", "Outcome", "study_outcome"]

Array = NDArray[np.float64]

#: The amounts whose change is split, by the names of their figures.
AMOUNTS = ("gain_per_year", "cash_tied_up", "becomes_cash", "book_value")


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a study comes to: arrays over `skus`, (products,): those sold, then those that only stand in stock.

    `amounts` are those of AMOUNTS, money, 0 where nothing is known; `strategy` what is recommended and `verdict` how sure that is,
    "" where there is nothing to decide; `shared` is what the products' gains leave out, money a year.
    """

    skus: NDArray[np.object_]
    strategy: NDArray[np.object_]
    verdict: NDArray[np.object_]
    amounts: dict[str, Array]
    shared: float

    def total(self, name: str) -> float:
        """An amount of the portfolio: the sum over products; of the gain with the shared line, money."""
        return float(np.sum(self.amounts[name])) + (self.shared if name == "gain_per_year" else 0.0)


def study_outcome(study: Study) -> Outcome:
    """What a study comes to: its gain, the cash its mix ties up, today's stock at cost and what of it becomes cash; arrays (products,), money."""
    r, items = study.recommendation, study.items
    mix = plan_measures("mix", study.comparison, items, r.recommended, r.as_today)
    stock = stock_of_mix(
        items,
        study.given_items,
        study.forecast,
        study.life,
        study.comparison,
        r,
        study.history.report.last_date.astype("datetime64[D]"),
        study.items_report,
    )
    more = np.zeros(len(stock.skus) - len(items))
    names = np.where(r.ended, "", np.array([str(s) for s in r.strategies], object)[r.recommended])
    words = np.full(len(more), "", object)
    verdicts = np.array([str(one) for one in r.verdict], object)
    return Outcome(
        np.array([str(sku) for sku in stock.skus], object),
        np.concatenate([names.astype(object), words]),
        np.concatenate([verdicts, words]),
        {
            "gain_per_year": np.concatenate([np.nan_to_num(r.gain), more]),
            "cash_tied_up": np.concatenate([np.nan_to_num(mix.money["cash_tied_up"]), more]),
            "becomes_cash": np.nan_to_num(stock.becomes_cash),
            "book_value": np.nan_to_num(stock.book_value),
        },
        float(r.shared),
    )
