"""Who waits under the mix, family by family: how many are quoted a wait, how many find the shelf empty, how many are lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.items import Items
from analytics.strategy.compare import Comparison
from analytics.strategy.money.measures import (
    counts_by_name,
    pooled_waits,
    share_lost,
    units_sold,
    wait_days_median,
    wait_days_p90,
    waits_of_all,
)
from analytics.strategy.present.counted_as import baseline_counts, waiting_under
from analytics.strategy.recommend import Recommendation

__all__ = ["FAMILY_WAITS", "waits_by_family"]

FAMILY_WAITS = (
    "family", "products", "units_sold", "share_quoted_a_wait", "share_shelf_empty", "share_lost", "wait_days_median", "wait_days_p90",
)  # fmt: skip


def waits_by_family(comparison: Comparison, recommendation: Recommendation, items: Items) -> pd.DataFrame:
    """One row per family of living products, most waiting units first: columns FAMILY_WAITS, units over twelve months, shares, days.

    Counts of the products of a family under the mix are added up; waits are those of all its waiting units. A product without a
    family stands under "". Source: the functions of each measure.
    """
    r = recommendation
    counts = baseline_counts(comparison, r.recommended, r.as_today)[0]
    waiting = waiting_under(comparison, r.recommended, r.as_today)
    family, living = items["family"].astype(str), ~r.ended
    rows = []
    for name in sorted(set(family[living])):
        mine: NDArray[np.bool_] = living & (family == name)
        n, pool = counts_by_name(counts[mine].sum(axis=0)), pooled_waits(waiting.of(mine))
        split = waits_of_all(counts[mine])
        rows.append(
            {
                "family": name,
                "products": int(mine.sum()),
                "units_sold": float(units_sold(n)),
                **split,
                "share_lost": float(share_lost(n)),
                "wait_days_median": float(wait_days_median(pool)[0]),
                "wait_days_p90": float(wait_days_p90(pool)[0]),
            }
        )
    table = pd.DataFrame(rows, columns=list(FAMILY_WAITS))
    waits = table["units_sold"] * (table["share_quoted_a_wait"] + table["share_shelf_empty"]).fillna(0.0)
    return table.iloc[np.argsort(-waits.to_numpy(), kind="stable")].reset_index(drop=True)
