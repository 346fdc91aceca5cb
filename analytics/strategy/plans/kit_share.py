"""A product's share of the component kits of its family, by what each member is expected to sell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.strategy.plans.ledgers import Setup

__all__ = ["share_of_kits"]


def share_of_kits(setup: Setup, members: NDArray[np.intp]) -> NDArray[np.float64]:
    """The share of each of a family's `members` (positions of products) in the demand that is expected of it, (members,); they add up to 1.

    share_of_kits = expected demand / expected demand of the family; alike where nobody expects any. Source: definition.
    """
    expected = setup.world.mean[members].sum(axis=1)
    total = float(expected.sum())
    return np.asarray(expected / total if total > 0.0 else np.full(len(members), 1.0 / max(len(members), 1)))
