# mypy: disable-error-code="no-untyped-def"
"""Counts from rates: Poisson quantiles at keyed uniforms, many periods at once.

Drawn by inversion, so that a higher rate never means fewer units at the same uniform. All periods go through
the same steps (no branch depends on a random number), which is what makes it fast.
"""

from __future__ import annotations

import numpy as np

from analytics.machine.kernel_cache import borrower
from analytics.randomness import normal_central, normal_from_uniform

__all__ = ["DRAWN", "WIDTH", "WORK", "exp_small", "poisson_counts"]

#: Periods drawn at once, and numbers of scratch space they need (rows of WIDTH: rate, uniform, term, total, count).
WIDTH = 64
DRAWN = 5 * WIDTH
#: All scratch space of a path: that, periods of a year down to days, and its weeks.
WORK = DRAWN + 7 * 52 + 52
_RATE, _UNIFORM, _TERM, _TOTAL, _COUNT = 0, WIDTH, 2 * WIDTH, 3 * WIDTH, 4 * WIDTH

#: Steps of the search between two looks whether every period has found its count.
_CHECK = 3

#: Rates below are searched exactly, rates above use the expansion.
_SEARCH_LIMIT = 8.0
_CENTRAL = 0.02425


@borrower
def exp_small(x):
    """exp(x) by its series to the seventh power: right to 2e-12 for |x| below 1/8, the library's exp beyond."""
    if abs(x) > 0.125:
        return np.exp(x)
    return 1.0 + x * (
        1.0
        + x
        * (
            0.5
            + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x * (1.0 / 720.0 + x * (1.0 / 5040.0)))))
        )
    )


@borrower
def _exp_negative(rate):
    """exp(-rate) for rates up to 8: the series at rate / 64, squared six times; no branch."""
    x = -0.015625 * rate
    e = 1.0 + x * (
        1.0
        + x
        * (
            0.5
            + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x * (1.0 / 720.0 + x * (1.0 / 5040.0)))))
        )
    )
    e *= e
    e *= e
    e *= e
    e *= e
    e *= e
    return e * e


@borrower
def _expansion(rate, z):
    root = np.sqrt(rate)
    per_root = 1.0 / root
    square = z * z
    step = (
        rate
        + z * root
        + square * (1.0 / 6.0)
        + 1.0 / 3.0
        - z * (1.0 / 36.0 + square * (1.0 / 72.0)) * per_root
    )
    return max(
        0.0,
        np.floor(
            step + (square * (square * (1.0 / 270.0) + 7.0 / 810.0) - 8.0 / 405.0) * per_root * per_root
        ),
    )


@borrower
def poisson_counts(work, count):
    """Replace the first `count` rates by Poisson quantiles at their uniforms.

    Searched for rates below 8, else the Cornish-Fisher expansion to order 1/rate: floor(m + z sqrt(m) + z^2/6 + 1/3
    - (z/36 + z^3/72)/sqrt(m) + (z^4/270 + 7 z^2/810 - 8/405)/m), m the rate and z the normal quantile of the uniform;
    one off in under 0.1 % of draws (Giles 2016, ACM Transactions on Mathematical Software 42(1)). `work` (WORK,)
    holds rates, then uniforms from WIDTH on. The search takes as many steps as the largest rate can need (beyond
    them lies less than a millionth).
    """
    most = 0.0
    least = 1e300
    for t in range(count):
        most = max(most, work[_RATE + t])
        least = min(least, work[_RATE + t])
    if least < _SEARCH_LIMIT:
        top = min(most, _SEARCH_LIMIT)
        for t in range(count):
            term = _exp_negative(min(work[_RATE + t], _SEARCH_LIMIT))
            work[_TERM + t] = term
            work[_TOTAL + t] = term
            work[_COUNT + t] = 1.0 if work[_UNIFORM + t] > term else 0.0
        steps = int(top + 4.5 * np.sqrt(top) + 5.0)
        for first in range(1, steps, _CHECK):
            for k in range(first, min(first + _CHECK, steps)):
                per = 1.0 / k
                for t in range(count):
                    term = work[_TERM + t] * (min(work[_RATE + t], _SEARCH_LIMIT) * per)
                    total = work[_TOTAL + t] + term
                    work[_TERM + t] = term
                    work[_TOTAL + t] = total
                    work[_COUNT + t] += 1.0 if work[_UNIFORM + t] > total else 0.0
            unfinished = 0
            for t in range(count):
                unfinished += 1 if work[_UNIFORM + t] > work[_TOTAL + t] else 0
            if unfinished == 0:
                break
    if most >= _SEARCH_LIMIT:
        for t in range(count):
            work[_TERM + t] = normal_central(work[_UNIFORM + t])
        for t in range(count):
            u = work[_UNIFORM + t]
            if u < _CENTRAL or u > 1.0 - _CENTRAL:
                work[_TERM + t] = normal_from_uniform(u)
        for t in range(count):
            rate = work[_RATE + t]
            many = _expansion(max(rate, _SEARCH_LIMIT), work[_TERM + t])
            work[_RATE + t] = many if rate >= _SEARCH_LIMIT else work[_COUNT + t]
    else:
        for t in range(count):
            work[_RATE + t] = work[_COUNT + t]
