"""Coverage with ties decided by a fair coin: the plain form beside the randomised one the program reports."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.forecast.judged.accuracy import _pairs

__all__ = ["coverage"]


def coverage(actual: ArrayLike, quantile: ArrayLike) -> float:
    """How often demand stayed below the quantile that promised to hold it with the given probability, a tie decided by a fair coin.

    *Formula*: share of actual < quantile plus half the share of actual = quantile (the expectation of the coin): demand in whole units ties often,
    and neither counting all ties nor none would be near the promise. Source: randomised probability transform, Czado, Gneiting and Held (2009).

    >>> coverage([1, 2, 3, 4], [2, 2, 2, 5])  # below, tie, above, below
    0.625
    """
    came, said = _pairs(actual, quantile)
    if len(came) == 0:
        return float("nan")
    margin = 1e-9 * np.maximum(1.0, np.abs(said))
    return float(0.5 * (came < said - margin).mean() + 0.5 * (came <= said + margin).mean())
