"""A study whose values all stay while the range of some of them is another: nothing is decided anew, and only what the range says is searched again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import ITEM_FIELDS, Items
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import Comparison, compare
from analytics.strategy.decision import closed, joined_ledgers
from analytics.strategy.flips.flip_points import carried_flips
from analytics.strategy.own_decision import decide_each
from analytics.strategy.plans.ledgers import Progress, Setup
from analytics.strategy.portfolio.sums import Portfolio
from analytics.strategy.present.present_played import with_today
from analytics.strategy.recommend import Recommendation, recommend
from analytics.strategy.standing import Restate, Standing

if TYPE_CHECKING:
    from analytics.study import Study

__all__ = ["only_ranges_moved", "reranged"]


def _equal(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return bool(np.array_equal(np.asarray(one, np.float64), np.asarray(other, np.float64), equal_nan=True))


def _values_stay(one: Items, other: Items) -> bool:
    return all(
        _equal(one[name], other[name])
        for name, field in ITEM_FIELDS.items()
        if field.kind in ("number", "flag")
    )


def only_ranges_moved(study: Study, items: Items) -> bool:
    """Whether these items differ from the study's in ranges alone, as after a value was confirmed just as it stands; and it is known how far the decision holds."""
    return study.recommendation.flips is not None and _values_stay(study.items, items)


def reranged(
    study: Study,
    items: Items,
    setup: Setup,
    ledgers: Mapping[str, Ledger],
    before: Restate,
    restate: Restate,
    progress: Progress | None = None,
) -> tuple[Comparison, Recommendation, Portfolio]:
    """The study's decision under other ranges, values as they are.

    The study's decision with its ranges those of `items`: the years are drawn from them, what turns a product is searched again only for the assumptions
    whose own range moved, or at whose trials a product's other values are now others (`before`, `restate`: see `Standing`, of the study and of `items`).

    The decision rests on values and on what is not known of demand, and neither moved: it is the study's. Equal to a search of all from the start, tested.
    """
    known = study.recommendation.flips
    assert known is not None
    comparison = with_today(
        compare(setup, items, ledgers, progress),
        setup,
        items,
        study.outlook.forecast,
        study.todays_way,
        study.recommendation.ended,
    )
    comparison = replace(comparison, doubt=study.comparison.doubt)
    joined = joined_ledgers(setup, study.outlook, items)
    same = {
        name
        for name in known.fields
        if all(_equal(a, b) for a, b in zip(items.range(name), study.items.range(name), strict=True))
    }
    same -= {name for name in same if not _trials_stay(items, name, before, restate)}
    decided = study.recommendation.decided
    alone = decide_each(
        comparison, items, study.recommendation.ended, None, study.outlook.too_short, decided.noise
    )
    standing = Standing(
        study.outlook, items, setup, ledgers, comparison, alone, decided, joined, study.todays_way, restate
    )
    recommendation = recommend(
        comparison, items, decided, carried_flips(standing, known, same), study.currency
    )
    return comparison, *closed(setup, comparison, recommendation, items, joined)


def _trials_stay(items: Items, field: str, before: Restate, restate: Restate) -> bool:
    """Whether all values of the products are the same as they were when a field is tried at the end of its range."""
    low, high = items.range(field)
    value = np.asarray(items[field], np.float64)
    end = np.where(high > value, high, low)
    moved = np.where(np.isfinite(end) & (end != value), end, np.nan)
    return (
        not np.isfinite(moved).any()
        or field not in FIELDS
        or _values_stay(before(field, moved), restate(field, moved))
    )
