"""What a study promises of every product, kept so that it can be held against what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.spread.paths import WEEKS
from analytics.items import GIVEN
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.plans.recipes import expected_weeks
from analytics.strategy.portfolio.plan_measures import plan_measures

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["PROMISED_TEXTS", "Promised", "study_promised"]

#: The columns of words of what is promised.
PROMISED_TEXTS = ("skus", "today", "recommended")
_NUMBERS = ("today_known", "gain", "stock_units", "price", "unit_cost", "derived_price", "derived_salvage",
            "derived_salvage_low", "derived_salvage_high", "derived_unpaid")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Promised:
    """What is promised of every product sold, arrays (products,): how it is run `today` and what is `recommended`, as strategies.

    `numbers` holds by name: whether today's strategy is given (1) or taken (0); gain, money a year; average units in stock under the
    mix; price and unit cost, money a unit; the parts of money that were worked out from the sales (NaN: not from them); and
    `weekly`, (products, WEEKS), the units expected to be asked for in each week ahead.
    """

    skus: NDArray[np.object_]
    today: NDArray[np.object_]
    recommended: NDArray[np.object_]
    numbers: dict[str, NDArray[np.float64]]

    def check(self) -> None:
        """Raise ValueError where a column has not one number per product."""
        count = len(self.skus)
        shapes = {**dict.fromkeys(_NUMBERS, (count,)), "weekly": (count, WEEKS)}
        right = {name: values.shape for name, values in self.numbers.items()} == shapes
        if not right or len(self.today) != count or len(self.recommended) != count:
            raise ValueError("what was promised has not one number per product")

    def expected(self, days: int) -> NDArray[np.float64]:
        """Units expected to be asked for in the first `days` days ahead, (products,); NaN beyond a year.

        expected = sum of the weeks ahead, the last one in part. Source: definition.
        """
        if not 0 <= days <= 7 * WEEKS:
            return np.full(len(self.skus), np.nan)
        until = np.concatenate(
            [np.zeros((len(self.skus), 1)), np.cumsum(self.numbers["weekly"], axis=1)], axis=1
        )
        whole, part = divmod(days, 7)
        last = until[:, min(whole + 1, WEEKS)] - until[:, whole]
        return np.asarray(until[:, whole] + last * part / 7.0)


def study_promised(study: Study) -> Promised:
    """What a study promises of every product sold, and what of its money follows from the sales; arrays (products,), money and units."""
    r, items = study.recommendation, study.items
    names = np.array([str(s) for s in r.strategies], object)
    mix = plan_measures("mix", study.comparison, items, r.recommended, r.as_today)
    derived = _from_sales(study)
    weekly = expected_weeks(study.forecast, WEEKS)[:, :WEEKS] * study.life.alive[:, None]
    return Promised(
        np.array([str(sku) for sku in items.skus], object),
        names[r.baseline],
        np.where(r.ended, "", names[r.recommended]).astype(object),
        {
            "today_known": (items.origin("current_mode") == GIVEN).astype(np.float64),
            "gain": np.nan_to_num(r.gain),
            "stock_units": np.asarray(mix.counts[:, COUNT_INDEX["on_hand"]], np.float64),
            "price": np.asarray(items["price"], np.float64),
            "unit_cost": np.asarray(items["unit_cost"], np.float64),
            "weekly": np.ascontiguousarray(weekly, np.float64),
            **derived,
        },
    )


def _from_sales(study: Study) -> dict[str, NDArray[np.float64]]:
    """Price, share of leftovers' cost that is got back and share given away, where they follow from the sales; NaN elsewhere, (products,)."""
    from analytics.assumptions import Assumptions
    from analytics.demand import complete_items
    from analytics.items import DERIVED

    items = study.items
    if study.assumptions.what_if:  # what follows from the sales, before it is moved
        items = complete_items(study.given_items, study.history, study.panel, Assumptions())

    def where_derived(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(items.origin(name) == DERIVED, values, np.nan)

    low, high = items.range("salvage_share")
    return {
        "derived_price": where_derived("price", np.asarray(items["price"], np.float64)),
        "derived_unpaid": where_derived("unpaid_share", np.asarray(items["unpaid_share"], np.float64)),
        "derived_salvage": where_derived("salvage_share", np.asarray(items["salvage_share"], np.float64)),
        "derived_salvage_low": where_derived("salvage_share", low),
        "derived_salvage_high": where_derived("salvage_share", high),
    }
