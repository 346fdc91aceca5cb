"""What values that no price is move of the gain at the ends of their ranges, played again product by product: for the register alone."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.scenario.restated import study_standing
from analytics.strategy.flips.flip_points import MOST_SEARCHED
from analytics.strategy.flips.played_trials import first_looks, strategies_deaf_to
from analytics.strategy.flips.priced_trials import is_price
from analytics.strategy.what_if.gain_sensitivity import of_the_gain

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["EndsOfGain", "gain_at_ends", "is_played"]

#: What is no assumption and is tried all the same: it follows from lead times and queue where no file says it.
_FOLLOWS = "quote_days"
#: Values that say nothing to what is run as today: its quotes are facts.
_TODAY_DEAF = frozenset({"queue_days", "assembly_days", _FOLLOWS})


class EndsOfGain(NamedTuple):
    """The gain at the high end of a range less that at the low end, money a year: `moved` (products,); 0 where nothing is in doubt or heard.

    `played` are the products that were played, `left` those that were not, being beyond the MOST_SEARCHED with the largest perfect year: NaN.
    """

    moved: NDArray[np.float64]
    played: int
    left: int


def is_played(field: str) -> bool:
    """Whether what a field moves is found by playing products again."""
    return field == _FOLLOWS or (field in FIELDS and FIELDS[field].physics and not is_price(field))


def gain_at_ends(study: Study, fields: Collection[str]) -> dict[str, EndsOfGain]:
    """What the range of each of these fields moves, each product alone and every other value in force, over the first simulated years.

    moved = (profit of the mix - profit of today's way) at the high end - the same at the low end; settings and choices as they are.
    Source: `flips.played_trials.first_looks`, the same years and rule as where a choice turns.
    """
    wanted = [field for field in fields if is_played(field)]
    if not wanted:
        return {}
    standing, r = study_standing(study), study.recommendation
    run_today, here = of_the_gain(study.comparison, r)
    names = np.array(study.comparison.strategies, object)
    mix, base = names[r.recommended], names[r.baseline]
    size = np.where(here & standing.decided.decidable, np.abs(standing.decided.margin), -1.0)
    largest = np.zeros(len(size), bool)
    largest[np.argsort(-size, kind="stable")[:MOST_SEARCHED]] = True
    out = {}
    for field in wanted:
        (low, high), deaf = study.items.range(field), strategies_deaf_to(field)
        today = np.zeros(len(size), bool) if field in _TODAY_DEAF else ~np.isin(base, deaf)
        heard = ~np.isin(mix, deaf) | today
        doubt = here & (high > low) & np.isfinite(np.asarray(study.items[field], np.float64)) & heard
        index = np.flatnonzero(doubt & largest)
        moved = np.where(doubt, np.nan, 0.0)
        if len(index):
            at = np.arange(len(index))
            gain = []
            for end in (low, high):
                found = first_looks(standing, field, index, end[index])
                less = np.where(run_today[index], found.base, found.profit[at, r.baseline[index]])
                gain.append(found.profit[at, r.recommended[index]] - less)
            moved[index] = gain[1] - gain[0]
        out[field] = EndsOfGain(moved, int(np.isfinite(moved[index]).sum()), int(np.isnan(moved).sum()))
    return out
