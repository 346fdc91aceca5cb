"""What a study's files say is on order: how much of it, and when it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.data.kept_apart import ON_ORDER
from analytics.naming.labels import total_text
from analytics.simulation.run_out import Arrivals
from analytics.valuation.on_hand import StockFacts

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["coming_notes", "on_order_by_day"]


def on_order_by_day(study: Study, stock: StockFacts, as_of: np.datetime64) -> Arrivals:
    """Every line on order of products of the stock, with the weeks from the day of the stock until it is there.

    What has no day of arrival, or one that is over, is taken to be there at once (0 weeks): nothing says that it is late.
    The lines of a product add up to its units on order: where another list says fewer, those that come last are left out.
    """
    lines = study.history.apart[study.history.apart["kind"] == ON_ORDER].sort_values("date", kind="stable")
    place = pd.Index(stock.skus.astype(str)).get_indexer(lines["sku"].astype(str))
    known = place >= 0
    product, units = place[known], lines["units"].to_numpy(np.float64)[known]
    days = (lines["date"].to_numpy()[known].astype("datetime64[D]") - as_of).astype(np.float64)
    ordered = stock.units_of("on_order")
    before = pd.Series(units).groupby(product).cumsum().to_numpy() - units
    units = np.clip(ordered[product] - before, 0.0, units)
    undated = np.maximum(ordered - np.bincount(product, units, len(ordered)), 0.0)
    rest = np.flatnonzero(undated > 1e-9)
    return Arrivals(
        np.concatenate([product, rest]).astype(np.intp),
        np.concatenate([np.maximum(days, 0.0) / 7.0, np.zeros(len(rest))]),
        np.concatenate([units, undated[rest]]),
    )


def coming_notes(study: Study, as_of: np.datetime64) -> tuple[str, ...]:
    """A sentence on what is on order and should have come before the day of the stock; nothing where there is none."""
    lines = study.history.apart[study.history.apart["kind"] == ON_ORDER]
    late = lines["date"].to_numpy().astype("datetime64[D]") < as_of
    if not late.any():
        return ()
    units = total_text(float(lines["units"].to_numpy(np.float64)[late].sum()))
    return (
        f"{units} units on order were to arrive before {as_of}, the day of the stock: taken to come at once.",
    )
