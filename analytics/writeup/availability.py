"""How every product is available, in words: from stock, to order one by one or in batches, or not worth listing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.items import Items
from analytics.naming.labels import Strategy
from analytics.strategy.compare import Comparison
from analytics.strategy.planned_settings import planned_settings
from analytics.strategy.plans.ledgers import Setup, split_channels
from analytics.strategy.present.listing import availability_text, unsold_for_years
from analytics.strategy.recommend import Recommendation

__all__ = ["availability"]


def availability(
    setup: Setup,
    comparison: Comparison,
    recommendation: Recommendation,
    items: Items,
    fill: NDArray[np.float64],
) -> NDArray[Any]:
    """How every product (products,) is available, by `availability_text`, at the `fill` (products,) of what is done; "" for what has ended."""
    names = np.array(comparison.strategies, object)[recommendation.recommended]
    listed = np.ones(len(names), bool) if recommendation.listed is None else recommendation.listed
    perhaps = comparison.perhaps_ended
    silent = np.full(len(names), np.nan) if perhaps is None else perhaps.silent_years
    quiet = unsold_for_years(perhaps, np.asarray(items["years_unsold"], np.float64))
    to_order = np.full(len(names), comparison.strategies.index(Strategy.MTO))
    batch = planned_settings(setup, comparison, items, to_order)["order_quantity"]
    split, channel = np.flatnonzero(names == Strategy.HYBRID), np.full(len(names), "", object)
    channel[split] = (
        split_channels(setup, split, comparison.chosen[Strategy.HYBRID].setting[split]) if len(split) else ""
    )
    rows = zip(names, listed, fill, np.where(quiet, silent, np.nan), batch, channel, strict=True)
    said = [
        availability_text(str(n), bool(good), float(f), float(y), float(b), str(c))
        for n, good, f, y, b, c in rows
    ]
    return np.where(recommendation.ended, "", np.array(said, object))
