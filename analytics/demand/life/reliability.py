"""Was the life cycle right in the past? Probabilities stated at earlier cuts against what then happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.demand.life.alive import brier_score, reliability_table
from analytics.demand.life.ends import shared_dates
from analytics.demand.life.life_cycle import aligned_items, life_cycle
from analytics.demand.life.silence import silent_probability
from analytics.demand.panel import DemandPanel, panel_until
from analytics.items import UNKNOWN, Items

__all__ = ["DeathReliability", "death_reliability"]


@dataclass(frozen=True, eq=False)
class DeathReliability:
    """Probabilities of a year without a sale, stated at past origins, beside what happened.

    `brier` is the score of the stated probabilities, `brier_of_share` that of always stating the share that happened; `table` has
    columns low, high, cases, stated, happened.
    """

    brier: float
    brier_of_share: float
    cases: int
    table: pd.DataFrame


def death_reliability(panel: DemandPanel, items: Items | None, origins: Sequence[int]) -> DeathReliability:
    """How well silence and hazard foretold, at past origins, that a product would sell nothing for a year.

    At every origin (number of periods known then) the life cycle is fitted on what was known; end dates of the items after the origin
    are hidden. The stated probability of a silent year is compared with what happened; products that had not yet sold, had a known
    end, or ended in an announced change of models within that year are left out. Origins need a year of data after them.
    Raises ValueError for an origin without two periods before it and a year after it.
    """
    year = round(panel.periods_per_year)
    stated: list[NDArray[np.float64]] = []
    happened: list[NDArray[np.bool_]] = []
    own = aligned_items(items, panel.skus)
    announced = np.zeros(len(panel.skus), np.bool_)
    written = np.flatnonzero(~np.isnat(own["end_date"]))
    announced[written] = shared_dates(own["end_date"][written])
    for origin in origins:
        if not 2 <= origin <= panel.units.shape[1] - year:
            raise ValueError(
                f"origin {origin} needs at least 2 periods before it and {year} after it, of {panel.units.shape[1]}"
            )
        cut = panel_until(panel, origin)
        end = own["end_date"]
        later = ~np.isnat(end) & (end >= cut.next_start)
        known = own.with_field(
            "end_date",
            np.where(later, np.datetime64("NaT", "D"), end),
            np.where(later, UNKNOWN, own.origin("end_date")),
        )
        life = life_cycle(cut, known)
        change = announced & later & (end < panel.starts[origin] + np.timedelta64(366, "D"))
        counted = ~change & (cut.first >= 0) & (life.alive > 0.0) & np.isnat(life.known_end)
        dies = -np.expm1(-life.hazard_per_year / panel.periods_per_year)
        probability = silent_probability(cut, life.alive, dies, year, life.clustering)
        stated.append(probability[counted])
        happened.append((panel.units[:, origin : origin + year].sum(axis=1) <= 0.0)[counted])
    said = np.concatenate(stated) if stated else np.zeros(0)
    seen = np.concatenate(happened) if happened else np.zeros(0, np.bool_)
    share = float(seen.mean()) if len(seen) else float("nan")
    return DeathReliability(
        brier_score(said, seen),
        brier_score(np.full(len(seen), share), seen),
        len(seen),
        pd.DataFrame(reliability_table(said, seen)),
    )
