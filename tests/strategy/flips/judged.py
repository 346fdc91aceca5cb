"""Recommendations of comparisons made by hand, or moved by hand, where nobody looks for flip points; and flip points of prices on ledgers made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from analytics.items import Items
from analytics.simulation.ledger import Ledger
from analytics.strategy.compare import Comparison
from analytics.strategy.decision_rule import Decided
from analytics.strategy.flips.flip_points import Flips, find_flips
from analytics.strategy.own_decision import decide_each
from analytics.strategy.recommend import Recommendation, recommend
from analytics.strategy.standing import Standing


def no_flips(decided: Decided) -> Flips:
    """All was tried, and nothing turns."""
    n = len(decided.base)
    nothing = np.zeros((0, n))
    return Flips(
        (),
        nothing,
        nothing,
        nothing.astype(np.intp),
        np.full(n, "", object),
        np.full(n, np.nan),
        np.ones(n, bool),
    )


def judged(
    comparison: Comparison, items: Items, ended: np.ndarray, ruled_out: np.ndarray | None = None
) -> Recommendation:
    """What is recommended where no assumption turns anything."""
    decided = decide_each(comparison, items, ended, ruled_out)
    return recommend(comparison, items, decided, no_flips(decided))


def standing_by_hand(
    comparison: Comparison, items: Items, ended: np.ndarray, ledgers: Mapping[str, Ledger]
) -> Standing:
    """What prices are tried on: products on their own, no physics."""
    decided = decide_each(comparison, items, ended)
    nothing: Any = None
    return Standing(
        nothing,
        items,
        cast(Any, SimpleNamespace(families=())),
        ledgers,
        comparison,
        decided,
        decided,
        nothing,
        nothing,
        nothing,
    )


def judged_on(
    comparison: Comparison, items: Items, ended: np.ndarray, ledgers: Mapping[str, Ledger]
) -> Recommendation:
    """What is recommended with the flip points of prices looked for."""
    standing = standing_by_hand(comparison, items, ended, ledgers)
    return recommend(comparison, items, standing.decided, find_flips(standing))
