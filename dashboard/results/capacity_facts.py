"""Whether the shop can carry it: the load by month as the study has it, what the limits did, and what would make every month fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.naming.labels import Strategy
from analytics.strategy.limits.capacity_load import Judged, Load

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["Carrying", "carrying_of"]


@dataclass(frozen=True, eq=False)
class Carrying:
    """Load by month and what its limits did (see `analytics.strategy.limits.report`).

    `rows` has one row per limit: label, limit, used, bad_year, worth (sentence), binds, needed ("" where it can be met). `changed` has one row per product that the
    limits change: sku, before, now, moved, cost. `keep` are the products to keep in stock so that every month fits, `keep_cost` what that costs
    a year, `keep_notes` what stands against it; empty where every month fits.
    """

    load: Load
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

    @property
    def judged(self) -> Judged:
        """How far the year ahead can be judged; wholly, where the load does not say."""
        return self.load.judged or Judged(len(self.load.months), 0.0, 0.0, 0, 0)


def carrying_of(study: Study) -> Carrying:
    """What the page shows of a study; where a month is overloaded, work out what to keep in stock instead."""
    from analytics.scenario.limited import carried_every_month, study_load
    from analytics.strategy.gains import cost_of_limits
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
        load, pd.DataFrame(rows, columns=["label", "limit", "used", "bad_year", "worth", "binds", "needed"]),
        pd.DataFrame(changed, columns=["sku", "before", "now", "moved", "cost"]),
        0.0 if limited is None else limited.cost, 0.0 if limited is None else limited.gap, 0.0 if limited is None else limited.utilisation,
        0 if limited is None else int((limited.stretch > 0.0).sum()), () if limited is None else limited.notes, keep, keep_cost, tuple(keep_notes),
    )  # fmt: skip
