"""Whether the shop can carry it, as plain values: the load by month, what the limits did, and what would make every month fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.naming.labels import Strategy

if TYPE_CHECKING:
    from analytics.strategy.limits.capacity_load import Judged
    from analytics.study import Study

__all__ = ["Carrying", "carrying_of"]


@dataclass(frozen=True, eq=False)
class Carrying:
    """Load by month (see `analytics.strategy.limits.capacity_load.Load`) and limits (see `analytics.strategy.limits.report`), without the engines.

    `rows` has one row per limit: label, limit, used, bad_year, worth (sentence), binds, needed ("" where it can be met). `changed` has one row per product that the
    limits change: sku, before, now, moved, cost. `keep` are the products to keep in stock so that every month fits, `keep_cost` what that costs
    a year, `keep_notes` what stands against it; empty where every month fits. `judged` says how far the year ahead can be judged
    (see `analytics.strategy.limits.capacity_load.Judged`), `by_strategy` splits the load by the strategy it belongs to.
    """

    months: tuple[str, ...]
    to_order: NDArray[np.float64]
    for_stock: NDArray[np.float64]
    capacity: float
    unit: str
    origin: str
    rows: pd.DataFrame
    changed: pd.DataFrame
    cost: float
    gap: float
    utilisation: float
    longer_quotes: int
    notes: tuple[str, ...]
    keep: tuple[str, ...]
    keep_cost: float
    keep_notes: tuple[str, ...]
    judged: Judged
    by_strategy: Mapping[str, NDArray[np.float64]]

    @property
    def load(self) -> NDArray[np.float64]:
        """Work of every month, in units or hours."""
        return self.to_order + self.for_stock

    @property
    def over(self) -> NDArray[np.bool_]:
        """Months in which more is to be made than can be."""
        return self.load > self.capacity * (1.0 + 1e-9)


def carrying_of(study: Study) -> Carrying:
    """Copy from a study what the page shows; where a month is overloaded, work out what to keep in stock instead."""
    from analytics.scenario.limited import carried_every_month, study_load
    from analytics.strategy.gains import cost_of_limits
    from analytics.strategy.limits.capacity_load import Judged
    from analytics.strategy.limits.report import LIMIT_LABELS, amount_text, worth_text

    load, limited = study_load(study), study.limited
    rows, changed = [], []
    if limited is not None:
        for row in limited.rows:
            texts = [
                amount_text(row.name, v, study.currency, limited.limits) if np.isfinite(v) else ""
                for v in (row.limit, row.used, row.bad_year, row.needed)
            ]
            rows.append(
                [
                    LIMIT_LABELS[row.name],
                    *texts[:3],
                    worth_text(row, study.currency, limited.limits),
                    row.binds,
                    texts[3],
                ]
            )
        free, now = limited.free_recommendation, study.recommendation
        for i in np.flatnonzero(limited.changed):
            cost = cost_of_limits(
                float(limited.free.profit[i, free.recommended[i]]),
                float(study.comparison.profit[i, now.recommended[i]]),
            )
            changed.append(
                [
                    str(now.skus[i]),
                    now.strategies[free.recommended[i]],
                    now.strategies[now.recommended[i]],
                    bool(limited.moved[i]),
                    cost,
                ]
            )
    keep: tuple[str, ...] = ()
    keep_cost = 0.0
    keep_notes: tuple[str, ...] = ()
    if load.over.any() and load.capacity > 0.0 and np.isfinite(study.comparison.profit).any():
        level = carried_every_month(study, load)
        assert level.limited is not None
        stock = level.recommendation.strategies.index(Strategy.MTS)
        moved = (level.recommendation.recommended == stock) & (study.recommendation.recommended != stock)
        keep = tuple(str(s) for s in study.items.skus[moved])
        keep_cost, keep_notes = (
            level.limited.cost - (limited.cost if limited is not None else 0.0),
            level.limited.notes,
        )
    return Carrying(
        load.months, load.to_order, load.for_stock, load.capacity, load.unit, load.origin,
        pd.DataFrame(rows, columns=["label", "limit", "used", "bad_year", "worth", "binds", "needed"]), pd.DataFrame(changed, columns=["sku", "before", "now", "moved", "cost"]),
        0.0 if limited is None else limited.cost, 0.0 if limited is None else limited.gap, 0.0 if limited is None else limited.utilisation,
        0 if limited is None else int((limited.stretch > 0.0).sum()), () if limited is None else limited.notes, keep, keep_cost, tuple(keep_notes),
        load.judged or Judged(len(load.months), 0.0, 0.0, 0, 0), dict(load.by_strategy),
    )  # fmt: skip
